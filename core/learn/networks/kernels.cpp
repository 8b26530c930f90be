// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/networks/kernels.h"

#include <cstdlib>
#include <string_view>

namespace pilothouse::learn {

const Kernels &kernels() {
    static const Kernels &chosen = []() -> const Kernels & {
#if defined(__x86_64__)
        const char *asked = std::getenv("PILOTHOUSE_KERNELS");
        const std::string_view most = asked ? asked : "avx512";
        const bool hasAvx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
        if (most == "base" || !hasAvx2)
            return base::table;
        const bool hasAvx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
                               __builtin_cpu_supports("avx512dq");
        return most == "avx2" || !hasAvx512 ? avx2::table : avx512::table;
#else
        return base::table;
#endif
    }();
    return chosen;
}

} // namespace pilothouse::learn
