// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/manifest_edit.h"
#include "core/workspace/yaml_extent.h"

#include <QJsonArray>

namespace pilothouse::cluster {

/// A piece of a document's text and what takes its place.
struct Exchange {
    qsizetype begin, end; ///< of the padded text
    QByteArray text;
};

/// Variables, requests and limits of a container where they stand in the text: what is there gets its new value, what is new a line of its own.
class SettingsEditor {
public:
    /// @param container the map of the container   @param image key and value of its image, behind which new keys go
    SettingsEditor(const QByteArray &text, const workspace::YamlNode &container, const workspace::YamlNode &imageKey, const workspace::YamlNode &image)
        : m_text(text), m_container(container), m_imageKey(imageKey), m_image(image), m_extents(text) {}
    void environment(const Settings &variables);
    void resources(const Settings &requests, const Settings &limits);
    std::vector<Exchange> exchanges;

private:
    using Node = workspace::YamlNode;
    using Entry = std::pair<std::shared_ptr<const Node>, std::shared_ptr<const Node>>;
    void replaceValue(const Entry &entry, bool flow, const QByteArray &text);
    void setVariable(const Node &item, const QString &value);
    void removeItem(const Node &list, std::size_t at);
    void appendItems(const Node &list, const QList<std::pair<QString, QString>> &items);
    void section(const Node &resources, const QString &name, const Settings &settings);
    void inSection(const Entry &entry, const Settings &settings);
    void addKey(const QByteArray &block, const QByteArray &flow); ///< behind the image; `block` has lines without indent
    const QByteArray &m_text;
    const Node &m_container, &m_imageKey, &m_image;
    workspace::YamlExtents m_extents;
};

/// A JSON Patch (RFC 6902: add, replace, remove) done to a value; what it names and is not there is left out.
QJsonValue patched(const QJsonValue &value, const QJsonArray &patch);

} // namespace pilothouse::cluster
