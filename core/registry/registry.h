// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QDateTime>
#include <QJsonObject>
#include <QMap>
#include <QString>

#include <functional>
#include <optional>
#include <stop_token>
#include <vector>

namespace pilothouse::registry {

struct MetricPoint {
    QString name;
    double value = 0;
    qint64 step = 0;
    QDateTime time;
};

enum class RunStatus { Running, Finished, Failed, Killed };
QString runStatusName(RunStatus status); ///< MLflow's words: RUNNING, FINISHED, FAILED, KILLED

struct Run {
    QString id, experiment, name, user;
    RunStatus status = RunStatus::Running;
    QDateTime started, ended;
    QMap<QString, QString> params, tags;
    QMap<QString, double> metrics; ///< last value of each
    QString artifactFolder; ///< or the server's address of it
    QString error; ///< of a failed run
    QDateTime lastPoint; ///< time of its newest metric; invalid: none is known
};

/// Which runs are wanted, of all if it says nothing.
struct RunQuery {
    QString experiment;
    QDateTime startedSince; ///< at this time or later
    bool running = false;   ///< that call themselves RUNNING
    QStringList ids;        ///< of these those that are there
};

/// A piece of a list of runs.
struct RunPage {
    std::vector<Run> runs;
    QString next; ///< asks for the following piece; empty: this is the last
};

/// Where runs are kept together.
struct Experiment {
    QString id, name, artifactFolder; ///< id: the registry's; its name where it has no ids
    QDateTime created, updated;       ///< invalid if the registry does not say
    QMap<QString, QString> tags;
};

/// Whether a run seems to have been left behind: it is running by its status, has no end, and neither began nor wrote a metric in the last `hours`.
/// What died without a word stays RUNNING on every server.
bool looksDangling(const Run &run, const QDateTime &now, int hours = 24);

struct Version {
    QString model;
    int version = 0;
    QString runId, source, digest; ///< source: package folder, or the server's address of it; digest: of the package, empty if it is none of ours
    QString description, stage = QStringLiteral("None"), user;
    QStringList aliases;
    QMap<QString, QString> tags;
    QDateTime created;
    bool operator==(const Version &) const = default;
};

/// A model among what a run left: it can become a version as it lies there.
struct RunModel {
    QString path;   ///< below the run's artifacts; of a logged model of MLflow 3 its name; of the local registry the package's folder
    QString source; ///< its address in the store
    QString digest; ///< of a package of ours, whose files are all there; empty: a model of another kind, which nothing says what it must be
    QString id;     ///< of a logged model of MLflow 3; else empty
    bool operator==(const RunModel &) const = default;
};

struct Alias {
    QString name;
    int version = 0;
    bool operator==(const Alias &) const = default;
};

struct RegisteredModel {
    QString name, description;
    QDateTime created, updated;
    QMap<QString, QString> tags;
    std::vector<Alias> aliases;
    int latestVersion = 0;
    bool operator==(const RegisteredModel &) const = default;
};

/// A registered model and where it is registered.
struct ModelKey {
    QString connection; ///< of the workspace; empty: the local registry
    QString name;       ///< as registered
    ModelKey() = default;
    ModelKey(QString registered) : name(std::move(registered)) {} ///< of the local registry
    ModelKey(QString connection, QString registered) : connection(std::move(connection)), name(std::move(registered)) {}
    bool operator==(const ModelKey &) const = default;
};

/// Who changes an alias, and in which operation: kept with the history of the alias.
struct Stamp {
    QString by, operation;
};

/// One change of an alias: what it points to from `since` on; no version = the alias was deleted.
struct AliasChange {
    QString model, alias;
    std::optional<int> version;
    QDateTime since;
    QString by, operation;
};

/// Which version an alias pointed to at a time, by its changes (newest first); none: nowhere.
std::optional<int> liveAt(const std::vector<AliasChange> &changes, const QDateTime &time);

/// Invalid unless the name can be a folder and an MLflow name: 1 … 128 of A–Z a–z 0–9 . _ -, not beginning with a dot or dash.
Result<void> checkModelName(const QString &name);
/// Invalid unless MLflow takes it as an alias: A–Z a–z 0–9 _ -, and neither "latest" nor like "v12".
Result<void> checkAliasName(const QString &alias);
/// Invalid unless None, Staging, Production or Archived.
Result<void> checkStageName(const QString &stage);
/// Invalid unless it has 1 to 250 characters.
Result<void> checkTagKey(const QString &key);
RunStatus runStatusFrom(const QString &text); ///< Killed for a word that is none of them

/// A write described before it is made, for a plan that lists the exact calls.
struct Write {
    enum class What { Alias, Stage, VersionTag, Description, Copy, Delete, Register } what = What::Alias;
    QString model;
    int version = 0;  ///< not of an alias
    QString key;      ///< the alias, the tag; of a copy the model that gets it; of a registration the run
    std::optional<int> to;        ///< of an alias; none: it is deleted
    std::optional<QString> value; ///< stage, value of the tag (none: it is deleted), description
    bool archiveExisting = false; ///< of a stage
    Stamp stamp;                  ///< of an alias; of a copy its user
    QMap<QString, QString> tags = {}; ///< of a copy
    RunModel from = {};               ///< of a registration
};

/// A model registry and experiment log: local (SQLite) or MLflow, one contract test suite for both (tests/contract/registry).
/// All calls block (pool threads) and may be used from any thread. Writes here are the adapter's raw calls: only
/// core/operations and the training run itself (log*) may call them.
class Registry {
public:
    virtual ~Registry() = default;
    virtual QString source() const = 0; ///< "local" or the server's host, for source labels
    virtual bool keepsRuns() const { return true; } ///< false: only versions, and what they say of their runs

