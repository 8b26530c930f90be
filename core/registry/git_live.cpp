// SPDX-License-Identifier: GPL-3.0-or-later
// The alias "live": what is deployed, as a tag, a branch or a manifest in the repository says it. Moving it is the promotion.
#include "core/registry/git_registry_internal.h"

#include <QRegularExpression>

#include <algorithm>

namespace pilothouse::registry {

namespace {

/// 1: what stands before the tag, with the image's name in 2; 3: a prefix of the hash; 4: the hash.
const QRegularExpression &imageLine() {
    static const QRegularExpression line(QStringLiteral("(image:[ \\t]*[\"']?([^\\s\"'#@]+):)((?:sha-|git-|g)?)([0-9a-f]{7,40})(?=[\\s\"'#]|$)"), QRegularExpression::MultilineOption);
    return line;
}
/// kustomization: the name stands in another line of the same entry.
const QRegularExpression &newTagLine() {
    static const QRegularExpression line(QStringLiteral("(newTag:[ \\t]*[\"']?)()((?:sha-|git-|g)?)([0-9a-f]{7,40})(?=[\\s\"'#]|$)"), QRegularExpression::MultilineOption);
    return line;
}

/// The name that a kustomization's entry has, by the last "name:" or "newName:" before the tag.
QString entryName(const QString &text, qsizetype at) {
    static const QRegularExpression name(QStringLiteral("(?:name|newName):[ \\t]*[\"']?([^\\s\"'#]+)"));
    QString found;
    for (auto matches = name.globalMatch(text.left(at)); matches.hasNext();)
        found = matches.next().captured(1);
    return found;
}

template<class Each>
void eachImage(const QString &text, const QString &image, Each each) {
    for (const QRegularExpression *line : {&imageLine(), &newTagLine()})
        for (auto matches = line->globalMatch(text); matches.hasNext();) {
            const QRegularExpressionMatch match = matches.next();
            const QString name = line == &newTagLine() ? entryName(text, match.capturedStart()) : match.captured(2);
            if (image.isEmpty() || name.contains(image))
                each(match);
        }
}

QString nameOf(const QString &live) { return live.section(QLatin1Char(':'), 1); }
bool isKind(const QString &live, const char *kind) { return live.section(QLatin1Char(':'), 0, 0) == QLatin1String(kind); }

Result<QString> oneTag(const QByteArray &manifest, const GitServer &server) {
    const QStringList tags = gitImageTags(manifest, server.image);
    const QString file = nameOf(server.live);
    if (tags.isEmpty())
        return notFound(QStringLiteral("“%1” names no image whose tag is a commit.").arg(file), server.url, QStringLiteral("An image such as ghcr.io/team/api:1a2b3c4 is looked for; “image: api” of the connection says which."));
    if (tags.size() > 1)
        return invalid(QStringLiteral("“%1” names images of several commits: %2.").arg(file, tags.join(QStringLiteral(", "))), server.url, QStringLiteral("Say which counts: image: TEXT of its name, in the connection."));
    return tags.front();
}

} // namespace

QStringList gitImageTags(const QByteArray &manifest, const QString &image) {
    QStringList out;
    eachImage(QString::fromUtf8(manifest), image, [&](const QRegularExpressionMatch &match) { out << match.captured(4); });
    out.removeDuplicates();
    return out;
}

QByteArray gitWithImageTag(const QByteArray &manifest, const QString &image, const QString &commit) {
    const QString text = QString::fromUtf8(manifest);
    QMap<qsizetype, qsizetype> places; // begin → length
    eachImage(text, image, [&](const QRegularExpressionMatch &match) { places.insert(match.capturedStart(4), match.capturedLength(4)); });
    QString out = text;
    for (auto place = places.constEnd(); place != places.constBegin();) {
        --place;
        out.replace(place.key(), *place, commit.left(*place));
    }
    return out.toUtf8();
}

/// The commit that an image was built of.
Result<git_oid> GitRegistry::commitOfTag(const QString &imageTag) const {
    git_oid prefix;
    GitCommit commit;
    const QByteArray text = imageTag.toLatin1();
    PH_TRY(gitCall(git_oid_fromstrn(&prefix, text.constData(), std::size_t(text.size())), QStringLiteral("“%1” is no commit.").arg(imageTag), m_store.where()));
    const int code = git_commit_lookup_prefix(into(commit), m_store.repository(), &prefix, std::size_t(text.size()));
    if (code == GIT_ENOTFOUND)
        return notFound(QStringLiteral("The repository has no commit %1, of which the running image was built.").arg(imageTag), m_store.where(), QStringLiteral("git fetch, or history was rewritten since."));
    PH_TRY(gitCall(code, QStringLiteral("The commit %1 cannot be read.").arg(imageTag), m_store.where()));
    return *git_commit_id(commit.get());
}

Result<std::optional<git_oid>> GitRegistry::liveCommit() const {
    const GitServer &server = m_store.server();
    const QString name = nameOf(server.live);
    if (isKind(server.live, "file")) {
        if (!m_history->tip)
            return std::optional<git_oid>();
        PH_ASSIGN(const QByteArray manifest, m_store.fileAt(*m_history->tip, name));
        PH_ASSIGN(const QString tag, oneTag(manifest, server));
        PH_ASSIGN(const git_oid commit, commitOfTag(tag));
        return std::optional<git_oid>(commit);
    }
    PH_ASSIGN(const auto found, m_store.ref((isKind(server.live, "tag") ? QStringLiteral("refs/tags/") : QStringLiteral("refs/heads/")) + name));
    if (!found)
        return std::optional<git_oid>();
    PH_ASSIGN(const git_oid commit, m_store.peeled(*found));
    return std::optional<git_oid>(commit);
}

Result<std::optional<int>> GitRegistry::liveVersion(const QString &model) const {
    PH_ASSIGN(const auto commit, liveCommit());
    if (!commit || !m_history->model(model))
        return std::optional<int>();
    PH_ASSIGN(const int version, versionOf(model, *commit));
    if (version == 0) { // deployed, but from before the model was there
        PH_ASSIGN(const GitCommit read, m_store.commit(*commit));
        PH_ASSIGN(const auto tree, m_store.treeAt(read.get(), m_history->folder(m_path, model)));
        if (!tree)
            return std::optional<int>();
    }
    return std::optional<int>(version);
}

Result<std::vector<AliasChange>> GitRegistry::liveHistory(const QString &model) const {
    const GitServer &server = m_store.server();
    std::vector<AliasChange> out;
    if (!m_history->model(model))
        return out;
    if (isKind(server.live, "tag")) { // a tag forgets: the numbered ones remember what was moved from here
        PH_ASSIGN(out, tagHistory(model, liveAlias));
        PH_ASSIGN(const auto now, liveVersion(model));
        if (now && (out.empty() || out.front().version != now)) {
            PH_ASSIGN(const auto ref, m_store.ref(QStringLiteral("refs/tags/") + nameOf(server.live)));
            PH_ASSIGN(const Change change, readChange(0, *ref));
            out.insert(out.begin(), {model, liveAlias, now, change.since, change.by, {}});
        }
        return out;
    }
    std::optional<git_oid> tip = m_history->tip;
    const bool manifest = isKind(server.live, "file");
    if (!manifest) {
        PH_ASSIGN(tip, liveCommit());
    }
    if (!tip)
        return out;
    // A manifest is a file: what changes is its folder.
    const QString file = nameOf(server.live), folder = manifest ? file.section(QLatin1Char('/'), 0, -2) : m_history->folder(m_path, model);
    PH_ASSIGN(const auto changes, gitFolderChanges(m_store, folder, *tip));
    for (auto change = changes.rbegin(); change != changes.rend(); ++change) {
        std::optional<int> version;
        if (manifest) {
            if (auto text = m_store.fileAt(change->commit, file)) {
                if (const auto tag = oneTag(*text, server)) {
                    const auto commit = commitOfTag(*tag);
                    PH_ASSIGN(version, commit ? versionOf(model, *commit) : Result<int>(0));
                }
            }
        } else if (change->tree) {
            version = m_history->model(model)->byTree.value(keyOf(*change->tree), 0);
        }
        if (version == (out.empty() ? std::nullopt : out.back().version))
            continue;
        PH_ASSIGN(const GitCommit commit, m_store.commit(change->commit));
        out.push_back({model, liveAlias, version, gitTime(git_commit_time(commit.get())), QString::fromUtf8(git_commit_author(commit.get())->name),
                       gitTrailer(QString::fromUtf8(git_commit_message(commit.get())), QStringLiteral("Operation"))});
    }
    std::reverse(out.begin(), out.end());
    return out;
}

Result<void> GitRegistry::moveLive(const QString &model, std::optional<int> expected, std::optional<int> to, const Stamp &stamp) {
    const GitServer &server = m_store.server();
    if (!to)
        return refused(QStringLiteral("What is deployed cannot be deleted here."), m_store.where(), QStringLiteral("Promote another version, or take the service down where it runs."));
    const GitVersion &wanted = m_history->model(model)->versions[std::size_t(*to - 1)];
    const QString name = nameOf(server.live);
    const QString subject = QStringLiteral("%1 %2 to version %3 (%4)").arg(expected && *to < *expected ? QStringLiteral("Revert") : QStringLiteral("Promote"), model).arg(*to).arg(shortOf(wanted.commit));
    const QString message = QStringLiteral("%1\n\nOf-Commit: %2\nOperation: %3\n").arg(subject, hexOf(wanted.commit), QString(stamp.operation).replace(QLatin1Char('\n'), QLatin1Char(' ')));
    const QString by = stamp.by.isEmpty() ? QStringLiteral("Pilothouse") : stamp.by;
    if (isKind(server.live, "tag")) {
        const QString ref = QStringLiteral("refs/tags/") + name;
        PH_ASSIGN(const auto before, m_store.ref(ref));
        PH_ASSIGN(const RefChange line, nextTag(model, liveAlias, wanted.commit, to, stamp));
        return m_store.apply({{ref, before, wanted.commit}, line}, subject);
    }
    if (isKind(server.live, "branch") || isKind(server.live, "merge")) {
        const QString ref = QStringLiteral("refs/heads/") + name, folder = m_history->folder(m_path, model);
        PH_ASSIGN(const auto before, m_store.ref(ref));
        if (!before) // the deployed branch begins with the version's own commit
            return m_store.apply({{ref, before, wanted.commit}}, subject);
        if (isKind(server.live, "merge")) {
            PH_ASSIGN(const auto merge, makeMerge(*before, wanted, folder, by, message));
            if (merge) {
                PH_TRY(checkWorkTree(ref, QString()));
                return moveBranch(ref, before, *merge, QString(), subject);
            }
        }
        PH_TRY(checkWorkTree(ref, folder));
        PH_ASSIGN(const git_oid commit, makeCommit(before, folder, wanted.tree, GIT_FILEMODE_TREE, by, message));
        return moveBranch(ref, before, commit, folder, subject);
    }
    PH_ASSIGN(const QString ref, writableBranch());
    PH_TRY(checkWorkTree(ref, name));
    PH_ASSIGN(const QByteArray manifest, m_store.fileAt(*m_history->tip, name));
    const QByteArray changed = gitWithImageTag(manifest, server.image, hexOf(wanted.commit));
    git_oid blob;
    PH_TRY(gitCall(git_blob_create_from_buffer(&blob, m_store.repository(), changed.constData(), std::size_t(changed.size())), QStringLiteral("The manifest could not be written."), m_store.where()));
    PH_ASSIGN(const git_oid commit, makeCommit(m_history->tip, name, blob, GIT_FILEMODE_BLOB, by, message));
    return moveBranch(ref, m_history->tip, commit, name, subject);
}

} // namespace pilothouse::registry
