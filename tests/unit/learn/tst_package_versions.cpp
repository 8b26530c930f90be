// SPDX-License-Identifier: GPL-3.0-or-later
// Rows as PEP 440 and the library `packaging` decide them.
#include "core/learn/package_versions.h"

#include <QTest>

using namespace pilothouse::learn;

class TestPackageVersions : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void areInTheOrderOfPep440() {
        const QStringList rising{QStringLiteral("0.9"), QStringLiteral("1.0.dev1"), QStringLiteral("1.0a1.dev2"), QStringLiteral("1.0a1"), QStringLiteral("1.0b2.post345.dev456"), QStringLiteral("1.0b2.post345"),
                                 QStringLiteral("1.0rc1.dev456"), QStringLiteral("1.0rc1"), QStringLiteral("1.0"), QStringLiteral("1.0.post456.dev34"), QStringLiteral("1.0.post456"), QStringLiteral("1.0.15"),
                                 QStringLiteral("1.1.dev1"), QStringLiteral("1.10"), QStringLiteral("2023.4"), QStringLiteral("1!0.1")};
        for (qsizetype a = 0; a < rising.size(); ++a)
            for (qsizetype b = 0; b < rising.size(); ++b) {
                const int order = PackageVersion::parse(rising[a])->compare(*PackageVersion::parse(rising[b]));
                QVERIFY2((a < b) == (order < 0) && (a == b) == (order == 0), qPrintable(rising[a] + QLatin1Char(' ') + rising[b]));
            }
    }

    void writtenInOtherWaysTheyAreTheSame_data() {
        QTest::addColumn<QString>("one");
        QTest::addColumn<QString>("other");
        QTest::newRow("zeros at the end") << "1.2" << "1.2.0.0";
        QTest::newRow("a v") << "v1.2" << "1.2";
        QTest::newRow("alpha") << "1.0-ALPHA.1" << "1.0a1";
        QTest::newRow("preview") << "1.0.preview2" << "1.0rc2";
        QTest::newRow("c") << "1.0c1" << "1.0rc1";
        QTest::newRow("post without its word") << "1.0-5" << "1.0.post5";
        QTest::newRow("rev") << "1.0.rev5" << "1.0.post5";
        QTest::newRow("dev without a number") << "1.0dev" << "1.0.dev0";
    }
    void writtenInOtherWaysTheyAreTheSame() {
        QFETCH(QString, one);
        QFETCH(QString, other);
        QCOMPARE(PackageVersion::parse(one)->compare(*PackageVersion::parse(other)), 0);
    }

    void fitOrNot_data() {
        QTest::addColumn<QString>("version");
        QTest::addColumn<QString>("specifiers");
        QTest::addColumn<int>("fits"); // 2: cannot be read
        QTest::newRow("none") << "1.2" << "" << 1;
        QTest::newRow("equal") << "1.2.1" << "==1.2.1" << 1;
        QTest::newRow("equal with zeros") << "1.2" << "==1.2.0" << 1;
        QTest::newRow("another patch") << "1.2.2" << "==1.2.1" << 0;
        QTest::newRow("a local build of it") << "2.1.0+cpu" << "==2.1.0" << 1;
        QTest::newRow("not the local build") << "2.1.0" << "==2.1.0+cpu" << 0;
        QTest::newRow("the local build") << "2.1.0+cpu" << "==2.1.0+CPU" << 1;
        QTest::newRow("a prefix") << "1.2.9" << "==1.2.*" << 1;
        QTest::newRow("a number that only begins so") << "1.20" << "==1.2.*" << 0;
        QTest::newRow("a prefix of a pre-release") << "1.2rc1" << "==1.2.*" << 1;
        QTest::newRow("no such prefix") << "1.2.9" << "!=1.2.*" << 0;
        QTest::newRow("not this one") << "1.2.9" << "!=1.2.8" << 1;
        QTest::newRow("between") << "1.26.4" << ">=1.24, <2" << 1;
        QTest::newRow("above") << "2.0.0" << ">=1.24,<2" << 0;
        QTest::newRow("a pre-release is not below its release") << "2.0rc1" << "<2.0" << 0;
        QTest::newRow("but below that of a later one") << "2.0rc1" << "<2.1" << 1;
        QTest::newRow("a post-release is not above its release") << "2.0.post1" << ">2.0" << 0;
        QTest::newRow("above all the same") << "2.0.1" << ">2.0" << 1;
        QTest::newRow("compatible") << "1.4.9" << "~=1.4.2" << 1;
        QTest::newRow("compatible, but older") << "1.4.1" << "~=1.4.2" << 0;
        QTest::newRow("not compatible") << "1.5.0" << "~=1.4.2" << 0;
        QTest::newRow("compatible by one number less") << "1.9" << "~=1.4" << 1;
        QTest::newRow("as text") << "1.0" << "===1.0.0" << 0;
        QTest::newRow("compatible with one number") << "1.4" << "~=1" << 2;
        QTest::newRow("a prefix that is compared") << "1.4" << ">=1.*" << 2;
        QTest::newRow("no comparison") << "1.4" << "1.4" << 2;
        QTest::newRow("a word") << "1.4" << "==latest" << 2;
        QTest::newRow("a version that is none") << "unknown" << "==1.0" << 2;
    }
    void fitOrNot() {
        QFETCH(QString, version);
        QFETCH(QString, specifiers);
        QFETCH(int, fits);
        const auto answer = versionFits(version, specifiers);
        QCOMPARE(answer ? int(*answer) : 2, fits);
    }

    void namesAreOneHoweverTheyAreWritten() {
        QCOMPARE(packageName(QStringLiteral(" Scikit_Learn ")), QStringLiteral("scikit-learn"));
        QCOMPARE(packageName(QStringLiteral("a.-_b")), QStringLiteral("a-b"));
    }
};

QTEST_GUILESS_MAIN(TestPackageVersions)
#include "tst_package_versions.moc"
