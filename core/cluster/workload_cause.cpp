// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/workload_cause.h"

#include "core/cluster/change_note.h"
#include "core/cluster/pod_template.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>

namespace pilothouse::cluster {

namespace {

using Q = QLatin1String;

QString text(const QJsonObject &object, const char *key) { return object.value(Q(key)).toString(); }

/// The value of an annotation that the revision before has not: a value that both have was kept by a later change, and is not about it.
QString own(const WorkloadRevision &revision, const WorkloadRevision *before, const QString &key) {
    const QString value = revision.annotations.value(key).toString();
    return before && before->annotations.value(key).toString() == value ? QString() : value;
}

/// What Azure/k8s-deploy, the action of GitHub workflows, writes.
bool toldByGitHub(WorkloadRevision &revision, const WorkloadRevision *before) {
    const QString key = QStringLiteral("actions.github.com/k8s-deploy");
    const QJsonObject run = QJsonDocument::fromJson(own(revision, before, key).toUtf8()).object();
    if (run.isEmpty())
        return false;
    revision.origin = QStringLiteral("github");
    revision.by = text(run, "createdBy");
    revision.cause = QStringLiteral("GitHub workflow %1, run %2 of %3").arg(text(run, "workflow"), text(run, "run"), text(run, "repository"));
    if (revision.commit.isEmpty())
        revision.commit = text(run, "commit");
    if (const qint64 ms = run.value(Q("deployTimestamp")).toInteger(); ms > 0)
        revision.when = QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC);
    return true;
}

/// Annotations that Jenkins jobs are known to leave: a build's address or number under a key with its name.
bool toldByJenkins(WorkloadRevision &revision, const WorkloadRevision *before) {
    const QJsonObject annotations = revision.annotations;
    for (auto it = annotations.begin(); it != annotations.end(); ++it)
        if (it.key().contains(Q("jenkins"), Qt::CaseInsensitive))
            if (const QString value = own(revision, before, it.key()); !value.isEmpty()) {
                revision.origin = QStringLiteral("jenkins");
                revision.cause = QStringLiteral("Jenkins: %1").arg(value);
                return true;
            }
    return false;
}

QString originOfText(const QString &cause) {
    if (cause.contains(Q("jenkins"), Qt::CaseInsensitive) || cause.contains(Q("/job/")))
        return QStringLiteral("jenkins");
    if (cause.contains(Q("github"), Qt::CaseInsensitive) || cause.contains(Q("/actions/runs/")))
        return QStringLiteral("github");
    if (cause.startsWith(Q("kubectl ")))
        return QStringLiteral("kubectl");
    return QStringLiteral("other");
}

QString originOfManager(const QString &manager) {
    if (manager.isEmpty())
        return {};
    if (manager.startsWith(Q("kubectl")))
        return QStringLiteral("kubectl");
    if (manager.startsWith(Q("argocd")))
        return QStringLiteral("argo-cd");
    if (manager == Q("kustomize-controller") || manager == Q("helm-controller"))
        return QStringLiteral("flux");
    for (const char *known : {"helm", "jenkins", "pilothouse"})
        if (manager.startsWith(Q(known), Qt::CaseInsensitive))
            return Q(known);
    return QStringLiteral("other");
}

/// "image api:398 → api:420", "restarted", "3 changes of the pod template".
QString causeByDifference(const WorkloadRevision &revision, const WorkloadRevision *before) {
    if (const QString was = revision.annotations.value(Q("deployment.kubernetes.io/revision-history")).toString().section(QLatin1Char(','), -1); !was.isEmpty())
        return QStringLiteral("back to what was revision %1").arg(was);
    if (!before)
        return QStringLiteral("the first that is kept");
    const auto restarted = [](const WorkloadRevision &r) {
        return r.podTemplate.value(Q("metadata")).toObject().value(Q("annotations")).toObject().value(Q("kubectl.kubernetes.io/restartedAt")).toString();
    };
    const TemplateDiff diff = templateDiff(before->podTemplate, revision.podTemplate);
    if (const QString at = restarted(revision); diff.changes == 1 && !at.isEmpty() && at != restarted(*before))
        return QStringLiteral("restarted at %1").arg(at);
    QStringList images;
    for (qsizetype i = 0; i < std::min(before->images.size(), revision.images.size()); ++i)
        if (before->images.at(i) != revision.images.at(i))
            images << QStringLiteral("%1 → %2").arg(before->images.at(i), revision.images.at(i));
    if (!images.isEmpty() && images.size() == diff.changes)
        return QStringLiteral("image %1").arg(images.join(QStringLiteral(", ")));
    const QString count = diff.changes == 1 ? QStringLiteral("1 change of the pod template") : QStringLiteral("%1 changes of the pod template").arg(diff.changes);
    return images.isEmpty() ? count : QStringLiteral("image %1; %2").arg(images.join(QStringLiteral(", ")), count);
}

} // namespace

