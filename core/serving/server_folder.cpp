// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/serving/server_folder.h"

#include "core/base/clock.h"
#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/serving/rollout_state.h"
#include "core/serving/serving_store.h"

#include <QFileInfo>
#include <QJsonArray>

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace pilothouse::serving {

using Q = QLatin1String;

QJsonObject ServerFile::toJson() const {
    return {{Q("url"), url}, {Q("pid"), pid}, {Q("target"), target}, {Q("model"), model}, {Q("version"), version}, {Q("started"), isoUtc(started)},
            {Q("api_key_file"), apiKeyFile}, {Q("admin_token_file"), adminTokenFile}};
}

Result<QString> servingFolder(const QString &root, const QString &target) {
    const QStringList parts = target.split(QLatin1Char('/'));
    bool good = parts.size() >= 2 && parts.size() <= 4 && parts.front() == Q("serving");
    for (const QString &part : parts) {
        good = good && !part.isEmpty() && part != Q(".") && part != Q("..");
        for (const QChar c : part)
            good = good && (c.isLetterOrNumber() || c == QLatin1Char('-') || c == QLatin1Char('_') || c == QLatin1Char('.'));
    }
    if (!good)
        return invalid(QStringLiteral("The deployment target “%1” cannot be a folder.").arg(target), {}, QStringLiteral("Write it as serving/NAME."));
    return root + QLatin1Char('/') + target;
}

Result<FileLock> lockServerFolder(const QString &folder) {
    PH_TRY(makeFolder(folder, true));
    auto lock = FileLock::tryAcquire(folder + QStringLiteral("/server.lock"));
    for (int i = 0; i < 20 && !lock && lock.error().kind == ErrorKind::Conflict; ++i) { // runningServer() holds it for a moment, too
        ::usleep(10000);
        lock = FileLock::tryAcquire(folder + QStringLiteral("/server.lock"));
    }
    if (lock || lock.error().kind != ErrorKind::Conflict)
        return lock;
    const auto file = readServerFile(folder);
    return Error{ErrorKind::Conflict, file ? QStringLiteral("A server runs here already, at %1 (pid %2).").arg(file->url).arg(file->pid) : QStringLiteral("A server is just starting here."),
                 folder, QStringLiteral("Use that one, or stop it first."), {}};
}

Result<QString> secretOfFile(const QString &file) {
    const QByteArray name = file.toLocal8Bit();
    const int fd = ::open(name.constData(), O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) {
        const QString fresh = randomHex(32);
        PH_TRY(writeFileAtomically(file, [&](int out) -> Result<void> {
            if (::fchmod(out, 0600) != 0)
                return fileError(QStringLiteral("protect"), file);
            const QByteArray bytes = fresh.toLatin1() + '\n';
            return writeAll(out, bytes.constData(), std::size_t(bytes.size()), file);
        }));
        return fresh;
    }
    if (fd < 0)
        return fileError(QStringLiteral("read"), file);
    struct stat about {};
    char text[256];
    const bool known = ::fstat(fd, &about) == 0;
    const ssize_t count = ::read(fd, text, sizeof text);
    ::close(fd);
    if (!known || count < 0)
        return fileError(QStringLiteral("read"), file);
    if ((about.st_mode & 0077) != 0)
        return Error{ErrorKind::Denied, QStringLiteral("Others may read this secret."), file, QStringLiteral("chmod 600 it, or delete it: a new one is made."), {}};
    const QString secret = QString::fromLatin1(text, qsizetype(count)).trimmed();
    if (secret.size() < 16)
        return invalid(QStringLiteral("This secret is cut short."), file, QStringLiteral("Delete the file: a new one is made."));
    return secret;
}

Result<void> writeServerFile(const QString &folder, const ServerFile &file) { return writeFileAtomically(folder + QStringLiteral("/server.json"), prettyJson(file.toJson())); }

Result<ServerFile> readServerFile(const QString &folder) {
    const QString path = folder + QStringLiteral("/server.json");
    if (!QFileInfo::exists(path))
        return notFound(QStringLiteral("No server ran here yet."), folder);
    PH_ASSIGN(const QByteArray bytes, readFile(path));
    PH_ASSIGN(const QJsonObject object, parseJsonObject(bytes, path));
    JsonReader reader(object, path);
    ServerFile file;
    file.url = reader.text("url");
    file.pid = reader.integer("pid");
    file.target = reader.text("target", QString());
    file.model = reader.text("model", QString());
    file.version = reader.text("version", QString());
    file.started = fromIsoUtc(reader.text("started", QString()));
    file.apiKeyFile = reader.text("api_key_file", QString());
    file.adminTokenFile = reader.text("admin_token_file", QString());
    PH_TRY(reader.check());
    return file;
}

Result<std::optional<RunningServer>> runningServer(const QString &folder) {
    using Found = std::optional<RunningServer>;
    if (!QFileInfo::exists(folder + QStringLiteral("/server.json")))
        return Found();
    {
        const auto lock = FileLock::tryAcquire(folder + QStringLiteral("/server.lock"));
        if (lock)
            return Found(); // nobody holds it: what server.json says is from a server that is gone
        if (lock.error().kind != ErrorKind::Conflict)
            return lock.error();
    }
    const auto read = readServerFile(folder);
    if (!read && read.error().kind == ErrorKind::NotFound)
        return Found(); // one that just starts has taken the old file away and not said yet where it is
    PH_TRY(read);
    const ServerFile &file = *read;
    RunningServer running{file, {}, {}};
    if (!file.apiKeyFile.isEmpty()) {
        PH_ASSIGN(running.apiKey, secretOfFile(file.apiKeyFile));
    }
    if (!file.adminTokenFile.isEmpty()) {
        PH_ASSIGN(running.adminToken, secretOfFile(file.adminTokenFile));
    }
    if (running.apiKey.isEmpty())
        running.apiKey = running.adminToken; // the key is a named secret, or none is needed: the owner's token opens all routes
    return Found(std::move(running));
}

Result<std::optional<QJsonObject>> lastStatus(const QString &folder) {
    if (!QFileInfo::exists(folder + QStringLiteral("/serving.db")))
        return std::optional<QJsonObject>();
    PH_ASSIGN(const auto store, ServingStore::open(folder + QStringLiteral("/serving.db")));
    PH_ASSIGN(auto status, store->load(QStringLiteral("status")));
    PH_ASSIGN(const auto stored, store->load(QStringLiteral("rollout")));
    if (!status || !stored)
        return status;
    // The figures are as old as the last look; who has the traffic is what the server goes on with, even if it was killed between.
    PH_ASSIGN(const RolloutState state, RolloutState::fromJson(*stored, folder));
    const QJsonObject now = state.toJson();
    for (const char *key : {"phase", "steps", "step", "operation", "verdict"})
        status->insert(QLatin1String(key), now.value(QLatin1String(key)));
    status->insert(QLatin1String("wanted_share"), state.wantedShare());
    status->remove(QLatin1String("stable"));
    status->remove(QLatin1String("canary"));
    if (state.stable > 0) {
        PH_ASSIGN(const Revision stable, store->revision(state.stable));
        status->insert(QLatin1String("stable"), stable.toJson());
    }
    if (state.canary > 0 && (state.inProgress() || state.phase == Phase::Aborted)) {
        PH_ASSIGN(const Revision canary, store->revision(state.canary));
        status->insert(QLatin1String("canary"), canary.toJson());
    }
    return status;
}

Result<QJsonArray> storedHistory(const QString &folder) {
    QJsonArray list;
    if (!QFileInfo::exists(folder + QStringLiteral("/serving.db")))
        return list;
    PH_ASSIGN(const auto store, ServingStore::open(folder + QStringLiteral("/serving.db")));
    PH_ASSIGN(const auto revisions, store->revisions());
    for (const Revision &r : revisions)
        list.append(r.toJson());
    return list;
}

} // namespace pilothouse::serving
