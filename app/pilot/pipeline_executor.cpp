// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/pipeline_executor.h"

#include "app/pilot/event_line.h"
#include "app/pilot/register_version.h"
#include "core/base/child_process.h"
#include "core/base/json.h"
#include "core/fleet/deploy_watch.h"
#include "core/fleet/evidence_input.h"
#include "core/fleet/mirrors.h"
#include "core/fleet/model_place.h"
#include "core/learn/load_scorer.h"
#include "core/metrics/targets.h"
#include "core/promotion/evidence.h"
#include "core/retrain/decision_store.h"
#include "core/workspace/environment.h"

#include <QDir>
#include <QFileInfo>

#include <chrono>
#include <cmath>
#include <thread>
#include <unistd.h>

namespace pilothouse {

using pipelines::RunRecord;
using pipelines::State;
using Q = QLatin1String;

namespace {

QString numberText(const QJsonValue &value) { return value.isDouble() ? QString::number(value.toDouble(), 'g', 4) : QStringLiteral("undefined"); }

bool stageEnded(const RunRecord &record, const QString &name) {
    return std::any_of(record.run.stages.begin(), record.run.stages.end(), [&](const pipelines::Stage &stage) { return stage.name == name && pipelines::hasEnded(stage.state); });
}

/// A training that was interrupted there left a checkpoint, or had sealed its package but not told of it.
bool canGoOn(const QString &package) { return QFileInfo::exists(package + QStringLiteral(".checkpoint")) || QFileInfo::exists(package + QStringLiteral("/MLmodel")); }

} // namespace

PipelineExecutor::PipelineExecutor(std::shared_ptr<fleet::Services> services, pipelines::RunFolder folder, std::stop_token stop)
    : m_services(std::move(services)), m_folder(std::move(folder)), m_stop(std::move(stop)) {}

void PipelineExecutor::log(const QString &text) {
    // A log that cannot be written (a full disk) does not end a run; the record's own write will.
    (void)m_folder.appendLog(m_stage, text, m_services->clock->nowUtc());
}

Result<void> PipelineExecutor::keep(const QString &key, const QJsonValue &result) {
    PH_ASSIGN(m_record, m_folder.update([&](RunRecord &r) -> Result<void> {
        r.results.insert(key, result);
        return {};
    }));
    return {};
}

Result<void> PipelineExecutor::setVersion(int version) {
    PH_ASSIGN(m_record, m_folder.update([&](RunRecord &r) -> Result<void> {
        r.run.version = version;
        return {};
    }));
    return {};
}

Result<void> PipelineExecutor::claim() {
    const auto mine = markOf(::getpid());
    PH_ASSIGN(m_record, m_folder.update([&](RunRecord &r) -> Result<void> {
        const bool otherAlive = r.process && r.process != mine && lives(*r.process), takenUp = r.run.state == State::Running && pipelines::goesOnElsewhere(r);
        if ((r.run.state != State::Waiting && !takenUp) || otherAlive)
            return Error{ErrorKind::Conflict, QStringLiteral("Run %1 is %2 already.").arg(r.run.id, pipelines::stateName(r.run.state)), m_folder.path(),
                         QStringLiteral("Start a new one: pilot pipelines start %1.").arg(r.run.pipeline), {}};
        r.run.state = State::Running;
        r.process = mine;
        return {};
    }));
    m_model = m_services->workspace.model(m_record.run.model);
    if (!m_model || m_model->recipe.isEmpty()) {
        Error error = notFound(QStringLiteral("The workspace has no model %1 with a recipe any more.").arg(m_record.run.model), m_services->workspace.file);
        if (const QJsonObject job = m_record.results.value(Q("cluster_job")).toObject(); job.contains(Q("name")))
            error.hint = QStringLiteral("Its job may still run: kubectl delete -n %1 %2/%3").arg(job.value(Q("namespace")).toString(), job.value(Q("kind")).toString(), job.value(Q("name")).toString());
        PH_TRY(finish(State::Failed, error)); // else it would be taken up for ever
        return error;
    }
    return {};
}

Result<void> PipelineExecutor::finish(State state, std::optional<Error> error) {
    PH_ASSIGN(m_record, m_folder.update([&](RunRecord &r) -> Result<void> {
        if (!pipelines::hasEnded(r.run.state)) // somebody may have cancelled it meanwhile
            pipelines::endRun(r, state, m_services->clock->nowUtc(), std::move(error));
        return {};
    }));
    return {};
}

Result<void> PipelineExecutor::run() {
    PH_TRY(claim());
    // Nobody is here to type a name: the run was started by somebody, or by the policy, to train and to register; the promotion needs its own approval.
    QStringList guarded{workspace::localConnection(m_services->workspace), model().registry.connection};
    if (const auto place = fleet::trainingPlaceOf(m_services->workspace, model()); place && *place)
        guarded << (*place)->connection;
    guarded.removeDuplicates();
    guarded.removeIf([this](const QString &name) { return m_services->workspace.connections.value(name).guard != Q("typed-name"); });
    const operations::Confirmed agreed(guarded);
    for (const QString &stage : pipelines::localStages()) {
        m_stage = stage;
        if (stageEnded(m_record, stage))
            continue; // of a run that is taken up
        const bool hasJob = m_record.results.contains(stage == Q("train") ? QStringLiteral("cluster_job") : stage + QStringLiteral("_job")); // which decides what a stop means to it
        if (!hasJob && (m_stop.stop_requested() || m_record.results.value(Q("cancel")).toBool())) {
            PH_TRY(mayLeave() ? leave() : finish(State::Cancelled));
            return cancelled();
        }
        PH_ASSIGN(m_record, m_folder.update([&](RunRecord &r) -> Result<void> {
            pipelines::setStage(r, stage, State::Running, m_services->clock->nowUtc());
            return {};
        }));
        const auto end = carryOut(stage);
        if (!end) {
            const bool stopped = end.error().kind == ErrorKind::Cancelled;
            PH_ASSIGN(m_record, m_folder.read());
            if ((stopped && mayLeave()) || cancelWaits(end.error())) {
                if (!stopped)
                    log(QStringLiteral("warning: %1").arg(end.error().text()));
                PH_TRY(leave());
                return end.error();
            }
            log(stopped ? QStringLiteral("cancelled") : QStringLiteral("error: %1").arg(end.error().text()));
            PH_TRY(finish(stopped ? State::Cancelled : State::Failed, stopped ? std::nullopt : std::optional(end.error())));
            return end.error();
        }
        if (!end->note.isEmpty() && stage != Q("gate")) // its rules stand in the log already
            log(end->note);
        PH_ASSIGN(m_record, m_folder.update([&](RunRecord &r) -> Result<void> {
            pipelines::setStage(r, stage, end->state, m_services->clock->nowUtc(), end->note);
            r.run.systemState.clear();
            if (end->state == State::Paused) {
                r.run.state = State::Paused;
                r.run.systemState = QStringLiteral("Waits for you");
                r.process.reset();
            }
            return {};
        }));
        if (end->state == State::Paused)
            return {};
        if (end->state == State::Failed) {
            PH_TRY(finish(State::Failed, end->error));
            return end->error.value_or(refused(end->note));
        }
    }
    return finish(State::Passed);
}

Result<PipelineExecutor::StageEnd> PipelineExecutor::carryOut(const QString &stage) {
    if (stage == Q("train"))
        return train();
    if (stage == Q("gate"))
        return gate();
    if (stage == Q("register"))
        return registerVersion();
    return deploy();
}

/// Where the package is made. A resumed run goes on in the folder of the run that it resumes, which may be a resumed one
/// itself: its checkpoint lies beside the package.
Result<QString> PipelineExecutor::packageFolder() {
    const QString resumed = m_record.run.parameters.value(Q("resume")).toString();
    QString folder = m_folder.path() + QStringLiteral("/package");
    if (!resumed.isEmpty()) {
        PH_ASSIGN(const RunRecord earlier, pipelines::RunFolder(QFileInfo(m_folder.path()).absolutePath() + QLatin1Char('/') + resumed).read());
        const QString there = earlier.results.value(Q("package_folder")).toString();
        if (canGoOn(there))
            folder = there;
        else
            log(QStringLiteral("warning: run %1 left no checkpoint; the training starts afresh").arg(resumed));
    }
    PH_TRY(keep(QStringLiteral("package_folder"), folder));
    return folder;
}

Result<PipelineExecutor::StageEnd> PipelineExecutor::train() {
    const auto place = fleet::trainingPlaceOf(m_services->workspace, model());
    if (pipelines::goesOnElsewhere(m_record)) // whatever the workspace says by now
        return trainInCluster(place ? place->value_or(fleet::TrainingPlace()) : fleet::TrainingPlace());
    if (!place)
        return place.error();
    if (*place)
        return trainInCluster(**place);
    PH_ASSIGN(const QString package, packageFolder());
    ChildJob job;
    job.program = pilotProgram();
    job.arguments = {QStringLiteral("train"), model().recipe, QStringLiteral("--out"), package, QStringLiteral("--workspace"), m_services->workspace.file};
    if (canGoOn(package))
        job.arguments << QStringLiteral("--resume") << package;
    if (const QString elsewhere = fleet::mirrorConnection(*m_services, model().registry.name, {}); !elsewhere.isEmpty())
        job.arguments << QStringLiteral("--registry") << elsewhere << QStringLiteral("--package-later"); // it goes there with its version, after the gates
    for (const QString &tag : decisionTags())
        job.arguments << QStringLiteral("--tag") << tag;
    for (const QString &name : operations::Confirmed::names())
        job.arguments << QStringLiteral("--confirm") << name;
    log(QStringLiteral("pilot %1").arg(job.arguments.join(QLatin1Char(' '))));
    int lastTenth = -1;
    PH_ASSIGN(const QJsonObject result, runJob(job, [&](const Event &event) {
        if (const QString line = eventLine(event, lastTenth); !line.isEmpty())
            log(line);
    }, m_stop));
    PH_TRY(keep(QStringLiteral("train"), result));
    const QString metric = result.value(Q("select")).toString();
    const QJsonValue value = result.value(Q("metrics")).toObject().value(Q("test")).toObject().value(metric);
    return StageEnd{State::Passed, QStringLiteral("%1: %2 %3 on %4 test rows").arg(result.value(Q("estimator")).toString(), metric, numberText(value)).arg(result.value(Q("data")).toObject().value(Q("test_rows")).toInteger()), {}};
}

/// Why this training is made, as tags of its run.
QStringList PipelineExecutor::decisionTags() {
    QStringList tags{QStringLiteral("pipeline_run=") + m_record.run.id};
    const QString id = m_record.run.parameters.value(Q("decision")).toString();
    const auto store = id.isEmpty() ? Result<std::shared_ptr<retrain::DecisionStore>>(notFound({})) : retrain::DecisionStore::open(m_services->root);
    const auto decision = store ? (*store)->decision(id) : Result<retrain::Decision>(store.error());
    if (decision)
        tags << QStringLiteral("retrain_decision=") + retrain::decisionName(decision->kind) << QStringLiteral("retrain_reason=") + decision->reason << QStringLiteral("retrain_trigger=") + decision->trigger;
    return tags;
}

Result<PipelineExecutor::StageEnd> PipelineExecutor::gate() {
    const QJsonArray gates = m_record.results.value(Q("train")).toObject().value(Q("gates")).toArray();
    QStringList failed, passed;
    for (const QJsonValue &v : gates) {
        const QJsonObject g = v.toObject();
        const bool good = g.value(Q("passed")).toBool();
        const QString line = QStringLiteral("%1 (%2)").arg(g.value(Q("rule")).toString(), numberText(g.value(Q("value"))));
        log((good ? QStringLiteral("passed: ") : QStringLiteral("failed: ")) + line);
        (good ? passed : failed) << line;
    }
    if (failed.isEmpty())
        return StageEnd{State::Passed, gates.isEmpty() ? QStringLiteral("the recipe has no gate") : passed.join(QStringLiteral(", ")), {}};
    const QString note = failed.join(QStringLiteral(", "));
    return StageEnd{State::Failed, note, refused(QStringLiteral("A gate of the recipe failed: %1. Nothing was registered.").arg(note), model().recipe)};
}

Result<PipelineExecutor::StageEnd> PipelineExecutor::registerVersion() {
    if (pipelines::goesOnElsewhere(m_record))
        return registerInCluster();
    const QJsonObject trained = m_record.results.value(Q("train")).toObject();
    const QString package = trained.value(Q("package")).toString();
    if (const QString elsewhere = fleet::mirrorConnection(*m_services, model().registry.name, {}); !elsewhere.isEmpty())
        return registerElsewhere(elsewhere, package);
    PH_ASSIGN(const registry::Version made, registerPackage(*m_services, model().registry.name, package, trained.value(Q("digest")).toString(), trained.value(Q("run")).toString()));
    PH_TRY(setVersion(made.version));
    tellDecision();
    QDir(package).removeRecursively(); // it was made for this run, and the registry holds a verified copy
    return StageEnd{State::Passed, QStringLiteral("version %1 of %2").arg(made.version).arg(model().registry.name), {}};
}

/// On a server: the order is kept with the package, and a server that is away is not waited for.
Result<PipelineExecutor::StageEnd> PipelineExecutor::registerElsewhere(const QString &connection, const QString &package) {
    const QString run = m_record.results.value(Q("train")).toObject().value(Q("run")).toString();
    fleet::Mirrors mirrors(m_services);
    PH_ASSIGN(const registry::Mirror ordered, mirrors.order(run, connection, model().registry.name, package));
    tellDecision();
    QDir(package).removeRecursively(); // it was made for this run, and the spool holds a verified copy
    auto tried = mirrors.sync(ordered, m_stop);
    for (int i = 0; i < 120 && !tried && tried.error().kind == ErrorKind::Conflict && !m_stop.stop_requested(); ++i) { // another program sends what the training left
        std::this_thread::sleep_for(std::chrono::milliseconds(500));
        tried = mirrors.sync(ordered, m_stop);
    }
    PH_ASSIGN(const registry::Mirror sent, std::move(tried));
    if (!sent.waits()) {
        PH_TRY(setVersion(sent.version));
        return StageEnd{State::Passed, QStringLiteral("version %1 of %2 on %3").arg(sent.version).arg(model().registry.name, connection), {}};
    }
    const QString text = fleet::waitingTexts({sent}).value(0);
    if (sent.error.kind != ErrorKind::Unreachable && sent.error.kind != ErrorKind::TimedOut)
        return StageEnd{State::Failed, text, sent.error};
    PH_TRY(keep(QStringLiteral("waits_for"), connection));
    return StageEnd{State::Passed, text, {}};
}

/// The decision that started this run learns what the new model reached.
void PipelineExecutor::tellDecision() {
    const QString id = m_record.run.parameters.value(Q("decision")).toString();
    if (id.isEmpty())
        return;
    const auto store = retrain::DecisionStore::open(m_services->root);
    const auto decision = store ? (*store)->decision(id) : Result<retrain::Decision>(store.error());
    if (!decision) {
        log(QStringLiteral("warning: %1").arg(decision.error().text()));
        return;
    }
    const QJsonObject trained = m_record.results.value(Q("train")).toObject();
    const metrics::Values test = metrics::withTargets(trained.value(Q("metrics")).toObject().value(Q("test")).toObject(), trained.value(Q("targets")).toArray());
    if (const double value = test.value(decision->metric, std::nan("")); std::isfinite(value))
        if (const auto told = (*store)->setAfter(id, value); !told)
            log(QStringLiteral("warning: %1").arg(told.error().text()));
}

Result<PipelineExecutor::StageEnd> PipelineExecutor::deploy() {
    if (m_record.run.parameters.value(Q("deploy")) == QJsonValue(false))
        return StageEnd{State::Skipped, QStringLiteral("not asked for: the version stays a candidate"), {}};
    if (const QString asked = m_record.results.value(Q("promotion")).toString(); !asked.isEmpty())
        return waitFor(asked, {}); // by the process before this one
    PH_ASSIGN(const fleet::ModelPlace place, fleet::placeOf(*m_services, model()));
    if (m_record.run.version == 0 && pipelines::goesOnElsewhere(m_record))
        return StageEnd{State::Skipped, QStringLiteral("nothing was registered that could be deployed"), {}};
    if (const QString waitsFor = m_record.results.value(Q("waits_for")).toString(); !waitsFor.isEmpty())
        return StageEnd{State::Skipped, QStringLiteral("%1 has no version yet; when it has: pilot promote %2 VERSION").arg(waitsFor, model().name), {}};
    PH_ASSIGN(promotion::EvidenceInput input, fleet::evidenceInput(*m_services, place, m_record.run.version, place.champion, m_stop));
    input.requester = m_record.run.startedBy;
    input.loadScorer = [](const QString &folder) { return learn::loadScorer(folder); };
    PH_ASSIGN(const promotion::Evidence evidence, promotion::computeEvidence(input));
    for (const promotion::GateResult &gate : evidence.gates)
        log(QStringLiteral("gate %1: %2").arg(gate.rule, gate.value));
    if (evidence.blocked())
        return StageEnd{State::Failed, evidence.sentence, refused(QStringLiteral("The evidence blocks a promotion of version %1: %2").arg(m_record.run.version).arg(evidence.sentence), QStringLiteral("model %1").arg(model().name),
                                                                  QStringLiteral("It stays a candidate; pilot promote %1 %2 --plan shows the sheet.").arg(model().name).arg(m_record.run.version))};
    PH_ASSIGN(const promotion::Request request, m_services->promotions->request(place.key, m_record.run.version, place.champion, evidence));
    PH_TRY(keep(QStringLiteral("promotion"), request.id));
    return waitFor(request.id, evidence.sentence + QLatin1Char(' '));
}

/// How it stands with the promotion that was asked for.
Result<PipelineExecutor::StageEnd> PipelineExecutor::waitFor(const QString &promotion, const QString &sentence) {
    PH_ASSIGN(const pipelines::DeployState deploy, fleet::deployWatcher(m_services->promotions)(promotion));
    if (deploy.state == State::Paused)
        return StageEnd{State::Paused, QStringLiteral("%1Waits for an approval: pilot approve %2 --comment …").arg(sentence, promotion), {}};
    return StageEnd{deploy.state, deploy.note, deploy.state == State::Failed ? std::optional(refused(deploy.note)) : std::nullopt};
}

} // namespace pilothouse
