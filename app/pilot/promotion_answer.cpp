// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/promotion_answer.h"

namespace pilothouse {

QJsonObject requestJson(const promotion::Request &request) {
    QJsonObject out = request.toJson();
    out.remove(QStringLiteral("evidence"));
    return out;
}

QString approvalText(const promotion::Approval &a) {
    QString text = QStringLiteral("%1 %2: “%3”").arg(a.actor, a.approved ? QStringLiteral("approved") : QStringLiteral("rejected"), a.comment);
    if (a.standing == promotion::Approval::Standing::Void)
        text += QStringLiteral(" (void: %1)").arg(a.reason);
    else if (a.standing == promotion::Approval::Standing::Signed)
        text += a.expires.isValid() ? QStringLiteral(" (signed, counts until %1)").arg(isoUtc(a.expires)) : QStringLiteral(" (signed)");
    return text;
}

QString requestText(const promotion::Request &r) {
    QString text = QStringLiteral("%1: %2 v%3 to %4 is %5, %6 of %7 approvals.").arg(r.id, r.model).arg(r.version).arg(r.alias, promotion::requestStateName(r.state)).arg(r.approved()).arg(r.approvalsNeeded);
    for (const promotion::Approval &a : r.approvals)
        text += QStringLiteral("\n  ") + approvalText(a);
    if (!r.signing && !r.approvals.empty())
        text += QStringLiteral("\n  ") + r.notSigned();
    if (!r.doubt.isEmpty())
        text += QStringLiteral("\n  ") + r.doubt;
    if (!r.outcome.isEmpty())
        text += QStringLiteral("\n  ") + r.outcome;
    if (r.state == promotion::RequestState::Pending)
        text += QStringLiteral("\nNext: pilot approve %1 --comment “…”, or pilot reject %1 --comment “…”").arg(r.id);
    if (r.state == promotion::RequestState::Done)
        text += QStringLiteral("\nBack with: pilot undo %1").arg(r.id);
    return text;
}

} // namespace pilothouse
