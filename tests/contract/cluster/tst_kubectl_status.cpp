// SPDX-License-Identifier: GPL-3.0-or-later
// The verdict about a rollout against the text of the real kubectl for the same objects: generated ones, of every branch, which a loopback stand-in of the API
// server hands to `kubectl rollout status`. (A real server would refuse many of them, and its controllers would change the rest.)
#include "core/base/json.h"
#include "core/cluster/rollout_status.h"
#include "tests/support/kube_server.h"
#include "tests/support/loopback_server.h"

#include <QTest>
#include <QUrl>
#include <QUrlQuery>

#include <random>

using namespace pilothouse;

namespace {

using Q = QLatin1String;

/// Serves discovery, and the objects of one kind: as a list, alone, and as a watch that holds one object and never changes.
class StandIn {
public:
    StandIn(QString plural, QString kind, std::vector<QJsonObject> objects)
        : m_plural(std::move(plural)), m_kind(std::move(kind)), m_objects(std::move(objects)), m_server([this](support::LoopbackServer::Connection &c, int) { serve(c); }) {}
    QString url() const { return m_server.url(""); }

private:
    QJsonArray chosen(const QUrlQuery &query) const {
        const QString field = query.queryItemValue(QStringLiteral("fieldSelector"), QUrl::FullyDecoded);
        QJsonArray out;
        for (const QJsonObject &o : m_objects)
            if (field.isEmpty() || field == QStringLiteral("metadata.name=") + o.value(Q("metadata")).toObject().value(Q("name")).toString())
                out.append(o);
        return out;
    }
    void serve(support::LoopbackServer::Connection &c) {
        for (;;) {
            const QByteArray request = c.readRequest();
            if (request.isEmpty())
                return;
            const QUrl url(QString::fromLatin1(request.split(' ').value(1)));
            const QUrlQuery query(url);
            const auto answer = [&](const QJsonObject &object) { c.reply(200, compactJson(object), "Content-Type: application/json\r\nX-Kubernetes-Pf-Flowschema-Uid: none\r\n"); }; // kubectl does not slow itself down then
            if (url.path() == Q("/api")) {
                answer({{Q("kind"), Q("APIVersions")}, {Q("versions"), QJsonArray{Q("v1")}}});
            } else if (url.path() == Q("/apis")) {
                const QJsonObject version{{Q("groupVersion"), Q("apps/v1")}, {Q("version"), Q("v1")}};
                answer({{Q("kind"), Q("APIGroupList")}, {Q("apiVersion"), Q("v1")}, {Q("groups"), QJsonArray{QJsonObject{{Q("name"), Q("apps")}, {Q("versions"), QJsonArray{version}}, {Q("preferredVersion"), version}}}}});
            } else if (url.path() == Q("/api/v1")) {
                answer({{Q("kind"), Q("APIResourceList")}, {Q("groupVersion"), Q("v1")}, {Q("resources"), QJsonArray()}});
            } else if (url.path() == Q("/apis/apps/v1")) {
                answer({{Q("kind"), Q("APIResourceList")}, {Q("groupVersion"), Q("apps/v1")},
                        {Q("resources"), QJsonArray{QJsonObject{{Q("name"), m_plural}, {Q("singularName"), m_kind.toLower()}, {Q("namespaced"), true}, {Q("kind"), m_kind}, {Q("verbs"), QJsonArray{Q("get"), Q("list"), Q("watch")}}}}}});
            } else if (url.path() != Q("/apis/apps/v1/namespaces/ml/") + m_plural) {
                c.reply(404, "{}", "Content-Type: application/json\r\n");
            } else if (query.hasQueryItem(QStringLiteral("watch"))) {
                watch(c, query);
                return;
            } else {
                answer({{Q("kind"), m_kind + Q("List")}, {Q("apiVersion"), Q("apps/v1")}, {Q("metadata"), QJsonObject{{Q("resourceVersion"), Q("5")}}}, {Q("items"), chosen(query)}});
            }
        }
    }
    void watch(support::LoopbackServer::Connection &c, const QUrlQuery &query) {
        QByteArray lines;
        if (query.queryItemValue(QStringLiteral("sendInitialEvents")) == Q("true")) {
            for (const QJsonValue &o : chosen(query))
                lines += compactJson(QJsonObject{{Q("type"), Q("ADDED")}, {Q("object"), o}}) + '\n';
            lines += compactJson(QJsonObject{{Q("type"), Q("BOOKMARK")}, {Q("object"), QJsonObject{{Q("kind"), m_kind}, {Q("apiVersion"), Q("apps/v1")},
                         {Q("metadata"), QJsonObject{{Q("resourceVersion"), Q("5")}, {Q("annotations"), QJsonObject{{Q("k8s.io/initial-events-end"), Q("true")}}}}}}}}) + '\n';
        }
        c.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Kubernetes-Pf-Flowschema-Uid: none\r\nTransfer-Encoding: chunked\r\n\r\n");
        if (!lines.isEmpty())
            c.write(QByteArray::number(lines.size(), 16) + "\r\n" + lines + "\r\n");
        c.waitForClose();
    }

