// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/fetch.h"

#include "core/base/redact.h"
#include "core/sources/download.h"

#include <QFileInfo>
#include <QUrl>

namespace pilothouse::sources {

namespace {

using Q = QLatin1String;

void put(QJsonObject &object, const char *key, const QString &value) {
    if (!value.isEmpty())
        object.insert(Q(key), value);
}

LocalFile localFile(const char *kind, const SourceSpec &spec, const Download &done) {
    LocalFile file{done.path, done.sha256, done.bytes, {{Q("kind"), Q(kind)}, {Q("source"), redact(spec.source)}, {Q("sha256"), done.sha256}, {Q("md5"), done.md5}, {Q("bytes"), done.bytes},
                                                        {Q("fetched"), done.time.toString(Qt::ISODate)}, {Q("from_cache"), done.fromCache}}};
    put(file.origin, "url", done.url);
    put(file.origin, "etag", done.etag);
    put(file.origin, "last_modified", done.lastModified);
    put(file.origin, "version", done.versionId);
    return file;
}

Result<LocalFile> fetchHttp(const SourceSpec &spec, const Access &access, const Cache &cache, std::stop_token stop, const Progress &progress) {
    if (!spec.version.isEmpty() || !spec.connection.isEmpty())
        return invalid(QStringLiteral("“%1” has no meaning for an http address.").arg(spec.version.isEmpty() ? QStringLiteral("connection") : QStringLiteral("version")), redact(spec.source),
                       QStringLiteral("version and connection belong to s3:// and DVC."));
    DownloadJob job;
    job.source = spec.source;
    job.request.url = spec.source;
    job.request.timeoutMs = 0;
    job.request.stallSeconds = 60;
    PH_ASSIGN(const Download done, download(*access.http, cache, job, stop, progress));
    return localFile("http", spec, done);
}

/// HEAD says “not found” and no more; a GET of one byte says whether it is the bucket, the key or the version.
Error whyMissing(const S3Client &client, const S3Location &object, const QString &version, const Error &known, std::stop_token stop) {
    net::Request ask = client.getRequest(object, version);
    ask.headers.append(net::Header{"Range", "bytes=0-0"});
    const auto told = client.http()->send(ask, std::move(stop));
    return told && told->status >= 400 ? s3Error(object, client.endpoint(), ask, *told) : known;
}

Result<LocalFile> fetchS3(const SourceSpec &spec, const Access &access, const Cache &cache, std::stop_token stop, const Progress &progress) {
    PH_ASSIGN(const S3Location object, parseS3Url(spec.source));
    if (object.key.isEmpty() || object.key.endsWith(QLatin1Char('/')))
        return invalid(QStringLiteral("This names a folder of a bucket, not an object."), spec.source, QStringLiteral("List what is there with `pilot data list %1`.").arg(spec.source));
    PH_ASSIGN(const S3Client client, s3For(spec, access));
    const auto looked = client.head(object, spec.version, stop);
    if (!looked)
        return looked.error().kind == ErrorKind::NotFound ? whyMissing(client, object, spec.version, looked.error(), stop) : looked.error();
    const S3Object &there = *looked;
    DownloadJob job;
    job.source = object.text() + (spec.version.isEmpty() ? QString() : QStringLiteral("?versionId=") + spec.version) + (client.endpoint().url.isEmpty() ? QString() : QStringLiteral(" at ") + client.endpoint().url);
    const QJsonObject known = cache.known(job.source);
    if (const auto held = cache.object(known.value(Q("sha256")).toString());
        held && known.value(Q("etag")).toString() == QLatin1Char('"') + there.etag + QLatin1Char('"') && known.value(Q("bytes")).toInteger() == there.bytes) {
        const auto text = [&](const char *key) { return known.value(Q(key)).toString(); };
        return localFile("s3", spec, {*held, text("sha256"), text("md5"), there.bytes, 0, text("url"), text("etag"), text("last_modified"), text("version"), QDateTime::currentDateTimeUtc(), true});
    }
    job.request = client.getRequest(object, spec.version);
    job.etag = there.etag;
    job.bytes = there.bytes;
    job.followRedirects = false;
    job.error = [&](const net::Request &request, const net::Response &response) { return s3Error(object, client.endpoint(), request, response); };
    PH_ASSIGN(const Download done, download(*client.http(), cache, job, stop, progress));
    return localFile("s3", spec, done);
}

/// The file that a spec means inside a tracked directory: named, or the only one.
Result<DvcFile> fileInside(const std::vector<DvcFile> &files, const DvcOutput &output, const QString &wanted, const QString &source) {
    const QString inside = wanted.startsWith(output.path + QLatin1Char('/')) ? wanted.mid(output.path.size() + 1) : QString();
    QStringList names;
    for (const DvcFile &file : files) {
        if (file.path == inside || (inside.isEmpty() && files.size() == 1))
            return file;
        names << file.path;
    }
    return Error{inside.isEmpty() ? ErrorKind::Invalid : ErrorKind::NotFound,
                 inside.isEmpty() ? QStringLiteral("%1 is a directory of %2 files; one file is needed.").arg(output.path).arg(files.size()) : QStringLiteral("The tracked directory %1 has no file %2.").arg(output.path, inside),
                 source, QStringLiteral("Name one as dvc:%1/FILE: %2.").arg(output.path, names.mid(0, 10).join(QStringLiteral(", "))), {}};
}

/// What `dvc import` brought lies in the other repository's remote, and in DVC's cache here: no push helps.
Error ofImport(Error error, const DvcOutput &output) {
    if (error.kind == ErrorKind::NotFound && !output.importedFrom.isEmpty())
        error.hint = QStringLiteral("It was imported from %1: `dvc pull %2` brings it from there into DVC's cache.").arg(redact(output.importedFrom), output.file);
    return error;
}

Result<LocalFile> fetchDvc(const SourceSpec &spec, const Access &access, const Cache &cache, std::stop_token stop, const Progress &progress) {
    const QString path = QFileInfo(spec.source.startsWith(Q("dvc:")) ? spec.source.mid(4) : spec.source).absoluteFilePath();
    PH_ASSIGN(const DvcRepository repository, DvcRepository::open(path, spec.version));
    PH_ASSIGN(const DvcOutput output, repository.output(path));
    DvcFile file{output.path, output.hash};
    if (output.hash.directory) {
        const auto listed = dvcDirectory(repository, output, spec, access, cache, stop);
        if (!listed)
            return ofImport(listed.error(), output);
        const std::vector<DvcFile> &files = *listed;
        PH_ASSIGN(file, fileInside(files, output, path.mid(repository.root().size() + 1), spec.source));
        file.path = output.path + QLatin1Char('/') + file.path;
    }
    Result<LocalFile> fetched = fetchDvcObject(repository, file.hash, output.remote, spec, access, cache, stop, progress);
    if (!fetched)
        return ofImport(fetched.error(), output);
    LocalFile local = *std::move(fetched);
    put(local.origin, "source", spec.source);
    put(local.origin, "path", file.path);
    put(local.origin, "file", output.file);
    put(local.origin, "revision", spec.version);
    put(local.origin, "commit", repository.commit());
    return local;
}

} // namespace

SourceKind sourceKind(const QString &source) {
    if (source.startsWith(Q("s3://")))
        return SourceKind::S3;
    if (source.startsWith(Q("http://")) || source.startsWith(Q("https://")))
        return SourceKind::Http;
    return source.startsWith(Q("dvc:")) || source.endsWith(Q(".dvc")) ? SourceKind::Dvc : SourceKind::File;
}

Result<LocalFile> fetchSource(const SourceSpec &spec, const Access &access, const Cache &cache, std::stop_token stop, const Progress &progress) {
    switch (sourceKind(spec.source)) {
    case SourceKind::Http: return fetchHttp(spec, access, cache, std::move(stop), progress);
    case SourceKind::S3: return fetchS3(spec, access, cache, std::move(stop), progress);
    case SourceKind::Dvc: return fetchDvc(spec, access, cache, std::move(stop), progress);
    case SourceKind::File: break;
    }
    if (spec.source.contains(Q("://")))
        return invalid(QStringLiteral("This kind of address cannot be read."), redact(spec.source), QStringLiteral("A path, http://, https://, s3://, FILE.dvc and dvc:PATH can."));
    if (!spec.version.isEmpty() || !spec.connection.isEmpty())
        return invalid(QStringLiteral("“%1” has no meaning for a plain file.").arg(spec.version.isEmpty() ? QStringLiteral("connection") : QStringLiteral("version")), spec.source,
                       QStringLiteral("For a file that DVC tracks write dvc:PATH."));
    const QFileInfo info(spec.source);
    if (!info.isFile())
        return notFound(QStringLiteral("There is no such file."), spec.source);
    return LocalFile{info.absoluteFilePath(), {}, info.size(), {}};
}

Result<S3Client> s3For(const SourceSpec &spec, const Access &access, const std::optional<QString> &endpointUrl, const QString &profile) {
    std::vector<workspace::Connection> fitting;
    QStringList names;
    const auto plain = [](QString url) {
        while (url.endsWith(QLatin1Char('/')))
            url.chop(1);
        return url;
    };
    for (const workspace::Connection &c : access.workspace ? access.workspace->connections.values() : QList<workspace::Connection>()) {
        if (c.kind != Q("s3"))
            continue;
        names << c.name;
        if (spec.connection.isEmpty() ? !endpointUrl || plain(c.url) == plain(*endpointUrl) : c.name == spec.connection)
            fitting.push_back(c);
    }
    if (!spec.connection.isEmpty() && fitting.empty())
        return notFound(QStringLiteral("The workspace has no connection “%1” of kind s3.").arg(spec.connection), access.workspace ? access.workspace->file : QString(),
                        names.isEmpty() ? QStringLiteral("Add one with `pilot connect add %1 --kind s3 …`.").arg(spec.connection) : QStringLiteral("It has: %1.").arg(names.join(QStringLiteral(", "))));
    S3Endpoint endpoint;
    if (fitting.size() != 1 || (!profile.isEmpty() && spec.connection.isEmpty())) { // none, or not clear which: as the AWS tools do it
        if (fitting.size() > 1 && spec.connection.isEmpty() && profile.isEmpty())
            return invalid(QStringLiteral("The workspace has several connections of kind s3: %1.").arg(names.join(QStringLiteral(", "))), redact(spec.source), QStringLiteral("Say which by `connection: NAME`."));
        PH_ASSIGN(endpoint.credentials, environmentCredentials(profile));
        endpoint.region = environmentRegion(profile);
        endpoint.url = endpointUrl && !endpointUrl->isEmpty() ? *endpointUrl : !qEnvironmentVariableIsEmpty("AWS_ENDPOINT_URL_S3") ? qEnvironmentVariable("AWS_ENDPOINT_URL_S3") : qEnvironmentVariable("AWS_ENDPOINT_URL");
        endpoint.pathStyle = !endpoint.url.isEmpty();
        return S3Client(access.http, endpoint);
    }
    const workspace::Connection &c = fitting.front();
    endpoint.url = c.url;
    endpoint.region = c.other.value(QStringLiteral("region"), QStringLiteral("us-east-1"));
    endpoint.caFile = c.other.value(QStringLiteral("ca_file"));
    const QString addressing = c.other.value(QStringLiteral("addressing"), c.url.isEmpty() ? QStringLiteral("virtual") : QStringLiteral("path"));
    if (addressing != Q("path") && addressing != Q("virtual"))
        return invalid(QStringLiteral("“addressing” must be path or virtual, not “%1”.").arg(addressing), access.workspace->file + QStringLiteral(": connection ") + c.name);
    endpoint.pathStyle = addressing == Q("path");
    endpoint.credentials.accessKey = c.other.value(QStringLiteral("access_key"), c.user);
    if (!endpoint.credentials.accessKey.isEmpty()) {
        if (!access.secrets || c.secret.isEmpty())
            return invalid(QStringLiteral("The connection “%1” names an access key but no secret.").arg(c.name), access.workspace->file, QStringLiteral("Add `secret: NAME`; its value belongs in the keychain."));
        PH_ASSIGN(endpoint.credentials.secretKey, access.secrets->read(c.secret));
    }
    return S3Client(access.http, endpoint);
}

} // namespace pilothouse::sources
