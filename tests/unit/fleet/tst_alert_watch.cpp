// SPDX-License-Identifier: GPL-3.0-or-later
// Rules of a workspace are evaluated and told without a window: against a server that answers as Prometheus and one that takes messages as Slack does.
#include "core/fleet/alert_watch.h"

#include "core/base/clock.h"
#include "core/base/database.h"
#include "core/base/file.h"
#include "core/fleet/alert_silence.h"
#include "core/operations/journal.h"
#include "core/serving/serving_store.h"
#include "tests/support/loopback_server.h"

#include <QDir>
#include <QJsonDocument>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <mutex>

using namespace pilothouse;
using namespace pilothouse::fleet;
using namespace pilothouse::telemetry;
using Q = QLatin1String;
using support::LoopbackServer;

namespace {

const QDateTime t0 = QDateTime::fromSecsSinceEpoch(1'763'800'000, Qt::UTC);

struct Estate {
    QTemporaryDir folder;
    std::atomic<int> figure = 5, slackStatus = 200, prometheusStatus = 200;
    std::atomic<bool> empty = false;
    std::mutex mutex;
    QByteArrayList messages;
    std::atomic<int> requests = 0;
    LoopbackServer prometheus{[this](LoopbackServer::Connection &c, int) {
        while (!c.readRequest().isEmpty())
            c.reply(prometheusStatus, empty ? QByteArray("{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}")
                                            : "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":{},\"value\":[1763800000,\"" + QByteArray::number(figure.load()) + "\"]}]}}",
                    "Content-Type: application/json\r\n");
    }};
    LoopbackServer slack{[this](LoopbackServer::Connection &c, int) {
        for (QByteArray request = c.readRequest(); !request.isEmpty(); request = c.readRequest()) {
            ++requests;
            if (slackStatus == 200) {
                const std::lock_guard lock(mutex);
                messages << request.mid(request.indexOf("\r\n\r\n") + 4);
            }
            c.reply(slackStatus, slackStatus == 410 ? "channel_is_archived" : slackStatus == 429 ? "rate_limited" : "ok", slackStatus == 429 ? "Retry-After: 7\r\n" : "");
        }
    }};
    std::shared_ptr<FixedClock> clock = std::make_shared<FixedClock>(t0);
    std::shared_ptr<secrets::SecretStore> secrets = secrets::memoryStore({{QStringLiteral("hook"), slack.url("/services/T0/B0/SECRETPART")}});
    std::shared_ptr<Services> services;
    std::unique_ptr<AlertWatch> watch;

    explicit Estate(const QByteArray &rules = "  queue: {kind: query, connection: prom, query: sum(queue), above: 10}\n") {
        if (!writeFileAtomically(folder.filePath(Q("pilothouse.yaml")), "workspace: w\nconnections:\n  local: {kind: local, root: " + folder.filePath(Q("root")).toUtf8() + "}\n  prom: {kind: prometheus, url: \"" + prometheus.url("").toUtf8() +
                                                                           "\"}\nmodels:\n  t2m: {registry: {connection: local}, deployment: {connection: local, target: serving/t2m}}\nnotifications: {team: {kind: slack, secret: hook}}\nalerts:\n" + rules))
            qFatal("file");
        start();
    }
    void start() { // as after a restart
        ServiceOptions options;
        options.workspaceFile = folder.filePath(Q("pilothouse.yaml"));
        options.secrets = secrets;
        options.clock = clock;
        auto opened = openServices(options);
        if (!opened)
            qFatal("%s", qPrintable(opened.error().text()));
        services = *opened;
        watch = std::make_unique<AlertWatch>(services);
    }
    std::shared_ptr<AlertStore> store() { return *AlertStore::open(services->root); }
    AlertStatus status(const char *rule = "queue") {
        for (const AlertStatus &s : *store()->statuses())
            if (s.rule == Q(rule))
                return s;
        return {};
    }
    QStringList later(int seconds) {
        clock->advance(seconds);
        QStringList out;
        for (const AlertNews &news : watch->look())
            out << news.sentence;
        return out;
    }
    int told() {
        const std::lock_guard lock(mutex);
        return int(messages.size());
    }
};

} // namespace

class tst_AlertWatch : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void itTellsOnceAndTellsTheEnd() {
        Estate e;
        QVERIFY(e.watch->needed());
        QVERIFY(e.later(0).isEmpty());
        e.figure = 50;
        QCOMPARE(e.later(60).size(), 1);
        QCOMPARE(e.told(), 1);
        QVERIFY(e.messages[0].contains("limit above 10"));
        QVERIFY(e.messages[0].contains("pilot alerts silence queue --for 4h"));
        e.later(60);
        e.start(); // a restart tells nothing twice
        e.later(60);
        QCOMPARE(e.told(), 1);
        e.figure = 5;
        e.later(60);
        QCOMPARE(e.told(), 2);
        QVERIFY(e.messages[1].contains("OK again"));
        e.later(60);
        QCOMPARE(e.told(), 2);
        QCOMPARE(e.store()->history(QStringLiteral("queue"))->size(), std::size_t(3)); // ok, firing, ok
        int sent = 0; // and each is in the journal, without the address
        const auto journal = *e.services->journal->entries(100);
        for (const auto &entry : journal) {
            sent += entry.kind == Q("notify") && entry.phase == Q("done");
            QVERIFY(!QJsonDocument(entry.details).toJson().contains("SECRETPART"));
        }
        QCOMPARE(sent, 2);
    }

