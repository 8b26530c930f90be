// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/estate/jenkins.h"

#include <QTest>

using namespace pilothouse::estate;
using Q = QLatin1String;

namespace {

const QDateTime begin = QDateTime::fromString(QStringLiteral("2026-03-01T12:00:00Z"), Qt::ISODate);

QByteArray basic(const char *pair) { return "Basic " + QByteArray(pair).toBase64(); }

} // namespace

class tst_Jenkins : public QObject {
    Q_OBJECT
    std::unique_ptr<Jenkins> jenkins;
    QDateTime now;

    Answer ask(const char *method, const QString &address, const QByteArray &login = basic("operator:token-of-operator"), const QByteArray &body = {}, std::vector<std::pair<QByteArray, QByteArray>> headers = {}) {
        Call call;
        call.method = method;
        call.path = address.section(QLatin1Char('?'), 0, 0);
        call.query = QUrlQuery(address.section(QLatin1Char('?'), 1));
        call.headers = std::move(headers);
        call.headers.emplace_back("host", "127.0.0.1:8080");
        if (!login.isEmpty())
            call.headers.emplace_back("authorization", login);
        call.body = body;
        jenkins->advance(now);
        return jenkins->answer(call);
    }
    static QJsonObject object(const Answer &answer) { return Call{{}, {}, {}, {}, answer.body}.json(); }
    static QByteArray header(const Answer &answer, const char *name) {
        for (const auto &[key, value] : answer.headers)
            if (key == name)
                return value;
        return {};
    }
    void pass(int seconds) {
        now = now.addSecs(seconds);
        jenkins->advance(now);
    }
    QString gate() { // a build that stands at Approve Promotion
        const int number = jenkins->control(QStringLiteral("input"), {{Q("job"), QStringLiteral("iris-pipeline")}}).value(Q("number")).toInt();
        return QStringLiteral("/job/iris-pipeline/%1").arg(number);
    }

private Q_SLOTS:
    void init() {
        jenkins = std::make_unique<Jenkins>();
        now = begin;
        jenkins->advance(now);
    }

    void branchesAreEncodedTwice() {
        QCOMPARE(ask("GET", QStringLiteral("/job/weather/job/weather-software/job/feature%252Fshadow/api/json")).status, 200);
        QCOMPARE(ask("GET", QStringLiteral("/job/weather/job/weather-software/job/feature%2Fshadow/api/json")).status, 404);
        const QJsonObject root = object(ask("GET", QStringLiteral("/api/json?tree=jobs[name,url,jobs[name,url,jobs[name,url,color]]]")));
        const QJsonObject branch = root[Q("jobs")][1][Q("jobs")][0][Q("jobs")][0].toObject();
        QCOMPARE(branch[Q("name")].toString(), QStringLiteral("feature%2Fshadow"));
        QVERIFY(branch[Q("url")].toString().endsWith(Q("/job/feature%252Fshadow/")));
        QCOMPARE(branch[Q("color")].toString(), QStringLiteral("notbuilt"));
        QVERIFY(!branch.contains(Q("builds"))); // tree= names it not
    }

    void treeKeepsWhatItNames() {
        const QJsonObject whole{{Q("_class"), QStringLiteral("X")}, {Q("a"), 1}, {Q("b"), QJsonArray{QJsonObject{{Q("c"), 1}, {Q("d"), 2}}, QJsonObject{{Q("c"), 3}}, QJsonObject{{Q("c"), 5}}}}};
        QCOMPARE(jenkinsTree(whole, QStringLiteral("b[c]{1,3},zz")), (QJsonObject{{Q("_class"), QStringLiteral("X")}, {Q("b"), QJsonArray{QJsonObject{{Q("c"), 3}}, QJsonObject{{Q("c"), 5}}}}}));
        QCOMPARE(jenkinsTree(whole, QStringLiteral("*")), whole);
        QCOMPARE(jenkinsTree(whole, QStringLiteral("b[d]{,1}"))[Q("b")].toArray(), (QJsonArray{QJsonObject{{Q("d"), 2}}}));
    }

    void aPasswordNeedsACrumbOfItsSession() {
        const QByteArray login = basic("operator:PASSWORD-of-operator");
        const QString place = QStringLiteral("/job/weather/job/weather-software/job/main/buildWithParameters");
        QCOMPARE(ask("POST", place, login).status, 403);
        const Answer issued = ask("GET", QStringLiteral("/crumbIssuer/api/json"), login);
        const QByteArray crumb = object(issued)[Q("crumb")].toString().toLatin1(), cookie = header(issued, "Set-Cookie").split(';').first();
        QVERIFY(!cookie.isEmpty());
        QCOMPARE(ask("POST", place, login, {}, {{"jenkins-crumb", crumb}}).status, 403); // without its cookie
        QCOMPARE(ask("POST", place, login, {}, {{"jenkins-crumb", crumb}, {"cookie", cookie}}).status, 201);
        jenkins->control(QStringLiteral("logout"), {});
        QCOMPARE(ask("POST", place, login, {}, {{"jenkins-crumb", crumb}, {"cookie", cookie}}).status, 403);
        QCOMPARE(ask("POST", place).status, 200); // a token needs none; and the identical request is merged
    }

