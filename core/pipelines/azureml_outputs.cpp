// SPDX-License-Identifier: GPL-3.0-or-later
// What a job left: its named outputs in a datastore, and the files of its run in the artifact store.
#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/net/directory_token.h"
#include "core/net/fetch_file.h"
#include "core/pipelines/azureml_blobs.h"
#include "core/pipelines/azureml_pipelines.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QRegularExpression>
#include <QUrl>

namespace pilothouse::pipelines {

namespace {

using Q = QLatin1String;

QString encoded(const QString &text, const QByteArray &but = {}) { return QString::fromLatin1(QUrl::toPercentEncoding(text, but)); }
QJsonObject properties(const QJsonObject &object) { return object.value(Q("properties")).toObject(); }

/// One file of an output that is a folder.
struct Remote {
    QString path; ///< below the output; empty: the output is this file
    QString url;  ///< signed
    QString md5;
};

/// Nothing that a server names may lie outside of the folder.
bool isInside(const QString &path) { return !path.isEmpty() && !QDir::isAbsolutePath(path) && QDir::cleanPath(path) == path && path != Q("..") && !path.startsWith(Q("../")); }

QString below(const QString &path, const QString &folder) {
    QString rest = path.mid(folder.size());
    while (rest.startsWith(QLatin1Char('/')))
        rest.remove(0, 1);
    return rest;
}

Result<bool> isThere(const QString &file, const QString &md5) {
    QFile there(file);
    if (md5.isEmpty() || !there.open(QIODevice::ReadOnly))
        return false;
    Hasher hasher(Hasher::Kind::Md5);
    for (QByteArray block; !(block = there.read(1 << 20)).isEmpty();)
        hasher.add(block);
    return hasher.hex() == md5;
}

/// Into FOLDER.part, which takes the folder's name when all of it is there; what it holds from an earlier try and is whole is not fetched again.
Result<void> fetchFolder(net::HttpClient &http, const std::vector<Remote> &files, const QString &folder, const QString &caFile, std::stop_token token) {
    const QString part = folder + QStringLiteral(".part");
    for (const Remote &one : files) {
        if (!isInside(one.path))
            return refused(QStringLiteral("The output names a file outside of its folder: %1.").arg(one.path), folder);
        const QString file = part + QLatin1Char('/') + one.path;
        PH_ASSIGN(const bool whole, isThere(file, one.md5));
        if (whole)
            continue;
        net::Request request;
        request.url = one.url;
        request.caFile = caFile;
        if (const auto fetched = net::fetchFile(http, std::move(request), file, one.md5, token); !fetched) {
            Error error = fetched.error();
            if (QDir(part).exists())
                error.hint += (error.hint.isEmpty() ? QString() : QStringLiteral(" ")) + QStringLiteral("What came whole lies in %1; the same command goes on from there.").arg(part);
            return error;
        }
    }
    if (!QDir().rename(part, folder))
        return Error{ErrorKind::Conflict, QStringLiteral("The output could not be put in its place."), folder, QStringLiteral("It lies in %1.").arg(part), {}};
    return syncFolder(QFileInfo(folder).absolutePath());
}

} // namespace

Result<std::vector<Output>> AzurePipelines::outputs(const QString &run) const {
    PH_ASSIGN(const QJsonObject job, call("GET", arm(QStringLiteral("/jobs/") + encoded(run))));
    std::vector<Output> found;
    const QJsonObject named = properties(job).value(Q("outputs")).toObject();
    for (auto it = named.begin(); it != named.end(); ++it) {
        Output output;
        output.name = it.key();
        output.address = it->toObject().value(Q("uri")).toString();
        if (!output.address.isEmpty())
            found.push_back(std::move(output));
    }
    QString url = service(QStringLiteral("artifact/v2.0"), QStringLiteral("/artifacts/ExperimentRun/dcid.") + encoded(run));
    const QString first = url;
    for (int pages = 0; pages < 50 && !url.isEmpty(); ++pages) {
        const auto reply = call("GET", url);
        if (!reply && reply.error().kind == ErrorKind::NotFound) // it left none
            break;
        if (!reply)
            return reply.error();
        for (const QJsonValue &value : reply->value(Q("value")).toArray()) {
            Output output;
            output.name = value.toObject().value(Q("path")).toString();
            output.address = QStringLiteral("azureml://artifacts/ExperimentRun/dcid.%1/%2").arg(run, output.name);
            found.push_back(std::move(output));
        }
        const QString more = reply->value(Q("continuationToken")).toString();
        url = more.isEmpty() ? QString() : first + QStringLiteral("?continuationToken=") + encoded(more);
    }
    return found;
}

Result<AzureContainer> AzurePipelines::containerOf(const QString &datastore, std::stop_token token) const {
    const QString path = QStringLiteral("/datastores/") + encoded(datastore);
    PH_ASSIGN(const QJsonObject store, call("GET", arm(path), {}, token));
    const QJsonObject of = properties(store);
    const QString kind = of.value(Q("datastoreType")).toString(), account = of.value(Q("accountName")).toString(), name = of.value(Q("containerName")).toString();
    if (kind != Q("AzureBlob"))
        return refused(QStringLiteral("The datastore %1 is of kind %2, which is not read from here.").arg(datastore, kind), source(), QStringLiteral("Run: az ml job download."));
    auto secrets = call("POST", arm(path + QStringLiteral("/listSecrets")), {{Q("expirableSecret"), true}, {Q("expireAfterHours"), 1}}, token);
    if (!secrets) {
        Error error = secrets.error();
        if (error.kind == ErrorKind::Denied)
            error.hint = QStringLiteral("Reading a datastore needs the action datastores/listsecrets, which the role AzureML Data Scientist does not have on every workspace.");
        return error;
    }
    const QString endpoint = of.value(Q("endpoint")).toString(QStringLiteral("core.windows.net")), protocol = of.value(Q("protocol")).toString(QStringLiteral("https"));
    static const QRegularExpression number(QStringLiteral("\\A(\\d{1,3}(\\.\\d{1,3}){3}|.*:.*)\\z"));
    const QUrl plain(protocol + QStringLiteral("://") + endpoint); // an emulator, or a store behind an address of its own: the account is a folder there
    const QString url = !number.match(plain.host()).hasMatch() && plain.host() != Q("localhost") ? QStringLiteral("%1://%2.blob.%3/%4").arg(protocol, account, endpoint, name) : QStringLiteral("%1://%2/%3/%4").arg(protocol, endpoint, account, name);
    QString sas = secrets->value(Q("sasToken")).toString();
    if (const QString key = secrets->value(Q("key")).toString(); sas.isEmpty() && !key.isEmpty())
        sas = azureSignature(account, name, key.toLatin1(), m_at.clock->nowUtc().addSecs(3600));
    if (sas.isEmpty())
        return refused(QStringLiteral("The datastore %1 gives no signature to read it with.").arg(datastore), source(), QStringLiteral("It is set to the rights of each person: run az ml job download."));
    return azureContainer(url + QLatin1Char('?') + (sas.startsWith(QLatin1Char('?')) ? sas.mid(1) : sas), m_at.connection.other.value(QStringLiteral("ca_file")));
}

Result<void> AzurePipelines::download(const QString &run, const Output &output, const QString &file, std::stop_token token) const {
    static const QRegularExpression stored(QStringLiteral("\\Aazureml://(?:subscriptions/.+/)?datastores/([^/]+)/paths/(.+)\\z"));
    static const QString artifacts = QStringLiteral("azureml://artifacts/");
    const QString caFile = m_at.connection.other.value(QStringLiteral("ca_file"));
    const auto match = stored.match(output.address);
    std::vector<Remote> files;
    QString path = match.captured(2);
    while (path.endsWith(QLatin1Char('/')))
        path.chop(1);
    if (output.address.startsWith(artifacts)) {
        const QString of = output.address.mid(artifacts.size());
        PH_ASSIGN(const QJsonObject info, call("GET", service(QStringLiteral("artifact/v2.0"), QStringLiteral("/artifacts/contentinfo/") + encoded(of, "/")), {}, token));
        files.push_back({{}, info.value(Q("contentUri")).toString(), {}});
    } else if (match.hasMatch() && match.captured(1) == Q("workspaceartifactstore") && path.startsWith(Q("ExperimentRun/dcid."))) {
        const QString inner = path.section(QLatin1Char('/'), 2), first = service(QStringLiteral("artifact/v2.0"), QStringLiteral("/artifacts/prefix/contentinfo/") + encoded(path, "/"));
        QString url = first;
        for (int pages = 0; pages < 50 && !url.isEmpty(); ++pages) {
            PH_ASSIGN(const QJsonObject reply, call("GET", url, {}, token));
            for (const QJsonValue &value : reply.value(Q("value")).toArray())
                if (const QString name = value.toObject().value(Q("path")).toString(); name == inner || name.startsWith(inner + QLatin1Char('/')))
                    files.push_back({below(name, inner), value.toObject().value(Q("contentUri")).toString(), {}});
            const QString more = reply.value(Q("continuationToken")).toString();
            url = more.isEmpty() ? QString() : first + QStringLiteral("?continuationToken=") + encoded(more);
        }
    } else if (match.hasMatch()) {
        PH_ASSIGN(const AzureContainer container, containerOf(match.captured(1), token));
        PH_ASSIGN(const auto blobs, azureBlobs(*m_at.http, container, path, token));
        for (const AzureBlob &blob : blobs)
            if (blob.name == path || blob.name.startsWith(path + QLatin1Char('/')))
                files.push_back({below(blob.name, path), container.address(blob.name), blob.md5});
    } else {
        return refused(QStringLiteral("The output %1 lies where this connection cannot read.").arg(output.name), output.address,
                       QStringLiteral("Run: az ml job download --name %1 --output-name %2.").arg(run, output.name));
    }
    if (files.empty())
        return notFound(QStringLiteral("The output %1 is empty.").arg(output.name), output.address, QStringLiteral("The job may not have written it, or it was taken away since."));
    for (const Remote &one : files)
        if (!net::isSafeForSecrets(one.url)) // the signed address is a secret by itself
            return refused(QStringLiteral("Azure ML names an address that is not safe to follow."), QUrl(one.url).host(), QStringLiteral("Only https:// is followed."));
    if (files.size() > 1 || !files.front().path.isEmpty())
        return fetchFolder(*m_at.http, files, file, caFile, token);
    net::Request request;
    request.url = files.front().url; // signed: no token goes along
    request.caFile = caFile;
    return net::fetchFile(*m_at.http, std::move(request), file, files.front().md5, token);
}

} // namespace pilothouse::pipelines
