// SPDX-License-Identifier: GPL-3.0-or-later
// Columns of a table of runs: their names, values, figures over a history, order, and the CSV.
#include "core/registry/run_columns.h"

#include <QTest>

#include <cmath>
#include <limits>

using namespace pilothouse;
using namespace pilothouse::registry;

namespace {

const double notANumber = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();
const QDateTime noon(QDate(2026, 11, 21), QTime(12, 0), Qt::UTC);

std::vector<Run> sample() {
    std::vector<Run> runs(6);
    const double rmse[]{0.5, notANumber, 10, infinity, 9, 0};
    const char *depth[]{"9", "10", "none", "-1", "", "10"};
    for (std::size_t i = 0; i < runs.size(); ++i) {
        runs[i].id = QString::number(i);
        runs[i].name = QStringLiteral("Run ") + QString::number(i);
        runs[i].status = RunStatus::Finished;
        runs[i].started = noon.addDays(-qint64(i));
        runs[i].ended = runs[i].started.addMSecs(1500);
        if (i < 5)
            runs[i].metrics.insert(QStringLiteral("rmse"), rmse[i]);
        if (i != 4)
            runs[i].params.insert(QStringLiteral("depth"), QLatin1String(depth[i]));
    }
    return runs;
}

QString ordered(const QString &column, bool descending, const RunFigures &figures = {}) {
    const auto runs = sample();
    QString ids;
    for (const int row : shownRuns(runs, {}, {runColumn(column).value(), descending}, noon, figures))
        ids += runs[std::size_t(row)].id;
    return ids;
}

} // namespace

