// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/serving/shadow_runner.h"

#include "core/base/clock.h"
#include "core/base/json.h"

#include <QJsonObject>

#include <chrono>
#include <cmath>

namespace pilothouse::serving {

using Q = QLatin1String;

namespace {
qint64 nowMs() { return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count(); }
} // namespace

ShadowRunner::ShadowRunner(std::shared_ptr<ServingStore> store, std::size_t queue) : m_store(std::move(store)), m_limit(queue), m_thread([this] { run(); }) {}

ShadowRunner::~ShadowRunner() {
    {
        const std::lock_guard guard(m_lock);
        m_stop = true;
    }
    m_wake.notify_all();
    m_thread.join();
}

void ShadowRunner::offer(LiveModelPtr champion, LiveModelPtr shadow, Protocol protocol, const std::string &body, const artifact::Predictions &answer) {
    const std::lock_guard guard(m_lock);
    if (m_queue.size() >= m_limit) {
        m_droppedNews[{champion->revision.number, shadow->revision.number}].dropped += qint64(answer.count);
        return;
    }
    m_queue.push_back({std::move(champion), std::move(shadow), protocol, body, answer});
    if (m_queue.size() == 1)
        m_wake.notify_one();
}

void ShadowRunner::flush() {
    std::unique_lock guard(m_lock);
    m_wake.notify_one();
    m_done.wait(guard, [this] { return (m_queue.empty() && m_droppedNews.empty() && !m_busy) || m_stop; });
}

void ShadowRunner::run() {
    std::unique_lock guard(m_lock);
    while (true) {
        m_wake.wait(guard, [this] { return m_stop || !m_queue.empty() || !m_droppedNews.empty(); });
        if (m_queue.empty() && m_droppedNews.empty())
            return;
        std::vector<Item> batch;
        batch.swap(m_queue);
        std::map<Key, Agreement> news;
        news.swap(m_droppedNews);
        m_busy = true;
        guard.unlock();
        const qint64 time = nowMs();
        for (const Item &item : batch)
            compare(item, news[{item.champion->revision.number, item.shadow->revision.number}]);
        for (auto &[key, agreement] : news)
            agreement.sinceMs = agreement.untilMs = time;
        const bool stored = bool(store(news));
        batch.clear(); // models of a shadow that was taken away end here, not under the lock
        guard.lock();
        if (!stored) // a locked or full disk: nothing was written, so it counts as not seen
            for (const auto &[key, agreement] : news)
                if (!m_stop)
                    m_droppedNews[key].dropped += agreement.rows + agreement.dropped;
        m_busy = false;
        m_done.notify_all();
        if (!stored)
            m_wake.wait_for(guard, std::chrono::seconds(1), [this] { return m_stop; });
    }
}

void ShadowRunner::compare(const Item &item, Agreement &into) const {
    const std::size_t count = item.answer.count;
    into.rows += qint64(count);
    thread_local data::Rows rows;
    ReadInput input;
    if (item.shadow->reader.read(item.protocol, item.body, rows, input)) {
        into.failed += qint64(count);
        return;
    }
    const auto answer = item.shadow->scorer->score(rows);
    if (!answer || answer->count != count || answer->outputs != item.answer.outputs || item.shadow->classes != item.champion->classes || item.shadow->targetJson != item.champion->targetJson) {
        into.failed += qint64(count);
        return;
    }
    const std::size_t first = answer->outputs / std::max<std::size_t>(1, item.champion->targetJson.size()); // the others have other units
    for (std::size_t i = 0; i < count; ++i) {
        if (item.champion->classes) {
            std::string a, b;
            item.champion->appendPrediction(a, item.answer, i);
            item.shadow->appendPrediction(b, *answer, i);
            into.agreed += a == b ? 1 : 0;
            continue;
        }
        bool near = true;
        double worst = 0;
        for (std::size_t k = 0; k < answer->outputs; ++k) {
            const double champion = item.answer.values[i * answer->outputs + k];
            const double difference = std::abs(answer->values[i * answer->outputs + k] - champion);
            worst = k < first ? std::max(worst, difference) : worst;
            near = near && difference <= agreementTolerance * std::abs(champion) + 1e-12;
        }
        into.agreed += near ? 1 : 0;
        into.sumDifference += worst;
        into.maxDifference = std::max(into.maxDifference, worst);
    }
}

Result<void> ShadowRunner::store(const std::map<Key, Agreement> &news) {
    return m_store->database()->transaction([&]() -> Result<void> {
        for (const auto &[key, a] : news)
            PH_TRY(m_store->database()->execute(
                QStringLiteral("INSERT INTO agreement(champion,shadow,rows,agreed,failed,dropped,sum_difference,max_difference,since,until) "
                               "VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10) ON CONFLICT(champion,shadow) DO UPDATE SET rows=rows+excluded.rows, "
                               "agreed=agreed+excluded.agreed, failed=failed+excluded.failed, dropped=dropped+excluded.dropped, "
                               "sum_difference=sum_difference+excluded.sum_difference, max_difference=max(max_difference,excluded.max_difference), until=excluded.until"),
                [&](Statement &s) {
                    s.bind(1, key.first).bind(2, key.second).bind(3, a.rows).bind(4, a.agreed).bind(5, a.failed).bind(6, a.dropped);
                    s.bind(7, a.sumDifference).bind(8, a.maxDifference).bind(9, a.sinceMs).bind(10, a.untilMs);
                }));
        return {};
    });
}

Result<QJsonArray> ShadowRunner::table() {
    QJsonArray list;
    const auto version = [](const Statement &s, int column) { return s.integer(column) > 0 ? QString::number(s.integer(column)) : s.text(column + 1).left(12); };
    PH_TRY(m_store->database()->query(
        QStringLiteral("SELECT a.champion,a.shadow,rows,agreed,failed,dropped,sum_difference,max_difference,since,until,c.version,c.digest,s.version,s.digest "
                       "FROM agreement a JOIN revisions c ON c.number=a.champion JOIN revisions s ON s.number=a.shadow ORDER BY until DESC"),
        {}, [&](const Statement &s) {
            const qint64 rows = s.integer(2), compared = rows - s.integer(4);
            list.append(QJsonObject{{Q("champion"), s.integer(0)}, {Q("shadow"), s.integer(1)}, {Q("champion_version"), version(s, 10)}, {Q("shadow_version"), version(s, 12)},
                                    {Q("rows"), rows}, {Q("agreed"), s.integer(3)}, {Q("failed"), s.integer(4)}, {Q("dropped"), s.integer(5)},
                                    {Q("share"), rows > 0 ? double(s.integer(3)) / double(rows) : 0.0},
                                    {Q("mean_difference"), compared > 0 ? jsonNumber(s.real(6) / double(compared)) : QJsonValue(QJsonValue::Null)},
                                    {Q("max_difference"), jsonNumber(s.real(7))}, {Q("tolerance"), agreementTolerance},
                                    {Q("since"), isoUtc(QDateTime::fromMSecsSinceEpoch(s.integer(8), Qt::UTC))},
                                    {Q("until"), isoUtc(QDateTime::fromMSecsSinceEpoch(s.integer(9), Qt::UTC))}});
        }));
    return list;
}

} // namespace pilothouse::serving
