// SPDX-License-Identifier: GPL-3.0-or-later
// A folder of manifests applied on a real API server, as the damage system ends (SYSTEMS.md §2): two deployments, their services, an ingress, a configuration;
// tags of a build put in, a dry run as a diff, conflicts, pruning, an undo at once and one by the journal.
#include "core/cluster/object_text.h"
#include "core/rollouts/apply_folder.h"
#include "tests/support/kube_server.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::rollouts;
using cluster::KubeRef;
using operations::Operation;
using Change = AppliedObject::Change;

namespace {

const QString space = QStringLiteral("mlops-ns");

QByteArray deployment(const QByteArray &name, const QByteArray &tag, int replicas = 2) {
    return "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: " + name + "\n  namespace: mlops-ns\nspec:\n  replicas: " + QByteArray::number(replicas) +
           "\n  selector: {matchLabels: {app: " + name + "}}\n  strategy: {type: RollingUpdate, rollingUpdate: {maxUnavailable: 0, maxSurge: 1}}\n  template:\n    metadata: {labels: {app: " + name +
           "}}\n    spec:\n      containers:\n      - name: app\n        image: ghcr.io/owner/" + name + ":" + tag + " # the tag of the build\n        ports: [{containerPort: 8000, name: http}]\n        envFrom: [{configMapRef: {name: settings}}]\n";
}
QByteArray service(const QByteArray &name) {
    return "apiVersion: v1\nkind: Service\nmetadata: {name: " + name + "-service, namespace: mlops-ns}\nspec:\n  selector: {app: " + name + "}\n  ports: [{port: 80, targetPort: http}]\n";
}

} // namespace

class TestApplyFolder : public QObject {
    Q_OBJECT
    support::KubeServer server;
    std::shared_ptr<net::HttpClient> http = std::make_shared<net::HttpClient>();
    std::shared_ptr<cluster::KubeApi> api;
    QTemporaryDir dir, state;
    std::shared_ptr<operations::Journal> journal;
    std::unique_ptr<operations::Operations> operations;

    void write(const QString &name, const QByteArray &text) {
        QFile file(dir.filePath(name));
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        file.write(text);
    }
    Result<ApplyPlan> plan(const QStringList &images = {}, ApplyOptions options = {}) {
        PH_ASSIGN(auto source, readApplySource(dir.path(), {}, images));
        options.set = QStringLiteral("damage");
        return planApply(*api, std::move(source), options);
    }
    static KubeRef ref(const cluster::KubeKind &kind, const QString &name) { return {kind, space, name}; }
    QString image(const QString &name) {
        const auto found = api->read(ref(cluster::kinds::Deployment, name));
        return found ? cluster::containerImages(*found).front().image : found.error().text();
    }
    static QString changes(const ApplyPlan &plan) {
        QStringList out;
        for (const AppliedObject &o : plan.objects)
            out << (o.change == Change::Create ? QStringLiteral("+") : o.change == Change::Change ? QStringLiteral("~") : o.change == Change::Delete ? QStringLiteral("-") : QStringLiteral("=")) + o.ref.kind.kind + QLatin1Char('/') + o.ref.name;
        return out.join(QLatin1Char(' '));
    }

private Q_SLOTS:
    void initTestCase() {
        QString why;
        if (!server.start(&why))
            QSKIP(qPrintable(why));
        auto made = server.api(http);
        QVERIFY2(made, qPrintable(made ? QString() : made.error().text()));
        api = *made;
        journal = *operations::Journal::open(state.filePath(QStringLiteral("journal.jsonl")), *Database::open(state.filePath(QStringLiteral("registry.db")), {operations::journalTables1()}), QByteArrayLiteral("k"));
        operations = std::make_unique<operations::Operations>(journal, operations::Actor{QStringLiteral("ann"), QStringLiteral("pilot"), workspace::Role::Operator});
        write(QStringLiteral("api-deployment.yml"), deployment("mlops-api", "v1"));
        write(QStringLiteral("frontend-deployment.yml"), deployment("mlops-frontend", "v1"));
        write(QStringLiteral("services.yml"), service("mlops-api") + "---\n" + service("mlops-frontend"));
        write(QStringLiteral("config.yml"), "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: mlops-ns}\ndata: {THRESHOLD: \"0.5\"}\n");
        write(QStringLiteral("secret.yml"), "apiVersion: v1\nkind: Secret\nmetadata: {name: token, namespace: mlops-ns}\nstringData: {token: hunter2}\n");
        write(QStringLiteral("ingress.yml"), "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: front, namespace: mlops-ns}\nspec:\n  rules:\n  - http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: mlops-frontend-service, port: {number: 80}}}}]}\n");
        write(QStringLiteral("zz-namespace.yml"), "apiVersion: v1\nkind: Namespace\nmetadata: {name: mlops-ns}\n");
    }

