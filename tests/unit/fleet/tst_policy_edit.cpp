// SPDX-License-Identifier: GPL-3.0-or-later
// A retrain policy written into the workspace file and taken back: what is not changed stays as a person wrote it.
#include "core/base/file.h"
#include "core/fleet/policy_edit.h"

#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::fleet;

namespace {

const char *const written = R"(workspace: a
connections: {here: {kind: local, root: .}}
models:
  t2m: # temperature
    registry: {connection: here, name: t2m}
    retrain:
      when: [mae > 1.5]   # as agreed in March
      at_most_every: 12h
  other:
    registry: {connection: here, name: other}
)";

struct File {
    QTemporaryDir folder;
    QString path = folder.filePath(QStringLiteral("pilothouse.yaml"));
    File() { (void)writeFileAtomically(path, written); }
    workspace::RetrainPolicy policy(const char *model = "t2m") const { return workspace::readWorkspace(path).value().model(QLatin1String(model))->retrain; }
    QByteArray text() const { return readFile(path).value(); }
};

Result<void> carryOut(const operations::Operation &operation) {
    for (const operations::Step &step : operation.steps) {
        PH_TRY(step.guard());
        PH_TRY(step.execute());
        const auto read = step.readBack();
        if (!read)
            return read.error();
    }
    return {};
}

} // namespace

class tst_PolicyEdit : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void onlyWhatDiffersIsWritten() {
        File file;
        auto policy = file.policy();
        policy.check = QStringLiteral("15 0 * * *");
        policy.atMostEvery = QStringLiteral("6h"); // as it is without a word
        policy.budget.runs = 4;
        const auto operation = setRetrainPolicy(file.path, QStringLiteral("t2m"), policy);
        QVERIFY2(operation, operation ? "" : qPrintable(operation.error().text()));
        QCOMPARE(file.text(), QByteArray(written)); // nothing yet
        QVERIFY2(operation->steps.front().call.effect.contains(QStringLiteral("check: — → 15 0 * * *")), qPrintable(operation->steps.front().call.effect));
        QVERIFY(carryOut(*operation));
        QVERIFY(file.policy() == policy);
        QVERIFY(file.text().contains("when: [mae > 1.5]   # as agreed in March\n"));
        QVERIFY(!file.text().contains("at_most_every"));
        QVERIFY(file.text().startsWith("workspace: a\nconnections: {here: {kind: local, root: .}}\nmodels:\n  t2m: # temperature\n"));

        operations::RecordedOperation recorded;
        recorded.id = QStringLiteral("o-1");
        recorded.phase = QStringLiteral("done");
        recorded.undoRecord = operation->undoRecord;
        QVERIFY(isPolicyOperation(recorded));
        const auto undo = undoPolicyOperation(file.path, recorded);
        QVERIFY2(undo, undo ? "" : qPrintable(undo.error().text()));
        const auto undone = carryOut(*undo);
        QVERIFY2(undone, undone ? "" : qPrintable(undone.error().text()));
        QVERIFY(file.policy() == workspace::parseWorkspace(written, file.path).value().model(QStringLiteral("t2m"))->retrain);
        QCOMPARE(carryOut(*undo).error().kind, ErrorKind::Conflict); // it has been taken back
    }

    void aModelWithoutAPolicyGetsOneAndLosesItWhole() {
        File file;
        workspace::RetrainPolicy policy;
        policy.when = {QStringLiteral("drift > 0.25 until 0.1 for 2d"), QStringLiteral("schedule 0 2 * * 1")};
        policy.onlyIn = {QStringLiteral("22:00-06:00")};
        policy.minimumRows = 24;
        policy.budget.cost = 50;
        policy.budget.pricePerHour = 1.25;
        const auto operation = setRetrainPolicy(file.path, QStringLiteral("other"), policy);
        QVERIFY2(operation, operation ? "" : qPrintable(operation.error().text()));
        QVERIFY(carryOut(*operation));
        QVERIFY(file.policy("other") == policy);
        const auto back = setRetrainPolicy(file.path, QStringLiteral("other"), {});
        QVERIFY2(back, back ? "" : qPrintable(back.error().text()));
        QVERIFY(carryOut(*back));
        QCOMPARE(file.text(), QByteArray(written));
    }

    void whatTheFileWouldNotTakeIsSaidBeforeAnythingIsWritten() {
        File file;
        auto policy = file.policy();
        policy.when << QStringLiteral("mae drops 0.1");
        const auto wrong = setRetrainPolicy(file.path, QStringLiteral("t2m"), policy);
        QVERIFY(!wrong && wrong.error().text().contains(QStringLiteral("good news")));
        QCOMPARE(setRetrainPolicy(file.path, QStringLiteral("t2m"), file.policy()).error().kind, ErrorKind::Invalid);
        QCOMPARE(setRetrainPolicy(file.path, QStringLiteral("t3m"), policy).error().kind, ErrorKind::NotFound);
        QCOMPARE(file.text(), QByteArray(written));
    }

    void somebodyElsesChangeIsNotWrittenOver() {
        File file;
        auto policy = file.policy();
        policy.enabled = false;
        const auto mine = setRetrainPolicy(file.path, QStringLiteral("t2m"), policy);
        QVERIFY(mine);
        QByteArray theirs = file.text();
        QVERIFY(writeFileAtomically(file.path, theirs.replace("mae > 1.5]", "mae > 1.9]")));
        QCOMPARE(carryOut(*mine).error().kind, ErrorKind::Conflict);
        QCOMPARE(file.text(), theirs);
    }
};

QTEST_GUILESS_MAIN(tst_PolicyEdit)
#include "tst_policy_edit.moc"
