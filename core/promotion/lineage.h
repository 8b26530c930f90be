// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/artifact/package.h"
#include "core/registry/registry.h"

#include <optional>

namespace pilothouse::promotion {

/// The commit that HEAD of the git repository around `folder` points to; empty if there is none. Reads .git/HEAD, loose and packed
/// refs and the link file of a work tree; runs no program.
QString gitCommit(const QString &folder);

/// Where a version comes from: {"data":{"source","rows","sha256"},"run","run_name","code","user","requester","estimator","created","image","pipeline"}, without what is
/// not known. code: the commit that the run names (MLflow's tag mlflow.source.git.commit), else the one of `codeFolder`. image, pipeline: tags of the version or of its
/// run, as a build writes them: "image" and "image.digest", "pipeline.run" and "pipeline.url".
QJsonObject lineageOf(const artifact::Package &package, const registry::Version &version, const std::optional<registry::Run> &run, const QString &codeFolder, const QString &requester);

} // namespace pilothouse::promotion
