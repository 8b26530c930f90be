// SPDX-License-Identifier: GPL-3.0-or-later
// Challenges, tokens and what comes of an image, against a stand-in that answers as Docker Hub, GHCR, ECR and Harbor document it. The protocol against a real
// registry: tests/contract/cluster/tst_oci_registry.cpp.
#include "core/cluster/image_registry.h"
#include "tests/support/image_server.h"

#include <QTest>

using namespace pilothouse;
using namespace pilothouse::cluster;
using support::asked;
using support::AskedRequest;
using support::ImageContent;
using support::LoopbackServer;

namespace {

const QByteArray basicOfOps = "Basic " + QByteArray("ops:the-password").toBase64();

/// A registry whose way of logging in a test chooses.
class Registry {
public:
    enum class Login { None, Bearer, Basic };
    Login login = Login::Bearer;
    ImageContent content;
    QByteArray realm;             ///< empty: its own /token
    QByteArray tokenField = "token", service = "registry.docker.io", moreHeaders;
    int expires = 300, refuseFirst = 0; ///< so many calls with a good token are refused all the same
    bool tamper = false, blobsElsewhere = false;
    QByteArray blobHost;
    QByteArray lowWater;          ///< a body for 429

    std::vector<AskedRequest> seen;
    int tokens = 0;
    std::mutex mutex;
    std::unique_ptr<LoopbackServer> server = std::make_unique<LoopbackServer>([this](auto &c, int) { serve(c); });
    ~Registry() { server.reset(); }

