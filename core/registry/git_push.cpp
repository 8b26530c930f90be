// SPDX-License-Identifier: GPL-3.0-or-later
// Changing refs: checked by their old values, at the remote first.
#include "core/registry/git_store_internal.h"

#include "core/base/hash.h"

#include <QDir>
#include <QFileInfo>

namespace pilothouse::registry {

namespace {

Error quicker(const QString &name, const QString &where) {
    return Error{ErrorKind::Conflict, QStringLiteral("“%1” is not what it was: somebody else was quicker. Nothing was changed.").arg(name.section(QLatin1Char('/'), 2)), where,
                 QStringLiteral("Fetch (git fetch --tags), look again and decide anew."), {}};
}

/// Locks every ref and checks that it is what it was; changes all at once when `beforehand` went well.
Result<void> changeRefs(git_repository *repository, const std::vector<RefChange> &changes, const QString &message, const QString &where, const std::function<Result<void>()> &beforehand) {
    GitTransaction transaction;
    PH_TRY(gitCall(git_transaction_new(into(transaction), repository), QStringLiteral("No change could be begun."), where));
    for (const RefChange &change : changes) {
        const QByteArray name = change.name.toUtf8();
        if (int valid = 0; git_reference_name_is_valid(&valid, name.constData()) < 0 || valid == 0)
            return invalid(QStringLiteral("“%1” cannot be the name of a ref.").arg(change.name), where, QStringLiteral("Git takes no “..” in names, and no “.lock” or dot at their end."));
        PH_TRY(gitCall(git_transaction_lock_ref(transaction.get(), name.constData()), QStringLiteral("“%1” could not be locked.").arg(change.name), where));
        git_oid now;
        const int code = git_reference_name_to_id(&now, repository, name.constData());
        if (code < 0 && code != GIT_ENOTFOUND)
            return gitError(code, QStringLiteral("“%1” cannot be read.").arg(change.name), where);
        if ((code == 0) != change.before.has_value() || (code == 0 && !same(now, *change.before)))
            return quicker(change.name, where);
        PH_TRY(gitCall(git_transaction_set_target(transaction.get(), name.constData(), &*change.after, nullptr, message.toUtf8().constData()), QStringLiteral("“%1” could not be changed.").arg(change.name), where));
    }
    PH_TRY(beforehand());
    return gitCall(git_transaction_commit(transaction.get()), QStringLiteral("The refs could not be changed."), where);
}

/// A server's hooks run when it is asked over ssh or https; in a folder nobody would run them.
QString hookOf(git_repository *repository) {
    QString folder = QString::fromUtf8(git_repository_commondir(repository)) + QStringLiteral("hooks");
    GitConfig config;
    const char *value = nullptr;
    const int code = git_repository_config_snapshot(into(config), repository);
    if (code == 0 && git_config_get_string(&value, config.get(), "core.hookspath") == 0)
        folder = QDir(QString::fromUtf8(git_repository_path(repository))).absoluteFilePath(QString::fromUtf8(value));
    for (const char *name : {"pre-receive", "update", "proc-receive", "reference-transaction", "post-receive", "post-update"})
        if (const QFileInfo hook(folder + QLatin1Char('/') + QLatin1String(name)); hook.isExecutable())
            return hook.fileName();
    return {};
}

/// Sends what the changes need and the folder has not, as one pack.
Result<void> sendObjects(git_repository *from, git_repository *to, const std::vector<RefChange> &changes, const QString &where) {
    const QString what = QStringLiteral("The objects could not be sent.");
    GitPack pack;
    GitWalk walk;
    PH_TRY(gitCall(git_packbuilder_new(into(pack), from), what, where));
    PH_TRY(gitCall(git_revwalk_new(into(walk), from), what, where));
    GitReferences refs;
    PH_TRY(gitCall(git_reference_iterator_new(into(refs), to), what, where));
    const char *name = nullptr;
    while (git_reference_next_name(&name, refs.get()) == 0) {
        git_oid has;
        GitObject object, commit;
        if (git_reference_name_to_id(&has, to, name) != 0)
            continue;
        int code = git_object_lookup(into(object), from, &has, GIT_OBJECT_ANY);
        if (code == 0)
            code = git_object_peel(into(commit), object.get(), GIT_OBJECT_COMMIT);
        if (code == 0)
            git_revwalk_hide(walk.get(), git_object_id(commit.get()));
    }
    for (const RefChange &change : changes) {
        GitObject object, commit;
        PH_TRY(gitCall(git_object_lookup(into(object), from, &*change.after, GIT_OBJECT_ANY), what, where));
        if (git_object_type(object.get()) == GIT_OBJECT_TAG)
            PH_TRY(gitCall(git_packbuilder_insert(pack.get(), &*change.after, nullptr), what, where));
        PH_TRY(gitCall(git_object_peel(into(commit), object.get(), GIT_OBJECT_COMMIT), what, where));
        PH_TRY(gitCall(git_revwalk_push(walk.get(), git_object_id(commit.get())), what, where));
    }
    PH_TRY(gitCall(git_packbuilder_insert_walk(pack.get(), walk.get()), what, where));
    if (git_packbuilder_object_count(pack.get()) == 0)
        return {};
    const QString folder = QString::fromUtf8(git_repository_commondir(to)) + QStringLiteral("objects/pack");
    PH_TRY(gitCall(git_packbuilder_write(pack.get(), folder.toUtf8().constData(), 0, nullptr, nullptr), what, where));
    git_odb *odb = nullptr;
    PH_TRY(gitCall(git_repository_odb(&odb, to), what, where));
    const int code = git_odb_refresh(odb);
    git_odb_free(odb);
    return gitCall(code, what, where);
}

/// The lease of a push: what the server says that its refs are must be what was read.
struct Push {
    GitAccess access;
    const std::vector<RefChange> &changes;
    std::optional<Error> error;
    QString where;

