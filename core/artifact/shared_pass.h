// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace pilothouse::artifact {

/// Beside Scorer (or a fitted model that one is made of): what one call costs hardly grows with its rows, as with a network of LibTorch,
/// whose dispatcher costs more than a row. Requests that are there at the same time are answered in one.
class SharedPass {
public:
    virtual ~SharedPass() = default;
};

} // namespace pilothouse::artifact
