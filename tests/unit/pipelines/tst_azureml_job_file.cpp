// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/file.h"
#include "core/pipelines/azureml_code.h"
#include "core/pipelines/azureml_job_file.h"
#include "core/pipelines/ignore_patterns.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::pipelines;

namespace {

using Q = QLatin1String;
const QByteArray least("command: python t.py\nenvironment: azureml:e:1\n");

} // namespace

class TestAzureJobFile : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aJobIsAsArmTakesIt() {
        const QByteArray text = "type: command\nname: weekly\ncommand: >-\n  python train.py --data ${{inputs.data}} --c ${{inputs.c}} --out ${{ outputs.model }}\ncode: ../src\nenvironment: azureml:e@latest\ncompute: cpu-cluster\n"
                                "experiment_name: damage\ndisplay_name: svc\ndescription: d\ntags: {team: a}\nenvironment_variables:\n  SEED: 42\ninputs:\n  c: 1.5\n  data:\n    type: uri_file\n    path: azureml:d:1\n    mode: download\n"
                                "outputs:\n  model:\n    mode: upload\nresources:\n  instance_count: 2\n  shm_size: 8g\nlimits:\n  timeout: 3600\ndistribution:\n  type: pytorch\n  process_count_per_instance: 4\n";
        const auto job = readAzureJob(text, QStringLiteral("/p/azure-ml/job.yml"), {{Q("c"), 2}});
        QVERIFY2(job, job ? "" : qPrintable(job.error().text()));
        QCOMPARE(job->name, QStringLiteral("weekly"));
        QCOMPARE(job->code, QStringLiteral("/p/src"));
        const QJsonObject expected{{Q("jobType"), Q("Command")},
                                   {Q("command"), Q("python train.py --data ${{inputs.data}} --c ${{inputs.c}} --out ${{ outputs.model }}")},
                                   {Q("environmentId"), Q("azureml:e@latest")},
                                   {Q("computeId"), Q("azureml:cpu-cluster")},
                                   {Q("experimentName"), Q("damage")},
                                   {Q("displayName"), Q("svc")},
                                   {Q("description"), Q("d")},
                                   {Q("tags"), QJsonObject{{Q("team"), Q("a")}}},
                                   {Q("environmentVariables"), QJsonObject{{Q("SEED"), Q("42")}}},
                                   {Q("inputs"), QJsonObject{{Q("c"), QJsonObject{{Q("jobInputType"), Q("literal")}, {Q("value"), Q("2")}}},
                                                             {Q("data"), QJsonObject{{Q("jobInputType"), Q("uri_file")}, {Q("uri"), Q("azureml:d:1")}, {Q("mode"), Q("Download")}}}}},
                                   {Q("outputs"), QJsonObject{{Q("model"), QJsonObject{{Q("jobOutputType"), Q("uri_folder")}, {Q("mode"), Q("Upload")}}}}},
                                   {Q("resources"), QJsonObject{{Q("instanceCount"), 2}, {Q("shmSize"), Q("8g")}}},
                                   {Q("limits"), QJsonObject{{Q("jobLimitsType"), Q("Command")}, {Q("timeout"), Q("PT3600S")}}},
                                   {Q("distribution"), QJsonObject{{Q("distributionType"), Q("PyTorch")}, {Q("processCountPerInstance"), 4}}}};
        QCOMPARE(job->properties, expected);
    }
    void whatIsNotSentIsNamed_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("named");
        const int refused = int(ErrorKind::Refused), invalid = int(ErrorKind::Invalid);
        QTest::newRow("another type") << least + "type: sweep\n" << refused << "sweep";
        QTest::newRow("services") << least + "services: {}\n" << refused << "services";
        QTest::newRow("identity") << least + "identity: {type: managed}\n" << refused << "identity";
        QTest::newRow("an environment in place") << QByteArray("command: a\nenvironment:\n  image: x\n") << refused << "environment in place";
        QTest::newRow("this computer") << least + "compute: local\n" << refused << "this computer";
        QTest::newRow("code from an address") << least + "code: git+https://example.org/x\n" << refused << "from an address";
        QTest::newRow("local data") << least + "inputs:\n  d:\n    type: uri_file\n    path: ./train.csv\n" << refused << "local data";
        QTest::newRow("a key of an input") << least + "inputs:\n  d:\n    path: azureml:d:1\n    datastore: x\n" << refused << "datastore";
        QTest::newRow("tensorflow") << least + "distribution:\n  type: tensorflow\n" << refused << "tensorflow";
        QTest::newRow("a slip of the finger") << least + "comand: b\n" << invalid << "comand";
        QTest::newRow("no command") << QByteArray("environment: azureml:e:1\n") << invalid << "no command";
        QTest::newRow("no environment") << QByteArray("command: a\n") << invalid << "no environment";
        QTest::newRow("an environment that is none") << QByteArray("command: a\nenvironment: python3\n") << invalid << "python3";
        QTest::newRow("an input that is none") << QByteArray("command: a ${{inputs.x}}\nenvironment: azureml:e:1\n") << invalid << "inputs.x";
        QTest::newRow("an input without a path") << least + "inputs:\n  d:\n    type: uri_file\n" << invalid << "no path";
        QTest::newRow("a type of input that is none") << least + "inputs:\n  d:\n    type: csv\n    path: azureml:d:1\n" << invalid << "csv";
        QTest::newRow("a count that is none") << least + "resources:\n  instance_count: 0\n" << invalid << "instance_count";
        QTest::newRow("no map") << QByteArray("- a\n") << invalid << "no keys";
        QTest::newRow("no YAML") << QByteArray("command: [a\n") << invalid << "";
    }
    void whatIsNotSentIsNamed() {
        QFETCH(QByteArray, text);
        QFETCH(int, kind);
        QFETCH(QString, named);
        const auto job = readAzureJob(text, QStringLiteral("/p/job.yml"));
        QVERIFY(!job);
        QCOMPARE(int(job.error().kind), kind);
        QVERIFY2(job.error().text().contains(named), qPrintable(job.error().text()));
    }
    void anInputThatTheJobDoesNotHaveIsRefused() { QVERIFY(readAzureJob(least, QStringLiteral("/p/job.yml"), {{Q("x"), 1}}).error().what.contains(QStringLiteral("x"))); }
    void assetsAreRead() {
        QCOMPARE(azureAsset(QStringLiteral("azureml:train-data:3"))->version, QStringLiteral("3"));
        QCOMPARE(azureAsset(QStringLiteral("azureml:env@latest"))->label, QStringLiteral("latest"));
        QCOMPARE(azureAsset(QStringLiteral("azureml:cpu-cluster"))->name, QStringLiteral("cpu-cluster"));
        for (const char *other : {"azureml://datastores/x/paths/y", "/subscriptions/s", "env:1", "azureml:"})
            QVERIFY2(!azureAsset(QString::fromLatin1(other)), other);
    }

    void ignored_data() {
        QTest::addColumn<QByteArray>("patterns");
        QTest::addColumn<QString>("path");
        QTest::addColumn<bool>("is");
        const auto row = [](const char *name, const char *patterns, const char *path, bool is) { QTest::newRow(name) << QByteArray(patterns) << QString::fromLatin1(path) << is; };
        row("an ending, in any folder", "*.csv", "a/b/x.csv", true);
        row("an ending that is another", "*.csv", "a/x.csv2", false);
        row("a star does not cross a folder", "/a/*.py", "a/b/x.py", false);
        row("two stars do", "a/**/x.py", "a/b/c/x.py", true);
        row("two stars may be nothing", "a/**/x.py", "a/x.py", true);
        row("all below", "a/**", "a/b/c", true);
        row("a folder", "data/", "src/data/x", true);
        row("a file is no folder", "data/", "src/data", false);
        row("from here only", "/data", "src/data", false);
        row("with a slash inside: from here", "src/data", "x/src/data", false);
        row("taken back", "*.csv\n!keep.csv", "a/keep.csv", false);
        row("the last one decides", "!keep.csv\n*.csv", "keep.csv", true);
        row("below an ignored folder nothing comes back", "data/\n!data/keep", "data/keep", true);
        row("one character", "?.py", "a.py", true);
        row("a range", "x[0-9].py", "x7.py", true);
        row("no range", "x[!0-9].py", "x7.py", false);
        row("a comment", "#a", "#a", false);
        row("an escaped sign", "\\#a", "#a", true);
        row("a dot is a dot", "a.c", "abc", false);
        row("a blank at the end", "a.py ", "a.py", true);
    }
    void ignored() {
        QFETCH(QByteArray, patterns);
        QFETCH(QString, path);
        QFETCH(bool, is);
        QCOMPARE(IgnorePatterns(patterns).ignores(path), is);
    }

    void codeHasTheDigestOfTheCli() {
        QTemporaryDir dir;
        for (const auto &[path, text] : {std::pair("ml/train.py", "print(1)\n"), {"B.txt", "a"}, {"ml/sub/x.csv", "data"}, {".amlignore", "*.csv\n"}, {".git/HEAD", "x"}, {".gitignore", "*.py\n"}})
            QVERIFY(writeFileAtomically(dir.filePath(QString::fromLatin1(path)), QByteArray(text)));
        QVERIFY(QFile::remove(dir.filePath(QStringLiteral(".gitignore"))));
        const auto code = readAzureCode(dir.path());
        QVERIFY2(code, code ? "" : qPrintable(code.error().text()));
        QCOMPARE(code->files.size(), std::size_t(3));
        QCOMPARE(code->sha256, QStringLiteral("7a411d3c493957b81788c70a9175883cbd4cda7352ad597b614e70115b54c0cf")); // by hashlib, as azure-ai-ml's content hash is made
        QCOMPARE(code->ignoredBy, QStringLiteral(".amlignore"));
        QVERIFY(writeFileAtomically(dir.filePath(QStringLiteral("B.txt")), QByteArray("b")));
        QVERIFY(readAzureCode(dir.path())->sha256 != code->sha256);
    }
    void aLinkThatLeadsOutIsRefused() {
        QTemporaryDir dir, other;
        QVERIFY(writeFileAtomically(dir.filePath(QStringLiteral("a.py")), QByteArray("a")) && writeFileAtomically(other.filePath(QStringLiteral("key")), QByteArray("k")));
        QVERIFY(QFile::link(other.filePath(QStringLiteral("key")), dir.filePath(QStringLiteral("key"))));
        const auto code = readAzureCode(dir.path());
        QVERIFY(!code && code.error().kind == ErrorKind::Refused);
        QVERIFY(code.error().what.contains(QStringLiteral("key")));
        QVERIFY(writeFileAtomically(dir.filePath(QStringLiteral(".gitignore")), QByteArray("key\n")));
        QVERIFY(readAzureCode(dir.path()));
        QCOMPARE(readAzureCode(dir.filePath(QStringLiteral("none"))).error().kind, ErrorKind::NotFound);
    }
};

QTEST_GUILESS_MAIN(TestAzureJobFile)
#include "tst_azureml_job_file.moc"
