// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/block_statistics.h"

#include "core/data/distinct_sample.h"
#include "core/data/frequent_items.h"
#include "core/data/quantile_sketch.h"
#include "core/data/statistics_rules.h"
#include "core/data/text_index.h"

#include <bit>
#include <cmath>

namespace pilothouse::data {

struct BlockStatistics::Impl {
    virtual ~Impl() = default;
    virtual void add(const Column &piece) = 0;
    virtual void finish(ColumnStatistics &s) const = 0;
};

namespace {

constexpr std::size_t keptValues = 4096;    ///< of a quantile sketch's level, and most frequent values
constexpr std::size_t sampledValues = 16384;

std::uint64_t hashOf(double value) { return std::bit_cast<std::uint64_t>(value == 0 ? 0.0 : value); }
std::uint64_t hashOf(std::int64_t value) { return std::uint64_t(value); }
std::uint64_t hashOf(const std::string &text) { return textHash(text); }

/// Counts values, and how many different ones there are once their counts are no longer all kept.
template<class Key>
class ValueCounts {
public:
    void add(const Key &key, qint64 count = 1) {
        if (!m_sampling && m_frequent.nearlyFull(key)) {
            m_sampling = true;
            for (const auto &[value, times] : m_frequent.counts())
                m_sample.add(hashOf(value));
        }
        m_frequent.add(key, count);
        if (m_sampling)
            m_sample.add(hashOf(key));
    }
    const FrequentItems<Key> &frequent() const { return m_frequent; }
    qint64 distinct() const { return m_sampling ? m_sample.distinct() : qint64(m_frequent.size()); }
    bool exactDistinct() const { return !m_sampling || m_sample.exact(); }
    /// Sets `distinct`: never more than there are values, and as many where the sample cannot tell the difference.
    void settleDistinct(ColumnStatistics &s) const {
        s.distinct = std::min(distinct(), s.present);
        if (exactDistinct())
            return;
        s.estimated << QStringLiteral("distinct");
        if (s.distinct * 100 >= s.present * 97)
            s.distinct = s.present;
    }

private:
    FrequentItems<Key> m_frequent{keptValues};
    DistinctSample m_sample{sampledValues};
    bool m_sampling = false;
};

class Numbers final : public BlockStatistics::Impl {
public:
    void add(const Column &piece) override {
        std::vector<double> values;
        values.reserve(piece.numbers.size());
        for (const double v : piece.numbers)
            if (!std::isnan(v))
                values.push_back(v);
        moments(values);
        for (const double v : values) {
            m_steps += v == m_last + 1; // NaN before the first
            m_last = v;
            m_whole = m_whole && v == std::floor(v);
            edges(v);
            m_counts.add(v);
            m_quantiles.add(v);
        }
    }
    void finish(ColumnStatistics &s) const override {
        s.present = m_present;
        if (m_present == 0)
            return;
        s.sum = double(m_sum);
        s.mean = double(m_mean);
        s.std = double(std::sqrt(m_squares / static_cast<long double>(m_present)));
        s.min = m_edges.low;
        s.max = m_edges.high;
        s.maxCount = m_maxCount;
        s.whole = m_whole;
        s.sentinel = sentinelOf(m_edges);
        const std::vector<double> quartiles = m_quantiles.quantiles({0.25, 0.5, 0.75});
        s.q25 = quartiles[0];
        s.median = quartiles[1];
        s.q75 = quartiles[2];
        if (!m_quantiles.exact())
            s.estimated << QStringLiteral("quantiles");
        for (const auto &[value, count] : m_counts.frequent().counts())
            if (count > s.mostCommonCount || (count == s.mostCommonCount && value < s.mostCommon)) {
                s.mostCommon = value;
                s.mostCommonCount = count;
            }
        m_counts.settleDistinct(s);
        s.counter = m_whole && countsRows(m_steps, m_present, s.distinct);
    }

private:
    /// Mean and squared deviations of the piece in two passes, then put together with those so far.
    void moments(const std::vector<double> &values) {
        if (values.empty())
            return;
        const auto count = static_cast<long double>(values.size());
        long double sum = 0, squares = 0;
        for (const double v : values)
            sum += v;
        const long double mean = sum / count;
        for (const double v : values)
            squares += (v - mean) * (v - mean);
        const auto before = static_cast<long double>(m_present), all = before + count, apart = mean - m_mean;
        m_squares += squares + apart * apart * before * count / all;
        m_sum += sum;
        m_mean += apart * count / all;
        m_present += qint64(values.size());
    }
    void edges(double v) {
        if (!(v >= m_edges.low)) {
            m_edges.secondLow = m_edges.low;
            m_edges.low = v;
        } else if (v > m_edges.low && !(v >= m_edges.secondLow)) {
            m_edges.secondLow = v;
        }
        if (!(v <= m_edges.high)) {
            m_edges.secondHigh = m_edges.high;
            m_edges.high = v;
            m_maxCount = 0;
        } else if (v < m_edges.high && !(v <= m_edges.secondHigh)) {
            m_edges.secondHigh = v;
        }
        m_maxCount += v == m_edges.high;
    }

