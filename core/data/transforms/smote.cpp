// SPDX-License-Identifier: GPL-3.0-or-later
// smote: new training rows for the smaller classes, x + u (n − x) for a row x of the class, one n of its k nearest neighbours within the
// class and u in [0, 1), until each has `ratio` times the rows of the largest: Chawla, Bowyer, Hall, Kegelmeyer 2002, as
// imbalanced-learn's SMOTE. Beside categories it is their SMOTE-NC: a category that differs adds the median of the numbers' standard
// deviations to the Euclidean distance, and a new row has the category of most of the k neighbours (ties: the nearest's).
// Rows that validate or test never come here, and new rows are made of nothing else than the rows given.
#include "core/base/task.h"
#include "core/data/lots.h"
#include "core/data/order_statistics.h"
#include "core/data/transform.h"
#include "core/data/transform_settings.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace pilothouse::data {

namespace {

/// Columns first … last − 1 stand for one number (one column) or one category.
struct Feature {
    std::size_t first, last;
    bool category;
};

std::vector<Feature> featuresOf(const std::vector<int> &groups) {
    std::vector<Feature> features;
    for (std::size_t c = 0; c < groups.size(); ++c) {
        if (groups[c] >= 0 && c > 0 && groups[c - 1] == groups[c])
            ++features.back().last;
        else
            features.push_back({c, c + 1, groups[c] >= 0});
    }
    return features;
}

bool same(std::span<const double> a, std::span<const double> b, const Feature &feature) {
    return std::equal(a.begin() + std::ptrdiff_t(feature.first), a.begin() + std::ptrdiff_t(feature.last), b.begin() + std::ptrdiff_t(feature.first));
}

/// The rows of one class, and how far they are from each other.
class Neighbourhood {
public:
    Neighbourhood(const Rows &x, std::vector<std::size_t> rows, const std::vector<Feature> &features) : m_x(x), m_rows(std::move(rows)), m_features(features) {
        std::vector<double> deviations;
        for (const Feature &feature : features)
            if (!feature.category)
                deviations.push_back(deviation(feature.first));
        m_penalty = std::any_of(features.begin(), features.end(), [](const Feature &f) { return f.category; }) ? quantileOf(std::move(deviations), 0.5) : 0;
    }
    const std::vector<std::size_t> &rows() const { return m_rows; }
    /// The k nearest of the others, nearest first (ties: the earlier row), as rows of x.
    std::vector<std::size_t> nearest(std::size_t row, std::size_t k) const {
        std::vector<std::pair<double, std::size_t>> all;
        all.reserve(m_rows.size());
        for (const std::size_t other : m_rows)
            if (other != row)
                all.emplace_back(distance(m_x.row(row), m_x.row(other)), other);
        std::partial_sort(all.begin(), all.begin() + std::ptrdiff_t(k), all.end());
        std::vector<std::size_t> found;
        for (std::size_t i = 0; i < k; ++i)
            found.push_back(all[i].second);
        return found;
    }

private:
    double deviation(std::size_t column) const {
        double sum = 0, squares = 0;
        for (const std::size_t row : m_rows)
            sum += m_x.row(row)[column];
        const double mean = sum / double(m_rows.size());
        for (const std::size_t row : m_rows)
            squares += (m_x.row(row)[column] - mean) * (m_x.row(row)[column] - mean);
        return std::sqrt(squares / double(m_rows.size()));
    }
    double distance(std::span<const double> a, std::span<const double> b) const { // squared
        double sum = 0;
        for (const Feature &feature : m_features) {
            const double off = !feature.category ? a[feature.first] - b[feature.first] : same(a, b, feature) ? 0 : m_penalty;
            sum += off * off;
        }
        return sum;
    }
    const Rows &m_x;
    const std::vector<std::size_t> m_rows;
    const std::vector<Feature> &m_features;
    double m_penalty = 0;
};

/// The neighbour whose category most of the neighbours have.
std::size_t majority(const Rows &x, const std::vector<std::size_t> &neighbours, const Feature &feature) {
    std::size_t best = 0, bestCount = 0;
    for (std::size_t i = 0; i < neighbours.size(); ++i) {
        const auto count = std::size_t(std::count_if(neighbours.begin(), neighbours.end(), [&](std::size_t other) { return same(x.row(neighbours[i]), x.row(other), feature); }));
        if (count > bestCount) {
            best = i;
            bestCount = count;
        }
    }
    return neighbours[best];
}

class Smote final : public Transform {
public:
    Smote(std::size_t k, double ratio, std::uint64_t seed) : m_k(k), m_ratio(ratio), m_seed(seed) {}
    bool accepts(const ColumnFit &) const override { return false; }
    Result<void> fit(ColumnFit &, const TrainingTarget &) const override { return {}; }
    bool makesRows() const override { return true; }
    Result<MadeRows> make(const Rows &x, const TrainingTarget &target, const std::vector<int> &groups) const override;

private:
    void addRows(MadeRows &made, const Rows &x, const Neighbourhood &around, const std::vector<Feature> &features, std::size_t count, Lots &lots) const;
    std::size_t m_k;
    double m_ratio;
    std::uint64_t m_seed;
};

Result<MadeRows> Smote::make(const Rows &x, const TrainingTarget &target, const std::vector<int> &groups) const {
    if (std::any_of(x.values.begin(), x.values.end(), [](double v) { return std::isnan(v); }))
        return invalid(QStringLiteral("smote cannot place new rows between rows with missing values."), {}, QStringLiteral("Write impute before it."));
    const std::vector<Feature> features = featuresOf(groups);
    if (std::none_of(features.begin(), features.end(), [](const Feature &f) { return !f.category; }))
        return invalid(QStringLiteral("smote needs at least one number among the inputs."), {}, QStringLiteral("Leave it out, or use class weights."));
    std::vector<std::vector<std::size_t>> rowsOf(target.classes.size());
    for (std::size_t row = 0; row < x.count; ++row)
        rowsOf[std::size_t(target.values[row])].push_back(row);
    std::size_t largest = 0, present = 0;
    for (const auto &rows : rowsOf) {
        largest = std::max(largest, rows.size());
        present += rows.empty() ? 0 : 1;
    }
    if (present < 2)
        return invalid(QStringLiteral("smote needs rows of two classes; the training rows have %1.").arg(present), {}, QStringLiteral("Change `split:`, or leave smote out."));
    MadeRows made{Rows{0, x.width, {}}, {}, {}, {}};
    Lots lots(m_seed);
    const auto wanted = std::size_t(std::llround(m_ratio * double(largest)));
    for (std::size_t c = 0; c < rowsOf.size(); ++c) {
        const std::size_t there = rowsOf[c].size();
        if (there == 0 || there >= wanted)
            continue;
        if (there <= m_k)
            return invalid(QStringLiteral("smote: the class “%1” has %2 training rows, too few for %3 neighbours.").arg(QString::fromStdString(target.classes[c])).arg(there).arg(m_k), {},
                           QStringLiteral("Use a smaller k: smote: {k: %1}.").arg(there > 1 ? there - 1 : 1));
        addRows(made, x, Neighbourhood(x, std::move(rowsOf[c]), features), features, wanted - there, lots);
        made.targets.resize(made.x.count, double(c));
    }
    return made;
}

void Smote::addRows(MadeRows &made, const Rows &x, const Neighbourhood &around, const std::vector<Feature> &features, std::size_t count, Lots &lots) const {
    struct Draw {
        std::size_t base, neighbour; ///< numbers: in the class, among the neighbours
        double part;
    };
    std::vector<Draw> draws(count);
    std::vector<char> used(around.rows().size(), 0);
    for (Draw &draw : draws) {
        draw.base = lots.below(around.rows().size());
        draw.neighbour = lots.below(m_k);
        draw.part = lots.uniform();
        used[draw.base] = 1;
    }
    std::vector<std::vector<std::size_t>> nearest(around.rows().size());
    parallelFor(nearest.size(), 16, [&](std::size_t first, std::size_t last) {
        for (std::size_t i = first; i < last; ++i)
            if (used[i])
                nearest[i] = around.nearest(around.rows()[i], m_k);
    }, 0);
    for (const Draw &draw : draws) {
        const std::vector<std::size_t> &neighbours = nearest[draw.base];
        const auto from = x.row(around.rows()[draw.base]), to = x.row(neighbours[draw.neighbour]);
        std::vector<double> row(x.width);
        for (const Feature &feature : features) {
            const auto likeMost = feature.category ? x.row(majority(x, neighbours, feature)) : from;
            for (std::size_t c = feature.first; c < feature.last; ++c)
                row[c] = feature.category ? likeMost[c] : from[c] + draw.part * (to[c] - from[c]);
        }
        made.x.values.insert(made.x.values.end(), row.begin(), row.end());
        ++made.x.count;
        made.bases.push_back(around.rows()[draw.base]);
        made.neighbours.push_back(neighbours[draw.neighbour]);
    }
}

Result<TransformPtr> makeSmote(const workspace::TransformSpec &spec) {
    TransformSettings settings(spec);
    const auto k = std::size_t(settings.integer("k", 5, 1, 1000));
    const double ratio = settings.number("ratio", 1, 1e-6, 1);
    const auto seed = std::uint64_t(settings.integer("seed", 7, 0, 1LL << 53));
    PH_TRY(settings.check());
    if (!spec.columns.isEmpty())
        return invalid(QStringLiteral("smote makes whole rows; it has no columns."), QStringLiteral("columns"));
    return TransformPtr(std::make_shared<const Smote>(k, ratio, seed));
}

} // namespace

PILOTHOUSE_TRANSFORM(smote, "", makeSmote)

} // namespace pilothouse::data
