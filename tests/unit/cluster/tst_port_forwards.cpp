// SPDX-License-Identifier: GPL-3.0-or-later
// Which port-forwards are shared, and how long they live; against a server that answers as the API server does.
#include "core/cluster/port_forwards.h"
#include "tests/support/loopback_server.h"

#include <QTest>

#include <thread>

using namespace pilothouse;
using namespace pilothouse::cluster;
using support::LoopbackServer;

class TestPortForwards : public QObject {
    Q_OBJECT
    std::shared_ptr<net::HttpClient> http = std::make_shared<net::HttpClient>();
    LoopbackServer kube{[](LoopbackServer::Connection &c, int) {
        for (QByteArray r = c.readRequest(); !r.isEmpty(); r = c.readRequest()) {
            if (r.contains("/services/"))
                c.reply(200, QByteArray("{'kind':'Service','metadata':{'name':'api','namespace':'ml'},'spec':{'selector':{'app':'api'},'ports':[{'port':80,'targetPort':8000},{'port':90},{'port':53,'protocol':'UDP'}]}}").replace('\'', '"'));
            else
                c.reply(200, QByteArray("{'items':[{'metadata':{'name':'api-1','namespace':'ml'},'spec':{'containers':[{'ports':[{'containerPort':8000,'name':'http'}]}]},'status':{'conditions':[{'type':'Ready','status':'True'}]}}]}").replace('\'', '"'));
        }
    }};
    std::shared_ptr<const KubeApi> newApi() {
        KubeAccess access;
        access.server = QStringLiteral("http://127.0.0.1:%1").arg(kube.port());
        access.space = QStringLiteral("ml");
        return std::make_shared<const KubeApi>(access, http, nullptr, QStringLiteral("lab"));
    }
    const KubeRef service{kinds::Service, QStringLiteral("ml"), QStringLiteral("api")};

private Q_SLOTS:
    void oneOfAKindIsShared() {
        PortForwards forwards;
        const auto api = newApi(), other = newApi();
        auto first = forwards.open(api, service, QStringLiteral("80"));
        QVERIFY2(first, first ? "" : qPrintable(first.error().text()));
        const auto second = forwards.open(api, service, QStringLiteral("80"));
        QVERIFY(second && *second == *first);
        const auto samePort = forwards.open(api, service, QStringLiteral("80"), (*first)->localPort());
        QVERIFY(samePort && *samePort == *first);
        const auto port = forwards.open(api, service, QStringLiteral("90"));
        QVERIFY(port && *port != *first);
        const auto elsewhere = forwards.open(other, service, QStringLiteral("80")); // another credential may have other rights
        QVERIFY(elsewhere && *elsewhere != *first);
        const auto list = forwards.list();
        QCOMPARE(list.size(), 3u);
        QCOMPARE(list.front().connection, QStringLiteral("lab"));
        QCOMPARE(list.front().users, 3);
        QCOMPARE(list.front().what, service);
    }

    void itLivesAsLongAsSomebodyHoldsIt() {
        PortForwards forwards;
        const auto api = newApi();
        int localPort = 0;
        {
            const auto held = forwards.open(api, service, QStringLiteral("80"));
            QVERIFY(held);
            localPort = (*held)->localPort();
            QCOMPARE(forwards.list().size(), 1u);
        }
        QVERIFY(forwards.list().empty());
        const auto again = forwards.open(api, service, QStringLiteral("80"), localPort); // its port is free again
        QVERIFY2(again, again ? "" : qPrintable(again.error().text()));
        QCOMPARE((*again)->localPort(), localPort);
        QCOMPARE(forwards.open(api, service, QStringLiteral("81")).error().kind, ErrorKind::NotFound);
        QCOMPARE(forwards.list().size(), 1u);
    }

    void manyAtOnceGetOne() {
        PortForwards forwards;
        const auto api = newApi();
        std::vector<std::thread> threads;
        std::vector<std::shared_ptr<PortForward>> got(8);
        for (auto &place : got)
            threads.emplace_back([&] {
                if (auto made = forwards.open(api, service, QStringLiteral("80")))
                    place = *made;
            });
        for (auto &thread : threads)
            thread.join();
        for (const auto &forward : got)
            QVERIFY(forward && forward == got.front());
        QCOMPARE(forwards.list().size(), 1u);
    }

    void portsThatThereAre() {
        const auto api = newApi();
        const auto ports = portsOf(*api, service);
        QVERIFY2(ports, ports ? "" : qPrintable(ports.error().text()));
        QCOMPARE(ports->size(), 2u); // UDP does not go through
        QCOMPARE(ports->front().number, 80);
    }
};

QTEST_GUILESS_MAIN(TestPortForwards)
#include "tst_port_forwards.moc"
