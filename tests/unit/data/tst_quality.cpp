// SPDX-License-Identifier: GPL-3.0-or-later
#include "dump.h"

#include "core/base/json.h"
#include "core/data/quality.h"

#include <cmath>

using namespace pilothouse;
using namespace pilothouse::data;

namespace {

LoadedTable loaded(const QByteArray &csv) {
    const TemporaryFile file(csv);
    auto table = readCsv(file.path);
    if (!table)
        qFatal("%s", qPrintable(table.error().text()));
    return *std::move(table);
}

QualityReport measured(const QByteArray &csv, const QByteArray &reference = {}, const QStringList &columns = {}) {
    const LoadedTable table = loaded(csv);
    if (reference.isEmpty())
        return qualityOf(table, profileOf(table), nullptr, columns);
    const ExpectedSchema expected = schemaOf(loaded(reference).table, QStringLiteral("last month"));
    return qualityOf(table, profileOf(table), &expected, columns);
}

const QByteArray good = "size,place,note\n1,coast,a\n2,hill,b\n3,coast,c\n4,hill,d\n5,coast,e\n6,hill,f\n7,coast,g\n8,hill,h\n9,coast,i\n10,hill,j\n";

} // namespace

class TestQuality : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void eachCheckFindsItsOwn_data() {
        QTest::addColumn<QByteArray>("csv");
        QTest::addColumn<QByteArray>("reference");
        QTest::addColumn<QString>("check");
        QTest::addColumn<double>("value");
        QTest::addColumn<QString>("column");
        const auto row = [](const char *name, const QByteArray &csv, const QByteArray &reference, const char *check, double value, const char *column) {
            QTest::newRow(name) << csv << reference << QString::fromLatin1(check) << value << QString::fromLatin1(column);
        };
        row("one of ten values is missing", QByteArray(good).replace("3,coast", ",coast"), {}, "missing", 0.1, "size");
        row("nothing is missing", good, {}, "missing", 0, "");
        row("a column with one value", "a,b\n1,7\n2,7\n3,7\n", {}, "constant", 1, "b");
        row("two columns with one value", "a,b,c\n1,7,x\n2,7,x\n3,7,x\n", {}, "constant", 2, "b");
        row("a row that is there twice", "a,b\n1,x\n2,y\n1,x\n3,z\n", {}, "duplicates", 0.25, "");
        // quartiles 3.25 and 7.75 of 1 … 9 and 1000 (numpy), so the fences are −10.25 and 21.25
        row("a number beyond the far fence", QByteArray(good).replace("10,hill", "1000,hill"), {}, "outliers", 0.1, "size");
        row("a number within the far fence", QByteArray(good).replace("10,hill", "21,hill"), {}, "outliers", 0, "");
        row("half of all are equal, so nothing lies far out", "a\n0\n0\n0\n0\n0\n0\n0\n5\n", {}, "outliers", 0, "");
        row("a ragged row is dropped", "a,b\n1,2\n3\n5,6\n7,8\n", {}, "dropped", 0.25, "");
        row("no reference, no answer", good, {}, "out_of_range", NAN, "");
        row("two of ten beyond the reference", QByteArray(good).replace("9,coast", "90,coast").replace("10,hill", "-1,hill"), good, "out_of_range", 0.2, "size");
        row("the reference's own limits are in range", good, good, "out_of_range", 0, "");
        row("a category that the reference lacks", QByteArray(good).replace("9,coast", "9,island"), good, "new_categories", 0.1, "place");
        row("a column that is gone", "size,place\n1,coast\n2,hill\n", good, "absent_columns", 1, "note");
        row("a column that came", "size,place,note,extra\n1,coast,a,5\n2,hill,b,6\n", good, "new_columns", 1, "extra");
        row("a number that became a text", QByteArray(good).replace("1,coast", "one,coast").replace("2,hill", "two,hill").replace("3,coast", "three,coast"), good, "type_changes", 1, "size");
    }
    void eachCheckFindsItsOwn() {
        QFETCH(QByteArray, csv);
        QFETCH(QByteArray, reference);
        QFETCH(QString, check);
        QFETCH(double, value);
        QFETCH(QString, column);
        const QualityReport report = measured(csv, reference);
        if (std::isnan(value))
            QVERIFY(std::isnan(report.value(check)));
        else
            QVERIFY2(std::abs(report.value(check) - value) < 1e-12, qPrintable(QString::number(report.value(check))));
        const QualityFinding *worst = report.worst(check);
        QCOMPARE(worst != nullptr, value > 0);
        if (worst)
            QCOMPARE(worst->column, column);
    }

    void everyKnownCheckIsMeasured() {
        // A file with everything wrong, against a reference: no check may stay at zero.
        const QByteArray bad = "size,place,extra,same\n,coast,1,7\n2,hill,1,7\n3,island,2,7\n3,island,2,7\n4,hill,3,7\n5,hill,4,7\n6,hill,5,7\n7,hill,6,7\n8,hill,7,7\n1000,hill,8,7\nragged\n";
        const QByteArray reference = "size,place,note,same\n1,coast,a,x\n2,hill,b,y\n9,hill,c,z\n";
        const QualityReport report = measured(bad, reference);
        for (const QString &check : workspace::knownQualityChecks())
            QVERIFY2(report.value(check) > 0, qPrintable(check));
        for (const QualityFinding &f : report.findings)
            QVERIFY2(workspace::knownQualityChecks().contains(f.check), qPrintable(f.check));
        const QJsonObject checks = report.toJson().value(QStringLiteral("checks")).toObject();
        QCOMPARE(checks.size(), workspace::knownQualityChecks().size());
    }

    void onlyTheColumnsAskedForAreJudged() {
        const QByteArray csv = "a,b\n1,\n2,\n3,4\n";
        QVERIFY(measured(csv).value(QStringLiteral("missing")) > 0.6);
        QCOMPARE(measured(csv, {}, {QStringLiteral("a")}).value(QStringLiteral("missing")), 0.0);
    }

    void aFailedGateNamesTheWorstColumn() {
        const QualityReport report = measured("a,b\n1,\n2,\n3,4\n,5\n");
        const QStringList failed = failedQualityGates(report, {{QStringLiteral("missing"), QStringLiteral("<="), 0.3}, {QStringLiteral("missing"), QStringLiteral("<="), 0.5}, {QStringLiteral("out_of_range"), QStringLiteral("<="), 0}});
        QCOMPARE(failed.size(), 2);
        QCOMPARE(failed[0], QStringLiteral("missing <= 0.3: 0.5 (column “b”: 2 of 4 values are missing)"));
        QCOMPARE(failed[1], QStringLiteral("out_of_range <= 0: not measured, no reference")); // what cannot be told does not pass
    }

    void aReferenceWithRareCategoriesLeftOutDoesNotCallThemNew() {
        ExpectedSchema expected = schemaOf(loaded(good).table, QStringLiteral("package"));
        for (ExpectedColumn &column : expected.columns)
            column.allCategories = false;
        const LoadedTable table = loaded(QByteArray(good).replace("9,coast", "9,island"));
        QCOMPARE(qualityOf(table, profileOf(table), &expected).value(QStringLiteral("new_categories")), 0.0);
    }
};

QTEST_GUILESS_MAIN(TestQuality)
#include "tst_quality.moc"
