// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/dvc_switched_off.h"

#include "core/base/file.h"
#include "core/workspace/yaml_tree.h"

#include <QDir>

#include <algorithm>

namespace pilothouse::sources {

namespace {

using Q = QLatin1String;
using workspace::YamlNode;

bool isSwitchedOff(const YamlNode &settings, const QStringList &keys) {
    return settings.kind == YamlNode::Kind::Map && std::any_of(keys.begin(), keys.end(), [&](const QString &key) {
               const YamlNode *value = settings.find(key);
               return value && value->text.toLower() == Q("false");
           });
}

/// Adds those of a list. In a .dvc file an item is a map with its path, in dvc.yaml a path or {path: settings}.
void addFrom(const YamlNode *list, const QString &folder, const QStringList &keys, QSet<QString> &paths) {
    for (const auto &item : list && list->kind == YamlNode::Kind::List ? list->items : std::vector<workspace::YamlPointer>()) {
        if (item->kind != YamlNode::Kind::Map)
            continue;
        if (const YamlNode *path = item->find(QStringLiteral("path")); path && path->kind == YamlNode::Kind::Scalar && isSwitchedOff(*item, keys))
            paths.insert(QDir::cleanPath(folder + path->text));
        for (const auto &[name, settings] : item->entries)
            if (isSwitchedOff(*settings, keys))
                paths.insert(QDir::cleanPath(folder + name->text));
    }
}

} // namespace

QSet<QString> dvcSwitchedOff(const QString &root, const QString &file, const QStringList &keys) {
    const bool lock = file.endsWith(Q("dvc.lock"));
    const QString folder = file.contains(QLatin1Char('/')) ? file.section(QLatin1Char('/'), 0, -2) + QLatin1Char('/') : QString();
    const auto bytes = readFile(root + QLatin1Char('/') + (lock ? file.chopped(4) + QStringLiteral("yaml") : file));
    const auto yaml = bytes ? workspace::parseYaml(workspace::YamlPlaces(*bytes, file)) : Result<workspace::YamlPointer>(bytes.error());
    QSet<QString> paths;
    if (!yaml || (*yaml)->kind != YamlNode::Kind::Map)
        return paths; // a dvc.lock can be read without its dvc.yaml
    const auto within = [&](const YamlNode &node) {
        const YamlNode *wdir = node.find(QStringLiteral("wdir"));
        return wdir && wdir->kind == YamlNode::Kind::Scalar ? folder + wdir->text + QLatin1Char('/') : folder;
    };
    if (!lock)
        addFrom((*yaml)->find(QStringLiteral("outs")), within(**yaml), keys, paths);
    const YamlNode *stages = lock ? (*yaml)->find(QStringLiteral("stages")) : nullptr;
    if (stages && stages->kind == YamlNode::Kind::Map)
        for (const auto &[name, stage] : stages->entries)
            for (const char *section : {"outs", "metrics", "plots"})
                if (stage->kind == YamlNode::Kind::Map)
                    addFrom(stage->find(Q(section)), within(*stage), keys, paths);
    return paths;
}

} // namespace pilothouse::sources
