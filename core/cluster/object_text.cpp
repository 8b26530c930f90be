// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/object_text.h"

#include "core/base/json.h"

#include <QJsonArray>
#include <QRegularExpression>

#include <algorithm>
#include <vector>

namespace pilothouse::cluster {

namespace {

using Q = QLatin1String;

QString quoted(const QString &text) {
    QString out(QLatin1Char('"'));
    for (const QChar c : text) {
        if (c == QLatin1Char('"') || c == QLatin1Char('\\'))
            out += QLatin1Char('\\') + QString(c);
        else if (c == QLatin1Char('\n'))
            out += Q("\\n");
        else if (c == QLatin1Char('\t'))
            out += Q("\\t");
        else if (c == QLatin1Char('\r'))
            out += Q("\\r");
        else if (c.unicode() < 0x20 || c.unicode() == 0x7f)
            out += QStringLiteral("\\u%1").arg(c.unicode(), 4, 16, QLatin1Char('0'));
        else
            out += c;
    }
    return out + QLatin1Char('"');
}

QString scalarText(const QString &text) {
    static const QRegularExpression safe(QStringLiteral("^[A-Za-z_/.][A-Za-z0-9_./@%+=-]*(?:[ :][A-Za-z0-9_./@%+=-]+)*$"));
    static const QRegularExpression special(QStringLiteral("^(?:y|n|yes|no|on|off|true|false|null|~|\\.nan|[-+]?\\.inf|[-+]?[0-9._]+(?:e[-+]?[0-9]+)?)$"), QRegularExpression::CaseInsensitiveOption);
    return safe.match(text).hasMatch() && !special.match(text).hasMatch() ? text : quoted(text);
}

bool isEmptyCollection(const QJsonValue &value) { return (value.isObject() && value.toObject().isEmpty()) || (value.isArray() && value.toArray().isEmpty()); }

/// The value behind "key:" or "- ", with its line feed.
void write(const QJsonValue &value, const QString &indent, bool inList, QString &out) {
    if (isEmptyCollection(value)) {
        out += value.isObject() ? Q(" {}\n") : Q(" []\n");
    } else if (value.isObject()) {
        const QJsonObject object = value.toObject();
        bool first = true;
        for (auto it = object.begin(); it != object.end(); ++it) {
            if (first && inList)
                out += QLatin1Char(' ');
            else if (first)
                out += QLatin1Char('\n');
            if (!(first && inList))
                out += indent;
            first = false;
            out += scalarText(it.key()) + QLatin1Char(':');
            // Lists stand at the column of their key, as kubectl writes them.
            write(it.value(), it.value().isArray() ? indent : indent + Q("  "), false, out);
        }
    } else if (value.isArray()) {
        bool first = true;
        for (const QJsonValue &item : value.toArray()) {
            if (first)
                out += inList ? QLatin1Char(' ') : QLatin1Char('\n');
            if (!(first && inList))
                out += indent;
            first = false;
            out += QLatin1Char('-');
            write(item, indent + Q("  "), true, out);
        }
    } else if (value.isString() && value.toString().contains(QLatin1Char('\n'))) {
        const QString text = value.toString();
        static const QRegularExpression odd(QStringLiteral("[\\x00-\\x08\\x0b-\\x1f\\x7f]|^[ \n]|[ \t]\n|\n\n$"));
        if (odd.match(text).hasMatch()) {
            out += QLatin1Char(' ') + quoted(text) + QLatin1Char('\n');
            return;
        }
        out += text.endsWith(QLatin1Char('\n')) ? Q(" |\n") : Q(" |-\n");
        QStringList lines = text.split(QLatin1Char('\n'));
        if (lines.last().isEmpty())
            lines.removeLast();
        for (const QString &line : lines)
            out += (line.isEmpty() ? QString() : (indent.isEmpty() ? QStringLiteral("  ") : indent) + line) + QLatin1Char('\n');
    } else if (value.isString()) {
        out += QLatin1Char(' ') + scalarText(value.toString()) + QLatin1Char('\n');
    } else {
        out += QLatin1Char(' ') + QString::fromUtf8(compactJson(value)) + QLatin1Char('\n');
    }
}

QString sizeOf(const QJsonValue &value, bool base64) {
    const QByteArray bytes = value.toString().toUtf8();
    return QString::number(base64 ? QByteArray::fromBase64(bytes).size() : bytes.size());
}

/// data and stringData of both sides without their values.
void maskSecret(QJsonObject &before, QJsonObject &after) {
    for (const auto key : {Q("data"), Q("stringData")}) {
        QJsonObject old = before.value(key).toObject(), now = after.value(key).toObject();
        const bool base64 = key == Q("data");
        for (auto it = now.begin(); it != now.end(); ++it) {
            const bool other = old.contains(it.key()) && old.value(it.key()) != it.value();
            const QString size = sizeOf(it.value(), base64);
            it.value() = other ? QStringLiteral("(%1 bytes, another value)").arg(size) : QStringLiteral("(%1 bytes)").arg(size);
        }
        for (auto it = old.begin(); it != old.end(); ++it)
            it.value() = QStringLiteral("(%1 bytes)").arg(sizeOf(it.value(), base64));
        if (before.contains(key))
            before.insert(key, old);
        if (after.contains(key))
            after.insert(key, now);
    }
}

/// Pairs of equal lines of the middles, by the table of longest common subsequences. Where that would be too large (more than 16 million cells) the
/// middles count as exchanged whole.
std::vector<std::pair<int, int>> common(const QStringList &a, const QStringList &b) {
    const std::size_t n = std::size_t(a.size()), m = std::size_t(b.size());
    std::vector<std::pair<int, int>> out;
    if (n == 0 || m == 0 || n * m > 16'000'000)
        return out;
    std::vector<quint32> table((n + 1) * (m + 1), 0);
    const auto at = [&](std::size_t i, std::size_t j) -> quint32 & { return table[i * (m + 1) + j]; };
    for (std::size_t i = n; i-- > 0;)
        for (std::size_t j = m; j-- > 0;)
            at(i, j) = a[qsizetype(i)] == b[qsizetype(j)] ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));
    for (std::size_t i = 0, j = 0; i < n && j < m;) {
        if (a[qsizetype(i)] == b[qsizetype(j)])
            out.emplace_back(int(i++), int(j++));
        else if (at(i + 1, j) >= at(i, j + 1))
            ++i;
        else
            ++j;
    }
    return out;
}

