// SPDX-License-Identifier: GPL-3.0-or-later
// One of the translation units that see LibTorch (about 20 s to compile).
#include <ATen/Parallel.h>
#include <torch/script.h>
#include <torch/version.h>

#include "core/learn/torch/torch_script.h"

#include "core/base/json.h"

#include <algorithm>
#include <cmath>
#include <sstream>

namespace pilothouse::learn {

namespace {

constexpr const char *formatName = "pilothouse-network/1", *severalName = "pilothouse-network/2"; // 2: a list of anchors, which older programs would not add
constexpr double probeTolerance = 1e-4; // float32 sums in another order; targets are compared on their own scale

at::Tensor vectorTensor(const std::vector<double> &values) { return torch::tensor(values, torch::kFloat64); }

std::string mlpForward(const TrainedNetwork &n) {
    std::string code;
    for (std::size_t i = 0; i <= n.spec.hidden.size(); ++i) {
        const std::string number = std::to_string(i), line = "torch.linear(z, self.weight_" + number + ", self.bias_" + number + ")";
        code += "    z = " + (i < n.spec.hidden.size() ? "torch.relu(" + line + ")" : line) + "\n";
    }
    return code;
}

std::string recurrentForward(const TrainedNetwork &n) {
    const bool gru = n.spec.kind == NetworkSpec::Kind::Gru;
    const std::string series = std::to_string(n.spec.series), window = std::to_string(n.spec.window), layers = std::to_string(n.spec.layers);
    std::string tensors;
    for (std::size_t i = 0; i < n.spec.layers; ++i)
        for (const char *name : {"w_ih_", "w_hh_", "b_ih_", "b_hh_"})
            tensors += (tensors.empty() ? "self." : ", self.") + (name + std::to_string(i));
    return "    z = z.reshape([-1, " + series + ", " + window + "]).transpose(1, 2)\n"
           "    start = torch.zeros([" + layers + ", z.size(0), " + std::to_string(n.spec.units) + "])\n"
           "    steps, " + (gru ? "h = torch.gru(z, start" : "h, c = torch.lstm(z, [start, start]") + ", [" + tensors + "], True, " + layers + ", 0.0, False, False, True)\n"
           "    z = torch.linear(steps.select(1, -1), self.weight, self.bias)\n";
}

std::string forwardCode(const TrainedNetwork &n) {
    const std::string anchor = n.anchors.empty()       ? ""
                               : n.anchors.size() == 1 ? " + x.double().narrow(1, " + std::to_string(n.anchors.front()) + ", 1)"
                                                       : " + x.double().index_select(1, self.anchors)";
    return "def forward(self, x):\n"
           "    z = ((x.double() - self.x_mean) * self.x_scale).float()\n" +
           (n.spec.kind == NetworkSpec::Kind::Mlp ? mlpForward(n) : recurrentForward(n)) +
           (n.classes ? "    return torch.softmax(z.double(), 1)\n" : "    return z.double() * self.y_scale + self.y_mean" + anchor + "\n");
}

/// Our matrices are input side first; PyTorch's Linear and LSTM keep them the other way round.
at::Tensor tensorOf(const TrainedNetwork &n, const TensorPlace &place) {
    const auto rows = std::int64_t(place.rows), columns = std::int64_t(place.columns);
    const at::Tensor stored = torch::from_blob(const_cast<float *>(n.parameters.data() + place.offset), {rows, columns}, torch::kFloat32);
    return (rows == 1 && place.name.starts_with("b") ? stored.reshape({columns}) : stored.t()).contiguous().clone();
}

torch::jit::Module moduleOf(const TrainedNetwork &n, const Network &network) {
    torch::jit::Module module("Pilothouse");
    for (const TensorPlace &place : network.tensors()) {
        const at::Tensor tensor = tensorOf(n, place);
        if (place.name.starts_with("b_") && n.spec.recurrent()) { // torch.lstm wants two biases that it adds, torch.gru adds those of r and z
            const std::string layer = place.name.substr(2);
            module.register_parameter("b_ih_" + layer, tensor, false);
            module.register_parameter("b_hh_" + layer, torch::zeros_like(tensor), false);
        } else if (place.name.starts_with("bn_")) { // after its layer's b_
            module.attr("b_hh_" + place.name.substr(3)).toTensor().slice(0, 2 * std::int64_t(n.spec.units)).copy_(tensor);
        } else {
            module.register_parameter(place.name, tensor, false);
        }
    }
    module.register_buffer("x_mean", vectorTensor(n.scaling.xMean));
    module.register_buffer("x_scale", vectorTensor(n.scaling.xScale));
    module.register_buffer("y_mean", vectorTensor(n.scaling.yMean));
    module.register_buffer("y_scale", vectorTensor(n.scaling.yScale));
    if (n.anchors.size() > 1) { // one for each output
        std::vector<std::int64_t> columns;
        for (std::size_t o = 0; o < n.spec.outputs; ++o)
            columns.push_back(std::int64_t(n.anchorOf(o)));
        module.register_buffer("anchors", torch::tensor(columns, torch::kInt64));
    }
    QJsonObject card = n.facts;
    card.insert(QLatin1String("kind"), n.spec.kind == NetworkSpec::Kind::Mlp ? QStringLiteral("mlp") : n.spec.kind == NetworkSpec::Kind::Gru ? QStringLiteral("gru") : QStringLiteral("lstm"));
    card.insert(QLatin1String("window"), qint64(n.spec.window));
    card.insert(QLatin1String("series"), qint64(n.spec.series));
    card.insert(QLatin1String("classes"), qint64(n.classes));
    if (n.anchors.size() > 1) {
        QJsonArray anchors;
        for (const std::size_t anchor : n.anchors)
            anchors.append(qint64(anchor));
        card.insert(QLatin1String("anchors"), anchors);
    } else {
        card.insert(QLatin1String("anchor"), n.anchors.empty() ? qint64(-1) : qint64(n.anchors.front()));
    }
    module.register_attribute("format", c10::StringType::get(), std::string(n.anchors.size() > 1 ? severalName : formatName));
    module.register_attribute("card", c10::StringType::get(), canonicalJson(card).toStdString());
    module.define(forwardCode(n));
    module.eval();
    return module;
}

/// Answers of the two that are not the same. Of weights that a training blew up it is the sums of single precision that differ, and not the script's
/// fault: the answer about the middle of the data is then a hundred times farther off than the targets spread.
/// @param usual   what the target is about
/// @param spread  of the target; 0: these are shares of classes
Error differs(double ours, double theirs, double usual, double spread) {
    if (spread > 0 && !(std::abs(ours - usual) <= 100 * spread))
        return invalid(QStringLiteral("The training has made weights so large that single precision cannot hold the answers: about the middle of the data the network answers %1, where the target is about %2.")
                           .arg(ours).arg(usual), {}, QStringLiteral("Lower learning_rate, scale the inputs, or look for extreme values in them."));
    return Error{ErrorKind::Internal, QStringLiteral("The TorchScript of the network answers %1 where the network answers %2.").arg(theirs).arg(ours), {}, {}, {}};
}

/// The script against our own pass, on rows about the middle of the data.
Result<void> probe(torch::jit::Module &module, const TrainedNetwork &n, const Network &network) {
    const std::size_t rows = 3, width = n.spec.inputs, outputs = n.spec.outputs;
    std::vector<double> x(rows * width), ours(rows * outputs);
    for (std::size_t i = 0; i < x.size(); ++i)
        x[i] = n.scaling.xMean[i % width] + std::sin(double(i)) / n.scaling.xScale[i % width];
    runNetwork(network, n, x.data(), rows, ours.data());
    const c10::InferenceMode guard;
    const at::Tensor input = torch::from_blob(x.data(), {std::int64_t(rows), std::int64_t(width)}, torch::kFloat64);
    const at::Tensor theirs = module.forward({input}).toTensor().contiguous();
    if (theirs.scalar_type() != torch::kFloat64 || theirs.numel() != std::int64_t(ours.size()))
        return Error{ErrorKind::Internal, QStringLiteral("The TorchScript of the network gives another shape than the network."), {}, {}, {}};
    for (std::size_t i = 0; i < ours.size(); ++i) {
        const std::size_t o = i % outputs;
        const double scale = n.classes ? 1 : std::abs(n.scaling.yScale[o]);
        if (!(std::abs(theirs.data_ptr<double>()[i] - ours[i]) <= probeTolerance * std::max(scale, std::abs(ours[i]) * 1e-2)))
            return n.classes ? differs(ours[i], theirs.data_ptr<double>()[i], 0, 0)
                             : differs(ours[i], theirs.data_ptr<double>()[i], n.scaling.yMean[o] + (n.anchors.empty() ? 0 : x[i / outputs * width + n.anchorOf(o)]), scale);
    }
    return {};
}

std::vector<double> doubles(const torch::jit::Module &module, const char *name) {
    const at::Tensor t = module.attr(name).toTensor().to(torch::kFloat64).contiguous();
    return std::vector<double>(t.data_ptr<double>(), t.data_ptr<double>() + t.numel());
}

std::size_t sizeOf(const torch::jit::Module &module, const std::string &tensor, int dimension) {
    return std::size_t(module.attr(tensor).toTensor().size(dimension));
}

NetworkSpec specOf(const torch::jit::Module &module, const QJsonObject &card) {
    NetworkSpec spec;
    if (card.value(QLatin1String("kind")).toString() == QStringLiteral("mlp")) {
        spec.inputs = sizeOf(module, "weight_0", 1);
        std::size_t layers = 0;
        while (module.hasattr("weight_" + std::to_string(layers)))
            ++layers;
        for (std::size_t i = 0; i + 1 < layers; ++i)
            spec.hidden.push_back(sizeOf(module, "weight_" + std::to_string(i), 0));
        spec.outputs = sizeOf(module, "weight_" + std::to_string(layers - 1), 0);
        return spec;
    }
    spec.kind = card.value(QLatin1String("kind")).toString() == QStringLiteral("gru") ? NetworkSpec::Kind::Gru : NetworkSpec::Kind::Lstm;
    spec.window = std::size_t(card.value(QLatin1String("window")).toInteger());
    spec.series = sizeOf(module, "w_ih_0", 1);
    spec.inputs = spec.window * spec.series;
    spec.units = sizeOf(module, "w_hh_0", 1);
    while (module.hasattr("w_hh_" + std::to_string(spec.layers)))
        ++spec.layers;
    spec.outputs = sizeOf(module, "weight", 0);
    return spec;
}

/// Of the card's "anchors", or "anchor" where there is one at most. Throws for what is no column.
std::vector<std::size_t> anchorsOf(const QJsonObject &card, const NetworkSpec &spec) {
    std::vector<std::size_t> anchors;
    for (const QJsonValue &value : card.value(QLatin1String("anchors")).toArray())
        anchors.push_back(std::size_t(value.toInteger(-1)));
    if (const qint64 anchor = card.value(QLatin1String("anchor")).toInteger(-1); anchors.empty() && anchor >= 0)
        anchors.push_back(std::size_t(anchor));
    TORCH_CHECK(std::all_of(anchors.begin(), anchors.end(), [&](std::size_t anchor) { return anchor < spec.inputs; }) && (anchors.empty() || spec.outputs % anchors.size() == 0),
                "its anchors do not fit its inputs and outputs");
    return anchors;
}

/// Copies the module's tensors into the flat list; throws (as LibTorch does) if one is missing or has another shape.
std::vector<float> parametersOf(const torch::jit::Module &module, const Network &network) {
    std::vector<float> parameters(network.parameterCount());
    const bool gru = network.spec().kind == NetworkSpec::Kind::Gru;
    const auto doors = std::int64_t(2 * network.spec().units); // r and z of a GRU
    for (const TensorPlace &place : network.tensors()) {
        at::Tensor t;
        if (network.spec().recurrent() && place.name.starts_with("b_")) {
            const at::Tensor input = module.attr("b_ih_" + place.name.substr(2)).toTensor(), state = module.attr("b_hh_" + place.name.substr(2)).toTensor();
            t = gru ? torch::cat({input.slice(0, 0, doors) + state.slice(0, 0, doors), input.slice(0, doors)}) : input + state;
        } else if (place.name.starts_with("bn_"))
            t = module.attr("b_hh_" + place.name.substr(3)).toTensor().slice(0, doors);
        else
            t = module.attr(place.name).toTensor();
        t = t.dim() == 1 ? t.unsqueeze(0) : t.t();
        TORCH_CHECK(t.dim() == 2 && t.size(0) == std::int64_t(place.rows) && t.size(1) == std::int64_t(place.columns), place.name,
                    " has another shape than its neighbours ask for");
        t = t.to(torch::kFloat32).contiguous();
        std::copy_n(t.data_ptr<float>(), t.numel(), parameters.data() + place.offset);
    }
    return parameters;
}

Error foreign(const c10::Error &e, const QString &what, const QString &where) {
    return {ErrorKind::Invalid, what, where, QStringLiteral("Take the package from the registry again, or train the model again."),
            QString::fromUtf8(e.what_without_backtrace())};
}

} // namespace

Result<QByteArray> toTorchScript(const TrainedNetwork &n) {
    try {
        const auto network = makeNetwork(n.spec);
        torch::jit::Module module = moduleOf(n, *network);
        PH_TRY(probe(module, n, *network));
        std::ostringstream stream;
        module.save(stream);
        return QByteArray::fromStdString(stream.str());
    } catch (const std::exception &e) {
        return internalError(e);
    }
}

Result<TrainedNetwork> fromTorchScript(const QByteArray &bytes, const QString &where) {
    try {
        std::istringstream stream(bytes.toStdString());
        const torch::jit::Module module = torch::jit::load(stream, torch::kCPU);
        if (!module.hasattr("format") || !module.attr("format").isString() || (module.attr("format").toStringRef() != formatName && module.attr("format").toStringRef() != severalName))
            return invalid(QStringLiteral("This TorchScript was not written by Pilothouse, or by a newer version."), where,
                           QStringLiteral("Only networks trained with \"pilot train\" can be loaded."));
        PH_ASSIGN(QJsonObject card, parseJsonObject(QByteArray::fromStdString(module.attr("card").toStringRef()), where));
        TrainedNetwork n;
        n.spec = specOf(module, card);
        n.classes = std::size_t(card.value(QLatin1String("classes")).toInteger());
        n.anchors = anchorsOf(card, n.spec);
        n.scaling = {doubles(module, "x_mean"), doubles(module, "x_scale"), doubles(module, "y_mean"), doubles(module, "y_scale")};
        const auto network = makeNetwork(n.spec);
        n.parameters = parametersOf(module, *network);
        for (const char *key : {"kind", "window", "series", "classes", "anchor", "anchors"})
            card.remove(QLatin1String(key));
        n.facts = card;
        const std::size_t targets = n.classes ? 0 : n.spec.outputs;
        if (n.scaling.xMean.size() != n.spec.inputs || n.scaling.xScale.size() != n.spec.inputs || n.scaling.yMean.size() != targets ||
            n.scaling.yScale.size() != targets || (n.classes && n.classes != n.spec.outputs))
            return invalid(QStringLiteral("The network's scales do not fit its inputs and outputs."), where, QStringLiteral("Train the model again."));
        return n;
    } catch (const c10::Error &e) {
        return foreign(e, QStringLiteral("Could not read the TorchScript of this model."), where);
    } catch (const std::exception &e) {
        return invalid(QStringLiteral("Could not read the TorchScript of this model: %1.").arg(QString::fromUtf8(e.what())), where);
    }
}

Result<std::vector<double>> inputGradients(const TrainedNetwork &n, const double *x, std::size_t rows, std::size_t output) {
    try {
        torch::jit::Module module = moduleOf(n, *makeNetwork(n.spec));
        const at::Tensor input = torch::from_blob(const_cast<double *>(x), {std::int64_t(rows), std::int64_t(n.spec.inputs)}, torch::kFloat64).clone().requires_grad_(true);
        module.forward({input}).toTensor().select(1, std::int64_t(output)).sum().backward(); // a row's output depends on that row alone
        const at::Tensor gradient = input.grad().contiguous();
        return std::vector<double>(gradient.data_ptr<double>(), gradient.data_ptr<double>() + gradient.numel());
    } catch (const std::exception &e) {
        return internalError(e);
    }
}

QString torchVersion() { return QStringLiteral(TORCH_VERSION); }

void setTorchThreads(int threads) { at::set_num_threads(std::max(1, threads)); }

} // namespace pilothouse::learn
