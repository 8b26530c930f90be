// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/cluster/argo_card.h"

namespace pilothouse::ui {

/// One thing that can be done to a canary; a verb of `pilot rollouts`.
struct ArgoCard::Act {
    QString id, text, icon;
    QString kind;       ///< of the operation
    bool argo = true;   ///< else of an InferenceService
    QStringList verb;   ///< "promote", "--full"
    bool asks = true;   ///< shows its effect and way back first
    QString undo;       ///< the way back in words
    QString done;       ///< "%1 goes on": when it went well
};

/// What it would do now, by the very functions that its operation uses.
struct ArgoCard::Plan {
    QString effect, note, undo;
    QString refusal; ///< the missing right; empty: allowed, or not known yet
};

} // namespace pilothouse::ui
