// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/local_pipelines.h"

namespace pilothouse::pipelines {

Capabilities LocalPipelines::can() const {
    Capabilities can;
    can.gates = ownGates() != nullptr;
    can.schedules = can.switchSchedules = true;
    return can;
}

void LocalPipelines::setOwnGates(std::shared_ptr<OwnGates> gates) {
    const std::lock_guard lock(m_lock);
    m_gates = std::move(gates);
}

std::shared_ptr<OwnGates> LocalPipelines::ownGates() const {
    const std::lock_guard lock(m_lock);
    return m_gates;
}

Result<std::vector<Gate>> LocalPipelines::gates(const QString &run) const {
    const auto own = ownGates();
    return own ? own->gates(run) : Result<std::vector<Gate>>(std::vector<Gate>());
}

Result<void> LocalPipelines::answer(const Gate &gate, const GateAnswer &answer) {
    const auto own = ownGates();
    return own ? own->answer(gate, answer) : PipelineService::answer(gate, answer);
}

Result<GateState> LocalPipelines::gateState(const Gate &gate) const {
    const auto own = ownGates();
    return own ? own->state(gate) : PipelineService::gateState(gate);
}

Result<std::vector<Schedule>> LocalPipelines::schedules() const { return m_schedules.all(); }

Result<void> LocalPipelines::switchSchedule(const QString &id, bool on) { return m_schedules.switchTo(id, on); }

} // namespace pilothouse::pipelines
