// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/drift/answer.h"
#include "core/drift/profile_stream.h"

#include <QTest>

#include <cmath>
#include <limits>
#include <random>

using namespace pilothouse;
using namespace pilothouse::drift;

namespace {

data::Column numbers(const char *name, std::vector<double> values) {
    data::Column column;
    column.name = QString::fromLatin1(name);
    column.numbers = std::move(values);
    return column;
}
data::Column categories(const char *name, const std::vector<std::pair<std::string, int>> &counts) {
    data::Column column;
    column.name = QString::fromLatin1(name);
    column.type = data::ColumnType::Category;
    for (const auto &[text, count] : counts) {
        column.dictionary.push_back(text);
        column.codes.insert(column.codes.end(), std::size_t(count), std::int32_t(column.dictionary.size() - 1));
    }
    return column;
}
data::Table table(std::vector<data::Column> columns) { return {std::move(columns)}; }

std::vector<double> normal(std::size_t n, double mean, unsigned seed, double std = 1) {
    std::mt19937_64 random(seed);
    std::normal_distribution<double> draw(mean, std);
    std::vector<double> values(n);
    for (double &v : values)
        v = draw(random);
    return values;
}
bool hasNoNanWord(const QByteArray &text) { return !text.contains(">nan") && !text.contains(">inf") && !text.contains("NaN"); }

} // namespace

