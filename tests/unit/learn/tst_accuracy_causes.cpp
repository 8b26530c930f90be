// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/accuracy_causes.h"

#include <QTest>

using namespace pilothouse;
using namespace pilothouse::learn;

class TestAccuracyCauses : public QObject {
    Q_OBJECT
private Q_SLOTS:
    /// What moved most but does not matter, and what matters most but did not move, are no causes.
    void whatMovedAndMattersComesFirst() {
        drift::DriftReport report;
        report.columns = {column("moved", 4), column("both", 0.5), column("matters", 0), column("half", 0.25), column("unasked", 9)};
        const auto causes = rankCauses(report, {{QStringLiteral("matters"), 7}, {QStringLiteral("moved"), -0.1}, {QStringLiteral("both"), 3}, {QStringLiteral("half"), 2}, {QStringLiteral("gone"), 5}});
        QStringList order;
        for (const AccuracyCause &cause : causes)
            order << cause.feature;
        QCOMPARE(order, (QStringList{QStringLiteral("both"), QStringLiteral("half"), QStringLiteral("moved"), QStringLiteral("matters")}));
        QCOMPARE(causes[0].share, 0.75);
        QCOMPARE(causes[1].share, 0.25);
        QCOMPARE(causes[2].importance, 0.0);
    }

    void tooFewRowsSayNothing() {
        drift::DriftReport report;
        report.columns = {column("a", 1), column("b", 2)};
        report.columns[1].tooFewRows = true;
        auto causes = rankCauses(report, {{QStringLiteral("a"), 1}, {QStringLiteral("b"), 1}});
        QCOMPARE(causes[0].feature, QStringLiteral("a"));
        QCOMPARE(causes[0].share, 1.0);
        QVERIFY(causes[1].tooFew && causes[1].share == 0);
        report.columns[0].effect = 0;
        causes = rankCauses(report, {{QStringLiteral("a"), 1}, {QStringLiteral("b"), 1}});
        QVERIFY(causes[0].share == 0 && causes[1].share == 0);
    }

private:
    static drift::ColumnDrift column(const char *name, double effect) {
        drift::ColumnDrift c;
        c.name = QLatin1String(name);
        c.effect = effect;
        return c;
    }
};

QTEST_GUILESS_MAIN(TestAccuracyCauses)
#include "tst_accuracy_causes.moc"
