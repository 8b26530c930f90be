// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// Stands before a function whose loops over numbers are compiled twice, for processors with AVX2 and for all; which one runs is chosen when
/// the program starts. AVX2 without FMA, and no sum is reordered: the same roundings, so the same bits on every x86-64 processor.
/// Nothing with Clang, and nothing with sanitizers: the choice is made before theirs are ready.
#if defined(__x86_64__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define PILOTHOUSE_WIDE __attribute__((target_clones("avx2", "default")))
#else
#define PILOTHOUSE_WIDE
#endif
