// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/drift/profile_stream.h"

#include "core/base/task.h"
#include "core/data/frequent_items.h"
#include "core/data/text_index.h"
#include "core/drift/statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <mutex>

namespace pilothouse::drift {

namespace {

/// Mean and deviation of two parts together (Chan, Golub, LeVeque 1983).
void addMoments(ColumnProfile &to, std::size_t n, double mean, double std) {
    if (n == 0)
        return;
    const double a = double(to.present), b = double(n), all = a + b, away = mean - to.mean;
    const double squares = to.std * to.std * a + std * std * b + away * away * a * b / all;
    to.mean += away * b / all;
    to.std = std::sqrt(squares / all);
}

std::size_t binOf(double value, const std::vector<double> &edges) { return std::size_t(std::lower_bound(edges.begin(), edges.end(), value) - edges.begin()); } // a value on an edge goes left

} // namespace

void settleNumbers(ColumnProfile &c) {
    c.quantiles.clear();
    if (!c.sharedBins) {
        c.edges.clear();
        c.counts.clear();
    }
    const auto values = c.sketch->weighted();
    if (values.empty()) {
        if (!c.sharedBins)
            c.counts = {0};
        return;
    }
    std::vector<double> shares;
    for (int i = 0; i <= quantileSteps; ++i)
        shares.push_back(double(i) / quantileSteps);
    std::vector<double> sorted;
    if (c.sketch->exact()) {
        for (const auto &[value, weight] : values)
            sorted.push_back(value);
        for (const double share : shares)
            c.quantiles.push_back(quantile(sorted, share));
    } else {
        c.quantiles = c.sketch->quantiles(shares);
        c.quantiles.front() = c.min; // these are known
        c.quantiles.back() = c.max;
    }
    if (c.sharedBins)
        return;
    if (c.sketch->exact()) {
        c.edges = decileEdges(sorted);
    } else {
        for (int i = 1; i <= 9; ++i)
            c.edges.push_back(c.quantiles[std::size_t(i * quantileSteps / 10)]);
        c.edges.erase(std::unique(c.edges.begin(), c.edges.end()), c.edges.end());
    }
    c.counts.assign(c.edges.size() + 1, 0);
    for (const auto &[value, weight] : values)
        c.counts[binOf(value, c.edges)] += double(weight);
}

struct ProfileStream::Column {
    ColumnProfile profile; ///< all but what settle makes
    data::FrequentItems<std::string> frequent{streamCategories};

