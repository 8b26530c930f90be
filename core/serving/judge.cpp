// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/serving/judge.h"

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

} // namespace

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
