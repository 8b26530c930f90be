// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/task.h"
#include "core/learn/class_weights.h"
#include "core/learn/estimator_entry.h"
#include "core/learn/openmp_team.h"
#include "core/learn/parameters.h"
#include "core/learn/tree_bounds.h"
#include "core/learn/tree_model.h"
#include "core/learn/tree_state.h"
#include "core/learn/tree_workers.h"
#include "core/learn/xgboost_grower.h"
#include "core/metrics/random.h"

#include <QIODevice>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>

namespace pilothouse::learn {

namespace {

constexpr quint32 stateFormat = 1;
constexpr double threadsPay = 1e5; ///< rows × columns; below, threads that wait for each other cost more than they win

/// Rows and what the trees so far say about them.
struct Rows {
    std::size_t rows = 0;
    std::vector<float> x, y, margins; ///< [rows × width], [rows × outputs] or class numbers, [rows × groups]
    std::vector<float> weights;       ///< [rows]; empty: 1
};

double weightOf(const Rows &rows, std::size_t i) { return rows.weights.empty() ? 1 : double(rows.weights[i]); }

/// Eight sums side by side: one after the other, each addition would wait for the one before.
double squaresOf(const Rows &rows, std::size_t groups) {
    double sums[8] = {};
    const auto square = [&](std::size_t k) { return (double(rows.margins[k]) - double(rows.y[k])) * (double(rows.margins[k]) - double(rows.y[k])); };
    if (rows.weights.empty()) {
        const std::size_t whole = rows.y.size() / 8 * 8;
        for (std::size_t k = 0; k < whole; k += 8)
            for (std::size_t j = 0; j < 8; ++j)
                sums[j] += square(k + j);
        for (std::size_t k = whole; k < rows.y.size(); ++k)
            sums[0] += square(k);
    } else {
        for (std::size_t i = 0; i < rows.rows; ++i)
            for (std::size_t g = 0; g < groups; ++g)
                sums[i % 8] += double(rows.weights[i]) * square(i * groups + g);
    }
    return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

double logLossOf(const Rows &rows) {
    double sum = 0;
    for (std::size_t i = 0; i < rows.rows; ++i) {
        const double signedMargin = rows.y[i] > 0 ? double(rows.margins[i]) : -double(rows.margins[i]);
        sum += weightOf(rows, i) * (signedMargin > 0 ? std::log1p(std::exp(-signedMargin)) : std::log1p(std::exp(signedMargin)) - signedMargin);
    }
    return sum;
}

double softmaxLossOf(const Rows &rows, std::size_t groups) {
    double sum = 0;
    for (std::size_t i = 0; i < rows.rows; ++i) {
        const float *m = rows.margins.data() + i * groups;
        const double top = *std::max_element(m, m + groups);
        double whole = 0;
        for (std::size_t g = 0; g < groups; ++g)
            whole += std::exp(double(m[g]) - top);
        sum += weightOf(rows, i) * (std::log(whole) + top - double(m[std::size_t(rows.y[i])]));
    }
    return sum;
}

/// Mean loss of margins, weighted, as XGBoost's rmse, logloss and mlogloss.
double lossOf(const Rows &rows, TreeObjective objective, std::size_t groups) {
    const double weights = rows.weights.empty() ? double(rows.rows) : std::accumulate(rows.weights.begin(), rows.weights.end(), 0.0);
    switch (objective) {
    case TreeObjective::Numbers: return std::sqrt(squaresOf(rows, groups) / (weights * double(groups)));
    case TreeObjective::Logistic: return logLossOf(rows) / weights;
    case TreeObjective::Softmax: break;
    }
    return softmaxLossOf(rows, groups) / weights;
}

class GradientBoosting final : public Estimator {
public:
    GrowOptions m_options;
    ClassWeights m_classWeights;
    int m_rounds = 100, m_patience = 0;
    QJsonObject m_parameters;

    QString name() const override { return QStringLiteral("gradient_boosting"); }
    QJsonObject parameters() const override { return m_parameters; }
    bool wantsValidation() const override { return m_patience > 0; }
    double memory(const TrainShape &shape) const override { return 4 * shape.cells() + XgboostGrower::memory(shape.rows, shape.width, m_options.exact); }

    Result<std::unique_ptr<FittedModel>> fit(const TrainData &train, const TrainData &validation, FitContext &context) override {
        if (train.width > std::numeric_limits<std::uint16_t>::max())
            return invalid(QStringLiteral("%1 columns are more than a tree can take (65,535).").arg(train.width));
        PH_TRY(requireSinglePrecision(train, name()));
        prepare(train, context.threads);
        Rows rows = rowsOf(train), held = rowsOf(validation);
        PH_ASSIGN(rows.weights, rowWeights(m_classWeights, train));
        PH_ASSIGN(held.weights, rowWeights(m_classWeights, train, &validation));
        m_workers = m_options.exact ? nullptr : context.workers; // exact splits are not divided: each process grows the same trees
        TreeWorkers together;
        if (m_workers) {
            rows = shareOf(rows, std::size_t(m_workers->rank()), std::size_t(m_workers->count()));
            PH_ASSIGN(together, TreeWorkers::join(*m_workers));
        }
        const PinnedTeam team(m_options.threads);
        PH_ASSIGN(XgboostGrower grower, XgboostGrower::create(rows.x, rows.rows, train.width, m_options.threads, rows.weights));
        if (!context.previousState.isEmpty())
            PH_TRY(takeUp(context.previousState));
        addRounds(0, rows);
        addRounds(0, held);
        context.progress(done(), m_rounds, QStringLiteral("round"));
        while (done() < m_rounds && !(m_patience > 0 && done() - m_best >= m_patience)) {
            PH_ASSIGN(const bool stop, stopRequested(context));
            if (stop) {
                PH_TRY(take(grower, held));
                PH_TRY(save(context));
                return cancelled();
            }
            m_options.seed = quint32(metrics::Random(context.seed, std::size_t(done())).next() >> 33);
            if (Result<void> grown = growNext(grower, rows, team); !grown)
                return m_workers ? workerGone(m_workers->rank(), m_workers->count(), m_workers->address(), grown.error().raw) : grown.error();
            PH_TRY(grower.margins(rows.margins));
            ++m_done;
            if (held.rows)
                PH_TRY(take(grower, held));
            PH_TRY(tell(rows, held, context));
            context.progress(done(), m_rounds, QStringLiteral("round"));
            if (context.checkpointDue()) {
                PH_TRY(take(grower, held));
                PH_TRY(save(context));
            }
        }
        PH_TRY(take(grower, held));
        return model(train);
    }

private:
    std::size_t m_groups = 1, m_width = 0;
    std::vector<double> m_mean; ///< of each output
    std::vector<Tree> m_trees;  ///< round by round, as far as they were taken out of XGBoost
    Workers *m_workers = nullptr;
    int m_done = 0;             ///< rounds
    int m_best = 0;             ///< rounds up to the lowest validation loss; all without validation
    double m_lowest = std::numeric_limits<double>::infinity();

    int done() const { return m_done; }

    void prepare(const TrainData &train, int threads) {
        const bool classes = train.isClassification();
        m_options.objective = !classes ? TreeObjective::Numbers : train.classes.size() == 2 ? TreeObjective::Logistic : TreeObjective::Softmax;
        m_groups = !classes ? train.outputs : train.classes.size() == 2 ? 1 : train.classes.size();
        m_width = train.width;
        m_options.groups = int(m_groups);
        m_options.threads = double(train.rows) * double(train.width) < threadsPay || m_options.exact ? 1 : std::max(1, threads);
        m_mean.assign(m_groups, 0);
        if (!classes)
            for (std::size_t i = 0; i < train.y.size(); ++i)
                m_mean[i % m_groups] += train.y[i] / double(train.rows);
    }

    Result<void> growNext(XgboostGrower &grower, const Rows &rows, const PinnedTeam &team) const {
        const PinnedTeam::Turn turn(team);
        return grower.growNext(rows.y, rows.margins, m_options);
    }

    /// Numbers without their mean: float32 keeps the digits for what differs.
    Rows rowsOf(const TrainData &data) const {
        Rows rows{data.rows, {data.x.begin(), data.x.end()}, {}, std::vector<float>(data.rows * m_groups, 0), {}};
        rows.y.reserve(data.y.size());
        for (std::size_t i = 0; i < data.y.size(); ++i)
            rows.y.push_back(float(data.isClassification() ? data.y[i] : data.y[i] - m_mean[i % m_groups]));
        return rows;
    }

    /// What XGBoost has grown since the last time, and what it says of the rows that are held out.
    Result<void> take(XgboostGrower &grower, Rows &held) {
        const std::size_t before = m_trees.size();
        PH_ASSIGN(std::vector<Tree> grown, grower.newTrees());
        std::move(grown.begin(), grown.end(), std::back_inserter(m_trees));
        addRounds(before, held);
        return {};
    }

    /// Adds the answers of the rounds from the one that begins with this tree. Float32 in the order of the rounds, as XGBoost and the ensemble sum.
    void addRounds(std::size_t first, Rows &part) const {
        for (; first < m_trees.size(); first += m_groups) {
            const TreeEnsemble round({m_trees.begin() + std::ptrdiff_t(first), m_trees.begin() + std::ptrdiff_t(first + m_groups)}, m_width, int(m_groups));
            // Threads of ours would wait for those of XGBoost, which wait for their next round by spinning.
            parallelFor(part.rows, 4096, [&](std::size_t from, std::size_t to) {
                std::vector<float> sums((to - from) * m_groups);
                round.predict(part.x.data() + from * m_width, to - from, sums.data());
                for (std::size_t i = 0; i < sums.size(); ++i)
                    part.margins[from * m_groups + i] += sums[i];
            }, m_options.threads > 1 ? 1 : 0);
        }
    }

    /// One of the processes that train together was asked to.
    Result<bool> stopRequested(const FitContext &context) const {
        double asked = context.stop.stop_requested() ? 1 : 0;
        if (m_workers)
            PH_TRY(m_workers->sum(std::span(&asked, 1)));
        return asked > 0;
    }

    /// Every count-th row.
    Rows shareOf(const Rows &all, std::size_t rank, std::size_t count) const {
        Rows share;
        const std::size_t yWidth = all.y.size() / std::max<std::size_t>(1, all.rows);
        const auto append = [](std::vector<float> &to, const std::vector<float> &from, std::size_t row, std::size_t width) {
            to.insert(to.end(), from.begin() + std::ptrdiff_t(row * width), from.begin() + std::ptrdiff_t((row + 1) * width));
        };
        for (std::size_t i = rank; i < all.rows; i += count, ++share.rows) {
            append(share.x, all.x, i, m_width);
            append(share.y, all.y, i, yWidth);
            append(share.margins, all.margins, i, m_groups);
            if (!all.weights.empty())
                append(share.weights, all.weights, i, 1);
        }
        return share;
    }

    /// Mean loss of the training rows of all processes.
    Result<double> trainLoss(const Rows &rows) const {
        const double loss = lossOf(rows, m_options.objective, m_groups);
        if (!m_workers)
            return loss;
        const bool root = m_options.objective == TreeObjective::Numbers;
        const double weight = rows.weights.empty() ? double(rows.rows) : std::accumulate(rows.weights.begin(), rows.weights.end(), 0.0);
        double sums[] = {(root ? loss * loss : loss) * weight, weight};
        PH_TRY(m_workers->sum(std::span<double>(sums)));
        return root ? std::sqrt(sums[0] / sums[1]) : sums[0] / sums[1];
    }

    Result<void> tell(const Rows &rows, const Rows &held, FitContext &context) {
        PH_ASSIGN(const double ofTrain, trainLoss(rows));
        context.metric(QStringLiteral("loss"), done(), ofTrain, QStringLiteral("train"));
        const double loss = held.rows ? lossOf(held, m_options.objective, m_groups) : 0;
        if (held.rows)
            context.metric(QStringLiteral("loss"), done(), loss, QStringLiteral("validation"));
        if (m_patience == 0 || held.rows == 0 || loss < m_lowest) {
            m_lowest = loss;
            m_best = done();
        }
        return {};
    }

    Result<void> save(FitContext &context) const {
        QByteArray bytes;
        QDataStream out(&bytes, QIODevice::WriteOnly);
        out.setVersion(QDataStream::Qt_6_4);
        out.setFloatingPointPrecision(QDataStream::SinglePrecision);
        out << stateFormat << quint32(m_groups) << qint32(m_best) << QByteArray::number(m_lowest, 'g', 17) << quint32(m_trees.size());
        for (const Tree &tree : m_trees)
            writeTree(out, tree);
        return context.checkpoint(bytes, done());
    }

    Result<void> takeUp(const QByteArray &bytes) {
        QDataStream in(bytes);
        in.setVersion(QDataStream::Qt_6_4);
        in.setFloatingPointPrecision(QDataStream::SinglePrecision);
        quint32 format = 0, groups = 0, count = 0;
        qint32 best = 0;
        QByteArray lowest;
        in >> format >> groups >> best >> lowest >> count;
        if (format != stateFormat || groups != m_groups || count % m_groups || count / m_groups > quint32(m_rounds))
            return invalid(QStringLiteral("The checkpoint does not belong to this training (another version, or other parameters)."));
        for (quint32 t = 0; t < count && in.status() == QDataStream::Ok; ++t)
            m_trees.push_back(readTree(in));
        if (in.status() != QDataStream::Ok || !in.atEnd())
            return invalid(QStringLiteral("The checkpoint was cut."));
        m_done = int(count / m_groups);
        m_best = best;
        m_lowest = lowest.toDouble();
        return {};
    }

    std::unique_ptr<FittedModel> model(const TrainData &train) {
        const int rounds = done();
        m_trees.resize(std::size_t(m_best) * m_groups);
        // Every row meets one leaf of the first tree of each output: the mean goes there, and no base_score is needed.
        for (std::size_t t = 0; t < m_groups && t < m_trees.size(); ++t)
            for (TreeNode &node : m_trees[t].nodes)
                if (!node.inner)
                    node.threshold = float(double(node.threshold) + m_mean[std::size_t(m_trees[t].group)]);
        qint64 leaves = 0;
        int depth = 0;
        for (const Tree &tree : m_trees) {
            leaves += qint64(tree.nodes.size() + 1) / 2;
            depth = std::max(depth, tree.depth);
        }
        const QJsonObject facts{{QStringLiteral("parameters"), m_parameters}, {QStringLiteral("trees"), qint64(m_trees.size())}, {QStringLiteral("rounds"), rounds},
                                {QStringLiteral("best_round"), m_best}, {QStringLiteral("leaves"), leaves}, {QStringLiteral("depth"), depth},
                                {QStringLiteral("tree_method"), m_options.exact ? QStringLiteral("exact") : QStringLiteral("hist")}};
        return std::make_unique<TreeModel>(TreeEnsemble(std::move(m_trees), m_width, int(m_groups), m_options.objective, std::size_t(m_best)), train.classes.size(), facts);
    }
};

Result<std::unique_ptr<Estimator>> makeGradientBoosting(const workspace::EstimatorSpec &spec, workspace::TaskKind task) {
    Parameters p(spec);
    auto estimator = std::make_unique<GradientBoosting>();
    GrowOptions &o = estimator->m_options;
    estimator->m_rounds = int(p.integer("n_estimators", 100, 1, 100000));
    o.learningRate = p.number("learning_rate", 0.1, 1e-6, 1);
    const TreeBounds bounds = TreeBounds::read(p, 6);
    o.subsample = p.number("subsample", 1, 0.01, 1);
    o.columnsByTree = p.number("colsample_bytree", 1, 0.01, 1);
    o.lambda = p.number("reg_lambda", 1, 0, 1e9);
    o.alpha = p.number("reg_alpha", 0, 0, 1e9);
    o.gamma = p.number("gamma", 0, 0, 1e12);
    o.exact = p.word("tree_method", QStringLiteral("hist"), {QStringLiteral("exact"), QStringLiteral("hist")}) == QLatin1String("exact");
    o.maxBin = int(p.integer("max_bin", 256, 2, 65536));
    estimator->m_patience = int(p.integer("early_stopping_rounds", 0, 0, 100000));
    estimator->m_classWeights = ClassWeights::read(p, task);
    PH_TRY(p.check());
    PH_TRY(bounds.apply(o, o.exact ? QStringLiteral("exact") : QStringLiteral("hist"),
                        task == workspace::TaskKind::Classification ? QStringLiteral("a row by p · (1 − p), the hessian of its loss") : QString()));
    estimator->m_parameters = p.resolved();
    return std::unique_ptr<Estimator>(std::move(estimator));
}

} // namespace

/// gradient_boosting {n_estimators: 100, learning_rate: 0.1, max_depth: 6, min_child_weight: 1, min_samples_leaf: 1 (numbers only: a row of a class
/// weighs p · (1 − p)), subsample: 1, colsample_bytree: 1,
/// reg_lambda: 1, reg_alpha: 0, gamma: 0, tree_method: hist, max_bin: 256, early_stopping_rounds: 0, class_weight: none}: XGBoost, by its own
/// names (class_weight by rows' weights). Squared error, logistic or softmax loss by task. early_stopping_rounds > 0 holds a tenth of the training rows out and keeps the
/// rounds up to the best one.
PILOTHOUSE_ESTIMATOR(gradient_boosting, numbers | classes | windows, trees, makeGradientBoosting)

} // namespace pilothouse::learn
