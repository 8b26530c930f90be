// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/transform_settings.h"

#include "core/workspace/yaml_tree.h"

#include <cmath>
#include <set>

namespace pilothouse::data {

qint64 TransformSettings::integer(const char *name, qint64 otherwise, qint64 least, qint64 most) {
    const double value = number(name, double(otherwise), double(least), double(most));
    if (value != std::floor(value))
        m_reader.fail(name, QStringLiteral("a whole number from %1 to %2").arg(least).arg(most));
    return qint64(value);
}

std::vector<qint64> TransformSettings::integers(const char *name, qint64 least, qint64 most) {
    const QVariant *given = m_reader.find(name);
    if (!given)
        return {};
    std::set<qint64> all;
    for (const QVariant &item : given->typeId() == QMetaType::QVariantList ? given->toList() : QVariantList{*given}) {
        if (!workspace::SettingsReader::isWhole(item, least, most)) {
            m_reader.fail(name, QStringLiteral("whole numbers from %1 to %2").arg(least).arg(most));
            return {};
        }
        all.insert(item.toLongLong());
    }
    return {all.begin(), all.end()};
}

bool TransformSettings::flag(const char *name, bool otherwise) {
    const QVariant *given = m_reader.find(name);
    if (given && given->typeId() != QMetaType::Bool)
        m_reader.fail(name, QStringLiteral("true or false"));
    return given && given->typeId() == QMetaType::Bool ? given->toBool() : otherwise;
}

QStringList TransformSettings::texts(const char *name) {
    const QVariant *given = m_reader.find(name);
    if (!given)
        return {};
    QStringList all;
    for (const QVariant &item : given->typeId() == QMetaType::QVariantList ? given->toList() : QVariantList{*given})
        all << item.toString();
    return all;
}

std::optional<QVariant> TransformSettings::value(const char *name) {
    const QVariant *given = m_reader.find(name);
    if (!given)
        return {};
    if (given->typeId() == QMetaType::QVariantList || given->typeId() == QMetaType::Bool)
        m_reader.fail(name, QStringLiteral("a number or a text"));
    return *given;
}

Result<void> TransformSettings::check() const {
    if (m_reader.error())
        return *m_reader.error();
    const std::optional<QString> unknown = m_reader.unknown();
    if (!unknown)
        return {};
    const QStringList all = workspace::transformWords(m_reader.owner()).mid(0, 1) + m_reader.known() + QStringList{QStringLiteral("columns")};
    const QString nearest = workspace::nearestName(*unknown, all), known = QStringLiteral("Known: %1.").arg(all.join(QLatin1String(", ")));
    return invalid(QStringLiteral("%1 has no setting “%2”.").arg(m_reader.owner(), *unknown), *unknown, nearest.isEmpty() ? known : QStringLiteral("Did you mean “%1”? %2").arg(nearest, known));
}

} // namespace pilothouse::data
