// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QString>

#include <memory>

namespace pilothouse::learn {

/// Brings the processes of XGBoost before 2.1 together: its Rabit library asks a tracker for its place in a tree and a ring, and for the others' addresses.
/// The wire is that of XGBoost 1.x (rabit/src/allreduce_base.cc): 32-bit integers in the machine's order and strings with their length; a worker says
/// magic, rank, count, task, command.
/// Runs in a thread of its own until each worker has said "shutdown", or the object goes.
class TreeTracker {
public:
    /// Listens on `address` (a name or address of this machine), any free port, for `count` workers.
    static Result<std::unique_ptr<TreeTracker>> start(const QString &address, int count);
    ~TreeTracker();
    int port() const;

private:
    struct Impl;
    explicit TreeTracker(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace pilothouse::learn
