// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/file.h"

#include <QJsonObject>
#include <QString>

#include <optional>
#include <stop_token>

namespace pilothouse::sources {

/// Files fetched from elsewhere, by the SHA-256 of their bytes:
///   objects/<2 hex>/<62 hex>  read-only      known/<name>.json  what was last seen of a source      partial/<name>.{part,json,lock}
/// Objects are put in place by rename, so that programs that run at once and readers see a whole file or none. What was used
/// longest ago goes first when the limit is passed; what was used within the last hour stays.
class Cache {
public:
    static constexpr qint64 standardLimit = 20LL << 30;
    /// @param folder empty: $PILOTHOUSE_CACHE, else pilothouse/data in the user's cache folder.
    /// @param limitBytes 0: $PILOTHOUSE_CACHE_LIMIT ("50G", "800M"), else 20 GiB.
    static Result<Cache> open(const QString &folder = {}, qint64 limitBytes = 0);

    const QString &folder() const { return m_folder; }
    qint64 limit() const { return m_limit; }
    qint64 bytes() const; ///< of all objects

    /// Path of an object if it is there; it then counts as used now.
    std::optional<QString> object(const QString &sha256) const;
    /// Moves a finished file in (it is gone from `path`), then makes room. Gives the object's path.
    Result<QString> adopt(const QString &path, const QString &sha256) const;

    /// What was last seen of a source (its ETag, digest …); `source` names it, e.g. its URL. Empty if nothing is known.
    QJsonObject known(const QString &source) const;
    Result<void> remember(const QString &source, const QJsonObject &facts) const;

    /// Where an unfinished download of a source is kept, with its state; and the lock that one program at a time holds.
    QString partial(const QString &source, const char *suffix) const;
    /// Waits until no other program fetches the source. Cancelled on stop.
    Result<FileLock> lock(const QString &source, std::stop_token stop) const;

private:
    Cache(QString folder, qint64 limit) : m_folder(std::move(folder)), m_limit(limit) {}
    void makeRoom() const;
    QString m_folder;
    qint64 m_limit = standardLimit;
};

/// "50G", "800M", "1048576" in bytes.
Result<qint64> parseSize(const QString &text);

} // namespace pilothouse::sources
