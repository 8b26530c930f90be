// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/promotion/evidence_gates.h"

#include "core/base/count_text.h"

#include <algorithm>
#include <cmath>

namespace pilothouse::promotion {

namespace {

GateResult limitGate(const workspace::GateSpec &gate, const QString &source, const metrics::Values &candidate, const Evidence &evidence) {
    GateResult out{gate.text(), source, {}, GateState::Unknown};
    const auto value = candidate.constFind(gate.metric);
    if (evidence.rows == 0)
        out.value = QStringLiteral("no row was scored");
    else if (value == candidate.constEnd())
        out.value = QStringLiteral("%1 is no metric of this task").arg(gate.metric);
    else if (std::isnan(*value))
        out.value = QStringLiteral("undefined on these rows");
    else {
        out.value = figure(*value);
        out.state = gate.passes(*value) ? GateState::Pass : GateState::Block;
    }
    return out;
}

GateResult betterGate(const Evidence &evidence) {
    GateResult out{QStringLiteral("Better than %1, interval excludes 0").arg(opponentName(evidence)),
                   evidence.rows ? QStringLiteral("same ") + rowsText(evidence.rows) : QString(), {}, GateState::Unknown};
    const MetricComparison *m = evidence.selected();
    if (!evidence.problem.isEmpty() || !m) {
        out.value = evidence.problem.isEmpty() ? QStringLiteral("not scored") : evidence.problem;
        return out;
    }
    out.value = QStringLiteral("%1 %2").arg(m->metric, changeText(*m));
    // Not distinguishable warns: a retrain on newer data is often as good and still wanted; the approver decides.
    out.state = m->verdict == QLatin1String("better") ? GateState::Pass : m->verdict == QLatin1String("worse") ? GateState::Block : GateState::Warn;
    return out;
}

/// What the mean over several targets does not tell.
GateResult targetGate(const Evidence &evidence) {
    QStringList worse;
    const auto targets = evidence.selectedByTarget();
    for (const auto &[target, m] : targets)
        if (m->verdict == QLatin1String("worse"))
            worse << target;
    // As with a slice: a target that loses where the mean gains is a choice, and the approver makes it.
    return {QStringLiteral("No target worse than %1").arg(opponentName(evidence)), QStringLiteral("%1 of each, 95 % interval").arg(evidence.selectMetric),
            worse.isEmpty() ? QStringLiteral("%1 of %1").arg(targets.size()) : worse.join(QStringLiteral(", ")), worse.isEmpty() ? GateState::Pass : GateState::Warn};
}

GateResult sliceGate(const Evidence &evidence) {
    GateResult out{QStringLiteral("No slice worse than %1").arg(opponentName(evidence)), QStringLiteral("Benjamini-Hochberg at 5 %"), {}, GateState::NotRun};
    QStringList worse;
    std::size_t judged = 0;
    for (const metrics::PairedSlice &s : evidence.slices) {
        judged += std::isnan(s.adjusted) ? 0 : 1;
        if (s.verdict == QLatin1String("worse"))
            worse << QStringLiteral("%1 = %2").arg(s.by, s.name);
    }
    if (judged == 0) {
        out.value = QStringLiteral("no slice has %1 rows").arg(metrics::sliceRows);
        return out;
    }
    // A slice that loses where the whole gains is a choice, not a mistake; the approver makes it.
    out.state = worse.isEmpty() ? GateState::Pass : GateState::Warn;
    out.value = worse.isEmpty() ? QStringLiteral("%1 of %1").arg(judged) : worse.size() == 1 ? worse.front() : QStringLiteral("%1 of %2 worse").arg(worse.size()).arg(judged);
    return out;
}

GateResult rowsGate(const Evidence &evidence) {
    GateResult out{QStringLiteral("Scored on at least %1 rows").arg(evidenceRows), QStringLiteral("built in"), QString::number(evidence.rows), GateState::Pass};
    if (evidence.rows == 0)
        out.state = GateState::Unknown;
    else if (evidence.rows < evidenceRows)
        out.state = GateState::Warn; // the interval is honest about few rows; small data sets must stay usable
    return out;
}

GateResult unseenGate(const Evidence &evidence) {
    GateResult out{QStringLiteral("No scored row is from the champion's training"), QStringLiteral("row hashes"), {}, GateState::Pass};
    if (!evidence.championHasRowHashes) {
        out.state = GateState::Warn; // favours the champion, so a better candidate stays better
        out.value = QStringLiteral("not known: its package keeps no row hashes");
    } else {
        out.value = evidence.excludedRows ? QStringLiteral("%1 left out").arg(evidence.excludedRows) : QStringLiteral("none found");
    }
    if (evidence.rows == 0)
        out.state = GateState::Unknown;
    return out;
}

GateResult driftGate(const Evidence &evidence) {
    GateResult out{QStringLiteral("Trained on data like the champion's"),
                   QStringLiteral("warns from PSI %1, high from %2").arg(drift::psiWarning, 0, 'f', 2).arg(drift::psiDrifted, 0, 'f', 2), {}, GateState::NotRun};
    const drift::ColumnDrift *worst = nullptr;
    for (const auto &column : evidence.trainingDrift.columns)
        if (!column.tooFewRows && (!worst || column.effect > worst->effect))
            worst = &column;
    if (!worst) {
        out.value = QStringLiteral("no column with enough rows in both profiles");
        return out;
    }
    out.value = QStringLiteral("PSI %1 (%2)").arg(worst->effect, 0, 'f', 2).arg(worst->name);
    // Never blocks: drifted data is the very reason to retrain, and the scores on the new rows say whether it went well.
    out.state = worst->effect >= drift::psiWarning ? GateState::Warn : GateState::Pass;
    return out;
}

} // namespace

QString figure(double value) {
    if (std::isnan(value))
        return QStringLiteral("undefined");
    const double size = std::abs(value);
    QString text = size >= 1e-4 && size < 1e9 ? QString::number(value, 'f', std::clamp(3 - int(std::floor(std::log10(size))), 0, 8)) // no "9.1e+04" for a price
                                              : QString::number(value, 'g', 4);
    if (text.startsWith(QLatin1Char('-')))
        text[0] = QChar(0x2212);
    return text;
}

QString signedFigure(double value) { return value > 0 ? QLatin1Char('+') + figure(value) : figure(value); }

QString changeText(const MetricComparison &m) {
    const QString unit = m.unit.isEmpty() ? QString() : QLatin1Char(' ') + m.unit;
    if (std::isnan(m.low) || std::isnan(m.high))
        return QStringLiteral("%1%2 (no interval)").arg(signedFigure(m.change), unit);
    return QStringLiteral("%1%2 (%3 … %4)").arg(signedFigure(m.change), unit, signedFigure(m.low), signedFigure(m.high));
}

QString opponentName(const Evidence &evidence) {
    if (evidence.championVersion)
        return QStringLiteral("v%1").arg(*evidence.championVersion);
    return evidence.baseline.isEmpty() ? QStringLiteral("the naive baseline") : QStringLiteral("the naive baseline (%1)").arg(evidence.baseline);
}

GateResult approvalsGate(int have, int needed, bool preventSelfApproval) {
    return {QStringLiteral("Approvals, %1 needed").arg(needed),
            preventSelfApproval ? QStringLiteral("workspace: not by who asked or made it") : QStringLiteral("workspace: one's own counts; a guard-rail, not a signature"),
            QStringLiteral("%1 of %2").arg(have).arg(needed), have >= needed ? GateState::Pass : GateState::Waits};
}

bool isApprovalsGate(const GateResult &gate) { return gate.rule.startsWith(QLatin1String("Approvals, ")); }

std::vector<GateResult> judge(const Evidence &evidence, const std::vector<workspace::GateSpec> &recipeGates, const metrics::Values &candidate,
                              const EvidenceInput &input) {
    std::vector<GateResult> gates;
    for (const auto &gate : recipeGates)
        gates.push_back(limitGate(gate, QStringLiteral("recipe"), candidate, evidence));
    for (const auto &gate : input.gates)
        gates.push_back(limitGate(gate, QStringLiteral("environment %1").arg(input.environment), candidate, evidence));
    gates.push_back(betterGate(evidence));
    if (!evidence.selectedByTarget().empty())
        gates.push_back(targetGate(evidence));
    if (!evidence.slices.empty())
        gates.push_back(sliceGate(evidence));
    gates.push_back(rowsGate(evidence));
    if (evidence.championVersion) {
        gates.push_back(unseenGate(evidence));
        gates.push_back(driftGate(evidence));
    }
    gates.push_back(approvalsGate(0, input.approvalsNeeded, input.preventSelfApproval));
    return gates;
}

} // namespace pilothouse::promotion
