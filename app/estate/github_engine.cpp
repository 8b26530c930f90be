// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/estate/github_state.h"

#include <algorithm>

namespace pilothouse::estate {

namespace {

const GithubJobPlan *planOf(const GithubWorkflow &workflow, const QString &job)
{
    const auto found = std::find_if(workflow.jobs.begin(), workflow.jobs.end(), [&](const GithubJobPlan &p) { return p.name == job; });
    return found == workflow.jobs.end() ? nullptr : &*found;
}

GithubJob newJob(const GithubJobPlan &plan, qint64 id, const QDateTime &now)
{
    GithubJob job;
    job.id = id;
    job.name = plan.name;
    job.environment = plan.environment;
    job.created = now;
    for (const GithubStepPlan &step : plan.steps) {
        GithubStep made;
        made.name = step.name;
        job.steps.push_back(made);
    }
    return job;
}

/// "2026-11-23T02:47:55.0000000Z ", as each line of a log begins.
QByteArray stamp(const QDateTime &at)
{
    return at.toUTC().toString(QStringLiteral("yyyy-MM-ddTHH:mm:ss")).toLatin1() + ".0000000Z ";
}

void writeLog(GithubJob &job, const GithubStepPlan &step, bool failed)
{
    job.log += stamp(job.steps.front().started) + "##[group]Run " + step.name.toUtf8() + "\n";
    job.log += stamp(job.steps.front().started) + "##[endgroup]\n";
    for (const QString &line : step.log)
        job.log += stamp(job.steps.front().started) + line.toUtf8() + "\n";
    if (failed)
        job.log += stamp(job.steps.front().started) + "\x1b[31mProcess failed in " + step.name.toUtf8() + "\x1b[0m\n" + stamp(job.steps.front().started) + "##[error]Process completed with exit code 1.\n";
}

void endJob(GithubJob &job, const char *conclusion, const QDateTime &at)
{
    job.status = QStringLiteral("completed");
    job.conclusion = QString::fromLatin1(conclusion);
    job.completed = at;
    for (GithubStep &step : job.steps) {
        if (step.status == QLatin1String("completed"))
            continue;
        step.conclusion = step.status == QLatin1String("in_progress") ? job.conclusion : QStringLiteral("skipped");
        step.status = QStringLiteral("completed");
        step.completed = at;
    }
}

/// Steps of a job that runs, one after the other, as long as their seconds are over.
bool moveSteps(GithubRepository &repository, const GithubWorkflow &workflow, const GithubJobPlan &plan, GithubJob &job, const QDateTime &now)
{
    bool changed = false;
    QDateTime at = job.started;
    for (std::size_t i = 0; i < job.steps.size(); ++i) {
        GithubStep &step = job.steps[i];
        if (step.status == QLatin1String("completed")) {
            at = step.completed;
            continue;
        }
        if (step.status == QLatin1String("queued")) {
            step.status = QStringLiteral("in_progress");
            step.started = at;
            changed = true;
        }
        const QDateTime end = step.started.addSecs(plan.steps[i].seconds);
        if (end > now)
            return changed;
        const auto failing = repository.failing.find(workflow.file() + QLatin1Char('/') + job.name);
        const bool fails = failing != repository.failing.end() && (failing->second.first == step.name || failing->second.first.isEmpty());
        step.status = QStringLiteral("completed");
        step.conclusion = fails ? QStringLiteral("failure") : QStringLiteral("success");
        step.completed = end;
        writeLog(job, plan.steps[i], fails);
        changed = true;
        if (fails) {
            if (--failing->second.second <= 0)
                repository.failing.erase(failing);
            endJob(job, "failure", end);
            return true;
        }
        at = end;
    }
    endJob(job, "success", at);
    return true;
}

/// Whether a job's environment lets it begin: approved where reviewers are asked, its wait over.
bool mayBegin(const GithubRepository &repository, const GithubJob &job, const QDateTime &now)
{
    for (const GithubEnvironment &e : repository.environments)
        if (e.name == job.environment)
            return (e.reviewers.isEmpty() || job.approved) && job.created.addSecs(60 * e.waitTimer) <= now;
    return true;
}

void deploy(GithubRepository &repository, const GithubRun &run, GithubJob &job, qint64 &nextId, const QDateTime &at, const QString &state)
{
    if (job.environment.isEmpty())
        return;
    for (GithubDeployment &d : repository.deployments)
        if (d.id == job.deployment) {
            d.statuses.emplace_back(at, state);
            return;
        }
    GithubDeployment made;
    made.id = nextId++;
    made.sha = run.sha;
    made.ref = run.branch;
    made.environment = job.environment;
    made.creator = QStringLiteral("github-actions[bot]");
    made.created = at;
    made.run = run.id;
    made.statuses.emplace_back(at, state);
    job.deployment = made.id;
    repository.deployments.push_back(made);
}

/// A job that has not begun: skipped, waiting for a person, or running. True when it changed.
bool beginJob(GithubRepository &repository, GithubRun &run, const GithubJobPlan &plan, GithubJob &job, qint64 &nextId, const QDateTime &now)
{
    QDateTime ready = run.attemptStarted.addSecs(2); // a runner is found
    for (const QString &need : plan.needs)
        for (const GithubJob &other : run.jobs())
            if (other.name == need) {
                if (other.status != QLatin1String("completed"))
                    return false;
                if (other.conclusion != QLatin1String("success")) {
                    endJob(job, other.conclusion == QLatin1String("cancelled") ? "cancelled" : "skipped", other.completed);
                    return true;
                }
                ready = std::max(ready, other.completed);
            }
    if (ready > now)
        return false;
    if (job.status == QLatin1String("queued"))
        job.created = ready; // a wait of its environment counts from here
    if (job.status == QLatin1String("queued") && !mayBegin(repository, job, now)) {
        job.status = QStringLiteral("waiting");
        deploy(repository, run, job, nextId, ready, QStringLiteral("waiting"));
        return true;
    }
    if (!mayBegin(repository, job, now))
        return false;
    job.started = job.status == QLatin1String("waiting") ? now : ready;
    job.status = QStringLiteral("in_progress");
    deploy(repository, run, job, nextId, job.started, QStringLiteral("in_progress"));
    return true;
}

void settle(GithubRun &run, const QDateTime &now)
{
    const auto &jobs = run.jobs();
    const auto any = [&](const char *status) { return std::any_of(jobs.begin(), jobs.end(), [&](const GithubJob &j) { return j.status == QLatin1String(status); }); };
    const auto ended = [&](const char *how) { return std::any_of(jobs.begin(), jobs.end(), [&](const GithubJob &j) { return j.conclusion == QLatin1String(how); }); };
    QString status = any("in_progress") ? QStringLiteral("in_progress") : any("waiting") ? QStringLiteral("waiting") : any("queued") ? QStringLiteral("queued") : QStringLiteral("completed");
    if (status == QLatin1String("queued") && any("completed"))
        status = QStringLiteral("in_progress"); // between two jobs
    run.status = status;
    if (status != QLatin1String("completed"))
        return;
    run.conclusion = ended("failure") ? QStringLiteral("failure") : ended("cancelled") ? QStringLiteral("cancelled") : QStringLiteral("success");
    run.updated = now;
    for (const GithubJob &job : jobs)
        run.updated = std::min(now, std::max(job.completed, run.attemptStarted));
}

} // namespace

void planAttempt(GithubRun &run, const GithubWorkflow &workflow, qint64 &nextId, const QDateTime &now, bool failedOnly)
{
    std::vector<GithubJob> jobs;
    for (const GithubJobPlan &plan : workflow.jobs) {
        const GithubJob *kept = nullptr;
        if (failedOnly && !run.attempts.empty())
            for (const GithubJob &job : run.jobs())
                if (job.name == plan.name && job.conclusion == QLatin1String("success"))
                    kept = &job;
        jobs.push_back(kept ? *kept : newJob(plan, nextId, now));
        ++nextId;
        if (kept)
            jobs.back().id = nextId - 1; // each attempt names its jobs anew
    }
    run.attempts.push_back(std::move(jobs));
    run.attempt = static_cast<int>(run.attempts.size());
    run.attemptStarted = run.updated = now;
    run.status = QStringLiteral("queued");
    run.conclusion.clear();
    run.cancelling = false;
}

bool moveRun(GithubRepository &repository, GithubRun &run, qint64 &nextId, const QDateTime &now)
{
    if (run.status == QLatin1String("completed") || run.held)
        return false;
    const auto workflow = std::find_if(repository.workflows.begin(), repository.workflows.end(), [&](const GithubWorkflow &w) { return w.id == run.workflow; });
    bool any = false;
    for (bool changed = true; changed; any = any || changed) {
        changed = false;
        for (GithubJob &job : run.jobs()) {
            const GithubJobPlan *plan = planOf(*workflow, job.name);
            if (!plan || job.status == QLatin1String("completed"))
                continue;
            if (run.cancelling) {
                endJob(job, "cancelled", now);
                deploy(repository, run, job, nextId, now, QStringLiteral("inactive"));
                changed = true;
            } else if (job.status == QLatin1String("in_progress")) {
                const bool moved = moveSteps(repository, *workflow, *plan, job, now);
                changed = changed || moved;
                if (job.status == QLatin1String("completed"))
                    deploy(repository, run, job, nextId, job.completed, job.conclusion == QLatin1String("success") ? QStringLiteral("success") : QStringLiteral("failure"));
            } else {
                changed = beginJob(repository, run, *plan, job, nextId, now) || changed;
            }
        }
    }
    const bool over = std::all_of(run.jobs().begin(), run.jobs().end(), [](const GithubJob &job) { return job.status == QLatin1String("completed"); }); // also by a review that rejected the last one
    if (any || over) {
        run.updated = now;
        settle(run, now);
    }
    return any;
}

bool startsOn(const GithubWorkflow &workflow, const QJsonArray &files)
{
    if (!workflow.push || workflow.state != QLatin1String("active"))
        return false;
    if (workflow.paths.isEmpty())
        return true;
    for (const QJsonValue &file : files)
        for (const QString &path : workflow.paths) {
            const QString name = file[QStringLiteral("filename")].toString();
            if (path.endsWith(QLatin1Char('/')) ? name.startsWith(path) : name == path)
                return true;
        }
    return false;
}

} // namespace pilothouse::estate
