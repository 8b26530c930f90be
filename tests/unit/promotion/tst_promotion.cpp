// SPDX-License-Identifier: GPL-3.0-or-later
#include "promotion_bench.h"

#include <QFile>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::promotion;
using test::FileRolloutTarget;
using test::PromotionBench;
using workspace::Role;

namespace {
const QString t2m = QStringLiteral("t2m"), champion = QStringLiteral("champion"), ada = QStringLiteral("ada"), ben = QStringLiteral("ben");
const QString yes = QStringLiteral("error halves in gusts");
} // namespace

#define VERIFY_KIND(wanted, ...)                                                                                       \
    do {                                                                                                               \
        const auto phOutcome = (__VA_ARGS__);                                                                          \
        QVERIFY2(!phOutcome.has_value(), "an error was expected");                                                     \
        QVERIFY2(phOutcome.error().kind == (wanted), qPrintable(phOutcome.error().kindName() + QLatin1Char(' ') + phOutcome.error().text())); \
    } while (false)

class TestPromotion : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void thePlanNamesEveryCallAndDoesNone();
    void approvingMovesAliasThenTraffic();
    void withoutARolloutTargetOnlyTheAliasMoves();
    void anotherAliasMovesNoTraffic();
    void rolesAreEnforcedAndRefusalsJournalled();
    void aCommentIsRequired();
    void twoApprovalsNeedTwoPeople();
    void selfApprovalIsBarredByTheRule();
    void aBlockingGateCannotBeApproved();
    void anAliasThatMovedIsConflict();
    void aPackageThatChangedIsConflict();
    void theSameWishTwiceIsConflict();
    void aRejectedOneStaysRejected();
    void aRolloutUnderWayIsConflict();
    void aFailedRolloutStartPutsTheAliasBack_data();
    void aFailedRolloutStartPutsTheAliasBack();
    void undoPutsEverythingBack_data();
    void undoPutsEverythingBack();
    void undoOfTheFirstLeavesNothingServed();
    void undoAfterALaterPromotionIsConflict();
    void undoOfAnUnreachableEndpointMovesNothing();
    void aTurnBackNeedsNoRole();
    void whatWasLiveWhenIsAQuery();
    void requestsSurviveReopening();
};

void TestPromotion::thePlanNamesEveryCallAndDoesNone() {
    QTemporaryDir folder;
    PromotionBench b(folder.path());
    b.versions(2);
    auto p = b.promotions(ada);
    QCOMPARE(p->plan(t2m, 1, champion)->plan().size(), std::size_t(2)); // alias, rollout; no previous holder
    b.firstChampion();
    QStringList lines;
    const auto operation = *p->plan(t2m, 2, champion);
    for (const auto &call : operation.plan())
        lines += QStringLiteral("%1 %2: %3 | %4").arg(call.verb, call.object, call.effect, call.undo);
    QCOMPARE(lines, (QStringList{QStringLiteral("SET alias champion on t2m: v1 → v2 | back to v1"), QStringLiteral("SET alias previous on t2m: none → v1 | the alias is deleted"),
                                 QStringLiteral("START rollout serving/t2m: v2 beside v1: 10 → 50 → 100 % | all traffic back to v1")}));
    QCOMPARE(b.champion(), 1);
    QCOMPARE(b.canary(), 0);
    VERIFY_KIND(ErrorKind::Refused, p->plan(t2m, 1, champion));
    VERIFY_KIND(ErrorKind::NotFound, p->plan(t2m, 7, champion));
    VERIFY_KIND(ErrorKind::Refused, p->plan(t2m, 2, QStringLiteral("previous")));
}

