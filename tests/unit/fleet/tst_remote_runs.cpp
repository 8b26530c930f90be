// SPDX-License-Identifier: GPL-3.0-or-later
// Known runs of systems: kept across starts, read anew when old, back-off of a system that fails, the inbox and the chain that are made of them.
#include "core/fleet/inbox_pipelines.h"
#include "core/fleet/remote_runs.h"
#include "core/fleet/run_chain.h"
#include "tests/support/fake_pipelines.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::fleet;
using namespace pilothouse::pipelines;
using pilothouse::tests::FakePipelines;
using pilothouse::tests::fakeRun;

namespace {

QString q(const char *text) { return QString::fromUtf8(text); }
const QDateTime noon = QDateTime::fromString(QStringLiteral("2026-11-22T12:00:00Z"), Qt::ISODate);

struct Bench {
    QTemporaryDir dir;
    std::shared_ptr<FixedClock> clock = std::make_shared<FixedClock>(noon);
    std::shared_ptr<FakePipelines> ci = std::make_shared<FakePipelines>(q("ci")), hub = std::make_shared<FakePipelines>(q("hub"), q("github"));
    std::shared_ptr<AllPipelines> all = std::make_shared<AllPipelines>(std::make_shared<FakePipelines>(q("local"), q("local")), std::vector<std::shared_ptr<PipelineService>>{ci, hub});
    workspace::Workspace workspace;
    Bench() {
        for (const char *name : {"ci", "hub"}) {
            workspace::Connection connection;
            connection.name = q(name);
            connection.kind = connection.name == q("ci") ? q("jenkins") : q("github");
            connection.url = q("http://127.0.0.1:1");
            workspace.connections.insert(connection.name, connection);
        }
        ci->all = {fakeRun(q("a#2"), q("a"), State::Running, noon), fakeRun(q("a#1"), q("a"), State::Passed, noon.addSecs(-600), noon.addSecs(-500))};
        hub->all = {fakeRun(q("7"), q("b"), State::Failed, noon.addSecs(-60), noon)};
    }
    std::unique_ptr<RemoteRuns> open() { return std::make_unique<RemoteRuns>(all, workspace, nullptr, clock, dir.filePath(q("known.db"))); }
};

QStringList ids(const std::vector<PipelineRun> &runs) {
    QStringList out;
    for (const PipelineRun &run : runs)
        out << run.id;
    return out;
}

} // namespace

