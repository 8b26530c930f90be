// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/cluster/forward_list.h"

#include <QLocale>

#include <algorithm>

namespace pilothouse::ui {

namespace {

QString idOf(const cluster::PortForward &forward) { return QString::number(forward.localPort()); }

} // namespace

ForwardModel::ForwardModel(QObject *parent) : RowsModel(parent) {
    const auto left = Qt::AlignLeft | Qt::AlignVCenter, right = Qt::AlignRight | Qt::AlignVCenter;
    m_columns = {{tr("Address here"), left, 140, {}, 0}, {tr("Leads to"), left, 0, {}, 0}, {tr("Pod"), left, 180, {}, 3}, {tr("Open"), right, 60, {}, 4},
                 {tr("Received"), right, 90, {}, 1},     {tr("Sent"), right, 90, {}, 2},   {tr("Last problem"), left, 200, {}, 5}};
}

QVariant ForwardModel::cell(const ForwardRow &row, int column, int role) const {
    if (role == StateRole)
        return column == Problem && !row.problem.isEmpty() ? QVariant(int(State::Warn)) : QVariant();
    if (role == StrongRole)
        return column == Local;
    if (role == Qt::ToolTipRole)
        return column == Problem ? row.problem : row.ours ? QString() : tr("An endpoint of a model holds it open.");
    if (role != Qt::DisplayRole && role != SortRole)
        return {};
    const QLocale locale;
    switch (column) {
    case Local: return row.local;
    case Target: return row.connection.isEmpty() ? row.target : row.connection + QStringLiteral(" · ") + row.target;
    case Pod: return row.pod;
    case Open: return row.open;
    case Received: return role == SortRole ? QVariant(row.received) : locale.formattedDataSize(row.received, 1);
    case Sent: return role == SortRole ? QVariant(row.sent) : locale.formattedDataSize(row.sent, 1);
    case Problem: return row.problem;
    default: return {};
    }
}

std::optional<ForwardWish> forwardWish(const QString &id) {
    const QStringList parts = id.split(QLatin1Char('|'));
    if (parts.size() == 4 && !parts[3].isEmpty())
        return ForwardWish{parts[0], parts[2], parts[1] + QLatin1Char('/') + parts[3], {}, 0};
    if (parts.size() != 3 || parts[2].isEmpty())
        return std::nullopt;
    return ForwardWish{parts[0], parts[1], parts[2].contains(QLatin1Char('/')) ? parts[2] : QStringLiteral("pod/") + parts[2], {}, 0};
}

ForwardList::ForwardList(Pools &pools, QObject *parent) : QObject(parent), m_pools(pools) {}

ForwardList::~ForwardList() {
    m_stop.request_stop();
    m_held.clear(); // the window goes: they end before the program does
}

ForwardList &ForwardList::of(QObject *owner, Pools &pools) {
    if (auto *there = owner->findChild<ForwardList *>(QString(), Qt::FindDirectChildrenOnly))
        return *there;
    return *new ForwardList(pools, owner);
}

void ForwardList::start(std::shared_ptr<fleet::Services> services, const ForwardWish &wish) {
    using Started = std::shared_ptr<cluster::PortForward>;
    ++m_starting;
    const auto starting = startTask<Started>(m_pools.waiting, [services, wish, token = m_stop.get_token()](std::stop_token) -> Result<Started> {
        PH_ASSIGN(const auto api, services->clusters->of(wish.connection));
        PH_ASSIGN(const auto what, cluster::parseKubeRef(wish.target, wish.space.isEmpty() ? api->space() : wish.space));
        return cluster::PortForwards::ofProgram()->open(api, what, wish.port, wish.localPort, token);
    });
    deliver(starting, this, [this](const Result<Started> &result) {
        --m_starting;
        if (!result) {
            Q_EMIT failed(result.error());
            return;
        }
        if (std::find(m_held.begin(), m_held.end(), *result) == m_held.end())
            m_held.push_back(*result);
        Q_EMIT changed();
        Q_EMIT started(idOf(**result));
    });
}

void ForwardList::stop(const QString &id) {
    const auto found = std::find_if(m_held.begin(), m_held.end(), [&](const auto &forward) { return idOf(*forward) == id; });
    if (found == m_held.end())
        return;
    release(std::move(*found));
    m_held.erase(found);
    Q_EMIT changed();
}

void ForwardList::release(std::shared_ptr<cluster::PortForward> forward) const {
    m_pools.waiting.start([forward = std::move(forward)]() mutable { forward.reset(); });
}

std::vector<ForwardRow> ForwardList::rows() const {
    std::vector<ForwardRow> out;
    for (auto &entry : cluster::PortForwards::ofProgram()->list()) {
        if (entry.users == 0) { // its last user let go of it just now
            release(std::move(entry.forward));
            continue;
        }
        const auto state = entry.forward->state();
        ForwardRow row;
        row.id = idOf(*entry.forward);
        row.connection = entry.connection;
        row.target = entry.port.isEmpty() ? entry.what.text() : tr("%1, port %2").arg(entry.what.text(), entry.port);
        row.local = QStringLiteral("127.0.0.1:%1").arg(entry.forward->localPort());
        row.pod = state.podPort > 0 ? QStringLiteral("%1:%2").arg(state.pod).arg(state.podPort) : state.pod;
        row.open = state.open;
        row.users = entry.users;
        row.connections = state.connections;
        row.received = state.received;
        row.sent = state.sent;
        row.problem = state.lastError ? state.lastError->what : QString();
        row.ours = std::any_of(m_held.begin(), m_held.end(), [&](const auto &held) { return held == entry.forward; });
        out.push_back(std::move(row));
        if (entry.forward.use_count() == 1) // its last user let go of it meanwhile
            release(std::move(entry.forward));
    }
    return out;
}

} // namespace pilothouse::ui
