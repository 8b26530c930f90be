// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/workspace/workspace.h"

#include <QMap>
#include <QString>
#include <QStringList>

#include <vector>

namespace pilothouse::demo {

/// A workspace of one of the reference systems, to be filled in: built in, so that each program has it.
struct WorkspaceTemplate {
    QString name;  ///< "weather"
    QString title; ///< the README's heading
    QString about; ///< its first paragraph
};
std::vector<WorkspaceTemplate> workspaceTemplates();

/// What a person fills in: an address, an account, the name of a secret (never its value).
struct TemplateField {
    QString key;        ///< "jenkins.url": CONNECTION.KEY
    QString connection, kind; ///< kind of the connection
    QString value;      ///< that the template has
    bool secret = false; ///< the name of a secret
};
/// In the file's order of connections and keys. NotFound: no such template, with those there are.
Result<std::vector<TemplateField>> templateFields(const QString &name);

/// The workspace that writeWorkspaceTemplate() would write; nothing is. Its errors, but for what is in the folder.
Result<workspace::Workspace> filledTemplate(const QString &name, const QString &folder, const QMap<QString, QString> &values);

/// Writes a template's files into a folder, with `values` by TemplateField::key, or by the path of any key ("models.iris.deployment.namespace"), in place of what stands there. The
/// result is parsed before anything is written. Conflict: there is a workspace in the folder; Invalid: a key that is not there, or a value that makes no workspace. Gives the workspace's file.
Result<QString> writeWorkspaceTemplate(const QString &name, const QString &folder, const QMap<QString, QString> &values);

} // namespace pilothouse::demo
