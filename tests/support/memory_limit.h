// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/memory.h"

namespace pilothouse::test {

/// As if only so much more memory were left, as long as it lives.
class MemoryLimit {
public:
    explicit MemoryLimit(qint64 more) { limitMemory(residentMemory() + more); }
    ~MemoryLimit() { limitMemory(0); }
    MemoryLimit(const MemoryLimit &) = delete;
};

} // namespace pilothouse::test
