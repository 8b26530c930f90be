// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/dvc_objects.h"

#include "core/base/file.h"
#include "core/base/hash.h"

#include <QDateTime>
#include <QFile>
#include <QFileInfo>

#include <sys/stat.h>

namespace pilothouse::sources {

namespace {

/// Bytes through DVC's digest of one kind, block by block as dvcDigestOfFile() takes them.
class Digest {
public:
    Digest(bool legacy, const QByteArray &begin) : m_convert(legacy && dvcLooksLikeText(begin)) {}
    void add(QByteArray block) { m_hasher.add(m_convert ? block.replace("\r\n", "\n") : block); }
    QString hex() { return m_hasher.hex(); }

private:
    bool m_convert;
    Hasher m_hasher{Hasher::Kind::Md5};
};

} // namespace

Error changedWhileRead(const QString &path) {
    return {ErrorKind::Conflict, QStringLiteral("The file changed while it was read."), path, QStringLiteral("Let the other program finish, then try again."), {}};
}

Result<QString> dvcReadThrough(const QString &path, bool legacy, const std::stop_token &stop, const std::function<Result<void>(const QByteArray &)> &take) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fileError(QStringLiteral("open"), path);
    const qint64 sizeBefore = file.size(); // now: a QFileInfo would look when it is asked
    const QDateTime timeBefore = QFileInfo(path).lastModified();
    Digest digest(legacy, file.peek(512));
    qint64 bytes = 0;
    for (;;) {
        if (stop.stop_requested())
            return cancelled();
        const QByteArray block = file.read(1 << 20);
        if (file.error() != QFileDevice::NoError)
            return fileError(QStringLiteral("read"), path);
        if (block.isEmpty())
            break;
        bytes += block.size();
        digest.add(block);
        if (take)
            PH_TRY(take(block));
    }
    const QFileInfo after(path);
    if (bytes != sizeBefore || after.size() != sizeBefore || after.lastModified() != timeBefore)
        return changedWhileRead(path);
    return digest.hex();
}

bool isDvcStored(const QString &cache, const DvcHash &hash) {
    const QString object = cache + QLatin1Char('/') + hash.objectPath();
    return QFileInfo(object).isFile() && dvcDigestOfFile(object, hash.legacy && !hash.directory).value_or(QString()) == hash.md5;
}

Result<void> storeDvcFile(const QString &cache, const DvcHash &hash, const QString &file, const std::stop_token &stop, const std::function<void(qint64)> &told) {
    if (isDvcStored(cache, hash))
        return {};
    return writeFileAtomically(cache + QLatin1Char('/') + hash.objectPath(), [&](int fd) -> Result<void> {
        PH_ASSIGN(const QString digest, dvcReadThrough(file, hash.legacy, stop, [&](const QByteArray &block) {
                      told(block.size());
                      return writeAll(fd, block.constData(), std::size_t(block.size()), file);
                  }));
        if (digest != hash.md5)
            return changedWhileRead(file);
        return ::fchmod(fd, 0444) == 0 ? Result<void>() : Result<void>(fileError(QStringLiteral("protect"), file));
    });
}

Result<void> storeDvcBytes(const QString &cache, const DvcHash &hash, const QByteArray &bytes) {
    if (isDvcStored(cache, hash))
        return {};
    const QString object = cache + QLatin1Char('/') + hash.objectPath();
    return writeFileAtomically(object, [&](int fd) -> Result<void> {
        PH_TRY(writeAll(fd, bytes.constData(), std::size_t(bytes.size()), object));
        return ::fchmod(fd, 0444) == 0 ? Result<void>() : Result<void>(fileError(QStringLiteral("protect"), object));
    });
}

} // namespace pilothouse::sources
