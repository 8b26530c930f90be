// SPDX-License-Identifier: GPL-3.0-or-later
// The input steps of jenkins_service.h. `input/<id>/submit` is never used: without a form field it rejects and answers success all the same.
#include "core/base/json.h"
#include "core/pipelines/jenkins_service.h"

#include <QRegularExpression>
#include <QSet>
#include <QUrl>

#include <algorithm>

namespace pilothouse::pipelines {

using Q = QLatin1String;

namespace {

constexpr qint64 endOfLog = 256 << 10; ///< bytes in which an input and its answer are looked for

QString answerKey(const Gate &gate) { return gate.run + QLatin1Char('\n') + gate.id; }

} // namespace

/// What waits, with one call (two where only the graph view is installed).
Result<std::vector<Gate>> JenkinsPipelines::inputsOf(const JenkinsId &id) const {
    std::vector<Gate> all;
    const auto begin = [&] {
        Gate gate;
        gate.run = JenkinsId::ofBuild(id.job, id.number);
        gate.pipeline = id.job;
        gate.connection = source();
        gate.system = system();
        gate.model = m_c.modelOf.value(id.job);
        gate.link = m_api.page(buildPath(id) + QStringLiteral("/input/"));
        return gate;
    };
    PH_ASSIGN(const std::optional<QJsonValue> inputs, stageView(id.job, buildPath(id) + QStringLiteral("/wfapi/pendingInputActions")));
    if (inputs) {
        for (const QJsonValue &input : inputs->toArray()) {
            Gate gate = begin();
            gate.id = input[Q("id")].toString();
            gate.message = input[Q("message")].toString();
            gate.proceed = input[Q("proceedText")].toString();
            gate.abort = input[Q("abortText")].toString(QStringLiteral("Abort"));
            for (const QJsonValue &parameter : input[Q("inputs")].toArray())
                gate.parameters.push_back(parameterOf(parameter.toObject()));
            for (const QString &name : input[Q("submitter")].toString().split(QLatin1Char(','), Qt::SkipEmptyParts))
                gate.allowed += name.trimmed();
            all.push_back(std::move(gate));
        }
        return all;
    }
    PH_ASSIGN(const std::optional<QJsonObject> steps, graphView(id, QStringLiteral("allSteps")));
    QStringList nodes;
    for (const QJsonValue &step : steps ? steps->value(Q("steps")).toArray() : QJsonArray()) {
        const QJsonObject input = step[Q("inputStep")].toObject();
        if (input.isEmpty() || stateOfStage(step[Q("state")].toString()) != State::Paused)
            continue;
        Gate gate = begin();
        gate.id = input.value(Q("id")).toString();
        gate.message = input.value(Q("message")).toString();
        gate.proceed = input.value(Q("ok")).toString();
        gate.abort = input.value(Q("cancel")).toString();
        gate.stage = step[Q("stageId")].toVariant().toString();
        gate.since = timeOfMillis(step[Q("startTimeMillis")]);
        if (input.value(Q("parameters")).toBool()) {
            gate.mayAnswer = false;
            gate.mayNot = QStringLiteral("It asks for parameters that this Jenkins does not describe: install the plugin Pipeline: REST API, or answer it in Jenkins.");
        }
        nodes << step[Q("id")].toVariant().toString();
        all.push_back(std::move(gate));
    }
    const std::lock_guard lock(m_lock);
    for (std::size_t i = 0; all.size() > 1 && i < all.size(); ++i)
        m_inputSteps.insert(answerKey(all[i]), nodes[qsizetype(i)]);
    return all;
}

/// Who may answer: the submitter in the job's own script, where that can be read, against the user's name and groups.
void JenkinsPipelines::addAllowed(Gate &gate, const JenkinsId &id) const {
    if (gate.allowed.isEmpty() && !gate.message.isEmpty())
        if (const auto cron = cronOf(id.job); cron && !cron->script.isEmpty()) {
            const qsizetype at = cron->script.indexOf(gate.message);
            const qsizetype input = at < 0 ? -1 : cron->script.lastIndexOf(Q("input"), at);
            static const QRegularExpression submitter(QStringLiteral("\\bsubmitter\\s*:?\\s*(['\"])([^'\"$]+)\\1"));
            const qsizetype following = input < 0 ? -1 : cron->script.indexOf(QRegularExpression(QStringLiteral("\\binput\\b")), input + 5);
            const QRegularExpressionMatch match = input < 0 || at - input > 600 ? QRegularExpressionMatch() : submitter.match(cron->script.mid(input, following < 0 ? 1200 : std::min<qsizetype>(following - input, 1200)));
            for (const QString &name : match.captured(2).split(QLatin1Char(','), Qt::SkipEmptyParts))
                gate.allowed += name.trimmed();
        }
    if (gate.allowed.isEmpty() || gate.mayAnswer)
        return;
    bool known = false;
    {
        const std::lock_guard lock(m_lock);
        known = m_meKnown;
    }
    if (!known) {
        const auto me = m_api.object(QStringLiteral("/whoAmI/api/json"));
        if (!me)
            return;
        const std::lock_guard lock(m_lock);
        m_me = me->value(Q("name")).toString();
        m_myGroups.clear();
        for (const QJsonValue &group : me->value(Q("authorities")).toArray())
            m_myGroups += group.isObject() ? group[Q("authority")].toString() : group.toString();
        m_meKnown = true;
    }
    const std::lock_guard lock(m_lock);
    gate.mayAnswer = std::any_of(gate.allowed.begin(), gate.allowed.end(), [&](const QString &one) { return one.compare(m_me, Qt::CaseInsensitive) == 0 || m_myGroups.contains(one); });
    if (!*gate.mayAnswer)
        gate.mayNot = QStringLiteral("Only %1 may answer; you are %2 in Jenkins. An administrator of Jenkins may, too. To abort takes no more than the right Job/Cancel.").arg(gate.allowed.join(QStringLiteral(", ")), m_me);
}

Result<std::vector<Gate>> JenkinsPipelines::gatesOf(const JenkinsId &id) const {
    PH_ASSIGN(std::vector<Gate> gates, inputsOf(id));
    if (gates.empty())
        return gates;
    PipelineRun run;
    run.id = JenkinsId::ofBuild(id.job, id.number);
    run.pipeline = id.job;
    run.gates = int(gates.size());
    const Result<void> staged = addStages(run);
    std::vector<Stage> paused;
    for (const Stage &stage : run.stages)
        if (stage.state == State::Paused)
            paused.push_back(stage);
    const QString log = tail(id, endOfLog).value_or(QString());
    const bool several = gates.size() > 1; // in branches side by side: each has a step of its own
    QSet<QString> taken;
    for (Gate &gate : gates) {
        QString ownStep;
        Stage own = paused.empty() || !staged ? Stage() : paused.front();
        for (const Stage &stage : paused) {
            if (stage.id == gate.stage)
                own = stage;
            // The step that waits has the message as its description: needed only where several stages wait.
            if (const auto node = paused.size() < 2 && gate.since.isValid() ? Result<std::optional<QJsonValue>>(std::optional<QJsonValue>()) : stageView(id.job, buildPath(id) + QStringLiteral("/execution/node/%1/wfapi/describe").arg(stage.id));
                node && *node)
                for (const QJsonValue &step : (**node)[Q("stageFlowNodes")].toArray()) {
                    const QString key = step[Q("id")].toVariant().toString();
                    if (stateOfStage(step[Q("status")].toString()) != State::Paused || ((several || paused.size() > 1) && step[Q("parameterDescription")].toString() != gate.message) || (several && (!ownStep.isEmpty() || taken.contains(key))))
                        continue;
                    own = stage;
                    ownStep = key;
                    gate.since = timeOfMillis(step[Q("startTimeMillis")]);
                }
        }
        if (several && !ownStep.isEmpty()) {
            taken.insert(ownStep);
            const std::lock_guard lock(m_lock);
            m_inputSteps.insert(answerKey(gate), ownStep);
        }
        gate.stage = own.name.isEmpty() ? gate.stage : own.name;
        if (!gate.since.isValid())
            gate.since = own.started;
        // timeout(…) { input … } tells its length in the line before; one around the whole run does not count from here.
        static const QRegularExpression limit(QStringLiteral("Timeout set to expire in ([^\\n]+)\\n(?:[^\\n]*\\[Pipeline\\][^\\n]*\\n){0,4}[^\\n]*$"));
        const qsizetype at = gate.parameters.empty() ? log.lastIndexOf(gate.message) : log.lastIndexOf(Q("Input requested"));
        if (const QRegularExpressionMatch match = at < 0 ? QRegularExpressionMatch() : limit.match(log.mid(std::max<qsizetype>(0, at - 2000), std::min<qsizetype>(at, 2000))); match.hasMatch() && gate.since.isValid())
            if (const qint64 seconds = secondsOfSpan(match.captured(1)); seconds > 0)
                gate.until = gate.since.addSecs(seconds);
        addAllowed(gate, id);
    }
    return gates;
}

Result<std::vector<Gate>> JenkinsPipelines::gates(const QString &run) const {
    if (!run.isEmpty()) {
        PH_ASSIGN(JenkinsId id, idOf(run));
        if (id.number == 0) {
            PH_ASSIGN(const PipelineRun waiting, item(id));
            const auto build = JenkinsId::parse(waiting.became);
            if (!build)
                return std::vector<Gate>();
            id = *build;
        }
        return gatesOf(id);
    }
    PH_ASSIGN(const std::vector<Job> jobs, readJobs(QStringLiteral("builds[number,result,building]{0,20}")));
    std::vector<Gate> all;
    std::optional<Error> first;
    for (const Job &job : jobs)
        for (const PipelineRun &one : job.runs) {
            if (one.state != State::Running)
                continue;
            Result<std::vector<Gate>> some = gatesOf(*JenkinsId::parse(one.id));
            if (some)
                all.insert(all.end(), std::make_move_iterator(some->begin()), std::make_move_iterator(some->end()));
            else if (!first)
                first = some.error();
        }
    if (all.empty() && first)
        return *first;
    return all;
}

/// Field "json" of the form: {"parameter":[{"name","value"}]}. What is missing takes its default.
Result<JenkinsForm> JenkinsPipelines::inputForm(const Gate &gate, const GateAnswer &answer) const {
    for (auto it = answer.values.begin(); it != answer.values.end(); ++it)
        if (std::none_of(gate.parameters.begin(), gate.parameters.end(), [&](const Parameter &one) { return one.name == it.key(); }))
            return invalid(QStringLiteral("“%1” does not ask for “%2”.").arg(gate.message, it.key()), source());
    QJsonArray values;
    for (const Parameter &parameter : gate.parameters) {
        const QJsonValue value = answer.values.contains(parameter.name) ? answer.values.value(parameter.name) : parameter.value;
        if (value.isUndefined() || value.isNull()) {
            if (parameter.kind == Parameter::Kind::Secret || parameter.kind == Parameter::Kind::File || parameter.required)
                return invalid(QStringLiteral("“%1” has no value.").arg(parameter.name), source(), parameter.kind == Parameter::Kind::Secret ? QStringLiteral("Name the secret that holds it.") : QString());
            values.append(QJsonObject{{Q("name"), parameter.name}, {Q("value"), parameter.kind == Parameter::Kind::Boolean ? QJsonValue(false) : QJsonValue(QString())}});
            continue;
        }
        PH_ASSIGN(const QString text, parameterText(parameter, value));
        values.append(QJsonObject{{Q("name"), parameter.name}, {Q("value"), parameter.kind == Parameter::Kind::Boolean ? QJsonValue(text == Q("true")) : QJsonValue(text)}});
    }
    return JenkinsForm{{QStringLiteral("json"), QString::fromUtf8(compactJson(QJsonObject{{Q("parameter"), values}}))}};
}

Result<void> JenkinsPipelines::answer(const Gate &gate, const GateAnswer &answer) {
    PH_ASSIGN(const JenkinsId id, idOf(gate.run));
    if (answer.proceed && gate.mayAnswer == std::optional(false))
        return Error{ErrorKind::Denied, gate.mayNot, gate.run, {}, {}};
    const QString place = buildPath(id) + QStringLiteral("/input/") + QString::fromLatin1(QUrl::toPercentEncoding(gate.id)) + QLatin1Char('/');
    JenkinsForm form;
    if (answer.proceed && (!gate.parameters.empty() || !answer.values.isEmpty())) {
        PH_ASSIGN(form, inputForm(gate, answer));
    }
    const Result<net::Response> reply = m_api.post(place + (!answer.proceed ? QStringLiteral("abort") : form.empty() ? QStringLiteral("proceedEmpty") : QStringLiteral("proceed")), form);
    if (!reply && reply.error().kind == ErrorKind::NotFound)
        return Error{ErrorKind::Conflict, QStringLiteral("“%1” does not wait any more: it was answered, or the run has ended.").arg(gate.message), gate.run, QStringLiteral("Read the run again: it shows by whom."), {}};
    if (reply) { // Jenkins does not name a user that is none of its own: what we gave is kept
        GateState state;
        state.is = answer.proceed ? GateState::Is::Proceeded : GateState::Is::Aborted;
        state.by = answer.by;
        state.comment = answer.comment;
        state.when = m_c.clock->nowUtc();
        for (const Parameter &parameter : gate.parameters)
            if (parameter.kind != Parameter::Kind::Secret && answer.values.contains(parameter.name))
                state.values.insert(parameter.name, answer.values.value(parameter.name));
        const std::lock_guard lock(m_lock);
        m_answers.insert(answerKey(gate), state);
    }
    return reply ? Result<void>() : reply.error();
}

Result<GateState> JenkinsPipelines::gateState(const Gate &gate) const {
    PH_ASSIGN(const JenkinsId id, idOf(gate.run));
    PH_ASSIGN(const std::vector<Gate> open, inputsOf(id));
    GateState state;
    if (std::any_of(open.begin(), open.end(), [&](const Gate &one) { return one.id == gate.id; }))
        return state;
    {
        const std::lock_guard lock(m_lock);
        state = m_answers.value(answerKey(gate));
    }
    const GateState ours = state; // was taken, whatever stands in the log of other inputs; that only adds how Jenkins calls us
    PH_ASSIGN(const QJsonObject build, m_api.object(buildPath(id) + QStringLiteral("/api/json?tree=building,result")));
    QString step;
    {
        const std::lock_guard lock(m_lock);
        step = m_inputSteps.value(answerKey(gate));
    }
    // Of inputs side by side the run's log does not say whose an answer is; the step's own log has its own only.
    const QString mine = step.isEmpty() ? QString() : QString::fromUtf8(nodeLog(buildPath(id), QString::fromLatin1(QUrl::toPercentEncoding(step)), {}).value_or(LogPiece()).bytes);
    const QString log = mine.isEmpty() ? tail(id, endOfLog).value_or(QString()) : mine;
    // An input with parameters writes "Input requested", another one its message; the answer stands below it.
    const qsizetype said = gate.message.isEmpty() ? -1 : log.lastIndexOf(gate.message);
    const qsizetype at = said >= 0 ? said : log.lastIndexOf(Q("Input requested"));
    static const QRegularExpression approved(QStringLiteral("Approved by ([^\\n]+)")), rejected(QStringLiteral("(?:Rejected|Aborted) by ([^\\n]+)"));
    const QString below = !mine.isEmpty() ? mine : at < 0 ? QString() : log.mid(at); // without its question, an answer there may be another one's
    const QRegularExpressionMatch yes = approved.match(below), no = rejected.match(below);
    if (yes.hasMatch() && (!no.hasMatch() || yes.capturedStart() < no.capturedStart())) {
        state.is = GateState::Is::Proceeded;
        state.by = yes.captured(1).trimmed();
    } else if (no.hasMatch()) {
        state.is = GateState::Is::Aborted;
        state.by = no.captured(1).trimmed();
    } else if (below.contains(Q("Cancelling nested steps due to timeout")) || below.contains(Q("Timeout has been exceeded"))) {
        state.is = GateState::Is::Aborted;
        state.comment = QStringLiteral("nobody answered in time");
    } else if (!build.value(Q("building")).toBool() && build.value(Q("result")).toString() == Q("ABORTED")) {
        state.is = GateState::Is::Aborted;
    } else {
        state.is = GateState::Is::Gone;
    }
    return ours.when.isValid() && state.is != ours.is ? ours : state;
}

} // namespace pilothouse::pipelines