    virtual Result<std::vector<RegisteredModel>> models() const = 0;
    virtual Result<std::optional<RegisteredModel>> model(const QString &name) const = 0;
    virtual Result<std::vector<Version>> versions(const QString &model) const = 0; ///< newest first
    /// The versions whose tag `key` is `value`, newest first; without their aliases where the server's search does not tell them.
    virtual Result<std::vector<Version>> versionsTagged(const QString &model, const QString &key, const QString &value) const;
    virtual Result<Version> version(const QString &model, int version) const = 0;
    /// NotFound if the alias points nowhere.
    virtual Result<Version> versionByAlias(const QString &model, const QString &alias) const = 0;
    virtual Result<std::vector<Run>> runs(const QString &experiment, int limit = 1000) const = 0; ///< newest first; "" = all
    /// The same list in pieces, newest first: the first is there while the last is still on its way. A run that was made meanwhile may be missing.
    /// @param token empty, or `next` of the piece before, of the same query
    virtual Result<RunPage> runPage(const RunQuery &query, const QString &token, std::stop_token stop = {}) const;
    virtual Result<Run> run(const QString &id) const = 0;
    /// Without the deleted ones. Here: those of all runs.
    virtual Result<std::vector<Experiment>> experiments() const;
    virtual Result<std::vector<MetricPoint>> metricHistory(const QString &runId, const QString &metric) const = 0;
    /// Every change of an alias that was made through this interface, newest first.
    virtual Result<std::vector<AliasChange>> aliasHistory(const QString &model, const QString &alias) const = 0;

    /// A folder of this machine with the version's package: its own, or fetched, checked and kept. It is not to be written.
    /// `anew`: what a server has is read again, so that artifacts that were written over there are found. Errors: NotFound, Invalid (cut
    /// short, or another digest than was registered), as the server says; Cancelled.
    virtual Result<QString> packageFolder(const Version &version, std::stop_token stop = {}, bool anew = false) = 0;
    /// packageFolder(), telling the bytes that have come and all there are (−1: not known), on the calling thread or one of the network's. Here:
    /// without telling.
    using FetchProgress = std::function<void(qint64 done, qint64 total)>;
    virtual Result<QString> fetchPackage(const Version &version, std::stop_token stop, const FetchProgress &progress);

