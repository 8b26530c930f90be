// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/alert_inbox.h"

#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/telemetry/alert_store.h"

#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace pilothouse;
using namespace pilothouse::fleet;
using namespace pilothouse::telemetry;

namespace {
const QDateTime t0 = QDateTime::fromSecsSinceEpoch(1'763'800'000, Qt::UTC);
QString ways(const InboxItem &item) {
    QStringList out;
    for (const InboxWay &way : item.more)
        out << way.action + QLatin1Char(' ') + way.argument;
    return out.join(QStringLiteral(", "));
}
}

class tst_AlertInbox : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() {
        m_folder = std::make_unique<QTemporaryDir>();
        const QString file = m_folder->filePath(QStringLiteral("pilothouse.yaml"));
        QVERIFY(writeFileAtomically(file, "workspace: w\nconnections:\n  local: {kind: local, root: " + m_folder->filePath(QStringLiteral("root")).toUtf8() +
                                              "}\n  prom: {kind: prometheus, url: \"http://127.0.0.1:9\"}\nmodels: {t2m: {registry: {connection: local}}}\nnotifications: {team: {kind: slack, secret: hook}}\nalerts:\n"
                                              "  fresh: {kind: staleness, model: t2m}\n  mae: {kind: metric, model: t2m, metric: mae, above: 1}\n  drift: {kind: drift, model: t2m, severity: warning}\n  queue: {kind: query, connection: prom, query: up, above: 1}\n"));
        ServiceOptions options;
        options.workspaceFile = file;
        options.secrets = secrets::memoryStore();
        options.clock = std::make_shared<FixedClock>(t0);
        auto opened = openServices(options);
        QVERIFY2(opened, opened ? "" : qPrintable(opened.error().text()));
        m_services = *opened;
    }

    void aLookMakesNoFile() {
        QVERIFY(alertItems(*m_services)->empty());
        QVERIFY(!QFileInfo::exists(m_services->root + QStringLiteral("/alerts.db")));
    }

    void whatIsNotOkStandsInTheInboxWithItsFix() {
        const auto store = *AlertStore::open(m_services->root);
        for (const auto &[rule, state] : {std::pair("fresh", AlertState::Firing), std::pair("mae", AlertState::CannotTell), std::pair("drift", AlertState::Pending), std::pair("queue", AlertState::NoData), std::pair("gone", AlertState::Firing)}) {
            AlertStatus s;
            s.rule = QLatin1String(rule);
            s.model = s.rule == QLatin1String("queue") ? QString() : QStringLiteral("t2m");
            s.state = state;
            s.sentence = QStringLiteral("why");
            s.since = s.looked = s.episode = t0;
            QVERIFY(store->write(s, {}, t0));
        }
        const Snapshot snapshot = readSnapshot(*m_services);
        const auto of = [&](const char *id) {
            const auto at = std::find_if(snapshot.inbox.begin(), snapshot.inbox.end(), [&](const InboxItem &i) { return i.id == QLatin1String(id); });
            return at == snapshot.inbox.end() ? InboxItem() : *at;
        };
        QCOMPARE(int(of("alert/fresh").group), int(InboxGroup::Broken));
        QCOMPARE(int(of("alert/fresh").state), int(Health::Bad));
        QCOMPARE(of("alert/fresh").action, QStringLiteral("retrain.run"));
        QCOMPARE(of("alert/fresh").argument, QStringLiteral("t2m"));
        QCOMPARE(of("alert/fresh").title, QStringLiteral("fresh (t2m) fires"));
        QCOMPARE(int(of("alert/mae").state), int(Health::Unknown));
        QCOMPARE(int(of("alert/drift").group), int(InboxGroup::Soon));
        QCOMPARE(ways(of("alert/fresh")), QStringLiteral("alert.silence alert/fresh"));
        QCOMPARE(ways(of("alert/mae")), QStringLiteral("rollout.undo t2m, alert.silence alert/mae"));
        QCOMPARE(ways(of("alert/queue")), QString());
        QVERIFY(snapshot.keptRules.empty() && snapshot.silenced.empty());
        QCOMPARE(of("alert/queue").action, QStringLiteral("alert.silence"));
        QCOMPARE(of("alert/queue").argument, QStringLiteral("alert/queue"));
        QVERIFY(of("alert/gone").id.isEmpty()); // the workspace has no such rule any more
        QVERIFY(std::is_sorted(snapshot.inbox.begin(), snapshot.inbox.end(), [](const InboxItem &a, const InboxItem &b) { return a.group < b.group; }));
        QVERIFY(store->addSilence({{}, {}, QStringLiteral("t2m"), t0, t0.addSecs(3600), QStringLiteral("ben"), {}}));
        QCOMPARE(alertItems(*m_services)->size(), std::size_t(1)); // the query is no model's
    }

