// SPDX-License-Identifier: GPL-3.0-or-later
#define KERNELS avx2
#define LANES 8
#define ROWS 6
#define VECTORS 2
#include "core/learn/networks/kernels.inc"
