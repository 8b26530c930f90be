// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/workload_history.h"

namespace pilothouse::cluster {

/// The Git commit that an annotation, a label or the tag of the image names; empty: none does.
QString commitOf(const QJsonObject &podTemplate, const QJsonObject &annotations, const QJsonObject &labels);
/// The field manager that last wrote spec.template, and when; empty where nothing says so.
struct TemplateWriter {
    QString manager;
    QDateTime when;
};
TemplateWriter templateWriter(const QJsonObject &workload);
/// Fills in cause, by, origin, operation, when. `before`: the revision before it, null for the first that is kept.
void tellCause(WorkloadRevision &revision, const WorkloadRevision *before, const QJsonObject &workload, const QDateTime &created);

} // namespace pilothouse::cluster
