// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/pod_logs.h"

#include "core/cluster/log_merger.h"

#include <QHash>
#include <QJsonArray>
#include <QRegularExpression>
#include <QThreadPool>
#include <QUrl>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>

namespace pilothouse::cluster {

namespace {

using Q = QLatin1String;
using Clock = LogMerger::Clock;
using std::chrono::milliseconds;

constexpr milliseconds turn{100}, relist{5000}, watchedRelist{30000}, firstPause{250}, longestPause{5000};
constexpr milliseconds quietPause{15000}; ///< at most, between two looks at a log that the server ends at once and that has nothing new

/// One container that is read, or was.
struct Stream {
    int source = -1;
    bool running = false, done = false;
    int restarts = -1;               ///< of the container when the stream began
    milliseconds pause = firstPause; ///< before the next try
    Clock::time_point notBefore{};
    std::optional<Error> error; ///< how the last one ended
    bool read = false;          ///< the server gave it at least once
    bool whole = false;         ///< the last one came to its end in order
    qint64 upTo = 0;            ///< time of its last line when the last one ended, nanoseconds
    Clock::time_point begun{};
};

/// What the streams' threads tell the one that merges.
struct Shared {
    std::mutex mutex;
    std::condition_variable_any changed;
    LogMerger merger;
    bool podsChanged = false, watched = false; ///< watched: changes tell themselves
    struct End {
        QString key;
        Result<void> result;
    };
    std::vector<End> ended;
};

struct ContainerState {
    bool started = false, running = false;
    int restarts = 0;
};

ContainerState stateOf(const QJsonObject &pod, const QString &container) {
    ContainerState state;
    const QJsonObject status = pod.value(Q("status")).toObject();
    for (const auto list : {Q("containerStatuses"), Q("initContainerStatuses")})
        for (const QJsonValue &value : status.value(list).toArray()) {
            const QJsonObject c = value.toObject();
            if (c.value(Q("name")).toString() != container)
                continue;
            state.restarts = c.value(Q("restartCount")).toInt();
            state.running = c.value(Q("state")).toObject().contains(Q("running"));
            state.started = state.running || c.value(Q("state")).toObject().contains(Q("terminated")) || state.restarts > 0;
        }
    return state;
}

QStringList containersOf(const QJsonObject &pod, const LogQuery &query) {
    QStringList names;
    const QJsonObject spec = pod.value(Q("spec")).toObject();
    for (const auto list : {Q("initContainers"), Q("containers")})
        for (const QJsonValue &value : spec.value(list).toArray())
            names << value.toObject().value(Q("name")).toString();
    if (query.allContainers)
        return names;
    const QString one = query.container.isEmpty() ? defaultContainer(pod) : query.container;
    return names.contains(one) ? QStringList{one} : QStringList();
}

class Reader {
public:
    Reader(const KubeApi &api, const LogQuery &query, PodSelector selector, std::stop_token token)
        : m_api(api), m_query(query), m_selector(std::move(selector)), m_outer(token), m_shared(std::make_shared<Shared>()), m_onStop(token, [this] {
              m_stop.request_stop();
              m_shared->changed.notify_all();
          }) {
        m_pool.setMaxThreadCount(query.mostPods + 2);
        m_pattern.setPattern(query.pattern);
        m_plain = query.pattern == QRegularExpression::escape(query.pattern);
    }
    ~Reader() {
        m_stop.request_stop();
        m_pool.waitForDone();
    }

