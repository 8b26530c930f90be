// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/operations/operation.h"
#include "core/registry/registry.h"

namespace pilothouse::promotion {

/// A model that a run left is to become the next version of a registered model.
struct RunRegistration {
    QString connection; ///< of the registry that has run and model; empty: the local one
    QString model;      ///< registered name; made if new
    QString runId;
    QString path; ///< as RunModel::path; empty: the only one that it left
};

/// Guarded by what lies there now (its digest), read back, undone by undoMadeVersionOperation. Blocking.
/// NotFound: the run left no model, or none at `path`; Invalid: several and no `path`, or no name of a model; as the registry says.
Result<operations::Operation> registerRunOperation(std::shared_ptr<registry::Registry> registry, const RunRegistration &wish, const operations::Actor &actor);

/// The version that a done operation of this kind made; none if it was not seen.
std::optional<int> registeredVersion(const operations::OperationOutcome &outcome);

} // namespace pilothouse::promotion
