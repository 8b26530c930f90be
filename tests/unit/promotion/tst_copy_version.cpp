// SPDX-License-Identifier: GPL-3.0-or-later
// Copies of a version to another registered model, as operations: plan, failure halfway, going on, undo; what an environment asks of a promotion.
#include "core/promotion/copy_version.h"
#include "core/promotion/environment_rules.h"
#include "core/promotion/evidence_gates.h"
#include "core/promotion/registry_operations.h"
#include "tests/unit/promotion/promotion_bench.h"

#include <QTest>

using namespace pilothouse;
using namespace pilothouse::promotion;
using operations::Operation;
using operations::OperationOutcome;
using workspace::Role;

namespace {

const QString t2m = QStringLiteral("t2m"), prod = QStringLiteral("t2m-prod");

struct Bench : test::PromotionBench {
    QTemporaryDir &folder;
    std::shared_ptr<registry::Registry> other;
    operations::Actor bo{QStringLiteral("bo"), QStringLiteral("test"), Role::Operator};
    std::shared_ptr<operations::Operations> operations = std::make_shared<operations::Operations>(journal, bo);

    explicit Bench(QTemporaryDir &where) : PromotionBench(where.path()), folder(where) {
        const auto second = must(Database::open(root + QStringLiteral("/other.db"), registryDatabaseMigrations()));
        other = must(registry::openLocalRegistry(second, root + QStringLiteral("/other"), nullptr, clock));
        versions(2);
        must(registry->setDescription(t2m, 2, QStringLiteral("the second")));
        must(registry->setVersionTag(t2m, 2, QStringLiteral("team"), QStringLiteral("weather")));
        must(registry->setVersionTag(t2m, 2, QStringLiteral("pilothouse.approval"), QStringLiteral("given in dev")));
    }
    RegistryOf registries() const {
        return [this](const QString &connection) -> Result<std::shared_ptr<registry::Registry>> { return connection.isEmpty() ? registry : other; };
    }
    Operation copy(const QString &to = prod, const QString &toConnection = {}, const QString &alias = {}) const {
        return must(copyVersionOperation(registries(), workspace, {{}, t2m, 2, toConnection, to, alias}, bo));
    }
    operations::RecordedOperation recorded(const QString &id) const { return must(operations::recordedOperation(*journal, id)); }
    int count(const std::shared_ptr<registry::Registry> &in, const QString &model) const { return int(must(in->versions(model)).size()); }
};

} // namespace

class TestCopyVersion : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aCopyCarriesWhatItIsAndUndoTakesItAway();
    void anotherRegistryGetsPackageTagsAndDescription();
    void aFailureHalfwayIsGoneOnWithAndNothingIsMadeTwice_data();
    void aFailureHalfwayIsGoneOnWithAndNothingIsMadeTwice();
    void aFailureHalfwayIsTakenBack();
    void anAliasSetOnTheCopyGoesBackAndTheCopyStays();
    void whatIsNotAllowedIsRefused();
    void aVersionThatIsUsedIsNotTakenAway();
    void aCopyIsFoundAgain();
    void aFailedChangeIsSettled();
    void anEnvironmentHasItsOwnRules();
    void aPromotionAsksWhatItsEnvironmentAsks();
};

void TestCopyVersion::aCopyCarriesWhatItIsAndUndoTakesItAway() {
    QTemporaryDir folder;
    Bench b(folder);
    const OperationOutcome out = b.operations->run(b.copy());
    QVERIFY2(out.done, out.error ? qPrintable(out.error->text()) : "");
    const auto made = b.must(b.registry->version(prod, 1));
    QCOMPARE(made.digest, b.must(b.registry->version(t2m, 2)).digest);
    QCOMPARE(made.description, QStringLiteral("the second"));
    QCOMPARE(made.user, QStringLiteral("bo"));
    QCOMPARE(made.tags.value(copiedFromTag), QStringLiteral("t2m/2"));
    QCOMPARE(made.tags.value(madeByTag), out.id);
    QCOMPARE(made.tags.value(QStringLiteral("team")), QStringLiteral("weather"));
    QVERIFY(!made.tags.contains(QStringLiteral("pilothouse.approval"))); // what was approved there is not approved here
    const Operation undo = b.must(undoMadeVersionOperation(b.registries(), b.recorded(out.id), b.bo));
    QCOMPARE(undo.kind, QStringLiteral("delete-version"));
    QVERIFY(b.operations->run(undo).done);
    QCOMPARE(b.count(b.registry, prod), 0);
    const auto again = undoMadeVersionOperation(b.registries(), b.recorded(out.id), b.bo);
    QVERIFY(!again);
    QCOMPARE(again.error().kind, ErrorKind::NotFound);
}

