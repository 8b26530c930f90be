// SPDX-License-Identifier: GPL-3.0-or-later
// What can be done to a rollout; each is a verb of `pilot`.
#include "widgets/cluster/rollouts_panel.h"

#include "widgets/base/run_verb.h"
#include "widgets/base/state.h"
#include "widgets/base/write_gate.h"

namespace pilothouse::ui {

using cluster::RolloutPhase;

namespace {

/// Traffic of a model. `back`: its alias goes back with it where a promotion is behind the rollout.
WriteGate rolloutGate(const PanelContext &context, const QString &model, bool back) {
    const workspace::Model *m = context.fleet ? context.fleet->services()->workspace.model(model) : nullptr;
    if (!m)
        return {};
    QStringList connections{m->deployment.connection};
    if (back)
        connections << m->registry.connection;
    return writeGate(context, "rollout-promote", QStringLiteral("rollout ") + m->deployment.target, connections);
}

} // namespace

void RolloutsPanel::addActions() {
    const auto targets = [this](std::function<bool(const fleet::ModelRow &)> fits, const QString &verb) {
        return [this, fits, verb] {
            std::vector<ActionTarget> out;
            for (const fleet::ModelRow &m : m_snapshot.models)
                if (fits(m))
                    out.push_back({m.name, verb.arg(m.name), m.rollout ? rolloutWord(m.rollout->phase) : QString()});
            return out;
        };
    };
    const auto add = [this, targets](const QString &actionId, const QString &text, const QString &icon, const QKeySequence &key, std::function<bool(const fleet::ModelRow &)> fits,
                                     const QString &why, std::function<Danger(const QString &)> danger, const QStringList &verb, const QString &done) {
        ActionSpec spec;
        spec.id = actionId;
        spec.text = text;
        spec.icon = icon;
        spec.section = tr("Commands");
        spec.panel = id();
        spec.shortcut = key;
        spec.targets = targets(fits, text + QStringLiteral(" %1"));
        spec.blocked = [this, fits, why](const QString &model) {
            if (const QString low = roleProblem(context(), m_snapshot.role, workspace::Role::Operator); !low.isEmpty())
                return low;
            const fleet::ModelRow *m = row(model);
            return m && fits(*m) ? QString() : why;
        };
        spec.danger = std::move(danger);
        spec.gate = [this, back = actionId == QLatin1String("rollout.abort")](const QString &model) { return rolloutGate(context(), model, back); };
        spec.run = [this, verb, text, done](const QString &model, const QString &comment) {
            QStringList arguments = verb;
            arguments.insert(2, model);
            if (!comment.isEmpty())
                arguments << QStringLiteral("--reason") << comment;
            runVerb(context(), this, text + QLatin1Char(' ') + model, model, arguments, done.arg(model));
        };
        actions().add(spec);
    };
    const auto onStep = [](const fleet::ModelRow &m) { return m.rollout && m.rollout->canary && (m.rollout->phase == RolloutPhase::Progressing || m.rollout->phase == RolloutPhase::Paused); };
    const auto verb = [](const char *name) { return QStringList{QStringLiteral("rollouts"), QLatin1String(name)}; };
    add(QStringLiteral("rollout.promote"), tr("Promote to next step"), QStringLiteral("promote"), Qt::Key_P, onStep, tr("No canary is on its way."), {}, verb("promote"), tr("%1 goes to the next step"));
    add(QStringLiteral("rollout.full"), tr("Promote fully"), {}, {}, onStep, tr("No canary is on its way."),
        [this](const QString &model) {
            const fleet::ModelRow *m = row(model);
            return Danger{tr("Promote fully"), tr("Version %1 gets all traffic of %2 now, without the steps in between.").arg(m && m->rollout && m->rollout->canary ? m->rollout->canary->version : 0).arg(model),
                          tr("Undo to the revision before."), {}, false};
        },
        verb("promote") << QStringLiteral("--full"), tr("%1 is at 100 %"));
    add(QStringLiteral("rollout.pause"), tr("Pause"), QStringLiteral("pause"), {}, [](const fleet::ModelRow &m) { return m.rollout && m.rollout->phase == RolloutPhase::Progressing; },
        tr("Nothing is moving."), {}, verb("pause"), tr("Canary of %1 is paused"));
    add(QStringLiteral("rollout.resume"), tr("Resume"), QStringLiteral("play"), {}, [](const fleet::ModelRow &m) { return m.rollout && m.rollout->phase == RolloutPhase::Paused; },
        tr("It is not paused."), {}, verb("resume"), tr("Canary of %1 goes on"));
    add(QStringLiteral("rollout.abort"), tr("Abort"), QStringLiteral("cross"), {}, onStep, tr("No canary is on its way."),
        [this](const QString &model) {
            const fleet::ModelRow *m = row(model);
            return Danger{tr("Abort canary"), tr("All traffic of %1 returns to version %2, and the alias with it.").arg(model).arg(m && m->rollout && m->rollout->stable ? m->rollout->stable->version : 0),
                          tr("Promote the version again to come back."), {}, false};
        },
        verb("abort"), tr("Canary of %1 was aborted"));
    add(QStringLiteral("rollout.start"), tr("Serve champion"), QStringLiteral("play"), QKeySequence(Qt::Key_S),
        [](const fleet::ModelRow &m) { return m.liveVersion && (!m.rollout || m.rollout->phase == RolloutPhase::None || m.rollout->phase == RolloutPhase::Unreachable); },
        tr("It is served, or no version is live yet."), {}, verb("start"), tr("%1 is served"));
    ActionSpec undo;
    undo.id = QStringLiteral("rollout.undo");
    undo.text = tr("Undo to revision");
    undo.icon = QStringLiteral("undo");
    undo.section = tr("Commands");
    undo.panel = id();
    undo.shortcut = QKeySequence(Qt::Key_U);
    undo.inPalette = false;
    undo.blocked = [this](const QString &argument) {
        const fleet::ModelRow *m = row(argument.section(QLatin1Char('/'), 0, 0));
        const int revision = argument.section(QLatin1Char('/'), 1).toInt();
        if (const QString low = roleProblem(context(), m_snapshot.role, workspace::Role::Operator); !low.isEmpty())
            return low;
        if (!m || !m->rollout || !m->rollout->stable || revision == 0)
            return tr("Choose an earlier revision.");
        return revision == m->rollout->stable->revision ? tr("It has all traffic already.") : QString();
    };
    undo.gate = [this](const QString &argument) { return rolloutGate(context(), argument.section(QLatin1Char('/'), 0, 0), false); };
    undo.danger = [](const QString &argument) {
        return Danger{tr("Undo to revision %1").arg(argument.section(QLatin1Char('/'), 1)), tr("Revision %1 gets all traffic of %2 at once.").arg(argument.section(QLatin1Char('/'), 1), argument.section(QLatin1Char('/'), 0, 0)),
                      tr("Undo to the present revision comes back."), {}, false};
    };
    undo.run = [this](const QString &argument, const QString &) {
        const QString model = argument.section(QLatin1Char('/'), 0, 0), revision = argument.section(QLatin1Char('/'), 1);
        runVerb(context(), this, tr("Undo %1 to revision %2").arg(model, revision), model, {QStringLiteral("rollouts"), QStringLiteral("undo"), model, QStringLiteral("--to"), revision},
                tr("%1 is back at revision %2").arg(model, revision));
    };
    actions().add(undo);
    ActionSpec show;
    show.id = QStringLiteral("rollout.show");
    show.text = tr("Show rollout");
    show.section = tr("Go to");
    show.targets = targets([](const fleet::ModelRow &) { return true; }, tr("Show rollout of %1"));
    show.run = [this](const QString &model, const QString &) { context().open(id(), model); };
    actions().add(show);
}

} // namespace pilothouse::ui
