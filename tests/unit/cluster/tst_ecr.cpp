// SPDX-License-Identifier: GPL-3.0-or-later
// ECR's API as AWS documents it, its signatures recomputed here from what was received (another implementation of Signature Version 4), and awsSignature() on the
// worked examples of AWS ("Examples: Signature calculations", Amazon S3 API reference).
#include "core/cluster/ecr.h"
#include "core/net/aws_signature.h"
#include "tests/support/image_server.h"

#include <QMessageAuthenticationCode>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::cluster;
using support::asked;
using support::AskedRequest;
using support::LoopbackServer;

namespace {

const char *const secretKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

QByteArray headerOf(const QByteArray &whole, const QByteArray &name) {
    for (const QByteArray &line : whole.left(whole.indexOf("\r\n\r\n")).split('\n'))
        if (line.left(line.indexOf(':')).toLower() == name)
            return line.mid(line.indexOf(':') + 1).trimmed();
    return {};
}

/// The signature that a server computes of a POST to "/": docs.aws.amazon.com, "Create a signed AWS API request".
QByteArray recomputed(const QByteArray &whole, const QByteArray &region, const QByteArray &service) {
    const auto hmac = [](const QByteArray &key, const QByteArray &text) { return QMessageAuthenticationCode::hash(text, key, QCryptographicHash::Sha256); };
    const QByteArray authorization = headerOf(whole, "authorization"), date = headerOf(whole, "x-amz-date");
    const qsizetype from = authorization.indexOf("SignedHeaders=") + 14;
    const QByteArray names = authorization.mid(from, authorization.indexOf(',', from) - from);
    QByteArray headers;
    for (const QByteArray &name : names.split(';'))
        headers += name + ':' + headerOf(whole, name) + '\n';
    const QByteArray body = whole.mid(whole.indexOf("\r\n\r\n") + 4);
    const QByteArray canonical = "POST\n/\n\n" + headers + '\n' + names + '\n' + QCryptographicHash::hash(body, QCryptographicHash::Sha256).toHex();
    const QByteArray scope = date.left(8) + '/' + region + '/' + service + "/aws4_request";
    const QByteArray key = hmac(hmac(hmac(hmac(QByteArray("AWS4") + secretKey, date.left(8)), region), service), "aws4_request");
    return hmac(key, "AWS4-HMAC-SHA256\n" + date + '\n' + scope + '\n' + QCryptographicHash::hash(canonical, QCryptographicHash::Sha256).toHex()).toHex();
}

} // namespace

class tst_Ecr : public QObject {
    Q_OBJECT
    std::shared_ptr<net::HttpClient> http = std::make_shared<net::HttpClient>();

