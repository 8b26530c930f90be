// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/profile_of_run.h"

#include "app/pilot/pipeline_wait.h"
#include "app/pilot/pipelines_sub.h"
#include "app/pilot/profile_sketch.h"

#include "core/base/events.h"

#include <QRegularExpression>
#include <QSet>

#include <algorithm>

namespace pilothouse {

namespace {

using Q = QLatin1String;
using pipelines::Stage;
using pipelines::State;

/// The same for all iterations of a loop: "for-loop-1/*/profile".
QString loopOf(const Stage &stage) {
    static const QRegularExpression index(QStringLiteral("/\\d+(?=/)"));
    return QString(stage.key()).replace(index, QStringLiteral("/*"));
}

/// The last answer in a log that has a profile: of several tries, that of the one that went well.
Result<std::optional<drift::Profile>> handedBack(const QString &log, const QString &name) {
    std::optional<QString> packed;
    for (const QString &line : log.split(QLatin1Char('\n')))
        if (line.contains(Q("\"profile\"")))
            if (const Result<Event> event = parseEvent(line.toUtf8()); event && event->name == Q("result"))
                if (const QJsonValue profile = event->fields.value(Q("result")).toObject().value(Q("profile")); profile.isString())
                    packed = profile.toString();
    if (!packed)
        return std::optional<drift::Profile>();
    PH_ASSIGN(drift::Profile profile, unpackProfile(*packed, name));
    profile.name = name;
    return std::optional(std::move(profile));
}

} // namespace

Result<std::vector<drift::Profile>> profilesOfRun(Context &context, const QString &id) {
    PH_ASSIGN(const auto pipes, pipelinesOf(context));
    PH_ASSIGN(const pipelines::PipelineRun run, waitForRun(context, *pipes, id));
    std::vector<drift::Profile> profiles;
    std::vector<std::pair<const Stage *, QString>> without;
    QSet<QString> loops;
    for (const Stage &stage : run.stages) {
        const bool inside = std::any_of(run.stages.begin(), run.stages.end(), [&](const Stage &one) { return one.key().startsWith(stage.key() + QLatin1Char('/')); });
        if (inside) // a loop
            continue;
        if (!pipelines::hasPassed(stage.state)) {
            without.emplace_back(&stage, stage.note.isEmpty() ? pipelines::stateName(stage.state) : QStringLiteral("%1, %2").arg(pipelines::stateName(stage.state), stage.note));
            continue;
        }
        const auto log = pipes->log(id, stage.key());
        if (!log && log.error().kind != ErrorKind::NotFound)
            return log.error();
        PH_ASSIGN(auto profile, log ? handedBack(*log, stage.name) : Result<std::optional<drift::Profile>>(std::optional<drift::Profile>()));
        if (!profile) {
            without.emplace_back(&stage, log ? QStringLiteral("its log has no answer") : log.error().what);
            continue;
        }
        loops << loopOf(stage);
        profiles.push_back(std::move(*profile));
    }
    QStringList failures;
    for (const auto &[stage, why] : without)
        if (loops.contains(loopOf(*stage)))
            failures << QStringLiteral("%1: %2").arg(stage->name, why);
    if (!failures.isEmpty())
        return Error{ErrorKind::Unreachable, QStringLiteral("%1 of %2 shards handed no profile back: %3.").arg(failures.size()).arg(failures.size() + qsizetype(profiles.size())).arg(failures.join(QStringLiteral("; "))), id,
                     QStringLiteral("Run what failed again (pilot pipelines retry %1 --failed), then this.").arg(id), {}};
    if (profiles.empty())
        return notFound(run.error ? QStringLiteral("No stage of the run handed a profile back: %1").arg(run.error->what) : QStringLiteral("No stage of the run handed a profile back."), id,
                        QStringLiteral("It has to run pilot profile … --hand-back --events, as profile_shards.yaml does, and its logs have to be there still."));
    return profiles;
}

} // namespace pilothouse
