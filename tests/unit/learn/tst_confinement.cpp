// SPDX-License-Identifier: GPL-3.0-or-later
// What is said of a confinement before, and instead of, making one; tst_confined_child.cpp makes it.
#include "core/learn/confined_child.h"

#include "core/base/file.h"
#include "core/learn/python_scorer.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::learn;

namespace {

/// PATH for as long as it lives.
class OtherPath {
public:
    explicit OtherPath(const QString &path) : m_before(qgetenv("PATH")) { qputenv("PATH", path.toUtf8()); }
    ~OtherPath() { qputenv("PATH", m_before); }

private:
    const QByteArray m_before;
};

ConfinedProgram program() {
    ConfinedProgram out;
    out.program = QStringLiteral("/usr/bin/cat");
    return out;
}

/// How bwrap would end that says this.
Error endOf(const QByteArray &words) {
    const QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("bwrap"));
    if (!writeFileAtomically(file, "#!/bin/sh\necho '" + words + "' >&2\nexit 1\n") || !QFile::setPermissions(file, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner))
        qFatal("the program could not be written");
    const OtherPath path(folder.path());
    const auto child = ConfinedChild::start(program(), {}, {});
    if (!child)
        return child.error();
    const auto bytes = (*child)->receive(1);
    return bytes ? Error{} : bytes.error();
}

LoadedPickles fitted(const QStringList &features, int count) {
    LoadedPickles model;
    model.features = features;
    model.count = count;
    return model;
}

} // namespace

