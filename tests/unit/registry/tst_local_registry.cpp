// SPDX-License-Identifier: GPL-3.0-or-later
// What is special about the local registry: crashes, several programs at once, newer files. The rest is tests/contract/registry.
#include "core/base/file.h"
#include "core/registry/local_registry.h"
#include "tests/support/tiny_package.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QProcess>
#include <QSet>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <cstdio>
#include <random>
#include <unistd.h>

using namespace pilothouse;
using namespace pilothouse::registry;

namespace {

const QString t2m = QStringLiteral("t2m");

Result<std::shared_ptr<Registry>> openIn(const QString &folder, QStringList *found = nullptr) {
    PH_ASSIGN(auto database, Database::open(folder + QStringLiteral("/registry.db"), {registryTables1()}));
    return openLocalRegistry(database, folder + QStringLiteral("/artifacts"), found);
}

/// `--register FOLDER PACKAGE COUNT`: registers and says each version that was acknowledged.
int registerForEver(const QString &folder, const QString &package, int count) {
    auto registry = openIn(folder);
    if (!registry) {
        std::fprintf(stderr, "%s\n", qPrintable(registry.error().text()));
        return 1;
    }
    for (int i = 0; i < count; ++i) {
        const auto made = (*registry)->registerVersion(t2m, package, QStringLiteral("run"), QStringLiteral("child"));
        if (!made) {
            std::fprintf(stderr, "%s\n", qPrintable(made.error().text()));
            return 1;
        }
        const QByteArray line = QByteArray::number(made->version) + '\n';
        if (::write(STDOUT_FILENO, line.constData(), std::size_t(line.size())) < 0)
            return 1;
    }
    return 0;
}

} // namespace

class TestLocalRegistry : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void orphansOfAKilledRegistrationAreFoundAndRemoved();
    void aMissingPackageIsSaid();
    void aNewerFileIsRefusedUntouched();
    void twoProgramsRegisterAtOnce();
    void everyAcknowledgedVersionSurvivesKills();
    void theHistoryFollowsTheGivenClock();
};

void TestLocalRegistry::orphansOfAKilledRegistrationAreFoundAndRemoved() {
    QTemporaryDir folder;
    const QString package = folder.filePath(QStringLiteral("package"));
    QVERIFY(test::writeTinyPackage(package, {}).has_value());
    QVERIFY((*openIn(folder.path()))->registerVersion(t2m, package, {}, QStringLiteral("ada")).has_value());
    const QString home = folder.filePath(QStringLiteral("artifacts/t2m"));
    QVERIFY(artifact::copyPackage(package, home + QStringLiteral("/2")).has_value()); // renamed, but its row was never written
    QVERIFY(QDir().mkpath(home + QStringLiteral("/.incoming-abc.tmp-1")));
    QVERIFY(QDir().mkpath(home + QStringLiteral("/notes of a person")));
    QStringList found;
    auto registry = openIn(folder.path(), &found);
    QVERIFY(registry.has_value());
    QCOMPARE(found.size(), 2);
    QVERIFY(found.join(QLatin1Char(' ')).contains(QStringLiteral("/t2m/2")));
    QCOMPARE(QDir(home).entryList(QDir::Dirs | QDir::Hidden | QDir::NoDotAndDotDot), (QStringList{QStringLiteral("1"), QStringLiteral("notes of a person")}));
    QCOMPARE((*registry)->registerVersion(t2m, package, {}, QStringLiteral("ada"))->version, 2);
    found.clear();
    QVERIFY(openIn(folder.path(), &found).has_value());
    QVERIFY(found.isEmpty());
}

void TestLocalRegistry::aMissingPackageIsSaid() {
    QTemporaryDir folder;
    const QString package = folder.filePath(QStringLiteral("package"));
    QVERIFY(test::writeTinyPackage(package, {}).has_value());
    const Version v = *(*openIn(folder.path()))->registerVersion(t2m, package, {}, QStringLiteral("ada"));
    QVERIFY(QDir(v.source).removeRecursively());
    QStringList found;
    QVERIFY(openIn(folder.path(), &found).has_value());
    QCOMPARE(found.size(), 1);
    QVERIFY2(found.front().contains(QStringLiteral("t2m version 1")), qPrintable(found.front()));
}

void TestLocalRegistry::aNewerFileIsRefusedUntouched() {
    QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("registry.db"));
    {
        auto newer = Database::open(file, {registryTables1(), QStringLiteral("CREATE TABLE from_the_future(x);")});
        QVERIFY(newer.has_value());
    }
    const QByteArray before = *readFile(file);
    const auto refused = openIn(folder.path());
    QVERIFY(!refused);
    QCOMPARE(refused.error().kind, ErrorKind::Invalid);
    QCOMPARE(*readFile(file), before);
}

