// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/artifact/package.h"
#include "core/base/result.h"
#include "core/metrics/compare.h"
#include "core/metrics/paired_test.h"

#include <QJsonObject>

#include <optional>
#include <stop_token>

namespace pilothouse::learn {

/// A model judged on a data file now, on rows that it was not trained on; with a second model, both on the rows that neither
/// was trained on.
struct Evaluation {
    std::size_t rows = 0, excluded = 0; ///< excluded: training rows of one of them
    metrics::Values values;             ///< of the model
    std::optional<metrics::Values> against;
    std::vector<metrics::PairedInterval> changes; ///< model − against
    metrics::Resampling bootstrap; ///< how the rows were drawn again for the intervals
    std::optional<metrics::PairedTest> test; ///< by the metric the model was selected by
    QString sentence; ///< the comparison in words
    QStringList notes;
    /// {"rows","excluded","metrics","against":{"metrics","changes":[{"metric","against","model","change","low","high"}],"test":{"name",
    /// "loss","p","mean_difference"},"sentence"}|null,"bootstrap":{"method","block","rounds","seed","text"},"notes"}
    QJsonObject toJson() const;
};

Result<Evaluation> evaluatePackage(const artifact::Package &package, const QString &dataFile, const artifact::Package *against, std::stop_token stop = {});

} // namespace pilothouse::learn
