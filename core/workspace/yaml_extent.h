// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workspace/yaml_tree.h"

namespace pilothouse::workspace {

/// A range of bytes, end excluded.
struct Extent {
    qsizetype begin = 0, end = 0;
};

/// Where keys and values of a parsed text begin and end: yaml-cpp gives only the begin. Knows the forms that people
/// write; whoever edits by it checks the result by parsing it again.
class YamlExtents {
public:
    explicit YamlExtents(const QByteArray &bytes) : m_bytes(bytes) {}
    /// @param indent column of the key (or dash) that the value belongs to; −1 at the top.
    qsizetype valueEnd(const YamlNode &value, bool inFlow, qsizetype indent) const;
    /// The byte after the colon of a key.
    qsizetype colonEnd(const YamlNode &key, bool inFlow) const;
    /// The value of an entry; empty, behind the colon, if nothing is written there.
    Extent value(const YamlNode &key, const YamlNode &value, bool inFlow, qsizetype indent) const;
    qsizetype column(qsizetype position) const { return position - lineBegin(position); }
    qsizetype lineBegin(qsizetype position) const { return position <= 0 ? 0 : m_bytes.lastIndexOf('\n', position - 1) + 1; }
    qsizetype lineEnd(qsizetype position) const; ///< of the line feed, or the size
    /// The closing bracket of a flow list or map.
    qsizetype closingBracket(const YamlNode &collection) const;

private:
    qsizetype skipProperties(qsizetype position) const;
    qsizetype quotedEnd(qsizetype position) const;
    qsizetype plainEnd(qsizetype position, bool inFlow, qsizetype indent) const;
    qsizetype deeperLinesEnd(qsizetype position, qsizetype indent, bool comments) const;
    char at(qsizetype i) const { return i < m_bytes.size() ? m_bytes[i] : '\n'; }
    const QByteArray &m_bytes;
};

} // namespace pilothouse::workspace
