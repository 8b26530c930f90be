// SPDX-License-Identifier: GPL-3.0-or-later
// Every figure of reference/predictive_maintenance.json. Within the tolerances written there; where it has none: figures of boosting and of the forest that
// an answer "failure" makes as near as F1, 0.04, counts as such a share of the rows of their class; support vectors one in a hundred; distances 1e-9.
#include "core/learn/kernel_model.h"
#include "core/learn/linear_model.h"
#include "core/learn/samples.h"
#include "tests/support/trainings.h"

#include <QTest>

#include <set>

using namespace pilothouse;
using support::Answer;
using support::Trained;
using Q = QLatin1String;

namespace {

/// How near the figures of a test block must be.
struct Tolerance {
    double share = 0;   ///< metrics between 0 and 1
    double rocAuc = 0;
    double counts = 0;  ///< of a cell of the confusion matrix, as a share of the rows of its class
};
constexpr Tolerance ofSvc{0.005, 0.005, 0.005}, ofLogistic{1e-5, 1e-5, 0}, ofTrees{0.04, 0.01, 0.04};

/// SMOTE's bands: three deviations more on both sides, and never less than 0.005 as a deviation.
double margin(const QJsonValue &band) { return 3 * std::max(0.005, band[Q("sd")].toDouble()); }

double distance(std::span<const double> a, std::span<const double> b) {
    double sum = 0;
    for (std::size_t j = 0; j < a.size(); ++j)
        sum += (a[j] - b[j]) * (a[j] - b[j]);
    return std::sqrt(sum);
}

/// The scaled training rows, and what SMOTE makes of them.
struct Made {
    data::Rows x;
    data::TrainingTarget target;
    std::vector<double> testTargets;
    std::vector<std::size_t> minority; ///< rows of x with a failure, in order
    data::MadeRows rows;               ///< of seed 0
    std::vector<std::vector<std::size_t>> nearest; ///< of the first five of the minority: places in it of those that rows were made with, nearest first

    /// 20 seeds: each of the five neighbours of each row is drawn.
    Result<void> make(const workspace::Recipe &recipe) {
        PH_ASSIGN(const learn::Samples samples, learn::trainingSamples(recipe, {}, {}));
        const artifact::LabelledRows train = samples.rows.take(samples.train);
        testTargets = samples.rows.take(samples.test).targets;
        target = {train.targets, 1, samples.signature.classes};
        PH_ASSIGN(const data::FittedTransforms scaler, data::FittedTransforms::fit(train.inputs, samples.signature.inputs, recipe.transforms));
        PH_ASSIGN(x, scaler.apply(train.inputs));
        for (std::size_t row = 0; row < x.count; ++row)
            if (target.values[row] == 1)
                minority.push_back(row);
        std::vector<std::set<std::pair<double, std::size_t>>> found(5); // distance, place
        for (qlonglong seed = 0; seed < 20; ++seed) {
            workspace::TransformSpec spec{QStringLiteral("smote"), {}};
            spec.settings = {{QStringLiteral("k"), qlonglong(5)}, {QStringLiteral("seed"), seed}};
            PH_ASSIGN(const data::TransformPtr smote, data::makeTransform(spec));
            PH_ASSIGN(data::MadeRows made, smote->make(x, target, std::vector<int>(x.width, -1)));
            for (std::size_t i = 0; i < made.bases.size(); ++i) {
                const std::size_t base = place(made.bases[i]);
                if (base < found.size())
                    found[base].emplace(distance(x.row(made.bases[i]), x.row(made.neighbours[i])), place(made.neighbours[i]));
            }
            if (seed == 0)
                rows = std::move(made);
        }
        for (const auto &neighbours : found) {
            nearest.emplace_back();
            for (const auto &[far, at] : neighbours)
                nearest.back().push_back(at);
        }
        return {};
    }
    static double count(const std::vector<double> &targets, double value) { return double(std::count(targets.begin(), targets.end(), value)); }
    std::size_t place(std::size_t row) const { return std::size_t(std::lower_bound(minority.begin(), minority.end(), row) - minority.begin()); }
};

} // namespace

class TestMaintenanceFigures : public QObject {
    Q_OBJECT

    support::ReferenceFile m_reference{QStringLiteral("predictive_maintenance.json"),
                                       {QStringLiteral("title"), QStringLiteral("data"), QStringLiteral("procedure"), QStringLiteral("tolerance"), QStringLiteral("versions"),
                                        QStringLiteral("xgboost_params"), QStringLiteral("minority_positions"), QStringLiteral("invariants")}};
    support::Trainings m_trainings;
    Made m_made;

