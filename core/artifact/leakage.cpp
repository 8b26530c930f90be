// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/artifact/leakage.h"

#include <algorithm>
#include <cmath>

namespace pilothouse::artifact {

namespace {

constexpr double certain = 0.9999;

/// Pearson's correlation of the rows where both are there; NaN where one of them does not vary.
double correlation(const std::vector<double> &x, const std::vector<double> &y) {
    double n = 0, meanX = 0, meanY = 0, xx = 0, yy = 0, xy = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        if (std::isnan(x[i]) || std::isnan(y[i]))
            continue;
        const double dx = x[i] - meanX, dy = y[i] - meanY; // Welford: sums of squares of figures such as times lose nothing
        ++n;
        meanX += dx / n;
        meanY += dy / n;
        xx += dx * (x[i] - meanX);
        yy += dy * (y[i] - meanY);
        xy += dx * (y[i] - meanY);
    }
    return n >= double(leakRows) && xx > 0 && yy > 0 ? xy / std::sqrt(xx * yy) : NAN;
}

/// Share of the variance of `values` that lies between the groups; NaN where they do not vary.
double correlationRatio(const std::vector<double> &group, std::size_t groups, const std::vector<double> &values) {
    std::vector<double> count(groups), mean(groups);
    double n = 0, whole = 0, total = 0, within = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (std::isnan(values[i]) || !(group[i] >= 0) || group[i] >= double(groups))
            continue;
        const auto g = std::size_t(group[i]);
        const double before = values[i] - mean[g], beforeAll = values[i] - whole;
        mean[g] += before / ++count[g];
        whole += beforeAll / ++n;
        within += before * (values[i] - mean[g]);
        total += beforeAll * (values[i] - whole);
    }
    const auto used = std::size_t(std::count_if(count.begin(), count.end(), [](double c) { return c > 0; }));
    if (n < double(leakRows) || !(total > 0) || double(used) * 10 > n) // a group of one has no variance: that tells nothing
        return NAN;
    return 1 - within / total;
}

/// Share of the rows that have the most frequent class of their category; NaN for too many categories or one class.
double purity(const std::vector<double> &category, std::size_t categories, const std::vector<double> &label, std::size_t classes) {
    std::vector<double> counts(categories * classes), ofClass(classes);
    double n = 0;
    for (std::size_t i = 0; i < label.size(); ++i) {
        if (!(category[i] >= 0) || category[i] >= double(categories))
            continue;
        ++counts[std::size_t(category[i]) * classes + std::size_t(label[i])];
        ++ofClass[std::size_t(label[i])];
        ++n;
    }
    double pure = 0, used = 0;
    for (std::size_t c = 0; c < categories; ++c) {
        const auto first = counts.begin() + std::ptrdiff_t(c * classes);
        const double most = *std::max_element(first, first + std::ptrdiff_t(classes));
        pure += most;
        used += most > 0;
    }
    return n >= double(leakRows) && used * 10 <= n && *std::max_element(ofClass.begin(), ofClass.end()) < n ? pure / n : NAN;
}

QString strength(double value) { return QString::number(value, 'f', 4); }

} // namespace

std::vector<Leak> leaksOf(const LabelledRows &rows, const Signature &signature) {
    std::vector<Leak> leaks;
    if (signature.task == workspace::TaskKind::Forecast || rows.width() != 1)
        return leaks;
    const bool classes = !signature.classes.empty();
    std::vector<double> x(rows.inputs.count);
    for (std::size_t k = 0; k < signature.inputs.size(); ++k) {
        for (std::size_t i = 0; i < x.size(); ++i)
            x[i] = rows.inputs.values[i * rows.inputs.width + k];
        const Input &input = signature.inputs[k];
        const bool category = input.type == data::ColumnType::Category;
        if (category && classes) {
            if (purity(x, input.categories.size(), rows.targets, signature.classes.size()) >= certain)
                leaks.push_back({input.name, QStringLiteral("each category has one class")});
        } else if (category) {
            if (const double ratio = correlationRatio(x, input.categories.size(), rows.targets); std::sqrt(ratio) >= certain)
                leaks.push_back({input.name, QStringLiteral("correlation ratio %1").arg(strength(std::sqrt(ratio)))});
        } else if (classes) {
            if (const double ratio = correlationRatio(rows.targets, signature.classes.size(), x); std::sqrt(ratio) >= certain)
                leaks.push_back({input.name, QStringLiteral("one value for each class")});
        } else if (const double r = correlation(x, rows.targets); std::abs(r) >= certain) {
            leaks.push_back({input.name, QStringLiteral("correlation %1").arg(strength(r))});
        }
    }
    return leaks;
}

} // namespace pilothouse::artifact
