// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/database.h"

#include <QJsonObject>

#include <optional>

namespace pilothouse::serving {

/// How the server's last look at the model's source of labels went.
struct LabelsLook {
    QString source;
    qint64 atMs = 0;
    qint64 taken = 0;    ///< new ones, stored
    qint64 standing = 0; ///< that the log has already
    qint64 unknown = 0;  ///< of predictions that the log does not hold
    qint64 refused = 0;  ///< a class that the model does not know, a line without a value …
    QString whyRefused;  ///< of the first of them
    QString problem;     ///< why the source could not be read; empty: it was

    QString sentence() const; ///< "labels.csv: 12 new labels, 3 of predictions that …."
    QJsonObject toJson() const;
    static LabelsLook fromJson(const QJsonObject &object);
};

/// Key of ServingStore's state.
extern const QString labelsLookKey;
/// nullopt: the server was never told of a source.
Result<std::optional<LabelsLook>> lastLabelsLook(Database &database);

} // namespace pilothouse::serving
