// SPDX-License-Identifier: GPL-3.0-or-later
// The card of an Argo Rollout: its curves as data, and the card on a real API server whose Argo controller the test plays; its buttons run the real `pilot`.
#include "core/base/file.h"
#include "core/cluster/argo_actions.h"
#include "core/fleet/canary_follow.h"
#include "core/fleet/fleet.h"
#include "tests/support/kube_server.h"
#include "tests/support/single_quoted_json.h"
#include "widgets/base/button.h"
#include "widgets/base/stage_graph.h"
#include "widgets/base/toast.h"
#include "widgets/cluster/argo_card.h"
#include "widgets/cluster/argo_models.h"
#include "widgets/cluster/metric_tile.h"
#include "widgets/cluster/workload_charts.h"

#include <QLabel>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>

using namespace pilothouse;
using namespace pilothouse::cluster;
using namespace pilothouse::ui;
using support::object;
using Q = QLatin1String;

namespace {

constexpr int slow = 60000;
const QString space = QStringLiteral("ml");

const char *analysisStatus = "{'phase':'Running','metricResults':[{'name':'success-rate','phase':'Running','successful':2,'failed':1,'measurements':["
                             "{'phase':'Successful','value':'[0.97]','startedAt':'2026-11-22T10:00:00Z','finishedAt':'2026-11-22T10:00:01Z'},"
                             "{'phase':'Successful','value':'[0.96]','startedAt':'2026-11-22T10:01:00Z','finishedAt':'2026-11-22T10:01:01Z'},"
                             "{'phase':'Failed','value':'[0.91]','startedAt':'2026-11-22T10:02:00Z','finishedAt':'2026-11-22T10:02:01Z'}]}]}";
const char *analysisSpec = "{'metrics':[{'name':'success-rate','interval':'60s','failureLimit':2,'successCondition':'result[0] >= 0.95','provider':{'prometheus':{'address':'http://p','query':'q'}}}]}";

/// The window's parts that a card needs.
struct Estate {
    QTemporaryDir folder;
    Pools pools{1};
    Theme theme;
    ActionCatalogue actions;
    std::unique_ptr<fleet::Fleet> fleet;
    std::unique_ptr<fleet::Jobs> jobs;
    PanelContext context;
    Danger asked;

    explicit Estate(const QString &kubeconfig) {
        const QString file = folder.filePath(Q("pilothouse.yaml"));
        fleet::ServiceOptions options;
        options.workspaceFile = file;
        options.secrets = secrets::environmentStore();
        options.program = QStringLiteral("pilothouse");
        const auto written = writeFileAtomically(file, "workspace: argocard\nconnections:\n  local: {kind: local, root: " + folder.filePath(Q("root")).toUtf8() + "}\n  lab: {kind: kubernetes, kubeconfig: \"" + kubeconfig.toUtf8() + "\", namespace: ml}\nmodels: {}\n");
        auto services = fleet::openServices(options);
        if (!written || !services)
            qFatal("%s", services ? "the file" : qPrintable(services.error().text()));
        fleet = std::make_unique<fleet::Fleet>(*services, pools);
        jobs = std::make_unique<fleet::Jobs>(pools, file);
        actions.setAsk([this](const Danger &danger, const ActionSpec &, std::function<void(const QString &)> go) {
            asked = danger;
            go({});
        });
        context.fleet = fleet.get();
        context.jobs = jobs.get();
        context.actions = &actions;
        context.theme = &theme;
        context.now = [] { return QDateTime::currentDateTimeUtc(); };
    }
};

} // namespace

class TestArgoCard : public QObject {
    Q_OBJECT
    support::KubeServer m_server;
    std::shared_ptr<net::HttpClient> m_http = std::make_shared<net::HttpClient>();
    std::shared_ptr<KubeApi> m_api;
    const KubeRef m_ref{kinds::Rollout, space, QStringLiteral("web")};

