// SPDX-License-Identifier: GPL-3.0-or-later
// Trainings as Jobs and PyTorchJobs of a real API server with its controllers: started as an operation, followed by the event stream in the pod's log,
// cancelled; what keeps them waiting is said.
#include "core/rollouts/training_follow.h"
#include "core/rollouts/training_operations.h"
#include "tests/support/kube_server.h"

#include <QJsonArray>

#include <thread>
#include <utility>

using namespace pilothouse;
using namespace pilothouse::cluster;
using support::KubeServer;
using Q = QLatin1String;

#define VERIFY_GOOD(result)                                                                                                                \
    do {                                                                                                                                   \
        const auto &phOutcome = (result);                                                                                                  \
        QVERIFY2(phOutcome, phOutcome ? "" : qPrintable(phOutcome.error().text() + QLatin1Char('\n') + phOutcome.error().raw));             \
    } while (false)

namespace {

TrainingJob trainingJob(const QString &name, const QString &annotation = {}) {
    TrainingJob job;
    job.name = name;
    job.space = QStringLiteral("ml");
    job.run = QStringLiteral("%1").arg(qHash(name), 32, 16, QLatin1Char('0'));
    job.model = QStringLiteral("t2m");
    job.image = QStringLiteral("registry.example/pilot:1");
    job.files = {{QStringLiteral("recipe.yaml"), "recipe: t2m\n"}};
    job.arguments = {QStringLiteral("train"), QStringLiteral("/job/recipe.yaml"), QStringLiteral("--events")};
    if (!annotation.isEmpty())
        job.annotations.insert(QStringLiteral("pilothouse.test/") + annotation.section(QLatin1Char('='), 0, 0), annotation.section(QLatin1Char('='), 1));
    return job;
}

} // namespace

class tst_TrainingJob : public QObject {
    Q_OBJECT
    KubeServer m_server;
    std::shared_ptr<net::HttpClient> m_http = std::make_shared<net::HttpClient>();
    std::shared_ptr<KubeApi> m_api;

    /// As Operations would, without a journal.
    Result<void> carryOut(const operations::Operation &operation) const {
        for (const operations::Step &step : operation.steps)
            if (step.guard)
                PH_TRY(step.guard());
        for (const operations::Step &step : operation.steps) {
            PH_TRY(step.execute());
            PH_TRY(step.readBack());
        }
        return {};
    }
    void writeLog(const QByteArrayList &lines) const {
        QFile log(m_server.containerLog());
        QVERIFY(QDir().mkpath(QFileInfo(log).path()));
        QVERIFY(log.open(QIODevice::WriteOnly | QIODevice::Truncate));
        for (const QByteArray &line : lines)
            log.write("2026-11-22T10:00:00.000000000Z stdout F " + line + '\n');
    }
    Result<TrainingState> follow(const KubeRef &ref, const QString &run, QStringList *sentences = nullptr, QList<Event> *events = nullptr, QStringList *lines = nullptr,
                                 const std::function<bool(const QString &)> &until = {}) const {
        std::stop_source stop;
        rollouts::TrainingListener listener;
        listener.state = [&](const TrainingState &state) {
            if (sentences)
                *sentences << state.sentence;
            if (until && until(state.sentence))
                stop.request_stop();
        };
        if (events)
            listener.event = [=](const Event &event) { *events << event; };
        if (lines)
            listener.line = [=](const QString &line) { *lines << line; };
        std::jthread limit([&stop](std::stop_token over) {
            for (int i = 0; i < 1200 && !over.stop_requested(); ++i)
                std::this_thread::sleep_for(std::chrono::milliseconds(100));
            stop.request_stop();
        });
        return rollouts::followTraining(*m_api, ref, run, listener, stop.get_token());
    }

private Q_SLOTS:
    void initTestCase() {
        QString why;
        if (const QString missing = KubeServer::missing(); !missing.isEmpty())
            QSKIP(qPrintable(QStringLiteral("skipped: ") + missing));
        QVERIFY2(m_server.start(&why), qPrintable(why));
        const auto api = m_server.api(m_http, m_server.operatorConfig());
        VERIFY_GOOD(api);
        m_api = *api;
    }

