// SPDX-License-Identifier: GPL-3.0-or-later
// A model file and its rows become a package: verified, unverified, refused; what the package says of itself.
#include "core/artifact/package.h"
#include "core/base/file.h"
#include "core/learn/evaluation.h"
#include "core/learn/import_model.h"
#include "core/learn/load_scorer.h"
#include "core/learn/samples.h"

#include <QDir>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>

using namespace pilothouse;
using namespace pilothouse::learn;

namespace {

QString fileOf(const QString &name) { return QStringLiteral(PILOTHOUSE_SOURCE_DIR "/tests/unit/learn/imported/") + name; }
QString pickleOf(const QString &name) { return QStringLiteral(PILOTHOUSE_SOURCE_DIR "/tests/unit/artifact/pickles/") + name; }

ImportOptions optionsOf(const QTemporaryDir &folder, const QString &file, const QString &rows) {
    ImportOptions options;
    options.file = fileOf(file);
    options.name = QStringLiteral("m");
    options.out = folder.filePath(QStringLiteral("package"));
    options.rows = rows.contains(QLatin1Char('/')) ? rows : fileOf(rows);
    options.user = QStringLiteral("somebody");
    options.runId = QString(32, QLatin1Char('c'));
    return options;
}

QByteArray cardOf(const QString &package) { return *readFile(package + QStringLiteral("/MODEL_CARD.md")); }

} // namespace

