// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/serving/batching.h"

#include "core/artifact/shared_pass.h"

#include <chrono>
#include <cmath>
#include <cstring>

namespace pilothouse::serving {

namespace {

constexpr auto patience = std::chrono::seconds(2); ///< a slow model is given what was found until then

/// Numbers between −1.5 and 1.5 that are all different, categories in turn.
data::Rows madeUp(const artifact::Signature &signature, std::size_t count) {
    data::Rows rows;
    rows.count = count;
    rows.width = signature.inputs.size();
    double golden = 0;
    for (std::size_t i = 0; i < count; ++i)
        for (const data::Input &input : signature.inputs) {
            golden = std::fmod(golden + 0.6180339887498949, 1.0);
            const std::size_t categories = input.categories.size();
            rows.values.push_back(input.type == data::ColumnType::Category ? double(categories ? i % categories : 0) : 3 * golden - 1.5);
        }
    return rows;
}

data::Rows cut(const data::Rows &all, std::size_t first, std::size_t count) {
    const auto begin = all.values.begin() + std::ptrdiff_t(first * all.width);
    return {count, all.width, std::vector<double>(begin, begin + std::ptrdiff_t(count * all.width))};
}

bool same(const std::vector<double> &a, const std::vector<double> &b, double tolerance) {
    if (a.size() != b.size())
        return false;
    if (tolerance <= 0)
        return a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (!(std::abs(a[i] - b[i]) <= tolerance * std::max(1.0, std::abs(b[i]))))
            return false;
    return true;
}

} // namespace

data::Rows joined(const std::vector<const data::Rows *> &parts) {
    data::Rows all;
    for (const data::Rows *rows : parts) {
        all.width = rows->width;
        all.count += rows->count;
        all.values.insert(all.values.end(), rows->values.begin(), rows->values.begin() + std::ptrdiff_t(rows->count * rows->width));
    }
    return all;
}

artifact::Predictions part(const artifact::Predictions &all, std::size_t first, std::size_t count) {
    artifact::Predictions out;
    out.count = count;
    out.outputs = all.outputs;
    out.classes = all.classes;
    const auto take = [&](const std::vector<double> &from, std::size_t width, std::vector<double> &into) {
        if (from.size() >= (first + count) * width)
            into.assign(from.begin() + std::ptrdiff_t(first * width), from.begin() + std::ptrdiff_t((first + count) * width));
    };
    take(all.values, all.classes ? 1 : all.outputs, out.values);
    take(all.probabilities, all.classes, out.probabilities);
    return out;
}

std::size_t rowsTogether(const artifact::Scorer &scorer, const BatchOptions &options) {
    if (options.rows < 2 || !dynamic_cast<const artifact::SharedPass *>(&scorer))
        return 1;
    const auto end = std::chrono::steady_clock::now() + patience;
    const data::Rows rows = madeUp(scorer.signature(), options.rows + 3);
    std::vector<artifact::Predictions> alone;
    for (std::size_t i = 0; i < rows.count; ++i) {
        auto answer = scorer.score(cut(rows, i, 1));
        if (!answer || answer->count != 1 || std::chrono::steady_clock::now() > end)
            return 1;
        alone.push_back(*std::move(answer));
    }
    for (std::size_t count = 2; count <= options.rows; ++count)
        for (const std::size_t first : {std::size_t(0), std::size_t(3)}) { // a row's place must not matter either
            const auto answer = scorer.score(cut(rows, first, count));
            bool fits = answer && answer->count == count && std::chrono::steady_clock::now() <= end;
            for (std::size_t i = 0; fits && i < count; ++i) {
                const artifact::Predictions here = part(*answer, i, 1), &wanted = alone[first + i];
                fits = same(here.values, wanted.values, options.tolerance) && same(here.probabilities, wanted.probabilities, options.tolerance);
            }
            if (!fits)
                return count - 1;
        }
    return options.rows;
}

} // namespace pilothouse::serving
