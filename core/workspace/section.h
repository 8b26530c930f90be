// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workspace/yaml_tree.h"

#include <QMap>
#include <QStringList>

#include <functional>
#include <optional>

namespace pilothouse::workspace {

/// What is wrong in one file. All findings are kept; the first in file order becomes the error, the rest its raw text.
/// Something missing comes last: the misspelt key that was meant says more.
class Problems {
public:
    explicit Problems(const YamlPlaces &places) : m_places(places) {}
    void add(qsizetype position, QString what, QString hint = {});
    void addMissing(qsizetype position, QString what, QString hint = {});
    bool any() const { return !m_found.empty(); }
    std::size_t count() const { return m_found.size(); }
    Error error() const; ///< Invalid; call only if any()

private:
    struct Found {
        qsizetype position;
        QString what, hint;
        bool missing = false;
    };
    const YamlPlaces &m_places;
    std::vector<Found> m_found;
};

/// Reads the keys of one map. A key that no getter asked for is reported by finish() with the nearest one that was:
/// so the list of known keys is the reading code itself. A wrong type is reported and gives the default.
class Section {
public:
    /// @param node nullptr or Null reads as an empty map; anything else than a map is reported.
    /// @param name how the section is called in a message: "data", "models ▸ t2m".
    Section(const YamlNode *node, Problems &problems, QString name, qsizetype position = 0);

    bool has(const QString &key);
    QString text(const QString &key, const QString &otherwise = {});
    QString needText(const QString &key);
    /// One of the words; others are reported with the nearest.
    QString word(const QString &key, const QStringList &allowed, const QString &otherwise = {});
    QStringList texts(const QString &key); ///< a list of texts; one text is a list of one
    double number(const QString &key, double otherwise, double least, double most);
    std::optional<double> maybeNumber(const QString &key);
    qint64 integer(const QString &key, qint64 otherwise, qint64 least, qint64 most);
    quint64 seed(const QString &key, quint64 otherwise);
    bool boolean(const QString &key, bool otherwise);
    QString duration(const QString &key, const QString &otherwise = {}); ///< checked by parseDuration
    QMap<QString, QString> textMap(const QString &key);
    Section section(const QString &key);
    const YamlNode *node(const QString &key); ///< of any kind; nullptr if absent
    const YamlNode *map() const { return m_node; }
    /// Everything not asked for so far, as texts; lists and maps are reported.
    QMap<QString, QString> rest();
    void finish();

    qsizetype position() const { return m_position; }
    qsizetype positionOf(const QString &key) const; ///< of the value, else of the section
    const QString &name() const { return m_name; }
    Problems &problems() const { return m_problems; }

private:
    const YamlNode *scalar(const QString &key, const QString &expected);
    const YamlNode *m_node = nullptr;
    Problems &m_problems;
    QString m_name;
    qsizetype m_position = 0;
    QStringList m_asked;
};

/// Reports `text` as unknown: "Unknown metric “rr2”." with the nearest or the whole list as hint.
void addUnknown(Problems &problems, qsizetype position, const QString &noun, const QString &text, const QStringList &known);

/// A path as a person wrote it, made absolute: ~ and $HOME expanded, relative to the folder of `file`. A URL stays.
QString resolvedPath(const QString &written, const QString &file);

/// A name that also becomes a folder: not empty, no “/”, no control character, not “.” or “..”, at most 100 characters.
bool isPlainName(const QString &name);

} // namespace pilothouse::workspace
