// SPDX-License-Identifier: GPL-3.0-or-later
// Alerts of an Alertmanager and of a Grafana beside the workspace's own: told, kept while the server is away, silenced there and taken back.
#include "core/fleet/managed_alerts.h"

#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "tests/support/loopback_server.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <atomic>

using namespace pilothouse;
using namespace pilothouse::fleet;
using support::LoopbackServer;

namespace {

QString Q(const char *text) { return QString::fromUtf8(text); }

/// A manager that keeps its silences and hides what they match by alertname.
struct Manager {
    std::mutex mutex;
    QJsonArray silences;
    QByteArrayList asked;
    std::atomic<bool> down = false;
    QByteArray prefix, rules; ///< rules: its answer; empty: it tells none
    LoopbackServer server{[this](LoopbackServer::Connection &c, int) {
        for (QByteArray request = c.readRequest(); !request.isEmpty(); request = c.readRequest())
            answer(c, request);
    }};
    explicit Manager(QByteArray prefix = {}) : prefix(std::move(prefix)) {}
    void answer(LoopbackServer::Connection &c, const QByteArray &request) {
        const std::lock_guard lock(mutex);
        const QByteArray json = "Content-Type: application/json\r\n", line = request.left(request.indexOf("\r\n"));
        asked << line;
        if (!down && !rules.isEmpty() && line.contains("/api/v1/rules"))
            return (void)c.reply(200, rules, json);
        if (down || !line.contains(prefix + "/api/v2/"))
            return (void)c.reply(down ? 503 : 404, "{}", json);
        if (line.contains("/alerts")) {
            bool hidden = false;
            for (const QJsonValue &silence : std::as_const(silences))
                for (const QJsonValue &matcher : silence[QLatin1String("matchers")].toArray())
                    hidden = hidden || (silence[QLatin1String("status")][QLatin1String("state")] == QLatin1String("active") && matcher[QLatin1String("value")] == QLatin1String("HighErrors"));
            const QByteArray state = hidden ? "suppressed" : "active";
            return (void)c.reply(200, "[{\"fingerprint\":\"f1\",\"labels\":{\"alertname\":\"HighErrors\",\"severity\":\"critical\",\"job\":\"api\"},\"annotations\":{\"summary\":\"5 % of the requests fail\"},\"startsAt\":\"2026-11-23T08:00:00Z\",\"status\":{\"state\":\"" + state +
                                    "\",\"silencedBy\":[]}},"
                                    "{\"fingerprint\":\"f2\",\"labels\":{\"alertname\":\"DatasourceNoData\",\"rulename\":\"No run\",\"model\":\"t2m\",\"severity\":\"warning\"},\"annotations\":{},\"startsAt\":\"2026-11-23T09:00:00Z\",\"status\":{\"state\":\"active\",\"silencedBy\":[]}}]", json);
        }
        if (line.startsWith("POST ")) {
            QJsonObject made = QJsonDocument::fromJson(request.mid(request.indexOf("\r\n\r\n") + 4)).object();
            made.insert(QLatin1String("id"), Q("s%1").arg(silences.size() + 1));
            made.insert(QLatin1String("status"), QJsonObject{{QLatin1String("state"), Q("active")}});
            silences.append(made);
            return (void)c.reply(200, "{\"silenceID\":\"" + made.value(QLatin1String("id")).toString().toUtf8() + "\"}", json);
        }
        if (line.startsWith("DELETE ")) {
            for (int i = 0; i < silences.size(); ++i)
                if (line.contains("/silence/" + silences[i][QLatin1String("id")].toString().toUtf8() + " ")) {
                    QJsonObject over = silences[i].toObject();
                    over.insert(QLatin1String("status"), QJsonObject{{QLatin1String("state"), Q("expired")}});
                    silences[i] = over;
                    return (void)c.reply(200, "", json);
                }
            return (void)c.reply(404, "{}", json);
        }
        c.reply(200, QJsonDocument(silences).toJson(), json);
    }
};

} // namespace

