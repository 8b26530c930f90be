// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/explain/explanation.h"
#include "core/fleet/what_if.h"

#include <functional>

namespace pilothouse::fleet {

/// Why a version of the registry, or the model's endpoint, answers a row as it does.
struct WhyQuestion {
    QString model;
    int version = 0;               ///< its signature codes the row; of an endpoint its sample rows are the background
    artifact::Signature signature; ///< of the version
    std::vector<WhatIfValue> row;  ///< in the order of `signature`
    bool endpoint = false;         ///< asks the endpoint, which may log each row that the method needs
};

/// Asks a `pilot explain` child, so that no model code runs in this program. The explanation is of one row, by the SHAP values that the
/// model has, else Kernel SHAP; a forecast's inputs are taken together by series.
/// @param progress  done and total, from this thread; may be empty
Result<explain::Explanation> why(const Services &services, const WhyQuestion &question, const std::function<void(qint64 done, qint64 total)> &progress, std::stop_token token);

/// Saves what a person exports ("why.csv", "why.png") where they chose.
Result<void> saveExport(const QString &file, const QByteArray &bytes);

} // namespace pilothouse::fleet
