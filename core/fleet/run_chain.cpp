// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/run_chain.h"

#include <QJsonArray>

#include <algorithm>

namespace pilothouse::fleet {

using Q = QLatin1String;
using pipelines::PipelineRun;

namespace {

bool sameCommit(const QString &a, const QString &b) { return a.size() >= 7 && b.size() >= 7 && (a.startsWith(b, Qt::CaseInsensitive) || b.startsWith(a, Qt::CaseInsensitive)); }

/// The run's id in its own system, as a registry's tag has it.
QString idThere(const PipelineRun &run) { return run.connection.isEmpty() ? run.id : run.id.mid(run.connection.size() + 1); }

/// Versions by what their tags name, so that many runs and many versions are joined in one pass.
class VersionIndex {
public:
    explicit VersionIndex(const std::vector<registry::Version> &versions) : m_versions(versions) {
        static const QStringList runTags{QStringLiteral("pipeline.run"), QStringLiteral("run_url"), QStringLiteral("build_url"), QStringLiteral("jenkins.build_url"), QStringLiteral("github.run_id"),
                                         QStringLiteral("kfp.run_id"), QStringLiteral("azureml.job"), QStringLiteral("azureml.runid")};
        static const QStringList commitTags{QStringLiteral("git.commit"), QStringLiteral("commit"), QStringLiteral("mlflow.source.git.commit")};
        for (qsizetype i = 0; i < qsizetype(versions.size()); ++i) {
            const registry::Version &version = versions[std::size_t(i)];
            m_byNumber[{version.model, version.version}] << i;
            for (const QString &name : runTags)
                add(m_byRun, plain(version.tags.value(name)), i);
            add(m_byRun, version.runId, i); // Azure ML: the job is the registry's run
            for (const QString &name : commitTags)
                add(m_byCommit, version.tags.value(name).trimmed().left(7).toLower(), i);
        }
    }
    std::vector<RunChain::OfModel> of(const PipelineRun &run) const {
        std::vector<RunChain::OfModel> out;
        QList<qsizetype> taken;
        const auto take = [&](const QList<qsizetype> &places, const char *why, auto fits) {
            for (const qsizetype i : places) {
                const registry::Version &version = m_versions[std::size_t(i)];
                if (taken.contains(i) || !fits(version))
                    continue;
                taken << i;
                out.push_back({version.model, version.version, QString::fromLatin1(why)});
            }
        };
        const auto any = [](const registry::Version &) { return true; };
        if (!run.model.isEmpty() && run.version > 0)
            take(m_byNumber.value({run.model, run.version}), "run", any);
        for (const QString &id : {run.id, idThere(run), plain(run.link)})
            if (!id.isEmpty())
                take(m_byRun.value(id), "tag", any);
        if (!run.model.isEmpty() && run.commit.size() >= 7)
            take(m_byCommit.value(run.commit.left(7).toLower()), "commit", [&](const registry::Version &version) {
                if (version.model != run.model)
                    return false;
                for (const char *name : {"git.commit", "commit", "mlflow.source.git.commit"})
                    if (sameCommit(version.tags.value(Q(name)).trimmed(), run.commit))
                        return true;
                return false;
            });
        return out;
    }

private:
    static QString plain(QString value) { // an address with and without its last slash
        value = value.trimmed();
        while (value.endsWith(QLatin1Char('/')))
            value.chop(1);
        return value;
    }
    static void add(QHash<QString, QList<qsizetype>> &to, const QString &key, qsizetype i) {
        if (!key.isEmpty() && !to[key].contains(i))
            to[key] << i;
    }
    const std::vector<registry::Version> &m_versions;
    QHash<std::pair<QString, int>, QList<qsizetype>> m_byNumber;
    QHash<QString, QList<qsizetype>> m_byRun, m_byCommit;
};

/// "ghcr.io/team/frontend:v34" is what the run made: its images name it, or its tag is the run's commit or number.
bool madeBy(const PipelineRun &run, const QString &image) {
    const qsizetype colon = image.lastIndexOf(QLatin1Char(':'));
    if (colon < 0 || image.indexOf(QLatin1Char('/'), colon) >= 0)
        return false;
    const QString tag = image.mid(colon + 1).section(QLatin1Char('@'), 0, 0), repository = image.left(colon), last = repository.section(QLatin1Char('/'), -1);
    for (auto it = run.images.begin(); it != run.images.end(); ++it)
        if (it.value() == tag && (it.key() == repository || it.key().section(QLatin1Char('/'), -1) == last))
            return true;
    const QString commit = tag.section(QLatin1Char('-'), -1);
    return sameCommit(commit, run.commit) && commit.size() >= 7;
}

void addRollouts(const PipelineRun &run, const Snapshot &s, RunChain &chain) {
    for (const ModelRow &row : s.models) {
        if (!row.rollout || !row.rollout->stable)
            continue;
        RunChain::Rollout rollout;
        rollout.model = row.name;
        rollout.version = row.rollout->stable->version;
        rollout.revision = row.rollout->stable->revision;
        rollout.operation = row.rollout->operation;
        const bool byVersion = std::any_of(chain.versions.begin(), chain.versions.end(), [&](const RunChain::OfModel &v) { return v.model == row.name && v.version == rollout.version; });
        QString image;
        for (const registry::Version &version : s.versions) // what the version's tag says that it is served in
            if (version.model == row.name && version.version == rollout.version && madeBy(run, version.tags.value(QStringLiteral("image"))))
                image = version.tags.value(QStringLiteral("image"));
        if (!byVersion && image.isEmpty())
            continue;
        rollout.image = image;
        chain.rollouts.push_back(rollout);
    }
}

/// Sets that grow together.
class Groups {
public:
    void join(const QString &a, const QString &b) {
        if (a.isEmpty() || b.isEmpty())
            return;
        const QString left = root(a), right = root(b);
        if (left != right)
            m_parent[left] = right;
    }
    bool has(const QString &id) const { return m_parent.contains(id); }
    QHash<QString, QString> all() {
        QHash<QString, QString> out;
        const QStringList known = m_parent.keys();
        for (const QString &id : known)
            out.insert(id, root(id));
        return out;
    }

private:
    QString root(const QString &id) {
        QString at = id;
        if (!m_parent.contains(at))
            m_parent.insert(at, at);
        while (m_parent.value(at) != at)
            at = m_parent.value(at);
        return at;
    }
    QHash<QString, QString> m_parent;
};

} // namespace

RunChain chainOf(const PipelineRun &run, const Snapshot &snapshot) {
    RunChain chain;
    chain.run = run.id;
    chain.commit = run.commit;
    chain.versions = VersionIndex(snapshot.versions).of(run);
    for (auto it = run.images.begin(); it != run.images.end(); ++it)
        chain.images << it.key() + QLatin1Char(':') + it.value();
    chain.then = snapshot.joined.value(run.id);
    chain.before = snapshot.joined.key(run.id);
    for (const PipelineRun &other : snapshot.pipelineRuns) // what the training registered is what the deploy run put into service
        if (!chain.before.isEmpty() && other.id == chain.before)
            for (RunChain::OfModel &version : VersionIndex(snapshot.versions).of(other))
                if (std::none_of(chain.versions.begin(), chain.versions.end(), [&](const RunChain::OfModel &v) { return v.model == version.model && v.version == version.version; }))
                    chain.versions.push_back(version);
    addRollouts(run, snapshot, chain);
    return chain;
}

QString rolloutLink(const ModelRow &row) {
    if (!row.rollout || !row.rollout->operation.isEmpty() || !row.rollout->stable)
        return row.rollout ? row.rollout->operation : QString();
    return QStringLiteral("rollout/%1/%2").arg(row.name).arg(row.rollout->stable->revision);
}

QString versionLink(const QString &model, int version) { return QStringLiteral("version/%1/%2").arg(model).arg(version); }

namespace {

/// A rollout of an image that a run built, whatever is registered.
void joinImages(const Snapshot &s, Groups &groups) {
    for (const ModelRow &row : s.models) {
        if (!row.rollout || !row.rollout->stable)
            continue;
        for (const registry::Version &version : s.versions) {
            const QString image = version.model == row.name && version.version == row.rollout->stable->version ? version.tags.value(QStringLiteral("image")) : QString();
            for (const PipelineRun &run : s.pipelineRuns)
                if (!image.isEmpty() && madeBy(run, image))
                    groups.join(run.id, rolloutLink(row));
        }
    }
}

} // namespace

QHash<QString, QString> chainIds(const Snapshot &s) {
    Groups groups;
    const auto ofVersion = [](const QString &model, int version) { return QStringLiteral("\n%1\n%2").arg(model).arg(version); }; // no id has a line feed
    const VersionIndex index(s.versions);
    for (const PipelineRun &run : s.pipelineRuns)
        for (const RunChain::OfModel &version : index.of(run))
            groups.join(run.id, ofVersion(version.model, version.version));
    for (auto it = s.joined.begin(); it != s.joined.end(); ++it)
        groups.join(it.key(), it.value());
    for (const registry::Version &version : s.versions)
        if (!version.runId.isEmpty())
            groups.join(version.runId, ofVersion(version.model, version.version));
    for (const promotion::Request &request : s.promotions) {
        groups.join(request.id, ofVersion(request.model, request.version));
        groups.join(request.operation, ofVersion(request.model, request.version));
    }
    for (const ModelRow &row : s.models)
        if (row.rollout && row.rollout->stable)
            groups.join(rolloutLink(row), ofVersion(row.name, row.rollout->stable->version));
    joinImages(s, groups);
    for (const registry::Version &version : s.versions)
        if (const QString id = ofVersion(version.model, version.version); groups.has(id)) // one that stands alone is none's
            groups.join(versionLink(version.model, version.version), id);
    QHash<QString, QString> out = groups.all();
    for (auto it = out.begin(); it != out.end();)
        it = it.key().startsWith(QLatin1Char('\n')) ? out.erase(it) : std::next(it);
    return out;
}

QJsonObject RunChain::toJson() const {
    QJsonArray ofModels, ofRollouts;
    for (const OfModel &v : versions)
        ofModels << QJsonObject{{Q("model"), v.model}, {Q("version"), v.version}, {Q("by"), v.why}};
    for (const Rollout &r : rollouts)
        ofRollouts << QJsonObject{{Q("model"), r.model}, {Q("version"), r.version}, {Q("revision"), r.revision}, {Q("operation"), r.operation}, {Q("image"), r.image}};
    return {{Q("run"), run}, {Q("commit"), commit}, {Q("versions"), ofModels}, {Q("images"), QJsonArray::fromStringList(images)}, {Q("rollouts"), ofRollouts}, {Q("before"), before}, {Q("then"), then}};
}

} // namespace pilothouse::fleet
