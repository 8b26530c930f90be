// SPDX-License-Identifier: GPL-3.0-or-later
// Model packages small enough to be made in a test, and the scorer that reads them, so that core/promotion and core/registry
// are tested without core/learn. The weights are y = intercept + a·x + b·z; with classes: index of the class 0 or 1 by y > 0.
#pragma once

#include "core/artifact/package.h"
#include "core/artifact/package_writer.h"
#include "core/base/file.h"
#include "core/base/json.h"

#include <cmath>

namespace pilothouse::test {

struct TinyModel {
    double intercept = 0, a = 1, b = 0;
    QStringList inputs{QStringLiteral("x"), QStringLiteral("z")};
    QString target = QStringLiteral("y"), unit = QStringLiteral("°C");
    bool optional = false; ///< inputs may be missing
    QStringList outputs; ///< of a forecast; empty: the target
    std::vector<std::string> classes; ///< two: a classification
    QByteArray recipe = "recipe: tiny\ndata: {source: tiny.csv}\ntask: regression\ntarget: y\nsplit: {every: 5}\nestimators: [linear_regression]\n";
    QJsonObject data;    ///< source, sha256 …
    QJsonObject metrics; ///< as stored; nobody may believe them
    std::vector<std::uint64_t> trainRows;
    std::optional<artifact::LabelledRows> sample;
    QJsonObject profile;
};

inline artifact::Signature tinySignature(const TinyModel &model) {
    artifact::Signature s;
    s.task = !model.outputs.isEmpty()    ? workspace::TaskKind::Forecast
             : model.classes.empty() ? workspace::TaskKind::Regression
                                     : workspace::TaskKind::Classification;
    for (const QString &name : model.inputs)
        s.inputs.push_back({name, data::ColumnType::Number, {}, model.optional});
    s.outputs = model.outputs.isEmpty() ? std::vector<QString>{model.target} : std::vector<QString>(model.outputs.begin(), model.outputs.end());
    s.target = model.target;
    s.unit = model.unit;
    s.classes = model.classes;
    return s;
}

/// Writes a whole package; gives its digest.
inline Result<QString> writeTinyPackage(const QString &folder, const TinyModel &model) {
    artifact::PackageContents c;
    c.ml.runId = QString(32, QLatin1Char('a'));
    c.ml.uuid = QString(32, QLatin1Char('b'));
    c.ml.created = QStringLiteral("2024-01-01T00:00:00.000Z");
    c.ml.estimator = QStringLiteral("linear_regression");
    c.ml.modelType = QStringLiteral("linear");
    c.signature = tinySignature(model);
    c.recipeYaml = model.recipe;
    c.data = model.data;
    c.metrics = model.metrics;
    c.trainRows = model.trainRows;
    c.sample = model.sample;
    c.profile = model.profile;
    c.recipe = {{QStringLiteral("recipe"), QStringLiteral("tiny")}};
    return artifact::writePackage(folder, c, [&](const QString &in) -> Result<QStringList> {
        const QJsonObject weights{{QStringLiteral("intercept"), model.intercept}, {QStringLiteral("a"), model.a}, {QStringLiteral("b"), model.b}};
        PH_TRY(writeFileAtomically(in + QStringLiteral("/model.json"), prettyJson(weights)));
        return QStringList{QStringLiteral("model.json")};
    });
}

class TinyScorer final : public artifact::Scorer {
public:
    TinyScorer(artifact::Signature signature, double intercept, double a, double b) : m_signature(std::move(signature)), m_intercept(intercept), m_a(a), m_b(b) {}
    const artifact::Signature &signature() const override { return m_signature; }
    Result<artifact::Predictions> score(const artifact::Rows &rows) const override {
        artifact::Predictions p;
        p.count = rows.count;
        p.outputs = m_signature.outputs.size();
        p.classes = m_signature.classes.size();
        for (std::size_t i = 0; i < rows.count; ++i) {
            const double y = m_intercept + m_a * rows.row(i)[0] + (rows.width > 1 ? m_b * rows.row(i)[1] : 0);
            if (p.classes == 0) {
                p.values.insert(p.values.end(), p.outputs, y);
                continue;
            }
            const double second = 1 / (1 + std::exp(-y));
            p.values.push_back(y > 0 ? 1 : 0);
            p.probabilities.insert(p.probabilities.end(), {1 - second, second});
        }
        return p;
    }

private:
    artifact::Signature m_signature;
    double m_intercept, m_a, m_b;
};

/// A ScorerLoader for tiny packages.
inline Result<artifact::ScorerPtr> loadTinyScorer(const QString &folder) {
    PH_ASSIGN(const artifact::Package package, artifact::openPackage(folder));
    PH_ASSIGN(const QByteArray bytes, readFile(folder + QStringLiteral("/model.json")));
    PH_ASSIGN(const QJsonObject weights, parseJsonObject(bytes, folder));
    JsonReader r(weights, folder);
    const double intercept = r.number("intercept"), a = r.number("a"), b = r.number("b");
    PH_TRY(r.check());
    return artifact::ScorerPtr(std::make_shared<TinyScorer>(package.signature, intercept, a, b));
}

} // namespace pilothouse::test
