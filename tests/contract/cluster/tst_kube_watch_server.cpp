// SPDX-License-Identifier: GPL-3.0-or-later
// Watches against a real API server: straight over TLS, and through a proxy that cuts, resets and lies; and what kubectl writes into its columns for the same pods.
#include "core/cluster/kube_watches.h"
#include "tests/support/fault_proxy.h"
#include "tests/support/kube_server.h"

#include <QJsonArray>
#include <QProcess>
#include <QThreadPool>

#include <random>

using namespace pilothouse;
using namespace pilothouse::cluster;
using support::Fault;

namespace {

using Q = QLatin1String;

QString difference(const std::vector<KubeRowPtr> &rows, const std::vector<QJsonObject> &objects, const KubeKind &kind) {
    QHash<QString, QJsonObject> wanted;
    for (const QJsonObject &object : objects) {
        const auto row = kubeRow(kind, object);
        if (!row)
            return row.error().text();
        wanted.insert((*row)->id, toJson(**row));
    }
    for (const KubeRowPtr &row : rows) {
        if (!wanted.contains(row->id))
            return QStringLiteral("should be gone: ") + row->id;
        if (wanted.take(row->id) != toJson(*row))
            return QStringLiteral("is old: ") + row->id;
    }
    return wanted.isEmpty() ? QString() : QStringLiteral("is missing: ") + wanted.begin().key();
}

/// Connections of this process to a port of this machine.
int connectionsTo(int port) {
    QFile file(QStringLiteral("/proc/self/net/tcp"));
    if (!file.open(QIODevice::ReadOnly))
        return -1;
    const QByteArray wanted = ":" + QByteArray::number(port, 16).toUpper().rightJustified(4, '0');
    int count = 0;
    for (const QByteArray &line : file.readAll().split('\n')) {
        const QList<QByteArray> words = line.simplified().split(' ');
        count += words.size() > 3 && words[2].endsWith(wanted) && words[3] == "01" ? 1 : 0;
    }
    return count;
}

} // namespace

class TestKubeWatchServer : public QObject {
    Q_OBJECT
    support::KubeServer m_server;
    std::shared_ptr<net::HttpClient> m_http = std::make_shared<net::HttpClient>();
    std::shared_ptr<KubeApi> m_api;
    QThreadPool m_pool;

    static KubeWatchOptions quick(const KubeKind &kind) {
        KubeWatchOptions options;
        options.kind = kind;
        options.streamSeconds = 1;
        options.stallSeconds = 5;
        options.shortestPause = std::chrono::milliseconds(5);
        options.longestPause = std::chrono::milliseconds(200);
        options.relistPause = std::chrono::milliseconds(50);
        options.seed = 3;
        return options;
    }
    void kubectl(const QString &words) {
        const auto answer = m_server.kubectl(words.split(QLatin1Char(' ')));
        QVERIFY2(answer.code == 0, answer.error.constData());
    }
    QString against(const KubeWatch &watch, const KubeKind &kind) {
        const auto objects = m_api->list(kind, {});
        return objects ? difference(watch.table()->rows(), *objects, kind) : objects.error().text();
    }

private Q_SLOTS:
    void initTestCase() {
        QString why;
        if (!m_server.start(&why))
            QSKIP(qPrintable(why));
        auto api = m_server.api(m_http);
        QVERIFY2(api, qPrintable(api ? QString() : api.error().text()));
        m_api = *api;
        m_pool.setMaxThreadCount(16);
        kubectl(QStringLiteral("create deployment web --image=r.example/web:v1 --replicas=6 -n ml"));
        kubectl(QStringLiteral("rollout status deployment/web -n ml --timeout=90s"));
    }
    void cleanupTestCase() {
        m_pool.waitForDone();
        m_server.stop();
    }

    void all_kinds_share_a_connection_and_equal_fresh_lists() {
        KubeWatches watches(kubeSource(m_api, m_http, m_pool));
        std::vector<std::pair<KubeKind, std::shared_ptr<KubeWatch>>> all;
        for (const KubeKind &kind : KubeWatches::usualKinds())
            all.emplace_back(kind, watches.watch(kind, {}));
        for (const auto &[kind, watch] : all)
            QTRY_VERIFY2_WITH_TIMEOUT(watch->status().phase == WatchPhase::Live || watch->status().phase == WatchPhase::Absent, qPrintable(kind.kind), 60000);
        QVERIFY(all[4].second->status().streamed); // 1.36 has streamed lists
        const int connections = connectionsTo(m_server.port());
        QVERIFY2(connections < int(all.size()), qPrintable(QString::number(connections)));
        kubectl(QStringLiteral("set image deployment/web web=r.example/web:v2 -n ml"));
        kubectl(QStringLiteral("rollout status deployment/web -n ml --timeout=90s"));
        kubectl(QStringLiteral("scale deployment/web --replicas=3 -n ml"));
        for (const auto &[kind, watch] : all)
            if (watch->status().phase != WatchPhase::Absent && kind.kind != Q("Node")) // nodes' heartbeats never rest
                QTRY_COMPARE_WITH_TIMEOUT(against(*watch, kind), QString(), 60000);
    }

