// SPDX-License-Identifier: GPL-3.0-or-later
// The stages of a run whose training is a job in a cluster.
#include "app/pilot/pipeline_executor.h"

#include "app/pilot/train_on_cluster.h"
#include "core/base/json.h"
#include "core/fleet/mirrors.h"
#include "core/fleet/registries.h"
#include "core/workspace/recipe.h"

#include <cmath>

namespace pilothouse {

using pipelines::RunRecord;
using pipelines::State;
using Q = QLatin1String;

namespace {

std::vector<std::string> words(const QStringList &list) {
    std::vector<std::string> out;
    for (const QString &word : list)
        out.push_back(word.toStdString());
    return out;
}

ClusterTraining optionsOf(const fleet::TrainingPlace &place) {
    ClusterTraining options;
    options.connection = place.connection.toStdString();
    options.space = place.space.toStdString();
    options.image = place.image.toStdString();
    options.kind = place.kind.toStdString();
    options.cpu = place.cpu.toStdString();
    options.memory = place.memory.toStdString();
    options.serviceAccount = place.serviceAccount.toStdString();
    options.out = place.out.toStdString();
    options.volumes = words(place.volumes);
    options.secrets = words(place.secrets);
    options.annotations = words(place.annotations);
    options.command = words(place.command);
    options.workers = place.workers;
    return options;
}

QString spaceOf(const fleet::TrainingPlace &place, const cluster::KubeApi &api) { return place.space.isEmpty() ? api.space() : place.space; }

/// The recipe's gates on figures that another program found.
QJsonArray gatesOn(const QJsonObject &figures, const workspace::Recipe &recipe) {
    QJsonArray gates;
    for (const workspace::GateSpec &gate : recipe.gates) {
        const QJsonValue value = figures.value(gate.metric);
        gates << QJsonObject{{Q("rule"), gate.text()}, {Q("value"), value.isDouble() ? value : QJsonValue()}, {Q("passed"), gate.passes(value.toDouble(std::nan("")))}};
    }
    return gates;
}

QString figureText(const QJsonObject &result) {
    const QString metric = result.value(Q("select")).toString();
    const QJsonValue value = result.value(Q("metrics")).toObject().value(Q("test")).toObject().value(metric);
    return value.isDouble() ? QStringLiteral("%1: %2 %3").arg(result.value(Q("estimator")).toString(), metric).arg(value.toDouble(), 0, 'g', 4) : QStringLiteral("%1: no %2").arg(result.value(Q("estimator")).toString(), metric);
}

} // namespace

ClusterRun PipelineExecutor::clusterRun(const QString &key) {
    ClusterRun::Listener listener;
    listener.log = [this](const QString &text) { log(text); };
    listener.note = [this](const QString &text) {
        (void)m_folder.update([&](RunRecord &r) -> Result<void> { // a sentence that cannot be written does not end a run
            if (r.run.state != State::Running)
                return {};
            pipelines::setStage(r, m_stage, State::Running, m_services->clock->nowUtc(), text);
            r.run.systemState = text; // what the cluster says stands in the run's view
            return {};
        });
    };
    return ClusterRun(m_services, m_folder, key, std::move(listener), m_stop);
}

bool PipelineExecutor::mayLeave() const { return pipelines::goesOnElsewhere(m_record) && !m_record.results.value(Q("cancel")).toBool(); }

/// A cancel that a cluster which is away could not be told: the run goes on with the wish, and so does its job there.
bool PipelineExecutor::cancelWaits(const Error &error) const {
    return (error.kind == ErrorKind::Unreachable || error.kind == ErrorKind::TimedOut) && pipelines::goesOnElsewhere(m_record) && m_record.results.value(Q("cancel")).toBool();
}

/// A stop request that is no cancel ends this process only: the job goes on, and so does the run.
Result<void> PipelineExecutor::leave() {
    PH_ASSIGN(m_record, m_folder.update([](RunRecord &r) -> Result<void> {
        if (!pipelines::hasEnded(r.run.state))
            r.process.reset();
        return {};
    }));
    return {};
}

/// What a team's own program found: its `result` event, else $METRICS, which the kubelet put into the pod's status.
Result<QJsonObject> PipelineExecutor::resultOfOwn(const ClusterRun::End &end) const {
    PH_ASSIGN(const workspace::Recipe recipe, workspace::readRecipe(model().recipe));
    QJsonObject result = end.result.value_or(QJsonObject());
    if (result.isEmpty()) {
        const auto figures = parseJsonObject(end.state.message.toUtf8(), QStringLiteral("$METRICS"));
        if (!figures)
            return invalid(QStringLiteral("The program ended well, but left no figures that can be judged: %1").arg(end.state.message.isEmpty() ? QStringLiteral("$METRICS was not written") : figures.error().what), end.ref.text(),
                           QStringLiteral("It writes them in place, as flat JSON of at most 4096 bytes: {\"%1\": 1.25}.").arg(recipe.selectMetric.isEmpty() ? workspace::defaultMetric(recipe.task) : recipe.selectMetric));
        result.insert(Q("metrics"), QJsonObject{{Q("test"), *figures}});
    }
    const fleet::TrainingPlace place = fleet::trainingPlaceOf(m_services->workspace, model()).value_or(std::nullopt).value_or(fleet::TrainingPlace());
    const std::pair<const char *, QJsonValue> others[] = {{"run", end.run}, {"estimator", place.image.section(QLatin1Char('/'), -1)}, {"package", place.out},
                                                          {"select", recipe.selectMetric.isEmpty() ? workspace::defaultMetric(recipe.task) : recipe.selectMetric},
                                                          {"gates", gatesOn(result.value(Q("metrics")).toObject().value(Q("test")).toObject(), recipe)}};
    for (const auto &[key, value] : others)
        if (!result.contains(Q(key)))
            result.insert(Q(key), value);
    return result;
}

Result<PipelineExecutor::StageEnd> PipelineExecutor::trainInCluster(const fleet::TrainingPlace &place) {
    if (!m_record.run.parameters.value(Q("resume")).toString().isEmpty() && !pipelines::goesOnElsewhere(m_record))
        log(QStringLiteral("warning: a training in a cluster leaves no checkpoint here; it starts afresh"));
    const auto make = [&](const cluster::KubeApi &api, const QString &run) -> Result<cluster::TrainingJob> {
        if (place.connection.isEmpty())
            return invalid(QStringLiteral("The workspace no longer says how %1 is trained in a cluster.").arg(model().name), m_services->workspace.file);
        ClusterTrainingInput input;
        input.recipeFile = model().recipe;
        input.data = place.data;
        input.registry = fleet::mirrorConnection(*m_services, model().registry.name, {});
        if (place.command.isEmpty() && !(input.registry.isEmpty() && !place.out.isEmpty())) // on a volume it may stay; else the pods bring it to a registry that they reach
            input.registerAs = model().registry.name;
        input.tags = words(decisionTags());
        return clusterTrainingJob(*m_services, optionsOf(place), input, spaceOf(place, api), run);
    };
    PH_ASSIGN(const ClusterRun::End end, clusterRun(QStringLiteral("cluster_job")).carryOut(place.connection, make));
    const bool own = !place.command.isEmpty();
    if (end.state.phase == cluster::TrainingState::Phase::Failed && (own || !end.result)) // pilot answers a failed gate by its exit code, too
        return end.failure.value_or(Error{ErrorKind::Internal, QStringLiteral("The training failed in the cluster: %1").arg(end.state.sentence), end.ref.text(),
                                          QStringLiteral("Its log: kubectl logs -n %1 -l %2").arg(end.ref.space, cluster::trainingSelector(end.run)), {}});
    QJsonObject result = end.result.value_or(QJsonObject());
    if (own) {
        PH_ASSIGN(result, resultOfOwn(end));
    } else if (!end.result) {
        return Error{ErrorKind::Internal, QStringLiteral("The training ended well, but its log has no result any more."), end.ref.text(), QStringLiteral("The cluster cuts long logs: look for its version in the registry, or start it anew."), {}};
    }
    PH_TRY(keep(QStringLiteral("train"), result));
    const qint64 rows = result.value(Q("data")).toObject().value(Q("test_rows")).toInteger();
    return StageEnd{State::Passed, figureText(result) + (rows > 0 ? QStringLiteral(" on %1 test rows").arg(rows) : QString()), {}};
}

/// The version that the pods made, as the registry has it.
Result<PipelineExecutor::StageEnd> PipelineExecutor::registered(const QString &registry, int version) {
    const QString name = model().registry.name;
    QString note = QStringLiteral("version %1 of %2 on %3").arg(version).arg(name, registry);
    if (const auto target = m_services->registries->of(registry); target) {
        const auto seen = (*target)->version(name, version);
        if (!seen && seen.error().kind == ErrorKind::NotFound)
            return seen.error();
        if (!seen)
            note += QStringLiteral(" (as the pods say; it does not answer here: %1)").arg(seen.error().what);
    }
    PH_TRY(setVersion(version));
    tellDecision();
    return StageEnd{State::Passed, note, {}};
}

Result<PipelineExecutor::StageEnd> PipelineExecutor::registerInCluster() {
    const QJsonObject trained = m_record.results.value(Q("train")).toObject(), made = trained.value(Q("registered")).toObject(), mirror = trained.value(Q("mirror")).toObject();
    const QString registry = fleet::mirrorConnection(*m_services, model().registry.name, {});
    const int version = made.value(Q("version")).toInt(mirror.value(Q("version")).toInt());
    if (version > 0)
        return registered(registry, version);
    if (const QJsonValue why = mirror.value(Q("error")); why.isObject()) {
        Error error = errorFromJson(why.toObject());
        error.what = QStringLiteral("The pods did not bring the version to %1: %2").arg(registry, error.what);
        return StageEnd{State::Failed, error.what, error};
    }
    const auto place = fleet::trainingPlaceOf(m_services->workspace, model());
    if (place && *place && !(*place)->command.isEmpty() && !(*place)->pilotImage.isEmpty() && !registry.isEmpty())
        return registerByJob(**place, registry);
    tellDecision();
    const QString where = trained.value(Q("package")).toString();
    return StageEnd{State::Skipped, where.isEmpty() ? QStringLiteral("the program registered nothing") : QStringLiteral("what it made stays at %1 in the cluster").arg(where), {}};
}

/// The package that a team's own program left on a volume, registered from where it lies by `pilot` in a job of its own.
Result<PipelineExecutor::StageEnd> PipelineExecutor::registerByJob(const fleet::TrainingPlace &place, const QString &registry) {
    const auto make = [&](const cluster::KubeApi &api, const QString &run) -> Result<cluster::TrainingJob> {
        if (!std::any_of(place.volumes.begin(), place.volumes.end(), [&](const QString &volume) { return (place.out + QLatin1Char('/')).startsWith(volume.section(QLatin1Char(':'), 1, 1) + QLatin1Char('/')); }))
            return invalid(QStringLiteral("What the program left in %1 is gone with its pod.").arg(place.out.isEmpty() ? QStringLiteral("$OUT") : place.out), m_services->workspace.file, QStringLiteral("Put it on a volume: pipeline: {out: /models/NAME, volumes: [CLAIM:/models]}."));
        ClusterTraining options = optionsOf(place);
        options.command.clear();
        options.kind = "job";
        options.workers = 1;
        options.image = place.pilotImage.toStdString();
        ClusterTrainingInput input;
        input.recipeFile = model().recipe;
        input.data = place.data;
        input.registerAs = model().registry.name;
        input.registry = registry;
        PH_ASSIGN(cluster::TrainingJob job, clusterTrainingJob(*m_services, options, input, spaceOf(place, api), run));
        job.arguments = QStringList{QStringLiteral("registry"), QStringLiteral("register"), input.registerAs, place.out, QStringLiteral("--connection"), registry, QStringLiteral("--workspace"), QStringLiteral("/job/pilothouse.yaml"), QStringLiteral("--events")};
        return job;
    };
    PH_ASSIGN(const ClusterRun::End end, clusterRun(QStringLiteral("register_job")).carryOut(place.connection, make));
    const int version = end.result.value_or(QJsonObject()).value(Q("version")).toInt();
    if (version > 0)
        return registered(registry, version);
    const Error error = end.failure.value_or(Error{ErrorKind::Internal, QStringLiteral("The job that registers ended without a version: %1").arg(end.state.sentence), end.ref.text(), {}, {}});
    return StageEnd{State::Failed, error.what, error};
}

} // namespace pilothouse
