// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/button.h"
#include "widgets/base/card.h"
#include "widgets/base/confirm.h"
#include "widgets/base/log_view.h"
#include "widgets/base/rounded.h"
#include "widgets/base/source_label.h"
#include "widgets/base/table.h"
#include "widgets/base/text.h"
#include "widgets/base/theme.h"
#include "widgets/base/toast.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QClipboard>
#include <QLineEdit>
#include <QPainter>
#include <QPlainTextEdit>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::ui;

namespace {

struct Row {
    QString id;
    int value = 0;
};

class Rows : public RowsModel<Row> {
public:
    Rows() { m_columns = {{QStringLiteral("Name")}, {QStringLiteral("Value"), Qt::AlignRight | Qt::AlignVCenter, 60, {}, 1}}; }
    QString key(const Row &row) const override { return row.id; }
    QVariant cell(const Row &row, int column, int role) const override {
        if (role == Qt::DisplayRole)
            return column == 0 ? row.id : QString::number(row.value);
        return role == SortRole ? (column == 0 ? QVariant(row.id) : QVariant(row.value)) : QVariant();
    }
};

std::vector<Row> rows(const char *text) { // "a1 b2"
    std::vector<Row> all;
    for (const QString &word : QString::fromLatin1(text).split(QLatin1Char(' '), Qt::SkipEmptyParts))
        all.push_back({word.left(1), word.mid(1).toInt()});
    return all;
}

QString text(const Rows &model) {
    QStringList words;
    for (const Row &row : model.rows())
        words << row.id + QString::number(row.value);
    return words.join(QLatin1Char(' '));
}

} // namespace

