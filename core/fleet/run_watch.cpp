// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/run_watch.h"

#include "core/fleet/deploy_follow.h"
#include "core/fleet/remote_runs.h"
#include "core/fleet/run_retries.h"
#include "core/pipelines/local_pipelines.h"
#include "core/pipelines/pipeline_operations.h"

#include <QCoreApplication>

#include <algorithm>

namespace pilothouse::fleet {

using Q = QLatin1String;

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(RunWatch)
};

} // namespace

RunWatch::RunWatch(std::shared_ptr<Services> services, PromotionAsker ask) : m_services(std::move(services)), m_ask(std::move(ask)) {}

bool RunWatch::needed() const {
    const auto *local = pipelines::localPart(*m_services->pipelines);
    const bool schedules = local && local->ownSchedules().any() && int(m_services->workspace.role) >= int(workspace::Role::Operator);
    return schedules || RunRetries(m_services).needed() || JoinedRuns(m_services).needed() || DeployFollow(m_services).needed();
}

std::vector<RunNews> RunWatch::look(std::stop_token token) {
    std::vector<RunNews> news = beginSchedules();
    const auto append = [&](std::vector<RunNews> more) { news.insert(news.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end())); };
    append(RunRetries(m_services).look(token));
    append(JoinedRuns(m_services, m_ask).look(token));
    append(DeployFollow(m_services).look(token));
    if (std::any_of(news.begin(), news.end(), [](const RunNews &one) { return one.acted; }))
        m_services->runs->forget(); // what was started shows at once
    return news;
}

std::vector<RunNews> RunWatch::beginSchedules() {
    std::vector<RunNews> news;
    const auto *local = pipelines::localPart(*m_services->pipelines);
    if (!local || int(m_services->workspace.role) < int(workspace::Role::Operator) || !local->ownSchedules().any())
        return news;
    const auto due = local->ownSchedules().take();
    if (!due)
        return {{QString(), due.error().text(), false, due.error()}};
    for (const pipelines::LocalSchedules::Due &one : *due) {
        const auto run = std::make_shared<QString>();
        const QString reason = one.missed ? QStringLiteral("schedule %1, missed at %2").arg(one.when, isoUtc(one.fire)) : QStringLiteral("schedule %1").arg(one.when);
        auto operation = pipelines::startPipelineOperation(m_services->pipelines, {one.model, {}, {}, m_services->operations->actor().name, reason}, run);
        operation.automatic = true; // as the workspace says
        operation.details.insert(Q("due"), isoUtc(one.fire));
        const auto outcome = m_services->operations->run(std::move(operation));
        if (!run->isEmpty())
            news.push_back({one.model, QStringLiteral("%1: %2 began by its schedule (%3)").arg(one.model, *run, one.when), true, {}});
        else
            news.push_back({one.model, QStringLiteral("%1 did not begin by its schedule (%2): %3").arg(one.model, one.when, outcome.error ? outcome.error->text() : QString()), false, outcome.error});
    }
    return news;
}

std::vector<pipelines::Notice> runNotices(const Services &services) {
    std::vector<pipelines::Notice> all;
    using Is = JoinedRun::State;
    for (const JoinedRun &joined : joinedRuns(services)) {
        const bool unclear = joined.state == Is::Approved && joined.start.state == OnceStart::State::Sending && !joined.start.problem.isEmpty();
        if (!unclear && joined.state != Is::Blocked && !(joined.state == Is::Approved && !joined.start.problem.isEmpty()))
            continue;
        if (joined.state == Is::Blocked && joined.since.secsTo(services.clock->nowUtc()) > 86400)
            continue;
        pipelines::Notice notice;
        notice.id = joined.id;
        notice.kind = QStringLiteral("joined");
        notice.pipeline = joined.deploy.pipeline;
        notice.run = joined.train;
        notice.sentence = QStringLiteral("%1: %2").arg(joined.train, joined.sentence());
        notice.since = joined.decided.isValid() ? joined.decided : joined.since;
        if (unclear) {
            notice.fix = Text::tr("Start it");
            notice.start = joined.deploy;
        }
        all.push_back(notice);
    }
    for (const FollowedDeploy &one : followedDeploys(services))
        if (one.state == FollowedDeploy::State::Stuck && one.open()) {
            pipelines::Notice notice;
            notice.id = QStringLiteral("deploy-") + one.run;
            notice.kind = QStringLiteral("stuck-rollout");
            notice.pipeline = one.pipeline;
            notice.run = one.run;
            notice.sentence = Text::tr("%1 passed, but %2").arg(one.run, one.sentence());
            notice.since = one.passed;
            all.push_back(notice);
        }
    return all;
}

RunLoop::RunLoop(std::shared_ptr<Services> services, Pools &pools, QObject *parent) : QObject(parent), m_watch(std::make_shared<RunWatch>(std::move(services))), m_pools(pools) {
    m_timer.setInterval(RunWatch::everySeconds * 1000);
    connect(&m_timer, &QTimer::timeout, this, &RunLoop::look);
    if (m_watch->needed())
        m_timer.start();
}

RunLoop::~RunLoop() { m_task.stop.request_stop(); }

void RunLoop::look() {
    if (m_task.isRunning())
        return;
    m_task = startTask<std::vector<RunNews>>(m_pools.waiting, [watch = m_watch](std::stop_token token) -> Result<std::vector<RunNews>> { return watch->look(token); });
    deliver(m_task, this, [this](const Result<std::vector<RunNews>> &news) {
        if (news && std::any_of(news->begin(), news->end(), [](const RunNews &one) { return one.acted; }))
            Q_EMIT acted();
    });
}

} // namespace pilothouse::fleet
