// SPDX-License-Identifier: GPL-3.0-or-later
// Accuracy over time in the drift panel, over a prediction log that is made here: no labels yet, days with intervals, a gap, estimates, slices, weeks, and why it
// dropped, by mouse and by keyboard. Real window, real `pilot` for the model, both themes.
#include "app/console/main_window.h"
#include "core/base/child_process.h"
#include "core/base/database.h"
#include "core/base/file.h"
#include "core/serving/serving_store.h"
#include "tests/support/own_home.h"
#include "widgets/base/button.h"
#include "widgets/base/field.h"
#include "widgets/base/panel_state.h"
#include "widgets/base/plot.h"
#include "widgets/base/table.h"
#include "widgets/drift/accuracy_why_card.h"

#include <QApplication>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QLabel>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <random>

using namespace pilothouse;
using namespace pilothouse::console;

namespace {

constexpr int slow = 60000; // a loaded CI machine; conditions end the wait, never time
constexpr int days = 20, aDay = 60;

Result<QJsonObject> pilot(QStringList arguments) {
    ChildJob job;
    job.program = pilotProgram();
    job.arguments = std::move(arguments);
    return runJob(job, {}, {});
}

} // namespace

class tst_AccuracyChart : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        if (pilotProgram().isEmpty())
            QSKIP("pilot was not built");
        const QString workspace = path("pilothouse.yaml");
        QByteArray rows = "a,b,y\n";
        std::uniform_real_distribution<double> uniform(0, 1);
        for (int i = 0; i < 500; ++i) {
            const double a = uniform(m_random), b = uniform(m_random);
            rows += QByteArray::number(a) + ',' + QByteArray::number(b) + ',' + QByteArray::number(a + b) + '\n';
        }
        QVERIFY(writeFileAtomically(path("rows.csv"), rows));
        QVERIFY(writeFileAtomically(path("m.yaml"), "recipe: m\ndata: {source: rows.csv}\ntask: regression\ntarget: y\nsplit: {every: 5}\nestimators:\n  - linear_regression\n"));
        QVERIFY(writeFileAtomically(workspace, "workspace: seen\nzone: Europe/Berlin\nconnections: {local: {kind: local, root: state}}\nmodels:\n"
                                               "  m:\n    registry: {connection: local, name: m}\n    recipe: m.yaml\n    deployment: {connection: local, target: serving/m}\n    watch:\n      - {metric: mae, max: 0.8}\n"));
        const auto trained = pilot({QStringLiteral("train"), path("m.yaml"), QStringLiteral("--register"), QStringLiteral("m"), QStringLiteral("--workspace"), workspace});
        QVERIFY2(trained.has_value(), qPrintable(trained ? QString() : trained.error().text()));
        ask();
        WindowOptions options;
        options.preferencesFile = path("preferences.json");
        options.sessionFile = path("session.json");
        options.desktop = false;
        options.workspace = workspace;
        m_pools = std::make_unique<Pools>(1);
        m_theme = std::make_unique<ui::Theme>();
        m_window = std::make_unique<MainWindow>(*m_pools, *m_theme, options);
        m_window->resize(1440, 900);
        m_window->show();
        m_window->start();
        QTRY_VERIFY_WITH_TIMEOUT(m_window->fleet() && m_window->snapshot().models.size() == 1, slow);
        m_window->open(QStringLiteral("drift"), QStringLiteral("m"));
    }
    void cleanupTestCase() { m_window.reset(); }

    void withoutLabelsItSaysHowTheyCome() {
        const auto notices = [&] {
            QStringList out;
            for (const auto *state : m_window->findChildren<ui::PanelState *>())
                out << state->text();
            return out.join(QLatin1Char('\n'));
        };
        QTRY_VERIFY_WITH_TIMEOUT(notices().contains(QStringLiteral("POST /labels")) && notices().contains(QStringLiteral("none with a label")), slow);
        QVERIFY(!m_window->actions().blocked(QStringLiteral("accuracy.why"), QStringLiteral("m")).isEmpty());
    }

    void daysHaveAnIntervalALimitAndAnEstimate() {
        label();
        m_window->fleet()->refresh();
        QTRY_COMPARE_WITH_TIMEOUT(lines().size(), std::size_t(2), slow);
        const ui::PlotData &data = plot()->data();
        QVERIFY(data.time);
        QVERIFY(!data.series[0].dashed && data.series.back().dashed);
        QVERIFY2(data.series.back().name.contains(QStringLiteral("estimated")), qPrintable(data.series.back().name));
        const auto known = knownOf(data.series[0]);
        QVERIFY2(known.size() >= 14 && known.size() <= 17, qPrintable(QString::number(known.size()))); // 16 days of labels, one of them without a request
        QVERIFY(std::abs(known.front().y() - 0.1) < 0.05);
        QVERIFY(known.back().y() > 1);
        QVERIFY(knownOf(data.series.back()).back().x() > known.back().x()); // where no label came yet
        QVERIFY(std::any_of(data.series[0].points.begin(), data.series[0].points.end(), [](const QPointF &p) { return std::isnan(p.y()); }));
        QCOMPARE(data.limits.size(), std::size_t(1));
        QCOMPARE(data.limits[0].value, 0.8);
        QVERIFY(!data.markers.empty() && data.markers[0].text == QStringLiteral("v1"));
        QVERIFY(!data.spans.empty() && data.spans.back().text.contains(QStringLiteral("no labels")));
        QVERIFY(!data.bands.empty());
        for (std::size_t i = 0; i < data.bands[0].x.size(); ++i)
            if (!std::isnan(data.bands[0].low[i]))
                QVERIFY(data.bands[0].low[i] <= data.bands[0].high[i]);
        QVERIFY2(plot()->asText().contains(QStringLiteral("estimated")), qPrintable(plot()->asText()));
        QVERIFY2(data.sentence.contains(QStringLiteral("estimated without labels")), qPrintable(data.sentence));
        picture(QStringLiteral("accuracy"));
    }

    void weeksAreFewerThanDays() {
        const auto before = knownOf(plot()->data().series[0]).size();
        auto *step = find<ui::SegmentedControl>("accuracyStep");
        step->setFocus();
        QTest::keyClick(step, Qt::Key_Right);
        QCOMPARE(step->current(), QStringLiteral("week"));
        QTRY_VERIFY_WITH_TIMEOUT(knownOf(plot()->data().series[0]).size() <= 4, slow);
        QVERIFY(knownOf(plot()->data().series[0]).size() < before);
        QTest::keyClick(step, Qt::Key_Left);
        QTRY_COMPARE_WITH_TIMEOUT(knownOf(plot()->data().series[0]).size(), before, slow);
    }

    void anInputSlicesIt() {
        auto *slice = find<ui::Choice>("accuracySlice");
        QVERIFY(slice->isVisible());
        QCOMPARE(slice->count(), 3); // all, a, b
        slice->setFocus();
        QTest::keyClick(slice, Qt::Key_Down);
        QCOMPARE(slice->currentData().toString(), QStringLiteral("a"));
        QTRY_VERIFY_WITH_TIMEOUT(lines().size() >= 4, slow);
        QCOMPARE(plot()->data().series[0].name, QStringLiteral("all rows"));
        picture(QStringLiteral("accuracy-slices"));
        QTest::keyClick(slice, Qt::Key_Up);
        QTRY_COMPARE_WITH_TIMEOUT(lines().size(), std::size_t(2), slow);
    }

    void whyItDroppedIsTold() {
        QTest::mouseClick(find<ui::Button>("accuracy.why"), Qt::LeftButton);
        auto *card = find<ui::AccuracyWhyCard>("accuracyWhy");
        QTRY_VERIFY_WITH_TIMEOUT(card->isVisible() && find<ui::Table>("accuracyCauses")->currentId() == QStringLiteral("a"), slow);
        QVERIFY(find<ui::Table>("accuracyRows")->model()->rowCount() == 10);
        QVERIFY2(find<QLabel>("accuracyWhySummary")->text().contains(QStringLiteral("labelled rows before")), qPrintable(find<QLabel>("accuracyWhySummary")->text()));
        QVERIFY(!find<QWidget>("policyReason")->isVisible());
        picture(QStringLiteral("accuracy-why"));
        QTest::keyClick(find<ui::Table>("accuracyCauses"), Qt::Key_Escape);
        QVERIFY(!card->isVisible());
        QVERIFY(find<QWidget>("policyReason")->isVisible());
        m_window->actions().trigger(QStringLiteral("accuracy.why"), QStringLiteral("m")); // as from the palette
        QTRY_VERIFY_WITH_TIMEOUT(card->isVisible() && QApplication::focusWidget() == find<ui::Table>("accuracyCauses"), slow);
        aReportIsSaved();
        m_window->resize(1024, 640);
        picture(QStringLiteral("accuracy-small"));
    }