    Result<void> run(const std::function<bool(LogBatch &&)> &sink) {
        PH_TRY(look());
        if (m_streams.empty() && !m_query.follow)
            return notFound(QStringLiteral("%1 has no pod with a log.").arg(m_query.what.text()), {}, QStringLiteral("Look at its pods and events."));
        if (m_query.follow)
            watch();
        auto nextLook = Clock::now() + relist;
        for (;;) {
            bool pods = false, watched = false;
            std::vector<Shared::End> ended;
            {
                std::unique_lock lock(m_shared->mutex);
                m_shared->changed.wait_for(lock, m_stop.get_token(), turn, [&] { return !m_shared->ended.empty(); });
                pods = std::exchange(m_shared->podsChanged, false);
                watched = m_shared->watched;
                ended.swap(m_shared->ended);
            }
            const bool over = m_outer.stop_requested();
            for (const Shared::End &end : ended)
                streamEnded(end);
            const bool finished = !m_query.follow && std::none_of(m_streams.begin(), m_streams.end(), [](const Stream &s) { return s.running; });
            if (!give(sink, finished || over))
                return {};
            if (over)
                return {};
            if (finished)
                return nothingRead();
            if (m_query.follow && (pods || Clock::now() >= nextLook || due())) {
                nextLook = Clock::now() + (watched ? watchedRelist : relist);
                if (const auto looked = look(); !looked && looked.error().kind != ErrorKind::Unreachable && looked.error().kind != ErrorKind::TimedOut)
                    return m_outer.stop_requested() ? Result<void>() : looked.error();
            }
        }
    }

private:
    bool due() const {
        const auto now = Clock::now();
        return std::any_of(m_streams.begin(), m_streams.end(), [&](const Stream &s) { return !s.running && !s.done && s.pause > firstPause && now >= s.notBefore; });
    }

    /// A list of the pods; streams begin where there is something to read.
    Result<void> look() {
        PH_ASSIGN(const auto pods, m_selector.pods(m_api, m_stop.get_token(), &m_version));
        int left = 0;
        const bool first = m_first;
        m_first = false;
        QStringList known;
        for (const QJsonObject &pod : pods) {
            for (const QString &container : containersOf(pod, m_query)) {
                const QString key = metadataText(pod, "uid") + QLatin1Char('/') + container;
                known << key;
                const ContainerState state = stateOf(pod, container);
                Stream &stream = m_streams[key];
                if (stream.running)
                    continue;
                if (!state.started && !m_query.previous)
                    continue; // what happens to the pod brings the next look
                if (stream.whole && !state.running && state.restarts == stream.restarts)
                    stream.done = true; // its container ended, and so did its log
                if (stream.done && (!m_query.follow || m_query.previous || state.restarts == stream.restarts))
                    continue;
                if (Clock::now() < stream.notBefore)
                    continue;
                if (running() >= m_query.mostPods) {
                    ++left;
                    continue;
                }
                begin(key, stream, metadataText(pod, "name"), container, state, first);
            }
        }
        for (auto it = m_streams.begin(); it != m_streams.end(); ++it)
            if (!known.contains(it.key()) && !it->running)
                it->done = true; // its pod is gone
        if (left > 0 && left != m_left)
            m_notes << QStringLiteral("%1 more containers are not read: %2 are followed at once.").arg(left).arg(m_query.mostPods);
        m_left = left;
        return {};
    }

    int running() const {
        return int(std::count_if(m_streams.begin(), m_streams.end(), [](const Stream &s) { return s.running; }));
    }

