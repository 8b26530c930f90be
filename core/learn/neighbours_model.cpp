// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/neighbours_model.h"

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/task.h"
#include "core/learn/npy_file.h"
#include "core/learn/wide_loops.h"

#include <algorithm>
#include <cmath>

namespace pilothouse::learn {

namespace {

using Q = QLatin1String;
constexpr std::size_t block = 128;  // training rows whose columns stay in the processor's caches …
constexpr std::size_t queries = 32; // … while this many rows are compared with them

/// Column after column, so each distance is the same sum however wide the vectors are.
PILOTHOUSE_WIDE void squaredDistances(const double *x, std::size_t width, const double *columns, std::size_t count, double *out) {
    std::fill(out, out + count, 0.0);
    for (std::size_t j = 0; j < width; ++j) {
        const double value = x[j], *column = columns + j * count;
        for (std::size_t i = 0; i < count; ++i)
            out[i] += (value - column[i]) * (value - column[i]);
    }
}

} // namespace

NeighboursModel::NeighboursModel(Settings settings, std::vector<double> rows, std::vector<double> targets, QJsonObject facts)
    : m_settings(settings), m_rows(std::move(rows)), m_targets(std::move(targets)), m_columns(m_rows.size()), m_facts(std::move(facts)) {
    const std::size_t p = m_settings.width;
    for (std::size_t first = 0; first < m_settings.rows; first += block) {
        const std::size_t count = std::min(block, m_settings.rows - first);
        for (std::size_t j = 0; j < p; ++j)
            for (std::size_t i = 0; i < count; ++i)
                m_columns[first * p + j * count + i] = m_rows[(first + i) * p + j];
    }
}

/// The nearest rows of each of `count` rows, nearest first.
void NeighboursModel::search(const double *x, std::size_t count, std::vector<std::vector<Neighbour>> &found) const {
    const std::size_t p = m_settings.width, k = m_settings.neighbours;
    found.assign(count, {});
    double distances[block];
    for (std::size_t first = 0; first < m_settings.rows; first += block) {
        const std::size_t rows = std::min(block, m_settings.rows - first);
        for (std::size_t q = 0; q < count; ++q) {
            squaredDistances(x + q * p, p, m_columns.data() + first * p, rows, distances);
            std::vector<Neighbour> &heap = found[q]; // the farthest in front
            for (std::size_t i = 0; i < rows; ++i) {
                if (heap.size() == k && !(distances[i] < heap.front().distance))
                    continue;
                if (heap.size() == k) {
                    std::pop_heap(heap.begin(), heap.end());
                    heap.pop_back();
                }
                heap.push_back({distances[i], first + i});
                std::push_heap(heap.begin(), heap.end());
            }
        }
    }
    for (std::vector<Neighbour> &heap : found)
        std::sort_heap(heap.begin(), heap.end());
}

void NeighboursModel::answer(const std::vector<Neighbour> &found, double *values, double *probabilities) const {
    const bool exact = found.front().distance == 0;
    std::fill(values, values + m_settings.outputs, 0.0);
    std::fill(probabilities, probabilities + m_settings.classes, 0.0);
    double sum = 0;
    for (const Neighbour &neighbour : found) {
        const double weight = !m_settings.byDistance ? 1 : exact ? (neighbour.distance == 0 ? 1 : 0) : 1 / std::sqrt(neighbour.distance);
        sum += weight;
        const double *target = m_targets.data() + neighbour.row * m_settings.outputs;
        if (m_settings.classes)
            probabilities[std::size_t(*target)] += weight;
        else
            for (std::size_t o = 0; o < m_settings.outputs; ++o)
                values[o] += weight * target[o];
    }
    if (m_settings.classes == 0) {
        for (std::size_t o = 0; o < m_settings.outputs; ++o)
            values[o] /= sum;
        return;
    }
    for (std::size_t c = 0; c < m_settings.classes; ++c)
        probabilities[c] /= sum;
    *values = double(std::max_element(probabilities, probabilities + m_settings.classes) - probabilities);
}

Result<artifact::Predictions> NeighboursModel::predict(const data::Rows &x) const {
    if (x.width != m_settings.width)
        return invalid(QStringLiteral("The model takes %1 values a row, %2 were given.").arg(m_settings.width).arg(x.width));
    artifact::Predictions out;
    out.count = x.count;
    out.classes = m_settings.classes;
    out.outputs = m_settings.outputs;
    out.values.resize(x.count * out.outputs);
    out.probabilities.resize(x.count * out.classes);
    const auto rows = [&](std::size_t begin, std::size_t end) {
        std::vector<std::vector<Neighbour>> found;
        for (std::size_t first = begin; first < end; first += queries) {
            const std::size_t count = std::min(queries, end - first);
            search(x.row(first).data(), count, found);
            for (std::size_t i = 0; i < count; ++i)
                answer(found[i], out.values.data() + (first + i) * out.outputs, out.probabilities.data() + (first + i) * out.classes);
        }
    };
    if (x.count <= queries)
        rows(0, x.count);
    else
        parallelFor(x.count, queries, rows);
    return out;
}

Result<QStringList> NeighboursModel::save(const QString &folder) const {
    const QJsonObject object{{Q("estimator"), QStringLiteral("k_neighbors")}, {Q("neighbours"), qint64(m_settings.neighbours)}, {Q("weights"), m_settings.byDistance ? QStringLiteral("distance") : QStringLiteral("uniform")},
                             {Q("rows"), qint64(m_settings.rows)}, {Q("width"), qint64(m_settings.width)}, {Q("outputs"), qint64(m_settings.outputs)}, {Q("classes"), qint64(m_settings.classes)}};
    PH_TRY(writeFileAtomically(folder + QStringLiteral("/model.json"), prettyJson(object)));
    PH_TRY(writeNpy(folder + QStringLiteral("/rows.npy"), m_rows, m_settings.width));
    PH_TRY(writeNpy(folder + QStringLiteral("/targets.npy"), m_targets, m_settings.outputs));
    return QStringList{QStringLiteral("model.json"), QStringLiteral("rows.npy"), QStringLiteral("targets.npy")};
}

Result<std::unique_ptr<FittedModel>> NeighboursModel::load(const QString &folder) {
    const QString path = folder + QStringLiteral("/model.json");
    PH_ASSIGN(const QByteArray bytes, readFile(path));
    PH_ASSIGN(const QJsonObject object, parseJsonObject(bytes, path));
    JsonReader reader(object, path);
    const qint64 k = reader.integer("neighbours"), rows = reader.integer("rows"), width = reader.integer("width"), outputs = reader.integer("outputs"), classes = reader.integer("classes");
    const QString weights = reader.text("weights");
    PH_TRY(reader.check());
    if (k < 1 || rows < k || width < 1 || outputs < 1 || classes < 0 || classes == 1 || (classes > 0 && outputs != 1) || (weights != Q("uniform") && weights != Q("distance")))
        return invalid(QStringLiteral("The numbers of neighbours, rows, columns, outputs and classes do not fit together, or the weights “%1” are unknown.").arg(weights), path);
    const Settings settings{std::size_t(k), weights == Q("distance"), std::size_t(rows), std::size_t(width), std::size_t(outputs), std::size_t(classes)};
    PH_ASSIGN(std::vector<double> x, readNpy(folder + QStringLiteral("/rows.npy"), settings.rows, settings.width));
    const QString targetFile = folder + QStringLiteral("/targets.npy");
    PH_ASSIGN(std::vector<double> y, readNpy(targetFile, settings.rows, settings.outputs));
    if (classes > 0 && !std::all_of(y.begin(), y.end(), [classes](double v) { return v >= 0 && v < double(classes) && v == std::floor(v); }))
        return invalid(QStringLiteral("A target is the number of no class."), targetFile);
    return std::unique_ptr<FittedModel>(std::make_unique<NeighboursModel>(settings, std::move(x), std::move(y), QJsonObject()));
}

} // namespace pilothouse::learn
