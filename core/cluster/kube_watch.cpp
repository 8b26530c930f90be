// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/kube_watch.h"

#include "core/cluster/kube_api.h"
#include "core/cluster/kube_watch_core_internal.h"

namespace pilothouse::cluster {

QString watchPhaseName(WatchPhase phase) {
    switch (phase) {
    case WatchPhase::Starting: return QStringLiteral("starting");
    case WatchPhase::Live: return QStringLiteral("live");
    case WatchPhase::Relisting: return QStringLiteral("relisting");
    case WatchPhase::Waiting: return QStringLiteral("waiting");
    case WatchPhase::Paused: return QStringLiteral("paused");
    case WatchPhase::Absent: return QStringLiteral("absent");
    case WatchPhase::Stopped: return QStringLiteral("stopped");
    }
    return {};
}

KubeSource kubeSource(std::shared_ptr<const KubeApi> api, std::shared_ptr<net::HttpClient> http, QThreadPool &pool) {
    KubeSource source;
    source.where = api->access().server;
    source.request = [api](const QString &path, const QUrlQuery &query, std::stop_token token) { return api->request("GET", path, query, token); };
    // Any call asks the credentials once more after a 401; what it says itself does not matter here.
    source.renew = [api](std::stop_token token) { (void)api->get(QStringLiteral("/version"), {}, token); };
    source.http = std::move(http);
    source.pool = &pool;
    return source;
}

KubeWatch::KubeWatch(KubeSource source, KubeWatchOptions options) : m_core(std::make_shared<Core>(std::move(source), std::move(options))) { m_core->begin(); }
KubeWatch::~KubeWatch() { m_core->stop(); }
const std::shared_ptr<KubeTable> &KubeWatch::table() const { return m_core->table; }
KubeWatchStatus KubeWatch::status() const { return m_core->status(); }
std::shared_ptr<void> KubeWatch::listen(KubeListeners::Listener fn) { return m_core->listeners.add(std::move(fn)); }
void KubeWatch::pause() { m_core->pause(true); }
void KubeWatch::resume() { m_core->pause(false); }
void KubeWatch::retryNow() { m_core->retryNow(); }
void KubeWatch::relist() { m_core->relist(); }

KubeWatch::Core::Core(KubeSource source, KubeWatchOptions options)
    : table(std::make_shared<KubeTable>(options.kind)), m_source(std::move(source)), m_options(std::move(options)), m_path(listPath(m_options.kind, m_options.space)), m_streaming(m_options.streamingLists),
      m_random(m_options.seed ? m_options.seed : std::random_device()()), m_reader(m_options.kind, table) {}

KubeWatchStatus KubeWatch::Core::status() const {
    const std::lock_guard lock(m_mutex);
    KubeWatchStatus status = m_status;
    status.complete = table->complete();
    return status;
}

/// The caller's functions and the client leave on the caller's thread: ended on the I/O thread the client would wait for itself.
void KubeWatch::Core::stop() {
    KubeSource released;
    std::stop_source ended;
    {
        const std::lock_guard lock(m_mutex);
        m_stopped = true;
        ++m_turn;
        std::swap(released, m_source);
        ended = m_stop;
        m_status.phase = WatchPhase::Stopped;
    }
    ended.request_stop();
}

void KubeWatch::Core::pause(bool paused) {
    {
        const std::lock_guard lock(m_mutex);
        if (m_stopped || paused == m_paused)
            return;
        m_paused = paused;
        if (paused) {
            setPhaseLocked(WatchPhase::Paused);
            m_status.nextTry = {};
        }
        m_failures = 0;
    }
    again(std::chrono::milliseconds(0));
    listeners.tell();
}

void KubeWatch::Core::retryNow() {
    {
        const std::lock_guard lock(m_mutex);
        if (m_stopped || m_paused || m_status.phase == WatchPhase::Live)
            return;
        m_failures = 0;
        m_uselessResumes = 0;
    }
    again(std::chrono::milliseconds(0));
}

void KubeWatch::Core::relist() {
    {
        const std::lock_guard lock(m_mutex);
        needListLocked();
    }
    again(std::chrono::milliseconds(0));
}

void KubeWatch::Core::setPhaseLocked(WatchPhase phase) {
    m_status.phase = phase;
    if (phase == WatchPhase::Live) {
        m_status.staleSince = {};
        m_status.nextTry = {};
        m_status.error.reset();
        m_status.attempts = 0;
    } else if (!m_status.staleSince.isValid()) {
        m_status.staleSince = QDateTime::currentDateTimeUtc();
    }
}

void KubeWatch::Core::needListLocked() {
    m_listNeeded = true;
    m_continue.clear();
    m_version.clear();
}

/// Doubled with each failure, up to the longest; between half of it and all of it.
std::chrono::milliseconds KubeWatch::Core::pauseLocked() {
    const double full = std::min(double(m_options.longestPause.count()), double(m_options.shortestPause.count()) * double(1ull << std::min(std::max(m_failures, m_expiries), 30)));
    return std::chrono::milliseconds(qint64(full * (0.5 + 0.5 * drawLocked())));
}

void KubeWatch::Core::failLocked(Error error, std::chrono::milliseconds atLeast) {
    if (error.where.isEmpty())
        error.where = m_source.where;
    const auto delay = std::max(pauseLocked(), atLeast);
    ++m_failures;
    ++m_status.attempts;
    m_status.error = std::move(error);
    setPhaseLocked(WatchPhase::Waiting);
    m_status.nextTry = QDateTime::currentDateTimeUtc().addMSecs(delay.count());
    againLocked(delay);
}

void KubeWatch::Core::onPool(std::function<void()> work) {
    QThreadPool *pool = nullptr;
    {
        const std::lock_guard lock(m_mutex);
        pool = m_stopped ? nullptr : m_source.pool;
    }
    if (pool)
        pool->start(std::move(work));
}

void KubeWatch::Core::again(std::chrono::milliseconds delay) {
    std::stop_source ended;
    {
        const std::lock_guard lock(m_mutex);
        ended = m_stop;
        againLocked(delay);
    }
    ended.request_stop();
}

/// The next turn. Whoever ends a stream that still runs stops it afterwards (again()).
void KubeWatch::Core::againLocked(std::chrono::milliseconds delay) {
    const quint64 number = ++m_turn;
    m_stop = std::stop_source();
    if (m_stopped || m_paused)
        return;
    const auto go = [weak = weak_from_this(), number] {
        if (const auto self = weak.lock())
            self->onPool([self, number] { self->connect(number); });
    };
    m_source.http->after(delay, m_stop.get_token(), go);
}

} // namespace pilothouse::cluster
