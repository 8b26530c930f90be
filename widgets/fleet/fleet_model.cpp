// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/fleet/fleet_model.h"

#include "core/drift/drift.h"
#include "widgets/base/format.h"

#include <algorithm>

namespace pilothouse::ui {
namespace {

/// random_forest → Random forest, lstm → LSTM.
QString readable(QString name) {
    if (name.size() <= 4)
        return name.toUpper();
    name.replace(QLatin1Char('_'), QLatin1Char(' '));
    return name.left(1).toUpper() + name.mid(1);
}

QString limitOf(const QString &text) {
    const auto seconds = workspace::parseDuration(text);
    return seconds ? duration(double(*seconds)) : text;
}

} // namespace

MetricCell metricCellOf(const fleet::Quality &quality) {
    MetricCell cell;
    cell.unit = quality.unit.isEmpty() ? metricName(quality.metric) : quality.unit + QLatin1Char(' ') + metricName(quality.metric);
    cell.limit = limitText(quality.min, quality.max);
    cell.min = quality.min;
    cell.max = quality.max;
    cell.note = quality.note;
    if (!quality.value) {
        cell.value = FleetModel::tr("none");
        return cell;
    }
    cell.kind = quality.over() ? MetricCell::Over : MetricCell::Inside;
    cell.value = number(*quality.value);
    for (const auto &[time, value] : quality.series)
        cell.points.push_back(value);
    return cell;
}

EffectCell effectCellOf(double psi) {
    EffectCell cell;
    cell.value = psi;
    cell.warn = 0; // the design draws one tick, at the limit that blocks
    cell.bad = drift::psiDrifted;
    cell.full = 0.4;
    cell.text = fixed(psi, 2);
    cell.state = psi >= drift::psiDrifted ? State::Bad : psi >= drift::psiWarning ? State::Warn : State::Ok;
    cell.word = cell.state == State::Bad ? FleetModel::tr("High") : cell.state == State::Warn ? FleetModel::tr("Moderate") : FleetModel::tr("Low");
    return cell;
}

bool passes(const fleet::ModelRow &row, FleetFilter filter) {
    switch (filter) {
    case FleetFilter::All: return true;
    case FleetFilter::NeedsMe:
        return row.candidateVersion.has_value() || (row.rollout && row.rollout->phase == cluster::RolloutPhase::Paused) ||
               (row.lastRun && row.lastRun->state == pipelines::State::Paused);
    case FleetFilter::OverLimit: return row.quality.over();
    case FleetFilter::Late: return row.stale;
    case FleetFilter::Unknown: return row.health == fleet::Health::Unknown;
    }
    return true;
}

FleetModel::FleetModel(QObject *parent) : RowsModel(parent) {
    const auto left = Qt::AlignLeft | Qt::AlignVCenter;
    m_columns = {{QString(), left, 33, tr("State"), 0},
                 {tr("Model"), left, 168, {}, 0},
                 {tr("Live version"), left, 80, {}, 0},
                 {tr("Quality, limit"), left, 186, tr("Against the limit of the watch list, with its history"), 0},
                 {tr("Drift, worst PSI"), left, 96, tr("Population stability index of the worst column: warns from 0.10, high from 0.25"), 0},
                 {tr("Newest model"), left, 98, {}, 0},
                 {tr("Pipeline"), left, 140, {}, 3},
                 {tr("Rollout"), left, 104, {}, 2},
                 {tr("Skew"), left, 94, tr("Registry and endpoint disagree"), 1}};
}

void FleetModel::setSnapshot(const fleet::Snapshot &snapshot, const QDateTime &now) {
    m_now = now;
    setRows(snapshot.models);
}

QVariant FleetModel::cell(const fleet::ModelRow &row, int column, int role) const {
    switch (column) {
    case Health:
        if (role == StateRole)
            return int(stateOf(row.health));
        if (role == SortRole) // what needs a look first comes first
            return QList<int>{4, 2, 0, 1, 3, 5}.value(int(row.health));
        if (role == Qt::AccessibleTextRole || role == Qt::ToolTipRole)
            return row.seen.reachable ? stateWord(stateOf(row.health)) : row.seen.problem;
        return {};
    case Name: return nameCell(row, role);
    case Live: return liveCell(row, role);
    case Quality: return qualityCell(row, role);
    case Drift: return driftCell(row, role);
    case Newest: return newestCell(row, role);
    case Pipeline: return pipelineCell(row, role);
    case Rollout: return rolloutCell(row, role);
    case Skew: return skewCell(row, role);
    default: return {};
    }
}

QVariant FleetModel::nameCell(const fleet::ModelRow &row, int role) const {
    switch (role) {
    case Qt::DisplayRole:
    case SortRole: return row.name;
    case SecondRole: {
        const QStringList parts{row.estimator.isEmpty() ? tr("not trained") : readable(row.estimator), row.seen.source};
        return parts.join(QStringLiteral(" · "));
    }
    case Qt::ToolTipRole: return tr("%1, read from %2 at %3").arg(row.name, row.seen.source, moment(row.seen.time, m_now));
    default: return {};
    }
}

QVariant FleetModel::liveCell(const fleet::ModelRow &row, int role) const {
    switch (role) {
    case Qt::DisplayRole: return row.liveVersion ? QStringLiteral("v%1").arg(*row.liveVersion) : tr("none");
    case MutedRole: return !row.liveVersion;
    case SortRole: return row.liveVersion.value_or(0);
    case SecondRole:
        if (row.rollout && row.rollout->canary)
            return tr("v%1 canary").arg(row.rollout->canary->version);
        if (row.candidateVersion)
            return tr("v%1 waiting").arg(*row.candidateVersion);
        return row.liveVersion ? tr("champion") : QString();
    case SecondStateRole: return int(row.candidateVersion || (row.rollout && row.rollout->canary) ? State::Paused : State::None);
    default: return {};
    }
}

QVariant FleetModel::qualityCell(const fleet::ModelRow &row, int role) const {
    const fleet::Quality &quality = row.quality;
    switch (role) {
    case MetricRole:
        if (quality.metric.isEmpty())
            return QVariant::fromValue(MetricCell{MetricCell::None, tr("none"), {}, {}, tr("nothing is watched"), {}, {}, {}});
        else {
            MetricCell cell = metricCellOf(quality);
            if (!row.seen.reachable && cell.kind != MetricCell::None) {
                cell.kind = MetricCell::Old;
                cell.note = tr("%1 old").arg(age(row.seen.time, m_now));
            }
            return QVariant::fromValue(cell);
        }
    case Qt::DisplayRole:
        return quality.value ? QStringLiteral("%1 %2").arg(number(*quality.value), metricName(quality.metric)) : tr("none");
    case SecondRole: return limitText(quality.min, quality.max);
    case SortRole: { // by the share of the limit that is used up
        if (!quality.value)
            return -1.0;
        if (quality.max && *quality.max != 0)
            return *quality.value / *quality.max;
        return quality.min && *quality.value != 0 ? *quality.min / *quality.value : 0.0;
    }
    case Qt::AccessibleTextRole:
        return quality.value ? tr("%1 %2, limit %3, %4").arg(number(*quality.value), metricName(quality.metric), limitText(quality.min, quality.max),
                                                               quality.over() ? tr("over limit") : tr("inside"))
                             : quality.note;
    case Qt::ToolTipRole:
        return quality.note.isEmpty() ? tr("%n labelled rows", nullptr, int(quality.labelledRows)) : quality.note;
    default: return {};
    }
}

QVariant FleetModel::driftCell(const fleet::ModelRow &row, int role) const {
    switch (role) {
    case EffectRole: return row.worstPsi ? QVariant::fromValue(effectCellOf(*row.worstPsi)) : QVariant();
    case Qt::DisplayRole: return row.worstPsi ? fixed(*row.worstPsi, 2) : tr("No data");
    case SecondRole: return row.worstColumn;
    case SortRole: return row.worstPsi.value_or(-1);
    case Qt::AccessibleTextRole: return row.worstPsi ? tr("PSI %1, %2, %3").arg(fixed(*row.worstPsi, 2), effectCellOf(*row.worstPsi).word, row.worstColumn) : tr("No data");
    case Qt::ToolTipRole: return row.worstPsi ? tr("%1, PSI %2").arg(row.worstColumn, fixed(*row.worstPsi, 3)) : tr("No recent rows to compare with the reference");
    default: return {};
    }
}

QVariant FleetModel::newestCell(const fleet::ModelRow &row, int role) const {
    switch (role) {
    case Qt::DisplayRole: return row.newestModel ? age(*row.newestModel, m_now) : tr("none");
    case StateRole: return int(row.stale ? State::Stale : State::None);
    case TextStateRole: return int(row.stale ? State::Warn : State::None);
    case MutedRole: return !row.newestModel;
    case SecondRole: return row.stalenessLimit.isEmpty() ? tr("no limit set") : tr("limit %1").arg(limitOf(row.stalenessLimit));
    case SortRole: return row.newestModel ? QVariant(*row.newestModel) : QVariant();
    case Qt::ToolTipRole: return row.newestModel ? moment(*row.newestModel, m_now) : QString();
    default: return {};
    }
}

QVariant FleetModel::pipelineCell(const fleet::ModelRow &row, int role) const {
    if (!row.lastRun)
        return role == Qt::DisplayRole ? QVariant(tr("no run yet")) : role == MutedRole ? QVariant(true) : QVariant();
    const pipelines::PipelineRun &run = *row.lastRun;
    const auto stage = std::find_if(run.stages.begin(), run.stages.end(), [&](const pipelines::Stage &s) { return s.state == run.state; });
    switch (role) {
    case StateRole: return int(stateOf(run.state));
    case Qt::DisplayRole:
        if (run.state == pipelines::State::Running && stage != run.stages.end())
            return tr("%1, %2 of %3").arg(stage->name).arg(stage - run.stages.begin() + 1).arg(run.stages.size());
        if ((run.state == pipelines::State::Paused || run.state == pipelines::State::Failed) && stage != run.stages.end())
            return tr("%1 at %2").arg(pipelineWord(run.state), stage->name);
        return pipelineWord(run.state);
    case SecondRole: return run.number.isEmpty() ? QLatin1Char('#') + middleElided(run.id, 16) : QStringLiteral("%1 #%2").arg(run.connection, run.number);
    case SortRole: return int(run.state);
    case Qt::ToolTipRole: return run.error ? run.error->text() : run.systemState;
    default: return {};
    }
}

QVariant FleetModel::rolloutCell(const fleet::ModelRow &row, int role) const {
    if (!row.rollout)
        return role == Qt::DisplayRole ? QVariant(tr("not served")) : role == MutedRole ? QVariant(true) : QVariant();
    const cluster::RolloutStatus &rollout = *row.rollout;
    switch (role) {
    case StateRole: return int(rollout.phase == cluster::RolloutPhase::None ? State::None : stateOf(rollout.phase));
    case Qt::DisplayRole:
        if (rollout.phase == cluster::RolloutPhase::None)
            return rolloutWord(rollout.phase);
        return rollout.stable ? QStringLiteral("v%1").arg(rollout.stable->version) : rolloutWord(rollout.phase);
    case MutedRole: return rollout.phase == cluster::RolloutPhase::None;
    case SecondRole:
        if (rollout.phase == cluster::RolloutPhase::None)
            return {};
        if (rollout.canary)
            return tr("canary %1").arg(percent(rollout.wantedCanaryShare));
        return rollout.phase == cluster::RolloutPhase::Unreachable ? tr("%1 old").arg(age(row.seen.time, m_now)) : rolloutWord(rollout.phase);
    case SortRole: return int(rollout.phase);
    case Qt::ToolTipRole: return rollout.verdict.isEmpty() ? rollout.url : rollout.verdict;
    default: return {};
    }
}

QVariant FleetModel::skewCell(const fleet::ModelRow &row, int role) const {
    const bool silent = !row.endpointUrl.isEmpty() && row.liveVersion && row.served.state == fleet::SkewState::Unknown && !row.served.why.isEmpty(); // an endpoint that does not say
    const bool unknown = !row.seen.reachable || silent;
    switch (role) {
    case StateRole: return int(!row.skew.isEmpty() ? State::Skew : unknown ? State::Unknown : State::None);
    case Qt::DisplayRole:
        if (!row.skew.isEmpty())
            return row.served.served.size() > 1 && row.served.served.size() < 8 ? row.served.served
                   : row.servedVersion && row.servedVersion != row.liveVersion ? QStringLiteral("v%1").arg(*row.servedVersion)
                                                                               : tr("skew");
        return unknown ? tr("unknown") : tr("none");
    case SecondRole:
        if (row.skew.isEmpty())
            return QString();
        return row.served.since.isValid() ? tr("is served, %1").arg(age(row.served.since, m_now)) : tr("is served");
    case MutedRole: return row.skew.isEmpty() && !unknown;
    case SortRole: return row.skew;
    case Qt::ToolTipRole:
        return row.skew.isEmpty() ? (silent ? row.served.why : QString()) : QStringList{row.skew, row.served.why, row.served.remedy}.join(QLatin1Char('\n')).trimmed();
    default: return {};
    }
}

} // namespace pilothouse::ui
