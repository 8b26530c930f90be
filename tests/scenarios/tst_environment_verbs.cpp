// SPDX-License-Identifier: GPL-3.0-or-later
// The chain dev → staging → prod by the real `pilot`: what is copied, what each environment asks, roles and guards, undo. Needs no ../shared.
#include "core/base/file.h"
#include "core/base/json.h"
#include "tests/support/run_pilot.h"

#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;

using support::Answer;
using Q = QLatin1String;

class TestEnvironmentVerbs : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void theChainIsShown();
    void thePlanListsTheCopyAndWritesNothing();
    void aVersionGoesThroughTheChain();
    void copiesAreUndone();
    void aViewerOfAnEnvironmentIsRefusedThere();
    void aGuardedConnectionAsksForItsName();
    void aReadOnlyConnectionIsNotWrittenTo();

private:
    Answer pilot(const QStringList &arguments) const { return support::runPilot(m_folder.path(), arguments, QStringLiteral("chain")); }
    void writeWorkspace(const QByteArray &environments, const QByteArray &guard = {}) const;
    int versions(const QString &model) const { return int(pilot({Q("registry"), Q("show"), model}).object.value(Q("versions")).toArray().size()); }
    QJsonObject journalHead() const { return pilot({Q("journal"), Q("list"), Q("--limit"), Q("1")}).object.value(Q("entries")).toArray().at(0).toObject(); }
    QTemporaryDir m_folder;
    QString m_program = support::pilotUnderTest();
};

namespace {
const QByteArray chain = "environments:\n"
                         "  dev: {}\n"
                         "  staging: {name: \"{model}-staging\", gates: [r2 >= 0.5]}\n"
                         "  prod: {name: \"{model}-prod\", gates: [r2 >= 2]}\n";
}

void TestEnvironmentVerbs::writeWorkspace(const QByteArray &environments, const QByteArray &guard) const {
    QVERIFY(writeFileAtomically(m_folder.filePath(QStringLiteral("pilothouse.yaml")),
                                "workspace: chain\nconnections: {local: {kind: local, root: data" + (guard.isEmpty() ? QByteArray() : ", guard: " + guard) +
                                    "}}\nmodels:\n  line: {recipe: line.yaml}\n" + environments)
                .has_value());
}

void TestEnvironmentVerbs::initTestCase() {
    if (!QFileInfo(m_program).isExecutable())
        QSKIP("PILOTHOUSE_PILOT names no program: build the target pilot first");
    QByteArray rows = "x,z,y\n";
    for (int i = 0; i < 1000; ++i) {
        const double x = (i * 37 % 101) / 10.0, z = (i * 53 % 89) / 7.0, noise = (i * 7919 % 13 - 6) / 10.0;
        rows += QByteArray::number(x, 'g', 17) + ',' + QByteArray::number(z, 'g', 17) + ',' + QByteArray::number(2 * x + z + noise, 'g', 17) + '\n';
    }
    QVERIFY(writeFileAtomically(m_folder.filePath(QStringLiteral("line.csv")), rows).has_value());
    QVERIFY(writeFileAtomically(m_folder.filePath(QStringLiteral("line.yaml")), "recipe: line\ndata: {source: line.csv}\ntask: regression\ntarget: y\nsplit: {every: 5}\nestimators: [linear_regression]\n").has_value());
    writeWorkspace(chain);
    VERIFY_CODE(pilot({Q("train"), Q("line.yaml"), Q("--register"), Q("line"), Q("--out"), Q("out")}), 0);
    VERIFY_CODE(pilot({Q("promote"), Q("line"), Q("1"), Q("--comment"), Q("the first")}), 0);
}

void TestEnvironmentVerbs::theChainIsShown() {
    const Answer a = pilot({Q("environments")});
    VERIFY_CODE(a, 0);
    const QJsonArray states = a.object.value(Q("chains")).toArray().at(0).toArray();
    QCOMPARE(states.size(), 3);
    const QJsonObject dev = states.at(0).toObject(), staging = states.at(1).toObject();
    QCOMPARE(dev.value(Q("next")).toString(), QStringLiteral("staging"));
    const QJsonObject live = dev.value(Q("models")).toArray().at(0).toObject();
    QCOMPARE(live.value(Q("name")).toString(), QStringLiteral("line"));
    QCOMPARE(live.value(Q("live")).toInt(), 1);
    QVERIFY(live.value(Q("goes_on")).toBool());
    QVERIFY(staging.value(Q("models")).toArray().at(0).toObject().value(Q("live")).isNull());
    QCOMPARE(staging.value(Q("gates")).toArray().size(), 1);
}

