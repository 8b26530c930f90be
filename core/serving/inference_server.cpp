// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/serving/server_impl.h"

#include "core/base/file.h"
#include "core/base/json.h"

namespace pilothouse::serving {

InferenceServer::Impl::Impl(ServerOptions options) : o(std::move(options)) {
    if (o.requestsPerSecond > 0)
        m_rate = std::make_unique<RateLimit>(o.requestsPerSecond);
}

InferenceServer::Impl::~Impl() { end(0); }

Result<void> InferenceServer::Impl::begin() {
    PH_TRY(checkAliases());
    PH_TRY(makeFolder(o.folder, true));
    const QString file = o.folder + QStringLiteral("/serving.db");
    PH_ASSIGN(store, ServingStore::open(file));
    PH_ASSIGN(log, PredictionLog::open(file, o.log));
    ControlOptions options;
    options.target = o.target;
    options.model = o.model;
    options.loader = o.loader;
    options.digestOf = o.digestOf;
    options.clock = o.clock;
    options.rules = o.rules;
    options.sequence = [raw = log.get()] { return qint64(raw->sequence()); };
    options.batch = o.batch;
    o.limits.heldRequests = std::max<std::size_t>(1, o.batch.rows);
    o.limits.heldMicros = o.batch.micros;
    PH_ASSIGN(control, RolloutControl::open(store, std::move(options)));
    shadow = std::make_unique<ShadowRunner>(store);
    PH_ASSIGN(http, HttpServer::listen(utf8(o.address), o.port, o.limits, *this));
    http->begin();
    saveStatus();
    if (o.tickMs > 0) {
        m_tickThread = std::thread([this] { runTicks(); });
        m_noticeThread = std::thread([this] { runNotices(); });
    }
    return {};
}

void InferenceServer::Impl::end(int drainSeconds) {
    {
        const std::lock_guard guard(m_lock);
        if (m_ended)
            return;
        m_ended = m_stop = true;
    }
    m_wake.notify_all();
    if (http)
        http->stop(drainSeconds);
    for (std::thread *thread : {&m_tickThread, &m_noticeThread})
        if (thread->joinable())
            thread->join();
    if (control)
        saveStatus();
    shadow.reset();
    if (log)
        endLog();
    log.reset();
}

void InferenceServer::Impl::runTicks() {
    std::unique_lock guard(m_lock);
    int rounds = 0;
    while (!m_wake.wait_for(guard, std::chrono::milliseconds(o.tickMs), [this] { return m_stop; })) {
        guard.unlock();
        watchMemory();
        watchLog();
        control->tick();
        if (++rounds % 5 == 0)
            saveStatus();
        guard.lock();
    }
}

/// Apart from the ticks: a notice runs an operation, which may call this server's own routes.
void InferenceServer::Impl::runNotices() {
    std::unique_lock guard(m_lock);
    while (!m_wake.wait_for(guard, std::chrono::milliseconds(o.tickMs), [this] { return m_stop; })) {
        guard.unlock();
        deliverNotices();
        guard.lock();
    }
}

void InferenceServer::Impl::deliverNotices() {
    for (const Notice &notice : control->notices()) {
        const auto &hook = notice.kind == Notice::Kind::TurnBack ? o.onTurnBack : o.onFinished;
        if (hook) {
            if (o.report)
                o.report(notice.kind == Notice::Kind::TurnBack ? QStringLiteral("Turned back: ") + notice.reason : QStringLiteral("Rollout finished: ") + notice.reason);
            if (const auto done = hook(notice); !done) {
                if (o.report)
                    o.report(QStringLiteral("Could not be written down, tried again soon: ") + done.error().text());
                std::unique_lock guard(m_lock);
                m_wake.wait_for(guard, std::chrono::seconds(o.tickMs > 0 ? 5 : 0), [this] { return m_stop; });
                return;
            }
        }
        (void)control->noticeDone(notice);
    }
}

void InferenceServer::Impl::saveStatus() {
    QJsonObject status = control->status();
    status.insert(QLatin1String("url"), http ? QStringLiteral("http://%1:%2").arg(o.address).arg(http->port()) : QString());
    QJsonObject compared = status;
    compared.remove(QLatin1String("observed"));
    const QByteArray text = canonicalJson(compared);
    {
        const std::lock_guard guard(m_lock);
        if (text == m_savedStatus)
            return;
        m_savedStatus = text;
    }
    const auto saved = store->save(QStringLiteral("status"), status);
    const QString trouble = saved ? QString() : saved.error().text();
    {
        const std::lock_guard guard(m_lock);
        if (!saved)
            m_savedStatus.clear(); // again with the next look
        if (trouble == std::exchange(m_saveTrouble, trouble))
            return;
    }
    if (!saved && o.report)
        o.report(trouble);
}

void InferenceServer::Impl::tick() {
    watchMemory();
    watchLog();
    control->tick();
    deliverNotices();
    saveStatus();
}

InferenceServer::InferenceServer(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
InferenceServer::~InferenceServer() = default;

Result<std::unique_ptr<InferenceServer>> InferenceServer::start(ServerOptions options) {
    auto impl = std::make_unique<Impl>(std::move(options));
    PH_TRY(impl->begin());
    return std::unique_ptr<InferenceServer>(new InferenceServer(std::move(impl)));
}

QString InferenceServer::url() const { return QStringLiteral("http://%1:%2").arg(m_impl->o.address).arg(port()); }
unsigned short InferenceServer::port() const { return m_impl->http->port(); }
RolloutControl &InferenceServer::control() { return *m_impl->control; }
PredictionLog &InferenceServer::log() { return *m_impl->log; }
ServingStore &InferenceServer::store() { return *m_impl->store; }
void InferenceServer::tick() { m_impl->tick(); }
void InferenceServer::stop(int drainSeconds) { m_impl->end(drainSeconds); }

} // namespace pilothouse::serving
