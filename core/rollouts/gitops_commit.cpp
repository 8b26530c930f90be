// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollouts/gitops_commit.h"

#include "core/cluster/object_text.h"

#include <QRegularExpression>

#include <memory>

namespace pilothouse::rollouts {

namespace {

using Q = QLatin1String;

QString titleOf(const cluster::ManifestEdit &edit) { return QStringLiteral("%1 %2: %3").arg(edit.kind, edit.name, edit.text()); }

bool isManifest(const QString &path) { return path.endsWith(Q(".yaml")) || path.endsWith(Q(".yml")); }

/// The end of a new branch's name: "api-v2", "scale-3", "env-MODE", "resources".
QString wishOf(const cluster::ManifestEdit &edit) {
    QString wish = !edit.image.isEmpty()         ? edit.image.section(QLatin1Char('/'), -1)
                   : edit.replicas               ? QStringLiteral("scale-%1").arg(*edit.replicas)
                   : !edit.environment.isEmpty() ? QStringLiteral("env-") + edit.environment.firstKey()
                                                 : QStringLiteral("resources");
    return wish.replace(QRegularExpression(QStringLiteral("[^A-Za-z0-9._-]+")), QStringLiteral("-")).left(60);
}

/// Commits a change of one file to its branch; what was there is put back by a commit more.
struct FileCommit {
    GitOpsSource source;
    GitOpsChange change;
    QString title, author;

