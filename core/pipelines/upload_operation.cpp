// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/upload_operation.h"

#include "core/base/hash.h"

#include <QFileInfo>

namespace pilothouse::pipelines {

operations::Operation uploadPipelineOperation(std::shared_ptr<PipelineService> service, const QString &name, const QString &version, const QString &fileName, const QByteArray &bytes,
                                              std::shared_ptr<QString> made) {
    if (!made)
        made = std::make_shared<QString>();
    const QString file = QFileInfo(fileName).fileName(), digest = sha256Hex(bytes);
    operations::Operation operation;
    operation.kind = QStringLiteral("pipeline-upload");
    operation.connection = service->source();
    operation.object = QStringLiteral("pipeline %1").arg(name.isEmpty() ? file : name);
    operation.summary = QStringLiteral("Upload %1 to %2").arg(file, service->source());
    operation.details = {{QStringLiteral("file"), file}, {QStringLiteral("sha256"), digest}, {QStringLiteral("version"), version}};
    operations::Step step;
    step.call.verb = QStringLiteral("POST");
    step.call.object = operation.object;
    step.call.effect = QStringLiteral("a new version%1, sha256 %2").arg(version.isEmpty() ? QString() : QStringLiteral(" ") + version, digest.left(12));
    step.call.command = QStringLiteral("pilot pipelines upload %1").arg(fileName);
    step.execute = [=]() -> Result<void> {
        PH_ASSIGN(*made, service->uploadPipeline(name, version, file, bytes));
        return {};
    };
    step.readBack = [=]() -> Result<QJsonObject> { return QJsonObject{{QStringLiteral("version"), *made}}; };
    operation.steps.push_back(std::move(step));
    return operation;
}

} // namespace pilothouse::pipelines
