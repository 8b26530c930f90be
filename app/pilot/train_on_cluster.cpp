// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/train_on_cluster.h"

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/fleet/clusters.h"
#include "core/fleet/services.h"
#include "core/rollouts/training_follow.h"
#include "core/rollouts/training_operations.h"
#include "core/sources/fetch.h"
#include "core/workspace/recipe.h"

#include <QJsonArray>
#include <QRegularExpression>

#include <optional>

namespace pilothouse {

namespace {

using Q = QLatin1String;
using cluster::TrainingJob;

constexpr const char *podWorkspace = "/job/pilothouse.yaml";

Result<TrainingJob::Kind> kindOf(const ClusterTraining &options) {
    if (!options.schedule.empty()) {
        if (options.workers > 1 || (!options.kind.empty() && options.kind != "cronjob"))
            return invalid(QStringLiteral("A schedule makes a CronJob, which has one worker."), QStringLiteral("--schedule"));
        return TrainingJob::Kind::CronJob;
    }
    if (options.kind == "pytorchjob" || (options.kind.empty() && options.workers > 1))
        return TrainingJob::Kind::PyTorchJob;
    if (options.kind == "trainjob")
        return TrainingJob::Kind::TrainJob;
    if (options.kind == "cronjob")
        return invalid(QStringLiteral("A CronJob needs --schedule."), QStringLiteral("--kind"));
    return TrainingJob::Kind::Job;
}

/// "t2m-20261122-1a2b3c", from the recipe's name and the run.
QString jobName(const QString &recipe, const QString &run) {
    QString name = recipe.toLower();
    static const QRegularExpression other(QStringLiteral("[^a-z0-9]+"));
    name.replace(other, QStringLiteral("-"));
    while (name.startsWith(QLatin1Char('-')))
        name.remove(0, 1);
    name = name.left(40);
    while (name.endsWith(QLatin1Char('-')))
        name.chop(1);
    return QStringLiteral("%1-%2").arg(name.isEmpty() ? QStringLiteral("train") : name, run.left(8));
}

/// The workspace that the pods see: the registry that the version goes to, and nothing else. JSON, which YAML reads.
Result<QByteArray> workspaceFor(const fleet::Services &services, const ClusterTrainingInput &input, const QString &registry, const TrainingJob &job) {
    const workspace::Connection &connection = services.workspace.connections.value(registry);
    QJsonObject entry{{Q("kind"), connection.kind}, {Q("url"), connection.url}};
    if (!connection.user.isEmpty())
        entry.insert(Q("user"), connection.user);
    for (auto it = connection.other.begin(); it != connection.other.end(); ++it)
        entry.insert(it.key(), it.value());
    if (!connection.secret.isEmpty()) {
        const bool given = std::any_of(job.secrets.begin(), job.secrets.end(), [&](const cluster::JobSecret &secret) { return secret.name == connection.secret; });
        if (!given)
            return invalid(QStringLiteral("The registry “%1” asks for the secret “%2”, which the pods do not have.").arg(registry, connection.secret), QStringLiteral("--secret"),
                           QStringLiteral("Name the Kubernetes Secret that has it: --secret %1=SECRET/KEY").arg(connection.secret));
        entry.insert(Q("secret"), connection.secret);
    }
    const workspace::Model *model = services.workspace.model(input.registerAs);
    const QJsonObject of{{Q("registry"), QJsonObject{{Q("connection"), registry}, {Q("name"), model ? model->registry.name : input.registerAs}}}, {Q("recipe"), Q("/job/recipe.yaml")}};
    return prettyJson(QJsonObject{{Q("workspace"), services.workspace.name}, {Q("role"), Q("operator")},
                                  {Q("connections"), QJsonObject{{Q("local"), QJsonObject{{Q("kind"), Q("local")}, {Q("root"), Q("/tmp/pilothouse")}}}, {registry, entry}}},
                                  {Q("models"), QJsonObject{{input.registerAs, of}}}});
}

/// What is written to the pods' own disk is gone with them.
Result<QString> registryFor(const fleet::Services &services, const ClusterTrainingInput &input) {
    if (input.registerAs.isEmpty())
        return QString();
    QString registry = input.registry;
    if (const workspace::Model *model = services.workspace.model(input.registerAs); registry.isEmpty() && model)
        registry = services.workspace.registryConnection(*model);
    if (registry.isEmpty() || services.workspace.connections.value(registry).kind == Q("local"))
        return refused(QStringLiteral("“%1” is registered on this machine, which the cluster's pods do not reach.").arg(input.registerAs), QStringLiteral("--register"),
                       QStringLiteral("Name a registry that they reach, --registry CONNECTION; or keep the package on a volume, --out, and register it from there."));
    return registry;
}

} // namespace

Result<void> addJobVolumes(const std::vector<std::string> &volumes, TrainingJob &job) {
    for (const std::string &given : volumes) {
        const QStringList parts = QString::fromStdString(given).split(QLatin1Char(':'));
        if (parts.size() < 2 || parts.size() > 3 || (parts.size() == 3 && parts[2] != Q("ro")))
            return invalid(QStringLiteral("“%1” is no volume.").arg(QString::fromStdString(given)), QStringLiteral("--volume"), QStringLiteral("Write CLAIM:/path or CLAIM:/path:ro."));
        job.volumes.push_back({parts[0], parts[1], parts.size() == 3});
    }
    return {};
}

Result<void> addJobSecrets(const std::vector<std::string> &secrets, TrainingJob &job) {
    static const QRegularExpression shape(QStringLiteral("^([^=]+)=([^/]+)/(.+)$"));
    for (const std::string &given : secrets) {
        const QRegularExpressionMatch parts = shape.match(QString::fromStdString(given));
        if (!parts.hasMatch())
            return invalid(QStringLiteral("“%1” names no secret.").arg(QString::fromStdString(given).left(60)), QStringLiteral("--secret"), QStringLiteral("Write NAME=SECRET/KEY: our name, the Kubernetes Secret, its key."));
        job.secrets.push_back({parts.captured(1), parts.captured(2), parts.captured(3)});
    }
    return {};
}

Result<TrainingJob> clusterTrainingJob(const fleet::Services &services, const ClusterTraining &options, const ClusterTrainingInput &input, const QString &space, const QString &run) {
    PH_ASSIGN(const workspace::Recipe recipe, workspace::readRecipe(input.recipeFile));
    TrainingJob job;
    PH_ASSIGN(job.kind, kindOf(options));
    job.run = run.isEmpty() ? randomHex(16) : run;
    job.name = options.name.empty() ? jobName(recipe.name, job.run) : QString::fromStdString(options.name);
    job.space = space;
    job.image = QString::fromStdString(options.image);
    job.model = input.registerAs;
    job.workers = options.workers;
    job.schedule = QString::fromStdString(options.schedule);
    job.zone = QString::fromStdString(options.zone);
    job.cpu = QString::fromStdString(options.cpu);
    job.memory = QString::fromStdString(options.memory);
    job.serviceAccount = QString::fromStdString(options.serviceAccount);
    job.group = options.group;
    PH_TRY(addJobVolumes(options.volumes, job));
    PH_TRY(addJobSecrets(options.secrets, job));
    for (const std::string &given : options.annotations)
        job.annotations.insert(QString::fromStdString(given).section(QLatin1Char('='), 0, 0), QString::fromStdString(given).section(QLatin1Char('='), 1));
    PH_ASSIGN(const QByteArray text, readFile(input.recipeFile));
    job.files.insert(QStringLiteral("recipe.yaml"), text);
    job.data = input.data.isEmpty() ? recipe.data.source : input.data;
    const bool onVolume = std::any_of(job.volumes.begin(), job.volumes.end(), [&](const cluster::JobVolume &volume) { return job.data.startsWith(volume.path + QLatin1Char('/')); });
    if (sources::sourceKind(job.data) == sources::SourceKind::File && !onVolume)
        return invalid(QStringLiteral("The pods do not see %1.").arg(job.data), QStringLiteral("--data"), QStringLiteral("Give an address that they reach (https://, s3://), or a path on a --volume."));
    job.out = options.out.empty() ? QStringLiteral("/tmp/package") : QString::fromStdString(options.out);
    for (const std::string &word : options.command)
        job.command << QString::fromStdString(word);
    PH_ASSIGN(const QString registry, registryFor(services, input));
    if (registry.isEmpty() && options.out.empty() && job.command.isEmpty())
        return refused(QStringLiteral("What the pods train would be gone with them."), {}, QStringLiteral("Register it (--register NAME), or keep it on a volume (--volume CLAIM:/models --out /models/NAME)."));
    job.arguments = QStringList{QStringLiteral("train"), QStringLiteral("/job/recipe.yaml"), QStringLiteral("--data"), job.data, QStringLiteral("--out"), job.out, QStringLiteral("--events"),
                                QStringLiteral("--tag"), QStringLiteral("kubernetes.job=%1/%2").arg(job.space, job.name)};
    for (const std::string &tag : input.tags)
        job.arguments << QStringLiteral("--tag") << QString::fromStdString(tag);
    if (!registry.isEmpty()) {
        PH_ASSIGN(const QByteArray file, workspaceFor(services, input, registry, job));
        job.files.insert(QStringLiteral("pilothouse.yaml"), file);
        job.arguments << QStringLiteral("--workspace") << Q(podWorkspace) << QStringLiteral("--register") << input.registerAs << QStringLiteral("--registry") << registry;
    }
    return job;
}

namespace {

QString planText(const operations::Operation &operation) {
    QString text = operation.summary;
    for (const operations::PlannedCall &call : operation.plan())
        text += QStringLiteral("\n  %1 %2: %3\n    undo: %4\n    %5").arg(call.verb, call.object, call.effect, call.undo.isEmpty() ? QStringLiteral("none") : call.undo, call.command);
    return text;
}

Result<void> answerEnd(Context &context, const TrainingJob &job, const cluster::TrainingState &state, const std::optional<QJsonObject> &result, const std::optional<Error> &failure) {
    if (state.phase == cluster::TrainingState::Phase::Failed && !result) // a failed gate has an answer, too
        return failure ? *failure
                       : Error{ErrorKind::Unreachable, QStringLiteral("The training failed in the cluster: %1").arg(state.sentence), cluster::trainingRef(job).text(),
                               QStringLiteral("Its log: kubectl logs -n %1 -l %2").arg(job.space, cluster::trainingSelector(job.run)), {}};
    QJsonObject object = result.value_or(QJsonObject());
    object.insert(Q("job"), QJsonObject{{Q("kind"), cluster::trainingRef(job).kind.kind}, {Q("namespace"), job.space}, {Q("name"), job.name}, {Q("run"), job.run}, {Q("state"), state.sentence}});
    const QJsonObject metrics = object.value(Q("metrics")).toObject().value(Q("test")).toObject();
    QStringList figures;
    for (auto it = metrics.begin(); it != metrics.end(); ++it)
        figures << QStringLiteral("%1 %2").arg(it.key()).arg(it.value().toDouble(), 0, 'g', 6);
    context.answer(object, QStringLiteral("%1 %2").arg(state.sentence, figures.join(QStringLiteral(", "))).trimmed());
    const QJsonArray gates = object.value(Q("gates")).toArray();
    context.exitCodeWanted = std::all_of(gates.begin(), gates.end(), [](const QJsonValue &gate) { return gate.toObject().value(Q("passed")).toBool(); }) ? 0 : 1;
    return {};
}

} // namespace

void ClusterTraining::addTo(CLI::App &app) {
    constexpr const char *group = "In a cluster";
    app.add_option("--on", connection, "Train in the pods of this connection (kind kubernetes), not here")->group(group);
    app.add_option("--namespace", space, "Namespace (default: the connection's)")->group(group);
    app.add_option("--image", image, "Container image with pilot (packaging/image), or with a program of your own")->group(group);
    app.add_option("--workers", workers, "Pods that train together; more than one makes a PyTorchJob")->check(CLI::Range(1, 1000))->group(group);
    app.add_option("--kind", kind, "job, cronjob, pytorchjob or trainjob (default: by --workers and --schedule)")->check(CLI::IsMember({"job", "cronjob", "pytorchjob", "trainjob"}))->group(group);
    app.add_option("--schedule", schedule, "Repeat it: five fields as cron takes them, such as \"0 3 * * *\"")->group(group);
    app.add_option("--zone", zone, "Time zone of --schedule, such as Europe/Berlin (default: the cluster's)")->group(group);
    app.add_option("--cpu", cpu, "CPU of each pod, such as 2 or 500m")->group(group);
    app.add_option("--pod-memory", memory, "Memory of each pod, such as 4Gi")->group(group);
    app.add_option("--volume", volumes, "A claim the pods see, CLAIM:/path[:ro]; may be repeated")->expected(1)->allow_extra_args(false)->take_all()->group(group);
    app.add_option("--secret", secrets, "A secret the pods need, NAME=SECRET/KEY of the cluster; may be repeated")->expected(1)->allow_extra_args(false)->take_all()->group(group);
    app.add_option("--annotation", annotations, "Annotation of the pods, KEY=VALUE; may be repeated")->expected(1)->allow_extra_args(false)->take_all()->group(group);
    app.add_option("--service-account", serviceAccount, "Service account of the pods")->group(group);
    app.add_option("--fs-group", this->group, "Group that the pods' claims are given to, that of the image's user; 0: the cluster says (OpenShift)")->capture_default_str()->check(CLI::Range(0, 2147483647))->group(group);
    app.add_option("--job-name", name, "Name of the job (default: from the recipe and the run)")->group(group);
    app.add_option("--command", command, "A program of your own in the image instead of pilot, with its words: reads $DATA and $RECIPE, writes its figures to $METRICS and its files to $OUT")->expected(1)->allow_extra_args(false)->take_all()->group(group);
    app.add_flag("--plan", plan, "Show the exact calls and end")->group(group);
    app.add_flag("--detach", detach, "Start it and end, without following it")->group(group);
}

Result<void> trainOnCluster(Context &context, const ClusterTraining &options, const ClusterTrainingInput &input) {
    PH_ASSIGN(const std::shared_ptr<fleet::Services> services, context.services());
    PH_ASSIGN(const std::shared_ptr<cluster::KubeApi> api, services->clusters->of(QString::fromStdString(options.connection)));
    PH_ASSIGN(const TrainingJob job, clusterTrainingJob(*services, options, input, options.space.empty() ? api->space() : QString::fromStdString(options.space)));
    PH_ASSIGN(operations::Operation operation, rollouts::startTraining(api, job));
    if (options.plan) {
        context.answer({{Q("summary"), operation.summary}, {Q("object"), cluster::trainingObject(job)}, {Q("files"), cluster::trainingFiles(job)}}, planText(operation));
        return {};
    }
    PH_ASSIGN(const QString id, services->operations->runWhole(operation));
    const cluster::KubeRef ref = cluster::trainingRef(job);
    context.note(QStringLiteral("Started %1 (undo: pilot undo %2).").arg(ref.text(), id));
    if (options.detach || job.kind == TrainingJob::Kind::CronJob) {
        context.answer({{Q("operation"), id}, {Q("job"), QJsonObject{{Q("kind"), ref.kind.kind}, {Q("namespace"), ref.space}, {Q("name"), ref.name}, {Q("run"), job.run}}}}, QStringLiteral("%1 is started, run %2.").arg(ref.text(), job.run));
        return {};
    }
    std::optional<QJsonObject> result;
    std::optional<Error> failure;
    rollouts::TrainingListener listener;
    listener.state = [&](const cluster::TrainingState &state) { context.events().log(QStringLiteral("info"), state.sentence); };
    listener.line = [&](const QString &line) { context.events().log(QStringLiteral("info"), line); };
    listener.event = [&](const Event &event) {
        if (event.name == Q("result"))
            result = event.fields.value(Q("result")).toObject();
        else if (event.name == Q("error"))
            failure = errorFromJson(event.fields);
        else
            context.events().emitEvent(event.name, event.fields);
    };
    const Result<cluster::TrainingState> ended = rollouts::followTraining(*api, ref, job.run, listener, context.stop());
    if (!ended && ended.error().kind == ErrorKind::Cancelled) {
        PH_ASSIGN(const operations::Operation cancel, rollouts::cancelTraining(api, ref));
        PH_TRY(services->operations->runWhole(cancel));
        context.note(QStringLiteral("%1 is deleted, and its pods with it.").arg(ref.text()));
        return ended.error();
    }
    if (!ended)
        return ended.error();
    return answerEnd(context, job, *ended, result, failure);
}

} // namespace pilothouse
