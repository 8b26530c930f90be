// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/rollout_target.h"
#include "core/drift/drift.h"
#include "core/fleet/services.h"
#include "core/fleet/skew.h"
#include "core/operations/journal.h"
#include "core/pipelines/pipeline_service.h"
#include "core/promotion/promotion.h"
#include "core/registry/mirror_store.h"
#include "core/registry/registry.h"
#include "core/retrain/policy.h"

#include <QDateTime>
#include <QHash>
#include <QString>

#include <optional>
#include <vector>

namespace pilothouse::fleet {

/// A value with where and when it was read: a number without these is a bug.
struct Observed {
    QString source; ///< "local", "serving/t2m"
    QDateTime time;
    bool reachable = true;
    QString problem; ///< why not, if not
};

/// The quality of a model against its limit.
struct Quality {
    QString metric, unit;
    std::optional<double> value, min, max;
    std::vector<std::pair<QDateTime, double>> series; ///< oldest first; NaN = gap
    qint64 labelledRows = 0;
    QString note; ///< "too few labels: 61"
    bool over() const;
    QDateTime overSince() const; ///< first of the newest values that are all over the limit; invalid: the newest is not
};

enum class Health { Ok, Warn, Bad, Paused, Running, Unknown };

/// One line of the fleet table.
struct ModelRow {
    QString name, estimator, task, unit;
    Health health = Health::Unknown;
    std::optional<int> liveVersion, candidateVersion, servedVersion, latestVersion;
    Quality quality;
    std::optional<double> worstPsi;
    QString worstColumn;
    std::shared_ptr<const drift::DriftReport> drift; ///< what was asked last against the champion's training profile; null: nothing asked yet
    std::optional<QDateTime> newestModel;
    QString stalenessLimit;
    bool stale = false;
    std::optional<pipelines::PipelineRun> lastRun;
    std::optional<cluster::RolloutStatus> rollout;
    Observed registered; ///< the registry that has the model: source "local" or the server
    std::vector<cluster::Revision> revisions; ///< newest first
    QString endpointUrl; ///< of the endpoint that the workspace names; empty: the server on this machine
    QString skew; ///< "" none; else a sentence: "alias v4, endpoint serves v3"
    Skew served;  ///< the same judged: state, cause, remedy, since when
    std::optional<retrain::Decision> lastDecision;
    bool retrainEnabled = true;
    Observed seen;
    /// The version whose inputs a question to the endpoint has: what this machine serves; behind a named endpoint the live one.
    std::optional<int> askedVersion() const { return endpointUrl.isEmpty() ? servedVersion : liveVersion; }
};

enum class InboxGroup { Decision, Broken, Soon, Handled };
/// A way to handle an item: an action of the catalogue with its argument, in a word.
struct InboxWay {
    QString word, action, argument;
};
struct InboxItem {
    InboxGroup group = InboxGroup::Decision;
    Health state = Health::Paused;
    QString id, title, sentence, model;
    QDateTime since;
    QString action;   ///< action id of the catalogue that handles it: "promotion.review", "rollout.promote", "train.start" …
    QString argument; ///< e.g. the promotion request id
    std::vector<InboxWay> more; ///< further ways, the better first
    QString ruleKind = {};      ///< of an own alert rule, as in the file: "drift"
};

/// An alert of which nothing is told until `until`.
struct SilencedAlert {
    QString id, title, sentence, model; ///< id: as that of its item would be; of a silence that hides nothing now "silence/CONNECTION/ID"
    Health state = Health::Ok;          ///< of what is hidden
    QString silence, connection;        ///< id of the silence; connection: of the Alertmanager that has it, empty: our own
    QDateTime until;
    QString by, comment;
};
/// An own alert rule that is kept, or was not evaluated yet.
struct KeptRule {
    QString rule, model, sentence;
    QDateTime looked; ///< invalid: not yet
    QString kind = {}; ///< as in the file
};

/// One mark on the time axis. Lanes: train, build, promotion, rollout, drift, alert.
struct TimelineEvent {
    QString lane, label, model, link; ///< link joins events of one chain (the operation or run id)
    QDateTime from, to;
    Health state = Health::Ok;
    double value = 0; ///< drift lane: PSI
};

/// Everything the panels show, read in one go on a pool thread; a plain value.
struct Snapshot {
    QString workspace, workspaceFile;
    workspace::Role role = workspace::Role::Viewer;
    std::vector<ModelRow> models;
    std::vector<InboxItem> inbox;
    std::vector<SilencedAlert> silenced;
    std::vector<KeptRule> keptRules;
    std::vector<TimelineEvent> timeline;
    std::vector<promotion::Request> promotions;
    /// Of all registries. A model of the workspace is called as the workspace calls it: here, in its versions and in its promotions.
    std::vector<registry::RegisteredModel> registered;
    std::vector<registry::Version> versions; ///< all models, newest first
    std::vector<registry::Run> runs;         ///< of this machine, newest first, one whose process is gone is Killed here (settle()); then those of servers
    QHash<QString, QStringList> resumable;   ///< run id → arguments of `pilot` that go on with it
    std::vector<pipelines::Pipeline> pipelines;
    std::vector<pipelines::PipelineRun> pipelineRuns;   ///< of all systems, the newest; those of connections as they were read last
    std::vector<pipelines::Gate> gates;                 ///< of all systems, that wait
    std::vector<pipelines::Schedule> schedules;
    std::vector<pipelines::Notice> notices;
    std::vector<retrain::Decision> decisions;
    std::vector<operations::JournalEntry> journal; ///< newest first, up to 2000
    operations::JournalCheck journalCheck;
    std::vector<registry::Mirror> mirrors;   ///< trainings that wait for another registry, oldest first
    std::vector<Error> problems; ///< parts that could not be read; the rest is still shown
    QDateTime read;
    QHash<QString, QString> joined; ///< run that trains → run that deploys what it made, joined by an approval of ours
};

/// Blocking. A part that fails is named in `problems`, never the whole. Servers are waited for at most `patienceMs`, and only for their first answer.
/// @param rememberedWillDo  not for those of whose models an earlier start left what it knew: a first screen shows that, with its age
Snapshot readSnapshot(const Services &services, int patienceMs = 300, bool rememberedWillDo = false);
/// What needs a person now, from the rest of the snapshot (also `pilot inbox`).
std::vector<InboxItem> inboxOf(const Snapshot &snapshot, const workspace::Workspace &workspace, const QDateTime &now);

} // namespace pilothouse::fleet
