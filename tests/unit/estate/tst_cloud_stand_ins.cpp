// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/estate/azureml.h"
#include "app/estate/github.h"
#include "app/estate/kubeflow.h"

#include <QJsonDocument>
#include <QTest>
#include <QUrl>

using namespace pilothouse::estate;

namespace {

QString Q(const char *text) { return QString::fromUtf8(text); }

Call call(const char *method, const QString &target, const QByteArray &token = "ghp_owner", const QJsonValue &body = {})
{
    Call made;
    made.method = method;
    made.path = target.section(QLatin1Char('?'), 0, 0);
    made.query = QUrlQuery(target.section(QLatin1Char('?'), 1));
    made.headers = {{"host", "127.0.0.1:1"}};
    if (!token.isEmpty())
        made.headers.emplace_back("authorization", "Bearer " + token);
    if (body.isObject())
        made.body = QJsonDocument(body.toObject()).toJson();
    return made;
}

QByteArray header(const Answer &answer, const QByteArray &name)
{
    for (const auto &[key, value] : answer.headers)
        if (key.toLower() == name)
            return value;
    return {};
}

QJsonValue json(const Answer &answer)
{
    const QJsonDocument read = QJsonDocument::fromJson(answer.body);
    return read.isArray() ? QJsonValue(read.array()) : QJsonValue(read.object());
}

const QString repo = QStringLiteral("/repos/acme/damage-incidence");
const QString deploy = repo + QStringLiteral("/actions/workflows/deploy_app.yml/dispatches");

struct GitHub {
    std::shared_ptr<BlobStandIn> blobs = std::make_shared<BlobStandIn>();
    GithubStandIn hub{blobs};
    QDateTime now = QDateTime::currentDateTimeUtc();
    GitHub() { hub.urlOf = [](const QString &) { return QStringLiteral("http://127.0.0.1:2"); }; hub.advance(now); }
    void on(int seconds) { now = now.addSecs(seconds); hub.advance(now); }
    Answer ask(const char *method, const QString &path, const QByteArray &token = "ghp_owner", const QJsonValue &body = {}) { return hub.answer(call(method, path, token, body)); }
};

} // namespace

