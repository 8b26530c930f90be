// SPDX-License-Identifier: GPL-3.0-or-later
// Aliases: refs/tags/MODEL/ALIAS/1, 2, …, each an annotated tag that says one change.
#include "core/registry/git_registry_internal.h"

#include <algorithm>

namespace pilothouse::registry {

namespace {

const QString tagPrefix = QStringLiteral("refs/tags/");
const QString sinceKey = QStringLiteral("Since"), byKey = QStringLiteral("By"), operationKey = QStringLiteral("Operation"), changeKey = QStringLiteral("Change");
const QString deletedWord = QStringLiteral("deleted");

QString pointsTo(std::optional<int> version) {
    return !version ? QStringLiteral("does not exist") : *version == 0 ? QStringLiteral("points to a commit that the branch has no more (version 0)") : QStringLiteral("points to version %1").arg(*version);
}

} // namespace

Result<QMap<QString, QMap<int, git_oid>>> GitRegistry::aliasTags(const QString &model) const {
    QMap<QString, QMap<int, git_oid>> out;
    GitReferences refs;
    PH_TRY(gitCall(git_reference_iterator_glob_new(into(refs), m_store.repository(), (tagPrefix + model + QStringLiteral("/*")).toUtf8().constData()), QStringLiteral("The tags cannot be read."), m_store.where()));
    GitReference ref;
    int code = 0;
    while ((code = git_reference_next(into(ref), refs.get())) == 0) {
        const QStringList parts = QString::fromUtf8(git_reference_name(ref.get())).split(QLatin1Char('/')); // refs, tags, MODEL, ALIAS, NUMBER
        bool good = parts.size() == 5 && git_reference_type(ref.get()) == GIT_REFERENCE_DIRECT;
        const int number = good ? parts[4].toInt(&good) : 0;
        if (good && number > 0 && checkAliasName(parts[3]))
            out[parts[3]].insert(number, *git_reference_target(ref.get()));
    }
    if (code != GIT_ITEROVER)
        return gitError(code, QStringLiteral("The tags cannot be read."), m_store.where());
    return out;
}

Result<GitRegistry::Change> GitRegistry::readChange(int number, const git_oid &oid) const {
    Change change;
    change.number = number;
    PH_ASSIGN(change.commit, m_store.peeled(oid));
    GitTag tag;
    if (git_tag_lookup(into(tag), m_store.repository(), &oid) == 0) {
        const QString message = QString::fromUtf8(git_tag_message(tag.get()));
        change.deleted = gitTrailer(message, changeKey) == deletedWord;
        change.by = gitTrailer(message, byKey);
        change.operation = gitTrailer(message, operationKey);
        change.since = QDateTime::fromString(gitTrailer(message, sinceKey), Qt::ISODateWithMs); // the tagger's time has whole seconds
        const git_signature *tagger = git_tag_tagger(tag.get());
        if (!change.since.isValid() && tagger)
            change.since = gitTime(tagger->when.time);
        if (change.by.isEmpty() && tagger)
            change.by = QString::fromUtf8(tagger->name);
    }
    if (!change.since.isValid()) { // a plain tag, by another tool
        PH_ASSIGN(const GitCommit commit, m_store.commit(change.commit));
        change.since = gitTime(git_commit_time(commit.get()));
    }
    return change;
}

Result<std::vector<Alias>> GitRegistry::aliasesOf(const QString &model) const {
    std::vector<Alias> out;
    PH_ASSIGN(const auto tags, aliasTags(model));
    for (auto it = tags.begin(); it != tags.end(); ++it) {
        if (hasLive() && it.key() == liveAlias)
            continue; // its tags are its history only
        PH_ASSIGN(const Change last, readChange(it->lastKey(), it->last()));
        if (last.deleted)
            continue;
        PH_ASSIGN(const int version, versionOf(model, last.commit));
        out.push_back({it.key(), version});
    }
    if (hasLive())
        if (const auto live = liveVersion(model); live && *live) // what is wrong with it is said where it is asked for
            out.push_back({liveAlias, **live});
    std::sort(out.begin(), out.end(), [](const Alias &a, const Alias &b) { return a.name < b.name; });
    return out;
}

Result<std::optional<int>> GitRegistry::aliasNow(const QString &model, const QString &alias) const {
    if (hasLive() && alias == liveAlias)
        return liveVersion(model);
    PH_ASSIGN(const auto tags, aliasTags(model));
    const auto found = tags.constFind(alias);
    if (found == tags.constEnd())
        return std::optional<int>();
    PH_ASSIGN(const Change last, readChange(found->lastKey(), found->last()));
    if (last.deleted)
        return std::optional<int>();
    PH_ASSIGN(const int version, versionOf(model, last.commit));
    return std::optional<int>(version);
}

Result<std::vector<AliasChange>> GitRegistry::tagHistory(const QString &model, const QString &alias) const {
    PH_ASSIGN(const auto tags, aliasTags(model));
    std::vector<AliasChange> out;
    const auto all = tags.value(alias);
    for (auto it = all.begin(); it != all.end(); ++it) {
        PH_ASSIGN(const Change change, readChange(it.key(), *it));
        AliasChange line{model, alias, {}, change.since, change.by, change.operation};
        if (!change.deleted) {
            PH_ASSIGN(line.version, versionOf(model, change.commit));
        }
        out.push_back(std::move(line));
    }
    std::reverse(out.begin(), out.end()); // by number: a clock that jumped changes nothing
    return out;
}

Result<std::vector<AliasChange>> GitRegistry::aliasHistory(const QString &model, const QString &alias) const {
    const std::lock_guard lock(m_mutex);
    PH_TRY(history());
    return hasLive() && alias == liveAlias ? liveHistory(model) : tagHistory(model, alias);
}

Result<RefChange> GitRegistry::nextTag(const QString &model, const QString &alias, const git_oid &oid, std::optional<int> to, const Stamp &stamp) const {
    PH_ASSIGN(const auto tags, aliasTags(model));
    const auto known = tags.value(alias);
    const int number = (known.isEmpty() ? 0 : known.lastKey()) + 1;
    const QString name = QStringLiteral("%1/%2/%3").arg(model, alias).arg(number);
    const auto oneLine = [](QString text) { return text.replace(QLatin1Char('\n'), QLatin1Char(' ')).trimmed(); };
    const QString message = QStringLiteral("%1 of %2 %3\n\nSince: %4\nBy: %5\nOperation: %6\n%7")
                                .arg(alias, model, to ? QStringLiteral("is version %1 now").arg(*to) : QStringLiteral("is deleted"), QDateTime::currentDateTimeUtc().toString(Qt::ISODateWithMs), oneLine(stamp.by),
                                     oneLine(stamp.operation), to ? QString() : QStringLiteral("Change: deleted\n"));
    PH_ASSIGN(const GitSignature by, m_store.signature(stamp.by.isEmpty() ? QStringLiteral("Pilothouse") : stamp.by));
    GitObject target;
    PH_TRY(gitCall(git_object_lookup(into(target), m_store.repository(), &oid, GIT_OBJECT_COMMIT), QStringLiteral("The commit cannot be read."), m_store.where()));
    git_oid made;
    PH_TRY(gitCall(git_tag_annotation_create(&made, m_store.repository(), name.toUtf8().constData(), target.get(), by.get(), message.toUtf8().constData()), QStringLiteral("The tag could not be written."), m_store.where()));
    return RefChange{tagPrefix + name, {}, made};
}

Result<void> GitRegistry::moveAlias(const QString &model, const QString &alias, std::optional<int> expected, std::optional<int> to, const Stamp &stamp) {
    PH_TRY(checkAliasName(alias));
    const std::lock_guard lock(m_mutex);
    PH_TRY(history(true));
    if (to)
        PH_TRY(versionAt(model, *to));
    PH_ASSIGN(const auto now, aliasNow(model, alias));
    if (now != expected)
        return Error{ErrorKind::Conflict, QStringLiteral("The alias “%1” of “%2” %3 now; it was expected that it %4.").arg(alias, model, pointsTo(now), pointsTo(expected)), m_store.where(),
                     QStringLiteral("Somebody moved it. Look again and decide anew; nothing was changed."), {}};
    if (now == to)
        return {};
    if (hasLive() && alias == liveAlias)
        return moveLive(model, expected, to, stamp);
    git_oid commit{};
    if (to) {
        commit = m_history->model(model)->versions[std::size_t(*to - 1)].commit;
    } else { // the tag of a deletion stands on what the alias pointed to
        PH_ASSIGN(const auto tags, aliasTags(model));
        const auto all = tags.value(alias);
        PH_ASSIGN(commit, m_store.peeled(all.last()));
    }
    PH_ASSIGN(const RefChange change, nextTag(model, alias, commit, to, stamp));
    return m_store.apply({change}, QStringLiteral("alias %1 of %2").arg(alias, model));
}

} // namespace pilothouse::registry