    static QString recipe(const QString &transforms, const QString &estimator) {
        return QStringLiteral("recipe: maintenance\ndata: {source: $DATA/predictive_maintenance_2020.csv}\ntask: classification\ntarget: Machine failure\n"
                              "features: {include: ['Air temperature [K]', 'Process temperature [K]', 'Rotational speed [rpm]', 'Torque [Nm]', 'Tool wear [min]']}\n"
                              "split: {every: 5}\n%1estimators: [%2]\nselect: {metric: roc_auc}\n")
            .arg(transforms.isEmpty() ? QString() : QStringLiteral("transforms: [%1]\n").arg(transforms), estimator);
    }
    static QString scaled(const QString &estimator) { return recipe(QStringLiteral("standard_scale"), estimator); }
    static QString logistic() { return scaled(QStringLiteral("logistic_regression: {C: 1}")); }

    /// One of a block's metrics, its rows, or a cell of its confusion matrix [tn,fp,fn,tp].
    static std::optional<Answer> blockFigure(const metrics::Scored &scored, const QStringList &rest, const QJsonValue &figure, const Tolerance &tolerance) {
        if (rest[0] == Q("confusion_[tn,fp,fn,tp]") && rest.size() == 2) {
            const auto cells = metrics::confusion(scored);
            const std::size_t truth = rest[1].toULongLong() / 2, predicted = rest[1].toULongLong() % 2;
            return support::near(cells.at(truth).at(predicted), figure, tolerance.counts * (cells[truth][0] + cells[truth][1]));
        }
        if (rest == QStringList{QStringLiteral("n")})
            return support::near(double(scored.count), figure, 0);
        const Result<double> ours = rest.size() == 1 ? metrics::metricOf(rest[0], scored) : Result<double>(invalid(QString()));
        if (!ours)
            return std::nullopt;
        return support::near(*ours, figure, rest[0] == Q("roc_auc") ? tolerance.rocAuc : tolerance.share);
    }

    /// The sign of scikit-learn's decisions between two classes speaks for the second, that of ours for the first.
    static std::optional<Answer> svcFigure(const Trained &trained, const QStringList &rest, const QJsonValue &figure) {
        const auto *model = trained.as<learn::KernelModel>();
        if (!model || model->machines().size() != 1)
            return Answer{false, QStringLiteral("no single machine")};
        const learn::KernelModel::Machine &machine = model->machines()[0];
        const std::size_t at = rest.value(1).toULongLong();
        if (rest[0] == Q("test") && rest.size() > 1)
            return blockFigure(trained.scored, rest.mid(1), figure, ofSvc);
        if (rest[0] == Q("intercept") && rest.size() == 2)
            return support::near(machine.rho, figure, 5e-3);
        if (rest[0] == Q("n_support") && rest.size() == 2) {
            const auto ours = std::count_if(machine.coefficients.begin(), machine.coefficients.end(), [&](double c) { return (c > 0) == (at == 0); });
            return support::near(double(ours), figure, 2, 0.01);
        }
        if (rest[0] == Q("first_10_test_decision") && rest.size() == 2) {
            const Result<data::Rows> rows = trained.model.transforms.apply(trained.sample.inputs);
            return support::near(rows ? -model->decisionValues(*rows).at(at) : std::nan(""), figure, 5e-3);
        }
        return std::nullopt;
    }

    static std::optional<Answer> logisticFigure(const Trained &trained, const QStringList &rest, const QJsonValue &figure) {
        const auto *model = trained.as<learn::LinearModel>();
        if (!model)
            return Answer{false, QStringLiteral("no linear model")};
        const std::size_t at = rest.value(1).toULongLong();
        if (rest[0] == Q("coef") && rest.size() == 2)
            return support::near(model->coefficients.at(at), figure, 0, 1e-4);
        if (rest == QStringList{QStringLiteral("intercept")})
            return support::near(model->intercept.at(0), figure, 0, 1e-4);
        if (rest[0] == Q("first_5_test_proba") && rest.size() == 2)
            return support::near(trained.scored.probabilities.at(at * 2 + 1), figure, 1e-5);
        if (rest[0] == Q("test") && rest.size() > 1)
            return blockFigure(trained.scored, rest.mid(1), figure, ofLogistic);
        return rest.size() == 1 && rest[0].startsWith(Q("test_")) ? blockFigure(trained.scored, {rest[0].mid(5)}, figure, ofLogistic) : std::nullopt;
    }

