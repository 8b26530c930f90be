// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/profile.h"

#include "core/base/json.h"
#include "core/base/task.h"
#include "core/data/text_index.h"

#include <QDateTime>
#include <QTimeZone>

#include <algorithm>
#include <bit>
#include <cmath>

namespace pilothouse::data {

using Q = QLatin1String;

namespace {

QString number(double value) { return QString::number(value, 'g', 10); }
QString percent(qint64 part, qint64 all) { return QString::number(100.0 * double(part) / double(std::max<qint64>(1, all)), 'f', 1) + QStringLiteral(" %"); }
QString isoText(std::int64_t time) { return QDateTime::fromMSecsSinceEpoch(time, Qt::UTC).toString(Qt::ISODate); }

/// By a 64-bit hash of the row: among a million rows a chance hit has odds of one in 30 million.
qint64 repeatedRowsOf(const Table &table, int threads) {
    std::vector<std::uint64_t> hashes(table.rows(), 0);
    parallelFor(table.rows(), 65536, [&](std::size_t first, std::size_t last) {
        for (const Column &column : table.columns) {
            for (std::size_t row = first; row < last; ++row) {
                std::uint64_t value = 0;
                switch (column.type) {
                case ColumnType::Number: value = std::isnan(column.numbers[row]) ? 1 : std::bit_cast<std::uint64_t>(column.numbers[row]); break;
                case ColumnType::Category: value = std::uint64_t(column.codes[row] + 1); break;
                case ColumnType::Time: value = std::uint64_t(column.times[row]); break;
                }
                hashes[row] = mixedHash(hashes[row], value);
            }
        }
    }, threads);
    std::sort(hashes.begin(), hashes.end());
    return qint64(hashes.end() - std::unique(hashes.begin(), hashes.end()));
}

/// The checks of one column, each a sentence an operator can act on.
class ColumnChecks {
public:
    ColumnChecks(const ColumnStatistics &s, qint64 rows, std::vector<QualityProblem> &found) : m_s(s), m_rows(rows), m_found(found) {}

    void run() {
        if (m_s.present == 0) {
            say(QStringLiteral("It has no value."), QStringLiteral("Exclude it."));
            return;
        }
        if (2 * m_s.missing > m_rows)
            say(QStringLiteral("%1 of the values are missing (%2).").arg(percent(m_s.missing, m_rows)).arg(m_s.missing), QStringLiteral("Exclude it, or find out why."));
        else if (m_s.missing > 0)
            say(QStringLiteral("%1 values are missing (%2).").arg(m_s.missing).arg(percent(m_s.missing, m_rows)), QStringLiteral("Impute them: transforms: [impute: median]."));
        if (m_s.distinct == 1 && m_rows > 1)
            say(QStringLiteral("All values are equal."), QStringLiteral("Exclude it: a model learns nothing from it."));
        else if (isIdentifier(m_s))
            say(QStringLiteral("It names or numbers the rows: an identifier."), QStringLiteral("Exclude it: a model would learn the rows by heart."));
        else if (m_s.type == ColumnType::Category)
            category();
        if (m_s.type == ColumnType::Number)
            numbers();
        if (m_s.type == ColumnType::Time)
            times();
    }

private:
    void say(const QString &what, const QString &hint) { m_found.push_back({m_s.name, what, hint, 0}); }

    void category() {
        if (m_s.distinct > 50)
            say(QStringLiteral("It has %1 different texts.").arg(m_s.distinct), QStringLiteral("One column each by one_hot is much: exclude it, or group them."));
    }
    void numbers() {
        if (!std::isnan(m_s.sentinel))
            say(QStringLiteral("The value %1 lies far from all others: it perhaps means missing.").arg(number(m_s.sentinel)), QStringLiteral("Then write data: {missing: [%1]}.").arg(number(m_s.sentinel)));
        const double spread = m_s.q75 - m_s.q25;
        if (spread > 0 && std::isnan(m_s.sentinel) && (m_s.max > m_s.q75 + 50 * spread || m_s.min < m_s.q25 - 50 * spread))
            say(QStringLiteral("A value lies absurdly far out: %1 … %2, half of all values between %3 and %4.").arg(number(m_s.min), number(m_s.max), number(m_s.q25), number(m_s.q75)),
                QStringLiteral("Look at it: one such value wrecks a least-squares fit."));
        if (m_s.distinct > 100 && m_s.maxCount * 100 >= m_s.present && m_s.maxCount >= 20 && m_s.max == m_s.mostCommon)
            say(QStringLiteral("The largest value, %1, occurs %2 times: values above seem to be cut to it.").arg(number(m_s.max)).arg(m_s.maxCount), QStringLiteral("Errors there say little."));
    }
    void times() {
        if (m_s.distinct < m_s.present)
            say(QStringLiteral("%1 rows repeat a time.").arg(m_s.present - m_s.distinct), QStringLiteral("Several series in one file: choose one by data: {where: …}."));
        if (m_s.gaps > 0 && m_s.step > 0)
            say(QStringLiteral("%1 neighbouring times are not %2 s apart; %3 steps are missing, at most %4 in a row.").arg(m_s.gaps).arg(double(m_s.step) / 1000).arg(m_s.missingSteps).arg(m_s.longestGap),
                QStringLiteral("Forecast windows that cross such a gap are left out; time: {resample: …} brings uneven rows to steps."));
        if (!m_s.sorted)
            say(QStringLiteral("The times do not rise in file order."), QStringLiteral("Nothing to do: windows and splits sort by time."));
    }

