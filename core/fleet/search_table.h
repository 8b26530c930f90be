// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/registry/registry.h"

#include <QJsonObject>
#include <QVariantMap>

#include <optional>
#include <vector>

namespace pilothouse::fleet {

struct Services;

/// What a run's search tried, as its package keeps it (learn::SearchResult::toJson()).
struct SearchTable {
    struct Trial {
        int number = 0, round = 0;
        QString estimator;
        QVariantMap searched;     ///< the parameters that were drawn, with their values
        double share = 1;         ///< of the training rows in its last round
        double mean = 0, deviation = 0; ///< of the metric over the folds; NaN: it failed
        double first = 0;         ///< mean in the first round, where all trials had the same rows
        double seconds = 0;
        QString error;
        bool operator==(const Trial &) const = default;
    };
    struct Importance {
        QString estimator, parameter;
        double share = 0;
        bool operator==(const Importance &) const = default;
    };
    QString method, metric, how;
    bool largerIsBetter = true;
    int drawn = 0; ///< points of the plan
    int best = -1; ///< index in `trials`
    std::vector<Trial> trials;
    std::vector<Importance> importance; ///< largest share first
    QStringList estimators() const; ///< that have drawn parameters, the best trial's first
    bool operator==(const SearchTable &) const = default;
};

/// Of the "search" of a metrics.json; nullopt: there was none.
std::optional<SearchTable> searchTable(const QJsonObject &metrics);
/// Of a run's package, where it still lies. nullopt: no search, or no package there. Blocking.
std::optional<SearchTable> searchTableOf(const Services &services, const registry::Run &run);

} // namespace pilothouse::fleet
