// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/mirrors.h"

#include "core/artifact/package.h"
#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/fleet/interrupted.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QRandomGenerator>

#include <algorithm>

namespace pilothouse::fleet {

using registry::Mirror;
using registry::MirrorState;
using Q = QLatin1String;

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(Mirrors)
};

constexpr qsizetype longestParam = 6000, longestTag = 5000; ///< MLflow 2.x refuses more
constexpr int firstWait = 30, longestWait = 3600;           ///< seconds between attempts

QString cut(const QString &text, qsizetype most) { return text.size() <= most ? text : text.left(most - 1) + QChar(0x2026); }

/// Doubled with each attempt that failed, and drawn, so that many machines do not come back in the same second.
int secondsToWait(int attempts) {
    const int most = std::min(longestWait, firstWait << std::min(attempts - 1, 10));
    return most / 2 + int(QRandomGenerator::global()->bounded(most / 2 + 1));
}

bool isAway(ErrorKind kind) { return kind == ErrorKind::Unreachable || kind == ErrorKind::TimedOut; }

} // namespace

registry::MirroredTexts mirroredTexts(const registry::Run &run) {
    registry::MirroredTexts out;
    for (auto it = run.params.begin(); it != run.params.end(); ++it)
        out.params.insert(it.key(), cut(it.value(), longestParam));
    for (auto it = run.tags.begin(); it != run.tags.end(); ++it)
        if (!it.key().startsWith(Q("train.")) && it.key() != Q("artifact_folder"))
            out.tags.insert(it.key(), cut(it.value(), longestTag));
    if (const QString recipe = run.tags.value(trainingTag::recipe); !recipe.isEmpty()) {
        out.tags.insert(QStringLiteral("mlflow.source.name"), QFileInfo(recipe).fileName());
        out.tags.insert(QStringLiteral("mlflow.source.type"), QStringLiteral("LOCAL"));
    }
    for (const char *key : {"retrain_decision", "retrain_reason", "retrain_trigger", "pipeline_run", "recipe", "recipe.sha256", "data.sha256", "data.test_rows", "weights.sha256", "gates", "mlflow.source.git.commit"})
        if (const auto it = out.tags.constFind(Q(key)); it != out.tags.constEnd())
            out.versionTags.insert(it.key(), it.value());
    const QString metric = run.params.value(QStringLiteral("select")), estimator = run.params.value(QStringLiteral("estimator"));
    if (const auto value = run.metrics.constFind(QStringLiteral("test_") + metric); value != run.metrics.constEnd() && !estimator.isEmpty())
        out.description = QStringLiteral("%1 by %2: %3 %4 on the test rows").arg(estimator, run.tags.value(QStringLiteral("recipe"), run.experiment), metric).arg(*value, 0, 'g', 6);
    return out;
}

Mirrors::Mirrors(std::shared_ptr<Services> services) : m_services(std::move(services)), m_store(std::make_shared<registry::MirrorStore>(m_services->database, m_services->clock)) {}

QString Mirrors::spoolFolder(const QString &run, const QString &connection) const {
    return QStringLiteral("%1/spool/%2-%3").arg(m_services->root, run, sha256Hex(connection.toUtf8()).left(8));
}

Result<Mirror> Mirrors::order(const QString &run, const QString &connection, const QString &model, const QString &package) {
    PH_ASSIGN(const auto there, m_services->registries->of(connection));
    if (there == m_services->registry)
        return refused(Text::tr("Runs are in the registry of “%1” already.").arg(connection));
    operations::Operation sending; // what the sending itself will be, which nobody stands beside to type a name
    sending.kind = QStringLiteral("mirror-run");
    sending.object = model.isEmpty() ? QStringLiteral("run %1").arg(run) : QStringLiteral("model %1").arg(model);
    sending.connection = connection;
    sending.summary = QStringLiteral("Send a training to %1").arg(connection);
    PH_TRY(m_services->operations->check(sending));
    if (package.isEmpty())
        return m_store->order(run, connection, model);
    PH_ASSIGN(const artifact::Package opened, artifact::openPackage(package));
    const QString folder = spoolFolder(run, connection);
    const auto kept = artifact::openPackage(folder);
    if (!kept || kept->digest != opened.digest) {
        QDir(folder).removeRecursively();
        PH_TRY(makeFolder(QFileInfo(folder).absolutePath(), true));
        PH_TRY(artifact::copyPackage(package, folder));
    }
    return m_store->order(run, connection, model, folder, opened.digest);
}

Result<std::vector<Mirror>> Mirrors::waiting(const QString &connection) const {
    PH_ASSIGN(auto all, m_store->waiting());
    if (!connection.isEmpty())
        std::erase_if(all, [&](const Mirror &m) { return m.connection != connection; });
    return all;
}

Result<std::vector<Mirror>> Mirrors::due() const {
    PH_ASSIGN(auto all, m_store->waiting());
    const QDateTime now = m_services->clock->nowUtc();
    std::erase_if(all, [&](const Mirror &m) {
        // A time further ahead than the longest wait: the clock was moved back.
        if (m.nextTry.isValid() && m.nextTry > now && now.secsTo(m.nextTry) <= longestWait)
            return true;
        const auto run = settled(m.run);
        return run && run->status == registry::RunStatus::Running;
    });
    return all;
}

