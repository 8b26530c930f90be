// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/operations/operation.h"
#include "core/registry/registry.h"

namespace pilothouse::promotion {

/// The registry of a connection; "": the local one.
using RegistryOf = std::function<Result<std::shared_ptr<registry::Registry>>(const QString &connection)>;

/// Tags of a copied version: what it is a copy of ("t2m/4", of another registry "mlflow:t2m/4"), and the operation that made it, by which one that broke
/// off is found again.
inline const QString copiedFromTag = QStringLiteral("pilothouse.copied_from");
inline const QString madeByTag = QStringLiteral("pilothouse.operation");

/// A version of one registered model that is to become the next version of another: dev → staging → prod.
struct VersionCopy {
    QString fromConnection, fromModel;
    int version = 0;
    QString toConnection, toModel;
    QString alias; ///< set on the copy; empty: none
};

/// Copy, tags where the registry cannot set them with it, alias. In one MLflow server the server copies (models:/NAME/VERSION), between registries
/// the package goes through this machine. The record lets a later program undo it, or go on after a failure halfway.
/// Refused: an alias that only promotions move, a model onto itself; NotFound; Conflict of the guards.
Result<operations::Operation> copyVersionOperation(const RegistryOf &registries, const workspace::Workspace &workspace, const VersionCopy &copy, const operations::Actor &actor);

/// Goes on with a copy that failed halfway (`recorded`): what it made is found, and nothing is made twice.
Result<operations::Operation> continueCopyOperation(const RegistryOf &registries, const operations::RecordedOperation &recorded, const operations::Actor &actor);

/// The reverse of an operation that made a version ("register", "copy-version"), also of one that failed halfway: its alias back if it set one, else the
/// version away. Refused where nothing was made; Conflict while another alias points to it, or if it is not what was made any more.
Result<operations::Operation> undoMadeVersionOperation(const RegistryOf &registries, const operations::RecordedOperation &recorded, const operations::Actor &actor);

/// Has the record of this operation a version that it made?
bool makesVersion(const operations::RecordedOperation &recorded);

/// What `copiedFromTag` says of a version, seen from a registry of another connection or the same.
QString copyLabel(const VersionCopy &copy);
/// The version of a model that is a copy of it already, newest first; none if there is none.
Result<std::optional<registry::Version>> existingCopy(registry::Registry &registry, const VersionCopy &copy, const QString &digest);

} // namespace pilothouse::promotion
