// SPDX-License-Identifier: GPL-3.0-or-later
// The Models panel: the facts of the chosen model and its versions.
#include "widgets/registry/models_panel.h"

#include "widgets/base/button.h"
#include "widgets/base/card.h"
#include "widgets/base/format.h"
#include "widgets/base/table.h"
#include "widgets/registry/version_model.h"

#include <algorithm>
#include <utility>

namespace pilothouse::ui {

void ModelsPanel::showModel() {
    m_head->setTitle(m_model);
    const auto row = std::find_if(m_snapshot.models.begin(), m_snapshot.models.end(), [&](const auto &m) { return m.name == m_model; });
    std::vector<KeyValues::Row> facts;
    if (row != m_snapshot.models.end()) {
        m_head->setSubtitle(row->estimator);
        facts.push_back({tr("Live"), row->liveVersion ? tr("version %1").arg(*row->liveVersion) : tr("none yet")});
        facts.push_back({tr("Served"), row->servedVersion ? tr("version %1 at %2").arg(*row->servedVersion).arg(row->rollout ? row->rollout->url : QString()) : tr("nothing")});
        facts.push_back({tr("Skew"), row->skew.isEmpty() ? tr("none") : row->skew, false, row->skew.isEmpty() ? &Tokens::t1 : &Tokens::warn});
        if (row->served.skewed()) {
            facts.push_back({tr("Since"), row->served.since.isValid() ? tr("%1 ago, first seen %2").arg(age(row->served.since, now()), moment(row->served.since, now())) : QString()});
            facts.push_back({tr("Cause"), row->served.why});
            facts.push_back({tr("Remedy"), row->served.command.isEmpty() ? row->served.remedy : tr("%1 (%2)").arg(row->served.remedy, row->served.command)});
        } else if (row->served.state != fleet::SkewState::Agrees && !row->endpointUrl.isEmpty()) {
            facts.push_back({tr("Endpoint"), row->served.why});
        }
        facts.push_back({tr("Newest model"), row->newestModel ? tr("%1 old%2").arg(age(*row->newestModel, now()), row->stalenessLimit.isEmpty() ? QString() : tr(", limit %1").arg(row->stalenessLimit)) : tr("none yet")});
        facts.push_back({tr("Last decision"), row->lastDecision ? row->lastDecision->reason : tr("the policy has not looked yet")});
        m_head->source()->setSource(row->seen.source, row->seen.time, row->seen.reachable ? Freshness::Polled : Freshness::Stale, 2);
        if (row->registered.problem.isEmpty())
            m_versionsCard->source()->setSource(row->registered.source, row->registered.time, Freshness::Polled, 15);
        else
            m_versionsCard->source()->setDown(row->registered.source, row->registered.time, row->registered.problem);
    } else {
        m_head->setSubtitle(tr("not declared in the workspace"));
    }
    m_facts->setRows(facts);
    m_train->setArgument(m_model);
    m_train->refresh();
    showHistory();
    showEnvironments();
    const QString chosen = m_table->currentId();
    m_versions->setNow(now());
    m_versions->setRows(versionLines(m_snapshot, m_model));
    m_versionsCard->setSubtitle(count(m_versions->rowCount()));
    m_versionsCard->showState(m_versions->rowCount() ? ScreenState::full()
                                                     : ScreenState::empty(tr("No version yet"), tr("Train once and register the candidate; it shows up here."), tr("Train"),
                                                                          [this] { context().open(QStringLiteral("train"), m_model); }));
    if (!m_wantedVersion.isEmpty() && m_versions->find(m_wantedVersion))
        m_table->choose(std::exchange(m_wantedVersion, {}));
    else if (m_versions->rowCount())
        m_table->choose(chosen.isEmpty() || !m_versions->find(chosen) ? QString::number(m_versions->row(0).version.version) : chosen);
    showVersionActions();
    showCompare();
}

void ModelsPanel::showVersionActions() {
    m_promote->setArgument(currentArgument(QStringLiteral("promotion.request")));
    m_review->setArgument(currentArgument(QStringLiteral("promotion.review")));
    m_explain->setArgument(currentArgument(QStringLiteral("explain.open")));
    if (auto *together = m_versionsCard->findChild<Button *>(QStringLiteral("compareRunsButton")))
        together->setArgument(m_model);
}

} // namespace pilothouse::ui
