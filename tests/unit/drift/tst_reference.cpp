// SPDX-License-Identifier: GPL-3.0-or-later
// The figures of reference/drift.json, within the tolerances written there, but those that core/drift does not compute: the goodness of fit
// (chi2_gof, chi2_gof_p), exact and asymptotic p-values (ks_p_exact; of ks_p_asymp and ks_p_limit the file accepts either, ours is the limit), how many
// values lie within rounding of an edge, and what Evidently comes to, which is not to be matched. Edges of equal width are made here, because core/drift
// bins by quantiles only; counts, PSI and distance on them are its own. Jensen-Shannon to base e and Cramér's V follow from what it gives.
#include "core/data/csv.h"
#include "core/drift/drift.h"
#include "core/drift/sorted_sample.h"
#include "core/drift/statistics.h"
#include "tests/support/csv_text.h"
#include "tests/support/reference_file.h"

#include <QTest>

#include <functional>
#include <numbers>

using namespace pilothouse;
using namespace pilothouse::drift;
using support::Answer;
using Q = QLatin1String;

namespace {

/// Rows of the table that a test wants, by a predicate on the row number.
data::Table rowsWhere(const data::Table &table, const std::function<bool(std::size_t)> &wanted) {
    std::vector<std::size_t> rows;
    for (std::size_t i = 0; i < table.rows(); ++i)
        if (wanted(i))
            rows.push_back(i);
    return table.take(rows);
}

struct Case {
    data::Table reference, current;
};

Result<data::Table> load(const QString &file, const std::vector<std::pair<const char *, const char *>> &where = {},
                         const QStringList &categories = {}) {
    workspace::DataSpec spec;
    spec.source = qEnvironmentVariable("PILOTHOUSE_SHARED") + QStringLiteral("/data/") + file;
    for (const auto &[column, value] : where)
        spec.where.insert(QString::fromLatin1(column), QString::fromLatin1(value));
    QMap<QString, data::ColumnType> types;
    for (const QString &name : categories)
        types.insert(name, data::ColumnType::Category);
    PH_ASSIGN(data::LoadedTable loaded, data::loadData(spec, types));
    return std::move(loaded.table);
}

std::function<bool(std::size_t)> equals(const data::Table &table, const char *column, double value) {
    const data::Column *c = table.find(QString::fromLatin1(column));
    return [c, value](std::size_t i) { return c->numbers[i] == value; };
}

data::Table numberTable(const std::vector<double> &values) { return data::Table{{support::numberColumn(QStringLiteral("x"), values)}}; }

/// Categories A, B, … so often each.
data::Table categoryTable(const std::vector<int> &counts) {
    data::Column column;
    column.name = QStringLiteral("x");
    column.type = data::ColumnType::Category;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        column.dictionary.push_back(std::string(1, char('A' + i)));
        column.codes.insert(column.codes.end(), std::size_t(counts[i]), std::int32_t(i));
    }
    return data::Table{{column}};
}

std::vector<double> range(int first, int last) {
    std::vector<double> list;
    for (int i = first; i <= last; ++i)
        list.push_back(i);
    return list;
}

/// What the file's "inputs" say.
std::optional<Case> handMade(const QString &name) {
    const std::map<QString, Case> cases{{QStringLiteral("identical"), {numberTable(range(1, 10)), numberTable(range(1, 10))}},
                                        {QStringLiteral("disjoint"), {numberTable(range(1, 5)), numberTable(range(11, 15))}},
                                        {QStringLiteral("shift_by_one"), {numberTable(range(1, 10)), numberTable(range(2, 11))}},
                                        {QStringLiteral("many_ties"), {numberTable({0, 0, 0, 0, 0, 0, 0, 0, 1, 2}), numberTable({0, 0, 0, 0, 0, 1, 1, 1, 2, 2})}},
                                        {QStringLiteral("new_category"), {categoryTable({5, 5}), categoryTable({4, 4, 2})}},
                                        {QStringLiteral("same"), {categoryTable({2, 3}), categoryTable({4, 6})}}};
    const auto found = cases.find(name);
    return found == cases.end() ? std::nullopt : std::optional(found->second);
}

