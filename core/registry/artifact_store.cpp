// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/registry/artifact_store.h"

#include "core/base/file.h"
#include "core/sources/cache.h"
#include "core/sources/download.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QUrl>

#include <algorithm>

namespace pilothouse::registry {

namespace {

constexpr int stallSeconds = 60;

/// A transfer has no time of its own, but one for bringing nothing: twice that of a call.
void withoutLimit(net::Request &request) {
    if (request.timeoutMs > 0)
        request.stallSeconds = std::clamp(request.timeoutMs / 500, 1, stallSeconds);
    request.timeoutMs = 0;
}

constexpr int deepest = 16; ///< folders inside each other

/// A name that a server gives becomes a path here.
bool isPlainName(const QString &name) { return !name.isEmpty() && name != QLatin1String(".") && name != QLatin1String("..") && !name.contains(QLatin1Char('/')) && !name.contains(QChar(0)); }

Error badName(const QString &name, const QString &root) {
    return invalid(QStringLiteral("The server lists an artifact with the name “%1”, which no file can have.").arg(name.left(140)), root, QStringLiteral("Look at the artifacts on the server; somebody may have put it there on purpose."));
}

Result<void> checkPath(const QString &path, const QString &root) {
    const QStringList parts = path.split(QLatin1Char('/'));
    if (parts.size() > deepest)
        return invalid(QStringLiteral("The artifacts are nested too deeply."), root, QStringLiteral("This is no package: at most %1 folders may lie in each other.").arg(deepest));
    return std::all_of(parts.begin(), parts.end(), isPlainName) ? Result<void>() : Result<void>(badName(path, root));
}

/// From the cache of downloads to its place.
Result<void> place(const QString &from, const QString &target) {
    PH_TRY(makeFolder(QFileInfo(target).absolutePath()));
    QFile::remove(target);
    if (!QFile::copy(from, target))
        return fileError(QStringLiteral("write"), target);
    QFile::setPermissions(target, QFile::ReadOwner | QFile::WriteOwner | QFile::ReadGroup | QFile::ReadOther);
    return {};
}

/// A file whose digest is known is taken from the cache if it came whole before, else fetched into it.
Result<void> fetchTo(net::HttpClient &http, sources::DownloadJob job, const QString &target, std::stop_token stop, const sources::Progress &progress) {
    PH_ASSIGN(const sources::Cache cache, sources::Cache::open());
    if (const auto held = job.sha256.isEmpty() ? std::nullopt : cache.object(job.sha256)) {
        PH_ASSIGN(const sources::FileDigests there, sources::digestsOfFile(*held, stop));
        if (there.sha256 == job.sha256) {
            PH_TRY(place(*held, target));
            if (progress)
                progress(there.bytes, there.bytes);
            return {};
        }
    }
    withoutLimit(job.request);
    PH_ASSIGN(const sources::Download got, sources::download(http, cache, job, stop, progress));
    return place(got.path, target);
}

// ---- through the server

class ProxiedArtifacts final : public ArtifactStore {
public:
    ProxiedArtifacts(const MlflowApi &api, QString root) : m_api(api), m_root(std::move(root)) {}

    Result<std::vector<RemoteFile>> list(std::stop_token stop) const override {
        std::vector<RemoteFile> out;
        PH_TRY(listBelow({}, 0, out, stop));
        return out;
    }
    Result<void> fetch(const RemoteFile &file, const QString &sha256, const QString &target, std::stop_token stop, const sources::Progress &progress) const override {
        sources::DownloadJob job;
        PH_ASSIGN(job.request, m_api.request("GET", call(file.path)));
        job.source = job.request.url;
        job.bytes = file.bytes;
        job.sha256 = sha256;
        job.error = &MlflowApi::error;
        return fetchTo(m_api.http(), std::move(job), target, stop, progress);
    }
    Result<void> send(const QString &folder, const QStringList &files, std::stop_token stop) const override {
        for (const QString &name : files) {
            PH_ASSIGN(net::Request request, m_api.request("PUT", call(name)));
            request.bodyFile = folder + QLatin1Char('/') + name;
            request.headers << net::Header{"Content-Type", "application/octet-stream"};
            withoutLimit(request);
            PH_TRY(m_api.raw(request, stop));
        }
        return {};
    }

private:
    QString call(const QString &file) const { return QStringLiteral("/api/2.0/mlflow-artifacts/artifacts/") + QString::fromLatin1(QUrl::toPercentEncoding(m_root + QLatin1Char('/') + file, "/")); }

