// SPDX-License-Identifier: GPL-3.0-or-later
// Cross-validation against scikit-learn 1.9.1: cross_validate() of a pipeline (StandardScaler, OneHotEncoder, Ridge or LogisticRegression) with
// KFold, GroupKFold, TimeSeriesSplit and StratifiedKFold over the training rows of validation/rows.csv (its figures in
// validation/scikit_learn.json: the folds, then mean and std).
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/learn/cross_validation.h"
#include "core/learn/trainer.h"
#include "core/metrics/random.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <mutex>

using namespace pilothouse;
using namespace pilothouse::learn;
using Q = QLatin1String;

namespace {

const QString folder = QStringLiteral(PILOTHOUSE_SOURCE_DIR "/tests/unit/learn/validation/");

class Counted final : public EventSink {
public:
    void emitEvent(const QString &, QJsonObject) override {
        const std::lock_guard guard(m_lock);
        if (onEvent)
            onEvent();
    }
    std::function<void()> onEvent;

private:
    std::mutex m_lock;
};

} // namespace

class TestValidation : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    int m_runs = 0;

    Result<TrainOptions> options(const QString &task, const QString &target, const QString &validation, const QString &estimators, const QString &select) {
        const QString others = target == Q("y") ? QStringLiteral("c") : QStringLiteral("y");
        const QString text = QStringLiteral("recipe: folds\ndata: {source: '%1rows.csv'}\ntask: %2\ntarget: %3\nfeatures: {exclude: [g, %4]}\ntime: {column: hour}\nsplit: {every: 5}\nvalidation: %5\n"
                                            "transforms: [one_hot, standard_scale]\nestimators: [%6]\nselect: {metric: %7}\nseed: 7\n").arg(folder, task, target, others, validation, estimators, select);
        TrainOptions o;
        PH_ASSIGN(o.recipe, workspace::parseRecipe(text.toUtf8(), {}));
        o.out = m_folder.filePath(QStringLiteral("package-%1").arg(++m_runs));
        return o;
    }

