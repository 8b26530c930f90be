// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/inbox_pipelines.h"
#include "core/fleet/mirrors.h"
#include "core/fleet/snapshot.h"

#include <QCoreApplication>

#include <algorithm>

namespace pilothouse::fleet {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(Inbox)
};

using Item = InboxItem;

/// "MAE", "R²", "accuracy", of one of several targets "MAE t2m": abbreviations as people write them.
QString metricWord(const QString &name) {
    const auto [key, target] = workspace::metricAndTarget(name);
    if (!target.isEmpty())
        return metricWord(key) + QLatin1Char(' ') + target;
    if (key == QLatin1String("r2"))
        return QStringLiteral("R²");
    static const QStringList abbreviations{QStringLiteral("mae"), QStringLiteral("mse"), QStringLiteral("rmse"), QStringLiteral("mape")};
    return abbreviations.contains(key) ? key.toUpper() : key;
}

/// What was decided and by whom; a failure keeps the outcome's own words, which say what stands.
void handledWords(const promotion::Request &r, Item &item) {
    QStringList people;
    for (const promotion::Approval &a : r.approvals)
        people << a.actor;
    people.removeDuplicates();
    const QString by = people.join(QStringLiteral(", "));
    switch (r.state) {
    case promotion::RequestState::Done:
        item.title = Text::tr("Promoted %1 v%2").arg(r.model).arg(r.version);
        item.sentence = r.from ? Text::tr("By %1. v%2 was live before; it can be undone.").arg(by).arg(*r.from) : Text::tr("By %1. The first version; it can be undone.").arg(by);
        return;
    case promotion::RequestState::Rejected:
        item.title = Text::tr("Rejected %1 v%2").arg(r.model).arg(r.version);
        item.sentence = r.approvals.empty() ? r.outcome : Text::tr("By %1: “%2”").arg(by, r.approvals.back().comment);
        return;
    case promotion::RequestState::Undone:
        item.title = Text::tr("Undid the promotion of %1 v%2").arg(r.model).arg(r.version);
        item.sentence = r.from ? Text::tr("v%1 is live again.").arg(*r.from) : Text::tr("Nothing of it is live.");
        return;
    default:
        item.title = Text::tr("%1 v%2: %3").arg(r.model).arg(r.version).arg(promotion::requestStateName(r.state));
        item.sentence = r.outcome;
    }
}

void addPromotions(const Snapshot &s, const QDateTime &now, std::vector<Item> &out) {
    for (const promotion::Request &r : s.promotions) {
        Item item;
        item.id = r.id;
        item.model = r.model;
        item.argument = r.id;
        item.action = QStringLiteral("promotion.review");
        if (r.state == promotion::RequestState::Pending) {
            item.group = InboxGroup::Decision;
            item.state = Health::Paused;
            item.title = Text::tr("Promote %1 v%2").arg(r.model).arg(r.version);
            item.sentence = Text::tr("%1 of %2 approvals. %3").arg(r.approved()).arg(r.approvalsNeeded).arg(r.evidence.sentence);
            item.since = r.created;
        } else if (r.decided.isValid() && r.decided.secsTo(now) < 24 * 3600) {
            item.group = InboxGroup::Handled;
            item.since = r.decided;
            item.state = r.state == promotion::RequestState::Done ? Health::Ok
                         : r.state == promotion::RequestState::Executing ? Health::Running
                         : r.state == promotion::RequestState::Failed || r.state == promotion::RequestState::TurnedBack ? Health::Bad
                                                                                                                        : Health::Unknown;
            handledWords(r, item);
        } else {
            continue;
        }
        out.push_back(item);
    }
}

