// SPDX-License-Identifier: GPL-3.0-or-later
// robust_scale: (v − median) / (third quartile − first quartile) of the training rows, as scikit-learn's RobustScaler. A column without
// spread between its quartiles has scale 1.
#include "core/data/order_statistics.h"
#include "core/data/transform.h"
#include "core/data/transform_settings.h"

#include <limits>

namespace pilothouse::data {

namespace {

std::pair<double, double> medianAndSpread(const std::vector<double> &values) {
    if (values.empty())
        return {0, 1};
    const double spread = quantileOf(values, 0.75) - quantileOf(values, 0.25);
    return {quantileOf(values, 0.5), spread < 10 * std::numeric_limits<double>::epsilon() ? 1.0 : spread};
}

class RobustScale final : public Transform {
public:
    bool accepts(const ColumnFit &column) const override { return !column.isCategory(); }
    Result<void> fit(ColumnFit &column, const TrainingTarget &) const override {
        column.rescale(medianAndSpread);
        return {};
    }
};

Result<TransformPtr> makeRobustScale(const workspace::TransformSpec &spec) {
    PH_TRY(TransformSettings(spec).check());
    return TransformPtr(std::make_shared<const RobustScale>());
}

} // namespace

PILOTHOUSE_TRANSFORM(robust_scale, "", makeRobustScale)

} // namespace pilothouse::data
