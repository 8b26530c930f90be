// SPDX-License-Identifier: GPL-3.0-or-later
// Trainings that wait for a registry that is away: who sends them and when, what is told, what is kept. That they arrive once, whatever breaks, is
// tests/unit/registry/tst_run_mirror.cpp; on a real server tests/scenarios/mirror_training.py.
#include "core/base/file.h"
#include "core/base/process_mark.h"
#include "core/fleet/interrupted.h"
#include "core/fleet/live_mirror.h"
#include "core/fleet/snapshot.h"
#include "tests/support/free_port.h"
#include "tests/support/tiny_package.h"

#include <QDir>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <unistd.h>

using namespace pilothouse;
using namespace pilothouse::fleet;
using registry::Mirror;
using registry::MirrorState;

namespace {
const QString team = QStringLiteral("team");
}

class TestMirrors : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() {
        m_folder = std::make_unique<QTemporaryDir>();
        const QByteArray url = "http://127.0.0.1:" + QByteArray::number(support::freePort()); // nobody listens there
        open("workspace: a\nrole: operator\nconnections:\n  local: {kind: local, root: state}\n  team: {kind: mlflow, url: '" + url +
             "'}\n  cluster: {kind: kubernetes}\nmodels:\n  t2m: {registry: {connection: team, name: weather-t2m}, recipe: t2m.yaml}\n"
             "  wind: {registry: {connection: local, name: wind}, recipe: wind.yaml}\n");
    }

    void theModelsRegistryIsChosen() {
        QCOMPARE(mirrorConnection(*m_services, QStringLiteral("weather-t2m"), {}), team);
        QCOMPARE(mirrorConnection(*m_services, QStringLiteral("wind"), {}), QString());
        QCOMPARE(mirrorConnection(*m_services, QStringLiteral("another"), {}), QString());
        QCOMPARE(mirrorConnection(*m_services, {}, m_folder->filePath(QStringLiteral("t2m.yaml"))), team);
        QCOMPARE(mirrorConnection(*m_services, {}, m_folder->filePath(QStringLiteral("wind.yaml"))), QString());
        QCOMPARE(mirrorConnection(*m_services, {}, {}), QString());
    }

    void onlyARegistryElsewhereTakesRuns() {
        const QString run = ended();
        for (const auto &[name, kind] : {std::pair{"local", ErrorKind::Refused}, {"cluster", ErrorKind::Refused}, {"nowhere", ErrorKind::NotFound}}) {
            const auto ordered = m_mirrors->order(run, QLatin1String(name));
            QVERIFY(!ordered);
            QCOMPARE(ordered.error().kind, kind);
        }
    }

    /// Tried, told, and not tried again before its time: each pause longer than the last, none beyond an hour.
    void whatIsAwayIsWaitedFor() {
        const Mirror mirror = *m_mirrors->order(ended(), team);
        QCOMPARE(m_mirrors->due()->size(), std::size_t(1));
        qint64 last = 0;
        for (int attempt = 1; attempt <= 10; ++attempt) {
            const auto after = m_mirrors->sync(mirror);
            QVERIFY2(after, after ? "" : qPrintable(after.error().text()));
            QVERIFY(after->waits());
            QCOMPARE(after->attempts, attempt);
            QCOMPARE(after->error.kind, ErrorKind::Unreachable);
            const qint64 pause = m_clock->nowUtc().secsTo(after->nextTry);
            QVERIFY2(pause >= std::min<qint64>(1800, 15ll << (attempt - 1)) && pause <= 3600, qPrintable(QString::number(pause)));
            QVERIFY(m_mirrors->due()->empty());
            last = pause;
            m_clock->advance(pause);
            QCOMPARE(m_mirrors->due()->size(), std::size_t(1));
        }
        QVERIFY(last >= 1800);
        QVERIFY(m_services->journal->entries()->empty()); // nothing was written anywhere
        m_clock->advance(-30 * 24 * 3600); // the clock was put back: a time far ahead does not hold it for a month
        QCOMPARE(m_mirrors->due()->size(), std::size_t(1));
    }

    void whatWaitsIsSaid() {
        QVERIFY(waitingTexts({}).isEmpty());
        for (int i = 0; i < 3; ++i)
            (void)m_mirrors->sync(*m_mirrors->order(ended(), team));
        QCOMPARE(waitingTexts(*m_mirrors->waiting()), QStringList{QStringLiteral("team is not reached: 3 trainings wait; they go there when it answers.")});
        const Snapshot snapshot = readSnapshot(*m_services);
        const auto item = std::find_if(snapshot.inbox.begin(), snapshot.inbox.end(), [](const InboxItem &i) { return i.id == QStringLiteral("mirror/team"); });
        QVERIFY(item != snapshot.inbox.end());
        QCOMPARE(item->action, QStringLiteral("registry.sync"));
        QVERIFY(item->sentence.contains(QStringLiteral("3 trainings")));
        std::vector<Mirror> refused = *m_mirrors->waiting();
        refused.resize(1);
        refused.front().error = Error{ErrorKind::Denied, QStringLiteral("No login."), {}, QStringLiteral("Log in."), {}};
        QCOMPARE(waitingTexts(refused), QStringList{QStringLiteral("1 training waits for team: No login. Log in.")});
    }

    void thePackageOutlivesItsFolder() {
        const QString run = ended(), package = m_folder->filePath(QStringLiteral("package"));
        const auto digest = test::writeTinyPackage(package, {});
        QVERIFY(digest);
        const auto ordered = m_mirrors->order(run, team, QStringLiteral("weather-t2m"), package);
        QVERIFY2(ordered, ordered ? "" : qPrintable(ordered.error().text()));
        QVERIFY(QDir(package).removeRecursively());
        const auto kept = artifact::openPackage(ordered->package);
        QVERIFY(kept);
        QCOMPARE(kept->digest, *digest);
        QVERIFY(ordered->package.startsWith(m_services->root + QStringLiteral("/spool/")));
        QCOMPARE(m_mirrors->order(run, team)->package, ordered->package); // a resumed training orders once more
    }

    void aRunThatIsTrainedIsLeftToItsTraining() {
        const QString run = begun();
        QVERIFY(m_services->registry->setRunTags(run, {{trainingTag::process, markOf(::getpid())->text()}}));
        const Mirror mirror = *m_mirrors->order(run, team);
        QVERIFY(m_mirrors->due()->empty());
        const auto sent = m_mirrors->sync(mirror);
        QVERIFY(!sent);
        QCOMPARE(sent.error().kind, ErrorKind::Conflict);
        QCOMPARE((*m_mirrors->store()->find(run, team))->attempts, 0);
    }

    /// A process that is gone cannot send the rest, and its end is when it was last heard of.
    void aRunWhoseProcessIsGoneIsSentAsKilled() {
        const QString run = begun();
        const QDateTime sign = QDateTime::fromMSecsSinceEpoch(1700000123456, Qt::UTC);
        QVERIFY(m_services->registry->logMetrics(run, {{QStringLiteral("loss"), 1, 0, sign}}));
        QVERIFY(m_services->registry->setRunTags(run, {{trainingTag::process, ProcessMark{::getpid(), QStringLiteral("another boot/1")}.text()}}));
        QVERIFY(m_mirrors->order(run, team));
        QCOMPARE(m_mirrors->due()->size(), std::size_t(1));
        const auto told = m_mirrors->settled(run);
        QVERIFY(told);
        QCOMPARE(told->status, registry::RunStatus::Killed);
        QCOMPARE(told->ended, sign);
        QVERIFY(!told->error.isEmpty());
    }

    void oneSendsAtATime() {
        const Mirror mirror = *m_mirrors->order(ended(), team);
        {
            const auto held = m_mirrors->lock(mirror);
            QVERIFY(held);
            const auto second = Mirrors(m_services).sync(mirror);
            QVERIFY(!second);
            QCOMPARE(second.error().kind, ErrorKind::Conflict);
            QVERIFY(!Mirrors(m_services).abandon(mirror));
        }
        QVERIFY(m_mirrors->sync(mirror));
    }

    void givenUpAndTakenUpAgain() {
        const Mirror mirror = *m_mirrors->order(ended(), team);
        QVERIFY(m_mirrors->abandon(mirror));
        QVERIFY(m_mirrors->waiting()->empty());
        QCOMPARE(m_mirrors->sync(mirror)->state, MirrorState::Abandoned); // a list that was read before does not send it
        QVERIFY(m_mirrors->restart(mirror));
        QCOMPARE(m_mirrors->waiting(team)->size(), std::size_t(1));
        QVERIFY(m_mirrors->waiting(QStringLiteral("other"))->empty());
        QStringList kinds;
        const auto entries = m_services->journal->entries();
        for (const auto &entry : *entries)
            kinds.prepend(entry.kind + QLatin1Char(' ') + entry.phase);
        QCOMPARE(kinds, (QStringList{QStringLiteral("abandon-mirror executing"), QStringLiteral("abandon-mirror done"), QStringLiteral("restart-mirror executing"), QStringLiteral("restart-mirror done")}));
    }

    void aViewerGivesNothingUp() {
        const Mirror mirror = *m_mirrors->order(ended(), team);
        const auto text = readFile(m_services->workspace.file);
        open(QByteArray(*text).replace("role: operator", "role: viewer"));
        const auto refused = m_mirrors->abandon(mirror);
        QVERIFY(!refused);
        QCOMPARE(refused.error().kind, ErrorKind::Refused);
        QCOMPARE(m_mirrors->waiting()->size(), std::size_t(1));
    }

    /// The training ends at once although the server is away; that it was away is told once.
    void aTrainingDoesNotWait() {
        const QString run = begun();
        QStringList told;
        LiveMirror live(m_mirrors, *m_mirrors->order(run, team), [&](const QString &text) { told << text; });
        QTRY_VERIFY((*m_mirrors->store()->find(run, team))->attempts > 0);
        QVERIFY(m_services->registry->finishRun(run, registry::RunStatus::Finished));
        const auto row = live.finish();
        QVERIFY(row);
        QVERIFY(row->waits());
        QCOMPARE(told, QStringList{QStringLiteral("team is not reached: 1 training waits; it goes there when it answers.")});
        QVERIFY(m_mirrors->sync(*row)); // it is not held any more
    }

    void pathsOfThisMachineStayHere() {
        registry::Run run;
        run.experiment = QStringLiteral("t2m");
        run.params = {{QStringLiteral("estimator"), QStringLiteral("ridge")}, {QStringLiteral("select"), QStringLiteral("mae")}, {QStringLiteral("long"), QString(7000, QLatin1Char('x'))}};
        run.tags = {{trainingTag::recipe, QStringLiteral("/home/ada/secret/t2m.yaml")}, {trainingTag::out, QStringLiteral("/home/ada/out")}, {QStringLiteral("artifact_folder"), QStringLiteral("/home/ada/a")},
                    {QStringLiteral("retrain_decision"), QStringLiteral("RETRAIN_ATTEMPTED")}, {QStringLiteral("recipe"), QStringLiteral("weather")}, {QStringLiteral("note"), QString(6000, QLatin1Char('y'))}};
        run.metrics = {{QStringLiteral("test_mae"), 0.5}};
        const registry::MirroredTexts texts = mirroredTexts(run);
        QVERIFY(!QStringList(texts.tags.values()).join(QLatin1Char(' ')).contains(QStringLiteral("/home/")));
        QCOMPARE(texts.tags.value(QStringLiteral("mlflow.source.name")), QStringLiteral("t2m.yaml"));
        QCOMPARE(texts.tags.value(QStringLiteral("note")).size(), qsizetype(5000));
        QCOMPARE(texts.params.value(QStringLiteral("long")).size(), qsizetype(6000));
        QCOMPARE(texts.versionTags, (QMap<QString, QString>{{QStringLiteral("recipe"), QStringLiteral("weather")}, {QStringLiteral("retrain_decision"), QStringLiteral("RETRAIN_ATTEMPTED")}}));
        QCOMPARE(texts.description, QStringLiteral("ridge by weather: mae 0.5 on the test rows"));
    }

