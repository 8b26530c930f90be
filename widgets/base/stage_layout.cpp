// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/stage_layout.h"

#include <QHash>

#include <algorithm>
#include <map>
#include <set>

namespace pilothouse::ui {

namespace {

constexpr int mostReduced = 400; ///< stages; beyond that all lines are drawn

/// The longest way from the begin to each stage.
std::vector<int> ranksOf(const std::vector<std::vector<int>> &after) {
    std::vector<int> ranks(after.size(), 0);
    for (std::size_t turn = 0, changed = 1; changed && turn <= after.size(); ++turn) {
        changed = 0;
        for (std::size_t i = 0; i < after.size(); ++i)
            for (const int from : after[i])
                if (ranks[i] < ranks[std::size_t(from)] + 1) {
                    ranks[i] = ranks[std::size_t(from)] + 1;
                    changed = 1;
                }
    }
    return ranks;
}

/// Stages that come before a stage, near or far.
std::vector<std::set<int>> allBefore(const std::vector<std::vector<int>> &after) {
    std::vector<std::set<int>> before(after.size());
    const std::vector<int> ranks = ranksOf(after);
    std::vector<int> order(after.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        order[i] = int(i);
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return ranks[std::size_t(a)] < ranks[std::size_t(b)]; });
    for (const int i : order)
        for (const int from : after[std::size_t(i)]) {
            before[std::size_t(i)].insert(from);
            before[std::size_t(i)].insert(before[std::size_t(from)].begin(), before[std::size_t(from)].end());
        }
    return before;
}

/// Whether `from` comes before `to` already, so that the other way round would be a circle.
bool leadsTo(const std::vector<std::vector<int>> &after, int from, int to) {
    std::set<int> seen{to};
    std::vector<int> open{to};
    while (!open.empty()) {
        const int at = open.back();
        open.pop_back();
        if (at == from)
            return true;
        for (const int next : after[std::size_t(at)])
            if (seen.insert(next).second)
                open.push_back(next);
    }
    return false;
}

/// A place in a column: a stage, or a line on its way past the column.
struct Cell {
    int stage = 0; ///< the stage, or where the line comes from
    bool line = false;
    int wanted = 0;
};

} // namespace

std::vector<std::vector<int>> stageOrder(const QStringList &ids, const std::vector<QStringList> &after) {
    std::vector<std::vector<int>> order{std::size_t(ids.size())};
    if (std::all_of(after.begin(), after.end(), [](const QStringList &names) { return names.isEmpty(); })) {
        for (std::size_t i = 1; i < order.size(); ++i)
            order[i] = {int(i) - 1};
        return order;
    }
    QHash<QString, int> places;
    for (qsizetype i = 0; i < ids.size(); ++i)
        places.insert(ids[i], int(i));
    for (std::size_t i = 0; i < order.size() && i < after.size(); ++i)
        for (const QString &name : after[i])
            if (const int from = places.value(name, -1); from >= 0 && from != int(i) && !leadsTo(order, int(i), from) && std::find(order[i].begin(), order[i].end(), from) == order[i].end())
                order[i].push_back(from);
    if (order.size() > mostReduced)
        return order;
    const std::vector<std::set<int>> before = allBefore(order);
    for (std::vector<int> &froms : order) {
        const std::vector<int> all = froms;
        std::erase_if(froms, [&](int from) { return std::any_of(all.begin(), all.end(), [&](int other) { return other != from && before[std::size_t(other)].count(from) > 0; }); });
    }
    return order;
}

StageLayout layoutStages(const std::vector<std::vector<int>> &after, const StageSizes &sizes) {
    StageLayout out;
    if (after.empty()) {
        out.height = sizes.row;
        out.column = sizes.width;
        return out;
    }
    const std::vector<int> ranks = ranksOf(after);
    const int columns = *std::max_element(ranks.begin(), ranks.end()) + 1, perRow = std::max(1, std::min(sizes.perRow, columns));
    std::vector<std::vector<Cell>> cells{std::size_t(columns)};
    for (int i = 0; i < int(after.size()); ++i)
        cells[std::size_t(ranks[std::size_t(i)])].push_back({i, false, 0});
    std::map<std::pair<int, int>, int> lanes; // stage or line, column → lane
    std::set<std::pair<int, int>> passing;
    for (int i = 0; i < int(after.size()); ++i)
        for (const int from : after[std::size_t(i)])
            for (int column = ranks[std::size_t(from)] + 1; column < ranks[std::size_t(i)]; ++column)
                if (passing.insert({from, column}).second)
                    cells[std::size_t(column)].push_back({from, true, 0});
    std::vector<int> most(std::size_t((columns + perRow - 1) / perRow), 1); // lanes of each row of columns
    for (int column = 0; column < columns; ++column) {
        auto &here = cells[std::size_t(column)];
        for (Cell &cell : here) {
            int wanted = -1;
            const auto take = [&](int stage) {
                const auto lane = lanes.find({stage, column - 1});
                if (lane != lanes.end())
                    wanted = wanted < 0 ? lane->second : std::min(wanted, lane->second);
            };
            if (cell.line)
                take(cell.stage);
            else
                for (const int from : after[std::size_t(cell.stage)])
                    take(from);
            cell.wanted = std::max(0, wanted);
        }
        std::stable_sort(here.begin(), here.end(), [](const Cell &a, const Cell &b) { return a.wanted != b.wanted ? a.wanted < b.wanted : a.line < b.line; });
        int free = 0;
        for (const Cell &cell : here) {
            const int lane = std::max(free, cell.wanted);
            lanes[{cell.stage, column}] = lane;
            free = lane + 1;
        }
        auto &rows = most[std::size_t(column / perRow)];
        rows = std::max(rows, free);
    }
    std::vector<double> tops{0};
    for (const int rows : most) {
        tops.push_back(tops.back() + sizes.row + (rows - 1) * sizes.branch);
        out.branched = out.branched || rows > 1;
    }
    out.height = tops.back();
    out.column = sizes.width / perRow;
    const auto place = [&](int stage, int column) {
        return QPointF(out.column * (double(column % perRow) + 0.5), tops[std::size_t(column / perRow)] + sizes.row / 2 + lanes[{stage, column}] * sizes.branch);
    };
    for (int i = 0; i < int(after.size()); ++i)
        out.places.push_back(place(i, ranks[std::size_t(i)]));
    for (int to = 0; to < int(after.size()); ++to)
        for (const int from : after[std::size_t(to)]) {
            StageLayout::Edge edge{from, to, {out.places[std::size_t(from)]}};
            for (int column = ranks[std::size_t(from)] + 1; column <= ranks[std::size_t(to)]; ++column) {
                const QPointF a = edge.points.back(), b = column == ranks[std::size_t(to)] ? out.places[std::size_t(to)] : place(from, column);
                if (column % perRow == 0) { // around the end of the row to the begin of the next
                    const double between = tops[std::size_t(column / perRow)], right = sizes.width - 6;
                    for (const QPointF &point : {QPointF(right, a.y()), QPointF(right, between), QPointF(6, between), QPointF(6, b.y())})
                        edge.points.push_back(point);
                } else if (a.y() != b.y()) {
                    const double middle = (a.x() + b.x()) / 2;
                    edge.points.emplace_back(middle, a.y());
                    edge.points.emplace_back(middle, b.y());
                }
                edge.points.push_back(b);
            }
            out.edges.push_back(std::move(edge));
        }
    return out;
}

} // namespace pilothouse::ui
