// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/live_mirror.h"

#include <QCoreApplication>
#include <QRandomGenerator>

#include <algorithm>

namespace pilothouse::fleet {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(Mirrors)
};

using namespace std::chrono_literals;
constexpr auto between = 2s, longestPause = 60s;

} // namespace

LiveMirror::LiveMirror(std::shared_ptr<Mirrors> mirrors, registry::Mirror mirror, std::function<void(const QString &)> tell)
    : m_mirrors(std::move(mirrors)), m_mirror(std::move(mirror)), m_tell(std::move(tell)), m_thread([this] { work(); }) {}

LiveMirror::~LiveMirror() {
    m_stop.request_stop();
    {
        const std::lock_guard lock(m_mutex);
        m_ended = true;
    }
    m_woken.notify_all();
    if (m_thread.joinable())
        m_thread.join();
}

Result<registry::Mirror> LiveMirror::finish(std::stop_token stop) {
    const std::stop_callback cancelled(stop, [this] { m_stop.request_stop(); });
    {
        const std::lock_guard lock(m_mutex);
        m_ended = true;
    }
    m_woken.notify_all();
    m_thread.join();
    if (m_error)
        return *m_error;
    return m_mirror;
}

bool LiveMirror::pause(std::chrono::milliseconds time) {
    std::unique_lock lock(m_mutex);
    return !m_woken.wait_for(lock, time, [this] { return m_ended; });
}

Result<void> LiveMirror::follow(registry::RunMirror &mirror) {
    PH_TRY(mirror.begin());
    do {
        PH_TRY(mirror.push(m_stop.get_token()));
    } while (pause(between));
    if (m_stop.stop_requested())
        return cancelled();
    PH_ASSIGN(const registry::Run run, m_mirrors->settled(m_mirror.run));
    return mirror.complete(run, m_stop.get_token());
}

void LiveMirror::work() {
    const auto held = m_mirrors->lock(m_mirror);
    if (!held) {
        m_error = held.error();
        m_tell(held.error().text());
        return;
    }
    bool told = false;
    for (auto wait = std::chrono::milliseconds(between); !m_stop.stop_requested(); wait = std::min<std::chrono::milliseconds>(2 * wait, longestPause)) {
        bool last = false;
        {
            const std::lock_guard lock(m_mutex);
            last = m_ended;
        }
        if (const auto row = m_mirrors->store()->find(m_mirror.run, m_mirror.connection); row && *row)
            m_mirror = **row; // its package may have been ordered meanwhile
        m_mirror = m_mirrors->attempt(m_mirror, [&](registry::RunMirror &mirror) -> Result<void> {
            if (told)
                m_tell(Text::tr("%1 answers again.").arg(m_mirror.connection));
            told = false;
            wait = between;
            return follow(mirror);
        });
        if (!m_mirror.waits())
            return;
        if (!told)
            for (const QString &text : waitingTexts({m_mirror}))
                m_tell(text);
        told = true;
        if (last)
            return;
        pause(wait / 2 + std::chrono::milliseconds(QRandomGenerator::global()->bounded(int(wait.count() / 2) + 1)));
    }
}

} // namespace pilothouse::fleet