Result<registry::Run> Mirrors::settled(const QString &id) const {
    PH_ASSIGN(registry::Run run, m_services->registry->run(id));
    settle(run);
    if (run.status != registry::RunStatus::Running && !run.ended.isValid()) {
        PH_ASSIGN(run.ended, m_store->lastSign(id));
        if (!run.ended.isValid())
            run.ended = run.started;
    }
    return run;
}

Result<FileLock> Mirrors::lock(const Mirror &mirror) const {
    const QString folder = m_services->root + QStringLiteral("/locks");
    PH_TRY(makeFolder(folder, true));
    auto lock = FileLock::tryAcquire(QStringLiteral("%1/mirror-%2-%3.lock").arg(folder, mirror.run, sha256Hex(mirror.connection.toUtf8()).left(8)));
    if (!lock && lock.error().kind == ErrorKind::Conflict)
        return Error{ErrorKind::Conflict, Text::tr("Run %1 is being sent to %2 by its training or by another program.").arg(mirror.run.left(12), mirror.connection), {}, {}, {}};
    return lock;
}

Mirror Mirrors::failed(Mirror mirror, const Error &error) {
    mirror.error = error;
    ++mirror.attempts;
    mirror.nextTry = m_services->clock->nowUtc().addSecs(secondsToWait(mirror.attempts));
    if (const auto kept = m_store->save(mirror); !kept)
        mirror.error = kept.error();
    return mirror;
}

Mirror Mirrors::attempt(Mirror mirror, const std::function<Result<void>(registry::RunMirror &)> &body) {
    const auto there = m_services->registries->of(mirror.connection);
    if (!there)
        return failed(std::move(mirror), there.error());
    const auto run = m_services->registry->run(mirror.run);
    if (!run)
        return failed(std::move(mirror), run.error());
    const workspace::Connection connection = m_services->workspace.connections.value(mirror.connection);
    const QString experiment = connection.kind == QLatin1String("mlflow") ? connection.other.value(QStringLiteral("experiment")) : QString(); // as its owners call it
    const auto texts = [experiment](const registry::Run &own) {
        registry::MirroredTexts out = mirroredTexts(own);
        out.experiment = experiment;
        return out;
    };
    const auto sender = std::make_shared<registry::RunMirror>(m_store, m_services->registry, *there, texts, mirror);
    if (const auto seen = sender->look(); !seen) // before the operation: a server that is away is no line of the journal
        return failed(sender->row(), seen.error());
    operations::Operation operation;
    operation.id = mirror.operation;
    operation.kind = QStringLiteral("mirror-run");
    operation.object = QStringLiteral("run %1").arg(mirror.run);
    operation.summary = QStringLiteral("Send the training %1 to %2").arg(run->name, mirror.connection);
    operation.connection = mirror.connection;
    operation.automatic = true; // its name was typed when it was ordered
    operation.details = {{Q("run"), mirror.run}, {Q("connection"), mirror.connection}, {Q("model"), mirror.model}, {Q("digest"), mirror.digest}, {Q("attempt"), mirror.attempts + 1}};
    operations::Step step;
    step.call = {QStringLiteral("POST"), QStringLiteral("run %1 on %2").arg(mirror.run, (*there)->source()),
                 mirror.model.isEmpty() ? QStringLiteral("parameters, tags, metric history, artifacts") : QStringLiteral("parameters, tags, metric history, artifacts, version of %1").arg(mirror.model), QString(),
                 QStringLiteral("pilot registry sync --connection %1").arg(mirror.connection)};
    step.execute = [sender, body] { return body(*sender); };
    step.readBack = [sender] { return sender->readBack(); };
    operation.steps.push_back(std::move(step));
    const operations::OperationOutcome outcome = m_services->operations->run(std::move(operation));
    Mirror after = sender->row();
    if (outcome.error && !outcome.done)
        return failed(std::move(after), *outcome.error);
    const auto state = m_store->finish(after);
    if (!state)
        return failed(std::move(after), state.error());
    after.state = *state;
    after.error = {};
    after.attempts = 0;
    after.nextTry = {};
    if (!after.waits() && after.package == spoolFolder(after.run, after.connection))
        QDir(after.package).removeRecursively();
    return after;
}

Result<Mirror> Mirrors::sync(const Mirror &wanted, std::stop_token stop) {
    PH_ASSIGN(const FileLock held, lock(wanted));
    PH_ASSIGN(const auto row, m_store->find(wanted.run, wanted.connection)); // as it is now that nobody else writes it
    if (!row)
        return notFound(Text::tr("Run %1 was not ordered to go to %2.").arg(wanted.run, wanted.connection));
    if (!row->waits())
        return *row;
    PH_ASSIGN(const registry::Run run, settled(row->run));
    if (run.status == registry::RunStatus::Running)
        return Error{ErrorKind::Conflict, Text::tr("Run %1 is under way: its training sends it.").arg(run.name), {}, {}, {}};
    return attempt(*row, [&](registry::RunMirror &mirror) -> Result<void> {
        PH_TRY(mirror.begin());
        return mirror.complete(run, stop);
    });
}

