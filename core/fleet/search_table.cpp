// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/search_table.h"

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/fleet/interrupted.h"
#include "core/fleet/services.h"

#include <QJsonArray>

#include <cmath>

namespace pilothouse::fleet {

namespace {
using Q = QLatin1String;
double figure(const QJsonValue &value) { return value.isDouble() ? value.toDouble() : std::nan(""); }
} // namespace

QStringList SearchTable::estimators() const {
    QStringList names;
    for (const Trial &trial : trials)
        if (!trial.searched.isEmpty() && !names.contains(trial.estimator))
            names << trial.estimator;
    if (best >= 0 && best < int(trials.size()) && names.removeOne(trials[std::size_t(best)].estimator))
        names.prepend(trials[std::size_t(best)].estimator);
    return names;
}

std::optional<SearchTable> searchTable(const QJsonObject &metrics) {
    const QJsonObject search = metrics.value(Q("search")).toObject();
    if (search.isEmpty())
        return std::nullopt;
    SearchTable table{search.value(Q("method")).toString(), search.value(Q("metric")).toString(), search.value(Q("how")).toString(), search.value(Q("larger_is_better")).toBool(true),
                      search.value(Q("drawn")).toInt(), search.value(Q("best")).toInt(-1), {}, {}};
    for (const QJsonValue &value : search.value(Q("trials")).toArray()) {
        SearchTable::Trial trial{value[Q("trial")].toInt(), value[Q("round")].toInt(), value[Q("estimator")].toString(), {}, value[Q("share")].toDouble(1), figure(value[Q("mean")]), figure(value[Q("std")]),
                                 figure(value[Q("first")]), value[Q("seconds")].toDouble(), value[Q("error")].toString()};
        const QVariantMap parameters = value[Q("parameters")].toObject().toVariantMap();
        for (const QJsonValue &name : value[Q("searched")].toArray())
            trial.searched.insert(name.toString(), parameters.value(name.toString()));
        table.trials.push_back(std::move(trial));
    }
    for (const QJsonValue &value : search.value(Q("importance")).toArray())
        table.importance.push_back({value[Q("estimator")].toString(), value[Q("parameter")].toString(), value[Q("share")].toDouble()});
    return table;
}

std::optional<SearchTable> searchTableOf(const Services &services, const registry::Run &run) {
    QString folder = run.tags.value(trainingTag::out);
    if (folder.isEmpty())
        folder = QStringLiteral("%1/runs/%2/package").arg(services.root, run.id);
    const Result<QByteArray> bytes = readFile(folder + QStringLiteral("/metrics.json"));
    if (!bytes)
        return std::nullopt; // an interrupted run, one of another machine, or one that was cleared away
    const Result<QJsonObject> metrics = parseJsonObject(*bytes, folder);
    return metrics ? searchTable(*metrics) : std::nullopt;
}

} // namespace pilothouse::fleet
