// SPDX-License-Identifier: GPL-3.0-or-later
// Where a model's pipeline trains, by its workspace.
#include "core/fleet/training_place.h"

#include <QTest>

using namespace pilothouse;
using namespace pilothouse::fleet;

class TestTrainingPlace : public QObject {
    Q_OBJECT

    static Result<std::optional<TrainingPlace>> place(const QByteArray &model, const QByteArray &more = {}) {
        const auto space = workspace::parseWorkspace("workspace: w\nconnections:\n  local: {kind: local, root: /tmp/w}\n  prod: {kind: kubernetes, kubeconfig: config}\n" + more + "models:\n  t2m: {recipe: r.yaml, " + model + "}\n", QStringLiteral("/work/w.yaml"));
        if (!space)
            return space.error();
        return trainingPlaceOf(*space, space->models.front());
    }

private Q_SLOTS:
    void itIsFoundByExecutorOrPipeline_data() {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<QString>("connection");
        QTest::newRow("nothing said: here") << QByteArray("retrain: {when: [age > 7d]}") << QString();
        QTest::newRow("the pipeline's connection") << QByteArray("pipeline: {connection: prod, image: i}") << QStringLiteral("prod");
        QTest::newRow("the executor's name") << QByteArray("pipeline: {image: i}, retrain: {executor: prod}") << QStringLiteral("prod");
        QTest::newRow("the only cluster") << QByteArray("pipeline: {image: i}, retrain: {executor: kubernetes}") << QStringLiteral("prod");
        QTest::newRow("here, said so") << QByteArray("pipeline: {connection: local}, retrain: {executor: local}") << QString();
    }
    void itIsFoundByExecutorOrPipeline() {
        QFETCH(QByteArray, model);
        QFETCH(QString, connection);
        const auto found = place(model);
        QVERIFY2(found, found ? "" : qPrintable(found.error().text()));
        QCOMPARE(found->has_value(), !connection.isEmpty());
        if (*found)
            QCOMPARE((*found)->connection, connection);
    }

    void itsKeysAreRead() {
        const auto found = place("pipeline: {connection: prod, namespace: ml, image: \"ghcr.io/t/trainer:3\", pilot_image: \"ghcr.io/t/pilot:1\", command: [Rscript, train.R], workers: 3, kind: trainjob, cpu: 500m, memory: 4Gi, "
                                 "service_account: trainer, data: /data/t2m.csv, out: /models/t2m, volumes: [\"data:/data:ro\", \"models:/models\"], secrets: [mlflow=login/token], annotations: [\"sidecar.istio.io/inject=false\"]}");
        QVERIFY2(found, found ? "" : qPrintable(found.error().text()));
        const TrainingPlace p = found->value();
        QCOMPARE(p.space, QStringLiteral("ml"));
        QCOMPARE(p.image, QStringLiteral("ghcr.io/t/trainer:3"));
        QCOMPARE(p.pilotImage, QStringLiteral("ghcr.io/t/pilot:1"));
        QCOMPARE(p.command, (QStringList{QStringLiteral("Rscript"), QStringLiteral("train.R")}));
        QCOMPARE(p.workers, 3);
        QCOMPARE(p.kind, QStringLiteral("trainjob"));
        QCOMPARE(p.cpu, QStringLiteral("500m"));
        QCOMPARE(p.memory, QStringLiteral("4Gi"));
        QCOMPARE(p.serviceAccount, QStringLiteral("trainer"));
        QCOMPARE(p.data, QStringLiteral("/data/t2m.csv"));
        QCOMPARE(p.out, QStringLiteral("/models/t2m"));
        QCOMPARE(p.volumes, (QStringList{QStringLiteral("data:/data:ro"), QStringLiteral("models:/models")}));
        QCOMPARE(p.secrets, QStringList{QStringLiteral("mlflow=login/token")});
        QCOMPARE(p.annotations, QStringList{QStringLiteral("sidecar.istio.io/inject=false")});
        QCOMPARE(place("pipeline: {image: i}, retrain: {executor: pytorchjob}")->value().kind, QStringLiteral("pytorchjob"));
    }

    void whatIsMissingIsNamed() {
        const auto imageless = place("pipeline: {connection: prod}");
        QVERIFY(!imageless && imageless.error().hint.contains(QStringLiteral("image: …")));
        const auto several = place("pipeline: {image: i}, retrain: {executor: kubernetes}", "  test: {kind: kubernetes, kubeconfig: other}\n");
        QVERIFY(!several && several.error().what.contains(QStringLiteral("prod, test")));
        const auto kind = place("pipeline: {connection: prod, image: i, kind: job2}");
        QVERIFY(!kind && kind.error().kind == ErrorKind::Invalid);
    }
};

QTEST_GUILESS_MAIN(TestTrainingPlace)
#include "tst_training_place.moc"
