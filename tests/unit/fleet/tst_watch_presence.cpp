// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/watch_presence.h"

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
}

class tst_WatchPresence : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() {
        m_folder = std::make_unique<QTemporaryDir>();
        open("alerts: {fresh: {kind: staleness, model: t2m}}\n");
    }

    void withoutARuleNobodyIsMissed() {
        open("");
        const auto presence = watchPresence(*m_services);
        QVERIFY(presence.has_value() && !*presence);
        QVERIFY(!shown());
    }

    void rulesThatWereNeverEvaluatedAreSaid() {
        QVERIFY(here().missed(t0));
        QVERIFY(!QFileInfo::exists(m_services->root + QStringLiteral("/alerts.db")) && !QFileInfo::exists(watchLockFile(m_services->root))); // looking makes no file
        const auto item = shown();
        QVERIFY(item);
        QCOMPARE(int(item->group), int(InboxGroup::Soon));
        QVERIFY2(item->sentence.contains(QStringLiteral("No rule has been evaluated yet")) && item->sentence.contains(QStringLiteral("pilot watch --install")), qPrintable(item->sentence));
        const auto lock = FileLock::tryAcquire(watchLockFile(m_services->root));
        QVERIFY(lock.has_value());
        QVERIFY(here().runs && !here().missed(t0)); // it has just begun
        QVERIFY(!shown());
    }

    void oneThatEndedIsMissedAtOnceAndATimerAfterTwoHours() {
        QVERIFY(tellWatch(m_services->root, false));
        evaluated(t0.addSecs(-60));
        QVERIFY(!here().missed(t0)); // systemd may be starting it again
        evaluated(t0.addSecs(-180));
        QVERIFY(here().missed(t0));
        const auto item = shown();
        QVERIFY(item);
        QCOMPARE(int(item->group), int(InboxGroup::Broken));
        QVERIFY2(item->sentence.contains(QStringLiteral("3 minutes ago")), qPrintable(item->sentence));
        QVERIFY(tellWatch(m_services->root, true));
        QVERIFY(here().once && !here().missed(t0));
        QVERIFY(!shown());
        evaluated(t0.addSecs(-3 * 3600));
        QVERIFY(here().missed(t0));
        QVERIFY2(here().sentence(t0).contains(QStringLiteral("3 hours ago")), qPrintable(here().sentence(t0)));
    }

    void oneThatRunsAndEvaluatesNothingIsSaid() {
        const auto lock = FileLock::tryAcquire(watchLockFile(m_services->root));
        QVERIFY(lock.has_value());
        evaluated(t0.addSecs(-600));
        QVERIFY(!here().missed(t0));
        evaluated(t0.addSecs(-1000));
        QVERIFY(here().missed(t0));
        QVERIFY2(here().sentence(t0).contains(QStringLiteral("runs, but has evaluated none for 16 minutes")), qPrintable(here().sentence(t0)));
        evaluated(t0.addSecs(5000)); // a clock that was set back
        QVERIFY(!here().missed(t0));
    }

    void lookingDoesNotTakeTheLock() {
        const QString file = watchLockFile(m_services->root);
        QVERIFY(!FileLock::held(file));
        {
            const auto lock = FileLock::tryAcquire(file);
            QVERIFY(lock.has_value());
            QVERIFY(FileLock::held(file));
        }
        QVERIFY(!FileLock::held(file));
        QVERIFY(FileLock::tryAcquire(file).has_value());
    }

private:
    void open(const char *alerts) {
        const QString file = m_folder->filePath(QStringLiteral("pilothouse.yaml"));
        QVERIFY(writeFileAtomically(file, "workspace: w\nconnections: {local: {kind: local, root: " + m_folder->filePath(QStringLiteral("root")).toUtf8() + "}}\nmodels: {t2m: {registry: {connection: local}}}\n" + alerts));
        ServiceOptions options;
        options.workspaceFile = file;
        options.secrets = secrets::memoryStore();
        options.clock = std::make_shared<FixedClock>(t0);
        auto opened = openServices(options);
        QVERIFY2(opened, opened ? "" : qPrintable(opened.error().text()));
        m_services = *opened;
    }
    void evaluated(const QDateTime &at) {
        const auto store = *AlertStore::open(m_services->root);
        AlertStatus s;
        s.rule = QStringLiteral("fresh");
        s.model = QStringLiteral("t2m");
        s.state = AlertState::Ok;
        s.since = s.looked = at;
        QVERIFY(store->write(s, {}, at));
    }
    WatchPresence here() const { return watchPresence(*m_services)->value(); }
    std::optional<InboxItem> shown() const {
        const Snapshot snapshot = readSnapshot(*m_services);
        const auto at = std::find_if(snapshot.inbox.begin(), snapshot.inbox.end(), [](const InboxItem &i) { return i.id == QStringLiteral("watch"); });
        return at == snapshot.inbox.end() ? std::nullopt : std::optional(*at);
    }
    std::unique_ptr<QTemporaryDir> m_folder;
    std::shared_ptr<Services> m_services;
};

QTEST_GUILESS_MAIN(tst_WatchPresence)
#include "tst_watch_presence.moc"
