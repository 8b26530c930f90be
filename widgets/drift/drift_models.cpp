// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/drift/drift_models.h"

#include "widgets/base/format.h"

#include <cmath>

namespace pilothouse::ui {

namespace {
constexpr Qt::Alignment right = Qt::AlignRight | Qt::AlignVCenter, left = Qt::AlignLeft | Qt::AlignVCenter;

State stateOfColumn(const drift::ColumnDrift &c) {
    return c.tooFewRows ? State::Unknown : c.drifted ? State::Bad : c.warning ? State::Warn : State::Ok;
}
/// A target stands in the training rows and, as the labels say, in the log.
QString nameOf(const drift::ColumnDrift &c) { return c.role == QLatin1String("target") ? FeatureModel::tr("%1 (labels)").arg(c.name) : c.name; }
} // namespace

FeatureModel::FeatureModel(QObject *parent) : RowsModel(parent) {
    m_columns = {{tr("Feature"), left, 0, {}, 0},
                 {tr("PSI"), left, 130, tr("Population stability index on ten bins of the reference; warns from 0.10, bad from 0.25"), 0},
                 {tr("Shift, σ"), right, 80, tr("Wasserstein distance in standard deviations of the reference"), 1},
                 {tr("JS"), right, 70, tr("Jensen-Shannon distance, base 2, on the same bins"), 2},
                 {tr("Rows"), right, 110, tr("Reference and current rows that are not missing"), 3}};
}

QVariant FeatureModel::cell(const drift::ColumnDrift &c, int column, int role) const {
    if (role == StateRole)
        return column == Feature ? QVariant(int(stateOfColumn(c))) : QVariant();
    if (role == EffectRole && column == Psi && !c.tooFewRows) {
        const State state = stateOfColumn(c);
        return QVariant::fromValue(EffectCell{c.effect, drift::psiWarning, drift::psiDrifted, 2 * drift::psiDrifted, fixed(c.effect, 2),
                                              state == State::Bad ? tr("High") : state == State::Warn ? tr("Moderate") : tr("Low"), state});
    }
    if (role == SortRole)
        return column == Psi ? QVariant(c.effect) : column == Shift ? QVariant(c.wassersteinNorm.value_or(std::nan(""))) : column == Js ? QVariant(c.js) : QVariant(c.name);
    if (role == Qt::ToolTipRole) {
        QStringList lines;
        if (c.role == QLatin1String("prediction"))
            lines << tr("What was answered, against what the model answers to its test rows");
        else if (c.role == QLatin1String("target"))
            lines << tr("The true values that came, against those of the training rows");
        lines << tr("%1 against %2 rows").arg(count(qint64(c.currentRows)), count(qint64(c.referenceRows)));
        lines << tr("PSI %1, of which %2 by chance: %3 ± %4").arg(number(c.psi), number(std::max(0.0, c.psi - c.effect)), number(c.effect), number(c.effectError));
        if (c.ksD)
            lines << tr("Kolmogorov-Smirnov D %1, p %2").arg(number(*c.ksD), number(c.ksP.value_or(1)));
        if (c.chi2)
            lines << tr("Chi-squared %1, %2 degrees of freedom, p %3").arg(number(*c.chi2)).arg(c.chi2Dof.value_or(0)).arg(number(c.chi2P.value_or(1)));
        if (c.outOfRange && *c.outOfRange > 0)
            lines << tr("%1 outside of %2 … %3").arg(percent(*c.outOfRange, 1), number(c.referenceMin.value_or(0)), number(c.referenceMax.value_or(0)));
        for (const drift::ColumnDrift::Share &s : c.newCategories)
            lines << tr("new: %1, %2").arg(s.name, percent(s.share, 1));
        for (const drift::ColumnDrift::Share &s : c.goneCategories)
            lines << tr("gone: %1, before %2").arg(s.name, percent(s.share, 1));
        lines << tr("Missing %1, before %2").arg(percent(c.currentMissing, 1), percent(c.referenceMissing, 1));
        return lines.join(QLatin1Char('\n'));
    }
    if (role == Qt::AccessibleTextRole && column == Feature)
        return tr("%1: %2, PSI %3").arg(nameOf(c), stateWord(stateOfColumn(c)), fixed(c.effect, 2));
    if (role != Qt::DisplayRole)
        return {};
    switch (column) {
    case Feature: return nameOf(c);
    case Psi: return c.tooFewRows ? tr("too few rows: %1 of %2").arg(qMin(c.currentRows, c.referenceRows)).arg(count(qint64(c.rowsNeeded))) : fixed(c.effect, 2);
    case Shift: return c.wassersteinNorm ? number(*c.wassersteinNorm, 2) : QString();
    case Js: return c.tooFewRows ? QString() : number(c.js, 2);
    case Rows: return tr("%1 vs %2").arg(count(qint64(c.currentRows)), count(qint64(c.referenceRows)));
    default: return {};
    }
}

RuleModel::RuleModel(QObject *parent) : RowsModel(parent) { m_columns = {{tr("Rule"), left, 0, {}, 0}}; }

QVariant RuleModel::cell(const retrain::RuleOutcome &r, int, int role) const {
    const State state = !r.known ? State::Unknown : r.fired ? State::Warn : State::Ok;
    if (role == GateRole)
        return QVariant::fromValue(GateCell{r.rule, r.known ? (r.fired ? tr("fires") : tr("holds")) : tr("not known"), r.numbers, state});
    if (role == Qt::DisplayRole || role == Qt::AccessibleTextRole || role == Qt::ToolTipRole)
        return QStringLiteral("%1: %2").arg(r.rule, r.numbers);
    if (role == StateRole)
        return int(state);
    return {};
}

PolicyLogModel::PolicyLogModel(QObject *parent) : RowsModel(parent) {
    m_columns = {{tr("When"), left, 90, {}, 0}, {tr("Decision"), left, 170, {}, 0}, {tr("Why"), left, 0, {}, 0}};
}

QVariant PolicyLogModel::cell(const retrain::Decision &d, int column, int role) const {
    const bool retrained = d.kind == retrain::DecisionKind::RetrainAttempted;
    if (role == StateRole)
        return column == 1 ? QVariant(int(retrained ? State::Running : State::Skipped)) : QVariant();
    if (role == Qt::ToolTipRole)
        return d.reason;
    if (role != Qt::DisplayRole)
        return {};
    switch (column) {
    case 0: return moment(d.time, m_now);
    case 1: return retrain::decisionName(d.kind);
    default: return d.reason;
    }
}

QString shiftWords(const drift::ColumnDrift &c) {
    if (c.kind != data::ColumnType::Number || !c.wassersteinNorm || c.referenceShares.size() != c.currentShares.size())
        return {};
    double rank = 0; // bins are ordered: more weight further right means higher
    for (std::size_t i = 0; i < c.referenceShares.size(); ++i)
        rank += double(i) * (c.currentShares[i] - c.referenceShares[i]);
    return rank > 0 ? QObject::tr("%1 σ higher").arg(number(*c.wassersteinNorm, 2)) : QObject::tr("%1 σ lower").arg(number(*c.wassersteinNorm, 2));
}

PlotData distributionPlot(const drift::ColumnDrift &c) {
    PlotData data;
    data.sentence = QObject::tr("%1: share of rows, training against what was asked; PSI %2").arg(c.name, fixed(c.effect, 2));
    data.unit = QStringLiteral("%");
    data.yMin = 0;
    PlotSeries reference, current;
    reference.name = QObject::tr("training");
    current.name = QObject::tr("asked");
    current.ink = &Tokens::s2;
    const std::size_t bins = qMin(c.referenceShares.size(), c.currentShares.size());
    if (c.kind == data::ColumnType::Category) {
        for (std::size_t i = 0; i < bins; ++i) {
            data.categories.push_back(i < c.categories.size() ? c.categories[i] : QString());
            reference.points.emplace_back(double(i) - 0.18, c.referenceShares[i] * 100);
            current.points.emplace_back(double(i) + 0.18, c.currentShares[i] * 100);
        }
        reference.bars = current.bars = true;
    } else {
        // Bins are the reference's tenths: outer ones are open, drawn as wide as their neighbours.
        std::vector<double> edges = c.edges;
        if (edges.size() == 1)
            edges = {edges.front() - 1, edges.front(), edges.front() + 1};
        else if (edges.size() > 1) {
            edges.insert(edges.begin(), edges.front() - (edges[1] - edges.front()));
            edges.push_back(edges.back() + (edges.back() - edges[edges.size() - 2]));
        }
        // Tenths differ in width: only the density shows the shape, bars of equal share would all be as tall.
        data.unit = QObject::tr("density");
        const auto density = [&](const std::vector<double> &shares, std::size_t i) {
            const double wide = i + 1 < edges.size() ? edges[i + 1] - edges[i] : 0;
            return wide > 0 ? shares[i] / wide : 0;
        };
        for (std::size_t i = 0; i < bins && i < edges.size(); ++i) {
            reference.points.emplace_back(edges[i], density(c.referenceShares, i));
            current.points.emplace_back(edges[i], density(c.currentShares, i));
        }
        if (bins > 0 && edges.size() > bins) { // the last step needs its end
            reference.points.emplace_back(edges[bins], density(c.referenceShares, bins - 1));
            current.points.emplace_back(edges[bins], density(c.currentShares, bins - 1));
        }
        reference.steps = current.steps = true;
        reference.filled = current.filled = true;
        data.xName = c.name;
    }
    data.series = {reference, current};
    return data;
}

} // namespace pilothouse::ui
