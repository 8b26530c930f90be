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

QString runStatusName(RunStatus status) {
    switch (status) {
    case RunStatus::Running: return QStringLiteral("RUNNING");
    case RunStatus::Finished: return QStringLiteral("FINISHED");
    case RunStatus::Failed: return QStringLiteral("FAILED");
    case RunStatus::Killed: break;
    }
    return QStringLiteral("KILLED");
}

} // namespace pilothouse::registry
