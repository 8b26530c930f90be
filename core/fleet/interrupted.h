// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/registry/registry.h"

#include <QStringList>

#include <optional>

namespace pilothouse::fleet {

/// Tags of a training's run, written by `pilot train` when it begins, so that whoever looks at the run later can tell whether its
/// process lives and how it goes on.
namespace trainingTag {
inline const QString process = QStringLiteral("train.process"); ///< ProcessMark::text()
inline const QString recipe = QStringLiteral("train.recipe");   ///< absolute path
inline const QString data = QStringLiteral("train.data");       ///< of --data, absolute; absent without it
inline const QString dataVersion = QStringLiteral("train.data_version"); ///< of --data-version; absent without it
inline const QString connection = QStringLiteral("train.connection");    ///< of --connection; absent without it
inline const QString model = QStringLiteral("train.register");  ///< of --register; absent without it
inline const QString registry = QStringLiteral("train.registry"); ///< of --registry; absent without it
inline const QString out = QStringLiteral("train.out");         ///< package folder, absolute
} // namespace trainingTag

/// A run that is RUNNING in the registry but whose process is gone (killed, or the machine went down) becomes KILLED with a sentence
/// that says so. Only the value in hand changes: the registry keeps what the run itself has written.
void settle(registry::Run &run);

/// The arguments of `pilot` that go on with this run: it was stopped, killed or failed, and left a checkpoint. Nullopt: nothing to
/// go on with. Blocking: looks at the run's folder.
std::optional<QStringList> resumeArguments(const registry::Run &run);

} // namespace pilothouse::fleet
