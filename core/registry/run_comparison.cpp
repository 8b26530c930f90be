// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/registry/run_comparison.h"

#include "core/base/task.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

namespace pilothouse::registry {

namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();
constexpr int atOnce = 6; // requests: what a browser sends to one server

double finiteNumber(const QString &text) {
    bool ok = false;
    const double value = text.toDouble(&ok);
    return ok && std::isfinite(value) ? value : none;
}

bool isShown(const QString &tag) {
    return !tag.startsWith(QLatin1String("mlflow.")) || tag == QLatin1String("mlflow.user") || tag.startsWith(QLatin1String("mlflow.source."));
}

/// The same text, or the same number.
bool same(const ComparedRow &row, std::size_t a, std::size_t b) {
    if (row.texts[a].has_value() != row.texts[b].has_value())
        return false;
    return row.texts[a] == row.texts[b] || row.numbers[a] == row.numbers[b];
}

template<class Value>
ComparedRow rowOf(ComparedRow::Kind kind, const QString &name, const std::vector<Run> &runs, Value value) {
    ComparedRow row{kind, name, {}, {}, true, false};
    bool any = false;
    for (const Run &run : runs) {
        const auto [text, number] = value(run);
        row.texts.push_back(text);
        row.numbers.push_back(number);
        any |= text.has_value();
        row.numeric &= !text || std::isfinite(number);
    }
    row.numeric &= any;
    for (std::size_t i = 1; i < runs.size(); ++i)
        row.differs |= !same(row, 0, i);
    return row;
}

} // namespace

const ComparedRow *RunComparison::row(ComparedRow::Kind kind, const QString &name) const {
    const auto it = std::find_if(rows.begin(), rows.end(), [&](const ComparedRow &r) { return r.kind == kind && r.name == name; });
    return it == rows.end() ? nullptr : &*it;
}

QString RunComparison::runName(std::size_t run) const {
    const Run &one = runs[run];
    if (one.name.isEmpty())
        return one.id.left(8);
    const auto alike = std::count_if(runs.begin(), runs.end(), [&](const Run &r) { return r.name == one.name; });
    return alike > 1 ? QStringLiteral("%1 %2").arg(one.name, one.id.left(8)) : one.name;
}

RunComparison compareRuns(std::vector<Run> runs) {
    std::set<QString> params, metrics, tags;
    for (const Run &run : runs) {
        for (auto it = run.params.begin(); it != run.params.end(); ++it)
            params.insert(it.key());
        for (auto it = run.metrics.begin(); it != run.metrics.end(); ++it)
            metrics.insert(it.key());
        for (auto it = run.tags.begin(); it != run.tags.end(); ++it)
            if (isShown(it.key()))
                tags.insert(it.key());
    }
    using Cell = std::pair<std::optional<QString>, double>;
    const auto textIn = [](const QMap<QString, QString> &map, const QString &name) {
        const auto it = map.find(name);
        return it == map.end() ? Cell{std::nullopt, none} : Cell{*it, finiteNumber(*it)};
    };
    RunComparison out;
    for (const QString &name : params)
        out.rows.push_back(rowOf(ComparedRow::Param, name, runs, [&](const Run &run) { return textIn(run.params, name); }));
    for (const QString &name : metrics)
        out.rows.push_back(rowOf(ComparedRow::Metric, name, runs, [&](const Run &run) {
            const auto it = run.metrics.find(name);
            return it == run.metrics.end() ? Cell{std::nullopt, none} : Cell{QString::number(*it, 'g', QLocale::FloatingPointShortest), *it};
        }));
    for (const QString &name : tags)
        out.rows.push_back(rowOf(ComparedRow::Tag, name, runs, [&](const Run &run) { return textIn(run.tags, name); }));
    out.runs = std::move(runs);
    return out;
}

double ComparedAxis::placeOf(double number) const {
    if (!categories.isEmpty() || !std::isfinite(number) || (log && number <= 0))
        return none;
    if (!(to > from))
        return 0.5;
    return log ? (std::log(number) - std::log(from)) / (std::log(to) - std::log(from)) : (number - from) / (to - from);
}

double ComparedAxis::numberAt(double at) const {
    if (!categories.isEmpty())
        return none;
    return log ? std::exp(std::log(from) + at * (std::log(to) - std::log(from))) : from + at * (to - from);
}

ComparedAxis axisOf(const ComparedRow &row) {
    ComparedAxis axis;
    axis.name = row.name;
    const bool numbers = row.numeric || row.kind == ComparedRow::Metric; // a metric that is NaN or infinite has no place, and is no text
    if (numbers) {
        double low = std::numeric_limits<double>::infinity(), high = -low;
        for (const double v : row.numbers)
            if (std::isfinite(v))
                low = std::min(low, v), high = std::max(high, v);
        if (low <= high) {
            axis.from = low;
            axis.to = high;
            axis.log = low > 0 && high / low > 100;
        }
        for (const double v : row.numbers)
            axis.place.push_back(axis.placeOf(v));
        return axis;
    }
    for (const auto &text : row.texts)
        if (text && !axis.categories.contains(*text))
            axis.categories << *text;
    axis.categories.sort();
    for (const auto &text : row.texts)
        axis.place.push_back(!text ? none : axis.categories.size() == 1 ? 0.5 : double(axis.categories.indexOf(*text)) / double(axis.categories.size() - 1));
    return axis;
}

Result<RunComparison> loadComparison(const Registry &registry, const QStringList &runIds, std::stop_token stop, LoadProgress *progress) {
    QStringList ids = runIds;
    ids.removeDuplicates();
    ids.removeAll(QString());
    if (ids.isEmpty())
        return invalid(QStringLiteral("No run is named."), {}, QStringLiteral("Give the ids of the runs to compare."));
    if (ids.size() > mostComparedRuns)
        return invalid(QStringLiteral("%1 runs are too many to compare.").arg(ids.size()), {}, QStringLiteral("At most %1 at once.").arg(mostComparedRuns));
    if (progress)
        progress->total = int(ids.size());
    std::vector<std::optional<Result<Run>>> answers(std::size_t(ids.size()));
    parallelFor(answers.size(), 1, [&](std::size_t first, std::size_t last) {
        for (std::size_t i = first; i < last && !stop.stop_requested(); ++i) {
            answers[i] = registry.run(ids.at(qsizetype(i))); // at(): [] would detach the list under the other threads
            if (progress)
                ++progress->done;
        }
    }, atOnce);
    if (stop.stop_requested())
        return cancelled();
    std::vector<Run> runs;
    QStringList missing;
    for (std::size_t i = 0; i < answers.size(); ++i) {
        if (*answers[i])
            runs.push_back(**std::move(answers[i]));
        else if (answers[i]->error().kind == ErrorKind::NotFound)
            missing << ids.at(qsizetype(i));
        else
            return answers[i]->error();
    }
    if (runs.empty())
        return answers.front()->error();
    RunComparison out = compareRuns(std::move(runs));
    out.missing = missing;
    return out;
}

} // namespace pilothouse::registry
