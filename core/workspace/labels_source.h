// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace pilothouse::workspace {

/// `labels: {source, query, every}` of a model: where what really happened is told, beside the labels that are sent to its endpoint.
struct LabelsSource {
    QString source; ///< as data of a recipe: an absolute path, http(s)://, s3://, dvc:PATH; empty: none is named
    QString query;  ///< over an SQLite file; empty: SELECT * FROM labels
    QString every = QStringLiteral("5m"); ///< how often the model's server looks for new ones
    bool named() const { return !source.isEmpty(); }
    bool operator==(const LabelsSource &) const = default;
};

} // namespace pilothouse::workspace
