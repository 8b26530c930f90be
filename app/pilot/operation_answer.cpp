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

namespace {

/// details.warnings, which a builder found and whoever decides should read first.
QString warningsText(const operations::Operation &operation) {
    QString out;
    for (const QJsonValue &warning : operation.details.value(Q("warnings")).toArray())
        out += QStringLiteral("\n  ! ") + warning.toString();
    return out;
}

/// details.diff, where the operation changes lines of something: as core/cluster/pod_template.h writes it.
QString diffText(const operations::Operation &operation) {
    QString out;
    for (const QJsonValue &value : operation.details.value(Q("diff")).toObject().value(Q("lines")).toArray()) {
        const QJsonObject line = value.toObject();
        out += QStringLiteral("\n     %1 %2%3").arg(line.value(Q("sign")).toString(), QString(line.value(Q("indent")).toInt() * 2, QLatin1Char(' ')), line.value(Q("text")).toString());
    }
    return out;
}

void addFindings(QJsonObject &answer, const operations::Operation &operation) {
    for (const char *key : {"warnings", "diff"})
        if (operation.details.contains(Q(key)))
            answer.insert(Q(key), operation.details.value(Q(key)));
}

} // namespace

Result<void> runAndAnswer(Context &context, operations::Operations &operations, operations::Operation operation, bool planOnly) {
    if (planOnly) {
        QJsonObject answer{{Q("operation"), QJsonValue()}, {Q("summary"), operation.summary}, {Q("plan"), planJson(operation)}};
        addFindings(answer, operation);
        context.answer(answer, operation.summary + QStringLiteral(" (dry run, nothing was changed)\n") + planText(operation) + diffText(operation) + warningsText(operation));
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
    QJsonObject answer{{Q("operation"), outcome.id}, {Q("summary"), summary}, {Q("done"), outcome.done}, {Q("steps"), steps}};
    addFindings(answer, operation);
    context.answer(answer, text + warningsText(operation));
    return {};
}

} // namespace pilothouse
