// SPDX-License-Identifier: GPL-3.0-or-later
// Logins of a real Vault by a token that another party gave: a JWT that it checks by a public key, and the service account token of a real Kubernetes, which Vault asks about it
// (https://developer.hashicorp.com/vault/api-docs/auth/jwt and …/kubernetes).
#include "tests/support/kube_server.h"
#include "tests/support/real_vault.h"

using namespace pilothouse;
using namespace pilothouse::secrets;
using Q = QLatin1String;

namespace {

QByteArray fileOf(const QString &path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QByteArray url64(const QByteArray &bytes) { return bytes.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals); }

} // namespace

class tst_VaultLogins : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    std::unique_ptr<support::RealVault> m_vault;

    QByteArray openssl(const QStringList &arguments, const QByteArray &input = {}) const {
        const auto answer = support::KubeServer::run(QStringLiteral("openssl"), arguments, input, 60000);
        if (answer.code != 0)
            qWarning("openssl %s: %s", qPrintable(arguments.join(QLatin1Char(' '))), answer.error.constData());
        return answer.out;
    }
    /// Signed with RS256.
    QByteArray token(const char *key, const QJsonObject &claims) const {
        const QByteArray body = url64("{\"alg\":\"RS256\",\"typ\":\"JWT\"}") + '.' + url64(compactJson(claims));
        return body + '.' + url64(openssl({QStringLiteral("dgst"), QStringLiteral("-sha256"), QStringLiteral("-sign"), m_folder.filePath(Q(key))}, body));
    }
    QJsonObject claims(int seconds, const char *subject = "pipeline:weather") const {
        const qint64 now = QDateTime::currentSecsSinceEpoch();
        return {{Q("iss"), Q("https://ci.example")}, {Q("sub"), Q(subject)}, {Q("aud"), Q("vault")}, {Q("iat"), now - 5}, {Q("nbf"), now - 5}, {Q("exp"), now + seconds}};
    }
    std::shared_ptr<VaultClient> byFile(const char *login, const QString &role, const QByteArray &jwt) const {
        VaultServer how;
        how.name = QStringLiteral("v");
        how.url = m_vault->url();
        how.login = Q(login);
        how.role = role;
        how.jwtFile = m_folder.filePath(QStringLiteral("token"));
        QFile file(how.jwtFile);
        if (!file.open(QIODevice::WriteOnly) || file.write(jwt + '\n') < 0)
            qFatal("the token's file cannot be written");
        return std::make_shared<VaultClient>(how, m_vault->http);
    }

