// SPDX-License-Identifier: GPL-3.0-or-later
// `pilot watch`: what it begins by itself, that there is one of it, and the units that systemd runs it by. Needs no ../shared.
#include "core/base/file.h"
#include "tests/support/run_pilot.h"

#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

using namespace pilothouse;
using support::Answer;
using Q = QLatin1String;

class TestWatchVerb : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        if (!QFileInfo(support::pilotUnderTest()).isExecutable())
            QSKIP("PILOTHOUSE_PILOT names no program: build the target pilot first");
        qputenv("XDG_CONFIG_HOME", QFile::encodeName(m_folder.filePath(QStringLiteral("config"))));
        qputenv("PILOTHOUSE_SECRET_JOURNAL_KEY_WATCHED", "a key for this test");
        QVERIFY(writeFileAtomically(m_folder.filePath(QStringLiteral("t2m.yaml")), "recipe: t2m\ndata: {source: t2m.csv}\ntask: regression\ntarget: y\nestimators: [linear_regression]\n"));
        QVERIFY(writeFileAtomically(m_folder.filePath(QStringLiteral("pilothouse.yaml")),
                                    "workspace: watched\nconnections: {local: {kind: local, root: data}}\nmodels:\n  t2m: {recipe: t2m.yaml, pipeline: {schedule: {cron: \"0 2 * * *\", catch_up: yes}}}\n"));
    }
    void unitsThatSystemdTakes_data() {
        QTest::addColumn<QStringList>("options");
        QTest::newRow("a service") << QStringList();
        QTest::newRow("a timer") << QStringList{QStringLiteral("--timer"), QStringLiteral("5")};
        QTest::newRow("a service with figures") << QStringList{QStringLiteral("--metrics"), QStringLiteral("9464")};
    }
    void unitsThatSystemdTakes() {
        QFETCH(QStringList, options);
        const Answer answer = pilot(QStringList{QStringLiteral("watch"), QStringLiteral("--print-unit")} + options);
        QVERIFY2(answer.code == 0, qPrintable(answer.errors));
        const QString name = answer.object.value(Q("name")).toString();
        QCOMPARE(name, QStringLiteral("pilothouse-watch-watched"));
        const QByteArray service = answer.object.value(Q("service")).toString().toUtf8(), timer = answer.object.value(Q("timer")).toString().toUtf8();
        QVERIFY(service.contains(m_folder.filePath(QStringLiteral("pilothouse.yaml")).toUtf8()));
        QCOMPARE(service.contains("--once"), options.contains(QStringLiteral("--timer")));
        QCOMPARE(service.contains(" --metrics 9464 --address "), options.contains(QStringLiteral("--metrics")));
        QCOMPARE(timer.isEmpty(), !service.contains("--once"));
        QTemporaryDir units;
        const QString file = units.filePath(name + QStringLiteral(".service"));
        QVERIFY(writeFileAtomically(file, service));
        QStringList files{file};
        if (!timer.isEmpty()) {
            files << units.filePath(name + QStringLiteral(".timer"));
            QVERIFY(writeFileAtomically(files.back(), timer));
        }
        verify(files);
    }
    void unitsOfThePackage() {
        const QString folder = QStringLiteral(PILOTHOUSE_SOURCE_DIR "/packaging/systemd/");
        QTemporaryDir units;
        QStringList files;
        for (const char *name : {"pilothouse-watch@.service", "pilothouse-watch-once@.service", "pilothouse-watch-once@.timer"}) {
            auto text = readFile(folder + Q(name));
            QVERIFY(text);
            // an instance, and the program where it is here
            const QString file = units.filePath(QString(Q(name)).replace(QLatin1Char('@'), QStringLiteral("@srv-pilothouse.yaml")));
            QVERIFY(writeFileAtomically(file, text->replace("ExecStart=pilot ", "ExecStart=" + support::pilotUnderTest().toUtf8() + ' ')));
            files << file;
        }
        verify(files);
    }
    void itIsInstalledAndRemoved() {
        const QString file = m_folder.filePath(QStringLiteral("config/systemd/user/pilothouse-watch-watched"));
        QCOMPARE(pilot({QStringLiteral("watch"), QStringLiteral("--install"), QStringLiteral("--timer"), QStringLiteral("5"), QStringLiteral("--plan")}).code, 0);
        QVERIFY(!QFileInfo::exists(file + QStringLiteral(".service")));
        Answer done = pilot({QStringLiteral("watch"), QStringLiteral("--install"), QStringLiteral("--timer"), QStringLiteral("5")});
        QVERIFY2(done.code == 0, qPrintable(done.errors));
        QVERIFY(QFileInfo::exists(file + QStringLiteral(".service")));
        QVERIFY(QFileInfo::exists(file + QStringLiteral(".timer")));
        QCOMPARE(pilot({QStringLiteral("watch"), QStringLiteral("--install")}).code, 0); // the service in place of the timer
        QVERIFY(!QFileInfo::exists(file + QStringLiteral(".timer")));
        QCOMPARE(pilot({QStringLiteral("watch"), QStringLiteral("--install"), QStringLiteral("--metrics"), QStringLiteral("0")}).code, 2); // Prometheus must know it
        QCOMPARE(pilot({QStringLiteral("watch"), QStringLiteral("--install"), QStringLiteral("--timer"), QStringLiteral("5"), QStringLiteral("--metrics"), QStringLiteral("9464")}).code, 2);
        QCOMPARE(pilot({QStringLiteral("watch"), QStringLiteral("--uninstall")}).code, 0);
        QVERIFY(!QFileInfo::exists(file + QStringLiteral(".service")));
    }
    void whatIsDueBegins() {
        QVERIFY(pilot({QStringLiteral("watch"), QStringLiteral("--once")}).object.value(Q("news")).toArray().isEmpty()); // first seen
        // three days ago
        const QString state = m_folder.filePath(QStringLiteral("data/pipelines/schedules.json"));
        QVERIFY(writeFileAtomically(state, "{\"t2m\":{\"on\":true,\"when\":\"0 2 * * *\",\"since\":\"" + QDateTime::currentDateTimeUtc().addDays(-3).toString(Qt::ISODateWithMs).toUtf8() + "\",\"fire\":\"\"}}"));
        const Answer once = pilot({QStringLiteral("watch"), QStringLiteral("--once")});
        QCOMPARE(once.object.value(Q("news")).toArray().size(), 1);
        QVERIFY(once.object.value(Q("news")).toArray().first().toObject().value(Q("acted")).toBool());
        const QJsonArray runs = pilot({QStringLiteral("pipelines"), QStringLiteral("runs")}).object.value(Q("runs")).toArray();
        QCOMPARE(runs.size(), 1);
        QVERIFY(runs.first().toObject().value(Q("reason")).toString().startsWith(Q("schedule 0 2 * * *")));
        QVERIFY(pilot({QStringLiteral("watch"), QStringLiteral("--once")}).object.value(Q("news")).toArray().isEmpty());
        const QJsonArray schedules = pilot({QStringLiteral("pipelines"), QStringLiteral("schedules")}).object.value(Q("schedules")).toArray();
        QCOMPARE(schedules.size(), 1);
        QVERIFY(!schedules.first().toObject().value(Q("next")).toString().isEmpty());
        QCOMPARE(pilot({QStringLiteral("pipelines"), QStringLiteral("schedule"), QStringLiteral("off"), QStringLiteral("t2m")}).code, 0);
        QVERIFY(!pilot({QStringLiteral("pipelines"), QStringLiteral("schedules")}).object.value(Q("schedules")).toArray().first().toObject().value(Q("on")).toBool());
    }
    void thereIsOneAndItEndsOnASignal() {
        QProcess first;
        first.setWorkingDirectory(m_folder.path());
        first.start(support::pilotUnderTest(), {QStringLiteral("watch"), QStringLiteral("--events"), QStringLiteral("--workspace"), m_folder.filePath(QStringLiteral("pilothouse.yaml"))});
        QByteArray said;
        QTRY_VERIFY_WITH_TIMEOUT((said += first.readAllStandardOutput()).contains("ready"), 30000);
        const Answer second = pilot({QStringLiteral("watch"), QStringLiteral("--once")});
        QVERIFY(second.code != 0);
        QVERIFY2(second.error().value(Q("what")).toString().contains(Q("Another pilot watch")) || second.errors.contains(Q("Another pilot watch")), qPrintable(second.errors));
        ::kill(pid_t(first.processId()), SIGTERM);
        QVERIFY(first.waitForFinished(30000));
        QCOMPARE(first.exitCode(), 143);
    }

private:
    Answer pilot(const QStringList &arguments) const { return support::runPilot(m_folder.path(), arguments, QStringLiteral("watched")); }
    void verify(const QStringList &files) {
        const QString program = QStandardPaths::findExecutable(QStringLiteral("systemd-analyze"));
        if (program.isEmpty())
            QSKIP("systemd-analyze is not here");
        const QTemporaryDir runtime;
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("XDG_RUNTIME_DIR"), runtime.path());
        process.setProcessEnvironment(environment);
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start(program, QStringList{QStringLiteral("verify"), QStringLiteral("--user"), QStringLiteral("--man=no")} + files);
        QVERIFY(process.waitForFinished(60000));
        const QByteArray said = process.readAll();
        if (said.contains("Failed to initialize manager"))
            QSKIP("systemd-analyze cannot work here");
        QVERIFY2(process.exitCode() == 0 && !said.contains("pilothouse-watch"), said.constData()); // what it ignores is a line with the file's name
    }
    QTemporaryDir m_folder;
};

QTEST_GUILESS_MAIN(TestWatchVerb)
#include "tst_watch_verb.moc"
