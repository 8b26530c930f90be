// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/registry/run_cache.h"

#include "core/base/clock.h"
#include "core/base/task.h"
#include "core/registry/known_bytes.h"
#include "core/registry/known_file.h"

#include <cmath>
#include <limits>

namespace pilothouse::registry {

namespace {

/// Rows that cannot be read are left out: they are asked again.
template<class T>
std::vector<T> readAll(const std::vector<QByteArray> &rows) {
    std::vector<T> out(rows.size());
    std::vector<char> good(rows.size());
    parallelFor(rows.size(), 1000, [&](std::size_t first, std::size_t last) {
        KnownReader reader;
        for (std::size_t i = first; i < last; ++i)
            good[i] = reader.read(rows[i], out[i]);
    });
    for (std::size_t i = rows.size(); i > 0; --i)
        if (!good[i - 1])
            out.erase(out.begin() + std::ptrdiff_t(i - 1));
    return out;
}

Result<std::vector<QByteArray>> blobs(Database &database, const QString &sql, qint64 place) {
    std::vector<QByteArray> rows;
    PH_TRY(database.query(sql, [&](Statement &s) { s.bind(1, place); }, [&](const Statement &row) { rows.push_back(row.blob(0)); }));
    return rows;
}

} // namespace

Result<std::shared_ptr<RunCache>> RunCache::open(const QString &file) {
    PH_ASSIGN(const auto database, openKnownFile(file));
    return std::shared_ptr<RunCache>(new RunCache(database));
}

Result<qint64> RunCache::place(const QString &connection, const QString &address) const {
    qint64 id = 0;
    PH_TRY(m_database->query(QStringLiteral("SELECT id FROM places WHERE connection = ?1 AND address = ?2 AND format = ?3"),
                             [&](Statement &s) { s.bind(1, connection).bind(2, address).bind(3, knownBytesVersion); }, [&](const Statement &row) { id = row.integer(0); }));
    return id;
}

Result<qint64> RunCache::makePlace(const QString &connection, const QString &address) {
    PH_ASSIGN(const qint64 known, place(connection, address));
    if (known > 0)
        return known;
    for (const char *table : {"runs", "models", "versions", "figures"})
        PH_TRY(m_database->execute(QStringLiteral("DELETE FROM %1 WHERE place IN (SELECT id FROM places WHERE connection = ?1)").arg(QLatin1String(table)), [&](Statement &s) { s.bind(1, connection); }));
    PH_TRY(m_database->execute(QStringLiteral("INSERT INTO places(connection, address, format) VALUES(?1, ?2, ?3)"
                                              " ON CONFLICT(connection) DO UPDATE SET address = ?2, format = ?3, runs_read = NULL, runs_complete = NULL, models_read = NULL"),
                               [&](Statement &s) { s.bind(1, connection).bind(2, address).bind(3, knownBytesVersion); }));
    return place(connection, address);
}

Result<KnownRuns> RunCache::runs(const QString &connection, const QString &address, int most) const {
    KnownRuns known;
    PH_ASSIGN(const qint64 id, place(connection, address));
    if (id == 0)
        return known;
    PH_TRY(m_database->query(QStringLiteral("SELECT runs_read, runs_complete FROM places WHERE id = ?1"), [&](Statement &s) { s.bind(1, id); }, [&](const Statement &row) {
        known.read = row.isNull(0) ? QDateTime() : fromIsoUtc(row.text(0));
        known.complete = row.isNull(1) ? QDateTime() : fromIsoUtc(row.text(1));
    }));
    std::vector<QByteArray> rows;
    PH_TRY(m_database->query(QStringLiteral("SELECT bytes FROM runs WHERE place = ?1 ORDER BY started DESC, run LIMIT ?2"), [&](Statement &s) { s.bind(1, id).bind(2, most > 0 ? most : -1); },
                             [&](const Statement &row) { rows.push_back(row.blob(0)); }));
    known.runs = readAll<Run>(rows);
    return known;
}

Result<void> RunCache::change(const QString &connection, const QString &address, const std::vector<Run> &put, const QStringList &gone) {
    if (put.empty() && gone.isEmpty())
        return {};
    return m_database->transaction([&]() -> Result<void> {
        PH_ASSIGN(const qint64 id, makePlace(connection, address));
        for (const Run &run : put) {
            const QByteArray bytes = toBytes(run);
            PH_TRY(m_database->execute(QStringLiteral("INSERT INTO runs(place, started, run, bytes) VALUES(?1, ?2, ?3, ?4) ON CONFLICT(place, run) DO UPDATE SET started = ?2, bytes = ?4"), [&](Statement &s) {
                s.bind(1, id).bind(2, run.started.isValid() ? run.started.toMSecsSinceEpoch() : 0).bind(3, run.id).bindBlob(4, bytes);
            }));
        }
        for (const QString &run : gone)
            for (const char *table : {"runs", "figures"})
                PH_TRY(m_database->execute(QStringLiteral("DELETE FROM %1 WHERE place = ?1 AND run = ?2").arg(QLatin1String(table)), [&](Statement &s) { s.bind(1, id).bind(2, run); }));
        return {};
    });
}

Result<void> RunCache::setRead(const QString &connection, const QString &address, const QDateTime &read, const QDateTime &complete) {
    return m_database->transaction([&]() -> Result<void> {
        PH_ASSIGN(const qint64 id, makePlace(connection, address));
        PH_TRY(m_database->execute(QStringLiteral("UPDATE places SET runs_read = ?2, runs_complete = CASE WHEN ?3 = '' THEN runs_complete ELSE ?3 END WHERE id = ?1"),
                                   [&](Statement &s) { s.bind(1, id).bind(2, isoUtc(read)).bind(3, complete.isValid() ? isoUtc(complete) : QString()); }));
        return {};
    });
}

Result<KnownModels> RunCache::models(const QString &connection, const QString &address) const {
    KnownModels known;
    PH_ASSIGN(const qint64 id, place(connection, address));
    if (id == 0)
        return known;
    PH_TRY(m_database->query(QStringLiteral("SELECT models_read FROM places WHERE id = ?1"), [&](Statement &s) { s.bind(1, id); },
                             [&](const Statement &row) { known.read = row.isNull(0) ? QDateTime() : fromIsoUtc(row.text(0)); }));
    PH_ASSIGN(const auto models, blobs(*m_database, QStringLiteral("SELECT bytes FROM models WHERE place = ?1 ORDER BY sequence"), id));
    PH_ASSIGN(const auto versions, blobs(*m_database, QStringLiteral("SELECT bytes FROM versions WHERE place = ?1 ORDER BY sequence"), id));
    known.models = readAll<RegisteredModel>(models);
    known.versions = readAll<Version>(versions);
    return known;
}

Result<void> RunCache::setModels(const QString &connection, const QString &address, const KnownModels &known) {
    return m_database->transaction([&]() -> Result<void> {
        PH_ASSIGN(const qint64 id, makePlace(connection, address));
        const auto fill = [&](const char *table, const auto &items) -> Result<void> {
            PH_TRY(m_database->execute(QStringLiteral("DELETE FROM %1 WHERE place = ?1").arg(QLatin1String(table)), [&](Statement &s) { s.bind(1, id); }));
            qint64 sequence = 0;
            for (const auto &item : items) {
                const QByteArray bytes = toBytes(item);
                PH_TRY(m_database->execute(QStringLiteral("INSERT INTO %1(place, sequence, bytes) VALUES(?1, ?2, ?3)").arg(QLatin1String(table)), [&](Statement &s) { s.bind(1, id).bind(2, sequence).bindBlob(3, bytes); }));
                ++sequence;
            }
            return {};
        };
        PH_TRY(fill("models", known.models));
        PH_TRY(fill("versions", known.versions));
        PH_TRY(m_database->execute(QStringLiteral("UPDATE places SET models_read = ?2 WHERE id = ?1"), [&](Statement &s) { s.bind(1, id).bind(2, isoUtc(known.read)); }));
        return {};
    });
}

Result<void> RunCache::setModelsRead(const QString &connection, const QString &address, const QDateTime &read) {
    PH_ASSIGN(const qint64 id, place(connection, address));
    if (id == 0)
        return {};
    PH_TRY(m_database->execute(QStringLiteral("UPDATE places SET models_read = ?2 WHERE id = ?1 AND models_read IS NOT NULL"), [&](Statement &s) { s.bind(1, id).bind(2, isoUtc(read)); }));
    return {};
}

Result<QHash<QString, double>> RunCache::figures(const QString &connection, const QString &address, const RunColumn &column) const {
    QHash<QString, double> out;
    PH_ASSIGN(const qint64 id, place(connection, address));
    PH_TRY(m_database->query(QStringLiteral("SELECT run, value FROM figures WHERE place = ?1 AND figure = ?2"), [&](Statement &s) { s.bind(1, id).bind(2, column.name()); },
                             [&](const Statement &row) { out.insert(row.text(0), row.isNull(1) ? std::numeric_limits<double>::quiet_NaN() : row.real(1)); }));
    return out;
}

Result<void> RunCache::addFigures(const QString &connection, const QString &address, const RunColumn &column, const QHash<QString, double> &figures) {
    if (figures.isEmpty())
        return {};
    return m_database->transaction([&]() -> Result<void> {
        PH_ASSIGN(const qint64 id, makePlace(connection, address));
        for (auto it = figures.begin(); it != figures.end(); ++it)
            PH_TRY(m_database->execute(QStringLiteral("INSERT INTO figures(place, figure, run, value) VALUES(?1, ?2, ?3, ?4) ON CONFLICT(place, figure, run) DO UPDATE SET value = ?4"), [&](Statement &s) {
                s.bind(1, id).bind(2, column.name()).bind(3, it.key());
                std::isnan(*it) ? s.bindNull(4) : s.bind(4, *it);
            }));
        return {};
    });
}

} // namespace pilothouse::registry