    void whatCannotBeToldIsItsOwnState() {
        Estate e;
        e.later(0);
        e.prometheusStatus = 500;
        e.later(60);
        QCOMPARE(int(e.status().state), int(AlertState::CannotTell));
        QVERIFY(e.messages.value(0).contains("Cannot tell: queue"));
        e.prometheusStatus = 200;
        e.empty = true;
        e.later(60);
        QCOMPARE(int(e.status().state), int(AlertState::NoData));
        QCOMPARE(e.told(), 2);
    }

    void aModelWithoutVersionsIsStale() {
        Estate e("  fresh: {kind: staleness, model: t2m}\n  asked: {kind: no_data, model: t2m}\n  mae: {kind: metric, model: t2m, metric: mae, above: 1}\n  errors: {kind: error_rate, model: t2m}\n  late: {kind: run_time, model: t2m, longer_than: 2h}\n"
                 "  drift: {kind: drift, model: t2m}\n  skew: {kind: skew, model: t2m}\n  champion: {kind: metric, model: t2m, metric: mae, source: registry, above: 1}\n");
        e.later(0);
        QCOMPARE(int(e.status("fresh").state), int(AlertState::Firing));
        QCOMPARE(int(e.status("asked").state), int(AlertState::Firing));
        for (const char *rule : {"mae", "errors", "late", "drift", "skew", "champion"})
            QVERIFY2(e.status(rule).state == AlertState::NoData, qPrintable(QStringLiteral("%1: %2 %3").arg(Q(rule), alertStateName(e.status(rule).state), e.status(rule).sentence)));
        QCOMPARE(e.requests.load(), AlertWatch::burst); // the rest waits for the next look
        e.later(10);
        QCOMPARE(e.requests.load(), 8);
        const QDateTime looked = e.status("fresh").looked; // every five minutes
        e.later(280);
        QCOMPARE(e.status("fresh").looked, looked);
        e.later(10);
        QCOMPARE(e.status("fresh").looked, t0.addSecs(300));
    }

