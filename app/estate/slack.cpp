// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/estate/slack.h"

#include <algorithm>

namespace pilothouse::estate {

using Q = QLatin1String;

Answer Slack::answer(const Call &call) {
    if (!call.path.startsWith(Q("/services/")))
        return Answer::text("<!DOCTYPE html><html><body>There’s been a glitch…</body></html>", 404, "text/html");
    if (call.method != "POST")
        return Answer::text("invalid_payload", 400);
    if (call.path != Q("/services/T000/B000/ESTATE"))
        return Answer::text("no_service", 404);
    if (m_trouble == Q("revoked"))
        return Answer::text("no_active_hooks", 403);
    if (m_trouble == Q("archived"))
        return Answer::text("channel_is_archived", 410);
    if (m_perSecond > 0) {
        if (m_last.isValid())
            m_credit = std::min(5.0, m_credit + double(m_last.msecsTo(m_now)) / 1000 * m_perSecond);
        m_last = m_now;
        if (m_credit < 1) {
            Answer out = Answer::text("rate_limited", 429);
            out.headers.emplace_back("Retry-After", QByteArray::number(std::max(1, int((1 - m_credit) / m_perSecond + 0.999))));
            return out;
        }
        m_credit -= 1;
    }
    QJsonObject message = call.json();
    if (message.isEmpty()) // the older way: a form with the JSON in payload
        message = Call{{}, {}, {}, {}, call.form().queryItemValue(QStringLiteral("payload"), QUrl::FullyDecoded).toUtf8()}.json();
    if (message.isEmpty())
        return Answer::text("invalid_payload", 400);
    const bool blocks = !message.value(Q("blocks")).toArray().isEmpty() || !message.value(Q("attachments")).toArray().isEmpty();
    if (message.value(Q("text")).toString().isEmpty() && !blocks)
        return Answer::text("no_text", 400);
    if (message.value(Q("blocks")).toArray().size() > 50)
        return Answer::text("invalid_blocks", 400);
    m_messages.append(QJsonObject{{Q("at"), m_now.toString(Qt::ISODateWithMs)}, {Q("message"), message}});
    if (m_messages.size() > 1000)
        m_messages.removeFirst();
    return Answer::text("ok", 200, "text/html");
}

QJsonObject Slack::control(const QString &verb, const QJsonObject &details) {
    if (verb == Q("clear"))
        m_messages = {};
    else if (verb == Q("revoke"))
        m_trouble = QStringLiteral("revoked");
    else if (verb == Q("archive"))
        m_trouble = QStringLiteral("archived");
    else if (verb == Q("mend"))
        m_trouble.clear();
    else if (verb == Q("limit"))
        m_perSecond = details.value(Q("perSecond")).toDouble(1);
    else if (verb != Q("messages"))
        return StandIn::control(verb, details);
    return state();
}

void Slack::restore(const QJsonObject &state) {
    m_messages = state.value(Q("messages")).toArray();
    m_trouble = state.value(Q("trouble")).toString();
}

} // namespace pilothouse::estate
