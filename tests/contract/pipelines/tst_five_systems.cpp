// SPDX-License-Identifier: GPL-3.0-or-later
// One suite for the five systems that run pipelines: this machine's, and Jenkins, GitHub Actions, Kubeflow Pipelines and Azure ML as app/estate plays them, each behind a
// proxy that breaks what a test tells it to break. What is asked of all is asked the same way.
#include "tests/contract/pipelines/five_systems.h"

#include <QTest>

using namespace pilothouse;
using namespace pilothouse::pipelines;
using support::Fault;

namespace {

using Q = QLatin1String;

Fault answered(int status, const QByteArray &body = "{}", const QByteArray &headers = {}) {
    Fault fault;
    fault.kind = Fault::Kind::Answer;
    fault.status = status;
    fault.headers = "Content-Type: application/json\r\n" + headers;
    fault.body = body;
    return fault;
}

Fault of(Fault::Kind kind, qint64 bytes = 0, int milliseconds = 0) {
    Fault fault;
    fault.kind = kind;
    fault.bytes = bytes;
    fault.milliseconds = milliseconds;
    return fault;
}

QString said(const Error &error) { return QStringLiteral("%1: %2").arg(error.kindName(), error.text()); }

} // namespace

class TestFiveSystems : public QObject {
    Q_OBJECT

    std::unique_ptr<support::FiveSystems> m_systems;

    void rows(bool remoteOnly = false) {
        QTest::addColumn<QString>("system");
        for (const char *name : {"local", "jenkins", "github", "kubeflow", "azureml"})
            if (!remoteOnly || QByteArray(name) != "local")
                QTest::newRow(name) << QString::fromLatin1(name);
    }
    support::PipelineSystem &system() {
        QFETCH(QString, system);
        return m_systems->named(system);
    }
    /// The run that came of an id, which may be a place in a queue.
    Result<PipelineRun> seen(support::PipelineSystem &s, const QString &id) {
        PH_ASSIGN(PipelineRun run, s.service->run(id));
        return run.became.isEmpty() ? Result<PipelineRun>(run) : s.service->run(run.became);
    }
    /// Moves the system on until the run is as wanted; its last sight.
    template<typename Until> PipelineRun followed(support::PipelineSystem &s, const QString &id, Until until) {
        PipelineRun run;
        for (int i = 0; i < 200; ++i) {
            const auto now = seen(s, id);
            if (!now) {
                QTest::qFail(qPrintable(said(now.error())), __FILE__, __LINE__);
                return run;
            }
            run = *now;
            if (until(run))
                return run;
            s.advance(10);
        }
        QTest::qFail(qPrintable(QStringLiteral("%1 stays %2 (%3)").arg(run.id, stateName(run.state), run.systemState)), __FILE__, __LINE__);
        return run;
    }
    QString begun(support::PipelineSystem &s, const QString &job) {
        const auto id = s.service->startRun({job, s.parameters.value(job).toObject(), {}, QStringLiteral("ana"), QStringLiteral("contract")});
        if (!id)
            QTest::qFail(qPrintable(said(id.error())), __FILE__, __LINE__);
        return id.value_or(QString());
    }
    static bool waits(const PipelineRun &run) { return run.state == State::Paused; }
    static bool over(const PipelineRun &run) { return hasEnded(run.state); }

private Q_SLOTS:
    void init() {
        m_systems = std::make_unique<support::FiveSystems>();
        QVERIFY2(m_systems->problem().isEmpty(), qPrintable(m_systems->problem()));
    }
    void cleanup() { m_systems.reset(); }

    void pipelinesAreListed_data() { rows(); }
    void pipelinesAreListed() {
        support::PipelineSystem &s = system();
        const auto all = s.service->pipelines();
        QVERIFY2(all, all ? "" : qPrintable(said(all.error())));
        QStringList ids;
        for (const Pipeline &pipeline : *all) {
            QVERIFY(!pipeline.id.isEmpty() && !pipeline.name.isEmpty());
            QCOMPARE(pipeline.system, s.service->system());
            ids << pipeline.id;
        }
        QVERIFY2(ids.contains(s.job), qPrintable(ids.join(QLatin1Char(' '))));
        QCOMPARE(ids.removeDuplicates(), 0);
    }

