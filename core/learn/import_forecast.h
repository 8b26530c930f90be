// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/artifact/scorer.h"
#include "core/data/windows.h"
#include "core/learn/import_model.h"

namespace pilothouse::learn {

/// A forecast that was made elsewhere: the windows of the rows that came with it, and the recipe by which its package cuts them from now on.
struct ImportedForecast {
    workspace::Recipe recipe;
    artifact::Signature signature;
    QStringList series;                 ///< that the script takes, in its order; the signature has the targets' first
    data::Windows windows;              ///< every whole one, without targets
    std::vector<std::size_t> tableRows; ///< where the newest step of each stands in the table
};

/// What the command line does not say comes from the card of our own exports (torch/export_script.h; empty: another file), and what neither
/// says has a default: the series are the targets, the zone is UTC. Invalid: window, horizon, step or targets are said nowhere or are none, or
/// both say them and differ.
Result<ForecastImport> completeForecast(const ImportOptions &options, const QJsonObject &card);

/// @param options  with `forecast` complete. Invalid: a column or the times of the rows are missing, or no whole window is left.
Result<ImportedForecast> forecastOf(const ImportOptions &options, const data::Table &table);

/// Inputs and outputs by name that a forecast's card tells.
artifact::Signature cardSignature(const QJsonObject &card);

/// How the rows of an import are read.
workspace::DataSpec dataOf(const ImportOptions &options);

} // namespace pilothouse::learn
