// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/connect_cluster.h"

#include "core/base/actor.h"
#include "core/cluster/kubeconfig.h"
#include "core/fleet/cluster_import.h"
#include "core/fleet/clusters.h"
#include "core/fleet/services.h"

#include <QDir>
#include <QJsonArray>

namespace pilothouse {

namespace {
using Q = QLatin1String;
}

Result<QString> addClusterKeys(QVariantMap &entry, const QString &name, const ClusterOptions &options) {
    const QString kubeconfig = QString::fromStdString(options.kubeconfig), context = QString::fromStdString(options.context), space = QString::fromStdString(options.space);
    if (entry.value(QStringLiteral("kind")).toString() != Q("kubernetes")) {
        if (!kubeconfig.isEmpty() || !context.isEmpty() || !space.isEmpty() || options.import)
            return invalid(QStringLiteral("--kubeconfig, --context, --namespace and --import belong to --kind kubernetes."));
        return QString();
    }
    const auto put = [&](const char *key, const QString &value) {
        if (!value.isEmpty())
            entry.insert(Q(key), value);
    };
    if (const QString url = entry.take(QStringLiteral("url")).toString(); !url.isEmpty()) {
        if (options.import || !kubeconfig.isEmpty() || !context.isEmpty())
            return invalid(QStringLiteral("A cluster has a kubeconfig or a --url, not both."));
        put("server", url);
        put("namespace", space);
        return QString();
    }
    QStringList files = cluster::kubeconfigFiles(kubeconfig);
    if (options.import) {
        if (entry.contains(QStringLiteral("user")) || entry.contains(QStringLiteral("root")))
            return invalid(QStringLiteral("--import takes user and secret from the kubeconfig."), {}, QStringLiteral("Leave --user out."));
        PH_ASSIGN(const fleet::ClusterImport taken, fleet::importContext(files, context, name, entry.value(QStringLiteral("secret")).toString()));
        for (auto it = taken.entry.begin(); it != taken.entry.end(); ++it)
            entry.insert(it.key(), it.value());
        put("namespace", space);
        return taken.secret;
    }
    PH_ASSIGN(const auto config, cluster::Kubeconfig::read(files));
    PH_TRY(config.access(context));
    if (!kubeconfig.isEmpty()) // on the command line a path is relative to here, in the file to the file
        put("kubeconfig", files.join(QLatin1Char(':')));
    put("context", context);
    put("namespace", space);
    return QString();
}

Result<void> trustCluster(Context &context, const QString &name) {
    PH_ASSIGN(const auto services, context.services());
    PH_ASSIGN(const auto operation, fleet::trustProgram(services->workspace, name, services->root, currentActor()));
    PH_ASSIGN(const QString id, services->operations->runWhole(operation));
    const QString program = operation.details.value(Q("program")).toString(), file = operation.details.value(Q("kubeconfig")).toString();
    context.answer({{Q("operation"), id}, {Q("connection"), name}, {Q("program"), program}, {Q("kubeconfig"), file}},
                   QStringLiteral("%1 may run for %2 now, as %3 says: %4").arg(program.section(Q(" "), 0, 0), name, file, program));
    return {};
}

Result<void> clusterRights(Context &context, const QString &name, const QString &wanted) {
    PH_ASSIGN(const auto services, context.services());
    PH_ASSIGN(const auto api, services->clusters->of(name));
    PH_ASSIGN(const auto rights, services->clusters->rights(name));
    const QString space = wanted.isEmpty() ? api->space() : wanted;
    const auto who = rights->whoAmI(context.stop());
    if (!who && who.error().kind != ErrorKind::NotFound)
        return who.error();
    PH_ASSIGN(const auto verdicts, rights->ask(cluster::rolloutRights(space), context.stop()));
    QJsonArray list;
    QString text = who ? QStringLiteral("%1 in %2, namespace %3:\n").arg(who->text(), api->connection(), space) : QStringLiteral("%1, namespace %2:\n").arg(api->connection(), space);
    for (const cluster::KubeVerdict &v : verdicts) {
        const QString resource = v.right.subresource.isEmpty() ? v.right.kind.plural : v.right.kind.plural + QLatin1Char('/') + v.right.subresource;
        QJsonObject one{{Q("verb"), v.right.verb}, {Q("resource"), resource}, {Q("group"), v.right.kind.group}, {Q("allowed"), v.allowed}};
        if (!v.reason.isEmpty())
            one.insert(Q("reason"), v.reason);
        list.append(one);
        text += QStringLiteral("  %1  %2 %3%4\n").arg(v.allowed ? QStringLiteral("yes") : QStringLiteral("no "), v.right.verb, resource, v.right.kind.group.isEmpty() ? QString() : QStringLiteral(" (%1)").arg(v.right.kind.group));
    }
    context.answer({{Q("connection"), api->connection()}, {Q("namespace"), space}, {Q("user"), who ? who->user : QString()}, {Q("groups"), who ? QJsonArray::fromStringList(who->groups) : QJsonArray()}, {Q("rights"), list}}, text.trimmed());
    return {};
}

} // namespace pilothouse
