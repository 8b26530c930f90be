// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/services.h"

#include "core/base/actor.h"
#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/fleet/clusters.h"
#include "core/fleet/deploy_watch.h"
#include "core/fleet/image_registries.h"
#include "core/fleet/joined_gates.h"
#include "core/fleet/joined_runs.h"
#include "core/fleet/pipeline_systems.h"
#include "core/fleet/remote_runs.h"
#include "core/fleet/rollout_targets.h"
#include "core/fleet/managed_alerts.h"
#include "core/fleet/skew_watch.h"
#include "core/fleet/vaults.h"
#include "core/pipelines/local_pipelines.h"
#include "core/registry/local_registry.h"

#include <QCoreApplication>
#include <QDir>

#include <unistd.h>

namespace pilothouse::fleet {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(Services)
};

/// The journal's HMAC key: read from the keychain, made there on first use. Empty where no keychain can be written.
Result<QByteArray> journalKey(secrets::SecretStore &store, const QString &workspaceName, QStringList &notes, bool &isNew) {
    const QString name = QStringLiteral("journal-key/") + workspaceName;
    auto key = store.read(name);
    if (key)
        return key->toUtf8();
    if (key.error().kind == ErrorKind::NotFound) {
        const QString fresh = randomHex(32);
        if (store.write(name, fresh)) {
            isNew = true;
            return fresh.toUtf8();
        }
    }
    if (key.error().kind == ErrorKind::Denied)
        notes << Text::tr("The keychain was not opened: the journal is kept, its head is not authenticated.");
    else
        notes << Text::tr("No keychain here: the journal is kept, its head is not authenticated. Set PILOTHOUSE_SECRET_JOURNAL_KEY_%1 to change that.")
                     .arg(workspaceName.toUpper());
    return QByteArray();
}

/// The one local connection of a workspace: the folder that holds registry, journal and serving.
Result<QString> rootOf(const workspace::Workspace &workspace) {
    for (const workspace::Connection &connection : workspace.connections)
        if (connection.kind == QLatin1String("local"))
            return workspace.localRoot(connection.name);
    return invalid(Text::tr("The workspace has no local connection."), workspace.file,
                   Text::tr("Add `connections: {local: {kind: local, root: …}}`, or run `pilot connect add local --kind local --root DIR`."));
}

} // namespace

Result<std::shared_ptr<Services>> openServices(const ServiceOptions &options) {
    auto s = std::make_shared<Services>();
    PH_ASSIGN(s->workspace, workspace::readWorkspace(options.workspaceFile));
    PH_ASSIGN(s->root, rootOf(s->workspace));
    PH_TRY(makeFolder(s->root, true));
    s->clock = options.clock ? options.clock : std::make_shared<SystemClock>();
    s->http = std::make_shared<net::HttpClient>();
    const auto base = options.secrets ? options.secrets : secrets::chainedStore({secrets::environmentStore(), secrets::keychainStore()});
    s->vaults = vaultsOf(s->workspace, s->http, base);
    s->secrets = secrets::withVaults(base, s->vaults);
    s->images = std::make_shared<ImageRegistries>(s->workspace, s->http, s->secrets);
    PH_ASSIGN(s->database, Database::open(s->root + QStringLiteral("/registry.db"), promotion::registryDatabaseMigrations()));
    PH_ASSIGN(s->registry, registry::openLocalRegistry(s->database, s->root + QStringLiteral("/artifacts"), &s->notes, s->clock));
    s->registries = std::make_shared<Registries>(s->workspace, s->registry, s->http, s->secrets, s->root + QStringLiteral("/fetched"));
    s->remote = std::make_shared<RemoteModels>(s->workspace, s->registries, s->http, s->clock, s->root + QStringLiteral("/known.db"));
    const bool terminal = options.program == QLatin1String("pilot") && ::isatty(STDIN_FILENO) && ::isatty(STDERR_FILENO);
    s->clusters = std::make_shared<Clusters>(s->workspace, s->http, s->secrets, s->root, terminal);
    bool keyIsNew = false;
    PH_ASSIGN(const QByteArray key, journalKey(*s->secrets, s->workspace.name, s->notes, keyIsNew));
    PH_ASSIGN(s->journal, operations::Journal::open(s->root + QStringLiteral("/journal.jsonl"), s->database, key, s->clock, keyIsNew));
    s->operations = std::make_shared<operations::Operations>(
        s->journal, operations::Actor{currentActor(), options.program, s->workspace.role}, operations::WriteRules(s->workspace));
    PH_ASSIGN(const auto localPipelines, pipelines::openLocalPipelines(s->root + QStringLiteral("/pipelines"), s->workspace, s->clock));
    const auto systems = allPipelines(localPipelines, s->workspace, s->http, s->secrets, s->clusters, s->clock, s->root);
    s->pipelines = systems;
    s->runs = std::make_shared<RemoteRuns>(systems, s->workspace, s->http, s->clock, s->root + QStringLiteral("/known.db"));
    s->rolloutTarget = [targets = RolloutTargetParts{s->workspace, s->root, s->http, s->registries, s->clusters, options.program}](const workspace::Model &model) { return rolloutTargetOf(targets, model); };
    s->rollouts = std::make_shared<RemoteRollouts>(s->workspace, s->rolloutTarget, s->http, s->clock);
    s->skew = std::make_shared<SkewWatch>();
    s->managed = std::make_shared<ManagedAlerts>();
    promotion::Promotions::Parts parts;
    parts.database = s->database;
    parts.registry = s->registry;
    parts.registryOf = [registries = s->registries](const QString &connection) { return registries->of(connection); };
    parts.operations = s->operations;
    // Where train and deploy are two runs joined by the approval, the deploy run rolls out what was approved: the promotion itself moves the alias only.
    parts.rolloutTarget = [target = s->rolloutTarget, workspace = s->workspace](const workspace::Model &model) -> Result<std::shared_ptr<cluster::RolloutTarget>> {
        if (isJoined(workspace, model))
            return notFound(Text::tr("Model %1 is rolled out by its deploy run.").arg(model.name));
        return target(model);
    };
    parts.workspace = s->workspace;
    parts.clock = s->clock;
    parts.secrets = s->secrets;
    PH_ASSIGN(s->promotions, promotion::Promotions::open(std::move(parts), &s->notes));
    // A paused deploy stage has no process: whoever looks at the runs settles it by what became of its promotion.
    if (auto *local = pipelines::localPart(*s->pipelines)) {
        local->watchDeploys(deployWatcher(s->promotions));
        local->setOwnGates(joinedGates(*s, localPipelines));
    }
    return s;
}

} // namespace pilothouse::fleet
