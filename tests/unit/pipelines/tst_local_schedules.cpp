// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/local_schedules.h"
#include "core/pipelines/local_pipelines.h"

#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::pipelines;

namespace {

QDateTime at(const char *text) { return QDateTime::fromString(QLatin1String(text), Qt::ISODate); }

struct Place {
    QTemporaryDir folder;
    std::shared_ptr<FixedClock> clock = std::make_shared<FixedClock>(at("2026-11-23T12:00:00Z"));
    workspace::Workspace workspace;
    explicit Place(const char *key, const char *value, bool catchUp = false) {
        workspace::Model model;
        model.name = QStringLiteral("t2m");
        model.recipe = QStringLiteral("/nowhere/t2m.yaml");
        model.pipeline.other.insert(QLatin1String(key), QLatin1String(value));
        model.pipeline.other.insert(QStringLiteral("catch_up"), catchUp ? QStringLiteral("yes") : QStringLiteral("no"));
        model.pipeline.other.insert(QStringLiteral("sla"), QStringLiteral("2h"));
        workspace.models.push_back(model);
    }
    LocalSchedules schedules() const { return {folder.path(), workspace, clock}; }
    Schedule only() const { return schedules().all()->front(); }
    std::vector<LocalSchedules::Due> take() const { return *schedules().take(); }
};

} // namespace

class TestLocalSchedules : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aCronFiresOnce() {
        Place place("schedule_cron", "0 2 * * *");
        QVERIFY(place.only().note.contains(QStringLiteral("Nobody has looked")));
        QVERIFY(place.take().empty()); // first seen: what was before is not missed
        QCOMPARE(place.only().next, at("2026-11-24T02:00:00Z"));
        QVERIFY(!place.only().due.isValid());
        QCOMPARE(place.only().maxSeconds, 7200);
        place.clock->set(at("2026-11-24T02:00:05Z"));
        const auto due = place.take();
        QCOMPARE(due.size(), std::size_t(1));
        QCOMPARE(due.front().model, QStringLiteral("t2m"));
        QCOMPARE(due.front().fire, at("2026-11-24T02:00:00Z"));
        QVERIFY(!due.front().missed);
        QVERIFY(place.take().empty()); // another program
        QCOMPARE(place.only().last, at("2026-11-24T02:00:00Z"));
        QCOMPARE(place.only().due, at("2026-11-24T02:00:00Z"));
        QCOMPARE(place.only().next, at("2026-11-25T02:00:00Z"));
    }
    void itsZoneIsTheWorkspaces() {
        Place place("schedule_cron", "0 2 * * *");
        place.workspace.zone = QStringLiteral("Europe/Berlin");
        QCOMPARE(place.only().next, at("2026-11-24T01:00:00Z"));
        QCOMPARE(place.only().zone, QStringLiteral("Europe/Berlin"));
    }
    void anIntervalCountsFromTheFirstLook() {
        Place place("schedule_every", "1d");
        QVERIFY(!place.only().next.isValid());
        QVERIFY(place.take().empty());
        QCOMPARE(place.only().next, at("2026-11-24T12:00:00Z"));
        place.clock->set(at("2026-11-24T11:59:59Z"));
        QVERIFY(place.take().empty());
        place.clock->set(at("2026-11-24T12:00:00Z"));
        QCOMPARE(place.take().size(), std::size_t(1));
        QVERIFY(place.take().empty());
    }
    void whatWasMissedWhileNobodyLookedIsToldAndNotMadeUpFor() {
        Place place("schedule_cron", "0 2 * * *");
        (void)place.take();
        place.clock->set(at("2026-11-26T12:00:00Z"));
        QCOMPARE(place.only().due, at("2026-11-26T02:00:00Z"));
        QVERIFY(place.take().empty());
        QCOMPARE(place.only().due, at("2026-11-26T02:00:00Z")); // for the inbox, until a run begins
    }
    void withCatchUpItIsMadeUpForOnce() {
        Place place("schedule_cron", "0 2 * * *", true);
        (void)place.take();
        place.clock->set(at("2026-11-26T12:00:00Z"));
        const auto due = place.take();
        QCOMPARE(due.size(), std::size_t(1)); // of three
        QVERIFY(due.front().missed);
        QVERIFY(place.take().empty());
    }
    void offNothingIsDue() {
        Place place("schedule_cron", "0 2 * * *", true);
        (void)place.take();
        QVERIFY(place.schedules().switchTo(QStringLiteral("t2m"), false));
        QVERIFY(!place.only().on);
        QVERIFY(!place.only().next.isValid());
        place.clock->set(at("2026-11-24T02:00:05Z"));
        QVERIFY(place.take().empty());
        place.clock->set(at("2026-11-24T12:00:00Z"));
        QVERIFY(place.schedules().switchTo(QStringLiteral("t2m"), true));
        QVERIFY(place.take().empty()); // it was off
        QVERIFY(!place.only().due.isValid());
        QCOMPARE(place.schedules().switchTo(QStringLiteral("none"), true).error().kind, ErrorKind::NotFound);
    }
    void anotherTimeBeginsAnew() {
        Place place("schedule_cron", "0 2 * * *");
        (void)place.take();
        place.clock->set(at("2026-11-24T03:00:00Z"));
        place.workspace.models.front().pipeline.other[QStringLiteral("schedule_cron")] = QStringLiteral("30 2 * * *");
        QVERIFY(place.take().empty());
        QVERIFY(!place.only().due.isValid());
    }
    void aTimeThatIsNoneIsSaid() {
        Place place("schedule_cron", "every night");
        QVERIFY(place.take().empty());
        QVERIFY(place.only().note.contains(QStringLiteral("every night")));
        QVERIFY(!place.only().next.isValid());
    }
    void theServiceHasThem() {
        Place place("schedule_cron", "0 2 * * *");
        LocalPipelines local(place.folder.path(), place.workspace, {}, place.clock);
        QVERIFY(local.can().schedules);
        QVERIFY(local.can().switchSchedules);
        QCOMPARE(local.schedules()->size(), std::size_t(1));
        QVERIFY(local.switchSchedule(QStringLiteral("t2m"), false));
        QVERIFY(!local.schedules()->front().on);
    }
};

QTEST_APPLESS_MAIN(TestLocalSchedules)
#include "tst_local_schedules.moc"
