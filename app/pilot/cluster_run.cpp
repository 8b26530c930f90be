// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/cluster_run.h"

#include "app/pilot/event_line.h"
#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/fleet/clusters.h"
#include "core/rollouts/training_follow.h"
#include "core/rollouts/training_operations.h"

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace pilothouse {

namespace {

using Q = QLatin1String;
using cluster::KubeApi;
using cluster::KubeRef;
using cluster::TrainingJob;

bool isAway(const Error &error) { return error.kind == ErrorKind::Unreachable || error.kind == ErrorKind::TimedOut; }

Result<KubeRef> refOf(const QJsonObject &kept) {
    return cluster::parseKubeRef(kept.value(Q("kind")).toString() + QLatin1Char('/') + kept.value(Q("name")).toString(), kept.value(Q("namespace")).toString());
}

} // namespace

Result<void> ClusterRun::keep(const QJsonObject &kept) {
    PH_TRY(m_folder.update([&](pipelines::RunRecord &r) -> Result<void> {
        r.results.insert(m_key, kept);
        return {};
    }));
    return {};
}

Result<QJsonObject> ClusterRun::begin(const QString &connection) {
    PH_ASSIGN(const pipelines::RunRecord record, m_folder.read());
    QJsonObject kept = record.results.value(m_key).toObject();
    if (!kept.isEmpty())
        return kept;
    kept = {{Q("connection"), connection}, {Q("run"), randomHex(16)}, {Q("started"), false}};
    PH_TRY(keep(kept));
    return kept;
}

Result<bool> ClusterRun::cancelAsked() const {
    PH_ASSIGN(const pipelines::RunRecord record, m_folder.read());
    return record.results.value(Q("cancel")).toBool();
}

/// False: asked to stop.
bool ClusterRun::pause(int seconds) const {
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any().wait_for(lock, m_stop, std::chrono::seconds(seconds), [] { return false; });
    return !m_stop.stop_requested();
}

Result<void> ClusterRun::startAs(const std::shared_ptr<KubeApi> &api, const TrainingJob &job) {
    auto rest = rollouts::completeTraining(api, job);
    if (!rest && rest.error().kind == ErrorKind::NotFound) {
        PH_ASSIGN(operations::Operation operation, rollouts::startTraining(api, job));
        m_sent = true; // the server took the dry run: whatever becomes of the answer, it may be there from here on
        PH_ASSIGN(const QString id, m_services->operations->runWhole(operation));
        m_listener.log(QStringLiteral("%1 is started with the image %2 (undo: pilot undo %3)").arg(cluster::trainingRef(job).text(), job.image, id));
        return {};
    }
    if (!rest)
        return rest.error();
    if (*rest) {
        PH_TRY(m_services->operations->runWhole(**rest));
        m_listener.log(QStringLiteral("%1 was started without its files; they are there now").arg(cluster::trainingRef(job).text()));
    }
    return {};
}

/// Whether the job of an earlier process is there under the name it kept, where the workspace gives it another one by now: a second one must not begin.
Result<bool> ClusterRun::madeBefore(const KubeApi &api, const QJsonObject &kept, const KubeRef &now) const {
    PH_ASSIGN(const KubeRef before, refOf(kept));
    if (before.text() == now.text() && before.space == now.space)
        return false; // asked for by startAs()
    for (;;) {
        const auto found = api.read(before, m_stop);
        if (found) {
            m_listener.log(QStringLiteral("follows %1, which was made before the workspace was changed").arg(before.text()));
            return true;
        }
        if (found.error().kind == ErrorKind::NotFound)
            return false;
        if (!isAway(found.error()))
            return found.error();
        m_listener.note(QStringLiteral("The cluster does not answer: %1").arg(found.error().what));
        if (!pause(10))
            return cancelled();
    }
}

Result<void> ClusterRun::startOnce(const std::shared_ptr<KubeApi> &api, QJsonObject &kept, const Make &make) {
    if (kept.value(Q("started")).toBool()) {
        m_listener.log(QStringLiteral("follows %1/%2 again").arg(kept.value(Q("kind")).toString(), kept.value(Q("name")).toString()));
        return {};
    }
    bool mayBeThere = kept.contains(Q("name"));
    PH_ASSIGN(const TrainingJob job, make(*api, kept.value(Q("run")).toString()));
    const KubeRef ref = cluster::trainingRef(job);
    if (mayBeThere) {
        PH_ASSIGN(const bool there, madeBefore(*api, kept, ref));
        if (there) {
            kept.insert(Q("started"), true);
            return keep(kept);
        }
    }
    kept.insert(Q("kind"), ref.kind.kind.toLower());
    kept.insert(Q("namespace"), ref.space);
    kept.insert(Q("name"), ref.name);
    PH_TRY(keep(kept)); // from here on it may be there
    for (auto done = startAs(api, job); !done; done = startAs(api, job)) {
        mayBeThere = mayBeThere || m_sent || done.error().kind == ErrorKind::TimedOut;
        if (!mayBeThere || !isAway(done.error())) // where the job may run already the answer is waited for
            return done.error();
        m_listener.note(QStringLiteral("The cluster does not answer: %1").arg(done.error().what));
        if (!pause(10))
            return cancelled();
    }
    kept.insert(Q("started"), true);
    return keep(kept);
}

Result<ClusterRun::End> ClusterRun::follow(const KubeApi &api, const KubeRef &ref, const QString &run) {
    End end;
    end.ref = ref;
    end.run = run;
    int lastTenth = -1;
    rollouts::TrainingListener listener;
    listener.state = [&](const cluster::TrainingState &state) {
        m_listener.log(state.sentence);
        m_listener.note(state.sentence);
    };
    listener.line = m_listener.log;
    listener.event = [&](const Event &event) {
        if (event.name == Q("result")) {
            end.result = event.fields.value(Q("result")).toObject();
        } else if (event.name == Q("error")) {
            end.failure = errorFromJson(event.fields);
        } else if (const QString line = eventLine(event, lastTenth); !line.isEmpty()) {
            m_listener.log(line);
            if (event.name == Q("progress"))
                m_listener.note(line);
        }
    };
    for (;;) {
        auto state = rollouts::followTraining(api, ref, run, listener, m_stop);
        if (state) {
            end.state = *std::move(state);
            return end;
        }
        if (!isAway(state.error()) || m_stop.stop_requested())
            return state.error();
        m_listener.log(QStringLiteral("warning: the cluster does not answer; the training goes on there: %1").arg(state.error().text()));
        m_listener.note(QStringLiteral("The cluster does not answer; the training goes on there."));
        if (!pause(10))
            return cancelled();
    }
}

/// What a stop request makes of the job: deleted where the run is cancelled, else it stays.
Error ClusterRun::stopped(const std::shared_ptr<KubeApi> &api, const KubeRef &ref) const {
    const auto asked = cancelAsked();
    if (!asked || !*asked) {
        m_listener.log(QStringLiteral("stopped following; %1 goes on, and the next who looks follows it again").arg(ref.text()));
        return cancelled();
    }
    const auto operation = rollouts::cancelTraining(api, ref);
    if (!operation && operation.error().kind == ErrorKind::NotFound)
        return cancelled();
    const auto done = operation ? m_services->operations->runWhole(*operation) : Result<QString>(operation.error());
    if (done) {
        m_listener.log(QStringLiteral("%1 is deleted, and its pods with it").arg(ref.text()));
        return cancelled();
    }
    Error error = done.error(); // of a cluster that is away: the run keeps the wish, and who looks at it next tries again
    error.what = QStringLiteral("%1 could not be deleted, and goes on: %2").arg(ref.text(), error.what);
    error.hint = QStringLiteral("Delete it there: kubectl delete -n %1 %2/%3").arg(ref.space, ref.kind.kind.toLower(), ref.name);
    return error;
}

Result<ClusterRun::End> ClusterRun::carryOut(const QString &connection, const Make &make) {
    PH_ASSIGN(QJsonObject kept, begin(connection));
    PH_ASSIGN(const std::shared_ptr<KubeApi> api, m_services->clusters->of(kept.value(Q("connection")).toString()));
    PH_ASSIGN(const bool cancelNow, cancelAsked());
    if (cancelNow || m_stop.stop_requested()) {
        if (!kept.contains(Q("name"))) // nothing was sent yet
            return cancelled();
        PH_ASSIGN(const KubeRef ref, refOf(kept));
        return stopped(api, ref);
    }
    const auto started = startOnce(api, kept, make);
    if (!started && started.error().kind != ErrorKind::Cancelled)
        return started.error();
    PH_ASSIGN(const KubeRef ref, refOf(kept));
    if (!started)
        return stopped(api, ref);
    auto end = follow(*api, ref, kept.value(Q("run")).toString());
    if (!end && end.error().kind == ErrorKind::Cancelled)
        return stopped(api, ref);
    if (!end && end.error().kind == ErrorKind::NotFound)
        return notFound(QStringLiteral("%1 was deleted in the cluster before it had ended.").arg(ref.text()), kept.value(Q("connection")).toString(), QStringLiteral("Who did it stands in the cluster's audit log; start the pipeline anew."));
    return end;
}

} // namespace pilothouse
