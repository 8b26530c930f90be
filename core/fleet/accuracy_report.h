// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/accuracy_view.h"

namespace pilothouse::fleet {

/// A self-contained HTML page (as report_parts.h) of the accuracy over time, for people who do not have the program: the answer in a sentence, the curve with its intervals, estimates and deployments,
/// each stretch as a table, slices side by side, why it dropped where that was asked, and how the figures are made. In English.
QByteArray accuracyReport(const QString &model, const AccuracyView &view, const std::optional<AccuracyWhy> &why, const QDateTime &made);

} // namespace pilothouse::fleet
