// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/limits.h"

#include "core/base/child_process.h"
#include "core/base/file.h"
#include "core/base/memory.h"
#include "core/learn/trainer.h"
#include "core/metrics/random.h"

#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <ctime>
#include <malloc.h>

using namespace pilothouse;
using namespace pilothouse::learn;

class TestLimits : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    QString m_whole; ///< digest of the weights of an uninterrupted training
    int m_runs = 0;

    Result<TrainOptions> forest(int trees, int rows = 2000, int depth = 10) {
        QByteArray csv = "x,z,y\n";
        for (int i = 0; i < rows; ++i) {
            metrics::Random random(quint64(i), 0);
            const double x = random.uniform(), z = random.uniform();
            csv += QByteArray::number(x) + ',' + QByteArray::number(z) + ',' + QByteArray::number(x * z + random.uniform()) + '\n';
        }
        const QString recipe = m_folder.filePath(QStringLiteral("r.yaml"));
        PH_TRY(writeFileAtomically(m_folder.filePath(QStringLiteral("d.csv")), csv));
        PH_TRY(writeFileAtomically(recipe, "recipe: r\ndata: {source: d.csv}\ntask: regression\ntarget: y\nestimators: [random_forest: {n_estimators: " + QByteArray::number(trees) + ", max_depth: " + QByteArray::number(depth) + ", trees_per_booster: 1}]\n"));
        TrainOptions options;
        PH_ASSIGN(options.recipe, workspace::readRecipe(recipe));
        options.out = m_folder.filePath(QStringLiteral("package"));
        return options;
    }

    static QString workOf(int hundredths) { return QStringLiteral("until [ \"$(cut -d' ' -f14 /proc/$$/stat)\" -ge %1 ]; do i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; done").arg(hundredths); }
    /// A shell at work, as a trial would be.
    static Result<QJsonObject> runShell(const QString &script, std::stop_token stop) {
        ChildJob job;
        job.program = QStringLiteral("/bin/sh");
        job.arguments = {QStringLiteral("-c"), script};
        return runJob(job, [](const Event &) {}, stop);
    }

private Q_SLOTS:
    /// Each limit really met in the middle of a training, which then ends with the weights of one that met none.
    void aTrainingOverALimitGoesOnToTheSameWeights_data() {
        QTest::addColumn<Limits>("limits"); // memory: on top of what is in use
        QTest::addColumn<QString>("name");
        QTest::newRow("memory, which the trees fill") << Limits{0, 0, qint64(12) << 20} << QStringLiteral("the memory limit of ");
        QTest::newRow("CPU time") << Limits{0, 0.2, 0} << QStringLiteral("the CPU limit of 0.2 s");
        QTest::newRow("run time") << Limits{0.2, 0, 0} << QStringLiteral("the run-time limit of 0.2 s");
    }
    void aTrainingOverALimitGoesOnToTheSameWeights() {
        QFETCH(Limits, limits);
        QFETCH(QString, name);
        auto small = forest(3, 5000, 25);
        QVERIFY2(small, small ? "" : qPrintable(small.error().text()));
        small->out = m_folder.filePath(QStringLiteral("small%1").arg(++m_runs));
        QVERIFY(train(*small)); // brings the libraries into memory
        auto options = forest(300, 5000, 25); // some 30 MB of trees, some seconds
        QVERIFY2(options, options ? "" : qPrintable(options.error().text()));
        options->out = m_folder.filePath(QStringLiteral("over%1").arg(m_runs));
        options->threads = 1;
        options->limits = limits;
        ::malloc_trim(0); // what earlier trainings left would be used again without a trace
        if (limits.memoryBytes > 0)
            options->limits.memoryBytes += residentMemory();
        const auto stopped = train(*options);
        QVERIFY(!stopped);
        QCOMPARE(stopped.error().kind, ErrorKind::Refused);
        QVERIFY2(stopped.error().what.contains(name) && stopped.error().what.endsWith(QStringLiteral("; its checkpoint is kept.")), qPrintable(stopped.error().text()));
        QVERIFY(stopped.error().hint.startsWith(QStringLiteral("Raise the limit and go on with --resume")));
        QVERIFY(hasCheckpoint(options->out) && !QFileInfo::exists(options->out));
        options->limits = {};
        options->threads = 0;
        options->resume = true;
        const auto resumed = train(*options);
        QVERIFY2(resumed, resumed ? "" : qPrintable(resumed.error().text()));
        if (m_whole.isEmpty()) {
            options->out = m_folder.filePath(QStringLiteral("whole"));
            options->resume = false;
            const auto whole = train(*options);
            QVERIFY2(whole, whole ? "" : qPrintable(whole.error().text()));
            m_whole = whole->weightsSha256;
        }
        QCOMPARE(resumed->weightsSha256, m_whole);
    }

    void whatTheJobsUseCounts_data() {
        QTest::addColumn<Limits>("limits"); // memory: on top of what is in use
        QTest::addColumn<QString>("script");
        QTest::addColumn<QString>("name");
        const QString busy = QStringLiteral("while :; do :; done");
        QTest::newRow("CPU time of one that runs") << Limits{0, 0.3, 0} << busy << QStringLiteral("the CPU limit of 0.3 s");
        QTest::newRow("memory of one that runs") << Limits{0, 0, qint64(24) << 20} << QStringLiteral("x=$(head -c 60000000 /dev/zero | tr '\\0' a); while :; do sleep 0.1; done") << QStringLiteral("the memory limit of ");
    }
    void whatTheJobsUseCounts() {
        QFETCH(Limits, limits);
        QFETCH(QString, script);
        QFETCH(QString, name);
        if (limits.memoryBytes > 0)
            limits.memoryBytes += residentMemory();
        LimitWatch watch(limits, {});
        const auto job = runShell(script, watch.token()); // ends by the stop that the watch asks for
        QVERIFY(!job);
        QCOMPARE(job.error().kind, ErrorKind::Cancelled);
        QVERIFY2(watch.passed().startsWith(name), qPrintable(watch.passed()));
        QVERIFY(runningJobs().empty());
    }
    void whatAnEndedJobUsedCounts() {
        LimitWatch watch({0, 0.3, 0}, {});
        for (int job = 0; job < 2; ++job) // 0.2 s of work each, one after the other: neither alone is over the limit
            (void)runShell(workOf(20), {});
        QTRY_COMPARE(watch.passed(), QStringLiteral("the CPU limit of 0.3 s"));
    }
    void whatJobsUsedBeforeDoesNotCount() {
        (void)runShell(workOf(30), {});
        const std::clock_t begun = std::clock();
        LimitWatch watch({0, 0.2, 0}, {});
        while (!watch.token().stop_requested()) {
        }
        const double own = double(std::clock() - begun) / CLOCKS_PER_SEC; // CPU time of this process
        QVERIFY2(own > 0.15, qPrintable(QString::number(own)));
    }

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