    QString m_plural, m_kind;
    std::vector<QJsonObject> m_objects;
    support::LoopbackServer m_server;
};

/// Numbers close to each other, so that every comparison comes out all ways; some fields are not there.
class Drawn {
public:
    explicit Drawn(unsigned seed) : m_random(seed) {}
    int below(int limit) { return int(m_random() % unsigned(limit)); }
    void maybe(QJsonObject &o, const char *key, int limit) {
        if (below(6) > 0)
            o.insert(Q(key), below(limit));
    }

    QJsonObject object(const QString &kind, int number) {
        QJsonObject metadata{{Q("name"), QStringLiteral("o-%1").arg(number, 4, 10, QLatin1Char('0'))}, {Q("namespace"), Q("ml")}, {Q("uid"), QStringLiteral("u%1").arg(number)}, {Q("resourceVersion"), Q("5")}};
        maybe(metadata, "generation", 3);
        QJsonObject spec, status;
        if (below(3) > 0)
            status.insert(Q("observedGeneration"), 3);
        else
            maybe(status, "observedGeneration", 3);
        maybe(spec, "replicas", 4);
        for (const char *key : {"replicas", "updatedReplicas", "readyReplicas", "availableReplicas", "currentReplicas"})
            maybe(status, key, 4);
        if (kind == Q("Deployment")) {
            static const char *const reasons[] = {"ProgressDeadlineExceeded", "NewReplicaSetAvailable", "ReplicaSetUpdated"};
            QJsonArray conditions;
            if (below(2) == 0)
                conditions.append(QJsonObject{{Q("type"), Q("Available")}, {Q("status"), Q("True")}, {Q("reason"), Q(reasons[below(3)])}});
            if (below(2) == 0)
                conditions.append(QJsonObject{{Q("type"), Q("Progressing")}, {Q("status"), Q("True")}, {Q("reason"), Q(reasons[below(3)])}});
            status.insert(Q("conditions"), conditions);
        } else {
            QJsonObject strategy{{Q("type"), below(6) == 0 ? Q("OnDelete") : Q("RollingUpdate")}};
            QJsonObject rolling;
            if (kind == Q("StatefulSet"))
                maybe(rolling, "partition", 4);
            if (below(2) == 0)
                strategy.insert(Q("rollingUpdate"), rolling);
            spec.insert(Q("updateStrategy"), strategy);
        }
        if (kind == Q("DaemonSet"))
            status = {{Q("observedGeneration"), status.value(Q("observedGeneration")).toInt()}, {Q("currentNumberScheduled"), 0}, {Q("numberMisscheduled"), 0}, {Q("numberReady"), 0},
                      {Q("desiredNumberScheduled"), below(4)}, {Q("updatedNumberScheduled"), below(4)}, {Q("numberAvailable"), below(4)}};
        if (kind == Q("StatefulSet")) {
            status.insert(Q("currentRevision"), QStringLiteral("web-%1").arg(below(2)));
            status.insert(Q("updateRevision"), QStringLiteral("web-%1").arg(below(2)));
        }
        return {{Q("apiVersion"), Q("apps/v1")}, {Q("kind"), kind}, {Q("metadata"), metadata}, {Q("spec"), spec}, {Q("status"), status}};
    }

private:
    std::mt19937 m_random;
};

} // namespace

