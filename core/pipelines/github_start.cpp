// SPDX-License-Identifier: GPL-3.0-or-later
// What starts, repeats and ends runs.
#include "core/pipelines/github_pipelines.h"

#include "core/base/json.h"

#include <QUrl>

#include <algorithm>
#include <thread>

namespace pilothouse::pipelines {

namespace {

using Q = QLatin1String;
constexpr int lostSeconds = 600; ///< a dispatch that no run came of in this time is shown as not known
constexpr qint64 slackSeconds = 5;

QString textOf(const QJsonValue &value) {
    if (value.isBool())
        return value.toBool() ? QStringLiteral("true") : QStringLiteral("false");
    return value.isDouble() ? QString::fromUtf8(compactJson(value)) : value.toString();
}

/// The inputs as GitHub takes them (texts), checked against the form.
Result<QJsonObject> inputsOf(const StartForm &form, const QJsonObject &parameters, const QString &where) {
    QJsonObject inputs;
    QStringList names;
    for (const Parameter &p : form.parameters) {
        names << p.name;
        const QString text = textOf(parameters.value(p.name));
        if (!parameters.contains(p.name)) {
            if (p.required && p.value.isUndefined())
                return invalid(QStringLiteral("The input “%1” is needed.").arg(p.name), where);
            continue;
        }
        bool number = true;
        if (p.kind == Parameter::Kind::Number)
            (void)text.toDouble(&number);
        if (!number)
            return invalid(QStringLiteral("The input “%1” is a number, not “%2”.").arg(p.name, text), where);
        if (p.kind == Parameter::Kind::Boolean && text != Q("true") && text != Q("false"))
            return invalid(QStringLiteral("The input “%1” is true or false, not “%2”.").arg(p.name, text), where);
        if (p.kind == Parameter::Kind::Choice && !p.choices.isEmpty() && !p.choices.contains(text))
            return invalid(QStringLiteral("The input “%1” cannot be “%2”.").arg(p.name, text), where, QStringLiteral("One of: %1.").arg(p.choices.join(Q(", "))));
        inputs.insert(p.name, text);
    }
    for (const QString &name : parameters.keys())
        if (!names.contains(name))
            return invalid(QStringLiteral("The workflow has no input “%1”.").arg(name), where, names.isEmpty() ? QStringLiteral("It takes none.") : QStringLiteral("It takes %1.").arg(names.join(Q(", "))));
    return inputs;
}

} // namespace

/// All that finds the run again is in the id itself: it stays valid in another program and tomorrow.
struct GitHubPipelines::Dispatch {
    QString pipeline, ref, commit, actor;
    qint64 at = 0, after = 0; ///< seconds by GitHub's clock; the newest run before it
    QString id() const {
        const QJsonObject o{{Q("p"), pipeline}, {Q("r"), ref}, {Q("c"), commit}, {Q("a"), actor}, {Q("t"), at}, {Q("n"), after}};
        return QStringLiteral("dispatch:") + QString::fromLatin1(canonicalJson(o).toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals));
    }
    static std::optional<Dispatch> of(const QString &id) {
        const QJsonObject o = QJsonDocument::fromJson(QByteArray::fromBase64(id.mid(9).toLatin1(), QByteArray::Base64UrlEncoding)).object();
        const auto text = [&](const char *key) { return o.value(Q(key)).toString(); };
        return o.isEmpty() ? std::nullopt : std::optional(Dispatch{text("p"), text("r"), text("c"), text("a"), o.value(Q("t")).toInteger(), o.value(Q("n")).toInteger()});
    }
};

QString GitHubPipelines::me() const {
    const auto reply = m_api.get(QStringLiteral("/user"));
    return reply ? (*reply)->json.object().value(Q("login")).toString() : QString(); // a token of an app is no user
}

