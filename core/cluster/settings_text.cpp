// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/settings_text.h"

namespace pilothouse::cluster {

Result<Settings> variableSettings(const QStringList &words) {
    Settings out;
    for (const QString &text : words) {
        const qsizetype equals = text.indexOf(QLatin1Char('='));
        if (equals < 0 && !text.endsWith(QLatin1Char('-')))
            return invalid(QStringLiteral("“%1” sets no variable.").arg(text), {}, QStringLiteral("Write NAME=VALUE, or NAME- to take it away."));
        if (equals < 0)
            out.insert(text.chopped(1), std::nullopt);
        else
            out.insert(text.left(equals), text.mid(equals + 1));
    }
    return out;
}

Result<Settings> resourceSettings(const QString &written, const QString &where) {
    Settings out;
    for (const QString &word : written.split(QLatin1Char(','), Qt::SkipEmptyParts)) {
        const QString part = word.trimmed();
        const qsizetype equals = part.indexOf(QLatin1Char('='));
        if (equals <= 0)
            return invalid(QStringLiteral("“%1” names no resource.").arg(part), where, QStringLiteral("For example cpu=500m,memory=1Gi; cpu= takes it away."));
        const QString value = part.mid(equals + 1);
        out.insert(part.left(equals), value.isEmpty() ? std::nullopt : std::optional(value));
    }
    return out;
}

} // namespace pilothouse::cluster
