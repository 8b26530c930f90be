// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/training_job.h"

#include <QJsonArray>
#include <QtTest>

using namespace pilothouse;
using namespace pilothouse::cluster;
using Q = QLatin1String;

namespace {

TrainingJob training(TrainingJob::Kind kind) {
    TrainingJob job;
    job.name = QStringLiteral("t2m");
    job.space = QStringLiteral("ml");
    job.run = QString(32, QLatin1Char('a'));
    job.image = QStringLiteral("registry.example/pilot:1");
    job.arguments = QStringList{QStringLiteral("train"), QStringLiteral("/job/recipe.yaml")};
    job.kind = kind;
    job.schedule = QStringLiteral("0 3 * * *");
    job.workers = kind == TrainingJob::Kind::PyTorchJob ? 2 : 1;
    job.volumes = {{QStringLiteral("models"), QStringLiteral("/models"), false}};
    job.secrets = {{QStringLiteral("registry"), QStringLiteral("team"), QStringLiteral("token")}};
    return job;
}

/// The pods' specification, whichever kind it is in.
QJsonObject podOf(const TrainingJob &job) {
    QJsonObject spec = trainingObject(job).value(Q("spec")).toObject();
    if (job.kind == TrainingJob::Kind::CronJob)
        spec = spec.value(Q("jobTemplate")).toObject().value(Q("spec")).toObject();
    if (job.kind == TrainingJob::Kind::PyTorchJob)
        spec = spec.value(Q("pytorchReplicaSpecs")).toObject().value(Q("Worker")).toObject();
    return spec.value(Q("template")).toObject().value(Q("spec")).toObject();
}

} // namespace

class tst_TrainingObject : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void shardsAreAnIndexedJobWhoseFailuresAreEachTheirOwn() {
        TrainingJob job = training(TrainingJob::Kind::Job);
        QVERIFY(!trainingObject(job).value(Q("spec")).toObject().contains(Q("completionMode")));
        job.shards = 8;
        job.atOnce = 3;
        job.retries = 2;
        QVERIFY(checkTrainingJob(job));
        const QJsonObject spec = trainingObject(job).value(Q("spec")).toObject();
        QCOMPARE(spec.value(Q("completionMode")).toString(), QStringLiteral("Indexed"));
        QCOMPARE(spec.value(Q("completions")).toInt(), 8);
        QCOMPARE(spec.value(Q("parallelism")).toInt(), 3);
        QCOMPARE(spec.value(Q("backoffLimitPerIndex")).toInt(), 2);
        QVERIFY(!spec.contains(Q("backoffLimit"))); // 2 of all shards together would end the others' work
        QCOMPARE(trainingObject(job).value(Q("metadata")).toObject().value(Q("labels")).toObject().value(Q("app.kubernetes.io/component")).toString(), QStringLiteral("profile"));
        job.atOnce = 20;
        QCOMPARE(trainingObject(job).value(Q("spec")).toObject().value(Q("parallelism")).toInt(), 8);
        job.kind = TrainingJob::Kind::CronJob;
        QVERIFY(!checkTrainingJob(job));
        job.kind = TrainingJob::Kind::Job;
        job.shards = 1001;
        QVERIFY(!checkTrainingJob(job));
    }

    void aUserThatIsNotRootWritesClaims_data() {
        QTest::addColumn<int>("kind");
        QTest::newRow("Job") << int(TrainingJob::Kind::Job);
        QTest::newRow("CronJob") << int(TrainingJob::Kind::CronJob);
        QTest::newRow("PyTorchJob") << int(TrainingJob::Kind::PyTorchJob);
    }
    void aUserThatIsNotRootWritesClaims() {
        QFETCH(int, kind);
        TrainingJob job = training(TrainingJob::Kind(kind));
        const QJsonObject context = podOf(job).value(Q("securityContext")).toObject();
        QCOMPARE(context.value(Q("fsGroup")).toInt(), 10001); // USER of packaging/image/Containerfile
        QCOMPARE(context.value(Q("fsGroupChangePolicy")).toString(), QStringLiteral("OnRootMismatch"));
        job.group = 0; // the cluster says
        QVERIFY(!podOf(job).contains(Q("securityContext")));
        job.group = 10001;
        job.volumes.clear();
        QVERIFY(!podOf(job).contains(Q("securityContext")));
    }

    void andReadsSecrets() {
        const QJsonArray volumes = podOf(training(TrainingJob::Kind::Job)).value(Q("volumes")).toArray();
        int projected = 0;
        for (const QJsonValue &volume : volumes)
            if (const QJsonObject source = volume.toObject().value(Q("projected")).toObject(); !source.isEmpty()) {
                ++projected;
                QCOMPARE(source.value(Q("defaultMode")).toInt() & 0004, 0004); // they are root's
            }
        QCOMPARE(projected, 1);
    }
};

QTEST_GUILESS_MAIN(tst_TrainingObject)
#include "tst_training_object.moc"
