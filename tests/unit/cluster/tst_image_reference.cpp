// SPDX-License-Identifier: GPL-3.0-or-later
// Names of images; the rows are those of github.com/distribution/reference 0.6 (normalize_test.go, reference_test.go), which docker and Kubernetes use.
#include "core/cluster/image_reference.h"

#include <QTest>

using namespace pilothouse;
using namespace pilothouse::cluster;

namespace {
const QString ones = QStringLiteral("sha256:") + QString(64, QLatin1Char('f'));
}

class tst_ImageReference : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aNameIsReadAsDockerReadsIt_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("host");
        QTest::addColumn<QString>("repository");
        QTest::addColumn<QString>("tag");
        QTest::addColumn<QString>("digest");
        QTest::addColumn<QString>("familiar"); // without tag and digest
        const auto row = [](const char *text, const char *host, const char *repository, const char *familiar, const char *tag = "", const QString &digest = {}) {
            QTest::newRow(text) << text << host << repository << tag << digest << familiar;
        };
        row("busybox", "docker.io", "library/busybox", "busybox");
        row("busybox:latest", "docker.io", "library/busybox", "busybox", "latest");
        row("library/busybox", "docker.io", "library/busybox", "busybox");
        row("docker.io/busybox", "docker.io", "library/busybox", "busybox");
        row("docker.io/busybox:latest", "docker.io", "library/busybox", "busybox", "latest");
        row("index.docker.io/library/ubuntu-12.04-base", "docker.io", "library/ubuntu-12.04-base", "ubuntu-12.04-base");
        row("docker.io/library/foo/bar", "docker.io", "library/foo/bar", "library/foo/bar");
        row("nonlibrary/ubuntu", "docker.io", "nonlibrary/ubuntu", "nonlibrary/ubuntu");
        row("gcr.io/library/busybox", "gcr.io", "library/busybox", "gcr.io/library/busybox");
        row("localhost/fooo/bar", "localhost", "fooo/bar", "localhost/fooo/bar");
        row("LOCALDOMAIN/fooo", "LOCALDOMAIN", "fooo", "LOCALDOMAIN/fooo");
        row("127.0.0.1:8000/private/moonbase", "127.0.0.1:8000", "private/moonbase", "127.0.0.1:8000/private/moonbase");
        row("test.com:tag", "docker.io", "library/test.com", "test.com", "tag");
        row("test.com:5000", "docker.io", "library/test.com", "test.com", "5000"); // without a slash it is a tag
        row("test:5000/repo:tag", "test:5000", "repo", "test:5000/repo", "tag");
        row("[2001:db8::1]:5000/repo:tag", "[2001:db8::1]:5000", "repo", "[2001:db8::1]:5000/repo", "tag");
        row("192.168.1.1/repo", "192.168.1.1", "repo", "192.168.1.1/repo");
        row("b.gcr.io/test.example.com/my-app:test.example.com", "b.gcr.io", "test.example.com/my-app", "b.gcr.io/test.example.com/my-app", "test.example.com");
        row("xn--n3h.com/myimage:xn--n3h.com", "xn--n3h.com", "myimage", "xn--n3h.com/myimage", "xn--n3h.com");
        row("docker---rules/docker", "docker.io", "docker---rules/docker", "docker---rules/docker");
        row("dock__er/docker", "docker.io", "dock__er/docker", "dock__er/docker");
        row("d/docker", "docker.io", "d/docker", "d/docker");
        row("lowercase:Uppercase", "docker.io", "library/lowercase", "lowercase", "Uppercase");
        const QByteArray digested = "test:5000/repo@" + ones.toLatin1(), both = "test:5000/repo:tag@" + ones.toLatin1(), wide = "a.b/m@sha512:" + QByteArray(128, 'f');
        row(digested.constData(), "test:5000", "repo", "test:5000/repo", "", ones);
        row(both.constData(), "test:5000", "repo", "test:5000/repo", "tag", ones);
        row(wide.constData(), "a.b", "m", "a.b/m", "", QStringLiteral("sha512:") + QString(128, QLatin1Char('f')));
        row("thisisthesongthatneverendsitgoesonandonandonthisisthesongthatnev", "docker.io", "library/thisisthesongthatneverendsitgoesonandonandonthisisthesongthatnev", "thisisthesongthatneverendsitgoesonandonandonthisisthesongthatnev");
    }
    void aNameIsReadAsDockerReadsIt() {
        QFETCH(QString, text);
        const auto read = parseImage(text);
        QVERIFY2(read, read ? "" : qPrintable(read.error().text()));
        QTEST(read->host, "host");
        QTEST(read->repository, "repository");
        QTEST(read->tag, "tag");
        QTEST(read->digest, "digest");
        QTEST((ImageReference{read->host, read->repository, {}, {}}.familiar()), "familiar");
        QCOMPARE(*parseImage(read->text()), *read);     // the normal form is read as the same
        QCOMPARE(*parseImage(read->familiar()), *read); // and so is the short one
    }

    void whatIsNoNameIsRefused_data() {
        QTest::addColumn<QString>("text");
        for (const char *text : {"", ":justtag", "Uppercase:tag", "test:5000/Uppercase/lowercase:tag", "aa/asdf$$^/aa", "[2001:db8::1]", "[2001:db8::1]:5000", "docker/Docker", "docker///docker", "-docker/docker", "docker-/docker", "____/____",
                                 "_docker/_docker", "dock..er/docker", "dock_.er/docker", "dock-.er/docker", "docker/", "a:", "a@", "a:tag:tag", "https://ghcr.io/a/b", "a/b:-tag", "1a3f5e7d9c1b3a5f7e9d1c3b5a7f9e1d3c5b7a9f1e3d5d7c9b1a3f5e7d9c1b3a",
                                 "repo@sha256:ffffffffffffffffffffffffffffffffff", "validname@invaliddigest:ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"})
            QTest::newRow(*text ? text : "nothing") << text;
        QTest::newRow("a digest without a name") << QLatin1Char('@') + ones;
        QTest::newRow("a digest in capitals") << QStringLiteral("a@") + ones.toUpper().replace(QLatin1String("SHA"), QLatin1String("sha"));
        QTest::newRow("a repository of 256 characters") << QStringLiteral("a.b/") + QString(256, QLatin1Char('a'));
        QTest::newRow("a tag of 129 characters") << QStringLiteral("a:") + QString(129, QLatin1Char('a'));
    }
    void whatIsNoNameIsRefused() {
        QFETCH(QString, text);
        const auto read = parseImage(text);
        QVERIFY(!read);
        QCOMPARE(read.error().kind, ErrorKind::Invalid);
    }

    void aDigestCountsBeforeATag() {
        QCOMPARE(parseImage(QStringLiteral("a/b:1@") + ones)->wanted(), ones);
        QCOMPARE(parseImage(QStringLiteral("a/b:1"))->wanted(), QStringLiteral("1"));
        QCOMPARE(parseImage(QStringLiteral("a/b"))->wanted(), QStringLiteral("latest"));
        QCOMPARE(parseImage(QStringLiteral("ghcr.io/a/b:1@") + ones)->shortText(), QStringLiteral("ghcr.io/a/b:1@sha256:ffffffffffff…"));
    }

    void sameBytesAreTold_data() {
        QTest::addColumn<QString>("a");
        QTest::addColumn<QString>("b");
        QTest::addColumn<bool>("same");
        const QString zeros = QStringLiteral("sha256:") + QString(64, QLatin1Char('0'));
        QTest::newRow("short and long form") << "nginx" << "docker.io/library/nginx:latest" << true;
        QTest::newRow("another tag") << "nginx:1" << "nginx:2" << false;
        QTest::newRow("the same digest, another tag") << QStringLiteral("nginx:1@") + ones << QStringLiteral("nginx:2@") + ones << true;
        QTest::newRow("another digest, the same tag") << QStringLiteral("nginx:1@") + ones << QStringLiteral("nginx:1@") + zeros << false;
        QTest::newRow("a digest on one side: the tag decides") << QStringLiteral("nginx:1@") + ones << "nginx:1" << true;
        QTest::newRow("a digest alone names no tag") << QStringLiteral("nginx@") + ones << "nginx:latest" << false;
        QTest::newRow("another registry") << "ghcr.io/a/b:1" << "quay.io/a/b:1" << false;
    }
    void sameBytesAreTold() {
        QFETCH(QString, a);
        QFETCH(QString, b);
        QTEST(sameImage(*parseImage(a), *parseImage(b)), "same");
        QTEST(sameImage(*parseImage(b), *parseImage(a)), "same");
    }

    void aPodsImageIdIsReadInAllForms_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("id");
        QTest::newRow("containerd") << QStringLiteral("ghcr.io/a/b@") + ones << QStringLiteral("ghcr.io/a/b@") + ones << "";
        QTest::newRow("docker") << QStringLiteral("docker-pullable://nginx@") + ones << QStringLiteral("docker.io/library/nginx@") + ones << "";
        QTest::newRow("docker, an image that was never pulled") << QStringLiteral("docker://") + ones << "" << ones;
        QTest::newRow("an id alone") << ones << "" << ones;
        QTest::newRow("none yet") << "" << "" << "";
        QTest::newRow("a name without a digest says nothing") << "nginx:1" << "" << "";
    }
    void aPodsImageIdIsReadInAllForms() {
        QFETCH(QString, text);
        const RunningImage read = runningImage(text);
        QTEST(read.reference ? read.reference->text() : QString(), "name");
        QTEST(read.id, "id");
    }
};

QTEST_GUILESS_MAIN(tst_ImageReference)
#include "tst_image_reference.moc"
