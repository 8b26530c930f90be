// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/torch_module.h"

#include "core/base/file.h"
#include "core/learn/import_torch.h"
#include "core/learn/torch/export_script.h"
#include "core/learn/torch/gloo_workers.h"
#include "core/learn/torch/network_estimator.h"
#include "core/learn/torch/script_file.h"
#include "core/learn/torch/script_model.h"
#include "core/learn/torch/torch_model.h"

#include <QFileInfo>

namespace pilothouse::learn {

namespace {

class Module final : public TorchModule {
public:
    QString version() const override { return torchVersion(); }
    void setThreads(int threads) override { setTorchThreads(threads); }
    Result<std::unique_ptr<Estimator>> makeEstimator(const workspace::EstimatorSpec &spec, workspace::TaskKind task) const override {
        return makeNetworkEstimator(spec, task);
    }
    Result<std::unique_ptr<FittedModel>> loadModel(const QString &folder, const artifact::Signature &signature) const override {
        if (QFileInfo::exists(folder + QLatin1Char('/') + QLatin1String(scriptCardFile)))
            return loadScriptModel(folder, signature); // imported, not trained here
        const QString file = folder + QLatin1Char('/') + QLatin1String(torchModelFile);
        PH_ASSIGN(const QByteArray bytes, readFile(file));
        PH_ASSIGN(TrainedNetwork trained, fromTorchScript(bytes, file));
        const bool classification = signature.task == workspace::TaskKind::Classification;
        const std::size_t outputs = classification ? signature.classes.size() : signature.outputs.size();
        if ((trained.classes > 0) != classification || trained.spec.outputs != outputs)
            return invalid(QStringLiteral("The network gives %1 outputs, the package's signature says %2.").arg(trained.spec.outputs).arg(outputs), file,
                           QStringLiteral("The package was put together from two models: train it again."));
        return std::unique_ptr<FittedModel>(std::make_unique<TorchModel>(std::move(trained)));
    }
    Result<QJsonObject> scriptFacts(const QByteArray &bytes, const QString &where) const override { return learn::scriptFacts(bytes, where); }
    Result<QByteArray> exportScript(const QString &folder, const artifact::Signature &signature, const data::FittedTransforms &transforms, const QJsonObject &card) const override {
        return learn::exportScript(folder, signature, transforms, card);
    }
    Result<artifact::Predictions> runExport(const QString &file, const artifact::Signature &signature, const data::Rows &rows) const override {
        return learn::runExport(file, signature, rows);
    }
    Result<std::shared_ptr<Workers>> joinWorkers(const WorkerPlace &place, int seconds) const override { return joinGlooWorkers(place, seconds); }
};

} // namespace

extern "C" __attribute__((visibility("default"))) TorchModule *pilothouse_torch_module(int abi) {
    static Module module;
    return abi == torchModuleAbi ? &module : nullptr;
}

} // namespace pilothouse::learn
