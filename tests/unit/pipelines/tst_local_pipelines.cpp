// SPDX-License-Identifier: GPL-3.0-or-later
// The record keeping of local pipelines against real processes: a small shell program stands in for `pilot pipelines exec`.
#include "core/base/child_process.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/pipelines/local_pipelines.h"
#include "core/pipelines/pipeline_json.h"

#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <unistd.h>

using namespace pilothouse;
using namespace pilothouse::pipelines;

namespace {

workspace::Workspace demoWorkspace() {
    workspace::Workspace w;
    w.file = QStringLiteral("/nowhere/pilothouse.yaml");
    for (const char *name : {"t2m", "ws2m"}) {
        workspace::Model model;
        model.name = QLatin1String(name);
        model.recipe = QStringLiteral("/nowhere/%1.yaml").arg(model.name);
        w.models.push_back(model);
    }
    workspace::Model bare;
    bare.name = QStringLiteral("bare");
    w.models.push_back(bare);
    return w;
}

/// A place with pipelines whose "pilot" is a shell text.
class Place {
public:
    explicit Place(const QByteArray &script) {
        const QString program = m_folder.filePath(QStringLiteral("pilot.sh"));
        (void)writeFileAtomically(program, "#!/bin/sh\n" + script);
        QFile::setPermissions(program, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        pipelines = std::make_unique<LocalPipelines>(
            m_folder.filePath(QStringLiteral("pipelines")), demoWorkspace(),
            [program, this](const QString &run, const QString &log) -> Result<qint64> {
                auto pid = startDetached(program, {run}, log);
                if (pid) {
                    m_pids << *pid;
                    becomesShell(*pid);
                }
                return pid;
            },
            clock);
    }
    ~Place() { // only our own processes, and only while they are ours
        for (std::size_t i = 0; i < std::size_t(m_pids.size()); ++i)
            if (markOf(m_pids.at(qsizetype(i))))
                ::kill(pid_t(m_pids.at(qsizetype(i))), SIGKILL);
    }
    QString start(const QString &pipeline = QStringLiteral("t2m"), const QJsonObject &parameters = {}) {
        auto run = pipelines->start(pipeline, parameters, QStringLiteral("ana"), QStringLiteral("by hand"));
        return run ? *run : QStringLiteral("ERROR ") + run.error().text();
    }
    PipelineRun run(const QString &id) { return pipelines->run(id).value(); }
    RunFolder folder(const QString &id) { return pipelines->folderOf(id).value(); }
    qint64 lastPid() const { return m_pids.last(); }
    /// Writes the end of a run as its process would.
    void end(const QString &id, State state) {
        QVERIFY(folder(id).update([&](RunRecord &r) -> Result<void> {
            endRun(r, state, clock->nowUtc());
            return {};
        }));
    }

    std::shared_ptr<FixedClock> clock = std::make_shared<FixedClock>(QDateTime::fromString(QStringLiteral("2026-03-01T12:00:00Z"), Qt::ISODate));
    std::unique_ptr<LocalPipelines> pipelines;

private:
    /// Until exec a child still carries this test's signal handlers, which print a stack trace when it is ended.
    static void becomesShell(qint64 pid) {
        const auto isShell = [&] {
            QFile file(QStringLiteral("/proc/%1/cmdline").arg(pid));
            return !markOf(pid) || !file.open(QIODevice::ReadOnly) || file.readAll().startsWith("/bin/sh");
        };
        (void)QTest::qWaitFor(isShell);
    }
    QTemporaryDir m_folder;
    QList<qint64> m_pids;
};

const QByteArray sleeper = "trap 'kill $!; exit 0' TERM\nsleep 300 & wait\n";

} // namespace

class tst_LocalPipelines : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyModelWithARecipeHasAPipelineOfFourStages() {
        Place place("exit 0\n");
        const auto list = place.pipelines->pipelines().value();
        QCOMPARE(list.size(), std::size_t(2));
        QCOMPARE(list[0].name, QStringLiteral("t2m"));
        QCOMPARE(list[0].stages, localStages());
        QCOMPARE(place.pipelines->start(QStringLiteral("bare"), {}, {}, {}).error().kind, ErrorKind::NotFound);
        QCOMPARE(place.pipelines->start(QStringLiteral("other"), {}, {}, {}).error().kind, ErrorKind::NotFound);
    }

