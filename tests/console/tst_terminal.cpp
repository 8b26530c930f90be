// SPDX-License-Identifier: GPL-3.0-or-later
// The terminal of a pod: its state as sequences make it, its widget, and the window with a shell in a pod of a real API server.
#include "core/base/file.h"
#include "core/fleet/services.h"
#include "core/secrets/secret_store.h"
#include "tests/support/kube_server.h"
#include "widgets/base/button.h"
#include "widgets/base/field.h"
#include "widgets/cluster/terminal_sheet.h"
#include "widgets/cluster/terminal_view.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::ui;
using Q = QLatin1String;

namespace {

constexpr int slow = 60000;

QStringList shown(const TerminalScreen &screen) {
    QStringList out;
    for (int line = screen.away(); line < screen.lines(); ++line)
        out << screen.text(line);
    while (!out.isEmpty() && out.last().isEmpty())
        out.removeLast();
    return out;
}

} // namespace

class TestTerminal : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void sequences_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QStringList>("lines");
        QTest::newRow("text, carriage return and line feed") << QByteArray("one\r\ntwo\rT") << QStringList{QStringLiteral("one"), QStringLiteral("Two")};
        QTest::newRow("the cursor goes to a place") << QByteArray("\x1b[2;3Hx") << QStringList{QString(), QStringLiteral("  x")};
        QTest::newRow("the rest of a line is erased") << QByteArray("abcdef\x1b[3G\x1b[K") << QStringList{QStringLiteral("ab")};
        QTest::newRow("the screen is cleared") << QByteArray("abc\r\ndef\x1b[2J\x1b[Hg") << QStringList{QStringLiteral("g")};
        QTest::newRow("backspace goes back") << QByteArray("abc\b\bX") << QStringList{QStringLiteral("aXc")};
        QTest::newRow("a tab goes to the next eighth") << QByteArray("a\tb") << QStringList{QStringLiteral("a       b")};
        QTest::newRow("a long line goes on in the next") << QByteArray("1234567890abc") << QStringList{QStringLiteral("1234567890"), QStringLiteral("abc")};
        QTest::newRow("characters are inserted and deleted") << QByteArray("abc\r\x1b[2@\x1b[4G\x1b[P") << QStringList{QStringLiteral("  ac")};
        QTest::newRow("UTF-8, cut anywhere") << QByteArray("Gr\xc3\xbc\xc3\x9f" "e") << QStringList{QString::fromUtf8("Gr\xc3\xbc\xc3\x9f" "e")};
        QTest::newRow("a mark over a letter") << QByteArray("e\xcc\x81!") << QStringList{QString::fromUtf8("e\xcc\x81!")};
        QTest::newRow("a title is no text") << QByteArray("\x1b]0;title\x07ok") << QStringList{QStringLiteral("ok")};
        QTest::newRow("a broken sequence harms nothing") << QByteArray("a\x1b[999;999;zb\x1b[?25") << QStringList{QStringLiteral("ab")};
    }
    void sequences() {
        QFETCH(QByteArray, bytes);
        QFETCH(QStringList, lines);
        TerminalScreen whole(10, 4), pieces(10, 4);
        whole.write(bytes);
        QCOMPARE(shown(whole), lines);
        for (const char byte : bytes)
            pieces.write(QByteArray(1, byte));
        QCOMPARE(shown(pieces), lines);
    }

    void looks() {
        TerminalScreen screen(20, 4);
        screen.write("\x1b[1;31mred\x1b[0m \x1b[48;5;200mpink\x1b[0m \x1b[38;2;1;2;3;7;3;4;9mx");
        const auto line = screen.line(0);
        QVERIFY(line[0].bold && line[0].ink == (TerminalColor{TerminalColor::Indexed, 1}));
        QVERIFY(!line[3].bold && line[3].ink == TerminalColor());
        QCOMPARE(line[4].ground, (TerminalColor{TerminalColor::Indexed, 200}));
        QCOMPARE(line[9].ink, (TerminalColor{TerminalColor::Rgb, 0x010203}));
        QVERIFY(line[9].reverse && line[9].italic && line[9].underline && line[9].strike);
    }

    void wideCharacters() {
        TerminalScreen screen(5, 3);
        screen.write("a\xe4\xb8\xad\xe6\x96\x87" "b"); // two columns each: b is the sixth place, on the next line
        QCOMPARE(int(screen.line(0)[1].width), 2);
        QCOMPARE(int(screen.line(0)[2].width), 0);
        QCOMPARE(shown(screen), (QStringList{QString::fromUtf8("a\xe4\xb8\xad\xe6\x96\x87"), QStringLiteral("b")}));
        QCOMPARE(screen.cursor(), (TerminalPlace{1, 1}));
        QCOMPARE(screen.text({0, 1}, {1, 0}), QString::fromUtf8("\xe4\xb8\xad\xe6\x96\x87\nb"));
    }

    void whatScrollsAwayIsKept() {
        TerminalScreen screen(10, 3);
        for (int i = 0; i < 12'500; ++i)
            screen.write("line " + QByteArray::number(i) + "\r\n");
        QVERIFY(screen.away() >= TerminalScreen::mostAway && screen.away() <= TerminalScreen::mostAway + 1000);
        QCOMPARE(screen.gone() + screen.away(), 12'498);
        QCOMPARE(screen.text(0), QStringLiteral("line %1").arg(screen.gone()));
        QCOMPARE(screen.text(screen.lines() - 2), QStringLiteral("line 12499"));
        // A program that takes the whole screen leaves what was there.
        screen.write("\x1b[?1049h\x1b[2J\x1b[Hprogram");
        QVERIFY(screen.alternate());
        QCOMPARE(shown(screen).first(), QStringLiteral("program"));
        screen.write("\x1b[?1049l");
        QVERIFY(!screen.alternate());
        QCOMPARE(screen.text(screen.lines() - 2), QStringLiteral("line 12499"));
        screen.write("\x1b[?25l");
        QVERIFY(!screen.cursorShown());
    }

    void aTallerScreenTakesLinesBack() {
        TerminalScreen screen(10, 3);
        screen.write("one\r\ntwo\r\nthree\r\nfour");
        QCOMPARE(screen.away(), 1);
        screen.resize(10, 5);
        QCOMPARE(screen.away(), 0);
        QCOMPARE(shown(screen).first(), QStringLiteral("one"));
        QCOMPARE(screen.cursor().line, 3);
        screen.resize(4, 2);
        QCOMPARE(screen.rows(), 2);
        QCOMPARE(screen.text(screen.lines() - 1), QStringLiteral("four"));
    }

    void keys_data() {
        QTest::addColumn<int>("key");
        QTest::addColumn<int>("modifiers");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("a letter") << int(Qt::Key_A) << 0 << QStringLiteral("a") << QByteArray("a");
        QTest::newRow("one beyond ASCII") << int(Qt::Key_Udiaeresis) << 0 << QString::fromUtf8("\xc3\xbc") << QByteArray("\xc3\xbc");
        QTest::newRow("enter") << int(Qt::Key_Return) << 0 << QStringLiteral("\r") << QByteArray("\r");
        QTest::newRow("control C") << int(Qt::Key_C) << int(Qt::ControlModifier) << QStringLiteral("\x03") << QByteArray("\x03");
        QTest::newRow("control D") << int(Qt::Key_D) << int(Qt::ControlModifier) << QStringLiteral("\x04") << QByteArray("\x04");
        QTest::newRow("tab") << int(Qt::Key_Tab) << 0 << QStringLiteral("\t") << QByteArray("\t");
        QTest::newRow("back tab") << int(Qt::Key_Backtab) << int(Qt::ShiftModifier) << QString() << QByteArray("\x1b[Z");
        QTest::newRow("backspace") << int(Qt::Key_Backspace) << 0 << QStringLiteral("\b") << QByteArray("\x7f");
        QTest::newRow("up") << int(Qt::Key_Up) << 0 << QString() << QByteArray("\x1b[A");
        QTest::newRow("a word to the left") << int(Qt::Key_Left) << int(Qt::ControlModifier) << QString() << QByteArray("\x1b[1;5D");
        QTest::newRow("delete") << int(Qt::Key_Delete) << 0 << QString() << QByteArray("\x1b[3~");
        QTest::newRow("F1") << int(Qt::Key_F1) << 0 << QString() << QByteArray("\x1bOP");
        QTest::newRow("escape") << int(Qt::Key_Escape) << 0 << QStringLiteral("\x1b") << QByteArray("\x1b");
        QTest::newRow("alt and a letter") << int(Qt::Key_B) << int(Qt::AltModifier) << QStringLiteral("b") << QByteArray("\x1b" "b");
    }
    void keys() {
        QFETCH(int, key);
        QFETCH(int, modifiers);
        QFETCH(QString, text);
        QFETCH(QByteArray, bytes);
        TerminalScreen screen;
        QByteArray sent;
        screen.setOutput([&](const QByteArray &more) { sent += more; });
        QVERIFY(screen.key(key, Qt::KeyboardModifiers(modifiers), text));
        QCOMPARE(sent, bytes);
        QVERIFY(!screen.key(Qt::Key_Shift, Qt::ShiftModifier, {}));
    }

    void aPasteCannotGiveCommands() {
        TerminalScreen screen;
        QByteArray sent;
        screen.setOutput([&](const QByteArray &more) { sent += more; });
        screen.paste(QStringLiteral("a\r\nb\x1b[201~\x03"));
        QCOMPARE(sent, QByteArray("a\rb[201~"));
        sent.clear();
        screen.write("\x1b[?2004h"); // as bash asks for it
        screen.paste(QStringLiteral("x\x1b[201~y"));
        QCOMPARE(sent, QByteArray("\x1b[200~x[201~y\x1b[201~"));
    }

    void theWidgetMarksCopiesAndScrolls() {
        TerminalView view;
        view.resize(700, 300);
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        QSignalSpy typed(&view, &TerminalView::typed), resized(&view, &TerminalView::resized);
        for (int i = 0; i < 100; ++i)
            view.write("row " + QByteArray::number(i) + "\r\n");
        QScrollBar *bar = view.verticalScrollBar();
        QCOMPARE(bar->value(), bar->maximum());
        bar->setValue(0);
        view.write("more\r\n");
        QCOMPARE(bar->value(), 0); // who looks back is not pulled away
        QTest::mouseDClick(view.viewport(), Qt::LeftButton, {}, QPoint(12, 14));
        QCOMPARE(view.selectedText(), QStringLiteral("row"));
        QTest::keyClick(&view, Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("row"));
        QVERIFY(typed.isEmpty());
        QTest::keyClick(&view, Qt::Key_V, Qt::ControlModifier | Qt::ShiftModifier);
        QByteArray pasted;
        for (const auto &call : typed)
            pasted += call.first().toByteArray();
        QCOMPARE(pasted, QByteArray("row"));
        QCOMPARE(bar->value(), bar->maximum());
        typed.clear();
        QTest::keyClick(&view, Qt::Key_Tab); // the shell's, not the window's
        QCOMPARE(typed.size(), 1);
        view.resize(500, 200);
        QVERIFY(!resized.isEmpty());
        QCOMPARE(resized.last().first().toInt(), view.screen().columns());
        view.setOver(true);
        typed.clear();
        QTest::keyClicks(&view, QStringLiteral("abc"));
        QVERIFY(typed.isEmpty());
    }

    void aShellInARealPod() {
        support::KubeServer server;
        QString why;
        if (!server.start(&why))
            QSKIP(qPrintable(why));
        QTemporaryDir folder;
        const QString file = folder.filePath(QStringLiteral("pilothouse.yaml"));
        QVERIFY(writeFileAtomically(file, "workspace: shells\nrole: operator\nconnections:\n  local: {kind: local, root: " + folder.filePath(QStringLiteral("root")).toUtf8() + "}\n  lab: {kind: kubernetes, kubeconfig: " +
                                              server.adminConfig().toUtf8() + "}\n  look: {kind: kubernetes, kubeconfig: " + server.viewerConfig().toUtf8() + "}\n  prod: {kind: kubernetes, guard: typed-name, kubeconfig: " +
                                              server.adminConfig().toUtf8() + "}\nmodels: {}\n"));
        fleet::ServiceOptions options;
        options.workspaceFile = file;
        options.secrets = secrets::environmentStore();
        const auto services = fleet::openServices(options);
        QVERIFY2(services, services ? "" : qPrintable(services.error().text()));
        const auto made = server.kubectl({QStringLiteral("apply"), QStringLiteral("-f"), QStringLiteral("-")},
                                         "apiVersion: v1\nkind: Pod\nmetadata: {name: tool, namespace: ml}\nspec: {containers: [{name: app, image: 'example.org/a:1'}, {name: side, image: 'example.org/b:1'}]}\n");
        QVERIFY2(made.code == 0, made.error.constData());
        const auto waited = server.kubectl({QStringLiteral("-n"), QStringLiteral("ml"), QStringLiteral("wait"), QStringLiteral("--for=condition=Ready"), QStringLiteral("pod/tool"), QStringLiteral("--timeout=60s")});
        QVERIFY2(waited.code == 0, waited.error.constData());
        Pools pools(1);
        const auto open = [&](const char *connection, const QStringList &typed = {}) {
            auto *sheet = new TerminalSheet(pools, *services, {Q(connection), QStringLiteral("ml"), QStringLiteral("tool"), {}, typed}, nullptr);
            sheet->show();
            return sheet;
        };
        const auto text = [](TerminalSheet *sheet) { return sheet->view().screen().text({0, 0}, {sheet->view().screen().lines() - 1, 500}); };
        QPointer<TerminalSheet> sheet = open("lab");
        QTRY_VERIFY2_WITH_TIMEOUT(sheet->state().startsWith(QStringLiteral("Connected")), qPrintable(sheet->state()), slow);
        QTest::keyClicks(&sheet->view(), QStringLiteral("echo a$((40+2))z; stty size"));
        QTest::keyClick(&sheet->view(), Qt::Key_Return);
        QTRY_VERIFY2_WITH_TIMEOUT(text(sheet).contains(QStringLiteral("a42z")), qPrintable(text(sheet)), slow);
        QTRY_VERIFY_WITH_TIMEOUT(sheet->findChild<Choice *>(QStringLiteral("terminalContainer"))->isVisible(), slow);
        QTest::keyClicks(&sheet->view(), QStringLiteral("exit"));
        QTest::keyClick(&sheet->view(), Qt::Key_Return);
        QTRY_VERIFY2_WITH_TIMEOUT(sheet->state().startsWith(QStringLiteral("The shell ended with exit code 0")), qPrintable(sheet->state()), slow);
        QVERIFY(sheet->findChild<Button *>(QStringLiteral("terminalAgain"))->isVisible());
        // Hung up by closing the window: the journal has both, and neither has what was typed.
        QTest::mouseClick(sheet->findChild<Button *>(QStringLiteral("terminalAgain")), Qt::LeftButton);
        QTRY_VERIFY2_WITH_TIMEOUT(sheet->state().startsWith(QStringLiteral("Connected")), qPrintable(sheet->state()), slow);
        sheet->close();
        QTRY_VERIFY(!sheet);
        const auto lines = [&] {
            QStringList out;
            const auto entries = (*services)->journal->entries();
            for (const auto &e : *entries)
                if (e.kind == Q("pod-exec"))
                    out << e.phase + QLatin1Char(' ') + e.object + QLatin1Char(' ') + QString::fromUtf8(QJsonDocument(e.after).toJson(QJsonDocument::Compact));
            return out;
        };
        QTRY_COMPARE_WITH_TIMEOUT(lines().filter(QStringLiteral("done pod/tool in ml")).size(), 2, slow);
        QVERIFY(lines().first().contains(QStringLiteral("hung up from here")));
        QVERIFY(lines().filter(QStringLiteral("\"exit_code\":0")).size() == 1);
        QFile journal((*services)->root + QStringLiteral("/journal.jsonl"));
        QVERIFY(journal.open(QIODevice::ReadOnly));
        QVERIFY(!journal.readAll().contains("40+2"));
        // Without the right, and without the name of a guarded connection.
        sheet = open("look");
        QTRY_VERIFY2_WITH_TIMEOUT(sheet->state().contains(QStringLiteral("pods/exec")), qPrintable(sheet->state()), slow);
        sheet->close();
        sheet = open("prod");
        QTRY_VERIFY2_WITH_TIMEOUT(sheet->state().contains(QStringLiteral("prod")), qPrintable(sheet->state()), slow);
        QVERIFY(!sheet->state().startsWith(QStringLiteral("Connected")));
        sheet->close();
        sheet = open("prod", {QStringLiteral("prod")});
        QTRY_VERIFY2_WITH_TIMEOUT(sheet->state().startsWith(QStringLiteral("Connected")), qPrintable(sheet->state()), slow);
        sheet->close();
        QTRY_VERIFY(!sheet);
        pools.waiting.waitForDone();
    }
};

QTEST_MAIN(TestTerminal)
#include "tst_terminal.moc"
