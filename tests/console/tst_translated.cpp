// SPDX-License-Identifier: GPL-3.0-or-later
// The window in German, and in a language that is a third longer than English and marks every text it was asked for.
#include "app/console/main_window.h"
#include "tests/support/layout_flaws.h"
#include "tests/support/sample_window.h"
#include "widgets/base/button.h"
#include "widgets/base/cells.h"
#include "widgets/base/field.h"
#include "widgets/base/source_label.h"

#include <QAbstractProxyModel>
#include <QDir>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QTranslator>

#include <algorithm>

using namespace pilothouse;
using namespace pilothouse::console;

namespace {

class Pseudo : public QTranslator {
public:
    bool isEmpty() const override { return false; }
    QString translate(const char *context, const char *source, const char *, int) const override {
        if (!QByteArray(context).contains("pilothouse") && !QByteArray(context).startsWith("Q")) // core's and ours; Qt's own stay
            return QString();
        const QString text = QString::fromUtf8(source);
        return QStringLiteral("⟦%1%2⟧").arg(text, QString(text.size() / 3, QLatin1Char('~')));
    }
};

} // namespace

class TestTranslated : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void germanIsBuiltInAndFits() {
        QTranslator german;
        QVERIFY(german.load(QStringLiteral(":/i18n/pilothouse_de.qm")));
        QCoreApplication::installTranslator(&german);
        const QLocale before;
        QLocale::setDefault(QLocale(QLocale::German, QLocale::Germany));
        visit([&](MainWindow &window, const PanelEntry &entry) {
            keep(window, entry.id);
            const QStringList flaws = testing::layoutFlaws(window.centralWidget() ? window.centralWidget() : &window);
            QVERIFY2(flaws.isEmpty(), qPrintable(entry.id + QStringLiteral(": ") + flaws.join(QStringLiteral(" | "))));
        });
        QLocale::setDefault(before);
        QCoreApplication::removeTranslator(&german);
    }

    void pluralsAgreeWithTheirNumber_data() {
        QTest::addColumn<QString>("language");
        QTest::addColumn<int>("number");
        QTest::addColumn<QString>("text");
        QTest::newRow("one in English") << QStringLiteral("en") << 1 << QStringLiteral("1 column hidden");
        QTest::newRow("two in English") << QStringLiteral("en") << 2 << QStringLiteral("2 columns hidden");
        QTest::newRow("one in German") << QStringLiteral("de") << 1 << QStringLiteral("1 Spalte ausgeblendet");
        QTest::newRow("none in German") << QStringLiteral("de") << 0 << QStringLiteral("0 Spalten ausgeblendet");
    }
    void pluralsAgreeWithTheirNumber() {
        QFETCH(QString, language);
        QFETCH(int, number);
        QFETCH(QString, text);
        QTranslator translator;
        QVERIFY(translator.load(QStringLiteral(":/i18n/pilothouse_%1.qm").arg(language)));
        QString got = translator.translate("pilothouse::ui::OverviewPanel", "%n columns hidden", nullptr, number);
        got.replace(QStringLiteral("%n"), QString::number(number));
        QCOMPARE(got, text);
    }

    void noTextIsARawLiteral() {
        Pseudo pseudo;
        QCoreApplication::installTranslator(&pseudo);
        visit([&](MainWindow &window, const PanelEntry &entry) {
            QVERIFY2(entry.title.startsWith(QChar(0x27e6)), qPrintable(entry.title));
            for (const ui::Button *button : window.findChildren<ui::Button *>())
                if (button->isVisible() && !button->text().isEmpty())
                    QVERIFY2(button->text().contains(QChar(0x27e6)), qPrintable(entry.id + QStringLiteral(": button ") + button->text()));
            for (const QTableView *table : window.findChildren<QTableView *>())
                for (int column = 0; table->isVisible() && table->model() && column < table->model()->columnCount(); ++column) {
                    const QString title = table->model()->headerData(column, Qt::Horizontal).toString();
                    // Names of runs side by side, and symbols like R², are data
                    QVERIFY2(title.size() < 4 || title.contains(QChar(0x27e6)) || title.startsWith(QStringLiteral("run-")), qPrintable(entry.id + QStringLiteral(": column ") + title));
                }
        });
        QCoreApplication::removeTranslator(&pseudo);
    }

private:
    static bool hasWordlessButton(const QWidget &window) {
        const auto buttons = window.findChildren<ui::Button *>();
        return std::any_of(buttons.begin(), buttons.end(), [](const ui::Button *button) { return button->isVisible() && (button->focusPolicy() & Qt::TabFocus) && button->text().isEmpty() && button->accessibleName().isEmpty(); });
    }
    template<class Look>
    void visit(Look look) {
        testing::SampleWindow sample;
        MainWindow &window = sample.window;
        for (const PanelEntry &entry : window.panels()) {
            if (!entry.make)
                continue;
            window.open(entry.id);
            QTRY_VERIFY2(!hasWordlessButton(window), qPrintable(entry.id)); // buttons wait for commands of panels not yet built, then the layout follows
            QCoreApplication::processEvents();
            QCoreApplication::processEvents();
            look(window, entry);
            if (QTest::currentTestFailed())
                return;
        }
        const auto whatIf = std::find_if(window.panels().begin(), window.panels().end(), [](const PanelEntry &entry) { return entry.id == QLatin1String("what-if"); });
        window.open(whatIf->id, QStringLiteral("explain:")); // its second page
        QCoreApplication::processEvents();
        QCoreApplication::processEvents();
        PanelEntry explain = *whatIf;
        explain.id = QStringLiteral("explain");
        look(window, explain);
    }
    static void keep(QWidget &window, const QString &panel) {
        const QString folder = qEnvironmentVariable("PILOTHOUSE_PICTURES_TO");
        if (folder.isEmpty())
            return;
        QDir().mkpath(folder);
        QVERIFY(window.grab().save(QStringLiteral("%1/%2-german.png").arg(folder, panel)));
    }
};

QTEST_MAIN(TestTranslated)
#include "tst_translated.moc"
