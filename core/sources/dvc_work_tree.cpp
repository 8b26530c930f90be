// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/dvc_work_tree.h"

#include "core/base/file.h"
#include "core/sources/git_command.h"
#include "core/sources/ini.h"

#include <QDir>
#include <QFileInfo>

#include <algorithm>
#include <optional>

namespace pilothouse::sources {

namespace {

using Q = QLatin1String;

/// git with names taken as they are.
Result<GitAnswer> git(const QString &root, const QStringList &arguments) { return runGit(root, QStringList{QStringLiteral("--literal-pathspecs")} + arguments); }

/// False where there is no Git, or DVC was told not to use it.
Result<bool> usesGit(const QString &root) {
    for (const char *name : {"/.dvc/config", "/.dvc/config.local"}) {
        const auto bytes = readFile(root + Q(name));
        if (bytes && parseIni(*bytes).value(QStringLiteral("core")).value(QStringLiteral("no_scm")).toLower() == Q("true"))
            return false;
    }
    const auto inside = git(root, {QStringLiteral("rev-parse"), QStringLiteral("--is-inside-work-tree")});
    if (!inside && !QFileInfo::exists(root + QStringLiteral("/.git")))
        return false; // no git program, and no need of one
    if (!inside)
        return inside.error();
    return inside->code == 0;
}

/// Whether a .dvcignore says anything: `dvc init` makes one that has comments only.
bool hasPatterns(const QString &file) {
    const auto bytes = readFile(file);
    if (!bytes)
        return false;
    const QByteArrayList lines = bytes->split('\n');
    return std::any_of(lines.begin(), lines.end(), [](const QByteArray &line) { return !line.trimmed().isEmpty() && !line.startsWith('#'); });
}

QStringList zeroTerminated(const QByteArray &out) {
    QStringList names;
    for (const QByteArray &name : out.split('\0'))
        if (!name.isEmpty())
            names << QString::fromUtf8(name);
    return names;
}

Error notPlain(const QString &path) {
    return invalid(QStringLiteral("This is a link, or no ordinary file."), path, QStringLiteral("DVC would store what it leads to; put the file itself there, or use `dvc add`."));
}

} // namespace

Result<DvcWorkTree> DvcWorkTree::open(const QString &path) {
    const QFileInfo info(QDir::cleanPath(path));
    if (!info.exists() && !info.isSymLink())
        return notFound(QStringLiteral("There is no such file or folder."), path);
    PH_ASSIGN(DvcRepository repository, DvcRepository::open(info.absolutePath()));
    DvcWorkTree tree(std::move(repository));
    tree.m_path = QDir(tree.root()).relativeFilePath(QDir::cleanPath(info.absoluteFilePath()));
    tree.m_folder = info.isDir();
    if (tree.m_path == Q(".") || tree.m_path == Q(".dvc") || tree.m_path.startsWith(Q(".dvc/")) || tree.m_path == Q(".git") || tree.m_path.startsWith(Q(".git/")))
        return invalid(QStringLiteral("This is the repository itself, not data in it."), path);
    if (!tree.m_folder && (tree.m_path.endsWith(Q(".dvc")) || info.fileName() == Q("dvc.lock") || info.fileName() == Q("dvc.yaml")))
        return invalid(QStringLiteral("This is a file of DVC itself."), path, QStringLiteral("Name the data that it tracks."));
    const QString parent = QFileInfo(tree.m_path).path();
    const QString real = QFileInfo(tree.root()).canonicalFilePath() + (parent == Q(".") ? QString() : QLatin1Char('/') + parent);
    if (info.isSymLink() || (!info.isFile() && !info.isDir()) || QFileInfo(info.absolutePath()).canonicalFilePath() != real)
        return notPlain(path);
    return tree;
}

Result<DvcTracking> DvcWorkTree::tracking() const {
    DvcTracking now;
    PH_ASSIGN(now.others, m_repository.outputs());
    for (const bool byStage : {false, true}) { // a .dvc file comes first: an entry of a dvc.lock beside it is then one too many
        const auto own = std::find_if(now.others.begin(), now.others.end(), [&](const DvcOutput &out) { return out.path == m_path && (byStage ? !out.stage().isEmpty() : out.file == m_path + Q(".dvc")); });
        if (now.own || own == now.others.end())
            continue;
        now.own = *own;
        now.others.erase(own);
    }
    const auto inside = [](const QString &path, const QString &folder) { return path.startsWith(folder + QLatin1Char('/')); };
    for (const DvcOutput &out : now.others)
        if (out.path == m_path || inside(m_path, out.path) || inside(out.path, m_path))
            return refused(QStringLiteral("%1 overlaps with %2, which %3 tracks.").arg(m_path, out.path, out.file), root(),
                           inside(m_path, out.path) ? QStringLiteral("Add the folder %1 again.").arg(out.path) : QStringLiteral("Take it out of %1 first (`dvc remove`).").arg(out.file));
    return now;
}

/// By git, which reads .dvcignore with the rules of .gitignore; the path is none of Git's own.
Result<QStringList> DvcWorkTree::ignoredByDvc() const {
    QStringList places{root() + QStringLiteral("/.dvcignore")};
    QString folder = root();
    for (const QString &part : m_path.split(QLatin1Char('/')).mid(0, m_path.count(QLatin1Char('/')))) {
        folder += QLatin1Char('/') + part;
        places << folder + QStringLiteral("/.dvcignore");
    }
    if (std::none_of(places.begin(), places.end(), hasPatterns))
        return QStringList();
    const auto listed = git(root(), {QStringLiteral("ls-files"), QStringLiteral("-z"), QStringLiteral("--others"), QStringLiteral("--ignored"), QStringLiteral("--exclude-per-directory=.dvcignore"), QStringLiteral("--"), m_path});
    if (!listed || listed->code != 0)
        return Error{ErrorKind::Invalid, QStringLiteral("The repository has a .dvcignore, which is read by git, and git could not do it."), root(), QStringLiteral("Use `dvc add`."), listed ? listed->error : listed.error().text()};
    return zeroTerminated(listed->out);
}

Result<QStringList> DvcWorkTree::files() const {
    PH_ASSIGN(const QStringList ignored, ignoredByDvc());
    if (!m_folder && ignored.contains(m_path))
        return refused(QStringLiteral("DVC ignores this file."), root() + QLatin1Char('/') + m_path, QStringLiteral("Take it out of .dvcignore."));
    if (!m_folder)
        return QStringList{QString()};
    QStringList names, folders{QString()};
    const QString place = root() + QLatin1Char('/') + m_path;
    while (!folders.isEmpty()) {
        const QString folder = folders.takeFirst();
        const QDir dir(folder.isEmpty() ? place : place + QLatin1Char('/') + folder);
        if (!dir.isReadable())
            return Error{ErrorKind::Denied, QStringLiteral("The folder cannot be read."), dir.path(), QStringLiteral("Look at its permissions."), {}};
        for (const QFileInfo &entry : dir.entryInfoList(QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot)) {
            const QString name = folder.isEmpty() ? entry.fileName() : folder + QLatin1Char('/') + entry.fileName();
            if (entry.isDir() && !entry.isSymLink() && (entry.fileName() == Q(".git") || entry.fileName() == Q(".hg") || entry.fileName() == Q(".dvc")))
                continue; // as DVC
            if (ignored.contains(m_path + QLatin1Char('/') + name))
                continue;
            if (entry.fileName() == Q(".dvcignore"))
                return invalid(QStringLiteral("A .dvcignore lies inside the folder, which DVC does not allow."), entry.filePath(), QStringLiteral("Move it to a folder above."));
            if (entry.isSymLink() || (!entry.isFile() && !entry.isDir()))
                return notPlain(entry.filePath());
            (entry.isDir() ? folders : names) << name;
        }
    }
    names.sort();
    return names;
}

Result<bool> DvcWorkTree::needsNoIgnoreLine(const QString &trackedBy) const {
    PH_ASSIGN(const bool there, usesGit(root()));
    if (!there)
        return true;
    PH_ASSIGN(const GitAnswer tracked, git(root(), {QStringLiteral("ls-files"), QStringLiteral("-z"), QStringLiteral("--"), m_path}));
    if (tracked.code != 0)
        return Error{ErrorKind::Invalid, QStringLiteral("git could not say whether it tracks this."), root() + QLatin1Char('/') + m_path, {}, tracked.error};
    if (!tracked.out.isEmpty())
        return refused(QStringLiteral("Git tracks %1 already.").arg(m_path), root(), QStringLiteral("Take it out first: git rm -r --cached '%1'").arg(m_path));
    const auto ignored = [&](const QString &path) -> Result<bool> {
        PH_ASSIGN(const GitAnswer answer, runGit(root(), {QStringLiteral("check-ignore"), QStringLiteral("-q"), QStringLiteral("--no-index"), QStringLiteral("--"), QStringLiteral("./") + path})); // takes names as they are
        if (answer.code > 1)
            return Error{ErrorKind::Invalid, QStringLiteral("git could not say whether it ignores this."), root() + QLatin1Char('/') + path, {}, answer.error};
        return answer.code == 0;
    };
    PH_ASSIGN(const bool lost, ignored(trackedBy));
    if (lost)
        return refused(QStringLiteral("Git ignores %1, so nobody else would get it.").arg(trackedBy), root(), QStringLiteral("Change the .gitignore that names it (`git check-ignore -v '%1'`).").arg(trackedBy));
    return ignored(m_path);
}

} // namespace pilothouse::sources
