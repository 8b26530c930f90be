// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/artifact/package_writer.h"
#include "core/learn/samples.h"
#include "core/learn/trainer.h"

namespace pilothouse::learn {

/// The recipe with every default and path written out; `estimators` with the parameters used.
QJsonObject recipeJson(const workspace::Recipe &recipe, const QJsonArray &estimators);
/// Digest of what decides over the weights: the recipe without the place of its file and of the data.
QString recipeDigest(const workspace::Recipe &recipe);
/// "one row in 5 tests …", "20 % of the rows test, drawn with seed 7", …
QString splitText(const workspace::SplitSpec &split);
/// data.json: {"source","rows","columns","md5","sha256","schema","split","train_rows","test_rows","user","code"}.
QJsonObject dataJson(const workspace::Recipe &recipe, const Samples &samples, const QString &user);
/// metrics.json: {"train","test","baseline","baseline_name","candidates","select","gates","notes"}, and what TrainResult::toJson() says of a
/// forecast, several targets, `validation:` and `search:`.
QJsonObject metricsJson(const TrainResult &result);
/// What train() answered when it wrote this package: for a run that was killed after its last write. `seconds` is not kept (0).
Result<TrainResult> resultOf(const artifact::Package &package);
/// Training rows as a table: inputs, for a forecast also each series' newest step under the series' own name, and the target.
data::Table trainingTable(const Samples &samples);
/// The commit checked out where the folder lies (.git read by hand, nothing is run); empty if there is none.
QString gitCommit(const QString &folder);

} // namespace pilothouse::learn