    void aStartedRunIsSeenByEverybodyAndRunsOnlyOnce() {
        Place place(sleeper);
        const QString id = place.start();
        QCOMPARE(id, QStringLiteral("t2m-1"));
        const PipelineRun run = place.run(id);
        QCOMPARE(run.state, State::Waiting); // its process has not spoken yet
        QCOMPARE(run.startedBy, QStringLiteral("ana"));
        QCOMPARE(run.stages.size(), std::size_t(4));
        QCOMPARE(place.folder(id).read()->process->pid, place.lastPid());
        LocalPipelines other(QFileInfo(place.folder(id).path()).absolutePath(), demoWorkspace(), {}, place.clock);
        QCOMPARE(other.run(id)->id, id);
        const auto second = other.start(QStringLiteral("t2m"), {}, {}, {});
        QVERIFY(!second);
        QCOMPARE(second.error().kind, ErrorKind::Conflict);
        QVERIFY(second.error().hint.contains(QStringLiteral("cancel t2m-1")));
        QCOMPARE(place.start(QStringLiteral("ws2m")), QStringLiteral("ws2m-1")); // another pipeline may
        QVERIFY(place.pipelines->cancel(QStringLiteral("ws2m-1")));
        QVERIFY(place.pipelines->cancel(id));
        QCOMPARE(place.start(), QStringLiteral("t2m-2"));
    }

    void cancelStopsTheProcessAndSkipsWhatWaited() {
        Place place(sleeper);
        const QString id = place.start();
        QVERIFY(place.folder(id).update([&](RunRecord &r) -> Result<void> {
            r.run.state = State::Running;
            setStage(r, QStringLiteral("train"), State::Running, place.clock->nowUtc());
            return {};
        }));
        QVERIFY(markOf(place.lastPid()));
        place.clock->advance(5);
        QVERIFY(place.pipelines->cancel(id));
        QVERIFY(!markOf(place.lastPid()));
        const PipelineRun run = place.run(id);
        QCOMPARE(run.state, State::Cancelled);
        QCOMPARE(run.stages[0].state, State::Cancelled);
        QCOMPARE(run.stages[3].state, State::Skipped);
        QCOMPARE(run.started.secsTo(run.ended), 5);
        QCOMPARE(place.pipelines->cancel(id).error().kind, ErrorKind::Conflict);
    }

    void aProcessThatDoesNotListenIsEndedByForce() {
        Place place("trap '' TERM\nwhile :; do sleep 0.05; done\n");
        const QString id = place.start();
        place.pipelines->setStopLimit(0);
        QVERIFY(place.pipelines->cancel(id));
        QTRY_VERIFY(!markOf(place.lastPid()));
        QCOMPARE(place.run(id).state, State::Cancelled);
    }

    void aRunWhoseProcessWasKilledIsFailedAndSaysWhy() {
        Place place("echo 'terminate called'\n" + sleeper);
        const QString id = place.start();
        QVERIFY(place.folder(id).update([&](RunRecord &r) -> Result<void> {
            r.run.state = State::Running;
            setStage(r, QStringLiteral("train"), State::Running, place.clock->nowUtc());
            return {};
        }));
        QTRY_VERIFY(readFile(place.folder(id).processLog()).value_or(QByteArray()).contains("terminate"));
        QCOMPARE(place.run(id).state, State::Running);
        ::kill(pid_t(place.lastPid()), SIGKILL);
        QTRY_VERIFY(!markOf(place.lastPid()));
        const PipelineRun run = place.run(id);
        QCOMPARE(run.state, State::Failed);
        QCOMPARE(run.systemState, QStringLiteral("process gone"));
        QCOMPARE(run.stages[0].state, State::Failed);
        QCOMPARE(run.stages[1].state, State::Skipped);
        QVERIFY(run.error);
        QVERIFY(run.error->what.contains(QString::number(place.lastPid())));
        QVERIFY(run.error->hint.contains(QStringLiteral("resume=") + id));
        QVERIFY(run.error->raw.contains(QStringLiteral("terminate called")));
        QCOMPARE(place.start(), QStringLiteral("t2m-2")); // it blocks nobody
    }

