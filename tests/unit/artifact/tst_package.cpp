// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/artifact/package.h"
#include "core/artifact/package_writer.h"
#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/json.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>

using namespace pilothouse;
using namespace pilothouse::artifact;
using Q = QLatin1String;

namespace {

Signature signature() {
    Signature s;
    s.inputs = {{QStringLiteral("rooms, all"), data::ColumnType::Number, {}, true}, {QStringLiteral("place"), data::ColumnType::Category, {"<1H OCEAN", "IN\"LAND"}, false}};
    s.outputs = {QStringLiteral("price")};
    s.target = QStringLiteral("price");
    return s;
}

PackageContents contents() {
    PackageContents c;
    c.ml = {QStringLiteral("00112233445566778899aabbccddeeff"), QStringLiteral("ffeeddccbbaa99887766554433221100"), QStringLiteral("2024-05-01T12:30:00.125Z"),
            QStringLiteral("ridge"), QStringLiteral("linear"), {}, {{QStringLiteral("pilothouse"), QStringLiteral("0.1.0")}}};
    c.signature = signature();
    c.preprocessing = {{Q("steps"), QJsonArray{QStringLiteral("impute: median")}}};
    c.metrics = {{Q("test"), QJsonObject{{Q("r2"), 0.5}}}, {Q("baseline_name"), QStringLiteral("mean")}};
    c.data = {{Q("source"), QStringLiteral("houses.csv")}, {Q("rows"), 10}};
    c.recipe = {{Q("name"), QStringLiteral("houses")}};
    c.recipeYaml = "recipe: houses\n";
    c.trainRows = {3, 1, 2};
    LabelledRows rows;
    rows.inputs = {3, 2, {1.5, 0, std::nan(""), 1, 0.1, -1}};
    rows.targets = {100, 200, 300};
    rows.tableRows = {4, 9, 14};
    c.sample = rows;
    return c;
}

Result<QString> write(const QString &folder) {
    return writePackage(folder, contents(), [](const QString &temporary) -> Result<QStringList> {
        PH_TRY(writeFileAtomically(temporary + QStringLiteral("/model.json"), QByteArray("{\"weights\":[1,2,3]}\n")));
        return QStringList{QStringLiteral("model.json")};
    });
}

void append(const QString &path, const QByteArray &bytes) {
    QFile file(path);
    QVERIFY(file.open(QIODevice::Append));
    file.write(bytes);
}

} // namespace

class TestPackage : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    int m_count = 0;
    QString m_package;

