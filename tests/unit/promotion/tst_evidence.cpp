// SPDX-License-Identifier: GPL-3.0-or-later
#include "evidence_bench.h"

#include "core/data/csv.h"
#include "core/promotion/lineage.h"

#include <QDir>
#include <QFile>
#include <QTest>

#include <cmath>

using namespace pilothouse;
using namespace pilothouse::promotion;
using namespace pilothouse::test;
using Bench = EvidenceBench;

namespace {

/// Mean absolute error of y = a·x + b·z on the test rows, by hand.
double maeOf(double a, double b) {
    double sum = 0;
    int n = 0;
    for (int i = 0; i < rowCount; ++i)
        if (tests(i)) {
            sum += std::abs(yOf(i) - a * xOf(i) - b * zOf(i));
            ++n;
        }
    return sum / n;
}

/// The sheet without what says when and of which bytes it was made.
QByteArray content(const Evidence &e) {
    QJsonObject o = e.toJson();
    for (const char *key : {"computed", "seconds", "candidate", "champion", "lineage"})
        o.remove(QLatin1String(key));
    return canonicalJson(o);
}

} // namespace

class TestEvidence : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void bothAreScoredNowOnTheCandidatesTestRows();
    void falsifiedMetricsChangeNothing();
    void aPackageSealedAnewInTheRegistryBlocks();
    void theVerdictDecidesTheGate_data();
    void theVerdictDecidesTheGate();
    void rowsOfTheChampionsTrainingAreLeftOut();
    void withNoRowLeftTheSheetBlocks();
    void aChampionWithoutRowHashesIsSaid();
    void aChampionOfElsewhereIsAskedAtItsEndpoint();
    void whatDiffersOfTheModelCardsIsTold();
    void buildAndPipelineAreToldFromTags();
    void whatIsNotKnownOfAnImportIsSaid_data();
    void whatIsNotKnownOfAnImportIsSaid();
    void aFirstVersionMeetsTheMean();
    void aFirstClassifierMeetsTheMajority();
    void aFirstForecastMeetsPersistence();
    void aFirstForecastMeetsTheMean();
    void aFirstForecastMeetsTheSeason();
    void eachModelHasItsOwnPast();
    void aModelIsJudgedOnTheStepsThatItsRecipeMakes();
    void aChangedSourceIsNotUsed();
    void withoutSourceAndSampleThereIsNoEvidence();
    void aChampionThatCannotTakeTheRowsBlocks();
    void aDamagedChampionBlocksAndADamagedCandidateIsAnError();
    void recipeGatesAreJudgedOnTheseRows_data();
    void recipeGatesAreJudgedOnTheseRows();
    void anErrorThatAGateAsksForHasTheTargetsUnit();
    void anInputThatGivesTheTargetAwayIsAWarning();
    void classesOfBothAreJoined();
    void theSheetSurvivesJson();
    void theCommitIsReadFromGit();
};

void TestEvidence::bothAreScoredNowOnTheCandidatesTestRows() {
    Bench b;
    const Evidence e = b.evidence(b.version(2, b.model(2.0)), b.version(1, b.model(1.8)));
    QCOMPARE(e.rows, std::size_t(200));
    QCOMPARE(e.excludedRows, std::size_t(0));
    QVERIFY2(e.rowsFrom.startsWith(QStringLiteral("test rows of ") + b.csv), qPrintable(e.rowsFrom));
    const auto &mae = metric(e, "mae");
    QVERIFY(std::abs(mae.candidate - maeOf(2.0, 1)) < 1e-12);
    QVERIFY(std::abs(mae.champion - maeOf(1.8, 1)) < 1e-12);
    QVERIFY(std::abs(mae.change - (mae.candidate - mae.champion)) < 1e-12);
    QVERIFY(mae.low < mae.change && mae.change < mae.high && mae.high < 0);
    QCOMPARE(mae.verdict, QStringLiteral("better"));
    QCOMPARE(mae.unit, QStringLiteral("°C"));
    QCOMPARE(metric(e, "r2").unit, QString());
    QCOMPARE(e.selectMetric, QStringLiteral("r2"));
    QVERIFY(e.pairedP < 0.001);
    QCOMPARE(e.bootstrap, QStringLiteral("single rows, 200 rounds, seed 7"));
    QVERIFY(e.disagreement.isEmpty());
    QVERIFY(mae.ofCandidate.low < mae.candidate && mae.candidate < mae.ofCandidate.high);
    QVERIFY(mae.ofChampion.low < mae.champion && mae.champion < mae.ofChampion.high);
    // Quarters of x and of z, 200 rows together in each; where x is large, 1.8 for 2 costs most.
    QCOMPARE(e.slices.size(), std::size_t(8));
    QCOMPARE(e.slices[0].by, QStringLiteral("x"));
    std::size_t inSlices = 0;
    for (const auto &s : e.slices)
        inSlices += s.rows;
    QCOMPARE(inSlices, std::size_t(400));
    QCOMPARE(e.slices[3].verdict, QStringLiteral("better"));
    QVERIFY(e.text().contains(QStringLiteral("r2 in 8 slices")));
    QCOMPARE(gate(e, "No slice worse than v1"), GateState::Pass);
    const Evidence poor = b.evidence(b.version(3, b.model(1.7)), b.version(1, b.model(2.0)));
    QCOMPARE(gate(poor, "No slice worse than v1"), GateState::Warn);
    QCOMPARE(poor.slices[3].verdict, QStringLiteral("worse"));
    QVERIFY2(poor.text().contains(QStringLiteral("worse   x = above")), qPrintable(poor.text()));
    QVERIFY2(e.sentence.startsWith(QStringLiteral("v2 is better than v1: r2 +")), qPrintable(e.sentence));
    QCOMPARE(gate(e, "r2 >= 0.5"), GateState::Pass);
    QCOMPARE(gate(e, "Better than v1"), GateState::Pass);
    QCOMPARE(gate(e, "Scored on at least"), GateState::Pass);
    QCOMPARE(gate(e, "Approvals"), GateState::Waits);
    QVERIFY(!e.blocked());
    // Densities over shared bins: almost all of each side, and the candidate's error is the narrower one.
    QCOMPARE(e.residualEdges.size(), e.candidateResiduals.size() + 1);
    const double width = e.residualEdges[1] - e.residualEdges[0];
    double area = 0;
    for (const double d : e.candidateResiduals)
        area += d * width;
    QVERIFY(area > 0.9 && area < 1.0001);
    QCOMPARE(e.lineage.value(QStringLiteral("requester")).toString(), QStringLiteral("ben"));
}

