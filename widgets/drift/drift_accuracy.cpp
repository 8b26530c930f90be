// SPDX-License-Identifier: GPL-3.0-or-later
// The drift panel's accuracy over time: read from the endpoint's log beside the window, and why it dropped.
#include "core/fleet/accuracy_report.h"
#include "widgets/base/card.h"
#include "widgets/base/format.h"
#include "widgets/base/report_export.h"
#include "widgets/drift/accuracy_chart.h"
#include "widgets/drift/accuracy_why_card.h"
#include "widgets/drift/drift_panel.h"

#include <QLocale>

namespace pilothouse::ui {

void DriftPanel::addAccuracyActions() {
    ActionSpec why;
    why.id = QStringLiteral("accuracy.why");
    why.text = tr("Why did accuracy drop?");
    why.icon = QStringLiteral("search");
    why.section = tr("Commands");
    why.panel = id();
    why.blocked = [this](const QString &model) {
        const fleet::ModelRow *m = row(model);
        return !m ? tr("Choose a model first.") : m->quality.labelledRows == 0 ? tr("No labels came yet, so nothing tells that it dropped.") : QString();
    };
    why.targets = [this] {
        std::vector<ActionTarget> out;
        for (const fleet::ModelRow &m : m_snapshot.models)
            if (m.quality.labelledRows > 0)
                out.push_back({m.name, tr("Why did the accuracy of %1 drop?").arg(m.name), {}});
        return out;
    };
    why.run = [this](const QString &model, const QString &) { askWhy(model); };
    actions().add(why);
    ActionSpec report;
    report.id = QStringLiteral("accuracy.report");
    report.text = tr("Save accuracy report…");
    report.icon = QStringLiteral("download");
    report.section = tr("Commands");
    report.panel = id();
    report.blocked = [this](const QString &model) {
        return !row(model) ? tr("Choose a model first.") : viewIsOf(model) ? QString() : tr("Its prediction log has not been read, or there is none on this machine.");
    };
    report.run = [this](const QString &model, const QString &) {
        if (viewIsOf(model))
            exportReport(context(), this, tr("Save accuracy report"), QStringLiteral("accuracy-") + model,
                         [model, view = *m_view, why = m_askedWhy == model ? m_toldWhy : std::nullopt, now = now()]() -> Result<QByteArray> { return fleet::accuracyReport(model, view, why, now); });
    };
    actions().add(report);
}

bool DriftPanel::viewIsOf(const QString &model) const {
    return m_view && !model.isEmpty() && m_viewOf.startsWith(model + QLatin1Char('\n'));
}

fleet::AccuracyAsk DriftPanel::accuracyAsk(const fleet::ModelRow &m) const {
    fleet::AccuracyAsk ask;
    ask.step = m_accuracy->step();
    ask.slice = m_accuracy->slice();
    ask.metric = m.quality.metric;
    return ask;
}

/// Again each five minutes, and where the first label came.
void DriftPanel::readAccuracy(const fleet::ModelRow &m) {
    const workspace::Model *model = context().fleet ? context().fleet->services()->workspace.model(m.name) : nullptr;
    if (!model) {
        m_readingOf.clear();
        m_viewOf.clear();
        return;
    }
    const fleet::AccuracyAsk ask = accuracyAsk(m);
    const QString of = QStringList{m.name, ask.metric, calendarStepName(ask.step), ask.slice}.join(QLatin1Char('\n'));
    const qint64 at = 2 * (now().toSecsSinceEpoch() / 300) + (m.quality.labelledRows > 0);
    if (of == m_readingOf && at == m_readAt)
        return;
    m_readingOf = of;
    m_readAt = at;
    m_readingAccuracy.stop.request_stop();
    m_readingAccuracy = startTask<fleet::AccuracyView>(context().fleet->pools().waiting, [services = context().fleet->services(), model = *model, ask, now = now()](std::stop_token stop) {
        return fleet::accuracyView(*services, model, ask, now, stop);
    });
    deliver(m_readingAccuracy, this, [this, of, name = m.name](Result<fleet::AccuracyView> view) {
        if (of != m_readingOf)
            return;
        const fleet::ModelRow *m = row(name);
        if (view) {
            m_view = std::move(*view);
            m_viewOf = of;
        } else {
            m_viewOf.clear();
        }
        if (!m || name != m_model)
            return;
        showQuality(*m);
        if (!view && view.error().kind != ErrorKind::NotFound && view.error().kind != ErrorKind::Cancelled)
            m_qualityCard->showState(ScreenState::failed(view.error()));
    });
}

void DriftPanel::showAccuracy(const fleet::ModelRow &m) {
    const bool estimated = m_view->estimated && !m_view->estimated->stretches.empty();
    if (m_view->labelled == 0 && !estimated) {
        m_qualityCard->setSubtitle({});
        m_qualityCard->showState(ScreenState::empty(tr("No labels yet"), tr("%1 predictions, none with a label. Labels come by POST /labels on the endpoint; `pilot accuracy %2 --labels FILE` looks at those of a file.").arg(count(m_view->predictions), m.name)));
        return;
    }
    QStringList words{m_view->labelled == 0 ? tr("no labels yet, estimated") : tr("%1 of %2 predictions have a label").arg(count(m_view->labelled), count(m_view->predictions))};
    words << QString::fromUtf8(m_view->how.zone.id());
    if (m.quality.metric.isEmpty())
        m_qualityCard->setTitle(metricName(m_view->title));
    m_qualityCard->setSubtitle(words.join(QStringLiteral(", ")));
    m_qualityCard->showState(ScreenState::full());
    m_accuracy->showView(*m_view, m.quality);
    QStringList more = m_view->notes;
    if (estimated)
        more << tr("Dashed: estimated without labels, %1, learned from %2. A change of what the inputs mean is not seen.").arg(m_view->estimated->method, m_view->estimated->learned);
    else if (!m_view->notEstimated.isEmpty())
        more << tr("Not estimated: %1").arg(m_view->notEstimated);
    m_accuracy->setToolTip(more.join(QLatin1Char('\n')));
}

void DriftPanel::askWhy(const QString &name) {
    const workspace::Model *model = context().fleet ? context().fleet->services()->workspace.model(name) : nullptr;
    const fleet::ModelRow *m = row(name);
    if (!model || !m)
        return;
    m_askedWhy = name;
    m_toldWhy.reset();
    if (m_model != name)
        openAt(name);
    for (QWidget *other : {static_cast<QWidget *>(m_policyCard), static_cast<QWidget *>(m_logCard)})
        other->hide();
    m_why->show();
    m_why->showLoading(name);
    m_asking.stop.request_stop();
    m_asking = startTask<fleet::AccuracyWhy>(context().fleet->pools().waiting, [services = context().fleet->services(), model = *model, ask = accuracyAsk(*m), now = now()](std::stop_token stop) {
        return fleet::accuracyWhy(*services, model, ask, std::nullopt, now, stop);
    });
    deliver(m_asking, this, [this, name](const Result<fleet::AccuracyWhy> &why) {
        if (name != m_askedWhy || (!why && why.error().kind == ErrorKind::Cancelled))
            return;
        if (why)
            m_toldWhy = *why;
        m_why->showWhy(why, now());
        m_why->firstFocus()->setFocus();
    });
}

void DriftPanel::closeWhy() {
    if (m_askedWhy.isEmpty())
        return;
    m_askedWhy.clear();
    m_asking.stop.request_stop();
    m_why->hide();
    m_policyCard->show();
    m_logCard->show();
    m_accuracy->setFocus();
}

} // namespace pilothouse::ui
