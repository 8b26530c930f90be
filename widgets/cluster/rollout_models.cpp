// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/cluster/rollout_models.h"

#include "widgets/base/format.h"
#include "widgets/base/journal_text.h"

#include <algorithm>
#include <cmath>

namespace pilothouse::ui {

namespace {
constexpr Qt::Alignment right = Qt::AlignRight | Qt::AlignVCenter, left = Qt::AlignLeft | Qt::AlignVCenter;

/// Revisions that answered, oldest first.
std::vector<int> revisionsOf(const serving::Traffic &traffic) {
    std::vector<int> out;
    for (const serving::TrafficBucket &bucket : traffic.buckets)
        if (std::find(out.begin(), out.end(), bucket.revision) == out.end())
            out.push_back(bucket.revision);
    std::sort(out.begin(), out.end());
    return out;
}

Ink inkOf(int revision, const TrafficRoles &roles) { return revision == roles.canary ? &Tokens::s2 : revision == roles.stable ? &Tokens::s1 : &Tokens::t3; }

QString nameOf(const serving::Traffic &traffic, int revision) {
    const auto version = traffic.versions.find(revision);
    return version == traffic.versions.end() ? QObject::tr("no version") : QStringLiteral("v%1").arg(version->second);
}

/// How much of its stretch was read, in seconds: the first and the newest are cut.
double secondsRead(const serving::Traffic &traffic, const serving::TrafficBucket &bucket) {
    const qint64 start = std::max(bucket.start.toMSecsSinceEpoch(), traffic.from.toMSecsSinceEpoch());
    const qint64 end = std::min(bucket.start.toMSecsSinceEpoch() + traffic.bucketSeconds * 1000, traffic.to.toMSecsSinceEpoch());
    return std::max(double(end - start) / 1000, 0.25 * double(traffic.bucketSeconds)); // a sliver tells no rate
}

double valueOf(const serving::Traffic &traffic, const serving::TrafficBucket &bucket, TrafficMetric metric) {
    switch (metric) {
    case TrafficMetric::Requests: return double(bucket.requests) / secondsRead(traffic, bucket);
    case TrafficMetric::Errors: return bucket.requests > 0 ? 100.0 * double(bucket.failed) / double(bucket.requests) : std::nan("");
    case TrafficMetric::Loss: return bucket.meanLoss;
    }
    return std::nan("");
}

State outcomeState(const QString &outcome) {
    if (outcome == QLatin1String("stable"))
        return State::Ok;
    if (outcome == QLatin1String("canary"))
        return State::Running;
    return outcome == QLatin1String("aborted") ? State::Bad : State::Skipped;
}
} // namespace

RevisionModel::RevisionModel(QObject *parent) : RowsModel(parent) {
    m_columns = {{tr("Rev."), right, 48, {}, 0}, {tr("Version"), left, 70, {}, 0}, {tr("Outcome"), left, 120, {}, 0},
                 {tr("When"), left, 100, {}, 0}, {tr("By"), left, 90, {}, 2},      {tr("Reason"), left, 0, {}, 1}};
}

QVariant RevisionModel::cell(const cluster::Revision &r, int column, int role) const {
    if (role == StateRole)
        return column == Outcome ? QVariant(int(outcomeState(r.outcome))) : QVariant();
    if (role == StrongRole)
        return column == Number;
    if (role == Qt::ToolTipRole)
        return column == Reason ? r.reason : r.digest;
    if (role == SortRole)
        return r.revision;
    if (role != Qt::DisplayRole)
        return {};
    switch (column) {
    case Number: return r.revision;
    case Version: return QStringLiteral("v%1").arg(r.version);
    case Outcome: return r.outcome;
    case When: return moment(r.when, m_now);
    case By: return r.by;
    case Reason: return r.reason;
    default: return {};
    }
}

RolloutEventModel::RolloutEventModel(QObject *parent) : RowsModel(parent) {
    m_columns = {{tr("When"), left, 90, {}, 0}, {tr("What"), left, 160, {}, 0}, {tr("By"), left, 80, {}, 1}, {tr("Details"), left, 0, {}, 0}};
}

QVariant RolloutEventModel::cell(const operations::JournalEntry &e, int column, int role) const {
    if (role == StateRole)
        return column == 1 ? QVariant(int(stateOfPhase(e.phase))) : QVariant();
    if (role == Qt::ToolTipRole)
        return column == 3 ? effectText(e) : QString();
    if (role != Qt::DisplayRole)
        return {};
    switch (column) {
    case 0: return moment(e.time, m_now);
    case 1: return e.phase == QLatin1String("done") || e.phase == QLatin1String("note") ? kindWord(e.kind) : kindWord(e.kind) + QStringLiteral(", ") + phaseWord(e.phase);
    case 2: return e.actor;
    default: return effectText(e);
    }
}

std::vector<StageMark> ladderOf(const cluster::RolloutStatus &status, const std::vector<int> &planned, const QDateTime &now) {
    std::vector<StageMark> marks;
    for (const cluster::RolloutStep &step : status.steps) {
        StageMark mark;
        mark.id = QString::number(step.percent);
        mark.name = QObject::tr("%1 %").arg(step.percent);
        if (step.state == QLatin1String("done")) {
            mark.state = State::Ok;
            mark.note = step.ended.isValid() ? QObject::tr("done %1").arg(moment(step.ended, now)) : QObject::tr("done");
        } else if (step.state == QLatin1String("current")) {
            mark.state = status.phase == cluster::RolloutPhase::Paused ? State::Paused : State::Running;
            mark.note = age(step.started, now);
        } else if (step.state == QLatin1String("aborted")) {
            mark.state = State::Bad;
            mark.note = QObject::tr("turned back");
        }
        marks.push_back(mark);
    }
    for (const int percent : status.steps.empty() ? planned : std::vector<int>()) {
        StageMark mark;
        mark.id = QString::number(percent);
        mark.name = QObject::tr("%1 %").arg(percent);
        mark.note = percent == planned.front() ? QObject::tr("next version") : QString();
        marks.push_back(mark);
    }
    return marks;
}

QString seenSplit(const cluster::RolloutStatus &status) {
    if (!status.canary || status.stableStats.requests + status.canaryStats.requests == 0)
        return {};
    return QObject::tr("seen on this step: %1 / %2 %").arg(fixed((1 - status.seenCanaryShare) * 100, 1), fixed(status.seenCanaryShare * 100, 1));
}

PlotData trafficPlot(const serving::Traffic &traffic, TrafficMetric metric, const TrafficRoles &roles, const QString &unit, double limit) {
    PlotData data;
    data.unit = unit;
    data.time = true;
    if (metric != TrafficMetric::Loss)
        data.yMin = 0;
    if (metric == TrafficMetric::Errors)
        data.yMax = std::isfinite(limit) ? limit * 1.25 : 1; // a flat zero line needs a scale to stand on
    data.sentence = metric == TrafficMetric::Requests ? QObject::tr("Requests per second of each version")
                    : metric == TrafficMetric::Errors ? QObject::tr("Share of failed requests of each version")
                                                      : QObject::tr("Mean error of each version over the answers whose labels have come");
    for (const int revision : revisionsOf(traffic)) {
        PlotSeries line;
        line.name = nameOf(traffic, revision);
        line.ink = inkOf(revision, roles);
        line.filled = metric == TrafficMetric::Requests;
        qint64 due = 0; // the next stretch, if it was asked without a pause
        for (const serving::TrafficBucket &bucket : traffic.buckets) {
            if (bucket.revision != revision)
                continue;
            const qint64 start = bucket.start.toSecsSinceEpoch();
            const double nothing = metric == TrafficMetric::Requests ? 0 : std::nan("");
            if (due > 0 && start > due) {
                line.points.emplace_back(double(due), nothing);
                if (metric == TrafficMetric::Requests)
                    line.points.emplace_back(double(start - traffic.bucketSeconds), nothing);
            }
            const double value = valueOf(traffic, bucket, metric);
            if (metric == TrafficMetric::Errors && std::isfinite(value) && data.yMax)
                data.yMax = std::max(*data.yMax, value * 1.1);
            if (metric != TrafficMetric::Loss || std::isfinite(value)) // labels come in portions: a stretch without one is no gap
                line.points.emplace_back(double(start), value);
            due = start + traffic.bucketSeconds;
        }
        if (!line.points.empty()) {
            if (!data.series.empty() || revision == roles.canary)
                data.markers.push_back({line.points.front().x(), line.name, &Tokens::t3});
            data.series.push_back(std::move(line));
        }
    }
    if (std::isfinite(limit))
        data.limits = {{limit, metric == TrafficMetric::Errors ? QObject::tr("turned back above %1").arg(number(limit)) : QObject::tr("limit %1").arg(number(limit)),
                        metric == TrafficMetric::Errors ? &Tokens::bad : &Tokens::warn}};
    return data;
}

std::vector<Legend::Entry> trafficLegend(const serving::Traffic &traffic, const TrafficRoles &roles) {
    std::vector<Legend::Entry> entries;
    for (const int revision : revisionsOf(traffic))
        entries.push_back({nameOf(traffic, revision), inkOf(revision, roles), false});
    if (entries.size() > 2)
        entries.erase(entries.begin(), entries.end() - 2);
    return entries;
}

QStringList requestLines(const serving::Traffic &traffic, const QDateTime &now) {
    QStringList lines;
    for (const serving::LoggedRequest &request : traffic.newest) {
        QString line = QStringLiteral("%1  %2  %3  %4 ms").arg(moment(request.time, now)).arg(request.version > 0 ? QStringLiteral("v%1").arg(request.version) : QStringLiteral("–"), -4).arg(request.status).arg(fixed(request.milliseconds, 2));
        if (!request.error.isEmpty())
            line += QStringLiteral("  error: ") + request.error;
        lines << line;
    }
    return lines;
}

SideModel::SideModel(QObject *parent) : RowsModel(parent) {
    m_columns = {{tr("Figure"), left, 128, {}, 0}, {tr("Stable"), right, 84, {}, 0}, {tr("Canary"), right, 84, {}, 0}};
}

void SideModel::setSides(const cluster::RolloutStatus &status, const fleet::ModelRow &model, double maxErrorRate) {
    const QString none = QStringLiteral("–");
    const auto title = [&](int column, const QString &word, const std::optional<cluster::Revision> &side) {
        m_columns[std::size_t(column)].title = side ? QStringLiteral("%1 v%2").arg(word).arg(side->version) : word;
    };
    title(1, tr("Stable"), status.stable);
    title(2, tr("Canary"), status.canary);
    Q_EMIT headerDataChanged(Qt::Horizontal, 1, 2);
    const auto row = [&](const QString &name, const std::function<QString(const cluster::SideStats &)> &text) {
        return SideLine{name, status.stable ? text(status.stableStats) : none, status.canary ? text(status.canaryStats) : none};
    };
    const auto asked = [&](const cluster::SideStats &side, const QString &text) { return side.requests > 0 ? text : none; };
    std::vector<SideLine> lines;
    lines.push_back({tr("Traffic"), status.stable ? percent(1 - (status.canary ? status.wantedCanaryShare : 0)) : none, status.canary ? percent(status.wantedCanaryShare) : none});
    lines.push_back(row(tr("Requests"), [](const cluster::SideStats &side) { return count(side.requests); }));
    SideLine failed = row(tr("Failed"), [&](const cluster::SideStats &side) { return asked(side, percent(side.errorRate, 2)); });
    const auto judged = [&](const cluster::SideStats &side) { return side.requests == 0 ? State::None : side.errorRate > maxErrorRate ? State::Bad : State::Ok; };
    failed.stableState = status.stable ? judged(status.stableStats) : State::None;
    failed.canaryState = status.canary ? judged(status.canaryStats) : State::None;
    lines.push_back(failed);
    lines.push_back(row(tr("Latency p95, ms"), [&](const cluster::SideStats &side) { return asked(side, number(side.p95Ms)); }));
    if (status.canary) { // labels of this step; both sides are judged on them
        lines.push_back(row(tr("Labelled rows"), [](const cluster::SideStats &side) { return count(side.labelled); }));
        lines.push_back(row(model.unit.isEmpty() ? tr("Mean error") : tr("Mean error, %1").arg(model.unit), [&](const cluster::SideStats &side) { return side.meanError ? number(*side.meanError) : none; }));
    } else {
        lines.push_back({tr("Labels, newest"), count(model.quality.labelledRows), none});
        const QString metric = model.quality.metric.isEmpty() ? tr("Mean error") : metricName(model.quality.metric);
        lines.push_back({model.quality.unit.isEmpty() ? metric : QStringLiteral("%1, %2").arg(metric, model.quality.unit), model.quality.value ? number(*model.quality.value) : none, none,
                         model.quality.over() ? State::Bad : State::None});
    }
    setRows(std::move(lines));
}

QVariant SideModel::cell(const SideLine &l, int column, int role) const {
    if (role == Qt::DisplayRole)
        return column == 0 ? l.name : column == 1 ? l.stable : l.canary;
    if (role == MutedRole)
        return column == 0;
    if (role == TextStateRole) {
        const State state = column == 1 ? l.stableState : column == 2 ? l.canaryState : State::None;
        return state == State::Bad ? QVariant(int(state)) : QVariant();
    }
    return {};
}

} // namespace pilothouse::ui
