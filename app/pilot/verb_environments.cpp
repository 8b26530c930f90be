// SPDX-License-Identifier: GPL-3.0-or-later
// pilot environments [--json]: the chains of the workspace's environments, what is live in each, and what waits or could go on.
//   {"chains":[[{"environment","next"|null,"role","guard","approvals"|null,"prevent_self_approval"|null,"gates":["r2 >= 0.5"],"models":[{"model","connection",
//   "name","alias","live"|null,"live_from","latest"|null,"waiting":["p-…"],"goes_on","problem"|null}]}]]}; approvals null: as the model says
#include "app/pilot/verb.h"

#include "core/fleet/environments.h"

#include <QJsonArray>

namespace pilothouse {

namespace {

using Q = QLatin1String;

QJsonValue numberOrNull(std::optional<int> n) { return n ? QJsonValue(*n) : QJsonValue(); }

QJsonObject modelJson(const fleet::EnvironmentModel &m) {
    return {{Q("model"), m.model}, {Q("connection"), m.place.connection}, {Q("name"), m.place.name}, {Q("alias"), m.place.alias}, {Q("live"), numberOrNull(m.live)}, {Q("live_from"), m.liveFrom},
            {Q("latest"), numberOrNull(m.latest)}, {Q("waiting"), QJsonArray::fromStringList(m.waiting)}, {Q("goes_on"), m.goesOn}, {Q("problem"), m.problem ? QJsonValue(m.problem->text()) : QJsonValue()}};
}

QJsonObject stateJson(const fleet::EnvironmentState &s) {
    const workspace::Environment &e = s.environment;
    QJsonArray gates, models;
    for (const workspace::GateSpec &gate : e.gates)
        gates.append(gate.text());
    for (const fleet::EnvironmentModel &m : s.models)
        models.append(modelJson(m));
    return {{Q("environment"), e.name}, {Q("next"), e.next.isEmpty() ? QJsonValue() : QJsonValue(e.next)}, {Q("role"), workspace::roleName(s.role)}, {Q("guard"), s.guard.isEmpty() ? QStringLiteral("none") : s.guard}, {Q("approvals"), numberOrNull(e.approvals)},
            {Q("prevent_self_approval"), e.preventSelfApproval ? QJsonValue(*e.preventSelfApproval) : QJsonValue()}, {Q("gates"), gates}, {Q("models"), models}};
}

QString stateText(const fleet::EnvironmentState &s) {
    const workspace::Environment &e = s.environment;
    QStringList rules{QStringLiteral("role %1").arg(workspace::roleName(s.role))};
    if (!s.guard.isEmpty())
        rules << s.guard;
    if (e.approvals)
        rules << QStringLiteral("%1 approvals").arg(*e.approvals);
    if (e.preventSelfApproval.value_or(false))
        rules << QStringLiteral("not one's own");
    for (const workspace::GateSpec &gate : e.gates)
        rules << gate.text();
    QString text = QStringLiteral("%1  (%2)").arg(e.name, rules.join(QStringLiteral(", ")));
    for (const fleet::EnvironmentModel &m : s.models) {
        text += QStringLiteral("\n  %1  %2:%3").arg(m.model.leftJustified(16), m.place.connection, m.place.name);
        if (m.problem) {
            text += QStringLiteral("  cannot be read: ") + m.problem->text();
            continue;
        }
        text += QStringLiteral("  %1 %2%3, newest %4").arg(m.place.alias, m.live ? QStringLiteral("v%1").arg(*m.live) : QStringLiteral("none"),
                                                           m.liveFrom.isEmpty() ? QString() : QStringLiteral(" (copy of %1)").arg(m.liveFrom), m.latest ? QStringLiteral("v%1").arg(*m.latest) : QStringLiteral("none"));
        for (const QString &id : m.waiting)
            text += QStringLiteral("\n    %1 waits: pilot approve %1 --comment “…”").arg(id);
        if (m.goesOn)
            text += QStringLiteral("\n    could go on: pilot promote %1 %2 --env %3").arg(m.model).arg(*m.live).arg(e.next);
    }
    return text;
}

Result<void> list(Context &context) {
    PH_ASSIGN(const auto services, context.services());
    PH_ASSIGN(const auto chains, fleet::environmentStates(*services));
    QJsonArray array;
    QStringList lines;
    for (const auto &chain : chains) {
        QJsonArray states;
        for (const fleet::EnvironmentState &state : chain) {
            states.append(stateJson(state));
            lines << stateText(state);
        }
        array.append(states);
    }
    context.answer({{Q("chains"), array}}, lines.isEmpty() ? QStringLiteral("The workspace names no environments.") : lines.join(QLatin1Char('\n')));
    return {};
}

const Verb verb("environments", "The chains dev → staging → prod: what is live in each, what waits, what could go on", [](CLI::App &app, VerbBody &body) { app.callback([&body] { body = list; }); });

} // namespace
} // namespace pilothouse
