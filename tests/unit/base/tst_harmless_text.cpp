// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/harmless_text.h"

#include <QTest>

using namespace pilothouse;

class TestHarmlessText : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatSteersATerminalIsTakenOut_data() {
        QTest::addColumn<QString>("said");
        QTest::addColumn<QString>("shown");
        QTest::newRow("words") << QStringLiteral("a pickle: äöü “x”") << QStringLiteral("a pickle: äöü “x”");
        QTest::newRow("lines, tabs and blanks around") << QStringLiteral(" a\tb\nc \n") << QStringLiteral("a\tb\nc");
        QTest::newRow("an escape sequence, a delete") << QStringLiteral("a\x1b[2Jc\x7f") << QStringLiteral("a\uFFFD[2Jc\uFFFD");
        QTest::newRow("the same in one character of 8 bits") << QStringLiteral("a\u009b2J") << QStringLiteral("a\uFFFD2J");
        QTest::newRow("back to the beginning of the line") << QStringLiteral("bad\rgood") << QStringLiteral("bad\uFFFDgood");
    }
    void whatSteersATerminalIsTakenOut() {
        QFETCH(QString, said);
        QFETCH(QString, shown);
        QCOMPARE(harmlessText(said), shown);
        QCOMPARE(harmlessLines(said).trimmed(), shown);
        QCOMPARE(harmlessLines(said).size(), said.size()); // blanks stay
    }
};

QTEST_GUILESS_MAIN(TestHarmlessText)
#include "tst_harmless_text.moc"