    /// Gives the run's id: `wantedId`, or on a server that chooses ids itself another one, under which `wantedId` is known there. Conflict if
    /// `wantedId` is taken.
    virtual Result<QString> createRun(const QString &experiment, const QString &name, const QString &user, const QString &wantedId = {}) = 0;
    /// A parameter is written once: the same value again is fine, another one is Conflict.
    virtual Result<void> logParams(const QString &runId, const QMap<QString, QString> &params) = 0;
    virtual Result<void> logMetrics(const QString &runId, const std::vector<MetricPoint> &points) = 0;
    virtual Result<void> setRunTags(const QString &runId, const QMap<QString, QString> &tags) = 0;
    virtual Result<void> finishRun(const QString &runId, RunStatus status, const QString &error = {}) = 0;

    /// The models that a run left, which can become versions; none if it left none. Refused by a registry that keeps no runs.
    virtual Result<std::vector<RunModel>> runModels(const QString &runId, std::stop_token stop = {}) const;
    /// Makes the next version of a model (made if new) of what a run left, where it lies: nothing is sent a second time.
    virtual Result<Version> registerRunModel(const QString &model, const QString &runId, const RunModel &from, const QString &user);

    /// Copies the package into the registry and makes the next version of a model (made if new).
    virtual Result<Version> registerVersion(const QString &model, const QString &packageFolder, const QString &runId, const QString &user) = 0;
    /// registerVersion() of a version that carries these tags. MLflow and the local registry set them in the same call, so that a version whose maker was
    /// killed, or never heard the answer, is found by them; here they follow one by one.
    virtual Result<Version> registerTagged(const QString &model, const QString &packageFolder, const QString &runId, const QString &user, const QMap<QString, QString> &tags);
    /// Moves an alias if it still points to `expected` (nullopt: must not exist yet); Conflict otherwise. `to` nullopt deletes.
    /// The change and its line in aliasHistory() are one step: both are there or none.
    virtual Result<void> moveAlias(const QString &model, const QString &alias, std::optional<int> expected, std::optional<int> to,
                                   const Stamp &stamp) = 0;
    /// Stage: None, Staging, Production or Archived (MLflow's legacy words). `archiveExisting` archives the others in that stage.
    virtual Result<void> setStage(const QString &model, int version, const QString &stage, bool archiveExisting) = 0;
    virtual Result<void> setVersionTag(const QString &model, int version, const QString &key, std::optional<QString> value) = 0;
    virtual Result<void> setDescription(const QString &model, int version, const QString &text) = 0;

    // Runs that were made elsewhere and are copied here: core/registry/run_mirror.h. What a registry has no better way for goes by the calls above.
    /// The run that is the copy of the run `id` of elsewhere; nullopt: there is none.
    virtual Result<std::optional<Run>> copyOf(const QString &experiment, const QString &id) const;
    /// createRun() with `of.id` as the wanted id, begun when `of` was. Gives the id here; Conflict if it was copied already.
    virtual Result<QString> copyRun(const Run &of);
    /// finishRun() with the time at which it ended there.
    virtual Result<void> finishCopy(const QString &runId, RunStatus status, const QString &error, const QDateTime &ended);
    /// Sends files of a folder as artifacts of a run, below `at`; what is there by that name is written over. Refused where runs have none.
    /// @param files their paths below `folder`
    virtual Result<void> sendArtifacts(const QString &runId, const QString &folder, const QStringList &files, const QString &at, std::stop_token stop = {});
    /// Where registerVersion() puts a package among the artifacts of its run; empty: it does not.
    virtual QString packagePath(const QString &digest) const;
    /// The next version of `model` (made if new) that is what `from`, a version of this registry, is: package, run, description. It carries `tags` and
    /// none of the others: what was said about `from` in its place does not hold in another. Where the back end has no copy of its own the package
    /// is registered again, and what breaks off between leaves a version without its tags.
    virtual Result<Version> copyVersion(const Version &from, const QString &model, const QString &user, const QMap<QString, QString> &tags);
    /// Takes a version away, with its package where the registry keeps it; its number is not given again. Conflict while an alias points to it, or if one
    /// ever did: the history of what was live must stay readable. Refused by a registry that keeps everything.
    virtual Result<void> deleteVersion(const QString &model, int version);
    /// The calls of a write as lines for a shell, credentials by variable; empty: the back end has none, `pilot` is its only way.
    virtual QString commands(const Write &write) const;
};

} // namespace pilothouse::registry