    void itRunsToItsEndAndItsEventsComeOnce() {
        writeLog({"{\"v\":1,\"event\":\"started\",\"run\":\"r\",\"what\":\"train t2m\",\"pid\":1}", "a library printed this", "{\"v\":1,\"event\":\"metric\",\"name\":\"loss\",\"step\":1,\"value\":0.5,\"series\":\"train\"}",
                  "{\"v\":1,\"event\":\"result\",\"result\":{\"run\":\"r\",\"metrics\":{\"test\":{\"mae\":1.25}}}}"});
        const TrainingJob job = trainingJob(QStringLiteral("good"), QStringLiteral("run-for=3s"));
        const auto operation = rollouts::startTraining(m_api, job);
        VERIFY_GOOD(operation);
        QCOMPARE(operation->steps.size(), std::size_t(2));
        QVERIFY(operation->plan().front().command.contains(Q("/apis/batch/v1/namespaces/ml/jobs")));
        VERIFY_GOOD(carryOut(*operation));
        const auto files = m_api->read({kinds::ConfigMap, QStringLiteral("ml"), QStringLiteral("good-files")});
        VERIFY_GOOD(files);
        QCOMPARE(files->value(Q("metadata")).toObject().value(Q("ownerReferences")).toArray().first().toObject().value(Q("name")).toString(), QStringLiteral("good"));

        QStringList sentences, lines;
        QList<Event> events;
        const auto state = follow(trainingRef(job), job.run, &sentences, &events, &lines);
        VERIFY_GOOD(state);
        QCOMPARE(state->phase, TrainingState::Phase::Succeeded);
        QVERIFY2(sentences.contains(QStringLiteral("1 of 1 pods run.")), qPrintable(sentences.join(Q(" | "))));
        QStringList names;
        for (const Event &event : events)
            names << event.name;
        QCOMPARE(names, (QStringList{QStringLiteral("started"), QStringLiteral("metric"), QStringLiteral("result")}));
        QCOMPARE(events.last().fields.value(Q("result")).toObject().value(Q("metrics")).toObject().value(Q("test")).toObject().value(Q("mae")).toDouble(), 1.25);
        QCOMPARE(lines, QStringList{QStringLiteral("a library printed this")});

        const auto again = rollouts::startTraining(m_api, job); // the name is taken: told by the dry run, before anything is sent
        QVERIFY(!again);
        QCOMPARE(again.error().kind, ErrorKind::Conflict);
    }

    void aFailureSaysWhy() {
        writeLog({"{\"v\":1,\"event\":\"error\",\"kind\":\"invalid\",\"what\":\"no such column\",\"where\":\"\",\"hint\":\"\",\"raw\":\"\"}"});
        const TrainingJob job = trainingJob(QStringLiteral("bad"), QStringLiteral("fate=fail"));
        const auto operation = rollouts::startTraining(m_api, job);
        VERIFY_GOOD(operation);
        VERIFY_GOOD(carryOut(*operation));
        QList<Event> events;
        const auto state = follow(trainingRef(job), job.run, nullptr, &events);
        VERIFY_GOOD(state);
        QCOMPARE(state->phase, TrainingState::Phase::Failed);
        QVERIFY2(state->sentence.contains(Q("ended with exit code 1")), qPrintable(state->sentence));
        QCOMPARE(events.size(), 1);
        QCOMPARE(errorFromJson(events.first().fields).what, QStringLiteral("no such column"));
    }

    void anImageThatCannotBePulledIsNamedAndTheJobCancelled() {
        TrainingJob job = trainingJob(QStringLiteral("imageless"));
        job.image = QStringLiteral("registry.example/pilot:missing");
        if (const auto wanted = rollouts::startTraining(m_api, job); true) {
            VERIFY_GOOD(wanted);
            VERIFY_GOOD(carryOut(*wanted));
        }
        QStringList sentences;
        const auto state = follow(trainingRef(job), job.run, &sentences, nullptr, nullptr, [](const QString &sentence) { return sentence.contains(Q("cannot pull")); });
        QVERIFY(!state);
        QCOMPARE(state.error().kind, ErrorKind::Cancelled); // following ended; the job did not
        QVERIFY2(sentences.last().contains(job.image), qPrintable(sentences.join(Q(" | "))));
        const auto cancel = rollouts::cancelTraining(m_api, trainingRef(job));
        VERIFY_GOOD(cancel);
        VERIFY_GOOD(carryOut(*cancel));
        QTRY_VERIFY_WITH_TIMEOUT(!m_api->read(trainingRef(job)), 60000);
        QTRY_VERIFY_WITH_TIMEOUT(!m_api->read({kinds::ConfigMap, QStringLiteral("ml"), QStringLiteral("imageless-files")}), 60000); // with its owner
        const auto gone = follow(trainingRef(job), job.run);
        QVERIFY(!gone);
        QCOMPARE(gone.error().kind, ErrorKind::NotFound);
    }

