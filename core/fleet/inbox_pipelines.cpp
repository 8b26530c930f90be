// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/inbox_pipelines.h"

#include "core/fleet/pipeline_feed.h"

#include <QCoreApplication>
#include <QSet>

#include <algorithm>

namespace pilothouse::fleet {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(Inbox)
};

using pipelines::PipelineRun;
using pipelines::State;

QString hours(qint64 seconds) { return seconds < 5400 ? Text::tr("%1 min").arg(seconds / 60) : Text::tr("%1 h").arg(double(seconds) / 3600, 0, 'f', 1); }

void addGates(const Snapshot &s, std::vector<InboxItem> &out) {
    for (const pipelines::Gate &gate : s.gates) {
        if (!gate.promotion.isEmpty()) // stands there as a promotion
            continue;
        InboxItem item;
        const bool notMine = (gate.mayAnswer && !*gate.mayAnswer) || int(s.role) < int(workspace::Role::Approver);
        item.group = notMine ? InboxGroup::Soon : InboxGroup::Decision;
        item.state = Health::Paused;
        item.id = QStringLiteral("gate/%1/%2").arg(gate.run, gate.id);
        item.model = gate.model;
        item.since = gate.since.isValid() ? gate.since : s.read;
        item.action = QStringLiteral("pipeline.gate");
        item.argument = gate.run + QLatin1Char('\n') + gate.id;
        item.title = gate.candidate.isEmpty() || gate.model.isEmpty() ? Text::tr("%1 waits: %2").arg(gate.pipeline, gate.stage.isEmpty() ? gate.message : gate.stage)
                                                                      : Text::tr("%1 waits: %2 (%3 v%4)").arg(gate.pipeline, gate.stage.isEmpty() ? gate.message : gate.stage, gate.model, gate.candidate);
        item.sentence = gate.message;
        if (gate.mayAnswer && !*gate.mayAnswer)
            item.sentence = gate.mayNot.isEmpty() ? Text::tr("Others answer it: %1.").arg(gate.allowed.join(QStringLiteral(", "))) : gate.mayNot;
        else if (!gate.allowed.isEmpty())
            item.sentence += QLatin1Char(' ') + Text::tr("May answer: %1.").arg(gate.allowed.join(QStringLiteral(", ")));
        if (gate.until.isValid())
            item.sentence += QLatin1Char(' ') + Text::tr("It gives up at %1 UTC.").arg(gate.until.toUTC().toString(QStringLiteral("yyyy-MM-dd HH:mm")));
        out.push_back(item);
    }
}

void addNotices(const Snapshot &s, const workspace::Workspace &workspace, std::vector<InboxItem> &out) {
    for (const pipelines::Notice &notice : s.notices) {
        InboxItem item;
        item.group = InboxGroup::Broken;
        item.state = Health::Warn;
        item.id = QStringLiteral("notice/") + notice.id;
        if (const workspace::Model *const model = modelOfPipeline(workspace, notice.pipeline))
            item.model = model->name;
        item.since = notice.since.isValid() ? notice.since : s.read;
        item.action = notice.start ? QStringLiteral("pipeline.fix") : QStringLiteral("pipeline.show");
        item.argument = notice.start ? notice.id : notice.run;
        item.title = notice.pipeline;
        item.sentence = notice.fix.isEmpty() ? notice.sentence : Text::tr("%1 What helps: %2.").arg(notice.sentence, notice.fix);
        out.push_back(item);
    }
}

/// Of each pipeline the newest run that says something: what failed stays until a later one has passed, also while another is under way or when one was cancelled since.
void addFailed(const Snapshot &s, const QDateTime &now, std::vector<InboxItem> &out) {
    QSet<QString> done, again; // pipelines: nothing more to say; one of its runs is under way
    for (const PipelineRun &run : s.pipelineRuns) {
        if (done.contains(run.pipeline) || run.state == State::Cancelled || run.state == State::Skipped || run.state == State::Unknown)
            continue;
        if (!pipelines::hasEnded(run.state)) {
            again.insert(run.pipeline);
            continue;
        }
        done.insert(run.pipeline);
        if (run.state != State::Failed || !run.ended.isValid() || run.ended.secsTo(now) > failedForSeconds)
            continue;
        InboxItem item;
        item.group = InboxGroup::Broken;
        item.state = again.contains(run.pipeline) ? Health::Warn : Health::Bad;
        item.id = QStringLiteral("run/") + run.id;
        item.model = run.model;
        item.argument = run.id;
        item.action = QStringLiteral("pipeline.show"); // where its log is, and what runs it again
        item.since = run.ended;
        item.title = Text::tr("Pipeline %1 failed").arg(run.pipeline);
        item.sentence = run.error ? run.error->what : Text::tr("Its log tells why.");
        item.sentence += QLatin1Char(' ') + (again.contains(run.pipeline) ? Text::tr("Another run of it is under way.") : Text::tr("Open it for its log, or to run it again."));
        out.push_back(item);
    }
}

bool told(const Snapshot &s, const QString &kind, const QString &run, const QString &pipeline) {
    return std::any_of(s.notices.begin(), s.notices.end(), [&](const pipelines::Notice &n) { return n.kind == kind && ((!run.isEmpty() && n.run == run) || (run.isEmpty() && n.pipeline == pipeline)); });
}

