// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/explain/target.h"

#include "core/base/task.h"
#include "core/metrics/random.h"
#include "core/workspace/yaml_tree.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <numeric>

namespace pilothouse::explain {

namespace {

constexpr std::size_t portion = 4096; // rows a call: enough for the scorer's inner loops, small enough to stop between

/// The class that most rows are predicted as; ties: the first.
std::size_t mostPredicted(const artifact::Predictions &predictions) {
    std::vector<std::size_t> counts(predictions.classes, 0);
    for (const double value : predictions.values)
        if (value >= 0 && value < double(predictions.classes))
            ++counts[std::size_t(value)];
    return std::size_t(std::max_element(counts.begin(), counts.end()) - counts.begin());
}

} // namespace

QString Target::scale() const {
    return probability ? QStringLiteral("probability of %1").arg(name) : QStringLiteral("prediction");
}

Result<std::vector<Feature>> featuresOf(const artifact::Signature &signature, Grouping grouping) {
    if (grouping != Grouping::Inputs && signature.task != workspace::TaskKind::Forecast)
        return invalid(QStringLiteral("Only the inputs of a forecast can be grouped by series or lag."), {}, QStringLiteral("Leave out --group."));
    std::vector<Feature> features;
    for (std::size_t i = 0; i < signature.inputs.size(); ++i) {
        const QString &input = signature.inputs[i].name;
        const qsizetype at = input.lastIndexOf(QLatin1Char('@'));
        const QString name = grouping == Grouping::Inputs || at < 0 ? input : grouping == Grouping::Series ? input.left(at) : input.mid(at);
        const auto found = std::find_if(features.begin(), features.end(), [&](const Feature &f) { return f.name == name; });
        if (found == features.end())
            features.push_back({name, {i}});
        else
            found->inputs.push_back(i);
    }
    return features;
}

Result<Target> targetOf(const artifact::Scorer &scorer, const QString &name, const artifact::Rows &rows) {
    const artifact::Signature &signature = scorer.signature();
    QStringList names;
    for (const std::string &c : signature.classes)
        names << QString::fromStdString(c);
    if (names.isEmpty())
        names = QStringList(signature.outputs.begin(), signature.outputs.end());
    Target target;
    target.probability = !signature.classes.empty();
    if (!name.isEmpty()) {
        const qsizetype found = names.indexOf(name);
        if (found < 0) {
            const QString nearest = workspace::nearestName(name, names);
            return invalid(QStringLiteral("The model has no %1 “%2”.").arg(target.probability ? QStringLiteral("class") : QStringLiteral("output"), name), {},
                           nearest.isEmpty() ? QStringLiteral("It has: %1.").arg(names.join(QStringLiteral(", "))) : QStringLiteral("Did you mean “%1”?").arg(nearest));
        }
        target.index = std::size_t(found);
    } else if (target.probability && names.size() == 2 && rows.count != 1) {
        target.index = 1;
    } else if (target.probability && rows.count > 0) {
        PH_ASSIGN(const artifact::Predictions predictions, scorer.score(rows));
        target.index = mostPredicted(predictions);
    }
    target.name = names.value(qsizetype(target.index));
    return target;
}

Result<std::vector<double>> valuesOf(const artifact::Predictions &p, const Target &target) {
    const std::size_t width = target.probability ? p.classes : p.outputs;
    const std::vector<double> &from = target.probability ? p.probabilities : p.values;
    if (target.index >= width || from.size() != p.count * width)
        return invalid(target.probability ? QStringLiteral("The model answers without the probability of each class; only that can be explained.")
                                          : QStringLiteral("The model answers without the output “%1”.").arg(target.name));
    std::vector<double> values(p.count);
    for (std::size_t i = 0; i < p.count; ++i) {
        values[i] = from[i * width + target.index];
        if (!std::isfinite(values[i]))
            return invalid(QStringLiteral("The model answers with a value that is not finite; that cannot be explained."));
    }
    return values;
}

Result<std::vector<double>> predict(const artifact::Scorer &scorer, const artifact::Rows &rows, const Target &target, const Run &run) {
    std::vector<double> out(rows.count);
    std::mutex lock;
    std::optional<Error> failed;
    parallelFor(rows.count, portion, [&](std::size_t first, std::size_t last) {
        for (std::size_t from = first; from < last; from += portion) {
            {
                const std::lock_guard guard(lock);
                if (run.stop.stop_requested() && !failed)
                    failed = cancelled();
                if (failed)
                    return;
            }
            const std::size_t to = std::min(last, from + portion);
            const artifact::Rows part{to - from, rows.width, {rows.values.begin() + std::ptrdiff_t(from * rows.width), rows.values.begin() + std::ptrdiff_t(to * rows.width)}};
            Result<artifact::Predictions> scored = scorer.score(part);
            Result<std::vector<double>> values = scored ? valuesOf(*scored, target) : Result<std::vector<double>>(scored.error());
            if (values && values->size() == part.count) {
                std::copy(values->begin(), values->end(), out.begin() + std::ptrdiff_t(from));
            } else {
                const std::lock_guard guard(lock);
                if (!failed)
                    failed = values ? invalid(QStringLiteral("The model answered %1 of %2 rows.").arg(values->size()).arg(part.count)) : values.error();
            }
        }
    }, run.threads);
    if (failed)
        return *failed;
    return out;
}

std::vector<std::size_t> drawNumbers(std::size_t of, std::size_t count, quint64 seed) {
    std::vector<std::size_t> numbers(of);
    std::iota(numbers.begin(), numbers.end(), 0);
    if (count >= of)
        return numbers;
    metrics::Random random(seed);
    for (std::size_t i = 0; i < count; ++i) // the first steps of Fisher-Yates
        std::swap(numbers[i], numbers[i + random.below(of - i)]);
    numbers.resize(count);
    std::sort(numbers.begin(), numbers.end());
    return numbers;
}

artifact::Rows takeRows(const artifact::Rows &rows, const std::vector<std::size_t> &numbers) {
    artifact::Rows taken{numbers.size(), rows.width, {}};
    taken.values.reserve(numbers.size() * rows.width);
    for (const std::size_t number : numbers) {
        const auto row = rows.row(number);
        taken.values.insert(taken.values.end(), row.begin(), row.end());
    }
    return taken;
}

artifact::Rows drawRows(const artifact::Rows &rows, std::size_t count, quint64 seed) {
    return takeRows(rows, drawNumbers(rows.count, count, seed));
}

} // namespace pilothouse::explain
