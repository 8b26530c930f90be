// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/cache.h"

#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/base/redact.h"
#include "core/sources/lock_wait.h"

#include <QDateTime>
#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QFileInfo>
#include <QRegularExpression>
#include <QStandardPaths>

#include <algorithm>
#include <cstdio>
#include <fcntl.h>
#include <sys/stat.h>
#include <vector>

namespace pilothouse::sources {

namespace {

constexpr qint64 inUseSeconds = 3600;

QString objectPath(const QString &folder, const QString &sha256) { return QStringLiteral("%1/objects/%2/%3").arg(folder, sha256.left(2), sha256.mid(2)); }

void markUsed(const QString &path) {
    ::utimensat(AT_FDCWD, QFile::encodeName(path).constData(), nullptr, 0); // its time orders the objects; a failure costs only that
}

} // namespace

Result<qint64> parseSize(const QString &text) {
    static const QRegularExpression form(QStringLiteral(R"(^(\d{1,12})\s*([KMGT]?)(?:i?B)?$)"));
    const auto match = form.match(text.trimmed());
    if (!match.hasMatch())
        return invalid(QStringLiteral("“%1” is not a size.").arg(text), {}, QStringLiteral("Write 800M or 50G."));
    qint64 bytes = match.captured(1).toLongLong();
    for (qsizetype i = QStringLiteral("KMGT").indexOf(match.captured(2)); !match.captured(2).isEmpty() && i >= 0; --i)
        bytes = std::min<qint64>(bytes, 1LL << 50) * 1024;
    return bytes;
}

Result<Cache> Cache::open(const QString &folder, qint64 limitBytes) {
    QString root = folder.isEmpty() ? qEnvironmentVariable("PILOTHOUSE_CACHE") : folder;
    if (root.isEmpty())
        root = QStandardPaths::writableLocation(QStandardPaths::GenericCacheLocation) + QStringLiteral("/pilothouse/data");
    qint64 limit = limitBytes > 0 ? limitBytes : standardLimit;
    if (const QString wanted = qEnvironmentVariable("PILOTHOUSE_CACHE_LIMIT"); limitBytes <= 0 && !wanted.isEmpty()) {
        const auto size = parseSize(wanted);
        if (!size)
            return invalid(size.error().what, QStringLiteral("PILOTHOUSE_CACHE_LIMIT"), size.error().hint);
        limit = *size;
    }
    root = QDir::cleanPath(QFileInfo(root).absoluteFilePath());
    PH_TRY(makeFolder(root, true));
    return Cache(root, limit);
}

qint64 Cache::bytes() const {
    qint64 sum = 0;
    for (QDirIterator it(m_folder + QStringLiteral("/objects"), QDir::Files, QDirIterator::Subdirectories); it.hasNext();) {
        it.next();
        sum += it.fileInfo().size();
    }
    return sum;
}

std::optional<QString> Cache::object(const QString &sha256) const {
    static const QRegularExpression digest(QStringLiteral("^[0-9a-f]{64}$"));
    const QString path = objectPath(m_folder, sha256);
    if (!digest.match(sha256).hasMatch() || !QFileInfo(path).isFile())
        return {};
    markUsed(path);
    return path;
}

Result<QString> Cache::adopt(const QString &path, const QString &sha256) const {
    const QString target = objectPath(m_folder, sha256);
    PH_TRY(makeFolder(QFileInfo(target).absolutePath()));
    ::chmod(QFile::encodeName(path).constData(), 0400); // nobody edits what a run was trained on
    if (::rename(QFile::encodeName(path).constData(), QFile::encodeName(target).constData()) != 0)
        return fileError(QStringLiteral("put in place"), target);
    PH_TRY(syncFolder(QFileInfo(target).absolutePath()));
    markUsed(target);
    makeRoom();
    return target;
}

/// Two programs may do this at once: what one has taken away the other does not find.
void Cache::makeRoom() const {
    struct Entry {
        QDateTime used;
        qint64 bytes;
        QString path;
    };
    std::vector<Entry> all;
    qint64 sum = 0;
    for (QDirIterator it(m_folder + QStringLiteral("/objects"), QDir::Files, QDirIterator::Subdirectories); it.hasNext();) {
        it.next();
        all.push_back({it.fileInfo().lastModified(), it.fileInfo().size(), it.filePath()});
        sum += all.back().bytes;
    }
    std::sort(all.begin(), all.end(), [](const Entry &a, const Entry &b) { return a.used < b.used; });
    const QDateTime young = QDateTime::currentDateTime().addSecs(-inUseSeconds);
    for (const Entry &entry : all) {
        if (sum <= m_limit || entry.used > young)
            break;
        if (QFile::remove(entry.path))
            sum -= entry.bytes;
    }
}

QJsonObject Cache::known(const QString &source) const {
    const QString path = QStringLiteral("%1/known/%2.json").arg(m_folder, sha256Hex(source.toUtf8()));
    const auto bytes = readFile(path);
    const auto facts = bytes ? parseJsonObject(*bytes, path) : Result<QJsonObject>(bytes.error());
    // Nothing, or nothing that can be read: the source is fetched as if for the first time.
    return facts ? *facts : QJsonObject();
}

Result<void> Cache::remember(const QString &source, const QJsonObject &facts) const {
    QJsonObject kept = facts;
    kept.insert(QLatin1String("source"), redact(source)); // a signed URL is a key
    return writeFileAtomically(QStringLiteral("%1/known/%2.json").arg(m_folder, sha256Hex(source.toUtf8())), prettyJson(kept));
}

QString Cache::partial(const QString &source, const char *suffix) const {
    return QStringLiteral("%1/partial/%2.%3").arg(m_folder, sha256Hex(source.toUtf8()).left(40), QLatin1String(suffix));
}

Result<FileLock> Cache::lock(const QString &source, std::stop_token stop) const { return waitForLock(partial(source, "lock"), std::move(stop)); }

} // namespace pilothouse::sources
