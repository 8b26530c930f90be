// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/registry/run_column_chooser.h"

#include "widgets/base/field.h"
#include "widgets/base/icons.h"
#include "widgets/base/table.h"
#include "widgets/base/text.h"
#include "widgets/registry/run_table_model.h"

#include <QKeyEvent>
#include <QListView>
#include <QPainter>
#include <QVBoxLayout>

#include <algorithm>

namespace pilothouse::ui {

using registry::RunColumn;

namespace {

QString kindOf(const RunColumn &column) {
    switch (column.field) {
    case RunColumn::Metric: return RunColumnModel::tr("metric");
    case RunColumn::Param: return RunColumnModel::tr("parameter");
    case RunColumn::Tag: return RunColumnModel::tr("tag");
    default: return RunColumnModel::tr("of each run");
    }
}

/// Box, title, kind at the right edge.
class ColumnDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &) const override { return {80, Theme::of(option.widget).px(26)}; }
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override {
        painter->save();
        const Theme &theme = Theme::of(option.widget);
        const Tokens &t = theme.tokens();
        if (option.state & QStyle::State_Selected)
            painter->fillRect(option.rect, t.sel);
        else if (option.state & QStyle::State_MouseOver)
            painter->fillRect(option.rect, t.bg3);
        const QRectF area = QRectF(option.rect).adjusted(theme.px(8), 0, -theme.px(8), 0);
        const double side = theme.px(14);
        const QRectF box(area.left(), area.center().y() - side / 2, side, side);
        const bool checked = index.data(Qt::CheckStateRole).toInt() == Qt::Checked;
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(QPen(checked ? t.acc : t.line3, 1));
        painter->setBrush(checked ? t.acc : t.inp);
        painter->drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
        if (checked)
            paintIcon(*painter, box.adjusted(2, 2, -2, -2), QStringLiteral("check"), t.accOn);
        painter->setFont(theme.font(TextRole::Caption));
        painter->setPen(t.t3);
        const QString kind = index.data(SecondRole).toString();
        drawLine(*painter, area, Qt::AlignRight | Qt::AlignVCenter, kind);
        painter->setFont(theme.font(TextRole::Body));
        painter->setPen(t.t1);
        drawLine(*painter, area.adjusted(side + theme.px(8), 0, -ui::widthOf(theme.font(TextRole::Caption), kind) - theme.px(8), 0), Qt::AlignLeft | Qt::AlignVCenter, index.data().toString());
        painter->restore();
    }
};

} // namespace

void RunColumnModel::set(const std::vector<RunColumn> &chosen, const registry::RunVocabulary &known) {
    beginResetModel();
    m_rows.clear();
    for (const RunColumn &column : chosen)
        m_rows.push_back({column, true, false});
    const auto offer = [&](RunColumn column) {
        if (std::find(chosen.begin(), chosen.end(), column) == chosen.end())
            m_rows.push_back({std::move(column), false, false});
    };
    for (int field = RunColumn::Name; field <= RunColumn::Error; ++field)
        offer({RunColumn::Field(field), RunColumn::Last, {}, 0});
    for (const QString &key : known.metrics)
        for (const auto figure : {RunColumn::Last, RunColumn::Min, RunColumn::Max})
            offer({RunColumn::Metric, figure, key, 0});
    for (const QString &key : known.params)
        offer({RunColumn::Param, RunColumn::Last, key, 0});
    for (const QString &key : known.tags)
        offer({RunColumn::Tag, RunColumn::Last, key, 0});
    endResetModel();
}

void RunColumnModel::setTyped(std::optional<RunColumn> column) {
    const bool known = column && std::any_of(m_rows.begin(), m_rows.end(), [&](const Row &row) { return !row.typed && row.column == *column; });
    if (!m_rows.empty() && m_rows.back().typed && !m_rows.back().chosen) {
        beginRemoveRows({}, int(m_rows.size()) - 1, int(m_rows.size()) - 1);
        m_rows.pop_back();
        endRemoveRows();
    }
    if (!column || known)
        return;
    beginInsertRows({}, int(m_rows.size()), int(m_rows.size()));
    m_rows.push_back({*column, false, true});
    endInsertRows();
}

void RunColumnModel::toggle(int row) {
    m_rows[std::size_t(row)].chosen = !m_rows[std::size_t(row)].chosen;
    m_rows[std::size_t(row)].typed = false; // it stays in the list
    Q_EMIT dataChanged(index(row), index(row));
}

