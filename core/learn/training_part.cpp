// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/training_part.h"

#include "core/base/vector_state.h"
#include "core/learn/seasonal_naive.h"
#include "core/metrics/random.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace pilothouse::learn {

namespace {
constexpr double validationShare = 0.1; // of the training rows, for early stopping

std::vector<std::size_t> firstNumbers(std::size_t count) {
    std::vector<std::size_t> all(count);
    std::iota(all.begin(), all.end(), std::size_t(0));
    return all;
}
} // namespace

Result<TrainingPart> TrainingPart::fit(const Samples &samples, const workspace::Recipe &recipe, std::vector<std::size_t> rows, int threads) {
    TrainingPart part;
    part.m_samples = &samples;
    part.m_rows = std::move(rows);
    part.m_seed = recipe.seed;
    part.m_threads = threads;
    if (samples.signature.horizon() > 0)
        part.m_naiveScales = seasonalNaive(samples).maes;
    PH_ASSIGN(const std::vector<data::TransformStep> steps, data::makeTransforms(recipe));
    const artifact::LabelledRows training = samples.rows.take(part.m_rows);
    std::optional<data::TimeLine> line;
    if (samples.line)
        line = samples.line->take(part.m_rows);
    const data::TrainingTarget target{training.targets, samples.rows.width(), samples.signature.classes, line ? &*line : nullptr};
    PH_ASSIGN(part.m_fitted, data::FittedTransforms::fitAndApply(training.inputs, samples.signature.inputs, recipe.transforms, target, threads));
    if (!steps.empty() && steps.back().transform->makesRows()) {
        part.m_maker = steps.back().transform;
        part.m_makerName = steps.back().spec.name;
        PH_ASSIGN(part.m_made, part.m_maker->make(part.m_fitted.matrix, target, part.m_fitted.groups));
    }
    return part;
}

QStringList TrainingPart::notes() const {
    if (!m_maker)
        return {};
    return {QStringLiteral("%1 made %2 rows for the smaller classes out of the %3 training rows; the test rows are as they were.").arg(m_makerName).arg(m_made.x.count).arg(m_rows.size())};
}

TrainData TrainingPart::trainData(const std::vector<std::size_t> &positions) const {
    const data::Rows &matrix = m_fitted.matrix;
    TrainData data;
    data.task = m_samples->signature.task;
    data.rows = positions.size();
    data.width = matrix.width;
    data.outputs = m_samples->rows.width();
    data.classes = m_samples->signature.classes;
    data.names = m_fitted.transforms.outputNames();
    if (matrix.width == m_samples->window * m_samples->series) {
        data.window = m_samples->window;
        data.series = m_samples->series;
        data.targets = std::size_t(m_samples->signature.targets().size());
    }
    data.x.reserve(positions.size() * matrix.width);
    data.y.reserve(positions.size() * data.outputs);
    for (const std::size_t position : positions) {
        const auto x = matrix.row(position);
        data.x.insert(data.x.end(), x.begin(), x.end());
        const auto y = m_samples->rows.targets.begin() + std::ptrdiff_t(m_rows[position] * data.outputs);
        data.y.insert(data.y.end(), y, y + std::ptrdiff_t(data.outputs));
    }
    return data;
}

/// What an estimator learns from: the rows, and behind them those that are made of them.
Result<TrainData> TrainingPart::learningData(const std::vector<std::size_t> &positions) const {
    TrainData data = trainData(positions);
    if (!m_maker)
        return data;
    data::MadeRows fresh;
    if (positions.size() != m_rows.size()) {
        PH_ASSIGN(fresh, m_maker->make(data::Rows{data.rows, data.width, data.x}, {data.y, data.outputs, data.classes}, m_fitted.groups));
    }
    const data::MadeRows &made = positions.size() != m_rows.size() ? fresh : m_made;
    data.rows += made.x.count;
    data.x.insert(data.x.end(), made.x.values.begin(), made.x.values.end());
    data.y.insert(data.y.end(), made.targets.begin(), made.targets.end());
    return data;
}

/// Positions in two parts, for early stopping.
std::pair<std::vector<std::size_t>, std::vector<std::size_t>> TrainingPart::validationSplit() const {
    std::vector<std::size_t> rows = firstNumbers(m_rows.size());
    const auto held = std::size_t(std::max(1.0, std::floor(validationShare * double(rows.size()))));
    if (rows.size() < 2)
        return {rows, {}};
    if (m_samples->signature.task != workspace::TaskKind::Forecast) {
        metrics::Random random(m_seed, 0x76616C);
        metrics::shuffle(rows, random);
        std::sort(rows.begin(), rows.end() - std::ptrdiff_t(held));
        std::sort(rows.end() - std::ptrdiff_t(held), rows.end());
    }
    return {{rows.begin(), rows.end() - std::ptrdiff_t(held)}, {rows.end() - std::ptrdiff_t(held), rows.end()}};
}

Result<std::unique_ptr<FittedModel>> TrainingPart::fitModel(Estimator &estimator, FitContext &context) const {
    clearVectorState();
    if (!estimator.wantsValidation()) {
        PH_ASSIGN(const TrainData data, learningData(firstNumbers(m_rows.size())));
        return estimator.fit(data, trainData({}), context);
    }
    const auto [rows, held] = validationSplit();
    PH_ASSIGN(const TrainData data, learningData(rows));
    return estimator.fit(data, trainData(held), context);
}

Result<metrics::Scored> TrainingPart::score(const FittedModel &model, const data::Rows &matrix, const std::vector<std::size_t> &rows) const {
    PH_ASSIGN(artifact::Predictions predictions, model.predict(matrix));
    metrics::Scored scored{predictions.count, predictions.outputs, predictions.classes, {}, std::move(predictions.values), std::move(predictions.probabilities)};
    const std::size_t outputs = m_samples->rows.width();
    for (const std::size_t row : rows)
        scored.truth.insert(scored.truth.end(), m_samples->rows.targets.begin() + std::ptrdiff_t(row * outputs), m_samples->rows.targets.begin() + std::ptrdiff_t((row + 1) * outputs));
    scored.naiveScales = m_naiveScales;
    return scored;
}

Result<metrics::Scored> TrainingPart::score(const FittedModel &model, const std::vector<std::size_t> &rows) const {
    artifact::LabelledRows asked = m_samples->rows.take(rows);
    asked.complete();
    PH_ASSIGN(const data::Rows matrix, m_fitted.transforms.apply(asked.inputs, m_threads));
    return score(model, matrix, rows);
}

Result<metrics::Scored> TrainingPart::scoreTraining(const FittedModel &model) const {
    return m_fitted.crossFitted ? score(model, m_rows) : score(model, m_fitted.matrix, m_rows);
}

} // namespace pilothouse::learn
