// SPDX-License-Identifier: GPL-3.0-or-later
// pilot pipelines outputs RUN                         {"outputs":[{"name","address","bytes","checksum","stage"}]}
// pilot pipelines download RUN NAME [--to FILE]       {"file","bytes","checksum","files":[{"path","bytes","sha256"}]}: what came, with the digest of each file; checked against the
//   store's own digest where it tells one
#include "app/pilot/pipelines_sub.h"

#include "core/base/hash.h"
#include "core/pipelines/pipeline_json.h"

#include <QDirIterator>
#include <QFileInfo>
#include <QJsonArray>

#include <algorithm>

namespace pilothouse {

namespace {

using Q = QLatin1String;

struct Options {
    std::string run, name, to;
};

Result<void> outputs(Context &context, const Options &options) {
    PH_ASSIGN(const auto pipes, pipelinesOf(context));
    PH_ASSIGN(const auto all, pipes->outputs(QString::fromStdString(options.run)));
    QJsonArray array;
    QString text;
    for (const pipelines::Output &o : all) {
        array << pipelines::toJson(o);
        text += QStringLiteral("%1  %2  %3  %4\n").arg(o.name, -24).arg(o.bytes < 0 ? QStringLiteral("–") : QString::number(o.bytes), 12).arg(o.checksum, o.address);
    }
    context.answer({{Q("outputs"), array}}, text.isEmpty() ? QStringLiteral("The run left no file that the system names.") : text.trimmed());
    return {};
}

/// A file, or those of a folder, as they lie there now.
Result<QJsonArray> digests(const QString &place) {
    QStringList files;
    if (!QFileInfo(place).isDir())
        files << place;
    for (QDirIterator it(place, QDir::Files | QDir::Hidden | QDir::NoDotAndDotDot, QDirIterator::Subdirectories); it.hasNext();)
        files << it.next();
    files.sort();
    QJsonArray out;
    for (const QString &file : std::as_const(files)) {
        PH_ASSIGN(const QString digest, sha256OfFile(file));
        out << QJsonObject{{Q("path"), file}, {Q("bytes"), QFileInfo(file).size()}, {Q("sha256"), digest}};
    }
    return out;
}

Result<void> download(Context &context, const Options &options) {
    PH_ASSIGN(const auto pipes, pipelinesOf(context));
    const QString run = QString::fromStdString(options.run), name = QString::fromStdString(options.name);
    PH_ASSIGN(const auto all, pipes->outputs(run));
    const auto found = std::find_if(all.begin(), all.end(), [&](const pipelines::Output &o) { return o.name == name; });
    if (found == all.end())
        return notFound(QStringLiteral("The run %1 has no output “%2”.").arg(run, name), {}, QStringLiteral("pilot pipelines outputs %1 lists them.").arg(run));
    const QString file = options.to.empty() ? QFileInfo(name).fileName() : QString::fromStdString(options.to);
    if (file.isEmpty() || file == Q(".") || file == Q(".."))
        return invalid(QStringLiteral("“%1” is no name of a file.").arg(name), {}, QStringLiteral("Say where to with --to."));
    if (QFileInfo::exists(file))
        return Error{ErrorKind::Conflict, QStringLiteral("The file is there already."), file, QStringLiteral("Say where to with --to."), {}};
    PH_TRY(pipes->download(run, *found, file, context.stop()));
    PH_ASSIGN(const QJsonArray files, digests(file));
    qint64 bytes = 0;
    QString text;
    for (const QJsonValue &one : files) {
        bytes += one[Q("bytes")].toInteger();
        text += QStringLiteral("%1  %2  sha256 %3\n").arg(one[Q("path")].toString(), -24).arg(one[Q("bytes")].toInteger(), 12).arg(one[Q("sha256")].toString());
    }
    context.answer({{Q("file"), QFileInfo(file).absoluteFilePath()}, {Q("bytes"), bytes}, {Q("checksum"), found->checksum}, {Q("files"), files}}, text.trimmed());
    return {};
}

const PipelinesSub outputsSub("outputs", "Files that a run left", [](CLI::App &app, VerbBody &body) {
    const auto options = std::make_shared<Options>();
    app.add_option("RUN", options->run, "The run")->required();
    app.callback([&body, options] { body = [options](Context &context) { return outputs(context, *options); }; });
});

const PipelinesSub downloadSub("download", "A file that a run left", [](CLI::App &app, VerbBody &body) {
    const auto options = std::make_shared<Options>();
    app.add_option("RUN", options->run, "The run")->required();
    app.add_option("NAME", options->name, "As `outputs` names it")->required();
    app.add_option("--to", options->to, "The file, or the folder of an output that is one; without it the same name here");
    app.callback([&body, options] { body = [options](Context &context) { return download(context, *options); }; });
});

} // namespace
} // namespace pilothouse
