// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/drift/drift.h"
#include "core/learn/multivariate_drift.h"
#include "tests/support/shifted_rows.h"

#include <QTest>

#include <cmath>

using namespace pilothouse;

class tst_MultivariateDrift : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theClassifierIsAsGoodAsScikitLearns_data() { // tests/unit/drift/multivariate_values.py
        QTest::addColumn<double>("together");
        QTest::addColumn<double>("shift");
        QTest::addColumn<double>("auc");
        QTest::addColumn<QString>("word");
        QTest::newRow("the same world") << 0.9 << 0.0 << 0.5382 << QStringLiteral("Low");
        QTest::newRow("two columns that no longer go together") << 0.0 << 0.0 << 0.7824 << QStringLiteral("High");
        QTest::newRow("one of them has moved") << 0.9 << 0.8 << 0.9012 << QStringLiteral("High");
    }
    void theClassifierIsAsGoodAsScikitLearns() {
        QFETCH(double, together);
        QFETCH(double, shift);
        QFETCH(double, auc);
        QFETCH(QString, word);
        const data::Table reference = test::shiftedRows(800, 0.9, 0, 1), current = test::shiftedRows(700, together, shift, 2);
        const auto found = learn::multivariateDrift(reference, current, {});
        QVERIFY2(found, qPrintable(found ? QString() : found.error().text()));
        const auto &c = found->classifier;
        QVERIFY2(std::abs(c.auc - auc) < 0.03, qPrintable(QString::number(c.auc)));
        QVERIFY(c.low < c.auc && c.auc < c.high && c.high - c.low < 0.07);
        QVERIFY2(std::abs(c.byChance - 0.5294) < 0.001, qPrintable(QString::number(c.byChance)));
        if (c.verdict.word() != QStringLiteral("Too few rows") || word == QStringLiteral("High"))
            QCOMPARE(c.verdict.word(), word);
        QCOMPARE(found->drifted(), word == QStringLiteral("High"));
        QCOMPARE(learn::multivariateDrift(reference, current, {})->toJson(), found->toJson()); // seeded
        QVERIFY(drift::htmlReport(drift::compare(reference, current), &*found).contains("All columns together"));
    }

    void withoutDriftTheAnswerIsLow() {
        for (const quint64 seed : {11U, 12U, 13U}) {
            const auto found = learn::multivariateDrift(test::shiftedRows(4000, 0.9, 0, seed), test::shiftedRows(4000, 0.9, 0, seed + 100), {});
            QVERIFY(found);
            QCOMPARE(found->classifier.verdict.word(), QStringLiteral("Low"));
            QVERIFY2(std::abs(found->classifier.auc - 0.5) < 0.03, qPrintable(QString::number(found->classifier.auc)));
        }
    }

    void tooFewRowsAreSaidToBeAndNotTried() {
        const auto found = learn::multivariateDrift(test::shiftedRows(5000, 0.9, 0, 1), test::shiftedRows(499, 0.9, 5, 2), {});
        QVERIFY(found);
        QVERIFY(std::isnan(found->classifier.auc) && found->classifier.verdict.tooFewRows && !found->drifted());
        QCOMPARE(found->classifier.verdict.rowsNeeded, drift::multivariateRows);
        QVERIFY(found->reconstruction.verdict.tooFewRows && found->energy.verdict.tooFewRows);
        QVERIFY(found->toJson().value(QStringLiteral("classifier")).toObject().value(QStringLiteral("auc")).isNull());
        QVERIFY(found->lines().constFirst().contains(QStringLiteral("An answer needs 500 rows")));
    }

    void aStopIsHeard() {
        std::stop_source stop;
        stop.request_stop();
        const auto found = learn::multivariateDrift(test::shiftedRows(800, 0.9, 0, 1), test::shiftedRows(700, 0.9, 0, 2), {}, stop.get_token());
        QVERIFY(!found && found.error().kind == ErrorKind::Cancelled);
    }
};

QTEST_GUILESS_MAIN(tst_MultivariateDrift)
#include "tst_multivariate_drift.moc"
