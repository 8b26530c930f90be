// SPDX-License-Identifier: GPL-3.0-or-later
// Every kind of operation × role × guard mode, and what the journal says of each refusal; environments and their roles.
#include "core/operations/kinds.h"
#include "core/operations/operation.h"

#include <QDirIterator>
#include <QFile>
#include <QJsonArray>
#include <QRegularExpression>
#include <QSet>
#include <QTemporaryDir>
#include <QTest>

#include <thread>

using namespace pilothouse;
using namespace pilothouse::operations;
using workspace::Role;

namespace {

const QByteArray chain = // no raw string: moc of Qt 6.4 loses the class behind one with quotation marks
    "workspace: w\n"
    "role: operator\n"
    "connections:\n"
    "  local: {kind: local, root: /tmp/none}\n"
    "  free: {kind: mlflow, url: \"http://127.0.0.1:1\", guard: none}\n"
    "  named: {kind: mlflow, url: \"http://127.0.0.1:2\", guard: typed-name}\n"
    "  closed: {kind: mlflow, url: \"http://127.0.0.1:3\", guard: read-only}\n"
    "  cluster: {kind: kubernetes, guard: typed-name}\n"
    "models:\n"
    "  t2m: {registry: {connection: local}, deployment: {connection: cluster, target: deployment/t2m}}\n"
    "  ws: {registry: {connection: local}}\n"
    "environments:\n"
    "  dev: {role: approver}\n"
    "  staging: {name: \"{model}-staging\"}\n"
    "  prod: {connection: named, name: \"{model}\", role: viewer, connections: [cluster]}\n";

struct Bench {
    QTemporaryDir folder;
    std::shared_ptr<Journal> journal = *Journal::open(folder.filePath(QStringLiteral("journal.jsonl")),
                                                      *Database::open(folder.filePath(QStringLiteral("registry.db")), {journalTables1()}), QByteArrayLiteral("k"));
    int executed = 0;

