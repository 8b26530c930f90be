// SPDX-License-Identifier: GPL-3.0-or-later
// pilot data: data that lies elsewhere (http(s)://, s3://BUCKET/KEY, FILE.dvc, dvc:PATH), looked at, fetched and sent.
//   list SOURCE      objects below s3://BUCKET/PREFIX, or what the DVC repository around a path tracks (--data-version: at a Git revision)
//     --json {"source","objects":[{"key","bytes","etag","last_modified"} | {"path","file","stage","md5","bytes","directory","remote"}]}
//   versions SOURCE  versions of one S3 object, newest first; each can be trained on: pilot train … --data SOURCE --data-version ID
//     --json {"source","versions":[{"version","latest","deleted","bytes","etag","last_modified"}]}
//   get SOURCE [--out FILE]   fetches into the cache, checked, and copies it to FILE; a DVC directory into a folder
//     --json {"source","path","sha256","bytes","origin":{…}}; of a directory {"source","path","files":[{"path","sha256","bytes"}]}
//   push FILE s3://BUCKET/KEY [--create-bucket] [--plan]   one operation of the workspace: guarded, read back, journalled; `pilot undo` takes it back
//   add FILE|FOLDER [--plan]                      what `dvc add` does: object, .dvc file, .gitignore; of a stage's output what `dvc commit` does:
//                                                 object, its entry of dvc.lock, .gitignore; an operation like push
//   push FILE.dvc|dvc:PATH [--remote NAME] [--plan]        what `dvc push` does, to a folder, S3 or SSH; dvc:…/dvc.lock: all outputs of its stages
//     --json as every operation; with nothing to do {"operation":null,"summary","done":true,"steps":[]}
//   cache            where the copies are and how much room they take
//     --json {"folder","bytes","limit"}
#include "app/pilot/data_source.h"
#include "app/pilot/operation_answer.h"
#include "app/pilot/verb.h"

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/base/redact.h"
#include "core/fleet/data_operations.h"
#include "core/fleet/services.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QLocale>

#include <memory>

