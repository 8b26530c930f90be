// SPDX-License-Identifier: GPL-3.0-or-later
// A copy of a version whose program is killed in the midst: the program starts itself as a child that copies, and that kills itself
// (tst_copy_kill --copy FOLDER CONNECTION STEP before|after|wait).
#include "core/promotion/copy_version.h"
#include "tests/unit/promotion/promotion_bench.h"

#include <QCoreApplication>
#include <QProcess>
#include <QTest>

#include <csignal>

#include <unistd.h>

using namespace pilothouse;
using namespace pilothouse::promotion;
using operations::Operation;

namespace {

const QString t2m = QStringLiteral("t2m"), prod = QStringLiteral("t2m-prod"), challenger = QStringLiteral("challenger");

struct Bench : test::PromotionBench {
    std::shared_ptr<registry::Registry> other;
    operations::Actor bo{QStringLiteral("bo"), QStringLiteral("test"), workspace::Role::Operator};
    std::shared_ptr<operations::Operations> operations = std::make_shared<operations::Operations>(journal, bo);

    explicit Bench(const QString &where) : PromotionBench(where) {
        const auto second = must(Database::open(root + QStringLiteral("/other.db"), registryDatabaseMigrations()));
        other = must(registry::openLocalRegistry(second, root + QStringLiteral("/other"), nullptr, clock));
    }
    RegistryOf registries() const {
        return [this](const QString &connection) -> Result<std::shared_ptr<registry::Registry>> { return connection.isEmpty() ? registry : other; };
    }
    std::shared_ptr<registry::Registry> at(const QString &connection) const { return connection.isEmpty() ? registry : other; }
    /// The newest operation of the journal.
    operations::RecordedOperation last() const { return must(operations::recordedOperation(*journal, must(journal->entries(1)).front().operation)); }
};

int act(const QStringList &arguments) {
    Bench b(arguments.at(2));
    const QString connection = arguments.at(3), when = arguments.at(5);
    Operation o = b.must(copyVersionOperation(b.registries(), b.workspace, {{}, t2m, 2, connection, prod, challenger}, b.bo));
    operations::Step &step = o.steps.at(std::size_t(arguments.at(4).toInt()));
    step.execute = [real = step.execute, when]() -> Result<void> {
        if (when == QLatin1String("wait")) {
            (void)!::write(STDOUT_FILENO, "ready\n", 6);
            char byte = 0;
            (void)!::read(STDIN_FILENO, &byte, 1);
        }
        if (when == QLatin1String("after"))
            PH_TRY(real());
        ::kill(::getpid(), SIGKILL);
        return {};
    };
    b.operations->run(std::move(o));
    return 0; // not reached
}

void start(QProcess &child, const QString &folder, const QString &connection, int step, const char *when) {
    child.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    child.start(QCoreApplication::applicationFilePath(), {QStringLiteral("--copy"), folder, connection, QString::number(step), QLatin1String(when)});
}

} // namespace

class TestCopyKill : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void whatAKillLeftIsGoneOnWithOrTakenBack_data();
    void whatAKillLeftIsGoneOnWithOrTakenBack();
    void whatIsUnderWayElsewhereIsLeftAlone();
};

void TestCopyKill::whatAKillLeftIsGoneOnWithOrTakenBack_data() {
    QTest::addColumn<QString>("connection");
    QTest::addColumn<int>("step");
    QTest::addColumn<bool>("after");
    QTest::addColumn<int>("left"); // versions that the kill left
    const QString here, other = QStringLiteral("other");
    QTest::newRow("within a registry, before the copy") << here << 0 << false << 0;
    QTest::newRow("within a registry, the copy is made and nobody wrote it down") << here << 0 << true << 1;
    QTest::newRow("within a registry, before the alias") << here << 1 << false << 1;
    QTest::newRow("within a registry, the alias is set and nobody wrote it down") << here << 1 << true << 1;
    QTest::newRow("to another registry, before the version") << other << 0 << false << 0;
    QTest::newRow("to another registry, the version is made and nobody wrote it down") << other << 0 << true << 1;
    QTest::newRow("to another registry, before its tags") << other << 1 << false << 1;
    QTest::newRow("to another registry, before the alias") << other << 2 << false << 1;
    QTest::newRow("to another registry, the alias is set and nobody wrote it down") << other << 2 << true << 1;
}

