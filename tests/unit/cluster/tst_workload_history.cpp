// SPDX-License-Identifier: GPL-3.0-or-later
// Revisions of workloads, what made them, what two of them differ in, and where an undo goes: by the rules of kubectl's rollback.go.
#include "core/cluster/change_note.h"
#include "core/cluster/pod_template.h"
#include "core/cluster/workload_cause.h"
#include "core/cluster/workload_change.h"
#include "core/cluster/pod_selector.h"
#include "core/cluster/workload_history.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::cluster;

namespace {

using Q = QLatin1String;

QJsonObject json(const QByteArray &text) {
    QByteArray written = text;
    written.replace('\'', '"');
    QJsonParseError error;
    const auto document = QJsonDocument::fromJson(written, &error);
    if (error.error != QJsonParseError::NoError)
        qFatal("%s in %s", qPrintable(error.errorString()), written.constData());
    return document.object();
}

QJsonObject pods(const QByteArray &image, const QByteArray &more = {}) {
    return json("{'metadata':{'labels':{'app':'web'}},'spec':{'containers':[{'name':'api','image':'" + image + "','resources':{}" + more + "}]}}");
}

QJsonObject deployment(const QJsonObject &podTemplate, const QJsonObject &annotations = {}) {
    QJsonObject d = json("{'kind':'Deployment','metadata':{'name':'web','uid':'d','generation':3,'resourceVersion':'77'},'spec':{'replicas':2,'selector':{'matchLabels':{'app':'web'}}}}");
    QJsonObject spec = d.value(Q("spec")).toObject(), metadata = d.value(Q("metadata")).toObject();
    spec.insert(Q("template"), podTemplate);
    metadata.insert(Q("annotations"), annotations);
    d.insert(Q("spec"), spec);
    d.insert(Q("metadata"), metadata);
    return d;
}

/// A ReplicaSet of the deployment, with the label that its controller adds.
QJsonObject replicaSet(const char *name, const char *revision, QJsonObject podTemplate, const char *created, QJsonObject annotations = {}, const char *owner = "d") {
    QJsonObject meta = podTemplate.value(Q("metadata")).toObject(), labels = meta.value(Q("labels")).toObject();
    labels.insert(QStringLiteral("pod-template-hash"), QString::fromLatin1(name));
    meta.insert(Q("labels"), labels);
    meta.insert(Q("creationTimestamp"), QJsonValue::Null);
    podTemplate.insert(Q("metadata"), meta);
    if (*revision)
        annotations.insert(QStringLiteral("deployment.kubernetes.io/revision"), QString::fromLatin1(revision));
    return {{Q("kind"), Q("ReplicaSet")},
            {Q("metadata"), QJsonObject{{Q("name"), QString::fromLatin1(name)}, {Q("uid"), QStringLiteral("u-") + QString::fromLatin1(name)}, {Q("creationTimestamp"), QString::fromLatin1(created)}, {Q("annotations"), annotations},
                                        {Q("ownerReferences"), QJsonArray{QJsonObject{{Q("uid"), QString::fromLatin1(owner)}, {Q("controller"), true}}}}}},
            {Q("spec"), QJsonObject{{Q("template"), podTemplate}}},
            {Q("status"), QJsonObject{{Q("replicas"), 1}}}};
}

const char *const day1 = "2026-01-01T00:00:00Z", *const day2 = "2026-01-02T00:00:00Z", *const day3 = "2026-01-03T00:00:00Z";

} // namespace

