// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/services.h"

#include <stop_token>

namespace pilothouse::fleet {

/// What can be done about an operation of the journal, by its last line and its record: for buttons, before anything is asked.
struct OperationWays {
    bool undo = false, goOn = false; ///< goOn: it failed, and what is missing can be done still
    QString why; ///< where neither is: a sentence
};
/// `entries`: of the journal, newest first, as Journal::entries() gives them.
OperationWays waysOn(const std::vector<operations::JournalEntry> &entries, const QString &operation);

/// The operation that takes another back by what the journal recorded of it: a change of the registry, a version that was made, or data that was sent; also
/// of one that failed halfway. A promotion is undone by Promotions::undo. Refused, NotFound, Conflict as its area says; blocking.
Result<operations::Operation> reverseOperation(const Services &services, const QString &id, std::stop_token stop = {});

/// The operation that goes on with one that failed halfway. Refused where it did not fail, or was done in spite of that.
Result<operations::Operation> continueOperation(const Services &services, const QString &id);

/// What a failure left: "Done: …. Failed: …. Not sent: …." and how to go on, for a person in front of a terminal; empty if nothing was sent.
QString halfwayText(const operations::Operation &operation, const operations::OperationOutcome &outcome);

} // namespace pilothouse::fleet