    /// rest: THRESHOLD/METRIC…: class 1 when its probability is at least that.
    static std::optional<Answer> thresholdFigure(const Trained &trained, const QStringList &rest, const QJsonValue &figure) {
        bool number = false;
        const double threshold = rest[0].toDouble(&number);
        if (!number || rest.size() < 2)
            return std::nullopt;
        metrics::Scored scored = trained.scored;
        for (std::size_t i = 0; i < scored.count; ++i)
            scored.predicted[i] = scored.probabilities[i * 2 + 1] >= threshold ? 1 : 0;
        return blockFigure(scored, rest.mid(1), figure, ofLogistic);
    }

    /// Only a worse one is wrong: XGBoost smooths the shares of a leaf, so that its forest ranks better than the library's (0.965 against 0.955).
    static std::optional<Answer> forestFigure(const Trained &trained, const QStringList &rest, const QJsonValue &figure) {
        const std::optional<double> ours = trained.metric(QStringLiteral("test"), rest[0]);
        if (!ours || rest.size() != 1 || !figure.isObject())
            return std::nullopt;
        const double least = figure[Q("min")].toDouble() - (rest[0] == Q("roc_auc") ? ofTrees.rocAuc : ofTrees.share);
        return support::between(*ours, least, 1);
    }

    /// Bands: every seed of ours lies in them.
    std::optional<Answer> smoteFigure(const QString &estimator, int seeds, const QString &name, const QJsonValue &figure) {
        Answer all{true, {}};
        for (int seed = 0; seed < seeds && all.right; ++seed) {
            const auto one = m_trainings.answer(recipe(QStringLiteral("standard_scale, smote: {k: 5, seed: %1}").arg(seed), estimator), [&](const Trained &trained) -> std::optional<Answer> {
                const QString notes = trained.result.notes.join(QLatin1Char('\n'));
                if (!notes.contains(QStringLiteral("smote made %1 rows").arg(m_made.rows.x.count)) || trained.result.testRows != qint64(m_made.testTargets.size()))
                    return Answer{false, QStringLiteral("other rows, %1").arg(notes)};
                const auto *model = trained.as<learn::KernelModel>();
                if (name == Q("n_support_total") && model)
                    return support::nearBand(double(model->vectorCount()), figure, margin(figure));
                const std::optional<double> ours = trained.metric(QStringLiteral("test"), name);
                return ours ? std::optional(support::nearBand(*ours, figure, margin(figure))) : std::nullopt;
            });
            if (!one)
                return one;
            all = *one;
        }
        return all;
    }

    /// What SMOTE must come to whatever it draws.
    std::optional<Answer> expectationFigure(const QStringList &rest, const QJsonValue &figure) const {
        const double made = double(m_made.rows.x.count);
        const QMap<QString, double> counts{{QStringLiteral("train_majority"), m_made.count(m_made.target.values, 0)}, {QStringLiteral("train_minority"), double(m_made.minority.size())},
                                           {QStringLiteral("synthetic_rows_for_full_balance"), made}, {QStringLiteral("rows_after"), double(m_made.x.count) + made}};
        if (rest.size() == 1 && counts.contains(rest[0]))
            return support::near(counts.value(rest[0]), figure, 0);
        const std::size_t at = rest.value(1).toULongLong(), k = rest.value(2).toULongLong();
        if (rest.size() == 3 && (at >= m_made.nearest.size() || k >= 5))
            return std::nullopt;
        if (rest.size() == 3 && m_made.nearest[at].size() != 5)
            return Answer{false, QStringLiteral("one of %1 neighbours").arg(m_made.nearest[at].size())};
        if (rest[0] == Q("nearest5_of_first_5_minority") && rest.size() == 3)
            return support::near(double(m_made.nearest[at][k]), figure, 0);
        if (rest[0] == Q("distance_of_those") && rest.size() == 3)
            return support::near(distance(m_made.x.row(m_made.minority[at]), m_made.x.row(m_made.minority[m_made.nearest[at][k]])), figure, 0, 1e-9);
        const bool least = rest[0] == Q("minority_min_by_feature");
        if (rest.size() != 2 || at >= m_made.x.width || (!least && rest[0] != Q("minority_max_by_feature")))
            return std::nullopt;
        double bound = m_made.x.row(m_made.minority[0])[at];
        for (const std::size_t row : m_made.minority)
            bound = least ? std::min(bound, m_made.x.row(row)[at]) : std::max(bound, m_made.x.row(row)[at]);
        for (std::size_t i = 0; i < m_made.rows.x.count; ++i)
            if (const double value = m_made.rows.x.row(i)[at]; least ? value < bound : value > bound)
                return Answer{false, QStringLiteral("%1, beyond which a row was made").arg(bound)};
        return support::near(bound, figure, 0, 1e-9);
    }

