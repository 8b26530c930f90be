// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/demo/workspace_template.h"

#include "core/base/file.h"
#include "core/workspace/edit.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QFileInfo>

/// Files of a static library are linked in only when somebody asks for them; outside of any namespace by Qt's rule.
static void registerTemplateFiles() { Q_INIT_RESOURCE(templates); }

namespace pilothouse::demo {

namespace {

QString placeOf(const QString &name) { return QStringLiteral(":/templates/") + name; }
const QString workspaceName = QStringLiteral("pilothouse.yaml");

Result<QByteArray> builtIn(const QString &path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return Error{ErrorKind::Internal, QStringLiteral("The template's file %1 is not built in.").arg(path), {}, {}, {}};
    return file.readAll();
}

Result<void> known(const QString &name) {
    QStringList names;
    for (const WorkspaceTemplate &each : workspaceTemplates())
        names << each.name;
    if (names.contains(name))
        return {};
    return notFound(QStringLiteral("There is no template “%1”.").arg(name), {}, QStringLiteral("There are %1.").arg(names.join(QStringLiteral(", "))));
}

/// "jenkins.url" is a connection's key; else the path from the top.
QStringList pathOf(const QString &key, const workspace::Workspace &workspace) {
    QStringList path = key.split(QLatin1Char('.'));
    if (path.size() > 1 && workspace.connections.contains(path.first()))
        path.prepend(QStringLiteral("connections"));
    return path;
}

/// A key that the template does not have is a slip, not a wish: it would be written and read by nobody. Keys of its connections' kinds may be added.
bool mayBeSet(const QStringList &path, const workspace::Workspace &workspace, const QByteArray &yaml, const QString &file) {
    if (path.size() == 3 && path.first() == QLatin1String("connections")) {
        const workspace::Connection &c = workspace.connections.value(path[1]);
        const QStringList common{QStringLiteral("url"), QStringLiteral("user"), QStringLiteral("secret"), QStringLiteral("guard"), QStringLiteral("ca_file")};
        return c.kind == QLatin1String("local") ? path[2] == QLatin1String("root") : common.contains(path[2]) || workspace::connectionKeys(c.kind).contains(path[2]);
    }
    return bool(workspace::removeEntry(yaml, file, path)); // it can be taken out: it is there
}

/// The template's YAML with the values in it; it is a workspace.
Result<QByteArray> filledYaml(const QString &name, const QString &target, const QMap<QString, QString> &values) {
    PH_ASSIGN(QByteArray yaml, builtIn(placeOf(name) + QLatin1Char('/') + workspaceName));
    PH_ASSIGN(const workspace::Workspace before, workspace::parseWorkspace(yaml, target));
    for (auto it = values.begin(); it != values.end(); ++it) {
        const QStringList path = pathOf(it.key(), before);
        if (!mayBeSet(path, before, yaml, target))
            return invalid(QStringLiteral("The template %1 has no “%2”.").arg(name, it.key()), {}, QStringLiteral("Keys of a connection are CONNECTION.KEY; connections are %1.").arg(QStringList(before.connections.keys()).join(QStringLiteral(", "))));
        PH_ASSIGN(yaml, workspace::editScalar(yaml, target, path, it.value()));
    }
    PH_TRY(workspace::parseWorkspace(yaml, target));
    return yaml;
}

} // namespace

std::vector<WorkspaceTemplate> workspaceTemplates() {
    registerTemplateFiles();
    std::vector<WorkspaceTemplate> out;
    for (const QString &name : QDir(QStringLiteral(":/templates")).entryList(QDir::Dirs, QDir::Name)) {
        WorkspaceTemplate one;
        one.name = name;
        if (const auto text = builtIn(placeOf(name) + QStringLiteral("/README.md"))) {
            const QStringList lines = QString::fromUtf8(*text).split(QLatin1Char('\n'));
            one.title = lines.value(0).mid(2);
            QStringList about;
            for (const QString &line : lines.mid(1)) {
                if (line.startsWith(QLatin1String("Secrets:")))
                    break;
                about << line;
            }
            one.about = about.join(QLatin1Char(' ')).simplified();
        }
        out.push_back(std::move(one));
    }
    return out;
}

Result<std::vector<TemplateField>> templateFields(const QString &name) {
    PH_TRY(known(name));
    PH_ASSIGN(const QByteArray yaml, builtIn(placeOf(name) + QLatin1Char('/') + workspaceName));
    PH_ASSIGN(const workspace::Workspace parsed, workspace::parseWorkspace(yaml, QDir::tempPath() + QLatin1Char('/') + workspaceName));
    std::vector<TemplateField> out;
    const auto add = [&](const workspace::Connection &c, const QString &key, const QString &value, bool secret = false) {
        if (!value.isEmpty())
            out.push_back({c.name + QLatin1Char('.') + key, c.name, c.kind, value, secret});
    };
    static const QStringList asked{QStringLiteral("owner"), QStringLiteral("repo"), QStringLiteral("tenant"), QStringLiteral("client"), QStringLiteral("subscription"), QStringLiteral("resource_group"),
                                   QStringLiteral("workspace"), QStringLiteral("region"), QStringLiteral("host"), QStringLiteral("account"), QStringLiteral("context"), QStringLiteral("bucket"), QStringLiteral("access_key")};
    for (const workspace::Connection &c : parsed.connections) {
        if (c.kind == QLatin1String("local"))
            continue;
        add(c, QStringLiteral("url"), c.url);
        for (const QString &key : asked)
            add(c, key, c.other.value(key));
        add(c, QStringLiteral("user"), c.user);
        add(c, QStringLiteral("secret"), c.secret, true);
    }
    return out;
}

Result<workspace::Workspace> filledTemplate(const QString &name, const QString &folder, const QMap<QString, QString> &values) {
    PH_TRY(known(name));
    const QString target = QDir(folder).absoluteFilePath(workspaceName);
    PH_ASSIGN(const QByteArray yaml, filledYaml(name, target, values));
    return workspace::parseWorkspace(yaml, target);
}

Result<QString> writeWorkspaceTemplate(const QString &name, const QString &folder, const QMap<QString, QString> &values) {
    PH_TRY(known(name));
    const QString target = QDir(folder).absoluteFilePath(workspaceName);
    if (QFileInfo::exists(target))
        return Error{ErrorKind::Conflict, QStringLiteral("There is a workspace in this folder already; nothing was written."), folder, QStringLiteral("Open it, or choose another folder."), {}};
    PH_ASSIGN(const QByteArray yaml, filledYaml(name, target, values));
    QDirIterator each(placeOf(name), QDir::Files, QDirIterator::Subdirectories);
    std::vector<std::pair<QString, QByteArray>> files;
    while (each.hasNext()) {
        const QString path = each.next(), under = path.mid(placeOf(name).size() + 1);
        if (under == workspaceName)
            continue;
        const QString to = QDir(folder).absoluteFilePath(under);
        if (QFileInfo::exists(to)) { // a README of one's own, a recipe: they stay
            if (under.startsWith(QLatin1String("README")))
                continue;
            return Error{ErrorKind::Conflict, QStringLiteral("“%1” is there already; nothing was written.").arg(under), folder, QStringLiteral("Choose an empty folder, or move it away."), {}};
        }
        PH_ASSIGN(const QByteArray bytes, builtIn(path));
        files.emplace_back(to, bytes);
    }
    for (const auto &[to, bytes] : files)
        PH_TRY(writeFileAtomically(to, bytes));
    PH_TRY(writeFileAtomically(target, yaml)); // last: a folder with it is whole
    return target;
}

} // namespace pilothouse::demo
