// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as a CSV file: no crash, and the same answer read whole and in small pieces. The first bytes choose options.
#include "core/data/profile.h"

#include <QString>

#include <cstdio>
#include <cstdlib>
#include <sys/mman.h>
#include <unistd.h>

using namespace pilothouse;

namespace {

QString summary(const Result<data::LoadedTable> &loaded) {
    if (!loaded)
        return loaded.error().text();
    QString all;
    for (const data::Column &column : loaded->table.columns) {
        all += column.name + data::columnTypeName(column.type);
        for (std::size_t row = 0; row < column.size(); ++row)
            all += column.text(row) + QLatin1Char('|');
    }
    for (const data::Problem &p : loaded->report.problems)
        all += QStringLiteral("%1:%2 %3").arg(p.line).arg(p.column).arg(p.what);
    return all + loaded->fingerprint.sha256 + QString::number(loaded->report.problemCount);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *bytes, std::size_t count) {
    if (count < 2)
        return 0;
    data::CsvOptions options;
    if (bytes[0] & 1)
        options.delimiter = QStringLiteral(";");
    if (bytes[0] & 2)
        options.decimal = QStringLiteral(",");
    if (bytes[0] & 4)
        options.comment = QStringLiteral("#");
    if (bytes[0] & 8)
        options.missing << QStringLiteral("-999") << QStringLiteral("x");
    if (options.delimiter.isEmpty() && !options.decimal.isEmpty())
        options.delimiter = QStringLiteral("|");
    const int file = ::memfd_create("csv", 0);
    if (file < 0 || ::write(file, bytes + 2, count - 2) != ssize_t(count - 2))
        std::abort();
    const QString path = QStringLiteral("/proc/self/fd/%1").arg(file);
    options.threads = 1;
    const auto whole = data::readCsv(path, options);
    options.batchBytes = std::size_t(16) + bytes[1];
    const auto pieces = data::readCsv(path, options);
    if (summary(whole) != summary(pieces)) {
        std::fprintf(stderr, "whole: %s\npieces: %s\n", qPrintable(summary(whole)), qPrintable(summary(pieces)));
        std::abort();
    }
    if (whole)
        (void)data::profileOf(*whole, 1).toJson();
    ::close(file);
    return 0;
}
