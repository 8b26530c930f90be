// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/smo.h"

#include "core/learn/wide_loops.h"

#include <QDataStream>
#include <QIODevice>

#include <algorithm>
#include <limits>
#include <numeric>

namespace pilothouse::learn {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double leastCurvature = 1e-12; // LIBSVM's TAU: of kernels that are not positive definite
constexpr qint64 betweenShrinks = 1000;
constexpr quint32 stateMark = 0x50485331; // "PHS1"
constexpr std::size_t lanes = 16;

struct Best {
    double value = -infinity;
    std::size_t at = 0;
};

/// The largest of the lanes; of equal ones the last, as LIBSVM's loops find it.
Best bestOf(const double *values, const std::int64_t *places) {
    Best best;
    for (std::size_t i = 0; i < lanes; ++i)
        if (values[i] > best.value || (values[i] == best.value && std::size_t(places[i]) > best.at))
            best = {values[i], std::size_t(places[i])};
    return best;
}

/// The largest f among those that may grow.
PILOTHOUSE_WIDE void largestUp(const double *f, const double *mark, std::size_t count, double *value, std::int64_t *place) {
    for (std::size_t first = 0; first + lanes <= count; first += lanes)
        for (std::size_t i = 0; i < lanes; ++i) {
            const double v = f[first + i] + mark[first + i];
            const bool better = v >= value[i];
            value[i] = better ? v : value[i];
            place[i] = better ? std::int64_t(first + i) : place[i];
        }
    for (std::size_t k = count / lanes * lanes; k < count; ++k) {
        const std::size_t i = k % lanes;
        const double v = f[k] + mark[k];
        if (v >= value[i]) {
            value[i] = v;
            place[i] = std::int64_t(k);
        }
    }
}

/// The largest decrease of the objective with one that may fall, and the smallest f among these.
PILOTHOUSE_WIDE void largestGain(const double *f, const double *mark, const float *row, const double *diagonal, std::size_t count, double most, double own, double *value, std::int64_t *place, double *least) {
    const auto gainOf = [](double below, double curvature) {
        const double gain = below * below / (curvature > 0 ? curvature : leastCurvature); // always made: a condition would not be vectorised
        return below > 0 ? gain : -infinity;
    };
    for (std::size_t first = 0; first + lanes <= count; first += lanes)
        for (std::size_t i = 0; i < lanes; ++i) {
            const std::size_t k = first + i;
            const double v = f[k] + mark[k], gain = gainOf(most - v, own + diagonal[k] - 2 * double(row[k]));
            least[i] = v < least[i] ? v : least[i];
            const bool better = gain >= value[i];
            value[i] = better ? gain : value[i];
            place[i] = better ? std::int64_t(k) : place[i];
        }
    for (std::size_t k = count / lanes * lanes; k < count; ++k) {
        const std::size_t i = k % lanes;
        const double v = f[k] + mark[k], gain = gainOf(most - v, own + diagonal[k] - 2 * double(row[k]));
        least[i] = v < least[i] ? v : least[i];
        if (gain >= value[i]) {
            value[i] = gain;
            place[i] = std::int64_t(k);
        }
    }
}

/// f −= a · first + b · second
PILOTHOUSE_WIDE void lower(double *f, const float *first, double a, const float *second, double b, std::size_t count) {
    for (std::size_t k = 0; k < count; ++k)
        f[k] -= double(first[k]) * a + double(second[k]) * b;
}

/// sums += a · row
PILOTHOUSE_WIDE void addRow(double *sums, const float *row, double a, std::size_t count) {
    for (std::size_t k = 0; k < count; ++k)
        sums[k] += a * double(row[k]);
}

/// What a stored state holds.
struct Stored {
    std::vector<std::uint32_t> variable;
    std::vector<double> alpha, f, full;
    quint64 active = 0;
    qint64 iterations = 0, counter = 0;
    bool unshrunk = false, converged = false;
};

template<class T>
QDataStream &operator<<(QDataStream &out, const std::vector<T> &values) {
    out << quint64(values.size());
    for (const T &value : values)
        out << value;
    return out;
}
template<class T>
bool read(QDataStream &in, std::vector<T> &values, std::size_t count) {
    quint64 stored = 0;
    in >> stored;
    if (in.status() != QDataStream::Ok || stored != count)
        return false;
    values.resize(count);
    for (T &value : values)
        in >> value;
    return in.status() == QDataStream::Ok;
}

bool read(const QByteArray &state, std::size_t variables, Stored &out) {
    QDataStream in(state);
    quint32 mark = 0;
    in >> mark;
    if (mark != stateMark || !read(in, out.variable, variables) || !read(in, out.alpha, variables) || !read(in, out.f, variables) || !read(in, out.full, variables))
        return false;
    in >> out.active >> out.iterations >> out.counter >> out.unshrunk >> out.converged;
    std::vector<bool> seen(variables);
    for (const std::uint32_t v : out.variable) {
        if (v >= variables || seen[v])
            return false;
        seen[v] = true;
    }
    return in.status() == QDataStream::Ok && in.atEnd() && out.active <= variables && out.iterations >= 0 && out.counter > 0;
}

template<class T>
std::vector<T> inOrder(const std::vector<T> &values, const std::vector<std::uint32_t> &order) {
    std::vector<T> out;
    out.reserve(order.size());
    for (const std::uint32_t v : order)
        out.push_back(values[v]);
    return out;
}

std::vector<std::uint32_t> orderOf(const QByteArray &state, std::size_t variables) {
    Stored stored;
    if (!state.isEmpty() && read(state, variables, stored))
        return stored.variable;
    std::vector<std::uint32_t> order(variables);
    std::iota(order.begin(), order.end(), 0U);
    return order;
}

} // namespace

