// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/class_weights.h"
#include "core/learn/estimator_entry.h"
#include "core/learn/pairwise_probability.h"
#include "core/learn/svm_solver.h"
#include "core/metrics/random.h"

#include <algorithm>
#include <cmath>

namespace pilothouse::learn {

namespace {

constexpr std::size_t folds = 5;

/// The two classes of a machine.
struct Pair {
    std::size_t first, second;
};

std::vector<Pair> pairsOf(std::size_t classes) {
    std::vector<Pair> pairs;
    for (std::size_t i = 0; i < classes; ++i)
        for (std::size_t j = i + 1; j < classes; ++j)
            pairs.push_back({i, j});
    return pairs;
}

/// The fold of each row: every class is dealt out evenly, drawn with the seed.
std::vector<std::size_t> stratifiedFolds(const TrainData &train, quint64 seed) {
    std::vector<std::size_t> fold(train.rows);
    for (std::size_t c = 0; c < train.classes.size(); ++c) {
        std::vector<std::size_t> rows;
        for (std::size_t i = 0; i < train.rows; ++i)
            if (train.y[i] == double(c))
                rows.push_back(i);
        metrics::Random random(seed, c);
        metrics::shuffle(rows, random);
        for (std::size_t k = 0; k < rows.size(); ++k)
            fold[rows[k]] = k % folds;
    }
    return fold;
}

class SupportVectorClassification final : public Estimator {
public:
    SupportVectorClassification(SvmParameters svm, ClassWeights weights, bool probability, QJsonObject parameters)
        : m_svm(std::move(svm)), m_classWeights(std::move(weights)), m_probability(probability), m_parameters(std::move(parameters)) {}
    QString name() const override { return QStringLiteral("svc"); }
    QJsonObject parameters() const override { return m_parameters; }

    Result<std::unique_ptr<FittedModel>> fit(const TrainData &train, const TrainData &, FitContext &context) override {
        PH_TRY(checkClasses(train));
        PH_ASSIGN(m_weights, m_classWeights.ofClasses(train));
        const SvmOptions options = m_svm.forData(train, name(), context);
        const std::vector<Pair> pairs = pairsOf(train.classes.size());
        if (m_probability)
            m_fold = stratifiedFolds(train, context.seed);
        std::vector<SvmProblem> problems;
        for (const Pair &pair : pairs)
            problems.push_back(problem(train, pair, folds));
        for (std::size_t fold = 0; fold < folds && m_probability; ++fold)
            for (const Pair &pair : pairs)
                problems.push_back(problem(train, pair, fold));
        PH_ASSIGN(std::vector<SvmSolution> solutions, solveSvm(train.x, train.width, problems, options, context));
        const bool converged = std::all_of(solutions.begin(), solutions.end(), [](const SvmSolution &s) { return s.converged; });
        if (!converged)
            context.log(QStringLiteral("warning"), QStringLiteral("svc stopped before it had converged; scale the columns (standard_scale), or lower C."));
        std::vector<double> slopes;
        if (m_probability) {
            PH_ASSIGN(slopes, calibrate(train, pairs, options, solutions, context));
        }
        solutions.resize(pairs.size());
        return std::unique_ptr<FittedModel>(kernelModel(name(), train, options, solutions, slopes,
                                                        {{QStringLiteral("parameters"), m_parameters}, {QStringLiteral("converged"), converged}, {QStringLiteral("calibrated"), m_probability}}));
    }

private:
    Result<void> checkClasses(const TrainData &train) const {
        std::vector<std::size_t> counts(train.classes.size(), 0);
        for (const double y : train.y)
            ++counts[std::size_t(y)];
        for (std::size_t c = 0; c < counts.size(); ++c)
            if (counts[c] == 0)
                return invalid(QStringLiteral("svc: the class “%1” has no training row.").arg(QString::fromStdString(train.classes[c])));
        if (counts.size() < 2)
            return invalid(QStringLiteral("svc needs rows of two classes at least; the training rows have one."), {}, QStringLiteral("Check the target column and the split."));
        return {};
    }

