// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/kube_api.h"
#include "core/cluster/log_line.h"
#include "core/fleet/pipeline_systems.h"

#include <QJsonArray>

namespace pilothouse::fleet {

using Q = QLatin1String;

namespace {

constexpr qint64 pieceBytes = 4 << 20;

/// How far the log is known: nanoseconds of the last line, and how many lines have just that time.
struct Mark {
    qint64 nanos = 0;
    int lines = 0;
};

Mark markOf(const QString &text) { return {text.section(QLatin1Char(':'), 0, 0).toLongLong(), text.section(QLatin1Char(':'), 1).toInt()}; }

bool hasEnded(const QJsonObject &pod, const QString &container) {
    const QJsonObject status = pod.value(Q("status")).toObject();
    const QString phase = status.value(Q("phase")).toString();
    if (phase == Q("Succeeded") || phase == Q("Failed"))
        return true;
    for (const char *list : {"containerStatuses", "initContainerStatuses"})
        for (const QJsonValue &value : status.value(Q(list)).toArray())
            if (const QJsonObject one = value.toObject(); one.value(Q("name")).toString() == container)
                return one.value(Q("state")).toObject().contains(Q("terminated")) && one.value(Q("state")).toObject().value(Q("waiting")).isUndefined();
    return false;
}

/// The lines after the mark, without their times. A line that was cut by the limit of the reply is left for the next call.
QByteArray linesAfter(const QByteArray &reply, bool cut, Mark &mark) {
    QByteArray out;
    const Mark before = mark;
    int seen = 0;
    for (qsizetype at = 0; at < reply.size();) {
        const qsizetype feed = reply.indexOf('\n', at);
        if (feed < 0 && cut)
            break;
        const QByteArrayView line = QByteArrayView(reply).sliced(at, (feed < 0 ? reply.size() : feed) - at);
        at = feed < 0 ? reply.size() : feed + 1;
        qsizetype rest = 0;
        const auto nanos = cluster::takeTimestamp(line, rest);
        if (nanos && *nanos < before.nanos)
            continue;
        if (nanos && *nanos == before.nanos && seen++ < before.lines)
            continue;
        if (nanos && *nanos == mark.nanos)
            ++mark.lines;
        else if (nanos)
            mark = {*nanos, 1};
        out += nanos ? line.sliced(rest) : line;
        if (feed >= 0)
            out += '\n';
    }
    return out;
}

} // namespace

Result<pipelines::LogPiece> podLogPiece(const cluster::KubeApi &api, const QString &space, const QString &pod, const QString &container, const pipelines::LogFrom &from, std::stop_token token) {
    const cluster::KubeRef ref{cluster::kinds::Pod, space.isEmpty() ? api.space() : space, pod};
    PH_ASSIGN(const QJsonObject object, api.read(ref, token)); // before the log: what it wrote until its end is in the log then
    const bool ended = hasEnded(object, container);
    Mark mark = markOf(from.next);
    QUrlQuery query;
    query.addQueryItem(QStringLiteral("timestamps"), QStringLiteral("true"));
    query.addQueryItem(QStringLiteral("limitBytes"), QString::number(pieceBytes));
    if (!container.isEmpty())
        query.addQueryItem(QStringLiteral("container"), container);
    if (mark.nanos > 0)
        query.addQueryItem(QStringLiteral("sinceTime"), cluster::timestampText(mark.nanos / 1000000000 * 1000000000)); // whole seconds is what it takes
    const qint64 tail = mark.nanos > 0 || from.lastBytes <= 0 ? 0 : qMax<qint64>(1, from.lastBytes / 120); // a log is counted in lines there
    if (tail > 0)
        query.addQueryItem(QStringLiteral("tailLines"), QString::number(tail));
    const auto reply = api.text(cluster::objectPath(ref, QStringLiteral("log")), query, token);
    pipelines::LogPiece piece;
    if (!reply && reply.error().kind == ErrorKind::Invalid && !ended) { // "container … is waiting to start"
        piece.next = from.next;
        piece.note = reply.error().what;
        return piece;
    }
    if (!reply)
        return reply.error();
    const bool cut = reply->size() >= pieceBytes;
    piece.bytes = linesAfter(*reply, cut, mark);
    if (tail > 0 && (cut || reply->count('\n') >= tail)) // as many as were asked for: there is more before them, and nobody says how much
        piece.skipped = pipelines::LogPiece::someBytes;
    if (cut && piece.bytes.isEmpty()) { // more than a piece within one second: what follows it can be reached, the rest of the second cannot
        mark = {(mark.nanos / 1000000000 + 1) * 1000000000, 0};
        piece.note = QStringLiteral("Some lines were left out: the container wrote more than can be read of one second.");
    }
    piece.next = mark.nanos > 0 ? QStringLiteral("%1:%2").arg(mark.nanos).arg(mark.lines) : from.next;
    piece.end = ended && !cut;
    return piece;
}

} // namespace pilothouse::fleet
