// SPDX-License-Identifier: GPL-3.0-or-later
// `tree=`: the filter of Jenkins' remote API (hudson.model.Api, stapler's NamedPathPruner and RangeWithSize).
#include "app/estate/jenkins.h"

namespace pilothouse::estate {

namespace {

using Q = QLatin1String;

struct Node {
    QString name;
    QString below;       ///< text inside the brackets
    bool brackets = false;
    int from = 0, to = -1; ///< {from,to}; to -1: all
};

/// The items of one level.
std::vector<Node> items(const QString &tree) {
    std::vector<Node> out;
    Node node;
    int depth = 0;
    QString range;
    bool inRange = false;
    const auto close = [&] {
        if (!node.name.trimmed().isEmpty()) {
            if (!range.isEmpty()) {
                const QStringList ends = range.split(QLatin1Char(','));
                // {M,N}: from M to before N; {M,}: from M on; {,N}: before N; {N}: the N-th alone
                node.from = ends[0].toInt();
                node.to = ends.size() == 1 ? node.from + 1 : ends[1].trimmed().isEmpty() ? -1 : ends[1].toInt();
            }
            node.name = node.name.trimmed();
            out.push_back(node);
        }
        node = {};
        range.clear();
    };
    for (const QChar c : tree) {
        if (inRange) {
            if (c == QLatin1Char('}'))
                inRange = false;
            else
                range += c;
        } else if (c == QLatin1Char('[')) {
            if (depth++ > 0)
                node.below += c;
            node.brackets = true;
        } else if (c == QLatin1Char(']')) {
            if (--depth > 0)
                node.below += c;
        } else if (depth > 0) {
            node.below += c;
        } else if (c == QLatin1Char('{')) {
            inRange = true;
        } else if (c == QLatin1Char(',')) {
            close();
        } else {
            node.name += c;
        }
    }
    close();
    return out;
}

QJsonValue pruned(const QJsonValue &value, const Node &node) {
    if (value.isArray()) {
        QJsonArray out;
        const QJsonArray all = value.toArray();
        const qsizetype end = node.to < 0 ? all.size() : std::min<qsizetype>(node.to, all.size());
        for (qsizetype i = node.from; i < end; ++i)
            out.append(all[i].isObject() ? QJsonValue(jenkinsTree(all[i].toObject(), node.below)) : all[i]);
        return out;
    }
    if (value.isObject())
        return jenkinsTree(value.toObject(), node.below);
    return value;
}

} // namespace

QJsonObject jenkinsTree(const QJsonObject &whole, const QString &tree) {
    QJsonObject out;
    if (whole.contains(Q("_class")))
        out.insert(Q("_class"), whole.value(Q("_class")));
    for (const Node &node : items(tree)) {
        if (node.name == Q("*")) {
            for (auto it = whole.begin(); it != whole.end(); ++it)
                out.insert(it.key(), node.brackets ? pruned(it.value(), node) : it.value());
        } else if (whole.contains(node.name)) {
            out.insert(node.name, pruned(whole.value(node.name), node));
        }
    }
    return out;
}

Answer jenkinsPage(int status, const QString &title, const QString &text) {
    const QString page = QStringLiteral("<!DOCTYPE html><html><head><title>%1 [Jenkins]</title></head><body><div id=\"main-panel\"><h1>%1</h1><p>%2</p></div></body></html>").arg(title, text.toHtmlEscaped());
    return Answer::text(page.toUtf8(), status, "text/html;charset=utf-8");
}

} // namespace pilothouse::estate
