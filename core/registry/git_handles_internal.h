// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QString>

#include <git2.h>

#include <memory>

namespace pilothouse::registry {

template<class T, void (*Free)(T *)>
struct GitFree {
    void operator()(T *object) const { Free(object); }
};
template<class T, void (*Free)(T *)>
using GitHandle = std::unique_ptr<T, GitFree<T, Free>>;

using GitRepository = GitHandle<git_repository, git_repository_free>;
using GitCommit = GitHandle<git_commit, git_commit_free>;
using GitTree = GitHandle<git_tree, git_tree_free>;
using GitEntry = GitHandle<git_tree_entry, git_tree_entry_free>;
using GitBlob = GitHandle<git_blob, git_blob_free>;
using GitTag = GitHandle<git_tag, git_tag_free>;
using GitObject = GitHandle<git_object, git_object_free>;
using GitReference = GitHandle<git_reference, git_reference_free>;
using GitReferences = GitHandle<git_reference_iterator, git_reference_iterator_free>;
using GitRemote = GitHandle<git_remote, git_remote_free>;
using GitSignature = GitHandle<git_signature, git_signature_free>;
using GitTransaction = GitHandle<git_transaction, git_transaction_free>;
using GitIndex = GitHandle<git_index, git_index_free>;
using GitConfig = GitHandle<git_config, git_config_free>;
using GitNotes = GitHandle<git_note_iterator, git_note_iterator_free>;
using GitBuilder = GitHandle<git_treebuilder, git_treebuilder_free>;
using GitPack = GitHandle<git_packbuilder, git_packbuilder_free>;
using GitWalk = GitHandle<git_revwalk, git_revwalk_free>;
using GitStatus = GitHandle<git_status_list, git_status_list_free>;

/// What a C function writes its object to: f(into(handle), …). The handle has it when the whole expression is done, not before: `f(into(a)) == 0 && g(a)`
/// is wrong.
template<class Handle>
class GitInto {
public:
    explicit GitInto(Handle &handle) : m_handle(handle) {}
    ~GitInto() { m_handle.reset(m_raw); }
    GitInto(const GitInto &) = delete;
    GitInto &operator=(const GitInto &) = delete;
    operator typename Handle::pointer *() { return &m_raw; }

private:
    Handle &m_handle;
    typename Handle::pointer m_raw = nullptr;
};
template<class Handle>
GitInto<Handle> into(Handle &handle) {
    return GitInto<Handle>(handle);
}

/// The Error of a libgit2 call that gave `code`; `what`: what was tried, as a sentence. By code and by the library's class of error.
Error gitError(int code, const QString &what, const QString &where);
/// Nothing if the call went well.
inline Result<void> gitCall(int code, const QString &what, const QString &where) { return code < 0 ? Result<void>(gitError(code, what, where)) : Result<void>(); }

inline QString hexOf(const git_oid &oid) {
    char text[GIT_OID_HEXSZ + 1] = {};
    git_oid_tostr(text, sizeof text, &oid);
    return QString::fromLatin1(text);
}
inline QString shortOf(const git_oid &oid) { return hexOf(oid).left(7); }
inline QByteArray keyOf(const git_oid &oid) { return QByteArray(reinterpret_cast<const char *>(oid.id), GIT_OID_RAWSZ); }
inline bool same(const git_oid &a, const git_oid &b) { return git_oid_equal(&a, &b) != 0; }

} // namespace pilothouse::registry
