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

QList<qint64> idsOf(const Gate &gate) {
    QList<qint64> ids;
    for (const QString &word : gate.id.split(QLatin1Char(','), Qt::SkipEmptyParts))
        ids << word.toLongLong();
    return ids;
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
        auto found = runsOf(repository, {}, 50);
        if (!found && m_repositories.size() > 1 && (found.error().kind == ErrorKind::NotFound || found.error().kind == ErrorKind::Denied))
            continue; // runs() tells it
        if (!found)
            return found.error();
        for (const PipelineRun &open : *found) { // one that still runs may have a job that waits
            if (open.systemState != Q("waiting") && open.state != State::Running)
                continue;
            PH_ASSIGN(const auto gates, gatesOf(open));
            all.insert(all.end(), gates.begin(), gates.end());
        }
    }
    return all;
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
    for (const QJsonValue &value : reviews->json.array()) { // oldest first; of several that of the last attempt
        const QJsonObject review = value.toObject();
        const QJsonArray environments = review.value(Q("environments")).toArray();
        const bool meant = std::any_of(environments.begin(), environments.end(), [&](const QJsonValue &e) { return ids.contains(e.toObject().value(Q("id")).toInteger()); });
        const QString word = review.value(Q("state")).toString();
        if (!meant || (word != Q("approved") && word != Q("rejected")))
            continue;
        state.is = word == Q("approved") ? GateState::Is::Proceeded : GateState::Is::Aborted;
        state.by = review.value(Q("user")).toObject().value(Q("login")).toString();
        state.comment = review.value(Q("comment")).toString();
        state.when = githubTime(review.value(Q("created_at"))); // newer servers say it
    }
    return state;
}

} // namespace pilothouse::pipelines