private:
    /// With the answer to "why" that is shown, as a page and as a PDF.
    void aReportIsSaved() {
        for (const char *name : {"report.html", "report.pdf"}) {
            QTest::mouseClick(find<ui::Button>("accuracy.report"), Qt::LeftButton);
            QFileDialog *dialog = nullptr;
            QTRY_VERIFY_WITH_TIMEOUT((dialog = m_window->findChild<QFileDialog *>()) && dialog->isVisible(), slow);
            dialog->selectFile(path(name));
            QVERIFY(QMetaObject::invokeMethod(dialog, "accept"));
            QTRY_VERIFY_WITH_TIMEOUT(QFileInfo::exists(path(name)) && !m_window->findChild<QFileDialog *>(), slow);
        }
        const QByteArray page = readFile(path("report.html")).value_or(QByteArray());
        QVERIFY(page.contains("<h1>Accuracy of m: mae by day</h1>") && page.contains("<h2>Why did it drop?</h2>") && page.contains("<h2>Estimated without labels</h2>"));
        const QByteArray pdf = readFile(path("report.pdf")).value_or(QByteArray());
        QVERIFY(pdf.startsWith("%PDF-1.") && pdf.contains("/ToUnicode"));
        const QString kept = qEnvironmentVariable("PILOTHOUSE_PICTURES_TO");
        if (!kept.isEmpty())
            QVERIFY(writeFileAtomically(kept + QStringLiteral("/accuracy-report.html"), page).has_value() && writeFileAtomically(kept + QStringLiteral("/accuracy-report.pdf"), pdf).has_value());
    }
    QString path(const char *name) const { return m_folder.filePath(QLatin1String(name)); }
    template<class T>
    T *find(const char *name) const {
        auto *found = m_window->findChild<T *>(QLatin1String(name));
        if (!found)
            qFatal("no %s", name);
        return found;
    }
    ui::PlotWidget *plot() const { return find<ui::PlotWidget>("qualityPlot"); }
    /// Of the chart, without the dots of single points.
    std::vector<QString> lines() const {
        std::vector<QString> out;
        for (const ui::PlotSeries &series : plot()->data().series)
            if (!series.dots)
                out.push_back(series.name);
        return out;
    }
    static std::vector<QPointF> knownOf(const ui::PlotSeries &series) {
        std::vector<QPointF> out;
        for (const QPointF &point : series.points)
            if (!std::isnan(point.y()))
                out.push_back(point);
        return out;
    }
    void picture(const QString &name) {
        const QString folder = qEnvironmentVariable("PILOTHOUSE_PICTURES_TO");
        for (const auto &[scheme, word] : {std::pair{ui::SchemeChoice::Dark, "dark"}, std::pair{ui::SchemeChoice::Light, "light"}}) {
            m_theme->apply(scheme);
            QCoreApplication::processEvents();
            const QImage image = m_window->grab().toImage();
            QVERIFY(!image.isNull());
            if (!folder.isEmpty())
                QVERIFY(QDir().mkpath(folder) && image.save(QStringLiteral("%1/%2-%3.png").arg(folder, name, QLatin1String(word))));
        }
    }
    /// Twenty days back from today: at noon, none on the fifth; from the thirteenth on `a` is larger, and there the world is another.
    void ask() {
        QVERIFY(QDir().mkpath(path("state/serving/m")));
        m_database = *Database::open(path("state/serving/m/serving.db"), serving::servingMigrations());
        const QDateTime first = QDateTime(QDate::currentDate().addDays(-days), QTime(11, 0), Qt::UTC);
        QVERIFY(m_database->execute(QStringLiteral("INSERT INTO revisions(number,model,version,digest,folder,author,operation,time,outcome,reason,signature) VALUES(1,'m',1,'','','','',?1,'stable','',"
                                                   "'{\"inputs\":[{\"name\":\"a\",\"type\":\"number\"},{\"name\":\"b\",\"type\":\"number\"}],\"outputs\":[\"y\"],\"target\":\"y\",\"task\":\"regression\"}')"),
                                    [&](Statement &s) { s.bind(1, first.addSecs(3600).toMSecsSinceEpoch()); }));
        std::uniform_real_distribution<double> uniform(0, 1);
        for (int day = 0; day < days; ++day)
            for (int i = 0; i < aDay && day != 4; ++i) {
                const bool moved = day >= 12;
                const double a = uniform(m_random) + (moved ? 1 : 0), b = uniform(m_random), truth = a + b + (moved ? 1 + 0.4 * uniform(m_random) : 0.4 * uniform(m_random) - 0.2);
                m_asked.push_back({first.addDays(day).addSecs(i).toMSecsSinceEpoch(), a + b, truth, day < 16});
                const qint64 seq = qint64(m_asked.size());
                QVERIFY(m_database->execute(QStringLiteral("INSERT INTO predictions(seq,instance,time,revision,side,protocol,rows,many,input,output,latency_us,status,error) VALUES(?1,1,?2,1,0,0,1,0,?3,?4,250,200,'')"), [&](Statement &s) {
                    s.bind(1, seq).bind(2, m_asked.back().ms).bind(3, QStringLiteral("{\"a\":%1,\"b\":%2}").arg(a).arg(b)).bind(4, QString::number(a + b));
                }));
            }
    }
    /// The labels of the first sixteen days come.
    void label() {
        for (std::size_t i = 0; i < m_asked.size(); ++i)
            if (m_asked[i].labelled)
                QVERIFY(m_database->execute(QStringLiteral("INSERT INTO labels(seq,row,prediction_id,time,predicted_time,revision,value,class,predicted,predicted_class,loss) VALUES(?1,0,?2,?3,?4,1,?5,NULL,?6,NULL,?7)"), [&](Statement &s) {
                    s.bind(1, qint64(i + 1)).bind(2, QStringLiteral("00000001-%1").arg(i + 1)).bind(3, m_asked[i].ms + 3600000).bind(4, m_asked[i].ms).bind(5, m_asked[i].truth).bind(6, m_asked[i].predicted).bind(7, std::abs(m_asked[i].truth - m_asked[i].predicted));
                }));
    }
    struct Asked {
        qint64 ms = 0;
        double predicted = 0, truth = 0;
        bool labelled = false;
    };
    QTemporaryDir m_folder;
    std::mt19937_64 m_random{3};
    std::vector<Asked> m_asked;
    std::shared_ptr<Database> m_database;
    std::unique_ptr<Pools> m_pools;
    std::unique_ptr<ui::Theme> m_theme;
    std::unique_ptr<MainWindow> m_window;
};

int main(int argc, char **argv) {
    return pilothouse::runInOwnHome<tst_AccuracyChart>(argc, argv);
}
#include "tst_accuracy_chart.moc"
