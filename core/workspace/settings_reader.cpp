// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workspace/settings_reader.h"

#include <QJsonDocument>

#include <cmath>

namespace pilothouse::workspace {

namespace {

/// A value as a person wrote it; lists and maps as JSON.
QString written(const QVariant &value) {
    const bool many = value.typeId() == QMetaType::QVariantList || value.typeId() == QMetaType::QVariantMap;
    return many ? QString::fromUtf8(QJsonDocument::fromVariant(value).toJson(QJsonDocument::Compact)) : value.toString();
}

} // namespace

bool SettingsReader::isNumber(const QVariant &value) { return value.typeId() == QMetaType::LongLong || value.typeId() == QMetaType::Int || value.typeId() == QMetaType::Double; }

bool SettingsReader::isWhole(const QVariant &value, qint64 least, qint64 most) {
    const double number = value.toDouble();
    return isNumber(value) && number == std::floor(number) && number >= double(least) && number <= double(most);
}

const QVariant *SettingsReader::find(const char *name) {
    m_known << QLatin1String(name);
    const auto it = m_given.constFind(QLatin1String(name));
    return it == m_given.constEnd() ? nullptr : &*it;
}

void SettingsReader::fail(const char *name, const QString &expected) {
    if (!m_error)
        m_error = invalid(QStringLiteral("%1: %2 is “%3”; %4 was expected.").arg(m_owner, QLatin1String(name), written(m_given.value(QLatin1String(name))), expected), QLatin1String(name));
}

qint64 SettingsReader::integer(const char *name, qint64 otherwise, qint64 least, qint64 most) {
    const QVariant *given = find(name);
    if (!given)
        return otherwise;
    if (isWhole(*given, least, most))
        return given->toLongLong();
    fail(name, QStringLiteral("a whole number from %1 to %2").arg(least).arg(most));
    return otherwise;
}

double SettingsReader::number(const char *name, double otherwise, double least, double most) {
    const QVariant *given = find(name);
    if (!given)
        return otherwise;
    const double value = given->toDouble();
    if (isNumber(*given) && value >= least && value <= most)
        return value;
    fail(name, QStringLiteral("a number from %1 to %2").arg(least).arg(most));
    return otherwise;
}

QString SettingsReader::word(const char *name, const QString &otherwise, const QStringList &allowed) {
    const QVariant *given = find(name);
    if (!given)
        return otherwise;
    if (allowed.contains(given->toString()))
        return given->toString();
    fail(name, QStringLiteral("one of %1").arg(allowed.join(QLatin1String(", "))));
    return otherwise;
}

std::optional<QString> SettingsReader::unknown() const {
    for (auto it = m_given.begin(); it != m_given.end(); ++it)
        if (!m_known.contains(it.key()))
            return it.key();
    return {};
}

} // namespace pilothouse::workspace