    void firstApplyMakesAllInOrder() {
        const auto planned = plan();
        QVERIFY2(planned, qPrintable(planned ? QString() : planned.error().text()));
        QCOMPARE(changes(*planned), QStringLiteral("+Namespace/mlops-ns +Secret/token +ConfigMap/settings +Service/mlops-api-service +Service/mlops-frontend-service +Deployment/mlops-api +Deployment/mlops-frontend +Ingress/front"));
        QVERIFY(!planned->objects.front().untried && planned->objects.at(2).untried); // what stands in a namespace that is not there yet
        QVERIFY(!planText(*planned).contains(QLatin1String("hunter2")));
        QVERIFY(api->read({cluster::kinds::Namespace, {}, space}).error().kind == ErrorKind::NotFound); // nothing was made
        auto operation = applyOperation(api, *planned);
        QVERIFY2(operation, qPrintable(operation ? QString() : operation.error().text()));
        const auto outcome = operations->run(*operation);
        QVERIFY2(!outcome.error, qPrintable(outcome.error ? outcome.error->text() : QString()));
        QCOMPARE(image(QStringLiteral("mlops-api")), QStringLiteral("ghcr.io/owner/mlops-api:v1"));
        QTRY_COMPARE_WITH_TIMEOUT(api->read(ref(cluster::kinds::Deployment, QStringLiteral("mlops-api")))->value(QLatin1String("status")).toObject().value(QLatin1String("readyReplicas")).toInt(), 2, 60000);
        for (const auto &entry : *journal->entries())
            QVERIFY(!QString::fromUtf8(QJsonDocument(entry.details).toJson()).contains(QLatin1String("hunter2")));
    }

    void again_isNoChange() {
        const auto planned = plan();
        QVERIFY2(planned, qPrintable(planned ? QString() : planned.error().text()));
        QCOMPARE(planned->count(Change::Unchanged), 8);
        QCOMPARE(applyOperation(api, *planned).error().kind, ErrorKind::Refused);
    }

    void aBuiltTagIsFilledInAndUndone() {
        const auto planned = plan({QStringLiteral("mlops-api=v2")});
        QVERIFY2(planned, qPrintable(planned ? QString() : planned.error().text()));
        QCOMPARE(planned->count(Change::Change), 1);
        QCOMPARE(planned->images.size(), 1u);
        QVERIFY2(planned->warnings.isEmpty(), qPrintable(planned->warnings.join(QLatin1Char(' '))));
        const QString text = planText(*planned);
        QVERIFY2(text.contains(QStringLiteral("-      - image: ghcr.io/owner/mlops-api:v1")) || text.contains(QStringLiteral("ghcr.io/owner/mlops-api:v1 → ghcr.io/owner/mlops-api:v2")), qPrintable(text));
        QVERIFY(text.contains(QStringLiteral("ghcr.io/owner/mlops-api:v2")));
        auto operation = *applyOperation(api, *planned);
        const auto outcome = operations->run(operation);
        QVERIFY2(!outcome.error, qPrintable(outcome.error ? outcome.error->text() : QString()));
        QCOMPARE(image(QStringLiteral("mlops-api")), QStringLiteral("ghcr.io/owner/mlops-api:v2"));
        // The files carry v1 still: a bare apply would roll back, and says so.
        const auto bare = plan();
        QVERIFY(bare);
        QCOMPARE(bare->warnings.size(), 1);
        QVERIFY2(bare->warnings.first().contains(QStringLiteral("v2 runs, and v1 is older")), qPrintable(bare->warnings.first()));
        // By the journal, as another program would another day.
        auto undo = undoApplyOperation(api, *operations::recordedOperation(*journal, outcome.id));
        QVERIFY2(undo, qPrintable(undo ? QString() : undo.error().text()));
        const auto undone = operations->run(*undo);
        QVERIFY2(!undone.error, qPrintable(undone.error ? undone.error->text() : QString()));
        QCOMPARE(image(QStringLiteral("mlops-api")), QStringLiteral("ghcr.io/owner/mlops-api:v1"));
    }

