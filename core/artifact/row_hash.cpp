// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/artifact/package.h"

#include "core/base/file.h"

#include <QFileInfo>
#include <QtEndian>

#include <algorithm>
#include <bit>
#include <cmath>

namespace pilothouse::artifact {

std::uint64_t rowHash(std::span<const double> inputs, std::span<const double> targets) {
    std::uint64_t hash = 0xCBF29CE484222325ull;
    const auto add = [&hash](double value) {
        // One bit pattern for each value: every NaN is "missing", −0 is 0.
        std::uint64_t bits = std::isnan(value) ? 0x7FF8000000000000ull : std::bit_cast<std::uint64_t>(value == 0 ? 0.0 : value);
        for (int i = 0; i < 8; ++i, bits >>= 8)
            hash = (hash ^ (bits & 0xFF)) * 0x100000001B3ull;
    };
    for (const double v : inputs)
        add(v);
    for (const double v : targets)
        add(v);
    // FNV leaves the high bits of short rows alike; SplitMix64's last step spreads them.
    hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9ull;
    hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EBull;
    return hash ^ (hash >> 31);
}

QByteArray trainRowFile(std::vector<std::uint64_t> hashes) {
    std::sort(hashes.begin(), hashes.end());
    QByteArray bytes(qsizetype(hashes.size() * 8), Qt::Uninitialized);
    for (std::size_t i = 0; i < hashes.size(); ++i)
        qToLittleEndian<quint64>(hashes[i], bytes.data() + i * 8);
    return bytes;
}

Result<std::vector<std::uint64_t>> trainRowHashes(const QString &folder) {
    const QString path = folder + QStringLiteral("/train_rows.u64");
    if (!QFileInfo::exists(path))
        return std::vector<std::uint64_t>{};
    PH_ASSIGN(const QByteArray bytes, readFile(path));
    if (bytes.size() % 8)
        return invalid(QStringLiteral("The file does not hold whole 64-bit numbers: it was cut."), path);
    std::vector<std::uint64_t> hashes(std::size_t(bytes.size() / 8));
    for (std::size_t i = 0; i < hashes.size(); ++i)
        hashes[i] = qFromLittleEndian<quint64>(bytes.constData() + i * 8);
    return hashes;
}

} // namespace pilothouse::artifact
