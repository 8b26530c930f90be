// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/base/panel.h"

#include <functional>

namespace pilothouse::ui {

/// The commands on pods, for keys on `panel`: pod.exec (a shell; "connection|namespace|pod", or with "|container" behind), pod.forward ("connection|namespace|pod",
/// "connection|namespace|service/NAME", or a workload's "connection|kind|namespace|name"), forward.list (those that are open).
/// @param owner    the panel: windows open over its window
/// @param refusal  why the cluster does not let this user "create" a subresource ("exec", "portforward") of pods; empty: it does, or it is not known yet
void addPodActions(const PanelContext &context, QWidget *owner, const QString &panel, const std::function<QString(const QString &subresource)> &refusal);

} // namespace pilothouse::ui
