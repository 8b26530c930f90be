// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/drift/drift.h"
#include "core/learn/predicted_columns.h"

#include <QTest>

#include <cmath>

using namespace pilothouse;

namespace {

data::Input input(const char *name) {
    data::Input one;
    one.name = QString::fromLatin1(name);
    return one;
}

/// 2·a + b, or whether that is above 10.
class Sum : public artifact::Scorer {
public:
    explicit Sum(bool classes) {
        m_signature.target = QStringLiteral("price");
        m_signature.outputs = {QStringLiteral("price")};
        m_signature.inputs = {input("a"), input("b")};
        if (classes) {
            m_signature.task = workspace::TaskKind::Classification;
            m_signature.classes = {"no", "yes"};
        }
    }
    const artifact::Signature &signature() const override { return m_signature; }
    Result<artifact::Predictions> score(const artifact::Rows &rows) const override {
        artifact::Predictions out;
        out.count = rows.count;
        out.classes = m_signature.classes.size();
        for (std::size_t i = 0; i < rows.count; ++i) {
            const double sum = 2 * rows.row(i)[0] + rows.row(i)[1];
            out.values.push_back(out.classes ? double(sum > 10) : sum);
            if (out.classes)
                out.probabilities.insert(out.probabilities.end(), {1 - sum / 100, sum / 100});
        }
        return out;
    }
    artifact::Signature m_signature;
};

data::Table rows(double shift) {
    data::Table table;
    for (const char *name : {"b", "other", "a", "price"}) {
        table.columns.emplace_back();
        table.columns.back().name = QString::fromLatin1(name);
        for (int i = 0; i < 400; ++i)
            table.columns.back().numbers.push_back(double((i * 37 + int(table.columns.size()) * 11) % 100) / 10 + (name[0] == 'a' ? shift : 0));
    }
    table.columns[2].numbers[3] = NAN;
    return table;
}

} // namespace

class tst_PredictedColumns : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void predictionsStandBesideTheirRows() {
        data::Table table = rows(0);
        const auto left = learn::addPredictedColumns(Sum(false), table);
        QVERIFY(left);
        QCOMPARE(*left, std::size_t(1));
        QCOMPARE(table.columns.back().name, QStringLiteral("predicted price"));
        QCOMPARE(table.columns.back().size(), std::size_t(400));
        QVERIFY(table.columns.back().isMissing(3));
        for (const std::size_t i : {0U, 2U, 4U, 399U})
            QCOMPARE(table.columns.back().numbers[i], 2 * table.find(QStringLiteral("a"))->numbers[i] + table.find(QStringLiteral("b"))->numbers[i]);
    }

    void classesHaveTheirProbabilityToo() {
        data::Table table = rows(0);
        QVERIFY(learn::addPredictedColumns(Sum(true), table));
        const data::Column *said = table.find(QStringLiteral("predicted price")), *probability = table.find(QStringLiteral("probability of yes"));
        QVERIFY(said && probability && said->type == data::ColumnType::Category);
        QCOMPARE(said->codes[3], -1);
        for (const std::size_t i : {0U, 4U, 399U})
            QCOMPARE(said->text(i), probability->numbers[i] > 0.1 ? QStringLiteral("yes") : QStringLiteral("no"));
    }

    void ofWhatIsAnsweredALogKeepsNoProbabilityAndTheFirstStep() {
        Sum classes(true);
        artifact::Rows two;
        two.count = two.width = 2;
        two.values = {1, 2, 6, 7};
        const data::Table answered = learn::answeredColumns(classes.signature(), *classes.score(two));
        QCOMPARE(answered.columns.size(), std::size_t(1));
        QCOMPARE(answered.columns[0].text(0) + answered.columns[0].text(1), QStringLiteral("noyes"));
        artifact::Signature forecast;
        forecast.task = workspace::TaskKind::Forecast;
        forecast.target = QStringLiteral("t2m");
        forecast.outputs = {QStringLiteral("t2m@+1"), QStringLiteral("t2m@+2"), QStringLiteral("rh2m@+1"), QStringLiteral("rh2m@+2")};
        artifact::Predictions said;
        said.count = 2;
        said.outputs = 4;
        said.values = {1, 2, 3, 4, 5, 6, 7, 8};
        const data::Table first = learn::answeredColumns(forecast, said);
        QCOMPARE(first.columns.size(), std::size_t(2));
        QCOMPARE(first.columns[0].name, QStringLiteral("predicted t2m"));
        QCOMPARE(first.columns[0].numbers, (std::vector<double>{1, 5}));
        QCOMPARE(first.columns[1].name, QStringLiteral("predicted rh2m"));
        QCOMPARE(first.columns[1].numbers, (std::vector<double>{3, 7}));
    }

    void driftOfThePredictionsIsToldFromThatOfInputsAndTarget() {
        data::Table reference = rows(0), current = rows(4);
        QVERIFY(learn::addPredictedColumns(Sum(false), reference) && learn::addPredictedColumns(Sum(false), current));
        drift::DriftReport report = drift::compare(reference, current);
        report.markRoles(QStringLiteral("price"), {QStringLiteral("predicted price")});
        QStringList seen;
        for (const auto &c : report.columns)
            seen << QStringLiteral("%1 %2 %3").arg(c.name, c.role, drift::verdictWord(c));
        QCOMPARE(seen, (QStringList{QStringLiteral("b  Low"), QStringLiteral("other  Low"), QStringLiteral("a  High"), QStringLiteral("price target Low"), QStringLiteral("predicted price prediction High")}));
        const auto back = drift::DriftReport::fromJson(report.toJson(), QStringLiteral("x"));
        QVERIFY(back);
        QCOMPARE(back->columns.at(4).role, QStringLiteral("prediction"));
        QVERIFY(drift::htmlReport(report).contains("(prediction)"));
    }

    void whatCannotBeIsRefused_data() {
        QTest::addColumn<int>("which");
        QTest::addColumn<QString>("words");
        QTest::newRow("a forecast") << 0 << QStringLiteral("windows");
        QTest::newRow("an input that is not there") << 1 << QStringLiteral("a");
        QTest::newRow("predictions that are there already") << 2 << QStringLiteral("predicted price");
    }
    void whatCannotBeIsRefused() {
        QFETCH(int, which);
        QFETCH(QString, words);
        Sum scorer(false);
        data::Table table = rows(0);
        if (which == 0)
            scorer.m_signature.task = workspace::TaskKind::Forecast;
        if (which == 1)
            table.columns.erase(table.columns.begin() + 2);
        if (which == 2)
            QVERIFY(learn::addPredictedColumns(scorer, table));
        const auto refused = learn::addPredictedColumns(scorer, table);
        QVERIFY(!refused);
        QCOMPARE(refused.error().kind, ErrorKind::Invalid);
        QVERIFY2(refused.error().text().contains(words), qPrintable(refused.error().text()));
    }
};

QTEST_GUILESS_MAIN(tst_PredictedColumns)
#include "tst_predicted_columns.moc"
