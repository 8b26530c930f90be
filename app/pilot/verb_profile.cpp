// SPDX-License-Identifier: GPL-3.0-or-later
// pilot profile FILE|SOURCE [--data-version VERSION] [--connection NAME] [--reference FILE|PACKAGE] [--target COLUMN] [--recipe OUT.yaml] [--report PAGE.html]
//   [--max-memory 4GiB] [--json]:
//   what is in a data file, and a recipe to start from. --reference: what changed against a file, or a model's training rows, that were right.
//   A file whose table does not fit into memory (or --max-memory) is read in blocks: memory does not grow with it. What then is an estimate
//   is named in the column's "estimated" (distinct, quantiles, top, gaps, missing_steps …) and in "repeated_rows_estimated", "about" in the text.
//   --json {"file","rows","columns":[{"name","type","missing","distinct","min","max","mean","std","quantiles":{"q25","median",
//           "q75"},"top":[["text",count]],"step_seconds","gaps","missing_steps","longest_gap"}],"md5","sha256","bytes","repeated_rows",
//           "problems":[{"column","what","hint","line"}],
//           "report":{…},"quality":{"rows","reference"|null,"checks":{…},"findings":[{"check","column","value","count","what"}]},"recipe"|null,"reasons":[…],"written"|null}
// pilot profile FILE… --out DAY.json [--bins PROFILE.json|MODEL] [--shard INDEX/COUNT [--left 3,5]] [--hand-back], pilot profile --merge DAY.json… --out MONTH.json,
//   pilot profile --run RUN --out DAY.json (what the iterations of a pipeline's run handed back: resources/kubeflow):
//   a small file of the rows that adds up with others and that pilot drift compares (profile_sketch.h).
#include "app/pilot/data_source.h"
#include "app/pilot/profile_sketch.h"
#include "app/pilot/report_page.h"
#include "app/pilot/verb.h"

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/pace.h"
#include "core/data/file_profile.h"
#include "core/data/propose.h"
#include "core/fleet/quality_report.h"
#include "core/learn/quality_gate.h"

#include <QDateTime>
#include <QFileInfo>
#include <QTimeZone>

#include <cmath>

