// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"

#include <cmath>
#include <limits>

namespace pilothouse {

Result<QJsonObject> parseJsonObject(const QByteArray &bytes, const QString &where) {
    QJsonParseError problem{};
    const QJsonDocument document = QJsonDocument::fromJson(bytes, &problem);
    if (problem.error != QJsonParseError::NoError) {
        const QByteArray before = bytes.left(problem.offset);
        const int line = 1 + int(before.count('\n'));
        const int column = problem.offset - int(before.lastIndexOf('\n'));
        return invalid(QStringLiteral("This is not JSON: %1.").arg(problem.errorString()),
                       QStringLiteral("%1:%2:%3").arg(where).arg(line).arg(column));
    }
    if (!document.isObject())
        return invalid(QStringLiteral("A JSON object was expected."), where);
    return document.object();
}

QByteArray canonicalJson(const QJsonObject &object) { return QJsonDocument(object).toJson(QJsonDocument::Compact); }
QByteArray compactJson(const QJsonValue &value) { return QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact).chopped(1).mid(1); }
QByteArray prettyJson(const QJsonObject &object) { return QJsonDocument(object).toJson(QJsonDocument::Indented); }

void JsonReader::fail(const char *key, const QString &what) {
    if (!m_error)
        m_error = invalid(QStringLiteral("Field “%1” %2.").arg(QLatin1String(key), what), m_where);
}

QJsonValue JsonReader::need(const char *key, QJsonValue::Type type, const char *expected) {
    const QJsonValue value = m_object.value(QLatin1String(key));
    if (value.isUndefined())
        fail(key, QStringLiteral("is missing"));
    else if (value.type() != type)
        fail(key, QStringLiteral("must be %1").arg(QLatin1String(expected)));
    return value;
}

QString JsonReader::text(const char *key) { return need(key, QJsonValue::String, "a text").toString(); }
QString JsonReader::text(const char *key, const QString &otherwise) { return has(key) && !m_object.value(QLatin1String(key)).isNull() ? text(key) : otherwise; }
double JsonReader::number(const char *key) { return need(key, QJsonValue::Double, "a number").toDouble(); }
double JsonReader::number(const char *key, double otherwise) { return has(key) && !m_object.value(QLatin1String(key)).isNull() ? number(key) : otherwise; }
qint64 JsonReader::integer(const char *key) {
    const double value = number(key);
    if (value != std::floor(value))
        fail(key, QStringLiteral("must be a whole number"));
    return qint64(value);
}
qint64 JsonReader::integer(const char *key, qint64 otherwise) { return has(key) ? integer(key) : otherwise; }
bool JsonReader::boolean(const char *key) { return need(key, QJsonValue::Bool, "true or false").toBool(); }
bool JsonReader::boolean(const char *key, bool otherwise) { return has(key) ? boolean(key) : otherwise; }
QJsonObject JsonReader::object(const char *key) { return need(key, QJsonValue::Object, "an object").toObject(); }
QJsonArray JsonReader::array(const char *key) { return need(key, QJsonValue::Array, "a list").toArray(); }

QStringList JsonReader::texts(const char *key) {
    QStringList out;
    for (const QJsonValue &v : array(key)) {
        if (!v.isString())
            fail(key, QStringLiteral("must be a list of texts"));
        out << v.toString();
    }
    return out;
}

std::vector<double> JsonReader::numbers(const char *key) {
    std::vector<double> out;
    for (const QJsonValue &v : array(key)) {
        if (!v.isDouble() && !v.isNull())
            fail(key, QStringLiteral("must be a list of numbers"));
        out.push_back(v.isNull() ? std::numeric_limits<double>::quiet_NaN() : v.toDouble());
    }
    return out;
}

Result<void> JsonReader::check() const {
    if (m_error)
        return *m_error;
    return {};
}

QJsonValue jsonNumber(double value) { return std::isfinite(value) ? QJsonValue(value) : QJsonValue(QJsonValue::Null); }

QJsonArray jsonNumbers(const std::vector<double> &values) {
    QJsonArray out;
    for (const double v : values)
        out.append(jsonNumber(v));
    return out;
}

} // namespace pilothouse
