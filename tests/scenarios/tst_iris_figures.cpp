// SPDX-License-Identifier: GPL-3.0-or-later
// Every figure of reference/iris.json. Scaler, logistic regression and SVC: within the tolerances written there. Of trees, forests, boosting and the
// network one of the 30 test rows may be predicted otherwise: then each metric of the classes may lie where such a row can bring it. What the file
// gives no tolerance for: coefficients relative 1e-4 (as in predictive_maintenance.json); probabilities 0.1 of trees, whose three classes have a tree each
// here, and 0.01 of boosting; log loss 0.01 of boosting, while a tree's, which is made by rows of probability 0, is at most one such row worse.
#include "core/learn/kernel_model.h"
#include "core/learn/linear_model.h"
#include "tests/support/trainings.h"

#include <QTest>

#include <limits>

using namespace pilothouse;
using support::Answer;
using support::Trained;
using Q = QLatin1String;

namespace {

constexpr double oneRow = 1.0 / 30 + 1e-9;
constexpr double oneRowF1 = 0.036; ///< of the macro F1, near 0.9: the F1 of two classes of ten rows moves

/// How near an entry's figures must be.
struct Tolerance {
    bool byOneRow = false;           ///< of the classes: as one row predicted otherwise can bring them; else to every digit
    double probability = 0, logLoss = 0;
    bool logLossMayBeLower = false;
};
constexpr Tolerance convex{false, 1e-5, 1e-5}, boosting{true, 0.01, 0.01};
const Tolerance trees{true, 0.1, -std::log(std::numeric_limits<double>::epsilon()) / 30, true}; ///< log loss clips probabilities there

metrics::Scored scoredFrom(const QJsonArray &confusion) {
    metrics::Scored scored;
    scored.classes = std::size_t(confusion.size());
    for (qsizetype i = 0; i < confusion.size(); ++i)
        for (qsizetype j = 0; j < confusion.size(); ++j)
            for (int n = confusion.at(i)[j].toInt(); n > 0; --n) {
                scored.truth.push_back(double(i));
                scored.predicted.push_back(double(j));
            }
    scored.count = scored.truth.size();
    return scored;
}

/// Ours between what a metric comes to if at most one row of the reference's confusion matrix is predicted otherwise. As it stands the matrix
/// must come to the reference's figure.
Answer nearByOneRow(double ours, const QString &metric, const QJsonArray &confusion, const QJsonValue &figure) {
    const metrics::Scored theirs = scoredFrom(confusion);
    double least = metrics::metricOf(metric, theirs).value_or(std::nan("")), most = least;
    if (const Answer whole = support::near(least, figure, 1e-12, 1e-9); !whole.right)
        return {false, QStringLiteral("the confusion matrix comes to %1").arg(whole.found)};
    for (std::size_t row = 0; row < theirs.count; ++row)
        for (std::size_t other = 0; other < theirs.classes; ++other) {
            metrics::Scored moved = theirs;
            moved.predicted[row] = double(other);
            const double value = metrics::metricOf(metric, moved).value_or(std::nan(""));
            least = std::min(least, value);
            most = std::max(most, value);
        }
    return support::between(ours, least - 1e-9, most + 1e-9);
}

} // namespace

class TestIrisFigures : public QObject {
    Q_OBJECT

    support::ReferenceFile m_reference{QStringLiteral("iris.json"),
                                       {QStringLiteral("title"), QStringLiteral("data"), QStringLiteral("procedure"), QStringLiteral("tolerance"), QStringLiteral("versions")}};
    support::Trainings m_trainings;

    static QString recipe(const QString &estimator, bool scaled) {
        return QStringLiteral("recipe: iris\ndata: {source: $DATA/iris.csv}\ntask: classification\ntarget: species\nsplit: {every: 5}\n%1estimators: [%2]\nseed: 7\n")
            .arg(scaled ? QStringLiteral("transforms: [standard_scale]\n") : QString(), estimator);
    }
    static QString logistic() { return recipe(QStringLiteral("logistic_regression: {C: 1}"), true); }

    QJsonArray list(const QStringList &path) const { return m_reference.at(path.join(QLatin1Char('/'))).toArray(); }

