// SPDX-License-Identifier: GPL-3.0-or-later
// A real Prometheus (tests/backends/prometheus.sh, Debian's packages), fed through its push gateway.
#include "core/telemetry/prometheus.h"
#include "tests/support/free_port.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

#include <cmath>

using namespace pilothouse;
using namespace pilothouse::telemetry;
using Q = QLatin1String;

class TestPrometheusServer : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    int m_port = 0;
    bool m_started = false;
    std::shared_ptr<net::HttpClient> m_http = std::make_shared<net::HttpClient>();

    int script(const QStringList &arguments) {
        QProcess process;
        process.setStandardOutputFile(m_folder.filePath(QStringLiteral("script.log")), QIODevice::Append); // the daemons keep pipes open
        process.setStandardErrorFile(m_folder.filePath(QStringLiteral("script.err")), QIODevice::Append);
        process.start(QStringLiteral("bash"), QStringList{QStringLiteral(PILOTHOUSE_SOURCE_DIR "/tests/backends/prometheus.sh")} + arguments);
        return process.waitForFinished(120000) ? process.exitCode() : -1;
    }
    Prometheus client() { return Prometheus(m_http, {QStringLiteral("http://127.0.0.1:%1").arg(m_port), {}, {}, {}, 10000}); }

private Q_SLOTS:
    void initTestCase() {
        for (const char *program : {"prometheus", "prometheus-alertmanager", "prometheus-pushgateway"})
            if (QStandardPaths::findExecutable(Q(program)).isEmpty())
                QSKIP("no Prometheus is installed (packages prometheus, prometheus-alertmanager, prometheus-pushgateway)");
        for (int attempt = 0; attempt < 3 && !m_started; ++attempt) {
            m_port = support::freePort();
            m_started = script({QStringLiteral("start"), QString::number(m_port), m_folder.filePath(QStringLiteral("p"))}) == 0;
            if (!m_started)
                script({QStringLiteral("stop"), m_folder.filePath(QStringLiteral("p"))});
        }
        QVERIFY(m_started);
        net::Request push;
        push.method = "PUT";
        push.url = QStringLiteral("http://127.0.0.1:%1/metrics/job/canary").arg(m_port + 2);
        push.headers.append(net::Header{"Content-Type", "text/plain"});
        push.body = "requests{side=\"stable\"} 900\nrequests{side=\"canary\"} 100\nfailed{side=\"canary\"} 7\nodd NaN\n";
        const auto pushed = m_http->send(push);
        QVERIFY(pushed && pushed->status < 300);
        QTRY_VERIFY_WITH_TIMEOUT(client().number(QStringLiteral("requests{side=\"canary\"}")).has_value(), 30000);
    }
    void cleanupTestCase() {
        if (m_started)
            script({QStringLiteral("stop"), m_folder.filePath(QStringLiteral("p"))});
    }

    void values() {
        QCOMPARE(client().number(QStringLiteral("requests{side=\"canary\"}")).value_or(-1), 100.0);
        QCOMPARE(client().number(QStringLiteral("sum(failed) / sum(requests{side=\"canary\"})")).value_or(-1), 0.07);
        QCOMPARE(client().number(QStringLiteral("1/0")).value_or(-1), double(INFINITY)); // a scalar
        QVERIFY(std::isnan(client().number(QStringLiteral("odd")).value_or(-1)));
        const auto both = client().query(QStringLiteral("requests"));
        QVERIFY(both);
        QCOMPARE(both->samples.size(), std::size_t(2));
        QCOMPARE(both->samples[0].labels.value(QStringLiteral("job")), QStringLiteral("canary"));
        QVERIFY(client().number(QStringLiteral("requests{side=\"canary\"}") + QString(3000, QLatin1Char(' '))).has_value()); // posted
        QCOMPARE(client().number(QStringLiteral("requests{side=\"canary\"}"), QDateTime::fromSecsSinceEpoch(1000000000, Qt::UTC)).error().kind, ErrorKind::NotFound); // nothing was there then
    }
    void errors() {
        QCOMPARE(client().number(QStringLiteral("nothing_like_this")).error().kind, ErrorKind::NotFound);
        QCOMPARE(client().number(QStringLiteral("requests")).error().kind, ErrorKind::Invalid);
        const auto wrong = client().query(QStringLiteral("rate(requests["));
        QCOMPARE(wrong.error().kind, ErrorKind::Invalid);
        QVERIFY2(wrong.error().what.contains(Q("parse error")), qPrintable(wrong.error().what));
        QCOMPARE(client().query(QStringLiteral("requests[5m]")).error().kind, ErrorKind::Invalid);
    }
};

QTEST_GUILESS_MAIN(TestPrometheusServer)
#include "tst_prometheus_server.moc"
