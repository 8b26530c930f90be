// SPDX-License-Identifier: GPL-3.0-or-later
// pilot drift --on: an indexed Job of a real API server with its controllers. Pods are played: they end by themselves, and their log is one file, in which the real
// pilot wrote what each shard would.
#include "core/base/file.h"
#include "tests/support/kube_server.h"
#include "tests/support/run_pilot.h"

#include <QJsonArray>

#include <random>

using namespace pilothouse;
using namespace pilothouse::cluster;
using support::KubeServer;
using Q = QLatin1String;

class tst_DriftShardsVerb : public QObject {
    Q_OBJECT
    KubeServer m_server;
    std::shared_ptr<net::HttpClient> m_http = std::make_shared<net::HttpClient>();
    std::shared_ptr<KubeApi> m_api; ///< as administrator
    QTemporaryDir m_folder;

    QString path(const QString &name) const { return m_folder.filePath(name); }
    support::Answer pilot(const QStringList &arguments) const { return support::runPilot(m_folder.path(), arguments, QStringLiteral("w")); }
    static QString fileName(int i) { return QStringLiteral("day-%1.csv").arg(i); }
    void writeRows(const QString &name, unsigned seed, int rows, double shift) const {
        std::mt19937 random(seed);
        std::normal_distribution<double> draw(0, 1);
        QByteArray text = "speed,pressure,sky\n";
        for (int i = 0; i < rows; ++i)
            text += QByteArray::number(draw(random) + shift) + ',' + QByteArray::number(draw(random)) + (i % 3 ? ",clear\n" : ",cloud\n");
        QVERIFY(writeFileAtomically(path(name), text));
    }
    /// What the pods of these shards print, in the form a kubelet keeps it: pieces of at most 16 KiB.
    void writeLog(const QString &left, const QList<int> &places) const {
        QByteArray text;
        for (const int place : places) {
            QProcess process;
            QStringList words{QStringLiteral("profile")};
            for (int i = 0; i < 4; ++i)
                words << path(fileName(i));
            words << QStringLiteral("--out") << path(QStringLiteral("pod.json")) << QStringLiteral("--force") << QStringLiteral("--bins") << path(QStringLiteral("bins.json")) << QStringLiteral("--shard")
                  << QStringLiteral("%1/3").arg(place) << QStringLiteral("--left") << left << QStringLiteral("--hand-back") << QStringLiteral("--events");
            process.start(support::pilotUnderTest(), words);
            QVERIFY(process.waitForFinished(60000));
            QVERIFY2(process.exitCode() == 0, process.readAllStandardError().constData());
            for (QByteArray line : process.readAllStandardOutput().split('\n')) {
                for (; line.size() > 16000; line.remove(0, 16000))
                    text += "2026-11-22T10:00:00.000000000Z stdout P " + line.left(16000) + '\n';
                if (!line.isEmpty())
                    text += "2026-11-22T10:00:00.000000000Z stdout F " + line + '\n';
            }
        }
        QVERIFY(QDir().mkpath(QFileInfo(m_server.containerLog()).path()));
        QVERIFY(writeFileAtomically(m_server.containerLog(), text));
    }
    QStringList drift(const QStringList &more = {}) const {
        QStringList words{QStringLiteral("drift"), QStringLiteral("--reference"), path(QStringLiteral("bins.json")), QStringLiteral("--current")};
        for (int i = 0; i < 4; ++i)
            words << QStringLiteral("/data/") + fileName(i);
        return words << QStringLiteral("--on") << QStringLiteral("cluster") << QStringLiteral("--namespace") << QStringLiteral("ml") << QStringLiteral("--image") << QStringLiteral("registry.example/pilot:1")
                     << QStringLiteral("--shards") << QStringLiteral("3") << QStringLiteral("--volume") << QStringLiteral("rows:/data:ro") << more;
    }
    int jobs() const { return int(m_api->list(kinds::Job, QStringLiteral("ml"), QStringLiteral("app.kubernetes.io/component=profile")).value_or(std::vector<QJsonObject>()).size()); }

private Q_SLOTS:
    void initTestCase() {
        QString why;
        if (const QString missing = KubeServer::missing(); !missing.isEmpty())
            QSKIP(qPrintable(QStringLiteral("skipped: ") + missing));
        if (!QFile::exists(support::pilotUnderTest()))
            QSKIP("skipped: PILOTHOUSE_PILOT names no program");
        QVERIFY2(m_server.start(&why), qPrintable(why));
        const auto api = m_server.api(m_http);
        QVERIFY2(api, api ? "" : qPrintable(api.error().text()));
        m_api = *api;
        const auto claim = m_server.kubectl({QStringLiteral("-n"), QStringLiteral("ml"), QStringLiteral("apply"), QStringLiteral("-f"), QStringLiteral("-")},
                                            "apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: rows}\nspec: {capacity: {storage: 1Gi}, accessModes: [ReadOnlyMany], hostPath: {path: /tmp}, storageClassName: '', claimRef: {namespace: ml, name: rows}}\n"
                                            "---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: rows}\nspec: {accessModes: [ReadOnlyMany], storageClassName: '', volumeName: rows, resources: {requests: {storage: 1Gi}}}\n");
        QVERIFY2(claim.code == 0, claim.error.constData());
        QVERIFY(writeFileAtomically(path(QStringLiteral("pilothouse.yaml")), "workspace: w\nconnections:\n  local: {kind: local, root: " + path(QStringLiteral("root")).toUtf8() + "}\n  cluster: {kind: kubernetes, kubeconfig: \"" + m_server.operatorConfig().toUtf8() + "\"}\n"));
        writeRows(QStringLiteral("reference.csv"), 1, 4000, 0);
        for (int i = 0; i < 4; ++i)
            writeRows(fileName(i), 10 + unsigned(i), 1000, i >= 2 ? 4 : 0);
        VERIFY_CODE(pilot({QStringLiteral("profile"), path(QStringLiteral("reference.csv")), QStringLiteral("--out"), path(QStringLiteral("bins.json"))}), 0);
        VERIFY_CODE(pilot({QStringLiteral("profile"), path(QStringLiteral("reference.csv")), QStringLiteral("--report"), path(QStringLiteral("quality.html"))}), 0);
        QVERIFY(readFile(path(QStringLiteral("quality.html"))).value_or(QByteArray()).contains("<h1>Data quality of reference.csv</h1>"));
    }

