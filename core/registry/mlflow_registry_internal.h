// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/registry/mlflow_registry.h"

#include <QHash>

#include <mutex>

namespace pilothouse::registry {

inline const QString digestTag = QStringLiteral("pilothouse.digest");
inline const QString userTag = QStringLiteral("mlflow.user");
inline const QString callTag = QStringLiteral("pilothouse.call"); ///< random, of the call that made a run or version: by it one whose reply got lost is found

class MlflowRegistry final : public Registry {
public:
    MlflowRegistry(MlflowApi api, QString packages, S3Maker s3) : m_api(std::move(api)), m_packages(std::move(packages)), m_s3(std::move(s3)) {}

    QString source() const override { return m_api.host(); }
    // mlflow_models.cpp
    Result<std::vector<RegisteredModel>> models() const override;
    Result<std::optional<RegisteredModel>> model(const QString &name) const override;
    Result<std::vector<Version>> versions(const QString &model) const override;
    Result<std::vector<Version>> versionsTagged(const QString &model, const QString &key, const QString &value) const override;
    Result<Version> version(const QString &model, int version) const override;
    Result<Version> versionByAlias(const QString &model, const QString &alias) const override;
    Result<void> setStage(const QString &model, int version, const QString &stage, bool archiveExisting) override;
    Result<void> setVersionTag(const QString &model, int version, const QString &key, std::optional<QString> value) override;
    Result<void> setDescription(const QString &model, int version, const QString &text) override;
    // mlflow_calls.cpp
    Result<Version> copyVersion(const Version &from, const QString &model, const QString &user, const QMap<QString, QString> &tags) override;
    Result<void> deleteVersion(const QString &model, int version) override;
    QString commands(const Write &write) const override;
    // mlflow_aliases.cpp
    Result<std::vector<AliasChange>> aliasHistory(const QString &model, const QString &alias) const override;
    Result<void> moveAlias(const QString &model, const QString &alias, std::optional<int> expected, std::optional<int> to, const Stamp &stamp) override;
    // mlflow_packages.cpp
    Result<Version> registerVersion(const QString &model, const QString &packageFolder, const QString &runId, const QString &user) override { return registerTagged(model, packageFolder, runId, user, {}); }
    Result<Version> registerTagged(const QString &model, const QString &packageFolder, const QString &runId, const QString &user, const QMap<QString, QString> &tags) override;
    Result<QString> packageFolder(const Version &version, std::stop_token stop, bool anew) override;
    Result<QString> fetchPackage(const Version &version, std::stop_token stop, const FetchProgress &progress) override;
    Result<void> sendArtifacts(const QString &runId, const QString &folder, const QStringList &files, const QString &at, std::stop_token stop) override;
    QString packagePath(const QString &digest) const override { return QStringLiteral("model-") + digest.left(12); }
    // mlflow_run_models.cpp
    Result<std::vector<RunModel>> runModels(const QString &runId, std::stop_token stop) const override;
    Result<Version> registerRunModel(const QString &model, const QString &runId, const RunModel &from, const QString &user) override;
    // mlflow_runs.cpp
    Result<std::vector<Experiment>> experiments() const override;
    Result<std::vector<Run>> runs(const QString &experiment, int limit) const override;
    Result<RunPage> runPage(const RunQuery &query, const QString &token, std::stop_token stop) const override;
    Result<Run> run(const QString &id) const override;
    Result<std::vector<MetricPoint>> metricHistory(const QString &runId, const QString &metric) const override;
    Result<QString> createRun(const QString &experiment, const QString &name, const QString &user, const QString &wantedId) override;
    Result<void> logParams(const QString &runId, const QMap<QString, QString> &params) override;
    Result<void> logMetrics(const QString &runId, const std::vector<MetricPoint> &points) override;
    Result<void> setRunTags(const QString &runId, const QMap<QString, QString> &tags) override;
    Result<void> finishRun(const QString &runId, RunStatus status, const QString &error) override { return finishCopy(runId, status, error, {}); }
    Result<std::optional<Run>> copyOf(const QString &experiment, const QString &id) const override;
    Result<QString> copyRun(const Run &of) override;
    Result<void> finishCopy(const QString &runId, RunStatus status, const QString &error, const QDateTime &ended) override;

private:
    using Missing = std::function<Result<QJsonArray>(const QJsonArray &batch)>; ///< what of a batch the server has not
    Result<QJsonObject> readModel(const QString &name) const;
    Result<std::vector<QJsonObject>> searchVersions(const QString &filter) const;
    Result<std::vector<QJsonObject>> searchVersions(const QString &filter, int pageSize) const; ///< pageSize 0: the server's own
    static Result<std::vector<Version>> versionsFrom(const Result<std::vector<QJsonObject>> &got); ///< newest first, without aliases
    Result<QJsonObject> readVersion(const QString &model, int version) const;
    Result<std::optional<int>> aliasNow(const QString &model, const QString &alias) const;
    Result<void> setModelTag(const QString &name, const QString &key, const std::optional<QString> &value) const;
    Result<void> setAlias(const QString &name, const QString &alias, std::optional<int> to) const;
    Result<void> moveClaimed(const QString &name, const QString &alias, std::optional<int> expected, std::optional<int> to, const Stamp &stamp, const QString &mine) const;
    Result<QString> experimentName(const QString &id) const;
    Result<std::optional<QString>> experimentId(const QString &name) const;
    Result<QStringList> experimentIds(const QString &experiment, std::stop_token stop = {}) const; ///< "": of all
    Result<std::vector<QJsonObject>> searchRuns(const QStringList &experiments, const QString &filter, int limit) const;
    Result<void> logBatches(const QString &runId, const char *kind, const QJsonArray &all, qsizetype atOnce, const Missing &missing) const;
    Result<QJsonArray> missingPairs(const QString &runId, const char *kind, const QJsonArray &batch) const;
    Result<QJsonArray> missingPoints(const QString &runId, const QJsonArray &batch) const;
    Result<std::optional<QJsonObject>> runTagged(const QString &experimentId, const QString &tag, const QString &value) const;
    /// The run that was made here for one of another id (tag pilothouse.run).
    Result<std::optional<Run>> runUnder(const QString &experiment, const QString &wantedId) const;
    Result<Run> runFrom(const QJsonObject &json) const;
    /// The run that a package belongs to; one is made if the server does not know it.
    Result<Run> runForPackage(const QString &model, const QString &runId, const QString &user);
    Result<void> madeModel(const QString &model); ///< fine if it is there already
    Result<void> findModels(const QString &runId, const QString &folder, int depth, int &asked, QStringList &into, const std::stop_token &stop) const;
    Result<QString> packageDigest(const QString &runId, const QString &source, const std::stop_token &stop) const; ///< empty: no package of ours
    Result<std::optional<QJsonObject>> versionOfRequest(const QString &model, const QString &request) const;
    Result<Version> readyVersion(QJsonObject json) const;
    Result<void> checkPackage(const Version &version, const QString &at) const;
    Result<void> fetchFiles(const Version &version, const ArtifactStore &store, std::vector<RemoteFile> files, const QString &folder, std::stop_token stop, const FetchProgress &progress, bool anew) const; ///< anew: also what is here by its digest
    Result<QString> fetch(const Version &version, std::stop_token stop, const FetchProgress &progress, bool anew);

    MlflowApi m_api;
    QString m_packages;
    S3Maker m_s3;
    mutable std::mutex m_mutex;
    mutable QHash<QString, QString> m_experimentNames; ///< id → name
};

/// The model of a search or of registered-models/get.
RegisteredModel mlflowModel(const QJsonObject &json);
Version mlflowVersion(const QJsonObject &json);
/// Milliseconds since 1970 as a UTC time; invalid for 0.
QDateTime mlflowTime(const QJsonValue &milliseconds);
/// 'text' as MLflow's filter language quotes it. Invalid if it holds both kinds of quotes: the language has no way to write that.
Result<QString> mlflowQuoted(const QString &text);

} // namespace pilothouse::registry
