// SPDX-License-Identifier: GPL-3.0-or-later
// The live log of a workload in the window: against a server that answers as the API server does (what it is asked, cuts, rights, a flood), and against a real one.
#include "tests/support/kube_server.h"
#include "tests/support/loopback_server.h"
#include "widgets/base/button.h"
#include "widgets/base/field.h"
#include "widgets/cluster/pod_log_view.h"
#include "widgets/cluster/workload_logs.h"

#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QTemporaryDir>
#include <QTest>
#include <QUrl>
#include <QUrlQuery>

#include <condition_variable>
#include <ctime>
#include <mutex>

using namespace pilothouse;
using namespace pilothouse::ui;
using namespace pilothouse::cluster;
using support::LoopbackServer;

namespace {

constexpr int slow = 60000;

/// JSON written with single quotes: moc of Qt 6.4 loses the class behind a raw string with quotation marks.
QByteArray quoted(QByteArray text) { return text.replace('\'', '"'); }

QByteArray podJson(const QByteArray &name) {
    return quoted("{'metadata':{'name':'" + name + "','namespace':'ml','uid':'uid-" + name + "'},'spec':{'containers':[{'name':'app'},{'name':'side'}]},'status':{'conditions':[{'type':'Ready','status':'True'}],"
                  "'containerStatuses':[{'name':'app','restartCount':0,'state':{'running':{}}},{'name':'side','restartCount':0,'state':{'running':{}}}]}}");
}
QByteArray lineAt(int second, const QByteArray &text) { return "2026-01-01T00:00:" + QByteArray::number(100 + second).right(2) + ".000000000Z " + text + "\n"; }

/// Two pods of a deployment with a log each; streams stay open until they are cut.
struct Cluster {
    std::mutex mutex;
    std::condition_variable changed;
    QHash<QByteArray, QByteArray> logs{{"web-1", lineAt(1, "one") + lineAt(3, "three")}, {"web-2", lineAt(2, "two") + lineAt(4, quoted("{'level':'error','message':'four'}"))}};
    QByteArrayList asked; ///< of the log routes
    int cuts = 0, open = 0;
    bool denied = false, over = false;
    qint64 flood = 0; ///< lines that come after the log
    LoopbackServer server{[this](LoopbackServer::Connection &c, int) { serve(c); }};
    std::shared_ptr<net::HttpClient> http = std::make_shared<net::HttpClient>();
    std::shared_ptr<KubeApi> api = [this] {
        KubeAccess access;
        access.server = QStringLiteral("http://127.0.0.1:%1").arg(server.port());
        access.space = QStringLiteral("ml");
        return std::make_shared<KubeApi>(access, http, nullptr);
    }();
    ~Cluster() { cut(true); }

