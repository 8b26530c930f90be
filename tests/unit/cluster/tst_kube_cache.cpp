// SPDX-License-Identifier: GPL-3.0-or-later
// The table: a list anew is a diff, and what changed since a revision is exact; rows of the other kinds.
#include "core/cluster/kube_cache.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

#include <random>

using namespace pilothouse;
using namespace pilothouse::cluster;

namespace {

KubeRowPtr row(const QString &name, int version, const QString &uid = QStringLiteral("u")) {
    auto made = std::make_shared<KubeRow>();
    made->id = made->name = name;
    made->uid = uid;
    made->version = QByteArray::number(version);
    return made;
}

QString text(const KubeChanges &changes) {
    QStringList words;
    for (const auto &[mark, rows] : {std::pair("+", &changes.inserted), std::pair("~", &changes.changed)})
        for (const KubeRowPtr &r : *rows)
            words.append(QLatin1String(mark) + r->id + QLatin1Char('@') + QString::fromLatin1(r->version));
    for (const QString &id : changes.removed)
        words.append(QLatin1Char('-') + id);
    words.sort();
    return (changes.whole ? QStringLiteral("whole ") : QString()) + words.join(QLatin1Char(' '));
}

QJsonObject parsed(const QByteArray &json) { return QJsonDocument::fromJson(json).object(); }

} // namespace

