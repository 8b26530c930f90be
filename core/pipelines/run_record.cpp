// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/run_record.h"

#include "core/base/events.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/redact.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <fcntl.h>
#include <unistd.h>

namespace pilothouse::pipelines {

namespace {

constexpr int recordVersion = 1;

QJsonValue timeToJson(const QDateTime &time) { return time.isValid() ? QJsonValue(isoUtc(time)) : QJsonValue(); }
QDateTime timeFrom(const QJsonObject &object, const char *key) {
    const QString text = object.value(QLatin1String(key)).toString();
    return text.isEmpty() ? QDateTime() : fromIsoUtc(text);
}

} // namespace

bool goesOnElsewhere(const RunRecord &record) { return record.results.contains(QLatin1String("cluster_job")); }

QJsonObject RunRecord::toJson() const {
    using Q = QLatin1String;
    QJsonArray stages;
    for (const Stage &s : run.stages)
        stages << QJsonObject{{Q("name"), s.name}, {Q("state"), stateName(s.state)}, {Q("started"), timeToJson(s.started)}, {Q("ended"), timeToJson(s.ended)}, {Q("note"), s.note}};
    QJsonObject object{{Q("v"), recordVersion}, {Q("id"), run.id}, {Q("pipeline"), run.pipeline}, {Q("started_by"), run.startedBy}, {Q("reason"), run.reason},
                       {Q("state"), stateName(run.state)}, {Q("system_state"), run.systemState}, {Q("started"), timeToJson(run.started)}, {Q("ended"), timeToJson(run.ended)},
                       {Q("parameters"), run.parameters}, {Q("model"), run.model}, {Q("version"), run.version}, {Q("stages"), stages}, {Q("results"), results},
                       {Q("error"), run.error ? QJsonValue(errorToJson(*run.error)) : QJsonValue()}};
    if (process)
        object.insert(Q("process"), QJsonObject{{Q("pid"), process->pid}, {Q("start"), process->start}});
    return object;
}

Result<RunRecord> RunRecord::fromJson(const QJsonObject &object, const QString &where) {
    using Q = QLatin1String;
    JsonReader r(object, where);
    if (r.integer("v", 0) > recordVersion)
        return invalid(QStringLiteral("This run was written by a newer Pilothouse."), where, QStringLiteral("Open it with that one."));
    RunRecord record;
    PipelineRun &run = record.run;
    run.id = r.text("id");
    run.pipeline = r.text("pipeline");
    run.startedBy = r.text("started_by");
    run.reason = r.text("reason");
    run.state = stateFromName(r.text("state"));
    run.systemState = r.text("system_state");
    run.started = timeFrom(object, "started");
    run.ended = timeFrom(object, "ended");
    run.parameters = r.object("parameters");
    run.model = r.text("model");
    run.version = int(r.integer("version"));
    record.results = r.object("results");
    for (const QJsonValue &v : r.array("stages")) {
        const QJsonObject o = v.toObject();
        JsonReader s(o, where);
        Stage stage;
        stage.name = s.text("name");
        stage.state = stateFromName(s.text("state"));
        stage.started = timeFrom(o, "started");
        stage.ended = timeFrom(o, "ended");
        stage.note = s.text("note");
        PH_TRY(s.check());
        run.stages.push_back(std::move(stage));
    }
    PH_TRY(r.check());
    if (const QJsonValue e = object.value(Q("error")); e.isObject())
        run.error = errorFromJson(e.toObject());
    if (const QJsonValue p = object.value(Q("process")); p.isObject())
        record.process = ProcessMark{p.toObject().value(Q("pid")).toInteger(), p.toObject().value(Q("start")).toString()};
    return record;
}

Result<void> RunFolder::create(const RunRecord &record) const {
    if (QFileInfo::exists(m_path))
        return Error{ErrorKind::Conflict, QStringLiteral("There is a run in this folder already."), m_path, {}, {}};
    PH_TRY(makeFolder(m_path, true));
    return writeFileAtomically(m_path + QStringLiteral("/run.json"), prettyJson(record.toJson()));
}

Result<RunRecord> RunFolder::read() const {
    const QString file = m_path + QStringLiteral("/run.json");
    PH_ASSIGN(const QByteArray bytes, readFile(file));
    PH_ASSIGN(const QJsonObject object, parseJsonObject(bytes, file));
    return RunRecord::fromJson(object, file);
}

Result<RunRecord> RunFolder::update(const std::function<Result<void>(RunRecord &)> &edit) const {
    if (!QFileInfo(m_path).isDir())
        return notFound(QStringLiteral("The folder of this run is gone."), m_path);
    PH_ASSIGN(const FileLock lock, FileLock::acquire(m_path + QStringLiteral("/lock")));
    PH_ASSIGN(RunRecord record, read());
    PH_TRY(edit(record));
    PH_TRY(writeFileAtomically(m_path + QStringLiteral("/run.json"), prettyJson(record.toJson())));
    return record;
}

Result<void> RunFolder::appendLog(const QString &stage, const QString &text, const QDateTime &time) const {
    const QString path = stageLog(stage);
    const int fd = ::open(QFile::encodeName(path).constData(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0)
        return fileError(QStringLiteral("open"), path);
    const QByteArray line = (isoUtc(time) + QLatin1Char(' ') + redact(text) + QLatin1Char('\n')).toUtf8();
    const auto done = writeAll(fd, line.constData(), std::size_t(line.size()), path);
    ::close(fd);
    return done;
}

void setStage(RunRecord &record, const QString &name, State state, const QDateTime &now, const QString &note) {
    for (Stage &stage : record.run.stages) {
        if (stage.name != name)
            continue;
        stage.state = state;
        if (!note.isEmpty())
            stage.note = note;
        if (!stage.started.isValid() && state != State::Skipped && state != State::Waiting)
            stage.started = now;
        if (hasEnded(state) && state != State::Skipped)
            stage.ended = now;
    }
}

void endRun(RunRecord &record, State state, const QDateTime &now, std::optional<Error> error) {
    for (Stage &stage : record.run.stages) {
        if (stage.state == State::Running || stage.state == State::Paused)
            setStage(record, stage.name, state, now, state == State::Failed && error ? error->what : QString());
        else if (stage.state == State::Waiting)
            stage.state = State::Skipped;
    }
    record.run.state = state;
    record.run.systemState.clear();
    record.run.ended = now;
    record.run.error = std::move(error);
    record.process.reset();
}

} // namespace pilothouse::pipelines