QStringList linesOf(const QString &text) {
    QStringList lines = text.split(QLatin1Char('\n'));
    if (!lines.isEmpty() && lines.last().isEmpty())
        lines.removeLast();
    return lines;
}

} // namespace

QJsonObject cleanedObject(const QJsonObject &object) {
    QJsonObject out = object;
    out.remove(Q("status"));
    QJsonObject metadata = out.value(Q("metadata")).toObject();
    for (const auto key : {Q("managedFields"), Q("resourceVersion"), Q("uid"), Q("generation"), Q("creationTimestamp"), Q("selfLink")})
        metadata.remove(key);
    QJsonObject annotations = metadata.value(Q("annotations")).toObject();
    for (const auto key : {Q("kubectl.kubernetes.io/last-applied-configuration"), Q("deployment.kubernetes.io/revision"), Q("deprecated.daemonset.template.generation")})
        annotations.remove(key);
    if (annotations.isEmpty())
        metadata.remove(Q("annotations"));
    else
        metadata.insert(Q("annotations"), annotations);
    if (!metadata.isEmpty())
        out.insert(Q("metadata"), metadata);
    // The server writes null there: "creationTimestamp: null" of a pod template.
    QJsonObject spec = out.value(Q("spec")).toObject(), podTemplate = spec.value(Q("template")).toObject(), inner = podTemplate.value(Q("metadata")).toObject();
    if (inner.contains(Q("creationTimestamp"))) {
        inner.remove(Q("creationTimestamp"));
        podTemplate.insert(Q("metadata"), inner);
        spec.insert(Q("template"), podTemplate);
        out.insert(Q("spec"), spec);
    }
    return out;
}

