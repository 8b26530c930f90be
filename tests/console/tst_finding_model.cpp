// SPDX-License-Identifier: GPL-3.0-or-later
// The quality report of an opened data file, as the Train panel lists it.
#include "widgets/learn/finding_model.h"

#include <QAbstractItemModelTester>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::ui;

class TestFindingModel : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aLineSaysWhereAndWhat() {
        FindingModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setRows({{QStringLiteral("duplicates"), {}, 0.1, 5, QStringLiteral("5 of 50 rows equal an earlier row in every column")},
                       {QStringLiteral("missing"), QStringLiteral("rooms"), 0.2, 10, QStringLiteral("10 of 50 values are missing")}});
        QCOMPARE(model.index(0, FindingModel::Column).data().toString(), QStringLiteral("whole file"));
        QCOMPARE(model.index(1, FindingModel::Check).data().toString(), QStringLiteral("missing"));
        QCOMPARE(model.index(1, FindingModel::Column).data().toString(), QStringLiteral("rooms"));
        QCOMPARE(model.index(1, FindingModel::Found).data().toString(), QStringLiteral("10 of 50 values are missing"));
        QCOMPARE(model.index(1, FindingModel::Found).data(SortRole).toDouble(), 0.2);
        QCOMPARE(model.index(1, FindingModel::Found).data(Qt::ToolTipRole).toString(), QStringLiteral("rooms: 10 of 50 values are missing"));
    }
};

QTEST_MAIN(TestFindingModel)
#include "tst_finding_model.moc"
