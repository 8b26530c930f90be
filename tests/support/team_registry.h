// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/registry/registry.h"

#include <memory>

namespace pilothouse::test {

/// A registry as of a server that several machines use: what it is told it passes on to another one. `writesFail`: no tag can be written.
class TeamRegistry final : public registry::Registry {
public:
    explicit TeamRegistry(std::shared_ptr<registry::Registry> behind) : m_behind(std::move(behind)) {}
    bool writesFail = false;

    QString source() const override { return QStringLiteral("team.example"); }
    Result<std::vector<registry::RegisteredModel>> models() const override { return m_behind->models(); }
    Result<std::optional<registry::RegisteredModel>> model(const QString &name) const override { return m_behind->model(name); }
    Result<std::vector<registry::Version>> versions(const QString &model) const override { return m_behind->versions(model); }
    Result<registry::Version> version(const QString &model, int version) const override { return m_behind->version(model, version); }
    Result<registry::Version> versionByAlias(const QString &model, const QString &alias) const override { return m_behind->versionByAlias(model, alias); }
    Result<std::vector<registry::Run>> runs(const QString &experiment, int limit) const override { return m_behind->runs(experiment, limit); }
    Result<registry::Run> run(const QString &id) const override { return m_behind->run(id); }
    Result<std::vector<registry::MetricPoint>> metricHistory(const QString &run, const QString &metric) const override { return m_behind->metricHistory(run, metric); }
    Result<std::vector<registry::AliasChange>> aliasHistory(const QString &model, const QString &alias) const override { return m_behind->aliasHistory(model, alias); }
    Result<QString> packageFolder(const registry::Version &version, std::stop_token stop, bool anew) override { return m_behind->packageFolder(version, stop, anew); }
    Result<QString> createRun(const QString &experiment, const QString &name, const QString &user, const QString &wanted) override { return m_behind->createRun(experiment, name, user, wanted); }
    Result<void> logParams(const QString &run, const QMap<QString, QString> &params) override { return m_behind->logParams(run, params); }
    Result<void> logMetrics(const QString &run, const std::vector<registry::MetricPoint> &points) override { return m_behind->logMetrics(run, points); }
    Result<void> setRunTags(const QString &run, const QMap<QString, QString> &tags) override { return m_behind->setRunTags(run, tags); }
    Result<void> finishRun(const QString &run, registry::RunStatus status, const QString &error) override { return m_behind->finishRun(run, status, error); }
    Result<registry::Version> registerVersion(const QString &model, const QString &folder, const QString &run, const QString &user) override { return m_behind->registerVersion(model, folder, run, user); }
    Result<void> moveAlias(const QString &model, const QString &alias, std::optional<int> expected, std::optional<int> to, const registry::Stamp &stamp) override {
        return m_behind->moveAlias(model, alias, expected, to, stamp);
    }
    Result<void> setStage(const QString &model, int version, const QString &stage, bool archive) override { return m_behind->setStage(model, version, stage, archive); }
    Result<void> setVersionTag(const QString &model, int version, const QString &key, std::optional<QString> value) override {
        if (writesFail)
            return Error{ErrorKind::Unreachable, QStringLiteral("The registry went away."), source(), {}, {}};
        return m_behind->setVersionTag(model, version, key, std::move(value));
    }
    Result<void> setDescription(const QString &model, int version, const QString &text) override { return m_behind->setDescription(model, version, text); }

private:
    std::shared_ptr<registry::Registry> m_behind;
};

} // namespace pilothouse::test
