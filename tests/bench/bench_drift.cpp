// SPDX-License-Identifier: GPL-3.0-or-later
// bench_drift exact|cached|window|merge FILE [RUNS]: seconds to compare the two tables of FILE, as one JSON line in the form of the peers' scripts.
//   FILE: rows and columns as little-endian 64-bit numbers, then the reference's columns and the current ones' as doubles, column by column.
//   exact   both from rows: KS, PSI, Wasserstein, Jensen-Shannon of each column ("values")    cached  the reference is sorted before the clock starts
//   window  8 columns, 10,000 rows: microseconds to add a row, milliseconds to score the window
//   merge   milliseconds to add up 30 profiles, each of a thirtieth of the rows
#include "core/base/task.h"
#include "core/drift/live_window.h"
#include "core/drift/profile_stream.h"
#include "tests/bench/stopwatch.h"

#include <QCoreApplication>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>

#include <cstdio>
#include <cstring>
#include <sys/resource.h>

using namespace pilothouse;

namespace {

struct Pair {
    data::Table reference, current;
};

bool read(const char *path, Pair &pair) {
    QFile file(QString::fromLocal8Bit(path));
    std::uint64_t head[2] = {};
    if (!file.open(QIODevice::ReadOnly) || file.read(reinterpret_cast<char *>(head), sizeof head) != qint64(sizeof head))
        return false;
    for (data::Table *table : {&pair.reference, &pair.current})
        for (std::uint64_t i = 0; i < head[1]; ++i) {
            data::Column column;
            column.name = QStringLiteral("f%1").arg(i);
            column.numbers.resize(head[0]);
            const qint64 bytes = qint64(head[0] * sizeof(double));
            if (file.read(reinterpret_cast<char *>(column.numbers.data()), bytes) != bytes)
                return false;
            table->columns.push_back(std::move(column));
        }
    return true;
}

QJsonArray valuesOf(const drift::DriftReport &report) {
    QJsonArray values;
    for (const drift::ColumnDrift &c : report.columns)
        values.append(QJsonArray{c.ksD.value_or(-1), c.psi, c.wasserstein.value_or(-1), c.js});
    return values;
}

template<class Work>
QJsonObject timed(int runs, const Work &work) {
    std::vector<double> clock, busy;
    for (int run = 0; run < runs; ++run) {
        const double c = cpu(), t = wall();
        work();
        clock.push_back(wall() - t);
        busy.push_back(cpu() - c);
    }
    return {{QStringLiteral("median_s"), median(clock)}, {QStringLiteral("cpu_median_s"), median(busy)}, {QStringLiteral("runs"), runs}};
}

/// The current rows come in one by one, with the first 10,000 there already.
QJsonObject window(const Pair &pair, int runs) {
    constexpr std::size_t columns = 8, held = 10'000;
    drift::Profile reference = drift::profileOf(pair.reference, QStringLiteral("reference"));
    reference.columns.resize(std::min(columns, reference.columns.size()));
    drift::LiveWindow live(std::move(reference), held);
    std::vector<drift::LiveValue> row(live.reference().columns.size());
    std::size_t next = 0;
    const auto add = [&](std::size_t rows) {
        for (std::size_t i = 0; i < rows; ++i, next = (next + 1) % pair.current.rows()) {
            for (std::size_t c = 0; c < row.size(); ++c)
                row[c].number = pair.current.columns[c].numbers[next];
            if (!live.add(row))
                std::abort();
        }
    };
    add(held);
    const QJsonObject update = timed(runs, [&] { add(held); });
    double psi = 0;
    const QJsonObject score = timed(runs * 20, [&] { psi = live.score().columns.at(1).psi; });
    return {{QStringLiteral("update_us"), update.value(QStringLiteral("median_s")).toDouble() / double(held) * 1e6},
            {QStringLiteral("score_ms"), score.value(QStringLiteral("median_s")).toDouble() * 1e3},
            {QStringLiteral("psi_f1"), psi}};
}

QJsonObject merge(const Pair &pair, int runs) {
    constexpr std::size_t parts = 30;
    std::vector<drift::Profile> profiles;
    const std::size_t rows = pair.current.rows() / parts;
    for (std::size_t part = 0; part < parts; ++part) {
        std::vector<std::size_t> these(rows);
        for (std::size_t i = 0; i < rows; ++i)
            these[i] = part * rows + i;
        drift::ProfileStream stream(QStringLiteral("part"));
        if (!stream.add(pair.current.take(these)))
            std::abort();
        profiles.push_back(stream.profile());
    }
    std::size_t all = 0;
    QJsonObject took = timed(runs, [&] { all = drift::mergedProfiles(profiles, QStringLiteral("all"))->rows; });
    took.insert(QStringLiteral("rows"), qint64(all));
    return took;
}

} // namespace

int main(int argc, char **argv) {
    QCoreApplication app(argc, argv);
    Pair pair;
    if (argc < 3 || !read(argv[2], pair)) {
        std::fprintf(stderr, "bench_drift exact|cached|window|merge FILE [RUNS]\n");
        return 2;
    }
    const int runs = argc > 3 ? std::max(1, std::atoi(argv[3])) : 5;
    const std::string_view what = argv[1];
    QJsonObject result;
    if (what == "window") {
        result = window(pair, runs);
    } else if (what == "merge") {
        result = merge(pair, runs);
    } else {
        drift::DriftReport report;
        if (what == "cached") {
            const drift::PreparedReference reference(pair.reference);
            result = timed(runs, [&] { report = drift::compare(reference, pair.current); });
        } else {
            result = timed(runs, [&] { report = drift::compare(pair.reference, pair.current); });
        }
        result.insert(QStringLiteral("values"), valuesOf(report));
    }
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    result.insert(QStringLiteral("peak_rss_mb"), double(usage.ru_maxrss) / 1024);
    std::printf("%s\n", QJsonDocument(result).toJson(QJsonDocument::Compact).constData());
    return 0;
}