    QString host() const { return QStringLiteral("127.0.0.1:%1").arg(server->port()); }
    QList<AskedRequest> asks(const QByteArray &part) {
        const std::lock_guard lock(mutex);
        QList<AskedRequest> out;
        for (const AskedRequest &a : seen)
            if ((a.path + '?' + a.query).contains(part))
                out << a;
        return out;
    }

private:
    void serve(LoopbackServer::Connection &c) {
        for (;;) {
            const QByteArray whole = c.readRequest();
            if (whole.isEmpty())
                return;
            const AskedRequest a = asked(whole);
            const std::lock_guard lock(mutex);
            seen.push_back(a);
            if (a.path == "/token") {
                ++tokens;
                const QByteArray value = "token-" + QByteArray::number(tokens);
                c.reply(200, "{\"" + tokenField + "\":\"" + value + "\",\"expires_in\":" + QByteArray::number(expires) + "}");
                continue;
            }
            if (a.path.startsWith("/elsewhere/")) {
                c.reply(200, content.bytes.value(a.path.mid(11)));
                continue;
            }
            if (!lowWater.isEmpty()) {
                c.reply(429, lowWater, "ratelimit-limit: 100;w=21600\r\nratelimit-remaining: 0;w=21600\r\n");
                continue;
            }
            const bool good = login == Login::None || (login == Login::Bearer ? tokens > 0 && a.authorization == "Bearer token-" + QByteArray::number(tokens) : a.authorization == basicOfOps);
            if (!good || refuseFirst-- > 0) {
                const QByteArray where = realm.isEmpty() ? server->url("/token").toLatin1() : realm;
                // As Docker Hub writes it: quoted, with commas inside a value.
                const QByteArray scope = a.path.startsWith("/v2/_") || a.path == "/v2/" ? QByteArray() : ",scope=\"repository:" + a.path.mid(4, a.path.indexOf("/", a.path.indexOf("/", 4) + 1) - 4) + ":pull,push\"";
                c.reply(401, "{\"errors\":[{\"code\":\"UNAUTHORIZED\",\"message\":\"authentication required\",\"detail\":null}]}",
                        login == Login::Basic ? QByteArray("WWW-Authenticate: Basic realm=\"https://123456789012.dkr.ecr.eu-central-1.amazonaws.com/\",service=\"ecr.amazonaws.com\"\r\n")
                                              : "WWW-Authenticate: Bearer realm=\"" + where + "\",service=\"" + service + "\"" + scope + "\r\n");
                continue;
            }
            answer(c, a);
        }
    }
    void answer(LoopbackServer::Connection &c, const AskedRequest &a) {
        if (a.path == "/v2/") {
            c.reply(200, "{}");
        } else if (a.path.endsWith("/tags/list")) {
            const QByteArrayList all = content.tags.keys();
            const QByteArray last = QUrlQuery(QString::fromLatin1(a.query)).queryItemValue(QStringLiteral("last")).toLatin1();
            QJsonArray page;
            qsizetype i = last.isEmpty() ? 0 : all.indexOf(last) + 1;
            for (int n = 0; n < 2 && i < all.size(); ++n, ++i) // two a page, whatever was asked for
                page.append(QString::fromLatin1(all[i]));
            const QByteArray link = i < all.size() ? "Link: <" + a.path + "?n=2&last=" + all[i - 1] + ">; rel=\"next\"\r\n" : QByteArray();
            c.reply(200, QJsonDocument(QJsonObject{{QStringLiteral("tags"), page}}).toJson(), link);
        } else if (a.path.contains("/manifests/")) {
            QByteArray digest = a.path.mid(a.path.lastIndexOf('/') + 1);
            digest = content.tags.value(digest, digest);
            if (!content.bytes.contains(digest)) {
                c.reply(404, "{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\",\"message\":\"manifest unknown\"}]}");
                return;
            }
            const QByteArray body = tamper ? content.bytes.value(digest) + " " : content.bytes.value(digest);
            const QByteArray headers = "Content-Type: " + content.types.value(digest) + "\r\nDocker-Content-Digest: " + digest + "\r\n" + moreHeaders;
            if (a.method == "HEAD")
                c.write("HTTP/1.1 200 X\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n" + headers + "\r\n");
            else
                c.reply(200, body, headers);
        } else if (a.path.contains("/blobs/")) {
            const QByteArray digest = a.path.mid(a.path.lastIndexOf('/') + 1);
            if (blobsElsewhere)
                c.reply(307, {}, "Location: http://" + (blobHost.isEmpty() ? host().toLatin1() : blobHost) + "/elsewhere/" + digest + "\r\n");
            else
                c.reply(200, content.bytes.value(digest));
        } else {
            c.reply(404, "{}");
        }
    }
};

RegistryAccess accessTo(const Registry &registry, bool login = true) {
    RegistryAccess access;
    access.host = registry.host();
    access.url = QStringLiteral("http://") + registry.host();
    if (login)
        access.login = [](std::stop_token) -> Result<RegistryLogin> { return RegistryLogin{QStringLiteral("ops"), QStringLiteral("the-password"), {}}; };
    return access;
}

ImageReference named(const Registry &registry, const char *rest) { return *parseImage(registry.host() + QLatin1Char('/') + QLatin1String(rest)); }

} // namespace

class tst_ImageRegistry : public QObject {
    Q_OBJECT
    std::shared_ptr<net::HttpClient> http = std::make_shared<net::HttpClient>();