    void begin(const QString &key, Stream &stream, const QString &pod, const QString &container, const ContainerState &state, bool first) {
        const bool again = stream.source >= 0;
        if (again) {
            m_shared->merger.resumed(stream.source);
        } else {
            stream.source = m_shared->merger.addSource();
            m_sources.push_back({pod, container, m_query.previous});
            if (const LogMark known = m_query.known.value(m_sources.back().text()); known.nanos > 0)
                m_shared->merger.knownUpTo(stream.source, known.nanos, known.lines);
        }
        stream.running = true;
        stream.done = stream.whole = false;
        stream.begun = Clock::now();
        stream.restarts = state.restarts;
        QUrlQuery query{{QStringLiteral("container"), container}, {QStringLiteral("timestamps"), QStringLiteral("true")}};
        if (m_query.previous)
            query.addQueryItem(QStringLiteral("previous"), QStringLiteral("true"));
        else if (m_query.follow)
            query.addQueryItem(QStringLiteral("follow"), QStringLiteral("true"));
        const qint64 last = m_shared->merger.lastTime(stream.source);
        if (last > 0) {
            query.addQueryItem(QStringLiteral("sinceTime"), timestampText(last).left(19) + QLatin1Char('Z'));
        } else if (first && m_query.known.isEmpty()) { // a pod that joins later is read from its begin
            if (m_query.tail >= 0)
                query.addQueryItem(QStringLiteral("tailLines"), QString::number(m_query.tail));
            if (m_query.sinceSeconds)
                query.addQueryItem(QStringLiteral("sinceSeconds"), QString::number(*m_query.sinceSeconds));
        }
        const QString path = objectPath({kinds::Pod, m_selector.space(), pod}, QStringLiteral("log"));
        m_pool.start([api = m_api, shared = m_shared, token = m_stop.get_token(), key, path, query, source = stream.source] {
            auto result = api.stream(
                path, query,
                [shared, source](const char *bytes, std::size_t size) {
                    shared->merger.append(source, QByteArrayView(bytes, qsizetype(size)));
                    return true;
                },
                token);
            shared->merger.ended(source, bool(result));
            {
                const std::lock_guard lock(shared->mutex);
                shared->ended.push_back({key, std::move(result)});
            }
            shared->changed.notify_all();
        });
    }

    void streamEnded(const Shared::End &end) {
        Stream &stream = m_streams[end.key];
        stream.running = false;
        const LogSource &source = m_sources[std::size_t(stream.source)];
        if (end.result) {
            stream.read = stream.whole = true;
            stream.done = !m_query.follow; // following: the next look says whether the container still runs
            stream.notBefore = Clock::now() + stream.pause;
            const qint64 last = m_shared->merger.lastTime(stream.source);
            const bool news = last != std::exchange(stream.upTo, last);
            stream.pause = Clock::now() - stream.begun > longestPause ? 2 * firstPause : std::min(stream.pause * 2, news ? longestPause : quietPause);
            return;
        }
        const Error &error = end.result.error();
        stream.error = error;
        if (error.kind == ErrorKind::Cancelled)
            return;
        const bool cut = error.kind == ErrorKind::Unreachable || error.kind == ErrorKind::TimedOut;
        const bool waits = error.kind == ErrorKind::Invalid && error.what.contains(Q("waiting to start"));
        if (m_query.follow && (cut || waits)) {
            if (cut && stream.pause == firstPause)
                m_notes << QStringLiteral("%1: the stream was cut; it goes on from its last line.").arg(source.text());
            stream.notBefore = Clock::now() + stream.pause;
            stream.pause = std::min(stream.pause * 2, longestPause);
            return;
        }
        stream.done = true;
        if (error.kind != ErrorKind::NotFound || !m_query.follow)
            m_notes << QStringLiteral("%1: %2").arg(source.text(), error.what);
    }