class TestRunColumns : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void namesAreReadAndWritten_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("same");
        const auto row = [](const char *name, const char *text, const char *same) { QTest::newRow(name) << QString::fromUtf8(text) << QString::fromUtf8(same); };
        row("an attribute", "start_time", "start_time");
        row("an attribute with its entity", "attributes.run_name", "run_name");
        row("the short word for the user", "user", "user_id");
        row("a parameter with a dot", "param.a.b", "params.a.b");
        row("the last value of a metric", "metrics.rmse", "metrics.rmse");
        row("said so", "metric.rmse:last", "metrics.rmse");
        row("the least", "metrics.rmse:min", "metrics.rmse:min");
        row("at a step", "metrics.rmse@-3", "metrics.rmse@-3");
        row("a metric of one of several targets", "metrics.mae@t2m", "metrics.mae@t2m");
        row("of one at a step", "metrics.mae@t2m@100", "metrics.mae@t2m@100");
        row("a tag with signs of figures", "tags.a:min", "tags.a:min");
        row("no such column", "colour", "!Runs have no column “colour”.");
        row("an entity without a key", "metrics.", "!After “metrics.” a key is missing.");
    }
    void namesAreReadAndWritten() {
        QFETCH(QString, name);
        const auto column = runColumn(name);
        QTEST(column ? column->name() : QLatin1Char('!') + column.error().what, "same");
    }

    void figuresAreThoseOfTheHistory() {
        const std::vector<MetricPoint> points{{QStringLiteral("m"), 3, 0, {}}, {QStringLiteral("m"), notANumber, 1, {}}, {QStringLiteral("m"), -1, 2, {}}, {QStringLiteral("m"), 5, 2, {}}, {QStringLiteral("m"), infinity, 3, {}}};
        const auto figure = [&](const char *name) { return figureOf(points, runColumn(QLatin1String(name)).value()); };
        QCOMPARE(figure("metrics.m:min"), std::optional(-1.0));
        QCOMPARE(figure("metrics.m:max"), std::optional(infinity));
        QCOMPARE(figure("metrics.m@2"), std::optional(5.0)); // the later of two
        QCOMPARE(figure("metrics.m@9"), std::nullopt);
        QVERIFY(std::isnan(figure("metrics.m@1").value()));
        QCOMPARE(figureOf({{QStringLiteral("m"), notANumber, 0, {}}}, runColumn(QStringLiteral("metrics.m:min")).value()), std::nullopt);
    }

    void theOrderIsByNumbers_data() {
        QTest::addColumn<QString>("column");
        QTest::addColumn<bool>("descending");
        QTest::addColumn<QString>("ids");
        QTest::newRow("a metric up: infinity, NaN, then those without") << QStringLiteral("metrics.rmse") << false << QStringLiteral("042315");
        QTest::newRow("a metric down: those without stay last") << QStringLiteral("metrics.rmse") << true << QStringLiteral("324015");
        QTest::newRow("a parameter up: −1, 9, 10, 10, then text, then none") << QStringLiteral("params.depth") << false << QStringLiteral("301524");
        QTest::newRow("a parameter down, equal ones as they came") << QStringLiteral("params.depth") << true << QStringLiteral("150324");
        QTest::newRow("a time") << QStringLiteral("start_time") << false << QStringLiteral("543210");
        QTest::newRow("a name") << QStringLiteral("run_name") << true << QStringLiteral("543210");
    }
    void theOrderIsByNumbers() {
        QFETCH(QString, column);
        QFETCH(bool, descending);
        QTEST(ordered(column, descending), "ids");
    }

    void aFigureThatIsNotKnownYetSaysSo() {
        const RunColumn least = runColumn(QStringLiteral("metrics.rmse:min")).value();
        const RunFigures figures = [](const QString &id, const RunColumn &) -> std::optional<double> {
            if (id == QLatin1String("0"))
                return 0.25;
            return id == QLatin1String("1") ? std::optional(notANumber) : std::nullopt;
        };
        const auto runs = sample();
        QCOMPARE(runValue(runs[0], least, noon, figures).number, std::optional(0.25));
        QVERIFY(runValue(runs[1], least, noon, figures).isEmpty() && runValue(runs[1], least, noon, figures).known); // no number in its history
        QVERIFY(!runValue(runs[2], least, noon, figures).known);
        QVERIFY(runValue(runs[5], least, noon, figures).known); // it has no such metric at all
        QCOMPARE(ordered(least.name(), false, figures), QStringLiteral("012345"));
    }

    void silenceIsOfRunningRunsOnly() {
        Run run;
        run.started = noon.addDays(-3);
        QCOMPARE(silentSeconds(run, noon), std::optional<qint64>(3 * 86400));
        run.lastPoint = noon.addSecs(-60);
        QCOMPARE(silentSeconds(run, noon), std::nullopt);
        run.lastPoint = noon.addDays(-2);
        QCOMPARE(silentSeconds(run, noon), std::optional<qint64>(2 * 86400));
        run.lastPoint = noon.addSecs(-silenceLimit); // at the limit it may still be
        QCOMPARE(silentSeconds(run, noon), std::nullopt);
        run.lastPoint = {};
        run.status = RunStatus::Finished;
        QCOMPARE(silentSeconds(run, noon), std::nullopt);
    }

    void theCsvHasNamesAndExactNumbers() {
        std::vector<Run> runs(2);
        runs[0].id = QStringLiteral("a");
        runs[0].name = QStringLiteral("x, \"y\"");
        runs[0].metrics.insert(QStringLiteral("m"), 0.1);
        runs[1].id = QStringLiteral("b");
        runs[1].started = noon;
        runs[1].metrics.insert(QStringLiteral("m"), -infinity);
        QCOMPARE(runsCsv(runs, {1, 0}, runColumns(QStringLiteral("run_id,run_name, metrics.m,start_time,run_id")).value(), noon),
                 QByteArray("run_id,run_name,metrics.m,start_time\r\nb,b,-Infinity,2026-11-21T12:00:00.000Z\r\na,\"x, \"\"y\"\"\",0.1,\r\n"));
    }

    void usualColumnsAreThoseThatMostRunsHave() {
        auto runs = sample();
        runs[0].metrics.insert(QStringLiteral("rare"), 1);
        for (Run &run : runs)
            run.params.insert(QStringLiteral("same"), QStringLiteral("1"));
        QStringList names;
        for (const RunColumn &column : usualColumns(runs))
            names << column.name();
        QCOMPARE(names.join(QLatin1Char(' ')), QStringLiteral("run_name status start_time duration user_id experiment metrics.rmse params.depth"));
    }
};

QTEST_APPLESS_MAIN(TestRunColumns)
#include "tst_run_columns.moc"