class TestComponents : public QObject {
    Q_OBJECT
private Q_SLOTS:
    /// Cached shapes stand where QPainter's own layout puts the text.
    void aLineStandsWhereTheLayoutPutsIt_data() {
        QTest::addColumn<int>("role");
        QTest::addColumn<int>("alignment");
        for (const TextRole role : {TextRole::Answer, TextRole::Title, TextRole::Body, TextRole::Second, TextRole::Caption, TextRole::Mono})
            for (const auto alignment : {Qt::AlignLeft | Qt::AlignVCenter, Qt::AlignRight | Qt::AlignVCenter, Qt::AlignHCenter | Qt::AlignVCenter, Qt::AlignLeft | Qt::AlignTop})
                QTest::addRow("role %d, alignment %d", int(role), int(alignment)) << int(role) << int(alignment);
    }
    void aLineStandsWhereTheLayoutPutsIt() {
        QFETCH(int, role);
        QFETCH(int, alignment);
        Theme theme;
        const QFont font = theme.font(TextRole(role));
        for (const QString &text : {QStringLiteral("Weather gyÄ_jp"), QStringLiteral("a long text that will have to be cut somewhere in its middle"), QStringLiteral("two\nlines")})
            for (const double top : {0.0, 0.5, 3.25})
                for (const double tall : {34.0, 41.0}) {
                    QImage ours(220, 60, QImage::Format_ARGB32_Premultiplied);
                    ours.fill(Qt::white);
                    QImage layout = ours;
                    const QRectF rect(7, 4 + top, 180, tall);
                    QPainter painter(&ours);
                    painter.setFont(font);
                    drawLine(painter, rect, Qt::Alignment(alignment), text);
                    drawLine(painter, rect, Qt::Alignment(alignment), text); // and from the cache
                    painter.end();
                    painter.begin(&layout);
                    painter.setFont(font);
                    const QFontMetricsF metrics(font, &layout);
                    const QString shown = metrics.horizontalAdvance(text) <= rect.width() + 0.5 ? text : metrics.elidedText(text, Qt::ElideRight, rect.width());
                    for (int twice = 0; twice < 2; ++twice)
                        painter.drawText(rect, alignment | Qt::TextSingleLine | Qt::TextDontClip, shown);
                    painter.end();
                    int worst = 0;
                    for (int y = 0; y < 60; ++y)
                        for (int x = 0; x < 220; ++x)
                            worst = std::max(worst, std::abs(qGray(ours.pixel(x, y)) - qGray(layout.pixel(x, y))));
                    QVERIFY2(worst <= 8, qPrintable(QStringLiteral("%1 at %2, %3 tall: %4").arg(text).arg(top).arg(tall).arg(worst)));
                }
    }
    /// What is remembered of a text is what the metrics say, in each font, after many other texts and in another font's turn.
    void aRememberedWidthIsThatOfTheMetrics() {
        Theme theme;
        QStringList texts{QString(), QStringLiteral("0.734"), QStringLiteral("Weather gyÄ_jp")};
        for (int i = 0; i < 2500; ++i)
            texts << QStringLiteral("row %1").arg(i);
        for (int turn = 0; turn < 2; ++turn)
            for (const TextRole role : {TextRole::Key, TextRole::Body, TextRole::Mono, TextRole::Caption})
                for (qsizetype i = 0; i < texts.size(); i += turn == 0 ? 1 : 97)
                    QCOMPARE(widthOf(theme.font(role), texts[i]), QFontMetricsF(theme.font(role)).horizontalAdvance(texts[i]));
        theme.apply(SchemeChoice::Light, 150);
        QCOMPARE(widthOf(theme.font(TextRole::Body), texts[1]), QFontMetricsF(theme.font(TextRole::Body)).horizontalAdvance(texts[1]));
        theme.apply(SchemeChoice::Dark, 100);
    }
    void keyValuesShownAgainKeepTheirLabels() {
        Theme theme;
        KeyValues values;
        values.setRows({{QStringLiteral("Workspace"), QStringLiteral("demo")}, {QStringLiteral("Role"), QStringLiteral("approver")}});
        const auto labels = [&] { return values.findChildren<QLabel *>(); };
        const auto before = labels();
        QCOMPARE(before.size(), 4);
        values.setRows({{QStringLiteral("Workspace"), QStringLiteral("demo")}, {QStringLiteral("Role"), QStringLiteral("approver")}});
        QCOMPARE(labels(), before); // what a person has selected in one is not lost to the next poll
        values.setRows({{QStringLiteral("Workspace"), QStringLiteral("other")}});
        QCOMPARE(labels().size(), 2);
        QCOMPARE(labels()[1]->text(), QStringLiteral("other"));
    }
    void roundedIsWhatThePathDraws_data() {
        QTest::addColumn<QRect>("box");
        QTest::addColumn<int>("radius");
        QTest::addColumn<double>("ratio");
        QTest::addColumn<QColor>("fill");
        const QColor plain(240, 241, 250);
        QTest::newRow("card") << QRect(3, 2, 90, 60) << 8 << 1.0 << plain;
        QTest::newRow("card on a dense screen") << QRect(3, 2, 90, 60) << 8 << 2.0 << plain;
        QTest::newRow("card at 125 %") << QRect(3, 2, 90, 60) << 8 << 1.25 << plain;
        QTest::newRow("only corners") << QRect(0, 0, 18, 18) << 8 << 1.0 << plain;
        QTest::newRow("less than its corners") << QRect(1, 1, 12, 30) << 8 << 1.0 << plain;
        QTest::newRow("only its line") << QRect(3, 2, 50, 18) << 4 << 1.0 << QColor(Qt::transparent);
        QTest::newRow("small radius") << QRect(1, 1, 40, 9) << 3 << 2.0 << plain;
    }
    void roundedIsWhatThePathDraws() {
        QFETCH(QRect, box);
        QFETCH(int, radius);
        QFETCH(double, ratio);
        QFETCH(QColor, fill);
        QImage ours(QSize(100, 70) * ratio, QImage::Format_ARGB32_Premultiplied);
        ours.setDevicePixelRatio(ratio);
        ours.fill(QColor(30, 60, 90));
        QImage path = ours;
        const QColor line(120, 20, 60);
        QPainter painter(&ours);
        paintRounded(painter, box, fill, line, radius);
        painter.end();
        painter.begin(&path);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(line, 1));
        painter.setBrush(fill);
        painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius);
        painter.end();
        int worst = 0;
        for (int y = 0; y < path.height(); ++y)
            for (int x = 0; x < path.width(); ++x)
                for (const int shift : {0, 8, 16})
                    worst = std::max(worst, std::abs(int(ours.pixel(x, y) >> shift & 255) - int(path.pixel(x, y) >> shift & 255)));
        QVERIFY2(worst <= 2, qPrintable(QString::number(worst))); // blending a half-covered pixel in two steps rounds twice
    }
    void rowsChangeByTheSmallestSignals_data() {
        QTest::addColumn<QString>("before");
        QTest::addColumn<QString>("after");
        QTest::addColumn<QString>("signalled"); // inserted removed moved changed
        QTest::newRow("nothing differs") << "a1 b2" << "a1 b2" << "0 0 0 0";
        QTest::newRow("one value") << "a1 b2 c3" << "a1 b9 c3" << "0 0 0 1";
        QTest::newRow("new rows in front come in one go") << "c3" << "a1 b2 c3" << "1 0 0 0";
        QTest::newRow("one leaves") << "a1 b2 c3" << "a1 c3" << "0 1 0 0";
        QTest::newRow("one moves up") << "a1 b2 c3" << "c3 a1 b2" << "0 0 1 0";
        QTest::newRow("moved and changed") << "a1 b2" << "b5 a1" << "0 0 1 1";
        QTest::newRow("all new") << "" << "a1 b2 c3" << "1 0 0 0";
        QTest::newRow("all gone") << "a1 b2" << "" << "0 2 0 0";
    }
    void rowsChangeByTheSmallestSignals() {
        QFETCH(QString, before);
        QFETCH(QString, after);
        QFETCH(QString, signalled);
        Rows model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setRows(rows(before.toLatin1().constData()));
        QSignalSpy inserted(&model, &Rows::rowsInserted), removed(&model, &Rows::rowsRemoved), moved(&model, &Rows::rowsMoved), changed(&model, &Rows::dataChanged), reset(&model, &Rows::modelReset);
        model.setRows(rows(after.toLatin1().constData()));
        QCOMPARE(text(model), after);
        QCOMPARE(QStringLiteral("%1 %2 %3 %4").arg(inserted.size()).arg(removed.size()).arg(moved.size()).arg(changed.size()), signalled);
        QCOMPARE(reset.size(), 0);
    }

    void theChosenRowSurvivesNewData() {
        Rows model;
        model.setRows(rows("a1 b2 c3"));
        Table table;
        table.resize(300, 200);
        table.setModel(&model);
        table.choose(QStringLiteral("b"));
        model.setRows(rows("x0 a1 b7 c3"));
        QCOMPARE(table.currentId(), QStringLiteral("b"));
        QCOMPARE(table.currentIndex().row(), 2);
    }

    void lettersMoveAndEnterOpens() {
        Rows model;
        model.setRows(rows("a1 b2 c3"));
        Table table;
        table.setModel(&model);
        table.setCurrentIndex(model.index(0, 0));
        QSignalSpy opened(&table, &Table::opened);
        QTest::keyClick(&table, Qt::Key_J);
        QTest::keyClick(&table, Qt::Key_J);
        QTest::keyClick(&table, Qt::Key_K);
        QTest::keyClick(&table, Qt::Key_Return);
        QCOMPARE(opened.size(), 1);
        QCOMPARE(opened.first().first().toString(), QStringLiteral("b"));
        QTest::keyClick(&table, Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(QApplication::clipboard()->text(), QStringLiteral("b\t2"));
    }

    void columnsLeaveANarrowTableInTheirOrder() {
        Rows model;
        model.setRows(rows("a1"));
        Table table;
        table.setModel(&model);
        table.resize(400, 100);
        table.show();
        QCOMPARE(table.droppedColumns(), 0);
        table.resize(120, 100);
        QTRY_COMPARE(table.droppedColumns(), 1);
        QVERIFY(table.isColumnHidden(1));
    }

    void filtersNeedAllWordsAndSortByValue() {
        Rows model;
        model.setRows(rows("a10 b9 c100"));
        FilterProxy proxy;
        proxy.setSourceModel(&model);
        QAbstractItemModelTester tester(&proxy, QAbstractItemModelTester::FailureReportingMode::QtTest);
        proxy.sort(1);
        QCOMPARE(proxy.index(0, 0).data().toString(), QStringLiteral("b")); // 9 before 10 before 100
        proxy.setWords(QStringLiteral("10 A"));
        QCOMPARE(proxy.rowCount(), 1);
    }

    void anActionThatIsBlockedSaysWhyAndDoesNothing() {
        ActionCatalogue actions;
        int ran = 0;
        ActionSpec spec;
        spec.id = QStringLiteral("a");
        spec.text = QStringLiteral("Abort");
        spec.blocked = [](const QString &argument) { return argument.isEmpty() ? QStringLiteral("needs a rollout") : QString(); };
        spec.run = [&](const QString &, const QString &) { ++ran; };
        actions.add(spec);
        QSignalSpy refused(&actions, &ActionCatalogue::refused);
        actions.trigger(QStringLiteral("a"));
        QCOMPARE(ran, 0);
        QCOMPARE(refused.first().last().toString(), QStringLiteral("needs a rollout"));
        actions.trigger(QStringLiteral("a"), QStringLiteral("x"));
        QCOMPARE(ran, 1);
        Button button(actions, QStringLiteral("a"));
        QVERIFY(!button.isEnabled());
        QCOMPARE(button.toolTip(), QStringLiteral("needs a rollout"));
    }

    /// Two pages of a panel have the same key: whose command can be done now gets it.
    void aKeyOfTwoCommandsIsThatOfTheOneThatCanBeDone() {
        ActionCatalogue actions;
        QString done, open = QStringLiteral("one");
        for (const char *name : {"one", "two"}) {
            ActionSpec spec;
            spec.id = spec.text = QLatin1String(name);
            spec.panel = QStringLiteral("p");
            spec.shortcut = QKeySequence(Qt::Key_C);
            spec.blocked = [&open, id = spec.id](const QString &) { return open == id ? QString() : QStringLiteral("not here"); };
            spec.run = [&done, id = spec.id](const QString &, const QString &) { done = id; };
            actions.add(spec);
        }
        QWidget panel;
        actions.installShortcuts(QStringLiteral("p"), &panel, {});
        panel.setFocusPolicy(Qt::StrongFocus);
        panel.show();
        QVERIFY(QTest::qWaitForWindowActive(&panel));
        panel.setFocus();
        for (const QString &page : {QStringLiteral("two"), QStringLiteral("one"), QStringLiteral("one")}) {
            open = page;
            done.clear();
            QTest::keyClick(&panel, Qt::Key_C);
            QCOMPARE(done, page);
        }
    }

    /// A button gives up its key before its words.
    void aButtonInANarrowRowLosesItsKey() {
        Button button(QStringLiteral("Review evidence"));
        const int words = button.sizeHint().width();
        button.setHint(QStringLiteral("E"));
        QVERIFY(button.sizeHint().width() > words);
        QCOMPARE(button.minimumSizeHint().width(), words);
        const auto ink = [&](int width) {
            button.resize(width, 28);
            const QImage picture = button.grab().toImage();
            int dark = 0;
            for (int x = picture.width() - 24; x < picture.width() - 4; ++x)
                dark += picture.pixelColor(x, picture.height() / 2) != picture.pixelColor(4, picture.height() / 2);
            return dark;
        };
        QVERIFY(ink(button.sizeHint().width()) > 0); // the box of the key
        button.setText({});
        QCOMPARE(ink(button.sizeHint().width() - 1), 0);
    }

    void aDangerousActionAsksOnceWithItsEffect() {
        QWidget window;
        window.resize(600, 400);
        window.show();
        ActionCatalogue actions;
        actions.setAsk(ConfirmSheet::asker(&window));
        QString comment;
        ActionSpec spec;
        spec.id = QStringLiteral("reject");
        spec.text = QStringLiteral("Reject");
        spec.danger = [](const QString &) { return Danger{QStringLiteral("Reject v4"), QStringLiteral("v4 stays a candidate."), {}, QStringLiteral("t2m"), true}; };
        spec.run = [&](const QString &, const QString &text) { comment = text; };
        actions.add(spec);
        QCOMPARE(actions.label(QStringLiteral("reject")), QStringLiteral("Reject…"));
        actions.trigger(QStringLiteral("reject"));
        auto *sheet = window.findChild<ConfirmSheet *>();
        QVERIFY(sheet);
        auto *verb = sheet->findChild<Button *>(QStringLiteral("confirmVerb"));
        QCOMPARE(verb->text(), QStringLiteral("Reject v4"));
        QVERIFY(!verb->isEnabled()); // the name first, then the comment
        QTest::keyClicks(sheet->findChild<QLineEdit *>(QStringLiteral("confirmName")), QStringLiteral("t2m"));
        QVERIFY(!verb->isEnabled());
        QTest::keyClicks(sheet->findChild<QPlainTextEdit *>(QStringLiteral("confirmComment")), QStringLiteral("gusts"));
        QVERIFY(verb->isEnabled());
        QTest::mouseClick(verb, Qt::LeftButton);
        QCOMPARE(comment, QStringLiteral("gusts"));
    }

    void aCommandOfAPanelThatIsNotBuiltIsBrought() {
        ActionCatalogue actions;
        int ran = 0;
        actions.setResolver([&](const QString &id, ActionCatalogue::Resolve how) {
            if (id != QLatin1String("late.one"))
                return false;
            if (how == ActionCatalogue::Resolve::Bring) {
                ActionSpec spec;
                spec.id = id;
                spec.run = [&](const QString &, const QString &) { ++ran; };
                actions.add(spec);
            }
            return true;
        });
        QVERIFY(actions.blocked(QStringLiteral("late.one")).isEmpty());
        QVERIFY(!actions.find(QStringLiteral("late.one")));
        actions.trigger(QStringLiteral("late.one"));
        QCOMPARE(ran, 1);
        actions.remove(QStringLiteral("late.one"));
        QVERIFY(!actions.find(QStringLiteral("late.one")));
        QVERIFY(!actions.blocked(QStringLiteral("no.such")).isEmpty());
    }

    void aButtonWantsItsCommandAndTakesItsWordsWhenItComes() {
        ActionCatalogue actions;
        QStringList asked;
        actions.setResolver([&](const QString &id, ActionCatalogue::Resolve how) {
            if (how != ActionCatalogue::Resolve::Ask)
                asked << (how == ActionCatalogue::Resolve::Want ? QStringLiteral("want ") : QStringLiteral("now ")) + id;
            return true;
        });
        Button button(actions, QStringLiteral("late.two"));
        QVERIFY(button.text().isEmpty());
        button.show(); // nothing is built in the event that shows it
        QCOMPARE(asked, QStringList{QStringLiteral("want late.two")});
        ActionSpec spec;
        spec.id = QStringLiteral("late.two");
        spec.text = QStringLiteral("Retrain");
        QString blocked;
        spec.blocked = [&](const QString &) { return blocked; };
        int ran = 0;
        spec.run = [&](const QString &, const QString &) { ++ran; };
        actions.add(spec);
        QCOMPARE(button.text(), QStringLiteral("Retrain"));
        QVERIFY(button.isEnabled());
        blocked = QStringLiteral("nothing is served");
        actions.renew({spec.id});
        QVERIFY(!button.isEnabled());
        blocked.clear();
        actions.renew({spec.id, QStringLiteral("late.none")});
        QVERIFY(button.isEnabled());
        actions.trigger(spec.id); // its panel may be built and know nothing yet
        QCOMPARE(asked.last(), QStringLiteral("now late.two"));
        QCOMPARE(ran, 1);
    }

    void aCardShowsExactlyOneOfFiveStates() {
        Card card(QStringLiteral("Runs"));
        auto *body = new QWidget;
        card.setBody(body);
        card.resize(500, 300);
        card.show();
        int acted = 0;
        card.showState(ScreenState::empty(QStringLiteral("No runs yet"), QStringLiteral("Train once."), QStringLiteral("Train"), [&] { ++acted; }));
        QVERIFY(!body->isVisible());
        QCOMPARE(card.state()->text(), QStringLiteral("No runs yet\nTrain once."));
        QTest::mouseClick(card.findChild<Button *>(QStringLiteral("noticeButton")), Qt::LeftButton);
        QCOMPARE(acted, 1);
        card.showState(ScreenState::failed({ErrorKind::Unreachable, QStringLiteral("No answer."), QStringLiteral("127.0.0.1"), QStringLiteral("Start it."), {}}));
        QVERIFY(card.state()->text().contains(QStringLiteral("Start it.")));
        card.showState(ScreenState::loading());
        QVERIFY(!body->isVisible());
        card.showState(ScreenState::stale(QDateTime::currentDateTimeUtc().addSecs(-7200), QStringLiteral("Writes are off.")));
        QVERIFY(body->isVisible());
        QVERIFY(card.state()->text().contains(QStringLiteral("2 h old")));
        card.showState(ScreenState::full());
        QVERIFY(body->isVisible());
        QVERIFY(card.state()->text().isEmpty());
    }

    void sourcesAgeAndGoStaleAfterThreePolls() {
        QDateTime now(QDate(2026, 11, 21), QTime(12, 0), Qt::UTC);
        QWidget window;
        SourceLabel label(&window);
        Ticker::of(&label).setNow([&] { return now; });
        label.setSource(QStringLiteral("MLflow"), now.addSecs(-40), Freshness::Polled, 20);
        QCOMPARE(label.text(), QStringLiteral("MLflow 40 s"));
        const QImage fresh = label.grab().toImage();
        now = now.addSecs(120);
        Q_EMIT Ticker::of(&label).tick();
        QCOMPARE(label.text(), QStringLiteral("MLflow 2 min"));
        QVERIFY(label.grab().toImage() != fresh);
        label.setDown(QStringLiteral("edge-1"), now.addSecs(-7200), QStringLiteral("no route"));
        QCOMPARE(label.text(), QStringLiteral("edge-1 no answer, 2 h"));
        Ticker::of(&label).setNow({});
    }

    void toastsAreAtMostThreeAndErrorsStay() {
        QWidget window;
        window.resize(800, 600);
        window.show();
        ToastArea area(&window);
        int undone = 0;
        area.show(State::Ok, QStringLiteral("v30 is champion"), {}, ToastArea::tr("Undo"), [&] { ++undone; });
        for (int i = 0; i < 2; ++i)
            area.showError({ErrorKind::Conflict, QStringLiteral("moved"), {}, {}, {}});
        QCOMPARE(area.count(), 3);
        QVERIFY(area.undoLast());
        QCOMPARE(undone, 1);
        QCOMPARE(area.count(), 2);
        QVERIFY(!area.undoLast());
        area.showError({ErrorKind::Cancelled, QStringLiteral("cancelled"), {}, {}, {}});
        QCOMPARE(area.count(), 2); // asked for, so no failure
        for (int i = 0; i < 4; ++i)
            area.show(State::Ok, QString::number(i), {});
        QCOMPARE(area.count(), 3);
    }

    void aLongNoticeIsShortWithItsWholeTextBehindDetails() {
        QWidget window;
        window.resize(800, 600);
        window.show();
        ToastArea area(&window);
        area.showNote(State::Warn, QStringLiteral("No keychain here: the journal is kept. Set A_LONG_NAME to change that."));
        QCOMPARE(area.texts().last(), QStringLiteral("No keychain here\nThe journal is kept."));
        auto *details = area.findChild<QAbstractButton *>(QStringLiteral("toastDetails"));
        QVERIFY(details);
        QVERIFY(area.geometry().left() >= 0 && area.geometry().bottom() <= window.height());
        details->click();
        auto *text = window.findChild<QPlainTextEdit *>(QStringLiteral("detailsText"));
        QVERIFY(text && text->toPlainText().contains(QStringLiteral("A_LONG_NAME")));
        area.dismissAll();
        QCOMPARE(area.count(), 0);
        area.show(State::Ok, QStringLiteral("done"), QStringLiteral("short"));
        QVERIFY(!area.findChild<QAbstractButton *>(QStringLiteral("toastDetails")) || area.findChild<QAbstractButton *>(QStringLiteral("toastDetails"))->parentWidget()->isHidden());
    }

    void theLogFollowsUntilTheUserScrollsAndForgetsTheOldest() {
        LogView log;
        log.resize(400, 200);
        log.show();
        QStringList lines;
        for (int i = 0; i < 500; ++i)
            lines << QStringLiteral("line %1").arg(i);
        log.append(lines);
        QVERIFY(log.follows());
        QCOMPARE(log.verticalScrollBar()->value(), log.verticalScrollBar()->maximum());
        log.verticalScrollBar()->setValue(3);
        QVERIFY(!log.follows());
        log.append({QStringLiteral("more")});
        QCOMPARE(log.verticalScrollBar()->value(), 3);
        QVERIFY(log.find(QStringLiteral("LINE 77")));
        QCOMPARE(log.selectedText(), QStringLiteral("line 77"));
        QVERIFY(!log.find(QStringLiteral("no such words")));
        for (int i = 0; i < LogView::capacity; i += 500)
            log.append(lines);
        QCOMPARE(log.lineCount(), LogView::capacity);
        QVERIFY(log.dropped() > 0);
    }

    void setLinesAppendsOnlyTheTail() {
        LogView log;
        log.setLines({QStringLiteral("a"), QStringLiteral("b")});
        log.setLines({QStringLiteral("a"), QStringLiteral("b"), QStringLiteral("c")});
        QCOMPARE(log.lineCount(), 3);
        log.setLines({QStringLiteral("x")});
        QCOMPARE(log.lineCount(), 1);
    }

    void segmentsMoveByArrowKeysAndKeepTheirChoice() {
        SegmentedControl control;
        control.setSegments({{QStringLiteral("all"), QStringLiteral("All 9")}, {QStringLiteral("bad"), QStringLiteral("Over 1"), State::Bad}});
        QSignalSpy changed(&control, &SegmentedControl::currentChanged);
        QTest::keyClick(&control, Qt::Key_Right);
        QCOMPARE(control.current(), QStringLiteral("bad"));
        control.setSegments({{QStringLiteral("all"), QStringLiteral("All 8")}, {QStringLiteral("bad"), QStringLiteral("Over 2"), State::Bad}});
        QCOMPARE(control.current(), QStringLiteral("bad"));
        QCOMPARE(changed.size(), 1);
    }
};

QTEST_MAIN(TestComponents)
#include "tst_components.moc"
