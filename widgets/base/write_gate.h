// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/base/panel.h"

namespace pilothouse::ui {

/// What the rules of the workspace (role in the environment, guard of the connection) say of a write before it is tried; the refusal itself is core's.
/// Without a fleet, in tests that hand snapshots over: nothing.
/// @param kind        of the operation, as in core/operations/kinds.cpp
/// @param object      "model t2m", "rollout serving/t2m", "pipeline t2m": as Operation::object
/// @param connections of the workspace that it writes to; empty: the local one
WriteGate writeGate(const PanelContext &context, const char *kind, const QString &object, const QStringList &connections = {});

/// "Needs role operator.", where the snapshot's role is all that is known: with a fleet the gate of the action knows the environment.
QString roleProblem(const PanelContext &context, workspace::Role has, workspace::Role needs);

} // namespace pilothouse::ui
