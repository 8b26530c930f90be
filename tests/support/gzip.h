// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace pilothouse::test {

/// A gzip stream around the deflate data that qCompress makes (4 bytes length, 2 bytes zlib head, 4 bytes Adler sum).
inline QByteArray gzipped(const QByteArray &bytes) {
    quint32 crc = 0xFFFFFFFFu;
    for (const char c : bytes) {
        crc ^= quint8(c);
        for (int bit = 0; bit < 8; ++bit)
            crc = (crc >> 1) ^ (crc & 1 ? 0xEDB88320u : 0);
    }
    const QByteArray packed = qCompress(bytes, 9);
    QByteArray out = QByteArray("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10) + packed.mid(6, packed.size() - 10);
    for (const quint32 word : {~crc, quint32(bytes.size())})
        for (int shift = 0; shift < 32; shift += 8)
            out += char(word >> shift);
    return out;
}

} // namespace pilothouse::test