    void aRunIsFollowedToItsEnd_data() { rows(); }
    void aRunIsFollowedToItsEnd() {
        support::PipelineSystem &s = system();
        const QString id = begun(s, s.job);
        bool ran = false;
        const PipelineRun run = followed(s, id, [&](const PipelineRun &now) {
            ran = ran || now.state == State::Running;
            if (now.state == State::Unknown)
                QTest::qFail(qPrintable(QStringLiteral("what does “%1” mean?").arg(now.systemState)), __FILE__, __LINE__);
            return over(now);
        });
        QVERIFY(ran);
        QCOMPARE(stateName(run.state), QStringLiteral("passed"));
        QVERIFY(run.started.isValid() && run.ended.isValid() && run.started <= run.ended);
        QVERIFY2(!run.startedBy.isEmpty() || s.service->system() == Q("kubeflow"), qPrintable(run.id)); // Kubeflow keeps nobody's name
        QVERIFY(!run.stages.empty());
        QStringList keys;
        for (const Stage &stage : run.stages) {
            QVERIFY2(hasEnded(stage.state), qPrintable(stage.name + QLatin1Char(' ') + stage.systemState));
            QVERIFY(!stage.name.isEmpty());
            keys << stage.key();
        }
        QCOMPARE(keys.removeDuplicates(), 0);
        const auto listed = s.service->runs(s.job, 20);
        QVERIFY2(listed, listed ? "" : qPrintable(said(listed.error())));
        QVERIFY(std::any_of(listed->begin(), listed->end(), [&](const PipelineRun &one) { return one.id == run.id && one.state == run.state; }));
        for (std::size_t i = 1; i < listed->size(); ++i)
            QVERIFY2(!(*listed)[i].started.isValid() || !(*listed)[i - 1].started.isValid() || (*listed)[i - 1].started >= (*listed)[i].started, "not the newest first");
        QVERIFY(run.link.isEmpty() || run.link.startsWith(Q("http")));
    }

    void itsLogComesInPieces_data() { rows(); }
    void itsLogComesInPieces() {
        support::PipelineSystem &s = system();
        const PipelineRun run = followed(s, begun(s, s.job), over);
        QString stage;
        for (const Stage &one : run.stages)
            if (one.name == s.stage)
                stage = one.key();
        QVERIFY2(!stage.isEmpty(), qPrintable(s.stage));
        LogFrom from{run.id, stage, {}, 0};
        QByteArray all;
        bool end = false;
        for (int i = 0; i < 100 && !end; ++i) {
            const auto piece = s.service->readLog(from);
            QVERIFY2(piece, piece ? "" : qPrintable(said(piece.error())));
            all = piece->anew ? piece->bytes : all + piece->bytes;
            end = piece->end;
            from.next = piece->next;
        }
        QVERIFY2(end, "its log never ends");
        QVERIFY2(all.contains(s.logText.toUtf8()), all.left(400).constData());
        const auto again = s.service->readLog(from);
        QVERIFY2(again && again->bytes.isEmpty() && again->end, "what was read is given twice");
        const auto whole = s.service->log(run.id);
        QVERIFY2(whole, whole ? "" : qPrintable(said(whole.error())));
        QVERIFY2(whole->contains(s.logText), qPrintable(whole->left(400)));
    }

    void aRunIsCancelled_data() { rows(); }
    void aRunIsCancelled() {
        support::PipelineSystem &s = system();
        const QString id = begun(s, s.job);
        const PipelineRun running = followed(s, id, [](const PipelineRun &now) { return now.state == State::Running; });
        const auto cancelled = s.service->cancel(running.id);
        QVERIFY2(cancelled, cancelled ? "" : qPrintable(said(cancelled.error())));
        const PipelineRun ended = followed(s, running.id, over);
        QCOMPARE(stateName(ended.state), QStringLiteral("cancelled"));
        const auto twice = s.service->cancel(running.id);
        QVERIFY2(!twice && twice.error().kind == ErrorKind::Conflict, twice ? "it was cancelled a second time" : qPrintable(said(twice.error())));
    }

