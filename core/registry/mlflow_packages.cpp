// SPDX-License-Identifier: GPL-3.0-or-later
// Packages on their way to MLflow's artifact store and back.
#include "core/registry/mlflow_registry_internal.h"

#include "core/artifact/package.h"
#include "core/base/hash.h"
#include "core/sources/download.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>

namespace pilothouse::registry {

namespace {

const QString scheme = QStringLiteral("mlflow-artifacts:");
constexpr int stallSeconds = 60;
constexpr int deepest = 16; ///< folders inside each other

/// "mlflow-artifacts:/1/run/artifacts/model" → "1/run/artifacts/model"; none for another kind of store.
Result<QString> proxiedPath(const QString &uri, const QString &server) {
    const QString path = uri.startsWith(scheme) ? QUrl(uri).path() : QString();
    if (path.size() > 1)
        return path.mid(1);
    if (uri.startsWith(QLatin1String("azureml:")))
        return invalid(QStringLiteral("The artifacts of this version are in the storage account of the Azure workspace (“%1”), which its MLflow address does not hand through.").arg(uri), {},
                       QStringLiteral("az ml model download --name MODEL --version N brings them; a package of ours can then be registered here."));
    return invalid(QStringLiteral("The artifacts are at “%1”, which %2 does not hand through.").arg(uri, server), {},
                   QStringLiteral("Start the server with --serve-artifacts and --artifacts-destination: then it reads and writes them for everybody who may log in."));
}

QString artifactCall(const QString &path) { return QStringLiteral("/api/2.0/mlflow-artifacts/artifacts/") + QString::fromLatin1(QUrl::toPercentEncoding(path, "/")); }

struct RemoteFile {
    QString path; ///< below the folder
    qint64 bytes = -1;
};

/// A name that a server gives becomes a path here.
bool isPlainName(const QString &name) { return !name.isEmpty() && name != QLatin1String(".") && name != QLatin1String("..") && !name.contains(QLatin1Char('/')) && !name.contains(QChar(0)); }

Result<void> listFiles(const MlflowApi &api, const QString &root, const QString &below, int depth, std::vector<RemoteFile> &out, std::stop_token stop) {
    if (depth > deepest)
        return invalid(QStringLiteral("The artifacts are nested too deeply."), root);
    QUrlQuery query;
    query.addQueryItem(QStringLiteral("path"), below.isEmpty() ? root : root + QLatin1Char('/') + below);
    PH_ASSIGN(const net::Request request, api.request("GET", QStringLiteral("/api/2.0/mlflow-artifacts/artifacts"), query));
    PH_ASSIGN(const net::Response response, api.raw(request, stop));
    for (const QJsonValue &file : QJsonDocument::fromJson(response.body).object().value(QLatin1String("files")).toArray()) {
        const QString name = file[QLatin1String("path")].toString();
        if (!isPlainName(name))
            return invalid(QStringLiteral("The server lists an artifact with the name “%1”, which no file can have.").arg(name.left(140)), root);
        const QString path = below.isEmpty() ? name : below + QLatin1Char('/') + name;
        if (file[QLatin1String("is_dir")].toBool())
            PH_TRY(listFiles(api, root, path, depth + 1, out, stop));
        else
            out.push_back({path, file[QLatin1String("file_size")].isUndefined() ? -1 : mlflowInteger(file[QLatin1String("file_size")])});
    }
    return {};
}

} // namespace

Result<void> MlflowRegistry::sendPackage(const QString &folder, const QStringList &files, const QString &artifactPath, std::stop_token stop) const {
    for (const QString &name : files) {
        PH_ASSIGN(net::Request request, m_api.request("PUT", artifactCall(artifactPath + QLatin1Char('/') + name)));
        request.bodyFile = folder + QLatin1Char('/') + name;
        request.headers << net::Header{"Content-Type", "application/octet-stream"};
        request.timeoutMs = 0;
        request.stallSeconds = stallSeconds;
        PH_TRY(m_api.raw(request, stop));
    }
    return {};
}

Result<void> MlflowRegistry::sendArtifacts(const QString &runId, const QString &folder, const QStringList &files, const QString &at, std::stop_token stop) {
    PH_ASSIGN(const Run made, run(runId));
    PH_ASSIGN(const QString path, proxiedPath(made.artifactFolder + QLatin1Char('/') + at, source()));
    return sendPackage(folder, files, path, stop);
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

/// Order: run, files, version. What breaks off before the last leaves files that no version names; nothing is registered twice.
Result<Version> MlflowRegistry::registerVersion(const QString &model, const QString &packageFolder, const QString &runId, const QString &user) {
    PH_TRY(checkModelName(model));
    PH_ASSIGN(const artifact::Package package, artifact::openPackage(packageFolder));
    PH_ASSIGN(const Run made, runForPackage(model, runId, user));
    // By its digest: a run that is registered again with another package must not write over what an older version serves.
    const QString source = made.artifactFolder + QLatin1Char('/') + packagePath(package.digest);
    PH_ASSIGN(const QString path, proxiedPath(source, this->source()));
    PH_TRY(sendPackage(packageFolder, package.files.keys() << QStringLiteral("SHA256SUMS"), path));
    const auto named = m_api.send("POST", QStringLiteral("registered-models/create"), {{QStringLiteral("name"), model}});
    if (!named && named.error().kind != ErrorKind::Conflict) // it is there already
        return named.error();
    const QMap<QString, QString> tags{{digestTag, package.digest}, {userTag, user}};
    PH_ASSIGN(const QJsonObject reply, m_api.send("POST", QStringLiteral("model-versions/create"),
                                                  {{QStringLiteral("name"), model}, {QStringLiteral("source"), source}, {QStringLiteral("run_id"), made.id}, {QStringLiteral("tags"), mlflowPairs(tags)}}));
    Version version = mlflowVersion(reply.value(QLatin1String("model_version")).toObject());
    return this->version(model, version.version);
}

Result<QString> MlflowRegistry::packageFolder(const Version &version, std::stop_token stop, bool anew) {
    const QString place = sha256Hex((source() + QLatin1Char(' ') + version.model + QLatin1Char(' ') + version.source).toUtf8()).left(16);
    const QString folder = QStringLiteral("%1/%2/%3-%4").arg(m_packages, version.model).arg(version.version).arg(place);
    const auto check = [&](const QString &at) -> Result<void> {
        if (version.digest.isEmpty()) // none of ours: nothing says what it must be
            return {};
        const auto package = artifact::openPackage(at);
        if (!package)
            return invalid(QStringLiteral("The artifacts of %1 version %2 on %3 are not those that were registered: %4").arg(version.model).arg(version.version).arg(source(), package.error().what), version.source,
                           QStringLiteral("Somebody wrote over them, or they were cut short. Register the model again; do not promote this version."));
        if (package->digest != version.digest)
            return invalid(QStringLiteral("The artifacts of %1 version %2 on %3 are not those that were registered: digest %4, registered with %5.")
                               .arg(version.model).arg(version.version).arg(source(), package->digest.left(12), version.digest.left(12)),
                           {}, QStringLiteral("Somebody wrote over them. Register the model again; do not promote this version."));
        return {};
    };
    if (QDir(folder).exists()) {
        if (!check(folder))
            QDir(folder).removeRecursively(); // a copy that was damaged here
        else if (!anew)
            return folder;
    }
    QUrlQuery query;
    query.addQueryItem(QStringLiteral("name"), version.model);
    query.addQueryItem(QStringLiteral("version"), QString::number(version.version));
    PH_ASSIGN(const QJsonObject where, m_api.get(QStringLiteral("model-versions/get-download-uri"), query, stop));
    PH_ASSIGN(const QString path, proxiedPath(where.value(QLatin1String("artifact_uri")).toString(), source()));
    std::vector<RemoteFile> files;
    PH_TRY(listFiles(m_api, path, {}, 0, files, stop));
    if (files.empty())
        return notFound(QStringLiteral("%1 version %2 has no artifacts on %3.").arg(version.model).arg(version.version).arg(source()), path,
                        QStringLiteral("They were deleted there, or never sent."));
    PH_ASSIGN(const sources::Cache cache, sources::Cache::open());
    const QString waiting = folder + QStringLiteral(".incoming-") + randomHex(6);
    const auto fetch = [&]() -> Result<void> {
        for (const RemoteFile &file : files) {
            sources::DownloadJob job;
            PH_ASSIGN(job.request, m_api.request("GET", artifactCall(path + QLatin1Char('/') + file.path)));
            job.source = job.request.url;
            job.bytes = file.bytes;
            job.error = &MlflowApi::error;
            PH_ASSIGN(const sources::Download got, sources::download(m_api.http(), cache, job, stop));
            const QString target = waiting + QLatin1Char('/') + file.path;
            PH_TRY(makeFolder(QFileInfo(target).absolutePath()));
            if (!QFile::copy(got.path, target))
                return fileError(QStringLiteral("write"), target);
            QFile::setPermissions(target, QFile::ReadOwner | QFile::WriteOwner | QFile::ReadGroup | QFile::ReadOther);
        }
        return check(waiting);
    };
    if (auto fetched = fetch(); !fetched) {
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

std::shared_ptr<Registry> mlflowRegistry(MlflowApi api, const QString &packages) { return std::make_shared<MlflowRegistry>(std::move(api), packages); }

} // namespace pilothouse::registry
