// SPDX-License-Identifier: GPL-3.0-or-later
// pilot pipelines log RUN [--stage S] [--follow] [--tail BYTES]   {"run","stage","log","end","note"}; with --follow the text as it comes, until the run has ended
#include "app/pilot/pipelines_sub.h"

#include <QStringDecoder>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <thread>

namespace pilothouse {

namespace {

using Q = QLatin1String;

struct Options {
    std::string run, stage;
    bool follow = false;
    qint64 tail = 0;
};

Result<void> follow(Context &context, const pipelines::PipelineService &service, pipelines::LogFrom from) {
    QString told;
    for (;;) {
        const auto piece = service.readLog(from, context.stop());
        if (!piece)
            return piece.error();
        if (piece->anew)
            context.note(QStringLiteral("— the log began again —"));
        if (!piece->note.isEmpty() && piece->note != told)
            context.note(told = piece->note);
        std::fwrite(piece->bytes.constData(), 1, std::size_t(piece->bytes.size()), stdout);
        std::fflush(stdout);
        const bool more = !piece->bytes.isEmpty() && piece->next != from.next;
        from.next = piece->next;
        if (piece->end)
            return {};
        for (int i = 0; !more && i < 20; ++i) {
            if (context.stop().stop_requested())
                return cancelled();
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
        }
    }
}

/// A stage as a person names it: by its key, or by its name; also an attempt's log.
Result<QString> stageOf(const pipelines::PipelineService &service, const QString &run, const QString &stage) {
    PH_ASSIGN(const pipelines::PipelineRun seen, service.run(run));
    QStringList names;
    for (const pipelines::Stage &one : seen.stages) {
        if (one.key() == stage || std::any_of(one.attempts.begin(), one.attempts.end(), [&](const pipelines::Attempt &attempt) { return attempt.log == stage; }))
            return stage;
        names << one.name;
    }
    for (const pipelines::Stage &one : seen.stages)
        if (one.name.compare(stage, Qt::CaseInsensitive) == 0)
            return one.key();
    if (names.isEmpty()) // a list that the system does not give
        return stage;
    return notFound(QStringLiteral("Run %1 has no stage “%2”.").arg(run, stage), {}, QStringLiteral("It has: %1.").arg(names.join(QStringLiteral(", "))));
}

Result<void> log(Context &context, const Options &options) {
    PH_ASSIGN(const auto pipes, pipelinesOf(context));
    pipelines::LogFrom from{QString::fromStdString(options.run), QString::fromStdString(options.stage), {}, options.tail};
    if (!from.stage.isEmpty()) {
        PH_ASSIGN(from.stage, stageOf(*pipes, from.run, from.stage));
    }
    if (options.follow && !context.json)
        return follow(context, *pipes, from);
    QByteArray all;
    QString note;
    bool end = false;
    for (;;) {
        PH_ASSIGN(const pipelines::LogPiece piece, pipes->readLog(from, context.stop()));
        if (piece.anew)
            all.clear();
        all += piece.bytes;
        note = piece.note.isEmpty() ? note : piece.note;
        end = piece.end;
        if ((end && piece.bytes.isEmpty()) || piece.bytes.isEmpty() || piece.next == from.next)
            break;
        from.next = piece.next;
        if (end)
            break;
    }
    QStringDecoder utf8(QStringDecoder::Utf8);
    const QString text = utf8(all);
    if (!note.isEmpty())
        context.note(note);
    context.answer({{Q("run"), from.run}, {Q("stage"), from.stage}, {Q("log"), text}, {Q("end"), end}, {Q("note"), note}}, text.trimmed());
    return {};
}

const PipelinesSub sub("log", "The log of a run", [](CLI::App &app, VerbBody &body) {
    const auto options = std::make_shared<Options>();
    app.add_option("RUN", options->run, "e.g. t2m-3, jenkins:weather/retrain#421")->required();
    app.add_option("--stage", options->stage, "Only of this stage");
    app.add_option("--tail", options->tail, "Only about so many bytes of its end")->check(CLI::NonNegativeNumber);
    app.add_flag("--follow,-f", options->follow, "Go on until the run has ended; its bytes as they come");
    app.callback([&body, options] { body = [options](Context &context) { return log(context, *options); }; });
});

} // namespace
} // namespace pilothouse
