// SPDX-License-Identifier: GPL-3.0-or-later
// What an apply would do: each object tried on the server, its conflicts, the tags that would go back.
#include "core/rollouts/apply_folder.h"

#include "core/cluster/object_text.h"
#include "core/registry/git_files.h"

#include <QDir>
#include <QFileInfo>
#include <QHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QSet>

#include <algorithm>

namespace pilothouse::rollouts {

namespace {

using Q = QLatin1String;
using cluster::KubeApi;
using cluster::KubeKind;
using cluster::KubeRef;
using cluster::Manifest;
using Change = AppliedObject::Change;

/// Kinds by apiVersion and kind: those of definitions in the folder, then the server's discovery.
class Kinds {
public:
    Kinds(const KubeApi &api, const std::vector<Manifest> &manifests, std::stop_token token) : m_api(api), m_token(std::move(token)) {
        for (const Manifest &m : manifests) {
            if (m.kind != Q("CustomResourceDefinition"))
                continue;
            const QJsonObject spec = m.object.value(Q("spec")).toObject(), names = spec.value(Q("names")).toObject();
            for (const QJsonValue &version : spec.value(Q("versions")).toArray()) {
                KubeKind kind{spec.value(Q("group")).toString(), version.toObject().value(Q("name")).toString(), names.value(Q("plural")).toString(), names.value(Q("kind")).toString(),
                              spec.value(Q("scope")).toString() != Q("Cluster")};
                m_defined.insert(kind.apiVersion() + QLatin1Char(' ') + kind.kind, kind);
            }
        }
    }

