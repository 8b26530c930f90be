// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/python_requirements.h"

#include "core/base/file.h"

#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::learn;

class TestPythonRequirements : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    Result<Requirements> read(const QString &name, const QByteArray &text) {
        const QString file = m_folder.filePath(name);
        PH_TRY(writeFileAtomically(file, text));
        return readRequirements(file);
    }
    /// "package wanted (source)", a line each; then the notes.
    static QString shown(const Requirements &requirements) {
        QStringList lines;
        for (const Requirement &r : requirements.list)
            lines << QStringLiteral("%1 %2 (%3)").arg(r.package, r.wanted, r.source);
        return (lines + requirements.notes).join(QLatin1Char('\n'));
    }

private Q_SLOTS:
    void filesAreRead_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("expected");
        QTest::newRow("pip: versions, extras, remarks and hashes")
            << "requirements.txt" << QByteArray("# made by MLflow\r\nmlflow==2.9.2\r\nScikit_Learn [alldeps] == 1.2.1  # pinned\nnumpy (>=1.24,<2)\n\nscipy==1.10.1 --hash=sha256:0a --hash=sha256:0b\nscipy>=1 \\\n ,<2\njoblib\n--index-url x")
            << QStringLiteral("mlflow ==2.9.2 (requirements.txt:2)\nscikit-learn == 1.2.1 (requirements.txt:3)\nnumpy >=1.24,<2 (requirements.txt:4)\nscipy ==1.10.1 (requirements.txt:6)\nscipy >=1  ,<2 (requirements.txt:7)");
        QTest::newRow("pip: what is not judged is told")
            << "requirements.txt" << QByteArray("-r other.txt\nnumpy==1.24 ; python_version < '3.9'\npandas @ file:///x.whl\nscipy==latest\n")
            << QStringLiteral("requirements.txt:1: “-r other.txt” is not judged: it is no plain package and version.\nrequirements.txt:2: “numpy==1.24 ; python_version < '3.9'” is not judged: it is no plain package and version.\n"
                              "requirements.txt:3: “pandas @ file:///x.whl” is not judged: it is no plain package and version.\nrequirements.txt:4: “scipy ==latest” is not judged: it is no plain package and version.");
        QTest::newRow("conda")
            << "conda.yaml" << QByteArray("channels: [conda-forge]\ndependencies:\n- python=3.11.4\n- pip<=23\n- numpy=1.24\n- conda-forge::scipy 1.10.*\n- joblib==1.2.0=pyhd8\n- git\n- blas=*=openblas\n- pip:\n  - scikit-learn==1.2.1\n")
            << QStringLiteral("python ==3.11.* (conda.yaml)\npip <=23 (conda.yaml)\nnumpy ==1.24.* (conda.yaml)\nscipy ==1.10.* (conda.yaml)\njoblib ==1.2.0 (conda.yaml)\nscikit-learn ==1.2.1 (conda.yaml)\n"
                              "conda.yaml: “blas ==*.*” is not judged: it is no plain package and version.");
        QTest::newRow("python_env.yaml") << "python_env.yaml" << QByteArray("python: 3.9.18\ndependencies:\n- scikit-learn==1.2.1\n- -r requirements.txt\n")
                                         << QStringLiteral("python ==3.9.* (python_env.yaml)\nscikit-learn ==1.2.1 (python_env.yaml)\npython_env.yaml: “-r requirements.txt” is not judged: it is no plain package and version.");
    }
    void filesAreRead() {
        QFETCH(QString, name);
        QFETCH(QByteArray, text);
        QFETCH(QString, expected);
        const auto requirements = read(name, text);
        QVERIFY2(requirements, qPrintable(requirements ? QString() : requirements.error().text()));
        QCOMPARE(shown(*requirements), expected);
    }

    void whatIsNoSuchFileIsSaid() {
        QCOMPARE(readRequirements(m_folder.filePath(QStringLiteral("none.txt"))).error().kind, ErrorKind::NotFound);
        QCOMPARE(read(QStringLiteral("a.yaml"), "dependencies: [a\n").error().kind, ErrorKind::Invalid);
        const auto other = read(QStringLiteral("b.yaml"), "models: 1\n");
        QVERIFY(!other && other.error().what.contains(QStringLiteral("dependencies")));
    }

    void theFileBesideAPickleIsFound() {
        QTemporaryDir folder;
        const QString pickle = folder.filePath(QStringLiteral("model.pkl"));
        QCOMPARE(requirementsBeside(pickle), QString());
        QVERIFY(writeFileAtomically(folder.filePath(QStringLiteral("conda.yaml")), "dependencies: []\n"));
        QCOMPARE(QFileInfo(requirementsBeside(pickle)).fileName(), QStringLiteral("conda.yaml"));
        QVERIFY(writeFileAtomically(folder.filePath(QStringLiteral("requirements.txt")), "numpy\n"));
        QCOMPARE(QFileInfo(requirementsBeside(pickle)).fileName(), QStringLiteral("requirements.txt"));
    }

    void onlyWhatTheModelUsesIsCompared() {
        const QStringList packages = packagesOf({QStringLiteral("collections"), QStringLiteral("sklearn")});
        QVERIFY(packages.contains(QStringLiteral("scikit-learn")) && packages.contains(QStringLiteral("numpy")) && !packages.contains(QStringLiteral("sklearn")));
        const std::vector<Requirement> wanted{{QStringLiteral("scikit-learn"), QStringLiteral("==1.2.1"), QStringLiteral("m.pkl")},
                                              {QStringLiteral("mlflow"), QStringLiteral("==99"), QStringLiteral("r.txt:1")},
                                              {QStringLiteral("numpy"), QStringLiteral(">=1,<2"), QStringLiteral("r.txt:2")},
                                              {QStringLiteral("joblib"), QStringLiteral(">=1"), QStringLiteral("r.txt:3")},
                                              {QStringLiteral("python"), QStringLiteral("==3.11.*"), QStringLiteral("c.yaml")}};
        const auto checks = checkVersions(wanted, packages, {{QStringLiteral("scikit-learn"), QStringLiteral("1.9.1")}, {QStringLiteral("numpy"), QStringLiteral("1.24.2")}, {QStringLiteral("python"), QStringLiteral("3.11.9")}});
        QStringList lines;
        for (const VersionCheck &check : checks)
            lines << QStringLiteral("%1 %2 %3").arg(check.requirement.package, check.found, check.fits ? QStringLiteral("fits") : QStringLiteral("does not"));
        QCOMPARE(lines.join(QLatin1Char('\n')), QStringLiteral("scikit-learn 1.9.1 does not\nnumpy 1.24.2 fits\njoblib  does not\npython 3.11.9 fits"));
    }
};

QTEST_GUILESS_MAIN(TestPythonRequirements)
#include "tst_python_requirements.moc"
