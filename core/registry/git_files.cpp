// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/registry/git_files.h"

#include "core/registry/git_handles_internal.h"

#include <QDir>
#include <QFileInfo>

namespace pilothouse::registry {

namespace {

constexpr git_object_size_t largestFile = 4 << 20;

/// Nothing if the path is in no repository, or in one without a work tree.
Result<GitRepository> repositoryOf(const QString &path) {
    static const int started = git_libgit2_init();
    (void)started;
    GitRepository repository;
    const int code = git_repository_open_ext(into(repository), path.toUtf8().constData(), 0, nullptr);
    if (code == GIT_ENOTFOUND)
        return GitRepository();
    PH_TRY(gitCall(code, QStringLiteral("The repository could not be opened."), path));
    if (!git_repository_workdir(repository.get()))
        return GitRepository();
    return repository;
}

QString topOf(git_repository *repository) { return QDir::cleanPath(QString::fromUtf8(git_repository_workdir(repository))); }

QString pathIn(git_repository *repository, const QString &path) {
    const QString inside = QDir(QFileInfo(topOf(repository)).canonicalFilePath()).relativeFilePath(QFileInfo(path).canonicalFilePath());
    return inside == QLatin1String(".") ? QString() : inside;
}

Result<void> filesBelow(git_repository *repository, const git_tree *tree, const QString &prefix, bool deep, GitFiles &out) {
    for (std::size_t i = 0; i < git_tree_entrycount(tree); ++i) {
        const git_tree_entry *const entry = git_tree_entry_byindex(tree, i);
        const QString name = prefix + QString::fromUtf8(git_tree_entry_name(entry));
        if (git_tree_entry_type(entry) == GIT_OBJECT_TREE && deep) {
            GitTree below;
            PH_TRY(gitCall(git_tree_lookup(into(below), repository, git_tree_entry_id(entry)), QStringLiteral("“%1” cannot be read.").arg(name), out.commit));
            PH_TRY(filesBelow(repository, below.get(), name + QLatin1Char('/'), deep, out));
        }
        if (git_tree_entry_type(entry) != GIT_OBJECT_BLOB || git_tree_entry_filemode(entry) == GIT_FILEMODE_LINK)
            continue;
        GitBlob blob;
        PH_TRY(gitCall(git_blob_lookup(into(blob), repository, git_tree_entry_id(entry)), QStringLiteral("“%1” cannot be read.").arg(name), out.commit));
        if (git_object_size_t(git_blob_rawsize(blob.get())) <= largestFile)
            out.files.emplace_back(name, QByteArray(static_cast<const char *>(git_blob_rawcontent(blob.get())), qsizetype(git_blob_rawsize(blob.get()))));
    }
    return {};
}

std::optional<git_oid> commitOf(git_repository *repository, const QString &revision) {
    GitObject object, commit;
    if (git_revparse_single(into(object), repository, revision.toUtf8().constData()) != 0)
        return std::nullopt;
    if (git_object_peel(into(commit), object.get(), GIT_OBJECT_COMMIT) != 0)
        return std::nullopt;
    return *git_object_id(commit.get());
}

} // namespace

Result<std::optional<GitPlace>> gitPlaceOf(const QString &path) {
    PH_ASSIGN(const GitRepository repository, repositoryOf(path));
    if (!repository)
        return std::optional<GitPlace>();
    GitPlace place;
    place.top = topOf(repository.get());
    place.path = pathIn(repository.get(), path);
    if (const auto head = commitOf(repository.get(), QStringLiteral("HEAD")))
        place.commit = hexOf(*head);
    git_status_options options{};
    git_status_options_init(&options, GIT_STATUS_OPTIONS_VERSION);
    options.flags = GIT_STATUS_OPT_INCLUDE_UNTRACKED | GIT_STATUS_OPT_DISABLE_PATHSPEC_MATCH;
    QByteArray only = place.path.toUtf8();
    char *paths[] = {only.data()};
    if (!only.isEmpty())
        options.pathspec = {paths, 1};
    GitStatus status;
    PH_TRY(gitCall(git_status_list_new(into(status), repository.get(), &options), QStringLiteral("What is changed in the work tree cannot be read."), place.top));
    place.changed = git_status_list_entrycount(status.get()) > 0;
    return std::optional<GitPlace>(place);
}

Result<bool> gitHasRemote(const QString &path, const QString &remote) {
    PH_ASSIGN(const GitRepository repository, repositoryOf(path));
    GitRemote found;
    const int code = repository ? git_remote_lookup(into(found), repository.get(), remote.toUtf8().constData()) : GIT_ENOTFOUND;
    if (code == GIT_ENOTFOUND)
        return false;
    PH_TRY(gitCall(code, QStringLiteral("The remote “%1” cannot be used.").arg(remote), path));
    return true;
}

Result<GitFiles> gitFilesAt(const QString &folder, const QString &revision, bool deep) {
    // A folder that only the revision has: the repository is that of the nearest one that is here.
    QString here = QFileInfo(folder).absoluteFilePath(), missing;
    while (!QFileInfo::exists(here) && here != QLatin1String("/")) {
        missing = QFileInfo(here).fileName() + (missing.isEmpty() ? QString() : QLatin1Char('/') + missing);
        here = QFileInfo(here).absolutePath();
    }
    PH_ASSIGN(const GitRepository repository, repositoryOf(here));
    if (!repository)
        return notFound(QStringLiteral("“%1” is in no Git repository.").arg(folder), {}, QStringLiteral("Without a revision the files are taken as they lie there."));
    const auto oid = commitOf(repository.get(), revision);
    if (!oid)
        return notFound(QStringLiteral("The repository has no revision “%1”.").arg(revision), topOf(repository.get()), QStringLiteral("git log --oneline shows what there is; git fetch brings what is not here yet."));
    GitFiles out;
    out.commit = hexOf(*oid);
    GitCommit commit;
    GitTree top, tree;
    PH_TRY(gitCall(git_commit_lookup(into(commit), repository.get(), &*oid), QStringLiteral("The commit cannot be read."), out.commit));
    PH_TRY(gitCall(git_commit_tree(into(top), commit.get()), QStringLiteral("The files of the commit cannot be read."), out.commit));
    QString path = pathIn(repository.get(), here);
    if (!missing.isEmpty())
        path += (path.isEmpty() ? QString() : QStringLiteral("/")) + missing;
    if (path.isEmpty()) {
        PH_TRY(filesBelow(repository.get(), top.get(), {}, deep, out));
        return out;
    }
    GitEntry entry;
    const bool found = git_tree_entry_bypath(into(entry), top.get(), path.toUtf8().constData()) == 0; // the entry is there when the whole expression is done
    if (!found || git_tree_entry_type(entry.get()) != GIT_OBJECT_TREE)
        return notFound(QStringLiteral("Revision %1 has no folder “%2”.").arg(revision, path), topOf(repository.get()));
    PH_TRY(gitCall(git_tree_lookup(into(tree), repository.get(), git_tree_entry_id(entry.get())), QStringLiteral("“%1” cannot be read.").arg(path), out.commit));
    PH_TRY(filesBelow(repository.get(), tree.get(), {}, deep, out));
    return out;
}

std::optional<int> gitOrder(const QString &folder, const QString &a, const QString &b) {
    const auto repository = repositoryOf(folder);
    if (!repository || !*repository)
        return std::nullopt;
    const auto first = commitOf(repository->get(), a), second = commitOf(repository->get(), b);
    if (!first || !second)
        return std::nullopt;
    if (same(*first, *second))
        return 0;
    if (git_graph_descendant_of(repository->get(), &*second, &*first) == 1)
        return -1;
    if (git_graph_descendant_of(repository->get(), &*first, &*second) == 1)
        return 1;
    return std::nullopt;
}

} // namespace pilothouse::registry