std::vector<RunColumn> RunColumnModel::chosen() const {
    std::vector<RunColumn> columns;
    for (const Row &row : m_rows)
        if (row.chosen)
            columns.push_back(row.column);
    return columns;
}

QVariant RunColumnModel::data(const QModelIndex &index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Row &row = m_rows[std::size_t(index.row())];
    switch (role) {
    case Qt::DisplayRole: return runColumnTitle(row.column);
    case SecondRole: return kindOf(row.column);
    case Qt::CheckStateRole: return row.chosen ? Qt::Checked : Qt::Unchecked;
    case FilterRole: return QString(row.column.name() + QLatin1Char(' ') + runColumnTitle(row.column) + QLatin1Char(' ') + kindOf(row.column));
    case Qt::ToolTipRole: return row.column.name();
    case Qt::AccessibleTextRole: return tr("%1, %2, %3").arg(runColumnTitle(row.column), kindOf(row.column), row.chosen ? tr("shown") : tr("not shown"));
    default: return {};
    }
}

RunColumnChooser::RunColumnChooser(QWidget *parent)
    : QFrame(parent, Qt::Popup), m_model(new RunColumnModel(this)), m_proxy(new FilterProxy(this)), m_words(new FilterEdit(tr("Column, or metrics.loss@100"))), m_list(new QListView) {
    setObjectName(QStringLiteral("runColumnChooser"));
    m_proxy->setSourceModel(m_model);
    m_list->setModel(m_proxy);
    m_list->setItemDelegate(new ColumnDelegate(m_list));
    m_list->setMouseTracking(true);
    m_list->setAccessibleName(tr("Columns"));
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setUniformItemSizes(true);
    QPalette p = m_list->palette();
    p.setColor(QPalette::Base, Qt::transparent);
    m_list->viewport()->setPalette(p);
    m_list->viewport()->setAutoFillBackground(false);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(8, 8, 8, 8);
    column->setSpacing(8);
    column->addWidget(m_words);
    column->addWidget(m_list, 1);
    m_words->installEventFilter(this);
    m_list->installEventFilter(this);
    connect(m_words, &QLineEdit::textChanged, this, [this](const QString &text) {
        const auto typed = text.contains(QLatin1Char('.')) ? registry::runColumn(text) : Result<RunColumn>(invalid({}));
        m_model->setTyped(typed && typed->field >= RunColumn::Param ? std::optional(*typed) : std::nullopt);
        m_proxy->setWords(text);
        m_list->setCurrentIndex(m_proxy->index(0, 0));
    });
    connect(m_list, &QListView::clicked, this, &RunColumnChooser::toggle);
}

void RunColumnChooser::open(const std::vector<RunColumn> &chosen, const registry::RunVocabulary &known, const QPoint &bottomRight) {
    m_words->clear();
    m_model->set(chosen, known);
    m_list->setCurrentIndex(m_proxy->index(0, 0));
    const Theme &theme = Theme::of(this);
    resize(theme.px(320), theme.px(380));
    move(bottomRight - QPoint(width(), -theme.px(4)));
    show();
    m_words->setFocus();
}

void RunColumnChooser::toggle(const QModelIndex &index) {
    if (!index.isValid())
        return;
    m_model->toggle(m_proxy->mapToSource(index).row());
    Q_EMIT chosenChanged(m_model->chosen());
}

bool RunColumnChooser::eventFilter(QObject *watched, QEvent *event) {
    if (event->type() == QEvent::KeyPress) {
        const auto *key = static_cast<QKeyEvent *>(event);
        const bool enter = key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter;
        if (enter || (watched == m_list && key->key() == Qt::Key_Space)) {
            toggle(m_list->currentIndex());
            return true;
        }
        if (watched == m_words && (key->key() == Qt::Key_Down || key->key() == Qt::Key_Up)) {
            const int row = qBound(0, m_list->currentIndex().row() + (key->key() == Qt::Key_Down ? 1 : -1), m_proxy->rowCount() - 1);
            m_list->setCurrentIndex(m_proxy->index(row, 0));
            return true;
        }
        if (key->key() == Qt::Key_Escape) {
            close();
            return true;
        }
    }
    return QFrame::eventFilter(watched, event);
}

void RunColumnChooser::paintEvent(QPaintEvent *) {
    QPainter painter(this);
    const Tokens &t = tokens(this);
    painter.setPen(t.line2);
    painter.setBrush(t.bg2);
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
}

} // namespace pilothouse::ui
