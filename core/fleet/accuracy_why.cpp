// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/accuracy_why.h"

#include "core/artifact/labelled_rows.h"
#include "core/base/clock.h"
#include "core/explain/permutation_importance.h"
#include "core/learn/load_scorer.h"
#include "core/serving/log_reader.h"

#include <QJsonArray>

#include <algorithm>
#include <cmath>

namespace pilothouse::fleet {

namespace {

using Q = QLatin1String;

constexpr std::size_t readRows = 100000, lookedAt = 10;

/// The metric of some of the rows, all of them together.
Result<serving::MetricReading> readingOf(const serving::Outcomes &outcomes, const std::vector<const serving::Outcome *> &rows, serving::AccuracyOptions how, QString &metric) {
    serving::Outcomes some{outcomes.classes, {}};
    for (const serving::Outcome *row : rows) {
        some.rows.push_back(*row);
        some.rows.back().predictedMs = 0; // one stretch
    }
    how.rolling = 1;
    PH_ASSIGN(const serving::AccuracySeries series, serving::accuracySeries(some, how));
    metric = series.metric;
    return series.buckets.empty() ? serving::MetricReading{std::nan(""), std::nan(""), std::nan("")} : series.buckets.front().own;
}

/// What the model looks at, by the labelled older rows.
Result<std::vector<std::pair<QString, double>>> importanceOf(const QString &folder, const serving::LoggedRows &logged, const std::vector<std::size_t> &rows, const QString &metric, std::stop_token stop) {
    PH_ASSIGN(const artifact::Package package, artifact::openPackage(folder));
    PH_ASSIGN(const artifact::ScorerPtr scorer, learn::loadScorer(package));
    const artifact::Signature &signature = package.signature;
    if (signature.outputs.size() != 1)
        return invalid(QStringLiteral("What the model looks at is not told of %1 outputs.").arg(signature.outputs.size()), folder, QStringLiteral("`pilot explain` tells it from a file with the true values."));
    data::Table table = logged.table.take(rows);
    std::erase_if(table.columns, [&](const data::Column &column) { return column.name == logged.predictionColumn; }); // an output may be called "prediction", too
    table.columns[std::size_t(table.indexOf(logged.labelColumn))].name = signature.outputs.front();
    PH_ASSIGN(const artifact::LabelledRows truth, artifact::labelledRows(table, signature));
    PH_ASSIGN(const auto features, explain::featuresOf(signature, explain::Grouping::Inputs));
    PH_ASSIGN(const auto worth, explain::permutationImportance(*scorer, truth, features, {metric, 5, 7}, {stop, 0, {}}));
    std::vector<std::pair<QString, double>> out;
    for (std::size_t k = 0; k < features.size(); ++k)
        out.emplace_back(features[k].name, worth.mean[k]);
    return out;
}

} // namespace

Result<AccuracyWhy> whyAccuracy(Database &database, const serving::Outcomes &outcomes, const serving::AccuracyOptions &how, std::optional<qint64> sinceMs,
                                const std::function<Result<QString>(int)> &packageOf, std::stop_token stop) {
    PH_ASSIGN(const serving::LoggedRows logged, serving::newestRows(database, readRows));
    std::map<std::pair<qint64, int>, const serving::Outcome *> byId;
    for (const serving::Outcome &outcome : outcomes.rows)
        byId.emplace(std::pair(outcome.request, outcome.row), &outcome);
    std::vector<const serving::Outcome *> of(logged.ids.size(), nullptr);
    std::vector<std::size_t> known;
    AccuracyWhy why;
    for (std::size_t i = 0; i < logged.ids.size(); ++i)
        if (const auto found = byId.find({logged.ids[i].request, logged.ids[i].row}); found != byId.end()) {
            of[i] = found->second;
            known.push_back(i);
            why.version = found->second->version; // the newest
        }
    if (known.empty())
        return notFound(QStringLiteral("Nothing was asked in this time."), database.path());
    why.sinceMs = sinceMs.value_or(logged.ids[known[known.size() / 2]].timeMs);
    std::vector<std::size_t> older, newer, olderLabelled, newerLabelled;
    std::vector<const serving::Outcome *> before, after;
    for (const std::size_t i : known) {
        const bool late = of[i]->predictedMs >= why.sinceMs;
        (late ? newer : older).push_back(i);
        if (of[i]->labelled) {
            (late ? newerLabelled : olderLabelled).push_back(i);
            (late ? after : before).push_back(of[i]);
        }
    }
    why.labelledBefore = qint64(before.size());
    why.labelledAfter = qint64(after.size());
    if (before.size() < how.minimumRows || after.size() < how.minimumRows)
        return invalid(QStringLiteral("There are %1 labelled rows before %2 and %3 from then on; %4 are needed on each side to compare them.").arg(before.size()).arg(isoUtc(QDateTime::fromMSecsSinceEpoch(why.sinceMs, Qt::UTC))).arg(after.size()).arg(how.minimumRows),
                       database.path(), QStringLiteral("Choose another --since, or wait for labels."));
    PH_ASSIGN(why.before, readingOf(outcomes, before, how, why.metric));
    PH_ASSIGN(why.after, readingOf(outcomes, after, how, why.metric));
    PH_ASSIGN(const QString folder, packageOf(why.version));
    PH_ASSIGN(const auto importance, importanceOf(folder, logged, olderLabelled, why.metric, stop));
    why.causes = learn::rankCauses(drift::compare(logged.table.take(older), logged.table.take(newer)), importance);

    const bool classes = !outcomes.classes.isEmpty();
    const auto lossOf = [&](std::size_t i) { return classes ? double(of[i]->truth != of[i]->predicted) : std::abs(of[i]->truth - of[i]->predicted); };
    std::stable_sort(newerLabelled.begin(), newerLabelled.end(), [&](std::size_t a, std::size_t b) { return std::pair(lossOf(a), a) > std::pair(lossOf(b), b); }); // of equal ones the newest
    const int inputs = logged.table.indexOf(logged.predictionColumn);
    for (const std::size_t i : newerLabelled) {
        if (why.rows.size() == lookedAt || lossOf(i) == 0)
            break;
        AccuracyWhy::Look look;
        look.timeMs = of[i]->predictedMs;
        look.loss = lossOf(i);
        look.predicted = classes ? outcomes.classes.value(qsizetype(of[i]->predicted)) : QString::number(of[i]->predicted, 'g', 12);
        look.truth = classes ? outcomes.classes.value(qsizetype(of[i]->truth)) : QString::number(of[i]->truth, 'g', 12);
        for (int k = 0; k < inputs; ++k)
            look.inputs.emplace_back(logged.table.columns[std::size_t(k)].name, logged.table.columns[std::size_t(k)].text(i));
        PH_TRY(database.query(QStringLiteral("SELECT prediction_id FROM labels WHERE seq=?1 AND row=?2"), [&](Statement &s) { s.bind(1, of[i]->request).bind(2, of[i]->row); }, [&](const Statement &s) { look.predictionId = s.text(0); }));
        why.rows.push_back(std::move(look));
    }
    return why;
}

QJsonObject AccuracyWhy::toJson() const {
    const auto number = [](double value) { return std::isfinite(value) ? QJsonValue(value) : QJsonValue(); };
    const auto side = [&](const serving::MetricReading &r, qint64 labelled) { return QJsonObject{{Q("value"), number(r.value)}, {Q("low"), number(r.low)}, {Q("high"), number(r.high)}, {Q("labelled"), labelled}}; };
    QJsonArray ranked, look;
    for (const auto &c : causes)
        ranked.append(QJsonObject{{Q("feature"), c.feature}, {Q("drift"), c.drift}, {Q("importance"), c.importance}, {Q("share"), c.share}, {Q("too_few"), c.tooFew}});
    for (const Look &row : rows) {
        QJsonObject inputs;
        for (const auto &[name, value] : row.inputs)
            inputs.insert(name, value);
        look.append(QJsonObject{{Q("prediction_id"), row.predictionId}, {Q("time"), isoUtc(QDateTime::fromMSecsSinceEpoch(row.timeMs, Qt::UTC))}, {Q("predicted"), row.predicted}, {Q("truth"), row.truth}, {Q("loss"), row.loss}, {Q("inputs"), inputs}});
    }
    return {{Q("metric"), metric}, {Q("version"), version}, {Q("since"), isoUtc(QDateTime::fromMSecsSinceEpoch(sinceMs, Qt::UTC))}, {Q("before"), side(before, labelledBefore)}, {Q("after"), side(after, labelledAfter)}, {Q("causes"), ranked}, {Q("rows"), look}};
}

QString AccuracyWhy::text() const {
    QString text = QStringLiteral("%1 %2 on %3 labelled rows before %4, %5 on %6 from then on.\nfeature: share, drift × importance for version %7\n")
                       .arg(metric, QString::number(before.value, 'g', 4)).arg(labelledBefore).arg(isoUtc(QDateTime::fromMSecsSinceEpoch(sinceMs, Qt::UTC)), QString::number(after.value, 'g', 4)).arg(labelledAfter).arg(version);
    bool any = false;
    for (const auto &c : causes) {
        any = any || c.share > 0;
        text += c.tooFew ? QStringLiteral("%1: too few rows to tell its drift\n").arg(c.feature) : QStringLiteral("%1: %2 %, %3 × %4\n").arg(c.feature).arg(100 * c.share, 0, 'f', 0).arg(c.drift, 0, 'g', 3).arg(c.importance, 0, 'g', 3);
    }
    if (!any)
        text += QStringLiteral("No feature that the model looks at moved: what they mean may have changed, or the labels.\n");
    text += QStringLiteral("Rows to look at:\n");
    for (const Look &row : rows) {
        QStringList inputs;
        for (const auto &[name, value] : row.inputs)
            inputs << QStringLiteral("%1 = %2").arg(name, value);
        text += QStringLiteral("%1  %2  predicted %3, was %4  (%5)\n").arg(row.predictionId, isoUtc(QDateTime::fromMSecsSinceEpoch(row.timeMs, Qt::UTC)), row.predicted, row.truth, inputs.join(QStringLiteral(", ")));
    }
    return text;
}

} // namespace pilothouse::fleet
