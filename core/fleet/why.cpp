// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/why.h"

#include "core/base/child_process.h"
#include "core/base/file.h"
#include "core/base/json.h"

#include <QCoreApplication>
#include <QTemporaryDir>

namespace pilothouse::fleet {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(Why)
};

} // namespace

Result<explain::Explanation> why(const Services &services, const WhyQuestion &question, const std::function<void(qint64, qint64)> &progress, std::stop_token token) {
    const workspace::Model *declared = services.workspace.model(question.model);
    const QTemporaryDir folder; // 0700: rows are a person's data
    if (!folder.isValid())
        return Error{ErrorKind::Internal, Text::tr("No temporary folder can be made."), folder.path(), {}, folder.errorString()};
    const QString file = folder.filePath(QStringLiteral("row.json"));
    PH_TRY(writeFileAtomically(file, canonicalJson({{QStringLiteral("rows"), QJsonArray{rowObject(question.signature, question.row)}}})));
    ChildJob job;
    job.program = pilotProgram();
    job.nice = 0; // a person waits for it
    job.arguments = {QStringLiteral("explain"), QStringLiteral("%1/%2").arg(declared ? declared->registry.name : question.model).arg(question.version), QStringLiteral("--rows"), file,
                     QStringLiteral("--workspace"), services.workspace.file};
    if (question.signature.task == workspace::TaskKind::Forecast)
        job.arguments << QStringLiteral("--group") << QStringLiteral("series");
    if (question.endpoint)
        job.arguments << QStringLiteral("--endpoint") << question.model;
    PH_ASSIGN(const QJsonObject reply, runJob(job, [&progress](const Event &event) {
        if (progress && event.name == QLatin1String("progress"))
            progress(event.fields.value(QLatin1String("done")).toInteger(), event.fields.value(QLatin1String("total")).toInteger());
    }, token));
    PH_ASSIGN(explain::Explanation e, explain::Explanation::fromJson(reply, Text::tr("the explanation")));
    if (e.view != explain::View::Row)
        return Error{ErrorKind::Internal, Text::tr("The answer explains more than one row."), e.model, {}, {}};
    return e;
}

Result<void> saveExport(const QString &file, const QByteArray &bytes) { return writeFileAtomically(file, bytes); }

} // namespace pilothouse::fleet
