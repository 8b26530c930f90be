// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/database.h"
#include "core/base/result.h"

#include <QJsonObject>
#include <QString>

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
    qint64 unsealed = 0; ///< lines written by a program that had no key (CI without the secret)
    std::optional<qint64> firstBadLine;
    QString finding; ///< a sentence for people
};

/// The journal's part of registry.db (see promotion::registryDatabaseMigrations()).
QString journalTables1();

/// Append-only JSON lines `journal.jsonl`, each with the SHA-256 of the line before and, where there is a key, an HMAC of its
/// own. The head (count, hash) is kept in the registry database, once plain and once with an HMAC by a key from the keychain,
/// so that an edited, reordered or cut line, a cut tail and a recomputed chain are found. The order is append + fsync,
/// then head: a kill between the two leaves lines after the head, which verify() accepts when they chain (no false alarm).
/// A half line that a kill left at the end is moved to `journal.jsonl.torn` by the next append, which notes it.
/// Two programs may append at once (file lock). Without a key the chain is kept and verify() says that the head is not
/// authenticated. When file and head disagree, appending goes on (an emergency must not wait for an auditor) but the head is
/// frozen, so that verify() goes on finding it until a person runs seal().
/// Not found: forged lines behind the last honest one by somebody without the key (counted as `unsealed`), and file and
/// database both put back to an earlier copy.
class Journal {
public:
    /// @param key HMAC key; empty if no keychain is there.
    /// @param keyIsNew the key was made just now: lines from before are taken as they are, and a note says so. Otherwise lines
    ///        without a sealed head are a finding.
    static Result<std::shared_ptr<Journal>> open(const QString &file, std::shared_ptr<Database> headStore, const QByteArray &key,
                                                 std::shared_ptr<const Clock> clock = std::make_shared<SystemClock>(), bool keyIsNew = false);
    /// Durable when it returns. Text fields are redacted. Gives the entry with sequence and hashes filled in.
    Result<JournalEntry> append(JournalEntry entry);
    /// Newest first; limit 0 = all. Damaged lines are left out: verify() names them.
    Result<std::vector<JournalEntry>> entries(int limit = 0) const;
    Result<JournalCheck> verify() const;
    /// Takes the journal as it stands and makes a new head, after a lost key or a looked-into finding. The entry written
    /// holds the finding. Lines that do not chain stay found.
    Result<JournalEntry> seal(JournalEntry entry);
    QString file() const;
    ~Journal();

private:
    struct Impl;
    explicit Journal(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace pilothouse::operations
