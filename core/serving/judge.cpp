// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/serving/judge.h"

#include "core/drift/drift.h"
#include "core/drift/statistics.h"
#include "core/metrics/resampling.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace pilothouse::serving {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(RolloutJudge)
};

constexpr double z99 = 2.5758293035489004;
constexpr int rounds = 2000;

/// Three significant digits, with the minus that stands beside figures.
QString figure(double value) {
    const double size = std::abs(value);
    QString text = size >= 1000 && size < 1e9 ? QString::number(value, 'f', 0) : QString::number(value, 'g', 3);
    return text.replace(QLatin1Char('-'), QChar(0x2212));
}

/// Standard error of the mean difference: of single pairs, or of circular blocks of neighbours.
double standardError(std::span<const LossPair> pairs, double mean, std::size_t block) {
    const double n = double(pairs.size());
    const auto beyond = [&](std::size_t i) { return pairs[i % pairs.size()].canary - pairs[i % pairs.size()].stable - mean; };
    double sum = 0, squares = 0;
    for (std::size_t i = 0; i < block; ++i)
        sum += beyond(i);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        squares += sum * sum;
        sum += beyond(i + block) - beyond(i);
    }
    return std::sqrt(squares / double(block) / (block == 1 ? n - 1 : n) / n);
}

QString percent(double share) { return QString::number(share * 100, 'g', 3) + QStringLiteral(" %"); }

QString latencyProblem(const JudgeRules &rules, const JudgeSight &sight) {
    if (rules.maxLatencyRatio <= 0 || sight.stableP95Ms <= 0 || sight.canaryP95Ms <= 0 || std::min(sight.canaryRequests, sight.stableRequests) < rules.minimumRequests)
        return {};
    if (sight.canaryP95Ms <= sight.stableP95Ms * rules.maxLatencyRatio || sight.canaryP95Ms - sight.stableP95Ms < rules.latencyFloorMs)
        return {};
    return Text::tr("Canary answers in %1 ms, the stable version in %2 ms (p95, limit %3 times)").arg(figure(sight.canaryP95Ms), figure(sight.stableP95Ms), figure(rules.maxLatencyRatio));
}

QString outputProblem(const JudgeRules &rules, const JudgeSight &sight) {
    if (rules.maxOutputPsi > 0 && sight.outputs && sight.outputs->enough && sight.outputs->psi - sight.outputs->byChance >= rules.maxOutputPsi)
        return Text::tr("Canary answers otherwise than the stable version: PSI %1 of their outputs on %2 and %3 rows (limit %4)")
            .arg(figure(sight.outputs->psi), QString::number(sight.outputs->stableRows), QString::number(sight.outputs->canaryRows), figure(rules.maxOutputPsi));
    if (rules.maxDisagreement > 0 && sight.agreement && shareAtLeast(sight.agreement->disagreed, sight.agreement->rows) > rules.maxDisagreement)
        return Text::tr("Canary disagrees with the champion on %1 of %2 rows (%3, limit %4)")
            .arg(QString::number(sight.agreement->disagreed), QString::number(sight.agreement->rows), percent(double(sight.agreement->disagreed) / double(sight.agreement->rows)), percent(rules.maxDisagreement));
    return {};
}

} // namespace

double shareAtLeast(qint64 count, qint64 of) {
    if (of <= 0)
        return 0;
    constexpr double z = 2.326; // 99 %, one side
    const double n = double(of), p = double(count) / n;
    return std::max(0.0, (p + z * z / (2 * n) - z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n));
}

namespace {

OutputDrift driftOf(const std::vector<double> &stable, const std::vector<double> &canary, std::size_t n, std::size_t m) {
    OutputDrift out;
    out.stableRows = n;
    out.canaryRows = m;
    if (n == 0 || m == 0)
        return out;
    const std::vector<double> p = drift::sharesOf(stable), q = drift::sharesOf(canary);
    out.psi = drift::populationStability(p, q);
    out.byChance = double(stable.size() - 1) * (1.0 / double(n) + 1.0 / double(m));
    out.enough = std::min(n, m) >= std::max<std::size_t>(drift::minimumRows, 20 * (stable.size() - 1));
    return out;
}

} // namespace

OutputDrift outputDrift(std::vector<double> stable, std::vector<double> canary) {
    std::erase_if(stable, [](double v) { return !std::isfinite(v); });
    std::erase_if(canary, [](double v) { return !std::isfinite(v); });
    std::sort(stable.begin(), stable.end());
    std::sort(canary.begin(), canary.end());
    const std::vector<double> edges = drift::decileEdges(stable);
    return driftOf(drift::binCounts(stable, edges), drift::binCounts(canary, edges), stable.size(), canary.size());
}

OutputDrift outputDrift(const std::map<QString, qint64> &stable, const std::map<QString, qint64> &canary) {
    std::map<QString, std::pair<double, double>> both;
    std::size_t n = 0, m = 0;
    for (const auto &[name, count] : stable) {
        both[name].first = double(count);
        n += std::size_t(count);
    }
    for (const auto &[name, count] : canary) {
        both[name].second = double(count);
        m += std::size_t(count);
    }
    std::vector<double> a, b;
    for (const auto &[name, counts] : both) {
        a.push_back(counts.first);
        b.push_back(counts.second);
    }
    return driftOf(a, b, n, m);
}

