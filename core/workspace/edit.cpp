// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workspace/edit.h"

#include "core/base/file.h"
#include "core/workspace/yaml_extent.h"
#include "core/workspace/yaml_text.h"

#include <QFileInfo>

#include <algorithm>

namespace pilothouse::workspace {

namespace {

QString u(const char *text) { return QString::fromUtf8(text); }

/// The node at the end of a path, as far as the path exists, and how to write around it.
struct Walk {
    const YamlNode *node = nullptr;   ///< deepest that exists
    const YamlNode *parent = nullptr; ///< nullptr: node is the top
    const YamlNode *key = nullptr;    ///< of node in parent, if that is a map
    int index = -1;                   ///< of node in parent
    int depth = 0;                    ///< how many path parts exist
    bool inFlow = false;              ///< node stands between brackets
    qsizetype indent = -1;            ///< column of the key or dash of node
};

Walk walk(const YamlNode &root, const QStringList &path, const YamlExtents &extents) {
    Walk w;
    w.node = &root;
    for (const QString &part : path) {
        const YamlNode *here = w.node;
        if (here->alias)
            return w;
        bool found = false;
        if (here->kind == YamlNode::Kind::Map) {
            for (std::size_t i = 0; i < here->entries.size() && !found; ++i)
                if (here->entries[i].first->text == part) {
                    w.key = here->entries[i].first.get();
                    w.node = here->entries[i].second.get();
                    w.index = int(i);
                    w.indent = extents.column(w.key->position);
                    found = true;
                }
        } else if (here->kind == YamlNode::Kind::List) {
            bool number = false;
            const int i = part.toInt(&number);
            if (number && i >= 0 && std::size_t(i) < here->items.size()) {
                w.key = nullptr;
                w.node = here->items[std::size_t(i)].get();
                w.index = i;
                w.indent = extents.column(here->position);
                found = true;
            }
        }
        if (!found)
            return w;
        w.inFlow |= here->flow;
        w.parent = here;
        ++w.depth;
    }
    return w;
}

/// The tree as text, without the entry at `skip`; what becomes empty on the way to it counts as not there.
QString shape(const YamlNode &node, QStringList skip = {}) {
    const QString next = skip.isEmpty() ? QString() : skip.takeFirst();
    QStringList parts;
    const auto add = [&](const QString &name, const YamlNode &child, const QString &label) {
        const bool onPath = !next.isNull() && name == next;
        if (onPath && skip.isEmpty())
            return;
        const QString text = shape(child, onPath ? skip : QStringList());
        if (!onPath || text != QLatin1String("~"))
            parts << label + text;
    };
    switch (node.kind) {
    case YamlNode::Kind::Null: return u("~");
    case YamlNode::Kind::Scalar: return QString::fromUtf8(yamlScalar(node.text, true));
    case YamlNode::Kind::List:
        for (std::size_t i = 0; i < node.items.size(); ++i)
            add(QString::number(i), *node.items[i], QString());
        break;
    case YamlNode::Kind::Map:
        for (const auto &[key, value] : node.entries)
            add(key->text, *value, QString::fromUtf8(yamlScalar(key->text, true)) + QLatin1Char(':'));
        break;
    }
    if (parts.isEmpty() && !next.isNull())
        return u("~");
    const bool list = node.kind == YamlNode::Kind::List;
    return (list ? u("[") : u("{")) + parts.join(QLatin1Char(',')) + (list ? u("]") : u("}"));
}

Error byHand(const QStringList &path, const QString &where) {
    return invalid(u("“%1” is written in a way that cannot be changed in place.").arg(path.join(u(" ▸ "))), where, u("Edit the file by hand."));
}

/// One edit in the making: the text, its tree, and what stands at the path.
class Editor {
public:
    static Result<Editor> open(const QByteArray &yaml, const QString &file, const QStringList &path) {
        Editor e(yaml, file, path);
        PH_ASSIGN(e.m_root, parseYaml(e.m_places));
        if (path.isEmpty())
            return invalid(u("An edit needs a key."), file);
        return e;
    }

    Result<QByteArray> set(const QByteArray &value, const QVariant &block) {
        const YamlExtents extents(text());
        const Walk w = walk(*m_root, m_path, extents);
        const QStringList missing = m_path.mid(w.depth);
        if (missing.isEmpty())
            replace(w, extents, value);
        else if (w.node->alias || w.node->kind == YamlNode::Kind::Scalar)
            return byHand(m_path, m_places.at(w.node->position));
        else if (w.node->kind == YamlNode::Kind::List) {
            if (missing.size() != 1 || missing.first() != QLatin1String("+"))
                return notFound(u("The list has no entry %1.").arg(missing.first()), m_places.at(w.node->position));
            m_path.last() = QString::number(w.node->items.size());
            append(w, extents, value);
        } else {
            QByteArray wrapped = value;
            for (qsizetype i = missing.size() - 1; i > 0; --i)
                wrapped = '{' + yamlScalar(missing[i]) + ": " + wrapped + '}';
            addKey(w, extents, missing.first(), wrapped, missing.size() == 1 ? block : QVariant());
        }
        return checked(m_path, value);
    }

