// SPDX-License-Identifier: GPL-3.0-or-later
// pilot rollouts pods [--connection C] [-n NS | -A] [-l SELECTOR] [--usage]    {"pods":[pod + "reason":{"word","weight","sentence","remedy"} + "usage":{"cpuMilli","memoryBytes"}]}
//   pod: core/cluster/kube_rows.h, toJson(); weight: fine, passing, trouble. Without a metrics server --usage says so ("usage_missing").
// … --watch [--json]    a line each: {"type":"inserted"|"changed","pod":{…}}, {"type":"removed","id"}, {"type":"status","phase","error"?}
#include "app/pilot/cluster_view.h"
#include "app/pilot/rollouts_sub.h"

#include "core/base/harmless_text.h"
#include "core/cluster/pod_reason.h"
#include "core/cluster/workload_load.h"

#include <QJsonArray>

#include <cstdio>

namespace pilothouse {

namespace {

using Q = QLatin1String;
using cluster::KubeReason;
using cluster::KubeRowPtr;
using cluster::PodRow;

struct Options : ClusterViewOptions {
    bool usage = false;
};

qint64 nowSeconds() { return QDateTime::currentSecsSinceEpoch(); }

QString weightName(KubeReason::Weight weight) {
    return weight == KubeReason::Weight::Fine ? QStringLiteral("fine") : weight == KubeReason::Weight::Passing ? QStringLiteral("passing") : QStringLiteral("trouble");
}

QJsonObject json(const KubeRowPtr &row, const KubeReason &reason) {
    QJsonObject object = cluster::toJson(*row);
    QJsonObject why{{Q("word"), reason.word}, {Q("weight"), weightName(reason.weight)}, {Q("sentence"), reason.sentence}};
    if (!reason.remedy.isEmpty())
        why.insert(Q("remedy"), reason.remedy);
    object.insert(Q("reason"), why);
    return object;
}

QStringList line(const KubeRowPtr &row, const KubeReason &reason, bool withSpace) {
    const auto *pod = row->as<PodRow>();
    QString restarts = QString::number(pod->restarts);
    if (pod->restarts && pod->lastRestart)
        restarts += QStringLiteral(" (%1 ago)").arg(ageText(nowSeconds() - pod->lastRestart));
    QStringList words{row->name, QStringLiteral("%1/%2").arg(pod->ready).arg(pod->total), pod->status, restarts, ageText(nowSeconds() - row->created), pod->node.isEmpty() ? QStringLiteral("-") : pod->node,
                      reason.weight == KubeReason::Weight::Trouble ? (reason.sentence + QLatin1Char(' ') + reason.remedy).trimmed() : QString()};
    if (withSpace)
        words.prepend(row->space);
    return words;
}

QStringList head(bool withSpace) {
    QStringList words{QStringLiteral("NAME"), QStringLiteral("READY"), QStringLiteral("STATUS"), QStringLiteral("RESTARTS"), QStringLiteral("AGE"), QStringLiteral("NODE"), QString()};
    if (withSpace)
        words.prepend(QStringLiteral("NAMESPACE"));
    return words;
}

bool troubled(const std::vector<KubeRowPtr> &pods) {
    return std::any_of(pods.begin(), pods.end(), [](const KubeRowPtr &row) { return cluster::podReason(*row, {}, {}, nowSeconds()).weight != KubeReason::Weight::Fine; });
}

Result<void> once(Context &context, const ClusterView &view, const Options &o) {
    PH_ASSIGN(const auto pods, readRows(context, view, cluster::kinds::Pod, QString::fromStdString(o.selector)));
    std::vector<KubeRowPtr> events, claims;
    if (troubled(pods)) { // without the right to read these the pods say what they can
        events = readRows(context, view, cluster::kinds::Event).value_or({});
        claims = readRows(context, view, cluster::kinds::PersistentVolumeClaim).value_or({});
    }
    QHash<QString, cluster::UsageFigures> usage;
    QString missing;
    if (o.usage) {
        const auto measured = cluster::readPodUsage(*view.api, view.space, context.stop());
        if (!measured)
            missing = measured.error().what;
        else
            for (const cluster::UsageFigures &one : *measured)
                usage.insert(one.space + QLatin1Char('/') + one.name, one);
    }
    QJsonArray all;
    std::vector<QStringList> lines{head(o.all)};
    for (const KubeRowPtr &row : pods) {
        const KubeReason reason = cluster::podReason(*row, events, claims, nowSeconds());
        QJsonObject object = json(row, reason);
        QStringList words = line(row, reason, o.all);
        if (const auto found = usage.constFind(row->id); found != usage.constEnd()) {
            object.insert(Q("usage"), QJsonObject{{Q("cpuMilli"), found->cpu}, {Q("memoryBytes"), found->memory}});
            words.insert(words.size() - 1, QStringLiteral("%1m CPU, %2Mi").arg(found->cpu).arg(found->memory >> 20));
        } else if (o.usage && missing.isEmpty()) {
            words.insert(words.size() - 1, QStringLiteral("-"));
        }
        all.append(object);
        lines.push_back(words);
    }
    if (o.usage && missing.isEmpty())
        lines.front().insert(lines.front().size() - 1, QStringLiteral("USED"));
    QJsonObject answer{{Q("pods"), all}};
    if (!missing.isEmpty())
        answer.insert(Q("usage_missing"), missing);
    QString text = pods.empty() ? QStringLiteral("There are no pods %1.").arg(view.space.isEmpty() ? QStringLiteral("in this cluster") : QStringLiteral("in ") + view.space) : columns(lines);
    if (!missing.isEmpty())
        text += QLatin1Char('\n') + missing;
    context.answer(answer, text);
    return {};
}

Result<void> follow(Context &context, const ClusterView &view, const Options &o) {
    bool first = true;
    const auto told = [&](const cluster::KubeChanges &changes) {
        std::vector<QStringList> lines;
        if (std::exchange(first, false))
            lines.push_back(head(o.all));
        for (const auto &[rows, type] : {std::pair(&changes.inserted, "inserted"), std::pair(&changes.changed, "changed")})
            for (const KubeRowPtr &row : *rows) {
                const KubeReason reason = cluster::podReason(*row, {}, {}, nowSeconds());
                if (context.json)
                    printLine({{Q("type"), Q(type)}, {Q("pod"), json(row, reason)}});
                else
                    lines.push_back(line(row, reason, o.all));
            }
        for (const QString &id : changes.removed) {
            if (context.json)
                printLine({{Q("type"), Q("removed")}, {Q("id"), id}});
            else
                lines.push_back({id.section(QLatin1Char('/'), -1), QString(), QStringLiteral("gone")});
        }
        if (!context.json)
            std::printf("%s\n", qUtf8Printable(harmlessLines(columns(lines))));
        std::fflush(stdout);
    };
    const auto said = [&](const cluster::KubeWatchStatus &status) {
        QJsonObject object{{Q("type"), Q("status")}, {Q("phase"), cluster::watchPhaseName(status.phase)}};
        if (status.error)
            object.insert(Q("error"), status.error->text());
        if (context.json)
            printLine(object);
        else if (status.error)
            context.note(QStringLiteral("%1: %2").arg(cluster::watchPhaseName(status.phase), status.error->text()));
    };
    return followRows(context, view, cluster::kinds::Pod, QString::fromStdString(o.selector), told, said);
}

const RolloutsSub sub("pods", "The pods of a cluster, and why one does not run", [](CLI::App &app, VerbBody &body) {
    auto o = std::make_shared<Options>();
    addClusterViewOptions(app, *o);
    app.add_flag("--usage", o->usage, "CPU and memory that are used, where the cluster measures them");
    app.callback([&body, o] {
        body = [o](Context &context) -> Result<void> {
            PH_ASSIGN(const ClusterView view, clusterView(context, *o));
            return o->watch ? follow(context, view, *o) : once(context, view, *o);
        };
    });
});

} // namespace
} // namespace pilothouse
