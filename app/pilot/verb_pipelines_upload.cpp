// SPDX-License-Identifier: GPL-3.0-or-later
// pilot pipelines upload FILE [--connection C] [--name N] [--version V] [--dry-run]   a compiled pipeline to Kubeflow: {"operation","summary","done","steps"}
// pilot pipelines submit FILE [--connection C] [--input NAME=VALUE]… [--dry-run] [--wait]   Azure ML's job.yml: the same, or with --wait the run's object
#include "app/pilot/operation_answer.h"
#include "app/pilot/pipeline_wait.h"
#include "app/pilot/pipelines_sub.h"

#include "core/base/file.h"
#include "core/fleet/services.h"
#include "core/pipelines/azureml_submission.h"
#include "core/pipelines/upload_operation.h"

namespace pilothouse {

namespace {

using Q = QLatin1String;

struct Options {
    std::string file, connection, name, version;
    std::vector<std::string> inputs;
    bool plan = false, wait = false;
};

/// The system that a connection names; without a name the only one of its kind.
Result<std::shared_ptr<pipelines::PipelineService>> systemFor(Context &context, const std::string &named, const char *kind) {
    PH_ASSIGN(const auto pipes, pipelinesOf(context));
    const auto *all = dynamic_cast<const pipelines::AllPipelines *>(pipes.get());
    if (!all)
        return refused(QStringLiteral("The workspace has no connections."));
    if (!named.empty()) {
        PH_ASSIGN(const auto place, all->whose(QString::fromStdString(named) + QLatin1Char(':')));
        return place.first;
    }
    std::shared_ptr<pipelines::PipelineService> only;
    for (const auto &system : all->others())
        if (system->system() == Q(kind)) {
            if (only)
                return invalid(QStringLiteral("The workspace has several connections of kind %1.").arg(Q(kind)), {}, QStringLiteral("Name one with --connection."));
            only = system;
        }
    if (!only)
        return notFound(QStringLiteral("The workspace has no connection of kind %1.").arg(Q(kind)), {}, QStringLiteral("Add one: pilot connect add NAME --kind %1 …").arg(Q(kind)));
    return only;
}

Result<void> upload(Context &context, const Options &options) {
    PH_ASSIGN(const auto services, context.services());
    PH_ASSIGN(const auto system, systemFor(context, options.connection, "kubeflow"));
    const QString file = QString::fromStdString(options.file);
    PH_ASSIGN(const QByteArray bytes, readFile(file));
    PH_ASSIGN(auto operation, pipelines::uploadPipelineOperation(system, QString::fromStdString(options.name), QString::fromStdString(options.version), file, bytes, nullptr));
    return runAndAnswer(context, *services->operations, std::move(operation), options.plan);
}

Result<void> submit(Context &context, const Options &options) {
    PH_ASSIGN(const auto services, context.services());
    PH_ASSIGN(const auto system, systemFor(context, options.connection, "azureml"));
    PH_ASSIGN(const QJsonObject inputs, parametersFrom(options.inputs));
    const auto run = std::make_shared<QString>();
    PH_ASSIGN(auto operation, pipelines::submitJobOperation(system, QString::fromStdString(options.file), inputs, run));
    if (options.plan || !options.wait)
        return runAndAnswer(context, *services->operations, std::move(operation), options.plan);
    const auto outcome = services->operations->run(std::move(operation));
    if (!outcome.done)
        return outcome.error.value_or(refused(QStringLiteral("The job was not submitted.")));
    PH_ASSIGN(const auto pipes, pipelinesOf(context));
    PH_ASSIGN(const auto seen, waitForRun(context, *pipes, pipelines::AllPipelines::joinedId(*system, *run)));
    return answerRun(context, seen);
}

const PipelinesSub submitSub("submit", "Submit the project's job file to Azure ML", [](CLI::App &app, VerbBody &body) {
    const auto options = std::make_shared<Options>();
    app.add_option("FILE", options->file, "job.yml: a command job; its code: is sent along")->required();
    app.add_option("--connection", options->connection, "Of kind azureml; left out: the only one");
    app.add_option("--input", options->inputs, "NAME=VALUE in place of what the file says: training_data=azureml:training-data:2");
    app.add_flag("--dry-run", options->plan, "Show what would be sent; what the file names is looked up");
    app.add_flag("--wait", options->wait, "Wait for its end");
    app.callback([&body, options] { body = [options](Context &context) { return submit(context, *options); }; });
});

const PipelinesSub uploadSub("upload", "Upload a compiled pipeline to Kubeflow, or a version of one", [](CLI::App &app, VerbBody &body) {
    const auto options = std::make_shared<Options>();
    app.add_option("FILE", options->file, "The compiled pipeline (YAML)")->required();
    app.add_option("--connection", options->connection, "Of kind kubeflow; left out: the only one");
    app.add_option("--name", options->name, "The pipeline; left out: as the file calls it");
    app.add_option("--version", options->version, "What the version is called; left out: the time and the begin of the file's digest");
    app.add_flag("--dry-run", options->plan, "Show what would be sent");
    app.callback([&body, options] { body = [options](Context &context) { return upload(context, *options); }; });
});

} // namespace
} // namespace pilothouse