    /// app:1 and app:2: an index of two platforms; app:plain: one manifest.
    struct Built {
        QByteArray index, amd, arm, plain;
    };
    static Built build(ImageContent &content) {
        const QJsonObject labels{{QStringLiteral("org.opencontainers.image.revision"), QStringLiteral("3f2a9c1d00000000000000000000000000000000")},
                                 {QStringLiteral("org.opencontainers.image.version"), QStringLiteral("1.4.0")},
                                 {QStringLiteral("org.opencontainers.image.source"), QStringLiteral("https://example.com/team/app")},
                                 {QStringLiteral("team"), QStringLiteral("ml")}};
        Built out;
        out.amd = content.addImage("amd64", labels);
        out.arm = content.addImage("arm64", {}, "other layer");
        out.index = content.addIndex({{"amd64", out.amd}, {"arm64", out.arm}});
        out.plain = content.addImage("amd64", {}, "plain");
        content.tags = {{"1", out.index}, {"2", out.index}, {"10", out.index}, {"latest", out.index}, {"plain", out.plain}};
        return out;
    }

private Q_SLOTS:
    void challengesAreReadAsTheyAreWritten_data() {
        QTest::addColumn<QList<QByteArray>>("headers");
        QTest::addColumn<QString>("expected");
        using L = QList<QByteArray>;
        QTest::newRow("Docker Hub") << L{"Bearer realm=\"https://auth.docker.io/token\",service=\"registry.docker.io\",scope=\"repository:library/nginx:pull,push\""}
                                    << "bearer realm=https://auth.docker.io/token scope=repository:library/nginx:pull,push service=registry.docker.io";
        QTest::newRow("GHCR") << L{"Bearer realm=\"https://ghcr.io/token\",service=\"ghcr.io\",scope=\"repository:user/image:pull\""} << "bearer realm=https://ghcr.io/token scope=repository:user/image:pull service=ghcr.io";
        QTest::newRow("ECR") << L{"Basic realm=\"https://1.dkr.ecr.eu-central-1.amazonaws.com/\",service=\"ecr.amazonaws.com\""} << "basic realm=https://1.dkr.ecr.eu-central-1.amazonaws.com/ service=ecr.amazonaws.com";
        QTest::newRow("two in one header") << L{"Basic realm=\"a, b\", Bearer realm=\"c\" , service=d"} << "basic realm=a, b | bearer realm=c service=d";
        QTest::newRow("two headers") << L{"Basic realm=\"x\"", "Bearer realm=\"y\""} << "basic realm=x | bearer realm=y";
        QTest::newRow("escaped quotes, odd blanks, capitals") << L{"BEARER  Realm = \"say \\\"hi\\\", \\\\ ok\" ,\tSERVICE=plain"} << "bearer realm=say \"hi\", \\ ok service=plain";
        QTest::newRow("an address without quotes") << L{"Bearer realm=https://x.example/token,service=x"} << "bearer realm=https://x.example/token service=x";
        QTest::newRow("no parameters") << L{"Negotiate"} << "negotiate";
        QTest::newRow("a quote that does not end") << L{"Bearer realm=\"abc"} << "bearer realm=abc";
        QTest::newRow("an empty value") << L{"Bearer realm=\"\",service=\"s\""} << "bearer realm= service=s";
        QTest::newRow("nonsense") << L{",,=\"\x01(", ""} << "";
        QTest::newRow("the first of a repeated name counts") << L{"Bearer realm=\"good\",realm=\"evil\""} << "bearer realm=good";
    }
    void challengesAreReadAsTheyAreWritten() {
        QFETCH(QList<QByteArray>, headers);
        QStringList all;
        for (const AuthChallenge &c : parseChallenges(headers)) {
            QStringList words{c.scheme};
            for (auto it = c.parameters.begin(); it != c.parameters.end(); ++it)
                words << it.key() + QLatin1Char('=') + it.value();
            all << words.join(QLatin1Char(' '));
        }
        QTEST(all.join(QStringLiteral(" | ")), "expected");
    }

