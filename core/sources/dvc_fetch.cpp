// SPDX-License-Identifier: GPL-3.0-or-later
// Objects of a DVC repository: our cache, then DVC's own, then the remote.
#include "core/sources/fetch.h"

#include "core/base/file.h"
#include "core/base/redact.h"
#include "core/net/sftp.h"
#include "core/sources/download.h"
#include "core/sources/dvc_remote.h"

#include <QFile>
#include <QFileInfo>

namespace pilothouse::sources {

namespace {

using Q = QLatin1String;

/// What one look for an object needs.
struct Wanted {
    const DvcHash &hash;
    const SourceSpec &spec;
    const Access &access;
    const Cache &cache;
    std::stop_token stop;
    const Progress &progress;
    QString name; ///< of the object in our cache
    /// Under which credentials a remote's object was seen does not matter: its name is its digest.
    static QString nameOf(const DvcHash &hash) { return QStringLiteral("dvc object %1 %2").arg(hash.legacy ? QStringLiteral("md5-dos2unix") : QStringLiteral("md5"), hash.text()); }
};

Result<LocalFile> checked(const Wanted &w, const QString &path, const FileDigests &digests, const QString &from) {
    QString digest = digests.md5;
    if (w.hash.legacy && !w.hash.directory) {
        PH_ASSIGN(digest, dvcDigestOfFile(path, true));
    }
    if (digest != w.hash.md5)
        return invalid(QStringLiteral("The object is damaged: its MD5 is %1, DVC expects %2.").arg(digest, w.hash.md5), from, QStringLiteral("Push it again with `dvc push` from a machine that has it."));
    PH_TRY(w.cache.remember(w.name, {{Q("sha256"), digests.sha256}, {Q("md5"), digests.md5}, {Q("bytes"), digests.bytes}, {Q("url"), from}}));
    return LocalFile{path, digests.sha256, digests.bytes,
                     {{Q("kind"), Q("dvc")}, {Q("url"), from}, {Q("md5"), w.hash.text()}, {Q("sha256"), digests.sha256}, {Q("bytes"), digests.bytes}, {Q("fetched"), QDateTime::currentDateTimeUtc().toString(Qt::ISODate)}, {Q("from_cache"), false}}};
}

/// Brings a file that lies on this machine into the cache.
Result<LocalFile> takeFile(const Wanted &w, const QString &path) {
    PH_ASSIGN(const FileLock lock, w.cache.lock(w.name, w.stop));
    const QString part = w.cache.partial(w.name, "part");
    PH_TRY(makeFolder(QFileInfo(part).absolutePath()));
    QFile::remove(part);
    if (!QFile::copy(path, part)) {
        QFile::remove(part);
        return fileError(QStringLiteral("copy"), path);
    }
    QFile::setPermissions(part, QFile::ReadOwner | QFile::WriteOwner);
    PH_ASSIGN(const FileDigests digests, digestsOfFile(part, w.stop));
    Result<LocalFile> file = checked(w, part, digests, path);
    if (!file) {
        QFile::remove(part);
        return file;
    }
    PH_ASSIGN(file->path, w.cache.adopt(part, digests.sha256));
    return file;
}

Result<LocalFile> takeDownload(const Wanted &w, net::HttpClient &http, DownloadJob job, const QString &from) {
    job.source = w.name;
    job.revalidate = false; // its name is its digest
    if (!w.hash.legacy || w.hash.directory)
        job.md5 = w.hash.md5;
    auto done = download(http, w.cache, job, w.stop, w.progress);
    if (!done) {
        Error error = done.error();
        if (error.where == w.name)
            error.where = from;
        return error;
    }
    return checked(w, done->path, {done->md5, done->sha256, done->bytes}, from);
}

/// The same words for every kind of remote.
Error notThere(const Wanted &w, const DvcRemote &remote, const QString &place) {
    return notFound(QStringLiteral("The DVC remote “%1” does not have the object %2.").arg(remote.name, w.hash.text()), place, QStringLiteral("Push it with `dvc push` from a machine that has it."));
}

Result<LocalFile> fromS3(const Wanted &w, const DvcRemote &remote) {
    PH_ASSIGN(const S3Client client, dvcS3Client(remote, w.spec, w.access));
    PH_ASSIGN(const S3Location object, dvcS3Object(remote, w.hash.objectPath()));
    DownloadJob job;
    job.request = client.getRequest(object);
    job.followRedirects = false;
    job.error = [&](const net::Request &request, const net::Response &response) {
        Error error = s3Error(object, client.endpoint(), request, response);
        if (error.kind == ErrorKind::NotFound)
            error.hint = QStringLiteral("Push it with `dvc push` from a machine that has it.");
        return error;
    };
    return takeDownload(w, *client.http(), job, object.text());
}

Result<LocalFile> fromHttp(const Wanted &w, const DvcRemote &remote) {
    DownloadJob job;
    job.request.url = remote.url + QLatin1Char('/') + w.hash.objectPath();
    job.request.timeoutMs = 0;
    job.request.stallSeconds = 60;
    const auto option = [&](const char *key) { return remote.options.value(Q(key)); };
    if (option("auth") == Q("basic"))
        job.request.headers.append({"Authorization", "Basic " + (option("user") + QLatin1Char(':') + option("password")).toUtf8().toBase64()});
    else if (option("auth") == Q("custom") && !option("custom_auth_header").isEmpty())
        job.request.headers.append({option("custom_auth_header").toUtf8(), option("password").toUtf8()});
    const QString place = redact(job.request.url);
    job.error = [&, place](const net::Request &request, const net::Response &response) {
        Error error = net::statusError(request, response);
        error.where = place;
        return error.kind == ErrorKind::NotFound ? notThere(w, remote, place) : error;
    };
    return takeDownload(w, *w.access.http, job, place);
}

Result<LocalFile> fromSsh(const Wanted &w, const DvcRemote &remote) {
    const net::SftpFile file = dvcSftpFile(remote, w.hash.objectPath());
    PH_ASSIGN(const FileLock lock, w.cache.lock(w.name, w.stop));
    const QString part = w.cache.partial(w.name, "part");
    PH_TRY(makeFolder(QFileInfo(part).absolutePath()));
    if (const auto done = net::sftpDownload(file, part, w.stop, w.progress); !done)
        return done.error().kind == ErrorKind::NotFound ? notThere(w, remote, file.place()) : done.error();
    PH_ASSIGN(const FileDigests digests, digestsOfFile(part, w.stop));
    Result<LocalFile> local = checked(w, part, digests, file.place());
    if (!local) {
        QFile::remove(part);
        return local;
    }
    PH_ASSIGN(local->path, w.cache.adopt(part, digests.sha256));
    return local;
}

Result<LocalFile> fromFolder(const Wanted &w, const DvcRemote &remote) {
    const QString path = remote.url + QLatin1Char('/') + w.hash.objectPath();
    if (!QFileInfo::exists(remote.url))
        return notFound(QStringLiteral("The folder of the DVC remote “%1” is not there.").arg(remote.name), remote.url, QStringLiteral("Is the disk mounted?"));
    if (!QFileInfo(path).isFile())
        return notThere(w, remote, path);
    return takeFile(w, path);
}

} // namespace

Result<LocalFile> fetchDvcObject(const DvcRepository &repository, const DvcHash &hash, const QString &remoteName, const SourceSpec &spec, const Access &access, const Cache &cache, std::stop_token stop,
                                 const Progress &progress) {
    const Wanted w{hash, spec, access, cache, std::move(stop), progress, Wanted::nameOf(hash)};
    const QJsonObject known = cache.known(w.name);
    if (const auto held = cache.object(known.value(Q("sha256")).toString()))
        return LocalFile{*held, known.value(Q("sha256")).toString(), known.value(Q("bytes")).toInteger(),
                         {{Q("kind"), Q("dvc")}, {Q("url"), known.value(Q("url"))}, {Q("md5"), hash.text()}, {Q("sha256"), known.value(Q("sha256"))}, {Q("bytes"), known.value(Q("bytes"))},
                          {Q("fetched"), QDateTime::currentDateTimeUtc().toString(Qt::ISODate)}, {Q("from_cache"), true}}};
    if (const QString own = repository.cacheFolder() + QLatin1Char('/') + hash.objectPath(); QFileInfo(own).isFile())
        if (auto file = takeFile(w, own); file || file.error().kind == ErrorKind::Cancelled)
            return file; // damaged there: the remote has another
    PH_ASSIGN(const DvcRemote remote, repository.remote(remoteName));
    Result<LocalFile> file = remote.kind == DvcRemote::Kind::S3     ? fromS3(w, remote)
                             : remote.kind == DvcRemote::Kind::Http ? fromHttp(w, remote)
                             : remote.kind == DvcRemote::Kind::Ssh  ? fromSsh(w, remote)
                                                                    : fromFolder(w, remote);
    if (file)
        file->origin.insert(Q("remote"), remote.name);
    return file;
}

Result<std::vector<DvcFile>> dvcDirectory(const DvcRepository &repository, const DvcOutput &output, const SourceSpec &spec, const Access &access, const Cache &cache, std::stop_token stop) {
    PH_ASSIGN(const LocalFile list, fetchDvcObject(repository, output.hash, output.remote, spec, access, cache, std::move(stop)));
    PH_ASSIGN(const QByteArray json, readFile(list.path));
    return parseDvcDirectory(json, output.path, output.hash.legacy);
}

} // namespace pilothouse::sources
