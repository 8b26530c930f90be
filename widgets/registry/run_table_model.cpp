// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/registry/run_table_model.h"

#include "core/registry/run_cache.h"
#include "widgets/base/format.h"
#include "widgets/base/icons.h"
#include "widgets/base/theme.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace pilothouse::ui {

using registry::Run;
using registry::RunColumn;
using registry::RunStatus;

namespace {

constexpr Qt::Alignment left = Qt::AlignLeft | Qt::AlignVCenter, right = Qt::AlignRight | Qt::AlignVCenter;
constexpr int mostPlaces = 200; ///< more pieces than these to insert and remove one by one would hold the window up

bool isNumeric(const RunColumn &column, const std::vector<Run> &runs) {
    switch (column.field) {
    case RunColumn::Metric:
    case RunColumn::Duration:
    case RunColumn::Started:
    case RunColumn::Ended: return true;
    case RunColumn::Param:
    case RunColumn::Tag: break;
    default: return false;
    }
    int numbers = 0, texts = 0;
    for (std::size_t i = 0; i < runs.size() && numbers + texts < 50; ++i)
        if (const auto value = runValue(runs[i], column, {}); !value.isEmpty())
            value.number ? ++numbers : ++texts;
    return numbers > texts;
}

int widthOf(const RunColumn &column) {
    switch (column.field) {
    case RunColumn::Name: return 190;
    case RunColumn::Status: return 150;
    case RunColumn::Id:
    case RunColumn::Artifacts:
    case RunColumn::Error: return 200;
    case RunColumn::Metric: return 104;
    default: return 116;
    }
}

QString numberText(double value) {
    if (std::isnan(value))
        return QStringLiteral("NaN");
    if (std::isinf(value))
        return value > 0 ? QStringLiteral("∞") : QStringLiteral("−∞");
    if (std::abs(value) >= 1e5 && std::abs(value) < 1e12) // grouped; else short, and small ones with an exponent
        return number(value, 5);
    QString text = QLocale().toString(value, 'g', 5);
    return text.replace(QLatin1Char('-'), QChar(0x2212));
}

} // namespace

QString runStatusWord(const Run &run, const QDateTime &now) {
    if (const auto silent = silentSeconds(run, now))
        return RunTableModel::tr("Running? no sign for %1").arg(duration(double(*silent)));
    switch (run.status) {
    case RunStatus::Running: return RunTableModel::tr("Running");
    case RunStatus::Finished: return RunTableModel::tr("Finished");
    case RunStatus::Failed: return RunTableModel::tr("Failed");
    case RunStatus::Killed: break;
    }
    return RunTableModel::tr("Stopped");
}

QString runStatusReason(const Run &run, const QDateTime &now) {
    const QString word = runStatusName(run.status);
    if (silentSeconds(run, now))
        return RunTableModel::tr("%1 in the registry, but its last sign, %2, is more than a day old. Registries know no heartbeat: a program that was killed stays RUNNING.")
            .arg(word, run.lastPoint.isValid() && run.lastPoint > run.started ? RunTableModel::tr("a metric of %1").arg(moment(run.lastPoint, now)) : RunTableModel::tr("its start at %1").arg(moment(run.started, now)));
    return run.error.isEmpty() ? word : word + QLatin1Char('\n') + run.error;
}

QString runColumnTitle(const RunColumn &column) {
    switch (column.field) {
    case RunColumn::Name: return RunTableModel::tr("Run");
    case RunColumn::Id: return RunTableModel::tr("Id");
    case RunColumn::Experiment: return RunTableModel::tr("Experiment");
    case RunColumn::User: return RunTableModel::tr("By");
    case RunColumn::Status: return RunTableModel::tr("Status");
    case RunColumn::Started: return RunTableModel::tr("Started");
    case RunColumn::Ended: return RunTableModel::tr("Ended");
    case RunColumn::Duration: return RunTableModel::tr("Duration");
    case RunColumn::Artifacts: return RunTableModel::tr("Artifacts");
    case RunColumn::Error: return RunTableModel::tr("Error");
    case RunColumn::Param:
    case RunColumn::Tag: return column.key;
    case RunColumn::Metric: break;
    }
    switch (column.figure) {
    case RunColumn::Min: return RunTableModel::tr("%1, least").arg(column.key);
    case RunColumn::Max: return RunTableModel::tr("%1, largest").arg(column.key);
    case RunColumn::AtStep: return RunTableModel::tr("%1, step %2").arg(column.key).arg(column.step);
    case RunColumn::Last: break;
    }
    return column.key;
}