    void aQuotaIsExplained() {
        const auto quota = m_server.kubectl({QStringLiteral("-n"), QStringLiteral("ml"), QStringLiteral("create"), QStringLiteral("quota"), QStringLiteral("tight"), QStringLiteral("--hard=requests.memory=1Gi")});
        QVERIFY2(quota.code == 0, quota.error.constData());
        QTRY_VERIFY_WITH_TIMEOUT(m_server.kubectl({QStringLiteral("-n"), QStringLiteral("ml"), QStringLiteral("get"), QStringLiteral("quota"), QStringLiteral("tight"), QStringLiteral("-o"), QStringLiteral("jsonpath={.status.hard}")}).out.contains("1Gi"), 30000);
        TrainingJob job = trainingJob(QStringLiteral("large"));
        job.memory = QStringLiteral("8Gi");
        if (const auto wanted = rollouts::startTraining(m_api, job); true) {
            VERIFY_GOOD(wanted);
            VERIFY_GOOD(carryOut(*wanted));
        }
        QStringList sentences;
        (void)follow(trainingRef(job), job.run, &sentences, nullptr, nullptr, [](const QString &sentence) { return sentence.contains(Q("exceeded quota")); });
        QVERIFY2(sentences.last().contains(Q("exceeded quota: tight")), qPrintable(sentences.join(Q(" | "))));
        if (const auto wanted = rollouts::cancelTraining(m_api, trainingRef(job)); true) {
            VERIFY_GOOD(wanted);
            VERIFY_GOOD(carryOut(*wanted));
        }
        QCOMPARE(m_server.kubectl({QStringLiteral("-n"), QStringLiteral("ml"), QStringLiteral("delete"), QStringLiteral("quota"), QStringLiteral("tight")}).code, 0);
    }

    /// Its operator is played: pods with its labels, conditions as it writes them.
    void aPytorchJobIsFollowedByItsMaster() {
        TrainingJob job = trainingJob(QStringLiteral("several"));
        job.kind = TrainingJob::Kind::PyTorchJob;
        job.workers = 3;
        writeLog({"{\"v\":1,\"event\":\"result\",\"result\":{\"run\":\"several\"}}"});
        if (const auto wanted = rollouts::startTraining(m_api, job); true) {
            VERIFY_GOOD(wanted);
            VERIFY_GOOD(carryOut(*wanted));
        }
        const auto kept = m_api->read(trainingRef(job));
        VERIFY_GOOD(kept);
        const QJsonObject replicas = kept->value(Q("spec")).toObject().value(Q("pytorchReplicaSpecs")).toObject();
        QCOMPARE(replicas.value(Q("Worker")).toObject().value(Q("replicas")).toInt(), 2);
        QCOMPARE(replicas.value(Q("Master")).toObject().value(Q("template")).toObject().value(Q("spec")).toObject().value(Q("containers")).toArray().first().toObject().value(Q("name")).toString(), QStringLiteral("pytorch"));
        for (const char *type : {"worker", "master"}) {
            QJsonObject pod = replicas.value(Q("Master")).toObject().value(Q("template")).toObject();
            QJsonObject metadata = pod.value(Q("metadata")).toObject(), labels = metadata.value(Q("labels")).toObject();
            labels.insert(Q("training.kubeflow.org/replica-type"), Q(type));
            metadata.insert(Q("labels"), labels);
            metadata.insert(Q("name"), QStringLiteral("several-%1-0").arg(Q(type)));
            pod.insert(Q("metadata"), metadata);
            pod.insert(Q("apiVersion"), Q("v1"));
            pod.insert(Q("kind"), Q("Pod"));
            VERIFY_GOOD(m_api->create(kinds::Pod, job.space, pod));
        }
        const auto admin = m_server.api(m_http);
        VERIFY_GOOD(admin);
        QList<Event> events;
        QStringList sentences;
        bool ended = false;
        std::stop_source stop;
        rollouts::TrainingListener listener;
        listener.event = [&](const Event &event) { events << event; };
        listener.state = [&](const TrainingState &state) {
            sentences << state.sentence;
            if (state.phase == TrainingState::Phase::Running && state.ready == 2 && !std::exchange(ended, true)) // what the operator writes at the end
                VERIFY_GOOD((*admin)->patch(objectPath(trainingRef(job), QStringLiteral("status")), PatchKind::Merge, QJsonObject{{Q("status"), QJsonObject{{Q("conditions"), QJsonArray{QJsonObject{{Q("type"), Q("Succeeded")}, {Q("status"), Q("True")}, {Q("reason"), Q("PyTorchJobSucceeded")}}}}}}}));
            if (sentences.size() > 50)
                stop.request_stop();
        };
        const auto state = rollouts::followTraining(*m_api, trainingRef(job), job.run, listener, stop.get_token());
        VERIFY_GOOD(state);
        QCOMPARE(state->leader, QStringLiteral("several-master-0"));
        QVERIFY2(sentences.contains(QStringLiteral("2 of 3 pods run.")), qPrintable(sentences.join(Q(" | "))));
        QCOMPARE(events.size(), 1);
    }

