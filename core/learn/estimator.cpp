// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/estimator_entry.h"

namespace pilothouse::learn {

namespace {

using Q = QLatin1String;
using workspace::TaskKind;

QStringList namesFor(TaskKind task) {
    QStringList names;
    for (const EstimatorEntry *entry : estimatorTable())
        if (entry->can(task))
            names << Q(entry->name);
    return names;
}

} // namespace

bool EstimatorEntry::can(TaskKind task) const {
    return tasks & (task == TaskKind::Classification ? classes : task == TaskKind::Forecast ? windows : numbers);
}

Result<std::unique_ptr<Estimator>> makeEstimator(const workspace::EstimatorSpec &spec, TaskKind task) {
    for (const EstimatorEntry *entry : estimatorTable()) {
        if (spec.name != Q(entry->name))
            continue;
        if (!entry->can(task))
            return invalid(QStringLiteral("%1 cannot do a %2.").arg(spec.name, workspace::taskName(task)), {}, QStringLiteral("Use %1.").arg(namesFor(task).join(Q(", "))));
        return entry->make(spec, task);
    }
    return invalid(QStringLiteral("There is no estimator “%1”.").arg(spec.name), {}, QStringLiteral("Known: %1.").arg(namesFor(task).join(Q(", "))));
}

} // namespace pilothouse::learn
