// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/promotion_answer.h"

namespace pilothouse {

QJsonObject requestJson(const promotion::Request &request) {
    QJsonObject out = request.toJson();
    out.remove(QStringLiteral("evidence"));
    return out;
}

QString requestText(const promotion::Request &r) {
    QString text = QStringLiteral("%1: %2 v%3 to %4 is %5, %6 of %7 approvals.").arg(r.id, r.model).arg(r.version).arg(r.alias, promotion::requestStateName(r.state)).arg(r.approved()).arg(r.approvalsNeeded);
    for (const promotion::Approval &a : r.approvals)
        text += QStringLiteral("\n  %1 %2: “%3”").arg(a.actor, a.approved ? QStringLiteral("approved") : QStringLiteral("rejected"), a.comment);
    if (!r.outcome.isEmpty())
        text += QStringLiteral("\n  ") + r.outcome;
    if (r.state == promotion::RequestState::Pending)
        text += QStringLiteral("\nNext: pilot approve %1 --comment “…”, or pilot reject %1 --comment “…”").arg(r.id);
    if (r.state == promotion::RequestState::Done)
        text += QStringLiteral("\nBack with: pilot undo %1").arg(r.id);
    return text;
}

} // namespace pilothouse
