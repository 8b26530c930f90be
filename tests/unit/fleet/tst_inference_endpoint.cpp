// SPDX-License-Identifier: GPL-3.0-or-later
// A KServe service is asked through its cluster's ingress with its own Host header, V1 and V2: as an endpoint of the workspace. Servers on loopback answer as the API server and as the
// gateway with KServe behind it do.
#include "core/base/file.h"
#include "core/cluster/inference_reach.h"
#include "core/fleet/endpoint.h"
#include "tests/support/loopback_server.h"
#include "tests/support/single_quoted_json.h"

#include <QTemporaryDir>
#include <QTest>

#include <mutex>

using namespace pilothouse;
using namespace pilothouse::fleet;
using Q = QLatin1String;
using support::LoopbackServer;
using support::object;

namespace {

const QByteArray json = "Content-Type: application/json\r\n";

/// The gateway: only requests for the service's host come through.
struct Gateway {
    std::mutex mutex;
    QByteArray path, body;
    LoopbackServer server{[this](LoopbackServer::Connection &c, int) {
        for (QByteArray request = c.readRequest(); !request.isEmpty(); request = c.readRequest()) {
            const std::lock_guard lock(mutex);
            path = request.split(' ').value(1);
            body = request.mid(request.indexOf("\r\n\r\n") + 4);
            if (!request.contains("\r\nHost: iris.ml.example.com\r\n"))
                c.reply(404, "{}", json);
            else if (path == "/v1/models/iris:predict")
                c.reply(200, "{\"predictions\":[1,0]}", json);
            else if (path == "/v2/models/iris/infer")
                c.reply(200, QJsonDocument(object("{'model_name':'iris','model_version':'3','id':'7','outputs':[{'name':'output-0','shape':[2],'datatype':'INT64','data':[1,0]}]}")).toJson(), json);
            else
                c.reply(404, "{\"error\":\"Model with name other does not exist.\"}", json);
        }
    }};
};

/// The API server: the service, and a gateway's Service with a load balancer's address where there is one.
struct Kube {
    int gatewayPort = 0;
    bool ready = true;
    LoopbackServer server{[this](LoopbackServer::Connection &c, int) {
        for (QByteArray request = c.readRequest(); !request.isEmpty(); request = c.readRequest()) {
            if (request.startsWith("GET /apis/serving.kserve.io/v1beta1/namespaces/ml/inferenceservices/iris "))
                c.reply(200, QJsonDocument(object(ready ? "{'metadata':{'name':'iris','namespace':'ml','generation':1},'spec':{'predictor':{'model':{'storageUri':'s3://m/1'}}},'status':{'url':'http://iris.ml.example.com','observedGeneration':1,'deploymentMode':'Serverless','conditions':[{'type':'Ready','status':'True'}]}}"
                                                        : "{'metadata':{'name':'iris','namespace':'ml','generation':1},'spec':{'predictor':{'model':{'storageUri':'s3://m/1'}}},'status':{'deploymentMode':'Serverless','conditions':[{'type':'Ready','status':'False','reason':'RevisionFailed','message':'no such bucket'}]}}"))
                                   .toJson(),
                        json);
            else if (gatewayPort > 0 && request.startsWith("GET /api/v1/namespaces/istio-system/services/istio-ingressgateway "))
                c.reply(200, "{\"metadata\":{\"name\":\"istio-ingressgateway\"},\"spec\":{\"ports\":[{\"name\":\"http2\",\"port\":" + QByteArray::number(gatewayPort) + "}]},\"status\":{\"loadBalancer\":{\"ingress\":[{\"ip\":\"127.0.0.1\"}]}}}", json);
            else
                c.reply(404, QJsonDocument(object("{'kind':'Status','status':'Failure','reason':'NotFound','code':404,'message':'not found'}")).toJson(), json);
        }
    }};
};

struct Estate {
    QTemporaryDir folder;
    Kube kube;
    Gateway gateway;
    std::shared_ptr<Services> services;
    Estate(const QByteArray &endpoint, bool ingress) {
        const bool written =
            writeFileAtomically(folder.filePath(Q("config")), "apiVersion: v1\nkind: Config\ncurrent-context: c\ncontexts: [{name: c, context: {cluster: c, user: u, namespace: ml}}]\nclusters: [{name: c, cluster: {server: \"" + kube.server.url("").toUtf8() + "\"}}]\nusers: [{name: u, user: {token: t}}]\n") &&
            writeFileAtomically(folder.filePath(Q("pilothouse.yaml")), "workspace: w\nconnections:\n  local: {kind: local, root: " + folder.filePath(Q("root")).toUtf8() + "}\n  lab: {kind: kubernetes, kubeconfig: config" +
                                                                           (ingress ? ", ingress: \"" + gateway.server.url("").toUtf8() + "\"" : QByteArray()) + "}\nmodels:\n  flowers: {registry: {connection: local, name: flowers}, endpoint: {connection: lab, " + endpoint + "}}\n");
        ServiceOptions options;
        options.workspaceFile = folder.filePath(Q("pilothouse.yaml"));
        options.secrets = secrets::environmentStore();
        const auto opened = openServices(options);
        if (!written || !opened)
            qFatal("%s", opened ? "files" : qPrintable(opened.error().text()));
        services = *opened;
    }
    Result<serving::EndpointAnswer> ask() {
        PH_ASSIGN(const ModelEndpoint endpoint, endpointOf(*services, QStringLiteral("flowers")));
        return endpoint.client->predict({QStringLiteral("a"), QStringLiteral("b")}, {object("{'a':1,'b':2}"), object("{'a':3,'b':4}")});
    }
};

} // namespace

