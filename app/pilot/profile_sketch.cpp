// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/profile_sketch.h"

#include "app/pilot/model_ref.h"
#include "app/pilot/profile_of_run.h"

#include "core/artifact/package.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/pace.h"
#include "core/data/csv_blocks.h"
#include "core/drift/profile_stream.h"

#include <QFileInfo>
#include <QtEndian>

#include <algorithm>

namespace pilothouse {

namespace {

using Q = QLatin1String;

Result<std::optional<drift::Profile>> readBins(Context &context, const QString &text, const DataVersion &version) {
    if (text.isEmpty())
        return std::optional<drift::Profile>();
    if (const sources::SourceKind kind = sources::sourceKind(text); kind == sources::SourceKind::Http || kind == sources::SourceKind::S3) {
        PH_ASSIGN(const sources::LocalFile file, fetchData(context, sources::SourceSpec{text, QString::fromStdString(version.connection), {}}));
        PH_ASSIGN(drift::Profile profile, namingSource(readProfileFile(file.path), file, text));
        return std::optional(std::move(profile));
    }
    const QFileInfo info(text);
    if (info.isFile() && info.suffix() == QStringLiteral("json")) {
        PH_ASSIGN(drift::Profile profile, readProfileFile(text));
        return std::optional(std::move(profile));
    }
    PH_ASSIGN(const ModelRef model, resolveModel(context, text));
    PH_ASSIGN(const artifact::Package package, artifact::openPackage(model.folder));
    if (!package.files.contains(QStringLiteral("profile.json")))
        return invalid(QStringLiteral("The package has no training profile."), model.folder, QStringLiteral("Give a profile of the rows it was trained on (pilot profile FILE --out) as --bins."));
    PH_ASSIGN(drift::Profile profile, readProfileFile(model.folder + QStringLiteral("/profile.json")));
    return std::optional(std::move(profile));
}

/// Those of the files that are this shard's.
Result<QStringList> filesOf(const SketchOptions &options) {
    if (options.shard.isEmpty())
        return options.files;
    bool first = false, second = false;
    const int index = options.shard.section(QLatin1Char('/'), 0, 0).toInt(&first), shards = options.shard.section(QLatin1Char('/'), 1).toInt(&second);
    if (!first || !second || shards < 1 || index < 0 || index >= shards)
        return invalid(QStringLiteral("“%1” is no shard.").arg(options.shard), QStringLiteral("--shard"), QStringLiteral("Write INDEX/COUNT, the index from 0: 3/8, or $JOB_COMPLETION_INDEX/8 in an indexed Job."));
    const QStringList left = options.left.split(QLatin1Char(','), Qt::SkipEmptyParts);
    bool number = true;
    const int own = left.isEmpty() ? index : index < left.size() ? left[index].toInt(&number) : -1;
    if (!number || own < 0 || own >= shards)
        return invalid(QStringLiteral("“%1” has no shard of %2 at place %3.").arg(options.left).arg(shards).arg(index), QStringLiteral("--left"), QStringLiteral("Write the shards that are left, such as 3,5."));
    QStringList files;
    for (qsizetype i = own; i < options.files.size(); i += shards)
        files << options.files.at(i);
    return files;
}

Result<drift::Profile> streamed(Context &context, const SketchOptions &options, const QStringList &files, const std::optional<drift::Profile> &bins) {
    data::CsvOptions csv = options.csv;
    if (bins) // a column must not change its type because one file happens to hold digits only
        for (const drift::ColumnProfile &column : bins->columns)
            csv.types.insert(column.name, column.kind);
    drift::ProfileStream stream(QFileInfo(options.out).completeBaseName(), bins ? &*bins : nullptr);
    Pace pace;
    for (const QString &file : files) {
        workspace::DataSpec source;
        source.source = sources::sourceKind(file) == sources::SourceKind::File ? file : dataArgument(file.toStdString());
        PH_TRY(fetchData(context, source, options.version));
        const sources::LocalFile local{source.path(), source.fetchedSha256, 0, QJsonObject::fromVariantMap(source.origin)};
        const auto progress = [&](qint64 done, qint64 total) {
            if (pace.due(done, total))
                context.events().progress(done, total, QStringLiteral("bytes"), -1, QStringLiteral("read"));
        };
        PH_TRY(namingSource(data::readCsvBlocks(local.path, csv, [&](const data::Table &rows) { return stream.add(rows); }, context.stop(), progress), local, file));
    }
    return stream.profile();
}

} // namespace

QString packProfile(const drift::Profile &profile) { return QString::fromLatin1(qCompress(QJsonDocument(profile.toJson()).toJson(QJsonDocument::Compact), 9).toBase64()); }

Result<drift::Profile> unpackProfile(const QString &text, const QString &where) {
    constexpr quint32 mostBytes = 256u << 20;
    const QByteArray packed = QByteArray::fromBase64(text.toLatin1());
    const auto noProfile = [&] { return invalid(QStringLiteral("What was handed back is no profile."), where, QStringLiteral("Use the same version of pilot in the image and here.")); };
    if (packed.size() < 5 || qFromBigEndian<quint32>(packed.constData()) > mostBytes) // its first bytes say how long it is
        return noProfile();
    const QByteArray bytes = qUncompress(packed);
    if (bytes.isEmpty())
        return noProfile();
    PH_ASSIGN(const QJsonObject object, parseJsonObject(bytes, where));
    return drift::Profile::fromJson(object, where);
}

Result<drift::Profile> readProfileFile(const QString &path) {
    PH_ASSIGN(const QByteArray bytes, readFile(path));
    PH_ASSIGN(const QJsonObject object, parseJsonObject(bytes, path));
    return drift::Profile::fromJson(object, path);
}

Result<void> writeSketch(Context &context, const SketchOptions &options) {
    if (QFileInfo::exists(options.out) && !options.force)
        return Error{ErrorKind::Conflict, QStringLiteral("The file exists already."), options.out, QStringLiteral("Give another name, or --force to replace it."), {}};
    PH_ASSIGN(const QStringList files, filesOf(options));
    drift::Profile profile;
    std::vector<drift::Profile> parts;
    if (!options.run.isEmpty()) {
        PH_ASSIGN(parts, profilesOfRun(context, options.run));
    }
    const qsizetype shards = qsizetype(parts.size());
    if (options.merge || !options.run.isEmpty()) {
        for (const QString &file : files) {
            PH_ASSIGN(drift::Profile part, readProfileFile(file));
            part.name = file; // an error names it
            parts.push_back(std::move(part));
        }
        parts.erase(std::remove_if(parts.begin(), parts.end(), [](const drift::Profile &part) { return part.columns.empty(); }), parts.end()); // shards that got no file
        PH_ASSIGN(profile, drift::mergedProfiles(parts, QFileInfo(options.out).completeBaseName()));
    } else {
        PH_ASSIGN(const std::optional<drift::Profile> bins, readBins(context, options.bins, options.version));
        PH_ASSIGN(profile, streamed(context, options, files, bins));
    }
    const QByteArray bytes = QJsonDocument(profile.toJson()).toJson(QJsonDocument::Compact);
    PH_TRY(writeFileAtomically(options.out, bytes));
    QJsonObject answer{{Q("out"), options.out}, {Q("files"), QJsonArray::fromStringList(files)}, {Q("rows"), qint64(profile.rows)}, {Q("columns"), qint64(profile.columns.size())},
                               {Q("bytes"), bytes.size()}, {Q("shard"), options.shard.isEmpty() ? QJsonValue() : QJsonValue(options.shard)}};
    if (!options.run.isEmpty()) {
        answer.insert(Q("run"), options.run);
        answer.insert(Q("shards"), shards);
    }
    if (options.handBack) {
        answer.insert(Q("index"), options.shard.isEmpty() ? QJsonValue() : QJsonValue(options.shard.section(QLatin1Char('/'), 0, 0).toInt()));
        answer.insert(Q("profile"), packProfile(profile));
    }
    context.answer(answer,
                   QStringLiteral("%1: %2 rows of %3 in %4 columns, %5 bytes\nCompare it: pilot drift --reference … --current %1; add it up: pilot profile --merge … --out …")
                       .arg(options.out).arg(profile.rows).arg(options.merge || shards > 0 ? QStringLiteral("%1 profiles").arg(files.size() + shards) : files.join(QStringLiteral(", "))).arg(profile.columns.size()).arg(bytes.size()));
    return {};
}

} // namespace pilothouse
