// SPDX-License-Identifier: GPL-3.0-or-later
// What can be done to a workload. Each opens a sheet that plans it against the cluster and runs what was shown.
#include "widgets/cluster/workload_page.h"

#include "widgets/base/run_verb.h"
#include "widgets/base/toast.h"
#include "widgets/base/write_gate.h"

namespace pilothouse::ui {

using Q = QLatin1String;

/// "lab|deployment|ml|web" or "lab|deployment|ml|web|7"; empty: the one that is shown.
std::optional<std::pair<fleet::WorkloadId, qint64>> WorkloadPage::parse(const QString &argument) const {
    if (argument.isEmpty())
        return m_id.isValid() ? std::optional(std::pair(m_id, qint64(0))) : std::nullopt;
    const auto id = fleet::parseWorkloadId(argument.section(QLatin1Char('|'), 0, 3));
    return id ? std::optional(std::pair(*id, argument.section(QLatin1Char('|'), 4).toLongLong())) : std::nullopt;
}

QString WorkloadPage::blocked(WorkloadAsk::Kind kind, const QString &argument) const {
    const auto about = parse(argument);
    if (!about || about->first != m_id)
        return tr("Choose a workload first.");
    if (!cluster::revisionKind(m_id.ref.kind))
        return tr("A %1 is changed by its own steps.").arg(m_id.ref.kind.kind);
    const auto &reading = m_follow->reading();
    if (!reading)
        return m_follow->problem() ? m_follow->problem()->what : tr("It is being read.");
    if (m_follow->problem() && m_follow->problem()->kind == ErrorKind::NotFound)
        return tr("It is gone.");
    if (const QString missing = m_follow->refusal(QStringLiteral("patch"), kind == WorkloadAsk::Scale ? QStringLiteral("scale") : QString()); !missing.isEmpty())
        return missing;
    const bool paused = reading->object.value(Q("spec")).toObject().value(Q("paused")).toBool();
    if ((kind == WorkloadAsk::Pause || kind == WorkloadAsk::Resume) && m_id.ref.kind != cluster::kinds::Deployment)
        return tr("Only a Deployment can be paused.");
    if (kind == WorkloadAsk::Pause && paused)
        return tr("It is paused already.");
    if (kind == WorkloadAsk::Resume && !paused)
        return tr("It is not paused.");
    if (kind == WorkloadAsk::Restart && paused)
        return tr("It is paused: resume it first.");
    if (kind == WorkloadAsk::Scale && m_id.ref.kind == cluster::kinds::DaemonSet)
        return tr("A DaemonSet has one pod a node.");
    if (kind == WorkloadAsk::Undo) {
        const auto *current = reading->workload ? reading->workload->current() : nullptr;
        if (!reading->workload || reading->workload->history.size() < 2)
            return tr("There is no earlier revision.");
        if (paused)
            return tr("It is paused: resume it first.");
        if (current && about->second == current->revision)
            return tr("Choose an earlier revision: this one is what it is.");
    }
    return {};
}

void WorkloadPage::addActions(const QString &panel) {
    const struct {
        WorkloadAsk::Kind kind;
        const char *id;
        QString text;
        const char *icon;
        QKeySequence key;
    } all[] = {{WorkloadAsk::Image, "workload.image", tr("Set image…"), "upload", Qt::Key_I},
               {WorkloadAsk::Restart, "workload.restart", tr("Restart…"), "refresh", Qt::SHIFT | Qt::Key_R},
               {WorkloadAsk::Pause, "workload.pause", tr("Pause…"), "pause", {}},
               {WorkloadAsk::Resume, "workload.resume", tr("Resume…"), "play", {}},
               {WorkloadAsk::Scale, "workload.scale", tr("Scale…"), "swap", Qt::SHIFT | Qt::Key_S},
               {WorkloadAsk::Undo, "workload.undo", tr("Undo to…"), "undo", Qt::SHIFT | Qt::Key_U},
               {WorkloadAsk::Environment, "workload.env", tr("Variables…"), "", Qt::Key_E},
               {WorkloadAsk::Resources, "workload.resources", tr("Resources…"), "", {}}};
    for (const auto &a : all) {
        ActionSpec spec;
        spec.id = Q(a.id);
        spec.text = a.text;
        spec.icon = Q(a.icon);
        spec.shortcut = a.key;
        spec.section = tr("Commands");
        spec.panel = panel;
        spec.blocked = [this, kind = a.kind](const QString &argument) {
            if (const QString why = blocked(kind, argument); !why.isEmpty())
                return why;
            const WorkloadAsk ask{kind, m_id, 0};
            return writeGate(m_context, ask.operationKind(), ask.object(), {m_id.connection}).refused; // the typed name is asked for when it runs
        };
        spec.run = [this, kind = a.kind](const QString &argument, const QString &) { openSheet(kind, argument); };
        m_context.actions->add(spec);
    }
    ActionSpec logs;
    logs.id = QStringLiteral("pod.logs");
    logs.text = tr("Show the log of the pod");
    logs.icon = QStringLiteral("terminal");
    logs.shortcut = Qt::Key_L;
    logs.section = tr("Commands");
    logs.panel = panel;
    logs.blocked = [this](const QString &argument) { return (argument.isEmpty() ? argumentOf(QStringLiteral("pod.logs")) : argument).isEmpty() ? tr("Choose a pod first.") : QString(); };
    logs.run = [this](const QString &argument, const QString &) { openPod((argument.isEmpty() ? argumentOf(QStringLiteral("pod.logs")) : argument).section(QLatin1Char('|'), 2)); };
    m_context.actions->add(logs);
    ActionSpec apply;
    apply.id = QStringLiteral("workload.apply");
    apply.text = tr("Do it");
    apply.section = tr("Commands");
    apply.inPalette = false;
    apply.blocked = [this](const QString &) { return m_sheet ? m_sheet->lacking() : tr("Nothing is planned."); };
    apply.gate = [this](const QString &) { return m_sheet ? writeGate(m_context, m_sheet->ask().operationKind(), m_sheet->ask().object(), {m_sheet->ask().id.connection}) : WriteGate(); };
    apply.run = [this](const QString &, const QString &) {
        if (m_sheet)
            m_sheet->run();
    };
    m_context.actions->add(apply);
    ActionSpec back;
    back.id = QStringLiteral("workload.takeBack");
    back.text = tr("Undo");
    back.icon = QStringLiteral("undo");
    back.section = tr("Commands");
    back.inPalette = false;
    back.gate = [this](const QString &operation) {
        const auto about = m_undoable.value(operation);
        return writeGate(m_context, "workload-undo", about.second, {about.first});
    };
    back.run = [this](const QString &operation, const QString &) {
        runVerb(m_context, this, tr("Undo %1").arg(operation), {}, {QStringLiteral("undo"), operation}, tr("It is undone"), [this](const QJsonObject &) { rowChanged(); });
    };
    m_context.actions->add(back);
}

void WorkloadPage::openSheet(WorkloadAsk::Kind kind, const QString &argument) {
    const auto about = parse(argument);
    if (!about || !m_follow || !m_follow->reading() || m_sheet)
        return;
    const WorkloadAsk ask{kind, about->first, about->second};
    m_sheet = new WorkloadSheet(m_context, ask, m_follow->reading()->object, this);
    connect(m_sheet, &WorkloadSheet::done, this, [this, ask](const QString &operation, const QString &summary) { done(ask, operation, summary); });
    m_sheet->open();
}

void WorkloadPage::done(const WorkloadAsk &ask, const QString &operation, const QString &summary) {
    m_undoable.insert(operation, {ask.id.connection, ask.object()});
    rowChanged();
    if (m_context.toasts)
        m_context.toasts->show(State::Ok, summary, tr("Its pods are followed here to the end."), tr("Undo"), [actions = m_context.actions, operation] { actions->trigger(QStringLiteral("workload.takeBack"), operation); });
}

} // namespace pilothouse::ui
