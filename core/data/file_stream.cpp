// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/file_stream.h"

#include "core/base/file.h"

#include <QFile>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>
#include <zlib.h>

namespace pilothouse::data {

namespace {

bool sameState(const struct stat &a, const struct stat &b) {
    return a.st_ino == b.st_ino && a.st_size == b.st_size && a.st_mtim.tv_sec == b.st_mtim.tv_sec && a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

} // namespace

struct FileStream::Impl {
    QString path;
    int fd = -1;
    struct stat before {};
    qint64 taken = 0; ///< bytes read of the file
    bool gzip = false;
    z_stream zip{};
    bool zipReady = false, memberDone = false, ended = false;
    std::vector<char> packedBytes;
    std::function<void(const char *, std::size_t)> taker;

    ~Impl() {
        if (zipReady)
            inflateEnd(&zip);
        if (fd >= 0)
            ::close(fd);
    }
    Error changed() const {
        return invalid(QStringLiteral("The file was cut or changed while it was read."), path,
                       QStringLiteral("Wait until the program that writes it is done, then read it again."));
    }
    Error broken(const char *why) const {
        return invalid(QStringLiteral("The gzip stream is broken: %1.").arg(QString::fromUtf8(why)), path,
                       QStringLiteral("Test it with `gzip -t`; fetch the file again if it was cut."));
    }
    Result<std::size_t> raw(char *to, std::size_t count) {
        std::size_t got = 0;
        while (got < count) {
            const ssize_t n = ::read(fd, to + got, count - got);
            if (n < 0 && errno == EINTR)
                continue;
            if (n < 0)
                return fileError(QStringLiteral("read"), path);
            if (n == 0)
                break;
            got += std::size_t(n);
        }
        taken += qint64(got);
        if (taken > before.st_size || (got < count && taken < before.st_size))
            return changed();
        return got;
    }
    Result<std::size_t> unpack(char *to, std::size_t count);
};

/// A .gz may hold several members one after another (as `cat a.gz b.gz` makes them); zeros behind the last are padding.
Result<std::size_t> FileStream::Impl::unpack(char *to, std::size_t count) {
    std::size_t got = 0;
    while (got < count && !ended) {
        if (zip.avail_in == 0) {
            PH_ASSIGN(const std::size_t fresh, raw(packedBytes.data(), packedBytes.size()));
            if (taker && fresh)
                taker(packedBytes.data(), fresh);
            zip.next_in = reinterpret_cast<Bytef *>(packedBytes.data());
            zip.avail_in = uInt(fresh);
            if (fresh == 0) {
                if (!memberDone)
                    return broken("it ends in the middle");
                ended = true;
                break;
            }
        }
        if (memberDone) {
            if (*zip.next_in == 0) {
                ++zip.next_in;
                --zip.avail_in;
                continue;
            }
            inflateReset(&zip);
            memberDone = false;
        }
        zip.next_out = reinterpret_cast<Bytef *>(to + got);
        zip.avail_out = uInt(std::min<std::size_t>(count - got, 1u << 30));
        const uInt room = zip.avail_out;
        const int code = inflate(&zip, Z_NO_FLUSH);
        got += room - zip.avail_out;
        if (code == Z_STREAM_END)
            memberDone = true;
        else if (code != Z_OK && code != Z_BUF_ERROR)
            return broken(zip.msg ? zip.msg : "it cannot be unpacked");
    }
    return got;
}

FileStream::FileStream(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
FileStream::~FileStream() = default;

Result<std::unique_ptr<FileStream>> FileStream::open(const QString &path) {
    auto impl = std::make_unique<Impl>();
    impl->path = path;
    // O_NONBLOCK: opening a pipe nobody writes to must not hang; it has no effect on regular files.
    impl->fd = ::open(QFile::encodeName(path).constData(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (impl->fd < 0 || ::fstat(impl->fd, &impl->before) != 0)
        return fileError(QStringLiteral("open"), path);
    if (!S_ISREG(impl->before.st_mode))
        return invalid(QStringLiteral("This is no regular file."), path, QStringLiteral("Give the name of a CSV file, plain or gzip."));
    ::posix_fadvise(impl->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    unsigned char magic[2] = {};
    impl->gzip = ::pread(impl->fd, magic, 2, 0) == 2 && magic[0] == 0x1f && magic[1] == 0x8b;
    if (impl->gzip) {
        if (inflateInit2(&impl->zip, 15 + 16) != Z_OK)
            return impl->broken("zlib cannot start");
        impl->zipReady = true;
        impl->packedBytes.resize(256 * 1024);
    }
    return std::unique_ptr<FileStream>(new FileStream(std::move(impl)));
}

Result<std::size_t> FileStream::read(char *to, std::size_t count) { return m_impl->gzip ? m_impl->unpack(to, count) : m_impl->raw(to, count); }
void FileStream::onPackedBytes(std::function<void(const char *, std::size_t)> taker) { m_impl->taker = std::move(taker); }
bool FileStream::packed() const { return m_impl->gzip; }
bool FileStream::sameFileAs(const FileStream &other) const { return sameState(m_impl->before, other.m_impl->before); }
qint64 FileStream::fileSize() const { return m_impl->before.st_size; }
qint64 FileStream::bytesRead() const { return m_impl->taken; }

Result<void> FileStream::check() const {
    struct stat now {};
    if (::fstat(m_impl->fd, &now) != 0)
        return fileError(QStringLiteral("look at"), m_impl->path);
    if (!sameState(now, m_impl->before) || m_impl->taken != m_impl->before.st_size)
        return m_impl->changed();
    return {};
}

} // namespace pilothouse::data