void TestEvidence::falsifiedMetricsChangeNothing() {
    Bench b;
    registry::Version candidate = b.version(2, b.model(1.7)), champion = b.version(1, b.model(2.0));
    const Evidence honest = b.evidence(candidate, champion);
    QVERIFY(honest.blocked()); // it is worse
    int i = 0;
    for (registry::Version *v : {&candidate, &champion}) {
        const QJsonObject lie{{QStringLiteral("r2"), i == 0 ? 0.999 : 0.001}, {QStringLiteral("mae"), i == 0 ? 0.001 : 99.0}};
        QVERIFY(writeFileAtomically(v->source + QStringLiteral("/metrics.json"), prettyJson({{QStringLiteral("train"), lie}, {QStringLiteral("test"), lie}})).has_value());
        const auto sealed = artifact::sealPackage(v->source);
        QVERIFY(sealed.has_value());
        QVERIFY(*sealed != v->digest);
        v->digest = *sealed;
        ++i;
    }
    QCOMPARE(content(b.evidence(candidate, champion)), content(honest));
}

void TestEvidence::aPackageSealedAnewInTheRegistryBlocks() {
    Bench b;
    registry::Version candidate = b.version(2, b.model(2.0)), champion = b.version(1, b.model(1.8));
    candidate.digest = QString(64, QLatin1Char('0'));
    const Evidence e = b.evidence(candidate, champion);
    QCOMPARE(gate(e, "The packages are those"), GateState::Block);
    QVERIFY(e.blocked());
}

void TestEvidence::aChampionOfElsewhereIsAskedAtItsEndpoint() {
    Bench b;
    const registry::Version like = b.version(9, b.model(1.8)); // what answers at the endpoint
    promotion::EvidenceInput in;
    in.candidate = b.version(2, b.model(2.0));
    in.champion = registry::Version();
    in.champion->model = QStringLiteral("tiny");
    in.champion->version = 1;
    in.champion->source = b.folder.filePath(QStringLiteral("pickle of elsewhere"));
    in.alias = QStringLiteral("champion");
    in.loadScorer = loadTinyScorer;
    in.bootstrapRounds = 200;
    const Evidence unknown = *promotion::computeEvidence(in);
    QVERIFY2(unknown.problem.contains(QStringLiteral("cannot be opened")) && unknown.blocked(), qPrintable(unknown.problem));
    int asked = 0;
    in.championEndpoint = QStringLiteral("http://127.0.0.1:8000");
    in.askChampion = [&](const artifact::Signature &) {
        ++asked;
        return loadTinyScorer(like.source);
    };
    const Evidence e = *promotion::computeEvidence(in);
    QCOMPARE(asked, 1);
    QCOMPARE(e.championAskedAt, in.championEndpoint);
    QCOMPARE(e.selected()->verdict, QStringLiteral("better"));
    QCOMPARE(metric(e, "mae").champion, maeOf(1.8, 1));
    QCOMPARE(gate(e, "The champion was scored here"), GateState::Warn);
    QVERIFY(!e.blocked());
    QCOMPARE(Evidence::fromJson(e.toJson())->championAskedAt, in.championEndpoint);
    // A package of ours that is damaged is not asked: it is told.
    in.champion->digest = QString(64, QLatin1Char('0'));
    QVERIFY(promotion::computeEvidence(in)->championAskedAt.isEmpty());
    QCOMPARE(asked, 1);
    // An endpoint that fails is a problem of the comparison, not of the candidate.
    in.champion->digest.clear();
    in.askChampion = [](const artifact::Signature &) -> Result<artifact::ScorerPtr> { return notFound(QStringLiteral("No route to it.")); };
    const Evidence silent = *promotion::computeEvidence(in);
    QVERIFY2(silent.problem.contains(QStringLiteral("No route to it.")) && silent.blocked(), qPrintable(silent.problem));
}