    void apply(const QJsonObject &o) {
        const auto done = m_server.kubectl({QStringLiteral("apply"), QStringLiteral("-n"), space, QStringLiteral("-f"), QStringLiteral("-")}, QJsonDocument(o).toJson());
        QVERIFY2(done.code == 0, done.error.constData());
    }
    /// The controller: status through the subresource.
    void controller(const char *status) {
        const auto done = m_api->patch(objectPath(m_ref, QStringLiteral("status")), PatchKind::Merge, QJsonObject{{Q("status"), object(status)}});
        QVERIFY2(done, done ? "" : qPrintable(done.error().text()));
    }
    QJsonObject owner() {
        return {{Q("apiVersion"), Q("argoproj.io/v1alpha1")}, {Q("kind"), Q("Rollout")}, {Q("name"), m_ref.name}, {Q("uid"), metadataText(*m_api->read(m_ref), "uid")}, {Q("controller"), true}};
    }
    void replicaSet(int revision, const char *image, const char *hash) {
        const QJsonObject labels{{Q("app"), Q("web")}, {argoHashLabel, Q(hash)}};
        const QJsonObject pod{{Q("metadata"), QJsonObject{{Q("labels"), labels}}}, {Q("spec"), QJsonObject{{Q("containers"), QJsonArray{QJsonObject{{Q("name"), Q("web")}, {Q("image"), Q(image)}}}}}}};
        const auto made = m_api->create(kinds::ReplicaSet, space,
                                        {{Q("apiVersion"), Q("apps/v1")}, {Q("kind"), Q("ReplicaSet")},
                                         {Q("metadata"), QJsonObject{{Q("name"), m_ref.name + QLatin1Char('-') + Q(hash)}, {Q("labels"), labels}, {Q("annotations"), QJsonObject{{argoRevisionAnnotation, QString::number(revision)}}}, {Q("ownerReferences"), QJsonArray{owner()}}}},
                                         {Q("spec"), QJsonObject{{Q("replicas"), 0}, {Q("selector"), QJsonObject{{Q("matchLabels"), labels}}}, {Q("template"), pod}}}});
        QVERIFY2(made, made ? "" : qPrintable(made.error().text()));
    }
    static QString textOf(const QWidget &card, const char *name) { return card.findChild<QLabel *>(Q(name))->text(); }
    static Button *button(const QWidget &card, const char *id) { return card.findChild<Button *>(Q(id)); }

private Q_SLOTS:
    void measurementsAreACurveWithItsLimits() {
        const ArgoAnalysis run = argoAnalysis({{Q("metadata"), QJsonObject{{Q("name"), Q("a")}}}, {Q("spec"), object(analysisSpec)}, {Q("status"), object(analysisStatus)}});
        const PlotData data = measurementPlot(run.metrics.front());
        QVERIFY(data.time);
        QCOMPARE(data.series.size(), std::size_t(2)); // the line, and what did not pass
        QCOMPARE(data.series[0].points.size(), std::size_t(3));
        QCOMPARE(data.series[0].points[0], QPointF(double(QDateTime::fromString(QStringLiteral("2026-11-22T10:00:01Z"), Qt::ISODate).toSecsSinceEpoch()), 0.97));
        QVERIFY(data.series[1].dots);
        QCOMPARE(data.series[1].points, (std::vector<QPointF>{data.series[0].points[2]}));
        QCOMPARE(data.limits.size(), std::size_t(1));
        QCOMPARE(data.limits[0].value, 0.95);
        QVERIFY(data.limits[0].text.contains(QStringLiteral("≥")));
        QVERIFY(*data.yMin < 0.91 && *data.yMax > 0.97);
        QCOMPARE(measurementText(run.metrics.front()), QStringLiteral("2 passed, 1 failed, 2 allowed, every 60s"));
    }

    void whatIsNoNumberIsNoCurve() {
        ArgoMetric job;
        job.name = QStringLiteral("job");
        job.measurements = {{QStringLiteral("Successful"), QStringLiteral("{\"ok\":true}"), {}, {}, QDateTime::fromSecsSinceEpoch(1000), QDateTime::fromSecsSinceEpoch(1001)}};
        QVERIFY(measurementPlot(job).series.empty());
        QCOMPARE(metricMessage(job), QStringLiteral("{\"ok\":true}"));
        job.measurements.front().values = {std::nan(""), 2};
        QCOMPARE(measurementPlot(job).series.size(), std::size_t(1)); // NaN alone is nothing to draw
        QCOMPARE(measurementPlot(job).series.front().name, QStringLiteral("job[1]"));
    }

