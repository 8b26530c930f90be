// SPDX-License-Identifier: GPL-3.0-or-later
// What a policy is shown, collected from a real registry, a real package, a recipe's data file and rows of an endpoint.
#include "core/artifact/package_writer.h"
#include "core/base/file.h"
#include "core/drift/drift.h"
#include "core/registry/local_registry.h"
#include "core/retrain/observe.h"

#include <QFile>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>

using namespace pilothouse;
using namespace pilothouse::retrain;

namespace {

/// n values around a mean, spread by a fixed pattern.
data::Table wind(std::size_t n, double mean) {
    data::Table table;
    data::Column column;
    column.name = QStringLiteral("ws2m@0");
    for (std::size_t i = 0; i < n; ++i)
        column.numbers.push_back(mean + std::sin(double(i) * 12.9898) * 1.5);
    table.columns.push_back(column);
    return table;
}

metrics::Scored labelled(std::size_t n, double error) {
    metrics::Scored scored;
    scored.count = n;
    for (std::size_t i = 0; i < n; ++i) {
        scored.truth.push_back(double(i % 7));
        scored.predicted.push_back(double(i % 7) + (i % 2 ? error : -error));
    }
    return scored;
}

/// A workspace with one model, its data, a store and a registry.
struct Estate {
    QTemporaryDir folder;
    workspace::Model model;
    std::shared_ptr<DecisionStore> store;
    std::shared_ptr<registry::Registry> registry;
    std::optional<LiveRows> rows;
    QDateTime now = QDateTime::currentDateTimeUtc();

    Estate() {
        model.name = QStringLiteral("ws2m");
        model.registry.name = QStringLiteral("ws2m");
        model.recipe = folder.filePath(QStringLiteral("ws2m.yaml"));
        (void)writeFileAtomically(model.recipe, "recipe: ws2m\ndata: {source: wind.csv}\ntask: regression\ntarget: y\nestimators: [ridge]\n");
        writeData("x,y\n1,2\n");
        store = DecisionStore::open(folder.path()).value();
        auto database = Database::open(folder.filePath(QStringLiteral("registry.db")), {registry::registryTables1()}).value();
        registry = registry::openLocalRegistry(database, folder.filePath(QStringLiteral("artifacts"))).value();
    }
    void writeData(const QByteArray &bytes) { (void)writeFileAtomically(folder.filePath(QStringLiteral("wind.csv")), bytes); }

    /// Registers a version that was trained on data with this MD5 and had this test error.
    int addVersion(const QString &md5, double mae, double r2) { return addVersion(md5, {{QStringLiteral("test"), QJsonObject{{QStringLiteral("mae"), mae}, {QStringLiteral("r2"), r2}}}}); }
    int addVersion(const QString &md5, const QJsonObject &metrics) {
        artifact::PackageContents contents;
        contents.ml.runId = QStringLiteral("0123456789abcdef0123456789abcdef");
        contents.ml.uuid = contents.ml.runId;
        contents.ml.estimator = QStringLiteral("ridge");
        contents.ml.modelType = QStringLiteral("linear");
        contents.ml.created = QStringLiteral("2026-03-01T12:00:00.000Z");
        contents.signature.inputs = {{QStringLiteral("ws2m@0"), data::ColumnType::Number, {}, false}};
        contents.signature.outputs = {QStringLiteral("y")};
        contents.signature.target = QStringLiteral("y");
        contents.data = {{QStringLiteral("md5"), md5}};
        contents.metrics = metrics;
        contents.profile = drift::profileOf(wind(2000, 3.5), QStringLiteral("training")).toJson();
        const QString package = folder.filePath(QStringLiteral("package-%1").arg(++m_packages));
        const auto written = artifact::writePackage(package, contents, [](const QString &at) -> Result<QStringList> {
            PH_TRY(writeFileAtomically(at + QStringLiteral("/model.json"), "{}"));
            return QStringList{QStringLiteral("model.json")};
        });
        if (!written)
            qFatal("%s", qPrintable(written.error().text()));
        const auto version = registry->registerVersion(model.registry.name, package, {}, QStringLiteral("ana"));
        if (!version)
            qFatal("%s", qPrintable(version.error().text()));
        return version->version;
    }
    void makeChampion(int version, std::optional<int> before = {}) { QVERIFY(registry->moveAlias(model.registry.name, model.registry.champion, before, version, {QStringLiteral("ana"), QStringLiteral("op-1")})); }

