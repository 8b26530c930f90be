// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pilot/verb.h"
#include "core/pipelines/all_pipelines.h"

#include <QJsonArray>

#include <iterator>
#include <optional>

namespace pilothouse {

/// A sub-verb of `pilot pipelines` in a file of its own (verb_pipelines_NAME.cpp): `static const PipelinesSub sub("gates", "Help", [](CLI::App &sub, VerbBody &body) {…});`
/// The builder gets the CLI11 sub-command, declares its options there and sets its callback.
class PipelinesSub {
public:
    PipelinesSub(const char *name, const char *help, Verb::Builder builder);
};

/// Adds all of them; verb_pipelines.cpp calls it.
void addPipelinesSubs(CLI::App &app, VerbBody &body);

/// The pipelines of the workspace, those of all its connections.
Result<std::shared_ptr<pipelines::PipelineService>> pipelinesOf(Context &context);

/// NAME=VALUE each: true, false and numbers are what they look like, {…} and […] are JSON, the rest is text. Invalid for one without "=".
Result<QJsonObject> parametersFrom(const std::vector<std::string> &given);

/// A run in a line of a list, and whole with its stages.
QString runLine(const pipelines::PipelineRun &run);
QString runText(const pipelines::PipelineRun &run);
QString shortUtc(const QDateTime &time); ///< "2026-07-14 12:00:00"; empty for none

/// What each system has, asked by itself: one that fails is named, the others are shown. `ask(system, id there)` gives joined ids; `of`: only of the system of this id (empty: all).
template<typename T> struct SystemParts {
    std::vector<T> all;
    QJsonArray problems; ///< of errorToJson(), with "connection"
};
std::vector<std::pair<std::shared_ptr<pipelines::PipelineService>, QString>> systemsOf(const std::shared_ptr<pipelines::PipelineService> &service, const QString &of, Result<void> &why);
QJsonObject systemProblem(Context &context, const pipelines::PipelineService &system, const Error &error);
template<typename T, typename Ask> Result<SystemParts<T>> systemParts(Context &context, const std::shared_ptr<pipelines::PipelineService> &service, const QString &of, Ask ask) {
    SystemParts<T> out;
    Result<void> why;
    const auto systems = systemsOf(service, of, why);
    if (!why)
        return why.error();
    std::optional<Error> first;
    for (const auto &[system, id] : systems) {
        Result<std::vector<T>> part = ask(*system, id);
        if (part) {
            std::move(part->begin(), part->end(), std::back_inserter(out.all));
            continue;
        }
        out.problems << systemProblem(context, *system, part.error());
        if (!first)
            first = part.error();
    }
    if (first && systems.size() == std::size_t(out.problems.size()))
        return *first;
    return out;
}

/// What an operation that makes or ends a run did: answers with the run.
Result<void> answerRun(Context &context, const pipelines::PipelineRun &run);

} // namespace pilothouse
