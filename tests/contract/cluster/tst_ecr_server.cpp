// SPDX-License-Identifier: GPL-3.0-or-later
// ECR as moto plays it (PILOTHOUSE_MOTO names its program moto_server, else where tests/run installs it, else PATH): the login and what DescribeImages tells. Signatures
// are parsed there and not verified; that they are right: tests/unit/cluster/tst_ecr.cpp.
#include "core/base/json.h"
#include "core/cluster/ecr.h"
#include "tests/support/free_port.h"
#include "tests/support/image_server.h"

#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::cluster;
using Q = QLatin1String;

class tst_EcrServer : public QObject {
    Q_OBJECT
    std::shared_ptr<net::HttpClient> http = std::make_shared<net::HttpClient>();
    QTemporaryDir m_folder;
    QProcess m_moto;
    QString m_url;

    std::shared_ptr<Ecr> ecr() const {
        return std::make_shared<Ecr>(http, QStringLiteral("123456789012"), QStringLiteral("eu-central-1"), []() -> Result<AwsKeys> { return awsKeysOf({}, QStringLiteral("AKIAIOSFODNN7EXAMPLE:secret")); }, m_url);
    }
    QJsonObject call(const QByteArray &action, const QJsonObject &body) {
        net::Request request;
        request.method = "POST";
        request.url = m_url + QStringLiteral("/");
        request.headers << net::Header{"Content-Type", "application/x-amz-json-1.1"} << net::Header{"X-Amz-Target", "AmazonEC2ContainerRegistry_V20150921." + action};
        request.body = compactJson(body);
        request.aws = net::AwsSigning{QStringLiteral("AKIAIOSFODNN7EXAMPLE"), QStringLiteral("secret"), {}, QStringLiteral("eu-central-1"), QStringLiteral("ecr")};
        const auto reply = http->send(request);
        if (!reply || reply->status >= 300)
            qWarning("%s: %s", action.constData(), reply ? reply->body.constData() : qPrintable(reply.error().text()));
        return reply ? QJsonDocument::fromJson(reply->body).object() : QJsonObject();
    }

private Q_SLOTS:
    void initTestCase() {
        QString program = qEnvironmentVariable("PILOTHOUSE_MOTO");
        if (program.isEmpty())
            program = QStandardPaths::findExecutable(QStringLiteral("moto_server"), {QStringLiteral(PILOTHOUSE_SOURCE_DIR "/build/python-venv/bin")});
        if (program.isEmpty())
            program = QStandardPaths::findExecutable(QStringLiteral("moto_server"));
        if (program.isEmpty())
            QSKIP("skipped: moto_server is not installed");
        const int port = support::freePort();
        m_moto.setStandardOutputFile(m_folder.filePath(QStringLiteral("log")));
        m_moto.setProcessChannelMode(QProcess::MergedChannels);
        m_moto.start(program, {QStringLiteral("-H"), QStringLiteral("127.0.0.1"), QStringLiteral("-p"), QString::number(port)});
        QVERIFY(m_moto.waitForStarted());
        m_url = QStringLiteral("http://127.0.0.1:%1").arg(port);
        net::Request ask;
        ask.url = m_url + QStringLiteral("/moto-api/");
        QTRY_VERIFY_WITH_TIMEOUT(http->send(ask).has_value(), 60000);
        call("CreateRepository", {{Q("repositoryName"), Q("iris")}});
    }
    void cleanupTestCase() {
        if (m_moto.state() != QProcess::NotRunning) {
            m_moto.terminate();
            if (!m_moto.waitForFinished(5000))
                m_moto.kill();
            m_moto.waitForFinished(5000);
        }
    }

    void aLoginIsGiven() {
        const auto login = ecr()->login();
        QVERIFY2(login, login ? "" : qPrintable(login.error().text()));
        QCOMPARE(login->user, QStringLiteral("AWS"));
        QVERIFY(!login->password.isEmpty());
        QVERIFY(login->until.isValid()); // moto always says 2015
    }

    void imagesAreDescribed() {
        support::ImageContent content;
        for (int i = 1; i <= 3; ++i) {
            const QByteArray digest = content.addImage("amd64", {}, "layer " + QByteArray::number(i));
            call("PutImage", {{Q("repositoryName"), Q("iris")}, {Q("imageTag"), QString::number(i)}, {Q("imageManifest"), QString::fromUtf8(content.bytes.value(digest))},
                              {Q("imageManifestMediaType"), Q("application/vnd.oci.image.manifest.v1+json")}});
        }
        const auto images = ecr()->images(QStringLiteral("iris"));
        QVERIFY2(images, images ? "" : qPrintable(images.error().text()));
        QCOMPARE(images->size(), std::size_t(3));
        for (const ImageFacts &facts : *images) {
            QVERIFY(isImageDigest(facts.digest));
            QCOMPARE(facts.tags.size(), 1);
            QVERIFY(qAbs(facts.pushed.secsTo(QDateTime::currentDateTimeUtc())) < 600);
        }
        const auto image = parseImage(QStringLiteral("123456789012.dkr.ecr.eu-central-1.amazonaws.com/iris:2"));
        QCOMPARE(ecrFacts(ecr())->facts(*image, {})->tags, QStringList{QStringLiteral("2")});
        QCOMPARE(ecrFacts(ecr())->facts(image->withTag(QStringLiteral("9")), {}).error().kind, ErrorKind::NotFound);
        QCOMPARE(ecr()->images(QStringLiteral("none")).error().kind, ErrorKind::NotFound);
    }
};

QTEST_GUILESS_MAIN(tst_EcrServer)
#include "tst_ecr_server.moc"