    void aCredentialGoesToItsOwnSiteOnly_data() {
        QTest::addColumn<QString>("registry");
        QTest::addColumn<QString>("realm");
        QTest::addColumn<bool>("trusted");
        QTest::newRow("Docker Hub") << "https://registry-1.docker.io" << "https://auth.docker.io/token" << true;
        QTest::newRow("GHCR") << "https://ghcr.io" << "https://ghcr.io/token" << true;
        QTest::newRow("GitLab") << "https://registry.gitlab.com" << "https://gitlab.com/jwt/auth" << true;
        QTest::newRow("a service beside it") << "https://registry.team.example.com" << "https://auth.team.example.com/t" << true;
        QTest::newRow("a service below it") << "https://registry.example" << "https://auth.registry.example/t" << true;
        QTest::newRow("another port of the host") << "https://r.example.com:5000" << "https://r.example.com:5001/t" << true;
        QTest::newRow("another site") << "https://registry.example.com" << "https://evil.example.net/token" << false;
        QTest::newRow("a name that only ends alike") << "https://registry.example.com" << "https://evilexample.com/token" << false;
        QTest::newRow("a neighbour below a country's code") << "https://registry.co.uk" << "https://evil.co.uk/token" << false;
        QTest::newRow("a neighbour in a cloud") << "https://a.azurecr.io" << "https://b.azurecr.io/token" << false;
        QTest::newRow("a neighbour among pages") << "https://me.github.io" << "https://you.github.io/token" << false;
        QTest::newRow("a whole domain") << "https://registry.com" << "https://auth.com/token" << false;
        QTest::newRow("http from https") << "https://registry.example.com" << "http://registry.example.com/token" << false;
        QTest::newRow("an address is no domain") << "http://10.0.0.1" << "http://10.0.0.2/token" << false;
        QTest::newRow("a user in it") << "https://registry.example.com" << "https://x:y@registry.example.com/t" << false;
        QTest::newRow("no address") << "https://registry.example.com" << "token" << false;
    }
    void aCredentialGoesToItsOwnSiteOnly() {
        QFETCH(QString, registry);
        QFETCH(QString, realm);
        QTEST(isTrustedRealm(registry, realm, {}), "trusted");
        QVERIFY(isTrustedRealm(QStringLiteral("https://registry.example.com"), QStringLiteral("https://sso.other.example/token"), {QStringLiteral("SSO.other.example")}));
    }

    void theNextPageIsFoundInALink_data() {
        QTest::addColumn<QByteArray>("header");
        QTest::addColumn<QString>("next");
        QTest::newRow("quoted") << QByteArray("</v2/a/tags/list?last=b&n=2>; rel=\"next\"") << "/v2/a/tags/list?last=b&n=2";
        QTest::newRow("not quoted") << QByteArray("</x>; rel=next") << "/x";
        QTest::newRow("among others") << QByteArray("</first>; rel=\"first\", </two>; title=\"a, b\"; rel=\"prev next\"") << "/two";
        QTest::newRow("none") << QByteArray("</first>; rel=\"first\"") << "";
        QTest::newRow("another word") << QByteArray("</x>; rel=\"nextish\"") << "";
        QTest::newRow("no header") << QByteArray() << "";
    }
    void theNextPageIsFoundInALink() {
        QFETCH(QByteArray, header);
        QTEST(nextPage(header), "next");
    }

    void anImageIsReadThroughItsIndexToItsLabels() {
        Registry server;
        const Built built = build(server.content);
        ImageRegistry registry(accessTo(server), http);
        const auto info = registry.image(named(server, "team/app:1"));
        QVERIFY2(info, info ? "" : qPrintable(info.error().text()));
        QCOMPARE(info->digest.toLatin1(), built.index);
        QCOMPARE(info->platform, QStringLiteral("linux/amd64"));
        QCOMPARE(info->platformDigest.toLatin1(), built.amd);
        QCOMPARE(info->platforms.size(), std::size_t(2)); // the attestation is no platform
        QCOMPARE(info->revision, QStringLiteral("3f2a9c1d00000000000000000000000000000000"));
        QCOMPARE(info->version, QStringLiteral("1.4.0"));
        QCOMPARE(info->labels.value(QStringLiteral("team")), QStringLiteral("ml"));
        QCOMPARE(info->created, QDateTime(QDate(2026, 3, 1), QTime(10, 0), Qt::UTC));
        for (const QByteArray &known : {built.index, built.amd, built.arm, info->configDigest.toLatin1()})
            QVERIFY(info->isKnownAs(QString::fromLatin1(known)));
        QVERIFY(!info->isKnownAs(QString::fromLatin1(built.plain)));
        QCOMPARE(server.tokens, 1); // one token for all calls of the repository
        const auto token = server.asks("/token");
        QCOMPARE(token.front().authorization, basicOfOps);
        QVERIFY2(token.front().query.contains("scope=repository%3Ateam%2Fapp%3Apull"), token.front().query.constData());
        QVERIFY(server.asks("/manifests/1").front().accept.contains("application/vnd.docker.distribution.manifest.list.v2+json"));
        const auto arm = registry.image(named(server, "team/app:1"), {}, QStringLiteral("linux/arm64"));
        QCOMPARE(arm->platformDigest.toLatin1(), built.arm);
        QVERIFY(arm->revision.isEmpty());
    }

