// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/class_weights.h"
#include "core/learn/estimator_entry.h"
#include "core/learn/parameters.h"
#include "core/learn/tree_bounds.h"
#include "core/learn/tree_model.h"
#include "core/learn/tree_state.h"
#include "core/learn/xgboost_grower.h"
#include "core/metrics/random.h"

#include <QIODevice>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <mutex>
#include <thread>

namespace pilothouse::learn {

namespace {

constexpr std::size_t exactBelow = 100000; // rows; above, sorting every column at every node costs more than it gives
constexpr quint32 stateFormat = 1;

/// One booster's share of the work: some trees of one output.
struct Unit {
    int group = 0, trees = 1;
};

/// Finished units, by number; the state of a checkpoint.
QByteArray stateOf(const std::vector<std::vector<Tree>> &done) {
    QByteArray bytes;
    QDataStream out(&bytes, QIODevice::WriteOnly);
    out.setVersion(QDataStream::Qt_6_4);
    out.setFloatingPointPrecision(QDataStream::SinglePrecision);
    out << stateFormat << quint32(done.size());
    for (const auto &trees : done) {
        out << quint32(trees.size());
        for (const Tree &tree : trees)
            writeTree(out, tree);
    }
    return bytes;
}

Result<void> readState(const QByteArray &bytes, std::vector<std::vector<Tree>> &done) {
    QDataStream in(bytes);
    in.setVersion(QDataStream::Qt_6_4);
    in.setFloatingPointPrecision(QDataStream::SinglePrecision);
    quint32 format = 0, units = 0;
    in >> format >> units;
    if (format != stateFormat || units != done.size())
        return invalid(QStringLiteral("The checkpoint does not belong to this forest (another version, or other parameters)."));
    for (auto &trees : done) {
        quint32 count = 0;
        in >> count;
        for (quint32 t = 0; t < count && in.status() == QDataStream::Ok; ++t)
            trees.push_back(readTree(in));
    }
    if (in.status() != QDataStream::Ok || !in.atEnd())
        return invalid(QStringLiteral("The checkpoint was cut."));
    return {};
}

class TreeEstimator final : public Estimator {
public:
    QString m_name;
    QJsonObject m_parameters;
    GrowOptions m_options;
    QString m_method; ///< auto | exact | hist
    int m_trees = 1, m_perBooster = 1;
    ClassWeights m_classWeights;

    QString name() const override { return m_name; }
    QJsonObject parameters() const override { return m_parameters; }
    double memory(const TrainShape &shape) const override {
        const double units = shape.outputs * std::ceil(double(m_trees) / m_perBooster);
        return 4 * shape.cells() + std::min(units, double(shape.threads)) * XgboostGrower::memory(shape.rows, shape.width, isExact(shape.rows));
    }

    Result<std::unique_ptr<FittedModel>> fit(const TrainData &train, const TrainData &, FitContext &context) override {
        if (train.width > std::numeric_limits<std::uint16_t>::max())
            return invalid(QStringLiteral("%1 columns are more than a tree can take (65,535).").arg(train.width));
        PH_TRY(requireSinglePrecision(train, name()));
        m_options.exact = isExact(double(train.rows));
        m_options.lambda = m_trees == 1 ? 0 : 1e-5; // a sample may leave a node without a row: 0/0
        prepareTargets(train);
        PH_ASSIGN(m_weights, rowWeights(m_classWeights, train));
        findShares();
        for (std::size_t g = 0; g < m_y.size(); ++g)
            for (int t = 0; t < m_trees; t += m_perBooster)
                m_units.push_back({int(g), std::min(m_perBooster, m_trees - t)});
        m_done.assign(m_units.size(), {});
        if (!context.previousState.isEmpty())
            PH_TRY(readState(context.previousState, m_done));
        PH_TRY(growAll(train, context));
        return model(train);
    }

private:
    bool isExact(double rows) const {
        return m_method == QLatin1String("exact") || (m_method == QLatin1String("auto") && (m_options.maxDepth == 0 || (m_trees == 1 && rows < double(exactBelow))));
    }

