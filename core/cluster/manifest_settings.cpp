// SPDX-License-Identifier: GPL-3.0-or-later
// Whatever is written here is read again by editedManifest(): a form that this does not know ends there, and nothing is written.
#include "core/cluster/manifest_settings_internal.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>

namespace pilothouse::cluster {

namespace {

using Q = QLatin1String;
using workspace::YamlNode;

QByteArray quoted(const QString &text) { return QJsonDocument(QJsonArray{text}).toJson(QJsonDocument::Compact).mid(1).chopped(1); } // JSON's texts are YAML's, too

/// Without quotes only what no reader of YAML takes for something else.
bool isPlain(const QString &text) {
    static const QRegularExpression plain(QStringLiteral("^[A-Za-z_/]([A-Za-z0-9_./:@-]*[A-Za-z0-9_/])?$"));
    static const QStringList words{QStringLiteral("y"), QStringLiteral("n"), QStringLiteral("yes"), QStringLiteral("no"), QStringLiteral("on"), QStringLiteral("off"), QStringLiteral("true"), QStringLiteral("false"), QStringLiteral("null")};
    return plain.match(text).hasMatch() && !words.contains(text.toLower());
}

/// In the quotes of the text before, where they can hold it.
QByteArray like(const QByteArray &old, const QString &text) {
    if (old.startsWith('\'') && !text.contains(QLatin1Char('\n')))
        return '\'' + QString(text).replace(QLatin1Char('\''), Q("''")).toUtf8() + '\'';
    return !old.startsWith('"') && isPlain(text) ? text.toUtf8() : quoted(text);
}

/// A quantity: "500m" as it is, a number in quotes (as a text it means the same to every reader).
QByteArray quantity(const QString &text) {
    bool number = false;
    (void)text.toDouble(&number);
    return number ? quoted(text) : text.toUtf8();
}

QByteArray flowMap(const Settings &settings) {
    QByteArrayList parts;
    for (auto it = settings.begin(); it != settings.end(); ++it)
        if (it.value())
            parts << it.key().toUtf8() + ": " + quantity(*it.value());
    return '{' + parts.join(", ") + '}';
}

QByteArrayList sectionLines(const QByteArray &name, const Settings &settings) {
    QByteArrayList lines{name + ':'};
    for (auto it = settings.begin(); it != settings.end(); ++it)
        if (it.value())
            lines << "  " + it.key().toUtf8() + ": " + quantity(*it.value());
    return lines;
}

bool sets(const Settings &settings) {
    return std::any_of(settings.begin(), settings.end(), [](const auto &value) { return value.has_value(); });
}

const std::pair<std::shared_ptr<const YamlNode>, std::shared_ptr<const YamlNode>> *entryOf(const YamlNode &map, const QString &key) {
    for (const auto &entry : map.entries)
        if (entry.first->text == key)
            return &entry;
    return nullptr;
}

QJsonValue patchedAt(const QJsonValue &value, QStringList path, const QString &op, const QJsonValue &wanted) {
    const QString key = path.takeFirst().replace(Q("~1"), Q("/")).replace(Q("~0"), Q("~"));
    if (value.isArray()) {
        QJsonArray array = value.toArray();
        const int at = key.toInt();
        if (at < array.size() && !path.isEmpty())
            array[at] = patchedAt(array.at(at), path, op, wanted);
        else if (at < array.size() && op == Q("remove"))
            array.removeAt(at);
        else if (at < array.size() && op == Q("replace"))
            array[at] = wanted;
        else if (path.isEmpty() && op == Q("add"))
            array.insert(std::min<qsizetype>(at, array.size()), wanted);
        return array;
    }
    QJsonObject object = value.toObject();
    if (!path.isEmpty())
        object.insert(key, patchedAt(object.value(key), path, op, wanted));
    else if (op == Q("remove"))
        object.remove(key);
    else
        object.insert(key, wanted);
    return object;
}

} // namespace

QJsonValue patched(const QJsonValue &value, const QJsonArray &patch) {
    QJsonValue out = value;
    for (const QJsonValue &one : patch)
        out = patchedAt(out, one[Q("path")].toString().mid(1).split(QLatin1Char('/')), one[Q("op")].toString(), one[Q("value")]);
    return out;
}

void SettingsEditor::replaceValue(const Entry &entry, bool flow, const QByteArray &text) {
    const auto extent = m_extents.value(*entry.first, *entry.second, flow, m_extents.column(entry.first->position));
    const bool bare = extent.begin > 0 && m_text.at(extent.begin - 1) == ':'; // "value:" with nothing behind it
    exchanges.push_back({extent.begin, extent.end, bare ? ' ' + text : text});
}

void SettingsEditor::addKey(const QByteArray &block, const QByteArray &flow) {
    const auto extent = m_extents.value(m_imageKey, m_image, m_container.flow, m_extents.column(m_imageKey.position));
    if (m_container.flow) {
        exchanges.push_back({extent.end, extent.end, ", " + flow});
        return;
    }
    const qsizetype end = m_extents.lineEnd(extent.end);
    const QByteArray indent(m_extents.column(m_imageKey.position), ' ');
    exchanges.push_back({end, end, '\n' + indent + QByteArray(block).replace("\n", '\n' + indent)});
}

void SettingsEditor::setVariable(const Node &item, const QString &value) {
    const Entry *const entry = entryOf(item, QStringLiteral("value"));
    if (entry) {
        const auto extent = m_extents.value(*entry->first, *entry->second, item.flow, m_extents.column(entry->first->position));
        return replaceValue(*entry, item.flow, like(m_text.mid(extent.begin, extent.end - extent.begin), value));
    }
    for (const Entry &other : item.entries) // valueFrom gives way
        if (other.first->text != Q("name")) {
            const auto extent = m_extents.value(*other.first, *other.second, item.flow, m_extents.column(other.first->position));
            exchanges.push_back({other.first->position, extent.end, "value: " + quoted(value)});
            return;
        }
    const Entry &name = item.entries.front();
    const auto extent = m_extents.value(*name.first, *name.second, item.flow, m_extents.column(name.first->position));
    exchanges.push_back({extent.end, extent.end, (item.flow ? ", value: " : '\n' + QByteArray(m_extents.column(name.first->position), ' ') + "value: ") + quoted(value)});
}

void SettingsEditor::removeItem(const Node &list, std::size_t at) {
    const Node &item = *list.items[at];
    if (list.flow) { // with the comma behind it, or the one before
        const qsizetype begin = at ? m_extents.valueEnd(*list.items[at - 1], true, -1) : item.position;
        const qsizetype end = at || at + 1 == list.items.size() ? m_extents.valueEnd(item, true, -1) : list.items[at + 1]->position;
        exchanges.push_back({begin, end, {}});
        return;
    }
    const qsizetype end = m_extents.lineEnd(m_extents.valueEnd(item, false, m_extents.column(list.position)));
    exchanges.push_back({m_extents.lineBegin(item.position), std::min(end + 1, m_text.size()), {}});
}

void SettingsEditor::appendItems(const Node &list, const QList<std::pair<QString, QString>> &items) {
    QByteArray text;
    if (list.flow) {
        for (const auto &[name, value] : items)
            text += QByteArray(list.items.empty() && text.isEmpty() ? "" : ", ") + "{name: " + name.toUtf8() + ", value: " + quoted(value) + '}';
        const qsizetype end = list.items.empty() ? m_extents.closingBracket(list) : m_extents.valueEnd(*list.items.back(), true, -1);
        exchanges.push_back({end, end, text});
        return;
    }
    const QByteArray indent(m_extents.column(list.position), ' ');
    for (const auto &[name, value] : items)
        text += '\n' + indent + "- name: " + name.toUtf8() + '\n' + indent + "  value: " + quoted(value);
    const qsizetype end = m_extents.lineEnd(m_extents.valueEnd(list, false, m_extents.column(list.position)));
    exchanges.push_back({end, end, text});
}

void SettingsEditor::environment(const Settings &variables) {
    const Entry *const env = entryOf(m_container, QStringLiteral("env"));
    const Node *const list = env && env->second->kind == Node::Kind::List ? env->second.get() : nullptr;
    QList<std::pair<QString, QString>> fresh;
    std::size_t removed = 0;
    for (auto it = variables.begin(); it != variables.end(); ++it) {
        std::size_t at = 0;
        while (list && at < list->items.size() && !(list->items[at]->find(QStringLiteral("name")) && list->items[at]->find(QStringLiteral("name"))->text == it.key()))
            ++at;
        const bool there = list && at < list->items.size();
        if (there && it.value())
            setVariable(*list->items[at], *it.value());
        else if (it.value())
            fresh.append({it.key(), *it.value()});
        else if (there && ++removed)
            removeItem(*list, at);
    }
    if (list && removed == list->items.size() && fresh.isEmpty() && !m_container.flow && !list->items.empty()) { // no variable is left: the key goes, too
        const auto extent = m_extents.value(*env->first, *env->second, false, m_extents.column(env->first->position));
        exchanges = {{m_extents.lineBegin(env->first->position), std::min(m_extents.lineEnd(extent.end) + 1, m_text.size()), {}}};
        return;
    }
    if (fresh.isEmpty())
        return;
    if (list)
        return appendItems(*list, fresh);
    QByteArray block = "env:", flow;
    for (const auto &[name, value] : std::as_const(fresh)) {
        block += "\n- name: " + name.toUtf8() + "\n  value: " + quoted(value);
        flow += QByteArray(flow.isEmpty() ? "" : ", ") + "{name: " + name.toUtf8() + ", value: " + quoted(value) + '}';
    }
    if (env)
        return replaceValue(*env, m_container.flow, '[' + flow + ']');
    addKey(block, "env: [" + flow + ']');
}

void SettingsEditor::inSection(const Entry &entry, const Settings &settings) {
    const Node &map = *entry.second;
    if (map.kind != Node::Kind::Map || map.flow || map.entries.empty()) {
        Settings all;
        for (const Entry &old : map.entries)
            all.insert(old.first->text, old.second->text);
        for (auto it = settings.begin(); it != settings.end(); ++it)
            all.insert(it.key(), it.value());
        return replaceValue(entry, map.kind == Node::Kind::Map && map.flow, flowMap(all));
    }
    Settings fresh;
    std::size_t removed = 0;
    const qsizetype first = map.entries.front().first->position;
    std::vector<Exchange> changes;
    for (auto it = settings.begin(); it != settings.end(); ++it) {
        const Entry *const old = entryOf(map, it.key());
        if (!old) {
            fresh.insert(it.key(), it.value());
        } else if (it.value()) {
            const auto extent = m_extents.value(*old->first, *old->second, false, m_extents.column(first));
            const QByteArray text = m_text.mid(extent.begin, extent.end - extent.begin);
            exchanges.push_back({extent.begin, extent.end, text.startsWith('\'') || text.startsWith('"') ? like(text, *it.value()) : quantity(*it.value())});
        } else {
            ++removed;
            const auto extent = m_extents.value(*old->first, *old->second, false, m_extents.column(first));
            changes.push_back({m_extents.lineBegin(old->first->position), std::min(m_extents.lineEnd(extent.end) + 1, m_text.size()), {}});
        }
    }
    if (removed == map.entries.size() && !sets(fresh)) {
        const qsizetype colon = m_extents.colonEnd(*entry.first, false);
        exchanges.push_back({colon, m_extents.valueEnd(map, false, m_extents.column(entry.first->position)), " {}"});
        return;
    }
    exchanges.insert(exchanges.end(), changes.begin(), changes.end());
    if (!sets(fresh))
        return;
    QByteArrayList lines = sectionLines({}, fresh);
    lines.removeFirst();
    const QByteArray indent(m_extents.column(first), ' ');
    QByteArray text;
    for (const QByteArray &line : std::as_const(lines))
        text += '\n' + indent + line.mid(2);
    const qsizetype end = m_extents.lineEnd(m_extents.valueEnd(map, false, m_extents.column(entry.first->position)));
    exchanges.push_back({end, end, text});
}

void SettingsEditor::section(const Node &resources, const QString &name, const Settings &settings) {
    if (settings.isEmpty())
        return;
    if (const Entry *const entry = entryOf(resources, name))
        return inSection(*entry, settings);
    if (!sets(settings))
        return;
    const qsizetype first = resources.entries.front().first->position;
    const QByteArray indent(m_extents.column(first), ' ');
    if (resources.flow)
        exchanges.push_back({first, first, name.toUtf8() + ": " + flowMap(settings) + ", "});
    else
        exchanges.push_back({first, first, sectionLines(name.toUtf8(), settings).join('\n' + indent) + '\n' + indent});
}

void SettingsEditor::resources(const Settings &requests, const Settings &limits) {
    if (requests.isEmpty() && limits.isEmpty())
        return;
    const Entry *const entry = entryOf(m_container, QStringLiteral("resources"));
    if (entry && entry->second->kind == Node::Kind::Map && !entry->second->entries.empty()) {
        section(*entry->second, QStringLiteral("requests"), requests);
        section(*entry->second, QStringLiteral("limits"), limits);
        return;
    }
    QByteArrayList lines{"resources:"}, flow;
    for (const auto &[name, settings] : {std::pair("requests", &requests), std::pair("limits", &limits)})
        if (sets(*settings)) {
            for (const QByteArray &line : sectionLines(name, *settings))
                lines << "  " + line;
            flow << QByteArray(name) + ": " + flowMap(*settings);
        }
    if (flow.isEmpty())
        return;
    if (entry)
        replaceValue(*entry, m_container.flow, '{' + flow.join(", ") + '}');
    else
        addKey(lines.join('\n'), "resources: {" + flow.join(", ") + '}');
}

} // namespace pilothouse::cluster
