// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pilot/verb.h"
#include "core/operations/operation.h"

#include <QJsonArray>

namespace pilothouse {

/// [{"verb","object","effect","undo","command"}]
QJsonArray planJson(const operations::Operation &operation);
/// The numbered calls, what each changes, and how it is undone.
QString planText(const operations::Operation &operation);

/// Runs an operation and answers {"operation","summary","done","steps":[{"call","state","after"}]}, or with `planOnly` changes nothing
/// and answers {"operation":null,"summary","plan":[…]}; each with "warnings" and "diff" where the operation's details have them. What stopped it is the Error.
Result<void> runAndAnswer(Context &context, operations::Operations &operations, operations::Operation operation, bool planOnly = false);

} // namespace pilothouse
