// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/registry_sync.h"
#include "app/pilot/verb.h"

#include "core/fleet/services.h"
#include "core/secrets/vault_store.h"

#include <QDir>

namespace pilothouse {

Result<std::shared_ptr<fleet::Services>> Context::services() {
    if (m_services)
        return m_services;
    PH_ASSIGN(const QString file, workspace::findWorkspace(workspaceOption, QDir::currentPath()));
    fleet::ServiceOptions options;
    options.workspaceFile = file;
    PH_ASSIGN(m_services, fleet::openServices(options));
    for (const QString &line : std::as_const(m_services->notes))
        note(line);
    if (sendsWaiting)
        startDueSync(m_services);
    return m_services;
}

Context::~Context() {
    if (m_services && m_services->vaults)
        m_services->vaults->signOut(); // short programs must not leave a token a run
}

} // namespace pilothouse
