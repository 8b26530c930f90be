// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/file.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace pilothouse {

Result<void> writeAll(int fd, const char *bytes, std::size_t count, const QString &path) {
    while (count > 0) {
        const ssize_t n = ::write(fd, bytes, count);
        if (n < 0) {
            if (errno == EINTR)
                continue;
            return fileError(QStringLiteral("write"), path);
        }
        bytes += n;
        count -= std::size_t(n);
    }
    return {};
}

Result<void> makeFolder(const QString &path, bool priv) {
    if (QFileInfo(path).isDir())
        return {};
    errno = 0;
    if (!QDir().mkpath(path)) {
        if (errno == 0)
            errno = EACCES;
        return fileError(QStringLiteral("make the folder"), path);
    }
    if (priv && ::chmod(QFile::encodeName(path).constData(), 0700) != 0)
        return fileError(QStringLiteral("protect the folder"), path);
    return {};
}

Result<void> syncFolder(const QString &path) {
    const int fd = ::open(QFile::encodeName(path).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return fileError(QStringLiteral("open the folder"), path);
    const int rc = ::fsync(fd);
    ::close(fd);
    if (rc != 0 && errno != EINVAL) // some file systems cannot sync a folder
        return fileError(QStringLiteral("sync the folder"), path);
    return {};
}

Result<void> writeFileAtomically(const QString &path, const std::function<Result<void>(int fd)> &writer) {
    const QString folder = QFileInfo(path).absolutePath();
    PH_TRY(makeFolder(folder));
    QByteArray temporary = QFile::encodeName(path) + ".tmp-XXXXXX";
    const int fd = ::mkostemp(temporary.data(), O_CLOEXEC);
    if (fd < 0)
        return fileError(QStringLiteral("create"), path);
    mode_t mask = ::umask(0);
    ::umask(mask);
    ::fchmod(fd, 0666 & ~mask);
    Result<void> done = writer(fd);
    if (done && ::fsync(fd) != 0)
        done = fileError(QStringLiteral("sync"), path);
    if (::close(fd) != 0 && done)
        done = fileError(QStringLiteral("close"), path);
    if (done && ::rename(temporary.constData(), QFile::encodeName(path).constData()) != 0)
        done = fileError(QStringLiteral("put in place"), path);
    if (!done) {
        ::unlink(temporary.constData());
        return done;
    }
    return syncFolder(folder);
}

Result<void> writeFileAtomically(const QString &path, const QByteArray &bytes) {
    return writeFileAtomically(path, [&](int fd) { return writeAll(fd, bytes.constData(), std::size_t(bytes.size()), path); });
}

Result<QByteArray> readFile(const QString &path) {
    const int fd = ::open(QFile::encodeName(path).constData(), O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fileError(QStringLiteral("open"), path);
    struct stat before {};
    if (::fstat(fd, &before) != 0 || S_ISDIR(before.st_mode)) {
        if (S_ISDIR(before.st_mode))
            errno = EISDIR;
        auto e = fileError(QStringLiteral("read"), path);
        ::close(fd);
        return e;
    }
    QByteArray bytes(qsizetype(before.st_size), Qt::Uninitialized);
    qsizetype have = 0;
    while (have < bytes.size()) {
        const ssize_t n = ::read(fd, bytes.data() + have, std::size_t(bytes.size() - have));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            auto e = fileError(QStringLiteral("read"), path);
            ::close(fd);
            return e;
        }
        if (n == 0)
            break;
        have += n;
    }
    struct stat after {};
    ::fstat(fd, &after);
    ::close(fd);
    if (have != bytes.size() || after.st_size != before.st_size || after.st_mtim.tv_sec != before.st_mtim.tv_sec ||
        after.st_mtim.tv_nsec != before.st_mtim.tv_nsec)
        return invalid(QStringLiteral("The file changed while it was read."), path, QStringLiteral("Let the other program finish, then try again."));
    return bytes;
}

namespace {
Result<int> lockDescriptor(const QString &path, int operation) {
    PH_TRY(makeFolder(QFileInfo(path).absolutePath()));
    const int fd = ::open(QFile::encodeName(path).constData(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0)
        return fileError(QStringLiteral("open the lock"), path);
    int rc = 0;
    do
        rc = ::flock(fd, operation);
    while (rc != 0 && errno == EINTR);
    if (rc != 0) {
        const bool busy = errno == EWOULDBLOCK;
        auto e = fileError(QStringLiteral("lock"), path);
        ::close(fd);
        if (busy) {
            e.kind = ErrorKind::Conflict;
            e.what = QStringLiteral("Another program holds this lock.");
        }
        return e;
    }
    return fd;
}
} // namespace

Result<FileLock> FileLock::acquire(const QString &path) {
    PH_ASSIGN(const int fd, lockDescriptor(path, LOCK_EX));
    return FileLock(fd);
}

Result<FileLock> FileLock::tryAcquire(const QString &path) {
    PH_ASSIGN(const int fd, lockDescriptor(path, LOCK_EX | LOCK_NB));
    return FileLock(fd);
}

bool FileLock::held(const QString &path) {
    const int fd = ::open(QFile::encodeName(path).constData(), O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    const bool held = ::flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    ::close(fd);
    return held;
}

FileLock &FileLock::operator=(FileLock &&other) noexcept {
    std::swap(m_fd, other.m_fd);
    return *this;
}

FileLock::~FileLock() {
    if (m_fd >= 0)
        ::close(m_fd);
}

} // namespace pilothouse
