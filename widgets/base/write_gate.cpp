// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/write_gate.h"

#include "core/operations/kinds.h"

#include <QCoreApplication>

namespace pilothouse::ui {

namespace {
struct Text {
    Q_DECLARE_TR_FUNCTIONS(WriteGate)
};
} // namespace

WriteGate writeGate(const PanelContext &context, const char *kind, const QString &object, const QStringList &connections) {
    WriteGate gate;
    if (!context.fleet || !context.fleet->services() || !context.fleet->services()->operations)
        return gate;
    const operations::Operations &operations = *context.fleet->services()->operations;
    operations::Operation operation;
    operation.kind = QLatin1String(kind);
    operation.object = object;
    for (qsizetype i = 0; i < connections.size(); ++i) {
        if (i == 0) {
            operation.connection = connections[i];
        } else {
            operation.steps.emplace_back();
            operation.steps.back().connection = connections[i];
        }
    }
    const operations::OperationKind *listed = operations::operationKind(operation.kind);
    const workspace::Role needs = listed ? listed->needs : operation.needs;
    operation.needs = needs;
    gate.typed = operations.rules().toType(operation);
    operation.confirmed = gate.typed;
    if (const auto may = operations.check(operation); !may) {
        const workspace::Role has = operations.rules().roleFor(operation, operations.actor());
        const QString environment = operations.rules().environmentOf(operation);
        if (int(has) >= int(needs))
            gate.refused = Text::tr("Its connection is read-only here.");
        else if (environment.isEmpty())
            gate.refused = Text::tr("Needs role %1.").arg(workspace::roleName(needs));
        else
            gate.refused = Text::tr("Needs role %1 in %2.").arg(workspace::roleName(needs), environment);
    }
    return gate;
}

QString roleProblem(const PanelContext &context, workspace::Role has, workspace::Role needs) {
    return context.fleet || int(has) >= int(needs) ? QString() : Text::tr("Needs role %1.").arg(workspace::roleName(needs));
}

} // namespace pilothouse::ui