    /// test/…: rows, metrics of classes, confusion matrix, labels and log loss.
    std::optional<Answer> testFigure(const Trained &trained, const QStringList &path, const QStringList &rest, const QJsonValue &figure, const Tolerance &tolerance) const {
        static const QStringList species{QStringLiteral("setosa"), QStringLiteral("versicolor"), QStringLiteral("virginica")}; // as the file's procedure counts them
        const QJsonArray theirs = list(path.mid(0, path.size() - rest.size()) + QStringList{QStringLiteral("test"), QStringLiteral("confusion_rows_true_cols_pred")});
        if (rest.value(1) == Q("confusion_rows_true_cols_pred") && rest.size() == 4) {
            const auto ours = metrics::confusion(trained.scored);
            double off = 0;
            for (std::size_t i = 0; i < ours.size(); ++i)
                for (std::size_t j = 0; j < ours.size(); ++j)
                    off += std::abs(ours[i][j] - theirs.at(qsizetype(i))[qsizetype(j)].toDouble());
            const bool right = ours.size() == std::size_t(theirs.size()) && off <= (tolerance.byOneRow ? 2 : 0);
            return Answer{right, QString::number(ours.at(rest[2].toULongLong()).at(rest[3].toULongLong()))};
        }
        if (rest.value(1) == Q("labels") && rest.size() == 3) {
            const std::vector<std::string> &classes = trained.scorer->signature().classes;
            const auto found = std::find(classes.begin(), classes.end(), species.value(rest[2].toInt()).toStdString());
            return support::near(double(found - classes.begin()), figure, 0);
        }
        const std::optional<double> ours = rest.size() == 2 ? trained.metric(QStringLiteral("test"), rest[1]) : std::nullopt;
        if (!ours)
            return std::nullopt;
        if (rest[1] == Q("n"))
            return support::near(*ours, figure, 0);
        if (rest[1] == Q("log_loss"))
            return support::between(*ours, tolerance.logLossMayBeLower ? 0 : figure.toDouble() - tolerance.logLoss, figure.toDouble() + tolerance.logLoss);
        return tolerance.byOneRow ? nearByOneRow(*ours, rest[1], theirs, figure) : support::near(*ours, figure, 1e-12, 1e-9);
    }

    /// The answers to the four rows of the KServe request.
    static std::optional<Answer> servingFigure(const Trained &trained, const QStringList &rest, const QJsonValue &figure, double ofProbability) {
        static const data::Rows request{4, 4, {6.8, 2.8, 4.8, 1.4, 5.1, 3.5, 1.4, 0.2, 6.0, 3.4, 4.5, 1.6, 4.8, 3.4, 1.6, 0.2}};
        const Result<artifact::Predictions> answers = trained.scorer->score(request);
        if (!answers)
            return Answer{false, answers.error().text()};
        if (rest[0] == Q("serving_example_prediction") && rest.size() == 2)
            return support::near(answers->values.at(rest[1].toULongLong()), figure, 0);
        if (rest[0] == Q("serving_example_proba") && rest.size() == 3)
            return support::near(answers->probabilities.at(rest[1].toULongLong() * 3 + rest[2].toULongLong()), figure, ofProbability);
        if (rest[0] == Q("serving_example_proba") && figure.isNull()) { // the reference has none; ours are calibrated, and shares
            double off = 0;
            for (std::size_t row = 0; row < 4; ++row)
                off = std::max(off, std::abs(answers->probabilities.at(row * 3) + answers->probabilities.at(row * 3 + 1) + answers->probabilities.at(row * 3 + 2) - 1));
            return Answer{off < 1e-9, QStringLiteral("shares that miss 1 by %1").arg(off)};
        }
        return std::nullopt;
    }

    /// train_accuracy, test/… and serving…, as all entries of single trainings have them.
    std::optional<Answer> commonFigure(const Trained &trained, const QStringList &path, const QStringList &rest, const QJsonValue &figure, const Tolerance &tolerance) const {
        if (rest == QStringList{QStringLiteral("train_accuracy")})
            return support::near(trained.metric(QStringLiteral("train"), QStringLiteral("accuracy")).value_or(std::nan("")), figure, tolerance.byOneRow ? oneRow : 1e-9);
        if (rest[0] == Q("test"))
            return testFigure(trained, path, rest, figure, tolerance);
        return servingFigure(trained, rest, figure, tolerance.probability);
    }

    /// A softmax's intercepts are the same with any number added to all: their differences from the first are compared.
    std::optional<Answer> logisticFigure(const Trained &trained, const QStringList &path, const QStringList &rest, const QJsonValue &figure) const {
        const auto *model = trained.as<learn::LinearModel>();
        if (!model || model->intercept.size() != 3)
            return Answer{false, QStringLiteral("no linear model of three classes")};
        const std::size_t at = rest.value(1).toULongLong();
        if (rest[0] == Q("coef") && rest.size() == 3)
            return support::near(model->coefficients.at(at * model->names.size() + rest[2].toULongLong()), figure, 0, 1e-4);
        if (rest[0] == Q("intercept") && rest.size() == 2) {
            const QJsonArray theirs = list(path.mid(0, path.size() - 1));
            return support::near(model->intercept.at(at) - model->intercept[0], QJsonValue(figure.toDouble() - theirs.at(0).toDouble()), 0, 1e-4);
        }
        if (rest[0] == Q("first_3_test_proba") && rest.size() == 3)
            return support::near(trained.scored.probabilities.at(at * 3 + rest[2].toULongLong()), figure, 1e-5);
        return commonFigure(trained, path, rest, figure, convex);
    }

