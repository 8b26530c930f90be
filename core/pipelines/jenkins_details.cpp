// SPDX-License-Identifier: GPL-3.0-or-later
// What the plugins of a Jenkins tell of one run (jenkins_service.h): stages, attempts, coverage; and what its log tells.
#include "core/pipelines/ansible_log.h"
#include "core/pipelines/jenkins_service.h"

#include <algorithm>

namespace pilothouse::pipelines {

using Q = QLatin1String;

namespace {

constexpr int askAgain = 600;            ///< seconds after which a missing plugin is looked for again
constexpr std::size_t mostDescribed = 3; ///< stages that are asked for one by one
constexpr std::size_t mostKept = 2000;

} // namespace

Result<std::optional<QJsonValue>> JenkinsPipelines::plugin(const QString &what, const QString &job, const QString &path, std::stop_token token) const {
    const qsizetype page = path.indexOf(QLatin1Char('/') + what + QLatin1Char('/'));
    const QString own = path.left(page), key = what + path.mid(path.lastIndexOf(QLatin1Char('/'))).section(QLatin1Char('?'), 0, 0) + QLatin1Char(' ') + job;
    const bool node = own.contains(Q("/execution/node/")); // one step that is gone says nothing of the others
    const QDateTime now = m_c.clock->nowUtc();
    {
        const std::lock_guard lock(m_lock);
        if (const QDateTime asked = m_absent.value(key); asked.isValid() && asked.secsTo(now) < askAgain)
            return std::optional<QJsonValue>();
        const QString kind = m_jobs.value(job).kind;
        if (!kind.isEmpty() && !kind.contains(Q("workflow"), Qt::CaseInsensitive)) // a freestyle job has no stages
            return std::optional<QJsonValue>();
    }
    PH_ASSIGN(std::optional<QJsonValue> reply, m_api.maybe(path, token));
    // A build that was thrown away answers as a plugin that is not there: its gates must not hide those of the next one.
    const bool missing = !reply && !node && m_api.object(own + QStringLiteral("/api/json?tree=_class"), token).has_value();
    const std::lock_guard lock(m_lock);
    if (reply)
        m_absent.remove(key);
    else if (missing)
        m_absent.insert(key, now);
    return reply;
}

Result<std::optional<QJsonObject>> JenkinsPipelines::graphView(const JenkinsId &id, const QString &page, std::stop_token token) const {
    QStringList places{QStringLiteral("stages"), QStringLiteral("pipeline-overview")};
    {
        const std::lock_guard lock(m_lock);
        if (!m_graphPage.isEmpty())
            places = {m_graphPage};
    }
    for (const QString &place : places) {
        PH_ASSIGN(const std::optional<QJsonValue> reply, plugin(place, id.job, buildPath(id) + QStringLiteral("/%1/%2").arg(place, page), token));
        if (!reply || !reply->isObject())
            continue;
        const std::lock_guard lock(m_lock);
        m_graphPage = place;
        return std::optional(reply->toObject().value(Q("data")).toObject());
    }
    return std::optional<QJsonObject>();
}

Result<void> JenkinsPipelines::addLive(PipelineRun &run) const {
    PH_TRY(addStages(run));
    if (run.state != State::Paused)
        return {};
    const auto id = JenkinsId::parse(run.id);
    PH_ASSIGN(const std::vector<Gate> gates, inputsOf(*id));
    run.gates = int(gates.size());
    if (!gates.empty())
        run.note = gates.front().message;
    return {};
}

Result<void> JenkinsPipelines::addStages(PipelineRun &run) const {
    const auto id = JenkinsId::parse(run.id);
    PH_ASSIGN(const std::optional<QJsonObject> tree, graphView(*id, QStringLiteral("tree")));
    if (tree && tree->contains(Q("stages"))) {
        run.stages = stagesOfTree(tree->value(Q("stages")).toArray());
    } else {
        const Result<std::optional<QJsonValue>> asked = stageView(id->job, buildPath(*id) + QStringLiteral("/wfapi/describe"));
        if (!asked && !asked.error().what.contains(Q("(HTTP 500)"))) // a bare 500 is how its plugin says that the right is missing
            return asked.error();
        const std::optional<QJsonValue> view = asked ? *asked : std::optional<QJsonValue>();
        if (view) {
            run.stages = stagesOfDescription((*view)[Q("stages")].toArray());
            if ((*view)[Q("status")].toString() == Q("PAUSED_PENDING_INPUT") && run.state == State::Running) {
                run.state = State::Paused;
                run.systemState = QStringLiteral("PAUSED_PENDING_INPUT");
            }
        } else if (run.note.isEmpty()) {
            run.note = QStringLiteral("Jenkins shows no stages of this run");
        }
    }
    for (Stage &stage : run.stages) {
        stage.link = m_api.page(buildPath(*id) + (tree ? QStringLiteral("/stages/?selected-node=%1") : QStringLiteral("/execution/node/%1/")).arg(stage.id));
        if (stage.state == State::Paused && run.state == State::Running) {
            run.state = State::Paused;
            run.systemState = QStringLiteral("paused");
        }
    }
    if (run.state == State::Paused && run.gates == 0) {
        PH_ASSIGN(const std::vector<Gate> gates, inputsOf(*id));
        run.gates = int(gates.size());
        if (!gates.empty())
            run.note = gates.front().message;
    }
    return {};
}

void JenkinsPipelines::addAttempts(PipelineRun &run) const {
    const auto id = JenkinsId::parse(run.id);
    const auto tell = [&](Stage &stage, const QJsonArray &steps) {
        stage.attempts = attemptsOf(steps);
        for (const QJsonValue &step : steps)
            if (const QString said = step[Q("error")][Q("message")].toString(); !said.isEmpty() && stage.state != State::Passed)
                stage.note = said;
    };
    const auto graph = graphView(*id, QStringLiteral("allSteps"));
    QString page;
    {
        const std::lock_guard lock(m_lock);
        page = m_graphPage;
    }
    if (graph && *graph) {
        for (Stage &stage : run.stages) {
            QJsonArray own;
            for (const QJsonValue &step : (*graph)->value(Q("steps")).toArray())
                if (step[Q("stageId")].toVariant().toString() == stage.id)
                    own.append(step);
            tell(stage, own);
            for (const QJsonValue &step : own)
                if (stage.note.isEmpty() && stage.state == State::Failed && stateOfStage(step[Q("state")].toString()) == State::Failed)
                    if (const auto said = m_api.fetch(buildPath(*id) + QStringLiteral("/%1/exceptionText?nodeId=%2").arg(page, step[Q("id")].toVariant().toString())))
                        stage.note = QString::fromUtf8(said->body.left(2000)).section(QLatin1Char('\n'), 0, 0).remove(QStringLiteral("hudson.AbortException: "));
        }
    } else {
        std::size_t asked = 0;
        for (Stage &stage : run.stages) {
            if (stage.state == State::Passed || stage.state == State::Skipped || stage.state == State::Waiting || asked++ >= mostDescribed)
                continue;
            if (const auto node = stageView(id->job, buildPath(*id) + QStringLiteral("/execution/node/%1/wfapi/describe").arg(stage.id)); node && *node)
                tell(stage, (**node)[Q("stageFlowNodes")].toArray());
        }
    }
    const auto failed = std::find_if(run.stages.begin(), run.stages.end(), [](const Stage &stage) { return stage.state == State::Failed; });
    if (run.state == State::Failed)
        run.error = Error{ErrorKind::Refused, failed == run.stages.end() ? QStringLiteral("Jenkins says that the run failed.") : QStringLiteral("The stage “%1” failed%2.").arg(failed->name, failed->note.isEmpty() ? QString() : QStringLiteral(": ") + failed->note),
                          run.id, QStringLiteral("Read the log of the stage."), {}};
}

void JenkinsPipelines::addImages(PipelineRun &run) const {
    run.images = imagesOfVars(run.parameters);
    {
        const std::lock_guard lock(m_lock);
        if (const auto it = m_images.constFind(run.id); it != m_images.constEnd()) {
            run.images.insert(*it);
            return;
        }
    }
    if (!hasEnded(run.state))
        return;
    QMap<QString, QString> found;
    for (const Stage &stage : run.stages) {
        if (!hasPassed(stage.state) || !(stage.name.contains(Q("ansible"), Qt::CaseInsensitive) || stage.name.contains(Q("deploy"), Qt::CaseInsensitive)))
            continue;
        LogFrom from;
        from.run = run.id;
        from.stage = stage.key();
        const Result<LogPiece> piece = readLog(from);
        if (!piece)
            return; // asked again next time
        found.insert(imagesOfVars(parseAnsible(QString::fromUtf8(piece->bytes.right(4 << 20))).extraVars));
    }
    run.images.insert(found);
    const std::lock_guard lock(m_lock);
    if (std::size_t(m_images.size()) > mostKept)
        m_images.clear();
    m_images.insert(run.id, found);
}

void JenkinsPipelines::addCoverage(PipelineRun &run) const {
    if (!hasEnded(run.state))
        return;
    {
        const std::lock_guard lock(m_lock);
        if (const auto it = m_coverage.constFind(run.id); it != m_coverage.constEnd()) {
            run.coverage = *it;
            return;
        }
    }
    const auto id = JenkinsId::parse(run.id);
    const auto asked = [&](const QString &what, const QString &page) -> QJsonValue {
        const auto reply = plugin(what, id->job, buildPath(*id) + page);
        return reply && *reply ? **reply : QJsonValue();
    };
    std::optional<double> percent;
    // Coverage plugin: {"projectStatistics":{"line":"96.20%"}}; JaCoCo: {"lineCoverage":{"percentageFloat":96.2}}.
    QString text = asked(QStringLiteral("coverage"), QStringLiteral("/coverage/api/json"))[Q("projectStatistics")][Q("line")].toString();
    bool right = false;
    if (const double value = text.remove(QLatin1Char('%')).trimmed().replace(QLatin1Char(','), QLatin1Char('.')).toDouble(&right); right)
        percent = value;
    if (!percent)
        if (const QJsonValue lines = asked(QStringLiteral("jacoco"), QStringLiteral("/jacoco/api/json"))[Q("lineCoverage")]; lines.isObject())
            percent = lines[Q("percentageFloat")].toDouble(lines[Q("percentage")].toDouble());
    run.coverage = percent;
    const std::lock_guard lock(m_lock);
    if (std::size_t(m_coverage.size()) > mostKept)
        m_coverage.clear();
    m_coverage.insert(run.id, percent);
}

} // namespace pilothouse::pipelines
