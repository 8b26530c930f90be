// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workspace/yaml_tree.h"

#include <QStringDecoder>
#include <QStringList>

#include <yaml-cpp/anchor.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <sstream>

namespace pilothouse::workspace {

namespace {

constexpr qsizetype largestFile = 4 << 20;

/// What a duplicate or odd key throws inside the parser's callbacks; never leaves this file.
struct Finding {
    qsizetype position;
    QString what, hint;
};

/// Builds the tree from yaml-cpp's events: YAML::Node would lose positions of anchored values and hide double keys.
class TreeBuilder : public YAML::EventHandler {
public:
    YamlPointer root;

    void OnDocumentStart(const YAML::Mark &) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark &mark, YAML::anchor_t anchor) override {
        auto node = make(YamlNode::Kind::Null, mark);
        add(node, anchor);
    }
    void OnAlias(const YAML::Mark &mark, YAML::anchor_t anchor) override {
        const auto found = m_anchors.find(anchor);
        if (found == m_anchors.end())
            throw Finding{mark.pos, QStringLiteral("This alias names a value that is not complete yet."), {}};
        auto copy = std::make_shared<YamlNode>(*found->second);
        copy->position = mark.pos;
        copy->alias = true;
        add(copy, 0);
    }
    void OnScalar(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor, const std::string &value) override {
        auto node = make(YamlNode::Kind::Scalar, mark);
        node->text = QString::fromStdString(value);
        node->plain = tag == "?";
        add(node, anchor);
    }
    void OnSequenceStart(const YAML::Mark &mark, const std::string &, YAML::anchor_t anchor, YAML::EmitterStyle::value style) override {
        open(make(YamlNode::Kind::List, mark), anchor, style);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark &mark, const std::string &, YAML::anchor_t anchor, YAML::EmitterStyle::value style) override {
        open(make(YamlNode::Kind::Map, mark), anchor, style);
    }
    void OnMapEnd() override { close(); }

private:
    using Mutable = std::shared_ptr<YamlNode>;
    static Mutable make(YamlNode::Kind kind, const YAML::Mark &mark) {
        auto node = std::make_shared<YamlNode>();
        node->kind = kind;
        node->position = mark.pos;
        return node;
    }
    void open(const Mutable &node, YAML::anchor_t anchor, YAML::EmitterStyle::value style) {
        node->flow = style == YAML::EmitterStyle::Flow;
        m_open.push_back({node, anchor, nullptr});
    }
    void close() {
        const Open done = m_open.back();
        m_open.pop_back();
        add(done.node, done.anchor);
    }
    void add(const Mutable &node, YAML::anchor_t anchor) {
        if (anchor)
            m_anchors[anchor] = node;
        if (m_open.empty()) {
            root = node;
            return;
        }
        Open &parent = m_open.back();
        if (parent.node->kind == YamlNode::Kind::List) {
            parent.node->items.push_back(node);
        } else if (!parent.key) {
            if (node->kind != YamlNode::Kind::Scalar)
                throw Finding{node->position, QStringLiteral("A key must be a text."), QStringLiteral("Write it as “name: value”.")};
            for (const auto &[key, value] : parent.node->entries)
                if (key->text == node->text)
                    throw Finding{node->position, QStringLiteral("The key “%1” is written twice.").arg(node->text),
                                  QStringLiteral("Remove one of the two.")};
            parent.key = node;
        } else {
            parent.node->entries.emplace_back(parent.key, node);
            parent.key = nullptr;
        }
    }
    struct Open {
        Mutable node;
        YAML::anchor_t anchor;
        Mutable key; ///< of a map: read, its value not yet
    };
    std::vector<Open> m_open;
    std::map<YAML::anchor_t, Mutable> m_anchors;
};

/// First byte that is no valid UTF-8 (or a NUL, which makes yaml-cpp guess another encoding); −1 if all is well.
qsizetype badByte(const QByteArray &bytes) {
    const qsizetype nul = bytes.indexOf('\0');
    QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
    const QString all = decoder.decode(bytes);
    if (!decoder.hasError())
        return nul;
    qsizetype good = 0, step = bytes.size();
    while (step > 0) { // the longest good prefix; a cut inside a character only makes it a few bytes shorter
        QStringDecoder part(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
        const QString text = part.decode(QByteArrayView(bytes).first(std::min(good + step, bytes.size())));
        if (!part.hasError() && good + step <= bytes.size())
            good += step;
        else
            step /= 2;
    }
    return nul >= 0 ? std::min(nul, good) : good;
}

} // namespace

const YamlNode *YamlNode::find(const QString &key) const {
    for (const auto &[name, value] : entries)
        if (name->text == key)
            return value.get();
    return nullptr;
}

YamlPlaces::YamlPlaces(QByteArray bytes, QString file) : m_bytes(std::move(bytes)), m_file(std::move(file)) {
    if (m_bytes.startsWith("\xEF\xBB\xBF"))
        m_bytes.remove(0, 3);
}

QString YamlPlaces::at(qsizetype position) const {
    position = std::clamp<qsizetype>(position, 0, m_bytes.size());
    const QByteArray before = m_bytes.left(position);
    const qsizetype lineStart = before.lastIndexOf('\n') + 1;
    const qsizetype column = QString::fromUtf8(before.mid(lineStart)).toUcs4().size() + 1;
    return QStringLiteral("%1:%2:%3").arg(m_file).arg(before.count('\n') + 1).arg(column);
}

Result<YamlPointer> parseYaml(const YamlPlaces &text) {
    const QByteArray &all = text.bytes();
    if (all.size() > largestFile)
        return invalid(QStringLiteral("The file is larger than 4 MiB; a workspace or recipe is a short text."), text.file());
    if (const qsizetype bad = badByte(all); bad >= 0)
        return invalid(QStringLiteral("The text is not UTF-8."), text.at(bad), QStringLiteral("Save the file as UTF-8."));
    std::istringstream stream(all.toStdString());
    try {
        TreeBuilder builder, second;
        YAML::Parser parser(stream);
        parser.HandleNextDocument(builder);
        if (parser.HandleNextDocument(second))
            return invalid(QStringLiteral("The file holds more than one YAML document."), text.at(all.indexOf("\n---") + 1),
                           QStringLiteral("Remove the “---” line and what follows."));
        if (!builder.root)
            return YamlPointer(std::make_shared<YamlNode>());
        return builder.root;
    } catch (const Finding &f) {
        return invalid(f.what, text.at(f.position), f.hint);
    } catch (const YAML::Exception &e) {
        const qsizetype position = e.mark.is_null() ? all.size() : qsizetype(e.mark.pos);
        return invalid(QStringLiteral("This is not valid YAML: %1.").arg(QString::fromStdString(e.msg)), text.at(position),
                       QStringLiteral("Look at indentation, brackets and quotes here and on the line above."));
    }
}

QString nearestName(const QString &name, const QStringList &known) {
    QString best;
    int bestDistance = std::max(1, int(std::min<qsizetype>(name.size(), 9)) / 3) + 1;
    for (const QString &candidate : known) {
        // Optimal string alignment: a swap of two neighbours is one slip.
        const QString a = name.toLower(), b = candidate.toLower();
        std::vector<std::vector<int>> d(std::size_t(a.size()) + 1, std::vector<int>(std::size_t(b.size()) + 1));
        for (int i = 0; i <= a.size(); ++i)
            for (int j = 0; j <= b.size(); ++j) {
                auto &cell = d[std::size_t(i)][std::size_t(j)];
                if (i == 0 || j == 0) {
                    cell = i + j;
                    continue;
                }
                cell = std::min({d[std::size_t(i) - 1][std::size_t(j)] + 1, d[std::size_t(i)][std::size_t(j) - 1] + 1,
                                 d[std::size_t(i) - 1][std::size_t(j) - 1] + (a[i - 1] != b[j - 1])});
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    cell = std::min(cell, d[std::size_t(i) - 2][std::size_t(j) - 2] + 1);
            }
        const int distance = d.back().back();
        if (distance < bestDistance) {
            bestDistance = distance;
            best = candidate;
        }
    }
    return best;
}

} // namespace pilothouse::workspace