void TestEvidence::whatDiffersOfTheModelCardsIsTold() {
    using Kind = promotion::CardLine::Kind;
    const auto lines = promotion::cardDiff(QStringLiteral("# t2m\nMAE 0.5\n\nFor stations.\nNot at sea.\n"), QStringLiteral("# t2m\nMAE 0.4\n\nFor stations.  \r\nNot at sea.\n"));
    const std::vector<promotion::CardLine> expected{{Kind::Same, QStringLiteral("# t2m")}, {Kind::Removed, QStringLiteral("MAE 0.5")}, {Kind::Added, QStringLiteral("MAE 0.4")}, {Kind::Same, QString()}};
    QVERIFY(lines == expected);
    QVERIFY(promotion::cardLinesFrom(promotion::toJson(lines)) == expected);
    QVERIFY(promotion::cardDiff(QStringLiteral("a\nb"), QStringLiteral("a\nb\n")).empty());
    const auto grown = promotion::cardDiff(QString(), QStringLiteral("a\nb"));
    QVERIFY(grown.size() == 2 && grown[0].kind == Kind::Added && grown[1].text == QStringLiteral("b"));
    QVERIFY(promotion::cardDiff(QStringLiteral("x\n").repeated(3000), QStringLiteral("x\n").repeated(2500)).empty()); // the first 2,000 are the same
}

void TestEvidence::buildAndPipelineAreToldFromTags() {
    Bench b;
    registry::Version version = b.version(2, b.model(2.0));
    version.tags = {{QStringLiteral("image"), QStringLiteral("registry/inference:421")}, {QStringLiteral("image.digest"), QStringLiteral("sha256:7be1")}};
    registry::Run run;
    run.name = QStringLiteral("ws2m-lstm-0412");
    run.tags = {{QStringLiteral("mlflow.source.git.commit"), QStringLiteral("a91e07c")}, {QStringLiteral("pipeline.run"), QStringLiteral("weather-mlops #421")}};
    const artifact::Package package = *artifact::openPackage(version.source);
    const QJsonObject told = promotion::lineageOf(package, version, run, {}, QStringLiteral("ben"));
    QCOMPARE(told.value(QStringLiteral("image")).toString(), QStringLiteral("registry/inference:421 sha256:7be1"));
    QCOMPARE(told.value(QStringLiteral("code")).toString(), QStringLiteral("a91e07c"));
    QCOMPARE(told.value(QStringLiteral("pipeline")).toString(), QStringLiteral("weather-mlops #421"));
    QCOMPARE(told.value(QStringLiteral("run_name")).toString(), run.name);
    const QJsonObject bare = promotion::lineageOf(package, b.version(3, b.model(2.0)), std::nullopt, {}, QStringLiteral("ben"));
    QVERIFY(!bare.contains(QStringLiteral("image")) && !bare.contains(QStringLiteral("pipeline")) && !bare.contains(QStringLiteral("code")));
}

void TestEvidence::theVerdictDecidesTheGate_data() {
    QTest::addColumn<double>("candidate");
    QTest::addColumn<QString>("verdict");
    QTest::addColumn<GateState>("state");
    QTest::newRow("a better one passes") << 2.0 << QStringLiteral("better") << GateState::Pass;
    QTest::newRow("the same one warns") << 1.9 << QStringLiteral("not distinguishable") << GateState::Warn;
    QTest::newRow("a worse one blocks") << 1.7 << QStringLiteral("worse") << GateState::Block;
}

void TestEvidence::theVerdictDecidesTheGate() {
    QFETCH(const double, candidate);
    QFETCH(const QString, verdict);
    QFETCH(const GateState, state);
    Bench b;
    const Evidence e = b.evidence(b.version(2, b.model(candidate)), b.version(1, b.model(1.9)));
    QCOMPARE(e.selected()->verdict, verdict);
    QCOMPARE(gate(e, "Better than v1"), state);
    QCOMPARE(e.blocked(), state == GateState::Block);
}

void TestEvidence::rowsOfTheChampionsTrainingAreLeftOut() {
    Bench b;
    auto champion = b.model(1.8);
    champion.trainRows = Bench::hashes([](int i) { return i < 500; }); // a hundred of the candidate's test rows among them
    const Evidence e = b.evidence(b.version(2, b.model(2.0)), b.version(1, champion));
    QCOMPARE(e.excludedRows, std::size_t(100));
    QCOMPARE(e.rows, std::size_t(100));
    double sum = 0;
    for (int i = 500; i < rowCount; ++i)
        if (tests(i))
            sum += std::abs(yOf(i) - 2 * xOf(i) - zOf(i)) / 100;
    QVERIFY(std::abs(metric(e, "mae").candidate - sum) < 1e-12);
    QVERIFY(!e.blocked());
}

void TestEvidence::withNoRowLeftTheSheetBlocks() {
    Bench b;
    auto champion = b.model(1.8);
    champion.trainRows = Bench::hashes([](int) { return true; });
    const Evidence e = b.evidence(b.version(2, b.model(2.0)), b.version(1, champion));
    QCOMPARE(e.rows, std::size_t(0));
    QCOMPARE(e.excludedRows, std::size_t(200));
    QVERIFY2(e.problem.contains(QStringLiteral("All 200 test rows")), qPrintable(e.problem));
    QVERIFY(e.metrics.empty());
    QCOMPARE(gate(e, "Better than v1"), GateState::Unknown);
    QCOMPARE(gate(e, "r2 >= 0.5"), GateState::Unknown);
    QVERIFY(e.blocked());
}

