// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/kube_feed.h"

#include <QDeadlineTimer>
#include <QMetaObject>
#include <QTimer>

#include <algorithm>
#include <mutex>
#include <utility>

namespace pilothouse::cluster {

namespace {

constexpr int interval = 100;            ///< milliseconds between two reads
constexpr std::size_t sliceRows = 64;   ///< steps read, and rows told, at once
constexpr std::size_t sliceLooks = 2048; ///< ids looked up at once

qint64 now() { return QDeadlineTimer::current(Qt::CoarseTimer).deadline(); }

} // namespace

/// The way from the watch's threads to the feed, which may be gone.
struct KubeFeed::Link {
    std::mutex mutex;
    KubeFeed *feed = nullptr;
    bool woken = false; ///< a wake-up is on its way

    void wake() {
        const std::lock_guard lock(mutex);
        if (!feed || woken)
            return;
        woken = true;
        QMetaObject::invokeMethod(feed, [feed = feed] { feed->wake(); }, Qt::QueuedConnection);
    }
};

KubeFeed::KubeFeed(std::shared_ptr<KubeWatch> watch, QObject *parent) : QObject(parent), m_watch(std::move(watch)), m_link(std::make_shared<Link>()) {
    m_link->feed = this;
    const auto wake = [link = m_link] { link->wake(); };
    m_tableListener = m_watch->table()->listen(wake);
    m_statusListener = m_watch->listen(wake);
    m_link->wake();
}

KubeFeed::~KubeFeed() {
    const std::lock_guard lock(m_link->mutex);
    m_link->feed = nullptr;
}

void KubeFeed::wake() {
    if (!m_planned)
        plan(int(std::clamp<qint64>(m_readAt + interval - now(), 0, interval)));
}

void KubeFeed::plan(int milliseconds) {
    m_planned = true;
    QTimer::singleShot(milliseconds, this, &KubeFeed::read);
}

void KubeFeed::read() {
    m_planned = false;
    {
        const std::lock_guard lock(m_link->mutex);
        m_link->woken = false; // what changes from here on wakes again
    }
    if (!m_going) {
        m_readAt = now();
        Q_EMIT statusChanged(m_watch->status());
    }
    KubeChanges changes;
    if (!m_sweep) {
        changes = m_watch->table()->changesSince(m_revision, sliceRows);
        m_revision = changes.revision;
        if (changes.whole)
            m_sweep = Sweep{std::exchange(changes.inserted, {}), {}, 0, {}};
    }
    m_going = changes.more || m_sweep;
    if (m_sweep)
        sweep(changes);
    judge(changes);
    if (m_going)
        plan(0);
    if (!changes.empty())
        Q_EMIT changed(changes);
}

/// The next slice of a whole table: its rows, and then what is not among them.
void KubeFeed::sweep(KubeChanges &changes) {
    changes = {};
    changes.revision = m_revision;
    for (std::size_t count = 0; count < sliceRows && m_sweep->row < m_sweep->rows.size(); ++count) {
        KubeRowPtr row = std::move(m_sweep->rows[m_sweep->row++]);
        m_sweep->seen.insert(row->id);
        changes.inserted.push_back(std::move(row));
    }
    if (!changes.inserted.empty())
        return;
    auto known = m_sweep->id.isNull() ? m_rows.cbegin() : std::as_const(m_rows).upperBound(m_sweep->id); // all that was seen is among them, and both are in order
    for (std::size_t count = 0; count < sliceLooks && std::size_t(changes.removed.size()) < sliceRows && known != m_rows.cend(); ++count, ++known) {
        m_sweep->id = known.key();
        if (!m_sweep->seen.empty() && *m_sweep->seen.begin() == known.key())
            m_sweep->seen.erase(m_sweep->seen.begin());
        else
            changes.removed.append(known.key());
    }
    if (known == m_rows.cend())
        m_sweep.reset();
}

/// Against what was told: a row is told once, and as what it is to the reader.
void KubeFeed::judge(KubeChanges &changes) {
    KubeChanges exact;
    exact.revision = changes.revision;
    for (auto *rows : {&changes.inserted, &changes.changed})
        for (KubeRowPtr &row : *rows) {
            const auto known = m_rows.find(row->id);
            if (known == m_rows.end()) {
                m_rows.insert(row->id, row);
                exact.inserted.push_back(std::move(row));
            } else if (*known != row) {
                *known = row;
                exact.changed.push_back(std::move(row));
            }
        }
    for (const QString &id : changes.removed)
        if (m_rows.remove(id))
            exact.removed.append(id);
    changes = std::move(exact);
}

} // namespace pilothouse::cluster