    void aRunWhoseJobIsInAClusterGetsANewProcess() {
        Place place(sleeper);
        const QString id = place.start();
        QVERIFY(place.folder(id).update([&](RunRecord &r) -> Result<void> {
            r.run.state = State::Running;
            setStage(r, QStringLiteral("train"), State::Running, place.clock->nowUtc());
            r.results.insert(QStringLiteral("cluster_job"), QJsonObject{{QStringLiteral("name"), QStringLiteral("t2m-1a2b")}});
            return {};
        }));
        const auto killed = [&] {
            const qint64 pid = place.lastPid();
            ::kill(pid_t(pid), SIGKILL);
            for (int i = 0; i < 500 && markOf(pid); ++i)
                QTest::qWait(10);
            return pid;
        };
        const qint64 first = killed();
        QCOMPARE(place.run(id).state, State::Running);
        QVERIFY(place.lastPid() != first);
        QCOMPARE(place.folder(id).read()->process->pid, place.lastPid());
        const qint64 second = killed();
        QCOMPARE(place.run(id).state, State::Running);
        QCOMPARE(place.lastPid(), second); // what ended it may end the next: not at once
        place.clock->advance(31);
        QCOMPARE(place.run(id).state, State::Running);
        QVERIFY(place.lastPid() != second);
        QVERIFY(!place.folder(id).read()->results.contains(QStringLiteral("cancel")));
        place.pipelines->setStopLimit(0); // it deletes nothing: what is no cancel yet is not told as one
        const auto cancelled = place.pipelines->cancel(id);
        QVERIFY(!cancelled);
        QCOMPARE(cancelled.error().kind, ErrorKind::TimedOut);
        QVERIFY(place.folder(id).read()->results.value(QStringLiteral("cancel")).toBool());
    }

    void anotherProcessWithTheSameNumberIsNotTaken() {
        Place place(sleeper);
        const QString id = place.start();
        QVERIFY(place.folder(id).update([&](RunRecord &r) -> Result<void> {
            r.run.state = State::Running;
            r.process = ProcessMark{::getpid(), QStringLiteral("another boot/1")}; // this test's own number
            return {};
        }));
        QCOMPARE(place.run(id).state, State::Failed);
        QCOMPARE(place.pipelines->cancel(id).error().kind, ErrorKind::Conflict); // and nobody was ended
        QVERIFY(markOf(::getpid()));
    }

    void aRunThatNeverGotAProcessIsFailedAfterAWhile() {
        Place place(sleeper);
        const QString id = place.start();
        QVERIFY(place.folder(id).update([](RunRecord &r) -> Result<void> {
            r.process.reset(); // the starting program died right after making the folder
            return {};
        }));
        QCOMPARE(place.run(id).state, State::Waiting);
        place.clock->advance(61);
        QCOMPARE(place.run(id).state, State::Failed);
        QVERIFY(place.run(id).error->what.contains(QStringLiteral("never started")));
    }

    void aProgramThatCannotBeStartedLeavesAFailedRun() {
        QTemporaryDir dir;
        LocalPipelines pipelines(dir.path(), demoWorkspace(), [](const QString &, const QString &) -> Result<qint64> { return notFound(QStringLiteral("no pilot here")); });
        QCOMPARE(pipelines.start(QStringLiteral("t2m"), {}, {}, {}).error().what, QStringLiteral("no pilot here"));
        QCOMPARE(pipelines.run(QStringLiteral("t2m-1"))->state, State::Failed);
    }

    void aPausedRunNeedsNoProcessAndFollowsItsPromotion_data() {
        QTest::addColumn<int>("promotion");
        QTest::addColumn<int>("run");
        QTest::newRow("pending: it waits") << int(State::Paused) << int(State::Paused);
        QTest::newRow("being carried out: shown, not ended") << int(State::Running) << int(State::Paused);
        QTest::newRow("approved and done: passed") << int(State::Passed) << int(State::Passed);
        QTest::newRow("rejected: failed") << int(State::Failed) << int(State::Failed);
    }
    void aPausedRunNeedsNoProcessAndFollowsItsPromotion() {
        QFETCH(int, promotion);
        QFETCH(int, run);
        Place place("exit 0\n");
        const QString id = place.start();
        QVERIFY(place.folder(id).update([&](RunRecord &r) -> Result<void> {
            r.run.state = State::Paused;
            r.process.reset();
            r.results.insert(QStringLiteral("promotion"), QStringLiteral("p-1"));
            for (const char *stage : {"train", "gate", "register"})
                setStage(r, QLatin1String(stage), State::Passed, place.clock->nowUtc());
            setStage(r, QStringLiteral("deploy"), State::Paused, place.clock->nowUtc());
            return {};
        }));
        QCOMPARE(place.run(id).state, State::Paused); // nobody tells: it stays
        place.pipelines->watchDeploys([&](const QString &p) -> Result<DeployState> {
            return DeployState{p == QLatin1String("p-1") ? State(promotion) : State::Unknown, QStringLiteral("so it is"), place.clock->nowUtc().addSecs(-5)};
        });
        place.clock->advance(60);
        const PipelineRun seen = place.run(id);
        if (State(run) != State::Paused)
            QCOMPARE(seen.started.secsTo(seen.ended), 55); // when it was decided, not when somebody looked
        QCOMPARE(int(seen.state), run);
        QCOMPARE(int(seen.stages[3].state), promotion);
        QCOMPARE(seen.error.has_value(), State(promotion) == State::Failed);
        place.pipelines->watchDeploys({});
        QCOMPARE(int(place.run(id).state), run); // an end was written down
    }

