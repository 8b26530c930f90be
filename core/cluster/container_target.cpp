// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/container_target.h"

#include "core/base/clock.h"
#include "core/base/redact.h"

#include <QRegularExpression>

#include <algorithm>
#include <chrono>
#include <optional>
#include <thread>

namespace pilothouse::cluster {

namespace {

using Q = QLatin1String;

const QString revisionLabel = QStringLiteral("pilothouse.revision"), modelLabel = QStringLiteral("pilothouse.model"), versionLabel = QStringLiteral("pilothouse.version"), byLabel = QStringLiteral("pilothouse.by"),
              operationLabel = QStringLiteral("pilothouse.operation");
constexpr int keptLines = 5;

QJsonObject part(const QJsonObject &object, const char *key) { return object.value(Q(key)).toObject(); }
QString labelOf(const QJsonObject &container, const QString &name) { return part(part(container, "Config"), "Labels").value(name).toString(); }
bool runs(const QJsonObject &container) { return part(container, "State").value(Q("Running")).toBool(); }
QString imageOfContainer(const QJsonObject &container) { return part(container, "Config").value(Q("Image")).toString(); }
QString nameOf(const QJsonObject &container) { return container.value(Q("Name")).toString().section(QLatin1Char('/'), -1); }
int revisionOf(const QJsonObject &container) { return std::max(1, labelOf(container, revisionLabel).toInt()); }

QDateTime timeOf(const QString &text) { // nanoseconds: what stands behind the seconds is left aside
    const QDateTime time = QDateTime::fromString(text.left(19) + QLatin1Char('Z'), Qt::ISODate);
    return time.date().year() > 1 ? time.toUTC() : QDateTime();
}

QString endOf(const QJsonObject &container) {
    const QJsonObject state = part(container, "State");
    const QString error = state.value(Q("Error")).toString();
    return QStringLiteral("it ended with exit code %1%2").arg(state.value(Q("ExitCode")).toInt()).arg(error.isEmpty() ? QString() : QStringLiteral(": ") + error.left(300));
}

class ContainerTarget final : public RolloutTarget {
public:
    explicit ContainerTarget(ContainerTargetOptions options) : m(std::move(options)) {}

    QString name() const override { return m.name; }

    Result<RolloutStatus> status() const override {
        RolloutStatus out;
        out.target = m.name;
        out.observed = QDateTime::currentDateTimeUtc();
        const auto now = m.engine.inspect(m.container);
        if (!now && now.error().kind == ErrorKind::NotFound) {
            PH_ASSIGN(const auto kept, keptOnes());
            out.phase = kept.empty() ? RolloutPhase::None : RolloutPhase::Unreachable;
            out.verdict = kept.empty() ? QStringLiteral("There is no container %1.").arg(m.container) : QStringLiteral("A change of %1 was cut off: pilot rollouts undo puts the one before back.").arg(m.container);
            return out;
        }
        if (!now)
            return now.error();
        if (halfSwapped(*now)) {
            out.phase = RolloutPhase::Unreachable;
            out.verdict = QStringLiteral("A change of %1 was cut off: pilot rollouts undo puts the one before back.").arg(m.container);
            return out;
        }
        out.stable = revision(*now, QStringLiteral("stable"));
        out.operation = labelOf(*now, operationLabel);
        out.phase = runs(*now) ? RolloutPhase::Stable : RolloutPhase::Unreachable;
        const QString health = part(part(*now, "State"), "Health").value(Q("Status")).toString();
        out.verdict = runs(*now) ? QStringLiteral("%1 runs %2%3").arg(m.container, imageOfContainer(*now), health.isEmpty() ? QString() : QStringLiteral(", ") + health) : QStringLiteral("%1 does not run: %2").arg(m.container, endOf(*now));
        return out;
    }

    Result<std::vector<Revision>> history() const override {
        std::vector<Revision> out;
        if (const auto now = m.engine.inspect(m.container); now && !halfSwapped(*now))
            out.push_back(revision(*now, QStringLiteral("stable")));
        else if (!now && now.error().kind != ErrorKind::NotFound)
            return now.error();
        PH_ASSIGN(const auto kept, keptOnes());
        for (const QJsonObject &container : kept)
            out.push_back(revision(container, QStringLiteral("superseded")));
        std::stable_sort(out.begin(), out.end(), [](const Revision &a, const Revision &b) { return a.revision > b.revision; });
        return out;
    }

