// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/artifact/package.h"
#include "core/base/result.h"
#include "core/drift/drift.h"
#include "core/metrics/calibration.h"
#include "core/metrics/slices.h"
#include "core/promotion/card_diff.h"
#include "core/registry/registry.h"

#include <QJsonObject>

#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace pilothouse::promotion {

/// One metric of both, on the same rows.
struct MetricComparison {
    QString metric, unit; ///< of one of several targets "mae@t2m", behind the means over them
    double champion = 0, candidate = 0, change = 0; ///< change = candidate − champion
    double low = 0, high = 0;                       ///< 95 % paired bootstrap interval of the change (a forecast's rows in blocks)
    bool largerIsBetter = false;
    QString verdict; ///< better | worse | not distinguishable
    metrics::Interval ofChampion = {}, ofCandidate = {}; ///< 95 % bootstrap interval of each value; NaN: none
};

enum class GateState { Pass, Warn, Block, Waits, NotRun, Unknown }; ///< Unknown blocks
QString gateStateName(GateState state); ///< pass, warn, block, waits, not run, unknown
struct GateResult {
    QString rule, source, value; ///< rule as a sentence; source of the limit; measured value
    GateState state = GateState::Unknown;
};

/// What stands beside the approve button. Everything in it is computed now from the packages and the rows, never
/// read from stored metrics.
struct Evidence {
    QString model, alias;
    std::optional<int> championVersion; ///< none: compared with the naive baseline
    QString baseline;                   ///< then: mean | majority | persistence | seasonal
    int candidateVersion = 0;
    QString championDigest, candidateDigest;
    std::size_t rows = 0;         ///< scored by both
    std::size_t excludedRows = 0; ///< test rows of the candidate that the champion was trained on
    std::size_t notForChampion = 0; ///< test rows that the champion cannot take (an input is missing, an unknown class)
    QString rowsFrom;             ///< "test rows of data/x.csv (sha256 …)" or "test rows kept in the package, because …"
    QString problem;              ///< why the two could not be compared; empty if they were
    bool championHasRowHashes = true;
    QString championAskedAt;      ///< the endpoint that answered for the champion, whose package is none that can be scored here; empty: it was scored here
    std::vector<MetricComparison> metrics;
    QString selectMetric;
    double pairedP = 1;           ///< of the test that fits selectMetric (metrics::pairedTestFor)
    QString pairedTest;
    QString bootstrap;            ///< how the rows were drawn again for the intervals (metrics::Resampling::text); empty: not scored
    QString disagreement;         ///< where interval and paired test contradict each other; it is part of the sentence
    QString sentence;             ///< "v4 is better than v3: MAE −0.37 °C (−0.41 … −0.33) on 17 520 rows."; of several targets also "By target: t2m better, rh2m worse."
    std::vector<metrics::PairedSlice> slices; ///< selectMetric in groups of the rows (slicingsFor): a champion, b candidate
    std::vector<GateResult> gates;
    std::vector<double> residualEdges, championResiduals, candidateResiduals; ///< densities on shared bins; empty for several targets, whose units differ
    std::vector<QString> classes;
    std::vector<std::vector<double>> championConfusion, candidateConfusion;   ///< rows true, columns predicted; counts
    std::vector<metrics::CalibrationBin> championCalibration, candidateCalibration; ///< two classes: of classes[1], bins of as many rows
    drift::DriftReport trainingDrift; ///< champion's against candidate's training profile
    std::vector<CardLine> cardDiff;   ///< the champion's model card against the candidate's
    QJsonObject lineage;              ///< lineageOf()
    QDateTime computed;
    double seconds = 0;
    bool blocked() const; ///< a gate blocks or is unknown
    const MetricComparison *selected() const; ///< the row of selectMetric; null if nothing was scored
    /// Of several targets what selectMetric says of each by itself; else empty.
    std::vector<std::pair<QString, const MetricComparison *>> selectedByTarget() const;
    /// {"model","alias","candidate":{"version","digest"},"champion":{"version","digest"}|null,"baseline","rows","excluded_rows",
    /// "not_for_champion","rows_from","problem","champion_has_row_hashes","champion_asked_at"?,"metrics":[{"metric","unit","champion","candidate","change",
    /// "low","high","larger_is_better","verdict","champion_low","champion_high","candidate_low","candidate_high"}],"select","paired":{"p","test"},"bootstrap","disagreement","sentence","slices":[metrics::toJson],"gates":[{"rule","source","value","state"}],
    /// "residuals":{"edges","champion","candidate"},"confusion":{"classes","champion","candidate"},"calibration":{"champion","candidate"},"training_drift":{…},"card_diff":["-…","+…"," …"]?,"lineage":{…},
    /// "computed","seconds","blocked"}
    QJsonObject toJson() const;
    static Result<Evidence> fromJson(const QJsonObject &object);
    QString text() const;   ///< the sheet for a terminal, several lines
    QString digest() const; ///< SHA-256 of the canonical JSON
};

struct EvidenceInput {
    registry::Version candidate;
    std::optional<registry::Version> champion;
    QString alias, requester;
    artifact::ScorerLoader loadScorer;
    std::optional<registry::Run> run; ///< that the candidate comes from
    /// Asks the champion where it serves, if its package is none that can be scored here: its address, and a scorer for a signature. Empty: it serves nowhere.
    QString championEndpoint;
    std::function<Result<artifact::ScorerPtr>(const artifact::Signature &)> askChampion;
    int approvalsNeeded = 1;
    bool preventSelfApproval = false;
    QString codeFolder; ///< where the code lies: its git commit is named, if it is a repository; empty: none
    int bootstrapRounds = 1000;
    quint64 seed = 7;
};
inline constexpr std::size_t evidenceRows = 100; ///< fewer scored rows are a warning: intervals are wide and say so themselves

/// Reads, scores and judges now. What stops a comparison with a damaged or foreign champion is told in `problem` and blocks by a gate;
/// an error is only what is wrong with the candidate itself (Invalid, with the file).
Result<Evidence> computeEvidence(const EvidenceInput &input);

} // namespace pilothouse::promotion
