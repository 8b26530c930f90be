// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/explain/permutation_importance.h"

#include "core/base/task.h"
#include "core/metrics/random.h"
#include "core/workspace/yaml_tree.h"

#include <cmath>
#include <mutex>
#include <numeric>

namespace pilothouse::explain {

namespace {

Result<double> metricOf(const artifact::Scorer &scorer, const artifact::LabelledRows &rows, const QString &metric) {
    PH_ASSIGN(const metrics::Scored scored, artifact::scoreRows(scorer, rows));
    return metrics::metricOf(metric, scored);
}

Result<void> checkMetric(const QString &metric, const artifact::Signature &signature) {
    const QStringList known = metrics::metricNames(signature.classes.size(), false, signature.targets().size() > 1);
    if (known.contains(metric))
        return {};
    const QString nearest = workspace::nearestName(metric, known);
    return invalid(QStringLiteral("There is no metric “%1” for this model.").arg(metric), {},
                   nearest.isEmpty() ? QStringLiteral("There are: %1.").arg(known.join(QStringLiteral(", "))) : QStringLiteral("Did you mean “%1”?").arg(nearest));
}

/// The feature's inputs of each row from another row, as a permutation drawn for this feature and repeat says.
artifact::LabelledRows dealt(const artifact::LabelledRows &rows, const Feature &feature, metrics::Random random) {
    std::vector<std::size_t> order(rows.inputs.count);
    std::iota(order.begin(), order.end(), 0);
    metrics::shuffle(order, random);
    artifact::LabelledRows out = rows;
    for (std::size_t i = 0; i < order.size(); ++i)
        for (const std::size_t input : feature.inputs)
            out.inputs.row(i)[input] = rows.inputs.row(order[i])[input];
    return out;
}

} // namespace

Result<PermutationImportance> permutationImportance(const artifact::Scorer &scorer, const artifact::LabelledRows &rows, const std::vector<Feature> &features,
                                                    const PermutationOptions &options, const Run &run) {
    if (rows.inputs.count < 2)
        return invalid(QStringLiteral("Permutation importance needs at least two rows with a true value; there %1.").arg(rows.inputs.count ? QStringLiteral("is one") : QStringLiteral("is none")));
    if (options.repeats < 1)
        return invalid(QStringLiteral("Permutation importance needs at least one repeat."));
    PermutationImportance out;
    out.metric = options.metric.isEmpty() ? workspace::defaultMetric(scorer.signature().task, std::size_t(scorer.signature().targets().size())) : options.metric;
    PH_TRY(checkMetric(out.metric, scorer.signature()));
    PH_ASSIGN(out.baseline, metricOf(scorer, rows, out.metric));
    if (!std::isfinite(out.baseline))
        return invalid(QStringLiteral("The metric %1 is not defined on these rows.").arg(out.metric), {}, QStringLiteral("Choose another one with --metric."));
    const double sign = workspace::largerIsBetter(out.metric) ? 1 : -1;
    const auto repeats = std::size_t(options.repeats);
    out.differences.assign(features.size(), std::vector<double>(repeats, 0));
    std::mutex lock;
    std::optional<Error> failed;
    std::size_t done = 0;
    parallelFor(features.size() * repeats, 1, [&](std::size_t first, std::size_t last) {
        for (std::size_t job = first; job < last; ++job) {
            {
                const std::lock_guard guard(lock);
                if (run.stop.stop_requested() && !failed)
                    failed = cancelled();
                if (failed)
                    return;
            }
            const Result<double> value = metricOf(scorer, dealt(rows, features[job / repeats], metrics::Random(options.seed, job)), out.metric);
            const std::lock_guard guard(lock);
            if (!value) {
                if (!failed)
                    failed = value.error();
                return;
            }
            out.differences[job / repeats][job % repeats] = sign * (out.baseline - *value);
            run.report(qint64(++done), qint64(features.size() * repeats));
        }
    }, run.threads);
    if (failed)
        return *failed;
    for (const std::vector<double> &differences : out.differences) {
        const double mean = std::accumulate(differences.begin(), differences.end(), 0.0) / double(repeats);
        double squares = 0;
        for (const double difference : differences)
            squares += (difference - mean) * (difference - mean);
        out.mean.push_back(mean);
        out.std.push_back(std::sqrt(squares / double(repeats)));
    }
    return out;
}

} // namespace pilothouse::explain
