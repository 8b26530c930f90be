// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/estate/stand_in.h"

#include <QJsonArray>
#include <QStringList>

#include <map>
#include <optional>
#include <vector>

namespace pilothouse::estate {

/// Kubeflow Pipelines, /apis/v2beta1 and /apis/v1beta1 (BACKEND_APIS.md §3.4), with the pipeline IrisExp of SYSTEMS.md §4: experiment iris-mlflow-kserve, a recurring run of one day
/// (at most one at a time, no catch-up, data_path /data). Logs of its pods as Kubernetes gives them: GET /api/v1/namespaces/NS/pods/POD/log.
///
/// control: settings {multi_user, retry_sticks, only: "v1beta1"|"v2beta1", seconds}; fail {task, times}; pause {run} (a manual step after "train": PAUSED), resume {run};
/// collect {run} (its pods are garbage-collected: no log).
class KubeflowStandIn : public StandIn {
public:
    KubeflowStandIn();
    QString name() const override;
    Answer answer(const Call &call) override;
    void advance(const QDateTime &now) override;
    QJsonObject control(const QString &verb, const QJsonObject &details) override;

    struct Task {
        QString name, id, pod, state = QStringLiteral("PENDING"), error;
        QDateTime started, ended;
        QByteArray log;
    };
    struct Run {
        QString id, name, experiment, pipeline, version, recurring, state = QStringLiteral("PENDING"), error, account;
        QJsonObject parameters;
        QDateTime created, scheduled, started, ended;
        bool archived = false, stuck = false, collected = false, pauseAsked = false;
        std::vector<Task> tasks;
        std::vector<std::pair<QDateTime, QString>> history;
    };
    struct Recurring {
        QString id, name, experiment, pipeline, version, cron;
        QJsonObject parameters;
        qint64 interval = 0, maxConcurrency = 1;
        bool enabled = true, noCatchup = false;
        QDateTime created, last, next, start, end;
    };
    struct Named { ///< a pipeline, one of its versions, an experiment
        QString id, name, parent, description;
        QDateTime created;
        bool archived = false;
    };

private:
    std::optional<Answer> refusedIdentity(const Call &call) const;
    std::optional<Answer> runs(const Call &call, bool v1, const QString &path);
    std::optional<Answer> recurring(const Call &call, bool v1, const QString &path);
    std::optional<Answer> named(const Call &call, bool v1, const QString &path);
    Answer create(const Call &call, bool v1);
    Answer createRecurring(const Call &call, bool v1);
    Answer upload(const Call &call, bool v1, bool version);
    Run &begin(const QString &name, const QString &experiment, const QString &pipeline, const QString &version, const QJsonObject &parameters, const QString &recurring);
    void move(Run &run);
    void state(Run &run, const char *to, const QDateTime &at);
    void fire(Recurring &one);
    QJsonObject shape(const Run &run, bool v1) const;
    QJsonObject shape(const Recurring &one, bool v1) const;
    QJsonObject shape(const Named &one, const char *kind, bool v1) const;
    QDateTime now() const;

    std::vector<Run> m_runs;
    std::vector<Recurring> m_recurring;
    std::vector<Named> m_pipelines, m_versions, m_experiments;
    std::map<QString, int> m_failing; ///< task → times yet
    QJsonObject m_settings;
    int m_made = 0;
};

} // namespace pilothouse::estate