void addRollouts(const Snapshot &s, std::vector<Item> &out) {
    for (const ModelRow &m : s.models) {
        if (!m.rollout)
            continue;
        const cluster::RolloutStatus &r = *m.rollout;
        Item item;
        item.model = m.name;
        item.argument = m.name;
        item.action = QStringLiteral("rollout.show");
        item.since = r.currentStep >= 0 && r.currentStep < int(r.steps.size()) ? r.steps[std::size_t(r.currentStep)].started : r.observed;
        if (r.phase == cluster::RolloutPhase::Paused) {
            item.id = QStringLiteral("rollout/") + m.name;
            item.title = Text::tr("Canary %1 paused at %2 %").arg(m.name).arg(qRound(r.wantedCanaryShare * 100));
            item.sentence = r.verdict;
            out.push_back(item);
        } else if (r.phase == cluster::RolloutPhase::Unreachable && (r.stable || m.liveVersion)) {
            item.id = QStringLiteral("endpoint/") + m.name;
            item.group = InboxGroup::Broken;
            item.state = Health::Bad;
            item.title = Text::tr("Endpoint of %1 does not answer").arg(m.name);
            item.sentence = m.seen.problem.isEmpty() ? Text::tr("Start it again; it takes its last state up.") : m.seen.problem;
            out.push_back(item);
        }
    }
}

void addQuality(const Snapshot &s, const QDateTime &now, std::vector<Item> &out) {
    for (const ModelRow &m : s.models) {
        if (m.quality.over()) {
            Item item;
            item.group = InboxGroup::Broken;
            item.state = Health::Bad;
            item.id = QStringLiteral("quality/") + m.name;
            item.model = item.argument = m.name;
            item.action = QStringLiteral("train.start");
            item.since = m.quality.overSince().isValid() ? m.quality.overSince() : m.seen.time;
            const QString metric = metricWord(m.quality.metric);
            item.title = Text::tr("%1 %2 over limit").arg(m.name, metric);
            const double limit = m.quality.max.value_or(m.quality.min.value_or(0));
            item.sentence = Text::tr("%1 %2%3, limit %4.").arg(metric, QString::number(m.quality.value.value_or(0), 'g', 3),
                                                                     m.unit.isEmpty() ? QString() : QLatin1Char(' ') + m.unit, QString::number(limit, 'g', 3));
            if (m.worstPsi && *m.worstPsi >= drift::psiWarning)
                item.sentence += Text::tr(" %1 drifted most (PSI %2).").arg(m.worstColumn, QString::number(*m.worstPsi, 'f', 2));
            out.push_back(item);
        } else if (m.worstPsi && *m.worstPsi >= drift::psiDrifted) {
            Item item;
            item.group = InboxGroup::Soon;
            item.state = Health::Warn;
            item.id = QStringLiteral("drift/") + m.name;
            item.model = item.argument = m.name;
            item.action = QStringLiteral("drift.show");
            item.since = m.seen.time;
            item.title = Text::tr("%1 inputs drifted").arg(m.name);
            item.sentence = Text::tr("%1 most, PSI %2, limit %3.").arg(m.worstColumn, QString::number(*m.worstPsi, 'f', 2), QString::number(drift::psiDrifted, 'f', 2));
            out.push_back(item);
        }
        if (m.stale && m.newestModel) {
            Item item;
            item.group = InboxGroup::Broken;
            item.state = Health::Warn;
            item.id = QStringLiteral("stale/") + m.name;
            item.model = item.argument = m.name;
            item.action = QStringLiteral("train.start");
            item.since = *m.newestModel;
            item.title = Text::tr("%1 has no new model").arg(m.name);
            item.sentence = Text::tr("Newest is %1 h old, limit %2.").arg(m.newestModel->secsTo(now) / 3600).arg(m.stalenessLimit);
            out.push_back(item);
        }
        if (!m.skew.isEmpty()) {
            Item item;
            item.group = InboxGroup::Broken;
            item.state = Health::Warn;
            item.id = QStringLiteral("skew/") + m.name;
            item.model = item.argument = m.name;
            item.action = QStringLiteral("rollout.show");
            item.since = m.served.since.isValid() ? m.served.since : m.seen.time;
            item.title = Text::tr("%1 serves another version").arg(m.name);
            item.sentence = m.served.remedy.isEmpty() ? m.skew : Text::tr("%1. %2 %3").arg(m.skew, m.served.why, m.served.remedy);
            out.push_back(item);
        }
    }
}

