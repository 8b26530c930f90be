// SPDX-License-Identifier: GPL-3.0-or-later
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

} // namespace pilothouse::pipelines
