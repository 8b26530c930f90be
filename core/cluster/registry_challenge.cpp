// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/registry_challenge.h"

#include <QRegularExpression>
#include <QUrl>

#include <algorithm>
#include <cstring>

namespace pilothouse::cluster {

namespace {

bool isTokenCharacter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c != 0 && std::strchr("!#$%&'*+-.^_`|~", c)); }

/// Reads one header; a position that never goes back.
class Reader {
public:
    explicit Reader(const QByteArray &text) : m_text(text) {}
    bool atEnd() const { return m_at >= m_text.size(); }
    char peek() const { return atEnd() ? '\0' : m_text[m_at]; }
    void skip(const char *characters) {
        while (!atEnd() && std::strchr(characters, peek()))
            ++m_at;
    }
    bool take(char c) {
        if (peek() != c || atEnd())
            return false;
        ++m_at;
        return true;
    }
    QByteArray token() {
        const qsizetype start = m_at;
        while (!atEnd() && isTokenCharacter(peek()))
            ++m_at;
        return m_text.mid(start, m_at - start);
    }
    QByteArray value() {
        if (!take('"')) { // unquoted: some write addresses so, which are no tokens
            const qsizetype start = m_at;
            while (!atEnd() && !std::strchr(", \t", peek()))
                ++m_at;
            return m_text.mid(start, m_at - start);
        }
        QByteArray out;
        while (!atEnd() && peek() != '"') {
            if (peek() == '\\' && m_at + 1 < m_text.size())
                ++m_at;
            out += m_text[m_at++];
        }
        take('"');
        return out;
    }
    void step() { ++m_at; }

private:
    const QByteArray m_text;
    qsizetype m_at = 0;
};

/// Second parts of names under which anybody may have a place.
const QStringList &sharedDomains() {
    static const QStringList domains{QStringLiteral("amazonaws.com"), QStringLiteral("amazonaws.com.cn"), QStringLiteral("azurecr.io"),    QStringLiteral("azurewebsites.net"), QStringLiteral("cloudapp.net"),  QStringLiteral("azurecontainerapps.io"),
                                     QStringLiteral("windows.net"),   QStringLiteral("github.io"),        QStringLiteral("gitlab.io"),     QStringLiteral("herokuapp.com"),     QStringLiteral("appspot.com"),   QStringLiteral("pkg.dev"),
                                     QStringLiteral("run.app"),       QStringLiteral("cloudfront.net"),   QStringLiteral("googleapis.com"), QStringLiteral("ngrok.io"),         QStringLiteral("ngrok-free.app"), QStringLiteral("jfrog.io"),
                                     QStringLiteral("netlify.app"),   QStringLiteral("vercel.app"),       QStringLiteral("workers.dev"),   QStringLiteral("pages.dev"),         QStringLiteral("fly.dev"),       QStringLiteral("onrender.com"),
                                     QStringLiteral("duckdns.org"),   QStringLiteral("nip.io"),           QStringLiteral("sslip.io"),      QStringLiteral("local"),             QStringLiteral("cluster.local")};
    return domains;
}

/// The domain that a host shares with its neighbours of the same owner; empty where that is not sure.
QString ownersDomain(const QString &host) {
    static const QRegularExpression address(QStringLiteral("\\A[0-9.]+\\z|:"));
    if (address.match(host).hasMatch())
        return {};
    const QStringList parts = host.split(QLatin1Char('.'));
    if (parts.size() < 3)
        return {};
    const QString domain = parts.mid(1).join(QLatin1Char('.'));
    // "co.uk", "com.au": a short word before a country's code is no owner.
    if (parts.size() == 3 && parts.at(1).size() <= 3 && parts.at(2).size() == 2)
        return {};
    return std::any_of(sharedDomains().begin(), sharedDomains().end(), [&](const QString &shared) { return domain == shared || domain.endsWith(QLatin1Char('.') + shared); }) ? QString() : domain;
}

} // namespace

std::vector<AuthChallenge> parseChallenges(const QList<QByteArray> &headers) {
    std::vector<AuthChallenge> out;
    for (const QByteArray &header : headers) {
        Reader reader(header);
        AuthChallenge *now = nullptr; // parameters of a header belong to the scheme before them in it
        while (true) {
            reader.skip(", \t");
            if (reader.atEnd())
                break;
            const QByteArray word = reader.token();
            if (word.isEmpty()) {
                reader.step();
                continue;
            }
            reader.skip(" \t");
            if (reader.take('=')) {
                reader.skip(" \t");
                const QString value = QString::fromUtf8(reader.value());
                if (now && !now->parameters.contains(QString::fromLatin1(word.toLower())))
                    now->parameters.insert(QString::fromLatin1(word.toLower()), value);
            } else {
                out.push_back({QString::fromLatin1(word.toLower()), {}});
                now = &out.back();
            }
        }
    }
    return out;
}

bool isTrustedRealm(const QString &registryUrl, const QString &realm, const QStringList &confirmed) {
    const QUrl registry(registryUrl), service(realm);
    const QString from = registry.host().toLower(), to = service.host().toLower();
    if (to.isEmpty() || !service.userInfo().isEmpty() || (service.scheme() != QLatin1String("https") && service.scheme() != QLatin1String("http")))
        return false;
    if (registry.scheme() == QLatin1String("https") && service.scheme() != QLatin1String("https"))
        return false;
    if (confirmed.contains(to, Qt::CaseInsensitive) || from == to || to.endsWith(QLatin1Char('.') + from))
        return true;
    const QString owner = ownersDomain(from);
    return !owner.isEmpty() && (to == owner || to.endsWith(QLatin1Char('.') + owner));
}

QString nextPage(const QByteArray &linkHeader) {
    static const QRegularExpression link(QStringLiteral("<([^>]*)>((?:\\s*;\\s*[^,;=]+(?:=(?:\"[^\"]*\"|[^,;]*))?)*)"));
    static const QRegularExpression next(QStringLiteral(";\\s*rel\\s*=\\s*(?:\"(?:[^\"]*\\s)?next(?:\\s[^\"]*)?\"|next\\s*(?:;|\\z))"), QRegularExpression::CaseInsensitiveOption);
    auto all = link.globalMatch(QString::fromUtf8(linkHeader));
    while (all.hasNext()) {
        const auto match = all.next();
        if (next.match(match.captured(2)).hasMatch())
            return match.captured(1);
    }
    return {};
}

} // namespace pilothouse::cluster
