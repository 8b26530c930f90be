// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/database.h"
#include "core/data/table.h"

#include <QDateTime>
#include <QString>
#include <QStringList>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace pilothouse::serving {

/// serving.db for reading, by another program than the server too. NotFound if nothing was ever served there.
Result<std::shared_ptr<Database>> openServingDatabase(const QString &servingFolder);

/// The newest requests as a JSON list, newest first: prediction_id, timestamp, input, prediction, model, model_version,
/// rows, response_time_ms, status, error. The input is the body as it came.
Result<void> appendNewestRequests(Database &database, int limit, std::string &out);

/// The newest answered rows as columns, oldest first: the inputs by name, what was predicted (of a forecast the first step; of several
/// targets "prediction t2m" and so on, a column each), and the label where one came (of several targets "label t2m" and so on). A category the model did not know stands as "(unknown)".
struct LoggedRows {
    data::Table table;
    QStringList targets;                   ///< that the newest answered version predicts
    QString predictionColumn, labelColumn; ///< of several targets those of the first
    QDateTime from, to;
    std::size_t labelled = 0; ///< rows that a label of one of the targets came to
    struct Id {
        qint64 request = 0; ///< sequence in the log
        int row = 0;
        qint64 timeMs = 0;
        bool operator==(const Id &) const = default;
    };
    std::vector<Id> ids; ///< of each row of the table
};
/// What a report calls the columns of the answers: "predicted PRICE", and the label by its target, "PRICE"; a name that an input has already is left as it is.
struct AnswerNames {
    QStringList predicted, targets;
};
AnswerNames nameAnswers(LoggedRows &rows);

/// Rows of the newest answered version's schema; rows of versions with other inputs are left out, and of one that has the inputs but not a target
/// neither prediction nor label of it is there. `rows` at most, of requests from `since` on and before `until`.
Result<LoggedRows> newestRows(Database &database, std::size_t rows, std::optional<QDateTime> since = {}, std::optional<QDateTime> until = {});

/// A live metric over one stretch of time, from labels. Forecasts of several steps count by their first step, and by
/// the mean over the steps in mae.
struct MetricBucket {
    QDateTime start; ///< of the stretch, UTC
    double value = 0; ///< NaN: undefined here (r2 of a constant)
    qint64 labelled = 0;
};
/// mae, rmse, r2 (numbers) or accuracy (classes), by stretches of `bucketSeconds` (86400: days UTC) of the time of the prediction.
/// @param metric  of one of several targets "mae@t2m"; without a target of the labels that came to revisions of the stable one's target
/// Invalid for another metric.
Result<std::vector<MetricBucket>> rollingMetric(Database &database, const QString &metric, qint64 bucketSeconds, const QDateTime &since);

/// The live metrics over the newest labelled rows: mae, rmse, r2, or accuracy.
struct LiveMetrics {
    std::map<QString, double> values; ///< by the metric alone, also of one of several targets
    qint64 labelled = 0;
    QDateTime from, to;
};
/// @param target  of a forecast of several, the one that is asked about; else empty: labels of revisions of another target do not count
Result<LiveMetrics> liveMetrics(Database &database, qint64 newestLabelled, std::optional<QDateTime> since = {}, const QString &target = {});
/// What the stable revision forecasts, without one the newest; one alone for other tasks. NotFound if nothing was ever served.
Result<QStringList> servedTargets(Database &database);

/// What one revision answered in one stretch of time.
struct TrafficBucket {
    QDateTime start; ///< of the stretch, UTC
    int revision = 0;
    qint64 requests = 0, failed = 0, labelled = 0;
    double meanLoss = 0; ///< over the labels of its answers; NaN: none came yet
};
struct LoggedRequest {
    QDateTime time;
    int version = 0, status = 0;
    double milliseconds = 0;
    QString error;
};
/// The log's newest traffic, oldest bucket first; a bucket without a request of a revision is absent.
struct Traffic {
    qint64 bucketSeconds = 1;
    QDateTime from, to; ///< of the read stretch; invalid: nothing was asked yet
    std::map<int, int> versions; ///< of each revision that answered
    std::vector<TrafficBucket> buckets;
    std::vector<LoggedRequest> newest; ///< at most 100, newest last
};
/// At most `requests` of them and `hours` back from the newest, in at most 150 buckets.
Result<Traffic> readTraffic(Database &database, qint64 requests = 200000, int hours = 3);

} // namespace pilothouse::serving
