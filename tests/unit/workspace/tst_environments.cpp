// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workspace/environment.h"

#include <QTest>

using namespace pilothouse;
using namespace pilothouse::workspace;

namespace {

const QByteArray head = // no raw string: moc of Qt 6.4 loses the class behind one with quotation marks
    "workspace: w\n"
    "connections:\n"
    "  local: {kind: local, root: /r}\n"
    "  mlflow: {kind: mlflow, url: \"http://127.0.0.1:5000\"}\n"
    "  jenkins: {kind: jenkins, url: \"http://127.0.0.1:8080\"}\n"
    "models:\n"
    "  t2m: {registry: {connection: local, name: weather-t2m}}\n"
    "  ws: {}\n"
    "environments:\n";

QString names(const std::vector<const Environment *> &chain) {
    QStringList out;
    for (const Environment *e : chain)
        out << e->name;
    return out.join(QLatin1Char('>'));
}

} // namespace

class TestEnvironments : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aChainInTheFilesOrder();
    void chainsByNext();
    void wrongTextsNameTheirPlace_data();
    void wrongTextsNameTheirPlace();
    void guardsAreWords_data();
    void guardsAreWords();
};

void TestEnvironments::aChainInTheFilesOrder() {
    const auto w = parseWorkspace(head + R"(  dev:
  staging: {name: "{model}-staging", approvals: 1, gates: [r2 >= 0.5, mae <= 2]}
  prod: {connection: mlflow, name: "{model}", alias: live, role: operator, approvals: 2, prevent_self_approval: true, connections: [jenkins]}
)", QStringLiteral("/w/pilothouse.yaml"));
    QVERIFY2(w, w ? "" : qPrintable(w.error().text() + w.error().raw));
    const auto chains = environmentChains(*w);
    QCOMPARE(chains.size(), 1u);
    QCOMPARE(names(chains[0]), QStringLiteral("dev>staging>prod"));
    const Environment &prod = *environmentNamed(*w, QStringLiteral("prod"));
    QCOMPARE(environmentBefore(*w, prod)->name, QStringLiteral("staging"));
    QVERIFY(!environmentBefore(*w, *chains[0][0]));
    QCOMPARE(*prod.role, Role::Operator);
    QCOMPARE(*prod.approvals, 2);
    QVERIFY(*prod.preventSelfApproval);
    QCOMPARE(prod.connections, QStringList{QStringLiteral("jenkins")});
    QCOMPARE(chains[0][1]->gates.size(), 2u);
    QCOMPARE(chains[0][1]->gates[1].text(), GateSpec({QStringLiteral("mae"), QStringLiteral("<="), 2}).text());
    QVERIFY(!chains[0][1]->role && !chains[0][0]->approvals);
    const Model &t2m = w->models[0];
    const RegistryPlace dev = placeIn(*chains[0][0], t2m), staging = placeIn(*chains[0][1], t2m), live = placeIn(prod, t2m);
    QCOMPARE(dev.connection + QLatin1Char('/') + dev.name + QLatin1Char('@') + dev.alias, QStringLiteral("local/weather-t2m@champion"));
    QCOMPARE(staging.connection + QLatin1Char('/') + staging.name, QStringLiteral("local/t2m-staging"));
    QCOMPARE(live.connection + QLatin1Char('/') + live.name + QLatin1Char('@') + live.alias, QStringLiteral("mlflow/t2m@live"));
    QCOMPARE(environmentOf(*w, {}, QStringLiteral("t2m-staging"))->name, QStringLiteral("staging"));
    QCOMPARE(environmentOf(*w, QStringLiteral("mlflow"), QStringLiteral("ws"))->name, QStringLiteral("prod"));
    QCOMPARE(environmentOf(*w, QStringLiteral("local"), QStringLiteral("ws"))->name, QStringLiteral("dev"));
    QVERIFY(!environmentOf(*w, QStringLiteral("mlflow"), QStringLiteral("weather-t2m")));
    QCOMPARE(modelRegisteredAs(*w, QStringLiteral("local"), QStringLiteral("t2m-staging"))->name, QStringLiteral("t2m"));
    QVERIFY(!modelRegisteredAs(*w, QStringLiteral("local"), QStringLiteral("other")));
}

void TestEnvironments::chainsByNext() {
    const auto w = parseWorkspace(head + R"(  live: {name: "{model}-live", models: [ws]}
  test: {next: live, models: [ws]}
  lab: {models: [t2m]}
)", QStringLiteral("/w/pilothouse.yaml"));
    QVERIFY2(w, w ? "" : qPrintable(w.error().text() + w.error().raw));
    QStringList all;
    for (const auto &chain : environmentChains(*w))
        all << names(chain);
    QCOMPARE(all, (QStringList{QStringLiteral("test>live"), QStringLiteral("lab")}));
    QVERIFY(!goesThrough(*environmentNamed(*w, QStringLiteral("lab")), w->models[1]));
}

