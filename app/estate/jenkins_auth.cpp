// SPDX-License-Identifier: GPL-3.0-or-later
// Who asks Jenkins, and the crumb that a session needs for its writes.
#include "app/estate/jenkins.h"

#include <QCryptographicHash>

namespace pilothouse::estate {

using Q = QLatin1String;

namespace {

QString s(const char *text) { return QString::fromUtf8(text); }

QString cookieOf(const Call &call) {
    for (const auto &[name, value] : call.headers)
        if (name == "cookie")
            for (const QByteArray &part : value.split(';'))
                if (part.trimmed().startsWith("JSESSIONID"))
                    return QString::fromLatin1(part.trimmed().mid(part.trimmed().indexOf('=') + 1));
    return {};
}

} // namespace

/// Nothing: it may go on. Who may not write is found here too.
std::optional<Answer> Jenkins::refusal(const Call &call, Asked &asked) {
    const auto [user, word] = call.login();
    const bool named = !user.isEmpty() || !word.isEmpty();
    const bool known = user == Q("admin") || user == Q("operator") || user == Q("reader");
    if (named) {
        asked.token = known && word == Q("token-of-") + user;
        if (!asked.token && !(known && word == Q("PASSWORD-of-") + user)) {
            if (m_settings.value(Q("loginPage")).toBool()) // a page where JSON was expected, and 200 (3.2)
                return Answer::text("<!DOCTYPE html><html><head><title>Sign in [Jenkins]</title></head><body><form method=\"post\" action=\"j_spring_security_check\"><input name=\"j_username\"><input type=\"password\" name=\"j_password\"></form></body></html>", 200, "text/html;charset=utf-8");
            Answer page = jenkinsPage(401, s("Error 401 Unauthorized"), s("Invalid password/token for user: %1").arg(user));
            page.headers.emplace_back("WWW-Authenticate", "Basic realm=\"Jenkins\"");
            return page;
        }
        asked.user = user;
    } else if (!m_settings.value(Q("anonymous")).toBool() && asked.path != Q("/login")) {
        const QString page = s("<html><head><meta http-equiv='refresh' content='1;url=%1/login?from=%2'/></head><body>Authentication required<!-- --></body></html>").arg(m_settings.value(Q("contextPath")).toString(), QString::fromLatin1(QUrl::toPercentEncoding(call.path)));
        if (m_settings.value(Q("loginPage")).toBool())
            return Answer::text(page.toUtf8(), 200, "text/html;charset=utf-8");
        return Answer::text(page.toUtf8(), 403, "text/html;charset=utf-8");
    }
    if (call.method != "POST")
        return {};
    if (!asked.token && m_settings.value(Q("requireCrumb")).toBool(true)) { // an API token needs none, a password does; it belongs to the cookie's session (3.2)
        const QString crumb = QString::fromLatin1(call.header("jenkins-crumb"));
        if (crumb.isEmpty() || m_sessions.value(cookieOf(call)) != crumb)
            return jenkinsPage(403, s("Error 403 No valid crumb was included in the request"), s("No valid crumb was included in the request"));
    }
    if (asked.user != Q("admin") && asked.user != Q("operator"))
        return jenkinsPage(403, s("Error 403 Forbidden"), s("%1 is missing the Job/Build permission").arg(asked.user.isEmpty() ? s("anonymous") : asked.user));
    return {};
}

Answer Jenkins::crumb(const Asked &asked) {
    QString session = cookieOf(asked.call);
    Answer out;
    const bool fresh = !m_sessions.contains(session);
    if (fresh) {
        session = s("node0estate%1").arg(++m_sessionNumber);
        m_sessions.insert(session, QString::fromLatin1(QCryptographicHash::hash(session.toUtf8() + asked.user.toUtf8(), QCryptographicHash::Sha256).toHex()));
    }
    out = object(asked, {{Q("_class"), s("hudson.security.csrf.DefaultCrumbIssuer")}, {Q("crumb"), m_sessions.value(session)}, {Q("crumbRequestField"), s("Jenkins-Crumb")}});
    if (fresh)
        out.headers.emplace_back("Set-Cookie", "JSESSIONID.estate=" + session.toLatin1() + "; Path=/; HttpOnly");
    return out;
}

} // namespace pilothouse::estate
