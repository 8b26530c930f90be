// SPDX-License-Identifier: GPL-3.0-or-later
// Every figure of reference/drift.json, within the tolerances written there.
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/data/csv.h"
#include "core/drift/drift.h"
#include "core/drift/sorted_sample.h"
#include "core/drift/statistics.h"

#include <QFileInfo>
#include <QTest>

#include <cmath>
#include <functional>

using namespace pilothouse;
using namespace pilothouse::drift;
using Q = QLatin1String;

namespace {

QString shared(const QString &file) { return qEnvironmentVariable("PILOTHOUSE_SHARED") + QLatin1Char('/') + file; }

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
    spec.source = shared(QStringLiteral("data/") + file);
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

Result<Case> makeCase(const QString &name) {
    if (name.startsWith(QStringLiteral("housing"))) {
        PH_ASSIGN(const data::Table t, load(QStringLiteral("california_housing.csv")));
        if (name == QStringLiteral("housing_halves"))
            return Case{rowsWhere(t, [](auto i) { return i < 10000; }), rowsWhere(t, [](auto i) { return i >= 10000; })};
        return Case{rowsWhere(t, [](auto i) { return i % 2 == 0; }), rowsWhere(t, [](auto i) { return i % 2 == 1; })};
    }
    if (name.startsWith(QStringLiteral("jfk"))) {
        PH_ASSIGN(const data::Table t, load(QStringLiteral("nyc_weather_2013.csv"), {{"origin", "JFK"}}));
        return Case{rowsWhere(t, equals(t, "month", 1)), rowsWhere(t, equals(t, "month", name.endsWith(QStringLiteral("july")) ? 7 : 2))};
    }
    if (name == QStringLiteral("maintenance_halves")) {
        PH_ASSIGN(const data::Table t, load(QStringLiteral("predictive_maintenance_2020.csv"), {}, {QStringLiteral("Machine failure")}));
        return Case{rowsWhere(t, [](auto i) { return i < 5000; }), rowsWhere(t, [](auto i) { return i >= 5000; })};
    }
    PH_ASSIGN(const data::Table t, load(QStringLiteral("beijing_air_quality_12_stations.csv.gz"), {{"station", "Aotizhongxin"}}));
    return Case{rowsWhere(t, equals(t, "year", 2014)), rowsWhere(t, equals(t, "year", 2016))};
}

std::vector<double> numbers(const QJsonValue &array) {
    std::vector<double> list;
    for (const QJsonValue &v : array.toArray())
        list.push_back(v.toDouble());
    return list;
}

bool near(double value, double expected, double absolute, double relative) {
    return std::abs(value - expected) <= std::max(absolute, relative * std::abs(expected));
}
bool nearP(double value, double expected) { return near(value, expected, 1e-300, 1e-6); }

} // namespace

#define NEAR(value, expected, absolute, relative)                                                                                                    \
    QVERIFY2(near(value, expected, absolute, relative), qPrintable(QStringLiteral("%1 is not %2").arg(value, 0, 'g', 15).arg(expected, 0, 'g', 15)))

class tst_Reference : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        if (!QFileInfo::exists(shared(QStringLiteral("reference/drift.json"))))
            QSKIP("the reference values (PILOTHOUSE_SHARED) are not here");
        const auto object = parseJsonObject(readFile(shared(QStringLiteral("reference/drift.json"))).value(), QStringLiteral("drift.json"));
        QVERIFY(object);
        m_values = object->value(Q("values")).toObject();
    }

    void everyColumnHasItsReferenceFigures_data() {
        QTest::addColumn<QString>("name");
        for (const QString &name : m_values.keys())
            if (name != QStringLiteral("hand_made"))
                QTest::newRow(qPrintable(name)) << name;
    }
    void everyColumnHasItsReferenceFigures() {
        QFETCH(QString, name);
        const auto made = makeCase(name);
        QVERIFY2(made, made ? "" : qPrintable(made.error().text()));
        const DriftReport report = compare(made->reference, made->current);
        const QJsonObject expected = m_values.value(name).toObject();
        const QJsonObject numeric = expected.value(Q("numeric")).toObject(), categorical = expected.value(Q("categorical")).toObject();
        int seen = 0;
        for (const ColumnDrift &c : report.columns) {
            if (numeric.contains(c.name))
                checkNumbers(c, numeric.value(c.name).toObject());
            else if (categorical.contains(c.name))
                checkCategories(c, categorical.value(c.name).toObject());
            else
                continue;
            if (QTest::currentTestFailed())
                QFAIL(qPrintable(QStringLiteral("in column ") + c.name));
            ++seen;
        }
        QCOMPARE(seen, numeric.size() + categorical.size());
    }

    void handMadeNumbersHaveTheirFigures_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QVector<double>>("reference");
        QTest::addColumn<QVector<double>>("current");
        QTest::newRow("identical") << QStringLiteral("identical") << range(1, 10) << range(1, 10);
        QTest::newRow("disjoint") << QStringLiteral("disjoint") << range(1, 5) << range(11, 15);
        QTest::newRow("shift by one") << QStringLiteral("shift_by_one") << range(1, 10) << range(2, 11);
        QTest::newRow("many ties") << QStringLiteral("many_ties") << QVector<double>{0, 0, 0, 0, 0, 0, 0, 0, 1, 2}
                                   << QVector<double>{0, 0, 0, 0, 0, 1, 1, 1, 2, 2};
    }
    void handMadeNumbersHaveTheirFigures() {
        QFETCH(QString, name);
        QFETCH(QVector<double>, reference);
        QFETCH(QVector<double>, current);
        const auto table = [](const QVector<double> &values) {
            data::Column column;
            column.name = QStringLiteral("x");
            column.numbers.assign(values.begin(), values.end());
            return data::Table{{column}};
        };
        const QJsonObject expected = m_values.value(Q("hand_made")).toObject().value(Q("numeric")).toObject().value(name).toObject();
        QVERIFY(!expected.isEmpty());
        checkNumbers(compare(table(reference), table(current)).columns.at(0), expected);
    }

    void handMadeCategoriesHaveTheirFigures() {
        const auto table = [](const std::vector<int> &counts) {
            data::Column column;
            column.name = QStringLiteral("x");
            column.type = data::ColumnType::Category;
            for (std::size_t i = 0; i < counts.size(); ++i) {
                column.dictionary.push_back(std::string(1, char('A' + i)));
                column.codes.insert(column.codes.end(), std::size_t(counts[i]), std::int32_t(i));
            }
            return data::Table{{column}};
        };
        const QJsonObject expected = m_values.value(Q("hand_made")).toObject().value(Q("categorical")).toObject();
        checkCategories(compare(table({5, 5}), table({4, 4, 2})).columns.at(0), expected.value(Q("new_category")).toObject());
        checkCategories(compare(table({2, 3}), table({4, 6})).columns.at(0), expected.value(Q("same")).toObject());
    }

