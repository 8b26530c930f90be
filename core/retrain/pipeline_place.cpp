// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/retrain/pipeline_place.h"

namespace pilothouse::retrain {

namespace {

const QStringList pipelineKinds{QStringLiteral("jenkins"), QStringLiteral("github"), QStringLiteral("kubeflow"), QStringLiteral("azureml")};

/// Name of the connection; empty: this machine.
Result<QString> connectionOf(const workspace::Workspace &workspace, const workspace::Model &model) {
    const QString &executor = model.retrain.executor, &named = model.pipeline.connection;
    const auto kindOf = [&](const QString &connection) { return workspace.connections.value(connection).kind; };
    if (pipelineKinds.contains(kindOf(executor)))
        return executor;
    if (pipelineKinds.contains(executor)) {
        if (kindOf(named) == executor)
            return named;
        QStringList fitting;
        for (const workspace::Connection &connection : workspace.connections)
            if (connection.kind == executor)
                fitting << connection.name;
        if (fitting.size() == 1)
            return fitting.front();
        return invalid(fitting.isEmpty() ? QStringLiteral("%1 is retrained by %2, and the workspace has no such connection.").arg(model.name, executor)
                                         : QStringLiteral("%1 is retrained by %2, and the workspace has several such connections.").arg(model.name, executor),
                       workspace.file, QStringLiteral("Name one: retrain: {executor: CONNECTION}."));
    }
    if (model.recipe.isEmpty() && pipelineKinds.contains(kindOf(named)))
        return named;
    return QString();
}

} // namespace

Result<PipelinePlace> pipelinePlaceOf(const workspace::Workspace &workspace, const workspace::Model &model) {
    PipelinePlace place;
    PH_ASSIGN(place.connection, connectionOf(workspace, model));
    if (place.connection.isEmpty()) {
        place.request.pipeline = model.name;
        return place;
    }
    const auto &other = model.pipeline.other;
    const QString job = model.pipeline.job.isEmpty() ? other.value(QStringLiteral("workflow")) : model.pipeline.job;
    if (job.isEmpty())
        return invalid(QStringLiteral("%1 is retrained by %2, and the workspace does not say by which job.").arg(model.name, place.connection), workspace.file,
                       QStringLiteral("Add pipeline: {connection: %1, job: NAME} to the model.").arg(place.connection));
    place.request.pipeline = place.connection + QLatin1Char(':') + job;
    place.request.ref = other.value(QStringLiteral("branch"));
    place.request.refIfOffered = true; // it may only say which one a plain job of Jenkins builds
    for (const QString &line : other.value(QStringLiteral("parameters")).split(QLatin1Char('\n'), Qt::SkipEmptyParts))
        place.request.parameters.insert(line.section(QLatin1Char('='), 0, 0), line.section(QLatin1Char('='), 1));
    return place;
}

} // namespace pilothouse::retrain
