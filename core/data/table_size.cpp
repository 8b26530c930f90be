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

/// Bytes of the text, at least: of a plain file its own. A gzip file tells the size of its last stream modulo 4 GiB; there may be more
/// (`cat a.gz b.gz`), but text takes no less than what it is packed into.
qint64 textBytes(const CsvBeginning &beginning, QFile &file) {
    char last[4];
    if (!beginning.file->packed() || !file.seek(std::max<qint64>(0, file.size() - 4)) || file.read(last, 4) != 4)
        return file.size();
    return std::max<qint64>(file.size(), qFromLittleEndian<quint32>(last));
}

/// Lines of the text, about: those of its beginning, and behind it as many as its length promises: by the beginning in a gzip file, by
/// places spread over a plain one, whose rows need not be as long as the first ones.
double linesOf(const CsvBeginning &beginning, QFile &file, std::string_view first) {
    const auto lines = double(std::count(first.begin(), first.end(), '\n'));
    double looked = double(first.size()), found = lines; // what tells of the rest
    const qint64 rest = std::max<qint64>(0, textBytes(beginning, file) - qint64(first.size())), apart = rest / spots, length = std::min(spotBytes, apart);
    if (!beginning.file->packed() && length > 0) {
        looked = found = 0;
        for (int i = 0; i < spots && file.seek(file.size() - rest + apart * i + (apart - length) / 2); ++i) {
            const QByteArray spot = file.read(length);
            looked += double(spot.size());
            found += double(spot.count('\n'));
        }
    }
    return lines + (looked > 0 ? double(rest) * found / looked : 0);
}

} // namespace

TableSize tableSize(const CsvBeginning &beginning, const QString &path) {
    TableSize size;
    size.differentTexts.resize(beginning.columns.size());
    QFile file(path);
    const BeginningBlock sample(beginning, beginning.columns, sampleBytes);
    const Block &block = sample.block();
    if (!file.open(QIODevice::ReadOnly) || block.rows == 0 || block.lines == 0)
        return size;
    const double rowsPerLine = double(block.rows) / double(block.lines);
    size.rows = beginning.whole ? qint64(block.rows) : qint64(linesOf(beginning, file, block.text) * rowsPerLine);
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
