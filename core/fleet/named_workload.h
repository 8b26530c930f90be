// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/kube_object.h"
#include "core/fleet/services.h"

namespace pilothouse::fleet {

/// An object of a cluster as a person names it.
struct NamedWorkload {
    QString connection; ///< of kind kubernetes; empty: the only one
    cluster::KubeRef ref;
};

/// A word with a slash is an object ("deployment/NAME", "service/NAME"); else a model of the workspace, which stands for what serves it.
/// @param elsewhere  what helps with a model that no cluster serves
/// NotFound: no such model. Refused: it is served elsewhere. Invalid: no object's name.
Result<NamedWorkload> namedWorkload(const Services &services, const QString &target, const QString &connection, const QString &space, const QString &elsewhere);

} // namespace pilothouse::fleet
