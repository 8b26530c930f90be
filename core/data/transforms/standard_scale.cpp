// SPDX-License-Identifier: GPL-3.0-or-later
// standard_scale: (v − mean) / standard deviation (ddof 0) of the training rows, as scikit-learn's StandardScaler. A constant has
// scale 1.
#include "core/data/transform.h"
#include "core/data/transform_settings.h"

#include <algorithm>
#include <cmath>

namespace pilothouse::data {

namespace {

std::pair<double, double> meanAndDeviation(const std::vector<double> &values) {
    if (values.empty())
        return {0, 1};
    long double sum = 0, squares = 0; // 64-bit mantissa: the error of n additions stays below a double's last digit
    for (const double v : values)
        sum += v;
    const long double mean = sum / static_cast<long double>(values.size());
    for (const double v : values)
        squares += (v - mean) * (v - mean);
    const double scale = double(std::sqrt(squares / static_cast<long double>(values.size())));
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    return {double(mean), *low == *high || scale == 0 ? 1.0 : scale};
}

class StandardScale final : public Transform {
public:
    bool accepts(const ColumnFit &column) const override { return !column.isCategory(); }
    Result<void> fit(ColumnFit &column, const TrainingTarget &) const override {
        column.rescale(meanAndDeviation);
        return {};
    }
};

Result<TransformPtr> makeStandardScale(const workspace::TransformSpec &spec) {
    PH_TRY(TransformSettings(spec).check());
    return TransformPtr(std::make_shared<const StandardScale>());
}

} // namespace

PILOTHOUSE_TRANSFORM(standard_scale, "", makeStandardScale)

} // namespace pilothouse::data
