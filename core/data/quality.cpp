// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/quality.h"

#include "core/base/json.h"

#include <algorithm>
#include <cmath>

namespace pilothouse::data {

namespace {

using Q = QLatin1String;

QString figure(double value) { return QString::number(value, 'g', 6); }
QString ofAll(qint64 part, qint64 all) { return QStringLiteral("%1 of %2").arg(part).arg(all); }

/// Tukey's far fences; false: half of all values are equal, and every other one would be an outlier.
bool farFences(const ColumnStatistics &s, double &low, double &high) {
    const double spread = s.q75 - s.q25;
    low = s.q25 - 3 * spread;
    high = s.q75 + 3 * spread;
    return spread > 0;
}

/// Measures one file; a function each check.
class Measure {
public:
    Measure(QualityReport &report, qint64 rows) : m_report(report), m_rows(rows) {}

    void file(const Profile &profile) {
        const qint64 repeated = profile.repeatedRows;
        if (repeated > 0)
            share(Q("duplicates"), {}, repeated, m_rows, QStringLiteral("%1%2 rows equal an earlier row in every column").arg(profile.repeatsEstimated ? QStringLiteral("about ") : QString(), ofAll(repeated, m_rows)));
        const qint64 dropped = profile.report.rowsDropped, read = profile.fingerprint.rows + dropped;
        if (dropped > 0)
            share(Q("dropped"), {}, dropped, read, QStringLiteral("%1 rows could not be read").arg(ofAll(dropped, read)));
    }
    void column(const ColumnStatistics &s, const ColumnCounts &counts) {
        if (s.missing > 0)
            share(Q("missing"), s.name, s.missing, m_rows, QStringLiteral("%1 values are missing").arg(ofAll(s.missing, m_rows)));
        if (s.distinct == 1 && m_rows > 1)
            one(Q("constant"), s.name, QStringLiteral("all values are equal"));
        double low = 0, high = 0;
        if (s.type == ColumnType::Number && farFences(s, low, high))
            share(Q("outliers"), s.name, counts.outliers, s.present, QStringLiteral("%1 values lie outside %2 … %3").arg(ofAll(counts.outliers, s.present), figure(low), figure(high)));
    }
    void against(const ExpectedColumn &expected, const ColumnStatistics &s, const ColumnCounts &counts) {
        if (expected.type != s.type) {
            one(Q("type_changes"), s.name, QStringLiteral("it is a %1 and was a %2").arg(columnTypeName(s.type), columnTypeName(expected.type)));
            return;
        }
        share(Q("out_of_range"), s.name, counts.outOfRange, s.present, QStringLiteral("%1 values lie outside the reference's %2 … %3").arg(ofAll(counts.outOfRange, s.present), figure(expected.min), figure(expected.max)));
        share(Q("new_categories"), s.name, counts.unknown, s.present, QStringLiteral("%1 values are unknown to the reference, “%2” first").arg(ofAll(counts.unknown, s.present), QString::fromStdString(counts.firstUnknown)));
    }
    void one(QLatin1String check, const QString &column, const QString &what) { m_report.findings.push_back({check, column, 1, 1, what}); }

private:
    void share(QLatin1String check, const QString &column, qint64 count, qint64 of, const QString &what) {
        if (count > 0 && of > 0)
            m_report.findings.push_back({check, column, double(count) / double(of), count, what});
    }

