// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/csv_dialect.h"

#include "core/data/number_text.h"

#include <QRegularExpression>

#include <algorithm>
#include <set>

namespace pilothouse::data {

bool MissingValues::isText(std::string_view text) const {
    return text.empty() || std::find(texts.begin(), texts.end(), text) != texts.end();
}

bool MissingValues::isNumber(double value) const { return std::find(numbers.begin(), numbers.end(), value) != numbers.end(); }

Field fieldAt(std::string_view text, std::size_t at, char delimiter) {
    Field field;
    std::size_t p = at;
    if (p < text.size() && text[p] == '"') {
        for (++p; p < text.size(); ++p) {
            if (text[p] != '"') {
                field.text += text[p];
            } else if (p + 1 < text.size() && text[p + 1] == '"') {
                field.text += '"';
                ++p;
            } else {
                break;
            }
        }
        field.closed = p < text.size();
        p += field.closed;
    }
    const std::size_t end = std::min(text.find_first_of(std::string{delimiter, '\n'}, p), text.size());
    field.text += text.substr(p, end - p);
    if (end > p && text[end - 1] == '\r' && (end == text.size() || text[end] == '\n'))
        field.text.pop_back();
    field.end = end;
    return field;
}

std::optional<std::string> repairedUtf8(std::string_view text) {
    if (std::all_of(text.begin(), text.end(), [](char c) { return static_cast<signed char>(c) > 0; })) // plain ASCII, nearly always
        return {};
    std::string out;
    bool changed = false;
    for (std::size_t i = 0; i < text.size();) {
        const auto byte = [&](std::size_t k) { return i + k < text.size() ? static_cast<unsigned char>(text[i + k]) : 0u; };
        const auto follows = [&](std::size_t k) { return (byte(k) & 0xc0) == 0x80; };
        const unsigned first = byte(0);
        std::size_t length = 0;
        if (first != 0 && first < 0x80)
            length = 1;
        else if (first >= 0xc2 && first <= 0xdf && follows(1))
            length = 2;
        else if (first >= 0xe0 && first <= 0xef && follows(1) && follows(2) && !(first == 0xe0 && byte(1) < 0xa0) && !(first == 0xed && byte(1) >= 0xa0))
            length = 3;
        else if (first >= 0xf0 && first <= 0xf4 && follows(1) && follows(2) && follows(3) && !(first == 0xf0 && byte(1) < 0x90) && !(first == 0xf4 && byte(1) >= 0x90))
            length = 4;
        if (length == 0) {
            out += "\xef\xbf\xbd";
            changed = true;
            ++i;
        } else {
            out += text.substr(i, length);
            i += length;
        }
    }
    if (!changed)
        return {};
    return out;
}

namespace {

constexpr std::size_t sampleRecords = 100;

std::size_t lineEnd(std::string_view text, std::size_t at) { return std::min(text.find('\n', at), text.size()); }
bool blank(std::string_view line) { return line.empty() || line == "\r"; }

/// Texts of one record's fields, and where the next record begins; `whole` false if it does not end in this text.
struct Record {
    std::vector<std::string> fields;
    std::size_t next = 0;
    bool whole = true;
    bool closed = true; ///< false: a quote in it never closes
};

Record recordAt(std::string_view text, std::size_t at, char delimiter) {
    Record record;
    for (;;) {
        Field field = fieldAt(text, at, delimiter);
        record.closed = record.closed && field.closed;
        record.whole = record.whole && field.closed;
        record.fields.push_back(std::move(field.text));
        at = field.end;
        if (at >= text.size()) {
            record.whole = false;
            record.next = at;
            return record;
        }
        ++at;
        if (text[at - 1] == '\n') {
            record.next = at;
            return record;
        }
    }
}

/// The first rows of the file as one delimiter cuts them. A last record that the prefix cuts is left out.
std::vector<std::vector<std::string>> sample(std::string_view text, std::size_t at, char delimiter, const std::string &comment, bool whole) {
    std::vector<std::vector<std::string>> records;
    while (at < text.size() && records.size() < sampleRecords) {
        const std::string_view line = text.substr(at, lineEnd(text, at) - at);
        if (blank(line) || (!comment.empty() && line.starts_with(comment))) {
            at = lineEnd(text, at) + 1;
            continue;
        }
        Record record = recordAt(text, at, delimiter);
        if (!record.whole && !(whole && record.next >= text.size()) && !records.empty())
            break;
        at = record.next;
        records.push_back(std::move(record.fields));
    }
    return records;
}

/// Of the usual delimiters the one that cuts most rows into as many fields as the first; more fields win a tie.
char findDelimiter(std::string_view text, std::size_t at, const std::string &comment, bool whole) {
    char best = ',';
    double bestShare = 0;
    std::size_t bestWidth = 1;
    for (const char candidate : {',', ';', '\t', '|'}) {
        const auto records = sample(text, at, candidate, comment, whole);
        if (records.empty() || records.front().size() < 2)
            continue;
        const std::size_t width = records.front().size();
        const auto same = std::count_if(records.begin(), records.end(), [&](const auto &r) { return r.size() == width; });
        const double share = double(same) / double(records.size());
        if (share > bestShare || (share == bestShare && width > bestWidth)) {
            best = candidate;
            bestShare = share;
            bestWidth = width;
        }
    }
    return best;
}

/// A comma is the decimal mark if numbers are written with it and none with a point.
char findDecimal(std::string_view text, std::size_t at, char delimiter, const std::string &comment, bool whole) {
    if (delimiter == ',')
        return '.';
    std::size_t commas = 0, points = 0;
    for (const auto &record : sample(text, at, delimiter, comment, whole)) {
        for (const std::string &field : record) {
            commas += field.find(',') != field.npos && parseNumber(field, ',').has_value();
            points += field.find('.') != field.npos && parseNumber(field, '.').has_value();
        }
    }
    return commas > 0 && points == 0 ? ',' : '.';
}

QString shown(char delimiter) { return delimiter == '\t' ? QStringLiteral("tab") : QString(QLatin1Char(delimiter)); }

/// Walks over what precedes the column names.
struct Preamble {
    std::string_view text;
    std::size_t at = 0;
    qint64 line = 1;