    void eachRegistrysWayOfLoggingInWorks_data() {
        QTest::addColumn<int>("login");
        QTest::addColumn<QByteArray>("field");
        QTest::addColumn<bool>("credential");
        QTest::newRow("Docker Hub: a token") << int(Registry::Login::Bearer) << QByteArray("token") << true;
        QTest::newRow("GHCR and Harbor: an access_token") << int(Registry::Login::Bearer) << QByteArray("access_token") << true;
        QTest::newRow("anonymous, with a token all the same") << int(Registry::Login::Bearer) << QByteArray("token") << false;
        QTest::newRow("ECR: Basic") << int(Registry::Login::Basic) << QByteArray("token") << true;
        QTest::newRow("none") << int(Registry::Login::None) << QByteArray("token") << false;
    }
    void eachRegistrysWayOfLoggingInWorks() {
        QFETCH(int, login);
        QFETCH(QByteArray, field);
        QFETCH(bool, credential);
        Registry server;
        server.login = Registry::Login(login);
        server.tokenField = field;
        const Built built = build(server.content);
        ImageRegistry registry(accessTo(server, credential), http);
        const auto digest = registry.digest(named(server, "team/app:plain"));
        QVERIFY2(digest, digest ? "" : qPrintable(digest.error().text()));
        QCOMPARE(digest->toLatin1(), built.plain);
        QCOMPARE(server.asks("/manifests/plain").back().method, QByteArray("HEAD")); // costs no pull
        if (!credential)
            for (const AskedRequest &a : server.asks("/token"))
                QCOMPARE(a.authorization, QByteArray());
        QVERIFY(registry.check());
    }

    void aTokenThatRunsOutIsAskedForAnew() {
        Registry server;
        build(server.content);
        const auto clock = std::make_shared<FixedClock>(QDateTime(QDate(2026, 1, 1), QTime(0, 0), Qt::UTC));
        ImageRegistry registry(accessTo(server), http, {}, clock);
        QVERIFY(registry.digest(named(server, "team/app:1")));
        QVERIFY(registry.digest(named(server, "team/app:2")));
        QCOMPARE(server.tokens, 1);
        clock->advance(299);
        QVERIFY(registry.digest(named(server, "team/app:1")));
        QCOMPARE(server.tokens, 2);
        server.refuseFirst = 1; // revoked before its time
        QVERIFY(registry.digest(named(server, "team/app:1")));
        QCOMPARE(server.tokens, 3);
    }

    void aForeignTokenServiceGetsNoCredential() {
        Registry server, foreign;
        server.realm = "http://localhost:" + QByteArray::number(foreign.server->port()) + "/token"; // another name: another site
        build(server.content);
        const auto refused = ImageRegistry(accessTo(server), http).digest(named(server, "team/app:1"));
        QVERIFY(!refused);
        QCOMPARE(refused.error().kind, ErrorKind::Denied);
        QVERIFY2(refused.error().hint.contains(QStringLiteral("realm: localhost")), qPrintable(refused.error().text()));
        QVERIFY(foreign.seen.empty());
        QVERIFY(!refused.error().text().contains(QStringLiteral("the-password")));
        RegistryAccess confirmed = accessTo(server);
        confirmed.realms = {QStringLiteral("localhost")};
        (void)ImageRegistry(confirmed, http).digest(named(server, "team/app:1"));
        QCOMPARE(foreign.asks("/token").front().authorization, basicOfOps);
    }