    Result<void> listBelow(const QString &below, int depth, std::vector<RemoteFile> &out, const std::stop_token &stop) const {
        QUrlQuery query;
        query.addQueryItem(QStringLiteral("path"), below.isEmpty() ? m_root : m_root + QLatin1Char('/') + below);
        PH_ASSIGN(const QJsonObject reply, m_api.getPath(QStringLiteral("/api/2.0/mlflow-artifacts/artifacts"), query, stop));
        PH_TRY(MlflowApi::checkList(reply, "files"));
        for (const QJsonValue &file : reply.value(QLatin1String("files")).toArray()) {
            const QString name = file[QLatin1String("path")].toString(), path = below.isEmpty() ? name : below + QLatin1Char('/') + name;
            if (!isPlainName(name))
                return badName(name, m_root);
            PH_TRY(checkPath(path, m_root));
            if (file[QLatin1String("is_dir")].toBool())
                PH_TRY(listBelow(path, depth + 1, out, stop));
            else
                out.push_back({path, file[QLatin1String("file_size")].isUndefined() ? -1 : mlflowInteger(file[QLatin1String("file_size")]), {}});
        }
        return {};
    }

    const MlflowApi &m_api;
    QString m_root;
};

// ---- S3 and what speaks like it

class S3Artifacts final : public ArtifactStore {
public:
    S3Artifacts(sources::S3Client client, sources::S3Location root) : m_client(std::move(client)), m_root(std::move(root)) {}

    Result<std::vector<RemoteFile>> list(std::stop_token stop) const override {
        const QString prefix = at({}).key;
        PH_ASSIGN(const auto objects, m_client.list(m_root.bucket, prefix, stop));
        std::vector<RemoteFile> out;
        for (const sources::S3Object &object : objects) {
            if (object.key.endsWith(QLatin1Char('/'))) // a folder that some tools make
                continue;
            const QString path = object.key.mid(prefix.size());
            PH_TRY(checkPath(path, m_root.text()));
            out.push_back({path, object.bytes, object.etag});
        }
        return out;
    }
    Result<void> fetch(const RemoteFile &file, const QString &sha256, const QString &target, std::stop_token stop, const sources::Progress &progress) const override {
        const sources::S3Location object = at(file.path);
        sources::DownloadJob job;
        job.request = m_client.getRequest(object);
        job.source = object.text() + (m_client.endpoint().url.isEmpty() ? QString() : QStringLiteral(" at ") + m_client.endpoint().url);
        job.etag = file.etag;
        job.bytes = file.bytes;
        job.sha256 = sha256;
        job.followRedirects = false;
        job.error = [this, object](const net::Request &request, const net::Response &response) { return sources::s3Error(object, m_client.endpoint(), request, response); };
        return fetchTo(*m_client.http(), std::move(job), target, stop, progress);
    }
    Result<void> send(const QString &folder, const QStringList &files, std::stop_token stop) const override {
        for (const QString &name : files) {
            if (stop.stop_requested())
                return cancelled();
            PH_TRY(m_client.upload(at(name), folder + QLatin1Char('/') + name));
        }
        return {};
    }

private:
    sources::S3Location at(const QString &file) const { return {m_root.bucket, m_root.key.isEmpty() ? file : m_root.key + QLatin1Char('/') + file}; }
    sources::S3Client m_client;
    sources::S3Location m_root;
};

// ---- a disk that the server and this machine share

class FolderArtifacts final : public ArtifactStore {
public:
    FolderArtifacts(const MlflowApi &api, QString folder, QString runId) : m_api(api), m_folder(std::move(folder)), m_runId(std::move(runId)) {}