void TestPromotion::approvingMovesAliasThenTraffic() {
    QTemporaryDir folder;
    PromotionBench b(folder.path());
    b.versions(2);
    b.firstChampion();
    QCOMPARE(b.champion(), 1);
    QCOMPARE(b.stable(), 1);
    QCOMPARE(b.previous(), 0);
    auto p = b.promotions(ada);
    const Request asked = *p->request(t2m, 2, champion, b.evidence(2));
    QCOMPARE(asked.state, RequestState::Pending);
    QCOMPARE(asked.from.value_or(0), 1);
    QCOMPARE(b.champion(), 1);
    const Request done = *b.promotions(ben)->approve(asked.id, yes);
    QCOMPARE(done.state, RequestState::Done);
    QCOMPARE(done.approvals.front().actor, ben);
    QCOMPARE(done.approvals.front().comment, yes);
    QVERIFY(done.operation.startsWith(QStringLiteral("op-")));
    QCOMPARE(b.champion(), 2);
    QCOMPARE(b.previous(), 1);
    QCOMPARE(b.stable(), 1);
    QCOMPARE(b.canary(), 2);
    QCOMPARE(b.target->status()->operation, done.id); // so that a turn-back finds its promotion
    QVERIFY2(b.journalText().endsWith(QStringLiteral("promotion-request executing ada; promotion-request done ada; approve executing ben; approve done ben; promote executing ben; promote done ben")),
             qPrintable(b.journalText()));
    QVERIFY(b.journal->verify()->intact);
    QCOMPARE(done.evidence.gates.back().state, GateState::Pass);
    QCOMPARE(done.evidence.gates.back().value, QStringLiteral("1 of 1"));
    QCOMPARE(p->requestById(done.operation)->id, done.id);
}

void TestPromotion::withoutARolloutTargetOnlyTheAliasMoves() {
    QTemporaryDir folder;
    PromotionBench b(folder.path());
    b.versions(1);
    auto p = b.promotions(ada, Role::Approver, false);
    const Request r = *p->request(t2m, 1, champion, b.evidence(1));
    QCOMPARE(p->approve(r.id, yes)->state, RequestState::Done);
    QCOMPARE(b.champion(), 1);
    QCOMPARE(b.stable(), 0);
    QCOMPARE(p->undo(r.id, {})->state, RequestState::Undone);
    QCOMPARE(b.champion(), 0);
}

void TestPromotion::anotherAliasMovesNoTraffic() {
    QTemporaryDir folder;
    PromotionBench b(folder.path());
    b.versions(1);
    auto p = b.promotions(ada);
    const QString challenger = QStringLiteral("challenger");
    const Request r = *p->request(t2m, 1, challenger, b.evidence(1, GateState::Pass, challenger));
    QCOMPARE(p->approve(r.id, yes)->state, RequestState::Done);
    QCOMPARE(b.alias_(challenger).value_or(0), 1);
    QCOMPARE(b.target->starts, 0);
    QCOMPARE(b.previous(), 0);
}

void TestPromotion::rolesAreEnforcedAndRefusalsJournalled() {
    QTemporaryDir folder;
    PromotionBench b(folder.path());
    b.versions(1);
    VERIFY_KIND(ErrorKind::Refused, b.promotions(ada, Role::Viewer)->request(t2m, 1, champion, b.evidence(1)));
    const Request r = *b.promotions(ada, Role::Operator)->request(t2m, 1, champion, b.evidence(1));
    VERIFY_KIND(ErrorKind::Refused, b.promotions(ben, Role::Operator)->approve(r.id, yes));
    VERIFY_KIND(ErrorKind::Refused, b.promotions(ben, Role::Operator)->reject(r.id, yes));
    QCOMPARE(b.journalText(), QStringLiteral("promotion-request refused ada; promotion-request executing ada; promotion-request done ada; approve refused ben; reject refused ben"));
    QCOMPARE(b.promotions(ben)->approve(r.id, yes)->state, RequestState::Done);
    VERIFY_KIND(ErrorKind::Refused, b.promotions(ben, Role::Viewer)->undo(r.id, {}));
    QCOMPARE(b.champion(), 1);
    QVERIFY(b.journalText().endsWith(QStringLiteral("undo refused ben")));
    QCOMPARE(b.promotions(ben, Role::Operator)->undo(r.id, {})->state, RequestState::Undone);
}

