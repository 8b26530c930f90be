// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/operations/operation.h"
#include "core/retrain/decision_store.h"

#include <functional>
#include <memory>

namespace pilothouse::retrain {

/// What starts a retraining and gives its run: the local pipeline now.
using Starter = std::function<Result<QString>(const Decision &)>;

/// A retraining by hand: the policy's rules and numbers are kept for the record, but neither they nor the switch decide.
/// Without `force` it is Refused while at_most_every, the windows or the budget forbid it ("safety check"); with it, the reason says so.
Result<Decision> byHand(const workspace::Model &model, const Observations &seen, const QString &by, bool force);

/// The operation that writes a RETRAIN_ATTEMPTED decision down and starts its run. Its guard and the store refuse when
/// another retrain was written since `lastRetrain` was read. The written decision (id, run) is put into `written`, which may
/// be null. `ready` is part of the guard: what it refuses (a run is under way) leaves no decision. A starter that fails
/// leaves the decision in the log with the reason.
operations::Operation retrainOperation(std::shared_ptr<DecisionStore> store, const Decision &decision, const std::optional<QDateTime> &lastRetrain,
                                       Starter starter, std::shared_ptr<Decision> written, std::function<Result<void>()> ready = {});

/// The operation that changes a model's run-time config. Conflict if it changed since `before` was read. Undo puts `before` back.
operations::Operation configOperation(std::shared_ptr<DecisionStore> store, const QString &model, const Config &before, const Config &after);

} // namespace pilothouse::retrain
