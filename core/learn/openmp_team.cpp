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
    if (const auto here = std::find(m_cores.begin(), m_cores.end(), ::sched_getcpu()); here != m_cores.end())
        std::rotate(m_cores.begin(), here, m_cores.end());
#pragma omp parallel num_threads(threads)
    if (const int k = omp_get_thread_num(); k > 0 && k < int(m_cores.size()))
        keepOn({m_cores[std::size_t(k)]});
}

PinnedTeam::Turn::Turn(const PinnedTeam &team) : m_team(team) {
    if (m_team.pinned())
        keepOn({m_team.m_cores.front()});
}

PinnedTeam::Turn::~Turn() {
    if (m_team.pinned())
        keepOn(m_team.m_cores);
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
PinnedTeam::Turn::Turn(const PinnedTeam &team) : m_team(team) {}
PinnedTeam::Turn::~Turn() = default;

#endif

} // namespace pilothouse::learn
