// SPDX-License-Identifier: GPL-3.0-or-later
// Sources of a canary's figures, the sight that is made of them, and what is done by the verdict: on a target of the test's own.
#include "core/operations/operation.h"
#include "core/rollouts/canary_judge.h"
#include "core/serving/serving_store.h"
#include "tests/support/loopback_server.h"
#include "tests/support/single_quoted_json.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace pilothouse;
using namespace pilothouse::rollouts;
using cluster::RolloutPhase;
using cluster::RolloutStatus;
using serving::Verdict;
using Q = QLatin1String;

namespace {

/// A target that shifts what it is told to.
class Target final : public cluster::RolloutTarget {
public:
    mutable RolloutStatus state;
    QStringList calls;
    Target() {
        state.target = QStringLiteral("inferenceservice/iris");
        state.phase = RolloutPhase::Progressing;
        state.stable = cluster::Revision{1, QStringLiteral("iris"), 1, {}, {}, {}, QStringLiteral("stable"), {}};
        state.canary = cluster::Revision{2, QStringLiteral("iris"), 2, {}, {}, {}, QStringLiteral("canary"), {}};
        state.steps = {{10, QStringLiteral("current"), {}, {}}, {50, QStringLiteral("waiting"), {}, {}}, {100, QStringLiteral("waiting"), {}, {}}};
        state.currentStep = 0;
        state.wantedCanaryShare = 0.1;
    }
    QString name() const override { return state.target; }
    Result<RolloutStatus> status() const override { return state; }
    Result<std::vector<cluster::Revision>> history() const override { return std::vector<cluster::Revision>(); }
    Result<void> start(const cluster::Revision &, const QString &, const std::vector<int> &, const QString &) override { return {}; }
    Result<void> pause() override { return {}; }
    Result<void> resume() override { return {}; }
    Result<void> promote(bool full) override {
        calls << (full ? QStringLiteral("full") : QStringLiteral("promote"));
        state.currentStep = 1;
        return {};
    }
    Result<void> abort(const QString &reason) override {
        calls << QStringLiteral("abort: ") + reason;
        state.phase = RolloutPhase::Aborted;
        return {};
    }
    Result<void> undo(int) override { return {}; }
    Result<void> withdraw(const QString &) override { return {}; }
};

class Fixed final : public CanarySource {
public:
    CanarySight known;
    std::optional<Error> error;
    QString name() const override { return QStringLiteral("the test"); }
    Result<void> look(const RolloutStatus &, const QDateTime &, CanarySight &sight, std::stop_token) override {
        if (error)
            return *error;
        sight.stable = known.stable;
        sight.canary = known.canary;
        sight.pairs = known.pairs;
        sight.agreement = known.agreement;
        return {};
    }
};

const QDateTime now = QDateTime::fromString(QStringLiteral("2026-11-22T10:00:00Z"), Qt::ISODate);

serving::JudgeRules rules() {
    serving::JudgeRules r;
    r.maxLatencyRatio = 2;
    r.maxOutputPsi = 0.25;
    return r;
}

Result<CanaryLook> looked(Target &target, const CanarySight &known, std::optional<Error> error = {}) {
    auto source = std::make_unique<Fixed>();
    source->known = known;
    source->error = std::move(error);
    std::vector<std::unique_ptr<CanarySource>> sources;
    sources.push_back(std::move(source));
    return judgeCanary(target, sources, rules(), now.addSecs(-120), now);
}

struct Bench {
    QTemporaryDir folder;
    std::shared_ptr<operations::Journal> journal = *operations::Journal::open(folder.filePath(QStringLiteral("journal.jsonl")), *Database::open(folder.filePath(QStringLiteral("r.db")), {operations::journalTables1()}), QByteArrayLiteral("k"));
    operations::Operations run(workspace::Role role) { return {journal, {QStringLiteral("night"), QStringLiteral("pilot"), role}, {}}; }
};

} // namespace

