// SPDX-License-Identifier: GPL-3.0-or-later
// What a model's watch promises of its endpoint on this machine, against the last hour of its prediction log.
#include "core/fleet/service_traffic.h"
#include "widgets/base/card.h"
#include "widgets/cluster/rollouts_panel.h"
#include "widgets/cluster/slo_words.h"

namespace pilothouse::ui {

namespace {
constexpr int sloSeconds = 3600, sloStretch = 60, sloEverySeconds = 60;
} // namespace

void RolloutsPanel::readSlo(const workspace::Model &model) {
    const workspace::Slo slo = workspace::sloOf(model);
    if (!slo.stated()) {
        m_slo.reset();
        return;
    }
    if (m_readingSlo.isRunning() || (m_sloOf == model.name && m_sloAt.isValid() && m_sloAt.secsTo(now()) < sloEverySeconds))
        return;
    if (m_sloOf != model.name)
        m_slo.reset();
    m_sloOf = model.name;
    m_sloAt = now();
    m_readingSlo = startTask<telemetry::SloReading>(context().fleet->pools().waiting, [services = context().fleet->services(), model, slo, to = now()](std::stop_token) -> Result<telemetry::SloReading> {
        PH_ASSIGN(const telemetry::ServiceTraffic seen, fleet::loggedTraffic(*services, model, to.addSecs(-sloSeconds), to, sloStretch));
        return telemetry::readSlo(slo, seen);
    });
    deliver(m_readingSlo, this, [this, name = model.name](const Result<telemetry::SloReading> &reading) {
        if (name != m_sloOf || !reading)
            return;
        m_slo = *reading;
        showSlo();
    });
}

void RolloutsPanel::showSlo() {
    const bool known = m_slo && m_sloOf == m_model;
    m_errorsCard->setSubtitle(known ? sloVerdict(*m_slo) : QString());
    m_errorsCard->setToolTip(known ? sloSentences(*m_slo) : QString());
}

} // namespace pilothouse::ui
