// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/settings_option.h"

#include <QStringList>

namespace pilothouse {

Result<cluster::Settings> variableSettings(const std::vector<std::string> &words) {
    cluster::Settings out;
    for (const std::string &written : words) {
        const QString text = QString::fromStdString(written);
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

Result<cluster::Settings> resourceSettings(const std::string &written, const char *option) {
    cluster::Settings out;
    for (const QString &part : QString::fromStdString(written).split(QLatin1Char(','), Qt::SkipEmptyParts)) {
        const qsizetype equals = part.indexOf(QLatin1Char('='));
        if (equals <= 0)
            return invalid(QStringLiteral("“%1” names no resource.").arg(part), QLatin1String(option), QStringLiteral("For example cpu=500m,memory=1Gi; cpu= takes it away."));
        const QString value = part.mid(equals + 1);
        out.insert(part.left(equals), value.isEmpty() ? std::nullopt : std::optional(value));
    }
    return out;
}

} // namespace pilothouse
