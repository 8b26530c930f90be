// SPDX-License-Identifier: GPL-3.0-or-later
// bench_pod_logs [LINES] [PODS]: lines a second from the pieces of a stream to what a window keeps: stamped lines of some pods in pieces of 16 KiB, merged by
// time, a regular expression over each, into a ring of 64 MiB. Prints one JSON line.
#include "core/cluster/log_merger.h"
#include "core/cluster/log_store.h"

#include <QRegularExpression>

#include <chrono>
#include <cstdio>
#include <cstdlib>

using namespace pilothouse::cluster;

namespace {

double cpuSeconds() {
    timespec t{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return double(t.tv_sec) + double(t.tv_nsec) * 1e-9;
}

} // namespace

int main(int argc, char **argv) {
    const int lines = argc > 1 ? std::atoi(argv[1]) : 1'000'000, pods = argc > 2 ? std::atoi(argv[2]) : 8;
    std::vector<QByteArray> logs;
    logs.resize(std::size_t(pods));
    for (int i = 0; i < lines; ++i)
        logs[std::size_t(i % pods)] += timestampText(1'700'000'000'000'000'000LL + i * 10'000LL).toUtf8() + " {\"level\":\"info\",\"msg\":\"predicted\",\"row\":" + QByteArray::number(i) + ",\"ms\":1.25,\"path\":\"/predict\"}\n";
    LogMerger merger;
    LogStore store;
    const QRegularExpression pattern(QStringLiteral("\"row\":[0-9]*7[0-9]*,"));
    for (int p = 0; p < pods; ++p)
        merger.addSource();
    qint64 kept = 0, largest = 0;
    const auto begin = LogMerger::Clock::now();
    const double cpu = cpuSeconds();
    const auto take = [&](bool all) {
        auto got = merger.take(LogMerger::Clock::now(), 20000, all);
        const bool more = got.size() == 20000;
        std::erase_if(got, [&](const LogLine &line) { return !pattern.match(QString::fromUtf8(line.text)).hasMatch(); });
        kept += qint64(got.size());
        store.append(got);
        largest = std::max(largest, store.bytes());
        return more;
    };
    constexpr qsizetype piece = 16 << 10;
    bool left = true;
    for (qsizetype at = 0; left; at += piece) {
        left = false;
        for (int p = 0; p < pods; ++p)
            if (at < logs[std::size_t(p)].size()) {
                merger.append(p, QByteArrayView(logs[std::size_t(p)]).sliced(at, std::min(piece, logs[std::size_t(p)].size() - at)));
                left = true;
            }
        while (take(false)) {
        }
    }
    while (take(true)) {
    }
    const double seconds = std::chrono::duration<double>(LogMerger::Clock::now() - begin).count();
    std::printf("{\"lines\":%d,\"pods\":%d,\"kept\":%lld,\"dropped\":%lld,\"seconds\":%.3f,\"cpu_seconds\":%.3f,\"lines_per_s\":%.0f,\"store_mib\":%.1f}\n", lines, pods, static_cast<long long>(kept), static_cast<long long>(merger.dropped()), seconds,
                cpuSeconds() - cpu, lines / seconds, double(largest) / (1 << 20));
    return merger.dropped() == 0 ? 0 : 1;
}
