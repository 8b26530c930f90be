// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/registry/local_registry_internal.h"

#include "core/artifact/package.h"
#include "core/base/file.h"
#include "core/base/hash.h"

#include <QDir>
#include <QFile>
#include <QSet>

#include <algorithm>
#include <cstdio>

namespace pilothouse::registry {

namespace {
constexpr auto incoming = ".incoming-"; ///< a package on its way in; only a killed program leaves one
constexpr auto deletedTag = "pilothouse.deleted_up_to"; ///< of a model: the highest number of a version that was taken away
}

/// Order: copy under a temporary name, rename to the version's folder, then the row. A kill leaves a folder that no row
/// names, never a row without its package; the lock keeps cleanUp() of another program away from a copy on its way.
Result<Version> LocalRegistry::insertVersion(const QString &model, const QString &packageFolder, const QString &runId, const QString &user, const QString &description, const QMap<QString, QString> &tags) {
    PH_TRY(checkModelName(model));
    PH_ASSIGN(const artifact::Package package, artifact::openPackage(packageFolder));
    PH_ASSIGN(const FileLock lock, FileLock::acquire(lockFile()));
    const QString home = m_root + QLatin1Char('/') + model;
    PH_TRY(makeFolder(home));
    const QString waiting = home + QLatin1Char('/') + QLatin1String(incoming) + randomHex(6);
    if (auto copied = artifact::copyPackage(packageFolder, waiting); !copied) {
        QDir(waiting).removeRecursively();
        return copied.error();
    }
    QString finalFolder;
    int next = 0;
    auto registered = m_database->transaction([&]() -> Result<void> {
        PH_TRY(m_database->execute(QStringLiteral("INSERT INTO models(name, created, updated) VALUES(?1, ?2, ?2) ON CONFLICT(name) DO NOTHING"),
                                   [&](Statement &s) { s.bind(1, model).bind(2, now()); }));
        // A number that was taken away is not given again: the journal speaks of it.
        PH_TRY(m_database->query(QStringLiteral("SELECT coalesce(max(version), 0) + 1 FROM (SELECT version FROM versions WHERE model = ?1"
                                                "                                      UNION ALL SELECT CAST(value AS INTEGER) AS version FROM model_tags WHERE model = ?1 AND key = ?2)"),
                                 [&](Statement &s) { s.bind(1, model).bind(2, QLatin1String(deletedTag)); }, [&](const Statement &row) { next = int(row.integer(0)); }));
        finalFolder = folderOf(model, next);
        if (QDir(finalFolder).exists() && !QDir(finalFolder).removeRecursively()) // an orphan of a killed registration: no row names it
            return invalid(QStringLiteral("A left-over folder could not be removed."), finalFolder);
        if (std::rename(QFile::encodeName(waiting).constData(), QFile::encodeName(finalFolder).constData()) != 0)
            return fileError(QStringLiteral("put in place"), finalFolder);
        PH_TRY(syncFolder(home));
        PH_TRY(m_database->execute(
            QStringLiteral("INSERT INTO versions(model, version, run, digest, user, created, description) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)"),
            [&](Statement &s) { s.bind(1, model).bind(2, next).bind(3, runId).bind(4, package.digest).bind(5, user).bind(6, now()).bind(7, description); }));
        for (auto tag = tags.begin(); tag != tags.end(); ++tag)
            PH_TRY(m_database->execute(QStringLiteral("INSERT INTO version_tags(model, version, key, value) VALUES(?1, ?2, ?3, ?4)"),
                                       [&](Statement &s) { s.bind(1, model).bind(2, next).bind(3, tag.key()).bind(4, tag.value()); }));
        return touch(model);
    });
    if (!registered) {
        QDir(waiting).removeRecursively();
        if (!finalFolder.isEmpty())
            QDir(finalFolder).removeRecursively();
        return registered.error();
    }
    return version(model, next);
}

/// Order: the rows, then the package. A kill leaves a folder that no row names, which cleanUp() removes.
Result<void> LocalRegistry::deleteVersion(const QString &model, int version) {
    PH_ASSIGN(const FileLock lock, FileLock::acquire(lockFile()));
    const auto bindVersion = [&](Statement &s) { s.bind(1, model).bind(2, version); };
    PH_TRY(m_database->transaction([&]() -> Result<void> {
        PH_TRY(needVersion(model, version));
        QString alias, once;
        PH_TRY(m_database->query(QStringLiteral("SELECT alias FROM aliases WHERE model = ?1 AND version = ?2"), bindVersion, [&](const Statement &row) { alias = row.text(0); }));
        PH_TRY(m_database->query(QStringLiteral("SELECT alias FROM alias_history WHERE model = ?1 AND version = ?2"), bindVersion, [&](const Statement &row) { once = row.text(0); }));
        if (!alias.isEmpty())
            return Error{ErrorKind::Conflict, QStringLiteral("The alias “%1” of “%2” points to version %3.").arg(alias, model).arg(version), {}, QStringLiteral("Move it first."), {}};
        if (!once.isEmpty())
            return Error{ErrorKind::Conflict, QStringLiteral("The alias “%1” of “%2” pointed to version %3: it is part of the history.").arg(once, model).arg(version), {}, QStringLiteral("It stays; set its stage to Archived instead."), {}};
        PH_TRY(m_database->execute(QStringLiteral("DELETE FROM version_tags WHERE model = ?1 AND version = ?2"), bindVersion));
        PH_TRY(m_database->execute(QStringLiteral("DELETE FROM versions WHERE model = ?1 AND version = ?2"), bindVersion));
        PH_TRY(m_database->execute(QStringLiteral("INSERT INTO model_tags(model, key, value) VALUES(?1, ?2, ?3) ON CONFLICT(model, key) DO UPDATE SET value = max(CAST(value AS INTEGER), ?3)"),
                                   [&](Statement &s) { s.bind(1, model).bind(2, QLatin1String(deletedTag)).bind(3, version); }));
        return touch(model);
    }));
    const QString folder = folderOf(model, version);
    if (!QDir(folder).removeRecursively())
        return fileError(QStringLiteral("remove"), folder);
    return {};
}

/// The package that a training wrote, where its run says that it did (tags of `pilot train`).
Result<std::vector<RunModel>> LocalRegistry::runModels(const QString &runId, std::stop_token) const {
    PH_ASSIGN(const Run left, run(runId));
    std::vector<RunModel> out;
    QSet<QString> looked;
    for (const QString &folder : {left.artifactFolder, left.tags.value(QStringLiteral("train.out"))}) {
        if (folder.isEmpty() || looked.contains(folder) || !QDir(folder).exists())
            continue;
        looked.insert(folder);
        if (const auto package = artifact::openPackage(folder); package && (package->runId == runId || package->runId.isEmpty())) // a later training may have written there
            out.push_back({folder, folder, package->digest, {}});
    }
    return out;
}

Result<Version> LocalRegistry::registerRunModel(const QString &model, const QString &runId, const RunModel &from, const QString &user) {
    PH_TRY(checkModelName(model));
    PH_ASSIGN(const auto left, runModels(runId, {}));
    if (std::find(left.begin(), left.end(), from) == left.end())
        return Error{ErrorKind::Conflict, QStringLiteral("What run %1 left in %2 is not what it was.").arg(runId, from.path), {}, QStringLiteral("Nothing was registered. Look again."), {}};
    return registerVersion(model, from.source, runId, user);
}

Result<QStringList> LocalRegistry::cleanUp() {
    PH_TRY(makeFolder(m_root));
    auto lock = FileLock::tryAcquire(lockFile());
    if (!lock)
        return lock.error().kind == ErrorKind::Conflict ? Result<QStringList>(QStringList()) : Result<QStringList>(lock.error());
    PH_ASSIGN(const auto all, readVersions({}, {}));
    QSet<QString> known;
    QStringList found;
    for (const Version &v : all) {
        known.insert(v.model + QLatin1Char('/') + QString::number(v.version));
        if (!QDir(v.source).exists())
            found += QStringLiteral("The package of %1 version %2 is gone from %3.").arg(v.model).arg(v.version).arg(v.source);
    }
    const auto subfolders = QDir::Dirs | QDir::NoDotAndDotDot | QDir::Hidden | QDir::NoSymLinks;
    for (const QString &model : QDir(m_root).entryList(subfolders)) {
        for (const QString &name : QDir(m_root + QLatin1Char('/') + model).entryList(subfolders)) {
            bool number = false;
            name.toInt(&number);
            const bool orphan = number && !known.contains(model + QLatin1Char('/') + name);
            if (!orphan && !name.startsWith(QLatin1String(incoming)))
                continue; // a version, or nothing of ours
            const QString path = m_root + QLatin1Char('/') + model + QLatin1Char('/') + name;
            found += QDir(path).removeRecursively() ? QStringLiteral("Removed %1: left by a registration that was interrupted.").arg(path)
                                                    : QStringLiteral("Could not remove %1, left by a registration that was interrupted.").arg(path);
        }
    }
    return found;
}

Result<std::shared_ptr<Registry>> openLocalRegistry(std::shared_ptr<Database> database, const QString &artifactRoot, QStringList *found,
                                                    std::shared_ptr<const Clock> clock) {
    auto registry = std::make_shared<LocalRegistry>(std::move(database), QDir(artifactRoot).absolutePath(), std::move(clock));
    PH_ASSIGN(const QStringList finds, registry->cleanUp());
    if (found)
        *found += finds;
    return std::shared_ptr<Registry>(registry);
}

} // namespace pilothouse::registry
