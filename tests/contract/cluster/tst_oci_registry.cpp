// SPDX-License-Identifier: GPL-3.0-or-later
// The client against a real registry (Debian's docker-registry, started by tests/backends/registry.sh; needs the packages docker-registry and apache2-utils): an
// image of two platforms that this test builds and pushes by the protocol is read back, checked, listed and missed after it was deleted.
#include "core/cluster/image_registry.h"
#include "tests/support/backend.h"
#include "tests/support/image_server.h"

#include <QFile>
#include <QStandardPaths>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::cluster;
using support::ImageContent;

class tst_OciRegistry : public QObject {
    Q_OBJECT
    std::shared_ptr<net::HttpClient> http = std::make_shared<net::HttpClient>();
    std::unique_ptr<support::Backend> plain, secure;
    const QByteArray basic = "Basic " + QByteArray("op:registry-pw").toBase64();

    RegistryAccess accessTo(const support::Backend &server, bool tls, const char *password = "registry-pw") const {
        RegistryAccess access;
        access.host = server.host();
        access.url = (tls ? QStringLiteral("https://") : QStringLiteral("http://")) + server.host();
        if (tls)
            access.caFile = server.folder() + QStringLiteral("/ca.crt");
        if (*password)
            access.login = [word = QString::fromLatin1(password)](std::stop_token) -> Result<RegistryLogin> { return RegistryLogin{QStringLiteral("op"), word, {}}; };
        return access;
    }
    net::Response call(const RegistryAccess &access, const QByteArray &method, const QString &path, const QByteArray &body = {}, const QByteArray &type = "application/octet-stream") {
        net::Request request;
        request.method = method;
        request.url = path.startsWith(QLatin1String("http")) ? path : access.url + path;
        request.headers << net::Header{"Authorization", basic} << net::Header{"Content-Type", type};
        request.body = body;
        request.caFile = access.caFile;
        const auto reply = http->send(request);
        return reply ? *reply : net::Response{};
    }
    /// As `docker push` does it: each blob by POST and PUT, then the manifests, those that an index names before it.
    void push(const RegistryAccess &access, const QString &repository, const ImageContent &content) {
        const auto isManifest = [](const QByteArray &type) { return type.contains("manifest") || type.contains("index"); };
        for (auto it = content.bytes.begin(); it != content.bytes.end(); ++it) {
            if (isManifest(content.types.value(it.key())))
                continue;
            const net::Response begun = call(access, "POST", QStringLiteral("/v2/%1/blobs/uploads/").arg(repository));
            QCOMPARE(begun.status, 202);
            QString where = QString::fromUtf8(begun.header("location"));
            where += (where.contains(QLatin1Char('?')) ? QStringLiteral("&digest=") : QStringLiteral("?digest=")) + QString::fromLatin1(it.key());
            QCOMPARE(call(access, "PUT", where, it.value()).status, 201);
        }
        for (const bool index : {false, true})
            for (auto it = content.bytes.begin(); it != content.bytes.end(); ++it)
                if (const QByteArray type = content.types.value(it.key()); isManifest(type) && type.contains("index") == index)
                    QCOMPARE(call(access, "PUT", QStringLiteral("/v2/%1/manifests/%2").arg(repository, QString::fromLatin1(it.key())), it.value(), type).status, 201);
        for (auto it = content.tags.begin(); it != content.tags.end(); ++it)
            QCOMPARE(call(access, "PUT", QStringLiteral("/v2/%1/manifests/%2").arg(repository, QString::fromLatin1(it.key())), content.bytes.value(it.value()), content.types.value(it.value())).status, 201);
    }

private Q_SLOTS:
    void initTestCase() {
        if (QStandardPaths::findExecutable(QStringLiteral("docker-registry")).isEmpty() || QStandardPaths::findExecutable(QStringLiteral("htpasswd")).isEmpty())
            QSKIP("skipped: docker-registry or htpasswd is not installed");
        plain = std::make_unique<support::Backend>("registry.sh");
        QVERIFY2(plain->running(), qPrintable(plain->problem));
        secure = std::make_unique<support::Backend>("registry.sh", QStringList{QStringLiteral("REGISTRY_TLS=1")});
        QVERIFY2(secure->running(), qPrintable(secure->problem));
    }
    void cleanupTestCase() {
        plain.reset();
        secure.reset();
    }