private:
    static QVector<double> range(int first, int last) {
        QVector<double> list;
        for (int i = first; i <= last; ++i)
            list << i;
        return list;
    }

    void checkNumbers(const ColumnDrift &c, const QJsonObject &expected) {
        const QJsonObject bins = expected.value(Q("quantile10")).toObject();
        QCOMPARE(double(c.referenceRows), expected.value(Q("n_ref")).toDouble());
        QCOMPARE(double(c.currentRows), expected.value(Q("n_cur")).toDouble());
        const std::vector<double> edges = numbers(bins.value(Q("inner_edges")));
        QCOMPARE(c.edges.size(), edges.size());
        for (std::size_t i = 0; i < edges.size(); ++i)
            NEAR(c.edges[i], edges[i], 0, 1e-11);
        const auto share = [](const QJsonValue &counts, double rows) {
            std::vector<double> list = numbers(counts);
            for (double &v : list)
                v /= rows;
            return list;
        };
        QCOMPARE(c.referenceShares, share(bins.value(Q("count_ref")), double(c.referenceRows)));
        QCOMPARE(c.currentShares, share(bins.value(Q("count_cur")), double(c.currentRows)));
        NEAR(c.psi, bins.value(Q("psi")).toDouble(), 1e-6, 1e-6);
        NEAR(c.js, bins.value(Q("js_distance_base2")).toDouble(), 1e-9, 0);
        NEAR(*c.ksD, expected.value(Q("ks_d")).toDouble(), 1e-9, 0);
        const double limit = expected.value(Q("ks_p_limit")).toDouble();
        QVERIFY2(nearP(*c.ksP, limit), qPrintable(QStringLiteral("p %1, expected %2").arg(*c.ksP).arg(limit)));
        NEAR(*c.wasserstein, expected.value(Q("wasserstein")).toDouble(), 1e-12, 1e-9);
        const QJsonValue norm = expected.value(Q("wasserstein_norm"));
        QCOMPARE(c.wassersteinNorm.has_value(), norm.isDouble());
        if (c.wassersteinNorm)
            NEAR(*c.wassersteinNorm, norm.toDouble(), 1e-12, 1e-9);
    }

    void checkCategories(const ColumnDrift &c, const QJsonObject &expected) {
        QStringList names;
        for (const QJsonValue &v : expected.value(Q("categories")).toArray())
            names << v.toString();
        QCOMPARE(QStringList(c.categories.begin(), c.categories.end()), names);
        QCOMPARE(double(c.referenceRows), expected.value(Q("n_ref")).toDouble());
        QCOMPARE(double(c.currentRows), expected.value(Q("n_cur")).toDouble());
        NEAR(*c.chi2, expected.value(Q("chi2")).toDouble(), 1e-12, 1e-9);
        QCOMPARE(*c.chi2Dof, expected.value(Q("chi2_dof")).toInt());
        QVERIFY(nearP(*c.chi2P, expected.value(Q("chi2_p")).toDouble()));
        NEAR(c.psi, expected.value(Q("psi_categorical")).toDouble(), 1e-6, 1e-6);
        NEAR(c.js, expected.value(Q("js_distance_base2")).toDouble(), 1e-9, 0);
    }

    QJsonObject m_values;
};

QTEST_GUILESS_MAIN(tst_Reference)
#include "tst_reference.moc"