    void through_a_proxy_that_breaks_everything_the_table_equals_a_fresh_list() {
        const int port = support::freePort();
        QFile binary(m_server.folder() + QStringLiteral("/binary"));
        QVERIFY(binary.open(QIODevice::ReadOnly));
        QProcess plain; // the API without TLS, as the proxy needs it
        plain.start(QString::fromUtf8(binary.readAll()).trimmed(), {QStringLiteral("kubectl"), QStringLiteral("--kubeconfig"), m_server.adminConfig(), QStringLiteral("proxy"), QStringLiteral("--port"), QString::number(port)});
        QVERIFY(plain.waitForReadyRead(30000));
        support::FaultProxy proxy(port);
        std::mt19937 random(11);
        std::mutex mutex;
        proxy.reset([&](int, const QByteArray &) {
            const std::lock_guard lock(mutex);
            Fault fault;
            switch (random() % 10) {
            case 0: fault.kind = Fault::Kind::Cut; fault.bytes = qint64(random() % 6000); break;
            case 1: fault.kind = Fault::Kind::Reset; break;
            case 2: fault.kind = Fault::Kind::LostReply; break;
            case 3: fault.kind = Fault::Kind::HalfClose; fault.bytes = qint64(random() % 6000); break;
            case 4: fault = {Fault::Kind::Answer, 0, 0, 410, "Content-Type: application/json\r\n", R"({"kind":"Status","code":410,"reason":"Expired","message":"too old"})"}; break;
            case 5: fault = {Fault::Kind::Answer, 0, 0, 200, "Content-Type: text/html\r\n", "<html>Log in</html>"}; break;
            default: break;
            }
            return fault;
        });
        KubeSource source;
        source.http = m_http;
        source.pool = &m_pool;
        source.request = [url = proxy.url()](const QString &path, const QUrlQuery &query, std::stop_token) -> Result<net::Request> {
            net::Request request;
            request.url = url + path + QLatin1Char('?') + query.toString(QUrl::FullyEncoded);
            return request;
        };
        {
            KubeWatch pods(source, quick(kinds::Pod)), sets(source, quick(kinds::ReplicaSet));
            for (int round = 0; round < 5; ++round) {
                kubectl(QStringLiteral("scale deployment/web --replicas=%1 -n ml").arg(1 + int(random() % 8)));
                kubectl(QStringLiteral("rollout restart deployment/web -n ml"));
                const auto asked = proxy.lines().size(); // streams last two seconds at most: some end, and their faults come, before the next change
                QTRY_VERIFY_WITH_TIMEOUT(proxy.lines().size() >= asked + 4, 60000);
            }
            kubectl(QStringLiteral("rollout status deployment/web -n ml --timeout=90s"));
            proxy.reset();
            QTRY_COMPARE_WITH_TIMEOUT(against(pods, kinds::Pod), QString(), 60000);
            QTRY_COMPARE_WITH_TIMEOUT(against(sets, kinds::ReplicaSet), QString(), 60000);
            QVERIFY(pods.status().lists + pods.status().resumes > 4);
        }
        plain.terminate();
        plain.waitForFinished();
    }

