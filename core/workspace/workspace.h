// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/workspace/labels_source.h"
#include "core/workspace/recipe.h"
#include "core/workspace/retrain_policy.h"

#include <QMap>
#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

namespace pilothouse::workspace {

enum class Role { Viewer, Operator, Approver }; ///< each may all that the one before may
QString roleName(Role role);

/// connections: NAME: {kind, …}. Secrets by name only.
struct Connection {
    QString name;
    QString kind;   ///< local now; mlflow, jenkins, kubernetes, prometheus, … are parsed and shown as "not in this version" until their issue
    QString root;   ///< local: folder of registry, journal, serving; absolute, ~ expanded
    QString url, user, secret; ///< url of git: an absolute folder, or an address as Git takes them
    QString guard;  ///< none (also empty), typed-name (its name must be typed before a write), read-only (nothing is written to it)
    QMap<QString, QString> other; ///< kind-specific keys, as written
};

/// models: NAME: — what the operator owns; the join that no back end has.
struct Model {
    QString name;
    struct {
        QString connection, name, champion = QStringLiteral("champion");
    } registry;
    QString recipe; ///< absolute path
    struct {
        QString connection, job;       ///< empty: the local pipeline of the recipe
        QMap<QString, QString> other;  ///< kind-specific keys, as written
    } pipeline;
    struct {
        QString connection, target; ///< target: serving/NAME for the local endpoint
        QString space;              ///< namespace in a cluster
        QString image;              ///< of a version, in a cluster: "ghcr.io/team/api:{commit}"; see imagePlaceholders()
        QString container;          ///< that gets it; empty: the only one, else the one with an image of that repository
        QString weights;            ///< of a Deployment whose image stays as it is: the file of a version's package, as its path on the claim that the pods mount
        QString claim;              ///< PersistentVolumeClaim of the weights; empty: the only one that they mount
        QString writer;             ///< image of the pod that writes them, with sh and sha256sum; empty: the Deployment's own
        std::vector<int> steps{10, 50, 100}; ///< percent, rising, last 100
        int stepSeconds = 30;       ///< shortest time on a step before it may go on by itself
        double maxErrorRate = 0.02; ///< a step is turned back above this share of failed requests
        /// How a canary in a cluster is judged (core/rollouts/canary_judge.h).
        struct Judge {
            QString prometheus;       ///< connection that answers the queries
            QMap<QString, QString> stable, canary; ///< queries by figure: requests, failed, p95_ms, labelled, mean_loss, loss_deviation; $range is the time on the step
            int minimumRequests = 50, minimumLabelled = 200;
            int withoutLabelsSeconds = 0; ///< a step without any label goes on after this time; 0: never
            double maxLatencyRatio = 2;   ///< p95 of the canary ÷ stable; 0: not judged
            double maxOutputPsi = 0.25;   ///< drift of outputs between the sides; 0: not judged
            double maxDisagreement = 0;   ///< share of rows on which a shadow answers otherwise; 0: not judged
            bool advance = true;          ///< the judge takes a target that goes no step by itself to the next one
        } judge;
    } deployment;
    struct {
        QString connection, url, protocol; ///< local connection, or a URL with protocol rest | kserve-v1 | kserve-v2; url may be service/NAME:port of the cluster `connection`
        QString reach;                     ///< of a service in a cluster: auto, load-balancer, ingress, port-forward, proxy
        QString secret;                    ///< name of the API key
        QString profile;                   ///< request profile file (request template, output pointers, login)
    } endpoint;
    struct Watch {
        QString metric, source, unit; ///< metric: of one of several targets "mae@t2m"; source: registry | endpoint
        std::optional<double> max, min;
        QString staleness;            ///< "36h": alert when the newest model is older
        QString cadence;              ///< "1d": how often the figure is expected anew
    };
    std::vector<Watch> watch;
    struct {
        int approvals = 1;
        bool preventSelfApproval = false;
        QString approvalExpires = QStringLiteral("7d"); ///< how long an approval counts
    } promotion;
    RetrainPolicy retrain;
    QString reference; ///< data or training profile that drift is measured against; empty: the champion's training profile
    QString notes;
    LabelsSource labels;
};

/// notifications: NAME: {kind, …}. Where news goes out.
struct Notification {
    QString name, kind, secret, url, channel;
    QStringList on; ///< staleness, accuracy, gate, drift, rollout, pipeline
};

/// environments: NAME: {…} — one step of a chain (dev → staging → prod): where its models are registered, and what a promotion needs there.
/// See environment.h for what belongs to it.
struct Environment {
    QString name;
    QString next;       ///< the environment after it; empty: it is the end of its chain
    QString connection; ///< of the registry; empty: each model's own
    QString modelName;  ///< how its models are registered, "{model}-prod" with the workspace's name of the model; empty: as the model says
    QString alias;      ///< what its promotions move; empty: the model's champion
    QStringList models;      ///< the workspace's models that go through it; empty: all
    QStringList connections; ///< others that belong to it alone: its cluster, its CI
    std::optional<Role> role; ///< of who runs the program here; none: the workspace's
    std::vector<GateSpec> gates; ///< beside those of the recipe
    std::optional<int> approvals; ///< none: as the model says
    std::optional<bool> preventSelfApproval;
};

struct Workspace {
    QString name;
    QString file; ///< absolute path
    Role role = Role::Approver;
    QMap<QString, Connection> connections;
    std::vector<Model> models; ///< in file order
    std::vector<Environment> environments; ///< in file order
    QMap<QString, Notification> notifications;
    QMap<QString, QString> approvers; ///< who may approve: name → public key, "ed25519:BASE64"; empty: approvals are not signed
    QString zone = QStringLiteral("UTC");

    const Model *model(const QString &name) const;
    /// The connection to the model's registry; empty if that is the local one.
    QString registryConnection(const Model &model) const;
    /// Root folder of the local connection that a model uses (registry.connection, if of kind local).
    Result<QString> localRoot(const QString &connection) const;
};

/// Parses a workspace; errors as parseRecipe. Paths are made absolute against the file's folder, ~ and $HOME expanded. A recipe is read where a
/// watch or a condition names one of its targets ("mae@t2m"); one that cannot be read leaves that unchecked.
Result<Workspace> parseWorkspace(const QByteArray &yaml, const QString &file);
Result<Workspace> readWorkspace(const QString &file);
/// --workspace FILE, else $PILOTHOUSE_WORKSPACE, else pilothouse.yaml here or in a folder above, else NotFound.
Result<QString> findWorkspace(const QString &option, const QString &startFolder);
/// What deployment.image may hold in braces: version, run, model, commit (commit:7 its first seven digits), tag:NAME of the version. Each occurrence in order; a
/// brace that does not close is left alone.
QStringList imagePlaceholders(const QString &image);
/// The connection kinds a workspace may name; `local` works, the others are shown as "not in this version".
const QStringList &knownConnectionKinds();
/// The keys of a kind beside kind, url (or root, server), user, secret, guard and ca_file.
QStringList connectionKeys(const QString &kind);
/// A staleness or interval text ("36h", "7d", "15min", "90s") in seconds; Invalid otherwise.
Result<qint64> parseDuration(const QString &text);

} // namespace pilothouse::workspace
