// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/estimator.h"

#include "core/learn/linear_regression.h"
#include "core/learn/torch_loader.h"
#include "core/learn/tree_model.h"

namespace pilothouse::learn {

namespace {

using Q = QLatin1String;

Error wrongTask(const workspace::EstimatorSpec &spec, workspace::TaskKind task, const QString &instead) {
    return invalid(QStringLiteral("%1 cannot do a %2.").arg(spec.name, workspace::taskName(task)), {}, QStringLiteral("Use %1.").arg(instead));
}

} // namespace

Result<std::unique_ptr<Estimator>> makeEstimator(const workspace::EstimatorSpec &spec, workspace::TaskKind task) {
    const bool classes = task == workspace::TaskKind::Classification;
    if (spec.name == Q("linear_regression") || spec.name == Q("ridge")) {
        if (classes)
            return wrongTask(spec, task, QStringLiteral("logistic_regression, decision_tree, random_forest or mlp"));
        return makeLinearRegression(spec);
    }
    if (spec.name == Q("logistic_regression")) {
        if (!classes)
            return wrongTask(spec, task, QStringLiteral("linear_regression, ridge, decision_tree, random_forest or mlp"));
        return makeLogisticRegression(spec);
    }
    if (spec.name == Q("decision_tree") || spec.name == Q("random_forest"))
        return makeTreeEstimator(spec);
    if (spec.name == Q("lstm") && task != workspace::TaskKind::Forecast)
        return wrongTask(spec, task, QStringLiteral("mlp; lstm needs the windows of a forecast"));
    if (spec.name == Q("mlp") || spec.name == Q("lstm")) {
        PH_ASSIGN(TorchModule *const module, torchModule());
        return module->makeEstimator(spec, task);
    }
    return invalid(QStringLiteral("There is no estimator “%1”.").arg(spec.name), {}, QStringLiteral("Known: %1.").arg(workspace::knownEstimators().join(Q(", "))));
}

} // namespace pilothouse::learn