RunTableModel::RunTableModel(QObject *parent) : RowsModelBase(parent), m_runs(std::make_shared<const std::vector<Run>>()) { makeHeader(); }

void RunTableModel::makeHeader() {
    m_columns = {{QString(), left, 34, tr("Marked for a comparison: Space"), 0}};
    m_numbers.clear();
    for (const RunColumn &column : m_chosen) {
        m_numbers.push_back(isNumeric(column, *m_runs));
        m_columns.push_back({runColumnTitle(column), m_numbers.back() ? right : left, widthOf(column), column.name(), 0});
    }
}

void RunTableModel::setColumns(std::vector<RunColumn> columns) {
    if (columns == m_chosen)
        return;
    Q_EMIT aboutToChange();
    beginResetModel();
    m_chosen = std::move(columns);
    makeHeader();
    endResetModel();
    Q_EMIT hasChanged();
}

void RunTableModel::setRuns(Runs runs, const QDateTime &now) {
    m_now = now;
    if (runs == m_runs) { // ages go on
        if (!m_lines.empty())
            Q_EMIT dataChanged(index(0, 0), index(int(m_lines.size()) - 1, int(m_columns.size()) - 1));
        return;
    }
    const bool wasEmpty = m_runs->empty();
    refresh(runs);
    if (wasEmpty && !m_chosen.empty()) { // what is a number is known now
        makeHeader();
        Q_EMIT headerDataChanged(Qt::Horizontal, 0, int(m_columns.size()) - 1);
    }
    dropMarks();
}

void RunTableModel::setFilter(const registry::RunFilter &filter) {
    m_filter = filter;
    refresh(m_runs);
}

void RunTableModel::setPart(Part part) {
    if (part == m_part)
        return;
    m_part = part;
    refresh(m_runs);
}

void RunTableModel::setOrder(const registry::RunOrder &order) {
    if (order == m_order)
        return;
    m_order = order;
    refresh(m_runs);
    Q_EMIT orderChanged();
}

void RunTableModel::sort(int column, Qt::SortOrder order) {
    if (column < 0) // a third click
        setOrder({});
    else if (column > MarkColumn && column <= int(m_chosen.size()))
        setOrder({m_chosen[std::size_t(column - 1)], order == Qt::DescendingOrder});
}

void RunTableModel::setFigures(registry::RunFigures figures) {
    m_figures = std::move(figures);
    figuresChanged();
}

void RunTableModel::figuresChanged() {
    if (m_order.by && m_order.by->needsHistory())
        refresh(m_runs);
    for (std::size_t c = 0; c < m_chosen.size() && !m_lines.empty(); ++c)
        if (m_chosen[c].needsHistory())
            Q_EMIT dataChanged(index(0, int(c) + 1), index(int(m_lines.size()) - 1, int(c) + 1));
}

void RunTableModel::refresh(const Runs &runs) {
    RunCounts counts;
    const auto passes = [&](const Run &run) {
        if (!m_filter.matches(run))
            return false;
        ++counts.all;
        const bool silent = silentSeconds(run, m_now).has_value();
        const Part part = silent ? Silent : run.status == RunStatus::Running ? Running : run.status == RunStatus::Finished ? Finished : run.status == RunStatus::Failed ? Failed : Killed;
        ++(part == Silent ? counts.silent : part == Running ? counts.running : part == Finished ? counts.finished : part == Failed ? counts.failed : counts.killed);
        return m_part == All || m_part == part;
    };
    Lines lines;
    for (const int row : shownRuns(*runs, passes, m_order, m_now, m_figures))
        lines.push_back(&(*runs)[std::size_t(row)]);
    Q_EMIT aboutToChange();
    const Runs before = m_runs; // lines point into it until they are exchanged
    m_runs = runs;
    if (!moveTo(lines)) {
        beginResetModel();
        m_lines = std::move(lines);
        endResetModel();
    }
    Q_EMIT hasChanged();
    if (counts != m_counts) {
        m_counts = counts;
        Q_EMIT countsChanged();
    }
}

