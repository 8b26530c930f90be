// SPDX-License-Identifier: GPL-3.0-or-later
#include "dump.h"

#include "core/data/propose.h"
#include "core/data/windows.h"

using namespace pilothouse;
using namespace pilothouse::data;

namespace {

Result<Proposal> proposalFor(const QString &path, const QString &target = {}) {
    PH_ASSIGN(const LoadedTable loaded, readCsv(path));
    return proposeRecipe(loaded.table, profileOf(loaded), path, target);
}

} // namespace

class TestPropose : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void realFilesGetASensibleRecipe_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char *name, const char *file, const char *expected) { QTest::newRow(name) << QString::fromLatin1(file) << QString::fromUtf8(expected); };
        row("houses", "california_housing.csv", "regression median_house_value; exclude ; categorical ocean_proximity; every; impute one_hot standard_scale");
        row("flowers", "iris.csv", "classification species; exclude ; categorical ; stratified; standard_scale");
        row("machines", "predictive_maintenance_2020.csv", "classification Machine failure; exclude UDI,Product ID; categorical Type; stratified; one_hot standard_scale");
        row("a POWER file", "nasa_power_hourly_kaudulla.csv", "forecast T2M; exclude ; categorical ; after; standard_scale");
        row("three stations", "nyc_weather_2013.csv", "forecast temp; exclude ; categorical ; after; standard_scale");
        row("twelve stations", "beijing_air_quality_12_stations.csv.gz", "forecast PM2.5; exclude ; categorical ; after; standard_scale");
    }
    void realFilesGetASensibleRecipe() {
        QFETCH(QString, file);
        QFETCH(QString, expected);
        const QString path = sharedFile(QStringLiteral("data/") + file);
        if (!QFile::exists(path))
            QSKIP("the shared data files are not here");
        const auto proposal = proposalFor(path);
        QVERIFY2(proposal, proposal ? "" : qPrintable(proposal.error().text()));
        const workspace::Recipe &r = proposal->recipe;
        static const char *const kinds[] = {"every", "random", "stratified", "after"};
        QStringList transforms;
        for (const auto &step : r.transforms)
            transforms << step.name;
        QCOMPARE(QStringLiteral("%1 %2; exclude %3; categorical %4; %5; %6")
                     .arg(workspace::taskName(r.task), r.target, r.exclude.join(QLatin1Char(',')), r.categorical.join(QLatin1Char(',')), QLatin1String(kinds[int(r.split.kind)]), transforms.join(QLatin1Char(' '))),
                 expected);
        QVERIFY(proposal->reasons.size() >= 5);
        // What is proposed is a recipe that parses, and that the data fits.
        const auto parsed = workspace::parseRecipe(workspace::writeRecipe(r), QString());
        QVERIFY2(parsed, parsed ? "" : qPrintable(parsed.error().text()));
        const auto loaded = loadData(*parsed);
        QVERIFY2(loaded, loaded ? "" : qPrintable(loaded.error().text()));
        if (r.task == workspace::TaskKind::Forecast) {
            const auto windows = buildWindows(loaded->table, *parsed);
            QVERIFY2(windows, windows ? "" : qPrintable(windows.error().text()));
            QVERIFY2(splitWindows(*windows, parsed->split), "split");
        }
    }

    void theHeaderSaysWhatIsMissing() {
        const QString path = sharedFile(QStringLiteral("data/nasa_power_hourly_kaudulla.csv"));
        if (!QFile::exists(path))
            QSKIP("the shared data files are not here");
        const auto proposal = proposalFor(path);
        QVERIFY(proposal);
        QVERIFY(proposal->recipe.data.missing.contains(QStringLiteral("-999")));
        QCOMPARE(proposal->recipe.time->parts.join(QLatin1Char(',')), QStringLiteral("YEAR,MO,DY,HR"));
        QCOMPARE(proposal->recipe.time->step, QStringLiteral("1h"));
    }

    void aTargetMayBeNamed() {
        QByteArray bytes = "a,b,c\n";
        for (int i = 0; i < 60; ++i)
            bytes += QByteArray::number(i * i % 47) + "." + QByteArray::number(i % 10) + (i % 2 ? ",x," : ",y,") + QByteArray::number(i * 7 % 59) + ".5\n";
        const TemporaryFile file(bytes);
        QCOMPARE(proposalFor(file.path)->recipe.target, QStringLiteral("c"));
        const auto named = proposalFor(file.path, QStringLiteral("b"));
        QVERIFY(named);
        QCOMPARE(named->recipe.task, workspace::TaskKind::Classification);
        QCOMPARE(named->recipe.gates.front().text(), QStringLiteral("accuracy > 0.5"));
        QVERIFY(proposalFor(file.path, QStringLiteral("q")).error().text().contains(QStringLiteral("“q”")));
    }

    void filesWithoutAnythingToLearnAreRefused_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("no rows") << QByteArray("a,b\n");
        QTest::newRow("one column") << QByteArray("a\n1.5\n2.5\n3.5\n");
        QTest::newRow("constants") << QByteArray("a,b\n1,x\n1,x\n1,x\n");
    }
    void filesWithoutAnythingToLearnAreRefused() {
        QFETCH(QByteArray, bytes);
        const TemporaryFile file(bytes);
        const auto proposal = proposalFor(file.path);
        QVERIFY(!proposal);
        QCOMPARE(proposal.error().kind, ErrorKind::Invalid);
        QVERIFY(!proposal.error().hint.isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestPropose)
#include "tst_propose.moc"
