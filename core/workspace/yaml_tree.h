// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QString>

#include <memory>
#include <utility>
#include <vector>

namespace pilothouse::workspace {

/// A YAML value with its place in the text. Positions are byte offsets, so that an edit can replace text at the mark.
struct YamlNode {
    enum class Kind { Null, Scalar, List, Map };
    Kind kind = Kind::Null;
    QString text;           ///< Scalar: the value, escapes resolved
    bool plain = true;      ///< Scalar: written without quotes and not as a block
    bool flow = false;      ///< List, Map: written with brackets
    bool alias = false;     ///< written as *name; the content is that of the anchor
    qsizetype position = 0; ///< of the first byte of the value; of a null without text: unspecified
    std::vector<std::shared_ptr<const YamlNode>> items;
    std::vector<std::pair<std::shared_ptr<const YamlNode>, std::shared_ptr<const YamlNode>>> entries; ///< in file order

    const YamlNode *find(const QString &key) const; ///< Map: the value, else nullptr
};
using YamlPointer = std::shared_ptr<const YamlNode>;

/// Turns positions into "file:line:column" (both from 1; columns count characters).
class YamlPlaces {
public:
    /// A byte-order mark is dropped: yaml-cpp does not count it either.
    YamlPlaces(QByteArray bytes, QString file);
    QString at(qsizetype position) const;
    const QByteArray &bytes() const { return m_bytes; }
    const QString &file() const { return m_file; }

private:
    QByteArray m_bytes;
    QString m_file;
};

/// Parses one document. Invalid at file:line:column: bad UTF-8, a syntax error, a key written twice, a key that is not
/// a text, a second document, more than 4 MiB. An empty document is a Null node.
Result<YamlPointer> parseYaml(const YamlPlaces &text);

/// The known name with the smallest edit distance, if it is near enough to be a slip of the finger; else empty.
QString nearestName(const QString &name, const QStringList &known);

} // namespace pilothouse::workspace
