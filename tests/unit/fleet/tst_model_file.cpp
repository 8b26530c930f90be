// SPDX-License-Identifier: GPL-3.0-or-later
// What the window makes of `pilot registry inspect`, and what it asks `pilot registry import` for. The child here is a script that
// answers as `pilot` does; the real one is asked in tests/console/tst_model_file.
#include "core/base/file.h"
#include "core/fleet/model_file.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::fleet;

namespace {

QJsonObject parsed(const char *json) { return QJsonDocument::fromJson(json).object(); }

const char *const pickle = R"({"kind":"pickle","file":"/m/svc.joblib","sha256":"ab","bytes":12,"compression":null,"protocol":4,"opcodes":9,"arrays":1,"stopped":null,
 "names":["posix.system","sklearn.svm._classes.SVC"],"packages":["posix","sklearn"],"dangerous":["posix.system"],"scikit_learn":"1.5.0","loaded":false,"why":"","ways":[]})";
const char *const trees = R"({"kind":"xgboost","file":"/m/a.json","sha256":"cd","bytes":99,"made_by":"xgboost 3.2.0","task":"classification","objective":"binary:logistic","classes":2,"inputs":["a","b"],
 "width":2,"rounds":6,"trees":6,"notes":["Early stopping"]})";
const char *const script = R"json({"kind":"torchscript","file":"/m/ws2m.pt","sha256":"ef","bytes":7,"made_by":"Pilothouse (TorchScript)","parameters":400,"dtype":"float64","task":"forecast","inputs":["w@-1","w@0"],
 "classes":[],"window":2,"horizon":3,"step":"1h","series":["w"],"targets":["w"]})json";

} // namespace

