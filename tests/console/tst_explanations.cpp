// SPDX-License-Identifier: GPL-3.0-or-later
// What the window makes of an explanation: bars, curves and words, and the form that asks for one, by mouse and keyboard. Nothing is asked here;
// tst_explain_page.cpp asks the real `pilot`.
#include "tests/support/sample_window.h"
#include "widgets/base/field.h"
#include "widgets/base/panel_state.h"
#include "widgets/base/table.h"
#include "widgets/serving/dependence_plot.h"
#include "widgets/serving/explain_form.h"
#include "widgets/serving/explain_page.h"
#include "widgets/serving/explanation_text.h"
#include "widgets/serving/explanation_view.h"
#include "widgets/serving/feature_bars.h"
#include "widgets/serving/output_choice.h"

#include <QAbstractItemModelTester>
#include <QDir>
#include <QImage>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QSignalSpy>
#include <QTest>

#include <algorithm>
#include <cmath>

Q_DECLARE_METATYPE(pilothouse::explain::Explanation)

using namespace pilothouse;
using namespace pilothouse::ui;
using explain::Explanation;
using explain::Method;
using explain::View;

namespace {

explain::FeatureLine line(const char *feature, double weight, const char *value = "1") {
    return {QString::fromUtf8(feature), QString::fromUtf8(value), {}, weight, 0, 0, 0};
}

Explanation rowOf(const char *method = "tree-shap") {
    Explanation e;
    e.method = QLatin1String(method);
    e.scale = QStringLiteral("prediction");
    e.output = QStringLiteral("price");
    e.base = 18;
    e.sum = e.explained = 20;
    e.rows = 1;
    e.features = {line("rooms", 3, "6.5"), line("age", -1, ""), line("side", 0, "west")};
    return e;
}

Explanation importance(const char *method, const char *metric = "") {
    Explanation e;
    e.view = View::DataSet;
    e.method = QLatin1String(method);
    e.metric = e.scale = QLatin1String(metric);
    if (e.metric.isEmpty())
        e.scale = QStringLiteral("probability of yes"), e.output = QStringLiteral("yes");
    e.baseline = 0.5;
    e.repeats = e.metric.isEmpty() ? 0 : 10;
    e.rows = 240;
    e.features = {{QStringLiteral("rooms"), {}, {}, 0.8, 0.1, 0.7, 1.0}, {QStringLiteral("age"), {}, {}, 0.2, 0.05, 0.1, 0.3}, {QStringLiteral("side"), {}, {}, -0.1, 0.1, -0.25, 0.05}};
    return e;
}

Explanation dependence(bool category = false) {
    Explanation e;
    e.view = View::Dependence;
    e.method = QStringLiteral("partial-dependence");
    e.scale = QStringLiteral("prediction");
    e.output = QStringLiteral("price");
    e.unit = QStringLiteral("k$");
    e.column = category ? QStringLiteral("side") : QStringLiteral("rooms");
    e.rows = 3;
    e.dependence.grid = {0, 1, 2};
    if (category)
        e.dependence.names = {QStringLiteral("east"), QStringLiteral("north"), QStringLiteral("west")};
    e.dependence.individual = {{1, 2, 3}, {2, 3, 4}, {3, 4, 8}};
    e.dependence.average = {2, 3, 5};
    e.dependence.values = {0.5, 1.5, std::nan("")};
    return e;
}

/// Rooms and side; of a forecast two targets of three steps.
fleet::AskableVersion version(const char *type, const char *estimator, bool forecast = false) {
    fleet::AskableVersion v;
    v.model = QStringLiteral("m");
    v.version = 3;
    v.modelType = QLatin1String(type);
    v.estimator = QLatin1String(estimator);
    v.hasSample = true;
    v.signature.inputs = {{QStringLiteral("rooms"), data::ColumnType::Number, {}, false}, {QStringLiteral("side"), data::ColumnType::Category, {"east", "west"}, false}};
    v.signature.outputs = {QStringLiteral("price")};
    v.signature.target = QStringLiteral("price");
    v.units = {QStringLiteral("k$")};
    if (forecast) {
        v.signature.task = workspace::TaskKind::Forecast;
        v.signature.target = QStringLiteral("t2m");
        v.signature.outputs.clear();
        for (const char *target : {"t2m", "rh2m"})
            for (int step = 1; step <= 3; ++step)
                v.signature.outputs.push_back(QStringLiteral("%1@+%2").arg(QLatin1String(target)).arg(step));
        v.units = {QStringLiteral("°C"), QStringLiteral("%")};
    }
    return v;
}

QStringList itemsOf(const QWidget &form, const char *name) {
    QStringList items;
    const auto *choice = form.findChild<Choice *>(QLatin1String(name));
    for (int i = 0; choice && i < choice->count(); ++i)
        items << choice->itemText(i);
    return items;
}

QStringList headers(const QAbstractItemModel &model) {
    QStringList all;
    for (int column = 0; column < model.columnCount(); ++column)
        all << model.headerData(column, Qt::Horizontal).toString();
    return all;
}

/// Chooses by keyboard, as a person does: from the top, down.
void pick(Choice *choice, int index) {
    choice->setFocus();
    QTest::keyClick(choice, Qt::Key_Home);
    for (int i = 0; i < index; ++i)
        QTest::keyClick(choice, Qt::Key_Down);
}

} // namespace

