// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/lost_reply.h"

#include "core/net/http.h"
#include "core/pipelines/all_pipelines.h"

namespace pilothouse::pipelines {

namespace {

/// Systems give numbers and truth values back as text.
bool contradicts(const QJsonObject &wanted, const QJsonObject &seen) {
    for (auto it = wanted.begin(); it != wanted.end(); ++it)
        if (seen.contains(it.key()) && seen.value(it.key()).toVariant().toString() != it.value().toVariant().toString())
            return true;
    return false;
}

} // namespace

bool replyLost(const Error &error) {
    if (error.kind == ErrorKind::Invalid)
        return true; // a reply that is none: something was answered
    return (error.kind == ErrorKind::Unreachable || error.kind == ErrorKind::TimedOut) && !net::neverSent(error) && !error.what.startsWith(QLatin1String("GitHub asks to wait"));
}

std::shared_ptr<PipelineService> systemOf(const std::shared_ptr<PipelineService> &service, const QString &id) {
    const auto *all = dynamic_cast<const AllPipelines *>(service.get());
    if (!all)
        return service;
    const auto place = all->whose(id);
    return place ? place->first : nullptr;
}

QString connectionOf(const std::shared_ptr<PipelineService> &service, const QString &id) {
    const auto system = systemOf(service, id);
    return !system || system->system() == QLatin1String("local") ? QString() : system->source();
}

RunsBefore runsBefore(const PipelineService &service, const QString &pipeline) {
    RunsBefore before;
    const auto runs = service.runs(pipeline, 20);
    before.read = bool(runs);
    if (runs)
        for (const PipelineRun &run : *runs)
            before.ids << run.id;
    return before;
}

Result<QString> startedAfterAll(const PipelineService &service, const QString &pipeline, const QJsonObject &parameters, const RunsBefore &before, Error lost) {
    const auto now = before.read ? service.runs(pipeline, 20) : Result<std::vector<PipelineRun>>(lost);
    if (!now) {
        lost.hint = QStringLiteral("Whether it was started is not known: look at the runs of %1 before you start it again.").arg(pipeline);
        return lost;
    }
    QSet<QString> known = before.ids; // and what came of those that waited in a queue
    for (const QString &id : before.ids)
        if (id.contains(QLatin1String("?queue=")))
            if (const auto waited = service.run(id); waited && !waited->became.isEmpty())
                known << waited->became;
    QStringList made;
    for (const PipelineRun &run : *now)
        if (!known.contains(run.id) && !contradicts(parameters, run.parameters))
            made << run.id;
    if (made.size() == 1)
        return made.front();
    if (made.isEmpty() && lost.kind == ErrorKind::Invalid)
        return lost; // its own hint helps more
    lost.hint = made.isEmpty() ? QStringLiteral("The system shows no new run of %1 yet; look once more before you start it again.").arg(pipeline)
                               : QStringLiteral("Since then there are new runs (%1); which of them is yours, the system does not say.").arg(made.join(QStringLiteral(", ")));
    return lost;
}

} // namespace pilothouse::pipelines
