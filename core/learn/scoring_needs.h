// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/artifact/scorer.h"

namespace pilothouse::learn {

/// What a model's rows need of the rows beside them, by its recipe and the columns of a file: windows, steps, columns of the past that the file
/// does not bring with it, missing values read off the neighbours.
struct ScoringNeeds {
    bool times = false;  ///< when each row was; else each is scored by itself
    bool steps = false;  ///< rows are brought to steps
    bool fills = false;  ///< missing values are read off the rows before and behind
    QStringList rising;  ///< columns that tell series apart: within each series times must not fall, or all rows are needed at once; an empty name: of all rows
    QStringList columns; ///< that are read
    QStringList made;    ///< columns of the past that the file does not bring
    bool whole = false;  ///< all rows are needed at once in any order
    QString help;        ///< what to do so that they are not; may be empty
};

Result<ScoringNeeds> scoringNeeds(const workspace::Recipe &recipe, const std::vector<artifact::Input> &inputs, const QStringList &columns);

} // namespace pilothouse::learn