    void blobsElsewhereAreReadWithoutTheCredential() {
        Registry server, store;
        store.login = Registry::Login::None;
        build(server.content);
        store.content = server.content;
        server.blobsElsewhere = true;
        server.blobHost = store.host().toLatin1();
        const auto info = ImageRegistry(accessTo(server), http).image(named(server, "team/app:1"));
        QVERIFY2(info, info ? "" : qPrintable(info.error().text()));
        QCOMPARE(info->version, QStringLiteral("1.4.0"));
        QCOMPARE(store.asks("/elsewhere/").front().authorization, QByteArray());
    }

    void bytesThatAreNotWhatTheirDigestSaysAreRefused() {
        Registry server;
        build(server.content);
        server.tamper = true;
        const auto info = ImageRegistry(accessTo(server), http).image(named(server, "team/app:1"));
        QVERIFY(!info);
        QCOMPARE(info.error().kind, ErrorKind::Invalid);
        QVERIFY2(info.error().what.contains(QStringLiteral("other bytes")), qPrintable(info.error().what));
    }

    void tagsComeFromAllPagesNumbersByTheirValue() {
        Registry server;
        build(server.content);
        const auto tags = ImageRegistry(accessTo(server), http).tags(QStringLiteral("team/app"));
        QVERIFY2(tags, tags ? "" : qPrintable(tags.error().text()));
        QStringList names;
        for (const ImageTag &tag : *tags)
            names << tag.name;
        QCOMPARE(names, (QStringList{QStringLiteral("plain"), QStringLiteral("latest"), QStringLiteral("10"), QStringLiteral("2"), QStringLiteral("1")}));
        QCOMPARE(server.asks("/tags/list").size(), 4); // a refusal and three pages
    }

    void whatIsMissingIsNamed() {
        Registry server;
        build(server.content);
        ImageRegistry registry(accessTo(server), http);
        const auto gone = registry.digest(named(server, "team/app:none"));
        QVERIFY(!gone);
        QCOMPARE(gone.error().kind, ErrorKind::NotFound);
        const auto info = registry.image(named(server, "team/app:none"));
        QCOMPARE(info.error().kind, ErrorKind::NotFound);
        QVERIFY2(info.error().what.contains(QStringLiteral("manifest unknown")), qPrintable(info.error().what));
    }

    void theRateLimitIsToldInWords() {
        Registry server;
        server.login = Registry::Login::None;
        server.lowWater = "{\"errors\":[{\"code\":\"TOOMANYREQUESTS\",\"message\":\"You have reached your pull rate limit.\"}]}";
        const auto info = ImageRegistry(accessTo(server, false), http).image(named(server, "team/app:1"));
        QVERIFY(!info);
        QCOMPARE(info.error().kind, ErrorKind::Unreachable);
        QVERIFY2(info.error().what.contains(QStringLiteral("100 pulls in 6 h")), qPrintable(info.error().text()));
        QVERIFY(info.error().what.contains(QStringLiteral("You have reached your pull rate limit.")));
        QVERIFY(info.error().hint.contains(QStringLiteral("who logs in")));
        Registry open;
        open.login = Registry::Login::None;
        open.moreHeaders = "ratelimit-limit: 200;w=21600\r\nratelimit-remaining: 123;w=21600\r\n";
        build(open.content);
        ImageRegistry registry(accessTo(open, false), http);
        QVERIFY(registry.digest(named(open, "team/app:1")));
        QCOMPARE(registry.session().rateLimit()->remaining, 123);
    }

