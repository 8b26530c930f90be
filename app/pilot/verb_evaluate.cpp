// SPDX-License-Identifier: GPL-3.0-or-later
// pilot evaluate MODEL --data FILE [--against MODEL] [--by COLUMN] [--metrics-out FILE]: metrics on rows that the model was not trained on, computed now,
// each with its 95 % bootstrap interval (a forecast's rows are drawn in blocks).
//   --by  a column of the file: each category, a number's quarters, or a time's part (COLUMN:hour, :weekday, :month); of a forecast
//         time:hour, time:weekday, time:month. Each slice is held against the rest; slices marked worse are so after correction
//         for their number (Benjamini-Hochberg, 5 %); with fewer than 30 rows a slice is shown and not judged.
//   --metrics-out  the metrics as a flat JSON file for `dvc metrics` and CI: {"r2":0.64,…}, with several targets also {"mae@t2m":…}
//   --json {"model","package","data", and what learn::Evaluation::toJson writes: "rows","excluded","metrics","intervals","metric","classes",
//          "confusion","calibration","slices","targets" of a forecast of several,"against":null|{"model","package",…},"bootstrap","notes",
//          "unknown_categories":[{"column","rows","categories":[the first five],"more"}]: what of the rows training never saw}
#include "app/pilot/data_source.h"
#include "app/pilot/metrics_file.h"
#include "app/pilot/model_ref.h"

#include "core/artifact/package.h"
#include "core/base/count_text.h"
#include "core/learn/evaluation.h"

#include <QFileInfo>

#include <cmath>
#include <memory>
#include <optional>