class tst_Compare : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aConstantReferenceKeepsPsiAndHasNoNormedShift() {
        const auto report = compare(table({numbers("x", std::vector<double>(200, 0.1))}), table({numbers("x", normal(300, 0.1, 1))}));
        const ColumnDrift &c = report.columns.at(0);
        QCOMPARE(c.edges, std::vector<double>{0.1});
        QVERIFY(std::isfinite(c.psi) && c.psi > 1 && c.drifted);
        QVERIFY(c.wasserstein && !c.wassersteinNorm);
        QVERIFY(report.toJson().value(QStringLiteral("columns")).toArray().at(0).toObject().value(QStringLiteral("wasserstein_norm")).isNull());
        QVERIFY(hasNoNanWord(htmlReport(report)));
    }

    void anEmptySideLeavesEveryStatisticUndefined() {
        const auto report = compare(table({numbers("x", normal(200, 0, 1))}), table({numbers("x", {NAN, NAN, INFINITY})}));
        const ColumnDrift &c = report.columns.at(0);
        QVERIFY(std::isnan(c.psi) && std::isnan(c.js) && !c.ksD && !c.ksP && !c.wasserstein && !c.wassersteinNorm);
        QVERIFY(c.tooFewRows && !c.drifted && !c.warning && !report.drifted);
        QCOMPARE(c.currentMissing, 1.0);
        const QJsonObject json = report.toJson().value(QStringLiteral("columns")).toArray().at(0).toObject();
        QVERIFY(json.value(QStringLiteral("psi")).isNull() && json.value(QStringLiteral("ks")).isNull());
        QVERIFY(hasNoNanWord(htmlReport(report)));
    }

    /// NaN and both infinities are missing values: counted as such, and no figure changes by them, from rows and from a profile.
    void valuesThatAreNotFiniteAreMissing() {
        const std::vector<double> clean = normal(2000, 0.5, 2);
        std::vector<double> dirty = clean;
        for (int i = 0; i < 500; ++i)
            for (const double odd : {std::nan(""), std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()})
                dirty.insert(dirty.begin() + i * 3, odd);
        const data::Table reference = table({numbers("x", normal(2000, 0, 1))});
        const ColumnDrift wanted = compare(reference, table({numbers("x", clean)})).columns.front();
        const DriftReport report = compare(reference, table({numbers("x", dirty)}));
        const Profile bins = profileOf(reference, QStringLiteral("reference"));
        ProfileStream stream(QStringLiteral("dirty"), &bins);
        QVERIFY(stream.add(table({numbers("x", dirty)})));
        const Profile streamed = stream.profile();
        for (const ColumnDrift &c : {report.columns.front(), compare(bins, streamed).columns.front()}) {
            QCOMPARE(c.currentRows, std::size_t(2000));
            QCOMPARE(c.currentMissing, 1500.0 / 3500);
            QCOMPARE(c.psi, wanted.psi);
            QVERIFY(std::isfinite(*c.ksD) && std::isfinite(*c.wassersteinNorm) && std::isfinite(c.js));
            QCOMPARE(*c.currentMax, *wanted.currentMax);
        }
        QVERIFY(hasNoNanWord(htmlReport(report)));
    }

    void tenMillionRowsAgainstAThousandAreNoCaseOfTheirOwn() {
        std::vector<double> many(10'000'000), moved(10'000'000);
        std::uint64_t state = 5;
        for (std::size_t i = 0; i < many.size(); ++i) { // uniform in 0 … 1
            state = state * 6364136223846793005ULL + 1442695040888963407ULL;
            many[i] = double(state >> 11) / double(1ULL << 53);
            moved[i] = many[i] * 0.5;
        }
        const auto reference = table({numbers("x", std::vector<double>(many.begin(), many.begin() + 1000))});
        const ColumnDrift same = compare(reference, table({numbers("x", std::move(many))})).columns.at(0);
        QVERIFY2(!same.drifted && !same.warning && same.psi < 0.05, qPrintable(QString::number(same.psi)));
        QCOMPARE(same.currentRows, std::size_t(10'000'000));
        QVERIFY(same.ksD && *same.ksD < 0.06 && same.ksP && *same.ksP > 1e-3);
        const ColumnDrift other = compare(reference, table({numbers("x", std::move(moved))})).columns.at(0);
        QCOMPARE(verdictWord(other), QStringLiteral("High"));
        QVERIFY2(std::abs(*other.ksD - 0.5) < 0.03 && std::abs(*other.wasserstein - 0.25) < 0.02, qPrintable(QStringLiteral("%1 %2").arg(*other.ksD).arg(*other.wasserstein)));
    }

    void whatCannotBeToldIsNotNoDrift_data() {
        QTest::addColumn<int>("rows");
        QTest::addColumn<double>("mean");
        QTest::addColumn<QString>("answer");
        QTest::addColumn<QString>("text");
        QTest::newRow("an empty window") << 0 << 0.0 << QStringLiteral("no rows") << QStringLiteral("the current data have no rows");
        QTest::newRow("a window of a few rows") << 50 << 9.0 << QStringLiteral("cannot tell") << QStringLiteral("every column has too few rows");
        QTest::newRow("the same world") << 20'000 << 0.0 << QStringLiteral("no drift") << QStringLiteral("No drift found.");
        QTest::newRow("another one") << 20'000 << 3.0 << QStringLiteral("drift") << QStringLiteral("Drift found.");
    }
    void whatCannotBeToldIsNotNoDrift() {
        QFETCH(int, rows);
        QFETCH(double, mean);
        QFETCH(QString, answer);
        QFETCH(QString, text);
        const auto report = compare(table({numbers("x", normal(20'000, 0, 1))}), table({numbers("x", normal(std::size_t(rows), mean, 2))}));
        QCOMPARE(answerOf(report), answer);
        QCOMPARE(report.toJson().value(QStringLiteral("answer")).toString(), answer);
        QVERIFY2(answerText(report).contains(text), qPrintable(answerText(report)));
        QCOMPARE(htmlReport(report).contains("<h1>No drift found"), answer == QLatin1String("no drift"));
    }

    void tooFewRowsNeverDrift_data() {
        QTest::addColumn<int>("rows");
        QTest::addColumn<bool>("drifted");
        QTest::newRow("99 rows of another world are too few") << 99 << false;
        QTest::newRow("100 rows of another world are enough") << 100 << true;
    }
    void tooFewRowsNeverDrift() {
        QFETCH(int, rows);
        QFETCH(bool, drifted);
        const auto reference = table({numbers("x", normal(5000, 0, 1))});
        const auto report = compare(reference, table({numbers("x", normal(std::size_t(rows), 10, 2))}));
        QCOMPARE(report.columns.at(0).drifted, drifted);
        QCOMPARE(report.columns.at(0).tooFewRows, !drifted);
        QCOMPARE(report.drifted, drifted);
        QVERIFY(report.columns.at(0).psi > psiDrifted);
    }

    void whatChanceAloneWouldMakeIsNoWarning() {
        // Ten bins and 150 rows a side: a PSI of 0.12 is to be expected between two samples of the same world.
        const ColumnDrift same = compare(table({numbers("x", normal(150, 0, 1))}), table({numbers("x", normal(150, 0, 2))})).columns.at(0);
        QVERIFY(same.psiByChance > psiWarning && same.psi > 0.05);
        QVERIFY(same.tooFewRows && !same.drifted && !same.warning);
        QVERIFY2(same.rowsNeeded > 150 && same.rowsNeeded <= 12'500, qPrintable(QString::number(same.rowsNeeded)));
        QVERIFY(same.effect < same.psi);
        // Another world is told from 180 rows on; below there are too few in a bin.
        const ColumnDrift few = compare(table({numbers("x", normal(150, 0, 1))}), table({numbers("x", normal(150, 10, 2))})).columns.at(0);
        QVERIFY(few.tooFewRows && !few.drifted);
        QCOMPARE(few.rowsNeeded, std::size_t(180));
        const ColumnDrift enough = compare(table({numbers("x", normal(180, 0, 1))}), table({numbers("x", normal(180, 10, 2))})).columns.at(0);
        QVERIFY(!enough.tooFewRows && enough.drifted);
    }

    void theVerdictDependsOnTheEffectNotOnTheNumberOfRows_data() {
        QTest::addColumn<double>("shift");
        QTest::addColumn<QString>("verdict");
        QTest::newRow("no shift is low at every size") << 0.0 << QStringLiteral("Low");
        QTest::newRow("0.05 σ is low at every size, however small p gets") << 0.05 << QStringLiteral("Low");
        QTest::newRow("0.42 σ is moderate at every size") << 0.42 << QStringLiteral("Moderate");
        QTest::newRow("0.8 σ is high at every size") << 0.8 << QStringLiteral("High");
    }
    void theVerdictDependsOnTheEffectNotOnTheNumberOfRows() {
        QFETCH(double, shift);
        QFETCH(QString, verdict);
        for (const std::size_t n : {2'000, 20'000, 200'000}) {
            const auto report = compare(table({numbers("x", normal(n, 0, 11))}), table({numbers("x", normal(n, shift, 12))}));
            if (n > 12'500 || !report.columns.at(0).tooFewRows) // below the stated rows there need not be an answer near a limit (tst_verdict)
                QCOMPARE(verdictWord(report.columns.at(0)), verdict);
            if (n == 200'000 && shift > 0)
                QVERIFY2(*report.columns.at(0).ksP < 1e-6, "p alone would cry drift at this size");
        }
    }

    void repeatingEveryRowChangesNoEffect() {
        const std::vector<double> a = normal(1000, 0, 5), b = normal(700, 0.3, 6);
        std::vector<double> b3;
        for (int i = 0; i < 3; ++i)
            b3.insert(b3.end(), b.begin(), b.end());
        const auto once = compare(table({numbers("x", a)}), table({numbers("x", b)})).columns.at(0);
        const auto thrice = compare(table({numbers("x", a)}), table({numbers("x", b3)})).columns.at(0);
        QCOMPARE(thrice.psi, once.psi);
        QCOMPARE(thrice.js, once.js);
        QCOMPARE(*thrice.ksD, *once.ksD);
        QVERIFY(std::abs(*thrice.wasserstein - *once.wasserstein) < 1e-12);
        QVERIFY(*thrice.ksP < *once.ksP);
    }

    void columnsThatCannotBeComparedAreNamedWithTheReason() {
        data::Column time;
        time.name = QStringLiteral("when");
        time.type = data::ColumnType::Time;
        time.times.assign(200, 0);
        const auto x = numbers("x", normal(200, 0, 1));
        const auto report = compare(table({x, numbers("gone", x.numbers), time, numbers("mixed", x.numbers)}),
                                    table({x, numbers("fresh", x.numbers), time, categories("mixed", {{"a", 200}})}));
        QStringList lines;
        for (const NotCompared &c : report.notCompared)
            lines << c.name + QStringLiteral(": ") + c.reason;
        QCOMPARE(lines.join(QLatin1Char('\n')), QStringLiteral("gone: missing in the current data\n"
                                                               "when: a time, which always moves on\n"
                                                               "mixed: number in the reference, category in the current data\n"
                                                               "fresh: missing in the reference"));
        QCOMPARE(report.columns.size(), std::size_t(1));
        QVERIFY(!report.drifted);
    }

    void aNewCategoryStandsInTheReport() {
        const auto report = compare(table({categories("c", {{"b", 300}, {"a", 300}})}), table({categories("c", {{"a", 200}, {"z", 400}})}));
        const ColumnDrift &c = report.columns.at(0);
        QCOMPARE(c.categories, (std::vector<QString>{QStringLiteral("a"), QStringLiteral("b"), QStringLiteral("z")}));
        QCOMPARE(c.referenceShares, (std::vector<double>{0.5, 0.5, 0}));
        QVERIFY(c.drifted && *c.chi2Dof == 2 && !c.ksD);
        QCOMPARE(c.newCategories.size(), std::size_t(1));
        QCOMPARE(c.newCategories[0].name, QStringLiteral("z"));
        QCOMPARE(c.newCategories[0].share, 2.0 / 3);
        QCOMPARE(c.goneCategories[0].name, QStringLiteral("b"));
        QCOMPARE(*c.cramersV, std::sqrt(*c.chi2 / 1200));
        QVERIFY(std::abs(c.hellinger - std::sqrt((std::pow(std::sqrt(0.5) - std::sqrt(1.0 / 3), 2) + 0.5 + 2.0 / 3) / 2)) < 1e-12);
    }

    void whatLiesOutsideOfTheReferencesRangeIsCounted() {
        std::vector<double> before, now;
        for (int i = 0; i < 1000; ++i) {
            before.push_back(i);
            now.push_back(i - 100); // 100 below
        }
        const auto report = compare(table({numbers("x", before)}), table({numbers("x", now)}));
        const ColumnDrift &c = report.columns.at(0);
        QCOMPARE(*c.outOfRange, 0.1);
        QCOMPARE(*c.referenceMin, 0.0);
        QCOMPARE(*c.currentMin, -100.0);
        const auto again = DriftReport::fromJson(report.toJson(), {});
        QVERIFY(again);
        QCOMPARE(again->toJson(), report.toJson());
    }

    void aProfileAnswersAsItsRowsDo() {
        const auto a = table({numbers("x", normal(30'000, 0, 1)), numbers("ties", [] {
                                  std::vector<double> v;
                                  for (int i = 0; i < 30'000; ++i)
                                      v.push_back(i % 10 < 7 ? 0 : i % 10);
                                  return v;
                              }()),
                              categories("c", {{"a", 20'000}, {"b", 10'000}})});
        const auto b = table({numbers("x", normal(10'000, 0.5, 2)), numbers("ties", [] {
                                  std::vector<double> v;
                                  for (int i = 0; i < 10'000; ++i)
                                      v.push_back(i % 10 < 5 ? 0 : i % 10);
                                  return v;
                              }()),
                              categories("c", {{"a", 3'000}, {"b", 6'000}, {"d", 1'000}})});
        const auto exact = compare(a, b), half = compare(profileOf(a, QStringLiteral("a")), b);
        const auto both = compare(profileOf(a, QStringLiteral("a")), profileOf(b, QStringLiteral("b")));
        QCOMPARE(half.referenceName, QStringLiteral("a"));
        for (std::size_t i = 0; i < exact.columns.size(); ++i) {
            const ColumnDrift &e = exact.columns[i], &h = half.columns[i], &p = both.columns[i];
            QCOMPARE(h.psi, e.psi);
            QCOMPARE(h.js, e.js);
            QCOMPARE(h.chi2.value_or(-1), e.chi2.value_or(-1));
            QCOMPARE(p.chi2.value_or(-1), e.chi2.value_or(-1));
            QVERIFY2(std::abs(p.psi - e.psi) < 0.01, qPrintable(QStringLiteral("%1 %2").arg(p.psi).arg(e.psi)));
            QCOMPARE(p.drifted, e.drifted);
            if (e.ksD) {
                QCOMPARE(e.resolution, 0.0);
                QCOMPARE(h.resolution, profileResolution);
                QVERIFY2(std::abs(*h.ksD - *e.ksD) <= profileResolution + 1e-9, qPrintable(QString::number(*h.ksD - *e.ksD)));
                QVERIFY2(std::abs(*p.ksD - *e.ksD) <= 2 * profileResolution, qPrintable(QString::number(*p.ksD - *e.ksD)));
                QVERIFY2(std::abs(*h.wasserstein - *e.wasserstein) < 0.005, qPrintable(QString::number(*h.wasserstein - *e.wasserstein)));
            }
        }
    }

    void aProfileComparedWithItselfHasNoDrift() {
        const Profile p = profileOf(table({numbers("x", normal(5'000, 3, 4)), categories("c", {{"a", 3'000}, {"b", 2'000}})}), {});
        for (const ColumnDrift &c : compare(p, p).columns) {
            QCOMPARE(c.psi, 0.0);
            QCOMPARE(c.js, 0.0);
            QCOMPARE(c.ksD.value_or(0), 0.0);
        }
    }

    void aProfileSurvivesItsJson() {
        data::Column holes = numbers("h", normal(500, 1e-7, 3, 1e-9));
        holes.numbers[3] = NAN;
        const Profile profile = profileOf(table({holes, categories("c", {{"<a & b>", 200}, {"ü", 300}}), numbers("empty", std::vector<double>(500, NAN))}),
                                          QStringLiteral("train"));
        const QJsonObject json = profile.toJson();
        const auto text = parseJsonObject(canonicalJson(json), QStringLiteral("p"));
        QVERIFY(text);
        const auto back = Profile::fromJson(*text, QStringLiteral("p"));
        QVERIFY2(back, back ? "" : qPrintable(back.error().text()));
        QCOMPARE(back->toJson(), json);
        QCOMPARE(back->columns.at(0).quantiles, profile.columns.at(0).quantiles);
        QCOMPARE(back->columns.at(0).missing, std::size_t(1));
    }

    void aProfileThatDoesNotAddUpIsRefused_data() {
        QTest::addColumn<QString>("field");
        QTest::addColumn<QJsonValue>("value");
        QTest::addColumn<QString>("word");
        QTest::newRow("a count too few") << QStringLiteral("counts") << QJsonValue(QJsonArray{1, 2}) << QStringLiteral("add up");
        QTest::newRow("another total") << QStringLiteral("present") << QJsonValue(7) << QStringLiteral("add up");
        QTest::newRow("edges turned round") << QStringLiteral("edges") << QJsonValue(QJsonArray{9, 8, 7, 6, 5, 4, 3, 2, 1}) << QStringLiteral("order");
        QTest::newRow("no mean") << QStringLiteral("mean") << QJsonValue(QJsonValue::Undefined) << QStringLiteral("mean");
        QTest::newRow("an unknown kind") << QStringLiteral("kind") << QJsonValue(QStringLiteral("colour")) << QStringLiteral("kind");
    }
    void aProfileThatDoesNotAddUpIsRefused() {
        QFETCH(QString, field);
        QFETCH(QJsonValue, value);
        QFETCH(QString, word);
        QJsonObject json = profileOf(table({numbers("x", normal(500, 0, 1))}), QStringLiteral("p")).toJson();
        QJsonObject column = json.value(QStringLiteral("columns")).toArray().at(0).toObject();
        column.insert(field, value);
        json.insert(QStringLiteral("columns"), QJsonArray{column});
        const auto back = Profile::fromJson(json, QStringLiteral("p.json"));
        QVERIFY(!back);
        QCOMPARE(back.error().kind, ErrorKind::Invalid);
        QVERIFY2(back.error().text().contains(word), qPrintable(back.error().text()));
        QVERIFY(back.error().text().contains(QStringLiteral("p.json")));
    }

    void rareCategoriesAreFoldedAndStillCompared() {
        std::vector<std::pair<std::string, int>> many;
        for (int i = 0; i < 3'000; ++i)
            many.emplace_back("id" + std::to_string(i), i < 1'000 ? 3 : 1);
        const auto t = table({categories("id", many)});
        const Profile profile = profileOf(t, {});
        QCOMPARE(profile.columns.at(0).categories.size(), std::size_t(1'000));
        QCOMPARE(profile.columns.at(0).otherCount, 2'000.0);
        const auto report = compare(profile, t);
        QCOMPARE(report.columns.at(0).categories.back(), QStringLiteral("(other)"));
        QCOMPARE(report.columns.at(0).psi, 0.0);
        QVERIFY(htmlReport(report).contains(" more"));
    }

    void aReportSurvivesItsJson() {
        auto report = compare(table({numbers("x", normal(500, 0, 1)), numbers("e", std::vector<double>(500, NAN)), categories("c", {{"a", 300}, {"b", 200}})}),
                              table({numbers("x", normal(400, 1, 2)), numbers("e", std::vector<double>(400, NAN)), categories("c", {{"b", 400}})}));
        report.referenceName = QStringLiteral("r");
        report.currentName = QStringLiteral("c");
        report.notCompared.push_back({QStringLiteral("y"), QStringLiteral("why")});
        const auto back = DriftReport::fromJson(report.toJson(), QStringLiteral("here"));
        QVERIFY(back);
        QCOMPARE(back->toJson(), report.toJson());
        QCOMPARE(back->columns.at(0).referenceShares, report.columns.at(0).referenceShares);
        QVERIFY(!DriftReport::fromJson({}, QStringLiteral("here")));
    }

    void theHtmlReportStandsAloneAndEscapesNames() {
        auto report = compare(table({numbers("<script>x", normal(500, 0, 1))}), table({numbers("<script>x", normal(500, 2, 2))}));
        report.referenceName = QStringLiteral("a<b");
        const QByteArray html = htmlReport(report);
        QVERIFY(html.contains("&lt;script&gt;x") && !html.contains("<script"));
        QVERIFY(html.contains("a&lt;b"));
        for (const char *foreign : {"http://", "https://", "src=", "@import", "url("})
            QVERIFY2(!html.contains(foreign), foreign);
        QVERIFY(html.contains("prefers-color-scheme:dark") && html.contains("<svg") && html.contains("Drift found"));
        for (const QString &line : definitions())
            QVERIFY(html.contains(line.toHtmlEscaped().toUtf8()));
    }
};

QTEST_GUILESS_MAIN(tst_Compare)
#include "tst_compare.moc"
