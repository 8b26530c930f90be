// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/training_place.h"

#include <QCoreApplication>

namespace pilothouse::fleet {

namespace {

using Q = QLatin1String;

struct Text {
    Q_DECLARE_TR_FUNCTIONS(TrainingPlace)
};

bool isCluster(const workspace::Workspace &workspace, const QString &connection) { return workspace.connections.value(connection).kind == Q("kubernetes"); }

/// Empty: this machine.
Result<QString> connectionOf(const workspace::Workspace &workspace, const workspace::Model &model) {
    const QString &executor = model.retrain.executor, &pipeline = model.pipeline.connection;
    if (isCluster(workspace, executor))
        return executor;
    if (isCluster(workspace, pipeline))
        return pipeline;
    if (executor != Q("kubernetes") && executor != Q("pytorchjob"))
        return QString();
    QStringList clusters;
    for (const workspace::Connection &connection : workspace.connections)
        if (connection.kind == Q("kubernetes"))
            clusters << connection.name;
    if (clusters.size() == 1)
        return clusters.first();
    return invalid(clusters.isEmpty() ? Text::tr("%1 is to be trained in a cluster, and the workspace has none.").arg(model.name)
                                      : Text::tr("%1 is to be trained in a cluster, and the workspace has several: %2.").arg(model.name, clusters.join(QStringLiteral(", "))),
                   workspace.file, Text::tr("Name its connection: retrain: {executor: CONNECTION}."));
}

} // namespace

Result<std::optional<TrainingPlace>> trainingPlaceOf(const workspace::Workspace &workspace, const workspace::Model &model) {
    PH_ASSIGN(const QString connection, connectionOf(workspace, model));
    if (connection.isEmpty())
        return std::optional<TrainingPlace>();
    const auto text = [&](const char *key) { return model.pipeline.other.value(Q(key)); };
    const auto list = [&](const char *key) { return text(key).split(QLatin1Char('\n'), Qt::SkipEmptyParts); };
    TrainingPlace place;
    place.connection = connection;
    place.space = text("namespace");
    place.image = text("image");
    place.kind = text("kind");
    if (place.kind.isEmpty() && model.retrain.executor == Q("pytorchjob"))
        place.kind = QStringLiteral("pytorchjob");
    place.cpu = text("cpu");
    place.memory = text("memory");
    place.serviceAccount = text("service_account");
    place.data = text("data");
    place.out = text("out");
    place.pilotImage = text("pilot_image");
    place.command = list("command");
    place.volumes = list("volumes");
    place.secrets = list("secrets");
    place.annotations = list("annotations");
    place.workers = std::max(1, text("workers").toInt());
    if (place.image.isEmpty())
        return invalid(Text::tr("Nothing says with which image %1 is trained in the cluster.").arg(model.name), workspace.file, Text::tr("Add it to the model: pipeline: {connection: %1, image: …}; packaging/image makes one with pilot.").arg(connection));
    return std::optional(std::move(place));
}

} // namespace pilothouse::fleet
