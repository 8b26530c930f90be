// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/kernel_rows.h"
#include "core/metrics/random.h"

#include <QTest>

#include <malloc.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

using namespace pilothouse;
using namespace pilothouse::learn;

namespace {

constexpr std::size_t width = 5;

std::vector<double> drawn(std::size_t rows) {
    metrics::Random random(3);
    std::vector<double> x;
    for (std::size_t i = 0; i < rows * width; ++i)
        x.push_back(2 * random.uniform() - 1);
    return x;
}

std::vector<std::uint32_t> inOrder(std::size_t points) {
    std::vector<std::uint32_t> order(points);
    std::iota(order.begin(), order.end(), 0U);
    return order;
}

Kernel kernelOf(int kind) { return {Kernel::Kind(kind), 0.4, 0.5, 3}; }

/// For floats QCOMPARE asks for about the same.
bool sameBits(float a, float b) { return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b); }

} // namespace

class TestKernelRows : public QObject {
    Q_OBJECT

private:
    static void kernels() {
        QTest::addColumn<int>("kind");
        for (const int kind : {0, 1, 2})
            QTest::newRow(kernelNames[kind]) << kind;
    }

private Q_SLOTS:
    void rowsAreTheFormula_data() { kernels(); }
    void rowsAreTheFormula() {
        QFETCH(int, kind);
        const Kernel kernel = kernelOf(kind);
        const std::vector<double> x = drawn(150);
        std::vector<std::uint32_t> points;
        for (std::uint32_t i = 0; i < 150; ++i)
            points.push_back((i * 7) % 150);
        points.push_back(points[3]); // a row twice
        KernelRows rows(x, width, points, kernel, 200);
        const auto at = [&](std::size_t point, std::size_t j) { return x[points[point] * width + j]; };
        const auto dot = [&](std::size_t a, std::size_t b) {
            double sum = 0;
            for (std::size_t j = 0; j < width; ++j)
                sum += at(a, j) * at(b, j);
            return sum;
        };
        const auto value = [&](std::size_t a, std::size_t b) {
            double distance = 0;
            for (std::size_t j = 0; j < width; ++j)
                distance += (at(a, j) - at(b, j)) * (at(a, j) - at(b, j));
            return kind == 0 ? dot(a, b) : kind == 1 ? std::pow(kernel.gamma * dot(a, b) + kernel.coef0, 3) : std::exp(-kernel.gamma * distance);
        };
        for (const std::size_t i : {std::size_t(0), std::size_t(3), std::size_t(64), std::size_t(149), std::size_t(150)}) {
            for (const std::size_t length : {std::size_t(1), std::size_t(70), std::size_t(151)}) { // grows: the first values stay
                const float *const row = rows.row(i, length);
                for (std::size_t k = 0; k < length; ++k) {
                    QVERIFY2(std::abs(double(row[k]) - value(i, k)) <= 3e-7 * std::max(1.0, std::abs(value(i, k))), qPrintable(QStringLiteral("%1, %2").arg(i).arg(k)));
#if defined(__x86_64__) // wide or not, the same roundings; elsewhere a product and a sum may be one
                    QVERIFY2(kind == 2 || sameBits(row[k], float(kind == 0 ? dot(i, k) : power(kernel.gamma * dot(i, k) + kernel.coef0, 3))), qPrintable(QStringLiteral("%1, %2").arg(i).arg(k)));
#endif
                }
            }
            QVERIFY(std::abs(rows.diagonal()[i] - value(i, i)) < 1e-12);
        }
        QVERIFY(sameBits(rows.row(150, 151)[3], float(rows.diagonal()[3]))); // a row with its like
    }

