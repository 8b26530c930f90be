// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/csv.h"

namespace pilothouse::data {

using Q = QLatin1String;

CsvOptions::CsvOptions(const workspace::DataSpec &spec)
    : delimiter(spec.delimiter), decimal(spec.decimal), missing(spec.missing), skipUntil(spec.skipUntil), comment(spec.comment) {}

const QStringList &standardMissing() {
    static const QStringList list = QStringLiteral("NA,N/A,n/a,NaN,nan,-NaN,-nan,NULL,null,None,<NA>,#N/A,#NA,#N/A N/A,1.#IND,1.#QNAN,-1.#IND,-1.#QNAN").split(QLatin1Char(','));
    return list;
}

QString problemKindName(ProblemKind kind) {
    switch (kind) {
    case ProblemKind::RaggedRow: return QStringLiteral("ragged_row");
    case ProblemKind::BadNumber: return QStringLiteral("bad_number");
    case ProblemKind::BadTime: return QStringLiteral("bad_time");
    case ProblemKind::BadText: return QStringLiteral("bad_text");
    case ProblemKind::ColumnName: return QStringLiteral("column_name");
    case ProblemKind::OpenQuote: return QStringLiteral("open_quote");
    }
    return {};
}

QStringList ReadReport::rules() {
    return {
        QStringLiteral("A row with another number of fields than the header is left out and counted."),
        QStringLiteral("A column is a number or time column if at least nine in ten of its present values are one; the others are counted and read as missing. Otherwise it is a category."),
        QStringLiteral("Numbers that are not finite (inf, or too large) read as missing and are counted as bad numbers."),
        QStringLiteral("Empty fields and the listed texts are missing, also in quotes; a listed number is missing however it is written."),
        QStringLiteral("Bytes that are not UTF-8, and NUL, read as U+FFFD and are counted."),
        QStringLiteral("Text behind a closing quote belongs to the field and is counted."),
        QStringLiteral("Blank lines and comment lines are skipped and counted."),
        QStringLiteral("Times without an offset are taken as UTC."),
    };
}

QString ReadReport::note() const {
    if (problems.empty())
        return {};
    const Problem &p = problems.front();
    const QString place = p.column > 0 ? QStringLiteral("in line %1, column %2: ").arg(p.line).arg(p.column) : QStringLiteral("in line %1: ").arg(p.line);
    if (problemCount == 1)
        return QStringLiteral("Reading the data found one problem, %1 rows were dropped; `pilot profile` shows it. It is ").arg(rowsDropped) + place + p.what;
    return QStringLiteral("Reading the data found %1 problems, %2 rows were dropped; `pilot profile` lists them. The first is ").arg(problemCount).arg(rowsDropped) + place + p.what;
}

QJsonObject ReadReport::toJson() const {
    QJsonObject countsJson;
    for (auto it = counts.begin(); it != counts.end(); ++it)
        countsJson.insert(it.key(), it.value());
    QJsonArray list;
    for (const Problem &p : problems)
        list.append(QJsonObject{{Q("kind"), problemKindName(p.kind)}, {Q("line"), p.line}, {Q("column"), p.column}, {Q("what"), p.what}});
    return {{Q("rows"), rows},
            {Q("rows_dropped"), rowsDropped},
            {Q("rows_filtered"), rowsFiltered},
            {Q("blank_lines"), blankLines},
            {Q("comment_lines"), commentLines},
            {Q("header_lines"), headerLines},
            {Q("delimiter"), delimiter},
            {Q("decimal"), decimal},
            {Q("missing"), QJsonArray::fromStringList(missing)},
            {Q("problem_count"), problemCount},
            {Q("counts"), countsJson},
            {Q("problems"), list},
            {Q("notes"), QJsonArray::fromStringList(notes)},
            {Q("rules"), QJsonArray::fromStringList(rules())}};
}

QJsonObject Fingerprint::toJson() const {
    QJsonArray list;
    for (const SchemaColumn &column : schema)
        list.append(QJsonObject{{Q("name"), column.name}, {Q("type"), columnTypeName(column.type)}});
    return {{Q("md5"), md5}, {Q("sha256"), sha256}, {Q("bytes"), bytes}, {Q("rows"), rows}, {Q("columns"), columns}, {Q("schema"), list}};
}

} // namespace pilothouse::data