Smo::Smo(std::span<const double> x, std::size_t width, const DualProblem &problem, const Kernel &kernel, double tolerance, double cacheMb, const QByteArray &state)
    : m_tolerance(tolerance), m_variable(orderOf(state, problem.points.size())), m_sign(inOrder(problem.sign, m_variable)), m_linear(inOrder(problem.linear, m_variable)), m_alpha(m_variable.size()),
      m_full(m_variable.size()), m_upMark(m_variable.size()), m_lowMark(m_variable.size()), m_rows(x, width, inOrder(problem.points, m_variable), kernel, cacheMb), m_active(m_variable.size()),
      m_counter(std::min(qint64(m_active), betweenShrinks) + 1), m_most(std::max<qint64>(10000000, 100 * qint64(m_active))) {
    for (std::size_t t = 0; t < m_active; ++t) {
        m_bound.push_back(m_sign[t] > 0 ? problem.positiveBound : problem.negativeBound);
        m_f.push_back(-m_sign[t] * m_linear[t]);
    }
    if (Stored stored; !state.isEmpty() && read(state, m_variable.size(), stored)) {
        m_alpha = std::move(stored.alpha);
        m_f = std::move(stored.f);
        m_full = std::move(stored.full);
        m_active = std::size_t(stored.active);
        m_iterations = stored.iterations;
        m_counter = stored.counter;
        m_unshrunk = stored.unshrunk;
        m_converged = stored.converged;
    }
    for (std::size_t t = 0; t < m_variable.size(); ++t)
        mark(t);
}

bool Smo::fits(const QByteArray &state, std::size_t variables) {
    Stored stored;
    return read(state, variables, stored);
}

QByteArray Smo::state() const {
    QByteArray bytes;
    QDataStream out(&bytes, QIODevice::WriteOnly);
    out << stateMark << m_variable << m_alpha << m_f << m_full << quint64(m_active) << m_iterations << m_counter << m_unshrunk << m_converged;
    return bytes;
}

void Smo::mark(std::size_t t) {
    const bool atBound = isFull(t), atZero = m_alpha[t] <= 0;
    m_upMark[t] = (m_sign[t] > 0 ? atBound : atZero) ? -infinity : 0;
    m_lowMark[t] = (m_sign[t] > 0 ? atZero : atBound) ? infinity : 0;
}

bool Smo::select(Pair &pair) {
    double values[lanes], least[lanes];
    std::int64_t places[lanes] = {};
    std::fill_n(values, lanes, -infinity);
    largestUp(m_f.data(), m_upMark.data(), m_active, values, places);
    const Best up = bestOf(values, places);
    if (up.value == -infinity)
        return false;
    std::fill_n(values, lanes, -infinity);
    std::fill_n(least, lanes, infinity);
    std::fill_n(places, lanes, 0);
    largestGain(m_f.data(), m_lowMark.data(), m_rows.row(up.at, m_active), m_rows.diagonal(), m_active, up.value, m_rows.diagonal()[up.at], values, places, least);
    const Best low = bestOf(values, places);
    pair = {up.at, low.at};
    return low.value > -infinity && up.value - *std::min_element(least, least + lanes) >= m_tolerance;
}

/// Sets a variable and keeps what is known of those at their bound.
void Smo::move(std::size_t t, double alpha) {
    const bool wasFull = isFull(t);
    m_alpha[t] = alpha;
    mark(t);
    if (isFull(t) != wasFull)
        addRow(m_full.data(), m_rows.row(t, m_rows.size()), (wasFull ? -1 : 1) * m_sign[t] * m_bound[t], m_rows.size());
}

