// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/sftp.h"

#include "core/base/file.h"
#include "core/base/redact.h"

#include <curl/curl.h>

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QUrl>

#include <fcntl.h>
#include <memory>
#include <unistd.h>

namespace pilothouse::net {

namespace {

struct Running {
    int fd = -1;
    qint64 from = 0;
    const QString &target;
    const std::stop_token &stop;
    const std::function<void(qint64, qint64)> &progress;
    bool writeFailed = false;
};

std::size_t write(char *bytes, std::size_t size, std::size_t count, void *self) {
    auto &r = *static_cast<Running *>(self);
    r.writeFailed = !writeAll(r.fd, bytes, size * count, r.target);
    return r.writeFailed ? 0 : size * count;
}

int step(void *self, curl_off_t total, curl_off_t done, curl_off_t, curl_off_t) {
    auto &r = *static_cast<Running *>(self);
    if (r.progress && done > 0)
        r.progress(r.from + done, total > 0 ? r.from + total : -1);
    return r.stop.stop_requested() ? 1 : 0;
}

Error sftpError(CURLcode code, const SftpFile &file, const char *text, const QString &knownHosts) {
    const QString host = QStringLiteral("%1:%2").arg(file.host).arg(file.port);
    Error error{ErrorKind::Unreachable, {}, file.place(), {}, redact(QString::fromUtf8(*text ? text : curl_easy_strerror(code)))};
    switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
        error.kind = ErrorKind::Denied;
        error.what = QStringLiteral("The host key of %1 is not known, or is another than it was.").arg(host);
        error.hint = QStringLiteral("Compare it, then add it to %1 (`ssh %2` asks for it).").arg(knownHosts, file.host);
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
        error.what = QStringLiteral("The server does not let this user read the file.");
        break;
    case CURLE_OPERATION_TIMEDOUT:
        error.kind = ErrorKind::TimedOut;
        error.what = QStringLiteral("%1 did not answer in time.").arg(host);
        break;
    default:
        error.what = QStringLiteral("The file could not be fetched from %1: %2.").arg(host, QString::fromUtf8(curl_easy_strerror(code)));
        break;
    }
    return error;
}

} // namespace

QString SftpFile::place() const { return QStringLiteral("sftp://%1:%2%3").arg(host).arg(port).arg(path); }

Result<void> sftpDownload(const SftpFile &file, const QString &target, std::stop_token stop, const std::function<void(qint64, qint64)> &progress) {
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    (void)ready;
    const std::unique_ptr<CURL, void (*)(CURL *)> handle(curl_easy_init(), &curl_easy_cleanup);
    if (!handle)
        return Error{ErrorKind::Internal, QStringLiteral("libcurl could not be started."), {}, {}, {}};
    Running running{::open(QFile::encodeName(target).constData(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600), 0, target, stop, progress};
    if (running.fd < 0)
        return fileError(QStringLiteral("create"), target);
    running.from = ::lseek(running.fd, 0, SEEK_END);
    CURL *curl = handle.get();
    char text[CURL_ERROR_SIZE] = {};
    const QString known = file.knownHosts.isEmpty() ? QDir::homePath() + QStringLiteral("/.ssh/known_hosts") : file.knownHosts;
    QUrl url;
    url.setScheme(QStringLiteral("sftp"));
    url.setHost(file.host);
    url.setPort(file.port);
    url.setPath(file.path);
    const auto set = [curl](CURLoption option, const QString &value) { curl_easy_setopt(curl, option, QFile::encodeName(value).constData()); };
    curl_easy_setopt(curl, CURLOPT_URL, url.toEncoded().constData());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "sftp");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, text);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 15L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, 60L);
    curl_easy_setopt(curl, CURLOPT_SSH_AUTH_TYPES, long(CURLSSH_AUTH_AGENT | CURLSSH_AUTH_PUBLICKEY | CURLSSH_AUTH_PASSWORD | CURLSSH_AUTH_KEYBOARD));
    set(CURLOPT_SSH_KNOWNHOSTS, known); // an unknown host is refused: there is nobody to ask
    set(CURLOPT_USERNAME, file.user.isEmpty() ? qEnvironmentVariable("USER") : file.user);
    if (!file.password.isEmpty())
        curl_easy_setopt(curl, CURLOPT_PASSWORD, file.password.toUtf8().constData());
    if (!file.keyFile.isEmpty())
        set(CURLOPT_SSH_PRIVATE_KEYFILE, file.keyFile.startsWith(QLatin1String("~/")) ? QDir::homePath() + file.keyFile.mid(1) : file.keyFile);
    curl_easy_setopt(curl, CURLOPT_RESUME_FROM_LARGE, curl_off_t(running.from));
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &write);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &running);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &step);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &running);
    const CURLcode code = curl_easy_perform(curl);
    const bool closed = ::close(running.fd) == 0;
    if (stop.stop_requested() && code == CURLE_ABORTED_BY_CALLBACK)
        return cancelled();
    if (running.writeFailed || !closed)
        return fileError(QStringLiteral("write"), target);
    if (code != CURLE_OK)
        return sftpError(code, file, text, known);
    return {};
}

} // namespace pilothouse::net
