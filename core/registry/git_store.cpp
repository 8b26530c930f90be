// SPDX-License-Identifier: GPL-3.0-or-later
// The repository itself: opening, reading objects and refs, fetching. git_push.cpp writes.
#include "core/registry/git_store_internal.h"

#include "core/base/file.h"

#include <QDir>
#include <QFileInfo>
#include <QUrl>

namespace pilothouse::registry {

namespace {

void startLibrary() {
    static const int started = git_libgit2_init();
    (void)started; // for the life of the process
}

QByteArray local(const QString &path) { return path.toUtf8(); }

ErrorKind kindOf(int code, int type) {
    switch (code) {
    case GIT_ENOTFOUND: return ErrorKind::NotFound;
    case GIT_EEXISTS:
    case GIT_EMODIFIED:
    case GIT_ELOCKED:
    case GIT_ECONFLICT:
    case GIT_ENONFASTFORWARD: return ErrorKind::Conflict;
    case GIT_EAUTH:
    case GIT_ECERTIFICATE:
    case GIT_EOWNER: return ErrorKind::Denied;
    case GIT_EINVALIDSPEC:
    case GIT_EAMBIGUOUS: return ErrorKind::Invalid;
    default: break;
    }
    switch (type) {
    case GIT_ERROR_NET:
    case GIT_ERROR_HTTP:
    case GIT_ERROR_SSH: return ErrorKind::Unreachable;
    case GIT_ERROR_SSL: return ErrorKind::Denied;
    default: return ErrorKind::Invalid;
    }
}

} // namespace

Error gitError(int code, const QString &what, const QString &where) {
    const git_error *last = git_error_last();
    const int type = last ? last->klass : GIT_ERROR_NONE;
    const QString raw = last && last->message ? QString::fromUtf8(last->message) : QString();
    Error error{kindOf(code, type), what, where, {}, raw};
    if (code == GIT_EOWNER)
        error.hint = QStringLiteral("The repository belongs to another user. If it can be trusted: git config --global --add safe.directory FOLDER");
    else if (code == GIT_ECERTIFICATE)
        error.hint = type == GIT_ERROR_SSH ? QStringLiteral("The server's key is not in ~/.ssh/known_hosts, or is another one. Connect once with ssh and compare it.")
                                           : QStringLiteral("The server's certificate is not trusted. A private CA goes into ca_file of the connection; the certificate must name the host as url does.");
    else if (code == GIT_EAUTH)
        error.hint = QStringLiteral("Check user and secret of the connection; GitHub and its like take a token as the password.");
    else if (code == GIT_ELOCKED)
        error.hint = QStringLiteral("Another Git is at work there, or one was killed and left a .lock file.");
    else if (type == GIT_ERROR_ODB || type == GIT_ERROR_ZLIB || type == GIT_ERROR_INDEXER || type == GIT_ERROR_OBJECT)
        error.hint = QStringLiteral("The repository is damaged or not whole: git fsck tells what is missing.");
    else if (type == GIT_ERROR_OS)
        error.hint = QStringLiteral("Check who may read and write there.");
    if (!raw.isEmpty())
        error.what += QStringLiteral(" Git says: %1.").arg(raw);
    return error;
}

bool isFolderOfHere(const QString &url) {
    if (url.startsWith(QLatin1String("file://")))
        return true;
    const qsizetype colon = url.indexOf(QLatin1Char(':')), slash = url.indexOf(QLatin1Char('/'));
    return colon < 0 || (slash >= 0 && slash < colon); // else scheme://… or host:path
}

QString folderOf(const QString &url) { return url.startsWith(QLatin1String("file://")) ? QUrl(url).toLocalFile() : url; }

int GitAccess::credential(git_credential **out, const char *url, const char *user, unsigned int allowed, void *self) {
    auto &access = *static_cast<GitAccess *>(self);
    const int attempt = access.m_tries++;
    if (attempt > 2)
        return GIT_EAUTH; // it was refused: the library asks for ever
    const QByteArray name = access.m_server.user.isEmpty() ? QByteArray(user ? user : "git") : access.m_server.user.toUtf8();
    QByteArray secret;
    if (access.m_server.secret) {
        auto value = access.m_server.secret();
        if (!value) {
            access.m_error = value.error();
            return GIT_EUSER;
        }
        secret = value->toUtf8();
    }
    if (allowed & GIT_CREDENTIAL_USERPASS_PLAINTEXT) {
        if (attempt > 0 || secret.isEmpty())
            return GIT_EAUTH;
        return git_credential_userpass_plaintext_new(out, name.constData(), secret.constData());
    }
    if (allowed & GIT_CREDENTIAL_USERNAME)
        return git_credential_username_new(out, name.constData());
    if (allowed & GIT_CREDENTIAL_SSH_KEY) {
        if (access.m_server.keyFile.isEmpty())
            return git_credential_ssh_key_from_agent(out, name.constData());
        return git_credential_ssh_key_new(out, name.constData(), nullptr, access.m_server.keyFile.toUtf8().constData(), secret.isEmpty() ? nullptr : secret.constData());
    }
    return GIT_EAUTH;
}

int GitAccess::progress(const git_indexer_progress *, void *self) { return static_cast<GitAccess *>(self)->m_stop.stop_requested() ? GIT_EUSER : 0; }

void GitAccess::put(git_remote_callbacks &callbacks) {
    callbacks.credentials = &GitAccess::credential;
    callbacks.transfer_progress = &GitAccess::progress;
    callbacks.payload = this;
    if (!m_server.caFile.isEmpty())
        git_libgit2_opts(GIT_OPT_SET_SSL_CERT_LOCATIONS, m_server.caFile.toUtf8().constData(), nullptr);
#if LIBGIT2_VER_MAJOR > 1 || LIBGIT2_VER_MINOR >= 7
    git_libgit2_opts(GIT_OPT_SET_SERVER_CONNECT_TIMEOUT, 10000);
    git_libgit2_opts(GIT_OPT_SET_SERVER_TIMEOUT, 60000);
#endif
}

Error GitAccess::error(int code, const QString &what, const QString &where) const {
    if (m_error)
        return *m_error;
    if (m_stop.stop_requested())
        return cancelled();
    Error error = gitError(code, what, where);
    if (const git_error *last = git_error_last(); last && last->klass == GIT_ERROR_OS) // of a socket
        error.kind = ErrorKind::Unreachable;
    if (error.kind == ErrorKind::Unreachable)
        error.hint = QStringLiteral("Check the address of the connection, and that the server answers.");
    return error;
}

Result<void> GitStore::openHere() {
    if (m_repository)
        return {};
    const QString folder = isFolderOfHere(m_server.url) ? folderOf(m_server.url) : m_folder;
    if (!QFileInfo(folder).isDir())
        return notFound(QStringLiteral("There is no folder “%1”.").arg(folder), {}, QStringLiteral("Name the folder of a Git repository in url, or its address."));
    const int code = git_repository_open_ext(into(m_repository), local(folder).constData(), 0, nullptr);
    if (code == GIT_ENOTFOUND)
        return notFound(QStringLiteral("“%1” is no Git repository, and not in one.").arg(folder), {}, QStringLiteral("git clone ADDRESS makes one; git init begins one."));
    return gitCall(code, QStringLiteral("The repository could not be opened."), folder);
}

Result<git_repository *> GitStore::open(bool now, std::stop_token stop) {
    startLibrary();
    if (m_server.url.isEmpty())
        return invalid(QStringLiteral("The connection names no repository."), {}, QStringLiteral("Add url: the folder of a repository, or its address."));
    const bool copy = !isFolderOfHere(m_server.url);
    if (copy && !m_repository && !QFileInfo::exists(m_folder + QStringLiteral("/HEAD"))) {
        PH_TRY(makeFolder(m_folder, true));
        GitRepository made;
        PH_TRY(gitCall(git_repository_init(into(made), local(m_folder).constData(), 1), QStringLiteral("A folder for the copy of the repository could not be made."), m_folder));
    }
    PH_TRY(openHere());
    if (copy && (now || !m_fetched || std::chrono::steady_clock::now() - *m_fetched > std::chrono::seconds(m_server.refreshSeconds)))
        PH_TRY(fetch(stop));
    if (git_repository_is_shallow(m_repository.get()) == 1)
        return invalid(QStringLiteral("This clone is shallow: it has the last commits only, and versions are counted from the first."), where(), QStringLiteral("git fetch --unshallow brings the rest."));
    return m_repository.get();
}

Result<void> GitStore::fetch(std::stop_token stop) {
    GitRemote remote;
    PH_TRY(gitCall(git_remote_create_anonymous(into(remote), m_repository.get(), m_server.url.toUtf8().constData()), QStringLiteral("The address cannot be used."), where()));
    git_fetch_options options{};
    git_fetch_options_init(&options, GIT_FETCH_OPTIONS_VERSION);
    GitAccess access(m_server, stop);
    access.put(options.callbacks);
    options.prune = GIT_FETCH_PRUNE;
    options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE; // the refspecs bring them
    char heads[] = "+refs/heads/*:refs/heads/*", tags[] = "+refs/tags/*:refs/tags/*", notes[] = "+refs/notes/*:refs/notes/*";
    char *specs[] = {heads, tags, notes};
    const git_strarray all{specs, 3};
    if (const int code = git_remote_fetch(remote.get(), &all, &options, "fetch"); code < 0)
        return access.error(code, QStringLiteral("The repository could not be fetched."), where());
    git_buf name = GIT_BUF_INIT;
    if (git_remote_default_branch(&name, remote.get()) == 0)
        git_repository_set_head(m_repository.get(), name.ptr);
    git_buf_dispose(&name);
    m_fetched = std::chrono::steady_clock::now();
    return {};
}

Result<QString> GitStore::branch() const {
    if (!m_server.branch.isEmpty())
        return QStringLiteral("refs/heads/") + m_server.branch;
    GitReference head;
    PH_TRY(gitCall(git_reference_lookup(into(head), m_repository.get(), "HEAD"), QStringLiteral("HEAD cannot be read."), where()));
    return git_reference_type(head.get()) == GIT_REFERENCE_SYMBOLIC ? QString::fromUtf8(git_reference_symbolic_target(head.get())) : QString();
}

Result<std::optional<git_oid>> GitStore::ref(const QString &name) const {
    GitReference found, direct;
    int code = git_reference_lookup(into(found), m_repository.get(), name.toUtf8().constData());
    if (code == 0)
        code = git_reference_resolve(into(direct), found.get());
    if (code == GIT_ENOTFOUND)
        return std::optional<git_oid>();
    PH_TRY(gitCall(code, QStringLiteral("The ref %1 cannot be read.").arg(name), where()));
    return std::optional<git_oid>(*git_reference_target(direct.get()));
}

Result<std::optional<git_oid>> GitStore::tip() const {
    PH_ASSIGN(const QString name, branch());
    PH_ASSIGN(const auto found, ref(name.isEmpty() ? QStringLiteral("HEAD") : name));
    if (!found && !m_server.branch.isEmpty() && git_repository_is_empty(m_repository.get()) != 1)
        return notFound(QStringLiteral("The repository has no branch “%1”.").arg(m_server.branch), where(), QStringLiteral("git branch -a lists them; change branch of the connection."));
    return found;
}

Result<GitCommit> GitStore::commit(const git_oid &oid) const {
    GitCommit commit;
    const int code = git_commit_lookup(into(commit), m_repository.get(), &oid);
    if (code == GIT_ENOTFOUND)
        return notFound(QStringLiteral("The repository has no commit %1.").arg(hexOf(oid)), where(), QStringLiteral("History was rewritten, or the clone is not whole: git fetch, git fsck."));
    PH_TRY(gitCall(code, QStringLiteral("The commit %1 cannot be read.").arg(shortOf(oid)), where()));
    return commit;
}

Result<git_oid> GitStore::peeled(const git_oid &oid) const {
    GitObject object, commit;
    const QString what = QStringLiteral("%1 leads to no commit.").arg(shortOf(oid));
    PH_TRY(gitCall(git_object_lookup(into(object), m_repository.get(), &oid, GIT_OBJECT_ANY), what, where()));
    PH_TRY(gitCall(git_object_peel(into(commit), object.get(), GIT_OBJECT_COMMIT), what, where()));
    return *git_object_id(commit.get());
}

Result<std::optional<git_oid>> GitStore::treeAt(const git_commit *commit, const QString &path) const {
    if (path.isEmpty())
        return std::optional<git_oid>(*git_commit_tree_id(commit));
    GitTree tree;
    PH_TRY(gitCall(git_commit_tree(into(tree), commit), QStringLiteral("The files of commit %1 cannot be read.").arg(shortOf(*git_commit_id(commit))), where()));
    GitEntry entry;
    const int code = git_tree_entry_bypath(into(entry), tree.get(), path.toUtf8().constData());
    if (code == GIT_ENOTFOUND)
        return std::optional<git_oid>();
    PH_TRY(gitCall(code, QStringLiteral("The folder “%1” of commit %2 cannot be read.").arg(path, shortOf(*git_commit_id(commit))), where()));
    if (git_tree_entry_type(entry.get()) != GIT_OBJECT_TREE)
        return invalid(QStringLiteral("“%1” is no folder in commit %2.").arg(path, shortOf(*git_commit_id(commit))), where(), QStringLiteral("Name the folder of the artifacts in path."));
    return std::optional<git_oid>(*git_tree_entry_id(entry.get()));
}

Result<QByteArray> GitStore::fileAt(const git_oid &oid, const QString &path) const {
    PH_ASSIGN(const GitCommit from, commit(oid));
    GitTree tree;
    GitEntry entry;
    GitBlob blob;
    PH_TRY(gitCall(git_commit_tree(into(tree), from.get()), QStringLiteral("The files of commit %1 cannot be read.").arg(shortOf(oid)), where()));
    const int code = git_tree_entry_bypath(into(entry), tree.get(), path.toUtf8().constData());
    if (code == GIT_ENOTFOUND || (code == 0 && git_tree_entry_type(entry.get()) != GIT_OBJECT_BLOB))
        return notFound(QStringLiteral("Commit %1 has no file “%2”.").arg(shortOf(oid), path), where());
    PH_TRY(gitCall(code, QStringLiteral("“%1” cannot be read.").arg(path), where()));
    PH_TRY(gitCall(git_blob_lookup(into(blob), m_repository.get(), git_tree_entry_id(entry.get())), QStringLiteral("“%1” of commit %2 cannot be read.").arg(path, shortOf(oid)), where()));
    return QByteArray(static_cast<const char *>(git_blob_rawcontent(blob.get())), qsizetype(git_blob_rawsize(blob.get())));
}

Result<GitSignature> GitStore::signature(const QString &name) const {
    GitConfig config;
    QString mail;
    if (git_repository_config_snapshot(into(config), m_repository.get()) == 0) {
        const char *value = nullptr;
        if (git_config_get_string(&value, config.get(), "user.email") == 0)
            mail = QString::fromUtf8(value);
    }
    QString plain = name;
    plain.remove(QLatin1Char('<')).remove(QLatin1Char('>')).remove(QLatin1Char('\n'));
    if (mail.isEmpty())
        mail = QString(plain).replace(QLatin1Char(' '), QLatin1Char('.')) + QStringLiteral("@localhost");
    GitSignature made;
    PH_TRY(gitCall(git_signature_now(into(made), plain.toUtf8().constData(), mail.toUtf8().constData()), QStringLiteral("“%1” cannot sign a commit.").arg(name), where()));
    return made;
}

Result<GitLook> lookAtGit(const GitServer &server, std::stop_token stop) {
    GitLook look;
    look.path = server.path;
    const auto count = [&](const QString &name) {
        look.branches += name.startsWith(QLatin1String("refs/heads/"));
        look.tags += name.startsWith(QLatin1String("refs/tags/")) && !name.endsWith(QLatin1String("^{}"));
    };
    if (isFolderOfHere(server.url)) {
        PH_ASSIGN(const auto models, gitRegistry(server, {})->models()); // opens it and reads the history
        look.models = int(models.size());
        GitStore store(server, {});
        PH_ASSIGN(git_repository *const repository, store.open(false));
        GitReferences refs;
        PH_TRY(gitCall(git_reference_iterator_new(into(refs), repository), QStringLiteral("The branches cannot be read."), server.url));
        for (const char *name = nullptr; git_reference_next_name(&name, refs.get()) == 0;)
            count(QString::fromUtf8(name));
        return look;
    }
    startLibrary();
    GitRemote remote;
    PH_TRY(gitCall(git_remote_create_detached(into(remote), server.url.toUtf8().constData()), QStringLiteral("The address cannot be used."), server.url));
    git_remote_callbacks callbacks{};
    git_remote_init_callbacks(&callbacks, GIT_REMOTE_CALLBACKS_VERSION);
    GitAccess access(server, stop);
    access.put(callbacks);
    const git_remote_head **heads = nullptr;
    std::size_t size = 0;
    int code = git_remote_connect(remote.get(), GIT_DIRECTION_FETCH, &callbacks, nullptr, nullptr);
    if (code == 0)
        code = git_remote_ls(&heads, &size, remote.get());
    if (code < 0)
        return access.error(code, QStringLiteral("The repository could not be asked."), server.url);
    for (std::size_t i = 0; i < size; ++i)
        count(QString::fromUtf8(heads[i]->name));
    return look;
}

} // namespace pilothouse::registry
