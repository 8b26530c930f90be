// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/connections.h"

#include "core/base/database.h"
#include "core/base/file.h"
#include "core/fleet/clusters.h"
#include "core/fleet/image_registries.h"
#include "core/fleet/pipeline_systems.h"
#include "core/fleet/registry_kinds.h"
#include "core/fleet/vaults.h"
#include "core/promotion/promotion.h"
#include "core/sources/fetch.h"
#include "core/workspace/edit.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QJsonArray>

#include <chrono>
#include <optional>
#include <unistd.h>

namespace pilothouse::fleet {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(Connections)
};
const QString connectionsKey = QStringLiteral("connections");

Result<ConnectionCheck> testLocal(ConnectionCheck check) {
    QFileInfo folder(check.address);
    if (!folder.exists()) {
        QFileInfo parent(folder.absolutePath());
        while (!parent.exists() && parent.absoluteFilePath() != QLatin1String("/"))
            parent = QFileInfo(parent.absolutePath());
        if (!parent.isDir() || ::access(qUtf8Printable(parent.filePath()), W_OK) != 0)
            return Error{ErrorKind::Denied, Text::tr("The folder does not exist and cannot be made."), check.address, Text::tr("Choose a folder that you may write, or make it."), {}};
        check.finding = Text::tr("The folder will be made at the first use.");
        return check;
    }
    if (!folder.isDir())
        return invalid(Text::tr("This is a file, not a folder."), check.address, Text::tr("Name a folder in root."));
    if (::access(qUtf8Printable(check.address), W_OK | X_OK) != 0)
        return Error{ErrorKind::Denied, Text::tr("The folder cannot be written."), check.address, Text::tr("Change its owner or mode, or choose another."), {}};
    const QString file = check.address + QStringLiteral("/registry.db");
    if (!QFileInfo::exists(file)) {
        check.finding = Text::tr("The folder can be written; there is no registry in it yet.");
        return check;
    }
    PH_ASSIGN(const auto database, Database::open(file, promotion::registryDatabaseMigrations()));
    check.finding = Text::tr("The folder can be written and the registry opens.");
    return check;
}

/// Signed as every other request: the secret of an S3 connection must never travel itself.
Result<ConnectionCheck> testS3(ConnectionCheck check, const workspace::Workspace &workspace, net::HttpClient &http, secrets::SecretStore &secrets, std::stop_token token) {
    const sources::Access access{workspace, {std::shared_ptr<void>(), &secrets}, {std::shared_ptr<void>(), &http}}; // both outlive the call
    PH_ASSIGN(const sources::S3Client client, sources::s3For({{}, check.name, {}}, access));
    const auto begin = std::chrono::steady_clock::now();
    const QString bucket = workspace.connections.value(check.name).other.value(QStringLiteral("bucket"));
    if (bucket.isEmpty()) {
        PH_ASSIGN(const QStringList buckets, client.buckets(token));
        check.finding = Text::tr("It answers. Buckets: %1.").arg(buckets.isEmpty() ? QStringLiteral("–") : buckets.mid(0, 10).join(QStringLiteral(", ")));
    } else {
        PH_ASSIGN(const bool there, client.bucketExists(bucket, token));
        if (!there)
            return notFound(Text::tr("There is no bucket “%1”.").arg(bucket), check.address, Text::tr("Check the bucket's name and the connection's address."));
        check.finding = Text::tr("The bucket “%1” is there and can be read.").arg(bucket);
    }
    check.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return check;
}

/// A repository: what it has. An address is only asked which branches and tags it has.
Result<ConnectionCheck> testGit(ConnectionCheck check, const workspace::Connection &connection, secrets::SecretStore &secrets, std::stop_token token) {
    const auto begin = std::chrono::steady_clock::now();
    PH_ASSIGN(const registry::GitLook look, registry::lookAtGit(gitServerOf(connection, {std::shared_ptr<void>(), &secrets}), token));
    check.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    check.finding = look.branches == 0 ? Text::tr("The repository opens; it has no commit yet.")
                                       : Text::tr("The repository opens. Branches: %1, tags: %2.").arg(look.branches).arg(look.tags);
    if (look.models >= 0)
        check.finding += QLatin1Char(' ') + Text::tr("Models in “%1”: %2.").arg(look.path).arg(look.models);
    return check;
}

