// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/serving/live_model.h"

#include <optional>

namespace pilothouse::serving {

/// One attempt of one model at a body. Kept per thread so that its vectors are not allocated for every request.
struct Scored {
    data::Rows rows;
    ReadInput input;
    artifact::Predictions answer;
    std::optional<InputProblem> problem;
    std::optional<Error> error;
};

} // namespace pilothouse::serving