    void addNumbers(const data::Column &piece) {
        std::size_t n = 0;
        double mean = 0, squares = 0;
        for (const double value : piece.numbers) {
            if (!std::isfinite(value))
                continue;
            ++n;
            const double away = value - mean;
            mean += away / double(n);
            squares += away * (value - mean);
            profile.min = profile.present + n == 1 ? value : std::min(profile.min, value);
            profile.max = profile.present + n == 1 ? value : std::max(profile.max, value);
            profile.sketch->add(value);
            if (profile.sharedBins)
                ++profile.counts[binOf(value, profile.edges)];
        }
        addMoments(profile, n, mean, n ? std::sqrt(squares / double(n)) : 0);
        profile.present += n;
        profile.missing += piece.numbers.size() - n;
    }
    void addCategories(const data::Column &piece) {
        std::vector<qint64> counts(piece.dictionary.size(), 0);
        std::size_t n = 0;
        for (const std::int32_t code : piece.codes)
            if (code >= 0) {
                ++counts[std::size_t(code)];
                ++n;
            }
        for (std::size_t i = 0; i < counts.size(); ++i)
            if (counts[i] > 0) {
                frequent.add(piece.dictionary[i], counts[i]);
                profile.distinct->add(data::textHash(piece.dictionary[i]));
            }
        profile.present += n;
        profile.missing += piece.codes.size() - n;
    }
    void begin(data::ColumnType kind, const Profile *bins) {
        profile.kind = kind;
        profile.sketch.reset();
        profile.distinct.reset();
        if (kind != data::ColumnType::Number) {
            profile.distinct.emplace(distinctBound);
            return;
        }
        profile.sketch.emplace(sketchBound);
        const auto shared = !bins ? nullptr : [&]() -> const ColumnProfile * {
            const auto found = std::find_if(bins->columns.begin(), bins->columns.end(), [&](const ColumnProfile &c) { return c.name == profile.name && c.kind == data::ColumnType::Number; });
            return found == bins->columns.end() || found->present == 0 ? nullptr : &*found;
        }();
        if (shared) {
            profile.sharedBins = true;
            profile.edges = shared->edges;
            profile.counts.assign(shared->edges.size() + 1, 0);
        }
    }
};

namespace {

/// The categories that are counted, by their bytes; the others' rows are one number.
void settleCategories(ColumnProfile &c, const data::FrequentItems<std::string> &frequent) {
    std::vector<std::pair<std::string, qint64>> counts(frequent.counts().begin(), frequent.counts().end());
    std::sort(counts.begin(), counts.end());
    c.categories.clear();
    c.categoryCounts.clear();
    double all = 0;
    for (const auto &[name, count] : counts) {
        c.categories.push_back(QString::fromStdString(name));
        c.categoryCounts.push_back(double(count));
        all += double(count);
    }
    c.otherCount = double(c.present) - all;
    c.lost = double(frequent.lost());
}

bool hasValue(const data::Column &column) {
    if (column.type == data::ColumnType::Number)
        return std::any_of(column.numbers.begin(), column.numbers.end(), [](double v) { return std::isfinite(v); });
    return std::any_of(column.codes.begin(), column.codes.end(), [](std::int32_t code) { return code >= 0; });
}

} // namespace

ProfileStream::ProfileStream(QString name, const Profile *bins) : m_name(std::move(name)), m_bins(bins ? std::make_unique<Profile>(*bins) : nullptr) {}
ProfileStream::~ProfileStream() = default;

Result<void> ProfileStream::add(const data::Table &piece) {
    std::vector<const data::Column *> given;
    for (const data::Column &column : piece.columns)
        if (column.type != data::ColumnType::Time)
            given.push_back(&column);
    if (!std::exchange(m_begun, true))
        for (const data::Column *column : given) {
            m_columns.push_back(std::make_unique<Column>());
            m_columns.back()->profile.name = column->name;
            m_columns.back()->begin(column->type, m_bins.get());
        }
    const auto differs = [&](const QString &what) { return invalid(what, m_name, QStringLiteral("Profile the rows before and behind the change by themselves.")); };
    std::vector<const data::Column *> ofColumn;
    for (const auto &column : m_columns) {
        const auto found = std::find_if(given.begin(), given.end(), [&](const auto *c) { return c->name == column->profile.name; });
        if (found == given.end())
            return differs(QStringLiteral("The column “%1” is gone from row %2 on.").arg(column->profile.name).arg(m_rows + 1));
        ofColumn.push_back(*found);
        if ((*found)->type == column->profile.kind)
            continue;
        if (column->profile.present == 0) { // nothing but missing values so far: it can be of any type
            const std::size_t missing = column->profile.missing;
            column->begin((*found)->type, m_bins.get());
            column->profile.missing = missing;
        } else if (hasValue(**found)) {
            return differs(QStringLiteral("The column “%1” was of type %2 and is of type %3 from row %4 on.").arg(column->profile.name, data::columnTypeName(column->profile.kind), data::columnTypeName((*found)->type)).arg(m_rows + 1));
        }
    }
    if (given.size() > m_columns.size())
        for (const data::Column *column : given)
            if (std::none_of(m_columns.begin(), m_columns.end(), [&](const auto &c) { return c->profile.name == column->name; }))
                return differs(QStringLiteral("The column “%1” is new at row %2.").arg(column->name).arg(m_rows + 1));
    parallelFor(m_columns.size(), 1, [&](std::size_t first, std::size_t last) {
        for (std::size_t i = first; i < last; ++i) {
            Column &column = *m_columns[i];
            if (ofColumn[i]->type != column.profile.kind)
                column.profile.missing += ofColumn[i]->size();
            else if (column.profile.kind == data::ColumnType::Number)
                column.addNumbers(*ofColumn[i]);
            else
                column.addCategories(*ofColumn[i]);
        }
    });
    m_rows += piece.rows();
    return {};
}

Profile ProfileStream::profile() const {
    Profile out{m_name, m_rows, {}};
    for (const auto &column : m_columns) {
        out.columns.push_back(column->profile);
        if (column->profile.kind == data::ColumnType::Number)
            settleNumbers(out.columns.back());
        else
            settleCategories(out.columns.back(), column->frequent);
    }
    return out;
}

namespace {

Error cannotMerge(const QString &what, const Profile &part, const QString &hint) { return invalid(what, part.name, hint); }

Result<void> mergeNumbers(ColumnProfile &to, const ColumnProfile &from, const Profile &part) {
    if (to.sharedBins != from.sharedBins || (to.sharedBins && to.edges != from.edges))
        return cannotMerge(QStringLiteral("The column “%1” was counted in other bins than before.").arg(to.name), part, QStringLiteral("Profile all parts with the same reference (--bins)."));
    to.min = std::min(to.min, from.min);
    to.max = std::max(to.max, from.max);
    addMoments(to, from.present, from.mean, from.std);
    to.sketch->merge(*from.sketch);
    if (to.sharedBins)
        std::transform(to.counts.begin(), to.counts.end(), from.counts.begin(), to.counts.begin(), std::plus<>());
    to.present += from.present;
    return {};
}

data::FrequentItems<std::string> frequentOf(const ColumnProfile &c) {
    data::FrequentItems<std::string> items(streamCategories);
    for (std::size_t i = 0; i < c.categories.size(); ++i)
        items.add(c.categories[i].toStdString(), qint64(c.categoryCounts[i]));
    return items;
}

void mergeCategories(ColumnProfile &to, const ColumnProfile &from) {
    data::FrequentItems<std::string> items = frequentOf(to);
    items.merge(frequentOf(from));
    const double lost = to.lost + from.lost;
    to.present += from.present;
    settleCategories(to, items);
    to.lost += lost;
    to.distinct->merge(*from.distinct);
}

} // namespace

Result<Profile> mergedProfiles(const std::vector<Profile> &parts, const QString &name) {
    if (parts.empty())
        return invalid(QStringLiteral("There is no profile to add up."), {}, QStringLiteral("Name two or more files that pilot profile --out wrote."));
    Profile out{name, 0, {}};
    for (const Profile &part : parts) {
        for (const ColumnProfile &c : part.columns)
            if (!c.addsUp())
                return cannotMerge(QStringLiteral("The column “%1” of this profile has no sketch: it was made to be a reference, and does not add up with others.").arg(c.name), part,
                                   QStringLiteral("Make it from its rows by pilot profile --out."));
        if (out.rows == 0 && out.columns.empty()) {
            out.columns = part.columns;
            out.rows = part.rows;
            continue;
        }
        if (part.columns.size() != out.columns.size())
            return cannotMerge(QStringLiteral("It has %1 columns, those before have %2.").arg(part.columns.size()).arg(out.columns.size()), part, QStringLiteral("Add up what has the same columns."));
        for (ColumnProfile &to : out.columns) {
            const auto from = std::find_if(part.columns.begin(), part.columns.end(), [&](const ColumnProfile &c) { return c.name == to.name; });
            if (from == part.columns.end())
                return cannotMerge(QStringLiteral("It has no column “%1”.").arg(to.name), part, QStringLiteral("Add up what has the same columns."));
            if (to.present == 0 || from->present == 0) { // nothing but missing values: of any type, in any bins
                const std::size_t missing = to.missing + from->missing;
                if (to.present == 0)
                    to = *from;
                to.missing = missing;
                continue;
            }
            if (to.kind != from->kind)
                return cannotMerge(QStringLiteral("The column “%1” is of type %2, before it was of type %3.").arg(to.name, data::columnTypeName(from->kind), data::columnTypeName(to.kind)), part, QStringLiteral("Add up what has the same columns."));
            if (to.kind == data::ColumnType::Number)
                PH_TRY(mergeNumbers(to, *from, part));
            else
                mergeCategories(to, *from);
            to.missing += from->missing;
        }
        out.rows += part.rows;
    }
    for (ColumnProfile &c : out.columns)
        if (c.kind == data::ColumnType::Number)
            settleNumbers(c);
    return out;
}

} // namespace pilothouse::drift