class TestCloudStandIns : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void anUnchangedListIsFree()
    {
        GitHub g;
        const Answer first = g.ask("GET", repo + Q("/actions/runs"));
        QCOMPARE(first.status, 200);
        Call again = call("GET", repo + Q("/actions/runs"));
        again.headers.emplace_back("if-none-match", header(first, "etag"));
        const Answer second = g.hub.answer(again);
        QCOMPARE(second.status, 304);
        QVERIFY(second.body.isEmpty());
        QCOMPARE(header(second, "x-ratelimit-used"), header(first, "x-ratelimit-used"));
    }

    void aPushStartsWhatItsPathsSayUnlessTheBuiltInTokenPushed()
    {
        GitHub g;
        const QJsonObject details{{Q("repository"), Q("acme/damage-incidence")}, {Q("files"), QJsonArray{Q("ml/artifacts/svc_model.joblib")}}};
        QCOMPARE(g.hub.control(Q("push"), details)[Q("runs")].toArray().size(), 2); // ml/ and ml/artifacts/
        QJsonObject builtIn = details;
        builtIn[Q("token")] = Q("ghs_workflow");
        QCOMPARE(g.hub.control(Q("push"), builtIn)[Q("runs")].toArray().size(), 0);
        QCOMPARE(g.hub.control(Q("push"), {{Q("repository"), Q("acme/damage-incidence")}, {Q("files"), QJsonArray{Q("README.md")}}})[Q("runs")].toArray().size(), 0);
    }

    void aDispatchNamesItsRunWhereTheServerCan()
    {
        GitHub g;
        const QJsonObject body{{Q("ref"), Q("main")}, {Q("return_run_details"), true}};
        QVERIFY(json(g.ask("POST", deploy, "ghp_owner", body))[Q("workflow_run_id")].toInteger() > 0);
        g.hub.control(Q("settings"), {{Q("return_run_details"), false}});
        QCOMPARE(g.ask("POST", deploy, "ghp_owner", body).status, 204);
        QCOMPARE(g.ask("POST", deploy, "ghp_owner", QJsonObject{{Q("ref"), Q("nowhere")}}).status, 422);
    }

    void onlyAListedReviewerWhoDidNotStartItMayApprove()
    {
        GitHub g;
        const QString id = QString::number(json(g.ask("POST", deploy, "ghp_owner", QJsonObject{{Q("ref"), Q("main")}, {Q("return_run_details"), true}}))[Q("workflow_run_id")].toInteger());
        const QString pending = repo + QStringLiteral("/actions/runs/%1/pending_deployments").arg(id);
        g.on(60);
        QCOMPARE(json(g.ask("GET", repo + Q("/actions/runs/") + id))[Q("status")].toString(), Q("waiting"));
        QVERIFY(!json(g.ask("GET", pending))[0][Q("current_user_can_approve")].toBool());
        QVERIFY(json(g.ask("GET", pending, "ghp_reviewer"))[0][Q("current_user_can_approve")].toBool());
        const QJsonObject yes{{Q("environment_ids"), QJsonArray{161088068}}, {Q("state"), Q("approved")}, {Q("comment"), Q("good")}};
        QCOMPARE(g.ask("POST", pending, "ghp_owner", yes).status, 422);
        QCOMPARE(g.ask("POST", pending, "github_pat_actions", yes).status, 403);
        QCOMPARE(g.ask("POST", pending, "ghs_workflow", yes).status, 403);
        QCOMPARE(g.ask("POST", pending, "ghp_reviewer", yes).status, 200);
        QCOMPARE(json(g.ask("GET", repo + QStringLiteral("/actions/runs/%1/approvals").arg(id)))[0][Q("comment")].toString(), Q("good"));
        g.on(60);
        QCOMPARE(json(g.ask("GET", repo + Q("/actions/runs/") + id))[Q("conclusion")].toString(), Q("success"));
    }

    void logsLieElsewhereAndRefuseTheToken()
    {
        GitHub g;
        const QString run = QString::number(json(g.ask("GET", repo + Q("/actions/runs")))[Q("workflow_runs")][0][Q("id")].toInteger());
        const QJsonValue jobs = json(g.ask("GET", repo + QStringLiteral("/actions/runs/%1/jobs").arg(run)))[Q("jobs")];
        const Answer moved = g.ask("GET", repo + QStringLiteral("/actions/jobs/%1/logs").arg(jobs[0][Q("id")].toInteger()));
        QCOMPARE(moved.status, 302);
        const QString target = QString::fromUtf8(header(moved, "location")).mid(Q("http://127.0.0.1:2").size());
        QCOMPARE(g.blobs->answer(call("GET", target, "ghp_owner")).status, 400);
        const Answer log = g.blobs->answer(call("GET", target, ""));
        QCOMPARE(log.status, 200);
        QVERIFY(log.body.contains("##[group]Run"));
        QCOMPARE(g.ask("GET", repo + QStringLiteral("/actions/runs/%1/logs").arg(run)).status, 302);
        g.on(3600);
        QCOMPARE(g.blobs->answer(call("GET", target, "")).status, 403); // its minute is over
    }

    void failedJobsRunAgainAsAnAttempt()
    {
        GitHub g;
        g.hub.control(Q("fail"), {{Q("repository"), Q("acme/damage-incidence")}, {Q("workflow"), Q("train_model.yml")}, {Q("job"), Q("download")}});
        const qint64 id = g.hub.control(Q("push"), {{Q("repository"), Q("acme/damage-incidence")}, {Q("files"), QJsonArray{Q("ml/train.py")}}})[Q("runs")][0].toInteger();
        const QString run = repo + QStringLiteral("/actions/runs/%1").arg(id);
        g.on(120);
        QCOMPARE(json(g.ask("GET", run))[Q("conclusion")].toString(), Q("failure"));
        QCOMPARE(g.ask("POST", run + Q("/rerun-failed-jobs")).status, 201);
        g.on(120);
        QCOMPARE(json(g.ask("GET", run))[Q("run_attempt")].toInt(), 2);
        QCOMPARE(json(g.ask("GET", run))[Q("conclusion")].toString(), Q("success"));
        QCOMPARE(json(g.ask("GET", run + Q("/attempts/1")))[Q("conclusion")].toString(), Q("failure"));
    }

    void rightsHideAndLimitsBite()
    {
        GitHub g;
        QCOMPARE(g.ask("GET", repo, "").status, 404);
        QCOMPARE(g.ask("GET", repo, "nonsense").status, 401);
        QCOMPARE(g.ask("GET", repo, "github_pat_other").status, 404);
        QCOMPARE(g.ask("GET", Q("/user/packages?package_type=container"), "github_pat_actions").status, 403);
        QCOMPARE(g.ask("GET", Q("/user/packages?package_type=container")).status, 200);
        QCOMPARE(g.ask("POST", deploy, "ghp_reader", QJsonObject{{Q("ref"), Q("main")}}).status, 403);
        g.hub.control(Q("settings"), {{Q("secondary_limit"), true}});
        const QJsonObject body{{Q("ref"), Q("main")}};
        QCOMPARE(g.ask("POST", deploy, "ghp_owner", body).status, 200 + 4);
        const Answer limited = g.ask("POST", deploy, "ghp_owner", body);
        QCOMPARE(limited.status, 403);
        QCOMPARE(header(limited, "retry-after"), QByteArray("60"));
        g.on(2);
        QCOMPARE(g.ask("POST", deploy, "ghp_owner", body).status, 204);
    }

    void aFilteredListStopsAtAThousand()
    {
        GitHub g;
        g.hub.control(Q("add_runs"), {{Q("repository"), Q("acme/damage-incidence")}, {Q("workflow"), Q("deploy_app.yml")}, {Q("count"), 1020}});
        const Answer last = g.ask("GET", repo + Q("/actions/runs?status=completed&per_page=100&page=10"));
        QCOMPARE(json(last)[Q("workflow_runs")].toArray().size(), 100);
        QVERIFY(!header(last, "link").contains("rel=\"next\""));
        QVERIFY(header(g.ask("GET", repo + Q("/actions/runs?per_page=100&page=10")), "link").contains("rel=\"next\""));
    }

    void kubeflowSpeaksBothVersions()
    {
        KubeflowStandIn k;
        QDateTime now = QDateTime::currentDateTimeUtc();
        k.advance(now);
        const QJsonValue recurring = json(k.answer(call("GET", Q("/apis/v2beta1/recurringruns"))))[Q("recurringRuns")][0];
        QCOMPARE(recurring[Q("trigger")][Q("periodic_schedule")][Q("interval_second")].toString(), Q("86400"));
        const QString version = recurring[Q("pipeline_version_reference")][Q("pipeline_version_id")].toString();
        QCOMPARE(json(k.answer(call("GET", Q("/apis/v1beta1/jobs"))))[Q("jobs")][0][Q("id")], recurring[Q("recurring_run_id")]);
        const QJsonObject body{{Q("display_name"), Q("by hand")}, {Q("pipeline_version_reference"), QJsonObject{{Q("pipeline_version_id"), version}}}};
        k.control(Q("fail"), {{Q("task"), Q("train")}});
        const QString run = Q("/apis/v2beta1/runs/") + json(k.answer(call("POST", Q("/apis/v2beta1/runs"), "t", body)))[Q("run_id")].toString();
        k.advance(now = now.addSecs(120));
        QCOMPARE(json(k.answer(call("GET", run)))[Q("state")].toString(), Q("FAILED"));
        k.control(Q("settings"), {{Q("retry_sticks"), true}});
        QCOMPARE(k.answer(call("POST", run + Q(":retry"))).status, 200);
        k.advance(now = now.addSecs(600));
        QCOMPARE(json(k.answer(call("GET", run)))[Q("state")].toString(), Q("PENDING")); // #11329
        k.answer(call("POST", run + Q(":terminate")));
        k.advance(now = now.addSecs(1));
        QCOMPARE(json(k.answer(call("GET", run)))[Q("state")].toString(), Q("CANCELED"));
        const QString filter = QString::fromLatin1(QUrl::toPercentEncoding(Q("{\"predicates\":[{\"operation\":\"EQUALS\",\"key\":\"state\",\"string_value\":\"CANCELED\"}]}")));
        QCOMPARE(json(k.answer(call("GET", Q("/apis/v2beta1/runs?filter=") + filter)))[Q("runs")].toArray().size(), 1);
        k.control(Q("settings"), {{Q("multi_user"), true}});
        QCOMPARE(k.answer(call("GET", Q("/apis/v2beta1/runs?namespace=kubeflow"), "")).status, 401);
    }

    void aContainersSignatureSaysWhatItLetsIn()
    {
        BlobStandIn blobs;
        blobs.advance(QDateTime::currentDateTimeUtc());
        blobs.keep(Q("estatestore/c/a/one.txt"), "one and more");
        blobs.keep(Q("estatestore/other/x"), "x");
        const QString reading = Q("?") + blobs.containerSignature(Q("c"), Q("rl"), 60);
        const Answer list = blobs.answer(call("GET", Q("/estatestore/c") + reading + Q("&restype=container&comp=list&prefix=a"), ""));
        QCOMPARE(list.status, 200);
        QVERIFY(list.body.contains("<Name>a/one.txt</Name>") && !list.body.contains("<Name>x"));
        QCOMPARE(blobs.answer(call("GET", Q("/estatestore/other/x") + reading, "")).status, 403);
        QCOMPARE(blobs.answer(call("PUT", Q("/estatestore/c/new") + reading, "")).status, 403);
        Call piece = call("GET", Q("/estatestore/c/a/one.txt") + reading, "");
        QVERIFY(!header(blobs.answer(piece), "content-md5").isEmpty());
        piece.headers.emplace_back("range", "bytes=4-6");
        QCOMPARE(blobs.answer(piece).status, 206);
        QCOMPARE(blobs.answer(piece).body, QByteArray("and"));
        piece.headers.back().second = "bytes=-4";
        QCOMPARE(blobs.answer(piece).body, QByteArray("more"));
        piece.headers.back().second = "bytes=99-";
        QCOMPARE(blobs.answer(piece).status, 416);
        Call put = call("PUT", Q("/estatestore/c/new?") + blobs.containerSignature(Q("c"), Q("rcwl"), 60), "");
        put.body = "bytes";
        put.headers = {{"x-ms-blob-type", "BlockBlob"}, {"content-md5", "AAAAAAAAAAAAAAAAAAAAAA=="}};
        QCOMPARE(blobs.answer(put).status, 400);
        put.headers.pop_back();
        QCOMPARE(blobs.answer(put).status, 201);
        blobs.advance(QDateTime::currentDateTimeUtc().addSecs(3600));
        QCOMPARE(blobs.answer(piece).status, 403); // its minute is over
    }

    void aRefreshTokenIsGoodUntilTheSignInEnds()
    {
        AzureMlStandIn a;
        const auto ask = [&](const char *path, const QString &form) {
            Call made = call("POST", Q("/t/oauth2/v2.0/") + Q(path), "");
            made.headers.emplace_back("content-type", "application/x-www-form-urlencoded");
            made.body = form.toUtf8();
            return json(a.answer(made));
        };
        const QJsonValue device = ask("devicecode", Q("client_id=c&scope=https%3A%2F%2Fmanagement.azure.com%2F.default%20offline_access"));
        a.control(Q("sign_in"), {{Q("user_code"), device[Q("user_code")]}});
        const QString refresh = ask("token", Q("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&client_id=c&device_code=") + device[Q("device_code")].toString())[Q("refresh_token")].toString();
        QVERIFY(!refresh.isEmpty());
        const QString again = Q("grant_type=refresh_token&client_id=c&refresh_token=") + refresh;
        QVERIFY(!ask("token", again)[Q("access_token")].toString().isEmpty());
        a.control(Q("sign_out"), {});
        QCOMPARE(ask("token", again)[Q("error")].toString(), Q("invalid_grant"));
    }

    void azureWaitsForItsClusterAndKeepsItsOutputs()
    {
        auto blobs = std::make_shared<BlobStandIn>();
        AzureMlStandIn a(blobs);
        a.urlOf = [](const QString &) { return QStringLiteral("http://127.0.0.1:2"); };
        QDateTime now = QDateTime::currentDateTimeUtc();
        const auto token = [&](const QByteArray &scope) {
            Call login = call("POST", Q("/tenant/oauth2/v2.0/token"), "");
            login.body = "grant_type=client_credentials&client_id=estate-client&client_secret=estate-secret&scope=" + scope;
            return json(a.answer(login))[Q("access_token")].toString().toUtf8();
        };
        a.advance(now);
        const QByteArray arm = token("https%3A%2F%2Fmanagement.azure.com%2F.default");
        const QString base = Q("/subscriptions/s/resourceGroups/mlops-rg/providers/Microsoft.MachineLearningServices/workspaces/mlops-ws"), version = Q("?api-version=2025-09-01");
        QCOMPARE(a.answer(call("GET", base + Q("/jobs"), arm)).status, 400);
        QCOMPARE(a.answer(call("GET", base + Q("/jobs") + version, "x")).status, 401);
        const QJsonValue good = json(a.answer(call("GET", base + Q("/jobs") + version, arm)))[Q("value")][0];
        QCOMPARE(good[Q("properties")][Q("status")].toString(), Q("Completed"));
        const QString job = base + Q("/jobs/quiet_river_1") + version;
        QCOMPARE(a.answer(call("PUT", job, arm, QJsonObject{{Q("properties"), good[Q("properties")]}})).status, 201);
        const auto status = [&](int seconds) { a.advance(now = now.addSecs(seconds)); return json(a.answer(call("GET", job, arm)))[Q("properties")][Q("status")].toString(); };
        QCOMPARE(status(60), Q("Queued")); // the cluster comes from zero
        QCOMPARE(status(140), Q("Running"));
        QCOMPARE(status(100), Q("Completed"));
        const QJsonValue found = json(a.answer(call("GET", Q("/artifact/v2.0") + base + Q("/artifacts/prefix/contentinfo/ExperimentRun/dcid.quiet_river_1/model_output"), arm)))[Q("value")];
        QCOMPARE(found.toArray().size(), 2);
        const Answer file = blobs->answer(call("GET", found[0][Q("contentUri")].toString().mid(18), ""));
        QCOMPARE(file.status, 200);
        QVERIFY(!header(file, "content-md5").isEmpty());
        const QString code = base + Q("/codes/c/versions/1");
        const QJsonValue place = json(a.answer(call("POST", code + Q("/startPendingUpload") + version, arm, QJsonObject{{Q("pendingUploadType"), Q("TemporaryBlobReference")}})))[Q("blobReferenceForConsumption")];
        const QString uri = place[Q("blobUri")].toString(), to = place[Q("credential")][Q("sasUri")].toString().mid(18);
        const auto asset = [&](const QString &hash) { return QJsonObject{{Q("properties"), QJsonObject{{Q("codeUri"), uri + Q("/src")}, {Q("properties"), QJsonObject{{Q("hash_sha256"), hash}}}}}}; };
        QCOMPARE(a.answer(call("PUT", code + version, arm, asset({}))).status, 400); // nothing lies there yet
        Call put = call("PUT", to.section(QLatin1Char('?'), 0, 0) + Q("/src/t.py?") + to.section(QLatin1Char('?'), 1), "");
        put.body = "print(1)\n";
        QCOMPARE(blobs->answer(put).status, 400); // no x-ms-blob-type
        put.headers.emplace_back("x-ms-blob-type", "BlockBlob");
        QCOMPARE(blobs->answer(put).status, 201);
        QCOMPARE(a.answer(call("PUT", code + version, arm, asset(Q("00")))).status, 400); // other bytes than the hash says
        QCOMPARE(a.answer(call("PUT", code + version, arm, asset(blobs->control(Q("digest"), {{Q("path"), uri.section(Q("2/"), -1) + Q("/src")}})[Q("sha256")].toString()))).status, 201);
        QCOMPARE(a.answer(call("GET", code + version, arm)).status, 200);
        const QString metrics = Q("/mlflow/v1.0") + base + Q("/api/2.0/mlflow/runs/get?run_id=quiet_river_1");
        QCOMPARE(json(a.answer(call("GET", metrics, arm)))[Q("run")][Q("data")][Q("metrics")].toArray().size(), 3);
        QCOMPARE(json(a.answer(call("GET", metrics, token("other"))))[Q("run")][Q("data")][Q("metrics")].toArray().size(), 0);
    }
};

QTEST_APPLESS_MAIN(TestCloudStandIns)
#include "tst_cloud_stand_ins.moc"