    /// Decision values and intercepts: 1e-3; support vectors of a class: one more or less.
    std::optional<Answer> svcFigure(const Trained &trained, const QStringList &path, const QStringList &rest, const QJsonValue &figure) const {
        const auto *model = trained.as<learn::KernelModel>();
        if (!model || model->machines().size() != 3)
            return Answer{false, QStringLiteral("no machines of three pairs")};
        const std::size_t at = rest.value(1).toULongLong();
        if (rest[0] == Q("intercept_ovo_01_02_12") && rest.size() == 2)
            return support::near(-model->machines().at(at).rho, figure, 1e-3);
        if (rest[0] == Q("first_3_test_decision_ovo_01_02_12") && rest.size() == 3) {
            const Result<data::Rows> rows = trained.model.transforms.apply(trained.sample.inputs);
            return support::near(rows ? model->decisionValues(*rows).at(at * 3 + rest[2].toULongLong()) : std::nan(""), figure, 1e-3);
        }
        if (rest[0] == Q("n_support") && rest.size() == 2)
            return support::near(supportOf(*model, at), figure, 1);
        return commonFigure(trained, path, rest, figure, convex);
    }
    /// Support vectors of a class: those that speak for it in a machine of its own.
    static double supportOf(const learn::KernelModel &model, std::size_t wanted) {
        static const std::pair<std::size_t, std::size_t> pairs[] = {{0, 1}, {0, 2}, {1, 2}};
        std::vector<bool> of(model.vectorCount(), false);
        for (std::size_t m = 0; m < 3; ++m) {
            const learn::KernelModel::Machine &machine = model.machines()[m];
            for (std::size_t v = 0; v < machine.vectors.size(); ++v)
                if ((machine.coefficients[v] > 0 ? pairs[m].first : pairs[m].second) == wanted)
                    of[machine.vectors[v]] = true;
        }
        return double(std::count(of.begin(), of.end(), true));
    }

    std::optional<Answer> forestFigure(const Trained &trained, const QStringList &rest, const QJsonValue &figure) const {
        if (figure.isObject() && rest.size() == 1 && rest[0].startsWith(Q("test_"))) {
            const std::optional<double> ours = trained.metric(QStringLiteral("test"), rest[0].mid(5));
            return ours ? std::optional(support::nearBand(*ours, figure, rest[0] == Q("test_accuracy") ? oneRow : oneRowF1)) : std::nullopt;
        }
        return servingFigure(trained, rest, figure, 0);
    }

    std::optional<Answer> treeFigure(const QStringList &path, const QJsonValue &figure) {
        bool number = false;
        const int depth = path[2] == Q("None") ? 30 : path[2].toInt(&number); // 120 rows never need 30 levels
        if (path.size() < 4 || (!number && path[2] != Q("None")))
            return std::nullopt;
        return m_trainings.answer(recipe(QStringLiteral("decision_tree: {max_depth: %1}").arg(depth), false),
                                  [&](const Trained &trained) { return commonFigure(trained, path, path.mid(3), figure, trees); });
    }

    std::optional<Answer> figureOf(const QStringList &path, const QJsonValue &figure) {
        static const QRegularExpression hidden(QStringLiteral("^mlp_(\\d+)_relu_adam$"));
        const QString entry = path.value(1);
        const QStringList rest = path.mid(2);
        if (path[0] != Q("values") || rest.isEmpty())
            return std::nullopt;
        if (entry == Q("scaler"))
            return m_trainings.answer(logistic(), [&](const Trained &trained) { return support::scalerFigure(trained, rest, figure); });
        if (entry == Q("logistic_regression_multinomial_C1_standardised"))
            return m_trainings.answer(logistic(), [&](const Trained &trained) { return logisticFigure(trained, path, rest, figure); });
        if (const QString svc = support::svcOf(entry, {}); !svc.isEmpty())
            return m_trainings.answer(recipe(svc, true), [&](const Trained &trained) { return svcFigure(trained, path, rest, figure); });
        if (entry == Q("decision_tree_depth"))
            return treeFigure(path, figure);
        if (entry == Q("random_forest_100"))
            return m_trainings.answer(recipe(QStringLiteral("random_forest"), false), [&](const Trained &trained) { return forestFigure(trained, rest, figure); });
        if (const QString rounds = support::boostingOf(entry); !rounds.isEmpty())
            return m_trainings.answer(recipe(rounds, false), [&](const Trained &trained) { return commonFigure(trained, path, rest, figure, boosting); });
        if (const QRegularExpressionMatch units = hidden.match(entry); units.hasMatch())
            return m_trainings.answer(recipe(QStringLiteral("mlp: {hidden: [%1], epochs: 500, learning_rate: 0.01, patience: 0}").arg(units.captured(1)), true),
                                      [&](const Trained &trained) { return forestFigure(trained, rest, figure); });
        return std::nullopt;
    }

private Q_SLOTS:
    void initTestCase() {
        const Result<void> read = m_reference.read();
        if (!read && read.error().kind == ErrorKind::NotFound)
            QSKIP("../shared is not there: no reference figures to compare with");
        QVERIFY2(read, read ? "" : qPrintable(read.error().text()));
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

QTEST_GUILESS_MAIN(TestIrisFigures)
#include "tst_iris_figures.moc"