Result<Case> makeCase(const QString &name) {
    const auto beforeAndAfter = [](const data::Table &t, std::size_t border) {
        return Case{rowsWhere(t, [border](auto i) { return i < border; }), rowsWhere(t, [border](auto i) { return i >= border; })};
    };
    if (name == Q("housing_halves") || name == Q("housing_even_odd")) {
        PH_ASSIGN(const data::Table t, load(QStringLiteral("california_housing.csv")));
        if (name == Q("housing_halves"))
            return beforeAndAfter(t, 10000);
        return Case{rowsWhere(t, [](auto i) { return i % 2 == 0; }), rowsWhere(t, [](auto i) { return i % 2 == 1; })};
    }
    if (name == Q("jfk_january_july") || name == Q("jfk_january_february")) {
        PH_ASSIGN(const data::Table t, load(QStringLiteral("nyc_weather_2013.csv"), {{"origin", "JFK"}}));
        return Case{rowsWhere(t, equals(t, "month", 1)), rowsWhere(t, equals(t, "month", name.endsWith(Q("july")) ? 7 : 2))};
    }
    if (name == Q("maintenance_halves")) {
        PH_ASSIGN(const data::Table t, load(QStringLiteral("predictive_maintenance_2020.csv"), {}, {QStringLiteral("Machine failure")}));
        return beforeAndAfter(t, 5000);
    }
    if (name != Q("beijing_aotizhongxin_2014_2016"))
        return invalid(QStringLiteral("No test makes the rows of %1.").arg(name));
    PH_ASSIGN(const data::Table t, load(QStringLiteral("beijing_air_quality_12_stations.csv.gz"), {{"station", "Aotizhongxin"}}));
    return Case{rowsWhere(t, equals(t, "year", 2014)), rowsWhere(t, equals(t, "year", 2016))};
}

/// n_ref, mean_cur, …: of one side.
std::optional<Answer> sideFigure(const data::Column &column, std::size_t rows, const QString &what, const QJsonValue &figure) {
    if (what == Q("n"))
        return support::near(double(rows), figure, 0);
    const Moments moments = momentsOf(sortedFinite(column.numbers));
    if (what == Q("mean"))
        return support::near(moments.mean, figure, 1e-12, 1e-9);
    return what == Q("std") ? std::optional(support::near(moments.std, figure, 1e-12, 1e-9)) : std::nullopt;
}

std::vector<double> countsOf(std::vector<double> shares, std::size_t rows) {
    for (double &share : shares)
        share = std::round(share * double(rows) * 1e6) / 1e6;
    return shares;
}

} // namespace

class tst_Reference : public QObject {
    Q_OBJECT

    support::ReferenceFile m_reference{QStringLiteral("drift.json"),
                                       {QStringLiteral("title"), QStringLiteral("procedure"), QStringLiteral("tolerance"), QStringLiteral("versions"), QStringLiteral("rows"), QStringLiteral("inputs"),
                                        QStringLiteral("edge_cases"), QStringLiteral("evidently"), QStringLiteral("ks_p_asymp"), QStringLiteral("ks_p_exact"), QStringLiteral("chi2_gof"),
                                        QStringLiteral("chi2_gof_p"), QStringLiteral("values_within_rounding_of_an_edge")}};

    /// Bins of either kind: edges, counts and what is made of their shares.
    std::optional<Answer> binsFigure(const std::vector<double> &edges, const std::vector<double> &reference, const std::vector<double> &current, std::size_t referenceRows, std::size_t currentRows,
                                     const QStringList &path, const QJsonValue &figure) const {
        const QString what = path.value(5);
        if (what == Q("inner_edges") && path.size() == 7)
            return m_reference.nearListed(edges, path, figure, 1e-12, 1e-11);
        if (what == Q("count_ref") && path.size() == 7)
            return m_reference.nearListed(countsOf(reference, referenceRows), path, figure, 0);
        if (what == Q("count_cur") && path.size() == 7)
            return m_reference.nearListed(countsOf(current, currentRows), path, figure, 0);
        return sharesFigure(what, populationStability(reference, current), jensenShannonDistance(reference, current), figure);
    }
    static std::optional<Answer> sharesFigure(const QString &what, double psi, double js, const QJsonValue &figure) {
        if (what == Q("psi") || what == Q("psi_categorical"))
            return support::near(psi, figure, 1e-6, 1e-6);
        if (what == Q("js_distance_base2"))
            return support::near(js, figure, 1e-9);
        return what == Q("js_distance_base_e") ? std::optional(support::near(js * std::sqrt(std::numbers::ln2), figure, 1e-9)) : std::nullopt;
    }

    /// path: values/CASE/numeric/COLUMN/WHAT…
    std::optional<Answer> numberFigure(const Case &rows, const ColumnDrift &c, const QStringList &path, const QJsonValue &figure) const {
        const QString what = path.value(4);
        const data::Column &reference = *rows.reference.find(c.name), &current = *rows.current.find(c.name);
        if (what == Q("quantile10"))
            return binsFigure(c.edges, c.referenceShares, c.currentShares, c.referenceRows, c.currentRows, path, figure);
        if (what == Q("width10")) {
            const std::vector<double> a = sortedFinite(reference.numbers), b = sortedFinite(current.numbers);
            std::vector<double> edges;
            for (int i = 1; i <= 9; ++i)
                edges.push_back(a.front() + ((a.back() - a.front()) * i) / 10.0);
            return binsFigure(edges, sharesOf(binCounts(a, edges)), sharesOf(binCounts(b, edges)), a.size(), b.size(), path, figure);
        }
        if (what.endsWith(Q("_ref")))
            return sideFigure(reference, c.referenceRows, what.chopped(4), figure);
        if (what.endsWith(Q("_cur")))
            return sideFigure(current, c.currentRows, what.chopped(4), figure);
        if (what == Q("ks_d"))
            return support::near(c.ksD.value_or(NAN), figure, 1e-9);
        if (what == Q("ks_p_limit"))
            return support::near(c.ksP.value_or(NAN), figure, 1e-300, 1e-6); // below that a p counts as 0
        if (what == Q("wasserstein"))
            return support::near(c.wasserstein.value_or(NAN), figure, 1e-12, 1e-9);
        return what == Q("wasserstein_norm") ? std::optional(support::near(c.wassersteinNorm.value_or(NAN), figure, 1e-12, 1e-9)) : std::nullopt;
    }

