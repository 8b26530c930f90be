// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/cluster/resource_charts.h"

#include "widgets/base/card.h"
#include "widgets/base/text.h"

#include <QGridLayout>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace pilothouse::ui {

using Q = QLatin1String;
using fleet::Capacity;

namespace {

constexpr int periodMs = 60000, days = 7;

/// Bytes are drawn in the largest unit of which there is more than one.
std::pair<QString, double> byteUnit(std::initializer_list<const Capacity::Series *> all) {
    double most = 0;
    for (const Capacity::Series *series : all)
        for (const auto &[when, value] : series->points)
            most = std::max(most, std::isfinite(value) ? value : 0);
    if (most >= double(1LL << 30))
        return {QStringLiteral("GiB"), 1.0 / double(1LL << 30)};
    return {QStringLiteral("MiB"), 1.0 / double(1LL << 20)};
}

} // namespace

ResourceCharts::ResourceCharts(const PanelContext &context, QWidget *parent) : QWidget(parent), m_context(context) {
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    m_all = new QWidget;
    m_all->setFixedHeight(Theme::of(this).px(170));
    column->addWidget(m_all);
    m_none = new Label({}, TextRole::Second, &Tokens::t3);
    m_none->setObjectName(QStringLiteral("noResources"));
    m_none->setWordWrap(true);
    m_none->hide();
    column->addWidget(m_none);
    auto *grid = new QGridLayout(m_all);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setSpacing(12);
    const std::pair<QString, const char *> titles[] = {{tr("CPU, cores"), "resourceCpu"}, {tr("Memory"), "resourceMemory"}, {tr("Disk"), "resourceDisk"}, {tr("Predictions/d"), "resourcePredictions"}};
    for (int i = 0; i < 4; ++i) {
        Chart &chart = m_charts[std::size_t(i)];
        chart = {new Card(titles[i].first), new PlotWidget, new Legend};
        chart.plot->setObjectName(Q(titles[i].second));
        chart.card->addTool(chart.legend);
        chart.card->setBody(chart.plot, 8);
        grid->addWidget(chart.card, 0, i);
        grid->setColumnStretch(i, 1);
    }
    for (const Chart &from : m_charts) // one crosshair for all
        for (const Chart &to : m_charts)
            if (from.plot != to.plot)
                connect(from.plot, &PlotWidget::crosshairMoved, to.plot, &PlotWidget::setCrosshair);
    m_timer.setInterval(periodMs);
    connect(&m_timer, &QTimer::timeout, this, &ResourceCharts::read);
    clear();
}

void ResourceCharts::showWorkload(const QString &connection, const cluster::KubeRef &ref) {
    if (connection == m_connection && ref == m_ref)
        return;
    clear();
    m_connection = connection;
    m_ref = ref;
    for (const Chart &chart : m_charts)
        chart.card->showState(ScreenState::loading());
    if (isVisible()) {
        m_timer.start();
        read();
    }
}

void ResourceCharts::clear() {
    ++m_number;
    m_timer.stop();
    m_task.stop.request_stop();
    m_task = {};
    m_connection.clear();
    m_ref = {};
    m_seen.reset();
    m_none->hide();
    m_all->show();
    for (const Chart &chart : m_charts) {
        chart.plot->setData({});
        chart.legend->setEntries({});
        chart.card->source()->clear();
        chart.card->showState(ScreenState::empty(tr("Nothing is chosen"), tr("What a workload takes is drawn here.")));
    }
}

void ResourceCharts::showEvent(QShowEvent *event) {
    QWidget::showEvent(event);
    if (m_ref.name.isEmpty())
        return;
    m_timer.start();
    read();
}

void ResourceCharts::hideEvent(QHideEvent *event) {
    QWidget::hideEvent(event);
    m_timer.stop();
}