namespace {

operations::Operation changeOf(const Mirror &mirror, const QString &summary) {
    operations::Operation operation;
    operation.object = QStringLiteral("run %1").arg(mirror.run);
    operation.summary = summary;
    operation.details = {{Q("run"), mirror.run}, {Q("connection"), mirror.connection}};
    return operation;
}

} // namespace

Result<void> Mirrors::abandon(const Mirror &mirror) {
    PH_ASSIGN(const FileLock held, lock(mirror));
    operations::Operation operation = changeOf(mirror, QStringLiteral("Give up sending run %1 to %2").arg(mirror.run.left(12), mirror.connection));
    operation.kind = QStringLiteral("abandon-mirror");
    operations::Step step;
    step.call = {QStringLiteral("SET"), QStringLiteral("run %1 for %2").arg(mirror.run, mirror.connection), QStringLiteral("waiting → abandoned"), QStringLiteral("send it anew"),
                 QStringLiteral("pilot registry sync --abandon %1 --connection %2").arg(mirror.run, mirror.connection)};
    step.execute = [this, mirror]() -> Result<void> {
        PH_ASSIGN(auto row, m_store->find(mirror.run, mirror.connection));
        if (!row)
            return notFound(Text::tr("Run %1 was not ordered to go to %2.").arg(mirror.run, mirror.connection));
        row->state = MirrorState::Abandoned;
        return m_store->save(*row); // the package stays in the spool: it may be sent anew
    };
    operation.steps.push_back(std::move(step));
    const auto outcome = m_services->operations->run(std::move(operation));
    return outcome.done ? Result<void>() : Result<void>(outcome.error.value_or(refused(Text::tr("It was not given up."))));
}

Result<void> Mirrors::restart(const Mirror &mirror) {
    PH_ASSIGN(const FileLock held, lock(mirror));
    operations::Operation operation = changeOf(mirror, QStringLiteral("Send run %1 to %2 anew").arg(mirror.run.left(12), mirror.connection));
    operation.kind = QStringLiteral("restart-mirror");
    operations::Step step;
    step.call = {QStringLiteral("SET"), QStringLiteral("run %1 for %2").arg(mirror.run, mirror.connection), QStringLiteral("→ waiting, from the beginning"), QString(),
                 QStringLiteral("pilot registry sync --restart %1 --connection %2").arg(mirror.run, mirror.connection)};
    step.execute = [this, mirror] { return m_store->restart(mirror.run, mirror.connection); };
    operation.steps.push_back(std::move(step));
    const auto outcome = m_services->operations->run(std::move(operation));
    return outcome.done ? Result<void>() : Result<void>(outcome.error.value_or(refused(Text::tr("It is not sent anew."))));
}

QStringList waitingTexts(const std::vector<Mirror> &waiting) {
    QMap<QString, std::vector<const Mirror *>> byConnection;
    for (const Mirror &m : waiting)
        byConnection[m.connection].push_back(&m);
    QStringList out;
    for (auto it = byConnection.begin(); it != byConnection.end(); ++it) {
        const int count = int(it->size());
        const auto trouble = std::find_if(it->begin(), it->end(), [](const Mirror *m) { return !m->error.what.isEmpty() && !isAway(m->error.kind); });
        if (trouble != it->end()) // by hand and not %n: `pilot` has no translation that would know the plural
            out << (count == 1 ? Text::tr("1 training waits for %1: %2").arg(it.key(), (*trouble)->error.text()) : Text::tr("%1 trainings wait for %2: %3").arg(count).arg(it.key(), (*trouble)->error.text()));
        else if (std::any_of(it->begin(), it->end(), [](const Mirror *m) { return !m->error.what.isEmpty(); }))
            out << (count == 1 ? Text::tr("%1 is not reached: 1 training waits; it goes there when it answers.").arg(it.key())
                               : Text::tr("%1 is not reached: %2 trainings wait; they go there when it answers.").arg(it.key()).arg(count));
        else
            out << (count == 1 ? Text::tr("1 training waits for %1; pilot registry sync sends it.").arg(it.key()) : Text::tr("%1 trainings wait for %2; pilot registry sync sends them.").arg(count).arg(it.key()));
    }
    return out;
}

QString mirrorConnection(const Services &services, const QString &registeredAs, const QString &recipe) {
    for (const workspace::Model &model : services.workspace.models) {
        if (registeredAs.isEmpty() ? recipe.isEmpty() || model.recipe != recipe : model.registry.name != registeredAs)
            continue;
        const auto connection = std::find_if(services.workspace.connections.begin(), services.workspace.connections.end(), [&](const auto &c) { return c.name == model.registry.connection; });
        return connection == services.workspace.connections.end() || connection->kind == Q("local") ? QString() : model.registry.connection;
    }
    return {};
}

} // namespace pilothouse::fleet
