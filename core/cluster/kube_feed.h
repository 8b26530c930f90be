// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/kube_watch.h"

#include <QMap>
#include <QObject>

#include <memory>
#include <optional>
#include <set>

namespace pilothouse::cluster {

/// A watch for an item model: what changed, in the thread that this object lives in (the GUI's), at most ten times a second and in slices that cost a small part
/// of a frame. Also holds the rows, so that a model finds them without a lock. Idle it costs nothing.
class KubeFeed : public QObject {
    Q_OBJECT
public:
    explicit KubeFeed(std::shared_ptr<KubeWatch> watch, QObject *parent = nullptr);
    ~KubeFeed() override;
    const QMap<QString, KubeRowPtr> &rows() const { return m_rows; }
    KubeRowPtr row(const QString &id) const { return m_rows.value(id); }
    KubeWatchStatus status() const { return m_watch->status(); }
    const std::shared_ptr<KubeWatch> &watch() const { return m_watch; }

Q_SIGNALS:
    /// Never `whole`: exact against what was told before. rows() is as after these changes.
    void changed(const pilothouse::cluster::KubeChanges &changes);
    void statusChanged(const pilothouse::cluster::KubeWatchStatus &status);

private:
    struct Link;
    void wake();
    void plan(int milliseconds);
    void read();
    void sweep(KubeChanges &changes);
    void judge(KubeChanges &changes);

    std::shared_ptr<KubeWatch> m_watch;
    std::shared_ptr<Link> m_link;
    std::shared_ptr<void> m_tableListener, m_statusListener;
    QMap<QString, KubeRowPtr> m_rows; ///< no hash: one of 20,000 that grows costs a frame at once
    quint64 m_revision = 0;
    qint64 m_readAt = 0;
    bool m_planned = false, m_going = false; ///< m_going: the rest of what is new is read in the next round of the loop

    /// A whole table on its way to being the difference to what is known, slice by slice.
    struct Sweep {
        std::vector<KubeRowPtr> rows;
        std::set<QString> seen; ///< their ids; no hash, as above, and emptied as it is walked beside rows()
        std::size_t row = 0;    ///< the next of `rows`
        QString id;             ///< the last of rows() that was looked for among them; null: none yet
    };
    std::optional<Sweep> m_sweep;
};

} // namespace pilothouse::cluster