void TestEnvironmentVerbs::thePlanListsTheCopyAndWritesNothing() {
    const Answer a = pilot({Q("promote"), Q("line"), Q("1"), Q("--env"), Q("staging"), Q("--plan")});
    VERIFY_CODE(a, 0);
    const QJsonObject call = a.object.value(Q("plan")).toArray().at(0).toObject();
    QCOMPARE(call.value(Q("verb")).toString(), QStringLiteral("COPY"));
    QCOMPARE(call.value(Q("command")).toString(), QStringLiteral("pilot registry copy line 1 --to line-staging"));
    QCOMPARE(versions(QStringLiteral("line-staging")), 0);
    VERIFY_CODE(pilot({Q("promote"), Q("line"), Q("1"), Q("--env"), Q("dev")}), 1);     // the first of its chain
    VERIFY_CODE(pilot({Q("promote"), Q("line"), Q("1"), Q("--env"), Q("prd")}), 2);     // there is none
    VERIFY_CODE(pilot({Q("promote"), Q("line"), Q("9"), Q("--env"), Q("staging")}), 2); // no such version
}

void TestEnvironmentVerbs::aVersionGoesThroughTheChain() {
    // Asked twice before it is approved: copied once.
    Answer a = pilot({Q("promote"), Q("line"), Q("1"), Q("--env"), Q("staging")});
    VERIFY_CODE(a, 0);
    const QString request = a.object.value(Q("request")).toObject().value(Q("id")).toString();
    QCOMPARE(a.object.value(Q("request")).toObject().value(Q("model")).toString(), QStringLiteral("line-staging"));
    const QJsonArray gates = a.object.value(Q("evidence")).toObject().value(Q("gates")).toArray();
    QCOMPARE(gates.at(0).toObject().value(Q("source")).toString(), QStringLiteral("environment staging"));
    QCOMPARE(gates.at(0).toObject().value(Q("state")).toString(), QStringLiteral("pass"));
    QVERIFY(pilot({Q("promote"), Q("line"), Q("1"), Q("--env"), Q("staging")}).code != 0);
    QCOMPARE(versions(QStringLiteral("line-staging")), 1);
    // Not live in staging yet, so it has no way to prod.
    a = pilot({Q("promote"), Q("line"), Q("1"), Q("--env"), Q("prod")});
    VERIFY_CODE(a, 1);
    QVERIFY2(a.object.value(Q("error")).toObject().value(Q("what")).toString().contains(Q("was never champion in staging")), qPrintable(a.errors));
    VERIFY_CODE(pilot({Q("approve"), request, Q("--comment"), Q("good on the test rows")}), 0);
    a = pilot({Q("environments")});
    const QJsonObject staging = a.object.value(Q("chains")).toArray().at(0).toArray().at(1).toObject().value(Q("models")).toArray().at(0).toObject();
    QCOMPARE(staging.value(Q("live")).toInt(), 1);
    QCOMPARE(staging.value(Q("live_from")).toString(), QStringLiteral("line/1"));
    // The gate of prod cannot be passed: the copy is there, the alias is not.
    a = pilot({Q("promote"), Q("line"), Q("1"), Q("--env"), Q("prod")});
    VERIFY_CODE(a, 1);
    QVERIFY(a.object.value(Q("blocked")).toBool());
    QCOMPARE(a.object.value(Q("evidence")).toObject().value(Q("gates")).toArray().at(0).toObject().value(Q("state")).toString(), QStringLiteral("block"));
    QCOMPARE(versions(QStringLiteral("line-prod")), 1);
    QVERIFY(pilot({Q("environments")}).object.value(Q("chains")).toArray().at(0).toArray().at(2).toObject().value(Q("models")).toArray().at(0).toObject().value(Q("live")).isNull());
    VERIFY_CODE(pilot({Q("registry"), Q("alias"), Q("line-prod"), Q("champion"), Q("1")}), 1); // nor by hand
}

void TestEnvironmentVerbs::copiesAreUndone() {
    Answer a = pilot({Q("registry"), Q("copy"), Q("line"), Q("1"), Q("--to"), Q("line-lab"), Q("--alias"), Q("trial")});
    VERIFY_CODE(a, 0);
    QCOMPARE(a.object.value(Q("steps")).toArray().size(), 2);
    const QString withAlias = a.object.value(Q("operation")).toString();
    a = pilot({Q("registry"), Q("copy"), Q("line"), Q("1"), Q("--to"), Q("line-lab")});
    VERIFY_CODE(a, 0);
    const QString copy = a.object.value(Q("operation")).toString();
    QCOMPARE(versions(QStringLiteral("line-lab")), 2);
    VERIFY_CODE(pilot({Q("undo"), copy, Q("--plan")}), 0);
    VERIFY_CODE(pilot({Q("undo"), copy}), 0);
    QCOMPARE(versions(QStringLiteral("line-lab")), 1);
    VERIFY_CODE(pilot({Q("undo"), copy}), 2);     // it is gone
    VERIFY_CODE(pilot({Q("continue"), copy}), 1); // nothing failed
    VERIFY_CODE(pilot({Q("undo"), withAlias}), 0);
    QVERIFY(pilot({Q("registry"), Q("list")}).object.value(Q("models")).toArray().size() >= 3);
    QCOMPARE(versions(QStringLiteral("line-lab")), 1); // the alias went, the version was used
    // Registering is undone alike, unless somebody waits for the version.
    a = pilot({Q("registry"), Q("register"), Q("line"), Q("out")});
    VERIFY_CODE(a, 0);
    const QString registered = journalHead().value(Q("operation")).toString();
    a = pilot({Q("promote"), Q("line"), QString::number(a.object.value(Q("version")).toInt()), Q("--to"), Q("challenger")});
    VERIFY_CODE(a, 0);
    const QString request = a.object.value(Q("request")).toObject().value(Q("id")).toString();
    VERIFY_CODE(pilot({Q("undo"), registered}), 1);
    VERIFY_CODE(pilot({Q("reject"), request, Q("--comment"), Q("a mistake")}), 0);
    const int before = versions(QStringLiteral("line"));
    VERIFY_CODE(pilot({Q("undo"), registered}), 0);
    QCOMPARE(versions(QStringLiteral("line")), before - 1);
}

