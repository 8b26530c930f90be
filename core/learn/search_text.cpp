// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/search_text.h"

#include "core/base/json.h"

#include <QJsonArray>
#include <QMap>
#include <QStringList>

#include <algorithm>
#include <vector>

namespace pilothouse::learn {

namespace {

using Q = QLatin1String;

constexpr qsizetype deviationCell = 2;

/// The trials with a figure, the best first; equal ones in the order of the draw.
std::vector<QJsonObject> ranked(const QJsonObject &search) {
    std::vector<QJsonObject> trials;
    for (const QJsonValue &trial : search.value(Q("trials")).toArray())
        if (trial.toObject().value(Q("mean")).isDouble())
            trials.push_back(trial.toObject());
    const bool larger = search.value(Q("larger_is_better")).toBool();
    std::stable_sort(trials.begin(), trials.end(), [larger](const QJsonObject &a, const QJsonObject &b) {
        const int roundA = a.value(Q("round")).toInt(), roundB = b.value(Q("round")).toInt();
        const double meanA = a.value(Q("mean")).toDouble(), meanB = b.value(Q("mean")).toDouble();
        return roundA != roundB ? roundA > roundB : larger ? meanA > meanB : meanA < meanB;
    });
    return trials;
}

/// Of each estimator the parameters that its trials do not have in common.
QMap<QString, QStringList> differing(const QJsonArray &trials) {
    QMap<QString, QJsonObject> first;
    QMap<QString, QStringList> names;
    for (const QJsonValue &value : trials) {
        const QString estimator = value[Q("estimator")].toString();
        const QJsonObject parameters = value[Q("parameters")].toObject();
        if (!first.contains(estimator))
            first.insert(estimator, parameters);
        for (const QString &name : parameters.keys() + first[estimator].keys())
            if (parameters.value(name) != first[estimator].value(name) && !names[estimator].contains(name))
                names[estimator] << name;
    }
    return names;
}

QString valueText(const QJsonValue &value) {
    if (value.isDouble() && double(value.toInteger()) != value.toDouble())
        return QString::number(value.toDouble(), 'g', 6);
    return value.isString() ? value.toString() : QString::fromUtf8(compactJson(value));
}

QString modelText(const QJsonObject &trial, const QStringList &names) {
    const QJsonObject parameters = trial.value(Q("parameters")).toObject();
    QStringList differing;
    for (const QString &name : names)
        if (parameters.contains(name))
            differing << name + QLatin1Char(' ') + valueText(parameters.value(name));
    QString text = trial.value(Q("estimator")).toString();
    if (!differing.isEmpty())
        text += QLatin1Char(' ') + differing.join(Q(", "));
    if (const double share = trial.value(Q("share")).toDouble(1); share < 1)
        text += QStringLiteral(", on %1 % of the rows").arg(share * 100, 0, 'g', 3);
    return text;
}

/// Numbers to the right, deviations and models to the left.
QString aligned(const std::vector<QStringList> &lines) {
    QString text;
    for (const QStringList &line : lines) {
        QStringList cells;
        for (qsizetype cell = 0; cell < line.size(); ++cell) {
            qsizetype width = 0;
            for (const QStringList &other : lines)
                width = std::max(width, other[cell].size());
            cells << (cell == deviationCell ? line[cell].leftJustified(width) : cell + 1 < line.size() ? line[cell].rightJustified(width) : line[cell]);
        }
        text += QStringLiteral("    ") + cells.join(Q("  ")) + QLatin1Char('\n');
    }
    return text;
}

} // namespace

QString bestTrialsText(const QJsonObject &search, std::size_t most) {
    const QMap<QString, QStringList> names = differing(search.value(Q("trials")).toArray());
    std::vector<QJsonObject> trials = ranked(search);
    if (trials.empty())
        return {};
    trials.resize(std::min(most, trials.size()));
    std::vector<QStringList> lines{{QStringLiteral("trial"), search.value(Q("metric")).toString(), QStringLiteral("± std"), QStringLiteral("seconds"), QStringLiteral("model")}};
    for (const QJsonObject &trial : trials) {
        const QJsonValue deviation = trial.value(Q("std"));
        lines.push_back({QString::number(trial.value(Q("trial")).toInt()), QString::number(trial.value(Q("mean")).toDouble(), 'g', 6),
                         deviation.isDouble() ? QStringLiteral("± ") + QString::number(deviation.toDouble(), 'g', 2) : QString(), QString::number(trial.value(Q("seconds")).toDouble(), 'f', 2),
                         modelText(trial, names.value(trial.value(Q("estimator")).toString()))});
    }
    return aligned(lines);
}

} // namespace pilothouse::learn
