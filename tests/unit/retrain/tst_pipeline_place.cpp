// SPDX-License-Identifier: GPL-3.0-or-later
// Which pipeline retrains a model, and with what it is started there.
#include "core/retrain/pipeline_actions.h"
#include "tests/support/fake_pipelines.h"

#include <QTest>

using namespace pilothouse;
using namespace pilothouse::retrain;

namespace {

QString q(const char *text) { return QString::fromUtf8(text); }

workspace::Workspace withConnections(const QStringList &names) {
    workspace::Workspace workspace;
    for (const QString &name : names) {
        workspace::Connection connection;
        connection.name = name;
        connection.kind = name.section(QLatin1Char('-'), 0, 0);
        workspace.connections.insert(name, connection);
    }
    return workspace;
}

workspace::Model modelOf(const QString &executor, const QString &connection, const QString &job) {
    workspace::Model model;
    model.name = q("weather");
    model.recipe = q("/recipe.yaml");
    model.retrain.executor = executor;
    model.pipeline.connection = connection;
    model.pipeline.job = job;
    model.pipeline.other = {{q("branch"), q("main")}, {q("parameters"), q("EPOCHS=3\nQUERY=a=b")}};
    return model;
}

} // namespace

class tst_PipelinePlace : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void places_data() {
        QTest::addColumn<QString>("executor");
        QTest::addColumn<QString>("connection");
        QTest::addColumn<QString>("expected");
        QTest::newRow("local is this machine") << q("local") << q("jenkins-a") << q("weather");
        QTest::newRow("a connection's name") << q("jenkins-b") << q("jenkins-a") << q("jenkins-b:retrain");
        QTest::newRow("a kind means the pipeline's connection") << q("jenkins") << q("jenkins-a") << q("jenkins-a:retrain");
        QTest::newRow("a kind means the only one") << q("github") << q("jenkins-a") << q("github-x:retrain");
        QTest::newRow("several are a question") << q("jenkins") << QString() << QString();
        QTest::newRow("none is an error") << q("kubeflow") << QString() << QString();
    }
    void places() {
        QFETCH(const QString, executor);
        QFETCH(const QString, connection);
        QFETCH(const QString, expected);
        const auto place = pipelinePlaceOf(withConnections({q("jenkins-a"), q("jenkins-b"), q("github-x")}), modelOf(executor, connection, q("retrain")));
        QCOMPARE(bool(place), !expected.isEmpty());
        if (place)
            QCOMPARE(place->request.pipeline, expected);
        else
            QCOMPARE(place.error().kind, ErrorKind::Invalid);
    }
    void aJobIsNeeded() {
        const auto place = pipelinePlaceOf(withConnections({q("jenkins-a")}), modelOf(q("jenkins"), q("jenkins-a"), {}));
        QVERIFY(!place);
        QCOMPARE(place.error().kind, ErrorKind::Invalid);
    }
    void theStartCarriesWhatTheWorkspaceSays() {
        const auto ci = std::make_shared<tests::FakePipelines>(q("jenkins-a"));
        const auto all = std::make_shared<pipelines::AllPipelines>(std::make_shared<tests::FakePipelines>(q("local"), q("local")), std::vector<std::shared_ptr<pipelines::PipelineService>>{ci});
        const auto place = pipelinePlaceOf(withConnections({q("jenkins-a")}), modelOf(q("jenkins"), q("jenkins-a"), q("retrain")));
        QVERIFY(place);
        Decision decision;
        decision.model = q("weather");
        decision.reason = q("drift 0.4 > 0.25");
        ci->replyLost = true; // and found again
        const auto run = pipelineStarter(all, *place, q("anna"))(decision);
        QVERIFY2(bool(run), run ? "" : qPrintable(run.error().text()));
        QCOMPARE(*run, q("jenkins-a:retrain#1"));
        QCOMPARE(ci->starts, 1);
        QCOMPARE(ci->started.ref, q("main"));
        QCOMPARE(ci->started.reason, q("drift 0.4 > 0.25"));
        QCOMPARE(ci->started.parameters.value(q("QUERY")).toString(), q("a=b"));
    }
};

QTEST_GUILESS_MAIN(tst_PipelinePlace)
#include "tst_pipeline_place.moc"
