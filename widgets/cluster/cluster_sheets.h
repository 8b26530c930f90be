// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/base/panel.h"

namespace pilothouse::ui {

/// The commands that open the sheets of a cluster, and those that stand in them; a panel calls it in its constructor.
///   "rollouts.apply"   argument: a connection of kind kubernetes, or empty: the first
///   "rollouts.commit"  argument: "connection|namespace|kind/name": an object that a GitOps controller keeps
void addClusterSheets(const PanelContext &context, Panel *panel);

} // namespace pilothouse::ui
