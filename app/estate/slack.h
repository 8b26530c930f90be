// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/estate/stand_in.h"

#include <QJsonArray>

namespace pilothouse::estate {

/// A Slack workspace's incoming webhook, POST /services/T000/B000/ESTATE {"text", "blocks", "attachments"} (BACKEND_APIS.md 3.9): "ok", else a word as plain text with 400, 403, 404 or 410;
/// about one a second, else 429 with Retry-After. State: {"messages": [{"at", "message"}]}.
/// Control: messages · clear · revoke · archive · mend · limit {"perSecond": n} (0: none)
class Slack final : public StandIn {
public:
    QString name() const override { return QStringLiteral("slack"); }
    Answer answer(const Call &call) override;
    QJsonObject control(const QString &verb, const QJsonObject &details) override;
    QJsonObject state() const override { return {{QStringLiteral("messages"), m_messages}, {QStringLiteral("trouble"), m_trouble}}; }
    void restore(const QJsonObject &state) override;

private:
    QJsonArray m_messages;
    QString m_trouble; ///< revoked | archived
    double m_perSecond = 1;
    double m_credit = 5; ///< short bursts are taken
    QDateTime m_last;
};

} // namespace pilothouse::estate
