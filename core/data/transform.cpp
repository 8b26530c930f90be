// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/transform.h"

#include "core/workspace/recipe_place.h"
#include "core/workspace/yaml_tree.h"

#include <algorithm>
#include <cmath>

namespace pilothouse::data {

QString ColumnMap::outputName(std::size_t column) const {
    if (hot)
        return name + QLatin1Char('=') + QString::fromStdString(categories[column]);
    return table ? table->names[column] : name;
}

void ColumnMap::apply(double in, double *out) const {
    const double value = std::isnan(in) ? fill : in;
    const std::size_t columns = width();
    if (table) {
        const std::vector<double> &line = std::isnan(value) ? table->missing : value < 0 ? table->unknown : table->lines[std::size_t(value)];
        for (std::size_t c = 0; c < columns; ++c)
            out[c] = (line[c] - offset[c]) / scale[c];
    } else if (hot) {
        for (std::size_t c = 0; c < columns; ++c)
            out[c] = ((value == double(c) ? 1.0 : 0.0) - offset[c]) / scale[c];
    } else {
        *out = (value - offset[0]) / scale[0];
    }
}

ColumnFit::ColumnFit(const Rows &training, std::size_t column, const Input &input) : m_input(input), m_rows(training.count), m_values(training.count) {
    m_map.name = input.name;
    m_map.category = input.type == ColumnType::Category;
    m_map.categories = input.categories;
    m_map.offset = {0};
    m_map.scale = {1};
    for (std::size_t row = 0; row < m_rows; ++row)
        m_values[row] = training.values[row * training.width + column];
}

std::vector<double> ColumnFit::present(std::size_t column) const {
    std::vector<double> found;
    found.reserve(m_rows);
    for (std::size_t at = column; at < m_values.size(); at += width())
        if (!std::isnan(m_values[at]))
            found.push_back(m_values[at]);
    return found;
}

void ColumnFit::fill(double value) {
    m_map.fill = value * m_map.scale[0] + m_map.offset[0]; // it acts before what has been done to the column
    for (double &v : m_values)
        v = std::isnan(v) ? value : v;
}

void ColumnFit::fillOverTime(const TimeLine &line, std::int64_t limit) {
    m_map.overTime = limit;
    m_crossFitted = true;
    line.fill(m_values, limit);
}

void ColumnFit::codeHot(bool refuseUnknown) {
    m_map.hot = true;
    m_map.refusesUnknown = refuseUnknown;
    const std::size_t columns = m_map.categories.size();
    std::vector<double> coded(m_rows * columns, 0.0);
    for (std::size_t row = 0; row < m_rows; ++row)
        if (m_values[row] >= 0)
            coded[row * columns + std::size_t(m_values[row])] = 1;
    m_values = std::move(coded);
    m_map.offset.assign(columns, 0);
    m_map.scale.assign(columns, 1);
}

void ColumnFit::codeBy(CategoryTable table, bool refuseUnknown) {
    m_map.table = std::move(table);
    m_map.refusesUnknown = refuseUnknown;
    const std::size_t columns = m_map.width();
    m_map.offset.assign(columns, 0);
    m_map.scale.assign(columns, 1);
    std::vector<double> coded(m_rows * columns);
    for (std::size_t row = 0; row < m_rows; ++row)
        m_map.apply(m_values[row], coded.data() + row * columns);
    m_values = std::move(coded);
}

void ColumnFit::codeCrossFitted(CategoryTable table, std::vector<double> trainingValues) {
    m_map.table = std::move(table);
    m_map.offset.assign(m_map.width(), 0);
    m_map.scale.assign(m_map.width(), 1);
    m_crossFitted = true;
    m_values = std::move(trainingValues);
}

void ColumnFit::rescale(const std::function<std::pair<double, double>(const std::vector<double> &)> &fit) {
    for (std::size_t column = 0; column < width(); ++column) {
        const auto [offset, scale] = fit(present(column));
        m_map.offset[column] += offset * m_map.scale[column];
        m_map.scale[column] *= scale;
        for (std::size_t at = column; at < m_values.size(); at += width())
            m_values[at] = (m_values[at] - offset) / scale;
    }
}

Result<std::vector<Column>> Transform::columns(const PastRows &) const { return std::vector<Column>(); }

Result<MadeRows> Transform::make(const Rows &x, const TrainingTarget &, const std::vector<int> &) const {
    return MadeRows{Rows{0, x.width, {}}, {}, {}, {}};
}

Result<TransformPtr> makeTransform(const workspace::TransformSpec &spec) {
    QStringList known;
    for (const TransformEntry *entry : transformTable()) {
        if (spec.name == QLatin1String(entry->name))
            return entry->make(spec);
        known << QLatin1String(entry->name);
    }
    const QString nearest = workspace::nearestName(spec.name, known), all = QStringLiteral("Known: %1.").arg(known.join(QStringLiteral(", ")));
    return invalid(QStringLiteral("Unknown transform “%1”.").arg(spec.name), {}, nearest.isEmpty() ? all : QStringLiteral("Did you mean “%1”? %2").arg(nearest, all));
}

bool TransformStep::names(const QString &input) const {
    return spec.columns.isEmpty() || std::any_of(spec.columns.begin(), spec.columns.end(), [&](const QString &column) {
        return input == column || (input.startsWith(column) && input.mid(column.size()).startsWith(QLatin1Char('@')));
    });
}

Result<std::vector<TransformStep>> makeTransforms(const workspace::Recipe &recipe) {
    std::vector<TransformStep> steps;
    const auto place = [&](std::size_t i, const QString &text) {
        return workspace::placeInFile(recipe.file, {QStringLiteral("transforms"), QString::number(i)}, text);
    };
    for (std::size_t i = 0; i < recipe.transforms.size(); ++i) {
        const workspace::TransformSpec &spec = recipe.transforms[i];
        Result<TransformPtr> made = makeTransform(spec);
        if (!made) {
            Error error = made.error(); // its place is the setting's name, or nothing
            error.where = place(i, error.where.isEmpty() ? spec.name : error.where);
            return error;
        }
        if (!steps.empty() && steps.back().transform->makesRows())
            return invalid(QStringLiteral("%1 stands before %2.").arg(steps.back().spec.name, spec.name), place(i - 1, steps.back().spec.name),
                           QStringLiteral("It makes rows of what all other steps have made of the columns: write it last."));
        if ((*made)->makesColumns() && !steps.empty() && !steps.back().transform->makesColumns())
            return invalid(QStringLiteral("%1 stands behind %2.").arg(spec.name, steps.back().spec.name), place(i, spec.name),
                           QStringLiteral("It makes columns that all other steps work on: write it first."));
        if ((*made)->makesRows() && recipe.task != workspace::TaskKind::Classification)
            return invalid(QStringLiteral("%1 balances classes: the task is %2.").arg(spec.name, workspace::taskName(recipe.task)), place(i, spec.name), QStringLiteral("Leave it out."));
        steps.push_back({spec, *std::move(made)});
    }
    return steps;
}

} // namespace pilothouse::data
