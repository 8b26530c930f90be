// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/time_order.h"
#include "core/learn/samples.h"
#include "core/learn/scoring_needs.h"

#include <functional>
#include <memory>

namespace pilothouse::learn {

/// Makes the rows that a model is asked out of a file's rows, some at a time: the same ones, in the same order and to the last bit, as
/// scoringRows() makes of the whole file. Memory holds what rows to come may still need of those before.
class ScoringStream {
public:
    /// Called with rows that wait to be scored; it may take some away from their front. An error ends the stream.
    using Offer = std::function<Result<void>(ScoringRows &waiting)>;

    virtual ~ScoringStream() = default;
    /// Rows of the file in its order; the first call has none and names every column of the file.
    virtual Result<void> add(const data::Table &rows) = 0;
    /// The last ones. Invalid: there was no row, or no whole window.
    virtual Result<void> finish() = 0;
    virtual QStringList notes() const = 0;    ///< what was made and left out, as ScoringRows::notes
    ScoringRows &waiting() { return m_rows; } ///< not yet taken away

protected:
    explicit ScoringStream(Offer offer) : m_offer(std::move(offer)) {}
    ScoringRows m_rows;
    Offer m_offer;
};

/// @param needs  of these inputs in this file; not `whole`
/// @param order  of the file's rows, which rises wherever `needs` asks it to; may be null if it does not ask
Result<std::unique_ptr<ScoringStream>> scoringStream(const workspace::Recipe &recipe, const std::vector<artifact::Input> &inputs, const ScoringNeeds &needs, const data::TimeOrder *order,
                                                     ScoringStream::Offer offer);

} // namespace pilothouse::learn