    void serve(LoopbackServer::Connection &c) {
        for (;;) {
            const QByteArray request = c.readRequest();
            if (request.isEmpty())
                return;
            const QByteArray path = request.split(' ').value(1);
            if (path.contains("/log?"))
                return log(c, path);
            if (path.contains("watch=1")) {
                c.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                return c.waitForClose();
            }
            if (path.contains("/deployments/web"))
                c.reply(200, quoted("{'kind':'Deployment','metadata':{'name':'web','namespace':'ml'},'spec':{'selector':{'matchLabels':{'app':'web'}}}}"));
            else
                c.reply(200, quoted("{'kind':'PodList','metadata':{'resourceVersion':'1'},'items':[") + podJson("web-1") + "," + podJson("web-2") + "]}");
        }
    }
    void log(LoopbackServer::Connection &c, const QByteArray &path) {
        const QByteArray pod = path.split('/').value(6);
        std::unique_lock lock(mutex);
        asked << path;
        if (denied) {
            lock.unlock();
            c.reply(403, quoted("{'kind':'Status','status':'Failure','reason':'Forbidden','code':403,'message':'pods \\'") + pod +
                             quoted("\\' is forbidden: User \\'eve\\' cannot get resource \\'pods/log\\' in API group \\'\\' in the namespace \\'ml\\''}"));
            return;
        }
        const QUrlQuery query(QUrl(QString::fromLatin1(path)));
        const QString since = query.queryItemValue(QStringLiteral("sinceTime"));
        QByteArray text;
        if (path.contains("container=app"))
            for (const QByteArray &line : logs.value(pod).split('\n'))
                if (!line.isEmpty() && QString::fromLatin1(line.left(19)) >= since.left(19))
                    text += line + '\n';
        if (path.contains("previous=true")) {
            lock.unlock();
            c.reply(200, lineAt(0, "before the restart of " + pod));
            return;
        }
        const int cutsThen = cuts;
        ++open;
        const qint64 floods = flood;
        lock.unlock();
        const auto chunk = [&](const QByteArray &bytes) { return bytes.isEmpty() || c.write(QByteArray::number(bytes.size(), 16) + "\r\n" + bytes + "\r\n"); };
        c.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        chunk(text);
        for (qint64 sent = 0; sent < floods && path.contains("container=app");) {
            QByteArray many;
            for (int i = 0; i < 1000; ++i, ++sent) {
                const qint64 nanos = 1'800'000'000'000'000'000LL + sent * 1000;
                many += timestampText(nanos).toLatin1() + " flood " + QByteArray::number(sent) + "\n";
            }
            if (!chunk(many))
                break;
        }
        lock.lock();
        changed.wait(lock, [&] { return cuts != cutsThen || over; });
        --open;
        c.breakOff();
    }
    void cut(bool forEver = false) {
        const std::lock_guard lock(mutex);
        ++cuts;
        over = forEver;
        changed.notify_all();
    }
    int streams() {
        const std::lock_guard lock(mutex);
        return open;
    }
    QByteArrayList questions() {
        const std::lock_guard lock(mutex);
        return asked;
    }
};

QStringList rowsOf(WorkloadLogs &logs) {
    QStringList out;
    for (int row = 0; row < logs.view().model().rowCount(); ++row)
        out << logs.view().model().data(logs.view().model().index(row), PodLogModel::SourceRole).toString() + QLatin1Char(' ') + logs.view().model().text(row);
    return out;
}

double threadSeconds() {
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return double(t.tv_sec) + double(t.tv_nsec) * 1e-9;
}

} // namespace

class TestWorkloadLogs : public QObject {
    Q_OBJECT
    const KubeRef web{kinds::Deployment, QStringLiteral("ml"), QStringLiteral("web")};

private Q_SLOTS:
    void podsAreMergedAndGoOnAfterACut() {
        Cluster cluster;
        Pools pools(1);
        WorkloadLogs logs(pools);
        logs.resize(900, 400);
        logs.follow(cluster.api, web);
        QTest::qWait(1);
        QVERIFY(cluster.questions().isEmpty()); // hidden: it reads nothing
        logs.show();
        const QStringList four{QStringLiteral("web-1/app one"), QStringLiteral("web-2/app two"), QStringLiteral("web-1/app three"), QString::fromUtf8(quoted("web-2/app {'level':'error','message':'four'}"))};
        QTRY_COMPARE_WITH_TIMEOUT(rowsOf(logs), four, slow);
        QVERIFY(cluster.questions().first().contains("tailLines=1000"));
        QCOMPARE(logs.findChild<QLabel *>(QStringLiteral("podLogTitle"))->text(), QStringLiteral("deployment/web in ml · 2 pods"));
        {
            const std::lock_guard lock(cluster.mutex);
            cluster.logs["web-1"] += lineAt(5, "five");
        }
        cluster.cut();
        QTRY_COMPARE_WITH_TIMEOUT(rowsOf(logs), four + QStringList{QStringLiteral("web-1/app five")}, slow); // no line twice
        QVERIFY(logs.note().contains(QStringLiteral("the stream was cut")));
        // A line that is JSON is taken apart below; of the rows the wanted fields are shown.
        logs.view().canvas().showRow(3);
        auto *detail = logs.findChild<QPlainTextEdit *>(QStringLiteral("podLogDetail"));
        QVERIFY(detail->isVisible());
        QCOMPARE(detail->toPlainText(), QStringLiteral("level: error\nmessage: four"));
        logs.findChild<QLineEdit *>(QStringLiteral("podLogFields"))->setText(QStringLiteral("message, level"));
        QCOMPARE(logs.view().model().shown(3, 100), QStringLiteral("four  error"));
        QCOMPARE(logs.view().model().shown(0, 100), QStringLiteral("one"));
    }

