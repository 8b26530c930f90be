// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/cluster/cluster_sheets.h"

#include "core/fleet/clusters.h"
#include "widgets/base/write_gate.h"
#include "widgets/cluster/apply_sheet.h"
#include "widgets/cluster/commit_sheet.h"

#include <QCoreApplication>
#include <QPointer>

namespace pilothouse::ui {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(ClusterSheets)
};

/// The sheets that are open; what stands in them acts on these.
struct Sheets {
    QPointer<ApplySheet> apply;
    QPointer<CommitSheet> commit;
};

/// Without a fleet (tests that hand snapshots over) nothing is known to be missing.
QString noCluster(const PanelContext &context) {
    if (!context.fleet)
        return {};
    return context.fleet->services()->clusters->names().isEmpty() ? Text::tr("The workspace has no cluster: pilot connect add NAME --kind kubernetes.") : QString();
}

ActionSpec spec(const Panel *panel, const char *id, const QString &text, const QString &icon) {
    ActionSpec out;
    out.id = QLatin1String(id);
    out.text = text;
    out.icon = icon;
    out.section = Text::tr("Commands");
    out.panel = panel->id();
    out.inPalette = false;
    return out;
}

void addApply(const PanelContext &context, Panel *panel, const std::shared_ptr<Sheets> &sheets) {
    ActionSpec open = spec(panel, "rollouts.apply", Text::tr("Apply a folder of manifests…"), QStringLiteral("plus"));
    open.inPalette = true;
    open.blocked = [context](const QString &) { return noCluster(context); };
    open.run = [context, panel, sheets](const QString &connection, const QString &) {
        if (!sheets->apply)
            sheets->apply = new ApplySheet(context, connection, panel);
        sheets->apply->open();
        sheets->apply->raise();
    };
    context.actions->add(open);
    ActionSpec run = spec(panel, "rollouts.applyRun", Text::tr("Apply"), QStringLiteral("promote"));
    run.blocked = [sheets](const QString &) { return sheets->apply ? sheets->apply->lacking() : Text::tr("Open the sheet first."); };
    run.gate = [context, sheets](const QString &set) { return writeGate(context, "rollout-apply", QStringLiteral("folder ") + set, {sheets->apply ? sheets->apply->wish().connection : QString()}); };
    run.run = [sheets](const QString &, const QString &) {
        if (sheets->apply)
            sheets->apply->applyIt();
    };
    context.actions->add(run);
    ActionSpec undo = spec(panel, "rollouts.applyUndo", Text::tr("Undo the apply"), QStringLiteral("undo"));
    undo.blocked = [sheets](const QString &) { return sheets->apply && !sheets->apply->undoable().isEmpty() ? QString() : Text::tr("Nothing was applied here."); };
    undo.gate = [context, sheets](const QString &) {
        return writeGate(context, "rollout-apply-undo", QStringLiteral("folder ") + (sheets->apply ? sheets->apply->setName() : QString()), {sheets->apply ? sheets->apply->wish().connection : QString()});
    };
    undo.run = [sheets](const QString &, const QString &) {
        if (sheets->apply)
            sheets->apply->undoIt();
    };
    context.actions->add(undo);
}

void addCommit(const PanelContext &context, Panel *panel, const std::shared_ptr<Sheets> &sheets) {
    ActionSpec open = spec(panel, "rollouts.commit", Text::tr("Change by a commit…"), {});
    open.blocked = [](const QString &argument) { return argument.count(QLatin1Char('|')) == 2 && argument.contains(QLatin1Char('/')) ? QString() : Text::tr("Choose a workload first."); };
    open.run = [context, panel, sheets](const QString &argument, const QString &) {
        if (sheets->commit)
            sheets->commit->close(); // of another object
        sheets->commit = new CommitSheet(context, argument, panel);
        sheets->commit->open();
    };
    context.actions->add(open);
    const auto gate = [context, sheets](const QString &) {
        return writeGate(context, "gitops-commit", sheets->commit ? sheets->commit->target() : QString(), {sheets->commit ? sheets->commit->connectionName() : QString()});
    };
    ActionSpec run = spec(panel, "rollouts.commitRun", Text::tr("Commit and push"), QStringLiteral("promote"));
    run.blocked = [sheets](const QString &) { return sheets->commit ? sheets->commit->lacking() : Text::tr("Open the sheet first."); };
    run.gate = gate;
    run.run = [sheets](const QString &, const QString &) {
        if (sheets->commit)
            sheets->commit->commitIt();
    };
    context.actions->add(run);
    ActionSpec pull = spec(panel, "rollouts.commitPull", Text::tr("Open a pull request"), {});
    pull.blocked = [sheets](const QString &) { return sheets->commit && !sheets->commit->pullable().isEmpty() ? QString() : Text::tr("No branch was committed here that a connection of GitHub has."); };
    pull.gate = [context, sheets](const QString &) { return writeGate(context, "pull-request", sheets->commit ? sheets->commit->target() : QString(), {sheets->commit ? sheets->commit->pullable() : QString()}); };
    pull.run = [sheets](const QString &, const QString &) {
        if (sheets->commit)
            sheets->commit->openPull();
    };
    context.actions->add(pull);
    ActionSpec undo = spec(panel, "rollouts.commitUndo", Text::tr("Undo the commit"), QStringLiteral("undo"));
    undo.blocked = [sheets](const QString &) { return sheets->commit && !sheets->commit->undoable().isEmpty() ? QString() : Text::tr("Nothing was committed here."); };
    undo.gate = gate;
    undo.run = [sheets](const QString &, const QString &) {
        if (sheets->commit)
            sheets->commit->undoIt();
    };
    context.actions->add(undo);
}

} // namespace

void addClusterSheets(const PanelContext &context, Panel *panel) {
    const auto sheets = std::make_shared<Sheets>();
    addApply(context, panel, sheets);
    addCommit(context, panel, sheets);
}

} // namespace pilothouse::ui