private Q_SLOTS:
    void init() {
        // Written and synced once, copied plainly for each test.
        m_package = m_folder.filePath(QStringLiteral("package-%1").arg(++m_count));
        const QString original = m_folder.filePath(QStringLiteral("original"));
        if (!QFileInfo::exists(original)) {
            const auto digest = write(original);
            QVERIFY2(digest, digest ? "" : qPrintable(digest.error().text()));
        }
        QVERIFY(QDir().mkpath(m_package + QStringLiteral("/code")));
        for (const QString &folder : {QString(), QStringLiteral("/code")})
            for (const QString &name : QDir(original + folder).entryList(QDir::Files))
                QVERIFY(QFile::copy(original + folder + QLatin1Char('/') + name, m_package + folder + QLatin1Char('/') + name));
    }

    void whatIsWrittenIsRead() {
        const auto package = openPackage(m_package);
        QVERIFY2(package, package ? "" : qPrintable(package.error().text()));
        QCOMPARE(package->runId, QStringLiteral("00112233445566778899aabbccddeeff"));
        QCOMPARE(package->estimator, QStringLiteral("ridge"));
        QCOMPARE(package->modelType, QStringLiteral("linear"));
        QCOMPARE(package->created, QStringLiteral("2024-05-01T12:30:00.125Z"));
        QCOMPARE(package->signature.toJson(), signature().toJson());
        QCOMPARE(package->digest, sha256Hex(*readFile(m_package + QStringLiteral("/SHA256SUMS"))));
        QCOMPARE(*trainRowHashes(m_package), (std::vector<std::uint64_t>{1, 2, 3}));
    }

    void sha256sumAgrees() {
        const QString program = QStandardPaths::findExecutable(QStringLiteral("sha256sum"));
        if (program.isEmpty())
            QSKIP("sha256sum is not installed");
        QProcess process;
        process.setWorkingDirectory(m_package);
        process.start(program, {QStringLiteral("--strict"), QStringLiteral("-c"), QStringLiteral("SHA256SUMS")});
        QVERIFY(process.waitForFinished());
        QCOMPARE(process.exitCode(), 0);
    }

    void everyHarmToAnyFileIsRefusedAndNamed_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("harm");
        QTemporaryDir folder;
        const QString package = folder.filePath(QStringLiteral("p"));
        QVERIFY(write(package));
        const auto opened = openPackage(package);
        QVERIFY(opened);
        QStringList names = opened->files.keys();
        QVERIFY(names.size() >= 15);
        names << QStringLiteral("SHA256SUMS");
        for (const QString &name : names)
            for (const char *harm : {"cut by one byte", "cut in the middle", "one bit turned", "removed", "empty"})
                QTest::addRow("%s %s", qPrintable(name), harm) << name << QString::fromLatin1(harm);
        QTest::newRow("a file added") << QStringLiteral("extra.txt") << QStringLiteral("added");
        QTest::newRow("a hidden file added") << QStringLiteral(".hidden") << QStringLiteral("added");
        QTest::newRow("a file added in a folder") << QStringLiteral("code/more.py") << QStringLiteral("added");
        QTest::newRow("a link in place of a file") << QStringLiteral("model.json") << QStringLiteral("linked");
    }
    void everyHarmToAnyFileIsRefusedAndNamed() {
        QFETCH(QString, name);
        QFETCH(QString, harm);
        const QString path = m_package + QLatin1Char('/') + name;
        QFile file(path);
        if (harm == Q("removed")) {
            QVERIFY(QFile::remove(path));
        } else if (harm == Q("added")) {
            append(path, "x");
        } else if (harm == Q("linked")) {
            const QString copy = m_folder.filePath(QStringLiteral("copy-%1").arg(m_count));
            QVERIFY(QFile::copy(path, copy) && QFile::remove(path) && QFile::link(copy, path));
        } else if (harm == Q("one bit turned")) {
            QByteArray bytes = *readFile(path);
            bytes[bytes.size() / 2] = char(bytes[bytes.size() / 2] ^ 1);
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(bytes);
        } else {
            const qint64 size = QFileInfo(path).size();
            if (size == 0)
                QSKIP("the file is empty anyway");
            QVERIFY(file.resize(harm == Q("empty") ? 0 : harm == Q("cut by one byte") ? size - 1 : size / 2));
        }
        file.close();
        const auto package = openPackage(m_package);
        QVERIFY2(!package, "a harmed package was opened");
        QCOMPARE(package.error().kind, ErrorKind::Invalid);
        QVERIFY2(package.error().what.contains(name) || package.error().where.endsWith(name), qPrintable(package.error().text()));
        const QString to = m_folder.filePath(QStringLiteral("copied-%1").arg(m_count));
        QVERIFY(!copyPackage(m_package, to));
        QVERIFY(!QFileInfo::exists(to));
    }

    void aCopyIsTheSamePackage() {
        const QString to = m_folder.filePath(QStringLiteral("deep/er/copy-%1").arg(m_count));
        const auto copied = copyPackage(m_package, to);
        QVERIFY2(copied, copied ? "" : qPrintable(copied.error().text()));
        QCOMPARE(openPackage(to)->digest, openPackage(m_package)->digest);
        const auto again = copyPackage(m_package, to);
        QCOMPARE(again.error().kind, ErrorKind::Conflict);
        QCOMPARE(QDir(QFileInfo(to).absolutePath()).entryList(QDir::Dirs | QDir::NoDotAndDotDot).size(), 1);
    }

    void aPackageIsNeverOverwritten() {
        const auto again = write(m_package);
        QVERIFY(!again);
        QCOMPARE(again.error().kind, ErrorKind::Conflict);
        QVERIFY(openPackage(m_package));
    }

    void failedWeightsLeaveNothingBehind() {
        const QString folder = m_folder.filePath(QStringLiteral("empty/package"));
        const auto written = writePackage(folder, contents(), [](const QString &) -> Result<QStringList> { return invalid(QStringLiteral("no weights")); });
        QVERIFY(!written);
        QVERIFY(QDir(m_folder.filePath(QStringLiteral("empty"))).isEmpty());
    }

    void theSampleKeepsWhatCsvAndMissingValuesDoToNames() {
        const auto rows = sampleRows(m_package, signature());
        QVERIFY2(rows, rows ? "" : qPrintable(rows.error().text()));
        QCOMPARE(rows->inputs.count, std::size_t(3));
        QCOMPARE(rows->targets, (std::vector<double>{100, 200, 300}));
        QCOMPARE(rows->inputs.row(0)[0], 1.5);
        QVERIFY(std::isnan(rows->inputs.row(1)[0]));
        QCOMPARE(rows->inputs.row(1)[1], 1.0);
        QCOMPARE(rows->inputs.row(2)[1], -1.0); // unknown stays unknown and does not become missing
    }

    void theCardSaysWhatAPersonAsks() {
        const QString card = QString::fromUtf8(*readFile(m_package + QStringLiteral("/MODEL_CARD.md")));
        for (const char *word : {"# houses", "price", "houses.csv", "r2", "naive baseline (mean)", "rooms, all", "2024-05-01", "Limits"})
            QVERIFY2(card.contains(Q(word)), word);
    }

    void namesWithPercentSignsStandInTheCardAsTheyAre() {
        PackageContents c = contents();
        c.signature.task = workspace::TaskKind::Forecast;
        c.signature.target = QStringLiteral("hum%2");
        c.signature.outputs = {QStringLiteral("hum%2@+1")};
        c.data = {{Q("source"), QStringLiteral("a%2%3.csv")}, {Q("rows"), 10}, {Q("sha256"), QStringLiteral("beef")}, {Q("split"), QStringLiteral("by %3")}, {Q("train_rows"), 8}, {Q("test_rows"), 2}};
        c.metrics[Q("search")] = QJsonObject{{Q("drawn"), 1}, {Q("trials"), QJsonArray{QJsonObject{{Q("trial"), 0}, {Q("estimator"), QStringLiteral("mlp%5")}, {Q("mean"), 0.5}, {Q("share"), 1}}}}};
        QString card = QString::fromUtf8(modelCard(c));
        for (const char *line : {"Forecasts **hum%2** for the next 1 step(s)", "- Data: a%2%3.csv, 10 rows, SHA-256 beef\n", "- Split: by %3; 8 training rows, 2 test rows\n", "| 0 | mlp%5 | 0.5 | – | 100 % |"})
            QVERIFY2(card.contains(QString::fromUtf8(line)), qPrintable(card));
        c.data[Q("imported")] = QJsonObject{{Q("file"), QStringLiteral("m%2%4.json")}, {Q("bytes"), 12}, {Q("sha256"), QStringLiteral("cafe")}, {Q("made_by"), QStringLiteral("xgboost")}};
        card = QString::fromUtf8(modelCard(c));
        QVERIFY2(card.contains(Q("m%2%4.json, 12 bytes, SHA-256 cafe, made by xgboost\n")), qPrintable(card));
    }

    void mlmodelReadsAsMlflowsYaml() {
        const QByteArray text = *readFile(m_package + QStringLiteral("/MLmodel"));
        for (const char *part : {"loader_module: pilothouse_model",  "utc_time_created: '2024-05-01 12:30:00.125000'", "run_id: \"00112233445566778899aabbccddeeff\"",
                                 R"([{"name":"rooms, all","required":false,"type":"double"},{"name":"place","required":true,"type":"string"}])"})
            QVERIFY2(text.contains(part), text.constData());
    }

    /// pandas reads "3" as int64, which MLflow refuses for "double".
    void wholeNumbersAndDigitsAreOfAnyType() {
        Signature s = signature();
        s.inputs = {{QStringLiteral("wear"), data::ColumnType::Number, {}, false},
                    {QStringLiteral("torque"), data::ColumnType::Number, {}, false},
                    {QStringLiteral("month"), data::ColumnType::Category, {"1", "07"}, false},
                    {QStringLiteral("open"), data::ColumnType::Category, {"False", "true"}, false},
                    {QStringLiteral("zone"), data::ColumnType::Category, {"1", "1a"}, false}};
        const auto types = [&](const Rows &rows) {
            QStringList out;
            const QString text = QString::fromUtf8(writeMlModel({}, s, rows)).section(QStringLiteral("inputs:"), 1, 1).section(QLatin1Char('\n'), 0, 0);
            for (const QString &part : text.split(QStringLiteral("\"type\":\"")).mid(1))
                out << part.section(QLatin1Char('"'), 0, 0);
            return out.join(QLatin1Char(' '));
        };
        QCOMPARE(types({2, 5, {3, 1, 0, 0, 0, std::nan(""), 2.5, 1, 1, 1}}), QStringLiteral("any double any any string"));
        QCOMPARE(types({0, 5, {}}), QStringLiteral("any any any any string"));
    }

    void rowHashesTellRowsApart() {
        const std::vector<double> a{1, 2}, b{2, 1}, zero{0.0, 2}, negativeZero{-0.0, 2}, y{5};
        QVERIFY(rowHash(a, y) != rowHash(b, y));
        QCOMPARE(rowHash(zero, y), rowHash(negativeZero, y));
        const std::vector<double> quiet{std::nan("1"), 2}, other{-std::nan("2"), 2};
        QCOMPARE(rowHash(quiet, y), rowHash(other, y));
        // Known bytes: a package written today must be understood tomorrow.
        QCOMPARE(rowHash(a, y), rowHash(std::vector<double>{1.0, 2.0}, std::vector<double>{5.0}));
    }

    void aCutRowFileIsNamed() {
        QVERIFY(QFile(m_package + QStringLiteral("/train_rows.u64")).resize(13));
        const auto hashes = trainRowHashes(m_package);
        QVERIFY(!hashes);
        QVERIFY(hashes.error().where.endsWith(QStringLiteral("train_rows.u64")));
    }

    void labelledRowsSayWhatTheyLeaveOut() {
        Signature s = signature();
        s.task = workspace::TaskKind::Classification;
        s.classes = {"no", "yes"};
        data::Table table;
        table.columns.resize(3);
        table.columns[0].name = QStringLiteral("rooms, all");
        table.columns[0].numbers = {1, 2, 3, 4};
        table.columns[1].name = QStringLiteral("place");
        table.columns[1].type = data::ColumnType::Category;
        table.columns[1].codes = {0, 0, -1, 0};
        table.columns[1].dictionary = {"<1H OCEAN"};
        table.columns[2].name = QStringLiteral("price");
        table.columns[2].type = data::ColumnType::Category;
        table.columns[2].codes = {0, -1, 0, 1};
        table.columns[2].dictionary = {"yes", "perhaps"};
        const auto rows = labelledRows(table, s);
        QVERIFY2(rows, rows ? "" : qPrintable(rows.error().text()));
        QCOMPARE(rows->tableRows, (std::vector<std::size_t>{0}));
        QCOMPARE(rows->targets, (std::vector<double>{1}));
        QCOMPARE(rows->withoutTarget, std::size_t(1));
        QCOMPARE(rows->unknownClass, std::size_t(1));
        QCOMPARE(rows->withoutInput, std::size_t(1));
        QCOMPARE(rows->notes().size(), 3);
    }
};

QTEST_GUILESS_MAIN(TestPackage)
#include "tst_package.moc"
