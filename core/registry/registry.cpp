// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/registry/registry.h"

#include <QRegularExpression>

#include <algorithm>
#include <iterator>
#include <limits>

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

Result<RunPage> Registry::runPage(const RunQuery &query, const QString &, std::stop_token) const {
    RunPage page;
    PH_ASSIGN(std::vector<Run> all, runs(query.experiment, std::numeric_limits<int>::max()));
    std::copy_if(std::make_move_iterator(all.begin()), std::make_move_iterator(all.end()), std::back_inserter(page.runs), [&](const Run &run) {
        return (!query.startedSince.isValid() || run.started >= query.startedSince) && (!query.running || run.status == RunStatus::Running) && (query.ids.isEmpty() || query.ids.contains(run.id));
    });
    return page;
}

std::optional<int> liveAt(const std::vector<AliasChange> &changes, const QDateTime &time) {
    for (const AliasChange &change : changes) // in the order of the changes: a clock that jumped back does not hide the later one
        if (change.since <= time)
            return change.version;
    return std::nullopt;
}

Result<Version> Registry::registerTagged(const QString &model, const QString &packageFolder, const QString &runId, const QString &user, const QMap<QString, QString> &tags) {
    PH_ASSIGN(const Version made, registerVersion(model, packageFolder, runId, user));
    for (auto tag = tags.begin(); tag != tags.end(); ++tag)
        PH_TRY(setVersionTag(model, made.version, tag.key(), tag.value()));
    return tags.isEmpty() ? Result<Version>(made) : version(model, made.version);
}

Result<Version> Registry::copyVersion(const Version &from, const QString &model, const QString &user, const QMap<QString, QString> &tags) {
    PH_ASSIGN(const QString folder, packageFolder(from));
    PH_ASSIGN(const Version made, registerTagged(model, folder, from.runId, user, tags));
    if (!from.description.isEmpty())
        PH_TRY(setDescription(model, made.version, from.description));
    return version(model, made.version);
}

Result<std::vector<RunModel>> Registry::runModels(const QString &, std::stop_token) const {
    return refused(QStringLiteral("%1 keeps no runs, so no version is made of one.").arg(source()), {}, QStringLiteral("Register the package itself: pilot registry register NAME PACKAGE."));
}

Result<Version> Registry::registerRunModel(const QString &, const QString &runId, const RunModel &, const QString &) {
    PH_TRY(runModels(runId));
    return refused(QStringLiteral("%1 makes no versions of what a run left.").arg(source()), {}, QStringLiteral("Register the package itself: pilot registry register NAME PACKAGE."));
}

Result<void> Registry::deleteVersion(const QString &model, int version) {
    return refused(QStringLiteral("%1 keeps every version: %2 version %3 cannot be taken away.").arg(source(), model).arg(version), {},
                   QStringLiteral("Say in its description that it is not to be used, and leave it."));
}

QString Registry::commands(const Write &) const { return {}; }
bool looksDangling(const Run &run, const QDateTime &now, int hours) {
    if (run.status != RunStatus::Running || run.ended.isValid())
        return false;
    const QDateTime alive = run.lastPoint.isValid() && run.lastPoint > run.started ? run.lastPoint : run.started;
    return !alive.isValid() || alive.secsTo(now) >= qint64(hours) * 3600;
}

Result<std::vector<Experiment>> Registry::experiments() const {
    PH_ASSIGN(const auto all, runs(QString(), std::numeric_limits<int>::max()));
    std::vector<Experiment> out;
    for (const Run &run : all) {
        auto known = std::find_if(out.begin(), out.end(), [&](const Experiment &e) { return e.name == run.experiment; });
        if (known == out.end())
            known = out.insert(out.end(), Experiment{run.experiment, run.experiment, {}, run.started, run.started, {}});
        known->created = std::min(known->created, run.started);
        known->updated = std::max(known->updated, run.started);
    }
    return out;
}

Result<QString> Registry::fetchPackage(const Version &version, std::stop_token stop, const FetchProgress &) { return packageFolder(version, std::move(stop)); }

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
