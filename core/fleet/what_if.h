// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/artifact/scorer.h"
#include "core/base/result.h"
#include "core/fleet/endpoint.h"
#include "core/fleet/services.h"

#include <QString>

#include <optional>
#include <stop_token>
#include <vector>

namespace pilothouse::fleet {

/// A version of the registry as its package describes it: what can be asked of it and be explained.
struct AskableVersion {
    QString model, folder, estimator, modelType; ///< folder, estimator, modelType: of artifact::Package
    int version = 0;
    artifact::Signature signature;
    QStringList units;      ///< of each of signature.targets(); empty where nobody says it
    bool hasSample = false; ///< the package keeps rows with their true values
    bool hasLog = false;    ///< its endpoint on this machine keeps what it was asked
    /// Of an output (an index of Signature::outputs).
    QString unitOf(std::size_t output) const;
};
/// Reads and verifies the package. Blocking.
Result<AskableVersion> openVersion(const Services &services, const QString &model, int version);

/// One input of a what-if form: its span and shape in the training data.
struct WhatIfInput {
    artifact::Input input;
    double low = 0, high = 1, typical = 0; ///< 0.1 % and 99.9 % quantile, median
    std::vector<double> shares;            ///< of the training rows in 24 equal steps from low to high
    QString typicalCategory;
};

/// A version with what its form needs; read from its package.
struct WhatIfModel : AskableVersion {
    std::vector<WhatIfInput> inputs;
};
Result<WhatIfModel> openWhatIf(const Services &services, const QString &model, int version);

/// A value of one input: a number, or a category by name; nullopt = missing.
struct WhatIfValue {
    std::optional<double> number;
    QString category;
    bool operator==(const WhatIfValue &) const = default;
};

/// One answer of an endpoint.
struct WhatIfAnswer {
    std::size_t outputs = 1;    ///< of a row; a classification has one, the class index
    std::vector<double> values; ///< [rows × outputs]; NaN: the endpoint does not answer this output
    std::vector<QString> labels; ///< class names of a classification
    std::vector<double> probabilities; ///< of the first row
    QString version; ///< as the endpoint says it; may be empty
    QString source;  ///< the endpoint's address, or the version on this machine
    double milliseconds = 0;
    /// NaN for an output that is not there.
    double value(std::size_t row, std::size_t output) const;
};

/// Asks an endpoint for the rows (each in the order of the signature's inputs), as any client would and as its profile says.
Result<WhatIfAnswer> ask(const ModelEndpoint &endpoint, const artifact::Signature &signature, const std::vector<std::vector<WhatIfValue>> &rows, std::stop_token token);
/// Asks a version of the registry on this machine, whether it is served or not: a `pilot score` child, so that no model code
/// runs in this program. The rows are in the order of `signature`, the version's own.
Result<WhatIfAnswer> askVersion(const Services &services, const QString &model, int version, const artifact::Signature &signature,
                                const std::vector<std::vector<WhatIfValue>> &rows, std::stop_token token);
/// A row by names, as it is sent.
QJsonObject rowObject(const artifact::Signature &signature, const std::vector<WhatIfValue> &row);
QStringList columnsOf(const artifact::Signature &signature);

} // namespace pilothouse::fleet
