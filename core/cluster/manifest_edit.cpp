// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/manifest_edit.h"

#include "core/base/redact.h"
#include "core/cluster/manifest_images.h"
#include "core/cluster/manifest_settings_internal.h"

#include <algorithm>

namespace pilothouse::cluster {

namespace {

using Q = QLatin1String;
using workspace::YamlExtents;
using workspace::YamlNode;

const YamlNode *at(const YamlNode *node, std::initializer_list<const char *> path) {
    for (const char *key : path)
        node = node && node->kind == YamlNode::Kind::Map ? node->find(Q(key)) : nullptr;
    return node;
}

QString textAt(const YamlNode &root, std::initializer_list<const char *> path) {
    const YamlNode *found = at(&root, path);
    return found && found->kind == YamlNode::Kind::Scalar ? found->text : QString();
}

/// A container's image in the text: the container, and the entry's key and value.
struct ImageAt {
    QString container;
    const YamlNode *map, *key, *value;
};
void imagesIn(const YamlNode &node, std::vector<ImageAt> &out) {
    for (const auto &item : node.items)
        imagesIn(*item, out);
    for (const auto &[key, value] : node.entries) {
        if ((key->text == Q("containers") || key->text == Q("initContainers")) && value->kind == YamlNode::Kind::List) {
            for (const auto &container : value->items)
                for (const auto &[k, v] : container->entries)
                    if (k->text == Q("image") && v->kind == YamlNode::Kind::Scalar)
                        out.push_back({textAt(*container, {"name"}), container.get(), k.get(), v.get()});
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

    /// Image, variables, requests and limits.
    Result<void> container(const ManifestEdit &edit) {
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
        const ImageAt &at = fit.front();
        if (!edit.image.isEmpty())
            replace(*at.key, *at.value, at.map->flow, edit.image.toUtf8());
        SettingsEditor settings(m_document.padded, *at.map, *at.key, *at.value);
        settings.environment(edit.environment);
        std::vector<Exchange> changes = std::exchange(settings.exchanges, {});
        settings.resources(edit.requests, edit.limits);
        changes.insert(changes.end(), settings.exchanges.begin(), settings.exchanges.end());
        for (const Exchange &e : changes)
            exchanges.push_back({m_document.inFile(e.begin), m_document.inFile(e.end), e.text});
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

/// The object as it is asked for. Errors of a patch that makes no sense for it; one that changes nothing is left out.
Result<QJsonObject> wantedObject(const Manifest &before, const ManifestEdit &edit, const QString &place) {
    QJsonValue out = before.object;
    const auto add = [&](Result<QJsonArray> patch) -> Result<void> {
        if (patch)
            out = patched(out, *patch);
        else if (patch.error().kind != ErrorKind::Refused)
            return Error{ErrorKind::Invalid, patch.error().what, place, patch.error().hint, {}};
        return {};
    };
    if (!edit.environment.isEmpty())
        PH_TRY(add(environmentPatch(out.toObject(), edit.container, edit.environment)));
    if (!edit.requests.isEmpty() || !edit.limits.isEmpty())
        PH_TRY(add(resourcesPatch(out.toObject(), edit.container, edit.requests, edit.limits)));
    if (edit.replicas)
        out = patched(out, {QJsonObject{{Q("op"), Q("add")}, {Q("path"), Q("/spec/replicas")}, {Q("value"), *edit.replicas}}});
    return out.toObject();
}

/// The same with every image of the container blanked: where it stands differs by kind, see containerImages().
QJsonValue withoutImage(const QJsonValue &value, const QString &container) {
    if (value.isArray()) {
        QJsonArray out;
        for (const QJsonValue &item : value.toArray())
            out.append(withoutImage(item, container));
        return out;
    }
    if (!value.isObject())
        return value;
    QJsonObject out;
    const QJsonObject object = value.toObject();
    const bool named = object.value(Q("name")).isString() && (container.isEmpty() || object.value(Q("name")).toString() == container);
    for (auto it = object.begin(); it != object.end(); ++it)
        if (!named || it.key() != Q("image"))
            out.insert(it.key(), withoutImage(it.value(), container));
    return out;
}

/// What was asked for stands in the object now, and nothing else is another.
bool isWhatWasAsked(const QJsonObject &wanted, const Manifest &after, const ManifestEdit &edit) {
    if (edit.image.isEmpty())
        return wanted == after.object;
    const auto images = containerImages(after.object);
    const bool there = std::any_of(images.begin(), images.end(), [&](const ContainerImage &c) { return c.image == edit.image && (edit.container.isEmpty() || c.container == edit.container); });
    return there && withoutImage(wanted, edit.container) == withoutImage(after.object, edit.container);
}

/// Its history keeps a value for good, for everybody who may read it.
Result<void> noCredential(const ManifestEdit &edit) {
    for (auto it = edit.environment.begin(); it != edit.environment.end(); ++it)
        if (it.value() && redact(it.key() + QLatin1Char('=') + *it.value()) != it.key() + QLatin1Char('=') + *it.value())
            return refused(QStringLiteral("The value of %1 would stand in Git, for all who can read it.").arg(it.key()), {}, QStringLiteral("Put it into a Secret and name that in the manifest (valueFrom: secretKeyRef)."));
    return {};
}

} // namespace

QString ManifestEdit::text() const {
    QStringList parts;
    if (!image.isEmpty())
        parts << QStringLiteral("image %1").arg(image);
    if (replicas)
        parts << (*replicas == 1 ? QStringLiteral("1 replica") : QStringLiteral("%1 replicas").arg(*replicas));
    if (!environment.isEmpty())
        parts << (environment.size() == 1 ? QStringLiteral("variable ") : QStringLiteral("variables ")) + QStringList(environment.keys()).join(QStringLiteral(", "));
    for (const auto &[name, settings] : {std::pair("requests", &requests), std::pair("limits", &limits)})
        if (!settings->isEmpty()) {
            QStringList words;
            for (auto it = settings->begin(); it != settings->end(); ++it)
                words << (it.value() ? it.key() + QLatin1Char(' ') + *it.value() : QStringLiteral("no ") + it.key());
            parts << QLatin1String(name) + QLatin1Char(' ') + words.join(QStringLiteral(", "));
        }
    return parts.join(QStringLiteral(", "));
}

Result<std::optional<QByteArray>> editedManifest(const QByteArray &bytes, const QString &file, const ManifestEdit &edit) {
    PH_TRY(noCredential(edit));
    for (const ManifestDocument &document : manifestDocuments(bytes)) {
        const workspace::YamlPlaces places(document.padded, file);
        PH_ASSIGN(const auto root, workspace::parseYaml(places));
        if (root->kind != YamlNode::Kind::Map || textAt(*root, {"kind"}) != edit.kind || textAt(*root, {"metadata", "name"}) != edit.name)
            continue;
        const QString space = textAt(*root, {"metadata", "namespace"});
        if (!space.isEmpty() && !edit.space.isEmpty() && space != edit.space)
            continue;
        Editor editor(document, *root, places.at(root->position));
        if (!edit.image.isEmpty() || !edit.environment.isEmpty() || !edit.requests.isEmpty() || !edit.limits.isEmpty())
            PH_TRY(editor.container(edit));
        if (edit.replicas)
            PH_TRY(editor.replicas(*edit.replicas));
        QByteArray out = bytes;
        std::reverse(editor.exchanges.begin(), editor.exchanges.end()); // of two at one place the later one first: it ends up behind
        std::stable_sort(editor.exchanges.begin(), editor.exchanges.end(), [](const Exchange &a, const Exchange &b) { return a.begin > b.begin; }); // from the end: places before stay
        for (const Exchange &e : editor.exchanges)
            out.replace(e.begin, e.end - e.begin, e.text);
        // Read again: whatever form the text has, the result is what was asked for or nothing is written.
        PH_ASSIGN(const auto before, parseManifests(bytes, file));
        PH_ASSIGN(const auto after, parseManifests(out, file));
        bool good = before.size() == after.size();
        for (std::size_t i = 0; good && i < before.size(); ++i) {
            if (before[i].place != places.at(root->position).section(QLatin1Char(':'), 0, -2)) {
                good = before[i].object == after[i].object;
                continue;
            }
            PH_ASSIGN(const QJsonObject wanted, wantedObject(before[i], edit, before[i].place));
            good = isWhatWasAsked(wanted, after[i], edit);
        }
        if (!good)
            return invalid(QStringLiteral("The manifest is written in a form that cannot be changed in place."), places.at(root->position), QStringLiteral("Change it by hand."));
        return std::optional<QByteArray>(out);
    }
    return std::optional<QByteArray>();
}

} // namespace pilothouse::cluster