    /// With much memory, and with so little that rows are made again and again.
    void swappedPointsKeepTheirBits_data() {
        QTest::addColumn<double>("megabytes");
        QTest::newRow("all rows kept") << 10.0;
        QTest::newRow("two rows kept") << 0.0;
    }
    void swappedPointsKeepTheirBits() {
        QFETCH(double, megabytes);
        const std::vector<double> x = drawn(130);
        std::vector<std::uint32_t> order = inOrder(130);
        KernelRows fresh(x, width, order, {}, 10), moved(x, width, order, {}, megabytes);
        metrics::Random random(9);
        for (int turn = 0; turn < 400; ++turn) {
            const std::size_t a = random.below(130), b = random.below(130), i = random.below(130), length = 1 + random.below(130);
            moved.swap(a, b);
            std::swap(order[a], order[b]);
            const float *const row = moved.row(i, length);
            for (std::size_t k = 0; k < length; ++k)
                QVERIFY(sameBits(row[k], fresh.row(order[i], 130)[order[k]]));
            QVERIFY(moved.diagonal()[a] == fresh.diagonal()[order[a]]);
        }
    }

    /// As the solver works on two rows at once: the second one, and what it needs of the cache, leaves the first one alone.
    void aRowStaysWhileASecondIsAskedFor() {
        const std::vector<double> x = drawn(130);
        const std::vector<std::uint32_t> order = inOrder(130);
        KernelRows fresh(x, width, order, {}, 10), rows(x, width, order, {}, 0);
        metrics::Random random(4);
        for (int turn = 0; turn < 400; ++turn) {
            const std::size_t a = random.below(130), b = random.below(130), length = 1 + random.below(130);
            const float *const first = rows.row(a, length), *const second = rows.row(b, length);
            for (std::size_t k = 0; k < length; ++k) {
                QVERIFY(sameBits(first[k], fresh.row(a, 130)[k]));
                QVERIFY(sameBits(second[k], fresh.row(b, 130)[k]));
            }
        }
    }

    void theMemoryOfDroppedRowsIsGivenBack() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
        QSKIP("The sanitizer's allocator does not tell what is in use.");
#endif
        const auto used = [] {
            const struct mallinfo2 info = mallinfo2();
            return qint64(info.uordblks + info.hblkhd);
        };
        constexpr std::size_t size = 2000;
        const std::vector<double> x = drawn(size);
        const std::vector<std::uint32_t> order = inOrder(size);
        for (const double megabytes : {100.0, 0.0}) {
            KernelRows rows(x, width, order, {}, megabytes);
            const qint64 before = used();
            for (std::size_t i = 0; i < size; ++i)
                rows.row(i, size);
            const qint64 more = used() - before, ofRow = qint64(size * sizeof(float));
            QVERIFY2(megabytes > 0 ? more >= qint64(size) * ofRow : more < 10 * ofRow, qPrintable(QString::number(more)));
        }
    }

    void theLargestValueIsABound_data() { kernels(); }
    void theLargestValueIsABound() {
        QFETCH(int, kind);
        const std::vector<double> x = drawn(150);
        for (const double coef0 : {0.5, -0.5}) {
            const Kernel kernel{Kernel::Kind(kind), 0.4, coef0, 3};
            const double bound = largestKernelValue(x, width, kernel) * (1 + 1e-6);
            KernelRows rows(x, width, inOrder(150), kernel, 10);
            double largest = 0;
            for (std::size_t i = 0; i < 150; ++i)
                for (std::size_t k = 0; k < 150; ++k)
                    largest = std::max(largest, std::abs(double(rows.row(i, 150)[k])));
            QVERIFY2(largest <= bound && (coef0 < 0 || largest > 0.99 * bound), qPrintable(QStringLiteral("%1 and %2").arg(largest).arg(bound)));
        }
        const std::vector<double> huge{1, 2, 1e160, 4, 5}, none{1, 2, std::numeric_limits<double>::quiet_NaN(), 4, 5};
        QVERIFY(std::isinf(largestKernelValue(huge, width, kernelOf(kind))));
        QVERIFY(std::isinf(largestKernelValue(none, width, kernelOf(kind))));
    }
};

QTEST_GUILESS_MAIN(TestKernelRows)
#include "tst_kernel_rows.moc"
