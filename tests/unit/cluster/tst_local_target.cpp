// SPDX-License-Identifier: GPL-3.0-or-later
// The rollout target of local serving against a real server of this process; starting one is tried with programs that fail.
#include "tests/unit/serving/serving_fixture.h"

#include "core/cluster/local_target.h"
#include "core/serving/server_folder.h"

#include <QtTest>

#include <sys/stat.h>

using namespace pilothouse;
using namespace pilothouse::serving::testing;
using cluster::RolloutPhase;
using Q = QLatin1String;

class TestLocalTarget : public QObject {
    Q_OBJECT
    std::unique_ptr<QTemporaryDir> m_root;
    std::unique_ptr<Served> m_served;
    std::optional<FileLock> m_lock;
    cluster::LocalTargetOptions m_options;
    std::shared_ptr<cluster::RolloutTarget> m_target;

    QString folder() const { return m_root->filePath(QStringLiteral("serving/t2m")); }

    void startServer() {
        m_lock = serving::lockServerFolder(folder()).value();
        m_served->options.folder = folder();
        m_served->options.adminToken = serving::secretOfFile(folder() + QStringLiteral("/admin.token"))->toStdString();
        m_served->options.apiKey = serving::secretOfFile(folder() + QStringLiteral("/api.key"))->toStdString();
        QVERIFY(m_served->start(false));
        serving::ServerFile file;
        file.url = m_served->server->url();
        file.pid = QCoreApplication::applicationPid();
        file.adminTokenFile = folder() + QStringLiteral("/admin.token");
        file.apiKeyFile = folder() + QStringLiteral("/api.key");
        QVERIFY(serving::writeServerFile(folder(), file));
    }
    void stopServer() {
        m_served->server.reset();
        m_lock.reset();
    }
    static cluster::Revision version(int number) {
        cluster::Revision r;
        r.model = QStringLiteral("t2m");
        r.version = number;
        r.digest = QStringLiteral("digest-%1").arg(number);
        r.by = QStringLiteral("ann");
        return r;
    }

private Q_SLOTS:
    void init() {
        m_root = std::make_unique<QTemporaryDir>();
        m_served = std::make_unique<Served>();
        m_options = {};
        m_options.root = m_root->path();
        m_options.model.name = QStringLiteral("t2m");
        m_options.model.deployment.target = QStringLiteral("serving/t2m");
        m_options.http = std::make_shared<net::HttpClient>();
        m_options.program = QStringLiteral("/nonexistent/pilot");
        m_options.startLimitSeconds = 5;
        m_target = cluster::localTarget(m_options).value();
    }
    void cleanup() {
        stopServer();
        m_served.reset();
    }

    void nothingServedYetIsNoError() {
        const auto status = m_target->status();
        QVERIFY(status);
        QCOMPARE(status->phase, RolloutPhase::None);
        QVERIFY(!status->stable);
        QVERIFY(m_target->history()->empty());
        QVERIFY(!serving::runningServer(folder())->has_value());
    }

    void aWriteOnNothingSaysSoAndStartsNoServer() {
        const std::vector<Result<void>> all{m_target->pause(), m_target->resume(), m_target->promote(true), m_target->abort({}), m_target->undo(0), m_target->withdraw({})};
        for (const Result<void> &done : all) {
            QVERIFY(!done);
            QCOMPARE(done.error().kind, ErrorKind::Conflict);
        }
        QVERIFY(!QFileInfo::exists(folder()));
    }

    void theServersOwnWordsArrive() {
        startServer();
        QVERIFY(m_target->start(version(1), QStringLiteral("v1"), {100}, {}));
        const auto refused = m_target->pause();
        QVERIFY(!refused);
        QCOMPARE(refused.error().kind, ErrorKind::Conflict);
        QCOMPARE(refused.error().what, QStringLiteral("There is no rollout to pause on serving/t2m."));
        const auto missing = m_target->start(version(2), QStringLiteral("nowhere"), {100}, {});
        QVERIFY(!missing);
        QCOMPARE(missing.error().kind, ErrorKind::NotFound);
    }

