// SPDX-License-Identifier: GPL-3.0-or-later
// What model files say of themselves. TorchScripts: tst_torch_import and tst_torch_export.
#include "core/artifact/pickle_facts.h"
#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/learn/inspect_model.h"

#include <QJsonArray>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::learn;
using Q = QLatin1String;

namespace {
QString sourceFile(const char *name) { return QStringLiteral(PILOTHOUSE_SOURCE_DIR "/tests/unit/") + Q(name); }
} // namespace

class TestInspectModel : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void treesSayWhatTheyAre_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("task");
        QTest::addColumn<QString>("objective");
        QTest::addColumn<int>("classes");
        QTest::addColumn<int>("rounds");
        QTest::addColumn<int>("trees");
        QTest::newRow("a number, JSON") << "number.json" << "regression" << "reg:squarederror" << 0 << 6 << 6;
        QTest::newRow("a number, UBJSON") << "number.ubj" << "regression" << "reg:squarederror" << 0 << 6 << 6;
        QTest::newRow("two classes") << "two.json" << "classification" << "binary:logistic" << 2 << 6 << 6;
        QTest::newRow("three classes, a tree each a round") << "three.ubj" << "classification" << "multi:softprob" << 3 << 6 << 18;
    }
    void treesSayWhatTheyAre() {
        QFETCH(QString, file);
        QFETCH(QString, task);
        QFETCH(QString, objective);
        QFETCH(int, classes);
        QFETCH(int, rounds);
        QFETCH(int, trees);
        const QString path = sourceFile("learn/imported/") + file;
        const auto facts = inspectModelFile(path);
        QVERIFY2(facts, qPrintable(facts ? QString() : facts.error().text()));
        const QJsonObject &o = facts->object;
        QCOMPARE(o.value(Q("kind")).toString(), QStringLiteral("xgboost"));
        QCOMPARE(o.value(Q("sha256")).toString(), *sha256OfFile(path));
        QCOMPARE(o.value(Q("task")).toString(), task);
        QCOMPARE(o.value(Q("objective")).toString(), objective);
        QCOMPARE(o.value(Q("classes")).toInt(), classes);
        QCOMPARE(o.value(Q("rounds")).toInt(), rounds);
        QCOMPARE(o.value(Q("trees")).toInt(), trees);
        QCOMPARE(o.value(Q("inputs")).toArray(), (QJsonArray{Q("a"), Q("b"), Q("c")}));
        QVERIFY(o.value(Q("made_by")).toString().startsWith(Q("xgboost 3.")));
        QVERIFY2(facts->text.contains(objective) && facts->text.contains(Q("pilot registry import")), qPrintable(facts->text));
    }

    void anEarlyStoppedModelSaysHowManyRoundsWereBest() {
        const auto facts = inspectModelFile(sourceFile("learn/imported/early.json"));
        QVERIFY2(facts, qPrintable(facts ? QString() : facts.error().text()));
        QVERIFY2(facts->text.contains(Q("Early stopping")), qPrintable(facts->text));
    }

    void aPickleSaysWhatItWouldImportAndComesBack_data() {
        QTest::addColumn<QString>("file");
        QTest::newRow("a model") << "logistic.joblib";
        QTest::newRow("compressed") << "logistic_gzip.joblib";
        QTest::newRow("not walked") << "logistic_xz.joblib";
        QTest::newRow("no version, no protocol") << "old.pkl";
        QTest::newRow("a dangerous one") << "evil.pkl";
    }
    void aPickleSaysWhatItWouldImportAndComesBack() {
        QFETCH(QString, file);
        const QString path = sourceFile("artifact/pickles/") + file;
        const auto facts = inspectModelFile(path);
        QVERIFY2(facts, qPrintable(facts ? QString() : facts.error().text()));
        QCOMPARE(facts->object.value(Q("kind")).toString(), QStringLiteral("pickle"));
        const auto direct = artifact::pickleFacts(path), again = artifact::PickleFacts::fromJson(facts->object, QStringLiteral("x"));
        QVERIFY(again);
        QCOMPARE(again->toJson(), direct->toJson());
        QCOMPARE(again->text(), direct->text());
        QCOMPARE(facts->text, direct->text());
    }

    void aPickleThatIsHalfToldIsInvalid() {
        QJsonObject object = artifact::pickleFacts(sourceFile("artifact/pickles/logistic.pkl"))->toJson();
        for (const char *key : {"file", "bytes", "names", "dangerous"}) {
            QJsonObject less = object;
            less.remove(Q(key));
            const auto facts = artifact::PickleFacts::fromJson(less, QStringLiteral("an answer"));
            QVERIFY2(!facts, key);
            QCOMPARE(facts.error().kind, ErrorKind::Invalid);
        }
    }

    void whatIsNoModelIsSaid_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("says");
        QTest::newRow("a text") << QByteArray("a,b\n1,2\n") << "no pickle";
        QTest::newRow("an empty file") << QByteArray() << "no pickle";
        QTest::newRow("JSON of something else") << QByteArray("{\"a\": 1}") << "";
        QTest::newRow("JSON that is cut") << QByteArray("{\"learner\": {") << "";
        QTest::newRow("a ZIP archive of something else") << QByteArray("PK\x03\x04 and so on") << "no TorchScript";
    }
    void whatIsNoModelIsSaid() {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, says);
        const QTemporaryDir folder;
        const QString file = folder.filePath(QStringLiteral("m.bin"));
        QVERIFY(writeFileAtomically(file, bytes));
        const auto facts = inspectModelFile(file);
        QVERIFY(!facts);
        QCOMPARE(facts.error().kind, ErrorKind::Invalid);
        QVERIFY2(facts.error().text().contains(says), qPrintable(facts.error().text()));
        QCOMPARE(inspectModelFile(folder.filePath(QStringLiteral("none"))).error().kind, ErrorKind::NotFound);
    }
};

QTEST_GUILESS_MAIN(TestInspectModel)
#include "tst_inspect_model.moc"
