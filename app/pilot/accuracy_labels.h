// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pilot/verb.h"

#include "core/base/database.h"
#include "core/serving/accuracy_series.h"

namespace pilothouse {

/// Labels of a file (readLabelLines()), joined with the log's rows. They are looked at, not stored: the endpoint's log stays as it is. Of two labels of a row the newer counts, one without a time
/// over those of the log.
struct JoinedLabels {
    qint64 joined = 0, unknown = 0, missing = 0; ///< unknown: of no row that is asked about; missing: lines without an id or a value
    QString text(const QString &source) const;
};
Result<JoinedLabels> joinLabels(Context &context, const std::string &source, const std::string &query, Database &database, serving::Outcomes &outcomes, qint64 nowMs);

} // namespace pilothouse