    Result<void> start(const Revision &wanted, const QString &, const std::vector<int> &, const QString &operation) override {
        PH_ASSIGN(const QJsonObject now, present());
        PH_ASSIGN(const QString image, m.imageOf(wanted));
        if (imageOfContainer(now) == image && runs(now) && labelOf(now, versionLabel).toInt() == wanted.version)
            return {};
        if (const auto here = m.engine.image(image); !here) {
            if (here.error().kind != ErrorKind::NotFound)
                return here.error();
            PH_TRY(m.engine.pull(image));
        }
        const auto oldImage = m.engine.image(now.value(Q("Image")).toString()); // by its id; one that was removed leaves its settings to the new one
        PH_ASSIGN(const std::vector<Revision> before, history());
        const QMap<QString, QString> labels{{revisionLabel, QString::number(before.empty() ? 2 : before.front().revision + 1)}, {modelLabel, m.model}, {versionLabel, QString::number(wanted.version)},
                                            {byLabel, wanted.by.isEmpty() ? m.by : wanted.by}, {operationLabel, operation}};
        const QString fresh = m.container + QStringLiteral("-next");
        PH_TRY(m.engine.remove(fresh));
        PH_TRY(m.engine.create(fresh, containerLike(now, oldImage.value_or(QJsonObject()), image, labels)));
        return swap(now, fresh, true);
    }

    Result<void> pause() override { return noSteps(); }
    Result<void> resume() override { return noSteps(); }
    Result<void> promote(bool) override { return noSteps(); }
    Result<void> abort(const QString &) override {
        if (const auto now = m.engine.inspect(m.container); now && runs(*now))
            return refused(QStringLiteral("%1 is not rolling out anything.").arg(m.name), {}, QStringLiteral("To an earlier one: pilot rollouts undo."));
        return putRight();
    }

    Result<void> undo(int toRevision) override {
        if (const auto now = m.engine.inspect(m.container); toRevision == 0 && (now ? halfSwapped(*now) : now.error().kind == ErrorKind::NotFound))
            return putRight(); // of a change that was cut off, the one before is what was there
        PH_ASSIGN(const QJsonObject now, present());
        PH_ASSIGN(const auto kept, keptOnes());
        for (const QJsonObject &container : kept) // newest first
            if (toRevision == 0 ? revisionOf(container) < revisionOf(now) : revisionOf(container) == toRevision)
                return swap(now, nameOf(container), false);
        if (toRevision == revisionOf(now))
            return runs(now) ? Result<void>() : m.engine.start(m.container);
        return notFound(toRevision ? QStringLiteral("%1 has no revision %2 any more.").arg(m.name).arg(toRevision) : QStringLiteral("%1 has no earlier revision.").arg(m.name), m.engine.socket(), QStringLiteral("pilot rollouts history lists those that are kept."));
    }

    Result<void> withdraw(const QString &) override { return m.engine.stop(m.container); }

private:
    Result<void> noSteps() const {
        return refused(QStringLiteral("%1 is one container: it has no steps.").arg(m.name), {}, QStringLiteral("Take a change back: pilot rollouts undo."));
    }

    Revision revision(const QJsonObject &container, const QString &outcome) const {
        Revision out;
        out.revision = revisionOf(container);
        out.model = m.model;
        out.version = labelOf(container, modelLabel) == m.model ? labelOf(container, versionLabel).toInt() : 0;
        if (out.version == 0 && m.versionOf)
            out.version = m.versionOf(imageOfContainer(container));
        out.digest = container.value(Q("Image")).toString();
        out.by = labelOf(container, byLabel);
        out.when = timeOf(container.value(Q("Created")).toString());
        out.outcome = outcome;
        out.reason = imageOfContainer(container);
        return out;
    }

    /// The earlier containers, newest first.
    Result<std::vector<QJsonObject>> keptOnes() const {
        const QRegularExpression form(QStringLiteral("^/?%1-r\\d+$").arg(QRegularExpression::escape(m.container)));
        PH_ASSIGN(const QJsonArray all, m.engine.named(m.container + QStringLiteral("-r")));
        std::vector<QJsonObject> out;
        for (const QJsonValue &value : all) {
            const QJsonArray names = value.toObject().value(Q("Names")).toArray();
            if (std::none_of(names.begin(), names.end(), [&](const QJsonValue &name) { return form.match(name.toString()).hasMatch(); }))
                continue;
            auto container = m.engine.inspect(value.toObject().value(Q("Id")).toString());
            if (container)
                out.push_back(*std::move(container));
            else if (container.error().kind != ErrorKind::NotFound) // removed in between
                return container.error();
        }
        std::sort(out.begin(), out.end(), [](const QJsonObject &a, const QJsonObject &b) { return revisionOf(a) > revisionOf(b); });
        return out;
    }

