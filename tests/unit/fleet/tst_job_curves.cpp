// SPDX-License-Identifier: GPL-3.0-or-later
// The live curves of a training: one an estimator, each a line whose steps grow.
#include "core/fleet/fleet.h"

#include <QTest>

using namespace pilothouse;
using namespace pilothouse::fleet;

class TestJobCurves : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void eachEstimatorHasItsOwn() {
        Job job;
        for (const char *estimator : {"mlp", "lstm"}) {
            job.stage = QLatin1String(estimator);
            for (int step = 1; step <= 3; ++step)
                for (const char *series : {"train", "validation"})
                    job.addPoint(QStringLiteral("loss"), QLatin1String(series), step, job.stage == QLatin1String("mlp") ? step : 10 * step);
        }
        QCOMPARE(job.curves.size(), std::size_t(4));
        QCOMPARE(job.curves[1].estimator, QStringLiteral("mlp"));
        QCOMPARE(job.curves[1].series, QStringLiteral("validation"));
        QCOMPARE(job.curves[1].points, (std::vector<std::pair<double, double>>{{1, 1}, {2, 2}, {3, 3}}));
        QCOMPARE(job.curves[3].estimator, QStringLiteral("lstm"));
        QCOMPARE(job.curves[3].points, (std::vector<std::pair<double, double>>{{1, 10}, {2, 20}, {3, 30}}));
    }

    void theSameEstimatorAgainBeginsAnew() {
        Job job;
        job.stage = QStringLiteral("mlp");
        for (const int step : {1, 2, 3, 1, 2})
            job.addPoint(QStringLiteral("loss"), QStringLiteral("train"), step, step);
        QCOMPARE(job.curves.size(), std::size_t(1));
        QCOMPARE(job.curves.front().points, (std::vector<std::pair<double, double>>{{1, 1}, {2, 2}}));
    }
};

QTEST_GUILESS_MAIN(TestJobCurves)
#include "tst_job_curves.moc"