    /// Labels that stopped coming do not hold a rule at ok for ever.
    void labelsThatAreTooOldAreNoData() {
        Estate e("  mae: {kind: metric, model: t2m, metric: mae, above: 1, rows: 50, minimum_rows: 20}\n  month: {kind: metric, model: t2m, metric: mae, above: 1, within: 30d, rows: 50, minimum_rows: 20}\n");
        QVERIFY(QDir(e.services->root).mkpath(Q("serving/t2m")));
        const auto log = *Database::open(e.services->root + Q("/serving/t2m/serving.db"), serving::servingMigrations());
        QVERIFY(log->execute(Q("INSERT INTO revisions(number,model,version,digest,folder,author,operation,time,outcome,reason,signature) VALUES(1,'t2m',1,'','','','',0,'stable','',"
                               "'{\"inputs\":[{\"name\":\"a\",\"type\":\"number\"}],\"outputs\":[\"y\"],\"target\":\"y\",\"task\":\"regression\"}')")));
        int seq = 0;
        const auto labels = [&](int count, int daysAgo, double loss) {
            for (int i = 0; i < count; ++i)
                QVERIFY(log->execute(Q("INSERT INTO labels(seq,row,prediction_id,time,predicted_time,revision,value,class,predicted,predicted_class,loss) VALUES(?1,0,'',?2,?2,1,?3,NULL,0,NULL,?3)"),
                                     [&](Statement &s) { s.bind(1, ++seq).bind(2, t0.addDays(-daysAgo).toMSecsSinceEpoch()).bind(3, loss); }));
        };
        e.later(0);
        QVERIFY2(e.status("mae").sentence.contains(Q("no label has come yet")), qPrintable(e.status("mae").sentence));
        labels(100, 20, 3);
        e.later(60);
        QCOMPARE(int(e.status("mae").state), int(AlertState::NoData));
        QVERIFY2(e.status("mae").sentence.contains(Q("no label of the last 7 d; the newest is of a prediction 20 d ago")), qPrintable(e.status("mae").sentence));
        QCOMPARE(int(e.status("month").state), int(AlertState::Firing)); // three off
        labels(10, 1, 0.5);
        e.later(60);
        QVERIFY2(e.status("mae").sentence.contains(Q("too few labels of the last 7 d: 10 of 20")), qPrintable(e.status("mae").sentence));
        labels(40, 1, 0.5);
        e.later(60);
        QCOMPARE(int(e.status("mae").state), int(AlertState::Ok));
        QCOMPARE(int(e.status("month").state), int(AlertState::Ok)); // the newest 50 are new ones
    }

    void tooManyRequestsHoldTheChannel() {
        Estate e;
        e.figure = 50;
        e.slackStatus = 429;
        QCOMPARE(e.later(0).size(), 2); // it fires; it is sent later
        QCOMPARE(e.requests.load(), 1);
        e.slackStatus = 200;
        e.later(6);
        QCOMPARE(e.requests.load(), 1);
        e.start(); // also after a restart
        e.later(0);
        QCOMPARE(e.requests.load(), 1);
        e.later(1);
        QCOMPARE(e.told(), 1);
    }

    void aRevokedAddressIsSwitchedOffAndSaid() {
        Estate e;
        e.figure = 50;
        e.slackStatus = 410;
        const QStringList said = e.later(0);
        QVERIFY2(said.value(1).contains(Q("Nothing is sent to team any more")) && said.value(1).contains(Q("channel_is_archived")), qPrintable(said.join(QLatin1Char('\n'))));
        e.later(3600);
        QCOMPARE(e.requests.load(), 1);
        QVERIFY(!e.store()->channels()->at(0).off.isEmpty());
        e.slackStatus = 200;
        QVERIFY(e.secrets->write(QStringLiteral("hook"), e.slack.url("/services/T0/B0/OTHER"))); // another address switches it on
        e.later(60);
        QCOMPARE(e.told(), 1);
        QVERIFY(e.store()->channels()->at(0).off.isEmpty());
    }

    void aSilencedAlertIsToldWhenTheSilenceEnds() {
        Estate e;
        e.figure = 50;
        const auto made = std::make_shared<AlertSilence>();
        const auto outcome = e.services->operations->run(silenceOperation(e.store(), {{}, QStringLiteral("queue"), {}, t0, t0.addSecs(600), QStringLiteral("ben"), {}}, made));
        QVERIFY2(outcome.done, outcome.error ? qPrintable(outcome.error->text()) : "");
        QVERIFY(e.later(0).value(0).contains(Q("(silenced)")));
        e.later(540);
        QCOMPARE(e.told(), 0);
        QCOMPARE(int(e.status().state), int(AlertState::Firing));
        e.later(60);
        QCOMPARE(e.told(), 1);
    }

    void aChangedFileCountsFromTheNextLook() {
        Estate e;
        e.figure = 50;
        e.later(0);
        QByteArray yaml = *readFile(e.services->workspace.file);
        QVERIFY(writeFileAtomically(e.services->workspace.file, yaml.replace("above: 10", "above: 1o")));
        QVERIFY(e.later(60).value(0).contains(Q("above")));
        QVERIFY(e.later(60).isEmpty()); // said once
        QVERIFY(writeFileAtomically(e.services->workspace.file, yaml.replace("above: 1o", "above: 100")));
        e.later(60);
        QCOMPARE(int(e.status().state), int(AlertState::Ok));
    }
};

QTEST_GUILESS_MAIN(tst_AlertWatch)
#include "tst_alert_watch.moc"
