// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/accuracy_estimated.h"

#include "core/artifact/package.h"
#include "core/base/clock.h"
#include "core/learn/load_scorer.h"
#include "core/learn/samples.h"
#include "core/serving/log_reader.h"

#include <QJsonArray>

#include <algorithm>
#include <cmath>

namespace pilothouse::fleet {

namespace {

using Q = QLatin1String;

constexpr std::size_t readRows = 200000, wantedReference = 2000;

/// One row of the log that the version answered.
struct Row {
    std::size_t at = 0; ///< in the table
    const serving::Outcome *outcome = nullptr;
    CalendarSpan span;
};

/// The inputs as numbers; a category by its code, which may order them as it likes: trees cut.
data::Rows inputsOf(const serving::LoggedRows &logged, const std::vector<const Row *> &rows) {
    data::Rows x;
    x.count = rows.size();
    x.width = std::size_t(std::max(0, logged.table.indexOf(logged.predictionColumn))); // what was predicted stands behind the inputs
    for (const Row *row : rows)
        for (std::size_t k = 0; k < x.width; ++k) {
            const data::Column &column = logged.table.columns[k];
            x.values.push_back(column.type == data::ColumnType::Category ? column.codes[row->at] < 0 ? std::nan("") : double(column.codes[row->at]) : column.numbers[row->at]);
        }
    return x;
}

/// Classes: what the version says of the log's rows, in its own classes.
struct Said {
    QStringList classes;
    std::vector<std::optional<std::size_t>> of; ///< [table rows] in `predictions`
    artifact::Predictions predictions;
};
Result<Said> score(const QString &folder, const serving::LoggedRows &logged) {
    PH_ASSIGN(const artifact::Package package, artifact::openPackage(folder));
    PH_ASSIGN(const artifact::ScorerPtr scorer, learn::loadScorer(package));
    learn::ScoringRows rows;
    PH_TRY(learn::addScoringRows(logged.table, package.signature.inputs, 0, rows));
    Said said;
    for (const std::string &name : package.signature.classes)
        said.classes << QString::fromStdString(name);
    PH_ASSIGN(said.predictions, scorer->score(rows.inputs));
    said.of.resize(logged.table.rows());
    for (std::size_t i = 0; i < rows.tableRows.size(); ++i)
        said.of[rows.tableRows[i]] = i;
    return said;
}

metrics::Scored scoredOf(const Said &said, const std::vector<const Row *> &rows, const QStringList &classes) {
    metrics::Scored out;
    out.classes = std::size_t(said.classes.size());
    for (const Row *row : rows) {
        const auto at = said.of[row->at];
        const qsizetype truth = row->outcome->labelled ? said.classes.indexOf(classes.value(qsizetype(row->outcome->truth))) : 0;
        if (!at || truth < 0 || said.predictions.probabilities.empty())
            continue;
        out.truth.push_back(double(truth));
        out.predicted.push_back(said.predictions.values[*at]);
        const auto first = said.predictions.probabilities.begin() + std::ptrdiff_t(*at * out.classes);
        out.probabilities.insert(out.probabilities.end(), first, first + std::ptrdiff_t(out.classes));
        ++out.count;
    }
    return out;
}

} // namespace

Result<EstimatedSeries> estimateAccuracy(Database &database, const serving::Outcomes &outcomes, const serving::AccuracyOptions &how, const std::function<Result<QString>(int)> &packageOf, std::stop_token stop) {
    PH_ASSIGN(const serving::LoggedRows logged, serving::newestRows(database, readRows));
    std::map<std::pair<qint64, int>, const serving::Outcome *> byId;
    for (const serving::Outcome &outcome : outcomes.rows)
        byId.emplace(std::pair(outcome.request, outcome.row), &outcome);
    EstimatedSeries out;
    std::vector<Row> rows;
    for (std::size_t i = 0; i < logged.ids.size(); ++i)
        if (const auto found = byId.find({logged.ids[i].request, logged.ids[i].row}); found != byId.end()) {
            rows.push_back({i, found->second, calendarSpan(logged.ids[i].timeMs, how.step, how.zone)});
            out.version = found->second->version; // the newest
        }
    std::erase_if(rows, [&](const Row &row) { return row.outcome->version != out.version; });
    std::stable_sort(rows.begin(), rows.end(), [](const Row &a, const Row &b) { return a.outcome->predictedMs < b.outcome->predictedMs; });
    const auto labelled = std::size_t(std::count_if(rows.begin(), rows.end(), [](const Row &row) { return row.outcome->labelled; }));
    // The oldest stretches, until there are enough labels or half of all: what is estimated later has had no part in it.
    std::vector<const Row *> reference;
    qint64 until = rows.empty() ? 0 : rows.front().span.from;
    for (const Row &row : rows) {
        if (row.span.from >= until && (reference.size() >= wantedReference || 2 * reference.size() >= labelled))
            break;
        until = row.span.to;
        if (row.outcome->labelled)
            reference.push_back(&row);
    }
    std::map<qint64, std::vector<const Row *>> later;
    for (const Row &row : rows)
        if (row.span.from >= until)
            later[row.span.from].push_back(&row);
    const QString from = QStringLiteral("%1 labelled rows until %2").arg(reference.size()).arg(isoUtc(QDateTime::fromMSecsSinceEpoch(until, Qt::UTC)));
    out.learned = from;
    if (!outcomes.classes.isEmpty()) {
        out.method = QStringLiteral("confidence (CBPE)");
        PH_ASSIGN(const QString folder, packageOf(out.version));
        PH_ASSIGN(const Said said, score(folder, logged));
        PH_ASSIGN(const auto estimator, learn::ConfidenceEstimator::fit(scoredOf(said, reference, outcomes.classes)));
        if (estimator.fineAsGiven())
            out.learned = QStringLiteral("probabilities as the model gives them, which %1 bear out").arg(from);
        else if (!estimator.calibrated())
            out.learned = QStringLiteral("probabilities as the model gives them: %1 are too few to calibrate them").arg(from);
        for (const auto &[start, some] : later) {
            PH_ASSIGN(auto estimate, estimator.estimate(how.metric.isEmpty() ? QStringLiteral("accuracy") : how.metric, scoredOf(said, some, outcomes.classes)));
            out.stretches.emplace_back(some.front()->span, std::move(estimate));
        }
        return out;
    }
    out.method = QStringLiteral("direct loss (DLE)");
    const int column = logged.table.indexOf(logged.predictionColumn);
    if (column < 0)
        return invalid(QStringLiteral("The log does not tell what was predicted."), database.path());
    const auto predictedOf = [&](const std::vector<const Row *> &some) {
        std::vector<double> predicted;
        for (const Row *row : some)
            predicted.push_back(logged.table.columns[std::size_t(column)].numbers[row->at]);
        return predicted;
    };
    std::vector<double> truth;
    for (const Row *row : reference)
        truth.push_back(row->outcome->truth);
    learn::FitContext fit;
    fit.stop = stop;
    PH_ASSIGN(const auto estimator, learn::LossEstimator::fit(inputsOf(logged, reference), predictedOf(reference), truth, how.metric.isEmpty() ? QStringLiteral("mae") : how.metric, fit));
    for (const auto &[start, some] : later) {
        PH_ASSIGN(auto estimate, estimator.estimate(inputsOf(logged, some), predictedOf(some)));
        out.stretches.emplace_back(some.front()->span, std::move(estimate));
    }
    return out;
}

QJsonObject EstimatedSeries::toJson(const serving::AccuracyOptions &options) const {
    const auto number = [](double value) { return std::isfinite(value) ? QJsonValue(value) : QJsonValue(); };
    QJsonArray list;
    for (const auto &[span, e] : stretches)
        list.append(QJsonObject{{Q("name"), calendarSpanName(span, options.step, options.zone)}, {Q("from"), isoUtc(QDateTime::fromMSecsSinceEpoch(span.from, Qt::UTC))}, {Q("to"), isoUtc(QDateTime::fromMSecsSinceEpoch(span.to, Qt::UTC))},
                                {Q("rows"), qint64(e.rows)}, {Q("value"), number(e.value)}, {Q("low"), number(e.low)}, {Q("high"), number(e.high)}});
    return {{Q("method"), method}, {Q("learned_from"), learned}, {Q("version"), version}, {Q("estimated"), true}, {Q("buckets"), list}};
}

QString EstimatedSeries::text(const serving::AccuracyOptions &options) const {
    QString text = QStringLiteral("Estimated without labels, %1, version %2; by %3. A change of what the inputs mean is not seen.\n").arg(method).arg(version).arg(learned);
    for (const auto &[span, e] : stretches)
        text += QStringLiteral("%1  %2 rows  %3 about %4 (%5 … %6), estimated\n").arg(calendarSpanName(span, options.step, options.zone)).arg(e.rows).arg(e.metric).arg(e.value, 0, 'g', 4).arg(e.low, 0, 'g', 4).arg(e.high, 0, 'g', 4);
    if (stretches.empty())
        text += QStringLiteral("There is no stretch behind those that it is learned from yet.\n");
    return text;
}

} // namespace pilothouse::fleet