    void wrongLoginsGetHtml() {
        QCOMPARE(ask("GET", QStringLiteral("/api/json"), basic("operator:wrong")).status, 401);
        QCOMPARE(ask("GET", QStringLiteral("/api/json"), {}).status, 403);
        jenkins->control(QStringLiteral("settings"), {{Q("loginPage"), true}});
        const Answer page = ask("GET", QStringLiteral("/api/json"), basic("operator:wrong"));
        QCOMPARE(page.status, 200);
        QVERIFY(page.type.startsWith("text/html"));
        QCOMPARE(ask("POST", QStringLiteral("/job/iris-pipeline/buildWithParameters"), basic("reader:token-of-reader")).status, 403);
    }

    void aBuildIsFollowedFromTheQueue() {
        const QString place = QStringLiteral("/job/iris-pipeline/buildWithParameters");
        const Answer first = ask("POST", place, basic("operator:token-of-operator"), "N_ESTIMATORS=50&NOTES=a+b%25");
        QCOMPARE(first.status, 201);
        const QString item = QString::fromLatin1(header(first, "Location")).section(QStringLiteral("8080"), 1);
        QCOMPARE(ask("GET", item).status, 404); // the address alone
        QVERIFY(object(ask("GET", item + Q("api/json")))[Q("why")].toString().contains(Q("quiet period")));
        jenkins->control(QStringLiteral("settings"), {{Q("merged"), 303}});
        const Answer again = ask("POST", place, basic("admin:token-of-admin"), "N_ESTIMATORS=50&NOTES=a+b%25");
        QCOMPARE(again.status, 303);
        QCOMPARE(header(again, "Location"), header(first, "Location"));
        pass(6);
        const QJsonObject left = object(ask("GET", item + Q("api/json")));
        const int number = left[Q("executable")][Q("number")].toInt();
        QVERIFY(number > 0 && left[Q("why")].isNull());
        const QJsonObject build = object(ask("GET", QStringLiteral("/job/iris-pipeline/%1/api/json?tree=building,result,actions[parameters[name,value]]").arg(number)));
        QVERIFY(build[Q("building")].toBool() && build[Q("result")].isNull());
        const QJsonArray parameters = build[Q("actions")][1][Q("parameters")].toArray();
        QCOMPARE(parameters[0][Q("value")].toString(), QStringLiteral("50"));
        QCOMPARE(parameters[3][Q("value")].toString(), QStringLiteral("a b%"));
        QVERIFY(!parameters[4].toObject().contains(Q("value"))); // the password
        pass(600);
        QCOMPARE(ask("GET", item + Q("api/json")).status, 404); // forgotten
    }

    void submitWithoutProceedRejects() {
        const QString build = gate();
        QCOMPARE(ask("POST", build + Q("/input/ApprovePromotion/submit"), basic("operator:token-of-operator"), "json={}").status, 302); // as if all were well
        const QJsonObject after = object(ask("GET", build + Q("/api/json")));
        QCOMPARE(after[Q("result")].toString(), QStringLiteral("ABORTED"));
        QVERIFY(ask("GET", build + Q("/consoleText")).body.contains("Rejected by operator"));
    }

    void anInputIsAnsweredOnce() {
        const QString build = gate();
        const QByteArray pending = ask("GET", build + Q("/wfapi/pendingInputActions")).body;
        QVERIFY(pending.contains("\"choices\":[\"Production\",\"Staging\"]") && pending.contains("inputSubmit?inputId=ApprovePromotion"));
        QCOMPARE(object(ask("GET", build + Q("/wfapi/describe")))[Q("status")].toString(), QStringLiteral("PAUSED_PENDING_INPUT"));
        const QByteArray form = "json=%7B%22parameter%22%3A%5B%7B%22name%22%3A%22STAGE%22%2C%22value%22%3A%22Staging%22%7D%5D%7D";
        QCOMPARE(ask("POST", build + Q("/wfapi/inputSubmit?inputId=ApprovePromotion"), basic("operator:token-of-operator"), form).status, 200);
        QVERIFY(ask("GET", build + Q("/logText/progressiveText?start=0")).body.contains("Approved by operator"));
        QCOMPARE(ask("GET", build + Q("/wfapi/pendingInputActions")).body, QByteArray("[]"));
        const Answer again = ask("POST", build + Q("/input/ApprovePromotion/proceedEmpty"));
        QCOMPARE(again.status, 400);
        QVERIFY(again.body.contains("already given"));
        pass(600);
        QCOMPARE(object(ask("GET", build + Q("/api/json")))[Q("result")].toString(), QStringLiteral("SUCCESS"));
    }