void TestEvidence::aChampionWithoutRowHashesIsSaid() {
    Bench b;
    auto champion = b.model(1.8);
    champion.trainRows.clear();
    const Evidence e = b.evidence(b.version(2, b.model(2.0)), b.version(1, champion));
    QVERIFY(!e.championHasRowHashes);
    QCOMPARE(gate(e, "No scored row"), GateState::Warn);
    QVERIFY(!e.blocked());
}

void TestEvidence::whatIsNotKnownOfAnImportIsSaid_data() {
    QTest::addColumn<bool>("verified");
    QTest::newRow("verified: its predictions were compared") << true;
    QTest::newRow("unverified: they were not") << false;
}

void TestEvidence::whatIsNotKnownOfAnImportIsSaid() {
    QFETCH(bool, verified);
    Bench b;
    auto candidate = b.model(2.0);
    candidate.trainRows.clear();
    const Evidence trained = b.evidence(b.version(2, candidate), b.version(1, b.model(1.8)));
    candidate.data.insert(QStringLiteral("imported"), QJsonObject{{QStringLiteral("made_by"), QStringLiteral("xgboost 3.2.0")}, {QStringLiteral("verified"), verified}, {QStringLiteral("compared"), 60}});
    const Evidence imported = b.evidence(b.version(4, candidate), b.version(3, b.model(1.8)));
    QCOMPARE(imported.gates.size(), trained.gates.size() + 2);
    QCOMPARE(gate(imported, "No scored row is from its own training"), GateState::Warn);
    QCOMPARE(gate(imported, "Predicts here as where it was made"), verified ? GateState::Pass : GateState::Warn);
    QVERIFY(!imported.blocked());
}

void TestEvidence::aFirstVersionMeetsTheMean() {
    Bench b;
    const Evidence e = b.evidence(b.version(1, b.model(2.0)), std::nullopt);
    QVERIFY(!e.championVersion);
    QCOMPARE(e.baseline, QStringLiteral("mean"));
    double mean = 0, mae = 0;
    for (int i = 0; i < rowCount; ++i)
        mean += tests(i) ? 0 : yOf(i) / 800;
    for (int i = 0; i < rowCount; ++i)
        mae += tests(i) ? std::abs(yOf(i) - mean) / 200 : 0;
    QVERIFY(std::abs(metric(e, "mae").champion - mae) < 1e-9);
    QCOMPARE(gate(e, "Better than the naive baseline (mean)"), GateState::Pass);
    QVERIFY(!e.blocked());
    // A model that is no better than the mean does not get in.
    auto useless = b.model(0, 0);
    useless.intercept = mean + 3;
    const Evidence bad = b.evidence(b.version(1, useless), std::nullopt);
    QCOMPARE(gate(bad, "Better than the naive baseline"), GateState::Block);
}

void TestEvidence::aFirstClassifierMeetsTheMajority() {
    Bench b;
    QByteArray text = "x,z,y\n";
    int yes = 0;
    for (int i = 0; i < rowCount; ++i) {
        const bool positive = xOf(i) - 3 > 0;
        yes += tests(i) && positive;
        text += QByteArray::number(xOf(i)) + ',' + QByteArray::number(zOf(i)) + (positive ? ",yes\n" : ",no\n");
    }
    QVERIFY(writeFileAtomically(b.csv, text).has_value());
    auto m = b.model(1, 0);
    m.intercept = -3;
    m.classes = {"no", "yes"};
    m.sample.reset();
    m.recipe = "recipe: tiny\ndata: {source: " + b.csv.toUtf8() + "}\ntask: classification\ntarget: y\nsplit: {every: 5}\nestimators: [logistic_regression]\n";
    const Evidence e = b.evidence(b.version(1, m), std::nullopt);
    QCOMPARE(e.baseline, QStringLiteral("majority"));
    QVERIFY(yes > 100); // so "yes" is the majority
    QVERIFY(std::abs(metric(e, "accuracy").champion - yes / 200.0) < 1e-12);
    QCOMPARE(metric(e, "accuracy").candidate, 1.0);
    QCOMPARE(e.classes, (std::vector<QString>{QStringLiteral("no"), QStringLiteral("yes")}));
    QCOMPARE(e.championConfusion, (std::vector<std::vector<double>>{{0, 200.0 - yes}, {0, double(yes)}}));
    QCOMPARE(e.candidateConfusion, (std::vector<std::vector<double>>{{200.0 - yes, 0}, {0, double(yes)}}));
    QVERIFY(e.residualEdges.empty());
}

