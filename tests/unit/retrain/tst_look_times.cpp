// SPDX-License-Identifier: GPL-3.0-or-later
// When a policy is looked at: by its cron in the workspace's zone, by its interval, else as often as it may retrain.
#include "core/retrain/look_times.h"

#include <QTest>

using namespace pilothouse;
using namespace pilothouse::retrain;

namespace {

QDateTime at(const char *text) { return QDateTime::fromString(QLatin1String(text), Qt::ISODate).toUTC(); }

workspace::Model policy(const char *check, const char *atMostEvery = "6h") {
    workspace::Model model;
    model.retrain.check = QLatin1String(check);
    model.retrain.atMostEvery = QLatin1String(atMostEvery);
    return model;
}

} // namespace

class tst_LookTimes : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void withoutAWordAsOftenAsItMayRetrain() {
        const QDateTime now = at("2026-03-02T12:00:00Z");
        QCOMPARE(nextLook(policy("", "6h"), now, QTimeZone::utc()), now.addSecs(3600)); // at least hourly
        QCOMPARE(nextLook(policy("", "2min"), now, QTimeZone::utc()), now.addSecs(600)); // at most every ten minutes
        QCOMPARE(nextLook(policy("", "30min"), now, QTimeZone::utc()), now.addSecs(1800));
        QCOMPARE(lookText(policy("", "30min")), QStringLiteral("every 30 min"));
    }
    void everySoOften() {
        const QDateTime now = at("2026-03-02T12:00:00Z");
        QCOMPARE(nextLook(policy("15s"), now, QTimeZone::utc()), now.addSecs(15));
        QCOMPARE(nextLook(policy("3d"), now, QTimeZone::utc()), now.addDays(3));
    }
    void byACronOfTheZone() {
        const workspace::Model daily = policy("15 0 * * *");
        QCOMPARE(nextLook(daily, at("2026-03-02T12:00:00Z"), QTimeZone::utc()), at("2026-03-03T00:15:00Z"));
        QCOMPARE(nextLook(daily, at("2026-03-02T12:00:00Z"), QTimeZone("Europe/Berlin")), at("2026-03-02T23:15:00Z"));
        QCOMPARE(nextLook(daily, at("2026-03-03T00:15:00Z"), QTimeZone::utc()), at("2026-03-04T00:15:00Z")); // not the same again
        QCOMPARE(lookText(daily), QStringLiteral("at 15 0 * * *"));
        QVERIFY(!nextLook(policy("0 0 30 2 *"), at("2026-03-02T12:00:00Z"), QTimeZone::utc()).isValid());
    }
};

QTEST_GUILESS_MAIN(tst_LookTimes)
#include "tst_look_times.moc"
