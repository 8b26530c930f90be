// SPDX-License-Identifier: GPL-3.0-or-later
// How a tag gets into a pipeline that deploys, how its run is followed, and which run a commit started.
#include "core/fleet/commit_artifact.h"
#include "core/fleet/workflow_deployer.h"

#include <QTest>

using namespace pilothouse;
using namespace pilothouse::fleet;
using pipelines::PipelineRun;
using pipelines::State;

namespace {

/// A system of one pipeline, whose runs the test makes.
class OnePipeline : public pipelines::PipelineService {
public:
    QString source() const override { return QStringLiteral("gh"); }
    Result<std::vector<pipelines::Pipeline>> pipelines() const override { return std::vector<pipelines::Pipeline>{}; }
    Result<std::vector<PipelineRun>> runs(const QString &, int) const override {
        ++looks;
        return looks < appearsAt ? std::vector<PipelineRun>{} : made;
    }
    Result<PipelineRun> run(const QString &id) const override {
        if (problem)
            return *problem;
        for (const PipelineRun &run : made)
            if (run.id == id) {
                PipelineRun now = run;
                if (--lasts > 0)
                    now.state = State::Running;
                return now;
            }
        return notFound(QStringLiteral("no run"));
    }
    Result<pipelines::LogPiece> readLog(const pipelines::LogFrom &, std::stop_token) const override { return pipelines::LogPiece{}; }
    Result<pipelines::StartForm> form(const QString &) const override { return asks; }
    Result<QString> startRun(const pipelines::StartRequest &request) override {
        started.push_back(request);
        return QStringLiteral("9");
    }
    Result<void> cancel(const QString &) override { return {}; }

    pipelines::StartForm asks;
    std::vector<PipelineRun> made;
    std::vector<pipelines::StartRequest> started;
    std::optional<Error> problem;
    mutable int looks = 0, lasts = 0;
    int appearsAt = 0;
};

PipelineRun runOf(const char *id, const char *commit, State state) {
    PipelineRun run;
    run.id = QLatin1String(id);
    run.commit = QLatin1String(commit);
    run.state = state;
    return run;
}

pipelines::Parameter input(const char *name) {
    pipelines::Parameter p;
    p.name = QLatin1String(name);
    return p;
}

} // namespace

class TestWorkflowDeployer : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theTagGoesWhereThePipelineTakesIt() {
        OnePipeline service;
        WorkflowDeploy deploy{QStringLiteral("gh:deploy.yml"), {{QStringLiteral("image"), QStringLiteral("api:{tag}")}, {QStringLiteral("dry"), QStringLiteral("false")}}, {}, QStringLiteral("ann")};
        auto start = startOfTag(service, deploy, QStringLiteral("v34")); // as the workspace says
        QCOMPARE(start->parameters, (QJsonObject{{QStringLiteral("image"), QStringLiteral("api:v34")}, {QStringLiteral("dry"), QStringLiteral("false")}}));
        deploy.parameters.clear();
        service.asks.parameters = {input("level"), input("Version")};
        start = startOfTag(service, deploy, QStringLiteral("v34")); // its usual input
        QCOMPARE(start->parameters, (QJsonObject{{QStringLiteral("Version"), QStringLiteral("v34")}}));
        service.asks.parameters.clear();
        service.asks.refs = {QStringLiteral("main"), QStringLiteral("v34")};
        start = startOfTag(service, deploy, QStringLiteral("34")); // redeploy from a tag
        QCOMPARE(start->ref, QStringLiteral("v34"));
        QVERIFY(start->parameters.isEmpty());
        QCOMPARE(startOfTag(service, deploy, QStringLiteral("v35")).error().kind, ErrorKind::Invalid);
    }

    void theRunIsFollowedToItsEnd() {
        const auto service = std::make_shared<OnePipeline>();
        service->asks.parameters = {input("tag")};
        const rollouts::Deployer deployer = workflowDeployer(service, {QStringLiteral("gh:deploy.yml"), {}, {}, QStringLiteral("ann")});
        QVERIFY(deployer.deploy(QStringLiteral("v34")).has_value());
        QCOMPARE(service->started.size(), std::size_t(1));
        service->made = {runOf("9", "c", State::Running)};
        QCOMPARE(*deployer.finished(), false);
        service->problem = Error{ErrorKind::Unreachable, QStringLiteral("gone"), {}, {}, {}};
        QCOMPARE(*deployer.finished(), false); // nothing is said about the run
        service->problem.reset();
        service->made = {runOf("9", "c", State::Passed)};
        QCOMPARE(*deployer.finished(), true);
        service->made = {runOf("9", "c", State::Failed)};
        QCOMPARE(deployer.finished().error().kind, ErrorKind::Refused);
        QCOMPARE(service->started.size(), std::size_t(1));
    }

    void theRunOfACommitIsFound() {
        OnePipeline service;
        service.made = {runOf("7", "other", State::Passed), runOf("8", "c0ffee", State::Passed)};
        service.appearsAt = 3;
        service.lasts = 2;
        FollowOptions options;
        options.sleep = [](int) {};
        QStringList seen;
        options.onRun = [&](const PipelineRun &run) { seen << pipelines::stateName(run.state); };
        const auto run = followCommit(service, QStringLiteral("deploy.yml"), QStringLiteral("c0ffee"), options);
        QVERIFY(run && *run);
        QCOMPARE((*run)->id, QStringLiteral("8"));
        QCOMPARE(seen, QStringList({QStringLiteral("running"), QStringLiteral("passed")}));
        const auto none = followCommit(service, QStringLiteral("deploy.yml"), QStringLiteral("feed"), options);
        QVERIFY(none.has_value() && !none->has_value());
    }
};

QTEST_GUILESS_MAIN(TestWorkflowDeployer)
#include "tst_workflow_deployer.moc"
