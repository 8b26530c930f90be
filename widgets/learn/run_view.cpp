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

#include <algorithm>
#include <cmath>

namespace pilothouse::ui {

namespace {

constexpr std::size_t shownRuns = 30; // more dots than that have no readable names

State stateOfJob(const fleet::Job &job) {
    if (job.state == QLatin1String("running") || job.state == QLatin1String("cancelling"))
        return State::Running;
    if (job.state == QLatin1String("done"))
        return State::Ok;
    return job.state == QLatin1String("failed") ? State::Bad : State::Skipped;
}

/// What came of a training, by the figure it was chosen by; empty: its result says no such figure.
QString outcomeOf(const QJsonObject &result) {
    const QString metric = result.value(QLatin1String("select")).toString();
    const QJsonValue value = result.value(QLatin1String("metrics")).toObject().value(QLatin1String("test")).toObject().value(metric);
    return value.isDouble() ? RunView::tr("%1 %2 on its test rows").arg(metricName(metric), number(value.toDouble())) : QString();
}

/// As the workspace says it.
QString unitOf(const PanelContext &context, const QString &model, const QString &metric) {
    const workspace::Model *declared = context.fleet ? context.fleet->services()->workspace.model(model) : nullptr;
    return declared ? metricUnit(declared->watch, metric) : QString();
}

} // namespace

RunView::RunView(const PanelContext &context, QWidget *parent)
    : QWidget(parent), m_context(context), m_head(new Card), m_lossCard(new Card(RunView::tr("Curves"))), m_qualityCard(new Card(RunView::tr("Runs"))),
      m_logCard(new Card(RunView::tr("Log"))), m_badge(new StateBadge),
      m_words(new Label), m_left(new Label({}, TextRole::Second, &Tokens::t2)), m_bar(new ProgressBar),
      m_cancel(new Button(*context.actions, QStringLiteral("train.cancel"), ButtonKind::Danger)), m_resume(new Button(*context.actions, QStringLiteral("train.resume"))),
      m_loss(new PlotWidget), m_quality(new PlotWidget), m_legend(new Legend), m_log(new LogView) {
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
    m_lossCard->addTool(m_legend);
    m_quality->setObjectName(QStringLiteral("runsPlot"));
    m_qualityCard->setBody(m_quality, 8);
    m_lossCard->setMinimumHeight(150);
    m_qualityCard->setMinimumHeight(150);
    m_log->setObjectName(QStringLiteral("trainLog"));
    m_log->setAccessibleName(tr("Log of the training"));
    m_logCard->setBody(m_log);
}

void RunView::showJob(const fleet::Job *job) {
    m_logCard->showState(job ? ScreenState::full() : ScreenState::empty(tr("No log yet"), tr("What a training says shows up here while it runs.")));
    if (!job) {
        m_job.clear();
        showLast();
        return;
    }
    setVisible(true);
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
    if (job->state == QLatin1String("done"))
        for (const QString &came : {job->result.value(QLatin1String("estimator")).toString(), outcomeOf(job->result)})
            if (!came.isEmpty())
                text += QStringLiteral(" · ") + came;
    if (job->state == QLatin1String("cancelling"))
        text += tr(" · stops after this step, the checkpoint is kept");
    if (job->error)
        text += QStringLiteral(" · ") + job->error->text();
    m_words->setText(text);
    m_bar->setVisible(running);
    m_bar->setValue(job->total > 0 ? double(job->done) / double(job->total) : -1);
    const QDateTime now = m_context.now ? m_context.now() : QDateTime::currentDateTimeUtc();
    const double spent = double(job->started.msecsTo(running ? now : job->ended)) / 1000;
    m_left->setVisible(true);
    m_left->setText(running && job->etaSeconds >= 0 ? tr("%1 spent, %2 left").arg(runTime(spent), runTime(job->etaSeconds)) : tr("%1 spent").arg(runTime(spent)));
    m_cancel->setVisible(running);
    m_resume->setVisible(job->state == QLatin1String("cancelled") || (job->state == QLatin1String("failed") && !job->run.isEmpty()));
    for (Button *button : {m_cancel, m_resume}) {
        button->setArgument(job->id);
        button->refresh();
    }
    m_log->setLines(job->log);
    m_lossCard->setVisible(!job->curves.empty());
    showCurves(job->model, job->unit, job->curves, job->result.value(QLatin1String("estimator")).toString());
}

void RunView::showRuns(const std::vector<RunLine> &lines, const fleet::ModelRow *model) {
    m_model = model ? model->name : QString();
    m_last = lines.empty() ? std::nullopt : std::optional(lines.front());
    showQuality(lines, model);
    if (m_job.isEmpty())
        showLast();
}

/// The last run as the registry has it; what trains elsewhere (a pipeline, the command line) shows up here too.
void RunView::showLast() {
    setVisible(m_last.has_value()); // the gap that an empty head leaves goes too
    if (!m_last) {
        m_lossCard->hide();
        m_curvesOf.clear();
        return;
    }
    const registry::Run &run = m_last->run;
    static const QHash<int, const char *> words{{int(registry::RunStatus::Running), QT_TR_NOOP("Training")}, {int(registry::RunStatus::Finished), QT_TR_NOOP("Done")},
                                                {int(registry::RunStatus::Failed), QT_TR_NOOP("Failed")}, {int(registry::RunStatus::Killed), QT_TR_NOOP("Cancelled")}};
    m_badge->setState(stateOf(run.status), tr(words.value(int(run.status), "Unknown")));
    const QDateTime now = m_context.now ? m_context.now() : QDateTime::currentDateTimeUtc();
    QStringList text{tr("Last run %1").arg(run.name.isEmpty() ? run.id.left(8) : run.name)};
    if (const QString estimator = run.params.value(QStringLiteral("estimator")); !estimator.isEmpty())
        text << estimator;
    if (m_last->selected)
        text << tr("%1 %2 on its test rows").arg(metricName(m_last->selectMetric), number(*m_last->selected));
    if (!run.error.isEmpty())
        text << run.error;
    text << tr("%1 ago, by %2").arg(age(run.started, now), run.user);
    if (run.ended.isValid())
        text << tr("%1 spent").arg(runTime(double(run.started.msecsTo(run.ended)) / 1000));
    m_words->setText(text.join(QStringLiteral(" · ")));
    m_bar->hide();
    m_cancel->hide();
    m_resume->hide();
    m_left->hide();
    if (m_curvesOf != run.id)
        readCurves(run);
}

/// Curves are what a run logged step by step: "train_loss", "validation_loss". Its final figures (one point) are no curve.
void RunView::readCurves(const registry::Run &run) {
    m_curvesOf = run.id;
    m_lossCard->hide();
    if (!m_context.fleet)
        return;
    m_reading.stop.request_stop();
    using Curves = std::vector<fleet::Job::Curve>;
    m_reading = startTask<Curves>(m_context.fleet->pools().waiting, [services = m_context.fleet->services(), id = run.id, names = run.metrics.keys()](std::stop_token token) -> Result<Curves> {
        Curves curves;
        for (const QString &key : names) {
            if (token.stop_requested())
                return cancelled();
            const qsizetype slash = key.indexOf(QLatin1Char('/')); // "mlp/train_loss": one of several estimators
            const QString estimator = key.left(std::max<qsizetype>(0, slash)), figure = key.mid(slash + 1);
            const QString series = figure.startsWith(QLatin1String("train_")) ? QStringLiteral("train") : figure.startsWith(QLatin1String("validation_")) ? QStringLiteral("validation") : QString();
            if (series.isEmpty())
                continue;
            PH_ASSIGN(const auto points, services->registry->metricHistory(id, key));
            if (points.size() < 2)
                continue;
            fleet::Job::Curve curve{figure.mid(series.size() + 1), series, {}, estimator};
            for (const registry::MetricPoint &point : points)
                curve.points.emplace_back(double(point.step), point.value);
            curves.push_back(std::move(curve));
        }
        return curves;
    });
    deliver(m_reading, this, [this, id = run.id, model = run.experiment, kept = run.params.value(QStringLiteral("estimator"))](const Result<Curves> &curves) {
        if (!curves || !m_job.isEmpty() || m_curvesOf != id)
            return; // no curve is no failure of the panel: the registry's own problems are shown by the snapshot
        m_lossCard->setVisible(!curves->empty());
        showCurves(model, {}, *curves, kept);
    });
}

/// One dot a run, oldest left; runs measured by another metric than the newest are left out.
void RunView::showQuality(const std::vector<RunLine> &lines, const fleet::ModelRow *model) {
    const auto newest = std::find_if(lines.begin(), lines.end(), [](const RunLine &line) { return line.selected.has_value(); });
    if (newest == lines.end()) {
        m_qualityCard->setTitle(tr("Training"));
        m_qualityCard->setSubtitle({});
        m_qualityCard->showState(ScreenState::empty(tr("Nothing trained yet"), tr("The curves of the running training and how the runs compare stand here. Choose a model or open a data file; the recipe on the left says what is trained."),
                                                    tr("Train on this machine"), [actions = m_context.actions] { actions->trigger(QStringLiteral("train.run")); }));
        return;
    }
    m_qualityCard->showState(ScreenState::full());
    const QString metric = newest->selectMetric, unit = model && model->quality.metric == metric ? model->quality.unit : unitOf(m_context, m_model, metric);
    PlotData data;
    data.unit = unit.isEmpty() ? metricName(metric) : unit;
    PlotSeries line, dots;
    line.name = dots.name = metricName(metric);
    line.ink = dots.ink = &Tokens::s2;
    dots.dots = true;
    std::optional<double> champion;
    for (auto at = std::make_reverse_iterator(lines.begin() + qsizetype(std::min(lines.size(), shownRuns))); at != lines.rend(); ++at) {
        if (!at->selected || at->selectMetric != metric)
            continue;
        const double x = double(data.categories.size());
        data.categories.push_back(at->chips.isEmpty() ? at->run.name.section(QLatin1Char('-'), -1).left(6) : at->chips.front());
        line.points.emplace_back(x, *at->selected);
        if (at->chips.contains(QStringLiteral("champion")))
            champion = *at->selected;
    }
    dots.points = line.points;
    const double newestValue = line.points.back().y();
    const bool onLine = champion && std::abs(newestValue - *champion) < 0.05 * std::abs(*champion); // its words would stand on the champion's line
    data.points.push_back({line.points.back().x(), newestValue, onLine ? QString() : number(newestValue), &Tokens::s2});
    if (champion)
        data.limits.push_back({*champion, tr("champion %1").arg(number(*champion)), &Tokens::s1});
    if (model && model->quality.metric == metric)
        for (const auto &limit : {model->quality.max, model->quality.min})
            if (limit)
                data.limits.push_back({*limit, tr("limit %1").arg(number(*limit)), &Tokens::warn});
    data.sentence = tr("%1 of every run on its test rows, newest last: %2").arg(metricName(metric), number(line.points.back().y()));
    data.series = {line, dots};
    m_qualityCard->setTitle(tr("%1 by run").arg(metricName(metric)));
    m_qualityCard->setSubtitle(tr("on its test rows, newest right"));
    m_quality->setData(std::move(data));
}

void RunView::showCurves(const QString &model, const QString &unit, const std::vector<fleet::Job::Curve> &curves, const QString &kept) {
    if (curves.empty())
        return;
    const auto of = [&](const QString &estimator) { return std::find_if(curves.begin(), curves.end(), [&](const auto &curve) { return curve.estimator == estimator; }); };
    const auto first = of(kept) != curves.end() ? of(kept) : of(curves.back().estimator);
    const QString name = first->name, estimator = first->estimator; // one quantity a plot: mixing units would lie
    PlotData data;
    data.unit = metricName(name);
    data.xName = unit.isEmpty() ? tr("step") : unit;
    data.sentence = tr("Curve of %1 in the training of %2").arg(metricName(name), estimator.isEmpty() ? model : QStringLiteral("%1, %2").arg(model, estimator));
    std::vector<Legend::Entry> legend;
    for (const fleet::Job::Curve &curve : curves) {
        if (curve.name != name || curve.estimator != estimator)
            continue;
        PlotSeries series;
        series.name = curve.series;
        series.ink = &Tokens::s2;
        series.dashed = curve.series.startsWith(QLatin1String("train"));
        for (const auto &[x, y] : curve.points)
            series.points.emplace_back(x, y);
        legend.push_back({curve.series.startsWith(QLatin1String("train")) ? tr("training") : tr("validation"), series.ink, series.dashed});
        data.series.push_back(std::move(series));
    }
    m_lossCard->setTitle(metricName(name).left(1).toUpper() + metricName(name).mid(1));
    m_lossCard->setSubtitle(estimator);
    m_legend->setEntries(std::move(legend));
    m_loss->setData(std::move(data));
}

} // namespace pilothouse::ui