    void aRunIsRunAgain_data() { rows(); }
    void aRunIsRunAgain() {
        support::PipelineSystem &s = system();
        if (!s.service->can().rerun) {
            QCOMPARE(s.service->rerun(QStringLiteral("any"), false).error().kind, ErrorKind::Refused);
            return;
        }
        const PipelineRun run = followed(s, begun(s, s.job), over);
        const auto again = s.service->rerun(run.id, false);
        QVERIFY2(again, again ? "" : qPrintable(said(again.error())));
        s.advance(2);
        const PipelineRun second = followed(s, *again, over);
        QVERIFY2(second.id != run.id || second.attempt > run.attempt, "it is the same run");
        QCOMPARE(stateName(second.state), QStringLiteral("passed"));
    }

    void aGateIsAnsweredOnce_data() {
        QTest::addColumn<QString>("system");
        QTest::addColumn<bool>("proceed");
        for (const char *name : {"jenkins", "github"})
            for (const bool proceed : {true, false})
                QTest::newRow(qPrintable(QStringLiteral("%1, %2").arg(Q(name), Q(proceed ? "yes" : "no")))) << QString::fromLatin1(name) << proceed;
    }
    void aGateIsAnsweredOnce() {
        support::PipelineSystem &s = system();
        QFETCH(bool, proceed);
        const PipelineRun paused = followed(s, begun(s, s.gateJob), waits);
        QVERIFY(paused.gates > 0);
        const auto gates = s.service->gates(paused.id);
        QVERIFY2(gates && gates->size() == 1, gates ? "not one gate" : qPrintable(said(gates.error())));
        const Gate gate = gates->front();
        QVERIFY2(gate.mayAnswer.value_or(true), qPrintable(gate.mayNot));
        QVERIFY(!gate.message.isEmpty());
        QCOMPARE(gate.run, paused.id);
        QCOMPARE(int(s.service->gateState(gate)->is), int(GateState::Is::Open));
        const auto everywhere = s.service->gates();
        QVERIFY(everywhere && std::any_of(everywhere->begin(), everywhere->end(), [&](const Gate &one) { return one.run == gate.run && one.id == gate.id; }));
        GateAnswer answer;
        answer.proceed = proceed;
        answer.values = s.gateValues;
        answer.comment = QStringLiteral("numbers are good");
        answer.by = QStringLiteral("ana");
        const auto given = s.service->answer(gate, answer);
        QVERIFY2(given, given ? "" : qPrintable(said(given.error())));
        const auto state = s.service->gateState(gate);
        QVERIFY2(state, state ? "" : qPrintable(said(state.error())));
        QCOMPARE(int(state->is), int(proceed ? GateState::Is::Proceeded : GateState::Is::Aborted));
        const auto twice = s.service->answer(gate, answer);
        QVERIFY2(!twice && (twice.error().kind == ErrorKind::Conflict || twice.error().kind == ErrorKind::NotFound), twice ? "it was answered twice" : qPrintable(said(twice.error())));
        const PipelineRun ended = followed(s, paused.id, over);
        if (proceed)
            QCOMPARE(stateName(ended.state), QStringLiteral("passed"));
        else
            QVERIFY2(ended.state == State::Failed || ended.state == State::Cancelled, qPrintable(stateName(ended.state)));
    }

    void anAnswerWhoseReplyIsLostCounts_data() {
        QTest::addColumn<QString>("system");
        QTest::newRow("jenkins") << QStringLiteral("jenkins");
        QTest::newRow("github") << QStringLiteral("github");
    }
    void anAnswerWhoseReplyIsLostCounts() {
        support::PipelineSystem &s = system();
        const PipelineRun paused = followed(s, begun(s, s.gateJob), waits);
        const auto gates = s.service->gates(paused.id);
        QVERIFY(gates && gates->size() == 1);
        s.proxy->reset([](int, const QByteArray &request) { return request.startsWith("POST ") ? of(Fault::Kind::LostReply) : of(Fault::Kind::Pass); });
        GateAnswer answer;
        answer.proceed = true;
        answer.values = s.gateValues;
        (void)s.service->answer(gates->front(), answer); // whatever it says
        QCOMPARE(s.writes(), 1);
        s.proxy->reset();
        const auto state = s.service->gateState(gates->front());
        QVERIFY2(state && state->is == GateState::Is::Proceeded, state ? "it does not count" : qPrintable(said(state.error())));
    }