void TestEvidence::aFirstForecastMeetsPersistence() {
    Bench b;
    const auto value = [](int i) { return 10 * std::sin(i / 4.0); };
    QByteArray text = "time,t\n";
    const QDateTime start(QDate(2024, 1, 1), QTime(0, 0), Qt::UTC);
    for (int i = 0; i < 400; ++i)
        text += start.addSecs(3600 * i).toString(Qt::ISODate).toUtf8() + ',' + QByteArray::number(value(i), 'g', 17) + '\n';
    QVERIFY(writeFileAtomically(b.csv, text).has_value());
    auto m = b.model(-1, 2); // y(+1) ≈ 2·y(0) − y(−1)
    m.target = QStringLiteral("t");
    m.inputs = {QStringLiteral("t@-1"), QStringLiteral("t@0")};
    m.outputs = {QStringLiteral("t@+1")};
    m.sample.reset();
    m.recipe = "recipe: tiny\ndata: {source: " + b.csv.toUtf8() +
               "}\ntask: forecast\ntarget: t\nsplit: {after: 2024-01-13}\nestimators: [linear_regression]\n"
               "time: {column: time, step: 1h, zone: UTC}\nforecast: {window: 2, horizon: 1}\n";
    const Evidence e = b.evidence(b.version(1, m), std::nullopt);
    QCOMPARE(e.baseline, QStringLiteral("persistence"));
    double persistence = 0, linear = 0;
    int n = 0;
    for (int i = 12 * 24; i < 400; ++i, ++n) {
        persistence += std::abs(value(i) - value(i - 1));
        linear += std::abs(value(i) - 2 * value(i - 1) + value(i - 2));
    }
    QCOMPARE(e.rows, std::size_t(n));
    QVERIFY(std::abs(metric(e, "mae").champion - persistence / n) < 1e-9);
    QVERIFY(std::abs(metric(e, "mae").candidate - linear / n) < 1e-9);
    QCOMPARE(e.selectMetric, QStringLiteral("mae"));
    QCOMPARE(e.bootstrap, QStringLiteral("circular blocks of 5 rows, 200 rounds, seed 7")); // ⌈112^(1/3)⌉
    QVERIFY(e.text().contains(QStringLiteral("paired bootstrap: circular blocks of 5 rows")));
    QCOMPARE(e.slices.size(), std::size_t(24)); // all in January: by hour
    QCOMPARE(e.slices.front().by, QStringLiteral("time:hour"));
    QCOMPARE(gate(e, "No slice worse than"), GateState::NotRun); // four or five rows an hour
    QCOMPARE(gate(e, "Better than the naive baseline (persistence)"), GateState::Pass);
    // Against a champion with another window the same origins are compared.
    auto other = m;
    other.a = 0;
    other.b = 1;
    other.inputs = {QStringLiteral("t@0")};
    other.a = 1;
    other.b = 0;
    other.recipe.replace("window: 2", "window: 1");
    other.trainRows.clear();
    const Evidence two = b.evidence(b.version(2, m), b.version(1, other));
    QVERIFY2(two.problem.isEmpty(), qPrintable(two.problem));
    QCOMPARE(two.rows, std::size_t(n));
    QVERIFY(std::abs(metric(two, "mae").champion - persistence / n) < 1e-9);
}

void TestEvidence::aFirstForecastMeetsTheMean() {
    Bench b;
    QByteArray text = "time,t\n"; // up and down: the newest value is always the worst guess
    const QDateTime start(QDate(2024, 1, 1), QTime(0, 0), Qt::UTC);
    for (int i = 0; i < 400; ++i)
        text += start.addSecs(3600 * i).toString(Qt::ISODate).toUtf8() + (i % 2 ? ",1\n" : ",-1\n");
    QVERIFY(writeFileAtomically(b.csv, text).has_value());
    auto m = b.model(0, -1.5); // y(+1) = −1.5·y(0): half a unit off
    m.target = QStringLiteral("t");
    m.inputs = {QStringLiteral("t@-1"), QStringLiteral("t@0")};
    m.outputs = {QStringLiteral("t@+1")};
    m.sample.reset();
    m.recipe = "recipe: tiny\ndata: {source: " + b.csv.toUtf8() +
               "}\ntask: forecast\ntarget: t\nsplit: {after: 2024-01-13}\nestimators: [linear_regression]\ntime: {column: time, step: 1h, zone: UTC}\nforecast: {window: 2, horizon: 1}\n";
    const Evidence e = b.evidence(b.version(1, m), std::nullopt);
    QVERIFY2(e.problem.isEmpty(), qPrintable(e.problem));
    QCOMPARE(e.baseline, QStringLiteral("mean"));
    QVERIFY2(std::abs(metric(e, "mae").champion - 1) < 0.01, qPrintable(QString::number(metric(e, "mae").champion)));
    QVERIFY(std::abs(metric(e, "mae").candidate - 0.5) < 1e-9);
}

void TestEvidence::aFirstForecastMeetsTheSeason() {
    Bench b;
    const auto value = [](int day) { return 10.0 * (day % 7) + 0.1 * (day % 5); };
    QByteArray text = "time,t\n";
    for (int day = 0; day < 200; ++day)
        text += QDate(2024, 1, 1).addDays(day).toString(Qt::ISODate).toUtf8() + ',' + QByteArray::number(value(day), 'g', 17) + '\n';
    QVERIFY(writeFileAtomically(b.csv, text).has_value());
    auto m = b.model(1, 0);
    m.target = QStringLiteral("t");
    m.inputs.clear();
    for (int back = 6; back >= 0; --back)
        m.inputs << (back ? QStringLiteral("t@-%1").arg(back) : QStringLiteral("t@0"));
    m.outputs = {QStringLiteral("t@+1"), QStringLiteral("t@+2")};
    m.sample.reset();
    m.recipe = "recipe: tiny\ndata: {source: " + b.csv.toUtf8() +
               "}\ntask: forecast\ntarget: t\nsplit: {after: 2024-05-01}\nestimators: [linear_regression]\ntime: {column: time, step: 1d, zone: UTC}\nforecast: {window: 7, horizon: 2}\n";
    const Evidence e = b.evidence(b.version(1, m), std::nullopt);
    QVERIFY2(e.problem.isEmpty(), qPrintable(e.problem));
    QCOMPARE(e.baseline, QStringLiteral("seasonal"));
    double week = 0;
    int n = 0;
    const int first = int(QDate(2024, 1, 1).daysTo(QDate(2024, 5, 1)));
    for (int day = first; day + 1 < 200; ++day)
        for (const int step : {0, 1}) {
            week += std::abs(value(day + step) - value(day + step - 7));
            ++n;
        }
    QVERIFY2(std::abs(metric(e, "mae").champion - week / n) < 1e-9, qPrintable(QString::number(metric(e, "mae").champion)));
}

