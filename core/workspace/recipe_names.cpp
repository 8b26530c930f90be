// SPDX-License-Identifier: GPL-3.0-or-later
// The words a recipe may use: one list each, sorted, so that a wrong word can be answered with the nearest.
#include "core/workspace/recipe.h"

#include "core/workspace/known_metrics.h"

#include <QLocale>

#include <cmath>

namespace pilothouse::workspace {

const QStringList &knownQualityChecks() {
    static const QStringList names{QStringLiteral("absent_columns"), QStringLiteral("constant"), QStringLiteral("dropped"), QStringLiteral("duplicates"),
                                   QStringLiteral("missing"), QStringLiteral("new_categories"), QStringLiteral("new_columns"), QStringLiteral("out_of_range"),
                                   QStringLiteral("outliers"), QStringLiteral("type_changes")};
    return names;
}

bool qualityCheckNeedsReference(const QString &check) {
    static const QStringList names{QStringLiteral("absent_columns"), QStringLiteral("new_categories"), QStringLiteral("new_columns"), QStringLiteral("out_of_range"), QStringLiteral("type_changes")};
    return names.contains(check);
}

const QStringList &knownExportFormats() {
    static const QStringList names{QStringLiteral("torchscript"), QStringLiteral("xgboost_json"), QStringLiteral("xgboost_ubj")};
    return names;
}

QString exportFormatOf(const QString &file) {
    const QString ending = file.section(QLatin1Char('.'), -1).toLower();
    const qsizetype at = file.contains(QLatin1Char('.')) ? QStringList{QStringLiteral("pt"), QStringLiteral("json"), QStringLiteral("ubj")}.indexOf(ending) : -1;
    return at < 0 ? QString() : knownExportFormats()[at];
}

std::pair<QString, QString> metricAndTarget(const QString &name) {
    const qsizetype at = name.indexOf(QLatin1Char('@'));
    return at < 0 ? std::pair(name, QString()) : std::pair(name.left(at), name.mid(at + 1));
}

QString metricOfTarget(const QString &metric, const QString &target) { return metric + QLatin1Char('@') + target; }

bool largerIsBetter(const QString &metric) {
    if (const auto known = knownDirection(metricAndTarget(metric).first))
        return *known;
    // Names of other tools: errors and losses are small when good.
    const QString name = metric.toLower();
    for (const char *part : {"error", "loss", "mae", "mse", "mape", "deviance"})
        if (name.contains(QLatin1String(part)))
            return false;
    return true;
}

QString defaultMetric(TaskKind task, std::size_t targets) {
    switch (task) {
    case TaskKind::Regression: return QStringLiteral("r2");
    case TaskKind::Classification: return QStringLiteral("accuracy");
    case TaskKind::Forecast: return targets > 1 ? QStringLiteral("r2") : QStringLiteral("mae");
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
