// SPDX-License-Identifier: GPL-3.0-or-later
// Pull requests: opened once, found again where the reply was lost, taken back by closing.
#include "core/pipelines/github_pull.h"
#include "tests/unit/pipelines/github_wire.h"

#include <QTest>

using namespace pilothouse;
using namespace pilothouse::pipelines;

class TestGitHubPull : public QObject {
    Q_OBJECT

    static QJsonObject pull(const char *state, const QJsonValue &merged = {}) {
        return {{QStringLiteral("number"), 12}, {QStringLiteral("title"), QStringLiteral("t2m v3")}, {QStringLiteral("state"), QLatin1String(state)}, {QStringLiteral("merged_at"), merged}, {QStringLiteral("mergeable"), true},
                {QStringLiteral("mergeable_state"), QStringLiteral("blocked")}, {QStringLiteral("html_url"), QStringLiteral("https://github.com/team/api/pull/12")}, {QStringLiteral("head"), QJsonObject{{QStringLiteral("ref"), QStringLiteral("pilothouse/t2m-v3")}, {QStringLiteral("sha"), QStringLiteral("3f1c")}}},
                {QStringLiteral("base"), QJsonObject{{QStringLiteral("ref"), QStringLiteral("main")}}}};
    }
    static std::shared_ptr<GitHubApi> apiOf(GitHubWire &wire) { return std::make_shared<GitHubApi>(wire.open()->api().connection()); }
    const PullWish wish{{QStringLiteral("team"), QStringLiteral("api")}, QStringLiteral("pilothouse/t2m-v3"), QStringLiteral("main"), QStringLiteral("t2m v3"), QStringLiteral("body")};
    const char *const list = "GET /repos/team/api/pulls", *const post = "POST /repos/team/api/pulls";

private Q_SLOTS:
    void isOpenedReadAndClosed() {
        GitHubWire wire;
        wire.setList(list, QJsonArray());
        wire.set(post, pull("open"), {}, 201);
        wire.set("GET /repos/team/api/pulls/12", pull("open"));
        wire.set("PATCH /repos/team/api/pulls/12", pull("closed"));
        const auto made = std::make_shared<PullRequest>();
        const auto operation = pullRequestOperation(apiOf(wire), wish, made);
        QCOMPARE(operation.connection, QStringLiteral("gh"));
        const operations::Step &step = operation.steps.front();
        QVERIFY(step.guard().has_value());
        QVERIFY(wire.last(list).contains("head=team:pilothouse/t2m-v3") || wire.last(list).contains("head=team%3Apilothouse%2Ft2m-v3"));
        QVERIFY(step.execute().has_value());
        const QByteArray sent = wire.last(post);
        QCOMPARE(QJsonDocument::fromJson(sent.mid(sent.indexOf("\r\n\r\n") + 4)).object(), (QJsonObject{{QStringLiteral("title"), QStringLiteral("t2m v3")}, {QStringLiteral("body"), QStringLiteral("body")}, {QStringLiteral("head"), QStringLiteral("pilothouse/t2m-v3")}, {QStringLiteral("base"), QStringLiteral("main")}}));
        const auto seen = step.readBack();
        QCOMPARE(seen->value(QStringLiteral("number")).toInt(), 12);
        QVERIFY(seen->value(QStringLiteral("waits_for")).toString().contains(QStringLiteral("protected")));
        QVERIFY(step.undo().has_value());
        QCOMPARE(wire.count("PATCH /repos/team/api/pulls/12"), 1);
    }

    void aSecondOneOfABranchIsRefused() {
        GitHubWire wire;
        wire.setList(list, QJsonArray{pull("open")});
        const auto guard = pullRequestOperation(apiOf(wire), wish, nullptr).steps.front().guard();
        QCOMPARE(guard.error().kind, ErrorKind::Conflict);
        QVERIFY(guard.error().what.contains(QStringLiteral("#12")));
    }

    void aLostReplyIsReadBackAndNotSentAgain() {
        GitHubWire wire;
        wire.raw(post, {0, {}, {}, false});
        wire.setList(list, QJsonArray{pull("open")});
        const auto api = apiOf(wire);
        const auto made = createPull(*api, wish);
        QVERIFY2(made.has_value(), qPrintable(made ? QString() : made.error().text()));
        QCOMPARE(made->number, 12);
        QCOMPARE(wire.count(post), 1);
        wire.setList(list, QJsonArray());
        QVERIFY(!createPull(*api, wish).has_value());
        QCOMPARE(wire.count(post), 2);
    }

    void aMergedOneIsNotTakenBack() {
        GitHubWire wire;
        wire.set("GET /repos/team/api/pulls/12", pull("closed", QStringLiteral("2026-11-23T12:00:00Z")));
        operations::RecordedOperation recorded;
        recorded.id = QStringLiteral("op-1");
        recorded.undoRecord = {{QStringLiteral("kind"), QStringLiteral("pull-request")}, {QStringLiteral("repository"), QStringLiteral("team/api")}};
        QCOMPARE(closePullOperation(apiOf(wire), recorded).error().kind, ErrorKind::Refused); // no number
        recorded.after = {{QStringLiteral("pull request"), QJsonObject{{QStringLiteral("number"), 12}}}};
        const auto merged = closePullOperation(apiOf(wire), recorded);
        QCOMPARE(merged.error().kind, ErrorKind::Refused);
        QVERIFY(merged.error().what.contains(QStringLiteral("merged")));
        wire.set("GET /repos/team/api/pulls/12", pull("open"));
        QVERIFY(closePullOperation(apiOf(wire), recorded).has_value());
    }
};

QTEST_GUILESS_MAIN(TestGitHubPull)
#include "tst_github_pull.moc"