void TestEvidence::eachModelHasItsOwnPast() {
    Bench b;
    const auto value = [](int i) { return 10 * std::sin(i / 4.0); };
    QByteArray text = "time,x,t\n";
    const QDateTime start(QDate(2024, 1, 1), QTime(0, 0), Qt::UTC);
    for (int i = 0; i < 400; ++i)
        text += start.addSecs(3600 * i).toString(Qt::ISODate).toUtf8() + ',' + QByteArray::number(i) + ',' + QByteArray::number(value(i), 'g', 17) + '\n';
    QVERIFY(writeFileAtomically(b.csv, text).has_value());
    const auto recipe = [&](const QByteArray &transforms) {
        return "recipe: tiny\ndata: {source: " + b.csv.toUtf8() + "}\ntask: regression\ntarget: t\nsplit: {after: 2024-01-13}\nestimators: [linear_regression]\ntime: {column: time, step: 1h}\ntransforms: [" + transforms + "]\n";
    };
    auto candidate = b.model(2, -1), champion = b.model(1, 0);
    for (auto *m : {&candidate, &champion}) {
        m->target = QStringLiteral("t");
        m->sample.reset();
        m->trainRows.clear();
    }
    candidate.inputs = {QStringLiteral("t@lag1"), QStringLiteral("t@lag2")};
    candidate.recipe = recipe("lag: {steps: [1, 2]}");
    champion.inputs = {QStringLiteral("t@mean3"), QStringLiteral("x")};
    champion.recipe = recipe("rolling: {window: 3}");
    const Evidence e = b.evidence(b.version(2, candidate), b.version(1, champion));
    QVERIFY2(e.problem.isEmpty(), qPrintable(e.problem));
    double mine = 0, theirs = 0;
    int n = 0;
    for (int i = 12 * 24; i < 400; ++i, ++n) {
        mine += std::abs(value(i) - 2 * value(i - 1) + value(i - 2));
        theirs += std::abs(value(i) - (value(i - 1) + value(i - 2) + value(i - 3)) / 3);
    }
    QCOMPARE(e.rows, std::size_t(n));
    QVERIFY(std::abs(metric(e, "mae").candidate - mine / n) < 1e-9);
    QVERIFY(std::abs(metric(e, "mae").champion - theirs / n) < 1e-9);
}

/// Rows brought to steps before they are split, a missing x read off the steps beside it.
void TestEvidence::aModelIsJudgedOnTheStepsThatItsRecipeMakes() {
    Bench b;
    const auto x = [](int hour) { return 10 * std::sin(hour / 4.0); };
    QByteArray text = "time,x,z,y\n";
    for (int i = 0; i < 1200; ++i) // three an hour
        text += QDateTime(QDate(2024, 1, 1), QTime(0, 0), Qt::UTC).addSecs(1200 * i).toString(Qt::ISODate).toUtf8() + ',' + (i / 3 % 5 == 2 ? QByteArray() : QByteArray::number(x(i / 3) + i % 3 - 1, 'g', 17)) + ",1," +
                QByteArray::number(2 * x(i / 3) + 1, 'g', 17) + '\n';
    QVERIFY(writeFileAtomically(b.csv, text).has_value());
    const auto recipe = [&](const QByteArray &step) {
        return "recipe: tiny\ndata: {source: " + b.csv.toUtf8() + "}\ntask: regression\ntarget: y\nsplit: {after: 2024-01-11}\nestimators: [linear_regression]\ntime: {column: time, step: " + step +
               ", resample: mean}\ntransforms: [impute: {strategy: time, limit: 1}]\n";
    };
    auto candidate = b.model(2, 1), champion = b.model(1, 1);
    for (auto *m : {&candidate, &champion}) {
        m->sample.reset();
        m->trainRows.clear();
        m->optional = true;
        m->recipe = recipe("1h");
    }
    const auto version = b.version(2, candidate);
    Evidence e = b.evidence(version, b.version(1, champion));
    QVERIFY2(e.problem.isEmpty(), qPrintable(e.problem));
    double mine = 0, theirs = 0;
    int n = 0;
    for (int hour = 240; hour < 400; ++hour, ++n) {
        const double known = hour % 5 == 2 ? (x(hour - 1) + x(hour + 1)) / 2 : x(hour);
        mine += std::abs(2 * x(hour) - 2 * known);
        theirs += std::abs(2 * x(hour) - known);
    }
    QCOMPARE(e.rows, std::size_t(n));
    QVERIFY(std::abs(metric(e, "mae").candidate - mine / n) < 1e-9);
    QVERIFY(std::abs(metric(e, "mae").champion - theirs / n) < 1e-9);
    champion.recipe = recipe("2h");
    e = b.evidence(version, b.version(1, champion));
    QVERIFY2(e.problem.contains(QStringLiteral("their recipes do not resample alike")), qPrintable(e.problem));
    QVERIFY(e.blocked());
}

