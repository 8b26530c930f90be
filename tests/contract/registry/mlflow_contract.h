// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/registry/mlflow_api.h"
#include "tests/support/mlflow_server.h"

namespace pilothouse::test {

/// Nothing is left in a server but the experiment that MLflow makes itself. Names of deleted experiments stay taken there: they are renamed first.
inline bool emptied(const registry::MlflowApi &api) {
    bool good = true;
    const auto all = [&](const char *call, const char *list, const char *key) {
        QStringList out;
        const auto page = [&](const QString &token) { return api.get(QLatin1String(call), QUrlQuery(QStringLiteral("max_results=100&page_token=") + token)); };
        good = good && registry::MlflowApi::eachItem(page, list, [&](const QJsonObject &item) {
                           out += item.value(QLatin1String(key)).toString();
                           return true;
                       }).has_value();
        return out;
    };
    for (const QString &name : all("registered-models/search", "registered_models", "name"))
        good = good && api.send("DELETE", QStringLiteral("registered-models/delete"), {{QStringLiteral("name"), name}});
    for (const QString &id : all("experiments/search", "experiments", "experiment_id")) {
        if (id == QLatin1String("0"))
            continue;
        const QJsonObject named{{QStringLiteral("experiment_id"), id}, {QStringLiteral("new_name"), QStringLiteral("gone-") + id}};
        good = good && api.send("POST", QStringLiteral("experiments/update"), named) && api.send("POST", QStringLiteral("experiments/delete"), {{QStringLiteral("experiment_id"), id}});
    }
    return good;
}

} // namespace pilothouse::test
