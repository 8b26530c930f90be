// SPDX-License-Identifier: GPL-3.0-or-later
// The life of a model, scripted on a real registry and a real journal, and what is told of it.
#include "core/fleet/history.h"

#include "core/base/json.h"
#include "core/fleet/skew_watch.h"
#include "core/promotion/registry_operations.h"
#include "tests/unit/promotion/promotion_bench.h"

#include <QJsonArray>
#include <QRegularExpression>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::fleet;
using test::PromotionBench;
using workspace::Role;

namespace {

const QString t2m = QStringLiteral("t2m"), champion = QStringLiteral("champion"), ada = QStringLiteral("ada"), ben = QStringLiteral("ben");

struct Life : PromotionBench {
    explicit Life(const QString &folder) : PromotionBench(folder) {
        journal = must(operations::Journal::open(root + QStringLiteral("/journal.jsonl"), database, QByteArrayLiteral("k"), clock)); // one clock for all
    }
    Services services() {
        Services s;
        s.workspace = workspace;
        s.root = root;
        s.clock = clock;
        s.database = database;
        s.registry = registry;
        s.registries = std::make_shared<Registries>(workspace, registry, nullptr, nullptr, root);
        s.journal = journal;
        s.promotions = promotions(ada);
        s.rolloutTarget = [target = target](const workspace::Model &) -> Result<std::shared_ptr<cluster::RolloutTarget>> { return std::shared_ptr<cluster::RolloutTarget>(target); };
        return s;
    }
    QDateTime hour(int hours) {
        clock->set(fromIsoUtc(QStringLiteral("2024-05-01T00:00:00.000Z")).addSecs(3600 * hours));
        return clock->nowUtc();
    }
    promotion::Request promote(int version, const QString &why) {
        auto r = must(promotions(ada)->request(t2m, version, ::champion, evidence(version)));
        return must(promotions(ben)->approve(r.id, why));
    }
    QString run(Result<operations::Operation> operation, const QString &who = ada, Role role = Role::Approver) {
        operations::Operations all(journal, {who, QStringLiteral("test"), role});
        return all.run(must(std::move(operation))).id;
    }
    /// As another tool does it: no record of ours.
    void movedByAnother(int version) {
        must(database->execute(QStringLiteral("UPDATE aliases SET version = ?1 WHERE model = 't2m' AND alias = 'champion'"), [&](Statement &s) { s.bind(1, version); }));
    }
    History history() { return must(readHistory(services(), t2m)); }
};

/// "promoted v2 ben champion 1>2", oldest first; without the rollout's own lines.
QStringList lines(const History &h) {
    QStringList out;
    for (auto c = h.changes.rbegin(); c != h.changes.rend(); ++c) {
        const auto number = [](std::optional<int> v) { return v ? QString::number(*v) : QStringLiteral("-"); };
        QString line = changeKindName(c->kind) + QStringLiteral(" v") + number(c->version) + QLatin1Char(' ') + (c->by.isEmpty() ? QStringLiteral("?") : c->by);
        if (!c->alias.isEmpty())
            line += QStringLiteral(" %1 %2>%3").arg(c->alias, number(c->from), number(c->to));
        out << line;
    }
    return out;
}

} // namespace

class TestHistory : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aLifeIsToldInOrderWithItsSources();
    void whatWasLiveIsAnIntervalWithItsReason();
    void aMoveByAnotherToolIsNamedAndKeepsWhenItWasSeen();
    void aMoveByAnotherToolBetweenTwoOfOursIsFound();
    void aFailedPromotionIsNoMoveByAnotherTool();
    void aPromotionWithoutItsJournalIsToldAllTheSame();
    void aTimeCutsTheChangesAndKeepsWhatReachesIn();
    void theJsonHasItsKeys();
    void noSuchModelIsNotFound();
};

