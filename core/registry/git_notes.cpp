// SPDX-License-Identifier: GPL-3.0-or-later
// Tags and descriptions of versions: notes on their commits, {"MODEL": {"description": …, "tags": {…}}}.
#include "core/registry/git_registry_internal.h"

#include <QJsonDocument>
#include <QJsonObject>

namespace pilothouse::registry {

namespace {

const QString descriptionKey = QStringLiteral("description"), tagsKey = QStringLiteral("tags");

} // namespace

Result<void> GitRegistry::readNotes() const {
    PH_ASSIGN(const auto tip, m_store.ref(notesRef));
    if (tip && m_notesTip && same(*tip, *m_notesTip))
        return {};
    m_notes.clear();
    m_notesTip = {};
    if (!tip)
        return {};
    const QString what = QStringLiteral("The notes of the versions cannot be read.");
    PH_ASSIGN(const GitCommit commit, m_store.commit(*tip));
    GitNotes notes;
    PH_TRY(gitCall(git_note_commit_iterator_new(into(notes), commit.get()), what, m_store.where()));
    git_oid note, annotated;
    int code = 0;
    while ((code = git_note_next(&note, &annotated, notes.get())) == 0) {
        GitBlob blob;
        PH_TRY(gitCall(git_blob_lookup(into(blob), m_store.repository(), &note), what, m_store.where()));
        m_notes.insert(keyOf(annotated), QByteArray(static_cast<const char *>(git_blob_rawcontent(blob.get())), qsizetype(git_blob_rawsize(blob.get()))));
    }
    if (code != GIT_ITEROVER)
        return gitError(code, what, m_store.where());
    m_notesTip = tip;
    return {};
}

GitNote GitRegistry::noteOf(const QString &model, const git_oid &commit) const {
    GitNote out;
    const auto found = m_notes.constFind(keyOf(commit));
    if (found == m_notes.constEnd())
        return out;
    const QJsonObject json = QJsonDocument::fromJson(*found).object().value(model).toObject(); // a note that somebody else wrote says nothing
    out.description = json.value(descriptionKey).toString();
    const QJsonObject tags = json.value(tagsKey).toObject();
    for (auto it = tags.begin(); it != tags.end(); ++it)
        out.tags.insert(it.key(), it.value().toString());
    return out;
}

Result<void> GitRegistry::writeNote(const QString &model, int number, const std::function<void(GitNote &)> &change) {
    PH_TRY(history(true));
    PH_TRY(versionAt(model, number));
    const git_oid commit = m_history->model(model)->versions[std::size_t(number - 1)].commit;
    GitNote note = noteOf(model, commit);
    change(note);
    QJsonObject tags;
    for (auto it = note.tags.begin(); it != note.tags.end(); ++it)
        tags.insert(it.key(), *it);
    QJsonObject all = QJsonDocument::fromJson(m_notes.value(keyOf(commit))).object();
    all.insert(model, QJsonObject{{descriptionKey, note.description}, {tagsKey, tags}});
    PH_ASSIGN(const auto before, m_store.ref(notesRef));
    GitCommit parent;
    if (before) {
        PH_ASSIGN(parent, m_store.commit(*before));
    }
    PH_ASSIGN(const GitSignature by, m_store.signature(QStringLiteral("Pilothouse")));
    git_oid made, blob;
    PH_TRY(gitCall(git_note_commit_create(&made, &blob, m_store.repository(), parent.get(), by.get(), by.get(), &commit, QJsonDocument(all).toJson().constData(), 1), QStringLiteral("The note could not be written."), m_store.where()));
    return m_store.apply({{notesRef, before, made}}, QStringLiteral("note on %1 version %2").arg(model).arg(number));
}

Result<void> GitRegistry::setVersionTag(const QString &model, int number, const QString &key, std::optional<QString> value) {
    PH_TRY(checkTagKey(key));
    const std::lock_guard lock(m_mutex);
    return writeNote(model, number, [&](GitNote &note) {
        if (value)
            note.tags.insert(key, *value);
        else
            note.tags.remove(key);
    });
}

Result<void> GitRegistry::setDescription(const QString &model, int number, const QString &text) {
    const std::lock_guard lock(m_mutex);
    return writeNote(model, number, [&](GitNote &note) { note.description = text; });
}

} // namespace pilothouse::registry
