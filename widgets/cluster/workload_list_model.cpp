// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/cluster/workload_list_model.h"

#include "widgets/base/format.h"

#include <algorithm>

namespace pilothouse::ui {

namespace {

using cluster::InferenceRow;
using cluster::WorkloadRow;
namespace kinds = cluster::kinds;

QString shortKind(const cluster::KubeKind &kind) {
    if (kind == kinds::StatefulSet)
        return QStringLiteral("sts ");
    if (kind == kinds::DaemonSet)
        return QStringLiteral("ds ");
    return kind == kinds::InferenceService ? QStringLiteral("isvc ") : QString();
}

WorkloadStand rolloutStand(const WorkloadRow &w) {
    WorkloadStand out;
    out.ready = QStringLiteral("%1/%2").arg(w.ready).arg(w.desired);
    if (w.steps > 0 && w.step >= 0 && w.step < w.steps)
        out.ready = QObject::tr("step %1 of %2").arg(w.step + 1).arg(w.steps);
    out.state = w.phase == QLatin1String("Healthy")     ? State::Ok
                : w.phase == QLatin1String("Paused")    ? State::Paused
                : w.phase == QLatin1String("Degraded")  ? State::Bad
                : w.phase.isEmpty()                     ? State::Unknown
                                                        : State::Running;
    out.reason = out.state == State::Bad ? (w.reason.isEmpty() ? w.phase : w.reason) : QString();
    return out;
}

WorkloadStand inferenceStand(const InferenceRow &s) {
    WorkloadStand out;
    out.state = s.ready ? State::Ok : s.failure.isEmpty() ? State::Running : State::Bad;
    out.ready = s.latestPercent > 0 && s.latestPercent < 100 ? QObject::tr("canary %1 %").arg(s.latestPercent) : s.ready ? QObject::tr("ready") : s.modelState;
    out.reason = s.ready ? QString() : !s.failure.isEmpty() ? s.failure : s.reason;
    return out;
}

} // namespace

WorkloadStand workloadStand(const cluster::KubeKind &kind, const cluster::KubeRow &row) {
    WorkloadStand out;
    if (const auto *service = row.as<InferenceRow>())
        out = inferenceStand(*service);
    else if (const auto *w = row.as<WorkloadRow>(); w && kind == kinds::Rollout)
        out = rolloutStand(*w);
    else if (w) {
        const bool moves = w->observed < w->generation || w->updated < w->desired || w->current > w->updated || w->available < w->desired;
        out.ready = QStringLiteral("%1/%2").arg(w->ready).arg(w->desired);
        out.reason = w->reason;
        out.state = !w->reason.isEmpty() ? State::Bad : w->paused ? State::Paused : moves ? State::Running : w->desired == 0 ? State::Skipped : State::Ok;
    }
    out.ready.prepend(shortKind(kind));
    return out;
}

WorkloadListModel::Key WorkloadListModel::headingOf(Key key) {
    key.name.clear();
    key.kind.clear();
    return key;
}

void WorkloadListModel::setEndpoints(const std::vector<fleet::ModelRow> &models) {
    std::map<Key, Line> wanted;
    for (const fleet::ModelRow &m : models) {
        Line line;
        line.id = line.text = m.name;
        line.state = m.rollout ? stateOf(m.rollout->phase) : State::Unknown;
        line.right = !m.rollout || m.rollout->phase == cluster::RolloutPhase::None ? tr("not served")
                     : m.rollout->canary                                          ? tr("canary %1 %").arg(qRound(m.rollout->wantedCanaryShare * 100))
                     : m.rollout->stable                                          ? QStringLiteral("v%1").arg(m.rollout->stable->version)
                                                                                  : QString();
        line.tip = m.rollout ? m.rollout->target : tr("no deployment");
        line.filter = line.text + QLatin1Char(' ') + line.tip;
        wanted.emplace(Key{0, {}, {}, m.name, QStringLiteral("endpoint")}, std::move(line));
    }
    for (auto it = m_all.begin(); it != m_all.end() && it->first.part == 0;)
        it = wanted.contains(it->first) ? std::next(it) : m_all.erase(it);
    for (auto &[key, line] : wanted)
        put(key, std::move(line));
    settle();
}

void WorkloadListModel::apply(const QString &connection, const cluster::KubeKind &kind, const cluster::KubeChanges &changes) {
    const auto keyOf = [&](const QString &space, const QString &name) { return Key{2, connection, space, name, kind.kind}; };
    for (const auto *rows : {&changes.inserted, &changes.changed})
        for (const cluster::KubeRowPtr &row : *rows) {
            const WorkloadStand stand = workloadStand(kind, *row);
            Line line;
            line.id = fleet::WorkloadId{connection, {kind, row->space, row->name}}.text();
            line.text = row->name;
            line.state = stand.state;
            line.right = stand.ready;
            line.reason = stand.reason;
            const auto *w = row->as<WorkloadRow>();
            line.tip = QStringLiteral("%1 %2").arg(kind.kind, row->id) + (w && !w->images.isEmpty() ? QLatin1Char('\n') + w->images.join(QLatin1Char('\n')) : QString())
                       + (w && !w->message.isEmpty() ? QLatin1Char('\n') + w->message : QString());
            line.filter = QStringList{row->name, row->space, connection, kind.kind, stand.reason, w ? w->images.join(QLatin1Char(' ')) : QString()}.join(QLatin1Char(' '));
            put(keyOf(row->space, row->name), std::move(line));
        }
    for (const QString &id : changes.removed)
        m_all.erase(keyOf(id.section(QLatin1Char('/'), 0, 0), id.section(QLatin1Char('/'), 1)));
    if (!changes.inserted.empty() || !changes.removed.isEmpty() || !m_words.isEmpty())
        settle();
}

void WorkloadListModel::setSight(const fleet::ClusterSight &sight, const QDateTime &now) {
    const Key key{1, sight.connection, {}, sight.connection, QStringLiteral("cluster")};
    const QString old = sight.problem ? (sight.staleSince.isValid() ? tr("%1 old").arg(age(sight.staleSince, now)) : tr("old")) : QString();
    const bool stood = m_all.contains(key);
    if (sight.problem || !sight.complete) {
        Line line;
        line.id = clusterId(sight.connection);
        line.text = sight.connection;
        line.state = sight.problem ? State::Unknown : State::Running;
        line.right = sight.problem ? (sight.staleSince.isValid() ? tr("since %1").arg(age(sight.staleSince, now)) : tr("not reached")) : tr("reads …");
        line.reason = sight.problem ? sight.problem->what : QString();
        line.tip = sight.problem ? sight.problem->text() : QString();
        line.filter = sight.connection;
        put(key, std::move(line));
    } else {
        m_all.erase(key);
    }
    if (m_old.value(sight.connection) != old) {
        m_old.insert(sight.connection, old);
        for (int i = 0; i < int(m_shown.size()); ++i)
            if (m_shown[std::size_t(i)].part == 2 && m_shown[std::size_t(i)].connection == sight.connection)
                Q_EMIT dataChanged(index(i), index(i));
    }
    if (stood != m_all.contains(key) || !m_words.isEmpty())
        settle();
}

void WorkloadListModel::setWords(const QString &text) {
    m_words = text.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    settle();
}

int WorkloadListModel::workloads() const { return int(std::count_if(m_all.begin(), m_all.end(), [](const auto &line) { return line.first.part == 2; })); }

bool WorkloadListModel::fits(const Line &line) const {
    return std::all_of(m_words.begin(), m_words.end(), [&](const QString &word) { return line.filter.contains(word, Qt::CaseInsensitive); });
}

void WorkloadListModel::put(const Key &key, Line line) {
    const auto [at, added] = m_all.try_emplace(key, line);
    if (added || at->second == line)
        return;
    at->second = std::move(line);
    const auto shown = std::lower_bound(m_shown.begin(), m_shown.end(), key);
    if (shown != m_shown.end() && *shown == key) {
        const QModelIndex changed = index(int(shown - m_shown.begin()));
        Q_EMIT dataChanged(changed, changed);
    }
}

/// Both lists are in the same order: what is gone goes, what is new comes, in runs.
void WorkloadListModel::settle() {
    const bool onlyEndpoints = m_all.empty() || m_all.rbegin()->first.part == 0;
    std::vector<Key> wanted;
    for (const auto &[key, line] : m_all) {
        if (!fits(line))
            continue;
        const Key heading = headingOf(key);
        if (!onlyEndpoints && (wanted.empty() || headingOf(wanted.back()) != (key.part == 1 ? headingOf(wanted.back()) : heading) || wanted.back().part != key.part))
            wanted.push_back(key.part == 1 ? Key{1, {}, {}, {}, {}} : heading);
        wanted.push_back(key);
    }
    std::size_t at = 0, next = 0;
    while (at < m_shown.size() || next < wanted.size()) {
        std::size_t end = at;
        while (end < m_shown.size() && (next == wanted.size() || m_shown[end] < wanted[next]))
            ++end;
        if (end > at) {
            beginRemoveRows({}, int(at), int(end) - 1);
            m_shown.erase(m_shown.begin() + qsizetype(at), m_shown.begin() + qsizetype(end));
            endRemoveRows();
            continue;
        }
        std::size_t last = next;
        while (last < wanted.size() && (at == m_shown.size() || wanted[last] < m_shown[at]))
            ++last;
        if (last > next) {
            beginInsertRows({}, int(at), int(at + last - next) - 1);
            m_shown.insert(m_shown.begin() + qsizetype(at), wanted.begin() + qsizetype(next), wanted.begin() + qsizetype(last));
            endInsertRows();
            at += last - next;
            next = last;
            continue;
        }
        ++at;
        ++next;
    }
}

Qt::ItemFlags WorkloadListModel::flags(const QModelIndex &index) const {
    return index.isValid() && m_shown[std::size_t(index.row())].heading() ? Qt::ItemIsEnabled : QAbstractListModel::flags(index);
}

QVariant WorkloadListModel::headingData(const Key &key, int role) const {
    switch (role) {
    case GroupRole: return true;
    case Qt::DisplayRole: return key.part == 0 ? tr("Endpoints") : key.part == 1 ? tr("Clusters") : key.space;
    case RightRole: return key.connection;
    default: return {};
    }
}

QVariant WorkloadListModel::data(const QModelIndex &index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Key &key = m_shown[std::size_t(index.row())];
    if (key.heading())
        return headingData(key, role);
    const auto at = m_all.find(key);
    if (at == m_all.end())
        return {};
    const Line &line = at->second;
    const QString old = key.part == 2 ? m_old.value(key.connection) : QString();
    switch (role) {
    case IdRole: return line.id;
    case Qt::DisplayRole: return line.text;
    case StateRole: return int(old.isEmpty() ? line.state : State::Stale);
    case RightRole: return !old.isEmpty() ? old : line.reason.isEmpty() || key.part == 1 ? line.right : line.right + QStringLiteral(", ") + line.reason;
    case RightStateRole: return old.isEmpty() && key.part != 1 && (line.state == State::Bad || line.state == State::Warn || line.state == State::Paused) ? QVariant(int(line.state)) : QVariant();
    case SecondRole: return key.part == 1 ? line.reason : QString();
    case Qt::ToolTipRole: return line.tip;
    case ReasonRole: return line.reason;
    case FilterRole: return line.filter;
    case Qt::AccessibleTextRole: return tr("%1, %2, %3").arg(line.text, stateWord(old.isEmpty() ? line.state : State::Stale), old.isEmpty() ? line.right : old);
    default: return {};
    }
}

} // namespace pilothouse::ui