void TestHistory::aLifeIsToldInOrderWithItsSources() {
    QTemporaryDir folder;
    Life b(folder.path());
    b.hour(8);
    b.versions(3);
    b.hour(9);
    const auto first = b.promote(1, QStringLiteral("the first"));
    b.hour(10);
    b.run(promotion::tagOperation(b.registry, t2m, 2, QStringLiteral("team"), QStringLiteral("weather")));
    b.run(promotion::stageOperation(b.registry, t2m, 2, QStringLiteral("Staging"), false));
    b.run(promotion::descriptionOperation(b.registry, t2m, 2, QStringLiteral("more data")));
    b.run(promotion::aliasOperation(b.registry, b.workspace, t2m, QStringLiteral("challenger"), 2, {ada, QStringLiteral("test"), Role::Approver}));
    b.hour(11);
    b.run(promotion::tagOperation(b.registry, t2m, 2, QStringLiteral("team"), QStringLiteral("mine")), QStringLiteral("eve"), Role::Viewer);
    b.hour(12);
    const auto second = b.promote(2, QStringLiteral("error halves in gusts"));
    b.hour(13);
    Life::must(b.promotions(ada)->undo(second.id, QStringLiteral("bias at night")));
    b.hour(14);
    const auto asked = Life::must(b.promotions(ada)->request(t2m, 3, champion, b.evidence(3)));
    Life::must(b.promotions(ben)->reject(asked.id, QStringLiteral("worse in winter")));
    const History h = b.history();
    QCOMPARE(lines(h).join(QLatin1Char('\n')), QStringLiteral("registered v1 ada\nregistered v2 ada\nregistered v3 ada\nasked v1 ada\napproved v1 ben\npromoted v1 ben champion ->1\n"
                                                            "tag v2 ada\nstage v2 ada\ndescription v2 ada\nalias v2 ada challenger ->2\nrefused v2 eve\n"
                                                            "asked v2 ada\napproved v2 ben\npromoted v2 ben champion 1>2\nundone v2 ada champion 2>1\nasked v3 ada\nrejected v3 ben"));
    // Who, why and known from where.
    const auto of = [&](ChangeKind kind, int version) -> const Change & {
        for (const Change &c : h.changes)
            if (c.kind == kind && c.version == version)
                return c;
        qFatal("no such change");
    };
    const Change &promoted = of(ChangeKind::Promoted, 2);
    QCOMPARE(promoted.why, QStringLiteral("ben: “error halves in gusts”"));
    QCOMPARE(promoted.promotion, second.id);
    QCOMPARE(promoted.operation, second.operation);
    QCOMPARE(promoted.source, QStringLiteral("journal line %1").arg(promoted.journalLine));
    const auto entries = Life::must(b.journal->entries());
    const auto entry = std::find_if(entries.begin(), entries.end(), [&](const auto &e) { return e.sequence == promoted.journalLine; });
    QVERIFY(entry != entries.end());
    QCOMPARE(promoted.journalHash, entry->hash);
    QCOMPARE(entry->phase, QStringLiteral("done"));
    QVERIFY(std::any_of(promoted.facts.begin(), promoted.facts.end(), [](const auto &f) { return f.first == QStringLiteral("SET alias champion on t2m") && f.second == QStringLiteral("v1 → v2 (done)"); }));
    QCOMPARE(of(ChangeKind::Undone, 2).why, QStringLiteral("bias at night"));
    QCOMPARE(of(ChangeKind::Rejected, 3).why, QStringLiteral("worse in winter"));
    QVERIFY(of(ChangeKind::Rejected, 3).journalLine > 0);
    const Change &ask = of(ChangeKind::Asked, 2);
    QVERIFY(std::any_of(ask.facts.begin(), ask.facts.end(), [](const auto &f) { return f.first == QStringLiteral("Better") && f.second == QStringLiteral("pass"); }));
    const auto recorded = std::find_if(entries.begin(), entries.end(), [&](const auto &e) { return e.operation == ask.operation && e.phase == QStringLiteral("executing"); });
    QVERIFY(recorded != entries.end());
    QVERIFY(of(ChangeKind::Refused, 2).why.contains(QStringLiteral("Role viewer may not")));
    QCOMPARE(of(ChangeKind::Tag, 2).time, b.hour(10));
    const Change &made = of(ChangeKind::Registered, 2);
    QVERIFY(std::any_of(made.facts.begin(), made.facts.end(), [](const auto &f) { return f.first == QStringLiteral("Run") && f.second == QStringLiteral("run"); }));
    QVERIFY(std::is_sorted(h.changes.begin(), h.changes.end(), [](const Change &a, const Change &c) { return a.time > c.time; }));
}

