// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/serving/log_reader.h"

#include <algorithm>
#include <cmath>

namespace pilothouse::serving {

namespace {

constexpr int newestKept = 100;
constexpr int mostBuckets = 150;

QDateTime fromMs(qint64 ms) { return QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC); }

qint64 bucketFor(qint64 spanMs) {
    for (const qint64 seconds : {1, 2, 5, 15, 30, 60, 120, 300, 900})
        if (spanMs <= seconds * 1000 * mostBuckets)
            return seconds;
    return 3600;
}

} // namespace

Result<Traffic> readTraffic(Database &database, qint64 requests, int hours) {
    Traffic out;
    qint64 last = 0, lastTime = 0, firstTime = 0;
    PH_TRY(database.query(QStringLiteral("SELECT seq,time FROM predictions ORDER BY seq DESC LIMIT 1"), {}, [&](const Statement &s) {
        last = s.integer(0);
        lastTime = s.integer(1);
    }));
    if (lastTime == 0)
        return out;
    // The log is ordered by seq, not by time: the number of rows bounds the work, the time only what is kept of them.
    const qint64 from = lastTime - qint64(hours) * 3600 * 1000, first = last - requests;
    const auto range = [&](Statement &s) { s.bind(1, first).bind(2, from); };
    PH_TRY(database.query(QStringLiteral("SELECT min(time) FROM predictions WHERE seq>?1 AND time>=?2"), range, [&](const Statement &s) { firstTime = s.integer(0); }));
    out.from = fromMs(firstTime);
    out.to = fromMs(lastTime);
    out.bucketSeconds = bucketFor(lastTime - firstTime);
    const qint64 width = out.bucketSeconds * 1000;
    std::map<std::pair<qint64, int>, TrafficBucket> buckets;
    PH_TRY(database.query(QStringLiteral("SELECT time/?3 AS bucket,revision,count(*),total(status>=400) FROM predictions WHERE seq>?1 AND time>=?2 GROUP BY bucket,revision"),
                          [&](Statement &s) { s.bind(1, first).bind(2, from).bind(3, width); },
                          [&](const Statement &s) {
                              const int revision = int(s.integer(1));
                              buckets[{s.integer(0), revision}] = {fromMs(s.integer(0) * width), revision, s.integer(2), qint64(s.real(3)), 0, std::nan("")};
                          }));
    PH_TRY(database.query(QStringLiteral("SELECT predicted_time/?3 AS bucket,revision,count(loss),total(loss) FROM labels WHERE predicted_time>=?2 AND seq>?1 GROUP BY bucket,revision"),
                          [&](Statement &s) { s.bind(1, first).bind(2, from).bind(3, width); },
                          [&](const Statement &s) {
                              const auto bucket = buckets.find({s.integer(0), int(s.integer(1))});
                              if (bucket == buckets.end() || s.integer(2) == 0)
                                  return;
                              bucket->second.labelled = s.integer(2);
                              bucket->second.meanLoss = s.real(3) / double(s.integer(2));
                          }));
    for (auto &entry : buckets)
        out.buckets.push_back(entry.second);
    PH_TRY(database.query(QStringLiteral("SELECT number,version FROM revisions"), {}, [&](const Statement &s) { out.versions[int(s.integer(0))] = int(s.integer(1)); }));
    PH_TRY(database.query(QStringLiteral("SELECT p.time,r.version,p.status,p.latency_us,p.error FROM predictions p LEFT JOIN revisions r ON r.number=p.revision ORDER BY p.seq DESC LIMIT ?1"),
                          [&](Statement &s) { s.bind(1, newestKept); },
                          [&](const Statement &s) { out.newest.push_back({fromMs(s.integer(0)), int(s.integer(1)), int(s.integer(2)), double(s.integer(3)) / 1000, s.text(4)}); }));
    std::reverse(out.newest.begin(), out.newest.end());
    return out;
}

} // namespace pilothouse::serving
