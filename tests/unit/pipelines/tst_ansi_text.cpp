// SPDX-License-Identifier: GPL-3.0-or-later
// Escapes of a log: colours become spans, all else leaves and takes no text with it.
#include "core/base/line_level.h"
#include "core/base/redact.h"
#include "core/base/redact_bytes.h"
#include "core/pipelines/ansi_text.h"

#include <QTest>

using namespace pilothouse;
using namespace pilothouse::pipelines;
using Kind = AnsiColor::Kind;
using Mark = AnsiLine::Mark;

class TestAnsiText : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void textStays_data() {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QString>("text");
        QTest::newRow("plain") << QByteArray("step 1 of 3") << QStringLiteral("step 1 of 3");
        QTest::newRow("colours") << QByteArray("\x1b[1;31mno\x1b[0m such file") << QStringLiteral("no such file");
        QTest::newRow("erase and cursor") << QByteArray("\x1b[2K\x1b[1Gdone\x1b[?25h") << QStringLiteral("done");
        QTest::newRow("a progress bar's last state") << QByteArray("10%\r50%\r100%\r\n") << QStringLiteral("100%");
        QTest::newRow("CRLF is no state") << QByteArray("line\r\n") << QStringLiteral("line");
        QTest::newRow("an erased line is empty") << QByteArray("50%\r\x1b[K") << QString();
        QTest::newRow("a hyperlink's text") << QByteArray("see \x1b]8;;https://ci/1\x1b\\the build\x1b]8;;\x1b\\ now") << QStringLiteral("see the build now");
        QTest::newRow("a hyperlink that ends in BEL") << QByteArray("\x1b]8;;https://ci/1\athe build\x1b]8;;\a") << QStringLiteral("the build");
        QTest::newRow("an OSC that does not end") << QByteArray("\x1b]8;;https://ci/1 and more") << QStringLiteral("8;;https://ci/1 and more");
        QTest::newRow("a CSI that does not end") << QByteArray("half \x1b[31") << QStringLiteral("half ");
        QTest::newRow("a lone ESC at the end") << QByteArray("half\x1b") << QStringLiteral("half");
        QTest::newRow("a console note of Jenkins") << QByteArray("\x1b[8mha:////4AAAAB+LCAAA==\x1b[0mStarted by user \x1b[8mha:////4KKK=\x1b[0mada") << QStringLiteral("Started by user ada");
        QTest::newRow("a note that is cut") << QByteArray("[Pipeline] \x1b[8mha:////4AAAAB+LC") << QStringLiteral("[Pipeline] ");
        QTest::newRow("character set") << QByteArray("\x1b(B\x1b[mok") << QStringLiteral("ok");
        QTest::newRow("backspaces take back") << QByteArray("wait |\b/\b-\bok") << QStringLiteral("wait ok");
        QTest::newRow("tabs") << QByteArray("a\tb") << QStringLiteral("a       b");
        QTest::newRow("no UTF-8") << QByteArray("caf\xe9!") << QStringLiteral("caf\uFFFD!");
        QTest::newRow("half a sequence") << QByteArray("caf\xc3") << QStringLiteral("caf\uFFFD");
        QTest::newRow("UTF-8 between escapes") << QByteArray("\x1b[32mgr\xc3\xbcn\x1b[0m") << QStringLiteral("grün");
        QTest::newRow("control characters are seen") << QByteArray("a\x01" "b") << QStringLiteral("a\uFFFD" "b");
    }
    void textStays() {
        QFETCH(QByteArray, line);
        QFETCH(QString, text);
        QCOMPARE(ansiLine(line).text, text);
    }

    void coloursAreSpans() {
        const AnsiLine line = ansiLine("a \x1b[1;31mred\x1b[39m bold\x1b[0m \x1b[4;38;5;208morange\x1b[24m\x1b[48;2;1;2;3m on\x1b[m end");
        QCOMPARE(line.text, QStringLiteral("a red bold orange on end"));
        QCOMPARE(line.spans.size(), std::size_t(4));
        const auto text = [&](std::size_t i) { return line.text.mid(line.spans[i].from, line.spans[i].size); };
        QCOMPARE(text(0), QStringLiteral("red"));
        QVERIFY(line.spans[0].style.bold);
        QCOMPARE(line.spans[0].style.ink, (AnsiColor{Kind::Indexed, 1}));
        QCOMPARE(text(1), QStringLiteral(" bold"));
        QVERIFY(line.spans[1].style.bold);
        QCOMPARE(line.spans[1].style.ink, AnsiColor{});
        QCOMPARE(text(2), QStringLiteral("orange"));
        QVERIFY(line.spans[2].style.underline && !line.spans[2].style.bold);
        QCOMPARE(line.spans[2].style.ink, (AnsiColor{Kind::Indexed, 208}));
        QCOMPARE(text(3), QStringLiteral(" on"));
        QVERIFY(!line.spans[3].style.underline);
        QCOMPARE(line.spans[3].style.ground, (AnsiColor{Kind::Rgb, 0x010203}));
        QCOMPARE(line.spans[3].style.ink, (AnsiColor{Kind::Indexed, 208}));
        // Bright ones, both forms with colons, inverse; a colour that is cut changes nothing behind it.
        QCOMPARE(ansiLine("\x1b[97;104mx").spans.at(0).style.ink, (AnsiColor{Kind::Indexed, 15}));
        QCOMPARE(ansiLine("\x1b[97;104mx").spans.at(0).style.ground, (AnsiColor{Kind::Indexed, 12}));
        QCOMPARE(ansiLine("\x1b[38:2::10:20:30mx").spans.at(0).style.ink, (AnsiColor{Kind::Rgb, 0x0a141e}));
        QCOMPARE(ansiLine("\x1b[38:2:10:20:30mx").spans.at(0).style.ink, (AnsiColor{Kind::Rgb, 0x0a141e}));
        QVERIFY(ansiLine("\x1b[7mx").spans.at(0).style.inverse);
        QVERIFY(ansiLine("\x1b[38;5mx").spans.empty());
        QCOMPARE(ansiCubeColor(16), 0x000000U);
        QCOMPARE(ansiCubeColor(208), 0xff8700U);
        QCOMPARE(ansiCubeColor(231), 0xffffffU);
        QCOMPARE(ansiCubeColor(232), 0x080808U);
        QCOMPARE(ansiCubeColor(255), 0xeeeeeeU);
    }

    void aStyleMayGoOnInTheNextLine() {
        AnsiStyle style;
        (void)ansiLine("\x1b[33mfirst", &style);
        QCOMPARE(ansiLine("second\x1b[0m third", &style).spans.at(0).size, 6);
        QCOMPARE(style, AnsiStyle{});
    }

    void systemsMarks_data() {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<int>("mark");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("time");
        const auto row = [](const char *name, const char *line, Mark mark, const QString &text, const QString &time) { QTest::newRow(name) << QByteArray(line) << int(mark) << text << time; };
        const QString seven = QStringLiteral("2026-11-22T19:00:00.1234567Z"), three = QStringLiteral("2026-11-22T19:00:00.123Z");
        row("a group of GitHub", "2026-11-22T19:00:00.1234567Z ##[group]Run actions/checkout@v4", Mark::Group, QStringLiteral("Run actions/checkout@v4"), seven);
        row("its end", "2026-11-22T19:00:00.1234567Z ##[endgroup]", Mark::EndGroup, {}, seven);
        row("an error", "2026-11-22T19:00:00.1234567Z ##[error]Process completed with exit code 1.", Mark::Error, QStringLiteral("Process completed with exit code 1."), seven);
        row("behind the mark of the encoding", "\xef\xbb\xbf" "2026-11-22T19:00:00.1234567Z x", Mark::None, QStringLiteral("x"), seven);
        row("a command of an action", "::error file=app.js,line=1::Missing semicolon", Mark::Error, QStringLiteral("Missing semicolon"), {});
        row("behind a colour", "\x1b[31m##[error]no", Mark::Error, QStringLiteral("no"), {});
        row("an unknown word stays", "##[colour]x", Mark::None, QStringLiteral("##[colour]x"), {});
        row("Jenkins' time", "[2026-11-22T19:00:00.123Z] + make", Mark::None, QStringLiteral("+ make"), three);
        row("a program's own time stays", "2026-11-22T19:00:00 INFO x", Mark::None, QStringLiteral("2026-11-22T19:00:00 INFO x"), {});
        row("a time alone", "2026-11-22T19:00:00.1234567Z", Mark::None, {}, seven);
        row("C++ is no mark", "::std::move", Mark::None, QStringLiteral("::std::move"), {});
    }
    void systemsMarks() {
        QFETCH(QByteArray, line);
        const AnsiLine got = ansiLine(line);
        QTEST(int(got.mark), "mark");
        QTEST(got.text, "text");
        QTEST(got.time, "time");
    }

    void searchedBytesAreThoseRead() {
        QByteArray room;
        QCOMPARE(plainLine("ab\x1b[31mc\x1b[0md\r", room).toByteArray(), QByteArray("abcd"));
        QCOMPARE(plainLine("10%\r20%", room).toByteArray(), QByteArray("20%"));
        const QByteArray same("nothing to leave out");
        QCOMPARE(plainLine(same, room).data(), same.constData());
        QCOMPARE(plainLine("\x1b[8mha:////error\x1b[0mfine", room).toByteArray(), QByteArray("fine"));
    }

    void levels_data() {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<int>("level");
        const auto row = [](const char *line, LineLevel level) { QTest::newRow(line) << QByteArray(line) << int(level); };
        row("ERROR: no such file", LineLevel::Bad);
        row("java.lang.Exception: x", LineLevel::Bad);
        row("warning: then an error", LineLevel::Bad);
        row("WARNING: gpu not visible", LineLevel::Warn);
        row("terrors of the deep", LineLevel::None);
        row("my_error", LineLevel::None);
        row("web : ok=3 changed=1 unreachable=0 failed=0", LineLevel::None);
        row("web : ok=3 changed=1 unreachable=0 failed=1", LineLevel::Bad);
        row("web : failed=0 but an error", LineLevel::Bad);
        row("5 passed, 0 failed", LineLevel::None);
        row("5 passed, 10 failed", LineLevel::Bad);
        row("no error", LineLevel::None);
        row("error: 0.5 is no count", LineLevel::Bad);
        row("error", LineLevel::Bad);
        row("", LineLevel::None);
    }
    void levels() {
        QFETCH(QByteArray, line);
        QTEST(int(lineLevel(line)), "level");
    }

    void knownSecretsAreHiddenOverPieces() {
        hideInTexts(QStringLiteral("hunter2-hunter2"));
        qsizetype open = 0;
        QCOMPARE(hideKnown("login hunter2-hunter2 ok", &open), QByteArray("login ••• ok"));
        QCOMPARE(open, 0);
        (void)hideKnown("login hunter2-h", &open);
        QCOMPARE(open, 9);
        QCOMPARE(hideKnown("nothing", &open), QByteArray("nothing"));
        QCOMPARE(open, 0);
    }

    void randomBytesAreSafe() {
        QByteArray bytes;
        quint32 x = 7;
        for (int i = 0; i < 200'000; ++i) {
            x = x * 1664525 + 1013904223;
            static const char some[] = "\x1b\x1b[[]]8;mha:0123\r\b\t\a\\##::\xc3\xa9\xffxyz \x9b";
            bytes += some[(x >> 16) % (sizeof some - 1)];
        }
        QByteArray room;
        for (qsizetype from = 0; from < bytes.size(); from += 97) {
            const QByteArrayView line = QByteArrayView(bytes).sliced(from, std::min<qsizetype>(251, bytes.size() - from));
            const AnsiLine got = ansiLine(line);
            qsizetype at = 0;
            for (const AnsiSpan &span : got.spans) {
                QVERIFY(span.from >= at && span.size > 0);
                at = span.from + span.size;
            }
            QVERIFY(at <= got.text.size());
            QVERIFY(!got.text.contains(QChar(0x1b)));
            QVERIFY(!plainLine(line, room).contains(esc));
        }
    }

private:
    static constexpr char esc = '\x1b';
};

QTEST_GUILESS_MAIN(TestAnsiText)
#include "tst_ansi_text.moc"