void TestHistory::whatWasLiveIsAnIntervalWithItsReason() {
    QTemporaryDir folder;
    Life b(folder.path());
    b.hour(8);
    b.versions(2);
    const QDateTime one = b.hour(9);
    b.promote(1, QStringLiteral("the first"));
    const QDateTime two = b.hour(12);
    b.promote(2, QStringLiteral("error halves in gusts"));
    b.hour(20);
    const History h = b.history();
    QCOMPARE(h.live.size(), std::size_t(2));
    QVERIFY(!spanAt(h, one.addMSecs(-1)));
    const LiveSpan *span = spanAt(h, one);
    QVERIFY(span);
    QCOMPARE(span->version.value_or(0), 1);
    QCOMPARE(span->to, two);
    QCOMPARE(spanAt(h, two.addMSecs(-1)), span);
    QCOMPARE(spanSentence(h, span, one), QStringLiteral("champion was version 1 from 2024-05-01 09:00:00 UTC to 2024-05-01 12:00:00 UTC, by ben, because ben: “the first”."));
    QCOMPARE(spanSentence(h, spanAt(h, two), two), QStringLiteral("champion has been version 2 since 2024-05-01 12:00:00 UTC, by ben, because ben: “error halves in gusts”."));
    QCOMPARE(spanSentence(h, nullptr, one.addDays(-1)), QStringLiteral("champion pointed nowhere at 2024-04-30 09:00:00 UTC."));
}

void TestHistory::aMoveByAnotherToolIsNamedAndKeepsWhenItWasSeen() {
    QTemporaryDir folder;
    Life b(folder.path());
    b.hour(8);
    b.versions(3);
    b.hour(9);
    b.promote(1, QStringLiteral("the first"));
    b.movedByAnother(3);
    const QDateTime seen = b.hour(15);
    b.history();
    b.hour(18);
    const History h = b.history();
    QCOMPARE(h.changes.front().kind, ChangeKind::Outside);
    QCOMPARE(h.changes.front().time, seen); // and not when it was looked at again
    QCOMPARE(lines(h).last(), QStringLiteral("outside v3 ? champion 1>3"));
    QVERIFY(h.live.front().outside);
    QCOMPARE(h.live.front().version.value_or(0), 3);
    QVERIFY(spanSentence(h, &h.live.front(), b.clock->nowUtc()).endsWith(QStringLiteral("moved outside Pilothouse.")));
    QVERIFY(std::any_of(h.changes.front().facts.begin(), h.changes.front().facts.end(), [](const auto &f) { return f.first == QStringLiteral("Our last record") && f.second.startsWith(QStringLiteral("v1, since 2024-05-01 09")); }));
}

void TestHistory::aMoveByAnotherToolBetweenTwoOfOursIsFound() {
    QTemporaryDir folder;
    Life b(folder.path());
    b.hour(8);
    b.versions(3);
    b.hour(9);
    b.promote(1, QStringLiteral("the first"));
    b.movedByAnother(3); // nobody looks
    const QDateTime ours = b.hour(15);
    b.promote(2, QStringLiteral("better")); // finds it at 3
    const History h = b.history();
    QStringList told = lines(h).filter(QStringLiteral("champion"));
    QCOMPARE(told, (QStringList{QStringLiteral("promoted v1 ben champion ->1"), QStringLiteral("outside v3 ? champion 1>3"), QStringLiteral("promoted v2 ben champion 3>2")}));
    QCOMPARE(h.live.size(), std::size_t(3));
    QCOMPARE(h.live[1].version.value_or(0), 3);
    QCOMPARE(h.live[1].to, ours);
}

