// SPDX-License-Identifier: GPL-3.0-or-later
// pilot score FILE.pkl… --pickle: pickled models (scikit-learn's .pkl and .joblib) over a CSV file, in a confined Python.
#pragma once

#include "app/pilot/data_source.h"
#include "app/pilot/verb.h"

#include <cstdint>
#include <string>
#include <vector>

namespace pilothouse {

/// The options by which pickles are scored.
struct PickleOptions {
    bool wanted = false;
    std::string python, requirements, maxTime;
    std::vector<std::string> columns;
    bool anyVersion = false;
    std::uint64_t maxMemory = 0; ///< bytes, of the verb's own --max-memory; 0: not said
    void addTo(CLI::App &app, CLI::Option *data); ///< --pickle, --python, --requirements, --any-version, --columns, --max-time
};

/// FILE written: row (0-based), then the prediction, or several; of a classifier its label and probability_CLASS.
///   --json {"models":[{"file","sha256","type"}],"python":{"program","version"},"versions":[{"package","wanted","source","found"|null,"fits"}],
///   "versions_fit":true|false|null,"columns":[…],"classes":[…],"probabilities":bool,"rows","out","notes":[…]}; null: no version was asked for
Result<void> scorePickles(Context &context, const std::vector<std::string> &files, const std::string &data, const DataVersion &version, const std::string &out, const PickleOptions &options);

} // namespace pilothouse
