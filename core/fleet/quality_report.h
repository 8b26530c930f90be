// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/quality.h"

#include <QDateTime>

namespace pilothouse::fleet {

/// A data file as it was measured.
struct MeasuredData {
    QString file; ///< as it was named
    data::Profile profile;
    data::QualityReport quality;
};

/// A self-contained HTML page (as report_parts.h) of a data file's quality, for people who do not have the program: the answer in a sentence, every check with its figure and where, what a person should
/// look at, each column in figures, and what the words mean. In English.
QByteArray qualityReport(const MeasuredData &data, const QDateTime &made);

} // namespace pilothouse::fleet