    std::shared_ptr<Ecr> at(const LoopbackServer &server) const {
        return std::make_shared<Ecr>(http, QStringLiteral("123456789012"), QStringLiteral("eu-central-1"),
                                     []() -> Result<AwsKeys> { return AwsKeys{QStringLiteral("AKIAIOSFODNN7EXAMPLE"), QString::fromLatin1(secretKey), {}}; }, server.url(""));
    }

private Q_SLOTS:
    void theExamplesOfAwsAreSignedAsPrinted_data() {
        QTest::addColumn<QString>("url");
        QTest::addColumn<QByteArray>("signature");
        // Key and secret, region and time are the same in all of them: 20130524T000000Z, us-east-1.
        QTest::newRow("GET Bucket Lifecycle") << "https://examplebucket.s3.amazonaws.com/?lifecycle=" << QByteArray("fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
        QTest::newRow("Get Bucket (List Objects)") << "https://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J" << QByteArray("34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
    }
    void theExamplesOfAwsAreSignedAsPrinted() {
        QFETCH(QString, url);
        QFETCH(QByteArray, signature);
        net::Request request;
        request.url = url;
        request.aws = net::AwsSigning{QStringLiteral("AKIAIOSFODNN7EXAMPLE"), QString::fromLatin1(secretKey), {}, QStringLiteral("us-east-1"), QStringLiteral("s3")};
        const auto headers = net::awsSignature(request, QDateTime(QDate(2013, 5, 24), QTime(0, 0), Qt::UTC));
        QCOMPARE(headers.back().name, QByteArray("Authorization"));
        QVERIFY2(headers.back().value.endsWith("Signature=" + signature), headers.back().value.constData());
    }

    void hostsAreKnownByTheirForm_data() {
        QTest::addColumn<QString>("host");
        QTest::addColumn<QString>("expected");
        QTest::newRow("plain") << "123456789012.dkr.ecr.eu-central-1.amazonaws.com" << "123456789012 eu-central-1 https://api.ecr.eu-central-1.amazonaws.com";
        QTest::newRow("FIPS") << "123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com" << "123456789012 us-gov-west-1 https://ecr-fips.us-gov-west-1.amazonaws.com";
        QTest::newRow("China") << "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn" << "123456789012 cn-north-1 https://api.ecr.cn-north-1.amazonaws.com.cn";
        QTest::newRow("another's") << "123456789012.dkr.ecr.eu-central-1.amazonaws.com.evil.example" << "";
        QTest::newRow("public ECR is an ordinary registry") << "public.ecr.aws" << "";
    }
    void hostsAreKnownByTheirForm() {
        QFETCH(QString, host);
        const auto found = ecrHost(host);
        QTEST((found ? found->account + QLatin1Char(' ') + found->region + QLatin1Char(' ') + found->apiUrl : QString()), "expected");
    }

    void aLoginIsSignedAndCountsTwelveHours() {
        QByteArray whole;
        LoopbackServer server([&](auto &c, int) {
            whole = c.readRequest();
            c.reply(200, "{\"authorizationData\":[{\"authorizationToken\":\"" + QByteArray("AWS:a:pass:word").toBase64() + "\",\"expiresAt\":1.8E9,\"proxyEndpoint\":\"https://x\"}]}");
        });
        const auto login = at(server)->login();
        QVERIFY2(login, login ? "" : qPrintable(login.error().text()));
        QCOMPARE(login->user, QStringLiteral("AWS"));
        QCOMPARE(login->password, QStringLiteral("a:pass:word"));
        QCOMPARE(login->until, QDateTime::fromSecsSinceEpoch(1800000000 - 300, Qt::UTC));
        QCOMPARE(headerOf(whole, "x-amz-target"), QByteArray("AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken"));
        QCOMPARE(headerOf(whole, "content-type"), QByteArray("application/x-amz-json-1.1"));
        const QByteArray authorization = headerOf(whole, "authorization");
        QVERIFY2(authorization.contains("Credential=AKIAIOSFODNN7EXAMPLE/") && authorization.contains("/eu-central-1/ecr/aws4_request"), authorization.constData());
        QVERIFY(authorization.contains("x-amz-target")); // AWS wants all x-amz- headers signed
        QVERIFY2(authorization.endsWith("Signature=" + recomputed(whole, "eu-central-1", "ecr")), authorization.constData());
        QVERIFY(!whole.contains(secretKey));
    }

    void imagesComeFromAllPagesWithPushTimeAndFindings() {
        QList<QJsonObject> bodies;
        LoopbackServer server([&](auto &c, int) {
            for (;;) {
                const QByteArray whole = c.readRequest();
                if (whole.isEmpty())
                    return;
                bodies << QJsonDocument::fromJson(asked(whole).body).object();
                if (bodies.size() == 1)
                    c.reply(200, "{\"imageDetails\":[{\"registryId\":\"123456789012\",\"repositoryName\":\"iris\",\"imageDigest\":\"sha256:aa\",\"imageTags\":[\"7\",\"latest\"],\"imageSizeInBytes\":2048,\"imagePushedAt\":1.7000000005E9,"
                        "\"imageScanStatus\":{\"status\":\"COMPLETE\"},\"imageScanFindingsSummary\":{\"imageScanCompletedAt\":1.7E9,\"findingSeverityCounts\":{\"CRITICAL\":2,\"MEDIUM\":5,\"UNDEFINED\":1}}}],\"nextToken\":\"more\"}");
                else
                    c.reply(200, "{\"imageDetails\":[{\"imageDigest\":\"sha256:bb\",\"imageTags\":[\"6\"],\"imageSizeInBytes\":1024,\"imagePushedAt\":1.6E9,\"imageScanStatus\":{\"status\":\"COMPLETE\"},\"imageScanFindingsSummary\":{\"findingSeverityCounts\":{}}}]}");
            }
        });
        const auto images = at(server)->images(QStringLiteral("iris"));
        QVERIFY2(images, images ? "" : qPrintable(images.error().text()));
        QCOMPARE(images->size(), std::size_t(2));
        QCOMPARE(bodies.at(0).value(QStringLiteral("registryId")).toString(), QStringLiteral("123456789012"));
        QCOMPARE(bodies.at(1).value(QStringLiteral("nextToken")).toString(), QStringLiteral("more"));
        QCOMPARE(images->front().tags, (QStringList{QStringLiteral("7"), QStringLiteral("latest")}));
        QCOMPARE(images->front().pushed, QDateTime::fromMSecsSinceEpoch(1700000000500, Qt::UTC));
        QCOMPARE(images->front().scan->text(), QStringLiteral("2 critical, 5 medium, 1 unknown"));
        QCOMPARE(images->back().scan->text(), QStringLiteral("nothing found"));
    }

    void oneImageIsAskedByTagOrDigest() {
        QJsonObject body;
        LoopbackServer server([&](auto &c, int) {
            body = QJsonDocument::fromJson(asked(c.readRequest()).body).object();
            c.reply(400, "{\"__type\":\"ImageNotFoundException\",\"message\":\"The image with imageId {imageTag:'9'} does not exist within the repository\"}");
        });
        const auto image = parseImage(QStringLiteral("123456789012.dkr.ecr.eu-central-1.amazonaws.com/iris:9"));
        const auto facts = ecrFacts(at(server))->facts(*image, {});
        QCOMPARE(facts.error().kind, ErrorKind::NotFound);
        QCOMPARE(body.value(QStringLiteral("imageIds")).toArray().at(0).toObject().value(QStringLiteral("imageTag")).toString(), QStringLiteral("9"));
    }

    void whatAwsSaysIsTold_data() {
        QTest::addColumn<QByteArray>("reply");
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("hint");
        QTest::newRow("a clock that is wrong") << QByteArray("{\"__type\":\"InvalidSignatureException\",\"message\":\"Signature expired: 20260101T000000Z is now earlier than 20260101T010000Z\"}") << int(ErrorKind::Denied) << "clock";
        QTest::newRow("a wrong secret") << QByteArray("{\"__type\":\"InvalidSignatureException\",\"message\":\"The request signature we calculated does not match\"}") << int(ErrorKind::Denied) << "access key";
        QTest::newRow("no right") << QByteArray("{\"__type\":\"AccessDeniedException\",\"Message\":\"User is not authorized to perform: ecr:GetAuthorizationToken\"}") << int(ErrorKind::Denied) << "ecr:DescribeImages";
        QTest::newRow("no such repository") << QByteArray("{\"__type\":\"com.amazonaws.ecr#RepositoryNotFoundException\",\"message\":\"The repository with name 'x' does not exist\"}") << int(ErrorKind::NotFound) << "";
    }
    void whatAwsSaysIsTold() {
        QFETCH(QByteArray, reply);
        QFETCH(QString, hint);
        LoopbackServer server([&](auto &c, int) {
            c.readRequest();
            c.reply(400, reply);
        });
        const auto login = at(server)->login();
        QVERIFY(!login);
        QTEST(int(login.error().kind), "kind");
        QVERIFY2(login.error().hint.contains(hint), qPrintable(login.error().text()));
    }

    void keysComeInOneSecretOrTwo() {
        QCOMPARE(awsKeysOf({}, QStringLiteral("AKIA:secret/with+x"))->secretKey, QStringLiteral("secret/with+x"));
        QCOMPARE(awsKeysOf({}, QStringLiteral("ASIA:secret:token\n"))->sessionToken, QStringLiteral("token"));
        QCOMPARE(awsKeysOf(QStringLiteral("AKIA"), QStringLiteral("secret"))->accessKey, QStringLiteral("AKIA"));
        const auto wrong = awsKeysOf({}, QStringLiteral("hidden-value"));
        QCOMPARE(wrong.error().kind, ErrorKind::Invalid);
        QVERIFY(!wrong.error().text().contains(QStringLiteral("hidden-value")));
    }
};

QTEST_GUILESS_MAIN(tst_Ecr)
#include "tst_ecr.moc"
