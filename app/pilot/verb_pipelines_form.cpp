// SPDX-License-Identifier: GPL-3.0-or-later
// pilot pipelines form NAME      {"parameters":[…],"refs":[…],"note"}: what a start may be given
// pilot pipelines notices        {"notices":[…],"problems":[…]}
#include "app/pilot/pipelines_sub.h"

#include "core/pipelines/pipeline_json.h"

#include <QJsonArray>

namespace pilothouse {

namespace {

using Q = QLatin1String;

Result<void> form(Context &context, const QString &name) {
    PH_ASSIGN(const auto pipes, pipelinesOf(context));
    PH_ASSIGN(const pipelines::StartForm form, pipes->form(name));
    QString text;
    if (!form.refs.isEmpty())
        text += QStringLiteral("--ref: %1\n").arg(form.refs.join(QStringLiteral(", ")));
    for (const pipelines::Parameter &p : form.parameters) {
        const bool secret = p.kind == pipelines::Parameter::Kind::Secret;
        text += QStringLiteral("--param %1=%2  %3%4%5  %6\n")
                    .arg(p.name, secret ? QStringLiteral("secret:NAME") : QStringLiteral("…"), pipelines::parameterKindName(p.kind), p.required ? QStringLiteral(", required") : QString(),
                         secret || p.value.isUndefined() || p.value.isNull() ? QString() : QStringLiteral(", default %1").arg(p.value.toVariant().toString()),
                         p.choices.isEmpty() ? p.description : p.description + QStringLiteral(" [") + p.choices.join(QStringLiteral(", ")) + QLatin1Char(']'));
    }
    text += form.note;
    context.answer(pipelines::toJson(form), text.isEmpty() ? QStringLiteral("It takes nothing.") : text.trimmed());
    return {};
}

Result<void> notices(Context &context) {
    PH_ASSIGN(const auto pipes, pipelinesOf(context));
    PH_ASSIGN(const auto found, systemParts<pipelines::Notice>(context, pipes, {}, [](const auto &system, const QString &) -> Result<std::vector<pipelines::Notice>> {
        PH_TRY(system.runs({}, 20)); // notices are of what was read last
        return pipelines::AllPipelines::joinedNotices(system);
    }));
    QJsonArray array;
    QString text;
    for (const pipelines::Notice &notice : found.all) {
        array << pipelines::toJson(notice);
        text += notice.sentence + QLatin1Char('\n');
        if (notice.start)
            text += QStringLiteral("    %1: pilot pipelines start %2%3\n").arg(notice.fix, notice.start->pipeline, notice.start->ref.isEmpty() ? QString() : QStringLiteral(" --ref ") + notice.start->ref);
    }
    context.answer({{Q("notices"), array}, {Q("problems"), found.problems}}, text.isEmpty() ? QStringLiteral("Nothing to tell.") : text.trimmed());
    return {};
}

const PipelinesSub formSub("form", "What a start of a pipeline may be given", [](CLI::App &app, VerbBody &body) {
    const auto name = std::make_shared<std::string>();
    app.add_option("NAME", *name, "The pipeline")->required();
    app.callback([&body, name] { body = [name](Context &context) { return form(context, QString::fromStdString(*name)); }; });
});

const PipelinesSub noticesSub("notices", "What the systems show and a person should know, with what would help", [](CLI::App &app, VerbBody &body) { app.callback([&body] { body = notices; }); });

} // namespace
} // namespace pilothouse