void TestPromotion::aCommentIsRequired() {
    QTemporaryDir folder;
    PromotionBench b(folder.path());
    b.versions(1);
    auto p = b.promotions(ada);
    const Request r = *p->request(t2m, 1, champion, b.evidence(1));
    VERIFY_KIND(ErrorKind::Invalid, p->approve(r.id, QStringLiteral("  \n")));
    VERIFY_KIND(ErrorKind::Invalid, p->reject(r.id, QString()));
    QCOMPARE(p->requestById(r.id)->state, RequestState::Pending);
}

void TestPromotion::twoApprovalsNeedTwoPeople() {
    QTemporaryDir folder;
    PromotionBench b(folder.path(), "approvals: 2");
    b.versions(1);
    const Request r = *b.promotions(ada)->request(t2m, 1, champion, b.evidence(1));
    QCOMPARE(r.approvalsNeeded, 2);
    const Request one = *b.promotions(ben)->approve(r.id, yes);
    QCOMPARE(one.state, RequestState::Pending);
    QCOMPARE(one.evidence.gates.back().value, QStringLiteral("1 of 2"));
    QCOMPARE(b.champion(), 0);
    VERIFY_KIND(ErrorKind::Refused, b.promotions(ben)->approve(r.id, yes)); // one voice each
    QCOMPARE(b.promotions(QStringLiteral("eve"))->approve(r.id, yes)->state, RequestState::Done);
    QCOMPARE(b.champion(), 1);
    VERIFY_KIND(ErrorKind::Refused, b.promotions(QStringLiteral("zoe"))->approve(r.id, yes));
}

void TestPromotion::selfApprovalIsBarredByTheRule() {
    QTemporaryDir folder;
    PromotionBench b(folder.path(), "approvals: 1, prevent_self_approval: true");
    b.versions(1); // by ada
    const Request r = *b.promotions(ben)->request(t2m, 1, champion, b.evidence(1));
    VERIFY_KIND(ErrorKind::Refused, b.promotions(ben)->approve(r.id, yes)); // asked for it
    VERIFY_KIND(ErrorKind::Refused, b.promotions(ada)->approve(r.id, yes)); // made it
    QVERIFY(b.journalText().endsWith(QStringLiteral("approve refused ben; approve refused ada")));
    QCOMPARE(b.promotions(QStringLiteral("eve"))->approve(r.id, yes)->state, RequestState::Done);
}

void TestPromotion::aBlockingGateCannotBeApproved() {
    QTemporaryDir folder;
    PromotionBench b(folder.path());
    b.versions(1);
    auto p = b.promotions(ada);
    for (const GateState state : {GateState::Block, GateState::Unknown}) {
        const Request r = *p->request(t2m, 1, champion, b.evidence(1, state));
        VERIFY_KIND(ErrorKind::Refused, p->approve(r.id, yes));
        QCOMPARE(b.champion(), 0);
        QCOMPARE(p->reject(r.id, yes)->state, RequestState::Rejected);
    }
    const Request warned = *p->request(t2m, 1, champion, b.evidence(1, GateState::Warn));
    QCOMPARE(p->approve(warned.id, yes)->state, RequestState::Done);
}

void TestPromotion::anAliasThatMovedIsConflict() {
    QTemporaryDir folder;
    PromotionBench b(folder.path());
    b.versions(3);
    b.firstChampion();
    auto p = b.promotions(ada);
    const Evidence old = b.evidence(2);
    const Request r = *p->request(t2m, 2, champion, old);
    PromotionBench::must(b.registry->moveAlias(t2m, champion, 1, 3, {ben, QStringLiteral("op-elsewhere")}));
    const auto refused = p->approve(r.id, yes);
    VERIFY_KIND(ErrorKind::Conflict, refused);
    QVERIFY2(refused.error().what.contains(QStringLiteral("it was v1, it is v3 now")), qPrintable(refused.error().what));
    QCOMPARE(b.champion(), 3);
    QCOMPARE(b.canary(), 0);
    QVERIFY(p->requestById(r.id)->approvals.empty());
    VERIFY_KIND(ErrorKind::Conflict, p->request(t2m, 2, QStringLiteral("champion"), old)); // a sheet about another champion
}

