// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/promotion/evidence_slices.h"

#include <QTimeZone>

#include <algorithm>
#include <cmath>

namespace pilothouse::promotion {

namespace {

constexpr std::size_t mostInputs = 8;

metrics::Slicing byTime(const std::vector<std::int64_t> &times, const QString &zoneName) {
    const QTimeZone named(zoneName.toUtf8()), zone = named.isValid() ? named : QTimeZone::utc();
    for (const QString &part : {QStringLiteral("month"), QStringLiteral("hour")})
        if (auto slicing = metrics::sliceByTime(QStringLiteral("time:") + part, times, part, zone); slicing && slicing->names.size() > 1)
            return std::move(*slicing);
    return {};
}

metrics::Slicing byInput(const data::Input &input, const data::Rows &rows, std::size_t k) {
    if (input.type != data::ColumnType::Category) {
        std::vector<double> values;
        for (std::size_t i = 0; i < rows.count; ++i)
            values.push_back(rows.row(i)[k]);
        return metrics::sliceByNumber(input.name, values);
    }
    std::vector<std::int32_t> codes;
    for (std::size_t i = 0; i < rows.count; ++i)
        codes.push_back(std::isnan(rows.row(i)[k]) ? -1 : std::int32_t(rows.row(i)[k]));
    return metrics::sliceByCategory(input.name, codes, input.categories);
}

} // namespace

std::vector<metrics::Slicing> slicingsFor(const artifact::Signature &signature, const ComparedRows &rows, const workspace::Recipe &recipe) {
    std::vector<metrics::Slicing> out;
    if (signature.horizon() > 0) {
        if (metrics::Slicing slicing = byTime(rows.times, recipe.time ? recipe.time->zone : QString()); slicing.names.size() > 1)
            out.push_back(std::move(slicing));
        return out;
    }
    for (std::size_t k = 0; k < std::min(signature.inputs.size(), mostInputs); ++k)
        if (metrics::Slicing slicing = byInput(signature.inputs[k], rows.candidate.inputs, k); slicing.names.size() > 1)
            out.push_back(std::move(slicing));
    return out;
}

} // namespace pilothouse::promotion