void TestCopyVersion::anotherRegistryGetsPackageTagsAndDescription() {
    QTemporaryDir folder;
    Bench b(folder);
    const Operation o = b.copy(t2m, QStringLiteral("other"));
    QCOMPARE(o.connection, QStringLiteral("other"));
    QCOMPARE(o.steps.size(), 2u);
    QVERIFY(b.operations->run(o).done);
    const auto made = b.must(b.other->version(t2m, 1));
    QCOMPARE(made.tags.value(copiedFromTag), QStringLiteral("local:t2m/2"));
    QCOMPARE(made.tags.value(QStringLiteral("team")), QStringLiteral("weather"));
    QCOMPARE(made.description, QStringLiteral("the second"));
    QCOMPARE(b.must(artifact::openPackage(b.must(b.other->packageFolder(made)))).digest, made.digest);
}

void TestCopyVersion::aFailureHalfwayIsGoneOnWithAndNothingIsMadeTwice_data() {
    QTest::addColumn<QString>("connection");
    QTest::addColumn<int>("step");
    QTest::addColumn<bool>("sent");
    QTest::newRow("within a registry, the alias is not set") << QString() << 1 << false;
    QTest::newRow("within a registry, the answer about the copy is lost") << QString() << 0 << true;
    QTest::newRow("to another registry, the tags are not set") << QStringLiteral("other") << 1 << false;
    QTest::newRow("to another registry, the alias is not set") << QStringLiteral("other") << 2 << false;
}

void TestCopyVersion::aFailureHalfwayIsGoneOnWithAndNothingIsMadeTwice() {
    QFETCH(const QString, connection);
    QFETCH(const int, step);
    QFETCH(const bool, sent);
    QTemporaryDir folder;
    Bench b(folder);
    Operation o = b.copy(prod, connection, QStringLiteral("challenger"));
    const auto real = o.steps[std::size_t(step)].execute;
    o.steps[std::size_t(step)].execute = [real, sent]() -> Result<void> {
        if (sent)
            PH_TRY(real());
        return Error{ErrorKind::Unreachable, QStringLiteral("No connection."), {}, {}, {}};
    };
    const OperationOutcome failed = b.operations->run(o);
    QVERIFY(!failed.done);
    const auto &target = connection.isEmpty() ? b.registry : b.other;
    QCOMPARE(b.count(target, prod), 1);
    const Operation on = b.must(continueCopyOperation(b.registries(), b.recorded(failed.id), b.bo));
    const OperationOutcome out = b.operations->run(on);
    QVERIFY2(out.done, out.error ? qPrintable(out.error->text()) : "");
    QCOMPARE(b.count(target, prod), 1);
    const auto made = b.must(target->versionByAlias(prod, QStringLiteral("challenger")));
    QCOMPARE(made.version, 1);
    QCOMPARE(made.tags.value(QStringLiteral("team")), QStringLiteral("weather"));
    QCOMPARE(made.description, QStringLiteral("the second"));
    QCOMPARE(b.must(b.journal->entries(2)).back().details.value(QStringLiteral("continues")).toString(), failed.id);
}

void TestCopyVersion::aFailureHalfwayIsTakenBack() {
    QTemporaryDir folder;
    Bench b(folder);
    Operation o = b.copy(prod, {}, QStringLiteral("challenger"));
    o.steps[1].execute = []() -> Result<void> { return Error{ErrorKind::Unreachable, QStringLiteral("No connection."), {}, {}, {}}; };
    const OperationOutcome failed = b.operations->run(o);
    QVERIFY(!failed.done);
    QVERIFY(b.operations->run(b.must(undoMadeVersionOperation(b.registries(), b.recorded(failed.id), b.bo))).done);
    QCOMPARE(b.count(b.registry, prod), 0);
    // One that made nothing has nothing to undo.
    Operation none = b.copy();
    none.steps[0].execute = []() -> Result<void> { return Error{ErrorKind::Unreachable, QStringLiteral("No connection."), {}, {}, {}}; };
    const OperationOutcome nothing = b.operations->run(none);
    const auto undo = undoMadeVersionOperation(b.registries(), b.recorded(nothing.id), b.bo);
    QVERIFY(!undo);
    QCOMPARE(undo.error().kind, ErrorKind::Refused);
    QVERIFY(b.operations->run(b.must(continueCopyOperation(b.registries(), b.recorded(nothing.id), b.bo))).done);
    QCOMPARE(b.count(b.registry, prod), 1);
}