    void whatIsSilencedIsToldBesideIt() {
        AlertsAside before;
        QVERIFY(alertItems(*m_services, &before)->empty());
        QCOMPARE(before.kept.size(), std::size_t(4)); // none was evaluated; each can be silenced beforehand
        QVERIFY(!before.kept[0].looked.isValid());
        const auto store = *AlertStore::open(m_services->root);
        AlertStatus s;
        s.rule = QStringLiteral("mae");
        s.model = QStringLiteral("t2m");
        s.state = AlertState::Firing;
        s.sentence = QStringLiteral("1.4, limit above 1");
        s.since = s.looked = s.episode = t0;
        QVERIFY(store->write(s, {}, t0));
        QVERIFY(store->addSilence({{}, QStringLiteral("mae"), {}, t0, t0.addSecs(3600), QStringLiteral("ben"), QStringLiteral("new sensors")}));
        QVERIFY(store->addSilence({{}, QStringLiteral("queue"), {}, t0, t0.addSecs(7200), QStringLiteral("ada"), {}}));
        const Snapshot snapshot = readSnapshot(*m_services);
        QCOMPARE(snapshot.silenced.size(), std::size_t(2));
        const SilencedAlert &mae = snapshot.silenced[0], &queue = snapshot.silenced[1];
        QCOMPARE(mae.id, QStringLiteral("alert/mae"));
        QCOMPARE(int(mae.state), int(Health::Bad));
        QCOMPARE(mae.title, QStringLiteral("mae (t2m) fires"));
        QCOMPARE(mae.until, t0.addSecs(3600));
        QCOMPARE(mae.by, QStringLiteral("ben"));
        QCOMPARE(mae.comment, QStringLiteral("new sensors"));
        QVERIFY(mae.silence.startsWith(QStringLiteral("s-")));
        QCOMPARE(queue.title, QStringLiteral("queue")); // it is kept, and silenced for what comes
        QCOMPARE(int(queue.state), int(Health::Ok));
        QCOMPARE(snapshot.keptRules.size(), std::size_t(2));
        QVERIFY(std::none_of(snapshot.inbox.begin(), snapshot.inbox.end(), [](const InboxItem &i) { return i.id == QStringLiteral("alert/mae"); }));
        QVERIFY(store->endSilence(mae.silence, t0));
        QCOMPARE(readSnapshot(*m_services).silenced.size(), std::size_t(1));
    }

    /// The same is not said twice: a rule has its own limit, and its silence counts for both.
    void aRuleStandsForTheModelsWatch() {
        const auto item = [](const char *id, InboxGroup group) {
            InboxItem one;
            one.id = QLatin1String(id);
            one.group = group;
            return one;
        };
        const auto shown = [&] {
            std::vector<InboxItem> inbox{item("stale/t2m", InboxGroup::Soon), item("drift/t2m", InboxGroup::Soon), item("quality/t2m", InboxGroup::Broken), item("stale/rh2m", InboxGroup::Soon)};
            AlertsAside aside;
            QStringList ids;
            auto items = alertItems(*m_services, &aside);
            if (!items)
                qFatal("%s", qPrintable(items.error().text()));
            addAlertItems(std::move(*items), inbox, aside.instead);
            for (const InboxItem &one : inbox)
                ids << one.id;
            ids.sort();
            return ids.join(QLatin1Char(' '));
        };
        const auto store = *AlertStore::open(m_services->root);
        const auto write = [&](const char *rule, AlertState state) {
            AlertStatus s;
            s.rule = QLatin1String(rule);
            s.model = QStringLiteral("t2m");
            s.state = state;
            s.since = s.looked = s.episode = t0;
            QVERIFY(store->write(s, {}, t0));
        };
        write("fresh", AlertState::Ok);
        QCOMPARE(shown(), QStringLiteral("drift/t2m quality/t2m stale/rh2m stale/t2m")); // an ok rule says nothing against a narrower watch
        write("fresh", AlertState::Firing);
        write("drift", AlertState::Pending);
        QCOMPARE(shown(), QStringLiteral("alert/drift alert/fresh quality/t2m stale/rh2m"));
        write("mae", AlertState::Firing);
        QVERIFY(store->addSilence({{}, QStringLiteral("mae"), {}, t0, t0.addSecs(3600), QStringLiteral("ben"), {}}));
        QCOMPARE(shown(), QStringLiteral("alert/drift alert/fresh stale/rh2m")); // and is quiet
    }

    void aChannelThatIsOffIsSaid() {
        const auto store = *AlertStore::open(m_services->root);
        QVERIFY(store->writeChannel({QStringLiteral("team"), {}, QStringLiteral("hooks.example answered 410."), t0, {}, {}}));
        QVERIFY(store->writeChannel({QStringLiteral("old"), {}, QStringLiteral("gone"), t0, {}, {}}));
        const auto items = *alertItems(*m_services);
        QCOMPARE(items.size(), std::size_t(1));
        QCOMPARE(items[0].id, QStringLiteral("channel/team"));
        QVERIFY(items[0].sentence.contains(QStringLiteral("pilot alerts test team")));
    }

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    std::shared_ptr<Services> m_services;
};

QTEST_GUILESS_MAIN(tst_AlertInbox)
#include "tst_alert_inbox.moc"