    /// The verdict is that of one profile of all files, made here.
    void theShardsAddUp() {
        writeLog(QStringLiteral("0,1,2"), {0, 1, 2});
        const int before = jobs();
        const auto sharded = pilot(drift());
        QVERIFY2(sharded.code == 0, qPrintable(sharded.errors));
        QCOMPARE(jobs(), before + 1);
        const QString name = sharded.object.value(Q("shards")).toObject().value(Q("job")).toObject().value(Q("name")).toString();
        const auto job = m_api->read({kinds::Job, QStringLiteral("ml"), name});
        QVERIFY2(job, job ? "" : qPrintable(job.error().text()));
        QCOMPARE(job->value(Q("spec")).toObject().value(Q("completionMode")).toString(), QStringLiteral("Indexed"));
        QCOMPARE(job->value(Q("spec")).toObject().value(Q("backoffLimitPerIndex")).toInt(), 2);
        QCOMPARE(job->value(Q("status")).toObject().value(Q("completedIndexes")).toString(), QStringLiteral("0-2"));

        QStringList all{QStringLiteral("profile")};
        for (int i = 0; i < 4; ++i)
            all << path(fileName(i));
        VERIFY_CODE(pilot(all + QStringList{QStringLiteral("--out"), path(QStringLiteral("all.json")), QStringLiteral("--bins"), path(QStringLiteral("bins.json"))}), 0);
        const auto whole = pilot({QStringLiteral("drift"), QStringLiteral("--reference"), path(QStringLiteral("bins.json")), QStringLiteral("--current"), path(QStringLiteral("all.json"))});
        QCOMPARE(whole.code, 0);
        const QJsonArray ours = sharded.object.value(Q("columns")).toArray(), theirs = whole.object.value(Q("columns")).toArray();
        QCOMPARE(ours.size(), 3);
        for (int i = 0; i < 3; ++i) {
            QCOMPARE(ours[i].toObject().value(Q("rows")), theirs[i].toObject().value(Q("rows")));
            QCOMPARE(ours[i].toObject().value(Q("psi")).toDouble(), theirs[i].toObject().value(Q("psi")).toDouble());
            QCOMPARE(ours[i].toObject().value(Q("drifted")), theirs[i].toObject().value(Q("drifted")));
        }
        QVERIFY(ours[0].toObject().value(Q("drifted")).toBool() && !ours[1].toObject().value(Q("drifted")).toBool());
    }

