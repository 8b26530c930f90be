// SPDX-License-Identifier: GPL-3.0-or-later
// GitHub's limits, caches and faults, as they are on the wire.
#include "tests/unit/pipelines/github_wire.h"

#include <QDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::pipelines;

class TestGitHubApi : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void anEnterpriseAddressEndsInApiV3_data() {
        QTest::addColumn<QString>("url");
        QTest::addColumn<QString>("base");
        QTest::newRow("none is github.com") << QString() << QStringLiteral("https://api.github.com");
        QTest::newRow("the page is the service") << QStringLiteral("https://github.com/") << QStringLiteral("https://api.github.com");
        QTest::newRow("a server's name gets the path") << QStringLiteral("https://ghe.example") << QStringLiteral("https://ghe.example/api/v3");
        QTest::newRow("a path stays") << QStringLiteral("https://ghe.example/api/v3/") << QStringLiteral("https://ghe.example/api/v3");
        QTest::newRow("a host of its own for calls") << QStringLiteral("https://api.team.ghe.com") << QStringLiteral("https://api.team.ghe.com");
    }
    void anEnterpriseAddressEndsInApiV3() {
        QFETCH(QString, url);
        QTEST(GitHubApi::baseOf(url), "base");
    }

    void theTokenDoesNotTravelInTheOpen() {
        PipelineConnection c;
        c.connection.name = QStringLiteral("gh");
        c.connection.kind = QStringLiteral("github");
        c.connection.url = QStringLiteral("http://ghe.example/api/v3");
        c.connection.other = {{QStringLiteral("repo"), QStringLiteral("team/api")}};
        QCOMPARE(openPipelines(c).error().kind, ErrorKind::Invalid);
        c.connection.url = QStringLiteral("https://ghe.example");
        QVERIFY(openPipelines(c).has_value());
        c.connection.other = {{QStringLiteral("repo"), QStringLiteral("api")}}; // of whom?
        QCOMPARE(openPipelines(c).error().kind, ErrorKind::Invalid);
    }

    /// What has not changed costs nothing: 304 to a conditional call, also of a program that has just begun.
    void idlePollingIsFree() {
        GitHubWire wire;
        wire.set("GET /repos/team/api/actions/runs", wireRuns({wireRun(11, "completed", "success")}), "ETag: W/\"a1\"\r\n");
        auto service = wire.open();
        for (int n = 0; n < 5; ++n) {
            const auto runs = service->runs({});
            QVERIFY2(runs.has_value(), qPrintable(runs ? QString() : runs.error().text()));
            QCOMPARE(runs->size(), std::size_t(1));
            QCOMPARE(runs->front().id, QStringLiteral("11"));
            QCOMPARE(runs->front().model, QStringLiteral("housing"));
        }
        QCOMPARE(wire.count("GET /repos/team/api/actions/runs"), 5);
        QCOMPARE(wire.free, 4);
        const QByteArray asked = wire.last("GET /repos/team/api/actions/runs");
        QVERIFY(asked.contains("Accept: application/vnd.github+json\r\n"));
        QVERIFY(asked.contains("X-GitHub-Api-Version: 2022-11-28\r\n"));
        QVERIFY(asked.contains("Authorization: Bearer sesame-0123\r\n"));
        service = wire.open();
        QCOMPARE(service->runs({})->size(), std::size_t(1));
        QCOMPARE(wire.free, 5);
    }

    /// Fifty repositories with full lists: after the first look nothing is counted by GitHub and nothing is parsed again.
    void fiftyIdleRepositoriesAreFree() {
        GitHubWire wire;
        QStringList names;
        QJsonArray runs;
        for (int n = 0; n < 30; ++n)
            runs.append(wireRun(1000 - n, "completed", "success"));
        for (int n = 0; n < 50; ++n) {
            names << QStringLiteral("r%1").arg(n);
            wire.set(QStringLiteral("GET /repos/team/r%1/actions/runs").arg(n).toLatin1().constData(), wireRuns(runs), "ETag: \"a\"\r\n");
            wire.set(QStringLiteral("GET /repos/team/r%1").arg(n).toLatin1().constData(), {{QStringLiteral("default_branch"), QStringLiteral("main")}}, "ETag: \"b\"\r\n");
            wire.set(QStringLiteral("GET /repos/team/r%1/commits/main").arg(n).toLatin1().constData(), {{QStringLiteral("sha"), QStringLiteral("3f1c2ab900000000000000000000000000000000")}}, "ETag: \"c\"\r\n");
        }
        const auto service = wire.open(names.join(QLatin1Char(',')));
        QCOMPARE(service->runs({})->size(), std::size_t(1500));
        const int counted = wire.all() - wire.free;
        for (int n = 0; n < 20; ++n)
            QCOMPARE(service->runs({})->size(), std::size_t(1500));
        QCOMPARE(wire.all() - wire.free, counted);
        QVERIFY(service->pollSeconds() >= 20); // nothing is under way
    }

    /// However many repositories are followed, what was read of them is in memory: without its files on the disk nothing is counted either.
    void allRepliesOfManyRepositoriesAreHeld() {
        GitHubWire wire;
        QStringList names;
        for (int n = 0; n < 160; ++n) {
            const QByteArray path = QStringLiteral("GET /repos/team/r%1").arg(n).toLatin1();
            names << QStringLiteral("r%1").arg(n);
            wire.set((path + "/actions/runs").constData(), wireRuns({wireRun(11, "completed", "success")}), "ETag: \"a\"\r\n");
            wire.set(path.constData(), {{QStringLiteral("default_branch"), QStringLiteral("main")}}, "ETag: \"b\"\r\n");
            wire.set((path + "/commits/main").constData(), {{QStringLiteral("sha"), QStringLiteral("3f1c2ab900000000000000000000000000000000")}}, "ETag: \"c\"\r\n");
        }
        const auto service = wire.open(names.join(QLatin1Char(',')));
        QCOMPARE(service->runs({})->size(), std::size_t(160));
        const int asked = wire.all(), counted = asked - wire.free;
        QVERIFY(counted >= 480);
        QVERIFY(QDir(wire.folder.filePath(QStringLiteral("gh"))).removeRecursively());
        wire.clock->advance(120); // the branches are looked at again
        QCOMPARE(service->runs({})->size(), std::size_t(160));
        QVERIFY(wire.all() >= asked + 480);
        QCOMPARE(wire.all() - wire.free, counted);
    }

    void thePollIntervalIsKept() {
        GitHubWire wire;
        wire.set("GET /repos/team/api/actions/runs", wireRuns({wireRun(11, "completed", "success")}), "ETag: \"a\"\r\nx-poll-interval: 60\r\n");
        const auto service = wire.open();
        QVERIFY(service->runs({}).has_value());
        QVERIFY(service->runs({}).has_value());
        QCOMPARE(wire.count("GET /repos/team/api/actions/runs"), 1);
        QVERIFY(service->pollSeconds() >= 60);
        wire.clock->advance(61);
        QVERIFY(service->runs({}).has_value());
        QCOMPARE(wire.count("GET /repos/team/api/actions/runs"), 2);
    }

    void nothingIsAskedBeforeGitHubAllowsIt_data() {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("headers");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<int>("seconds");
        QTest::newRow("429 with Retry-After") << 429 << QByteArray("Retry-After: 30\r\n") << QByteArray("{\"message\":\"slow down\"}") << 30;
        QTest::newRow("403 with Retry-After") << 403 << QByteArray("retry-after: 90\r\n") << QByteArray("{\"message\":\"You have exceeded a secondary rate limit\"}") << 90;
        QTest::newRow("a secondary limit without a time") << 403 << QByteArray() << QByteArray("{\"message\":\"You have exceeded a secondary rate limit.\"}") << 60;
        QTest::newRow("the hour is used up") << 403 << QByteArray("x-ratelimit-limit: 5000\r\nx-ratelimit-remaining: 0\r\nx-ratelimit-reset: 1795435320\r\n") << QByteArray("{\"message\":\"API rate limit exceeded\"}")
                                             << int(1795435320 - QDateTime(QDate(2026, 11, 23), QTime(12, 0), Qt::UTC).toSecsSinceEpoch());
    }
    void nothingIsAskedBeforeGitHubAllowsIt() {
        QFETCH(int, status);
        QFETCH(QByteArray, headers);
        QFETCH(QByteArray, body);
        QFETCH(int, seconds);
        GitHubWire wire;
        wire.raw("GET /repos/team/api/actions/runs", {status, body, headers, false});
        const auto service = wire.open();
        const auto first = service->runs({});
        QCOMPARE(first.error().kind, ErrorKind::Unreachable);
        const QString until = wire.clock->nowUtc().addSecs(seconds).toString(QStringLiteral("hh:mm:ss"));
        QVERIFY2(first.error().what.contains(until), qPrintable(first.error().what));
        QVERIFY(service->pollSeconds() >= seconds);
        const int asked = wire.all();
        QVERIFY(!service->run(QStringLiteral("11")).has_value());
        QVERIFY(!service->cancel(QStringLiteral("11")).has_value());
        QCOMPARE(wire.all(), asked);
        wire.set("GET /repos/team/api/actions/runs", wireRuns({}));
        wire.clock->advance(seconds - 1);
        QVERIFY(!service->runs({}).has_value());
        QCOMPARE(wire.all(), asked);
        wire.clock->advance(2);
        QVERIFY(service->runs({}).has_value());
    }

    void aFaultIsATypedErrorAndAWriteIsSentOnce_data() {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("headers");
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("says");
        const QByteArray html("<!DOCTYPE html><html><body>Sign in</body></html>");
        const auto row = [](const char *name, int status, const QByteArray &body, const QByteArray &headers, ErrorKind kind, const char *says) {
            QTest::newRow(name) << status << body << headers << int(kind) << QString::fromUtf8(says);
        };
        row("401: the token", 401, "{\"message\":\"Bad credentials\"}", {}, ErrorKind::Denied, "Bad credentials");
        row("403: the right that is missing", 403, "{\"message\":\"Resource not accessible by personal access token\"}", "x-accepted-github-permissions: actions=write\r\n", ErrorKind::Denied, "actions: write");
        row("403: single sign-on", 403, "{\"message\":\"Resource protected\"}", "X-GitHub-SSO: required; url=https://x\r\n", ErrorKind::Denied, "single sign-on");
        row("404 may hide", 404, "{\"message\":\"Not Found\"}", {}, ErrorKind::NotFound, "may not see it");
        row("409", 409, "{\"message\":\"Cannot cancel a workflow run that is completed.\"}", {}, ErrorKind::Conflict, "that is completed");
        row("422 with what is wrong", 422, "{\"message\":\"Validation Failed\",\"errors\":[{\"message\":\"ref is bad\"}]}", {}, ErrorKind::Invalid, "ref is bad");
        row("500", 500, "{\"message\":\"boom\"}", {}, ErrorKind::Unreachable, "500");
        row("502 as a page", 502, "<html>Unicorn</html>", {}, ErrorKind::Unreachable, "error page");
    }
    void aFaultIsATypedErrorAndAWriteIsSentOnce() {
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        QFETCH(QByteArray, headers);
        QFETCH(int, kind);
        QFETCH(QString, says);
        GitHubWire wire;
        wire.raw("GET /repos/team/api/actions/runs/5", {status, body, headers, false});
        wire.raw("POST /repos/team/api/actions/runs/5/cancel", {status, body, headers, false});
        const auto service = wire.open();
        for (const Error &error : {service->run(QStringLiteral("5")).error(), service->cancel(QStringLiteral("5")).error()}) {
            QCOMPARE(int(error.kind), kind);
            QVERIFY2((error.what + error.hint).contains(says), qPrintable(error.text()));
            QVERIFY(!error.text().contains(QStringLiteral("sesame")));
        }
        QCOMPARE(wire.count("POST /repos/team/api/actions/runs/5/cancel"), 1);
        if (status >= 500)
            QVERIFY(service->pollSeconds() > 20); // it backs off
    }

    void whatIsNoReplyIsSaidSo() {
        GitHubWire wire;
        const auto service = wire.open();
        wire.raw("GET /repos/team/api/actions/runs/5", {200, "<!doctype html><title>Sign in</title>", {}, false});
        QCOMPARE(service->run(QStringLiteral("5")).error().kind, ErrorKind::Invalid);
        wire.raw("GET /repos/team/api/actions/runs/5", {200, "{\"id\":", {}, false});
        QCOMPARE(service->run(QStringLiteral("5")).error().kind, ErrorKind::Invalid);
        wire.raw("GET /repos/team/api/actions/runs/5", {200, "{\"id\":5}", {}, true});
        QCOMPARE(service->run(QStringLiteral("5")).error().kind, ErrorKind::Unreachable);
    }

    /// The reply to a write is lost: nothing is sent again.
    void aWriteWhoseReplyIsLostIsNotRepeated() {
        GitHubWire wire;
        wire.raw("POST /repos/team/api/actions/runs/5/cancel", {0, {}, {}, false});
        const auto ended = wire.open()->cancel(QStringLiteral("5"));
        QVERIFY(!ended.has_value());
        QVERIFY(githubReplyLost(ended.error()));
        QCOMPARE(wire.count("POST /repos/team/api/actions/runs/5/cancel"), 1);
    }

    void writesAreASecondApart() {
        GitHubWire wire;
        for (const char *key : {"POST /repos/team/api/actions/runs/5/cancel", "POST /repos/team/api/actions/runs/5/force-cancel"})
            wire.set(key, QJsonObject(), {}, 202);
        const auto service = wire.open();
        QVERIFY(service->cancel(QStringLiteral("5")).has_value());
        QVERIFY(service->cancelByForce(QStringLiteral("5")).has_value());
        QVERIFY(wire.times[1] - wire.times[0] >= std::chrono::milliseconds(990));
    }

    /// A repository that was renamed is followed; another server never gets the token.
    void redirectsStayAtHome() {
        GitHubWire wire, other;
        wire.raw("GET /repos/team/api/actions/runs/5", {301, "{}", "Location: " + wire.server.url("/api/v3/repositories/9/actions/runs/5").toUtf8() + "\r\n", false});
        wire.set("GET /repositories/9/actions/runs/5", wireRun(5, "completed", "success"));
        wire.set("GET /repos/team/api/actions/runs/5/jobs", wireJobs({}));
        QCOMPARE(wire.open()->run(QStringLiteral("5"))->state, State::Passed);
        wire.raw("GET /repos/team/api/actions/runs/5", {301, "{}", "Location: " + other.server.url("/x").toUtf8() + "\r\n", false});
        QCOMPARE(wire.open()->run(QStringLiteral("5")).error().kind, ErrorKind::Refused);
        QCOMPARE(other.all(), 0);
    }
};

QTEST_GUILESS_MAIN(TestGitHubApi)
#include "tst_github_api.moc"
