// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/serving/serving_fixture.h"

#include <QtTest>

using namespace pilothouse;
using namespace pilothouse::serving;
using namespace pilothouse::serving::testing;
using Q = QLatin1String;

class TestRoutes : public QObject {
    Q_OBJECT
    std::unique_ptr<Served> m_served;

private Q_SLOTS:
    void init() {
        m_served = std::make_unique<Served>();
        m_served->options.limits.bodyBytes = 64 << 10;
        const auto started = m_served->start();
        QVERIFY2(started, started ? "" : qPrintable(started.error().text()));
    }
    void cleanup() { m_served.reset(); }

    void everyRouteAndVerdict_data() {
        QTest::addColumn<QString>("method");
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("body");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char *name, const char *method, const char *path, const char *body, int status, const char *expected) {
            QTest::newRow(name) << QString::fromUtf8(method) << QString::fromUtf8(path) << QString::fromUtf8(body) << status << QString::fromUtf8(expected);
        };
        row("one row by order", "POST", "/predict", R"({"features":[1,2,"west"]})", 200, R"("prediction":1021,)");
        row("one row by names", "POST", "/predict", R"({"side":"east","b":2,"a":1})", 200, R"("prediction":1121,)");
        row("a regression has no probability", "POST", "/predict", R"({"a":1,"b":2})", 200, R"("probability":null,)");
        row("the answer names the version", "POST", "/predict", R"({"a":1,"b":2})", 200, R"("model_version":"1","model_source":"local registry t2m/1")");
        row("an optional input may be left out", "POST", "/predict", R"({"a":1})", 200, R"("prediction":1051,)");
        row("an optional input may be null", "POST", "/predict", R"({"features":[1,null,null]})", 200, R"("prediction":1051,)");
        row("an unknown category is scored as unknown", "POST", "/predict", R"({"a":1,"b":2,"side":"north"})", 200, R"("prediction":1021,)");
        row("many rows, mixed", "POST", "/predict", R"({"rows":[[1,2,"west"],{"a":3,"b":0}]})", 200, R"({"predictions":[1021,1003],)");
        row("a bare list is many rows", "POST", "/predict", R"([{"a":1,"b":2}])", 200, R"({"predictions":[1021],)");
        row("KServe V1", "POST", "/v1/models/t2m:predict", R"({"instances":[[1,2,"west"],[3,0,"west"]]})", 200, R"({"predictions":[1021,1003],)");
        row("KServe V2 by input", "POST", "/v2/models/t2m/infer",
            R"({"id":"q7","inputs":[{"name":"a","shape":[2],"datatype":"FP64","data":[1,3]},{"name":"b","shape":[2,1],"datatype":"FP64","data":[[2],[0]]}]})", 200,
            R"("id":"q7",)");
        row("KServe V2 gives outputs with shape", "POST", "/v2/models/t2m/infer", R"({"inputs":[{"name":"a","shape":[2],"datatype":"FP64","data":[1,3]}]})", 200,
            R"("outputs":[{"name":"predict","shape":[2],"datatype":"FP64","data":[1051,1053]}])");
        row("malformed JSON is 400", "POST", "/predict", R"({"a":1)", 400, R"("kind":"invalid")");
        row("an empty body is 400", "POST", "/predict", "", 400, "The body is empty.");
        row("a number too large for a double is 400", "POST", "/predict", R"({"a":1e999})", 400, "not JSON");
        row("a missing input is 422 and named", "POST", "/predict", R"({"b":2})", 422, R"("field":"a")");
        row("a wrong type is 422 and named", "POST", "/predict", R"({"a":"one"})", 422, R"("field":"a")");
        row("a wrong type in a list names the row", "POST", "/predict", R"({"rows":[[1,2,"west"],[1,"x","west"]]})", 422, R"("field":"rows[1].b")");
        row("an unknown input is 422 with the nearest name", "POST", "/predict", R"({"a":1,"sides":"west"})", 422, "Did you mean `side`?");
        row("an input given twice is 422", "POST", "/predict", R"({"a":1,"a":2})", 422, R"("field":"a")");
        row("too few values are 422 with the order", "POST", "/predict", R"({"features":[1]})", 422, "In this order: a, b, side.");
        row("a text as body is 422", "POST", "/predict", R"("hello")", 422, "an object or a list of rows");
        row("no rows are 422", "POST", "/predict", R"({"rows":[]})", 422, "holds no row");
        row("V1 without instances is 422", "POST", "/v1/models/t2m:predict", R"({"rows":[]})", 422, R"("field":"instances")");
        row("V1 names row and input", "POST", "/v1/models/t2m:predict", R"({"instances":[{"b":1}]})", 422, R"("field":"instances[0].a")");
        row("V2 with a shape that does not fit is 422", "POST", "/v2/models/t2m/infer", R"({"inputs":[{"name":"a","shape":[3],"datatype":"FP64","data":[1,3]}]})", 422,
            R"("field":"inputs[0].data")");
        row("V2 without a needed input is 422", "POST", "/v2/models/t2m/infer", R"({"inputs":[{"name":"b","shape":[1],"datatype":"FP64","data":[1]}]})", 422, R"("field":"inputs.a")");
        row("V2 without a tensor is 422", "POST", "/v2/models/t2m/infer", R"({"inputs":[]})", 422, "The list holds no tensor.");
        row("V2 with a tensor type that does not exist is 422", "POST", "/v2/models/t2m/infer", R"({"inputs":[{"name":"a","shape":[1],"datatype":"FLOAT","data":[1]}]})", 422,
            R"("field":"inputs[0].datatype")");
        row("V2 with an input given twice is 422", "POST", "/v2/models/t2m/infer",
            R"({"inputs":[{"name":"a","shape":[1],"datatype":"FP64","data":[1]},{"name":"a","shape":[1],"datatype":"FP32","data":[2]}]})", 422, R"("field":"inputs[1].name")");
        row("a row without any input is 422", "POST", "/predict", "{}", 422, "names no input");
        row("an empty row in a list is 422 and named", "POST", "/predict", R"({"rows":[{"a":1},{}]})", 422, R"("field":"rows[1]")");
        row("rows beside another key are 422", "POST", "/predict", R"({"rows":[{"a":1}],"features":[1,2,"west"]})", 422, "Beside `rows` no other key");
        row("another model is 404", "POST", "/v1/models/other:predict", R"({"instances":[[1]]})", 404, "It serves `t2m`.");
        row("an unknown route is 404", "GET", "/nothing", "", 404, R"("kind":"not_found")");
        row("a route below a known one is 404", "GET", "/predict/1", "", 404, R"("kind":"not_found")");
        row("health", "GET", "/health", "", 200, R"("status":"healthy")");
        row("root", "GET", "/", "", 200, R"("service":"pilothouse")");
        row("model info", "GET", "/model-info", "", 200, R"("digest":"digest-1")");
        row("live", "GET", "/v2/health/live", "", 200, R"({"live":true})");
        row("ready", "GET", "/v2/health/ready", "", 200, R"({"ready":true})");
        row("V1 model", "GET", "/v1/models/t2m", "", 200, R"({"name":"t2m","ready":true})");
        row("V2 model", "GET", "/v2/models/t2m", "", 200, R"("platform":"pilothouse")");
        row("metrics", "GET", "/metrics", "", 200, R"("success_rate":1)");
        row("prometheus", "GET", "/metrics/prometheus", "", 200, "# TYPE pilothouse_request_seconds histogram");
        row("logs", "GET", "/logs/5", "", 200, "[");
        row("a limit that is no number is 422", "GET", "/logs/many", "", 422, R"("field":"limit")");
        row("a limit of nothing is 422", "GET", "/logs/0", "", 422, R"("field":"limit")");
        row("no retrain policy is 404 with a hint", "GET", "/retrain/status", "", 404, "retrain: {when");
        row("openapi", "GET", "/openapi.json", "", 200, R"("openapi":"3.0.3")");
        row("docs", "GET", "/docs", "", 200, "<code>/predict</code>");
        row("labels that are no JSON are 400", "POST", "/labels", "x", 400, R"("kind":"invalid")");
        row("labels without a value name the entry", "POST", "/labels", R"({"labels":[{"prediction_id":"x"}]})", 422, R"("field":"labels[0].value")");
        row("labels of unknown predictions are told", "POST", "/labels", R"({"labels":[{"prediction_id":"00000000-1","value":1}]})", 200, R"({"accepted":0,"unknown":["00000000-1"],"rejected":[]})");
    }
    void everyRouteAndVerdict() {
        QFETCH(QString, method);
        QFETCH(QString, path);
        QFETCH(QString, body);
        QFETCH(int, status);
        QFETCH(QString, expected);
        Wire wire(m_served->port());
        const Answer answer = wire.ask(method.toStdString(), path.toStdString(), body.toStdString());
        QVERIFY2(QString::fromStdString(answer.body).contains(expected), qPrintable(QString::fromStdString(answer.body)));
        QCOMPARE(answer.status, status);
        if (status >= 400) {
            const QJsonObject error = answer.json().value(Q("error")).toObject();
            QVERIFY(error.contains(Q("kind")) && error.contains(Q("what")) && error.contains(Q("hint")));
        }
        QCOMPARE(wire.ask("GET", "/health").status, 200); // the connection goes on
    }

    void aKeyIsNeeded_data() {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("key");
        QTest::addColumn<int>("status");
        QTest::newRow("health needs none") << "/health" << "" << 200;
        QTest::newRow("ready needs none") << "/v2/health/ready" << "" << 200;
        QTest::newRow("root needs none") << "/" << "" << 200;
        QTest::newRow("docs need none") << "/docs" << "" << 200;
        QTest::newRow("model info needs one") << "/model-info" << "" << 401;
        QTest::newRow("a wrong one is refused") << "/model-info" << "the-api-key-of-this-tesx" << 401;
        QTest::newRow("a beginning of it is refused") << "/model-info" << "the-api-key" << 401;
        QTest::newRow("the admin token opens it") << "/model-info" << "the-admin-token-of-this-test" << 200;
        QTest::newRow("the key does not open admin routes") << "/admin/rollout" << "the-api-key-of-this-test" << 401;
        QTest::newRow("the admin token does") << "/admin/rollout" << "the-admin-token-of-this-test" << 200;
    }
    void aKeyIsNeeded() {
        QFETCH(QString, path);
        QFETCH(QString, key);
        QFETCH(int, status);
        Wire wire(m_served->port());
        QCOMPARE(wire.ask("GET", path.toStdString(), {}, key.toStdString()).status, status);
        QVERIFY(wire.sendRaw("GET " + path.toStdString() + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + key.toStdString() + "\r\n\r\n"));
        QCOMPARE(wire.receive().status, status);
    }

    void anotherPathForARoute_data() {
        QTest::addColumn<QString>("method");
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("body");
        QTest::addColumn<QString>("key");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("expected");
        const QString key = QStringLiteral("the-api-key-of-this-test"), row = QStringLiteral(R"({"a":1,"b":2})");
        QTest::newRow("answers as the route") << "POST" << "/score" << row << key << 200 << R"("prediction":1021,)";
        QTest::newRow("the route answers on") << "POST" << "/predict" << row << key << 200 << R"("prediction":1021,)";
        QTest::newRow("with a query") << "POST" << "/score?v=2" << row << key << 200 << R"("prediction":1021,)";
        QTest::newRow("several segments") << "POST" << "/api/v1/damage:predict" << row << key << 200 << R"("prediction":1021,)";
        QTest::newRow("its errors") << "POST" << "/score" << R"({"b":2})" << key << 422 << R"("field":"a")";
        QTest::newRow("its methods") << "GET" << "/score" << "" << key << 405 << "Allowed: POST.";
        QTest::newRow("its key") << "POST" << "/score" << row << "" << 401 << "needs an API key";
        QTest::newRow("none where the route needs none") << "GET" << "/ping" << "" << "" << 200 << R"("status":"healthy")";
        QTest::newRow("a path below it is none") << "POST" << "/score/1" << row << key << 404 << "no route /score/1";
        QTest::newRow("letters are not turned") << "POST" << "/Score" << row << key << 404 << "no route /Score";
    }
    void anotherPathForARoute() {
        QFETCH(QString, method);
        QFETCH(QString, path);
        QFETCH(QString, body);
        QFETCH(QString, key);
        QFETCH(int, status);
        QFETCH(QString, expected);
        m_served->server.reset();
        m_served->options.aliases = {{"/score", "/predict"}, {"/api/v1/damage:predict", "/predict"}, {"/ping", "/health"}};
        QVERIFY(m_served->start());
        Wire wire(m_served->port());
        const Answer answer = wire.ask(method.toStdString(), path.toStdString(), body.toStdString(), key.toStdString());
        QVERIFY2(QString::fromStdString(answer.body).contains(expected), qPrintable(QString::fromStdString(answer.body)));
        QCOMPARE(answer.status, status);
    }

    void otherPathsAreDescribed() {
        m_served->server.reset();
        m_served->options.aliases = {{"/score", "/predict"}, {"/ping", "/health"}};
        QVERIFY(m_served->start());
        Wire wire(m_served->port());
        const QJsonObject paths = wire.ask("GET", "/openapi.json").json().value(Q("paths")).toObject();
        const QJsonObject own = paths.value(Q("/predict")).toObject().value(Q("post")).toObject(), other = paths.value(Q("/score")).toObject().value(Q("post")).toObject();
        QVERIFY(!own.isEmpty());
        for (const char *key : {"requestBody", "responses", "security"})
            QCOMPARE(other.value(Q(key)), own.value(Q(key)));
        QVERIFY2(other.value(Q("summary")).toString().startsWith(Q("As /predict: ")), qPrintable(other.value(Q("summary")).toString()));
        QVERIFY(paths.value(Q("/ping")).toObject().contains(Q("get")));
        QVERIFY(!paths.value(Q("/ping")).toObject().value(Q("get")).toObject().contains(Q("security")));
        QVERIFY(wire.ask("GET", "/docs").body.find("<code>/score</code>") != std::string::npos);
    }

    void wrongPathsAreRefusedAtTheStart_data() {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("route");
        QTest::addColumn<QString>("says");
        QTest::newRow("a path that is a route") << "/health" << "/predict" << "a route already";
        QTest::newRow("a path that a route with a parameter takes") << "/logs/5" << "/predict" << "a route already";
        QTest::newRow("a path among those of the administration") << "/admin/score" << "/predict" << "a route already";
        QTest::newRow("a path twice") << "/twice" << "/predict" << "named twice";
        QTest::newRow("a route that is not there") << "/score" << "/predictions" << "no route /predictions";
        QTest::newRow("a route of the administration") << "/score" << "/admin/stop" << "no route /admin/stop";
        QTest::newRow("a route with a parameter") << "/newest" << "/logs/{}" << "no route /logs/{}";
    }
    void wrongPathsAreRefusedAtTheStart() {
        QFETCH(QString, path);
        QFETCH(QString, route);
        QFETCH(QString, says);
        m_served->server.reset();
        m_served->options.aliases = {{"/twice", "/health"}, {path.toStdString(), route.toStdString()}};
        const auto started = m_served->start();
        QVERIFY2(!started, "it started");
        QCOMPARE(started.error().kind, ErrorKind::Invalid);
        QVERIFY2(started.error().what.contains(says), qPrintable(started.error().text()));
    }

    void anotherPathIsWrittenSo_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("fine");
        QTest::newRow("a path and a route") << "/score=/predict" << true;
        QTest::newRow("segments, dots, a colon") << "/api/v1.2/iris:predict_all~x=/predict" << true;
        QTest::newRow("no route") << "/score" << false;
        QTest::newRow("an empty route") << "/score=" << false;
        QTest::newRow("an empty path") << "=/predict" << false;
        QTest::newRow("no slash before it") << "score=/predict" << false;
        QTest::newRow("the root, which is a route") << "/=/predict" << false;
        QTest::newRow("a slash at its end") << "/score/=/predict" << false;
        QTest::newRow("two slashes") << "//score=/predict" << false;
        QTest::newRow("a folder above") << "/a/../predict=/predict" << false;
        QTest::newRow("a query") << "/score?x=/predict" << false;
        QTest::newRow("a blank") << "/my score=/predict" << false;
        QTest::newRow("an escape") << "/%73core=/predict" << false;
        QTest::newRow("a break of the line") << "/score\r\nX: y=/predict" << false;
        QTest::newRow("a break at its end") << "/score\n=/predict" << false;
    }
    void anotherPathIsWrittenSo() {
        QFETCH(QString, text);
        QFETCH(bool, fine);
        const auto alias = routeAlias(text);
        QCOMPARE(bool(alias), fine);
        if (fine) {
            QCOMPARE(QString::fromStdString(alias->path) + QLatin1Char('=') + QString::fromStdString(alias->route), text);
        } else {
            QCOMPARE(alias.error().kind, ErrorKind::Invalid);
        }
    }

    void anEmptyAdminTokenClosesAdminRoutes() {
        m_served->server.reset();
        m_served->options.adminToken.clear();
        QVERIFY(m_served->start());
        Wire wire(m_served->port());
        QCOMPARE(wire.ask("GET", "/admin/rollout", {}, "").status, 401);
    }

    void aWrongMethodNamesTheRightOnes() {
        Wire wire(m_served->port());
        const Answer answer = wire.ask("DELETE", "/predict");
        QCOMPARE(answer.status, 405);
        QCOMPARE(answer.header("Allow"), std::string("POST"));
        const Answer head = wire.ask("POST", "/health", "{}");
        QCOMPARE(head.status, 405);
        QCOMPARE(head.header("Allow"), std::string("GET, HEAD"));
    }

    void headGivesTheHeadersOfGet() {
        Wire wire(m_served->port());
        const Answer get = wire.ask("GET", "/openapi.json"); // the same each time
        QVERIFY(wire.sendRaw("HEAD /openapi.json HTTP/1.1\r\nHost: x\r\n\r\nHEAD /predict HTTP/1.1\r\nHost: x\r\n\r\n"));
        const Answer head = wire.receive(true); // a body would be taken for the next answer
        QCOMPARE(head.status, 200);
        QCOMPARE(head.header("Content-Length"), get.header("Content-Length"));
        const Answer refused = wire.receive(true);
        QCOMPARE(refused.status, 405);
        QCOMPARE(refused.header("Allow"), std::string("POST"));
    }

    void withoutAModelEverythingSaysSo() {
        m_served->server.reset();
        m_served = std::make_unique<Served>();
        QVERIFY(m_served->start(false));
        Wire wire(m_served->port());
        for (const char *path : {"/health", "/model-info", "/v2/health/ready", "/v1/models/t2m", "/v2/models/t2m"})
            QCOMPARE(wire.ask("GET", path).status, 503);
        QCOMPARE(wire.ask("POST", "/predict", R"({"a":1})").status, 503);
        QCOMPARE(wire.ask("GET", "/v2/health/live").status, 200);
        QCOMPARE(wire.ask("GET", "/openapi.json").status, 200);
    }

    void theRateLimitAnswers429WithATime() {
        m_served->server.reset();
        m_served->options.requestsPerSecond = 3;
        QVERIFY(m_served->start());
        Wire wire(m_served->port());
        int good = 0;
        Answer refused;
        for (int i = 0; i < 50 && refused.status != 429; ++i) {
            refused = wire.ask("POST", "/predict", R"({"a":1})");
            good += refused.status == 200 ? 1 : 0;
        }
        QCOMPARE(refused.status, 429);
        QVERIFY(good >= 3);
        QVERIFY(std::stoi(refused.header("Retry-After")) >= 1);
        QCOMPARE(wire.ask("GET", "/health").status, 200); // probes are not limited
    }

    void classesAnswerWithLabelAndProbabilities_data() {
        QTest::addColumn<QStringList>("labels");
        QTest::addColumn<QString>("expected");
        QTest::newRow("words are words") << QStringLiteral("small middle large").split(QLatin1Char(' ')) << R"({"prediction":"middle","probability":[0.125,0.75,0.125],)";
        QTest::newRow("whole numbers are numbers") << QStringLiteral("0 1 2").split(QLatin1Char(' ')) << R"({"prediction":1,"probability":[0.125,0.75,0.125],)";
        QTest::newRow("numbers with leading zeros stay words") << QStringLiteral("00 01 02").split(QLatin1Char(' ')) << R"({"prediction":"01","probability":[0.125,0.75,0.125],)";
    }
    void classesAnswerWithLabelAndProbabilities() {
        QFETCH(QStringList, labels);
        QFETCH(QString, expected);
        Served served;
        std::vector<std::string> names;
        for (const QString &label : labels)
            names.push_back(label.toStdString());
        served.shelf.put(QStringLiteral("v1"), std::make_shared<ClassScorer>(names));
        QVERIFY(served.start());
        Wire wire(served.port());
        const Answer answer = wire.ask("POST", "/predict", R"({"features":[1.5]})");
        QVERIFY2(QString::fromStdString(answer.body).startsWith(expected), answer.body.c_str());
    }

    void severalTargetsAnswerWithAListEach_data() {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("body");
        QTest::addColumn<QString>("expected");
        QTest::newRow("one row") << "/predict" << R"({"features":[20,60]})" << R"({"prediction":{"t2m":[20,21],"rh2m":[60,70]},"probability":null,)";
        QTest::newRow("many rows") << "/predict" << R"({"rows":[[20,60],[1,2]]})" << R"({"predictions":[{"t2m":[20,21],"rh2m":[60,70]},{"t2m":[1,2],"rh2m":[2,12]}],)";
        QTest::newRow("KServe V1") << "/v1/models/t2m:predict" << R"({"instances":[[20,60]]})" << R"({"predictions":[{"t2m":[20,21],"rh2m":[60,70]}],)";
        QTest::newRow("KServe V2: a tensor each") << "/v2/models/t2m/infer"
                                                  << R"({"inputs":[{"name":"t2m@0","shape":[2],"datatype":"FP64","data":[20,1]},{"name":"rh2m@0","shape":[2],"datatype":"FP64","data":[60,2]}]})"
                                                  << R"("outputs":[{"name":"t2m","shape":[2,2],"datatype":"FP64","data":[[20,21],[1,2]]},{"name":"rh2m","shape":[2,2],"datatype":"FP64","data":[[60,70],[2,12]]}]})";
        QTest::newRow("KServe V2: the tensor that was asked for") << "/v2/models/t2m/infer" << R"({"inputs":[{"name":"x","shape":[1,2],"datatype":"FP64","data":[20,60]}],"outputs":[{"name":"rh2m"}]})"
                                                                  << R"("outputs":[{"name":"rh2m","shape":[1,2],"datatype":"FP64","data":[[60,70]]}]})";
        QTest::newRow("KServe V2: one it does not have") << "/v2/models/t2m/infer" << R"({"inputs":[{"name":"x","shape":[1,2],"datatype":"FP64","data":[20,60]}],"outputs":[{"name":"t2m"},{"name":"ws2m"}]})"
                                                         << R"("what":"This model has no output `ws2m`.","hint":"It has: t2m, rh2m.","field":"outputs[1].name")";
        QTest::newRow("KServe V2: outputs that are no list") << "/v2/models/t2m/infer" << R"({"inputs":[{"name":"x","shape":[1,2],"datatype":"FP64","data":[20,60]}],"outputs":"t2m"})"
                                                             << R"("field":"outputs")";
    }
    void severalTargetsAnswerWithAListEach() {
        QFETCH(QString, path);
        QFETCH(QString, body);
        QFETCH(QString, expected);
        Served served;
        served.shelf.put(QStringLiteral("v1"), std::make_shared<PairScorer>());
        QVERIFY(served.start());
        Wire wire(served.port());
        const Answer answer = wire.ask("POST", path.toStdString(), body.toStdString());
        QVERIFY2(QString::fromStdString(answer.body).contains(expected), answer.body.c_str());
        const QJsonObject schemas = wire.ask("GET", "/openapi.json").json().value(Q("components")).toObject().value(Q("schemas")).toObject();
        QCOMPARE(schemas.value(Q("Prediction")).toObject().value(Q("properties")).toObject().value(Q("prediction")).toObject().value(Q("required")).toArray(), (QJsonArray{Q("t2m"), Q("rh2m")}));
        const QJsonArray outputs = wire.ask("GET", "/v2/models/t2m").json().value(Q("outputs")).toArray();
        QCOMPARE(outputs.size(), 2);
        QCOMPARE(outputs.at(1).toObject().value(Q("name")).toString(), QStringLiteral("rh2m"));
        QCOMPARE(outputs.at(1).toObject().value(Q("shape")).toArray(), (QJsonArray{-1, 2}));
    }

    void labelsOfSeveralTargetsNameThem_data() {
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("why"); // empty: taken
        QTest::newRow("a number each") << R"({"t2m":20.5,"rh2m":61})" << "";
        QTest::newRow("steps each") << R"({"t2m":[20,21],"rh2m":[60,70]})" << "";
        QTest::newRow("one of them") << R"({"rh2m":[60]})" << "";
        QTest::newRow("one is not known") << R"({"t2m":20,"rh2m":null})" << "";
        QTest::newRow("a list") << "[20,21]" << "several targets (t2m, rh2m): give each one's value by its name";
        QTest::newRow("a number") << "20" << "several targets (t2m, rh2m)";
        QTest::newRow("another target") << R"({"t2m":20,"ws2m":3})" << "does not forecast “ws2m”: its targets are t2m, rh2m";
        QTest::newRow("more steps than it forecasts") << R"({"t2m":[20,21,22]})" << "More values of “t2m”";
    }
    void labelsOfSeveralTargetsNameThem() {
        QFETCH(QString, value);
        QFETCH(QString, why);
        Served served;
        served.shelf.put(QStringLiteral("v1"), std::make_shared<PairScorer>());
        QVERIFY(served.start());
        Wire wire(served.port());
        const QString id = wire.ask("POST", "/predict", R"({"features":[20,60]})").json().value(Q("prediction_id")).toString();
        const QJsonObject taken = wire.ask("POST", "/labels", QStringLiteral(R"({"labels":[{"prediction_id":"%1","value":%2}]})").arg(id, value).toStdString()).json();
        QCOMPARE(taken.value(Q("accepted")).toInt(), why.isEmpty() ? 1 : 0);
        const QString what = taken.value(Q("rejected")).toArray().at(0).toObject().value(Q("what")).toString();
        QVERIFY2(why.isEmpty() ? what.isEmpty() : what.contains(why), qPrintable(what));
    }
    void aLabelThatNamesATargetIsOfSeveral() {
        Wire wire(m_served->port());
        const std::string id = wire.ask("POST", "/predict", R"({"a":1,"b":2})").json().value(Q("prediction_id")).toString().toStdString();
        const auto send = [&](const std::string &value) { return wire.ask("POST", "/labels", "{\"labels\":[{\"prediction_id\":\"" + id + "\",\"value\":" + value + "}]}"); };
        const QJsonObject taken = send(R"({"y":1020})").json();
        QCOMPARE(taken.value(Q("accepted")).toInt(), 0);
        QVERIFY(taken.value(Q("rejected")).toArray().at(0).toObject().value(Q("what")).toString().contains(QStringLiteral("one target")));
        for (const char *wrong : {R"({})", R"({"y":null})", R"({"y":"warm"})", R"({"y":{"z":1}})"})
            QCOMPARE(send(wrong).status, 422);
    }

    void theLogHoldsWhatWasAskedAndAnswered() {
        Wire wire(m_served->port());
        const QString first = wire.ask("POST", "/predict", R"({"a": 1, "b": 2})").json().value(Q("prediction_id")).toString();
        wire.ask("POST", "/predict", R"({"a":"x"})");
        wire.ask("POST", "/predict", R"({"rows":[[1,2,"west"],[3,0,"west"]]})");
        const QJsonArray log = wire.ask("GET", "/logs/10").list();
        QCOMPARE(log.size(), 3);
        const QJsonObject batch = log.at(0).toObject(), wrong = log.at(1).toObject(), one = log.at(2).toObject();
        QCOMPARE(one.value(Q("prediction_id")).toString(), first);
        QCOMPARE(one.value(Q("input")).toObject().value(Q("b")).toInt(), 2);
        QCOMPARE(one.value(Q("prediction")).toDouble(), 1021.0);
        QCOMPARE(one.value(Q("model_version")).toString(), QStringLiteral("1"));
        QCOMPARE(one.value(Q("status")).toInt(), 200);
        QVERIFY(one.value(Q("error")).isNull());
        QVERIFY(QDateTime::fromString(one.value(Q("timestamp")).toString(), Qt::ISODateWithMs).isValid());
        QCOMPARE(wrong.value(Q("status")).toInt(), 422);
        QCOMPARE(wrong.value(Q("input")).toString(), QStringLiteral(R"({"a":"x"})"));
        QVERIFY(wrong.value(Q("error")).toString().startsWith(Q("a: Expected a number")));
        QCOMPARE(batch.value(Q("rows")).toInt(), 2);
        QCOMPARE(batch.value(Q("prediction")).toArray().size(), 2);
        QCOMPARE(wire.ask("GET", "/logs/1").list().size(), 1);
    }

    void figuresCountWhatHappened() {
        Wire wire(m_served->port());
        for (int i = 0; i < 7; ++i)
            wire.ask("POST", "/predict", R"({"a":1})");
        wire.ask("POST", "/predict", R"({"b":1})");
        wire.ask("GET", "/nowhere");
        const QJsonObject metrics = wire.ask("GET", "/metrics").json();
        QCOMPARE(metrics.value(Q("total_requests")).toInt(), 8);
        QCOMPARE(metrics.value(Q("successful_requests")).toInt(), 7);
        QCOMPARE(metrics.value(Q("failed_requests")).toInt(), 1);
        QCOMPARE(metrics.value(Q("success_rate")).toDouble(), 7.0 / 8);
        QVERIFY(metrics.value(Q("p95_response_time_ms")).toDouble() > 0);
        const std::string text = wire.ask("GET", "/metrics/prometheus").body;
        QVERIFY2(text.find("pilothouse_requests_total{model=\"t2m\",version=\"1\",status=\"2xx\"} 7\n") != std::string::npos, text.c_str());
        QVERIFY(text.find("pilothouse_requests_total{model=\"t2m\",version=\"none\",status=\"404\"} 1\n") != std::string::npos);
        QVERIFY(text.find("pilothouse_request_seconds_count{model=\"t2m\",version=\"1\"} 8\n") != std::string::npos);
        QVERIFY(text.find("pilothouse_model_info{model=\"t2m\",version=\"1\",digest=\"digest-1\",role=\"stable\"} 1\n") != std::string::npos);
    }

    void theDescriptionHoldsTheInputs() {
        Wire wire(m_served->port());
        const QJsonObject row = wire.ask("GET", "/openapi.json").json().value(Q("components")).toObject().value(Q("schemas")).toObject().value(Q("Row")).toObject();
        QCOMPARE(row.value(Q("required")).toArray(), QJsonArray{QStringLiteral("a")});
        QCOMPARE(row.value(Q("properties")).toObject().value(Q("side")).toObject().value(Q("enum")).toArray().size(), 2);
        // The example of the description is a request that works.
        const QByteArray example = QJsonDocument(row.value(Q("example")).toObject()).toJson(QJsonDocument::Compact);
        QCOMPARE(wire.ask("POST", "/predict", example.toStdString()).status, 200);
        QVERIFY(wire.ask("GET", "/docs").body.find("src=") == std::string::npos);
    }

    void theDescriptionNamesFormsAndCodes() {
        Wire wire(m_served->port());
        const QJsonObject paths = wire.ask("GET", "/openapi.json").json().value(Q("paths")).toObject();
        const QJsonObject predict = paths.value(Q("/predict")).toObject().value(Q("post")).toObject();
        const QJsonObject schema = predict.value(Q("requestBody")).toObject().value(Q("content")).toObject().value(Q("application/json")).toObject().value(Q("schema")).toObject();
        QCOMPARE(schema.value(Q("anyOf")).toArray().size(), 4);
        for (const char *code : {"200", "400", "401", "413", "422", "429", "503", "default"})
            QVERIFY2(predict.value(Q("responses")).toObject().contains(Q(code)), code);
        const QJsonObject trigger = paths.value(Q("/retrain/trigger")).toObject().value(Q("post")).toObject().value(Q("responses")).toObject();
        QVERIFY(trigger.contains(Q("202")) && trigger.contains(Q("409")) && !trigger.contains(Q("200")));
        for (const char *path : {"/health", "/model-info", "/v1/models/{model}", "/v2/models/{model}", "/v2/health/ready"})
            QVERIFY2(paths.value(Q(path)).toObject().value(Q("get")).toObject().value(Q("responses")).toObject().contains(Q("503")), path);
        for (auto path = paths.begin(); path != paths.end(); ++path) // a POST says what it takes
            if (const QJsonObject post = path.value().toObject().value(Q("post")).toObject(); !post.isEmpty())
                QVERIFY2(post.value(Q("requestBody")).toObject().value(Q("content")).toObject().value(Q("application/json")).toObject().contains(Q("schema")), qPrintable(path.key()));
    }

    void retrainRoutesAnswerByTheirHooks() {
        m_served->server.reset();
        auto &hooks = m_served->options.retrain;
        hooks.status = []() -> Result<QJsonObject> { return QJsonObject{{Q("enabled"), true}}; };
        hooks.trigger = [](const QJsonObject &body) -> Result<RetrainHooks::Answer> {
            if (body.value(Q("force")).toBool())
                return RetrainHooks::Answer{202, {{Q("accepted"), true}, {Q("run_id"), Q("r1")}}, 0};
            return RetrainHooks::Answer{429, {{Q("accepted"), false}, {Q("rule"), Q("at most every 6h")}}, 60};
        };
        hooks.config = [](const QJsonObject &) -> Result<RetrainHooks::Answer> { return invalid(QStringLiteral("min_hours_between: negative.")); };
        hooks.logs = [](int limit) -> Result<QJsonArray> { return QJsonArray{limit}; };
        QVERIFY(m_served->start());
        Wire wire(m_served->port());
        QCOMPARE(wire.ask("GET", "/retrain/status").json().value(Q("enabled")).toBool(), true);
        QCOMPARE(wire.ask("POST", "/retrain/trigger", R"({"force":true})").status, 202);
        const Answer later = wire.ask("POST", "/retrain/trigger", R"({"force":false})");
        QCOMPARE(later.status, 429);
        QCOMPARE(later.header("Retry-After"), std::string("60"));
        QCOMPARE(wire.ask("POST", "/retrain/config", R"({"min_hours_between":-1})").status, 422);
        QCOMPARE(wire.ask("POST", "/retrain/config", "{").status, 400);
        QCOMPARE(wire.ask("GET", "/retrain/logs/9").list(), QJsonArray{9});
    }
};

QTEST_GUILESS_MAIN(TestRoutes)
#include "tst_routes.moc"
