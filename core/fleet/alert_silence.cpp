// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/alert_silence.h"

#include "core/base/clock.h"

#include <QCoreApplication>

namespace pilothouse::fleet {

using operations::Operation;
using Q = QLatin1String;
using telemetry::AlertSilence;

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(AlertSilence)
};

QString subject(const AlertSilence &silence) { return silence.rule.isEmpty() ? QStringLiteral("model ") + silence.model : QStringLiteral("alert ") + silence.rule; }

} // namespace

Operation silenceOperation(std::shared_ptr<telemetry::AlertStore> store, const AlertSilence &silence, std::shared_ptr<AlertSilence> made) {
    operations::Operation operation;
    operation.kind = QStringLiteral("alert-silence");
    operation.object = subject(silence);
    operation.summary = Text::tr("Silence %1 until %2").arg(subject(silence), isoUtc(silence.until));
    operation.details = {{Q("until"), isoUtc(silence.until)}, {Q("comment"), silence.comment}};
    operations::Step step;
    step.call = {QStringLiteral("ADD"), QStringLiteral("silence of ") + subject(silence), Text::tr("nothing is told of it until %1").arg(isoUtc(silence.until)), Text::tr("the silence ends"),
                 silence.rule.isEmpty() ? QStringLiteral("pilot alerts silence --model %1 --for %2s").arg(silence.model).arg(silence.from.secsTo(silence.until))
                                        : QStringLiteral("pilot alerts silence %1 --for %2s").arg(silence.rule).arg(silence.from.secsTo(silence.until))};
    step.execute = [store, silence, made]() -> Result<void> {
        PH_ASSIGN(*made, store->addSilence(silence));
        return {};
    };
    step.readBack = [store, made]() -> Result<QJsonObject> {
        PH_ASSIGN(const auto all, store->silences(made->from));
        for (const AlertSilence &one : all)
            if (one.id == made->id)
                return QJsonObject{{Q("silence"), one.id}, {Q("until"), isoUtc(one.until)}};
        return notFound(Text::tr("The silence %1 is not there.").arg(made->id));
    };
    step.undo = [store, made]() { return store->endSilence(made->id, made->from); };
    operation.steps.push_back(std::move(step));
    return operation;
}

Operation endSilenceOperation(std::shared_ptr<telemetry::AlertStore> store, const QString &id, const QDateTime &now) {
    operations::Operation operation;
    operation.kind = QStringLiteral("alert-silence-end");
    operation.object = QStringLiteral("silence ") + id;
    operation.summary = Text::tr("End the silence %1").arg(id);
    operations::Step step;
    step.call = {QStringLiteral("END"), operation.object, Text::tr("what still fires is told again"), {}, QStringLiteral("pilot alerts silence --end %1").arg(id)};
    step.execute = [store, id, now]() { return store->endSilence(id, now); };
    step.readBack = [id, now]() { return Result<QJsonObject>(QJsonObject{{Q("silence"), id}, {Q("ended"), isoUtc(now)}}); };
    operation.steps.push_back(std::move(step));
    return operation;
}

} // namespace pilothouse::fleet
