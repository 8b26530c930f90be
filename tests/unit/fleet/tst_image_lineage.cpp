// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/image_lineage.h"
#include "core/fleet/image_registries.h"
#include "core/rollouts/image_guard.h"
#include "tests/support/image_server.h"

#include <QTest>

using namespace pilothouse;
using namespace pilothouse::fleet;
using support::asked;
using support::AskedRequest;
using support::ImageContent;
using support::LoopbackServer;

namespace {

QString digest(char c) { return QStringLiteral("sha256:") + QString(64, QLatin1Char(c)); }

cluster::ImageInfo built() {
    cluster::ImageInfo info;
    info.digest = digest('1');
    info.platforms = {{QStringLiteral("linux"), QStringLiteral("amd64"), {}, digest('2'), 0}, {QStringLiteral("linux"), QStringLiteral("arm64"), {}, digest('3'), 0}};
    info.platformDigest = digest('2');
    info.configDigest = digest('4');
    info.revision = QStringLiteral("3f2a9c1d00");
    return info;
}

registry::Version version(int number, QMap<QString, QString> tags, const QString &source = {}) {
    registry::Version v;
    v.version = number;
    v.source = source;
    v.tags = std::move(tags);
    return v;
}

} // namespace

class tst_ImageLineage : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aDigestIsMatchedWhateverAPodTells_data() {
        QTest::addColumn<QString>("imageId");
        QTest::addColumn<QString>("match");
        const QString repo = QStringLiteral("ghcr.io/t/app@");
        QTest::newRow("the index") << repo + digest('1') << "index";
        QTest::newRow("the platform that was read") << repo + digest('2') << "platform";
        QTest::newRow("another platform") << repo + digest('3') << "platform";
        QTest::newRow("the configuration, as an id") << digest('4') << "config";
        QTest::newRow("docker's id") << QStringLiteral("docker://") + digest('4') << "config";
        QTest::newRow("a manifest as a bare id") << digest('3') << "platform";
        QTest::newRow("other bytes") << repo + digest('9') << "other";
        QTest::newRow("a pod that is not started") << QString() << "unknown";
    }
    void aDigestIsMatchedWhateverAPodTells() {
        QFETCH(QString, imageId);
        const ImageLineage found = joinImage(QStringLiteral("ghcr.io/t/app:7"), imageId, built(), {});
        QTEST(imageMatchName(found.match), "match");
        QCOMPARE(found.commit.isEmpty(), found.match == ImageMatch::Other); // another image's label says nothing of this one
    }

    void theVersionIsFoundBySurestTag_data() {
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("expected"); // 0: none
        QTest::addColumn<QString>("from");
        QTest::newRow("the digest of another platform's manifest") << 0 << 4 << "image.digest";
        QTest::newRow("the digest with its name") << 1 << 4 << "image.digest";
        QTest::newRow("the name") << 2 << 4 << "image";
        QTest::newRow("the commit, short") << 3 << 4 << "commit";
        QTest::newRow("another digest beside the same name is no match") << 4 << 0 << "";
        QTest::newRow("a digest counts more than a newer version's name") << 5 << 4 << "image.digest";
        QTest::newRow("the newest of several by commit") << 6 << 5 << "commit";
        QTest::newRow("the commit that is the version") << 7 << 2 << "commit";
    }
    void theVersionIsFoundBySurestTag() {
        QFETCH(int, kind);
        const QString image = QStringLiteral("ghcr.io/t/app:7");
        const std::vector<std::vector<registry::Version>> all{
            {version(4, {{QStringLiteral("image.digest"), digest('3')}}), version(3, {})},
            {version(4, {{QStringLiteral("image.digest"), QStringLiteral("ghcr.io/t/app@") + digest('1')}})},
            {version(4, {{QStringLiteral("image"), image}})},
            {version(4, {{QStringLiteral("git.commit"), QStringLiteral("3f2a9c1")}}), version(5, {{QStringLiteral("git.commit"), QStringLiteral("aaaaaaa")}})},
            {version(4, {{QStringLiteral("image"), image}, {QStringLiteral("image.digest"), digest('9')}})},
            {version(6, {{QStringLiteral("image"), image}}), version(4, {{QStringLiteral("image.digest"), digest('1')}})},
            {version(4, {{QStringLiteral("commit"), QStringLiteral("3f2a9c1d00")}}), version(5, {{QStringLiteral("mlflow.source.git.commit"), QStringLiteral("3f2a9c1d00")}})},
            {version(1, {}, QStringLiteral("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:ml/artifacts")), version(2, {}, QStringLiteral("3f2a9c1d00aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:ml/artifacts"))},
        };
        const ImageLineage found = joinImage(image, QStringLiteral("ghcr.io/t/app@") + digest('2'), built(), all.at(std::size_t(kind)));
        QTEST(found.version.value_or(0), "expected");
        QTEST(found.versionFrom, "from");
    }

    void aCommitStandsInATag_data() {
        QTest::addColumn<QString>("tag");
        QTest::addColumn<QString>("commit");
        QTest::newRow("alone") << "3f2a9c1" << "3f2a9c1";
        QTest::newRow("GitHub's form") << "sha-3f2a9c1" << "3f2a9c1";
        QTest::newRow("behind a branch") << "main-3f2a9c1d" << "3f2a9c1d";
        QTest::newRow("whole") << "1234567890123456789012345678901234567890" << "1234567890123456789012345678901234567890";
        QTest::newRow("a date is none") << "20260301" << "";
        QTest::newRow("a word is none") << "deadbeef" << "";
        QTest::newRow("a version is none") << "1.4.0" << "";
    }
    void aCommitStandsInATag() {
        QFETCH(QString, tag);
        cluster::ImageInfo info = built();
        info.revision.clear();
        const ImageLineage found = joinImage(QStringLiteral("ghcr.io/t/app:") + tag, QStringLiteral("ghcr.io/t/app@") + digest('1'), info, {});
        QTEST(found.commit, "commit");
        QCOMPARE(found.commitFrom, found.commit.isEmpty() ? QString() : QStringLiteral("tag"));
    }

    /// The registry is asked: by the name, and by the digest that runs where the tag went on.
    void whatRunsIsFoundBehindATagThatMoved() {
        ImageContent content;
        const QByteArray before = content.addImage("amd64", {{QStringLiteral("org.opencontainers.image.revision"), QStringLiteral("aaaaaaa1")}}, "before");
        const QByteArray after = content.addImage("amd64", {{QStringLiteral("org.opencontainers.image.revision"), QStringLiteral("bbbbbbb2")}}, "after");
        content.tags = {{"1", after}};
        LoopbackServer server([&](auto &c, int) {
            for (;;) {
                const QByteArray whole = c.readRequest();
                if (whole.isEmpty())
                    return;
                const AskedRequest a = asked(whole);
                QByteArray wanted = a.path.mid(a.path.lastIndexOf('/') + 1);
                wanted = content.tags.value(wanted, wanted);
                if (content.bytes.contains(wanted))
                    c.reply(200, content.bytes.value(wanted), "Content-Type: " + content.types.value(wanted) + "\r\nDocker-Content-Digest: " + wanted + "\r\n");
                else
                    c.reply(404, "{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\",\"message\":\"manifest unknown\"}]}");
            }
        });
        ImageRegistries registries({}, std::make_shared<net::HttpClient>(), secrets::memoryStore());
        const QString name = QStringLiteral("127.0.0.1:%1/t/app").arg(server.port());
        const ImageLineage found = imageLineage(registries, name + QStringLiteral(":1"), name + QLatin1Char('@') + QString::fromLatin1(before), {version(2, {{QStringLiteral("image.digest"), QString::fromLatin1(before)}})});
        QVERIFY2(found.problem.isEmpty(), qPrintable(found.problem));
        QCOMPARE(found.commit, QStringLiteral("aaaaaaa1"));
        QCOMPARE(found.version, std::optional(2));
        QVERIFY(found.sameBytes());
        QCOMPARE(found.toJson().value(QStringLiteral("sentence")).toString(), QStringLiteral("Its registry has the same bytes. Built from commit aaaaaaa1. Built for version 2."));
        content.bytes.remove(before); // cleaned away: now only the moved tag is there
        const ImageLineage moved = imageLineage(registries, name + QStringLiteral(":1"), name + QLatin1Char('@') + QString::fromLatin1(before), {});
        QCOMPARE(moved.match, ImageMatch::Other);
        QVERIFY(moved.commit.isEmpty());
        content.tags.clear();
        const ImageLineage gone = imageLineage(registries, name + QStringLiteral(":1"), name + QLatin1Char('@') + QString::fromLatin1(before), {});
        QCOMPARE(gone.match, ImageMatch::Unknown);
        QVERIFY2(gone.problem.contains(QStringLiteral("manifest unknown")), qPrintable(gone.problem));
        const auto look = [&](const QString &image, std::stop_token token) { return registries.digest(image, token); };
        QCOMPARE(rollouts::imageExists(name + QStringLiteral(":1"), look).error().kind, ErrorKind::Conflict); // the guard before an undo
    }

    void aConnectionIsFoundByTheHostOfAnImage_data() {
        QTest::addColumn<QString>("keys");
        QTest::addColumn<QString>("host");
        QTest::newRow("its address") << "url: 'https://registry.example:5000'" << "registry.example:5000";
        QTest::newRow("its host") << "host: ghcr.io" << "ghcr.io";
        QTest::newRow("Docker Hub by its other names") << "url: 'https://registry-1.docker.io'" << "docker.io";
        QTest::newRow("ECR by region and account") << "region: eu-central-1, account: '123456789012', secret: s" << "123456789012.dkr.ecr.eu-central-1.amazonaws.com";
    }
    void aConnectionIsFoundByTheHostOfAnImage() {
        QFETCH(QString, keys);
        QFETCH(QString, host);
        const auto w = workspace::parseWorkspace(QStringLiteral("workspace: a\nconnections: {x: {kind: images, %1}, k: {kind: vault, url: 'https://v.example', secret: s}}\n").arg(keys).toUtf8(), QStringLiteral("/w.yaml"));
        QVERIFY2(w, w ? "" : qPrintable(w.error().text()));
        ImageRegistries registries(*w, std::make_shared<net::HttpClient>(), secrets::memoryStore());
        QCOMPARE(registries.hosts().value(QStringLiteral("x")), host);
        const auto by = registries.of(host);
        QVERIFY2(by, by ? "" : qPrintable(by.error().text()));
        QCOMPARE(*by, *registries.named(QStringLiteral("x")));
        QVERIFY(*registries.of(QStringLiteral("other.example")) != *by);
        QCOMPARE(registries.named(QStringLiteral("k")).error().kind, ErrorKind::Refused);
    }

    void aConnectionThatSaysTooLittleIsRefusedByTheWorkspace_data() {
        QTest::addColumn<QString>("entry");
        QTest::addColumn<QString>("what");
        QTest::newRow("images without an address") << "{kind: images}" << "names no registry";
        QTest::newRow("plain_http in another word") << "{kind: images, host: a.b, plain_http: maybe}" << "yes or no";
        QTest::newRow("a login that is none") << "{kind: vault, url: 'https://v', login: magic}" << "magic";
        QTest::newRow("a Vault that logs in from a Vault") << "{kind: vault, url: 'https://v', secret: 'vault:x/y#z'}" << "cannot lie in a Vault";
    }
    void aConnectionThatSaysTooLittleIsRefusedByTheWorkspace() {
        QFETCH(QString, entry);
        QFETCH(QString, what);
        const auto w = workspace::parseWorkspace("workspace: a\nconnections: {x: " + entry.toUtf8() + "}\n", QStringLiteral("/w.yaml"));
        QVERIFY(!w);
        QVERIFY2(w.error().text().contains(what), qPrintable(w.error().text()));
    }
};

QTEST_GUILESS_MAIN(tst_ImageLineage)
#include "tst_image_lineage.moc"