    void nobodyIsFoundByAWrongName_data() { rows(); }
    void nobodyIsFoundByAWrongName() {
        support::PipelineSystem &s = system();
        const auto run = s.service->run(s.noRun);
        QVERIFY2(!run && run.error().kind == ErrorKind::NotFound, run ? "there is such a run" : qPrintable(said(run.error())));
        const auto started = s.service->startRun({s.noJob, {}, {}, QStringLiteral("ana"), {}});
        QVERIFY2(!started && (started.error().kind == ErrorKind::NotFound || started.error().kind == ErrorKind::Refused), started ? "it was started" : qPrintable(said(started.error())));
        const auto log = s.service->readLog({s.noRun, {}, {}, 0});
        QVERIFY2(!log && log.error().kind == ErrorKind::NotFound, log ? "it has a log" : qPrintable(said(log.error())));
    }

    void schedulesAreToldAndSwitched_data() { rows(true); }
    void schedulesAreToldAndSwitched() {
        support::PipelineSystem &s = system();
        const auto all = s.service->schedules();
        QVERIFY2(all, all ? "" : qPrintable(said(all.error())));
        if (s.scheduled.isEmpty())
            return;
        const auto found = std::find_if(all->begin(), all->end(), [&](const Schedule &one) { return one.pipeline == s.scheduled || one.name == s.scheduled; });
        QVERIFY2(found != all->end(), qPrintable(s.scheduled));
        QVERIFY(!found->when.isEmpty());
        QVERIFY2(found->next.isValid(), "when it fires next is not told");
        if (!found->canSwitch)
            return;
        const auto off = s.service->switchSchedule(found->id, false);
        QVERIFY2(off, off ? "" : qPrintable(said(off.error())));
        const auto now = s.service->schedules();
        QVERIFY(now && std::any_of(now->begin(), now->end(), [&](const Schedule &one) { return one.id == found->id && !one.on; }));
        QVERIFY(s.service->switchSchedule(found->id, true));
    }

    void aFaultIsToldByItsKind_data() {
        QTest::addColumn<QString>("system");
        QTest::addColumn<QString>("fault");
        for (const char *name : {"jenkins", "github", "kubeflow", "azureml"})
            for (const char *fault : {"401", "403", "404", "409", "429", "500", "503", "html", "cut", "reset", "garbage", "utf8", "empty"})
                QTest::newRow(qPrintable(QStringLiteral("%1, %2").arg(Q(name), Q(fault)))) << QString::fromLatin1(name) << QString::fromLatin1(fault);
    }
    /// Reading: a typed error or the truth, never something made up; and after it all is as it was.
    void aFaultIsToldByItsKind() {
        support::PipelineSystem &s = system();
        QFETCH(QString, fault);
        const auto before = s.service->runs(s.job, 5);
        QVERIFY2(before, before ? "" : qPrintable(said(before.error())));
        static const QMap<QString, Fault> faults{{QStringLiteral("401"), answered(401)},
                                                 {QStringLiteral("403"), answered(403, R"({"message":"Resource not accessible by personal access token"})")},
                                                 {QStringLiteral("404"), answered(404, R"({"message":"Not Found"})")},
                                                 {QStringLiteral("409"), answered(409)},
                                                 {QStringLiteral("429"), answered(429, "{}", "Retry-After: 3600\r\n")},
                                                 {QStringLiteral("500"), answered(500)},
                                                 {QStringLiteral("503"), answered(503)},
                                                 {QStringLiteral("html"), answered(200, "<!DOCTYPE html><html><body><form action=\"login\">Sign in</form></body></html>", "Content-Type: text/html\r\n")},
                                                 {QStringLiteral("cut"), of(Fault::Kind::Cut, 300)},
                                                 {QStringLiteral("reset"), of(Fault::Kind::Reset)},
                                                 {QStringLiteral("garbage"), answered(200, "{\"jobs\":[{\"name\":")},
                                                 {QStringLiteral("utf8"), answered(200, "{\"jobs\": [\"\xff\xfe\x80\"], \"workflow_runs\": 3, \"runs\": {}, \"value\": \"x\"}")},
                                                 {QStringLiteral("empty"), answered(200, "")}};
        static const QMap<QString, ErrorKind> kinds{{QStringLiteral("401"), ErrorKind::Denied}, {QStringLiteral("403"), ErrorKind::Denied}, {QStringLiteral("404"), ErrorKind::NotFound}, {QStringLiteral("500"), ErrorKind::Unreachable},
                                                    {QStringLiteral("503"), ErrorKind::Unreachable}, {QStringLiteral("reset"), ErrorKind::Unreachable}, {QStringLiteral("garbage"), ErrorKind::Invalid}, {QStringLiteral("empty"), ErrorKind::Invalid}};
        auto fresh = s.open(); // keeps nothing of before that could stand in for an answer
        QVERIFY2(fresh, fresh ? "" : qPrintable(said(fresh.error())));
        s.proxy->reset([fault = faults.value(fault)](int, const QByteArray &) { return fault; });
        const auto broken = (*fresh)->runs(s.job, 5);
        if (fault == Q("utf8"))
            QVERIFY2(!broken || broken->empty(), "runs are made of bytes that are no text");
        else
            QVERIFY2(!broken, "runs are given although the server said nothing");
        if (!broken) {
            QVERIFY2(!broken.error().what.isEmpty(), "it says nothing");
            QVERIFY2(broken.error().kind != ErrorKind::Internal, qPrintable(said(broken.error())));
            if (kinds.contains(fault) && !(fault == Q("404") && broken.error().kind == ErrorKind::Denied)) // GitHub hides with 404 what a token may not see
                QVERIFY2(broken.error().kind == kinds.value(fault), qPrintable(said(broken.error())));
        }
        QCOMPARE(s.writes(), 0);
        s.proxy->reset();
        const auto after = s.service->runs(s.job, 5);
        if (fault != Q("429") || after) { // who was told to wait an hour does so
            QVERIFY2(after, after ? "" : qPrintable(said(after.error())));
            QCOMPARE(after->size(), before->size());
        }
    }

