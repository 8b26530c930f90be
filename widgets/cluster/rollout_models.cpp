// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/cluster/rollout_models.h"

#include "widgets/base/format.h"

#include <cmath>

namespace pilothouse::ui {

namespace {
constexpr Qt::Alignment right = Qt::AlignRight | Qt::AlignVCenter, left = Qt::AlignLeft | Qt::AlignVCenter;

PlotSeries series(const QString &name, Ink ink, const std::vector<fleet::TracePoint> &trace, double fleet::TracePoint::*value, double factor = 1) {
    PlotSeries s;
    s.name = name;
    s.ink = ink;
    for (const fleet::TracePoint &p : trace)
        s.points.emplace_back(double(p.time.toMSecsSinceEpoch()) / 1000, p.*value * factor);
    return s;
}

/// A mark where another version came into service.
std::vector<PlotMarker> markers(const std::vector<fleet::TracePoint> &trace) {
    std::vector<PlotMarker> out;
    int version = trace.empty() ? 0 : trace.front().version;
    for (const fleet::TracePoint &p : trace) {
        if (p.version != version && p.version != 0)
            out.push_back({double(p.time.toMSecsSinceEpoch()) / 1000, QStringLiteral("v%1").arg(p.version), &Tokens::t3});
        version = p.version;
    }
    return out;
}

State outcomeState(const QString &outcome) {
    if (outcome == QLatin1String("stable"))
        return State::Ok;
    if (outcome == QLatin1String("canary"))
        return State::Running;
    return outcome == QLatin1String("aborted") ? State::Bad : State::Skipped;
}
} // namespace

WorkloadModel::WorkloadModel(QObject *parent) : RowsModel(parent) { m_columns = {{tr("Endpoint"), left, 0, {}, 0}}; }

QVariant WorkloadModel::cell(const fleet::ModelRow &m, int, int role) const {
    const State state = m.rollout ? stateOf(m.rollout->phase) : State::Unknown;
    const QString right = !m.rollout || m.rollout->phase == cluster::RolloutPhase::None ? tr("not served")
                          : m.rollout->canary                                          ? tr("canary %1 %").arg(qRound(m.rollout->wantedCanaryShare * 100))
                          : m.rollout->stable                                          ? QStringLiteral("v%1").arg(m.rollout->stable->version)
                                                                                       : QString();
    switch (role) {
    case Qt::DisplayRole: return m.name;
    case StateRole: return int(state);
    case RightRole: return right;
    case SecondRole: return m.rollout ? m.rollout->target : tr("no deployment");
    case Qt::AccessibleTextRole: return tr("%1, %2, %3").arg(m.name, stateWord(state), right);
    default: return {};
    }
}

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
    m_columns = {{tr("When"), left, 90, {}, 0}, {tr("What"), left, 150, {}, 0}, {tr("By"), left, 90, {}, 1}, {tr("Details"), left, 0, {}, 0}};
}

QVariant RolloutEventModel::cell(const operations::JournalEntry &e, int column, int role) const {
    if (role == StateRole)
        return column == 1 ? QVariant(int(e.phase == QLatin1String("done")                                               ? State::Ok
                                          : e.phase == QLatin1String("failed") || e.phase == QLatin1String("refused") ? State::Bad
                                          : e.phase == QLatin1String("executing")                                     ? State::Running
                                                                                                                      : State::Skipped))
                           : QVariant();
    if (role != Qt::DisplayRole)
        return {};
    switch (column) {
    case 0: return moment(e.time, m_now);
    case 1: return e.kind;
    case 2: return e.actor;
    default: {
        const QString summary = e.details.value(QLatin1String("summary")).toString();
        return summary.isEmpty() ? e.details.value(QLatin1String("reason")).toString(e.phase) : summary;
    }
    }
}

std::vector<StageMark> ladderOf(const cluster::RolloutStatus &status, const QDateTime &now) {
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
    return marks;
}

QString seenSplit(const cluster::RolloutStatus &status) {
    if (!status.canary || status.stableStats.requests + status.canaryStats.requests == 0)
        return {};
    return QObject::tr("seen on this step: %1 / %2 %").arg(fixed((1 - status.seenCanaryShare) * 100, 1), fixed(status.seenCanaryShare * 100, 1));
}

PlotData requestPlot(const std::vector<fleet::TracePoint> &trace, const QString &stable, const QString &canary) {
    PlotData data;
    data.unit = QObject::tr("1/s");
    data.time = true;
    data.yMin = 0;
    data.sentence = QObject::tr("Requests per second of both sides since this window opened");
    data.series = {series(stable, &Tokens::s1, trace, &fleet::TracePoint::stableRequests), series(canary, &Tokens::s2, trace, &fleet::TracePoint::canaryRequests)};
    data.markers = markers(trace);
    return data;
}

PlotData errorPlot(const std::vector<fleet::TracePoint> &trace, const QString &stable, const QString &canary, double abortAbove) {
    PlotData data;
    data.unit = QStringLiteral("%");
    data.time = true;
    data.yMin = 0;
    data.sentence = QObject::tr("Share of failed requests of both sides on the present step");
    data.series = {series(stable, &Tokens::s1, trace, &fleet::TracePoint::stableErrors, 100), series(canary, &Tokens::s2, trace, &fleet::TracePoint::canaryErrors, 100)};
    data.limits = {{abortAbove * 100, QObject::tr("turned back above %1").arg(number(abortAbove * 100)), &Tokens::bad}};
    data.markers = markers(trace);
    return data;
}

PlotData lossPlot(const std::vector<fleet::TracePoint> &trace, const QString &stable, const QString &canary, const QString &unit) {
    PlotData data;
    data.unit = unit;
    data.time = true;
    data.sentence = QObject::tr("Mean error of both sides over the rows whose labels have come");
    data.series = {series(stable, &Tokens::s1, trace, &fleet::TracePoint::stableLoss), series(canary, &Tokens::s2, trace, &fleet::TracePoint::canaryLoss)};
    data.markers = markers(trace);
    return data;
}

} // namespace pilothouse::ui
