// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/secrets/secret_store.h"

#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <thread>
#include <unistd.h>

using namespace pilothouse;
using namespace pilothouse::secrets;

namespace {

/// A store that always fails in one way.
class Failing final : public SecretStore {
public:
    explicit Failing(ErrorKind kind) : m_kind(kind) {}
    QString name() const override { return QStringLiteral("failing"); }
    Result<QString> read(const QString &) override { return error(); }
    Result<void> write(const QString &, const QString &) override { return error(); }
    Result<void> remove(const QString &) override { return error(); }

private:
    Error error() const { return {m_kind, QStringLiteral("as told"), {}, {}, {}}; }
    ErrorKind m_kind;
};

} // namespace

/// Runs inside tests/support/keyring.sh, with an unlocked, empty gnome-keyring.
class tst_InsideKeyring : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aSecretIsWrittenReadReplacedAndRemoved() {
        const auto store = keychainStore();
        const QString name = QStringLiteral("mlflow – prod");
        const auto before = store->read(name);
        QVERIFY(!before);
        QCOMPARE(before.error().kind, ErrorKind::NotFound);
        const auto written = store->write(name, QStringLiteral("päss wörd\n2"));
        QVERIFY2(written, written ? "" : qPrintable(written.error().text() + written.error().raw));
        QCOMPARE(keychainStore()->read(name).value(), QStringLiteral("päss wörd\n2"));
        QVERIFY(store->write(name, QStringLiteral("new")));
        QCOMPARE(store->read(name).value(), QStringLiteral("new"));
        QVERIFY(store->remove(name));
        QCOMPARE(store->read(name).error().kind, ErrorKind::NotFound);
        QCOMPARE(store->remove(name).error().kind, ErrorKind::NotFound);
    }

    void threadsWithoutAnEventLoopMayAsk() {
        const auto store = keychainStore();
        std::vector<std::thread> threads;
        std::vector<Result<QString>> answers(6, Result<QString>(QString()));
        for (int i = 0; i < 6; ++i)
            threads.emplace_back([&, i] {
                const QString name = QStringLiteral("thread-%1").arg(i);
                const auto written = store->write(name, QString::number(i));
                answers[std::size_t(i)] = written ? store->read(name) : Result<QString>(written.error());
            });
        for (auto &thread : threads)
            thread.join();
        for (int i = 0; i < 6; ++i)
            QCOMPARE(answers[std::size_t(i)].value_or(QStringLiteral("failed")), QString::number(i));
    }
};

