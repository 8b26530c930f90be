// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/cluster/pod_actions.h"

#include "core/operations/guard.h"
#include "widgets/base/write_gate.h"
#include "widgets/cluster/forwards_sheet.h"
#include "widgets/cluster/terminal_sheet.h"

#include <QCoreApplication>

namespace pilothouse::ui {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(PodActions)
};

/// "connection|namespace|pod[|container]"; nothing for another text.
std::optional<ShellWish> shellWish(const QString &id) {
    const QStringList parts = id.split(QLatin1Char('|'));
    if (parts.size() < 3 || parts.size() > 4 || parts[1].isEmpty() || parts[2].isEmpty())
        return std::nullopt;
    return ShellWish{parts[0], parts[1], parts[2], parts.value(3), {}};
}

QString withoutFleet(const PanelContext &context) { return context.fleet && context.fleet->services() ? QString() : Text::tr("No workspace is open."); }

void showForwards(const PanelContext &context, QWidget *owner, const std::optional<ForwardWish> &wish) {
    auto *sheet = owner->window()->findChild<ForwardsSheet *>(QStringLiteral("forwardsSheet"), Qt::FindDirectChildrenOnly);
    if (sheet && !sheet->isOf(context.fleet->services())) {
        sheet->setObjectName({});
        sheet->close();
        sheet = nullptr;
    }
    if (!sheet)
        sheet = new ForwardsSheet(ForwardList::of(context.actions, context.fleet->pools()), context.fleet->pools(), context.fleet->services(), owner->window());
    sheet->show();
    sheet->raise();
    sheet->activateWindow();
    if (wish)
        sheet->offer(*wish);
}

} // namespace

void addPodActions(const PanelContext &context, QWidget *owner, const QString &panel, const std::function<QString(const QString &subresource)> &refusal) {
    ActionSpec exec;
    exec.id = QStringLiteral("pod.exec");
    exec.text = Text::tr("Open a shell");
    exec.icon = QStringLiteral("play");
    exec.section = Text::tr("Commands");
    exec.panel = panel;
    exec.inPalette = false;
    exec.blocked = [context, refusal](const QString &id) {
        if (const QString why = withoutFleet(context); !why.isEmpty())
            return why;
        return shellWish(id) ? refusal(QStringLiteral("exec")) : Text::tr("Choose a pod first.");
    };
    exec.gate = [context](const QString &id) {
        const auto wish = shellWish(id);
        return wish ? writeGate(context, "pod-exec", QStringLiteral("pod/%1 in %2").arg(wish->pod, wish->space), {wish->connection}) : WriteGate();
    };
    exec.run = [context, owner](const QString &id, const QString &) {
        auto wish = shellWish(id);
        if (!wish || !context.fleet)
            return;
        wish->typed = operations::Confirmed::names();
        (new TerminalSheet(context.fleet->pools(), context.fleet->services(), *wish, owner->window()))->show();
    };
    context.actions->add(exec);

    ActionSpec forward;
    forward.id = QStringLiteral("pod.forward");
    forward.text = Text::tr("Forward a port…");
    forward.icon = QStringLiteral("swap");
    forward.section = Text::tr("Commands");
    forward.panel = panel;
    forward.inPalette = false;
    forward.blocked = [context, refusal](const QString &id) {
        if (const QString why = withoutFleet(context); !why.isEmpty())
            return why;
        return forwardWish(id) ? refusal(QStringLiteral("portforward")) : Text::tr("Choose a pod or a service first.");
    };
    forward.run = [context, owner](const QString &id, const QString &) { showForwards(context, owner, forwardWish(id)); };
    context.actions->add(forward);

    ActionSpec list;
    list.id = QStringLiteral("forward.list");
    list.text = Text::tr("Port-forwards");
    list.section = Text::tr("Go to");
    list.panel = panel;
    list.blocked = [context](const QString &) { return withoutFleet(context); };
    list.run = [context, owner](const QString &, const QString &) { showForwards(context, owner, std::nullopt); };
    context.actions->add(list);
}

} // namespace pilothouse::ui
