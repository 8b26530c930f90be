// SPDX-License-Identifier: GPL-3.0-or-later
// pilot rollouts commit TARGET [--repository R] [--folder DIR] [--image [CONTAINER=]IMAGE] [--replicas N] [--set NAME=VALUE]… [--unset NAME]…
//                       [--requests cpu=…,memory=…] [--limits …] [--container C] [--branch B] [--pull-request] [--namespace N] [--connection C] [--comment TEXT] [--plan]
//   For an object that a GitOps controller keeps: its manifest is changed in place, committed to a branch and pushed. R: a connection of kind git, or a folder of a
//   Git work tree (whose files stay as they are). Without it the cluster of --connection is asked which repository and folder its controller follows.
//   --json: {"operation","summary","done","steps":[{…,"after":{"commit","branch","pullRequest"?}}],…}; with --plan {"operation":null,"summary","plan":[…]}; each with
//   {"file","branch","into","base","pullRequest","diff":[…],"manager":{"tool","name","sentence","follows":{"repository","revision","folder"}|null}|null}. "manager" is asked for with --connection only.
#include "app/pilot/operation_answer.h"
#include "app/pilot/rollouts_sub.h"

#include "core/cluster/followed_folder.h"
#include "core/cluster/settings_text.h"
#include "core/fleet/clusters.h"
#include "core/fleet/gitops_source.h"
#include "core/fleet/pull_requests.h"

