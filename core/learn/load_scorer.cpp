// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/load_scorer.h"

#include "core/artifact/shared_pass.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/vector_state.h"
#include "core/data/naive_forecast.h"
#include "core/learn/kernel_model.h"
#include "core/learn/linear_model.h"
#include "core/learn/neighbours_model.h"
#include "core/learn/torch_loader.h"
#include "core/learn/tree_model.h"

#include <cmath>

namespace pilothouse::learn {

namespace {

Result<void> checkRows(const data::Rows &rows, const artifact::Signature &signature) {
    if (rows.width != signature.inputs.size())
        return invalid(QStringLiteral("The model takes %1 inputs, a row of %2 was given.").arg(signature.inputs.size()).arg(rows.width));
    for (std::size_t i = 0; i < rows.count; ++i) {
        const auto row = rows.row(i);
        for (std::size_t k = 0; k < row.size(); ++k) {
            if (std::isfinite(row[k]) || (std::isnan(row[k]) && signature.inputs[k].optional))
                continue;
            return invalid(QStringLiteral("Input “%1” of row %2 %3.").arg(signature.inputs[k].name).arg(rows.first + i + 1).arg(std::isnan(row[k]) ? QStringLiteral("is missing") : QStringLiteral("is not finite")));
        }
    }
    return {};
}

class PackageScorer : public artifact::Scorer {
public:
    PackageScorer(artifact::Signature signature, data::FittedTransforms transforms, std::shared_ptr<const FittedModel> model)
        : m_signature(std::move(signature)), m_transforms(std::move(transforms)), m_model(std::move(model)) {}
    const artifact::Signature &signature() const override { return m_signature; }
    Result<artifact::Predictions> score(const data::Rows &rows) const override {
        clearVectorState();
        PH_TRY(checkRows(rows, m_signature));
        PH_ASSIGN(const data::Rows matrix, m_transforms.apply(rows));
        return m_model->predict(matrix);
    }

private:
    artifact::Signature m_signature;
    data::FittedTransforms m_transforms;
    std::shared_ptr<const FittedModel> m_model;
};

class SharedPassScorer final : public PackageScorer, public artifact::SharedPass {
public:
    using PackageScorer::PackageScorer;
};

class Baseline final : public artifact::Scorer {
public:
    Baseline(artifact::Signature signature, std::size_t window, std::size_t season, const std::vector<double> &targets)
        : m_signature(std::move(signature)), m_window(window), m_season(season), m_targets(std::size_t(m_signature.targets().size())) {
        const std::size_t classes = m_signature.classes.size();
        m_shares.assign(classes, 0);
        if (!classes) {
            if (m_season == 0)
                m_means = data::meanForecast(targets, m_targets, m_signature.outputs.size());
            return;
        }
        for (const double target : targets)
            m_shares[std::size_t(target)] += 1.0 / double(targets.size());
    }
    const artifact::Signature &signature() const override { return m_signature; }
    Result<artifact::Predictions> score(const data::Rows &rows) const override {
        PH_TRY(checkRows(rows, m_signature));
        artifact::Predictions out;
        out.count = rows.count;
        out.outputs = m_signature.outputs.size();
        out.classes = m_shares.size();
        std::vector<double> answers = m_means;
        if (out.classes)
            answers.assign(out.outputs, double(std::max_element(m_shares.begin(), m_shares.end()) - m_shares.begin()));
        answers.resize(out.outputs);
        for (std::size_t i = 0; i < rows.count; ++i) {
            if (m_season)
                data::naiveForecast(rows.row(i), m_window, m_season, m_targets, answers);
            out.values.insert(out.values.end(), answers.begin(), answers.end());
            out.probabilities.insert(out.probabilities.end(), m_shares.begin(), m_shares.end());
        }
        return out;
    }

private:
    artifact::Signature m_signature;
    std::size_t m_window, m_season, m_targets;
    std::vector<double> m_means;  ///< [outputs], where the season is 0
    std::vector<double> m_shares; ///< [classes]
};

} // namespace

Result<std::unique_ptr<FittedModel>> loadFitted(const QString &modelType, const QString &folder, const artifact::Signature &signature) {
    if (modelType == QLatin1String("linear"))
        return LinearModel::load(folder);
    if (modelType == QLatin1String("trees"))
        return TreeModel::load(folder, signature);
    if (modelType == QLatin1String("svm"))
        return KernelModel::load(folder);
    if (modelType == QLatin1String("neighbours"))
        return NeighboursModel::load(folder);
    if (modelType == QLatin1String("torch")) {
        PH_ASSIGN(TorchModule *const module, torchModule());
        return module->loadModel(folder, signature);
    }
    return invalid(QStringLiteral("The package's model type “%1” is not known to this program.").arg(modelType), folder, QStringLiteral("Use a newer Pilothouse."));
}

Result<LoadedModel> loadModel(const artifact::Package &package) {
    const QString path = package.folder + QStringLiteral("/preprocessing.json");
    PH_ASSIGN(const QByteArray bytes, readFile(path));
    PH_ASSIGN(const QJsonObject object, parseJsonObject(bytes, path));
    PH_ASSIGN(data::FittedTransforms transforms, data::FittedTransforms::fromJson(object, path));
    PH_ASSIGN(std::unique_ptr<FittedModel> model, loadFitted(package.modelType, package.folder, package.signature));
    if (transforms.inputWidth() != package.signature.inputs.size())
        return invalid(QStringLiteral("Pre-processing takes %1 inputs, the signature has %2.").arg(transforms.inputWidth()).arg(package.signature.inputs.size()), path);
    // One probe row finds weights that do not fit the pre-processing now, and not at the first request.
    const data::Rows probe{1, transforms.outputWidth(), std::vector<double>(transforms.outputWidth(), 0.0)};
    PH_TRY([&]() -> Result<void> {
        PH_ASSIGN(const artifact::Predictions out, model->predict(probe));
        if (out.outputs != package.signature.outputs.size() || out.classes != package.signature.classes.size())
            return invalid(QStringLiteral("The weights answer with %1 outputs and %2 classes, the signature has %3 and %4.")
                               .arg(out.outputs).arg(out.classes).arg(package.signature.outputs.size()).arg(package.signature.classes.size()), package.folder);
        return {};
    }());
    return LoadedModel{std::move(transforms), std::move(model)};
}

Result<artifact::ScorerPtr> loadScorer(const artifact::Package &package) {
    PH_ASSIGN(LoadedModel loaded, loadModel(package));
    return makeScorer(package.signature, std::move(loaded.transforms), std::move(loaded.model));
}

Result<artifact::ScorerPtr> loadScorer(const QString &packageFolder) {
    PH_ASSIGN(const artifact::Package package, artifact::openPackage(packageFolder));
    return loadScorer(package);
}

artifact::ScorerPtr makeScorer(artifact::Signature signature, data::FittedTransforms transforms, std::shared_ptr<const FittedModel> model) {
    if (dynamic_cast<const artifact::SharedPass *>(model.get()))
        return std::make_shared<SharedPassScorer>(std::move(signature), std::move(transforms), std::move(model));
    return std::make_shared<PackageScorer>(std::move(signature), std::move(transforms), std::move(model));
}

std::vector<NaiveModel> naiveModels(const artifact::Signature &signature, std::size_t window, std::int64_t stepMs, const std::vector<double> &trainTargets) {
    std::vector<NaiveModel> models;
    const auto add = [&](const QString &name, std::size_t season) { models.push_back({name, std::make_shared<Baseline>(signature, window, season, trainTargets)}); };
    if (signature.task == workspace::TaskKind::Forecast) {
        for (const std::size_t season : data::naiveSeasons(window, stepMs))
            add(data::naiveName(season), season);
        if (!trainTargets.empty())
            add(QStringLiteral("mean"), 0);
    } else {
        add(signature.classes.empty() ? QStringLiteral("mean") : QStringLiteral("majority"), 0);
    }
    return models;
}

} // namespace pilothouse::learn
