// SPDX-License-Identifier: GPL-3.0-or-later
// The rollout after a deploy run, followed by itself: runs of the estate's Kubeflow, Deployments of a real API server with its controllers. What the run does in the cluster is done by kubectl.
#include "core/fleet/deploy_follow.h"

#include "app/estate/estate.h"
#include "app/estate/stand_ins.h"
#include "core/base/file.h"
#include "core/fleet/inbox_pipelines.h"
#include "core/fleet/joined_gates.h"
#include "core/fleet/remote_runs.h"
#include "core/fleet/run_watch.h"
#include "core/pipelines/all_pipelines.h"
#include "tests/support/kube_server.h"

#include <QTest>

using namespace pilothouse;
using namespace pilothouse::fleet;
using Q = QLatin1String;
using State = FollowedDeploy::State;

namespace {

class EstateTime final : public Clock {
public:
    explicit EstateTime(estate::EstateClock &clock) : m_clock(clock) {}
    QDateTime nowUtc() const override { return m_clock.now(); }

private:
    estate::EstateClock &m_clock;
};

} // namespace

class TestDeployFollow : public QObject {
    Q_OBJECT
    support::KubeServer m_server;
    QTemporaryDir m_folder;
    std::unique_ptr<estate::Estate> m_estate;
    std::shared_ptr<Services> m_services;

