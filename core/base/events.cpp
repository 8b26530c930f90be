// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/events.h"

#include "core/base/json.h"

#include <cerrno>
#include <unistd.h>

namespace pilothouse {

using Q = QLatin1String;

void EventSink::started(const QString &run, const QString &what) {
    emitEvent(QStringLiteral("started"), {{Q("run"), run}, {Q("what"), what}, {Q("pid"), qint64(::getpid())}});
}
void EventSink::progress(qint64 done, qint64 total, const QString &unit, double eta, const QString &stage) {
    emitEvent(QStringLiteral("progress"), {{Q("done"), done}, {Q("total"), total}, {Q("unit"), unit}, {Q("stage"), stage},
                                           {Q("eta_seconds"), eta >= 0 ? jsonNumber(eta) : QJsonValue(QJsonValue::Null)}});
}
void EventSink::metric(const QString &name, qint64 step, double value, const QString &series) {
    emitEvent(QStringLiteral("metric"), {{Q("name"), name}, {Q("step"), step}, {Q("value"), jsonNumber(value)}, {Q("series"), series}});
}
void EventSink::log(const QString &level, const QString &text) {
    emitEvent(QStringLiteral("log"), {{Q("level"), level}, {Q("text"), text}});
}
void EventSink::stage(const QString &name, const QString &state, int index, int total) {
    emitEvent(QStringLiteral("stage"), {{Q("name"), name}, {Q("state"), state}, {Q("index"), index}, {Q("total"), total}});
}
void EventSink::result(const QJsonObject &object) { emitEvent(QStringLiteral("result"), {{Q("result"), object}}); }
void EventSink::error(const Error &error) { emitEvent(QStringLiteral("error"), errorToJson(error)); }

void LineEvents::emitEvent(const QString &event, QJsonObject fields) {
    fields.insert(Q("v"), eventVersion);
    fields.insert(Q("event"), event);
    const QByteArray line = canonicalJson(fields) + '\n';
    const std::lock_guard lock(m_lock);
    const char *p = line.constData();
    qsizetype left = line.size();
    while (left > 0) {
        const ssize_t n = ::write(m_fd, p, std::size_t(left));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return;
        p += n;
        left -= n;
    }
}

Result<Event> parseEvent(const QByteArray &line) {
    PH_ASSIGN(const QJsonObject object, parseJsonObject(line, QStringLiteral("event")));
    const QString name = object.value(Q("event")).toString();
    if (name.isEmpty() || object.value(Q("v")).toInt() < 1)
        return invalid(QStringLiteral("A line of the event stream has no event name or version."), QStringLiteral("event"));
    return Event{name, object};
}

QJsonObject errorToJson(const Error &e) {
    return {{Q("kind"), e.kindName()}, {Q("what"), e.what}, {Q("where"), e.where}, {Q("hint"), e.hint}, {Q("raw"), e.raw}};
}

Error errorFromJson(const QJsonObject &fields) {
    Error e;
    const QString kind = fields.value(Q("kind")).toString();
    for (const ErrorKind k : {ErrorKind::Cancelled, ErrorKind::Unreachable, ErrorKind::TimedOut, ErrorKind::Denied, ErrorKind::NotFound,
                              ErrorKind::Conflict, ErrorKind::Invalid, ErrorKind::Refused}) {
        e.kind = k;
        if (e.kindName() == kind)
            break;
        e.kind = ErrorKind::Internal;
    }
    e.what = fields.value(Q("what")).toString();
    e.where = fields.value(Q("where")).toString();
    e.hint = fields.value(Q("hint")).toString();
    e.raw = fields.value(Q("raw")).toString();
    return e;
}

} // namespace pilothouse
