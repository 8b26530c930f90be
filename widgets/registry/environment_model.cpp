// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/registry/environment_model.h"

#include <algorithm>

namespace pilothouse::ui {

namespace {

QString versionText(std::optional<int> version) { return version ? QStringLiteral("v%1").arg(*version) : QStringLiteral("—"); }

State stateOf(const EnvironmentLine &line) {
    const fleet::EnvironmentModel &m = line.model;
    return m.problem ? State::Bad : !m.waiting.isEmpty() ? State::Paused : m.goesOn ? State::Waiting : m.live ? State::Ok : State::Unknown;
}

/// What is to be known of it, most urgent first.
QString word(const EnvironmentLine &line) {
    const fleet::EnvironmentModel &m = line.model;
    if (m.problem)
        return m.problem->what;
    if (!m.waiting.isEmpty())
        return EnvironmentModels::tr("waits for approval");
    if (m.goesOn)
        return EnvironmentModels::tr("v%1 can go on to %2").arg(*m.live).arg(line.next);
    if (!m.live)
        return EnvironmentModels::tr("nothing is live here");
    return m.liveFrom.isEmpty() ? QString() : EnvironmentModels::tr("copy of %1").arg(m.liveFrom);
}

} // namespace

EnvironmentModels::EnvironmentModels(QObject *parent) : RowsModel(parent) {
    const auto left = Qt::AlignLeft | Qt::AlignVCenter, right = Qt::AlignRight | Qt::AlignVCenter;
    m_columns = {{tr("Model"), left, 0}, {tr("Live"), right, 64, tr("What the alias of this environment points to")}, {tr("Newest"), right, 72}};
}

void EnvironmentModels::setState(const fleet::EnvironmentState &state) {
    std::vector<EnvironmentLine> lines;
    for (const fleet::EnvironmentModel &model : state.models)
        lines.push_back({model, state.environment.next});
    setRows(std::move(lines));
}

QVariant EnvironmentModels::cell(const EnvironmentLine &line, int column, int role) const {
    const fleet::EnvironmentModel &m = line.model;
    const QString place = m.place.connection + QLatin1Char(':') + m.place.name + QLatin1Char('@') + m.place.alias;
    if (role == Qt::AccessibleTextRole)
        return tr("%1, live %2, newest %3, %4").arg(m.model, versionText(m.live), versionText(m.latest), word(line));
    if (role == Qt::ToolTipRole)
        return m.problem ? m.problem->text() : place;
    if (column == Model) {
        switch (role) {
        case Qt::DisplayRole: return m.model;
        case SecondRole: return word(line).isEmpty() ? place : word(line);
        case StateRole: return int(stateOf(line));
        case SecondStateRole: return m.problem ? QVariant(int(State::Bad)) : QVariant();
        case StrongRole: return true;
        default: return {};
        }
    }
    if (role == MutedRole)
        return column == Newest;
    return role == Qt::DisplayRole ? QVariant(versionText(column == Live ? m.live : m.latest)) : QVariant();
}

std::vector<KeyValues::Row> environmentRules(const fleet::EnvironmentState &state) {
    const workspace::Environment &e = state.environment;
    QStringList gates;
    for (const workspace::GateSpec &gate : e.gates)
        gates << gate.text();
    QString approvals = e.approvals ? EnvironmentModels::tr("%n needed", nullptr, *e.approvals) : EnvironmentModels::tr("as each model says");
    if (e.preventSelfApproval.value_or(false))
        approvals += EnvironmentModels::tr(", not one's own");
    QStringList aliases;
    for (const fleet::EnvironmentModel &model : state.models)
        if (!aliases.contains(model.place.alias))
            aliases << model.place.alias;
    const bool locked = state.guard == QLatin1String("read-only"), typed = state.guard == QLatin1String("typed-name");
    return {{EnvironmentModels::tr("Your role"), workspace::roleName(state.role)},
            {EnvironmentModels::tr("Guard"), locked ? EnvironmentModels::tr("read-only") : typed ? EnvironmentModels::tr("writes ask for the name") : EnvironmentModels::tr("none"), false, locked || typed ? &Tokens::warn : &Tokens::t1},
            {EnvironmentModels::tr("Approvals"), approvals},
            {EnvironmentModels::tr("Gates"), gates.isEmpty() ? EnvironmentModels::tr("those of the recipe") : gates.join(QStringLiteral(", ")), !gates.isEmpty()},
            {EnvironmentModels::tr("Alias"), aliases.join(QStringLiteral(", ")), true}};
}

NextStep nextStep(const fleet::EnvironmentState &state, const QString &model) {
    const auto found = std::find_if(state.models.begin(), state.models.end(), [&](const fleet::EnvironmentModel &m) { return m.model == model; });
    if (found == state.models.end())
        return {{}, EnvironmentModels::tr("Choose a model first.")};
    if (state.environment.next.isEmpty())
        return {{}, EnvironmentModels::tr("%1 is the last of its chain.").arg(state.environment.name)};
    if (found->problem)
        return {{}, found->problem->what};
    if (!found->live)
        return {{}, EnvironmentModels::tr("Nothing of %1 is live in %2.").arg(model, state.environment.name)};
    if (!found->goesOn)
        return {{}, EnvironmentModels::tr("v%1 is live in %2, waits there, or the model does not go through it.").arg(*found->live).arg(state.environment.next)};
    return {QStringLiteral("%1/%2/%3").arg(model).arg(*found->live).arg(state.environment.next), {}};
}

} // namespace pilothouse::ui
