// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/estate/blobs.h"

#include <QJsonArray>

#include <map>
#include <optional>
#include <vector>

namespace pilothouse::estate {

/// Azure ML (BACKEND_APIS.md §3.5): the directory (POST TENANT/oauth2/v2.0/{token,devicecode}), ARM below /subscriptions, and the workspace's own addresses (history, artifact, mlflow) on
/// the same port. Workspace "mlops-ws" of the group "mlops-rg" with the experiment damage-incidence-prediction and the cluster cpu-cluster (SYSTEMS.md §2).
/// Application "estate-client", secret "estate-secret"; tenant and subscription: any.
///
/// control: settings {cancel_seconds, start_seconds, run_seconds, page, account_key (a datastore gives its key, not a signature), metrics (what a job that passed logged: name → number), outputs (its files: name → base64)}; sign_in {user_code} (the person has entered the device code); sign_out {} (no refresh token is good any more); fail {times}; damage → at "blobs".
class AzureMlStandIn : public StandIn {
public:
    explicit AzureMlStandIn(std::shared_ptr<BlobStandIn> blobs = std::make_shared<BlobStandIn>());
    QString name() const override;
    Answer answer(const Call &call) override;
    void advance(const QDateTime &now) override;
    QJsonObject control(const QString &verb, const QJsonObject &details) override;

    struct Job {
        QString name, status = QStringLiteral("NotStarted");
        QJsonObject properties; ///< as they were put
        QDateTime created, started, ended, cancelAsked;
        bool fails = false, archived = false;
        std::map<QString, QByteArray> logs; ///< "user_logs/std_log.txt"
    };

private:
    Answer directory(const Call &call, const QString &what);
    std::optional<Answer> refused(const Call &call, QString *scope);
    Answer workspace(const Call &call, const QString &path);
    std::optional<Answer> jobs(const Call &call, const QString &path);
    std::optional<Answer> assets(const Call &call, const QString &path);
    std::optional<Answer> codes(const Call &call, const QString &path);
    std::optional<Answer> datastores(const Call &call, const QString &path);
    QString missing(const QJsonObject &properties) const; ///< an asset that a job names by its id and that is not there; empty: all are
    std::optional<Answer> schedules(const Call &call, const QString &path);
    Answer history(const Call &call);
    Answer mlflow(const Call &call, const QString &path, bool mayRead);
    Answer put(const Call &call, const QString &name);
    void move(Job &job);
    QJsonObject shape(const Job &job, const QString &base, const Call &call) const;
    Job *named(const QString &name);
    QString outputPath(const Job &job, const QString &output, const QString &file) const;
    QString artifactPath(const Job &job, const QString &file) const;
    QDateTime now() const;
    int seconds(const char *what, int usual) const;

    struct Token {
        QString scope;
        QDateTime until;
    };
    struct Device {
        QString userCode, scope;
        QDateTime asked, until;
        bool signedIn = false;
    };
    std::shared_ptr<BlobStandIn> m_blobs;
    std::vector<Job> m_jobs;
    std::map<QString, Token> m_tokens;
    std::map<QString, Device> m_devices;
    std::map<QString, QString> m_refresh;  ///< refresh token → scope
    std::map<QString, QJsonObject> m_codes; ///< "NAME/versions/VERSION" → properties
    QJsonArray m_schedules;
    QJsonObject m_settings;
    QDateTime m_clusterReady, m_lastBusy; ///< nodes are there from / were last used
    int m_failing = 0, m_made = 0;
};

} // namespace pilothouse::estate
