// SPDX-License-Identifier: GPL-3.0-or-later
// pilot secrets …: where the secrets are, by name; a value is shown only where --reveal asks for it, and stands in no file, log or journal.
//   list                    the secrets that the workspace names, and where each is found: {"secrets":[{"name","usedBy":[…],"found","store"}]}
//   list vault:NAME/[PATH]  names below a path of a Vault: {"vault","path","names":[…]}
//   list kube:NAME[/SPACE]  Secrets of a cluster, by name and key: {"cluster","secrets":[{"namespace","name","type","keys":{key:bytes},"created"}]}
//   list --sources          where secrets can be: {"sources":[{"source":"keychain"|"vault:NAME"|"kube:NAME","where"}]}
//   show NAME [--reveal]    vault:NAME/PATH[?version=N][#key], kube:NAME/SPACE/SECRET[#key], or a name of the workspace: {"name","store","keys":[…],
//                           "version"?,"values"? (with --reveal only)}
//   versions vault:NAME/PATH  {"name","engine","current","versions":[{"version","created","deleted"|null,"destroyed"}],"custom":{…}}
//   set vault:NAME/PATH#KEY --from-stdin [--plan]   an operation: the other keys stay, pilot undo OP writes back what was there while this program knows it
#include "app/pilot/operation_answer.h"
#include "app/pilot/secret_input.h"
#include "app/pilot/sub_verbs.h"

#include "core/base/clock.h"
#include "core/cluster/kube_secrets.h"
#include "core/fleet/clusters.h"
#include "core/fleet/secret_sources.h"
#include "core/fleet/services.h"
#include "core/fleet/vaults.h"

