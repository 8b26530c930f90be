// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/file.h"
#include "core/demo/demo_workspace.h"
#include "core/workspace/workspace.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::demo;

class tst_DemoWorkspace : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void whatIsWrittenIsAWorkspaceWithThreeModels() {
        QTemporaryDir dir;
        const QString folder = dir.filePath(QStringLiteral("new/demo"));
        const auto file = openDemoWorkspace(folder);
        QVERIFY2(file, file ? "" : qPrintable(file.error().text()));
        QVERIFY(isDemoWorkspace(folder));
        const auto w = workspace::readWorkspace(*file);
        QVERIFY2(w, w ? "" : qPrintable(w.error().text()));
        QStringList names;
        for (const auto &model : w->models) {
            names << model.name;
            QCOMPARE(model.promotion.approvals, 1);
            QVERIFY(!model.promotion.preventSelfApproval);
            QCOMPARE(model.deployment.steps, (std::vector<int>{10, 50, 100}));
            const auto recipe = workspace::readRecipe(model.recipe);
            QVERIFY2(recipe, recipe ? "" : qPrintable(recipe.error().text()));
            QCOMPARE(recipe->task, workspace::TaskKind::Forecast);
            QCOMPARE(recipe->target, model.name);
            QCOMPARE(recipe->forecast->window, 24);
            QCOMPARE(recipe->forecast->horizon, 1);
            QVERIFY(QFile::exists(recipe->data.source));
        }
        QCOMPARE(names, (QStringList{QStringLiteral("t2m"), QStringLiteral("rh2m"), QStringLiteral("ws2m")}));
        QCOMPARE(w->role, workspace::Role::Approver);
        const auto root = w->localRoot(QStringLiteral("local"));
        QVERIFY(root);
        QCOMPARE(*root, folder + QStringLiteral("/state")); // all of it in one folder
        const auto networks = workspace::readRecipe(folder + QStringLiteral("/recipes/ws2m-networks.yaml"));
        QVERIFY2(networks, networks ? "" : qPrintable(networks.error().text()));
        QCOMPARE(networks->estimators.size(), std::size_t(2));
    }

    void theHistoryIsTheDocumentedSeries() {
        QTemporaryDir dir;
        QVERIFY(writeDemoWorkspace(dir.path()));
        QCOMPARE(readFile(dir.filePath(QStringLiteral("data/weather.csv"))).value(), weatherCsv(weatherSeries(historyHours, {demoSeed, {}})));
    }

    void aSecondOpeningChangesNothingAndASecondWritingIsRefused() {
        QTemporaryDir dir;
        QVERIFY(openDemoWorkspace(dir.path()));
        const QString file = dir.filePath(QStringLiteral("pilothouse.yaml"));
        QVERIFY(writeFileAtomically(file, "# mine\n" + readFile(file).value()));
        QVERIFY(openDemoWorkspace(dir.path()));
        QVERIFY(readFile(file)->startsWith("# mine\n"));
        const auto again = writeDemoWorkspace(dir.path());
        QVERIFY(!again);
        QCOMPARE(again.error().kind, ErrorKind::Conflict);
    }

    void anInterruptedWritingIsDoneAgain() {
        QTemporaryDir dir;
        QVERIFY(writeDemoWorkspace(dir.path()));
        QVERIFY(QFile::remove(dir.filePath(QStringLiteral("pilothouse.yaml")))); // it is written last
        QVERIFY(!isDemoWorkspace(dir.path()));
        QVERIFY(openDemoWorkspace(dir.path()));
        QVERIFY(isDemoWorkspace(dir.path()));
    }

    void theStationGoesOnWithTheSameRows() {
        QTemporaryDir dir;
        QVERIFY(writeDemoWorkspace(dir.path()));
        const QString csv = dir.filePath(QStringLiteral("data/weather.csv"));
        const QByteArray before = readFile(csv).value();
        StationState state = readStation(dir.path()).value();
        QCOMPARE(state.rows, historyHours);
        QVERIFY(!state.driftFrom);
        state.rows += 50;
        state.driftFrom = historyHours + 20;
        QVERIFY(writeStation(dir.path(), state));
        const QByteArray after = readFile(csv).value();
        QVERIFY(after.startsWith(before));
        QCOMPARE(after.count('\n'), before.count('\n') + 50);
        const StationState read = readStation(dir.path()).value();
        QCOMPARE(read.rows, historyHours + 50);
        QCOMPARE(read.driftFrom, std::optional<std::size_t>(historyHours + 20));
    }

    void aBrokenStationIsNamed_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("no JSON") << QByteArray("{\"rows\": ");
        QTest::newRow("no rows") << QByteArray("{\"seed\": 7}");
        QTest::newRow("an impossible number of rows") << QByteArray("{\"seed\": 7, \"rows\": 1e15}");
        QTest::newRow("a negative number of rows") << QByteArray("{\"seed\": 7, \"rows\": -1}");
    }
    void aBrokenStationIsNamed() {
        QFETCH(QByteArray, text);
        QTemporaryDir dir;
        const QString file = dir.filePath(QStringLiteral("data/replay.json"));
        QVERIFY(writeFileAtomically(file, text));
        const auto state = readStation(dir.path());
        QVERIFY(!state);
        QCOMPARE(state.error().kind, ErrorKind::Invalid);
        QVERIFY(state.error().where.startsWith(file));
    }
};

QTEST_GUILESS_MAIN(tst_DemoWorkspace)
#include "tst_demo_workspace.moc"
