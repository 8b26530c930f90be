// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/artifact/labelled_rows.h"
#include "core/artifact/package.h"
#include "core/learn/load_scorer.h"
#include "core/learn/trainer.h"
#include "tests/support/reference_file.h"

#include <QRegularExpression>
#include <QTemporaryDir>

#include <map>
#include <memory>

namespace pilothouse::support {

/// What `pilot train`'s core made of a recipe, and what a reference may ask of it.
struct Trained {
    learn::TrainResult result;
    learn::LoadedModel model;      ///< read back from the package
    artifact::ScorerPtr scorer;    ///< the same, pre-processing included
    artifact::LabelledRows sample; ///< the package's test rows, the first 10,000
    metrics::Scored scored;        ///< the scorer's answers to them

    /// A metric of "train" or "test", or their number of rows, "n"; nullopt: there is no such metric.
    std::optional<double> metric(const QString &part, const QString &name) const {
        const bool train = part == QLatin1String("train");
        if (!train && part != QLatin1String("test"))
            return std::nullopt;
        if (name == QLatin1String("n"))
            return double(train ? result.trainRows : result.testRows);
        const learn::MetricValues &values = train ? result.train : result.test;
        return values.contains(name) ? std::optional(values.value(name)) : std::nullopt;
    }
    /// The weights as what they are; null: another kind of model.
    template<class Model>
    const Model *as() const { return dynamic_cast<const Model *>(model.model.get()); }
    /// A file of the package; empty if it is not there.
    QJsonObject json(const QString &file) const {
        const Result<QByteArray> bytes = readFile(result.package + QLatin1Char('/') + file);
        return bytes ? parseJsonObject(*bytes, file).value_or({}) : QJsonObject();
    }
};

/// Trains each recipe once, however often its figures are asked for.
class Trainings {
public:
    /// @param yaml  $DATA stands for the folder of the data files, $HERE for folder()
    Result<workspace::Recipe> recipe(QString yaml) const {
        yaml.replace(QStringLiteral("$DATA"), qEnvironmentVariable("PILOTHOUSE_SHARED") + QStringLiteral("/data"));
        yaml.replace(QStringLiteral("$HERE"), m_folder.path());
        const QString file = m_folder.filePath(QStringLiteral("recipe.yaml"));
        PH_TRY(writeFileAtomically(file, yaml.toUtf8()));
        return workspace::readRecipe(file);
    }
    Result<std::shared_ptr<const Trained>> train(const QString &yaml) {
        auto known = m_known.find(yaml);
        if (known == m_known.end())
            known = m_known.emplace(yaml, trainNew(yaml)).first;
        return known->second;
    }
    /// What `from` answers of the training; its error as a wrong answer.
    template<class From>
    std::optional<Answer> answer(const QString &yaml, From from) {
        const auto trained = train(yaml);
        if (!trained)
            return Answer{false, trained.error().text()};
        return from(**trained);
    }
    QString folder() const { return m_folder.path(); } ///< for data files that a test makes

private:
    Result<std::shared_ptr<const Trained>> trainNew(const QString &yaml) {
        learn::TrainOptions options;
        PH_ASSIGN(options.recipe, recipe(yaml));
        options.out = m_folder.filePath(QStringLiteral("package-%1").arg(m_known.size()));
        auto trained = std::make_shared<Trained>();
        PH_ASSIGN(trained->result, learn::train(options));
        PH_ASSIGN(const artifact::Package package, artifact::openPackage(trained->result.package));
        PH_ASSIGN(trained->model, learn::loadModel(package));
        trained->scorer = learn::makeScorer(package.signature, trained->model.transforms, trained->model.model);
        PH_ASSIGN(trained->sample, artifact::sampleRows(trained->result.package, package.signature));
        PH_ASSIGN(trained->scored, artifact::scoreRows(*trained->scorer, trained->sample));
        return std::shared_ptr<const Trained>(std::move(trained));
    }

    QTemporaryDir m_folder;
    std::map<QString, Result<std::shared_ptr<const Trained>>> m_known;
};

/// The estimator that an entry such as "xgboost_gb_100x0.1xdepth3" names: rounds, learning rate, depth. Empty: it names none.
inline QString boostingOf(const QString &entry) {
    static const QRegularExpression shape(QStringLiteral("(\\d+)x([\\d.]+)xdepth(\\d+)$"));
    const QRegularExpressionMatch found = shape.match(entry);
    if (!found.hasMatch())
        return {};
    return QStringLiteral("gradient_boosting: {n_estimators: %1, learning_rate: %2, max_depth: %3, tree_method: exact}").arg(found.captured(1), found.captured(2), found.captured(3));
}

/// The estimator that an entry such as "svc_rbf_C1_gamma0.2" names. Empty: it names none.
inline QString svcOf(const QString &entry, const QString &more) {
    static const QRegularExpression shape(QStringLiteral("svc_rbf_C([\\d.]+)_gamma(\\d+(?:\\.\\d+)?)"));
    const QRegularExpressionMatch found = shape.match(entry);
    return found.hasMatch() ? QStringLiteral("svc: {C: %1, gamma: %2%3}").arg(found.captured(1), found.captured(2), more) : QString();
}

/// Scaler entries: {"features","mean","scale_std_ddof0","n_train"} against preprocessing.json's outputs. The file's tolerance: relative 1e-9.
inline std::optional<Answer> scalerFigure(const Trained &trained, const QStringList &rest, const QJsonValue &figure) {
    if (rest == QStringList{QStringLiteral("n_train")})
        return near(double(trained.result.trainRows), figure, 0);
    const data::FittedTransforms &transforms = trained.model.transforms;
    if (rest.size() != 2 || rest[1].toULongLong() >= transforms.outputWidth())
        return std::nullopt;
    const auto column = std::size_t(rest[1].toULongLong());
    if (rest[0] == QLatin1String("features"))
        return same(transforms.outputNames()[column].section(QLatin1Char('='), -1), figure);
    if (rest[0] == QLatin1String("mean"))
        return near(transforms.mean(column), figure, 0, 1e-9);
    if (rest[0] == QLatin1String("scale_std_ddof0"))
        return near(transforms.scale(column), figure, 0, 1e-9);
    return std::nullopt;
}

} // namespace pilothouse::support
