// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/fleet.h"

#include "core/base/hash.h"

#include <algorithm>
#include <cmath>
#include <mutex>

namespace pilothouse::fleet {

namespace {

constexpr int keptLogLines = 2000;

/// What a child's events add to its job. Runs in the GUI thread on a batch, so a chatty child costs one repaint.
void apply(Job &job, const Event &event) {
    const QJsonObject &f = event.fields;
    const auto number = [&](const char *key, double otherwise) { return f.value(QLatin1String(key)).toDouble(otherwise); };
    if (event.name == QLatin1String("started")) {
        job.run = f.value(QLatin1String("run")).toString();
    } else if (event.name == QLatin1String("progress")) {
        job.done = qint64(number("done", 0));
        job.total = qint64(number("total", 0));
        job.unit = f.value(QLatin1String("unit")).toString();
        job.stage = f.value(QLatin1String("stage")).toString();
        job.etaSeconds = number("eta_seconds", -1);
    } else if (event.name == QLatin1String("stage")) {
        job.stage = f.value(QLatin1String("name")).toString();
    } else if (event.name == QLatin1String("metric")) {
        job.addPoint(f.value(QLatin1String("name")).toString(), f.value(QLatin1String("series")).toString(), number("step", 0), number("value", std::nan("")));
    } else if (event.name == QLatin1String("log")) {
        job.log << f.value(QLatin1String("text")).toString();
        if (job.log.size() > keptLogLines)
            job.log.remove(0, job.log.size() - keptLogLines);
    }
}

} // namespace

void Job::addPoint(const QString &name, const QString &series, double step, double value) {
    auto it = std::find_if(curves.begin(), curves.end(), [&](const Curve &c) { return c.name == name && c.series == series && c.estimator == stage; });
    if (it != curves.end() && step <= it->points.back().first) {
        curves.erase(it);
        it = curves.end();
    }
    if (it == curves.end())
        it = curves.insert(curves.end(), Curve{name, series, {}, stage});
    it->points.emplace_back(step, value);
}

/// Shared with the bodies on the pool: events wait here until the GUI thread takes them, at most ten times a second.
struct Jobs::Private {
    Pools &pools;
    QString workspaceFile;
    QTimer timer;
    QHash<QString, Task<QJsonObject>> tasks;
    struct Inbox {
        std::mutex lock;
        QHash<QString, QList<Event>> events;
    };
    std::shared_ptr<Inbox> inbox = std::make_shared<Inbox>();
    explicit Private(Pools &p) : pools(p) {}
};

Jobs::Jobs(Pools &pools, QString workspaceFile, QObject *parent) : QObject(parent), d(std::make_shared<Private>(pools)) {
    d->workspaceFile = std::move(workspaceFile);
    d->timer.setInterval(100);
    connect(&d->timer, &QTimer::timeout, this, [this] {
        QHash<QString, QList<Event>> batch;
        {
            const std::lock_guard lock(d->inbox->lock);
            batch.swap(d->inbox->events);
        }
        for (auto it = batch.constBegin(); it != batch.constEnd(); ++it) {
            const auto job = std::find_if(m_jobs.begin(), m_jobs.end(), [&](const Job &j) { return j.id == it.key(); });
            if (job == m_jobs.end())
                continue;
            for (const Event &event : it.value())
                apply(*job, event);
            Q_EMIT changed(it.key());
        }
        if (running() == 0)
            d->timer.stop();
    });
}

Jobs::~Jobs() {
    for (auto &task : d->tasks)
        task.stop.request_stop();
    for (auto &task : d->tasks)
        task.future.waitForFinished(); // bounded: runJob kills a child that does not stop
}

QString Jobs::start(const QString &title, const QString &model, const QStringList &arguments) {
    Job job;
    job.id = QStringLiteral("job-") + randomHex(4);
    job.title = title;
    job.model = model;
    job.state = QStringLiteral("running");
    job.started = QDateTime::currentDateTimeUtc();
    job.arguments = arguments;
    m_jobs.prepend(job);

    ChildJob child;
    child.program = pilotProgram();
    child.arguments = arguments;
    if (!d->workspaceFile.isEmpty())
        child.arguments << QStringLiteral("--workspace") << d->workspaceFile;
    const auto task = startTask<QJsonObject>(d->pools.waiting, [child, inbox = d->inbox, id = job.id](std::stop_token token) {
        return runJob(child, [&](const Event &event) {
            const std::lock_guard lock(inbox->lock);
            inbox->events[id].append(event);
        }, token);
    });
    d->tasks.insert(job.id, task);
    d->timer.start();
    deliver(task, this, [this, id = job.id](const Result<QJsonObject> &done) {
        QList<Event> rest;
        {
            const std::lock_guard lock(d->inbox->lock);
            rest = d->inbox->events.take(id);
        }
        const auto it = std::find_if(m_jobs.begin(), m_jobs.end(), [&](const Job &j) { return j.id == id; });
        d->tasks.remove(id);
        if (it == m_jobs.end())
            return;
        for (const Event &event : rest)
            apply(*it, event);
        it->ended = QDateTime::currentDateTimeUtc();
        it->etaSeconds = -1;
        if (done) {
            it->state = QStringLiteral("done");
            it->result = *done;
        } else {
            it->state = done.error().kind == ErrorKind::Cancelled ? QStringLiteral("cancelled") : QStringLiteral("failed");
            it->error = done.error();
        }
        Q_EMIT changed(id);
        Q_EMIT finished(id);
    });
    Q_EMIT changed(job.id);
    return job.id;
}

void Jobs::cancel(const QString &id) {
    const auto task = d->tasks.find(id);
    const auto job = std::find_if(m_jobs.begin(), m_jobs.end(), [&](const Job &j) { return j.id == id; });
    if (task == d->tasks.end() || job == m_jobs.end())
        return;
    job->state = QStringLiteral("cancelling");
    task->stop.request_stop();
    Q_EMIT changed(id);
}

QString Jobs::resume(const QString &id) {
    const Job *old = job(id);
    if (!old || old->run.isEmpty() || old->state == QLatin1String("running"))
        return {};
    QStringList arguments = old->arguments;
    if (const qsizetype at = arguments.indexOf(QStringLiteral("--resume")); at >= 0)
        arguments.remove(at, std::min<qsizetype>(2, arguments.size() - at));
    arguments << QStringLiteral("--resume") << old->run;
    const QString title = old->title, model = old->model; // `old` dies with the list's next change
    dismiss(id);
    return start(title, model, arguments);
}

void Jobs::dismiss(const QString &id) {
    if (d->tasks.contains(id))
        return;
    m_jobs.removeIf([&](const Job &j) { return j.id == id; });
    Q_EMIT changed(id);
}

const Job *Jobs::job(const QString &id) const {
    const auto it = std::find_if(m_jobs.begin(), m_jobs.end(), [&](const Job &j) { return j.id == id; });
    return it == m_jobs.end() ? nullptr : &*it;
}

int Jobs::running() const { return int(d->tasks.size()); }

} // namespace pilothouse::fleet
