// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/data/distinct_sample.h"
#include "core/data/quantile_sketch.h"
#include "core/data/table.h"

#include <QJsonObject>

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

namespace pilothouse::drift {

struct MultivariateDrift;

inline constexpr double psiWarning = 0.10; ///< from here "Moderate"
inline constexpr double psiDrifted = 0.25; ///< from here "High"
inline constexpr std::size_t minimumRows = 100; ///< on each side; below, or where the effect's error reaches over a limit: "too few rows", never drifted (verdict.h)
inline constexpr double profileResolution = 0.001; ///< step of a profile's quantiles, as a share of the rows

/// One column compared. The definitions are those of definitions(), printed in every report. A statistic that has no
/// value (an empty side) is NaN or absent, and null in JSON.
struct ColumnDrift {
    QString name;
    data::ColumnType kind = data::ColumnType::Number; ///< Number or Category
    std::size_t referenceRows = 0, currentRows = 0; ///< after dropping missing values
    double referenceMissing = 0, currentMissing = 0; ///< shares
    double psi = 0;                        ///< psi_quantile10 or psi_categorical
    double psiByChance = 0;                ///< PSI to expect without any drift at these row counts: (bins−1)·(1/n+1/m)
    std::optional<double> ksD, ksP;        ///< numbers
    std::optional<double> wasserstein, wassersteinNorm; ///< numbers; norm undefined for a constant reference
    double js = 0;                         ///< distance, base 2, on the PSI bins or categories
    double hellinger = 0;                  ///< distance on them: 0 equal … 1 disjoint
    std::optional<double> chi2, chi2P, cramersV; ///< categories
    std::optional<int> chi2Dof;
    double effect = 0;                     ///< PSI less what chance adds to it: what decides
    double effectError = 0;                ///< its standard error
    double resolution = 0;                 ///< 0: exact, from rows; else the share of rows a profile cannot tell apart
    bool tooFewRows = false, warning = false, drifted = false;
    std::size_t rowsNeeded = minimumRows;  ///< on each side, for an answer at this effect
    std::optional<double> referenceMin, referenceMax, currentMin, currentMax; ///< numbers
    std::optional<double> outOfRange;      ///< numbers: share of current values below referenceMin or above referenceMax
    struct Share {
        QString name;
        double share = 0; ///< of the rows of the side that has it
    };
    std::vector<Share> newCategories, goneCategories; ///< on one side only, most frequent first
    std::vector<double> edges;             ///< inner bin edges from the reference
    std::vector<QString> categories;       ///< union of both sides, sorted by bytes
    std::vector<double> referenceShares, currentShares; ///< per bin or category, for the overlay
    QString role = {};                     ///< "target" (the true values, as far as their labels have come), "prediction"; empty: an input, or not known
};

/// A column that was left out, and why, in a few words.
struct NotCompared {
    QString name, reason;
};

struct DriftReport {
    std::size_t referenceRows = 0, currentRows = 0;
    bool drifted = false; ///< any column
    std::vector<ColumnDrift> columns;
    std::vector<NotCompared> notCompared; ///< only on one side, times, another type
    QString referenceName, currentName;
    /// Says of the columns with these names what they are.
    void markRoles(const QString &target, const QStringList &predictions);
    /// The documented --json object: {"reference":{"rows","name"},"current":{…},"drifted","columns":[{"name","kind","rows":
    /// {"reference","current"},"missing":{…},"psi","psi_by_chance","ks":{"d","p"}|null,"wasserstein","wasserstein_norm","js",
    /// "hellinger","chi2":{"statistic","dof","p"}|null,"cramers_v","effect","effect_error","resolution","too_few_rows","rows_needed","warning","drifted","range":{"reference":[min,max],
    /// "current":[min,max],"outside"}|null,"new":[{"name","share"}],"gone":[…],"bins":{"edges"|"categories","reference","current"},"role"}],"not_compared":[{"name","reason"}]}.
    QJsonObject toJson() const;
    /// Reads toJson() back. Invalid with `where` if a field is missing or of the wrong type.
    static Result<DriftReport> fromJson(const QJsonObject &object, const QString &where);
};

/// What is kept of a column instead of its rows: enough for PSI, JS, chi² exactly on the reference's bins and for KS and
/// Wasserstein within the resolution of its quantiles (stated in the report).
struct ColumnProfile {
    QString name;
    data::ColumnType kind = data::ColumnType::Number;
    std::size_t present = 0, missing = 0;
    double min = 0, max = 0, mean = 0, std = 0; ///< std with ddof 0; numbers with present > 0
    std::vector<double> edges;     ///< quantiles 0.1 … 0.9, equal ones merged; of a stream with shared bins those of its reference
    std::vector<double> counts;    ///< per bin
    std::vector<double> quantiles; ///< 0, 0.001, …, 1 by linear interpolation (1001 points)
    std::vector<QString> categories;    ///< sorted by bytes; the 1,000 most frequent, of a stream up to 2,000
    std::vector<double> categoryCounts;
    double otherCount = 0; ///< rows of rarer categories that were folded together
    // What lets it add up with others (profile_stream.h); a training profile has none of these.
    std::optional<data::QuantileSketch> sketch; ///< numbers; exact while they are few
    bool sharedBins = false;                    ///< numbers: the edges are not its own quantiles
    std::optional<data::DistinctSample> distinct; ///< categories: how many different ones there are
    double lost = 0;                            ///< categories: each count is too low by at most so many; they are in otherCount
    bool addsUp() const { return sketch || distinct; }
    /// Share of the rows that its quantiles cannot tell apart: 0 where all values are kept.
    double resolution() const;
};
struct Profile {
    QString name;
    std::size_t rows = 0;
    std::vector<ColumnProfile> columns;
    QJsonObject toJson() const;
    /// Invalid with `where` if a field is missing, of the wrong type, or the lengths do not fit each other.
    static Result<Profile> fromJson(const QJsonObject &object, const QString &where);
};

Profile profileOf(const data::Table &table, const QString &name);
/// Exact, from rows. Columns present in both are compared, the others listed in notCompared. Infinite numbers count as missing. Any
/// thread; uses all cores, one column each.
DriftReport compare(const data::Table &reference, const data::Table &current);
/// A reference that more than one table is compared with: its columns are sorted and binned once (8 bytes a number are kept). Copies share it; any thread.
class PreparedReference {
public:
    explicit PreparedReference(const data::Table &rows);
    struct Parts;

private:
    friend DriftReport compare(const PreparedReference &reference, const data::Table &current);
    std::shared_ptr<const Parts> m_parts;
};
/// As compare(reference rows, current), at half its cost.
DriftReport compare(const PreparedReference &reference, const data::Table &current);
/// Reference as a training profile: PSI, JS and chi² as exact as from rows, KS and Wasserstein within profileResolution.
DriftReport compare(const Profile &reference, const data::Table &current);
/// Both as profiles (evidence: drift between two training sets); PSI and JS of numbers within profileResolution too,
/// unless both have the same edges.
DriftReport compare(const Profile &reference, const Profile &current);

/// How each figure is defined and where it ends, one sentence each; the text every report carries.
QStringList definitions();
/// One self-contained HTML page with SVG; definitions and limits printed. `together`: all columns at once (multivariate.h), if that was asked.
QByteArray htmlReport(const DriftReport &report, const MultivariateDrift *together = nullptr);
/// "High", "Moderate", "Low" or "Too few rows".
QString verdictWord(const ColumnDrift &column);

} // namespace pilothouse::drift