    std::string_view current() const { return text.substr(at, lineEnd(text, at) - at); }
    bool atEnd() const { return at >= text.size(); }
    void next() {
        at = std::min(lineEnd(text, at) + 1, text.size());
        ++line;
    }
};

Result<void> refuseForeignFormats(std::string_view text, const QString &path) {
    const auto starts = [&](std::string_view magic) { return text.starts_with(magic); };
    if (starts("\xff\xfe") || starts("\xfe\xff"))
        return invalid(QStringLiteral("The file is UTF-16; a CSV file must be UTF-8."), path, QStringLiteral("Convert it: iconv -f UTF-16 -t UTF-8 FILE > NEW."));
    if (starts("PK\x03\x04"))
        return invalid(QStringLiteral("This is a zip archive or a spreadsheet, no CSV file."), path, QStringLiteral("Save the sheet as CSV, or unpack the archive."));
    if (starts("PAR1"))
        return invalid(QStringLiteral("This is a Parquet file, no CSV file."), path, QStringLiteral("Write it as CSV first."));
    if (text.substr(0, lineEnd(text, 0)).find('\0') != text.npos)
        return invalid(QStringLiteral("The first line holds NUL bytes: this is no text file."), path, QStringLiteral("Give a CSV file in UTF-8."));
    if (text.find('\n') == text.npos && text.find('\r') != text.npos && text.find('\r') + 1 < text.size())
        return invalid(QStringLiteral("The lines end with a carriage return alone."), path, QStringLiteral("Convert it: tr '\\r' '\\n' < FILE > NEW."));
    return {};
}

/// "-BEGIN HEADER-" … "-END HEADER-" of NASA POWER files, which also says which number means missing.
void skipPowerHeader(Preamble &preamble, ReadReport &report, QString &missing) {
    if (!preamble.current().starts_with("-BEGIN HEADER-"))
        return;
    static const QRegularExpression rule(QStringLiteral(R"(value for missing[^:]*:\s*(-?[0-9.]+))"), QRegularExpression::CaseInsensitiveOption);
    Preamble look = preamble;
    for (; !look.atEnd() && look.line < 1000; look.next()) {
        const auto match = rule.match(QString::fromUtf8(look.current().data(), qsizetype(look.current().size())));
        if (match.hasMatch())
            missing = match.captured(1);
        if (look.current().starts_with("-END HEADER-")) {
            look.next();
            report.notes << QStringLiteral("A header block of %1 lines (-BEGIN HEADER- … -END HEADER-) was skipped.").arg(look.line - preamble.line);
            preamble = look;
            return;
        }
    }
    missing.clear();
}

/// "#" if the text begins with comment lines that nobody named: "#" lines before the names. A single one with as many
/// fields as the line below it is itself the line of column names.
std::string findComment(std::string_view text, std::size_t at, bool whole) {
    Preamble look{text, at, 1};
    std::size_t lines = 0, lastLine = at;
    for (; !look.atEnd() && (look.current().starts_with('#') || blank(look.current())); look.next())
        if (!blank(look.current())) {
            ++lines;
            lastLine = look.at;
        }
    if (lines == 0 || look.atEnd())
        return {};
    const char delimiter = findDelimiter(text, look.at, "#", whole);
    const bool names = lines == 1 && recordAt(text, lastLine, delimiter).fields.size() == recordAt(text, look.at, delimiter).fields.size();
    return names ? std::string() : std::string("#");
}

/// `comment` may come back filled.
Result<void> skipPreamble(Preamble &preamble, bool whole, const CsvOptions &options, const QString &path, ReadReport &report, QString &missing, std::string &comment) {
    const qint64 first = preamble.line;
    if (options.skipUntil.isEmpty()) {
        skipPowerHeader(preamble, report, missing);
    } else {
        const std::string mark = options.skipUntil.toStdString();
        while (!preamble.atEnd() && preamble.current().find(mark) == std::string_view::npos)
            preamble.next();
        if (preamble.atEnd())
            return invalid(QStringLiteral("No line contains “%1”%2.").arg(options.skipUntil, whole ? QString() : QStringLiteral(" in the first 256 KiB")), path,
                           QStringLiteral("Correct or remove skip_until."));
        preamble.next();
    }
    report.headerLines = preamble.line - first;
    if (comment.empty() && !preamble.atEnd()) {
        comment = findComment(preamble.text, preamble.at, whole);
        if (!comment.empty())
            report.notes << QStringLiteral("Lines that begin with # are comments; they are skipped and counted.");
    }
    while (!preamble.atEnd()) {
        const bool isComment = !comment.empty() && preamble.current().starts_with(comment);
        if (!isComment && !blank(preamble.current()))
            break;
        ++(isComment ? report.commentLines : report.blankLines);
        preamble.next();
    }
    return {};
}

/// Empty and repeated names get one of their own; each is a problem of its column.
std::vector<QString> columnNames(const std::vector<std::string> &fields, qint64 line, ReadReport &report) {
    std::vector<QString> names;
    std::set<QString> taken;
    for (const std::string &field : fields)
        taken.insert(QString::fromStdString(repairedUtf8(field).value_or(field)).trimmed());
    std::set<QString> used;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const QString written = QString::fromStdString(repairedUtf8(fields[i]).value_or(fields[i])).trimmed();
        QString name = written;
        if (written.isEmpty() || used.contains(written)) {
            const QString stem = written.isEmpty() ? QStringLiteral("column") : written;
            for (std::size_t k = written.isEmpty() ? i + 1 : 2; name.isEmpty() || used.contains(name) || taken.contains(name); ++k)
                name = QStringLiteral("%1_%2").arg(stem).arg(k);
            const QString what = written.isEmpty() ? QStringLiteral("The column has no name; it is called “%1”.").arg(name)
                                                   : QStringLiteral("The column name “%1” occurs again; this one is called “%2”.").arg(written, name);
            report.problems.push_back({ProblemKind::ColumnName, line, int(i + 1), what});
            ++report.problemCount;
            ++report.counts[problemKindName(ProblemKind::ColumnName)];
        }
        used.insert(name);
        names.push_back(name);
    }
    if (report.problems.size() > ReadReport::kept)
        report.problems.resize(ReadReport::kept);
    return names;
}

MissingValues missingValues(const CsvOptions &options, const QString &fromHeader, char decimal, ReadReport &report) {
    report.missing = options.missing.isEmpty() ? standardMissing() : options.missing;
    if (options.missing.isEmpty() && !fromHeader.isEmpty()) {
        report.missing << fromHeader;
        report.notes << QStringLiteral("The header block says that %1 means missing.").arg(fromHeader);
    }
    MissingValues missing;
    for (const QString &text : std::as_const(report.missing)) {
        missing.texts.push_back(text.toStdString());
        if (const auto number = parseNumber(missing.texts.back(), '.'))
            missing.numbers.push_back(*number);
        else if (const auto other = parseNumber(missing.texts.back(), decimal))
            missing.numbers.push_back(*other);
    }
    return missing;
}

} // namespace

