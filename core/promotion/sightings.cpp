// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/promotion/sightings.h"

#include "core/base/clock.h"
#include "core/base/json.h"

#include <QJsonDocument>

namespace pilothouse::promotion {

QString sightingTables1() {
    return QStringLiteral(R"sql(
CREATE TABLE sightings(
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, subject TEXT NOT NULL, state TEXT NOT NULL, details TEXT NOT NULL,
    first TEXT NOT NULL, ended TEXT);
CREATE UNIQUE INDEX one_sighting_at_a_time ON sightings(kind, subject) WHERE ended IS NULL;
CREATE INDEX sightings_of_subject ON sightings(kind, subject, sequence);
)sql");
}

Result<QDateTime> Sightings::seen(const QString &kind, const QString &subject, const QString &state, const QJsonObject &details, const QDateTime &now) {
    const QString told = QString::fromUtf8(canonicalJson(details));
    QDateTime since;
    QString kept, keptDetails;
    const auto look = [&] {
        return m_database->query(QStringLiteral("SELECT state, details, first FROM sightings WHERE kind = ?1 AND subject = ?2 AND ended IS NULL"),
                                 [&](Statement &s) { s.bind(1, kind).bind(2, subject); },
                                 [&](const Statement &row) {
                                     kept = row.text(0);
                                     keptDetails = row.text(1);
                                     since = fromIsoUtc(row.text(2));
                                 });
    };
    PH_TRY(look());
    if (since.isValid() && kept == state && keptDetails == told) // what is asked every two seconds writes nothing
        return since;
    PH_TRY(m_database->transaction([&]() -> Result<void> {
        since = {};
        PH_TRY(look());
        if (since.isValid() && kept == state) {
            PH_TRY(m_database->execute(QStringLiteral("UPDATE sightings SET details = ?3 WHERE kind = ?1 AND subject = ?2 AND ended IS NULL"),
                                       [&](Statement &s) { s.bind(1, kind).bind(2, subject).bind(3, told); }));
            return {};
        }
        since = now;
        PH_TRY(m_database->execute(QStringLiteral("UPDATE sightings SET ended = ?3 WHERE kind = ?1 AND subject = ?2 AND ended IS NULL"),
                                   [&](Statement &s) { s.bind(1, kind).bind(2, subject).bind(3, isoUtc(now)); }));
        PH_TRY(m_database->execute(QStringLiteral("INSERT INTO sightings(kind, subject, state, details, first) VALUES(?1, ?2, ?3, ?4, ?5)"),
                                   [&](Statement &s) { s.bind(1, kind).bind(2, subject).bind(3, state).bind(4, told).bind(5, isoUtc(now)); }));
        return {};
    }));
    return since;
}

Result<void> Sightings::over(const QString &kind, const QString &subject, const QDateTime &now) {
    bool open = false;
    PH_TRY(m_database->query(QStringLiteral("SELECT 1 FROM sightings WHERE kind = ?1 AND subject = ?2 AND ended IS NULL"), [&](Statement &s) { s.bind(1, kind).bind(2, subject); },
                             [&](const Statement &) { open = true; }));
    if (!open)
        return {};
    PH_TRY(m_database->execute(QStringLiteral("UPDATE sightings SET ended = ?3 WHERE kind = ?1 AND subject = ?2 AND ended IS NULL"),
                               [&](Statement &s) { s.bind(1, kind).bind(2, subject).bind(3, isoUtc(now)); }));
    return {};
}

Result<std::vector<Sighting>> Sightings::of(const QString &kind, const QString &subject) const {
    std::vector<Sighting> out;
    PH_TRY(m_database->query(QStringLiteral("SELECT state, details, first, ended FROM sightings WHERE kind = ?1 AND subject = ?2 ORDER BY sequence DESC"),
                             [&](Statement &s) { s.bind(1, kind).bind(2, subject); },
                             [&](const Statement &row) {
                                 out.push_back({kind, subject, row.text(0), QJsonDocument::fromJson(row.text(1).toUtf8()).object(), fromIsoUtc(row.text(2)),
                                                row.isNull(3) ? QDateTime() : fromIsoUtc(row.text(3))});
                             }));
    return out;
}

} // namespace pilothouse::promotion
