// SPDX-License-Identifier: GPL-3.0-or-later
// TorchScripts that PyTorch made (imported/make.py), imported, packaged and scored by LibTorch.
#include "core/artifact/package.h"
#include "core/base/file.h"
#include "core/learn/import_model.h"
#include "core/learn/load_scorer.h"

#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <thread>

using namespace pilothouse;
using namespace pilothouse::learn;

namespace {

QString fileOf(const QString &name) { return QStringLiteral(PILOTHOUSE_SOURCE_DIR "/tests/unit/learn/imported/") + name; }

ImportOptions optionsOf(const QTemporaryDir &folder, const QString &name, const QString &rows, const QStringList &classes) {
    ImportOptions options;
    options.file = fileOf(name + QStringLiteral(".pt"));
    options.name = QStringLiteral("m");
    options.out = folder.filePath(QStringLiteral("package"));
    options.rows = fileOf(rows + QStringLiteral(".csv"));
    options.classes = classes;
    options.runId = QString(32, QLatin1Char('c'));
    return options;
}

} // namespace

class TestTorchImport : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void predictsAsPythonDoes_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QStringList>("expected");
        QTest::addColumn<QStringList>("classes");
        QTest::addColumn<QString>("answers");
        QTest::addColumn<QString>("dtype");
        const QStringList yesNo{QStringLiteral("no"), QStringLiteral("yes")}, three{QStringLiteral("low"), QStringLiteral("mid"), QStringLiteral("high")};
        QTest::newRow("a number") << "net" << QStringList{QStringLiteral("p")} << QStringList() << "numbers" << "float32";
        QTest::newRow("a number in float64") << "net64" << QStringList{QStringLiteral("p")} << QStringList() << "numbers" << "float64";
        QTest::newRow("logits of three classes") << "logits" << three << three << "logits" << "float32";
        QTest::newRow("probabilities of two classes") << "shares" << yesNo << yesNo << "probabilities" << "float32";
        QTest::newRow("one probability for two classes") << "sigmoid" << QStringList{QStringLiteral("yes")} << yesNo << "probabilities" << "float32";
    }
    void predictsAsPythonDoes() {
        QFETCH(QString, name);
        QFETCH(QStringList, expected);
        QFETCH(QStringList, classes);
        QFETCH(QString, answers);
        QFETCH(QString, dtype);
        const QTemporaryDir folder;
        // What is compared stands in columns of its own; the others are the inputs in their order.
        ImportOptions options = optionsOf(folder, name, name, classes);
        options.expected = expected;
        const auto imported = importModel(options);
        QVERIFY2(imported, qPrintable(imported ? QString() : imported.error().text() + imported.error().raw));
        QVERIFY(imported->verified);
        QCOMPARE(imported->compared, 60);
        const auto package = artifact::openPackage(options.out);
        QVERIFY(package);
        QCOMPARE(package->weightFiles, (QStringList{QStringLiteral("model.pt"), QStringLiteral("torchscript.json")}));
        QCOMPARE(*readFile(options.out + QStringLiteral("/model.pt")), *readFile(options.file));
        const QByteArray card = *readFile(options.out + QStringLiteral("/torchscript.json"));
        QVERIFY2(card.contains(answers.toUtf8()) && card.contains(dtype.toUtf8()), card.constData());
    }

    void manyThreadsGetTheSameAnswers() {
        const QTemporaryDir folder;
        const auto imported = importModel(optionsOf(folder, QStringLiteral("shares"), QStringLiteral("takes_abc"), {QStringLiteral("no"), QStringLiteral("yes")}));
        QVERIFY2(imported, qPrintable(imported ? QString() : imported.error().text()));
        const auto scorer = loadScorer(imported->package);
        QVERIFY(scorer);
        const data::Rows rows{2, 3, {0.5, 1, 2, -0.5, 3, 100}};
        const auto first = (*scorer)->score(rows);
        QVERIFY(first);
        std::atomic<int> wrong = 0;
        std::vector<std::thread> threads;
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([&] {
                for (int i = 0; i < 50; ++i)
                    if (const auto again = (*scorer)->score(rows); !again || again->probabilities != first->probabilities)
                        ++wrong;
            });
        for (std::thread &thread : threads)
            thread.join();
        QCOMPARE(wrong.load(), 0);
    }

    void refusesWhatDoesNotFit_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QStringList>("classes");
        QTest::addColumn<QString>("answers");
        QTest::addColumn<QString>("says");
        const QStringList two{QStringLiteral("no"), QStringLiteral("yes")}, three{QStringLiteral("low"), QStringLiteral("mid"), QStringLiteral("high")};
        QTest::newRow("a script that writes files") << "writes" << QStringList() << "" << "torch.save, which reaches outside";
        QTest::newRow("a script that writes files while it is loaded") << "writes_when_loaded" << QStringList() << "" << "torch.save, which reaches outside";
        QTest::newRow("a script of two tensors") << "takes_two" << QStringList() << "" << "takes 2 arguments";
        QTest::newRow("a pickled module") << "pickled" << QStringList() << "" << "no TorchScript";
        QTest::newRow("three outputs taken for one number") << "logits" << QStringList() << "" << "gives 180 numbers for 60 rows; 1 for each";
        QTest::newRow("two classes where there are three") << "logits" << two << "" << "gives 180 numbers for 60 rows; 2 for each";
        QTest::newRow("logits taken for probabilities") << "logits" << three << "probabilities" << "are no probabilities";
    }
    void refusesWhatDoesNotFit() {
        QFETCH(QString, name);
        QFETCH(QStringList, classes);
        QFETCH(QString, answers);
        QFETCH(QString, says);
        const QTemporaryDir folder;
        QFile::remove(QStringLiteral("written-by-a-model"));
        ImportOptions options = optionsOf(folder, name, QStringLiteral("takes_abc"), classes);
        options.answers = answers;
        const auto imported = importModel(options);
        QVERIFY2(!imported, "it was imported");
        QVERIFY2(imported.error().what.contains(says), qPrintable(imported.error().text() + imported.error().raw));
        QVERIFY(!QFileInfo::exists(options.out));
        QVERIFY(!QFileInfo::exists(QStringLiteral("written-by-a-model")));
    }

    void aCutFileIsAnError() {
        const QTemporaryDir folder;
        const QByteArray whole = *readFile(fileOf(QStringLiteral("net.pt")));
        for (const qsizetype size : {whole.size() / 3, whole.size() / 2, whole.size() - 10}) {
            ImportOptions options = optionsOf(folder, QStringLiteral("net"), QStringLiteral("takes_abc"), {});
            options.file = folder.filePath(QStringLiteral("cut.pt"));
            QVERIFY(writeFileAtomically(options.file, whole.left(size)));
            const auto imported = importModel(options);
            QVERIFY2(!imported, "a cut file was imported");
            QCOMPARE(imported.error().kind, ErrorKind::Invalid);
        }
    }
};

QTEST_GUILESS_MAIN(TestTorchImport)
#include "tst_torch_import.moc"
