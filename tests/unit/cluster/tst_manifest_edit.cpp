// SPDX-License-Identifier: GPL-3.0-or-later
// Variables, requests and limits of a container, exchanged where they stand in the file: every other byte stays.
#include "core/cluster/manifest_edit.h"
#include "core/cluster/manifest_settings_internal.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::cluster;

namespace {

QByteArray manifest(const QByteArray &rest) {
    return "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api}\nspec:\n  template:\n    spec:\n      containers:\n      - name: app   # ours\n        image: o/api:v1  # by the build\n" + rest + "  # the end\n";
}

Settings settings(const QString &words) {
    Settings out;
    for (const QString &word : words.split(QLatin1Char(';'), Qt::SkipEmptyParts))
        out.insert(word.section(QLatin1Char('='), 0, 0), word.contains(QLatin1Char('=')) ? std::optional(word.section(QLatin1Char('='), 1)) : std::nullopt);
    return out;
}

} // namespace

class TestManifestEdit : public QObject {
    Q_OBJECT
    static ManifestEdit edit() { return {QStringLiteral("Deployment"), QStringLiteral("api"), {}, {}, {}, {}}; }

private Q_SLOTS:
    void writes_data() {
        QTest::addColumn<QByteArray>("before");
        QTest::addColumn<QString>("variables");
        QTest::addColumn<QString>("requests");
        QTest::addColumn<QString>("limits");
        QTest::addColumn<QByteArray>("after");
        const auto row = [](const char *name, const char *before, const char *variables, const char *requests, const char *limits, const char *after) {
            QTest::newRow(name) << manifest(before) << QString::fromLatin1(variables) << QString::fromLatin1(requests) << QString::fromLatin1(limits) << manifest(after);
        };
        row("the first variable", "", "MODE=fast", "", "", "        env:\n        - name: MODE\n          value: \"fast\"\n");
        row("one more", "        env:\n          - name: A\n            value: x # why\n        ports: []\n", "MODE=1", "", "", "        env:\n          - name: A\n            value: x # why\n          - name: MODE\n            value: \"1\"\n        ports: []\n");
        row("a plain value", "        env:\n        - name: MODE\n          value: slow # was\n", "MODE=fast", "", "", "        env:\n        - name: MODE\n          value: fast # was\n");
        row("a plain value that must not become a truth", "        env:\n        - name: MODE\n          value: slow\n", "MODE=yes", "", "", "        env:\n        - name: MODE\n          value: \"yes\"\n");
        row("a value in single quotes", "        env:\n        - name: MODE\n          value: '1'\n", "MODE=it's", "", "", "        env:\n        - name: MODE\n          value: 'it''s'\n");
        row("a list in brackets", "        env: [{name: A, value: x}]\n", "B=y z;A=w", "", "", "        env: [{name: A, value: w}, {name: B, value: \"y z\"}]\n");
        row("an empty list", "        env: []\n", "B=y", "", "", "        env: [{name: B, value: \"y\"}]\n");
        row("a reference gives way", "        env:\n        - name: MODE\n          valueFrom:\n            configMapKeyRef: {name: c, key: k}\n        - name: Z\n          value: z\n", "MODE=fast", "", "", "        env:\n        - name: MODE\n          value: \"fast\"\n        - name: Z\n          value: z\n");
        row("one of two is taken away", "        env:\n        - name: A\n          value: x\n        - name: B\n          value: y\n", "A", "", "", "        env:\n        - name: B\n          value: y\n");
        row("the last is taken away", "        env:\n        - name: A\n          value: x\n        ports: []\n", "A", "", "", "        ports: []\n");
        row("of brackets, too", "        env: [{name: A, value: x}, {name: B, value: y}]\n", "A", "", "", "        env: [{name: B, value: y}]\n");
        row("the first requests", "", "", "cpu=500m;memory=1Gi", "", "        resources:\n          requests:\n            cpu: 500m\n            memory: 1Gi\n");
        row("requests and limits in an empty map", "        resources: {}\n", "", "cpu=1", "memory=2Gi", "        resources: {requests: {cpu: \"1\"}, limits: {memory: 2Gi}}\n");
        row("a limit beside requests", "        resources:\n          requests: {cpu: 100m}\n", "", "", "cpu=2", "        resources:\n          limits:\n            cpu: \"2\"\n          requests: {cpu: 100m}\n");
        row("one that is there", "        resources:\n          limits:\n            cpu: 100m # small\n            memory: \"1Gi\"\n", "", "", "cpu=200m;memory=2Gi", "        resources:\n          limits:\n            cpu: 200m # small\n            memory: \"2Gi\"\n");
        row("one more of them", "        resources:\n          limits:\n            cpu: 100m # small\n        ports: []\n", "", "", "memory=2Gi", "        resources:\n          limits:\n            cpu: 100m # small\n            memory: 2Gi\n        ports: []\n");
        row("one that is taken away", "        resources:\n          limits:\n            cpu: 100m\n            memory: 1Gi\n", "", "", "cpu", "        resources:\n          limits:\n            memory: 1Gi\n");
        row("the only one is taken away", "        resources:\n          limits:\n            cpu: 100m\n", "", "", "cpu", "        resources:\n          limits: {}\n");
        row("in brackets", "        resources: {limits: {cpu: 100m, memory: 1Gi}}\n", "", "cpu=50m", "cpu", "        resources: {requests: {cpu: 50m}, limits: {memory: 1Gi}}\n");
        row("variables and resources at once", "", "A=b", "cpu=1m", "", "        env:\n        - name: A\n          value: \"b\"\n        resources:\n          requests:\n            cpu: 1m\n");
    }
    void writes() {
        QFETCH(QByteArray, before);
        QFETCH(QString, variables);
        QFETCH(QString, requests);
        QFETCH(QString, limits);
        QFETCH(QByteArray, after);
        ManifestEdit wanted = edit();
        wanted.environment = settings(variables);
        wanted.requests = settings(requests);
        wanted.limits = settings(limits);
        const auto edited = editedManifest(before, QStringLiteral("k.yml"), wanted);
        QVERIFY2(edited, edited ? "" : qPrintable(edited.error().text()));
        QVERIFY(edited->has_value());
        QCOMPARE(**edited, after);
    }

