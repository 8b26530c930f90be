// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QJsonObject>

#include <mutex>

namespace pilothouse {

/// The event stream of `pilot … --events`: one JSON object a line on standard output, {"v":1,"event":NAME,…}.
///
///   started    {"run","what","pid"}                          a job began; `run` names it from here on
///   progress   {"done","total","unit","eta_seconds"|null,"stage"}   at most 10 a second
///   metric     {"name","step","value","series"}              one point of a live curve, e.g. name "loss", series "train"
///   log        {"level","text"}                              level: debug, info, warning, error
///   checkpoint {"path","step"}                               written and synced
///   stage      {"name","state","index","total"}              state: running, passed, failed, skipped, cancelled
///   result     {"result":{…}}                                the object that --json would print; the last event of a job that ended well
///   error      {"kind","what","where","hint","raw"}          the last event of a job that failed
///   sign_in    {"page","code","until"}                     `pilot connect login`: a person enters the code there
///   ready      {"url","pid"}                                 `pilot serve`: it accepts requests
///
/// A reader ignores events and keys it does not know; `v` grows only when a key changes its meaning.
inline constexpr int eventVersion = 1;

/// Where a job reports to. Any thread.
class EventSink {
public:
    virtual ~EventSink() = default;
    virtual void emitEvent(const QString &event, QJsonObject fields) = 0;

    void started(const QString &run, const QString &what);
    void progress(qint64 done, qint64 total, const QString &unit, double etaSeconds = -1, const QString &stage = {});
    void metric(const QString &name, qint64 step, double value, const QString &series);
    void log(const QString &level, const QString &text);
    void stage(const QString &name, const QString &state, int index, int total);
    void result(const QJsonObject &object);
    void error(const Error &error);
};

/// Nobody listens.
class NullEvents final : public EventSink {
public:
    void emitEvent(const QString &, QJsonObject) override {}
};

/// Writes lines to a file descriptor; a closed pipe is not an error of the job.
class LineEvents final : public EventSink {
public:
    explicit LineEvents(int fd) : m_fd(fd) {}
    void emitEvent(const QString &event, QJsonObject fields) override;

private:
    int m_fd;
    std::mutex m_lock;
};

/// One parsed line. Lines that are no event (stray prints of a library) are Invalid.
struct Event {
    QString name;
    QJsonObject fields;
};
Result<Event> parseEvent(const QByteArray &line);
/// An "error" event as the Error it was made from; also the form of `"error"` in --json answers.
Error errorFromJson(const QJsonObject &fields);
QJsonObject errorToJson(const Error &error);

} // namespace pilothouse
