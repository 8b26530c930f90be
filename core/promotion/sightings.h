// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/database.h"

#include <QDateTime>
#include <QJsonObject>

namespace pilothouse::promotion {

/// The sightings' part of registry.db (see registryDatabaseMigrations()).
QString sightingTables1();

/// What was found to be so in the world though nobody here did it, and from when to when it was seen.
struct Sighting {
    QString kind;    ///< "skew", "alias"
    QString subject; ///< what it is about: "t2m", "connection/model@alias"
    QString state;   ///< what was seen: while this stays the same it is one sighting
    QJsonObject details; ///< as seen last
    QDateTime first, ended; ///< UTC; ended invalid: it is so still
};

/// First sights, kept so that their age survives a restart. A note of what was read, no write to the outside. Any thread, several programs.
class Sightings {
public:
    explicit Sightings(std::shared_ptr<Database> database) : m_database(std::move(database)) {}
    /// It is so now. Gives since when it was seen without a break. Another state of the subject ends here.
    Result<QDateTime> seen(const QString &kind, const QString &subject, const QString &state, const QJsonObject &details, const QDateTime &now);
    /// It is so no more; nothing happens if it was not.
    Result<void> over(const QString &kind, const QString &subject, const QDateTime &now);
    /// All of a subject, newest first.
    Result<std::vector<Sighting>> of(const QString &kind, const QString &subject) const;

private:
    std::shared_ptr<Database> m_database;
};

} // namespace pilothouse::promotion
