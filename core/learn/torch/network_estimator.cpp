// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/torch/network_estimator.h"

#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/learn/class_weights.h"
#include "core/learn/networks/kernels.h"
#include "core/learn/networks/training_loop.h"
#include "core/learn/parameters.h"
#include "core/learn/torch/torch_model.h"

#include <algorithm>

namespace pilothouse::learn {

namespace {

class NetworkEstimator final : public Estimator {
public:
    NetworkEstimator(QString name, NetworkSpec shape, LoopOptions options, bool residual, ClassWeights classWeights, QJsonObject parameters)
        : m_name(std::move(name)), m_shape(std::move(shape)), m_options(std::move(options)), m_residual(residual),
          m_classWeights(std::move(classWeights)), m_parameters(std::move(parameters)) {}
    QString name() const override { return m_name; }
    QJsonObject parameters() const override { return m_parameters; }
    double memory(const TrainShape &shape) const override { return 4 * shape.cells(); } // the rows again as float32
    bool wantsValidation() const override { return m_options.patience > 0; }

    Result<std::unique_ptr<FittedModel>> fit(const TrainData &train, const TrainData &validation, FitContext &context) override {
        try {
            return fitOn(train, validation, context);
        } catch (const std::exception &e) {
            return internalError(e);
        }
    }

private:
    Result<std::unique_ptr<FittedModel>> fitOn(const TrainData &train, const TrainData &validation, FitContext &context) {
        PH_TRY(check(train));
        PH_TRY(requireFinite(train, m_name));
        PH_TRY(requireFinite(validation, m_name));
        TrainedNetwork trained;
        trained.spec = shapeFor(train);
        trained.classes = train.isClassification() ? train.classes.size() : 0;
        if (m_residual && train.window > 0)
            for (std::size_t target = 0; target < train.targets; ++target) // they are the first series, their newest step the last of the window
                trained.anchors.push_back((target + 1) * train.window - 1);
        const TrainData change = withoutAnchors(train, trained.anchors), heldChange = withoutAnchors(validation, trained.anchors);
        trained.scaling = fitScaling(change);
        const auto network = makeNetwork(trained.spec);
        LoopOptions options = m_options;
        options.classification = train.isClassification();
        if (!m_classWeights.isNone()) {
            PH_ASSIGN(const std::vector<double> weights, m_classWeights.ofClasses(train));
            options.classWeights.assign(weights.begin(), weights.end());
        }
        options.fingerprint = fingerprint(train, validation, context.seed);
        const Samples samples = scaled(change, trained.scaling), held = scaled(heldChange, trained.scaling);
        PH_ASSIGN(TrainingState state, runTraining(*network, samples, held, options, context));
        trained.parameters = std::move(state.parameters);
        trained.facts = facts(state, validation.rows > 0);
        return std::unique_ptr<FittedModel>(std::make_unique<TorchModel>(std::move(trained)));
    }

    Result<void> check(const TrainData &train) const {
        if (train.rows == 0 || train.width == 0)
            return invalid(QStringLiteral("%1 has no training rows or no inputs.").arg(m_name));
        if (m_shape.recurrent() && (train.window == 0 || train.series * train.window != train.width))
            return invalid(QStringLiteral("%1 learns from windows of a time series only.").arg(m_name), {},
                           QStringLiteral("Set task: forecast with time and forecast in the recipe, or choose mlp."));
        if (train.targets == 0 || train.targets > std::max<std::size_t>(1, train.series) || train.outputs % train.targets != 0)
            return Error{ErrorKind::Internal, QStringLiteral("%1 outputs of %2 targets do not fit %3 series.").arg(train.outputs).arg(train.targets).arg(train.series), {}, {}, {}};
        if (train.isClassification() && train.classes.size() < 2)
            return invalid(QStringLiteral("%1 needs at least two classes in the training rows; there is one.").arg(m_name));
        return {};
    }

    static TrainData withoutAnchors(TrainData data, const std::vector<std::size_t> &anchors) {
        for (std::size_t i = 0; !anchors.empty() && i < data.y.size(); ++i)
            data.y[i] -= data.x[i / data.outputs * data.width + anchors[i % data.outputs * anchors.size() / data.outputs]];
        return data;
    }

