// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/known_pipelines.h"

#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/pipelines/pipeline_json.h"
#include "core/registry/known_file.h"

#include <QDir>
#include <QDirIterator>
#include <QSet>

#include <algorithm>
#include <limits>

namespace pilothouse::fleet {

using Q = QLatin1String;

namespace {

template<typename T> QJsonArray arrayOf(const std::vector<T> &all) {
    QJsonArray out;
    for (const T &one : all)
        out << pipelines::toJson(one);
    return out;
}

template<typename T> std::vector<T> allOf(const QJsonObject &object, const char *key, T (*from)(const QJsonObject &)) {
    std::vector<T> out;
    for (const QJsonValue &value : object.value(Q(key)).toArray())
        out.push_back(from(value.toObject()));
    return out;
}

/// Those that have not begun sort before all others.
qint64 sortKey(const pipelines::PipelineRun &run) { return run.started.isValid() ? run.started.toMSecsSinceEpoch() : std::numeric_limits<qint64>::max(); }

} // namespace

Result<std::shared_ptr<KnownPipelines>> KnownPipelines::open(const QString &file) {
    PH_ASSIGN(const auto database, registry::openKnownFile(file));
    return std::shared_ptr<KnownPipelines>(new KnownPipelines(database));
}

Result<KnownSystem> KnownPipelines::system(const QString &connection, const QString &address, int most) const {
    KnownSystem known;
    QByteArray lists;
    PH_TRY(m_database->query(QStringLiteral("SELECT read, lists FROM pipeline_systems WHERE connection = ?1 AND address = ?2"), [&](Statement &s) { s.bind(1, connection).bind(2, address); },
                             [&](const Statement &row) {
                                 known.read = fromIsoUtc(row.text(0));
                                 lists = row.blob(1);
                             }));
    if (!known.read.isValid())
        return known;
    const QJsonObject object = QJsonDocument::fromJson(lists).object();
    known.pipelines = allOf(object, "pipelines", pipelines::pipelineFromJson);
    known.gates = allOf(object, "gates", pipelines::gateFromJson);
    known.schedules = allOf(object, "schedules", pipelines::scheduleFromJson);
    known.notices = allOf(object, "notices", pipelines::noticeFromJson);
    // In pieces, and read out of them while the file is free: the first page of another system does not wait for all of this one.
    constexpr int piece = 500;
    QSet<QString> ids; // another program may write between two pieces
    qint64 started = std::numeric_limits<qint64>::max();
    for (QString run;;) {
        const int wanted = most > 0 ? std::min(piece, most - int(known.runs.size())) : piece;
        std::vector<QByteArray> rows;
        PH_TRY(m_database->query(QStringLiteral("SELECT bytes, started, run FROM pipeline_runs WHERE connection = ?1 AND started <= ?2 AND (started < ?2 OR run > ?3) ORDER BY started DESC, run LIMIT ?4"),
                                 [&](Statement &s) { s.bind(1, connection).bind(2, started).bind(3, run).bind(4, wanted); },
                                 [&](const Statement &row) {
                                     rows.push_back(row.blob(0));
                                     started = row.integer(1);
                                     run = row.text(2);
                                 }));
        for (const QByteArray &bytes : rows)
            if (const auto document = QJsonDocument::fromJson(bytes); document.isObject()) // what cannot be read is asked again
                if (pipelines::PipelineRun one = pipelines::runFromJson(document.object()); !ids.contains(one.id)) {
                    ids.insert(one.id);
                    known.runs.push_back(std::move(one));
                }
        if (int(rows.size()) < wanted || (most > 0 && int(known.runs.size()) >= most))
            break;
    }
    return known;
}

Result<void> KnownPipelines::change(const QString &connection, const QString &address, const KnownSystem &now, const std::vector<pipelines::PipelineRun> &put, const QStringList &gone) {
    const QByteArray lists = compactJson(QJsonObject{{Q("pipelines"), arrayOf(now.pipelines)}, {Q("gates"), arrayOf(now.gates)}, {Q("schedules"), arrayOf(now.schedules)}, {Q("notices"), arrayOf(now.notices)}});
    return m_database->transaction([&]() -> Result<void> {
        qint64 here = 0;
        PH_TRY(m_database->query(QStringLiteral("SELECT 1 FROM pipeline_systems WHERE connection = ?1 AND address = ?2"), [&](Statement &s) { s.bind(1, connection).bind(2, address); },
                                 [&](const Statement &row) { here = row.integer(0); }));
        if (here == 0)
            PH_TRY(m_database->execute(QStringLiteral("DELETE FROM pipeline_runs WHERE connection = ?1"), [&](Statement &s) { s.bind(1, connection); }));
        PH_TRY(m_database->execute(QStringLiteral("INSERT INTO pipeline_systems(connection, address, read, lists) VALUES(?1, ?2, ?3, ?4) ON CONFLICT(connection) DO UPDATE SET address = ?2, read = ?3, lists = ?4"),
                                   [&](Statement &s) { s.bind(1, connection).bind(2, address).bind(3, isoUtc(now.read)).bindBlob(4, lists); }));
        for (const QString &run : gone)
            PH_TRY(m_database->execute(QStringLiteral("DELETE FROM pipeline_runs WHERE connection = ?1 AND run = ?2"), [&](Statement &s) { s.bind(1, connection).bind(2, run); }));
        for (const pipelines::PipelineRun &run : put) {
            const QByteArray bytes = compactJson(pipelines::toJson(run));
            PH_TRY(m_database->execute(QStringLiteral("INSERT INTO pipeline_runs(connection, started, run, bytes) VALUES(?1, ?2, ?3, ?4) ON CONFLICT(connection, run) DO UPDATE SET started = ?2, bytes = ?4"),
                                       [&](Statement &s) { s.bind(1, connection).bind(2, sortKey(run)).bind(3, run.id).bindBlob(4, bytes); }));
        }
        return {};
    });
}

Result<QStringList> KnownPipelines::dropGone(const QStringList &connections, const QDateTime &before) {
    QStringList gone;
    PH_TRY(m_database->transaction([&]() -> Result<void> {
        PH_TRY(m_database->query(QStringLiteral("SELECT connection FROM pipeline_systems WHERE read < ?1"), [&](Statement &s) { s.bind(1, isoUtc(before)); },
                                 [&](const Statement &row) {
                                     if (const QString name = row.text(0); !connections.contains(name))
                                         gone << name;
                                 }));
        for (const QString &name : std::as_const(gone))
            for (const char *table : {"pipeline_runs", "pipeline_systems"})
                PH_TRY(m_database->execute(QStringLiteral("DELETE FROM %1 WHERE connection = ?1").arg(Q(table)), [&](Statement &s) { s.bind(1, name); }));
        return {};
    }));
    return gone;
}

void tidySystems(const QString &systems, const QStringList &connections, const QDateTime &now) {
    const auto each = QDir(systems).entryInfoList(QDir::Dirs | QDir::NoDotAndDotDot | QDir::NoSymLinks);
    for (const QFileInfo &one : each) {
        const bool gone = !connections.contains(one.fileName());
        QDateTime used; // invalid: nothing is in it
        QStringList old;
        QDirIterator files(one.filePath(), QDir::Files | QDir::Hidden | QDir::NoSymLinks, QDirIterator::Subdirectories);
        while (files.hasNext()) {
            files.next();
            const QDateTime time = files.fileInfo().lastModified();
            used = used.isValid() ? std::max(used, time) : time;
            if (time.daysTo(now) > unusedAfterDays)
                old << files.filePath();
        }
        if (gone && (!used.isValid() || used.daysTo(now) > goneAfterDays))
            QDir(one.filePath()).removeRecursively();
        else
            for (const QString &file : std::as_const(old))
                QFile::remove(file);
    }
}

} // namespace pilothouse::fleet
