// SPDX-License-Identifier: GPL-3.0-or-later
// A registry whose connection says `promotes: stages`: the stage moves with the alias, archives what stood there, and comes back with it.
#include "core/promotion/promotion_plan.h"
#include "core/workspace/environment.h"
#include "promotion_bench.h"

#include <QTest>

using namespace pilothouse;
using namespace pilothouse::promotion;
using test::FileRolloutTarget;

namespace {

const QString t2m = QStringLiteral("t2m"), champion = QStringLiteral("champion"), ada = QStringLiteral("ada"), ben = QStringLiteral("ben"), production = QStringLiteral("Production");

/// Versions 1 and 2, 1 is the champion in Production, 3 was put into Production by hand.
struct Bench : test::PromotionBench {
    explicit Bench(const QString &folder) : PromotionBench(folder) {
        workspace = must(workspace::parseWorkspace("workspace: bench\nconnections: {local: {kind: local, root: " + root.toUtf8() +
                                                       ", promotes: stages}}\nmodels:\n  t2m:\n    registry: {connection: local, name: t2m, champion: champion}\n"
                                                       "    deployment: {connection: local, target: serving/t2m, steps: [10, 50, 100]}\n    promotion: {approvals: 1}\n",
                                                   root + QStringLiteral("/pilothouse.yaml")));
        versions(3);
        firstChampion();
        must(registry->setStage(t2m, 3, production, false));
    }
    QString stages() const {
        QStringList out;
        for (int v = 1; v <= 3; ++v)
            out += must(registry->version(t2m, v)).stage;
        return out.join(QLatin1Char(' '));
    }
    Request asked() { return must(promotions(ada)->request(t2m, 2, ::champion, evidence(2))); }
};

} // namespace

class TestPromotionStages : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theFirstChampionStandsInProduction() {
        QTemporaryDir folder;
        Bench b(folder.path());
        QCOMPARE(b.stages(), QStringLiteral("Production None Production"));
    }
    void thePlanNamesTheStageAndWhatItArchives() {
        QTemporaryDir folder;
        Bench b(folder.path());
        const auto operation = b.must(b.promotions(ada)->plan(t2m, 2, champion));
        QCOMPARE(operation.steps.size(), 4u);
        const auto call = operation.steps[2].call;
        QCOMPARE(call.verb + QLatin1Char(' ') + call.object + QStringLiteral(": ") + call.effect + QStringLiteral(" | ") + call.undo,
                 QStringLiteral("TRANSITION stage of t2m v2: None → Production, v3, v1 archived | back to None, v3, v1 back to Production"));
        QVERIFY2(call.command.contains(QStringLiteral("--archive")), qPrintable(call.command));
        QCOMPARE(b.stages(), QStringLiteral("Production None Production"));
    }
    void itMovesWithTheAliasAndComesBackWithIt() {
        QTemporaryDir folder;
        Bench b(folder.path());
        const Request asked = b.asked();
        QCOMPARE(b.must(b.promotions(ben)->approve(asked.id, QStringLiteral("go"))).state, RequestState::Done);
        QCOMPARE(b.champion(), 2);
        QCOMPARE(b.stages(), QStringLiteral("Archived Production Archived")); // alone: the archive flag is always set
        // Somebody gives one of them another meaning: the undo leaves that.
        b.must(b.registry->setStage(t2m, 3, QStringLiteral("Staging"), false));
        QCOMPARE(b.must(b.promotions(ada)->undo(asked.id, QStringLiteral("worse"))).state, RequestState::Undone);
        QCOMPARE(b.champion(), 1);
        QCOMPARE(b.stages(), QStringLiteral("Production None Staging"));
    }
    void aFailureAfterItPutsItBack() {
        QTemporaryDir folder;
        Bench b(folder.path());
        const Request asked = b.asked();
        b.target->trouble = FileRolloutTarget::Trouble::ErrorBefore;
        const auto failed = b.promotions(ben)->approve(asked.id, QStringLiteral("go"));
        QVERIFY(!failed || failed->state == RequestState::Failed);
        QCOMPARE(b.champion(), 1);
        QCOMPARE(b.stages(), QStringLiteral("Production None Production"));
    }
    void stagesThatChangedMeanwhileAreConflict() {
        QTemporaryDir folder;
        Bench b(folder.path());
        auto operation = b.must(b.promotions(ada)->plan(t2m, 2, champion));
        b.must(b.registry->setStage(t2m, 2, QStringLiteral("Staging"), false));
        const auto guard = operation.steps[2].guard();
        QVERIFY(!guard && guard.error().kind == ErrorKind::Conflict);
        QVERIFY2(guard.error().what.contains(QStringLiteral("v2 is Staging")), qPrintable(guard.error().what));
    }
    void theRecordKeepsThem() {
        QTemporaryDir folder;
        Bench b(folder.path());
        const auto operation = b.must(b.promotions(ada)->plan(t2m, 2, champion));
        const PromotionFacts facts = b.must(PromotionFacts::fromJson(operation.undoRecord));
        QCOMPARE(facts.stage, production);
        QCOMPARE(facts.stageBefore, QStringLiteral("None"));
        QCOMPARE(facts.archived, (std::vector<int>{3, 1}));
    }
    void theSettingSaysWhichStageGoesWithAnAlias() {
        const auto w = workspace::parseWorkspace("workspace: w\nconnections: {local: {kind: local, root: /r}, old: {kind: mlflow, url: \"http://127.0.0.1\", promotes: stages}, "
                                                 "new: {kind: mlflow, url: \"http://127.0.0.1\", promotes: aliases}}\nmodels: {t2m: {registry: {connection: old, name: t2m, champion: live}}}\n",
                                                 QStringLiteral("/w/pilothouse.yaml"));
        QVERIFY2(w, w ? "" : qPrintable(w.error().text()));
        const auto stage = [&](const char *connection, const char *alias) { return workspace::stageMovedWith(*w, QLatin1String(connection), t2m, QLatin1String(alias)); };
        QCOMPARE(stage("old", "live"), production);
        QCOMPARE(stage("old", "staging"), QStringLiteral("Staging"));
        QCOMPARE(stage("old", "production"), production);
        QCOMPARE(stage("old", "challenger"), QString());
        QCOMPARE(stage("new", "live"), QString());
        QCOMPARE(stage("", "live"), QString());
        QVERIFY(!workspace::parseWorkspace("workspace: w\nconnections: {a: {kind: mlflow, url: \"http://127.0.0.1\", promotes: labels}}\n", QStringLiteral("/w/pilothouse.yaml")));
    }
};

QTEST_GUILESS_MAIN(TestPromotionStages)
#include "tst_promotion_stages.moc"
