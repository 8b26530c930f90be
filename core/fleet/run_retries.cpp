// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/run_retries.h"

#include "core/base/json.h"
#include "core/fleet/remote_runs.h"
#include "core/pipelines/all_pipelines.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QJsonArray>

#include <algorithm>

namespace pilothouse::fleet {

using Q = QLatin1String;
using pipelines::PipelineRun;
using pipelines::State;

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(RunRetries)
};

int triesOf(const workspace::Model &model) { return model.pipeline.other.value(QStringLiteral("retries")).toInt(); }
qint64 waitOf(const workspace::Model &model) {
    const QString text = model.pipeline.other.value(QStringLiteral("retry_after"));
    return text.isEmpty() ? RunRetries::usualWaitSeconds : workspace::parseDuration(text).value_or(RunRetries::usualWaitSeconds);
}

QString fileOf(const Services &services, const QString &model) { return QStringLiteral("%1/retries/%2.json").arg(services.root, model); }

Result<RetryState> read(const Services &services, const QString &model) {
    const QString file = fileOf(services, model);
    RetryState state;
    if (QFileInfo::exists(file)) {
        PH_ASSIGN(const QByteArray bytes, readFile(file));
        PH_ASSIGN(const QJsonObject object, parseJsonObject(bytes, file));
        state = RetryState::fromJson(object);
    }
    state.model = model;
    return state;
}

Result<void> write(const Services &services, const RetryState &state) { return writeFileAtomically(fileOf(services, state.model), canonicalJson(state.toJson())); }

QMap<QString, QString> wantedOf(const workspace::Model &model) {
    QMap<QString, QString> wanted;
    for (const QString &line : model.pipeline.other.value(QStringLiteral("parameters")).split(QLatin1Char('\n'), Qt::SkipEmptyParts))
        wanted.insert(line.section(QLatin1Char('='), 0, 0), line.section(QLatin1Char('='), 1));
    return wanted;
}

/// What came of places in a queue.
void settleChain(const Services &services, RetryState &state) {
    for (QString &id : state.chain)
        if (id.contains(Q("?queue=")))
            if (const auto run = services.pipelines->run(id); run && !run->became.isEmpty())
                id = run->became;
}

} // namespace

Result<std::vector<PipelineRun>> knownRunsOf(const Services &services, const QString &pipeline) {
    if (!pipeline.contains(QLatin1Char(':')))
        return services.pipelines->runs(pipeline, 20);
    const QString connection = pipeline.section(QLatin1Char(':'), 0, 0), job = pipeline.section(QLatin1Char(':'), 1);
    const auto seen = services.runs->look(1000, false).value(connection);
    std::vector<PipelineRun> runs;
    if (seen && !seen->remembered)
        for (const PipelineRun &run : seen->known.runs)
            if (run.pipeline == pipeline || run.pipeline.endsWith(QLatin1Char('/') + job))
                runs.push_back(run);
    std::stable_sort(runs.begin(), runs.end(), pipelines::AllPipelines::newerFirst);
    return runs;
}

QJsonObject RetryState::toJson() const {
    return {{Q("model"), model}, {Q("chain"), QJsonArray::fromStringList(chain)}, {Q("most"), most}, {Q("due"), isoUtc(due)}, {Q("why"), why}, {Q("start"), start.toJson()}};
}

RetryState RetryState::fromJson(const QJsonObject &o) {
    RetryState state;
    state.model = o.value(Q("model")).toString();
    for (const QJsonValue &id : o.value(Q("chain")).toArray())
        state.chain << id.toString();
    state.most = o.value(Q("most")).toInt();
    state.due = fromIsoUtc(o.value(Q("due")).toString());
    state.why = o.value(Q("why")).toString();
    state.start = OnceStart::fromJson(o.value(Q("start")).toObject());
    return state;
}

