// SPDX-License-Identifier: GPL-3.0-or-later
#define KERNELS avx512
#define LANES 16
#define ROWS 8
#define VECTORS 2
#include "core/learn/networks/kernels.inc"
