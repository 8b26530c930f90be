// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/serving/serving_store.h"
#include "core/serving/split.h"

#include <QJsonArray>

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

namespace pilothouse::serving {

/// How far two models agree: the same class, or numbers within `tolerance` of the champion's.
struct Agreement {
    qint64 rows = 0, agreed = 0, failed = 0, dropped = 0;
    double sumDifference = 0, maxDifference = 0; ///< absolute; numbers only; of a forecast's worst step, of several targets the first's
    qint64 sinceMs = 0, untilMs = 0;
};
inline constexpr double agreementTolerance = 0.01; ///< relative to the champion's value

/// Gives a second model a copy of each answered request, off the request path and on its own thread; the answers are
/// compared with the champion's and forgotten. A full queue drops and counts.
class ShadowRunner {
public:
    explicit ShadowRunner(std::shared_ptr<ServingStore> store, std::size_t queue = 4096);
    ~ShadowRunner();
    void offer(LiveModelPtr champion, LiveModelPtr shadow, Protocol protocol, const std::string &body, const artifact::Predictions &answer);
    /// Waits until what was offered before is compared and stored.
    void flush();
    /// [{"champion","shadow" (revisions and versions),"rows","agreed","share","failed","dropped","mean_difference","max_difference","since","until"}]
    Result<QJsonArray> table();

private:
    struct Item {
        LiveModelPtr champion, shadow;
        Protocol protocol;
        std::string body;
        artifact::Predictions answer;
    };
    using Key = std::pair<int, int>;
    void run();
    void compare(const Item &item, Agreement &into) const;
    Result<void> store(const std::map<Key, Agreement> &news);

    std::shared_ptr<ServingStore> m_store;
    std::size_t m_limit;
    std::mutex m_lock;
    std::condition_variable m_wake, m_done;
    std::vector<Item> m_queue;
    std::map<Key, Agreement> m_droppedNews;
    bool m_stop = false, m_busy = false;
    std::thread m_thread;
};

} // namespace pilothouse::serving