class TestManagedAlerts : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() {
        m_folder = std::make_unique<QTemporaryDir>();
        m_prometheus = std::make_unique<Manager>();
        m_grafana = std::make_unique<Manager>("/api/alertmanager/grafana");
        const QString file = m_folder->filePath(Q("pilothouse.yaml"));
        QVERIFY(writeFileAtomically(file, "workspace: w\nconnections:\n  local: {kind: local, root: " + m_folder->filePath(Q("root")).toUtf8() + "}\n  bare: {kind: prometheus, url: \"http://127.0.0.1:9\"}\n  prom: {kind: prometheus, url: \"http://127.0.0.1:9\", alertmanager: \"" +
                                              m_prometheus->server.url("").toUtf8() + "\"}\n  board: {kind: grafana, url: \"" + m_grafana->server.url("/").toUtf8() + "\", secret: token}\nmodels: {t2m: {registry: {connection: local}}}\n"));
        ServiceOptions options;
        options.workspaceFile = file;
        options.secrets = secrets::memoryStore();
        QVERIFY(options.secrets->write(Q("token"), Q("grafana-token")));
        m_clock = std::make_shared<FixedClock>(QDateTime(QDate(2026, 11, 23), QTime(10, 0), Qt::UTC));
        options.clock = m_clock;
        auto opened = openServices(options);
        QVERIFY2(opened, opened ? "" : qPrintable(opened.error().text()));
        m_services = *opened;
    }
    void cleanup() {
        m_services.reset();
        m_prometheus.reset();
        m_grafana.reset();
    }

    void whatFiresThereStandsInTheInbox() {
        QCOMPARE(managerConnections(m_services->workspace), (QStringList{Q("board"), Q("prom")}));
        QVERIFY(m_services->managed->refresh(*m_services));
        const Snapshot snapshot = readSnapshot(*m_services);
        const InboxItem errors = item(snapshot, "managed/prom/f1"), none = item(snapshot, "managed/board/f2");
        QCOMPARE(errors.title, Q("HighErrors fires (prom)"));
        QCOMPARE(errors.sentence, Q("5 % of the requests fail"));
        QCOMPARE(int(errors.state), int(Health::Bad));
        QCOMPARE(errors.action, Q("alert.silence"));
        QCOMPARE(errors.since, QDateTime(QDate(2026, 11, 23), QTime(8, 0), Qt::UTC));
        QCOMPARE(none.title, Q("No run has no data (board)")); // the rule's name, not that of the case
        QCOMPARE(none.model, Q("t2m"));
        QCOMPARE(none.action, Q("alert.silence")); // a retrain mends no query
        QCOMPARE(none.more.size(), std::size_t(1));
        QCOMPARE(none.more[0].action, Q("retrain.run"));
        QCOMPARE(int(none.state), int(Health::Unknown));
        QVERIFY2(none.sentence.contains(Q("severity warning")), qPrintable(none.sentence)); // no annotation: its labels
        for (const QByteArray &line : std::as_const(m_grafana->asked))
            QVERIFY2(line.contains("/api/alertmanager/grafana/api/v2/") || line.startsWith("GET /api/prometheus/grafana/api/v1/rules?"), line.constData());
    }

    /// What is pending in Grafana, and a rule whose query fails, stand beside what fires; what the Alertmanager tells is not told twice.
    void rulesOfGrafanaTellWhatItsAlertmanagerDoesNot() {
        m_grafana->rules = R"({"status":"success","data":{"groups":[{"name":"g","rules":[
          {"type":"alerting","name":"Drift","state":"pending","health":"ok","duration":600,"alerts":[{"labels":{"alertname":"Drift","model":"t2m"},"annotations":{"summary":"PSI 0.4"},"state":"Pending","activeAt":"2026-11-23T09:55:00Z"}]},
          {"type":"alerting","name":"HighErrors","state":"firing","health":"ok","alerts":[{"labels":{"alertname":"HighErrors"},"state":"Alerting","activeAt":"2026-11-23T08:00:00Z"}]},
          {"type":"alerting","name":"No run","state":"firing","health":"nodata","alerts":[{"labels":{"alertname":"No run"},"state":"NoData","activeAt":"2026-11-23T08:00:00Z"}]},
          {"type":"alerting","name":"Broken","state":"inactive","health":"error","lastError":"parse error at char 3","labels":{"model":"t2m"},"alerts":[]},
          {"type":"alerting","name":"Calm","state":"inactive","health":"ok","alerts":[{"labels":{"alertname":"Calm"},"state":"Normal","activeAt":"2026-11-23T08:00:00Z"}]},
          {"type":"recording","name":"r","health":"err"}]}]}})";
        QVERIFY(m_services->managed->refresh(*m_services));
        const Snapshot snapshot = readSnapshot(*m_services);
        QStringList told;
        for (const InboxItem &one : snapshot.inbox)
            if (one.id.startsWith(Q("rule/")))
                told << one.title;
        told.sort();
        QCOMPARE(told, (QStringList{Q("Broken cannot be told (board)"), Q("Drift is pending (board)")}));
        const auto drift = std::find_if(snapshot.inbox.begin(), snapshot.inbox.end(), [](const InboxItem &one) { return one.title.startsWith(Q("Drift")); });
        QCOMPARE(int(drift->group), int(InboxGroup::Soon));
        QCOMPARE(drift->sentence, Q("PSI 0.4 (fires after 10 min)"));
        QCOMPARE(drift->model, Q("t2m"));
        QCOMPARE(drift->action, Q("retrain.run"));
        QCOMPARE(drift->since, QDateTime(QDate(2026, 11, 23), QTime(9, 55), Qt::UTC));
        const InboxItem broken = item(snapshot, "rule/board/g/Broken");
        QCOMPARE(int(broken.state), int(Health::Unknown));
        QCOMPARE(broken.sentence, Q("parse error at char 3"));
    }

    /// One that does not tell rules (no right, an old one) still tells its alerts.
    void withoutRulesTheAlertsStand() {
        QVERIFY(m_services->managed->refresh(*m_services));
        const auto known = m_services->managed->known();
        const auto board = std::find_if(known.begin(), known.end(), [](const ManagedState &s) { return s.connection == Q("board"); });
        QVERIFY(board->noRules && !board->problem && board->alerts.size() == 2);
        const auto bare = std::find_if(known.begin(), known.end(), [](const ManagedState &s) { return s.connection == Q("bare"); });
        QVERIFY(bare->noRules && !bare->problem && !bare->manager && bare->alerts.empty()); // its own panel says that it is away
        QVERIFY(item(readSnapshot(*m_services), "managed/bare").id.isEmpty());
    }

    void aPrometheusWithoutAManagerTellsWhatFires_data() {
        QTest::addColumn<QByteArray>("setting");
        QTest::addColumn<QStringList>("told");
        QTest::newRow("all") << QByteArray() << QStringList{Q("Latency fires (bare)"), Q("Stale fires (bare)")};
        QTest::newRow("those of models") << QByteArray(", alerts: models") << QStringList{Q("Stale fires (bare)")};
        QTest::newRow("none") << QByteArray(", alerts: none") << QStringList();
    }
    void aPrometheusWithoutAManagerTellsWhatFires() {
        QFETCH(QByteArray, setting);
        QFETCH(QStringList, told);
        Manager server;
        server.rules = R"({"status":"success","data":{"groups":[{"name":"g","rules":[
          {"type":"alerting","name":"Stale","state":"firing","health":"ok","alerts":[{"labels":{"alertname":"Stale","model":"t2m","severity":"warning"},"annotations":{"summary":"40 h old"},"state":"firing","activeAt":"2026-11-23T09:00:00.123456789Z","value":"1e+00"}]},
          {"type":"alerting","name":"Latency","state":"firing","health":"ok","alerts":[{"labels":{"alertname":"Latency","job":"api"},"annotations":{},"state":"firing","activeAt":"2026-11-23T09:00:00Z"}]},
          {"type":"alerting","name":"Watchdog","state":"firing","health":"ok","alerts":[{"labels":{"alertname":"Watchdog","severity":"none"},"annotations":{},"state":"firing","activeAt":"2026-11-23T09:00:00Z"}]}]}]}})";
        const QString file = m_folder->filePath(Q("bare.yaml"));
        QVERIFY(writeFileAtomically(file, "workspace: w\nconnections:\n  local: {kind: local, root: " + m_folder->filePath(Q("root2")).toUtf8() + "}\n  bare: {kind: prometheus, url: \"" + server.server.url("").toUtf8() + "\"" + setting + "}\nmodels: {t2m: {registry: {connection: local}}}\n"));
        ServiceOptions options;
        options.workspaceFile = file;
        options.secrets = secrets::memoryStore();
        options.clock = m_clock;
        const auto services = *openServices(options);
        services->managed->refresh(*services);
        QStringList titles;
        for (const InboxItem &one : readSnapshot(*services).inbox)
            if (one.id.startsWith(Q("rule/"))) {
                titles << one.title;
                QCOMPARE(int(one.group), int(InboxGroup::Broken));
                QVERIFY(one.since.isValid());
            }
        titles.sort();
        QCOMPARE(titles, told);
        QVERIFY(managerConnections(services->workspace).isEmpty()); // it cannot be silenced there
    }

    /// What was told before still stands, and that it is not told anew is said.
    void aManagerThatIsAwayKeepsWhatItSaid() {
        QVERIFY(m_services->managed->refresh(*m_services));
        const auto asked = m_prometheus->asked.size();
        QVERIFY(!m_services->managed->refresh(*m_services)); // not due
        QCOMPARE(m_prometheus->asked.size(), asked);
        m_prometheus->down = true;
        m_clock->advance(40);
        QVERIFY(m_services->managed->refresh(*m_services));
        const Snapshot snapshot = readSnapshot(*m_services);
        QCOMPARE(item(snapshot, "managed/prom/f1").title, Q("HighErrors fires (prom)"));
        QCOMPARE(item(snapshot, "managed/prom").title, Q("The alerts of prom cannot be told"));
        QCOMPARE(int(item(snapshot, "managed/prom").state), int(Health::Unknown));
        QVERIFY(item(snapshot, "managed/board").id.isEmpty());
        m_prometheus->down = false;
        m_clock->advance(61);
        QVERIFY(m_services->managed->refresh(*m_services));
        QVERIFY(item(readSnapshot(*m_services), "managed/prom").id.isEmpty());
    }

    void aSilenceIsMadeThereAndTakenBack() {
        QVERIFY(m_services->managed->refresh(*m_services));
        const auto manager = alertmanagerOf(*m_services, Q("prom"));
        QVERIFY(manager);
        const auto alerts = (*manager)->alerts();
        QVERIFY(alerts);
        telemetry::ManagedSilence wanted;
        wanted.matchers = matchersOf(alerts->front());
        wanted.from = m_clock->nowUtc();
        wanted.until = wanted.from.addSecs(4 * 3600);
        wanted.comment = Q("known");
        const std::size_t hidden = telemetry::hiddenBy(wanted.matchers, *alerts).size();
        QCOMPARE(hidden, std::size_t(1)); // all of its labels: no other alert
        const auto made = std::make_shared<telemetry::ManagedSilence>();
        const operations::Operation operation = silenceManagedOperation(*m_services, *manager, Q("prom"), wanted, hidden, made);
        QVERIFY2(operation.plan().front().command.contains(Q("--match 'alertname=\"HighErrors\"'")), qPrintable(operation.plan().front().command));
        const auto done = m_services->operations->run(operation);
        QVERIFY2(done.done, done.error ? qPrintable(done.error->text()) : "");
        QCOMPARE(made->id, Q("s1"));
        QVERIFY(m_services->managed->refresh(*m_services)); // asked again at once, though not due
        QVERIFY(item(readSnapshot(*m_services), "managed/prom/f1").id.isEmpty());
        QVERIFY(m_services->operations->undoDone(operation, done).done);
        QVERIFY(m_services->managed->refresh(*m_services));
        QVERIFY(!item(readSnapshot(*m_services), "managed/prom/f1").id.isEmpty());
    }

    void anEndedSilenceIsMadeAnewByItsUndo() {
        const auto manager = *alertmanagerOf(*m_services, Q("prom"));
        telemetry::ManagedSilence wanted;
        wanted.matchers = {{Q("alertname"), Q("HighErrors"), false, true}};
        wanted.from = m_clock->nowUtc();
        wanted.until = wanted.from.addSecs(3600);
        const auto id = manager->silence(wanted);
        QVERIFY(id);
        const auto all = manager->silences();
        QVERIFY(all && all->size() == 1);
        const operations::Operation end = expireManagedOperation(*m_services, manager, Q("prom"), all->front());
        const auto done = m_services->operations->run(end);
        QVERIFY2(done.done, done.error ? qPrintable(done.error->text()) : "");
        QCOMPARE(manager->silences()->front().state, Q("expired"));
        QVERIFY(m_services->operations->undoDone(end, done).done);
        const auto again = manager->silences();
        QCOMPARE(again->size(), std::size_t(2));
        QCOMPARE(again->back().state, Q("active"));
        QCOMPARE(again->back().until, wanted.until);
    }

    void matchersAreReadAsPrometheusWritesThem_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("read");
        QTest::newRow("equal") << Q("alertname=Stale") << Q("alertname=\"Stale\"");
        QTest::newRow("quoted with spaces") << Q(" alertname = \"Iris No Data\" ") << Q("alertname=\"Iris No Data\"");
        QTest::newRow("pattern") << Q("pod=~\"t2m-.*\"") << Q("pod=~\"t2m-.*\"");
        QTest::newRow("not") << Q("team!=data") << Q("team!=\"data\"");
        QTest::newRow("not a pattern") << Q("team!~d.*") << Q("team!~\"d.*\"");
        QTest::newRow("empty value") << Q("team=") << Q("team=\"\"");
        QTest::newRow("no sign") << Q("alertname") << QString();
        QTest::newRow("broken pattern") << Q("pod=~(") << QString();
        QTest::newRow("no name") << Q("=x") << QString();
    }
    void matchersAreReadAsPrometheusWritesThem() {
        QFETCH(QString, text);
        QFETCH(QString, read);
        const auto matcher = parseMatcher(text);
        QCOMPARE(matcher ? matcherText(*matcher) : QString(), read);
    }

    void aConnectionWithoutAManagerSaysWhatItLacks() {
        const auto none = alertmanagerOf(*m_services, Q("bare"));
        QVERIFY(!none);
        QVERIFY(none.error().hint.contains(Q("alertmanager:")));
    }

private:
    static InboxItem item(const Snapshot &snapshot, const char *id) {
        const auto at = std::find_if(snapshot.inbox.begin(), snapshot.inbox.end(), [&](const InboxItem &one) { return one.id == QLatin1String(id); });
        return at == snapshot.inbox.end() ? InboxItem() : *at;
    }
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<Manager> m_prometheus, m_grafana;
    std::shared_ptr<FixedClock> m_clock;
    std::shared_ptr<Services> m_services;
};

QTEST_GUILESS_MAIN(TestManagedAlerts)
#include "tst_managed_alerts.moc"