/// Longest a run may take, in seconds; 0: nobody says.
qint64 limitOf(const Snapshot &s, const workspace::Workspace &workspace, const PipelineRun &run) {
    qint64 limit = 0;
    const workspace::Model *const model = modelOfPipeline(workspace, run.pipeline);
    if (const QString sla = model ? model->pipeline.other.value(QStringLiteral("sla")) : QString(); !sla.isEmpty())
        if (const auto seconds = workspace::parseDuration(sla))
            limit = *seconds;
    for (const pipelines::Schedule &schedule : s.schedules)
        if (schedule.pipeline == run.pipeline && schedule.maxSeconds > 0)
            limit = limit > 0 ? std::min(limit, schedule.maxSeconds) : schedule.maxSeconds;
    return limit;
}

void addOverruns(const Snapshot &s, const workspace::Workspace &workspace, const QDateTime &now, std::vector<InboxItem> &out) {
    QStringList newest; // of those that have ended only the newest of a pipeline speaks
    for (const PipelineRun &run : s.pipelineRuns) {
        const bool runs = !pipelines::hasEnded(run.state) && run.state != State::Unknown;
        const bool first = !newest.contains(run.pipeline);
        if (first)
            newest << run.pipeline;
        if (!run.started.isValid() || (!runs && (!first || !run.ended.isValid() || run.ended.secsTo(now) > 24 * 3600)))
            continue;
        const qint64 limit = limitOf(s, workspace, run), took = run.started.secsTo(runs ? now : run.ended);
        if (limit <= 0 || took <= limit || told(s, QStringLiteral("sla"), run.id, run.pipeline))
            continue;
        InboxItem item;
        item.group = InboxGroup::Broken;
        item.state = runs ? Health::Bad : Health::Warn;
        item.id = QStringLiteral("sla/") + run.id;
        item.model = run.model;
        item.argument = run.id;
        item.action = QStringLiteral("pipeline.show");
        item.since = run.started.addSecs(limit);
        item.title = runs ? Text::tr("%1 takes too long").arg(run.pipeline) : Text::tr("%1 took too long").arg(run.pipeline);
        item.sentence = Text::tr("%1, limit %2.").arg(hours(took), hours(limit));
        out.push_back(item);
    }
}

void addMissed(const Snapshot &s, const workspace::Workspace &workspace, const QDateTime &now, std::vector<InboxItem> &out) {
    for (const pipelines::Schedule &schedule : s.schedules) {
        // what the system says is next may be past; where it is computed anew at each look, the fire before it counts
        const bool past = schedule.next.isValid() && schedule.next.secsTo(now) >= missedAfterSeconds;
        const QDateTime due = past ? schedule.next : schedule.due;
        if (!schedule.on || !due.isValid() || due.secsTo(now) < missedAfterSeconds || told(s, QStringLiteral("missed"), {}, schedule.pipeline))
            continue;
        const bool begun = std::any_of(s.pipelineRuns.begin(), s.pipelineRuns.end(), [&](const PipelineRun &run) {
            return run.pipeline == schedule.pipeline && (!run.started.isValid() || run.started >= due.addSecs(-60));
        });
        if (begun)
            continue;
        InboxItem item;
        item.group = InboxGroup::Broken;
        item.state = Health::Warn;
        item.id = QStringLiteral("missed/") + schedule.id;
        if (const workspace::Model *const model = modelOfPipeline(workspace, schedule.pipeline))
            item.model = model->name;
        item.argument = schedule.pipeline;
        item.action = QStringLiteral("pipeline.start");
        item.since = due;
        item.title = Text::tr("%1 did not begin").arg(schedule.pipeline);
        item.sentence = Text::tr("Its schedule (%1) was due at %2 UTC, and no run is there.").arg(schedule.when, due.toUTC().toString(QStringLiteral("yyyy-MM-dd HH:mm")));
        out.push_back(item);
    }
}

} // namespace

std::vector<PipelineRun> runsThatCount(std::vector<PipelineRun> all, const QDateTime &now) {
    const QDateTime longAgo = now.addSecs(-failedForSeconds - 24 * 3600); // what began before has no say any more
    std::vector<PipelineRun> out;
    std::size_t taken = 0;
    QSet<QString> judged;
    for (PipelineRun &run : all) {
        bool kept = run.connection.isEmpty() || taken++ < newestRuns;
        if (run.state == State::Running || run.state == State::Paused || run.state == State::Waiting) {
            kept = true;
        } else if ((pipelines::hasPassed(run.state) || run.state == State::Failed) && run.started > longAgo && !judged.contains(run.pipeline)) {
            judged.insert(run.pipeline);
            kept = kept || run.state == State::Failed;
        }
        if (kept)
            out.push_back(std::move(run));
    }
    return out;
}

void addPipelineItems(const Snapshot &snapshot, const workspace::Workspace &workspace, const QDateTime &now, std::vector<InboxItem> &out) {
    addGates(snapshot, out);
    addNotices(snapshot, workspace, out);
    addFailed(snapshot, now, out);
    addOverruns(snapshot, workspace, now, out);
    addMissed(snapshot, workspace, now, out);
}

} // namespace pilothouse::fleet
