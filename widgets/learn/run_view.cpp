// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/learn/run_view.h"

#include "widgets/base/button.h"
#include "widgets/base/card.h"
#include "widgets/base/field.h"
#include "widgets/base/format.h"
#include "widgets/base/log_view.h"
#include "widgets/base/plot.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace pilothouse::ui {

namespace {

State stateOfJob(const fleet::Job &job) {
    if (job.state == QLatin1String("running") || job.state == QLatin1String("cancelling"))
        return State::Running;
    if (job.state == QLatin1String("done"))
        return State::Ok;
    return job.state == QLatin1String("failed") ? State::Bad : State::Skipped;
}

} // namespace

RunView::RunView(const PanelContext &context, QWidget *parent)
    : QWidget(parent), m_context(context), m_head(new Card), m_lossCard(new Card(RunView::tr("Curves"))), m_logCard(new Card(RunView::tr("Log"))), m_badge(new StateBadge),
      m_words(new Label), m_left(new Label({}, TextRole::Second, &Tokens::t2)), m_bar(new ProgressBar),
      m_cancel(new Button(*context.actions, QStringLiteral("train.cancel"), ButtonKind::Danger)), m_resume(new Button(*context.actions, QStringLiteral("train.resume"))),
      m_loss(new PlotWidget), m_log(new LogView) {
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(12);
    auto *body = new QWidget;
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(12, 10, 12, 12);
    auto *row = new QHBoxLayout;
    row->setSpacing(8);
    m_words->setElide(Qt::ElideRight);
    row->addWidget(m_badge);
    row->addWidget(m_words, 1);
    row->addWidget(m_resume);
    row->addWidget(m_cancel);
    column->addLayout(row);
    auto *bar = new QHBoxLayout;
    bar->addWidget(m_bar, 1);
    bar->addWidget(m_left);
    column->addLayout(bar);
    m_bar->setAccessibleName(tr("Progress of the training"));
    m_cancel->setObjectName(QStringLiteral("cancelTraining"));
    m_resume->setObjectName(QStringLiteral("resumeTraining"));
    m_head->setBody(body);
    layout->addWidget(m_head);
    m_loss->setObjectName(QStringLiteral("lossPlot"));
    m_lossCard->setBody(m_loss, 8);
    m_log->setObjectName(QStringLiteral("trainLog"));
    m_log->setAccessibleName(tr("Log of the training"));
    m_logCard->setBody(m_log);
}

void RunView::showJob(const fleet::Job *job) {
    m_head->setVisible(job);
    m_lossCard->setVisible(job && !job->curves.empty());
    m_logCard->showState(job ? ScreenState::full() : ScreenState::empty(tr("No log yet"), tr("What a training says shows up here while it runs.")));
    if (!job) {
        m_job.clear();
        return;
    }
    if (m_job != job->id)
        m_log->clear();
    m_job = job->id;
    const bool running = stateOfJob(*job) == State::Running;
    static const QHash<QString, const char *> words{{QStringLiteral("running"), QT_TR_NOOP("Training")}, {QStringLiteral("cancelling"), QT_TR_NOOP("Stopping")},
                                                    {QStringLiteral("done"), QT_TR_NOOP("Done")}, {QStringLiteral("failed"), QT_TR_NOOP("Failed")},
                                                    {QStringLiteral("cancelled"), QT_TR_NOOP("Cancelled")}};
    m_badge->setState(stateOfJob(*job), tr(words.value(job->state, "Unknown")));
    QString text = job->model;
    if (running && job->total > 0)
        text += tr(" · %1 %2 of %3").arg(job->stage.isEmpty() ? job->unit : job->stage + QLatin1Char(' ') + job->unit, count(job->done), count(job->total));
    else if (running && !job->stage.isEmpty())
        text += QStringLiteral(" · ") + job->stage;
    if (job->state == QLatin1String("cancelling"))
        text += tr(" · stops after this step, the checkpoint is kept");
    if (job->error)
        text += QStringLiteral(" · ") + job->error->text();
    m_words->setText(text);
    m_bar->setVisible(running);
    m_bar->setValue(job->total > 0 ? double(job->done) / double(job->total) : -1);
    const QDateTime now = m_context.now ? m_context.now() : QDateTime::currentDateTimeUtc();
    const double spent = double(job->started.msecsTo(running ? now : job->ended)) / 1000;
    m_left->setText(running && job->etaSeconds >= 0 ? tr("%1 spent, %2 left").arg(runTime(spent), runTime(job->etaSeconds)) : tr("%1 spent").arg(runTime(spent)));
    m_cancel->setVisible(running);
    m_resume->setVisible(job->state == QLatin1String("cancelled") || (job->state == QLatin1String("failed") && !job->run.isEmpty()));
    for (Button *button : {m_cancel, m_resume}) {
        button->setArgument(job->id);
        button->refresh();
    }
    m_log->setLines(job->log);
    showCurves(*job);
}

void RunView::showCurves(const fleet::Job &job) {
    if (job.curves.empty())
        return;
    const QString name = job.curves.front().name; // one quantity a plot: mixing units would lie
    PlotData data;
    data.unit = metricName(name);
    data.xName = job.unit.isEmpty() ? tr("step") : job.unit;
    data.sentence = tr("Live curve of %1 while %2 trains").arg(metricName(name), job.model);
    for (const fleet::Job::Curve &curve : job.curves) {
        if (curve.name != name)
            continue;
        PlotSeries series;
        series.name = curve.series;
        series.ink = &Tokens::s2;
        series.dashed = curve.series.startsWith(QLatin1String("train"));
        for (const auto &[x, y] : curve.points)
            series.points.emplace_back(x, y);
        data.series.push_back(std::move(series));
    }
    m_lossCard->setTitle(metricName(name));
    m_loss->setData(std::move(data));
}

} // namespace pilothouse::ui