void TestEnvironmentVerbs::aViewerOfAnEnvironmentIsRefusedThere() {
    writeWorkspace("environments:\n  dev: {}\n  staging: {name: \"{model}-staging\", role: viewer}\n");
    const Answer a = pilot({Q("registry"), Q("tag"), Q("line-staging"), Q("1"), Q("team"), Q("weather")});
    VERIFY_CODE(a, 1);
    QVERIFY2(a.object.value(Q("error")).toObject().value(Q("what")).toString().startsWith(Q("Role viewer in staging may not")), qPrintable(a.errors));
    const QJsonObject line = journalHead();
    QCOMPARE(line.value(Q("phase")).toString(), QStringLiteral("refused"));
    QCOMPARE(line.value(Q("details")).toObject().value(Q("environment")).toString(), QStringLiteral("staging"));
    VERIFY_CODE(pilot({Q("registry"), Q("tag"), Q("line"), Q("1"), Q("team"), Q("weather")}), 0); // dev
    writeWorkspace(chain);
}

void TestEnvironmentVerbs::aGuardedConnectionAsksForItsName() {
    writeWorkspace(chain, "typed-name");
    const QStringList tag{Q("registry"), Q("tag"), Q("line"), Q("1"), Q("guarded"), Q("yes")};
    const Answer a = pilot(tag);
    VERIFY_CODE(a, 1);
    QVERIFY2(a.object.value(Q("error")).toObject().value(Q("hint")).toString().contains(Q("--confirm local")), qPrintable(a.errors));
    QCOMPARE(journalHead().value(Q("phase")).toString(), QStringLiteral("refused"));
    VERIFY_CODE(pilot(tag + QStringList{Q("--confirm"), Q("lokal")}), 1);
    VERIFY_CODE(pilot(tag + QStringList{Q("--confirm"), Q("local")}), 0); // behind the verb, as every common option
    VERIFY_CODE(pilot(QStringList{Q("--confirm"), Q("local"), Q("promote"), Q("line"), Q("1"), Q("--to"), Q("shadowed"), Q("--comment"), Q("with its approval")}), 0);
    VERIFY_CODE(pilot({Q("registry"), Q("show"), Q("line")}), 0); // reading asks for nothing
    VERIFY_CODE(pilot({Q("connect"), Q("remove"), Q("local")}), 1);
    writeWorkspace(chain);
}

void TestEnvironmentVerbs::aReadOnlyConnectionIsNotWrittenTo() {
    writeWorkspace(chain, "read-only");
    const Answer a = pilot({Q("--confirm"), Q("local"), Q("registry"), Q("tag"), Q("line"), Q("1"), Q("closed"), Q("yes")});
    VERIFY_CODE(a, 1);
    QVERIFY2(a.object.value(Q("error")).toObject().value(Q("what")).toString().contains(Q("read-only")), qPrintable(a.errors));
    QCOMPARE(journalHead().value(Q("phase")).toString(), QStringLiteral("refused"));
    VERIFY_CODE(pilot({Q("train"), Q("line.yaml"), Q("--register"), Q("line"), Q("--out"), Q("out2")}), 1);
    VERIFY_CODE(pilot({Q("registry"), Q("copy"), Q("line"), Q("1"), Q("--to"), Q("elsewhere"), Q("--plan")}), 0); // a plan writes nothing
    writeWorkspace("", "wrong");
    const Answer slip = pilot({Q("environments")});
    VERIFY_CODE(slip, 2);
    QVERIFY2(slip.object.value(Q("error")).toObject().value(Q("where")).toString().contains(Q("pilothouse.yaml:2:")), qPrintable(slip.errors));
    writeWorkspace(chain);
    VERIFY_CODE(pilot({Q("journal"), Q("verify")}), 0);
}

QTEST_GUILESS_MAIN(TestEnvironmentVerbs)
#include "tst_environment_verbs.moc"
