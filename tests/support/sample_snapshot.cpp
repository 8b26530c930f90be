// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/sample_snapshot.h"

#include <cmath>
#include <limits>

namespace pilothouse::testing {
namespace {

using namespace fleet;
using S = QString;

S str(const char *text) { return S::fromUtf8(text); }
QDateTime ago(double hours) { return sampleNow().addMSecs(qint64(-hours * 3600000)); }

std::vector<std::pair<QDateTime, double>> series(double from, double to, double wobble, int gap = -1) {
    std::vector<std::pair<QDateTime, double>> points;
    for (int i = 0; i < 56; ++i) {
        const double t = double(i) / 55;
        const double value = from + (to - from) * t * t * t + wobble * std::sin(i * 2.1) * std::cos(i * 0.7);
        points.emplace_back(ago(14 * 24.0 * (1 - t)), i == gap || i == gap + 1 ? std::numeric_limits<double>::quiet_NaN() : value);
    }
    return points;
}

struct Line {
    const char *name, *estimator, *metric, *unit;
    Health health;
    int live, candidate;
    double value, min, max, psi;
    const char *column;
    double newestHours;
    const char *limit;
};

ModelRow rowOf(const Line &line) {
    ModelRow row;
    row.name = str(line.name);
    row.estimator = str(line.estimator);
    row.health = line.health;
    row.liveVersion = row.servedVersion = line.live;
    row.latestVersion = line.live;
    if (line.candidate) {
        row.candidateVersion = line.candidate;
        row.latestVersion = line.candidate;
    }
    row.quality.metric = str(line.metric);
    row.quality.unit = row.unit = str(line.unit);
    row.quality.value = line.value;
    if (line.max > 0)
        row.quality.max = line.max;
    if (line.min > 0)
        row.quality.min = line.min;
    const bool rises = row.quality.over();
    row.quality.series = series(rises ? line.value * 0.7 : line.value, line.value, line.value * 0.02, line.candidate ? -1 : 20);
    row.quality.labelledRows = 412;
    if (line.psi >= 0) {
        row.worstPsi = line.psi;
        row.worstColumn = str(line.column);
    }
    row.newestModel = ago(line.newestHours);
    row.stalenessLimit = str(line.limit);
    row.stale = row.name == str("iris-kserve");
    row.seen = {str("serving/") + row.name, ago(0.01), true, {}};
    return row;
}

pipelines::PipelineRun runOf(const char *id, const char *model, pipelines::State state, double startedHours, double hours, int passed) {
    pipelines::PipelineRun run;
    run.id = str(id);
    run.pipeline = str(model);
    run.model = str(model);
    run.state = state;
    run.startedBy = str("policy");
    run.reason = str("mae > 1.10");
    run.started = ago(startedHours);
    if (state != pipelines::State::Running && state != pipelines::State::Paused)
        run.ended = ago(startedHours - hours);
    int index = 0;
    for (const char *name : {"profile", "train", "evaluate", "gate", "register", "deploy"}) {
        pipelines::Stage stage;
        stage.name = str(name);
        stage.state = index < passed ? pipelines::State::Passed : index == passed ? state : pipelines::State::Waiting;
        if (index <= passed)
            stage.started = run.started.addSecs(index * 40);
        if (index < passed)
            stage.ended = stage.started.addSecs(35);
        stage.medianSeconds = 34;
        run.stages.push_back(stage);
        ++index;
    }
    return run;
}

void addRollouts(Snapshot &s) {
    for (ModelRow &row : s.models) {
        cluster::RolloutStatus r;
        r.target = str("serving/") + row.name;
        r.phase = cluster::RolloutPhase::Stable;
        r.observed = ago(0.01);
        r.url = str("http://127.0.0.1:8100");
        r.stable = cluster::Revision{34, row.name, *row.liveVersion, str("77b02de"), str("policy"), ago(220), str("stable"), {}};
        r.stableStats = {18230, 12, 412, 12.0 / 18230, 11.8, row.quality.value};
        if (row.name == str("weather-t2m")) {
            r.phase = cluster::RolloutPhase::Paused;
            r.canary = cluster::Revision{35, row.name, 35, str("88d0f1a"), str("m.okafor"), ago(0.51), str("canary"), {}};
            r.wantedCanaryShare = 0.25;
            r.seenCanaryShare = 0.254;
            r.canaryStats = {4210, 8, 208, 8.0 / 4210, 12.1, 1.31};
            r.verdict = str("Canary 0.11 °C better on 208 labelled rows, interval −0.19…−0.03.");
            r.steps = {{10, str("done"), ago(1.2), ago(0.8)}, {25, str("current"), ago(0.51), {}}, {50, str("waiting"), {}, {}}, {100, str("waiting"), {}, {}}};
            r.currentStep = 1;
        }
        if (row.name == str("maintenance-svc")) {
            r.phase = cluster::RolloutPhase::Unreachable;
            row.seen = {r.target, ago(2.03), false, str("No answer at 127.0.0.1:8109.")};
        }
        row.rollout = r;
    }
}

void addPromotions(Snapshot &s) {
    promotion::Request request;
    request.id = str("p-1a2b3c4d");
    request.model = str("weather-ws2m");
    request.alias = str("champion");
    request.requester = str("retrain policy");
    request.version = 30;
    request.from = 29;
    request.created = ago(0.24);
    request.approvalsNeeded = 2;
    request.approvals = {{str("k.lindqvist"), str("error halves in gusts"), true, ago(0.11)}};
    request.evidence.model = request.model;
    request.evidence.alias = request.alias;
    request.evidence.championVersion = 29;
    request.evidence.candidateVersion = 30;
    request.evidence.rows = 17520;
    request.evidence.rowsFrom = str("test rows of data/ws2m.csv");
    request.evidence.metrics = {{str("mae"), str("m/s"), 1.31, 0.94, -0.37, -0.41, -0.33, false, str("better")},
                                {str("rmse"), str("m/s"), 1.72, 1.25, -0.47, -0.52, -0.42, false, str("better")},
                                {str("r2"), {}, 0.41, 0.68, 0.27, 0.24, 0.30, true, str("better")}};
    request.evidence.selectMetric = str("mae");
    request.evidence.bootstrap = str("circular blocks of 48 rows, 1000 rounds, seed 7");
    for (const char *month : {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}) {
        const std::size_t at = request.evidence.slices.size();
        const double before = 1.1 + 0.04 * double(at), now = at == 9 ? before + 0.2 : before * 0.7; // October got worse
        request.evidence.slices.push_back({str("time:month"), str(month), 1460, before, now, now - before, now - before - 0.08, now - before + 0.08, 0.001, 0.004, at == 9 ? str("worse") : str("better")});
    }
    request.evidence.sentence = str("v30 is better than v29: MAE −0.37 m/s (−0.41 … −0.33) on 17 520 rows.");
    request.evidence.gates = {{str("MAE at most 1.10 m/s"), str("recipe"), str("0.94"), promotion::GateState::Pass},
                              {str("Better than champion, interval excludes 0"), str("same 17 520 rows"), str("−0.37"), promotion::GateState::Pass},
                              {str("Drift of training data"), str("warns from 0.10"), str("PSI 0.12"), promotion::GateState::Warn},
                              {str("Approvals, 2 needed"), str("you may approve"), str("1 of 2"), promotion::GateState::Waits}};
    for (int i = 0; i <= 40; ++i) {
        const double x = -5 + i * 0.25;
        request.evidence.residualEdges.push_back(x);
        if (i < 40) {
            request.evidence.championResiduals.push_back(std::exp(-(x - 0.62) * (x - 0.62) / 4) * 0.26);
            request.evidence.candidateResiduals.push_back(std::exp(-x * x / 2.2) * 0.35);
        }
    }
    request.evidence.computed = ago(0.03);
    request.evidence.seconds = 3.1;
    s.promotions.push_back(request);
}

void addRegistry(Snapshot &s) {
    for (const ModelRow &row : s.models) {
        registry::RegisteredModel model;
        model.name = row.name;
        model.created = ago(2000);
        model.updated = *row.newestModel;
        model.aliases = {{str("champion"), *row.liveVersion}};
        model.latestVersion = *row.latestVersion;
        s.registered.push_back(model);
        for (int v = model.latestVersion; v > std::max(0, model.latestVersion - 3); --v) {
            registry::Version version;
            version.model = row.name;
            version.version = v;
            version.runId = str("run-%1-%2").arg(row.name).arg(v);
            version.digest = str("7be1c09a%1").arg(v);
            version.user = str("policy");
            version.created = row.newestModel->addDays(-7 * (model.latestVersion - v));
            if (v == *row.liveVersion)
                version.aliases << str("champion");
            s.versions.push_back(version);
            registry::Run run;
            run.id = version.runId;
            run.experiment = row.name;
            run.name = version.runId;
            run.user = version.user;
            run.status = registry::RunStatus::Finished;
            run.started = version.created.addSecs(-372);
            run.ended = version.created;
            run.params = {{str("estimator"), row.estimator}, {str("seed"), str("42")}};
            run.metrics = {{row.quality.metric, row.quality.value.value_or(0)}};
            s.runs.push_back(run);
        }
    }
}

void addInbox(Snapshot &s) {
    const auto add = [&](InboxGroup group, Health state, const char *id, const char *title, const char *sentence, const char *model, double hours, const char *action) {
        s.inbox.push_back({group, state, str(id), str(title), str(sentence), str(model), ago(hours), str(action), str(id), {}});
    };
    add(InboxGroup::Decision, Health::Paused, "p-1a2b3c4d", "Promote weather-ws2m v30", "1 of 2 approvals. MAE −0.37 m/s on 17 520 rows.", "weather-ws2m", 0.24, "promotion.review");
    add(InboxGroup::Decision, Health::Paused, "rollout/weather-t2m", "Canary weather-t2m at 25 %", "Canary 0.11 °C better on 208 labelled rows, interval −0.19…−0.03.", "weather-t2m", 0.51, "rollout.show");
    add(InboxGroup::Broken, Health::Bad, "quality/weather-ws2m", "weather-ws2m MAE over limit", "MAE 1.31 m/s, limit 1.10. WD10M drifted most (PSI 0.31).", "weather-ws2m", 84, "train.start");
    add(InboxGroup::Broken, Health::Warn, "stale/iris-kserve", "iris-kserve has no new model", "Newest is 38 h old, limit 36h.", "iris-kserve", 38.17, "train.start");
    add(InboxGroup::Broken, Health::Bad, "endpoint/maintenance-svc", "Endpoint of maintenance-svc does not answer", "No answer at 127.0.0.1:8109.", "maintenance-svc", 2.03, "rollout.show");
    add(InboxGroup::Soon, Health::Warn, "drift/weather-rh2m", "weather-rh2m inputs drifted", "PS most, PSI 0.14, limit 0.25.", "weather-rh2m", 5, "drift.show");
    add(InboxGroup::Handled, Health::Ok, "p-0000aaaa", "housing-tree v18: done", "You and k.lindqvist. Undo until v19.", "housing-tree", 5.46, "promotion.review");
}

void addTimeline(Snapshot &s) {
    const auto add = [&](const char *lane, const char *label, const char *model, const char *link, double from, double to, Health state, double value = 0) {
        s.timeline.push_back({str(lane), str(label), str(model), str(link), ago(from), to < 0 ? QDateTime() : ago(to), state, value});
    };
    for (double h : {160.0, 151.0, 130.0, 110.0, 96.0, 88.0, 70.0, 52.0, 40.0, 28.0, 10.0})
        add("train", "", "weather-t2m", "", h, h, Health::Ok);
    add("train", "ws2m-lstm-0412", "weather-ws2m", "op-ws2m", 23, 22.9, Health::Ok);
    for (double h : {158.0, 150.0, 133.0, 112.0, 92.0, 84.0, 66.0, 47.0, 28.0})
        add("build", "", "weather-rh2m", "", h, h - 0.6, h == 133.0 ? Health::Bad : Health::Ok);
    add("build", "#421 paused", "weather-ws2m", "op-ws2m", 21, 0, Health::Paused);
    add("promotion", "rh2m v31", "weather-rh2m", "", 150, -1, Health::Ok);
    add("promotion", "iris-rf v12", "iris-rf", "", 84, -1, Health::Ok);
    add("promotion", "housing-tree v18", "housing-tree", "", 40, -1, Health::Ok);
    add("promotion", "ws2m v30", "weather-ws2m", "op-ws2m", 12, -1, Health::Paused);
    add("rollout", "rh2m", "weather-rh2m", "", 149, 145, Health::Ok);
    add("rollout", "iris-rf", "iris-rf", "", 83, 78, Health::Ok);
    add("rollout", "housing", "housing-tree", "", 39, 34, Health::Ok);
    add("rollout", "t2m", "weather-t2m", "", 7, 0, Health::Paused);
    for (int i = 0; i < 56; ++i) {
        const double hours = 168 - i * 3.0, psi = 0.05 + 0.26 * std::pow(i / 55.0, 3);
        add("drift", "", "weather-ws2m", "", hours, hours - 3, psi >= 0.25 ? Health::Bad : psi >= 0.1 ? Health::Warn : Health::Ok, psi);
    }
    add("alert", "ws2m MAE over 1.10 m/s", "weather-ws2m", "", 84, 0, Health::Bad);
}

void addJournal(Snapshot &s) {
    struct Entry {
        const char *actor, *kind, *phase, *object, *before, *after;
        double hours;
    };
    static const Entry entries[] = {{"k.lindqvist", "approve", "done", "model weather-ws2m", "0 of 2", "1 of 2", 0.11}, {"policy", "promotion-request", "done", "model weather-ws2m", "", "v30", 0.24},
                                    {"m.okafor", "rollout-promote", "done", "rollout serving/weather-t2m", "10 %", "25 %", 0.51}, {"you", "train", "failed", "model iris-kserve", "attempt 2", "attempt 3", 1},
                                    {"you", "set-alias", "refused", "model damage-svc", "alias must be 6", "alias is 7", 1.86}, {"you", "promote", "done", "model housing-tree", "champion 17", "18", 5.46},
                                    {"policy", "retrain", "note", "model weather-t2m", "", "SKIPPED, MAE 1.42", 21}, {"you", "undo", "undone", "model iris-rf", "champion 13", "12", 60}};
    qint64 number = 1284;
    S previous = str("20c9aa00aa");
    for (const Entry &entry : entries) {
        operations::JournalEntry line;
        line.sequence = number--;
        line.time = ago(entry.hours);
        line.actor = str(entry.actor);
        line.program = str("pilothouse");
        line.operation = str("op-%1").arg(line.sequence);
        line.kind = str(entry.kind);
        line.phase = str(entry.phase);
        line.object = str(entry.object);
        line.before = {{str("state"), str(entry.before)}};
        line.after = {{str("state"), str(entry.after)}};
        line.details = {{str("summary"), str(entry.kind) + str(" of ") + line.object}};
        line.hash = str("9f3a%1e1").arg(line.sequence);
        line.previousHash = previous;
        previous = line.hash;
        s.journal.push_back(line);
    }
    s.journalCheck.intact = s.journalCheck.authenticated = true;
    s.journalCheck.entries = 1284;
    s.journalCheck.finding = str("1284 of 1284 entries chain, the head is authenticated.");
}

} // namespace

Snapshot sampleSnapshot() {
    static const Line lines[] = {
        {"weather-ws2m", "lstm", "mae", "m/s", Health::Bad, 29, 30, 1.31, 0, 1.10, 0.31, "WD10M", 220, ""},
        {"iris-kserve", "random_forest", "accuracy", "", Health::Warn, 41, 0, 0.953, 0.95, 0, 0.04, "petal_length", 38.17, "36h"},
        {"damage-svc", "logistic_regression", "f1", "", Health::Warn, 7, 0, 0.847, 0.8, 0, 0.07, "torque", 98, "7d"},
        {"weather-t2m", "lstm", "mae", "°C", Health::Running, 34, 35, 1.42, 0, 1.80, 0.06, "QV2M", 9.2, "36h"},
        {"weather-rh2m", "lstm", "mae", "%", Health::Ok, 31, 0, 6.9, 0, 7.5, 0.14, "PS", 9.1, "36h"},
        {"iris-rf", "random_forest", "accuracy", "", Health::Ok, 12, 0, 0.967, 0.95, 0, 0.03, "sepal_width", 55, "7d"},
        {"housing-tree", "decision_tree", "r2", "", Health::Ok, 18, 0, 0.6, 0.5, 0, 0.12, "median_income", 6.67, ""},
        {"housing-linear", "linear_regression", "r2", "", Health::Ok, 5, 0, 0.576, 0.5, 0, 0.12, "median_income", 6.67, ""},
        {"maintenance-svc", "logistic_regression", "f1", "", Health::Unknown, 3, 0, 0.912, 0.85, 0, -1, "", 504, "30d"},
    };
    Snapshot s;
    s.workspace = str("On call");
    s.workspaceFile = str("/home/operator/oncall/pilothouse.yaml");
    s.role = workspace::Role::Approver;
    s.read = sampleNow().addSecs(-2);
    for (const Line &line : lines)
        s.models.push_back(rowOf(line));
    s.models[2].skew = str("alias v7, endpoint serves v6");
    s.models[2].served = {fleet::SkewState::Skewed, fleet::SkewCause::NotRolledOut, s.models[2].skew, str("All traffic of serving/damage-svc is on v6, and no rollout is under way."), str("Roll v7 out, or undo the promotion."),
                          str("pilot rollouts start damage-svc"), str("v6"), sampleNow().addSecs(-3 * 3600 - 720), sampleNow()};
    s.models[2].servedVersion = 6;
    s.pipelineRuns = {runOf("421", "weather-ws2m", pipelines::State::Paused, 0.4, 0, 3), runOf("8f2c", "iris-kserve", pipelines::State::Failed, 1.1, 0.3, 1),
                      runOf("57", "iris-rf", pipelines::State::Running, 0.1, 0, 2), runOf("420", "weather-t2m", pipelines::State::Passed, 9.3, 0.1, 6),
                      runOf("419", "weather-rh2m", pipelines::State::Passed, 9.2, 0.1, 6)};
    for (const char *name : {"weather-ws2m", "iris-kserve", "iris-rf", "weather-t2m", "weather-rh2m"}) {
        pipelines::Pipeline &pipeline = s.pipelines.emplace_back();
        pipeline.id = pipeline.name = pipeline.model = str(name);
        pipeline.system = str("local");
        pipeline.stages = {str("profile"), str("train"), str("evaluate"), str("gate"), str("register"), str("deploy")};
    }
    for (ModelRow &row : s.models)
        for (const auto &run : s.pipelineRuns)
            if (run.model == row.name && !row.lastRun)
                row.lastRun = run;
    addRollouts(s);
    addPromotions(s);
    addRegistry(s);
    addInbox(s);
    addTimeline(s);
    addJournal(s);
    retrain::Decision decision;
    decision.id = str("d-1");
    decision.model = str("weather-t2m");
    decision.kind = retrain::DecisionKind::Skipped;
    decision.reason = str("SKIPPED: mae 1.42 is not above 1.8.");
    decision.rules = {{str("mae > 1.8"), str("mae 1.42, 412 labelled rows"), false, true, 1.42}};
    decision.time = ago(21);
    decision.trigger = str("policy");
    s.decisions.push_back(decision);
    return s;
}

Snapshot freshSnapshot() {
    Snapshot s;
    s.workspace = str("mine");
    s.workspaceFile = str("/home/operator/mine/pilothouse.yaml");
    s.role = workspace::Role::Approver;
    s.read = sampleNow();
    ModelRow row;
    row.name = str("t2m");
    row.seen = {str("local"), sampleNow(), true, {}};
    s.models.push_back(row);
    s.journalCheck.intact = s.journalCheck.authenticated = true;
    s.journalCheck.finding = str("The journal is empty.");
    return s;
}

} // namespace pilothouse::testing
