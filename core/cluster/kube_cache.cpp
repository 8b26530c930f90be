// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/kube_cache.h"

#include <algorithm>

namespace pilothouse::cluster {

std::shared_ptr<void> KubeListeners::add(Listener fn) {
    auto listener = std::make_shared<Listener>(std::move(fn));
    const std::lock_guard lock(m_mutex);
    std::erase_if(m_listeners, [](const auto &weak) { return weak.expired(); });
    m_listeners.push_back(listener);
    return listener;
}

void KubeListeners::tell() {
    std::vector<std::shared_ptr<Listener>> listeners;
    {
        const std::lock_guard lock(m_mutex);
        for (const auto &weak : m_listeners)
            if (auto listener = weak.lock())
                listeners.push_back(std::move(listener));
    }
    for (const auto &listener : listeners)
        (*listener)();
}

void KubeTable::note(const QString &id, Op op) {
    ++m_revision;
    m_steps.push_back({id, op});
    if (m_steps.size() > m_kept)
        m_steps.pop_front();
}

void KubeTable::beginList() {
    const std::lock_guard lock(m_mutex);
    ++m_list;
    m_listing = true;
}

void KubeTable::put(std::vector<KubeRowPtr> rows) {
    bool changed = false;
    {
        const std::lock_guard lock(m_mutex);
        for (KubeRowPtr &row : rows) {
            const auto known = m_rows.find(row->id);
            if (known == m_rows.end()) {
                note(row->id, Op::Insert);
                const QString id = row->id;
                m_rows.insert(id, {std::move(row), m_list});
                changed = true;
                continue;
            }
            known->list = m_list;
            if (!row->version.isEmpty() && known->row->version == row->version && known->row->uid == row->uid)
                continue;
            note(row->id, Op::Change);
            known->row.swap(row); // the old one goes with `rows`, without the lock
            changed = true;
        }
    }
    if (changed)
        m_listeners.tell();
}

void KubeTable::remove(const QString &id, const QString &uid) {
    KubeRowPtr gone;
    {
        const std::lock_guard lock(m_mutex);
        const auto known = m_rows.find(id);
        if (known == m_rows.end() || (!uid.isEmpty() && known->row->uid != uid))
            return;
        gone = std::move(known->row);
        m_rows.erase(known);
        note(id, Op::Remove);
    }
    m_listeners.tell();
}

void KubeTable::endList() {
    std::vector<KubeRowPtr> gone;
    {
        const std::lock_guard lock(m_mutex);
        if (!m_listing)
            return;
        for (auto entry = m_rows.begin(); entry != m_rows.end();) {
            if (entry->list == m_list) {
                ++entry;
                continue;
            }
            note(entry.key(), Op::Remove);
            gone.push_back(std::move(entry->row));
            entry = m_rows.erase(entry);
        }
        m_listing = false;
        m_complete = true;
    }
    m_listeners.tell();
}

bool KubeTable::complete() const {
    const std::lock_guard lock(m_mutex);
    return m_complete;
}

quint64 KubeTable::revision() const {
    const std::lock_guard lock(m_mutex);
    return m_revision;
}

std::size_t KubeTable::size() const {
    const std::lock_guard lock(m_mutex);
    return std::size_t(m_rows.size());
}

KubeRowPtr KubeTable::row(const QString &id) const {
    const std::lock_guard lock(m_mutex);
    const auto known = m_rows.find(id);
    return known == m_rows.end() ? nullptr : known->row;
}

std::vector<KubeRowPtr> KubeTable::rows() const {
    const std::lock_guard lock(m_mutex);
    std::vector<KubeRowPtr> all;
    all.reserve(std::size_t(m_rows.size()));
    for (const Entry &entry : m_rows)
        all.push_back(entry.row);
    return all;
}

KubeChanges KubeTable::changesSince(quint64 revision, std::size_t mostSteps) const {
    const std::lock_guard lock(m_mutex);
    KubeChanges changes;
    changes.revision = m_revision;
    const quint64 behind = revision > m_revision ? m_steps.size() + 1 : m_revision - revision;
    if (behind == 0)
        return changes;
    if (behind > m_steps.size()) {
        changes.whole = true;
        changes.inserted.reserve(std::size_t(m_rows.size()));
        for (const Entry &entry : m_rows)
            changes.inserted.push_back(entry.row);
        return changes;
    }
    const std::size_t first = m_steps.size() - std::size_t(behind), end = first + std::min(mostSteps, std::size_t(behind));
    changes.revision = m_revision - (m_steps.size() - end);
    changes.more = end < m_steps.size();
    // The first step of an id tells whether the reader has it.
    QHash<QString, bool> had;
    for (std::size_t i = first; i < end; ++i)
        if (const Step &step = m_steps[i]; !had.contains(step.id))
            had.insert(step.id, step.op != Op::Insert);
    for (auto it = had.cbegin(); it != had.cend(); ++it) {
        const auto now = m_rows.find(it.key());
        if (now != m_rows.end())
            (it.value() ? changes.changed : changes.inserted).push_back(now->row);
        else if (it.value())
            changes.removed.append(it.key());
    }
    return changes;
}

} // namespace pilothouse::cluster
