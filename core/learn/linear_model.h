// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/learn/estimator.h"

namespace pilothouse::learn {

/// y = intercept + coefficients · x, through a link: identity (numbers), logistic (probability of the second class) or softmax.
/// model.json: {"estimator","link","names":[p],"classes","intercept":[m],"coefficients":[[p]×m]}.
class LinearModel final : public FittedModel {
public:
    enum class Link { Identity, Logistic, Softmax };
    QString estimator;
    Link link = Link::Identity;
    std::vector<QString> names;            ///< p, of the model matrix
    std::vector<double> intercept;         ///< m
    std::vector<double> coefficients;      ///< [m × p]
    QJsonObject facts;

    Result<artifact::Predictions> predict(const data::Rows &x) const override;
    Result<QStringList> save(const QString &folder) const override;
    QString flavour() const override { return QStringLiteral("linear"); }
    QJsonObject describe() const override { return facts; }
    /// Invalid if a length does not fit.
    static Result<std::unique_ptr<FittedModel>> load(const QString &folder);
};

} // namespace pilothouse::learn
