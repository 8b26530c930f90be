// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/kube_rows.h"

#include <QHash>

#include <deque>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <vector>

namespace pilothouse::cluster {

/// What became of a table since a revision that its reader knows. An id is in one of the lists, or in none if it came and went meanwhile.
struct KubeChanges {
    quint64 revision = 0;  ///< to ask from the next time
    bool whole = false;    ///< too much has happened: `inserted` is the whole table, and what is not in it is gone
    bool more = false;     ///< the table was further on than `revision` already: see changesSince()
    std::vector<KubeRowPtr> inserted, changed;
    QStringList removed;   ///< ids
    bool empty() const { return !whole && inserted.empty() && changed.empty() && removed.isEmpty(); }
};

/// Who wants to hear of changes. Any thread.
class KubeListeners {
public:
    using Listener = std::function<void()>;
    /// `fn` is called on the thread of the change, without a lock; it must be short. It ends when what is given back is dropped.
    [[nodiscard]] std::shared_ptr<void> add(Listener fn);
    void tell();

private:
    std::mutex m_mutex;
    std::vector<std::weak_ptr<Listener>> m_listeners;
};

/// The objects of one kind as a watch has seen them. One writer (KubeWatch), any readers, any thread. Rows are immutable and shared with the readers.
/// A list anew is a diff: nothing is cleared, what did not change keeps its row, what is not in the list goes when the list is complete.
class KubeTable {
public:
    /// @param keptChanges so many changes are remembered for changesSince(); a reader that is further behind gets the whole table.
    explicit KubeTable(KubeKind kind, std::size_t keptChanges = 65536) : m_kind(std::move(kind)), m_kept(keptChanges) {}
    const KubeKind &kind() const { return m_kind; }

    // Writer.
    void beginList();
    void put(std::vector<KubeRowPtr> rows); ///< those whose version is the known one change nothing
    /// Takes an object out. With a uid: only if it is still that object.
    void remove(const QString &id, const QString &uid = {});
    void endList(); ///< what was not put since beginList() is removed
    bool complete() const; ///< a list came to its end

    // Readers.
    quint64 revision() const;
    std::size_t size() const;
    KubeRowPtr row(const QString &id) const; ///< null: not there
    std::vector<KubeRowPtr> rows() const;    ///< in no order
    /// @param mostSteps reads so many steps at most (`more` tells of the rest), so that a long way costs little at a time. Rows are as they are now in any case: of an id that has steps in
    ///        the rest, too, the reader may hear a second time, and has to look whether it knows it (KubeFeed does).
    KubeChanges changesSince(quint64 revision, std::size_t mostSteps = std::numeric_limits<std::size_t>::max()) const;
    [[nodiscard]] std::shared_ptr<void> listen(KubeListeners::Listener fn) { return m_listeners.add(std::move(fn)); } ///< after each change

private:
    enum class Op : quint8 { Insert, Change, Remove };
    struct Entry {
        KubeRowPtr row;
        quint64 list = 0; ///< the list it was last seen in
    };
    struct Step {
        QString id;
        Op op;
    };
    void note(const QString &id, Op op);

    const KubeKind m_kind;
    const std::size_t m_kept;
    mutable std::mutex m_mutex;
    QHash<QString, Entry> m_rows;
    std::deque<Step> m_steps;    ///< the last changes; the newest has the number m_revision
    quint64 m_revision = 0, m_list = 0;
    bool m_listing = false, m_complete = false;
    KubeListeners m_listeners;
};

} // namespace pilothouse::cluster