    Operation operation(const QString &kind, const QString &connection) {
        Operation o;
        o.kind = kind;
        o.object = QStringLiteral("thing");
        o.summary = QStringLiteral("Do it");
        o.connection = connection;
        if (const OperationKind *listed = operationKind(kind))
            o.needs = listed->needs;
        Step step;
        step.call = {QStringLiteral("SET"), QStringLiteral("thing"), {}, {}, {}};
        step.execute = [this]() -> Result<void> {
            ++executed;
            return {};
        };
        o.steps.push_back(std::move(step));
        return o;
    }
    JournalEntry last() const { return journal->entries(1)->front(); }
};

Actor actor(Role role) { return {QStringLiteral("ada"), QStringLiteral("test"), role}; }
WriteRules rules() {
    static const workspace::Workspace w = *workspace::parseWorkspace(chain, QStringLiteral("/w/pilothouse.yaml"));
    return WriteRules(w);
}

/// How a connection is met.
struct Mode {
    const char *name, *connection;
    QStringList typed;
    bool automatic, passes;
};
const std::vector<Mode> modes{
    {"no guard", "free", {}, false, true},
    {"on this machine", "", {}, false, true},
    {"typed-name, nothing typed", "named", {}, false, false},
    {"typed-name, another name typed", "named", {QStringLiteral("closed")}, false, false},
    {"typed-name, typed", "named", {QStringLiteral("named")}, false, true},
    {"typed-name, by itself", "named", {}, true, true},
    {"read-only", "closed", {}, false, false},
    {"read-only, typed", "closed", {QStringLiteral("closed")}, false, false},
    {"read-only, by itself", "closed", {}, true, false},
};

/// Kinds in the sources, by file. A builder that takes the kind as an argument stands in `makers`, with how its callers write it.
QSet<QString> kindsInSources(QStringList &problems) {
    const QHash<QString, QRegularExpression> makers{
        {QStringLiteral("core/promotion/promotion.cpp"), QRegularExpression(QStringLiteral(R"re(decide\(r, QStringLiteral\("([a-z-]+)"\))re"))},
        {QStringLiteral("core/promotion/signed_statement.cpp"), QRegularExpression(QStringLiteral(R"re(Decision::(?:Approve|Reject): return QStringLiteral\("([a-z]+)"\))re"))},
        {QStringLiteral("core/promotion/registry_operations.cpp"), QRegularExpression(QStringLiteral(R"re((?:operationFor\(|moveAliasOperation\(registry, |textOperation\()"([a-z-]+)")re"))},
        {QStringLiteral("core/fleet/data_operations.cpp"), QRegularExpression(QStringLiteral(R"re(reverse\(recorded,\s*"([a-z.-]+)")re"))},
        {QStringLiteral("app/pilot/rollout_desk.cpp"), QRegularExpression(QStringLiteral(R"re(write\.kind = QStringLiteral\("([a-z-]+)"\))re"))},
    };
    const QRegularExpression assigned(QStringLiteral(R"re((?:^|\s)(?:\w*[Oo]peration|operation|o|out|write|training|serving|refusedOne|writes|reverse)\.kind = ([^;]+);)re"), QRegularExpression::MultilineOption);
    const QRegularExpression literal(QStringLiteral(R"re("([a-z][a-z0-9.-]*)")re"));
    const QRegularExpression rollout(QStringLiteral(R"re(\{QStringLiteral\("((?:rollout|serve)-[a-z]+)"\), QStringLiteral\("[A-Z]+"\))re"));
    const QRegularExpression simple(QStringLiteral(R"re(simple\(c, options, "([a-z]+)")re"));
    QSet<QString> found;
    const auto add = [&](const QRegularExpression &pattern, const QString &text, const QString &prefix = {}) {
        for (auto it = pattern.globalMatch(text); it.hasNext();)
            found.insert(prefix + it.next().captured(1));
    };
    const QString root = QStringLiteral(PILOTHOUSE_SOURCE_DIR "/");
    for (const char *folder : {"core", "app", "widgets"}) {
        QDirIterator files(root + QLatin1String(folder), {QStringLiteral("*.cpp"), QStringLiteral("*.h")}, QDir::Files, QDirIterator::Subdirectories);
        while (files.hasNext()) {
            const QString path = files.next(), name = path.mid(root.size());
            QFile file(path);
            if (!file.open(QIODevice::ReadOnly)) {
                problems << QStringLiteral("cannot read ") + path;
                continue;
            }
            const QString text = QString::fromUtf8(file.readAll());
            if ((!text.contains(QRegularExpression(QStringLiteral("\\bOperation\\b|RolloutWrite"))) && !makers.contains(name)) || name == QLatin1String("core/operations/operation.cpp") ||
                name == QLatin1String("widgets/base/write_gate.cpp")) // asks what would be refused, and builds none
                continue;
            bool variable = false;
            for (auto it = assigned.globalMatch(text); it.hasNext();) {
                const QString value = it.next().captured(1);
                if (value.contains(QLatin1Char('"')))
                    add(literal, value);
                else
                    variable = true;
            }
            if (makers.contains(name))
                add(makers.value(name), text);
            else if (variable)
                problems << name + QStringLiteral(": the kind is no literal there; say in this test how its callers write it");
            add(rollout, text);
            if (name == QLatin1String("app/pilot/verb_rollouts.cpp"))
                add(simple, text, QStringLiteral("rollout-"));
        }
    }
    return found;
}

} // namespace

class TestGuard : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyKindInTheSourcesIsListed();
    void everyKindRoleAndGuard_data();
    void everyKindRoleAndGuard();
    void aBuilderCannotAskForLessThanItsKind();
    void theRefusalSaysWhatToType();
    void aStepOnAnotherConnectionIsGuardedToo();
    void whatWasTypedCountsForThisThreadWhileItLives();
    void anOperationBelongsToAnEnvironment_data();
    void anOperationBelongsToAnEnvironment();
    void theRoleIsThatOfTheEnvironment();
};