namespace pilothouse {

namespace {

using Q = QLatin1String;
using namespace sources;

struct Options {
    std::string source, out, target, remote;
    DataVersion version;
    bool createBucket = false, plan = false;
};

SourceSpec specOf(const std::string &source, const DataVersion &version) { return {dataArgument(source), QString::fromStdString(version.connection), QString::fromStdString(version.version)}; }
QString shownBytes(qint64 bytes) { return bytes < 0 ? QStringLiteral("?") : QLocale::c().formattedDataSize(bytes, 1, QLocale::DataSizeIecFormat); }
QString shownTime(const QDateTime &time) { return time.toUTC().toString(Qt::ISODate); }

Result<void> listBucket(Context &context, const SourceSpec &spec, const Access &access) {
    PH_ASSIGN(const S3Location place, parseS3Url(spec.source));
    PH_ASSIGN(const S3Client client, s3For(spec, access));
    PH_ASSIGN(const std::vector<S3Object> all, client.list(place.bucket, place.key, context.stop()));
    QJsonArray objects;
    QStringList lines;
    for (const S3Object &object : all) {
        objects.append(QJsonObject{{Q("key"), object.key}, {Q("bytes"), object.bytes}, {Q("etag"), object.etag}, {Q("last_modified"), shownTime(object.lastModified)}});
        lines << QStringLiteral("%1  %2  s3://%3/%4").arg(shownTime(object.lastModified), shownBytes(object.bytes).rightJustified(10), place.bucket, object.key);
    }
    context.answer({{Q("source"), spec.source}, {Q("objects"), objects}}, lines.isEmpty() ? QStringLiteral("Nothing lies below %1.").arg(spec.source) : lines.join(QLatin1Char('\n')));
    return {};
}

Result<void> listRepository(Context &context, const SourceSpec &spec) {
    PH_ASSIGN(const DvcRepository repository, DvcRepository::open(spec.source.startsWith(Q("dvc:")) ? spec.source.mid(4) : spec.source, spec.version));
    PH_ASSIGN(const std::vector<DvcOutput> all, repository.outputs());
    QJsonArray objects;
    QStringList lines;
    for (const DvcOutput &out : all) {
        objects.append(QJsonObject{{Q("path"), out.path}, {Q("file"), out.file}, {Q("md5"), out.hash.text()}, {Q("bytes"), out.bytes}, {Q("directory"), out.hash.directory}, {Q("remote"), out.remote}, {Q("stage"), out.stage()}});
        lines << QStringLiteral("%1  %2  %3 (%4)").arg(out.hash.md5, shownBytes(out.bytes).rightJustified(10), out.path + (out.hash.directory ? QStringLiteral("/") : QString()), out.file);
    }
    context.answer({{Q("source"), spec.source}, {Q("objects"), objects}}, lines.isEmpty() ? QStringLiteral("DVC tracks nothing in %1.").arg(repository.root()) : lines.join(QLatin1Char('\n')));
    return {};
}

Result<void> list(Context &context, const Options &options) {
    const SourceSpec spec = specOf(options.source, options.version);
    if (sourceKind(spec.source) == SourceKind::Http)
        return invalid(QStringLiteral("An http address has no listing."), redact(spec.source), QStringLiteral("s3://BUCKET/PREFIX and a path inside a DVC repository have one."));
    if (sourceKind(spec.source) != SourceKind::S3)
        return listRepository(context, spec);
    PH_ASSIGN(const Access access, dataAccess(context));
    return listBucket(context, spec, access);
}

Result<void> versions(Context &context, const Options &options) {
    const SourceSpec spec = specOf(options.source, options.version);
    PH_ASSIGN(const S3Location object, parseS3Url(spec.source));
    PH_ASSIGN(const Access access, dataAccess(context));
    PH_ASSIGN(const S3Client client, s3For(spec, access));
    PH_ASSIGN(const std::vector<S3Object> all, client.versions(object, context.stop()));
    QJsonArray array;
    QStringList lines;
    for (const S3Object &v : all) {
        array.append(QJsonObject{{Q("version"), v.versionId}, {Q("latest"), v.latest}, {Q("deleted"), v.deleted}, {Q("bytes"), v.bytes}, {Q("etag"), v.etag}, {Q("last_modified"), shownTime(v.lastModified)}});
        lines << QStringLiteral("%1  %2  %3%4").arg(shownTime(v.lastModified), (v.deleted ? QStringLiteral("deleted") : shownBytes(v.bytes)).rightJustified(10), v.versionId, v.latest ? QStringLiteral("  newest") : QString());
    }
    context.answer({{Q("source"), spec.source}, {Q("versions"), array}}, lines.join(QLatin1Char('\n')));
    return {};
}

/// A copy that people may edit: the cache's own stays as it is. Conflict if that is not any more what was fetched.
/// @param sha256  of the bytes; empty: not known
Result<void> copyOut(const QString &from, const QString &sha256, const QString &to) {
    QFile in(from);
    if (!in.open(QIODevice::ReadOnly))
        return fileError(QStringLiteral("open"), from);
    Hasher hasher(Hasher::Kind::Sha256);
    return writeFileAtomically(to, [&](int fd) -> Result<void> {
        for (;;) {
            const QByteArray block = in.read(1 << 20);
            if (in.error() != QFileDevice::NoError)
                return fileError(QStringLiteral("read"), from);
            if (block.isEmpty() && !sha256.isEmpty() && hasher.hex() != sha256)
                return Error{ErrorKind::Conflict, QStringLiteral("The local copy of the data changed after it was verified."), from, QStringLiteral("Remove it and try again: it is fetched anew."), {}};
            if (block.isEmpty())
                return {};
            hasher.add(block);
            PH_TRY(writeAll(fd, block.constData(), std::size_t(block.size()), to));
        }
    });
}

Result<void> freeTarget(const QString &path) {
    if (QFileInfo::exists(path))
        return Error{ErrorKind::Conflict, QStringLiteral("The target is there already."), path, QStringLiteral("Give another --out."), {}};
    return {};
}

Result<void> getDirectory(Context &context, const DvcRepository &repository, const DvcOutput &output, const SourceSpec &spec, const QString &out) {
    if (out.isEmpty())
        return invalid(QStringLiteral("%1 is a directory.").arg(output.path), spec.source, QStringLiteral("Say with --out FOLDER where its files shall go."));
    PH_TRY(freeTarget(out));
    PH_ASSIGN(const Cache cache, Cache::open());
    PH_ASSIGN(const Access access, dataAccess(context));
    PH_ASSIGN(const std::vector<DvcFile> files, dvcDirectory(repository, output, spec, access, cache, context.stop()));
    QJsonArray array;
    const QString building = out + QStringLiteral(".part");
    QDir(building).removeRecursively();
    for (std::size_t i = 0; i < files.size(); ++i) {
        PH_ASSIGN(const LocalFile file, fetchDvcObject(repository, files[i].hash, output.remote, spec, access, cache, context.stop()));
        PH_TRY(copyOut(file.path, file.sha256, building + QLatin1Char('/') + files[i].path));
        array.append(QJsonObject{{Q("path"), files[i].path}, {Q("sha256"), file.sha256}, {Q("bytes"), file.bytes}});
        context.events().progress(qint64(i) + 1, qint64(files.size()), QStringLiteral("files"), -1, QStringLiteral("fetch"));
    }
    PH_TRY(makeFolder(building));
    if (!QDir().rename(building, out))
        return fileError(QStringLiteral("put in place"), out);
    context.answer({{Q("source"), spec.source}, {Q("path"), out}, {Q("files"), array}}, QStringLiteral("%1 files in %2").arg(files.size()).arg(out));
    return {};
}

Result<void> get(Context &context, const Options &options) {
    const SourceSpec spec = specOf(options.source, options.version);
    const QString out = options.out.empty() ? QString() : QFileInfo(QString::fromStdString(options.out)).absoluteFilePath();
    if (sourceKind(spec.source) == SourceKind::Dvc) {
        const QString path = spec.source.startsWith(Q("dvc:")) ? spec.source.mid(4) : spec.source;
        PH_ASSIGN(const DvcRepository repository, DvcRepository::open(path, spec.version));
        PH_ASSIGN(const DvcOutput output, repository.output(path));
        if (output.hash.directory && (path.endsWith(Q(".dvc")) || QDir(repository.root()).relativeFilePath(path) == output.path))
            return getDirectory(context, repository, output, spec, out);
    }
    if (!out.isEmpty())
        PH_TRY(freeTarget(out));
    PH_ASSIGN(const LocalFile file, fetchData(context, spec));
    if (!out.isEmpty())
        PH_TRY(copyOut(file.path, file.sha256, out));
    const QString path = out.isEmpty() ? file.path : out;
    context.answer({{Q("source"), redact(spec.source)}, {Q("path"), path}, {Q("sha256"), file.sha256}, {Q("bytes"), file.bytes}, {Q("origin"), file.origin}},
                   QStringLiteral("%1\n  %2 bytes, SHA-256 %3").arg(path).arg(file.bytes).arg(file.sha256));
    return {};
}

Result<fleet::DataWork> workOf(Context &context, const fleet::Services &services, const char *phase) {
    return fleet::dataWork(services, context.stop(), [&context, phase](qint64 done, qint64 total) { context.events().progress(done, total, QStringLiteral("bytes"), -1, QLatin1String(phase)); });
}

/// Nothing to be done is an answer, and no line of the journal.
Result<void> runUnlessThere(Context &context, fleet::Services &services, operations::Operation operation, bool planOnly) {
    if (!operation.steps.empty())
        return runAndAnswer(context, *services.operations, std::move(operation), planOnly);
    context.answer({{Q("operation"), QJsonValue()}, {Q("summary"), operation.summary}, {Q("done"), true}, {Q("steps"), QJsonArray()}}, operation.summary + QStringLiteral(": nothing to do."));
    return {};
}

Result<void> add(Context &context, const Options &options) {
    PH_ASSIGN(const auto services, context.services());
    PH_ASSIGN(const fleet::DataWork work, workOf(context, *services, "add"));
    PH_ASSIGN(operations::Operation operation, fleet::addDvcOperation(work, QFileInfo(QString::fromStdString(options.source)).absoluteFilePath()));
    return runUnlessThere(context, *services, std::move(operation), options.plan);
}

Result<void> push(Context &context, const Options &options) {
    const QString source = dataArgument(options.source);
    if (options.target.empty() && sourceKind(source) != SourceKind::Dvc)
        return invalid(QStringLiteral("Where to is missing."), source, QStringLiteral("Write s3://BUCKET/KEY behind the file; what DVC tracks (FILE.dvc, dvc:PATH) goes to its remote without it."));
    if (!options.target.empty() && !options.remote.empty())
        return invalid(QStringLiteral("--remote names a DVC remote, and %1 is none.").arg(QString::fromStdString(options.target)), source, QStringLiteral("Leave one of them out."));
    PH_ASSIGN(const auto services, context.services());
    PH_ASSIGN(const fleet::DataWork work, workOf(context, *services, "send"));
    if (options.target.empty()) {
        PH_ASSIGN(operations::Operation operation, fleet::pushDvcOperation(work, source.startsWith(Q("dvc:")) ? source.mid(4) : source, QString::fromStdString(options.remote), QString::fromStdString(options.version.connection)));
        return runUnlessThere(context, *services, std::move(operation), options.plan);
    }
    PH_ASSIGN(operations::Operation operation, fleet::pushFileOperation(work, specOf(options.target, options.version), QFileInfo(QString::fromStdString(options.source)).absoluteFilePath(), options.createBucket));
    return runAndAnswer(context, *services->operations, std::move(operation), options.plan);
}

Result<void> showCache(Context &context, const Options &) {
    PH_ASSIGN(const Cache cache, Cache::open());
    context.answer({{Q("folder"), cache.folder()}, {Q("bytes"), cache.bytes()}, {Q("limit"), cache.limit()}},
                   QStringLiteral("%1\n  %2 of at most %3 (PILOTHOUSE_CACHE names another folder, PILOTHOUSE_CACHE_LIMIT another limit)").arg(cache.folder(), shownBytes(cache.bytes()), shownBytes(cache.limit())));
    return {};
}

const Verb dataVerb("data", "Data that lies elsewhere: list, fetch, earlier versions, track, send", [](CLI::App &app, VerbBody &body) {
    static Options o;
    app.require_subcommand(1);
    const auto verb = [&](const char *name, const char *help, Result<void> (*function)(Context &, const Options &)) {
        auto *sub = app.add_subcommand(name, help);
        sub->fallthrough();
        sub->callback([&body, function] { body = [function](Context &context) { return function(context, o); }; });
        return sub;
    };
    auto *ls = verb("list", "Objects of a bucket, or what DVC tracks", list);
    ls->add_option("SOURCE", o.source, "s3://BUCKET/PREFIX, or a path inside a DVC repository")->required();
    o.version.addTo(*ls);
    auto *vs = verb("versions", "Versions of an S3 object, newest first", versions);
    vs->add_option("SOURCE", o.source, "s3://BUCKET/KEY")->required();
    o.version.addTo(*vs);
    auto *gt = verb("get", "Fetch, check, and copy", get);
    gt->add_option("SOURCE", o.source, "http(s)://, s3://BUCKET/KEY, FILE.dvc or dvc:PATH")->required();
    gt->add_option("--out", o.out, "File (or folder, for a DVC directory) to write; without it the copy stays in the cache");
    o.version.addTo(*gt);
    auto *ad = verb("add", "Let DVC track a file or folder as `dvc add` does; an output of a stage as `dvc commit` does", add);
    ad->add_option("PATH", o.source, "File or folder inside a DVC repository")->required();
    ad->add_flag("--plan", o.plan, "Show what would be written, change nothing");
    auto *ps = verb("push", "Send a file to S3, or what DVC tracks to its remote", push);
    ps->add_option("FILE", o.source, "File to send; or FILE.dvc, dvc:PATH, dvc:FOLDER/dvc.lock")->required();
    ps->add_option("TARGET", o.target, "s3://BUCKET/KEY; nothing: the DVC remote");
    ps->add_option("--remote", o.remote, "DVC remote (default: the output's own, else the repository's)");
    ps->add_flag("--create-bucket", o.createBucket, "Make the bucket if it is not there");
    ps->add_flag("--plan", o.plan, "Show the calls, change nothing");
    ps->add_option("--connection", o.version.connection, "Workspace connection of kind s3");
    verb("cache", "Where the copies are and how much room they take", showCache);
});

} // namespace
} // namespace pilothouse
