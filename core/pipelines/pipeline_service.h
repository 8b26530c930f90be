// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/pipelines/gate.h"
#include "core/pipelines/parameter.h"
#include "core/pipelines/schedule.h"
#include "core/pipelines/state.h"

#include <QByteArray>
#include <QDateTime>
#include <QJsonObject>
#include <QMap>
#include <QString>
#include <QStringList>

#include <optional>
#include <stop_token>
#include <utility>
#include <vector>

namespace pilothouse::pipelines {

/// One try of a stage, where a system tries more than once.
struct Attempt {
    int number = 1;
    State state = State::Waiting;
    QString systemState, note;
    QDateTime started, ended;
    QString log; ///< what readLog() takes as a stage for this attempt alone; empty: it has no log of its own
};

struct Stage {
    QString name;
    State state = State::Waiting;
    QDateTime started, ended;
    double medianSeconds = 0; ///< over earlier passed runs; 0 = none
    QString note;             ///< "3 of 12 steps", "waits for the environment production"
    QString id;               ///< of the system, unique in its run: what readLog() takes; empty: the name
    QString systemState;      ///< the system's own word
    QStringList after;        ///< ids of the stages that it follows; one that no stage has ("begin") is the run's begin. Empty in every stage of a run: each follows the one before it
    std::vector<Attempt> attempts; ///< oldest first; empty: one
    QString link;             ///< its page; empty: none
    Stage() = default;
    explicit Stage(QString called, State is = State::Waiting, QDateTime begun = {}, QDateTime over = {}, double median = 0, QString said = {})
        : name(std::move(called)), state(is), started(std::move(begun)), ended(std::move(over)), medianSeconds(median), note(std::move(said)) {}
    const QString &key() const { return id.isEmpty() ? name : id; }
};

struct TestCounts {
    int passed = 0, failed = 0, skipped = 0;
};

struct PipelineRun {
    QString id, pipeline, startedBy, reason;
    State state = State::Waiting;
    QString systemState; ///< the system's own word
    QDateTime started, ended;
    std::vector<Stage> stages; ///< in a list of runs it may be empty: run() has them
    QJsonObject parameters;    ///< never a credential
    QString model;
    int version = 0; ///< registered by it, 0 = none
    std::optional<Error> error;
    QString connection;      ///< of the workspace; empty: this machine
    QString system;          ///< kind of the connection: local, jenkins, github, kubeflow, azureml
    QString number;          ///< the system's own, "421"; empty: it has none
    QString title;           ///< what the system calls the run, "Build and Deploy Application"; empty: pipeline and number
    QString commit, branch, repository;
    QString link;            ///< its page there
    QString note;            ///< second line: "Queued: cluster starts", "In the queue: no executor is free"
    int attempt = 1;         ///< how often it was started anew under the same id
    QString became;          ///< of an item in a queue: the id of the run that came of it
    bool merged = false;     ///< a start that the system joined with one that waited already: the run may have been started by somebody else
    int gates = 0;           ///< of its gates, those that wait for an answer
    QStringList changed;     ///< selective builds: the services it was built for
    QMap<QString, QString> images; ///< image or service → tag that it built or deployed: {"frontend","v34"}
    std::optional<TestCounts> tests;
    std::optional<double> coverage; ///< percent of lines
    QMap<QString, double> metrics;  ///< as the system keeps them of the run, "accuracy" → 0.97; empty: it keeps none
    QDateTime read;          ///< when it was seen so
};

struct Pipeline {
    QString id, name, system; ///< system: local, jenkins, …
    QString model;
    std::vector<QString> stages;
    QString connection; ///< empty: this machine
    QString link;
    QString folder;     ///< "weather" of Jenkins' weather/retrain; the repository "owner/name"; the namespace
    QString problem;    ///< why it cannot be started: "switched off in Jenkins"
};

/// What can be done in a system at all; whether this user may, its answer says.
struct Capabilities {
    bool start = true, cancel = true;
    bool force = false;          ///< cancel() with force
    bool rerun = false, rerunFailed = false;
    bool gates = false, schedules = false, switchSchedules = false, createSchedules = false;
    bool stageLogs = true;
    bool liveLogs = true;        ///< false: a stage's log comes at its end; noLiveLog says so
    QString noLiveLog;
    bool outputs = false;
};

/// A piece of a log. Bytes as the system sent them: escapes, half UTF-8 sequences and all.
struct LogPiece {
    QByteArray bytes;
    QString next;       ///< what the next call takes as `from`; opaque
    bool end = false;   ///< nothing more will come
    bool anew = false;  ///< the log began again: what was read before does not belong to it
    static constexpr qint64 someBytes = -1;
    qint64 skipped = 0; ///< bytes before this piece that were not asked for (LogFrom::lastBytes); someBytes: there are some, and the system does not say how many
    QString note;       ///< "GitHub gives a job's log when the job has ended."
};
struct LogFrom {
    QString run, stage; ///< stage: its key or an attempt's log; empty: the whole run
    QString next;       ///< of the piece before; empty: from the begin
    qint64 lastBytes = 0; ///< with an empty `next`: only about so many bytes of its end, where the system can; 0: all
};

/// A file that a run left.
struct Output {
    QString name, address; ///< address: as the system has it, "azureml://…", "minio://…"
    qint64 bytes = -1;     ///< -1: it does not say
    QString checksum;      ///< "md5:…", "sha256:…"; empty: it does not say
    QString stage;
};

struct StartRequest {
    QString pipeline;
    QJsonObject parameters; ///< of a Secret: the name of a secret of the store, never the value
    QString ref;            ///< branch, tag or version; empty: the usual one
    QString by, reason;
    bool refIfOffered = false; ///< `ref` is what the workspace names: a job that has no branches to choose from is started as it is
};
/// Something that a system shows and that a person should know; with what would help.
struct Notice {
    QString id;       ///< stays the same while it stands: told once
    QString kind;     ///< no-workflow (a commit that no workflow followed), skipped-broken (a service whose last build failed, skipped since), sla, missed, self-trigger, merged, joined (what stands between two runs of ours)
    QString pipeline, run, sentence;
    QDateTime since;
    QString fix;      ///< word of the button: "Build it", "Dispatch"; empty: there is none
    std::optional<StartRequest> start; ///< what the fix starts
};

/// What a start may be given.
struct StartForm {
    std::vector<Parameter> parameters;
    QStringList refs; ///< to choose from; the first is the usual one; empty: there is no such choice
    QString note;     ///< "The first build of a job tells its parameters."
};

/// A system that runs pipelines. Ids are the system's own and unique in it; AllPipelines joins several. Any thread. Blocking.
/// Errors: those of the connection (Unreachable, TimedOut, Denied with the right that is missing, NotFound, Invalid for a reply that is none, e.g. a login page), Conflict
/// for what has changed meanwhile, Refused with the reason for what the system cannot do.
/// A write is sent once: what broke off is read back by who asked (pipeline_operations.h), never sent again.
class PipelineService {
public:
    virtual ~PipelineService() = default;
    virtual QString source() const = 0;                          ///< "local", or the connection's name
    virtual QString system() const { return QStringLiteral("local"); } ///< kind of the connection
    virtual Capabilities can() const { return {}; }
    virtual int pollSeconds() const { return 10; }               ///< how often runs() may be asked; may grow while the system says so

