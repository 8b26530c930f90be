// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/explain/explain.h"
#include "core/fleet/what_if.h"

#include <functional>

namespace pilothouse::fleet {

/// Where the rows of an explanation come from.
enum class WhyRows {
    Given,  ///< one row, as set in a form
    Sample, ///< the package's own sample
    File,
    Log     ///< what the model's endpoint on this machine was asked lately, newest first
};

/// Why a version of the registry, or the model's endpoint, answers a row as it does, or what it looks at over many rows.
struct WhyQuestion {
    QString model;
    int version = 0;       ///< its signature codes the rows; of an endpoint its sample rows are the background
    bool endpoint = false; ///< asks the endpoint, which may log each row that the method needs
    explain::View view = explain::View::Row;
    explain::Method method = explain::Method::Auto;
    explain::Grouping grouping = explain::Grouping::Inputs; ///< of a forecast; not of Dependence
    QString output;          ///< class or output; empty: as explain::targetOf chooses
    QString column;          ///< Dependence: the input that varies
    WhyRows rows = WhyRows::Given;
    QString file;            ///< File: its path
    qint64 row = 0;          ///< Row of Sample, File and Log: counted from 0
    std::size_t sample = 0;  ///< DataSet and Dependence: rows at most; 0: as many as suit the method
    std::vector<WhatIfValue> given; ///< Given: in the order of `signature`
    artifact::Signature signature;  ///< of the version
};
/// The same question of the same version.
bool sameQuestion(const WhyQuestion &a, const WhyQuestion &b);

/// The arguments of `pilot` that ask it. @param rowFile  where the given row is written to
QStringList whyArguments(const workspace::Workspace &workspace, const WhyQuestion &question, const QString &rowFile);

/// Asks a `pilot explain` child, so that no model code runs in this program; one row at once, more at the nice level of jobs.
/// @param progress  done and total, from this thread; may be empty
Result<explain::Explanation> why(const Services &services, const WhyQuestion &question, const std::function<void(qint64 done, qint64 total)> &progress, std::stop_token token);

} // namespace pilothouse::fleet
