// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/estate/kubeflow_filter.h"

#include <QJsonDocument>

#include <algorithm>
#include <optional>

namespace pilothouse::estate {

namespace {

QString Q(const char *text) { return QString::fromUtf8(text); }

/// A field by its name or by one of the names that the server takes for it.
QJsonValue field(const QJsonValue &item, const QString &key)
{
    const QJsonObject object = item.toObject();
    if (object.contains(key))
        return object[key];
    if (key == Q("name") || key == Q("display_name"))
        return object.contains(Q("display_name")) ? object[Q("display_name")] : object[Q("name")];
    if (key == Q("id"))
        for (const char *id : {"run_id", "recurring_run_id", "pipeline_version_id", "pipeline_id", "experiment_id"})
            if (object.contains(Q(id)))
                return object[Q(id)];
    return QJsonValue(QJsonValue::Undefined);
}

/// Nothing: the predicate is none.
std::optional<bool> holds(const QJsonValue &item, const QJsonObject &predicate)
{
    const QJsonValue found = field(item, predicate[Q("key")].toString());
    // protobuf's JSON takes an enumeration by name or number (api/v1beta1/filter.proto; 4 is not used)
    static const QStringList words{Q("UNKNOWN"), Q("EQUALS"), Q("NOT_EQUALS"), Q("GREATER_THAN"), QString(), Q("GREATER_THAN_EQUALS"), Q("LESS_THAN"), Q("LESS_THAN_EQUALS"), Q("IN"), Q("IS_SUBSTRING")};
    const QJsonValue said = predicate.contains(Q("operation")) ? predicate[Q("operation")] : predicate[Q("op")];
    const QString op = said.isDouble() ? words.value(said.toInt()) : said.toString();
    QJsonValue wanted;
    for (const char *kind : {"string_value", "timestamp_value", "int_value", "long_value"})
        if (predicate.contains(Q(kind)))
            wanted = predicate[Q(kind)];
    const QString have = found.isString() ? found.toString() : found.toVariant().toString(), want = wanted.isString() ? wanted.toString() : wanted.toVariant().toString();
    if (found.isUndefined())
        return std::nullopt;
    if (op == Q("EQUALS"))
        return have == want;
    if (op == Q("NOT_EQUALS"))
        return have != want;
    if (op == Q("IS_SUBSTRING"))
        return have.contains(want, Qt::CaseInsensitive);
    if (op == Q("IN")) {
        const QJsonArray values = predicate[Q("string_values")][Q("values")].toArray();
        return values.contains(found);
    }
    if (op == Q("GREATER_THAN"))
        return have > want; // times of one form compare as text
    if (op == Q("GREATER_THAN_EQUALS"))
        return have >= want;
    if (op == Q("LESS_THAN"))
        return have < want;
    if (op == Q("LESS_THAN_EQUALS"))
        return have <= want;
    return std::nullopt;
}

} // namespace

Answer kubeflowError(int status, int code, const char *message)
{
    return Answer::json(QJsonObject{{Q("error"), Q(message)}, {Q("code"), code}, {Q("message"), Q(message)}, {Q("details"), QJsonArray{QJsonObject{{Q("@type"), Q("type.googleapis.com/google.rpc.Status")}, {Q("code"), code}, {Q("message"), Q(message)}}}}}, status);
}

Answer kubeflowList(const Call &call, const char *key, const QJsonArray &all)
{
    const auto value = [&](const char *name) { return call.query.queryItemValue(Q(name), QUrl::FullyDecoded); };
    std::vector<QJsonValue> items;
    const QString filter = value("filter");
    const QJsonDocument document = QJsonDocument::fromJson(filter.toUtf8());
    if (!filter.isEmpty() && !document.isObject())
        return kubeflowError(400, 3, "Invalid input error: Failed to parse JSON filter");
    for (const QJsonValue &item : all) {
        bool in = true;
        for (const QJsonValue &predicate : document.object()[Q("predicates")].toArray()) {
            const auto holding = holds(item, predicate.toObject());
            if (!holding)
                return kubeflowError(400, 3, "Invalid input error: Invalid filter: no support for this key or operation");
            in = in && *holding;
        }
        if (in)
            items.push_back(item);
    }
    const QStringList order = value("sort_by").split(QLatin1Char(' '), Qt::SkipEmptyParts);
    if (!order.isEmpty()) {
        const bool down = order.value(1) == Q("desc");
        std::stable_sort(items.begin(), items.end(), [&](const QJsonValue &a, const QJsonValue &b) {
            const QString left = field(a, order[0]).toString(), right = field(b, order[0]).toString();
            return down ? right < left : left < right;
        });
    }
    const int size = std::clamp(value("page_size").isEmpty() ? 20 : value("page_size").toInt(), 1, 200);
    std::size_t from = 0;
    if (!value("page_token").isEmpty()) {
        const QByteArray token = QByteArray::fromBase64(value("page_token").toLatin1());
        if (!token.startsWith("{\"from\":"))
            return kubeflowError(400, 3, "Invalid input error: Invalid package token.");
        from = token.mid(8).chopped(1).toUInt();
    }
    QJsonArray page;
    for (std::size_t i = from; i < std::min(items.size(), from + static_cast<std::size_t>(size)); ++i)
        page.append(items[i]);
    QJsonObject made;
    if (!page.isEmpty()) // an empty list is no field at all
        made[Q(key)] = page;
    if (!items.empty())
        made[Q("total_size")] = static_cast<qint64>(items.size());
    if (from + static_cast<std::size_t>(size) < items.size())
        made[Q("next_page_token")] = QString::fromLatin1(("{\"from\":" + QByteArray::number(static_cast<qulonglong>(from) + static_cast<qulonglong>(size)) + '}').toBase64());
    return Answer::json(made);
}

} // namespace pilothouse::estate
