// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/operations/journal.h"

#include <QByteArray>

namespace pilothouse::operations {

/// The hash "before" the first line.
QString noHash();

/// One line without its newline: canonical JSON with "seal" (HMAC of the rest, "" without a key) and "hash" (SHA-256 of the
/// rest and the seal). Redacts texts and fills in entry.hash.
QByteArray encodeLine(JournalEntry &entry, const QByteArray &key);

struct DecodedLine {
    JournalEntry entry;
    bool sealed = false; ///< carries a seal
};
/// Invalid if the line is not byte for byte what encodeLine() makes of its content, its hash is wrong, or (with a key) its
/// seal is wrong; the text says which.
Result<DecodedLine> decodeLine(const QByteArray &line, const QByteArray &key);

/// Strings redacted, values of keys that name a credential masked, at any depth.
QJsonObject redactJson(const QJsonObject &object);

/// (count, hash) as kept in the database.
struct Head {
    qint64 count = 0;
    QString hash;
    qint64 bytes = 0; ///< size of the file up to and with that line: where append() looks
    QString mac;
    QByteArray message() const;
};

/// What the file holds at its end. `torn`: bytes behind the last newline.
struct Tail {
    qint64 size = 0, complete = 0; ///< complete: size without the torn piece
    QByteArray lastLine, torn;
};
Result<Tail> readTail(int fd, const QString &path);
/// Exactly the bytes [from, to).
Result<QByteArray> readRange(int fd, qint64 from, qint64 to, const QString &path);

/// What walking the lines found.
struct Walk {
    qint64 count = 0, unsealed = 0;
    QString lastHash;
    std::optional<qint64> badLine;
    QString finding;
    std::vector<std::pair<qint64, QString>> hashAt; ///< hashes at the wanted counts
    /// A line dated more than a minute before the one before it: the clock was set back. No line is wrong for it.
    struct SetBack {
        qint64 line = 0;
        QDateTime from, to;
    };
    std::optional<SetBack> setBack; ///< the newest
    qint64 setBacks = 0;
};
/// Checks hash, sequence and link of every line; goes on after the first bad one only to count.
Walk walkLines(const QByteArray &lines, const QByteArray &key, const std::vector<qint64> &wanted, qint64 countBefore = 0, const QString &hashBefore = noHash());

} // namespace pilothouse::operations