namespace pilothouse {

namespace {

using Q = QLatin1String;

struct Options {
    std::string name;
    bool reveal = false, sources = false, fromStdin = false, plan = false;
};

QJsonValue timeJson(const QDateTime &time) { return time.isValid() ? QJsonValue(isoUtc(time)) : QJsonValue(); }
QString timeText(const QDateTime &time) { return time.isValid() ? time.toLocalTime().toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")) : QStringLiteral("-"); }

using KubeName = fleet::KubeSecretName;

Error noName(const QString &text) {
    return invalid(QStringLiteral("“%1” is no name of a secret.").arg(text), {}, QStringLiteral("Names: vault:CONNECTION/path#key, kube:CONNECTION/NAMESPACE/NAME#key, or one that the workspace uses."));
}

Result<void> listUsed(Context &context) {
    PH_ASSIGN(const auto services, context.services());
    QJsonArray array;
    QStringList lines;
    const auto used = fleet::secretUsers(services->workspace);
    for (auto it = used.begin(); it != used.end(); ++it) {
        const auto value = services->secrets->read(it.key()); // the value is dropped: only whether there is one
        const QString store = secrets::isVaultName(it.key()) ? QStringLiteral("vault") : services->secrets->name();
        array.append(QJsonObject{{Q("name"), it.key()}, {Q("usedBy"), QJsonArray::fromStringList(it.value())}, {Q("found"), value.has_value()}, {Q("store"), store}, {Q("problem"), value ? QString() : value.error().what}});
        lines << QStringLiteral("%1  %2  %3").arg(it.key().leftJustified(32), value ? QStringLiteral("found  ") : QStringLiteral("missing"), it.value().join(QStringLiteral(", ")) + (value ? QString() : QStringLiteral("  (%1)").arg(value.error().what)));
    }
    context.answer({{Q("secrets"), array}}, lines.isEmpty() ? QStringLiteral("The workspace names no secret.") : lines.join(QLatin1Char('\n')));
    return {};
}

Result<void> listSources(Context &context) {
    PH_ASSIGN(const auto services, context.services());
    QJsonArray array;
    QStringList lines;
    for (const fleet::SecretSource &source : fleet::secretSources(services->workspace)) {
        const workspace::Connection connection = services->workspace.connections.value(source.connection);
        const QString what = source.kind == fleet::SecretSource::Keychain ? services->secrets->name() : fleet::connectionAddress(connection);
        array.append(QJsonObject{{Q("source"), source.id()}, {Q("where"), what}});
        lines << QStringLiteral("%1  %2").arg(source.id().leftJustified(24), what);
    }
    context.answer({{Q("sources"), array}}, lines.join(QLatin1Char('\n')));
    return {};
}

Result<void> listKube(Context &context, const KubeName &name) {
    PH_ASSIGN(const auto services, context.services());
    PH_ASSIGN(const auto api, services->clusters->of(name.connection));
    PH_ASSIGN(const auto all, cluster::kubeSecrets(*api, name.space.isEmpty() ? api->space() : name.space, context.stop()));
    QJsonArray array;
    QStringList lines;
    for (const cluster::KubeSecretInfo &secret : all) {
        QJsonObject keys;
        for (auto it = secret.keys.begin(); it != secret.keys.end(); ++it)
            keys.insert(it.key(), it.value());
        array.append(QJsonObject{{Q("namespace"), secret.space}, {Q("name"), secret.name}, {Q("type"), secret.type}, {Q("keys"), keys}, {Q("created"), timeJson(secret.created)}});
        lines << QStringLiteral("%1/%2  %3  %4").arg(secret.space, secret.name.leftJustified(32), secret.type.leftJustified(32), QStringList(secret.keys.keys()).join(QStringLiteral(", ")));
    }
    context.answer({{Q("cluster"), api->connection()}, {Q("secrets"), array}}, lines.isEmpty() ? QStringLiteral("No Secrets in this namespace.") : lines.join(QLatin1Char('\n')));
    return {};
}

Result<void> list(Context &context, const Options &options) {
    const QString text = QString::fromStdString(options.name);
    if (options.sources)
        return listSources(context);
    if (text.isEmpty() || text == Q("keychain"))
        return listUsed(context);
    if (const auto kube = fleet::parseKubeSecretName(text))
        return listKube(context, *kube);
    if (!secrets::isVaultName(text))
        return noName(text);
    PH_ASSIGN(const auto services, context.services());
    PH_ASSIGN(const secrets::VaultName name, secrets::parseVaultName(text.contains(QLatin1Char('/')) ? text : text + QLatin1Char('/')));
    PH_ASSIGN(const auto client, services->vaults->of(name.connection));
    PH_ASSIGN(const QStringList names, client->list(name.path, context.stop()));
    context.answer({{Q("vault"), name.connection}, {Q("path"), name.path}, {Q("names"), QJsonArray::fromStringList(names)}}, names.isEmpty() ? QStringLiteral("Nothing below this path.") : names.join(QLatin1Char('\n')));
    return {};
}

/// Keys, and the values where they are asked for.
void answerKeys(Context &context, QJsonObject answer, QStringList head, const QMap<QString, QString> &values, bool reveal) {
    QJsonObject shown;
    for (auto it = values.begin(); it != values.end(); ++it) {
        head << (reveal ? QStringLiteral("  %1 = %2").arg(it.key(), it.value()) : QStringLiteral("  %1").arg(it.key()));
        shown.insert(it.key(), it.value());
    }
    if (!reveal)
        head << QStringLiteral("Values are not shown; --reveal shows them.");
    answer.insert(Q("keys"), QJsonArray::fromStringList(values.keys()));
    if (reveal)
        answer.insert(Q("values"), shown);
    context.answer(answer, head.join(QLatin1Char('\n')));
}

Result<void> showKube(Context &context, const KubeName &name, const QString &text, bool reveal) {
    PH_ASSIGN(const auto services, context.services());
    PH_ASSIGN(const auto api, services->clusters->of(name.connection));
    const QString space = name.space.isEmpty() ? api->space() : name.space;
    PH_ASSIGN(const cluster::KubeSecretInfo info, cluster::kubeSecret(*api, space, name.name, context.stop()));
    QMap<QString, QString> values;
    for (auto it = info.keys.begin(); it != info.keys.end(); ++it)
        if (name.key.isEmpty() || it.key() == name.key)
            values.insert(it.key(), QString());
    if (!name.key.isEmpty() && values.isEmpty())
        return notFound(QStringLiteral("The Secret %1 in %2 has no key “%3”.").arg(name.name, space, name.key), {}, QStringLiteral("It has: %1.").arg(QStringList(info.keys.keys()).join(QStringLiteral(", "))));
    if (reveal) {
        PH_ASSIGN(values, fleet::revealSecret(*services, KubeName{api->connection(), space, name.name, name.key}.text(), context.stop()));
    }
    answerKeys(context, {{Q("name"), text}, {Q("store"), QStringLiteral("kubernetes")}, {Q("type"), info.type}, {Q("created"), timeJson(info.created)}},
               {QStringLiteral("Secret %1 in %2, %3, made %4").arg(info.name, info.space, info.type, timeText(info.created))}, values, reveal);
    return {};
}

Result<void> showVault(Context &context, const QString &text, bool reveal) {
    PH_ASSIGN(const auto services, context.services());
    PH_ASSIGN(const secrets::VaultName name, secrets::parseVaultName(text));
    PH_ASSIGN(const auto client, services->vaults->of(name.connection));
    PH_ASSIGN(const secrets::VaultSecret read, client->read(name.path, name.version, context.stop()));
    QMap<QString, QString> values = read.values;
    if (!name.key.isEmpty()) {
        if (!values.contains(name.key))
            return notFound(QStringLiteral("The secret %1 has no key “%2”.").arg(name.path, name.key), {}, QStringLiteral("It has: %1.").arg(QStringList(values.keys()).join(QStringLiteral(", "))));
        values = {{name.key, read.values.value(name.key)}};
    }
    if (reveal) {
        PH_ASSIGN(values, fleet::revealSecret(*services, text, context.stop())); // journalled
    }
    QJsonObject answer{{Q("name"), text}, {Q("store"), QStringLiteral("vault")}};
    QString head = name.path;
    if (read.version) {
        answer.insert(Q("version"), read.version);
        answer.insert(Q("created"), timeJson(read.created));
        head += QStringLiteral("  version %1 of %2").arg(read.version).arg(timeText(read.created));
    }
    answerKeys(context, answer, {head}, values, reveal);
    return {};
}

Result<void> show(Context &context, const Options &options) {
    const QString text = QString::fromStdString(options.name);
    if (secrets::isVaultName(text))
        return showVault(context, text, options.reveal);
    if (const auto kube = fleet::parseKubeSecretName(text))
        return kube->name.isEmpty() ? Result<void>(noName(text)) : showKube(context, *kube, text, options.reveal);
    PH_ASSIGN(const auto services, context.services());
    PH_ASSIGN(const QString value, services->secrets->read(text));
    QMap<QString, QString> values{{QStringLiteral("value"), value}};
    if (options.reveal) {
        PH_ASSIGN(values, fleet::revealSecret(*services, text, context.stop()));
    }
    answerKeys(context, {{Q("name"), text}, {Q("store"), services->secrets->name()}}, {QStringLiteral("%1  (%2)").arg(text, services->secrets->name())}, values, options.reveal);
    return {};
}

Result<void> versions(Context &context, const Options &options) {
    const QString text = QString::fromStdString(options.name);
    PH_ASSIGN(const auto services, context.services());
    PH_ASSIGN(const secrets::VaultName name, secrets::parseVaultName(text));
    PH_ASSIGN(const auto client, services->vaults->of(name.connection));
    PH_ASSIGN(const secrets::VaultMetadata known, client->metadata(name.path, context.stop()));
    QJsonArray array;
    QStringList lines{known.engine == 1 ? QStringLiteral("%1: engine 1 keeps no versions.").arg(name.path) : QStringLiteral("%1  version %2").arg(name.path).arg(known.current)};
    for (const secrets::VaultVersion &v : known.versions) {
        array.append(QJsonObject{{Q("version"), v.version}, {Q("created"), timeJson(v.created)}, {Q("deleted"), timeJson(v.deleted)}, {Q("destroyed"), v.destroyed}});
        const QString state = v.destroyed ? QStringLiteral("  destroyed") : v.deleted.isValid() ? QStringLiteral("  deleted %1").arg(timeText(v.deleted)) : QString();
        lines << QStringLiteral("  %1  %2%3").arg(v.version, 4).arg(timeText(v.created), state);
    }
    QJsonObject custom;
    for (auto it = known.custom.begin(); it != known.custom.end(); ++it)
        custom.insert(it.key(), it.value());
    context.answer({{Q("name"), text}, {Q("engine"), known.engine}, {Q("current"), known.current}, {Q("casRequired"), known.casRequired}, {Q("versions"), array}, {Q("custom"), custom}}, lines.join(QLatin1Char('\n')));
    return {};
}

Result<void> set(Context &context, const Options &options) {
    PH_ASSIGN(const auto services, context.services());
    PH_ASSIGN(const secrets::VaultName name, secrets::parseVaultName(QString::fromStdString(options.name)));
    PH_ASSIGN(const auto client, services->vaults->of(name.connection));
    if (!options.fromStdin)
        return invalid(QStringLiteral("A value is taken from standard input only: arguments are seen by others."), {}, QStringLiteral("Add --from-stdin."));
    PH_ASSIGN(const QString value, readSecret());
    PH_ASSIGN(auto operation, fleet::writeVaultSecret(client, name, value));
    return runAndAnswer(context, *services->operations, std::move(operation), options.plan);
}

const Verb verb("secrets", "Where secrets are: the keychain, Vault, clusters; values on demand only", [](CLI::App &app, VerbBody &body) {
    auto options = std::make_shared<Options>();
    app.require_subcommand(1);
    const auto add = [&](const char *name, const char *help, Result<void> (*run)(Context &, const Options &)) { return addSubVerb(app, body, options, name, help, run); };
    auto *lister = add("list", "The secrets that the workspace names; or those below vault:NAME/PATH or kube:NAME/NAMESPACE", list);
    lister->add_option("WHERE", options->name, "vault:NAME/PATH or kube:NAME[/NAMESPACE]; left out: what the workspace names");
    lister->add_flag("--sources", options->sources, "Where secrets can be: the keychain, each Vault, each cluster");
    auto *shower = add("show", "The keys of a secret; values with --reveal", show);
    shower->add_option("NAME", options->name, "vault:NAME/PATH#key, kube:NAME/NAMESPACE/SECRET#key, or a name of the workspace")->required();
    shower->add_flag("--reveal,--show", options->reveal, "Show the values; the journal keeps that they were shown, never what");
    auto *versioner = add("versions", "The versions of a secret in a Vault", versions);
    versioner->add_option("NAME", options->name, "vault:NAME/PATH")->required();
    auto *setter = add("set", "Write one key of a secret in a Vault; the others stay", set);
    setter->add_option("NAME", options->name, "vault:NAME/PATH#key")->required();
    setter->add_flag("--from-stdin", options->fromStdin, "The value is read from standard input");
    setter->add_flag("--plan", options->plan, "Show what would be done, change nothing");
});

} // namespace
} // namespace pilothouse
