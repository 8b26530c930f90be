// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/panels.h"

#include <QCoreApplication>

// A panel's area may be missing from a build; its line stays and has no factory.
#if defined(PILOTHOUSE_HAS_FLEET) && __has_include("widgets/fleet/overview_panel.h")
#include "widgets/fleet/overview_panel.h"
#define MAKE_OVERVIEW make<ui::OverviewPanel>()
#else
#define MAKE_OVERVIEW {}
#endif
#if defined(PILOTHOUSE_HAS_FLEET) && __has_include("widgets/fleet/alerts_panel.h")
#include "widgets/fleet/alerts_panel.h"
#define MAKE_ALERTS make<ui::AlertsPanel>()
#else
#define MAKE_ALERTS {}
#endif
#if defined(PILOTHOUSE_HAS_REGISTRY) && __has_include("widgets/registry/models_panel.h")
#include "widgets/registry/models_panel.h"
#define MAKE_MODELS make<ui::ModelsPanel>()
#else
#define MAKE_MODELS {}
#endif
#if defined(PILOTHOUSE_HAS_DRIFT) && __has_include("widgets/drift/drift_panel.h")
#include "widgets/drift/drift_panel.h"
#define MAKE_DRIFT make<ui::DriftPanel>()
#else
#define MAKE_DRIFT {}
#endif
#if defined(PILOTHOUSE_HAS_LEARN) && __has_include("widgets/learn/train_panel.h")
#include "widgets/learn/train_panel.h"
#define MAKE_TRAIN make<ui::TrainPanel>()
#else
#define MAKE_TRAIN {}
#endif
#if defined(PILOTHOUSE_HAS_PIPELINES) && __has_include("widgets/pipelines/pipelines_panel.h")
#include "widgets/pipelines/pipelines_panel.h"
#define MAKE_PIPELINES make<ui::PipelinesPanel>()
#else
#define MAKE_PIPELINES {}
#endif
#if defined(PILOTHOUSE_HAS_CLUSTER) && __has_include("widgets/cluster/rollouts_panel.h")
#include "widgets/cluster/rollouts_panel.h"
#define MAKE_ROLLOUTS make<ui::RolloutsPanel>()
#else
#define MAKE_ROLLOUTS {}
#endif
#if defined(PILOTHOUSE_HAS_SERVING) && __has_include("widgets/serving/what_if_panel.h")
#include "widgets/serving/what_if_panel.h"
#define MAKE_WHAT_IF make<ui::WhatIfPanel>()
#else
#define MAKE_WHAT_IF {}
#endif
#if defined(PILOTHOUSE_HAS_OPERATIONS) && __has_include("widgets/operations/journal_panel.h")
#include "widgets/operations/journal_panel.h"
#define MAKE_JOURNAL make<ui::JournalPanel>()
#else
#define MAKE_JOURNAL {}
#endif
#if defined(PILOTHOUSE_HAS_WORKSPACE) && __has_include("widgets/workspace/connections_panel.h")
#include "widgets/workspace/connections_panel.h"
#define MAKE_CONNECTIONS make<ui::ConnectionsPanel>()
#else
#define MAKE_CONNECTIONS {}
#endif
#if defined(PILOTHOUSE_HAS_WORKSPACE) && __has_include("widgets/workspace/settings_panel.h")
#include "widgets/workspace/settings_panel.h"
#define MAKE_SETTINGS make<ui::SettingsPanel>()
#else
#define MAKE_SETTINGS {}
#endif

namespace pilothouse::console {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(pilothouse::console::Panels)
};

template<class PanelType>
[[maybe_unused]] std::function<ui::Panel *(const ui::PanelContext &)> make() {
    return [](const ui::PanelContext &context) -> ui::Panel * { return new PanelType(context); };
}

} // namespace

std::vector<PanelEntry> panelEntries() {
    using Q = QLatin1String;
    const auto entry = [](const char *id, QString title, const char *icon, const char *key, const QStringList &actions, bool foot,
                          std::function<ui::Panel *(const ui::PanelContext &)> factory) {
        return PanelEntry{QString(Q(id)), std::move(title), QString(Q(icon)), QString(Q(key)), actions, foot, std::move(factory)};
    };
    return {
        entry("overview", Text::tr("Overview"), "overview", "O", {Q("inbox."), Q("fleet.")}, false, MAKE_OVERVIEW),
        entry("models", Text::tr("Models"), "models", "M", {Q("promotion."), Q("registry."), Q("model.")}, false, MAKE_MODELS),
        entry("drift", Text::tr("Drift"), "drift", "D", {Q("drift."), Q("retrain.")}, false, MAKE_DRIFT),
        entry("train", Text::tr("Train"), "train", "T", {Q("train.")}, false, MAKE_TRAIN),
        entry("pipelines", Text::tr("Pipelines"), "pipelines", "P", {Q("pipeline.")}, false, MAKE_PIPELINES),
        entry("rollouts", Text::tr("Rollouts"), "rollouts", "R", {Q("rollout."), Q("serving."), Q("workload."), Q("pod."), Q("forward.")}, false, MAKE_ROLLOUTS),
        entry("what-if", Text::tr("What-if"), "what-if", "W", {Q("whatif."), Q("what-if."), Q("explain.")}, false, MAKE_WHAT_IF),
        entry("alerts", Text::tr("Alerts"), "alerts", "A", {Q("alert.")}, false, MAKE_ALERTS),
        entry("journal", Text::tr("Journal"), "journal", "J", {Q("journal.")}, false, MAKE_JOURNAL),
        entry("connections", Text::tr("Connect"), "connect", "C", {Q("connect."), Q("connection.")}, true, MAKE_CONNECTIONS),
        entry("settings", Text::tr("Settings"), "settings", "S", {Q("settings.")}, true, MAKE_SETTINGS),
    };
}

} // namespace pilothouse::console