    void chartsMarkTheRevisionThatBegan() {
        fleet::WorkloadMetrics metrics;
        metrics.from = QDateTime::fromSecsSinceEpoch(1000, Qt::UTC);
        metrics.to = QDateTime::fromSecsSinceEpoch(4600, Qt::UTC);
        const auto at = [](qint64 s) { return QDateTime::fromSecsSinceEpoch(s, Qt::UTC); };
        metrics.requests = {{QStringLiteral("revision 1"), false, {{at(1000), 4}, {at(1030), 4}, {at(2000), 2}}}, {QStringLiteral("revision 2"), true, {{at(1900), 1}, {at(1930), 2}}}};
        metrics.marks = {{at(1900), QStringLiteral("revision 2")}};
        const PlotData data = metricsPlot(metrics.requests, metrics, QStringLiteral("1/s"));
        QCOMPARE(data.series.size(), std::size_t(2));
        QCOMPARE(data.series[0].points.size(), std::size_t(4)); // with the gap
        QVERIFY(std::isnan(data.series[0].points[2].y()));
        QVERIFY(data.series[1].ink == &Tokens::s2);
        QCOMPARE(data.markers.size(), std::size_t(1));
        QCOMPARE(data.markers.front().x, 1900.0);
    }

    void aRolloutIsShownLiveAndPromoted() {
        QString why;
        if (qEnvironmentVariable("PILOTHOUSE_PILOT").isEmpty())
            QSKIP("PILOTHOUSE_PILOT is not set");
        if (!m_server.start(&why))
            QSKIP(qPrintable(why));
        qputenv("PILOTHOUSE_SECRET_JOURNAL_KEY_ARGOCARD", "a key for this test");
        m_api = *m_server.api(m_http);
        QTRY_VERIFY_WITH_TIMEOUT(m_api->list(kinds::Rollout, space).has_value() && m_api->list(kinds::AnalysisRun, space).has_value(), slow);
        QJsonObject rollout = object("{'apiVersion':'argoproj.io/v1alpha1','kind':'Rollout','spec':{'replicas':5,'selector':{'matchLabels':{'app':'web'}},'strategy':{'canary':{'steps':[{'setWeight':20},{'pause':{}},{'setWeight':50},{'analysis':{}}]}},"
                                     "'template':{'metadata':{'labels':{'app':'web'}},'spec':{'containers':[{'name':'web','image':'web:2'}]}}}}");
        rollout.insert(Q("metadata"), QJsonObject{{Q("name"), m_ref.name}});
        apply(rollout);
        replicaSet(1, "web:1", "aaa");
        replicaSet(2, "web:2", "bbb");
        controller("{'observedGeneration':'1','phase':'Paused','message':'CanaryPauseStep','currentStepIndex':1,'stableRS':'aaa','currentPodHash':'bbb','controllerPause':true,'pauseConditions':[{'reason':'CanaryPauseStep','startTime':'2026-11-22T10:00:00Z'}],"
                   "'canary':{'weights':{'canary':{'weight':20},'stable':{'weight':80}}}}");
        Estate estate(m_server.operatorConfig());
        ArgoCard card(estate.context);
        const auto api = estate.fleet->services()->clusters->of(QStringLiteral("lab"));
        QVERIFY2(api, api ? "" : qPrintable(api.error().text()));
        card.resize(1000, 700);
        card.show();
        card.showWorkload(*api, QStringLiteral("lab"), m_ref);
        auto *badge = card.findChild<StateBadge *>();
        QTRY_COMPARE_WITH_TIMEOUT(badge->word(), QStringLiteral("Paused"), slow);
        QCOMPARE(card.argument(), QStringLiteral("lab|rollout|ml|web"));
        QCOMPARE(textOf(card, "argoMessage"), QStringLiteral("CanaryPauseStep"));
        QVERIFY2(textOf(card, "argoNext").contains(Q("setWeight: 50")), qPrintable(textOf(card, "argoNext")));
        QVERIFY(button(card, "rollout.argo-abort")->isVisible() && !button(card, "rollout.argo-retry")->isVisible());
        QTRY_VERIFY_WITH_TIMEOUT(card.follow()->live(), slow);
        // An analysis begins and measures: it comes by the watch.
        QJsonObject run{{Q("apiVersion"), Q("argoproj.io/v1alpha1")}, {Q("kind"), Q("AnalysisRun")}, {Q("spec"), object(analysisSpec)}, {Q("status"), object(analysisStatus)}};
        run.insert(Q("metadata"), QJsonObject{{Q("name"), Q("web-bbb-2-3")}, {Q("annotations"), QJsonObject{{argoRevisionAnnotation, Q("2")}}}, {Q("ownerReferences"), QJsonArray{owner()}}});
        apply(run);
        (void)bool(m_api->patch(objectPath({kinds::AnalysisRun, space, QStringLiteral("web-bbb-2-3")}, QStringLiteral("status")), PatchKind::Merge, QJsonObject{{Q("status"), object(analysisStatus)}})); // where it is a subresource
        QTRY_VERIFY_WITH_TIMEOUT(card.findChild<MetricTile *>() && !card.findChild<MetricTile *>()->plot()->data().series.empty(), slow);
        QCOMPARE(card.findChild<MetricTile *>()->plot()->data().series.front().points.size(), std::size_t(3));
        // Promote, by the button: `pilot` does it, the card sees it.
        QVERIFY2(estate.actions.blocked(QStringLiteral("rollout.argo-promote"), card.argument()).isEmpty(), qPrintable(estate.actions.blocked(QStringLiteral("rollout.argo-promote"), card.argument())));
        button(card, "rollout.argo-promote")->click();
        QTRY_VERIFY_WITH_TIMEOUT(!m_api->read(m_ref)->value(Q("status")).toObject().contains(Q("pauseConditions")), slow);
        QTRY_VERIFY_WITH_TIMEOUT(card.follow()->reading()->argo->pauseReasons.isEmpty(), slow);
        // Abort says what it does and how to come back.
        controller("{'phase':'Progressing','message':'more replicas need to be updated','currentStepIndex':2,'controllerPause':false}");
        QTRY_COMPARE_WITH_TIMEOUT(badge->word(), QStringLiteral("Progressing"), slow);
        button(card, "rollout.argo-abort")->click();
        QVERIFY2(estate.asked.effect.contains(Q("all traffic back to the stable version")), qPrintable(estate.asked.effect));
        QTRY_VERIFY_WITH_TIMEOUT(m_api->read(m_ref)->value(Q("status")).toObject().value(Q("abort")).toBool(), slow);
        controller("{'phase':'Degraded','message':'RolloutAborted: aborted by hand','abortedAt':'2026-11-22T10:05:00Z'}");
        QTRY_COMPARE_WITH_TIMEOUT(badge->word(), QStringLiteral("Degraded"), slow);
        QVERIFY(button(card, "rollout.argo-retry")->isVisible() && !button(card, "rollout.argo-abort")->isVisible());
        QVERIFY(!estate.actions.blocked(QStringLiteral("rollout.argo-promote"), card.argument()).isEmpty());
        // Hidden it follows nothing.
        card.hide();
        QVERIFY(!card.follow()->live());
    }

    void aViewerIsToldWhichVerbIsMissing() {
        if (!m_api)
            QSKIP("no cluster");
        Estate estate(m_server.viewerConfig());
        ArgoCard card(estate.context);
        const auto api = estate.fleet->services()->clusters->of(QStringLiteral("lab"));
        QVERIFY2(api, api ? "" : qPrintable(api.error().text()));
        card.show();
        card.showWorkload(*api, QStringLiteral("lab"), m_ref);
        const auto blocked = [&] { return estate.actions.blocked(QStringLiteral("rollout.argo-retry"), card.argument()); };
        QTRY_VERIFY_WITH_TIMEOUT(blocked().contains(Q("needs the verb patch on rollouts/status")), slow);
        card.clear();
        QVERIFY(card.argument().isEmpty());
        QVERIFY(!estate.actions.blocked(QStringLiteral("rollout.argo-retry"), {}).isEmpty());
    }
};

QTEST_MAIN(TestArgoCard)
#include "tst_argo_card.moc"
