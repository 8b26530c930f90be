// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/kube_api.h"
#include "core/cluster/kube_credentials.h"
#include "core/fleet/pipeline_systems.h"
#include "tests/support/loopback_server.h"

#include <QTest>

using namespace pilothouse;
using support::LoopbackServer;

class TestPodLogPiece : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aTailSaysThatItIsOne_data() {
        QTest::addColumn<int>("lines");
        QTest::addColumn<qint64>("lastBytes");
        QTest::addColumn<qint64>("skipped");
        QTest::newRow("all of a short log is no tail") << 3 << qint64(1200) << qint64(0);
        QTest::newRow("as many lines as were asked for") << 50 << qint64(1200) << pipelines::LogPiece::someBytes;
        QTest::newRow("all of it was asked for") << 50 << qint64(0) << qint64(0);
    }
    void aTailSaysThatItIsOne() {
        QFETCH(int, lines);
        QFETCH(qint64, lastBytes);
        QFETCH(qint64, skipped);
        LoopbackServer server([&](LoopbackServer::Connection &c, int) {
            for (QByteArray request; !(request = c.readRequest()).isEmpty();) {
                if (!request.contains("/log?")) {
                    c.reply(200, R"({"kind":"Pod","metadata":{"name":"p","namespace":"ml"},"status":{"phase":"Succeeded"}})");
                    continue;
                }
                const qsizetype at = request.indexOf("tailLines=");
                const int shown = at < 0 ? lines : std::min(lines, int(request.mid(at + 10).split('&').first().split(' ').first().toInt()));
                QByteArray text;
                for (int i = lines - shown; i < lines; ++i)
                    text += "2026-01-01T00:00:" + QByteArray::number(10 + i % 50) + ".000000000Z line " + QByteArray::number(i) + "\n";
                c.reply(200, text, "Content-Type: text/plain\r\n");
            }
        });
        cluster::KubeAccess access;
        access.server = QStringLiteral("http://127.0.0.1:%1").arg(server.port());
        access.space = QStringLiteral("ml");
        const cluster::KubeApi api(access, std::make_shared<net::HttpClient>(), cluster::credentialsOf(access));
        const auto piece = fleet::podLogPiece(api, {}, QStringLiteral("p"), QStringLiteral("main"), {QStringLiteral("r"), {}, {}, lastBytes}, {});
        QVERIFY2(piece, piece ? "" : qPrintable(piece.error().text()));
        QCOMPARE(piece->skipped, skipped);
        QVERIFY(piece->end);
        QVERIFY(piece->bytes.endsWith("line " + QByteArray::number(lines - 1) + "\n"));
    }
};

QTEST_GUILESS_MAIN(TestPodLogPiece)
#include "tst_pod_log_piece.moc"
