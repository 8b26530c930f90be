// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QDateTime>
#include <QJsonObject>
#include <QString>

namespace pilothouse::serving {

/// One version taken into service here. Numbers count up from 1 in the server's folder and are never used again.
struct Revision {
    int number = 0;
    QString model;
    int version = 0; ///< of the registry; 0: a bare package
    QString digest, folder; ///< package
    QString by, operation;
    QDateTime when;
    QString outcome; ///< stable | canary | superseded | aborted | undone | variant
    QString reason;
    /// "4", or the beginning of the digest for a bare package: what answers call model_version.
    QString versionText() const;
    QString source() const; ///< "local registry t2m/4" or "package california-1"
    QJsonObject toJson() const;
    static Result<Revision> fromJson(const QJsonObject &object, const QString &where);
};

} // namespace pilothouse::serving
