// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/learn/estimator.h"
#include "core/learn/gradient_model.h"
#include "core/learn/torch/torch_script.h"

namespace pilothouse::learn {

inline constexpr const char *torchModelFile = "model.pt";

/// A trained mlp, lstm or gru. Predicts with the hand-written pass; model.pt is TorchScript of the same parameters.
class TorchModel final : public FittedModel, public GradientModel {
public:
    explicit TorchModel(TrainedNetwork trained) : m_network(makeNetwork(trained.spec)), m_trained(std::move(trained)) {}
    /// Invalid if the width is wrong or a value is missing.
    Result<artifact::Predictions> predict(const data::Rows &x) const override;
    Result<QStringList> save(const QString &folder) const override;
    QString flavour() const override { return QStringLiteral("torch"); }
    QJsonObject describe() const override;
    Result<std::vector<double>> inputGradients(const data::Rows &x, std::size_t output) const override;
    const TrainedNetwork &trained() const { return m_trained; }

private:
    std::unique_ptr<Network> m_network;
    TrainedNetwork m_trained;
};

} // namespace pilothouse::learn
