// SPDX-License-Identifier: GPL-3.0-or-later
// One client for our own routes, KServe, and a service behind a login.
#include "tests/unit/serving/serving_fixture.h"

#include "core/serving/endpoint_scorer.h"

#include <QtTest>

using namespace pilothouse;
using namespace pilothouse::serving;
using namespace pilothouse::serving::testing;
using Q = QLatin1String;

namespace {

QJsonObject object(const char *json) { return QJsonDocument::fromJson(json).object(); }

/// A service of somebody else: /login gives a token that is good for one call, /forecast wants it.
class LoginService final : public HttpHandler {
public:
    bool handle(const HttpRequest &request, HttpReply &reply) override {
        const QJsonObject body = QJsonDocument::fromJson(QByteArray::fromStdString(request.body)).object();
        if (request.path == "/login") {
            ++logins;
            const bool good = body.value(Q("password")).toString() == Q("open sesame") && body.value(Q("user")).toString() == Q("ops");
            reply.status = good ? 200 : 401;
            m_token = "token-" + std::to_string(logins);
            reply.body = good ? "{\"data\":{\"jwt\":\"" + m_token + "\"}}" : "{}";
        } else if (m_token.empty() || request.key != m_token) {
            reply.status = 401;
        } else {
            m_token.clear();
            lastBody = request.body;
            reply.body = "{\"answer\":{\"values\":[" + std::to_string(body.value(Q("x")).toObject().value(Q("a")).toDouble() * 2) + "]},\"v\":7}";
        }
        return true;
    }
    void handleSlow(const HttpRequest &, HttpReply &) override {}
    void fail(int status, std::string_view, HttpReply &reply) override { reply.status = status; }
    int logins = 0;
    std::string lastBody;

private:
    std::string m_token;
};

/// A service of somebody else that answers every request alike.
class SameAnswer final : public HttpHandler {
public:
    void say(const char *body) {
        const std::lock_guard guard(m_lock);
        m_body = body;
    }
    bool handle(const HttpRequest &, HttpReply &reply) override {
        const std::lock_guard guard(m_lock);
        reply.body = m_body;
        return true;
    }
    void handleSlow(const HttpRequest &, HttpReply &) override {}
    void fail(int status, std::string_view, HttpReply &reply) override { reply.status = status; }

private:
    std::mutex m_lock;
    std::string m_body;
};

} // namespace

