// SPDX-License-Identifier: GPL-3.0-or-later
// What can be done to a pipeline or a run; each write is a verb of `pilot`.
#include "widgets/pipelines/pipelines_panel.h"

#include "widgets/base/run_verb.h"
#include "widgets/base/toast.h"
#include "widgets/base/write_gate.h"
#include "widgets/pipelines/run_list.h"
#include "widgets/pipelines/run_log_card.h"
#include "widgets/pipelines/run_log_view.h"
#include "widgets/pipelines/schedules_sheet.h"
#include "widgets/pipelines/start_sheet.h"

#include <QClipboard>
#include <QDesktopServices>
#include <QGuiApplication>
#include <QUrl>

#include <algorithm>

namespace pilothouse::ui {

using pipelines::PipelineRun;
using Q = QLatin1String;

namespace {

const pipelines::Notice *noticeIn(const std::vector<pipelines::Notice> &notices, const QString &id) {
    const auto it = std::find_if(notices.begin(), notices.end(), [&](const auto &notice) { return notice.id == id; });
    return it == notices.end() ? nullptr : &*it;
}

QStringList connectionsOf(const QString &connection) { return connection.isEmpty() ? QStringList() : QStringList{connection}; }

} // namespace

void PipelinesPanel::addActions() {
    ActionSpec start;
    start.id = QStringLiteral("pipeline.start");
    start.text = tr("Start pipeline…");
    start.icon = QStringLiteral("play");
    start.section = tr("Commands");
    start.panel = id();
    start.shortcut = QKeySequence(Qt::Key_S);
    start.blocked = [this](const QString &) {
        if (const QString low = roleProblem(context(), m_snapshot.role, workspace::Role::Operator); !low.isEmpty())
            return low;
        return state().pipelines.empty() ? tr("No model has a recipe, and no connection has a pipeline.") : QString();
    };
    start.targets = [this] {
        std::vector<ActionTarget> out;
        for (const pipelines::Pipeline &p : state().pipelines)
            out.push_back({p.id, tr("Start pipeline %1").arg(p.name), systemWord(p.system)});
        return out;
    };
    start.run = [this](const QString &pipeline, const QString &) { startSheet(pipeline); };
    actions().add(start);
    addRunActions();
    addViewActions();
}

void PipelinesPanel::startSheet(const QString &pipeline) {
    openStartSheet(context(), window(), state().pipelines, pipeline, [this](const QString &run) {
        m_wanted = run;
        const PipelineRun *known = m_runs->find(run);
        refresh(known ? known->connection : run.contains(QLatin1Char(':')) ? run.section(QLatin1Char(':'), 0, 0) : QString());
        openAt(run);
    });
}

/// Why this cannot be done to the run; empty: it can, as far as is known here.
QString PipelinesPanel::runProblem(const QString &id, const char *verb) const {
    const PipelineRun *r = run(id);
    if (!r)
        return tr("No run is chosen.");
    if (const QString low = roleProblem(context(), m_snapshot.role, workspace::Role::Operator); !low.isEmpty())
        return low;
    const fleet::SystemSight *seen = sight(r->connection);
    const pipelines::Capabilities can = seen ? seen->can : pipelines::Capabilities();
    const QString where = seen ? sightWord(*seen, state()) : systemWord(r->system);
    const bool ended = pipelines::hasEnded(r->state);
    const Q what(verb);
    if (what == Q("cancel") || what == Q("force")) {
        if (ended)
            return tr("It has ended.");
        return what == Q("force") ? can.force ? QString() : tr("%1 ends no run by force.").arg(where) : can.cancel ? QString() : tr("%1 cannot cancel a run.").arg(where);
    }
    if (!ended)
        return tr("It has not ended yet.");
    if (what == Q("failed")) {
        if (!can.rerunFailed)
            return tr("%1 runs all stages again or none.").arg(where);
        return r->state == pipelines::State::Failed || r->state == pipelines::State::Cancelled ? QString() : tr("No stage of it failed.");
    }
    return can.rerun || can.start ? QString() : tr("%1 cannot run it again.").arg(where);
}

WriteGate PipelinesPanel::runGate(const char *kind, const QString &id) const {
    const PipelineRun *r = run(id);
    return writeGate(context(), kind, QStringLiteral("pipeline run %1").arg(id), connectionsOf(r ? r->connection : QString()));
}

/// The run that came of it is shown as soon as it is known.
void PipelinesPanel::runDone(const QString &id, const QJsonObject &result) {
    const PipelineRun *r = run(id);
    const QString made = result.value(Q("id")).toString();
    refresh(r ? r->connection : QString());
    if (!made.isEmpty() && made != id)
        openAt(made);
}

void PipelinesPanel::addRunActions() {
    const auto add = [this](const char *id, const QString &text, const char *icon, const QKeySequence &key, const char *verb, const char *kind, QStringList arguments, const QString &done) {
        ActionSpec spec;
        spec.id = Q(id);
        spec.text = text;
        spec.icon = Q(icon);
        spec.section = tr("Commands");
        spec.panel = this->id();
        spec.shortcut = key;
        spec.blocked = [this, verb](const QString &run) { return runProblem(run.isEmpty() ? m_run : run, verb); };
        spec.gate = [this, kind](const QString &run) { return runGate(kind, run.isEmpty() ? m_run : run); };
        spec.run = [this, text, arguments, done](const QString &argument, const QString &) {
            const QString run = argument.isEmpty() ? m_run : argument;
            const PipelineRun *r = this->run(run);
            const QString title = r ? m_runs->titleOf(*r) : run;
            QStringList all{QStringLiteral("pipelines")};
            all << arguments.first() << run << arguments.mid(1);
            runVerb(context(), this, QStringLiteral("%1: %2").arg(text, title), r ? r->model : QString(), all, done.arg(title), [this, run](const QJsonObject &result) { runDone(run, result); });
        };
        return spec;
    };
    ActionSpec again = add("pipeline.again", tr("Run again"), "refresh", QKeySequence(Qt::SHIFT | Qt::Key_R), "again", "pipeline-rerun", {QStringLiteral("retry")}, tr("%1 runs again"));
    again.run = [this, retry = again.run](const QString &argument, const QString &comment) {
        const PipelineRun *r = run(argument.isEmpty() ? m_run : argument);
        const fleet::SystemSight *seen = r ? sight(r->connection) : nullptr;
        if (!r || (seen && seen->can.rerun))
            return retry(argument, comment);
        openStartSheet(context(), window(), state().pipelines, r->pipeline, [this](const QString &run) { openAt(run); }, r->parameters); // a start with the same values
    };
    actions().add(again);
    actions().add(add("pipeline.failed", tr("Run again only what failed"), "refresh", {}, "failed", "pipeline-rerun", {QStringLiteral("retry"), QStringLiteral("--failed")}, tr("What failed in %1 runs again")));
    ActionSpec cancel = add("pipeline.cancel", tr("Cancel run"), "stop", QKeySequence(Qt::SHIFT | Qt::Key_X), "cancel", "pipeline-cancel", {QStringLiteral("cancel")}, tr("%1 was cancelled"));
    cancel.danger = [this](const QString &argument) {
        const PipelineRun *r = run(argument.isEmpty() ? m_run : argument);
        const bool local = !r || r->connection.isEmpty();
        return Danger{tr("Cancel run"),
                      r && r->state == pipelines::State::Paused ? tr("The run ends here; nothing is deployed.")
                      : local                                   ? tr("The training stops at its next checkpoint; nothing is deployed.")
                                                                : tr("%1 is asked to end it: what its stages have done so far stays done.").arg(systemWord(r->system)),
                      local ? tr("Start it again; a training goes on from its checkpoint.") : tr("It cannot be undone; it can be run again."), {}, false};
    };
    actions().add(cancel);
    ActionSpec force = add("pipeline.force", tr("End by force"), "stop", {}, "force", "pipeline-force", {QStringLiteral("cancel"), QStringLiteral("--force")}, tr("%1 was ended"));
    force.danger = [](const QString &) { return Danger{tr("End by force"), tr("It ends at once: what it was writing may be half written, and its last steps do not run."), tr("It cannot be undone."), {}, false}; };
    actions().add(force);

    ActionSpec fix;
    fix.id = QStringLiteral("pipeline.fix");
    fix.text = tr("Do what helps");
    fix.icon = QStringLiteral("wand");
    fix.section = tr("Commands");
    const auto noticeOf = [this](const QString &id) {
        const pipelines::Notice *notice = noticeIn(state().notices, id);
        return notice ? notice : noticeIn(m_snapshot.notices, id);
    };
    fix.blocked = [this, noticeOf](const QString &id) {
        if (const QString low = roleProblem(context(), m_snapshot.role, workspace::Role::Operator); !low.isEmpty())
            return low;
        const pipelines::Notice *notice = noticeOf(id);
        return !notice ? tr("It is over by now.") : notice->start ? QString() : tr("Nothing can be started that helps.");
    };
    fix.gate = [this, noticeOf](const QString &id) {
        const pipelines::Notice *notice = noticeOf(id);
        const QString pipeline = notice && notice->start ? notice->start->pipeline : QString();
        return writeGate(context(), "pipeline-start", QStringLiteral("pipeline %1").arg(pipeline), pipeline.contains(QLatin1Char(':')) ? QStringList{pipeline.section(QLatin1Char(':'), 0, 0)} : QStringList());
    };
    fix.targets = [this] {
        std::vector<ActionTarget> out;
        for (const pipelines::Notice &notice : state().notices)
            if (notice.start)
                out.push_back({notice.id, notice.fix, notice.sentence});
        return out;
    };
    fix.run = [this, noticeOf](const QString &id, const QString &) {
        const pipelines::Notice *notice = noticeOf(id);
        if (!notice || !notice->start)
            return;
        QStringList all{QStringLiteral("pipelines"), QStringLiteral("start"), notice->start->pipeline};
        if (!notice->start->ref.isEmpty())
            all << QStringLiteral("--ref") << notice->start->ref;
        for (auto it = notice->start->parameters.begin(); it != notice->start->parameters.end(); ++it)
            all << QStringLiteral("--param") << it.key() + QLatin1Char('=') + it.value().toVariant().toString();
        all << QStringLiteral("--reason") << notice->sentence;
        runVerb(context(), this, notice->fix, {}, all, tr("%1: it has started").arg(notice->fix), [this, pipeline = notice->start->pipeline](const QJsonObject &result) {
            refresh(pipeline.section(QLatin1Char(':'), 0, 0));
            openAt(result.value(Q("id")).toString());
        });
    };
    actions().add(fix);
}

void PipelinesPanel::addViewActions() {
    const auto add = [this](const char *id, const QString &text, const char *icon, const QKeySequence &key, const QString &section, std::function<QString(const PipelineRun *)> blocked, std::function<void(const PipelineRun *)> run) {
        ActionSpec spec;
        spec.id = Q(id);
        spec.text = text;
        spec.icon = Q(icon);
        spec.section = section;
        spec.panel = this->id();
        spec.shortcut = key;
        spec.blocked = [this, blocked](const QString &argument) { return blocked(this->run(argument.isEmpty() ? m_run : argument)); };
        spec.run = [this, run](const QString &argument, const QString &) { run(this->run(argument.isEmpty() ? m_run : argument)); };
        actions().add(spec);
    };
    const auto chosen = [](const PipelineRun *r) { return r ? QString() : tr("No run is chosen."); };
    add("pipeline.open", tr("Open in its system"), "external", QKeySequence(Qt::Key_O), tr("Go to"),
        [](const PipelineRun *r) {
            if (!r)
                return tr("No run is chosen.");
            const QString scheme = QUrl(r->link).scheme();
            return scheme == Q("http") || scheme == Q("https") ? QString() : tr("It has no page.");
        },
        [](const PipelineRun *r) { QDesktopServices::openUrl(QUrl(r->link)); });
    add("pipeline.copy", tr("Copy as curl and pilot"), "copy", QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C), tr("Commands"), chosen, [this](const PipelineRun *r) {
        const QString api = context().fleet && !r->connection.isEmpty() ? context().fleet->services()->workspace.connections.value(r->connection).url : QString();
        QGuiApplication::clipboard()->setText(runCommands(*r, api)); // credentials are named: what is copied ends up in chats
        if (context().toasts)
            context().toasts->show(State::Ok, tr("Copied"), m_runs->titleOf(*r));
    });
    add("pipeline.log", tr("Log of the run"), "file", QKeySequence(Qt::Key_L), tr("Go to"), chosen, [this](const PipelineRun *) {
        m_log->view().setFocus();
    });
    add("pipeline.schedules", tr("Schedules…"), "clock", QKeySequence(Qt::SHIFT | Qt::Key_S), tr("Commands"), [](const PipelineRun *) { return QString(); },
        [this](const PipelineRun *) { m_schedules = openSchedulesSheet(context(), window(), m_data, [this](const QString &connection) { refresh(connection); }); });
    ActionSpec show;
    show.id = QStringLiteral("pipeline.show");
    show.text = tr("Show run");
    show.section = tr("Go to");
    show.inPalette = false;
    show.run = [this](const QString &argument, const QString &) { context().open(id(), argument); };
    actions().add(show);
    connect(&actions(), &ActionCatalogue::triggered, this, [this](const QString &id) {
        if (id == Q("window.refresh") && isVisible())
            refresh({});
    });
}

} // namespace pilothouse::ui
