// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/serving/why_asker.h"

namespace pilothouse::ui {

WhyAsker::WhyAsker(const PanelContext &context, QObject *parent) : QObject(parent), m_context(context) {
    m_tick.setInterval(200);
    connect(&m_tick, &QTimer::timeout, this, &WhyAsker::changed);
}

WhyAsker::~WhyAsker() { m_task.stop.request_stop(); }

double WhyAsker::share() const {
    const int permille = m_permille ? m_permille->load() : -1;
    return permille < 0 ? -1 : permille / 1000.0;
}

void WhyAsker::ask(const fleet::WhyQuestion &question) {
    if (!m_context.fleet || isRunning())
        return;
    const quint64 asked = ++m_asked;
    m_question = question;
    m_permille = std::make_shared<std::atomic<int>>(-1);
    m_task = startTask<explain::Explanation>(m_context.fleet->pools().waiting, [services = m_context.fleet->services(), question, permille = m_permille](std::stop_token token) {
        return fleet::why(*services, question, [&permille](qint64 done, qint64 total) { *permille = total > 0 ? int(1000 * done / total) : -1; }, token);
    });
    deliver(m_task, this, [this, asked](const Result<explain::Explanation> &answer) {
        m_tick.stop();
        if (asked == m_asked && answer)
            Q_EMIT explained(*answer);
        else if (asked == m_asked)
            Q_EMIT failed(answer.error());
        Q_EMIT changed();
    });
    m_tick.start();
    Q_EMIT changed();
}

void WhyAsker::stop() {
    m_task.stop.request_stop();
    Q_EMIT changed();
}

void WhyAsker::forget() {
    ++m_asked;
    m_task.stop.request_stop();
}

} // namespace pilothouse::ui
