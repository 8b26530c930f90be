// SPDX-License-Identifier: GPL-3.0-or-later
// The writes to an Alertmanager: a silence, and its end.
#include "core/fleet/managed_alerts.h"

#include "core/base/clock.h"

#include <QCoreApplication>

#include <algorithm>

namespace pilothouse::fleet {

using Q = QLatin1String;
using operations::Operation;
using operations::Step;
using telemetry::Alertmanager;
using telemetry::ManagedSilence;

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(ManagedAlerts)
};

QString subject(const ManagedSilence &silence) {
    QStringList words;
    for (const telemetry::AlertMatcher &matcher : silence.matchers)
        words << matcherText(matcher);
    return words.join(QStringLiteral(", "));
}

Result<ManagedSilence> silenceOf(const Alertmanager &manager, const QString &id) {
    PH_ASSIGN(const auto all, manager.silences());
    const auto at = std::find_if(all.begin(), all.end(), [&](const ManagedSilence &one) { return one.id == id; });
    if (at == all.end())
        return notFound(Text::tr("The silence %1 is not there.").arg(id));
    return *at;
}

QString endCommand(const QString &connection, const QString &id) { return QStringLiteral("pilot alerts silence --connection %1 --end %2").arg(connection, id); }

} // namespace

Operation silenceManagedOperation(const Services &services, std::shared_ptr<Alertmanager> manager, const QString &connection, const ManagedSilence &silence, std::size_t hidden, std::shared_ptr<ManagedSilence> made) {
    Operation operation;
    operation.kind = QStringLiteral("alert-silence");
    operation.connection = connection;
    operation.object = QStringLiteral("%1: %2").arg(connection, subject(silence));
    operation.summary = Text::tr("Silence %1 until %2").arg(subject(silence), isoUtc(silence.until));
    operation.details = {{Q("until"), isoUtc(silence.until)}, {Q("comment"), silence.comment}};
    QString command = QStringLiteral("pilot alerts silence --connection %1 --for %2s").arg(connection).arg(silence.from.secsTo(silence.until));
    for (const telemetry::AlertMatcher &matcher : silence.matchers)
        command += QStringLiteral(" --match '%1'").arg(matcherText(matcher));
    Step step;
    step.call = {QStringLiteral("POST"), QStringLiteral("%1 /api/v2/silences").arg(connection), Text::tr("%n alerts that fire now are told to nobody", nullptr, int(hidden)), Text::tr("the silence ends"), command};
    step.execute = [manager, silence, made, all = services.managed, connection]() -> Result<void> {
        *made = silence;
        PH_ASSIGN(made->id, manager->silence(silence));
        if (all)
            all->forget(connection);
        return {};
    };
    step.readBack = [manager, made]() -> Result<QJsonObject> {
        PH_ASSIGN(const ManagedSilence there, silenceOf(*manager, made->id));
        return QJsonObject{{Q("silence"), there.id}, {Q("state"), there.state}, {Q("until"), isoUtc(there.until)}};
    };
    step.undo = [manager, made, all = services.managed, connection]() {
        if (all)
            all->forget(connection);
        return manager->expire(made->id);
    };
    operation.steps.push_back(std::move(step));
    return operation;
}

Operation expireManagedOperation(const Services &services, std::shared_ptr<Alertmanager> manager, const QString &connection, const ManagedSilence &silence) {
    Operation operation;
    operation.kind = QStringLiteral("alert-silence-end");
    operation.connection = connection;
    operation.object = QStringLiteral("%1: silence %2").arg(connection, silence.id);
    operation.summary = Text::tr("End the silence of %1").arg(subject(silence));
    Step step;
    step.call = {QStringLiteral("DELETE"), QStringLiteral("%1 /api/v2/silence/%2").arg(connection, silence.id), Text::tr("what still fires is told again"), Text::tr("it is made anew for the rest of its time"), endCommand(connection, silence.id)};
    step.execute = [manager, id = silence.id, all = services.managed, connection]() {
        if (all)
            all->forget(connection);
        return manager->expire(id);
    };
    step.readBack = [manager, id = silence.id]() -> Result<QJsonObject> {
        const auto there = silenceOf(*manager, id);
        if (!there && there.error().kind != ErrorKind::NotFound) // some keep none that is over
            return there.error();
        return QJsonObject{{Q("silence"), id}, {Q("state"), there ? there->state : QStringLiteral("expired")}};
    };
    step.undo = [manager, silence, clock = services.clock]() -> Result<void> {
        ManagedSilence again = silence;
        again.id.clear();
        again.from = clock->nowUtc();
        PH_TRY(manager->silence(again));
        return {};
    };
    operation.steps.push_back(std::move(step));
    return operation;
}

} // namespace pilothouse::fleet
