// SPDX-License-Identifier: GPL-3.0-or-later
// What a person should know: a commit that no workflow followed, a workflow that starts itself.
#include "core/pipelines/github_pipelines.h"

#include <QUrl>

#include <algorithm>

namespace pilothouse::pipelines {

namespace {

using Q = QLatin1String;
constexpr qint64 patience = 180; ///< seconds that GitHub has to make a run
constexpr qint64 lookAgain = 60;  ///< seconds after which a branch is looked at though no run is new

bool wantsNoRun(const QString &message) {
    static const QStringList marks{QStringLiteral("[skip ci]"), QStringLiteral("[ci skip]"), QStringLiteral("[no ci]"), QStringLiteral("[skip actions]"), QStringLiteral("[actions skip]"), QStringLiteral("skip-checks: true"), QStringLiteral("skip-checks:true")};
    return std::any_of(marks.begin(), marks.end(), [&](const QString &mark) { return message.contains(mark, Qt::CaseInsensitive); });
}

} // namespace

void GitHubPipelines::notice(const GitHubRepository &repository, const std::vector<PipelineRun> &runs) const {
    noticeSelf(repository);
    {
        const std::lock_guard lock(m_lock);
        const GitHubReplyPointer latest = m_latest.value(repository.full());
        auto &[seen, when] = m_noticed[repository.full()];
        if (seen == latest && when.isValid() && when.secsTo(m_api.now()) < lookAgain)
            return; // nothing ran since, and the branch was looked at
        seen = latest;
        when = m_api.now();
    }
    noticeCommit(repository, runs);
}

/// The branch's last commit, if workflows would start for its files and no run has it. A push by the built-in token of a workflow starts none.
void GitHubPipelines::noticeCommit(const GitHubRepository &repository, const std::vector<PipelineRun> &runs) const {
    const auto branch = usualBranch(repository);
    const auto reply = branch ? m_api.get(QStringLiteral("/repos/%1/commits/%2").arg(repository.full(), QString::fromUtf8(QUrl::toPercentEncoding(*branch)))) : Result<GitHubReplyPointer>(branch.error());
    if (!reply)
        return; // a notice that cannot be known is none
    const QJsonObject tip = (*reply)->json.object(), commit = tip.value(Q("commit")).toObject();
    const QString sha = tip.value(Q("sha")).toString(), id = QStringLiteral("no-workflow %1").arg(repository.full());
    const auto followed = [&] { return std::any_of(runs.begin(), runs.end(), [&](const PipelineRun &run) { return run.commit == sha; }); };
    {
        const std::lock_guard lock(m_lock);
        QDateTime &seen = m_tips[repository.full() + QLatin1Char(' ') + sha];
        if (!seen.isValid())
            seen = std::max(m_api.now().addSecs(-patience - 1), githubTime(commit.value(Q("committer")).toObject().value(Q("date"))).addSecs(0));
        if (const auto old = m_notices.constFind(id); old != m_notices.constEnd() && (followed() || !old->sentence.contains(sha.left(7))))
            m_notices.remove(id);
        if (sha.isEmpty() || followed() || m_notices.contains(id) || seen.secsTo(m_api.now()) < patience || wantsNoRun(commit.value(Q("message")).toString()))
            return;
    }
    QUrlQuery query;
    query.addQueryItem(QStringLiteral("head_sha"), sha);
    query.addQueryItem(QStringLiteral("per_page"), QStringLiteral("1"));
    const auto asked = m_api.get(QStringLiteral("/repos/%1/actions/runs").arg(repository.full()), query);
    const auto listed = asked && (*asked)->json.object().value(Q("total_count")).toInt() == 0 ? workflows(repository) : Result<std::vector<Workflow>>(std::vector<Workflow>());
    if (!listed)
        return;
    QStringList files;
    for (const QJsonValue &file : tip.value(Q("files")).toArray())
        files << file.toObject().value(Q("filename")).toString();
    QString who = tip.value(Q("committer")).toObject().value(Q("login")).toString();
    if (who.isEmpty())
        who = commit.value(Q("committer")).toObject().value(Q("name")).toString();
    for (const Workflow &w : *listed) {
        const auto file = fileAt(repository, w.path, sha, true);
        if (!file || w.state != Q("active") || !(*file)->startsFor(*branch, files) || (*file)->leavesOut(commit.value(Q("message")).toString(), who))
            continue;
        const bool bot = who.contains(Q("[bot]")) || who.contains(Q("github-actions"));
        Notice n;
        n.id = id + QLatin1Char(' ') + sha;
        n.kind = QStringLiteral("no-workflow");
        n.pipeline = joined(repository, w.file);
        n.sentence = QStringLiteral("No workflow followed the commit %1 by %2 on %3, though %4 starts for its files. %5").arg(sha.left(7), who.isEmpty() ? QStringLiteral("somebody") : who, *branch, w.file,
                                                                                                                     bot ? QStringLiteral("A push with a workflow's built-in token starts none.") : QStringLiteral("It may have been pushed with a workflow's built-in token."));
        n.since = m_api.now();
        if ((*file)->dispatch) {
            n.fix = QStringLiteral("Dispatch");
            n.start = StartRequest{n.pipeline, {}, *branch, {}, QStringLiteral("no workflow followed the commit %1").arg(sha.left(7))};
        }
        const std::lock_guard lock(m_lock);
        m_notices.insert(id, n);
        return;
    }
}

/// A run by a push whose commit was made while the run before it of the same workflow was under way, twice in a row.
void GitHubPipelines::noticeSelf(const GitHubRepository &repository) const {
    GitHubReplyPointer reply;
    {
        const std::lock_guard lock(m_lock);
        reply = m_latest.value(repository.full());
    }
    if (!reply)
        return;
    QMap<QString, std::vector<QJsonObject>> byFile; // newest first
    for (const QJsonValue &value : reply->json.object().value(Q("workflow_runs")).toArray())
        if (const QJsonObject run = value.toObject(); run.value(Q("event")).toString() == Q("push"))
            byFile[run.value(Q("path")).toString().section(QLatin1Char('@'), 0, 0).section(QLatin1Char('/'), -1) + QLatin1Char(' ') + run.value(Q("head_branch")).toString()].push_back(run);
    for (auto it = byFile.begin(); it != byFile.end(); ++it) {
        int chain = 0;
        QJsonObject author;
        for (std::size_t i = 0; i + 1 < it->size(); ++i) {
            const QJsonObject &now = (*it)[i], &before = (*it)[i + 1], head = now.value(Q("head_commit")).toObject();
            const QDateTime made = githubTime(head.value(Q("timestamp"))), from = githubTime(before.value(Q("run_started_at"))), to = githubTime(before.value(Q("updated_at")));
            if (!made.isValid() || made < from || made > to)
                break;
            author = head.value(Q("author")).toObject();
            ++chain;
        }
        const QString file = it.key().section(QLatin1Char(' '), 0, 0), id = QStringLiteral("self-trigger %1 %2").arg(repository.full(), it.key());
        const std::lock_guard lock(m_lock);
        if (chain < 2) {
            m_notices.remove(id);
            continue;
        }
        if (m_notices.contains(id) || !isWanted(repository, file))
            continue;
        Notice n;
        n.id = id;
        n.kind = QStringLiteral("self-trigger");
        n.pipeline = joined(repository, file);
        n.run = joined(repository, QString::number(it->front().value(Q("id")).toInteger()));
        n.sentence = QStringLiteral("%1 seems to start itself: its last %2 runs each follow a commit that was made while the run before was under way (by %3). Leave its own files out of the trigger (paths-ignore), or write [skip ci] into the commit.")
                         .arg(file).arg(chain).arg(author.value(Q("name")).toString(QStringLiteral("somebody")));
        n.since = m_api.now();
        m_notices.insert(id, n);
    }
}

Result<std::vector<Notice>> GitHubPipelines::notices() const {
    const std::lock_guard lock(m_lock);
    const auto values = m_notices.values();
    return std::vector<Notice>(values.begin(), values.end());
}

} // namespace pilothouse::pipelines
