// SPDX-License-Identifier: GPL-3.0-or-later
// Several systems as one: ids are told apart by their connection, a system that fails costs its own part, JSON is read as it was written.
#include "core/pipelines/pipeline_json.h"
#include "tests/support/fake_pipelines.h"

#include <QTest>

using namespace pilothouse;
using namespace pilothouse::pipelines;
using pilothouse::tests::FakePipelines;
using pilothouse::tests::fakeRun;

namespace {

QString q(const char *text) { return QString::fromUtf8(text); }
const QDateTime noon = QDateTime::fromString(QStringLiteral("2026-11-22T12:00:00Z"), Qt::ISODate);

struct Bench {
    std::shared_ptr<FakePipelines> local = std::make_shared<FakePipelines>(q("local"), q("local")), ci = std::make_shared<FakePipelines>(q("ci")), hub = std::make_shared<FakePipelines>(q("hub"), q("github"));
    AllPipelines all{local, {ci, hub}};
    Bench() {
        local->all = {fakeRun(q("t2m-1"), q("t2m"), State::Passed, noon)};
        ci->all = {fakeRun(q("weather/retrain#4"), q("weather/retrain"), State::Running, noon.addSecs(60))};
        hub->all = {fakeRun(q("77"), q("train.yml"), State::Waiting, {})};
    }
};

} // namespace

class tst_AllPipelines : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void idsCarryTheirConnection() {
        Bench b;
        const auto runs = b.all.runs({});
        QVERIFY(runs);
        QStringList ids;
        for (const PipelineRun &run : *runs)
            ids << run.id;
        QCOMPARE(ids, QStringList({q("hub:77"), q("ci:weather/retrain#4"), q("t2m-1")})); // what waits, then the newest
        QCOMPARE((*runs)[1].connection, q("ci"));
        QCOMPARE((*runs)[1].system, q("jenkins"));
        QCOMPARE((*runs)[2].connection, QString());
        QCOMPARE(b.all.run(q("ci:weather/retrain#4"))->pipeline, q("ci:weather/retrain"));
    }
    void aSystemThatFailsCostsItsOwnPart() {
        Bench b;
        b.ci->problem = Error{ErrorKind::Unreachable, q("gone"), {}, {}, {}};
        QCOMPARE(b.all.runs({})->size(), std::size_t(2));
        b.local->problem = b.hub->problem = b.ci->problem;
        QCOMPARE(b.all.runs({}).error().kind, ErrorKind::Unreachable);
    }
    void anUnknownConnectionIsNamed() {
        Bench b;
        const auto run = b.all.run(q("nobody:1"));
        QVERIFY(!run);
        QCOMPARE(run.error().kind, ErrorKind::NotFound);
        QVERIFY(run.error().what.contains(q("nobody")));
    }
    void aStartGoesToItsSystem() {
        Bench b;
        QCOMPARE(*b.all.startRun({q("hub:train.yml"), {}, q("main"), {}, {}}), q("hub:train.yml#2"));
        QCOMPARE(b.hub->started.pipeline, q("train.yml"));
        QCOMPARE(b.hub->started.ref, q("main"));
        QCOMPARE(b.ci->starts, 0);
    }
    void aRunIsReadAsItWasWritten() {
        PipelineRun run = fakeRun(q("ci:a#1"), q("ci:a"), State::Warned, noon, noon.addSecs(90));
        run.images = {{q("frontend"), q("v34")}};
        run.metrics = {{q("f1"), 0.7143}, {q("recall"), 1}};
        run.tests = TestCounts{10, 1, 2};
        run.coverage = 95.5;
        run.changed = {q("api")};
        run.error = Error{ErrorKind::Denied, q("no"), q("here"), q("ask"), {}};
        run.parameters = {{q("n"), 3}};
        Stage stage(q("Build"), State::Failed, noon, noon.addSecs(5));
        stage.after = {q("7")};
        stage.attempts = {Attempt(), Attempt()};
        stage.attempts[1].number = 2;
        run.stages = {stage};
        const QJsonObject written = toJson(run);
        QCOMPARE(toJson(runFromJson(written)), written);
        QCOMPARE(runFromJson(written).metrics, run.metrics);
        QCOMPARE(runFromJson(written).stages.front().attempts.size(), std::size_t(2));
        QVERIFY(runFromJson(written).tests->failed == 1);
        Gate gate;
        gate.id = q("x");
        gate.mayAnswer = false;
        gate.since = noon;
        Parameter p;
        p.name = q("W");
        p.kind = Parameter::Kind::Choice;
        p.choices = {q("a"), q("b")};
        p.value = q("a");
        gate.parameters = {p};
        QCOMPARE(toJson(gateFromJson(toJson(gate))), toJson(gate));
        Schedule schedule;
        schedule.id = q("s");
        schedule.most = 2;
        schedule.next = noon;
        QCOMPARE(toJson(scheduleFromJson(toJson(schedule))), toJson(schedule));
        Notice notice;
        notice.id = q("n");
        notice.start = StartRequest{q("ci:a"), {{q("k"), q("v")}}, q("main"), {}, {}};
        QCOMPARE(toJson(noticeFromJson(toJson(notice))), toJson(notice));
    }
};

QTEST_GUILESS_MAIN(tst_AllPipelines)
#include "tst_all_pipelines.moc"
