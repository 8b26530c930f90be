// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/npy_file.h"

#include "core/base/file.h"

#include <QtEndian>

#include <algorithm>
#include <cmath>

namespace pilothouse::learn {

namespace {

/// Magic, version, length, and a Python dict that is padded to 64 bytes.
QByteArray headerFor(std::size_t rows, std::size_t width) {
    QByteArray dict = "{'descr': '<f8', 'fortran_order': False, 'shape': (" + QByteArray::number(qulonglong(rows)) + ", " + QByteArray::number(qulonglong(width)) + "), }";
    while ((dict.size() + 11) % 64)
        dict += ' ';
    dict += '\n';
    return QByteArray("\x93NUMPY\x01\x00", 8) + char(dict.size() % 256) + char(dict.size() / 256) + dict;
}

} // namespace

Result<void> writeNpy(const QString &path, const std::vector<double> &values, std::size_t width) {
    QByteArray bytes = headerFor(values.size() / width, width);
    const qsizetype at = bytes.size();
    bytes.resize(at + qsizetype(values.size() * sizeof(double)));
    qToLittleEndian<double>(values.data(), qsizetype(values.size()), bytes.data() + at);
    return writeFileAtomically(path, bytes);
}

Result<std::vector<double>> readNpy(const QString &path, std::size_t rows, std::size_t width) {
    PH_ASSIGN(const QByteArray bytes, readFile(path));
    const QByteArray header = headerFor(rows, width);
    const auto length = std::size_t(bytes.size() - header.size());
    if (!bytes.startsWith(header) || length % sizeof(double) || length / sizeof(double) / width != rows || length / sizeof(double) % width)
        return invalid(QStringLiteral("This is no table of %1 rows and %2 columns; it was cut or changed.").arg(rows).arg(width), path);
    std::vector<double> values(length / sizeof(double));
    qFromLittleEndian<double>(bytes.constData() + header.size(), qsizetype(values.size()), values.data());
    if (!std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); }))
        return invalid(QStringLiteral("A number of the table is not finite; the file was changed."), path);
    return values;
}

} // namespace pilothouse::learn
