// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipelines/all_pipelines.h"

#include <algorithm>
#include <atomic>
#include <mutex>

namespace pilothouse::tests {

/// A system that runs pipelines, in memory. What a test sets is what the next calls meet.
class FakePipelines : public pipelines::PipelineService {
public:
    explicit FakePipelines(QString name, QString kind = QStringLiteral("jenkins")) : m_name(std::move(name)), m_kind(std::move(kind)) {}
    QString source() const override { return m_name; }
    QString system() const override { return m_kind; }
    int pollSeconds() const override { return 10; }

    Result<std::vector<pipelines::Pipeline>> pipelines() const override {
        const std::lock_guard lock(mutex);
        if (problem)
            return *problem;
        return known;
    }
    Result<std::vector<pipelines::PipelineRun>> runs(const QString &pipeline, int limit) const override {
        const std::lock_guard lock(mutex);
        ++asked;
        if (problem)
            return *problem;
        std::vector<pipelines::PipelineRun> out;
        for (const auto &run : all)
            if ((pipeline.isEmpty() || run.pipeline == pipeline) && int(std::count_if(out.begin(), out.end(), [&](const auto &r) { return r.pipeline == run.pipeline; })) < limit)
                out.push_back(run);
        return out;
    }
    Result<pipelines::PipelineRun> run(const QString &id) const override {
        const std::lock_guard lock(mutex);
        for (const auto &run : all)
            if (run.id == id)
                return run;
        return notFound(QStringLiteral("no run %1").arg(id));
    }
    Result<pipelines::LogPiece> readLog(const pipelines::LogFrom &from, std::stop_token) const override {
        pipelines::LogPiece piece;
        piece.bytes = from.run.toUtf8() + '\n';
        piece.end = true;
        return piece;
    }
    Result<pipelines::StartForm> form(const QString &) const override { return startForm; }
    Result<QString> startRun(const pipelines::StartRequest &request) override {
        const std::lock_guard lock(mutex);
        ++starts;
        started = request;
        if (arrives) {
            pipelines::PipelineRun run;
            run.id = QStringLiteral("%1#%2").arg(request.pipeline).arg(all.size() + 1);
            run.pipeline = request.pipeline;
            run.parameters = request.parameters;
            run.state = pipelines::State::Running;
            all.insert(all.begin(), run);
        }
        if (replyLost)
            return Error{ErrorKind::TimedOut, QStringLiteral("no reply"), {}, {}, {}};
        return all.front().id;
    }
    Result<void> cancel(const QString &id) override {
        const std::lock_guard lock(mutex);
        for (auto &run : all)
            if (run.id == id && arrives)
                run.state = pipelines::State::Cancelled;
        if (replyLost)
            return Error{ErrorKind::Unreachable, QStringLiteral("cut"), {}, {}, {}};
        return {};
    }
    Result<std::vector<pipelines::Gate>> gates(const QString &run) const override {
        const std::lock_guard lock(mutex);
        std::vector<pipelines::Gate> out;
        for (const auto &gate : waiting)
            if (run.isEmpty() || gate.run == run)
                out.push_back(gate);
        return out;
    }
    Result<void> answer(const pipelines::Gate &gate, const pipelines::GateAnswer &given) override {
        const std::lock_guard lock(mutex);
        ++answers;
        answered = given;
        if (arrives) {
            state.is = given.proceed ? pipelines::GateState::Is::Proceeded : pipelines::GateState::Is::Aborted;
            state.by = given.by;
            std::erase_if(waiting, [&](const auto &g) { return g.id == gate.id && g.run == gate.run; });
        }
        if (replyLost)
            return Error{ErrorKind::TimedOut, QStringLiteral("no reply"), {}, {}, {}};
        return {};
    }
    Result<pipelines::GateState> gateState(const pipelines::Gate &) const override {
        const std::lock_guard lock(mutex);
        return state;
    }
    Result<std::vector<pipelines::Schedule>> schedules() const override {
        const std::lock_guard lock(mutex);
        return planned;
    }
    Result<void> switchSchedule(const QString &id, bool on) override {
        const std::lock_guard lock(mutex);
        for (auto &schedule : planned)
            if (schedule.id == id && arrives)
                schedule.on = on;
        if (replyLost)
            return Error{ErrorKind::TimedOut, QStringLiteral("no reply"), {}, {}, {}};
        return {};
    }
    Result<void> removeSchedule(const QString &id) override {
        const std::lock_guard lock(mutex);
        std::erase_if(planned, [&](const auto &s) { return s.id == id; });
        return {};
    }
    Result<QString> createSchedule(const pipelines::ScheduleRequest &request) override {
        const std::lock_guard lock(mutex);
        pipelines::Schedule schedule;
        schedule.id = QStringLiteral("s%1").arg(planned.size() + 1);
        schedule.name = request.name;
        schedule.pipeline = request.pipeline;
        schedule.when = request.cron.isEmpty() ? QStringLiteral("every %1 s").arg(request.everySeconds) : request.cron;
        schedule.canSwitch = true;
        planned.push_back(schedule);
        return schedule.id;
    }

    mutable std::mutex mutex;
    mutable int asked = 0;
    bool arrives = true, replyLost = false; ///< of a write: whether the system carries it out; whether its reply comes
    int starts = 0, answers = 0;
    std::optional<Error> problem;
    pipelines::StartRequest started;
    pipelines::GateAnswer answered;
    pipelines::GateState state;
    pipelines::StartForm startForm;
    std::vector<pipelines::Pipeline> known;
    std::vector<pipelines::PipelineRun> all;
    std::vector<pipelines::Gate> waiting;
    std::vector<pipelines::Schedule> planned;

private:
    QString m_name, m_kind;
};

inline pipelines::PipelineRun fakeRun(const QString &id, const QString &pipeline, pipelines::State state, const QDateTime &started, const QDateTime &ended = {}) {
    pipelines::PipelineRun run;
    run.id = id;
    run.pipeline = pipeline;
    run.state = state;
    run.started = started;
    run.ended = ended;
    return run;
}

} // namespace pilothouse::tests