    virtual Result<std::vector<Pipeline>> pipelines() const = 0;
    virtual Result<std::vector<PipelineRun>> runs(const QString &pipeline, int limit = 50) const = 0; ///< newest first, those in a queue before; "" = of all pipelines, `limit` of each
    virtual Result<PipelineRun> run(const QString &id) const = 0; ///< with its stages; the id of an item in a queue stays valid, `became` says what came of it
    virtual Result<QString> log(const QString &run, const QString &stage = {}) const; ///< all of it, as plain text; built on readLog()
    virtual Result<LogPiece> readLog(const LogFrom &from, std::stop_token token = {}) const = 0;

    virtual Result<StartForm> form(const QString &pipeline) const;
    virtual Result<QString> startRun(const StartRequest &request) = 0; ///< id of the run, or of its place in a queue
    Result<QString> start(const QString &pipeline, const QJsonObject &parameters, const QString &by, const QString &reason) { return startRun({pipeline, parameters, {}, by, reason}); }
    virtual Result<void> cancel(const QString &run) = 0;                    ///< Conflict: it has ended already
    virtual Result<void> cancelByForce(const QString &run);
    virtual Result<QString> rerun(const QString &run, bool onlyFailed); ///< id of the run that comes of it; may be the same

    virtual Result<std::vector<Gate>> gates(const QString &run = {}) const; ///< that wait; "" = of all runs
    virtual Result<void> answer(const Gate &gate, const GateAnswer &answer);
    virtual Result<GateState> gateState(const Gate &gate) const;            ///< how it stands now: read back after an answer, also one whose reply was lost

    virtual Result<std::vector<Schedule>> schedules() const;
    virtual Result<void> switchSchedule(const QString &id, bool on);
    virtual Result<QString> createSchedule(const ScheduleRequest &request); ///< its id
    virtual Result<void> removeSchedule(const QString &id);

    virtual Result<std::vector<Output>> outputs(const QString &run) const;
    virtual Result<void> download(const QString &run, const Output &output, const QString &file, std::stop_token token = {}) const;
    /// A pipeline's definition as a new pipeline, or a new version of the one of this name (Kubeflow). name, version: empty for the file's own and one of the time. Gives the version's id.
    virtual Result<QString> uploadPipeline(const QString &name, const QString &version, const QString &fileName, const QByteArray &bytes);
    virtual Result<std::vector<Notice>> notices() const; ///< from what was read last; asks nothing that runs() does not ask

protected:
    Error cannot(const QString &what) const; ///< Refused: "Jenkins has no …"
    Result<void> stillRuns(const QString &run) const; ///< Conflict: it has ended; for a cancel, which some systems answer with "done" whatever the run does
};

} // namespace pilothouse::pipelines