    QString message(const QString &first) const { return first + QStringLiteral("\n\nBy %1 with Pilothouse.\n").arg(author); }
    operations::Step step() const {
        operations::Step step;
        const auto counted = cluster::countedDiff(change.diff);
        const auto made = std::make_shared<QString>();
        step.call = {QStringLiteral("COMMIT"), QStringLiteral("branch %1 of %2").arg(change.branch, source.server.url), QStringLiteral("%1: %2 lines more, %3 fewer").arg(change.file).arg(counted.added).arg(counted.removed),
                     QStringLiteral("a commit that puts the file back"), QStringLiteral("git commit -m '%1' %2 && git push origin %3").arg(QString(title).replace(QLatin1Char('\''), Q("'\\''")), change.file, change.branch)};
        step.guard = [f = *this]() -> Result<void> {
            PH_ASSIGN(const QByteArray now, registry::gitFileOfBranch(f.source.server, f.source.copies, f.change.branch, f.change.file));
            if (now == f.change.before)
                return {};
            return Error{ErrorKind::Conflict, QStringLiteral("%1 is no longer what it was when the plan was made.").arg(f.change.file), f.source.server.url, QStringLiteral("Look at the plan again."),
                         cluster::lineDiff(QString::fromUtf8(f.change.before), QString::fromUtf8(now)).join(QLatin1Char('\n'))};
        };
        step.execute = [f = *this, made]() -> Result<void> {
            PH_ASSIGN(*made, registry::gitCommitFiles(f.source.server, f.source.copies, f.change.branch, {{f.change.file, f.change.before, f.change.after}}, f.message(f.title), f.author));
            return {};
        };
        step.readBack = [f = *this, made]() -> Result<QJsonObject> {
            PH_ASSIGN(const QString tip, registry::gitBranchTip(f.source.server, f.source.copies, f.change.branch));
            QJsonObject seen{{Q("commit"), *made}, {Q("branch"), f.change.branch}};
            if (tip.isEmpty())
                return Error{ErrorKind::Conflict, QStringLiteral("The branch is gone."), f.change.branch, {}, {}};
            if (tip != *made) // somebody went on from there: the push was taken only on top of what was planned
                seen.insert(Q("branchTip"), tip);
            if (!f.change.page.isEmpty())
                seen.insert(Q("pullRequest"), f.change.page);
            return seen;
        };
        step.undo = [f = *this]() -> Result<void> {
            const auto back = registry::gitCommitFiles(f.source.server, f.source.copies, f.change.branch, {{f.change.file, f.change.after, f.change.before}}, f.message(QStringLiteral("Revert \"%1\"").arg(f.title)), f.author);
            return back ? Result<void>() : back.error();
        };
        return step;
    }
    operations::Operation operation(const QString &object) const {
        operations::Operation operation;
        operation.kind = QStringLiteral("gitops-commit");
        operation.object = object;
        operation.connection = source.connection;
        operation.summary = QStringLiteral("Commit to %1: %2").arg(change.branch, title);
        operation.details = {{Q("file"), change.file}, {Q("branch"), change.branch}, {Q("base"), change.base}};
        if (!change.page.isEmpty())
            operation.details.insert(Q("pullRequest"), change.page);
        operation.undoRecord = {{Q("kind"), Q("gitops-commit")}, {Q("connection"), source.connection}, {Q("repository"), source.server.url}, {Q("file"), change.file}, {Q("branch"), change.branch}, {Q("title"), title}};
        operation.steps.push_back(step());
        return operation;
    }
};

Result<void> addPage(const GitOpsSource &source, GitOpsChange &change) {
    PH_ASSIGN(const registry::GitOrigin origin, registry::gitOrigin(source.server, source.copies));
    change.into = origin.branch;
    if (change.branch != origin.branch)
        change.page = registry::pullRequestPage(origin.address, origin.branch, change.branch);
    return {};
}

} // namespace

Result<GitOpsChange> planGitOps(const GitOpsSource &source, const cluster::ManifestEdit &edit, std::stop_token stop) {
    registry::GitServer from = source.server;
    if (!source.branch.isEmpty()) { // a branch that is there already is changed as it is
        PH_ASSIGN(const QString there, registry::gitBranchTip(source.server, source.copies, source.branch));
        if (!there.isEmpty())
            from.branch = source.branch;
    }
    PH_ASSIGN(const registry::GitFiles files, registry::gitFilesOfBranch(from, source.copies, source.folder, stop));
    GitOpsChange change;
    change.base = files.commit;
    QStringList found, elsewhere;
    for (const auto &[path, bytes] : files.files) {
        const QString leaf = path.section(QLatin1Char('/'), -1);
        if (leaf == Q("Chart.yaml") || leaf.startsWith(Q("kustomization.y")))
            elsewhere << path;
        if (!isManifest(path) || bytes.contains("{{")) // a template of a chart
            continue;
        auto edited = cluster::editedManifest(bytes, path, edit);
        // What is refused is refused in every file; what cannot be read counts where the object may be.
        if (!edited && (edited.error().kind == ErrorKind::Refused || (edited.error().where.startsWith(path) && found.isEmpty() && bytes.contains(edit.name.toUtf8()))))
            return edited.error();
        if (!edited || !*edited)
            continue;
        found << path;
        change.file = path;
        change.before = bytes;
        change.after = **edited;
    }
    if (found.isEmpty())
        return elsewhere.isEmpty() ? notFound(QStringLiteral("No manifest of %1 has %2 %3.").arg(source.folder.isEmpty() ? QStringLiteral("the repository") : source.folder, edit.kind, edit.name), source.server.url, QStringLiteral("Name the folder that the controller follows."))
                                   : refused(QStringLiteral("%1 %2 is made of %3, not written as a manifest.").arg(edit.kind, edit.name, elsewhere.first()), source.server.url, QStringLiteral("Change the value there (values.yaml, images: of the kustomization)."));
    if (found.size() > 1)
        return invalid(QStringLiteral("Several manifests have %1 %2: %3.").arg(edit.kind, edit.name, found.join(QStringLiteral(", "))), source.server.url, QStringLiteral("Name the folder of the environment that is meant."));
    if (change.before == change.after)
        return refused(QStringLiteral("%1 says that already.").arg(change.file), source.server.url, QStringLiteral("If the cluster has something else, its controller has not followed yet: look at its sync status."));
    change.branch = source.branch;
    if (change.branch.isEmpty())
        change.branch = QStringLiteral("pilothouse/%1-%2").arg(edit.name, wishOf(edit));
    const QString stem = change.branch;
    for (int n = 1; source.branch.isEmpty(); ++n) { // of an earlier wish: a name of its own
        PH_ASSIGN(const QString tip, registry::gitBranchTip(source.server, source.copies, change.branch));
        if (tip.isEmpty() || tip == change.base)
            break;
        change.branch = stem + QLatin1Char('-') + change.base.left(7) + (n > 1 ? QStringLiteral("-%1").arg(n) : QString());
    }
    change.diff = cluster::lineDiff(QString::fromUtf8(change.before), QString::fromUtf8(change.after));
    PH_TRY(addPage(source, change));
    return change;
}

operations::Operation gitOpsOperation(const GitOpsSource &source, const GitOpsChange &change, const cluster::ManifestEdit &edit, const QString &author) {
    return FileCommit{source, change, titleOf(edit), author}.operation(QStringLiteral("%1/%2").arg(edit.kind.toLower(), edit.name));
}

bool isGitOpsOperation(const operations::RecordedOperation &recorded) { return recorded.undoRecord.value(Q("kind")).toString() == Q("gitops-commit"); }

Result<operations::Operation> undoGitOpsOperation(const GitOpsSource &source, const operations::RecordedOperation &recorded, const QString &author) {
    if (recorded.phase != Q("done"))
        return refused(QStringLiteral("Operation %1 is %2: there is nothing to undo.").arg(recorded.id, recorded.phase));
    QString commit;
    for (const QJsonValue &seen : recorded.after)
        commit = seen.toObject().value(Q("commit")).toString(commit);
    if (commit.isEmpty())
        return refused(QStringLiteral("The journal does not say which commit %1 made.").arg(recorded.id), {}, QStringLiteral("Revert it by git."));
    GitOpsChange change;
    change.file = recorded.undoRecord.value(Q("file")).toString();
    change.branch = recorded.undoRecord.value(Q("branch")).toString();
    change.base = commit;
    PH_ASSIGN(const registry::GitFileChange made, registry::gitFileChange(source.server, source.copies, commit, change.file));
    change.before = made.after;
    change.after = made.before;
    change.diff = cluster::lineDiff(QString::fromUtf8(change.before), QString::fromUtf8(change.after));
    PH_TRY(addPage(source, change));
    operations::Operation operation = FileCommit{source, change, QStringLiteral("Revert \"%1\"").arg(recorded.undoRecord.value(Q("title")).toString()), author}.operation(recorded.object);
    operation.details.insert(Q("undoes"), recorded.id);
    return operation;
}

} // namespace pilothouse::rollouts
