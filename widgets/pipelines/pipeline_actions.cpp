// SPDX-License-Identifier: GPL-3.0-or-later
// What can be done to a pipeline; each is a verb of `pilot`.
#include "widgets/pipelines/pipelines_panel.h"

#include "widgets/base/run_verb.h"
#include "widgets/base/write_gate.h"

namespace pilothouse::ui {

void PipelinesPanel::addActions() {
    ActionSpec start;
    start.id = QStringLiteral("pipeline.start");
    start.text = tr("Start pipeline");
    start.icon = QStringLiteral("play");
    start.section = tr("Commands");
    start.panel = id();
    start.shortcut = QKeySequence(Qt::Key_S);
    start.blocked = [this](const QString &argument) {
        if (const QString low = roleProblem(context(), m_snapshot.role, workspace::Role::Operator); !low.isEmpty())
            return low;
        if (argument.isEmpty())
            return tr("No model has a recipe.");
        for (const pipelines::PipelineRun &r : m_snapshot.pipelineRuns)
            if (r.pipeline == argument && (r.state == pipelines::State::Running || r.state == pipelines::State::Waiting))
                return tr("It is running.");
        return QString();
    };
    start.gate = [this](const QString &pipeline) { return writeGate(context(), "pipeline-start", QStringLiteral("pipeline ") + pipeline); };
    start.targets = [this] {
        std::vector<ActionTarget> out;
        for (const pipelines::Pipeline &p : m_snapshot.pipelines)
            out.push_back({p.id, tr("Start pipeline %1").arg(p.name), p.system});
        return out;
    };
    start.run = [this](const QString &pipeline, const QString &) {
        runVerb(context(), this, tr("Start pipeline %1").arg(pipeline), pipeline, {QStringLiteral("pipelines"), QStringLiteral("start"), pipeline}, tr("Pipeline %1 has started").arg(pipeline),
                [this, pipeline](const QJsonObject &) { m_wanted = pipeline; });
    };
    actions().add(start);
    ActionSpec cancel;
    cancel.id = QStringLiteral("pipeline.cancel");
    cancel.text = tr("Cancel run");
    cancel.icon = QStringLiteral("stop");
    cancel.section = tr("Commands");
    cancel.panel = id();
    cancel.inPalette = false;
    cancel.blocked = [this](const QString &argument) {
        const pipelines::PipelineRun *r = run(argument);
        if (const QString low = roleProblem(context(), m_snapshot.role, workspace::Role::Operator); !low.isEmpty())
            return low;
        return r && !r->ended.isValid() ? QString() : tr("It has ended.");
    };
    cancel.danger = [this](const QString &argument) {
        const pipelines::PipelineRun *r = run(argument);
        return Danger{tr("Cancel run"), r && r->state == pipelines::State::Paused ? tr("The run ends here; nothing is deployed.") : tr("The training stops at its next checkpoint; nothing is deployed."),
                      tr("Start it again; a training goes on from its checkpoint."), {}, false};
    };
    cancel.gate = [this](const QString &argument) {
        const pipelines::PipelineRun *r = run(argument);
        return writeGate(context(), "pipeline-cancel", QStringLiteral("pipeline ") + (r ? r->pipeline : QString()));
    };
    cancel.run = [this](const QString &argument, const QString &) {
        runVerb(context(), this, tr("Cancel %1").arg(argument), {}, {QStringLiteral("pipelines"), QStringLiteral("cancel"), argument}, tr("Run %1 was cancelled").arg(argument));
    };
    actions().add(cancel);
    ActionSpec show;
    show.id = QStringLiteral("pipeline.show");
    show.text = tr("Show run");
    show.section = tr("Go to");
    show.inPalette = false;
    show.run = [this](const QString &argument, const QString &) { context().open(id(), argument); };
    actions().add(show);
}

} // namespace pilothouse::ui
