// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/registry/local_registry.h"

namespace pilothouse::registry {

/// Rows in SQLite, packages in folders. Each reading call is one statement, so that it sees one state of the file.
class LocalRegistry final : public Registry {
public:
    LocalRegistry(std::shared_ptr<Database> database, QString root, std::shared_ptr<const Clock> clock)
        : m_database(std::move(database)), m_root(std::move(root)), m_clock(std::move(clock)) {}

    QString source() const override { return QStringLiteral("local"); }
    // local_models.cpp
    Result<std::vector<RegisteredModel>> models() const override;
    Result<std::optional<RegisteredModel>> model(const QString &name) const override;
    Result<std::vector<Version>> versions(const QString &model) const override;
    Result<Version> version(const QString &model, int version) const override;
    Result<Version> versionByAlias(const QString &model, const QString &alias) const override;
    Result<std::vector<AliasChange>> aliasHistory(const QString &model, const QString &alias) const override;
    Result<void> moveAlias(const QString &model, const QString &alias, std::optional<int> expected, std::optional<int> to,
                           const Stamp &stamp) override;
    Result<void> setStage(const QString &model, int version, const QString &stage, bool archiveExisting) override;
    Result<void> setVersionTag(const QString &model, int version, const QString &key, std::optional<QString> value) override;
    Result<void> setDescription(const QString &model, int version, const QString &text) override;
    Result<QString> packageFolder(const Version &version, std::stop_token, bool) override { return version.source; }
    // local_packages.cpp
    Result<Version> registerVersion(const QString &model, const QString &packageFolder, const QString &runId, const QString &user) override { return insertVersion(model, packageFolder, runId, user, {}, {}); }
    Result<Version> registerTagged(const QString &model, const QString &packageFolder, const QString &runId, const QString &user, const QMap<QString, QString> &tags) override { return insertVersion(model, packageFolder, runId, user, {}, tags); }
    Result<Version> copyVersion(const Version &from, const QString &model, const QString &user, const QMap<QString, QString> &tags) override { return insertVersion(model, from.source, from.runId, user, from.description, tags); }
    Result<void> deleteVersion(const QString &model, int version) override;
    Result<std::vector<RunModel>> runModels(const QString &runId, std::stop_token stop) const override;
    Result<Version> registerRunModel(const QString &model, const QString &runId, const RunModel &from, const QString &user) override;
    /// Removes what a killed registration left; one sentence for each find.
    Result<QStringList> cleanUp();
    // local_runs.cpp
    Result<std::vector<Run>> runs(const QString &experiment, int limit) const override;
    Result<RunPage> runPage(const RunQuery &query, const QString &token, std::stop_token stop) const override;
    Result<Run> run(const QString &id) const override;
    Result<std::vector<MetricPoint>> metricHistory(const QString &runId, const QString &metric) const override;
    Result<QString> createRun(const QString &experiment, const QString &name, const QString &user, const QString &wantedId) override;
    Result<void> logParams(const QString &runId, const QMap<QString, QString> &params) override;
    Result<void> logMetrics(const QString &runId, const std::vector<MetricPoint> &points) override;
    Result<void> setRunTags(const QString &runId, const QMap<QString, QString> &tags) override;
    Result<void> finishRun(const QString &runId, RunStatus status, const QString &error) override;

private:
    QString now() const { return isoUtc(m_clock->nowUtc()); }
    QString folderOf(const QString &model, int version) const { return m_root + QLatin1Char('/') + model + QLatin1Char('/') + QString::number(version); }
    QString lockFile() const { return m_root + QStringLiteral("/.register.lock"); }
    Result<std::vector<Version>> readVersions(const QString &condition, const Database::Bind &bind) const;
    Result<std::vector<RegisteredModel>> readModels(const QString &condition, const Database::Bind &bind) const;
    Result<std::vector<Run>> readRuns(const QString &condition, const Database::Bind &bind, std::vector<qint64> *sequences = nullptr) const;
    /// NotFound unless the version is there; inside a transaction.
    Result<void> needVersion(const QString &model, int version) const;
    Result<void> needRun(const QString &id) const;
    Result<void> touch(const QString &model);
    Result<Version> insertVersion(const QString &model, const QString &packageFolder, const QString &runId, const QString &user, const QString &description, const QMap<QString, QString> &tags);

    std::shared_ptr<Database> m_database;
    QString m_root;
    std::shared_ptr<const Clock> m_clock;
};

} // namespace pilothouse::registry