void TestEnvironments::wrongTextsNameTheirPlace_data() {
    QTest::addColumn<QByteArray>("yaml");
    QTest::addColumn<QString>("message");
    const auto row = [](const char *name, const QByteArray &yaml, const char *message) { QTest::newRow(name) << QByteArray(head + yaml) << QString::fromUtf8(message); };
    row("an unknown key", "  dev: {aproval: 1}\n", "/w/pilothouse.yaml:10:9 Unknown key “aproval”");
    row("an unknown connection", "  dev: {connection: mflow}\n", ":10:21 Unknown connection “mflow”");
    row("a connection that is no registry", "  dev: {connection: jenkins}\n", ":10:21 The connection “jenkins” is of kind jenkins: it is no model registry.");
    row("an unknown next", "  dev: {next: prd}\n  prod: {name: \"{model}-p\"}\n", ":10:15 Unknown environment “prd”");
    row("an unknown model", "  dev: {models: [t3m]}\n", ":10:17 Unknown model “t3m”");
    row("an unknown role", "  dev: {role: boss}\n", ":10:15 Unknown role “boss”");
    row("a gate that is none", "  dev: {gates: [r2 about 1]}\n", ":10:17 A gate must read “metric >= number”");
    row("an unknown metric in a gate", "  dev: {gates: [rr2 >= 1]}\n", ":10:17 Unknown metric “rr2”");
    row("one name for all models", "  dev: {name: all}\n", ":10:3 2 models would all be registered as “all”.");
    row("the same place twice", "  dev: {}\n  prod: {}\n", ":11:3 Model t2m would be “weather-t2m” in both dev and prod.");
    row("a circle", "  a: {next: b}\n  b: {next: a, name: \"{model}-b\"}\n", "comes back to itself");
    row("two ways into one", "  a: {next: c}\n  b: {next: c, name: \"{model}-b\"}\n  c: {name: \"{model}-c\"}\n", "Two environments go on to “c”.");
    row("a connection of two", "  a: {connections: [jenkins]}\n  b: {connections: [jenkins], name: \"{model}-b\"}\n", ":11:3 The connection “jenkins” belongs to both a and b.");
    row("no approvals", "  a: {approvals: 0}\n", ":10:18");
}

void TestEnvironments::wrongTextsNameTheirPlace() {
    QFETCH(const QByteArray, yaml);
    QFETCH(const QString, message);
    const auto w = parseWorkspace(yaml, QStringLiteral("/w/pilothouse.yaml"));
    QVERIFY(!w);
    QCOMPARE(w.error().kind, ErrorKind::Invalid);
    const QString text = w.error().where + QLatin1Char(' ') + w.error().what;
    QVERIFY2(text.contains(message), qPrintable(text));
}

void TestEnvironments::guardsAreWords_data() {
    QTest::addColumn<QByteArray>("connection");
    QTest::addColumn<QString>("guard");
    QTest::newRow("left out") << QByteArrayLiteral("{kind: mlflow, url: \"http://127.0.0.1\"}") << QString();
    QTest::newRow("none") << QByteArrayLiteral("{kind: mlflow, url: \"http://127.0.0.1\", guard: none}") << QStringLiteral("none");
    QTest::newRow("read-only") << QByteArrayLiteral("{kind: mlflow, url: \"http://127.0.0.1\", guard: read-only}") << QStringLiteral("read-only");
    QTest::newRow("of a folder") << QByteArrayLiteral("{kind: local, root: /r, guard: typed-name}") << QStringLiteral("typed-name");
    QTest::newRow("a slip") << QByteArrayLiteral("{kind: mlflow, url: \"http://127.0.0.1\", guard: readonly}") << QStringLiteral("!/w/pilothouse.yaml:2:65 Unknown guard “readonly”");
    QTest::newRow("no word") << QByteArrayLiteral("{kind: local, root: /r, guard: [a]}") << QStringLiteral("!/w/pilothouse.yaml:2:");
}

void TestEnvironments::guardsAreWords() {
    QFETCH(const QByteArray, connection);
    QFETCH(const QString, guard);
    const auto w = parseWorkspace("workspace: w\nconnections: {c: " + connection + "}\n", QStringLiteral("/w/pilothouse.yaml"));
    if (!guard.startsWith(QLatin1Char('!'))) {
        QVERIFY2(w, w ? "" : qPrintable(w.error().text()));
        QCOMPARE(w->connections.value(QStringLiteral("c")).guard, guard);
        return;
    }
    QVERIFY(!w);
    const QString text = w.error().where + QLatin1Char(' ') + w.error().what;
    QVERIFY2(text.startsWith(guard.mid(1)), qPrintable(text));
}

QTEST_GUILESS_MAIN(TestEnvironments)
#include "tst_environments.moc"
