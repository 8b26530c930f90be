// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/task.h"
#include "core/drift/drift.h"
#include "core/drift/sorted_sample.h"
#include "core/drift/statistics.h"
#include "core/drift/verdict.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <string>

namespace pilothouse::drift {

namespace {

/// One column of one side, ready to be compared: from rows (exact) or from a profile.
struct Side {
    bool exact = true;
    double resolution = 0;
    std::size_t present = 0, missing = 0;
    // numbers
    std::vector<double> sample; ///< ascending: the values, or a profile's 1,000 interval midpoints
    std::vector<double> edges, counts;
    double std = 0;
    std::optional<double> min, max;
    // categories, by UTF-8 bytes
    std::map<std::string, double> categories;
    double other = 0;
};

Side sideOf(const data::Column &column, bool isReference) {
    Side side;
    if (column.type == data::ColumnType::Number) {
        side.sample = sortedFinite(column.numbers);
        side.present = side.sample.size();
        if (side.present > 0) {
            side.min = side.sample.front();
            side.max = side.sample.back();
        }
        if (isReference) {
            side.edges = decileEdges(side.sample);
            side.counts = binCounts(side.sample, side.edges);
            const bool constant = side.sample.empty() || side.sample.front() == side.sample.back();
            side.std = constant ? 0 : momentsOf(side.sample).std;
        }
    } else {
        std::vector<double> counts(column.dictionary.size(), 0);
        for (const std::int32_t code : column.codes)
            if (code >= 0) {
                ++counts[std::size_t(code)];
                ++side.present;
            }
        for (std::size_t i = 0; i < counts.size(); ++i)
            if (counts[i] > 0)
                side.categories[column.dictionary[i]] += counts[i];
    }
    side.missing = column.size() - side.present;
    return side;
}

Side sideOf(const ColumnProfile &profile, bool) {
    Side side;
    side.resolution = profile.resolution();
    side.exact = profile.kind == data::ColumnType::Number && side.resolution == 0;
    side.present = profile.present;
    side.missing = profile.missing;
    side.edges = profile.edges;
    side.counts = profile.counts;
    side.std = profile.std;
    if (profile.kind == data::ColumnType::Number && profile.present > 0) {
        side.min = profile.min;
        side.max = profile.max;
    }
    if (side.exact && profile.sketch) {
        for (const auto &[value, weight] : profile.sketch->weighted())
            side.sample.push_back(value);
    } else { // midpoints, not the quantiles themselves: their mean is the trapezoid rule for the mean of the distribution
        for (std::size_t i = 1; i < profile.quantiles.size(); ++i)
            side.sample.push_back(std::midpoint(profile.quantiles[i - 1], profile.quantiles[i]));
    }
    for (std::size_t i = 0; i < profile.categories.size(); ++i)
        side.categories[profile.categories[i].toStdString()] = profile.categoryCounts[i];
    side.other = profile.otherCount;
    return side;
}

std::vector<double> countsOnEdges(const Side &side, const std::vector<double> &edges) {
    if (side.exact)
        return binCounts(side.sample, edges);
    if (side.edges == edges)
        return side.counts;
    std::vector<double> counts = binCounts(side.sample, edges);
    for (double &c : counts)
        c *= side.sample.empty() ? 0 : double(side.present) / double(side.sample.size());
    return counts;
}

void compareNumbers(const Side &reference, const Side &current, ColumnDrift &out) {
    out.edges = reference.edges;
    out.referenceShares = sharesOf(reference.counts);
    out.currentShares = sharesOf(countsOnEdges(current, reference.edges));
    out.resolution = std::max(reference.resolution, current.resolution);
    out.referenceMin = reference.min;
    out.referenceMax = reference.max;
    out.currentMin = current.min;
    out.currentMax = current.max;
    if (reference.sample.empty() || current.sample.empty())
        return;
    const Distances d = distances(reference.sample, current.sample);
    out.ksD = d.ks;
    out.ksP = kolmogorovP(d.ks, reference.present, current.present);
    out.wasserstein = d.wasserstein;
    if (reference.std > 0)
        out.wassersteinNorm = d.wasserstein / reference.std;
    const auto below = std::lower_bound(current.sample.begin(), current.sample.end(), *reference.min), above = std::upper_bound(current.sample.begin(), current.sample.end(), *reference.max);
    out.outOfRange = double((below - current.sample.begin()) + (current.sample.end() - above)) / double(current.sample.size());
}

/// What one side has and the other lacks, most frequent first.
std::vector<ColumnDrift::Share> onlyHere(const std::vector<QString> &names, const std::vector<double> &here, const std::vector<double> &there) {
    constexpr std::size_t most = 20;
    std::vector<ColumnDrift::Share> found;
    for (std::size_t i = 0; i < names.size(); ++i)
        if (here[i] > 0 && there[i] == 0)
            found.push_back({names[i], here[i]});
    std::stable_sort(found.begin(), found.end(), [](const auto &a, const auto &b) { return a.share > b.share; });
    found.resize(std::min(found.size(), most));
    return found;
}

/// Counts on the categories that both sides can tell apart: where a profile folded its rare ones, they are one category.
void compareCategories(const Side &reference, const Side &current, ColumnDrift &out) {
    const auto toldApart = [&](const std::string &name) {
        return (reference.other == 0 || reference.categories.count(name)) && (current.other == 0 || current.categories.count(name));
    };
    std::map<std::string, std::pair<double, double>> both;
    std::pair<double, double> other{reference.other, current.other};
    for (const auto &[name, count] : reference.categories)
        (toldApart(name) ? both[name] : other).first += count;
    for (const auto &[name, count] : current.categories)
        (toldApart(name) ? both[name] : other).second += count;
    std::vector<double> referenceCounts, currentCounts;
    for (const auto &[name, counts] : both) {
        out.categories.push_back(QString::fromStdString(name));
        referenceCounts.push_back(counts.first);
        currentCounts.push_back(counts.second);
    }
    if (other.first + other.second > 0) {
        out.categories.push_back(QStringLiteral("(other)"));
        referenceCounts.push_back(other.first);
        currentCounts.push_back(other.second);
    }
    out.referenceShares = sharesOf(referenceCounts);
    out.currentShares = sharesOf(currentCounts);
    out.newCategories = onlyHere(out.categories, out.currentShares, out.referenceShares);
    out.goneCategories = onlyHere(out.categories, out.referenceShares, out.currentShares);
    if (const auto test = chiSquare(referenceCounts, currentCounts)) {
        out.chi2 = test->statistic;
        out.chi2Dof = test->dof;
        out.chi2P = test->p;
        out.cramersV = test->cramersV;
    }
}

ColumnDrift compareSides(const QString &name, data::ColumnType kind, const Side &reference, const Side &current) {
    ColumnDrift out;
    out.name = name;
    out.kind = kind;
    out.referenceRows = reference.present;
    out.currentRows = current.present;
    const auto share = [](const Side &s) { return s.missing ? double(s.missing) / double(s.present + s.missing) : 0.0; };
    out.referenceMissing = share(reference);
    out.currentMissing = share(current);
    if (kind == data::ColumnType::Number)
        compareNumbers(reference, current, out);
    else
        compareCategories(reference, current, out);
    const bool empty = reference.present == 0 || current.present == 0;
    out.psi = empty ? std::numeric_limits<double>::quiet_NaN() : populationStability(out.referenceShares, out.currentShares);
    out.js = empty ? out.psi : jensenShannonDistance(out.referenceShares, out.currentShares);
    out.psiByChance = empty ? out.psi
                            : (double(out.referenceShares.size()) - 1) * (1 / double(reference.present) + 1 / double(current.present));
    out.hellinger = empty ? out.psi : hellingerDistance(out.referenceShares, out.currentShares);
    const Verdict verdict = verdictOf(out.referenceShares, out.currentShares, reference.present, current.present);
    out.effect = verdict.effect;
    out.effectError = verdict.error;
    out.tooFewRows = verdict.tooFewRows;
    out.rowsNeeded = verdict.rowsNeeded;
    out.drifted = verdict.drifted;
    out.warning = verdict.warning;
    return out;
}

/// A column of a PreparedReference.
struct PreparedColumn {
    QString name;
    data::ColumnType type;
    Side side;
};
const Side &sideOf(const PreparedColumn &column, bool) { return column.side; }

data::ColumnType kindOf(const PreparedColumn &c) { return c.type; }
data::ColumnType kindOf(const data::Column &c) { return c.type; }
data::ColumnType kindOf(const ColumnProfile &c) { return c.kind; }
std::size_t rowsOf(const data::Table &t) { return t.rows(); }
std::size_t rowsOf(const Profile &p) { return p.rows; }

template<class Columns>
auto findColumn(const Columns &columns, const QString &name) {
    const auto found = std::find_if(columns.begin(), columns.end(), [&](const auto &c) { return c.name == name; });
    return found == columns.end() ? nullptr : &*found;
}

} // namespace

struct PreparedReference::Parts {
    std::vector<PreparedColumn> columns;
    std::size_t rows = 0;
};

namespace {

std::size_t rowsOf(const PreparedReference::Parts &p) { return p.rows; }

template<class Reference, class Current>
DriftReport compareAll(const Reference &reference, const Current &current) {
    DriftReport report;
    report.referenceRows = rowsOf(reference);
    report.currentRows = rowsOf(current);
    std::vector<std::pair<decltype(&reference.columns.front()), decltype(&current.columns.front())>> pairs;
    for (const auto &r : reference.columns) {
        const auto *c = findColumn(current.columns, r.name);
        const auto type = data::columnTypeName(kindOf(r));
        if (kindOf(r) == data::ColumnType::Time)
            report.notCompared.push_back({r.name, QStringLiteral("a time, which always moves on")});
        else if (!c)
            report.notCompared.push_back({r.name, QStringLiteral("missing in the current data")});
        else if (kindOf(*c) != kindOf(r))
            report.notCompared.push_back({r.name, QStringLiteral("%1 in the reference, %2 in the current data").arg(type, data::columnTypeName(kindOf(*c)))});
        else
            pairs.emplace_back(&r, c);
    }
    for (const auto &c : current.columns)
        if (!findColumn(reference.columns, c.name) && kindOf(c) != data::ColumnType::Time)
            report.notCompared.push_back({c.name, QStringLiteral("missing in the reference")});
    report.columns.resize(pairs.size());
    parallelFor(pairs.size(), 1, [&](std::size_t first, std::size_t last) {
        for (std::size_t i = first; i < last; ++i) {
            const auto [r, c] = pairs[i];
            report.columns[i] = compareSides(r->name, kindOf(*r), sideOf(*r, true), sideOf(*c, false));
        }
    });
    report.drifted = std::any_of(report.columns.begin(), report.columns.end(), [](const ColumnDrift &c) { return c.drifted; });
    return report;
}

} // namespace

DriftReport compare(const data::Table &reference, const data::Table &current) { return compareAll(reference, current); }

PreparedReference::PreparedReference(const data::Table &rows) {
    auto parts = std::make_shared<Parts>();
    parts->rows = rows.rows();
    parts->columns.resize(rows.columns.size());
    parallelFor(rows.columns.size(), 1, [&](std::size_t first, std::size_t last) {
        for (std::size_t i = first; i < last; ++i) {
            const data::Column &column = rows.columns[i];
            parts->columns[i] = {column.name, column.type, column.type == data::ColumnType::Time ? Side{} : sideOf(column, true)};
        }
    });
    m_parts = std::move(parts);
}

DriftReport compare(const PreparedReference &reference, const data::Table &current) { return compareAll(*reference.m_parts, current); }

DriftReport compare(const Profile &reference, const data::Table &current) {
    DriftReport report = compareAll(reference, current);
    report.referenceName = reference.name;
    return report;
}

DriftReport compare(const Profile &reference, const Profile &current) {
    DriftReport report = compareAll(reference, current);
    report.referenceName = reference.name;
    report.currentName = current.name;
    return report;
}

} // namespace pilothouse::drift