bool RunTableModel::moveTo(const Lines &lines) {
    QHash<QString, int> wanted, had;
    wanted.reserve(qsizetype(lines.size()));
    had.reserve(qsizetype(m_lines.size()));
    for (int i = 0; i < int(lines.size()); ++i)
        wanted.insert(lines[std::size_t(i)]->id, i);
    for (int i = 0; i < int(m_lines.size()); ++i)
        had.insert(m_lines[std::size_t(i)]->id, i);
    int places = 0;
    for (std::size_t i = 0; i < m_lines.size(); ++i)
        places += !wanted.contains(m_lines[i]->id) && (i == 0 || wanted.contains(m_lines[i - 1]->id));
    for (std::size_t i = 0; i < lines.size(); ++i)
        places += !had.contains(lines[i]->id) && (i == 0 || had.contains(lines[i - 1]->id));
    if (places > mostPlaces || wanted.size() != qsizetype(lines.size()))
        return false;
    // What is gone goes, from the end on.
    for (int last = int(m_lines.size()) - 1; last >= 0; --last) {
        if (wanted.contains(m_lines[std::size_t(last)]->id))
            continue;
        int first = last;
        while (first > 0 && !wanted.contains(m_lines[std::size_t(first - 1)]->id))
            --first;
        beginRemoveRows({}, first, last);
        m_lines.erase(m_lines.begin() + first, m_lines.begin() + last + 1);
        endRemoveRows();
        last = first;
    }
    // What stays gets its new values, and its new order.
    Lines kept;
    std::copy_if(lines.begin(), lines.end(), std::back_inserter(kept), [&](const Run *run) { return had.contains(run->id); });
    QSet<QString> different;
    bool sameOrder = true;
    for (std::size_t i = 0; i < kept.size(); ++i)
        sameOrder = sameOrder && kept[i]->id == m_lines[i]->id;
    if (sameOrder) {
        for (std::size_t i = 0; i < kept.size(); ++i)
            if (kept[i] != m_lines[i] && !sameRun(*kept[i], *m_lines[i]))
                different.insert(kept[i]->id);
        m_lines = kept;
    } else {
        Q_EMIT layoutAboutToBeChanged({}, QAbstractItemModel::VerticalSortHint);
        QHash<QString, int> place;
        for (int i = 0; i < int(kept.size()); ++i)
            place.insert(kept[std::size_t(i)]->id, i);
        const QModelIndexList from = persistentIndexList();
        QModelIndexList to;
        for (const QModelIndex &old : from)
            to << index(place.value(m_lines[std::size_t(old.row())]->id), old.column());
        m_lines = kept;
        changePersistentIndexList(from, to);
        Q_EMIT layoutChanged({}, QAbstractItemModel::VerticalSortHint); // all that is seen is painted anew
    }
    for (int first = 0; first < int(lines.size()); ++first) {
        if (had.contains(lines[std::size_t(first)]->id))
            continue;
        int last = first;
        while (last + 1 < int(lines.size()) && !had.contains(lines[std::size_t(last + 1)]->id))
            ++last;
        beginInsertRows({}, first, last);
        m_lines.insert(m_lines.begin() + first, lines.begin() + first, lines.begin() + last + 1);
        endInsertRows();
        first = last;
    }
    for (const QString &id : std::as_const(different))
        Q_EMIT dataChanged(index(wanted.value(id), 0), index(wanted.value(id), int(m_columns.size()) - 1));
    return true;
}

int RunTableModel::rowOf(const QString &id) const {
    const auto found = std::find_if(m_lines.begin(), m_lines.end(), [&](const Run *run) { return run->id == id; });
    return found == m_lines.end() ? -1 : int(found - m_lines.begin());
}

std::vector<int> RunTableModel::shown() const {
    std::vector<int> rows;
    for (const Run *run : m_lines)
        rows.push_back(int(run - m_runs->data()));
    return rows;
}

