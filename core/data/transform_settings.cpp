// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/transform_settings.h"

#include "core/workspace/yaml_tree.h"

#include <cmath>

namespace pilothouse::data {

namespace {
bool isNumber(const QVariant &value) { return value.typeId() == QMetaType::LongLong || value.typeId() == QMetaType::Double; }
} // namespace

const QVariant *TransformSettings::find(const char *name) {
    m_known << QLatin1String(name);
    const auto it = m_spec.settings.constFind(QLatin1String(name));
    return it == m_spec.settings.constEnd() ? nullptr : &*it;
}

void TransformSettings::fail(const char *name, const QString &expected) {
    if (!m_error)
        m_error = invalid(QStringLiteral("%1: %2 is “%3”; %4 was expected.")
                              .arg(m_spec.name, QLatin1String(name), m_spec.settings.value(QLatin1String(name)).toString(), expected), QLatin1String(name));
}

qint64 TransformSettings::integer(const char *name, qint64 otherwise, qint64 least, qint64 most) {
    const double value = number(name, double(otherwise), double(least), double(most));
    if (value != std::floor(value))
        fail(name, QStringLiteral("a whole number from %1 to %2").arg(least).arg(most));
    return qint64(value);
}

double TransformSettings::number(const char *name, double otherwise, double least, double most) {
    const QVariant *given = find(name);
    if (!given)
        return otherwise;
    if (isNumber(*given) && given->toDouble() >= least && given->toDouble() <= most)
        return given->toDouble();
    fail(name, QStringLiteral("a number from %1 to %2").arg(least).arg(most));
    return otherwise;
}

QString TransformSettings::word(const char *name, const QString &otherwise, const QStringList &allowed) {
    const QVariant *given = find(name);
    if (!given)
        return otherwise;
    if (!allowed.contains(given->toString()))
        fail(name, QStringLiteral("one of %1").arg(allowed.join(QLatin1String(", "))));
    return given->toString();
}

QStringList TransformSettings::texts(const char *name) {
    const QVariant *given = find(name);
    if (!given)
        return {};
    QStringList all;
    for (const QVariant &item : given->typeId() == QMetaType::QVariantList ? given->toList() : QVariantList{*given})
        all << item.toString();
    return all;
}

std::optional<QVariant> TransformSettings::value(const char *name) {
    const QVariant *given = find(name);
    if (!given)
        return {};
    if (given->typeId() == QMetaType::QVariantList || given->typeId() == QMetaType::Bool)
        fail(name, QStringLiteral("a number or a text"));
    return *given;
}

Result<void> TransformSettings::check() const {
    if (m_error)
        return *m_error;
    for (auto it = m_spec.settings.begin(); it != m_spec.settings.end(); ++it) {
        if (m_known.contains(it.key()))
            continue;
        const QStringList all = workspace::transformWords(m_spec.name).mid(0, 1) + m_known + QStringList{QStringLiteral("columns")};
        const QString nearest = workspace::nearestName(it.key(), all), known = QStringLiteral("Known: %1.").arg(all.join(QLatin1String(", ")));
        return invalid(QStringLiteral("%1 has no setting “%2”.").arg(m_spec.name, it.key()), it.key(),
                       nearest.isEmpty() ? known : QStringLiteral("Did you mean “%1”? %2").arg(nearest, known));
    }
    return {};
}

} // namespace pilothouse::data
