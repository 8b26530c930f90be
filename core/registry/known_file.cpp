// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/registry/known_file.h"

#include <QFile>

namespace pilothouse::registry {

namespace {

QString registryTables() {
    return QStringLiteral(R"sql(
CREATE TABLE places( -- one a connection; times ISO 8601
    id INTEGER PRIMARY KEY, connection TEXT NOT NULL UNIQUE, address TEXT NOT NULL, format INTEGER NOT NULL, runs_read TEXT, runs_complete TEXT, models_read TEXT);
CREATE TABLE runs(place INTEGER NOT NULL, started INTEGER NOT NULL, run TEXT NOT NULL, bytes BLOB NOT NULL, UNIQUE(place, run));
CREATE INDEX runs_newest ON runs(place, started DESC, run);
CREATE TABLE models(place INTEGER NOT NULL, sequence INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY(place, sequence)) WITHOUT ROWID;
CREATE TABLE versions(place INTEGER NOT NULL, sequence INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY(place, sequence)) WITHOUT ROWID;
CREATE TABLE figures(place INTEGER NOT NULL, figure TEXT NOT NULL, run TEXT NOT NULL, value REAL, PRIMARY KEY(place, figure, run)) WITHOUT ROWID; -- NULL: none
)sql");
}

QString pipelineTables() {
    return QStringLiteral(R"sql(
CREATE TABLE pipeline_systems(connection TEXT PRIMARY KEY, address TEXT NOT NULL, read TEXT NOT NULL, lists BLOB NOT NULL) WITHOUT ROWID; -- lists: JSON
CREATE TABLE pipeline_runs(connection TEXT NOT NULL, started INTEGER NOT NULL, run TEXT NOT NULL, bytes BLOB NOT NULL, UNIQUE(connection, run)); -- started: ms; bytes: JSON
CREATE INDEX pipeline_runs_newest ON pipeline_runs(connection, started DESC, run);
)sql");
}

} // namespace

Result<std::shared_ptr<Database>> openKnownFile(const QString &file) {
    const std::vector<QString> migrations{registryTables(), pipelineTables()};
    auto database = Database::open(file, migrations);
    if (!database && (database.error().kind == ErrorKind::Invalid || database.error().kind == ErrorKind::Conflict)) { // broken, or of a newer program
        for (const char *end : {"", "-wal", "-shm"})
            QFile::remove(file + QLatin1String(end));
        database = Database::open(file, migrations);
    }
    if (!database)
        return database.error();
    PH_TRY((*database)->setSynchronous(false));
    return *database;
}

} // namespace pilothouse::registry