Result<StartForm> GitHubPipelines::form(const QString &pipeline) const {
    PH_ASSIGN(const Place place, placeOf(pipeline));
    PH_ASSIGN(const QString branch, usualBranch(place.repository));
    PH_ASSIGN(const FilePointer file, fileAt(place.repository, QStringLiteral(".github/workflows/") + place.id, branch, false));
    StartForm form;
    form.parameters = file->inputs;
    if (!file->dispatch)
        form.note = QStringLiteral("The workflow has no “on: workflow_dispatch” in %1: it cannot be started from outside.").arg(branch);
    if (!file->environmentInputs.isEmpty())
        if (const auto listed = m_api.list(place.path(QStringLiteral("environments")), QStringLiteral("environments")))
            for (Parameter &p : form.parameters)
                if (file->environmentInputs.contains(p.name))
                    for (const QJsonValue &environment : *listed)
                        p.choices << environment.toObject().value(Q("name")).toString();
    form.refs << branch;
    for (const char *kind : {"branches", "tags"})
        if (const auto listed = m_api.list(place.path(Q(kind)), {}, {}, 300))
            for (const QJsonValue &ref : *listed)
                if (const QString name = ref.toObject().value(Q("name")).toString(); !form.refs.contains(name))
                    form.refs << name;
    return form;
}

Result<QString> GitHubPipelines::startRun(const StartRequest &request) {
    PH_ASSIGN(const Place place, placeOf(request.pipeline));
    PH_ASSIGN(const QString branch, usualBranch(place.repository));
    Dispatch made;
    made.pipeline = request.pipeline;
    made.ref = request.ref.isEmpty() ? branch : request.ref;
    QJsonObject inputs;
    if (const auto file = fileAt(place.repository, QStringLiteral(".github/workflows/") + place.id, made.ref, false)) {
        if (!(*file)->dispatch)
            return refused(QStringLiteral("The workflow %1 has no “on: workflow_dispatch” in %2.").arg(place.id, made.ref), source(), QStringLiteral("Add it there: only then can it be started from outside."));
        PH_ASSIGN(inputs, inputsOf({(*file)->inputs, {}, {}}, request.parameters, request.pipeline));
    } else { // contents may not be read: GitHub checks what is sent
        for (auto it = request.parameters.begin(); it != request.parameters.end(); ++it)
            inputs.insert(it.key(), textOf(it.value()));
    }
    made.actor = me();
    if (const auto commit = m_api.get(place.path(QStringLiteral("commits/") + QString::fromUtf8(QUrl::toPercentEncoding(made.ref)))))
        made.commit = (*commit)->json.object().value(Q("sha")).toString();
    PH_ASSIGN(const auto earlier, runsOf(place.repository, place.id, 30));
    for (const PipelineRun &run : earlier)
        made.after = std::max(made.after, run.id.section(QLatin1Char('/'), -1).toLongLong());
    made.at = m_api.serverNow().toSecsSinceEpoch();
    const QString path = place.path(QStringLiteral("actions/workflows/%1/dispatches").arg(QString::fromUtf8(QUrl::toPercentEncoding(place.id))));
    QJsonObject body{{Q("ref"), made.ref}, {Q("inputs"), inputs}, {Q("return_run_details"), true}};
    auto reply = m_api.write("POST", path, body);
    if (!reply && reply.error().kind == ErrorKind::Invalid && reply.error().raw.contains(Q("return_run_details"))) { // an older Enterprise server, which did nothing
        body.remove(QStringLiteral("return_run_details"));
        reply = m_api.write("POST", path, body);
    }
    if (!reply && githubReplyLost(reply.error())) { // never again: a run may have come of it
        for (int n = 0; n < 3; ++n) {
            if (const auto found = matching(made); found && *found)
                return joined(place.repository, (*found)->id);
            std::this_thread::sleep_for(std::chrono::seconds(1));
        }
        Error error = reply.error();
        error.hint = QStringLiteral("GitHub's answer was lost, and no run is to be seen yet. Look at the runs before you start it again.");
        return error;
    }
    if (!reply)
        return reply.error();
    const qint64 id = QJsonDocument::fromJson(reply->body).object().value(Q("workflow_run_id")).toInteger();
    return id > 0 ? joined(place.repository, QString::number(id)) : made.id();
}