    Result<QByteArray> remove() {
        const YamlExtents extents(text());
        const Walk w = walk(*m_root, m_path, extents);
        if (w.depth != m_path.size())
            return notFound(u("There is no “%1”.").arg(m_path.join(u(" ▸ "))), m_places.file());
        if (w.inFlow)
            removeBetweenBrackets(w, extents);
        else
            removeLines(w, extents);
        QStringList path = m_path;
        path.last() = u("\x01"); // nothing is skipped in the new text, but emptied maps count as before
        return checked(path, {});
    }

private:
    Editor(const QByteArray &yaml, const QString &file, const QStringList &path)
        : m_mark(yaml.startsWith("\xEF\xBB\xBF")), m_places(yaml, file), m_path(path), m_new(m_places.bytes()) {
        m_lineFeed = m_new.indexOf("\r\n") >= 0 ? "\r\n" : "\n";
    }
    const QByteArray &text() const { return m_places.bytes(); }

    void replace(const Walk &w, const YamlExtents &extents, const QByteArray &value) {
        if (!w.key) { // a list's entry
            m_new.replace(w.node->position, extents.valueEnd(*w.node, w.inFlow, w.indent) - w.node->position, value);
            return;
        }
        const Extent old = extents.value(*w.key, *w.node, w.inFlow, w.indent);
        if (old.begin == old.end) {
            m_new.insert(old.begin, ' ' + value);
            return;
        }
        // A block's new value goes onto the key's line: at the old place a list may stand too far left.
        const bool block = !w.node->flow && (w.node->kind == YamlNode::Kind::List || w.node->kind == YamlNode::Kind::Map);
        const qsizetype begin = block ? extents.colonEnd(*w.key, w.inFlow) : old.begin;
        m_new.replace(begin, old.end - begin, block ? ' ' + value : value);
    }

    void insertBetweenBrackets(const YamlNode &collection, const YamlExtents &extents, const QByteArray &added) {
        qsizetype close = extents.closingBracket(collection), end = close;
        const bool empty = collection.items.empty() && collection.entries.empty();
        while (end > 0 && (text()[end - 1] == ' ' || text()[end - 1] == '\n' || text()[end - 1] == '\r'))
            --end;
        const bool comma = !empty && text()[end - 1] != ',';
        m_new.insert(empty ? close : end, empty ? added : (comma ? ", " : " ") + added);
    }

    /// Puts whole lines behind the line that holds `position`.
    void insertLines(qsizetype position, const YamlExtents &extents, const QByteArray &lines) {
        qsizetype end = extents.lineEnd(position);
        if (end > 0 && end <= text().size() && text()[end - 1] == '\r')
            --end;
        m_new.insert(end, (text().isEmpty() ? QByteArray() : m_lineFeed) + lines + (text().isEmpty() ? m_lineFeed : QByteArray()));
    }

    QByteArray keyLines(qsizetype indent, const QString &key, const QByteArray &value, const QVariant &block) const {
        const QByteArray spaces(indent, ' ');
        const QVariantMap map = block.toMap();
        const bool nested = std::any_of(map.begin(), map.end(), [](const QVariant &v) { return v.typeId() == QMetaType::QVariantMap; });
        QByteArray lines = spaces + yamlScalar(key) + ':';
        if (!nested)
            return lines + ' ' + value;
        for (const QString &child : documentedOrder(map.keys()))
            lines += m_lineFeed + spaces + "  " + yamlScalar(child) + ": " + yamlFlow(map.value(child));
        return lines;
    }

    void addKey(const Walk &w, const YamlExtents &extents, const QString &key, const QByteArray &value, const QVariant &block) {
        const QByteArray pair = yamlScalar(key) + ": " + value;
        if (w.node->kind == YamlNode::Kind::Null) {
            if (!w.key) {
                if (w.parent)
                    m_new.insert(w.node->position, pair); // "- " without anything: the check finds it if this is not it
                else
                    insertLines(text().size(), extents, keyLines(0, key, value, block));
                return;
            }
            const Extent old = extents.value(*w.key, *w.node, w.inFlow, w.indent);
            if (w.inFlow || old.begin != old.end)
                m_new.replace(old.begin, old.end - old.begin, (old.begin == old.end ? " {" : "{") + pair + '}');
            else
                insertLines(old.end, extents, keyLines(w.indent + 2, key, value, block));
        } else if (w.node->flow) {
            insertBetweenBrackets(*w.node, extents, pair);
        } else {
            const qsizetype indent = extents.column(w.node->entries.front().first->position);
            const qsizetype end = extents.valueEnd(*w.node, false, w.indent);
            insertLines(end, extents, keyLines(indent, key, value, block));
        }
    }