private:
    void open(const QByteArray &workspace) {
        const QString file = m_folder->filePath(QStringLiteral("pilothouse.yaml"));
        QVERIFY(writeFileAtomically(file, workspace));
        ServiceOptions options;
        options.workspaceFile = file;
        options.secrets = secrets::memoryStore({});
        options.clock = m_clock = std::make_shared<FixedClock>(QDateTime::fromMSecsSinceEpoch(1700000000000, Qt::UTC));
        const auto opened = openServices(options);
        QVERIFY2(opened, opened ? "" : qPrintable(opened.error().text()));
        m_services = *opened;
        m_mirrors = std::make_shared<Mirrors>(m_services);
    }
    QString begun() { return *m_services->registry->createRun(QStringLiteral("weather-t2m"), QStringLiteral("tiny"), QStringLiteral("ada")); }
    QString ended() {
        const QString run = begun();
        (void)m_services->registry->finishRun(run, registry::RunStatus::Finished);
        return run;
    }
    std::unique_ptr<QTemporaryDir> m_folder;
    std::shared_ptr<FixedClock> m_clock;
    std::shared_ptr<Services> m_services;
    std::shared_ptr<Mirrors> m_mirrors;
};

QTEST_GUILESS_MAIN(TestMirrors)
#include "tst_mirrors.moc"
