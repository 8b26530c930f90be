// SPDX-License-Identifier: GPL-3.0-or-later
// Azure ML, as app/estate plays it: the project's job.yml becomes a job with its code, and what the job left comes back whole or not at all.
#include "core/base/file.h"
#include "core/pipelines/azureml_submission.h"
#include "tests/contract/pipelines/five_systems.h"
#include "tests/contract/pipelines/journal_bench.h"

#include <QDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::pipelines;
using support::Fault;
using support::said;

namespace {

using Q = QLatin1String;

const char *jobText = R"($schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json
type: command
command: python ml/train.py --data_path ${{inputs.training_data}} --model_output_path ${{outputs.model_output}}
code: ..
environment: azureml:mlops-env:1
compute: azureml:cpu-cluster
inputs:
  training_data:
    type: uri_file
    path: azureml:training-data:1
outputs:
  model_output:
    type: uri_folder
experiment_name: damage-incidence-prediction
display_name: svc-training-job
environment_variables:
  SEED: "42"
)";

} // namespace

class TestAzureJobs : public QObject {
    Q_OBJECT

    std::unique_ptr<support::FiveSystems> m_systems;
    std::unique_ptr<support::JournalBench> m_bench;
    std::unique_ptr<QTemporaryDir> m_project;

    support::PipelineSystem &azure() { return m_systems->named(QStringLiteral("azureml")); }
    QString jobFile(const QByteArray &text = jobText) {
        const QString file = m_project->filePath(QStringLiteral("azure-ml/job.yml"));
        return writeFileAtomically(file, text) ? file : QString();
    }
    int sentBlobs() {
        int count = 0;
        for (const QJsonValue &one : m_systems->estate().control(QStringLiteral("blobs"), QStringLiteral("kept"), {})[QStringLiteral("kept")].toArray())
            count += one[QStringLiteral("path")].toString().startsWith(Q("estatestore/"));
        return count;
    }
    QString submitted(const QString &file, const QJsonObject &inputs = {}) {
        const auto run = std::make_shared<QString>();
        auto operation = submitJobOperation(azure().service, file, inputs, run);
        if (!operation) {
            QTest::qFail(qPrintable(operation.error().text()), __FILE__, __LINE__);
            return {};
        }
        const auto outcome = m_bench->operations->run(*std::move(operation));
        if (!outcome.done)
            QTest::qFail(qPrintable(said(outcome)), __FILE__, __LINE__);
        return *run;
    }
    Result<PipelineRun> ended(const QString &id) {
        for (int i = 0; i < 100; ++i) {
            PH_ASSIGN(const PipelineRun run, azure().service->run(id));
            if (hasEnded(run.state))
                return run;
            azure().advance(20);
        }
        return notFound(QStringLiteral("it does not end"));
    }
    Output named(const QString &run, const QString &name) {
        const auto all = azure().service->outputs(run);
        if (all)
            for (const Output &one : *all)
                if (one.name == name)
                    return one;
        QTest::qFail(qPrintable(all ? QStringLiteral("no output ") + name : all.error().text()), __FILE__, __LINE__);
        return {};
    }

private Q_SLOTS:
    void init() {
        m_systems = std::make_unique<support::FiveSystems>();
        QVERIFY2(m_systems->problem().isEmpty(), qPrintable(m_systems->problem()));
        m_bench = std::make_unique<support::JournalBench>();
        m_project = std::make_unique<QTemporaryDir>();
        for (const auto &[path, text] : {std::pair("ml/train.py", "print('train')\n"), {"ml/data.csv", "1,2\n"}, {"ml/__init__.py", ""}, {".amlignore", "*.csv\n"}, {".git/config", "secret"}})
            QVERIFY(writeFileAtomically(m_project->filePath(QString::fromLatin1(path)), QByteArray(text)));
    }
    void cleanup() { m_systems.reset(); }