void TestCopyKill::whatAKillLeftIsGoneOnWithOrTakenBack() {
    QFETCH(const QString, connection);
    QFETCH(const int, step);
    QFETCH(const bool, after);
    QFETCH(const int, left);
    for (const bool goOn : {true, false}) {
        QTemporaryDir folder;
        {
            Bench b(folder.path());
            b.versions(2);
            b.must(b.registry->setDescription(t2m, 2, QStringLiteral("the second")));
            b.must(b.registry->setVersionTag(t2m, 2, QStringLiteral("team"), QStringLiteral("weather")));
        }
        QProcess child;
        start(child, folder.path(), connection, step, after ? "after" : "before");
        QVERIFY(child.waitForFinished(30000));
        QCOMPARE(child.exitStatus(), QProcess::CrashExit);
        Bench b(folder.path());
        const auto registry = b.at(connection);
        QCOMPARE(int(b.must(registry->versions(prod)).size()), left);
        const operations::RecordedOperation recorded = b.last();
        QCOMPARE(recorded.phase, QStringLiteral("failed"));
        QVERIFY(recorded.interrupted);
        if (goOn) {
            const auto out = b.operations->run(b.must(continueCopyOperation(b.registries(), recorded, b.bo)));
            QVERIFY2(out.done, out.error ? qPrintable(out.error->text()) : "");
            QCOMPARE(int(b.must(registry->versions(prod)).size()), 1); // never a second one
            const auto made = b.must(registry->versionByAlias(prod, challenger));
            QCOMPARE(made.version, 1);
            QCOMPARE(made.tags.value(madeByTag), recorded.id);
            QCOMPARE(made.tags.value(QStringLiteral("team")), QStringLiteral("weather"));
            QCOMPARE(made.description, QStringLiteral("the second"));
            continue;
        }
        const auto undo = undoMadeVersionOperation(b.registries(), recorded, b.bo);
        if (left == 0) {
            QVERIFY(!undo && undo.error().kind == ErrorKind::Refused);
            continue;
        }
        QVERIFY2(undo, undo ? "" : qPrintable(undo.error().text()));
        QVERIFY(b.operations->run(*undo).done);
        QVERIFY(!registry->versionByAlias(prod, challenger));
        const bool used = undo->kind == QLatin1String("set-alias"); // an alias pointed to it: it stays, for the history
        QCOMPARE(int(b.must(registry->versions(prod)).size()), used ? 1 : 0);
        QCOMPARE(used, after && step == (connection.isEmpty() ? 1 : 2));
    }
}

void TestCopyKill::whatIsUnderWayElsewhereIsLeftAlone() {
    QTemporaryDir folder;
    {
        Bench b(folder.path());
        b.versions(2);
    }
    QProcess child;
    start(child, folder.path(), QString(), 1, "wait");
    QByteArray said;
    while (!said.contains("ready")) {
        QVERIFY(child.waitForReadyRead(30000));
        said += child.readAllStandardOutput();
    }
    Bench b(folder.path());
    QCOMPARE(b.last().phase, QStringLiteral("executing"));
    QVERIFY(!b.last().interrupted);
    child.write("x"); // it goes on, and dies
    QVERIFY(child.waitForFinished(30000));
    QCOMPARE(b.last().phase, QStringLiteral("failed"));
}

int main(int argc, char **argv) {
    QCoreApplication application(argc, argv);
    if (application.arguments().value(1) == QLatin1String("--copy"))
        return act(application.arguments());
    TestCopyKill test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_copy_kill.moc"