    void theLogIsBytes() {
        jenkins->control(QStringLiteral("push"), {{Q("repository"), QStringLiteral("https://github.com/example/weather-forecast")}, {Q("commit"), QStringLiteral("c0ffee")}, {Q("files"), QJsonArray{QStringLiteral("auth/app.py")}}});
        pass(6);
        const QString place = QStringLiteral("/job/weather/job/weather-software/job/main/35/logText/progressiveText?start=%1");
        QByteArray all;
        bool split = false;
        for (int i = 0; i < 4000 && (i == 0 || !header(ask("GET", place.arg(all.size())), "X-More-Data").isEmpty()); ++i) {
            const Answer piece = ask("GET", place.arg(all.size()));
            all += piece.body;
            QCOMPARE(header(piece, "X-Text-Size").toLongLong(), all.size());
            split = split || QString::fromUtf8(all).contains(QChar(0xFFFD));
            now = now.addMSecs(40);
        }
        all += ask("GET", place.arg(all.size())).body;
        QVERIFY(split);
        QVERIFY(all.endsWith("Finished: SUCCESS\n") && QString::fromUtf8(all).contains(QStringLiteral("geprüft")));
        QVERIFY(all.contains("-e \"auth_tag=v35\"") && all.contains("PLAY RECAP"));
    }

    void aBrokenServiceIsSkippedByTheNextCommit() { // the trap of git diff against the last commit alone
        const auto push = [&](const char *file) {
            jenkins->control(QStringLiteral("push"), {{Q("repository"), QStringLiteral("https://github.com/example/weather-forecast.git")}, {Q("commit"), QString::fromLatin1(file)}, {Q("files"), QJsonArray{QString::fromLatin1(file)}}});
            pass(6);
            pass(400);
        };
        const auto status = [&](int build, const char *stage) {
            for (const QJsonValue &one : object(ask("GET", QStringLiteral("/job/weather/job/weather-software/job/main/%1/wfapi/describe").arg(build)))[Q("stages")].toArray())
                if (one[Q("name")].toString() == Q(stage))
                    return one[Q("status")].toString();
            return QString();
        };
        jenkins->control(QStringLiteral("break-service"), {{Q("service"), QStringLiteral("auth")}});
        push("auth/app.py");
        QCOMPARE(status(35, "Test Auth"), QStringLiteral("FAILED"));
        QCOMPARE(status(35, "Deploy (Ansible)"), QStringLiteral("NOT_EXECUTED"));
        push("frontend/a.js");
        QCOMPARE(status(36, "Test Auth"), QStringLiteral("NOT_EXECUTED"));
        QCOMPARE(status(36, "Push Frontend"), QStringLiteral("SUCCESS"));
        QCOMPARE(object(ask("GET", QStringLiteral("/job/weather/job/weather-software/job/main/36/api/json")))[Q("result")].toString(), QStringLiteral("SUCCESS"));
    }

    void aStubbornBuildNeedsKill() {
        const QString build = gate();
        jenkins->control(QStringLiteral("stubborn"), {{Q("job"), QStringLiteral("iris-pipeline")}, {Q("times"), 2}});
        (void)ask("POST", build + Q("/stop"));
        (void)ask("POST", build + Q("/term"));
        QVERIFY(object(ask("GET", build + Q("/api/json")))[Q("building")].toBool());
        (void)ask("POST", build + Q("/kill"));
        QCOMPARE(object(ask("GET", build + Q("/api/json")))[Q("result")].toString(), QStringLiteral("ABORTED"));
    }

    void aContextPathIsInEveryLink() {
        const QString build = gate();
        jenkins->control(QStringLiteral("settings"), {{Q("contextPath"), QStringLiteral("/ci")}});
        QCOMPARE(ask("GET", QStringLiteral("/api/json")).status, 404);
        QVERIFY(ask("GET", QStringLiteral("/ci") + build + Q("/wfapi/pendingInputActions")).body.contains("\"abortUrl\":\"/ci/job/iris-pipeline/"));
    }

    void longStageLogsAreCut() {
        const QString build = gate();
        jenkins->control(QStringLiteral("big-log"), {{Q("job"), QStringLiteral("iris-pipeline")}, {Q("bytes"), 50000}});
        const QJsonObject log = object(ask("GET", build + Q("/execution/node/7/wfapi/log")));
        QVERIFY(log[Q("hasMore")].toBool());
        QVERIFY(ask("GET", build + Q("/logText/progressiveText")).body.size() > 50000);
    }

    void theGraphViewCanBeAbsent() {
        const QString build = gate();
        QVERIFY(ask("GET", build + Q("/stages/tree")).body.contains("\"state\":\"paused\""));
        jenkins->control(QStringLiteral("settings"), {{Q("graphView"), false}});
        QCOMPARE(ask("GET", build + Q("/stages/tree")).status, 404);
    }

    void theStateOutlivesARestart() {
        const QString build = gate();
        const QJsonObject kept = jenkins->state();
        jenkins = std::make_unique<Jenkins>();
        jenkins->restore(kept);
        QCOMPARE(jenkins->state(), kept);
        QCOMPARE(ask("POST", build + Q("/input/ApprovePromotion/proceedEmpty")).status, 200);
    }
};

QTEST_APPLESS_MAIN(tst_Jenkins)
#include "tst_jenkins.moc"
