// SPDX-License-Identifier: GPL-3.0-or-later
// What differs between runs, where they stand on an axis, and how they are read from a registry.
#include "core/registry/local_registry.h"
#include "core/registry/run_comparison.h"

#include <QTemporaryDir>
#include <QTest>

#include <cmath>

using namespace pilothouse;
using namespace pilothouse::registry;

namespace {

using Texts = QMap<QString, QString>;
const double notANumber = std::nan("");

Run run(const char *id, const Texts &params, const QMap<QString, double> &metrics = {}, const Texts &tags = {}) {
    Run r;
    r.id = QString::fromLatin1(id);
    r.params = params;
    r.metrics = metrics;
    r.tags = tags;
    return r;
}

ComparedRow rowOf(const QStringList &texts) {
    std::vector<Run> runs;
    for (const QString &text : texts)
        runs.push_back(run("r", text == QLatin1String("-") ? Texts{} : Texts{{QStringLiteral("p"), text}}));
    return compareRuns(std::move(runs)).rows.front();
}

QString places(const ComparedAxis &axis) {
    QStringList out;
    for (const double at : axis.place)
        out << QString::number(at, 'g', 4);
    return out.join(QLatin1Char(' '));
}

} // namespace

class TestRunComparison : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void whatDiffers_data() {
        QTest::addColumn<QString>("texts");
        QTest::addColumn<bool>("differs");
        QTest::newRow("the same text") << "adam adam adam" << false;
        QTest::newRow("another text") << "adam adam sgd" << true;
        QTest::newRow("one run has none") << "adam -" << true;
        QTest::newRow("the same number, written otherwise") << "1e-3 0.001 0.0010" << false;
        QTest::newRow("another number") << "0.001 0.002" << true;
        QTest::newRow("texts in another case") << "True true" << true;
        QTest::newRow("nan is a word here") << "nan nan" << false;
    }
    void whatDiffers() {
        QFETCH(QString, texts);
        QFETCH(bool, differs);
        QCOMPARE(rowOf(texts.split(QLatin1Char(' '))).differs, differs);
    }

    void parametersMetricsAndTagsAreRows() {
        const RunComparison c = compareRuns({run("a", {{QStringLiteral("lr"), QStringLiteral("0.1")}, {QStringLiteral("seed"), QStringLiteral("7")}}, {{QStringLiteral("rmse"), 0.1 + 0.2}},
                                                 {{QStringLiteral("team"), QStringLiteral("x")}, {QStringLiteral("mlflow.log-model.history"), QStringLiteral("[]")}, {QStringLiteral("mlflow.source.git.commit"), QStringLiteral("abc")}}),
                                             run("b", {{QStringLiteral("lr"), QStringLiteral("0.2")}}, {{QStringLiteral("rmse"), notANumber}})});
        QStringList told;
        for (const ComparedRow &row : c.rows)
            told << QStringLiteral("%1%2%3").arg(row.name, row.differs ? QStringLiteral("*") : QString(), row.numeric ? QStringLiteral("#") : QString());
        QCOMPARE(told.join(QLatin1Char(' ')), QStringLiteral("lr*# seed*# rmse* mlflow.source.git.commit* team*"));
        QCOMPARE(*c.row(ComparedRow::Metric, QStringLiteral("rmse"))->texts[0], QStringLiteral("0.30000000000000004")); // nothing is rounded away
        QVERIFY(!c.row(ComparedRow::Param, QStringLiteral("seed"))->texts[1]);
        QVERIFY(!c.row(ComparedRow::Tag, QStringLiteral("lr")));
    }
    void metricsThatAreNotANumberAreAlike() {
        QVERIFY(!compareRuns({run("a", {}, {{QStringLiteral("m"), notANumber}}), run("b", {}, {{QStringLiteral("m"), notANumber}})}).rows.front().differs);
    }
    void runsOfOneNameAreToldApart() {
        std::vector<Run> runs{run("0123456789", {}), run("abcdef0123", {}), run("ffffffffff", {})};
        runs[0].name = runs[1].name = QStringLiteral("proud-owl");
        const RunComparison c = compareRuns(runs);
        QCOMPARE(c.runName(0), QStringLiteral("proud-owl 01234567"));
        QCOMPARE(c.runName(1), QStringLiteral("proud-owl abcdef01"));
        QCOMPARE(c.runName(2), QStringLiteral("ffffffff"));
    }

    void axes_data() {
        QTest::addColumn<QString>("texts");
        QTest::addColumn<bool>("log");
        QTest::addColumn<QString>("places");
        QTest::newRow("numbers") << "1 3 5" << false << "0 0.5 1";
        QTest::newRow("a spread of exactly 100 is not logarithmic") << "1 100" << false << "0 1";
        QTest::newRow("a larger one is") << "0.001 0.1 10" << true << "0 0.5 1";
        QTest::newRow("zero has no logarithm") << "0 500 1000" << false << "0 0.5 1";
        QTest::newRow("below zero") << "-1000 0 1000" << false << "0 0.5 1";
        QTest::newRow("one value stands in the middle") << "4 4" << false << "0.5 0.5";
        QTest::newRow("a run without it has no place") << "1 - 3" << false << "0 nan 1";
        QTest::newRow("words are sorted") << "sgd adam rmsprop" << false << "1 0 0.5";
        QTest::newRow("one word among numbers makes words") << "1 2 auto" << false << "0 0.5 1";
        QTest::newRow("infinity is a word of a parameter") << "1 inf" << false << "0 1";
    }
    void axes() {
        QFETCH(QString, texts);
        QFETCH(bool, log);
        QFETCH(QString, places);
        const ComparedAxis axis = axisOf(rowOf(texts.split(QLatin1Char(' '))));
        QCOMPARE(axis.log, log);
        QCOMPARE(::places(axis), places);
        for (const double at : axis.place)
            if (axis.categories.isEmpty() && axis.to > axis.from && !std::isnan(at))
                QVERIFY(std::abs(axis.placeOf(axis.numberAt(at)) - at) < 1e-12);
    }
    void aMetricThatIsNotFiniteHasNoPlace() {
        const auto c = compareRuns({run("a", {}, {{QStringLiteral("m"), 1}}), run("b", {}, {{QStringLiteral("m"), notANumber}}), run("c", {}, {{QStringLiteral("m"), INFINITY}}), run("d", {}, {{QStringLiteral("m"), 2}})});
        QCOMPARE(places(axisOf(c.rows.front())), QStringLiteral("0 nan nan 1"));
    }

    void runsAreReadFromARegistry() {
        QTemporaryDir folder;
        auto database = Database::open(folder.filePath(QStringLiteral("registry.db")), {registryTables1()});
        QVERIFY(database);
        const auto registry = *openLocalRegistry(*database, folder.filePath(QStringLiteral("artifacts")));
        QStringList ids;
        for (int i = 0; i < 12; ++i) {
            ids << *registry->createRun(QStringLiteral("e"), QStringLiteral("n%1").arg(i), QStringLiteral("u"));
            QVERIFY(registry->logParams(ids.last(), {{QStringLiteral("i"), QString::number(i)}}));
        }
        LoadProgress progress;
        const auto loaded = loadComparison(*registry, QStringList{QStringLiteral("gone")} + ids + ids, {}, &progress);
        QVERIFY(loaded);
        QCOMPARE(loaded->missing, QStringList{QStringLiteral("gone")});
        QCOMPARE(loaded->runs.size(), std::size_t(12));
        QCOMPARE(loaded->rows.front().numbers, (std::vector<double>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11})); // in the order asked for
        QCOMPARE(progress.done.load(), 13);
        QCOMPARE(progress.total.load(), 13);
        QCOMPARE(loadComparison(*registry, {QStringLiteral("gone")}).error().kind, ErrorKind::NotFound);
        QCOMPARE(loadComparison(*registry, {}).error().kind, ErrorKind::Invalid);
        QStringList many;
        for (int i = 0; i <= mostComparedRuns; ++i)
            many << QString::number(i);
        QCOMPARE(loadComparison(*registry, many).error().kind, ErrorKind::Invalid);
        std::stop_source stop;
        stop.request_stop();
        QCOMPARE(loadComparison(*registry, ids, stop.get_token()).error().kind, ErrorKind::Cancelled);
    }
};

QTEST_GUILESS_MAIN(TestRunComparison)
#include "tst_run_comparison.moc"
