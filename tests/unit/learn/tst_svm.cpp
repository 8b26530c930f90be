// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/file.h"
#include "core/learn/kernel_model.h"
#include "core/learn/pairwise_probability.h"
#include "tests/support/drawn_rows.h"

#include <QDataStream>
#include <QTemporaryDir>
#include <QTest>

#include <svm.h>

#include <algorithm>
#include <cmath>

using namespace pilothouse;
using namespace pilothouse::learn;
using support::fitted;

namespace {

const data::Rows asked{3, 3, {0.5, 0.5, 1.0, 1.2, 0.1, 0.3, 0.1, 0.9, 1.7}};

const KernelModel &machines(const Result<std::unique_ptr<FittedModel>> &model) { return dynamic_cast<const KernelModel &>(**model); }

/// Two classes whose probability is known: P(c1) = 1 / (1 + exp(−3 x)), x from −1 to 1; and a column that says nothing.
TrainData knownProbability(std::size_t rows, quint64 seed) {
    metrics::Random random(seed);
    std::vector<double> x, y;
    for (std::size_t i = 0; i < rows; ++i) {
        const double a = 2 * random.uniform() - 1;
        x.insert(x.end(), {a, random.uniform()});
        y.push_back(random.uniform() < 1 / (1 + std::exp(-3 * a)) ? 1 : 0);
    }
    TrainData data = support::numbersToLearn(rows, 2, x, y);
    data.task = workspace::TaskKind::Classification;
    data.classes = {"c0", "c1"};
    return data;
}

/// Labels without any sense: with a large C a fit of minutes.
TrainData senseless(std::size_t rows) {
    TrainData data = knownProbability(rows, 5);
    metrics::Random random(6);
    for (double &y : data.y)
        y = double(random.below(2));
    return data;
}

QByteArray saved(const FittedModel &model) {
    QTemporaryDir folder;
    return model.save(folder.path()) ? *readFile(folder.filePath(QStringLiteral("model.json"))) : QByteArray();
}

} // namespace

