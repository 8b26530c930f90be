// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/python_interpreter.h"

#include "core/base/file.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::learn;

class TestPythonInterpreter : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    /// A program that prints this.
    QString printing(const QByteArray &text) {
        const QString file = m_folder.filePath(QStringLiteral("printing"));
        if (!writeFileAtomically(file, "#!/bin/sh\ncat <<'END'\n" + text + "\nEND\n") || !QFile::setPermissions(file, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner))
            qFatal("the program could not be written");
        return file;
    }

private Q_SLOTS:
    void theSystemsOwnNeedsNoFolder() {
        if (!QFile::exists(QStringLiteral("/usr/bin/python3")))
            QSKIP("there is no /usr/bin/python3");
        const auto python = findPython(QStringLiteral("/usr/bin/python3"));
        QVERIFY2(python, qPrintable(python ? QString() : python.error().text()));
        QVERIFY2(python->version.startsWith(QStringLiteral("3.")), qPrintable(python->version));
        QCOMPARE(python->folders, QStringList());
    }

    void anEnvironmentIsFoundByItsFolder() {
        if (!QFile::exists(QStringLiteral("/usr/bin/python3")))
            QSKIP("there is no /usr/bin/python3");
        const QString environment = QDir(m_folder.path()).canonicalPath() + QStringLiteral("/environment");
        QCOMPARE(QProcess::execute(QStringLiteral("/usr/bin/python3"), {QStringLiteral("-m"), QStringLiteral("venv"), QStringLiteral("--without-pip"), environment}), 0);
        const auto python = findPython(environment);
        QVERIFY2(python, qPrintable(python ? QString() : python.error().text()));
        QCOMPARE(python->program, environment + QStringLiteral("/bin/python"));
        QCOMPARE(python->folders, QStringList{environment});
    }

    void withoutAChoiceThePathDecides() {
        const QByteArray before = qgetenv("PATH");
        qputenv("PATH", m_folder.path().toUtf8());
        const auto none = findPython({});
        qputenv("PATH", before);
        QVERIFY(!none && none.error().kind == ErrorKind::NotFound);
    }

    void whatIsNoPythonIsSaid_data() {
        QTest::addColumn<QString>("chosen");
        QTest::addColumn<QString>("words");
        QTest::newRow("a program that says nothing") << "/bin/true" << "does not answer as Python";
        QTest::newRow("nothing") << "/nowhere/python" << "no such Python";
        QTest::newRow("a folder that is no environment") << m_folder.path() << "no virtual environment";
        QTest::newRow("one that is too old") << printing("[\"/p\", [3, 7, 1], \"/usr\", \"/usr\", \"/usr\", \"/usr\"]") << "does not answer as Python 3.8";
    }
    void whatIsNoPythonIsSaid() {
        QFETCH(QString, chosen);
        QFETCH(QString, words);
        const auto python = findPython(chosen);
        QVERIFY(!python);
        QVERIFY2(python.error().text().contains(words), qPrintable(python.error().text()));
    }

    void aFolderThatHoldsTheHomeIsNotShown() {
        for (const QString &folder : {QDir::homePath(), QStringLiteral("/")}) {
            const auto python = findPython(printing("[\"/p\", [3, 11, 2], \"" + folder.toUtf8() + "\", \"/usr\", \"/usr\", \"/usr\"]"));
            QVERIFY2(!python && python.error().kind == ErrorKind::Invalid && python.error().what.contains(folder), qPrintable(folder));
        }
    }
};

QTEST_GUILESS_MAIN(TestPythonInterpreter)
#include "tst_python_interpreter.moc"
