// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/parameters.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace pilothouse::learn {

namespace {

bool isNumber(const QVariant &value) { return value.typeId() == QMetaType::LongLong || value.typeId() == QMetaType::Int || value.typeId() == QMetaType::Double; }

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

/// A value as a person wrote it; lists and maps as JSON.
QString written(const QVariant &value) {
    const bool many = value.typeId() == QMetaType::QVariantList || value.typeId() == QMetaType::QVariantMap;
    return many ? QString::fromUtf8(QJsonDocument::fromVariant(value).toJson(QJsonDocument::Compact)) : value.toString();
}

} // namespace

const QVariant *Parameters::find(const char *name) {
    m_known << QLatin1String(name);
    const auto it = m_spec.parameters.constFind(QLatin1String(name));
    return it == m_spec.parameters.constEnd() ? nullptr : &*it;
}

void Parameters::fail(const char *name, const QString &expected) {
    if (!m_error)
        m_error = invalid(QStringLiteral("%1: %2 is “%3”; %4 was expected.")
                              .arg(m_spec.name, QLatin1String(name), written(m_spec.parameters.value(QLatin1String(name))), expected), QLatin1String(name));
}

qint64 Parameters::integer(const char *name, qint64 otherwise, qint64 least, qint64 most) {
    qint64 value = otherwise;
    if (const QVariant *given = find(name)) {
        const double number = given->toDouble();
        if (!isNumber(*given) || number != std::floor(number) || number < double(least) || number > double(most))
            fail(name, QStringLiteral("a whole number from %1 to %2").arg(least).arg(most));
        else
            value = given->toLongLong();
    }
    m_resolved.insert(QLatin1String(name), value);
    return value;
}

double Parameters::number(const char *name, double otherwise, double least, double most) {
    double value = otherwise;
    if (const QVariant *given = find(name)) {
        value = given->toDouble();
        if (!isNumber(*given) || !(value >= least && value <= most)) {
            fail(name, QStringLiteral("a number from %1 to %2").arg(least).arg(most));
            value = otherwise;
        }
    }
    m_resolved.insert(QLatin1String(name), value);
    return value;
}

bool Parameters::boolean(const char *name, bool otherwise) {
    bool value = otherwise;
    if (const QVariant *given = find(name)) {
        if (given->typeId() != QMetaType::Bool)
            fail(name, QStringLiteral("true or false"));
        else
            value = given->toBool();
    }
    m_resolved.insert(QLatin1String(name), value);
    return value;
}

QString Parameters::word(const char *name, const QString &otherwise, const QStringList &allowed) {
    QString value = otherwise;
    if (const QVariant *given = find(name)) {
        if (!allowed.contains(given->toString()))
            fail(name, QStringLiteral("one of %1").arg(allowed.join(QLatin1String(", "))));
        else
            value = given->toString();
    }
    m_resolved.insert(QLatin1String(name), value);
    return value;
}

std::vector<qint64> Parameters::integers(const char *name, std::vector<qint64> otherwise, qint64 least, qint64 most) {
    std::vector<qint64> values = std::move(otherwise);
    if (const QVariant *given = find(name)) {
        const QVariantList list = given->typeId() == QMetaType::QVariantList ? given->toList() : QVariantList{*given};
        std::vector<qint64> read;
        for (const QVariant &item : list) {
            const double number = item.toDouble();
            if (!isNumber(item) || number != std::floor(number) || number < double(least) || number > double(most)) {
                fail(name, QStringLiteral("a list of whole numbers from %1 to %2").arg(least).arg(most));
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
    if (const QVariant *given = find(name)) {
        if (isNumber(*given) && given->toDouble() >= least && given->toDouble() <= most)
            value = given->toDouble();
        else if (given->typeId() == QMetaType::QString && allowed.contains(given->toString()))
            value = given->toString();
        else
            fail(name, QStringLiteral("%1 or a number from %2 to %3").arg(allowed.join(QLatin1String(", "))).arg(least).arg(most));
    }
    m_resolved.insert(QLatin1String(name), value.index() == 0 ? QJsonValue(std::get<0>(value)) : QJsonValue(std::get<1>(value)));
    return value;
}

std::variant<QString, QMap<QString, double>> Parameters::wordOrNumbers(const char *name, const QString &otherwise, const QStringList &allowed, double least, double most) {
    std::variant<QString, QMap<QString, double>> value = otherwise;
    QJsonValue resolved = otherwise;
    if (const QVariant *given = find(name)) {
        bool good = given->typeId() == QMetaType::QString && allowed.contains(given->toString());
        if (good)
            value = given->toString();
        if (given->typeId() == QMetaType::QVariantMap) {
            const QVariantMap map = given->toMap();
            QMap<QString, double> numbers;
            good = !map.isEmpty();
            for (auto it = map.begin(); it != map.end(); ++it) {
                const double number = it->toDouble();
                good = good && isNumber(*it) && number >= least && number <= most;
                numbers.insert(it.key(), number);
            }
            value = numbers;
        }
        if (!good)
            fail(name, QStringLiteral("%1 or a map of numbers from %2 to %3").arg(allowed.join(QLatin1String(", "))).arg(least).arg(most));
        resolved = QJsonValue::fromVariant(*given);
    }
    m_resolved.insert(QLatin1String(name), resolved);
    return value;
}

Result<void> Parameters::check() const {
    if (m_error)
        return *m_error;
    for (auto it = m_spec.parameters.begin(); it != m_spec.parameters.end(); ++it) {
        if (m_known.contains(it.key()))
            continue;
        if (m_known.isEmpty())
            return invalid(QStringLiteral("%1 has no parameters, so “%2” means nothing to it.").arg(m_spec.name, it.key()), it.key());
        const QString nearest = *std::min_element(m_known.begin(), m_known.end(), [&](const QString &a, const QString &b) { return distance(a, it.key()) < distance(b, it.key()); });
        return invalid(QStringLiteral("%1 has no parameter “%2”. Did you mean “%3”?").arg(m_spec.name, it.key(), nearest), it.key(),
                       QStringLiteral("Known: %1.").arg(m_known.join(QLatin1String(", "))));
    }
    return {};
}

} // namespace pilothouse::learn
