// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/explain_subject.h"

#include "core/base/file.h"
#include "core/data/csv.h"
#include "core/fleet/endpoint.h"
#include "core/fleet/live_quality.h"
#include "core/fleet/model_place.h"
#include "core/learn/integrated_gradients.h"
#include "core/learn/own_shap.h"
#include "core/learn/samples.h"
#include "core/serving/endpoint_scorer.h"
#include "core/serving/input_reader.h"

#include <QDir>
#include <QFileInfo>

#include <algorithm>
#include <numeric>

namespace pilothouse {

namespace {

constexpr std::size_t loggedRequests = 20000; // the newest: enough to draw from, read in a second

QString absolute(const std::string &path) { return QFileInfo(QString::fromStdString(path)).absoluteFilePath(); }

/// The workspace's services. To ask an address no workspace is needed: where none is found, the client's part of them.
Result<std::shared_ptr<fleet::Services>> servicesFor(Context &context, const ExplainOptions &options) {
    const bool named = !context.workspaceOption.isEmpty() || qEnvironmentVariableIsSet("PILOTHOUSE_WORKSPACE");
    if (named || !options.log.empty() || options.endpoint.find("://") == std::string::npos || workspace::findWorkspace({}, QDir::currentPath()))
        return context.services();
    auto services = std::make_shared<fleet::Services>();
    services->secrets = secrets::chainedStore({secrets::environmentStore(), secrets::keychainStore()});
    services->http = std::make_shared<net::HttpClient>();
    return services;
}

/// The package that says inputs and classes: MODEL, or the champion of the workspace's model whose endpoint is asked.
Result<void> findPackage(Context &context, const ExplainOptions &options, ExplainSubject &out) {
    if (!options.model.empty()) {
        PH_ASSIGN(const ModelRef ref, resolveModel(context, QString::fromStdString(options.model)));
        PH_ASSIGN(out.package, artifact::openPackage(ref.folder));
        out.label = ref.label();
        return {};
    }
    const QString name = QString::fromStdString(options.endpoint);
    if (const workspace::Model *model = out.services->workspace.model(name)) {
        PH_ASSIGN(const fleet::ModelPlace place, fleet::placeOf(*out.services, *model));
        if (const auto version = place.packagedByAlias(place.champion, context.stop())) {
            PH_ASSIGN(out.package, artifact::openPackage(version->source));
        }
    }
    return {};
}

Result<fleet::ModelEndpoint> openEndpoint(const ExplainOptions &options, const fleet::Services &services) {
    const QString text = QString::fromStdString(options.endpoint);
    if (!text.contains(QLatin1String("://")))
        return fleet::endpointOf(services, text);
    return fleet::endpointOf(services, {}, fleet::EndpointChoice{text, QString::fromStdString(options.protocol), QString::fromStdString(options.secret), {}});
}

/// Rows of a file for an endpoint that no package describes: every column is an input but the target and times.
Result<artifact::Rows> undescribedRows(const ExplainOptions &options, const workspace::DataSpec &spec, std::vector<data::Input> &inputs, QStringList &notes, std::stop_token stop) {
    if (options.data.empty())
        return invalid(QStringLiteral("Nothing says what inputs this endpoint takes."), {}, QStringLiteral("Give MODEL, or rows with --data FILE."));
    PH_ASSIGN(const data::LoadedTable loaded, data::loadData(spec, {}, stop));
    const QString target = QString::fromStdString(options.target);
    if (!target.isEmpty() && !loaded.table.find(target))
        return invalid(QStringLiteral("The file has no column “%1”.").arg(target), spec.source, QStringLiteral("It has: %1.").arg(loaded.table.names().join(QStringLiteral(", "))));
    for (const data::Column &column : loaded.table.columns) {
        if (column.name == target)
            continue;
        if (column.type == data::ColumnType::Time) {
            notes << QStringLiteral("Column “%1” holds times and is not sent.").arg(column.name);
            continue;
        }
        data::Input input{column.name, column.type, column.dictionary, true};
        std::sort(input.categories.begin(), input.categories.end());
        inputs.push_back(std::move(input));
    }
    return data::rowsFromTable(loaded.table, inputs);
}

/// What the endpoint says of such rows, and, where it refuses them (400, 422), that one of their columns may be what it predicts.
Error withoutTarget(const ExplainOptions &options, const artifact::Rows &rows, Error error) {
    if (error.kind == ErrorKind::Invalid && options.target.empty() && rows.count > 0)
        error.hint += (error.hint.isEmpty() ? QString() : QStringLiteral(" ")) + QStringLiteral("If one of the columns is no input: name the column that is predicted by --target.");
    return error;
}

/// @param counted  how rows are counted, for whoever names one that is not there
Result<artifact::Rows> oneOf(const artifact::Rows &rows, const std::vector<std::size_t> &numbers, qint64 wanted, const QString &where, const QString &counted) {
    if (numbers.empty() && (wanted < 0 || std::size_t(wanted) >= rows.count))
        return invalid(rows.count ? QStringLiteral("There is no row %1; the last one is row %2.").arg(wanted).arg(rows.count - 1) : QStringLiteral("There is no row to explain."), where, counted);
    if (numbers.empty())
        return explain::takeRows(rows, {std::size_t(wanted)});
    const auto found = std::find(numbers.begin(), numbers.end(), std::size_t(wanted));
    if (found != numbers.end())
        return explain::takeRows(rows, {std::size_t(found - numbers.begin())});
    if (std::size_t(wanted) < numbers.back())
        return invalid(QStringLiteral("Row %1 cannot be explained: an input is missing that the model does not fill in.").arg(wanted), where);
    return invalid(QStringLiteral("There is no row %1; the last one that the model can predict is row %2.").arg(wanted).arg(numbers.back()), where, counted);
}

Result<void> readJsonRows(const ExplainOptions &options, const artifact::Signature &signature, ExplainSubject &out) {
    PH_ASSIGN(const QByteArray body, readFile(QString::fromStdString(options.rows)));
    serving::ReadInput input;
    if (const auto problem = serving::InputReader(signature).read(serving::Protocol::Rest, body.toStdString(), out.rows, input))
        return invalid(QString::fromStdString(problem->what), QString::fromStdString(options.rows + (problem->field.empty() ? "" : ": " + problem->field)), QString::fromStdString(problem->hint));
    return {};
}

/// true: the truth beside the rows is wanted, by the method or because nothing better is known.
bool wantsTruth(const ExplainOptions &options, explain::Method method, const explain::Subject &subject) {
    return method == explain::Method::Permutation || (method == explain::Method::Auto && options.row < 0 && options.how.column.isEmpty() && !subject.own);
}

/// --log: what the endpoint was asked, newest first, coded by the package; of a model with one output the labels that came for it are the truth.
Result<void> readLog(const ExplainOptions &options, explain::Method method, ExplainSubject &out, std::vector<std::size_t> &numbers) {
    const QString name = QString::fromStdString(options.log);
    const workspace::Model *model = out.services->workspace.model(name);
    if (!model)
        return notFound(QStringLiteral("The workspace has no model “%1”.").arg(name), out.services->workspace.file);
    PH_ASSIGN(serving::LoggedRows logged, fleet::loggedRows(*out.services, *model, loggedRequests));
    out.source = QStringLiteral("prediction log of %1").arg(name);
    out.notes << QStringLiteral("%1 rows that were asked between %2 and %3.").arg(logged.table.rows()).arg(logged.from.toString(Qt::ISODate), logged.to.toString(Qt::ISODate));
    std::vector<std::size_t> newestFirst(logged.table.rows());
    std::iota(newestFirst.rbegin(), newestFirst.rend(), std::size_t(0));
    data::Table table = logged.table.take(newestFirst);
    const artifact::Signature &signature = out.package->signature;
    learn::ScoringRows rows;
    PH_ASSIGN(const std::size_t left, learn::addScoringRows(table, signature.inputs, 0, rows));
    if (left > 0)
        out.notes << learn::notScoredNote(left);
    if (wantsTruth(options, method, out.subject) && logged.labelled > 0 && signature.outputs.size() == 1 && logged.targets == signature.targets()) {
        std::erase_if(table.columns, [&](const data::Column &column) { return column.name == logged.predictionColumn; }); // an output may be called "prediction", too
        table.columns[std::size_t(table.indexOf(logged.labelColumn))].name = signature.outputs.front();
        PH_ASSIGN(out.truth, artifact::labelledRows(table, signature));
        out.notes << out.truth.notes();
    }
    out.rows = std::move(rows.inputs);
    numbers = std::move(rows.tableRows);
    if (out.rows.count == 0)
        return invalid(QStringLiteral("The log holds no row that the model can score."), out.source);
    if (method == explain::Method::Permutation && out.truth.inputs.count == 0)
        return invalid(QStringLiteral("The log holds no label to compare the model's answers with."), out.source,
                       signature.outputs.size() == 1 ? QStringLiteral("Send what turned out to be true to POST /labels, or give a file with it as --data.")
                                                     : QStringLiteral("Labels are not of all %1 outputs: give a file with the true values as --data.").arg(signature.outputs.size()));
    if (out.subject.background.count == 0) {
        out.subject.background = out.rows;
        out.notes << QStringLiteral("The package keeps no sample rows: the log's rows are the background.");
    }
    return {};
}

/// --rows, --log, --data or the package's own sample, and the one row of them that is asked for.
Result<void> readRows(const ExplainOptions &options, const workspace::DataSpec &data, explain::Method method, const artifact::LabelledRows &sample, ExplainSubject &out, std::stop_token stop) {
    std::vector<std::size_t> numbers;
    if (!options.rows.empty()) {
        out.source = absolute(options.rows);
        PH_TRY(readJsonRows(options, out.package->signature, out));
    } else if (!options.log.empty()) {
        PH_TRY(readLog(options, method, out, numbers));
    } else if (options.data.empty()) {
        out.source = out.package->folder + QStringLiteral("/sample.csv");
        out.rows = sample.inputs;
        out.truth = sample;
        if (out.rows.count == 0)
            return invalid(QStringLiteral("The package keeps no sample rows."), out.package->folder, QStringLiteral("Give a file as --data."));
    } else {
        out.source = data.source;
        if (wantsTruth(options, method, out.subject)) {
            auto labelled = learn::samplesFor(*out.package, learn::DataFile(data), stop);
            if (!labelled && method == explain::Method::Permutation)
                return labelled.error();
            if (labelled && labelled->rows.inputs.width == out.package->signature.inputs.size()) {
                out.notes << labelled->notes;
                out.truth = std::move(labelled->rows);
                out.truth.complete();
                out.rows = out.truth.inputs;
                return {};
            }
        }
        PH_ASSIGN(learn::ScoringRows rows, learn::scoringRows(*out.package, learn::DataFile(data), stop));
        out.notes << rows.notes;
        out.rows = std::move(rows.inputs);
        numbers = std::move(rows.tableRows);
        if (out.rows.count == 0)
            return invalid(QStringLiteral("The file holds no row that the model can score."), out.source);
    }
    if (options.row < 0)
        return {};
    const QString counted = !options.log.empty()  ? QStringLiteral("Rows are counted from 0, the newest.")
                            : numbers.empty()     ? QStringLiteral("Rows are counted from 0.")
                                                  : QStringLiteral("Rows are counted from 0, after the recipe's `where`.");
    PH_ASSIGN(out.rows, oneOf(out.rows, numbers, options.row, out.source, counted));
    return {};
}

} // namespace

Result<ExplainSubject> openExplainSubject(Context &context, const ExplainOptions &options, explain::Method method) {
    ExplainSubject out;
    std::optional<fleet::ModelEndpoint> endpoint;
    std::optional<learn::LoadedModel> loaded;
    if (!options.endpoint.empty() || !options.log.empty()) {
        PH_ASSIGN(out.services, servicesFor(context, options));
    }
    if (!options.endpoint.empty()) {
        PH_ASSIGN(endpoint, openEndpoint(options, *out.services));
        out.endpoint = endpoint->url + endpoint->profile.path;
    }
    PH_TRY(findPackage(context, options, out));
    workspace::DataSpec data;
    if (!options.data.empty()) {
        data.source = dataArgument(options.data);
        PH_TRY(fetchData(context, data, options.version));
        out.origin = QJsonObject::fromVariantMap(data.origin);
    }
    if (endpoint)
        out.label = out.endpoint;
    out.subject.model = out.label;
    if (!out.package) {
        std::vector<data::Input> inputs;
        PH_ASSIGN(artifact::Rows all, undescribedRows(options, data, inputs, out.notes, context.stop()));
        out.source = data.source;
        Result<artifact::Signature> signature = serving::signatureByAnswer(*endpoint->client, std::move(inputs), all, out.endpoint, context.stop());
        if (!signature)
            return withoutTarget(options, all, std::move(signature).error());
        out.subject.scorer = serving::endpointScorer(endpoint->client, *std::move(signature), out.endpoint, context.stop());
        out.subject.background = all;
        out.rows = std::move(all);
        if (options.row >= 0) {
            PH_ASSIGN(out.rows, oneOf(out.rows, {}, options.row, out.source, QStringLiteral("Rows are counted from 0.")));
        }
        return out;
    }
    PH_ASSIGN(const artifact::LabelledRows sample, artifact::sampleRows(out.package->folder, out.package->signature));
    out.subject.background = sample.inputs;
    if (endpoint) {
        out.subject.scorer = serving::endpointScorer(endpoint->client, out.package->signature, out.endpoint, context.stop());
    } else {
        PH_ASSIGN(loaded, learn::loadModel(*out.package));
        out.subject.scorer = learn::makeScorer(out.package->signature, loaded->transforms, loaded->model);
        PH_ASSIGN(out.subject.own, learn::ownShap(*loaded, out.package->signature, sample.inputs));
    }
    if (out.subject.background.count == 0 && !options.data.empty()) { // the file's own rows are compared with each other
        PH_ASSIGN(const learn::ScoringRows rows, learn::scoringRows(*out.package, learn::DataFile(data), context.stop()));
        out.subject.background = rows.inputs;
        out.notes << QStringLiteral("The package keeps no sample rows: the file's rows are the background.");
    }
    if (loaded && method == explain::Method::IntegratedGradients) {
        auto gradients = learn::integratedGradients(*loaded, out.package->signature, out.subject.background);
        if (!gradients && gradients.error().kind != ErrorKind::Refused)
            return gradients.error();
        if (gradients)
            out.subject.gradients = *std::move(gradients);
        else
            out.subject.withoutGradients = gradients.error().what;
    }
    PH_TRY(readRows(options, data, method, sample, out, context.stop()));
    return out;
}

} // namespace pilothouse