Result<CsvDialect> findDialect(std::string_view prefix, bool whole, const CsvOptions &options, const QString &path, ReadReport &report) {
    if (prefix.empty())
        return invalid(QStringLiteral("The file is empty."), path, QStringLiteral("A CSV file begins with a line of column names."));
    PH_TRY(refuseForeignFormats(prefix, path));
    for (const auto &[name, value] : {std::pair{QStringLiteral("delimiter"), options.delimiter}, std::pair{QStringLiteral("decimal"), options.decimal}})
        if (value.size() > 1 || (value.size() == 1 && (value.at(0).unicode() > 127 || value.at(0).isLetterOrNumber() || QStringLiteral("\"\n\r+-").contains(value))))
            return invalid(QStringLiteral("The %1 “%2” must be one ASCII character, no letter, digit, sign or quote.").arg(name, value), path, QStringLiteral("For example ; or , or tab."));
    CsvDialect dialect;
    dialect.comment = options.comment.toStdString();
    Preamble preamble{prefix, prefix.starts_with("\xef\xbb\xbf") ? std::size_t(3) : 0, 1};
    if (preamble.at)
        report.notes << QStringLiteral("The file begins with a UTF-8 byte-order mark; it is no part of the first name.");
    QString missing;
    PH_TRY(skipPreamble(preamble, whole, options, path, report, missing, dialect.comment));
    if (preamble.atEnd())
        return invalid(QStringLiteral("The file has no line of column names."), path, QStringLiteral("It holds only blank lines, comments or a header block."));
    dialect.delimiter = options.delimiter.isEmpty() ? findDelimiter(prefix, preamble.at, dialect.comment, whole) : options.delimiter.at(0).toLatin1();
    dialect.decimal = options.decimal.isEmpty() ? findDecimal(prefix, preamble.at, dialect.delimiter, dialect.comment, whole) : options.decimal.at(0).toLatin1();
    if (dialect.decimal == dialect.delimiter)
        return invalid(QStringLiteral("The delimiter and the decimal mark are the same character."), path, QStringLiteral("Change one of them."));
    if (options.delimiter.isEmpty() && dialect.delimiter != ',')
        report.notes << QStringLiteral("The fields are parted by “%1”.").arg(shown(dialect.delimiter));
    if (options.decimal.isEmpty() && dialect.decimal != '.')
        report.notes << QStringLiteral("Numbers are written with a decimal comma.");
    const Record header = recordAt(prefix, preamble.at, dialect.delimiter);
    if (!header.whole && !(whole && header.closed))
        return invalid(QStringLiteral("The line of column names does not end within the first 256 KiB."), path + QStringLiteral(":%1").arg(preamble.line),
                       QStringLiteral("Look for a quote in it that never closes."));
    dialect.names = columnNames(header.fields, preamble.line, report);
    const bool numbersOnly = std::all_of(header.fields.begin(), header.fields.end(), [&](const auto &f) { return parseNumber(f, dialect.decimal).has_value(); });
    if (numbersOnly)
        report.notes << QStringLiteral("The line of column names holds only numbers: the file perhaps has no names, and its first row was taken for them.");
    dialect.bodyOffset = header.next;
    dialect.bodyLine = preamble.line + std::count(prefix.begin() + std::ptrdiff_t(preamble.at), prefix.begin() + std::ptrdiff_t(header.next), '\n');
    dialect.missing = missingValues(options, missing, dialect.decimal, report);
    report.delimiter = shown(dialect.delimiter);
    report.decimal = QLatin1Char(dialect.decimal);
    return dialect;
}

} // namespace pilothouse::data
