// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/registry/run_legend.h"

#include "widgets/base/text.h"
#include "widgets/base/theme.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

namespace pilothouse::ui {

namespace {

constexpr int sampleWide = 26; // px of the design

/// Line, name; what is hidden has an empty ring.
class LegendDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override {
        const auto *model = qobject_cast<const LegendModel *>(index.model());
        if (!model)
            return;
        const LegendLine &line = model->row(index.row());
        const Theme &theme = Theme::of(option.widget);
        const Tokens &t = theme.tokens();
        paintCellGround(*painter, option, index);
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setFont(theme.font(TextRole::Second));
        QRectF box = QRectF(option.rect).adjusted(theme.px(8), 0, -theme.px(6), 0);
        if (index.column() == 0) {
            const double middle = box.center().y();
            QColor ink = t.*line.run.look.ink;
            if (line.run.faint)
                ink.setAlphaF(0.35f);
            if (line.run.hidden) {
                painter->setPen(QPen(t.line3, 1.2));
                painter->drawEllipse(QPointF(box.left() + theme.px(sampleWide) / 2.0, middle), 4, 4);
            } else {
                painter->setPen(runPen(ink, line.run.look.dash, 2.2));
                painter->drawLine(QPointF(box.left(), middle), QPointF(box.left() + theme.px(sampleWide), middle));
            }
            box.adjust(theme.px(sampleWide + 8), 0, 0, 0);
            painter->setPen(line.run.hidden || line.run.faint ? t.t3 : t.t1);
            drawLine(*painter, box, Qt::AlignLeft | Qt::AlignVCenter, line.run.name, Qt::ElideMiddle);
        } else {
            painter->setPen(line.run.hidden || line.run.faint ? t.t3 : t.t1);
            drawTabular(*painter, box, Qt::AlignRight | Qt::AlignVCenter, line.value);
        }
        painter->restore();
    }
};

} // namespace

LegendModel::LegendModel(QObject *parent) : RowsModel(parent) {
    m_columns = {{tr("Run"), Qt::AlignLeft | Qt::AlignVCenter, 0}, {QString(), Qt::AlignRight | Qt::AlignVCenter, 70}};
}

void LegendModel::setValueTitle(const QString &title) {
    if (m_columns[1].title == title)
        return;
    m_columns[1].title = title;
    Q_EMIT headerDataChanged(Qt::Horizontal, 1, 1);
}

QVariant LegendModel::cell(const LegendLine &line, int column, int role) const {
    if (role == Qt::DisplayRole)
        return column == 0 ? line.run.name : line.value;
    if (role == Qt::ToolTipRole && column == 0)
        return QStringLiteral("%1 · %2").arg(line.run.name, line.run.runId);
    if (role == Qt::AccessibleTextRole && column == 0)
        return line.run.hidden ? tr("%1, hidden").arg(line.run.name) : line.run.faint ? tr("%1, not among the chosen").arg(line.run.name) : line.run.name;
    return {};
}

RunLegend::RunLegend(QWidget *parent) : Table(parent), m_model(new LegendModel(this)) {
    setAccessibleName(tr("Runs and their lines; Space hides one and shows it again"));
    setRowHeight(Compact);
    setMouseTracking(true);
    setModel(m_model);
    setItemDelegate(new LegendDelegate(this));
    connect(this, &Table::chosen, this, [this](const QString &id) {
        if (!m_quiet)
            Q_EMIT hoveredChanged(id);
    });
}

void RunLegend::setLines(std::vector<LegendLine> lines) { m_model->setRows(std::move(lines)); }

void RunLegend::setHovered(const QString &runId) {
    m_quiet = true;
    if (runId.isEmpty())
        clearSelection();
    else if (currentId() != runId || !selectionModel()->hasSelection())
        choose(runId);
    m_quiet = false;
}

void RunLegend::keyPressEvent(QKeyEvent *event) {
    if (event->key() == Qt::Key_Space && !currentId().isEmpty()) {
        Q_EMIT toggled(currentId());
        return;
    }
    Table::keyPressEvent(event);
}

void RunLegend::mouseMoveEvent(QMouseEvent *event) {
    const QModelIndex at = indexAt(event->pos());
    Q_EMIT hoveredChanged(at.isValid() ? at.data(IdRole).toString() : QString());
    Table::mouseMoveEvent(event);
}

void RunLegend::mousePressEvent(QMouseEvent *event) {
    const QModelIndex at = indexAt(event->pos());
    if (event->button() == Qt::LeftButton && at.isValid() && at.column() == 0 && event->pos().x() < Theme::of(this).px(sampleWide + 12)) {
        Q_EMIT toggled(at.data(IdRole).toString());
        return;
    }
    Table::mousePressEvent(event);
}

void RunLegend::leaveEvent(QEvent *event) {
    Q_EMIT hoveredChanged({});
    Table::leaveEvent(event);
}

} // namespace pilothouse::ui