class TestKubectlStatus : public QObject {
    Q_OBJECT
    QString m_kubectl;

private Q_SLOTS:
    void initTestCase() {
        if (const QString why = support::KubeServer::missing(); !why.isEmpty())
            QSKIP(qPrintable(why));
        const auto built = support::KubeServer::run(QStringLiteral("bash"), {QStringLiteral(PILOTHOUSE_SOURCE_DIR "/tests/backends/kube.sh"), QStringLiteral("built")}, {}, 20000);
        m_kubectl = QString::fromUtf8(built.out).trimmed();
        QVERIFY2(QFile::exists(m_kubectl), qPrintable(m_kubectl));
    }

    void verdictsAreKubectlsOwnWords_data() {
        QTest::addColumn<QString>("plural");
        QTest::addColumn<QString>("kind");
        QTest::addColumn<int>("sentences"); ///< that must have come, so that no branch is left out
        QTest::newRow("Deployments") << QStringLiteral("deployments") << QStringLiteral("Deployment") << 6;
        QTest::newRow("StatefulSets") << QStringLiteral("statefulsets") << QStringLiteral("StatefulSet") << 7;
        QTest::newRow("DaemonSets") << QStringLiteral("daemonsets") << QStringLiteral("DaemonSet") << 5;
    }
    void verdictsAreKubectlsOwnWords() {
        QFETCH(QString, plural);
        QFETCH(QString, kind);
        QFETCH(int, sentences);
        Drawn drawn(20261122);
        std::vector<QJsonObject> objects;
        QByteArray out, err;
        QSet<QString> seen;
        for (int i = 0; i < 600; ++i) {
            objects.push_back(drawn.object(kind, i));
            const cluster::RolloutVerdict verdict = cluster::rolloutVerdict(objects.back());
            (verdict.failed ? err : out) += (verdict.failed ? "error: " : "") + verdict.text.toUtf8() + '\n';
            QString shape = verdict.text;
            seen.insert(shape.remove(QRegularExpression(QStringLiteral("\"[^\"]*\"|[0-9]+|web-"))));
        }
        QCOMPARE(int(seen.size()), sentences);
        const StandIn server(plural, kind, objects);
        const QTemporaryDir home;
        const auto answer = support::KubeServer::run(m_kubectl, {QStringLiteral("kubectl"), QStringLiteral("--kubeconfig=/dev/null"), QStringLiteral("--cache-dir"), home.path(), QStringLiteral("--server"), server.url(), QStringLiteral("-n"), QStringLiteral("ml"),
                                                         QStringLiteral("rollout"), QStringLiteral("status"), plural, QStringLiteral("--watch=false")}, {}, 250000);
        const QList<QByteArray> theirs = answer.out.split('\n'), ours = out.split('\n');
        for (qsizetype i = 0; i < std::min(theirs.size(), ours.size()); ++i)
            QCOMPARE(QString::fromUtf8(ours[i]), QString::fromUtf8(theirs[i]));
        QVERIFY2(theirs.size() == ours.size(), answer.error.left(2000).constData());
        QCOMPARE(QString::fromUtf8(err), QString::fromUtf8(answer.error));
    }
};

QTEST_GUILESS_MAIN(TestKubectlStatus)
#include "tst_kubectl_status.moc"