private Q_SLOTS:
    void figuresAreThoseOfScikitLearn_data() {
        QTest::addColumn<QString>("way");
        QTest::addColumn<QString>("validation");
        QTest::addColumn<QString>("metric");
        QTest::addColumn<QString>("theirs");
        QTest::newRow("folds, R²") << QStringLiteral("k_fold") << QStringLiteral("{k_fold: 4}") << QStringLiteral("r2") << QStringLiteral("r2");
        QTest::newRow("folds, absolute error") << QStringLiteral("k_fold") << QStringLiteral("{k_fold: 4}") << QStringLiteral("mae") << QStringLiteral("neg_mean_absolute_error");
        QTest::newRow("groups") << QStringLiteral("grouped") << QStringLiteral("{grouped_k_fold: 4, by: g}") << QStringLiteral("r2") << QStringLiteral("r2");
        QTest::newRow("an expanding window") << QStringLiteral("expanding") << QStringLiteral("{expanding: 3, horizon: 9}") << QStringLiteral("r2") << QStringLiteral("r2");
        QTest::newRow("classes, accuracy") << QStringLiteral("stratified") << QStringLiteral("{stratified_k_fold: 4}") << QStringLiteral("accuracy") << QStringLiteral("accuracy");
        QTest::newRow("classes, log loss") << QStringLiteral("stratified") << QStringLiteral("{stratified_k_fold: 4}") << QStringLiteral("log_loss") << QStringLiteral("neg_log_loss");
    }
    void figuresAreThoseOfScikitLearn() {
        QFETCH(QString, way);
        QFETCH(QString, validation);
        QFETCH(QString, metric);
        QFETCH(QString, theirs);
        const auto bytes = readFile(folder + QStringLiteral("scikit_learn.json"));
        QVERIFY(bytes);
        const QJsonArray expected = parseJsonObject(*bytes, folder)->value(way).toObject().value(theirs).toArray();
        const double sign = theirs.startsWith(Q("neg_")) ? -1 : 1;
        const bool classes = way == Q("stratified");
        const auto o = options(classes ? QStringLiteral("classification") : QStringLiteral("regression"), classes ? QStringLiteral("c") : QStringLiteral("y"), validation,
                               classes ? QStringLiteral("logistic_regression") : QStringLiteral("ridge"), metric);
        QVERIFY2(o, o ? "" : qPrintable(o.error().text()));
        const auto result = train(*o);
        QVERIFY2(result, result ? "" : qPrintable(result.error().text()));
        QCOMPARE(qsizetype(result->folds.size()), expected.size() - 2);
        const auto isNear = [](double a, double b) { return std::abs(a - b) <= 2e-5 * std::max(1.0, std::abs(b)); };
        for (qsizetype fold = 0; fold < qsizetype(result->folds.size()); ++fold)
            QVERIFY2(isNear(result->folds[std::size_t(fold)].value(metric), sign * expected.at(fold).toDouble()), qPrintable(QStringLiteral("fold %1: %2").arg(fold).arg(result->folds[std::size_t(fold)].value(metric))));
        const FoldFigures figures = figuresOf(result->folds);
        QVERIFY(isNear(figures.mean.value(metric), sign * expected.at(expected.size() - 2).toDouble()));
        QVERIFY(isNear(figures.deviation.value(metric), expected.at(expected.size() - 1).toDouble()));
        // It stands in the result, in the package and on its card.
        const QJsonObject said = result->toJson().value(Q("validation")).toObject();
        QCOMPARE(said.value(Q("mean")).toObject().value(metric).toDouble(), figures.mean.value(metric));
        QVERIFY(said.value(Q("how")).toString().contains(QStringLiteral("folds of the training rows")));
        const auto metricsFile = readFile(o->out + QStringLiteral("/metrics.json"));
        QCOMPARE(parseJsonObject(*metricsFile, o->out)->value(Q("validation")).toObject(), said);
        const auto card = readFile(o->out + QStringLiteral("/MODEL_CARD.md"));
        QVERIFY(card && card->contains("Cross-validated: ") && card->contains("mean ± deviation of the folds"));
    }

    /// An estimator that fits the test rows by chance is not chosen for that.
    void theFoldsChooseTheEstimator() {
        const auto o = options(QStringLiteral("regression"), QStringLiteral("y"), QStringLiteral("{k_fold: 4, seed: 3}"), QStringLiteral("decision_tree: {max_depth: 2}, ridge, ridge: {alpha: 1000}"), QStringLiteral("mae"));
        QVERIFY2(o, o ? "" : qPrintable(o.error().text()));
        const auto result = train(*o);
        QVERIFY2(result, result ? "" : qPrintable(result.error().text()));
        std::size_t best = 0;
        for (std::size_t i = 0; i < 3; ++i) {
            QCOMPARE(result->candidates[i].folds.size(), std::size_t(4));
            if (figuresOf(result->candidates[i].folds).mean.value(QStringLiteral("mae")) < figuresOf(result->candidates[best].folds).mean.value(QStringLiteral("mae")))
                best = i;
        }
        QCOMPARE(result->test, result->candidates[best].test);
        QVERIFY(result->notes.join(QLatin1Char('\n')).contains(QStringLiteral("the test rows had no part in the choice")));
    }

    void aRunStoppedInItsFoldsResumesToTheSameBytes() {
        const QString estimators = QStringLiteral("ridge, gradient_boosting: {n_estimators: 6}, random_forest: {n_estimators: 5, trees_per_booster: 1}");
        auto o = options(QStringLiteral("regression"), QStringLiteral("y"), QStringLiteral("{k_fold: 3}"), estimators, QStringLiteral("mae"));
        QVERIFY(o);
        const auto whole = train(*o);
        QVERIFY2(whole, whole ? "" : qPrintable(whole.error().text()));
        metrics::Random random(6);
        int interruptions = 0;
        for (int round = 0; round < 12; ++round) {
            o->out = m_folder.filePath(QStringLiteral("resumed-%1").arg(round));
            Result<TrainResult> result = cancelled();
            for (int part = 0; part < 60 && !result; ++part) {
                std::stop_source stop;
                Counted events;
                int left = 4 + int(random.below(20));
                events.onEvent = [&] {
                    if (--left == 0)
                        stop.request_stop();
                };
                o->stop = stop.get_token();
                o->events = &events;
                o->checkpointSeconds = random.below(2) ? 0 : 1000;
                o->resume = part > 0 && hasCheckpoint(o->out);
                o->threads = 1 + int(random.below(3));
                result = train(*o);
                QVERIFY2(result || result.error().kind == ErrorKind::Cancelled, result ? "" : qPrintable(result.error().text()));
                interruptions += result ? 0 : 1;
            }
            if (!result) {
                o->stop = {};
                o->events = nullptr;
                o->resume = hasCheckpoint(o->out);
                result = train(*o);
            }
            QVERIFY2(result, result ? "" : qPrintable(result.error().text()));
            QCOMPARE(result->weightsSha256, whole->weightsSha256);
            QCOMPARE(result->folds, whole->folds);
            for (std::size_t i = 0; i < 3; ++i)
                QCOMPARE(result->candidates[i].folds, whole->candidates[i].folds);
            QVERIFY(!hasCheckpoint(o->out));
            o->resume = true; // killed after its last write: answered from the package
            o->stop = {};
            o->events = nullptr;
            const auto again = train(*o);
            QVERIFY(again);
            QCOMPARE(again->folds, whole->folds);
            QCOMPARE(again->validation, whole->validation);
        }
        QVERIFY2(interruptions > 20, qPrintable(QString::number(interruptions)));
    }

    void rowsAreMadeInEachFoldOfItsTrainingRows() {
        auto o = options(QStringLiteral("classification"), QStringLiteral("c"), QStringLiteral("{stratified_k_fold: 3}"), QStringLiteral("logistic_regression"), QStringLiteral("accuracy"));
        QVERIFY(o);
        const auto plain = train(*o);
        workspace::TransformSpec smote{QStringLiteral("smote"), {}};
        smote.settings.insert(QStringLiteral("k"), 3LL);
        o->recipe.transforms.push_back(smote);
        o->out = m_folder.filePath(QStringLiteral("smote"));
        const auto made = train(*o);
        QVERIFY2(plain && made, made ? "" : qPrintable(made.error().text()));
        QCOMPARE(made->trainRows, plain->trainRows);
        QCOMPARE(made->testRows, plain->testRows);
        QVERIFY(made->folds != plain->folds);
        QVERIFY2(made->notes.join(QLatin1Char('\n')).contains(QStringLiteral("smote made 21 rows")), qPrintable(made->notes.join(QLatin1Char('\n')))); // 23 of each class, of 23, 13, 12
        QCOMPARE(made->baseline, plain->baseline);
    }

    void whatCannotBeFoldedIsTold_data() {
        QTest::addColumn<QString>("validation");
        QTest::addColumn<QString>("message");
        QTest::newRow("too many folds") << QStringLiteral("{k_fold: 49}") << QStringLiteral("48 training rows are too few for 49 folds");
        QTest::newRow("too few groups") << QStringLiteral("{grouped_k_fold: 10, by: g}") << QStringLiteral("9 groups of training rows are too few");
        QTest::newRow("no such column") << QStringLiteral("{grouped_k_fold: 3, by: gg}") << QStringLiteral("grouped by “gg”, which the data does not have. Did you mean “g”?");
        QTest::newRow("too long a horizon") << QStringLiteral("{expanding: 3, horizon: 16}") << QStringLiteral("too few for 3 folds");
        QTest::newRow("classes of numbers") << QStringLiteral("{stratified_k_fold: 3}") << QStringLiteral("Stratified folds need classes");
        QTest::newRow("two ways") << QStringLiteral("{k_fold: 3, expanding: 3}") << QStringLiteral("needs exactly one of k_fold");
        QTest::newRow("a seed without lots") << QStringLiteral("{expanding: 3, seed: 3}") << QStringLiteral("Unknown key “seed”");
    }
    void whatCannotBeFoldedIsTold() {
        QFETCH(QString, validation);
        QFETCH(QString, message);
        const auto o = options(QStringLiteral("regression"), QStringLiteral("y"), validation, QStringLiteral("ridge"), QStringLiteral("r2"));
        const QString text = o ? [&] {
            const auto result = train(*o);
            return result ? QStringLiteral("accepted") : result.error().text();
        }() : o.error().text();
        QVERIFY2(text.contains(message), qPrintable(text));
    }
};

QTEST_GUILESS_MAIN(TestValidation)
#include "tst_validation.moc"
