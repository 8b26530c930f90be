// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/drift/multivariate.h"

#include "core/data/lots.h"
#include "core/drift/drift.h"

#include <QJsonArray>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace pilothouse::drift {

namespace {

constexpr std::size_t shownCategories = 20;

/// `most` rows of `all`, drawn without order and then in the drawn order, so that the first ones of a sample are a sample.
std::vector<std::size_t> drawnRows(std::size_t all, std::size_t most, data::Lots &lots) {
    std::vector<std::size_t> rows(all);
    std::iota(rows.begin(), rows.end(), std::size_t(0));
    for (std::size_t i = 0; i < std::min(most, all); ++i)
        std::swap(rows[i], rows[i + lots.below(all - i)]);
    rows.resize(std::min(most, all));
    return rows;
}

struct Coded {
    QString name;
    std::vector<double> reference, current;
};

void codeNumbers(const data::Column &r, const data::Column &c, const std::vector<std::size_t> &rRows, const std::vector<std::size_t> &cRows, std::vector<Coded> &out) {
    double n = 0, mean = 0, squares = 0;
    for (const std::size_t i : rRows)
        if (const double v = r.numbers[i]; std::isfinite(v)) {
            const double away = v - mean;
            mean += away / ++n;
            squares += away * (v - mean);
        }
    const double std = n > 0 ? std::sqrt(squares / n) : 0;
    Coded values{r.name, {}, {}}, gaps{r.name + QStringLiteral(" is missing"), {}, {}};
    bool anyGap = false;
    const auto code = [&](const data::Column &from, const std::vector<std::size_t> &rows, std::vector<double> &value, std::vector<double> &gap) {
        for (const std::size_t i : rows) {
            const bool there = std::isfinite(from.numbers[i]);
            value.push_back(there && std > 0 ? (from.numbers[i] - mean) / std : 0);
            gap.push_back(there ? 0 : 1);
            anyGap = anyGap || !there;
        }
    };
    code(r, rRows, values.reference, gaps.reference);
    code(c, cRows, values.current, gaps.current);
    if (std > 0)
        out.push_back(std::move(values));
    if (anyGap)
        out.push_back(std::move(gaps));
}

void codeCategories(const data::Column &r, const data::Column &c, const std::vector<std::size_t> &rRows, const std::vector<std::size_t> &cRows, std::vector<Coded> &out) {
    std::map<std::string, std::size_t> counts;
    const auto textOf = [](const data::Column &from, std::size_t i) { return from.codes[i] < 0 ? std::string() : from.dictionary[std::size_t(from.codes[i])]; };
    for (const std::size_t i : rRows)
        ++counts[textOf(r, i)];
    std::vector<std::pair<std::string, std::size_t>> order(counts.begin(), counts.end());
    std::stable_sort(order.begin(), order.end(), [](const auto &a, const auto &b) { return a.second > b.second; });
    order.resize(std::min(order.size(), shownCategories));
    std::vector<Coded> own(order.size() + 1);
    for (std::size_t k = 0; k < own.size(); ++k)
        own[k].name = k == order.size() ? r.name + QStringLiteral(" is another") : QStringLiteral("%1 = %2").arg(r.name, QString::fromStdString(order[k].first));
    const auto code = [&](const data::Column &from, const std::vector<std::size_t> &rows, std::vector<double> Coded::*side) {
        for (const std::size_t i : rows) {
            const std::string text = textOf(from, i);
            const auto found = std::find_if(order.begin(), order.end(), [&](const auto &o) { return o.first == text; });
            for (std::size_t k = 0; k < own.size(); ++k)
                (own[k].*side).push_back(k == std::size_t(found - order.begin()) ? 1 : 0);
        }
    };
    code(r, rRows, &Coded::reference);
    code(c, cRows, &Coded::current);
    for (Coded &column : own) {
        const auto varies = [&](double v) { return v != column.reference.front(); };
        if (std::any_of(column.reference.begin(), column.reference.end(), varies) || std::any_of(column.current.begin(), column.current.end(), varies))
            out.push_back(std::move(column));
    }
}

QJsonValue orNull(double value) { return std::isfinite(value) ? QJsonValue(value) : QJsonValue(); }

} // namespace