class TestEndpoint : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyProtocolGivesTheSameAnswer_data() {
        QTest::addColumn<QString>("protocol");
        QTest::newRow("rest") << "rest";
        QTest::newRow("KServe V1") << "kserve-v1";
        QTest::newRow("KServe V2") << "kserve-v2";
    }
    void everyProtocolGivesTheSameAnswer() {
        QFETCH(QString, protocol);
        Served served;
        QVERIFY(served.start());
        const auto profile = profileOf(protocol, QStringLiteral("t2m"));
        QVERIFY(profile);
        Endpoint endpoint(std::make_shared<net::HttpClient>(), served.server->url() + QLatin1Char('/'), *profile,
                          [](const QString &name) -> Result<QString> { return name == Q("key") ? Result<QString>(QStringLiteral("the-api-key-of-this-test")) : notFound(name); }, QStringLiteral("key"));
        const QStringList columns{QStringLiteral("a"), QStringLiteral("b"), QStringLiteral("side")};
        const auto answer = endpoint.predict(columns, {object(R"({"a":1,"b":2,"side":"west"})"), object(R"({"a":3,"b":0,"side":"east"})")});
        QVERIFY2(answer, answer ? "" : qPrintable(answer.error().text()));
        QCOMPARE(answer->predictions.size(), std::size_t(2));
        QCOMPARE(answer->predictions[0].toDouble(), 1021.0);
        QCOMPARE(answer->predictions[1].toDouble(), 1103.0);
        QVERIFY(answer->milliseconds > 0);
        if (protocol != Q("kserve-v1"))
            QCOMPARE(answer->version, QStringLiteral("1"));
        const auto wrong = endpoint.predict(columns, {object(R"({"a":"one"})")});
        QVERIFY(!wrong);
        QCOMPARE(wrong.error().kind, ErrorKind::Invalid);
        QVERIFY2(wrong.error().what.contains(Q("Expected a number")), qPrintable(wrong.error().what));
    }

    void severalTargetsComeBackInTheOrderOfTheSignature_data() {
        QTest::addColumn<QString>("protocol");
        QTest::newRow("rest") << "rest";
        QTest::newRow("KServe V1") << "kserve-v1";
        QTest::newRow("KServe V2") << "kserve-v2";
    }
    void severalTargetsComeBackInTheOrderOfTheSignature() {
        QFETCH(QString, protocol);
        Served served;
        served.shelf.put(QStringLiteral("v1"), std::make_shared<PairScorer>());
        QVERIFY(served.start());
        const auto profile = profileOf(protocol, QStringLiteral("t2m"));
        QVERIFY(profile);
        const auto endpoint = std::make_shared<Endpoint>(std::make_shared<net::HttpClient>(), served.server->url(), *profile,
                                                         [](const QString &) -> Result<QString> { return QStringLiteral("the-api-key-of-this-test"); }, QStringLiteral("key"));
        const artifact::Signature own = PairScorer().signature();
        const data::Rows rows{2, 2, {20, 60, 1, 2}};
        const auto answers = endpointScorer(endpoint, own, {})->score(rows);
        QVERIFY2(answers, answers ? "" : qPrintable(answers.error().text()));
        QCOMPARE(answers->values, (std::vector<double>{20, 21, 60, 70, 1, 2, 2, 12}));
        // Where nobody says in which order: by name.
        const auto found = signatureByAnswer(*endpoint, own.inputs, rows, {});
        QVERIFY2(found, found ? "" : qPrintable(found.error().text()));
        QCOMPARE(found->targets(), (QStringList{QStringLiteral("rh2m"), QStringLiteral("t2m")}));
        QCOMPARE(found->outputs, (std::vector<QString>{QStringLiteral("rh2m@+1"), QStringLiteral("rh2m@+2"), QStringLiteral("t2m@+1"), QStringLiteral("t2m@+2")}));
        QCOMPARE(endpointScorer(endpoint, *found, {})->score(rows)->values, (std::vector<double>{60, 70, 20, 21, 2, 12, 1, 2}));
    }

    void classesComeBackWithTheirProbabilities_data() {
        QTest::addColumn<QStringList>("labels");
        QTest::newRow("named classes") << QStringList{QStringLiteral("small"), QStringLiteral("middle"), QStringLiteral("large")};
        QTest::newRow("numbered classes") << QStringList{QStringLiteral("10"), QStringLiteral("20"), QStringLiteral("30")};
    }
    void classesComeBackWithTheirProbabilities() {
        QFETCH(QStringList, labels);
        std::vector<std::string> classes;
        for (const QString &label : labels)
            classes.push_back(label.toStdString());
        const auto scorer = std::make_shared<ClassScorer>(classes);
        Served served;
        served.shelf.put(QStringLiteral("v1"), scorer);
        QVERIFY(served.start());
        const data::Rows rows{3, 1, {0.5, 2.5, 1.5}};
        for (const char *protocol : {"rest", "kserve-v2"}) {
            const auto profile = profileOf(Q(protocol), QStringLiteral("t2m"));
            QVERIFY(profile);
            const auto endpoint = std::make_shared<Endpoint>(std::make_shared<net::HttpClient>(), served.server->url(), *profile,
                                                             [](const QString &) -> Result<QString> { return QStringLiteral("the-api-key-of-this-test"); }, QStringLiteral("key"));
            const auto answer = endpointScorer(endpoint, scorer->signature(), {})->score(rows);
            QVERIFY2(answer, answer ? "" : qPrintable(answer.error().text()));
            QCOMPARE(answer->values, (std::vector<double>{0, 2, 1}));
            QCOMPARE(answer->probabilities, (std::vector<double>{0.75, 0.125, 0.125, 0.125, 0.125, 0.75, 0.125, 0.75, 0.125}));
        }
    }

    void oneProbabilityOfTwoClassesIsThatOfYes() {
        SameAnswer service;
        auto server = HttpServer::listen("127.0.0.1", 0, {}, service);
        QVERIFY(server);
        (*server)->begin();
        const auto profile = RequestProfile::fromJson(object(R"({"path":"/predict","input":{"a":"{{input:a}}"},"output":{"predictions":"/prediction","probabilities":"/probability"}})"), QStringLiteral("p.json"));
        QVERIFY2(profile, profile ? "" : qPrintable(profile.error().text()));
        const auto endpoint = std::make_shared<Endpoint>(std::make_shared<net::HttpClient>(), QStringLiteral("http://127.0.0.1:%1").arg((*server)->port()), *profile, [](const QString &) -> Result<QString> { return QString(); }, QString());
        artifact::Signature yesOrNo;
        yesOrNo.inputs.resize(1);
        yesOrNo.inputs[0].name = QStringLiteral("a");
        yesOrNo.outputs = {QStringLiteral("prediction")};
        yesOrNo.classes = {"0", "1"};
        service.say(R"({"prediction":1,"probability":0.75})");
        const auto answer = endpointScorer(endpoint, yesOrNo, {})->score(data::Rows{2, 1, {1, 2}});
        QVERIFY2(answer, answer ? "" : qPrintable(answer.error().text()));
        QCOMPARE(answer->values, (std::vector<double>{1, 1}));
        QCOMPARE(answer->probabilities, (std::vector<double>{0.25, 0.75, 0.25, 0.75}));
        service.say(R"({"prediction":1,"probability":75})"); // no probability
        QVERIFY(!endpointScorer(endpoint, yesOrNo, {})->score(data::Rows{1, 1, {1}}));
    }

    void aServerOfSomebodyElseAnswersInTensors() {
        SameAnswer service;
        auto server = HttpServer::listen("127.0.0.1", 0, {}, service);
        QVERIFY(server);
        (*server)->begin();
        const auto profile = profileOf(QStringLiteral("kserve-v2"), QStringLiteral("pair"));
        QVERIFY(profile);
        const auto endpoint = std::make_shared<Endpoint>(std::make_shared<net::HttpClient>(), QStringLiteral("http://127.0.0.1:%1").arg((*server)->port()), *profile, nullptr);
        const artifact::Signature own = PairScorer().signature();
        const data::Rows rows{2, 2, {20, 60, 1, 2}};
        const auto scorer = endpointScorer(endpoint, own, {});
        // Another order, flat data, and an output that nobody asked about.
        service.say(R"({"model_name":"pair","model_version":"3","outputs":[{"name":"spread","shape":[2],"datatype":"FP32","data":[0.5,0.25]},)"
                    R"({"name":"rh2m","shape":[2,2],"datatype":"FP32","data":[60,70,2,12]},{"name":"t2m","shape":[2,2],"datatype":"FP32","data":[20,21,1,2]}]})");
        const auto answer = scorer->score(rows);
        QVERIFY2(answer, answer ? "" : qPrintable(answer.error().text()));
        QCOMPARE(answer->values, (std::vector<double>{20, 21, 60, 70, 1, 2, 2, 12}));
        QCOMPARE(endpoint->predict({QStringLiteral("a")}, {object(R"({"a":1})"), object(R"({"a":2})")})->version, QStringLiteral("3"));
        for (const auto &[wrong, what] : {std::pair(R"({"outputs":[{"name":"t2m","shape":[2,2],"datatype":"FP32","data":[20,21,1,2]}]})", "is not a list of 4 numbers"),
                                          std::pair(R"({"outputs":[{"name":"t2m","shape":[2,2],"datatype":"FP32","data":[20,21,1,2]},{"name":"rh2m","shape":[2,1],"datatype":"FP32","data":[60,2]}]})", "is not a list of 4 numbers"),
                                          std::pair(R"({"outputs":[{"name":"t2m","shape":[1,2],"datatype":"FP32","data":[20,21]}]})", "“t2m” has the shape [1, 2], and 2 rows were sent"),
                                          std::pair(R"({"predictions":[1,2]})", "lists no output tensors")}) {
            service.say(wrong);
            const auto refused = scorer->score(rows);
            QVERIFY2(!refused && refused.error().what.contains(QString::fromUtf8(what)), wrong);
        }
        // Several outputs are no class.
        service.say(R"({"outputs":[{"name":"a","shape":[1],"datatype":"INT64","data":[1]},{"name":"b","shape":[1],"datatype":"INT64","data":[2]}]})");
        const auto classes = endpointScorer(endpoint, ClassScorer().signature(), {})->score({1, 1, {0.5}});
        QVERIFY(!classes);
        QVERIFY2(classes.error().what.contains(QStringLiteral("several outputs")), qPrintable(classes.error().what));
    }

    void anAddressMayNameTheModel_data() {
        QTest::addColumn<QString>("protocol");
        QTest::addColumn<QString>("url");
        QTest::addColumn<QString>("path");
        QTest::newRow("the model's name is the route") << "kserve-v2" << "http://h:8000" << "/v2/models/t2m/infer";
        QTest::newRow("V2 route") << "kserve-v2" << "http://h:8000/v2/models/other/infer" << "/v2/models/other/infer";
        QTest::newRow("V2 route with a version") << "kserve-v2" << "http://h/serving/v2/models/other/versions/2/infer/" << "/v2/models/other/versions/2/infer";
        QTest::newRow("V1 route") << "kserve-v1" << "http://h/v1/models/other:predict" << "/v1/models/other:predict";
        QTest::newRow("the other protocol's route is none") << "kserve-v1" << "http://h/v2/models/other/infer" << "/v1/models/t2m:predict";
    }
    void anAddressMayNameTheModel() {
        QFETCH(QString, protocol);
        QFETCH(QString, url);
        const auto profile = profileOf(protocol, QStringLiteral("t2m"), url);
        QVERIFY(profile);
        QTEST(profile->path, "path");
        const auto nameless = profileOf(protocol, {}, QStringLiteral("http://h"));
        QVERIFY(!nameless);
        QVERIFY2(nameless.error().hint.contains(QStringLiteral("/models/MODEL")), qPrintable(nameless.error().hint));
    }

    void aNumberForEachTargetIsAForecastOfOneStep() {
        SameAnswer service;
        auto server = HttpServer::listen("127.0.0.1", 0, {}, service);
        QVERIFY(server);
        (*server)->begin();
        const auto profile = RequestProfile::fromJson(object(R"({"path":"/p","input":{"x":"{{rows}}"},"output":{"predictions":"/y"}})"), QStringLiteral("profile"));
        QVERIFY2(profile, profile ? "" : qPrintable(profile.error().text()));
        const auto endpoint = std::make_shared<Endpoint>(std::make_shared<net::HttpClient>(), QStringLiteral("http://127.0.0.1:%1").arg((*server)->port()), *profile, nullptr);
        const std::vector<data::Input> inputs{{QStringLiteral("a"), data::ColumnType::Number, {}, false}};
        const data::Rows row{1, 1, {3}};
        service.say(R"({"y":[{"t":1.5,"u":2}]})");
        const auto signature = signatureByAnswer(*endpoint, inputs, row, {});
        QVERIFY2(signature, signature ? "" : qPrintable(signature.error().text()));
        QCOMPARE(signature->outputs, (std::vector<QString>{QStringLiteral("t@+1"), QStringLiteral("u@+1")}));
        const auto scorer = endpointScorer(endpoint, *signature, {});
        const auto answer = scorer->score(row);
        QVERIFY2(answer, answer ? "" : qPrintable(answer.error().text()));
        QCOMPARE(answer->values, (std::vector<double>{1.5, 2}));
        for (const char *wrong : {R"({"y":[{"t":1.5,"u":"high"}]})", R"({"y":[{"t":1.5}]})", R"({"y":[{"t":[1,2],"u":2}]})"}) {
            service.say(wrong);
            const auto refused = scorer->score(row);
            QVERIFY2(!refused && refused.error().what.contains(QStringLiteral("is not a list of 2 numbers")), wrong);
        }
        for (const char *empty : {R"({"y":[[]]})", R"({"y":[{}]})", R"({"y":[{"t":[]}]})"}) {
            service.say(empty);
            const auto none = signatureByAnswer(*endpoint, inputs, row, {});
            QVERIFY2(!none && none.error().what.contains(QStringLiteral("without any number")), empty);
        }
    }

    void aServiceBehindALoginIsAskedLikeAnyOther() {
        LoginService service;
        auto server = HttpServer::listen("127.0.0.1", 0, {}, service);
        QVERIFY(server);
        (*server)->begin();
        const auto profile = RequestProfile::fromJson(object(R"({"path":"/forecast","input":{"x":{"a":"{{input:a}}","all":"{{values}}"}},)"
            R"("output":{"predictions":"/answer/values","version":"/v"},)"
            R"("login":{"path":"/login","body":{"user":"ops","password":"{{secret:door}}"},"token":"/data/jwt"}})"), QStringLiteral("profile"));
        QVERIFY2(profile, profile ? "" : qPrintable(profile.error().text()));
        Endpoint endpoint(std::make_shared<net::HttpClient>(), QStringLiteral("http://127.0.0.1:%1").arg((*server)->port()), *profile,
                          [](const QString &name) -> Result<QString> { return name == Q("door") ? Result<QString>(QStringLiteral("open sesame")) : notFound(name); });
        const QStringList columns{QStringLiteral("a"), QStringLiteral("b")};
        // One row a call, and the token runs out after each: the client logs in again by itself.
        const auto answer = endpoint.predict(columns, {object(R"({"a":4,"b":1})"), object(R"({"a":5})")});
        QVERIFY2(answer, answer ? "" : qPrintable(answer.error().text()));
        QCOMPARE(answer->predictions.size(), std::size_t(2));
        QCOMPARE(answer->predictions[0].toDouble(), 8.0);
        QCOMPARE(answer->predictions[1].toDouble(), 10.0);
        QCOMPARE(answer->version, QStringLiteral("7"));
        QCOMPARE(service.logins, 2);
        QCOMPARE(service.lastBody, std::string(R"({"x":{"a":5,"all":[5,null]}})"));

        RequestProfile other = *profile;
        other.login->body = object(R"({"user":"ops","password":"{{secret:nothing}}"})");
        Endpoint unknown(std::make_shared<net::HttpClient>(), QStringLiteral("http://127.0.0.1:%1").arg((*server)->port()), other, [](const QString &name) -> Result<QString> { return notFound(name); });
        const auto refused = unknown.predict(columns, {object(R"({"a":4})")});
        QVERIFY(!refused);
        QCOMPARE(refused.error().kind, ErrorKind::NotFound);
    }

    void aProfileSurvivesItsFile() {
        const QJsonObject written = object(R"({"path":"/p","method":"POST","headers":{"Host":"iris.example"},"input":{"instances":"{{rows}}"},)"
            R"("output":{"predictions":"/predictions","probabilities":"","version":"","id":""}})");
        const auto profile = RequestProfile::fromJson(written, QStringLiteral("p.json"));
        QVERIFY(profile);
        QCOMPARE(profile->toJson(), written);
        const QJsonObject tensors = object(R"({"path":"/p","method":"POST","headers":{},"input":{"inputs":"{{tensors}}"},"output":{"tensors":"/outputs","version":"/model_version","id":"/id"}})");
        const auto read = RequestProfile::fromJson(tensors, QStringLiteral("p.json"));
        QVERIFY2(read, read ? "" : qPrintable(read.error().text()));
        QCOMPARE(read->toJson(), tensors);
        const auto both = RequestProfile::fromJson(object(R"({"path":"/p","input":{},"output":{"tensors":"/outputs","predictions":"/y"}})"), QStringLiteral("p.json"));
        QVERIFY(!both);
        QVERIFY2(both.error().what.contains(Q("`tensors`")), qPrintable(both.error().what));
        QVERIFY(!RequestProfile::fromJson(object(R"({"path":"/p","input":{},"output":{}})"), QStringLiteral("p.json"))); // the answer's place is needed
        const auto unknown = RequestProfile::fromJson(object(R"({"path":"/p","inputs":{}})"), QStringLiteral("p.json"));
        QVERIFY(!unknown);
        QVERIFY(unknown.error().what.contains(Q("inputs")));
    }

    void aDescriptionProposesAProfile_data() {
        QTest::addColumn<QByteArray>("document");
        QTest::addColumn<QByteArray>("profile");
        QTest::newRow("FastAPI with a feature list and a login")
            << QByteArray(R"({"paths":{"/health":{"get":{}},"/login":{"post":{"requestBody":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Login"}}}},)"
            R"("responses":{"200":{"content":{"application/json":{"schema":{"properties":{"access_token":{}}}}}}}}},)"
            R"("/predict":{"post":{"requestBody":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/In"}}}},)"
            R"("responses":{"200":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Out"}}}}}}}},)"
            R"("components":{"schemas":{"In":{"type":"object","properties":{"features":{"type":"array","items":{"type":"number"}}}},)"
            R"("Out":{"properties":{"prediction":{},"probability":{},"model_version":{}}},"Login":{"properties":{"username":{},"password":{}}}}}})")
            << QByteArray(R"({"path":"/predict","method":"POST","headers":{},"input":{"features":"{{values}}"},)"
            R"("output":{"predictions":"/prediction","probabilities":"/probability","version":"/model_version","id":""},)"
            R"("login":{"path":"/login","method":"POST","body":{"username":"","password":"{{secret:endpoint-login}}"},"token":"/access_token","header":"Authorization","prefix":"Bearer "}})");
        QTest::newRow("named fields") << QByteArray(R"({"paths":{"/score":{"post":{"requestBody":{"content":{"application/json":{"schema":{"type":"object","properties":{"age":{},"income":{}}}}}},)"
            R"("responses":{"200":{"content":{"application/json":{"schema":{"properties":{"score":{}}}}}}}}}}})")
                                      << QByteArray(R"({"path":"/score","method":"POST","headers":{},"input":{"age":"{{input:age}}","income":"{{input:income}}"},)"
            R"("output":{"predictions":"/score","probabilities":"","version":"","id":""}})");
        QTest::newRow("several forms of a body: the first") << QByteArray(R"({"paths":{"/predict":{"post":{"requestBody":{"content":{"application/json":{"schema":{"oneOf":[)"
            R"({"$ref":"#/components/schemas/In"},{"type":"array"}]}}}},"responses":{"200":{"content":{"application/json":{"schema":{"properties":{"prediction":{}}}}}}}}}},)"
            R"("components":{"schemas":{"In":{"type":"object","properties":{"age":{}}}}}})")
                                      << QByteArray(R"({"path":"/predict","method":"POST","headers":{},"input":{"age":"{{input:age}}"},)"
            R"("output":{"predictions":"/prediction","probabilities":"","version":"","id":""}})");
    }
    void aDescriptionProposesAProfile() {
        QFETCH(QByteArray, document);
        QFETCH(QByteArray, profile);
        const auto proposed = proposeProfile(object(document.constData()));
        QVERIFY2(proposed, proposed ? "" : qPrintable(proposed.error().text()));
        QCOMPARE(proposed->toJson(), object(profile.constData()));
    }

    void ourOwnDescriptionProposesAProfileThatWorks() {
        Served served;
        served.options.apiKey.clear();
        QVERIFY(served.start());
        Wire wire(served.port());
        const auto profile = proposeProfile(wire.ask("GET", "/openapi.json").json());
        QVERIFY(profile);
        Endpoint endpoint(std::make_shared<net::HttpClient>(), served.server->url(), *profile, {});
        const auto answer = endpoint.predict({QStringLiteral("a"), QStringLiteral("b"), QStringLiteral("side")}, {object(R"({"a":1,"b":2,"side":"west"})")});
        QVERIFY2(answer, answer ? "" : qPrintable(answer.error().text()));
        QCOMPARE(answer->predictions.front().toDouble(), 1021.0);
        QVERIFY(!answer->id.isEmpty());
    }

    void aDescriptionWithoutAPredictionSaysSo() {
        const auto proposed = proposeProfile(object(R"({"paths":{"/health":{"get":{}},"/users":{"post":{}}}})"));
        QVERIFY(!proposed);
        QCOMPARE(proposed.error().kind, ErrorKind::NotFound);
    }
};

QTEST_GUILESS_MAIN(TestEndpoint)
#include "tst_endpoint.moc"
