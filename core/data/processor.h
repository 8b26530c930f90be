// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// PILOTHOUSE_X86: there are ways of reading that use instructions not every x86-64 has; the processor is asked before they are taken.
#if defined(__x86_64__) && defined(__GNUC__)
#define PILOTHOUSE_X86 1

namespace pilothouse::data {

/// 32 bytes at once, and single bits found and counted.
inline bool hasAvx2() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt"); }
/// 64 bytes at once, with bit masks for what holds of each.
inline bool hasAvx512() {
    return hasAvx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
}

} // namespace pilothouse::data
#endif
