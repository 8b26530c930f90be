// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/serving/batching.h"
#include "core/serving/input_reader.h"
#include "core/serving/latency.h"
#include "core/serving/revision.h"

#include <memory>
#include <string>
#include <vector>

namespace pilothouse::serving {

/// One loaded version, with everything its answers need made ready. Immutable; lives as long as a request uses it.
struct LiveModel {
    LiveModel(Revision revision, artifact::ScorerPtr scorer, std::shared_ptr<VersionCounters> counters);
    Revision revision;
    artifact::ScorerPtr scorer;
    InputReader reader;
    std::shared_ptr<VersionCounters> counters;
    bool classes = false;
    std::size_t together = 1; ///< rows of several requests that are scored in one call
    std::vector<std::string> classJson; ///< a class label as JSON: 0 where all labels are whole numbers, else "setosa"
    std::vector<std::string> targetJson; ///< of a forecast of several targets their names, quoted; else empty
    std::string nameJson, versionJson;  ///< quoted
    std::string versionText;
    std::string origin;                 ///< ,"model_version":"4","model_source":"…"
    /// Prediction i as JSON: a number, a class, a list for several steps, or {"t2m":[…],"rh2m":[…]} for several targets.
    void appendPrediction(std::string &out, const artifact::Predictions &predictions, std::size_t i) const;
    /// The steps of one of several targets, a list.
    void appendTarget(std::string &out, const artifact::Predictions &predictions, std::size_t i, std::size_t target) const;
    void appendProbability(std::string &out, const artifact::Predictions &predictions, std::size_t i) const;
};
using LiveModelPtr = std::shared_ptr<const LiveModel>;

/// Loads and checks a version: it must score a row of its own signature before it gets traffic.
Result<LiveModelPtr> loadLiveModel(const Revision &revision, const artifact::ScorerLoader &loader, std::shared_ptr<VersionCounters> counters, const BatchOptions &batch = {});

} // namespace pilothouse::serving
