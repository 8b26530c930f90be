// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/image_registries.h"

#include "core/cluster/ecr.h"

#include <QCoreApplication>
#include <QUrl>

namespace pilothouse::fleet {

namespace {

using Q = QLatin1String;

struct Text {
    Q_DECLARE_TR_FUNCTIONS(ImageRegistries)
};

QString key(const workspace::Connection &connection, const char *name) { return connection.other.value(Q(name)); }

bool isLoopback(const QString &host) {
    const QString name = QUrl(QStringLiteral("http://") + host).host();
    return name == Q("localhost") || name == Q("::1") || name.startsWith(Q("127."));
}

} // namespace

QString imageHostOf(const workspace::Connection &c) {
    if (const QString host = key(c, "host"); !host.isEmpty())
        return host == Q("index.docker.io") || host == Q("registry-1.docker.io") || host == Q("hub.docker.com") ? QStringLiteral("docker.io") : host;
    if (const QString region = key(c, "region"), account = key(c, "account"); !region.isEmpty() && !account.isEmpty())
        return QStringLiteral("%1.dkr.ecr.%2.amazonaws.com%3").arg(account, region, region.startsWith(Q("cn-")) ? QStringLiteral(".cn") : QString());
    const QUrl url(c.url);
    const QString host = url.port() < 0 ? url.host() : QStringLiteral("%1:%2").arg(url.host()).arg(url.port());
    return host == Q("registry-1.docker.io") || host == Q("index.docker.io") ? QStringLiteral("docker.io") : host;
}

Result<RegistryParts> registryPartsOf(const workspace::Connection &c, std::shared_ptr<net::HttpClient> http, std::shared_ptr<secrets::SecretStore> secrets) {
    RegistryParts out;
    out.access.host = imageHostOf(c);
    if (out.access.host.isEmpty())
        return invalid(Text::tr("The connection “%1” names no registry.").arg(c.name), {}, Text::tr("Add url: https://registry.example, host: ghcr.io, or region and account of ECR."));
    out.access.caFile = key(c, "ca_file");
    out.access.plainHttp = key(c, "plain_http") == Q("yes") || key(c, "plain_http") == Q("true");
    out.access.realms = key(c, "realm").split(QLatin1Char(','), Qt::SkipEmptyParts);
    for (QString &realm : out.access.realms)
        realm = realm.trimmed();
    if (const auto ecr = cluster::ecrHost(out.access.host)) {
        if (c.secret.isEmpty())
            return invalid(Text::tr("The connection “%1” names no keys of AWS.").arg(c.name), {}, Text::tr("Add user: ACCESS_KEY and secret: NAME (the secret key), or secret: NAME alone with ACCESS_KEY:SECRET_KEY as its value."));
        const auto keys = [user = c.user, secret = c.secret, secrets]() -> Result<cluster::AwsKeys> {
            PH_ASSIGN(const QString value, secrets->read(secret));
            return cluster::awsKeysOf(user, value);
        };
        const auto api = std::make_shared<cluster::Ecr>(http, ecr->account, ecr->region, keys, c.url.isEmpty() ? ecr->apiUrl : c.url, out.access.caFile);
        out.access.login = [api](std::stop_token token) { return api->login(token); };
        out.facts = cluster::ecrFacts(api);
        return out;
    }
    out.access.url = c.url;
    if (!c.secret.isEmpty())
        out.access.login = [user = c.user, secret = c.secret, secrets](std::stop_token) -> Result<cluster::RegistryLogin> {
            PH_ASSIGN(const QString value, secrets->read(secret));
            return cluster::RegistryLogin{user.isEmpty() ? QStringLiteral("token") : user, value, {}}; // GHCR and others take any name beside a token
        };
    return out;
}

ImageRegistries::ImageRegistries(const workspace::Workspace &workspace, std::shared_ptr<net::HttpClient> http, std::shared_ptr<secrets::SecretStore> secrets)
    : m_http(std::move(http)), m_secrets(std::move(secrets)) {
    for (const workspace::Connection &connection : workspace.connections)
        if (connection.kind == Q("images"))
            m_connections.insert(connection.name, connection);
        else
            m_others.insert(connection.name, connection.kind);
}

QMap<QString, QString> ImageRegistries::hosts() const {
    QMap<QString, QString> out;
    for (const workspace::Connection &connection : m_connections)
        out.insert(connection.name, imageHostOf(connection));
    return out;
}

Result<std::shared_ptr<cluster::ImageRegistry>> ImageRegistries::open(const workspace::Connection &connection) {
    const std::lock_guard lock(m_mutex);
    auto &there = m_open[connection.name];
    if (!there) {
        PH_ASSIGN(RegistryParts parts, registryPartsOf(connection, m_http, m_secrets));
        there = std::make_shared<cluster::ImageRegistry>(std::move(parts.access), m_http, std::move(parts.facts));
    }
    return there;
}

Result<std::shared_ptr<cluster::ImageRegistry>> ImageRegistries::named(const QString &name) {
    if (m_others.contains(name))
        return refused(Text::tr("The connection “%1” is of kind %2: it is no image registry.").arg(name, m_others.value(name)), {}, Text::tr("Name one of kind images."));
    const auto found = m_connections.constFind(name);
    if (found == m_connections.constEnd())
        return notFound(Text::tr("The workspace has no connection “%1”.").arg(name), {}, Text::tr("See “pilot connect list”."));
    return open(*found);
}

Result<std::shared_ptr<cluster::ImageRegistry>> ImageRegistries::of(const QString &host) {
    for (const workspace::Connection &connection : std::as_const(m_connections))
        if (imageHostOf(connection) == host)
            return open(connection);
    const std::lock_guard lock(m_mutex);
    auto &there = m_open[QLatin1Char('/') + host]; // no connection's name begins so
    if (!there) {
        cluster::RegistryAccess access;
        access.host = host;
        if (isLoopback(host))
            access.url = QStringLiteral("http://") + host; // as docker takes registries of this machine
        there = std::make_shared<cluster::ImageRegistry>(std::move(access), m_http);
    }
    return there;
}

Result<QString> ImageRegistries::digest(const QString &image, std::stop_token token) {
    PH_ASSIGN(const cluster::ImageReference reference, cluster::parseImage(image));
    PH_ASSIGN(const auto registry, of(reference.host));
    return registry->digest(reference, token);
}

Result<cluster::ImageInfo> ImageRegistries::image(const QString &image, std::stop_token token) {
    PH_ASSIGN(const cluster::ImageReference reference, cluster::parseImage(image));
    PH_ASSIGN(const auto registry, of(reference.host));
    return registry->image(reference, token);
}

} // namespace pilothouse::fleet
