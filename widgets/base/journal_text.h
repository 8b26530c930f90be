// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/operations/journal.h"
#include "widgets/base/state.h"

namespace pilothouse::ui {

State stateOfPhase(const QString &phase); ///< refused warn, failed bad, executing running, …
QString phaseWord(const QString &phase);
QString kindWord(const QString &kind); ///< "promote" → "Promote"; an unknown kind as it is, with spaces
QString shortValue(const QJsonValue &value); ///< yes, no, none, a number to 4 digits, a word; anything else as JSON
/// "v3 → v4" from before and after: the values that differ, without braces. Pure; tested.
QString changeText(const QJsonObject &before, const QJsonObject &after);
/// What an entry changed, in a line: the effects of its calls ("champion v1 → v2"), else why it was refused, else what differs.
QString effectText(const operations::JournalEntry &entry);

/// One entry an operation instead of one a phase: the newest phase, with the calls and the summary its beginning named.
/// Newest first, as given. Pure; tested.
std::vector<operations::JournalEntry> operationsOf(const std::vector<operations::JournalEntry> &entries);

} // namespace pilothouse::ui
