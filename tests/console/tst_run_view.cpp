// SPDX-License-Identifier: GPL-3.0-or-later
// What the Train panel says of a training of this window: its curves and what came of it.
#include "widgets/base/action_catalogue.h"
#include "widgets/base/card.h"
#include "widgets/base/field.h"
#include "widgets/base/plot.h"
#include "widgets/base/theme.h"
#include "widgets/learn/run_view.h"

#include <QJsonObject>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::ui;

namespace {

/// Two networks of one recipe, the second still training.
fleet::Job training() {
    fleet::Job job;
    job.id = QStringLiteral("job-1");
    job.model = QStringLiteral("wind");
    job.state = QStringLiteral("running");
    job.started = QDateTime::currentDateTimeUtc().addSecs(-5);
    for (const char *estimator : {"mlp", "lstm"}) {
        job.stage = QLatin1String(estimator);
        for (int step = 1; step <= 20; ++step)
            for (const char *series : {"train", "validation"})
                job.addPoint(QStringLiteral("loss"), QLatin1String(series), step, (job.stage == QLatin1String("mlp") ? 1.0 : 5.0) / step);
    }
    return job;
}

} // namespace

class TestRunView : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        QLocale::setDefault(QLocale::c());
        m_theme.apply(SchemeChoice::Dark, 100);
    }
    void theCurvesAreOfOneEstimator_data() {
        QTest::addColumn<QString>("state");
        QTest::addColumn<QString>("kept");
        QTest::addColumn<double>("first");
        QTest::newRow("running: the one that trains") << "running" << "" << 5.0;
        QTest::newRow("done: the one that is kept") << "done" << "mlp" << 1.0;
        QTest::newRow("done: the kept one has no curves") << "done" << "ridge" << 5.0;
    }
    void theCurvesAreOfOneEstimator() {
        QFETCH(QString, state);
        QFETCH(QString, kept);
        QFETCH(double, first);
        ActionCatalogue actions;
        PanelContext context;
        context.actions = &actions;
        RunView view(context);
        fleet::Job job = training();
        job.state = state;
        job.ended = job.started.addMSecs(2800);
        if (!kept.isEmpty())
            job.result = {{QStringLiteral("estimator"), kept}, {QStringLiteral("select"), QStringLiteral("mae")}, {QStringLiteral("metrics"), QJsonObject{{QStringLiteral("test"), QJsonObject{{QStringLiteral("mae"), 0.5}}}}}};
        view.showJob(&job);
        const PlotData &data = view.lossCard()->findChild<PlotWidget *>(QStringLiteral("lossPlot"))->data();
        QCOMPARE(data.series.size(), std::size_t(2)); // training and validation
        for (const PlotSeries &series : data.series) {
            QCOMPARE(series.points.size(), std::size_t(20));
            QCOMPARE(series.points.front().y(), first);
            for (std::size_t i = 1; i < series.points.size(); ++i)
                QVERIFY(series.points[i - 1].x() < series.points[i].x());
        }
        QStringList words;
        for (const Label *label : view.findChildren<Label *>())
            words << label->text();
        QCOMPARE(words.join(QLatin1Char(' ')).contains(QStringLiteral("MAE 0.500 on its test rows")), !kept.isEmpty());
    }
    void withoutATrainingThereIsNoGap() {
        ActionCatalogue actions;
        PanelContext context;
        context.actions = &actions;
        QWidget panel;
        auto *view = new RunView(context, &panel);
        view->showJob(nullptr);
        QVERIFY(view->isHidden());
        const fleet::Job job = training();
        view->showJob(&job);
        QVERIFY(!view->isHidden());
    }

private:
    Theme m_theme;
};

QTEST_MAIN(TestRunView)
#include "tst_run_view.moc"