/// The best step along the pair, cut where one of them reaches a bound.
void Smo::step(const Pair &pair) {
    const auto [i, j] = pair;
    const float *const first = m_rows.row(i, m_active), *const second = m_rows.row(j, m_active);
    double curvature = m_rows.diagonal()[i] + m_rows.diagonal()[j] - 2 * double(first[j]);
    if (curvature <= 0)
        curvature = leastCurvature;
    const double wanted = (m_f[i] - m_f[j]) / curvature;
    const double roomUp = m_sign[i] > 0 ? m_bound[i] - m_alpha[i] : m_alpha[i], roomLow = m_sign[j] > 0 ? m_alpha[j] : m_bound[j] - m_alpha[j];
    const double length = std::min({wanted, roomUp, roomLow});
    const double up = length == roomUp ? (m_sign[i] > 0 ? m_bound[i] : 0) : m_alpha[i] + m_sign[i] * length;
    const double low = length == roomLow ? (m_sign[j] > 0 ? 0 : m_bound[j]) : m_alpha[j] - m_sign[j] * length;
    lower(m_f.data(), first, m_sign[i] * (up - m_alpha[i]), second, m_sign[j] * (low - m_alpha[j]), m_active);
    move(i, up);
    move(j, low);
}

/// f of those that did not take part.
void Smo::reconstruct() {
    const std::size_t size = m_rows.size();
    if (m_active == size)
        return;
    std::vector<std::size_t> free;
    for (std::size_t t = 0; t < m_active; ++t)
        if (isUp(t) && isLow(t))
            free.push_back(t);
    std::vector<double> sums(m_full.begin(), m_full.end());
    if (free.size() * size > 2 * m_active * (size - m_active)) {
        for (std::size_t k = m_active; k < size; ++k) {
            const float *const row = m_rows.row(k, m_active);
            for (const std::size_t t : free)
                sums[k] += m_sign[t] * m_alpha[t] * double(row[t]);
        }
    } else {
        for (const std::size_t t : free)
            addRow(sums.data() + m_active, m_rows.row(t, size) + m_active, m_sign[t] * m_alpha[t], size - m_active);
    }
    for (std::size_t k = m_active; k < size; ++k)
        m_f[k] = -sums[k] - m_sign[k] * m_linear[k];
}

void Smo::swap(std::size_t s, std::size_t t) {
    m_rows.swap(s, t);
    std::swap(m_variable[s], m_variable[t]);
    for (std::vector<double> *values : {&m_sign, &m_linear, &m_bound, &m_alpha, &m_f, &m_full, &m_upMark, &m_lowMark})
        std::swap((*values)[s], (*values)[t]);
}

/// Takes out those at a bound that no pair would move.
void Smo::shrink() {
    double most = -infinity, least = infinity;
    for (std::size_t t = 0; t < m_active; ++t) {
        most = std::max(most, m_f[t] + m_upMark[t]);
        least = std::min(least, m_f[t] + m_lowMark[t]);
    }
    if (!m_unshrunk && most - least <= m_tolerance * 10) {
        m_unshrunk = true;
        reconstruct();
        m_active = m_rows.size();
    }
    const auto settled = [&](std::size_t t) { return isUp(t) ? !isLow(t) && m_f[t] < least : isLow(t) && m_f[t] > most; };
    for (std::size_t t = 0; t < m_active; ++t) {
        if (!settled(t))
            continue;
        --m_active;
        while (m_active > t && settled(m_active))
            --m_active;
        if (m_active > t)
            swap(t, m_active);
    }
}

bool Smo::run(qint64 count) {
    for (qint64 done = 0; !m_converged && m_iterations < m_most; ++done) {
        if (done == count)
            return false;
        if (--m_counter == 0) {
            m_counter = std::min(qint64(m_rows.size()), betweenShrinks);
            shrink();
        }
        Pair pair{};
        if (!select(pair)) {
            reconstruct();
            m_active = m_rows.size();
            if (!select(pair)) {
                m_converged = true;
                break;
            }
            m_counter = 1; // shrink before the next one
        }
        ++m_iterations;
        step(pair);
    }
    reconstruct();
    m_active = m_rows.size();
    return true;
}

double Smo::rho() const {
    double sum = 0, most = infinity, least = -infinity;
    std::size_t free = 0;
    for (std::size_t t = 0; t < m_f.size(); ++t) {
        if (isUp(t) && isLow(t)) {
            sum -= m_f[t];
            ++free;
        } else if (isUp(t)) {
            most = std::min(most, -m_f[t]);
        } else {
            least = std::max(least, -m_f[t]);
        }
    }
    return free > 0 ? sum / double(free) : (most + least) / 2;
}

std::vector<double> Smo::coefficients() const {
    std::vector<double> out(m_variable.size());
    for (std::size_t t = 0; t < m_variable.size(); ++t)
        out[m_variable[t]] = m_sign[t] * m_alpha[t];
    return out;
}

} // namespace pilothouse::learn