class TestKubeCache : public QObject {
    Q_OBJECT
    /// One of twelve rows is put or taken away.
    static void changeOne(KubeTable &table, std::mt19937 &random) {
        const QString name = QString::number(random() % 12);
        if (random() % 3)
            table.put({row(name, int(random() % 1000))});
        else
            table.remove(name);
    }

private Q_SLOTS:
    void changes_since_a_revision_are_exact() {
        KubeTable table(kinds::Pod);
        table.beginList();
        table.put({row(QStringLiteral("a"), 1), row(QStringLiteral("b"), 2)});
        QVERIFY(!table.complete());
        table.endList();
        QVERIFY(table.complete());
        const KubeChanges first = table.changesSince(0);
        QCOMPARE(text(first), QStringLiteral("+a@1 +b@2"));
        table.put({row(QStringLiteral("a"), 1)}); // the same again
        QVERIFY(table.changesSince(first.revision).empty());
        table.put({row(QStringLiteral("a"), 3), row(QStringLiteral("c"), 4)});
        table.put({row(QStringLiteral("a"), 5)});
        table.remove(QStringLiteral("c")); // came and went
        table.remove(QStringLiteral("b"));
        table.put({row(QStringLiteral("b"), 6, QStringLiteral("other"))}); // went and came
        QCOMPARE(text(table.changesSince(first.revision)), QStringLiteral("~a@5 ~b@6"));
        table.remove(QStringLiteral("b"), QStringLiteral("u")); // that was the one before
        QVERIFY(table.row(QStringLiteral("b")));
    }
    void a_list_anew_takes_out_only_what_is_gone() {
        KubeTable table(kinds::Pod);
        table.beginList();
        table.put({row(QStringLiteral("a"), 1), row(QStringLiteral("b"), 2), row(QStringLiteral("c"), 3)});
        table.endList();
        const quint64 before = table.revision();
        const KubeRowPtr kept = table.row(QStringLiteral("a"));
        table.beginList();
        table.put({row(QStringLiteral("a"), 1)});
        table.beginList(); // the first try broke off
        table.put({row(QStringLiteral("a"), 1), row(QStringLiteral("c"), 9), row(QStringLiteral("d"), 10)});
        QCOMPARE(table.size(), std::size_t(4)); // nothing is cleared before the end
        table.endList();
        QCOMPARE(text(table.changesSince(before)), QStringLiteral("+d@10 -b ~c@9"));
        QCOMPARE(table.row(QStringLiteral("a")), kept);
    }
    void a_reader_that_is_far_behind_gets_the_whole_table() {
        KubeTable table(kinds::Pod, 10);
        for (int i = 0; i < 30; ++i)
            table.put({row(QString::number(i % 4), i)});
        const KubeChanges changes = table.changesSince(1);
        QVERIFY(changes.whole);
        QCOMPARE(changes.inserted.size(), std::size_t(4));
        QVERIFY(table.changesSince(changes.revision).empty());
        QVERIFY(!table.changesSince(changes.revision - 10).whole);
        QVERIFY(table.changesSince(changes.revision + 5).whole); // of another table
    }
    void a_reader_that_takes_few_steps_at_a_time_gets_there_too() {
        std::mt19937 random(8);
        for (int run = 0; run < 50; ++run) {
            KubeTable table(kinds::Pod, 400);
            QHash<QString, QByteArray> reader;
            quint64 revision = 0;
            for (int step = 0; step < 300; ++step) {
                changeOne(table, random);
                if (random() % 4)
                    continue;
                const quint64 before = revision;
                const KubeChanges changes = table.changesSince(revision, 2); // behind, so rows are newer than the steps
                revision = changes.revision;
                QVERIFY(!changes.whole);
                QVERIFY(revision - before <= 2);
                QCOMPARE(changes.more, revision != table.revision());
                for (const auto *rows : {&changes.inserted, &changes.changed})
                    for (const KubeRowPtr &r : *rows)
                        reader.insert(r->id, r->version);
                for (const QString &id : changes.removed)
                    reader.remove(id);
            }
            for (bool more = true; more;) {
                const KubeChanges changes = table.changesSince(revision, 3);
                revision = changes.revision;
                more = changes.more;
                for (const auto *rows : {&changes.inserted, &changes.changed})
                    for (const KubeRowPtr &r : *rows)
                        reader.insert(r->id, r->version);
                for (const QString &id : changes.removed)
                    reader.remove(id);
            }
            QHash<QString, QByteArray> now;
            for (const KubeRowPtr &r : table.rows())
                now.insert(r->id, r->version);
            QCOMPARE(reader, now);
        }
    }
    void any_sequence_of_changes_leads_a_reader_to_the_table() {
        std::mt19937 random(3);
        for (int run = 0; run < 50; ++run) {
            KubeTable table(kinds::Pod, 40);
            QHash<QString, QByteArray> reader;
            quint64 revision = 0;
            for (int step = 0; step < 300; ++step) {
                changeOne(table, random);
                if (random() % 10)
                    continue;
                const KubeChanges changes = table.changesSince(revision);
                revision = changes.revision;
                if (changes.whole)
                    reader.clear();
                for (const KubeRowPtr &r : changes.inserted) {
                    QVERIFY(!reader.contains(r->id));
                    reader.insert(r->id, r->version);
                }
                for (const KubeRowPtr &r : changes.changed) {
                    QVERIFY(reader.contains(r->id));
                    reader.insert(r->id, r->version);
                }
                for (const QString &id : changes.removed)
                    QCOMPARE(reader.remove(id), 1);
                QHash<QString, QByteArray> now;
                for (const KubeRowPtr &r : table.rows())
                    now.insert(r->id, r->version);
                QCOMPARE(reader, now);
            }
        }
    }
    void a_listener_hears_until_it_is_dropped() {
        KubeTable table(kinds::Pod);
        int heard = 0;
        auto listener = table.listen([&] { ++heard; });
        table.put({row(QStringLiteral("a"), 1)});
        table.put({row(QStringLiteral("a"), 1)}); // no change
        QCOMPARE(heard, 1);
        listener.reset();
        table.remove(QStringLiteral("a"));
        QCOMPARE(heard, 1);
    }
    void rows_of_other_kinds() {
        const auto of = [](const KubeKind &kind, const QByteArray &json) { return toJson(**kubeRow(kind, parsed(json))); };
        const auto rollout = of(kinds::Rollout, "{\"metadata\":{\"name\":\"web\",\"generation\":4,\"annotations\":{\"rollout.argoproj.io/revision\":\"7\"}},\"spec\":{\"replicas\":5,\"strategy\":{\"canary\":{\"maxSurge\":\"20%\",\"steps\":[{\"setWeight\":20},{\"pause\":{}}]}},\"template\":{\"spec\":{\"containers\":[{\"image\":\"web:v7\"}]}}},\"status\":{\"observedGeneration\":\"4\",\"phase\":\"Paused\",\"message\":\"CanaryPauseStep\",\"currentStepIndex\":1,\"stableRS\":\"aaa\",\"currentPodHash\":\"bbb\",\"replicas\":6,\"updatedReplicas\":1,\"readyReplicas\":6,\"availableReplicas\":6,\"pauseConditions\":[{\"reason\":\"CanaryPauseStep\"}]}}");
        QCOMPARE(rollout[QStringLiteral("phase")].toString(), QStringLiteral("Paused"));
        QCOMPARE(rollout[QStringLiteral("revision")].toInt(), 7);
        QCOMPARE(rollout[QStringLiteral("step")].toInt(), 1);
        QCOMPARE(rollout[QStringLiteral("steps")].toInt(), 2);
        QCOMPARE(rollout[QStringLiteral("observedGeneration")].toInt(), 4);
        QVERIFY(rollout[QStringLiteral("paused")].toBool());
        const auto run = of(kinds::AnalysisRun, "{\"metadata\":{\"name\":\"r\"},\"status\":{\"phase\":\"Failed\",\"message\":\"Metric \\\"error\\\" assessed Failed\",\"startedAt\":\"2026-01-01T00:00:00Z\",\"metricResults\":[{\"name\":\"error\",\"phase\":\"Failed\",\"failed\":2,\"successful\":1,\"measurements\":[{\"value\":\"0.01\"},{\"value\":\"0.2\"}]}]}}");
        QCOMPARE(run[QStringLiteral("metrics")][0][QStringLiteral("value")].toString(), QStringLiteral("0.2"));
        const auto service = of(kinds::Service, "{\"metadata\":{\"name\":\"web\",\"namespace\":\"ml\"},\"spec\":{\"type\":\"LoadBalancer\",\"clusterIP\":\"10.96.0.9\",\"ports\":[{\"port\":80,\"nodePort\":30080,\"protocol\":\"TCP\"}],\"selector\":{\"app\":\"web\"}},\"status\":{\"loadBalancer\":{\"ingress\":[{\"ip\":\"192.0.2.1\"},{\"hostname\":\"lb.example\"}]}}}");
        QCOMPARE(service[QStringLiteral("ports")][0].toString(), QStringLiteral("80:30080/TCP"));
        QCOMPARE(service[QStringLiteral("external")].toArray().size(), 2);
        const auto ingress = of(kinds::Ingress, "{\"metadata\":{\"name\":\"main\"},\"spec\":{\"ingressClassName\":\"nginx\",\"tls\":[{}],\"rules\":[{\"host\":\"a.example\",\"http\":{\"paths\":[{\"path\":\"/\",\"backend\":{\"service\":{\"name\":\"web\",\"port\":{\"number\":80}}}}]}}]}}");
        QCOMPARE(ingress[QStringLiteral("backends")][0].toString(), QStringLiteral("a.example/ → web:80"));
        const auto inference = of(kinds::InferenceService, "{\"metadata\":{\"name\":\"iris\"},\"status\":{\"url\":\"http://iris.example\",\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}],\"components\":{\"predictor\":{\"latestReadyRevision\":\"iris-2\",\"previousRolledoutRevision\":\"iris-1\",\"traffic\":[{\"latestRevision\":true,\"percent\":20},{\"latestRevision\":false,\"percent\":80}]}},\"modelStatus\":{\"transitionStatus\":\"UpToDate\"}}}");
        QCOMPARE(inference[QStringLiteral("latestPercent")].toInt(), 20);
        QCOMPARE(inference[QStringLiteral("previousPercent")].toInt(), 80);
        const auto job = of(kinds::Job, "{\"metadata\":{\"name\":\"train\"},\"spec\":{\"completions\":1,\"parallelism\":1},\"status\":{\"failed\":7,\"conditions\":[{\"type\":\"Failed\",\"status\":\"True\",\"reason\":\"BackoffLimitExceeded\",\"message\":\"Job has reached the specified backoff limit\"}]}}");
        QCOMPARE(job[QStringLiteral("state")].toString(), QStringLiteral("Failed"));
        QCOMPARE(job[QStringLiteral("reason")].toString(), QStringLiteral("BackoffLimitExceeded"));
        const auto event = of(kinds::Event, "{\"metadata\":{\"name\":\"e\",\"namespace\":\"ml\",\"creationTimestamp\":\"2026-01-01T00:00:00Z\"},\"involvedObject\":{\"kind\":\"Pod\",\"name\":\"web\"},\"type\":\"Warning\",\"reason\":\"BackOff\",\"message\":\"Back-off\",\"count\":null,\"series\":{\"count\":12,\"lastObservedTime\":\"2026-01-01T00:10:00.123456Z\"},\"eventTime\":\"2026-01-01T00:00:01.000001Z\",\"reportingComponent\":\"kubelet\",\"source\":{}}");
        QCOMPARE(event[QStringLiteral("count")].toInt(), 12);
        QCOMPARE(event[QStringLiteral("last")].toString(), QStringLiteral("2026-01-01T00:10:00Z"));
        QCOMPARE(event[QStringLiteral("first")].toString(), QStringLiteral("2026-01-01T00:00:01Z"));
        QCOMPARE(event[QStringLiteral("source")].toString(), QStringLiteral("kubelet"));
        QVERIFY(!kubeRow(kinds::Pod, parsed("{\"kind\":\"Status\"}")));
    }
};

QTEST_GUILESS_MAIN(TestKubeCache)
#include "tst_kube_cache.moc"