Result<CodedPair> codedPair(const data::Table &reference, const data::Table &current, std::size_t mostRows, quint64 seed, const QStringList &leaveOut) {
    CodedPair pair;
    data::Lots lots(seed);
    const auto rRows = drawnRows(reference.rows(), mostRows, lots), cRows = drawnRows(current.rows(), mostRows, lots);
    std::vector<Coded> coded;
    if (!rRows.empty() && !cRows.empty())
        for (const data::Column &r : reference.columns) {
            const data::Column *c = current.find(r.name);
            if (r.type == data::ColumnType::Time || !c || c->type != r.type || leaveOut.contains(r.name))
                continue;
            const std::size_t before = coded.size();
            r.type == data::ColumnType::Number ? codeNumbers(r, *c, rRows, cRows, coded) : codeCategories(r, *c, rRows, cRows, coded);
            if (coded.size() > before)
                pair.columns << r.name;
        }
    if (coded.empty())
        return invalid(rRows.empty() || cRows.empty() ? QStringLiteral("One side has no rows.") : QStringLiteral("The two have no column in common that varies."), {},
                       QStringLiteral("Compare rows of the same columns."));
    const auto fill = [&](CodedRows &rows, std::size_t count, std::vector<double> Coded::*side) {
        rows = {count, coded.size(), std::vector<double>(count * coded.size())};
        for (std::size_t k = 0; k < coded.size(); ++k)
            for (std::size_t i = 0; i < count; ++i)
                rows.values[i * coded.size() + k] = (coded[k].*side)[i];
    };
    fill(pair.reference, rRows.size(), &Coded::reference);
    fill(pair.current, cRows.size(), &Coded::current);
    for (const Coded &column : coded)
        pair.names << column.name;
    return pair;
}

Area areaOf(std::span<const double> negative, std::span<const double> positive) {
    const std::size_t n = negative.size(), m = positive.size();
    if (n < 2 || m < 2)
        return {std::nan(""), std::nan("")};
    std::vector<double> down(negative.begin(), negative.end()), up(positive.begin(), positive.end());
    std::sort(down.begin(), down.end());
    std::sort(up.begin(), up.end());
    // The share of the other side that a value lies above, equal ones by half.
    const auto above = [](const std::vector<double> &sorted, double v) {
        const auto [from, to] = std::equal_range(sorted.begin(), sorted.end(), v);
        return (double(from - sorted.begin()) + double(to - from) / 2) / double(sorted.size());
    };
    const auto spread = [](std::span<const double> values, const auto &place) {
        double mean = 0, squares = 0, count = 0;
        for (const double v : values) {
            const double share = place(v), away = share - mean;
            mean += away / ++count;
            squares += away * (share - mean);
        }
        return std::pair(mean, squares / (count - 1) / count);
    };
    const auto [auc, ofPositive] = spread(positive, [&](double v) { return above(down, v); });
    const double ofNegative = spread(negative, [&](double v) { return 1 - above(up, v); }).second;
    return {auc, std::sqrt(ofPositive + ofNegative)};
}

double areaByChance(std::size_t negative, std::size_t positive) {
    const double n = double(negative), m = double(positive);
    return 0.5 + 1.959964 * std::sqrt((n + m + 1) / (12 * n * m));
}

MultivariateVerdict verdictOn(double effect, double error, double warningAt, double driftedAt, std::size_t rows) {
    MultivariateVerdict out;
    if (!std::isfinite(effect) || rows < multivariateRows)
        return out;
    const auto band = [&](double value) { return value >= driftedAt ? 2 : value >= warningAt ? 1 : 0; };
    const double reach = 2.576 * error; // 99 of 100
    out.tooFewRows = rows < multivariateSample && band(effect - reach) != band(effect + reach);
    if (out.tooFewRows) {
        const double away = std::min(std::abs(effect - warningAt), std::abs(effect - driftedAt));
        const double needed = away > 0 ? std::ceil(double(rows) * std::pow(reach / away, 2)) : double(multivariateSample);
        out.rowsNeeded = std::size_t(std::clamp(needed, double(rows + 1), double(multivariateSample)));
        return out;
    }
    out.drifted = band(effect) == 2;
    out.warning = band(effect) == 1;
    return out;
}