namespace pilothouse {

namespace {

using Q = QLatin1String;

struct Options {
    std::string model, data, against, by, metricsOut;
    DataVersion version;
};

QString shortNumber(double value, int digits = 4) { return std::isnan(value) ? QStringLiteral("undefined") : QString::number(value, 'g', digits); }
QString range(double low, double high) { return std::isnan(low) || std::isnan(high) ? QStringLiteral("(no interval)") : QStringLiteral("(%1 … %2)").arg(shortNumber(low), shortNumber(high)); }

QString intervalsText(const std::vector<metrics::MetricInterval> &intervals, const std::vector<metrics::PairedInterval> &changes) {
    QString text;
    for (const metrics::MetricInterval &i : intervals) {
        text += QStringLiteral("  %1 %2  %3").arg(i.metric, -20).arg(shortNumber(i.value, 6), 12).arg(range(i.low, i.high));
        for (const metrics::PairedInterval &c : changes)
            if (c.metric == i.metric)
                text += QStringLiteral("  against %1  change %2 %3").arg(shortNumber(c.a, 6), shortNumber(c.change), range(c.low, c.high));
        text += QLatin1Char('\n');
    }
    return text;
}

QString metricsText(const learn::Evaluation &e) {
    QString text = QStringLiteral("%1, %2 left out; 95 % intervals by bootstrap: %3\n").arg(rowsText(e.rows), countText(e.excluded, QStringLiteral("training row")), e.bootstrap.text());
    if (!e.targets.empty())
        text += QStringLiteral("Means over %1 targets, of metrics without a unit:\n").arg(e.targets.size());
    text += intervalsText(e.intervals, e.changes);
    for (const learn::TargetEvaluation &target : e.targets)
        text += QStringLiteral("%1 by itself:\n").arg(target.target) + intervalsText(target.intervals, target.changes);
    return text;
}

QString classesText(const learn::Evaluation &e) {
    if (e.classFigures.empty())
        return {};
    QString text = QStringLiteral("By class: precision, recall, f1, rows of the class, rows said to be\n");
    for (std::size_t c = 0; c < e.classFigures.size(); ++c) {
        const metrics::ClassFigures &f = e.classFigures[c];
        const auto figure = [](double value, const metrics::Interval &i, bool defined) { // 0/0 counts as 0, but is shown as what it is
            return defined ? QStringLiteral("%1 %2").arg(shortNumber(value), range(i.low, i.high)) : QStringLiteral("undefined");
        };
        text += QStringLiteral("  %1 %2  %3  %4  %5  %6\n")
                    .arg(e.classes[qsizetype(c)].leftJustified(20), figure(f.precision, f.ofPrecision, f.predicted > 0), figure(f.recall, f.ofRecall, f.support > 0),
                         figure(f.f1, f.ofF1, f.support + f.predicted > 0), QString::number(f.support), QString::number(f.predicted));
    }
    return text;
}

QString slicesText(const learn::SliceReport &report) {
    QString text = QStringLiteral("%1 by %2, worse than the rest by Benjamini-Hochberg at 5 %, slices under %3 rows not judged; bootstrap: %4\n")
                       .arg(report.metric, report.by, QString::number(metrics::sliceRows), report.bootstrap.text());
    for (const metrics::Slice &s : report.slices) {
        const QString found = std::isnan(s.adjusted) ? QStringLiteral("not judged") : QStringLiteral("p = %1%2").arg(shortNumber(s.adjusted, 3), s.worse ? QStringLiteral("  worse") : QString());
        text += QStringLiteral("  %1 %2 rows  %3 %4  rest %5  %6")
                    .arg(s.name.leftJustified(20), QString::number(s.rows).rightJustified(8), shortNumber(s.value, 6).rightJustified(12), range(s.low, s.high), shortNumber(s.rest, 6), found);
        for (const metrics::PairedSlice &c : report.changes)
            if (c.name == s.name)
                text += QStringLiteral("  against %1  change %2 %3  %4").arg(shortNumber(c.a, 6), shortNumber(c.change), range(c.low, c.high), c.verdict);
        text += QLatin1Char('\n');
    }
    if (report.withoutValue)
        text += QStringLiteral("  %1 no slice: no value of %2\n").arg(report.withoutValue == 1 ? QStringLiteral("1 row is in") : QStringLiteral("%1 rows are in").arg(report.withoutValue), report.by);
    return text;
}

Result<void> evaluate(Context &context, const Options &options) {
    PH_TRY(checkMetricsFile(options.metricsOut));
    PH_ASSIGN(const ModelRef ref, resolveModel(context, QString::fromStdString(options.model)));
    PH_ASSIGN(const artifact::Package package, artifact::openPackage(ref.folder));
    std::optional<ModelRef> otherRef;
    std::optional<artifact::Package> other;
    if (!options.against.empty()) {
        PH_ASSIGN(otherRef, resolveModel(context, QString::fromStdString(options.against)));
        PH_ASSIGN(other, artifact::openPackage(otherRef->folder));
    }
    workspace::DataSpec source;
    source.source = dataArgument(options.data);
    PH_TRY(fetchData(context, source, options.version));
    const sources::LocalFile local{source.path(), source.fetchedSha256, 0, QJsonObject::fromVariantMap(source.origin)};
    const QString data = source.source;
    PH_ASSIGN(const learn::Evaluation e, namingSource(learn::evaluatePackage(package, learn::DataFile(source), other ? &*other : nullptr, context.stop(), QString::fromStdString(options.by)), local, data));
    for (const QString &note : e.notes)
        context.note(note);
    QJsonObject object = e.toJson();
    object.insert(Q("model"), ref.label());
    object.insert(Q("package"), package.folder);
    object.insert(Q("data"), data);
    if (!local.origin.isEmpty())
        object.insert(Q("origin"), local.origin);
    if (other) {
        QJsonObject against = object.value(Q("against")).toObject();
        against.insert(Q("model"), otherRef->label());
        against.insert(Q("package"), other->folder);
        object.insert(Q("against"), against);
    }
    PH_TRY(writeMetricsFile(options.metricsOut, e.everyValue()));
    context.answer(object, (metricsText(e) + classesText(e) + (e.slices ? slicesText(*e.slices) : QString()) + e.sentence).trimmed());
    return {};
}

const Verb verb("evaluate", "Judge a model on a file, alone or against another", [](CLI::App &app, VerbBody &body) {
    auto options = std::make_shared<Options>();
    app.add_option("model", options->model, "Package folder, NAME@ALIAS or NAME/VERSION")->required();
    app.add_option("--data", options->data, "Inputs and true values: a CSV file, http(s)://, s3://BUCKET/KEY, FILE.dvc or dvc:PATH")->required();
    options->version.addTo(app);
    addMaxMemory(app);
    app.add_option("--against", options->against, "A second model, judged on the same rows");
    app.add_option("--by", options->by, "Slices by this column (a time's part: COLUMN:hour, :weekday, :month)");
    app.add_option("--metrics-out", options->metricsOut, "Also write the metrics to this file, as flat JSON for `dvc metrics` and CI");
    app.callback([options, &body] { body = [options](Context &context) { return evaluate(context, *options); }; });
});

} // namespace
} // namespace pilothouse