    const ColumnStatistics &m_s;
    const qint64 m_rows;
    std::vector<QualityProblem> &m_found;
};

void readingProblems(const ReadReport &report, std::vector<QualityProblem> &found) {
    const auto first = [&](const QString &kind) -> const Problem * {
        const auto it = std::find_if(report.problems.begin(), report.problems.end(), [&](const Problem &p) { return problemKindName(p.kind) == kind; });
        return it == report.problems.end() ? nullptr : &*it;
    };
    for (auto it = report.counts.begin(); it != report.counts.end(); ++it) {
        const Problem *problem = first(it.key());
        QualityProblem q;
        q.line = problem ? problem->line : 0;
        q.what = QStringLiteral("%1 × %2%3").arg(it.value()).arg(it.key(), problem ? QStringLiteral(", first: ") + problem->what : QString());
        q.hint = QStringLiteral("Correct the file, or accept the rule: see report.rules.");
        found.push_back(q);
    }
}

QJsonObject columnJson(const ColumnStatistics &s) {
    QJsonObject object{{Q("name"), s.name}, {Q("type"), columnTypeName(s.type)}, {Q("missing"), s.missing}, {Q("distinct"), s.distinct}};
    if (s.type == ColumnType::Number) {
        object.insert(Q("min"), jsonNumber(s.min));
        object.insert(Q("max"), jsonNumber(s.max));
        object.insert(Q("mean"), jsonNumber(s.mean));
        object.insert(Q("std"), jsonNumber(s.std));
        object.insert(Q("quantiles"), QJsonObject{{Q("q25"), jsonNumber(s.q25)}, {Q("median"), jsonNumber(s.median)}, {Q("q75"), jsonNumber(s.q75)}});
    } else if (s.type == ColumnType::Category) {
        QJsonArray top;
        for (const auto &[text, count] : s.top)
            top.append(QJsonArray{text, count});
        object.insert(Q("top"), top);
    } else {
        object.insert(Q("min"), s.present ? QJsonValue(isoText(s.firstTime)) : QJsonValue());
        object.insert(Q("max"), s.present ? QJsonValue(isoText(s.lastTime)) : QJsonValue());
        object.insert(Q("step_seconds"), s.step ? QJsonValue(double(s.step) / 1000) : QJsonValue());
        object.insert(Q("gaps"), s.gaps);
        object.insert(Q("missing_steps"), s.missingSteps);
        object.insert(Q("longest_gap"), s.longestGap);
    }
    if (!s.estimated.isEmpty())
        object.insert(Q("estimated"), QJsonArray::fromStringList(s.estimated));
    return object;
}

} // namespace

bool isIdentifier(const ColumnStatistics &s) {
    if (s.counter)
        return true;
    if (s.present < 20 || s.distinct != s.present)
        return false;
    // Whole numbers count the rows if they fill their span.
    return s.type == ColumnType::Category || (s.type == ColumnType::Number && s.whole && s.max - s.min == double(s.present - 1));
}

const ColumnStatistics *Profile::find(const QString &name) const {
    const auto it = std::find_if(columns.begin(), columns.end(), [&](const ColumnStatistics &s) { return s.name == name; });
    return it == columns.end() ? nullptr : &*it;
}

QJsonObject Profile::toJson() const {
    QJsonArray columnList, problemList;
    for (const ColumnStatistics &column : columns)
        columnList.append(columnJson(column));
    for (const QualityProblem &p : problems)
        problemList.append(QJsonObject{{Q("column"), p.column}, {Q("what"), p.what}, {Q("hint"), p.hint}, {Q("line"), p.line}});
    QJsonObject object{{Q("rows"), rows}, {Q("columns"), columnList}, {Q("md5"), fingerprint.md5}, {Q("sha256"), fingerprint.sha256}, {Q("bytes"), fingerprint.bytes},
                       {Q("repeated_rows"), repeatedRows}, {Q("problems"), problemList}, {Q("report"), report.toJson()}};
    if (repeatsEstimated)
        object.insert(Q("repeated_rows_estimated"), true);
    return object;
}

void findProblems(Profile &profile) {
    readingProblems(profile.report, profile.problems);
    if (profile.rows == 0) {
        profile.problems.push_back({{}, QStringLiteral("The file has column names and no row."), QStringLiteral("Give a file with data."), 0});
        return;
    }
    for (const ColumnStatistics &column : profile.columns)
        ColumnChecks(column, profile.rows, profile.problems).run();
    if (profile.repeatedRows > 0)
        profile.problems.push_back({{}, QStringLiteral("%1%2 rows repeat an earlier row in every column.").arg(profile.repeatsEstimated ? QStringLiteral("About ") : QString()).arg(profile.repeatedRows),
                                    QStringLiteral("If they are copies, remove them: a copy on both sides of the split makes a model look better."), 0});
}

Profile profileOf(const LoadedTable &loaded, int threads) {
    Profile profile;
    profile.rows = qint64(loaded.table.rows());
    profile.fingerprint = loaded.fingerprint;
    profile.report = loaded.report;
    profile.columns.resize(loaded.table.columns.size());
    parallelFor(profile.columns.size(), 1, [&](std::size_t first, std::size_t last) {
        for (std::size_t i = first; i < last; ++i)
            profile.columns[i] = statisticsOf(loaded.table.columns[i]);
    }, threads);
    if (profile.rows > 0)
        profile.repeatedRows = repeatedRowsOf(loaded.table, threads);
    findProblems(profile);
    return profile;
}

} // namespace pilothouse::data