class TestExplanations : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale::c()); }

    void barsOfARowStandAroundTheMiddle() {
        const auto bars = featureBars(rowOf());
        QCOMPARE(bars.size(), std::size_t(3));
        QCOMPARE(bars[0].bar.zero, 0.5);
        QCOMPARE(bars[0].bar.end, 1.0); // the largest reaches the edge
        QVERIFY(std::abs(bars[1].bar.end - (0.5 - 1.0 / 6)) < 1e-12);
        QVERIFY(!bars[0].bar.interval);
        const QRectF cell(0, 0, 120, 24);
        QCOMPARE(barRect(cell, bars[0].bar), QRectF(60, 7, 60, 10));
        QCOMPARE(barRect(cell, bars[1].bar).right(), 60.0);
        QCOMPARE(barRect(cell, bars[2].bar).width(), 0.0);
        Explanation faint = rowOf();
        faint.features[1].weight = -1e-9;
        const QRectF thin = barRect(cell, featureBars(faint)[1].bar);
        QVERIFY(std::abs(thin.width() - 1) < 1e-6 && std::abs(thin.right() - 60) < 1e-6); // small, but not nothing, and on its side
    }
    void barsOfADataSetHaveTheirInterval() {
        const auto bars = featureBars(importance("permutation", "mae"));
        const double span = 1.25; // −0.25 … 1
        QVERIFY(std::abs(bars[0].bar.zero - 0.25 / span) < 1e-12);
        QVERIFY(std::abs(bars[0].bar.end - (0.8 + 0.25) / span) < 1e-12);
        QVERIFY(bars[0].bar.interval && std::abs(bars[0].bar.low - 0.95 / span) < 1e-12 && bars[0].bar.high == 1.0);
        QVERIFY(bars[2].bar.low == 0.0 && bars[2].bar.end < bars[2].bar.zero); // worse than useless: left of zero
        Explanation nothing = importance("tree-shap");
        nothing.features = {line("a", 0)};
        QCOMPARE(featureBars(nothing)[0].bar.end, 0.5); // no division by nothing
    }
    void theTableFollowsTheKindOfExplanation() {
        FeatureBarModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setExplanation(rowOf());
        QCOMPARE(headers(model), (QStringList{QStringLiteral("Input"), QStringLiteral("Value"), QStringLiteral("Effect"), QStringLiteral("Adds")}));
        const auto text = [&](int row, FeatureBarModel::Part part) { return model.index(row, model.columnOf(part)).data().toString(); };
        QCOMPARE(text(0, FeatureBarModel::Value), QStringLiteral("6.500"));
        QCOMPARE(text(1, FeatureBarModel::Value), QStringLiteral("missing"));
        QCOMPARE(text(2, FeatureBarModel::Value), QStringLiteral("west"));
        QCOMPARE(text(0, FeatureBarModel::Weight), QStringLiteral("+3"));
        QCOMPARE(model.columnOf(FeatureBarModel::Spread), -1);
        Explanation lime = rowOf("lime");
        lime.features[0].condition = QStringLiteral("6 < rooms ≤ 7");
        QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
        model.setExplanation(lime);
        QCOMPARE(text(0, FeatureBarModel::Feature), QStringLiteral("6 < rooms ≤ 7"));
        QCOMPARE(model.index(0, 0).data(IdRole).toString(), QStringLiteral("rooms")); // what Enter opens
        model.setExplanation(importance("permutation", "mae"));
        QCOMPARE(headers(model), (QStringList{QStringLiteral("Input"), QStringLiteral("Importance"), QStringLiteral("Mean"), QStringLiteral("Range")}));
        QCOMPARE(text(0, FeatureBarModel::Spread), QStringLiteral("0.700 … 1"));
        QCOMPARE(text(0, FeatureBarModel::Weight), QStringLiteral("0.800"));
        QCOMPARE(reset.size(), 2);
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        Explanation taller = importance("permutation", "mae");
        taller.features[0].high = 5;
        model.setExplanation(taller); // the numbers of the others stay, their bars do not
        QCOMPARE(reset.size(), 2);
        QVERIFY(std::any_of(changed.begin(), changed.end(), [](const QList<QVariant> &signal) { return signal[1].toModelIndex().row() == 2; }));
    }

    void theWordsSayIt_data() {
        QTest::addColumn<Explanation>("explanation");
        QTest::addColumn<QString>("sentence");
        QTest::addColumn<QString>("facts");
        QTest::newRow("contributions") << rowOf() << "From 18 k$ on average to 20 k$. Raised: rooms by 3. Lowered: age by 1."
                                       << "TreeSHAP · price · k$ · seed 7";
        Explanation lime = rowOf("lime");
        lime.explained = 21;
        lime.rows = 5000;
        lime.r2 = 0.9;
        QTest::newRow("a line that fits") << lime << "Near this row a straight line says 20 k$, the model 21 k$. Raised: rooms by 3. Lowered: age by 1."
                                          << "LIME · price · k$ · R² 0.900 · 5000 sample(s) · seed 7";
        lime.r2 = 0.2;
        QTest::newRow("a line that does not") << lime << "Near this row a straight line says 20 k$, the model 21 k$: it fits badly (R² 0.20), so trust it little. Raised: rooms by 3. Lowered: age by 1."
                                              << "LIME · price · k$ · R² 0.200 · 5000 sample(s) · seed 7";
        Explanation still = rowOf();
        still.features = {line("side", 0)};
        still.row = 17;
        QTest::newRow("nothing moves it") << still << "From 18 k$ on average to 20 k$. No input moves it." << "TreeSHAP · price · k$ · row 17 · seed 7";
        QTest::newRow("importance by contributions") << importance("kernel-shap") << "What moves the answers most: rooms by 0.800, age by 0.200."
                                                     << "Kernel SHAP · probability of yes · 240 row(s) · seed 7";
        QTest::newRow("importance by shuffling") << importance("permutation", "mae") << "Shuffled, these make MAE worse most: rooms by 0.800, age by 0.200."
                                                 << "Permutation importance · MAE 0.5000 before shuffling · 240 row(s) · 10 repeat(s) · seed 7";
        Explanation useless = importance("permutation", "mae");
        useless.features = {line("side", -0.1)};
        QTest::newRow("nothing is missed") << useless << "No input is missed: shuffled, none makes MAE worse."
                                           << "Permutation importance · MAE 0.5000 before shuffling · 240 row(s) · 10 repeat(s) · seed 7";
        QTest::newRow("dependence on a number") << dependence() << "On average from 2 k$ at rooms = 0 to 5 k$ at rooms = 2." << "Partial dependence, ICE · price · k$ · 3 row(s) · seed 7";
        QTest::newRow("dependence on a category") << dependence(true) << "On average from 2 k$ at side = east to 5 k$ at side = west."
                                                  << "Partial dependence, ICE · price · k$ · 3 row(s) · seed 7";
    }
    void theWordsSayIt() {
        QFETCH(Explanation, explanation);
        QFETCH(QString, sentence);
        QFETCH(QString, facts);
        QCOMPARE(explanationSentence(explanation, QStringLiteral("k$")), sentence);
        QCOMPARE(explanationFacts(explanation, QStringLiteral("k$"), {}), facts);
        QCOMPARE(explanationFacts(explanation, QStringLiteral("k$"), QStringLiteral("housing v1")), QStringLiteral("housing v1 · ") + facts);
    }
    void itSaysWhoWasExplained() {
        Explanation e = rowOf();
        e.model = QStringLiteral("housing version 1 (@champion)");
        fleet::WhyQuestion question;
        QCOMPARE(explanationSubject(e, question), e.model);
        question.model = QStringLiteral("houses"); // as the workspace names it
        question.version = 1;
        QCOMPARE(explanationSubject(e, question), QStringLiteral("houses v1"));
        question.endpoint = true;
        e.model = QStringLiteral("http://user:secret@models.example:8080/predict");
        QCOMPARE(explanationSubject(e, question), QStringLiteral("models.example:8080"));
        e.model = QStringLiteral("https://models.example/predict");
        QCOMPARE(explanationSubject(e, question), QStringLiteral("models.example"));
    }
    void aScaleIsNamedInTheWindowsLanguage() {
        Explanation e = rowOf();
        e.output = QStringLiteral("yes");
        for (const auto &[core, shown] : {std::pair("probability of yes", "probability of yes"), std::pair("log-odds of yes", "log-odds of yes"), std::pair("score of yes before softmax", "score of yes before softmax"),
                                          std::pair("the trees' share for yes before normalising", "the trees' share for yes before normalising")}) {
            e.scale = QString::fromUtf8(core);
            QCOMPARE(scaleName(e, QStringLiteral("k$")), QString::fromUtf8(shown)); // no unit on another scale
        }
        e.scale = QStringLiteral("prediction");
        QCOMPARE(scaleName(e, {}), QStringLiteral("prediction"));
        for (const QString &name : explain::methodNames()) {
            QVERIFY(!methodTitle(*explain::methodOf(name)).isEmpty());
            QVERIFY(methodHelp(*explain::methodOf(name), View::Row).endsWith(QLatin1Char('.')));
        }
    }

    void curvesHaveEachRowTheAverageAndTheData() {
        const PlotData data = dependencePlot(dependence(), {});
        QCOMPARE(data.series.size(), std::size_t(4));
        QCOMPARE(std::count_if(data.series.begin(), data.series.end(), [](const PlotSeries &s) { return s.quiet; }), 3);
        QVERIFY(!data.series.back().quiet && data.series.back().points[2] == QPointF(2, 5));
        QCOMPARE(data.series.front().points[0], QPointF(0, 1));
        QCOMPARE(data.unit, QStringLiteral("k$"));
        QCOMPARE(data.rugs.size(), std::size_t(2));
        QCOMPARE(data.rugs[0].x.size(), std::size_t(3));
        QCOMPARE(data.rugs[1].x.size(), std::size_t(9));
        QCOMPARE(dependenceLegend(dependence()).size(), std::size_t(3));
        Explanation many = dependence();
        many.dependence.individual.assign(500, {1, 2, 3});
        many.dependence.values.assign(500, 1);
        QCOMPARE(dependencePlot(many, {}).series.size(), std::size_t(101)); // more lie on each other
        QVERIFY(dependenceLegend(many)[1].text.contains(QStringLiteral("100 of 500"))); // and that is said
    }
    void categoriesAreDotsWithoutARug() {
        const PlotData data = dependencePlot(dependence(true), {});
        QCOMPARE(data.categories.size(), std::size_t(3));
        QVERIFY(std::all_of(data.series.begin(), data.series.end(), [](const PlotSeries &s) { return s.dots; }));
        QVERIFY(data.rugs.empty());
        QCOMPARE(dependenceLegend(dependence(true)).size(), std::size_t(2));
    }

    void theViewShowsBarsOrCurvesAndSavesThemWhole() {
        ExplanationView view(ExplanationView::Detail::Full);
        view.resize(600, 200);
        view.show();
        Explanation wide = importance("tree-shap");
        for (int i = 0; i < 60; ++i)
            wide.features.push_back({QStringLiteral("x%1").arg(i), {}, {}, 0.01, 0, 0, 0.02});
        wide.notes = {QStringLiteral("100 of 240 rows were drawn."), QStringLiteral("Second."), QStringLiteral("Third.")};
        view.setExplanation(wide, {}, {});
        auto *table = view.findChild<Table *>(QStringLiteral("whyTable"));
        QVERIFY(table->isVisible());
        QCOMPARE(table->model()->rowCount(), 63);
        QCOMPARE(table->accessibleDescription(), view.findChild<QLabel *>(QStringLiteral("whySentence"))->text());
        const QImage picture = QImage::fromData(view.png()());
        view.setExplanation(wide, {}, QStringLiteral("housing v1"));
        QVERIFY(QImage::fromData(view.png()()) != picture); // a saved picture names its model
        QVERIFY2(picture.height() >= 2 * 63 * 24, qPrintable(QString::number(picture.height()))); // what is scrolled away, too
        QCOMPARE(view.csv()(), wide.toCsv());
        keep(picture, QStringLiteral("explanation-bars"));
        Explanation wider = wide;
        for (int i = 60; i < 1000; ++i)
            wider.features.push_back({QStringLiteral("x%1").arg(i), {}, {}, 0.01, 0, 0, 0.02});
        view.setExplanation(wider, {}, {});
        const QImage strongest = QImage::fromData(view.png()());
        QVERIFY2(strongest.height() >= 2 * 250 * 24 && strongest.height() < 32767, qPrintable(QString::number(strongest.height()))); // a painter paints no lower
        QCOMPARE(view.csv()(), wider.toCsv());
        view.setExplanation(wide, {}, {});
        QSignalSpy opened(&view, &ExplanationView::opened);
        table->choose(QStringLiteral("age"));
        QTest::keyClick(table, Qt::Key_Return);
        QCOMPARE(opened.size(), 1);
        QCOMPARE(opened.first().first().toString(), QStringLiteral("age"));
        view.setExplanation(dependence(), {}, {});
        auto *plot = view.findChild<PlotWidget *>(QStringLiteral("whyPlot"));
        QVERIFY(plot->isVisible() && !table->isVisible());
        QCOMPARE(plot->accessibleDescription(), view.findChild<QLabel *>(QStringLiteral("whySentence"))->text());
        const QImage curves = QImage::fromData(view.png()());
        QVERIFY(curves.width() >= 1200 && curves.height() > 700);
        keep(curves, QStringLiteral("explanation-curves"));
        view.clear();
        QVERIFY(!view.explanation());
    }

    void anOutputIsChosenByTargetAndStep() {
        QWidget frame;
        auto *choice = new OutputChoice(true, &frame);
        frame.show();
        choice->setSignature(version("trees", "forest").signature);
        QVERIFY(!choice->isNeeded() && choice->isHidden() && choice->name().isEmpty());
        QCOMPARE(choice->output(), std::size_t(0));
        choice->setSignature(version("linear", "ridge", true).signature);
        QVERIFY(choice->isNeeded() && choice->isVisible());
        QCOMPARE(choice->name(), QStringLiteral("t2m@+1"));
        QSignalSpy changed(choice, &OutputChoice::changed);
        pick(choice->findChild<Choice *>(QStringLiteral("outputTarget")), 1);
        pick(choice->findChild<Choice *>(QStringLiteral("outputStep")), 2);
        QCOMPARE(choice->name(), QStringLiteral("rh2m@+3"));
        QCOMPARE(choice->output(), std::size_t(5));
        QVERIFY(!changed.isEmpty());
        choice->setSignature(version("linear", "ridge", true).signature); // a newer version of the same
        QCOMPARE(choice->name(), QStringLiteral("rh2m@+3"));
        artifact::Signature classes = version("trees", "forest").signature;
        classes.task = workspace::TaskKind::Classification;
        classes.classes = {"no", "yes"};
        choice->setSignature(classes);
        QVERIFY(choice->name().isEmpty()); // as predicted
        pick(choice->findChild<Choice *>(QStringLiteral("outputTarget")), 2);
        QCOMPARE(choice->name(), QStringLiteral("yes"));
        QCOMPARE(choice->output(), std::size_t(0));
        OutputChoice outputs(false);
        outputs.setSignature(classes); // What-if answers with the class
        QVERIFY(!outputs.isNeeded());
    }

    void theFormOffersWhatTheVersionHas() {
        ExplainForm form;
        form.resize(300, 700);
        form.show();
        QVERIFY(QTest::qWaitForWindowExposed(&form));
        QVERIFY(form.problem().contains(QStringLiteral("no version")));
        QSignalSpy wanted(&form, &ExplainForm::versionChosen);
        form.setModels({{QStringLiteral("m"), {{4, QStringLiteral("v4")}, {3, QStringLiteral("v3, champion")}}, 3, false}, {QStringLiteral("other"), {{1, QStringLiteral("v1")}}, 1, true}});
        QCOMPARE(wanted.size(), 1);
        QCOMPARE(form.model(), QStringLiteral("m"));
        QCOMPARE(form.version(), 3); // the champion, not the newest
        QVERIFY(form.problem().contains(QStringLiteral("being read")));
        form.setVersion(version("trees", "random_forest"));
        QVERIFY2(form.problem().isEmpty(), qPrintable(form.problem()));
        QCOMPARE(itemsOf(form, "explainMethod").join(QLatin1Char('|')), QStringLiteral("Automatic|TreeSHAP|Kernel SHAP|Permutation importance"));
        QCOMPARE(itemsOf(form, "explainRows").join(QLatin1Char('|')), QStringLiteral("sample of the package|a file"));
        QVERIFY(!form.findChild<SegmentedControl *>(QStringLiteral("explainWhere"))->isEnabled()); // nothing serves it
        QVERIFY(!form.findChild<Choice *>(QStringLiteral("explainColumn"))->isVisible() && !form.findChild<Choice *>(QStringLiteral("explainGroup"))->isVisible());
        fleet::WhyQuestion q = form.question();
        QCOMPARE(q.view, View::DataSet);
        QCOMPARE(q.rows, fleet::WhyRows::Sample);
        QVERIFY(q.method == Method::Auto && q.sample == 0 && q.output.isEmpty() && !q.endpoint);
        pick(form.findChild<Choice *>(QStringLiteral("explainMethod")), 3);
        QTest::keyClicks(form.findChild<QLineEdit *>(QStringLiteral("explainNumber")), QStringLiteral("5x0")); // digits only
        q = form.question();
        QVERIFY(q.method == Method::Permutation && q.sample == 50);
        auto *views = form.findChild<SegmentedControl *>(QStringLiteral("explainView"));
        views->setFocus();
        QTest::keyClick(views, Qt::Key_Left); // one row
        QCOMPARE(itemsOf(form, "explainMethod").join(QLatin1Char('|')), QStringLiteral("Automatic|TreeSHAP|Kernel SHAP|LIME"));
        QCOMPARE(form.question().method, Method::Auto); // permutation is not of one row
        QCOMPARE(form.question().row, 0); // which row is another number than how many at most
        QTest::keyClicks(form.findChild<QLineEdit *>(QStringLiteral("explainNumber")), QStringLiteral("7"));
        QCOMPARE(form.question().row, 7);
        fleet::WhyQuestion given;
        given.model = QStringLiteral("m");
        given.version = 4;
        given.given = {{6.5, {}}, {std::nullopt, QStringLiteral("west")}};
        form.setGiven(given);
        QCOMPARE(itemsOf(form, "explainRows").size(), 2); // of another version
        given.version = 3;
        form.setGiven(given);
        QCOMPARE(itemsOf(form, "explainRows").first(), QStringLiteral("as set in What-if"));
        pick(form.findChild<Choice *>(QStringLiteral("explainRows")), 0);
        QVERIFY(form.question().rows == fleet::WhyRows::Given && form.question().given == given.given);
        QVERIFY(!form.findChild<QLineEdit *>(QStringLiteral("explainNumber"))->isVisible());
        pick(form.findChild<Choice *>(QStringLiteral("explainRows")), 2);
        QVERIFY(form.findChild<QLineEdit *>(QStringLiteral("explainFile"))->isVisible());
        QVERIFY(form.problem().contains(QStringLiteral("file")));
        QTest::keyClicks(form.findChild<QLineEdit *>(QStringLiteral("explainFile")), QStringLiteral(" /rows.csv "));
        QVERIFY(form.problem().isEmpty());
        QCOMPARE(form.question().file, QStringLiteral("/rows.csv"));
        form.chooseColumn(QStringLiteral("nobody"));
        QCOMPARE(form.question().view, View::Row);
        form.chooseColumn(QStringLiteral("side"));
        QVERIFY(form.question().view == View::Dependence && form.question().column == QStringLiteral("side") && form.question().method == Method::PartialDependence);
        QCOMPARE(form.question().sample, std::size_t(50)); // as it was for many rows
    }
    void theFormAsksTheEndpointOfWhatIsServed() {
        ExplainForm form;
        form.setModels({{QStringLiteral("m"), {{3, QStringLiteral("v3")}}, 3, true}});
        fleet::AskableVersion served = version("trees", "random_forest");
        served.hasLog = true;
        form.setVersion(served);
        auto *where = form.findChild<SegmentedControl *>(QStringLiteral("explainWhere"));
        QVERIFY(where->isEnabled());
        QTest::keyClick(where, Qt::Key_Right);
        QVERIFY(form.question().endpoint);
        QCOMPARE(itemsOf(form, "explainMethod").join(QLatin1Char('|')), QStringLiteral("Automatic|Kernel SHAP|Permutation importance")); // it is asked from outside
        QVERIFY(where->accessibleDescription().contains(QStringLiteral("log")));
        pick(form.findChild<Choice *>(QStringLiteral("explainRows")), 2);
        QCOMPARE(form.question().rows, fleet::WhyRows::Log);
        form.setModels({{QStringLiteral("m"), {{3, QStringLiteral("v3")}}, 3, false}}); // its server was stopped
        QVERIFY(!form.question().endpoint);
    }
    void aForecastOfOneSeriesIsAskedStepByStep() {
        ExplainForm form;
        form.setModels({{QStringLiteral("m"), {{3, QStringLiteral("v3")}}, 3, false}});
        fleet::AskableVersion one = version("linear", "ridge", true);
        one.signature.inputs = {{QStringLiteral("t2m@-1"), data::ColumnType::Number, {}, false}, {QStringLiteral("t2m@0"), data::ColumnType::Number, {}, false}};
        fleet::AskableVersion two = one;
        two.signature.inputs.push_back({QStringLiteral("rh2m@0"), data::ColumnType::Number, {}, false});
        form.setVersion(one);
        QCOMPARE(form.question().grouping, explain::Grouping::Inputs);
        form.setVersion(two);
        QCOMPARE(form.question().grouping, explain::Grouping::Series);
        pick(form.findChild<Choice *>(QStringLiteral("explainGroup")), 2); // what a person chose stays
        form.setVersion(one);
        QCOMPARE(form.question().grouping, explain::Grouping::Lags);
    }
    void aForecastIsAskedByTargetStepAndGrouping() {
        ExplainForm form;
        form.setModels({{QStringLiteral("m"), {{3, QStringLiteral("v3")}}, 3, false}});
        form.setVersion(version("linear", "ridge", true));
        QCOMPARE(form.question().output, QStringLiteral("t2m@+1"));
        QCOMPARE(form.question().grouping, explain::Grouping::Series);
        pick(form.findChild<Choice *>(QStringLiteral("outputTarget")), 1);
        pick(form.findChild<Choice *>(QStringLiteral("explainGroup")), 2);
        QCOMPARE(form.question().output, QStringLiteral("rh2m@+1"));
        QCOMPARE(form.question().grouping, explain::Grouping::Lags);
        pick(form.findChild<Choice *>(QStringLiteral("explainMethod")), 3); // permutation looks at all outputs
        QVERIFY(form.question().output.isEmpty());
    }
    void anotherVersionKeepsWhatWasChosen() {
        ExplainForm form;
        const std::vector<ExplainedModel> models{{QStringLiteral("m"), {{4, QStringLiteral("v4")}, {3, QStringLiteral("v3")}}, 4, false}};
        form.setModels(models);
        fleet::AskableVersion four = version("trees", "random_forest");
        four.version = 4;
        form.setVersion(four);
        pick(form.findChild<Choice *>(QStringLiteral("explainMethod")), 1);
        pick(form.findChild<Choice *>(QStringLiteral("explainRows")), 1);
        form.choose(QStringLiteral("m"), 3);
        QVERIFY(!form.problem().isEmpty()); // it is being read
        form.setVersion(version("trees", "decision_tree"));
        QCOMPARE(form.question().method, Method::TreeShap);
        QCOMPARE(form.question().rows, fleet::WhyRows::File);
        pick(form.findChild<Choice *>(QStringLiteral("explainRows")), 0);
        form.setModels(models); // a refresh
        QCOMPARE(form.version(), 3);
        QVERIFY(form.problem().isEmpty());
        form.setVersionError(QStringLiteral("SHA256SUMS does not hold."));
        QVERIFY(!form.problem().isEmpty());
    }

    void thePageIsReachedByKeyboardPaletteAndFromModels() {
        testing::SampleWindow sample(SchemeChoice::Dark);
        auto &window = sample.window;
        window.open(QStringLiteral("what-if"));
        auto *pages = window.findChild<SegmentedControl *>(QStringLiteral("whatIfPage"));
        QVERIFY(pages && pages->isVisible());
        pages->setFocus();
        QTest::keyClick(pages, Qt::Key_Right);
        auto *page = window.findChild<ExplainPage *>();
        QVERIFY(page && page->isVisible());
        QVERIFY(!window.findChild<SegmentedControl *>(QStringLiteral("whatIfModel"))->isVisible());
        QTest::keyClick(pages, Qt::Key_Left);
        QVERIFY(!page->isVisible());
        const auto &specs = window.actions();
        QVERIFY(specs.find(QStringLiteral("explain.open"))->targets().size() >= 5); // a palette line for each model
        window.open(QStringLiteral("models"), QStringLiteral("weather-t2m"));
        auto *button = window.findChild<Button *>(QStringLiteral("explainButton"));
        QVERIFY(button && button->isVisible());
        QTRY_VERIFY2(button->isEnabled(), qPrintable(button->toolTip()));
        QTest::mouseClick(button, Qt::LeftButton);
        QCOMPARE(window.currentPanel(), QStringLiteral("what-if"));
        QVERIFY(page->isVisible());
        QCOMPARE(page->model(), QStringLiteral("weather-t2m"));
        QVERIFY(page->firstFocus()->hasFocus() || window.focusWidget() == page->firstFocus());
        window.open(QStringLiteral("what-if"), QStringLiteral("")); // the panel's start
        QVERIFY(!page->isVisible());
    }

    void theAnswerStandsWithItsSourceAndGrowsStale() {
        testing::SampleWindow sample(SchemeChoice::Dark);
        ExplainPage *page = opened(sample);
        auto *state = page->findChild<PanelState *>(QStringLiteral("explainState"));
        auto *save = page->findChild<ExportButton *>(QStringLiteral("explainSave"));
        auto &actions = sample.window.actions();
        QCOMPARE(state->kind(), ScreenState::Empty);
        QVERIFY(!save->isEnabled() && !actions.blocked(QStringLiteral("explain.saveCsv")).isEmpty());
        QVERIFY(!actions.blocked(QStringLiteral("explain.stop")).isEmpty());
        auto *form = page->findChild<ExplainForm *>();
        page->showExplanation(importance("tree-shap"), form->question());
        QCOMPARE(state->kind(), ScreenState::Full);
        QVERIFY(save->isEnabled() && actions.blocked(QStringLiteral("explain.savePng")).isEmpty());
        QVERIFY(page->exportName().startsWith(QStringLiteral("tree-shap-weather-t2m-v")));
        const QList<SourceLabel *> sources = page->findChildren<SourceLabel *>();
        QVERIFY(std::any_of(sources.begin(), sources.end(), [](const SourceLabel *label) { return label->text().startsWith(QStringLiteral("this machine")); }));
        pick(form->findChild<Choice *>(QStringLiteral("explainMethod")), 2);
        QCOMPARE(state->kind(), ScreenState::Stale);
        QVERIFY2(state->text().contains(QStringLiteral("Something else was chosen")), qPrintable(state->text()));
        pick(form->findChild<Choice *>(QStringLiteral("explainMethod")), 0);
        QCOMPARE(state->kind(), ScreenState::Full);
        QTest::mouseClick(save, Qt::LeftButton);
        auto *menu = save->findChild<QMenu *>();
        QVERIFY(menu && menu->isVisible());
        QCOMPARE(menu->actions().size(), 2);
        QVERIFY(menu->actions()[0]->text().contains(QStringLiteral("CSV")) && menu->actions()[1]->text().contains(QStringLiteral("PNG")));
        QVERIFY(menu->activeAction()); // the keyboard is in it
        QTest::keyClick(menu, Qt::Key_Escape);
    }
    void enterOnABarShowsTheResponseToIt() {
        testing::SampleWindow sample(SchemeChoice::Dark);
        ExplainPage *page = opened(sample);
        auto *form = page->findChild<ExplainForm *>();
        page->showExplanation(importance("tree-shap"), form->question());
        auto *table = page->findChild<Table *>(QStringLiteral("whyTable"));
        table->choose(QStringLiteral("side"));
        QTest::keyClick(table, Qt::Key_Return);
        QCOMPARE(form->question().view, View::Dependence);
        QCOMPARE(form->question().column, QStringLiteral("side"));
    }

    void itFitsTheSmallestWindowInBothThemes_data() {
        QTest::addColumn<bool>("dark");
        QTest::addColumn<QSize>("size");
        for (const bool dark : {true, false})
            for (const QSize size : {QSize(1440, 900), QSize(1024, 640)})
                QTest::newRow(qPrintable(QStringLiteral("%1, %2 px wide").arg(dark ? QStringLiteral("dark") : QStringLiteral("light")).arg(size.width()))) << dark << size;
    }
    void itFitsTheSmallestWindowInBothThemes() {
        QFETCH(bool, dark);
        QFETCH(QSize, size);
        testing::SampleWindow sample(dark ? SchemeChoice::Dark : SchemeChoice::Light, size);
        ExplainPage *page = opened(sample);
        auto *form = page->findChild<ExplainForm *>();
        Explanation bars = importance("permutation", "mae"), lime = rowOf("lime");
        lime.r2 = 0.8;
        int number = 0;
        for (const Explanation &e : {bars, lime, dependence(), dependence(true)}) {
            page->showExplanation(e, form->question());
            QCoreApplication::processEvents();
            QCOMPARE(sample.window.size(), size);
            QVERIFY(page->rect().width() <= size.width());
            for (const Button *button : page->findChildren<Button *>())
                if (button->isVisible())
                    QVERIFY2(button->width() + 1 >= button->sizeHint().width(), qPrintable(button->text()));
            const QImage image = sample.window.grab().toImage();
            QVERIFY(dark == (image.pixelColor(size.width() / 2, 2).lightness() < 128));
            keep(image, QStringLiteral("explain-%1-%2-%3").arg(++number).arg(dark ? QStringLiteral("dark") : QStringLiteral("light")).arg(size.width()));
        }
    }

private:
    /// The explain page of the sample's first model, its version read.
    static ExplainPage *opened(testing::SampleWindow &sample) {
        sample.window.open(QStringLiteral("what-if"), QStringLiteral("explain:weather-t2m"));
        auto *page = sample.window.findChild<ExplainPage *>();
        auto *form = page->findChild<ExplainForm *>();
        fleet::AskableVersion v = version("trees", "random_forest");
        v.model = form->model();
        v.version = form->version();
        page->setVersion(v);
        QCoreApplication::processEvents();
        return page;
    }
    static void keep(const QImage &image, const QString &name) {
        const QString folder = qEnvironmentVariable("PILOTHOUSE_PICTURES_TO");
        if (folder.isEmpty())
            return;
        QDir().mkpath(folder);
        QVERIFY(image.save(QStringLiteral("%1/%2.png").arg(folder, name)));
    }
};

QTEST_MAIN(TestExplanations)
#include "tst_explanations.moc"
