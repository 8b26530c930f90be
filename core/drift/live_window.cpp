// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/drift/live_window.h"

#include "core/base/task.h"
#include "core/drift/profile_stream.h"
#include "core/drift/sorted_sample.h"
#include "core/drift/statistics.h"

#include <cmath>
#include <string>
#include <unordered_map>

namespace pilothouse::drift {

namespace {

struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

} // namespace

/// What a column keeps: its values in a ring, and how many fall into each bin or category.
struct LiveWindow::Column {
    std::vector<double> numbers;      ///< numbers: ring
    std::vector<double> counts;       ///< numbers: per bin of the reference
    std::vector<std::int32_t> codes;  ///< categories: ring; −1 missing
    struct Category {
        std::string name;
        std::size_t rows = 0;
    };
    std::vector<Category> categories; ///< by code
    std::vector<std::int32_t> unused; ///< codes whose last row went
    std::unordered_map<std::string, std::int32_t, TextHash, std::equal_to<>> codeOf;
    std::size_t present = 0;

    static std::size_t binOf(double value, const std::vector<double> &edges) { // a value on an edge goes left; no branch
        std::size_t bin = 0;
        for (const double edge : edges)
            bin += value > edge;
        return bin;
    }
    void countNumber(double value, const std::vector<double> &edges, double sign) {
        if (!std::isfinite(value))
            return;
        counts[binOf(value, edges)] += sign;
        present = sign > 0 ? present + 1 : present - 1;
    }
    std::int32_t codeFor(std::string_view text) {
        if (const auto known = codeOf.find(text); known != codeOf.end())
            return known->second;
        std::int32_t code = std::int32_t(categories.size());
        if (unused.empty()) {
            categories.push_back({std::string(text)});
        } else {
            code = unused.back();
            unused.pop_back();
            categories[std::size_t(code)] = {std::string(text)};
        }
        codeOf.emplace(std::string(text), code);
        return code;
    }
    void dropCode(std::int32_t code) {
        if (code < 0)
            return;
        --present;
        Category &category = categories[std::size_t(code)];
        if (--category.rows > 0)
            return;
        codeOf.erase(codeOf.find(std::string_view(category.name)));
        unused.push_back(code);
    }
    void settleNumbers(ColumnProfile &out) const {
        const std::vector<double> sorted = sortedFinite(numbers);
        out.counts = counts;
        out.sharedBins = true;
        addFigures(out, sorted);
    }
    void settleCategories(ColumnProfile &out) const {
        std::vector<const Category *> order;
        for (const Category &category : categories)
            if (category.rows > 0)
                order.push_back(&category);
        std::sort(order.begin(), order.end(), [](const auto *a, const auto *b) { return a->name < b->name; });
        for (const Category *category : order) {
            out.categories.push_back(QString::fromStdString(category->name));
            out.categoryCounts.push_back(double(category->rows));
        }
    }
};

LiveWindow::LiveWindow(Profile reference, std::size_t rows) : m_reference(std::move(reference)), m_capacity(std::max<std::size_t>(1, rows)) {
    for (const ColumnProfile &of : m_reference.columns) {
        auto column = std::make_unique<Column>();
        if (of.kind == data::ColumnType::Number) {
            column->numbers.reserve(m_capacity);
            column->counts.assign(of.edges.size() + 1, 0);
        } else {
            column->codes.reserve(m_capacity);
        }
        m_columns.push_back(std::move(column));
    }
}
LiveWindow::~LiveWindow() = default;

std::size_t LiveWindow::rows() const { return m_rows; }

Result<void> LiveWindow::add(std::span<const LiveValue> row) {
    if (row.size() != m_columns.size())
        return invalid(QStringLiteral("A row of %1 values came in; the reference has %2 columns.").arg(row.size()).arg(m_columns.size()), m_reference.name,
                       QStringLiteral("Begin a new window with a reference of these columns."));
    const bool full = m_rows == m_capacity;
    for (std::size_t i = 0; i < row.size(); ++i) {
        Column &column = *m_columns[i];
        const ColumnProfile &of = m_reference.columns[i];
        if (of.kind == data::ColumnType::Number) {
            column.countNumber(row[i].number, of.edges, 1);
            if (full) {
                column.countNumber(column.numbers[m_next], of.edges, -1);
                column.numbers[m_next] = row[i].number;
            } else {
                column.numbers.push_back(row[i].number);
            }
            continue;
        }
        std::int32_t code = -1;
        if (row[i].text.data()) {
            code = column.codeFor(row[i].text);
            ++column.categories[std::size_t(code)].rows;
            ++column.present;
        }
        if (full) {
            column.dropCode(column.codes[m_next]);
            column.codes[m_next] = code;
        } else {
            column.codes.push_back(code);
        }
    }
    m_next = (m_next + 1) % m_capacity;
    m_rows += !full;
    return {};
}

Profile LiveWindow::profile() const {
    Profile out{QStringLiteral("live"), m_rows, {}};
    out.columns.resize(m_columns.size());
    parallelFor(m_columns.size(), 1, [&](std::size_t first, std::size_t last) {
        for (std::size_t i = first; i < last; ++i) {
            const ColumnProfile &of = m_reference.columns[i];
            ColumnProfile &column = out.columns[i];
            column.name = of.name;
            column.kind = of.kind;
            column.present = m_columns[i]->present;
            column.missing = m_rows - column.present;
            if (of.kind == data::ColumnType::Number) {
                column.edges = of.edges;
                m_columns[i]->settleNumbers(column);
            } else {
                m_columns[i]->settleCategories(column);
            }
        }
    });
    return out;
}

DriftReport LiveWindow::score() const { return compare(m_reference, profile()); }

} // namespace pilothouse::drift
