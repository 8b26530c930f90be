// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/pipelines/log_file.h"

#include <QString>

#include <functional>
#include <stop_token>
#include <vector>

namespace pilothouse::pipelines {

/// What is looked for in the lines of a log, as a person reads them (plainLine()).
struct LogQuery {
    enum class Kind { Words, Pattern, Errors, Warnings }; ///< warnings: errors too
    Kind kind = Kind::Words;
    QString text;           ///< words as they are, or a regular expression
    bool anyCase = true;
    bool operator==(const LogQuery &) const = default;
};

/// Lines with a match, as the bytes where they begin, in order.
using LogHits = std::vector<qint64>;

/// Invalid: no regular expression, with where it is wrong; or nothing is looked for.
Result<void> checkQuery(const LogQuery &query);

/// Looks through the lines that begin in [from, to) of a log. `found` gets what each piece of some MiB has, as it comes, with the byte up to which was looked; in the
/// caller's thread. A pattern that takes too long on a line does not match it. Cancelled by the token, within a piece.
Result<void> searchLog(const LogBytes &file, qint64 from, qint64 to, const LogQuery &query, std::stop_token token, const std::function<void(const LogHits &hits, qint64 until)> &found);

} // namespace pilothouse::pipelines
