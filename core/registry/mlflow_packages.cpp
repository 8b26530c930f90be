// SPDX-License-Identifier: GPL-3.0-or-later
// Packages on their way to MLflow's artifact store and back.
#include "core/registry/mlflow_calls.h"
#include "core/registry/mlflow_registry_internal.h"

#include "core/artifact/package.h"
#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/redact.h"
#include "core/sources/download.h"

#include <QDir>
#include <QFileInfo>

#include <algorithm>
#include <chrono>
#include <thread>

namespace pilothouse::registry {

namespace {

constexpr int registrationSeconds = 60; ///< hosted servers copy the files before a version is ready
const QString sums = QStringLiteral("SHA256SUMS");

/// Name → digest of a package's SHA256SUMS; what cannot be read is left to openPackage().
QMap<QString, QString> digestsIn(const QString &file) {
    QMap<QString, QString> out;
    const auto bytes = readFile(file);
    for (const QByteArray &line : bytes ? bytes->split('\n') : QByteArrayList())
        if (const qsizetype gap = line.indexOf("  "); gap == 64)
            out.insert(QString::fromUtf8(line.mid(gap + 2)), QString::fromLatin1(line.left(gap)));
    return out;
}

Error otherDigest(const Version &version, const QString &server, const QString &digest) {
    return invalid(QStringLiteral("The artifacts of %1 version %2 on %3 are not those that were registered: digest %4, registered with %5.")
                       .arg(version.model).arg(version.version).arg(server, digest.left(12), version.digest.left(12)),
                   {}, QStringLiteral("Somebody wrote over them. Register the model again; do not promote this version."));
}

/// A proxy may say yes to a file that never arrived: before a version names them, all must lie there in their length.
Result<void> checkSent(const ArtifactStore &store, const QString &folder, const QStringList &files) {
    PH_ASSIGN(const auto there, store.list({}));
    for (const QString &name : files) {
        const auto found = std::find_if(there.begin(), there.end(), [&](const RemoteFile &file) { return file.path == name; });
        const qint64 bytes = QFileInfo(folder + QLatin1Char('/') + name).size();
        if (found == there.end() || (found->bytes >= 0 && found->bytes != bytes))
            return invalid(QStringLiteral("The file “%1” was sent, but %2.").arg(name, found == there.end() ? QStringLiteral("is not there") : QStringLiteral("%1 of %2 bytes are there").arg(found->bytes).arg(bytes)), {},
                           QStringLiteral("Nothing was registered. Try again; if it stays so, look at proxies before the server and at its artifact store."));
    }
    return {};
}

} // namespace

Result<void> MlflowRegistry::sendArtifacts(const QString &runId, const QString &folder, const QStringList &files, const QString &at, std::stop_token stop) {
    PH_ASSIGN(const Run made, run(runId));
    PH_ASSIGN(const auto store, artifactStore(made.artifactFolder + QLatin1Char('/') + at, m_api, m_s3, made.id));
    return store->send(folder, files, stop);
}

Result<Run> MlflowRegistry::runForPackage(const QString &model, const QString &runId, const QString &user) {
    if (!runId.isEmpty()) {
        auto known = run(runId);
        if (known || known.error().kind != ErrorKind::NotFound)
            return known;
        PH_ASSIGN(const auto under, runUnder(model, runId));
        if (under)
            return *under;
    }
    PH_ASSIGN(const QString id, createRun(model, {}, user, runId));
    PH_TRY(finishRun(id, RunStatus::Finished, {}));
    return run(id);
}

Result<void> MlflowRegistry::madeModel(const QString &model) {
    const MlflowCall call = mlflowNewModelCall(model);
    const auto named = m_api.send(call.method, call.call, call.body);
    if (named || named.error().kind == ErrorKind::Conflict) // it is there already
        return {};
    const auto there = this->model(model); // or it was made and the reply got lost
    return there && *there ? Result<void>() : Result<void>(named.error());
}

/// Order: run, files, version. What breaks off before the last leaves files that no version names; nothing is registered twice.
Result<Version> MlflowRegistry::registerTagged(const QString &model, const QString &packageFolder, const QString &runId, const QString &user, const QMap<QString, QString> &tags) {
    PH_TRY(checkModelName(model));
    PH_ASSIGN(const artifact::Package package, artifact::openPackage(packageFolder));
    PH_ASSIGN(const Run made, runForPackage(model, runId, user));
    // By its digest: a run that is registered again with another package must not write over what an older version serves.
    const QString source = made.artifactFolder + QLatin1Char('/') + packagePath(package.digest);
    PH_ASSIGN(const auto store, artifactStore(source, m_api, m_s3, made.id));
    PH_TRY(store->send(packageFolder, package.files.keys() << sums));
    PH_TRY(checkSent(*store, packageFolder, package.files.keys() << sums));
    PH_TRY(madeModel(model));
    const QString request = randomHex(16);
    QMap<QString, QString> all = tags;
    all.insert({{digestTag, package.digest}, {userTag, user}, {callTag, request}});
    QJsonObject body{{QStringLiteral("name"), model}, {QStringLiteral("source"), source}, {QStringLiteral("run_id"), made.id}, {QStringLiteral("tags"), mlflowPairs(all)}};
    PH_ASSIGN(const QJsonObject reply, m_api.write("POST", QStringLiteral("model-versions/create"), body, [&] { return versionOfRequest(model, request); }));
    PH_ASSIGN(const QJsonObject json, mlflowPart(reply, "model_version"));
    return readyVersion(json);
}

/// By the tag that only this call has given.
Result<std::optional<QJsonObject>> MlflowRegistry::versionOfRequest(const QString &model, const QString &request) const {
    PH_ASSIGN(const QString quoted, mlflowQuoted(model));
    PH_ASSIGN(const auto all, searchVersions(QStringLiteral("name=") + quoted));
    const auto found = std::find_if(all.begin(), all.end(), [&](const QJsonObject &json) { return mlflowPairs(json.value(QLatin1String("tags"))).value(callTag) == request; });
    return found == all.end() ? std::optional<QJsonObject>() : QJsonObject{{QStringLiteral("model_version"), *found}};
}

/// Read back until the server says that it is ready; what it answered when it made the version is the same if it cannot be asked.
Result<Version> MlflowRegistry::readyVersion(QJsonObject json) const {
    const Version made = mlflowVersion(json);
    if (made.version == 0)
        return invalid(QStringLiteral("%1 made a version of “%2” and did not say its number.").arg(source(), made.model), {}, QStringLiteral("Look at the model's versions before registering it again."));
    for (int waited = 0;; ++waited) {
        if (const auto now = readVersion(made.model, made.version))
            json = *now;
        const QString status = json.value(QLatin1String("status")).toString();
        if (status == QLatin1String("FAILED_REGISTRATION"))
            return Error{ErrorKind::Refused, QStringLiteral("%1 could not register version %2 of “%3”: %4").arg(source()).arg(made.version).arg(made.model, redact(json.value(QLatin1String("status_message")).toString())), {},
                         QStringLiteral("Look at the server's log and its artifact store."), {}};
        if (status != QLatin1String("PENDING_REGISTRATION"))
            return mlflowVersion(json);
        if (waited == registrationSeconds)
            return Error{ErrorKind::TimedOut, QStringLiteral("Version %1 of “%2” is registered, but %3 is not ready with it.").arg(made.version).arg(made.model, source()), {}, QStringLiteral("Look at it there; do not register it again."), {}};
        std::this_thread::sleep_for(std::chrono::seconds(1));
    }
}

Result<QString> MlflowRegistry::packageFolder(const Version &version, std::stop_token stop, bool anew) { return fetch(version, std::move(stop), {}, anew); }
Result<QString> MlflowRegistry::fetchPackage(const Version &version, std::stop_token stop, const FetchProgress &progress) { return fetch(version, std::move(stop), progress, false); }

Result<void> MlflowRegistry::checkPackage(const Version &version, const QString &at) const {
    if (version.digest.isEmpty()) // none of ours: nothing says what it must be
        return {};
    const auto package = artifact::openPackage(at);
    if (!package)
        return invalid(QStringLiteral("The artifacts of %1 version %2 on %3 are not those that were registered: %4").arg(version.model).arg(version.version).arg(source(), package.error().what), version.source,
                       QStringLiteral("Somebody wrote over them, or they were cut short. Register the model again; do not promote this version."));
    return package->digest == version.digest ? Result<void>() : Result<void>(otherDigest(version, source(), package->digest));
}

/// SHA256SUMS first: it says whether the rest is worth fetching and what each file must be.
Result<void> MlflowRegistry::fetchFiles(const Version &version, const ArtifactStore &store, std::vector<RemoteFile> files, const QString &folder, std::stop_token stop, const FetchProgress &progress, bool anew) const {
    std::stable_partition(files.begin(), files.end(), [](const RemoteFile &file) { return file.path == sums; });
    qint64 total = 0, before = 0;
    for (const RemoteFile &file : files)
        total = total < 0 || file.bytes < 0 ? -1 : total + file.bytes;
    QMap<QString, QString> digests;
    for (const RemoteFile &file : files) {
        const QString target = folder + QLatin1Char('/') + file.path;
        PH_TRY(store.fetch(file, anew ? QString() : digests.value(file.path), target, stop, [&](qint64 done, qint64) {
            if (progress)
                progress(before + done, total);
        }));
        before += QFileInfo(target).size();
        if (file.path != sums)
            continue;
        digests = digestsIn(target);
        PH_ASSIGN(const sources::FileDigests own, sources::digestsOfFile(target, stop));
        if (!version.digest.isEmpty() && own.sha256 != version.digest)
            return otherDigest(version, source(), own.sha256);
    }
    return checkPackage(version, folder);
}

Result<QString> MlflowRegistry::fetch(const Version &version, std::stop_token stop, const FetchProgress &progress, bool anew) {
    const QString place = sha256Hex((source() + QLatin1Char(' ') + version.model + QLatin1Char(' ') + version.source).toUtf8()).left(16);
    const QString folder = QStringLiteral("%1/%2/%3-%4").arg(m_packages, version.model).arg(version.version).arg(place);
    if (QDir(folder).exists()) {
        if (!checkPackage(version, folder))
            QDir(folder).removeRecursively(); // a copy that was damaged here
        else if (!anew)
            return folder;
    }
    QUrlQuery query;
    query.addQueryItem(QStringLiteral("name"), version.model);
    query.addQueryItem(QStringLiteral("version"), QString::number(version.version));
    PH_ASSIGN(const QJsonObject where, m_api.get(QStringLiteral("model-versions/get-download-uri"), query, stop));
    const QString uri = where.value(QLatin1String("artifact_uri")).toString();
    PH_ASSIGN(const auto store, artifactStore(uri, m_api, m_s3, version.runId));
    PH_ASSIGN(auto files, store->list(stop));
    if (files.empty())
        return notFound(QStringLiteral("%1 version %2 has no artifacts on %3.").arg(version.model).arg(version.version).arg(source()), uri, QStringLiteral("They were deleted there, or never sent."));
    const QString waiting = folder + QStringLiteral(".incoming-") + randomHex(6);
    if (auto fetched = fetchFiles(version, *store, std::move(files), waiting, stop, progress, anew); !fetched) {
        QDir(waiting).removeRecursively();
        return fetched.error();
    }
    if (!QDir().rename(waiting, folder)) {
        QDir(waiting).removeRecursively();
        if (!QDir(folder).exists()) // another one was quicker
            return fileError(QStringLiteral("put in place"), folder);
    }
    return folder;
}

std::shared_ptr<Registry> mlflowRegistry(MlflowApi api, const QString &packages, S3Maker s3) { return std::make_shared<MlflowRegistry>(std::move(api), packages, std::move(s3)); }

} // namespace pilothouse::registry
