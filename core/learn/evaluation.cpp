// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/evaluation.h"

#include "core/base/json.h"
#include "core/learn/load_scorer.h"
#include "core/learn/samples.h"

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

Result<Side> load(const artifact::Package &package, const QString &dataFile, std::stop_token stop) {
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

Result<metrics::Scored> score(const Side &side, const std::vector<std::size_t> &rows) { return artifact::scoreRows(*side.scorer, side.samples.rows.take(rows)); }

Error nothingLeft(const QString &dataFile) {
    return refused(QStringLiteral("No row of the file is new to the model: all were training rows or lack the true value."), dataFile, QStringLiteral("Evaluate on other data."));
}

QString sentenceOf(const Evaluation &e, const QString &metric) {
    const auto it = std::find_if(e.changes.begin(), e.changes.end(), [&](const auto &c) { return c.metric == metric; });
    if (it == e.changes.end())
        return {};
    const QString found = metrics::verdictOf(*it, workspace::largerIsBetter(metric));
    const QString verdict = found == Q("not distinguishable") ? QStringLiteral("cannot be told from") : QStringLiteral("is %1 than").arg(found);
    const QString interval = std::isnan(it->low) ? QStringLiteral("no interval") : QStringLiteral("95 % interval %1 to %2").arg(it->low, 0, 'g', 3).arg(it->high, 0, 'g', 3);
    const QString against = metrics::disagreement(*it, workspace::largerIsBetter(metric), *e.test);
    return QStringLiteral("The model %1 the other: %2 %3 against %4, change %5 (%6) on %7 rows; p = %8.")
               .arg(verdict, metric).arg(it->b, 0, 'g', 5).arg(it->a, 0, 'g', 5).arg(it->change, 0, 'g', 3).arg(interval).arg(e.rows).arg(e.test->p, 0, 'g', 3) +
           (against.isEmpty() ? QString() : QLatin1Char(' ') + against);
}

} // namespace

QJsonObject Evaluation::toJson() const {
    QJsonObject object{{Q("rows"), qint64(rows)}, {Q("excluded"), qint64(excluded)}, {Q("metrics"), metrics::toJson(values)}, {Q("bootstrap"), bootstrap.toJson()}, {Q("notes"), QJsonArray::fromStringList(notes)}};
    if (!against) {
        object.insert(Q("against"), QJsonValue());
        return object;
    }
    QJsonArray list;
    for (const metrics::PairedInterval &c : changes)
        list.append(QJsonObject{{Q("metric"), c.metric}, {Q("against"), jsonNumber(c.a)}, {Q("model"), jsonNumber(c.b)}, {Q("change"), jsonNumber(c.change)}, {Q("low"), jsonNumber(c.low)}, {Q("high"), jsonNumber(c.high)}});
    object.insert(Q("against"), QJsonObject{{Q("metrics"), metrics::toJson(*against)}, {Q("changes"), list}, {Q("sentence"), sentence},
                                            {Q("test"), QJsonObject{{Q("name"), test->name}, {Q("loss"), test->loss}, {Q("p"), test->p}, {Q("mean_difference"), test->meanDifference}}}});
    return object;
}

Result<Evaluation> evaluatePackage(const artifact::Package &package, const QString &dataFile, const artifact::Package *against, std::stop_token stop) {
    PH_ASSIGN(const Side mine, load(package, dataFile, stop));
    Evaluation e;
    e.notes = mine.samples.notes;
    std::vector<std::size_t> rows, otherRows;
    if (!against) {
        for (std::size_t i = 0; i < mine.trainedOn.size(); ++i)
            if (!mine.trainedOn[i])
                rows.push_back(i);
        e.rows = rows.size();
        e.excluded = mine.trainedOn.size() - rows.size();
        if (rows.empty())
            return nothingLeft(dataFile);
        PH_ASSIGN(const metrics::Scored scored, score(mine, rows));
        PH_ASSIGN(e.values, metrics::allMetrics(scored));
        return e;
    }
    if (package.signature.task != against->signature.task || package.signature.outputs != against->signature.outputs || package.signature.classes != against->signature.classes)
        return refused(QStringLiteral("The two models do not predict the same thing, so they cannot be compared."), {}, QStringLiteral("Target, horizon and classes must be equal."));
    PH_ASSIGN(const Side other, load(*against, dataFile, stop));
    e.notes += other.samples.notes;
    e.notes.removeDuplicates();
    for (std::size_t i = 0, j = 0; i < mine.trainedOn.size() && j < other.trainedOn.size();) { // keys rise on both sides
        if (mine.key(i) != other.key(j)) {
            mine.key(i) < other.key(j) ? ++i : ++j;
            continue;
        }
        if (mine.trainedOn[i] || other.trainedOn[j])
            ++e.excluded;
        else {
            rows.push_back(i);
            otherRows.push_back(j);
        }
        ++i;
        ++j;
    }
    e.rows = rows.size();
    if (rows.empty())
        return nothingLeft(dataFile);
    PH_ASSIGN(const metrics::Scored scored, score(mine, rows));
    PH_ASSIGN(const metrics::Scored otherScored, score(other, otherRows));
    PH_ASSIGN(e.values, metrics::allMetrics(scored));
    PH_ASSIGN(e.against, metrics::allMetrics(otherScored));
    e.bootstrap = metrics::resamplingFor(e.rows, package.signature.horizon());
    PH_ASSIGN(e.changes, metrics::pairedBootstrap(metrics::metricNames(scored.classes), otherScored, scored, e.bootstrap));
    QString selected = package.metrics.value(Q("select")).toString();
    if (selected.isEmpty())
        selected = workspace::defaultMetric(package.signature.task);
    PH_ASSIGN(e.test, metrics::pairedTestFor(selected, otherScored, scored, package.signature.horizon()));
    e.sentence = sentenceOf(e, selected);
    return e;
}

} // namespace pilothouse::learn
