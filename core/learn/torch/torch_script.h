// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/learn/networks/network.h"
#include "core/learn/networks/scaling.h"

#include <QByteArray>
#include <QJsonObject>

#include <vector>

namespace pilothouse::learn {

/// A trained network with its scales: what lies in model.pt.
struct TrainedNetwork {
    NetworkSpec spec;
    std::vector<float> parameters;
    Scaling scaling;
    std::size_t classes = 0; ///< 0: regression or forecast
    /// Input columns that are added to the outputs: for each target of a forecast its last known value, added to all its steps (outputs /
    /// targets, one target after the other). Empty: none.
    std::vector<std::size_t> anchors;
    std::size_t anchorOf(std::size_t output) const { return anchors[output * anchors.size() / spec.outputs]; } ///< anchors must not be empty
    QJsonObject facts;       ///< for the model card; travels inside the file
};

/// TorchScript bytes of a module `forward(x: Tensor[n, inputs]) -> Tensor[n, outputs]` (float64; probabilities for
/// classification) with scaling inside, so that torch.jit.load in Python answers as we do. The script is run once on probe rows and
/// must agree with our own forward pass, else Internal. The same network gives the same bytes.
Result<QByteArray> toTorchScript(const TrainedNetwork &network);
/// Reads it back. Invalid with `where` if it is no TorchScript, not one of ours, or its tensors do not fit each other.
Result<TrainedNetwork> fromTorchScript(const QByteArray &bytes, const QString &where);

/// d output / d x by autograd through that module, [rows × inputs]; x is not scaled yet.
Result<std::vector<double>> inputGradients(const TrainedNetwork &network, const double *x, std::size_t rows, std::size_t output);

QString torchVersion();
void setTorchThreads(int threads);

/// Rows [n × inputs] → values [n × outputs]: scaled, run in blocks, unscaled; classification: probabilities. Any thread.
void runNetwork(const Network &network, const TrainedNetwork &trained, const double *x, std::size_t rows, double *out);

} // namespace pilothouse::learn