    void anotherMachineIsNotAskedInTheOpen() {
        RegistryAccess access;
        access.host = QStringLiteral("registry.example");
        access.url = QStringLiteral("http://registry.example");
        const auto checked = ImageRegistry(access, http).check();
        QCOMPARE(checked.error().kind, ErrorKind::Refused);
        QVERIFY(checked.error().hint.contains(QStringLiteral("plain_http")));
    }

    void harborTellsPushTimesAndFindings() {
        QByteArray path, authorization;
        LoopbackServer harbor([&](auto &c, int) {
            const AskedRequest a = asked(c.readRequest());
            path = a.path;
            authorization = a.authorization;
            c.reply(200, R"({"digest":"sha256:aa","size":1234,"push_time":"2026-04-01T08:00:00.123Z","tags":[{"name":"1","push_time":"2026-04-02T08:00:00Z"},{"name":"old","push_time":"2026-04-01T08:00:00Z"}],
                             "scan_overview":{"application/vnd.security.vulnerability.report; version=1.1":{"scan_status":"Success","severity":"High","scanner":{"name":"Trivy"},"end_time":"2026-04-01T08:05:00Z",
                             "summary":{"total":7,"fixable":3,"summary":{"Critical":1,"High":6,"Low":0}}}}})");
        });
        RegistryAccess access;
        access.host = QStringLiteral("harbor.example");
        access.url = QStringLiteral("http://127.0.0.1:%1").arg(harbor.port());
        access.login = [](std::stop_token) -> Result<RegistryLogin> { return RegistryLogin{QStringLiteral("ops"), QStringLiteral("the-password"), {}}; };
        const auto facts = harborFacts(access, http)->facts(*parseImage(QStringLiteral("harbor.example/ml/serving/app:1")), {});
        QVERIFY2(facts, facts ? "" : qPrintable(facts.error().text()));
        QCOMPARE(path, QByteArray("/api/v2.0/projects/ml/repositories/serving%252Fapp/artifacts/1"));
        QCOMPARE(authorization, basicOfOps);
        QCOMPARE(facts->pushed, QDateTime(QDate(2026, 4, 2), QTime(8, 0), Qt::UTC)); // when the tag came there
        QCOMPARE(facts->scan->text(), QStringLiteral("1 critical, 6 high"));
        QCOMPARE(facts->scan->scanner, QStringLiteral("Trivy"));
    }

    void dockerHubTellsPushTimes() {
        LoopbackServer *hub = nullptr;
        LoopbackServer server([&](auto &c, int) {
            for (;;) {
                const QByteArray whole = c.readRequest();
                if (whole.isEmpty())
                    return;
                const AskedRequest a = asked(whole);
                const QByteArray next = a.query.contains("page=2") ? QByteArray("null") : "\"" + hub->url("/v2/repositories/team/app/tags?page=2").toLatin1() + "\"";
                const QByteArray name = a.query.contains("page=2") ? "1" : "2";
                c.reply(200, "{\"next\":" + next + ",\"results\":[{\"name\":\"" + name + "\",\"digest\":\"sha256:a" + name + "\",\"full_size\":10,\"tag_last_pushed\":\"2026-0" + name + "-01T00:00:00.5Z\"}]}");
            }
        });
        hub = &server;
        const auto facts = dockerHubFacts(http, server.url("").chopped(0))->all(QStringLiteral("team/app"), {});
        QVERIFY2(facts, facts ? "" : qPrintable(facts.error().text()));
        QCOMPARE(facts->size(), std::size_t(2));
        QCOMPARE(facts->front().tags, QStringList{QStringLiteral("2")});
        QCOMPARE(facts->back().pushed, QDateTime(QDate(2026, 1, 1), QTime(0, 0, 0, 500), Qt::UTC));
    }
};

QTEST_GUILESS_MAIN(tst_ImageRegistry)
#include "tst_image_registry.moc"