void TestEvidence::aChangedSourceIsNotUsed() {
    Bench b;
    const auto candidate = b.version(2, b.model(2.0)), champion = b.version(1, b.model(1.8));
    b.write(100);
    Evidence e = b.evidence(candidate, champion);
    QCOMPARE(e.rows, std::size_t(120)); // the sample's
    QVERIFY2(e.rowsFrom.contains(QStringLiteral("kept in the package")) && e.rowsFrom.contains(QStringLiteral("not the file that")), qPrintable(e.rowsFrom));
    QVERIFY(metric(e, "mae").candidate < 1);
    QVERIFY(QFile::remove(b.csv));
    e = b.evidence(candidate, champion);
    QVERIFY2(e.rowsFrom.contains(QStringLiteral("is gone")), qPrintable(e.rowsFrom));
    QCOMPARE(e.rows, std::size_t(120));
    QVERIFY(!e.blocked());
}

void TestEvidence::withoutSourceAndSampleThereIsNoEvidence() {
    Bench b;
    auto m = b.model(2.0);
    m.sample.reset();
    EvidenceInput in;
    in.candidate = b.version(1, m);
    in.loadScorer = test::loadTinyScorer;
    QVERIFY(QFile::remove(b.csv));
    const auto e = computeEvidence(in);
    QVERIFY(!e);
    QCOMPARE(e.error().kind, ErrorKind::Invalid);
    QVERIFY2(e.error().text().contains(QStringLiteral("tiny.csv is gone")), qPrintable(e.error().text()));
}

void TestEvidence::aChampionThatCannotTakeTheRowsBlocks() {
    Bench b;
    auto champion = b.model(1.8);
    champion.inputs = {QStringLiteral("x"), QStringLiteral("humidity")};
    Evidence e = b.evidence(b.version(2, b.model(2.0)), b.version(1, champion));
    QVERIFY2(e.problem.contains(QStringLiteral("humidity")), qPrintable(e.problem));
    QCOMPARE(gate(e, "Better than v1"), GateState::Unknown);
    QVERIFY(e.blocked());
    champion = b.model(1.8);
    champion.target = QStringLiteral("z");
    champion.inputs = {QStringLiteral("x"), QStringLiteral("y")};
    e = b.evidence(b.version(2, b.model(2.0)), b.version(1, champion));
    QVERIFY2(e.problem.contains(QStringLiteral("cannot be compared")), qPrintable(e.problem));
    QVERIFY(e.blocked());
}

void TestEvidence::aDamagedChampionBlocksAndADamagedCandidateIsAnError() {
    Bench b;
    const auto candidate = b.version(2, b.model(2.0)), champion = b.version(1, b.model(1.8));
    const auto damage = [](const QString &folder) {
        QFile file(folder + QStringLiteral("/model.json"));
        return file.open(QIODevice::ReadWrite) && file.resize(file.size() - 1);
    };
    QVERIFY(damage(champion.source));
    const Evidence e = b.evidence(candidate, champion);
    QVERIFY2(e.problem.contains(QStringLiteral("model.json")), qPrintable(e.problem));
    QVERIFY(e.blocked());
    QVERIFY(damage(candidate.source));
    EvidenceInput in;
    in.candidate = candidate;
    in.loadScorer = test::loadTinyScorer;
    const auto bad = computeEvidence(in);
    QVERIFY(!bad);
    QVERIFY(bad.error().text().contains(QStringLiteral("model.json")));
}

void TestEvidence::recipeGatesAreJudgedOnTheseRows_data() {
    QTest::addColumn<QByteArray>("gates");
    QTest::addColumn<GateState>("state");
    QTest::newRow("reached") << QByteArray("mae <= 0.5") << GateState::Pass;
    QTest::newRow("missed") << QByteArray("mae <= 0.1") << GateState::Block;
    QTest::newRow("a metric of another task is unknown") << QByteArray("accuracy >= 0.5") << GateState::Unknown;
}

void TestEvidence::recipeGatesAreJudgedOnTheseRows() {
    QFETCH(const QByteArray, gates);
    QFETCH(const GateState, state);
    Bench b;
    auto m = b.model(2.0);
    m.recipe = b.recipe("gates: [" + gates + "]\n");
    const Evidence e = b.evidence(b.version(2, m), b.version(1, b.model(1.8)));
    QCOMPARE(gate(e, gates.constData()), state);
    QCOMPARE(e.blocked(), state != GateState::Pass);
}

void TestEvidence::anErrorThatAGateAsksForHasTheTargetsUnit() {
    Bench b;
    auto m = b.model(2.0);
    m.recipe = b.recipe("gates: [pinball_90 <= 5, mape <= 5]\n");
    const Evidence e = b.evidence(b.version(2, m), std::nullopt);
    QCOMPARE(metric(e, "pinball_90").unit, QStringLiteral("°C"));
    QCOMPARE(metric(e, "mape").unit, QString());
}