    Result<std::vector<RemoteFile>> list(std::stop_token stop) const override {
        if (!QFileInfo(m_folder).isDir())
            return elsewhere();
        std::vector<RemoteFile> out;
        for (QDirIterator it(m_folder, QDir::Files | QDir::Hidden | QDir::NoSymLinks, QDirIterator::Subdirectories); it.hasNext();) {
            it.next();
            out.push_back({it.filePath().mid(m_folder.size() + 1), it.fileInfo().size(), {}});
        }
        std::sort(out.begin(), out.end(), [](const RemoteFile &a, const RemoteFile &b) { return a.path < b.path; });
        if (!m_runId.isEmpty() && !out.empty()) {
            PH_ASSIGN(const bool same, serverSees(out, stop));
            if (!same)
                return elsewhere();
        }
        return out;
    }
    Result<void> fetch(const RemoteFile &file, const QString &sha256, const QString &target, std::stop_token stop, const sources::Progress &progress) const override {
        PH_TRY(place(m_folder + QLatin1Char('/') + file.path, target));
        PH_ASSIGN(const sources::FileDigests there, sources::digestsOfFile(target, stop));
        if (!sha256.isEmpty() && there.sha256 != sha256)
            return invalid(QStringLiteral("The artifact is not what was registered: its SHA-256 is %1, not %2.").arg(there.sha256, sha256), m_folder + QLatin1Char('/') + file.path, QStringLiteral("Somebody wrote over it. Register the model again; do not promote this version."));
        if (progress)
            progress(there.bytes, there.bytes);
        return {};
    }
    /// The server is asked whether it sees what was written; what it does not see is taken away again.
    Result<void> send(const QString &folder, const QStringList &files, std::stop_token stop) const override {
        if (m_runId.isEmpty())
            return elsewhere();
        const bool wasThere = QFileInfo::exists(m_folder);
        const auto sent = [&]() -> Result<void> {
            std::vector<RemoteFile> written;
            for (const QString &name : files) {
                PH_TRY(place(folder + QLatin1Char('/') + name, m_folder + QLatin1Char('/') + name));
                written.push_back({name, QFileInfo(folder + QLatin1Char('/') + name).size(), {}});
            }
            PH_ASSIGN(const bool same, serverSees(written, stop));
            return same ? Result<void>() : Result<void>(elsewhere());
        }();
        if (!sent && !wasThere)
            QDir(m_folder).removeRecursively();
        return sent;
    }

private:
    Error elsewhere() const {
        return refused(QStringLiteral("The artifacts are in the folder %1 of the machine of %2, and this one does not share it.").arg(m_folder, m_api.host()), {},
                       QStringLiteral("Start the server with --serve-artifacts and --artifacts-destination: then it reads and writes them for everybody who may log in."));
    }
    /// By the names and lengths of the files that lie in the folder itself.
    Result<bool> serverSees(const std::vector<RemoteFile> &files, std::stop_token stop) const {
        QUrlQuery ask;
        ask.addQueryItem(QStringLiteral("run_id"), m_runId);
        const auto run = m_api.get(QStringLiteral("runs/get"), ask, stop);
        if (!run)
            return run.error();
        const QString root = localFolder((*run)[QLatin1String("run")][QLatin1String("info")][QLatin1String("artifact_uri")].toString());
        if (root.isEmpty() || !m_folder.startsWith(root + QLatin1Char('/')))
            return false;
        ask.addQueryItem(QStringLiteral("path"), m_folder.mid(root.size() + 1));
        PH_ASSIGN(const QJsonObject listed, m_api.get(QStringLiteral("artifacts/list"), ask, stop));
        QMap<QString, qint64> there;
        for (const QJsonValue &file : listed.value(QLatin1String("files")).toArray())
            there.insert(file[QLatin1String("path")].toString().section(QLatin1Char('/'), -1), mlflowInteger(file[QLatin1String("file_size")]));
        return std::all_of(files.begin(), files.end(), [&](const RemoteFile &file) { return file.path.contains(QLatin1Char('/')) || there.value(file.path, -1) == file.bytes; });
    }

public:
    static QString localFolder(const QString &uri) {
        const QUrl url(uri);
        const QString path = uri.startsWith(QLatin1Char('/')) ? uri : url.scheme() == QLatin1String("file") && (url.host().isEmpty() || url.host() == QLatin1String("localhost")) ? url.path() : QString();
        return path.isEmpty() ? path : QDir::cleanPath(path);
    }

private:
    const MlflowApi &m_api;
    QString m_folder, m_runId;
};

} // namespace

Result<std::unique_ptr<ArtifactStore>> artifactStore(const QString &uri, const MlflowApi &api, const S3Maker &s3, const QString &runId) {
    if (const QString path = uri.startsWith(QLatin1String("mlflow-artifacts:")) ? QUrl(uri).path() : QString(); path.size() > 1)
        return std::unique_ptr<ArtifactStore>(std::make_unique<ProxiedArtifacts>(api, path.mid(1)));
    if (uri.startsWith(QLatin1String("s3://"))) {
        PH_ASSIGN(const sources::S3Location root, sources::parseS3Url(uri));
        if (!s3)
            return refused(QStringLiteral("The artifacts are at “%1”, which %2 does not hand through.").arg(uri, api.host()), {},
                           QStringLiteral("Add “artifacts: NAME” to the connection, with the name of a connection of kind s3, or start the server with --serve-artifacts and --artifacts-destination."));
        PH_ASSIGN(sources::S3Client client, s3());
        return std::unique_ptr<ArtifactStore>(std::make_unique<S3Artifacts>(std::move(client), root));
    }
    if (const QString folder = FolderArtifacts::localFolder(uri); folder.size() > 1)
        return std::unique_ptr<ArtifactStore>(std::make_unique<FolderArtifacts>(api, folder, runId));
    if (uri.startsWith(QLatin1String("azureml:")))
        return invalid(QStringLiteral("The artifacts of this version are in the storage account of the Azure workspace (“%1”), which its MLflow address does not hand through.").arg(uri), {},
                       QStringLiteral("az ml model download --name MODEL --version N brings them; a package of ours can then be registered here."));
    return invalid(QStringLiteral("The artifacts are at “%1”, which %2 does not hand through.").arg(uri, api.host()), {},
                   QStringLiteral("Start the server with --serve-artifacts and --artifacts-destination: then it reads and writes them for everybody who may log in."));
}

} // namespace pilothouse::registry