void TestCopyVersion::anAliasSetOnTheCopyGoesBackAndTheCopyStays() {
    QTemporaryDir folder;
    Bench b(folder);
    QVERIFY(b.operations->run(b.copy()).done);
    b.must(b.registry->moveAlias(prod, QStringLiteral("challenger"), std::nullopt, 1, {}));
    const OperationOutcome out = b.operations->run(b.copy(prod, {}, QStringLiteral("challenger")));
    QVERIFY(out.done);
    QCOMPARE(b.must(b.registry->versionByAlias(prod, QStringLiteral("challenger"))).version, 2);
    const Operation undo = b.must(undoMadeVersionOperation(b.registries(), b.recorded(out.id), b.bo));
    QCOMPARE(undo.kind, QStringLiteral("set-alias"));
    QVERIFY(b.operations->run(undo).done);
    QCOMPARE(b.must(b.registry->versionByAlias(prod, QStringLiteral("challenger"))).version, 1);
    QCOMPARE(b.count(b.registry, prod), 2); // it was used: the history must stay readable
}

void TestCopyVersion::whatIsNotAllowedIsRefused() {
    QTemporaryDir folder;
    Bench b(folder);
    const auto asked = [&](const VersionCopy &copy) {
        const auto o = copyVersionOperation(b.registries(), b.workspace, copy, b.bo);
        return o ? std::optional<ErrorKind>() : o.error().kind;
    };
    QVERIFY(asked({{}, t2m, 2, {}, t2m, {}}) == std::optional(ErrorKind::Refused));
    QVERIFY(asked({{}, t2m, 9, {}, prod, {}}) == std::optional(ErrorKind::NotFound));
    QVERIFY(asked({{}, t2m, 2, {}, QStringLiteral("../x"), {}}) == std::optional(ErrorKind::Invalid));
    QVERIFY(asked({{}, t2m, 1, QStringLiteral("other"), t2m, QStringLiteral("champion")}) == std::optional(ErrorKind::Refused)); // only by a promotion
    QVERIFY(asked({{}, t2m, 1, {}, prod, QStringLiteral("challenger")}) == std::nullopt);
    // What changed since the plan was made is not copied.
    const Operation o = b.copy();
    QVERIFY(b.operations->run(o).done);
    b.must(b.registry->deleteVersion(t2m, 2));
    const OperationOutcome late = b.operations->run(b.must(copyVersionOperation(b.registries(), b.workspace, {{}, t2m, 1, {}, prod, {}}, b.bo)));
    QVERIFY(late.done);
    Operation stale = o;
    stale.id.clear();
    QCOMPARE(b.operations->run(stale).error->kind, ErrorKind::NotFound);
}

void TestCopyVersion::aVersionThatIsUsedIsNotTakenAway() {
    QTemporaryDir folder;
    Bench b(folder);
    const OperationOutcome out = b.operations->run(b.copy());
    b.must(b.registry->moveAlias(prod, QStringLiteral("shadow"), std::nullopt, 1, {}));
    const OperationOutcome undo = b.operations->run(b.must(undoMadeVersionOperation(b.registries(), b.recorded(out.id), b.bo)));
    QVERIFY(!undo.done);
    QCOMPARE(undo.error->kind, ErrorKind::Conflict);
    QCOMPARE(b.must(b.journal->entries(1)).front().phase, QStringLiteral("refused"));
    QCOMPARE(b.count(b.registry, prod), 1);
}

void TestCopyVersion::aCopyIsFoundAgain() {
    QTemporaryDir folder;
    Bench b(folder);
    const VersionCopy wish{{}, t2m, 2, {}, prod, {}};
    const QString digest = b.must(b.registry->version(t2m, 2)).digest;
    QVERIFY(!b.must(existingCopy(*b.registry, wish, digest)));
    QVERIFY(b.operations->run(b.copy()).done);
    QCOMPARE(b.must(existingCopy(*b.registry, wish, digest))->version, 1);
    QVERIFY(!b.must(existingCopy(*b.registry, wish, QStringLiteral("another"))));
}

