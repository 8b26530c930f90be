// SPDX-License-Identifier: GPL-3.0-or-later
// Which columns the quality gates of a recipe are judged on, where a reference says what was there.
#include "training_bench.h"

#include "core/learn/quality_gate.h"

#include <QTest>

using namespace pilothouse;
using namespace pilothouse::learn;
using namespace pilothouse::test;

class TestQualityGate : public QObject, private TrainingBench {
    Q_OBJECT

    /// 200 rows of size, age, place and price; without the columns named.
    static QByteArray houses(const QList<QByteArray> &without = {}) {
        QByteArray csv;
        const QList<QByteArray> names{"size", "age", "place", "price"};
        for (int row = -1; row < 200; ++row) {
            const QList<QByteArray> values{QByteArray::number(50 + row % 37), QByteArray::number(row % 23), row % 3 ? "coast" : "hill", QByteArray::number(100 + 3 * (row % 37) - row % 23)};
            QByteArrayList line;
            for (qsizetype i = 0; i < names.size(); ++i)
                if (!without.contains(names[i]))
                    line << (row < 0 ? names[i] : values[i]);
            csv += line.join(',') + '\n';
        }
        return csv;
    }
    static QByteArray recipe(const QByteArray &more) {
        return "recipe: houses\ndata: {source: now.csv}\ntask: regression\ntarget: price\nsplit: {every: 5}\ntransforms: [one_hot]\nestimators: [ridge]\n" + more;
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(writeFileAtomically(path(QStringLiteral("right.csv")), houses())); }

    void aColumnThatWentIsFound_data() {
        QTest::addColumn<QByteArray>("features");
        QTest::addColumn<bool>("passes");
        QTest::newRow("where every column is learnt from") << QByteArray() << false;
        QTest::newRow("but not where others are named") << QByteArray("features: {include: [size, place]}\n") << true;
    }
    void aColumnThatWentIsFound() {
        QFETCH(QByteArray, features);
        QFETCH(bool, passes);
        QVERIFY(writeFileAtomically(path(QStringLiteral("now.csv")), houses()));
        const auto was = run(recipe({}));
        QVERIFY2(was, was ? "" : qPrintable(was.error().text()));
        QVERIFY(writeFileAtomically(path(QStringLiteral("now.csv")), houses({"age"})));
        for (const QByteArray &reference : {QByteArray("right.csv"), was->package.toUtf8()}) {
            const auto result = run(recipe(features + "quality: {reference: " + reference + ", gates: [absent_columns == 0]}\n"));
            QCOMPARE(result.has_value(), passes);
            if (passes)
                continue;
            QCOMPARE(result.error().kind, ErrorKind::Refused);
            QVERIFY2(result.error().what.contains(QStringLiteral("absent_columns == 0: 1 (column “age”: the reference has it, the file does not)")), qPrintable(result.error().text()));
        }
    }

    /// A model's profile has the columns that its steps made, too; no file ever had those.
    void whatStepsMadeIsNotAbsent() {
        QVERIFY(writeFileAtomically(path(QStringLiteral("now.csv")), hours(600)));
        const QByteArray text = "recipe: hourly\ndata: {source: now.csv}\ntask: regression\ntarget: t2m\ntime: {column: time, step: 1h}\nsplit: {after: 2024-01-20}\n"
                                "transforms: [lag: {columns: [rh2m], steps: [1]}, impute: median]\nestimators: [ridge]\n";
        const auto was = run(text);
        QVERIFY2(was, was ? "" : qPrintable(was.error().text()));
        const auto expected = qualityReference(was->package, {});
        QVERIFY2(expected, expected ? "" : qPrintable(expected.error().text()));
        QVERIFY(expected->find(QStringLiteral("rh2m")));
        QVERIFY(!expected->find(QStringLiteral("rh2m@lag1")));
        const auto again = run(text + "quality: {reference: " + was->package.toUtf8() + ", gates: [absent_columns == 0, new_columns == 0]}\n");
        QVERIFY2(again, again ? "" : qPrintable(again.error().text()));
    }
};

QTEST_GUILESS_MAIN(TestQualityGate)
#include "tst_quality_gate.moc"
