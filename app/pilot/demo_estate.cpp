// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/demo_estate.h"

#include "core/base/child_process.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/demo/demo_workspace.h"
#include "core/fleet/services.h"
#include "core/pipelines/pipeline_operations.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QFileInfo>
#include <QJsonArray>
#include <QStandardPaths>

#include <csignal>
#include <thread>

namespace pilothouse {

namespace {

using Q = QLatin1String;

constexpr int startSeconds = 30, runSeconds = 90;

/// What the stand-ins take for a login; worth nothing anywhere else.
const QHash<QString, QString> logins{{QStringLiteral("demo-estate-jenkins"), QStringLiteral("token-of-admin")}, {QStringLiteral("demo-estate-github"), QStringLiteral("ghp_reviewer")}, {QStringLiteral("demo-estate-azureml"), QStringLiteral("estate-secret")}};

QString estateProgram() {
    const QString beside = QCoreApplication::applicationDirPath() + QStringLiteral("/pilothouse-estate");
    return QFileInfo(beside).isExecutable() ? beside : QStandardPaths::findExecutable(QStringLiteral("pilothouse-estate"));
}

QString portFile(const QString &folder) { return folder + QStringLiteral("/estate/ports.json"); }

/// The one that runs in this folder: its lock is held, and its port file says where. Nothing: none does.
std::optional<QJsonObject> running(const QString &folder) {
    if (!QFileInfo::exists(portFile(folder)) || FileLock::tryAcquire(folder + QStringLiteral("/estate/lock")))
        return std::nullopt; // the lock was free: whoever wrote the file is gone
    const auto bytes = readFile(portFile(folder));
    const auto ports = bytes ? parseJsonObject(*bytes, portFile(folder)) : Result<QJsonObject>(bytes.error());
    return ports ? std::optional(*ports) : std::nullopt;
}

Result<QJsonObject> started(Context &context, const DemoEstateOptions &options) {
    const QString program = estateProgram(), estate = options.folder + QStringLiteral("/estate");
    if (program.isEmpty())
        return notFound(QStringLiteral("The program pilothouse-estate was not found, which plays the servers."), {}, QStringLiteral("It is installed beside pilot."));
    PH_TRY(makeFolder(estate, true));
    QFile::remove(portFile(options.folder));
    const QString log = estate + QStringLiteral("/estate.log");
    PH_ASSIGN(const qint64 pid, startDetached(program, {QStringLiteral("--folder"), estate, QStringLiteral("--speed"), QString::number(options.speed), QStringLiteral("--port-file"), portFile(options.folder)}, log));
    QElapsedTimer waited;
    for (waited.start(); waited.elapsed() < startSeconds * 1000;) {
        if (const auto ports = running(options.folder))
            return *ports;
        if (context.stop().stop_requested() || ::kill(pid_t(pid), 0) != 0)
            break;
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    const auto said = readFile(log);
    return Error{ErrorKind::Internal, QStringLiteral("The estate did not start."), log, QStringLiteral("Its log says why."), said ? QString::fromUtf8(said->right(2000)) : QString()};
}

/// The demo's own workspace with the servers beside its models, in a file of its own: what is open of the demo stays as it is.
Result<QString> writeWorkspace(const QString &folder, const QJsonObject &ports) {
    PH_ASSIGN(const QString demo, demo::openDemoWorkspace(folder));
    PH_ASSIGN(const QByteArray text, readFile(demo));
    const qsizetype connections = text.indexOf("\nconnections:\n");
    if (connections < 0)
        return invalid(QStringLiteral("The demo's workspace has no list of connections."), demo, QStringLiteral("Take its folder away and run pilot demo again."));
    const auto url = [&](const char *name) { return ports.value(Q(name)).toString().toUtf8(); };
    const QByteArray lines =
        "  # Played by pilothouse-estate: pilot demo --estate\n"
        "  jenkins: {kind: jenkins, url: \"" + url("jenkins") + "\", user: admin, secret: demo-estate-jenkins, jobs: [iris-pipeline, weather/weather-software/main]}\n"
        "  github: {kind: github, url: \"" + url("github") + "/api/v3\", secret: demo-estate-github, owner: acme, repo: damage-incidence}\n"
        "  kubeflow: {kind: kubeflow, url: \"" + url("kubeflow") + "\", namespace: kubeflow, experiment: iris-mlflow-kserve}\n"
        "  azureml: {kind: azureml, url: \"" + url("azureml") + "/mlflow/v1.0/subscriptions/sub-1/resourceGroups/mlops-rg/providers/Microsoft.MachineLearningServices/workspaces/mlops-ws\", tenant: estate-tenant, "
        "client: estate-client, secret: demo-estate-azureml, authority: \"" + url("azureml") + "\", experiment: damage-incidence-prediction}\n";
    QByteArray whole = text;
    whole.insert(connections + qsizetype(sizeof "\nconnections:\n") - 1, lines);
    const QString file = folder + QStringLiteral("/estate.yaml");
    PH_TRY(writeFileAtomically(file, whole));
    return file;
}

Result<void> control(const fleet::Services &services, const QJsonObject &ports, const QString &path, const QJsonObject &details) {
    net::Request request;
    request.method = "POST";
    request.url = ports.value(Q("control")).toString() + QStringLiteral("/estate/") + path;
    request.headers = {{"Content-Type", "application/json"}};
    request.body = QJsonDocument(details).toJson(QJsonDocument::Compact);
    PH_ASSIGN(const net::Response reply, services.http->send(request, {}));
    return reply.status == 200 ? Result<void>() : Result<void>(net::statusError(request, reply));
}

/// Life in all systems: each start is one that a person could make. What does not start is told, and costs nothing else.
class Life {
public:
    Life(Context &context, const fleet::Services &services, const QJsonObject &ports) : m_context(context), m_services(services), m_ports(ports) {}

    void fill() {
        tell(control(m_services, m_ports, QStringLiteral("github/protect"), {{Q("repository"), Q("acme/damage-incidence")}, {Q("environment"), Q("production")}, {Q("reviewers"), QJsonArray{Q("rita")}}, {Q("prevent_self_review"), false}}));
        start(QStringLiteral("github:train_model.yml"));
        start(QStringLiteral("kubeflow:IrisExp"));
        start(QStringLiteral("azureml:damage-incidence-prediction"));
        start(QStringLiteral("github:deploy_app.yml")); // waits for its reviewer
        start(QStringLiteral("jenkins:iris-pipeline"), {{Q("N_ESTIMATORS"), QStringLiteral("120")}}); // waits at Approve Promotion
        // A service whose build fails, and which the next commit skips: it stays broken, and is told.
        const QString weather = QStringLiteral("jenkins:weather/weather-software/main");
        tell(control(m_services, m_ports, QStringLiteral("jenkins/break-service"), {{Q("service"), Q("inference")}}));
        ended(start(weather, {{Q("BUILD_ALL"), true}}));
        tell(control(m_services, m_ports, QStringLiteral("jenkins/mend-service"), {{Q("service"), Q("inference")}}));
        start(weather);
    }
    QJsonArray runs, problems;

private:
    void tell(const Result<void> &done) {
        if (!done)
            problems.append(errorToJson(done.error()));
    }
    QString start(const QString &pipeline, const QJsonObject &parameters = {}) {
        const auto run = std::make_shared<QString>();
        const auto outcome = m_services.operations->run(pipelines::startPipelineOperation(m_services.pipelines, {pipeline, parameters, {}, m_services.operations->actor().name, QStringLiteral("pilot demo --estate")}, run));
        if (run->isEmpty())
            tell(outcome.error.value_or(refused(QStringLiteral("%1 was not started.").arg(pipeline))));
        else
            runs.append(*run);
        m_context.events().log(QStringLiteral("info"), run->isEmpty() ? QStringLiteral("%1 was not started").arg(pipeline) : QStringLiteral("%1 runs").arg(*run));
        return *run;
    }
    void ended(QString run) {
        QElapsedTimer waited;
        for (waited.start(); !run.isEmpty() && waited.elapsed() < runSeconds * 1000 && !m_context.stop().stop_requested();) {
            const auto now = m_services.pipelines->run(run);
            if (!now || pipelines::hasEnded(now->state))
                return;
            if (!now->became.isEmpty())
                run = now->became;
            std::this_thread::sleep_for(std::chrono::milliseconds(500));
        }
    }
    Context &m_context;
    const fleet::Services &m_services;
    const QJsonObject &m_ports;
};

Result<void> stopEstate(Context &context, const QString &folder) {
    const auto ports = running(folder);
    if (!ports) {
        context.answer({{Q("stopped"), false}}, QStringLiteral("No estate runs on %1.").arg(folder));
        return {};
    }
    const auto pid = pid_t(ports->value(Q("pid")).toInteger());
    if (pid < 2 || ::kill(pid, SIGTERM) != 0)
        return Error{ErrorKind::Denied, QStringLiteral("The estate (process %1) could not be ended.").arg(pid), portFile(folder), {}, {}};
    QElapsedTimer waited;
    for (waited.start(); running(folder) && waited.elapsed() < startSeconds * 1000;)
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    if (running(folder))
        return Error{ErrorKind::TimedOut, QStringLiteral("The estate (process %1) does not end.").arg(pid), portFile(folder), {}, {}};
    context.answer({{Q("stopped"), true}, {Q("pid"), double(pid)}}, QStringLiteral("The estate has ended. Its state stays in %1/estate.").arg(folder));
    return {};
}

} // namespace

Result<void> demoEstate(Context &context, const DemoEstateOptions &options) {
    if (options.stop)
        return stopEstate(context, options.folder);
    std::optional<QJsonObject> ports = running(options.folder);
    const bool found = ports.has_value();
    if (!found) {
        PH_ASSIGN(ports, started(context, options));
    }
    PH_ASSIGN(const QString file, writeWorkspace(options.folder, *ports));
    const auto keychain = secrets::keychainStore();
    QJsonObject variables; // for who has no keychain
    for (auto it = logins.begin(); it != logins.end(); ++it)
        if (!keychain->write(it.key(), it.value()))
            variables.insert(secrets::environmentVariable(it.key()), it.value());
    fleet::ServiceOptions wanted;
    wanted.workspaceFile = file;
    wanted.secrets = secrets::chainedStore({secrets::memoryStore(logins), secrets::environmentStore(), keychain});
    PH_ASSIGN(const auto services, fleet::openServices(wanted));
    Life life(context, *services, *ports);
    if (!found)
        life.fill();
    QJsonObject servers = *ports;
    servers.remove(QStringLiteral("pid"));
    QString text = QStringLiteral("%1 on loopback: %2.\nOpen them: pilothouse --workspace %3\nIn a terminal: pilot pipelines runs --workspace %3\nEnd them: pilot demo --estate --stop")
                       .arg(found ? QStringLiteral("The estate runs already") : QStringLiteral("The estate runs"), QStringList(servers.keys()).join(QStringLiteral(", ")), file);
    for (auto it = variables.begin(); it != variables.end(); ++it)
        text += QStringLiteral("\nThere is no keychain, so first: export %1=%2").arg(it.key(), it.value().toString());
    for (const QJsonValue &problem : std::as_const(life.problems))
        text += QStringLiteral("\nNot started: %1").arg(problem.toObject().value(Q("what")).toString());
    context.answer({{Q("workspace"), file}, {Q("servers"), servers}, {Q("pid"), ports->value(Q("pid"))}, {Q("found"), found}, {Q("secrets"), variables}, {Q("runs"), life.runs}, {Q("problems"), life.problems}}, text);
    return {};
}

} // namespace pilothouse