    void aShardWithoutAnAnswerIsNamedAndTheOthersAreKept() {
        writeLog(QStringLiteral("0,1,2"), {0, 2});
        const QStringList keep{QStringLiteral("--keep"), path(QStringLiteral("kept"))};
        const auto failed = pilot(drift(keep));
        QVERIFY(failed.code != 0);
        const QString said = failed.error().value(Q("what")).toString();
        QVERIFY2(said.contains(Q("1 of 3 shards failed: shard 1 of 3")), qPrintable(said));
        QVERIFY(QFile::exists(path(QStringLiteral("kept/shard-0-of-3.json"))) && QFile::exists(path(QStringLiteral("kept/shard-2-of-3.json"))) && !QFile::exists(path(QStringLiteral("kept/shard-1-of-3.json"))));

        writeLog(QStringLiteral("1"), {0});
        const auto again = pilot(drift(keep));
        QVERIFY2(again.code == 0, qPrintable(again.errors));
        const QJsonObject shards = again.object.value(Q("shards")).toObject();
        QCOMPARE(shards.value(Q("again")).toArray(), QJsonArray{1});
        const auto job = m_api->read({kinds::Job, QStringLiteral("ml"), shards.value(Q("job")).toObject().value(Q("name")).toString()});
        QVERIFY(job);
        QCOMPARE(job->value(Q("spec")).toObject().value(Q("completions")).toInt(), 1);
        QCOMPARE(again.object.value(Q("current")).toObject().value(Q("rows")).toInt(), 4000);

        const int before = jobs();
        QCOMPARE(pilot(drift(keep)).code, 0); // all are there: nothing is started
        QCOMPARE(jobs(), before);
        writeRows(QStringLiteral("other.csv"), 5, 500, 1);
        const auto other = pilot(QStringList(drift(keep)).replaceInStrings(QStringLiteral("bins.json"), QStringLiteral("other.csv")));
        QCOMPARE(other.error().value(Q("kind")).toString(), QStringLiteral("conflict"));
    }

    void podsThatFailAreTold() {
        writeLog(QStringLiteral("0,1,2"), {0, 1, 2});
        const auto failed = pilot(drift({QStringLiteral("--retries"), QStringLiteral("0"), QStringLiteral("--annotation"), QStringLiteral("pilothouse.test/fate=fail")}));
        QVERIFY(failed.code != 0);
        const QString said = failed.error().value(Q("what")).toString();
        QVERIFY2(said.contains(Q("3 of 3 shards failed: shard 0 of 3: it ended with exit code 1")), qPrintable(said));
    }

    void whatThePodsDoNotSeeIsRefused() {
        const int before = jobs();
        const auto refused = pilot({QStringLiteral("drift"), QStringLiteral("--reference"), path(QStringLiteral("bins.json")), QStringLiteral("--current"), path(fileName(0)), QStringLiteral("--on"), QStringLiteral("cluster"),
                                    QStringLiteral("--image"), QStringLiteral("registry.example/pilot:1")});
        QVERIFY(refused.error().value(Q("what")).toString().contains(Q("do not see")));
        QCOMPARE(jobs(), before);
    }
};

QTEST_GUILESS_MAIN(tst_DriftShardsVerb)
#include "tst_drift_shards_verb.moc"
