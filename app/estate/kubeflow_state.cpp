// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/estate/kubeflow.h"
#include "app/estate/wire.h"

#include <algorithm>

namespace pilothouse::estate {

namespace {

QString Q(const char *text) { return QString::fromUtf8(text); }

struct TaskPlan {
    const char *name;
    int seconds;
    const char *log;
};
/// The steps of SYSTEMS.md §4.
constexpr TaskPlan plans[] = {{"read-data", 4, "reading s3://data/iris.csv from MinIO\n150 rows\n"},
                              {"preprocess", 3, "split: 90 train, 30 validation, 30 test\n"},
                              {"train", 12, "MLflow experiment iris-experiment\naccuracy=0.9333\nlogged the model to s3://mlflow/experiments/\n"},
                              {"deploy", 6, "InferenceService iris in kubeflow: Ready\n"},
                              {"slack-note", 1, "accuracy under its limit of 0.95: nothing to say\n"}};

bool over(const QString &state)
{
    return state == Q("SUCCEEDED") || state == Q("FAILED") || state == Q("CANCELED") || state == Q("SKIPPED");
}

} // namespace

KubeflowStandIn::KubeflowStandIn()
{
    const QDateTime began = QDateTime::currentDateTimeUtc().addDays(-3).addSecs(-6 * 3600); // no fire falls due while a test begins
    const auto made = [&](const char *name, const QString &parent) {
        Named one;
        one.name = Q(name);
        one.id = uuidName(Q(name) + parent);
        one.parent = parent;
        one.created = began;
        return one;
    };
    m_pipelines = {made("IrisExp", QString())};
    m_versions = {made("IrisExp", m_pipelines[0].id)};
    m_experiments = {made("Default", QString()), made("iris-mlflow-kserve", QString())};
    Recurring daily;
    daily.name = Q("IrisExp daily");
    daily.id = uuidName(daily.name);
    daily.experiment = m_experiments[1].id;
    daily.pipeline = m_pipelines[0].id;
    daily.version = m_versions[0].id;
    daily.parameters = {{Q("data_path"), Q("/data")}};
    daily.interval = 86400;
    daily.noCatchup = true;
    daily.created = began;
    daily.next = began.addSecs(86400); // first fire a day after creation
    m_recurring = {daily};
    for (QDateTime at = daily.next; at <= QDateTime::currentDateTimeUtc().addSecs(-120); at = at.addSecs(86400)) { // its days until now, lived through
        m_now = at;
        fire(m_recurring[0]);
        m_now = at.addSecs(100);
        for (Run &run : m_runs)
            move(run);
    }
    m_now = QDateTime();
}

QString KubeflowStandIn::name() const { return Q("kubeflow"); }
QDateTime KubeflowStandIn::now() const { return m_now.isValid() ? m_now : QDateTime::currentDateTimeUtc(); }

void KubeflowStandIn::state(Run &run, const char *to, const QDateTime &at)
{
    run.state = Q(to);
    run.history.emplace_back(at, run.state);
    if (over(run.state))
        run.ended = at;
}

KubeflowStandIn::Run &KubeflowStandIn::begin(const QString &name, const QString &experiment, const QString &pipeline, const QString &version, const QJsonObject &parameters, const QString &recurring)
{
    Run run;
    run.name = name;
    run.id = uuidName(QStringLiteral("run %1 %2").arg(name).arg(++m_made));
    run.experiment = experiment;
    run.pipeline = pipeline;
    run.version = version;
    run.parameters = parameters;
    run.recurring = recurring;
    run.account = Q("pipeline-runner");
    run.created = run.scheduled = now();
    QString pipelineName;
    for (const Named &p : m_pipelines)
        pipelineName = p.id == pipeline ? p.name : pipelineName;
    for (const TaskPlan &plan : plans) {
        Task task;
        task.name = Q(plan.name);
        task.id = uuidName(run.id + task.name);
        // a pod's name begins with the pipeline's: longer than 63 it is none (SYSTEMS.md §4: long names break pods)
        task.pod = QStringLiteral("%1-%2-%3-system-container-impl-%4").arg(pipelineName.toLower(), hexName(run.id, 5)).arg(run.tasks.size()).arg(hexName(task.id, 10));
        run.tasks.push_back(task);
    }
    run.history.emplace_back(run.created, run.state);
    m_runs.push_back(run);
    return m_runs.back();
}

void KubeflowStandIn::move(Run &run)
{
    if (over(run.state) || run.stuck || run.state == Q("PAUSED"))
        return;
    if (run.state == Q("CANCELING")) {
        for (Task &task : run.tasks)
            if (!over(task.state)) {
                task.state = Q("CANCELED");
                task.ended = now();
            }
        state(run, "CANCELED", now());
        return;
    }
    QDateTime at = run.started.isValid() ? run.started : run.created.addSecs(2);
    if (at > now())
        return;
    if (run.state == Q("PENDING")) {
        run.started = at;
        state(run, "RUNNING", at);
    }
    for (std::size_t i = 0; i < run.tasks.size(); ++i) {
        Task &task = run.tasks[i];
        if (task.state == Q("SUCCEEDED")) {
            at = std::max(at, task.ended);
            continue;
        }
        if (run.pauseAsked && task.name == Q("deploy")) { // the manual step before deploy
            run.pauseAsked = false;
            task.state = Q("PAUSED");
            state(run, "PAUSED", at);
            return;
        }
        if (task.state != Q("RUNNING")) {
            task.state = Q("RUNNING");
            task.started = std::max(at, run.history.back().first);
        }
        if (task.pod.size() > 63) {
            task.state = Q("FAILED");
            task.error = QStringLiteral("Pod \"%1\" is invalid: metadata.labels: must be no more than 63 characters").arg(task.pod);
            task.ended = task.started;
        } else {
            const QDateTime end = task.started.addSecs(plans[i].seconds * std::max(1, m_settings[Q("seconds")].toInt(1)));
            if (end > now())
                return;
            task.ended = end;
            task.log = plans[i].log;
            task.state = Q("SUCCEEDED");
            if (const auto failing = m_failing.find(task.name); failing != m_failing.end()) {
                if (--failing->second <= 0)
                    m_failing.erase(failing);
                task.state = Q("FAILED");
                task.error = QStringLiteral("task %1 failed: exit code 1").arg(task.name);
                task.log += "Traceback (most recent call last):\nRuntimeError: asked to fail\n";
            }
        }
        if (task.state == Q("FAILED")) { // a task's own retry has no effect (kubeflow/pipelines #11288): the run ends here
            run.error = task.error;
            state(run, "FAILED", task.ended);
            return;
        }
        at = task.ended;
    }
    state(run, "SUCCEEDED", at);
}

/// One fire of a recurring run, unless as many as may are under way.
void KubeflowStandIn::fire(Recurring &one)
{
    const auto running = std::count_if(m_runs.begin(), m_runs.end(), [&](const Run &r) { return r.recurring == one.id && !over(r.state); });
    if (running >= one.maxConcurrency)
        return;
    one.last = one.next;
    begin(QStringLiteral("%1 %2").arg(one.name, one.next.toUTC().toString(Q("yyyy-MM-dd"))), one.experiment, one.pipeline, one.version, one.parameters, one.id).scheduled = one.next;
    one.next = one.next.addSecs(one.interval > 0 ? one.interval : 86400); // a cron of these estates is daily
}

void KubeflowStandIn::advance(const QDateTime &now)
{
    m_now = now;
    for (Run &run : m_runs)
        move(run);
    for (Recurring &one : m_recurring) {
        if (!one.enabled || !one.next.isValid() || one.next > now || (one.end.isValid() && one.next > one.end))
            continue;
        const qint64 every = one.interval > 0 ? one.interval : 86400;
        if (one.noCatchup) // only the latest of what was missed
            one.next = one.next.addSecs(one.next.secsTo(now) / every * every);
        while (one.next <= now) {
            const QDateTime before = one.next;
            fire(one);
            if (one.next == before)
                break; // as many as may already run: it waits
        }
    }
}

QJsonObject KubeflowStandIn::control(const QString &verb, const QJsonObject &details)
{
    if (verb == Q("settings")) {
        for (auto it = details.begin(); it != details.end(); ++it)
            m_settings[it.key()] = it.value();
        return m_settings;
    }
    if (verb == Q("fail")) {
        m_failing[details[Q("task")].toString()] = details[Q("times")].toInt(1);
        return {{Q("fails"), details[Q("task")]}};
    }
    if (verb != Q("pause") && verb != Q("resume") && verb != Q("collect"))
        return StandIn::control(verb, details);
    for (Run &run : m_runs)
        if (run.id == details[Q("run")].toString()) {
            if (verb == Q("pause"))
                run.pauseAsked = true;
            else if (verb == Q("collect"))
                run.collected = true;
            else if (run.state == Q("PAUSED")) {
                for (Task &task : run.tasks)
                    if (task.state == Q("PAUSED"))
                        task.state = Q("PENDING");
                state(run, "RUNNING", now());
            }
            return {{Q("run"), run.id}, {Q("state"), run.state}};
        }
    return {{Q("error"), Q("no such run")}};
}

} // namespace pilothouse::estate
