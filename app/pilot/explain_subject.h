// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pilot/data_source.h"
#include "app/pilot/model_ref.h"

#include "core/artifact/package.h"
#include "core/explain/explain.h"

#include <optional>

namespace pilothouse {

/// What `pilot explain` was asked for, as typed.
struct ExplainOptions {
    std::string model, data, rows, log, endpoint, protocol, secret, target, method = "auto", group = "inputs", out, report;
    DataVersion version;
    qint64 row = -1;
    std::size_t top = 0;
    bool backgroundGiven = false;
    explain::Options how;
};

/// Everything loaded: model or endpoint, the rows to explain, what to compare them with.
struct ExplainSubject {
    std::shared_ptr<fleet::Services> services; ///< of an endpoint (its client lives on them) or a log
    std::optional<artifact::Package> package;
    QString label, endpoint, source; ///< source: where the rows come from
    QJsonObject origin;              ///< of rows that were fetched
    explain::Subject subject;
    artifact::Rows rows;                ///< the one row of --row, else all
    artifact::LabelledRows truth;       ///< if asked for and known
    QStringList notes;
};

/// Loads by the options; data that is elsewhere is fetched. Errors: NotFound and Invalid for a model, file, row or column that is not there;
/// those of fetchData().
Result<ExplainSubject> openExplainSubject(Context &context, const ExplainOptions &options, explain::Method method);

} // namespace pilothouse
