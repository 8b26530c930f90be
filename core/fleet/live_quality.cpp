// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/live_quality.h"

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/drift/drift.h"
#include "core/fleet/training_profile.h"
#include "core/serving/log_reader.h"
#include "core/serving/server_folder.h"
#include "core/workspace/recipe.h"
#include "core/workspace/slo.h"

#include <QCoreApplication>
#include <QFileInfo>

#include <algorithm>

namespace pilothouse::fleet {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(LiveQuality)
};

constexpr int windowRows = 500;       ///< newest rows that quality and drift are told of
constexpr qint64 minimumLabels = 100; ///< fewer labelled rows give no judgement

/// Stretches so long that a chart shows 30 to 150 of them.
qint64 bucketFor(qint64 spanSeconds) {
    for (const qint64 bucket : {5, 15, 60, 300, 900, 3600, 6 * 3600})
        if (spanSeconds / bucket <= 150)
            return bucket;
    return 86400;
}

/// The value of what a watch names, or why there is none. Without a watch the mean error, of several targets that of the first.
void addValue(Database &database, const QStringList &targets, Quality &quality) {
    if (quality.metric.isEmpty() && targets.size() > 1)
        quality.metric = workspace::metricOfTarget(QStringLiteral("mae"), targets.front());
    const auto [metric, target] = workspace::metricAndTarget(quality.metric);
    if (target.isEmpty() && targets.size() > 1) {
        quality.note = Text::tr("labels are judged by target: name one, %1").arg(workspace::metricOfTarget(metric, targets.front()));
        return;
    }
    if (!target.isEmpty() && !targets.isEmpty() && (targets.size() == 1 || !targets.contains(target))) {
        quality.note = Text::tr("the served version does not forecast %1 beside other targets").arg(target);
        return;
    }
    const auto live = serving::liveMetrics(database, windowRows, {}, target);
    if (!live)
        return;
    quality.labelledRows = live->labelled;
    if (quality.metric.isEmpty() && !live->values.empty())
        quality.metric = live->values.count(QStringLiteral("mae")) ? QStringLiteral("mae") : live->values.begin()->first;
    if (live->labelled < minimumLabels)
        quality.note = Text::tr("too few labels: %1").arg(live->labelled);
    else if (const auto it = live->values.find(target.isEmpty() ? quality.metric : metric); it != live->values.end())
        quality.value = it->second;
}

/// Of several watches on metrics the first that is over its limit, else the first.
void addQuality(Database &database, const workspace::Model &model, ModelRow &row, const QDateTime &now) {
    const QStringList targets = serving::servedTargets(database).value_or(QStringList());
    std::vector<Quality> all = watchedQualities(model);
    if (all.empty())
        all.emplace_back();
    for (Quality &quality : all)
        addValue(database, targets, quality);
    const auto over = std::find_if(all.begin(), all.end(), [](const Quality &quality) { return quality.over(); });
    row.quality = over == all.end() ? all.front() : *over;
    row.unit = row.quality.unit;
    // A week back at most: the chart's stretch, not the log's whole life.
    const QDateTime weekAgo = now.addDays(-7);
    // The first pass tells since when there are labels, to the hour; each next one to its own, finer stretch.
    qint64 width = 3600;
    auto buckets = serving::rollingMetric(database, row.quality.metric, width, weekAgo);
    while (buckets && !buckets->empty()) {
        const QDateTime first = qMax(buckets->front().start, weekAgo);
        const qint64 wanted = bucketFor(first.secsTo(now));
        if (wanted == width)
            break;
        const bool finer = wanted < width;
        width = wanted;
        buckets = serving::rollingMetric(database, row.quality.metric, width, first);
        if (!finer)
            break;
    }
    if (!buckets)
        return;
    for (const serving::MetricBucket &bucket : *buckets)
        row.quality.series.emplace_back(bucket.start, bucket.value);
}

/// What was asked last against the training profile of the version that answers.
void addDrift(const Services &services, const workspace::Model &model, Database &database, ModelRow &row) {
    const std::optional<int> version = row.servedVersion ? row.servedVersion : row.liveVersion;
    if (!version)
        return;
    const auto profile = trainingProfile(services, model, *version);
    auto rows = serving::newestRows(database, windowRows);
    if (!profile || !rows || rows->table.rows() == 0)
        return;
    const serving::AnswerNames answers = serving::nameAnswers(*rows);
    auto report = std::make_shared<drift::DriftReport>(drift::compare(*profile, rows->table));
    report->markRoles(answers.targets.value(0), answers.predicted);
    for (const drift::ColumnDrift &column : report->columns)
        if (column.role.isEmpty() && !column.tooFewRows && (!row.worstPsi || column.effect > *row.worstPsi)) {
            row.worstPsi = column.effect;
            row.worstColumn = column.name;
        }
    row.drift = std::move(report);
}

} // namespace

std::vector<Quality> watchedQualities(const workspace::Model &model) {
    std::vector<Quality> all;
    for (const workspace::Model::Watch &watch : model.watch)
        if (!watch.metric.isEmpty() && !workspace::isSloMetric(watch.metric))
            all.push_back({watch.metric, watch.unit, {}, watch.min, watch.max, {}, 0, {}});
    return all;
}

void addLiveQuality(const Services &services, const workspace::Model &model, ModelRow &row) {
    const auto folder = serving::servingFolder(services.root, model.deployment.target);
    if (model.deployment.target.isEmpty() || !folder)
        return;
    const auto database = serving::openServingDatabase(*folder);
    if (!database)
        return; // nothing was ever served there
    addQuality(**database, model, row, services.clock->nowUtc());
    addDrift(services, model, **database, row);
}

Result<serving::Traffic> trafficOf(const Services &services, const workspace::Model &model) {
    PH_ASSIGN(const QString folder, serving::servingFolder(services.root, model.deployment.target));
    auto database = serving::openServingDatabase(folder);
    if (!database && database.error().kind == ErrorKind::NotFound)
        return serving::Traffic{};
    if (!database)
        return database.error();
    return serving::readTraffic(**database);
}

Result<serving::LoggedRows> loggedRows(const Services &services, const workspace::Model &model, std::size_t rows) {
    if (model.deployment.target.isEmpty())
        return notFound(Text::tr("%1 has no prediction log here: the workspace names no deployment of it on this machine.").arg(model.name), services.workspace.file);
    PH_ASSIGN(const QString folder, serving::servingFolder(services.root, model.deployment.target));
    PH_ASSIGN(const auto database, serving::openServingDatabase(folder));
    return serving::newestRows(*database, rows);
}

bool hasLog(const Services &services, const workspace::Model &model) {
    if (model.deployment.target.isEmpty())
        return false;
    const auto folder = serving::servingFolder(services.root, model.deployment.target);
    return folder && QFileInfo::exists(*folder + QStringLiteral("/serving.db"));
}

} // namespace pilothouse::fleet