    /// It has the name and never ran: a swap was cut off between the two. What a person made and has not started yet is left alone.
    static bool halfSwapped(const QJsonObject &container) {
        return !labelOf(container, revisionLabel).isEmpty() && !runs(container) && !timeOf(part(container, "State").value(Q("StartedAt")).toString()).isValid();
    }

    /// The container, after a swap that was cut off has been put right.
    Result<QJsonObject> present() const {
        auto now = m.engine.inspect(m.container);
        if (now ? !halfSwapped(*now) : now.error().kind != ErrorKind::NotFound)
            return now;
        PH_TRY(putRight());
        return m.engine.inspect(m.container);
    }

    /// Nothing is called by the name, or something that never ran: the newest of the earlier ones gets it back.
    Result<void> putRight() const {
        const auto now = m.engine.inspect(m.container);
        if (now && !halfSwapped(*now))
            return m.engine.start(m.container);
        PH_ASSIGN(const auto kept, keptOnes());
        if (now && kept.empty())
            return m.engine.start(m.container);
        if (now)
            PH_TRY(m.engine.remove(m.container));
        if (kept.empty())
            return notFound(QStringLiteral("There is no container %1.").arg(m.container), m.engine.socket(),
                            QStringLiteral("Make the first one by hand (podman run --name %1 …), with its ports, volumes and environment: the next ones are made like it.").arg(m.container));
        PH_TRY(m.engine.rename(nameOf(kept.front()), m.container));
        return m.engine.start(m.container);
    }

    /// The new one runs, answers, and still runs a moment later.
    Result<void> waitHealthy() const {
        using namespace std::chrono;
        const auto limit = steady_clock::now() + seconds(m.healthSeconds);
        std::optional<steady_clock::time_point> good;
        Error last = refused(QStringLiteral("it was not looked at"));
        for (;;) {
            PH_ASSIGN(const QJsonObject now, m.engine.inspect(m.container));
            const QString own = part(part(now, "State"), "Health").value(Q("Status")).toString();
            if (!runs(now))
                return refused(endOf(now));
            const auto answers = m.healthy ? m.healthy() : Result<void>();
            if (own == Q("unhealthy") || own == Q("starting"))
                last = refused(QStringLiteral("its own health check says “%1”").arg(own));
            else if (!answers)
                last = answers.error();
            if (own == Q("unhealthy") || own == Q("starting") || !answers)
                good.reset();
            else if (!good)
                good = steady_clock::now();
            else if (steady_clock::now() - *good >= milliseconds(m.settleMs))
                return {};
            if (steady_clock::now() >= limit)
                return refused(QStringLiteral("it was not healthy within %1 s: %2").arg(m.healthSeconds).arg(last.what));
            std::this_thread::sleep_for(milliseconds(200));
        }
    }

    Result<void> startNamed(const QString &fresh, const QString &kept) const {
        PH_TRY(m.engine.stop(m.container));
        PH_TRY(m.engine.rename(m.container, kept));
        PH_TRY(m.engine.rename(fresh, m.container));
        PH_TRY(m.engine.start(m.container));
        return waitHealthy();
    }

    /// `fresh` takes the place of `now`; if it does not become healthy, that is taken back. `made`: it was made for this, and is no earlier revision.
    Result<void> swap(const QJsonObject &now, const QString &fresh, bool made) const {
        const QString kept = m.container + QStringLiteral("-r%1").arg(revisionOf(now));
        if (const auto taken = m.engine.inspect(kept); taken) // before anything is stopped: the way back goes by that name
            return Error{ErrorKind::Conflict, QStringLiteral("%1 is there already: %2 cannot be kept under that name.").arg(kept, m.container), m.engine.socket(), QStringLiteral("Rename or remove it."), {}};
        else if (taken.error().kind != ErrorKind::NotFound)
            return taken.error();
        const auto done = startNamed(fresh, kept);
        if (done)
            return {};
        const QString lines = redact(m.engine.lastLines(m.container, keptLines).value_or(QString())); // they go to the journal
        if (const auto old = m.engine.inspect(kept); old && old->value(Q("Id")) == now.value(Q("Id"))) { // the names were changed already
            const QString aside = made ? m.container + QStringLiteral("-failed") : fresh;
            if (m.engine.inspect(m.container)) {
                PH_TRY(m.engine.stop(m.container));
                const auto freed = made ? m.engine.remove(aside) : Result<void>();
                if (const auto moved = freed ? m.engine.rename(m.container, aside) : freed; !moved && made)
                    PH_TRY(m.engine.remove(m.container)); // the service counts more than a look at what failed
            }
            PH_TRY(m.engine.rename(kept, m.container));
        }
        if (const auto again = m.engine.start(m.container); !again)
            return Error{ErrorKind::Internal, QStringLiteral("The new container failed (%1), and the old one does not start again: %2").arg(done.error().what, again.error().what), m.engine.socket(), QStringLiteral("Look at it: podman logs %1").arg(m.container), lines};
        return Error{ErrorKind::Refused, QStringLiteral("The new container of %1 was taken back, %2 runs again: %3.").arg(m.container, imageOfContainer(now), done.error().what), m.engine.socket(),
                     made ? QStringLiteral("It is kept for a look: podman logs %1-failed").arg(m.container) : QString(), lines};
    }

