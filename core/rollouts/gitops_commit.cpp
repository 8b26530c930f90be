// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollouts/gitops_commit.h"

#include "core/cluster/object_text.h"

#include <QRegularExpression>

#include <memory>

namespace pilothouse::rollouts {

namespace {

using Q = QLatin1String;

QString titleOf(const cluster::ManifestEdit &edit) {
    QStringList parts;
    if (!edit.image.isEmpty())
        parts << QStringLiteral("image %1").arg(edit.image);
    if (edit.replicas)
        parts << QStringLiteral("%1 replicas").arg(*edit.replicas);
    return QStringLiteral("%1 %2: %3").arg(edit.kind, edit.name, parts.join(QStringLiteral(", ")));
}

bool isManifest(const QString &path) { return path.endsWith(Q(".yaml")) || path.endsWith(Q(".yml")); }

} // namespace

Result<GitOpsChange> planGitOps(const GitOpsSource &source, const cluster::ManifestEdit &edit, std::stop_token stop) {
    PH_ASSIGN(const registry::GitFiles files, registry::gitFilesOfBranch(source.server, source.copies, source.folder, stop));
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
        if (!edited && edited.error().where.startsWith(path) && found.isEmpty() && bytes.contains(edit.name.toUtf8()))
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
    if (change.branch.isEmpty()) {
        QString tag = edit.image.isEmpty() ? QStringLiteral("scale-%1").arg(edit.replicas.value_or(0)) : edit.image.section(QLatin1Char('/'), -1);
        tag.replace(QRegularExpression(QStringLiteral("[^A-Za-z0-9._-]+")), QStringLiteral("-"));
        change.branch = QStringLiteral("pilothouse/%1-%2").arg(edit.name, tag.left(60));
    }
    PH_ASSIGN(const QString tip, registry::gitBranchTip(source.server, source.copies, change.branch));
    if (!tip.isEmpty() && tip != change.base && source.branch.isEmpty()) // of an earlier wish: a name of its own
        change.branch += QLatin1Char('-') + change.base.left(7);
    change.diff = cluster::lineDiff(QString::fromUtf8(change.before), QString::fromUtf8(change.after));
    return change;
}

operations::Operation gitOpsOperation(const GitOpsSource &source, const GitOpsChange &change, const cluster::ManifestEdit &edit, const QString &author) {
    operations::Operation operation;
    operation.kind = QStringLiteral("gitops-commit");
    operation.object = QStringLiteral("%1/%2").arg(edit.kind.toLower(), edit.name);
    operation.connection = source.connection;
    operation.summary = QStringLiteral("Commit to %1: %2").arg(change.branch, titleOf(edit));
    operation.details = {{Q("file"), change.file}, {Q("branch"), change.branch}, {Q("base"), change.base}};
    operation.undoRecord = {{Q("kind"), Q("gitops-commit")}, {Q("file"), change.file}, {Q("branch"), change.branch}};
    auto made = std::make_shared<QString>();
    operations::Step step;
    const auto counted = cluster::countedDiff(change.diff);
    step.call = {QStringLiteral("COMMIT"), QStringLiteral("branch %1 of %2").arg(change.branch, source.server.url), QStringLiteral("%1: %2 lines more, %3 fewer").arg(change.file).arg(counted.added).arg(counted.removed),
                 QStringLiteral("a commit that puts the file back"), QStringLiteral("git commit -m '%1' %2 && git push origin %3").arg(titleOf(edit), change.file, change.branch)};
    step.execute = [source, change, edit, author, made]() -> Result<void> {
        const QString message = titleOf(edit) + QStringLiteral("\n\nBy %1 with Pilothouse.\n").arg(author);
        PH_ASSIGN(*made, registry::gitCommitFiles(source.server, source.copies, change.branch, {{change.file, change.before, change.after}}, message, author));
        return {};
    };
    step.readBack = [source, change, made]() -> Result<QJsonObject> {
        PH_ASSIGN(const QString tip, registry::gitBranchTip(source.server, source.copies, change.branch));
        if (tip != *made)
            return Error{ErrorKind::Conflict, QStringLiteral("The branch went on to %1 meanwhile.").arg(tip.left(7)), change.branch, {}, {}};
        return QJsonObject{{Q("commit"), *made}, {Q("branch"), change.branch}};
    };
    step.undo = [source, change, edit, author]() -> Result<void> {
        const auto back = registry::gitCommitFiles(source.server, source.copies, change.branch, {{change.file, change.after, change.before}}, QStringLiteral("Revert \"%1\"\n\nBy %2 with Pilothouse.\n").arg(titleOf(edit), author), author);
        return back ? Result<void>() : back.error();
    };
    operation.steps.push_back(std::move(step));
    return operation;
}

} // namespace pilothouse::rollouts