    void logsAreReadByStageOrWhole() {
        Place place("exit 0\n");
        const QString id = place.start();
        const QDateTime now = place.clock->nowUtc();
        QVERIFY(place.folder(id).appendLog(QStringLiteral("train"), QStringLiteral("2000 rows, token=abcdef"), now));
        QVERIFY(place.folder(id).appendLog(QStringLiteral("gate"), QStringLiteral("mae < 0.8: 0.39"), now));
        QCOMPARE(place.pipelines->log(id, QStringLiteral("gate")).value(), QStringLiteral("2026-03-01T12:00:00.000Z mae < 0.8: 0.39\n"));
        const QString all = place.pipelines->log(id).value();
        QVERIFY(all.contains(QStringLiteral("[train] 2026-03-01T12:00:00.000Z 2000 rows")));
        QVERIFY(!all.contains(QStringLiteral("abcdef"))); // no secret in a log
        QCOMPARE(place.pipelines->log(id, QStringLiteral("deploy")).value(), QString());
        QCOMPARE(place.pipelines->log(id, QStringLiteral("build")).error().kind, ErrorKind::NotFound);
        QCOMPARE(place.pipelines->log(QStringLiteral("../etc"), {}).error().kind, ErrorKind::NotFound);
    }

    void mediansAreThoseOfEarlierPassedRuns() {
        Place place(sleeper);
        for (const int seconds : {10, 30, 20, 400}) {
            const QString id = place.start();
            QVERIFY(place.folder(id).update([&](RunRecord &r) -> Result<void> {
                setStage(r, QStringLiteral("train"), State::Running, place.clock->nowUtc());
                place.clock->advance(seconds);
                setStage(r, QStringLiteral("train"), seconds == 30 ? State::Failed : State::Passed, place.clock->nowUtc());
                return {};
            }));
            place.end(id, State::Passed);
        }
        const auto runs = place.pipelines->runs({}).value();
        QCOMPARE(runs.size(), std::size_t(4));
        QCOMPARE(runs[0].id, QStringLiteral("t2m-4"));
        QCOMPARE(runs[0].stages[0].medianSeconds, 15.0); // of 10 and 20; the failed one does not count, nor itself
        QCOMPARE(runs[3].stages[0].medianSeconds, 0.0);
        QCOMPARE(place.run(QStringLiteral("t2m-3")).stages[0].medianSeconds, 10.0);
        QCOMPARE(place.pipelines->runs(QStringLiteral("ws2m"))->size(), std::size_t(0));
        QCOMPARE(place.pipelines->runs({}, 2)->size(), std::size_t(2));
    }

    void theJsonOfARunHasItsDocumentedKeys() {
        PipelineRun run;
        run.id = QStringLiteral("t2m-1");
        run.pipeline = run.model = QStringLiteral("t2m");
        run.state = State::Running;
        run.started = QDateTime::fromString(QStringLiteral("2026-03-01T12:00:00Z"), Qt::ISODate);
        run.stages.emplace_back(QStringLiteral("train"), State::Passed, run.started, run.started.addMSecs(2500), 2.25, QStringLiteral("ridge"));
        run.stages.emplace_back(QStringLiteral("gate"));
        QCOMPARE(canonicalJson(toJson(run)),
                 QByteArray(R"({"attempt":1,"became":"","branch":"","changed":[],"commit":"","connection":"","coverage":null,"ended":null,"error":null,"gates":0,"id":"t2m-1","images":{},"link":"",)"
                            R"("merged":false,"metrics":{},"model":"t2m","note":"","number":"","parameters":{},"pipeline":"t2m","read":null,"reason":"","repository":"","seconds":null,)"
                            R"("stages":[{"after":[],"attempts":[],"ended":"2026-03-01T12:00:02.500Z","id":"","link":"","median_seconds":2.25,"name":"train","note":"ridge","seconds":2.5,)"
                            R"("started":"2026-03-01T12:00:00.000Z","state":"passed","system_state":""},)"
                            R"({"after":[],"attempts":[],"ended":null,"id":"","link":"","median_seconds":null,"name":"gate","note":"","seconds":null,"started":null,"state":"waiting","system_state":""}],)"
                            R"("started":"2026-03-01T12:00:00.000Z","started_by":"","state":"running","system":"","system_state":"","tests":null,"title":"","version":null})"));
        run.version = 3;
        run.error = refused(QStringLiteral("no"));
        QCOMPARE(toJson(run).value(QStringLiteral("version")).toInt(), 3);
        QCOMPARE(toJson(run).value(QStringLiteral("error")).toObject().value(QStringLiteral("kind")).toString(), QStringLiteral("refused"));
    }