class tst_RemoteRuns : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aLookGivesWhatWasReadAndASecondAsksNothing() {
        Bench b;
        const auto runs = b.open();
        const auto seen = runs->look(20000);
        QCOMPARE(ids(seen.value(q("ci"))->known.runs), QStringList({q("ci:a#2"), q("ci:a#1")}));
        QVERIFY(!seen.value(q("ci"))->remembered);
        runs->waitForReads();
        const int asked = b.ci->asked;
        runs->look(0);
        runs->waitForReads();
        QCOMPARE(b.ci->asked, asked);
        b.clock->advance(11);
        runs->look(0);
        runs->waitForReads();
        QCOMPARE(b.ci->asked, asked + 1);
        runs->forget(q("ci"));
        runs->look(0);
        runs->waitForReads();
        QCOMPARE(b.ci->asked, asked + 2);
    }
    void aRunThatIsTooOldForThePageIsReadByItselfUntilItEnds() {
        Bench b;
        b.ci->all = {fakeRun(q("a#1"), q("a"), State::Running, noon.addSecs(-9000))};
        const auto runs = b.open();
        runs->look(20000);
        runs->waitForReads();
        for (int i = 2; i <= 40; ++i) // many others since
            b.ci->all.insert(b.ci->all.begin(), fakeRun(q("a#%1").arg(i), q("a"), State::Passed, noon.addSecs(i), noon.addSecs(i + 1)));
        b.ci->all.back() = fakeRun(q("a#1"), q("a"), State::Failed, noon.addSecs(-9000), noon);
        b.clock->advance(11);
        runs->look(0);
        runs->waitForReads();
        const auto known = runs->seen().value(q("ci"))->known.runs;
        const auto old = std::find_if(known.begin(), known.end(), [](const PipelineRun &r) { return r.id == q("ci:a#1"); });
        QVERIFY(old != known.end());
        QCOMPARE(int(old->state), int(State::Failed));
        QCOMPARE(known.size(), std::size_t(40)); // and no gap: the twenty that did not fit the page are here as well
    }
    void aRunThatItsSystemNoLongerHasIsGone() {
        Bench b;
        const auto runs = b.open();
        runs->look(20000);
        runs->waitForReads();
        b.ci->all.erase(b.ci->all.begin()); // a#2, which ran
        b.clock->advance(11);
        runs->look(0);
        runs->waitForReads();
        QCOMPARE(ids(runs->seen().value(q("ci"))->known.runs), QStringList({q("ci:a#1")}));
    }
    void anotherStartKnowsItAtOnceThoughTheSystemIsGone() {
        Bench b;
        {
            const auto runs = b.open();
            runs->look(20000, false);
            runs->waitForReads();
        }
        b.ci->problem = Error{ErrorKind::Unreachable, q("gone"), {}, {}, {}};
        const auto runs = b.open();
        runs->look(20000);
        runs->waitForReads();
        const auto seen = runs->seen().value(q("ci"));
        QCOMPARE(ids(seen->known.runs), QStringList({q("ci:a#2"), q("ci:a#1")}));
        QVERIFY(seen->remembered);
        QVERIFY(seen->whole);
        QCOMPARE(seen->problem->kind, ErrorKind::Unreachable);
        QVERIFY(!runs->seen().value(q("hub"))->remembered); // the other one answers
    }
    void aSystemAtAnotherAddressHasNothingKnown() {
        Bench b;
        {
            const auto runs = b.open();
            runs->look(20000);
            runs->waitForReads();
        }
        b.workspace.connections[q("ci")].url = q("http://127.0.0.1:2");
        b.ci->problem = Error{ErrorKind::Unreachable, q("gone"), {}, {}, {}};
        const auto runs = b.open();
        runs->look(20000);
        runs->waitForReads();
        QVERIFY(runs->seen().value(q("ci"))->known.runs.empty());
    }
    void aSystemThatFailsIsAskedLaterAndLater() {
        Bench b;
        b.ci->problem = Error{ErrorKind::Unreachable, q("gone"), {}, {}, {}};
        const auto runs = b.open();
        qint64 before = 0;
        for (int i = 0; i < 5; ++i) {
            runs->look(0);
            runs->waitForReads();
            const auto seen = runs->seen().value(q("ci"));
            const qint64 wait = b.clock->nowUtc().secsTo(seen->next);
            QVERIFY2(wait > before / 2, qPrintable(q("%1 after %2").arg(wait).arg(before)));
            before = wait;
            b.clock->advance(wait + 1);
        }
        QVERIFY(before >= 180);
        b.ci->problem.reset();
        runs->look(0);
        runs->waitForReads();
        QCOMPARE(b.clock->nowUtc().secsTo(runs->seen().value(q("ci"))->next), 10);
    }
    void runsAreMergedAndOfEachPipelineTheNewestStay() {
        const std::vector<PipelineRun> known{fakeRun(q("q1"), q("a"), State::Waiting, {}), fakeRun(q("a2"), q("a"), State::Running, noon), fakeRun(q("a1"), q("a"), State::Passed, noon.addSecs(-60)),
                                             fakeRun(q("b1"), q("b"), State::Passed, noon.addSecs(-90))};
        std::vector<PipelineRun> put;
        QStringList gone;
        const auto merged = mergedRuns(known, {fakeRun(q("a3"), q("a"), State::Running, noon.addSecs(60)), fakeRun(q("a2"), q("a"), State::Passed, noon, noon.addSecs(50))}, 2, &put, &gone);
        QCOMPARE(ids(merged), QStringList({q("a3"), q("a2"), q("b1")}));
        QCOMPARE(merged[1].state, State::Passed);
        QCOMPARE(gone, QStringList({q("q1"), q("a1")})); // a place in the queue that is no more, and the oldest
        QCOMPARE(put.size(), std::size_t(2));
    }
    void whatIsKeptOfConnectionsThatAreGoneIsClearedAway() {
        Bench b;
        const auto cache = *KnownPipelines::open(b.dir.filePath(q("known.db")));
        const auto keep = [&](const char *name, int daysAgo) {
            KnownSystem system;
            system.read = noon.addDays(-daysAgo);
            QVERIFY(cache->change(q(name), q("x"), system, {fakeRun(q(name) + q(":a#1"), q("a"), State::Passed, system.read, system.read)}, {}));
        };
        keep("gone", 20);
        keep("elsewhere", 1); // another workspace's
        const auto file = [&](const char *path, int daysAgo) {
            const QString whole = b.dir.filePath(q("systems/") + q(path));
            QFile made(whole);
            QVERIFY(QDir().mkpath(QFileInfo(whole).path()) && made.open(QIODevice::WriteOnly));
            QVERIFY(made.setFileTime(noon.addDays(-daysAgo), QFileDevice::FileModificationTime));
        };
        file("gone/replies/a.json", 20);
        file("elsewhere/replies/a.json", 200);
        file("elsewhere/replies/b.json", 1);
        file("hub/replies/a.json", 91);
        file("hub/replies/b.json", 30);
        const auto runs = b.open();
        runs->look(20000);
        runs->waitForReads();
        QVERIFY(!cache->system(q("gone"), q("x"))->read.isValid());
        const auto other = cache->system(q("elsewhere"), q("x"));
        QVERIFY(other->read.isValid());
        QCOMPARE(ids(other->runs), QStringList({q("elsewhere:a#1")}));
        QVERIFY(cache->change(q("gone"), q("x"), KnownSystem{{}, {}, {}, {}, {}, noon}, {}, {}));
        QVERIFY(cache->system(q("gone"), q("x"))->runs.empty()); // its runs are gone as well
        const auto there = [&](const char *path) { return QFileInfo::exists(b.dir.filePath(q("systems/") + q(path))); };
        QVERIFY(!there("gone"));
        QVERIFY(!there("elsewhere/replies/a.json"));
        QVERIFY(there("elsewhere/replies/b.json"));
        QVERIFY(!there("hub/replies/a.json"));
        QVERIFY(there("hub/replies/b.json"));
    }
    void manyRunsBeginWithAPage() {
        QTemporaryDir dir;
        const auto cache = KnownPipelines::open(dir.filePath(q("known.db")));
        QVERIFY(cache);
        KnownSystem system;
        system.read = noon;
        std::vector<PipelineRun> runs;
        for (int p = 0; p < 100; ++p)
            for (int i = 0; i < 100; ++i)
                runs.push_back(fakeRun(q("p%1#%2").arg(p).arg(i), q("p%1").arg(p), State::Passed, noon.addSecs(-p - i * 1000), noon));
        QVERIFY((*cache)->change(q("ci"), q("x"), system, runs, {}));
        const auto page = (*cache)->system(q("ci"), q("x"), RemoteRuns::firstPage);
        QVERIFY(page);
        QCOMPARE(page->runs.size(), std::size_t(RemoteRuns::firstPage));
        QCOMPARE(page->runs.front().id, q("p0#0"));
        QVERIFY(page->runs.back().started > noon.addSecs(-3000));
        QCOMPARE((*cache)->system(q("ci"), q("x"))->runs.size(), std::size_t(10000));
    }
    void runsThatBeganAtOneTimeAreAllRead() {
        QTemporaryDir dir;
        const auto cache = *KnownPipelines::open(dir.filePath(q("known.db")));
        KnownSystem system;
        system.read = noon;
        std::vector<PipelineRun> runs;
        QStringList wanted;
        for (int i = 0; i < 700; ++i)
            runs.push_back(fakeRun(q("queue#%1").arg(i, 4, 10, QLatin1Char('0')), q("a"), State::Waiting, {})); // before all others
        for (int i = 0; i < 1200; ++i)
            runs.push_back(fakeRun(q("together#%1").arg(i, 4, 10, QLatin1Char('0')), q("a"), State::Passed, noon, noon));
        runs.push_back(fakeRun(q("earlier"), q("a"), State::Passed, noon.addSecs(-1), noon));
        for (const PipelineRun &run : runs)
            wanted << run.id;
        QVERIFY(cache->change(q("ci"), q("x"), system, runs, {}));
        QCOMPARE(ids(cache->system(q("ci"), q("x"))->runs), wanted);
        QCOMPARE(ids(cache->system(q("ci"), q("x"), 900)->runs), wanted.mid(0, 900));
    }
    void theInboxHasGatesOverrunsAndMissedSchedules() {
        Snapshot s;
        s.role = workspace::Role::Approver;
        s.read = noon;
        workspace::Workspace workspace;
        workspace::Model model;
        model.name = q("weather");
        model.pipeline.connection = q("ci");
        model.pipeline.job = q("a");
        model.pipeline.other.insert(q("sla"), q("2h"));
        workspace.models.push_back(model);
        Gate mine, theirs;
        mine.id = q("Approve");
        mine.run = theirs.run = q("ci:a#2");
        mine.pipeline = theirs.pipeline = q("ci:a");
        theirs.id = q("Sign");
        theirs.mayAnswer = false;
        theirs.allowed = {q("ops")};
        s.gates = {mine, theirs};
        s.pipelineRuns = {fakeRun(q("ci:a#2"), q("ci:a"), State::Running, noon.addSecs(-3 * 3600)), fakeRun(q("ci:c#1"), q("ci:c"), State::Running, noon.addSecs(-9 * 3600))};
        Schedule missed, begun;
        missed.id = q("ci:s1");
        missed.pipeline = q("ci:nightly");
        missed.next = noon.addSecs(-3600);
        begun = missed;
        begun.id = q("ci:s2");
        begun.pipeline = q("ci:a");
        begun.next = noon.addSecs(-3 * 3600);
        s.schedules = {missed, begun};
        std::vector<InboxItem> items;
        addPipelineItems(s, workspace, noon, items);
        QMap<QString, InboxGroup> groups;
        for (const InboxItem &item : items)
            groups.insert(item.id, item.group);
        QCOMPARE(groups.keys(), QStringList({q("gate/ci:a#2/Approve"), q("gate/ci:a#2/Sign"), q("missed/ci:s1"), q("sla/ci:a#2")}));
        QVERIFY(groups.value(q("gate/ci:a#2/Approve")) == InboxGroup::Decision);
        QVERIFY(groups.value(q("gate/ci:a#2/Sign")) == InboxGroup::Soon);
        s.role = workspace::Role::Operator; // may not answer any
        items.clear();
        addPipelineItems(s, workspace, noon, items);
        QVERIFY(items.front().group == InboxGroup::Soon);
    }
    void whatFailedStaysInTheInboxUntilALaterRunHasPassed_data() {
        QTest::addColumn<QList<int>>("states"); // newest first, an hour between them
        QTest::addColumn<QStringList>("items");
        QTest::addColumn<bool>("again");
        const auto row = [](const char *name, const QList<State> &states, const QStringList &items, bool again) {
            QList<int> numbers;
            for (const State state : states)
                numbers << int(state);
            QTest::newRow(name) << numbers << items << again;
        };
        row("the newest failed", {State::Failed, State::Passed}, {q("run/0")}, false);
        row("of two that failed the newer one speaks", {State::Failed, State::Failed}, {q("run/0")}, false);
        row("a later one has passed", {State::Passed, State::Failed}, {}, false);
        row("a later one has passed with warnings", {State::Warned, State::Failed}, {}, false);
        row("another is under way", {State::Running, State::Failed}, {q("run/1")}, true);
        row("another waits at a gate", {State::Paused, State::Failed}, {q("run/1")}, true);
        row("the next one was cancelled", {State::Cancelled, State::Failed}, {q("run/1")}, false);
        row("the next one was skipped", {State::Skipped, State::Failed, State::Passed}, {q("run/1")}, false);
        row("the next one has a state that is not known", {State::Unknown, State::Failed}, {q("run/1")}, false);
        row("none has failed", {State::Running, State::Passed}, {}, false);
        QList<State> old(200, State::Cancelled);
        old << State::Failed;
        row("it failed more than a week ago", old, {}, false);
    }
    void whatFailedStaysInTheInboxUntilALaterRunHasPassed() {
        QFETCH(QList<int>, states);
        QFETCH(bool, again);
        Snapshot s;
        s.read = noon;
        for (qsizetype i = 0; i < states.size(); ++i) {
            const State state = State(states[i]);
            const QDateTime began = noon.addSecs(-3600 * (i + 1));
            s.pipelineRuns.push_back(fakeRun(QString::number(i), q("hub:b"), state, began, hasEnded(state) ? began.addSecs(60) : QDateTime()));
        }
        s.pipelineRuns.push_back(fakeRun(q("of another"), q("hub:c"), State::Passed, noon.addDays(-9), noon.addDays(-9)));
        QStringList found;
        for (const InboxItem &item : inboxOf(s, {}, noon)) {
            found << item.id;
            QVERIFY(item.group == InboxGroup::Broken);
            QCOMPARE(item.action, q("pipeline.show"));
            QCOMPARE(item.sentence.contains(q("Another run of it is under way.")), again);
            QVERIFY(item.state == (again ? Health::Warn : Health::Bad));
        }
        QTEST(found, "items");
    }
    void aSnapshotHasWhatFailedHoweverMuchHasBegunSince() {
        std::vector<PipelineRun> all;
        const auto add = [&](const QString &id, const QString &pipeline, State state, int hoursAgo) {
            all.push_back(fakeRun(id, pipeline, state, noon.addSecs(-3600 * hoursAgo)));
            all.back().connection = q("ci");
        };
        for (int i = 0; i < int(newestRuns); ++i)
            add(q("busy#%1").arg(i), q("busy"), State::Passed, 1);
        add(q("slow#9"), q("slow"), State::Running, 30);
        add(q("deploy#3"), q("deploy"), State::Failed, 48);
        add(q("deploy#2"), q("deploy"), State::Failed, 49);
        add(q("train#8"), q("train"), State::Passed, 50);
        add(q("train#7"), q("train"), State::Failed, 51);
        add(q("old#1"), q("old"), State::Failed, 24 * 20);
        all.push_back(fakeRun(q("local-1"), q("t2m"), State::Passed, noon.addDays(-30)));
        const auto kept = ids(runsThatCount(all, noon));
        QCOMPARE(kept.size(), qsizetype(newestRuns) + 3);
        QCOMPARE(kept.mid(qsizetype(newestRuns)), QStringList({q("slow#9"), q("deploy#3"), q("local-1")}));
    }
    void aRunIsJoinedWithItsVersionImageAndRollout() {
        Snapshot s;
        PipelineRun run = fakeRun(q("ci:a#421"), q("ci:a"), State::Passed, noon);
        run.connection = q("ci");
        run.model = q("weather");
        run.commit = q("3f2a9c1d00aa");
        run.link = q("http://ci/job/a/421/");
        run.images = {{q("frontend"), q("v34")}};
        registry::Version byTag, byCommit, other;
        byTag.model = byCommit.model = q("weather");
        byTag.version = 30;
        byTag.tags = {{q("build_url"), q("http://ci/job/a/421")}, {q("image"), q("ghcr.io/team/frontend:v34")}};
        byCommit.version = 29;
        byCommit.tags = {{q("git.commit"), q("3f2a9c1")}};
        other.model = q("housing");
        other.version = 1;
        other.tags = byCommit.tags;
        s.versions = {other, byCommit, byTag};
        s.pipelineRuns = {run};
        ModelRow row;
        row.name = q("weather");
        row.rollout.emplace();
        row.rollout->stable.emplace();
        row.rollout->stable->version = 30;
        row.rollout->operation = q("op-1");
        s.models = {row};
        const RunChain chain = chainOf(run, s);
        QCOMPARE(chain.versions.size(), std::size_t(2));
        QCOMPARE(chain.versions.front().version, 30);
        QCOMPARE(chain.versions.front().why, q("tag"));
        QCOMPARE(chain.versions.back().why, q("commit"));
        QCOMPARE(chain.images, QStringList(q("frontend:v34")));
        QCOMPARE(chain.rollouts.size(), std::size_t(1));
        QCOMPARE(chain.rollouts.front().image, q("ghcr.io/team/frontend:v34"));
        const auto links = chainIds(s);
        QVERIFY(!links.value(q("op-1")).isEmpty());
        QCOMPARE(links.value(q("op-1")), links.value(q("ci:a#421")));
    }
};

QTEST_GUILESS_MAIN(tst_RemoteRuns)
#include "tst_remote_runs.moc"
