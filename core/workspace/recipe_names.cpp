// SPDX-License-Identifier: GPL-3.0-or-later
// The words a recipe may use: one list each, sorted, so that a wrong word can be answered with the nearest.
#include "core/workspace/recipe.h"

#include <QLocale>

#include <cmath>

namespace pilothouse::workspace {

const QStringList &knownTransforms() {
    static const QStringList names{QStringLiteral("impute"), QStringLiteral("one_hot"), QStringLiteral("standard_scale")};
    return names;
}

namespace {
struct Metric {
    const char *name;
    bool largerIsBetter;
};
constexpr Metric metrics[] = { // the keys of `pilot train --json`, which are those of scikit-learn's functions
    {"accuracy", true}, {"average_precision", true}, {"balanced_accuracy", true}, {"brier", false},
    {"cohen_kappa", true}, {"ece", false}, {"explained_variance", true}, {"f1", true}, {"f1_macro", true},
    {"f1_micro", true}, {"f1_weighted", true}, {"log_loss", false}, {"mae", false},
    {"mape", false}, {"max_error", false}, {"mcc", true}, {"median_ae", false},
    {"mse", false}, {"pinball_10", false}, {"pinball_50", false}, {"pinball_90", false}, {"precision", true}, {"precision_macro", true}, {"precision_micro", true},
    {"precision_weighted", true}, {"r2", true}, {"recall", true}, {"recall_macro", true},
    {"recall_micro", true}, {"recall_weighted", true}, {"rmse", false}, {"roc_auc", true},
    {"roc_auc_ovo_macro", true}, {"roc_auc_ovr_macro", true}, {"smape", false}, {"top_2_accuracy", true},
};
} // namespace

const QStringList &knownMetrics() {
    static const QStringList names = [] {
        QStringList all;
        for (const Metric &m : metrics)
            all << QLatin1String(m.name);
        return all;
    }();
    return names;
}

bool largerIsBetter(const QString &metric) {
    for (const Metric &m : metrics)
        if (metric == QLatin1String(m.name))
            return m.largerIsBetter;
    // Names of other tools: errors and losses are small when good.
    const QString name = metric.toLower();
    for (const char *part : {"error", "loss", "mae", "mse", "mape", "deviance"})
        if (name.contains(QLatin1String(part)))
            return false;
    return true;
}

QString defaultMetric(TaskKind task) {
    switch (task) {
    case TaskKind::Regression: return QStringLiteral("r2");
    case TaskKind::Classification: return QStringLiteral("accuracy");
    case TaskKind::Forecast: return QStringLiteral("mae");
    }
    return {};
}

QString GateSpec::text() const {
    const bool plain = limit == 0 || (std::abs(limit) >= 1e-6 && std::abs(limit) < 1e15);
    return QStringLiteral("%1 %2 %3").arg(metric, op, QString::number(limit, plain ? 'f' : 'g', QLocale::FloatingPointShortest));
}

bool GateSpec::passes(double value) const {
    if (op == QLatin1String(">="))
        return value >= limit;
    if (op == QLatin1String("<="))
        return value <= limit;
    if (op == QLatin1String(">"))
        return value > limit;
    if (op == QLatin1String("<"))
        return value < limit;
    return op == QLatin1String("==") && value == limit;
}

} // namespace pilothouse::workspace
