// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/cluster/apply_model.h"

#include "core/cluster/object_text.h"

#include <algorithm>

namespace pilothouse::ui {

using rollouts::AppliedObject;
using Kind = AppliedObject::Change;

namespace {

QString wordOf(const AppliedObject &o) {
    if (o.problem)
        return ApplyModel::tr("refused");
    switch (o.change) {
    case Kind::Create: return ApplyModel::tr("create");
    case Kind::Change: return ApplyModel::tr("change");
    case Kind::Delete: return ApplyModel::tr("delete");
    case Kind::Unchanged: break;
    }
    return ApplyModel::tr("unchanged");
}

State stateOf(const AppliedObject &o) {
    if (o.problem)
        return State::Bad;
    return o.change == Kind::Create ? State::Ok : o.change == Kind::Change ? State::Running : o.change == Kind::Delete ? State::Warn : State::None;
}

/// What is in the way, else the images that change.
QString secondOf(const AppliedObject &o) {
    if (!o.conflicts.empty()) {
        QStringList fields;
        for (const rollouts::FieldConflict &c : o.conflicts)
            fields << ApplyModel::tr("%1 is managed by %2").arg(c.field, c.manager);
        return fields.join(QStringLiteral("; "));
    }
    if (o.problem)
        return o.problem->what;
    if (o.untried)
        return ApplyModel::tr("not tried: what it needs is made by this apply");
    QStringList images;
    const auto before = cluster::containerImages(o.before), after = cluster::containerImages(o.change == Kind::Delete ? QJsonObject() : o.after);
    for (const cluster::ContainerImage &now : after) {
        const auto old = std::find_if(before.begin(), before.end(), [&](const auto &c) { return c.container == now.container; });
        if (old == before.end() || old->image != now.image)
            images << (old == before.end() ? now.image : QStringLiteral("%1 → %2").arg(old->image, cluster::imageParts(now.image).suffix));
    }
    return images.join(QStringLiteral(", "));
}

} // namespace

std::vector<ApplyLine> applyLines(const rollouts::ApplyPlan &plan) {
    std::vector<ApplyLine> lines;
    for (const AppliedObject &o : plan.objects) {
        const cluster::DiffCount count = cluster::countedDiff(o.diff);
        QStringList diff = o.diff;
        if (o.problem)
            diff.prepend(o.problem->text());
        lines.push_back({o.ref.text(), o.place, wordOf(o), secondOf(o), stateOf(o), diff, count.added, count.removed});
    }
    std::stable_sort(lines.begin(), lines.end(), [](const ApplyLine &a, const ApplyLine &b) { return (a.state == State::None) < (b.state == State::None); });
    return lines;
}

QStringList filledImageLines(const rollouts::ApplyPlan &plan) {
    QStringList lines;
    for (const cluster::FilledImage &f : plan.images)
        lines << ApplyModel::tr("image %1 of %2 (%3): %4 → %5").arg(f.container, f.object, f.place, f.before, f.after);
    return lines;
}

QString applyCounts(const rollouts::ApplyPlan &plan) {
    return ApplyModel::tr("%1 to create, %2 to change, %3 to delete, %4 unchanged").arg(plan.count(Kind::Create)).arg(plan.count(Kind::Change)).arg(plan.count(Kind::Delete)).arg(plan.count(Kind::Unchanged));
}

ApplyModel::ApplyModel(QObject *parent) : RowsModel(parent) {
    constexpr Qt::Alignment left = Qt::AlignLeft | Qt::AlignVCenter;
    m_columns = {{tr("Change"), left, 92}, {tr("Object"), left, 0}, {tr("Lines"), Qt::AlignRight | Qt::AlignVCenter, 70, tr("Lines more and fewer"), 1}, {tr("In the files"), left, 130, {}, 2}};
}

QVariant ApplyModel::cell(const ApplyLine &row, int column, int role) const {
    if (role == Qt::ToolTipRole)
        return row.second.isEmpty() ? row.object : row.object + QLatin1Char('\n') + row.second;
    switch (column) {
    case Change:
        return role == Qt::DisplayRole ? QVariant(row.word) : role == StateRole ? QVariant(int(row.state)) : role == MutedRole ? QVariant(row.state == State::None) : QVariant();
    case Object:
        return role == Qt::DisplayRole ? QVariant(row.object) : role == SecondRole ? QVariant(row.second) : role == SecondStateRole ? QVariant(int(row.state == State::Bad ? State::Bad : State::None)) : QVariant();
    case Lines:
        return role == Qt::DisplayRole && row.added + row.removed > 0 ? QVariant(QStringLiteral("+%1 −%2").arg(row.added).arg(row.removed)) : role == SortRole ? QVariant(row.added + row.removed) : QVariant();
    case Place:
        return role == Qt::DisplayRole ? QVariant(row.place) : role == MonoRole ? QVariant(true) : QVariant();
    default:
        return {};
    }
}

} // namespace pilothouse::ui
