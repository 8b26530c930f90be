// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pilot/verb.h"
#include "core/drift/drift.h"

namespace pilothouse {

/// The profiles that the stages of a pipeline's run handed back in their logs (`pilot profile … --hand-back --events`), such as the iterations of resources/kubeflow/profile_shards.yaml;
/// waits for the run's end. Their names are those of the stages. Errors: an iteration that failed or whose log has no answer, by its name, where others of its loop handed one back;
/// NotFound: no stage has one.
Result<std::vector<drift::Profile>> profilesOfRun(Context &context, const QString &run);

} // namespace pilothouse