Result<ConnectionCheck> testAzure(ConnectionCheck check, const workspace::Connection &connection, net::HttpClient &http, secrets::SecretStore &secrets, std::stop_token token) {
    const std::shared_ptr<net::HttpClient> client{std::shared_ptr<void>(), &http}; // both outlive the call
    PH_ASSIGN(registry::MlflowServer server, mlflowServerOf(connection, client, {std::shared_ptr<void>(), &secrets}));
    check.address = server.url;
    const auto begin = std::chrono::steady_clock::now();
    PH_TRY(registry::MlflowApi(client, std::move(server)).get(QStringLiteral("experiments/search"), QUrlQuery(QStringLiteral("max_results=1")), token));
    check.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    check.finding = Text::tr("The directory gives a token, and the workspace answers.");
    return check;
}

/// Shares what the caller keeps alive while the check runs.
template<class T>
std::shared_ptr<T> borrowed(T &thing) {
    return std::shared_ptr<T>(&thing, [](T *) {});
}

/// State, login, and what is mounted where the connection says.
Result<ConnectionCheck> testVault(ConnectionCheck check, const workspace::Connection &connection, net::HttpClient &http, secrets::SecretStore &secrets, std::stop_token token) {
    PH_ASSIGN(const secrets::VaultServer server, vaultServerOf(connection, borrowed(secrets)));
    secrets::VaultClient client(server, borrowed(http));
    const auto begin = std::chrono::steady_clock::now();
    PH_ASSIGN(const secrets::VaultHealth health, client.health(token));
    if (health.state == secrets::VaultState::Sealed || health.state == secrets::VaultState::NotInitialised)
        return Error{ErrorKind::Unreachable, health.state == secrets::VaultState::Sealed ? Text::tr("The Vault is sealed.") : Text::tr("The Vault is not initialised."), connection.url,
                     Text::tr("Whoever keeps its keys unseals it (vault operator unseal)."), {}};
    const auto checked = [&]() -> Result<ConnectionCheck> {
        const auto who = client.whoAmI(token);
        if (!who && who.error().kind != ErrorKind::Denied)
            return who.error();
        PH_ASSIGN(const int engine, client.engine(token));
        check.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
        check.finding = who ? Text::tr("It is %1; logged in as %2 with the policies %3; at %4 is engine %5.").arg(health.sentence(), who->displayName, who->policies.join(QStringLiteral(", ")), server.mount).arg(engine)
                            : Text::tr("It is %1; at %2 is engine %3.").arg(health.sentence(), server.mount).arg(engine);
        return check;
    }();
    client.signOut();
    return checked;
}

/// GET /v2/ with the credential; what the registry says of its rate limit.
Result<ConnectionCheck> testImages(ConnectionCheck check, const workspace::Connection &connection, net::HttpClient &http, secrets::SecretStore &secrets, std::stop_token token) {
    PH_ASSIGN(RegistryParts parts, registryPartsOf(connection, borrowed(http), borrowed(secrets)));
    check.address = parts.access.apiUrl();
    const bool login = bool(parts.access.login);
    cluster::ImageRegistry registry(std::move(parts.access), borrowed(http), std::move(parts.facts));
    const auto begin = std::chrono::steady_clock::now();
    PH_TRY(registry.check(token));
    check.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    check.finding = login ? Text::tr("It answers, and takes the credential.") : Text::tr("It answers without a credential.");
    if (const auto rate = registry.session().rateLimit())
        check.finding += QLatin1Char(' ') + Text::tr("%1 of %2 pulls are left.").arg(rate->remaining).arg(rate->limit);
    return check;
}

/// An address of each kind that answers without side effects, and needs the credential where the kind has one.
QString probePath(const QString &kind) {
    static const QMap<QString, QString> paths{
        {QStringLiteral("mlflow"), QStringLiteral("/api/2.0/mlflow/experiments/search?max_results=1")},
        {QStringLiteral("jenkins"), QStringLiteral("/api/json?tree=mode")},
        {QStringLiteral("prometheus"), QStringLiteral("/api/v1/status/buildinfo")},
        {QStringLiteral("github"), QStringLiteral("/rate_limit")},
        {QStringLiteral("grafana"), QStringLiteral("/api/alertmanager/grafana/api/v2/status")},
    };
    return paths.value(kind, QStringLiteral("/"));
}

Result<void> addCredential(net::Request &request, const workspace::Connection &connection, secrets::SecretStore &secrets) {
    if (connection.secret.isEmpty())
        return {};
    PH_ASSIGN(const QByteArray value, authorizationValue(connection, secrets));
    request.headers << net::Header{"Authorization", value};
    return {};
}

Result<void> checkEdit(const QString &file, const Result<QByteArray> &edited) {
    if (!edited)
        return edited.error();
    const auto parsed = workspace::parseWorkspace(*edited, file);
    return parsed ? Result<void>() : parsed.error();
}

Result<void> writeEdit(const QString &file, const workspace::TextEdit &edit) {
    const auto done = workspace::editWorkspaceFile(file, edit);
    return done ? Result<void>() : done.error();
}