    std::optional<Answer> figureOf(const QStringList &path, const QJsonValue &figure) {
        const QString entry = path.value(1);
        const QStringList rest = path.mid(2);
        if (path[0] != Q("values") || rest.isEmpty())
            return std::nullopt;
        if (entry == Q("class_counts") && rest.size() == 2 && (rest[0] == Q("train") || rest[0] == Q("test")))
            return support::near(m_made.count(rest[0] == Q("train") ? m_made.target.values : m_made.testTargets, rest[1].toDouble()), figure, 0);
        if (entry == Q("smote_expectation"))
            return expectationFigure(rest, figure);
        if (entry == Q("scaler"))
            return m_trainings.answer(logistic(), [&](const Trained &trained) { return support::scalerFigure(trained, rest, figure); });
        if (entry == Q("logistic_regression_C1"))
            return m_trainings.answer(logistic(), [&](const Trained &trained) { return logisticFigure(trained, rest, figure); });
        if (entry == Q("logistic_regression_C1_by_threshold"))
            return m_trainings.answer(logistic(), [&](const Trained &trained) { return thresholdFigure(trained, rest, figure); });
        const QString plain = QStringLiteral(", probability: false");
        if (entry.startsWith(Q("smote_k5_then_")) && rest.size() == 1 && figure.isObject())
            return entry.endsWith(Q("logistic_C1")) ? smoteFigure(QStringLiteral("logistic_regression: {C: 1}"), 3, rest[0], figure)
                                                    : smoteFigure(support::svcOf(entry, plain), 1, rest[0], figure);
        if (const QString svc = support::svcOf(entry, entry.endsWith(Q("_weight1_20")) ? QStringLiteral(", class_weight: {0: 1, 1: 20}") + plain : QString()); !svc.isEmpty())
            return m_trainings.answer(scaled(svc), [&](const Trained &trained) { return svcFigure(trained, rest, figure); });
        if (const QString boosting = support::boostingOf(entry); !boosting.isEmpty() && rest.size() > 1 && rest[0] == Q("test"))
            return m_trainings.answer(recipe({}, boosting), [&](const Trained &trained) { return blockFigure(trained.scored, rest.mid(1), figure, ofTrees); });
        if (entry == Q("random_forest_100")) // its splits consider two of the five columns, and every value
            return m_trainings.answer(recipe({}, QStringLiteral("random_forest: {max_depth: 30, max_bin: 1024, colsample_bynode: 0.4}")),
                                      [&](const Trained &trained) { return forestFigure(trained, rest, figure); });
        return std::nullopt;
    }

private Q_SLOTS:
    void initTestCase() {
        const Result<void> read = m_reference.read();
        if (!read && read.error().kind == ErrorKind::NotFound)
            QSKIP("../shared is not there: no reference figures to compare with");
        QVERIFY2(read, read ? "" : qPrintable(read.error().text()));
        const auto parsed = m_trainings.recipe(logistic());
        QVERIFY2(parsed, parsed ? "" : qPrintable(parsed.error().text()));
        const Result<void> made = m_made.make(*parsed);
        QVERIFY2(made, made ? "" : qPrintable(made.error().text()));
    }

    void figures_data() {
        QTest::addColumn<QString>("part");
        for (const QString &part : m_reference.parts(2))
            QTest::newRow(qPrintable(part)) << part;
    }
    void figures() {
        QFETCH(QString, part);
        const QString wrong = m_reference.ask(part, [this](const QStringList &path, const QJsonValue &figure) { return figureOf(path, figure); });
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
    }

    void cleanupTestCase() { QVERIFY2(m_reference.complete(), qPrintable(m_reference.tally())); }
};

QTEST_GUILESS_MAIN(TestMaintenanceFigures)
#include "tst_maintenance_figures.moc"
