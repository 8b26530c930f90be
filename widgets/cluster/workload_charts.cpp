// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/cluster/workload_charts.h"

#include "widgets/base/card.h"
#include "widgets/base/format.h"
#include "widgets/cluster/slo_words.h"

#include <QGridLayout>

#include <algorithm>
#include <cmath>

namespace pilothouse::ui {

using Q = QLatin1String;
using fleet::WorkloadMetrics;

namespace {

constexpr int periodMs = 15000, dearPeriodMs = 60000;
constexpr std::size_t mostEntries = 4; ///< of a legend

double secondsOf(const QDateTime &when) { return double(when.toMSecsSinceEpoch()) / 1000; }

/// Revisions of the requests' curves get their inks in order; the newest is the candidate's.
Ink inkOf(const WorkloadMetrics::Curve &curve, std::size_t index, std::size_t count) {
    static const Ink older[] = {&Tokens::s1, &Tokens::s4, &Tokens::s5, &Tokens::s6, &Tokens::s7, &Tokens::s8};
    if (curve.newest && count > 1)
        return &Tokens::s2;
    return older[index % std::size(older)];
}

} // namespace

PlotData metricsPlot(const std::vector<WorkloadMetrics::Curve> &curves, const WorkloadMetrics &metrics, const QString &unit) {
    PlotData data;
    data.time = true;
    data.unit = unit;
    if (metrics.from.isValid() && metrics.to.isValid()) {
        data.xMin = secondsOf(metrics.from);
        data.xMax = secondsOf(metrics.to);
    }
    std::size_t older = 0;
    for (const WorkloadMetrics::Curve &curve : curves) {
        PlotSeries line;
        line.name = curve.name;
        line.ink = inkOf(curve, older, curves.size());
        older += curve.newest ? 0 : 1;
        double before = 0;
        for (const auto &[when, value] : curve.points) {
            const double x = secondsOf(when);
            if (before > 0 && x - before > 180) // pods that were gone meanwhile
                line.points.emplace_back(before + 1, std::nan(""));
            line.points.emplace_back(x, value);
            before = x;
        }
        data.series.push_back(std::move(line));
    }
    if (!data.series.empty())
        for (const WorkloadMetrics::Mark &mark : metrics.marks)
            data.markers.push_back({secondsOf(mark.when), mark.name, &Tokens::t3});
    return data;
}

WorkloadCharts::Chart WorkloadCharts::addChart(const QString &title, const char *name) {
    Chart chart{new Card(title), new PlotWidget, new Legend};
    chart.plot->setObjectName(Q(name));
    chart.card->addTool(chart.legend);
    chart.card->setBody(chart.plot, 8);
    return chart;
}

WorkloadCharts::WorkloadCharts(const PanelContext &context, QWidget *parent) : QWidget(parent), m_context(context) {
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    m_all = new QWidget;
    m_all->setFixedHeight(Theme::of(this).px(170)); // pods and revisions need the height
    column->addWidget(m_all);
    m_none = new Label({}, TextRole::Second, &Tokens::t3);
    m_none->setObjectName(QStringLiteral("workloadNoFigures"));
    m_none->setWordWrap(true);
    m_none->hide();
    column->addWidget(m_none);
    m_note = new Label({}, TextRole::Second, &Tokens::t3);
    m_note->setObjectName(QStringLiteral("workloadNote"));
    m_note->setWordWrap(true);
    m_note->hide();
    column->addWidget(m_note);
    auto *grid = new QGridLayout(m_all);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setSpacing(12);
    m_requests = addChart(tr("Requests/s"), "workloadRequests");
    m_errors = addChart(tr("Errors, %"), "workloadErrors");
    m_latency = addChart(tr("Latency p95, ms"), "workloadLatency");
    m_mix = addChart(tr("Predictions"), "workloadMix");
    const Chart *charts[] = {&m_requests, &m_errors, &m_latency, &m_mix};
    for (int i = 0; i < 4; ++i) {
        grid->addWidget(charts[i]->card, 0, i);
        for (int j = 0; j < 4; ++j) // one crosshair for all
            if (i != j)
                connect(charts[i]->plot, &PlotWidget::crosshairMoved, charts[j]->plot, &PlotWidget::setCrosshair);
    }
    for (int i = 0; i < 4; ++i)
        grid->setColumnStretch(i, 1);
    m_timer.setInterval(periodMs);
    connect(&m_timer, &QTimer::timeout, this, &WorkloadCharts::read);
    clear();
}

QDateTime WorkloadCharts::now() const { return m_context.now ? m_context.now() : QDateTime::currentDateTimeUtc(); }

void WorkloadCharts::showWorkload(const fleet::Snapshot &snapshot, const QString &connection, const cluster::KubeRef &ref) {
    Q_UNUSED(snapshot) // what it has of a model is of its endpoint on this machine
    if (connection == m_connection && ref == m_ref)
        return;
    clear();
    m_connection = connection;
    m_ref = ref;
    if (m_context.fleet)
        for (const workspace::Model &model : m_context.fleet->services()->workspace.models)
            if (model.deployment.connection == connection && model.deployment.target.section(QLatin1Char('/'), 1) == ref.name)
                m_maxErrorRate = model.deployment.maxErrorRate * 100;
    for (const Chart *chart : {&m_requests, &m_errors, &m_latency, &m_mix})
        chart->card->showState(ScreenState::loading());
    if (isVisible())
        refresh();
}

void WorkloadCharts::clear() {
    ++m_number;
    m_timer.stop();
    m_task.stop.request_stop();
    m_task = {};
    m_connection.clear();
    m_ref = {};
    m_maxErrorRate = -1;
    m_none->hide();
    m_note->hide();
    m_all->show();
    m_seen.reset();
    for (const Chart *chart : {&m_requests, &m_errors, &m_latency, &m_mix}) {
        chart->plot->setData({});
        chart->legend->setEntries({});
        chart->card->source()->clear();
        chart->card->showState(ScreenState::empty(tr("Nothing is chosen"), tr("What a workload's revisions answer is drawn here.")));
    }
}

void WorkloadCharts::refresh() {
    if (m_ref.name.isEmpty())
        return;
    m_timer.start();
    read();
}

void WorkloadCharts::showEvent(QShowEvent *event) {
    QWidget::showEvent(event);
    refresh();
}

void WorkloadCharts::hideEvent(QHideEvent *event) {
    QWidget::hideEvent(event);
    m_timer.stop();
}

void WorkloadCharts::read() {
    if (m_ref.name.isEmpty() || !m_context.fleet || m_task.isRunning())
        return;
    m_task = startTask<WorkloadMetrics>(m_context.fleet->pools().waiting, [services = m_context.fleet->services(), connection = m_connection, ref = m_ref](std::stop_token token) {
        return fleet::readWorkloadMetrics(*services, connection, ref, token);
    });
    deliver(m_task, this, [this, number = m_number](const Result<WorkloadMetrics> &metrics) {
        if (number == m_number && metrics) // cancelled: another was chosen, or the window closes
            showMetrics(*metrics);
    });
}

void WorkloadCharts::showMetrics(const WorkloadMetrics &metrics) {
    m_seen = metrics;
    m_timer.setInterval(metrics.dear ? dearPeriodMs : periodMs);
    const bool none = metrics.source.isEmpty() && metrics.mixSource.isEmpty(); // four cards that say the same would only take the room
    m_none->setText(none ? tr("Requests, errors and latency are not known: %1").arg(QStringList{metrics.missing, metrics.mixMissing}.join(QLatin1Char(' ')).trimmed()) : QString());
    m_none->setVisible(none);
    m_all->setVisible(!none);
    QStringList notes; // the cards' headers have no room for them
    if (!metrics.partial.isEmpty())
        notes << tr("Not all of it: %1.").arg(metrics.partial);
    if (const QString verdict = sloVerdict(metrics.slo); !verdict.isEmpty())
        notes << verdict + QStringLiteral(": ") + sloSentences(metrics.slo).replace(QLatin1Char('\n'), QLatin1Char(' '));
    const QString note = notes.join(QLatin1Char(' '));
    m_note->setText(note);
    m_note->setInk(metrics.slo.kept() ? &Tokens::t3 : &Tokens::warn);
    m_note->setVisible(!note.isEmpty() && !none);
    const auto show = [&](const Chart &chart, const std::vector<WorkloadMetrics::Curve> &curves, const QString &unit, const QString &source, const QString &missing) {
        PlotData data = metricsPlot(curves, metrics, unit);
        std::vector<Legend::Entry> entries;
        for (const PlotSeries &series : data.series)
            entries.push_back({series.name, series.ink, false});
        if (entries.size() > mostEntries)
            entries.erase(entries.begin(), entries.end() - std::ptrdiff_t(mostEntries));
        chart.legend->setEntries(std::move(entries));
        data.sentence = tr("%1 of %2, by revision").arg(chart.card->title(), m_ref.name);
        if (&chart == &m_errors) {
            data.yMin = 0;
            if (m_maxErrorRate >= 0)
                data.limits = {{m_maxErrorRate, tr("turned back above %1").arg(number(m_maxErrorRate)), &Tokens::bad}};
            if (metrics.slo.slo.availability)
                data.limits.push_back({100 - *metrics.slo.slo.availability, tr("promised %1").arg(number(100 - *metrics.slo.slo.availability, 2)), &Tokens::warn});
        }
        if (&chart == &m_latency && metrics.slo.slo.latencyP95)
            data.limits.push_back({*metrics.slo.slo.latencyP95, tr("promised %1").arg(number(*metrics.slo.slo.latencyP95)), &Tokens::warn});
        if (curves.empty())
            chart.card->showState(ScreenState::empty(tr("Not known"), missing));
        else
            chart.card->showState(ScreenState::full());
        if (!source.isEmpty() && source == metrics.source && !note.isEmpty())
            data.sentence += QStringLiteral("; ") + note;
        if (source.isEmpty())
            chart.card->source()->clear();
        else
            chart.card->source()->setSource(source, metrics.to, Freshness::Polled, m_timer.interval() / 1000);
        chart.plot->setData(std::move(data));
    };
    m_latency.card->setTitle(metrics.latency.size() > 1 && metrics.latency.front().name == QStringLiteral("p50") ? tr("Latency, ms") : tr("Latency p95, ms"));
    const auto why = [&](const QString &otherwise) { return metrics.source.isEmpty() && !metrics.missing.isEmpty() ? metrics.missing : otherwise; };
    show(m_requests, metrics.requests, tr("1/s"), metrics.source, why(tr("%1 saw no request in the last hour.").arg(metrics.source)));
    show(m_errors, metrics.errors, QStringLiteral("%"), metrics.source, why(tr("%1 does not tell which requests failed.").arg(metrics.source)));
    show(m_latency, metrics.latency, tr("ms"), metrics.source, why(tr("%1 does not tell how long requests took.").arg(metrics.source)));
    using Mix = WorkloadMetrics::Mix;
    m_mix.card->setTitle(metrics.mixIs == Mix::Share ? tr("Predictions, %") : metrics.mixIs == Mix::Mean ? tr("Mean prediction") : metrics.mixIs == Mix::Loss ? tr("Mean error") : tr("Predictions"));
    show(m_mix, metrics.mix, metrics.mixIs == Mix::Share ? QStringLiteral("%") : QString(), metrics.mixSource,
         !metrics.mixMissing.isEmpty() ? metrics.mixMissing : tr("Name the counter of predictions at the Prometheus connection (predictions_metric, prediction_label), or the model's endpoint."));
    Q_EMIT sharesSeen(metrics.shares);
}

} // namespace pilothouse::ui
