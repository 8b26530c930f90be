// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/pod_template.h"

#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/base/redact.h"

#include <QRegularExpression>
#include <QSet>

namespace pilothouse::cluster {

namespace {

using Q = QLatin1String;

/// Without nulls and what is empty, at any depth: to the API server a list that is empty and one that is not there are the same.
QJsonValue plain(const QJsonValue &value) {
    if (value.isObject()) {
        QJsonObject out;
        const QJsonObject object = value.toObject();
        for (auto it = object.begin(); it != object.end(); ++it)
            if (const QJsonValue kept = plain(it.value()); !kept.isUndefined())
                out.insert(it.key(), kept);
        return out.isEmpty() ? QJsonValue(QJsonValue::Undefined) : QJsonValue(out);
    }
    if (value.isArray()) {
        QJsonArray out;
        for (const QJsonValue &item : value.toArray()) {
            const QJsonValue kept = plain(item);
            out.append(kept.isUndefined() ? QJsonValue(QJsonObject()) : kept);
        }
        return out.isEmpty() ? QJsonValue(QJsonValue::Undefined) : QJsonValue(out);
    }
    return value.isNull() ? QJsonValue(QJsonValue::Undefined) : value;
}

/// By what the items of a list are told apart.
QString keyOf(const QString &list, const QJsonObject &item) {
    if (list == Q("ports")) {
        const QString protocol = item.value(Q("protocol")).toString();
        return QString::number(item.value(Q("containerPort")).toInteger()) + (protocol.isEmpty() || protocol == Q("TCP") ? QString() : QLatin1Char('/') + protocol);
    }
    for (const char *key : {"name", "mountPath", "devicePath", "ip", "topologyKey", "conditionType"})
        if (list != Q("volumeMounts") || qstrcmp(key, "name") != 0)
            if (const QString text = item.value(Q(key)).toString(); !text.isEmpty())
                return text;
    return {};
}

/// The items by key, in their order; by index where a key is missing or comes twice.
std::vector<std::pair<QString, QJsonValue>> itemsOf(const QString &list, const QJsonArray &array) {
    std::vector<std::pair<QString, QJsonValue>> out;
    QSet<QString> seen;
    for (const QJsonValue &item : array) {
        const QString key = keyOf(list, item.toObject());
        if (key.isEmpty() || seen.contains(key)) {
            out.clear();
            for (qsizetype i = 0; i < array.size(); ++i)
                out.emplace_back(QString::number(i), array.at(i));
            return out;
        }
        seen.insert(key);
        out.emplace_back(key, item);
    }
    return out;
}

bool ofObjects(const QJsonValue &value) {
    const QJsonArray array = value.toArray();
    return !array.isEmpty() && std::all_of(array.begin(), array.end(), [](const QJsonValue &item) { return item.isObject(); });
}

/// A scalar, or a list of them, as YAML writes it in one line.
QString yamlText(const QJsonValue &value) {
    if (!value.isString())
        return QString::fromUtf8(compactJson(value));
    static const QRegularExpression bare(QStringLiteral("^[A-Za-z/._][A-Za-z0-9/._:@%+=,-]*$"));
    static const QRegularExpression word(QStringLiteral("^(true|false|yes|no|on|off|null|~|\\.inf|\\.nan)$"), QRegularExpression::CaseInsensitiveOption);
    const QString text = value.toString();
    const bool quantity = QRegularExpression(QStringLiteral("^[0-9.]+[A-Za-z]+$")).match(text).hasMatch() && !text.contains(QLatin1Char('e')) && !text.startsWith(Q("0x"));
    if (quantity || (bare.match(text).hasMatch() && !word.match(text).hasMatch() && !text.endsWith(QLatin1Char(':'))))
        return text;
    return QString::fromUtf8(compactJson(value));
}

struct Node {
    QString name;
    QJsonValue before = QJsonValue::Undefined, after = QJsonValue::Undefined; ///< of a leaf
    std::vector<Node> children;
    bool leaf() const { return children.empty(); }
    bool had() const { return leaf() ? !before.isUndefined() : std::any_of(children.begin(), children.end(), [](const Node &c) { return c.had(); }); }
    bool has() const { return leaf() ? !after.isUndefined() : std::any_of(children.begin(), children.end(), [](const Node &c) { return c.has(); }); }
};

void compare(const QString &name, const QJsonValue &before, const QJsonValue &after, std::vector<Node> &into);

void compareLists(const QString &name, const QJsonArray &before, const QJsonArray &after, std::vector<Node> &into) {
    const auto old = itemsOf(name, before), now = itemsOf(name, after);
    const auto find = [](const auto &items, const QString &key) {
        const auto it = std::find_if(items.begin(), items.end(), [&](const auto &item) { return item.first == key; });
        return it == items.end() ? QJsonValue(QJsonValue::Undefined) : it->second;
    };
    QJsonArray oldOrder, newOrder; // of what both have
    for (const auto &[key, value] : old) {
        const QJsonValue other = find(now, key);
        compare(QStringLiteral("%1[%2]").arg(name, key), value, other, into);
        if (!other.isUndefined())
            oldOrder.append(key);
    }
    for (const auto &[key, value] : now)
        if (find(old, key).isUndefined())
            compare(QStringLiteral("%1[%2]").arg(name, key), QJsonValue::Undefined, value, into);
        else
            newOrder.append(key);
    if (oldOrder != newOrder)
        into.push_back({name + QStringLiteral(" (order)"), oldOrder, newOrder, {}});
}

/// Adds what differs under a name; nothing where nothing does.
void compare(const QString &name, const QJsonValue &before, const QJsonValue &after, std::vector<Node> &into) {
    if (before == after)
        return;
    const bool objects = (before.isObject() || before.isUndefined()) && (after.isObject() || after.isUndefined());
    const bool lists = (ofObjects(before) || before.isUndefined()) && (ofObjects(after) || after.isUndefined());
    if (objects) {
        Node node{name, QJsonValue::Undefined, QJsonValue::Undefined, {}};
        const QJsonObject old = before.toObject(), now = after.toObject();
        QStringList keys = old.keys();
        for (const QString &key : now.keys())
            if (!old.contains(key))
                keys << key;
        keys.sort();
        for (const QString &key : std::as_const(keys))
            compare(key, old.value(key), now.value(key), node.children);
        into.push_back(std::move(node));
    } else if (lists) {
        compareLists(name, before.toArray(), after.toArray(), into);
    } else {
        into.push_back({name, before, after, {}});
    }
}

int countOf(const Node &node) {
    if (node.leaf() || !node.had() || !node.has())
        return 1;
    int sum = 0;
    for (const Node &child : node.children)
        sum += countOf(child);
    return sum;
}

void write(const Node &node, const QString &variable, int indent, std::vector<TemplateDiff::Line> &out) {
    if (node.leaf()) {
        const auto line = [&](QChar sign, const QJsonValue &value) {
            if (value.isUndefined())
                return;
            QString text = yamlText(value);
            if (const QString told = variable + QLatin1Char('=') + value.toString(); !variable.isEmpty() && node.name == Q("value") && redact(told) != told)
                text = QStringLiteral("•••");
            out.push_back({sign, indent, node.name + QStringLiteral(": ") + text});
        };
        line(QLatin1Char('-'), node.before);
        line(QLatin1Char('+'), node.after);
        return;
    }
    QString name = node.name;
    const Node *shown = &node;
    while (shown->children.size() == 1 && !shown->children.front().leaf() && !name.startsWith(Q("containers["))) { // "resources.limits:"
        shown = &shown->children.front();
        name += QLatin1Char('.') + shown->name;
    }
    const QChar sign = !shown->had() ? QLatin1Char('+') : !shown->has() ? QLatin1Char('-') : QLatin1Char(' ');
    out.push_back({sign, indent, name + QLatin1Char(':')});
    const QString inside = shown->name.startsWith(Q("env[")) ? shown->name.mid(4).chopped(1) : QString();
    for (const Node &child : shown->children)
        write(child, inside, indent + 1, out);
}

} // namespace

QJsonObject plainTemplate(const QJsonObject &podTemplate) {
    QJsonObject out = podTemplate, metadata = out.value(Q("metadata")).toObject(), labels = metadata.value(Q("labels")).toObject();
    labels.remove(QStringLiteral("pod-template-hash"));
    metadata.insert(Q("labels"), labels);
    out.insert(Q("metadata"), metadata);
    out.remove(QStringLiteral("$patch"));
    return plain(out).toObject();
}

bool sameTemplate(const QJsonObject &a, const QJsonObject &b) { return plainTemplate(a) == plainTemplate(b); }

QString templateDigest(const QJsonObject &podTemplate) { return sha256Hex(canonicalJson(plainTemplate(podTemplate))); }

TemplateDiff templateDiff(const QJsonObject &before, const QJsonObject &after) {
    const QJsonObject old = plainTemplate(before), now = plainTemplate(after);
    std::vector<Node> top, shown;
    compare({}, old, now, top);
    for (Node &root : top)
        for (Node &part : root.children) // "spec" says nothing: its parts stand for themselves
            if (part.name == Q("spec") && !part.leaf())
                shown.insert(shown.end(), std::make_move_iterator(part.children.begin()), std::make_move_iterator(part.children.end()));
            else
                shown.push_back(std::move(part));
    TemplateDiff out;
    for (const Node &node : shown) {
        out.changes += countOf(node);
        write(node, {}, 0, out.lines);
    }
    return out;
}

QString TemplateDiff::text() const {
    QStringList out;
    for (const Line &line : lines)
        out << QStringLiteral("%1 %2%3").arg(line.sign).arg(QString(line.indent * 2, QLatin1Char(' ')), line.text);
    return out.join(QLatin1Char('\n'));
}

QJsonObject TemplateDiff::toJson() const {
    QJsonArray list;
    for (const Line &line : lines)
        list.append(QJsonObject{{Q("sign"), QString(line.sign)}, {Q("indent"), line.indent}, {Q("text"), line.text}});
    return {{Q("changes"), changes}, {Q("lines"), list}};
}

} // namespace pilothouse::cluster
