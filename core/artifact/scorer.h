// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/data/input.h"
#include "core/workspace/recipe.h"

#include <QJsonObject>
#include <QStringList>

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace pilothouse::artifact {

using data::Input;
using data::Rows;

/// What goes in and comes out. A forecast's inputs are its window, oldest step first, series by series, the targets' first:
/// "t2m@-23" … "t2m@0" (window 24); its outputs are the horizon's steps "t2m@+1" …, all steps of the first target, then those of the
/// second. For classification the task is decided by `classes`.
struct Signature {
    workspace::TaskKind task = workspace::TaskKind::Regression;
    std::vector<Input> inputs;        ///< k
    std::vector<QString> outputs;     ///< m; 1 except for forecasts of several steps or targets
    std::vector<std::string> classes; ///< Classification: labels in the order of `probabilities`
    QString target, unit;             ///< target: the first, where a forecast has several; unit: of the only one
    QStringList targets() const;      ///< of a forecast those that its outputs name, in their order; else the one
    std::size_t horizon() const;      ///< steps of a forecast; else 0
    std::size_t window() const;       ///< steps of each series that a forecast looks back on; else 0
    QStringList series() const;       ///< of a forecast, in the order of its inputs; else empty
    /// With several targets also "targets":[…].
    QJsonObject toJson() const;
    static Result<Signature> fromJson(const QJsonObject &object, const QString &where);
};

/// Regression, forecast: values [n × m]. Classification: values [n] = class index, probabilities [n × classes].
struct Predictions {
    std::size_t count = 0, outputs = 1, classes = 0;
    std::vector<double> values;
    std::vector<double> probabilities;
};

/// Rows → predictions, pre-processing included. score() may be called from several threads at once.
class Scorer {
public:
    virtual ~Scorer() = default;
    virtual const Signature &signature() const = 0;
    /// Invalid if a required input is NaN or the width is wrong.
    virtual Result<Predictions> score(const Rows &rows) const = 0;
};

using ScorerPtr = std::shared_ptr<const Scorer>;
/// How everything above core/learn gets a scorer: package folder → scorer. app/pilot passes learn's; the console has none.
using ScorerLoader = std::function<Result<ScorerPtr>(const QString &packageFolder)>;

} // namespace pilothouse::artifact
