// SPDX-License-Identifier: GPL-3.0-or-later
// Pickles of scikit-learn 1.9 and joblib 1.6 (pickles/make.py), and ones written by hand: what their opcodes name, with nothing run.
#include "core/artifact/pickle_facts.h"
#include "core/base/file.h"
#include "core/base/hash.h"

#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::artifact;

namespace {

QString fileOf(const QString &name) { return QStringLiteral(PILOTHOUSE_SOURCE_DIR "/tests/unit/artifact/pickles/") + name; }

/// The facts of some bytes.
Result<PickleFacts> factsOf(const QByteArray &bytes) {
    const QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("m.pkl"));
    if (!writeFileAtomically(file, bytes))
        qFatal("the file could not be written");
    return pickleFacts(file);
}

} // namespace

class TestPickleFacts : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void tellsWhatAModelIs_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("compression");
        QTest::addColumn<int>("arrays");
        QTest::newRow("pickle") << "logistic.pkl" << "sklearn.linear_model._logistic.LogisticRegression" << "" << 0;
        QTest::newRow("joblib: its arrays lie raw in the stream") << "logistic.joblib" << "sklearn.linear_model._logistic.LogisticRegression" << "" << 4;
        QTest::newRow("joblib with zlib") << "logistic_zlib.joblib" << "sklearn.linear_model._logistic.LogisticRegression" << "zlib" << 4;
        QTest::newRow("joblib with gzip") << "logistic_gzip.joblib" << "sklearn.linear_model._logistic.LogisticRegression" << "gzip" << 4;
        QTest::newRow("joblib with an array of objects and a tree") << "objects.joblib" << "sklearn.tree._classes.DecisionTreeRegressor" << "" << 4;
        QTest::newRow("protocol 0") << "old.pkl" << "sklearn.linear_model._logistic.LogisticRegression" << "" << 0;
    }
    void tellsWhatAModelIs() {
        QFETCH(QString, file);
        QFETCH(QString, name);
        QFETCH(QString, compression);
        QFETCH(int, arrays);
        const auto facts = pickleFacts(fileOf(file));
        QVERIFY2(facts, qPrintable(facts ? QString() : facts.error().text()));
        QCOMPARE(facts->stopped, QString());
        QVERIFY2(facts->names.contains(name), qPrintable(facts->names.join(QLatin1Char(' '))));
        QVERIFY(facts->packages.contains(QStringLiteral("sklearn")));
        QVERIFY2(facts->sklearnVersion.startsWith(QStringLiteral("1.")), qPrintable(facts->sklearnVersion));
        QCOMPARE(facts->compression, compression);
        QCOMPARE(int(facts->arrays), arrays);
        QCOMPARE(facts->dangerous, QStringList());
        QCOMPARE(facts->sha256, *sha256OfFile(fileOf(file)));
        QCOMPARE(facts->bytes, QFileInfo(fileOf(file)).size());
        QVERIFY(!facts->toJson().value(QStringLiteral("loaded")).toBool(true));
    }

    void aCompressionThatIsNotReadIsSaid() {
        const auto facts = pickleFacts(fileOf(QStringLiteral("logistic_xz.joblib")));
        QVERIFY(facts);
        QCOMPARE(facts->compression, QStringLiteral("xz"));
        QCOMPARE(int(facts->opcodes), 0);
        QVERIFY(facts->text().contains(QStringLiteral("nothing was walked")));
    }

    void whatRunsCommandsIsNamedAndNotRun() {
        QFile::remove(QStringLiteral("run-by-a-pickle"));
        const auto facts = pickleFacts(fileOf(QStringLiteral("evil.pkl")));
        QVERIFY(facts);
        QCOMPARE(facts->dangerous, QStringList{QStringLiteral("posix.system")});
        QVERIFY(facts->text().contains(QStringLiteral("DANGER")));
        QVERIFY(!QFileInfo::exists(QStringLiteral("run-by-a-pickle")));
    }

    void readsByHand_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QStringList>("names");
        QTest::addColumn<QString>("stopped");
        QTest::newRow("GLOBAL") << QByteArray("\x80\x02" "ccollections\nOrderedDict\n)R.") << QStringList{QStringLiteral("collections.OrderedDict")} << QString();
        QTest::newRow("STACK_GLOBAL by the memo") << QByteArray("\x80\x04\x8c\x01" "m\x94\x8c\x01" "f\x94h\x00h\x01\x93.", 16) << QStringList{QStringLiteral("m.f")} << QString();
        QTest::newRow("INST") << QByteArray("\x80\x01(im\nC\n.") << QStringList{QStringLiteral("m.C")} << QString();
        QTest::newRow("a name that steers the terminal") << QByteArray("\x80\x02" "cm\x1b[2J\nf\n.") << QStringList{QStringLiteral("m\uFFFD[2J.f")} << QString();
        QTest::newRow("a computed name is told as such") << QByteArray("\x80\x04NN\x93.") << QStringList{QStringLiteral("(computed).(computed)")} << QString();
        QTest::newRow("cut") << QByteArray("\x80\x04" "cm\nf\nX\xff\xff\xff\x7f" "abc") << QStringList{QStringLiteral("m.f")} << QStringLiteral("the bytes end in the middle of the pickle (byte 12)");
        QTest::newRow("a stack that is empty") << QByteArray("\x80\x04R.", 4) << QStringList() << QStringLiteral("it takes more from its stack than it put there (byte 3)");
        QTest::newRow("a memo that is empty") << QByteArray("\x80\x04h\x07.") << QStringList() << QStringLiteral("it asks its memo for what is not there (byte 4)");
        QTest::newRow("an unknown opcode") << QByteArray("\x80\x04\xff.") << QStringList() << QStringLiteral("an opcode is not known (byte 3)");
        QTest::newRow("bytes behind the end") << QByteArray("\x80\x04N.cos\nsystem\n") << QStringList() << QStringLiteral("bytes follow its end (byte 4)");
        QTest::newRow("a memo place beyond all bounds") << QByteArray("\x80\x04Nr\xff\xff\xff\xff.") << QStringList() << QStringLiteral("its memo is out of bounds (byte 8)");
    }
    void readsByHand() {
        QFETCH(QByteArray, bytes);
        QFETCH(QStringList, names);
        QFETCH(QString, stopped);
        const auto facts = factsOf(bytes);
        QVERIFY2(facts, qPrintable(facts ? QString() : facts.error().text()));
        QCOMPARE(facts->names, names);
        QCOMPARE(facts->stopped, stopped);
    }

    /// A name that would not be listed is one that nobody judges.
    void moreNamesThanAreListedAreNoWholeWalk() {
        QByteArray bytes("\x80\x02");
        for (int i = 0; i < 2100; ++i)
            bytes += "cm\nf" + QByteArray::number(i) + "\n0";
        const auto facts = factsOf(bytes + "cposix\nsystem\n.");
        QVERIFY(facts);
        QVERIFY2(facts->stopped.startsWith(QStringLiteral("it names more than 2000 things")), qPrintable(facts->stopped));
    }

    /// Cut or changed anywhere, a file gives facts or an error, never a crash.
    void harmIsHarmless() {
        for (const char *name : {"objects.joblib", "logistic_zlib.joblib", "old.pkl"}) {
            const QByteArray whole = *readFile(fileOf(QLatin1String(name)));
            for (qsizetype at = 0; at < whole.size(); at += 11) {
                QByteArray bytes = whole;
                bytes[at] = char(bytes[at] ^ 0x2a);
                (void)factsOf(bytes);
                const auto cut = factsOf(whole.left(at));
                QVERIFY2(!cut || !cut->stopped.isEmpty(), qPrintable(QStringLiteral("%1: the first %2 bytes read as a whole pickle").arg(QLatin1String(name)).arg(at)));
            }
        }
    }

    void whatIsNoPickleIsSaid() {
        const auto facts = factsOf("{\"learner\": 1}");
        QVERIFY(!facts);
        QCOMPARE(facts.error().kind, ErrorKind::Invalid);
        QVERIFY(!pickleFacts(fileOf(QStringLiteral("nothing.pkl"))));
    }
};

QTEST_GUILESS_MAIN(TestPickleFacts)
#include "tst_pickle_facts.moc"
