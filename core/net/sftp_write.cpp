// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/sftp_write.h"

#include "core/base/hash.h"
#include "core/net/sftp_handle_internal.h"

#include <QFile>

#include <algorithm>

namespace pilothouse::net {

namespace {

/// A path in a command of libcurl's.
QByteArray quoted(const QString &path) {
    QByteArray out = "\"";
    for (const char c : path.toUtf8())
        out += c == '"' || c == '\\' ? QByteArray("\\") + c : QByteArray(1, c);
    return out + '"';
}

struct Commands {
    curl_slist *list = nullptr;
    explicit Commands(const QByteArray &command) : list(curl_slist_append(nullptr, command.constData())) {}
    ~Commands() { curl_slist_free_all(list); }
    Commands(const Commands &) = delete;
    Commands &operator=(const Commands &) = delete;
};

struct Sending {
    QFile &file;
    const std::stop_token &stop;
    const std::function<void(qint64, qint64)> &progress;
    bool readFailed = false;
};

std::size_t read(char *bytes, std::size_t size, std::size_t count, void *self) {
    auto &s = *static_cast<Sending *>(self);
    const qint64 n = s.file.read(bytes, qint64(size * count));
    s.readFailed |= n < 0;
    return n < 0 ? CURL_READFUNC_ABORT : std::size_t(n);
}

int step(void *self, curl_off_t, curl_off_t, curl_off_t total, curl_off_t done) {
    auto &s = *static_cast<Sending *>(self);
    if (s.progress && done > 0)
        s.progress(done, total);
    return s.stop.stop_requested() ? 1 : 0;
}

int stopOnly(void *stop, curl_off_t, curl_off_t, curl_off_t, curl_off_t) { return static_cast<std::stop_token *>(stop)->stop_requested() ? 1 : 0; }

/// The length is known with the first byte, and no more is wanted.
std::size_t takeNothing(char *, std::size_t, std::size_t, void *seen) {
    *static_cast<bool *>(seen) = true;
    return 0;
}

} // namespace

struct SftpWriter::Impl {
    SftpFile server;
    SftpHandle handle;

    SftpFile at(const QString &path) const {
        SftpFile file = server;
        file.path = path;
        return file;
    }
    Result<CURL *> begin(const SftpFile &file, std::stop_token &stop) {
        PH_TRY(handle.open(file));
        curl_easy_setopt(handle.curl(), CURLOPT_NOPROGRESS, 0L);
        curl_easy_setopt(handle.curl(), CURLOPT_XFERINFOFUNCTION, &stopOnly);
        curl_easy_setopt(handle.curl(), CURLOPT_XFERINFODATA, &stop);
        return handle.curl();
    }
    /// A command without a transfer.
    CURLcode command(const QByteArray &text, std::stop_token stop) {
        const Result<CURL *> curl = begin(at(QStringLiteral("/")), stop);
        if (!curl)
            return CURLE_FAILED_INIT;
        const Commands commands(text);
        curl_easy_setopt(*curl, CURLOPT_NOBODY, 1L);
        curl_easy_setopt(*curl, CURLOPT_QUOTE, commands.list);
        return curl_easy_perform(*curl);
    }
};

SftpWriter::SftpWriter(SftpFile server) : m_impl(std::make_unique<Impl>()) { m_impl->server = std::move(server); }
SftpWriter::~SftpWriter() = default;

QString SftpWriter::place(const QString &path) const { return m_impl->at(path).place(); }

Result<std::optional<qint64>> SftpWriter::size(const QString &path, std::stop_token stop) {
    const SftpFile file = m_impl->at(path);
    PH_ASSIGN(CURL *const curl, m_impl->begin(file, stop));
    bool seen = false;
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &takeNothing);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &seen);
    const CURLcode code = m_impl->handle.perform();
    if (code == CURLE_REMOTE_FILE_NOT_FOUND)
        return std::optional<qint64>();
    if (code == CURLE_ABORTED_BY_CALLBACK && stop.stop_requested())
        return cancelled();
    if (code != CURLE_OK && !seen)
        return m_impl->handle.error(code, file, false);
    curl_off_t bytes = 0;
    curl_easy_getinfo(curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &bytes);
    return std::optional<qint64>(std::max<qint64>(bytes, 0));
}

Result<void> SftpWriter::put(const QString &name, const QString &path, std::stop_token stop, const std::function<void(qint64, qint64)> &progress) {
    QFile input(name);
    if (!input.open(QIODevice::ReadOnly))
        return fileError(QStringLiteral("open"), name);
    const SftpFile temporary = m_impl->at(path + QLatin1Char('.') + randomHex(6) + QStringLiteral(".part"));
    PH_ASSIGN(CURL *const curl, m_impl->begin(temporary, stop));
    Sending sending{input, stop, progress};
    const Commands rename("rename " + quoted(temporary.path) + ' ' + quoted(path));
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, curl_off_t(input.size()));
    curl_easy_setopt(curl, CURLOPT_FTP_CREATE_MISSING_DIRS, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, &read);
    curl_easy_setopt(curl, CURLOPT_READDATA, &sending);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &step);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &sending);
    curl_easy_setopt(curl, CURLOPT_POSTQUOTE, rename.list);
    const CURLcode code = curl_easy_perform(curl);
    if (code == CURLE_OK)
        return {};
    Error error = m_impl->handle.error(code, m_impl->at(path), true);
    if (sending.readFailed)
        error = fileError(QStringLiteral("read"), name);
    (void)m_impl->command("rm " + quoted(temporary.path), {}); // best effort: the error that led here is the one to read
    return stop.stop_requested() && code == CURLE_ABORTED_BY_CALLBACK ? cancelled() : error;
}

Result<void> SftpWriter::remove(const QString &path) {
    const CURLcode code = m_impl->command("rm " + quoted(path), {});
    if (code == CURLE_OK)
        return {};
    const Error error = m_impl->handle.error(code, m_impl->at(path), true);
    PH_ASSIGN(const std::optional<qint64> there, size(path));
    return there ? Result<void>(error) : Result<void>();
}

} // namespace pilothouse::net