void TestEvidence::anInputThatGivesTheTargetAwayIsAWarning() {
    Bench b;
    const auto warned = [](const Evidence &e) { return std::count_if(e.gates.begin(), e.gates.end(), [](const GateResult &g) { return g.rule == QLatin1String("No input gives the target away"); }); };
    const Evidence honest = b.evidence(b.version(2, b.model(2.0)), std::nullopt);
    QCOMPARE(warned(honest), 0);
    // The same rows, but z is the target in other units; the source is gone, so that the package's own rows are used.
    auto leaking = b.model(0.0, 3.0);
    leaking.data.insert(QStringLiteral("source"), b.folder.filePath(QStringLiteral("gone.csv")));
    for (std::size_t i = 0; i < leaking.sample->inputs.count; ++i)
        leaking.sample->inputs.values[2 * i + 1] = leaking.sample->targets[i] / 3;
    const Evidence e = b.evidence(b.version(2, leaking), b.version(1, b.model(1.8)));
    QCOMPARE(warned(e), 1);
    QCOMPARE(gate(e, "No input gives"), GateState::Warn);
    QVERIFY(std::any_of(e.gates.begin(), e.gates.end(), [](const GateResult &g) { return g.value == QLatin1String("z: correlation 1.0000"); }));
    QVERIFY(!e.blocked());
}

void TestEvidence::classesOfBothAreJoined() {
    Bench b;
    QByteArray text = "x,z,y\n";
    for (int i = 0; i < rowCount; ++i)
        text += QByteArray::number(xOf(i)) + ",0," + (xOf(i) > 5 ? "high" : "low") + '\n';
    QVERIFY(writeFileAtomically(b.csv, text).has_value());
    auto m = b.model(-1, 0); // "low" is the second class: −x + 5 > 0
    m.intercept = 5.05; // no x stands on the border
    m.classes = {"high", "low"};
    m.sample.reset();
    m.recipe = "recipe: tiny\ndata: {source: " + b.csv.toUtf8() + "}\ntask: classification\ntarget: y\nsplit: {every: 5}\nestimators: [logistic_regression]\n";
    auto champion = m; // codes the classes the other way round, and says the same
    champion.classes = {"low", "high"};
    champion.a = 1;
    champion.intercept = -5.05;
    champion.trainRows.clear();
    const Evidence e = b.evidence(b.version(2, m), b.version(1, champion));
    QVERIFY2(e.problem.isEmpty(), qPrintable(e.problem));
    QCOMPARE(e.candidateConfusion, e.championConfusion);
    QVERIFY(std::abs(metric(e, "log_loss").change) < 1e-12);
    QCOMPARE(e.candidateCalibration.size(), e.championCalibration.size());
    std::size_t rows = 0;
    for (const auto &bin : e.candidateCalibration) {
        rows += bin.count;
        QVERIFY(bin.from <= bin.predicted + 1e-12 && bin.predicted <= bin.to + 1e-12);
    }
    QCOMPARE(rows, e.rows);
    QCOMPARE(metrics::toJson(Evidence::fromJson(e.toJson())->candidateCalibration), metrics::toJson(e.candidateCalibration));
}

void TestEvidence::theSheetSurvivesJson() {
    Bench b;
    const Evidence e = b.evidence(b.version(2, b.model(2.0)), b.version(1, b.model(1.8)));
    const auto back = Evidence::fromJson(QJsonDocument::fromJson(canonicalJson(e.toJson())).object());
    QVERIFY2(back.has_value(), back.has_value() ? "" : qPrintable(back.error().text()));
    QCOMPARE(canonicalJson(back->toJson()), canonicalJson(e.toJson()));
    QCOMPARE(back->digest(), e.digest());
    QVERIFY(!Evidence::fromJson({{QStringLiteral("model"), QStringLiteral("tiny")}}));
    QVERIFY(e.text().contains(QStringLiteral("mae °C")));
}

void TestEvidence::theCommitIsReadFromGit() {
    QTemporaryDir folder;
    const QString commit(40, QLatin1Char('c')), deep = folder.filePath(QStringLiteral("a/b"));
    QVERIFY(QDir().mkpath(deep));
    QCOMPARE(gitCommit(QString()), QString());
    QVERIFY(writeFileAtomically(folder.filePath(QStringLiteral(".git/HEAD")), QByteArray("ref: refs/heads/main\n")).has_value());
    QCOMPARE(gitCommit(deep), QString()); // no commit yet
    QVERIFY(writeFileAtomically(folder.filePath(QStringLiteral(".git/packed-refs")), "# pack-refs\n" + commit.toLatin1() + " refs/heads/main\n").has_value());
    QCOMPARE(gitCommit(deep), commit);
    const QString loose(40, QLatin1Char('d'));
    QVERIFY(writeFileAtomically(folder.filePath(QStringLiteral(".git/refs/heads/main")), loose.toLatin1() + '\n').has_value());
    QCOMPARE(gitCommit(deep), loose);
    QVERIFY(writeFileAtomically(folder.filePath(QStringLiteral(".git/HEAD")), commit.toLatin1() + '\n').has_value());
    QCOMPARE(gitCommit(deep), commit);
    QVERIFY(writeFileAtomically(folder.filePath(QStringLiteral(".git/HEAD")), QByteArray("ref: refs/../../../etc/passwd\n")).has_value());
    QCOMPARE(gitCommit(deep), QString());
}

QTEST_GUILESS_MAIN(TestEvidence)
#include "tst_evidence.moc"
