// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workspace/yaml_extent.h"

#include <algorithm>
#include <cstring>

namespace pilothouse::workspace {

namespace {
bool isSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
} // namespace

qsizetype YamlExtents::lineEnd(qsizetype position) const {
    const qsizetype end = m_bytes.indexOf('\n', position);
    return end < 0 ? m_bytes.size() : end;
}

/// Anchors (&name) and tags (!name) stand before a value and belong to its mark.
qsizetype YamlExtents::skipProperties(qsizetype position) const {
    while (at(position) == '&' || at(position) == '!') {
        while (position < m_bytes.size() && !isSpace(m_bytes[position]))
            ++position;
        while (position < m_bytes.size() && isSpace(m_bytes[position]))
            ++position;
    }
    return position;
}

qsizetype YamlExtents::quotedEnd(qsizetype position) const {
    const char quote = at(position++);
    while (position < m_bytes.size()) {
        if (quote == '"' && m_bytes[position] == '\\')
            ++position;
        else if (m_bytes[position] == quote && (quote == '"' || at(position + 1) != '\''))
            return position + 1;
        else if (m_bytes[position] == quote)
            ++position; // '' inside single quotes
        ++position;
    }
    return m_bytes.size();
}

/// From the end of a line on: the end of the last following line that is indented deeper than `indent`.
qsizetype YamlExtents::deeperLinesEnd(qsizetype position, qsizetype indent, bool comments) const {
    qsizetype end = position, next = lineEnd(position) + 1;
    while (next < m_bytes.size()) {
        const qsizetype stop = lineEnd(next);
        qsizetype first = next;
        while (first < stop && m_bytes[first] == ' ')
            ++first;
        const bool blank = QByteArrayView(m_bytes).sliced(first, stop - first).trimmed().isEmpty();
        if (!blank && (first - next <= indent || (!comments && m_bytes[first] == '#')))
            break;
        if (!blank)
            end = stop > first && m_bytes[stop - 1] == '\r' ? stop - 1 : stop;
        next = stop + 1;
    }
    return end;
}

qsizetype YamlExtents::plainEnd(qsizetype position, bool inFlow, qsizetype indent) const {
    qsizetype i = position;
    for (; i < m_bytes.size(); ++i) {
        const char c = m_bytes[i];
        const bool beforeSpace = isSpace(at(i + 1));
        if (c == '\n' && !inFlow)
            break;
        if (c == ':' && (beforeSpace || (inFlow && std::strchr(",[]{}", at(i + 1)))))
            break;
        if (c == '#' && i > position && isSpace(m_bytes[i - 1]))
            break;
        if (inFlow && std::strchr(",[]{}", c))
            break;
    }
    const bool comment = at(i) == '#';
    while (i > position && isSpace(m_bytes[i - 1]))
        --i;
    if (inFlow || comment || at(i) == ':')
        return i;
    return deeperLinesEnd(i, indent, false);
}

qsizetype YamlExtents::closingBracket(const YamlNode &collection) const {
    qsizetype i = skipProperties(collection.position);
    int depth = 0;
    for (; i < m_bytes.size(); ++i) {
        const char c = m_bytes[i];
        const char before = i > 0 ? m_bytes[i - 1] : ' ';
        // A quote opens a text only where a value may begin; inside a plain word (it's) it is a letter.
        if ((c == '"' || c == '\'') && (isSpace(before) || std::strchr(",[]{}:", before))) {
            i = quotedEnd(i) - 1;
        } else if (c == '#' && isSpace(before)) {
            i = lineEnd(i);
        } else if (c == '[' || c == '{') {
            ++depth;
        } else if ((c == ']' || c == '}') && --depth == 0) {
            return i;
        }
    }
    return m_bytes.size();
}

qsizetype YamlExtents::valueEnd(const YamlNode &value, bool inFlow, qsizetype indent) const {
    qsizetype begin = skipProperties(value.position);
    if (value.alias) {
        while (begin < m_bytes.size() && !isSpace(m_bytes[begin]) && !std::strchr(",[]{}", m_bytes[begin]))
            ++begin;
        return begin;
    }
    switch (value.kind) {
    case YamlNode::Kind::Null:
        return at(begin) == '~' ? begin + 1 : begin;
    case YamlNode::Kind::Scalar:
        if (at(begin) == '"' || at(begin) == '\'')
            return quotedEnd(begin);
        if (!value.plain && (at(begin) == '|' || at(begin) == '>'))
            return deeperLinesEnd(lineEnd(begin), indent, true);
        return plainEnd(begin, inFlow, indent);
    case YamlNode::Kind::List: {
        if (value.flow)
            return std::min(closingBracket(value) + 1, m_bytes.size());
        const qsizetype dash = column(value.position);
        qsizetype end = value.position + 1;
        for (const auto &item : value.items)
            if (item->kind != YamlNode::Kind::Null)
                end = std::max(end, valueEnd(*item, false, dash));
        return end;
    }
    case YamlNode::Kind::Map:
        if (value.flow)
            return std::min(closingBracket(value) + 1, m_bytes.size());
        qsizetype end = value.position;
        for (const auto &[key, child] : value.entries)
            end = std::max(end, this->value(*key, *child, false, column(key->position)).end);
        return end;
    }
    return begin;
}

qsizetype YamlExtents::colonEnd(const YamlNode &key, bool inFlow) const {
    qsizetype i = skipProperties(key.position);
    i = at(i) == '"' || at(i) == '\'' ? quotedEnd(i) : plainEnd(i, inFlow, m_bytes.size());
    while (i < m_bytes.size() && m_bytes[i] != ':')
        ++i;
    return std::min(i + 1, m_bytes.size());
}

Extent YamlExtents::value(const YamlNode &key, const YamlNode &value, bool inFlow, qsizetype indent) const {
    const qsizetype colon = colonEnd(key, inFlow);
    if (value.kind == YamlNode::Kind::Null && !value.alias) {
        qsizetype begin = colon;
        while (begin < m_bytes.size() && (m_bytes[begin] == ' ' || m_bytes[begin] == '\t'))
            ++begin;
        const QByteArray word = m_bytes.mid(begin, 4).toLower();
        if (word.startsWith('~'))
            return {begin, begin + 1};
        return word == "null" ? Extent{begin, begin + 4} : Extent{colon, colon};
    }
    return {value.position, std::max(colon, valueEnd(value, inFlow, indent))};
}

} // namespace pilothouse::workspace
