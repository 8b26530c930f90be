// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/sftp.h"

#include "core/base/file.h"
#include "core/net/sftp_handle_internal.h"

#include <QFile>

#include <fcntl.h>
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

} // namespace

QString SftpFile::place() const { return QStringLiteral("sftp://%1:%2%3").arg(host).arg(port).arg(path); }

Result<void> sftpDownload(const SftpFile &file, const QString &target, std::stop_token stop, const std::function<void(qint64, qint64)> &progress) {
    SftpHandle handle;
    PH_TRY(handle.open(file));
    Running running{::open(QFile::encodeName(target).constData(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600), 0, target, stop, progress};
    if (running.fd < 0)
        return fileError(QStringLiteral("create"), target);
    running.from = ::lseek(running.fd, 0, SEEK_END);
    CURL *curl = handle.curl();
    curl_easy_setopt(curl, CURLOPT_RESUME_FROM_LARGE, curl_off_t(running.from));
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &write);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &running);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &step);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &running);
    const CURLcode code = handle.perform();
    const bool closed = ::close(running.fd) == 0;
    if (stop.stop_requested() && code == CURLE_ABORTED_BY_CALLBACK)
        return cancelled();
    if (running.writeFailed || !closed)
        return fileError(QStringLiteral("write"), target);
    if (code != CURLE_OK)
        return handle.error(code, file, false);
    return {};
}

} // namespace pilothouse::net
