// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/serving/serving_store.h"

#include <QString>

#include <map>
#include <optional>
#include <span>
#include <vector>

namespace pilothouse::serving {

/// Mean of (canary − stable) losses over labelled rows that both versions scored; below 0 the canary is better.
struct LossInterval {
    std::size_t rows = 0;
    double mean = 0, low = 0, high = 0; ///< 99 % interval
    double stableMean = 0, canaryMean = 0;
};
/// Percentile bootstrap of the paired difference, 2000 rounds, seed 7; above 5000 rows the normal limit of the same.
/// 99 %, not 95 %: a rollout is looked at several times, and every look may be wrong.
/// @param horizon steps of a forecast: the pairs, in the order of their requests, share steps and are drawn in blocks
/// (metrics::resamplingFor); low and high are NaN where that is not possible. 0: pairs that do not depend on each other.
LossInterval lossInterval(std::span<const LossPair> pairs, std::size_t horizon = 0);

struct JudgeRules {
    double maxErrorRate = 0.02;
    qint64 minimumRequests = 50; ///< of the canary, on this step
    std::size_t minimumLabelled = 200;
    int stepSeconds = 30;              ///< shortest time on a step
    int goOnWithoutLabelsSeconds = 0;  ///< 0: never. Else: a step without a single label goes on after that time
    bool classes = false;
    std::size_t horizon = 0; ///< of a forecast; minimumLabelled must be four of them or more, or there is no interval
    bool severalTargets = false; ///< labels are kept by target and never compared (labels.h): a person goes on, or goOnWithoutLabelsSeconds
    QString unit;
    double maxLatencyRatio = 0;  ///< p95 of the canary ÷ that of the stable version; 0: not judged
    double latencyFloorMs = 5;   ///< a difference below this is no harm, whatever the ratio
    double maxOutputPsi = 0;     ///< PSI of what the two sides answer; 0: not judged
    double maxDisagreement = 0;  ///< share of rows on which the canary answers otherwise than the champion; 0: not judged
};

/// What the two sides answered lately, compared as two samples of outputs.
struct OutputDrift {
    double psi = 0, byChance = 0; ///< byChance: to expect of equal versions at these row counts
    std::size_t stableRows = 0, canaryRows = 0;
    bool enough = false; ///< rows enough that chance alone makes no warning
};
/// Rows that both versions answered (a shadow, or pairs).
struct OutputAgreement {
    qint64 rows = 0, disagreed = 0;
};

struct JudgeSight {
    qint64 canaryRequests = 0, canaryFailed = 0;
    std::optional<LossInterval> interval; ///< of the last look
    std::size_t labelled = 0;             ///< rows that came since; may be more than the last look saw
    qint64 secondsOnStep = 0;
    qint64 stableRequests = 0;
    double stableP95Ms = 0, canaryP95Ms = 0; ///< 0: not known
    std::optional<OutputDrift> outputs{};
    std::optional<OutputAgreement> agreement{};
};

enum class Verdict { Wait, GoOn, TurnBack };
struct Judgement {
    Verdict verdict = Verdict::Wait;
    QString sentence;
};

/// What to do on this step now. Pure. In this order: too many errors turn back; a loss that is worse beyond chance turns back; answers that come much later
/// turn back; answers that are others than the champion's (PSI between the sides, share of rows beyond chance) turn back, unless the labels show them
/// to be better; too few requests, labels or seconds wait; better, or not to be told apart, goes on.
Judgement judge(const JudgeRules &rules, const JudgeSight &sight);

/// "Canary 0.9 °C better on 212 labelled rows, interval −1.1…−0.7", with other names for the two sides of an A/B test.
QString comparisonSentence(const LossInterval &interval, const JudgeRules &rules, const QString &name);

/// The lower bound of a share (Wilson, 99 %, one side): below it the true share is not, beyond chance.
double shareAtLeast(qint64 count, qint64 of);
/// PSI between the outputs of two sides, with the stable one's deciles as bins (core/drift); of classes by their counts.
OutputDrift outputDrift(std::vector<double> stable, std::vector<double> canary);
OutputDrift outputDrift(const std::map<QString, qint64> &stable, const std::map<QString, qint64> &canary);

/// Why there is no comparison of a forecast of several targets.
QString severalTargetsSentence();

/// Row counts at which the interval is looked at: 200, 400, 800, … A look at every new row would find a difference by
/// chance sooner or later. Gives the next count after `rows`.
std::size_t nextLook(std::size_t rows, std::size_t minimum);

} // namespace pilothouse::serving