    /// Targets without their mean (float32 keeps the digits for what differs): numbers by output, 0/1 by class.
    void prepareTargets(const TrainData &train) {
        const std::size_t groups = !train.isClassification() ? train.outputs : train.classes.size() == 2 ? 1 : train.classes.size();
        m_y.assign(groups, std::vector<float>(train.rows));
        m_mean.assign(groups, 0);
        const auto value = [&](std::size_t i, std::size_t g) {
            if (!train.isClassification())
                return train.y[i * train.outputs + g];
            return train.y[i] == double(groups == 1 ? 1 : g) ? 1.0 : 0.0;
        };
        for (std::size_t g = 0; g < groups; ++g) {
            if (!train.isClassification()) {
                for (std::size_t i = 0; i < train.rows; ++i)
                    m_mean[g] += value(i, g) / double(train.rows);
            }
            for (std::size_t i = 0; i < train.rows; ++i)
                m_y[g][i] = float(value(i, g) - m_mean[g]);
        }
    }

    /// The mean of each group's targets, by weights.
    void findShares() {
        for (const std::vector<float> &y : m_y) {
            double sum = 0, weights = 0;
            for (std::size_t i = 0; i < y.size(); ++i) {
                const double weight = m_weights.empty() ? 1 : double(m_weights[i]);
                sum += weight * double(y[i]);
                weights += weight;
            }
            m_share.push_back(float(sum / weights));
        }
    }

    /// Boosters are independent, each with its own seed, so who grows which one makes no difference to the model. A single
    /// large tree uses all threads by itself.
    Result<void> growAll(const TrainData &train, FitContext &context) {
        const std::vector<float> x(train.x.begin(), train.x.end());
        const int workers = std::max(1, std::min(context.threads, int(m_units.size())));
        GrowOptions options = m_options;
        // Small exact trees lose more to threads that wait for each other than they win (ten times on a busy machine).
        options.threads = m_units.size() == 1 && !m_options.exact ? std::max(1, context.threads) : 1;
        std::atomic<std::size_t> next = 0;
        std::mutex lock;
        std::optional<Error> failed;
        qint64 grown = 0;
        for (std::size_t u = 0; u < m_units.size(); ++u)
            grown += m_done[u].empty() ? 0 : m_units[u].trees;
        const qint64 all = qint64(m_y.size()) * m_trees;
        context.progress(grown, all, QStringLiteral("tree"));
        const auto work = [&] {
            Result<XgboostGrower> grower = XgboostGrower::create(x, train.rows, train.width, options.threads, m_weights);
            for (std::size_t u = next++; u < m_units.size(); u = next++) {
                if (!m_done[u].empty())
                    continue;
                if (context.stop.stop_requested())
                    return;
                GrowOptions mine = options;
                mine.trees = m_units[u].trees;
                mine.seed = quint32(metrics::Random(context.seed, u).next() >> 33);
                Result<std::vector<Tree>> trees = grower ? grower->grow(m_y[std::size_t(m_units[u].group)], {}, mine) : Result<std::vector<Tree>>(grower.error());
                const std::lock_guard guard(lock);
                if (failed)
                    return;
                if (!trees) {
                    failed = trees.error();
                    return;
                }
                finish(u, *std::move(trees));
                grown += m_units[u].trees;
                context.progress(grown, all, QStringLiteral("tree"));
                if (context.checkpointDue()) {
                    if (const Result<void> saved = context.checkpoint(stateOf(m_done), grown); !saved) {
                        failed = saved.error();
                        return;
                    }
                }
            }
        };
        std::vector<std::jthread> others;
        for (int w = 1; w < workers; ++w)
            others.emplace_back(work);
        work();
        others.clear(); // joins
        if (failed)
            return *failed;
        if (grown < all) {
            PH_TRY(context.checkpoint(stateOf(m_done), grown));
            return cancelled();
        }
        return {};
    }

    /// Puts the target's mean back and shares it out, so that the sum of all trees is the mean of their answers.
    void finish(std::size_t unit, std::vector<Tree> trees) {
        const auto group = std::size_t(m_units[unit].group);
        for (Tree &tree : trees) {
            tree.group = int(group);
            if (tree.nodes.size() == 1 && double(tree.cover[0]) < m_options.minChildWeight)
                tree.nodes[0].threshold = m_share[group]; // XGBoost gives 0 to a root that has less than a leaf must have
            for (TreeNode &node : tree.nodes)
                if (!node.inner)
                    node.threshold = float((double(node.threshold) + m_mean[group]) / m_trees);
        }
        m_done[unit] = std::move(trees);
    }

