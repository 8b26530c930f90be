// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/jenkins_api.h"

#include "core/base/redact.h"

#include <QJsonDocument>
#include <QRegularExpression>
#include <QUrl>

#include <algorithm>

namespace pilothouse::pipelines {

namespace {

constexpr qint64 longestReply = 256 << 20; ///< 500 jobs with 200 builds each

/// A page, not a log or a description that has a page's text in it: what stands before its first tag is blank or a comment.
bool isHtml(const QByteArray &body) {
    QByteArray begin = body.left(4096).trimmed().toLower();
    if (begin.startsWith("\xef\xbb\xbf"))
        begin = begin.mid(3).trimmed();
    while (begin.startsWith("<!--") || begin.startsWith("<?xml")) {
        const qsizetype end = begin.startsWith("<?xml") ? begin.indexOf("?>") + 2 : begin.indexOf("-->") + 3;
        if (end < 4)
            return false;
        begin = begin.mid(end).trimmed();
    }
    return begin.startsWith("<!doctype html") || begin.startsWith("<html") || begin.startsWith("<head");
}

/// The sentence of Jenkins' error page: "This input has been already given".
QString sentenceOf(const QByteArray &body) {
    QString text = QString::fromUtf8(body.left(64 << 10));
    text.remove(QRegularExpression(QStringLiteral("<(script|style|head)\\b.*?</\\1>"), QRegularExpression::DotMatchesEverythingOption | QRegularExpression::CaseInsensitiveOption));
    text.replace(QRegularExpression(QStringLiteral("<[^>]*>")), QStringLiteral(" "));
    text.replace(QStringLiteral("&#039;"), QStringLiteral("'")).replace(QStringLiteral("&quot;"), QStringLiteral("\"")).replace(QStringLiteral("&lt;"), QStringLiteral("<")).replace(QStringLiteral("&amp;"), QStringLiteral("&"));
    return text.simplified().left(400);
}

QByteArray encodedForm(const JenkinsForm &form) {
    QByteArray body;
    for (const auto &[name, value] : form)
        body += (body.isEmpty() ? "" : "&") + QUrl::toPercentEncoding(name) + '=' + QUrl::toPercentEncoding(value);
    return body;
}

} // namespace

JenkinsApi::JenkinsApi(const PipelineConnection &connection)
    : m_http(connection.http), m_authorization(connection.authorization), m_forget(connection.forget), m_clock(connection.clock), m_base(connection.connection.url), m_name(connection.connection.name),
      m_user(connection.connection.user), m_caFile(connection.connection.other.value(QStringLiteral("ca_file"))) {
    while (m_base.endsWith(QLatin1Char('/')))
        m_base.chop(1);
}

QString JenkinsApi::jobPath(const QString &fullName) {
    QString path;
    for (const QString &part : fullName.split(QLatin1Char('/'), Qt::SkipEmptyParts))
        path += QStringLiteral("/job/") + QString::fromLatin1(QUrl::toPercentEncoding(part));
    return path;
}

QString JenkinsApi::jobName(const QString &address) {
    const QStringList parts = QUrl(address).path(QUrl::FullyEncoded).split(QLatin1Char('/'), Qt::SkipEmptyParts);
    QStringList names;
    qsizetype i = parts.indexOf(QStringLiteral("job"));
    for (; i >= 0 && i + 1 < parts.size() && parts[i] == QLatin1String("job"); i += 2)
        names += QUrl::fromPercentEncoding(parts[i + 1].toLatin1());
    return names.join(QLatin1Char('/'));
}

bool JenkinsApi::isLoginPage(const QByteArray &body) {
    if (!isHtml(body))
        return false;
    const QByteArray text = body.left(256 << 10).toLower();
    return text.contains("j_spring_security_check") || text.contains("j_security_check") || text.contains("commencelogin") || text.contains("type=\"password\"") || text.contains("authentication required") ||
           text.contains("/login?from=");
}

Result<QString> JenkinsApi::rebased(const QString &link) const {
    const QUrl url(link), own(m_base);
    const QUrl whole = own.resolved(url);
    if (whole.scheme() != own.scheme() || whole.host() != own.host() || whole.port() != own.port())
        return refused(QStringLiteral("Jenkins names an address of another server."), redact(whole.toString(QUrl::RemoveQuery | QUrl::RemoveUserInfo)), QStringLiteral("Correct the address under Manage Jenkins ▸ System, or that of the connection."));
    const QString path = whole.path(QUrl::FullyEncoded), context = own.path(QUrl::FullyEncoded);
    if (!path.startsWith(context + QLatin1Char('/')))
        return refused(QStringLiteral("Jenkins names an address outside of %1.").arg(m_base), redact(path));
    return m_base + path.mid(context.size()) + (whole.hasQuery() ? QLatin1Char('?') + whole.query(QUrl::FullyEncoded) : QString());
}

int JenkinsApi::restSeconds() const { return int(std::clamp<qint64>(m_restUntil.load() - m_clock->nowUtc().toSecsSinceEpoch(), 0, 3600)); }

net::Request JenkinsApi::request(const QString &path) const {
    net::Request request;
    request.url = m_base + path;
    request.maxBytes = longestReply;
    request.caFile = m_caFile;
    return request;
}

Error JenkinsApi::failure(const net::Request &request, const net::Response &response) const {
    Error error = net::statusError(request, response);
    const QString sentence = isHtml(response.body) ? sentenceOf(response.body) : QString();
    if (isHtml(response.body))
        error.raw = redact(sentence);
    if (sentence.contains(QLatin1String("already given"), Qt::CaseInsensitive)) {
        error.kind = ErrorKind::Conflict;
        error.what = QStringLiteral("This input has been answered already.");
        error.hint = QStringLiteral("Read the run again: it shows by whom.");
    } else if (const QRegularExpressionMatch need = QRegularExpression(QStringLiteral("You need to (?:be|have) [^.]{1,200}?(?:submit|cancel) this")).match(sentence); need.hasMatch()) {
        error.kind = ErrorKind::Denied;
        error.what = QStringLiteral("Jenkins lets others answer this: %1.").arg(need.captured());
        error.hint = QStringLiteral("Ask one of them, or have the submitter of the input step changed.");
    } else if (response.status == 401) {
        error.what = QStringLiteral("Jenkins did not accept the login%1.").arg(m_user.isEmpty() ? QString() : QStringLiteral(" of ") + m_user);
        error.hint = QStringLiteral("Make an API token under the user's Security page in Jenkins and store it as the secret of the connection %1.").arg(m_name);
    } else if (response.status == 403) {
        const QString right = QRegularExpression(QStringLiteral("is missing the ([\\w/ -]+) permission")).match(sentence).captured(1);
        error.what = response.body.contains("No valid crumb") ? QStringLiteral("Jenkins did not accept the crumb that belongs to each write.")
                     : right.isEmpty()                        ? QStringLiteral("Jenkins refuses this to the user%1.").arg(m_user.isEmpty() ? QString() : QLatin1Char(' ') + m_user)
                                                              : QStringLiteral("The user%1 lacks the right %2 in Jenkins.").arg(m_user.isEmpty() ? QString() : QLatin1Char(' ') + m_user, right);
        error.hint = response.body.contains("No valid crumb") ? QStringLiteral("A proxy may drop its header or the session cookie; an API token needs no crumb.") : QStringLiteral("An administrator gives it under Manage Jenkins ▸ Security.");
    } else if (response.status == 404) {
        error.what = QStringLiteral("Jenkins has no such page, or hides it from the user%1.").arg(m_user.isEmpty() ? QString() : QLatin1Char(' ') + m_user);
        error.hint = QStringLiteral("Check the name of the job and its folder; without the right Job/Read Jenkins answers the same.");
    } else if (response.status == 503 && response.body.contains("getting ready")) {
        error.what = QStringLiteral("Jenkins is starting.");
        error.hint = QStringLiteral("Try again in a minute.");
    }
    if (isLoginPage(response.body) && response.status != 401 && error.kind != ErrorKind::Conflict && response.status < 500) {
        error.kind = ErrorKind::Denied;
        error.what = QStringLiteral("A login page came in place of Jenkins' answer.");
        error.hint = QStringLiteral("Check the user and the API token of the connection %1; a proxy with its own login before Jenkins lets programs through by another address.").arg(m_name);
    }
    return error;
}

Result<net::Response> JenkinsApi::send(net::Request request, std::stop_token token) const {
    if (m_authorization) {
        PH_ASSIGN(const QByteArray login, m_authorization());
        if (!login.isEmpty())
            request.headers.append({QByteArrayLiteral("Authorization"), login});
    }
    Result<net::Response> reply = m_http->send(request, token);
    if (!reply)
        return reply;
    if (reply->status == 401 && m_forget)
        m_forget();
    if (const qint64 pause = reply->header("Retry-After").toLongLong(); (reply->status == 429 || reply->status == 503) && pause > 0)
        m_restUntil = m_clock->nowUtc().toSecsSinceEpoch() + pause;
    if (reply->status >= 400)
        return failure(request, *reply);
    const QByteArray to = reply->header("Location");
    const bool toLogin = reply->status >= 300 && (to.contains("/login") || to.contains("securityRealm") || to.contains("oauth") || to.contains("saml"));
    if (toLogin || isLoginPage(reply->body)) {
        net::Response page = *reply;
        page.status = 403;
        page.body = "<html>commenceLogin</html>";
        Error error = failure(request, page);
        error.raw = toLogin ? redact(QString::fromUtf8(to.left(300))) : QString();
        return error;
    }
    return reply;
}

Result<net::Response> JenkinsApi::fetch(const QString &path, std::stop_token token) const { return send(request(path), token); }

namespace {

Result<QJsonValue> parsed(const net::Request &request, const net::Response &reply) {
    QJsonParseError problem;
    QJsonDocument document = QJsonDocument::fromJson(reply.body, &problem);
    if (problem.error == QJsonParseError::IllegalUTF8String || problem.error == QJsonParseError::IllegalValue || problem.error == QJsonParseError::UnterminatedString) // names and causes in another encoding
        document = QJsonDocument::fromJson(QString::fromUtf8(reply.body).toUtf8(), &problem);
    if (problem.error == QJsonParseError::NoError && (document.isObject() || document.isArray()))
        return document.isObject() ? QJsonValue(document.object()) : QJsonValue(document.array());
    if (reply.status >= 300)
        return Error{ErrorKind::Invalid, QStringLiteral("Jenkins answers from another address."), net::requestPlace(request), QStringLiteral("Write the address as the browser shows it, with http or https and the path."),
                     redact(QString::fromUtf8(reply.header("Location").left(300)))};
    return Error{ErrorKind::Invalid, isHtml(reply.body) ? QStringLiteral("A web page came in place of Jenkins' data.") : QStringLiteral("The reply is not JSON: %1.").arg(problem.errorString()), net::requestPlace(request),
                 QStringLiteral("Is this the address of Jenkins, with its path, and no proxy's page before it?"), redact(QString::fromUtf8(reply.body.left(400)))};
}

} // namespace

Result<QJsonObject> JenkinsApi::object(const QString &path, std::stop_token token) const {
    const net::Request asked = request(path);
    PH_ASSIGN(const net::Response reply, send(asked, token));
    PH_ASSIGN(const QJsonValue value, parsed(asked, reply));
    if (!value.isObject())
        return invalid(QStringLiteral("The reply is a list where Jenkins gives an object."), net::requestPlace(asked));
    return value.toObject();
}

Result<std::optional<QJsonValue>> JenkinsApi::maybe(const QString &path, std::stop_token token) const {
    const net::Request asked = request(path);
    const Result<net::Response> reply = send(asked, token);
    if (!reply && reply.error().kind == ErrorKind::NotFound)
        return std::optional<QJsonValue>();
    if (!reply)
        return reply.error();
    PH_ASSIGN(QJsonValue value, parsed(asked, *reply));
    return std::optional(std::move(value));
}

Result<void> JenkinsApi::addCrumb(net::Request &request) const {
    const net::Request asked = this->request(QStringLiteral("/crumbIssuer/api/json"));
    const Result<net::Response> reply = send(asked);
    if (!reply && reply.error().kind == ErrorKind::NotFound)
        return {}; // no protection against forged requests there
    if (!reply)
        return reply.error();
    PH_ASSIGN(const QJsonValue crumb, parsed(asked, *reply));
    const QByteArray field = crumb[QLatin1String("crumbRequestField")].toString().toLatin1(), value = crumb[QLatin1String("crumb")].toString().toLatin1();
    if (!field.isEmpty())
        request.headers.append({field, value});
    // A crumb counts in the session that it was given to (spinnaker/spinnaker #2067); who logs in by an API token has none, and needs none.
    QByteArray jar;
    for (const net::Header &header : reply->headers)
        if (header.name.compare("set-cookie", Qt::CaseInsensitive) == 0)
            jar += (jar.isEmpty() ? "" : "; ") + header.value.split(';').first().trimmed();
    if (!jar.isEmpty())
        request.headers.append({QByteArrayLiteral("Cookie"), jar});
    return {};
}

Result<net::Response> JenkinsApi::post(const QString &path, const JenkinsForm &form) const {
    net::Request request = this->request(path);
    request.method = QByteArrayLiteral("POST");
    request.idempotent = false;
    request.body = encodedForm(form);
    request.headers.append({QByteArrayLiteral("Content-Type"), QByteArrayLiteral("application/x-www-form-urlencoded")});
    PH_TRY(addCrumb(request));
    return send(std::move(request));
}

} // namespace pilothouse::pipelines
