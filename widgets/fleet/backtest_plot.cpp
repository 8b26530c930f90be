// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/fleet/backtest_plot.h"

#include "widgets/base/format.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <limits>

namespace pilothouse::ui {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(BacktestPlot)
};

using retrain::Decision;
using retrain::DecisionKind;
using Kind = workspace::RetrainRule::Kind;

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

double secondsOf(const Decision &point) { return double(point.time.toMSecsSinceEpoch()) / 1000; }

bool anyFired(const Decision &point) {
    return std::any_of(point.rules.begin(), point.rules.end(), [](const retrain::RuleOutcome &outcome) { return outcome.fired; });
}

bool isAge(Kind kind) { return kind == Kind::Age || kind == Kind::NewestRowAge || kind == Kind::SourceAge; }

/// Ages are drawn in hours, the others as they are.
double drawn(const Result<workspace::RetrainRule> &rule, const retrain::RuleOutcome &outcome) {
    if (!outcome.known)
        return missing;
    if (!outcome.value)
        return outcome.fired ? 1 : 0;
    return rule && isAge(rule->kind) ? *outcome.value / 3600 : *outcome.value;
}

void addLimits(const workspace::RetrainRule &rule, PlotData &data) {
    if (isAge(rule.kind)) {
        data.unit = QStringLiteral("h");
        data.limits.push_back({double(rule.seconds) / 3600, rule.text, &Tokens::warn});
    } else if (rule.kind == Kind::Drops) {
        data.unit = rule.metric; // its limit follows the best value so far
    } else if (rule.kind != Kind::DataChanged && rule.kind != Kind::Schedule) {
        data.unit = rule.kind == Kind::Drift ? QStringLiteral("PSI") : rule.kind == Kind::RowsYesterday ? Text::tr("rows") : rule.metric;
        data.limits.push_back({rule.number, rule.text, &Tokens::warn});
        if (rule.until)
            data.limits.push_back({*rule.until, Text::tr("until %1").arg(number(*rule.until)), &Tokens::t3});
    }
}

QString heldWords(const Decision &point) {
    if (point.heldBy.contains(QLatin1String("budget")))
        return Text::tr("beyond the budget");
    return point.heldBy.contains(QLatin1String("at_most_every")) ? Text::tr("too soon") : Text::tr("outside its windows");
}

/// Stretches of looks at which a rule fired and the retraining was held back by the same.
void addHeld(const std::vector<Decision> &points, PlotData &data) {
    for (std::size_t k = 0; k < points.size();) {
        if (points[k].kind == DecisionKind::RetrainAttempted || points[k].heldBy.isEmpty() || !anyFired(points[k])) {
            ++k;
            continue;
        }
        std::size_t end = k;
        while (end + 1 < points.size() && points[end + 1].kind == DecisionKind::Skipped && points[end + 1].heldBy == points[k].heldBy && anyFired(points[end + 1]))
            ++end;
        data.spans.push_back({secondsOf(points[k]), secondsOf(points[std::min(end + 1, points.size() - 1)]), heldWords(points[k]), false});
        k = end + 1;
    }
}

} // namespace

PlotData backtestPlot(const retrain::Backtest &backtest, std::size_t at) {
    PlotData data;
    data.time = true;
    PlotSeries series;
    if (!backtest.points.empty() && at < backtest.points.front().rules.size()) {
        const auto rule = workspace::parseRetrainRule(backtest.points.front().rules[at].rule);
        series.name = backtest.points.front().rules[at].rule;
        if (rule) {
            addLimits(*rule, data);
            series.steps = rule->kind == Kind::DataChanged || rule->kind == Kind::Schedule;
        }
        series.points.reserve(backtest.points.size());
        for (const Decision &point : backtest.points)
            series.points.emplace_back(secondsOf(point), at < point.rules.size() ? drawn(rule, point.rules[at]) : missing);
    }
    data.series.push_back(std::move(series));
    for (const Decision &point : backtest.points)
        if (point.kind == DecisionKind::RetrainAttempted)
            data.markers.push_back({secondsOf(point), Text::tr("retrain"), &Tokens::s2});
    addHeld(backtest.points, data);
    data.xMin = double(backtest.from.toSecsSinceEpoch());
    data.xMax = double(backtest.to.toSecsSinceEpoch());
    data.sentence = Text::tr("It would have retrained %n times", nullptr, backtest.runs) + Text::tr(", at most %1 in a week").arg(backtest.busiestWeek);
    return data;
}

std::vector<Decision> turningPoints(const retrain::Backtest &backtest) {
    std::vector<Decision> turns;
    QString before;
    for (const Decision &point : backtest.points) {
        QString state = retrain::decisionName(point.kind) + point.heldBy.join(QLatin1Char('!'));
        for (const retrain::RuleOutcome &rule : point.rules)
            state += !rule.known ? QLatin1Char('?') : rule.fired ? QLatin1Char('1') : QLatin1Char('0');
        if (state != before) {
            turns.push_back(point);
            turns.back().id = QString::number(turns.size());
        }
        before = state;
    }
    std::reverse(turns.begin(), turns.end());
    return turns;
}

} // namespace pilothouse::ui