    NetworkSpec shapeFor(const TrainData &train) const {
        NetworkSpec spec = m_shape;
        spec.inputs = train.width;
        spec.outputs = train.isClassification() ? train.classes.size() : train.outputs;
        if (spec.recurrent()) {
            spec.window = train.window;
            spec.series = train.series;
        }
        return spec;
    }

    /// All that decides the bits of the outcome. The rows themselves are the trainer's to compare.
    QByteArray fingerprint(const TrainData &train, const TrainData &validation, quint64 seed) const {
        const QJsonObject all{{QLatin1String("name"), m_name},
                              {QLatin1String("parameters"), m_parameters},
                              {QLatin1String("shape"), QJsonArray{qint64(train.rows), qint64(train.width), qint64(train.outputs), qint64(train.targets), qint64(validation.rows)}},
                              {QLatin1String("seed"), QString::number(seed)},
                              {QLatin1String("kernels"), QLatin1String(kernels().name)}};
        return sha256Hex(canonicalJson(all)).toLatin1();
    }

    QJsonObject facts(const TrainingState &state, bool validated) const {
        QJsonObject facts{{QLatin1String("epochs"), state.epoch}, {QLatin1String("loss_train"), jsonNumber(state.trainLoss)}};
        if (m_shape.kind == NetworkSpec::Kind::Mlp)
            facts.insert(QLatin1String("hidden"), m_parameters.value(QLatin1String("hidden")));
        if (!state.best.empty()) {
            facts.insert(QLatin1String("best_epoch"), state.bestEpoch);
            facts.insert(QLatin1String("loss_validation"), jsonNumber(state.bestLoss));
        } else if (validated) {
            facts.insert(QLatin1String("loss_validation"), jsonNumber(state.validationLoss));
        }
        return facts;
    }

    QString m_name;
    NetworkSpec m_shape;
    LoopOptions m_options;
    bool m_residual;
    ClassWeights m_classWeights;
    QJsonObject m_parameters;
};

} // namespace

Result<std::unique_ptr<Estimator>> makeNetworkEstimator(const workspace::EstimatorSpec &spec, workspace::TaskKind task) {
    const bool gru = spec.name == QLatin1String("gru"), recurrent = gru || spec.name == QLatin1String("lstm");
    if (!recurrent && spec.name != QLatin1String("mlp"))
        return invalid(QStringLiteral("The LibTorch module has no estimator \"%1\".").arg(spec.name), {}, QStringLiteral("It has mlp, lstm and gru."));
    if (recurrent && task != workspace::TaskKind::Forecast)
        return invalid(QStringLiteral("%1 makes forecasts only, but the task is %2.").arg(spec.name, workspace::taskName(task)), {},
                       QStringLiteral("Choose mlp, or set task: forecast with time and forecast."));
    Parameters p(spec);
    NetworkSpec shape;
    LoopOptions options;
    if (recurrent) {
        shape.kind = gru ? NetworkSpec::Kind::Gru : NetworkSpec::Kind::Lstm;
        shape.units = std::size_t(p.integer("units", 64, 1, 2048));
        shape.layers = std::size_t(p.integer("layers", 1, 1, 8));
    } else {
        for (const qint64 units : p.integers("hidden", {64, 64}, 1, 8192))
            shape.hidden.push_back(std::size_t(units));
    }
    options.epochs = p.integer("epochs", recurrent ? 50 : 200, 1, 1'000'000);
    options.batch = p.integer("batch_size", 256, 1, 1 << 20);
    options.patience = p.integer("patience", recurrent ? 8 : 20, 0, 1'000'000);
    options.rate = p.number("learning_rate", 1e-3, 1e-8, 10);
    options.weightDecay = p.number("weight_decay", 0, 0, 100);
    const bool residual = task == workspace::TaskKind::Forecast && p.boolean("residual", true);
    ClassWeights classWeights = ClassWeights::read(p, task);
    PH_TRY(p.check());
    return std::unique_ptr<Estimator>(std::make_unique<NetworkEstimator>(spec.name, std::move(shape), options, residual, std::move(classWeights), p.resolved()));
}

} // namespace pilothouse::learn