class TestImportModel : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aVerifiedModelIsAPackageLikeAnyOther() {
        const QTemporaryDir folder;
        ImportOptions options = optionsOf(folder, QStringLiteral("number.json"), QStringLiteral("number.csv"));
        options.expected = {QStringLiteral("p0")};
        options.target = QStringLiteral("y");
        const auto imported = importModel(options);
        QVERIFY2(imported, qPrintable(imported ? QString() : imported.error().text()));
        QVERIFY(imported->verified);
        QCOMPARE(imported->compared, 60);
        QVERIFY(imported->worst < 1e-6);
        QVERIFY(imported->test.value(QStringLiteral("r2")) > 0.8);
        const auto package = artifact::openPackage(options.out);
        QVERIFY(package);
        QCOMPARE(package->digest, imported->digest);
        QCOMPARE(package->estimator, QStringLiteral("imported xgboost"));
        QCOMPARE(package->data.value(QStringLiteral("train_rows")).toInt(-1), 0);
        QCOMPARE(package->data.value(QStringLiteral("imported")).toObject().value(QStringLiteral("made_by")).toString(), QStringLiteral("xgboost 3.2.0"));
        QVERIFY(artifact::trainRowHashes(options.out)->empty());
        QVERIFY(cardOf(options.out).contains("**Imported, not trained here**"));
        QVERIFY(cardOf(options.out).contains("Verified: 60 rows"));
        const auto sample = artifact::sampleRows(options.out, package->signature);
        QVERIFY(sample);
        QCOMPARE(int(sample->inputs.count), 60);
        const auto scorable = scoringRows(*package, options.rows);
        QVERIFY(scorable);
        QCOMPARE(int(scorable->inputs.count), 60);
        const auto evaluation = evaluatePackage(*package, options.rows, nullptr);
        QVERIFY2(evaluation, qPrintable(evaluation ? QString() : evaluation.error().text()));
        QCOMPARE(int(evaluation->rows), 60);
    }

    void withoutExpectedPredictionsItIsUnverified() {
        const QTemporaryDir folder;
        const ImportOptions options = optionsOf(folder, QStringLiteral("three.ubj"), QStringLiteral("three.csv"));
        const auto imported = importModel(options);
        QVERIFY2(imported, qPrintable(imported ? QString() : imported.error().text()));
        QVERIFY(!imported->verified);
        QVERIFY(imported->notes.join(QLatin1Char(' ')).contains(QStringLiteral("UNVERIFIED")));
        QVERIFY(cardOf(options.out).contains("**Unverified**"));
        QVERIFY(!QFileInfo::exists(options.out + QStringLiteral("/sample.csv")));
        QVERIFY(readFile(options.out + QStringLiteral("/input_example.json"))->contains("\"data\""));
        QVERIFY(imported->toJson().value(QStringLiteral("worst")).isNull());
        const auto scorer = loadScorer(options.out);
        QVERIFY(scorer);
        QCOMPARE((*scorer)->signature().classes, (std::vector<std::string>{"0", "1", "2"}));
    }

    void missingValuesGoWhereTheTreesSay() {
        const QTemporaryDir folder;
        const QString rows = folder.filePath(QStringLiteral("gaps.csv"));
        QVERIFY(writeFileAtomically(rows, "a,b,c\n0.5,,3\n,1,2\n0.1,0.2,0.3\n"));
        const auto imported = importModel(optionsOf(folder, QStringLiteral("number.json"), rows));
        QVERIFY2(imported, qPrintable(imported ? QString() : imported.error().text()));
        const auto scored = (*loadScorer(imported->package))->score({1, 3, {0.5, std::nan(""), 3}});
        QVERIFY(scored);
        QVERIFY(std::isfinite(scored->values[0]));
    }

    void labelsAndProbabilitiesCanBeExpected_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QStringList>("expected");
        QTest::addColumn<QStringList>("classes");
        QTest::newRow("the second class's probability") << "two" << QStringList{QStringLiteral("p0")} << QStringList{QStringLiteral("no"), QStringLiteral("yes")};
        QTest::newRow("each class's probability") << "three" << QStringList{QStringLiteral("p0"), QStringLiteral("p1"), QStringLiteral("p2")} << QStringList();
    }
    void labelsAndProbabilitiesCanBeExpected() {
        QFETCH(QString, file);
        QFETCH(QStringList, expected);
        QFETCH(QStringList, classes);
        const QTemporaryDir folder;
        ImportOptions options = optionsOf(folder, file + QStringLiteral(".json"), file + QStringLiteral(".csv"));
        options.expected = expected;
        options.classes = classes;
        const auto imported = importModel(options);
        QVERIFY2(imported, qPrintable(imported ? QString() : imported.error().text()));
        QVERIFY(imported->verified);
    }

    void refusesWhatDoesNotFit_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("rows");
        QTest::addColumn<QString>("expected");
        QTest::addColumn<QString>("target");
        QTest::addColumn<QString>("says");
        const auto row = [](const char *name, const char *file, const char *rows, const char *expected, const char *target, const char *says) {
            QTest::newRow(name) << file << rows << expected << target << QString::fromUtf8(says);
        };
        row("other predictions, with the worst row", "number.json", "number.csv", "y", "", "The predictions are not the expected ones: data row");
        row("other classes", "three.json", "three.csv", "y", "", "is “");
        row("an expected column that is not there", "number.json", "number.csv", "nothing", "", "no column “nothing”");
        row("a target that is not there", "number.json", "number.csv", "", "nothing", "no column “nothing”");
        row("a target that is an input", "number.json", "number.csv", "", "a", "“a” is an input");
        row("rows without an input", "number.json", "a,b,p\n1,2,3\n", "", "", "no column “c”");
        row("rows with texts", "number.json", "a,b,c\n1,2,red\n2,3,blue\n", "", "", "“c” must hold numbers");
        row("no rows", "number.json", "a,b,c\n", "", "", "no row");
        row("no model", "missing.json", "number.csv", "", "", "no model file");
        row("no XGBoost model", "make.py", "number.csv", "", "", "no XGBoost model");
    }
    void refusesWhatDoesNotFit() {
        QFETCH(QString, file);
        QFETCH(QString, rows);
        QFETCH(QString, expected);
        QFETCH(QString, target);
        QFETCH(QString, says);
        const QTemporaryDir folder;
        if (rows.contains(QLatin1Char('\n'))) {
            const QString path = folder.filePath(QStringLiteral("rows.csv"));
            QVERIFY(writeFileAtomically(path, rows.toUtf8()));
            rows = path;
        }
        ImportOptions options = optionsOf(folder, file, rows);
        if (!expected.isEmpty())
            options.expected = {expected};
        options.target = target;
        const auto imported = importModel(options);
        QVERIFY2(!imported, "it was imported");
        QVERIFY2(imported.error().what.contains(says), qPrintable(imported.error().text()));
        QVERIFY(!QFileInfo::exists(options.out));
        QVERIFY2(QDir(folder.path()).entryList({QStringLiteral("package*")}, QDir::Dirs | QDir::Hidden).isEmpty(), "something half-written was left");
    }

    void aPickleIsNeverLoaded() {
        QFile::remove(QStringLiteral("run-by-a-pickle"));
        for (const char *name : {"evil.pkl", "logistic.joblib", "logistic_zlib.joblib"}) {
            const QTemporaryDir folder;
            ImportOptions options = optionsOf(folder, QString(), QStringLiteral("number.csv"));
            options.file = pickleOf(QLatin1String(name));
            const auto imported = importModel(options);
            QVERIFY(!imported);
            QCOMPARE(imported.error().kind, ErrorKind::Refused);
            QVERIFY2(imported.error().hint.contains(QStringLiteral("Three ways")), qPrintable(imported.error().text()));
        }
        QVERIFY(!QFileInfo::exists(QStringLiteral("run-by-a-pickle")));
    }
};

QTEST_GUILESS_MAIN(TestImportModel)
#include "tst_import_model.moc"
