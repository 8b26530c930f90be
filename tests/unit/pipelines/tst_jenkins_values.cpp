// SPDX-License-Identifier: GPL-3.0-or-later
// What Jenkins says, in our words; times of its cron. Figures of its hash: hudson.scheduler.Hash and java.util.Random.
#include "core/pipelines/jenkins_api.h"
#include "core/pipelines/jenkins_cron.h"
#include "core/pipelines/jenkins_values.h"

#include <QJsonDocument>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::pipelines;

namespace {

QJsonArray list(const char *json) { return QJsonDocument::fromJson(json).array(); }
QDateTime at(const char *text) { return QDateTime::fromString(QLatin1String(text), Qt::ISODate).toUTC(); }

QString graph(const std::vector<Stage> &stages) {
    QStringList all;
    for (const Stage &stage : stages)
        all += stage.name + QLatin1Char('<') + stage.after.join(QLatin1Char(','));
    return all.join(QLatin1Char(' '));
}

} // namespace

class TestJenkinsValues : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void namesAndPaths() {
        QCOMPARE(JenkinsApi::jobPath(QStringLiteral("weather/my app/feature%2Fx")), QStringLiteral("/job/weather/job/my%20app/job/feature%252Fx"));
        QCOMPARE(JenkinsApi::jobName(QStringLiteral("http://elsewhere:8080/jenkins/job/weather/job/my%20app/job/feature%252Fx/")), QStringLiteral("weather/my app/feature%2Fx"));
        QCOMPARE(JenkinsApi::jobName(QStringLiteral("http://elsewhere/queue/item/3/")), QString());
        const auto build = JenkinsId::parse(QStringLiteral("a/b#42")), item = JenkinsId::parse(QStringLiteral("a/b?queue=17"));
        QCOMPARE(build->number, 42);
        QCOMPARE(item->queue, 17);
        QCOMPARE(JenkinsId::ofBuild(QStringLiteral("app/feature%2Fx"), 3), QStringLiteral("app/feature%2Fx#3"));
        QVERIFY(!JenkinsId::parse(QStringLiteral("a/b")) && !JenkinsId::parse(QStringLiteral("#4")) && !JenkinsId::parse(QStringLiteral("a#x")));
    }
    void aLoginPageIsAPage_data() {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<bool>("page");
        QTest::newRow("Jenkins' own") << QByteArray("<!DOCTYPE html><html><body><form action=\"j_spring_security_check\"></form></body></html>") << true;
        QTest::newRow("behind a comment") << QByteArray("\n<!-- proxy -->\n<html><body><input type=\"password\"></body></html>") << true;
        QTest::newRow("with a declaration") << QByteArray("<?xml version=\"1.0\"?><html><body>Authentication required</body></html>") << true;
        QTest::newRow("a log that prints one") << QByteArray("Started by user ada\n+ curl http://localhost\n<html><form action=\"j_spring_security_check\"></form></html>\n") << false;
        QTest::newRow("a description in JSON") << QByteArray("{\"description\":\"<html><input type=\\\"password\\\"></html>\"}") << false;
        QTest::newRow("a page of another kind") << QByteArray("<html><body>Build history</body></html>") << false;
    }
    void aLoginPageIsAPage() {
        QFETCH(QByteArray, body);
        QFETCH(bool, page);
        QCOMPARE(JenkinsApi::isLoginPage(body), page);
    }
    void aBuildIsRead() {
        const QJsonObject build = QJsonDocument::fromJson(
            "{\"number\":42,\"displayName\":\"#42\",\"result\":\"UNSTABLE\",\"building\":false,\"timestamp\":1763000000000,\"duration\":61500,"
            "\"actions\":[{\"_class\":\"hudson.model.CauseAction\",\"causes\":[{\"_class\":\"hudson.model.Cause$UserIdCause\",\"shortDescription\":\"Started by user Ada\",\"userId\":\"ada\",\"userName\":\"Ada\"}]},"
            "{\"_class\":\"hudson.model.ParametersAction\",\"parameters\":[{\"_class\":\"hudson.model.StringParameterValue\",\"name\":\"frontend_tag\",\"value\":\"v34\"},"
            "{\"_class\":\"hudson.model.PasswordParameterValue\",\"name\":\"KEY\"}]},{},"
            "{\"lastBuiltRevision\":{\"SHA1\":\"0123456789abcdef0123456789abcdef01234567\",\"branch\":[{\"SHA1\":\"01\",\"name\":\"refs/remotes/origin/main\"}]},\"remoteUrls\":[\"https://bot:word@git.example/team/app.git\"]},"
            "{\"_class\":\"hudson.tasks.junit.TestResultAction\",\"failCount\":1,\"skipCount\":2,\"totalCount\":20,\"urlName\":\"testReport\"}]}").object();
        const PipelineRun run = runOfBuild(build, QStringLiteral("weather/app"));
        QCOMPARE(run.id, QStringLiteral("weather/app#42"));
        QCOMPARE(int(run.state), int(State::Warned));
        QCOMPARE(run.systemState, QStringLiteral("UNSTABLE"));
        QCOMPARE(run.startedBy, QStringLiteral("ada"));
        QCOMPARE(run.reason, QStringLiteral("Started by user Ada"));
        QCOMPARE(run.started.msecsTo(run.ended), 61500);
        QCOMPARE(run.parameters, (QJsonObject{{QStringLiteral("frontend_tag"), QStringLiteral("v34")}}));
        QCOMPARE(run.commit.left(7), QStringLiteral("0123456"));
        QCOMPARE(run.branch, QStringLiteral("main"));
        QCOMPARE(run.repository, QStringLiteral("https://git.example/team/app.git"));
        QCOMPARE(run.tests->passed, 17);
        QCOMPARE(run.tests->failed, 1);
    }
    void anUnknownWordIsNeverPassed() {
        QCOMPARE(int(stateOfBuild(false, QStringLiteral("GLORIOUS"))), int(State::Unknown));
        QCOMPARE(int(stateOfBuild(true, QString())), int(State::Running));
        QCOMPARE(int(stateOfStage(QStringLiteral("NOT_EXECUTED"))), int(State::Skipped));
        QCOMPARE(int(stateOfStage(QStringLiteral("not_built"))), int(State::Skipped));
        QCOMPARE(int(stateOfStage(QStringLiteral("finished"))), int(State::Unknown));
    }
    void parametersOfJobsAndInputs() {
        const Parameter choice = parameterOf(QJsonDocument::fromJson("{\"name\":\"ENV\",\"type\":\"ChoiceParameterDefinition\",\"choices\":[\"staging\",\"production\"],\"defaultParameterValue\":{\"value\":\"staging\"}}").object());
        QCOMPARE(int(choice.kind), int(Parameter::Kind::Choice));
        QCOMPARE(choice.value.toString(), QStringLiteral("staging"));
        const Parameter flag = parameterOf(QJsonDocument::fromJson("{\"name\":\"DRY\",\"type\":\"BooleanParameterDefinition\",\"definition\":{\"defaultVal\":true}}").object());
        QCOMPARE(int(flag.kind), int(Parameter::Kind::Boolean));
        QCOMPARE(flag.value.toBool(), true);
        const Parameter secret = parameterOf(QJsonDocument::fromJson("{\"name\":\"KEY\",\"type\":\"PasswordParameterDefinition\",\"definition\":{\"defaultVal\":\"hunter22\"}}").object());
        QCOMPARE(int(secret.kind), int(Parameter::Kind::Secret));
        QVERIFY(secret.value.isUndefined());
    }
    void stagesThatRanBesideEachOtherFollowTheSameOne() {
        const std::vector<Stage> stages = stagesOfDescription(list("[{\"id\":\"5\",\"name\":\"Checkout\",\"status\":\"SUCCESS\",\"startTimeMillis\":1000,\"durationMillis\":1000},"
                                                                   "{\"id\":\"9\",\"name\":\"t2m\",\"status\":\"SUCCESS\",\"startTimeMillis\":2000,\"durationMillis\":5000},"
                                                                   "{\"id\":\"10\",\"name\":\"rh2m\",\"status\":\"FAILED\",\"startTimeMillis\":2010,\"durationMillis\":3000},"
                                                                   "{\"id\":\"20\",\"name\":\"Deploy\",\"status\":\"NOT_EXECUTED\",\"startTimeMillis\":7001,\"durationMillis\":0}]"));
        QCOMPARE(graph(stages), QStringLiteral("Checkout< t2m<5 rh2m<5 Deploy<9,10"));
        QVERIFY(!stages[3].started.isValid());
    }
    void aBranchOfTwoStages() {
        const std::vector<Stage> stages = stagesOfDescription(list("[{\"id\":\"1\",\"name\":\"A1\",\"status\":\"SUCCESS\",\"startTimeMillis\":1000,\"durationMillis\":1000},"
                                                                   "{\"id\":\"2\",\"name\":\"B\",\"status\":\"IN_PROGRESS\",\"startTimeMillis\":1005,\"durationMillis\":5000},"
                                                                   "{\"id\":\"3\",\"name\":\"A2\",\"status\":\"IN_PROGRESS\",\"startTimeMillis\":2001,\"durationMillis\":10}]"));
        QCOMPARE(graph(stages), QStringLiteral("A1< B< A2<1"));
    }
    void stagesOneAfterTheOtherNeedNoEdges() {
        QCOMPARE(graph(stagesOfDescription(list("[{\"id\":\"5\",\"name\":\"A\",\"status\":\"SUCCESS\",\"startTimeMillis\":1000,\"durationMillis\":1005},{\"id\":\"6\",\"name\":\"B\",\"status\":\"IN_PROGRESS\",\"startTimeMillis\":2000,\"durationMillis\":5}]"))),
                 QStringLiteral("A< B<"));
    }
    void aTreeWithBranches() {
        const std::vector<Stage> stages = stagesOfTree(list("[{\"id\":\"4\",\"name\":\"Checkout\",\"state\":\"success\",\"type\":\"STAGE\",\"startTimeMillis\":1000,\"totalDurationMillis\":10,\"children\":[]},"
                                                            "{\"id\":\"6\",\"name\":\"Test\",\"state\":\"running\",\"type\":\"STAGE\",\"startTimeMillis\":2000,\"totalDurationMillis\":null,\"children\":["
                                                            "{\"id\":\"8\",\"name\":\"auth\",\"state\":\"success\",\"type\":\"PARALLEL\",\"children\":[]},{\"id\":\"9\",\"name\":\"web\",\"state\":\"paused\",\"type\":\"PARALLEL\",\"children\":[]}]},"
                                                            "{\"id\":\"20\",\"name\":\"Deploy\",\"state\":\"queued\",\"type\":\"STAGE\",\"children\":[]}]"));
        QCOMPARE(graph(stages), QStringLiteral("Checkout< Test<4 auth<6 web<6 Deploy<8,9"));
        QCOMPARE(int(stages[3].state), int(State::Paused));
        QCOMPARE(int(stages[4].state), int(State::Waiting));
    }
    void aStepThatWasTriedAgainHasAttempts() {
        const std::vector<Attempt> attempts = attemptsOf(list("[{\"id\":\"7\",\"name\":\"Shell Script\",\"parameterDescription\":\"make push\",\"status\":\"FAILED\",\"error\":{\"message\":\"script returned exit code 1\"},\"startTimeMillis\":1000,\"durationMillis\":10},"
                                                              "{\"id\":\"8\",\"name\":\"Print Message\",\"status\":\"SUCCESS\"},"
                                                              "{\"id\":\"9\",\"name\":\"Shell Script\",\"parameterDescription\":\"make push\",\"status\":\"SUCCESS\",\"startTimeMillis\":2000,\"durationMillis\":10}]"));
        QCOMPARE(attempts.size(), std::size_t(2));
        QCOMPARE(attempts[0].note, QStringLiteral("script returned exit code 1"));
        QCOMPARE(attempts[1].number, 2);
        QCOMPARE(attempts[1].log, QStringLiteral("step:9"));
        QVERIFY(attemptsOf(list("[{\"id\":\"7\",\"name\":\"sh\",\"status\":\"SUCCESS\"},{\"id\":\"8\",\"name\":\"sh\",\"status\":\"SUCCESS\"}]")).empty());
    }
    void htmlOfALogBecomesText() {
        QCOMPARE(textOfHtml(QStringLiteral("<span class=\"t\">a</span> &lt;b&gt; &amp;lt; &#039;c&#x27; <a href='/x'>Proceed</a>\n")), QStringLiteral("a <b> &lt; 'c' Proceed\n"));
        QCOMPARE(secondsOfSpan(QStringLiteral("1 hr 30 min")), 5400);
        QCOMPARE(secondsOfSpan(QStringLiteral("3 min 0 sec")), 180);
        QCOMPARE(secondsOfSpan(QStringLiteral("2 days 4 hr")), 2 * 86400 + 4 * 3600);
    }
    void theRandomOfJava() { // new java.util.Random(42): its first words are -1170105035 and 234785527, of which nextInt(n) takes the upper 31 bits modulo n
        JavaRandom random(42);
        QList<int> drawn;
        for (int i = 0; i < 5; ++i)
            drawn += random.next(10);
        QCOMPARE(drawn, (QList<int>{0, 3, 8, 4, 0}));
        JavaRandom other(42);
        QCOMPARE(other.next(100), int((4294967296LL - 1170105035LL) / 2 % 100));
        QCOMPARE(other.next(100), 234785527 / 2 % 100);
    }
    void cronTimes_data() {
        QTest::addColumn<QString>("spec");
        QTest::addColumn<QDateTime>("from");
        QTest::addColumn<QDateTime>("next");
        QTest::addColumn<QDateTime>("previous");
        const QDateTime monday = at("2026-11-23T02:07:30Z");
        QTest::newRow("a fixed minute") << QStringLiteral("30 2 * * *") << monday << at("2026-11-23T02:30:00Z") << at("2026-11-22T02:30:00Z");
        QTest::newRow("every quarter") << QStringLiteral("*/15 * * * *") << monday << at("2026-11-23T02:15:00Z") << at("2026-11-23T02:00:00Z");
        QTest::newRow("work days") << QStringLiteral("0 6 * * 1-5") << at("2026-11-27T07:00:00Z") << at("2026-11-30T06:00:00Z") << at("2026-11-27T06:00:00Z");
        QTest::newRow("Sunday is 7, too") << QStringLiteral("0 0 * * 7") << monday << at("2026-11-29T00:00:00Z") << at("2026-11-22T00:00:00Z");
        QTest::newRow("a list of lines with a comment") << QStringLiteral("# nightly\n0 3 * * *\n0 5 * * *") << at("2026-11-23T04:00:00Z") << at("2026-11-23T05:00:00Z") << at("2026-11-23T03:00:00Z");
        QTest::newRow("a zone of its own") << QStringLiteral("TZ=Europe/Berlin\n0 3 * * *") << monday << at("2026-11-24T02:00:00Z") << at("2026-11-23T02:00:00Z");
        QTest::newRow("now counts for both") << QStringLiteral("7 2 * * *") << at("2026-11-23T02:07:00Z") << at("2026-11-23T02:07:00Z") << at("2026-11-23T02:07:00Z");
        QTest::newRow("29 February") << QStringLiteral("0 0 29 2 *") << monday << at("2028-02-29T00:00:00Z") << at("2024-02-29T00:00:00Z");
    }
    void cronTimes() {
        QFETCH(QString, spec);
        QFETCH(QDateTime, from);
        const auto cron = JenkinsCron::parse(spec, QStringLiteral("weather/retrain"));
        QVERIFY2(cron, cron ? "" : qPrintable(cron.error().text()));
        QTEST(cron->next(from), "next");
        QTEST(cron->previous(from), "previous");
    }
    void aHashStaysInItsRange() {
        for (const char *name : {"weather/retrain", "a", "folder/job with spaces"}) {
            const auto cron = JenkinsCron::parse(QStringLiteral("H(10-19) H(0-2) * * *"), QLatin1String(name));
            QVERIFY(cron);
            const QDateTime next = cron->next(at("2026-11-23T03:00:00Z"));
            QVERIFY(next.time().hour() <= 2 && next.time().minute() >= 10 && next.time().minute() <= 19);
            QCOMPARE(cron->next(next.addSecs(1)), next.addDays(1));
            const auto third = JenkinsCron::parse(QStringLiteral("H/15 * * * *"), QLatin1String(name));
            const QDateTime quarter = third->next(at("2026-11-23T03:00:00Z"));
            QVERIFY(quarter.time().minute() < 15);
            QCOMPARE(third->next(quarter.addSecs(1)), quarter.addSecs(900));
        }
        QVERIFY(JenkinsCron::parse(QStringLiteral("@midnight"), QStringLiteral("a"))->next(at("2026-11-23T00:00:00Z")) < at("2026-11-23T03:00:00Z"));
    }
    void wrongTimesSayWhatIsWrong() {
        for (const char *spec : {"", "1 2 3 4", "61 * * * *", "5/2 * * * *", "H(3-99) * * * *", "TZ=Nowhere\n* * * * *", "*/0 * * * *", "x * * * *"})
            QCOMPARE(int(JenkinsCron::parse(QString::fromLatin1(spec), {}).error().kind), int(ErrorKind::Invalid));
    }
};

QTEST_GUILESS_MAIN(TestJenkinsValues)
#include "tst_jenkins_values.moc"
