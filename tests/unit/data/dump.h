// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/csv.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

namespace pilothouse::data {

/// A file in a folder that goes with the object.
class TemporaryFile {
public:
    explicit TemporaryFile(const QByteArray &bytes, const QString &name = QStringLiteral("t.csv")) : path(m_folder.filePath(name)) {
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
            qFatal("cannot write %s", qPrintable(path));
    }

private:
    QTemporaryDir m_folder;

public:
    const QString path;
};

/// The table as short text: "a:number b:category / 1 x / 2 ·", missing as "·".
inline QString dumpTable(const Table &table) {
    QStringList lines, names;
    for (const Column &column : table.columns)
        names << column.name + QLatin1Char(':') + columnTypeName(column.type);
    lines << names.join(QLatin1Char(' '));
    for (std::size_t row = 0; row < table.rows(); ++row) {
        QStringList cells;
        for (const Column &column : table.columns)
            cells << (column.isMissing(row) ? QStringLiteral("·") : column.text(row).replace(QLatin1Char('\n'), QStringLiteral("⏎")));
        lines << cells.join(QLatin1Char(' '));
    }
    return lines.join(QStringLiteral(" / "));
}

/// The problems as "line:column kind", in file order.
inline QString dumpProblems(const ReadReport &report) {
    QStringList all;
    for (const Problem &p : report.problems)
        all << QStringLiteral("%1:%2 %3").arg(p.line).arg(p.column).arg(problemKindName(p.kind));
    return all.join(QStringLiteral(", "));
}

inline QString sharedFile(const QString &name) { return qEnvironmentVariable("PILOTHOUSE_SHARED") + QLatin1Char('/') + name; }

} // namespace pilothouse::data
