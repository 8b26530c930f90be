// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/process_mark.h"

#include <QFile>
#include <QList>

namespace pilothouse {

namespace {

/// /proc files have no size, so readFile() does not suit them.
QByteArray procFile(const QString &path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

QString ProcessMark::text() const { return QString::number(pid) + QLatin1Char('@') + start; }

std::optional<ProcessMark> ProcessMark::fromText(const QString &text) {
    const qsizetype at = text.indexOf(QLatin1Char('@'));
    bool number = false;
    const qint64 pid = text.left(qMax<qsizetype>(at, 0)).toLongLong(&number);
    if (!number)
        return {};
    return ProcessMark{pid, text.mid(at + 1)};
}

std::optional<ProcessMark> markOf(qint64 pid) {
    if (pid <= 0)
        return {};
    const QByteArray stat = procFile(QStringLiteral("/proc/%1/stat").arg(pid));
    // "pid (name) state ppid …": the name may hold spaces and brackets, so count from the last bracket; field 22 is the start.
    const QList<QByteArray> fields = stat.mid(stat.lastIndexOf(')') + 2).split(' ');
    if (stat.isEmpty() || fields.size() < 20 || fields.at(0) == "Z" || fields.at(0) == "X")
        return {};
    const QByteArray boot = procFile(QStringLiteral("/proc/sys/kernel/random/boot_id")).trimmed();
    return ProcessMark{pid, QString::fromLatin1(boot) + QLatin1Char('/') + QString::fromLatin1(fields.at(19))};
}

} // namespace pilothouse