    void aJobFileBecomesAJobWithItsCode() {
        const QString id = submitted(jobFile());
        QCOMPARE(sentBlobs(), 4); // train.py, the empty __init__.py, job.yml, .amlignore
        const auto run = azure().service->run(id);
        QVERIFY2(run, run ? "" : qPrintable(run.error().text()));
        QCOMPARE(run->title, QStringLiteral("svc-training-job"));
        QCOMPARE(run->pipeline, QStringLiteral("damage-incidence-prediction"));
        QVERIFY(run->parameters.value(Q("training_data")).toString().endsWith(Q("/workspaces/mlops-ws/data/training-data/versions/1")));
        QVERIFY(m_bench->text().contains("pipeline-submit"));
        azure().advance(20);
        const auto listed = azure().service->runs(QStringLiteral("damage-incidence-prediction"), 5);
        QVERIFY(listed && !listed->empty());
        QCOMPARE(listed->front().id, id);
        QCOMPARE(stateName(listed->front().state), QStringLiteral("waiting"));
        QCOMPARE(listed->front().note, QStringLiteral("Queued: cluster starts"));
        const auto over = ended(id);
        QVERIFY2(over, over ? "" : qPrintable(over.error().text()));
        QCOMPARE(stateName(over->state), QStringLiteral("passed"));
        submitted(jobFile()); // the same code is not sent again
        QCOMPARE(sentBlobs(), 4);
        const QString other = submitted(jobFile(), {{Q("training_data"), Q("azureml:training-data@latest")}});
        QVERIFY(azure().service->run(other)->parameters.value(Q("training_data")).toString().endsWith(Q("/training-data/versions/1")));
    }

    void aReplyThatIsLostIsLookedFor() {
        azure().proxy->reset([](int, const QByteArray &request) {
            Fault fault;
            if (request.startsWith("PUT ") && request.contains("/jobs/"))
                fault.kind = Fault::Kind::LostReply;
            return fault;
        });
        const QString id = submitted(jobFile());
        int puts = 0;
        for (const QByteArray &line : azure().proxy->lines())
            puts += line.startsWith("PUT ") && line.contains("/jobs/");
        QCOMPARE(puts, 1);
        azure().proxy->reset();
        QVERIFY(azure().service->run(id));
    }

    void whatIsNotThereIsNamedBeforeAnythingIsSent_data() {
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("to");
        QTest::addColumn<QString>("named");
        QTest::newRow("data") << QByteArray("azureml:training-data:1") << QByteArray("azureml:training-data:7") << "training-data";
        QTest::newRow("environment") << QByteArray("azureml:mlops-env:1") << QByteArray("azureml:other-env@latest") << "other-env";
        QTest::newRow("cluster") << QByteArray("azureml:cpu-cluster") << QByteArray("gpu-cluster") << "gpu-cluster";
        QTest::newRow("code") << QByteArray("code: ..") << QByteArray("code: ../nowhere") << "nowhere";
    }
    void whatIsNotThereIsNamedBeforeAnythingIsSent() {
        QFETCH(QByteArray, from);
        QFETCH(QByteArray, to);
        QFETCH(QString, named);
        const auto operation = submitJobOperation(azure().service, jobFile(QByteArray(jobText).replace(from, to)), {}, nullptr);
        QVERIFY(!operation);
        QCOMPARE(operation.error().kind, ErrorKind::NotFound);
        QVERIFY2(operation.error().what.contains(named), qPrintable(operation.error().text()));
        QCOMPARE(azure().writes(), 0);
    }

    void codeThatChangedSinceItWasShownIsNotSent() {
        auto operation = submitJobOperation(azure().service, jobFile(), {}, nullptr);
        QVERIFY2(operation, operation ? "" : qPrintable(operation.error().text()));
        QVERIFY(writeFileAtomically(m_project->filePath(QStringLiteral("ml/train.py")), QByteArray("import os\n")));
        azure().proxy->reset();
        const auto outcome = m_bench->operations->run(*std::move(operation));
        QVERIFY(!outcome.done);
        QCOMPARE(outcome.error->kind, ErrorKind::Conflict);
        QCOMPARE(azure().writes(), 0);
        QCOMPARE(sentBlobs(), 0);
    }

    void aNameIsUsedOnce() {
        const QString file = jobFile(QByteArray(jobText) + "name: weekly_7\n");
        QCOMPARE(submitted(file), QStringLiteral("weekly_7"));
        auto again = submitJobOperation(azure().service, file, {}, nullptr);
        QVERIFY(again);
        const auto outcome = m_bench->operations->run(*std::move(again));
        QVERIFY(!outcome.done);
        QCOMPARE(outcome.error->kind, ErrorKind::Conflict);
    }