LossInterval lossInterval(std::span<const LossPair> pairs, std::size_t horizon) {
    LossInterval out;
    out.rows = pairs.size();
    if (pairs.empty())
        return out;
    const double n = double(pairs.size());
    for (const LossPair &p : pairs) {
        out.stableMean += p.stable / n;
        out.canaryMean += p.canary / n;
    }
    out.mean = out.canaryMean - out.stableMean;
    const metrics::Resampling how = metrics::resamplingFor(pairs.size(), horizon, rounds);
    if (how.block == 0) {
        out.low = out.high = std::numeric_limits<double>::quiet_NaN();
        return out;
    }
    if (pairs.size() > 5000) {
        const double half = z99 * standardError(pairs, out.mean, how.block);
        out.low = out.mean - half;
        out.high = out.mean + half;
        return out;
    }
    std::vector<double> means(rounds);
    std::vector<std::uint32_t> counts;
    for (int round = 0; round < rounds; ++round) {
        how.draw(std::size_t(round), counts);
        double sum = 0;
        for (std::size_t i = 0; i < pairs.size(); ++i)
            sum += counts[i] * (pairs[i].canary - pairs[i].stable);
        means[std::size_t(round)] = sum / n;
    }
    std::sort(means.begin(), means.end());
    out.low = means[std::size_t(0.005 * rounds)];
    out.high = means[std::size_t(0.995 * rounds) - 1];
    return out;
}

std::size_t nextLook(std::size_t rows, std::size_t minimum) {
    std::size_t look = std::max<std::size_t>(1, minimum);
    while (look <= rows)
        look *= 2;
    return look;
}

QString comparisonSentence(const LossInterval &i, const JudgeRules &rules, const QString &name) {
    const double size = std::abs(i.mean);
    const QString amount = rules.classes ? Text::tr("%1 points").arg(figure(size * 100)) : figure(size) + (rules.unit.isEmpty() ? QString() : QLatin1Char(' ') + rules.unit);
    const double scale = rules.classes ? 100 : 1;
    const QString rows = QString::number(i.rows); // at least 200 where it matters: no plural form, which needs a loaded translation
    const QString interval = figure(i.low * scale) + QChar(0x2026) + figure(i.high * scale);
    if (i.low > 0)
        return Text::tr("%1 %2 worse on %3 labelled rows, interval %4").arg(name, amount, rows, interval);
    if (i.high < 0)
        return Text::tr("%1 %2 better on %3 labelled rows, interval %4").arg(name, amount, rows, interval);
    if (std::isnan(i.low) || std::isnan(i.high))
        return Text::tr("%1 not to be told apart on %2 labelled rows, too few for an interval").arg(name, rows);
    return Text::tr("%1 not to be told apart on %2 labelled rows, interval %3").arg(name, rows, interval);
}

QString severalTargetsSentence() { return Text::tr("Forecasts several targets, whose errors have different units: labels are not compared; a person may promote"); }

Judgement judge(const JudgeRules &rules, const JudgeSight &sight) {
    const QString canary = Text::tr("Canary");
    const double rate = sight.canaryRequests > 0 ? double(sight.canaryFailed) / double(sight.canaryRequests) : 0;
    if (sight.canaryRequests >= rules.minimumRequests && rate > rules.maxErrorRate)
        return {Verdict::TurnBack, Text::tr("Canary failed %1 of %2 requests (%3, limit %4)")
                                       .arg(QString::number(sight.canaryFailed), QString::number(sight.canaryRequests), percent(rate), percent(rules.maxErrorRate))};
    const QString compared = sight.interval ? comparisonSentence(*sight.interval, rules, canary) : QString();
    if (sight.interval && sight.interval->rows >= rules.minimumLabelled && sight.interval->low > 0)
        return {Verdict::TurnBack, compared};
    const bool enough = sight.interval && sight.interval->rows >= rules.minimumLabelled;
    const bool better = enough && sight.interval->high < 0;
    if (const QString slow = latencyProblem(rules, sight); !slow.isEmpty())
        return {Verdict::TurnBack, slow};
    if (const QString other = better ? QString() : outputProblem(rules, sight); !other.isEmpty())
        return {Verdict::TurnBack, other};
    if (!enough && sight.labelled == 0 && rules.goOnWithoutLabelsSeconds > 0) {
        if (sight.secondsOnStep < rules.goOnWithoutLabelsSeconds)
            return {Verdict::Wait, Text::tr("No labels yet; goes on without them in %1 s").arg(rules.goOnWithoutLabelsSeconds - sight.secondsOnStep)};
    } else if (!enough) {
        if (rules.severalTargets)
            return {Verdict::Wait, severalTargetsSentence()};
        return {Verdict::Wait, Text::tr("Waits for labels: %1 of %2 labelled rows; a person may promote").arg(sight.labelled).arg(rules.minimumLabelled)};
    }
    if (sight.canaryRequests < rules.minimumRequests)
        return {Verdict::Wait, Text::tr("Waits for requests: %1 of %2 on the canary").arg(sight.canaryRequests).arg(rules.minimumRequests)};
    const QString good = enough ? compared : Text::tr("No labels came; errors %1 of %2 requests").arg(sight.canaryFailed).arg(sight.canaryRequests);
    if (sight.secondsOnStep < rules.stepSeconds)
        return {Verdict::Wait, Text::tr("%1; goes on in %2 s").arg(good).arg(rules.stepSeconds - sight.secondsOnStep)};
    return {Verdict::GoOn, good};
}

} // namespace pilothouse::serving
