// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/base/state.h"

#include <QAbstractTableModel>
#include <QHash>
#include <QSet>
#include <QStyledItemDelegate>
#include <QVariant>

#include <functional>
#include <optional>
#include <vector>

namespace pilothouse::ui {

/// What a model says about a cell beside Qt::DisplayRole; the delegates of this file paint it.
enum CellRole {
    StateRole = Qt::UserRole + 1, ///< int(State): glyph before the text
    SecondRole,      ///< QString: second line (row of 42 px) or grey text behind
    SecondStateRole, ///< int(State): ink of the second line
    TextStateRole,   ///< int(State): ink of the first line
    MonoRole,        ///< bool: monospaced, elided in the middle
    MutedRole,       ///< bool: first line in third ink
    StrongRole,      ///< bool: first line semibold
    MetricRole,      ///< MetricCell
    EffectRole,      ///< EffectCell
    GateRole,        ///< GateCell
    ChipRole,        ///< QStringList: small boxes behind the text
    RightRole,       ///< QString: lists: text at the right edge
    RightSecondRole, ///< QString: lists: below it
    GroupRole,       ///< bool: lists: this row is a group heading
    SortRole,        ///< raw value to sort by
    FilterRole,      ///< QString the filter looks into; absent: the display texts of the row
    IdRole,          ///< QString: what an action acts on
    RightStateRole,  ///< int(State): lists: ink of the text at the right edge
};

/// A value against its limit, with its history.
struct MetricCell {
    enum Kind { Inside, Over, Old, None, Loading } kind = None;
    QString value, unit, limit; ///< "1.31", "m/s MAE", "≤ 1.10"
    QString note;               ///< "too few labels: 61", "2 h old"
    std::vector<double> points; ///< oldest first; NaN = gap
    std::optional<double> min, max;
    bool operator==(const MetricCell &) const; ///< NaN equals NaN
};

/// A size between two limits on a 40 px track, number beside, word below.
struct EffectCell {
    double value = 0, warn = 0, bad = 0, full = 0; ///< the track ends at `full`
    QString text, word;
    State state = State::Ok;
    bool operator==(const EffectCell &) const = default;
};

struct GateCell {
    QString rule, source, value;
    State state = State::Unknown;
    bool operator==(const GateCell &) const = default;
};

/// One column: header, alignment and width. The same table feeds headers, cells and the copied text.
struct Column {
    QString title;
    Qt::Alignment alignment = Qt::AlignLeft | Qt::AlignVCenter;
    int width = 100;      ///< px of the design at 1440; 0: takes what is left
    QString toolTip = {};
    int dropOrder = 0;    ///< 1 leaves the table first when the window is narrow; 0: never
};

/// Base of all table models: columns and headers, and the smallest true signals when rows change.
class RowsModelBase : public QAbstractTableModel {
    Q_OBJECT
public:
    using QAbstractTableModel::QAbstractTableModel;
    const std::vector<Column> &columns() const { return m_columns; }
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

protected:
    std::vector<Column> m_columns;
};

/// A model over plain rows. `key` names a row across updates; setRows() emits insert, remove, move and per-row dataChanged
/// for cells that differ, so selection and scroll survive.
template<class Row>
class RowsModel : public RowsModelBase {
public:
    using RowsModelBase::RowsModelBase;
    int rowCount(const QModelIndex &parent = {}) const override { return parent.isValid() ? 0 : int(m_rows.size()); }
    QVariant data(const QModelIndex &index, int role) const override {
        if (!checkIndex(index, CheckIndexOption::IndexIsValid))
            return {};
        if (role == Qt::TextAlignmentRole)
            return int(m_columns[index.column()].alignment);
        if (role == IdRole)
            return key(m_rows[index.row()]);
        return cell(m_rows[index.row()], index.column(), role);
    }
    const Row &row(int index) const { return m_rows[index]; }
    const std::vector<Row> &rows() const { return m_rows; }
    const Row *find(const QString &id) const {
        for (const Row &row : m_rows)
            if (key(row) == id)
                return &row;
        return nullptr;
    }
    void setRows(std::vector<Row> rows) {
        QHash<QString, int> wanted;
        for (int i = 0; i < int(rows.size()); ++i)
            wanted.insert(key(rows[i]), i);
        for (int i = int(m_rows.size()) - 1; i >= 0; --i)
            if (!wanted.contains(key(m_rows[i]))) {
                beginRemoveRows({}, i, i);
                m_rows.erase(m_rows.begin() + i);
                endRemoveRows();
            }
        QSet<QString> kept;
        for (const Row &row : m_rows)
            kept.insert(key(row));
        for (int i = 0; i < int(rows.size()); ++i) {
            const QString id = key(rows[i]);
            if (i < int(m_rows.size()) && key(m_rows[i]) == id) {
                replace(i, std::move(rows[i]));
                continue;
            }
            int from = -1;
            for (int j = i + 1; kept.contains(id) && j < int(m_rows.size()) && from < 0; ++j)
                if (key(m_rows[j]) == id)
                    from = j;
            if (from > 0) {
                beginMoveRows({}, from, from, {}, i);
                std::rotate(m_rows.begin() + i, m_rows.begin() + from, m_rows.begin() + from + 1);
                endMoveRows();
                replace(i, std::move(rows[i]));
            } else {
                // Runs of new rows are inserted in one go: 10,000 first rows are one signal.
                int end = i + 1;
                while (end < int(rows.size()) && !kept.contains(key(rows[end])))
                    ++end;
                beginInsertRows({}, i, end - 1);
                m_rows.insert(m_rows.begin() + i, std::make_move_iterator(rows.begin() + i), std::make_move_iterator(rows.begin() + end));
                endInsertRows();
                i = end - 1;
            }
        }
        if (m_rows.size() > rows.size()) { // two rows with one key: the later one goes
            beginRemoveRows({}, int(rows.size()), int(m_rows.size()) - 1);
            m_rows.erase(m_rows.begin() + rows.size(), m_rows.end());
            endRemoveRows();
        }
    }

protected:
    virtual QString key(const Row &row) const = 0;
    virtual QVariant cell(const Row &row, int column, int role) const = 0;
    /// True if nothing that is shown differs. Without it every cell of both rows is made and compared, which is dear from some
    /// hundred rows on, at each refresh.
    virtual bool same(const Row &before, const Row &after) const { return false; }

private:
    void replace(int at, Row row) {
        if (same(m_rows[at], row))
            return;
        int first = -1, last = -1;
        for (int column = 0; column < columnCount(); ++column)
            for (int role : {int(Qt::DisplayRole), int(Qt::ToolTipRole), int(StateRole), int(SecondRole), int(SecondStateRole), int(TextStateRole),
                             int(MetricRole), int(EffectRole), int(GateRole), int(ChipRole), int(RightRole), int(RightSecondRole), int(SortRole)})
                if (cell(m_rows[at], column, role) != cell(row, column, role)) {
                    first = first < 0 ? column : first;
                    last = column;
                    break;
                }
        m_rows[at] = std::move(row);
        if (first >= 0)
            Q_EMIT dataChanged(index(at, first), index(at, last));
    }
    std::vector<Row> m_rows;
};

/// Ground of a cell: chosen row with 3 px accent bar, hover, hairline below. Shared by all delegates.
void paintCellGround(QPainter &painter, const QStyleOptionViewItem &option, const QModelIndex &index);

/// Glyph, text, second line, chips: the cell of most columns.
class StateDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;
};

/// Value, unit over limit, sparkline with its dashed limit.
class MetricDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void setSparkline(bool shown) { m_sparkline = shown; }
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;

private:
    bool m_sparkline = true;
};

class EffectDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
};

/// Glyph, rule, source of the limit, measured value right.
class GateDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
};

/// A row of a list: glyph, title, right text, second line with its own right text, chips below; or a group heading.
class ListRowDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;
};

/// Points of a sparkline in its rectangle: pieces between gaps. Pure; tested.
std::vector<std::vector<QPointF>> sparklinePieces(const std::vector<double> &points, const QRectF &rect, double low, double high);
void paintSparkline(QPainter &painter, const QRectF &rect, const MetricCell &cell, const QWidget *widget);
void paintEffectBar(QPainter &painter, const QRectF &track, const EffectCell &cell, const QWidget *widget);

} // namespace pilothouse::ui

Q_DECLARE_METATYPE(pilothouse::ui::MetricCell)
Q_DECLARE_METATYPE(pilothouse::ui::EffectCell)
Q_DECLARE_METATYPE(pilothouse::ui::GateCell)