namespace pilothouse {

namespace {

using Q = QLatin1String;

struct ProfileArguments {
    std::string file, target, recipe, reference, delimiter, decimal, skipUntil, comment, out, bins, shard, left, run, report;
    std::vector<std::string> files, missing, categorical;
    bool force = false, merge = false, handBack = false;
    DataVersion version;
};

QString text(const std::string &bytes) { return QString::fromStdString(bytes); }
QString shown(double value) { return std::isnan(value) ? QStringLiteral("–") : QString::number(value, 'g', 6); }

/// One line a column, aligned.
QString columnLine(const data::ColumnStatistics &s, int width) {
    const auto about = [&](const char *key) { return s.estimated.contains(Q(key)) ? QStringLiteral("about ") : QString(); };
    QString what;
    if (s.present == 0) {
        what = QStringLiteral("no value");
    } else if (s.type == data::ColumnType::Number) {
        what = QStringLiteral("%1 … %2, mean %3, std %4, median %5").arg(shown(s.min), shown(s.max), shown(s.mean), shown(s.std), about("quantiles") + shown(s.median));
    } else if (s.type == data::ColumnType::Category) {
        QStringList top;
        for (const auto &[name, count] : s.top)
            top << QStringLiteral("%1 %2").arg(name, about("top") + QString::number(count));
        what = QStringLiteral("%1%2 values: %3%4").arg(about("distinct")).arg(s.distinct).arg(top.join(QStringLiteral(", ")), s.distinct > qint64(s.top.size()) ? QStringLiteral(", …") : QString());
    } else {
        const auto iso = [](std::int64_t t) { return QDateTime::fromMSecsSinceEpoch(t, Qt::UTC).toString(Qt::ISODate); };
        what = QStringLiteral("%1 … %2").arg(iso(s.firstTime), iso(s.lastTime));
        if (s.step > 0)
            what += QStringLiteral(", step %1 s: %2 times, %3 steps missing%4").arg(double(s.step) / 1000).arg(s.distinct).arg(about("missing_steps") + QString::number(s.missingSteps),
                        s.missingSteps > 0 ? QStringLiteral(", at most %1 in a row").arg(about("longest_gap") + QString::number(s.longestGap)) : QString());
    }
    return QStringLiteral("  %1  %2  %3  %4").arg(s.name.leftJustified(width), data::columnTypeName(s.type).leftJustified(8), (s.missing ? QStringLiteral("%1 missing").arg(s.missing) : QString()).leftJustified(14), what);
}

/// What differs from the reference, a line each; then every check with its figure, as a recipe's `quality:` would judge it.
QString qualityText(const data::QualityReport &quality) {
    QStringList lines{QStringLiteral("Quality")};
    for (const QString &check : workspace::knownQualityChecks()) {
        const double value = quality.value(check);
        if (std::isnan(value))
            continue; // without a reference
        QStringList where;
        for (const data::QualityFinding &f : quality.findings)
            if (f.check == check && where.size() < 3)
                where << (f.column.isEmpty() ? f.what : QStringLiteral("%1: %2").arg(f.column, f.what));
        const qsizetype all = std::count_if(quality.findings.begin(), quality.findings.end(), [&](const auto &f) { return f.check == check; });
        if (all > where.size())
            where << QStringLiteral("and %1 more columns").arg(all - where.size());
        lines << QStringLiteral("  %1  %2  %3").arg(check.leftJustified(14), QString::number(value, 'g', 4).rightJustified(8), where.join(QStringLiteral("; ")));
    }
    if (!quality.reference.isEmpty())
        lines << QStringLiteral("  against %1").arg(quality.reference);
    return lines.join(QLatin1Char('\n'));
}

QString profileText(const data::Profile &profile, const data::QualityReport &quality, const Result<data::Proposal> &proposal, const QString &file, const QString &written) {
    QStringList lines;
    lines << QStringLiteral("%1: %2 rows, %3 columns, %4 bytes").arg(file).arg(profile.rows).arg(profile.columns.size()).arg(profile.fingerprint.bytes);
    lines << QStringLiteral("md5 %1\nsha256 %2").arg(profile.fingerprint.md5, profile.fingerprint.sha256);
    for (const QString &note : profile.report.notes)
        lines << note;
    lines << QString() << QStringLiteral("Columns");
    int width = 4;
    for (const auto &column : profile.columns)
        width = std::max(width, int(std::min<qsizetype>(40, column.name.size())));
    for (const auto &column : profile.columns)
        lines << columnLine(column, width);
    lines << QString() << (profile.problems.empty() ? QStringLiteral("No problem found.") : QStringLiteral("To look at"));
    for (const auto &problem : profile.problems)
        lines << QStringLiteral("  %1%2%3 %4").arg(problem.line ? QStringLiteral("line %1: ").arg(problem.line) : QString(), problem.column.isEmpty() ? QString() : problem.column + QStringLiteral(": "), problem.what, problem.hint);
    lines << QString() << qualityText(quality) << QString();
    if (!proposal) {
        lines << QStringLiteral("No recipe is proposed: ") + proposal.error().what + QLatin1Char(' ') + proposal.error().hint;
    } else {
        lines << QStringLiteral("Proposed recipe") << QString::fromUtf8(workspace::writeRecipe(proposal->recipe));
        lines << QStringLiteral("Why") << QStringLiteral("  ") + proposal->reasons.join(QStringLiteral("\n  "));
        if (!written.isEmpty())
            lines << QString() << QStringLiteral("Written to %1. Train with: pilot train %1").arg(written);
    }
    return lines.join(QLatin1Char('\n'));
}

data::CsvOptions csvOptions(const ProfileArguments &arguments) {
    data::CsvOptions options;
    options.delimiter = arguments.delimiter == "tab" || arguments.delimiter == "\\t" ? QStringLiteral("\t") : text(arguments.delimiter);
    options.decimal = text(arguments.decimal);
    options.skipUntil = text(arguments.skipUntil);
    options.comment = text(arguments.comment);
    for (const std::string &value : arguments.missing)
        options.missing << text(value);
    for (const std::string &name : arguments.categorical)
        options.types.insert(text(name), data::ColumnType::Category);
    return options;
}

/// The options a person gave to read the file belong into the recipe, else training would read it in another way.
void keepOptions(workspace::DataSpec &spec, const data::CsvOptions &options) {
    spec.delimiter = options.delimiter;
    spec.decimal = options.decimal;
    spec.skipUntil = options.skipUntil;
    spec.comment = options.comment;
    if (!options.missing.isEmpty())
        spec.missing = options.missing;
}

Result<void> writeProposal(workspace::Recipe &recipe, const QString &out, bool force) {
    if (QFileInfo::exists(out) && !force)
        return Error{ErrorKind::Conflict, QStringLiteral("The recipe file exists already."), out, QStringLiteral("Give another name, or --force to replace it."), {}};
    recipe.file = QFileInfo(out).absoluteFilePath();
    return writeFileAtomically(out, workspace::writeRecipe(recipe));
}

Result<void> profile(Context &context, const ProfileArguments &arguments) {
    const QString file = text(arguments.file), out = text(arguments.recipe);
    const data::CsvOptions options = csvOptions(arguments);
    Pace pace;
    const auto progress = [&](qint64 done, qint64 total) {
        if (pace.due(done, total))
            context.events().progress(done, total, QStringLiteral("bytes"), -1, QStringLiteral("read"));
    };
    workspace::DataSpec source;
    source.source = sources::sourceKind(file) == sources::SourceKind::File ? file : dataArgument(arguments.file);
    PH_TRY(fetchData(context, source, arguments.version));
    const sources::LocalFile local{source.path(), source.fetchedSha256, 0, QJsonObject::fromVariantMap(source.origin)};
    std::optional<data::ExpectedSchema> expected;
    if (!arguments.reference.empty()) {
        workspace::Recipe like;
        keepOptions(like.data, options);
        for (const std::string &name : arguments.categorical)
            like.categorical << text(name);
        PH_ASSIGN(expected, learn::qualityReference(text(arguments.reference), like, context.stop()));
    }
    PH_ASSIGN(const data::FileProfile found, namingSource(data::profileFile(local.path, options, expected, context.stop(), progress), local, file));
    const data::Profile &profile = found.profile;
    if (!local.sha256.isEmpty() && profile.fingerprint.sha256 != local.sha256)
        return Error{ErrorKind::Conflict, QStringLiteral("The local copy of the data changed after it was verified."), file, QStringLiteral("Remove the copy %1 and try again: it is fetched anew.").arg(local.path), {}};
    const data::QualityReport &quality = found.quality;
    Result<data::Proposal> proposal = data::proposeRecipe(found.rows, profile, file, text(arguments.target));
    const bool asked = !out.isEmpty() || !arguments.target.empty();
    if (!proposal && asked) // without asking for a recipe, the profile alone is an answer
        return proposal.error();
    if (proposal) {
        keepOptions(proposal->recipe.data, options);
        if (!source.fetched.isEmpty()) {
            proposal->recipe.data.source = source.source;
            proposal->recipe.data.connection = source.connection;
            proposal->recipe.data.version = source.version;
        }
        if (!out.isEmpty())
            PH_TRY(writeProposal(proposal->recipe, out, arguments.force));
    }
    if (!arguments.report.empty())
        PH_TRY(writeReportPage(arguments.report, fleet::qualityReport({file, profile, quality}, QDateTime::currentDateTimeUtc())));
    QJsonObject object = profile.toJson();
    object.insert(Q("file"), file);
    if (!local.origin.isEmpty())
        object.insert(Q("origin"), local.origin);
    object.insert(Q("quality"), quality.toJson());
    object.insert(Q("recipe"), proposal ? QJsonValue(QString::fromUtf8(workspace::writeRecipe(proposal->recipe))) : QJsonValue());
    object.insert(Q("reasons"), proposal ? QJsonArray::fromStringList(proposal->reasons) : QJsonArray{proposal.error().text()});
    object.insert(Q("written"), out.isEmpty() ? QJsonValue() : QJsonValue(out));
    context.answer(object, profileText(profile, quality, proposal, file, out));
    return {};
}

Result<void> run(Context &context, ProfileArguments arguments) {
    if (arguments.files.empty() && arguments.run.empty())
        return invalid(QStringLiteral("Which file?"), {}, QStringLiteral("Name one or more; or, with --run, the pipeline's run whose profiles are added up."));
    if (arguments.out.empty()) {
        if (arguments.files.size() > 1 || arguments.merge || !arguments.bins.empty() || !arguments.shard.empty())
            return invalid(QStringLiteral("Several files, --merge, --bins and --shard make a profile that is written."), {}, QStringLiteral("Say where to: --out DAY.json."));
        arguments.file = arguments.files.front();
        return profile(context, arguments);
    }
    SketchOptions options;
    for (const std::string &file : arguments.files)
        options.files << text(file);
    options.out = text(arguments.out);
    options.bins = text(arguments.bins);
    options.shard = text(arguments.shard);
    options.left = text(arguments.left);
    options.run = text(arguments.run);
    options.handBack = arguments.handBack;
    options.merge = arguments.merge;
    options.force = arguments.force;
    options.csv = csvOptions(arguments);
    options.version = arguments.version;
    return writeSketch(context, options);
}

const Verb verb("profile", "Schema, missing values, ranges, quality and fingerprint of a CSV file; proposes a recipe", [](CLI::App &app, VerbBody &body) {
    auto arguments = std::make_shared<ProfileArguments>();
    app.add_option("FILE", arguments->files, "CSV file, plain or gzip; or http(s)://, s3://BUCKET/KEY, FILE.dvc, dvc:PATH; with --out one or more");
    CLI::Option *const out = app.add_option("--out", arguments->out, "Write a small profile of the rows here, which adds up with others and which pilot drift compares");
    app.add_option("--bins", arguments->bins, "Count numbers in the bins of this reference: profile.json (also https:// or s3://), or a model (package folder, NAME@ALIAS, NAME/VERSION)")->needs(out);
    CLI::Option *const shard = app.add_option("--shard", arguments->shard, "INDEX/COUNT: only this part of the files, the index from 0")->needs(out);
    app.add_option("--left", arguments->left, "Shards that are left, such as 3,5: the index of --shard is a place among them")->needs(shard);
    app.add_flag("--hand-back", arguments->handBack, "The answer has the profile too, packed: for who cannot see the file")->needs(out);
    app.add_option("--run", arguments->run, "Run of a pipeline whose stages profiled shards (profile_shards.yaml on Kubeflow): add up what they handed back, and profiles that are named as files")->needs(out)->excludes(shard);
    app.add_flag("--merge", arguments->merge, "The files are profiles of --out: add them up")->needs(out);
    arguments->version.addTo(app);
    addMaxMemory(app);
    app.add_option("--reference", arguments->reference, "A data file or model package that was right: what changed against it");
    app.add_option("--target", arguments->target, "Column to predict (else found out)");
    app.add_option("--recipe", arguments->recipe, "Write the proposed recipe to this file");
    app.add_option("--report", arguments->report, "Write what was found as a self-contained HTML page")->excludes(out);
    app.add_flag("--force", arguments->force, "Replace an existing recipe or profile file");
    app.add_option("--delimiter", arguments->delimiter, "One character, or tab (else found out)");
    app.add_option("--decimal", arguments->decimal, "Decimal mark: . or , (else found out)");
    app.add_option("--missing", arguments->missing, "Text that means missing; may be repeated (else NA, NaN, null …)");
    app.add_option("--skip-until", arguments->skipUntil, "Skip lines up to and including the one that contains this text");
    app.add_option("--comment", arguments->comment, "Skip lines that begin with this");
    app.add_option("--categorical", arguments->categorical, "Read this column as a category; may be repeated");
    app.callback([arguments, &body] { body = [arguments](Context &context) { return run(context, *arguments); }; });
});

} // namespace
} // namespace pilothouse
