// SPDX-License-Identifier: GPL-3.0-or-later
// pilot connect list|add|test|remove: the connections of the workspace file, edited in place.
// pilot connect endpoint MODEL URL [--protocol P | --profile FILE] [--propose]: where and how the model is asked; without either, /openapi.json
//   proposes a profile. --propose only shows it.
//   --json  {"operation","model","url","protocol","profile":{…}?}
// pilot connect add NAME --kind kubernetes [--kubeconfig FILE] [--context C] [--namespace N] [--import]: see connect_cluster.h
// pilot connect trust NAME                    lets the program run that its kubeconfig names for the credential
// pilot connect login NAME                    a person signs in for a connection with login: device; see connect_login.h
// pilot connect rights NAME [--namespace N]   who we are there, and what we may do
//   trust --json   {"operation","connection","program","kubeconfig"}
//   rights --json  {"connection","namespace","user","groups":[…],"rights":[{"verb","resource","group","allowed","reason"?}]}
//   list --json  {"connections":[{"name","kind","address","user","secret","guard","used"}]}
//   test --json  {"connections":[{"name","kind","address","ok","finding","seconds","error"?}]}
//   add, remove  {"operation","connection"}
#include "app/pilot/connect_cluster.h"
#include "app/pilot/connect_login.h"
#include "app/pilot/secret_input.h"
#include "app/pilot/verb.h"

#include "core/base/actor.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/fleet/connections.h"
#include "core/fleet/endpoint.h"
#include "core/fleet/image_registries.h"
#include "core/fleet/registry_kinds.h"
#include "core/fleet/services.h"
#include "core/fleet/vaults.h"
#include "core/pipelines/pipeline_connection.h"

#include <QDir>
#include <QJsonArray>

#include <algorithm>
#include <optional>

