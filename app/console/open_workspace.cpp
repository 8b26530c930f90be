// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/open_workspace.h"

#include "core/demo/demo_workspace.h"
#include "core/workspace/workspace.h"

#include <QDir>
#include <QFileInfo>

namespace pilothouse::console {

OpenWorkspace::OpenWorkspace(Pools &pools, QObject *parent) : QObject(parent), m_pools(pools) {
    m_settle.setSingleShot(true);
    m_settle.setInterval(300);
    connect(&m_settle, &QTimer::timeout, this, &OpenWorkspace::reload);
    connect(&m_watcher, &QFileSystemWatcher::fileChanged, &m_settle, qOverload<>(&QTimer::start));
    connect(&m_watcher, &QFileSystemWatcher::directoryChanged, this, [this] {
        // A rename over the file ends the watch on the old one; the folder tells that a new one is there.
        if (!m_watcher.files().contains(m_file) && QFileInfo::exists(m_file)) {
            watch();
            m_settle.start();
        }
    });
}

OpenWorkspace::~OpenWorkspace() { m_task.stop.request_stop(); }

void OpenWorkspace::start(std::function<Result<Found>()> body) {
    const int number = ++m_asked;
    m_task = startTask<Found>(m_pools.waiting, [body = std::move(body)](std::stop_token) -> Result<Found> {
        PH_ASSIGN(Found found, body());
        PH_ASSIGN(found.services, fleet::openServices({found.file, {}, {}, QStringLiteral("pilothouse")}));
        return found;
    });
    deliver(m_task, this, [this, number](const Result<Found> &result) {
        if (number != m_asked)
            return;
        if (!result) {
            watch(); // repairing the file opens it
            Q_EMIT failed(result.error());
            return;
        }
        m_file = result->file;
        m_demo = result->demo;
        m_freshDemo = m_freshDemo || result->fresh;
        m_services = result->services;
        watch();
        Q_EMIT opened();
    });
}

void OpenWorkspace::find(const QString &option) {
    if (!option.isEmpty())
        m_file = QFileInfo(option).absoluteFilePath();
    start([option, folder = QDir::currentPath()]() -> Result<Found> {
        const auto file = workspace::findWorkspace(option, folder);
        if (file)
            return Found{*file, demo::isDemoWorkspace(QFileInfo(*file).absolutePath()), false, {}};
        if (!option.isEmpty() || file.error().kind != ErrorKind::NotFound)
            return file.error();
        const QString home = demo::defaultDemoFolder();
        const bool fresh = !QFileInfo::exists(home + QStringLiteral("/pilothouse.yaml"));
        PH_ASSIGN(const QString made, demo::openDemoWorkspace(home));
        return Found{made, true, fresh, {}};
    });
}

void OpenWorkspace::open(const QString &file) {
    start([file]() -> Result<Found> { return Found{file, demo::isDemoWorkspace(QFileInfo(file).absolutePath()), false, {}}; });
}

void OpenWorkspace::reload() {
    if (!m_file.isEmpty())
        open(m_file);
}

void OpenWorkspace::watch() {
    if (!m_watcher.files().isEmpty())
        m_watcher.removePaths(m_watcher.files());
    if (!m_watcher.directories().isEmpty())
        m_watcher.removePaths(m_watcher.directories());
    if (m_file.isEmpty())
        return;
    if (QFileInfo::exists(m_file))
        m_watcher.addPath(m_file);
    if (const QString folder = QFileInfo(m_file).absolutePath(); QFileInfo::exists(folder))
        m_watcher.addPath(folder);
}

} // namespace pilothouse::console
