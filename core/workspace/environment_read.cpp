// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workspace/environment_read.h"

#include "core/workspace/environment.h"
#include "core/workspace/gate_read.h"
#include "core/workspace/known_metrics.h"

#include <QHash>

#include <algorithm>

namespace pilothouse::workspace {

namespace {

QString u(const char *text) { return QString::fromUtf8(text); }

QStringList namesOf(const std::vector<Model> &models) {
    QStringList out;
    for (const Model &m : models)
        out << m.name;
    return out;
}

Environment readEnvironment(const QString &name, Section &section, const Workspace &workspace) {
    Problems &problems = section.problems();
    const auto checkConnection = [&](const char *key, const QString &connection) {
        if (!workspace.connections.contains(connection))
            addUnknown(problems, section.positionOf(u(key)), u("connection"), connection, workspace.connections.keys());
    };
    Environment e;
    e.name = name;
    if (!isPlainName(name))
        problems.add(section.position(), u("“%1” cannot be an environment's name.").arg(name), u("Use letters, digits, - and _."));
    e.next = section.text(u("next"));
    e.connection = section.text(u("connection"));
    if (!e.connection.isEmpty()) {
        checkConnection("connection", e.connection);
        const QString kind = workspace.connections.value(e.connection).kind;
        if (!kind.isEmpty() && kind != QLatin1String("local") && kind != QLatin1String("mlflow"))
            problems.add(section.positionOf(u("connection")), u("The connection “%1” is of kind %2: it is no model registry.").arg(e.connection, kind), u("Name one of kind local or mlflow here, and this one under “connections”."));
    }
    e.modelName = section.text(u("name"));
    e.alias = section.text(u("alias"));
    e.models = section.texts(u("models"));
    const QStringList models = namesOf(workspace.models);
    for (const QString &model : std::as_const(e.models))
        if (!models.contains(model))
            addUnknown(problems, section.positionOf(u("models")), u("model"), model, models);
    const qsizetype through = e.models.isEmpty() ? models.size() : e.models.size();
    if (!e.modelName.isEmpty() && !e.modelName.contains(u("{model}")) && through > 1)
        problems.add(section.positionOf(u("name")), u("%1 models would all be registered as “%2”.").arg(through).arg(e.modelName), u("Write {model} for the model's name, for example \"{model}-%1\".").arg(name));
    e.connections = section.texts(u("connections"));
    for (const QString &connection : std::as_const(e.connections))
        checkConnection("connections", connection);
    const QStringList roles{u("viewer"), u("operator"), u("approver")};
    if (const QString role = section.word(u("role"), roles); !role.isEmpty())
        e.role = Role(roles.indexOf(role));
    e.gates = readGates(section, u("metric"), knownMetrics(), u("r2 >= 0.5"), std::nullopt);
    if (section.has(u("approvals")))
        e.approvals = int(section.integer(u("approvals"), 1, 1, 20));
    if (section.has(u("prevent_self_approval")))
        e.preventSelfApproval = section.boolean(u("prevent_self_approval"), false);
    section.finish();
    return e;
}

/// Without any `next` the file's order is the chain.
void linkChains(const std::vector<qsizetype> &positions, Problems &problems, std::vector<Environment> &all) {
    const bool named = std::any_of(all.begin(), all.end(), [](const Environment &e) { return !e.next.isEmpty(); });
    QStringList names, nexts;
    for (const Environment &e : all)
        names << e.name;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (!named) {
            all[i].next = i + 1 < all.size() ? all[i + 1].name : QString();
            continue;
        }
        const QString &next = all[i].next;
        if (next.isEmpty())
            continue;
        if (!names.contains(next))
            addUnknown(problems, positions[i], u("environment"), next, names);
        else if (nexts.contains(next))
            problems.add(positions[i], u("Two environments go on to “%1”.").arg(next), u("A version comes into an environment from one other."));
        nexts << next;
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
        qsizetype at = qsizetype(i);
        for (std::size_t steps = 0; at >= 0 && steps < all.size(); ++steps)
            at = all[std::size_t(at)].next.isEmpty() ? -1 : names.indexOf(all[std::size_t(at)].next);
        if (at >= 0) {
            problems.add(positions[i], u("The chain of environments that begins with “%1” comes back to itself.").arg(all[i].name), u("Leave “next” out of the last one."));
            return;
        }
    }
}

/// Two environments must not mean the same registered model, and a connection of `connections` belongs to one.
void checkPlaces(const std::vector<qsizetype> &positions, Problems &problems, const Workspace &workspace) {
    QHash<QString, QString> placeOwner, connectionOwner;
    for (std::size_t i = 0; i < workspace.environments.size(); ++i) {
        const Environment &e = workspace.environments[i];
        for (const QString &connection : e.connections) {
            if (const QString other = connectionOwner.value(connection); !other.isEmpty())
                problems.add(positions[i], u("The connection “%1” belongs to both %2 and %3.").arg(connection, other, e.name), u("Name it under one of them."));
            connectionOwner.insert(connection, e.name);
        }
        for (const Model &m : workspace.models) {
            if (!goesThrough(e, m))
                continue;
            const RegistryPlace place = placeIn(e, m);
            const QString key = place.connection + QLatin1Char('\n') + place.name;
            if (const QString other = placeOwner.value(key); other == e.name) {
                const auto same = std::count_if(workspace.models.begin(), workspace.models.end(), [&](const Model &one) { return goesThrough(e, one) && placeIn(e, one).name == place.name && placeIn(e, one).connection == place.connection; });
                problems.add(positions[i], u("%1 models would all be registered as “%2”.").arg(same).arg(place.name), u("Write {model} in its name, for example name: \"{model}-%1\".").arg(e.name));
                break;
            } else if (!other.isEmpty()) {
                problems.add(positions[i], u("Model %1 would be “%2” in both %3 and %4.").arg(m.name, place.name, other, e.name), u("Give one of them another name or connection, for example name: \"{model}-%1\".").arg(e.name));
                break;
            }
            placeOwner.insert(key, e.name);
            if (!isPlainName(place.name) && workspace.connections.value(place.connection).kind == QLatin1String("local"))
                problems.add(positions[i], u("“%1” cannot be a registry name: it also becomes a folder.").arg(place.name));
        }
    }
}

} // namespace

void readEnvironments(Section &top, Workspace &workspace) {
    Section all = top.section(u("environments"));
    if (!all.map())
        return;
    std::vector<qsizetype> positions;
    for (const auto &[name, value] : all.map()->entries) {
        Section section(value.get(), top.problems(), name->text, name->position);
        workspace.environments.push_back(readEnvironment(name->text, section, workspace));
        positions.push_back(section.positionOf(u("next")));
    }
    linkChains(positions, top.problems(), workspace.environments);
    for (std::size_t i = 0; i < positions.size(); ++i)
        positions[i] = all.map()->entries[i].first->position;
    checkPlaces(positions, top.problems(), workspace);
}

} // namespace pilothouse::workspace
