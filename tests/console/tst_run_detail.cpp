// SPDX-License-Identifier: GPL-3.0-or-later
// One run as the panel follows it, against a system in memory: read with its stages, read again while it goes on, what is usual from the runs before it, what trouble leaves standing. And
// the strips of systems and notices.
#include "tests/support/fake_pipelines.h"
#include "widgets/base/button.h"
#include "widgets/pipelines/pipeline_strips.h"
#include "widgets/pipelines/run_detail.h"

#include <QLabel>
#include <QSignalSpy>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::ui;
using pipelines::PipelineRun;
using Q = QLatin1String;

namespace {

const QDateTime noon = QDateTime::fromString(QStringLiteral("2026-11-23T12:00:00Z"), Qt::ISODate);

PipelineRun runOf(int number, pipelines::State state, int seconds = 60) {
    PipelineRun run;
    run.id = QStringLiteral("retrain#%1").arg(number);
    run.pipeline = QStringLiteral("retrain");
    run.number = QString::number(number);
    run.state = state;
    run.started = noon.addSecs(600 * (number - 10));
    if (pipelines::hasEnded(state))
        run.ended = run.started.addSecs(seconds);
    run.stages = {pipelines::Stage(QStringLiteral("Train"), state, run.started, run.ended)};
    return run;
}

PipelineRun listed(PipelineRun run) {
    run.stages.clear(); // a list need not have them
    return run;
}

} // namespace

class TestRunDetail : public QObject {
    Q_OBJECT
    QThreadPool m_pool;

private Q_SLOTS:
    void aRunIsReadWithItsStagesAndThoseBeforeIt() {
        const auto system = std::make_shared<tests::FakePipelines>(QStringLiteral("jenkins"));
        system->all = {runOf(4, pipelines::State::Running), runOf(3, pipelines::State::Passed, 100), runOf(2, pipelines::State::Passed, 120), runOf(1, pipelines::State::Passed, 140)};
        RunDetail detail(system, m_pool);
        std::vector<PipelineRun> list;
        for (const PipelineRun &run : system->all)
            list.push_back(listed(run));
        detail.choose(list.front(), list);
        QVERIFY(!detail.isReading()); // nobody looks
        detail.setActive(true);
        QTRY_VERIFY(detail.run());
        QCOMPARE(detail.run()->stages.size(), std::size_t(1));
        QTRY_COMPARE(detail.history().size(), std::size_t(4));
        QCOMPARE(detail.history().front().id, list.front().id); // newest first, itself among them
        QTRY_COMPARE(detail.run()->stages[0].medianSeconds, 120.0);
    }

    void whatTheListSaysAnewIsReadAgain() {
        const auto system = std::make_shared<tests::FakePipelines>(QStringLiteral("jenkins"));
        system->all = {runOf(4, pipelines::State::Running)};
        RunDetail detail(system, m_pool);
        detail.setActive(true);
        detail.choose(listed(system->all[0]), {});
        QTRY_VERIFY(detail.run());
        {
            const std::lock_guard lock(system->mutex);
            system->all = {runOf(4, pipelines::State::Passed)};
        }
        detail.choose(listed(runOf(4, pipelines::State::Passed)), {});
        QTRY_COMPARE(detail.run()->state, pipelines::State::Passed);
    }

    void troubleLeavesWhatWasKnown() {
        const auto system = std::make_shared<tests::FakePipelines>(QStringLiteral("jenkins"));
        system->all = {runOf(4, pipelines::State::Running)};
        RunDetail detail(system, m_pool);
        detail.setActive(true);
        detail.chooseId(QStringLiteral("retrain#4"));
        QTRY_VERIFY(detail.run());
        {
            const std::lock_guard lock(system->mutex);
            system->all.clear();
        }
        detail.refresh();
        QTRY_VERIFY(detail.problem());
        QVERIFY(detail.run());
        QCOMPARE(detail.run()->id, QStringLiteral("retrain#4"));
        {
            const std::lock_guard lock(system->mutex);
            system->all = {runOf(4, pipelines::State::Passed)};
        }
        detail.refresh();
        QTRY_VERIFY(!detail.problem());
    }

