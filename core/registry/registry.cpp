// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/registry/registry.h"

#include <QRegularExpression>

namespace pilothouse::registry {

Result<void> checkModelName(const QString &name) {
    static const QRegularExpression allowed(QStringLiteral("\\A[A-Za-z0-9_][A-Za-z0-9._-]{0,127}\\z"));
    if (allowed.match(name).hasMatch())
        return {};
    return invalid(QStringLiteral("“%1” cannot be the name of a model.").arg(name.left(140)), {},
                   QStringLiteral("Use 1 to 128 letters, digits, dots, dashes and underscores, beginning with a letter or digit."));
}

Result<void> checkAliasName(const QString &alias) {
    static const QRegularExpression allowed(QStringLiteral("\\A[A-Za-z0-9_-]{1,128}\\z"));
    static const QRegularExpression version(QStringLiteral("\\A[vV][0-9]+\\z"));
    if (allowed.match(alias).hasMatch() && alias != QLatin1String("latest") && !version.match(alias).hasMatch())
        return {};
    return invalid(QStringLiteral("“%1” cannot be an alias.").arg(alias.left(140)), {},
                   QStringLiteral("Use letters, digits, dashes and underscores; “latest” and names like “v3” would read as a version."));
}

Result<void> checkStageName(const QString &stage) {
    static const QStringList stages{QStringLiteral("None"), QStringLiteral("Staging"), QStringLiteral("Production"), QStringLiteral("Archived")};
    if (stages.contains(stage))
        return {};
    return invalid(QStringLiteral("“%1” is no stage.").arg(stage.left(140)), {}, QStringLiteral("Stages are %1.").arg(stages.join(QStringLiteral(", "))));
}

Result<std::vector<Version>> Registry::versionsTagged(const QString &model, const QString &key, const QString &value) const {
    PH_ASSIGN(auto all, versions(model));
    std::erase_if(all, [&](const Version &version) { return version.tags.value(key) != value || !version.tags.contains(key); });
    return all;
}

Result<void> checkTagKey(const QString &key) {
    if (key.isEmpty() || key.size() > 250)
        return invalid(QStringLiteral("A tag needs a key of 1 to 250 characters."));
    return {};
}

RunStatus runStatusFrom(const QString &text) {
    for (const RunStatus s : {RunStatus::Running, RunStatus::Finished, RunStatus::Failed})
        if (runStatusName(s) == text)
            return s;
    return RunStatus::Killed;
}

std::optional<int> liveAt(const std::vector<AliasChange> &changes, const QDateTime &time) {
    for (const AliasChange &change : changes) // in the order of the changes: a clock that jumped back does not hide the later one
        if (change.since <= time)
            return change.version;
    return std::nullopt;
}

QString runStatusName(RunStatus status) {
    switch (status) {
    case RunStatus::Running: return QStringLiteral("RUNNING");
    case RunStatus::Finished: return QStringLiteral("FINISHED");
    case RunStatus::Failed: return QStringLiteral("FAILED");
    case RunStatus::Killed: break;
    }
    return QStringLiteral("KILLED");
}

Result<std::optional<Run>> Registry::copyOf(const QString &, const QString &id) const {
    auto same = run(id);
    if (same)
        return std::optional<Run>(*std::move(same));
    return same.error().kind == ErrorKind::NotFound ? Result<std::optional<Run>>(std::optional<Run>()) : Result<std::optional<Run>>(same.error());
}

Result<QString> Registry::copyRun(const Run &of) { return createRun(of.experiment, of.name, of.user, of.id); }

Result<void> Registry::finishCopy(const QString &runId, RunStatus status, const QString &error, const QDateTime &) { return finishRun(runId, status, error); }

Result<void> Registry::sendArtifacts(const QString &, const QString &, const QStringList &, const QString &, std::stop_token) {
    return refused(QStringLiteral("The registry %1 keeps no artifacts of runs.").arg(source()));
}

QString Registry::packagePath(const QString &) const { return {}; }

} // namespace pilothouse::registry
