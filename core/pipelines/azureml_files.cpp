// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/net/directory_token.h"
#include "core/pipelines/azureml_pipelines.h"

#include <QJsonArray>
#include <QUrl>

namespace pilothouse::pipelines {

namespace {

using Q = QLatin1String;

QString encoded(const QString &text) { return QString::fromLatin1(QUrl::toPercentEncoding(text)); }

/// The log that people read: what the command printed; of older images what the driver wrote.
QString mainLog(const QJsonObject &files) {
    if (files.contains(Q("user_logs/std_log.txt")))
        return QStringLiteral("user_logs/std_log.txt");
    for (const char *part : {"user_logs/", "70_driver_log", "std_log", "execution-logs", "executionlogs"})
        for (const QString &name : files.keys())
            if (name.contains(Q(part)))
                return name;
    return files.isEmpty() ? QString() : files.keys().constFirst();
}

} // namespace

Result<LogPiece> AzurePipelines::readLog(const LogFrom &from, std::stop_token token) const {
    const QString id = from.stage.isEmpty() ? from.run : from.stage; // a stage is a job of its own
    PH_ASSIGN(const QJsonObject job, call("GET", arm(QStringLiteral("/jobs/") + encoded(from.run)), {}, token));
    const QString experiment = job.value(Q("properties")).toObject().value(Q("experimentName")).toString();
    PH_ASSIGN(const QJsonObject details, call("GET", ofRun(experiment, id, "details"), {}, token));
    const QString status = details.value(Q("status")).toString();
    const bool ended = hasEnded(azureState(status));
    const QJsonObject files = details.value(Q("logFiles")).toObject();
    const QString name = mainLog(files);
    LogPiece piece;
    if (name.isEmpty()) {
        piece.end = ended;
        piece.note = ended ? QStringLiteral("The job left no log.") : QStringLiteral("The job has not begun to write (%1).").arg(status);
        return piece;
    }
    qint64 at = from.next.toLongLong();
    net::Request request;
    request.url = files.value(name).toString(); // signed: no token goes along, and it is in no error
    if (!net::isSafeForSecrets(request.url)) // the signed address is a secret by itself
        return refused(QStringLiteral("Azure ML names an address that is not safe to follow."), QUrl(request.url).host(), QStringLiteral("Only https:// is followed."));
    request.rawBytes = true;
    request.headers << net::Header{"Range", from.next.isEmpty() && from.lastBytes > 0 ? "bytes=-" + QByteArray::number(from.lastBytes) : "bytes=" + QByteArray::number(at) + "-" + QByteArray::number(at + (8 << 20) - 1)};
    PH_ASSIGN(const net::Response reply, m_at.http->send(request, token));
    piece.next = QString::number(at);
    if (reply.status == 416) { // nothing behind this place yet
        piece.end = ended;
        return piece;
    }
    if (reply.status >= 300)
        return net::statusError(request, reply);
    piece.bytes = reply.body;
    if (reply.status == 206) { // "bytes 10-19/20"
        const QByteArray range = reply.header("Content-Range");
        at = range.mid(6, range.indexOf('-') - 6).trimmed().toLongLong();
        const qint64 whole = range.mid(range.indexOf('/') + 1).toLongLong();
        piece.skipped = from.next.isEmpty() ? at : 0;
        piece.next = QString::number(at + piece.bytes.size());
        piece.end = ended && at + piece.bytes.size() >= whole;
    } else { // the range was not looked at: it is all of it
        piece.bytes = piece.bytes.mid(at);
        piece.next = QString::number(at + piece.bytes.size());
        piece.end = ended;
    }
    return piece;
}

Result<std::vector<Output>> AzurePipelines::outputs(const QString &run) const {
    PH_ASSIGN(const QJsonObject job, call("GET", arm(QStringLiteral("/jobs/") + encoded(run))));
    std::vector<Output> found;
    const QJsonObject named = job.value(Q("properties")).toObject().value(Q("outputs")).toObject();
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

Result<void> AzurePipelines::download(const QString &run, const Output &output, const QString &file, std::stop_token token) const {
    if (!output.address.startsWith(Q("azureml://artifacts/")))
        return refused(QStringLiteral("The output %1 lies in a datastore, which this connection cannot read.").arg(output.name), output.address,
                       QStringLiteral("Run: az ml job download --name %1 --output-name %2.").arg(run, output.name));
    QStringList path;
    for (const QString &part : output.name.split(QLatin1Char('/')))
        path << encoded(part);
    PH_ASSIGN(const QJsonObject info, call("GET", service(QStringLiteral("artifact/v2.0"), QStringLiteral("/artifacts/contentinfo/ExperimentRun/dcid.%1/%2").arg(encoded(run), path.join(QLatin1Char('/')))), {}, token));
    net::Request request;
    request.url = info.value(Q("contentUri")).toString(); // signed: no token goes along
    if (!net::isSafeForSecrets(request.url)) // the signed address is a secret by itself
        return refused(QStringLiteral("Azure ML names an address that is not safe to follow."), QUrl(request.url).host(), QStringLiteral("Only https:// is followed."));
    request.rawBytes = true;
    request.maxBytes = qint64(1) << 30;
    request.timeoutMs = 0;
    request.stallSeconds = 60;
    PH_ASSIGN(const net::Response reply, m_at.http->send(request, token));
    if (reply.status >= 300)
        return net::statusError(request, reply);
    if (const QByteArray told = reply.header("Content-MD5"); !told.isEmpty()) {
        Hasher hasher(Hasher::Kind::Md5);
        hasher.add(reply.body);
        if (hasher.raw().toBase64() != told)
            return invalid(QStringLiteral("%1 came with other bytes than the store has: its checksum differs.").arg(output.name), {}, QStringLiteral("Try again; nothing was kept."));
    }
    return writeFileAtomically(file, reply.body);
}

} // namespace pilothouse::pipelines