class TestInferenceEndpoint : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void addresses() {
        QCOMPARE((*cluster::parseInferenceAddress(QStringLiteral("isvc/iris.team/v2/models/m/infer/")))->placeholder(), QStringLiteral("http://iris.team.inference/v2/models/m/infer"));
        QVERIFY(!*cluster::parseInferenceAddress(QStringLiteral("http://iris")));
        QVERIFY(!cluster::parseInferenceAddress(QStringLiteral("inferenceservice/Iris")));
    }

    void theFirstProtocol() { // what is meant where nothing says it
        Estate estate("url: inferenceservice/iris", true);
        const auto answer = estate.ask();
        QVERIFY2(answer, answer ? "" : qPrintable(answer.error().text()));
        QCOMPARE(answer->predictions, (std::vector<QJsonValue>{1, 0}));
        QCOMPARE(estate.gateway.path, QByteArray("/v1/models/iris:predict")); // the service's name, not the model's here
        QCOMPARE(QJsonDocument::fromJson(estate.gateway.body).object(), object("{'instances':[[1,2],[3,4]]}"));
    }

    void theSecondProtocolByTheGatewaysLoadBalancer() {
        Estate estate("url: isvc/iris.ml, protocol: kserve-v2", false);
        estate.kube.gatewayPort = estate.gateway.server.port();
        const auto answer = estate.ask();
        QVERIFY2(answer, answer ? "" : qPrintable(answer.error().text()));
        QCOMPARE(answer->predictions, (std::vector<QJsonValue>{1, 0}));
        QCOMPARE(answer->version, QStringLiteral("3"));
        QCOMPARE(estate.gateway.path, QByteArray("/v2/models/iris/infer"));
        QCOMPARE(QJsonDocument::fromJson(estate.gateway.body).object().value(Q("inputs")).toArray().size(), 2); // a tensor for each input
    }

    void aRouteNamesAnotherModel() {
        Estate estate("url: inferenceservice/iris/v2/models/other/infer, protocol: kserve-v2", true);
        const auto answer = estate.ask();
        QVERIFY(!answer);
        QVERIFY2(answer.error().text().contains(Q("does not exist")), qPrintable(answer.error().text()));
        QCOMPARE(estate.gateway.path, QByteArray("/v2/models/other/infer"));
    }

    void whatHasNoWaySaysWhy() {
        Estate none("url: inferenceservice/iris", false);
        const auto noGateway = none.ask();
        QVERIFY(!noGateway);
        QCOMPARE(noGateway.error().kind, ErrorKind::NotFound);
        QVERIFY2(noGateway.error().hint.contains(Q("ingress: http://")), qPrintable(noGateway.error().text()));
        none.kube.ready = false;
        const auto notReady = none.ask();
        QVERIFY2(!notReady && notReady.error().what.contains(Q("has no address yet")), notReady ? "" : qPrintable(notReady.error().text()));
    }
};

QTEST_GUILESS_MAIN(TestInferenceEndpoint)
#include "tst_inference_endpoint.moc"