    void anItemOfAQueueLeadsToItsRun() {
        const auto system = std::make_shared<tests::FakePipelines>(QStringLiteral("jenkins"));
        PipelineRun waiting = runOf(4, pipelines::State::Waiting);
        waiting.became = QStringLiteral("retrain#5");
        system->all = {waiting};
        RunDetail detail(system, m_pool);
        QSignalSpy became(&detail, &RunDetail::becameAnother);
        detail.setActive(true);
        detail.chooseId(waiting.id);
        QTRY_VERIFY(became.count() > 0);
        QCOMPARE(became.first().at(1).toString(), QStringLiteral("retrain#5"));
    }

    void eachSystemInTroubleHasItsLine() {
        fleet::PipelinesState state;
        for (const char *kind : {"jenkins", "github"}) {
            fleet::SystemSight sight;
            sight.connection = sight.system = Q(kind);
            sight.read = noon.addSecs(-600);
            state.systems.push_back(sight);
        }
        SystemsStrip strip;
        strip.setState(state, noon);
        QVERIFY(strip.isHidden());
        state.systems[1].problem = Error{ErrorKind::Unreachable, QStringLiteral("No answer came."), {}, QStringLiteral("Check the network."), {}};
        strip.setState(state, noon);
        QVERIFY(!strip.isHidden());
        QVERIFY2(strip.text().startsWith(Q("Actions, shown from ")) && strip.text().endsWith(Q("No answer came. Check the network.")), qPrintable(strip.text()));
        QSignalSpy again(&strip, &SystemsStrip::againWanted);
        strip.findChild<Button *>(QStringLiteral("systemAgain"))->click();
        QCOMPARE(again.first().first().toString(), QStringLiteral("github"));
        state.systems[1].problem.reset();
        strip.setState(state, noon);
        QVERIFY(strip.isHidden() && strip.text().isEmpty());
    }

    void aNoticeOfTheChosenPipelineComesFirstAndItsButtonHelps() {
        ActionCatalogue actions;
        QString done;
        ActionSpec fix;
        fix.id = QStringLiteral("pipeline.fix");
        fix.text = QStringLiteral("Do what helps");
        fix.run = [&done](const QString &argument, const QString &) { done = argument; };
        actions.add(fix);
        PanelContext context;
        context.actions = &actions;
        NoticeStrip strip(context);
        strip.setNotices({}, {}, noon);
        QVERIFY(strip.isHidden());
        std::vector<pipelines::Notice> notices;
        for (const char *pipeline : {"a", "b", "c"}) {
            pipelines::Notice notice;
            notice.id = QStringLiteral("n/") + Q(pipeline);
            notice.pipeline = Q(pipeline);
            notice.sentence = QStringLiteral("auth is broken and was skipped since.");
            notice.since = noon.addSecs(-60);
            notice.fix = QStringLiteral("Build it");
            notice.start = pipelines::StartRequest{};
            notices.push_back(notice);
        }
        strip.setNotices(notices, QStringLiteral("c"), noon);
        QVERIFY(!strip.isHidden());
        QCOMPARE(strip.shown(), (QStringList{QStringLiteral("n/c"), QStringLiteral("n/a")}));
        auto *button = strip.findChild<Button *>(QStringLiteral("noticeFix"));
        QVERIFY(button && button->text().startsWith(Q("Build it")));
        button->click();
        QCOMPARE(done, QStringLiteral("n/c"));
        QStringList words;
        for (const QLabel *label : strip.findChildren<QLabel *>())
            words << label->text();
        QVERIFY2(words.join(QLatin1Char(' ')).contains(Q("1 more in the inbox.")), qPrintable(words.join(QLatin1Char(' '))));
    }
};

QTEST_MAIN(TestRunDetail)
#include "tst_run_detail.moc"
