// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/training.h"

#include "core/artifact/package_writer.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/drift/drift.h"
#include "core/learn/export_model.h"
#include "core/learn/predicted_columns.h"
#include "core/learn/torch_loader.h"
#include "core/learn/xgboost_grower.h"

#include <algorithm>
#include <cmath>

namespace pilothouse::learn {

void Training::finish(const std::vector<Candidate> &candidates, std::size_t chosen) {
    const CandidateResult &winner = candidates[chosen].result;
    m_result.estimator = winner.estimator;
    m_result.parameters = winner.parameters;
    m_result.train = winner.train;
    m_result.test = winner.test;
    for (const Candidate &c : candidates)
        m_result.candidates.push_back(c.result);
    const MetricValues everyTest = m_result.everyTest();
    for (const workspace::GateSpec &gate : m_recipe.gates) {
        const double value = everyTest.value(gate.metric, std::nan(""));
        m_result.gates.push_back({gate.text(), value, gate.passes(value)});
    }
    if (!m_folds.empty()) {
        m_result.validation = validationText(*m_recipe.validation);
        m_result.folds = winner.folds;
    }
    if (candidates.size() > 1 && !m_folds.empty())
        m_result.notes << QStringLiteral("The best of %1 estimators was chosen by the mean %2 of %3; the test rows had no part in the choice.").arg(candidates.size()).arg(m_result.selectMetric, m_result.validation);
    else if (candidates.size() > 1)
        m_result.notes << QStringLiteral("The best of %1 estimators was chosen by %2 on the test rows, so its figure there is a little too good.").arg(candidates.size()).arg(m_result.selectMetric);
    const double mine = m_result.test.value(m_result.selectMetric), naive = m_result.baseline.value(m_result.selectMetric);
    if (std::isnan(mine) || std::isnan(naive))
        m_result.notes << QStringLiteral("%1 has no value on these test rows (%2), so that the model cannot be compared by it.").arg(m_result.selectMetric).arg(m_result.testRows);
    else if (!(workspace::largerIsBetter(m_result.selectMetric) ? mine > naive : mine < naive))
        m_result.notes << QStringLiteral("The model is not better than the naive baseline (%1): %2 %3 against %4.").arg(m_result.baselineName, m_result.selectMetric).arg(mine).arg(naive);
    for (const TargetFigures &target : m_result.targets)
        if (const double own = target.test.value(QStringLiteral("mae")), other = target.baseline.value(QStringLiteral("mae")); !(own < other))
            m_result.notes << QStringLiteral("Of %1 the model is not better than the naive baseline (%2): mae %3 against %4.").arg(target.target, m_result.baselineName).arg(own).arg(other);
    const QString flavour = candidates[chosen].model->flavour();
    for (const workspace::ExportSpec &file : m_recipe.exports)
        if (flavour != exportFlavour(file.format))
            m_result.notes << QStringLiteral("%1 cannot be exported: it is to be %2, and %3 cannot be written so.").arg(file.file, file.format, m_result.estimator);
}

QMap<QString, QString> Training::versions(const QString &flavour) const {
    QMap<QString, QString> versions{{QStringLiteral("pilothouse"), QLatin1String(PILOTHOUSE_VERSION)}, {QStringLiteral("qt"), QLatin1String(qVersion())}, {QStringLiteral("compiler"), QLatin1String(__VERSION__)}};
    if (flavour == QLatin1String("trees"))
        versions.insert(QStringLiteral("xgboost"), XgboostGrower::version());
    if (flavour == QLatin1String("torch"))
        if (const Result<TorchModule *> module = torchModule())
            versions.insert(QStringLiteral("libtorch"), (*module)->version());
    return versions;
}

/// Of rows that it was not trained on, spread over all of them if there are many.
Result<QJsonObject> Training::predictionProfile(const FittedModel &model) const {
    std::vector<std::size_t> rows;
    const std::size_t step = (m_samples.test.size() + artifact::sampleLimit - 1) / artifact::sampleLimit;
    for (std::size_t i = 0; i < m_samples.test.size(); i += step)
        rows.push_back(m_samples.test[i]);
    PH_ASSIGN(metrics::Scored said, m_part->score(model, rows));
    const artifact::Predictions predictions{said.count, said.outputs, said.classes, std::move(said.predicted), std::move(said.probabilities)};
    return drift::profileOf(answeredColumns(m_samples.signature, predictions), m_recipe.name).toJson();
}

Result<void> Training::writePackage(const Candidate &winner) {
    QJsonArray estimators;
    for (const auto &estimator : m_estimators)
        estimators.append(QJsonObject{{QStringLiteral("name"), estimator->name()}, {QStringLiteral("parameters"), estimator->parameters()}});
    artifact::PackageContents contents;
    contents.ml.runId = m_result.runId;
    contents.ml.uuid = randomHex(16);
    contents.ml.created = isoUtc(QDateTime::currentDateTimeUtc());
    contents.ml.estimator = m_result.estimator;
    contents.ml.modelType = winner.model->flavour();
    contents.ml.versions = versions(winner.model->flavour());
    contents.signature = m_samples.signature;
    contents.preprocessing = m_part->transforms().toJson();
    contents.metrics = metricsJson(m_result);
    contents.metrics.insert(QStringLiteral("model"), winner.facts); // what `auto` and early stopping came to, too
    contents.data = dataJson(m_recipe, m_samples, m_options.user);
    contents.recipe = recipeJson(m_recipe, estimators);
    contents.recipeYaml = workspace::writeRecipe(m_asked);
    if (!m_recipe.file.isEmpty()) {
        PH_ASSIGN(contents.recipeYaml, readFile(m_recipe.file));
    }
    contents.profile = drift::profileOf(trainingTable(m_samples), m_recipe.name).toJson();
    if (!m_samples.test.empty()) {
        PH_ASSIGN(contents.predictions, predictionProfile(*winner.model));
    }
    contents.trainRows = artifact::rowHashes(m_samples.rows.take(m_samples.train));
    if (m_recipe.data.sample)
        contents.sample = m_samples.rows.take({m_samples.test.begin(), m_samples.test.begin() + std::ptrdiff_t(std::min(m_samples.test.size(), artifact::sampleLimit))});
    contents.notes = m_result.notes;
    contents.model = winner.facts;
    PH_ASSIGN(m_result.digest, artifact::writePackage(m_options.out, std::move(contents), [&](const QString &folder) { return winner.model->save(folder); }));
    PH_ASSIGN(const artifact::Package written, artifact::openPackage(m_options.out)); // read back: what is announced is what lies there
    m_result.weightsSha256 = written.weightsSha256();
    return {};
}

/// A run that was killed between its last write and its answer has nothing left to do but to answer.
Result<TrainResult> Training::finished() {
    PH_ASSIGN(const artifact::Package package, artifact::openPackage(m_options.out));
    PH_ASSIGN(const workspace::Recipe trained, recipeOf(package));
    PH_ASSIGN(const QString sha256, sha256OfFile(m_recipe.data.path()));
    QString why;
    if (recipeDigest(trained) != recipeDigest(m_asked))
        why = QStringLiteral("the recipe has changed");
    else if (package.data.value(QStringLiteral("sha256")).toString() != sha256)
        why = QStringLiteral("the data has changed");
    if (!why.isEmpty())
        return refused(QStringLiteral("The run cannot be resumed: it has finished its package, and since then %1.").arg(why), m_result.package,
                       QStringLiteral("Start the training without --resume, with another --out."));
    m_checkpoint.remove();
    m_events.started(package.runId, QStringLiteral("train %1").arg(m_recipe.name));
    m_events.log(QStringLiteral("info"), QStringLiteral("The run had finished its package before it was interrupted."));
    return resultOf(package);
}

} // namespace pilothouse::learn
