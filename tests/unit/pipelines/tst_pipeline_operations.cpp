// SPDX-License-Identifier: GPL-3.0-or-later
// Writes to systems that run pipelines: lost replies are read back, gates that changed meanwhile are not answered, credentials stay out of the journal.
#include "core/pipelines/parameter_check.h"
#include "core/pipelines/pipeline_operations.h"
#include "tests/support/fake_pipelines.h"

#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::pipelines;
using pilothouse::tests::FakePipelines;
using pilothouse::tests::fakeRun;

namespace {

QString q(const char *text) { return QString::fromUtf8(text); }
const QDateTime now = QDateTime::fromString(QStringLiteral("2026-11-22T12:00:00Z"), Qt::ISODate);

struct Bench {
    QTemporaryDir dir;
    std::shared_ptr<FakePipelines> jenkins = std::make_shared<FakePipelines>(q("ci"));
    std::shared_ptr<PipelineService> all;
    std::shared_ptr<operations::Operations> operations;
    std::shared_ptr<operations::Journal> journal;
    Bench() {
        all = std::make_shared<AllPipelines>(std::make_shared<FakePipelines>(q("local"), q("local")), std::vector<std::shared_ptr<PipelineService>>{jenkins});
        const auto database = Database::open(dir.filePath(q("registry.db")), {operations::journalTables1()});
        journal = *operations::Journal::open(dir.filePath(q("journal.jsonl")), *database, QByteArrayLiteral("k"), std::make_shared<FixedClock>(now));
        operations = std::make_shared<operations::Operations>(journal, operations::Actor{q("anna"), q("pilot"), workspace::Role::Approver});
    }
    Gate gate() {
        Gate gate;
        gate.id = q("Approve");
        gate.run = q("retrain#1");
        gate.pipeline = q("retrain");
        gate.message = q("Promote v30?");
        Parameter word;
        word.name = q("WORD");
        word.kind = Parameter::Kind::Choice;
        word.choices = {q("yes"), q("no")};
        Parameter token;
        token.name = q("TOKEN");
        token.kind = Parameter::Kind::Secret;
        gate.parameters = {word, token};
        jenkins->waiting = {gate};
        return (*all->gates()).front();
    }
    QByteArray journalText() {
        QFile file(dir.filePath(q("journal.jsonl")));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
};

GateAnswer yes() {
    GateAnswer answer;
    answer.proceed = true;
    answer.by = q("anna");
    answer.values = {{q("WORD"), q("yes")}, {q("TOKEN"), q("name-of-token")}};
    return answer;
}

} // namespace

class tst_PipelineOperations : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void connectionIsThatOfTheId() {
        Bench b;
        QCOMPARE(startPipelineOperation(b.all, q("ci:retrain"), {}, q("anna"), {}, nullptr).connection, q("ci"));
        QCOMPARE(startPipelineOperation(b.all, q("t2m"), {}, q("anna"), {}, nullptr).connection, QString());
        QCOMPARE(answerGateOperation(b.all, b.gate(), yes()).connection, q("ci"));
    }
    void aStartIsSentOnceAndReadBack() {
        Bench b;
        const auto id = std::make_shared<QString>();
        const auto outcome = b.operations->run(startPipelineOperation(b.all, q("ci:retrain"), {{q("n"), 3}}, q("anna"), q("by hand"), id));
        QVERIFY2(outcome.done, outcome.error ? qPrintable(outcome.error->text()) : "");
        QCOMPARE(*id, q("ci:retrain#1"));
        QCOMPARE(b.jenkins->started.pipeline, q("retrain"));
    }
    void aStartWhoseReplyIsLostIsFound() {
        Bench b;
        b.jenkins->replyLost = true;
        const auto id = std::make_shared<QString>();
        const auto outcome = b.operations->run(startPipelineOperation(b.all, q("ci:retrain"), {{q("n"), q("3")}}, q("anna"), {}, id));
        QVERIFY2(outcome.done, outcome.error ? qPrintable(outcome.error->text()) : "");
        QCOMPARE(*id, q("ci:retrain#1"));
        QCOMPARE(b.jenkins->starts, 1);
    }
    void aStartThatDidNotArriveIsNoStart() {
        Bench b;
        b.jenkins->replyLost = true;
        b.jenkins->arrives = false;
        const auto outcome = b.operations->run(startPipelineOperation(b.all, q("ci:retrain"), {}, q("anna"), {}, nullptr));
        QVERIFY(!outcome.done);
        QCOMPARE(outcome.error->kind, ErrorKind::TimedOut);
        QVERIFY(outcome.error->hint.contains(q("no new run")));
        QCOMPARE(b.jenkins->starts, 1);
    }
    void aStartWithAnUnknownParameterIsNotSent() {
        Bench b;
        Parameter known;
        known.name = q("epochs");
        known.kind = Parameter::Kind::Number;
        known.most = 10;
        b.jenkins->startForm.parameters = {known};
        for (const QJsonObject &wrong : {QJsonObject{{q("epoch"), 3}}, QJsonObject{{q("epochs"), 11}}, QJsonObject{{q("epochs"), q("many")}}}) {
            const auto outcome = b.operations->run(startPipelineOperation(b.all, q("ci:retrain"), wrong, q("anna"), {}, nullptr));
            QVERIFY(!outcome.done);
            QCOMPARE(outcome.error->kind, ErrorKind::Invalid);
        }
        QCOMPARE(b.jenkins->starts, 0);
    }
    void anAnswerIsReadBackAndItsCredentialIsNowhere() {
        Bench b;
        const auto outcome = b.operations->run(answerGateOperation(b.all, b.gate(), yes()));
        QVERIFY2(outcome.done, outcome.error ? qPrintable(outcome.error->text()) : "");
        QCOMPARE(b.jenkins->answered.values.value(q("TOKEN")).toString(), q("name-of-token"));
        const QByteArray lines = b.journalText();
        QVERIFY(lines.contains("gate-answer"));
        QVERIFY(lines.contains("WORD"));
        QVERIFY(!lines.contains("name-of-token"));
    }
    void anAnswerWhoseReplyIsLostCountsIfTheSystemSaysSo() {
        Bench b;
        b.jenkins->replyLost = true;
        const auto outcome = b.operations->run(answerGateOperation(b.all, b.gate(), yes()));
        QVERIFY2(outcome.done, outcome.error ? qPrintable(outcome.error->text()) : "");
        QCOMPARE(b.jenkins->answers, 1);
    }
    void anAnswerThatDidNotArriveIsNoAnswer() {
        Bench b;
        b.jenkins->replyLost = true;
        b.jenkins->arrives = false;
        const auto outcome = b.operations->run(answerGateOperation(b.all, b.gate(), yes()));
        QVERIFY(!outcome.done);
        QCOMPARE(outcome.error->kind, ErrorKind::Conflict);
        QCOMPARE(b.jenkins->answers, 1);
    }
    void whatSomebodyAnsweredMeanwhileIsAConflict() {
        Bench b;
        const Gate gate = b.gate();
        b.jenkins->state.is = GateState::Is::Aborted;
        b.jenkins->state.by = q("bert");
        const auto outcome = b.operations->run(answerGateOperation(b.all, gate, yes()));
        QVERIFY(!outcome.done);
        QCOMPARE(outcome.error->kind, ErrorKind::Conflict);
        QVERIFY(outcome.error->text().contains(q("bert")));
        QCOMPARE(b.jenkins->answers, 0);
    }
    void aGateThatAsksForSomethingElseIsAConflict() {
        Bench b;
        const Gate gate = b.gate();
        b.jenkins->waiting.front().message = q("Delete everything?");
        const auto outcome = b.operations->run(answerGateOperation(b.all, gate, yes()));
        QVERIFY(!outcome.done);
        QCOMPARE(outcome.error->kind, ErrorKind::Conflict);
        QCOMPARE(b.jenkins->answers, 0);
    }
    void whoMayNotAnswerIsRefused() {
        Bench b;
        b.gate();
        b.jenkins->waiting.front().mayAnswer = false;
        b.jenkins->waiting.front().mayNot = q("Only ops may.");
        const auto outcome = b.operations->run(answerGateOperation(b.all, (*b.all->gates()).front(), yes()));
        QVERIFY(!outcome.done);
        QCOMPARE(outcome.error->kind, ErrorKind::Refused);
        QCOMPARE(b.jenkins->answers, 0);
    }
    void aNoCarriesNoValues() {
        Bench b;
        GateAnswer no = yes();
        no.proceed = false;
        const auto outcome = b.operations->run(answerGateOperation(b.all, b.gate(), no));
        QVERIFY2(outcome.done, outcome.error ? qPrintable(outcome.error->text()) : "");
        QVERIFY(b.jenkins->answered.values.isEmpty());
    }
    void anOperatorMayNotAnswer() {
        Bench b;
        operations::Operations lesser(b.journal, operations::Actor{q("olaf"), q("pilot"), workspace::Role::Operator});
        const auto outcome = lesser.run(answerGateOperation(b.all, b.gate(), yes()));
        QVERIFY(!outcome.done);
        QCOMPARE(b.jenkins->answers, 0);
    }
    void aCancelOfWhatHasEndedIsAConflict() {
        Bench b;
        b.jenkins->all = {fakeRun(q("retrain#1"), q("retrain"), State::Passed, now)};
        const auto outcome = b.operations->run(cancelRunOperation(b.all, q("ci:retrain#1")));
        QVERIFY(!outcome.done);
        QCOMPARE(outcome.error->kind, ErrorKind::Conflict);
    }
    void aCancelWhoseReplyIsLostCountsIfTheRunHasEnded() {
        Bench b;
        b.jenkins->all = {fakeRun(q("retrain#1"), q("retrain"), State::Running, now)};
        b.jenkins->replyLost = true;
        QVERIFY(b.operations->run(cancelRunOperation(b.all, q("ci:retrain#1"))).done);
    }
    void aScheduleIsSwitchedAndSwitchedBack() {
        Bench b;
        Schedule schedule;
        schedule.id = q("s1");
        schedule.name = q("nightly");
        schedule.pipeline = q("retrain");
        schedule.when = q("0 2 * * *");
        schedule.canSwitch = true;
        b.jenkins->planned = {schedule};
        const auto operation = switchScheduleOperation(b.all, (*b.all->schedules()).front(), false);
        b.jenkins->replyLost = true;
        const auto outcome = b.operations->run(operation);
        QVERIFY2(outcome.done, outcome.error ? qPrintable(outcome.error->text()) : "");
        QVERIFY(!b.jenkins->planned.front().on);
        b.jenkins->replyLost = false;
        QVERIFY(b.operations->undoDone(operation, outcome).done);
        QVERIFY(b.jenkins->planned.front().on);
        const auto removal = removeScheduleOperation(b.all, (*b.all->schedules()).front());
        const auto removed = b.operations->run(removal);
        QVERIFY(removed.done);
        QVERIFY(b.jenkins->planned.empty());
        QVERIFY(b.operations->undoDone(removal, removed).done);
        QCOMPARE(b.jenkins->planned.front().when, q("0 2 * * *"));
    }
    void aCredentialIsNamedAndNeverTyped() {
        Parameter token;
        token.name = q("TOKEN");
        token.kind = Parameter::Kind::Secret;
        const auto plain = typedValues({token}, {{q("TOKEN"), q("hunter2")}});
        QVERIFY(!plain);
        QVERIFY(!plain.error().text().contains(q("hunter2")));
        const auto named = typedValues({token}, {{q("TOKEN"), q("secret:ci-token")}});
        QVERIFY(named);
        QCOMPARE(named->value(q("TOKEN")).toString(), q("ci-token"));
    }
};

QTEST_GUILESS_MAIN(tst_PipelineOperations)
#include "tst_pipeline_operations.moc"