    struct Found {
        KubeKind kind;
        bool defined = false; ///< by the folder only: the server has it not yet
    };
    Result<Found> of(const Manifest &m) {
        const QString key = m.apiVersion + QLatin1Char(' ') + m.kind;
        if (!m_asked.contains(m.apiVersion))
            PH_TRY(ask(m.apiVersion));
        if (const auto known = m_served.constFind(key); known != m_served.constEnd())
            return Found{*known, false};
        if (const auto own = m_defined.constFind(key); own != m_defined.constEnd())
            return Found{*own, true};
        QStringList near;
        for (auto it = m_served.begin(); it != m_served.end(); ++it)
            if (it->kind.compare(m.kind, Qt::CaseInsensitive) == 0)
                near << it.key();
        return invalid(QStringLiteral("This cluster has no %1 of %2.").arg(m.kind, m.apiVersion), m.place,
                       near.isEmpty() ? QStringLiteral("Install what defines it (its CustomResourceDefinition), or put the definition into the folder.") : QStringLiteral("It has %1.").arg(near.join(QStringLiteral(", "))));
    }

private:
    Result<void> ask(const QString &apiVersion) {
        m_asked.insert(apiVersion);
        const bool core = !apiVersion.contains(QLatin1Char('/'));
        const auto list = m_api.get((core ? Q("/api/") : Q("/apis/")) + apiVersion, {}, m_token);
        if (!list)
            return list.error().kind == ErrorKind::NotFound ? Result<void>() : list.error();
        const QString group = core ? QString() : apiVersion.section(QLatin1Char('/'), 0, 0), version = apiVersion.section(QLatin1Char('/'), -1);
        for (const QJsonValue &value : list->value(Q("resources")).toArray()) {
            const QJsonObject r = value.toObject();
            const QString name = r.value(Q("name")).toString();
            if (!name.contains(QLatin1Char('/')))
                m_served.insert(apiVersion + QLatin1Char(' ') + r.value(Q("kind")).toString(), {group, version, name, r.value(Q("kind")).toString(), r.value(Q("namespaced")).toBool()});
        }
        return {};
    }
    const KubeApi &m_api;
    std::stop_token m_token;
    QHash<QString, KubeKind> m_defined, m_served;
    QSet<QString> m_asked;
};

/// The fields of a conflict of server-side apply and who has them: by the Status' causes, else by its sentence.
std::vector<FieldConflict> conflictsOf(const Error &error) {
    std::vector<FieldConflict> out;
    static const QRegularExpression who(QStringLiteral("conflicts? with \"([^\"]*)\""));
    const QJsonArray causes = QJsonDocument::fromJson(error.raw.toUtf8()).object().value(Q("details")).toObject().value(Q("causes")).toArray();
    for (const QJsonValue &value : causes) {
        const QJsonObject cause = value.toObject();
        if (cause.value(Q("reason")) == Q("FieldManagerConflict"))
            out.push_back({cause.value(Q("field")).toString(), who.match(cause.value(Q("message")).toString()).captured(1)});
    }
    if (!out.empty())
        return out;
    QString manager;
    for (const QString &line : error.what.split(QLatin1Char('\n'))) {
        if (const auto found = who.match(line); found.hasMatch()) {
            manager = found.captured(1);
            if (const QString field = line.section(QStringLiteral(": "), -1).trimmed(); field.startsWith(QLatin1Char('.')))
                out.push_back({field, manager});
        } else if (line.trimmed().startsWith(Q("- "))) {
            out.push_back({line.trimmed().mid(2), manager});
        }
    }
    return out;
}

bool isConflict(const Error &error) { return error.kind == ErrorKind::Conflict && (error.what.contains(Q("conflict")) || error.raw.contains(Q("FieldManagerConflict"))); }

/// The folder makes the namespace (or definition) that the server does not find.
bool comesWith(const std::vector<AppliedObject> &before, const QString &space) {
    return std::any_of(before.begin(), before.end(), [&](const AppliedObject &o) { return o.ref.kind.kind == Q("Namespace") && o.ref.name == space && o.change == Change::Create; });
}

/// Fills in what the server says: before, after, conflicts, problem.
Result<void> tryObject(const KubeApi &api, AppliedObject &object, bool definedHere, const std::vector<AppliedObject> &earlier, bool force, std::stop_token token) {
    if (definedHere || comesWith(earlier, object.ref.space)) {
        object.untried = true;
        object.after = object.manifest;
        return {};
    }
    auto live = api.read(object.ref, token);
    if (live)
        object.before = *live;
    else if (live.error().kind != ErrorKind::NotFound)
        return live.error();
    const QString path = cluster::objectPath(object.ref);
    auto tried = api.patch(path, cluster::PatchKind::Apply, object.manifest, true, false);
    if (!tried && isConflict(tried.error())) {
        object.force = true; // what it would be with force is shown in any case
        for (const FieldConflict &c : conflictsOf(tried.error()))
            if (c.manager != Q("pilothouse")) // what we set by another way is ours
                object.conflicts.push_back(c);
        if (!object.conflicts.empty() && !force)
            object.problem = Error{ErrorKind::Refused, QStringLiteral("Fields of it are managed by others."), object.place, QStringLiteral("--force takes them over."), tried.error().what};
        tried = api.patch(path, cluster::PatchKind::Apply, object.manifest, true, true);
    }
    if (tried) {
        object.after = *tried;
        return {};
    }
    Error problem = tried.error();
    if (problem.kind == ErrorKind::Cancelled || problem.kind == ErrorKind::Unreachable || problem.kind == ErrorKind::TimedOut)
        return problem;
    if (problem.what.contains(Q("immutable")) && problem.hint.isEmpty())
        problem.hint = QStringLiteral("What cannot be changed needs another object: give it another name, or delete the old one first.");
    if (problem.kind == ErrorKind::NotFound && !object.ref.space.isEmpty() && problem.hint.isEmpty())
        problem.hint = QStringLiteral("Put the Namespace into the folder, or make it: kubectl create namespace %1.").arg(object.ref.space);
    object.after = object.manifest;
    object.problem = problem;
    return {};
}

/// A tag in the files that is behind the one that runs.
void warnOfTags(const ApplySource &source, const AppliedObject &object, QStringList &warnings) {
    if (object.before.isEmpty())
        return;
    const auto running = cluster::containerImages(object.before);
    for (const cluster::ContainerImage &wanted : cluster::containerImages(object.manifest)) {
        const auto live = std::find_if(running.begin(), running.end(), [&](const cluster::ContainerImage &c) { return c.container == wanted.container; });
        if (live == running.end() || live->image == wanted.image)
            continue;
        const auto now = cluster::imageParts(live->image), then = cluster::imageParts(wanted.image);
        if (now.name != then.name || now.suffix == then.suffix)
            continue;
        const bool filled = std::any_of(source.images.begin(), source.images.end(), [&](const cluster::FilledImage &f) { return f.container == wanted.container && f.after == wanted.image; });
        std::optional<int> order = cluster::tagOrder(then.tag(), now.tag());
        if (!order && !now.tag().isEmpty() && !then.tag().isEmpty())
            order = registry::gitOrder(source.folder, then.tag(), now.tag());
        const QString where = QStringLiteral("%1, container %2").arg(object.ref.text(), wanted.container);
        if (order && *order < 0)
            warnings << QStringLiteral("%1: %2 runs, and %3 is older: this would roll it back.%4").arg(where, now.suffix.mid(1), then.suffix.mid(1), filled ? QString() : QStringLiteral(" The files carry the old tag; --image %1=TAG puts the built one in.").arg(then.name.section(QLatin1Char('/'), -1)));
        else if (!order && !filled)
            warnings << QStringLiteral("%1: %2 runs, the files carry %3, and nothing says which is newer. --image %4=TAG puts the built one in.").arg(where, now.suffix.isEmpty() ? QStringLiteral("no tag") : now.suffix.mid(1), then.suffix.isEmpty() ? QStringLiteral("no tag") : then.suffix.mid(1), then.name.section(QLatin1Char('/'), -1));
    }
}

/// Fields that `kubectl apply` set and the files have no more: server-side apply leaves them, as they are not ours.
void warnOfLeftovers(const AppliedObject &object, QStringList &notes) {
    const QString last = object.before.value(Q("metadata")).toObject().value(Q("annotations")).toObject().value(Q("kubectl.kubernetes.io/last-applied-configuration")).toString();
    if (last.isEmpty())
        return;
    QStringList left;
    const std::function<void(const QJsonObject &, const QJsonObject &, const QString &)> walk = [&](const QJsonObject &was, const QJsonObject &now, const QString &path) {
        for (auto it = was.begin(); it != was.end(); ++it) {
            if (!now.contains(it.key()))
                left << path + QLatin1Char('.') + it.key();
            else if (it.value().isObject() && now.value(it.key()).isObject())
                walk(it.value().toObject(), now.value(it.key()).toObject(), path + QLatin1Char('.') + it.key());
        }
    };
    const QJsonObject was = QJsonDocument::fromJson(last.toUtf8()).object();
    for (const auto key : {Q("spec"), Q("data")})
        walk(was.value(key).toObject(), object.manifest.value(key).toObject(), QLatin1Char('.') + QString(key));
    if (!left.isEmpty())
        notes << QStringLiteral("%1: kubectl apply set %2, which the files have no more; it stays.").arg(object.ref.text(), left.join(QStringLiteral(", ")));
}

QString setName(const ApplyOptions &options, const QString &folder) {
    QString name = options.set.isEmpty() ? QFileInfo(QDir::cleanPath(QFileInfo(folder).absoluteFilePath())).fileName() : options.set;
    name.replace(QRegularExpression(QStringLiteral("[^A-Za-z0-9._-]")), QStringLiteral("-"));
    name = name.left(63);
    static const QRegularExpression edge(QStringLiteral("^[^A-Za-z0-9]+|[^A-Za-z0-9]+$"));
    name.remove(edge);
    return name.isEmpty() ? QStringLiteral("folder") : name;
}

QJsonObject labelled(QJsonObject object, const QString &space, const QString &set) {
    QJsonObject metadata = object.value(Q("metadata")).toObject(), labels = metadata.value(Q("labels")).toObject();
    labels.insert(applySetLabel, set);
    metadata.insert(Q("labels"), labels);
    if (!space.isEmpty())
        metadata.insert(Q("namespace"), space);
    for (const auto key : {Q("managedFields"), Q("resourceVersion"), Q("uid"), Q("generation"), Q("creationTimestamp"), Q("selfLink")}) // of an exported object: a bar to every apply
        metadata.remove(key);
    object.insert(Q("metadata"), metadata);
    object.remove(Q("status"));
    return object;
}

/// What an earlier apply of this set made and the folder has no more.
Result<void> addPruned(const KubeApi &api, ApplyPlan &plan, const QString &space, std::stop_token token) {
    namespace k = cluster::kinds;
    std::vector<KubeKind> look{k::Deployment, k::StatefulSet, k::DaemonSet, k::Job, k::CronJob, k::Service, k::Ingress, k::HorizontalPodAutoscaler, k::ConfigMap, k::Secret, k::ServiceAccount,
                               {QStringLiteral("rbac.authorization.k8s.io"), QStringLiteral("v1"), QStringLiteral("rolebindings"), QStringLiteral("RoleBinding"), true},
                               {QStringLiteral("rbac.authorization.k8s.io"), QStringLiteral("v1"), QStringLiteral("roles"), QStringLiteral("Role"), true},
                               {QStringLiteral("networking.k8s.io"), QStringLiteral("v1"), QStringLiteral("networkpolicies"), QStringLiteral("NetworkPolicy"), true},
                               {QStringLiteral("policy"), QStringLiteral("v1"), QStringLiteral("poddisruptionbudgets"), QStringLiteral("PodDisruptionBudget"), true}};
    static const QStringList kept{QStringLiteral("Namespace"), QStringLiteral("CustomResourceDefinition"), QStringLiteral("PersistentVolumeClaim"), QStringLiteral("PersistentVolume")};
    QSet<QString> here, spaces{space};
    for (const AppliedObject &o : plan.objects) {
        here.insert(o.ref.kind.group + QLatin1Char('|') + o.ref.kind.kind + QLatin1Char('|') + o.ref.space + QLatin1Char('|') + o.ref.name);
        if (!o.ref.space.isEmpty())
            spaces.insert(o.ref.space);
        if (!o.untried && std::none_of(look.begin(), look.end(), [&](const KubeKind &kind) { return kind.group == o.ref.kind.group && kind.kind == o.ref.kind.kind; }))
            look.push_back(o.ref.kind);
    }
    std::vector<AppliedObject> gone;
    for (const KubeKind &kind : look) {
        for (const QString &where : kind.namespaced ? spaces : QSet<QString>{QString()}) {
            const auto found = api.list(kind, where, applySetLabel + QLatin1Char('=') + plan.set, token);
            if (!found && (found.error().kind == ErrorKind::Denied || found.error().kind == ErrorKind::NotFound)) {
                plan.notes << QStringLiteral("%1 were not looked at for pruning: %2").arg(kind.plural, found.error().what);
                continue;
            }
            if (!found)
                return found.error();
            for (const QJsonObject &object : *found) {
                AppliedObject o;
                o.ref = {kind, cluster::metadataText(object, "namespace"), cluster::metadataText(object, "name")};
                if (here.contains(kind.group + QLatin1Char('|') + kind.kind + QLatin1Char('|') + o.ref.space + QLatin1Char('|') + o.ref.name) ||
                    !object.value(Q("metadata")).toObject().value(Q("ownerReferences")).toArray().isEmpty())
                    continue;
                if (kept.contains(kind.kind)) {
                    plan.notes << QStringLiteral("%1 is in the folder no more and is not pruned: it holds what cannot be made again.").arg(o.ref.text());
                    continue;
                }
                o.before = object;
                o.before.insert(Q("apiVersion"), kind.apiVersion()); // items of a list do not say it
                o.before.insert(Q("kind"), kind.kind);
                o.change = Change::Delete;
                gone.push_back(std::move(o));
            }
        }
    }
    std::stable_sort(gone.begin(), gone.end(), [](const AppliedObject &a, const AppliedObject &b) { return cluster::installOrder(a.ref.kind.kind) > cluster::installOrder(b.ref.kind.kind); });
    for (AppliedObject &o : gone) {
        const auto texts = cluster::comparedTexts(o.before, {});
        o.diff = cluster::lineDiff(texts.before, texts.after);
        plan.objects.push_back(std::move(o));
    }
    return {};
}

} // namespace

Result<ApplySource> readApplySource(const QString &folder, const QString &revision, const QStringList &images, bool deep) {
    ApplySource source;
    source.folder = folder;
    source.revision = revision;
    if (!revision.isEmpty()) {
        PH_ASSIGN(auto files, registry::gitFilesAt(folder, revision, deep));
        source.commit = files.commit;
        PH_ASSIGN(source.manifests, cluster::manifestsOf(std::move(files.files), folder));
    } else {
        PH_ASSIGN(source.manifests, cluster::readManifests(folder, deep));
        if (const auto place = registry::gitPlaceOf(folder); place && *place) {
            source.commit = (*place)->commit;
            if ((*place)->changed)
                source.notes << QStringLiteral("%1 has changes that are not committed; they are applied, and {commit} is the commit before them.").arg(folder);
        }
    }
    std::vector<cluster::ImageFill> fills;
    for (const QString &image : images) {
        PH_ASSIGN(auto fill, cluster::parseImageFill(image, source.commit));
        fills.push_back(std::move(fill));
    }
    PH_ASSIGN(source.images, cluster::fillImages(source.manifests, fills));
    return source;
}

int ApplyPlan::count(AppliedObject::Change change) const {
    return int(std::count_if(objects.begin(), objects.end(), [&](const AppliedObject &o) { return o.change == change; }));
}

std::vector<KubeRef> ApplyPlan::workloads() const {
    std::vector<KubeRef> out;
    for (const AppliedObject &o : objects)
        if ((o.change == Change::Create || o.change == Change::Change) && o.ref.kind.group == Q("apps") && (o.ref.kind.kind == Q("Deployment") || o.ref.kind.kind == Q("StatefulSet") || o.ref.kind.kind == Q("DaemonSet")))
            out.push_back(o.ref);
    return out;
}

Result<ApplyPlan> planApply(const KubeApi &api, ApplySource source, const ApplyOptions &options, std::stop_token token) {
    ApplyPlan plan;
    plan.folder = source.folder;
    plan.revision = source.revision;
    plan.commit = source.commit;
    plan.images = source.images;
    plan.notes = source.notes;
    plan.set = setName(options, source.folder);
    const QString space = options.space.isEmpty() ? api.space() : options.space;
    std::stable_sort(source.manifests.begin(), source.manifests.end(), [](const Manifest &a, const Manifest &b) { return cluster::installOrder(a.kind) < cluster::installOrder(b.kind); });
    Kinds kinds(api, source.manifests, token);
    for (const Manifest &m : source.manifests) {
        if (token.stop_requested())
            return cancelled();
        PH_ASSIGN(const auto found, kinds.of(m));
        if (found.kind.namespaced && !options.space.isEmpty() && !m.space.isEmpty() && m.space != options.space)
            return invalid(QStringLiteral("%1 names the namespace %2, and %3 was asked for.").arg(m.text(), m.space, options.space), m.place, QStringLiteral("Leave out --namespace, or change the file."));
        AppliedObject object;
        object.ref = {found.kind, found.kind.namespaced ? (m.space.isEmpty() ? space : m.space) : QString(), m.name};
        object.place = m.place;
        object.manifest = labelled(m.object, object.ref.space, plan.set);
        PH_TRY(tryObject(api, object, found.defined, plan.objects, options.force, token));
        const auto texts = cluster::comparedTexts(object.before, object.after);
        object.diff = cluster::lineDiff(texts.before, texts.after);
        const bool same = cluster::cleanedObject(object.before) == cluster::cleanedObject(object.after); // a Secret's masked texts may be equal
        object.change = object.before.isEmpty() ? Change::Create : same && !object.problem ? Change::Unchanged : Change::Change;
        warnOfTags(source, object, plan.warnings);
        warnOfLeftovers(object, plan.notes);
        plan.objects.push_back(std::move(object));
    }
    if (options.prune)
        PH_TRY(addPruned(api, plan, space, token));
    return plan;
}

} // namespace pilothouse::rollouts
