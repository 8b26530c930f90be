// SPDX-License-Identifier: GPL-3.0-or-later
// Which commit is which version.
#include "core/registry/git_registry_internal.h"

#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>
#include <QUrl>

#include <algorithm>

namespace pilothouse::registry {

namespace {

bool equal(const std::optional<git_oid> &a, const std::optional<git_oid> &b) { return a.has_value() == b.has_value() && (!a || same(*a, *b)); }

/// Files that only keep or explain a folder.
bool isBeside(const QString &name) { return name.startsWith(QLatin1Char('.')) || name.startsWith(QLatin1String("README"), Qt::CaseInsensitive); }

Result<bool> holdsFiles(const GitStore &store, const git_oid &oid) {
    GitTree tree;
    PH_TRY(gitCall(git_tree_lookup(into(tree), store.repository(), &oid), QStringLiteral("The artifacts cannot be read."), store.where()));
    for (std::size_t i = 0; i < git_tree_entrycount(tree.get()); ++i) {
        const git_tree_entry *entry = git_tree_entry_byindex(tree.get(), i);
        if (git_tree_entry_type(entry) != GIT_OBJECT_TREE && !isBeside(QString::fromUtf8(git_tree_entry_name(entry))))
            return true;
    }
    return false;
}

/// "damage" of /src/damage, …/damage.git; what cannot be in a model's name is a dash.
QString nameOf(const GitStore &store) {
    QString url = store.server().url;
    if (isFolderOfHere(url))
        url = QString::fromUtf8(git_repository_workdir(store.repository()) ? git_repository_workdir(store.repository()) : git_repository_path(store.repository()));
    while (url.endsWith(QLatin1Char('/')))
        url.chop(1);
    if (url.endsWith(QLatin1String("/.git")))
        url.chop(5);
    if (url.endsWith(QLatin1String(".git")))
        url.chop(4);
    QString name = url.mid(std::max(url.lastIndexOf(QLatin1Char('/')), url.lastIndexOf(QLatin1Char(':'))) + 1);
    static const QRegularExpression other(QStringLiteral("[^A-Za-z0-9._-]"));
    name.replace(other, QStringLiteral("-"));
    return checkModelName(name) ? name : QStringLiteral("model");
}

void add(GitModel &model, const git_oid &commit, const git_oid &tree) {
    const QByteArray key = keyOf(tree);
    if (model.byTree.contains(key))
        return; // brought back, no new one
    model.versions.push_back({commit, tree});
    model.byTree.insert(key, int(model.versions.size()));
}

} // namespace

Result<std::vector<GitFolderChange>> gitFolderChanges(const GitStore &store, const QString &path, const git_oid &tip) {
    std::vector<GitFolderChange> out;
    std::optional<GitFolderChange> last; // not yet known whether it is a change: that is seen at its parent
    git_oid at = tip, lastRoot{};
    for (;;) {
        PH_ASSIGN(const GitCommit commit, store.commit(at));
        std::optional<git_oid> tree;
        if (last && same(lastRoot, *git_commit_tree_id(commit.get()))) {
            tree = last->tree;
        } else {
            PH_ASSIGN(tree, store.treeAt(commit.get(), path));
        }
        if (last && !equal(last->tree, tree))
            out.push_back(*last);
        last = GitFolderChange{at, tree};
        lastRoot = *git_commit_tree_id(commit.get());
        if (git_commit_parentcount(commit.get()) == 0)
            break;
        at = *git_commit_parent_id(commit.get(), 0);
    }
    if (last->tree) // there from the first commit on
        out.push_back(*last);
    return out;
}

Result<GitHistory> readGitHistory(const GitStore &store, const QString &path, const std::optional<git_oid> &tip) {
    GitHistory history;
    history.tip = tip;
    history.single = store.server().model;
    if (!tip)
        return history;
    PH_ASSIGN(const auto changes, gitFolderChanges(store, path, *tip));
    if (history.single.isEmpty()) {
        PH_ASSIGN(const GitCommit commit, store.commit(*tip));
        PH_ASSIGN(const auto now, store.treeAt(commit.get(), path));
        if (now) {
            PH_ASSIGN(const bool files, holdsFiles(store, *now));
            if (files)
                history.single = nameOf(store);
        }
    }
    QHash<QString, QByteArray> before; // of each folder: most of them do not change
    for (auto change = changes.rbegin(); change != changes.rend(); ++change) {
        if (!change->tree)
            continue;
        if (!history.single.isEmpty()) {
            add(history.models[history.single], change->commit, *change->tree);
            continue;
        }
        GitTree tree;
        PH_TRY(gitCall(git_tree_lookup(into(tree), store.repository(), &*change->tree), QStringLiteral("The artifacts of commit %1 cannot be read.").arg(shortOf(change->commit)), store.where()));
        for (std::size_t i = 0; i < git_tree_entrycount(tree.get()); ++i) {
            const git_tree_entry *entry = git_tree_entry_byindex(tree.get(), i);
            const QString name = QString::fromUtf8(git_tree_entry_name(entry));
            const QByteArray key = keyOf(*git_tree_entry_id(entry));
            if (git_tree_entry_type(entry) != GIT_OBJECT_TREE || before.value(name) == key || !checkModelName(name))
                continue;
            before.insert(name, key);
            add(history.models[name], change->commit, *git_tree_entry_id(entry));
        }
    }
    return history;
}

QString gitTrailer(const QString &message, const QString &key) {
    QString found;
    for (const QString &line : message.split(QLatin1Char('\n')))
        if (line.startsWith(key + QLatin1Char(':'), Qt::CaseInsensitive))
            found = line.mid(key.size() + 1).trimmed();
    return found;
}

QString gitRunOf(const QString &message, const QString &pattern) {
    const auto first = [&](const QRegularExpression &expression) {
        const QRegularExpressionMatch match = expression.match(message);
        return match.hasMatch() ? match.captured(std::min(1, match.lastCapturedIndex())) : QString();
    };
    if (!pattern.isEmpty())
        return first(QRegularExpression(pattern, QRegularExpression::MultilineOption));
    static const QRegularExpression line(QStringLiteral("^(?:run|job|run-id|job-id|azure-job|azureml-run)\\s*:\\s*([\\w.:-]+)\\s*$"), QRegularExpression::MultilineOption | QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression azure(QStringLiteral("\\b([a-z]+_[a-z]+_[a-z0-9]{6,12})\\b"));
    static const QRegularExpression inText(QStringLiteral("\\b(?:run|job)(?:[ _-]?(?:name|id))?\\s*[:=]\\s*[\"'`]?([A-Za-z0-9][\\w.-]*\\w)"), QRegularExpression::CaseInsensitiveOption);
    for (const QRegularExpression *expression : {&line, &azure, &inText})
        if (const QString found = first(*expression); !found.isEmpty())
            return found;
    return {};
}

QMap<QString, double> gitMetricsOf(const QString &message) {
    static const QRegularExpression number(QStringLiteral("(?<![\\w.])([A-Za-z][A-Za-z0-9_@]*(?:[ -](?:score|loss))?)\\s*[:=]\\s*(-?\\d+\\.\\d+(?:[eE][-+]?\\d+)?)(\\s*%)?(?![\\w.]*\\w)"));
    QMap<QString, double> out;
    for (auto matches = number.globalMatch(message); matches.hasNext();) {
        const QRegularExpressionMatch match = matches.next();
        out.insert(match.captured(1).replace(QLatin1Char(' '), QLatin1Char('_')), match.captured(2).toDouble() / (match.captured(3).isEmpty() ? 1 : 100));
    }
    return out;
}

} // namespace pilothouse::registry