void TestGuard::everyKindInTheSourcesIsListed() {
    QStringList problems;
    const QSet<QString> found = kindsInSources(problems);
    QVERIFY2(problems.isEmpty(), qPrintable(problems.join(QLatin1Char('\n'))));
    QVERIFY2(found.size() > 25, qPrintable(QStringLiteral("only %1 kinds were found: the patterns of this test are outdated").arg(found.size())));
    for (const QString &kind : found)
        QVERIFY2(operationKind(kind), qPrintable(QStringLiteral("“%1” is built, but does not stand in core/operations/kinds.cpp").arg(kind)));
    for (const OperationKind &kind : operationKinds())
        QVERIFY2(found.contains(QLatin1String(kind.name)), qPrintable(QStringLiteral("“%1” is listed, but nothing builds it").arg(QLatin1String(kind.name))));
}

void TestGuard::everyKindRoleAndGuard_data() {
    QTest::addColumn<QString>("kind");
    QTest::addColumn<int>("role");
    for (const OperationKind &kind : operationKinds())
        for (const Role role : {Role::Viewer, Role::Operator, Role::Approver})
            QTest::addRow("%s as %s", kind.name, qPrintable(workspace::roleName(role))) << QString::fromLatin1(kind.name) << int(role);
}

void TestGuard::everyKindRoleAndGuard() {
    QFETCH(const QString, kind);
    QFETCH(const int, role);
    Bench b;
    Operations operations(b.journal, actor(Role(role)), rules());
    for (const Mode &mode : modes) {
        Operation o = b.operation(kind, QString::fromLatin1(mode.connection));
        o.automatic = mode.automatic;
        // This object belongs to no environment but by its connection, and that of `named` has a role of its own.
        const bool prod = QLatin1String(mode.connection) == QLatin1String("named");
        const Role counts = prod ? Role::Viewer : Role(role);
        const bool asks = operationKind(kind)->onlyAsks && QByteArray(mode.name).startsWith("typed-name");
        const bool mayByRole = int(counts) >= int(operationKind(kind)->needs), may = mayByRole && (mode.passes || asks);
        const Confirmed typed(mode.typed);
        const int before = b.executed;
        QCOMPARE(bool(operations.check(o)), may);
        const OperationOutcome out = operations.run(o);
        QVERIFY2(out.done == may, mode.name);
        QCOMPARE(b.executed - before, may ? 1 : 0);
        const JournalEntry line = b.last();
        QCOMPARE(line.kind, kind);
        QCOMPARE(line.phase, may ? QStringLiteral("done") : QStringLiteral("refused"));
        if (may)
            continue;
        QCOMPARE(out.error->kind, ErrorKind::Refused);
        QCOMPARE(line.details.value(QStringLiteral("error")).toString(), out.error->text());
        QCOMPARE(out.error->what.startsWith(QStringLiteral("Role ")), !mayByRole);
        QVERIFY(!out.error->hint.isEmpty());
    }
    QVERIFY(b.journal->verify()->intact);
}

void TestGuard::aBuilderCannotAskForLessThanItsKind() {
    Bench b;
    Operations operations(b.journal, actor(Role::Operator));
    Operation o = b.operation(QStringLiteral("approve"), {});
    o.needs = Role::Viewer;
    QVERIFY(!operations.run(o).done);
    Operation more = b.operation(QStringLiteral("set-alias"), {}); // deleting a champion
    more.needs = Role::Approver;
    QVERIFY(!operations.run(more).done);
    QCOMPARE(b.executed, 0);
}

void TestGuard::theRefusalSaysWhatToType() {
    Bench b;
    Operations operations(b.journal, actor(Role::Approver), rules());
    Operation o = b.operation(QStringLiteral("turn-back"), QStringLiteral("named"));
    const OperationOutcome out = operations.run(o);
    QVERIFY2(out.error->hint.contains(QStringLiteral("--confirm named")), qPrintable(out.error->text()));
    QCOMPARE(b.last().details.value(QStringLiteral("typed")).toArray(), QJsonArray{QStringLiteral("named")});
    QCOMPARE(b.last().details.value(QStringLiteral("connection")).toString(), QStringLiteral("named"));
    o.confirmed = {QStringLiteral("named")};
    QVERIFY(operations.run(o).done);
}