    void anotherSystemTakesNoJobFile() {
        const auto operation = submitJobOperation(m_systems->named(QStringLiteral("kubeflow")).service, jobFile(), {}, nullptr);
        QCOMPARE(operation.error().kind, ErrorKind::Refused);
    }

    void anOutputComesWhole_data() {
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<bool>("byKey");
        QTest::newRow("of the run's artifacts") << QByteArray() << false;
        QTest::newRow("of a datastore, by its signature") << QByteArray("azureml://datastores/workspaceblobstore/paths/models/svc/") << false;
        QTest::newRow("of a datastore, by its key") << QByteArray("azureml://datastores/workspaceblobstore/paths/models/svc/") << true;
    }
    void anOutputComesWhole() {
        QFETCH(QByteArray, path);
        QFETCH(bool, byKey);
        m_systems->estate().control(QStringLiteral("azureml"), QStringLiteral("settings"), {{Q("account_key"), byKey}});
        QByteArray text(jobText);
        if (!path.isEmpty())
            text.replace("    type: uri_folder\n", "    type: uri_folder\n    path: " + path + "\n");
        const QString id = submitted(jobFile(text));
        QVERIFY(ended(id));
        const Output output = named(id, QStringLiteral("model_output"));
        const QString folder = m_bench->dir.filePath(QStringLiteral("out"));
        const auto done = azure().service->download(id, output, folder);
        QVERIFY2(done, done ? "" : qPrintable(done.error().text()));
        QCOMPARE(QDir(folder).entryList(QDir::Files), (QStringList{QStringLiteral("scaler.joblib"), QStringLiteral("svc_model.joblib")}));
        QCOMPARE(*readFile(folder + QStringLiteral("/scaler.joblib")), "joblib scaler.joblib of " + id.toUtf8());
        QVERIFY(!QDir(folder + QStringLiteral(".part")).exists());
    }

    void damagedBytesAreNotKept() {
        const QString id = submitted(jobFile());
        QVERIFY(ended(id));
        const Output output = named(id, QStringLiteral("model_output"));
        const QString folder = m_bench->dir.filePath(QStringLiteral("out")), stored = QStringLiteral("azureml/ExperimentRun/dcid.%1/model_output/svc_model.joblib").arg(id);
        QVERIFY(!m_systems->estate().control(QStringLiteral("blobs"), QStringLiteral("damage"), {{Q("path"), stored}}).contains(Q("error")));
        const auto done = azure().service->download(id, output, folder);
        QVERIFY2(!done && done.error().kind == ErrorKind::Invalid, done ? "it was taken" : qPrintable(done.error().text()));
        QVERIFY(!QDir(folder).exists());
        QVERIFY(!QFile::exists(folder + QStringLiteral(".part/svc_model.joblib")));
        QVERIFY(QFile::exists(folder + QStringLiteral(".part/scaler.joblib"))); // whole, and kept for the next try
        const Output one = named(id, QStringLiteral("model_output/scaler.joblib"));
        const QString file = m_bench->dir.filePath(QStringLiteral("scaler.joblib"));
        const auto single = azure().service->download(id, one, file);
        QVERIFY2(single, single ? "" : qPrintable(single.error().text()));
        QCOMPARE(*readFile(file), "joblib scaler.joblib of " + id.toUtf8());
    }

    void anArchivedJobLeavesTheListAndOthersStay() {
        const QString first = submitted(jobFile()), second = submitted(jobFile());
        m_systems->estate().control(QStringLiteral("azureml"), QStringLiteral("settings"), {{Q("page"), 1}});
        const auto before = azure().service->runs({}, 50);
        QVERIFY(before);
        azure().proxy->reset();
        QVERIFY(ended(first));
        azure().proxy->reset();
        const auto after = azure().service->runs({}, 50);
        QVERIFY(after);
        QCOMPARE(after->size(), before->size());
        for (const PipelineRun &run : *after)
            QVERIFY2(hasEnded(run.state) || run.id == second, qPrintable(run.id));
        int pages = 0;
        for (const QByteArray &line : azure().proxy->lines())
            pages += line.contains("/jobs?");
        QCOMPARE(pages, 1); // only the newest
    }
};

QTEST_GUILESS_MAIN(TestAzureJobs)
#include "tst_azure_jobs.moc"
