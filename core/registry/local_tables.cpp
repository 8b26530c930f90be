// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/registry/local_registry.h"

namespace pilothouse::registry {

QString registryTables1() {
    return QStringLiteral(R"sql(
CREATE TABLE experiments(name TEXT PRIMARY KEY, created TEXT NOT NULL);
CREATE TABLE runs(
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, -- order of making: times may jump
    id TEXT NOT NULL UNIQUE, experiment TEXT NOT NULL REFERENCES experiments(name), name TEXT NOT NULL, user TEXT NOT NULL,
    status TEXT NOT NULL, started TEXT NOT NULL, ended TEXT, error TEXT NOT NULL DEFAULT '');
CREATE INDEX runs_of_experiment ON runs(experiment, sequence);
CREATE TABLE params(run TEXT NOT NULL REFERENCES runs(id), key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY(run, key)) WITHOUT ROWID;
CREATE TABLE run_tags(run TEXT NOT NULL REFERENCES runs(id), key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY(run, key)) WITHOUT ROWID;
CREATE TABLE metrics( -- the whole history; value NULL = NaN
    sequence INTEGER PRIMARY KEY, run TEXT NOT NULL REFERENCES runs(id), name TEXT NOT NULL, step INTEGER NOT NULL, value REAL, time TEXT NOT NULL);
CREATE INDEX metrics_of_run ON metrics(run, name, step, sequence);
CREATE TABLE latest_metrics(run TEXT NOT NULL REFERENCES runs(id), name TEXT NOT NULL, step INTEGER NOT NULL, value REAL, PRIMARY KEY(run, name)) WITHOUT ROWID;
CREATE TABLE models(name TEXT PRIMARY KEY, description TEXT NOT NULL DEFAULT '', created TEXT NOT NULL, updated TEXT NOT NULL);
CREATE TABLE model_tags(model TEXT NOT NULL REFERENCES models(name), key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY(model, key)) WITHOUT ROWID;
CREATE TABLE versions(
    model TEXT NOT NULL REFERENCES models(name), version INTEGER NOT NULL CHECK(version > 0), run TEXT NOT NULL, digest TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '', stage TEXT NOT NULL DEFAULT 'None', user TEXT NOT NULL, created TEXT NOT NULL,
    PRIMARY KEY(model, version)) WITHOUT ROWID;
CREATE TABLE version_tags(
    model TEXT NOT NULL, version INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY(model, version, key),
    FOREIGN KEY(model, version) REFERENCES versions(model, version)) WITHOUT ROWID;
CREATE TABLE aliases(
    model TEXT NOT NULL, alias TEXT NOT NULL, version INTEGER NOT NULL, PRIMARY KEY(model, alias),
    FOREIGN KEY(model, version) REFERENCES versions(model, version)) WITHOUT ROWID;
CREATE TABLE alias_history( -- one row a change; version NULL = deleted
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, model TEXT NOT NULL, alias TEXT NOT NULL, version INTEGER, since TEXT NOT NULL,
    by TEXT NOT NULL, operation TEXT NOT NULL);
CREATE INDEX alias_history_of ON alias_history(model, alias, sequence);
)sql");
}

} // namespace pilothouse::registry