    QualityReport &m_report;
    const qint64 m_rows;
};

} // namespace

const ExpectedColumn *ExpectedSchema::find(const QString &column) const {
    const auto it = std::find_if(columns.begin(), columns.end(), [&](const ExpectedColumn &c) { return c.name == column; });
    return it == columns.end() ? nullptr : &*it;
}

ExpectedSchema schemaOf(const Table &table, const QString &name) {
    ExpectedSchema schema;
    schema.name = name;
    for (const Column &column : table.columns) {
        ExpectedColumn expected;
        expected.name = column.name;
        expected.type = column.type;
        for (const double v : column.numbers) {
            if (std::isnan(v))
                continue;
            expected.min = std::isnan(expected.min) ? v : std::min(expected.min, v);
            expected.max = std::isnan(expected.max) ? v : std::max(expected.max, v);
        }
        std::vector<bool> used(column.dictionary.size());
        for (const std::int32_t code : column.codes)
            if (code >= 0)
                used[std::size_t(code)] = true;
        for (std::size_t i = 0; i < used.size(); ++i)
            if (used[i])
                expected.categories.insert(QString::fromStdString(column.dictionary[i]));
        schema.columns.push_back(std::move(expected));
    }
    return schema;
}

double QualityReport::value(const QString &check) const {
    if (reference.isEmpty() && workspace::qualityCheckNeedsReference(check))
        return NAN;
    double worst = 0, columns = 0;
    for (const QualityFinding &f : findings)
        if (f.check == check) {
            worst = std::max(worst, f.value);
            ++columns;
        }
    static const QStringList counted{QStringLiteral("absent_columns"), QStringLiteral("constant"), QStringLiteral("new_columns"), QStringLiteral("type_changes")};
    return counted.contains(check) ? columns : worst;
}

const QualityFinding *QualityReport::worst(const QString &check) const {
    const QualityFinding *worst = nullptr;
    for (const QualityFinding &f : findings)
        if (f.check == check && (!worst || f.value > worst->value))
            worst = &f;
    return worst;
}

QJsonObject QualityReport::toJson() const {
    QJsonObject checks;
    for (const QString &check : workspace::knownQualityChecks())
        checks.insert(check, jsonNumber(value(check)));
    QJsonArray list;
    for (const QualityFinding &f : findings)
        list.append(QJsonObject{{Q("check"), f.check}, {Q("column"), f.column}, {Q("value"), f.value}, {Q("count"), f.count}, {Q("what"), f.what}});
    return {{Q("rows"), rows}, {Q("reference"), reference.isEmpty() ? QJsonValue() : QJsonValue(reference)}, {Q("checks"), checks}, {Q("findings"), list}};
}

void countColumn(const Column &values, const ColumnStatistics &s, const ExpectedColumn *expected, ColumnCounts &counts) {
    const auto outside = [&](double low, double high) { return qint64(std::count_if(values.numbers.begin(), values.numbers.end(), [&](double v) { return v < low || v > high; })); };
    double low = 0, high = 0;
    if (values.type == ColumnType::Number && farFences(s, low, high))
        counts.outliers += outside(low, high);
    if (!expected || expected->type != values.type)
        return;
    if (values.type == ColumnType::Number && !std::isnan(expected->min))
        counts.outOfRange += outside(expected->min, expected->max);
    if (values.type != ColumnType::Category || !expected->allCategories)
        return;
    std::vector<bool> known;
    for (const std::string &category : values.dictionary)
        known.push_back(expected->categories.contains(QString::fromStdString(category)));
    for (const std::int32_t code : values.codes)
        if (code >= 0 && !known[std::size_t(code)] && counts.unknown++ == 0)
            counts.firstUnknown = values.dictionary[std::size_t(code)];
}

QualityReport qualityOf(const LoadedTable &loaded, const Profile &profile, const ExpectedSchema *expected, const QStringList &columns) {
    std::vector<ColumnCounts> counts(profile.columns.size());
    for (std::size_t i = 0; i < counts.size(); ++i)
        if (const QString &name = profile.columns[i].name; columns.isEmpty() || columns.contains(name))
            countColumn(loaded.table.columns[i], profile.columns[i], expected ? expected->find(name) : nullptr, counts[i]);
    return qualityOf(profile, counts, expected, columns);
}

QualityReport qualityOf(const Profile &profile, const std::vector<ColumnCounts> &counts, const ExpectedSchema *expected, const QStringList &columns) {
    QualityReport report;
    report.rows = profile.rows;
    Measure measure(report, profile.rows);
    measure.file(profile);
    const auto judged = [&](const QString &name) { return columns.isEmpty() || columns.contains(name); };
    for (std::size_t i = 0; i < profile.columns.size(); ++i)
        if (judged(profile.columns[i].name))
            measure.column(profile.columns[i], counts[i]);
    if (expected) {
        report.reference = expected->name;
        for (std::size_t i = 0; i < profile.columns.size(); ++i) {
            const ColumnStatistics &s = profile.columns[i];
            if (!judged(s.name))
                continue;
            if (const ExpectedColumn *was = expected->find(s.name))
                measure.against(*was, s, counts[i]);
            else if (expected->times || s.type != ColumnType::Time)
                measure.one(Q("new_columns"), s.name, QStringLiteral("the reference does not have it"));
        }
        for (const ExpectedColumn &was : expected->columns)
            if (judged(was.name) && !profile.find(was.name))
                measure.one(Q("absent_columns"), was.name, QStringLiteral("the reference has it, the file does not"));
    }
    std::stable_sort(report.findings.begin(), report.findings.end(), [](const QualityFinding &a, const QualityFinding &b) { return a.check != b.check ? a.check < b.check : a.value > b.value; });
    return report;
}

QStringList failedQualityGates(const QualityReport &report, const std::vector<workspace::GateSpec> &gates) {
    QStringList failed;
    for (const workspace::GateSpec &gate : gates) {
        const double value = report.value(gate.metric);
        if (gate.passes(value))
            continue;
        QString line = QStringLiteral("%1: %2").arg(gate.text(), std::isnan(value) ? QStringLiteral("not measured, no reference") : figure(value));
        if (const QualityFinding *f = report.worst(gate.metric))
            line += QStringLiteral(" (%1%2)").arg(f->column.isEmpty() ? QString() : QStringLiteral("column “%1”: ").arg(f->column), f->what);
        failed << line;
    }
    return failed;
}

} // namespace pilothouse::data