QString commitOf(const QJsonObject &podTemplate, const QJsonObject &annotations, const QJsonObject &labels) {
    static const QStringList keys{QStringLiteral("org.opencontainers.image.revision"), QStringLiteral("git-commit"), QStringLiteral("git.commit"), QStringLiteral("commit"), QStringLiteral("commit-sha"),
                                  QStringLiteral("git-sha"), QStringLiteral("git_sha"), QStringLiteral("git-revision"), QStringLiteral("revision-sha")};
    static const QRegularExpression hex(QStringLiteral("^[0-9a-f]{7,40}$"));
    const QJsonObject metadata = podTemplate.value(Q("metadata")).toObject();
    for (const QJsonObject &words : {metadata.value(Q("annotations")).toObject(), metadata.value(Q("labels")).toObject(), annotations, labels})
        for (auto it = words.begin(); it != words.end(); ++it)
            if (keys.contains(it.key().section(QLatin1Char('/'), -1).toLower()) && hex.match(it.value().toString()).hasMatch())
                return it.value().toString();
    static const QRegularExpression inTag(QStringLiteral("(?:^|[-_.])(?:sha-|g)?([0-9a-f]{7,40})$"));
    for (const QJsonValue &value : podTemplate.value(Q("spec")).toObject().value(Q("containers")).toArray()) {
        const QString image = value.toObject().value(Q("image")).toString().section(QLatin1Char('@'), 0, 0), tag = image.section(QLatin1Char('/'), -1).section(QLatin1Char(':'), 1);
        const auto match = inTag.match(tag);
        // 20260102 is a date, and 1234567 a number: a short commit that has no letter is one in 27.
        if (match.hasMatch() && (match.captured(1).contains(QRegularExpression(QStringLiteral("[a-f]"))) || match.captured(1).size() == 40))
            return match.captured(1);
    }
    return {};
}

TemplateWriter templateWriter(const QJsonObject &workload) {
    TemplateWriter out;
    for (const QJsonValue &value : workload.value(Q("metadata")).toObject().value(Q("managedFields")).toArray()) {
        const QJsonObject entry = value.toObject();
        if (!entry.value(Q("fieldsV1")).toObject().value(Q("f:spec")).toObject().contains(Q("f:template")) || !entry.value(Q("subresource")).toString().isEmpty())
            continue;
        const QDateTime when = QDateTime::fromString(text(entry, "time"), Qt::ISODate).toUTC();
        if (out.manager.isEmpty() || when > out.when)
            out = {text(entry, "manager"), when};
    }
    return out;
}

void tellCause(WorkloadRevision &revision, const WorkloadRevision *before, const QJsonObject &workload, const QDateTime &created) {
    const bool putBack = !text(revision.annotations, "deployment.kubernetes.io/revision-history").isEmpty();
    revision.when = putBack ? QDateTime() : created;
    revision.changeCause = text(revision.annotations, "kubernetes.io/change-cause");
    if (const auto note = changeNote(revision.annotations, revision.podTemplate)) {
        revision.origin = QStringLiteral("pilothouse");
        revision.by = note->by;
        revision.cause = note->what;
        revision.operation = note->operation;
        revision.model = note->model;
        revision.version = note->version;
        revision.when = note->at;
        return;
    }
    const TemplateWriter writer = revision.current ? templateWriter(workload) : TemplateWriter();
    if (writer.when.isValid())
        revision.when = writer.when;
    if (toldByGitHub(revision, before) || toldByJenkins(revision, before))
        return;
    const QString said = own(revision, before, QStringLiteral("kubernetes.io/change-cause"));
    revision.by = writer.manager;
    revision.cause = said.isEmpty() ? causeByDifference(revision, before) : said;
    revision.origin = said.isEmpty() ? originOfManager(writer.manager) : originOfText(said);
}

} // namespace pilothouse::cluster
