// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/transforms.h"
#include "core/learn/estimator.h"
#include "core/learn/workers.h"

namespace pilothouse::learn {

/// Grows with every change of the classes that cross the module's border.
inline constexpr int torchModuleAbi = 5;

/// What libpilothouse_torch.so gives. One object for the life of the process; all calls may come from any thread.
/// The module is built by the same compiler from the same tree, links what it needs of core statically, and lets no
/// exception out.
class TorchModule {
public:
    virtual ~TorchModule() = default;
    virtual QString version() const = 0; ///< of LibTorch
    virtual void setThreads(int threads) = 0;
    /// mlp, lstm, gru.
    virtual Result<std::unique_ptr<Estimator>> makeEstimator(const workspace::EstimatorSpec &spec, workspace::TaskKind task) const = 0;
    /// Reads the TorchScript of a package folder (model.pt). The file's checksum has been verified.
    virtual Result<std::unique_ptr<FittedModel>> loadModel(const QString &folder, const artifact::Signature &signature) const = 0;
    /// torch/script_file.h
    virtual Result<QJsonObject> scriptFacts(const QByteArray &bytes, const QString &where) const = 0;
    /// Both: torch/export_script.h.
    virtual Result<QByteArray> exportScript(const QString &folder, const artifact::Signature &signature, const data::FittedTransforms &transforms, const QJsonObject &card) const = 0;
    virtual Result<artifact::Predictions> runExport(const QString &file, const artifact::Signature &signature, const data::Rows &rows) const = 0;
    /// workers.h
    virtual Result<std::shared_ptr<Workers>> joinWorkers(const WorkerPlace &place, int seconds) const = 0;
};

/// nullptr if the module speaks another ABI.
extern "C" TorchModule *pilothouse_torch_module(int abi);
using TorchModuleEntry = TorchModule *(*)(int);
inline constexpr const char *torchModuleEntryName = "pilothouse_torch_module";
inline constexpr const char *torchModuleFile = "libpilothouse_torch.so";

} // namespace pilothouse::learn