class TestSvm : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// scikit-learn 1.9.1 on the same rows: SVC(**parameters, decision_function_shape="ovo").fit(X, y).decision_function(asked), of two classes negated
    /// (there the second class is positive), and n_support_.sum().
    void decisionsAsScikitLearn_data() {
        QTest::addColumn<int>("classes");
        QTest::addColumn<QVariantMap>("parameters");
        QTest::addColumn<int>("vectors");
        QTest::addColumn<std::vector<double>>("decisions");
        QTest::newRow("two classes, rbf, gamma scale") << 2 << QVariantMap{{QStringLiteral("tol"), 1e-9}} << 51 << std::vector<double>{1.5570104809943723, -1.1768220875446878, 0.9323884797083483};
        QTest::newRow("two classes, rbf, gamma auto, C 10") << 2 << QVariantMap{{QStringLiteral("C"), 10.0}, {QStringLiteral("gamma"), QStringLiteral("auto")}, {QStringLiteral("tol"), 1e-9}} << 43 << std::vector<double>{1.8795518594216345, -1.9723834200630237, 1.1912693760668098};
        QTest::newRow("two classes, rbf, gamma 0.25") << 2 << QVariantMap{{QStringLiteral("gamma"), 0.25}, {QStringLiteral("tol"), 1e-9}} << 56 << std::vector<double>{1.1191080161255345, -0.9687268351573184, 1.5472494934825338};
        QTest::newRow("two classes, linear, C 0.5") << 2 << QVariantMap{{QStringLiteral("kernel"), QStringLiteral("linear")}, {QStringLiteral("C"), 0.5}, {QStringLiteral("tol"), 1e-9}} << 54 << std::vector<double>{1.038808063155183, -1.021393243665829, 2.4514361415020223};
        QTest::newRow("two classes, poly, degree 2, coef0 1") << 2 << QVariantMap{{QStringLiteral("kernel"), QStringLiteral("poly")}, {QStringLiteral("degree"), 2}, {QStringLiteral("coef0"), 1.0}, {QStringLiteral("tol"), 1e-9}} << 43 << std::vector<double>{1.64445890819628, -1.9877764479690563, 2.2568453557759574};
        QTest::newRow("two classes, poly, degree 3, gamma 0.7") << 2 << QVariantMap{{QStringLiteral("kernel"), QStringLiteral("poly")}, {QStringLiteral("gamma"), 0.7}, {QStringLiteral("tol"), 1e-9}} << 45 << std::vector<double>{1.2811326357812818, -1.0580061975907298, 1.9207685221065538};
        QTest::newRow("two classes, class weights") << 2 << QVariantMap{{QStringLiteral("class_weight"), QVariantMap{{QStringLiteral("c0"), 1.0}, {QStringLiteral("c1"), 5.0}}}, {QStringLiteral("tol"), 1e-9}} << 59 << std::vector<double>{-0.03991293124631645, -1.5557048870290995, 1.3554892630749704};
        QTest::newRow("two classes, balanced") << 2 << QVariantMap{{QStringLiteral("class_weight"), QStringLiteral("balanced")}, {QStringLiteral("tol"), 1e-9}} << 56 << std::vector<double>{0.9256490716126501, -1.3986140241604312, 1.0868670346673974};
        QTest::newRow("three classes, rbf, gamma scale") << 3 << QVariantMap{{QStringLiteral("tol"), 1e-9}} << 70 << std::vector<double>{0.6307059217456367, 1.2119887843411234, 0.8783753012213605, -0.9374289632863932, -0.5888729085760659, 0.23079620689612335, 1.4558783426275528, 1.100956249363374, 0.13865687282205247};
        QTest::newRow("three classes, rbf, gamma auto, C 10") << 3 << QVariantMap{{QStringLiteral("C"), 10.0}, {QStringLiteral("gamma"), QStringLiteral("auto")}, {QStringLiteral("tol"), 1e-9}} << 58 << std::vector<double>{0.691611243831778, 1.8152294349378701, 0.897349487207274, -1.6383043828705954, -0.6431504988025357, 0.4668536685863387, 2.5520288493788614, 2.4442171397137153, 0.5261478604006639};
        QTest::newRow("three classes, rbf, gamma 0.25") << 3 << QVariantMap{{QStringLiteral("gamma"), 0.25}, {QStringLiteral("tol"), 1e-9}} << 77 << std::vector<double>{0.6231503763226713, 0.9537869496060742, 0.858288437304508, -1.0776297560334498, -0.12407414819010337, 0.25631811201894805, 1.8297799116338502, 1.2132281722088945, 0.46736892944060926};
        QTest::newRow("three classes, linear, C 0.5") << 3 << QVariantMap{{QStringLiteral("kernel"), QStringLiteral("linear")}, {QStringLiteral("C"), 0.5}, {QStringLiteral("tol"), 1e-9}} << 77 << std::vector<double>{0.64609530538529, 1.0225955428073177, 0.6992252384173643, -1.3200431466246738, -0.10340540838476553, 0.3874430170067482, 2.1454468421403727, 1.4206799762039568, 0.4489284714508832};
        QTest::newRow("three classes, poly, degree 2, coef0 1") << 3 << QVariantMap{{QStringLiteral("kernel"), QStringLiteral("poly")}, {QStringLiteral("degree"), 2}, {QStringLiteral("coef0"), 1.0}, {QStringLiteral("tol"), 1e-9}} << 58 << std::vector<double>{0.5998676570644206, 1.8679846287219157, 0.9597330049279349, -1.972990751516823, -0.6834555874076531, 0.7334875378488515, 3.7666644851462903, 4.030327305158947, 1.0518751110732345};
        QTest::newRow("three classes, poly, degree 3, gamma 0.7") << 3 << QVariantMap{{QStringLiteral("kernel"), QStringLiteral("poly")}, {QStringLiteral("gamma"), 0.7}, {QStringLiteral("tol"), 1e-9}} << 67 << std::vector<double>{0.15551299989242584, 1.2850637232203308, 0.9852123415137213, -1.3931296070306614, 0.16443486520134654, 0.7919332926381901, 3.8117654613500638, 3.4460337629710978, 1.3730822047068483};
        QTest::newRow("three classes, class weights") << 3 << QVariantMap{{QStringLiteral("class_weight"), QVariantMap{{QStringLiteral("c0"), 1.0}, {QStringLiteral("c1"), 5.0}}}, {QStringLiteral("tol"), 1e-9}} << 71 << std::vector<double>{-0.6786793731524511, 1.2119887843411234, 1.1692344884986614, -1.2312482248090801, -0.5888729085760659, 1.1811463001275913, 1.0565362190499032, 1.100956249363374, 0.7341955368037051};
        QTest::newRow("three classes, balanced") << 3 << QVariantMap{{QStringLiteral("class_weight"), QStringLiteral("balanced")}, {QStringLiteral("tol"), 1e-9}} << 70 << std::vector<double>{0.6307059217456367, 1.2119887843411234, 0.8783753012213605, -0.9374289632863932, -0.5888729085760659, 0.23079620689612335, 1.4558783426275528, 1.100956249363374, 0.13865687282205247};
    }
    void decisionsAsScikitLearn() {
        QFETCH(int, classes);
        QFETCH(QVariantMap, parameters);
        QFETCH(int, vectors);
        QFETCH(std::vector<double>, decisions);
        parameters.insert(QStringLiteral("probability"), classes == 3); // the machines are the same with and without
        const auto model = fitted(QStringLiteral("svc"), support::overlappingClasses(classes), parameters);
        QVERIFY2(model, model ? "" : qPrintable(model.error().text()));
        const std::vector<double> found = machines(model).decisionValues(asked);
        QCOMPARE(found.size(), decisions.size());
        for (std::size_t i = 0; i < found.size(); ++i)
            QVERIFY2(std::abs(found[i] - decisions[i]) < 1e-6, qPrintable(QStringLiteral("%1: %2").arg(i).arg(found[i], 0, 'g', 17)));
        QVERIFY(std::abs(int(machines(model).vectorCount()) - vectors) <= 1);
        QCOMPARE(model.value()->describe().value(QStringLiteral("support_vectors")).toInt(), int(machines(model).vectorCount()));
    }

    /// scikit-learn 1.9.1: SVR(**parameters).fit(X, y[:, output]).predict(asked) for both outputs. With epsilon 0 the sixth digit depends on
    /// where the solver stops.
    void valuesAsScikitLearn_data() {
        QTest::addColumn<QVariantMap>("parameters");
        QTest::addColumn<std::vector<double>>("values");
        QTest::newRow("rbf, gamma scale") << QVariantMap{{QStringLiteral("tol"), 1e-9}} << std::vector<double>{0.7190840851733312, -0.7842877863090132, -0.5769956053331049, -0.5561902572902934, 0.3707190080532266, -0.4699573061253467};
        QTest::newRow("rbf, gamma 2, C 100, epsilon 0.01") << QVariantMap{{QStringLiteral("gamma"), 2.0}, {QStringLiteral("C"), 100.0}, {QStringLiteral("epsilon"), 0.01}, {QStringLiteral("tol"), 1e-9}} << std::vector<double>{1.0461598054571815, -0.7659108714190148, -2.6068671239185077, -0.6247089571260429, -0.35732518443514566, -0.31525915247505076};
        QTest::newRow("linear") << QVariantMap{{QStringLiteral("kernel"), QStringLiteral("linear")}, {QStringLiteral("tol"), 1e-9}} << std::vector<double>{1.530565253597986, -1.2993027280275973, -0.0033214026333800994, -0.38063408259861514, 2.475673943957831, -2.06060680922335};
        QTest::newRow("poly, degree 2, coef0 1, epsilon 0") << QVariantMap{{QStringLiteral("kernel"), QStringLiteral("poly")}, {QStringLiteral("degree"), 2}, {QStringLiteral("coef0"), 1.0}, {QStringLiteral("epsilon"), 0.0}, {QStringLiteral("tol"), 1e-9}} << std::vector<double>{1.6260005345515178, -1.3750013100512612, -2.4343620198938667, -0.7399965514351935, 2.531867110450699, -2.155002100436616};
    }
    void valuesAsScikitLearn() {
        QFETCH(QVariantMap, parameters);
        QFETCH(std::vector<double>, values);
        const auto model = fitted(QStringLiteral("svr"), support::twoCurves(), parameters);
        QVERIFY2(model, model ? "" : qPrintable(model.error().text()));
        const auto found = model.value()->predict(asked);
        QVERIFY(found);
        QCOMPARE(found->outputs, std::size_t(2));
        QCOMPARE(found->values.size(), values.size());
        for (std::size_t i = 0; i < values.size(); ++i)
            QVERIFY2(std::abs(found->values[i] - values[i]) < 1e-5, qPrintable(QStringLiteral("%1: %2").arg(i).arg(found->values[i], 0, 'g', 17)));
    }

    /// Our own scoring against svm_predict_values of the LIBSVM that is installed, for the same vectors and coefficients.
    void scoresAsLibsvm_data() {
        QTest::addColumn<QString>("kernel");
        QTest::newRow("linear") << "linear";
        QTest::newRow("poly") << "poly";
        QTest::newRow("rbf") << "rbf";
    }
    void scoresAsLibsvm() {
        QFETCH(QString, kernel);
        const TrainData data = support::overlappingClasses(3, 900);
        const auto model = fitted(QStringLiteral("svc"), data, {{QStringLiteral("kernel"), kernel}, {QStringLiteral("coef0"), 0.5}, {QStringLiteral("probability"), false}});
        QVERIFY(model);
        const KernelModel &m = machines(model);
        const std::vector<double> ours = m.decisionValues({data.rows, 3, data.x});
        QVERIFY(m.vectorCount() > 256); // more than one block
        for (std::size_t k = 0; k < 3; ++k) {
            const KernelModel::Machine &machine = m.machines()[k];
            std::vector<svm_node> nodes;
            std::vector<svm_node *> vectors;
            for (const std::uint32_t v : machine.vectors)
                for (int j = 0; j <= 3; ++j)
                    nodes.push_back(j < 3 ? svm_node{j + 1, m.vectors()[v * 3 + std::size_t(j)]} : svm_node{-1, 0});
            for (std::size_t v = 0; v < machine.vectors.size(); ++v)
                vectors.push_back(nodes.data() + v * 4);
            std::vector<double> coefficients = machine.coefficients;
            double *lines[] = {coefficients.data()};
            double rho = machine.rho;
            svm_model theirs{};
            theirs.param.svm_type = EPSILON_SVR; // one machine
            theirs.param.kernel_type = kernel == QLatin1String("linear") ? LINEAR : kernel == QLatin1String("poly") ? POLY : RBF;
            theirs.param.gamma = m.kernel().gamma;
            theirs.param.coef0 = m.kernel().coef0;
            theirs.param.degree = m.kernel().degree;
            theirs.nr_class = 2;
            theirs.l = int(vectors.size());
            theirs.SV = vectors.data();
            theirs.sv_coef = lines;
            theirs.rho = &rho;
            for (std::size_t i = 0; i < data.rows; ++i) {
                const svm_node row[] = {{1, data.x[i * 3]}, {2, data.x[i * 3 + 1]}, {3, data.x[i * 3 + 2]}, {-1, 0}};
                double value = 0;
                svm_predict_values(&theirs, row, &value);
                QVERIFY2(std::abs(ours[i * 3 + k] - value) < 1e-12 * std::max(1.0, std::abs(value)), qPrintable(QStringLiteral("%1 %2").arg(ours[i * 3 + k], 0, 'g', 17).arg(value, 0, 'g', 17)));
            }
        }
    }

    /// scipy 1.17: minimize_scalar of the same likelihood.
    void slopesAsScipy() {
        metrics::Random random(31);
        std::vector<double> f, ones(40, 1), weights;
        std::vector<bool> drawn, apart;
        for (int i = 0; i < 40; ++i) {
            const double value = 4 * random.uniform() - 2;
            f.push_back(value);
            drawn.push_back(random.uniform() < 1 / (1 + std::exp(-1.5 * value)));
            weights.push_back(drawn.back() ? 3 : 1);
            apart.push_back(value > 0);
        }
        QVERIFY(std::abs(sigmoidSlope(f, drawn, ones) - 1.6709458239) < 1e-6);
        QVERIFY(std::abs(sigmoidSlope(f, drawn, weights) - 1.3912586334) < 1e-6);
        QVERIFY(std::abs(sigmoidSlope(f, apart, ones) - 3.5884585801) < 1e-6); // finite, though a step would fit best
        apart.flip();
        QCOMPARE(sigmoidSlope(f, apart, ones), 1e-6); // the wrong way round is no way at all
    }

    /// scipy 1.17: minimize(method="SLSQP") of Wu, Lin and Weng's second objective, ftol 1e-18.
    void pairsAreCoupled_data() {
        QTest::addColumn<std::vector<double>>("logOdds");
        QTest::addColumn<std::vector<double>>("probabilities");
        QTest::newRow("three classes") << std::vector<double>{0.5, 1.2, -0.3} << std::vector<double>{0.532157075, 0.255705464, 0.212137462};
        QTest::newRow("each beats the next") << std::vector<double>{1, -1, 1} << std::vector<double>{1.0 / 3, 1.0 / 3, 1.0 / 3};
        QTest::newRow("four classes") << std::vector<double>{0.2, -0.7, 1.5, 2.0, 0.1, -1.1} << std::vector<double>{0.297332482, 0.356854976, 0.135294236, 0.210518306};
        QTest::newRow("sure of everything") << std::vector<double>{900, 900, 900} << std::vector<double>{1, 0, 0};
        QTest::newRow("two classes") << std::vector<double>{std::log(3.0)} << std::vector<double>{0.75, 0.25};
    }
    void pairsAreCoupled() {
        QFETCH(std::vector<double>, logOdds);
        QFETCH(std::vector<double>, probabilities);
        std::vector<double> found(probabilities.size());
        coupleProbabilities(logOdds, found.size(), found.data());
        double sum = 0;
        for (std::size_t c = 0; c < found.size(); ++c) {
            sum += found[c];
            QVERIFY2(std::abs(found[c] - probabilities[c]) < 2e-7, qPrintable(QString::number(found[c], 'g', 12)));
        }
        QVERIFY(std::abs(sum - 1) < 1e-14);
    }

    void probabilitiesAreCalibratedRiseWithTheDecisionAndAgreeWithTheClass_data() {
        QTest::addColumn<bool>("weighted");
        QTest::newRow("without weights") << false;
        QTest::newRow("with weights, which tilt the probability") << true;
    }
    void probabilitiesAreCalibratedRiseWithTheDecisionAndAgreeWithTheClass() {
        QFETCH(bool, weighted);
        QVariantMap parameters{{QStringLiteral("kernel"), QStringLiteral("linear")}};
        if (weighted)
            parameters.insert(QStringLiteral("class_weight"), QVariantMap{{QStringLiteral("c1"), 3}});
        const auto model = fitted(QStringLiteral("svc"), knownProbability(1500, 5), parameters);
        QVERIFY(model);
        const TrainData fresh = knownProbability(1000, 99);
        const data::Rows rows{fresh.rows, 2, fresh.x};
        const auto p = model.value()->predict(rows);
        QVERIFY(p);
        const std::vector<double> f = machines(model).decisionValues(rows);
        double worst = 0;
        for (std::size_t i = 0; i < fresh.rows; ++i) {
            const double odds = std::exp(3 * fresh.x[i * 2]) * (weighted ? 3 : 1), truth = odds / (1 + odds);
            worst = std::max(worst, std::abs(p->probabilities[i * 2 + 1] - truth));
            QCOMPARE(p->values[i] == 0, f[i] >= 0);
            QCOMPARE(p->probabilities[i * 2] >= 0.5, f[i] >= 0);
        }
        QVERIFY2(worst < 0.1, qPrintable(QString::number(worst)));
        std::vector<std::size_t> order(fresh.rows);
        for (std::size_t i = 0; i < order.size(); ++i)
            order[i] = i;
        std::sort(order.begin(), order.end(), [&f](std::size_t a, std::size_t b) { return f[a] < f[b]; });
        for (std::size_t i = 1; i < order.size(); ++i)
            QVERIFY(p->probabilities[order[i] * 2] >= p->probabilities[order[i - 1] * 2]);
    }

    void theClassOfManyIsTheMostProbable() {
        const TrainData data = support::overlappingClasses(3, 300);
        for (const bool probability : {true, false}) {
            const auto model = fitted(QStringLiteral("svc"), data, {{QStringLiteral("probability"), probability}});
            QVERIFY(model);
            QCOMPARE(model.value()->describe().value(QStringLiteral("calibrated")).toBool(), probability);
            const auto p = model.value()->predict({data.rows, 3, data.x});
            QVERIFY(p);
            int right = 0;
            for (std::size_t i = 0; i < data.rows; ++i) {
                const auto row = p->probabilities.begin() + std::ptrdiff_t(i * 3);
                QCOMPARE(p->values[i], double(std::max_element(row, row + 3) - row));
                QVERIFY(std::abs(row[0] + row[1] + row[2] - 1) < 1e-12);
                right += p->values[i] == data.y[i];
            }
            QVERIFY2(right > 200, qPrintable(QString::number(right)));
        }
    }

    void bytesDoNotDependOnThreadsOrRuns() {
        for (const auto &[name, data] : {std::pair(QStringLiteral("svc"), support::overlappingClasses(3, 300)), std::pair(QStringLiteral("svr"), support::twoCurves())}) {
            const auto first = fitted(name, data, {}, support::quietContext(1));
            QVERIFY(first);
            for (const int threads : {1, 2, 5}) {
                const auto again = fitted(name, data, {}, support::quietContext(threads));
                QVERIFY(again);
                QCOMPARE(saved(**again), saved(**first));
            }
        }
        FitContext other = support::quietContext();
        other.seed = 8; // other folds, other slopes, the same machines
        const auto first = fitted(QStringLiteral("svc"), support::overlappingClasses(2)), second = fitted(QStringLiteral("svc"), support::overlappingClasses(2), {}, other);
        QVERIFY(machines(first).machines()[0].slope != machines(second).machines()[0].slope);
        QCOMPARE(machines(first).machines()[0].coefficients, machines(second).machines()[0].coefficients);
    }

    void aStopEndsAFitThatRuns_data() {
        QTest::addColumn<bool>("early");
        QTest::newRow("before the first fit") << true;
        QTest::newRow("in the middle of one") << false;
    }
    void aStopEndsAFitThatRuns() {
        QFETCH(bool, early);
        std::stop_source stop;
        if (early)
            stop.request_stop();
        FitContext context = support::quietContext();
        context.stop = stop.get_token();
        qint64 fits = -1;
        context.progress = [&](qint64 done, qint64 total, const QString &unit) {
            QCOMPARE(unit, QStringLiteral("fit"));
            QCOMPARE(total, 6);
            fits = done;
            stop.request_stop();
        };
        const auto model = fitted(QStringLiteral("svc"), senseless(3000), {{QStringLiteral("C"), 1e9}, {QStringLiteral("gamma"), 50}, {QStringLiteral("tol"), 1e-9}}, context);
        QVERIFY(!model);
        QCOMPARE(model.error().kind, ErrorKind::Cancelled);
        QVERIFY(early ? fits == -1 : fits >= 0 && fits < 6);
    }

    /// Stopped at any checkpoint and gone on with: the same bytes as without a stop. Several problems at once, some solved, some at work.
    void aCheckpointGoesOnToTheSameBytes_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("threads");
        for (const QString &name : {QStringLiteral("svc"), QStringLiteral("svr")})
            for (const int threads : {1, 3})
                QTest::addRow("%s, %d threads", qPrintable(name), threads) << name << threads;
    }
    void aCheckpointGoesOnToTheSameBytes() {
        QFETCH(QString, name);
        QFETCH(int, threads);
        TrainData data = name == QLatin1String("svc") ? senseless(90) : support::twoCurves();
        const QVariantMap parameters{{QStringLiteral("C"), 1e4}, {QStringLiteral("gamma"), 5}, {QStringLiteral("tol"), 1e-7}};
        const auto whole = fitted(name, data, parameters, support::quietContext(threads));
        QVERIFY2(whole, whole ? "" : qPrintable(whole.error().text()));
        QByteArray state;
        int stops = 0;
        for (;; ++stops) {
            std::stop_source stop;
            FitContext context = support::quietContext(threads);
            context.stop = stop.get_token();
            context.previousState = state;
            context.checkpointDue = [&] { return stops < 3; };
            context.checkpoint = [&](const QByteArray &stored, qint64) -> Result<void> {
                state = stored;
                stop.request_stop();
                return {};
            };
            const auto model = fitted(name, data, parameters, context);
            if (!model) {
                QCOMPARE(model.error().kind, ErrorKind::Cancelled);
                QVERIFY(!state.isEmpty());
                continue;
            }
            QCOMPARE(saved(**model), saved(**whole));
            break;
        }
        if (name == QLatin1String("svc"))
            QVERIFY(stops > 0);
        FitContext other = support::quietContext(threads);
        other.previousState = state.isEmpty() ? QByteArrayLiteral("x") : state.left(state.size() / 2);
        QCOMPARE(fitted(name, data, parameters, other).error().kind, ErrorKind::Invalid);
    }

    /// As if damaged where nothing notices: a support vector that is no row.
    void aCheckpointThatNamesNoRowIsRefused() {
        const TrainData data = support::twoCurves();
        for (const quint64 row : {quint64(79), quint64(80), ~quint64(0)}) {
            QByteArray state;
            QDataStream out(&state, QIODevice::WriteOnly);
            out << quint32(0x50485632) << quint64(2); // two machines, both solved
            for (int machine = 0; machine < 2; ++machine)
                out << true << QByteArray() << quint64(1) << row << 0.5 << 0.25 << qint64(3) << true;
            FitContext context = support::quietContext();
            context.previousState = state;
            const auto model = fitted(QStringLiteral("svr"), data, {}, context);
            QCOMPARE(bool(model), row == 79);
            if (!model)
                QCOMPARE(model.error().kind, ErrorKind::Invalid);
            else
                QCOMPARE(machines(model).vectorCount(), std::size_t(1));
        }
    }

    void manyRowsAreSaidToBeMany() {
        std::stop_source stop;
        FitContext context = support::quietContext();
        context.stop = stop.get_token();
        QString said;
        context.log = [&](const QString &level, const QString &text) {
            said = level + QLatin1Char(' ') + text;
            stop.request_stop();
        };
        QCOMPARE(fitted(QStringLiteral("svc"), senseless(20001), {}, context).error().kind, ErrorKind::Cancelled);
        QVERIFY2(said.startsWith(QStringLiteral("warning svc has 20001 rows")), qPrintable(said));
    }

    void dataThatCannotBeLearntIsRefused() {
        TrainData one = support::overlappingClasses(2);
        std::fill(one.y.begin(), one.y.end(), 0.0);
        QVERIFY(fitted(QStringLiteral("svc"), one).error().text().contains(QStringLiteral("the class “c1” has no training row")));
        one.classes.pop_back();
        const auto single = fitted(QStringLiteral("svc"), one);
        QCOMPARE(single.error().kind, ErrorKind::Invalid);
        QVERIFY(single.error().text().contains(QStringLiteral("two classes")));
    }

    void columnsTooLargeForTheKernelAreRefused_data() {
        QTest::addColumn<QVariantMap>("parameters");
        QTest::addColumn<double>("times");
        QTest::addColumn<QString>("says"); // nothing: it is learnt
        const QString kernel = QStringLiteral("kernel"), gamma = QStringLiteral("gamma");
        QTest::newRow("linear") << QVariantMap{{kernel, QStringLiteral("linear")}} << 1e20 << "the linear kernel: its values reach 4";
        QTest::newRow("poly of a high degree") << QVariantMap{{kernel, QStringLiteral("poly")}, {gamma, 1.0}, {QStringLiteral("degree"), 100}} << 10.0 << "A lower degree, gamma or coef0 helps as well.";
        QTest::newRow("rbf") << QVariantMap{} << 1e160 << "the rbf kernel: its values reach inf";
        QTest::newRow("rbf has no large values") << QVariantMap{} << 1e100 << "";
    }
    void columnsTooLargeForTheKernelAreRefused() {
        QFETCH(QVariantMap, parameters);
        QFETCH(double, times);
        QFETCH(QString, says);
        TrainData data = support::overlappingClasses(2);
        for (double &value : data.x)
            value *= times;
        for (const QString &name : {QStringLiteral("svc"), QStringLiteral("svr")}) {
            if (name == QLatin1String("svr")) {
                data.task = workspace::TaskKind::Regression;
                data.classes.clear();
            }
            const auto model = fitted(name, data, parameters);
            QCOMPARE(bool(model), says.isEmpty());
            if (model)
                continue;
            QCOMPARE(model.error().kind, ErrorKind::Invalid);
            const QString text = model.error().text();
            QVERIFY2(text.contains(name + QStringLiteral(": the columns are too large for")) && text.contains(says) && text.contains(QStringLiteral("standard_scale")), qPrintable(text));
        }
    }

    void aClassOfOneRowIsLearnt() {
        TrainData data = support::overlappingClasses(2);
        for (std::size_t i = 0; i < data.rows; ++i)
            data.y[i] = i == 0 ? 1 : 0;
        const auto model = fitted(QStringLiteral("svc"), data, {{QStringLiteral("C"), 100}, {QStringLiteral("gamma"), 10}});
        QVERIFY2(model, model ? "" : qPrintable(model.error().text()));
        const auto p = model.value()->predict({1, 3, {data.x[0], data.x[1], data.x[2]}});
        QVERIFY(p && p->values[0] == 1);
    }

    void whatIsSavedPredictsTheSame() {
        for (const auto &[name, data] : {std::pair(QStringLiteral("svc"), support::overlappingClasses(3)), std::pair(QStringLiteral("svr"), support::twoCurves())}) {
            const auto model = fitted(name, data, {{QStringLiteral("kernel"), QStringLiteral("poly")}});
            QVERIFY(model);
            QTemporaryDir folder;
            QVERIFY(model.value()->save(folder.path()));
            const auto again = KernelModel::load(folder.path());
            QVERIFY2(again, again ? "" : qPrintable(again.error().text()));
            const auto first = model.value()->predict(asked), second = again.value()->predict(asked);
            QCOMPARE(second->values, first->values);
            QCOMPARE(second->probabilities, first->probabilities);
            QCOMPARE(saved(**again), saved(**model));
            QCOMPARE(again.value()->predict({1, 2, {0, 0}}).error().kind, ErrorKind::Invalid);
        }
    }

    void alteredFilesAreRefused_data() {
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("to");
        QTest::newRow("cut") << QByteArray("\"machines\"") << QByteArray();
        QTest::newRow("another kernel") << QByteArray("\"rbf\"") << QByteArray("\"sigmoid\"");
        QTest::newRow("a slope of zero") << QByteArray("\"slope\":1}") << QByteArray("\"slope\":0}");
        QTest::newRow("a number that is none") << QByteArray("\"rho\":") << QByteArray("\"rho\":null,\"was\":");
        QTest::newRow("a vector that is not there") << QByteArray("\"vectors\":[") << QByteArray("\"vectors\":[70000,");
        QTest::newRow("a coefficient too many") << QByteArray("\"coefficients\":[") << QByteArray("\"coefficients\":[1,");
        QTest::newRow("other classes") << QByteArray("\"classes\":2") << QByteArray("\"classes\":4");
        QTest::newRow("one class") << QByteArray("\"classes\":2") << QByteArray("\"classes\":1");
        QTest::newRow("a column more") << QByteArray("\"names\":[") << QByteArray("\"names\":[\"more\",");
        QTest::newRow("no columns") << QByteArray("\"names\":[\"x0\",\"x1\",\"x2\"]") << QByteArray("\"names\":[]");
    }
    void alteredFilesAreRefused() {
        QFETCH(QByteArray, from);
        QFETCH(QByteArray, to);
        const auto model = fitted(QStringLiteral("svc"), support::overlappingClasses(2), {{QStringLiteral("probability"), false}});
        QVERIFY(model);
        QTemporaryDir folder;
        QVERIFY(model.value()->save(folder.path()));
        const QString path = folder.filePath(QStringLiteral("model.json"));
        QByteArray bytes = *readFile(path);
        const qsizetype at = bytes.indexOf(from);
        QVERIFY(at > 0);
        bytes = to.isEmpty() ? bytes.left(at) : bytes.left(at) + to + bytes.mid(at + from.size());
        QVERIFY(writeFileAtomically(path, bytes));
        const auto loaded = KernelModel::load(folder.path());
        QVERIFY(!loaded);
        QCOMPARE(loaded.error().kind, ErrorKind::Invalid);
        QCOMPARE(loaded.error().where, path);
    }

    void wrongParametersAreRefused_data() {
        QTest::addColumn<QString>("estimator");
        QTest::addColumn<QVariantMap>("parameters");
        QTest::addColumn<QString>("says");
        QTest::newRow("an unknown kernel") << "svc" << QVariantMap{{QStringLiteral("kernel"), QStringLiteral("sigmoid")}} << "one of linear, poly, rbf";
        QTest::newRow("gamma 0") << "svc" << QVariantMap{{QStringLiteral("gamma"), 0}} << "scale, auto or a number";
        QTest::newRow("a word for gamma") << "svr" << QVariantMap{{QStringLiteral("gamma"), QStringLiteral("large")}} << "gamma is “large”";
        QTest::newRow("C 0") << "svr" << QVariantMap{{QStringLiteral("C"), 0}} << "C is “0”";
        QTest::newRow("svr has no classes to weigh") << "svr" << QVariantMap{{QStringLiteral("class_weight"), QStringLiteral("balanced")}} << "no parameter “class_weight”";
        QTest::newRow("svc has no tube") << "svc" << QVariantMap{{QStringLiteral("epsilon"), 0.1}} << "no parameter “epsilon”";
    }
    void wrongParametersAreRefused() {
        QFETCH(QString, estimator);
        QFETCH(QVariantMap, parameters);
        QFETCH(QString, says);
        const auto made = makeEstimator({estimator, parameters}, estimator == QLatin1String("svc") ? workspace::TaskKind::Classification : workspace::TaskKind::Regression);
        QVERIFY(!made);
        QCOMPARE(made.error().kind, ErrorKind::Invalid);
        QVERIFY2(made.error().text().contains(says), qPrintable(made.error().text()));
    }
};

QTEST_GUILESS_MAIN(TestSvm)
#include "tst_svm.moc"