bool RunTableModel::setMarked(const QString &id, bool marked) {
    if (marked == m_marked.contains(id))
        return true;
    if (marked && m_marked.size() >= mostMarked)
        return false;
    if (marked)
        m_marked << id;
    else
        m_marked.removeAll(id);
    if (const int row = rowOf(id); row >= 0)
        Q_EMIT dataChanged(index(row, MarkColumn), index(row, MarkColumn));
    Q_EMIT marksChanged();
    return true;
}

void RunTableModel::clearMarks() {
    if (m_marked.isEmpty())
        return;
    m_marked.clear();
    if (!m_lines.empty())
        Q_EMIT dataChanged(index(0, MarkColumn), index(int(m_lines.size()) - 1, MarkColumn));
    Q_EMIT marksChanged();
}

void RunTableModel::dropMarks() {
    if (m_marked.isEmpty())
        return;
    QSet<QString> there;
    for (const Run &run : *m_runs)
        there.insert(run.id);
    const auto before = m_marked.size();
    m_marked.removeIf([&](const QString &id) { return !there.contains(id); });
    if (m_marked.size() != before)
        Q_EMIT marksChanged();
}

QVariant RunTableModel::statusCell(const Run &run, int role) const {
    const bool silent = silentSeconds(run, m_now).has_value();
    switch (role) {
    case Qt::DisplayRole: return runStatusWord(run, m_now);
    case StateRole: return int(silent ? State::Unknown : stateOf(run.status));
    case Qt::ToolTipRole: return runStatusReason(run, m_now);
    default: return {};
    }
}

QVariant RunTableModel::cell(const Run &run, const RunColumn &column, bool numbers, int role) const {
    if (column.field == RunColumn::Status)
        return statusCell(run, role);
    if (role == MonoRole)
        return column.field == RunColumn::Id || column.field == RunColumn::Artifacts;
    if (role == StrongRole)
        return column.field == RunColumn::Name;
    if (role != Qt::DisplayRole && role != MutedRole && role != Qt::ToolTipRole)
        return {};
    const registry::RunValue value = runValue(run, column, m_now, m_figures);
    if (role == MutedRole)
        return !value.known || (value.number && std::isnan(*value.number));
    if (role == Qt::ToolTipRole)
        return !value.known ? tr("Its history has not been read yet.") : column.field == RunColumn::Name ? run.id : value.text;
    if (role != Qt::DisplayRole)
        return {};
    if (!value.known)
        return QStringLiteral("…");
    if (column.field == RunColumn::Started || column.field == RunColumn::Ended)
        return value.number ? moment(column.field == RunColumn::Started ? run.started : run.ended, m_now) : QString();
    if (column.field == RunColumn::Duration)
        return value.number ? runTime(*value.number) : QString();
    if (column.field == RunColumn::Metric)
        return value.number ? numberText(*value.number) : QString();
    return numbers ? value.text.trimmed() : value.text.simplified();
}

QVariant RunTableModel::data(const QModelIndex &index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Run &r = run(index.row());
    if (role == Qt::TextAlignmentRole)
        return int(m_columns[std::size_t(index.column())].alignment);
    if (role == IdRole)
        return r.id;
    if (index.column() == MarkColumn)
        return role == Qt::CheckStateRole ? QVariant(isMarked(r.id) ? Qt::Checked : Qt::Unchecked) : role == Qt::AccessibleTextRole ? QVariant(isMarked(r.id) ? tr("marked") : tr("not marked")) : QVariant();
    const auto c = std::size_t(index.column() - 1);
    return cell(r, m_chosen[c], m_numbers[c], role);
}

void RunDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const {
    if (index.column() != RunTableModel::MarkColumn)
        return StateDelegate::paint(painter, option, index);
    painter->save();
    paintCellGround(*painter, option, index);
    const Theme &theme = Theme::of(option.widget);
    const Tokens &t = theme.tokens();
    const bool marked = index.data(Qt::CheckStateRole).toInt() == Qt::Checked;
    const double side = theme.px(14);
    const QRectF box(option.rect.center().x() - side / 2, option.rect.center().y() - side / 2, side, side);
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(marked ? t.acc : t.line3, 1));
    painter->setBrush(marked ? t.acc : t.inp);
    painter->drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
    if (marked)
        paintIcon(*painter, box.adjusted(2, 2, -2, -2), QStringLiteral("check"), t.accOn);
    painter->restore();
}

} // namespace pilothouse::ui