    std::unique_ptr<FittedModel> model(const TrainData &train) const {
        std::vector<Tree> trees;
        qint64 leaves = 0;
        int depth = 0;
        for (const auto &unit : m_done) {
            for (const Tree &tree : unit) {
                leaves += qint64(tree.nodes.size() + 1) / 2;
                depth = std::max(depth, tree.depth);
                trees.push_back(tree);
            }
        }
        const QJsonObject facts{{QStringLiteral("parameters"), m_parameters}, {QStringLiteral("trees"), qint64(trees.size())}, {QStringLiteral("leaves"), leaves},
                                {QStringLiteral("depth"), depth}, {QStringLiteral("tree_method"), m_options.exact ? QStringLiteral("exact") : QStringLiteral("hist")}};
        return std::make_unique<TreeModel>(TreeEnsemble(std::move(trees), train.width, int(m_y.size())), train.classes.size(), facts);
    }

    std::vector<std::vector<float>> m_y; ///< by group
    std::vector<float> m_weights;        ///< by row; empty: 1
    std::vector<double> m_mean;
    std::vector<float> m_share; ///< by group: what a tree without a split answers
    std::vector<Unit> m_units;
    std::vector<std::vector<Tree>> m_done; ///< by unit
};

Result<std::unique_ptr<Estimator>> makeTreeEstimator(const workspace::EstimatorSpec &spec, workspace::TaskKind task) {
    const bool forest = spec.name == QLatin1String("random_forest");
    Parameters p(spec);
    auto estimator = std::make_unique<TreeEstimator>();
    estimator->m_name = spec.name;
    if (forest) {
        estimator->m_trees = int(p.integer("n_estimators", 100, 1, 100000));
        // About twenty units of progress, of at most ten trees: a stop waits for the end of one. Never a matter of the threads, which
        // must not change the model.
        estimator->m_perBooster = int(p.integer("trees_per_booster", std::clamp(estimator->m_trees / 20, 1, 10), 1, 100000));
        estimator->m_options.subsample = p.number("subsample", 0.632, 0.01, 1); // the share of distinct rows in a bootstrap sample
        estimator->m_options.columnsByNode = p.number("colsample_bynode", 0.8, 0.01, 1);
    }
    const TreeBounds bounds = TreeBounds::read(p, 10);
    estimator->m_method = p.word("tree_method", QStringLiteral("auto"), {QStringLiteral("auto"), QStringLiteral("exact"), QStringLiteral("hist")});
    estimator->m_options.maxBin = int(p.integer("max_bin", forest ? 64 : 256, 2, 65536));
    estimator->m_classWeights = ClassWeights::read(p, task);
    PH_TRY(p.check());
    PH_TRY(bounds.apply(estimator->m_options, estimator->m_method, estimator->m_classWeights.isNone() ? QString() : QStringLiteral("a row by its class_weight")));
    estimator->m_parameters = p.resolved();
    return std::unique_ptr<Estimator>(std::move(estimator));
}

} // namespace

/// decision_tree {max_depth: 10, min_child_weight: 1, min_samples_leaf: 1, tree_method: auto, max_bin: 256, class_weight: none}
/// Both grow by squared error, of classes on 0/1 targets: a leaf's weight is its number of rows, so min_samples_leaf is scikit-learn's. max_depth:
/// 0 is its None, and grows exactly; a node is split while that lowers the error, where scikit-learn splits until a leaf is pure.
PILOTHOUSE_ESTIMATOR(decision_tree, numbers | classes | windows, trees, makeTreeEstimator)
/// random_forest {n_estimators: 100, max_depth: 10, subsample: 0.632, colsample_bynode: 0.8, min_child_weight: 1, min_samples_leaf: 1 (of the
/// rows that a tree drew), tree_method: auto, max_bin: 64, trees_per_booster: 5, class_weight: none}
PILOTHOUSE_ESTIMATOR(random_forest, numbers | classes | windows, trees, makeTreeEstimator)

} // namespace pilothouse::learn
