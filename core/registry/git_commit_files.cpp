// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/registry/git_commit_files.h"

#include "core/registry/git_store_internal.h"

namespace pilothouse::registry {

namespace {

QString refOf(const QString &branch) { return QStringLiteral("refs/heads/") + branch; }

Result<void> collect(const GitStore &store, const git_oid &tree, const QString &prefix, const git_oid &commit, GitFiles &out) {
    GitTree found;
    PH_TRY(gitCall(git_tree_lookup(into(found), store.repository(), &tree), QStringLiteral("“%1” cannot be read.").arg(prefix), store.where()));
    for (std::size_t i = 0; i < git_tree_entrycount(found.get()); ++i) {
        const git_tree_entry *const entry = git_tree_entry_byindex(found.get(), i);
        const QString path = (prefix.isEmpty() ? QString() : prefix + QLatin1Char('/')) + QString::fromUtf8(git_tree_entry_name(entry));
        if (git_tree_entry_type(entry) == GIT_OBJECT_TREE)
            PH_TRY(collect(store, *git_tree_entry_id(entry), path, commit, out));
        if (git_tree_entry_type(entry) != GIT_OBJECT_BLOB || git_tree_entry_filemode(entry) == GIT_FILEMODE_LINK)
            continue;
        PH_ASSIGN(QByteArray bytes, store.fileAt(commit, path));
        out.files.emplace_back(path, std::move(bytes));
    }
    return {};
}

/// The tree of `base` with the files exchanged.
Result<git_oid> treeWith(const GitStore &store, const git_commit *base, const std::vector<GitFileChange> &files) {
    GitTree tree;
    PH_TRY(gitCall(git_commit_tree(into(tree), base), QStringLiteral("The files of the commit cannot be read."), store.where()));
    std::vector<git_tree_update> updates;
    std::vector<QByteArray> paths;
    paths.reserve(files.size());
    for (const GitFileChange &file : files) {
        PH_ASSIGN(const QByteArray now, store.fileAt(*git_commit_id(base), file.path));
        if (now != file.before)
            return Error{ErrorKind::Conflict, QStringLiteral("The file was changed meanwhile."), file.path, QStringLiteral("Look at it and try again."), {}};
        git_tree_update update{};
        update.action = GIT_TREE_UPDATE_UPSERT;
        PH_TRY(gitCall(git_blob_create_from_buffer(&update.id, store.repository(), file.after.constData(), std::size_t(file.after.size())), QStringLiteral("The file could not be written into the repository."), store.where()));
        GitEntry entry;
        PH_TRY(gitCall(git_tree_entry_bypath(into(entry), tree.get(), file.path.toUtf8().constData()), QStringLiteral("“%1” cannot be read.").arg(file.path), store.where()));
        update.filemode = git_tree_entry_filemode(entry.get());
        paths.push_back(file.path.toUtf8());
        update.path = paths.back().constData();
        updates.push_back(update);
    }
    git_oid made{};
    PH_TRY(gitCall(git_tree_create_updated(&made, store.repository(), tree.get(), updates.size(), updates.data()), QStringLiteral("The commit could not be made."), store.where()));
    return made;
}

} // namespace

Result<GitFiles> gitFilesOfBranch(const GitServer &server, const QString &copies, const QString &folder, std::stop_token stop) {
    GitStore store(server, copies);
    PH_ASSIGN(git_repository *const repository, store.open(true, stop));
    (void)repository;
    PH_ASSIGN(const auto tip, store.tip());
    if (!tip)
        return notFound(QStringLiteral("The repository has no commit yet."), store.where());
    PH_ASSIGN(const GitCommit commit, store.commit(*tip));
    PH_ASSIGN(const auto tree, store.treeAt(commit.get(), folder));
    if (!tree)
        return notFound(QStringLiteral("The branch has no folder “%1”.").arg(folder), store.where());
    GitFiles out;
    out.commit = hexOf(*tip);
    PH_TRY(collect(store, *tree, folder, *tip, out));
    return out;
}

Result<QString> gitCommitFiles(const GitServer &server, const QString &copies, const QString &branch, const std::vector<GitFileChange> &files, const QString &message, const QString &author) {
    GitStore store(server, copies);
    PH_ASSIGN(git_repository *const repository, store.open(true));
    PH_ASSIGN(const auto there, store.ref(refOf(branch)));
    GitReference reference;
    const bool found = there && git_reference_lookup(into(reference), repository, refOf(branch).toUtf8().constData()) == 0;
    if (found && !git_repository_is_bare(repository) && git_branch_is_checked_out(reference.get()) == 1)
        return refused(QStringLiteral("The branch “%1” is checked out in this work tree, whose files would not follow.").arg(branch), store.where(), QStringLiteral("Commit to another branch, and merge that."));
    std::optional<git_oid> base = there;
    if (!base) {
        PH_ASSIGN(base, store.tip());
    }
    if (!base)
        return notFound(QStringLiteral("The repository has no commit yet."), store.where());
    PH_ASSIGN(const GitCommit parent, store.commit(*base));
    PH_ASSIGN(const git_oid treeId, treeWith(store, parent.get(), files));
    GitTree tree;
    PH_TRY(gitCall(git_tree_lookup(into(tree), repository, &treeId), QStringLiteral("The commit could not be made."), store.where()));
    PH_ASSIGN(const GitSignature who, store.signature(author));
    git_oid made{};
    PH_TRY(gitCall(git_commit_create_v(&made, repository, nullptr, who.get(), who.get(), nullptr, message.toUtf8().constData(), tree.get(), 1, parent.get()), QStringLiteral("The commit could not be made."), store.where()));
    PH_TRY(store.apply({RefChange{refOf(branch), there, made}}, QStringLiteral("commit by Pilothouse")));
    return hexOf(made);
}

Result<QString> gitBranchTip(const GitServer &server, const QString &copies, const QString &branch) {
    GitStore store(server, copies);
    PH_ASSIGN(git_repository *const repository, store.open(true));
    (void)repository;
    PH_ASSIGN(const auto there, store.ref(refOf(branch)));
    return there ? hexOf(*there) : QString();
}

} // namespace pilothouse::registry
