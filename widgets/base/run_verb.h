// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/base/panel.h"

namespace pilothouse::ui {

/// Runs a verb of `pilot` as a job of this window, says how it ended and refreshes: the button and the terminal do the very
/// @param owner  the panel; `then` is left out if it is gone when the answer comes (the workspace was read again)
/// @param done   the headline when it went well: "Canary of t2m is paused"
void runVerb(const PanelContext &context, QObject *owner, const QString &title, const QString &model, const QStringList &arguments, const QString &done,
             std::function<void(const QJsonObject &result)> then = {});

} // namespace pilothouse::ui
