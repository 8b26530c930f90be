// SPDX-License-Identifier: GPL-3.0-or-later
// pilot retrain backtest, as a person runs it: a workspace, a file of metrics, a decision log that the real checks wrote. It records nothing.
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/retrain/decision_store.h"
#include "tests/support/run_pilot.h"

#include <QJsonArray>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::support;
using Q = QLatin1String;

class tst_BacktestVerb : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        if (pilotUnderTest().isEmpty())
            QSKIP("PILOTHOUSE_PILOT names no program.");
    }

    void init() {
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(writeFileAtomically(path("pilothouse.yaml"), "workspace: replay\nconnections:\n  local: {kind: local, root: root}\nmodels:\n"
                                                             "  house:\n    registry: {connection: local, name: house, champion: champion}\n"
                                                             "    retrain: {when: [r2 < 0.5, r2 drops 0.1], at_most_every: 6h}\n"));
        QVERIFY(writeFileAtomically(path("m.csv"), "time,r2,labelled_rows\n2026-03-01T00:00Z,0.81,500\n2026-03-02T00:00Z,0.6,60\n2026-03-03T00:00Z,0.6,500\n2026-03-03T12:00Z,0.8,500\n"));
    }

    void aFileIsReplayedWithReasonsAndCost() {
        const Answer answer = pilot({"m.csv", "--every", "3h", "--hours-per-run", "1.5", "--price-per-hour", "4"});
        QVERIFY2(answer.code == 0, qPrintable(answer.errors));
        const QJsonArray points = answer.object.value(Q("points")).toArray();
        QCOMPARE(points.size(), 21); // 60 hours
        QStringList fired;
        for (const QJsonValue &point : points)
            if (point[Q("decision")].toString() == Q("RETRAIN_ATTEMPTED"))
                fired << point[Q("time")].toString();
        QCOMPARE(fired, (QStringList{QStringLiteral("2026-03-03T00:00:00.000Z"), QStringLiteral("2026-03-03T06:00:00.000Z")}));
        QVERIFY2(points[16][Q("reason")].toString().contains(Q("r2 0.6 on 500 labelled rows, 0.21 below its best 0.81")), qPrintable(points[16][Q("reason")].toString()));
        QVERIFY2(points[8][Q("reason")].toString().contains(Q("60 of 100 needed")), qPrintable(points[8][Q("reason")].toString()));
        QCOMPARE(answer.object.value(Q("runs")).toInt(), 2);
        QCOMPARE(answer.object.value(Q("training_hours")).toDouble(), 3.0);
        QCOMPARE(answer.object.value(Q("cost")).toDouble(), 12.0);
        QVERIFY(retrain::DecisionStore::open(path("root")).value()->decisions()->empty()); // nothing of it was recorded
    }

    void theDecisionLogIsReplayedUnderTodaysLimits() {
        {
            const auto store = *retrain::DecisionStore::open(path("root"));
            retrain::Decision decision;
            decision.model = QStringLiteral("house");
            for (const auto &[day, r2] : {std::pair{"01", 0.9}, {"02", 0.7}}) {
                decision.time = fromIsoUtc(QStringLiteral("2026-03-%1T00:00:00.000Z").arg(Q(day)));
                decision.rules = {{QStringLiteral("r2 < 0.2"), QStringLiteral("r2 on 500 labelled rows"), false, true, r2}};
                QVERIFY(store->appendSkipped(decision));
            }
        }
        const Answer answer = pilot({});
        QVERIFY2(answer.code == 0, qPrintable(answer.errors));
        const QJsonArray points = answer.object.value(Q("points")).toArray();
        QCOMPARE(answer.object.value(Q("runs")).toInt(), 1); // r2 < 0.2 of then did not fire, r2 drops 0.1 of now does
        QVERIFY2(points.last()[Q("reason")].toString().contains(Q("on decision d-")), qPrintable(points.last()[Q("reason")].toString()));
        QCOMPARE(answer.object.value(Q("cost")), QJsonValue());
    }

    void whatCannotBeReplayedIsSaid() {
        const Answer nothing = pilot({});
        QCOMPARE(nothing.code, 2);
        QVERIFY2(nothing.error().value(Q("hint")).toString().contains(Q("--csv")), nothing.out.constData());
        QCOMPARE(pilot({"m.csv", "--to", "2999-01-01"}).code, 2);
        QCOMPARE(pilot({"m.csv", "--from", "yesterday"}).code, 2);
        QCOMPARE(pilot({"m.csv", "--every", "1s"}).code, 2); // 216,001 looks are too many
        QCOMPARE(pilot({"m.csv", "--time", "when"}).code, 2);
        QCOMPARE(pilot({"none.csv"}).code, 2);
    }

private:
    QString path(const char *name) const { return m_folder->filePath(Q(name)); }
    /// The first argument is a file, if there is any.
    Answer pilot(const std::vector<const char *> &arguments) const {
        QStringList list{QStringLiteral("retrain"), QStringLiteral("backtest"), QStringLiteral("house")};
        for (std::size_t k = 0; k < arguments.size(); ++k)
            list += k == 0 ? QStringList{QStringLiteral("--csv"), path(arguments[0])} : QStringList{QString::fromLatin1(arguments[k])};
        return runPilot(m_folder->path(), list, QStringLiteral("replay"));
    }
    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(tst_BacktestVerb)
#include "tst_backtest_verb.moc"
