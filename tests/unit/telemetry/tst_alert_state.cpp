// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/telemetry/alert_state.h"

#include <QTest>

#include <cmath>

using namespace pilothouse;
using namespace pilothouse::telemetry;
using workspace::AlertRule;
using Kind = AlertRule::Kind;

namespace {
const QDateTime t0 = QDateTime::fromSecsSinceEpoch(1'763'800'000, Qt::UTC);

AlertRule rule(Kind kind, std::optional<double> above, std::optional<double> below = {}, qint64 forSeconds = 0) {
    AlertRule r;
    r.name = QStringLiteral("r");
    r.model = QStringLiteral("t2m");
    r.kind = kind;
    r.metric = QStringLiteral("mae");
    r.above = above;
    r.below = below;
    r.forSeconds = forSeconds;
    return r;
}
AlertReading value(double v) { return {v, t0, QStringLiteral("serving/t2m"), {}, {}}; }
AlertReading nothing() { return {}; }
AlertReading failed() { return {{}, {}, QStringLiteral("ml"), {}, Error{ErrorKind::Unreachable, QStringLiteral("No answer."), QStringLiteral("ml"), {}, {}}}; }
} // namespace

Q_DECLARE_METATYPE(pilothouse::telemetry::AlertState)

class tst_AlertState : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void oneLook_data() {
        QTest::addColumn<int>("kind");
        QTest::addColumn<double>("read"); // 1e300: no rows, -1e300: the query failed
        QTest::addColumn<AlertState>("state");
        const double none = 1e300, broken = -1e300, h = 3600;
        const auto row = [](const char *name, Kind kind, double read, AlertState state) { QTest::newRow(name) << int(kind) << read << state; };
        row("an age at the limit passes", Kind::Staleness, 36 * h, AlertState::Ok);
        row("an age beyond the limit fires at once", Kind::Staleness, 36 * h + 1, AlertState::Firing);
        row("an experiment without rows is stale", Kind::Staleness, none, AlertState::Firing);
        row("a staleness query that failed tells nothing", Kind::Staleness, broken, AlertState::CannotTell);
        row("a newest point a little ahead of our clock is new", Kind::Staleness, -200, AlertState::Ok);
        row("a newest point hours ahead of our clock tells nothing", Kind::Staleness, -3 * h, AlertState::CannotTell);
        row("a metric without labels has no data", Kind::Metric, none, AlertState::NoData);
        row("a metric that is not a number has no data", Kind::Metric, std::nan(""), AlertState::NoData);
        row("an infinite metric is beyond its limit", Kind::Metric, std::numeric_limits<double>::infinity(), AlertState::Firing);
        row("a metric query that failed tells nothing", Kind::Metric, broken, AlertState::CannotTell);
        row("an endpoint that nobody ever asked has an alert", Kind::NoData, none, AlertState::Firing);
        row("a skew fires", Kind::Skew, 1, AlertState::Firing);
        row("no skew is fine", Kind::Skew, 0, AlertState::Ok);
    }
    void oneLook() {
        QFETCH(int, kind);
        QFETCH(double, read);
        QFETCH(AlertState, state);
        const AlertReading reading = read == 1e300 ? nothing() : read == -1e300 ? failed() : value(read);
        const AlertStatus status = evaluateAlert(rule(Kind(kind), 36 * 3600), reading, {}, t0);
        QCOMPARE(alertStateName(status.state), alertStateName(state));
        QVERIFY(Kind(kind) == Kind::Skew || !status.sentence.isEmpty());
        QCOMPARE(status.episode.isValid(), state != AlertState::Ok);
    }

    void bothSidesOfALevelFire() {
        const AlertRule r = rule(Kind::Metric, 1.5, 0.1);
        QCOMPARE(int(evaluateAlert(r, value(1.5), {}, t0).state), int(AlertState::Ok));
        QCOMPARE(int(evaluateAlert(r, value(1.51), {}, t0).state), int(AlertState::Firing));
        QCOMPARE(int(evaluateAlert(r, value(0.09), {}, t0).state), int(AlertState::Firing));
        QCOMPARE(evaluateAlert(r, value(2), {}, t0).sentence, QStringLiteral("mae 2, limit above 1.5 or below 0.1"));
    }

    void itFiresOnlyWhenItHeldForSoLong() {
        const AlertRule r = rule(Kind::Metric, 1.5, {}, 600);
        AlertStatus s = evaluateAlert(r, value(2), {}, t0);
        QCOMPARE(int(s.state), int(AlertState::Pending));
        QVERIFY(!s.episode.isValid());
        s = evaluateAlert(r, failed(), s, t0.addSecs(300)); // cannot tell: neither over nor anew
        QCOMPARE(int(s.state), int(AlertState::CannotTell));
        s = evaluateAlert(r, value(2), s, t0.addSecs(599));
        QCOMPARE(int(s.state), int(AlertState::Pending));
        s = evaluateAlert(r, value(2), s, t0.addSecs(600));
        QCOMPARE(int(s.state), int(AlertState::Firing));
        QCOMPARE(s.since, t0.addSecs(600));
        s = evaluateAlert(r, value(1), s, t0.addSecs(660));
        QCOMPARE(int(s.state), int(AlertState::Ok));
        s = evaluateAlert(r, value(2), s, t0.addSecs(720)); // and its time begins anew
        QCOMPARE(int(s.state), int(AlertState::Pending));
        QCOMPARE(s.beyond, t0.addSecs(720));
    }

    void whatCannotBeToldEndsNoEpisode() {
        const AlertRule r = rule(Kind::Metric, 1.5);
        AlertStatus s = evaluateAlert(r, value(2), {}, t0);
        for (int i = 1; i < 4; ++i) {
            s = evaluateAlert(r, i % 2 ? failed() : value(3), s, t0.addSecs(60 * i));
            QCOMPARE(s.episode, t0);
        }
        s = evaluateAlert(r, value(1), s, t0.addSecs(300));
        QVERIFY(!s.episode.isValid());
    }

    void aStatusSurvivesItsWayThroughJson() {
        const AlertStatus s = evaluateAlert(rule(Kind::Latency, 100), value(250), {}, t0);
        const AlertStatus back = AlertStatus::fromJson(s.toJson());
        QCOMPARE(back.toJson(), s.toJson());
        QCOMPARE(int(back.state), int(AlertState::Firing));
        QCOMPARE(back.limit, QStringLiteral("above 100 ms"));
    }

    void eachKindCarriesItsFixAndSilence() {
        const auto fixes = fixesOf(rule(Kind::Metric, 1.5));
        QCOMPARE(fixes.size(), std::size_t(3));
        QCOMPARE(fixes[0].command, QStringLiteral("pilot retrain run t2m"));
        QCOMPARE(fixes[1].command, QStringLiteral("pilot rollouts undo t2m"));
        QCOMPARE(fixes[2].command, QStringLiteral("pilot alerts silence r --for 4h"));
    }
};

QTEST_GUILESS_MAIN(tst_AlertState)
#include "tst_alert_state.moc"
