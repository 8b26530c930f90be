// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/limits.h"

#include "core/base/child_process.h"
#include "core/base/memory.h"

#include <QFile>

#include <sys/resource.h>
#include <unistd.h>

namespace pilothouse::learn {

namespace {

double cpuSecondsBy(int who) {
    rusage used{};
    ::getrusage(who, &used);
    const auto seconds = [](const timeval &t) { return double(t.tv_sec) + double(t.tv_usec) / 1e6; };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

/// What /proc/<pid>/stat says of a process, by the numbers of proc(5), from 3 on; empty: there is none, or it was waited for.
class ProcessStat {
public:
    explicit ProcessStat(qint64 pid) {
        QFile file(QStringLiteral("/proc/%1/stat").arg(pid));
        const QByteArray stat = file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        m_fields = stat.mid(stat.lastIndexOf(')') + 2).split(' '); // the name, field 2, may hold brackets
    }
    QByteArray field(int number) const { return m_fields.value(number - 3); }

private:
    QList<QByteArray> m_fields;
};

/// Of a child that runs; 0 once it was waited for, as its time is then with that of the children that ended.
double cpuSecondsOf(qint64 pid) {
    const ProcessStat stat(pid);
    double ticks = 0;
    for (const int number : {14, 15, 16, 17}) // its own time in user and system, and that of the children it waited for
        ticks += stat.field(number).toDouble();
    return ticks / double(::sysconf(_SC_CLK_TCK));
}

/// False from its fork until it executes its program: so long a child shows the pages of this process as its own.
bool hasBegun(qint64 pid) {
    constexpr qulonglong forkedOnly = 0x40; // the kernel's PF_FORKNOEXEC
    return (ProcessStat(pid).field(9).toULongLong() & forkedOnly) == 0;
}

/// Of this process, its children that ended and the jobs that run. Those that ended are asked first: who ends meanwhile is left out once,
/// not counted twice.
double cpuSeconds() {
    double seconds = cpuSecondsBy(RUSAGE_SELF) + cpuSecondsBy(RUSAGE_CHILDREN);
    for (const qint64 job : runningJobs())
        seconds += cpuSecondsOf(job);
    return seconds;
}

qint64 memoryInUse() {
    qint64 bytes = residentMemory();
    for (const qint64 job : runningJobs())
        bytes += hasBegun(job) ? residentMemoryOf(job) : 0;
    return bytes;
}

} // namespace

LimitWatch::LimitWatch(const Limits &limits, std::stop_token outer)
    : m_limits(limits), m_cpuAtStart(cpuSeconds()), m_outer(std::move(outer), [this] { m_stop.request_stop(); }) {
    if (m_limits.any())
        m_thread = std::thread([this] { watch(); });
}

LimitWatch::~LimitWatch() {
    {
        const std::lock_guard guard(m_lock);
        m_ending = true;
    }
    m_wake.notify_all();
    if (m_thread.joinable())
        m_thread.join();
}

QString LimitWatch::passed() const {
    const std::lock_guard guard(m_lock);
    return m_passed;
}

QString LimitWatch::firstPassed() const {
    if (m_limits.memoryBytes > 0)
        if (const qint64 used = memoryInUse(); used > m_limits.memoryBytes)
            return QStringLiteral("the memory limit of %1 (%2 in use)").arg(memoryText(m_limits.memoryBytes), memoryText(used));
    if (m_limits.seconds > 0 && std::chrono::duration<double>(std::chrono::steady_clock::now() - m_begun).count() > m_limits.seconds)
        return QStringLiteral("the run-time limit of %1 s").arg(m_limits.seconds);
    if (m_limits.cpuSeconds > 0 && cpuSeconds() - m_cpuAtStart > m_limits.cpuSeconds)
        return QStringLiteral("the CPU limit of %1 s").arg(m_limits.cpuSeconds);
    return {};
}

void LimitWatch::watch() {
    std::unique_lock guard(m_lock);
    while (!m_ending) {
        m_passed = firstPassed();
        if (!m_passed.isEmpty()) {
            guard.unlock();
            m_stop.request_stop(); // runs others' callbacks: not under our lock
            return;
        }
        m_wake.wait_for(guard, std::chrono::milliseconds(100), [this] { return m_ending; });
    }
}

} // namespace pilothouse::learn
