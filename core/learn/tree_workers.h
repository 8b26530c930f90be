// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/learn/workers.h"

#include <memory>

namespace pilothouse::learn {

/// XGBoost's own communicator among processes that train together, for as long as the object lives: every matrix and booster of this process
/// then counts the rows of all. Rank 0 keeps XGBoost's tracker: of XGBoost 2.1 and newer the library's, of older ones ours (tree_tracker.h).
/// One at a time in a process.
class TreeWorkers {
public:
    TreeWorkers(); ///< alone
    static Result<TreeWorkers> join(Workers &workers);
    TreeWorkers(TreeWorkers &&) noexcept;
    TreeWorkers &operator=(TreeWorkers &&) noexcept;
    ~TreeWorkers();

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace pilothouse::learn