    void hiddenItRestsAndGoesOnWithoutAGap() {
        Cluster cluster;
        Pools pools(1);
        WorkloadLogs logs(pools);
        logs.follow(cluster.api, web);
        logs.show();
        QTRY_COMPARE_WITH_TIMEOUT(logs.view().model().rowCount(), 4, slow);
        logs.hide();
        QTRY_VERIFY_WITH_TIMEOUT(!logs.isReading(), slow);
        cluster.cut(); // the server notices only now that nobody reads
        QTRY_COMPARE_WITH_TIMEOUT(cluster.streams(), 0, slow);
        {
            const std::lock_guard lock(cluster.mutex);
            cluster.logs["web-2"] += lineAt(4, "four again") + lineAt(6, "six"); // one with the time of the last one
            cluster.asked.clear();
        }
        QTest::qWait(50);
        QVERIFY(cluster.questions().isEmpty());
        logs.show();
        QTRY_COMPARE_WITH_TIMEOUT(logs.view().model().rowCount(), 6, slow);
        QCOMPARE(rowsOf(logs).mid(4), (QStringList{QStringLiteral("web-2/app four again"), QStringLiteral("web-2/app six")}));
        for (const QByteArray &path : cluster.questions())
            QVERIFY2(path.contains("sinceTime=2026-01-01T00:00:0"), path.constData());
        logs.clear();
        QVERIFY(!logs.isReading());
        QCOMPARE(logs.view().model().rowCount(), 0);
    }

    void containersRangesAndTheOneBefore() {
        Cluster cluster;
        Pools pools(1);
        WorkloadLogs logs(pools);
        logs.follow(cluster.api, web);
        logs.show();
        QTRY_COMPARE_WITH_TIMEOUT(logs.view().model().rowCount(), 4, slow);
        auto *container = logs.findChild<Choice *>(QStringLiteral("podLogContainer"));
        QVERIFY(container->isVisible());
        QCOMPARE(container->count(), 4); // default, all, app, side
        container->setCurrentIndex(3);
        Q_EMIT container->activated(3);
        QTRY_VERIFY_WITH_TIMEOUT(cluster.questions().last().contains("container=side"), slow);
        container->setCurrentIndex(1);
        Q_EMIT container->activated(1);
        QTRY_COMPARE_WITH_TIMEOUT(logs.view().model().rowCount(), 4, slow);
        QTRY_COMPARE_WITH_TIMEOUT(int(logs.view().model().sources().size()), 4, slow);
        auto *range = logs.findChild<Choice *>(QStringLiteral("podLogRange"));
        range->setCurrentIndex(2);
        Q_EMIT range->activated(2);
        QTRY_VERIFY_WITH_TIMEOUT(cluster.questions().last().contains("sinceSeconds=300"), slow);
        Q_EMIT logs.view().previousWanted(true);
        QTRY_COMPARE_WITH_TIMEOUT(logs.view().model().rowCount(), 4, slow);
        QVERIFY(logs.view().model().text(0).startsWith(QStringLiteral("before the restart of web-")));
        QTRY_VERIFY_WITH_TIMEOUT(!logs.isReading(), slow); // it has an end
        Q_EMIT logs.view().previousWanted(false);
        QTRY_VERIFY_WITH_TIMEOUT(logs.view().model().rowCount() == 4 && logs.view().model().text(0) == QStringLiteral("one"), slow);
    }

    void aMissingRightIsNamed() {
        Cluster cluster;
        cluster.denied = true;
        Pools pools(1);
        WorkloadLogs logs(pools);
        logs.follow(cluster.api, web);
        logs.show();
        QTRY_VERIFY_WITH_TIMEOUT(logs.note().contains(QStringLiteral("cannot get resource \"pods/log\"")), slow);
    }