    void parametersAreChecked_data() {
        QTest::addColumn<QJsonObject>("parameters");
        QTest::newRow("an unknown one") << QJsonObject{{QStringLiteral("speed"), 1}};
        QTest::newRow("deploy that is no boolean") << QJsonObject{{QStringLiteral("deploy"), QStringLiteral("no")}};
        QTest::newRow("a run that does not exist") << QJsonObject{{QStringLiteral("resume"), QStringLiteral("t2m-9")}};
        QTest::newRow("a run of another pipeline") << QJsonObject{{QStringLiteral("resume"), QStringLiteral("ws2m-1")}};
    }
    void parametersAreChecked() {
        QFETCH(QJsonObject, parameters);
        Place place(sleeper);
        QCOMPARE(place.start(QStringLiteral("ws2m")), QStringLiteral("ws2m-1"));
        place.end(QStringLiteral("ws2m-1"), State::Cancelled);
        const auto run = place.pipelines->start(QStringLiteral("t2m"), parameters, {}, {});
        QVERIFY(!run);
        QVERIFY(run.error().kind == ErrorKind::Invalid || run.error().kind == ErrorKind::NotFound);
        QCOMPARE(place.pipelines->runs(QStringLiteral("t2m"))->size(), std::size_t(0)); // nothing half-made
    }

    void aBrokenRecordIsShownAndHidesNoOther() {
        Place place(sleeper);
        const QString good = place.start(), bad = place.start(QStringLiteral("ws2m"));
        QVERIFY(writeFileAtomically(place.folder(bad).path() + QStringLiteral("/run.json"), "{\"v\": 1, \"id\""));
        const auto runs = place.pipelines->runs({}).value();
        QCOMPARE(runs.size(), std::size_t(2));
        for (const PipelineRun &run : runs) {
            QCOMPARE(run.state, run.id == good ? State::Waiting : State::Unknown);
            QCOMPARE(run.error.has_value(), run.id == bad);
        }
        QVERIFY(writeFileAtomically(place.folder(bad).path() + QStringLiteral("/run.json"), "{\"v\": 2}"));
        QCOMPARE(place.pipelines->run(bad).error().kind, ErrorKind::Invalid); // of a newer program
    }

    void aRecordKeepsEverything() {
        RunRecord record;
        record.run.id = QStringLiteral("t2m-1");
        record.run.pipeline = record.run.model = QStringLiteral("t2m");
        record.run.startedBy = QStringLiteral("ana");
        record.run.reason = QStringLiteral("Fired: mae > 1.5");
        record.run.state = State::Paused;
        record.run.systemState = QStringLiteral("Waits for you");
        record.run.started = record.run.ended = QDateTime::fromString(QStringLiteral("2026-03-01T12:00:00Z"), Qt::ISODate);
        record.run.version = 4;
        record.run.parameters = {{QStringLiteral("deploy"), false}};
        record.run.error = refused(QStringLiteral("no"), QStringLiteral("here"), QStringLiteral("do"));
        record.run.stages.emplace_back(QStringLiteral("train"), State::Passed, record.run.started, record.run.ended, 0, QStringLiteral("note"));
        record.process = ProcessMark{12, QStringLiteral("b/1")};
        record.results = {{QStringLiteral("promotion"), QStringLiteral("p-1")}};
        const auto read = RunRecord::fromJson(record.toJson(), QStringLiteral("here"));
        QVERIFY2(read, read ? "" : qPrintable(read.error().text()));
        QCOMPARE(canonicalJson(read->toJson()), canonicalJson(record.toJson()));
        QCOMPARE(read->process, record.process);
    }
};

QTEST_GUILESS_MAIN(tst_LocalPipelines)
#include "tst_local_pipelines.moc"
