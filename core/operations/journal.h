// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/database.h"
#include "core/base/result.h"

#include <QJsonObject>

#include <memory>
#include <optional>
#include <vector>

namespace pilothouse::operations {

/// One line of the journal.
struct JournalEntry {
    qint64 sequence = 0; ///< from 1
    QDateTime time;
    QString actor, program;
    QString operation; ///< id that joins the lines of one operation
    QString kind;      ///< what the operation is: "promote", "set-alias", "rollout-start", "turn-back", "train", …
    QString phase;     ///< planned | refused | executing | done | failed | undone | note
    QString object;    ///< what it is about: "model t2m", "rollout serving/t2m"
    QJsonObject before, after, details;
    QString previousHash, hash;
};

struct JournalCheck {
    bool intact = false;
    bool authenticated = false; ///< the head could be checked with the key
    qint64 entries = 0;
    std::optional<qint64> firstBadLine;
    QString finding; ///< a sentence for people
};

/// Append-only JSON lines `journal.jsonl`, each with the SHA-256 of the line before. The head (count, hash) is kept in the
/// registry database with an HMAC by a key from the keychain, so that an edited, reordered or cut line, a cut tail and a
/// recomputed chain are found. The order is append + fsync, then head: a kill between the two leaves lines after the
/// head, which verify() accepts when they chain and were appended by a valid continuation (no false alarm).
/// Two programs may append at once (file lock). Without a key the chain is kept and verify() says that the head is not
/// authenticated.
class Journal {
public:
    /// @param key HMAC key; empty if no keychain is there.
    static Result<std::shared_ptr<Journal>> open(const QString &file, std::shared_ptr<Database> headStore, const QByteArray &key,
                                                 std::shared_ptr<const Clock> clock = std::make_shared<SystemClock>());
    /// Durable when it returns. Text fields are redacted. Gives the entry with sequence and hashes filled in.
    Result<JournalEntry> append(JournalEntry entry);
    /// Newest first; limit 0 = all.
    Result<std::vector<JournalEntry>> entries(int limit = 0) const;
    Result<JournalCheck> verify() const;
    QString file() const;
    ~Journal();

private:
    struct Impl;
    explicit Journal(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace pilothouse::operations
