// SPDX-License-Identifier: GPL-3.0-or-later
// The history page of the Models panel, and evidence reports as pages and PDF files.
#include "core/base/file.h"
#include "core/fleet/evidence_report.h"
#include "core/registry/local_registry.h"
#include "tests/support/sample_window.h"
#include "tests/support/tiny_package.h"
#include "widgets/base/button.h"
#include "widgets/base/card.h"
#include "widgets/base/state.h"
#include "widgets/base/field.h"
#include "widgets/base/panel.h"
#include "widgets/base/report_pdf.h"
#include "widgets/base/table.h"
#include "widgets/base/toast.h"
#include "widgets/base/report_export.h"
#include "widgets/registry/history_model.h"
#include "widgets/registry/history_view.h"
#include "widgets/registry/live_bar.h"
#include "widgets/registry/report_period.h"

#include <QAbstractItemModelTester>
#include <QDateEdit>
#include <QDir>
#include <QProcess>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::ui;
using testing::sampleNow;

namespace {

const QString ws2m = QStringLiteral("weather-ws2m");

fleet::Change change(int hoursAgo, fleet::ChangeKind kind, int version, const char *what, const char *by = "ada", const char *why = "") {
    fleet::Change c;
    c.time = sampleNow().addSecs(-3600 * hoursAgo);
    c.kind = kind;
    c.version = version;
    c.what = QString::fromUtf8(what);
    c.by = QString::fromLatin1(by);
    c.why = QString::fromUtf8(why);
    c.source = QStringLiteral("registry local");
    return c;
}

/// Four days of one model: two promotions, one undone, one move by somebody else.
fleet::History history() {
    fleet::History h;
    h.model = ws2m;
    h.alias = QStringLiteral("champion");
    h.source = QStringLiteral("local");
    h.read = sampleNow();
    using Kind = fleet::ChangeKind;
    h.changes = {change(1, Kind::Outside, 27, "The alias champion was moved outside Pilothouse: v29 → v27", "", "Who did it is not known here."),
                 change(20, Kind::Promoted, 29, "Promote weather-ws2m version 29 to champion, then roll it out on serving/weather-ws2m", "ben", "ben: “error halves in gusts”"),
                 change(20, Kind::Approved, 29, "Approved v29", "ben", "error halves in gusts"),
                 change(21, Kind::Asked, 29, "Asked to promote v29 to champion", "ada", "v29 is better than v28: MAE −0.21 m/s (−0.26 … −0.17) on 8 760 rows."),
                 change(30, Kind::Refused, 29, "Set tag “team” of weather-ws2m version 29 to “mine”", "eve", "Role viewer may not set tag; it needs operator."),
                 change(31, Kind::Registered, 29, "Version 29 was registered"),
                 change(70, Kind::Undone, 28, "Undo the promotion of weather-ws2m version 28 to champion", "ada", "bias at night"),
                 change(90, Kind::Promoted, 28, "Promote weather-ws2m version 28 to champion", "ben", "ben: “newer data”")};
    h.changes[1].promotion = QStringLiteral("p-29292929");
    h.changes[1].operation = QStringLiteral("op-292929292929");
    h.changes[1].journalLine = 117;
    h.changes[1].journalHash = QString(64, QLatin1Char('a'));
    h.changes[1].source = QStringLiteral("journal line 117");
    h.changes[1].facts = {{QStringLiteral("SET alias champion on weather-ws2m"), QStringLiteral("v28 → v29 (done)")}};
    const auto span = [&](int version, int from, int to, const char *by, const char *why, bool outside) {
        fleet::LiveSpan s;
        s.version = version;
        s.from = sampleNow().addSecs(-3600 * from);
        if (to >= 0)
            s.to = sampleNow().addSecs(-3600 * to);
        s.by = QString::fromLatin1(by);
        s.why = QString::fromUtf8(why);
        s.outside = outside;
        return s;
    };
    h.live = {span(27, 1, -1, "", "", true), span(29, 20, 1, "ben", "error halves in gusts", false), span(27, 70, 20, "ada", "bias at night", false), span(28, 90, 70, "ben", "newer data", false)};
    return h;
}

void keep(const QImage &image, const QString &name) {
    if (const QString folder = qEnvironmentVariable("PILOTHOUSE_PICTURES_TO"); !folder.isEmpty())
        QVERIFY(QDir().mkpath(folder) && image.save(QDir(folder).filePath(name + QStringLiteral(".png"))));
}

fleet::PromotionReport sampleReport() {
    fleet::PromotionReport p;
    p.request = testing::sampleSnapshot().promotions.front();
    p.card = QStringLiteral("# weather-ws2m\n\nForecasts **WS2M** for the next 24 step(s).\n\n| metric | test rows |\n|---|---|\n| mae | 1.31 |\n");
    return p;
}
fleet::ReportFrame frame() { return {QStringLiteral("On call"), QStringLiteral("Pilothouse"), sampleNow(), {true, true, 120, 0, {}, QStringLiteral("120 lines chain, and the head is authentic.")}}; }

int pagesOf(const QByteArray &pdf) {
    static const QRegularExpression page(QStringLiteral("/Type\\s*/Page\\b(?!s)"));
    int pages = 0;
    for (auto match = page.globalMatch(QString::fromLatin1(pdf)); match.hasNext(); match.next())
        ++pages;
    return pages;
}

} // namespace

