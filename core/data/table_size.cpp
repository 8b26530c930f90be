// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/table_size.h"

#include "core/base/memory.h"

#include <QFile>
#include <QtEndian>

#include <algorithm>

namespace pilothouse::data {

namespace {

constexpr std::size_t sampleBytes = 256 * 1024;
constexpr int spots = 16;
constexpr qint64 spotBytes = 32 * 1024;
constexpr qint64 textOverhead = 48; ///< std::string in a vector, and two slots of the index that finds it

/// Bytes of the text: of a plain file its own, of a gzip file as it says itself.
qint64 textBytes(const CsvBeginning &beginning, QFile &file) {
    if (!beginning.file->packed())
        return file.size();
    char last[4];
    if (!file.seek(std::max<qint64>(0, file.size() - 4)) || file.read(last, 4) != 4)
        return 0;
    qint64 bytes = qFromLittleEndian<quint32>(last);
    while (bytes < file.size()) // text packs well: the size has gone round
        bytes += qint64(1) << 32;
    return bytes;
}

/// Line ends a byte; of a plain file from places spread over it, each as long: its rows need not be as long as the first ones.
double linesPerByte(const CsvBeginning &beginning, QFile &file, std::string_view first) {
    const bool spread = !beginning.file->packed() && !beginning.whole;
    if (spread)
        first = first.substr(0, std::size_t(spotBytes));
    qint64 bytes = qint64(first.size()), lines = std::count(first.begin(), first.end(), '\n');
    for (int i = 1; spread && i < spots && file.seek(file.size() / spots * i); ++i) {
        const QByteArray spot = file.read(spotBytes);
        bytes += spot.size();
        lines += spot.count('\n');
    }
    return bytes > 0 ? double(lines) / double(bytes) : 0;
}

} // namespace

TableSize tableSize(const CsvBeginning &beginning, const QString &path) {
    TableSize size;
    size.differentTexts.resize(beginning.columns.size());
    QFile file(path);
    const BeginningBlock sample(beginning, sampleBytes);
    const Block &block = sample.block();
    if (!file.open(QIODevice::ReadOnly) || block.rows == 0 || block.lines == 0)
        return size;
    const double rowsPerLine = double(block.rows) / double(block.lines);
    size.rows = beginning.whole ? qint64(block.rows) : qint64(double(textBytes(beginning, file)) * linesPerByte(beginning, file, block.text) * rowsPerLine);
    for (std::size_t i = 0; i < beginning.columns.size(); ++i) {
        if (!beginning.columns[i].wanted)
            continue;
        ++size.columns;
        size.bytes += size.rows * (beginning.columns[i].type == ColumnType::Category ? 4 : 8);
        if (beginning.columns[i].type != ColumnType::Category)
            continue;
        for (const std::string_view text : block.columns[i].dictionary.texts)
            size.bytes += textOverhead + qint64(text.size());
        size.differentTexts[i] = qint64(block.columns[i].dictionary.texts.size());
    }
    return size;
}

Result<void> requireTable(const TableSize &size, const QString &path) {
    return requireMemory(size.bytes, QStringLiteral("A table of about %1 rows and %2 columns").arg(size.rows).arg(size.columns), path, tooLargeHint());
}

QString tooLargeHint() { return QStringLiteral("Take a part of its rows or columns into a file of its own; `pilot score` and `pilot profile` need no whole table."); }

} // namespace pilothouse::data
