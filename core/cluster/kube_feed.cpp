// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/kube_feed.h"

#include <QDeadlineTimer>
#include <QMetaObject>
#include <QTimer>

#include <algorithm>
#include <mutex>

namespace pilothouse::cluster {

namespace {

constexpr int interval = 100;        ///< milliseconds between two reads
constexpr std::size_t sliceRows = 256; ///< told at once

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
    if (m_planned)
        return;
    m_planned = true;
    const qint64 left = m_readAt + interval - now();
    QTimer::singleShot(int(std::clamp<qint64>(left, 0, interval)), this, &KubeFeed::read);
}

void KubeFeed::read() {
    m_planned = false;
    m_readAt = now();
    {
        const std::lock_guard lock(m_link->mutex);
        m_link->woken = false; // what changes from here on wakes again
    }
    if (m_slices.empty()) {
        KubeChanges changes = m_watch->table()->changesSince(m_revision);
        m_revision = changes.revision;
        settle(std::move(changes));
    }
    Q_EMIT statusChanged(m_watch->status());
    tellSlice();
}

/// Makes slices; a whole table becomes the difference to what is known.
void KubeFeed::settle(KubeChanges changes) {
    if (changes.whole) {
        QHash<QString, KubeRowPtr> gone = m_rows;
        KubeChanges exact;
        for (KubeRowPtr &row : changes.inserted) {
            const auto known = m_rows.constFind(row->id);
            if (known == m_rows.constEnd()) {
                exact.inserted.push_back(std::move(row));
                continue;
            }
            gone.remove(row->id);
            if (*known != row)
                exact.changed.push_back(std::move(row));
        }
        exact.removed = gone.keys();
        changes = std::move(exact);
    }
    const std::size_t most = std::max({changes.inserted.size(), changes.changed.size(), std::size_t(changes.removed.size())});
    const auto part = [](auto &from, std::size_t at) {
        const std::size_t begin = std::min(at, std::size_t(from.size())), end = std::min(at + sliceRows, std::size_t(from.size()));
        return std::decay_t<decltype(from)>(from.begin() + qsizetype(begin), from.begin() + qsizetype(end));
    };
    for (std::size_t at = 0; at < most; at += sliceRows)
        m_slices.push_back({m_revision, false, part(changes.inserted, at), part(changes.changed, at), part(changes.removed, at)});
}

void KubeFeed::tellSlice() {
    if (m_slices.empty())
        return;
    const KubeChanges slice = std::move(m_slices.front());
    m_slices.pop_front();
    for (const auto *rows : {&slice.inserted, &slice.changed})
        for (const KubeRowPtr &row : *rows)
            m_rows.insert(row->id, row);
    for (const QString &id : slice.removed)
        m_rows.remove(id);
    if (m_slices.empty())
        m_link->wake(); // what came meanwhile
    else
        QTimer::singleShot(0, this, &KubeFeed::tellSlice);
    Q_EMIT changed(slice);
}

} // namespace pilothouse::cluster
