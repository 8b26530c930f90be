// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pilot/verb.h"
#include "core/artifact/scorer.h"
#include "core/data/table.h"

#include <optional>
#include <string>

namespace pilothouse {

/// `pilot drift MODEL --from log|endpoint`: what the model's endpoint on this machine was asked and answered, by time, as the current rows.
struct LogDrift {
    std::string model, from, since, until, referenceSince, referenceUntil;
    std::size_t rows = 200000; ///< newest ones of each stretch
    bool wanted() const { return !from.empty(); }
    bool ownReference() const { return !referenceSince.empty() || !referenceUntil.empty(); }

    void addTo(CLI::App &app);
};

/// A stretch of the log: inputs by name, "predicted TARGET", and the labels that came as TARGET (where no input has that name).
struct LoggedSide {
    QString name;
    data::Table table;
    QStringList predicted, targets; ///< columns
};

struct LoggedDrift {
    LoggedSide current;
    std::optional<LoggedSide> reference; ///< an earlier stretch, if that was asked
    artifact::Signature signature;       ///< of the version that answered last
    int version = 0;
    QString model;                       ///< registered name
};

/// NotFound: no such model, no log, or nothing was answered in that time. What is in the log and could not be compared (a version with other inputs, a damaged row, more than
/// `rows`) is told as a note, with its count.
Result<LoggedDrift> readLoggedDrift(Context &context, const LogDrift &options);
/// The same of a service elsewhere, by its GET /logs/{limit}: its newest answers, at most 10,000. Its version is that of the newest answer, else the champion. Errors: as HTTP tells them; NotFound.
Result<LoggedDrift> readEndpointDrift(Context &context, const LogDrift &options);

} // namespace pilothouse
