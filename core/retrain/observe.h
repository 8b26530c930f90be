// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/data/table.h"
#include "core/metrics/metrics.h"
#include "core/registry/registry.h"
#include "core/retrain/decision_store.h"
#include "core/retrain/policy.h"
#include "core/retrain/yesterday.h"

#include <functional>
#include <optional>

namespace pilothouse::retrain {

/// A policy looks at the newest rows of the champion only: what was asked last, and what is labelled of it.
inline constexpr int liveWindow = 500;

/// What an endpoint has answered by one version, newest `liveWindow` rows of each kind.
struct LiveRows {
    metrics::Scored scored; ///< rows whose label came, of several targets [count × targets] those that are labelled in all; count 0 = none
    data::Table inputs;     ///< rows asked, one column for each input of the signature
    QString source;         ///< "serving/ws2m"
    struct Target {
        QString name;
        metrics::Scored scored; ///< rows whose label names it
    };
    std::vector<Target> targets = {}; ///< of a forecast of several targets each by itself
};
/// Reads them for a version of a model; nullopt: nothing was asked of it. core/retrain/live_rows.h reads local serving.
using LiveReader = std::function<Result<std::optional<LiveRows>>(const workspace::Model &model, int version)>;

struct ObserveParts {
    registry::Registry &registry; ///< of the model; packages are fetched from it
    const DecisionStore &store;
    LiveReader live; ///< may be empty: no endpoint
    QDateTime now;
    QTimeZone zone = QTimeZone::utc(); ///< of the workspace
    YesterdayReader yesterday = {};    ///< may be empty: no endpoint
    /// When data that is not a file here was last changed (core/sources/source_changed.h); may be empty: not looked at.
    std::function<Result<QDateTime>(const workspace::DataSpec &)> sourceChanged = {};
};

/// Collects what the policy of a model looks at: live metrics of the champion on labelled rows if there are at least
/// the policy's `minimumRows`, else those of its test rows (said in metricSources), of several targets also each one's ("mae@t2m"); drift of the rows asked against the
/// champion's training profile (or the model's `reference`, a CSV file or a profile); MD5 of the recipe's data now and of what
/// the champion was trained on; when the newest version was made; best values, the last retrain and the last look from the store. What only a rule asks for
/// (the last whole day, the newest row, the source's time) is read only where one does.
/// What cannot be read is absent and told in `notes`: it never fires a rule. Blocking.
Observations observe(const ObserveParts &parts, const workspace::Model &model);

} // namespace pilothouse::retrain
