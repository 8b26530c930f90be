// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/rollout_desk.h"

#include "core/base/actor.h"
#include "core/base/json.h"
#include "core/fleet/model_place.h"

#include <QJsonArray>

namespace pilothouse {

using Q = QLatin1String;
using cluster::RolloutPhase;
using cluster::RolloutStatus;
using operations::Operation;

Result<RolloutDesk> rolloutDesk(Context &context, const std::string &name) {
    RolloutDesk desk;
    PH_ASSIGN(desk.services, context.services());
    const QString wanted = QString::fromStdString(name);
    const workspace::Model *model = desk.services->workspace.model(wanted);
    if (!model) {
        QStringList known;
        for (const workspace::Model &m : desk.services->workspace.models)
            known << m.name;
        return notFound(QStringLiteral("The workspace has no model “%1”.").arg(wanted), desk.services->workspace.file, QStringLiteral("It has: %1.").arg(known.join(QStringLiteral(", "))));
    }
    desk.model = *model;
    PH_ASSIGN(desk.target, desk.services->rolloutTarget(*model));
    desk.local.root = desk.services->root;
    desk.local.model = *model;
    desk.local.workspaceFile = desk.services->workspace.file;
    desk.local.http = desk.services->http;
    desk.inCluster = desk.services->workspace.connections.value(model->deployment.connection).kind == Q("kubernetes");
    return desk;
}

Result<void> RolloutDesk::onlyLocal(const QString &what) const {
    if (model.deployment.target.startsWith(Q("container/")))
        return refused(QStringLiteral("%1 is served by %2: %3 is for endpoints that pilot serve answers.").arg(model.name, model.deployment.target, what));
    if (inCluster)
        return refused(QStringLiteral("%1 is served by %2: %3 is for endpoints of this machine.").arg(model.name, model.deployment.target, what), {}, QStringLiteral("Its pods are told by the Deployment: pilot rollouts scale, restart."));
    return {};
}

namespace {

QString sideText(const char *name, const std::optional<cluster::Revision> &revision, const cluster::SideStats &stats) {
    if (!revision)
        return {};
    QString text = QStringLiteral("  %1 version %2 (revision %3): %4 requests, %5 failed, p95 %6 ms, %7 labelled")
                       .arg(Q(name), -6).arg(revision->version).arg(revision->revision).arg(stats.requests).arg(stats.failed).arg(stats.p95Ms, 0, 'f', 2).arg(stats.labelled);
    if (stats.meanError)
        text += QStringLiteral(", mean error %1").arg(*stats.meanError, 0, 'g', 4);
    return text + QLatin1Char('\n');
}

/// A registered version as the admin routes want it.
Result<QJsonObject> versionBody(const RolloutDesk &desk, int number) {
    PH_ASSIGN(const fleet::ModelPlace place, fleet::placeOf(*desk.services, desk.model));
    PH_ASSIGN(const registry::Version version, place.packaged(number));
    return QJsonObject{{Q("model"), version.model}, {Q("version"), version.version}, {Q("digest"), version.digest}, {Q("folder"), version.source}, {Q("by"), currentActor()}};
}

QString agreementText(const QJsonObject &answer) {
    QString text;
    for (const QJsonValue &v : answer.value(Q("agreement")).toArray()) {
        const QJsonObject a = v.toObject();
        text += QStringLiteral("version %1 answered, version %2 beside it: %3 of %4 rows agree (%5 %), %6 failed, %7 dropped")
                    .arg(a.value(Q("champion_version")).toString(), a.value(Q("shadow_version")).toString())
                    .arg(qint64(a.value(Q("agreed")).toDouble())).arg(qint64(a.value(Q("rows")).toDouble())).arg(a.value(Q("share")).toDouble() * 100, 0, 'f', 1)
                    .arg(qint64(a.value(Q("failed")).toDouble())).arg(qint64(a.value(Q("dropped")).toDouble()));
        if (a.value(Q("mean_difference")).isDouble())
            text += QStringLiteral(", mean difference %1, largest %2").arg(a.value(Q("mean_difference")).toDouble(), 0, 'g', 4).arg(a.value(Q("max_difference")).toDouble(), 0, 'g', 4);
        text += QLatin1Char('\n');
    }
    return text.isEmpty() ? QStringLiteral("No shadow was compared yet.") : text.trimmed();
}

QString abText(const QJsonObject &answer) {
    if (!answer.contains(Q("a")))
        return QStringLiteral("No A/B test was run yet.");
    QString text = answer.value(Q("running")).toBool() ? QStringLiteral("runs until %1\n").arg(answer.value(Q("until")).toString()) : QStringLiteral("ended %1\n").arg(answer.value(Q("ended")).toString());
    for (const char *side : {"a", "b"}) {
        const QJsonObject s = answer.value(Q(side)).toObject();
        text += QStringLiteral("  %1 version %2: %3 requests, %4 failed, p95 %5 ms, %6 labelled%7\n")
                    .arg(Q(side), s.value(Q("version")).toString()).arg(qint64(s.value(Q("requests")).toDouble())).arg(qint64(s.value(Q("failed")).toDouble()))
                    .arg(s.value(Q("p95_ms")).toDouble(), 0, 'f', 2).arg(qint64(s.value(Q("labelled")).toDouble()))
                    .arg(s.value(Q("mean_error")).isDouble() ? QStringLiteral(", mean error %1").arg(s.value(Q("mean_error")).toDouble(), 0, 'g', 4) : QString());
    }
    return text + QStringLiteral("  ") + answer.value(Q("comparison")).toString();
}

} // namespace

QString rolloutText(const RolloutStatus &s) {
    QString text = QStringLiteral("%1  %2%3\n").arg(s.target, cluster::rolloutPhaseName(s.phase), s.url.isEmpty() ? QString() : QStringLiteral("  ") + s.url);
    text += sideText("stable", s.stable, s.stableStats) + sideText("canary", s.canary, s.canaryStats);
    if (!s.steps.empty()) {
        QStringList steps;
        for (const cluster::RolloutStep &step : s.steps)
            steps << QStringLiteral("%1 % %2").arg(step.percent).arg(step.state);
        text += QStringLiteral("  steps  %1\n").arg(steps.join(QStringLiteral(" · ")));
    }
    if (!s.verdict.isEmpty())
        text += QStringLiteral("  %1\n").arg(s.verdict);
    if (s.phase == RolloutPhase::Unreachable)
        text += QStringLiteral("  The endpoint is down; this is its last state, of %1 UTC.\n").arg(s.observed.toUTC().toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")));
    return text.trimmed();
}

Result<void> tellRolloutStatus(Context &context, const RolloutDesk &desk) {
    PH_ASSIGN(const RolloutStatus status, desk.target->status());
    context.answer(cluster::toJson(status), rolloutText(status));
    return {};
}

Result<void> runRolloutWrite(Context &context, const RolloutOptions &o, const RolloutDesk &desk, const RolloutWrite &write) {
    PH_ASSIGN(const RolloutStatus before, desk.target->status());
    Operation operation;
    operation.kind = write.kind;
    operation.object = QStringLiteral("rollout ") + desk.target->name();
    operation.summary = QStringLiteral("Change the rollout %1: %2").arg(desk.target->name(), write.effect);
    operation.needs = write.needs;
    operation.connection = desk.model.deployment.connection;
    operation.before = cluster::toJson(before);
    if (!o.reason.empty())
        operation.details.insert(Q("reason"), QString::fromStdString(o.reason));
    operations::Step step;
    step.call = {write.verb, operation.object, write.effect, write.undo, write.command};
    step.execute = write.execute;
    step.undo = write.takeBack;
    step.readBack = write.readBack ? write.readBack : [target = desk.target]() -> Result<QJsonObject> {
        PH_ASSIGN(const RolloutStatus after, target->status());
        return cluster::toJson(after);
    };
    operation.steps.push_back(std::move(step));
    if (o.plan) {
        QJsonArray calls;
        QString text;
        for (const operations::PlannedCall &call : operation.plan()) {
            calls.append(QJsonObject{{Q("verb"), call.verb}, {Q("object"), call.object}, {Q("effect"), call.effect}, {Q("undo"), call.undo}, {Q("command"), call.command}});
            text += QStringLiteral("%1 %2: %3%4").arg(call.verb, call.object, call.effect, call.undo.isEmpty() ? QString() : QStringLiteral(" (undo: %1)").arg(call.undo));
        }
        context.answer({{Q("plan"), calls}}, text);
        return {};
    }
    const auto outcome = desk.services->operations->run(std::move(operation));
    if (!outcome.done)
        return outcome.error.value_or(refused(QStringLiteral("Nothing was changed.")));
    return write.answer ? write.answer() : tellRolloutStatus(context, desk);
}

Result<void> rolloutShadow(Context &context, const RolloutOptions &o) {
    PH_ASSIGN(const RolloutDesk desk, rolloutDesk(context, o.model));
    PH_TRY(desk.onlyLocal(QStringLiteral("a shadow")));
    const QString route = QStringLiteral("/admin/shadow");
    const auto table = [&]() -> Result<QJsonObject> { return cluster::callLocalServer(desk.local, "GET", route); };
    const auto tell = [&]() -> Result<void> {
        PH_ASSIGN(const QJsonObject answer, table());
        context.answer(answer, agreementText(answer));
        return {};
    };
    if (!o.off && o.version == 0)
        return tell();
    QJsonObject body{{Q("off"), true}};
    if (!o.off) {
        PH_ASSIGN(body, versionBody(desk, o.version));
    }
    RolloutWrite write;
    write.kind = QStringLiteral("shadow");
    write.verb = QStringLiteral("SET");
    write.effect = o.off ? QStringLiteral("no shadow any more") : QStringLiteral("version %1 gets a copy of each request and never answers").arg(o.version);
    write.undo = o.off ? QString() : QStringLiteral("pilot rollouts shadow %1 --off").arg(desk.model.name);
    write.command = o.off ? QStringLiteral("pilot rollouts shadow %1 --off").arg(desk.model.name) : QStringLiteral("pilot rollouts shadow %1 --version %2").arg(desk.model.name).arg(o.version);
    write.execute = [&]() -> Result<void> {
        PH_TRY(cluster::callLocalServer(desk.local, "POST", route, body));
        return {};
    };
    write.readBack = table;
    write.answer = tell;
    return runRolloutWrite(context, o, desk, write);
}

Result<void> rolloutAb(Context &context, const RolloutOptions &o) {
    PH_ASSIGN(const RolloutDesk desk, rolloutDesk(context, o.model));
    PH_TRY(desk.onlyLocal(QStringLiteral("an A/B test")));
    const QString route = QStringLiteral("/admin/ab");
    const auto read = [&]() -> Result<QJsonObject> { return cluster::callLocalServer(desk.local, "GET", route); };
    const auto tell = [&]() -> Result<void> {
        PH_ASSIGN(const QJsonObject answer, read());
        context.answer(answer, abText(answer));
        return {};
    };
    if (!o.off && o.version == 0)
        return tell();
    QJsonObject body{{Q("stop"), true}};
    if (!o.off) {
        if (o.seconds == 0)
            return invalid(QStringLiteral("An A/B test needs a time."), QStringLiteral("--seconds"), QStringLiteral("For example --seconds 3600."));
        PH_ASSIGN(body, versionBody(desk, o.version));
        body.insert(Q("share"), o.share);
        body.insert(Q("seconds"), o.seconds);
    }
    RolloutWrite write;
    write.kind = QStringLiteral("ab-test");
    write.verb = QStringLiteral("SET");
    write.effect = o.off ? QStringLiteral("the A/B test ends, all traffic to the stable version")
                         : QStringLiteral("version %1 answers %2 % of the requests for %3 s").arg(o.version).arg(o.share * 100).arg(o.seconds);
    write.undo = o.off ? QString() : QStringLiteral("pilot rollouts ab %1 --off").arg(desk.model.name);
    write.command = o.off ? QStringLiteral("pilot rollouts ab %1 --off").arg(desk.model.name)
                          : QStringLiteral("pilot rollouts ab %1 --version %2 --share %3 --seconds %4").arg(desk.model.name).arg(o.version).arg(o.share).arg(o.seconds);
    write.execute = [&]() -> Result<void> {
        PH_TRY(cluster::callLocalServer(desk.local, "POST", route, body));
        return {};
    };
    write.needs = workspace::Role::Approver; // real requests go to a version that no promotion approved
    write.readBack = read;
    write.answer = tell;
    return runRolloutWrite(context, o, desk, write);
}

} // namespace pilothouse