    std::optional<Answer> categoryFigure(const Case &rows, const ColumnDrift &c, const QStringList &path, const QJsonValue &figure) const {
        const QString what = path.value(4);
        if (what == Q("categories") && path.size() == 6)
            return support::same(c.categories.size() > path[5].toULongLong() ? c.categories[path[5].toULongLong()] : QString(), figure);
        if (what == Q("count_ref") && path.size() == 6)
            return m_reference.nearListed(countsOf(c.referenceShares, c.referenceRows), path, figure, 0);
        if (what == Q("count_cur") && path.size() == 6)
            return m_reference.nearListed(countsOf(c.currentShares, c.currentRows), path, figure, 0);
        if (what == Q("n_ref"))
            return sideFigure(*rows.reference.find(c.name), c.referenceRows, QStringLiteral("n"), figure);
        if (what == Q("n_cur"))
            return sideFigure(*rows.current.find(c.name), c.currentRows, QStringLiteral("n"), figure);
        const double chi2 = c.chi2.value_or(NAN);
        if (what == Q("chi2"))
            return support::near(chi2, figure, 1e-12, 1e-9);
        if (what == Q("chi2_dof"))
            return support::near(c.chi2Dof.value_or(-1), figure, 0);
        if (what == Q("chi2_p"))
            return support::near(c.chi2P.value_or(NAN), figure, 1e-300, 1e-6);
        if (what == Q("cramers_v")) // of a table of two lines
            return support::near(std::sqrt(chi2 / double(c.referenceRows + c.currentRows)), figure, 1e-12, 1e-9);
        return sharesFigure(what, c.psi, c.js, figure);
    }

    std::optional<Answer> columnFigure(const Case &rows, const DriftReport &report, const QString &column, const QStringList &path, const QJsonValue &figure) const {
        const auto found = std::find_if(report.columns.begin(), report.columns.end(), [&](const ColumnDrift &c) { return c.name == column; });
        const bool numeric = path.value(2) == Q("numeric");
        if (found == report.columns.end() || (!numeric && path.value(2) != Q("categorical")))
            return std::nullopt;
        if ((found->kind == data::ColumnType::Number) != numeric)
            return Answer{false, QStringLiteral("a column of the kind %1").arg(data::columnTypeName(found->kind))};
        return numeric ? numberFigure(rows, *found, path, figure) : categoryFigure(rows, *found, path, figure);
    }

private Q_SLOTS:
    void initTestCase() {
        const Result<void> read = m_reference.read();
        if (!read && read.error().kind == ErrorKind::NotFound)
            QSKIP("the reference values (PILOTHOUSE_SHARED) are not here");
        QVERIFY2(read, read ? "" : qPrintable(read.error().text()));
    }

    void figures_data() {
        QTest::addColumn<QString>("part");
        for (const QString &part : m_reference.parts(2))
            QTest::newRow(qPrintable(part)) << part;
    }
    void figures() {
        QFETCH(QString, part);
        const QString name = part.section(QLatin1Char('/'), 1);
        if (name == Q("hand_made")) { // each column a case of its own, of one column x
            const QString wrong = m_reference.ask(part, [this](const QStringList &path, const QJsonValue &figure) -> std::optional<Answer> {
                const std::optional<Case> rows = handMade(path.value(3));
                return rows ? columnFigure(*rows, compare(rows->reference, rows->current), QStringLiteral("x"), path, figure) : std::nullopt;
            });
            QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
            return;
        }
        const auto made = makeCase(name);
        QVERIFY2(made, made ? "" : qPrintable(made.error().text()));
        const DriftReport report = compare(made->reference, made->current);
        const QString wrong = m_reference.ask(part, [&](const QStringList &path, const QJsonValue &figure) { return columnFigure(*made, report, path.value(3), path, figure); });
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
    }

    void cleanupTestCase() { QVERIFY2(m_reference.complete(), qPrintable(m_reference.tally())); }
};

QTEST_GUILESS_MAIN(tst_Reference)
#include "tst_reference.moc"