void TestPromotion::aPackageThatChangedIsConflict() {
    QTemporaryDir folder;
    PromotionBench b(folder.path());
    b.versions(1);
    auto p = b.promotions(ada);
    const Request r = *p->request(t2m, 1, champion, b.evidence(1));
    const QString source = b.registry->version(t2m, 1)->source;
    PromotionBench::must(writeFileAtomically(source + QStringLiteral("/model.json"), QByteArray("{\"intercept\":0,\"a\":9,\"b\":9}")));
    PromotionBench::must(artifact::sealPackage(source));
    VERIFY_KIND(ErrorKind::Conflict, p->approve(r.id, yes));
    QCOMPARE(b.champion(), 0);
}

void TestPromotion::theSameWishTwiceIsConflict() {
    QTemporaryDir folder;
    PromotionBench b(folder.path());
    b.versions(1);
    auto p = b.promotions(ada);
    const Request r = *p->request(t2m, 1, champion, b.evidence(1));
    const auto again = p->request(t2m, 1, champion, b.evidence(1));
    VERIFY_KIND(ErrorKind::Conflict, again);
    QVERIFY(again.error().text().contains(r.id));
    QCOMPARE(p->requests(t2m)->size(), std::size_t(1));
}

void TestPromotion::aRejectedOneStaysRejected() {
    QTemporaryDir folder;
    PromotionBench b(folder.path());
    b.versions(1);
    auto p = b.promotions(ada);
    const Request r = *p->request(t2m, 1, champion, b.evidence(1));
    const Request rejected = *p->reject(r.id, QStringLiteral("bias in winter"));
    QCOMPARE(rejected.state, RequestState::Rejected);
    QVERIFY(rejected.outcome.contains(QStringLiteral("bias in winter")));
    VERIFY_KIND(ErrorKind::Refused, p->approve(r.id, yes));
    VERIFY_KIND(ErrorKind::Refused, p->reject(r.id, yes));
    VERIFY_KIND(ErrorKind::Refused, p->undo(r.id, {}));
    QVERIFY(p->request(t2m, 1, champion, b.evidence(1)).has_value()); // may be asked for again
}

void TestPromotion::aRolloutUnderWayIsConflict() {
    QTemporaryDir folder;
    PromotionBench b(folder.path());
    b.versions(3);
    b.firstChampion();
    auto p = b.promotions(ada);
    const Request two = *p->request(t2m, 2, champion, b.evidence(2));
    QCOMPARE(p->approve(two.id, yes)->state, RequestState::Done);
    const Request three = *p->request(t2m, 3, champion, b.evidence(3));
    VERIFY_KIND(ErrorKind::Conflict, p->approve(three.id, yes));
    QCOMPARE(b.champion(), 2);
    QCOMPARE(b.canary(), 2);
    QCOMPARE(p->requestById(three.id)->state, RequestState::Pending); // waits; approve again once the rollout has ended
    PromotionBench::must(b.target->promote(true));
    QCOMPARE(p->approve(three.id, yes)->state, RequestState::Done);
    QCOMPARE(b.champion(), 3);
    QCOMPARE(b.previous(), 2);
}

void TestPromotion::aFailedRolloutStartPutsTheAliasBack_data() {
    QTest::addColumn<FileRolloutTarget::Trouble>("trouble");
    QTest::newRow("it never began") << FileRolloutTarget::Trouble::ErrorBefore;
    QTest::newRow("it began, but the answer was lost") << FileRolloutTarget::Trouble::ErrorAfter;
}

