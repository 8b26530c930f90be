// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/task.h"
#include "core/fleet/fleet.h"

#include <QFileSystemWatcher>
#include <QObject>
#include <QTimer>

#include <memory>

namespace pilothouse::console {

/// The workspace of a window: finds it, opens its services on a pool, watches the file and opens it again when it changed.
/// A broken file keeps the last good services and says what is wrong with line and column.
class OpenWorkspace : public QObject {
    Q_OBJECT
public:
    OpenWorkspace(Pools &pools, QObject *parent = nullptr);
    ~OpenWorkspace() override;
    /// --workspace, else the environment, else a file here or above, else the demo, which is made if need be.
    void find(const QString &option);
    void open(const QString &file);
    void reload();
    const std::shared_ptr<fleet::Services> &services() const { return m_services; }
    QString file() const { return m_file; }
    bool isDemo() const { return m_demo; }
    bool isFreshDemo() const { return m_freshDemo; } ///< it was made by this start

Q_SIGNALS:
    void opened();                    ///< services() are new
    void failed(const Error &error);  ///< the first opening, or a reload: what was there stays

private:
    struct Found {
        QString file;
        bool demo = false, fresh = false;
        std::shared_ptr<fleet::Services> services;
    };
    void start(std::function<Result<Found>()> body);
    void watch();
    Pools &m_pools;
    std::shared_ptr<fleet::Services> m_services;
    QString m_file;
    bool m_demo = false, m_freshDemo = false;
    int m_asked = 0; ///< a newer request makes the older answer old
    Task<Found> m_task;
    QFileSystemWatcher m_watcher;
    QTimer m_settle; ///< editors write in several steps
};

} // namespace pilothouse::console
