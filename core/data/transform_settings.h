// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/workspace/recipe.h"
#include "core/workspace/settings_reader.h"

#include <optional>
#include <vector>

namespace pilothouse::data {

/// Reads the settings of one step and remembers what is known: the first wrong type or range, or an unknown name (with the nearest
/// known one) comes out of check(). Usage: TransformSettings s(spec); const auto k = s.integer("k", 5, 1, 100); PH_TRY(s.check());
class TransformSettings {
public:
    explicit TransformSettings(const workspace::TransformSpec &spec) : m_reader(spec.name, spec.settings) {}
    qint64 integer(const char *name, qint64 otherwise, qint64 least, qint64 most);
    /// One whole number or a list of them, rising and each once; empty: not set.
    std::vector<qint64> integers(const char *name, qint64 least, qint64 most);
    bool flag(const char *name, bool otherwise);
    double number(const char *name, double otherwise, double least, double most) { return m_reader.number(name, otherwise, least, most); }
    QString word(const char *name, const QString &otherwise, const QStringList &allowed) { return m_reader.word(name, otherwise, allowed); }
    QStringList texts(const char *name);            ///< numbers by their shortest text
    std::optional<QVariant> value(const char *name); ///< a text or a number, as it was written
    Result<void> check() const;

private:
    workspace::SettingsReader m_reader;
};

} // namespace pilothouse::data
