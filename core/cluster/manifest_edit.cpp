// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/manifest_edit.h"

#include "core/cluster/manifest_images.h"
#include "core/workspace/yaml_extent.h"

#include <algorithm>

namespace pilothouse::cluster {

namespace {

using Q = QLatin1String;
using workspace::YamlExtents;
using workspace::YamlNode;

/// A piece of the file and what takes its place.
struct Exchange {
    qsizetype begin, end;
    QByteArray text;
};

const YamlNode *at(const YamlNode *node, std::initializer_list<const char *> path) {
    for (const char *key : path)
        node = node && node->kind == YamlNode::Kind::Map ? node->find(Q(key)) : nullptr;
    return node;
}

QString textAt(const YamlNode &root, std::initializer_list<const char *> path) {
    const YamlNode *found = at(&root, path);
    return found && found->kind == YamlNode::Kind::Scalar ? found->text : QString();
}

/// A container's image in the text: the entry's key and value, and whether it stands in braces.
struct ImageAt {
    QString container;
    const YamlNode *key, *value;
    bool flow;
};
void imagesIn(const YamlNode &node, std::vector<ImageAt> &out) {
    for (const auto &item : node.items)
        imagesIn(*item, out);
    for (const auto &[key, value] : node.entries) {
        if ((key->text == Q("containers") || key->text == Q("initContainers")) && value->kind == YamlNode::Kind::List) {
            for (const auto &container : value->items)
                for (const auto &[k, v] : container->entries)
                    if (k->text == Q("image") && v->kind == YamlNode::Kind::Scalar)
                        out.push_back({textAt(*container, {"name"}), k.get(), v.get(), container->flow});
        } else {
            imagesIn(*value, out);
        }
    }
}

/// A scalar in the quotes of the one before.
QByteArray inQuotesOf(const QByteArray &old, const QByteArray &text) {
    if (old.startsWith('\'') || old.startsWith('"'))
        return old.left(1) + text + old.left(1);
    return text;
}

class Editor {
public:
    Editor(const ManifestDocument &document, const YamlNode &root, QString place) : m_document(document), m_root(root), m_place(std::move(place)), m_extents(document.padded) {}
    std::vector<Exchange> exchanges;

    Result<void> image(const ManifestEdit &edit) {
        std::vector<ImageAt> all;
        imagesIn(m_root, all);
        QStringList names;
        std::vector<ImageAt> fit;
        for (const ImageAt &i : all) {
            names << i.container;
            if (edit.container.isEmpty() || i.container == edit.container)
                fit.push_back(i);
        }
        if (fit.size() != 1)
            return invalid(edit.container.isEmpty() ? QStringLiteral("The manifest has %1 containers.").arg(fit.size()) : QStringLiteral("The manifest has no one container “%1”.").arg(edit.container), m_place,
                           QStringLiteral("It has: %1.").arg(names.isEmpty() ? QStringLiteral("none") : names.join(QStringLiteral(", "))));
        replace(*fit.front().key, *fit.front().value, fit.front().flow, edit.image.toUtf8());
        return {};
    }

    Result<void> replicas(int count) {
        const YamlNode *const spec = at(&m_root, {"spec"});
        if (!spec || spec->kind != YamlNode::Kind::Map || spec->entries.empty())
            return invalid(QStringLiteral("The manifest has no spec to say replicas in."), m_place);
        for (const auto &[key, value] : spec->entries)
            if (key->text == Q("replicas")) {
                replace(*key, *value, spec->flow, QByteArray::number(count));
                return {};
            }
        // It writes none: a line before the first of the spec, as far in as that.
        const qsizetype first = spec->entries.front().first->position;
        const QByteArray line = "replicas: " + QByteArray::number(count);
        const qsizetype where = m_document.inFile(first);
        exchanges.push_back({where, where, spec->flow ? line + ", " : line + '\n' + QByteArray(m_extents.column(first), ' ')});
        return {};
    }

private:
    void replace(const YamlNode &key, const YamlNode &value, bool flow, const QByteArray &text) {
        const auto extent = m_extents.value(key, value, flow, m_extents.column(key.position));
        const QByteArray old = m_document.padded.mid(extent.begin, extent.end - extent.begin);
        exchanges.push_back({m_document.inFile(extent.begin), m_document.inFile(extent.end), inQuotesOf(old, text)});
    }
    const ManifestDocument &m_document;
    const YamlNode &m_root;
    QString m_place;
    YamlExtents m_extents;
};

/// What was asked for stands in the object now, and nothing else is another.
bool isWhatWasAsked(const Manifest &before, const Manifest &after, const ManifestEdit &edit) {
    if (!edit.image.isEmpty()) {
        const auto images = containerImages(after.object);
        if (std::none_of(images.begin(), images.end(), [&](const ContainerImage &c) { return c.image == edit.image && (edit.container.isEmpty() || c.container == edit.container); }))
            return false;
    }
    if (edit.replicas && after.object.value(Q("spec")).toObject().value(Q("replicas")).toInt(-1) != *edit.replicas)
        return false;
    return before.name == after.name && before.kind == after.kind;
}

} // namespace

Result<std::optional<QByteArray>> editedManifest(const QByteArray &bytes, const QString &file, const ManifestEdit &edit) {
    for (const ManifestDocument &document : manifestDocuments(bytes)) {
        const workspace::YamlPlaces places(document.padded, file);
        PH_ASSIGN(const auto root, workspace::parseYaml(places));
        if (root->kind != YamlNode::Kind::Map || textAt(*root, {"kind"}) != edit.kind || textAt(*root, {"metadata", "name"}) != edit.name)
            continue;
        const QString space = textAt(*root, {"metadata", "namespace"});
        if (!space.isEmpty() && !edit.space.isEmpty() && space != edit.space)
            continue;
        Editor editor(document, *root, places.at(root->position));
        if (!edit.image.isEmpty())
            PH_TRY(editor.image(edit));
        if (edit.replicas)
            PH_TRY(editor.replicas(*edit.replicas));
        QByteArray out = bytes;
        std::sort(editor.exchanges.begin(), editor.exchanges.end(), [](const Exchange &a, const Exchange &b) { return a.begin > b.begin; }); // from the end: places before stay
        for (const Exchange &e : editor.exchanges)
            out.replace(e.begin, e.end - e.begin, e.text);
        // Read again: whatever form the text has, the result is what was asked for or nothing is written.
        PH_ASSIGN(const auto before, parseManifests(bytes, file));
        PH_ASSIGN(const auto after, parseManifests(out, file));
        bool good = before.size() == after.size();
        for (std::size_t i = 0; good && i < before.size(); ++i)
            good = before[i].object == after[i].object || (after[i].kind == edit.kind && after[i].name == edit.name && isWhatWasAsked(before[i], after[i], edit));
        if (!good)
            return invalid(QStringLiteral("The manifest is written in a form that cannot be changed in place."), places.at(root->position), QStringLiteral("Change it by hand."));
        return std::optional<QByteArray>(out);
    }
    return std::optional<QByteArray>();
}

} // namespace pilothouse::cluster
