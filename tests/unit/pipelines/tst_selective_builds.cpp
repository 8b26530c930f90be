// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/selective_builds.h"
#include "core/pipelines/stage_medians.h"

#include <QTest>

using namespace pilothouse::pipelines;

namespace {

const QDateTime day = QDateTime(QDate(2026, 11, 20), QTime(8, 0), Qt::UTC);

/// "Test auth=passed; Build auth=failed": each stage took 10 s.
PipelineRun run(int number, const char *stages, State state = State::Passed) {
    PipelineRun made;
    made.id = QStringLiteral("weather/app#%1").arg(number);
    made.number = QString::number(number);
    made.pipeline = QStringLiteral("weather/app");
    made.state = state;
    made.started = day.addSecs(3600 * number);
    for (const QString &part : QString::fromLatin1(stages).split(QStringLiteral("; "), Qt::SkipEmptyParts)) {
        Stage stage(part.section(QLatin1Char('='), 0, 0), stateFromName(part.section(QLatin1Char('='), 1)));
        if (stage.state != State::Skipped) {
            stage.started = made.started;
            stage.ended = made.started.addSecs(10 * number);
        }
        made.stages.push_back(stage);
    }
    return made;
}

QString told(const PipelineRun &run) {
    QStringList all;
    for (const ServiceBuild &build : servicesOf(run))
        all += build.service + QLatin1Char('=') + serviceBuildName(build.is);
    return all.join(QStringLiteral(" "));
}

} // namespace

class TestSelectiveBuilds : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void stagesNameServices_data() {
        QTest::addColumn<QString>("stage");
        QTest::addColumn<QString>("service");
        QTest::newRow("test") << QStringLiteral("Test auth") << QStringLiteral("auth");
        QTest::newRow("build with the word image") << QStringLiteral("Build frontend image") << QStringLiteral("frontend");
        QTest::newRow("a branch") << QStringLiteral("Build ▸ Push inference-t2m") << QStringLiteral("inference-t2m");
        QTest::newRow("a place is none") << QStringLiteral("Push to ECR") << QString();
        QTest::newRow("a step is none") << QStringLiteral("Detect Changes") << QString();
        QTest::newRow("the image of all is none") << QStringLiteral("Build Docker Image") << QString();
    }
    void stagesNameServices() {
        QFETCH(QString, stage);
        QTEST(serviceOfStage(stage), "service");
    }
    void whatWasBuilt_data() {
        QTest::addColumn<QByteArray>("stages");
        QTest::addColumn<bool>("failed");
        QTest::addColumn<QString>("services");
        QTest::newRow("one built, one left out") << QByteArray("Detect Changes=passed; Test auth=skipped; Build auth=skipped; Test frontend=passed; Build frontend=passed; Deploy (Ansible)=passed") << false
                                                 << QStringLiteral("auth=skipped frontend=built");
        QTest::newRow("what comes after a failure was not reached") << QByteArray("Test auth=passed; Build auth=failed; Build frontend=skipped") << true << QStringLiteral("auth=failed frontend=not-reached");
        QTest::newRow("left out before the failure") << QByteArray("Build auth=skipped; Build frontend=failed") << true << QStringLiteral("auth=skipped frontend=failed");
        QTest::newRow("no selective build at all") << QByteArray("Checkout=passed; Build app=passed") << false << QString();
    }
    void whatWasBuilt() {
        QFETCH(QByteArray, stages);
        QFETCH(bool, failed);
        QTEST(told(run(1, stages.constData(), failed ? State::Failed : State::Passed)), "services");
    }
    void changedServicesAreThoseThatWereBuilt() {
        std::vector<PipelineRun> runs{run(2, "Build auth=passed; Build frontend=passed"), run(1, "Build auth=skipped; Build frontend=passed")};
        setChangedServices(runs);
        QCOMPARE(runs[0].changed, (QStringList{QStringLiteral("auth"), QStringLiteral("frontend")}));
        QCOMPARE(runs[1].changed, QStringList{QStringLiteral("frontend")});
    }
    void aServiceThatFailedAndWasSkippedSinceIsTold() {
        const std::vector<PipelineRun> runs{run(3, "Build auth=skipped; Build frontend=passed"), run(2, "Build auth=skipped; Build frontend=passed"),
                                            run(1, "Build auth=failed; Build frontend=skipped", State::Failed)};
        Parameter flag;
        flag.name = QStringLiteral("AUTH_CHANGED");
        flag.kind = Parameter::Kind::Boolean;
        const std::vector<Notice> notices = skippedBroken(runs, {flag});
        QCOMPARE(notices.size(), std::size_t(1));
        QCOMPARE(notices[0].kind, QStringLiteral("skipped-broken"));
        QCOMPARE(notices[0].run, QStringLiteral("weather/app#1"));
        QCOMPARE(notices[0].fix, QStringLiteral("Build it"));
        QVERIFY2(notices[0].sentence.contains(QStringLiteral("skipped by 2 runs")), qPrintable(notices[0].sentence));
        QCOMPARE(notices[0].start->parameters.value(QStringLiteral("AUTH_CHANGED")).toBool(), true);
        QVERIFY(skippedBroken(runs, {})[0].sentence.contains(QStringLiteral("no parameter")));
    }
    void whatWasBuiltSinceIsNotTold() {
        QVERIFY(skippedBroken({run(3, "Build auth=skipped; Build frontend=passed"), run(2, "Build auth=passed; Build frontend=skipped"), run(1, "Build auth=failed; Build frontend=passed", State::Failed)}, {}).empty());
        // Only the failed run itself: nothing was skipped yet.
        QVERIFY(skippedBroken({run(1, "Build auth=failed; Build frontend=skipped", State::Failed)}, {}).empty());
    }
    void mediansAreOverEarlierPassedRuns() {
        PipelineRun now = run(5, "Build auth=running; Build frontend=skipped");
        setStageMedians(now, {run(1, "Build auth=passed; Build frontend=passed"), run(2, "Build auth=failed"), run(3, "Build auth=passed"), run(4, "Build auth=passed"), run(9, "Build auth=passed"), now});
        QCOMPARE(now.stages[0].medianSeconds, 30.0); // 10, 30, 40: not the failed one, not the later one
        QCOMPARE(now.stages[1].medianSeconds, 10.0);
        QCOMPARE(median({4, 1, 3, 2}).value(), 2.5);
        QVERIFY(!median({}));
    }
};

QTEST_GUILESS_MAIN(TestSelectiveBuilds)
#include "tst_selective_builds.moc"
