// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/telemetry/alert_store.h"

#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::telemetry;

namespace {
const QDateTime t0 = QDateTime::fromSecsSinceEpoch(1'763'800'000, Qt::UTC);

AlertStatus status(AlertState state, const QDateTime &episode, const char *rule = "r") {
    AlertStatus s;
    s.rule = QLatin1String(rule);
    s.model = QStringLiteral("t2m");
    s.state = state;
    s.since = s.looked = t0;
    s.episode = episode;
    return s;
}
AlertMessage message(const char *channel, const char *state = "firing", const char *episode = "2025-11-22T08:26:40.000Z") {
    return {0, QStringLiteral("r"), QLatin1String(episode), QLatin1String(state), QLatin1String(channel), {{QStringLiteral("rule"), QStringLiteral("r")}}, 0};
}
} // namespace

class tst_AlertStore : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void whatWasToldIsNotToldAgainAfterARestart() {
        QTemporaryDir root;
        {
            const auto store = *AlertStore::open(root.path());
            QVERIFY(store->write(status(AlertState::Firing, t0), {message("team")}, t0));
            QVERIFY(store->write(status(AlertState::Firing, t0), {message("team")}, t0.addSecs(60)));
            const auto due = *store->due(QStringLiteral("team"), t0, 10);
            QCOMPARE(due.size(), std::size_t(1));
            QVERIFY(*store->claim(due[0].id));
            QVERIFY(!*store->claim(due[0].id)); // another program
            QVERIFY(store->settleSent(due[0].id, t0));
        }
        const auto store = *AlertStore::open(root.path());
        QVERIFY(store->write(status(AlertState::Firing, t0), {message("team")}, t0.addSecs(120)));
        QVERIFY(store->due(QStringLiteral("team"), t0.addSecs(120), 10)->empty());
        QCOMPARE(*store->told(QStringLiteral("r"), QStringLiteral("2025-11-22T08:26:40.000Z")), QStringList{QStringLiteral("team")});
    }

    void whatAKilledProgramHadClaimedIsNotSentAgain() {
        QTemporaryDir root;
        {
            const auto store = *AlertStore::open(root.path());
            QVERIFY(store->write(status(AlertState::Firing, t0), {message("team")}, t0));
            QVERIFY(*store->claim(store->due(QStringLiteral("team"), t0, 10)->at(0).id));
        }
        const auto store = *AlertStore::open(root.path());
        QVERIFY(store->write(status(AlertState::Firing, t0), {message("team")}, t0.addSecs(60)));
        QVERIFY(store->due(QStringLiteral("team"), t0.addDays(1), 10)->empty());
        QCOMPARE(store->channels()->at(0).sent, qint64(1));
    }

    void aMessageThatFailedWaitsUntilItsTime() {
        QTemporaryDir root;
        const auto store = *AlertStore::open(root.path());
        QVERIFY(store->write(status(AlertState::Firing, t0), {message("team"), message("hook")}, t0));
        const qint64 id = store->due(QStringLiteral("team"), t0, 10)->at(0).id;
        QVERIFY(*store->claim(id));
        QVERIFY(store->settleAgain(id, t0.addSecs(30), QStringLiteral("no answer")));
        QVERIFY(store->due(QStringLiteral("team"), t0.addSecs(29), 10)->empty());
        QCOMPARE(store->due(QStringLiteral("team"), t0.addSecs(30), 10)->at(0).tries, 1);
        QCOMPARE(store->due(QStringLiteral("hook"), t0, 10)->size(), std::size_t(1)); // the other is not held up
    }

    void whatIsOverBeforeItWasSentIsDropped() {
        QTemporaryDir root;
        const auto store = *AlertStore::open(root.path());
        QVERIFY(store->write(status(AlertState::Firing, t0), {message("team")}, t0));
        QVERIFY(store->write(status(AlertState::Ok, {}), {}, t0.addSecs(60)));
        QVERIFY(store->due(QStringLiteral("team"), t0.addDays(1), 10)->empty());
        const QDateTime again = t0.addSecs(600); // a new episode is told anew
        QVERIFY(store->write(status(AlertState::Firing, again), {message("team", "firing", "2025-11-22T08:36:40.000Z")}, again));
        QCOMPARE(store->due(QStringLiteral("team"), again, 10)->size(), std::size_t(1));
    }

    void theHistoryHasEachChangeOnce() {
        QTemporaryDir root;
        const auto store = *AlertStore::open(root.path());
        for (const AlertState state : {AlertState::Ok, AlertState::Ok, AlertState::Firing, AlertState::Firing, AlertState::CannotTell, AlertState::Ok})
            QVERIFY(store->write(status(state, state == AlertState::Ok ? QDateTime() : t0), {}, t0));
        const auto history = *store->history(QStringLiteral("r"));
        QCOMPARE(history.size(), std::size_t(4));
        QCOMPARE(alertStateName(history[1].state), QStringLiteral("cannot tell"));
        QVERIFY(store->history(QStringLiteral("other"))->empty());
        QVERIFY(store->keepOnly({QStringLiteral("other")}, t0));
        QVERIFY(store->statuses()->empty());
        QCOMPARE(store->history({})->size(), std::size_t(4)); // what was stays readable
    }

    void aSilenceEndsByItselfAndByHand() {
        QTemporaryDir root;
        const auto store = *AlertStore::open(root.path());
        const auto silence = store->addSilence({{}, QStringLiteral("r"), {}, t0, t0.addSecs(3600), QStringLiteral("ben"), QStringLiteral("known")});
        QVERIFY(silence);
        QVERIFY(silence->covers(status(AlertState::Firing, t0), t0));
        QVERIFY(!silence->covers(status(AlertState::Firing, t0, "other"), t0));
        QVERIFY(!silence->covers(status(AlertState::Firing, t0), t0.addSecs(3600)));
        QCOMPARE(store->silences(t0)->size(), std::size_t(1));
        QVERIFY(store->silences(t0.addSecs(3600))->empty());
        const auto second = store->addSilence({{}, {}, QStringLiteral("t2m"), t0, t0.addSecs(3600), QStringLiteral("ben"), {}});
        QVERIFY(second->covers(status(AlertState::Firing, t0, "other"), t0));
        QVERIFY(store->endSilence(second->id, t0.addSecs(10)));
        QCOMPARE(store->silences(t0.addSecs(10))->size(), std::size_t(1));
        QCOMPARE(int(store->endSilence(second->id, t0.addSecs(20)).error().kind), int(ErrorKind::Conflict));
        QCOMPARE(int(store->endSilence(QStringLiteral("s-0"), t0).error().kind), int(ErrorKind::NotFound));
        QCOMPARE(int(store->addSilence({{}, {}, {}, t0, t0.addSecs(1), {}, {}}).error().kind), int(ErrorKind::Invalid));
    }
};

QTEST_GUILESS_MAIN(tst_AlertStore)
#include "tst_alert_store.moc"
