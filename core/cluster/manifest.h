// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QJsonObject>
#include <QString>

#include <utility>
#include <vector>

namespace pilothouse::workspace {
struct YamlNode;
}

namespace pilothouse::cluster {

/// One object of a manifest file, as it is written there.
struct Manifest {
    QJsonObject object;
    QString file, place;            ///< place: "k8s/api.yml:12", where the object begins
    QString apiVersion, kind, space, name; ///< space: empty where the file names none
    QString text() const;           ///< "Deployment mlops-api"
};

/// One document of a YAML file, for whoever edits it in place: its text behind as many line feeds as lines stand before it, so that places are those of the file.
struct ManifestDocument {
    QByteArray padded;
    qsizetype begin = 0, lines = 0; ///< of its text in the file; lines before it
    /// The byte of the file that a position in `padded` is.
    qsizetype inFile(qsizetype position) const { return position - lines + begin; }
};
std::vector<ManifestDocument> manifestDocuments(const QByteArray &bytes);

/// A YAML value as JSON, by the rules of kubectl (YAML 1.1 as go-yaml reads it): plain yes, on, 0x10, 0755, 1e3 and ~ are no texts; "<<" merges.
QJsonValue jsonOfYaml(const workspace::YamlNode &node);

/// The objects of one file: YAML with several documents, JSON, lists (kind: List) taken apart, empty documents left out.
/// Invalid at file:line:column: no YAML, an object without apiVersion, kind or name.
Result<std::vector<Manifest>> parseManifests(const QByteArray &bytes, const QString &file);

/// File names and contents → objects, in the order of the names. Only *.yaml, *.yml and *.json count.
/// Invalid: a chart or a kustomization (the way to plain manifests is told), one object twice, nothing there.
Result<std::vector<Manifest>> manifestsOf(std::vector<std::pair<QString, QByteArray>> files, const QString &folder);

/// A file, or the files of a folder; `deep`: of the folders in it too. Names are relative to the folder. NotFound, Invalid as manifestsOf().
Result<std::vector<Manifest>> readManifests(const QString &path, bool deep = false);

/// The place of a kind in an installation, as Helm has it, with custom definitions first: namespaces, definitions, configuration, rights, services,
/// workloads. Smaller is earlier; what is not known comes last.
int installOrder(const QString &kind);

} // namespace pilothouse::cluster
