// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/registry/run_columns.h"
#include "widgets/base/cells.h"

#include <QSet>

#include <memory>

namespace pilothouse::ui {

/// How many runs that pass the text of the filter are in a state.
struct RunCounts {
    int all = 0, running = 0, finished = 0, failed = 0, killed = 0, silent = 0;
    bool operator==(const RunCounts &) const = default;
};

/// Runs in chosen columns, filtered and sorted here: ten thousand are compared by values that are made once, which a proxy cannot.
/// What changes is told in the smallest true signals, so that selection, place and order stay while runs go on; a reset comes only when very
/// many places change, as with another filter.
class RunTableModel : public RowsModelBase {
    Q_OBJECT
public:
    using Runs = std::shared_ptr<const std::vector<registry::Run>>;
    enum Part { All, Running, Silent, Finished, Failed, Killed }; ///< of the runs that pass the text
    static constexpr int MarkColumn = 0;                         ///< the others are those of setColumns(), in order
    static constexpr int mostMarked = 50;

    explicit RunTableModel(QObject *parent = nullptr);
    void setRuns(Runs runs, const QDateTime &now);
    void setFilter(const registry::RunFilter &filter);
    void setPart(Part part);
    void setColumns(std::vector<registry::RunColumn> columns);
    void setOrder(const registry::RunOrder &order);
    void setFigures(registry::RunFigures figures);
    void figuresChanged(); ///< more of them are known

    const std::vector<registry::RunColumn> &runColumns() const { return m_chosen; }
    const registry::RunOrder &order() const { return m_order; }
    const RunCounts &counts() const { return m_counts; }
    const Runs &runs() const { return m_runs; }
    const registry::Run &run(int row) const { return *m_lines[std::size_t(row)]; }
    int rowOf(const QString &id) const; ///< -1: not shown
    std::vector<int> shown() const;     ///< indexes into runs()

    bool setMarked(const QString &id, bool marked); ///< false: fifty are
    bool isMarked(const QString &id) const { return m_marked.contains(id); }
    const QStringList &marked() const { return m_marked; } ///< in the order of marking; of runs that went they are taken out
    void clearMarks();

    int rowCount(const QModelIndex &parent = {}) const override { return parent.isValid() ? 0 : int(m_lines.size()); }
    QVariant data(const QModelIndex &index, int role) const override;
    void sort(int column, Qt::SortOrder order) override; ///< a click on the header

Q_SIGNALS:
    void aboutToChange(); ///< rows may move now …
    void hasChanged();    ///< … and have
    void countsChanged();
    void marksChanged();
    void orderChanged();

private:
    using Lines = std::vector<const registry::Run *>;
    QVariant cell(const registry::Run &run, const registry::RunColumn &column, bool numbers, int role) const;
    QVariant statusCell(const registry::Run &run, int role) const;
    void makeHeader();
    void refresh(const Runs &runs);
    bool moveTo(const Lines &lines); ///< false: too many places change
    void dropMarks();

    Runs m_runs;
    Lines m_lines; ///< into m_runs
    std::vector<registry::RunColumn> m_chosen;
    std::vector<bool> m_numbers; ///< of m_chosen: numbers stand right
    registry::RunFilter m_filter;
    registry::RunOrder m_order;
    registry::RunFigures m_figures;
    Part m_part = All;
    RunCounts m_counts;
    QStringList m_marked;
    QDateTime m_now;
};

/// "Finished", "Running"; of a run without a sign for long "Running? no sign for 3 d".
QString runStatusWord(const registry::Run &run, const QDateTime &now);
/// How that is decided.
QString runStatusReason(const registry::Run &run, const QDateTime &now);
/// Title of a column: "rmse", "rmse, least", "Started".
QString runColumnTitle(const registry::RunColumn &column);

/// A check box in the first column, all else as StateDelegate.
class RunDelegate : public StateDelegate {
    Q_OBJECT
public:
    using StateDelegate::StateDelegate;
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
};

} // namespace pilothouse::ui
