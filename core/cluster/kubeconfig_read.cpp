// SPDX-License-Identifier: GPL-3.0-or-later
// One kubeconfig file. The keys are those of k8s.io/client-go/tools/clientcmd/api/v1/types.go.
#include "core/cluster/kubeconfig.h"

#include "core/base/file.h"
#include "core/cluster/manifest.h"
#include "core/workspace/yaml_tree.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QUrl>

namespace pilothouse::cluster {

using workspace::YamlNode;
using workspace::YamlPlaces;

/// Reads one file and puts what is new in it into the whole. The first finding ends it.
class KubeconfigReader {
public:
    KubeconfigReader(Kubeconfig &into, const YamlPlaces &places) : m_into(into), m_places(places), m_folder(QFileInfo(places.file()).absolutePath()) {}

    Result<void> read(const YamlNode &root) {
        if (root.kind == YamlNode::Kind::Null)
            return {}; // an empty file is one without contexts
        if (root.kind != YamlNode::Kind::Map)
            return bad(root, QStringLiteral("A kubeconfig is a map with clusters, users and contexts."));
        if (const YamlNode *kind = root.find(QStringLiteral("kind")); kind && !kind->text.isEmpty() && kind->text != QLatin1String("Config"))
            return bad(*kind, QStringLiteral("This is no kubeconfig: its kind is “%1”.").arg(kind->text));
        PH_TRY(each(root, "clusters", "cluster", [this](const QString &name, const YamlNode &node) { return cluster(name, node); }));
        PH_TRY(each(root, "users", "user", [this](const QString &name, const YamlNode &node) { return user(name, node); }));
        PH_TRY(each(root, "contexts", "context", [this](const QString &name, const YamlNode &node) { return context(name, node); }));
        PH_ASSIGN(const QString current, text(root, "current-context"));
        if (m_into.m_current.isEmpty())
            m_into.m_current = current;
        return {};
    }

private:
    Error bad(const YamlNode &node, QString what, QString hint = {}) const { return invalid(std::move(what), m_places.at(node.position), std::move(hint)); }

    Result<QString> text(const YamlNode &map, const char *key) const {
        const YamlNode *node = map.find(QString::fromLatin1(key));
        if (!node || node->kind == YamlNode::Kind::Null)
            return QString();
        if (node->kind != YamlNode::Kind::Scalar)
            return bad(*node, QStringLiteral("“%1” must be a text.").arg(QLatin1String(key)));
        return node->text;
    }
    Result<bool> flag(const YamlNode &map, const char *key) const {
        PH_ASSIGN(const QString written, text(map, key));
        if (written.isEmpty() || written == QLatin1String("false"))
            return false;
        if (written != QLatin1String("true"))
            return bad(*map.find(QString::fromLatin1(key)), QStringLiteral("“%1” must be true or false.").arg(QLatin1String(key)));
        return true;
    }
    /// A file beside the kubeconfig, absolute.
    Result<QString> file(const YamlNode &map, const char *key) const {
        PH_ASSIGN(const QString written, text(map, key));
        return written.isEmpty() ? QString() : QDir::cleanPath(QDir(m_folder).absoluteFilePath(written));
    }
    Result<QByteArray> data(const YamlNode &map, const char *key) const {
        PH_ASSIGN(const QString written, text(map, key));
        const auto decoded = QByteArray::fromBase64Encoding(written.simplified().remove(QLatin1Char(' ')).toLatin1(), QByteArray::Base64Encoding | QByteArray::AbortOnBase64DecodingErrors);
        if (!decoded)
            return bad(*map.find(QString::fromLatin1(key)), QStringLiteral("“%1” is not Base64.").arg(QLatin1String(key)), QStringLiteral("It is the whole PEM file, encoded: base64 -w0 FILE."));
        return decoded.decoded;
    }
    Result<QStringList> texts(const YamlNode &map, const char *key) const {
        const YamlNode *node = map.find(QString::fromLatin1(key));
        QStringList all;
        if (!node || node->kind == YamlNode::Kind::Null)
            return all;
        if (node->kind != YamlNode::Kind::List)
            return bad(*node, QStringLiteral("“%1” must be a list of texts.").arg(QLatin1String(key)));
        for (const auto &item : node->items) {
            if (item->kind != YamlNode::Kind::Scalar)
                return bad(*item, QStringLiteral("“%1” must be a list of texts.").arg(QLatin1String(key)));
            all << item->text;
        }
        return all;
    }

