// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/quality_report.h"

#include "core/fleet/report_parts.h"

#include <algorithm>
#include <cmath>

namespace pilothouse::fleet {

namespace {

using namespace report;
using data::ColumnStatistics;
using data::ColumnType;

const QString none = QStringLiteral("–");

QString h2(const QString &text) { return QStringLiteral("<h2>%1</h2>\n").arg(escaped(text)); }
QString paragraph(const QString &text) { return text.isEmpty() ? QString() : QStringLiteral("<p>%1</p>\n").arg(escaped(text)); }
QString number(double v) { return std::isfinite(v) ? QString::number(v, 'g', 5).replace(QLatin1Char('-'), QChar(0x2212)) : none; }
QString moment(std::int64_t ms) { return ms == data::Column::missingTime ? none : QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC).toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")); }

bool isCount(const QString &check) { return check == QLatin1String("constant") || check.endsWith(QLatin1String("_columns")) || check == QLatin1String("type_changes"); }
QString figure(const QString &check, double value) { return isCount(check) ? QString::number(value, 'f', 0) : QStringLiteral("%1 %").arg(100 * value, 0, 'g', 3); }

struct Check {
    const char *name, *meaning;
};
constexpr Check checks[] = {{"missing", "share of a column's values that are missing"},
                            {"duplicates", "share of rows that equal an earlier one"},
                            {"outliers", "share of a column's numbers beyond Tukey's far fences: the quartiles ∓ 3 interquartile ranges (Tukey 1977)"},
                            {"constant", "columns with one value only"},
                            {"dropped", "share of rows that could not be read"},
                            {"absent_columns", "columns of the reference that are not there"},
                            {"new_columns", "columns that the reference does not have"},
                            {"type_changes", "columns of another type than in the reference"},
                            {"out_of_range", "share of a column's numbers outside the reference's minimum … maximum"},
                            {"new_categories", "share of a column's values that the reference does not have"}};

QString meaningOf(const QString &check) {
    const auto found = std::find_if(std::begin(checks), std::end(checks), [&](const Check &c) { return check == QLatin1String(c.name); });
    return found == std::end(checks) ? QString() : QString::fromUtf8(found->meaning);
}

QString answer(const MeasuredData &data) {
    QStringList found;
    for (const QString &check : workspace::knownQualityChecks())
        if (const double value = data.quality.value(check); value > 0)
            found << QStringLiteral("%1 (%2)").arg(check, figure(check, value));
    if (found.isEmpty() && data.profile.problems.empty())
        return data.quality.reference.isEmpty() ? QStringLiteral("Nothing was found: no value is missing, nothing is constant, repeated or far out.") : QStringLiteral("Nothing was found, and nothing differs from %1.").arg(data.quality.reference);
    return found.isEmpty() ? data.profile.problems.size() == 1 ? QStringLiteral("No check found anything; one thing is to be looked at.") : QStringLiteral("No check found anything; %1 things are to be looked at.").arg(data.profile.problems.size()) : QStringLiteral("Found: %1.").arg(found.join(QStringLiteral(", ")));
}

QString checksPart(const data::QualityReport &quality) {
    Rows rows({QStringLiteral("Check"), QStringLiteral(">Worst"), QStringLiteral("Where")});
    for (const QString &check : workspace::knownQualityChecks()) {
        const double value = quality.value(check);
        if (std::isnan(value))
            continue; // needs a reference
        QStringList where;
        for (const data::QualityFinding &f : quality.findings)
            if (f.check == check)
                where << escaped(f.column.isEmpty() ? f.what : QStringLiteral("%1: %2").arg(f.column, f.what));
        rows.add({escaped(check), figure(check, value), where.isEmpty() ? badge("ok", QStringLiteral("nothing found")) : where.join(QStringLiteral("<br/>"))});
    }
    return h2(QStringLiteral("Checks")) + rows.html();
}

QString problemsPart(const data::Profile &profile) {
    if (profile.problems.empty() && profile.report.problems.empty())
        return {};
    Rows rows({QStringLiteral("Where"), QStringLiteral("What"), QStringLiteral("What to do")});
    for (const data::QualityProblem &p : profile.problems)
        rows.add({escaped(p.line > 0 ? QStringLiteral("line %1 %2").arg(p.line).arg(p.column).trimmed() : p.column), escaped(p.what), escaped(p.hint)});
    for (const data::Problem &p : profile.report.problems)
        rows.add({escaped(QStringLiteral("line %1, column %2").arg(p.line).arg(p.column)), escaped(p.what), QString()});
    return h2(QStringLiteral("To look at")) + rows.html();
}

QString valuesOf(const ColumnStatistics &s) {
    switch (s.type) {
    case ColumnType::Number: return escaped(QStringLiteral("%1 … %2, median %3 (%4 … %5), mean %6 ± %7").arg(number(s.min), number(s.max), number(s.median), number(s.q25), number(s.q75), number(s.mean), number(s.std)));
    case ColumnType::Category: {
        QStringList top;
        for (const auto &[value, times] : s.top)
            top << QStringLiteral("%1 (%2)").arg(value).arg(times);
        return escaped(top.join(QStringLiteral(", ")) + (s.distinct > qint64(s.top.size()) ? QStringLiteral(", …") : QString()));
    }
    case ColumnType::Time: break;
    }
    QString text = QStringLiteral("%1 … %2 UTC").arg(moment(s.firstTime), moment(s.lastTime));
    if (s.step > 0)
        text += QStringLiteral(", every %1 s, %2 steps missing").arg(double(s.step) / 1000).arg(s.missingSteps);
    return escaped(text);
}

QString columnsPart(const data::Profile &profile) {
    Rows rows({QStringLiteral("Column"), QStringLiteral("Type"), QStringLiteral(">Missing"), QStringLiteral(">Distinct"), QStringLiteral("Values")});
    bool estimates = false;
    for (const ColumnStatistics &s : profile.columns) {
        estimates = estimates || !s.estimated.isEmpty();
        rows.add({escaped(s.name), escaped(data::columnTypeName(s.type)), s.missing > 0 ? QStringLiteral("%1 (%2 %)").arg(s.missing).arg(100.0 * double(s.missing) / double(std::max<qint64>(1, profile.rows)), 0, 'g', 3) : QStringLiteral("0"),
                  (s.estimated.contains(QLatin1String("distinct")) ? QStringLiteral("≈ ") : QString()) + QString::number(s.distinct), valuesOf(s)});
    }
    return h2(QStringLiteral("Columns")) + rows.html() + (estimates ? paragraph(QStringLiteral("The file was read in blocks: some figures are estimates, distinct values and quantiles among them.")) : QString());
}

QString definitions(const data::QualityReport &quality) {
    QString out = h2(QStringLiteral("What the checks mean")) + QStringLiteral("<ul>\n");
    for (const QString &check : workspace::knownQualityChecks())
        if (!std::isnan(quality.value(check)))
            out += QStringLiteral("<li><b>%1</b>: %2</li>\n").arg(escaped(check), escaped(meaningOf(check)));
    return out + QStringLiteral("</ul>\n");
}

} // namespace

QByteArray qualityReport(const MeasuredData &data, const QDateTime &made) {
    const QString title = QStringLiteral("Data quality of %1").arg(data.file.section(QLatin1Char('/'), -1));
    QString body = QStringLiteral("<h1>%1</h1>\n").arg(escaped(title)) + paragraph(answer(data));
    body += facts({{QStringLiteral("File"), escaped(data.file)},
                   {QStringLiteral("Rows"), QStringLiteral("%1, %2 columns").arg(data.profile.rows).arg(data.profile.columns.size())},
                   {QStringLiteral("Bytes"), QString::number(data.profile.fingerprint.bytes)},
                   {QStringLiteral("SHA-256"), hashText(data.profile.fingerprint.sha256)},
                   {QStringLiteral("Reference"), escaped(data.quality.reference)},
                   {QStringLiteral("Written"), escaped(made.toUTC().toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")) + QStringLiteral(" UTC"))}});
    for (const QString &note : data.profile.report.notes)
        body += paragraph(note);
    body += checksPart(data.quality) + problemsPart(data.profile) + columnsPart(data.profile) + definitions(data.quality);
    return page(QStringLiteral("en"), title, body);
}

} // namespace pilothouse::fleet
