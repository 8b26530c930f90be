// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/openmp_team.h"

#ifdef _OPENMP
#include <algorithm>

#include <omp.h>
#include <sched.h>
#endif

namespace pilothouse::learn {

#ifdef _OPENMP

namespace {

void keepOn(const std::vector<int> &cores) {
    cpu_set_t set;
    CPU_ZERO(&set);
    for (const int core : cores)
        CPU_SET(core, &set);
    ::sched_setaffinity(0, sizeof set, &set); // refused: it runs where it may
}

} // namespace

PinnedTeam::PinnedTeam(int threads) {
    cpu_set_t allowed;
    if (threads < 2 || ::sched_getaffinity(0, sizeof allowed, &allowed) != 0 || CPU_COUNT(&allowed) != threads)
        return;
    for (int core = 0; core < CPU_SETSIZE; ++core)
        if (CPU_ISSET(core, &allowed))
            m_cores.push_back(core);
    // The calling thread's own core is left to it. It is not pinned itself: threads that it starts meanwhile would be, too.
    std::vector<int> order = m_cores;
    if (const auto here = std::find(order.begin(), order.end(), ::sched_getcpu()); here != order.end())
        std::rotate(order.begin(), here, order.end());
#pragma omp parallel num_threads(threads)
    if (const int k = omp_get_thread_num(); k > 0 && k < int(order.size()))
        keepOn({order[std::size_t(k)]});
}

PinnedTeam::~PinnedTeam() {
    if (!pinned())
        return;
#pragma omp parallel num_threads(int(m_cores.size()))
    keepOn(m_cores);
}

#else

PinnedTeam::PinnedTeam(int) {}
PinnedTeam::~PinnedTeam() = default;

#endif

} // namespace pilothouse::learn