void TestHistory::aFailedPromotionIsNoMoveByAnotherTool() {
    QTemporaryDir folder;
    Life b(folder.path());
    b.hour(8);
    b.versions(2);
    b.hour(9);
    b.promote(1, QStringLiteral("the first"));
    b.hour(10);
    b.target->trouble = test::FileRolloutTarget::Trouble::ErrorBefore;
    const auto r = Life::must(b.promotions(ada)->request(t2m, 2, champion, b.evidence(2)));
    QVERIFY(!b.promotions(ben)->approve(r.id, QStringLiteral("better")).has_value());
    const History h = b.history();
    QVERIFY(lines(h).filter(QStringLiteral("outside")).isEmpty());
    QCOMPARE(lines(h).filter(QStringLiteral("failed")), QStringList{QStringLiteral("failed v2 ben")});
    const auto failed = std::find_if(h.changes.begin(), h.changes.end(), [](const Change &c) { return c.kind == ChangeKind::Failed; });
    QVERIFY2(failed->why.contains(QStringLiteral("No connection")), qPrintable(failed->why));
    QCOMPARE(lines(h).filter(QRegularExpression(QStringLiteral("^alias .* champion"))), (QStringList{QStringLiteral("alias v2 ben champion 1>2"), QStringLiteral("alias v1 ben champion 2>1")})); // it was there for a moment, and is told
}

void TestHistory::aPromotionWithoutItsJournalIsToldAllTheSame() {
    QTemporaryDir folder;
    Life b(folder.path());
    b.hour(8);
    b.versions(1);
    b.hour(9);
    const auto r = b.promote(1, QStringLiteral("the first"));
    HistoryInput in;
    in.model = t2m;
    in.alias = champion;
    in.source = QStringLiteral("local");
    in.promotions = {r};
    in.aliases = {{champion, 1}};
    in.aliasChanges = Life::must(b.registry->aliasHistory(t2m, champion));
    in.now = b.clock->nowUtc();
    QCOMPARE(lines(historyOf(in)), (QStringList{QStringLiteral("asked v1 ada"), QStringLiteral("approved v1 ben"), QStringLiteral("promoted v1 ? champion ->1")}));
    in.promotions.clear(); // of another machine altogether: the registry's record is all there is
    QCOMPARE(lines(historyOf(in)), QStringList{QStringLiteral("alias v1 ben champion ->1")});
}

void TestHistory::aTimeCutsTheChangesAndKeepsWhatReachesIn() {
    QTemporaryDir folder;
    Life b(folder.path());
    b.hour(8);
    b.versions(2);
    b.hour(9);
    b.promote(1, QStringLiteral("the first"));
    const QDateTime noon = b.hour(12);
    b.promote(2, QStringLiteral("better"));
    const History h = b.history(), later = within(h, noon, {}), earlier = within(h, {}, noon);
    QCOMPARE(later.live.size(), std::size_t(1));
    QCOMPARE(earlier.live.size(), std::size_t(1));
    QCOMPARE(earlier.live.front().version.value_or(0), 1);
    QCOMPARE(later.changes.size() + earlier.changes.size(), h.changes.size());
    QCOMPARE(within(h, noon.addSecs(-1), noon.addSecs(1)).live.size(), std::size_t(2));
}

void TestHistory::theJsonHasItsKeys() {
    QTemporaryDir folder;
    Life b(folder.path());
    b.hour(8);
    b.versions(1);
    b.hour(9);
    b.promote(1, QStringLiteral("the first"));
    const QJsonObject o = b.history().toJson();
    const QJsonObject change = o.value(QStringLiteral("changes")).toArray().first().toObject(), span = o.value(QStringLiteral("live")).toArray().first().toObject();
    QCOMPARE(change.value(QStringLiteral("kind")).toString(), QStringLiteral("promoted"));
    QCOMPARE(change.value(QStringLiteral("since")).toString(), QStringLiteral("2024-05-01T09:00:00.000Z"));
    QVERIFY(change.value(QStringLiteral("from")).isNull());
    QVERIFY(change.value(QStringLiteral("journal")).toObject().value(QStringLiteral("hash")).toString().size() == 64);
    QCOMPARE(span.value(QStringLiteral("version")).toInt(), 1);
    QVERIFY(span.value(QStringLiteral("to")).isNull());
    QCOMPARE(o.value(QStringLiteral("source")).toString(), QStringLiteral("local"));
}

void TestHistory::noSuchModelIsNotFound() {
    QTemporaryDir folder;
    Life b(folder.path());
    const auto h = readHistory(b.services(), QStringLiteral("nobody"));
    QVERIFY(!h.has_value());
    QCOMPARE(h.error().kind, ErrorKind::NotFound);
}

QTEST_GUILESS_MAIN(TestHistory)
#include "tst_history.moc"
