// SPDX-License-Identifier: GPL-3.0-or-later
// The real KServe model server (tests/backends/kserve.sh) behind a proxy that stands for the ingress: it passes on what carries the service's Host header
// and answers 404 to the rest, as Istio's gateway does.
#include "core/cluster/kserve_target.h"
#include "tests/support/free_port.h"
#include "tests/support/loopback_server.h"
#include "tests/support/single_quoted_json.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

using namespace pilothouse;
using namespace pilothouse::cluster;
using support::object;
using Q = QLatin1String;

class TestKserveServer : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    int m_port = 0;
    bool m_started = false;
    std::shared_ptr<net::HttpClient> m_http = std::make_shared<net::HttpClient>();
    std::unique_ptr<support::LoopbackServer> m_ingress;

    int script(const QStringList &arguments) {
        QProcess process;
        process.setStandardOutputFile(m_folder.filePath(QStringLiteral("script.log")), QIODevice::Append); // the server keeps pipes open
        process.setStandardErrorFile(m_folder.filePath(QStringLiteral("script.err")), QIODevice::Append);
        process.start(QStringLiteral("bash"), QStringList{QStringLiteral(PILOTHOUSE_SOURCE_DIR "/tests/backends/kserve.sh")} + arguments);
        return process.waitForFinished(120000) ? process.exitCode() : -1;
    }
    /// One request at a time, passed on by Host.
    void pass(support::LoopbackServer::Connection &c) {
        for (QByteArray request = c.readRequest(); !request.isEmpty(); request = c.readRequest()) {
            if (!request.toLower().contains("\r\nhost: iris.kubeflow.example.com\r\n")) {
                c.reply(404, "");
                continue;
            }
            net::Request onward;
            onward.method = request.left(request.indexOf(' '));
            onward.url = QStringLiteral("http://127.0.0.1:%1").arg(m_port) + QString::fromLatin1(request.split(' ').at(1));
            onward.body = request.mid(request.indexOf("\r\n\r\n") + 4);
            onward.headers.append(net::Header{"Content-Type", "application/json"});
            const auto answer = m_http->send(onward);
            answer ? c.reply(answer->status, answer->body, "Content-Type: application/json\r\n") : c.reply(502, "");
        }
    }
    Result<serving::EndpointAnswer> ask(const serving::RequestProfile &profile) {
        serving::Endpoint endpoint(m_http, m_ingress->url("/"), profile, nullptr);
        return endpoint.predict({QStringLiteral("a"), QStringLiteral("b")}, {object("{'a':1,'b':2}"), object("{'a':10,'b':20.5}")});
    }
    KserveStatus service() { return kserveStatus(object("{'metadata':{'name':'iris','namespace':'kubeflow'},'status':{'url':'http://iris.kubeflow.example.com'}}")); }

private Q_SLOTS:
    void initTestCase() {
        QString cache = qEnvironmentVariable("PILOTHOUSE_BACKENDS_CACHE");
        if (cache.isEmpty())
            cache = qEnvironmentVariable("XDG_CACHE_HOME", QDir::homePath() + QStringLiteral("/.cache")) + QStringLiteral("/pilothouse-backends");
        if (!QFile::exists(cache + QStringLiteral("/venv/kserve/.requirements")))
            QSKIP("the KServe model server is not installed here (tests/backends/kserve.sh start installs it)");
        for (int attempt = 0; attempt < 3 && !m_started; ++attempt) {
            m_port = support::freePort();
            m_started = script({QStringLiteral("start"), QString::number(m_port), m_folder.filePath(QStringLiteral("k"))}) == 0;
        }
        QVERIFY(m_started);
        m_ingress = std::make_unique<support::LoopbackServer>([this](support::LoopbackServer::Connection &c, int) { pass(c); });
    }
    void cleanupTestCase() {
        m_ingress.reset();
        if (m_started)
            script({QStringLiteral("stop"), m_folder.filePath(QStringLiteral("k"))});
    }

    void v1() {
        const auto profile = kserveProfile(service(), QStringLiteral("kserve-v1"), QStringLiteral("sum"));
        QVERIFY(profile);
        const auto answer = ask(*profile);
        QVERIFY2(answer, answer ? "" : qPrintable(answer.error().text()));
        QCOMPARE(answer->predictions.size(), std::size_t(2));
        QCOMPARE(answer->predictions[0].toDouble(), 3.0);
        QCOMPARE(answer->predictions[1].toDouble(), 30.5);
    }
    void v2AfterALookAtTheModelsMetadata() {
        const auto profile = kserveProfile(service(), QStringLiteral("kserve-v2"), QStringLiteral("sum"));
        QVERIFY(profile);
        serving::Endpoint endpoint(m_http, m_ingress->url("/"), *profile, nullptr);
        const auto metadata = endpoint.get(QStringLiteral("/v2/models/sum"), 5000);
        QVERIFY2(metadata, metadata ? "" : qPrintable(metadata.error().text()));
        QCOMPARE(metadata->value(Q("name")).toString(), QStringLiteral("sum"));
        QVERIFY(endpoint.get(QStringLiteral("/v2/health/ready"), 5000));
        // This model does not describe its inputs; one that takes one tensor of rows says so like this.
        const auto one = kserveProfileFor(*profile, object("{'inputs':[{'name':'input-0','datatype':'FP64','shape':[-1,2]}]}"), 2);
        const auto answer = ask(one);
        QVERIFY2(answer, answer ? "" : qPrintable(answer.error().text()));
        QCOMPARE(answer->predictions.size(), std::size_t(2));
        QCOMPARE(answer->predictions[1].toDouble(), 30.5);
        QVERIFY(!answer->id.isEmpty()); // ours: without one the server fails
    }
    void withoutTheHostTheIngressKnowsNothing() {
        auto profile = *kserveProfile(service(), QStringLiteral("kserve-v1"), QStringLiteral("sum"));
        profile.headers.remove(QStringLiteral("Host"));
        QCOMPARE(ask(profile).error().kind, ErrorKind::NotFound);
    }
    void anUnknownModelIsNotFound() {
        QCOMPARE(ask(*kserveProfile(service(), QStringLiteral("kserve-v1"), QStringLiteral("nobody"))).error().kind, ErrorKind::NotFound);
    }
};

QTEST_GUILESS_MAIN(TestKserveServer)
#include "tst_kserve_server.moc"
