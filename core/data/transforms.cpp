// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/transforms.h"

#include "core/base/task.h"
#include "core/data/unknown_column.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

namespace pilothouse::data {

namespace {

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t grain = 4096;

std::vector<double> presentValues(const Rows &rows, std::size_t column) {
    std::vector<double> values;
    values.reserve(rows.count);
    for (std::size_t row = 0; row < rows.count; ++row)
        if (const double v = rows.values[row * rows.width + column]; !std::isnan(v))
            values.push_back(v);
    return values;
}

double meanOf(const std::vector<double> &values) {
    long double sum = 0; // 64-bit mantissa: the error of n additions stays below a double's last digit
    for (const double v : values)
        sum += v;
    return double(sum / static_cast<long double>(values.size()));
}

double medianOf(std::vector<double> values) {
    const std::size_t half = values.size() / 2;
    std::nth_element(values.begin(), values.begin() + std::ptrdiff_t(half), values.end());
    const double upper = values[half];
    if (values.size() % 2)
        return upper;
    const double lower = *std::max_element(values.begin(), values.begin() + std::ptrdiff_t(half));
    return lower + (upper - lower) / 2;
}

/// Of several equally frequent ones the smallest, as scikit-learn's SimpleImputer.
double mostFrequentOf(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    double best = values.front();
    std::size_t bestCount = 0;
    for (std::size_t i = 0; i < values.size();) {
        std::size_t j = i;
        while (j < values.size() && values[j] == values[i])
            ++j;
        if (j - i > bestCount) {
            bestCount = j - i;
            best = values[i];
        }
        i = j;
    }
    return best;
}

double imputed(const std::vector<double> &values, bool category, const QString &how) {
    if (category || how == QLatin1String("most_frequent"))
        return mostFrequentOf(values);
    return how == QLatin1String("mean") ? meanOf(values) : medianOf(values);
}

/// Mean and standard deviation (ddof 0) of the present values; a constant gets scale 1.
std::pair<double, double> meanAndScale(const std::vector<double> &values) {
    if (values.empty())
        return {0, 1};
    long double sum = 0, squares = 0;
    for (const double v : values)
        sum += v;
    const long double mean = sum / static_cast<long double>(values.size());
    for (const double v : values)
        squares += (v - mean) * (v - mean);
    const double scale = double(std::sqrt(squares / static_cast<long double>(values.size())));
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    return {double(mean), *low == *high || scale == 0 ? 1.0 : scale};
}

/// The categories that occur in these rows, sorted by bytes; numbers by their shortest text.
std::vector<std::string> categoriesIn(const Column &column, const std::vector<std::size_t> &rows) {
    std::set<std::string> seen;
    if (column.type == ColumnType::Category) {
        std::vector<bool> used(column.dictionary.size());
        for (const std::size_t row : rows)
            if (column.codes[row] >= 0)
                used[std::size_t(column.codes[row])] = true;
        for (std::size_t i = 0; i < used.size(); ++i)
            if (used[i])
                seen.insert(column.dictionary[i]);
    } else {
        for (const std::size_t row : rows)
            if (!column.isMissing(row))
                seen.insert(column.text(row).toStdString());
    }
    return {seen.begin(), seen.end()};
}

QString stepText(const workspace::TransformSpec &step) {
    return step.argument.isEmpty() ? step.name : step.name + QStringLiteral(": ") + step.argument;
}

} // namespace

Result<std::vector<Input>> inputsOf(const Table &table, const workspace::Recipe &recipe, const std::vector<std::size_t> &rows) {
    std::set<QString> out{recipe.target};
    if (recipe.time) {
        out.insert(recipe.time->column);
        for (const QString &part : recipe.time->parts)
            out.insert(part);
    }
    for (const auto &list : {recipe.categorical, recipe.include, recipe.exclude, QStringList{recipe.target}})
        for (const QString &name : list)
            if (!table.find(name))
                return unknownColumn(recipe, name, table);
    const bool optional = std::any_of(recipe.transforms.begin(), recipe.transforms.end(), [](const auto &step) { return step.name == QLatin1String("impute"); });
    std::vector<Input> inputs;
    for (const Column &column : table.columns) {
        const bool included = recipe.include.contains(column.name);
        if (recipe.exclude.contains(column.name) || (recipe.include.isEmpty() ? out.contains(column.name) : !included))
            continue;
        if (column.type == ColumnType::Time) {
            if (included)
                return invalid(QStringLiteral("The column “%1” holds times; it cannot be a feature.").arg(column.name), recipe.file,
                               QStringLiteral("Take it out of `features: {include: […]}`."));
            continue;
        }
        Input input{column.name, column.type, {}, optional};
        if (recipe.categorical.contains(column.name))
            input.type = ColumnType::Category;
        if (input.type == ColumnType::Category)
            input.categories = categoriesIn(column, rows);
        inputs.push_back(std::move(input));
    }
    if (inputs.empty())
        return invalid(QStringLiteral("No column is left as a feature."), recipe.file, QStringLiteral("Change `features:`, or the target."));
    return inputs;
}

/// What the steps do to one input, one step after the other.
class FittedTransforms::Fitter {
public:
    Fitter(const Rows &training, std::size_t column, const Input &input)
        : m_training(training), m_column(column), m_input(input), m_category(input.type == ColumnType::Category) {}