    /// Anything that happens to the pods brings the next look.
    void watch() {
        m_pool.start([api = m_api, shared = m_shared, token = m_stop.get_token(), selector = m_selector, version = m_version] {
            QString from = version;
            while (!token.stop_requested()) {
                QUrlQuery query{{QStringLiteral("watch"), QStringLiteral("1")}, {QStringLiteral("timeoutSeconds"), QStringLiteral("300")}};
                if (selector.labels().isEmpty())
                    query.addQueryItem(QStringLiteral("fieldSelector"), QStringLiteral("metadata.name=") + selector.pod());
                else
                    query.addQueryItem(QStringLiteral("labelSelector"), QString::fromLatin1(QUrl::toPercentEncoding(selector.labels())));
                if (!from.isEmpty())
                    query.addQueryItem(QStringLiteral("resourceVersion"), from);
                const auto setWatched = [&shared](bool is) {
                    const std::lock_guard lock(shared->mutex);
                    shared->watched = is;
                };
                setWatched(true);
                const auto ended = api.stream(
                    listPath(kinds::Pod, selector.space()), query,
                    [shared](const char *, std::size_t) {
                        const std::lock_guard lock(shared->mutex);
                        shared->podsChanged = true;
                        return true;
                    },
                    token);
                setWatched(false);
                {
                    const std::lock_guard lock(shared->mutex);
                    shared->podsChanged = true; // what was missed
                }
                from.clear(); // from now on: the look after it sees what was missed
                if (!ended && ended.error().kind == ErrorKind::Denied)
                    return; // the look every few seconds will do
                std::mutex mutex;
                std::condition_variable_any never;
                std::unique_lock lock(mutex);
                never.wait_for(lock, token, std::chrono::seconds(1), [] { return false; });
            }
        });
    }

    bool wanted(const LogLine &line) const {
        if (m_query.pattern.isEmpty())
            return true;
        const bool has = m_plain ? line.text.contains(m_query.pattern.toUtf8()) : m_pattern.match(QString::fromUtf8(line.text)).hasMatch();
        return has != m_query.without;
    }

    /// Gives what is ready, in pieces; false: the receiver has enough.
    bool give(const std::function<bool(LogBatch &&)> &sink, bool all) {
        for (;;) {
            auto lines = m_shared->merger.take(Clock::now(), 20000, all);
            const std::size_t taken = lines.size();
            if (!m_query.pattern.isEmpty())
                std::erase_if(lines, [&](const LogLine &line) { return !wanted(line); });
            const qint64 dropped = m_shared->merger.dropped();
            const bool news = !lines.empty() || !m_notes.isEmpty() || m_sources.size() != m_told || dropped != m_toldDropped;
            if (news) {
                m_told = m_sources.size();
                m_toldDropped = dropped;
                if (!sink(LogBatch{std::move(lines), m_sources, dropped, std::exchange(m_notes, {})}))
                    return false;
            }
            if (taken < 20000)
                return true;
        }
    }

    /// The first error, if not one log was given.
    Result<void> nothingRead() const {
        std::optional<Error> error;
        for (const Stream &stream : m_streams) {
            if (stream.read)
                return {};
            if (stream.error && !error)
                error = stream.error;
        }
        return error ? Result<void>(*error) : Result<void>();
    }

    const KubeApi m_api;
    const LogQuery m_query;
    const PodSelector m_selector;
    const std::stop_token m_outer;
    std::shared_ptr<Shared> m_shared;
    std::stop_source m_stop;
    QThreadPool m_pool;
    QRegularExpression m_pattern;
    bool m_plain = false, m_first = true;
    QString m_version;
    QHash<QString, Stream> m_streams;
    std::vector<LogSource> m_sources;
    QStringList m_notes;
    std::size_t m_told = 0;
    qint64 m_toldDropped = 0;
    int m_left = 0;
    std::stop_callback<std::function<void()>> m_onStop; ///< last: it uses the others
};

} // namespace

QString LogSource::text() const { return pod + QLatin1Char('/') + container; }

Result<void> readPodLogs(const KubeApi &api, const LogQuery &query, const std::function<bool(LogBatch &&)> &sink, std::stop_token token) {
    if (const QRegularExpression pattern(query.pattern); !pattern.isValid())
        return invalid(QStringLiteral("“%1” is no regular expression: %2.").arg(query.pattern, pattern.errorString()), {}, QStringLiteral("Put a backslash before characters that are meant as they are: \\[ \\( \\."));
    LogQuery wanted = query;
    if (wanted.previous)
        wanted.follow = false;
    PH_ASSIGN(auto selector, PodSelector::of(api, wanted.what, token));
    return Reader(api, wanted, std::move(selector), token).run(sink);
}

} // namespace pilothouse::cluster