    static int negotiated(const git_push_update **updates, std::size_t count, void *self) {
        auto &push = *static_cast<Push *>(self);
        for (std::size_t i = 0; i < count; ++i) {
            const QString name = QString::fromUtf8(updates[i]->dst_refname);
            for (const RefChange &change : push.changes) {
                const git_oid none{};
                if (change.name == name && !same(updates[i]->src, change.before.value_or(none))) {
                    push.error = quicker(name, push.where);
                    return GIT_EUSER;
                }
            }
        }
        return 0;
    }
    static int answered(const char *name, const char *status, void *self) {
        auto &push = *static_cast<Push *>(self);
        if (status && !push.error)
            push.error = refused(QStringLiteral("The server does not take “%1”: %2.").arg(QString::fromUtf8(name).section(QLatin1Char('/'), 2), QString::fromUtf8(status)), push.where,
                                 QStringLiteral("A rule protects it there, or somebody was quicker. Ask who owns the repository, or fetch and look again."));
        return 0;
    }
    static int credential(git_credential **out, const char *url, const char *user, unsigned int allowed, void *self) {
        return GitAccess::credential(out, url, user, allowed, &static_cast<Push *>(self)->access);
    }
};

} // namespace

Result<void> GitStore::apply(const std::vector<RefChange> &changes, const QString &message) {
    return changeRefs(m_repository.get(), changes, message, where(), [&] { return push(changes); });
}

Result<void> GitStore::push(const std::vector<RefChange> &changes) {
    const QString to = isFolderOfHere(m_server.url) ? m_server.remote : m_server.url;
    if (to.isEmpty())
        return {};
    GitRemote remote;
    int code = git_remote_lookup(into(remote), m_repository.get(), to.toUtf8().constData());
    if (code != 0 && (to.contains(QLatin1Char('/')) || to.contains(QLatin1Char(':'))))
        code = git_remote_create_anonymous(into(remote), m_repository.get(), to.toUtf8().constData());
    if (code == GIT_ENOTFOUND || code == GIT_EINVALIDSPEC)
        return notFound(QStringLiteral("The repository has no remote “%1”.").arg(to), where(), QStringLiteral("git remote -v lists them; change remote of the connection."));
    PH_TRY(gitCall(code, QStringLiteral("The remote “%1” cannot be used.").arg(to), where()));
    const char *pushTo = git_remote_pushurl(remote.get());
    const QString address = QString::fromUtf8(pushTo ? pushTo : git_remote_url(remote.get()));
    if (!isFolderOfHere(address))
        return pushToServer(remote.get(), changes);
    const QString base = git_repository_workdir(m_repository.get()) ? QString::fromUtf8(git_repository_workdir(m_repository.get())) : QString::fromUtf8(git_repository_path(m_repository.get()));
    return pushToFolder(QDir(base).absoluteFilePath(folderOf(address)), changes);
}

Result<void> GitStore::pushToFolder(const QString &folder, const std::vector<RefChange> &changes) {
    GitRepository target;
    const int code = git_repository_open(into(target), folder.toUtf8().constData());
    if (code == GIT_ENOTFOUND)
        return Error{ErrorKind::Unreachable, QStringLiteral("The remote “%1” is no repository, or not there now.").arg(folder), {}, QStringLiteral("Is it mounted? Change remote of the connection if it moved."), {}};
    PH_TRY(gitCall(code, QStringLiteral("The remote could not be opened."), folder));
    if (const QString hook = hookOf(target.get()); !hook.isEmpty())
        return refused(QStringLiteral("The remote has the hook %1, which nobody runs for a push into a folder.").arg(hook), folder, QStringLiteral("Name its address (ssh:// or https://) as the remote: then the server runs it."));
    for (const RefChange &change : changes) {
        GitReference branch;
        const int there = git_reference_lookup(into(branch), target.get(), change.name.toUtf8().constData());
        if (there == 0 && git_reference_is_branch(branch.get()) == 1 && git_repository_is_bare(target.get()) == 0 && git_branch_is_checked_out(branch.get()) == 1)
            return refused(QStringLiteral("“%1” is checked out in the remote “%2”: its files would not follow.").arg(change.name.mid(11), folder), {}, QStringLiteral("Use a bare repository as the remote, or check out another branch there."));
    }
    return changeRefs(target.get(), changes, QStringLiteral("push by Pilothouse"), folder, [&] { return sendObjects(m_repository.get(), target.get(), changes, folder); });
}

/// The library pushes refs only: what is to be sent gets names of its own for that time.
Result<void> GitStore::pushToServer(git_remote *remote, const std::vector<RefChange> &changes) {
    const QString address = QString::fromUtf8(git_remote_url(remote)), prefix = QStringLiteral("refs/pilothouse/push/") + randomHex(6) + QLatin1Char('/');
    struct Names {
        git_repository *repository;
        std::vector<QByteArray> names;
        ~Names() {
            for (const QByteArray &name : names)
                git_reference_remove(repository, name.constData());
        }
    } names{m_repository.get(), {}};
    std::vector<QByteArray> specs;
    std::vector<char *> pointers;
    for (const RefChange &change : changes) {
        const QByteArray name = (prefix + QString::number(names.names.size())).toUtf8();
        GitReference made;
        PH_TRY(gitCall(git_reference_create(into(made), m_repository.get(), name.constData(), &*change.after, 0, nullptr), QStringLiteral("The push could not be prepared."), where()));
        names.names.push_back(name);
        specs.push_back("+" + name + ":" + change.name.toUtf8());
    }
    for (QByteArray &spec : specs)
        pointers.push_back(spec.data());
    const git_strarray all{pointers.data(), pointers.size()};
    Push push{GitAccess(m_server, {}), changes, {}, address};
    git_push_options options{};
    git_push_options_init(&options, GIT_PUSH_OPTIONS_VERSION);
    push.access.put(options.callbacks);
    options.callbacks.transfer_progress = nullptr;
    options.callbacks.payload = &push;
    options.callbacks.credentials = &Push::credential;
    options.callbacks.push_negotiation = &Push::negotiated;
    options.callbacks.push_update_reference = &Push::answered;
    const int code = git_remote_upload(remote, &all, &options);
    git_remote_disconnect(remote);
    if (push.error)
        return *push.error;
    if (code < 0)
        return push.access.error(code, QStringLiteral("The change could not be pushed; nothing was changed here."), address);
    return {};
}

} // namespace pilothouse::registry
