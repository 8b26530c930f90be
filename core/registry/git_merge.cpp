// SPDX-License-Identifier: GPL-3.0-or-later
// Promotion by a merge: the deployed branch gets the version's commit with all that led to it, not its folder alone.
#include "core/registry/git_registry_internal.h"

namespace pilothouse::registry {

namespace {

/// Takes the conflicts in `folder` out of a merged index, as that folder is replaced; gives the others.
QStringList conflictsOutside(git_index *index, const QString &folder) {
    QStringList inside, outside;
    for (std::size_t i = 0; i < git_index_entrycount(index); ++i) {
        const git_index_entry *const entry = git_index_get_byindex(index, i);
        if (git_index_entry_stage(entry) == 0)
            continue;
        const QString path = QString::fromUtf8(entry->path);
        (!folder.isEmpty() && path.startsWith(folder + QLatin1Char('/')) ? inside : outside) << path;
    }
    for (const QString &path : std::as_const(inside))
        git_index_conflict_remove(index, path.toUtf8().constData());
    outside.removeDuplicates();
    return outside;
}

} // namespace

Result<std::optional<git_oid>> GitRegistry::makeMerge(const git_oid &branch, const GitVersion &version, const QString &folder, const QString &by, const QString &message) const {
    git_repository *repository = m_store.repository();
    const QString what = QStringLiteral("The merge could not be made.");
    if (git_oid_equal(&branch, &version.commit) || git_graph_descendant_of(repository, &branch, &version.commit) == 1)
        return std::optional<git_oid>();
    PH_ASSIGN(const GitCommit ours, m_store.commit(branch));
    PH_ASSIGN(const GitCommit theirs, m_store.commit(version.commit));
    git_merge_options options{};
    git_merge_options_init(&options, GIT_MERGE_OPTIONS_VERSION);
    GitIndex index;
    PH_TRY(gitCall(git_merge_commits(into(index), repository, ours.get(), theirs.get(), &options), what, m_store.where()));
    if (const QStringList conflicts = conflictsOutside(index.get(), folder); !conflicts.isEmpty())
        return Error{ErrorKind::Conflict, QStringLiteral("The deployed branch and %1 have both changed %2.").arg(shortOf(version.commit), conflicts.mid(0, 5).join(QStringLiteral(", "))), m_store.where(),
                     QStringLiteral("Merge them by hand, or let a promotion bring the model's folder alone (live: branch:NAME)."), {}};
    git_oid merged, tree, made;
    PH_TRY(gitCall(git_index_write_tree_to(&merged, index.get(), repository), what, m_store.where()));
    GitTree before, after;
    PH_TRY(gitCall(git_tree_lookup(into(before), repository, &merged), what, m_store.where()));
    const QByteArray name = folder.toUtf8();
    const git_tree_update update{GIT_TREE_UPDATE_UPSERT, version.tree, GIT_FILEMODE_TREE, name.constData()}; // a branch that went back to an earlier version gets this one all the same
    PH_TRY(gitCall(git_tree_create_updated(&tree, repository, before.get(), folder.isEmpty() ? 0 : 1, &update), what, m_store.where()));
    PH_TRY(gitCall(git_tree_lookup(into(after), repository, &tree), what, m_store.where()));
    PH_ASSIGN(const GitSignature signature, m_store.signature(by));
    const git_commit *first = ours.get(), *second = theirs.get(); // as in makeCommit()
    PH_TRY(gitCall(git_commit_create_v(&made, repository, nullptr, signature.get(), signature.get(), nullptr, message.toUtf8().constData(), after.get(), 2, first, second), what, m_store.where()));
    return std::optional<git_oid>(made);
}

} // namespace pilothouse::registry