class TestWorkloadHistory : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aDifferenceIsLinesUnderTheirHeadings() {
        const QJsonObject before = json("{'metadata':{'labels':{'app':'web'}},'spec':{'containers':[{'name':'inference','image':'weather/inference:398','resources':{'limits':{'memory':'512Mi','cpu':'1'}}}]}}");
        const QJsonObject after = json("{'metadata':{'labels':{'app':'web','pod-template-hash':'x'}},'spec':{'containers':[{'name':'inference','image':'weather/inference:420','resources':{'limits':{'memory':'640Mi','cpu':'1'}}}]}}");
        const TemplateDiff diff = templateDiff(before, after);
        QCOMPARE(diff.changes, 2);
        QCOMPARE(diff.text(), QStringLiteral("  containers[inference]:\n-   image: weather/inference:398\n+   image: weather/inference:420\n    resources.limits:\n-     memory: 512Mi\n+     memory: 640Mi"));
        QVERIFY(templateDiff(after, after).lines.empty());
    }
    void anAddedPartCountsOnce() {
        const TemplateDiff diff = templateDiff(pods("a:1"), json("{'metadata':{'labels':{'app':'web'}},'spec':{'containers':[{'name':'api','image':'a:1'},{'name':'side','image':'b:1','ports':[{'containerPort':80}]}]}}"));
        QCOMPARE(diff.changes, 1);
        QCOMPARE(diff.text(), QStringLiteral("+ containers[side]:\n+   image: b:1\n+   name: side\n+   ports[80]:\n+     containerPort: 80"));
    }
    void variablesAreKnownByNameAndSecretsAreMasked() {
        const TemplateDiff diff = templateDiff(pods("a:1", ",'env':[{'name':'LEVEL','value':'info'},{'name':'DB_PASSWORD','value':'hunter2'}]"), pods("a:1", ",'env':[{'name':'DB_PASSWORD','value':'hunter3'},{'name':'LEVEL','value':'yes'}]"));
        QVERIFY2(!diff.text().contains(QLatin1String("hunter")), qPrintable(diff.text()));
        QVERIFY(diff.text().contains(QStringLiteral("env[DB_PASSWORD]:\n-       value: •••\n+       value: •••")) || diff.text().contains(QStringLiteral("•••")));
        QVERIFY(diff.text().contains(QStringLiteral("+     value: \"yes\""))); // no boolean
        QVERIFY(diff.text().contains(QStringLiteral("env (order)")));
        QCOMPARE(diff.changes, 3);
    }
    void theTemplatesOfServerAndRevisionAreTheSame() {
        const QJsonObject revision = replicaSet("a", "1", pods("a:1"), day1).value(Q("spec")).toObject().value(Q("template")).toObject();
        QVERIFY(sameTemplate(revision, pods("a:1")));
        QCOMPARE(templateDigest(revision), templateDigest(pods("a:1")));
        QVERIFY(!sameTemplate(revision, pods("a:2")));
        QJsonObject controllerRevision = pods("a:1");
        controllerRevision.insert(QStringLiteral("$patch"), QStringLiteral("replace"));
        QVERIFY(sameTemplate(controllerRevision, pods("a:1")));
    }

    void revisionsAreNewestFirstAndOnlyItsOwn() {
        const auto history = workloadHistory(deployment(pods("a:2")), {replicaSet("one", "1", pods("a:1"), day1), replicaSet("two", "2", pods("a:2"), day2), replicaSet("other", "9", pods("a:9"), day3, {}, "somebody"),
                                                                        replicaSet("odd", "x", pods("a:3"), day3)});
        QCOMPARE(history.size(), 2u);
        QCOMPARE(history[0].revision, 2);
        QVERIFY(history[0].current && !history[1].current);
        QCOMPARE(history[0].images, QStringList{QStringLiteral("a:2")});
        QCOMPARE(history[0].cause, QStringLiteral("image a:1 → a:2"));
        QCOMPARE(history[1].cause, QStringLiteral("the first that is kept"));
        QCOMPARE(history[0].when, QDateTime(QDate(2026, 1, 2), QTime(0, 0), Qt::UTC));
    }
    void aNoteCountsForItsTemplateOnly() {
        ChangeNote note{QStringLiteral("op-1"), QStringLiteral("ada"), QStringLiteral("pilot"), QStringLiteral("image of api: a:1 → a:2"), {}, 0, QDateTime(QDate(2026, 1, 2), QTime(1, 0), Qt::UTC), false, templateDigest(pods("a:2"))};
        const QJsonObject annotations{{ChangeNote::key(), note.text()}};
        // kubectl set image afterwards: the controller copies the note of a:2 to the ReplicaSet of a:3.
        const auto history = workloadHistory(deployment(pods("a:3"), annotations), {replicaSet("two", "2", pods("a:2"), day2, annotations), replicaSet("three", "3", pods("a:3"), day3, annotations)});
        QCOMPARE(history[1].by, QStringLiteral("ada"));
        QCOMPARE(history[1].operation, QStringLiteral("op-1"));
        QCOMPARE(history[1].origin, QStringLiteral("pilothouse"));
        QCOMPARE(history[1].when, note.at);
        QVERIFY(history[0].operation.isEmpty());
        QCOMPARE(history[0].cause, QStringLiteral("image a:2 → a:3"));
    }
    void theFieldManagerOfTheTemplateIsWhoMadeTheCurrentOne() {
        QJsonObject d = deployment(pods("a:2"));
        QJsonObject metadata = d.value(Q("metadata")).toObject();
        metadata.insert(Q("managedFields"), json("{'l':[{'manager':'kubectl-client-side-apply','time':'2026-01-01T08:00:00Z','fieldsV1':{'f:spec':{'f:template':{}}}},{'manager':'kubectl-set','time':'2026-01-02T09:00:00Z','fieldsV1':{'f:spec':{'f:template':{}}}},"
                                                 "{'manager':'kube-controller-manager','subresource':'status','time':'2026-01-05T00:00:00Z','fieldsV1':{'f:status':{}}}]}").value(Q("l")));
        d.insert(Q("metadata"), metadata);
        const auto history = workloadHistory(d, {replicaSet("one", "1", pods("a:1"), day1), replicaSet("two", "2", pods("a:2"), day2)});
        QCOMPARE(history[0].by, QStringLiteral("kubectl-set"));
        QCOMPARE(history[0].origin, QStringLiteral("kubectl"));
        QCOMPARE(history[0].when, QDateTime(QDate(2026, 1, 2), QTime(9, 0), Qt::UTC));
        QVERIFY(history[1].by.isEmpty());
    }
    void pipelinesAreToldByWhatTheyWriteAndNotByWhatWasKept() {
        const QString github = QStringLiteral(R"({"run":"42","repository":"team/api","workflow":"deploy","createdBy":"grace","commit":"c63b323186ea1320a31290de6dcc094c06385e75","deployTimestamp":1668787848577})");
        const QJsonObject byGitHub{{QStringLiteral("actions.github.com/k8s-deploy"), github}};
        QJsonObject both = byGitHub;
        both.insert(QStringLiteral("kubernetes.io/change-cause"), QStringLiteral("https://ci.example/job/retrain/17/"));
        const auto history = workloadHistory(deployment(pods("a:3")), {replicaSet("one", "1", pods("a:1"), day1), replicaSet("two", "2", pods("a:2"), day2, byGitHub), replicaSet("three", "3", pods("a:3"), day3, both)});
        QCOMPARE(history[1].origin, QStringLiteral("github"));
        QCOMPARE(history[1].by, QStringLiteral("grace"));
        QCOMPARE(history[1].cause, QStringLiteral("GitHub workflow deploy, run 42 of team/api"));
        QCOMPARE(history[1].commit, QStringLiteral("c63b323186ea1320a31290de6dcc094c06385e75"));
        QCOMPARE(history[1].when, QDateTime::fromMSecsSinceEpoch(1668787848577, Qt::UTC));
        QCOMPARE(history[0].origin, QStringLiteral("jenkins"));
        QCOMPARE(history[0].cause, QStringLiteral("https://ci.example/job/retrain/17/"));
        QCOMPARE(history[0].changeCause, history[0].cause);
    }
    void commitsAreFoundInLabelsAndTags_data() {
        QTest::addColumn<QString>("image");
        QTest::addColumn<QString>("commit");
        QTest::newRow("a short commit") << QStringLiteral("team/api:88d0f1a") << QStringLiteral("88d0f1a");
        QTest::newRow("behind a prefix") << QStringLiteral("reg:5000/team/api:v1.2-g88d0f1a") << QStringLiteral("88d0f1a");
        QTest::newRow("docker/metadata-action's form, with a digest") << QStringLiteral("team/api:sha-88d0f1a@sha256:0000") << QStringLiteral("88d0f1a");
        QTest::newRow("a date is none") << QStringLiteral("team/api:20260102") << QString();
        QTest::newRow("a number is none") << QStringLiteral("team/api:420") << QString();
        QTest::newRow("no tag, but a port") << QStringLiteral("reg:5000/api") << QString();
    }
    void commitsAreFoundInLabelsAndTags() {
        QFETCH(QString, image);
        QFETCH(QString, commit);
        QCOMPARE(commitOf(pods(image.toUtf8()), {}, {}), commit);
        QCOMPARE(commitOf(pods(image.toUtf8()), {{QStringLiteral("org.opencontainers.image.revision"), QStringLiteral("0123abc")}}, {}), QStringLiteral("0123abc"));
    }
    void aRestartAndARollbackAreNamed() {
        const QJsonObject restarted = json("{'metadata':{'labels':{'app':'web'},'annotations':{'kubectl.kubernetes.io/restartedAt':'2026-01-02T00:00:00Z'}},'spec':{'containers':[{'name':'api','image':'a:1'}]}}");
        auto history = workloadHistory(deployment(restarted), {replicaSet("one", "1", pods("a:1"), day1), replicaSet("two", "2", restarted, day2)});
        QCOMPARE(history[0].cause, QStringLiteral("restarted at 2026-01-02T00:00:00Z"));
        history = workloadHistory(deployment(pods("a:1")), {replicaSet("one", "3", pods("a:1"), day1, {{QStringLiteral("deployment.kubernetes.io/revision-history"), QStringLiteral("1")}}), replicaSet("two", "2", pods("a:2"), day2)});
        QCOMPARE(history[0].revision, 3);
        QCOMPARE(history[0].cause, QStringLiteral("back to what was revision 1"));
        QVERIFY(!history[0].when.isValid()); // the ReplicaSet is older than its number
    }
    void controllerRevisionsAreRevisionsToo() {
        QJsonObject sts = deployment(pods("a:2"));
        sts.insert(Q("kind"), Q("StatefulSet"));
        const auto revision = [](const char *name, int number, const QByteArray &image) {
            QJsonObject podTemplate = pods(image);
            podTemplate.insert(QStringLiteral("$patch"), QStringLiteral("replace"));
            return QJsonObject{{Q("revision"), number}, {Q("metadata"), replicaSet(name, "", {}, day1).value(Q("metadata"))}, {Q("data"), QJsonObject{{Q("spec"), QJsonObject{{Q("template"), podTemplate}}}}}};
        };
        const auto history = workloadHistory(sts, {revision("x", 1, "a:1"), revision("y", 2, "a:2")});
        QCOMPARE(history.size(), 2u);
        QVERIFY(history[0].current);
        QCOMPARE(history[0].object, QStringLiteral("y"));
        const auto back = undoTarget(sts, history, 0);
        QVERIFY(back);
        QCOMPARE(back->revision.revision, 1);
        const QJsonArray patch = undoPatch(sts, back->revision);
        QCOMPARE(patch.size(), 1); // its annotations stay
        QVERIFY(!patch.first().toObject().value(Q("value")).toObject().contains(QStringLiteral("$patch")));
        QCOMPARE(undoTarget(sts, {history[0]}, 0).error().what, QStringLiteral("no last revision to roll back to"));
    }

    void anUndoGoesToTheSecondHighest() {
        const QJsonObject d = deployment(pods("a:3"));
        const auto history = workloadHistory(d, {replicaSet("one", "1", pods("a:1"), day1), replicaSet("two", "12", pods("a:2"), day2), replicaSet("three", "13", pods("a:3"), day3)});
        QCOMPARE(undoTarget(d, history, 0)->revision.revision, 12);
        QCOMPARE(undoTarget(d, history, 1)->revision.revision, 1);
        QVERIFY(undoTarget(d, history, 13)->same);
        QCOMPARE(undoTarget(d, history, 5).error().what, QStringLiteral("unable to find specified revision 5 in history"));
        QCOMPARE(undoTarget(d, history, -1).error().kind, ErrorKind::NotFound);
        QCOMPARE(undoTarget(d, {history[0]}, 0).error().what, QStringLiteral("no rollout history found for deployment \"web\""));
    }
    void aPausedOneIsNotUndone() {
        QJsonObject d = deployment(pods("a:2"));
        QJsonObject spec = d.value(Q("spec")).toObject();
        spec.insert(Q("paused"), true);
        d.insert(Q("spec"), spec);
        const auto history = workloadHistory(d, {replicaSet("one", "1", pods("a:1"), day1), replicaSet("two", "2", pods("a:2"), day2)});
        QCOMPARE(undoTarget(d, history, 0).error().kind, ErrorKind::Refused);
        QVERIFY(undoTarget(d, history, 0, true)); // a turn-back does not wait
        QCOMPARE(restartPatch(d, QDateTime::currentDateTimeUtc()).error().what, QStringLiteral("can't restart paused deployment (run rollout resume first)"));
    }
    void anUndoKeepsTheAnnotationsThatKubectlKeeps() {
        const QJsonObject own{{QStringLiteral("kubectl.kubernetes.io/last-applied-configuration"), QStringLiteral("own")}, {QStringLiteral("deployment.kubernetes.io/revision"), QStringLiteral("2")}, {QStringLiteral("team"), QStringLiteral("new")}};
        const QJsonObject d = deployment(pods("a:2"), own);
        const auto history = workloadHistory(d, {replicaSet("one", "1", pods("a:1"), day1, {{QStringLiteral("team"), QStringLiteral("old")}, {QStringLiteral("deployment.kubernetes.io/desired-replicas"), QStringLiteral("9")}}),
                                                 replicaSet("two", "2", pods("a:2"), day2)});
        const QJsonArray patch = undoPatch(d, history[1]);
        QCOMPARE(patch.size(), 2);
        QVERIFY(sameTemplate(patch[0].toObject().value(Q("value")).toObject(), pods("a:1")));
        QVERIFY(!patch[0].toObject().value(Q("value")).toObject().value(Q("metadata")).toObject().value(Q("labels")).toObject().contains(QStringLiteral("pod-template-hash")));
        QCOMPARE(patch[1].toObject().value(Q("path")).toString(), QStringLiteral("/metadata/annotations"));
        QCOMPARE(patch[1].toObject().value(Q("value")).toObject(), (QJsonObject{{QStringLiteral("kubectl.kubernetes.io/last-applied-configuration"), QStringLiteral("own")}, {QStringLiteral("deployment.kubernetes.io/revision"), QStringLiteral("2")},
                                                                                {QStringLiteral("team"), QStringLiteral("old")}}));
    }

    void changesArePatches() {
        const QJsonObject d = deployment(pods("reg:5000/team/api:1", ",'env':[{'name':'A','value':'1'},{'name':'FROM','valueFrom':{'secretKeyRef':{'name':'s','key':'k'}}}]"));
        QCOMPARE(*containerFor(d, {}), QStringLiteral("api"));
        QCOMPARE(containerFor(d, QStringLiteral("none")).error().kind, ErrorKind::NotFound);
        const auto path = [](const QJsonValue &op) { return op.toObject().value(Q("path")).toString(); };
        const auto image = imagePatch(d, {}, QStringLiteral("reg:5000/team/api:2"));
        QCOMPARE(path(image->first()), QStringLiteral("/spec/template/spec/containers/0/image"));
        QCOMPARE(imagePatch(d, {}, QStringLiteral("reg:5000/team/api:1")).error().kind, ErrorKind::Refused);
        QCOMPARE(imageRepository(QStringLiteral("reg:5000/team/api:1@sha256:ab")), QStringLiteral("reg:5000/team/api"));
        const auto env = environmentPatch(d, {}, {{QStringLiteral("A"), std::nullopt}, {QStringLiteral("FROM"), QStringLiteral("x")}, {QStringLiteral("NEW"), QStringLiteral("y")}});
        QCOMPARE(env->first().toObject().value(Q("value")).toArray(), (QJsonArray{QJsonObject{{Q("name"), Q("FROM")}, {Q("value"), Q("x")}}, QJsonObject{{Q("name"), Q("NEW")}, {Q("value"), Q("y")}}}));
        QCOMPARE(environmentPatch(d, {}, {{QStringLiteral("NONE"), std::nullopt}}).error().kind, ErrorKind::NotFound);
        QCOMPARE(environmentPatch(d, {}, {{QStringLiteral("1A"), QStringLiteral("x")}}).error().kind, ErrorKind::Invalid);
        const auto resources = resourcesPatch(d, {}, {{QStringLiteral("cpu"), QStringLiteral("250m")}}, {{QStringLiteral("memory"), QStringLiteral("1Gi")}, {QStringLiteral("cpu"), std::nullopt}});
        QVERIFY(resources);
        QStringList paths;
        for (const QJsonValue &op : *resources)
            paths << path(op).section(QStringLiteral("/0/"), 1);
        QCOMPARE(paths.join(QLatin1Char(' ')), QStringLiteral("resources/requests resources/requests/cpu resources/limits resources/limits/memory"));
        QCOMPARE(resourcesPatch(d, {}, {{QStringLiteral("cpu"), QStringLiteral("much")}}, {}).error().kind, ErrorKind::Invalid);
        const auto restart = restartPatch(d, QDateTime(QDate(2026, 1, 2), QTime(3, 4), Qt::UTC));
        QCOMPARE(path(restart->last()), QStringLiteral("/spec/template/metadata/annotations/kubectl.kubernetes.io~1restartedAt"));
        QCOMPARE(restart->size(), 2); // it had no annotations
        QCOMPARE(pausePatch(d, false).error().kind, ErrorKind::Refused);
        const QJsonArray bound = boundTo(*image, d);
        QCOMPARE(bound.first().toObject().value(Q("value")).toString(), QStringLiteral("77"));
    }
    void ofSeveralContainersTheRepositoryTells() {
        const QJsonObject d = deployment(json("{'spec':{'containers':[{'name':'side','image':'team/side:1'},{'name':'api','image':'team/api:1'}]}}"));
        QCOMPARE(*containerFor(d, {}, QStringLiteral("team/api:2")), QStringLiteral("api"));
        QCOMPARE(containerFor(d, {}, QStringLiteral("team/new:2")).error().kind, ErrorKind::NotFound);
    }
    void selectorsAreWrittenAsTheApiTakesThem() {
        const QJsonObject w{{Q("spec"), QJsonObject{{Q("selector"), json("{'matchLabels':{'app':'web','tier':'a'},'matchExpressions':[{'key':'env','operator':'In','values':['x','y']},{'key':'old','operator':'DoesNotExist'},{'key':'own','operator':'Exists'},{'key':'z','operator':'NotIn','values':['q']}]}")}}}};
        QCOMPARE(selectorText(w.value(QLatin1String("spec")).toObject().value(QLatin1String("selector")).toObject()), QStringLiteral("app=web,tier=a,env in (x,y),!old,own,z notin (q)"));
    }
};

QTEST_GUILESS_MAIN(TestWorkloadHistory)
#include "tst_workload_history.moc"