    qint64 m_present = 0, m_maxCount = 0, m_steps = 0;
    long double m_sum = 0, m_mean = 0, m_squares = 0;
    Extremes m_edges;
    double m_last = NAN;
    bool m_whole = true;
    ValueCounts<double> m_counts;
    QuantileSketch m_quantiles{keptValues};
};

class Categories final : public BlockStatistics::Impl {
public:
    void add(const Column &piece) override {
        std::vector<qint64> counts(piece.dictionary.size());
        for (const std::int32_t code : piece.codes)
            if (code >= 0)
                ++counts[std::size_t(code)];
        for (std::size_t i = 0; i < counts.size(); ++i) {
            if (counts[i] == 0)
                continue;
            m_counts.add(piece.dictionary[i], counts[i]);
            m_present += counts[i];
        }
    }
    void finish(ColumnStatistics &s) const override {
        s.present = m_present;
        m_counts.settleDistinct(s);
        std::vector<std::pair<const std::string *, qint64>> order;
        for (const auto &[text, count] : m_counts.frequent().counts())
            order.emplace_back(&text, count);
        const auto shown = std::min(topCount, order.size());
        // Bytes of UTF-8 sort as code points do.
        std::partial_sort(order.begin(), order.begin() + std::ptrdiff_t(shown), order.end(),
                          [](const auto &a, const auto &b) { return a.second != b.second ? a.second > b.second : *a.first < *b.first; });
        for (std::size_t i = 0; i < shown; ++i)
            s.top.emplace_back(QString::fromStdString(*order[i].first), order[i].second);
        if (m_counts.frequent().lost() > 0)
            s.estimated << QStringLiteral("top");
    }

private:
    qint64 m_present = 0;
    ValueCounts<std::string> m_counts;
};

class Times final : public BlockStatistics::Impl {
public:
    void add(const Column &piece) override {
        for (const std::int64_t t : piece.times) {
            if (t == Column::missingTime)
                continue;
            if (m_present > 0 && t < m_last)
                m_sorted = false;
            if (m_sorted && (m_present == 0 || t > m_last)) {
                ++m_rising;
                if (m_present > 0)
                    m_distances.add(t - m_last);
            }
            m_first = m_present > 0 ? std::min(m_first, t) : t;
            m_latest = m_present > 0 ? std::max(m_latest, t) : t;
            m_last = t;
            ++m_present;
            m_different.add(hashOf(t));
        }
    }
    void finish(ColumnStatistics &s) const override {
        s.present = m_present;
        s.sorted = m_sorted;
        if (m_present == 0)
            return;
        s.firstTime = m_first;
        s.lastTime = m_latest;
        if (!m_sorted) {
            s.distinct = std::min(m_different.distinct(), m_present);
            if (!m_different.exact() && s.distinct * 100 >= m_present * 97)
                s.distinct = m_present;
            s.estimated = QStringList{QStringLiteral("step_seconds"), QStringLiteral("gaps"), QStringLiteral("missing_steps"), QStringLiteral("longest_gap")};
            if (!m_different.exact())
                s.estimated << QStringLiteral("distinct");
            return;
        }
        s.distinct = m_rising;
        qint64 most = 0;
        for (const auto &[distance, count] : m_distances.counts())
            if (count > most || (count == most && distance < s.step)) {
                s.step = distance;
                most = count;
            }
        s.gaps = m_rising - 1 - most;
        countMissingSteps(m_distances.counts(), s);
        if (m_distances.lost() > 0)
            s.estimated += QStringList{QStringLiteral("gaps"), QStringLiteral("missing_steps"), QStringLiteral("longest_gap")};
    }

private:
    qint64 m_present = 0, m_rising = 0; ///< m_rising: different times, while they rise
    std::int64_t m_first = 0, m_latest = 0, m_last = 0;
    bool m_sorted = true;
    FrequentItems<std::int64_t> m_distances{keptValues};
    DistinctSample m_different{sampledValues};
};

std::unique_ptr<BlockStatistics::Impl> makeImpl(ColumnType type) {
    switch (type) {
    case ColumnType::Number: return std::make_unique<Numbers>();
    case ColumnType::Category: return std::make_unique<Categories>();
    case ColumnType::Time: return std::make_unique<Times>();
    }
    return {};
}

} // namespace

BlockStatistics::BlockStatistics(const QString &name, ColumnType type) : m_name(name), m_type(type), m_impl(makeImpl(type)) {}
BlockStatistics::~BlockStatistics() = default;
BlockStatistics::BlockStatistics(BlockStatistics &&) noexcept = default;

void BlockStatistics::add(const Column &piece) {
    m_rows += qint64(piece.size());
    m_impl->add(piece);
}

ColumnStatistics BlockStatistics::statistics() const {
    ColumnStatistics s;
    s.name = m_name;
    s.type = m_type;
    m_impl->finish(s);
    s.missing = m_rows - s.present;
    return s;
}

} // namespace pilothouse::data
