// SPDX-License-Identifier: GPL-3.0-or-later
// pilot rollouts resources TARGET [--connection C] [-n NS] [--since 7d] [--every 1h]
//   CPU, memory, disk and predictions a day of a workload over time, from the workspace's Prometheus. What is used now against what was asked for: pilot rollouts load.
//   TARGET: deployment/NAME, sts/NAME … of a cluster, or a model that one serves.
//   --json: {"target","source","zone","from","to","series":[{"name":"cpu|memory|disk_used|disk_size|predictions","unit","metric","state":"known|no_data|no_metric|failed","why","step_seconds","points":[[time,value|null]]}]}
//     null: a gap begins. A day of predictions stands at its begin in the workspace's zone; the last one is not over.
#include "app/pilot/cluster_view.h"
#include "app/pilot/rollouts_sub.h"

#include "core/cluster/load_report.h"
#include "core/fleet/capacity.h"
#include "core/fleet/named_workload.h"

#include <algorithm>
#include <cmath>

namespace pilothouse {

namespace {

using Q = QLatin1String;
using fleet::Capacity;

struct Options {
    std::string target, space, connection, since = "7d", every;
};

/// A line of the table: newest, mean and largest of what is known.
void addLine(std::vector<QStringList> &lines, QStringList &notes, const QString &name, const Capacity::Series &series, const std::function<QString(double)> &text) {
    double last = 0, sum = 0, most = -1;
    int count = 0;
    for (const auto &[when, value] : series.points) {
        if (!std::isfinite(value))
            continue;
        last = value;
        sum += value;
        most = std::max(most, value);
        ++count;
    }
    if (count == 0) {
        notes << name + QStringLiteral(": ") + series.why;
        return;
    }
    lines.push_back({name, text(last), text(sum / count), text(most), series.points.back().first.toLocalTime().toString(QStringLiteral("ddd HH:mm"))});
}

Result<void> resources(Context &context, const Options &o) {
    PH_ASSIGN(const auto services, context.services());
    const QString target = QString::fromStdString(o.target);
    PH_ASSIGN(const qint64 since, workspace::parseDuration(QString::fromStdString(o.since)));
    fleet::CapacityQuestion question;
    if (!o.every.empty()) {
        PH_ASSIGN(const qint64 every, workspace::parseDuration(QString::fromStdString(o.every)));
        question.stepSeconds = int(std::min<qint64>(every, since));
    }
    PH_ASSIGN(const fleet::NamedWorkload place, fleet::namedWorkload(*services, target, QString::fromStdString(o.connection), QString::fromStdString(o.space), QStringLiteral("What a local endpoint takes, the system's own tools tell.")));
    question.connection = place.connection;
    question.ref = place.ref;
    question.model = services->workspace.model(target);
    question.to = services->clock->nowUtc();
    question.from = question.to.addSecs(-since);
    PH_ASSIGN(const Capacity seen, fleet::readCapacity(*services, question, context.stop()));
    std::vector<QStringList> lines{{QString(), QStringLiteral("NEWEST"), QStringLiteral("MEAN"), QStringLiteral("MOST"), QStringLiteral("AT")}};
    QStringList notes;
    const auto bytes = [](double value) { return cluster::memoryText(qint64(value)); };
    addLine(lines, notes, QStringLiteral("CPU"), seen.cpu, [](double value) { return cluster::cpuText(std::llround(value * 1000)); });
    addLine(lines, notes, QStringLiteral("memory"), seen.memory, bytes);
    addLine(lines, notes, QStringLiteral("disk used"), seen.diskUsed, bytes);
    addLine(lines, notes, QStringLiteral("disk size"), seen.diskSize, bytes);
    addLine(lines, notes, QStringLiteral("predictions a day"), seen.predictions, [](double value) { return QString::number(std::llround(value)); });
    QStringList parts{place.ref.text()};
    if (lines.size() > 1)
        parts << columns(lines);
    parts += notes;
    parts << QStringLiteral("%1, the last %2; days of %3, today so far.").arg(seen.source, QString::fromStdString(o.since), seen.zone);
    QJsonObject answer = seen.toJson();
    answer.insert(Q("target"), place.ref.text());
    context.answer(answer, parts.join(QLatin1Char('\n')));
    return {};
}

const RolloutsSub sub("resources", "CPU, memory, disk and predictions a day over time, from Prometheus", [](CLI::App &app, VerbBody &body) {
    auto o = std::make_shared<Options>();
    app.add_option("target", o->target, "deployment/NAME, sts/NAME …, or a model that a cluster serves")->required();
    app.add_option("--connection", o->connection, "Connection of kind kubernetes, if there are several");
    app.add_option("--namespace,-n", o->space, "Namespace (else that of the context)");
    app.add_option("--since", o->since, "How far back: 6h, 7d, 30d (default 7d, at most 366d)");
    app.add_option("--every", o->every, "Time between two points (default: about 300 points)");
    app.callback([&body, o] { body = [o](Context &context) { return resources(context, *o); }; });
});

} // namespace
} // namespace pilothouse