std::vector<std::pair<QString, QString>> RetryState::notes(const QDateTime &now) const {
    std::vector<std::pair<QString, QString>> notes;
    for (qsizetype i = 0; i < chain.size(); ++i) {
        QString text = Text::tr("Attempt %1 of %2").arg(i + 1).arg(most + 1);
        if (i + 1 == chain.size()) {
            const qint64 minutes = due.isValid() ? std::max<qint64>(0, (now.secsTo(due) + 59) / 60) : 0;
            if (!start.problem.isEmpty())
                text += Text::tr("; the next was not started: %1").arg(start.problem);
            else if (due.isValid())
                text += minutes > 0 ? Text::tr("; the next in %1 min").arg(minutes) : Text::tr("; the next now");
            else if (!why.isEmpty())
                text += QStringLiteral("; ") + why;
        }
        notes.emplace_back(chain[i], text + QLatin1Char('.'));
    }
    return notes;
}

QString startedOtherwise(const workspace::Model &model, const std::vector<pipelines::Parameter> &form, const PipelineRun &run) {
    const QMap<QString, QString> wanted = wantedOf(model);
    const QString branch = model.pipeline.other.value(QStringLiteral("branch"));
    if (!branch.isEmpty() && !run.branch.isEmpty() && run.branch != branch)
        return Text::tr("started on the branch %1").arg(run.branch);
    for (auto it = run.parameters.begin(); it != run.parameters.end(); ++it) {
        const QString value = it.value().toVariant().toString();
        const auto asked = std::find_if(form.begin(), form.end(), [&](const pipelines::Parameter &p) { return p.name == it.key(); });
        const bool local = run.connection.isEmpty() && it.key() == Q("decision"); // says why, not what
        const bool usual = asked != form.end() && !asked->value.isUndefined() && asked->value.toVariant().toString() == value;
        if (local || (asked != form.end() && asked->kind == pipelines::Parameter::Kind::Secret))
            continue;
        if (wanted.contains(it.key()) ? wanted.value(it.key()) != value : !usual)
            return Text::tr("started with %1=%2").arg(it.key(), value.left(80));
    }
    return {};
}

std::vector<RetryState> retryStates(const Services &services) {
    std::vector<RetryState> all;
    for (const workspace::Model &model : services.workspace.models)
        if (triesOf(model) > 0)
            if (auto state = read(services, model.name); state && !state->chain.isEmpty())
                all.push_back(*std::move(state));
    return all;
}

bool RunRetries::needed() const {
    const auto &models = m_services->workspace.models;
    return int(m_services->workspace.role) >= int(workspace::Role::Operator) && std::any_of(models.begin(), models.end(), [](const auto &model) { return triesOf(model) > 0; });
}

std::vector<RunNews> RunRetries::look(std::stop_token token) {
    std::vector<RunNews> news;
    if (!needed())
        return news;
    for (const workspace::Model &model : m_services->workspace.models)
        if (triesOf(model) > 0 && !token.stop_requested())
            if (const auto looked = lookAt(model, news); !looked)
                news.push_back({model.name, looked.error().text(), false, looked.error()});
    return news;
}

