// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/cluster/workload_models.h"

#include "widgets/base/format.h"

namespace pilothouse::ui {

namespace {

using Q = QLatin1String;
using cluster::EventRow;
using cluster::PodRow;
constexpr Qt::Alignment right = Qt::AlignRight | Qt::AlignVCenter, left = Qt::AlignLeft | Qt::AlignVCenter;

QString shortImage(const QString &image) { return image.section(QLatin1Char('/'), -1); }

QString of(qint64 used, qint64 asked, const QString &plain) {
    return used < 0 ? QString() : asked > 0 ? QStringLiteral("%1 %").arg(qRound(100.0 * double(used) / double(asked))) : plain;
}

} // namespace

State podStateOf(const fleet::PodSight &pod) {
    const auto *p = pod.row->as<PodRow>();
    if (pod.row->deleted > 0)
        return State::Waiting;
    if (pod.reason.weight == cluster::KubeReason::Weight::Trouble)
        return p && p->isReady ? State::Warn : State::Bad;
    if (pod.reason.weight == cluster::KubeReason::Weight::Passing)
        return State::Running;
    return p && p->phase == Q("Succeeded") ? State::Skipped : State::Ok;
}

QString cpuText(const fleet::PodSight &pod) {
    const auto *p = pod.row->as<PodRow>();
    return of(pod.cpu, p ? p->resources.cpuRequest : -1, QStringLiteral("%1m").arg(pod.cpu));
}

QString memoryText(const fleet::PodSight &pod) {
    const auto *p = pod.row->as<PodRow>();
    return of(pod.memory, p ? p->resources.memoryRequest : -1, cluster::bytesText(pod.memory));
}

PodModel::PodModel(QObject *parent) : RowsModel(parent) {
    m_columns = {{tr("Pod"), left, 0, {}, 0},
                 {tr("Ready"), left, 52, {}, 0},
                 {tr("State"), left, 130, {}, 0},
                 {tr("Restarts"), right, 62, {}, 4},
                 {tr("Age"), left, 70, {}, 0},
                 {tr("Node"), left, 90, {}, 3},
                 {tr("CPU"), right, 56, tr("Used, of what was asked for; in thousandths of a core where nothing was asked for"), 5},
                 {tr("Memory"), right, 64, tr("Used, of what was asked for"), 5},
                 {tr("Rev."), right, 44, {}, 2}};
}

void PodModel::setNow(const QDateTime &now) {
    m_now = now;
    if (rowCount() > 0)
        Q_EMIT dataChanged(index(0, Age), index(rowCount() - 1, Age), {Qt::DisplayRole});
}

QVariant PodModel::cell(const fleet::PodSight &pod, int column, int role) const {
    const auto *p = pod.row->as<PodRow>();
    if (!p)
        return {};
    if (role == StateRole)
        return column == Name ? QVariant(int(podStateOf(pod))) : QVariant();
    if (role == MonoRole)
        return column == Name;
    if (role == TextStateRole)
        return column == Why && podStateOf(pod) == State::Bad ? QVariant(int(State::Bad)) : QVariant();
    if (role == Qt::ToolTipRole)
        return QStringList{pod.reason.sentence, pod.reason.remedy}.join(QLatin1Char('\n')).trimmed();
    if (role == FilterRole)
        return QStringList{pod.row->name, pod.reason.word, p->node}.join(QLatin1Char(' '));
    if (role != Qt::DisplayRole)
        return {};
    switch (column) {
    case Name: return pod.row->name;
    case Ready: return QStringLiteral("%1/%2").arg(p->ready).arg(p->total);
    case Why: return pod.row->deleted > 0 ? p->status : pod.reason.word;
    case Restarts: return p->restarts;
    case Age: return age(QDateTime::fromSecsSinceEpoch(pod.row->created), m_now);
    case Node: return p->node;
    case Cpu: return cpuText(pod);
    case Memory: return memoryText(pod);
    case Revision: return pod.revision > 0 ? QString::number(pod.revision) : QString();
    default: return {};
    }
}

bool PodModel::same(const fleet::PodSight &a, const fleet::PodSight &b) const {
    return a.row == b.row && a.revision == b.revision && a.cpu == b.cpu && a.memory == b.memory && a.reason.sentence == b.reason.sentence && a.reason.word == b.reason.word;
}

WorkloadRevisionModel::WorkloadRevisionModel(QObject *parent) : RowsModel(parent) {
    m_columns = {{tr("Rev."), right, 44, {}, 0}, {tr("Image"), left, 0, {}, 0},   {tr("Commit"), left, 78, {}, 3},
                 {tr("When"), left, 92, {}, 1},  {tr("By"), left, 84, {}, 2}, {QString(), right, 78, {}, 0}};
}

QVariant WorkloadRevisionModel::cell(const cluster::WorkloadRevision &r, int column, int role) const {
    if (role == StrongRole)
        return column == Number;
    if (role == MonoRole)
        return column == Image || column == Commit;
    if (role == MutedRole)
        return column == When || column == By;
    if (role == SortRole)
        return r.revision;
    if (role == Qt::ToolTipRole)
        return QStringList{r.cause, r.images.join(QLatin1Char('\n')), r.changeCause}.join(QLatin1Char('\n')).trimmed();
    if (role != Qt::DisplayRole)
        return {};
    switch (column) {
    case Number: return r.revision;
    case Image: return r.images.isEmpty() ? QString() : shortImage(r.images.first());
    case Commit: return r.commit.left(7);
    case When: return r.when.isValid() ? moment(r.when, m_now) : QString();
    case By: return !r.by.isEmpty() ? r.by : r.origin;
    case Cause: return r.current ? tr("current") : r.replicas > 0 ? tr("%1 pods").arg(r.replicas) : QString();
    default: return {};
    }
}

KubeEventModel::KubeEventModel(QObject *parent) : RowsModel(parent) {
    m_columns = {{tr("When"), left, 80, {}, 0}, {tr("Object"), left, 180, {}, 1}, {tr("What"), left, 0, {}, 0}};
}

QVariant KubeEventModel::cell(const cluster::KubeRowPtr &row, int column, int role) const {
    const auto *e = row->as<EventRow>();
    if (!e)
        return {};
    const bool warning = e->type == Q("Warning");
    if (role == StateRole)
        return column == Object ? QVariant(int(warning ? State::Warn : State::Ok)) : QVariant();
    if (role == TextStateRole)
        return column == What && warning ? QVariant(int(State::Warn)) : QVariant();
    if (role == MutedRole)
        return column == When;
    if (role == Qt::ToolTipRole)
        return QStringLiteral("%1: %2").arg(e->reason, e->message);
    if (role != Qt::DisplayRole)
        return {};
    switch (column) {
    case When: return e->last > 0 ? moment(QDateTime::fromSecsSinceEpoch(e->last), m_now) : QString();
    case Object: return QStringLiteral("%1 %2").arg(e->involvedKind, e->involvedName.section(QLatin1Char('-'), -2));
    case What: return QStringLiteral("%1: %2").arg(e->reason, e->message) + (e->count > 1 ? tr(" (%1 times)").arg(e->count) : QString());
    default: return {};
    }
}

} // namespace pilothouse::ui
