// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QString>

#include <memory>
#include <optional>
#include <span>

namespace pilothouse::learn {

/// Which of several processes this one is, and where they meet.
struct WorkerPlace {
    QString address; ///< host name or address of rank 0
    int port = 0, rank = 0, count = 1;
    bool leads() const { return rank == 0; } ///< writes checkpoints, package and record; the others only compute
};

/// What MASTER_ADDR, MASTER_PORT, RANK and WORLD_SIZE say, as Kubeflow's PyTorchJob and torchrun set them, or PET_MASTER_ADDR, PET_MASTER_PORT, PET_NODE_RANK and
/// PET_NNODES, as its TrainJob does; nullopt without a number of processes or with 1.
/// Invalid, with the variable, if one is missing or no number.
Result<std::optional<WorkerPlace>> workerPlace();

/// That another process of the training is gone, with the library's word of it.
inline Error workerGone(int rank, int count, const QString &where, const QString &detail) {
    return Error{ErrorKind::Unreachable, QStringLiteral("Another of the %1 processes that train together is gone; this one is rank %2.").arg(count).arg(rank), where,
                 QStringLiteral("Its own log and exit status say why (out of memory, evicted, a node that went away). Start all of them again; with --resume they go on from the last checkpoint."), detail};
}

/// The processes that train one model together. All call the same functions in the same order. Not thread-safe.
/// Unreachable as soon as one of them is gone: the sum of the others would be another model's.
class Workers {
public:
    virtual ~Workers() = default;
    virtual int rank() const = 0;
    virtual int count() const = 0;
    virtual QString address() const = 0; ///< of this process, as the others reach it
    /// In place, the sum over all processes; the same bits for each.
    virtual Result<void> sum(std::span<float> values) = 0;
    virtual Result<void> sum(std::span<double> values) = 0;
    /// Rank 0's bytes, for each.
    virtual Result<QByteArray> broadcast(const QByteArray &mine) = 0;
};

/// Meets the others, by LibTorch's process group over Gloo (loads the LibTorch module). Waits `seconds` for all of them; TimedOut names who is missing as a number.
Result<std::shared_ptr<Workers>> joinWorkers(const WorkerPlace &place, int seconds);

} // namespace pilothouse::learn
