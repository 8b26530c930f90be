// SPDX-License-Identifier: GPL-3.0-or-later
// Which outputs a DVC repository tracks, and its remotes.
#include "core/sources/dvc.h"

#include "core/base/file.h"
#include "core/sources/ini.h"
#include "core/workspace/yaml_tree.h"

#include <QDir>
#include <QFileInfo>

#include <algorithm>

namespace pilothouse::sources {

namespace {

using Q = QLatin1String;
using workspace::YamlNode;

/// `wdir` of each stage of a dvc.yaml; templates (${…}) are left as they are.
QMap<QString, QString> stageFolders(const QByteArray &yaml) {
    QMap<QString, QString> folders;
    const auto root = workspace::parseYaml(workspace::YamlPlaces(yaml, {}));
    const YamlNode *stages = root ? (*root)->find(QStringLiteral("stages")) : nullptr;
    if (!stages || stages->kind != YamlNode::Kind::Map)
        return folders;
    for (const auto &[name, stage] : stages->entries)
        if (const YamlNode *wdir = stage->kind == YamlNode::Kind::Map ? stage->find(QStringLiteral("wdir")) : nullptr; wdir && wdir->kind == YamlNode::Kind::Scalar)
            folders.insert(name->text, wdir->text);
    return folders;
}

/// A folder of a configuration file, or a URL as it is.
QString resolved(const QString &url, const QString &folder) {
    if (url.contains(Q("://")))
        return url;
    const QString home = url.startsWith(Q("~/")) ? QDir::homePath() + url.mid(1) : url;
    return QDir::cleanPath(QDir::isRelativePath(home) ? folder + QLatin1Char('/') + home : home);
}

} // namespace

Result<DvcRepository> DvcRepository::open(const QString &path, const QString &revision) {
    const QFileInfo info(path);
    QDir folder(info.isDir() ? info.absoluteFilePath() : info.absolutePath());
    while (!folder.exists() && folder.absolutePath() != Q("/")) // the path may exist in an earlier revision only
        folder.setPath(QFileInfo(folder.absolutePath()).absolutePath());
    while (!QFileInfo(folder.filePath(QStringLiteral(".dvc"))).isDir())
        if (!folder.cdUp())
            return notFound(QStringLiteral("This lies in no DVC repository: no folder above has .dvc/."), path, QStringLiteral("`dvc init` makes one."));
    DvcRepository made;
    made.m_root = QDir::cleanPath(folder.absolutePath());
    if (!revision.isEmpty()) {
        PH_ASSIGN(made.m_git, GitRevision::open(made.m_root, revision));
    }
    return made;
}

Result<QByteArray> DvcRepository::read(const QString &path) const { return m_git ? m_git->file(path) : readFile(m_root + QLatin1Char('/') + path); }

/// .dvc files and dvc.lock below the root; hidden folders and other repositories inside are left out.
Result<QStringList> DvcRepository::trackingFiles() const {
    const auto wanted = [](const QString &name) { return (name.endsWith(Q(".dvc")) && name != Q(".dvc")) || name == Q("dvc.lock"); };
    QStringList found;
    if (m_git) {
        PH_ASSIGN(const QStringList names, m_git->files());
        for (const QString &name : names)
            if (wanted(name.mid(name.lastIndexOf(QLatin1Char('/')) + 1)))
                found << name;
        return found;
    }
    QStringList folders{QString()};
    while (!folders.isEmpty()) {
        const QString folder = folders.takeFirst();
        const QDir dir(folder.isEmpty() ? m_root : m_root + QLatin1Char('/') + folder);
        if (!folder.isEmpty() && dir.exists(QStringLiteral(".dvc")))
            continue;
        for (const QFileInfo &entry : dir.entryInfoList(QDir::Files | QDir::Dirs | QDir::NoDotAndDotDot | QDir::NoSymLinks)) {
            const QString name = folder.isEmpty() ? entry.fileName() : folder + QLatin1Char('/') + entry.fileName();
            if (entry.isDir())
                folders << name;
            else if (wanted(entry.fileName()))
                found << name;
        }
    }
    return found;
}

Result<std::vector<DvcOutput>> DvcRepository::outputsOf(const QString &file) const {
    PH_ASSIGN(const QByteArray yaml, read(file));
    const QString place = m_root + QLatin1Char('/') + file;
    QMap<QString, QString> folders;
    const bool lock = file.endsWith(Q("dvc.lock"));
    if (const auto stages = lock ? read(file.chopped(4) + QStringLiteral("yaml")) : Result<QByteArray>(Error{}); stages)
        folders = stageFolders(*stages);
    return lock ? parseDvcLock(yaml, file, place, folders) : parseDvcFile(yaml, file, place);
}

Result<std::vector<DvcOutput>> DvcRepository::outputs() const {
    PH_ASSIGN(const QStringList files, trackingFiles());
    std::vector<DvcOutput> all;
    for (const QString &file : files) {
        PH_ASSIGN(std::vector<DvcOutput> found, outputsOf(file));
        all.insert(all.end(), std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
    }
    std::sort(all.begin(), all.end(), [](const DvcOutput &a, const DvcOutput &b) { return a.path < b.path; });
    return all;
}

Result<DvcOutput> DvcRepository::output(const QString &path) const {
    const QString wanted = QDir(m_root).relativeFilePath(QDir::cleanPath(QFileInfo(path).absoluteFilePath()));
    if (wanted.endsWith(Q(".dvc"))) {
        PH_ASSIGN(const QByteArray yaml, read(wanted));
        PH_ASSIGN(const std::vector<DvcOutput> all, parseDvcFile(yaml, wanted, m_root + QLatin1Char('/') + wanted));
        if (all.size() != 1)
            return invalid(QStringLiteral("The .dvc file tracks %1 outputs that DVC stores; one is needed.").arg(all.size()), path, QStringLiteral("Name the file itself as dvc:PATH."));
        return all.front();
    }
    // The .dvc file beside it first: that needs no walk through the repository.
    if (const auto yaml = read(wanted + QStringLiteral(".dvc")); yaml) {
        PH_ASSIGN(const std::vector<DvcOutput> all, parseDvcFile(*yaml, wanted + QStringLiteral(".dvc"), m_root + QLatin1Char('/') + wanted + QStringLiteral(".dvc")));
        for (const DvcOutput &out : all)
            if (out.path == wanted)
                return out;
    }
    PH_ASSIGN(const std::vector<DvcOutput> all, outputs());
    QStringList names;
    for (const DvcOutput &out : all) {
        names << out.path;
        if (out.path == wanted || (out.hash.directory && wanted.startsWith(out.path + QLatin1Char('/'))))
            return out;
    }
    const QString nearest = workspace::nearestName(wanted, names);
    return notFound(QStringLiteral("DVC does not track %1.").arg(wanted), m_root,
                    names.isEmpty() ? QStringLiteral("It tracks nothing yet; `pilot data add %1` begins it.").arg(wanted)
                    : nearest.isEmpty() ? QStringLiteral("It tracks: %1.").arg(names.mid(0, 10).join(QStringLiteral(", "))) : QStringLiteral("Do you mean %1?").arg(nearest));
}

/// System, user, repository, local: the later wins. A URL's folder is that of the file that gives it.
QMap<QString, QMap<QString, QString>> DvcRepository::configuration() const {
    const QString given = qEnvironmentVariable("XDG_CONFIG_HOME"), user = given.isEmpty() ? QDir::homePath() + QStringLiteral("/.config") : given; // set and empty means not set
    IniFile all;
    for (const QString &file : {QStringLiteral("/etc/xdg/dvc/config"), user + QStringLiteral("/dvc/config"), m_root + QStringLiteral("/.dvc/config"), m_root + QStringLiteral("/.dvc/config.local")}) {
        const auto bytes = readFile(file);
        const IniFile sections = bytes ? parseIni(*bytes) : IniFile();
        for (auto section = sections.begin(); section != sections.end(); ++section)
            for (auto it = section->begin(); it != section->end(); ++it)
                all[section.key()].insert(it.key(), it.key() == Q("url") || (section.key() == Q("cache") && it.key() == Q("dir")) ? resolved(*it, QFileInfo(file).absolutePath()) : *it);
    }
    return all;
}

QString DvcRepository::cacheFolder() const {
    const QString chosen = configuration().value(QStringLiteral("cache")).value(QStringLiteral("dir"));
    return chosen.isEmpty() ? m_root + QStringLiteral("/.dvc/cache") : chosen;
}

Result<DvcRemote> DvcRepository::remote(const QString &name) const {
    const auto all = configuration();
    const QString file = m_root + QStringLiteral("/.dvc/config");
    QStringList names;
    for (const QString &section : all.keys())
        if (section.startsWith(Q("remote \"")) && section.endsWith(QLatin1Char('"')))
            names << section.mid(8, section.size() - 9);
    DvcRemote remote;
    remote.name = !name.isEmpty() ? name : all.value(QStringLiteral("core")).value(QStringLiteral("remote"), names.size() == 1 ? names.front() : QString());
    if (remote.name.isEmpty())
        return notFound(names.isEmpty() ? QStringLiteral("The DVC repository has no remote.") : QStringLiteral("The DVC repository has several remotes and no default: %1.").arg(names.join(QStringLiteral(", "))), file,
                        QStringLiteral("`dvc remote add -d NAME URL` sets one."));
    if (!names.contains(remote.name))
        return notFound(QStringLiteral("The DVC repository has no remote “%1”.").arg(remote.name), file, QStringLiteral("It has: %1.").arg(names.join(QStringLiteral(", "))));
    remote.options = all.value(QStringLiteral("remote \"%1\"").arg(remote.name));
    remote.url = remote.options.take(QStringLiteral("url"));
    for (int i = 0; i < 8 && remote.url.startsWith(Q("remote://")); ++i) { // remote://NAME/path: below another remote
        const QString rest = remote.url.mid(9), base = rest.section(QLatin1Char('/'), 0, 0);
        auto options = all.value(QStringLiteral("remote \"%1\"").arg(base));
        remote.url = options.take(QStringLiteral("url")) + QLatin1Char('/') + rest.section(QLatin1Char('/'), 1);
        options.insert(remote.options);
        remote.options = options;
    }
    while (remote.url.size() > 1 && remote.url.endsWith(QLatin1Char('/')))
        remote.url.chop(1);
    const QString scheme = remote.url.contains(Q("://")) ? remote.url.section(Q("://"), 0, 0) : QString();
    if (scheme.isEmpty() && !remote.url.isEmpty())
        remote.kind = DvcRemote::Kind::Folder;
    else if (scheme == Q("s3"))
        remote.kind = DvcRemote::Kind::S3;
    else if (scheme == Q("http") || scheme == Q("https"))
        remote.kind = DvcRemote::Kind::Http;
    else if (scheme == Q("ssh") || scheme == Q("sftp"))
        remote.kind = DvcRemote::Kind::Ssh;
    else
        return invalid(QStringLiteral("The DVC remote “%1” is of a kind that cannot be read here: %2.").arg(remote.name, scheme.isEmpty() ? QStringLiteral("it has no url") : scheme), file, QStringLiteral("A folder, s3, http, https and ssh can."));
    return remote;
}

} // namespace pilothouse::sources
