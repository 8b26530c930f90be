// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/why.h"

#include "core/base/child_process.h"
#include "core/base/file.h"
#include "core/base/json.h"

#include <QCoreApplication>
#include <QTemporaryDir>

#include <tuple>

namespace pilothouse::fleet {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(Why)
};

QString groupingName(explain::Grouping grouping) { return grouping == explain::Grouping::Series ? QStringLiteral("series") : QStringLiteral("lags"); }

} // namespace

bool sameQuestion(const WhyQuestion &a, const WhyQuestion &b) {
    const auto facts = [](const WhyQuestion &q) {
        return std::tie(q.model, q.version, q.endpoint, q.view, q.method, q.grouping, q.output, q.column, q.rows, q.file, q.row, q.sample, q.given);
    };
    return facts(a) == facts(b);
}

QStringList whyArguments(const workspace::Workspace &workspace, const WhyQuestion &question, const QString &rowFile) {
    QStringList arguments{QStringLiteral("explain"), QStringLiteral("%1/%2").arg(question.model).arg(question.version), QStringLiteral("--workspace"), workspace.file};
    switch (question.rows) {
    case WhyRows::Given: arguments << QStringLiteral("--rows") << rowFile; break;
    case WhyRows::Sample: break; // what it takes by itself
    case WhyRows::File: arguments << QStringLiteral("--data") << question.file; break;
    case WhyRows::Log: arguments << QStringLiteral("--log") << question.model; break;
    }
    if (question.view == explain::View::Row && question.rows != WhyRows::Given)
        arguments << QStringLiteral("--row") << QString::number(question.row);
    if (question.method != explain::Method::Auto)
        arguments << QStringLiteral("--method") << explain::methodName(question.method);
    if (question.view == explain::View::Dependence)
        arguments << QStringLiteral("--column") << question.column;
    else if (question.grouping != explain::Grouping::Inputs)
        arguments << QStringLiteral("--group") << groupingName(question.grouping);
    if (!question.output.isEmpty())
        arguments << QStringLiteral("--output") << question.output;
    if (question.view != explain::View::Row && question.sample > 0)
        arguments << QStringLiteral("--sample") << QString::number(question.sample);
    if (question.endpoint)
        arguments << QStringLiteral("--endpoint") << question.model;
    return arguments;
}

Result<explain::Explanation> why(const Services &services, const WhyQuestion &question, const std::function<void(qint64, qint64)> &progress, std::stop_token token) {
    const QTemporaryDir folder; // 0700: rows are a person's data
    if (!folder.isValid())
        return Error{ErrorKind::Internal, Text::tr("No temporary folder can be made."), folder.path(), {}, folder.errorString()};
    const QString file = folder.filePath(QStringLiteral("row.json"));
    if (question.rows == WhyRows::Given)
        PH_TRY(writeFileAtomically(file, canonicalJson({{QStringLiteral("rows"), QJsonArray{rowObject(question.signature, question.given)}}})));
    ChildJob job;
    job.program = pilotProgram();
    if (question.view == explain::View::Row)
        job.nice = 0; // a person waits for it
    job.arguments = whyArguments(services.workspace, question, file);
    PH_ASSIGN(const QJsonObject reply, runJob(job, [&progress](const Event &event) {
        if (progress && event.name == QLatin1String("progress"))
            progress(event.fields.value(QLatin1String("done")).toInteger(), event.fields.value(QLatin1String("total")).toInteger());
    }, token));
    PH_ASSIGN(explain::Explanation e, explain::Explanation::fromJson(reply, Text::tr("the explanation")));
    if (e.view != question.view)
        return Error{ErrorKind::Internal, Text::tr("The answer explains something else than was asked for."), e.model, {}, {}};
    return e;
}

} // namespace pilothouse::fleet