    void append(const Walk &w, const YamlExtents &extents, const QByteArray &value) {
        if (w.node->flow)
            insertBetweenBrackets(*w.node, extents, value);
        else
            insertLines(extents.valueEnd(*w.node, false, w.indent), extents, QByteArray(extents.column(w.node->position), ' ') + "- " + value);
    }

    void removeBetweenBrackets(const Walk &w, const YamlExtents &extents) {
        const auto begin = [&](int i) { return w.key ? w.parent->entries[std::size_t(i)].first->position : w.parent->items[std::size_t(i)]->position; };
        const auto end = [&](int i) {
            if (!w.key)
                return extents.valueEnd(*w.parent->items[std::size_t(i)], true, w.indent);
            const auto &[key, value] = w.parent->entries[std::size_t(i)];
            return extents.value(*key, *value, true, w.indent).end;
        };
        const int count = int(w.key ? w.parent->entries.size() : w.parent->items.size());
        if (w.index + 1 < count)
            m_new.remove(begin(w.index), begin(w.index + 1) - begin(w.index));
        else if (w.index > 0)
            m_new.remove(end(w.index - 1), end(w.index) - end(w.index - 1));
        else
            m_new.remove(begin(0), end(0) - begin(0));
    }

    void removeLines(const Walk &w, const YamlExtents &extents) {
        const qsizetype begin = extents.lineBegin(w.key ? w.key->position : w.node->position);
        const qsizetype end = w.key ? extents.value(*w.key, *w.node, false, w.indent).end : extents.valueEnd(*w.node, false, w.indent);
        m_new.remove(begin, std::min(extents.lineEnd(end) + 1, text().size()) - begin);
    }

    /// The new text, if it says the same as the old one but for the edited place.
    Result<QByteArray> checked(const QStringList &newPath, const QByteArray &value) {
        const YamlPlaces places(m_new, m_places.file());
        const auto tree = parseYaml(places);
        if (!tree || shape(**tree, newPath) != shape(*m_root, m_path))
            return byHand(m_path, m_places.file());
        if (!value.isEmpty()) {
            const Walk w = walk(**tree, m_path, YamlExtents(m_new));
            PH_ASSIGN(const YamlPointer wanted, parseYaml(YamlPlaces(value, m_places.file())));
            if (w.depth != m_path.size() || shape(*w.node) != shape(*wanted))
                return byHand(m_path, m_places.file());
        }
        return m_mark ? "\xEF\xBB\xBF" + m_new : m_new;
    }

    bool m_mark;
    YamlPlaces m_places;
    QStringList m_path;
    QByteArray m_new, m_lineFeed;
    YamlPointer m_root;
};

template<class T, class Parse>
Result<T> editFile(const QString &file, const TextEdit &edit, Parse parse) {
    const QString real = QFileInfo(file).canonicalFilePath();
    if (real.isEmpty())
        return notFound(u("There is no such file."), file);
    PH_ASSIGN(const QByteArray before, readFile(real));
    PH_ASSIGN(const QByteArray after, edit(before));
    PH_ASSIGN(T parsed, parse(after, file));
    PH_ASSIGN(const QByteArray now, readFile(real));
    if (now != before)
        return Error{ErrorKind::Conflict, u("The file was changed by somebody else meanwhile."), file, u("Look at it and try again."), {}};
    PH_TRY(writeFileAtomically(real, after));
    return parsed;
}

} // namespace

Result<QByteArray> editValue(const QByteArray &yaml, const QString &file, const QStringList &path, const QVariant &value) {
    PH_ASSIGN(Editor editor, Editor::open(yaml, file, path));
    return editor.set(yamlFlow(value), value);
}

Result<QByteArray> editScalar(const QByteArray &yaml, const QString &file, const QStringList &path, const QString &value) {
    PH_ASSIGN(Editor editor, Editor::open(yaml, file, path));
    return editor.set(yamlScalar(value), {});
}

Result<QByteArray> removeEntry(const QByteArray &yaml, const QString &file, const QStringList &path) {
    PH_ASSIGN(Editor editor, Editor::open(yaml, file, path));
    return editor.remove();
}

Result<Workspace> editWorkspaceFile(const QString &file, const TextEdit &edit) { return editFile<Workspace>(file, edit, parseWorkspace); }
Result<Recipe> editRecipeFile(const QString &file, const TextEdit &edit) { return editFile<Recipe>(file, edit, parseRecipe); }

} // namespace pilothouse::workspace
