// SPDX-License-Identifier: GPL-3.0-or-later
// pilot score MODEL --data FILE --out FILE [--max-memory 4GiB]: predictions of every row as a CSV file.
//   FILE written: row (0-based, after `where`) or time (forecasts, and steps that the recipe resamples the rows to; then also the column that
//   tells their series apart), then the outputs ("t2m@+1" …, all steps of the first target, then those of the second); classification:
//   prediction and probability_CLASS. It appears whole or not at all. Rows are read, scored and written block by block, so that memory does
//   not grow with the file. Forecasts, and models that look at other rows (resample, lag, rolling, impute: time with a limit) do so where the file
//   is sorted by time, lag and rolling also where only each series is; of another file the whole table must fit, and is refused before
//   memory runs out.
//   --json {"model","package","digest","rows","out","streamed","notes":[…],"unknown_categories":[{"column","rows","categories":[the first five],"more"}]}
//   unknown_categories: which of the rows' categories training never saw.
// pilot score MODEL --rows FILE: the rows of a /predict body, answered on standard output (what-if asks a candidate this way).
//   --json {"model","package","digest","predictions":[number | class | [numbers] | {target: [numbers]}…],"probabilities":[[…]…],"seconds"}
// pilot score MODEL --endpoint --rows FILE: the same rows, answered by the model's endpoint as the workspace names it.
//   --json {"model","endpoint","version","id","predictions":[…],"probabilities":[…],"seconds"}
// pilot score FILE.joblib… --pickle --data FILE --out FILE: score_pickles.h.
#include "app/pilot/data_source.h"
#include "app/pilot/model_ref.h"
#include "app/pilot/score_pickles.h"
#include "app/pilot/scoring_progress.h"

#include "core/artifact/package.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/data/csv_field.h"
#include "core/fleet/endpoint.h"
#include "core/fleet/model_place.h"
#include "core/learn/load_scorer.h"
#include "core/learn/scoring_blocks.h"
#include "core/serving/input_reader.h"

#include <QDateTime>
#include <QFileInfo>
#include <QJsonArray>

#include <algorithm>
#include <chrono>
#include <memory>