    Result<void> add(const workspace::TransformSpec &step) {
        if (step.name == QLatin1String("one_hot"))
            m_hot = m_category;
        else if (step.name == QLatin1String("impute"))
            return impute(step.argument);
        else if (step.name == QLatin1String("standard_scale"))
            scale();
        else
            return invalid(QStringLiteral("Unknown transform “%1”.").arg(step.name), {}, QStringLiteral("Known: impute, one_hot, standard_scale."));
        return {};
    }
    Result<void> finish(FittedTransforms &fitted) const {
        if (m_category && !m_hot)
            return invalid(QStringLiteral("The input “%1” is a category, and no transform makes numbers of it.").arg(m_input.name), {},
                           QStringLiteral("Add one_hot to `transforms:`, or exclude the column."));
        fitted.m_inputs.push_back({m_fill, m_category ? std::int32_t(m_input.categories.size()) : -1, m_input.name, m_input.categories});
        for (std::size_t i = 0; i < (m_category ? m_input.categories.size() : 1); ++i) {
            fitted.m_names.push_back(m_category ? m_input.name + QLatin1Char('=') + QString::fromStdString(m_input.categories[i]) : m_input.name);
            fitted.m_mean.push_back(m_scaled.empty() ? 0 : m_scaled[i].first);
            fitted.m_scale.push_back(m_scaled.empty() ? 1 : m_scaled[i].second);
        }
        return {};
    }

private:
    Result<void> impute(const QString &how) {
        if (m_hot || !std::isnan(m_fill)) // nothing is missing any more
            return {};
        const std::vector<double> values = presentValues(m_training, m_column);
        if (values.empty())
            return invalid(QStringLiteral("The input “%1” has no value in the training rows, so nothing can be imputed.").arg(m_input.name), {},
                           QStringLiteral("Exclude it: features: {exclude: [%1]}.").arg(m_input.name));
        m_fill = imputed(values, m_category, how);
        return {};
    }
    void scale() {
        if (m_category && !m_hot)
            return;
        std::vector<double> values = presentValues(m_training, m_column); // their order does not matter here
        if (!std::isnan(m_fill))
            values.resize(m_training.count, m_fill);
        m_scaled.clear();
        if (!m_category) {
            m_scaled.push_back(meanAndScale(values));
            return;
        }
        values.resize(m_training.count, -1); // missing without imputation is all zeros, as an unknown category
        std::vector<double> ones(values.size());
        for (std::size_t c = 0; c < m_input.categories.size(); ++c) {
            std::transform(values.begin(), values.end(), ones.begin(), [c](double v) { return v == double(c) ? 1.0 : 0.0; });
            m_scaled.push_back(meanAndScale(ones));
        }
    }

    const Rows &m_training;
    const std::size_t m_column;
    const Input &m_input;
    const bool m_category;
    bool m_hot = false;
    double m_fill = undefined;
    std::vector<std::pair<double, double>> m_scaled; ///< mean and scale of each output; empty: not scaled
};

Result<FittedTransforms> FittedTransforms::fit(const Rows &training, const std::vector<Input> &inputs, const std::vector<workspace::TransformSpec> &steps) {
    if (training.count == 0 || training.width != inputs.size())
        return invalid(QStringLiteral("There are no training rows, or they do not have the %1 inputs.").arg(inputs.size()));
    FittedTransforms fitted;
    for (const workspace::TransformSpec &step : steps)
        fitted.m_steps << stepText(step);
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        Fitter fitter(training, i, inputs[i]);
        for (const workspace::TransformSpec &step : steps)
            PH_TRY(fitter.add(step));
        PH_TRY(fitter.finish(fitted));
    }
    return fitted;
}

void FittedTransforms::applyRow(std::span<const double> in, std::span<double> out) const {
    std::size_t at = 0;
    for (std::size_t i = 0; i < m_inputs.size(); ++i) {
        const Step &step = m_inputs[i];
        const double value = std::isnan(in[i]) ? step.fill : in[i];
        if (step.categories < 0) {
            out[at] = (value - m_mean[at]) / m_scale[at];
            ++at;
            continue;
        }
        for (std::int32_t c = 0; c < step.categories; ++c, ++at)
            out[at] = ((value == double(c) ? 1.0 : 0.0) - m_mean[at]) / m_scale[at];
    }
}

Result<Rows> FittedTransforms::apply(const Rows &rows, int threads) const {
    if (rows.width != inputWidth())
        return invalid(QStringLiteral("A row has %1 values; the model takes %2.").arg(rows.width).arg(inputWidth()));
    Rows out;
    out.count = rows.count;
    out.width = outputWidth();
    out.values.resize(out.count * out.width);
    parallelFor(rows.count, grain, [&](std::size_t first, std::size_t last) {
        for (std::size_t row = first; row < last; ++row)
            applyRow(rows.row(row), out.row(row));
    }, threads);
    return out;
}

} // namespace pilothouse::data