namespace pilothouse {

namespace {

using Q = QLatin1String;

struct Options {
    std::string target, repository, folder, image, container, requests, limits, branch, space, connection, comment;
    std::vector<std::string> set, unset;
    int replicas = -1;
    bool plan = false, pull = false;
};

Result<cluster::ManifestEdit> editOf(const Options &o) {
    PH_ASSIGN(const cluster::KubeRef ref, cluster::parseKubeRef(QString::fromStdString(o.target), QString::fromStdString(o.space)));
    cluster::ManifestEdit edit{ref.kind.kind, ref.name, ref.space, QString::fromStdString(o.container), {}, {}};
    const QString image = QString::fromStdString(o.image);
    const qsizetype equals = image.indexOf(QLatin1Char('='));
    edit.image = image.mid(equals + 1);
    if (equals >= 0) {
        if (!edit.container.isEmpty() && edit.container != image.left(equals))
            return invalid(QStringLiteral("--container and --image name two containers."), {}, QStringLiteral("Make two commits; the second one goes to the same --branch."));
        edit.container = image.left(equals);
    }
    if (o.replicas >= 0)
        edit.replicas = o.replicas;
    QStringList words;
    for (const std::string &word : o.set)
        words << QString::fromStdString(word);
    PH_ASSIGN(edit.environment, cluster::variableSettings(words));
    for (const std::string &name : o.unset)
        edit.environment.insert(QString::fromStdString(name), std::nullopt);
    PH_ASSIGN(edit.requests, cluster::resourceSettings(QString::fromStdString(o.requests), QStringLiteral("--requests")));
    PH_ASSIGN(edit.limits, cluster::resourceSettings(QString::fromStdString(o.limits), QStringLiteral("--limits")));
    if (edit.text().isEmpty())
        return invalid(QStringLiteral("Nothing to change was named."), {}, QStringLiteral("Add --image, --replicas, --set, --unset, --requests or --limits."));
    return edit;
}

/// Who keeps the object in the cluster, and where it has it from.
struct Kept {
    std::optional<cluster::Manager> manager;
    std::optional<cluster::FollowedFolder> follows;
    QJsonValue toJson() const {
        if (!manager)
            return {};
        const QJsonValue from = follows ? QJsonValue(QJsonObject{{Q("repository"), follows->repository}, {Q("revision"), follows->revision}, {Q("folder"), follows->folder}}) : QJsonValue();
        return QJsonObject{{Q("tool"), manager->toolName()}, {Q("name"), manager->name}, {Q("sentence"), manager->sentence()}, {Q("follows"), from}};
    }
};
Result<Kept> keptBy(Context &context, const fleet::Services &services, const Options &o) {
    Kept kept;
    if (o.connection.empty())
        return kept;
    PH_ASSIGN(const auto api, services.clusters->of(QString::fromStdString(o.connection)));
    PH_ASSIGN(const cluster::KubeRef ref, cluster::parseKubeRef(QString::fromStdString(o.target), o.space.empty() ? api->space() : QString::fromStdString(o.space)));
    PH_ASSIGN(const QJsonObject object, api->read(ref, context.stop()));
    kept.manager = cluster::managedBy(object);
    if (!kept.manager) {
        context.note(QStringLiteral("Nothing in %1 says that a controller follows Git for it: the commit changes the cluster only if somebody applies it.").arg(ref.text()));
        return kept;
    }
    context.note(kept.manager->sentence());
    const auto follows = cluster::followedFolder(*api, *kept.manager, context.stop());
    if (follows)
        kept.follows = *follows;
    else if (o.repository.empty())
        return follows.error();
    if (kept.follows)
        context.note(QStringLiteral("It follows %1.").arg(kept.follows->text()));
    return kept;
}

/// The repository that was named, else the one that the controller follows.
Result<rollouts::GitOpsSource> sourceOf(const fleet::Services &services, const Options &o, const Kept &kept) {
    const QString folder = QString::fromStdString(o.folder);
    if (!o.repository.empty())
        return fleet::gitOpsSource(services, QString::fromStdString(o.repository), folder);
    if (!kept.follows)
        return invalid(QStringLiteral("The repository is not known."), {}, o.connection.empty() ? QStringLiteral("Name it by --repository, or the cluster by --connection, whose controller may say it.") : QStringLiteral("Its controller does not say it there: name it by --repository."));
    const QString connection = fleet::gitConnectionOf(services.workspace, kept.follows->repository);
    if (connection.isEmpty())
        return notFound(QStringLiteral("The workspace has no connection to %1.").arg(kept.follows->repository), services.workspace.file, QStringLiteral("Add it: pilot connect add NAME --kind git --url %1. Or name a folder of a clone by --repository.").arg(kept.follows->repository));
    PH_ASSIGN(rollouts::GitOpsSource source, fleet::gitOpsSource(services, connection, folder.isEmpty() ? kept.follows->folder : folder));
    if (source.server.branch.isEmpty() && kept.follows->revision != Q("HEAD"))
        source.server.branch = kept.follows->revision;
    return source;
}

/// An operation of its own: the commit is there, whatever becomes of this.
Result<pipelines::PullRequest> openPull(const fleet::Services &services, const rollouts::GitOpsSource &source, const rollouts::GitOpsChange &change, const QString &title) {
    const auto made = std::make_shared<pipelines::PullRequest>();
    PH_ASSIGN(operations::Operation operation, fleet::pullRequestOf(services, source, change, title, change.diff.join(QLatin1Char('\n')).prepend(QStringLiteral("```diff\n")).append(QStringLiteral("\n```\n")), made));
    const operations::OperationOutcome outcome = services.operations->run(std::move(operation));
    return outcome.error ? Result<pipelines::PullRequest>(*outcome.error) : Result<pipelines::PullRequest>(*made);
}

Result<void> commit(Context &context, const Options &o) {
    PH_ASSIGN(const auto services, context.services());
    PH_ASSIGN(const cluster::ManifestEdit edit, editOf(o));
    PH_ASSIGN(const Kept kept, keptBy(context, *services, o));
    PH_ASSIGN(rollouts::GitOpsSource source, sourceOf(*services, o, kept));
    source.branch = QString::fromStdString(o.branch);
    PH_ASSIGN(const rollouts::GitOpsChange change, rollouts::planGitOps(source, edit, context.stop()));
    operations::Operation operation = rollouts::gitOpsOperation(source, change, edit, services->operations->actor().name);
    if (!o.comment.empty())
        operation.details.insert(Q("comment"), QString::fromStdString(o.comment));
    QJsonObject answer{{Q("operation"), QJsonValue()}, {Q("summary"), operation.summary}, {Q("file"), change.file}, {Q("branch"), change.branch}, {Q("into"), change.into}, {Q("base"), change.base},
                       {Q("pullRequest"), change.page}, {Q("diff"), QJsonArray::fromStringList(change.diff)}, {Q("manager"), kept.toJson()}};
    const QString diff = change.file + QLatin1Char('\n') + change.diff.join(QLatin1Char('\n'));
    if (o.plan) {
        answer.insert(Q("plan"), planJson(operation));
        context.answer(answer, operation.summary + QStringLiteral(" (dry run, nothing was changed)\n") + planText(operation) + QLatin1Char('\n') + diff);
        return {};
    }
    const operations::OperationOutcome outcome = services->operations->run(operation);
    if (outcome.error)
        return *outcome.error;
    QJsonArray steps;
    for (const operations::StepOutcome &step : outcome.steps)
        steps.append(QJsonObject{{Q("call"), QStringLiteral("%1 %2").arg(step.call.verb, step.call.object)}, {Q("state"), step.state}, {Q("after"), step.after}});
    answer.insert(Q("operation"), outcome.id);
    answer.insert(Q("done"), outcome.done);
    answer.insert(Q("steps"), steps);
    QString text = QStringLiteral("%1: done (%2)\n%3").arg(operation.summary, outcome.id, diff);
    if (o.pull) {
        PH_ASSIGN(const pipelines::PullRequest made, openPull(*services, source, change, operation.summary));
        answer.insert(Q("pullRequest"), made.link);
        text += QStringLiteral("\nThe pull request #%1 into %2 is open: %3").arg(made.number).arg(made.base, made.link);
    } else if (!change.page.isEmpty())
        text += QStringLiteral("\nOpen the pull request into %1: %2").arg(change.into, change.page);
    else if (change.branch != change.into)
        text += QStringLiteral("\nMerge %1 into %2: its controller follows that.").arg(change.branch, change.into.isEmpty() ? QStringLiteral("the branch that is followed") : change.into);
    context.answer(answer, text);
    return {};
}

const RolloutsSub sub("commit", "Change an object that a GitOps controller keeps: in its manifest, by a commit", [](CLI::App &app, VerbBody &body) {
    auto o = std::make_shared<Options>();
    app.add_option("target", o->target, "deployment/NAME, statefulset/NAME …")->required();
    app.add_option("--repository", o->repository, "Connection of kind git, or a folder of a Git work tree (else the one that the controller follows)");
    app.add_option("--folder", o->folder, "Folder of the manifests, from the top of the repository (from that folder)");
    app.add_option("--image", o->image, "[CONTAINER=]IMAGE");
    app.add_option("--replicas", o->replicas, "How many pods")->check(CLI::Range(0, 100'000));
    app.add_option("--set", o->set, "NAME=VALUE: a variable of the container")->expected(1)->take_all();
    app.add_option("--unset", o->unset, "A variable that is taken away")->expected(1)->take_all();
    app.add_option("--requests", o->requests, "cpu=500m,memory=1Gi; cpu= takes it away");
    app.add_option("--limits", o->limits, "as --requests");
    app.add_option("--container", o->container, "Container; the only one if there is one");
    app.add_option("--branch", o->branch, "Branch that gets the commit (else a new one)");
    app.add_flag("--pull-request", o->pull, "Open a pull request of the branch, through the connection of kind github that has the repository");
    app.add_option("--namespace,-n", o->space, "Namespace, where several manifests have the name");
    app.add_option("--connection", o->connection, "Cluster that is asked who keeps the object, and from where");
    app.add_option("--comment", o->comment, "Why; kept in the journal");
    app.add_flag("--plan", o->plan, "Show the change, commit nothing");
    app.callback([&body, o] { body = [o](Context &context) { return commit(context, *o); }; });
});

} // namespace
} // namespace pilothouse