    void whatIsThereIsSaved() {
        Cluster cluster;
        Pools pools(1);
        WorkloadLogs logs(pools);
        logs.follow(cluster.api, web);
        logs.show();
        QTRY_COMPARE_WITH_TIMEOUT(logs.view().model().rowCount(), 4, slow);
        QTemporaryDir dir;
        QTest::mouseClick(logs.findChild<Button *>(QStringLiteral("podLogSave")), Qt::LeftButton);
        auto *dialog = logs.findChild<QFileDialog *>(QStringLiteral("podLogSaveAs"));
        QVERIFY(dialog);
        Q_EMIT dialog->fileSelected(dir.filePath(QStringLiteral("web.log")));
        QTRY_VERIFY_WITH_TIMEOUT(logs.note().startsWith(QStringLiteral("4 lines saved")), slow);
        QFile file(dir.filePath(QStringLiteral("web.log")));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll().split('\n').first(), QByteArray("2026-01-01T00:00:01.000000000Z web-1/app one"));
        dialog->close();
    }

    /// A flood from both pods: all of it comes, or is counted, and no turn of the GUI thread takes long.
    void aFloodIsTakenInSlices() {
        Cluster cluster;
        cluster.flood = 200'000;
        Pools pools(1);
        WorkloadLogs logs(pools);
        logs.resize(900, 400);
        logs.follow(cluster.api, web);
        logs.show();
        const PodLogModel &model = logs.view().model();
        double longest = 0;
        QElapsedTimer clock;
        clock.start();
        while (qint64(model.rowCount()) + model.left() + model.dropped() < 400'004 && clock.elapsed() < slow) {
            const double before = threadSeconds();
            QCoreApplication::processEvents(QEventLoop::AllEvents, 1);
            longest = std::max(longest, threadSeconds() - before);
        }
        QCOMPARE(qint64(model.rowCount()) + model.left() + model.dropped(), 400'004);
        qInfo("longest turn %.1f ms of CPU, all in %lld ms, %lld left out", longest * 1000, clock.elapsed(), model.dropped());
        QVERIFY(model.rowCount() > 0 && model.text(model.rowCount() - 1).startsWith(QStringLiteral("flood ")));
    }

    void aRealServersPods() {
        support::KubeServer server;
        QString why;
        if (!server.start(&why))
            QSKIP(qPrintable(why));
        auto http = std::make_shared<net::HttpClient>();
        const auto api = server.api(http);
        QVERIFY2(api, qPrintable(api ? QString() : api.error().text()));
        const QByteArray manifest = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: ml}\nspec:\n  replicas: 2\n  selector: {matchLabels: {app: web}}\n  template:\n"
                                    "    metadata: {labels: {app: web}}\n    spec: {containers: [{name: app, image: 'example.org/web:v1'}, {name: side, image: 'example.org/side:v1'}]}\n";
        const auto applied = server.kubectl({QStringLiteral("apply"), QStringLiteral("-f"), QStringLiteral("-")}, manifest);
        QVERIFY2(applied.code == 0, applied.error.constData());
        Pools pools(1);
        WorkloadLogs logs(pools);
        logs.follow(*api, web);
        logs.show();
        const auto count = [&](const char *text) { return rowsOf(logs).filter(QLatin1String(text)).size(); };
        QTRY_COMPARE_WITH_TIMEOUT(count("model loaded"), 2, slow);
        QFile log(server.containerLog());
        QVERIFY(log.open(QIODevice::Append));
        log.write("2026-01-01T00:00:05.000000000Z stdout F fresh\n");
        log.close();
        QTRY_COMPARE_WITH_TIMEOUT(count("fresh"), 2, slow);
        QCOMPARE(server.kubectl({QStringLiteral("-n"), QStringLiteral("ml"), QStringLiteral("scale"), QStringLiteral("deployment/web"), QStringLiteral("--replicas=3")}).code, 0);
        QTRY_COMPARE_WITH_TIMEOUT(count("fresh"), 3, slow); // the new one joins
        QVERIFY(logs.findChild<Choice *>(QStringLiteral("podLogContainer"))->isVisible());
        Q_EMIT logs.view().previousWanted(true);
        QTRY_COMPARE_WITH_TIMEOUT(count("the end of the one before"), 3, slow);
        logs.followPod(*api, {kinds::Pod, QStringLiteral("ml"), QStringLiteral("no-such-pod")});
        QTRY_VERIFY_WITH_TIMEOUT(logs.note().contains(QStringLiteral("not found")), slow);
    }
};

QTEST_MAIN(TestWorkloadLogs)
#include "tst_workload_logs.moc"
