// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/registries.h"

#include "core/fleet/registry_kinds.h"

#include <QCoreApplication>

namespace pilothouse::fleet {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(Registries)
};

} // namespace

Registries::Registries(const workspace::Workspace &workspace, std::shared_ptr<registry::Registry> local, std::shared_ptr<net::HttpClient> http, std::shared_ptr<secrets::SecretStore> secrets,
                       const QString &packages)
    : m_connections(workspace.connections), m_local(std::move(local)), m_http(std::move(http)), m_secrets(std::move(secrets)), m_packages(packages) {}

Result<std::shared_ptr<registry::Registry>> Registries::of(const QString &name) {
    const auto found = m_connections.constFind(name);
    if (name.isEmpty() || (found != m_connections.constEnd() && found->kind == QLatin1String("local")))
        return m_local;
    if (found == m_connections.constEnd())
        return notFound(Text::tr("The workspace has no connection “%1”.").arg(name), {}, Text::tr("See “pilot connect list”."));
    const std::lock_guard lock(m_mutex);
    std::shared_ptr<registry::Registry> &open = m_open[name];
    if (!open) {
        PH_ASSIGN(open, openRegistry(*found, m_http, m_secrets, m_packages + QLatin1Char('/') + name));
    }
    return open;
}

} // namespace pilothouse::fleet