class tst_Secrets : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void memoryKeepsForThisRun() {
        const auto store = memoryStore({{QStringLiteral("a"), QStringLiteral("1")}});
        QCOMPARE(store->read(QStringLiteral("a")).value(), QStringLiteral("1"));
        QVERIFY(store->write(QStringLiteral("b"), QStringLiteral("2")));
        QCOMPARE(store->read(QStringLiteral("b")).value(), QStringLiteral("2"));
        QVERIFY(store->remove(QStringLiteral("a")));
        QCOMPARE(store->read(QStringLiteral("a")).error().kind, ErrorKind::NotFound);
        QCOMPARE(store->remove(QStringLiteral("a")).error().kind, ErrorKind::NotFound);
    }

    void theEnvironmentIsReadByNameAndByFile() {
        QTemporaryDir dir;
        QFile file(dir.filePath(QStringLiteral("token")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("from a file \n");
        file.close();
        qputenv("PILOTHOUSE_SECRET_ML_FLOW_2", "from a variable");
        qputenv("PILOTHOUSE_SECRET_MOUNTED_FILE", file.fileName().toUtf8());
        qputenv("PILOTHOUSE_SECRET_LOST_FILE", "/not/there");
        const auto store = environmentStore();
        QCOMPARE(store->read(QStringLiteral("ml-flow.2")).value(), QStringLiteral("from a variable"));
        QCOMPARE(store->read(QStringLiteral("mounted")).value(), QStringLiteral("from a file "));
        QVERIFY(!store->read(QStringLiteral("lost")));
        const auto none = store->read(QStringLiteral("none"));
        QCOMPARE(none.error().kind, ErrorKind::NotFound);
        QVERIFY(none.error().hint.contains(QStringLiteral("PILOTHOUSE_SECRET_NONE")));
        QCOMPARE(store->write(QStringLiteral("x"), QStringLiteral("y")).error().kind, ErrorKind::Refused);
    }

    void thePipeOfTheConsoleComesFirst() {
        // Prepared in main(), because it is read once a program.
        QCOMPARE(environmentStore()->read(QStringLiteral("piped")).value(), QStringLiteral("by pipe"));
        QVERIFY(qEnvironmentVariableIsEmpty("PILOTHOUSE_SECRETS_FD"));
    }

    void aChainAsksInOrder() {
        const auto first = memoryStore({{QStringLiteral("both"), QStringLiteral("1")}});
        const auto second = memoryStore({{QStringLiteral("both"), QStringLiteral("2")}, {QStringLiteral("second"), QStringLiteral("2")}});
        const auto chain = chainedStore({first, second});
        QCOMPARE(chain->read(QStringLiteral("both")).value(), QStringLiteral("1"));
        QCOMPARE(chain->read(QStringLiteral("second")).value(), QStringLiteral("2"));
        QVERIFY(chain->write(QStringLiteral("new"), QStringLiteral("3")));
        QCOMPARE(first->read(QStringLiteral("new")).value(), QStringLiteral("3"));
        QVERIFY(!second->read(QStringLiteral("new")));
        QVERIFY(chain->remove(QStringLiteral("both")));
        QVERIFY(!first->read(QStringLiteral("both")) && !second->read(QStringLiteral("both")));
    }

    void aChainGoesOnWithoutAKeychain() {
        const auto memory = memoryStore();
        const auto chain = chainedStore({std::make_shared<Failing>(ErrorKind::Unreachable), environmentStore(), memory});
        QVERIFY(chain->write(QStringLiteral("a"), QStringLiteral("1")));
        QCOMPARE(chain->read(QStringLiteral("a")).value(), QStringLiteral("1"));
        QCOMPARE(chain->read(QStringLiteral("other")).error().kind, ErrorKind::Unreachable);
    }

    void aNoOfTheUserIsKept() {
        const auto memory = memoryStore();
        const auto chain = chainedStore({std::make_shared<Failing>(ErrorKind::Denied), memory});
        QCOMPARE(chain->write(QStringLiteral("a"), QStringLiteral("1")).error().kind, ErrorKind::Denied);
        QVERIFY(!memory->read(QStringLiteral("a")));
        QCOMPARE(chain->read(QStringLiteral("a")).error().kind, ErrorKind::Denied);
    }

    void withoutASessionBusThereIsNoKeychain() {
        const QByteArray bus = qgetenv("DBUS_SESSION_BUS_ADDRESS"), runtime = qgetenv("XDG_RUNTIME_DIR");
        qunsetenv("DBUS_SESSION_BUS_ADDRESS");
        qputenv("XDG_RUNTIME_DIR", "/not/there");
        const auto answer = keychainStore()->read(QStringLiteral("a"));
        QVERIFY(!answer);
        QCOMPARE(answer.error().kind, ErrorKind::Unreachable);
        QVERIFY(answer.error().text().contains(QStringLiteral("no D-Bus session")));
        QVERIFY2(keychainStore()->read(QStringLiteral("minio-key")).error().hint.contains(QStringLiteral("“minio-key” in PILOTHOUSE_SECRET_MINIO_KEY")), "the variable has no name");
        bus.isEmpty() ? qunsetenv("DBUS_SESSION_BUS_ADDRESS") : qputenv("DBUS_SESSION_BUS_ADDRESS", bus);
        runtime.isEmpty() ? qunsetenv("XDG_RUNTIME_DIR") : qputenv("XDG_RUNTIME_DIR", runtime);
    }

    void aBusThatDoesNotAnswerIsNoKeychain() {
        const QByteArray bus = qgetenv("DBUS_SESSION_BUS_ADDRESS");
        qputenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/not/there");
        const auto answer = keychainStore()->read(QStringLiteral("a"));
        QVERIFY(!answer);
        QCOMPARE(answer.error().kind, ErrorKind::Unreachable);
        bus.isEmpty() ? qunsetenv("DBUS_SESSION_BUS_ADDRESS") : qputenv("DBUS_SESSION_BUS_ADDRESS", bus);
    }

    void theRealKeyringKeepsSecrets() {
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("PILOTHOUSE_INSIDE_KEYRING"), QStringLiteral("1"));
        process.setProcessEnvironment(environment);
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start(QStringLiteral("bash"), {QStringLiteral(PILOTHOUSE_SOURCE_DIR "/tests/support/keyring.sh"), QCoreApplication::applicationFilePath()});
        QVERIFY2(process.waitForFinished(100000), "the keyring script did not end");
        const QByteArray output = process.readAll();
        if (process.exitCode() == 77)
            QSKIP(output.trimmed().constData());
        QVERIFY2(process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0, output.constData());
        QVERIFY2(output.contains("4 passed, 0 failed, 0 skipped"), output.constData());
    }
};

int main(int argc, char **argv) {
    if (qEnvironmentVariableIsSet("PILOTHOUSE_INSIDE_KEYRING")) {
        QCoreApplication application(argc, argv);
        tst_InsideKeyring inside;
        return QTest::qExec(&inside, argc, argv);
    }
    int fds[2];
    if (::pipe(fds) != 0)
        return 1;
    const char json[] = R"({"piped":"by pipe"})";
    if (::write(fds[1], json, sizeof json - 1) < 0)
        return 1;
    ::close(fds[1]);
    qputenv("PILOTHOUSE_SECRETS_FD", QByteArray::number(fds[0]));
    QCoreApplication application(argc, argv);
    tst_Secrets test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_secrets.moc"