    void aRolloutGoesThroughTheTarget() {
        startServer();
        QVERIFY(m_target->start(version(1), QStringLiteral("v1"), {10, 50, 100}, QStringLiteral("p-1")));
        QVERIFY(m_target->start(version(2), QStringLiteral("v2"), {10, 50, 100}, QStringLiteral("p-2")));
        auto status = m_target->status();
        QVERIFY(status);
        QCOMPARE(status->phase, RolloutPhase::Progressing);
        QCOMPARE(status->stable->version, 1);
        QCOMPARE(status->canary->version, 2);
        QCOMPARE(status->canary->by, QStringLiteral("ann"));
        QCOMPARE(status->operation, QStringLiteral("p-2"));
        QCOMPARE(status->wantedCanaryShare, 0.1);
        QCOMPARE(status->steps.size(), std::size_t(3));
        QCOMPARE(status->steps[0].state, QStringLiteral("current"));
        QCOMPARE(status->url, m_served->server->url());
        QVERIFY(m_target->pause());
        QCOMPARE(m_target->status()->phase, RolloutPhase::Paused);
        QVERIFY(m_target->resume());
        QVERIFY(m_target->promote(false));
        QCOMPARE(m_target->status()->currentStep, 1);
        QVERIFY(m_target->promote(true));
        QCOMPARE(m_target->status()->stable->version, 2);
        const auto again = m_target->promote(true);
        QVERIFY(!again);
        QCOMPARE(again.error().kind, ErrorKind::Conflict);
        QVERIFY(m_target->undo(1));
        QCOMPARE(m_target->status()->stable->version, 1);
        const auto history = m_target->history();
        QVERIFY(history);
        QCOMPARE(history->size(), std::size_t(2));
        QCOMPARE(history->front().version, 2);
        QCOMPARE(history->front().outcome, QStringLiteral("undone"));
        QVERIFY(history->front().reason.contains(QStringLiteral("revision 1")));
    }

    void anAbortGivesItsReason() {
        startServer();
        QVERIFY(m_target->start(version(1), QStringLiteral("v1"), {100}, {}));
        QVERIFY(m_target->start(version(2), QStringLiteral("v2"), {50, 100}, {}));
        QVERIFY(m_target->abort(QStringLiteral("too slow")));
        const auto status = m_target->status();
        QCOMPARE(status->phase, RolloutPhase::Aborted);
        QCOMPARE(status->verdict, QStringLiteral("too slow"));
        QCOMPARE(status->canary->version, 2);
        QCOMPARE(status->steps[0].state, QStringLiteral("aborted"));
    }

    void aStoppedServerIsUnreachableWithItsLastState() {
        startServer();
        QVERIFY(m_target->start(version(1), QStringLiteral("v1"), {100}, {}));
        QVERIFY(m_target->start(version(2), QStringLiteral("v2"), {50, 100}, QStringLiteral("p-2")));
        stopServer();
        const auto status = m_target->status();
        QVERIFY(status);
        QCOMPARE(status->phase, RolloutPhase::Unreachable);
        QCOMPARE(status->stable->version, 1);
        QCOMPARE(status->canary->version, 2);
        QCOMPARE(status->operation, QStringLiteral("p-2"));
        QVERIFY(status->url.isEmpty());
        QCOMPARE(m_target->history()->size(), std::size_t(2));
        startServer(); // and it goes on
        QCOMPARE(m_target->status()->phase, RolloutPhase::Progressing);
    }

    void onlyWhatGoesOnIsInProgress() {
        startServer();
        QVERIFY(m_target->start(version(1), QStringLiteral("v1"), {100}, {}));
        QVERIFY(!cluster::inProgress(*m_target->status()));
        QVERIFY(m_target->start(version(2), QStringLiteral("v2"), {50, 100}, {}));
        QVERIFY(cluster::inProgress(*m_target->status()));
        QVERIFY(m_target->pause());
        QVERIFY(cluster::inProgress(*m_target->status()));
        stopServer();
        QVERIFY2(cluster::inProgress(*m_target->status()), "it goes on with its canary when it comes back");
        startServer();
        QVERIFY(m_target->abort(QStringLiteral("worse")));
        QVERIFY(!cluster::inProgress(*m_target->status()));
        stopServer();
        QVERIFY2(!cluster::inProgress(*m_target->status()), "aborted, then stopped, is not in progress");
    }

