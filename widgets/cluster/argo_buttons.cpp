// SPDX-License-Identifier: GPL-3.0-or-later
// What can be done to a canary of a cluster; each is a verb of `pilot rollouts`, and its plan is said before it runs.
#include "core/fleet/workload_feed.h"
#include "widgets/base/run_verb.h"
#include "widgets/base/write_gate.h"
#include "widgets/cluster/argo_card_internal.h"

namespace pilothouse::ui {

using Q = QLatin1String;
using cluster::ArgoAction;

namespace {

ArgoAction actionOf(const QString &id) {
    return id == Q("rollout.argo-full") ? ArgoAction::Full : id == Q("rollout.argo-skip") ? ArgoAction::Skip : id == Q("rollout.argo-abort") ? ArgoAction::Abort : id == Q("rollout.argo-retry") ? ArgoAction::Retry : ArgoAction::Promote;
}

/// "25" of "lab|inferenceservice|ml|iris|25", and "blue" of "lab|inferenceservice|ml|iris|25|blue".
QString extraOf(const QString &argument) { return argument.section(QLatin1Char('|'), 4, 4); }
QString canaryOf(const QString &argument) { return argument.section(QLatin1Char('|'), 5, 5); }

} // namespace

const std::vector<ArgoCard::Act> &ArgoCard::acts() {
    static const std::vector<Act> all{
        {QStringLiteral("rollout.argo-promote"), tr("Promote"), QStringLiteral("promote"), QStringLiteral("rollout-promote"), true, {QStringLiteral("promote")}, false, {}, tr("%1 goes on")},
        {QStringLiteral("rollout.argo-full"), tr("Promote fully"), {}, QStringLiteral("rollout-promote"), true, {QStringLiteral("promote"), QStringLiteral("--full")}, true, tr("Undo to the revision before."), tr("%1 takes all traffic")},
        {QStringLiteral("rollout.argo-skip"), tr("Skip step"), {}, QStringLiteral("rollout-skip"), true, {QStringLiteral("skip")}, true, tr("Abort turns it back."), tr("%1 left its step")},
        {QStringLiteral("rollout.argo-abort"), tr("Abort"), QStringLiteral("cross"), QStringLiteral("rollout-abort"), true, {QStringLiteral("abort")}, true, tr("Retry begins again with the first step."), tr("%1 was turned back")},
        {QStringLiteral("rollout.argo-retry"), tr("Retry"), QStringLiteral("play"), QStringLiteral("rollout-retry"), true, {QStringLiteral("retry")}, false, {}, tr("%1 begins again")},
        {QStringLiteral("rollout.argo-undo"), tr("Undo to revision"), QStringLiteral("undo"), QStringLiteral("rollout-undo"), true, {QStringLiteral("undo")}, true, tr("Undo to the present revision comes back."), tr("%1 goes back")},
        {QStringLiteral("rollout.kserve-share"), tr("Set share"), {}, QStringLiteral("rollout-share"), false, {QStringLiteral("share")}, true, tr("Set the share that it has now."), tr("The canary of %1 has another share")},
        {QStringLiteral("rollout.kserve-promote"), tr("Promote"), QStringLiteral("promote"), QStringLiteral("rollout-promote"), false, {QStringLiteral("promote")}, true, {}, tr("The canary of %1 takes all traffic")},
        {QStringLiteral("rollout.kserve-abort"), tr("Roll back"), QStringLiteral("cross"), QStringLiteral("rollout-abort"), false, {QStringLiteral("abort")}, true, {}, tr("%1 is back at its stable version")},
    };
    return all;
}

Result<ArgoCard::Plan> ArgoCard::planOf(const Act &act, const QString &argument) const {
    const QString extra = extraOf(argument), canary = canaryOf(argument);
    const fleet::CanaryReading &reading = *m_follow->reading();
    Plan plan;
    plan.undo = act.undo;
    if (!act.argo) {
        const auto change = act.kind == Q("rollout-share")     ? cluster::kserveShare(reading.object, canary, extra.toInt())
                            : act.kind == Q("rollout-promote") ? cluster::kservePromote(reading.object, canary, reading.stableUri)
                                                               : cluster::kserveRollBack(reading.object, canary);
        if (!change)
            return change.error();
        plan.effect = change->effect;
        plan.note = change->note;
        plan.undo = change->undo.isEmpty() ? tr("There is no way back in one step.") : change->undoText.isEmpty() ? act.undo : change->undoText;
        plan.refusal = m_follow->refusal({});
        return plan;
    }
    if (act.kind == Q("rollout-undo")) {
        const auto &sets = reading.argo->replicaSets;
        const auto wanted = std::find_if(sets.begin(), sets.end(), [&](const auto &set) { return set.revision == extra.toInt(); });
        if (extra.isEmpty() || wanted == sets.end())
            return refused(tr("Choose an earlier revision."));
        if (wanted->hash == reading.argo->currentHash)
            return refused(tr("It is the newest template already."));
        plan.effect = tr("Its template becomes that of revision %1 again: %2.").arg(wanted->revision).arg(wanted->images.join(QStringLiteral(", ")));
        plan.refusal = reading.argo->workloadName.isEmpty() ? m_follow->refusal({}) : m_follow->refusal({}, cluster::kinds::Deployment);
        return plan;
    }
    PH_ASSIGN(const cluster::ArgoPatches patches, cluster::argoPatches(reading.object, actionOf(act.id), now()));
    plan.effect = patches.effect;
    plan.note = patches.note;
    plan.refusal = patches.status ? m_follow->refusal(QStringLiteral("status")) : m_follow->refusal({});
    if (plan.refusal.isEmpty() && patches.spec)
        plan.refusal = m_follow->refusal({});
    return plan;
}

QString ArgoCard::whyNot(const Act &act, const QString &argument) const {
    const QString shown = this->argument();
    if (shown.isEmpty() || (argument != shown && !argument.startsWith(shown + QLatin1Char('|'))))
        return tr("Choose the workload first.");
    if (!m_follow->reading())
        return tr("It is being read.");
    const bool argo = m_follow->reading()->argo.has_value();
    if (argo != act.argo)
        return argo ? tr("This is for an InferenceService.") : tr("This is for an Argo Rollout.");
    const auto plan = planOf(act, argument);
    return plan ? plan->refusal : plan.error().what;
}

void ArgoCard::addActions() {
    for (const Act &act : acts()) {
        ActionSpec spec;
        spec.id = act.id;
        spec.text = act.text;
        spec.icon = act.icon;
        spec.section = tr("Commands");
        spec.panel = QStringLiteral("rollouts");
        spec.inPalette = act.kind != Q("rollout-undo") && act.kind != Q("rollout-share"); // they need a number besides
        spec.targets = [this, &act] {
            std::vector<ActionTarget> out;
            if (m_follow && m_follow->reading() && whyNot(act, argument()).isEmpty())
                out.push_back({argument(), act.text + QLatin1Char(' ') + m_follow->ref().name, m_follow->ref().text()});
            return out;
        };
        spec.blocked = [this, &act](const QString &argument) { return whyNot(act, argument); };
        spec.gate = [this, &act](const QString &argument) {
            if (argument.isEmpty() || this->argument().isEmpty())
                return WriteGate{};
            return writeGate(m_context, act.kind.toLatin1().constData(), m_follow->ref().text(), {m_follow->connection()});
        };
        if (act.asks)
            spec.danger = [this, &act](const QString &argument) {
                const auto plan = planOf(act, argument);
                if (!plan)
                    return Danger{act.text, plan.error().what, {}, {}, false};
                QString effect = QStringLiteral("%1: %2").arg(m_follow->ref().text(), plan->effect);
                if (!plan->note.isEmpty())
                    effect += QLatin1Char('\n') + plan->note;
                return Danger{act.text, effect, plan->undo, {}, false};
            };
        spec.run = [this, &act](const QString &argument, const QString &comment) { run(act, argument, comment); };
        m_context.actions->add(spec);
    }
}

void ArgoCard::run(const Act &act, const QString &argument, const QString &comment) {
    const auto about = fleet::parseWorkloadId(argument.section(QLatin1Char('|'), 0, 3)); // what was asked about, whatever is shown by now
    if (!about)
        return;
    const cluster::KubeRef &ref = about->ref;
    const bool shown = this->argument() == about->text();
    QStringList arguments{QStringLiteral("rollouts"), act.verb.front(), (act.argo ? QStringLiteral("rollout/") : QStringLiteral("inferenceservice/")) + ref.name};
    if (act.kind == Q("rollout-share"))
        arguments << extraOf(argument);
    arguments << act.verb.mid(1) << QStringLiteral("--namespace") << ref.space << QStringLiteral("--connection") << about->connection;
    if (act.kind == Q("rollout-undo"))
        arguments << QStringLiteral("--to") << extraOf(argument);
    if (!act.argo && !canaryOf(argument).isEmpty())
        arguments << QStringLiteral("--canary") << canaryOf(argument);
    if (!comment.isEmpty())
        arguments << QStringLiteral("--comment") << comment;
    runVerb(m_context, this, act.text + QLatin1Char(' ') + ref.name, shown && m_follow->reading() ? m_follow->reading()->model : QString(), arguments, act.done.arg(ref.name), [this](const QJsonObject &) { m_follow->readNow(); });
}

} // namespace pilothouse::ui
