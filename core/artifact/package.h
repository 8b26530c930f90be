// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/artifact/scorer.h"
#include "core/base/result.h"

#include <QJsonObject>
#include <QMap>
#include <QString>
#include <QStringList>

namespace pilothouse::artifact {

/// The model package on disk, a folder:
///   MLmodel              YAML, MLflow's own format (flavors, signature, utc_time_created, run_id, model_uuid)
///   model.json | model.ubj | model.pt …   weights, by flavour
///   preprocessing.json   fitted transforms
///   signature.json       Signature with categories and classes
///   input_example.json   {"columns":[…],"data":[[…]]}
///   metrics.json         {"train":{…},"test":{…},"baseline":{…},"candidates":[…]}
///   recipe.yaml          as trained          recipe.json  resolved (paths, defaults, seeds)
///   data.json            {"source","rows","columns","md5","sha256","schema",…,"train_rows","test_rows"}
///   profile.json         training profile (core/drift)
///   predictions.json     profile of what it predicts of test rows, "predicted PRICE"; of a forecast its first step (absent in older packages)
///   train_rows.u64       sorted 64-bit hashes of training rows (rowHash), little endian
///   sample.csv           up to 10,000 test rows, one column for each input and output of the signature (absent if switched off)
///   MODEL_CARD.md        for people
///   requirements.txt, conda.yaml, python_env.yaml, code/    so that MLflow can serve it
///   SHA256SUMS           "# pilothouse package: n files, these lines HASH", then "hash  name" of every other file, sorted; the
///                        SHA-256 of this file is the package digest
/// `sha256sum -c SHA256SUMS` checks it without us.
struct Package {
    QString folder;
    QString digest; ///< SHA-256 of SHA256SUMS
    QString runId, estimator, created; ///< created: ISO 8601, UTC
    QString modelType;                 ///< who loads the weights: linear, trees, svm, neighbours, torch
    QStringList weightFiles;
    Signature signature;
    QJsonObject metrics, data, recipe;
    QMap<QString, QString> files; ///< name → sha256
    /// SHA-256 of the weights: of the one file, or of the hashes of several, one after the other.
    QString weightsSha256() const;
};

/// Verifies every checksum and opens. A truncated, altered, missing or added file is Invalid and named.
Result<Package> openPackage(const QString &folder);
/// Writes SHA256SUMS over all files in the folder, fsyncs everything; gives the digest.
Result<QString> sealPackage(const QString &folder);
/// Verified copy into a new folder (temporary name, rename). Conflict if it exists.
Result<void> copyPackage(const QString &from, const QString &to);

/// FNV-1a-based 64-bit identity of one row, used to tell which rows a model was trained on. Inputs and targets are coded by
/// the signature of the package whose train_rows.u64 is asked: categories and classes as indices (LabelledRows).
std::uint64_t rowHash(std::span<const double> inputs, std::span<const double> targets);
/// The sorted hashes of train_rows.u64; empty if the file is absent.
Result<std::vector<std::uint64_t>> trainRowHashes(const QString &folder);
/// The bytes of train_rows.u64 for these hashes (sorted here).
QByteArray trainRowFile(std::vector<std::uint64_t> hashes);

} // namespace pilothouse::artifact