    void aFirstVersionIsTakenOutOfService() {
        startServer();
        QVERIFY(m_target->start(version(1), QStringLiteral("v1"), {100}, {}));
        QVERIFY(m_target->start(version(2), QStringLiteral("v2"), {50, 100}, {}));
        const auto moving = m_target->withdraw(QStringLiteral("undone"));
        QVERIFY(!moving);
        QCOMPARE(moving.error().kind, ErrorKind::Conflict);
        QVERIFY(m_target->abort({}));
        QVERIFY(m_target->withdraw(QStringLiteral("undone")));
        QCOMPARE(m_target->status()->phase, RolloutPhase::None);
        QVERIFY(!m_target->status()->stable);
        QCOMPARE(m_target->history()->back().outcome, QStringLiteral("undone"));
        QVERIFY(m_target->withdraw(QStringLiteral("again"))); // is fine
        stopServer();
        startServer(); // it stays so
        QCOMPARE(m_target->status()->phase, RolloutPhase::None);
        QVERIFY(m_target->start(version(2), QStringLiteral("v2"), {50, 100}, {})); // a first version again: all traffic
        QCOMPARE(m_target->status()->phase, RolloutPhase::Stable);
        QCOMPARE(m_target->status()->stable->version, 2);
    }

    void aServerThatDoesNotStartTellsItsLastWords() {
        const QString script = m_root->filePath(QStringLiteral("pilot"));
        QFile file(script);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("#!/bin/sh\necho \"pilot: the package of version 3 is damaged\" >&2\nexit 2\n");
        file.close();
        QCOMPARE(::chmod(script.toLocal8Bit().constData(), 0700), 0);
        m_options.program = script;
        const auto started = cluster::localTarget(m_options).value()->start(version(1), QStringLiteral("v1"), {100}, {});
        QVERIFY(!started);
        QCOMPARE(started.error().kind, ErrorKind::Unreachable);
        QVERIFY2(started.error().raw.contains(QStringLiteral("version 3 is damaged")), qPrintable(started.error().raw));
        QVERIFY(started.error().where.endsWith(QStringLiteral("serve.log")));
    }

    void aSecondServerOnOneFolderIsRefused() {
        startServer();
        const auto second = serving::lockServerFolder(folder());
        QVERIFY(!second);
        QCOMPARE(second.error().kind, ErrorKind::Conflict);
        QVERIFY(second.error().what.contains(m_served->server->url()));
    }

    void secretsAreTheOwnersAlone() {
        startServer();
        struct stat about {};
        for (const char *name : {"/admin.token", "/api.key"}) {
            QCOMPARE(::stat((folder() + Q(name)).toLocal8Bit().constData(), &about), 0);
            QCOMPARE(int(about.st_mode & 0777), 0600);
        }
        const auto running = serving::runningServer(folder());
        QVERIFY(running);
        QCOMPARE((*running)->apiKey.toStdString(), m_served->options.apiKey);
        QCOMPARE(::chmod((folder() + QStringLiteral("/api.key")).toLocal8Bit().constData(), 0644), 0);
        const auto open = serving::runningServer(folder());
        QVERIFY(!open);
        QCOMPARE(open.error().kind, ErrorKind::Denied);
    }

    void aTargetThatLeadsElsewhereIsRefused_data() {
        QTest::addColumn<QString>("target");
        QTest::newRow("up") << "serving/../../etc";
        QTest::newRow("absolute") << "/etc";
        QTest::newRow("no name") << "serving/";
        QTest::newRow("not below serving") << "t2m";
        QTest::newRow("empty") << "";
    }
    void aTargetThatLeadsElsewhereIsRefused() {
        QFETCH(QString, target);
        m_options.model.deployment.target = target;
        const auto made = cluster::localTarget(m_options);
        QVERIFY(!made);
        QCOMPARE(made.error().kind, ErrorKind::Invalid);
    }

    void aStatusSurvivesItsJson() {
        startServer();
        QVERIFY(m_target->start(version(1), QStringLiteral("v1"), {100}, {}));
        QVERIFY(m_target->start(version(2), QStringLiteral("v2"), {50, 100}, QStringLiteral("p-2")));
        const QJsonObject json = cluster::toJson(*m_target->status());
        const auto read = cluster::rolloutStatusFromJson(json, QStringLiteral("test"));
        QVERIFY2(read, read ? "" : qPrintable(read.error().text()));
        QCOMPARE(cluster::toJson(*read), json);
    }
};

QTEST_GUILESS_MAIN(TestLocalTarget)
#include "tst_local_target.moc"