/// The first run of that workflow by hand after the dispatch, by the same user, of the same commit. Ids rise.
Result<std::optional<PipelineRun>> GitHubPipelines::matching(const Dispatch &dispatch) const {
    PH_ASSIGN(const Place place, placeOf(dispatch.pipeline));
    QUrlQuery query;
    query.addQueryItem(QStringLiteral("event"), QStringLiteral("workflow_dispatch"));
    query.addQueryItem(QStringLiteral("created"), QStringLiteral(">=") + QDateTime::fromSecsSinceEpoch(dispatch.at - slackSeconds, Qt::UTC).toString(Qt::ISODate));
    PH_ASSIGN(const QJsonArray listed, m_api.list(place.path(QStringLiteral("actions/workflows/%1/runs").arg(QString::fromUtf8(QUrl::toPercentEncoding(place.id)))), QStringLiteral("workflow_runs"), query, 300));
    std::optional<PipelineRun> found;
    for (const QJsonValue &value : listed) {
        const QJsonObject o = value.toObject();
        const QString actor = o.value(Q("actor")).toObject().value(Q("login")).toString(), branch = o.value(Q("head_branch")).toString();
        const qint64 id = o.value(Q("id")).toInteger();
        const QDateTime created = githubTime(o.value(Q("created_at")));
        if (id <= dispatch.after || o.value(Q("event")).toString() != Q("workflow_dispatch") || created.toSecsSinceEpoch() < dispatch.at - slackSeconds || (!dispatch.actor.isEmpty() && actor != dispatch.actor) ||
            (!dispatch.commit.isEmpty() && o.value(Q("head_sha")).toString() != dispatch.commit) || (branch != dispatch.ref && Q("refs/heads/") + branch != dispatch.ref && Q("refs/tags/") + branch != dispatch.ref))
            continue;
        if (!found || id < found->id.toLongLong())
            found = githubRun(o, place.repository.full());
    }
    return found;
}

Result<PipelineRun> GitHubPipelines::dispatched(const QString &id) const {
    const auto dispatch = Dispatch::of(id);
    if (!dispatch)
        return notFound(QStringLiteral("“%1” is no dispatch.").arg(id.left(40)), source());
    PH_ASSIGN(const Place place, placeOf(dispatch->pipeline));
    PH_ASSIGN(const auto found, matching(*dispatch));
    PipelineRun run;
    if (found) {
        PH_ASSIGN(run, this->run(joined(place.repository, found->id)));
        run.became = run.id;
        run.id = id;
        return run;
    }
    run.id = place.id;
    run.pipeline = place.id;
    run = finished(run, place.repository);
    run.id = id;
    run.system = system();
    run.startedBy = dispatch->actor;
    run.reason = QStringLiteral("workflow_dispatch");
    run.commit = dispatch->commit;
    run.branch = dispatch->ref;
    run.repository = place.repository.full();
    run.started = QDateTime::fromSecsSinceEpoch(dispatch->at, Qt::UTC);
    const bool late = run.started.secsTo(m_api.serverNow()) > lostSeconds;
    run.state = late ? State::Unknown : State::Waiting;
    run.systemState = QStringLiteral("dispatched");
    run.note = late ? QStringLiteral("GitHub took the dispatch, and no run came of it.") : QStringLiteral("GitHub has taken the dispatch and not made the run yet");
    run.read = m_api.now();
    return run;
}

Result<GitHubPipelines::Place> GitHubPipelines::runPlace(const QString &run) const {
    if (!run.startsWith(Q("dispatch:")))
        return placeOf(run);
    PH_ASSIGN(const PipelineRun now, dispatched(run));
    if (now.became.isEmpty())
        return Error{ErrorKind::Conflict, QStringLiteral("GitHub has not made the run yet."), source(), QStringLiteral("Try again in a moment."), {}};
    return placeOf(now.became);
}

Result<void> GitHubPipelines::act(const QString &run, const char *what) const {
    PH_ASSIGN(const Place place, runPlace(run));
    const auto reply = m_api.write("POST", place.path(QStringLiteral("actions/runs/%1/%2").arg(place.id, Q(what))));
    return reply ? Result<void>() : Result<void>(reply.error());
}

Result<void> GitHubPipelines::cancel(const QString &run) { return act(run, "cancel"); }
Result<void> GitHubPipelines::cancelByForce(const QString &run) { return act(run, "force-cancel"); }

Result<QString> GitHubPipelines::rerun(const QString &run, bool onlyFailed) {
    PH_TRY(act(run, onlyFailed ? "rerun-failed-jobs" : "rerun"));
    return run; // the same one, with an attempt more
}

} // namespace pilothouse::pipelines