    /// All rows of two classes but those of one fold (none of them has the number `folds`).
    SvmProblem problem(const TrainData &train, const Pair &pair, std::size_t without) const {
        SvmProblem problem;
        problem.positiveWeight = m_weights[pair.first];
        problem.negativeWeight = m_weights[pair.second];
        for (std::size_t i = 0; i < train.rows; ++i) {
            const auto c = std::size_t(train.y[i]);
            if ((c != pair.first && c != pair.second) || (without < folds && m_fold[i] == without))
                continue;
            problem.rows.push_back(i);
            problem.y.push_back(c == pair.first ? 1 : -1);
        }
        return problem;
    }

    /// The sigmoid's slope of every pair, from decision values of rows that the machine has not seen.
    Result<std::vector<double>> calibrate(const TrainData &train, const std::vector<Pair> &pairs, const SvmOptions &options, const std::vector<SvmSolution> &solutions, FitContext &context) const {
        std::vector<std::vector<double>> decisions(pairs.size()), weights(pairs.size());
        std::vector<std::vector<bool>> positive(pairs.size());
        for (std::size_t fold = 0; fold < folds; ++fold) {
            if (context.stop.stop_requested())
                return cancelled();
            std::vector<std::size_t> held;
            data::Rows rows{0, train.width, {}};
            for (std::size_t i = 0; i < train.rows; ++i) {
                if (m_fold[i] != fold)
                    continue;
                held.push_back(i);
                rows.values.insert(rows.values.end(), train.x.begin() + std::ptrdiff_t(i * train.width), train.x.begin() + std::ptrdiff_t((i + 1) * train.width));
            }
            rows.count = held.size();
            const auto first = solutions.begin() + std::ptrdiff_t((fold + 1) * pairs.size());
            const std::vector<double> f = kernelModel(name(), train, options, {first, first + std::ptrdiff_t(pairs.size())}, {}, {})->decisionValues(rows, context.threads);
            for (std::size_t k = 0; k < held.size(); ++k) {
                const auto c = std::size_t(train.y[held[k]]);
                for (std::size_t m = 0; m < pairs.size(); ++m) {
                    if (c != pairs[m].first && c != pairs[m].second)
                        continue;
                    decisions[m].push_back(f[k * pairs.size() + m]);
                    positive[m].push_back(c == pairs[m].first);
                    weights[m].push_back(m_weights[c]);
                }
            }
        }
        std::vector<double> slopes;
        for (std::size_t m = 0; m < pairs.size(); ++m)
            slopes.push_back(sigmoidSlope(decisions[m], positive[m], weights[m]));
        return slopes;
    }

    SvmParameters m_svm;
    ClassWeights m_classWeights;
    bool m_probability;
    QJsonObject m_parameters;
    std::vector<double> m_weights;   ///< of the classes
    std::vector<std::size_t> m_fold; ///< of the rows
};

Result<std::unique_ptr<Estimator>> makeSvc(const workspace::EstimatorSpec &spec, workspace::TaskKind task) {
    Parameters parameters(spec);
    SvmParameters svm = SvmParameters::read(parameters);
    ClassWeights weights = ClassWeights::read(parameters, task);
    const bool probability = parameters.boolean("probability", true);
    PH_TRY(parameters.check());
    return std::unique_ptr<Estimator>(std::make_unique<SupportVectorClassification>(std::move(svm), std::move(weights), probability, parameters.resolved()));
}

} // namespace

/// svc {C: 1, kernel: rbf, gamma: scale, degree: 3, coef0: 0, tol: 0.001, cache_mb: 200, class_weight: none, probability: true}: C-SVC as LIBSVM solves it (smo.h), one machine for each
/// pair of classes. probability: five more fits of four fifths of the rows each calibrate the probabilities, at once where there are cores
/// (measured: 10,000 rows of ten columns take 6 CPU seconds instead of 1.6). Without them probabilities are the logistic function of the plain
/// decision values: their order is right, their size is not. LIBSVM's draw with rand() and are not used. The class is the most probable
/// one: of two classes always scikit-learn's predict, of more that of LIBSVM's svm_predict_probability, which parts from the
/// votes where they are close. Scale the columns.
PILOTHOUSE_ESTIMATOR(svc, classes, svm, makeSvc)

} // namespace pilothouse::learn
