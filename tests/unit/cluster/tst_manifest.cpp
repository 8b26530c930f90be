// SPDX-License-Identifier: GPL-3.0-or-later
// Manifests as kubectl reads them, the tags of a build in them, and objects compared as people compare them.
#include "core/cluster/manifest_images.h"
#include "core/cluster/object_text.h"
#include "core/workspace/yaml_tree.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::cluster;

class TestManifest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void scalars_data() {
        QTest::addColumn<QByteArray>("yaml");
        QTest::addColumn<QByteArray>("json");
        QTest::newRow("a word is a text") << QByteArray("web") << QByteArray("\"web\"");
        QTest::newRow("a number") << QByteArray("3") << QByteArray("3");
        QTest::newRow("a number in quotes is a text") << QByteArray("\"3\"") << QByteArray("\"3\"");
        QTest::newRow("a fraction") << QByteArray("1.5") << QByteArray("1.5");
        QTest::newRow("an exponent") << QByteArray("1e3") << QByteArray("1000");
        QTest::newRow("an octal mode") << QByteArray("0644") << QByteArray("420");
        QTest::newRow("a hexadecimal number") << QByteArray("0x10") << QByteArray("16");
        QTest::newRow("digits with underscores") << QByteArray("1_000") << QByteArray("1000");
        QTest::newRow("yes is true, as YAML 1.1 has it") << QByteArray("yes") << QByteArray("true");
        QTest::newRow("off is false") << QByteArray("off") << QByteArray("false");
        QTest::newRow("a tilde is null") << QByteArray("~") << QByteArray("null");
        QTest::newRow("nothing is null") << QByteArray("") << QByteArray("null");
        QTest::newRow("a quantity is a text") << QByteArray("100m") << QByteArray("\"100m\"");
        QTest::newRow("a version is a text") << QByteArray("1.2.3") << QByteArray("\"1.2.3\"");
        QTest::newRow("a date is a text") << QByteArray("2026-11-22") << QByteArray("\"2026-11-22\"");
        QTest::newRow("a commit of digits and one e is a number, as kubectl reads it") << QByteArray("12e4") << QByteArray("120000");
    }
    void scalars() {
        QFETCH(QByteArray, yaml);
        QFETCH(QByteArray, json);
        const auto root = workspace::parseYaml(workspace::YamlPlaces("x: " + yaml + "\n", QStringLiteral("f")));
        QVERIFY(root);
        const QByteArray got = QJsonDocument(jsonOfYaml(**root).toObject()).toJson(QJsonDocument::Compact);
        QCOMPARE(got, "{\"x\":" + json + "}");
    }

    void severalDocuments() {
        const auto read = parseManifests("# first\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: ml}\n--- # second\n\n---\napiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {x: \"---\"}}\n"
                                         "- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: b, namespace: ml}\n...\n---\n{apiVersion: v1, kind: Service, metadata: {name: s}}\n",
                                         QStringLiteral("all.yml"));
        QVERIFY2(read, qPrintable(read ? QString() : read.error().text()));
        QStringList got;
        for (const Manifest &m : *read)
            got << m.text() + QLatin1Char(' ') + m.space + QLatin1Char(' ') + m.place;
        QCOMPARE(got.join(QLatin1Char('\n')), QStringLiteral("Namespace ml  all.yml:3\nConfigMap a  all.yml:9\nConfigMap b ml all.yml:9\nService s  all.yml:15"));
    }

    void mergesAnchors() {
        const auto read = parseManifests("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\nbase: &b {x: 1, y: 2}\ndata:\n  <<: *b\n  y: 3\n", QStringLiteral("f.yaml"));
        QVERIFY(read);
        QCOMPARE(read->front().object.value(QLatin1String("data")).toObject(), QJsonObject({{QStringLiteral("x"), 1}, {QStringLiteral("y"), 3}}));
    }

    void whatIsWrong_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("place");
        QTest::addColumn<QString>("what");
        QTest::newRow("no kind") << QByteArray("a: 1\n---\napiVersion: v1\nmetadata: {name: x}\n") << QStringLiteral("f.yaml:1") << QStringLiteral("no kind");
        QTest::newRow("no name, in the second document") << QByteArray("apiVersion: v1\nkind: Pod\nmetadata: {name: x}\n---\n\napiVersion: v1\nkind: Pod\n") << QStringLiteral("f.yaml:6") << QStringLiteral("no name");
        QTest::newRow("a generated name") << QByteArray("apiVersion: v1\nkind: Pod\nmetadata: {generateName: x-}\n") << QStringLiteral("f.yaml:1") << QStringLiteral("generateName");
        QTest::newRow("bad YAML, at its place in the file") << QByteArray("apiVersion: v1\nkind: Pod\nmetadata: {name: x}\n---\nx: [1\n") << QStringLiteral("f.yaml:") << QStringLiteral("not valid YAML");
        QTest::newRow("a key twice") << QByteArray("---\nkind: Pod\nkind: Pod\n") << QStringLiteral("f.yaml:3:1") << QStringLiteral("twice");
    }
    void whatIsWrong() {
        QFETCH(QByteArray, text);
        QFETCH(QString, place);
        QFETCH(QString, what);
        const auto read = parseManifests(text, QStringLiteral("f.yaml"));
        QVERIFY(!read);
        QCOMPARE(read.error().kind, ErrorKind::Invalid);
        QVERIFY2(read.error().where.startsWith(place), qPrintable(read.error().where));
        QVERIFY2(read.error().what.contains(what), qPrintable(read.error().what));
    }

    void aFolder() {
        QTemporaryDir dir;
        const auto write = [&](const QString &name, const QByteArray &text) {
            QDir(dir.path()).mkpath(QFileInfo(name).path());
            QFile f(dir.filePath(name));
            QVERIFY(f.open(QIODevice::WriteOnly));
            f.write(text);
        };
        write(QStringLiteral("b.yml"), "apiVersion: v1\nkind: Service\nmetadata: {name: s}\n");
        write(QStringLiteral("a.json"), "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"c\"}}");
        write(QStringLiteral("notes.txt"), "nothing");
        write(QStringLiteral("deep/c.yaml"), "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\n");
        const auto flat = readManifests(dir.path());
        QVERIFY(flat);
        QCOMPARE(flat->size(), 2u);
        QCOMPARE(flat->front().place, QStringLiteral("a.json:1"));
        const auto deep = readManifests(dir.path(), true);
        QVERIFY(deep);
        QCOMPARE(deep->size(), 3u);
        write(QStringLiteral("z.yaml"), "apiVersion: v1\nkind: Service\nmetadata: {name: s}\n");
        const auto twice = readManifests(dir.path());
        QVERIFY(!twice);
        QVERIFY2(twice.error().what.contains(QStringLiteral("b.yml:1")), qPrintable(twice.error().text()));
        QCOMPARE(twice.error().where, QStringLiteral("z.yaml:1"));
        write(QStringLiteral("kustomization.yaml"), "resources: [b.yml]\n");
        QVERIFY(readManifests(dir.path()).error().hint.contains(QStringLiteral("kubectl kustomize")));
        QCOMPARE(readManifests(dir.filePath(QStringLiteral("none"))).error().kind, ErrorKind::NotFound);
    }

    void orderOfInstallation() {
        QStringList kinds{QStringLiteral("Ingress"), QStringLiteral("InferenceService"), QStringLiteral("Deployment"), QStringLiteral("Service"), QStringLiteral("Role"), QStringLiteral("ConfigMap"), QStringLiteral("CustomResourceDefinition"), QStringLiteral("Namespace")};
        std::stable_sort(kinds.begin(), kinds.end(), [](const QString &a, const QString &b) { return installOrder(a) < installOrder(b); });
        QCOMPARE(kinds.join(QLatin1Char(' ')), QStringLiteral("Namespace CustomResourceDefinition ConfigMap Role Service Deployment Ingress InferenceService"));
    }

    void images_data() {
        QTest::addColumn<QString>("image");
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("suffix");
        QTest::newRow("a tag") << QStringLiteral("ghcr.io/o/api:v1") << QStringLiteral("ghcr.io/o/api") << QStringLiteral(":v1");
        QTest::newRow("a port and no tag") << QStringLiteral("localhost:5000/api") << QStringLiteral("localhost:5000/api") << QString();
        QTest::newRow("a port and a tag") << QStringLiteral("localhost:5000/api:2") << QStringLiteral("localhost:5000/api") << QStringLiteral(":2");
        QTest::newRow("a digest") << QStringLiteral("api@sha256:00ff") << QStringLiteral("api") << QStringLiteral("@sha256:00ff");
        QTest::newRow("a tag and a digest") << QStringLiteral("api:v1@sha256:00ff") << QStringLiteral("api") << QStringLiteral(":v1@sha256:00ff");
        QTest::newRow("neither") << QStringLiteral("nginx") << QStringLiteral("nginx") << QString();
    }
    void images() {
        QFETCH(QString, image);
        const auto parts = imageParts(image);
        QTEST(parts.name, "name");
        QTEST(parts.suffix, "suffix");
    }

    void fillsTags() {
        auto manifests = parseManifests("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api}\nspec: {template: {spec: {initContainers: [{name: wait, image: busybox:1}], containers: [{name: api, image: 'ghcr.io/o/mlops-api:old'}]}}}\n---\n"
                                        "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: nightly}\nspec: {jobTemplate: {spec: {template: {spec: {containers: [{name: job, image: 'ghcr.io/o/mlops-api:old'}]}}}}}\n",
                                        QStringLiteral("k.yml"));
        QVERIFY(manifests);
        const auto fill = parseImageFill(QStringLiteral("mlops-api={commit}"), QStringLiteral("3f1c2ab9900112233445566778899aabbccddeef"));
        QVERIFY(fill);
        QCOMPARE(fill->tag, QStringLiteral("3f1c2ab"));
        const auto filled = fillImages(*manifests, {*fill});
        QVERIFY(filled);
        QCOMPARE(filled->size(), 2u);
        QCOMPARE(filled->front().after, QStringLiteral("ghcr.io/o/mlops-api:3f1c2ab"));
        QCOMPARE(containerImages(manifests->at(1).object), (std::vector<ContainerImage>{{QStringLiteral("job"), QStringLiteral("ghcr.io/o/mlops-api:3f1c2ab")}}));
        QCOMPARE(containerImages(manifests->at(0).object).size(), 2u);
        const auto none = fillImages(*manifests, {{QStringLiteral("other"), QStringLiteral("1")}});
        QVERIFY(!none);
        QVERIFY2(none.error().hint.contains(QStringLiteral("ghcr.io/o/mlops-api")), qPrintable(none.error().text()));
        QVERIFY(!parseImageFill(QStringLiteral("mlops-api={commit}"), {}));
        QVERIFY(!parseImageFill(QStringLiteral("mlops-api"), {}));
        QVERIFY(!parseImageFill(QStringLiteral("x=a b"), {}));
    }

    void tagOrders_data() {
        QTest::addColumn<QString>("a");
        QTest::addColumn<QString>("b");
        QTest::addColumn<int>("order"); // 9: nothing is known
        QTest::newRow("numbers count, not letters") << QStringLiteral("v9") << QStringLiteral("v10") << -1;
        QTest::newRow("equal") << QStringLiteral("v34") << QStringLiteral("v34") << 0;
        QTest::newRow("a newer minor") << QStringLiteral("1.10.0-cpu") << QStringLiteral("1.9.2-cpu") << 1;
        QTest::newRow("dates") << QStringLiteral("20260101") << QStringLiteral("20260203") << -1;
        QTest::newRow("commits say nothing") << QStringLiteral("3f1c2ab") << QStringLiteral("aa10b2c") << 9;
        QTest::newRow("words say nothing") << QStringLiteral("latest") << QStringLiteral("stable") << 9;
        QTest::newRow("other words around say nothing") << QStringLiteral("cpu-1") << QStringLiteral("gpu-2") << 9;
    }
    void tagOrders() {
        QFETCH(QString, a);
        QFETCH(QString, b);
        QFETCH(int, order);
        QCOMPARE(tagOrder(a, b).value_or(9), order);
    }

    void yamlComesBack() {
        const QJsonObject object = QJsonDocument::fromJson(R"({"apiVersion":"v1","data":{"a":"true","b":"12","c":"line one\nline two\n","d":"x: y","e":"","f":"- z","g":"no end\nhere","h":" lead","i":"1e5","j":"#x","k":"a\n\n","l":"tab\there"},
            "list":[1,2.5,null,true,[1,[2]],{"name":"x","ports":[{"port":80}],"empty":{},"none":[]}],"kind":"ConfigMap","metadata":{"name":"c","labels":{"a/b":"c d"}}})").object();
        QVERIFY(!object.isEmpty());
        const QString text = yamlText(object);
        const auto root = workspace::parseYaml(workspace::YamlPlaces(text.toUtf8(), QStringLiteral("f")));
        QVERIFY2(root, qPrintable(root ? QString() : root.error().text() + QLatin1Char('\n') + text));
        QCOMPARE(QJsonDocument(jsonOfYaml(**root).toObject()).toJson(), QJsonDocument(object).toJson());
    }

    void differences() {
        QCOMPARE(lineDiff(QStringLiteral("a\nb\n"), QStringLiteral("a\nb\n")), QStringList());
        const QStringList diff = lineDiff(QStringLiteral("1\n2\n3\n4\n5\n6\n7\n8\n9\n"), QStringLiteral("1\n2\n3\n4\nfive\n6\n7\n8\n9\n10\n"), 1);
        QCOMPARE(diff.join(QLatin1Char('\n')), QStringLiteral("@@ -4,3 +4,3 @@\n 4\n-5\n+five\n 6\n@@ -9,1 +9,2 @@\n 9\n+10"));
        QCOMPARE(countedDiff(diff).added, 2);
        QCOMPARE(lineDiff({}, QStringLiteral("x\n")).join(QLatin1Char('|')), QStringLiteral("@@ -0,0 +1,1 @@|+x"));
    }

    void noiseIsNoDifference() {
        const QJsonObject now = QJsonDocument::fromJson(R"({"kind":"ConfigMap","metadata":{"name":"c","uid":"1","resourceVersion":"5","managedFields":[{}],"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{}"}},"data":{"a":"b"},"status":{"x":1}})").object();
        const QJsonObject later = QJsonDocument::fromJson(R"({"kind":"ConfigMap","metadata":{"name":"c","uid":"1","resourceVersion":"6"},"data":{"a":"b"}})").object();
        QCOMPARE(comparedTexts(now, later).before, comparedTexts(now, later).after);
    }

    void secretsAreMasked() {
        const QJsonObject now = QJsonDocument::fromJson(R"({"kind":"Secret","metadata":{"name":"c"},"data":{"a":"aHVudGVyMg==","b":"aHVudGVyMg=="}})").object();
        const QJsonObject later = QJsonDocument::fromJson(R"({"kind":"Secret","metadata":{"name":"c"},"data":{"a":"aHVudGVyMw==","b":"aHVudGVyMg=="}})").object();
        const auto texts = comparedTexts(now, later);
        QVERIFY(!texts.before.contains(QLatin1String("aHV")) && !texts.after.contains(QLatin1String("aHV")));
        const QString diff = lineDiff(texts.before, texts.after, 0).join(QLatin1Char('\n'));
        QVERIFY2(diff.contains(QStringLiteral("-  a: \"(7 bytes)\"")) && diff.contains(QStringLiteral("+  a: \"(7 bytes, another value)\"")), qPrintable(diff));
        QVERIFY(!diff.contains(QStringLiteral(" b:")));
    }
};

QTEST_GUILESS_MAIN(TestManifest)
#include "tst_manifest.moc"