/// One step on the workspace file: `edit` forwards, `back` for the undo.
auto fileOperation(const QString &file, const QString &name, const QByteArray &before, bool add, const QString &effect,
                                    workspace::TextEdit edit, workspace::TextEdit back) {
    operations::Operation operation;
    operation.kind = add ? QStringLiteral("connect") : QStringLiteral("disconnect");
    operation.object = QStringLiteral("connection ") + name;
    operation.summary = add ? Text::tr("Add the connection %1 to the workspace").arg(name) : Text::tr("Take the connection %1 out of the workspace").arg(name);
    operation.needs = workspace::Role::Operator;
    operation.connection = name; // taking it out and adding it anew would be a way around its guard
    operations::Step step;
    step.call.verb = QStringLiteral("EDIT");
    step.call.object = file;
    step.call.effect = effect;
    step.call.undo = add ? Text::tr("remove it again") : Text::tr("put it back");
    step.guard = [file, before]() -> Result<void> {
        PH_ASSIGN(const QByteArray now, readFile(file));
        if (now != before)
            return Error{ErrorKind::Conflict, Text::tr("The workspace file was changed meanwhile."), file, Text::tr("Look at it and try again."), {}};
        return {};
    };
    step.execute = [file, edit = std::move(edit)] { return writeEdit(file, edit); };
    step.readBack = [file, name, add]() -> Result<QJsonObject> {
        PH_ASSIGN(const auto now, workspace::readWorkspace(file));
        if (now.connections.contains(name) != add)
            return Error{ErrorKind::Conflict, Text::tr("The workspace file was written by somebody else meanwhile."), file, {}, {}};
        return QJsonObject{{QStringLiteral("connections"), QJsonArray::fromStringList(now.connections.keys())}};
    };
    step.undo = [file, back = std::move(back)] { return writeEdit(file, back); };
    operation.steps.push_back(std::move(step));
    return operation;
}

} // namespace

QString connectionAddress(const workspace::Connection &connection) {
    if (connection.kind == QLatin1String("kubernetes"))
        return clusterAddress(connection);
    return connection.kind == QLatin1String("local") ? connection.root : connection.url;
}

Result<QByteArray> authorizationValue(const workspace::Connection &connection, secrets::SecretStore &secrets) {
    if (connection.secret.isEmpty())
        return QByteArray();
    PH_ASSIGN(const QString value, secrets.read(connection.secret));
    if (connection.user.isEmpty())
        return QByteArray("Bearer " + value.toUtf8());
    return QByteArray("Basic " + (connection.user + QLatin1Char(':') + value).toUtf8().toBase64());
}

Result<ConnectionCheck> testConnection(const workspace::Workspace &workspace, const QString &name, net::HttpClient &http, secrets::SecretStore &secrets,
                                       std::stop_token token) {
    const auto found = workspace.connections.constFind(name);
    if (found == workspace.connections.constEnd())
        return notFound(Text::tr("There is no connection “%1” in this workspace.").arg(name), workspace.file, Text::tr("Known: %1.").arg(QStringList(workspace.connections.keys()).join(QStringLiteral(", "))));
    ConnectionCheck check;
    check.name = name;
    check.kind = found->kind;
    check.address = found->kind == QLatin1String("local") ? found->root : found->url;
    if (found->kind == QLatin1String("local"))
        return testLocal(check);
    if (found->kind == QLatin1String("s3"))
        return testS3(check, workspace, http, secrets, token);
    if (found->kind == QLatin1String("git"))
        return testGit(check, *found, secrets, token);
    if (found->kind == QLatin1String("azureml") && found->other.value(QStringLiteral("login")) != QLatin1String("device"))
        return testAzure(check, *found, http, secrets, token);
    if (pipelines::isPipelineKind(found->kind))
        return testPipelines(check, workspace, http, secrets, token);
    if (found->kind == QLatin1String("kubernetes"))
        return testCluster(check, workspace, http, secrets, token);
    if (found->kind == QLatin1String("vault"))
        return testVault(check, *found, http, secrets, token);
    if (found->kind == QLatin1String("images"))
        return testImages(check, *found, http, secrets, token);
    check.usedHere = isRegistryKind(found->kind);
    if (found->url.isEmpty()) {
        check.finding = Text::tr("This version does not use connections of kind %1.").arg(found->kind);
        return check;
    }
    net::Request request;
    request.url = found->url;
    if (request.url.endsWith(QLatin1Char('/')))
        request.url.chop(1);
    request.url += probePath(found->kind);
    request.caFile = found->other.value(QStringLiteral("ca_file"));
    request.timeoutMs = 15000;
    PH_TRY(addCredential(request, *found, secrets));
    PH_ASSIGN(const net::Response reply, http.send(request, token));
    if (reply.status >= 400)
        return net::statusError(request, reply);
    check.seconds = reply.seconds;
    check.finding = check.usedHere ? Text::tr("It answers (HTTP %1).").arg(reply.status) : Text::tr("It answers (HTTP %1). This version does not use connections of kind %2 yet.").arg(reply.status).arg(found->kind);
    return check;
}

