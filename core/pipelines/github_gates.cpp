// SPDX-License-Identifier: GPL-3.0-or-later
// Pending deployments: environments with reviewers. POST runs/{id}/approve is for runs of forks and is never used.
#include "core/pipelines/github_pipelines.h"

#include <algorithm>

namespace pilothouse::pipelines {

namespace {

using Q = QLatin1String;
constexpr int daysUntilItFails = 30;

QString reviewerOf(const QJsonObject &entry) {
    const QJsonObject who = entry.value(Q("reviewer")).toObject();
    return entry.value(Q("type")).toString() == Q("Team") ? QStringLiteral("team ") + who.value(Q("slug")).toString(who.value(Q("name")).toString()) : who.value(Q("login")).toString();
}

/// A gate's id: the environments, and behind "@" how many reviews of earlier attempts they had when it opened (GitHub lists those of all attempts, without saying of which).
QList<qint64> idsOf(const Gate &gate) {
    QList<qint64> ids;
    for (const QString &word : gate.id.section(QLatin1Char('@'), 0, 0).split(QLatin1Char(','), Qt::SkipEmptyParts))
        ids << word.toLongLong();
    return ids;
}
int earlierReviews(const Gate &gate) { return gate.id.section(QLatin1Char('@'), 1).toInt(); }

/// Those of these environments, oldest first.
QList<QJsonObject> reviewsOf(const QJsonArray &all, const QList<qint64> &ids) {
    QList<QJsonObject> found;
    for (const QJsonValue &value : all) {
        const QJsonObject review = value.toObject();
        const QJsonArray environments = review.value(Q("environments")).toArray();
        const QString word = review.value(Q("state")).toString();
        if ((word == Q("approved") || word == Q("rejected")) && std::any_of(environments.begin(), environments.end(), [&](const QJsonValue &e) { return ids.contains(e.toObject().value(Q("id")).toInteger()); }))
            found << review;
    }
    return found;
}

QJsonArray pendingOf(const QJsonArray &all, const QList<qint64> &ids) {
    QJsonArray found;
    for (const QJsonValue &value : all)
        if (ids.contains(value.toObject().value(Q("environment")).toObject().value(Q("id")).toInteger()))
            found.append(value);
    return found;
}

} // namespace

/// Why this user may not answer what was started by this user; empty: nothing forbids it, or it cannot be read.
QString GitHubPipelines::selfReview(const Place &place, const PipelineRun &run, const QStringList &environments) const {
    if (run.startedBy.isEmpty() || run.startedBy != me())
        return {};
    const auto listed = m_api.list(place.path(QStringLiteral("environments")), QStringLiteral("environments"));
    if (!listed)
        return {};
    for (const QJsonValue &value : *listed)
        for (const QJsonValue &rule : value.toObject().value(Q("protection_rules")).toArray())
            if (const QString name = value.toObject().value(Q("name")).toString(); environments.contains(name) && rule.toObject().value(Q("prevent_self_review")).toBool())
                return QStringLiteral("You started this run, and the environment %1 wants somebody else's answer.").arg(name);
    return {};
}

Result<std::vector<Gate>> GitHubPipelines::gatesOf(const PipelineRun &run) const {
    PH_ASSIGN(const Place place, placeOf(run.id));
    PH_ASSIGN(const GitHubReplyPointer reply, m_api.get(place.path(QStringLiteral("actions/runs/%1/pending_deployments").arg(place.id))));
    QJsonArray reviews;
    if (run.attempt > 1 && !reply->json.array().isEmpty()) {
        PH_ASSIGN(const GitHubReplyPointer listed, m_api.get(place.path(QStringLiteral("actions/runs/%1/approvals").arg(place.id))));
        reviews = listed->json.array();
    }
    std::vector<Gate> gates;
    for (const bool may : {true, false}) { // those that this user may answer are answered together
        Gate gate;
        QStringList ids, timers;
        for (const QJsonValue &value : reply->json.array()) {
            const QJsonObject pending = value.toObject(), environment = pending.value(Q("environment")).toObject();
            const QJsonArray reviewers = pending.value(Q("reviewers")).toArray();
            if (reviewers.isEmpty() || pending.value(Q("current_user_can_approve")).toBool() != may) // without reviewers it is a wait timer or a rule of an app: nobody answers
                continue;
            ids << QString::number(environment.value(Q("id")).toInteger());
            gate.environments << environment.value(Q("name")).toString();
            for (const QJsonValue &reviewer : reviewers)
                if (const QString name = reviewerOf(reviewer.toObject()); !name.isEmpty() && !gate.allowed.contains(name))
                    gate.allowed << name;
            const QDateTime begun = githubTime(pending.value(Q("wait_timer_started_at")));
            if (const int minutes = pending.value(Q("wait_timer")).toInt(); minutes > 0 && begun.isValid())
                timers << QStringLiteral("%1 begins at %2 UTC at the earliest").arg(gate.environments.last(), begun.addSecs(60LL * minutes).toString(QStringLiteral("yyyy-MM-dd hh:mm")));
        }
        if (ids.isEmpty())
            continue;
        gate.id = ids.join(QLatin1Char(','));
        if (const qsizetype earlier = reviewsOf(reviews, idsOf(gate)).size(); earlier > 0)
            gate.id += QStringLiteral("@%1").arg(earlier);
        gate.run = run.id;
        gate.pipeline = run.pipeline;
        gate.stage = gate.environments.first();
        gate.connection = source();
        gate.system = system();
        gate.message = QStringLiteral("Deploy %1 to %2?").arg(run.title.isEmpty() ? run.commit.left(7) : run.title, gate.environments.join(Q(", "))) + (timers.isEmpty() ? QString() : QLatin1Char(' ') + timers.join(Q("; ")) + QLatin1Char('.'));
        gate.proceed = QStringLiteral("Approve and deploy");
        gate.abort = QStringLiteral("Reject");
        gate.mayAnswer = may;
        if (!may) {
            gate.mayNot = selfReview(place, run, gate.environments);
            if (gate.mayNot.isEmpty())
                gate.mayNot = QStringLiteral("The token's user is no reviewer of %1. One of these is enough: %2.").arg(gate.environments.join(Q(", ")), gate.allowed.join(Q(", ")));
        }
        gate.since = run.started;
        gate.until = run.started.isValid() ? run.started.addDays(daysUntilItFails) : QDateTime();
        gate.link = run.link;
        gate.model = run.model;
        gates.push_back(gate);
    }
    return gates;
}

Result<std::vector<Gate>> GitHubPipelines::gates(const QString &run) const {
    std::vector<Gate> all;
    if (!run.isEmpty()) {
        PH_ASSIGN(const Place place, runPlace(run));
        PH_ASSIGN(const GitHubReplyPointer reply, m_api.get(place.path(QStringLiteral("actions/runs/") + place.id)));
        return gatesOf(finished(githubRun(reply->json.object(), place.repository.full()), place.repository));
    }
    for (const GitHubRepository &repository : m_repositories) {
        auto found = waitingRuns(repository);
        if (!found && m_repositories.size() > 1 && (found.error().kind == ErrorKind::NotFound || found.error().kind == ErrorKind::Denied))
            continue; // runs() tells it
        if (!found)
            return found.error();
        for (const PipelineRun &open : *found) { // one that fails costs its own gates, and is told
            const auto gates = gatesOf(open);
            const QString id = QStringLiteral("gates ") + open.id;
            if (gates) {
                all.insert(all.end(), gates->begin(), gates->end());
                const std::lock_guard lock(m_lock);
                m_notices.remove(id);
                continue;
            }
            if (gates.error().kind == ErrorKind::Unreachable || gates.error().kind == ErrorKind::TimedOut || gates.error().kind == ErrorKind::Cancelled)
                return gates.error();
            const Notice n{id, QStringLiteral("unreadable"), open.pipeline, open.id, QStringLiteral("Whether %1 waits for an answer cannot be read: %2 %3").arg(open.id, gates.error().what, gates.error().hint), m_api.now(), {}, {}};
            const std::lock_guard lock(m_lock);
            m_notices.insert(id, n);
        }
    }
    return all;
}

/// Those that wait, however old they are, and of the newest those that still run: they may have a job that waits.
Result<std::vector<PipelineRun>> GitHubPipelines::waitingRuns(const GitHubRepository &repository) const {
    PH_ASSIGN(const auto newest, runsOf(repository, {}, 50));
    std::vector<PipelineRun> open;
    for (const PipelineRun &run : newest)
        if (run.systemState == Q("waiting") || run.state == State::Running)
            open.push_back(run);
    QUrlQuery query;
    query.addQueryItem(QStringLiteral("status"), QStringLiteral("waiting"));
    query.addQueryItem(QStringLiteral("per_page"), QStringLiteral("100"));
    PH_ASSIGN(const GitHubReplyPointer reply, m_api.get(QStringLiteral("/repos/%1/actions/runs").arg(repository.full()), query));
    for (const QJsonValue &item : reply->json.object().value(Q("workflow_runs")).toArray()) {
        const PipelineRun run = finished(githubRun(item.toObject(), repository.full()), repository);
        if (run.systemState == Q("waiting") && isWanted(repository, run.pipeline.section(QLatin1Char('/'), -1)) && std::none_of(open.begin(), open.end(), [&](const PipelineRun &r) { return r.id == run.id; }))
            open.push_back(run);
    }
    return open;
}

Result<void> GitHubPipelines::answer(const Gate &gate, const GateAnswer &answer) {
    PH_ASSIGN(const Place place, placeOf(gate.run));
    QJsonArray ids;
    for (const qint64 id : idsOf(gate))
        ids.append(id);
    const QString comment = answer.comment.isEmpty() ? QStringLiteral("%1 with Pilothouse").arg(answer.proceed ? QStringLiteral("Approved") : QStringLiteral("Rejected")) : answer.comment; // it must not be missing
    const QJsonObject body{{Q("environment_ids"), ids}, {Q("state"), answer.proceed ? Q("approved") : Q("rejected")}, {Q("comment"), comment}};
    const auto reply = m_api.write("POST", place.path(QStringLiteral("actions/runs/%1/pending_deployments").arg(place.id)), body);
    if (!reply && reply.error().kind == ErrorKind::Invalid) { // 422: what was refused, or that nothing waits any more?
        const auto now = gateState(gate);
        if (now && now->is != GateState::Is::Open)
            return Error{ErrorKind::Conflict, QStringLiteral("The deployment of %1 waits no longer%2.").arg(gate.environments.join(QStringLiteral(", ")), now->by.isEmpty() ? QString() : QStringLiteral(": %1 answered it").arg(now->by)), source(), {}, reply.error().what};
    }
    return reply ? Result<void>() : Result<void>(reply.error());
}

Result<GateState> GitHubPipelines::gateState(const Gate &gate) const {
    PH_ASSIGN(const Place place, placeOf(gate.run));
    const QList<qint64> ids = idsOf(gate);
    PH_ASSIGN(const GitHubReplyPointer pending, m_api.get(place.path(QStringLiteral("actions/runs/%1/pending_deployments").arg(place.id))));
    GateState state;
    if (!pendingOf(pending->json.array(), ids).isEmpty())
        return state;
    state.is = GateState::Is::Gone;
    PH_ASSIGN(const GitHubReplyPointer reviews, m_api.get(place.path(QStringLiteral("actions/runs/%1/approvals").arg(place.id))));
    const QList<QJsonObject> given = reviewsOf(reviews->json.array(), ids);
    if (given.size() <= earlierReviews(gate))
        return state; // those of earlier attempts say nothing of this one
    const QJsonObject &review = given.last();
    state.is = review.value(Q("state")).toString() == Q("approved") ? GateState::Is::Proceeded : GateState::Is::Aborted;
    state.by = review.value(Q("user")).toObject().value(Q("login")).toString();
    state.comment = review.value(Q("comment")).toString();
    state.when = githubTime(review.value(Q("created_at"))); // newer servers say it
    return state;
}

} // namespace pilothouse::pipelines
