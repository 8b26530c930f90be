// SPDX-License-Identifier: GPL-3.0-or-later
// min_max_scale: (v − least) / (largest − least) of the training rows, as scikit-learn's MinMaxScaler (new rows are not clipped). A
// constant has scale 1.
#include "core/data/transform.h"
#include "core/data/transform_settings.h"

#include <algorithm>

namespace pilothouse::data {

namespace {

std::pair<double, double> leastAndRange(const std::vector<double> &values) {
    if (values.empty())
        return {0, 1};
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    return {*low, *low == *high ? 1.0 : *high - *low};
}

class MinMaxScale final : public Transform {
public:
    bool accepts(const ColumnFit &column) const override { return !column.isCategory(); }
    Result<void> fit(ColumnFit &column, const TrainingTarget &) const override {
        column.rescale(leastAndRange);
        return {};
    }
};

Result<TransformPtr> makeMinMaxScale(const workspace::TransformSpec &spec) {
    PH_TRY(TransformSettings(spec).check());
    return TransformPtr(std::make_shared<const MinMaxScale>());
}

} // namespace

PILOTHOUSE_TRANSFORM(min_max_scale, "", makeMinMaxScale)

} // namespace pilothouse::data
