// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/integrated_gradients.h"

#include "core/learn/column_owners.h"
#include "core/learn/gradient_model.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace pilothouse::learn {

namespace {

using explain::Attribution;
using explain::Target;

constexpr std::size_t fewSteps = 64, manySteps = 256;
constexpr double leftOver = 0.01; ///< of the difference, above which more steps are taken
constexpr std::size_t together = 2048; ///< rows of one call
constexpr std::size_t probed = 64;     ///< rows of the background that are asked for a gradient first

/// Whether there is a gradient that says something.
Result<void> probe(const FittedModel &model, const GradientModel &gradients, const data::Rows &matrix) {
    const std::size_t count = std::min(probed, matrix.count);
    const data::Rows rows{count, matrix.width, {matrix.values.begin(), matrix.values.begin() + std::ptrdiff_t(count * matrix.width)}};
    PH_ASSIGN(const std::vector<double> slopes, gradients.inputGradients(rows, 0));
    if (std::any_of(slopes.begin(), slopes.end(), [](double slope) { return slope != 0; }))
        return {};
    PH_ASSIGN(const artifact::Predictions predictions, model.predict(rows));
    const std::vector<double> &answers = predictions.classes ? predictions.probabilities : predictions.values;
    const std::size_t outputs = answers.size() / count;
    for (std::size_t i = 1; i < count; ++i)
        if (answers[i * outputs] != answers[0])
            return refused(QStringLiteral("The gradient of this network by its inputs is zero, although its answers differ: they change in steps."), {}, QStringLiteral("Use --method kernel-shap, which only asks for predictions."));
    return {};
}

class IntegratedGradients final : public explain::OwnShap {
public:
    IntegratedGradients(const LoadedModel &loaded, const GradientModel &gradients, std::vector<std::size_t> owners, std::vector<double> baseline)
        : m_loaded(loaded), m_gradients(gradients), m_owners(std::move(owners)), m_baseline(std::move(baseline)) {}
    QString method() const override { return QStringLiteral("integrated-gradients"); }
    QString scale(const Target &target) const override { return target.scale(); }

    Result<std::vector<Attribution>> attribute(const artifact::Rows &rows, const Target &target, const std::vector<explain::Feature> &features, const explain::Run &run) const override {
        PH_ASSIGN(const data::Rows matrix, m_loaded.transforms.apply(rows));
        const std::vector<std::size_t> featureOf = featureOfColumn(m_owners, features);
        PH_ASSIGN(const std::vector<double> explained, valueOf(matrix, target));
        PH_ASSIGN(const std::vector<double> base, valueOf({1, m_baseline.size(), m_baseline}, target));
        std::vector<Attribution> out;
        for (std::size_t i = 0; i < matrix.count; ++i) {
            if (run.stop.stop_requested())
                return cancelled();
            run.report(qint64(i), qint64(matrix.count));
            PH_ASSIGN(std::vector<double> shares, alongTheLine(matrix.row(i), target.index, fewSteps));
            const double difference = explained[i] - base[0];
            const auto missing = [&] { return difference - std::accumulate(shares.begin(), shares.end(), 0.0); };
            if (std::abs(missing()) > leftOver * std::abs(difference)) {
                PH_ASSIGN(shares, alongTheLine(matrix.row(i), target.index, manySteps));
            }
            spread(shares, missing());
            Attribution a{base[0], explained[i], std::vector<double>(features.size(), 0)};
            for (std::size_t c = 0; c < shares.size(); ++c)
                a.values[featureOf[c]] += shares[c];
            out.push_back(std::move(a));
        }
        run.report(qint64(matrix.count), qint64(matrix.count));
        return out;
    }

private:
    Result<std::vector<double>> valueOf(const data::Rows &matrix, const Target &target) const {
        PH_ASSIGN(const artifact::Predictions predictions, m_loaded.model->predict(matrix));
        return explain::valuesOf(predictions, target);
    }

    /// (x − baseline) · mean gradient over the midpoints of `steps` equal pieces of the line, [columns].
    Result<std::vector<double>> alongTheLine(std::span<const double> x, std::size_t output, std::size_t steps) const {
        const std::size_t width = x.size();
        std::vector<double> sum(width, 0);
        for (std::size_t from = 0; from < steps; from += together) {
            data::Rows points{std::min(together, steps - from), width, {}};
            for (std::size_t k = 0; k < points.count; ++k)
                for (std::size_t c = 0; c < width; ++c)
                    points.values.push_back(m_baseline[c] + (double(from + k) + 0.5) / double(steps) * (x[c] - m_baseline[c]));
            PH_ASSIGN(const std::vector<double> gradients, m_gradients.inputGradients(points, output));
            for (std::size_t k = 0; k < points.count; ++k)
                for (std::size_t c = 0; c < width; ++c)
                    sum[c] += gradients[k * width + c];
        }
        for (std::size_t c = 0; c < width; ++c)
            sum[c] *= (x[c] - m_baseline[c]) / double(steps);
        return sum;
    }

    /// What the sum of the steps leaves over, by the size of the shares.
    static void spread(std::vector<double> &shares, double rest) {
        const double size = std::transform_reduce(shares.begin(), shares.end(), 0.0, std::plus<>(), [](double v) { return std::abs(v); });
        for (double &share : shares)
            share += size > 0 ? rest * std::abs(share) / size : rest / double(shares.size());
    }

    LoadedModel m_loaded; ///< keeps the network alive
    const GradientModel &m_gradients;
    std::vector<std::size_t> m_owners;
    std::vector<double> m_baseline; ///< [columns] of the model matrix
};

} // namespace

Result<std::unique_ptr<explain::OwnShap>> integratedGradients(const LoadedModel &loaded, const artifact::Signature &signature, const artifact::Rows &background) {
    std::vector<std::size_t> owners = columnOwners(loaded.transforms, signature);
    const auto *gradients = dynamic_cast<const GradientModel *>(loaded.model.get());
    if (!gradients || owners.empty() || background.count == 0)
        return std::unique_ptr<explain::OwnShap>();
    PH_ASSIGN(const data::Rows matrix, loaded.transforms.apply(background));
    PH_TRY(probe(*loaded.model, *gradients, matrix));
    return std::unique_ptr<explain::OwnShap>(std::make_unique<IntegratedGradients>(loaded, *gradients, std::move(owners), columnMeans(matrix)));
}

} // namespace pilothouse::learn
