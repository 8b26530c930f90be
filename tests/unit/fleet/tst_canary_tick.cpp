// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/canary_tick.h"

#include "core/base/file.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace pilothouse;
using namespace pilothouse::fleet;

class TestCanaryTick : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aStepKeepsItsBeginningUntilItIsAnother() {
        QTemporaryDir folder;
        cluster::RolloutStatus status;
        status.target = QStringLiteral("rollout/web");
        status.canary = cluster::Revision{4, {}, 0, {}, {}, {}, {}, {}};
        status.wantedCanaryShare = 0.1;
        const QDateTime start = QDateTime::fromString(QStringLiteral("2026-11-22T10:00:00Z"), Qt::ISODate);
        QCOMPARE(*stepBegan(folder.path(), QStringLiteral("t2m"), status, start), start);
        QCOMPARE(*stepBegan(folder.path(), QStringLiteral("t2m"), status, start.addSecs(90)), start); // another program, later
        QCOMPARE(*stepBegan(folder.path(), QStringLiteral("other"), status, start.addSecs(90)), start.addSecs(90));
        status.wantedCanaryShare = 0.5; // the next step
        QCOMPARE(*stepBegan(folder.path(), QStringLiteral("t2m"), status, start.addSecs(120)), start.addSecs(120));
        status.canary->revision = 5; // another canary
        QCOMPARE(*stepBegan(folder.path(), QStringLiteral("t2m"), status, start.addSecs(200)), start.addSecs(200));
        // A clock that was set back, a file that is broken: the step begins now.
        QCOMPARE(*stepBegan(folder.path(), QStringLiteral("t2m"), status, start.addSecs(10)), start.addSecs(10));
        QVERIFY(writeFileAtomically(folder.filePath(QStringLiteral("canaries/t2m.json")), QByteArray("{")));
        QCOMPARE(*stepBegan(folder.path(), QStringLiteral("t2m"), status, start.addSecs(300)), start.addSecs(300));
    }
};

QTEST_GUILESS_MAIN(TestCanaryTick)
#include "tst_canary_tick.moc"
