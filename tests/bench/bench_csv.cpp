// SPDX-License-Identifier: GPL-3.0-or-later
// bench_csv FILE [RUNS] [fingerprint]: seconds to typed columns, as one JSON line in the form of the peers' scripts. With
// `fingerprint` MD5 and SHA-256 are made as well, which no peer does. `bits` sums the numbers' bit patterns by column, so
// that bit-equality with a peer can be checked.
#include "core/data/csv.h"

#include <QJsonDocument>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <sys/resource.h>

using namespace pilothouse;

namespace {

double cpuSeconds() {
    timespec t{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return double(t.tv_sec) + double(t.tv_nsec) * 1e-9;
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const std::size_t half = values.size() / 2;
    return values.size() % 2 ? values[half] : (values[half - 1] + values[half]) / 2;
}

QJsonObject bitSums(const data::Table &table) {
    QJsonObject sums;
    for (const data::Column &column : table.columns) {
        if (column.type != data::ColumnType::Number)
            continue;
        std::uint64_t sum = 0;
        for (const double v : column.numbers)
            if (!std::isnan(v))
                sum += std::bit_cast<std::uint64_t>(v);
        sums.insert(column.name, QString::number(sum));
    }
    return sums;
}

} // namespace

int main(int argc, char **argv) {
    if (argc < 2) {
        std::fprintf(stderr, "bench_csv FILE [RUNS] [fingerprint]\n");
        return 2;
    }
    const int runs = argc > 2 ? std::max(1, std::atoi(argv[2])) : 5;
    data::CsvOptions options;
    options.fingerprint = argc > 3 && std::strcmp(argv[3], "fingerprint") == 0;
    std::vector<double> wall, cpu;
    Result<data::LoadedTable> loaded = cancelled();
    for (int run = 0; run <= runs; ++run) { // the first warms the page cache, as for the peers
        loaded = cancelled();
        const double cpuStart = cpuSeconds();
        const auto start = std::chrono::steady_clock::now();
        loaded = data::readCsv(QString::fromLocal8Bit(argv[1]), options);
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
        if (!loaded) {
            std::fprintf(stderr, "bench_csv: %s\n", qPrintable(loaded.error().text()));
            return exitCode(loaded.error().kind);
        }
        if (run > 0) {
            wall.push_back(took.count());
            cpu.push_back(cpuSeconds() - cpuStart);
        }
    }
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const QJsonObject result{{QStringLiteral("bench"), options.fingerprint ? QStringLiteral("csv/pilothouse+digests") : QStringLiteral("csv/pilothouse")},
                             {QStringLiteral("median_s"), median(wall)},
                             {QStringLiteral("cpu_median_s"), median(cpu)},
                             {QStringLiteral("peak_rss_mb"), double(usage.ru_maxrss) / 1024},
                             {QStringLiteral("runs"), runs},
                             {QStringLiteral("rows"), qint64(loaded->table.rows())},
                             {QStringLiteral("bits"), bitSums(loaded->table)}};
    std::printf("%s\n", QJsonDocument(result).toJson(QJsonDocument::Compact).constData());
    return 0;
}