    std::shared_ptr<Services> open() const {
        ServiceOptions options;
        options.workspaceFile = m_folder.filePath(Q("pilothouse.yaml"));
        options.secrets = secrets::environmentStore();
        options.clock = std::make_shared<EstateTime>(m_estate->clock());
        auto opened = openServices(options);
        if (!opened)
            qFatal("%s", qPrintable(opened.error().text()));
        return *opened;
    }
    QByteArray kubectl(const QString &words) const {
        const auto done = m_server.kubectl(QStringList{QStringLiteral("-n"), QStringLiteral("ml")} + words.split(QLatin1Char(' ')));
        return done.code == 0 ? done.out.trimmed() : "failed: " + done.error.trimmed();
    }
    void setImage(const char *tag) const { QVERIFY(!kubectl(QStringLiteral("set image deployment/iris api=registry.example/team/iris:") + Q(tag)).startsWith("failed")); }
    QString deployRun() const {
        const auto run = m_services->pipelines->startRun({QStringLiteral("kubeflow:IrisDeploy"), {}, {}, QStringLiteral("ada"), QStringLiteral("by hand")});
        if (!run)
            qFatal("%s", qPrintable(run.error().text()));
        m_estate->clock().advance(1); // it is under way
        return *run;
    }
    void pass() const { m_estate->clock().advance(180); }
    QStringList look(const std::shared_ptr<Services> &by = {}) const {
        const auto &one = by ? by : m_services;
        one->runs->forget();
        one->runs->look(0);
        one->runs->waitForReads();
        QStringList told;
        for (const RunNews &news : RunWatch(one).look())
            told << news.sentence;
        return told;
    }
    FollowedDeploy of(const QString &run) const {
        for (const FollowedDeploy &one : followedDeploys(*m_services))
            if (one.run == run)
                return one;
        FollowedDeploy none;
        none.state = State::Overtaken;
        return none;
    }
    /// Looks until the run's rollout is in a state; all that was told.
    QStringList until(const QString &run, State state) const {
        QStringList told;
        [&] { QTRY_VERIFY_WITH_TIMEOUT((told << look(), of(run).state == state), 60000); }();
        return told;
    }

private Q_SLOTS:
    void initTestCase() {
        if (const QString why = support::KubeServer::missing(); !why.isEmpty())
            QSKIP(qPrintable(why));
        QString why;
        QVERIFY2(m_server.start(&why), qPrintable(why));
        estate::EstateOptions options;
        options.speed = 0;
        options.ticks = false;
        auto started = estate::Estate::start(options, estate::makeStandIns({QStringLiteral("kubeflow")}));
        QVERIFY2(started, started ? "" : qPrintable(started.error().text()));
        m_estate = *std::move(started);
        QVERIFY(writeFileAtomically(m_folder.filePath(Q("pilothouse.yaml")),
                                    "workspace: followed\nconnections:\n  local: {kind: local, root: " + m_folder.filePath(Q("root")).toUtf8() + "}\n  kubeflow: {kind: kubeflow, url: \"" +
                                        m_estate->url(QStringLiteral("kubeflow")).toUtf8() + "\", namespace: kubeflow, experiment: iris-mlflow-kserve, jobs: [IrisExp, IrisDeploy]}\n  cluster: {kind: kubernetes, kubeconfig: " +
                                        m_server.operatorConfig().toUtf8() + "}\nmodels:\n  iris:\n    registry: {connection: local, name: iris}\n"
                                        "    pipeline: {connection: kubeflow, job: IrisExp, deploy: IrisDeploy, deploy_connection: kubeflow}\n"
                                        "    deployment: {connection: cluster, namespace: ml, target: deployment/iris, image: \"registry.example/team/iris:{tag:build}\"}\n"
                                        "  both:\n    registry: {connection: local, name: both}\n    pipeline: {connection: kubeflow, job: IrisExp}\n"
                                        "    deployment: {connection: cluster, namespace: ml, target: deployment/both, image: \"registry.example/team/both:{tag:build}\"}\n"));
        m_services = open();
        auto &kubeflow = *dynamic_cast<pipelines::AllPipelines &>(*m_services->pipelines).others().front();
        QVERIFY(kubeflow.uploadPipeline(QStringLiteral("IrisDeploy"), {}, QStringLiteral("deploy.yaml"), "pipelineInfo:\n  name: irisdeploy\nroot:\n  dag: {tasks: {}}\nschemaVersion: 2.1.0\nsdkVersion: kfp-2.3.0\n"));
        for (const char *name : {"iris", "both"}) {
            const QByteArray text = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: NAME, namespace: ml}\nspec:\n  replicas: 2\n  progressDeadlineSeconds: 3\n  selector: {matchLabels: {app: NAME}}\n  template:\n"
                                    "    metadata: {labels: {app: NAME}}\n    spec: {containers: [{name: api, image: \"registry.example/team/NAME:b1\"}]}\n";
            const auto made = m_server.kubectl({QStringLiteral("apply"), QStringLiteral("-f"), QStringLiteral("-")}, QByteArray(text).replace("NAME", name));
            QVERIFY2(made.code == 0, made.error.constData());
            QTRY_COMPARE_WITH_TIMEOUT(kubectl(QStringLiteral("get deployment/%1 -o jsonpath={.status.availableReplicas}").arg(Q(name))), "2", 60000);
        }
    }
    void cleanupTestCase() {
        if (m_services) {
            m_services->runs->waitForReads();
            m_services->http->close();
        }
    }

    void aHealthyOneIsToldWithoutAsking() {
        QVERIFY(RunWatch(m_services).needed());
        const QString run = deployRun();
        QVERIFY(look().isEmpty());
        QCOMPARE(of(run).state, State::Running);
        QCOMPARE(of(run).before, 1);
        setImage("b2");
        pass();
        const QStringList told = until(run, State::Healthy);
        QVERIFY2(told.first().contains(run) && told.first().contains(Q("is followed")), qPrintable(told.join(Q("\n"))));
        QVERIFY2(told.last().contains(Q("deployment/iris: revision 2 is healthy")), qPrintable(told.join(Q("\n"))));
        QCOMPARE(kubectl(QStringLiteral("get deployment/iris -o jsonpath={.status.updatedReplicas}")), "2"); // so it is
        QVERIFY(look().isEmpty() && look(open()).isEmpty()); // told once, by whichever program
        QVERIFY2(runNotes(*m_services).value(run).text.contains(Q("revision 2 is healthy")), qPrintable(runNotes(*m_services).value(run).text));
        QVERIFY(runNotices(*m_services).empty());
    }
    void oneThatIsStuckWaitsInTheInboxUntilAnotherChangeCame() {
        const QString run = deployRun();
        look();
        setImage("missing"); // which the kubelet cannot pull
        pass();
        const QStringList told = until(run, State::Stuck);
        QVERIFY2(told.last().contains(Q("revision 3 is stuck")) && told.last().contains(Q("exceeded its progress deadline")), qPrintable(told.join(Q("\n"))));
        const auto notices = runNotices(*m_services);
        QCOMPARE(notices.size(), std::size_t(1));
        QCOMPARE(notices.front().run, run);
        QVERIFY2(notices.front().sentence.contains(Q("revision 3 is stuck")), qPrintable(notices.front().sentence));
        QVERIFY(!kubectl(QStringLiteral("rollout undo deployment/iris")).startsWith("failed"));
        const QStringList after = until(run, State::Overtaken);
        QVERIFY2(after.last().contains(Q("did not become healthy")) && after.last().contains(Q("revision 4 came after it")), qPrintable(after.join(Q("\n"))));
        QVERIFY(runNotices(*m_services).empty());
    }
    void anotherProgramGoesOnWhereOneEnded() {
        const QString run = deployRun();
        look();
        pass();
        QVERIFY(look().first().contains(Q("is followed"))); // and that program ends
        setImage("b3");
        const auto other = open();
        QStringList told;
        QTRY_VERIFY_WITH_TIMEOUT((told << look(other), of(run).state == State::Healthy), 60000);
        QVERIFY2(told.last().contains(Q("revision 5 is healthy")), qPrintable(told.join(Q("\n"))));
        other->runs->waitForReads();
        other->http->close();
    }
    void aRunThatRolledOutNothingIsToldSo() {
        const QString run = deployRun();
        look();
        pass();
        look();
        QCOMPARE(of(run).state, State::Following);
        m_estate->clock().advance(DeployFollow::noRolloutSeconds);
        const QStringList told = look();
        QCOMPARE(of(run).state, State::Nothing);
        QVERIFY2(told.last().contains(Q("nothing was rolled out")), qPrintable(told.join(Q("\n"))));
    }
    void aPipelineThatMayTrainOnlyIsToldOfWhenSomethingRolls() {
        const auto train = [&] {
            const auto run = m_services->pipelines->startRun({QStringLiteral("kubeflow:IrisExp"), {{Q("data_path"), Q("/data")}}, {}, QStringLiteral("ada"), QStringLiteral("by hand")});
            if (!run)
                qFatal("%s", qPrintable(run.error().text()));
            m_estate->clock().advance(1);
            look();
            return *run;
        };
        const QString first = train();
        pass();
        QVERIFY(look().isEmpty()); // it trained
        QVERIFY(!kubectl(QStringLiteral("set image deployment/both api=registry.example/team/both:b2")).startsWith("failed")); // and deploys
        const QStringList told = until(first, State::Healthy);
        QVERIFY2(told.last().contains(Q("deployment/both: revision 2 is healthy")), qPrintable(told.join(Q("\n"))));
        const QString second = train();
        pass();
        look();
        m_estate->clock().advance(DeployFollow::noRolloutSeconds);
        QVERIFY(look().isEmpty()); // it trained only
        QCOMPARE(of(second).state, State::Nothing);
        QVERIFY(runNotes(*m_services).value(second).text.isEmpty());
    }
    void anOldRunIsHistory() {
        const QString run = deployRun();
        pass();
        m_estate->clock().advance(DeployFollow::tooOldSeconds + 60);
        QVERIFY(look().isEmpty());
        for (const FollowedDeploy &one : followedDeploys(*m_services))
            QVERIFY(one.run != run);
    }
};

QTEST_GUILESS_MAIN(TestDeployFollow)
#include "tst_deploy_follow.moc"
