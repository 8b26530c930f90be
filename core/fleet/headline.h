// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/snapshot.h"

#include <QJsonObject>

namespace pilothouse::fleet {

/// The figure that a model is judged by first, with where and when it was read and the rows that it stands on.
struct Headline {
    QString metric, unit, source; ///< source: the endpoint's place, or the registry
    QString note;                 ///< why there is no value, or what stands in for what the watch wants
    std::optional<double> value, min, max;
    qint64 rows = 0;              ///< labelled rows, or test rows of the run; 0: not told
    QDateTime time;               ///< of the newest label or of the run's metric; invalid: not known
    bool over() const;            ///< beyond its limit
    /// {"metric","unit","value"|null,"min"|null,"max"|null,"over","source","rows"|null,"time"|null,"note"}
    QJsonObject toJson() const;
};

/// The tag of a run that says how many rows it was tested on.
QString testRowsTag();

/// Of several watched metrics the first that is beyond its limit, else the first that has a value, else the first. Each is read where its watch says: `endpoint` from the labels that came,
/// `registry` from the champion's run; without a word from the labels, and where none came from the run, which is then said. A model without a watch shows what its labels or its run say.
/// @param championRun  null: not known
Headline headlineOf(const workspace::Model &model, const ModelRow &row, const registry::Run *championRun);

} // namespace pilothouse::fleet
