// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/serving/route_alias.h"

#include <QRegularExpression>

namespace pilothouse::serving {

Result<RouteAlias> routeAlias(const QString &text) {
    static const QRegularExpression plain(QStringLiteral("^(?:/(?!\\.{1,2}(?:/|\\z))[A-Za-z0-9._~:-]+)+\\z"));
    const qsizetype sign = text.indexOf(QLatin1Char('='));
    if (sign <= 0 || sign + 1 == text.size())
        return invalid(QStringLiteral("“%1” names no other path for a route.").arg(text), {}, QStringLiteral("Write PATH=ROUTE, for example /score=/predict."));
    const QString path = text.left(sign);
    if (path.size() > 200 || !plain.match(path).hasMatch())
        return invalid(QStringLiteral("“%1” is no path that a route can have.").arg(path.left(200)), {}, QStringLiteral("It begins with / and has letters, digits and -._~: between slashes, such as /api/v1/score."));
    return RouteAlias{path.toStdString(), text.mid(sign + 1).toStdString()};
}

} // namespace pilothouse::serving
