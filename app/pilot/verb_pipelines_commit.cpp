// SPDX-License-Identifier: GPL-3.0-or-later
// pilot pipelines commit MODEL [VERSION] --repository R [--file FILE]… [--folder DIR] [--branch B] [--job RUN] [--pull-request] [--follow PIPELINE] [--dispatch] [--patience S] [--comment TEXT] [--plan]
//   A trained version's package, or files (a model's own, DVC's pointer to it), committed to a branch and pushed; the message has metrics, hashes and the run. With --follow the run that the push starts is
//   followed to its end (or to a gate); where none starts, --dispatch starts it. R: a connection of kind git, or a folder of a work tree.
//   --json: {"operation","summary","done","branch","into","commit","files":[…],"message","pullRequest","run":{…}|null,"dispatched"}; with --plan {"operation":null,"summary","plan":[…],…}.
#include "app/pilot/operation_answer.h"
#include "app/pilot/pipelines_sub.h"

#include "core/fleet/commit_artifact.h"
#include "core/fleet/pull_requests.h"
#include "core/fleet/workflow_deployer.h"
#include "core/pipelines/pipeline_json.h"
#include "core/pipelines/pipeline_operations.h"

namespace pilothouse {

namespace {

using Q = QLatin1String;

struct Options {
    std::string model, repository, folder, branch, job, follow, comment;
    std::vector<std::string> files;
    int version = 0, patience = 180;
    bool pull = false, dispatch = false, plan = false;
};

Result<QString> openPull(fleet::Services &services, const fleet::ArtifactChange &change) {
    rollouts::GitOpsChange branch;
    branch.branch = change.branch;
    branch.into = change.into;
    const auto made = std::make_shared<pipelines::PullRequest>();
    PH_ASSIGN(operations::Operation operation, fleet::pullRequestOf(services, change.source, branch, change.title, change.message, made));
    const operations::OperationOutcome outcome = services.operations->run(std::move(operation));
    return outcome.error ? Result<QString>(*outcome.error) : Result<QString>(made->link);
}

/// The run that followed, or that was started in its place.
Result<std::optional<pipelines::PipelineRun>> followed(Context &context, fleet::Services &services, const Options &o, const QString &pipeline, const QString &commit, const QString &branch, bool &dispatched) {
    fleet::FollowOptions options;
    options.patienceSeconds = o.patience;
    options.stop = context.stop();
    QString last;
    options.onRun = [&](const pipelines::PipelineRun &run) {
        const QString text = QStringLiteral("%1: %2").arg(run.id, pipelines::stateName(run.state));
        if (text != last)
            context.note(text);
        last = text;
    };
    PH_ASSIGN(auto run, fleet::followCommit(*services.pipelines, pipeline, commit, options));
    if (run || !o.dispatch)
        return run;
    context.note(QStringLiteral("No run followed the commit: %1 is started.").arg(pipeline));
    const auto id = std::make_shared<QString>();
    pipelines::StartRequest request;
    request.pipeline = pipeline;
    request.ref = branch;
    request.by = services.operations->actor().name;
    request.reason = QStringLiteral("no run followed the commit %1").arg(commit.left(7));
    const operations::OperationOutcome outcome = services.operations->run(pipelines::startPipelineOperation(services.pipelines, request, id));
    if (outcome.error)
        return *outcome.error;
    dispatched = true;
    return fleet::followCommit(*services.pipelines, pipeline, commit, options);
}

Result<void> commit(Context &context, const Options &o) {
    PH_ASSIGN(const auto services, context.services());
    fleet::ArtifactWish wish;
    wish.model = QString::fromStdString(o.model);
    wish.version = o.version;
    for (const std::string &file : o.files)
        wish.files << QString::fromStdString(file);
    wish.repository = QString::fromStdString(o.repository);
    wish.folder = QString::fromStdString(o.folder);
    wish.branch = QString::fromStdString(o.branch);
    wish.job = QString::fromStdString(o.job);
    PH_ASSIGN(const fleet::ArtifactChange change, fleet::planArtifactCommit(*services, wish, context.stop()));
    const auto made = std::make_shared<QString>();
    operations::Operation operation = fleet::artifactOperation(change, services->operations->actor().name, made);
    if (!o.comment.empty())
        operation.details.insert(Q("comment"), QString::fromStdString(o.comment));
    QJsonArray files;
    for (const registry::GitFileChange &file : change.files)
        files.append(QJsonObject{{Q("path"), file.path}, {Q("made"), file.made}, {Q("bytes"), file.after.size()}});
    QJsonObject answer{{Q("operation"), QJsonValue()}, {Q("summary"), operation.summary}, {Q("branch"), change.branch}, {Q("into"), change.into}, {Q("files"), files}, {Q("message"), change.message}, {Q("pullRequest"), change.page}};
    if (o.plan) {
        answer.insert(Q("plan"), planJson(operation));
        context.answer(answer, operation.summary + QStringLiteral(" (dry run, nothing was changed)\n") + planText(operation) + QLatin1Char('\n') + change.message);
        return {};
    }
    const operations::OperationOutcome outcome = services->operations->run(operation);
    if (outcome.error)
        return *outcome.error;
    QString text = QStringLiteral("%1: done (%2, %3)").arg(operation.summary, outcome.id, made->left(7));
    answer.insert(Q("operation"), outcome.id);
    answer.insert(Q("done"), outcome.done);
    answer.insert(Q("commit"), *made);
    if (o.pull) {
        PH_ASSIGN(const QString link, openPull(*services, change));
        answer.insert(Q("pullRequest"), link);
        text += QStringLiteral("\nPull request: ") + link;
    } else if (!change.page.isEmpty()) {
        text += QStringLiteral("\nOpen the pull request into %1: %2").arg(change.into, change.page);
    }
    if (!o.follow.empty()) {
        bool dispatched = false;
        const QString pipeline = QString::fromStdString(o.follow);
        PH_ASSIGN(const auto run, followed(context, *services, o, pipeline, *made, change.branch, dispatched));
        answer.insert(Q("run"), run ? QJsonValue(pipelines::toJson(*run)) : QJsonValue());
        answer.insert(Q("dispatched"), dispatched);
        text += run ? QLatin1Char('\n') + runText(*run) : QStringLiteral("\nNo run of %1 followed the commit. Start it with: pilot pipelines start %1, or with --dispatch here.").arg(pipeline);
        context.exitCodeWanted = run && (pipelines::hasPassed(run->state) || run->state == pipelines::State::Paused) ? 0 : 1;
    }
    context.answer(answer, text);
    return {};
}

const PipelinesSub sub("commit", "Commit a trained version (or DVC's pointer to it) to a Git branch, push it, and follow the run that it starts", [](CLI::App &app, VerbBody &body) {
    auto o = std::make_shared<Options>();
    app.add_option("model", o->model, "Model")->required();
    app.add_option("version", o->version, "Version whose package is committed (with --file: whose metrics are in the message)")->check(CLI::PositiveNumber);
    app.add_option("--repository", o->repository, "Connection of kind git, or a folder of a Git work tree")->required();
    app.add_option("--file", o->files, "File that is committed instead of the package: the model's own, or its .dvc")->expected(1)->take_all();
    app.add_option("--folder", o->folder, "Folder in the repository (models/MODEL)");
    app.add_option("--branch", o->branch, "Branch that gets the commit (a new one)");
    app.add_option("--job", o->job, "Run that trained it (the version's)");
    app.add_flag("--pull-request", o->pull, "Open a pull request, through a connection of kind github");
    app.add_option("--follow", o->follow, "Pipeline that the push starts: gh:deploy.yml");
    app.add_flag("--dispatch", o->dispatch, "Start it where no run follows");
    app.add_option("--patience", o->patience, "Seconds in which a run must follow")->check(CLI::Range(0, 86'400));
    app.add_option("--comment", o->comment, "Why; kept in the journal");
    app.add_flag("--plan", o->plan, "Show the commit, change nothing");
    app.callback([&body, o] { body = [o](Context &context) { return commit(context, *o); }; });
});

} // namespace
} // namespace pilothouse
