// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/upload_operation.h"

#include "core/base/hash.h"
#include "core/pipelines/kubeflow_words.h"
#include "core/pipelines/lost_reply.h"

#include <QFileInfo>

#include <algorithm>

namespace pilothouse::pipelines {

namespace {

using Q = QLatin1String;

/// Whether a pipeline has a version of this name; nothing: there is no such pipeline.
Result<std::optional<bool>> seen(const PipelineService &service, const QString &pipeline, const QString &version) {
    PH_ASSIGN(const auto all, service.pipelines());
    if (std::none_of(all.begin(), all.end(), [&](const Pipeline &one) { return one.name == pipeline; }))
        return std::optional<bool>();
    PH_ASSIGN(const StartForm form, service.form(pipeline));
    return std::optional<bool>(form.refs.contains(version));
}

} // namespace

Result<operations::Operation> uploadPipelineOperation(std::shared_ptr<PipelineService> service, const QString &name, const QString &version, const QString &fileName, const QByteArray &bytes,
                                                      std::shared_ptr<QString> made) {
    if (service->system() != Q("kubeflow"))
        return refused(QStringLiteral("The connection %1 keeps no definitions of pipelines: only Kubeflow does.").arg(service->source()), {}, QStringLiteral("Name a connection of kind kubeflow."));
    if (!made)
        made = std::make_shared<QString>();
    const QString file = QFileInfo(fileName).fileName(), digest = sha256Hex(bytes);
    PH_ASSIGN(const QString inner, kubeflowNameIn(fileName, bytes));
    const QString called = name.isEmpty() ? inner : name;
    if (called.isEmpty())
        return invalid(QStringLiteral("The pipeline needs a name: its file has none."), fileName, QStringLiteral("Give one with --name."));
    const QString wanted = version.isEmpty() ? QDateTime::currentDateTimeUtc().toString(QStringLiteral("yyyy-MM-dd HH:mm:ss ")) + digest.left(8) : version;
    operations::Operation operation;
    operation.kind = QStringLiteral("pipeline-upload");
    operation.connection = service->source();
    operation.object = QStringLiteral("pipeline %1").arg(called);
    operation.summary = QStringLiteral("Upload %1 to %2 as %3").arg(file, service->source(), called);
    operation.details = {{Q("file"), file}, {Q("sha256"), digest}, {Q("bytes"), bytes.size()}, {Q("version"), wanted}};
    operations::Step step;
    step.call.verb = QStringLiteral("POST");
    step.call.object = operation.object;
    step.call.effect = QStringLiteral("version “%1”, sha256 %2 (where there is no such pipeline yet: a new one, its first version called as it is)").arg(wanted, digest.left(12));
    step.call.command = QStringLiteral("pilot pipelines upload %1 --connection %2").arg(fileName, service->source());
    const auto isNew = std::make_shared<bool>(false);
    step.guard = [=]() -> Result<void> {
        PH_ASSIGN(const auto there, seen(*service, called, wanted));
        *isNew = !there;
        if (there && *there)
            return Error{ErrorKind::Conflict, QStringLiteral("The pipeline %1 has a version “%2” already.").arg(called, wanted), service->source(), QStringLiteral("Choose another name with --version."), {}};
        return {};
    };
    step.execute = [=]() -> Result<void> {
        const auto sent = service->uploadPipeline(called, wanted, file, bytes);
        if (sent || !replyLost(sent.error())) {
            PH_ASSIGN(*made, sent);
            return {};
        }
        const QString shown = *isNew ? called : wanted;
        const auto now = seen(*service, called, shown);
        if (now && *now && **now) {
            *made = shown;
            return {};
        }
        Error lost = sent.error();
        if (lost.kind != ErrorKind::Invalid)
            lost.hint = now ? QStringLiteral("The system does not show it: upload it again.") : QStringLiteral("Whether it came is not known: look at the versions of %1 before you upload it again.").arg(called);
        return lost;
    };
    step.readBack = [=]() -> Result<QJsonObject> {
        PH_ASSIGN(const auto now, seen(*service, called, *isNew ? called : wanted));
        if (!now || !*now)
            return Error{ErrorKind::Conflict, QStringLiteral("The system took the file and does not show the version."), service->source(), QStringLiteral("Look at the versions of %1.").arg(called), {}};
        return QJsonObject{{Q("pipeline"), called}, {Q("version"), *made}, {Q("sha256"), digest}};
    };
    operation.steps.push_back(std::move(step));
    return operation;
}

} // namespace pilothouse::pipelines