void TestPromotion::aFailedRolloutStartPutsTheAliasBack() {
    QFETCH(const FileRolloutTarget::Trouble, trouble);
    QTemporaryDir folder;
    PromotionBench b(folder.path());
    b.versions(2);
    b.firstChampion();
    b.target->trouble = trouble;
    auto p = b.promotions(ada);
    const Request r = *p->request(t2m, 2, champion, b.evidence(2));
    const auto failed = p->approve(r.id, yes);
    QVERIFY(!failed);
    QVERIFY2(failed.error().what.contains(QStringLiteral("was put back")), qPrintable(failed.error().what));
    QCOMPARE(p->requestById(r.id)->state, RequestState::Failed);
    QCOMPARE(b.champion(), 1);
    QCOMPARE(b.previous(), 0);
    QCOMPARE(b.stable(), 1);
    QCOMPARE(b.canary(), 0);
    QVERIFY(b.journal->verify()->intact);
}

void TestPromotion::undoPutsEverythingBack_data() {
    QTest::addColumn<bool>("ended");
    QTest::addColumn<bool>("turnBack");
    QTest::newRow("by hand, in the midst of the rollout") << false << false;
    QTest::newRow("by hand, after the rollout ended") << true << false;
    QTest::newRow("as a turn-back") << false << true;
}

void TestPromotion::undoPutsEverythingBack() {
    QFETCH(const bool, ended);
    QFETCH(const bool, turnBack);
    QTemporaryDir folder;
    PromotionBench b(folder.path());
    b.versions(2);
    b.firstChampion();
    auto p = b.promotions(ada);
    const Request r = *p->approve(p->request(t2m, 2, champion, b.evidence(2))->id, yes);
    if (ended)
        PromotionBench::must(b.target->promote(true));
    if (turnBack)
        PromotionBench::must(b.target->abort(QStringLiteral("worse by 0.4 °C"))); // the server judged and took the traffic back itself
    const Request undone = *p->undo(turnBack ? r.id : r.operation, QStringLiteral("worse by 0.4 °C"), turnBack);
    QCOMPARE(undone.state, turnBack ? RequestState::TurnedBack : RequestState::Undone);
    QVERIFY(undone.outcome.contains(QStringLiteral("worse by 0.4 °C")));
    QCOMPARE(b.champion(), 1);
    QCOMPARE(b.previous(), 0);
    QCOMPARE(b.stable(), 1);
    QCOMPARE(b.canary(), 0);
    VERIFY_KIND(ErrorKind::Refused, p->undo(r.id, {}));
    QVERIFY(b.journalText().endsWith(turnBack ? QStringLiteral("turn-back done ada") : QStringLiteral("undo done ada")));
}

void TestPromotion::undoOfTheFirstLeavesNothingServed() {
    QTemporaryDir folder;
    PromotionBench b(folder.path());
    b.versions(1);
    auto p = b.promotions(ada);
    const Request r = *p->approve(p->request(t2m, 1, champion, b.evidence(1))->id, yes);
    QCOMPARE(b.stable(), 1);
    const auto undone = p->undo(r.id, QStringLiteral("too early"));
    QVERIFY2(undone.has_value(), undone ? "" : qPrintable(undone.error().text()));
    QCOMPARE(undone->state, RequestState::Undone);
    QCOMPARE(b.champion(), 0);
    QCOMPARE(b.stable(), 0); // alias and traffic agree
}

void TestPromotion::undoAfterALaterPromotionIsConflict() {
    QTemporaryDir folder;
    PromotionBench b(folder.path());
    b.versions(3);
    b.firstChampion();
    auto p = b.promotions(ada);
    const Request two = *p->approve(p->request(t2m, 2, champion, b.evidence(2))->id, yes);
    PromotionBench::must(b.target->promote(true));
    const Request three = *p->approve(p->request(t2m, 3, champion, b.evidence(3))->id, yes);
    VERIFY_KIND(ErrorKind::Conflict, p->undo(two.id, {}));
    QCOMPARE(p->requestById(two.id)->state, RequestState::Done);
    QCOMPARE(b.champion(), 3);
    QCOMPARE(b.canary(), 3);
    QVERIFY(p->undo(three.id, {}).has_value());
    QCOMPARE(b.champion(), 2);
    QCOMPARE(b.previous(), 1); // as it was before the third
    QVERIFY(p->undo(two.id, {}).has_value());
    QCOMPARE(b.champion(), 1);
    QCOMPARE(b.stable(), 1);
}