QString yamlText(const QJsonValue &value) {
    QString out;
    write(value, {}, false, out);
    return out.startsWith(QLatin1Char('\n')) || out.startsWith(QLatin1Char(' ')) ? out.mid(1) : out;
}

ObjectTexts comparedTexts(const QJsonObject &before, const QJsonObject &after) {
    QJsonObject left = cleanedObject(before), right = cleanedObject(after);
    if (before.value(Q("kind")).toString() == Q("Secret") || after.value(Q("kind")).toString() == Q("Secret"))
        maskSecret(left, right);
    return {before.isEmpty() ? QString() : yamlText(left), after.isEmpty() ? QString() : yamlText(right)};
}

QStringList lineDiff(const QString &before, const QString &after, int context) {
    if (before == after)
        return {};
    const QStringList a = linesOf(before), b = linesOf(after);
    qsizetype head = 0, tail = 0;
    while (head < a.size() && head < b.size() && a[head] == b[head])
        ++head;
    while (tail < a.size() - head && tail < b.size() - head && a[a.size() - 1 - tail] == b[b.size() - 1 - tail])
        ++tail;
    struct Line {
        QChar mark;
        QString text;
        int left, right; ///< line numbers from 0 that come next on each side
    };
    std::vector<Line> all;
    int i = 0, j = 0;
    const auto put = [&](QChar mark) {
        all.push_back({mark, mark == QLatin1Char('+') ? b[j] : a[i], i, j});
        i += mark != QLatin1Char('+');
        j += mark != QLatin1Char('-');
    };
    while (i < head)
        put(QLatin1Char(' '));
    auto pairs = common(a.mid(head, a.size() - head - tail), b.mid(head, b.size() - head - tail));
    pairs.emplace_back(int(a.size() - head - tail), int(b.size() - head - tail));
    for (const auto &[left, right] : pairs) {
        while (i < left + head)
            put(QLatin1Char('-'));
        while (j < right + head)
            put(QLatin1Char('+'));
        if (i < a.size() && j < b.size())
            put(QLatin1Char(' '));
    }
    while (i < a.size())
        put(QLatin1Char(' '));
    std::vector<bool> shown(all.size(), false);
    for (std::size_t k = 0; k < all.size(); ++k)
        if (all[k].mark != QLatin1Char(' '))
            for (std::size_t s = k > std::size_t(context) ? k - std::size_t(context) : 0; s < std::min(all.size(), k + std::size_t(context) + 1); ++s)
                shown[s] = true;
    QStringList out;
    for (std::size_t k = 0; k < all.size(); ++k) {
        if (!shown[k])
            continue;
        if (k == 0 || !shown[k - 1]) {
            std::size_t end = k;
            int lefts = 0, rights = 0;
            for (; end < all.size() && shown[end]; ++end) {
                lefts += all[end].mark != QLatin1Char('+');
                rights += all[end].mark != QLatin1Char('-');
            }
            out << QStringLiteral("@@ -%1,%2 +%3,%4 @@").arg(all[k].left + (lefts ? 1 : 0)).arg(lefts).arg(all[k].right + (rights ? 1 : 0)).arg(rights);
        }
        out << all[k].mark + all[k].text;
    }
    return out;
}

DiffCount countedDiff(const QStringList &diff) {
    DiffCount count;
    for (const QString &line : diff) {
        count.added += line.startsWith(QLatin1Char('+'));
        count.removed += line.startsWith(QLatin1Char('-'));
    }
    return count;
}

} // namespace pilothouse::cluster
