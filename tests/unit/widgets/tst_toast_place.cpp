// SPDX-License-Identifier: GPL-3.0-or-later
// Notices stand at the bottom right, and never over a button that decides: also not over one that comes or moves later.
#include "widgets/base/button.h"
#include "widgets/base/theme.h"
#include "widgets/base/toast.h"
#include "widgets/base/toast_place.h"

#include <QScrollArea>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::ui;

class TestToastPlace : public QObject {
    Q_OBJECT

    struct Window {
        Theme theme;
        QWidget window;
        ToastArea toasts{&window};
        Window() {
            window.resize(1024, 640);
            window.show();
        }
        Button *button(const QRect &at, ButtonKind kind) {
            auto *made = new Button(QStringLiteral("Proceed"), kind, &window);
            made->setGeometry(at);
            made->show();
            return made;
        }
        bool covers(const QWidget *other) const {
            for (const QObject *child : toasts.children())
                if (const auto *toast = qobject_cast<const QWidget *>(child); toast && toast->isVisible() && QRect(toast->mapTo(&window, QPoint()), toast->size()).intersects(QRect(other->mapTo(&window, QPoint()), other->size())))
                    return true;
            return false;
        }
        void tell(const char *what) { toasts.show(State::Bad, QLatin1String(what), QStringLiteral("Why it is so, and what helps against it, in about two lines of text.")); }
    };

private Q_SLOTS:
    void place_data() {
        QTest::addColumn<QList<QRect>>("clear");
        QTest::addColumn<QPoint>("at");
        const QRect row(700, 560, 300, 32), column(700, 100, 300, 500);
        QTest::newRow("nothing is there") << QList<QRect>() << QPoint(640, 500);
        QTest::newRow("above a row of buttons") << QList<QRect>{row} << QPoint(640, 452);
        QTest::newRow("left of what is high") << QList<QRect>{column} << QPoint(332, 500);
        QTest::newRow("what is elsewhere does not matter") << QList<QRect>{QRect(0, 0, 200, 40)} << QPoint(640, 500);
        QTest::newRow("above the higher of two rows") << QList<QRect>{row, QRect(700, 430, 300, 32)} << QPoint(640, 322);
    }
    void place() {
        QFETCH(QList<QRect>, clear);
        QFETCH(QPoint, at);
        const auto found = toastPlace(QRect(0, 50, 1000, 550), QSize(360, 100), clear, 8);
        QVERIFY(found);
        QCOMPARE(*found, at);
    }
    void nowhere() { QVERIFY(!toastPlace(QRect(0, 50, 1000, 550), QSize(360, 100), {QRect(0, 0, 1000, 600)}, 8)); }

    void aButtonThatDecidesStaysInSight() {
        Window w;
        const Button *proceed = w.button({620, 560, 300, 32}, ButtonKind::Primary), *abort = w.button({928, 560, 80, 32}, ButtonKind::Danger);
        for (const char *what : {"The gate was answered by somebody else.", "The registry does not answer.", "The log was cut."}) {
            w.tell(what);
            QVERIFY2(!w.covers(proceed) && !w.covers(abort), what);
        }
        QVERIFY(w.window.rect().contains(w.toasts.geometry()));
        QCOMPARE(w.toasts.count(), 3);
    }
    void oneThatComesLaterToo() {
        Window w;
        w.tell("The registry does not answer.");
        const QRect first = w.toasts.geometry();
        Button *proceed = w.button(first.adjusted(100, 10, -100, -10), ButtonKind::Primary);
        QVERIFY(w.covers(proceed));
        QTRY_VERIFY(!w.covers(proceed));
        proceed->move(QPoint(first.x(), proceed->y() - first.height()));
        QTRY_VERIFY(!w.covers(proceed) && w.toasts.geometry() == first);
    }
    void whatScrolledOutOfSightIsNoObstacle() {
        Window w;
        w.tell("The registry does not answer.");
        const QRect first = w.toasts.geometry();
        QScrollArea area(&w.window);
        area.setGeometry(first.x(), 100, 300, 50);
        auto *inner = new QWidget;
        inner->setFixedSize(280, 800);
        auto *deep = new Button(QStringLiteral("Proceed"), ButtonKind::Primary, inner);
        deep->setGeometry(0, first.center().y() - 100, 200, 32);
        area.setWidget(inner);
        area.show();
        QVERIFY(decisionPlaces(&w.window).isEmpty());
        QCoreApplication::processEvents();
        QCOMPARE(w.toasts.geometry(), first);
    }
    void olderOnesWaitWhereThereIsLittleRoom() {
        Window w;
        for (int y = 60; y < 470; y += 20)
            w.button({0, y, 1024, 12}, ButtonKind::Danger);
        w.tell("The first.");
        w.tell("The second.");
        QCOMPARE(w.toasts.count(), 2);
        QVERIFY(w.toasts.geometry().y() > 470);
        for (const Button *button : w.window.findChildren<Button *>(QString(), Qt::FindDirectChildrenOnly))
            QVERIFY(!w.covers(button));
        w.window.resize(1024, 900);
        QTRY_VERIFY(w.toasts.height() > 120);
    }
};

QTEST_MAIN(TestToastPlace)
#include "tst_toast_place.moc"