    /// The entries of `- name: …, <inner>: {…}`.
    template<class Take>
    Result<void> each(const YamlNode &root, const char *key, const char *inner, Take take) {
        const YamlNode *list = root.find(QString::fromLatin1(key));
        if (!list || list->kind == YamlNode::Kind::Null)
            return {};
        if (list->kind != YamlNode::Kind::List)
            return bad(*list, QStringLiteral("“%1” must be a list.").arg(QLatin1String(key)), QStringLiteral("Each entry is “- name: …” with “%1: …”.").arg(QLatin1String(inner)));
        QStringList seen;
        for (const auto &entry : list->items) {
            if (entry->kind != YamlNode::Kind::Map)
                return bad(*entry, QStringLiteral("An entry of “%1” must be a map with name and %2.").arg(QLatin1String(key), QLatin1String(inner)));
            PH_ASSIGN(const QString name, text(*entry, "name"));
            if (seen.contains(name))
                return bad(*entry, QStringLiteral("“%1” names “%2” twice.").arg(QLatin1String(key), name));
            seen << name;
            static const YamlNode nothing{YamlNode::Kind::Map, {}, true, false, false, 0, {}, {}};
            const YamlNode *node = entry->find(QString::fromLatin1(inner));
            if (node && node->kind != YamlNode::Kind::Map && node->kind != YamlNode::Kind::Null)
                return bad(*node, QStringLiteral("“%1” must be a map.").arg(QLatin1String(inner)));
            PH_TRY(take(name, node && node->kind == YamlNode::Kind::Map ? *node : nothing));
        }
        return {};
    }

    Result<void> cluster(const QString &name, const YamlNode &node) {
        Kubeconfig::Cluster c;
        c.place = m_places.at(node.position);
        KubeAccess &a = c.part;
        PH_ASSIGN(a.server, text(node, "server"));
        while (a.server.endsWith(QLatin1Char('/')))
            a.server.chop(1);
        if (!a.server.isEmpty() && !a.server.contains(QLatin1String("://"))) // kubectl's default scheme
            a.server.prepend(QLatin1String("http://"));
        PH_ASSIGN(a.caFile, file(node, "certificate-authority"));
        PH_ASSIGN(a.caPem, data(node, "certificate-authority-data"));
        PH_ASSIGN(a.tlsServerName, text(node, "tls-server-name"));
        PH_ASSIGN(a.proxyUrl, text(node, "proxy-url"));
        PH_ASSIGN(a.insecure, flag(node, "insecure-skip-tls-verify"));
        if (const YamlNode *extensions = node.find(QStringLiteral("extensions")); extensions && extensions->kind == YamlNode::Kind::List)
            for (const auto &entry : extensions->items)
                if (const YamlNode *called = entry->find(QStringLiteral("name")); called && called->text == QLatin1String("client.authentication.k8s.io/exec"))
                    if (const YamlNode *held = entry->find(QStringLiteral("extension")))
                        c.execConfig = jsonOfYaml(*held);
        if (!m_into.m_clusters.contains(name))
            m_into.m_clusters.insert(name, std::move(c));
        return {};
    }

    Result<void> user(const QString &name, const YamlNode &node) {
        Kubeconfig::User u;
        u.place = m_places.at(node.position);
        KubeAccess &a = u.part;
        PH_ASSIGN(a.certFile, file(node, "client-certificate"));
        PH_ASSIGN(a.certPem, data(node, "client-certificate-data"));
        PH_ASSIGN(a.keyFile, file(node, "client-key"));
        PH_ASSIGN(a.keyPem, data(node, "client-key-data"));
        PH_ASSIGN(a.token, text(node, "token"));
        PH_ASSIGN(a.tokenFile, file(node, "tokenFile"));
        PH_ASSIGN(a.userName, text(node, "username"));
        PH_ASSIGN(a.password, text(node, "password"));
        PH_ASSIGN(a.asUser, text(node, "as"));
        PH_ASSIGN(a.asGroups, texts(node, "as-groups"));
        PH_ASSIGN(a.asUid, text(node, "as-uid"));
        PH_TRY(asExtra(node, a));
        if (const YamlNode *provider = node.find(QStringLiteral("auth-provider")); provider && provider->kind == YamlNode::Kind::Map) {
            PH_ASSIGN(u.authProvider, text(*provider, "name"));
            if (u.authProvider.isEmpty())
                u.authProvider = QStringLiteral("?");
        }
        if (const YamlNode *exec = node.find(QStringLiteral("exec")); exec && exec->kind != YamlNode::Kind::Null) {
            PH_ASSIGN(a.exec, program(*exec));
        }
        if (!m_into.m_users.contains(name))
            m_into.m_users.insert(name, std::move(u));
        return {};
    }

    Result<void> asExtra(const YamlNode &node, KubeAccess &a) const {
        const YamlNode *extra = node.find(QStringLiteral("as-user-extra"));
        if (!extra || extra->kind == YamlNode::Kind::Null)
            return {};
        if (extra->kind != YamlNode::Kind::Map)
            return bad(*extra, QStringLiteral("“as-user-extra” must be a map of lists."));
        for (const auto &[key, value] : extra->entries) {
            PH_ASSIGN(const QStringList values, texts(*extra, key->text.toUtf8().constData()));
            a.asExtra.insert(key->text, values);
        }
        return {};
    }

