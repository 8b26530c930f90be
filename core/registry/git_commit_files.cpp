// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/registry/git_commit_files.h"

#include "core/registry/git_store_internal.h"

#include <QRegularExpression>
#include <QUrl>

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
        const auto now = store.fileAt(*git_commit_id(base), file.path);
        const bool there = now.has_value();
        if (!there && now.error().kind != ErrorKind::NotFound)
            return now.error();
        if (!there && !file.made)
            return now.error();
        if (there && (file.made || *now != file.before))
            return Error{ErrorKind::Conflict, file.made ? QStringLiteral("The file was made meanwhile.") : QStringLiteral("The file was changed meanwhile."), file.path, QStringLiteral("Look at it and try again."), {}};
        git_tree_update update{};
        update.action = file.gone ? GIT_TREE_UPDATE_REMOVE : GIT_TREE_UPDATE_UPSERT;
        if (!file.gone)
            PH_TRY(gitCall(git_blob_create_from_buffer(&update.id, store.repository(), file.after.constData(), std::size_t(file.after.size())), QStringLiteral("The file could not be written into the repository."), store.where()));
        update.filemode = GIT_FILEMODE_BLOB;
        if (there) {
            GitEntry entry;
            PH_TRY(gitCall(git_tree_entry_bypath(into(entry), tree.get(), file.path.toUtf8().constData()), QStringLiteral("“%1” cannot be read.").arg(file.path), store.where()));
            update.filemode = git_tree_entry_filemode(entry.get());
        }
        paths.push_back(file.path.toUtf8());
        update.path = paths.back().constData();
        updates.push_back(update);
    }
    git_oid made{};
    PH_TRY(gitCall(git_tree_create_updated(&made, store.repository(), tree.get(), updates.size(), updates.data()), QStringLiteral("The commit could not be made."), store.where()));
    return made;
}

/// Host and path of an address of any form; no host: a folder.
struct Place {
    QString host, path;
    bool operator==(const Place &) const = default;
};
Place placeOf(const QString &address) {
    static const QRegularExpression scp(QStringLiteral("^(?:[^@/]+@)?([^:/]+):(?!//)(.+)$"));
    Place place{{}, folderOf(address)};
    if (const auto match = scp.match(address); match.hasMatch()) {
        place = {match.captured(1).toLower(), match.captured(2)};
    } else if (const QUrl url(address); url.scheme().startsWith(QLatin1String("http")) || url.scheme() == QLatin1String("ssh")) {
        place = {url.host(), url.path()};
    }
    while (!place.host.isEmpty() && place.path.startsWith(QLatin1Char('/')))
        place.path.remove(0, 1);
    while (place.path.endsWith(QLatin1Char('/')))
        place.path.chop(1);
    if (place.path.endsWith(QLatin1String(".git")))
        place.path.chop(4);
    return place;
}

} // namespace

bool sameRepository(const QString &a, const QString &b) { return !a.isEmpty() && placeOf(a) == placeOf(b); }

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

Result<GitFileChange> gitFileChange(const GitServer &server, const QString &copies, const QString &commit, const QString &path) {
    GitStore store(server, copies);
    PH_ASSIGN(git_repository *const repository, store.open(true));
    (void)repository;
    git_oid oid{};
    PH_TRY(gitCall(git_oid_fromstr(&oid, commit.toUtf8().constData()), QStringLiteral("“%1” is no commit.").arg(commit), store.where()));
    PH_ASSIGN(const GitCommit found, store.commit(oid));
    if (git_commit_parentcount(found.get()) == 0)
        return notFound(QStringLiteral("Commit %1 is the first: nothing was before it.").arg(commit.left(7)), store.where());
    GitFileChange change{path, {}, {}};
    PH_ASSIGN(change.before, store.fileAt(*git_commit_parent_id(found.get(), 0), path));
    PH_ASSIGN(change.after, store.fileAt(oid, path));
    return change;
}

Result<QByteArray> gitFileOfBranch(const GitServer &server, const QString &copies, const QString &branch, const QString &path) {
    GitStore store(server, copies);
    PH_ASSIGN(git_repository *const repository, store.open(true));
    (void)repository;
    PH_ASSIGN(auto tip, store.ref(refOf(branch)));
    if (!tip) {
        PH_ASSIGN(tip, store.tip());
    }
    return tip ? store.fileAt(*tip, path) : Result<QByteArray>(notFound(QStringLiteral("The repository has no commit yet."), store.where()));
}

Result<GitOrigin> gitOrigin(const GitServer &server, const QString &copies) {
    if (!isFolderOfHere(server.url) && !server.branch.isEmpty())
        return GitOrigin{server.url, server.branch};
    GitStore store(server, copies);
    PH_ASSIGN(git_repository *const repository, store.open(false));
    GitOrigin origin;
    PH_ASSIGN(const QString branch, store.branch());
    origin.branch = branch.section(QLatin1Char('/'), 2);
    origin.address = isFolderOfHere(server.url) ? server.remote : server.url;
    GitRemote remote;
    const int code = isFolderOfHere(server.url) && !server.remote.isEmpty() ? git_remote_lookup(into(remote), repository, server.remote.toUtf8().constData()) : GIT_ENOTFOUND;
    if (code == 0)
        origin.address = QString::fromUtf8(git_remote_pushurl(remote.get()) ? git_remote_pushurl(remote.get()) : git_remote_url(remote.get()));
    return origin;
}

QString pullRequestPage(const QString &address, const QString &into, const QString &branch) {
    const auto [host, path] = placeOf(address);
    if (host.isEmpty() || path.count(QLatin1Char('/')) < 1 || branch.isEmpty())
        return {};
    const auto encoded = [](const QString &text, const char *kept) { return QString::fromUtf8(QUrl::toPercentEncoding(text, kept)); };
    if (host == QLatin1String("github.com") || host.startsWith(QLatin1String("github.")))
        return QStringLiteral("https://%1/%2/compare/%3?expand=1").arg(host, path, into.isEmpty() ? encoded(branch, "/") : encoded(into, "/") + QStringLiteral("...") + encoded(branch, "/"));
    if (host.startsWith(QLatin1String("gitlab.")))
        return QStringLiteral("https://%1/%2/-/merge_requests/new?merge_request%5Bsource_branch%5D=").arg(host, path) + encoded(branch, "") + (into.isEmpty() ? QString() : QStringLiteral("&merge_request%5Btarget_branch%5D=") + encoded(into, ""));
    if (host == QLatin1String("bitbucket.org"))
        return QStringLiteral("https://%1/%2/pull-requests/new?source=").arg(host, path) + encoded(branch, "") + (into.isEmpty() ? QString() : QStringLiteral("&dest=") + encoded(into, ""));
    return {};
}

Result<QString> gitBranchTip(const GitServer &server, const QString &copies, const QString &branch) {
    GitStore store(server, copies);
    PH_ASSIGN(git_repository *const repository, store.open(true));
    (void)repository;
    PH_ASSIGN(const auto there, store.ref(refOf(branch)));
    return there ? hexOf(*there) : QString();
}

} // namespace pilothouse::registry
