// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/clusters.h"

#include "core/cluster/connection_access.h"
#include "core/cluster/exec_trust.h"
#include "core/cluster/kube_credentials.h"
#include "core/cluster/kubeconfig.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QDir>
#include <QFileInfo>

#include <chrono>

namespace pilothouse::fleet {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(Clusters)
};
using Q = QLatin1String;

QString rootOf(const workspace::Workspace &workspace) {
    for (const auto &c : workspace.connections)
        if (c.kind == Q("local"))
            return c.root;
    return {};
}

/// Changes when one of the files does that a connection is made from.
QString stampOf(const workspace::Connection &connection) {
    QString stamp;
    if (connection.url.isEmpty())
        for (const QString &file : cluster::kubeconfigFiles(connection.other.value(QStringLiteral("kubeconfig")))) {
            const QFileInfo info(file);
            stamp += QStringLiteral("%1|%2|%3\n").arg(file).arg(info.lastModified().toMSecsSinceEpoch()).arg(info.size());
        }
    return stamp;
}

} // namespace

Clusters::Clusters(workspace::Workspace workspace, std::shared_ptr<net::HttpClient> http, std::shared_ptr<secrets::SecretStore> secrets, QString root, bool terminal)
    : m_workspace(std::move(workspace)), m_http(std::move(http)), m_secrets(std::move(secrets)), m_root(std::move(root)), m_terminal(terminal) {}

QStringList Clusters::names() const {
    QStringList all;
    for (const auto &c : m_workspace.connections)
        if (c.kind == Q("kubernetes"))
            all << c.name;
    return all;
}

Result<Clusters::Open> Clusters::open(const QString &wanted) const {
    const QStringList all = names();
    const QString add = Text::tr("Add one: pilot connect add NAME --kind kubernetes");
    if (wanted.isEmpty() && all.size() > 1)
        return invalid(Text::tr("The workspace has several clusters: %1.").arg(all.join(QStringLiteral(", "))), m_workspace.file, Text::tr("Say which by its connection."));
    if (all.isEmpty() || (!wanted.isEmpty() && !all.contains(wanted)))
        return notFound(wanted.isEmpty() ? Text::tr("The workspace has no connection of kind kubernetes.") : Text::tr("There is no connection “%1” of kind kubernetes in this workspace.").arg(wanted),
                        m_workspace.file, all.isEmpty() ? add : Text::tr("Known: %1.").arg(all.join(QStringLiteral(", "))));
    const workspace::Connection connection = m_workspace.connections.value(wanted.isEmpty() ? all.first() : wanted);
    const QString stamp = stampOf(connection);
    {
        const std::lock_guard lock(m_mutex);
        if (const auto found = m_open.constFind(connection.name); found != m_open.constEnd() && found->stamp == stamp)
            return *found;
    }
    PH_ASSIGN(const auto api, openCluster(connection, m_http, m_secrets, m_root, m_terminal));
    const std::lock_guard lock(m_mutex);
    Open &kept = m_open[connection.name];
    if (!kept.api || kept.stamp != stamp) // two that opened it at once share the first
        kept = {api, std::make_shared<cluster::KubeRights>(api), stamp};
    return kept;
}

Result<std::shared_ptr<cluster::KubeApi>> Clusters::of(const QString &connection) const {
    PH_ASSIGN(const Open made, open(connection));
    return made.api;
}

Result<std::shared_ptr<cluster::KubeRights>> Clusters::rights(const QString &connection) const {
    PH_ASSIGN(const Open made, open(connection));
    return made.rights;
}

Result<std::shared_ptr<cluster::KubeApi>> openCluster(const workspace::Connection &connection, std::shared_ptr<net::HttpClient> http, std::shared_ptr<secrets::SecretStore> secrets, const QString &root, bool terminal) {
    PH_ASSIGN(const cluster::ConnectionAccess found, cluster::accessOf(connection, *secrets));
    cluster::CredentialOptions options;
    options.connection = connection.name;
    if (!root.isEmpty())
        options.trust = cluster::ExecTrust(root);
    options.terminal = terminal;
    options.http = http;
    if (found.aws)
        options.aws = [keys = *found.aws]() -> Result<std::optional<sources::AwsCredentials>> { return std::optional(keys); };
    return std::make_shared<cluster::KubeApi>(found.access, std::move(http), cluster::credentialsOf(found.access, std::move(options)), connection.name);
}

QString clusterAddress(const workspace::Connection &connection) {
    if (!connection.url.isEmpty())
        return connection.url;
    const QString context = connection.other.value(QStringLiteral("context"));
    QString files = cluster::kubeconfigFiles(connection.other.value(QStringLiteral("kubeconfig"))).join(QLatin1Char(':'));
    if (files.startsWith(QDir::homePath() + QLatin1Char('/')))
        files.replace(0, QDir::homePath().size(), QStringLiteral("~"));
    return context.isEmpty() ? files : Text::tr("%1, context %2").arg(files, context);
}