void TestPromotion::undoOfAnUnreachableEndpointMovesNothing() {
    QTemporaryDir folder;
    PromotionBench b(folder.path());
    b.versions(2);
    b.firstChampion();
    auto p = b.promotions(ada);
    const Request r = *p->approve(p->request(t2m, 2, champion, b.evidence(2))->id, yes);
    b.target->unreachable = true;
    VERIFY_KIND(ErrorKind::Unreachable, p->undo(r.id, {}));
    QCOMPARE(b.champion(), 2); // alias and traffic still agree
    QCOMPARE(p->requestById(r.id)->state, RequestState::Done);
    b.target->unreachable = false;
    QCOMPARE(p->undo(r.id, {})->state, RequestState::Undone);
    QCOMPARE(b.champion(), 1);
}

void TestPromotion::aTurnBackNeedsNoRole() {
    QTemporaryDir folder;
    PromotionBench b(folder.path());
    b.versions(2);
    b.firstChampion();
    auto p = b.promotions(ada);
    const Request r = *p->approve(p->request(t2m, 2, champion, b.evidence(2))->id, yes);
    QCOMPARE(b.promotions(QStringLiteral("serve"), Role::Viewer)->undo(r.id, QStringLiteral("errors"), true)->state, RequestState::TurnedBack);
    QCOMPARE(b.champion(), 1);
}

void TestPromotion::whatWasLiveWhenIsAQuery() {
    QTemporaryDir folder;
    PromotionBench b(folder.path());
    b.versions(2);
    const auto at = [&](int minutes) { return fromIsoUtc(QStringLiteral("2024-05-01T10:00:00.000Z")).addSecs(60 * minutes); };
    b.clock->set(at(10));
    b.firstChampion();
    b.clock->set(at(20));
    auto p = b.promotions(ada);
    const Request r = *p->approve(p->request(t2m, 2, champion, b.evidence(2))->id, yes);
    b.clock->set(at(30));
    QVERIFY(p->undo(r.id, {}).has_value());
    QCOMPARE(p->liveAt(t2m, champion, at(5))->value_or(0), 0);
    QCOMPARE(p->liveAt(t2m, champion, at(10))->value_or(0), 1);
    QCOMPARE(p->liveAt(t2m, champion, at(25))->value_or(0), 2);
    QCOMPARE(p->liveAt(t2m, champion, at(99))->value_or(0), 1);
    const auto history = *p->liveHistory(t2m, champion);
    QCOMPARE(history.size(), std::size_t(3));
    QCOMPARE(history[1].by, ada);
    QCOMPARE(history[1].operation, r.operation);
    QCOMPARE(p->liveAt(t2m, QStringLiteral("previous"), at(25))->value_or(0), 1);
}

void TestPromotion::requestsSurviveReopening() {
    QTemporaryDir folder;
    QString id;
    {
        PromotionBench b(folder.path());
        b.versions(1);
        id = b.promotions(ada)->request(t2m, 1, champion, b.evidence(1))->id;
    }
    PromotionBench b(folder.path());
    auto p = b.promotions(ben);
    QVERIFY(b.found.isEmpty());
    QCOMPARE(p->requests(t2m)->size(), std::size_t(1));
    QVERIFY(p->requests(QStringLiteral("other"))->empty());
    QCOMPARE(p->requestById(id)->requester, ada);
    QCOMPARE(p->approve(id, yes)->state, RequestState::Done);
    VERIFY_KIND(ErrorKind::NotFound, p->approve(QStringLiteral("p-none"), yes));
}

QTEST_GUILESS_MAIN(TestPromotion)
#include "tst_promotion.moc"