Result<ConnectionCheck> testNewConnection(const QString &file, const QString &name, const QVariantMap &entry, const QString &value, net::HttpClient &http, std::shared_ptr<secrets::SecretStore> secrets,
                                          std::stop_token token) {
    PH_ASSIGN(const QByteArray now, readFile(file));
    const QString called = name.isEmpty() ? QStringLiteral("new") : name;
    PH_ASSIGN(const QByteArray text, workspace::editValue(now, file, {connectionsKey, called}, entry));
    PH_ASSIGN(const auto workspace, workspace::parseWorkspace(text, file));
    if (!value.isEmpty())
        secrets = secrets::chainedStore({secrets::memoryStore({{entry.value(QStringLiteral("secret")).toString(), value}}), secrets});
    return testConnection(workspace, called, http, *secrets, token);
}

Result<operations::Operation> addConnection(const QString &file, const QString &name, const QVariantMap &entry) {
    PH_ASSIGN(const QByteArray before, readFile(file));
    PH_ASSIGN(const auto workspace, workspace::parseWorkspace(before, file));
    if (workspace.connections.contains(name))
        return Error{ErrorKind::Conflict, Text::tr("There is a connection “%1” already.").arg(name), file, Text::tr("Remove it first, or choose another name."), {}};
    const QStringList path{connectionsKey, name};
    const auto add = [file, path, entry](const QByteArray &text) { return workspace::editValue(text, file, path, entry); };
    PH_TRY(checkEdit(file, add(before)));
    return fileOperation(file, name, before, true, Text::tr("connection %1 of kind %2").arg(name, entry.value(QStringLiteral("kind")).toString()), add,
                         [file, path](const QByteArray &text) { return workspace::removeEntry(text, file, path); });
}

void storeSecretFirst(operations::Operation &operation, std::shared_ptr<secrets::SecretStore> store, const QString &secret, const QString &value) {
    const auto before = std::make_shared<std::optional<QString>>();
    operations::Step step;
    step.call.verb = QStringLiteral("STORE");
    step.call.object = Text::tr("secret %1 in the keychain").arg(secret);
    step.call.effect = Text::tr("the value that was given");
    step.call.undo = Text::tr("put back what was there");
    step.execute = [store, secret, value, before]() -> Result<void> {
        if (auto old = store->read(secret))
            *before = *old;
        return store->write(secret, value);
    };
    step.readBack = [store, secret, value]() -> Result<QJsonObject> {
        PH_ASSIGN(const QString now, store->read(secret));
        if (now != value)
            return Error{ErrorKind::Conflict, Text::tr("The keychain does not hold the secret that was stored."), {}, {}, {}};
        return QJsonObject{{QStringLiteral("secret"), secret}};
    };
    step.undo = [store, secret, before] { return before->has_value() ? store->write(secret, **before) : store->remove(secret); };
    operation.steps.insert(operation.steps.begin(), std::move(step));
}

Result<operations::Operation> removeConnection(const QString &file, const QString &name) {
    PH_ASSIGN(const QByteArray before, readFile(file));
    PH_ASSIGN(const auto workspace, workspace::parseWorkspace(before, file));
    if (!workspace.connections.contains(name))
        return notFound(Text::tr("There is no connection “%1” in this workspace.").arg(name), file);
    QStringList users;
    for (const auto &model : workspace.models)
        if (QStringList{model.registry.connection, model.pipeline.connection, model.deployment.connection, model.endpoint.connection, model.retrain.executor}.contains(name))
            users << model.name;
    if (!users.isEmpty())
        return refused(Text::tr("The connection “%1” is in use by %2.").arg(name, users.join(QStringLiteral(", "))), file, Text::tr("Point these models at another connection first."));
    const auto remove = [file, path = QStringList{connectionsKey, name}](const QByteArray &text) { return workspace::removeEntry(text, file, path); };
    PH_TRY(checkEdit(file, remove(before)));
    return fileOperation(file, name, before, false, Text::tr("connection %1 is gone").arg(name), remove, [before](const QByteArray &) -> Result<QByteArray> { return before; });
}

} // namespace pilothouse::fleet
