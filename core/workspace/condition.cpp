// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workspace/condition.h"

#include <QRegularExpression>

namespace pilothouse::workspace {

std::optional<Condition> splitCondition(const QString &text) {
    // A target is a column's name and may hold spaces: it is as short as the rest allows.
    static const QRegularExpression form(QStringLiteral(R"(^([A-Za-z]\w*(?:@\S.*?)?)(?:\s*(>=|<=|>|<)\s*| (drops) (?:by )?)(\S+)$)"));
    const auto match = form.match(text.simplified());
    if (!match.hasMatch())
        return std::nullopt;
    return Condition{match.captured(1), match.captured(2) + match.captured(3), match.captured(4)};
}

} // namespace pilothouse::workspace
