// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/limits.h"

#include "core/base/file.h"
#include "core/learn/trainer.h"
#include "core/metrics/random.h"

#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::learn;

class TestLimits : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    Result<TrainOptions> forest(int trees) {
        QByteArray csv = "x,z,y\n";
        for (int i = 0; i < 2000; ++i) {
            metrics::Random random(quint64(i), 0);
            const double x = random.uniform(), z = random.uniform();
            csv += QByteArray::number(x) + ',' + QByteArray::number(z) + ',' + QByteArray::number(x * z + random.uniform()) + '\n';
        }
        const QString recipe = m_folder.filePath(QStringLiteral("r.yaml"));
        PH_TRY(writeFileAtomically(m_folder.filePath(QStringLiteral("d.csv")), csv));
        PH_TRY(writeFileAtomically(recipe, "recipe: r\ndata: {source: d.csv}\ntask: regression\ntarget: y\nestimators: [random_forest: {n_estimators: " + QByteArray::number(trees) + ", trees_per_booster: 1}]\n"));
        TrainOptions options;
        PH_ASSIGN(options.recipe, workspace::readRecipe(recipe));
        options.out = m_folder.filePath(QStringLiteral("package"));
        return options;
    }

private Q_SLOTS:
    void theLimitThatIsPassedIsNamed_data() {
        QTest::addColumn<double>("seconds");
        QTest::addColumn<double>("cpuSeconds");
        QTest::addColumn<qint64>("memory");
        QTest::addColumn<QString>("name");
        QTest::newRow("run time") << 0.01 << 0.0 << qint64(0) << QStringLiteral("the run-time limit of 0.01 s");
        QTest::newRow("CPU time") << 0.0 << 0.01 << qint64(0) << QStringLiteral("the CPU limit of 0.01 s");
        QTest::newRow("memory") << 0.0 << 0.0 << qint64(1 << 20) << QStringLiteral("the memory limit of 1.0 MiB (");
    }
    void theLimitThatIsPassedIsNamed() {
        QFETCH(double, seconds);
        QFETCH(double, cpuSeconds);
        QFETCH(qint64, memory);
        QFETCH(QString, name);
        LimitWatch watch({seconds, cpuSeconds, memory}, {});
        volatile double work = 0;
        while (!watch.token().stop_requested()) // CPU time must pass for the CPU limit
            work = work + 1;
        QVERIFY2(watch.passed().startsWith(name), qPrintable(watch.passed()));
    }
    void withoutLimitsOnlyTheOuterStopCounts() {
        std::stop_source outer;
        LimitWatch watch({}, outer.get_token());
        QVERIFY(!watch.token().stop_requested());
        outer.request_stop();
        QVERIFY(watch.token().stop_requested());
        QVERIFY(watch.passed().isEmpty());
    }
    void highLimitsStopNothing() {
        LimitWatch watch({3600, 3600, qint64(1) << 50}, {});
        QVERIFY(!watch.token().stop_requested());
    }
    void aTrainingOverItsLimitKeepsItsCheckpointAndCanGoOn() {
        auto options = forest(100000); // no machine grows these within the limit
        QVERIFY2(options, options ? "" : qPrintable(options.error().text()));
        options->limits.seconds = 0.5;
        const auto stopped = train(*options);
        QVERIFY(!stopped);
        QCOMPARE(stopped.error().kind, ErrorKind::Refused);
        QVERIFY2(stopped.error().what.contains(QStringLiteral("the run-time limit of 0.5 s; its checkpoint is kept")), qPrintable(stopped.error().text()));
        QVERIFY(hasCheckpoint(options->out));
        QVERIFY(!QFileInfo::exists(options->out));
        options->resume = true;
        const auto again = train(*options); // takes up the checkpoint and meets the limit again
        QVERIFY(!again);
        QVERIFY2(again.error().what.contains(QStringLiteral("run-time limit")), qPrintable(again.error().text()));
        QVERIFY(hasCheckpoint(options->out));
    }
    void aPersonsStopIsNotBlamedOnALimit() {
        auto options = forest(100000);
        QVERIFY(options);
        options->out += QStringLiteral("2");
        std::stop_source stop;
        stop.request_stop();
        options->stop = stop.get_token();
        options->limits.seconds = 1e-9;
        const auto stopped = train(*options);
        QVERIFY(!stopped);
        QCOMPARE(stopped.error().kind, ErrorKind::Cancelled);
    }
};

QTEST_GUILESS_MAIN(TestLimits)
#include "tst_limits.moc"