class TestHistoryPage : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale::c()); }

    void theListTellsWhoWhatAndWhy() {
        HistoryModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setHistory(history(), sampleNow());
        QCOMPARE(model.rowCount(), 8);
        const auto cell = [&](int row, int column, int role = Qt::DisplayRole) { return model.index(row, column).data(role).toString(); };
        QCOMPARE(cell(0, HistoryModel::Kind), QStringLiteral("Outside"));
        QCOMPARE(cell(0, HistoryModel::Who), QStringLiteral("not known"));
        QCOMPARE(cell(1, HistoryModel::What, SecondRole), QStringLiteral("ben: “error halves in gusts”"));
        QCOMPARE(cell(1, HistoryModel::Source), QStringLiteral("journal line 117"));
        QCOMPARE(model.index(0, HistoryModel::Kind).data(StateRole).toInt(), int(State::Warn));
        // More comes: what is there keeps its key, so that the chosen row stays chosen.
        const QString key = model.index(1, 0).data(IdRole).toString();
        fleet::History more = history();
        more.changes.insert(more.changes.begin(), change(0, fleet::ChangeKind::Tag, 29, "Set tag “team”"));
        QSignalSpy inserted(&model, &HistoryModel::rowsInserted), reset(&model, &HistoryModel::modelReset);
        model.setHistory(more, sampleNow());
        QCOMPARE(inserted.size(), 1);
        QCOMPARE(reset.size(), 0);
        QCOMPARE(model.index(2, 0).data(IdRole).toString(), key);
    }

    void filtersLetTheirKindsThrough_data() {
        QTest::addColumn<int>("filter");
        QTest::addColumn<int>("rows");
        QTest::newRow("all") << int(HistoryFilter::All) << 8;
        QTest::newRow("versions") << int(HistoryFilter::Versions) << 1;
        QTest::newRow("decisions, refusals too") << int(HistoryFilter::Decisions) << 3;
        QTest::newRow("promotions") << int(HistoryFilter::Promotions) << 3;
        QTest::newRow("whatever moved an alias") << int(HistoryFilter::Aliases) << 4;
        QTest::newRow("service") << int(HistoryFilter::Service) << 0;
    }
    void filtersLetTheirKindsThrough() {
        QFETCH(int, filter);
        QFETCH(int, rows);
        const fleet::History h = history();
        QCOMPARE(int(std::count_if(h.changes.begin(), h.changes.end(), [&](const auto &c) { return passes(c.kind, HistoryFilter(filter)); })), rows);
    }

    void thePageAnswersForAMomentAndGoesByKeyboard() {
        testing::SampleWindow sample(SchemeChoice::Dark);
        auto &window = sample.window;
        window.activateWindow(); // keys go to the active window only
        QVERIFY(QTest::qWaitForWindowActive(&window));
        window.open(QStringLiteral("models"));
        window.actions().trigger(QStringLiteral("registry.history"), ws2m);
        auto *view = window.findChild<HistoryView *>(QStringLiteral("historyView"));
        QVERIFY(view && view->isVisible());
        QCOMPARE(window.panel(QStringLiteral("models"))->subject(), QStringLiteral("History"));
        QCOMPARE(view->model(), ws2m);
        view->setHistory(history());
        auto *words = window.findChild<Label *>(QStringLiteral("historyWords"));
        auto *when = window.findChild<QDateTimeEdit *>(QStringLiteral("historyWhen"));
        auto *bar = window.findChild<LiveBar *>(QStringLiteral("liveBar"));
        auto *table = window.findChild<Table *>(QStringLiteral("historyTable"));
        QVERIFY(words && when && bar && table);
        QVERIFY2(words->text().contains(QStringLiteral("champion has been version 27 since")) && words->text().endsWith(QStringLiteral("moved outside Pilothouse.")), qPrintable(words->text())); // now
        when->setDateTime(sampleNow().addSecs(-3600 * 25).toLocalTime());
        QVERIFY2(words->text().startsWith(QStringLiteral("champion was version 27 from")) && words->text().endsWith(QStringLiteral("by ada, because bias at night.")), qPrintable(words->text()));
        bar->setFocus();
        QTest::keyClick(bar, Qt::Key_Right, Qt::ControlModifier); // to the next change
        QCOMPARE(when->dateTime().toUTC(), sampleNow().addSecs(-3600 * 20));
        QVERIFY2(words->text().startsWith(QStringLiteral("champion was version 29 from")), qPrintable(words->text()));
        QTest::mouseClick(bar, Qt::LeftButton, {}, QPoint(3, 10));
        QVERIFY2(words->text().startsWith(QStringLiteral("champion pointed nowhere at")), qPrintable(words->text()));
        // Filters, then one change in full.
        QCOMPARE(table->model()->rowCount(), 8);
        window.findChild<SegmentedControl *>(QStringLiteral("historyKinds"))->setCurrent(QStringLiteral("3"));
        QCOMPARE(table->model()->rowCount(), 3);
        window.findChild<FilterEdit *>(QStringLiteral("historyFilter"))->setText(QStringLiteral("gusts"));
        QCOMPARE(table->model()->rowCount(), 1);
        table->setCurrentIndex(table->model()->index(0, 0));
        const QString facts = window.findChild<KeyValues *>(QStringLiteral("historyFacts"))->text();
        for (const char *wanted : {"op-292929292929", "p-29292929", "line 117", "v28 → v29 (done)", "ben"})
            QVERIFY2(facts.contains(QString::fromUtf8(wanted)), qPrintable(facts));
        QSignalSpy opened(view, &HistoryView::openPromotion);
        table->setFocus();
        QTest::keyClick(table, Qt::Key_Return);
        QCOMPARE(opened.size(), 1);
        QCOMPARE(opened.first().first().toString(), QStringLiteral("p-29292929"));
        QTest::keyClick(table, Qt::Key_Escape);
        QVERIFY(!view->isVisible());
    }

    void thePagePaints_data() {
        QTest::addColumn<bool>("dark");
        QTest::addColumn<QSize>("size");
        QTest::newRow("dark") << true << QSize(1440, 900);
        QTest::newRow("light") << false << QSize(1440, 900);
        QTest::newRow("smallest") << true << QSize(1024, 640);
    }
    void thePagePaints() {
        QFETCH(bool, dark);
        QFETCH(QSize, size);
        testing::SampleWindow sample(dark ? SchemeChoice::Dark : SchemeChoice::Light, size);
        sample.window.open(QStringLiteral("models"));
        sample.window.actions().trigger(QStringLiteral("registry.history"), ws2m);
        sample.window.findChild<HistoryView *>()->setHistory(history());
        QCOMPARE(sample.window.size(), size); // it asks for no more than there is
        QCoreApplication::processEvents();
        keep(sample.window.grab().toImage(), QStringLiteral("history-%1-%2").arg(dark ? QStringLiteral("dark") : QStringLiteral("light")).arg(size.width()));
        auto *bar = sample.window.findChild<LiveBar *>();
        const QImage image = bar->grab().toImage();
        QSet<QRgb> inks;
        for (int x = 0; x < image.width(); ++x)
            inks.insert(image.pixel(x, image.height() / 5));
        QVERIFY(inks.size() > 4); // three versions, edges, and nothing before
    }

    void aReportBecomesAPdfWithItsTextAndPages() {
        const fleet::PromotionReport report = sampleReport();
        const QByteArray html = fleet::promotionReportHtml(frame(), report), pdf = pdfOf(html, QStringLiteral("Evidence report: weather-ws2m"));
        if (const QString folder = qEnvironmentVariable("PILOTHOUSE_PICTURES_TO"); !folder.isEmpty())
            QVERIFY(writeFileAtomically(folder + QStringLiteral("/report.html"), html).has_value() && writeFileAtomically(folder + QStringLiteral("/report.pdf"), pdf).has_value());
        QVERIFY(pdf.startsWith("%PDF-1."));
        QVERIFY2(pagesOf(pdf) >= 2 && pagesOf(pdf) <= 8, qPrintable(QString::number(pagesOf(pdf))));
        QVERIFY(pdf.contains("/ToUnicode")); // its glyphs can be searched and copied
        QVERIFY(pdf.contains("/Subtype /Image") || pdf.contains("/Subtype/Image")); // the charts
        fleet::PromotionReport longer = report;
        for (int i = 0; i < 200; ++i)
            longer.card += QStringLiteral("\n\nParagraph %1 of a long card.").arg(i);
        QVERIFY(pagesOf(pdfOf(fleet::promotionReportHtml(frame(), longer), {})) > pagesOf(pdf));
    }

    void thePdfsTextIsThere() {
        const QString program = QStandardPaths::findExecutable(QStringLiteral("pdftotext"));
        if (program.isEmpty())
            QSKIP("pdftotext (poppler-utils) is not installed");
        QTemporaryDir folder;
        const QString file = folder.filePath(QStringLiteral("report.pdf"));
        QVERIFY(writeFileAtomically(file, pdfOf(fleet::promotionReportHtml(frame(), sampleReport()), QStringLiteral("foot"))).has_value());
        QProcess process;
        process.start(program, {QStringLiteral("-layout"), file, QStringLiteral("-")});
        QVERIFY(process.waitForFinished());
        const QString text = QString::fromUtf8(process.readAllStandardOutput());
        for (const char *wanted : {"Evidence report: weather-ws2m", "Gates", "Approvals", "1 of "})
            QVERIFY2(text.contains(QString::fromLatin1(wanted)), wanted);
    }

    void aReportsPeriodIsChosenInDays() {
        struct Choosing {
            QDateTime since, until;
            int asked = 0;
        } got;
        QWidget owner;
        owner.show();
        const auto open = [&] {
            auto *sheet = new ReportPeriodSheet(QStringLiteral("Evidence report of t2m"), sampleNow(), [&](const QDateTime &since, const QDateTime &until) { got = {since, until, got.asked + 1}; }, &owner);
            sheet->open();
            return sheet;
        };
        const auto choose = [](ReportPeriodSheet *sheet, const char *period) {
            auto *choice = sheet->findChild<Choice *>(QStringLiteral("reportPeriod"));
            choice->setCurrentIndex(choice->findData(QLatin1String(period)));
        };
        ReportPeriodSheet *sheet = open();
        QVERIFY(!sheet->findChild<QDateEdit *>(QStringLiteral("reportSince"))->isVisible());
        QTest::mouseClick(sheet->findChild<QAbstractButton *>(QStringLiteral("reportExport")), Qt::LeftButton);
        QCOMPARE(got.asked, 1);
        QVERIFY(!got.since.isValid() && !got.until.isValid()); // everything
        sheet = open();
        choose(sheet, "30");
        QCOMPARE(sheet->until(), sampleNow().toLocalTime().date().addDays(1).startOfDay().toUTC());
        QCOMPARE(sheet->since().daysTo(sheet->until()), 30);
        choose(sheet, "before");
        QCOMPARE(sheet->since().toLocalTime().date(), QDate(sampleNow().date().year() - 1, 1, 1));
        QCOMPARE(sheet->until().toLocalTime().date(), QDate(sampleNow().date().year(), 1, 1));
        choose(sheet, "own");
        auto *from = sheet->findChild<QDateEdit *>(QStringLiteral("reportSince")), *to = sheet->findChild<QDateEdit *>(QStringLiteral("reportUntil"));
        auto *button = sheet->findChild<QAbstractButton *>(QStringLiteral("reportExport"));
        from->setDate(QDate(2026, 11, 3));
        to->setDate(QDate(2026, 11, 2));
        QVERIFY(!button->isEnabled()); // the wrong way round
        to->setDate(QDate(2026, 11, 3));
        QVERIFY(button->isEnabled());
        keep(sheet->grab().toImage(), QStringLiteral("report-period"));
        QTest::mouseClick(button, Qt::LeftButton);
        QCOMPARE(got.asked, 2);
        QCOMPARE(got.since, QDate(2026, 11, 3).startOfDay().toUTC()); // one day is a period
        QCOMPARE(got.until, QDate(2026, 11, 4).startOfDay().toUTC());
    }

    void anExportGoesToAFileByItsName() {
        QTemporaryDir folder;
        const QString file = folder.filePath(QStringLiteral("pilothouse.yaml")), package = folder.filePath(QStringLiteral("package"));
        QVERIFY(writeFileAtomically(file, "workspace: w\nconnections: {local: {kind: local, root: data}}\nmodels:\n  tiny:\n    registry: {connection: local, name: tiny}\n").has_value());
        fleet::ServiceOptions options;
        options.workspaceFile = file;
        options.secrets = secrets::memoryStore();
        auto services = fleet::openServices(options);
        QVERIFY2(services.has_value(), services.has_value() ? "" : qPrintable(services.error().text()));
        QVERIFY(test::writeTinyPackage(package, {}).has_value());
        QVERIFY((*services)->registry->registerVersion(QStringLiteral("tiny"), package, {}, QStringLiteral("ada")).has_value());
        Pools pools(1);
        fleet::Fleet live(*services, pools);
        QWidget owner;
        ToastArea toasts(&owner);
        PanelContext context;
        context.fleet = &live;
        context.toasts = &toasts;
        const auto page = [services = *services] { return fleet::modelReport(*services, QStringLiteral("tiny")); };
        for (const char *end : {"html", "pdf"}) {
            const QString out = folder.filePath(QStringLiteral("report.") + QLatin1String(end));
            exportReportTo(context, &owner, out, page);
            QTRY_VERIFY_WITH_TIMEOUT(QFileInfo(out).size() > 0, 20000);
            QVERIFY(readFile(out)->startsWith(QByteArray(end) == "pdf" ? "%PDF-" : "<!DOCTYPE html>"));
        }
        QVERIFY(readFile(folder.filePath(QStringLiteral("report.html")))->contains("Version 1 was registered"));
        pools.waiting.waitForDone();
    }
};

QTEST_MAIN(TestHistoryPage)
#include "tst_history_page.moc"
