// SPDX-License-Identifier: GPL-3.0-or-later
// What Git has of a registry: models, versions, and the runs that commits name.
#include "core/registry/git_registry_internal.h"

#include "core/base/hash.h"

#include <QRegularExpression>
#include <QUrl>

#include <algorithm>

namespace pilothouse::registry {

namespace {

QString sourceOf(const QString &url) {
    if (isFolderOfHere(url))
        return QStringLiteral("git");
    if (const QUrl parsed(url); url.contains(QLatin1String("://")))
        return parsed.port() < 0 ? parsed.host() : QStringLiteral("%1:%2").arg(parsed.host()).arg(parsed.port());
    return url.section(QLatin1Char(':'), 0, 0).section(QLatin1Char('@'), -1); // git@host:path
}

Error noVersion(const QString &model, int number) {
    return notFound(QStringLiteral("“%1” has no version %2.").arg(model).arg(number), {}, QStringLiteral("Versions are commits that changed its folder, counted from the first."));
}

} // namespace

GitRegistry::GitRegistry(GitServer server, QString packages)
    : m_store(server, packages + QStringLiteral("/.repository.git")), m_packages(std::move(packages)), m_source(sourceOf(server.url)) {
    for (const QString &part : server.path.split(QLatin1Char('/'))) {
        if (part.isEmpty() || part == QLatin1String("."))
            continue;
        if (part == QLatin1String("..") || part == QLatin1String(".git"))
            m_wrong = invalid(QStringLiteral("The path “%1” leads out of the repository.").arg(server.path), {}, QStringLiteral("Name a folder from the top of the repository, such as ml/artifacts."));
        m_path += (m_path.isEmpty() ? QString() : QStringLiteral("/")) + part;
    }
    if (!server.model.isEmpty())
        if (const auto named = checkModelName(server.model); !named)
            m_wrong = named.error();
    if (const QRegularExpression pattern(server.job); !server.job.isEmpty() && !pattern.isValid())
        m_wrong = invalid(QStringLiteral("“%1” is no regular expression: %2.").arg(server.job, pattern.errorString()), {}, QStringLiteral("Its first group is the job, such as Azure job (\\S+)"));
    if (const QString kind = server.live.section(QLatin1Char(':'), 0, 0), name = server.live.section(QLatin1Char(':'), 1);
        !server.live.isEmpty() && (name.isEmpty() || !QStringList{QStringLiteral("tag"), QStringLiteral("branch"), QStringLiteral("merge"), QStringLiteral("file")}.contains(kind)))
        m_wrong = invalid(QStringLiteral("“live: %1” does not say what is deployed.").arg(server.live), {}, QStringLiteral("Write tag:NAME, branch:NAME, merge:NAME, or file:PATH of a manifest whose image tag is a commit."));
}

Error GitRegistry::noRuns() {
    return refused(QStringLiteral("A Git repository keeps no runs: it has what the messages of its commits say."), {},
                   QStringLiteral("Log the run to a registry of kind local or mlflow, and name it when its package is registered here (--run)."));
}

Result<void> GitRegistry::setStage(const QString &, int, const QString &stage, bool) {
    PH_TRY(checkStageName(stage));
    return refused(QStringLiteral("A Git repository knows no stages."), {}, QStringLiteral("Set an alias of that name: it is a tag there, with its history."));
}

Result<const GitHistory *> GitRegistry::history(bool now, std::stop_token stop) const {
    if (m_wrong)
        return *m_wrong;
    PH_TRY(m_store.open(now, stop));
    PH_ASSIGN(const auto tip, m_store.tip());
    if (!m_history || m_history->tip.has_value() != tip.has_value() || (tip && !same(*tip, *m_history->tip))) {
        PH_ASSIGN(GitHistory read, readGitHistory(m_store, m_path, tip));
        m_history = std::move(read);
    }
    PH_TRY(readNotes());
    return &*m_history;
}

Result<int> GitRegistry::versionOf(const QString &model, const git_oid &oid) const {
    const GitModel *known = m_history->model(model);
    if (!known)
        return 0;
    auto commit = m_store.commit(oid);
    if (!commit && commit.error().kind == ErrorKind::NotFound)
        return 0;
    if (!commit)
        return commit.error();
    PH_ASSIGN(const auto tree, m_store.treeAt(commit->get(), m_history->folder(m_path, model)));
    return tree ? known->byTree.value(keyOf(*tree), 0) : 0;
}

Result<QString> GitRegistry::digestOf(const git_oid &oid) const {
    const QByteArray key = keyOf(oid);
    if (const auto known = m_digests.constFind(key); known != m_digests.constEnd())
        return *known;
    GitTree tree;
    PH_TRY(gitCall(git_tree_lookup(into(tree), m_store.repository(), &oid), QStringLiteral("The artifacts cannot be read."), m_store.where()));
    QString digest; // empty: no package of ours
    if (const git_tree_entry *sums = git_tree_entry_byname(tree.get(), "SHA256SUMS"); sums && git_tree_entry_type(sums) == GIT_OBJECT_BLOB) {
        GitBlob blob;
        PH_TRY(gitCall(git_blob_lookup(into(blob), m_store.repository(), git_tree_entry_id(sums)), QStringLiteral("SHA256SUMS cannot be read."), m_store.where()));
        const QByteArray text(static_cast<const char *>(git_blob_rawcontent(blob.get())), qsizetype(git_blob_rawsize(blob.get())));
        if (text.startsWith("# pilothouse package"))
            digest = sha256Hex(text);
    }
    m_digests.insert(key, digest);
    return digest;
}

Result<Version> GitRegistry::read(const QString &model, const GitVersion &at, int number, const std::vector<Alias> &aliases) const {
    PH_ASSIGN(const GitCommit commit, m_store.commit(at.commit));
    const QString message = QString::fromUtf8(git_commit_message(commit.get()));
    GitNote note = noteOf(model, at.commit);
    Version v;
    v.model = model;
    v.version = number;
    v.runId = gitRunOf(message, m_store.server().job);
    v.source = hexOf(at.commit) + QLatin1Char(':') + m_history->folder(m_path, model);
    PH_ASSIGN(v.digest, digestOf(at.tree));
    v.description = note.description.isEmpty() ? message.section(QLatin1Char('\n'), 0, 0) : note.description;
    v.user = QString::fromUtf8(git_commit_author(commit.get())->name);
    v.tags = std::move(note.tags);
    v.created = gitTime(git_commit_time(commit.get()));
    for (const Alias &alias : aliases)
        if (alias.version == number)
            v.aliases << alias.name;
    return v;
}

Result<RegisteredModel> GitRegistry::read(const QString &name, const GitModel &model) const {
    RegisteredModel out;
    out.name = name;
    out.latestVersion = int(model.versions.size());
    PH_ASSIGN(const GitCommit first, m_store.commit(model.versions.front().commit));
    PH_ASSIGN(const GitCommit last, m_store.commit(model.versions.back().commit));
    out.created = gitTime(git_commit_time(first.get()));
    out.updated = gitTime(git_commit_time(last.get()));
    PH_ASSIGN(out.aliases, aliasesOf(name));
    return out;
}

Result<std::vector<RegisteredModel>> GitRegistry::models() const {
    const std::lock_guard lock(m_mutex);
    PH_ASSIGN(const GitHistory *known, history());
    std::vector<RegisteredModel> out;
    for (auto it = known->models.begin(); it != known->models.end(); ++it) {
        PH_ASSIGN(RegisteredModel model, read(it.key(), *it));
        out.push_back(std::move(model));
    }
    return out;
}

Result<std::optional<RegisteredModel>> GitRegistry::model(const QString &name) const {
    const std::lock_guard lock(m_mutex);
    PH_ASSIGN(const GitHistory *known, history());
    const GitModel *found = known->model(name);
    if (!found)
        return std::optional<RegisteredModel>();
    PH_ASSIGN(RegisteredModel model, read(name, *found));
    return std::optional<RegisteredModel>(std::move(model));
}

Result<std::vector<Version>> GitRegistry::versions(const QString &model) const {
    const std::lock_guard lock(m_mutex);
    PH_ASSIGN(const GitHistory *known, history());
    std::vector<Version> out;
    const GitModel *found = known->model(model);
    if (!found)
        return out;
    PH_ASSIGN(const auto aliases, aliasesOf(model));
    out.reserve(found->versions.size());
    for (int number = int(found->versions.size()); number > 0; --number) {
        PH_ASSIGN(Version version, read(model, found->versions[std::size_t(number - 1)], number, aliases));
        out.push_back(std::move(version));
    }
    return out;
}

Result<Version> GitRegistry::versionAt(const QString &model, int number) const {
    const GitModel *found = m_history->model(model);
    if (!found || number < 1 || std::size_t(number) > found->versions.size())
        return noVersion(model, number);
    PH_ASSIGN(const auto aliases, aliasesOf(model));
    return read(model, found->versions[std::size_t(number - 1)], number, aliases);
}

Result<Version> GitRegistry::version(const QString &model, int number) const {
    const std::lock_guard lock(m_mutex);
    PH_TRY(history());
    return versionAt(model, number);
}

Result<Version> GitRegistry::versionByAlias(const QString &model, const QString &alias) const {
    const std::lock_guard lock(m_mutex);
    PH_TRY(history());
    PH_ASSIGN(const auto now, aliasNow(model, alias));
    if (!now)
        return notFound(QStringLiteral("“%1” has no alias “%2”.").arg(model, alias));
    if (*now == 0)
        return Error{ErrorKind::Conflict, QStringLiteral("The alias “%1” of “%2” points to a state that the branch has no more, or never had.").arg(alias, model), m_store.where(),
                     alias == liveAlias ? QStringLiteral("What is deployed was built from another branch, or history was rewritten. Compare, then promote a version.")
                                        : QStringLiteral("History was rewritten since it was set. Move it to the version that is meant (what it points to now counts as version 0)."), {}};
    return versionAt(model, *now);
}

Run GitRegistry::runOf(const Version &version, const QString &message, const QDateTime &time) const {
    Run run;
    run.id = run.name = version.runId;
    run.experiment = version.model;
    run.user = version.user;
    run.status = RunStatus::Finished;
    run.started = run.ended = time; // when its result was committed: Git knows no other
    run.metrics = gitMetricsOf(message);
    run.tags = {{QStringLiteral("git.commit"), version.source.section(QLatin1Char(':'), 0, 0)}};
    run.artifactFolder = version.source;
    return run;
}

/// Newest first; a job whose results were committed twice once.
Result<std::vector<Run>> GitRegistry::runsOf(const QString &model) const {
    std::vector<Run> out;
    QHash<QString, bool> seen;
    const GitModel *found = m_history->model(model);
    for (std::size_t i = found ? found->versions.size() : 0; i-- > 0;) {
        PH_ASSIGN(const GitCommit commit, m_store.commit(found->versions[i].commit));
        const QString message = QString::fromUtf8(git_commit_message(commit.get()));
        if (const QString id = gitRunOf(message, m_store.server().job); !id.isEmpty() && !seen.contains(id)) {
            seen.insert(id, true);
            PH_ASSIGN(const Version version, read(model, found->versions[i], int(i + 1), {}));
            out.push_back(runOf(version, message, version.created));
        }
    }
    return out;
}

Result<std::vector<Run>> GitRegistry::runs(const QString &experiment, int limit) const {
    const std::lock_guard lock(m_mutex);
    PH_ASSIGN(const GitHistory *known, history());
    std::vector<Run> out;
    for (const QString &model : experiment.isEmpty() ? QStringList(known->models.keys()) : QStringList{experiment}) {
        PH_ASSIGN(auto some, runsOf(model));
        std::move(some.begin(), some.end(), std::back_inserter(out));
    }
    std::stable_sort(out.begin(), out.end(), [](const Run &a, const Run &b) { return a.started > b.started; });
    if (limit >= 0 && out.size() > std::size_t(limit))
        out.resize(std::size_t(limit));
    return out;
}

Result<Run> GitRegistry::run(const QString &id) const {
    PH_ASSIGN(const auto all, runs({}, -1));
    const auto found = std::find_if(all.begin(), all.end(), [&](const Run &run) { return run.id == id; });
    if (found == all.end())
        return notFound(QStringLiteral("No commit names the run “%1”.").arg(id), m_store.where(), QStringLiteral("Runs are known here by the job that a commit's message names."));
    return *found;
}

Result<std::vector<MetricPoint>> GitRegistry::metricHistory(const QString &runId, const QString &metric) const {
    PH_ASSIGN(const Run found, run(runId));
    std::vector<MetricPoint> out;
    if (found.metrics.contains(metric))
        out.push_back({metric, found.metrics.value(metric), 0, found.ended});
    return out;
}

std::shared_ptr<Registry> gitRegistry(GitServer server, const QString &packages) { return std::make_shared<GitRegistry>(std::move(server), packages); }

} // namespace pilothouse::registry
