// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/sftp_handle_internal.h"

#include "core/base/redact.h"

#include <QDir>
#include <QFile>
#include <QUrl>

namespace pilothouse::net {

Result<void> SftpHandle::open(const SftpFile &file) {
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    (void)ready;
    if (m_curl)
        curl_easy_reset(m_curl.get()); // keeps the connection
    else
        m_curl.reset(curl_easy_init());
    if (!m_curl)
        return Error{ErrorKind::Internal, QStringLiteral("libcurl could not be started."), {}, {}, {}};
    CURL *curl = m_curl.get();
    m_text[0] = 0;
    m_known = file.knownHosts.isEmpty() ? QDir::homePath() + QStringLiteral("/.ssh/known_hosts") : file.knownHosts;
    QUrl url;
    url.setScheme(QStringLiteral("sftp"));
    url.setHost(file.host);
    url.setPort(file.port);
    url.setPath(file.path);
    const auto set = [curl](CURLoption option, const QString &value) { curl_easy_setopt(curl, option, QFile::encodeName(value).constData()); };
    curl_easy_setopt(curl, CURLOPT_URL, url.toEncoded().constData());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "sftp");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, m_text);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 15L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, 60L);
    curl_easy_setopt(curl, CURLOPT_SSH_AUTH_TYPES, long(CURLSSH_AUTH_AGENT | CURLSSH_AUTH_PUBLICKEY | CURLSSH_AUTH_PASSWORD | CURLSSH_AUTH_KEYBOARD));
    set(CURLOPT_SSH_KNOWNHOSTS, m_known); // an unknown host is refused: there is nobody to ask
    set(CURLOPT_USERNAME, file.user.isEmpty() ? qEnvironmentVariable("USER") : file.user);
    if (!file.password.isEmpty())
        curl_easy_setopt(curl, CURLOPT_PASSWORD, file.password.toUtf8().constData());
    if (!file.keyFile.isEmpty())
        set(CURLOPT_SSH_PRIVATE_KEYFILE, file.keyFile.startsWith(QLatin1String("~/")) ? QDir::homePath() + file.keyFile.mid(1) : file.keyFile);
    return {};
}

CURLcode SftpHandle::perform() {
    const CURLcode code = curl_easy_perform(m_curl.get());
    if (code != CURLE_TOO_MANY_REDIRECTS) // there are none in SFTP: these are its tries
        return code;
    curl_easy_setopt(m_curl.get(), CURLOPT_FRESH_CONNECT, 1L); // until the next open()
    return curl_easy_perform(m_curl.get());
}

Error SftpHandle::error(CURLcode code, const SftpFile &file, bool sending) const {
    const QString host = QStringLiteral("%1:%2").arg(file.host).arg(file.port);
    Error error{ErrorKind::Unreachable, {}, file.place(), {}, redact(QString::fromUtf8(*m_text ? m_text : curl_easy_strerror(code)))};
    switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
        error.kind = ErrorKind::Denied;
        error.what = QStringLiteral("The host key of %1 is not known, or is another than it was.").arg(host);
        error.hint = QStringLiteral("Compare it, then add it to %1 (`ssh %2` asks for it).").arg(m_known, file.port == 22 ? file.host : QStringLiteral("-p %1 %2").arg(file.port).arg(file.host));
        break;
    case CURLE_LOGIN_DENIED:
        error.kind = ErrorKind::Denied;
        error.what = QStringLiteral("%1 did not accept the login.").arg(host);
        error.hint = QStringLiteral("Load the key into the SSH agent, or name keyfile and user in the DVC remote.");
        break;
    case CURLE_REMOTE_FILE_NOT_FOUND:
        error.kind = ErrorKind::NotFound;
        error.what = QStringLiteral("The server has no such file.");
        break;
    case CURLE_REMOTE_ACCESS_DENIED:
        error.kind = ErrorKind::Denied;
        error.what = sending ? QStringLiteral("The server does not let this user write there.") : QStringLiteral("The server does not let this user read the file.");
        break;
    case CURLE_OPERATION_TIMEDOUT:
        error.kind = ErrorKind::TimedOut;
        error.what = QStringLiteral("%1 did not answer in time.").arg(host);
        break;
    default:
        error.what = (sending ? QStringLiteral("The file could not be sent to %1: %2.") : QStringLiteral("The file could not be fetched from %1: %2.")).arg(host, QString::fromUtf8(curl_easy_strerror(code)));
        break;
    }
    return error;
}

} // namespace pilothouse::net