void TestGuard::aStepOnAnotherConnectionIsGuardedToo() {
    Bench b;
    Operations operations(b.journal, actor(Role::Approver), rules());
    Operation o = b.operation(QStringLiteral("turn-back"), QStringLiteral("free"));
    o.steps.push_back(o.steps.front());
    o.steps.back().connection = QStringLiteral("closed");
    QVERIFY(operations.run(o).error->what.contains(QStringLiteral("“closed” is read-only")));
    o.steps.back().connection = QStringLiteral("cluster");
    QVERIFY(operations.run(o).error->hint.contains(QStringLiteral("--confirm cluster")));
    QCOMPARE(b.executed, 0);
}

void TestGuard::whatWasTypedCountsForThisThreadWhileItLives() {
    {
        const Confirmed outer({QStringLiteral("a")});
        {
            const Confirmed inner({QStringLiteral("b")});
            QCOMPARE(Confirmed::names(), (QStringList{QStringLiteral("a"), QStringLiteral("b")}));
            QStringList elsewhere{QStringLiteral("?")};
            std::thread([&] { elsewhere = Confirmed::names(); }).join();
            QVERIFY(elsewhere.isEmpty());
        }
        QCOMPARE(Confirmed::names(), QStringList{QStringLiteral("a")});
    }
    QVERIFY(Confirmed::names().isEmpty());
}

void TestGuard::anOperationBelongsToAnEnvironment_data() {
    QTest::addColumn<QString>("object");
    QTest::addColumn<QString>("connection");
    QTest::addColumn<QString>("environment");
    QTest::newRow("a model as it is registered") << "model t2m-staging" << "local" << "staging";
    QTest::newRow("an empty connection is the local one") << "model t2m-staging" << "" << "staging";
    QTest::newRow("the model's own entry") << "model ws" << "" << "dev";
    QTest::newRow("the same name on another server") << "model ws" << "named" << "prod";
    QTest::newRow("a rollout, by its cluster") << "rollout deployment/t2m" << "cluster" << "prod";
    QTest::newRow("a pipeline, by its model") << "pipeline ws" << "" << "dev";
    QTest::newRow("a connection that only one environment has") << "thing" << "named" << "prod";
    QTest::newRow("a connection of none") << "thing" << "free" << "";
    QTest::newRow("a model that the workspace does not know") << "model other" << "local" << "";
}

void TestGuard::anOperationBelongsToAnEnvironment() {
    QFETCH(const QString, object);
    QFETCH(const QString, connection);
    QFETCH(const QString, environment);
    Operation o;
    o.object = object;
    o.connection = connection;
    QCOMPARE(rules().environmentOf(o), environment);
}

void TestGuard::theRoleIsThatOfTheEnvironment() {
    Bench b;
    Operations operations(b.journal, actor(Role::Operator), rules());
    Operation o = b.operation(QStringLiteral("approve"), {});
    o.object = QStringLiteral("model t2m-staging"); // no role of its own: operator
    QVERIFY(!operations.run(o).done);
    o.object = QStringLiteral("model t2m"); // dev: approver
    QVERIFY(operations.run(o).done);
    QCOMPARE(b.last().phase, QStringLiteral("done"));
    Operation prod = b.operation(QStringLiteral("set-tag"), QStringLiteral("named"));
    prod.object = QStringLiteral("model t2m");
    const OperationOutcome out = operations.run(prod);
    QVERIFY2(out.error->what.startsWith(QStringLiteral("Role viewer in prod may not")), qPrintable(out.error->what));
    QCOMPARE(b.last().details.value(QStringLiteral("environment")).toString(), QStringLiteral("prod"));
    // A promotion whose traffic is in another environment needs the rights of both.
    Operation both = b.operation(QStringLiteral("promote"), {});
    both.object = QStringLiteral("model t2m");
    both.steps.push_back(both.steps.front());
    both.steps.back().connection = QStringLiteral("cluster");
    QCOMPARE(operations.rules().roleFor(both, operations.actor()), Role::Viewer);
}

QTEST_GUILESS_MAIN(TestGuard)
#include "tst_guard.moc"