    void whatIsNoTrainingIsRefused_data() {
        QTest::addColumn<QString>("what");
        QTest::addColumn<QString>("said");
        QTest::newRow("a name in capitals") << "name" << "no name of a job";
        QTest::newRow("no image") << "image" << "No image";
        QTest::newRow("several workers of a Job") << "workers" << "a Job has one";
        QTest::newRow("a schedule of three fields") << "schedule" << "no schedule";
        QTest::newRow("data as a file") << "files" << "1,000,000";
        QTest::newRow("a relative path of a volume") << "volume" << "absolute path";
    }
    void whatIsNoTrainingIsRefused() {
        QFETCH(QString, what);
        QFETCH(QString, said);
        TrainingJob job = trainingJob(what == Q("name") ? QStringLiteral("Upper") : QStringLiteral("x"));
        if (what == Q("image"))
            job.image.clear();
        if (what == Q("workers"))
            job.workers = 2;
        if (what == Q("schedule")) {
            job.kind = TrainingJob::Kind::CronJob;
            job.schedule = QStringLiteral("0 3 *");
        }
        if (what == Q("files"))
            job.files.insert(QStringLiteral("data.csv"), QByteArray(1'000'001, 'x'));
        if (what == Q("volume"))
            job.volumes.push_back({QStringLiteral("claim"), QStringLiteral("models")});
        const auto checked = checkTrainingJob(job);
        QVERIFY(!checked);
        QCOMPARE(checked.error().kind, ErrorKind::Invalid);
        QVERIFY2(checked.error().what.contains(said), qPrintable(checked.error().what));
    }

    void aScheduleIsACronJob() {
        TrainingJob job = trainingJob(QStringLiteral("nightly"));
        job.kind = TrainingJob::Kind::CronJob;
        job.schedule = QStringLiteral("0 3 * * *");
        job.zone = QStringLiteral("Europe/Berlin");
        job.secrets.push_back({QStringLiteral("mlflow"), QStringLiteral("mlflow-login"), QStringLiteral("password")});
        const auto operation = rollouts::startTraining(m_api, job);
        VERIFY_GOOD(operation);
        VERIFY_GOOD(carryOut(*operation));
        const auto kept = m_api->read(trainingRef(job));
        VERIFY_GOOD(kept);
        const QJsonObject spec = kept->value(Q("spec")).toObject();
        QCOMPARE(spec.value(Q("timeZone")).toString(), job.zone);
        QCOMPARE(spec.value(Q("concurrencyPolicy")).toString(), QStringLiteral("Forbid"));
        VERIFY_GOOD(operation->steps.front().undo());
        QTRY_VERIFY_WITH_TIMEOUT(!m_api->read(trainingRef(job)), 30000);
    }
};

QTEST_GUILESS_MAIN(tst_TrainingJob)
#include "tst_training_job.moc"