    ContainerTargetOptions m;
};

/// A setting that is the image's own is not the container's.
QJsonObject without(QJsonObject config, const QJsonObject &image) {
    for (const char *key : {"Cmd", "Entrypoint", "WorkingDir", "User", "ExposedPorts", "Volumes", "Healthcheck", "StopSignal", "Shell", "OnBuild"})
        if (config.value(Q(key)) == image.value(Q(key)))
            config.remove(Q(key));
    QJsonArray variables;
    const QJsonArray own = image.value(Q("Env")).toArray();
    for (const QJsonValue &variable : config.value(Q("Env")).toArray())
        if (!own.contains(variable))
            variables.append(variable);
    config.insert(Q("Env"), variables);
    QJsonObject labels = config.value(Q("Labels")).toObject();
    const QJsonObject ownLabels = image.value(Q("Labels")).toObject();
    for (auto it = ownLabels.begin(); it != ownLabels.end(); ++it)
        if (labels.value(it.key()) == it.value())
            labels.remove(it.key());
    config.insert(Q("Labels"), labels);
    return config;
}

/// Podman tells limits by the kernel's names and takes them by Docker's: "RLIMIT_NOFILE", "nofile".
QJsonObject hostSettings(QJsonObject host) {
    QJsonArray limits;
    for (const QJsonValue &value : host.value(Q("Ulimits")).toArray()) {
        QJsonObject limit = value.toObject();
        if (const QString name = limit.value(Q("Name")).toString(); name.startsWith(Q("RLIMIT_")))
            limit.insert(Q("Name"), name.mid(7).toLower());
        limits.append(limit);
    }
    host.insert(Q("Ulimits"), limits);
    return host;
}

} // namespace

QJsonObject containerLike(const QJsonObject &old, const QJsonObject &oldImage, const QString &image, const QMap<QString, QString> &labels) {
    QJsonObject body = without(part(old, "Config"), part(oldImage, "Config"));
    const QJsonObject host = hostSettings(part(old, "HostConfig"));
    if (const QString hostname = body.value(Q("Hostname")).toString(); old.value(Q("Id")).toString().startsWith(hostname) || host.value(Q("NetworkMode")).toString() == Q("host"))
        body.remove(Q("Hostname")); // its own number, which the new one has not
    QJsonArray variables;
    for (const QJsonValue &variable : body.value(Q("Env")).toArray()) // Podman's own of each container
        if (!variable.toString().startsWith(Q("HOSTNAME=")) && !variable.toString().startsWith(Q("container=")))
            variables.append(variable);
    body.insert(Q("Env"), variables);
    body.insert(Q("Image"), image);
    QJsonObject all = part(body, "Labels");
    for (auto it = labels.begin(); it != labels.end(); ++it)
        all.insert(it.key(), it.value());
    body.insert(Q("Labels"), all);
    body.insert(Q("HostConfig"), host);
    QJsonObject networks;
    const QJsonObject attached = part(part(old, "NetworkSettings"), "Networks");
    for (auto it = attached.begin(); it != attached.end(); ++it)
        if (it.key() != Q("host") && it.key() != Q("none"))
            networks.insert(it.key(), QJsonObject{{Q("Aliases"), it.value().toObject().value(Q("Aliases"))}});
    if (!networks.isEmpty() && host.value(Q("NetworkMode")).toString() != Q("host"))
        body.insert(Q("NetworkingConfig"), QJsonObject{{Q("EndpointsConfig"), networks}});
    return body;
}

std::shared_ptr<RolloutTarget> containerTarget(ContainerTargetOptions options) { return std::make_shared<ContainerTarget>(std::move(options)); }

} // namespace pilothouse::cluster