class TestConfinement : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void withoutBubblewrapItSaysWhatToInstall() {
        const QTemporaryDir empty;
        const OtherPath path(empty.path());
        const auto child = ConfinedChild::start(program(), {}, {});
        QVERIFY(!child);
        QCOMPARE(child.error().kind, ErrorKind::Unreachable);
        QVERIFY2(child.error().hint.contains(QStringLiteral("apt-get install bubblewrap")), qPrintable(child.error().text()));
    }

    void aSystemWithoutUserNamespacesIsSaid_data() {
        QTest::addColumn<QByteArray>("words");
        QTest::addColumn<bool>("namespaces");
        QTest::newRow("Debian 12, forbidden by sysctl") << QByteArray("bwrap: No permissions to creating new namespace, likely because the kernel does not allow non-privileged user namespaces.") << true;
        QTest::newRow("Debian 13, in a container") << QByteArray("bwrap: No permissions to create a new namespace, likely because the kernel does not allow non-privileged user namespaces.") << true;
        QTest::newRow("Ubuntu 24.04, by AppArmor") << QByteArray("bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted") << true;
        QTest::newRow("Ubuntu 24.04, with another bubblewrap") << QByteArray("bwrap: setting up uid map: Permission denied") << true;
        QTest::newRow("another reason") << QByteArray("bwrap: Can not mount proc on /newroot/proc: Operation not permitted") << false;
    }
    void aSystemWithoutUserNamespacesIsSaid() {
        QFETCH(QByteArray, words);
        QFETCH(bool, namespaces);
        const Error error = endOf(words);
        QCOMPARE(error.kind, ErrorKind::Unreachable);
        QCOMPARE(error.raw, QString::fromLatin1(words));
        QCOMPARE(error.what.contains(QStringLiteral("user namespace")), namespaces);
        QCOMPARE(error.hint.contains(QStringLiteral("unprivileged_userns")), namespaces);
    }

    /// Each argument that names a place outside is one of those that may be read.
    void nothingButTheSystemAndWhatIsNamedIsShown() {
        ConfinedProgram confined = program();
        confined.folders = QStringList{QStringLiteral("/opt/environment")};
        confined.files.emplace_back(QStringLiteral("/data/m.pkl"), QStringLiteral("/models/0"));
        const QStringList arguments = confinementArguments(confined, {});
        QStringList shown;
        for (qsizetype i = 0; i < arguments.size(); ++i)
            if (arguments[i].contains(QStringLiteral("bind")))
                shown << arguments[i].mid(2) + QLatin1Char(' ') + arguments[i + 1] + (arguments[i + 1] == arguments[i + 2] ? QString() : QStringLiteral(" as ") + arguments[i + 2]);
        const QStringList always{QStringLiteral("ro-bind /usr"), QStringLiteral("ro-bind /opt/environment"), QStringLiteral("ro-bind /data/m.pkl as /models/0")};
        for (const QString &one : always)
            QVERIFY2(shown.removeOne(one), qPrintable(one));
        for (const QString &other : shown) {
            static const QStringList system{QStringLiteral("/bin"), QStringLiteral("/sbin"), QStringLiteral("/lib"), QStringLiteral("/lib32"), QStringLiteral("/lib64"), QStringLiteral("/libx32"), QStringLiteral("/etc/ld.so.cache"),
                                            QStringLiteral("/etc/ld.so.conf"), QStringLiteral("/etc/ld.so.conf.d"), QStringLiteral("/etc/alternatives"), QStringLiteral("/etc/localtime")};
            QVERIFY2(other.startsWith(QStringLiteral("ro-bind")) && system.contains(other.section(QLatin1Char(' '), 1)), qPrintable(other));
        }
    }

    void aPickleThatNamesWhatNoModelNeedsIsNotStarted() {
        const QTemporaryDir empty;
        const OtherPath path(empty.path()); // nothing to start it with
        const auto facts = artifact::pickleFacts(QStringLiteral(PILOTHOUSE_SOURCE_DIR "/tests/unit/artifact/pickles/evil.pkl"));
        QVERIFY(facts);
        PickleSetup setup;
        setup.pickles.push_back(*facts);
        const auto scorer = PythonScorer::start(setup, {});
        QVERIFY(!scorer);
        QCOMPARE(scorer.error().kind, ErrorKind::Refused);
        QVERIFY2(scorer.error().what.contains(QStringLiteral("posix.system")), qPrintable(scorer.error().text()));
    }

    void columnsAreChosen_data() {
        QTest::addColumn<QStringList>("features");
        QTest::addColumn<int>("count");
        QTest::addColumn<QStringList>("asked");
        QTest::addColumn<QString>("answer"); // columns, or words of the error after a "!"
        const QStringList none;
        const auto names = [](const char *list) { return QString::fromLatin1(list).split(QLatin1Char(' ')); };
        QTest::newRow("by the names it was fitted on") << names("c a") << 2 << none << "c a";
        QTest::newRow("all, where it knows their number") << none << 3 << none << "a b c";
        QTest::newRow("all, where it knows nothing") << none << -1 << none << "a b c";
        QTest::newRow("those asked for") << none << 2 << names("b a") << "b a";
        QTest::newRow("those asked for, instead of names") << names("x y") << 2 << names("b a") << "b a";
        QTest::newRow("a name that is not there") << names("a bb") << 2 << none << "!“bb” that the model was fitted on";
        QTest::newRow("the nearest name is offered") << names("a bb") << 2 << none << "!Did you mean “b”?";
        QTest::newRow("all missing names are told") << names("x a y") << 3 << none << "!columns “x”, “y”";
        QTest::newRow("too many") << none << 2 << none << "!takes 2 columns, and 3 are in the data";
        QTest::newRow("too few asked for") << none << 2 << names("a") << "!takes 2 columns, and 1 are named";
        QTest::newRow("an unknown one asked for") << none << 1 << names("d") << "!column “d”.";
    }
    void columnsAreChosen() {
        QFETCH(QStringList, features);
        QFETCH(int, count);
        QFETCH(QStringList, asked);
        QFETCH(QString, answer);
        const auto columns = pickleColumns(fitted(features, count), {QStringLiteral("a"), QStringLiteral("b"), QStringLiteral("c")}, asked);
        const QString got = columns ? columns->join(QLatin1Char(' ')) : QLatin1Char('!') + columns.error().text();
        QVERIFY2(answer.startsWith(QLatin1Char('!')) ? got.startsWith(QLatin1Char('!')) && got.contains(answer.mid(1)) : got == answer, qPrintable(got));
    }
};

QTEST_GUILESS_MAIN(TestConfinement)
#include "tst_confinement.moc"