Result<ConnectionCheck> testCluster(ConnectionCheck check, const workspace::Workspace &workspace, net::HttpClient &http, secrets::SecretStore &secrets, std::stop_token token) {
    const auto begin = std::chrono::steady_clock::now();
    // Both outlive the call.
    PH_ASSIGN(const auto api, openCluster(workspace.connections.value(check.name), {std::shared_ptr<void>(), &http}, {std::shared_ptr<void>(), &secrets}, rootOf(workspace)));
    check.address = api->access().server;
    PH_ASSIGN(const QString version, api->serverVersion(token));
    check.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    const auto who = cluster::KubeRights(api).whoAmI(token);
    if (!who && who.error().kind != ErrorKind::NotFound) // the version is given to everybody: a wrong credential shows here
        return who.error();
    check.finding = who ? Text::tr("Kubernetes %1 answers; we are %2 there.").arg(version, who->text()) : Text::tr("Kubernetes %1 answers.").arg(version);
    const auto groups = api->get(QStringLiteral("/apis"), {}, token);
    if (!groups)
        return check; // who may not look has a connection all the same
    QStringList installed, missing;
    for (const auto &[group, title] : {std::pair("argoproj.io", "Argo Rollouts"), std::pair("serving.kserve.io", "KServe"), std::pair("metrics.k8s.io", "metrics.k8s.io")}) {
        bool here = false;
        for (const QJsonValue &entry : groups->value(Q("groups")).toArray())
            here = here || entry.toObject().value(Q("name")).toString() == Q(group);
        (here ? installed : missing) << QString::fromLatin1(title);
    }
    if (!installed.isEmpty())
        check.finding += QLatin1Char(' ') + Text::tr("Installed: %1.").arg(installed.join(QStringLiteral(", ")));
    if (!missing.isEmpty())
        check.finding += QLatin1Char(' ') + Text::tr("Not installed: %1.").arg(missing.join(QStringLiteral(", ")));
    return check;
}

Result<operations::Operation> trustProgram(const workspace::Workspace &workspace, const QString &name, const QString &root, const QString &who, const QString &seen) {
    const auto found = workspace.connections.constFind(name);
    if (found == workspace.connections.constEnd() || found->kind != Q("kubernetes") || !found->url.isEmpty())
        return notFound(Text::tr("There is no connection “%1” with a kubeconfig in this workspace.").arg(name), workspace.file);
    PH_ASSIGN(const auto config, cluster::Kubeconfig::read(cluster::kubeconfigFiles(found->other.value(QStringLiteral("kubeconfig")))));
    PH_ASSIGN(const auto access, config.access(found->other.value(QStringLiteral("context"))));
    if (!access.exec)
        return invalid(Text::tr("The context “%1” runs no program for its credential: there is nothing to confirm.").arg(access.context), config.files().join(QStringLiteral(", ")));
    const cluster::ExecTrust trust(root);
    const cluster::KubeExec exec = *access.exec;
    if (!seen.isEmpty() && cluster::ExecTrust::digest(exec) != seen)
        return Error{ErrorKind::Conflict, Text::tr("The kubeconfig names another program now."), exec.file, Text::tr("Look at it again before it may run."), {}};
    operations::Operation operation;
    operation.kind = QStringLiteral("trust-program");
    operation.object = QStringLiteral("connection ") + name;
    operation.summary = Text::tr("Let the kubeconfig of %1 run a program for its credential").arg(name);
    operation.needs = workspace::Role::Operator;
    operation.details = {{Q("program"), cluster::ExecTrust::line(exec)}, {Q("kubeconfig"), exec.file}};
    operations::Step step;
    step.call.verb = QStringLiteral("TRUST");
    step.call.object = cluster::ExecTrust::line(exec);
    step.call.effect = Text::tr("runs on this machine, as its kubeconfig %1 says").arg(exec.file);
    step.call.undo = Text::tr("ask again before it runs");
    step.execute = [trust, exec, who] { return trust.trust(exec, who); };
    step.readBack = [trust, exec]() -> Result<QJsonObject> {
        if (!trust.isTrusted(exec))
            return Error{ErrorKind::Conflict, Text::tr("The confirmation was not kept."), trust.file(), Text::tr("Is the file yours, and closed to others?"), {}};
        return QJsonObject{{Q("program"), cluster::ExecTrust::digest(exec)}};
    };
    step.undo = [trust, exec] { return trust.forget(exec); };
    operation.steps.push_back(std::move(step));
    return operation;
}

} // namespace pilothouse::fleet
