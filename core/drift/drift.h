// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/data/table.h"

#include <QJsonObject>

#include <optional>
#include <vector>

namespace pilothouse::drift {

inline constexpr double psiWarning = 0.10; ///< from here "Moderate"
inline constexpr double psiDrifted = 0.25; ///< from here "High"
inline constexpr std::size_t minimumRows = 100; ///< on each side; below: "too few rows", never drifted

/// One column compared. Definitions: ../shared/reference/drift.json, printed in every report.
struct ColumnDrift {
    QString name;
    data::ColumnType kind = data::ColumnType::Number;
    std::size_t referenceRows = 0, currentRows = 0; ///< after dropping missing values
    double referenceMissing = 0, currentMissing = 0; ///< shares
    double psi = 0;                        ///< psi_quantile10 or psi_categorical
    std::optional<double> ksD, ksP;        ///< numbers
    std::optional<double> wasserstein, wassersteinNorm; ///< numbers; norm undefined for a constant reference
    double js = 0;                         ///< distance, base 2, on the PSI bins or categories
    std::optional<double> chi2, chi2P;     ///< categories
    std::optional<int> chi2Dof;
    double effect = 0;                     ///< = psi
    bool tooFewRows = false, warning = false, drifted = false;
    std::vector<double> edges;             ///< inner bin edges from the reference
    std::vector<QString> categories;
    std::vector<double> referenceShares, currentShares; ///< per bin or category, for the overlay
};

struct DriftReport {
    std::size_t referenceRows = 0, currentRows = 0;
    bool drifted = false; ///< any column
    std::vector<ColumnDrift> columns;
    QString referenceName, currentName;
    QJsonObject toJson() const; ///< the documented --json object
};

/// What is kept of a column instead of its rows: enough for PSI, JS, chi² exactly on the reference's bins and for KS and
/// Wasserstein within the resolution of its quantiles (stated in the report).
struct ColumnProfile {
    QString name;
    data::ColumnType kind = data::ColumnType::Number;
    std::size_t present = 0, missing = 0;
    double min = 0, max = 0, mean = 0, std = 0; ///< std with ddof 0
    std::vector<double> edges;     ///< quantiles 0.1 … 0.9, equal ones merged
    std::vector<double> counts;    ///< per bin
    std::vector<double> quantiles; ///< 0, 0.001, …, 1 by linear interpolation (1001 points)
    std::vector<QString> categories;
    std::vector<double> categoryCounts;
};
struct Profile {
    QString name;
    std::size_t rows = 0;
    std::vector<ColumnProfile> columns;
    QJsonObject toJson() const;
    static Result<Profile> fromJson(const QJsonObject &object, const QString &where);
};

Profile profileOf(const data::Table &table, const QString &name);
/// Exact, from rows. Columns present in both are compared; others are reported by the caller.
DriftReport compare(const data::Table &reference, const data::Table &current);
/// Reference as a training profile.
DriftReport compare(const Profile &reference, const data::Table &current);
/// Both as profiles (evidence: drift between two training sets).
DriftReport compare(const Profile &reference, const Profile &current);
/// One self-contained HTML page with SVG; definitions and limits printed.
QByteArray htmlReport(const DriftReport &report);

} // namespace pilothouse::drift
