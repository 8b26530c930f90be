// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/promotion/evidence.h"
#include "widgets/base/panel.h"

namespace pilothouse::ui {

/// The sheet of a promotion (board 02) for evidence that is decided elsewhere, at a pipeline's gate: metrics on the same rows, gates, slices, the shape of the error.
/// Opened, never exec'ed; deletes itself when closed.
/// @param asked  what it belongs to: "Asked at the gate “Promote?” of jenkins:iris/57"
void openEvidenceSheet(const PanelContext &context, QWidget *over, const promotion::Evidence &evidence, const QString &asked);

} // namespace pilothouse::ui
