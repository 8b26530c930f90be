// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pilot/verb.h"

namespace pilothouse {

struct DemoEstateOptions {
    QString folder; ///< of the demo; the estate's state lies in estate/ below it, its workspace is estate.yaml
    double speed = 60;
    bool stop = false;
};

/// `pilot demo --estate`: Jenkins, GitHub, Kubeflow, Azure ML, Vault, Grafana and Slack as the estate plays them on loopback, found again where they run already, with runs in
/// all systems and a gate that waits, and a workspace that names them beside the demo's own models. Their credentials go into the keychain; where there is none the answer says what to
/// set. `stop` ends the program whose lock and pid stand in the folder; its state stays.
/// --json {"workspace","servers":{NAME: URL},"pid","found":bool,"secrets":{NAME: variable}|{},"runs":[…],"problems":[…]}
Result<void> demoEstate(Context &context, const DemoEstateOptions &options);

} // namespace pilothouse