/// Trainings whose process died: only the newest of each experiment, and only if it can go on. One that a person stopped is no news.
void addInterrupted(const Snapshot &s, const QDateTime &now, std::vector<Item> &out) {
    QStringList seen;
    for (const registry::Run &r : s.runs) {
        if (seen.contains(r.experiment))
            continue;
        seen << r.experiment;
        if (r.status != registry::RunStatus::Killed || r.error.isEmpty() || !s.resumable.contains(r.id) || r.started.secsTo(now) > 7 * 24 * 3600)
            continue;
        Item item;
        item.group = InboxGroup::Broken;
        item.state = Health::Warn;
        item.id = QStringLiteral("training/") + r.id;
        item.model = r.experiment;
        item.argument = r.id;
        item.action = QStringLiteral("train.resumeRun");
        item.since = r.started;
        item.title = Text::tr("Training of %1 was interrupted").arg(r.experiment);
        item.sentence = Text::tr("%1 It can go on from its checkpoint.").arg(r.error);
        out.push_back(item);
    }
}

/// Trainings that a registry has not taken: one line a connection, once an attempt has failed.
void addMirrors(const Snapshot &s, std::vector<Item> &out) {
    QMap<QString, std::vector<registry::Mirror>> byConnection;
    for (const registry::Mirror &m : s.mirrors)
        byConnection[m.connection].push_back(m);
    for (auto it = byConnection.begin(); it != byConnection.end(); ++it) {
        if (std::none_of(it->begin(), it->end(), [](const registry::Mirror &m) { return m.attempts > 0; }))
            continue;
        Item item;
        item.group = InboxGroup::Broken;
        item.state = Health::Warn;
        item.id = QStringLiteral("mirror/") + it.key();
        item.argument = it.key();
        item.action = QStringLiteral("registry.sync");
        item.since = it->front().since;
        item.title = Text::tr("%n training(s) wait for %1", nullptr, int(it->size())).arg(it.key());
        item.sentence = waitingTexts(*it).value(0);
        out.push_back(item);
    }
}

} // namespace

std::vector<InboxItem> inboxOf(const Snapshot &snapshot, const workspace::Workspace &workspace, const QDateTime &now) {
    std::vector<InboxItem> out;
    addPromotions(snapshot, now, out);
    addRollouts(snapshot, out);
    addQuality(snapshot, now, out);
    addPipelineItems(snapshot, workspace, now, out);
    addInterrupted(snapshot, now, out);
    addMirrors(snapshot, out);
    if (!snapshot.journalCheck.intact && snapshot.journalCheck.entries > 0) {
        InboxItem item;
        item.group = InboxGroup::Broken;
        item.state = Health::Bad;
        item.id = QStringLiteral("journal");
        item.action = QStringLiteral("journal.show");
        item.since = now;
        item.title = Text::tr("The journal does not verify");
        item.sentence = snapshot.journalCheck.finding;
        out.push_back(item);
    }
    std::stable_sort(out.begin(), out.end(), [](const InboxItem &a, const InboxItem &b) {
        return a.group != b.group ? a.group < b.group : a.since > b.since;
    });
    return out;
}

QDateTime Quality::overSince() const {
    QDateTime since;
    for (auto point = series.rbegin(); point != series.rend(); ++point) {
        if (!((max && point->second > *max) || (min && point->second < *min)))
            break;
        since = point->first;
    }
    return since;
}

bool Quality::over() const { return value && ((max && *value > *max) || (min && *value < *min)); }

} // namespace pilothouse::fleet
