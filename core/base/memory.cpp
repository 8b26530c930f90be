// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/memory.h"

#include <QFile>
#include <QLocale>

#include <algorithm>
#include <atomic>
#include <optional>
#include <sys/resource.h>
#include <unistd.h>

namespace pilothouse {

namespace {

constexpr qint64 little = qint64(16) << 20;    ///< given without a look
constexpr qint64 unlimited = qint64(1) << 60; ///< a limit above is none (version 1 writes a huge number)

std::atomic<qint64> ownLimit = 0;

QByteArray textOf(const QString &path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// The number in a file of one; nullopt: no such file, or "max".
std::optional<qint64> numberIn(const QString &path) {
    bool fine = false;
    const qint64 number = textOf(path).trimmed().toLongLong(&fine);
    return fine ? std::optional(number) : std::nullopt;
}

/// The number behind a key at the beginning of a line: "MemAvailable:   123 kB", "inactive_file 456".
std::optional<qint64> numberBehind(const QByteArray &text, const QByteArray &key) {
    for (const QByteArray &line : text.split('\n')) {
        if (!line.startsWith(key))
            continue;
        bool fine = false;
        const qint64 number = line.mid(key.size()).simplified().split(' ').value(0).toLongLong(&fine);
        if (fine)
            return number;
    }
    return {};
}

void take(MemoryRoom &room, qint64 bytes, const QString &bound, const QString &hint) {
    bytes = std::max<qint64>(0, bytes);
    if (room.bytes < 0 || bytes < room.bytes)
        room = {bytes, bound, hint};
}

/// The files of one group; the two versions name them differently.
struct GroupFiles {
    QStringList limits;
    QString used;
    QByteArray reclaimable; ///< key in memory.stat
};

void takeGroup(MemoryRoom &room, const QString &folder, const GroupFiles &files) {
    std::optional<qint64> limit;
    for (const QString &name : files.limits)
        if (const auto number = numberIn(folder + name); number && *number < unlimited)
            limit = std::min(limit.value_or(*number), *number);
    const auto used = numberIn(folder + files.used);
    if (!limit || !used)
        return;
    const qint64 cached = numberBehind(textOf(folder + QStringLiteral("/memory.stat")), files.reclaimable).value_or(0);
    take(room, *limit - *used + cached, QStringLiteral("the control group's limit of %1").arg(memoryText(*limit)), QStringLiteral("Or give the container or job more memory."));
}

/// Our group and those above it, each of which may have a limit. Inside a container the path may be the host's: what is not there is skipped.
void takeGroups(MemoryRoom &room, const QString &root) {
    static const GroupFiles second{{QStringLiteral("/memory.max"), QStringLiteral("/memory.high")}, QStringLiteral("/memory.current"), "inactive_file "};
    static const GroupFiles first{{QStringLiteral("/memory.limit_in_bytes")}, QStringLiteral("/memory.usage_in_bytes"), "total_inactive_file "};
    for (const QByteArray &line : textOf(root + QStringLiteral("/proc/self/cgroup")).split('\n')) {
        const QList<QByteArray> parts = line.split(':');
        if (parts.size() < 3)
            continue;
        const bool isSecond = parts[0] == "0" && parts[1].isEmpty();
        if (!isSecond && !parts[1].split(',').contains("memory"))
            continue;
        const QString top = root + (isSecond ? QStringLiteral("/sys/fs/cgroup") : QStringLiteral("/sys/fs/cgroup/memory"));
        QString path = QFile::decodeName(line.mid(parts[0].size() + parts[1].size() + 2));
        for (;;) {
            while (path.endsWith(QLatin1Char('/')))
                path.chop(1);
            takeGroup(room, top + path, isSecond ? second : first);
            if (path.isEmpty())
                break;
            path.truncate(std::max<qsizetype>(0, path.lastIndexOf(QLatin1Char('/'))));
        }
    }
}

/// Fields of /proc/<process>/statm, in bytes: 0 the address space, 1 resident memory.
qint64 statm(const QString &root, int field, const QString &process = QStringLiteral("self")) {
    return textOf(root + QStringLiteral("/proc/%1/statm").arg(process)).split(' ').value(field).toLongLong() * ::sysconf(_SC_PAGESIZE);
}

} // namespace

QString memoryText(qint64 bytes) { return QLocale::c().formattedDataSize(bytes, 1, QLocale::DataSizeIecFormat); }

qint64 residentMemory(const QString &root) { return statm(root, 1); }
qint64 residentMemoryOf(qint64 pid) { return statm({}, 1, QString::number(pid)); }

void limitMemory(qint64 bytes) { ownLimit = bytes; }

MemoryRoom memoryRoom(const QString &root) {
    MemoryRoom room;
    if (const auto kilobytes = numberBehind(textOf(root + QStringLiteral("/proc/meminfo")), "MemAvailable:"))
        take(room, *kilobytes * 1024, QStringLiteral("the machine's memory"), QStringLiteral("Or use a machine with more memory."));
    takeGroups(room, root);
    rlimit space{};
    if (::getrlimit(RLIMIT_AS, &space) == 0 && space.rlim_cur != RLIM_INFINITY && space.rlim_cur < rlim_t(unlimited))
        take(room, qint64(space.rlim_cur) - statm(root, 0), QStringLiteral("the address-space limit of %1").arg(memoryText(qint64(space.rlim_cur))), QStringLiteral("Or raise ulimit -v."));
    if (const qint64 own = ownLimit; own > 0)
        take(room, own - residentMemory(root), QStringLiteral("the memory limit of %1").arg(memoryText(own)), QStringLiteral("Or raise --max-memory."));
    return room;
}

Result<void> requireMemory(qint64 bytes, const QString &what, const QString &where, const QString &hint) {
    if (bytes < little)
        return {};
    const MemoryRoom room = memoryRoom();
    if (room.bytes < 0 || bytes <= room.bytes)
        return {};
    return refused(QStringLiteral("%1 needs about %2 of memory; %3 of %4 is left.").arg(what, memoryText(bytes), memoryText(room.bytes), room.bound), where,
                   hint.isEmpty() ? room.hint : hint + QLatin1Char(' ') + room.hint);
}

} // namespace pilothouse