void ResourceCharts::read() {
    if (m_ref.name.isEmpty() || !m_context.fleet || m_task.isRunning())
        return;
    fleet::CapacityQuestion question;
    question.connection = m_connection;
    question.ref = m_ref;
    question.to = m_context.now ? m_context.now() : QDateTime::currentDateTimeUtc();
    question.from = question.to.addDays(-days);
    m_task = startTask<Capacity>(m_context.fleet->pools().waiting, [services = m_context.fleet->services(), question](std::stop_token token) { return fleet::readCapacity(*services, question, token); });
    deliver(m_task, this, [this, number = m_number](const Result<Capacity> &capacity) {
        if (number != m_number) // another was chosen
            return;
        if (capacity)
            showCapacity(*capacity);
        else if (capacity.error().kind != ErrorKind::Cancelled)
            showProblem(capacity.error());
    });
}

/// Of all four the same: where there is no Prometheus, a sentence stands in their place.
void ResourceCharts::showProblem(const Error &error) {
    const bool absent = !m_seen && error.kind == ErrorKind::NotFound;
    m_all->setVisible(!absent);
    m_none->setVisible(absent);
    m_none->setText(absent ? (error.what + QLatin1Char(' ') + error.hint).trimmed() : QString());
    for (const Chart &chart : m_charts) {
        if (m_seen)
            chart.card->showState(ScreenState::stale(m_seen->to, error.text(), tr("Try again"), [this] { read(); }));
        else
            chart.card->showState(ScreenState::failed(error, tr("Try again"), [this] { read(); }));
    }
}

void ResourceCharts::draw(const Chart &chart, const std::vector<std::pair<QString, const Capacity::Series *>> &series, const QString &unit, double scale) {
    static const Ink inks[] = {&Tokens::s1, &Tokens::t3};
    PlotData data;
    data.time = true;
    data.unit = unit;
    data.yMin = 0;
    data.xMin = double(m_seen->from.toSecsSinceEpoch());
    data.xMax = double(m_seen->to.toSecsSinceEpoch());
    data.sentence = tr("%1 of %2, the last %n day(s)", nullptr, days).arg(chart.card->title(), m_ref.name);
    std::vector<Legend::Entry> entries;
    const bool byDay = series.front().second == &m_seen->predictions;
    QString why;
    for (const auto &[name, one] : series) {
        if (one->state != Capacity::State::Known) {
            why += (why.isEmpty() ? QString() : QStringLiteral(" ")) + one->why;
            continue;
        }
        PlotSeries line;
        line.name = name;
        line.ink = inks[data.series.size() % std::size(inks)];
        line.bars = byDay;
        line.filled = !byDay && series.size() == 1;
        line.dashed = one == &m_seen->diskSize;
        for (const auto &[when, value] : one->points)
            line.points.emplace_back(double(when.toMSecsSinceEpoch()) / 1000, value * scale);
        if (byDay && !line.points.empty())
            data.xMin = std::min(*data.xMin, line.points.front().x() - 43200); // the bar stands on the day's begin
        entries.push_back({name, line.ink, line.dashed});
        data.series.push_back(std::move(line));
    }
    chart.legend->setEntries(series.size() > 1 ? std::move(entries) : std::vector<Legend::Entry>{});
    chart.card->showState(data.series.empty() ? ScreenState::empty(tr("Not known"), why) : ScreenState::full());
    if (!data.series.empty() && !why.isEmpty())
        data.sentence += QStringLiteral("; ") + why;
    chart.card->source()->setSource(m_seen->source, m_seen->to, Freshness::Polled, periodMs / 1000);
    chart.card->setToolTip(byDay ? tr("Requests of each day of %1; today so far.").arg(m_seen->zone) : QString());
    chart.plot->setData(std::move(data));
}

void ResourceCharts::showCapacity(const Capacity &capacity) {
    m_seen = capacity;
    m_none->hide();
    m_all->show();
    const auto [memoryUnit, memoryScale] = byteUnit({&m_seen->memory});
    const auto [diskUnit, diskScale] = byteUnit({&m_seen->diskUsed, &m_seen->diskSize});
    draw(m_charts[0], {{tr("CPU"), &m_seen->cpu}}, tr("cores"), 1);
    draw(m_charts[1], {{tr("memory"), &m_seen->memory}}, memoryUnit, memoryScale);
    draw(m_charts[2], {{tr("used"), &m_seen->diskUsed}, {tr("size"), &m_seen->diskSize}}, diskUnit, diskScale);
    draw(m_charts[3], {{tr("predictions"), &m_seen->predictions}}, {}, 1);
}

} // namespace pilothouse::ui
