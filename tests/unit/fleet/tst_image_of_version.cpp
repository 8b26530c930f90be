// SPDX-License-Identifier: GPL-3.0-or-later
// deployment.image of the workspace: the image of a version, and the version of an image.
#include "core/fleet/image_of_version.h"

#include "core/promotion/promotion.h"
#include "core/registry/local_registry.h"
#include "tests/support/tiny_package.h"

#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;

class TestImageOfVersion : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    std::shared_ptr<registry::Registry> m_registry;

    QString image(const char *text, int version) const {
        const auto found = fleet::ImagesOfVersions(m_registry, QStringLiteral("t2m"), QString::fromLatin1(text)).imageOf(version);
        return found ? *found : QStringLiteral("error: ") + found.error().what;
    }

private Q_SLOTS:
    void initTestCase() {
        const auto database = Database::open(m_folder.filePath(QStringLiteral("registry.db")), promotion::registryDatabaseMigrations());
        QVERIFY(database);
        m_registry = *registry::openLocalRegistry(*database, m_folder.filePath(QStringLiteral("artifacts")));
        const auto run = m_registry->createRun(QStringLiteral("t2m"), QStringLiteral("a"), QStringLiteral("ada"));
        QVERIFY(run);
        QVERIFY(m_registry->setRunTags(*run, {{QStringLiteral("mlflow.source.git.commit"), QStringLiteral("0123456789abcdef0123456789abcdef01234567")}}));
        for (int i = 1; i <= 2; ++i) {
            test::TinyModel model;
            model.a = i;
            const QString package = m_folder.filePath(QStringLiteral("out%1").arg(i));
            QVERIFY(test::writeTinyPackage(package, model));
            QVERIFY(m_registry->registerVersion(QStringLiteral("t2m"), package, i == 1 ? *run : QString(), QStringLiteral("ada")));
        }
        QVERIFY(m_registry->setVersionTag(QStringLiteral("t2m"), 2, QStringLiteral("build"), QStringLiteral("420")));
        QVERIFY(m_registry->setVersionTag(QStringLiteral("t2m"), 2, QStringLiteral("commit"), QStringLiteral("fedcba9876543210fedcba9876543210fedcba98")));
    }
    void placeholdersAreFilled() {
        QCOMPARE(image("reg:5000/{model}:v{version}", 2), QStringLiteral("reg:5000/t2m:v2"));
        QCOMPARE(image("api:{commit}", 1), QStringLiteral("api:0123456789abcdef0123456789abcdef01234567")); // of its run
        QCOMPARE(image("api:{commit:7}", 2), QStringLiteral("api:fedcba9"));                                   // its own tag
        QCOMPARE(image("api:{tag:build}-{commit:8}", 2), QStringLiteral("api:420-fedcba98"));
    }
    void aVersionThatIsACommitNamesIt() {
        registry::Version version;
        version.source = QStringLiteral("d095194a9eb462d47d1d7e385f925595eb89e834:ml/artifacts");
        QCOMPARE(fleet::commitOfSource(version), QStringLiteral("d095194a9eb462d47d1d7e385f925595eb89e834"));
        QCOMPARE(*fleet::ImagesOfVersions(m_registry, QStringLiteral("damage"), QStringLiteral("api:{commit:7}")).imageOf(version), QStringLiteral("api:d095194"));
        version.tags.insert(QStringLiteral("commit"), QStringLiteral("fedcba9876543210fedcba9876543210fedcba98")); // what a build says counts more
        QCOMPARE(*fleet::ImagesOfVersions(m_registry, QStringLiteral("damage"), QStringLiteral("api:{commit:7}")).imageOf(version), QStringLiteral("api:fedcba9"));
        version.tags.clear();
        for (const char *other : {"s3://bucket/key", "/srv/packages/t2m/1", "d095194:ml/artifacts", ""}) {
            version.source = QString::fromLatin1(other);
            QVERIFY2(fleet::commitOfSource(version).isEmpty(), other);
        }
    }
    void whatIsMissingIsNamed() {
        QCOMPARE(image("api:{tag:build}", 1), QStringLiteral("error: The image of t2m version 1 is not known: it has no {tag:build}."));
        QVERIFY(image("", 1).startsWith(QStringLiteral("error: The workspace does not say which image")));
        QVERIFY(image("api:{version}", 9).startsWith(QStringLiteral("error:")));
    }
    void anImageIsFoundAgain() {
        const fleet::ImagesOfVersions images(m_registry, QStringLiteral("t2m"), QStringLiteral("api:{tag:build}"));
        QCOMPARE(images.versionOf(QStringLiteral("api:420")), 2);
        QCOMPARE(images.versionOf(QStringLiteral("api:420@sha256:0000")), 2);
        QCOMPARE(images.versionOf(QStringLiteral("api:421")), 0);
        QCOMPARE(fleet::ImagesOfVersions(m_registry, QStringLiteral("t2m"), {}).versionOf(QStringLiteral("api:420")), 0);
    }
};

QTEST_GUILESS_MAIN(TestImageOfVersion)
#include "tst_image_of_version.moc"