namespace pilothouse {

namespace {

using Q = QLatin1String;

struct Options {
    std::vector<std::string> models;
    std::string model, data, out, rows;
    bool endpoint = false;
    DataVersion version;
    PickleOptions pickle;
};

/// @param rows  the first ones
/// @param by    column that tells series apart
QByteArray header(const artifact::Signature &signature, const learn::ScoringRows &rows, const QString &by) {
    QByteArray line = rows.origins.empty() ? "row" : "time";
    if (!rows.series.empty())
        line += ',' + data::csvField(by);
    if (signature.classes.empty()) {
        for (const QString &output : signature.outputs)
            line += ',' + data::csvField(signature.outputs.size() == 1 && signature.task == workspace::TaskKind::Regression ? QStringLiteral("prediction") : output);
        return line + '\n';
    }
    line += ",prediction";
    for (const std::string &name : signature.classes)
        line += ',' + data::csvField(QStringLiteral("probability_") + QString::fromStdString(name));
    return line + '\n';
}

QByteArray lines(const artifact::Signature &signature, const learn::ScoringRows &rows, const artifact::Predictions &p) {
    QByteArray out;
    for (std::size_t i = 0; i < p.count; ++i) {
        out += rows.origins.empty() ? QByteArray::number(qulonglong(rows.tableRows[i]))
                                    : QDateTime::fromMSecsSinceEpoch(rows.origins[i], Qt::UTC).toString(Qt::ISODate).toLatin1();
        if (!rows.series.empty())
            out += ',' + data::csvField(QString::fromStdString(rows.series[i]));
        if (p.classes) {
            out += ',' + data::csvField(QString::fromStdString(signature.classes[std::size_t(p.values[i])]));
            for (std::size_t c = 0; c < p.classes; ++c)
                out += ',' + data::csvNumber(p.probabilities[i * p.classes + c]);
        } else {
            for (std::size_t o = 0; o < p.outputs; ++o)
                out += ',' + data::csvNumber(p.values[i * p.outputs + o]);
        }
        out += '\n';
    }
    return out;
}

QJsonValue predictionOf(const artifact::Signature &signature, const artifact::Predictions &p, std::size_t row) {
    if (p.classes)
        return QString::fromStdString(signature.classes[std::size_t(p.values[row])]);
    if (p.outputs == 1)
        return p.values[row];
    const QStringList targets = signature.targets();
    QJsonObject byTarget;
    for (qsizetype t = 0; t < targets.size(); ++t) {
        QJsonArray steps;
        const std::size_t horizon = p.outputs / std::size_t(targets.size());
        for (std::size_t o = std::size_t(t) * horizon; o < std::size_t(t + 1) * horizon; ++o)
            steps.append(p.values[row * p.outputs + o]);
        if (targets.size() == 1)
            return steps;
        byTarget.insert(targets[t], steps);
    }
    return byTarget;
}

/// For people: the class, the number, or the first step of each target.
QString lineOf(const artifact::Signature &signature, const artifact::Predictions &p, std::size_t row) {
    if (p.classes)
        return QString::fromStdString(signature.classes[std::size_t(p.values[row])]);
    const QStringList targets = signature.targets();
    QStringList first;
    for (qsizetype t = 0; t < targets.size(); ++t) {
        const QString value = QString::fromLatin1(data::csvNumber(p.values[row * p.outputs + std::size_t(t) * p.outputs / std::size_t(targets.size())]));
        first << (targets.size() == 1 ? value : targets[t] + QLatin1Char(' ') + value);
    }
    return first.join(QStringLiteral(", "));
}

Result<void> scoreRows(Context &context, const Options &options) {
    PH_ASSIGN(const ModelRef ref, resolveModel(context, QString::fromStdString(options.model)));
    PH_ASSIGN(const artifact::Package package, artifact::openPackage(ref.folder));
    PH_ASSIGN(const QByteArray body, readFile(QString::fromStdString(options.rows)));
    data::Rows rows;
    serving::ReadInput input;
    if (const auto problem = serving::InputReader(package.signature).read(serving::Protocol::Rest, body.toStdString(), rows, input))
        return invalid(QString::fromStdString(problem->what), QString::fromStdString(options.rows + (problem->field.empty() ? "" : ": " + problem->field)), QString::fromStdString(problem->hint));
    PH_ASSIGN(const artifact::ScorerPtr scorer, learn::loadScorer(package));
    const auto start = std::chrono::steady_clock::now();
    PH_ASSIGN(const artifact::Predictions p, scorer->score(rows));
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    QJsonArray predictions, probabilities;
    QStringList lines;
    for (std::size_t i = 0; i < p.count; ++i) {
        predictions.append(predictionOf(package.signature, p, i));
        QJsonArray shares;
        for (std::size_t c = 0; c < p.classes; ++c)
            shares.append(p.probabilities[i * p.classes + c]);
        if (p.classes)
            probabilities.append(shares);
        lines << lineOf(package.signature, p, i);
    }
    context.answer({{Q("model"), ref.label()}, {Q("package"), package.folder}, {Q("digest"), package.digest}, {Q("predictions"), predictions}, {Q("probabilities"), probabilities}, {Q("seconds"), seconds}},
                   lines.join(QLatin1Char('\n')));
    return {};
}

/// {"rows":[{…}]}, a list of objects, or one object.
Result<std::vector<QJsonObject>> namedRows(const QString &file) {
    PH_ASSIGN(const QByteArray bytes, readFile(file));
    const QJsonDocument document = QJsonDocument::fromJson(bytes);
    QJsonArray list = document.isArray() ? document.array() : document.object().value(Q("rows")).toArray();
    if (list.isEmpty() && document.isObject() && !document.object().isEmpty())
        list = {document.object()};
    std::vector<QJsonObject> rows;
    for (const QJsonValue &row : list)
        rows.push_back(row.toObject());
    if (rows.empty() || std::any_of(rows.begin(), rows.end(), [](const QJsonObject &row) { return row.isEmpty(); }))
        return invalid(QStringLiteral("The file holds no rows."), file, QStringLiteral("Write {\"rows\":[{\"NAME\":VALUE}]}, a list of objects, or one object."));
    return rows;
}

/// The inputs in the order of the champion's signature: lists are sent in it. Without a champion, or with one whose files are its owners' own, as the first row names them.
Result<QStringList> inputOrder(const fleet::Services &services, const workspace::Model &model, const QJsonObject &row) {
    QStringList columns;
    PH_ASSIGN(const fleet::ModelPlace place, fleet::placeOf(services, model));
    if (const auto version = place.packagedByAlias(place.champion)) {
        if (version->digest.isEmpty() && !QFileInfo::exists(version->source + QStringLiteral("/SHA256SUMS")))
            return row.keys();
        PH_ASSIGN(const artifact::Package package, artifact::openPackage(version->source));
        for (const artifact::Input &input : package.signature.inputs)
            columns << input.name;
        return columns;
    }
    return row.keys();
}

Result<void> scoreByEndpoint(Context &context, const Options &options) {
    PH_ASSIGN(const auto services, context.services());
    const QString name = QString::fromStdString(options.model);
    PH_ASSIGN(const auto endpoint, fleet::endpointOf(*services, name));
    PH_ASSIGN(const auto rows, namedRows(QString::fromStdString(options.rows)));
    PH_ASSIGN(const QStringList columns, inputOrder(*services, *services->workspace.model(name), rows.front()));
    PH_ASSIGN(const auto answer, endpoint.client->predict(columns, rows, context.stop()));
    QJsonArray predictions, probabilities;
    QStringList lines;
    for (const QJsonValue &p : answer.predictions) {
        predictions.append(p);
        lines << (p.isObject() || p.isArray() ? QString::fromUtf8(compactJson(p)) : p.toVariant().toString());
    }
    for (const QJsonValue &p : answer.probabilities)
        probabilities.append(p);
    context.answer({{Q("model"), name}, {Q("endpoint"), endpoint.url + endpoint.profile.path}, {Q("version"), answer.version}, {Q("id"), answer.id}, {Q("predictions"), predictions},
                    {Q("probabilities"), probabilities}, {Q("seconds"), answer.milliseconds / 1000}},
                   lines.join(QLatin1Char('\n')));
    return {};
}

Result<void> score(Context &context, const Options &options) {
    PH_ASSIGN(const ModelRef ref, resolveModel(context, QString::fromStdString(options.model)));
    PH_ASSIGN(const artifact::Package package, artifact::openPackage(ref.folder));
    PH_ASSIGN(const artifact::ScorerPtr scorer, learn::loadScorer(package));
    workspace::DataSpec source;
    source.source = dataArgument(options.data);
    PH_TRY(fetchData(context, source, options.version));
    const sources::LocalFile local{source.path(), source.fetchedSha256, 0, QJsonObject::fromVariantMap(source.origin)};
    const QString out = QFileInfo(QString::fromStdString(options.out)).absoluteFilePath();
    PH_ASSIGN(const workspace::Recipe recipe, learn::recipeOf(package));
    const QString by = recipe.time ? recipe.time->by : QString();
    learn::ScoredFile scored;
    bool begun = false;
    PH_TRY(writeFileAtomically(out, [&](int fd) -> Result<void> {
        const auto write = [&](const QByteArray &bytes) { return writeAll(fd, bytes.constData(), std::size_t(bytes.size()), out); };
        const auto take = [&](const learn::ScoringRows &rows, const artifact::Predictions &p) {
            const QByteArray first = begun ? QByteArray() : header(package.signature, rows, by);
            begun = true;
            return write(first + lines(package.signature, rows, p));
        };
        PH_ASSIGN(scored, namingSource(learn::scoreFile(package, *scorer, learn::DataFile(source), take, context.stop(), scoringProgress(context)), local, source.source));
        if (scored.rows == 0)
            return invalid(QStringLiteral("The file holds no row that the model can score."), QString::fromStdString(options.data), scored.notes.join(QLatin1Char(' ')));
        return {};
    }));
    for (const QString &note : std::as_const(scored.notes))
        context.note(note);
    context.answer({{Q("model"), ref.label()}, {Q("package"), package.folder}, {Q("digest"), package.digest}, {Q("rows"), qint64(scored.rows)}, {Q("out"), out},
                    {Q("streamed"), scored.streamed}, {Q("notes"), QJsonArray::fromStringList(scored.notes)}, {Q("unknown_categories"), learn::unknownJson(scored.unknown)}},
                   QStringLiteral("%1 rows scored by %2 into %3").arg(scored.rows).arg(ref.label(), out));
    return {};
}

const Verb verb("score", "Predict every row of a file", [](CLI::App &app, VerbBody &body) {
    auto options = std::make_shared<Options>();
    app.add_option("model", options->models, "Package folder, NAME@ALIAS or NAME/VERSION; with --pickle one or several files")->required();
    auto *data = app.add_option("--data", options->data, "The model's inputs: a CSV file, http(s)://, s3://BUCKET/KEY, FILE.dvc or dvc:PATH");
    options->version.addTo(app);
    auto *out = app.add_option("--out", options->out, "CSV file to write")->needs(data);
    data->needs(out);
    auto *memory = addMaxMemory(app);
    auto *rows = app.add_option("--rows", options->rows, "JSON file as POST /predict takes it; the answer goes to standard output")->excludes(data);
    app.add_flag("--endpoint", options->endpoint, "Ask the endpoint of this model of the workspace instead of scoring here")->needs(rows);
    options->pickle.addTo(app, data);
    app.callback([options, data, rows, memory, &body] {
        if (!data->count() && !rows->count())
            throw CLI::RequiredError("--data or --rows");
        if (options->models.size() > 1 && !options->pickle.wanted)
            throw CLI::ArgumentMismatch("One MODEL is scored at a time; several files are one model with --pickle only");
        options->model = options->models.front();
        if (memory->count())
            options->pickle.maxMemory = memory->as<std::uint64_t>();
        if (options->pickle.wanted)
            body = [options](Context &context) { return scorePickles(context, options->models, options->data, options->version, options->out, options->pickle); };
        else if (options->endpoint)
            body = [options](Context &context) { return scoreByEndpoint(context, *options); };
        else
            body = [options](Context &context) { return options->rows.empty() ? score(context, *options) : scoreRows(context, *options); };
    });
});

} // namespace
} // namespace pilothouse
