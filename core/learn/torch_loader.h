// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/learn/torch_module.h"

namespace pilothouse::learn {

/// Opens the LibTorch module on the first call (0.6 s, 125 MB) and keeps it. Looked for in $PILOTHOUSE_MODULES, then in
/// ../lib/pilothouse and ../lib/<multiarch>/pilothouse beside the executable. NotFound, with the package to install, if it is not there.
/// Before that it sets OPENBLAS_CORETYPE by CPUID and OPENBLAS_NUM_THREADS, unless the user has: OpenBLAS reads them in its
/// constructor only. Thread-safe.
Result<TorchModule *> torchModule();

/// The core type OpenBLAS should take on this CPU: SKYLAKEX (AVX-512 F, BW, VL), HASWELL (AVX2, FMA), or empty: its own choice.
QByteArray openBlasCoreType();

} // namespace pilothouse::learn
