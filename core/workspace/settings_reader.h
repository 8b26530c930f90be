// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QStringList>
#include <QVariantMap>

#include <optional>

namespace pilothouse::workspace {

/// Reads what a recipe sets of one estimator or transform: remembers which names were asked for, and the first value of a wrong type or out
/// of range (Invalid; its place is the setting's name). A wrong value reads as the default.
class SettingsReader {
public:
    SettingsReader(QString owner, QVariantMap given) : m_owner(std::move(owner)), m_given(std::move(given)) {}
    qint64 integer(const char *name, qint64 otherwise, qint64 least, qint64 most);
    double number(const char *name, double otherwise, double least, double most);
    QString word(const char *name, const QString &otherwise, const QStringList &allowed);
    const QVariant *find(const char *name); ///< null: not set
    void fail(const char *name, const QString &expected);

    const QString &owner() const { return m_owner; }
    const QStringList &known() const { return m_known; }
    const std::optional<Error> &error() const { return m_error; }
    std::optional<QString> unknown() const; ///< the first name that is set and was not asked for

    static bool isNumber(const QVariant &value);
    static bool isWhole(const QVariant &value, qint64 least, qint64 most);

private:
    QString m_owner;
    QVariantMap m_given;
    QStringList m_known;
    std::optional<Error> m_error;
};

} // namespace pilothouse::workspace
