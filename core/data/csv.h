// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/data/table.h"
#include "core/workspace/recipe.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QMap>
#include <QString>
#include <QStringList>

#include <functional>
#include <stop_token>
#include <vector>

namespace pilothouse::data {

/// How a file is read. Everything empty is found out from the file and stated in the report.
struct CsvOptions {
    QString delimiter;   ///< one character; "" = found out among , ; tab |
    QString decimal;     ///< "." or ","; "" = "." unless the file shows decimal commas and the delimiter is another
    QStringList missing; ///< texts that mean missing beside the empty field; none = standardMissing(). Numbers compare as numbers
    QString skipUntil;   ///< lines up to and including the first that contains this text are skipped
    QString comment;     ///< lines that begin with this are skipped
    QMap<QString, ColumnType> types; ///< columns whose type is known (a package's inputs, features: {categorical}); the others are found out
    QStringList only; ///< columns that are read; what stands in the others is passed over and costs nothing. Empty: all
    bool fingerprint = true; ///< false: no MD5 and SHA-256 (a benchmark of reading alone)
    int threads = 0;         ///< 0: one per core
    std::size_t batchBytes = 0; ///< bytes read at a time; 0 = 2 MiB. The result does not depend on it

    CsvOptions() = default;
    explicit CsvOptions(const workspace::DataSpec &spec);
};

/// NA, N/A, NaN, null, None … as pandas reads them.
const QStringList &standardMissing();

enum class ProblemKind {
    RaggedRow,    ///< another number of fields than the header: the row is left out
    BadNumber,    ///< a text, or no finite number, in a number column: the value is missing
    BadTime,      ///< no ISO 8601 time in a time column: the value is missing
    BadText,      ///< bytes that are not UTF-8, or NUL: they read as U+FFFD
    ColumnName,   ///< an empty or repeated column name: renamed
    OpenQuote,    ///< text follows a closing quote: kept as part of the field
};
QString problemKindName(ProblemKind kind); ///< "ragged_row", "bad_number" …

/// One finding in the file.
struct Problem {
    ProblemKind kind = ProblemKind::RaggedRow;
    qint64 line = 0; ///< from 1, as an editor counts them
    int column = 0;  ///< field in the row, from 1; 0 = the row as a whole
    QString what;
};

/// What reading found. All is counted; the first 100 problems in file order are kept.
struct ReadReport {
    qint64 rows = 0;          ///< rows of the file that were kept (before `where`)
    qint64 rowsDropped = 0;   ///< ragged rows left out
    qint64 rowsFiltered = 0;  ///< rows that `where` did not want
    qint64 blankLines = 0, commentLines = 0, headerLines = 0; ///< skipped; headerLines: before the column names
    qint64 problemCount = 0;
    std::vector<Problem> problems;       ///< the first 100
    QMap<QString, qint64> counts;        ///< problemKindName → how often; only what occurred
    QString delimiter, decimal;          ///< as used
    QStringList missing;                 ///< as used
    QStringList notes;                   ///< what was found out by itself, a sentence each
    static constexpr std::size_t kept = 100;
    /// "Reading the data found 3 problems, 1 rows were dropped; `pilot profile` lists them. The first is in line 7: …"; empty: none.
    QString note() const;
    /// The rules by which problems are handled, a sentence each; the same for every file.
    static QStringList rules();
    /// {"rows","rows_dropped","rows_filtered","blank_lines","comment_lines","header_lines","delimiter","decimal","missing":[…],
    /// "problem_count","counts":{…},"problems":[{"kind","line","column","what"}],"notes":[…],"rules":[…]}
    QJsonObject toJson() const;
};

struct SchemaColumn {
    QString name;
    ColumnType type = ColumnType::Number;
    bool operator==(const SchemaColumn &) const = default;
};

/// Identity of a data file: digests of its bytes as they lie on the disk (also of a .gz), and its shape.
struct Fingerprint {
    QString md5, sha256; ///< lower-case hex; empty with fingerprint = false
    qint64 bytes = 0;
    qint64 rows = 0; ///< rows read, before `where`
    qint64 columns = 0;
    std::vector<SchemaColumn> schema;
    QJsonObject toJson() const; ///< {"md5","sha256","bytes","rows","columns","schema":[{"name","type"}]}
};

struct LoadedTable {
    Table table;
    ReadReport report;
    Fingerprint fingerprint;
};

/// Bytes of the file read so far and its size. Called from the reading thread between batches.
using ReadProgress = std::function<void(qint64 done, qint64 total)>;

/// Reads a CSV file (plain or gzip) into typed columns, with all cores. A column is a number (or time) column if at least
/// nine in ten of its present values are one; else a category. The result does not depend on threads or batches.
/// Invalid: no such file, empty, not text, a quote that never closes, `skip_until` not found, a broken gzip stream, cut or
/// changed while it was read; all with the file's name. Refused: the table does not fit into the memory that is left (memoryRoom()),
/// told before it is read or, where its texts are more than its beginning shows, while it is; csv_blocks.h reads such a file.
/// Cancelled on stop. Any thread.
Result<LoadedTable> readCsv(const QString &path, const CsvOptions &options = {}, std::stop_token stop = {}, const ReadProgress &progress = {});

/// readCsv by a recipe's data: with `where` applied (rows keep their order). An unknown column in `where` is Invalid, so
/// is a filter that leaves no row. `types` as CsvOptions::types.
Result<LoadedTable> loadData(const workspace::DataSpec &spec, const QMap<QString, ColumnType> &types = {}, std::stop_token stop = {},
                             const ReadProgress &progress = {});

/// The types that a recipe says: features: {categorical} are read as categories, the target of a classification too.
QMap<QString, ColumnType> typesOf(const workspace::Recipe &recipe);

/// As above for a whole recipe, with its types.
Result<LoadedTable> loadData(const workspace::Recipe &recipe, std::stop_token stop = {}, const ReadProgress &progress = {});

/// Milliseconds since 1970 UTC of an ISO 8601 date or date-time ("2013-01-01", "2013-01-01T06:00", "… 06:00:00.5+05:30", "…Z").
/// Without an offset the text is taken as UTC. Column::missingTime if it is none.
std::int64_t parseIsoTime(std::string_view text, bool *hasZone = nullptr);

} // namespace pilothouse::data