    void anImageIsReadAsItWasPushed_data() {
        QTest::addColumn<bool>("tls");
        QTest::newRow("http on this machine") << false;
        QTest::newRow("https with a private authority") << true;
    }
    void anImageIsReadAsItWasPushed() {
        QFETCH(bool, tls);
        const RegistryAccess access = accessTo(tls ? *secure : *plain, tls);
        ImageContent content;
        const QByteArray amd = content.addImage("amd64", {{QStringLiteral("org.opencontainers.image.revision"), QStringLiteral("3f2a9c1d")}, {QStringLiteral("org.opencontainers.image.version"), QStringLiteral("7")}});
        const QByteArray arm = content.addImage("arm64", {}, "another layer");
        const QByteArray index = content.addIndex({{"amd64", amd}, {"arm64", arm}});
        content.tags = {{"7", index}, {"single", amd}};
        push(access, QStringLiteral("ml/iris"), content);
        ImageRegistry registry(access, http);
        QVERIFY(registry.check());
        QCOMPARE(*registry.repositories(), QStringList{QStringLiteral("ml/iris")});
        const auto image = parseImage(access.host + QStringLiteral("/ml/iris:7"));
        QCOMPARE(registry.digest(*image)->toLatin1(), index);
        const auto info = registry.image(*image);
        QVERIFY2(info, info ? "" : qPrintable(info.error().text()));
        QCOMPARE(info->digest.toLatin1(), index);
        QCOMPARE(info->platformDigest.toLatin1(), amd);
        QCOMPARE(info->platforms.size(), std::size_t(2));
        QCOMPARE(info->revision, QStringLiteral("3f2a9c1d"));
        QCOMPARE(info->version, QStringLiteral("7"));
        QVERIFY(info->isKnownAs(QString::fromLatin1(arm)));
        QCOMPARE(info->bytes, content.bytes.value(info->configDigest.toLatin1()).size() + qsizetype(qstrlen("layer")));
        const auto single = registry.image(image->withTag(QStringLiteral("single")));
        QVERIFY(single->platforms.empty());
        QCOMPARE(single->platform, QStringLiteral("linux/amd64"));
        QCOMPARE(registry.image(image->withTag({}).withDigest(QString::fromLatin1(arm)))->digest.toLatin1(), arm);
    }

    void aHundredTagsComeFromAllPages() {
        const RegistryAccess access = accessTo(*plain, false);
        ImageContent content;
        const QByteArray image = content.addImage("amd64", {}, "many");
        for (int i = 1; i <= 120; ++i)
            content.tags.insert("v" + QByteArray::number(i), image);
        push(access, QStringLiteral("many/tags"), content);
        const auto tags = ImageRegistry(access, http).tags(QStringLiteral("many/tags"));
        QVERIFY2(tags, tags ? "" : qPrintable(tags.error().text()));
        QCOMPARE(tags->size(), std::size_t(120));
        QCOMPARE(tags->front().name, QStringLiteral("v120"));
        QCOMPARE(tags->back().name, QStringLiteral("v1"));
    }

    void whatWasDeletedIsGone() {
        const RegistryAccess access = accessTo(*plain, false);
        ImageContent content;
        const QByteArray digest = content.addImage("amd64", {}, "short-lived");
        content.tags = {{"1", digest}};
        push(access, QStringLiteral("gone/app"), content);
        ImageRegistry registry(access, http);
        const auto image = parseImage(access.host + QStringLiteral("/gone/app:1"));
        QVERIFY(registry.digest(*image));
        QCOMPARE(call(access, "DELETE", QStringLiteral("/v2/gone/app/manifests/") + QString::fromLatin1(digest)).status, 202);
        const auto after = registry.digest(*image);
        QVERIFY(!after);
        QCOMPARE(after.error().kind, ErrorKind::NotFound);
        const auto none = registry.tags(QStringLiteral("none/such"));
        QCOMPARE(none.error().kind, ErrorKind::NotFound);
        QVERIFY2(none.error().what.contains(QStringLiteral("repository name not known")), qPrintable(none.error().text()));
    }

    void aWrongOrMissingPasswordIsSaid() {
        const auto wrong = ImageRegistry(accessTo(*plain, false, "wrong-password"), http).check();
        QVERIFY(!wrong);
        QCOMPARE(wrong.error().kind, ErrorKind::Denied);
        QVERIFY(!(wrong.error().text() + wrong.error().raw).contains(QStringLiteral("wrong-password")));
        const auto none = ImageRegistry(accessTo(*plain, false, ""), http).check();
        QCOMPARE(none.error().kind, ErrorKind::Denied);
        QVERIFY2(none.error().hint.contains(QStringLiteral("images")), qPrintable(none.error().text()));
    }

    void aPrivateAuthorityMustBeNamed() {
        RegistryAccess access = accessTo(*secure, true);
        access.caFile.clear();
        const auto checked = ImageRegistry(access, http).check();
        QCOMPARE(checked.error().kind, ErrorKind::Unreachable);
        QVERIFY2(checked.error().what.contains(QStringLiteral("not trusted")), qPrintable(checked.error().text()));
    }
};

QTEST_GUILESS_MAIN(tst_OciRegistry)
#include "tst_oci_registry.moc"
