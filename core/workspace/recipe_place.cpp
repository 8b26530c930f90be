// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workspace/recipe_place.h"

#include "core/base/file.h"
#include "core/workspace/yaml_tree.h"

#include <optional>

namespace pilothouse::workspace {

namespace {

bool beginsWithWord(const QString &text, const QString &word) {
    if (!text.startsWith(word))
        return false;
    if (text.size() == word.size())
        return true;
    const QChar next = text.at(word.size());
    return !next.isLetterOrNumber() && next != QLatin1Char('_');
}

/// Depth first, in file order. An alias has its text elsewhere, but what it means is here: its own place is given.
std::optional<qsizetype> findText(const YamlNode &node, const QString &text) {
    if (node.kind == YamlNode::Kind::Scalar)
        return beginsWithWord(node.text, text) ? std::optional(node.position) : std::nullopt;
    for (const auto &item : node.items)
        if (const auto found = findText(*item, text))
            return item->alias ? item->position : *found;
    for (const auto &[key, value] : node.entries) {
        if (const auto found = findText(*key, text))
            return found;
        if (const auto found = findText(*value, text))
            return value->alias ? value->position : *found;
    }
    return {};
}

} // namespace

QString placeInFile(const QString &file, const QStringList &path, const QString &text) {
    if (file.isEmpty())
        return file;
    const auto bytes = readFile(file);
    if (!bytes)
        return file;
    const YamlPlaces places(*bytes, file);
    const auto document = parseYaml(places);
    if (!document || !*document)
        return file;
    const YamlNode *node = document->get();
    for (const QString &step : path) {
        bool isNumber = false;
        const int index = step.toInt(&isNumber);
        if (node->kind == YamlNode::Kind::List && isNumber && index >= 0 && std::size_t(index) < node->items.size())
            node = node->items[std::size_t(index)].get();
        else if (node->kind != YamlNode::Kind::Scalar || index != 0 || !isNumber) // one text stands for a list of one
            node = node->find(step);
        if (!node)
            return file;
    }
    if (!text.isEmpty())
        if (const auto found = findText(*node, text))
            return places.at(*found);
    return path.isEmpty() || node->kind == YamlNode::Kind::Null ? file : places.at(node->position);
}

} // namespace pilothouse::workspace
