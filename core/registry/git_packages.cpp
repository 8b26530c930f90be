// SPDX-License-Identifier: GPL-3.0-or-later
// A version's files on this machine, and packages as commits.
#include "core/registry/git_registry_internal.h"

#include "core/artifact/package.h"
#include "core/base/file.h"
#include "core/base/hash.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QFileInfo>
#include <QJsonObject>
#include <QRegularExpression>

namespace pilothouse::registry {

namespace {

constexpr int deepest = 16; ///< folders inside each other
const QByteArray lfsBegin = "version https://git-lfs.github.com/spec/";

struct File {
    QString path; ///< below the folder
    git_oid blob;
};

bool isPlainName(const QString &name) { return !name.isEmpty() && name != QLatin1String(".") && name != QLatin1String("..") && !name.contains(QLatin1Char('/')); }

Result<void> listFiles(const GitStore &store, const git_oid &oid, const QString &below, int depth, std::vector<File> &out) {
    if (depth > deepest)
        return invalid(QStringLiteral("The artifacts are nested too deeply."), below);
    GitTree tree;
    PH_TRY(gitCall(git_tree_lookup(into(tree), store.repository(), &oid), QStringLiteral("The artifacts cannot be read."), store.where()));
    for (std::size_t i = 0; i < git_tree_entrycount(tree.get()); ++i) {
        const git_tree_entry *entry = git_tree_entry_byindex(tree.get(), i);
        const QString name = QString::fromUtf8(git_tree_entry_name(entry)), path = below.isEmpty() ? name : below + QLatin1Char('/') + name;
        if (!isPlainName(name))
            return invalid(QStringLiteral("The artifacts hold the name “%1”, which no file can have.").arg(name.left(140)), store.where());
        if (git_tree_entry_filemode(entry) == GIT_FILEMODE_LINK || git_tree_entry_filemode(entry) == GIT_FILEMODE_COMMIT)
            return invalid(QStringLiteral("“%1” is a %2: a version must hold its files itself.").arg(path, git_tree_entry_filemode(entry) == GIT_FILEMODE_LINK ? QStringLiteral("link") : QStringLiteral("submodule")), store.where());
        if (git_tree_entry_type(entry) == GIT_OBJECT_TREE)
            PH_TRY(listFiles(store, *git_tree_entry_id(entry), path, depth + 1, out));
        else
            out.push_back({path, *git_tree_entry_id(entry)});
    }
    return {};
}

/// The file that an LFS pointer stands for, where git lfs keeps it; the bytes themselves for what is no pointer.
Result<QByteArray> contentOf(const GitStore &store, const File &file, QString *lfsFile) {
    GitBlob blob;
    PH_TRY(gitCall(git_blob_lookup(into(blob), store.repository(), &file.blob), QStringLiteral("“%1” cannot be read.").arg(file.path), store.where())); // checked by its hash
    const QByteArray bytes(static_cast<const char *>(git_blob_rawcontent(blob.get())), qsizetype(git_blob_rawsize(blob.get())));
    if (bytes.size() > 1024 || !bytes.startsWith(lfsBegin))
        return bytes;
    static const QRegularExpression oid(QStringLiteral("^oid sha256:([0-9a-f]{64})$"), QRegularExpression::MultilineOption);
    const QString sha = oid.match(QString::fromUtf8(bytes)).captured(1);
    const QString kept = QString::fromUtf8(git_repository_commondir(store.repository())) + QStringLiteral("lfs/objects/%1/%2/%3").arg(sha.left(2), sha.mid(2, 2), sha);
    if (sha.isEmpty() || !QFileInfo::exists(kept))
        return notFound(QStringLiteral("“%1” is kept in Git LFS, and its content is not in this clone.").arg(file.path), store.where(),
                        QStringLiteral("git lfs fetch --all brings it into a clone; name that clone's folder in url of the connection."));
    PH_ASSIGN(const QString is, sha256OfFile(kept));
    if (is != sha)
        return invalid(QStringLiteral("The content of “%1” in Git LFS is damaged.").arg(file.path), kept, QStringLiteral("git lfs fsck, then git lfs fetch --all."));
    *lfsFile = kept;
    return QByteArray();
}

/// True if the folder has these files, byte for byte, and no other.
bool isWhole(const QString &folder, const std::vector<File> &files, const QHash<QString, QString> &lfs) {
    std::size_t found = 0;
    for (QDirIterator it(folder, QDir::Files | QDir::Hidden | QDir::System, QDirIterator::Subdirectories); it.hasNext(); it.next())
        ++found;
    for (const File &file : files) {
        const QString path = folder + QLatin1Char('/') + file.path;
        if (const QString sha = lfs.value(file.path); !sha.isEmpty()) {
            if (const auto is = sha256OfFile(path); !is || *is != sha)
                return false;
            continue;
        }
        git_oid is;
        if (git_odb_hashfile(&is, path.toUtf8().constData(), GIT_OBJECT_BLOB) < 0 || !same(is, file.blob))
            return false;
    }
    return found == files.size();
}

} // namespace

Result<QString> GitRegistry::packageFolder(const Version &version, std::stop_token stop, bool anew) {
    const std::lock_guard lock(m_mutex);
    PH_TRY(history(anew, stop)); // what was copied here is compared with the commit each time
    git_oid oid;
    const QByteArray hex = version.source.section(QLatin1Char(':'), 0, 0).toLatin1();
    if (hex.size() != GIT_OID_HEXSZ || git_oid_fromstr(&oid, hex.constData()) < 0)
        return invalid(QStringLiteral("“%1” is no commit and folder of this registry.").arg(version.source), m_store.where(), QStringLiteral("Read the version anew."));
    PH_ASSIGN(const GitCommit commit, m_store.commit(oid));
    PH_ASSIGN(const auto tree, m_store.treeAt(commit.get(), version.source.mid(hex.size() + 1)));
    if (!tree)
        return notFound(QStringLiteral("Commit %1 has no folder “%2”.").arg(shortOf(oid), version.source.mid(hex.size() + 1)), m_store.where());
    std::vector<File> files;
    PH_TRY(listFiles(m_store, *tree, {}, 0, files));
    QHash<QString, QString> lfs;
    const auto check = [&](const QString &at) -> Result<void> {
        if (!isWhole(at, files, lfs))
            return invalid(QStringLiteral("The copy of %1 version %2 is not what the commit holds.").arg(version.model).arg(version.version), at);
        if (version.digest.isEmpty()) // none of ours
            return {};
        PH_ASSIGN(const artifact::Package package, artifact::openPackage(at));
        if (package.digest != version.digest)
            return invalid(QStringLiteral("The package of commit %1 is not the one of %2 version %3.").arg(shortOf(oid), version.model).arg(version.version), m_store.where(), QStringLiteral("Read the version anew."));
        return {};
    };
    const QString folder = QStringLiteral("%1/%2/%3-%4").arg(m_packages, version.model).arg(version.version).arg(hexOf(*tree).left(16));
    const QString waiting = folder + QStringLiteral(".incoming-") + randomHex(6);
    const auto write = [&](bool here) -> Result<void> { // `here`: only what LFS pointers stand for is found out
        for (const File &file : files) {
            if (stop.stop_requested())
                return cancelled();
            QString big;
            PH_ASSIGN(const QByteArray bytes, contentOf(m_store, file, &big));
            if (!big.isEmpty())
                lfs.insert(file.path, QFileInfo(big).fileName());
            if (here)
                continue;
            const QString target = waiting + QLatin1Char('/') + file.path;
            if (big.isEmpty()) {
                PH_TRY(writeFileAtomically(target, bytes));
                continue;
            }
            PH_TRY(makeFolder(QFileInfo(target).absolutePath()));
            if (!QFile::copy(big, target))
                return fileError(QStringLiteral("write"), target);
        }
        return {};
    };
    if (QDir(folder).exists()) {
        PH_TRY(write(true));
        if (check(folder))
            return folder;
        QDir(folder).removeRecursively(); // a copy that was damaged here
    }
    PH_TRY(makeFolder(waiting));
    auto done = write(false);
    if (done)
        done = check(waiting);
    if (!done) {
        QDir(waiting).removeRecursively();
        return done.error();
    }
    if (!QDir().rename(waiting, folder)) {
        QDir(waiting).removeRecursively();
        if (!QDir(folder).exists()) // another one was quicker
            return fileError(QStringLiteral("put in place"), folder);
    }
    return folder;
}

Result<QString> GitRegistry::writableBranch() const {
    PH_ASSIGN(const QString branch, m_store.branch());
    if (branch.isEmpty())
        return refused(QStringLiteral("The repository is at a commit and on no branch (detached HEAD): a commit made here would be lost."), m_store.where(), QStringLiteral("Name the branch in the connection (branch: main), or check one out."));
    return branch;
}

Result<void> GitRegistry::checkWorkTree(const QString &branch, const QString &path) const {
    git_repository *repository = m_store.repository();
    GitReference ref;
    GitReference found;
    PH_TRY(gitCall(git_reference_lookup(into(found), repository, "HEAD"), QStringLiteral("HEAD cannot be read."), m_store.where()));
    const QString head = git_reference_type(found.get()) == GIT_REFERENCE_SYMBOLIC ? QString::fromUtf8(git_reference_symbolic_target(found.get())) : QString();
    if (git_repository_is_bare(repository) == 1 || head != branch) {
        const int code = git_reference_lookup(into(ref), repository, branch.toUtf8().constData());
        if (code == 0 && git_repository_is_bare(repository) == 0 && git_branch_is_checked_out(ref.get()) == 1)
            return refused(QStringLiteral("“%1” is checked out in another work tree, which would not follow.").arg(branch.mid(11)), m_store.where(), QStringLiteral("Name that work tree's folder in url, or check out another branch there."));
        return {};
    }
    git_status_options options{};
    git_status_options_init(&options, GIT_STATUS_OPTIONS_VERSION);
    options.flags = GIT_STATUS_OPT_INCLUDE_UNTRACKED | GIT_STATUS_OPT_RECURSE_UNTRACKED_DIRS | GIT_STATUS_OPT_DISABLE_PATHSPEC_MATCH;
    QByteArray name = path.toUtf8();
    char *names[] = {name.data()};
    options.pathspec = {names, path.isEmpty() ? 0u : 1u};
    GitStatus status;
    PH_TRY(gitCall(git_status_list_new(into(status), repository, &options), QStringLiteral("The state of the work tree cannot be read."), m_store.where()));
    if (const std::size_t changed = git_status_list_entrycount(status.get()); changed > 0)
        return refused(QStringLiteral("“%1” is checked out and has %2 changed files%3, which would be written over.").arg(branch.mid(11)).arg(changed).arg(path.isEmpty() ? QString() : QStringLiteral(" in “%1”").arg(path)), m_store.where(), QStringLiteral("Commit them, or put them aside with git stash -u."));
    return {};
}

Result<git_oid> GitRegistry::emptyTree() const {
    GitBuilder empty;
    git_oid made;
    const QString what = QStringLiteral("The repository cannot be written.");
    PH_TRY(gitCall(git_treebuilder_new(into(empty), m_store.repository(), nullptr), what, m_store.where()));
    PH_TRY(gitCall(git_treebuilder_write(&made, empty.get()), what, m_store.where()));
    return made;
}

Result<git_oid> GitRegistry::makeCommit(const std::optional<git_oid> &parent, const QString &path, const git_oid &object, git_filemode_t mode, const QString &by, const QString &message) const {
    git_repository *repository = m_store.repository();
    const QString what = QStringLiteral("The commit could not be made.");
    GitTree before, after;
    GitCommit from;
    if (parent) {
        PH_ASSIGN(from, m_store.commit(*parent));
        PH_TRY(gitCall(git_commit_tree(into(before), from.get()), what, m_store.where()));
    } else {
        PH_ASSIGN(const git_oid none, emptyTree());
        PH_TRY(gitCall(git_tree_lookup(into(before), repository, &none), what, m_store.where()));
    }
    const QByteArray name = path.toUtf8();
    const git_tree_update update{GIT_TREE_UPDATE_UPSERT, object, mode, name.constData()};
    git_oid tree, made;
    PH_TRY(gitCall(git_tree_create_updated(&tree, repository, before.get(), 1, &update), what, m_store.where()));
    PH_TRY(gitCall(git_tree_lookup(into(after), repository, &tree), what, m_store.where()));
    PH_ASSIGN(const GitSignature signature, m_store.signature(by));
    const git_commit *only = from.get(); // the form with a list has another constness in some versions of the library
    PH_TRY(gitCall(git_commit_create_v(&made, repository, nullptr, signature.get(), signature.get(), nullptr, message.toUtf8().constData(), after.get(), parent ? 1 : 0, only), what, m_store.where()));
    return made;
}

Result<void> GitRegistry::moveBranch(const QString &branch, const std::optional<git_oid> &from, const git_oid &to, const QString &path, const QString &message) {
    git_repository *repository = m_store.repository();
    PH_TRY(m_store.apply({{branch, from, to}}, message));
    GitReference head;
    PH_TRY(gitCall(git_reference_lookup(into(head), repository, "HEAD"), QStringLiteral("HEAD cannot be read."), m_store.where()));
    if (git_repository_is_bare(repository) == 1 || git_reference_type(head.get()) != GIT_REFERENCE_SYMBOLIC || QString::fromUtf8(git_reference_symbolic_target(head.get())) != branch)
        return {};
    git_checkout_options options{};
    git_checkout_options_init(&options, GIT_CHECKOUT_OPTIONS_VERSION);
    options.checkout_strategy = GIT_CHECKOUT_FORCE | GIT_CHECKOUT_DISABLE_PATHSPEC_MATCH;
    QByteArray name = path.toUtf8();
    char *names[] = {name.data()};
    options.paths = {names, path.isEmpty() ? 0u : 1u};
    GitObject commit;
    PH_TRY(gitCall(git_object_lookup(into(commit), repository, &to, GIT_OBJECT_COMMIT), QStringLiteral("The new commit cannot be read."), m_store.where()));
    return gitCall(git_checkout_tree(repository, commit.get(), &options), QStringLiteral("The commit was made, but the files of the work tree did not follow; git checkout HEAD -- %1 does that.").arg(path.isEmpty() ? QStringLiteral(".") : path), m_store.where());
}

Result<Version> GitRegistry::registerVersion(const QString &model, const QString &folder, const QString &runId, const QString &user) {
    PH_TRY(checkModelName(model));
    PH_ASSIGN(const artifact::Package package, artifact::openPackage(folder));
    const std::lock_guard lock(m_mutex);
    PH_TRY(history(true));
    if (!m_history->single.isEmpty() && m_history->single != model)
        return refused(QStringLiteral("“%1” holds the one model “%2”.").arg(m_path, m_history->single), m_store.where(), QStringLiteral("Register it as that, or name a folder with one folder for each model in path of the connection."));
    const QString place = m_history->folder(m_path, model);
    if (place.isEmpty())
        return refused(QStringLiteral("The artifacts are the whole repository: a package would take the place of all its files."), m_store.where(), QStringLiteral("Name a folder in path of the connection."));
    PH_ASSIGN(const QString branch, writableBranch());
    GitIndex index;
    const QString what = QStringLiteral("The package could not be written into the repository.");
    PH_TRY(gitCall(git_index_new(into(index)), what, m_store.where()));
    const QStringList names = package.files.keys() << QStringLiteral("SHA256SUMS");
    for (const QString &name : names) {
        const QByteArray path = name.toUtf8();
        git_index_entry entry{};
        entry.path = path.constData();
        entry.mode = GIT_FILEMODE_BLOB;
        PH_TRY(gitCall(git_blob_create_from_disk(&entry.id, m_store.repository(), (folder + QLatin1Char('/') + name).toUtf8().constData()), what, m_store.where()));
        PH_TRY(gitCall(git_index_add(index.get(), &entry), what, m_store.where()));
    }
    git_oid tree;
    PH_TRY(gitCall(git_index_write_tree_to(&tree, index.get(), m_store.repository()), what, m_store.where()));
    if (const GitModel *known = m_history->model(model); known && known->byTree.contains(keyOf(tree)))
        return versionAt(model, known->byTree.value(keyOf(tree))); // it is there
    PH_TRY(checkWorkTree(branch, place));
    QString message = QStringLiteral("Register %1, package %2\n\n").arg(model, package.digest.left(12));
    const QString run = runId.isEmpty() ? package.runId : runId;
    if (!run.isEmpty())
        message += QStringLiteral("Run: %1\n").arg(run);
    const QJsonObject test = package.metrics.value(QLatin1String("test")).toObject();
    for (auto it = test.begin(); it != test.end(); ++it)
        if (it->isDouble()) {
            QString number = QString::number(it->toDouble(), 'g', 17);
            if (!number.contains(QLatin1Char('.')))
                number = QString::number(it->toDouble(), 'e', 16);
            message += QStringLiteral("%1: %2\n").arg(it.key(), number);
        }
    PH_ASSIGN(const git_oid commit, makeCommit(m_history->tip, place, tree, GIT_FILEMODE_TREE, user.isEmpty() ? QStringLiteral("Pilothouse") : user, message));
    PH_TRY(moveBranch(branch, m_history->tip, commit, place, QStringLiteral("register %1").arg(model)));
    PH_TRY(history());
    const GitModel *made = m_history->model(model);
    return versionAt(model, made ? made->byTree.value(keyOf(tree)) : 0);
}

} // namespace pilothouse::registry
