// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/environments.h"

#include <QCoreApplication>

#include <algorithm>

namespace pilothouse::fleet {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(Environments)
};

Result<void> read(const Services &services, EnvironmentModel &row) {
    PH_ASSIGN(const auto registry, services.registries->of(workspace::registryConnection(services.workspace, row.place.connection)));
    PH_ASSIGN(const auto model, registry->model(row.place.name));
    if (!model)
        return {};
    if (model->latestVersion > 0)
        row.latest = model->latestVersion;
    const auto live = registry->versionByAlias(row.place.name, row.place.alias);
    if (live) {
        row.live = live->version;
        row.liveFrom = live->tags.value(promotion::copiedFromTag);
    } else if (live.error().kind != ErrorKind::NotFound) {
        return live.error();
    }
    return {};
}

/// Goes what is live here on to the next environment?
bool goesOn(const EnvironmentModel &here, const EnvironmentModel &next) {
    if (!here.live || here.problem || next.problem || !next.waiting.isEmpty())
        return false;
    const QString plain = QStringLiteral("%1/%2").arg(here.place.name).arg(*here.live);
    return next.liveFrom != plain && !next.liveFrom.endsWith(QLatin1Char(':') + plain);
}

} // namespace

promotion::RegistryOf registryOf(const Services &services) {
    return [registries = services.registries](const QString &connection) { return registries->of(connection); };
}

Result<std::vector<std::vector<EnvironmentState>>> environmentStates(const Services &services) {
    const workspace::Workspace &w = services.workspace;
    PH_ASSIGN(const auto requests, services.promotions->requests());
    std::vector<std::vector<EnvironmentState>> out;
    for (const auto &chain : workspace::environmentChains(w)) {
        std::vector<EnvironmentState> states;
        for (const workspace::Environment *e : chain) {
            EnvironmentState state{*e, e->role.value_or(w.role), {}, {}};
            for (const workspace::Model &m : w.models) {
                if (!workspace::goesThrough(*e, m))
                    continue;
                EnvironmentModel row{m.name, workspace::placeIn(*e, m), {}, {}, {}, {}, false, {}};
                if (const auto done = read(services, row); !done)
                    row.problem = done.error();
                for (const promotion::Request &r : requests)
                    if (r.connection == workspace::registryConnection(w, row.place.connection) && r.model == row.place.name && r.alias == row.place.alias && r.state == promotion::RequestState::Pending)
                        row.waiting << r.id;
                if (const QString guard = w.connections.value(row.place.connection).guard; guard == QLatin1String("read-only") || (guard == QLatin1String("typed-name") && state.guard.isEmpty()))
                    state.guard = guard;
                state.models.push_back(std::move(row));
            }
            states.push_back(std::move(state));
        }
        for (std::size_t i = 0; i + 1 < states.size(); ++i)
            for (EnvironmentModel &row : states[i].models) {
                const auto &after = states[i + 1].models;
                const auto next = std::find_if(after.begin(), after.end(), [&](const EnvironmentModel &m) { return m.model == row.model; });
                row.goesOn = next != after.end() && goesOn(row, *next);
            }
        out.push_back(std::move(states));
    }
    return out;
}

Result<ChainStep> chainStep(const Services &services, const QString &name, int version, const QString &environment) {
    const workspace::Workspace &w = services.workspace;
    QStringList known;
    for (const workspace::Environment &e : w.environments)
        known << e.name;
    const workspace::Environment *to = workspace::environmentNamed(w, environment);
    if (!to)
        return notFound(Text::tr("The workspace has no environment “%1”.").arg(environment), w.file, known.isEmpty() ? Text::tr("Add `environments:` to it: see the README.") : Text::tr("It has: %1.").arg(known.join(QStringLiteral(", "))));
    const workspace::Model *model = w.model(name);
    if (!model)
        return notFound(Text::tr("The workspace has no model “%1”.").arg(name), w.file, Text::tr("Name the model as the workspace does: the environments know how it is registered."));
    const workspace::Environment *before = workspace::environmentBefore(w, *to);
    if (!before)
        return refused(Text::tr("%1 is the first environment of its chain: versions come into it by training.").arg(environment), {}, Text::tr("Run: pilot promote %1 %2").arg(name).arg(version));
    for (const workspace::Environment *e : {before, to})
        if (!workspace::goesThrough(*e, *model))
            return refused(Text::tr("Model %1 does not go through %2.").arg(name, e->name), w.file, Text::tr("Name it there under `models`."));
    ChainStep step;
    step.before = *before;
    step.environment = *to;
    step.from = workspace::placeIn(*before, *model);
    step.to = workspace::placeIn(*to, *model);
    step.from.connection = workspace::registryConnection(w, step.from.connection);
    step.to.connection = workspace::registryConnection(w, step.to.connection);
    step.copy = {step.from.connection, step.from.name, version, step.to.connection, step.to.name, {}};
    PH_ASSIGN(const auto source, services.registries->of(step.from.connection));
    PH_ASSIGN(const auto target, services.registries->of(step.to.connection));
    PH_ASSIGN(step.source, source->version(step.from.name, version));
    if (workspace::environmentBefore(w, *before)) {
        PH_ASSIGN(const auto history, source->aliasHistory(step.from.name, step.from.alias));
        if (std::none_of(history.begin(), history.end(), [&](const registry::AliasChange &c) { return c.version == version; }))
            return refused(Text::tr("%1 version %2 was never %3 in %4, so it has not passed its gates and approvals.").arg(step.from.name).arg(version).arg(step.from.alias, before->name), {},
                           Text::tr("Promote it there first: pilot promote %1 %2").arg(step.from.name).arg(version));
    }
    PH_ASSIGN(const auto there, promotion::existingCopy(*target, step.copy, step.source.digest));
    if (there)
        step.there = there->version;
    return step;
}

Result<operations::Operation> chainCopy(const Services &services, const ChainStep &step) {
    return promotion::copyVersionOperation(registryOf(services), services.workspace, step.copy, services.operations->actor());
}

} // namespace pilothouse::fleet
