// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/manifest.h"

#include "core/base/file.h"
#include "core/workspace/yaml_tree.h"

#include <QDir>
#include <QFileInfo>
#include <QHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QSet>

#include <algorithm>
#include <cmath>
#include <optional>

namespace pilothouse::cluster {

namespace {

using Q = QLatin1String;
using workspace::YamlNode;

/// A plain number as go-yaml's resolve() takes it; nothing if it is a text.
std::optional<QJsonValue> numberOf(const QString &text) {
    static const QRegularExpression decimal(QStringLiteral("^[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?$"));
    QString plain = text;
    plain.remove(QLatin1Char('_'));
    if (plain.isEmpty())
        return std::nullopt;
    bool ok = false;
    if (plain.contains(Q("0b"))) {
        const bool minus = plain.startsWith(Q("-0b"));
        if (!minus && !plain.startsWith(Q("0b")))
            return std::nullopt;
        const qint64 value = plain.mid(minus ? 3 : 2).toLongLong(&ok, 2);
        return ok ? std::optional<QJsonValue>(minus ? -value : value) : std::nullopt;
    }
    const qint64 whole = plain.toLongLong(&ok, 0); // 0x, and 0 for octal, as Go's base 0 has it
    if (ok)
        return QJsonValue(whole);
    if (plain.startsWith(Q("0o"))) {
        const qint64 octal = plain.mid(2).toLongLong(&ok, 8);
        return ok ? std::optional<QJsonValue>(octal) : std::nullopt;
    }
    if (!decimal.match(plain).hasMatch())
        return std::nullopt;
    const double value = plain.toDouble(&ok);
    return ok && std::isfinite(value) ? std::optional<QJsonValue>(value) : std::nullopt;
}

QJsonValue scalarOf(const YamlNode &node) {
    if (!node.plain)
        return node.text;
    static const QSet<QString> yes{QStringLiteral("y"), QStringLiteral("Y"), QStringLiteral("yes"), QStringLiteral("Yes"), QStringLiteral("YES"), QStringLiteral("true"), QStringLiteral("True"), QStringLiteral("TRUE"), QStringLiteral("on"), QStringLiteral("On"), QStringLiteral("ON")};
    static const QSet<QString> no{QStringLiteral("n"), QStringLiteral("N"), QStringLiteral("no"), QStringLiteral("No"), QStringLiteral("NO"), QStringLiteral("false"), QStringLiteral("False"), QStringLiteral("FALSE"), QStringLiteral("off"), QStringLiteral("Off"), QStringLiteral("OFF")};
    static const QSet<QString> nothing{QString(), QStringLiteral("~"), QStringLiteral("null"), QStringLiteral("Null"), QStringLiteral("NULL")};
    if (yes.contains(node.text))
        return true;
    if (no.contains(node.text))
        return false;
    if (nothing.contains(node.text))
        return QJsonValue::Null;
    if (const auto number = numberOf(node.text))
        return *number;
    return node.text;
}

void merge(const QJsonValue &from, QJsonObject &into) {
    if (from.isArray()) {
        for (const QJsonValue &one : from.toArray())
            merge(one, into);
        return;
    }
    const QJsonObject object = from.toObject();
    for (auto it = object.begin(); it != object.end(); ++it)
        if (!into.contains(it.key()))
            into.insert(it.key(), it.value());
}

Result<void> take(const QJsonObject &object, const QString &file, const QString &place, std::vector<Manifest> &out) {
    Manifest m;
    m.object = object;
    m.file = file;
    m.place = place;
    m.apiVersion = object.value(Q("apiVersion")).toString();
    m.kind = object.value(Q("kind")).toString();
    if (m.kind.endsWith(Q("List")) && object.value(Q("items")).isArray()) {
        for (const QJsonValue &item : object.value(Q("items")).toArray())
            PH_TRY(take(item.toObject(), file, place, out));
        return {};
    }
    if (m.apiVersion.isEmpty() || m.kind.isEmpty())
        return invalid(QStringLiteral("This is no Kubernetes object: it has no %1.").arg(m.kind.isEmpty() ? Q("kind") : Q("apiVersion")), place,
                       QStringLiteral("Write apiVersion and kind, or keep the file out of the folder of manifests."));
    const QJsonObject metadata = object.value(Q("metadata")).toObject();
    m.name = metadata.value(Q("name")).toString();
    m.space = metadata.value(Q("namespace")).toString();
    if (m.name.isEmpty())
        return invalid(metadata.contains(Q("generateName")) ? QStringLiteral("This %1 has a generateName: applied twice it would be there twice.").arg(m.kind)
                                                            : QStringLiteral("This %1 has no name.").arg(m.kind),
                       place, QStringLiteral("Give it a metadata.name that is a text."));
    out.push_back(std::move(m));
    return {};
}

bool isManifestFile(const QString &name) {
    static const QStringList endings{QStringLiteral("yaml"), QStringLiteral("yml"), QStringLiteral("json")};
    return endings.contains(name.section(QLatin1Char('.'), -1).toLower()) && name.contains(QLatin1Char('.'));
}

} // namespace

std::vector<ManifestDocument> manifestDocuments(const QByteArray &bytes) {
    std::vector<ManifestDocument> out;
    qsizetype begin = 0, line = 0, at = 0, startLine = 0;
    const auto close = [&](qsizetype end) {
        const QByteArray text = bytes.mid(begin, end - begin);
        if (!text.trimmed().isEmpty())
            out.push_back({QByteArray(startLine, '\n') + text, begin, startLine});
    };
    while (at < bytes.size()) {
        qsizetype end = bytes.indexOf('\n', at);
        if (end < 0)
            end = bytes.size();
        const QByteArray marker = bytes.mid(at, 3);
        const bool mark = (marker == "---" || marker == "...") && (at + 3 >= end || bytes[at + 3] == ' ' || bytes[at + 3] == '\t' || bytes[at + 3] == '\r');
        if (mark) {
            close(at);
            const QByteArray rest = bytes.mid(at + 3, end - at - 3).trimmed();
            const bool content = marker == "---" && !rest.isEmpty() && !rest.startsWith('#'); // "--- {a: 1}"
            begin = content ? at + 3 : std::min(end + 1, bytes.size());
            startLine = content ? line : line + 1;
        }
        at = end + 1;
        ++line;
    }
    close(bytes.size());
    return out;
}

QString Manifest::text() const { return kind + QLatin1Char(' ') + name; }

QJsonValue jsonOfYaml(const YamlNode &node) {
    switch (node.kind) {
    case YamlNode::Kind::Null: return QJsonValue::Null;
    case YamlNode::Kind::Scalar: return scalarOf(node);
    case YamlNode::Kind::List: {
        QJsonArray list;
        for (const auto &item : node.items)
            list.append(jsonOfYaml(*item));
        return list;
    }
    case YamlNode::Kind::Map: break;
    }
    QJsonObject map, merged;
    for (const auto &[key, value] : node.entries) {
        if (key->plain && key->text == Q("<<"))
            merge(jsonOfYaml(*value), merged);
        else
            map.insert(key->text, jsonOfYaml(*value));
    }
    merge(merged, map);
    return map;
}

Result<std::vector<Manifest>> parseManifests(const QByteArray &all, const QString &file) {
    const QByteArray bytes = all.startsWith("\xEF\xBB\xBF") ? all.mid(3) : all;
    std::vector<Manifest> out;
    if (file.endsWith(Q(".json"), Qt::CaseInsensitive)) {
        QJsonParseError wrong;
        const QJsonDocument document = QJsonDocument::fromJson(bytes, &wrong);
        if (wrong.error != QJsonParseError::NoError) {
            const QByteArray before = bytes.left(wrong.offset);
            return invalid(QStringLiteral("This is not valid JSON: %1.").arg(wrong.errorString()), QStringLiteral("%1:%2:%3").arg(file).arg(before.count('\n') + 1).arg(before.size() - before.lastIndexOf('\n')));
        }
        if (document.isArray()) {
            for (const QJsonValue &one : document.array())
                PH_TRY(take(one.toObject(), file, file + Q(":1"), out));
        } else {
            PH_TRY(take(document.object(), file, file + Q(":1"), out));
        }
        return out;
    }
    for (const ManifestDocument &document : manifestDocuments(bytes)) {
        const workspace::YamlPlaces places(document.padded, file);
        PH_ASSIGN(const auto root, workspace::parseYaml(places));
        if (root->kind == YamlNode::Kind::Null)
            continue;
        const QString place = places.at(root->position).section(QLatin1Char(':'), 0, -2);
        if (root->kind != YamlNode::Kind::Map)
            return invalid(QStringLiteral("This is no Kubernetes object: it is not a map of keys."), place);
        PH_TRY(take(jsonOfYaml(*root).toObject(), file, place, out));
    }
    return out;
}

Result<std::vector<Manifest>> manifestsOf(std::vector<std::pair<QString, QByteArray>> files, const QString &folder) {
    std::sort(files.begin(), files.end());
    std::vector<Manifest> out;
    for (const auto &[name, bytes] : files) {
        const QString leaf = name.section(QLatin1Char('/'), -1);
        if (leaf == Q("Chart.yaml"))
            return invalid(QStringLiteral("This folder is a Helm chart: its files are templates, not manifests."), folder, QStringLiteral("Have it written out first: helm template RELEASE %1 > manifests/all.yaml, then apply manifests/.").arg(folder));
        if (leaf == Q("kustomization.yaml") || leaf == Q("kustomization.yml") || leaf == Q("Kustomization"))
            return invalid(QStringLiteral("This folder is a kustomization: its files alone are not what it means."), folder, QStringLiteral("Have it written out first: kubectl kustomize %1 > manifests/all.yaml, then apply manifests/.").arg(folder));
    }
    QHash<QString, QString> seen;
    for (const auto &[name, bytes] : files) {
        if (!isManifestFile(name))
            continue;
        PH_ASSIGN(const auto objects, parseManifests(bytes, name));
        for (const Manifest &m : objects) {
            // Versions of one group are one object.
            const QString key = m.apiVersion.section(QLatin1Char('/'), 0, m.apiVersion.contains(QLatin1Char('/')) ? 0 : -2) + QLatin1Char('|') + m.kind + QLatin1Char('|') + m.space + QLatin1Char('|') + m.name;
            if (const auto first = seen.constFind(key); first != seen.constEnd())
                return invalid(QStringLiteral("%1 is written twice: also at %2.").arg(m.text(), *first), m.place, QStringLiteral("Remove one of the two: which of them would count depends on their order."));
            seen.insert(key, m.place);
            out.push_back(m);
        }
    }
    if (out.empty())
        return invalid(QStringLiteral("There is no manifest (*.yaml, *.yml, *.json) here."), folder);
    return out;
}

Result<std::vector<Manifest>> readManifests(const QString &path, bool deep) {
    const QFileInfo info(path);
    if (!info.exists())
        return notFound(QStringLiteral("There is no such file or folder."), path);
    std::vector<std::pair<QString, QByteArray>> files;
    if (!info.isDir()) {
        PH_ASSIGN(QByteArray bytes, readFile(path));
        QString name = path;
        if (!isManifestFile(name))
            return invalid(QStringLiteral("A manifest's name ends with .yaml, .yml or .json."), path);
        files.emplace_back(std::move(name), std::move(bytes));
        return manifestsOf(std::move(files), path);
    }
    std::vector<QDir> folders{QDir(path)};
    const QDir top(path);
    while (!folders.empty()) {
        const QDir folder = folders.back();
        folders.pop_back();
        for (const QFileInfo &file : folder.entryInfoList(QDir::Files | QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name)) {
            if (file.isDir()) {
                if (deep && !file.isSymLink())
                    folders.push_back(QDir(file.absoluteFilePath()));
                continue;
            }
            if (!isManifestFile(file.fileName()) && file.fileName() != Q("Kustomization"))
                continue;
            PH_ASSIGN(QByteArray bytes, readFile(file.absoluteFilePath()));
            files.emplace_back(top.relativeFilePath(file.absoluteFilePath()), std::move(bytes));
        }
    }
    return manifestsOf(std::move(files), path);
}

int installOrder(const QString &kind) {
    static const QStringList order{
        QStringLiteral("PriorityClass"), QStringLiteral("Namespace"), QStringLiteral("CustomResourceDefinition"), QStringLiteral("NetworkPolicy"), QStringLiteral("ResourceQuota"), QStringLiteral("LimitRange"),
        QStringLiteral("PodDisruptionBudget"), QStringLiteral("ServiceAccount"), QStringLiteral("Secret"), QStringLiteral("ConfigMap"), QStringLiteral("StorageClass"), QStringLiteral("PersistentVolume"),
        QStringLiteral("PersistentVolumeClaim"), QStringLiteral("ClusterRole"), QStringLiteral("ClusterRoleBinding"), QStringLiteral("Role"), QStringLiteral("RoleBinding"), QStringLiteral("Service"),
        QStringLiteral("DaemonSet"), QStringLiteral("Pod"), QStringLiteral("ReplicationController"), QStringLiteral("ReplicaSet"), QStringLiteral("Deployment"), QStringLiteral("HorizontalPodAutoscaler"),
        QStringLiteral("StatefulSet"), QStringLiteral("Job"), QStringLiteral("CronJob"), QStringLiteral("IngressClass"), QStringLiteral("Ingress"), QStringLiteral("APIService"),
        QStringLiteral("MutatingWebhookConfiguration"), QStringLiteral("ValidatingWebhookConfiguration")};
    const auto found = order.indexOf(kind);
    return found < 0 ? int(order.size()) : int(found);
}

} // namespace pilothouse::cluster
