// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/explain/explain.h"
#include "core/fleet/why.h"

namespace pilothouse::ui {

/// What the window says of explanations, in its language; core's own sentences are those of reports and the terminal.

QString methodTitle(explain::Method method);                ///< "Automatic", "TreeSHAP", "Permutation importance" …
QString methodHelp(explain::Method method, explain::View view); ///< what it does and what it needs, a sentence
/// "°C" of a prediction, "probability of setosa", "log-odds of yes". @param unit  of the output, where the explanation has none
QString scaleName(const explain::Explanation &explanation, const QString &unit);
/// The chart in words.
QString explanationSentence(const explain::Explanation &explanation, const QString &unit);
/// Who was explained: "housing v1", or host and port of the endpoint that was asked. Without a question as core names it.
QString explanationSubject(const explain::Explanation &explanation, const fleet::WhyQuestion &question);
/// How it was made: who (may be empty), method, output, scale, rows, background, and how well it fits.
QString explanationFacts(const explain::Explanation &explanation, const QString &unit, const QString &subject);

} // namespace pilothouse::ui