private Q_SLOTS:
    void initTestCase() {
        if (!support::RealVault::built())
            QSKIP("skipped: Vault is not compiled here: tests/backends/vault.sh build");
        m_vault = std::make_unique<support::RealVault>();
        QVERIFY2(m_vault->server.running(), qPrintable(m_vault->server.problem));
        m_vault->initialise();
        m_vault->unseal();
        QTRY_COMPARE_WITH_TIMEOUT(m_vault->state(), VaultState::Active, 20000);
        m_vault->fill();
        QTRY_VERIFY_WITH_TIMEOUT(m_vault->asRoot()->write(QStringLiteral("ml/db"), {{Q("password"), QStringLiteral("of-the-database")}}, {}).has_value(), 20000);
        for (const char *kind : {"jwt", "kubernetes"})
            m_vault->call("POST", QStringLiteral("sys/auth/") + Q(kind), {{Q("type"), Q(kind)}});
        for (const char *key : {"ci.key", "other.key"})
            openssl({QStringLiteral("genpkey"), QStringLiteral("-algorithm"), QStringLiteral("RSA"), QStringLiteral("-pkeyopt"), QStringLiteral("rsa_keygen_bits:2048"), QStringLiteral("-out"), m_folder.filePath(Q(key))});
        const QByteArray shown = openssl({QStringLiteral("pkey"), QStringLiteral("-in"), m_folder.filePath(QStringLiteral("ci.key")), QStringLiteral("-pubout")});
        QVERIFY(shown.contains("PUBLIC KEY"));
        m_vault->call("POST", QStringLiteral("auth/jwt/config"), {{Q("jwt_validation_pubkeys"), QString::fromLatin1(shown)}, {Q("bound_issuer"), Q("https://ci.example")}});
        m_vault->call("POST", QStringLiteral("auth/jwt/role/weather"),
                      {{Q("role_type"), Q("jwt")}, {Q("user_claim"), Q("sub")}, {Q("bound_audiences"), QJsonArray{Q("vault")}}, {Q("bound_subject"), Q("pipeline:weather")}, {Q("token_policies"), Q("ml")}, {Q("token_ttl"), Q("1h")}});
    }
    void cleanupTestCase() { m_vault.reset(); }

    void aSignedTokenReads() {
        const QByteArray jwt = token("ci.key", claims(600));
        const auto vault = byFile("jwt", QStringLiteral("weather"), jwt);
        const auto read = vault->read(QStringLiteral("ml/db"));
        QVERIFY2(read, read ? "" : qPrintable(read.error().text()));
        QCOMPARE(read->values.value(QStringLiteral("password")), QStringLiteral("of-the-database"));
        QVERIFY(vault->whoAmI()->policies.contains(QStringLiteral("ml")));
        QCOMPARE(vault->read(QStringLiteral("other/thing")).error().kind, ErrorKind::Denied);
        // Out of the keychain instead of a file.
        const auto kept = m_vault->client("jwt", QStringLiteral("weather"), QString::fromLatin1(jwt))->read(QStringLiteral("ml/db"));
        QVERIFY2(kept, kept ? "" : qPrintable(kept.error().text()));
    }

    void aTokenThatIsNotGoodIsDenied_data() {
        QTest::addColumn<QByteArray>("key");
        QTest::addColumn<int>("seconds");
        QTest::addColumn<QByteArray>("subject");
        QTest::addColumn<QString>("role");
        QTest::newRow("another's key") << QByteArray("other.key") << 600 << QByteArray("pipeline:weather") << QStringLiteral("weather");
        QTest::newRow("expired") << QByteArray("ci.key") << -900 << QByteArray("pipeline:weather") << QStringLiteral("weather");
        QTest::newRow("another subject") << QByteArray("ci.key") << 600 << QByteArray("pipeline:other") << QStringLiteral("weather");
        QTest::newRow("no such role") << QByteArray("ci.key") << 600 << QByteArray("pipeline:weather") << QStringLiteral("nobody");
    }
    void aTokenThatIsNotGoodIsDenied() {
        QFETCH(QByteArray, key);
        QFETCH(int, seconds);
        QFETCH(QByteArray, subject);
        QFETCH(QString, role);
        const QByteArray jwt = token(key.constData(), claims(seconds, subject.constData()));
        const auto read = byFile("jwt", role, jwt)->read(QStringLiteral("ml/db"));
        QVERIFY(!read);
        QCOMPARE(read.error().kind, ErrorKind::Denied);
        QVERIFY2(read.error().hint.contains(QStringLiteral("role")), qPrintable(read.error().text()));
        QVERIFY(!(read.error().text() + read.error().raw).contains(QString::fromLatin1(jwt.mid(40, 60))));
    }

    /// The token's file is renewed on disk, as a projected volume is: the next login takes the new one.
    void aRenewedFileIsReadAnew() {
        const auto vault = byFile("jwt", QStringLiteral("weather"), token("ci.key", claims(-900)));
        QCOMPARE(vault->read(QStringLiteral("ml/db")).error().kind, ErrorKind::Denied);
        byFile("jwt", QStringLiteral("weather"), token("ci.key", claims(600)));
        QVERIFY(vault->read(QStringLiteral("ml/db")));
    }

    /// A pod's own login: Vault asks the cluster whose token it is.
    void aServiceAccountReads() {
        support::KubeServer kube;
        if (const QString why = support::KubeServer::missing(); !why.isEmpty())
            QSKIP(qPrintable(QStringLiteral("skipped: ") + why));
        QString why;
        QVERIFY2(kube.start(&why), qPrintable(why));
        const auto done = [&](const QStringList &arguments) {
            const auto answer = kube.kubectl(arguments);
            if (answer.code != 0)
                qWarning("kubectl %s: %s", qPrintable(arguments.join(QLatin1Char(' '))), answer.error.constData());
            return answer.out.trimmed();
        };
        const QString space = QStringLiteral("vault-login");
        done({QStringLiteral("create"), QStringLiteral("namespace"), space});
        for (const char *name : {"reviewer", "trainer", "stranger"})
            done({QStringLiteral("-n"), space, QStringLiteral("create"), QStringLiteral("serviceaccount"), Q(name)});
        done({QStringLiteral("create"), QStringLiteral("clusterrolebinding"), QStringLiteral("vault-reviews"), QStringLiteral("--clusterrole=system:auth-delegator"), QStringLiteral("--serviceaccount=%1:reviewer").arg(space)});
        const auto tokenOf = [&](const char *name) { return done({QStringLiteral("-n"), space, QStringLiteral("create"), QStringLiteral("token"), Q(name)}); };
        m_vault->call("POST", QStringLiteral("auth/kubernetes/config"),
                      {{Q("kubernetes_host"), kube.url()}, {Q("kubernetes_ca_cert"), QString::fromUtf8(fileOf(kube.caFile()))}, {Q("token_reviewer_jwt"), QString::fromLatin1(tokenOf("reviewer"))}, {Q("disable_local_ca_jwt"), true}});
        m_vault->call("POST", QStringLiteral("auth/kubernetes/role/trainer"),
                      {{Q("bound_service_account_names"), Q("trainer")}, {Q("bound_service_account_namespaces"), space}, {Q("token_policies"), Q("ml")}, {Q("token_ttl"), Q("1h")}});
        const auto vault = byFile("kubernetes", QStringLiteral("trainer"), tokenOf("trainer"));
        const auto read = vault->read(QStringLiteral("ml/db"));
        QVERIFY2(read, read ? "" : qPrintable(read.error().text() + read.error().raw));
        QCOMPARE(read->values.value(QStringLiteral("password")), QStringLiteral("of-the-database"));
        QCOMPARE(byFile("kubernetes", QStringLiteral("trainer"), tokenOf("stranger"))->read(QStringLiteral("ml/db")).error().kind, ErrorKind::Denied);
    }
};

QTEST_GUILESS_MAIN(tst_VaultLogins)
#include "tst_vault_logins.moc"
