// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/registry/mlflow_api.h"
#include "core/registry/registry.h"

namespace pilothouse::registry {

// The calls by which MLflow's registry is changed: made by MlflowRegistry, and listed by its plans, so that both are the same.

/// @param to none: it is deleted
MlflowCall mlflowAliasCall(const QString &model, const QString &alias, std::optional<int> to);
/// The tag of the model by which a change of an alias is remembered.
MlflowCall mlflowAliasHistoryCall(const QString &model, const QString &alias, std::optional<int> to, const Stamp &stamp, const QDateTime &time);
MlflowCall mlflowStageCall(const QString &model, int version, const QString &stage, bool archiveExisting);
MlflowCall mlflowVersionTagCall(const QString &model, int version, const QString &key, const std::optional<QString> &value);
MlflowCall mlflowDescriptionCall(const QString &model, int version, const QString &text);
MlflowCall mlflowNewModelCall(const QString &model);
/// As MLflow's own copy_model_version does it: the source is models:/NAME/VERSION, which the server resolves.
MlflowCall mlflowCopyCall(const Version &from, const QString &model, const QString &user, QMap<QString, QString> tags);
/// A version of what a run left, where it lies.
MlflowCall mlflowRegisterCall(const QString &model, const QString &runId, const RunModel &from, const QString &user, QMap<QString, QString> tags);
MlflowCall mlflowDeleteCall(const QString &model, int version);

/// Tags of a registered model under which the changes of an alias are kept: this and their time.
QString mlflowAliasHistoryPrefix(const QString &alias);

} // namespace pilothouse::registry
