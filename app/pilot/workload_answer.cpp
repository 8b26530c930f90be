// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/workload_answer.h"

#include "core/base/clock.h"

#include <QJsonArray>

namespace pilothouse {

using Q = QLatin1String;

QJsonObject revisionJson(const cluster::WorkloadRevision &r) {
    return {{Q("revision"), r.revision}, {Q("object"), r.object}, {Q("images"), QJsonArray::fromStringList(r.images)}, {Q("commit"), r.commit}, {Q("change_cause"), r.changeCause}, {Q("cause"), r.cause},
            {Q("by"), r.by}, {Q("origin"), r.origin}, {Q("operation"), r.operation}, {Q("version"), r.version > 0 ? QJsonValue(r.version) : QJsonValue()},
            {Q("when"), r.when.isValid() ? QJsonValue(isoUtc(r.when)) : QJsonValue()}, {Q("current"), r.current}, {Q("replicas"), r.replicas}, {Q("ready"), r.ready}};
}

QString historyText(const std::vector<cluster::WorkloadRevision> &history) {
    if (history.empty())
        return QStringLiteral("No rollout history found.");
    QString text;
    for (const cluster::WorkloadRevision &r : history) {
        const QString when = r.when.isValid() ? r.when.toUTC().toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")) : QStringLiteral("-");
        text += QStringLiteral("%1%2  %3  %4  %5  %6\n").arg(r.revision, 4).arg(r.current ? Q(" *") : Q("  ")).arg(when, -19).arg(r.images.join(QLatin1Char(',')), r.cause, r.by.isEmpty() ? QString() : QStringLiteral("by ") + r.by);
    }
    return text.trimmed();
}

QJsonObject sightJson(const rollouts::RolloutSight &sight) {
    QJsonArray pods;
    for (const cluster::PodState &p : sight.pods)
        pods.append(QJsonObject{{Q("name"), p.name}, {Q("status"), p.status}, {Q("ready"), p.ready}, {Q("containers"), p.containers}, {Q("restarts"), p.restarts}, {Q("node"), p.node}, {Q("image"), p.image}, {Q("trouble"), p.trouble}});
    const QJsonObject spec = sight.workload.object.value(Q("spec")).toObject();
    const auto *current = sight.workload.current();
    return {{Q("target"), QStringLiteral("%1/%2").arg(sight.workload.ref.kind.kind.toLower(), sight.workload.ref.name)}, {Q("namespace"), sight.workload.ref.space}, {Q("done"), sight.verdict.done},
            {Q("failed"), sight.verdict.failed}, {Q("text"), sight.verdict.text}, {Q("revision"), current ? QJsonValue(current->revision) : QJsonValue()}, {Q("replicas"), spec.value(Q("replicas"))},
            {Q("paused"), spec.value(Q("paused")).toBool()}, {Q("pods"), pods}, {Q("troubles"), QJsonArray::fromStringList(sight.troubles)}};
}

QString sightText(const rollouts::RolloutSight &sight) {
    QStringList lines{sight.verdict.text};
    if (sight.workload.object.value(Q("spec")).toObject().value(Q("paused")).toBool())
        lines << QStringLiteral("It is paused.");
    for (const cluster::PodState &pod : sight.pods)
        lines << QStringLiteral("  ") + pod.text();
    for (const QString &trouble : sight.troubles)
        lines << QStringLiteral("  ! ") + trouble;
    return lines.join(QLatin1Char('\n'));
}

Result<void> watchAndAnswer(Context &context, const WorkloadBench &bench, const rollouts::RolloutWatchOptions &options, QJsonObject more) {
    const auto tell = [&context](const std::vector<rollouts::RolloutNews> &news, const rollouts::RolloutSight &) {
        for (const rollouts::RolloutNews &n : news) {
            const bool trouble = n.kind == rollouts::RolloutNews::Kind::Trouble;
            const QString line = QStringLiteral("%1  %2: %3").arg(n.time.toString(QStringLiteral("HH:mm:ss")), n.object, n.text);
            context.events().log(trouble ? QStringLiteral("warning") : QStringLiteral("info"), line);
            if (!context.json && !context.eventsWanted)
                context.note(line);
        }
    };
    PH_ASSIGN(const rollouts::RolloutSight sight, rollouts::watchRollout(*bench.desk.api, bench.desk.ref, options, tell, context.stop()));
    more.insert(Q("done"), sight.verdict.done);
    more.insert(Q("rollout"), sightJson(sight));
    context.answer(more, sightText(sight));
    context.exitCodeWanted = sight.verdict.failed ? 1 : 0;
    return {};
}

} // namespace pilothouse
