// SPDX-License-Identifier: GPL-3.0-or-later
// The log of a run in its view: follows, searches, jumps to errors, keeps its place; colours that can be read.
#include "core/base/file.h"
#include "widgets/base/button.h"
#include "widgets/base/field.h"
#include "widgets/base/theme.h"
#include "widgets/pipelines/ansi_colors.h"
#include "widgets/pipelines/run_log_view.h"

#include <QClipboard>
#include <QFile>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::ui;

namespace {

QByteArray lines(int from, int count) {
    QByteArray out;
    for (int i = from; i < from + count; ++i)
        out += "line " + QByteArray::number(i) + (i % 100 == 50 ? " \x1b[31mERROR\x1b[0m: no" : i % 100 == 70 ? " warning" : "") + '\n';
    return out;
}

} // namespace

class TestRunLog : public QObject {
    Q_OBJECT
private:
    QTemporaryDir m_dir;
    QThreadPool m_pool;
    QString m_path;
    std::unique_ptr<RunLogView> m_view;
    void append(const QByteArray &bytes) const {
        QFile file(m_path);
        QVERIFY(file.open(QIODevice::Append));
        file.write(bytes);
    }
    RunLogCanvas &canvas() { return m_view->canvas(); }
    RunLogModel &model() { return m_view->model(); }
    QString counts() const { return m_view->findChild<QLabel *>(QStringLiteral("runLogCounts"))->text(); }
    QString current() { return canvas().selectedText(); }

private Q_SLOTS:
    void init() {
        m_path = m_dir.filePath(QStringLiteral("run.log"));
        QFile::remove(m_path);
        QVERIFY(writeFileAtomically(m_path, lines(0, 2000)));
        m_view = std::make_unique<RunLogView>(m_pool);
        m_view->resize(900, 400);
        m_view->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_view.get()));
        m_view->setFile(m_path);
        QTRY_COMPARE(model().rowCount(), 2000);
    }
    void cleanup() { m_view.reset(); }

    void followsUntilOneLooksBack() {
        auto *bar = canvas().verticalScrollBar();
        QCOMPARE(bar->value(), bar->maximum());
        m_view->setLive(true);
        append(lines(2000, 500));
        QTRY_COMPARE(model().rowCount(), 2500);
        QCOMPARE(bar->value(), bar->maximum());
        bar->setValue(100);
        QVERIFY(!canvas().follows());
        const qint64 top = canvas().topByte();
        append(lines(2500, 500));
        QTRY_COMPARE(model().rowCount(), 3000);
        QCOMPARE(canvas().topByte(), top);
        QTest::keyClick(&canvas(), Qt::Key_G, Qt::ShiftModifier);
        QVERIFY(canvas().follows());
        QCOMPARE(bar->value(), bar->maximum());
        QVERIFY(writeFileAtomically(m_path, "another log\n")); // took its place
        QTRY_COMPARE(model().rowCount(), 1);
        QCOMPARE(model().line(0).text.text, QStringLiteral("another log"));
    }

    void searches() {
        QTest::keyClick(&canvas(), Qt::Key_Slash);
        auto *find = m_view->findChild<QLineEdit *>(QStringLiteral("runLogFind"));
        QTRY_VERIFY(find->hasFocus());
        QTest::keyClicks(find, QStringLiteral("LINE 123"));
        QTRY_COMPARE(model().search().hits().size(), std::size_t(11)); // 123, 1230 … 1239
        QTRY_VERIFY(canvas().currentByte() >= 0); // the first match behind what was seen, round
        QCOMPARE(current(), QStringLiteral("line 123"));
        QVERIFY(counts().contains(QStringLiteral("match 1 of 11")));
        QVERIFY(!canvas().follows());
        canvas().setFocus();
        QTest::keyClick(&canvas(), Qt::Key_N);
        QCOMPARE(current(), QStringLiteral("line 1230"));
        QTest::keyClick(&canvas(), Qt::Key_N, Qt::ShiftModifier);
        QTest::keyClick(&canvas(), Qt::Key_N, Qt::ShiftModifier);
        QCOMPARE(current(), QStringLiteral("line 1239")); // round
        find->setText(QStringLiteral("not there"));
        QTRY_VERIFY(counts().contains(QStringLiteral("no line matches")));
        m_view->findChild<CheckBox *>(QStringLiteral("runLogPattern"))->setChecked(true);
        find->setText(QStringLiteral("^line 19.9$"));
        QTRY_COMPARE(model().search().hits().size(), std::size_t(10));
        find->setText(QStringLiteral("line ("));
        QVERIFY(counts().contains(QStringLiteral("no regular expression")));
        find->clear();
        QVERIFY(model().search().hits().empty());
        // Matches come of what is written later, too, and of a last line that ends later.
        m_view->findChild<CheckBox *>(QStringLiteral("runLogPattern"))->setChecked(false);
        find->setText(QStringLiteral("needle"));
        append("a nee");
        model().look();
        QTRY_COMPARE(model().rowCount(), 2001);
        append("dle\n");
        model().look();
        QTRY_COMPARE(model().search().hits().size(), std::size_t(1));
        QCOMPARE(model().rowCount(), 2001);
        QCOMPARE(model().line(2000).text.text, QStringLiteral("a needle"));
    }

    void goesToErrors() {
        QTRY_COMPARE(model().errors().hits().size(), std::size_t(20));
        QVERIFY(counts().contains(QStringLiteral("20 errors")));
        auto *button = m_view->findChild<Button *>(QStringLiteral("runLogError"));
        QTest::mouseClick(button, Qt::LeftButton);
        QCOMPARE(current(), QStringLiteral("line 50 ERROR: no"));
        QVERIFY(canvas().accessibleDescription().contains(QStringLiteral("Line 51 of 2000: Error. line 50")));
        QTest::keyClick(&canvas(), Qt::Key_E);
        QCOMPARE(current(), QStringLiteral("line 150 ERROR: no"));
        QTest::keyClick(&canvas(), Qt::Key_E, Qt::ShiftModifier);
        QTest::keyClick(&canvas(), Qt::Key_E, Qt::ShiftModifier);
        QCOMPARE(current(), QStringLiteral("line 1950 ERROR: no"));
        QTest::keyClick(&canvas(), Qt::Key_W);
        QTRY_COMPARE(model().rowCount(), 40);
        QCOMPARE(model().line(0).text.text, QStringLiteral("line 50 ERROR: no"));
        QCOMPARE(model().line(1).text.text, QStringLiteral("line 70 warning"));
        QCOMPARE(model().numberOf(1), 71);
        QTest::keyClick(&canvas(), Qt::Key_W);
        QCOMPARE(model().rowCount(), 2000);
        QCOMPARE(current(), QStringLiteral("line 1950 ERROR: no"));
    }

    void copiesAndSaves() {
        QTest::keyClick(&canvas(), Qt::Key_G);
        QTest::keyClick(&canvas(), Qt::Key_A, Qt::ControlModifier);
        QTest::keyClick(&canvas(), Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(QGuiApplication::clipboard()->text().count(QLatin1Char('\n')), 1999);
        QVERIFY(QGuiApplication::clipboard()->text().contains(QStringLiteral("line 50 ERROR: no\n")));
        QSignalSpy saved(m_view.get(), &RunLogView::saved);
        QVERIFY(m_view->saveTo(m_dir.filePath(QStringLiteral("saved.txt"))));
        QTRY_COMPARE(saved.size(), 1);
        QCOMPARE(saved.first().at(1).toString(), QString());
        QVERIFY(readFile(m_dir.filePath(QStringLiteral("saved.txt"))).value_or(QByteArray()).contains("line 50 ERROR: no\nline 51\n"));
        QVERIFY(m_view->saveTo(m_path + QStringLiteral("/no-folder.txt")));
        QTRY_COMPARE(saved.size(), 2);
        QVERIFY(!saved.last().at(1).toString().isEmpty());
    }

    void saysWhatIsNotThere() {
        auto *head = m_view->findChild<Button *>(QStringLiteral("runLogHead"));
        QVERIFY(!head->isVisible());
        m_view->setSkipped(3 << 20);
        m_view->showNote(QStringLiteral("GitHub gives a job's log when the job has ended."));
        QVERIFY(counts().contains(QStringLiteral("the first 3.00 MiB are not here")) && counts().contains(QStringLiteral("GitHub gives")));
        QSignalSpy wanted(m_view.get(), &RunLogView::headWanted);
        QTest::mouseClick(head, Qt::LeftButton);
        QCOMPARE(wanted.size(), 1);
        m_view->setFile(QStringLiteral("/nowhere/run.log"));
        QTRY_VERIFY(model().error().has_value());
        QCOMPARE(model().rowCount(), 0);
        m_view->setFile({});
        QCOMPARE(model().rowCount(), 0);
    }

    void coloursCanBeRead() {
        using pipelines::AnsiColor;
        for (const bool dark : {true, false}) {
            const Tokens &t = tokensOf(dark);
            for (int i = 0; i < 256; ++i) {
                pipelines::AnsiStyle style;
                style.ink = {AnsiColor::Kind::Indexed, quint32(i)};
                QVERIFY2(contrast(ansiPaint(style, t).ink, t.bg1) >= readableContrast, qPrintable(QString::number(i)));
                QVERIFY(!ansiPaint(style, t).ground.isValid());
                style.ground = {AnsiColor::Kind::Indexed, quint32(255 - i)};
                const AnsiPaint both = ansiPaint(style, t);
                QVERIFY2(contrast(both.ink, both.ground) >= readableContrast, qPrintable(QString::number(i)));
                style.inverse = true;
                const AnsiPaint turned = ansiPaint(style, t);
                QVERIFY(contrast(turned.ink, turned.ground) >= readableContrast);
            }
            pipelines::AnsiStyle red;
            red.ink = {AnsiColor::Kind::Indexed, 1};
            QCOMPARE(ansiPaint(red, t).ink, contrast(t.bad, t.bg1) >= readableContrast ? t.bad : ansiPaint(red, t).ink);
        }
    }

    void theTextIsPainted() {
        QTest::keyClick(&canvas(), Qt::Key_G); // line 0 … with the error of line 50 not yet seen
        QTRY_COMPARE(model().errors().hits().size(), std::size_t(20));
        m_view->findChild<Button *>(QStringLiteral("runLogError"))->click();
        const QImage shot = canvas().viewport()->grab().toImage();
        int red = 0;
        for (int y = 0; y < shot.height(); ++y)
            for (int x = 0; x < shot.width(); ++x)
                red += shot.pixelColor(x, y).red() - shot.pixelColor(x, y).green() > 70;
        QVERIFY2(red > 20, qPrintable(QString::number(red))); // the red of the escape, in the theme's ink
    }
};

QTEST_MAIN(TestRunLog)
#include "tst_run_log.moc"