Result<void> RunRetries::lookAt(const workspace::Model &model, std::vector<RunNews> &news) {
    const QString pipeline = trainPipelineOf(m_services->workspace, model);
    if (pipeline.isEmpty())
        return {};
    PH_TRY(makeFolder(m_services->root + QStringLiteral("/retries"), true));
    const auto turn = FileLock::tryAcquire(QStringLiteral("%1/retries/%2.lock").arg(m_services->root, model.name));
    if (!turn)
        return turn.error().kind == ErrorKind::Conflict ? Result<void>() : Result<void>(turn.error()); // another program is at it
    PH_ASSIGN(RetryState state, read(*m_services, model.name));
    const RetryState before = state;
    PH_ASSIGN(const auto runs, knownRunsOf(*m_services, pipeline));
    if (runs.empty())
        return {};
    if (state.start.state == OnceStart::State::Sending) { // a program died while it started the next attempt
        const auto failed = std::find_if(runs.begin(), runs.end(), [&](const PipelineRun &run) { return run.id == state.chain.value(state.chain.size() - 1); });
        return again(model, failed == runs.end() ? runs.front() : *failed, state, news);
    }
    settleChain(*m_services, state);
    const PipelineRun &newest = runs.front();
    state.most = triesOf(model);
    state.due = {};
    state.why.clear();
    if (!state.chain.contains(newest.id)) {
        if (newest.state == State::Failed) {
            state.chain = {newest.id};
        } else if (pipelines::hasEnded(newest.state)) { // this failure is past
            state.chain.clear();
        } else if (!state.chain.isEmpty()) {
            state.why = Text::tr("another run has begun");
        }
        if (newest.state != State::Failed)
            return state.toJson() == before.toJson() ? Result<void>() : write(*m_services, state);
        state.start = {};
    }
    const QDateTime now = m_services->clock->nowUtc(), ended = newest.ended.isValid() ? newest.ended : newest.started;
    if (newest.state != State::Failed || newest.id != state.chain.last()) {
        if (newest.state == State::Cancelled)
            state.why = Text::tr("it was cancelled, so no other follows");
    } else if (state.chain.size() > state.most) {
        state.why = Text::tr("no other follows");
    } else {
        if (state.chain.size() == 1) {
            std::vector<pipelines::Parameter> form;
            if (!newest.connection.isEmpty() && !newest.parameters.isEmpty()) {
                PH_ASSIGN(const pipelines::StartForm asked, m_services->pipelines->form(pipeline));
                form = asked.parameters;
            }
            state.why = startedOtherwise(model, form, newest);
            if (!state.why.isEmpty())
                state.why = Text::tr("it was %1, not as the workspace says it, so it is not tried again").arg(state.why);
        }
        if (state.why.isEmpty() && ended.secsTo(now) > std::max<qint64>(tooOldSeconds, 2 * waitOf(model)))
            state.why = Text::tr("it failed too long ago to be tried again");
        if (state.why.isEmpty())
            state.due = ended.addSecs(waitOf(model));
    }
    if (state.due.isValid() && state.due <= now && !(state.start.notBefore.isValid() && state.start.notBefore > now))
        return again(model, newest, state, news);
    if (state.toJson() != before.toJson())
        PH_TRY(write(*m_services, state));
    return {};
}

Result<void> RunRetries::again(const workspace::Model &model, const PipelineRun &failed, RetryState &state, std::vector<RunNews> &news) {
    pipelines::StartRequest request;
    request.pipeline = trainPipelineOf(m_services->workspace, model);
    request.ref = model.pipeline.other.value(QStringLiteral("branch"));
    request.by = m_services->operations->actor().name;
    request.reason = QStringLiteral("attempt %1 of %2: %3 failed").arg(state.chain.size() + 1).arg(state.most + 1).arg(failed.id);
    if (request.pipeline.contains(QLatin1Char(':'))) {
        const QMap<QString, QString> wanted = wantedOf(model);
        for (auto it = wanted.begin(); it != wanted.end(); ++it)
            request.parameters.insert(it.key(), it.value());
    } else {
        request.parameters = {{Q("resume"), failed.id}}; // goes on from its checkpoint, where it left one
        if (failed.parameters.contains(Q("decision")))
            request.parameters.insert(Q("decision"), failed.parameters.value(Q("decision")));
    }
    const QString problem = state.start.problem;
    const auto started = startOnce(*m_services, request, {{Q("retries"), failed.id}, {Q("attempt"), state.chain.size() + 1}, {Q("attempts"), state.most + 1}}, state.start, [&]() -> Result<void> {
        if (state.start.state == OnceStart::State::Started) {
            if (!state.chain.contains(state.start.run))
                state.chain << state.start.run;
            state.start = {};
            state.due = {};
        }
        return write(*m_services, state);
    });
    if (started)
        news.push_back({model.name, QStringLiteral("%1: %2 failed; attempt %3 of %4 is %5").arg(model.name, failed.id).arg(state.chain.size()).arg(state.most + 1).arg(state.chain.last()), true, {}});
    return started || state.start.problem == problem ? Result<void>() : started; // told once
}

} // namespace pilothouse::fleet
