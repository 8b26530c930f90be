// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/parameters.h"

#include <QJsonArray>

#include <algorithm>
#include <numeric>

namespace pilothouse::learn {

using workspace::SettingsReader;

namespace {

/// Edits (insert, remove, replace) from one word to the other.
int distance(const QString &a, const QString &b) {
    std::vector<int> row(std::size_t(b.size()) + 1);
    std::iota(row.begin(), row.end(), 0);
    for (qsizetype i = 0; i < a.size(); ++i) {
        int diagonal = row[0];
        row[0] = int(i) + 1;
        for (qsizetype j = 0; j < b.size(); ++j) {
            const int replaced = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[std::size_t(j) + 1];
            row[std::size_t(j) + 1] = std::min({replaced, diagonal + 1, row[std::size_t(j)] + 1});
        }
    }
    return row.back();
}

} // namespace

bool Parameters::boolean(const char *name, bool otherwise) {
    bool value = otherwise;
    if (const QVariant *given = m_reader.find(name)) {
        if (given->typeId() != QMetaType::Bool)
            m_reader.fail(name, QStringLiteral("true or false"));
        else
            value = given->toBool();
    }
    m_resolved.insert(QLatin1String(name), value);
    return value;
}

std::vector<qint64> Parameters::integers(const char *name, std::vector<qint64> otherwise, qint64 least, qint64 most) {
    std::vector<qint64> values = std::move(otherwise);
    if (const QVariant *given = m_reader.find(name)) {
        const QVariantList list = given->typeId() == QMetaType::QVariantList ? given->toList() : QVariantList{*given};
        std::vector<qint64> read;
        for (const QVariant &item : list) {
            if (!SettingsReader::isWhole(item, least, most)) {
                m_reader.fail(name, QStringLiteral("a list of whole numbers from %1 to %2").arg(least).arg(most));
                return values;
            }
            read.push_back(item.toLongLong());
        }
        values = std::move(read);
    }
    QJsonArray array;
    for (const qint64 value : values)
        array.append(value);
    m_resolved.insert(QLatin1String(name), array);
    return values;
}

std::variant<QString, double> Parameters::wordOrNumber(const char *name, const QString &otherwise, const QStringList &allowed, double least, double most) {
    std::variant<QString, double> value = otherwise;
    if (const QVariant *given = m_reader.find(name)) {
        if (SettingsReader::isNumber(*given) && given->toDouble() >= least && given->toDouble() <= most)
            value = given->toDouble();
        else if (given->typeId() == QMetaType::QString && allowed.contains(given->toString()))
            value = given->toString();
        else
            m_reader.fail(name, QStringLiteral("%1 or a number from %2 to %3").arg(allowed.join(QLatin1String(", "))).arg(least).arg(most));
    }
    m_resolved.insert(QLatin1String(name), value.index() == 0 ? QJsonValue(std::get<0>(value)) : QJsonValue(std::get<1>(value)));
    return value;
}

std::variant<QString, QMap<QString, double>> Parameters::wordOrNumbers(const char *name, const QString &otherwise, const QStringList &allowed, double least, double most) {
    std::variant<QString, QMap<QString, double>> value = otherwise;
    QJsonValue resolved = otherwise;
    if (const QVariant *given = m_reader.find(name)) {
        bool good = given->typeId() == QMetaType::QString && allowed.contains(given->toString());
        if (good)
            value = given->toString();
        if (given->typeId() == QMetaType::QVariantMap) {
            const QVariantMap map = given->toMap();
            QMap<QString, double> numbers;
            good = !map.isEmpty();
            for (auto it = map.begin(); it != map.end(); ++it) {
                const double number = it->toDouble();
                good = good && SettingsReader::isNumber(*it) && number >= least && number <= most;
                numbers.insert(it.key(), number);
            }
            value = numbers;
        }
        if (!good)
            m_reader.fail(name, QStringLiteral("%1 or a map of numbers from %2 to %3").arg(allowed.join(QLatin1String(", "))).arg(least).arg(most));
        resolved = QJsonValue::fromVariant(*given);
    }
    m_resolved.insert(QLatin1String(name), resolved);
    return value;
}

Result<void> Parameters::check() const {
    if (m_reader.error())
        return *m_reader.error();
    const std::optional<QString> unknown = m_reader.unknown();
    if (!unknown)
        return {};
    const QStringList &known = m_reader.known();
    if (known.isEmpty())
        return invalid(QStringLiteral("%1 has no parameters, so “%2” means nothing to it.").arg(m_reader.owner(), *unknown), *unknown);
    const QString nearest = *std::min_element(known.begin(), known.end(), [&](const QString &a, const QString &b) { return distance(a, *unknown) < distance(b, *unknown); });
    return invalid(QStringLiteral("%1 has no parameter “%2”. Did you mean “%3”?").arg(m_reader.owner(), *unknown, nearest), *unknown, QStringLiteral("Known: %1.").arg(known.join(QLatin1String(", "))));
}

} // namespace pilothouse::learn