class TestModelFile : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyKindIsRead() {
        const auto p = ModelFile::fromJson(parsed(pickle)), x = ModelFile::fromJson(parsed(trees)), t = ModelFile::fromJson(parsed(script));
        for (const auto *read : {&p, &x, &t})
            QVERIFY2(*read, qPrintable(*read ? QString() : read->error().text()));
        QVERIFY(!p->imports() && x->imports() && t->imports());
        QCOMPARE(p->pickle.dangerous, QStringList{QStringLiteral("posix.system")});
        QCOMPARE(p->pickle.sklearnVersion, QStringLiteral("1.5.0"));
        QCOMPARE(p->bytes, 12);
        QCOMPARE(x->objective, QStringLiteral("binary:logistic"));
        QCOMPARE(x->inputs, (QStringList{QStringLiteral("a"), QStringLiteral("b")}));
        QCOMPARE(x->notes, QStringList{QStringLiteral("Early stopping")});
        QCOMPARE(t->task, QStringLiteral("forecast"));
        QCOMPARE(QStringLiteral("%1 %2 %3").arg(t->window).arg(t->horizon).arg(t->step), QStringLiteral("2 3 1h"));
        QCOMPARE(t->series, QStringList{QStringLiteral("w")});
    }
    void aForeignScriptSaysLess() {
        const auto t = ModelFile::fromJson(parsed(R"({"kind":"torchscript","file":"/m/a.pt","sha256":"ef","bytes":7,"made_by":"PyTorch","parameters":4,"dtype":"float32"})"));
        QVERIFY2(t, qPrintable(t ? QString() : t.error().text()));
        QVERIFY(t->task.isEmpty() && t->window == 0 && t->series.isEmpty());
    }
    void whatIsNotUnderstoodIsInvalid_data() {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QString>("says");
        QTest::newRow("nothing") << QByteArray("{}") << "kind";
        QTest::newRow("a kind of a newer program") << QByteArray(R"({"kind":"onnx","file":"a","sha256":"b","bytes":1})") << "“onnx”";
        QTest::newRow("a pickle without its names") << QByteArray(R"({"kind":"pickle","file":"a","sha256":"b","bytes":1,"opcodes":1,"arrays":0,"packages":[],"dangerous":[]})") << "names";
        QTest::newRow("trees that are a text") << QByteArray(trees).replace("\"trees\":6", "\"trees\":\"six\"") << "trees";
    }
    void whatIsNotUnderstoodIsInvalid() {
        QFETCH(QByteArray, json);
        QFETCH(QString, says);
        const auto file = ModelFile::fromJson(parsed(json.constData()));
        QVERIFY(!file);
        QCOMPARE(file.error().kind, ErrorKind::Invalid);
        QVERIFY2(file.error().text().contains(says), qPrintable(file.error().text()));
    }

    void theChildIsAskedForTheFileAlone() {
        const QTemporaryDir folder;
        const QString program = folder.filePath(QStringLiteral("pilot")), words = folder.filePath(QStringLiteral("words"));
        const QByteArray answer = QByteArray(R"({"v":1,"event":"result","result":)") + QByteArray(pickle).replace("\n", "") + "}";
        QVERIFY(writeFileAtomically(program, "#!/bin/sh\nprintf '%s\\n' \"$@\" > '" + words.toUtf8() + "'\ncat <<'END'\n" + answer + "\nEND\n"));
        QVERIFY(QFile::setPermissions(program, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
        const QByteArray before = qgetenv("PILOTHOUSE_PILOT");
        qputenv("PILOTHOUSE_PILOT", QFile::encodeName(program));
        const auto file = inspectModelFile(QStringLiteral("/m/my svc.joblib"), {});
        QVERIFY(writeFileAtomically(program, "#!/bin/sh\necho '{\"v\":1,\"event\":\"error\",\"kind\":\"invalid\",\"what\":\"This is no pickle.\",\"where\":\"/m/a\",\"hint\":\"\",\"raw\":\"\"}'\nexit 2\n"));
        QVERIFY(QFile::setPermissions(program, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
        const auto failed = inspectModelFile(QStringLiteral("/m/a"), {});
        qputenv("PILOTHOUSE_PILOT", before);
        QVERIFY2(file, qPrintable(file ? QString() : file.error().text()));
        QCOMPARE(file->pickle.names.size(), 2);
        const QStringList asked = QString::fromUtf8(*readFile(words)).split(QLatin1Char('\n'), Qt::SkipEmptyParts);
        QCOMPARE(asked.mid(0, 3), (QStringList{QStringLiteral("registry"), QStringLiteral("inspect"), QStringLiteral("/m/my svc.joblib")}));
        QVERIFY(!failed);
        QCOMPARE(failed.error().what, QStringLiteral("This is no pickle."));
    }

    void theCommandIsOneWordAFile_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("word");
        QTest::newRow("a plain path") << "/m/svc.joblib" << "/m/svc.joblib";
        QTest::newRow("a blank") << "/my models/svc.joblib" << "'/my models/svc.joblib'";
        QTest::newRow("a quote") << "/m/it's.pkl" << "'/m/it'\\''s.pkl'";
        QTest::newRow("what a shell would run") << "/m/$(reboot);`x`.pkl" << "'/m/$(reboot);`x`.pkl'";
        QTest::newRow("what looks like an option") << "-x.pkl" << "'-x.pkl'";
        QTest::newRow("a break of the line") << "/m/a\nb.pkl" << "'/m/a\nb.pkl'";
    }
    void theCommandIsOneWordAFile() {
        QFETCH(QString, file);
        QFETCH(QString, word);
        QCOMPARE(scoreCommand(file), QStringLiteral("pilot score %1 --pickle --data ROWS.csv --out PREDICTIONS.csv --python ENV").arg(word));
    }

    void anImportAsksForWhatWasTyped() {
        ModelImport plain;
        plain.file = QStringLiteral("/m/a.json");
        plain.model = QStringLiteral("damage");
        plain.rows = QStringLiteral("/d/rows.csv");
        QCOMPARE(plain.arguments().join(QLatin1Char(' ')), QStringLiteral("registry import /m/a.json --model damage --rows /d/rows.csv"));
        plain.expected = QStringLiteral("p0,p1");
        plain.classes = QStringLiteral("no,yes");
        plain.rounds = QStringLiteral("best");
        plain.missing = QStringLiteral("-999");
        QCOMPARE(plain.arguments().mid(7).join(QLatin1Char(' ')), QStringLiteral("--expected=p0,p1 --classes=no,yes --rounds=best --missing=-999"));
        ModelImport forecast;
        forecast.task = QStringLiteral("forecast");
        forecast.target = QStringLiteral("t2m,rh2m");
        forecast.window = 24;
        forecast.horizon = 12;
        forecast.step = QStringLiteral("1h");
        forecast.series = QStringLiteral("ws2m,t2m,rh2m");
        forecast.time = QStringLiteral("YEAR,MO,DY,HR");
        forecast.zone = QStringLiteral("Asia/Colombo");
        QCOMPARE(forecast.arguments().mid(7).join(QLatin1Char(' ')), QStringLiteral("--target=t2m,rh2m --task=forecast --window=24 --horizon=12 --step=1h --series=ws2m,t2m,rh2m --time=YEAR,MO,DY,HR --zone=Asia/Colombo"));
    }
};

QTEST_GUILESS_MAIN(TestModelFile)
#include "tst_model_file.moc"