    void allAtOnceWithTheImage() {
        ManifestEdit wanted = edit();
        wanted.image = QStringLiteral("o/api:v2");
        wanted.replicas = 3;
        wanted.environment = settings(QStringLiteral("MODE=fast"));
        const auto edited = editedManifest(manifest("        ports: []\n"), QStringLiteral("k.yml"), wanted);
        QVERIFY2(edited && *edited, edited ? "" : qPrintable(edited.error().text()));
        QVERIFY((*edited)->contains("\n        image: o/api:v2  # by the build\n        env:\n        - name: MODE\n          value: \"fast\"\n        ports: []\n"));
        QVERIFY((*edited)->contains("spec:\n  replicas: 3\n  template:"));
        QCOMPARE(wanted.text(), QStringLiteral("image o/api:v2, 3 replicas, variable MODE"));
    }

    void refusals() {
        ManifestEdit wanted = edit();
        wanted.environment = settings(QStringLiteral("NOT_THERE"));
        auto edited = editedManifest(manifest(""), QStringLiteral("k.yml"), wanted);
        QVERIFY(!edited && edited.error().what.contains(QStringLiteral("sets no variable NOT_THERE")));
        QVERIFY(edited.error().where.startsWith(QStringLiteral("k.yml:1")));
        wanted.environment = settings(QStringLiteral("API_TOKEN=hunter2hunter2"));
        edited = editedManifest(manifest(""), QStringLiteral("k.yml"), wanted);
        QVERIFY(!edited && edited.error().kind == ErrorKind::Refused);
        QVERIFY(!edited.error().text().contains(QStringLiteral("hunter2")));
        wanted.environment.clear();
        wanted.requests = settings(QStringLiteral("cpu=a lot"));
        edited = editedManifest(manifest(""), QStringLiteral("k.yml"), wanted);
        QVERIFY(!edited && edited.error().what.contains(QStringLiteral("no quantity")));
    }

    void aPatchIsDone() {
        const auto object = [](const char *text) { return QJsonDocument::fromJson(QByteArray(text).replace('\'', '"')).object(); };
        const QJsonArray patch = QJsonDocument::fromJson(QByteArray("[{'op':'add','path':'/a~1b/1','value':7},{'op':'remove','path':'/c'},{'op':'replace','path':'/d/e','value':'x'},{'op':'add','path':'/f','value':{}}]").replace('\'', '"')).array();
        QCOMPARE(patched(object("{'a/b':[1,2],'c':0,'d':{'e':'y'}}"), patch).toObject(), object("{'a/b':[1,7,2],'d':{'e':'x'},'f':{}}"));
    }
};

QTEST_GUILESS_MAIN(TestManifestEdit)
#include "tst_manifest_edit.moc"
