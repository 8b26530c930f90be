// SPDX-License-Identifier: GPL-3.0-or-later
// What the page of a workload says: from what is followed to labels and tables.
#include "widgets/cluster/workload_page.h"

#include "core/cluster/argo_rollout.h"
#include "core/cluster/kserve.h"
#include "widgets/base/button.h"
#include "widgets/base/card.h"
#include "widgets/base/format.h"
#include "widgets/base/table.h"
#include "widgets/cluster/pod_grid.h"
#include "widgets/cluster/template_diff_view.h"
#include "widgets/cluster/workload_models.h"

#include <QJsonArray>

#include <algorithm>

namespace pilothouse::ui {

namespace {

using Q = QLatin1String;

QJsonObject specOf(const QJsonObject &object) { return object.value(Q("spec")).toObject(); }
QJsonArray containersOf(const QJsonObject &object) { return specOf(object).value(Q("template")).toObject().value(Q("spec")).toObject().value(Q("containers")).toArray(); }

/// "cpu 250m, memory 1Gi"
QString amounts(const QJsonObject &of) {
    QStringList parts;
    for (auto it = of.begin(); it != of.end(); ++it)
        parts << it.key() + QLatin1Char(' ') + it.value().toVariant().toString();
    return parts.join(QStringLiteral(", "));
}

} // namespace

/// Kind, image and how it stands. The verdict is kubectl's own sentence, in its language.
void WorkloadPage::showReading() {
    if (!m_follow)
        return;
    const auto &reading = m_follow->reading();
    const QDateTime now = m_context.now ? m_context.now() : QDateTime::currentDateTimeUtc();
    HeaderBadge badge;
    QString verdict;
    QStringList images;
    if (reading) {
        for (const QJsonValue &c : containersOf(reading->object))
            images << c[Q("image")].toString().section(QLatin1Char('/'), -1);
        const bool paused = specOf(reading->object).value(Q("paused")).toBool();
        if (reading->verdict) {
            verdict = reading->verdict->text;
            badge = reading->verdict->failed ? HeaderBadge{State::Bad, tr("Failed")} : paused ? HeaderBadge{State::Paused, tr("Paused")} : reading->verdict->done ? HeaderBadge{State::Ok, tr("Rolled out")} : HeaderBadge{State::Running, tr("Rolling")};
        } else if (m_id.ref.kind == cluster::kinds::Rollout) {
            const cluster::ArgoStatus status = cluster::argoStatus(reading->object, {});
            verdict = QStringList{status.phase, status.message}.join(QStringLiteral(": "));
            badge = {status.phase == Q("Healthy") ? State::Ok : status.phase == Q("Paused") ? State::Paused : status.phase == Q("Degraded") ? State::Bad : State::Running, status.phase};
        } else {
            const cluster::KserveStatus status = cluster::kserveStatus(reading->object);
            verdict = status.ready ? tr("It answers at %1.").arg(status.url) : status.sentence;
            badge = {status.ready ? State::Ok : State::Running, status.ready ? tr("Ready") : tr("Not ready")};
        }
        m_head->source()->setSource(m_id.connection, reading->read, Freshness::Live);
    }
    if (m_follow->problem()) {
        const bool gone = m_follow->problem()->kind == ErrorKind::NotFound;
        badge = {gone ? State::Skipped : State::Unknown, gone ? tr("Gone") : tr("Not reached")};
        verdict = m_follow->problem()->text();
        m_head->source()->setDown(m_id.connection, reading ? reading->read : QDateTime(), verdict);
    }
    m_head->setSubtitle(QStringList{m_id.ref.kind.kind, images.join(QStringLiteral(", "))}.join(images.isEmpty() ? QString() : QStringLiteral(", ")));
    m_verdict->setText(verdict.isEmpty() ? tr("Reads it …") : verdict);
    m_load->setText(loadLines().join(QLatin1Char('\n')));
    m_load->setVisible(!m_load->text().isEmpty());
    showManager(reading ? cluster::managedBy(reading->object) : std::nullopt);
    m_badge->setVisible(badge.state != State::None);
    m_badge->setState(badge.state, badge.word);
    const bool other = badge.state != m_shownBadge.state || badge.word != m_shownBadge.word;
    m_shownBadge = badge;
    m_revisions->setNow(now);
    const bool keeps = reading && reading->workload;
    const bool none = m_revisions->rowCount() == 0;
    m_revisions->setRows(keeps ? reading->workload->history : std::vector<cluster::WorkloadRevision>());
    m_revisionsCard->showState(!reading ? ScreenState::loading() : !keeps ? ScreenState::empty(tr("Revisions are with its controller"), tr("What it goes through is shown above.")) : m_revisions->rowCount() == 0 ? ScreenState::empty(tr("No revision yet"), tr("Its controller has made none.")) : ScreenState::full());
    if (none && m_revisions->rowCount() > 0)
        m_revisionTable->choose(QString::number(m_revisions->row(0).revision));
    showDiff();
    showButtons();
    if (other)
        Q_EMIT badgeChanged();
}

/// Autoscaler, requests and limits, surge, probes, who was killed for its memory: a line each, as far as it has them.
QStringList WorkloadPage::loadLines() const {
    QStringList lines;
    const auto &reading = m_follow->reading();
    if (!reading)
        return lines;
    const QStringList killed = m_follow->oomKilled();
    if (!killed.isEmpty())
        lines << tr("OOMKilled: %1").arg(killed.mid(0, 3).join(QStringLiteral(", ")) + (killed.size() > 3 ? tr(" and %1 more").arg(killed.size() - 3) : QString()));
    if (reading->autoscaler)
        lines << QStringLiteral("HPA %1…%2: %3").arg(reading->autoscaler->minimum).arg(reading->autoscaler->maximum).arg(reading->autoscaler->sentence);
    QStringList asked;
    for (const QJsonValue &c : containersOf(reading->object)) {
        const QJsonObject resources = c[Q("resources")].toObject();
        const QString requests = amounts(resources.value(Q("requests")).toObject()), limits = amounts(resources.value(Q("limits")).toObject());
        if (!requests.isEmpty() || !limits.isEmpty())
            asked << tr("%1 asks for %2, at most %3").arg(c[Q("name")].toString(), requests.isEmpty() ? tr("nothing") : requests, limits.isEmpty() ? tr("what there is") : limits);
    }
    lines << (asked.isEmpty() ? tr("No requests and limits.") : asked.join(QStringLiteral("; ")));
    QStringList more;
    if (m_id.ref.kind == cluster::kinds::Deployment) {
        const QJsonObject rolling = specOf(reading->object).value(Q("strategy")).toObject().value(Q("rollingUpdate")).toObject();
        const auto surge = cluster::resolvedSurge(rolling.value(Q("maxSurge")).toVariant().toString(), rolling.value(Q("maxUnavailable")).toVariant().toString(), specOf(reading->object).value(Q("replicas")).toInt(1));
        if (!rolling.isEmpty() && surge)
            more << tr("rolls with %1 more, %2 fewer pods").arg(surge->more).arg(surge->missing);
    }
    QStringList probes;
    for (const cluster::ProbeLine &probe : cluster::probesOf(specOf(reading->object).value(Q("template")).toObject().value(Q("spec")).toObject()))
        probes << probe.kind + QLatin1Char(' ') + probe.text.section(QLatin1String(" delay="), 0, 0);
    more << (probes.isEmpty() ? tr("no probes") : probes.join(QStringLiteral(", ")));
    lines << more.join(QStringLiteral("; "));
    return lines;
}

void WorkloadPage::showPods() {
    if (!m_follow)
        return;
    const QDateTime now = m_context.now ? m_context.now() : QDateTime::currentDateTimeUtc();
    std::vector<fleet::PodSight> pods = m_follow->pods();
    const auto &reading = m_follow->reading();
    const auto *current = reading && reading->workload ? reading->workload->current() : nullptr;
    int ready = 0;
    for (const fleet::PodSight &pod : pods)
        if (const auto *p = pod.row->as<cluster::PodRow>())
            ready += p->isReady && pod.row->deleted == 0;
    QString subtitle = tr("%1 ready of %2").arg(ready).arg(pods.size());
    if (reading && reading->autoscaler)
        subtitle += tr(", HPA %1 to %2").arg(reading->autoscaler->minimum).arg(reading->autoscaler->maximum);
    m_podsCard->setSubtitle(pods.empty() ? QString() : subtitle);
    m_podsCard->setToolTip(m_follow->usageMissing());
    const bool gone = m_follow->problem() && m_follow->problem()->kind == ErrorKind::NotFound;
    m_podsCard->showState(!pods.empty() || gone ? ScreenState::full() : reading && m_follow->podsComplete() ? ScreenState::empty(tr("No pods"), tr("It has none, or none was made yet: the events say why.")) : ScreenState::loading());
    m_pods->setNow(now);
    m_pods->setRows(pods);
    m_grid->setPods(std::move(pods), current ? current->revision : 0, now);
    m_load->setText(loadLines().join(QLatin1Char('\n')));
}

void WorkloadPage::showEvents() {
    if (!m_follow)
        return;
    std::vector<cluster::KubeRowPtr> events = m_follow->events();
    int warnings = 0;
    for (const cluster::KubeRowPtr &row : events)
        warnings += row->as<cluster::EventRow>()->type == Q("Warning");
    if (events.size() > 500)
        events.resize(500);
    m_eventsCard->setSubtitle(warnings > 0 ? tr("%n warnings", nullptr, warnings) : QString());
    m_eventsCard->showState(events.empty() ? ScreenState::empty(tr("No events"), tr("A cluster keeps them for an hour.")) : ScreenState::full());
    m_events->setNow(m_context.now ? m_context.now() : QDateTime::currentDateTimeUtc());
    m_events->setRows(std::move(events));
}

/// The chosen revision against the one before it.
void WorkloadPage::showDiff() {
    const auto &rows = m_revisions->rows();
    const QString chosen = m_revisionTable->currentId();
    const auto at = std::find_if(rows.begin(), rows.end(), [&](const cluster::WorkloadRevision &r) { return QString::number(r.revision) == chosen; });
    if (at == rows.end() || std::next(at) == rows.end()) {
        m_diff->setDiff(cluster::TemplateDiff());
        m_diffTitle->setText(at == rows.end() ? QString() : QStringList{tr("Revision %1, the oldest that is kept").arg(at->revision), at->cause}.join(QStringLiteral(": ")));
        return;
    }
    cluster::TemplateDiff diff = cluster::templateDiff(std::next(at)->podTemplate, at->podTemplate);
    m_diffTitle->setText(QStringLiteral("%1 → %2   ").arg(std::next(at)->revision).arg(at->revision) + tr("%n changes", nullptr, diff.changes) + (at->cause.isEmpty() ? QString() : QStringLiteral(" · ") + at->cause));
    m_diffTitle->setToolTip(at->cause);
    m_diff->setDiff(std::move(diff));
}

/// Who keeps the object in Git puts a change back: the commit is offered instead.
void WorkloadPage::showManager(const std::optional<cluster::Manager> &manager) {
    m_managed->setText(manager ? manager->sentence() : QString());
    m_managed->setVisible(bool(manager));
    m_commit->setArgument(QStringLiteral("%1|%2|%3/%4").arg(m_id.connection, m_id.ref.space, m_id.ref.kind.kind.toLower(), m_id.ref.name));
    m_commit->setVisible(manager && manager->reverts);
}

void WorkloadPage::showButtons() {
    const auto &reading = m_follow ? m_follow->reading() : std::nullopt;
    const bool paused = reading && specOf(reading->object).value(Q("paused")).toBool();
    const bool ours = bool(cluster::revisionKind(m_id.ref.kind)), pauses = m_id.ref.kind == cluster::kinds::Deployment;
    for (Button *button : m_buttons) {
        const QString id = button->objectName();
        button->setArgument(argumentOf(id));
        button->refresh();
        button->setVisible(id == Q("workload.pause") ? pauses && !paused : id == Q("workload.resume") ? pauses && paused : id == Q("workload.scale") ? ours && m_id.ref.kind != cluster::kinds::DaemonSet : ours);
    }
}

} // namespace pilothouse::ui