    Observations look() {
        return observe({*registry, *store, [this](const workspace::Model &, int) -> Result<std::optional<LiveRows>> { return rows; }, now}, model);
    }

private:
    int m_packages = 0;
};

} // namespace

class tst_Observe : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void withoutAModelNothingIsKnownAndThatIsSaid() {
        Estate estate;
        const auto seen = estate.look();
        QVERIFY(seen.metrics.empty());
        QVERIFY(!seen.newestModel && !seen.trainedDataHash && !seen.worstPsi && !seen.lastRetrain);
        QVERIFY(seen.dataHash);
        QVERIFY(seen.notes.join(QLatin1Char('\n')).contains(QStringLiteral("No version of ws2m is champion yet.")));
    }

    void withoutLabelsTheTestRowsOfTheChampionSpeak() {
        Estate estate;
        estate.makeChampion(estate.addVersion(QStringLiteral("aa"), 0.6, 0.7));
        estate.addVersion(QStringLiteral("bb"), 0.5, 0.8); // a candidate is not the champion
        const auto seen = estate.look();
        QCOMPARE(seen.metrics.at(QStringLiteral("mae")), 0.6);
        QCOMPARE(seen.metricSources.at(QStringLiteral("mae")), QStringLiteral("test rows of version 1"));
        QCOMPARE(seen.bestMetrics.at(QStringLiteral("r2")), 0.7);
        QCOMPARE(seen.trainedDataHash, std::optional(QStringLiteral("aa")));
        QVERIFY(seen.newestModel && std::abs(seen.newestModel->secsTo(estate.now)) < 60);
        QVERIFY(seen.notes.join(QLatin1Char('\n')).contains(QStringLiteral("No endpoint has answered with version 1 yet.")));
    }

    void labelledRowsOverruleTheTestRowsOnceThereAreEnough_data() {
        QTest::addColumn<int>("rows");
        QTest::addColumn<double>("mae");
        QTest::addColumn<bool>("live");
        QTest::newRow("99 are too few") << 99 << 0.6 << false;
        QTest::newRow("100 are enough") << 100 << 1.25 << true;
    }
    void labelledRowsOverruleTheTestRowsOnceThereAreEnough() {
        QFETCH(int, rows);
        QFETCH(double, mae);
        QFETCH(bool, live);
        Estate estate;
        estate.makeChampion(estate.addVersion(QStringLiteral("aa"), 0.6, 0.7));
        estate.rows = LiveRows{labelled(std::size_t(rows), 1.25), wind(300, 3.5), QStringLiteral("serving/ws2m")};
        const auto seen = estate.look();
        QCOMPARE(seen.labelledRows, qint64(rows));
        QVERIFY(std::abs(seen.metrics.at(QStringLiteral("mae")) - mae) < 1e-12);
        QCOMPARE(seen.metricSources.count(QStringLiteral("mae")) == 0, live);
        QCOMPARE(seen.notes.join(QLatin1Char('\n')).contains(QStringLiteral("Only 99 of the last 500 rows")), !live);
    }

    /// The test rows' figures of two targets, as a training writes them.
    static QJsonObject figuresOfTwo() {
        const auto of = [](const char *target, double mae, double r2) {
            return QJsonObject{{QStringLiteral("target"), QLatin1String(target)}, {QStringLiteral("test"), QJsonObject{{QStringLiteral("mae"), mae}, {QStringLiteral("r2"), r2}, {QStringLiteral("mape"), QJsonValue()}}}};
        };
        return {{QStringLiteral("test"), QJsonObject{{QStringLiteral("r2"), 0.7}}}, {QStringLiteral("targets"), QJsonArray{of("t2m", 0.6, 0.8), of("rh2m", 5, 0.6)}}};
    }
    void eachOfSeveralTargetsSpeaksForItself() {
        Estate estate;
        estate.makeChampion(estate.addVersion(QStringLiteral("aa"), figuresOfTwo()));
        const auto seen = estate.look();
        QCOMPARE(seen.metrics.at(QStringLiteral("r2")), 0.7);
        QCOMPARE(seen.metrics.at(QStringLiteral("mae@t2m")), 0.6);
        QCOMPARE(seen.metrics.at(QStringLiteral("mae@rh2m")), 5.0);
        QVERIFY(!seen.metrics.count(QStringLiteral("mae")));
        QVERIFY(!seen.metrics.count(QStringLiteral("mape@t2m"))); // undefined there
        QCOMPARE(seen.metricSources.at(QStringLiteral("mae@rh2m")), QStringLiteral("test rows of version 1"));
        QCOMPARE(seen.bestMetrics.at(QStringLiteral("mae@t2m")), 0.6);
    }
    void labelsOfATargetOverruleItsTestRowsOnly() {
        Estate estate;
        estate.makeChampion(estate.addVersion(QStringLiteral("aa"), figuresOfTwo()));
        metrics::Scored whole; // rows that name both: none yet
        whole.outputs = 2;
        whole.naiveScales = {std::nan(""), std::nan("")};
        estate.rows = LiveRows{whole, wind(300, 3.5), QStringLiteral("serving/pair"), {{QStringLiteral("t2m"), labelled(100, 1.25)}, {QStringLiteral("rh2m"), labelled(99, 9)}}};
        const auto seen = estate.look();
        QCOMPARE(seen.labelled(QStringLiteral("mae@t2m")), qint64(100));
        QCOMPARE(seen.labelled(QStringLiteral("mae@rh2m")), qint64(99));
        QCOMPARE(seen.labelled(QStringLiteral("mae@ws2m")), qint64(0));
        QVERIFY(std::abs(seen.metrics.at(QStringLiteral("mae@t2m")) - 1.25) < 1e-12);
        QVERIFY(!seen.metricSources.count(QStringLiteral("mae@t2m")));
        QCOMPARE(seen.metrics.at(QStringLiteral("mae@rh2m")), 5.0);
        QVERIFY(seen.metricSources.count(QStringLiteral("mae@rh2m")) && seen.metricSources.count(QStringLiteral("r2")));
        const QString notes = seen.notes.join(QLatin1Char('\n'));
        QVERIFY2(notes.contains(QStringLiteral("Only 99 of the last 500 rows at serving/pair are labelled with rh2m, 100 are needed")), qPrintable(notes));
        QVERIFY2(!notes.contains(QStringLiteral("are labelled, ")), qPrintable(notes)); // said of the target already
    }
    void rowsLabelledInAllTargetsGiveTheMeansOverThem() {
        Estate estate;
        estate.makeChampion(estate.addVersion(QStringLiteral("aa"), figuresOfTwo()));
        const metrics::Scored one = labelled(120, 1), other = labelled(120, 2);
        metrics::Scored both;
        both.count = 120;
        both.outputs = 2;
        both.naiveScales = {std::nan(""), std::nan("")};
        for (std::size_t i = 0; i < both.count; ++i) {
            both.truth.insert(both.truth.end(), {one.truth[i], other.truth[i]});
            both.predicted.insert(both.predicted.end(), {one.predicted[i], other.predicted[i]});
        }
        estate.rows = LiveRows{both, wind(300, 3.5), QStringLiteral("serving/pair"), {{QStringLiteral("t2m"), one}, {QStringLiteral("rh2m"), other}}};
        const auto seen = estate.look();
        QVERIFY(!seen.metricSources.count(QStringLiteral("r2")));
        QVERIFY(std::abs(seen.metrics.at(QStringLiteral("r2")) - (seen.metrics.at(QStringLiteral("r2@t2m")) + seen.metrics.at(QStringLiteral("r2@rh2m"))) / 2) < 1e-12);
        QCOMPARE(seen.labelled(QStringLiteral("r2")), qint64(120));
    }

    void driftIsThatOfTheRowsAskedAgainstTheTrainingProfile_data() {
        QTest::addColumn<int>("rows");
        QTest::addColumn<double>("mean");
        QTest::addColumn<QString>("expected");
        QTest::newRow("the same rows: none") << 500 << 3.5 << QStringLiteral("low");
        QTest::newRow("shifted rows: drifted") << 500 << 6.0 << QStringLiteral("high");
        QTest::newRow("too few rows: not known") << 99 << 6.0 << QStringLiteral("unknown");
    }
    void driftIsThatOfTheRowsAskedAgainstTheTrainingProfile() {
        QFETCH(int, rows);
        QFETCH(double, mean);
        QFETCH(QString, expected);
        Estate estate;
        estate.makeChampion(estate.addVersion(QStringLiteral("aa"), 0.6, 0.7));
        estate.rows = LiveRows{{}, wind(std::size_t(rows), mean), QStringLiteral("serving/ws2m")};
        const auto seen = estate.look();
        const QString found = !seen.worstPsi ? QStringLiteral("unknown") : *seen.worstPsi > 0.25 ? QStringLiteral("high") : *seen.worstPsi < 0.1 ? QStringLiteral("low") : QStringLiteral("moderate");
        QCOMPARE(found, expected);
        QCOMPARE(seen.worstColumn, seen.worstPsi ? QStringLiteral("ws2m@0") : QString());
        QCOMPARE(seen.notes.join(QLatin1Char('\n')).contains(QStringLiteral("99 of 180 needed")), !seen.worstPsi.has_value());
    }

    void aChangedFileChangesTheHash() {
        Estate estate;
        const auto before = estate.look();
        estate.writeData("x,y\n1,2\n3,4\n");
        const auto after = estate.look();
        QCOMPARE(before.dataHash->size(), 32);
        QVERIFY(*after.dataHash != *before.dataHash);
        estate.writeData(""); // the MD5 of nothing is in RFC 1321
        QCOMPARE(*estate.look().dataHash, QStringLiteral("d41d8cd98f00b204e9800998ecf8427e"));
    }

    void whatIsMissingOrBrokenIsANoteAndNoError() {
        Estate estate;
        const int version = estate.addVersion(QStringLiteral("aa"), 0.6, 0.7);
        estate.makeChampion(version);
        QVERIFY(QFile::remove(estate.folder.filePath(QStringLiteral("wind.csv"))));
        QVERIFY(writeFileAtomically(estate.registry->version(estate.model.registry.name, version)->source + QStringLiteral("/data.json"), "{"));
        estate.rows = LiveRows{labelled(200, 1), wind(300, 3.5), QStringLiteral("serving/ws2m")};
        const auto seen = estate.look();
        QVERIFY(!seen.dataHash);
        QVERIFY(!seen.trainedDataHash);
        QVERIFY(std::abs(seen.metrics.at(QStringLiteral("mae")) - 1) < 1e-12); // the rest is still judged
        const QString notes = seen.notes.join(QLatin1Char('\n'));
        QVERIFY2(notes.contains(QStringLiteral("wind.csv")), qPrintable(notes));
        QVERIFY2(notes.contains(QStringLiteral("data.json")), qPrintable(notes));
    }

    void datesAndYesterdayAreReadWhereARuleAsks() {
        Estate estate;
        estate.now = QDateTime(QDate(2026, 3, 3), QTime(0, 15), Qt::UTC);
        (void)writeFileAtomically(estate.model.recipe, "recipe: ws2m\ndata: {source: wind.csv}\ntask: regression\ntarget: y\ntime: {column: at, step: 1h}\nestimators: [ridge]\n");
        estate.writeData("at,x,y\n2026-03-01T05:00,1,2\n2026-03-01T07:00,1,2\n2026-03-01T06:00,1,2\n");
        int asked = 0;
        const YesterdayReader yesterday = [&](const workspace::Model &, const QDateTime &now, const QTimeZone &zone) -> Result<std::optional<Yesterday>> {
            ++asked;
            Yesterday day;
            day.day = now.toTimeZone(zone).date().addDays(-1).toString(Qt::ISODate);
            day.rows = 7;
            return std::optional(day);
        };
        const auto look = [&] { return observe({*estate.registry, *estate.store, {}, estate.now, QTimeZone("America/New_York"), yesterday}, estate.model); };
        const auto unasked = look();
        QVERIFY(!unasked.newestRow && !unasked.sourceChanged && !unasked.yesterday.rows);
        QCOMPARE(asked, 0);
        estate.model.retrain.when = {QStringLiteral("newest_row_age > 1d"), QStringLiteral("source_age > 1d"), QStringLiteral("rows_yesterday < 24")};
        const auto seen = look();
        QCOMPARE(*seen.newestRow, QDateTime(QDate(2026, 3, 1), QTime(7, 0), Qt::UTC));
        QVERIFY(std::abs(seen.sourceChanged->secsTo(QDateTime::currentDateTimeUtc())) < 3600);
        QCOMPARE(*seen.yesterday.rows, 7);
        QCOMPARE(seen.yesterday.day, QStringLiteral("2026-03-01")); // it is the 2nd there still
        estate.writeData("at,x,y\n2026-03-02T09:00,1,2\n");
        QCOMPARE(*look().newestRow, QDateTime(QDate(2026, 3, 2), QTime(9, 0), Qt::UTC));
        (void)writeFileAtomically(estate.model.recipe, "recipe: ws2m\ndata: {source: wind.csv}\ntask: regression\ntarget: y\nestimators: [ridge]\n");
        const auto without = look();
        QVERIFY(!without.newestRow);
        QVERIFY2(without.notes.join(QString()).contains(QStringLiteral("does not say when a row was")), qPrintable(without.notes.join(QString())));
    }

    void theLastDecisionIsTheMemoryOfTheRules() {
        Estate estate;
        QVERIFY(!estate.look().lastLook);
        Decision d;
        d.model = estate.model.name;
        d.time = estate.now.addSecs(-600);
        d.rules = {{QStringLiteral("mae > 1.5 for 3 checks"), QStringLiteral("mae 2"), false, true, 2.0, estate.now.addSecs(-3600), 2}};
        QVERIFY(estate.store->appendSkipped(d));
        const auto seen = estate.look();
        QCOMPARE(seen.lastLook->msecsTo(estate.now), 600000);
        QCOMPARE(seen.lastRules.front().checks, 2);
        QCOMPARE(seen.lastRules.front().since->msecsTo(estate.now), 3600000);
    }

    void theStoreRemembersTheLastRetrainAndTheBest() {
        Estate estate;
        estate.makeChampion(estate.addVersion(QStringLiteral("aa"), 0.6, 0.7));
        Decision d;
        d.model = estate.model.name;
        d.kind = DecisionKind::RetrainAttempted;
        d.time = estate.now.addSecs(-3600);
        QVERIFY(estate.store->appendRetrain(d, {}));
        QVERIFY(estate.store->rememberBest(estate.model.name, {{QStringLiteral("r2"), 0.9}, {QStringLiteral("mae"), 0.9}}));
        const auto seen = estate.look();
        QCOMPARE(seen.lastRetrain->msecsTo(estate.now), 3600000);
        QCOMPARE(seen.bestMetrics.at(QStringLiteral("r2")), 0.9);  // remembered from better days
        QCOMPARE(seen.bestMetrics.at(QStringLiteral("mae")), 0.6); // the champion's test rows are better
    }
};

QTEST_GUILESS_MAIN(tst_Observe)
#include "tst_observe.moc"
