// SPDX-License-Identifier: GPL-3.0-or-later
// pilot explain MODEL [--data FILE | --rows FILE.json | --log NAME] [--row N] [--method M] [--column C] [--output CLASS|OUTPUT]
//               [--out FILE.csv] [--report FILE.html] [--endpoint NAME|URL]: why the model answers as it does, for one row or for a data set.
//   Without --data, --rows and --log the package's own sample rows are explained. --log takes what the endpoint of a model of the workspace
//   was asked lately on this machine, newest first, with the labels that came as truth. With --endpoint the endpoint is asked instead of the model on
//   this machine; MODEL then only says the inputs, and may be left out for a model of the workspace, or where --data names every input. A URL needs no workspace.
//   --json: the object of explain::Explanation::toJson() (core/explain/explanation.h) with every feature, and "package","digest","endpoint"|null,
//   "data","seconds", of fetched data "origin". Progress events count steps of the method.
#include "app/pilot/data_source.h"
#include "app/pilot/explain_subject.h"
#include "app/pilot/report_page.h"

#include "core/base/file.h"
#include "core/base/pace.h"

#include <QFileInfo>

#include <chrono>
#include <memory>
#include <mutex>

namespace pilothouse {

namespace {

using Q = QLatin1String;

QString figure(double value) {
    QString text = QString::number(value, 'g', 5);
    return text;
}

QString barsText(const explain::Explanation &e, std::size_t top) {
    QString text;
    qsizetype width = 7;
    for (const explain::FeatureLine &f : e.features)
        width = std::max(width, f.feature.size());
    if (e.view == explain::View::Row)
        text = QStringLiteral("%1  %2  contribution\n").arg(QStringLiteral("feature").leftJustified(width), QStringLiteral("value").leftJustified(14));
    else
        text = QStringLiteral("%1  %2  %3  %4 … %5\n").arg(QStringLiteral("feature").leftJustified(width), QStringLiteral("mean").rightJustified(11), QStringLiteral("std").rightJustified(11), QStringLiteral("low"), QStringLiteral("high"));
    std::size_t shown = 0;
    for (const explain::FeatureLine &f : e.features) {
        if (top && shown++ == top)
            break;
        if (e.view == explain::View::Row)
            text += QStringLiteral("%1  %2  %3%4\n").arg(f.feature.leftJustified(width), (f.value.isEmpty() ? QStringLiteral("missing") : f.value).leftJustified(14), f.weight > 0 ? QStringLiteral("+") : QString(), figure(f.weight));
        else
            text += QStringLiteral("%1  %2  %3  %4 … %5\n").arg(f.feature.leftJustified(width), figure(f.weight).rightJustified(11), figure(f.std).rightJustified(11), figure(f.low), figure(f.high));
    }
    if (top && e.features.size() > top)
        text += QStringLiteral("… and %1 more\n").arg(e.features.size() - top);
    return text;
}

QString dependenceText(const explain::Explanation &e) {
    QString text = QStringLiteral("%1  average\n").arg(e.column);
    for (std::size_t g = 0; g < e.dependence.grid.size(); ++g)
        text += QStringLiteral("%1  %2\n").arg(e.dependence.names.empty() ? figure(e.dependence.grid[g]) : e.dependence.names[g], figure(e.dependence.average[g]));
    return text;
}

QString answerText(const explain::Explanation &e, std::size_t top) {
    QString text = QStringLiteral("%1, scale: %2%3\n").arg(e.methodTitle(), e.scale, e.unit.isEmpty() ? QString() : QStringLiteral(", ") + e.unit);
    if (e.view == explain::View::Row)
        text += QStringLiteral("prediction %1   base %2   sum %3   explained %4\n").arg(e.prediction, figure(e.base), figure(e.sum), figure(e.explained));
    if (!e.metric.isEmpty())
        text += QStringLiteral("%1 of the rows as they are: %2\n").arg(e.metric, figure(e.baseline));
    return text + (e.view == explain::View::Dependence ? dependenceText(e) : barsText(e, top)) + e.sentence();
}

/// At most ten events a second, whoever reports.
std::function<void(qint64, qint64)> progressOf(Context &context, const QString &unit) {
    struct State {
        std::mutex lock;
        Pace pace;
    };
    return [&context, unit, state = std::make_shared<State>()](qint64 done, qint64 total) {
        {
            const std::lock_guard guard(state->lock);
            if (!state->pace.due(done, total))
                return;
        }
        context.events().progress(done, total, unit, -1, QStringLiteral("explain"));
    };
}

Result<explain::Grouping> groupingOf(const std::string &text) {
    if (text == "inputs")
        return explain::Grouping::Inputs;
    if (text == "series")
        return explain::Grouping::Series;
    if (text == "lags")
        return explain::Grouping::Lags;
    return invalid(QStringLiteral("There is no grouping “%1”.").arg(QString::fromStdString(text)), {}, QStringLiteral("There are: inputs, series, lags."));
}

Result<void> runExplain(Context &context, ExplainOptions options) {
    const auto start = std::chrono::steady_clock::now();
    PH_ASSIGN(options.how.method, explain::methodOf(QString::fromStdString(options.method)));
    PH_ASSIGN(options.how.grouping, groupingOf(options.group));
    if (!options.endpoint.empty() && !options.backgroundGiven)
        options.how.background = 20; // each coalition asks the endpoint for that many rows
    PH_ASSIGN(const ExplainSubject loaded, openExplainSubject(context, options, options.how.method));
    const bool oneRow = options.row >= 0 || (!options.rows.empty() && loaded.rows.count == 1);
    explain::Run run;
    run.stop = context.stop();
    run.progress = progressOf(context, QStringLiteral("steps"));
    PH_ASSIGN(explain::Explanation e, oneRow ? explain::explainRow(loaded.subject, loaded.rows, options.how, run)
                                             : explain::explainDataSet(loaded.subject, loaded.rows, loaded.truth, options.how, run));
    e.row = options.row;
    e.notes = loaded.notes + e.notes;
    if (!loaded.endpoint.isEmpty())
        e.notes << QStringLiteral("The endpoint was asked for every row that the method needs; it may have logged them.");
    for (const QString &note : std::as_const(e.notes))
        context.note(note);
    if (!options.out.empty())
        PH_TRY(writeFileAtomically(QFileInfo(QString::fromStdString(options.out)).absoluteFilePath(), e.toCsv()));
    if (!options.report.empty()) {
        explain::Explanation page = e;
        if (options.top && page.features.size() > options.top)
            page.features.resize(options.top);
        PH_TRY(writeReportPage(options.report, explain::htmlReport(page)));
    }
    QJsonObject object = e.toJson();
    object.insert(Q("package"), loaded.package ? QJsonValue(loaded.package->folder) : QJsonValue());
    object.insert(Q("digest"), loaded.package ? QJsonValue(loaded.package->digest) : QJsonValue());
    object.insert(Q("endpoint"), loaded.endpoint.isEmpty() ? QJsonValue() : QJsonValue(loaded.endpoint));
    object.insert(Q("data"), loaded.source);
    if (!loaded.origin.isEmpty())
        object.insert(Q("origin"), loaded.origin);
    object.insert(Q("seconds"), std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    context.answer(object, answerText(e, options.top).trimmed());
    return {};
}

void addOptions(CLI::App &app, ExplainOptions &o, std::string &output, std::string &column, std::string &metric) {
    app.add_option("model", o.model, "Package folder, NAME@ALIAS or NAME/VERSION");
    auto *data = app.add_option("--data", o.data, "The model's inputs: a CSV file, http(s)://, s3://BUCKET/KEY, FILE.dvc or dvc:PATH; default: the package's sample rows");
    o.version.addTo(app);
    auto *rows = app.add_option("--rows", o.rows, "JSON file as POST /predict takes it")->excludes(data);
    app.add_option("--log", o.log, "What this model of the workspace was asked lately, by its prediction log")->excludes(data)->excludes(rows);
    app.add_option("--row", o.row, "Explain this row only, counted from 0")->check(CLI::Range(0, 2000000000));
    app.add_option("--method", o.method, "auto, shap, tree-shap, linear-shap, kernel-shap, integrated-gradients, lime, permutation, partial-dependence");
    app.add_option("--column", column, "Input that partial dependence varies");
    app.add_option("--output", output, "Class or output to explain");
    app.add_option("--group", o.group, "Inputs of a forecast together: inputs, series, lags");
    app.add_option("--metric", metric, "Metric of permutation importance");
    app.add_option("--repeats", o.how.repeats, "Of permutation importance (10)")->check(CLI::Range(1, 1000));
    app.add_option("--sample", o.how.sample, "Rows of a data set that are explained")->check(CLI::Range(1, 1000000000));
    app.add_option("--background", o.how.background, "Rows that Kernel SHAP compares with (100; 20 for an endpoint)")->check(CLI::Range(1, 10000));
    app.add_option("--coalitions", o.how.coalitions, "Of Kernel SHAP (2 x features + 2048)")->check(CLI::Range(1, 1000000000));
    app.add_option("--samples", o.how.samples, "Of LIME (5000)")->check(CLI::Range(2, 1000000));
    app.add_option("--grid", o.how.grid, "Points of partial dependence (100)")->check(CLI::Range(2, 10000));
    app.add_option("--seed", o.how.seed, "Of everything drawn (7)");
    app.add_option("--top", o.top, "Show the strongest only (the CSV file and --json hold all)")->check(CLI::Range(1, 1000000000));
    app.add_option("--out", o.out, "CSV file to write");
    app.add_option("--report", o.report, "Write a self-contained HTML page");
    addMaxMemory(app);
    auto *endpoint = app.add_option("--endpoint", o.endpoint, "Ask an endpoint: a model of the workspace, or a URL");
    app.add_option("--protocol", o.protocol, "Of a URL: rest, kserve-v1, kserve-v2")->needs(endpoint);
    app.add_option("--secret", o.secret, "Name of the secret that is the API key of a URL")->needs(endpoint);
    app.add_option("--target", o.target, "Column of --data that is no input, where no package says so")->needs(endpoint);
}

const Verb verb("explain", "Why a model answers as it does: SHAP, LIME, importance, dependence", [](CLI::App &app, VerbBody &body) {
    struct Texts {
        std::string output, column, metric;
    };
    auto options = std::make_shared<ExplainOptions>();
    auto texts = std::make_shared<Texts>();
    addOptions(app, *options, texts->output, texts->column, texts->metric);
    app.callback([options, texts, &app, &body] {
        if (options->model.empty() && options->endpoint.empty())
            throw CLI::RequiredError("MODEL or --endpoint");
        if (!(options->rows.empty() && options->log.empty()) && options->model.empty())
            throw CLI::RequiredError(options->rows.empty() ? "MODEL (--log)" : "MODEL (--rows)");
        options->backgroundGiven = app.count("--background") > 0;
        options->how.output = QString::fromStdString(texts->output);
        options->how.column = QString::fromStdString(texts->column);
        options->how.metric = QString::fromStdString(texts->metric);
        body = [options](Context &context) { return runExplain(context, *options); };
    });
});

} // namespace
} // namespace pilothouse