/// A change whose answer was lost: what is true decides whether it is undone or done again.
void TestCopyVersion::aFailedChangeIsSettled() {
    QTemporaryDir folder;
    Bench b(folder);
    for (const bool sent : {false, true}) {
        Operation o = b.must(tagOperation(b.registry, t2m, 1, QStringLiteral("state"), sent ? QStringLiteral("b") : QStringLiteral("a")));
        const auto real = o.steps[0].execute;
        o.steps[0].execute = [real, sent]() -> Result<void> {
            if (sent)
                PH_TRY(real());
            return Error{ErrorKind::Unreachable, QStringLiteral("No answer."), {}, {}, {}};
        };
        const OperationOutcome failed = b.operations->run(o);
        const auto undo = undoRegistryOperation(b.registry, *b.journal, failed.id, b.bo);
        const auto on = continueRegistryOperation(b.registry, b.recorded(failed.id), b.bo);
        QCOMPARE(undo.has_value(), sent);
        QCOMPARE(on.has_value(), !sent);
        QVERIFY(b.operations->run(sent ? *undo : *on).done);
        QCOMPARE(b.must(b.registry->version(t2m, 1)).tags.value(QStringLiteral("state")), QStringLiteral("a"));
    }
}

void TestCopyVersion::anEnvironmentHasItsOwnRules() {
    const auto w = workspace::parseWorkspace(R"(workspace: w
connections: {local: {kind: local, root: /r}, mlflow: {kind: mlflow, url: "http://127.0.0.1"}}
models:
  t2m: {promotion: {approvals: 3, prevent_self_approval: true}}
environments:
  dev:
  prod: {connection: mlflow, name: "{model}-prod", approvals: 2, prevent_self_approval: false, gates: [r2 >= 0.9]}
)", QStringLiteral("/w/pilothouse.yaml"));
    QVERIFY2(w, w ? "" : qPrintable(w.error().text()));
    const PromotionRules dev = rulesOf(*w, {}, t2m), live = rulesOf(*w, QStringLiteral("mlflow"), prod), none = rulesOf(*w, {}, QStringLiteral("other"));
    QCOMPARE(dev.environment, QStringLiteral("dev"));
    QCOMPARE(dev.approvals, 3);
    QVERIFY(dev.preventSelfApproval && dev.gates.empty());
    QCOMPARE(live.environment, QStringLiteral("prod"));
    QCOMPARE(live.approvals, 2);
    QVERIFY(!live.preventSelfApproval);
    QCOMPARE(live.gates.size(), 1u);
    QVERIFY(none.environment.isEmpty() && none.approvals == 1);
    Evidence sheet;
    sheet.rows = 100;
    EvidenceInput input;
    input.environment = live.environment;
    input.gates = live.gates;
    for (const auto &[r2, state] : {std::pair(0.95, GateState::Pass), std::pair(0.5, GateState::Block)}) {
        const auto gates = judge(sheet, {}, {{QStringLiteral("r2"), r2}}, input);
        QCOMPARE(gates.front().source, QStringLiteral("environment prod"));
        QCOMPARE(gates.front().state, state);
    }
}

void TestCopyVersion::aPromotionAsksWhatItsEnvironmentAsks() {
    QTemporaryDir folder;
    Bench b(folder);
    b.workspace = b.must(workspace::parseWorkspace("workspace: bench\nconnections: {local: {kind: local, root: " + b.root.toUtf8() +
                                                       "}}\nmodels: {t2m: {promotion: {approvals: 1}}}\nenvironments: {dev: {}, prod: {name: \"{model}-prod\", approvals: 2}}\n",
                                                   b.root + QStringLiteral("/pilothouse.yaml")));
    QVERIFY(b.operations->run(b.copy()).done);
    auto ada = b.promotions(QStringLiteral("ada"));
    QCOMPARE(b.must(ada->evidenceInput(prod, 1, QStringLiteral("champion"))).approvalsNeeded, 2);
    Evidence e = b.evidence(2);
    e.model = prod;
    e.candidateVersion = 1;
    e.championVersion.reset();
    Request r = b.must(ada->request(prod, 1, QStringLiteral("champion"), e));
    QCOMPARE(r.approvalsNeeded, 2);
    r = b.must(ada->approve(r.id, QStringLiteral("one")));
    QCOMPARE(r.state, RequestState::Pending);
    r = b.must(b.promotions(QStringLiteral("cy"))->approve(r.id, QStringLiteral("two")));
    QCOMPARE(r.state, RequestState::Done);
    QCOMPARE(b.must(b.registry->versionByAlias(prod, QStringLiteral("champion"))).version, 1);
    QVERIFY(!b.alias_(QStringLiteral("champion"))); // of dev: not touched
    // The alias of an environment is moved by promotions only.
    const auto byHand = aliasOperation(b.registry, b.workspace, prod, QStringLiteral("champion"), 1, b.bo);
    QVERIFY(!byHand);
    QCOMPARE(byHand.error().kind, ErrorKind::Refused);
}

QTEST_GUILESS_MAIN(TestCopyVersion)
#include "tst_copy_version.moc"
