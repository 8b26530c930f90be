// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/learn/run_model.h"

#include "core/workspace/recipe.h"
#include "widgets/base/format.h"

#include <algorithm>
#include <cmath>

namespace pilothouse::ui {

namespace {
constexpr Qt::Alignment right = Qt::AlignRight | Qt::AlignVCenter, left = Qt::AlignLeft | Qt::AlignVCenter;

/// A test metric of a run, whatever prefix its writer used.
std::optional<double> testMetric(const registry::Run &run, const QString &name) {
    for (const QString &key : {QStringLiteral("test_") + name, QStringLiteral("test.") + name, name})
        if (run.metrics.contains(key) && std::isfinite(run.metrics.value(key)))
            return run.metrics.value(key);
    return std::nullopt;
}

/// Whether it is measured in the target's unit, whatever target.
bool isErrorInTarget(const QString &metric) {
    static const QStringList errors{QStringLiteral("mae"), QStringLiteral("rmse"), QStringLiteral("median_ae"), QStringLiteral("max_error")};
    return errors.contains(metric) || metric.startsWith(QStringLiteral("pinball_"));
}
} // namespace

QString metricUnit(const std::vector<workspace::Model::Watch> &watches, const QString &metric) {
    const auto [name, target] = workspace::metricAndTarget(metric);
    QString other;
    for (const workspace::Model::Watch &watch : watches) {
        const auto [watched, of] = workspace::metricAndTarget(watch.metric);
        if (watch.unit.isEmpty() || of != target)
            continue;
        if (watched == name)
            return watch.unit;
        if (other.isEmpty() && isErrorInTarget(watched) && isErrorInTarget(name))
            other = watch.unit;
    }
    return other;
}

QString withUnit(const QString &name, const QString &unit) { return unit.isEmpty() ? name : name + QStringLiteral(", ") + unit; }

std::vector<RunLine> runLines(const fleet::Snapshot &s, const QString &model) {
    std::vector<RunLine> lines;
    for (const registry::Run &run : s.runs) {
        const bool mine = run.experiment == model || std::any_of(s.versions.begin(), s.versions.end(), [&](const auto &v) { return v.model == model && v.runId == run.id; });
        if (!model.isEmpty() && !mine)
            continue;
        RunLine line;
        line.run = run;
        for (const registry::Version &v : s.versions)
            if (v.runId == run.id) {
                line.chips << QStringLiteral("v%1").arg(v.version);
                line.chips << v.aliases;
            }
        line.selectMetric = run.params.value(QStringLiteral("select"));
        for (const QString &candidate : {line.selectMetric, QStringLiteral("mae"), QStringLiteral("accuracy")})
            if (!candidate.isEmpty() && !line.selected) {
                line.selected = testMetric(run, candidate);
                if (line.selected)
                    line.selectMetric = candidate;
            }
        lines.push_back(std::move(line));
    }
    return lines;
}

RunModel::RunModel(QObject *parent) : RowsModel(parent) {
    m_columns = {{tr("Run"), left, 0, {}, 0},           {tr("Estimator"), left, 126, {}, 5},     {tr("Chosen by"), right, 112, tr("The recipe's metric on the test rows"), 0},
                 {tr("R²"), right, 70, {}, 2},          {tr("Time"), right, 80, {}, 1},          {tr("Started"), right, 90, {}, 3},
                 {tr("By"), left, 72, {}, 4}};
}

QVariant RunModel::cell(const RunLine &l, int column, int role) const {
    const registry::Run &run = l.run;
    if (role == StateRole)
        return column == Name ? QVariant(int(stateOf(run.status))) : QVariant();
    if (role == ChipRole)
        return column == Name ? QVariant(l.chips) : QVariant();
    if (role == StrongRole)
        return column == Selected;
    if (role == MutedRole)
        return column >= Duration;
    if (role == SortRole) {
        if (column == Selected)
            return l.selected.value_or(std::nan(""));
        if (column == When)
            return run.started;
        if (column == Duration)
            return run.started.msecsTo(run.ended);
    }
    if (role == Qt::ToolTipRole)
        return column == Name ? (run.error.isEmpty() ? run.id : run.error) : QVariant();
    if (role != Qt::DisplayRole && role != SortRole)
        return {};
    switch (column) {
    case Name: return run.name.isEmpty() ? run.id.left(8) : run.name;
    case Estimator: return run.params.value(QStringLiteral("estimator"));
    case Selected: return l.selected ? QStringLiteral("%1 %2").arg(metricName(l.selectMetric), number(*l.selected)) : tr("none");
    case R2: {
        const auto r2 = testMetric(run, QStringLiteral("r2"));
        return r2 ? number(*r2) : QString();
    }
    case Duration: return run.ended.isValid() ? runTime(double(run.started.msecsTo(run.ended)) / 1000) : QString();
    case When: return m_now.isValid() ? age(run.started, m_now) : QString();
    case By: return run.user;
    default: return {};
    }
}

} // namespace pilothouse::ui
