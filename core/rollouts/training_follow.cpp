// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollouts/training_follow.h"

#include <QJsonArray>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace pilothouse::rollouts {

namespace {

using Q = QLatin1String;
using cluster::KubeApi;
using cluster::KubeRef;
using cluster::TrainingState;
using SteadyClock = std::chrono::steady_clock;

constexpr auto betweenLooks = std::chrono::seconds(2);
constexpr auto awayAtMost = std::chrono::minutes(5);
constexpr qsizetype longestLine = 1 << 20;

/// The log of one pod, line by line, each once: after a cut it is read from its beginning and what was given is passed over.
class PodLog {
public:
    PodLog(const KubeApi &api, QString path) : m_api(api), m_path(std::move(path)), m_thread([this](std::stop_token stop) { read(stop); }) {}

    /// What came since the last call.
    std::vector<QByteArray> take() {
        const std::lock_guard guard(m_lock);
        return std::exchange(m_lines, {});
    }
    void waitFor(std::chrono::milliseconds time) {
        std::unique_lock guard(m_lock);
        m_came.wait_for(guard, time, [this] { return !m_lines.empty(); });
    }
    /// All that there is was read after the container had ended: asked for once its state says so.
    void readToEnd() {
        m_thread.request_stop();
        m_thread.join();
        QUrlQuery query;
        if (const Result<QByteArray> whole = m_api.text(m_path, query)) {
            m_seen = 0;
            m_rest.clear();
            accept(whole->constData(), std::size_t(whole->size()));
            if (!m_rest.isEmpty())
                line(std::exchange(m_rest, {}));
        }
    }

private:
    void read(std::stop_token stop) {
        while (!stop.stop_requested()) {
            QUrlQuery query;
            query.addQueryItem(QStringLiteral("follow"), QStringLiteral("true"));
            m_seen = 0;
            m_rest.clear();
            (void)m_api.stream(m_path, query, [this](const char *data, std::size_t size) {
                accept(data, size);
                return true;
            }, stop); // how it ended does not matter: the pod's state says whether there is more
            std::unique_lock guard(m_wait);
            std::condition_variable_any().wait_for(guard, stop, std::chrono::seconds(1), [] { return false; });
        }
    }
    void accept(const char *data, std::size_t size) {
        m_rest.append(data, qsizetype(size));
        for (qsizetype end = m_rest.indexOf('\n'); end >= 0; end = m_rest.indexOf('\n')) {
            line(m_rest.left(end));
            m_rest.remove(0, end + 1);
        }
        if (m_rest.size() > longestLine)
            m_rest.clear(); // no line that anybody wrote
    }
    void line(const QByteArray &text) {
        if (++m_seen <= m_given)
            return;
        m_given = m_seen;
        const std::lock_guard guard(m_lock);
        m_lines.push_back(text);
        m_came.notify_all();
    }

    const KubeApi &m_api;
    QString m_path;
    QByteArray m_rest;
    qint64 m_seen = 0, m_given = 0; ///< lines of this reading; of all that were given out
    std::mutex m_lock, m_wait;
    std::condition_variable m_came;
    std::vector<QByteArray> m_lines;
    std::jthread m_thread; ///< last: it uses the others
};

void tell(const std::vector<QByteArray> &lines, const TrainingListener &listener) {
    for (const QByteArray &text : lines) {
        if (const Result<Event> event = parseEvent(text))
            listener.event(*event);
        else if (!text.trimmed().isEmpty())
            listener.line(QString::fromUtf8(text));
    }
}

Result<TrainingState> look(const KubeApi &api, const KubeRef &ref, const QString &run, std::stop_token stop) {
    PH_ASSIGN(const QJsonObject object, api.read(ref, stop));
    PH_ASSIGN(const std::vector<QJsonObject> pods, api.list(cluster::kinds::Pod, ref.space, cluster::trainingSelector(run), stop));
    std::vector<QJsonObject> events;
    QUrlQuery warnings;
    warnings.addQueryItem(QStringLiteral("fieldSelector"), QStringLiteral("type=Warning"));
    if (const Result<QJsonObject> found = api.get(cluster::listPath(cluster::kinds::Event, ref.space), warnings, stop)) // who may not read events misses a reason, no more
        for (const QJsonValue &event : found->value(Q("items")).toArray())
            events.push_back(event.toObject());
    return cluster::trainingState(object, pods, events);
}

} // namespace

Result<TrainingState> followTraining(const KubeApi &api, const KubeRef &ref, const QString &run, const TrainingListener &listener, std::stop_token stop) {
    std::unique_ptr<PodLog> log;
    QString logged, told;
    SteadyClock::time_point answered = SteadyClock::now(), looked{};
    std::optional<TrainingState> state;
    while (!stop.stop_requested()) {
        if (SteadyClock::now() - looked >= betweenLooks) {
            looked = SteadyClock::now();
            Result<TrainingState> now = look(api, ref, run, stop);
            if (now) {
                answered = looked;
                state = *std::move(now);
            } else if ((now.error().kind != ErrorKind::Unreachable && now.error().kind != ErrorKind::TimedOut) || looked - answered > awayAtMost) {
                return stop.stop_requested() ? cancelled() : now.error();
            }
            if (state && state->sentence != told) {
                told = state->sentence;
                listener.state(*state);
            }
            if (state && !state->leader.isEmpty() && state->leader != logged && (state->ready > 0 || state->ended())) {
                logged = state->leader; // a pod that was made anew begins its log anew
                log = std::make_unique<PodLog>(api, cluster::objectPath({cluster::kinds::Pod, ref.space, logged}, QStringLiteral("log")));
            }
        }
        if (log)
            tell(log->take(), listener);
        if (state && state->ended()) {
            if (log) {
                log->readToEnd();
                tell(log->take(), listener);
            }
            return *state;
        }
        if (log)
            log->waitFor(std::chrono::milliseconds(200));
        else
            std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
    return cancelled();
}

} // namespace pilothouse::rollouts