namespace pilothouse {

namespace {

using Q = QLatin1String;

struct Options {
    std::string name, kind, root, url, user, secret, guard;
    std::vector<std::string> set;
    std::string model, protocol, profile;
    ClusterOptions cluster;
    bool secretFromStdin = false, forgetSecret = false, propose = false;
};

Result<workspace::Workspace> openWorkspace(const Context &context) {
    PH_ASSIGN(const QString file, workspace::findWorkspace(context.workspaceOption, QDir::currentPath()));
    return workspace::readWorkspace(file);
}

QString addressOf(const workspace::Connection &c) { return c.kind == Q("images") && c.url.isEmpty() ? fleet::imageHostOf(c) : fleet::connectionAddress(c); }

Result<void> list(Context &context) {
    PH_ASSIGN(const auto workspace, openWorkspace(context));
    QJsonArray all;
    QString text;
    for (const auto &c : workspace.connections) {
        const bool used = c.kind == Q("local") || c.kind == Q("s3") || c.kind == Q("kubernetes") || c.kind == Q("vault") || c.kind == Q("images") || fleet::isRegistryKind(c.kind) || pipelines::isPipelineKind(c.kind);
        all.append(QJsonObject{{Q("name"), c.name}, {Q("kind"), c.kind}, {Q("address"), addressOf(c)}, {Q("user"), c.user}, {Q("secret"), c.secret}, {Q("guard"), c.guard.isEmpty() ? QStringLiteral("none") : c.guard}, {Q("used"), used}});
        const QString guard = c.guard.isEmpty() || c.guard == Q("none") ? QString() : QStringLiteral("  [%1]").arg(c.guard);
        text += QStringLiteral("%1  %2  %3%4\n").arg(c.name, -12).arg(c.kind, -12).arg(addressOf(c), guard + (used ? QString() : QStringLiteral("  (not in this version)")));
    }
    if (all.isEmpty())
        text = QStringLiteral("No connections. Add one: pilot connect add local --kind local --root FOLDER");
    context.answer({{Q("connections"), all}}, text.trimmed());
    return {};
}

/// Runs a change of the workspace file. A workspace without a local connection has no journal yet: then the role is
/// checked here, and the journal that the change may bring gets its line afterwards.
Result<void> runChange(Context &context, const workspace::Workspace &workspace, operations::Operation operation) {
    const operations::Actor actor{currentActor(), programName(), workspace.role};
    const QString name = operation.object.section(Q(" "), 1);
    QString id;
    if (const auto services = context.services()) {
        PH_ASSIGN(id, services.value()->operations->runWhole(operation)); // a secret without its connection would be half a change
    } else {
        PH_TRY(operations::checkRole(actor, operation.needs, operation.summary.left(1).toLower() + operation.summary.mid(1)));
        for (const auto &step : operation.steps) {
            if (step.guard)
                PH_TRY(step.guard());
            PH_TRY(step.execute());
            PH_ASSIGN(const QJsonObject after, step.readBack());
            if (const auto now = context.services())
                PH_TRY(operations::journalNote(*now.value()->journal, actor, operation.kind, operation.object, after));
        }
    }
    context.answer({{Q("operation"), id}, {Q("connection"), name}}, operation.summary + QStringLiteral(": done."));
    return {};
}

Result<QVariantMap> entryOf(const Options &options) {
    QVariantMap entry{{QStringLiteral("kind"), QString::fromStdString(options.kind)}};
    const auto put = [&](const char *key, const std::string &value) {
        if (!value.empty())
            entry.insert(Q(key), QString::fromStdString(value));
    };
    put("url", options.url);
    if (const QString url = QString::fromStdString(options.url); options.kind == "git" && !url.isEmpty() && !url.contains(Q(":")) && !url.startsWith(Q("~")) && !url.startsWith(Q("$")))
        entry.insert(QStringLiteral("url"), QDir::cleanPath(QDir::current().absoluteFilePath(url))); // a folder: from here, as root
    put("user", options.user);
    put("guard", options.guard);
    put("secret", options.secret.empty() && options.secretFromStdin ? options.name : options.secret);
    if (!options.root.empty()) {
        // On the command line a path is relative to here, in the file to the file.
        const QString root = QString::fromStdString(options.root);
        const bool byHome = root.startsWith(QLatin1Char('~')) || root.startsWith(QLatin1Char('$'));
        entry.insert(QStringLiteral("root"), byHome ? root : QDir::cleanPath(QDir::current().absoluteFilePath(root)));
    }
    for (const std::string &pair : options.set) {
        const QString text = QString::fromStdString(pair);
        const qsizetype equals = text.indexOf(QLatin1Char('='));
        if (equals <= 0)
            return invalid(QStringLiteral("--set needs KEY=VALUE, not “%1”.").arg(text));
        entry.insert(text.left(equals), text.mid(equals + 1));
    }
    return entry;
}

Result<void> add(Context &context, const Options &options) {
    PH_ASSIGN(const auto workspace, openWorkspace(context));
    PH_ASSIGN(QVariantMap entry, entryOf(options));
    PH_ASSIGN(const QString imported, addClusterKeys(entry, QString::fromStdString(options.name), options.cluster));
    PH_ASSIGN(auto operation, fleet::addConnection(workspace.file, QString::fromStdString(options.name), entry));
    if (!imported.isEmpty()) {
        fleet::storeSecretFirst(operation, secrets::keychainStore(), entry.value(QStringLiteral("secret")).toString(), imported);
    } else if (options.secretFromStdin) {
        PH_ASSIGN(const QString value, readSecret());
        fleet::storeSecretFirst(operation, secrets::keychainStore(), entry.value(QStringLiteral("secret")).toString(), value);
    }
    return runChange(context, workspace, std::move(operation));
}

Result<void> remove(Context &context, const Options &options) {
    PH_ASSIGN(const auto workspace, openWorkspace(context));
    const QString name = QString::fromStdString(options.name);
    PH_ASSIGN(auto operation, fleet::removeConnection(workspace.file, name));
    const QString secret = workspace.connections.value(name).secret;
    PH_TRY(runChange(context, workspace, std::move(operation)));
    const bool shared = std::any_of(workspace.connections.begin(), workspace.connections.end(), [&](const auto &c) { return c.name != name && c.secret == secret; });
    if (options.forgetSecret && !secret.isEmpty() && !shared)
        return secrets::keychainStore()->remove(secret);
    return {};
}

Result<void> test(Context &context, const Options &options) {
    PH_ASSIGN(const auto workspace, openWorkspace(context));
    const auto shared = std::make_shared<net::HttpClient>();
    const auto secrets = fleet::workspaceSecrets(workspace, shared, secrets::chainedStore({secrets::environmentStore(), secrets::keychainStore()}));
    net::HttpClient &http = *shared;
    const QStringList names = options.name.empty() ? QStringList(workspace.connections.keys()) : QStringList{QString::fromStdString(options.name)};
    QJsonArray all;
    QString text;
    std::optional<Error> worst;
    for (const QString &name : names) {
        const auto check = fleet::testConnection(workspace, name, http, *secrets, context.stop());
        if (check) {
            all.append(QJsonObject{{Q("name"), name}, {Q("kind"), check->kind}, {Q("address"), check->address}, {Q("ok"), true}, {Q("finding"), check->finding}, {Q("seconds"), check->seconds}});
            text += QStringLiteral("ok   %1: %2\n").arg(name, check->finding);
            continue;
        }
        if (names.size() == 1 || check.error().kind == ErrorKind::Cancelled)
            return check.error();
        const auto connection = workspace.connections.value(name);
        all.append(QJsonObject{{Q("name"), name}, {Q("kind"), connection.kind}, {Q("address"), addressOf(connection)}, {Q("ok"), false}, {Q("finding"), check.error().text()}, {Q("error"), errorToJson(check.error())}});
        text += QStringLiteral("bad  %1: %2\n").arg(name, check.error().text());
        if (!worst || exitCode(check.error().kind) > exitCode(worst->kind))
            worst = check.error();
    }
    if (all.isEmpty())
        text = QStringLiteral("No connections to test.");
    context.answer({{Q("connections"), all}}, text.trimmed());
    if (worst)
        context.exitCodeWanted = exitCode(worst->kind);
    return {};
}

Result<void> endpoint(Context &context, const Options &options) {
    PH_ASSIGN(const auto services, context.services());
    fleet::EndpointChoice choice{QString::fromStdString(options.url), QString::fromStdString(options.protocol), QString::fromStdString(options.secret), {}};
    const QString model = QString::fromStdString(options.model);
    if (!options.profile.empty()) {
        const QString file = QString::fromStdString(options.profile);
        PH_ASSIGN(const QByteArray bytes, readFile(file));
        PH_ASSIGN(const QJsonObject object, parseJsonObject(bytes, file));
        PH_ASSIGN(choice.profile, serving::RequestProfile::fromJson(object, file));
    } else if (choice.protocol.isEmpty()) {
        PH_ASSIGN(choice.profile, fleet::proposedProfile(*services->http, choice.url, context.stop()));
    }
    QJsonObject answer{{Q("model"), model}, {Q("url"), choice.url}, {Q("protocol"), choice.protocol}};
    if (choice.profile)
        answer.insert(Q("profile"), choice.profile->toJson());
    if (options.propose) {
        context.answer(answer, choice.profile ? QString::fromUtf8(prettyJson(choice.profile->toJson())).trimmed() : QStringLiteral("Protocol %1 needs no profile.").arg(choice.protocol));
        return {};
    }
    PH_ASSIGN(auto operation, fleet::setEndpoint(services->workspace.file, model, choice));
    if (options.secretFromStdin) {
        if (choice.secret.isEmpty())
            return invalid(QStringLiteral("--secret-from-stdin needs the secret's name."), {}, QStringLiteral("Give --secret NAME."));
        PH_ASSIGN(const QString value, readSecret());
        fleet::storeSecretFirst(operation, secrets::keychainStore(), choice.secret, value);
    }
    PH_ASSIGN(const QString id, services->operations->runWhole(operation)); // half of it would be a profile that nobody names
    answer.insert(Q("operation"), id);
    context.answer(answer, operation.summary + QStringLiteral(": done. Try it: pilot score %1 --endpoint --rows FILE").arg(model));
    return {};
}

const Verb verb("connect", "List, add, test and remove the connections of the workspace", [](CLI::App &app, VerbBody &body) {
    auto options = std::make_shared<Options>();
    app.require_subcommand(1);
    auto *lister = app.add_subcommand("list", "The connections of the workspace");
    lister->callback([&body] { body = list; });
    auto *adder = app.add_subcommand("add", "Add a connection; comments and order of the file stay");
    adder->add_option("NAME", options->name, "Name in the workspace")->required();
    adder->add_option("--kind", options->kind, "azureml, elasticsearch, git, github, images, jenkins, kubeflow, kubernetes, local, mlflow, prometheus, s3, slack or vault")->required();
    adder->add_option("--root", options->root, "local: folder of registry, journal and serving");
    adder->add_option("--url", options->url, "Address of the server; git: or the folder of a repository");
    adder->add_option("--user", options->user, "User of the secret, if it is a password");
    adder->add_option("--guard", options->guard, "typed-name: its name must be typed before a write (--confirm NAME); read-only: nothing is written to it");
    adder->add_option("--set", options->set, "Another key of this kind: KEY=VALUE; may be repeated");
    adder->add_option("--secret", options->secret, "Name of the secret in the keychain");
    adder->add_flag("--secret-from-stdin", options->secretFromStdin, "Store the secret in the keychain: its value is read from standard input");
    adder->add_option("--kubeconfig", options->cluster.kubeconfig, "kubernetes: its kubeconfig, or several with : between; left out: the one that kubectl uses");
    adder->add_option("--context", options->cluster.context, "kubernetes: the context; left out: the current one");
    adder->add_option("--namespace", options->cluster.space, "kubernetes: the namespace that is meant where none is named; left out: the context's");
    adder->add_flag("--import", options->cluster.import, "kubernetes: take server, certificates and token over: secrets go to the keychain, and the file is needed no more");
    adder->callback([&body, options] { body = [options](Context &context) { return add(context, *options); }; });
    auto *tester = app.add_subcommand("test", "Look at one connection, or at all");
    tester->add_option("NAME", options->name, "Connection; left out: all");
    tester->callback([&body, options] { body = [options](Context &context) { return test(context, *options); }; });
    auto *remover = app.add_subcommand("remove", "Take a connection out");
    remover->add_option("NAME", options->name, "Connection")->required();
    remover->add_flag("--forget-secret", options->forgetSecret, "Remove its secret from the keychain too, if no other connection names it");
    remover->callback([&body, options] { body = [options](Context &context) { return remove(context, *options); }; });
    auto *asker = app.add_subcommand("endpoint", "Name the endpoint of a model and how it is asked");
    asker->add_option("MODEL", options->model, "Model of the workspace")->required();
    asker->add_option("URL", options->url, "Its address, such as http://inference.example:8000")->required();
    auto *protocol = asker->add_option("--protocol", options->protocol, "rest, kserve-v1 or kserve-v2; left out: /openapi.json proposes a profile");
    asker->add_option("--profile", options->profile, "JSON file with a request profile")->excludes(protocol);
    asker->add_option("--secret", options->secret, "Name of the secret that is sent as X-API-Key");
    asker->add_flag("--secret-from-stdin", options->secretFromStdin, "Store that secret in the keychain: its value is read from standard input");
    asker->add_flag("--propose", options->propose, "Show what would be used, change nothing");
    asker->callback([&body, options] { body = [options](Context &context) { return endpoint(context, *options); }; });
    auto *truster = app.add_subcommand("trust", "Let the kubeconfig of a cluster run the program that gives its credential");
    truster->add_option("NAME", options->name, "Connection of kind kubernetes")->required();
    truster->callback([&body, options] { body = [options](Context &context) { return trustCluster(context, QString::fromStdString(options->name)); }; });
    auto *signer = app.add_subcommand("login", "Sign in for a connection with login: device (Azure ML): a code is entered on a page");
    signer->add_option("NAME", options->name, "Connection of kind azureml")->required();
    signer->callback([&body, options] { body = [options](Context &context) { return signIn(context, QString::fromStdString(options->name)); }; });
    auto *righter = app.add_subcommand("rights", "Who we are in a cluster and what we may do there");
    righter->add_option("NAME", options->name, "Connection of kind kubernetes; left out: the only one");
    righter->add_option("--namespace", options->cluster.space, "Namespace; left out: the connection's");
    righter->callback([&body, options] { body = [options](Context &context) { return clusterRights(context, QString::fromStdString(options->name), QString::fromStdString(options->cluster.space)); }; });
    for (auto *sub : {lister, adder, tester, remover, asker, truster, signer, righter})
        sub->fallthrough();
});

} // namespace
} // namespace pilothouse
