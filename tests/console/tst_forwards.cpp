// SPDX-License-Identifier: GPL-3.0-or-later
// Port-forwards in the window: one tunnel for two users, its list, stop; against a real API server. What an id names.
#include "core/base/file.h"
#include "core/cluster/reach.h"
#include "core/fleet/services.h"
#include "core/secrets/secret_store.h"
#include "tests/support/kube_server.h"
#include "tests/support/loopback_server.h"
#include "widgets/base/button.h"
#include "widgets/base/table.h"
#include "widgets/cluster/forwards_sheet.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::ui;

namespace {
constexpr int slow = 60000;
}

class TestForwards : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void ids_data() {
        QTest::addColumn<QString>("id");
        QTest::addColumn<QString>("wish");
        QTest::newRow("a pod") << QStringLiteral("lab|ml|web-1") << QStringLiteral("lab ml pod/web-1");
        QTest::newRow("a service") << QStringLiteral("lab|ml|service/api") << QStringLiteral("lab ml service/api");
        QTest::newRow("a workload") << QStringLiteral("lab|deployment|ml|web") << QStringLiteral("lab ml deployment/web");
        QTest::newRow("nothing") << QString() << QString();
        QTest::newRow("no pod") << QStringLiteral("lab|ml|") << QString();
    }
    void ids() {
        QFETCH(QString, id);
        QFETCH(QString, wish);
        const auto read = forwardWish(id);
        QCOMPARE(read ? QStringLiteral("%1 %2 %3").arg(read->connection, read->space, read->target) : QString(), wish);
    }

    void aRealServersService() {
        support::KubeServer server;
        QString why;
        if (!server.start(&why))
            QSKIP(qPrintable(why));
        support::LoopbackServer behind([](support::LoopbackServer::Connection &c, int) {
            while (!c.readRequest().isEmpty())
                c.reply(200, "hello from behind");
        });
        QFile port(server.folder() + QStringLiteral("/forward/port"));
        QVERIFY(port.open(QIODevice::WriteOnly));
        port.write(QByteArray::number(behind.port()));
        port.close();
        const auto applied = server.kubectl({QStringLiteral("apply"), QStringLiteral("-f"), QStringLiteral("-")},
                                            "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: ml, labels: {app: web}}\nspec: {containers: [{name: app, image: 'example.org/a:1', ports: [{containerPort: 8000, name: http}]}]}\n---\n"
                                            "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: ml}\nspec: {selector: {app: web}, ports: [{port: 80, targetPort: http, name: main}]}\n");
        QVERIFY2(applied.code == 0, applied.error.constData());
        const auto waited = server.kubectl({QStringLiteral("-n"), QStringLiteral("ml"), QStringLiteral("wait"), QStringLiteral("--for=condition=Ready"), QStringLiteral("pod/web"), QStringLiteral("--timeout=60s")});
        QVERIFY2(waited.code == 0, waited.error.constData());
        QTemporaryDir folder;
        const QString file = folder.filePath(QStringLiteral("pilothouse.yaml"));
        QVERIFY(writeFileAtomically(file, "workspace: f\nrole: operator\nconnections:\n  local: {kind: local, root: " + folder.filePath(QStringLiteral("root")).toUtf8() + "}\n  lab: {kind: kubernetes, kubeconfig: " +
                                              server.adminConfig().toUtf8() + "}\nmodels: {}\n"));
        fleet::ServiceOptions options;
        options.workspaceFile = file;
        options.secrets = secrets::environmentStore();
        const auto services = fleet::openServices(options);
        QVERIFY2(services, services ? "" : qPrintable(services.error().text()));

        Pools pools(1);
        QObject owner;
        ForwardList &list = ForwardList::of(&owner, pools);
        QCOMPARE(&ForwardList::of(&owner, pools), &list);
        ForwardsSheet sheet(list, pools, *services, nullptr);
        sheet.setAttribute(Qt::WA_DeleteOnClose, false);
        sheet.show();
        sheet.offer({QStringLiteral("lab"), QStringLiteral("ml"), QStringLiteral("service/web"), {}, 0});
        auto *portEdit = sheet.findChild<QLineEdit *>(QStringLiteral("forwardPort"));
        QTRY_COMPARE_WITH_TIMEOUT(portEdit->text(), QStringLiteral("80"), slow); // what the service has
        QTest::mouseClick(sheet.findChild<Button *>(QStringLiteral("forwardStart")), Qt::LeftButton);
        auto *table = sheet.findChild<Table *>(QStringLiteral("forwardTable"));
        QTRY_COMPARE_WITH_TIMEOUT(table->model()->rowCount(), 1, slow);
        QTest::mouseClick(sheet.findChild<Button *>(QStringLiteral("forwardCopy")), Qt::LeftButton);
        const QString url = QGuiApplication::clipboard()->text();
        QVERIFY2(url.startsWith(QStringLiteral("http://127.0.0.1:")), qPrintable(url));
        net::HttpClient http;
        net::Request request;
        request.url = url + QStringLiteral("/x");
        const auto reply = http.send(request);
        QVERIFY2(reply, reply ? "" : qPrintable(reply.error().text()));
        QCOMPARE(reply->body, QByteArray("hello from behind"));
        QTRY_VERIFY(list.rows().front().received > 0 && list.rows().front().sent > 0);
        QCOMPARE(list.rows().front().target, QStringLiteral("service/web in ml, port 80"));
        QCOMPARE(list.rows().front().pod, QStringLiteral("web:8000"));

        // An endpoint that is written service/web:80 takes the same tunnel, and keeps it when the window lets go.
        {
            const auto api = (*services)->clusters->of(QStringLiteral("lab"));
            QVERIFY(api);
            const auto reached = cluster::reachService(*api, {QStringLiteral("web"), QStringLiteral("ml"), QStringLiteral("80"), {}, false}, cluster::ReachWay::PortForward);
            QVERIFY2(reached, reached ? "" : qPrintable(reached.error().text()));
            QCOMPARE(reached->url, url);
            QCOMPARE(list.rows().size(), 1u);
            QCOMPARE(list.rows().front().users, 2);
            QTest::mouseClick(sheet.findChild<Button *>(QStringLiteral("forwardStop")), Qt::LeftButton);
            pools.waiting.waitForDone();
            QCOMPARE(list.rows().size(), 1u);
            QVERIFY(!list.rows().front().ours);
            QVERIFY(http.send(request));
        }
        QVERIFY(list.rows().empty());
        QVERIFY(!http.send(request));

        // What cannot be: a port that it has not, one of this machine that is taken.
        QSignalSpy failed(&list, &ForwardList::failed);
        list.start(*services, {QStringLiteral("lab"), QStringLiteral("ml"), QStringLiteral("service/web"), QStringLiteral("81"), 0});
        QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 1, slow);
        QVERIFY(sheet.findChild<QLabel *>(QStringLiteral("forwardSaid"))->text().contains(QStringLiteral("It has: 80 (main)")));
        list.start(*services, {QStringLiteral("lab"), QStringLiteral("ml"), QStringLiteral("pod/web"), QStringLiteral("http"), behind.port()});
        QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 2, slow);
        QCOMPARE(qvariant_cast<Error>(failed.last().first()).kind, ErrorKind::Conflict);
        QVERIFY(list.rows().empty());
        sheet.hide();
    }
};

QTEST_MAIN(TestForwards)
#include "tst_forwards.moc"