    void the_columns_of_pods_are_those_of_kubectl() {
        kubectl(QStringLiteral("create namespace columns"));
        std::mt19937 random(5);
        const auto state = [&](bool init) -> QJsonObject {
            static const char *const reasons[] = {"CrashLoopBackOff", "ImagePullBackOff", "PodInitializing", "ContainerCreating"};
            switch (random() % 5) {
            case 0: return {{Q("waiting"), QJsonObject{{Q("reason"), Q(reasons[random() % 4])}}}};
            case 1: return {{Q("terminated"), QJsonObject{{Q("exitCode"), int(random() % 3)}, {Q("reason"), random() % 2 ? QStringLiteral("Error") : QStringLiteral("Completed")}}}};
            case 2: return {{Q("terminated"), QJsonObject{{Q("exitCode"), init ? 0 : int(random() % 2)}, {Q("signal"), int(random() % 2) * 9}}}};
            default: return {{Q("running"), QJsonObject{{Q("startedAt"), QStringLiteral("2026-01-01T00:00:00Z")}}}};
            }
        };
        const auto statuses = [&](const char *prefix, int count) {
            QJsonArray all;
            for (int i = 0; i < count; ++i) {
                const QJsonObject now = state(*prefix == 'i');
                all.append(QJsonObject{{Q("name"), Q(prefix) + QString::number(i)}, {Q("image"), Q("x")}, {Q("imageID"), Q("")}, {Q("restartCount"), int(random() % 4)}, {Q("state"), now}, {Q("started"), random() % 2 == 0}, {Q("ready"), now.contains(Q("running")) && random() % 3 != 0}});
            }
            return all;
        };
        for (int i = 0; i < 80; ++i) {
            const int inits = int(random() % 3), mains = 1 + int(random() % 2);
            QJsonArray init, main;
            for (int c = 0; c < inits; ++c) {
                QJsonObject container{{Q("name"), QStringLiteral("i%1").arg(c)}, {Q("image"), Q("x")}};
                if (random() % 2)
                    container.insert(Q("restartPolicy"), Q("Always"));
                init.append(container);
            }
            for (int c = 0; c < mains; ++c)
                main.append(QJsonObject{{Q("name"), QStringLiteral("c%1").arg(c)}, {Q("image"), Q("x")}});
            const QString name = QStringLiteral("pod-%1").arg(i);
            const auto made = m_api->create(kinds::Pod, QStringLiteral("columns"), {{Q("apiVersion"), Q("v1")}, {Q("kind"), Q("Pod")}, {Q("metadata"), QJsonObject{{Q("name"), name}}},
                                                                                  {Q("spec"), QJsonObject{{Q("schedulerName"), Q("nobody")}, {Q("initContainers"), init}, {Q("containers"), main}}}});
            QVERIFY2(made, qPrintable(made ? QString() : made.error().text()));
            static const char *const phases[] = {"Pending", "Running", "Running", "Succeeded", "Failed"};
            QJsonObject status{{Q("phase"), Q(phases[random() % 5])}, {Q("initContainerStatuses"), statuses("i", inits)}, {Q("containerStatuses"), statuses("c", mains)},
                               {Q("conditions"), QJsonArray{QJsonObject{{Q("type"), Q("Ready")}, {Q("status"), random() % 2 ? Q("True") : Q("False")}}, QJsonObject{{Q("type"), Q("Initialized")}, {Q("status"), random() % 2 ? Q("True") : Q("False")}}}}};
            if (random() % 6 == 0)
                status.insert(Q("reason"), Q("Evicted"));
            const auto patched = m_api->patch(objectPath({kinds::Pod, QStringLiteral("columns"), name}, QStringLiteral("status")), PatchKind::Merge, QJsonObject{{Q("status"), status}});
            QVERIFY2(patched, qPrintable(patched ? QString() : patched.error().text()));
        }
        const auto table = m_server.kubectl({QStringLiteral("get"), QStringLiteral("pods"), QStringLiteral("-n"), QStringLiteral("columns"), QStringLiteral("--no-headers")});
        QCOMPARE(table.code, 0);
        const auto objects = m_api->list(kinds::Pod, QStringLiteral("columns"));
        QVERIFY(objects);
        QHash<QString, QString> ours;
        for (const QJsonObject &object : *objects) {
            const auto row = kubeRow(kinds::Pod, object);
            QVERIFY(row);
            const auto *pod = (*row)->as<PodRow>();
            ours.insert((*row)->name, QStringLiteral("%1/%2 %3 %4").arg(pod->ready).arg(pod->total).arg(pod->status).arg(pod->restarts));
        }
        int compared = 0;
        for (const QByteArray &line : table.out.trimmed().split('\n')) {
            const QStringList words = QString::fromUtf8(line).simplified().split(QLatin1Char(' '));
            QCOMPARE(words[0] + QLatin1Char(' ') + ours.value(words[0]), words.mid(0, 4).join(QLatin1Char(' ')));
            ++compared;
        }
        QCOMPARE(compared, 80);
        kubectl(QStringLiteral("delete namespace columns --wait=false"));
    }
};

QTEST_GUILESS_MAIN(TestKubeWatchServer)
#include "tst_kube_watch_server.moc"