void TestLocalRegistry::twoProgramsRegisterAtOnce() {
    QTemporaryDir folder;
    const QString package = folder.filePath(QStringLiteral("package"));
    QVERIFY(test::writeTinyPackage(package, {}).has_value());
    QProcess first, second;
    for (QProcess *child : {&first, &second})
        child->start(QCoreApplication::applicationFilePath(), {QStringLiteral("--register"), folder.path(), package, QStringLiteral("12")});
    QSet<int> versions;
    for (QProcess *child : {&first, &second}) {
        QVERIFY(child->waitForFinished(60000));
        QVERIFY2(child->exitCode() == 0, child->readAllStandardError().constData());
        for (const QByteArray &line : child->readAllStandardOutput().split('\n'))
            if (!line.isEmpty())
                versions.insert(line.toInt());
    }
    QCOMPARE(versions.size(), 24);
    QStringList found;
    auto registry = openIn(folder.path(), &found);
    QVERIFY(found.isEmpty());
    QCOMPARE((*registry)->versions(t2m)->size(), std::size_t(24));
}

void TestLocalRegistry::everyAcknowledgedVersionSurvivesKills() {
    QTemporaryDir folder;
    const QString package = folder.filePath(QStringLiteral("package"));
    QVERIFY(test::writeTinyPackage(package, {}).has_value());
    std::mt19937 random(5);
    QSet<int> acknowledged;
    for (int round = 0; round < 25; ++round) {
        QProcess child;
        child.start(QCoreApplication::applicationFilePath(), {QStringLiteral("--register"), folder.path(), package, QStringLiteral("100000")});
        QVERIFY(child.waitForStarted());
        QByteArray said;
        for (const int wanted = int(random() % 3); said.count('\n') < wanted;) {
            QVERIFY2(child.waitForReadyRead(20000), child.readAllStandardError().constData());
            said += child.readAllStandardOutput();
        }
        ::kill(pid_t(child.processId()), SIGKILL);
        QVERIFY(child.waitForFinished(20000));
        said += child.readAllStandardOutput();
        QList<QByteArray> lines = said.split('\n');
        lines.removeLast();
        for (const QByteArray &line : lines)
            acknowledged.insert(line.toInt());
    }
    auto registry = openIn(folder.path());
    QVERIFY(registry.has_value());
    const auto versions = *(*registry)->versions(t2m);
    QSet<int> there;
    for (const Version &v : versions) {
        there.insert(v.version);
        QVERIFY2(artifact::openPackage(v.source).has_value(), qPrintable(v.source)); // no row without a whole package
    }
    QVERIFY(!acknowledged.isEmpty());
    QVERIFY(there.contains(acknowledged));
    QCOMPARE(QDir(folder.filePath(QStringLiteral("artifacts/t2m"))).entryList(QDir::Dirs | QDir::Hidden | QDir::NoDotAndDotDot).size(), qsizetype(versions.size()));
}

void TestLocalRegistry::theHistoryFollowsTheGivenClock() {
    QTemporaryDir folder;
    const QString package = folder.filePath(QStringLiteral("package"));
    QVERIFY(test::writeTinyPackage(package, {}).has_value());
    auto clock = std::make_shared<FixedClock>(fromIsoUtc(QStringLiteral("2024-05-01T10:00:00.000Z")));
    auto database = *Database::open(folder.filePath(QStringLiteral("registry.db")), {registryTables1()});
    auto registry = *openLocalRegistry(database, folder.filePath(QStringLiteral("artifacts")), nullptr, clock);
    QVERIFY(registry->registerVersion(t2m, package, {}, QStringLiteral("ada")).has_value());
    clock->advance(60);
    QVERIFY(registry->moveAlias(t2m, QStringLiteral("champion"), {}, 1, {QStringLiteral("ada"), QStringLiteral("op-1")}).has_value());
    QCOMPARE(isoUtc(registry->aliasHistory(t2m, QStringLiteral("champion"))->front().since), QStringLiteral("2024-05-01T10:01:00.000Z"));
}

int main(int argc, char **argv) {
    QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.size() == 5 && arguments.at(1) == QLatin1String("--register"))
        return registerForEver(arguments.at(2), arguments.at(3), arguments.at(4).toInt());
    TestLocalRegistry test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_local_registry.moc"
