// SPDX-License-Identifier: GPL-3.0-or-later
#define KERNELS base
#define LANES 4
#define ROWS 4
#define VECTORS 2
#include "core/learn/networks/kernels.inc"