    Result<std::optional<KubeExec>> program(const YamlNode &node) const {
        if (node.kind != YamlNode::Kind::Map)
            return bad(node, QStringLiteral("“exec” must be a map."));
        KubeExec e;
        e.file = m_places.file();
        PH_ASSIGN(e.command, text(node, "command"));
        PH_ASSIGN(e.args, texts(node, "args"));
        PH_ASSIGN(e.apiVersion, text(node, "apiVersion"));
        PH_ASSIGN(e.installHint, text(node, "installHint"));
        PH_ASSIGN(e.interactiveMode, text(node, "interactiveMode"));
        PH_ASSIGN(e.provideClusterInfo, flag(node, "provideClusterInfo"));
        if (e.command.isEmpty())
            return bad(node, QStringLiteral("“exec” names no command."));
        if (e.apiVersion != QLatin1String("client.authentication.k8s.io/v1") && e.apiVersion != QLatin1String("client.authentication.k8s.io/v1beta1")) {
            const YamlNode *version = node.find(QStringLiteral("apiVersion"));
            return bad(version ? *version : node, e.apiVersion.isEmpty() ? QStringLiteral("“exec” has no apiVersion.") : QStringLiteral("The program's apiVersion “%1” is not supported.").arg(e.apiVersion),
                       QStringLiteral("Use client.authentication.k8s.io/v1 or v1beta1; v1alpha1 was removed in Kubernetes 1.24: get a new kubeconfig from the cluster's provider."));
        }
        const bool v1 = e.apiVersion.endsWith(QLatin1String("/v1"));
        if (e.interactiveMode.isEmpty() && v1)
            return bad(node, QStringLiteral("“exec” has no interactiveMode."), QStringLiteral("In client.authentication.k8s.io/v1 it is Never, IfAvailable or Always."));
        if (!QStringList{QString(), QStringLiteral("Never"), QStringLiteral("IfAvailable"), QStringLiteral("Always")}.contains(e.interactiveMode))
            return bad(*node.find(QStringLiteral("interactiveMode")), QStringLiteral("“interactiveMode” is Never, IfAvailable or Always."));
        if (const YamlNode *list = node.find(QStringLiteral("env")); list && list->kind == YamlNode::Kind::List)
            for (const auto &entry : list->items) {
                if (entry->kind != YamlNode::Kind::Map)
                    return bad(*entry, QStringLiteral("An entry of “env” is a map with name and value."));
                PH_ASSIGN(const QString name, text(*entry, "name"));
                PH_ASSIGN(const QString value, text(*entry, "value"));
                if (name.isEmpty() || name.contains(QLatin1Char('=')))
                    return bad(*entry, QStringLiteral("An entry of “env” has no name that can be set."));
                e.environment.emplace_back(name, value);
            }
        return std::optional(e);
    }

    Result<void> context(const QString &name, const YamlNode &node) {
        KubeContext c;
        c.name = name;
        c.file = m_places.file();
        PH_ASSIGN(c.cluster, text(node, "cluster"));
        PH_ASSIGN(c.user, text(node, "user"));
        PH_ASSIGN(c.space, text(node, "namespace"));
        if (!m_into.m_contexts.contains(name))
            m_into.m_contexts.insert(name, c);
        return {};
    }

    Kubeconfig &m_into;
    const YamlPlaces &m_places;
    QString m_folder;
};

namespace {

/// JSON is YAML but for tabs between its words, which yaml-cpp refuses.
QByteArray withoutTabs(QByteArray text) {
    if (text.trimmed().startsWith('{') && text.contains('\t') && QJsonDocument::fromJson(text).isObject())
        text.replace('\t', ' '); // inside of texts JSON has none
    return text;
}

Result<void> add(Kubeconfig &into, const QByteArray &text, const QString &name) {
    const YamlPlaces places(withoutTabs(text), name);
    PH_ASSIGN(const workspace::YamlPointer root, workspace::parseYaml(places));
    return KubeconfigReader(into, places).read(*root);
}

} // namespace

Result<Kubeconfig> Kubeconfig::parse(const QByteArray &text, const QString &name) {
    Kubeconfig config;
    PH_TRY(add(config, text, name));
    config.m_files << name;
    return config;
}

Result<Kubeconfig> Kubeconfig::read(const QStringList &files) {
    Kubeconfig config;
    for (const QString &file : files) {
        if (!QFileInfo::exists(file))
            continue;
        PH_ASSIGN(const QByteArray bytes, readFile(file));
        PH_TRY(add(config, bytes, file));
        config.m_files << file;
    }
    if (config.m_files.isEmpty())
        return notFound(files.size() == 1 ? QStringLiteral("There is no kubeconfig %1.").arg(files.first()) : QStringLiteral("None of these kubeconfigs is there: %1.").arg(files.join(QStringLiteral(", "))), {},
                        QStringLiteral("Get one from the cluster's provider, or name another file."));
    return config;
}

} // namespace pilothouse::cluster