    void whatWasChangedSinceIsNotUndone() {
        auto operation = *applyOperation(api, *plan({QStringLiteral("mlops-api=v3")}));
        const auto outcome = operations->run(operation);
        QVERIFY(!outcome.error);
        const auto scaled = server.kubectl({QStringLiteral("-n"), space, QStringLiteral("scale"), QStringLiteral("deployment/mlops-api"), QStringLiteral("--replicas=3")});
        QCOMPARE(scaled.code, 0);
        auto undo = *undoApplyOperation(api, *operations::recordedOperation(*journal, outcome.id));
        const auto undone = operations->run(undo);
        QVERIFY(undone.error);
        QCOMPARE(undone.error->kind, ErrorKind::Conflict);
        QCOMPARE(image(QStringLiteral("mlops-api")), QStringLiteral("ghcr.io/owner/mlops-api:v3"));
    }

    void somebodysFieldIsAConflict() {
        // kubectl scale set replicas: they are its now.
        write(QStringLiteral("api-deployment.yml"), deployment("mlops-api", "v3", 4));
        const auto planned = plan();
        QVERIFY(planned);
        const auto it = std::find_if(planned->objects.begin(), planned->objects.end(), [](const AppliedObject &o) { return o.ref.name == QLatin1String("mlops-api"); });
        QVERIFY(it != planned->objects.end() && it->problem);
        QCOMPARE(it->conflicts.size(), 1u);
        QCOMPARE(it->conflicts.front().field, QStringLiteral(".spec.replicas"));
        QVERIFY2(it->conflicts.front().manager.startsWith(QLatin1String("kubectl")), qPrintable(it->conflicts.front().manager));
        const auto refused = applyOperation(api, *planned);
        QVERIFY(!refused);
        QVERIFY2(refused.error().text().contains(QStringLiteral(".spec.replicas is managed by kubectl")) && refused.error().text().contains(QStringLiteral("--force")), qPrintable(refused.error().text()));
        ApplyOptions options;
        options.force = true;
        auto operation = applyOperation(api, *plan({}, options));
        QVERIFY2(operation, qPrintable(operation ? QString() : operation.error().text()));
        const auto outcome = operations->run(*operation);
        QVERIFY2(!outcome.error, qPrintable(outcome.error ? outcome.error->text() : QString()));
        QCOMPARE(api->read(ref(cluster::kinds::Deployment, QStringLiteral("mlops-api")))->value(QLatin1String("spec")).toObject().value(QLatin1String("replicas")).toInt(), 4);
        // Undone in this process: the three of before.
        QVERIFY(operations->undoDone(*operation, outcome).done);
        QCOMPARE(api->read(ref(cluster::kinds::Deployment, QStringLiteral("mlops-api")))->value(QLatin1String("spec")).toObject().value(QLatin1String("replicas")).toInt(), 3);
    }

    void aPlanThatIsOldIsRefused() {
        const auto planned = plan({QStringLiteral("mlops-frontend=v2")}, {{}, {}, true, false});
        QVERIFY(planned);
        QCOMPARE(server.kubectl({QStringLiteral("-n"), space, QStringLiteral("set"), QStringLiteral("image"), QStringLiteral("deployment/mlops-frontend"), QStringLiteral("app=ghcr.io/owner/mlops-frontend:v9")}).code, 0);
        const auto outcome = operations->run(*applyOperation(api, *planned));
        QVERIFY(outcome.error);
        QCOMPARE(outcome.error->kind, ErrorKind::Conflict);
        QVERIFY2(outcome.error->raw.contains(QStringLiteral("mlops-frontend:v9")), qPrintable(outcome.error->raw));
        QCOMPARE(image(QStringLiteral("mlops-frontend")), QStringLiteral("ghcr.io/owner/mlops-frontend:v9"));
    }

