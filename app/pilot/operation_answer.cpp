// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/operation_answer.h"

#include "core/fleet/operation_ways.h"

namespace pilothouse {

using Q = QLatin1String;

QJsonArray planJson(const operations::Operation &operation) {
    QJsonArray out;
    for (const operations::PlannedCall &call : operation.plan())
        out.append(QJsonObject{{Q("verb"), call.verb}, {Q("object"), call.object}, {Q("effect"), call.effect}, {Q("undo"), call.undo}, {Q("command"), call.command}});
    return out;
}

QString planText(const operations::Operation &operation) {
    QStringList out;
    int number = 0;
    for (const operations::PlannedCall &call : operation.plan()) {
        out += QStringLiteral("  %1  %2 %3: %4   (undo: %5)").arg(++number).arg(call.verb, call.object, call.effect, call.undo.isEmpty() ? QStringLiteral("none") : call.undo);
        for (const QString &line : call.command.split(QLatin1Char('\n'), Qt::SkipEmptyParts))
            out += QStringLiteral("     $ ") + line;
    }
    return out.join(QLatin1Char('\n'));
}

Result<void> runAndAnswer(Context &context, operations::Operations &operations, operations::Operation operation, bool planOnly) {
    if (planOnly) {
        context.answer({{Q("operation"), QJsonValue()}, {Q("summary"), operation.summary}, {Q("plan"), planJson(operation)}},
                       operation.summary + QStringLiteral(" (dry run, nothing was changed)\n") + planText(operation));
        return {};
    }
    const QString summary = operation.summary;
    const operations::OperationOutcome outcome = operations.run(operation);
    if (outcome.error) {
        Error error = *outcome.error;
        if (const QString left = outcome.done ? QString() : fleet::halfwayText(operation, outcome); !left.isEmpty())
            error.raw = error.raw.isEmpty() ? left : left + QLatin1Char('\n') + error.raw;
        return error;
    }
    QJsonArray steps;
    QString text = QStringLiteral("%1: done (%2)").arg(summary, outcome.id);
    for (const operations::StepOutcome &step : outcome.steps) {
        steps.append(QJsonObject{{Q("call"), QStringLiteral("%1 %2").arg(step.call.verb, step.call.object)}, {Q("state"), step.state}, {Q("after"), step.after}});
        text += QStringLiteral("\n  %1 %2: %3").arg(step.call.verb, step.call.object, step.call.effect);
    }
    context.answer({{Q("operation"), outcome.id}, {Q("summary"), summary}, {Q("done"), outcome.done}, {Q("steps"), steps}}, text);
    return {};
}

} // namespace pilothouse