class TestCanaryJudge : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void lossesOnTheSameRowsWin() {
        Target target;
        CanarySight sight;
        sight.stable.requests = sight.canary.requests = 500;
        for (int i = 0; i < 300; ++i)
            sight.pairs.push_back({i, 0, 1.0 + 0.01 * (i % 7), 0.2 + 0.01 * (i % 5)});
        sight.stable.meanLoss = sight.canary.meanLoss = 1; // would say: no difference
        sight.stable.lossDeviation = sight.canary.lossDeviation = 0.1;
        sight.stable.labelled = sight.canary.labelled = 1000;
        const auto look = looked(target, sight);
        QVERIFY2(look, look ? "" : qPrintable(look.error().text()));
        QCOMPARE(look->judgement.verdict, Verdict::GoOn);
        QVERIFY2(look->judgement.sentence.contains(Q("better on 300 labelled rows")), qPrintable(look->judgement.sentence));
    }

    void twoMeansGiveAnInterval() {
        Target target;
        CanarySight sight;
        sight.stable.requests = sight.canary.requests = 500;
        sight.stable.meanLoss = 1.0;
        sight.canary.meanLoss = 1.5;
        sight.stable.lossDeviation = sight.canary.lossDeviation = 1.0;
        sight.stable.labelled = 10000;
        sight.canary.labelled = 400;
        const auto look = looked(target, sight);
        QCOMPARE(look->judgement.verdict, Verdict::TurnBack);
        // 2.576 · sqrt(1/10000 + 1/400) = 0.1313
        QVERIFY(std::abs(look->figures.interval->low - (0.5 - 0.13135)) < 1e-3);
        sight.canary.meanLoss = 1.1; // within it
        QVERIFY(looked(target, sight)->judgement.verdict != Verdict::TurnBack);
    }

    void withoutASourceNothingIsSaid() {
        Target target;
        const auto look = looked(target, {}, Error{ErrorKind::Unreachable, QStringLiteral("Prometheus does not answer."), {}, {}, {}});
        QCOMPARE(look->judgement.verdict, Verdict::Wait);
        QVERIFY2(look->judgement.sentence.contains(Q("Cannot be judged: the test: Prometheus does not answer.")), qPrintable(look->judgement.sentence));
        target.state.phase = RolloutPhase::Stable;
        QCOMPARE(looked(target, {}).error().kind, ErrorKind::Refused);
    }

    void aTurnBackNeedsNoRoleAndIsJournalled() {
        auto target = std::make_shared<Target>();
        CanarySight sight;
        sight.stable.requests = sight.canary.requests = 100;
        sight.canary.failed = 60;
        const auto look = looked(*target, sight);
        QCOMPARE(look->judgement.verdict, Verdict::TurnBack);
        Bench bench;
        const auto outcome = bench.run(workspace::Role::Viewer).run(turnBackOperation(target, {}, *look));
        QVERIFY2(outcome.done, outcome.error ? qPrintable(outcome.error->text()) : "");
        QCOMPARE(target->calls, QStringList{QStringLiteral("abort: ") + look->judgement.sentence});
        const auto entry = bench.journal->entries()->front();
        QCOMPARE(entry.kind, QStringLiteral("turn-back"));
        QCOMPARE(entry.phase, QStringLiteral("done"));
        // Judged on a canary that has gone: nothing is sent.
        const auto late = bench.run(workspace::Role::Viewer).run(turnBackOperation(target, {}, *look));
        QVERIFY(!late.done);
        QCOMPARE(late.error->kind, ErrorKind::Conflict);
        QCOMPARE(target->calls.size(), 1);
    }

    void goingOnNeedsAnOperator() {
        auto target = std::make_shared<Target>();
        const auto look = looked(*target, {});
        Bench bench;
        QVERIFY(!bench.run(workspace::Role::Viewer).run(goOnOperation(target, {}, *look)).done);
        QVERIFY(target->calls.isEmpty());
        const auto outcome = bench.run(workspace::Role::Operator).run(goOnOperation(target, {}, *look));
        QVERIFY(outcome.done);
        QCOMPARE(outcome.steps.front().call.effect, QString::fromUtf8("canary 10 % → 50 %"));
        QCOMPARE(target->calls, QStringList{QStringLiteral("promote")});
    }

    void ourOwnLogSplitsBySide() {
        QTemporaryDir folder;
        auto store = serving::ServingStore::open(folder.filePath(QStringLiteral("serving.db")));
        QVERIFY(store);
        Database &db = *(*store)->database();
        const qint64 began = now.addSecs(-120).toMSecsSinceEpoch();
        for (int i = 0; i < 40; ++i) {
            const bool canary = i % 4 == 0;
            QVERIFY(db.query(QStringLiteral("INSERT INTO predictions(seq,instance,time,revision,side,protocol,rows,many,input,output,latency_us,status,error) VALUES(?1,1,?2,?3,?4,0,1,0,'{}',?5,?6,?7,'')"),
                             [&](Statement &s) { s.bind(1, qint64(i + 1)).bind(2, began + (i < 4 ? -60000 : i * 100)).bind(3, qint64(canary ? 2 : 1)).bind(4, qint64(canary ? 1 : 0)).bind(5, QByteArray(canary ? "7.5" : "3.25")).bind(6, qint64(canary ? 9000 : 3000)).bind(7, qint64(i == 8 ? 500 : i == 9 ? 422 : 200)); },
                             [](const Statement &) {}));
        }
        Target target;
        CanarySight sight;
        const auto source = logSource((*store)->database());
        const auto read = source->look(target.state, now.addSecs(-120), sight, {});
        QVERIFY2(read, read ? "" : qPrintable(read.error().text()));
        QCOMPARE(sight.canary.requests, std::optional<qint64>(9)); // the one before the step does not count
        QCOMPARE(sight.canary.failed, std::optional<qint64>(1));
        QCOMPARE(sight.stable.requests, std::optional<qint64>(26)); // 27, and one that a client sent wrong
        QCOMPARE(sight.stable.p95Ms, std::optional<double>(3));
        QCOMPARE(sight.canary.numbers.size(), std::size_t(8));
        QCOMPARE(sight.canary.numbers.front(), 7.5);
    }

    void theReferenceRoutesTellBothVersions() {
        support::LoopbackServer server([](support::LoopbackServer::Connection &c, int) {
            while (!c.readRequest().isEmpty())
                c.reply(200, QByteArray("[{'model_version':'2','timestamp':'2026-11-22T09:59:30.000Z','prediction':'yes','response_time_ms':8,'status':200},"
                                        "{'model_version':2,'timestamp':'2026-11-22T09:59:31.000Z','prediction':null,'response_time_ms':9,'status':'error'},"
                                        "{'model_version':'v1','timestamp':'2026-11-22T09:59:32.000Z','prediction':['no','yes'],'response_time_ms':4,'status':'success'},"
                                        "{'model_version':'1','timestamp':'2026-11-22T09:00:00.000Z','prediction':'no','response_time_ms':4,'status':200},"
                                        "{'model_version':'7','timestamp':'2026-11-22T09:59:33.000Z','prediction':'no','response_time_ms':4,'status':200}]").replace('\'', '"'));
        });
        auto endpoint = std::make_shared<serving::Endpoint>(std::make_shared<net::HttpClient>(), server.url("/"), *serving::profileOf(QStringLiteral("rest"), {}), nullptr);
        Target target;
        CanarySight sight;
        const auto source = endpointSource(endpoint, server.url("/"));
        const auto read = source->look(target.state, now.addSecs(-120), sight, {});
        QVERIFY2(read, read ? "" : qPrintable(read.error().text()));
        QCOMPARE(sight.canary.requests, std::optional<qint64>(2));
        QCOMPARE(sight.canary.failed, std::optional<qint64>(1));
        QCOMPARE(sight.canary.p95Ms, std::optional<double>(9));
        QCOMPARE(sight.stable.requests, std::optional<qint64>(1));
        QCOMPARE(sight.stable.classes, (std::map<QString, qint64>{{QStringLiteral("no"), 1}, {QStringLiteral("yes"), 1}}));
    }
};

QTEST_GUILESS_MAIN(TestCanaryJudge)
#include "tst_canary_judge.moc"
