// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/evaluation.h"

#include "core/artifact/naive_scale.h"
#include "core/base/count_text.h"
#include "core/data/prepare_table.h"
#include "core/learn/load_scorer.h"
#include "core/learn/samples.h"
#include "core/metrics/targets.h"

#include <QTimeZone>

#include <algorithm>
#include <cmath>
#include <unordered_set>

namespace pilothouse::learn {

namespace {

using Q = QLatin1String;

/// Labelled rows of one package, each with what identifies it in the file: its row, or for a forecast its time.
struct Side {
    artifact::ScorerPtr scorer;
    Samples samples;
    std::vector<bool> trainedOn;
    std::int64_t key(std::size_t row) const { return samples.origins.empty() ? std::int64_t(samples.rows.tableRows[row]) : samples.origins[row]; }
};

Result<Side> load(const artifact::Package &package, const DataFile &dataFile, std::stop_token stop) {
    Side side;
    PH_ASSIGN(side.scorer, loadScorer(package));
    PH_ASSIGN(side.samples, samplesFor(package, dataFile, stop));
    PH_ASSIGN(const std::vector<std::uint64_t> known, artifact::trainRowHashes(package.folder));
    for (const std::uint64_t hash : artifact::rowHashes(side.samples.rows))
        side.trainedOn.push_back(std::binary_search(known.begin(), known.end(), hash));
    if (known.empty())
        side.samples.notes << QStringLiteral("The package does not say which rows it was trained on: none could be left out.");
    return side;
}

Error nothingLeft(const QString &dataFile, const data::LoadedTable &loaded) {
    if (loaded.table.rows() == 0)
        return invalid(loaded.report.rowsDropped == 0 ? QStringLiteral("The file holds no rows, only a header.")
                                                      : QStringLiteral("The file holds no rows that can be read: %1 left out, with another number of fields than the header.").arg(rowsText(std::size_t(loaded.report.rowsDropped))),
                       dataFile, QStringLiteral("Evaluate on rows with inputs and true values."));
    return refused(QStringLiteral("No row of the file is new to the model: all were training rows or lack the true value."), dataFile, QStringLiteral("Evaluate on other data."));
}

QString sentenceOf(const Evaluation &e, const QString &metric) {
    const auto it = std::find_if(e.changes.begin(), e.changes.end(), [&](const auto &c) { return c.metric == metric; });
    if (it == e.changes.end())
        return {};
    const QString found = metrics::verdictOf(*it, workspace::largerIsBetter(metric));
    const QString verdict = found == Q("not distinguishable") ? QStringLiteral("cannot be told from") : QStringLiteral("is %1 than").arg(found);
    const QString interval = std::isnan(it->low) ? QStringLiteral("no interval") : QStringLiteral("95 % interval %1 to %2").arg(it->low, 0, 'g', 3).arg(it->high, 0, 'g', 3);
    const QString disagreement = metrics::disagreement(*it, workspace::largerIsBetter(metric), *e.test), against = disagreement.isEmpty() ? QString() : QLatin1Char(' ') + disagreement;
    if (std::isnan(it->change))
        return QStringLiteral("The model cannot be told from the other: %1 is undefined on %2.").arg(metric, e.rows == 1 ? QStringLiteral("this row") : QStringLiteral("these %1 rows").arg(e.rows)) + against;
    return QStringLiteral("The model %1 the other: %2 %3 against %4, change %5 (%6) on %7; p = %8.")
               .arg(verdict, metric).arg(it->b, 0, 'g', 5).arg(it->a, 0, 'g', 5).arg(it->change, 0, 'g', 3).arg(interval).arg(rowsText(e.rows)).arg(e.test->p, 0, 'g', 3) + against;
}

std::vector<UnknownCategories> unknownOf(const Side &side, const std::vector<std::size_t> &rows) {
    std::vector<UnknownCategories> counts;
    if (!side.samples.origins.empty()) // a window holds numbers
        return counts;
    UnknownCounter counter(side.samples.loaded.table, side.samples.signature.inputs, counts);
    for (const std::size_t row : rows)
        counter.add(side.samples.rows.tableRows[row], side.samples.rows.inputs.row(row));
    return counts;
}

constexpr std::size_t mostCalibrated = 20; ///< classes: more curves than that nobody looks at

Result<metrics::Scored> score(const Side &side, const artifact::Package &package, const std::vector<std::size_t> &rows) {
    PH_ASSIGN(metrics::Scored scored, artifact::scoreRows(*side.scorer, side.samples.rows.take(rows)));
    scored.naiveScales = artifact::naiveScales(package);
    return scored;
}

Result<metrics::Slicing> slicingOf(const Side &side, const std::vector<std::size_t> &rows, const artifact::Package &package, const QString &by) {
    const Samples &samples = side.samples;
    if (samples.origins.empty()) {
        std::vector<std::size_t> tableRows;
        for (const std::size_t row : rows)
            tableRows.push_back(samples.rows.tableRows[row]);
        return metrics::sliceByColumn(by, samples.loaded.table, tableRows);
    }
    PH_ASSIGN(const workspace::Recipe recipe, recipeOf(package));
    const QString column = by.section(QLatin1Char(':'), 0, 0);
    if (column != Q("time") && column != recipe.time->column)
        return invalid(QStringLiteral("A forecast's rows are windows, so they can be sliced by time only, not by “%1”.").arg(by), {},
                       QStringLiteral("Write time:hour, time:weekday or time:month."));
    std::vector<std::int64_t> times;
    for (const std::size_t row : rows)
        times.push_back(samples.origins[row]);
    return metrics::sliceByTime(by, times, by.section(QLatin1Char(':'), 1), QTimeZone(recipe.time->zone.toUtf8()));
}

Result<SliceReport> sliceReport(const metrics::Slicing &slicing, const QString &metric, const metrics::Scored &scored, const metrics::Scored *other, std::size_t horizon) {
    SliceReport report{slicing.by, metric, slicing.missing(), metrics::resamplingFor(scored.count, horizon, metrics::sliceRounds(scored.count, std::size_t(slicing.names.size()))), {}, {}};
    PH_ASSIGN(report.slices, metrics::evaluateSlices({slicing}, metric, scored, report.bootstrap));
    if (other) {
        PH_ASSIGN(report.changes, metrics::compareSlices({slicing}, metric, *other, scored, report.bootstrap));
    }
    return report;
}

Result<void> describeClasses(Evaluation &e, const metrics::Scored &scored, const artifact::Package &package) {
    for (const std::string &name : package.signature.classes)
        e.classes << QString::fromStdString(name);
    PH_ASSIGN(e.classFigures, metrics::classReport(scored, e.bootstrap));
    e.confusion = metrics::confusion(scored);
    if (scored.probabilities.empty() || scored.classes > mostCalibrated)
        return {};
    for (std::size_t c = scored.classes == 2 ? 1 : 0; c < scored.classes; ++c)
        e.calibration.push_back({e.classes[qsizetype(c)], metrics::calibrationCurve(scored, c, metrics::CalibrationBins::EqualWidth),
                                 metrics::calibrationCurve(scored, c, metrics::CalibrationBins::Quantile)});
    return {};
}

/// Rows that both have and neither was trained on; gives how many of both were left out.
std::size_t common(const Side &mine, const Side &other, std::vector<std::size_t> &rows, std::vector<std::size_t> &otherRows) {
    std::size_t excluded = 0;
    for (std::size_t i = 0, j = 0; i < mine.trainedOn.size() && j < other.trainedOn.size();) { // keys rise on both sides
        if (mine.key(i) != other.key(j)) {
            mine.key(i) < other.key(j) ? ++i : ++j;
            continue;
        }
        if (mine.trainedOn[i] || other.trainedOn[j])
            ++excluded;
        else {
            rows.push_back(i);
            otherRows.push_back(j);
        }
        ++i;
        ++j;
    }
    return excluded;
}

Result<void> compareWith(Evaluation &e, const metrics::Scored &scored, const metrics::Scored &other, std::size_t horizon) {
    PH_ASSIGN(e.against, metrics::allMetrics(other));
    PH_ASSIGN(e.changes, metrics::pairedBootstrap(metrics::metricNames(scored), other, scored, e.bootstrap));
    for (const metrics::PairedInterval &c : e.changes)
        e.intervals.push_back({c.metric, c.b, c.ofB.low, c.ofB.high});
    PH_ASSIGN(e.test, metrics::pairedTestFor(e.metric, other, scored, horizon));
    e.sentence = sentenceOf(e, e.metric);
    return {};
}

/// @param other  of the second model; null without one
Result<void> describeTargets(Evaluation &e, const metrics::Scored &scored, const metrics::Scored *other, const QStringList &names) {
    for (std::size_t t = 0; scored.targets() > 1 && t < scored.targets(); ++t) {
        TargetEvaluation target{names[qsizetype(t)], {}, {}};
        const metrics::Scored mine = metrics::ofTarget(scored, t);
        const QStringList all = metrics::metricNames(mine);
        if (other) {
            PH_ASSIGN(target.changes, metrics::pairedBootstrap(all, metrics::ofTarget(*other, t), mine, e.bootstrap));
            for (const metrics::PairedInterval &c : target.changes)
                target.intervals.push_back({c.metric, c.b, c.ofB.low, c.ofB.high});
        } else {
            PH_ASSIGN(target.intervals, metrics::bootstrapIntervals(all, mine, e.bootstrap));
        }
        e.targets.push_back(std::move(target));
    }
    return {};
}

} // namespace

metrics::Values Evaluation::everyValue() const {
    std::vector<metrics::TargetValues> each;
    for (const TargetEvaluation &target : targets) {
        each.push_back({target.target, {}});
        for (const metrics::MetricInterval &i : target.intervals)
            each.back().values.insert(i.metric, i.value);
    }
    return metrics::withTargets(values, each);
}

Result<Evaluation> evaluatePackage(const artifact::Package &package, const DataFile &dataFile, const artifact::Package *against, std::stop_token stop, const QString &by) {
    if (against && (package.signature.task != against->signature.task || package.signature.outputs != against->signature.outputs || package.signature.classes != against->signature.classes))
        return refused(QStringLiteral("The two models do not predict the same thing, so they cannot be compared."), {}, QStringLiteral("Target, horizon and classes must be equal."));
    if (against && package.signature.task != workspace::TaskKind::Forecast) { // windows are told apart by their times
        PH_ASSIGN(const workspace::Recipe own, recipeOf(package));
        PH_ASSIGN(const workspace::Recipe theirs, recipeOf(*against));
        if (const QString a = data::stepsText(own), b = data::stepsText(theirs); a != b)
            return refused(QStringLiteral("The two models do not predict the same rows: %1 and %2.").arg(a.isEmpty() ? QStringLiteral("those of the file") : a, b.isEmpty() ? QStringLiteral("those of the file") : b), {},
                           QStringLiteral("Compare models whose recipes resample alike."));
    }
    PH_ASSIGN(const Side mine, load(package, dataFile, stop));
    Evaluation e;
    e.notes = mine.samples.notes;
    std::vector<std::size_t> rows, otherRows;
    Side other;
    if (against) {
        PH_ASSIGN(other, load(*against, dataFile, stop));
        e.notes += other.samples.notes;
        e.notes.removeDuplicates();
        e.excluded = common(mine, other, rows, otherRows);
    } else {
        for (std::size_t i = 0; i < mine.trainedOn.size(); ++i)
            if (!mine.trainedOn[i])
                rows.push_back(i);
        e.excluded = mine.trainedOn.size() - rows.size();
    }
    e.rows = rows.size();
    if (rows.empty())
        return !mine.trainedOn.empty() || mine.samples.loaded.table.rows() == 0
                   ? nothingLeft(dataFile.source, mine.samples.loaded)
                   : invalid((QStringList{QStringLiteral("No row of the file can be judged: each lacks the true value, or an input that the model does not fill in.")} + e.notes).join(QLatin1Char(' ')), dataFile.source,
                             QStringLiteral("Compare its columns with those that `pilot profile` shows."));
    e.unknown = unknownOf(mine, rows);
    e.notes += unknownNotes(e.unknown);
    if (against) {
        e.unknownToOther = unknownOf(other, otherRows);
        e.notes += unknownNotes(e.unknownToOther, QStringLiteral("the other model's training"));
    }
    e.metric = package.metrics.value(Q("select")).toString();
    if (e.metric.isEmpty())
        e.metric = workspace::defaultMetric(package.signature.task, std::size_t(package.signature.targets().size()));
    const std::size_t horizon = package.signature.horizon();
    e.bootstrap = metrics::resamplingFor(e.rows, horizon);
    PH_ASSIGN(const metrics::Scored scored, score(mine, package, rows));
    PH_ASSIGN(e.values, metrics::allMetrics(scored));
    metrics::Scored otherScored;
    if (against) {
        PH_ASSIGN(otherScored, score(other, *against, otherRows));
        otherScored.naiveScales = scored.naiveScales; // one scale for both, or their errors cannot be told apart
        PH_TRY(compareWith(e, scored, otherScored, horizon));
    } else {
        PH_ASSIGN(e.intervals, metrics::bootstrapIntervals(metrics::metricNames(scored), scored, e.bootstrap));
    }
    PH_TRY(describeTargets(e, scored, against ? &otherScored : nullptr, package.signature.targets()));
    if (scored.isClassification())
        PH_TRY(describeClasses(e, scored, package));
    if (!by.isEmpty()) {
        PH_ASSIGN(const metrics::Slicing slicing, slicingOf(mine, rows, package, by));
        PH_ASSIGN(e.slices, sliceReport(slicing, e.metric, scored, against ? &otherScored : nullptr, horizon));
    }
    return e;
}

} // namespace pilothouse::learn