QString MultivariateVerdict::word() const {
    return tooFewRows ? QStringLiteral("Too few rows") : drifted ? QStringLiteral("High") : warning ? QStringLiteral("Moderate") : QStringLiteral("Low");
}

QJsonObject MultivariateDrift::toJson() const {
    using S = QJsonObject;
    const auto rowsOf = [](std::size_t r, std::size_t c) { return S{{QStringLiteral("reference"), qint64(r)}, {QStringLiteral("current"), qint64(c)}}; };
    return {{QStringLiteral("seed"), qint64(seed)},
            {QStringLiteral("rows"), rowsOf(referenceRows, currentRows)},
            {QStringLiteral("columns"), QJsonArray::fromStringList(columns)},
            {QStringLiteral("classifier"), S{{QStringLiteral("auc"), orNull(classifier.auc)}, {QStringLiteral("low"), orNull(classifier.low)}, {QStringLiteral("high"), orNull(classifier.high)},
                                             {QStringLiteral("by_chance"), orNull(classifier.byChance)}, {QStringLiteral("learner"), classifier.learner}, {QStringLiteral("folds"), classifier.folds},
                                             {QStringLiteral("verdict"), classifier.verdict.word()}, {QStringLiteral("rows_needed"), qint64(classifier.verdict.rowsNeeded)}}},
            {QStringLiteral("pca"), S{{QStringLiteral("components"), qint64(reconstruction.components)}, {QStringLiteral("width"), qint64(reconstruction.width)},
                                      {QStringLiteral("reference"), orNull(reconstruction.reference)}, {QStringLiteral("current"), orNull(reconstruction.current)},
                                      {QStringLiteral("shift"), orNull(reconstruction.shift)}, {QStringLiteral("error"), orNull(reconstruction.error)},
                                      {QStringLiteral("verdict"), reconstruction.verdict.word()}}},
            {QStringLiteral("energy"), S{{QStringLiteral("distance"), orNull(energy.distance)}, {QStringLiteral("shift"), orNull(energy.shift)}, {QStringLiteral("p"), orNull(energy.p)},
                                         {QStringLiteral("permutations"), energy.permutations}, {QStringLiteral("rows"), qint64(energy.rows)}, {QStringLiteral("verdict"), energy.verdict.word()}}},
            {QStringLiteral("drifted"), drifted()}};
}

QStringList MultivariateDrift::lines() const {
    const auto f = [](double v) { return std::isfinite(v) ? QString::number(v, 'f', 3) : QStringLiteral("–"); };
    QString first = QStringLiteral("All columns together: %1. A classifier (%2) tells current rows from the reference's with an AUC of %3 (95 %: %4 … %5; without drift up to %6; %7 from %8, %9 from ")
                        .arg(classifier.verdict.word(), classifier.learner, f(classifier.auc), f(classifier.low), f(classifier.high), f(classifier.byChance), QStringLiteral("Moderate"), f(aucWarning), QStringLiteral("High"));
    first += f(aucDrifted) + QStringLiteral(").");
    if (classifier.verdict.tooFewRows)
        first += QStringLiteral(" An answer needs %1 rows on each side.").arg(classifier.verdict.rowsNeeded);
    return {first,
            QStringLiteral("PCA reconstruction: %1. %2 of %3 components of the reference rebuild its rows with an error of %4, the current ones with %5: %6 standard deviations further.")
                .arg(reconstruction.verdict.word()).arg(reconstruction.components).arg(reconstruction.width).arg(f(reconstruction.reference), f(reconstruction.current), f(reconstruction.shift)),
            QStringLiteral("Energy distance: %1. %2 on %3 rows of each side, as normal samples %4 standard deviations apart (permutation p %5, which says nothing about the size).")
                .arg(energy.verdict.word(), f(energy.distance)).arg(energy.rows).arg(f(energy.shift), f(energy.p))};
}

} // namespace pilothouse::drift
