// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/retrain/yesterday.h"

#include "core/artifact/scorer.h"
#include "core/base/calendar_span.h"
#include "core/metrics/metrics.h"
#include "core/serving/outcome_reader.h"
#include "core/serving/serving_store.h"

#include <QFileInfo>

#include <algorithm>
#include <cmath>

namespace pilothouse::retrain {

namespace {

/// The targets that the log's newest revision of the model answers; one empty name where there is one.
Result<QStringList> targetsOf(const serving::ServingStore &store, const workspace::Model &model, const QString &file) {
    PH_ASSIGN(const auto revisions, store.revisions());
    QStringList targets;
    for (const serving::Revision &revision : revisions) {
        if (revision.model != model.registry.name && revision.model != model.name)
            continue;
        PH_ASSIGN(const QJsonObject json, store.signature(revision.number));
        PH_ASSIGN(const artifact::Signature signature, artifact::Signature::fromJson(json, file));
        for (const QString &target : signature.targets())
            if (signature.targets().size() > 1 && !targets.contains(target))
                targets << target;
    }
    return targets.isEmpty() ? QStringList{QString()} : targets;
}

metrics::Scored labelledOf(const serving::Outcomes &outcomes) {
    metrics::Scored scored;
    scored.classes = std::size_t(outcomes.classes.size());
    for (const serving::Outcome &row : outcomes.rows)
        if (row.labelled && std::isfinite(row.truth) && std::isfinite(row.predicted)) {
            scored.truth.push_back(row.truth);
            scored.predicted.push_back(row.predicted);
        }
    scored.count = scored.truth.size();
    return scored;
}

} // namespace

YesterdayReader localYesterdayReader(const QString &root) {
    return [root](const workspace::Model &model, const QDateTime &now, const QTimeZone &zone) -> Result<std::optional<Yesterday>> {
        const QString file = root + QLatin1Char('/') + model.deployment.target + QStringLiteral("/serving.db");
        if (model.deployment.target.isEmpty() || !QFileInfo::exists(file))
            return std::optional<Yesterday>();
        PH_ASSIGN(const auto store, serving::ServingStore::open(file));
        const CalendarSpan today = calendarSpan(now.toMSecsSinceEpoch(), CalendarStep::Day, zone), day = calendarSpan(today.from - 1, CalendarStep::Day, zone);
        Yesterday yesterday;
        yesterday.day = calendarSpanName(day, CalendarStep::Day, zone);
        PH_ASSIGN(const QStringList targets, targetsOf(*store, model, file));
        std::optional<qint64> first; // of what the log still has
        PH_TRY(store->database()->query(QStringLiteral("SELECT MIN(time) FROM predictions"), {}, [&](const Statement &s) { first = s.isNull(0) ? std::nullopt : std::optional(s.integer(0)); }));
        for (const QString &target : targets) {
            PH_ASSIGN(serving::Outcomes outcomes, serving::readOutcomes(*store->database(), target, day.from, day.to));
            outcomes.rows = serving::newestLabels(std::move(outcomes.rows));
            if (first && *first < day.to) // of the time before the log it is not known
                yesterday.rows = std::max(yesterday.rows.value_or(0), qint64(outcomes.rows.size()));
            const metrics::Scored scored = labelledOf(outcomes);
            yesterday.labelled[target] = qint64(scored.count);
            if (scored.count == 0)
                continue;
            PH_ASSIGN(const metrics::Values values, metrics::allMetrics(scored));
            for (auto it = values.begin(); it != values.end(); ++it)
                if (std::isfinite(it.value()))
                    yesterday.metrics[target.isEmpty() ? it.key() : workspace::metricOfTarget(it.key(), target)] = it.value();
        }
        return std::optional<Yesterday>(std::move(yesterday));
    };
}

} // namespace pilothouse::retrain
