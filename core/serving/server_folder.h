// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/file.h"
#include "core/base/result.h"

#include <QDateTime>
#include <QJsonObject>
#include <QString>

#include <optional>

namespace pilothouse::serving {

/// What stands in a serving folder, `<root>/serving/<target>/`:
///   server.json   {"url","pid","target","model","started","version","api_key_file","admin_token_file"} of the running or last server
///   api.key, admin.token   mode 0600; kept from start to start, so that clients need not ask again
///   server.lock   held as long as a server runs: the one sign of life that a recycled pid cannot fake
///   serving.db, serve.log
struct ServerFile {
    QString url, target, model, version;
    qint64 pid = 0;
    QDateTime started;
    QString apiKeyFile, adminTokenFile; ///< absolute; empty: none needed
    QJsonObject toJson() const;
};

/// Folder of a target below the root of a local connection: "serving/t2m" → <root>/serving/t2m. Invalid if the name would
/// lead elsewhere.
Result<QString> servingFolder(const QString &root, const QString &target);

/// Takes the folder for one server. Conflict with its URL if one runs there.
Result<FileLock> lockServerFolder(const QString &folder);
/// The secret in `file`, made (64 hex characters, mode 0600) if missing. Denied if others may read it.
Result<QString> secretOfFile(const QString &file);
Result<void> writeServerFile(const QString &folder, const ServerFile &file);
/// NotFound if no server ever ran there.
Result<ServerFile> readServerFile(const QString &folder);

/// The running server of a folder with what a client needs; nullopt if none runs.
struct RunningServer {
    ServerFile file;
    QString apiKey, adminToken;
};
Result<std::optional<RunningServer>> runningServer(const QString &folder);

/// The last status the server of this folder stored (as GET /admin/rollout), also when it is down. nullopt: none.
Result<std::optional<QJsonObject>> lastStatus(const QString &folder);
/// The revisions served here, newest first, read from serving.db.
Result<QJsonArray> storedHistory(const QString &folder);

} // namespace pilothouse::serving
