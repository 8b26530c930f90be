// SPDX-License-Identifier: GPL-3.0-or-later
// The panels that decide, by keyboard only: Tab reaches everything that can be pressed or chosen and shows where it is, Enter opens, Esc leads back.
#include "tests/support/own_home.h"
#include "tests/support/sample_window.h"
#include "widgets/base/button.h"
#include "widgets/base/field.h"
#include "widgets/base/panel.h"
#include "widgets/base/stage_graph.h"
#include "widgets/base/table.h"
#include "widgets/fleet/inbox_list.h"
#include "widgets/promotion/promotion_sheet.h"

#include <QAbstractItemView>
#include <QComboBox>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QSignalSpy>

using namespace pilothouse;
using namespace pilothouse::console;
using Q = QLatin1String;

class TestKeyboard : public QObject {
    Q_OBJECT

    /// The sample, with inputs that were asked and drifted.
    static fleet::Snapshot withDrift() {
        fleet::Snapshot snapshot = testing::sampleSnapshot();
        auto report = std::make_shared<drift::DriftReport>();
        report->referenceRows = report->currentRows = 1000;
        for (const char *name : {"WD10M", "PS", "T2M"}) {
            drift::ColumnDrift column;
            column.name = Q(name);
            column.edges = {1, 2, 4, 8};
            column.referenceShares = {0.2, 0.2, 0.2, 0.2, 0.2};
            column.currentShares = {0.6, 0.1, 0.1, 0.1, 0.1};
            column.psi = 0.1 * double(report->columns.size() + 1);
            report->columns.push_back(column);
        }
        for (fleet::ModelRow &model : snapshot.models)
            if (model.name == Q("weather-ws2m"))
                model.drift = report;
        return snapshot;
    }
    /// A window that the keys go to.
    struct Desk : testing::SampleWindow {
        explicit Desk(const QSize &size = {1440, 900}, const fleet::Snapshot &snapshot = withDrift()) : SampleWindow(ui::SchemeChoice::Dark, size, snapshot) {
            window.activateWindow();
            active = QTest::qWaitForWindowActive(&window);
        }
        bool active = false;
        QWidget *open(const char *panel, const QString &argument = {}) {
            window.open(Q(panel), argument);
            settle();
            return window.panel(Q(panel));
        }
        void press(int key, Qt::KeyboardModifiers with = {}) {
            QTest::keyClick(window.focusWidget() ? window.focusWidget() : &window, Qt::Key(key), with);
            settle();
        }
        static void settle() {
            for (int i = 0; i < 3; ++i) {
                QCoreApplication::sendPostedEvents();
                QCoreApplication::processEvents();
            }
        }
    };
    /// What a person presses, chooses or writes in.
    static bool isControl(const QWidget *widget) {
        const QByteArray kind = widget->metaObject()->className();
        return qobject_cast<const QAbstractButton *>(widget) || qobject_cast<const QAbstractItemView *>(widget) || qobject_cast<const QLineEdit *>(widget) || qobject_cast<const QPlainTextEdit *>(widget) || qobject_cast<const QComboBox *>(widget) ||
               kind == "pilothouse::ui::SegmentedControl" || kind == "pilothouse::ui::StageGraph" || kind == "pilothouse::ui::TimelineView";
    }
    static bool isPart(const QWidget *widget) { // of a control that has the focus itself
        for (const QWidget *above = widget->parentWidget(); above; above = above->parentWidget())
            if (qobject_cast<const QAbstractItemView *>(above) || qobject_cast<const QLineEdit *>(above) || qobject_cast<const QComboBox *>(above))
                return true;
        return false;
    }
    static QString nameOf(const QWidget *widget) { return QStringLiteral("%1 %2 “%3”").arg(Q(widget->metaObject()->className()), widget->objectName(), widget->accessibleName().isEmpty() ? widget->property("text").toString() : widget->accessibleName()); }

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale::c()); }

    void tabReachesEverythingAndShowsWhereItIs_data() {
        QTest::addColumn<QString>("panel");
        QTest::addColumn<QString>("at");
        QTest::addColumn<QSize>("size");
        for (const QSize &size : {QSize(1440, 900), QSize(1024, 640)})
            for (const auto &[panel, at] : {std::pair("overview", ""), std::pair("models", ""), std::pair("models", "p-1a2b3c4d"), std::pair("drift", ""), std::pair("drift", "weather-ws2m"), std::pair("what-if", ""), std::pair("pipelines", "")})
                QTest::addRow("%s %s at %d", panel, at, size.width()) << QString(Q(panel)) << QString(Q(at)) << size;
    }
    void tabReachesEverythingAndShowsWhereItIs() {
        QFETCH(QString, panel);
        QFETCH(QString, at);
        QFETCH(QSize, size);
        Desk desk(size);
        QVERIFY(desk.active);
        QWidget *shown = desk.open(panel.toLatin1().constData(), at);
        QWidget *first = desk.window.focusWidget();
        QVERIFY2(first && (first == shown || shown->isAncestorOf(first)), first ? qPrintable(nameOf(first)) : "the keyboard is nowhere");
        QList<const QWidget *> reached;
        QStringList flaws;
        for (int i = 0; i < 200; ++i) {
            const QWidget *now = desk.window.focusWidget();
            if (!now || reached.contains(now))
                break;
            reached << now;
            if (shown->isAncestorOf(now) && now->visibleRegion().isEmpty())
                flaws << nameOf(now) + QStringLiteral(" has the focus where nobody sees it");
            else if (shown->isAncestorOf(now) && isControl(now) && !showsFocus(desk, now))
                flaws << nameOf(now) + QStringLiteral(" does not show the focus");
            QTest::keyClick(desk.window.focusWidget(), Qt::Key_Tab);
            Desk::settle();
        }
        for (const QWidget *widget : shown->findChildren<QWidget *>())
            if (widget->isVisible() && widget->isEnabled() && isControl(widget) && !isPart(widget) && !reached.contains(widget))
                flaws << nameOf(widget) + QStringLiteral(" cannot be reached by Tab");
        QStringList way;
        for (const QWidget *step : reached)
            way << nameOf(step);
        QVERIFY2(flaws.isEmpty(), qPrintable(flaws.join(QLatin1Char('\n')) + QStringLiteral("\nreached: ") + way.join(QStringLiteral(", "))));
        QVERIFY(reached.size() > 3);
    }

    void modelsAreOpenedAndLeft() {
        Desk desk;
        QWidget *panel = desk.open("models", QStringLiteral("weather-ws2m"));
        auto *list = panel->findChild<ui::List *>(QStringLiteral("modelList"));
        auto *versions = panel->findChild<ui::Table *>(QStringLiteral("versionTable"));
        QVERIFY(list && versions);
        list->setFocus();
        desk.press(Qt::Key_Return);
        QCOMPARE(desk.window.focusWidget(), static_cast<QWidget *>(versions)); // into the model
        versions->choose(QStringLiteral("30"));
        desk.press(Qt::Key_Return);
        auto *sheet = panel->findChild<ui::PromotionSheet *>();
        QVERIFY(sheet && sheet->isVisible()); // its evidence
        QVERIFY(sheet->isAncestorOf(desk.window.focusWidget()));
        desk.press(Qt::Key_Escape);
        QVERIFY(!sheet->isVisible());
        QCOMPARE(desk.window.focusWidget(), static_cast<QWidget *>(versions));
        desk.press(Qt::Key_Escape);
        QCOMPARE(desk.window.focusWidget(), static_cast<QWidget *>(list)); // out again
    }

    void aRunIsOpenedAndLeft() {
        Desk desk;
        QWidget *panel = desk.open("pipelines");
        auto *list = panel->findChild<ui::List *>(QStringLiteral("pipelineRuns"));
        QVERIFY(list && list->model()->rowCount() > 1);
        list->setFocus();
        const QString before = list->currentId();
        desk.press(Qt::Key_Down);
        QVERIFY(list->currentId() != before);
        desk.press(Qt::Key_Return);
        QVERIFY2(qobject_cast<ui::StageGraph *>(desk.window.focusWidget()), qPrintable(nameOf(desk.window.focusWidget())));
        desk.press(Qt::Key_Escape);
        QCOMPARE(desk.window.focusWidget(), static_cast<QWidget *>(list));
    }

    void anInboxItemIsActedOn() {
        Desk desk;
        QWidget *panel = desk.open("overview");
        auto *inbox = panel->findChild<ui::InboxList *>();
        QVERIFY(inbox && inbox->isVisible());
        inbox->setFocus();
        QSignalSpy acted(inbox, &ui::InboxList::acted);
        const QModelIndex first = inbox->currentIndex();
        desk.press(Qt::Key_Down);
        QVERIFY(inbox->currentIndex() != first);
        desk.press(Qt::Key_Up);
        QCOMPARE(inbox->currentIndex(), first);
        desk.press(Qt::Key_Return);
        QCOMPARE(acted.size(), 1);
        QVERIFY(!acted.front().front().toString().isEmpty());
    }

    void aFeatureIsComparedByArrowKeys() {
        Desk desk;
        QWidget *panel = desk.open("drift", QStringLiteral("weather-ws2m"));
        auto *features = panel->findChild<ui::Table *>(QStringLiteral("featureTable"));
        QVERIFY(features && features->model()->rowCount() > 1);
        features->setFocus();
        const QString before = features->currentId();
        desk.press(Qt::Key_Down);
        QVERIFY(features->currentId() != before);
        auto *plot = panel->findChild<QWidget *>(QStringLiteral("distributionPlot"));
        desk.press(Qt::Key_Return);
        QCOMPARE(desk.window.focusWidget(), plot); // its crosshair moves by arrow keys
        desk.press(Qt::Key_Escape);
        QCOMPARE(desk.window.focusWidget(), static_cast<QWidget *>(features));
    }

private:
    /// The picture of a focused control differs from its picture without the focus.
    static bool showsFocus(Desk &desk, const QWidget *widget) {
        QWidget *at = const_cast<QWidget *>(widget);
        const QRect around = QRect(at->mapTo(&desk.window, QPoint()), at->size()).adjusted(-3, -3, 3, 3) & desk.window.rect();
        const QImage with = desk.window.grab(around).toImage();
        at->clearFocus();
        const QImage without = desk.window.grab(around).toImage();
        at->setFocus(Qt::TabFocusReason);
        return with != without;
    }
};

int main(int argc, char **argv) { return runInOwnHome<TestKeyboard>(argc, argv); }
#include "tst_keyboard.moc"
