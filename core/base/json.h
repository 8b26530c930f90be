// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QStringList>

namespace pilothouse {

/// Parses an object. A syntax error is Invalid at "where:line:column".
Result<QJsonObject> parseJsonObject(const QByteArray &bytes, const QString &where);
/// Keys sorted (QJsonObject sorts), no spaces: the form that is hashed and signed. Numbers in shortest exact form.
QByteArray canonicalJson(const QJsonObject &object);
/// Any value in that form, for a request or a line of text.
QByteArray compactJson(const QJsonValue &value);
/// Indented, for people.
QByteArray prettyJson(const QJsonObject &object);

/// Reads fields of one object and collects the first thing that is wrong: missing field, wrong type, not finite.
/// Usage: JsonReader r(object, where); auto a = r.text("a"); auto b = r.number("b"); PH_TRY(r.check());
class JsonReader {
public:
    JsonReader(QJsonObject object, QString where) : m_object(std::move(object)), m_where(std::move(where)) {}
    QString text(const char *key);
    QString text(const char *key, const QString &otherwise);
    double number(const char *key);
    double number(const char *key, double otherwise);
    qint64 integer(const char *key);
    qint64 integer(const char *key, qint64 otherwise);
    bool boolean(const char *key);
    bool boolean(const char *key, bool otherwise);
    QJsonObject object(const char *key);
    QJsonArray array(const char *key);
    QStringList texts(const char *key);
    std::vector<double> numbers(const char *key); ///< null reads as NaN
    bool has(const char *key) const { return m_object.contains(QLatin1String(key)); }
    const QJsonObject &raw() const { return m_object; }
    Result<void> check() const;

private:
    QJsonValue need(const char *key, QJsonValue::Type type, const char *expected);
    void fail(const char *key, const QString &what);
    QJsonObject m_object;
    QString m_where;
    std::optional<Error> m_error;
};

/// NaN and infinities become null: JSON has no word for them.
QJsonValue jsonNumber(double value);
QJsonArray jsonNumbers(const std::vector<double> &values);

} // namespace pilothouse
