// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/registry/registry.h"
#include "core/retrain/decision_store.h"
#include "core/retrain/past.h"

namespace pilothouse::retrain {

/// Where a replay gets its past from; each gives facts with the time from which they were known, and a note for what it could not read. Blocking.
struct PastFacts {
    std::vector<Fact> facts;
    QStringList notes;
};

/// Labels and numbers of rows of the model's local endpoint, known from when they came; one that was corrected is known from its correction, what it said before
/// is not kept. A model without a local deployment, or one that was never asked, has none.
Result<PastFacts> pastOfServing(const QString &root, const workspace::Model &model);
/// Retrainings, drift, data hashes and metrics that decisions of the past were made on; metrics with their decision as the source.
Result<PastFacts> pastOfDecisions(const DecisionStore &store, const workspace::Model &model);
/// Versions, which of them was the champion when, and for those the metrics of their test rows and the MD5 of their data.
Result<PastFacts> pastOfRegistry(registry::Registry &registry, const workspace::Model &model);
/// A CSV file with a column of times: `drift` (worst PSI), `drift_column`, `data_hash`, `labelled_rows`, `newest_row` and `source_changed` (times), `rows_yesterday`; every other column of numbers is a metric of
/// that name ("mae yesterday": of the day before). An empty cell says nothing. Invalid: no such column, a time that is missing or lies after `now` (with its row).
Result<PastFacts> pastOfCsv(const QString &file, const QString &timeColumn, const QDateTime &now);

} // namespace pilothouse::retrain
