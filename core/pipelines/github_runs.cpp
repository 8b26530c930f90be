// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/github_runs.h"

#include <algorithm>

namespace pilothouse::pipelines {

namespace {

using Q = QLatin1String;

QString text(const QJsonObject &object, const char *key) { return object.value(Q(key)).toString(); }

/// Where a job is: "step 3 of 7: pytest", "failed at step 3 of 7: pytest".
QString noteOf(const QJsonObject &job, State state) {
    const QJsonArray steps = job.value(Q("steps")).toArray();
    for (qsizetype i = 0; i < steps.size(); ++i) {
        const QJsonObject step = steps[i].toObject();
        const QString place = QStringLiteral("step %1 of %2: %3").arg(i + 1).arg(steps.size()).arg(text(step, "name"));
        if (state == State::Running && text(step, "status") == Q("in_progress"))
            return place;
        if (state == State::Failed && text(step, "conclusion") == Q("failure"))
            return QStringLiteral("failed at ") + place;
    }
    if (state == State::Running && !steps.isEmpty()) { // between two steps
        const auto done = std::count_if(steps.begin(), steps.end(), [](const QJsonValue &s) { return text(s.toObject(), "status") == Q("completed"); });
        return QStringLiteral("%1 of %2 steps").arg(done).arg(steps.size());
    }
    if (state == State::Waiting && text(job, "status") == Q("queued")) {
        QStringList labels;
        for (const QJsonValue &label : job.value(Q("labels")).toArray())
            labels << label.toString();
        return labels.isEmpty() ? QStringLiteral("waits for a runner") : QStringLiteral("waits for a runner: %1").arg(labels.join(Q(", ")));
    }
    return {};
}

Attempt attemptOf(const QJsonObject &job) {
    Attempt a;
    a.number = std::max(1, job.value(Q("run_attempt")).toInt(1));
    a.state = githubState(text(job, "status"), text(job, "conclusion"));
    a.systemState = text(job, "conclusion").isEmpty() ? text(job, "status") : text(job, "conclusion");
    a.note = noteOf(job, a.state);
    if (a.state != State::Skipped && a.state != State::Waiting && a.state != State::Paused)
        a.started = githubTime(job.value(Q("started_at")));
    if (hasEnded(a.state) && a.state != State::Skipped)
        a.ended = githubTime(job.value(Q("completed_at")));
    a.log = QString::number(job.value(Q("id")).toInteger());
    return a;
}

Stage stageOf(const QString &name, std::vector<QJsonObject> tries) {
    std::stable_sort(tries.begin(), tries.end(), [](const QJsonObject &a, const QJsonObject &b) { return a.value(Q("run_attempt")).toInt() < b.value(Q("run_attempt")).toInt(); });
    Stage stage(name);
    for (const QJsonObject &job : tries) {
        const Attempt now = attemptOf(job);
        // "Re-run failed jobs" shows those that passed again, as they were.
        if (!stage.attempts.empty() && stage.attempts.back().started.isValid() && stage.attempts.back().started == now.started && stage.attempts.back().ended == now.ended)
            stage.attempts.pop_back();
        stage.attempts.push_back(now);
    }
    const Attempt &last = stage.attempts.back();
    stage.state = last.state;
    stage.started = last.started;
    stage.ended = last.ended;
    stage.systemState = last.systemState;
    stage.note = last.note;
    stage.id = last.log;
    stage.link = text(tries.back(), "html_url");
    if (stage.attempts.size() == 1)
        stage.attempts.clear();
    return stage;
}

} // namespace

QDateTime githubTime(const QJsonValue &text) {
    const QDateTime time = QDateTime::fromString(text.toString(), Qt::ISODate);
    return time.isValid() && time.date().year() > 1970 ? time.toUTC() : QDateTime();
}

State githubState(const QString &status, const QString &conclusion) {
    static const QMap<QString, State> states{{QStringLiteral("queued"), State::Waiting}, {QStringLiteral("requested"), State::Waiting}, {QStringLiteral("pending"), State::Waiting},
                                             {QStringLiteral("waiting"), State::Paused}, {QStringLiteral("in_progress"), State::Running}, {QStringLiteral("action_required"), State::Paused}};
    static const QMap<QString, State> ends{{QStringLiteral("success"), State::Passed}, {QStringLiteral("neutral"), State::Warned}, {QStringLiteral("failure"), State::Failed},
                                           {QStringLiteral("timed_out"), State::Failed}, {QStringLiteral("startup_failure"), State::Failed}, {QStringLiteral("cancelled"), State::Cancelled},
                                           {QStringLiteral("stale"), State::Cancelled}, {QStringLiteral("skipped"), State::Skipped}, {QStringLiteral("action_required"), State::Paused}};
    return status == Q("completed") ? ends.value(conclusion, State::Unknown) : states.value(status, State::Unknown);
}

PipelineRun githubRun(const QJsonObject &object, const QString &repository) {
    PipelineRun run;
    run.id = QString::number(object.value(Q("id")).toInteger());
    run.pipeline = text(object, "path").section(QLatin1Char('@'), 0, 0).section(QLatin1Char('/'), -1);
    run.number = QString::number(object.value(Q("run_number")).toInteger());
    run.title = text(object, "display_title").isEmpty() ? text(object, "name") : text(object, "display_title");
    const QString status = text(object, "status"), conclusion = text(object, "conclusion");
    run.state = githubState(status, conclusion);
    run.systemState = conclusion.isEmpty() ? status : conclusion;
    run.attempt = std::max(1, object.value(Q("run_attempt")).toInt(1));
    run.startedBy = text(object.value(Q("triggering_actor")).toObject(), "login");
    if (run.startedBy.isEmpty())
        run.startedBy = text(object.value(Q("actor")).toObject(), "login");
    run.reason = text(object, "event");
    run.commit = text(object, "head_sha");
    run.branch = text(object, "head_branch");
    run.repository = text(object.value(Q("repository")).toObject(), "full_name");
    if (run.repository.isEmpty())
        run.repository = repository;
    run.link = text(object, "html_url");
    run.started = githubTime(object.value(Q("run_started_at")));
    if (!run.started.isValid())
        run.started = githubTime(object.value(Q("created_at")));
    if (hasEnded(run.state))
        run.ended = githubTime(object.value(Q("updated_at")));
    run.system = QStringLiteral("github");
    if (status == Q("waiting")) {
        run.gates = 1;
        run.note = QStringLiteral("Waits for an environment");
    } else if (run.state == State::Paused) {
        run.note = QStringLiteral("A maintainer must allow this run: it comes from a fork.");
    } else if (status == Q("pending")) {
        run.note = QStringLiteral("Queued: another run of its concurrency group goes first");
    } else if (run.state == State::Waiting) {
        run.note = QStringLiteral("Queued");
    } else if (conclusion == Q("startup_failure")) {
        run.note = QStringLiteral("GitHub could not start it: the workflow's file is wrong, or its account may not.");
    }
    return run;
}

std::vector<Stage> githubStages(const QJsonArray &jobs, const WorkflowFile *file, bool runEnded) {
    std::vector<std::pair<QString, std::vector<QJsonObject>>> byName;
    for (const QJsonValue &value : jobs) {
        const QString name = text(value.toObject(), "name");
        const auto found = std::find_if(byName.begin(), byName.end(), [&](const auto &entry) { return entry.first == name; });
        if (found == byName.end())
            byName.push_back({name, {value.toObject()}});
        else
            found->second.push_back(value.toObject());
    }
    std::vector<Stage> stages;
    if (!file || file->jobs.empty()) {
        for (const auto &[name, tries] : byName)
            stages.push_back(stageOf(name, tries));
        return stages;
    }
    QMap<QString, QStringList> idsOf; // of a job of the file
    std::vector<std::pair<const WorkflowJob *, Stage>> found;
    std::vector<bool> taken(byName.size());
    for (const bool exactly : {true, false}) // "test" belongs to the job "test", also where another's name has an expression that would fit
        for (const WorkflowJob &job : file->jobs)
            for (std::size_t i = 0; i < byName.size(); ++i)
                if (!taken[i] && (exactly ? byName[i].first == (job.name.isEmpty() ? job.key : job.name) : job.is(byName[i].first))) {
                    taken[i] = true;
                    found.emplace_back(&job, stageOf(byName[i].first, byName[i].second));
                    idsOf[job.key] << found.back().second.key();
                }
    for (const WorkflowJob &job : file->jobs)
        if (!idsOf.contains(job.key) && !runEnded) { // not made yet
            Stage stage(job.name.isEmpty() || job.name.contains(Q("${{")) ? job.key : job.name);
            stage.id = job.key;
            found.emplace_back(&job, stage);
            idsOf[job.key] << job.key;
        }
    QMap<QString, int> depth;
    for (std::size_t round = 0; round <= file->jobs.size(); ++round)
        for (const WorkflowJob &job : file->jobs)
            for (const QString &need : job.needs)
                depth[job.key] = std::min(int(file->jobs.size()), std::max(depth[job.key], depth[need] + 1));
    std::stable_sort(found.begin(), found.end(), [&](const auto &a, const auto &b) { return depth[a.first->key] < depth[b.first->key]; });
    for (auto &[job, stage] : found) {
        for (const QString &need : job->needs)
            stage.after += idsOf.value(need);
        if (!job->environment.isEmpty() && !job->environment.contains(Q("${{")) && stage.state == State::Paused)
            stage.note = QStringLiteral("waits for the environment %1").arg(job->environment);
        stages.push_back(stage);
    }
    for (std::size_t i = 0; i < byName.size(); ++i) // of a file that was another then
        if (!taken[i]) {
            stages.push_back(stageOf(byName[i].first, byName[i].second));
        }
    if (std::all_of(stages.begin(), stages.end(), [](const Stage &stage) { return stage.after.isEmpty(); })) // all side by side, which an empty list everywhere would not say
        for (Stage &stage : stages)
            stage.after << QStringLiteral("begin");
    return stages;
}

std::optional<Error> githubFailure(const QJsonArray &jobs, const PipelineRun &run) {
    if (run.state != State::Failed)
        return {};
    for (const QJsonValue &value : jobs) {
        const QJsonObject job = value.toObject();
        if (job.value(Q("run_attempt")).toInt(1) < run.attempt || githubState(text(job, "status"), text(job, "conclusion")) != State::Failed)
            continue;
        const QString note = noteOf(job, State::Failed);
        return Error{ErrorKind::Refused, QStringLiteral("The job “%1” %2.").arg(text(job, "name"), note.isEmpty() ? (text(job, "conclusion") == Q("timed_out") ? QStringLiteral("took too long") : QStringLiteral("failed")) : note), run.link,
                     QStringLiteral("Look at its log; what failed can be run again by itself."), {}};
    }
    return Error{ErrorKind::Refused, run.note.isEmpty() ? QStringLiteral("The run failed.") : run.note, run.link, {}, {}};
}

QByteArray githubSteps(const QJsonObject &job, const QDateTime &now) {
    QByteArray out;
    const QJsonArray steps = job.value(Q("steps")).toArray();
    for (qsizetype i = 0; i < steps.size(); ++i) {
        const QJsonObject step = steps[i].toObject();
        const QString status = text(step, "status"), conclusion = text(step, "conclusion");
        const QDateTime from = githubTime(step.value(Q("started_at"))), to = githubTime(step.value(Q("completed_at")));
        QString line = QStringLiteral("%1 of %2  %3: %4").arg(i + 1).arg(steps.size()).arg(text(step, "name"), conclusion.isEmpty() ? status : conclusion);
        if (status == Q("in_progress") && from.isValid())
            line += QStringLiteral(", since %1 UTC").arg(from.toString(QStringLiteral("hh:mm:ss"))); // and not for how long: the text changes with the job only
        else if (from.isValid() && to.isValid())
            line += QStringLiteral(", %1 s").arg(from.secsTo(to));
        out += line.toUtf8() + '\n';
    }
    if (out.isEmpty())
        out = QStringLiteral("%1: no step has begun (looked at %2 UTC)\n").arg(text(job, "status"), now.toUTC().toString(QStringLiteral("hh:mm"))).toUtf8();
    return out;
}

} // namespace pilothouse::pipelines