    void pruneTakesOnlyItsOwn() {
        QCOMPARE(server.kubectl({QStringLiteral("-n"), space, QStringLiteral("create"), QStringLiteral("configmap"), QStringLiteral("foreign")}).code, 0);
        QVERIFY(QFile::remove(dir.filePath(QStringLiteral("ingress.yml"))));
        write(QStringLiteral("services.yml"), service("mlops-api"));
        ApplyOptions options;
        options.force = true;
        const auto without = plan({}, options);
        QVERIFY(without);
        QCOMPARE(without->count(Change::Delete), 0); // only when asked
        options.prune = true;
        const auto planned = plan({}, options);
        QVERIFY2(planned, qPrintable(planned ? QString() : planned.error().text()));
        QVERIFY2(changes(*planned).endsWith(QStringLiteral(" -Ingress/front -Service/mlops-frontend-service")), qPrintable(changes(*planned)));
        auto operation = *applyOperation(api, *planned);
        const QString address = api->read(ref(cluster::kinds::Service, QStringLiteral("mlops-frontend-service")))->value(QLatin1String("spec")).toObject().value(QLatin1String("clusterIP")).toString();
        const auto outcome = operations->run(operation);
        QVERIFY2(!outcome.error, qPrintable(outcome.error ? outcome.error->text() : QString()));
        QCOMPARE(api->read(ref(cluster::kinds::Ingress, QStringLiteral("front"))).error().kind, ErrorKind::NotFound);
        QVERIFY(api->read(ref(cluster::kinds::ConfigMap, QStringLiteral("foreign"))));
        // What was pruned is made again, the service with its address.
        auto undo = undoApplyOperation(api, *operations::recordedOperation(*journal, outcome.id));
        QVERIFY2(undo, qPrintable(undo ? QString() : undo.error().text()));
        const auto undone = operations->run(*undo);
        QVERIFY2(!undone.error, qPrintable(undone.error ? undone.error->text() : QString()));
        QVERIFY(api->read(ref(cluster::kinds::Ingress, QStringLiteral("front"))));
        QCOMPARE(api->read(ref(cluster::kinds::Service, QStringLiteral("mlops-frontend-service")))->value(QLatin1String("spec")).toObject().value(QLatin1String("clusterIP")).toString(), address);
    }

    void whatTheServerRefusesIsSaidForEachObject() {
        write(QStringLiteral("bad.yml"), "apiVersion: v1\nkind: Service\nmetadata: {name: bad, namespace: mlops-ns}\nspec: {ports: [{port: 99999}]}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: lost, namespace: no-such-space}\n");
        ApplyOptions options;
        options.force = true;
        const auto planned = plan({}, options);
        QVERIFY2(planned, qPrintable(planned ? QString() : planned.error().text()));
        const auto refused = applyOperation(api, *planned);
        QVERIFY(!refused);
        QVERIFY2(refused.error().what.contains(QStringLiteral("2 of")) && refused.error().what.contains(QStringLiteral("bad.yml:1")) && refused.error().what.contains(QStringLiteral("no-such-space")), qPrintable(refused.error().text()));
        write(QStringLiteral("bad.yml"), "apiVersion: example.org/v1\nkind: Gadget\nmetadata: {name: g}\n");
        const auto unknown = plan();
        QVERIFY(!unknown);
        QCOMPARE(unknown.error().where, QStringLiteral("bad.yml:1"));
    }

    void aDefinitionAndItsObjectComeTogether() {
        write(QStringLiteral("bad.yml"), "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: gadgets.example.org}\nspec:\n  group: example.org\n  names: {kind: Gadget, plural: gadgets}\n  scope: Namespaced\n"
                                         "  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}]\n---\napiVersion: example.org/v1\nkind: Gadget\nmetadata: {name: g, namespace: mlops-ns}\nspec: {size: 3}\n");
        ApplyOptions options;
        options.force = true;
        const auto planned = plan({}, options);
        QVERIFY2(planned, qPrintable(planned ? QString() : planned.error().text()));
        const auto outcome = operations->run(*applyOperation(api, *planned));
        QVERIFY2(!outcome.error, qPrintable(outcome.error ? outcome.error->text() : QString()));
        const cluster::KubeKind gadget{QStringLiteral("example.org"), QStringLiteral("v1"), QStringLiteral("gadgets"), QStringLiteral("Gadget"), true};
        QCOMPARE(api->read(ref(gadget, QStringLiteral("g")))->value(QLatin1String("spec")).toObject().value(QLatin1String("size")).toInt(), 3);
    }

    void cleanupTestCase() { server.stop(); }
};

QTEST_GUILESS_MAIN(TestApplyFolder)
#include "tst_apply_folder.moc"