    void aStartIsSentOnce_data() {
        QTest::addColumn<QString>("system");
        QTest::addColumn<QString>("fault");
        for (const char *name : {"jenkins", "github", "kubeflow", "azureml"})
            for (const char *fault : {"lost", "500", "503", "429", "cut", "reset"})
                QTest::newRow(qPrintable(QStringLiteral("%1, %2").arg(Q(name), Q(fault)))) << QString::fromLatin1(name) << QString::fromLatin1(fault);
    }
    void aStartIsSentOnce() {
        support::PipelineSystem &s = system();
        QFETCH(QString, fault);
        static const QMap<QString, Fault> faults{{QStringLiteral("lost"), of(Fault::Kind::LostReply)}, {QStringLiteral("500"), answered(500)}, {QStringLiteral("503"), answered(503, "{}", "Retry-After: 1\r\n")},
                                                 {QStringLiteral("429"), answered(429, "{}", "Retry-After: 1\r\n")}, {QStringLiteral("cut"), of(Fault::Kind::Cut, 20)}, {QStringLiteral("reset"), of(Fault::Kind::Reset)}};
        s.proxy->reset([&s, fault = faults.value(fault)](int, const QByteArray &request) { return s.isStart(request) ? fault : of(Fault::Kind::Pass); });
        const auto started = s.service->startRun({s.job, s.parameters.value(s.job).toObject(), {}, QStringLiteral("ana"), {}});
        if (started) { // of a reply that was lost the adapter may find out itself what came of it
            QVERIFY2(fault == Q("lost") || fault == Q("cut"), "it is said to be started, and nobody said so");
            s.advance(5);
            const auto run = seen(s, *started);
            QVERIFY2(run && run->started.isValid(), run ? "it never began" : qPrintable(said(run.error())));
        } else {
            QVERIFY(!started.error().what.isEmpty());
        }
        int starts = 0;
        for (const QByteArray &line : s.proxy->lines())
            starts += s.isStart(line);
        QCOMPARE(starts, 1);
    }
};

QTEST_GUILESS_MAIN(TestFiveSystems)
#include "tst_five_systems.moc"
