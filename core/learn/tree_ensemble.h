// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QString>

#include <cstdint>
#include <vector>

namespace pilothouse::learn {

/// A node of a tree. Children lie side by side: a row goes to left, or left + 1 if not (value < threshold); a missing value goes
/// where defaultRight says. A leaf has inner = 0, points to itself and holds its value in `threshold`.
struct TreeNode {
    float threshold = 0;
    std::uint32_t left = 0; ///< index in the tree
    std::uint16_t feature = 0;
    std::uint8_t defaultRight = 0, inner = 0;
};

/// One tree, root first, breadth first.
struct Tree {
    std::vector<TreeNode> nodes;
    std::vector<float> gain, cover; ///< of each node: loss reduction, rows; for explanations
    int depth = 0;                  ///< steps from the root to the deepest leaf
    int group = 0;                  ///< which output it adds to
};

/// What the sums of leaves mean: numbers (or shares of 0/1, clipped), or the margin of a logistic or softmax link.
enum class TreeObjective { Numbers, Logistic, Softmax };
const char *objectiveName(TreeObjective objective); ///< XGBoost's: reg:squarederror, binary:logistic, multi:softprob

/// A sum of trees, laid out for prediction: several trees (one row) or rows (many rows) are walked side by side, so that the
/// wait for memory of one walk is used by the others. Sums are float32 in the order of the trees, as XGBoost's are.
class TreeEnsemble {
public:
    /// @param width columns of the model matrix, at most 65,535
    /// @param rounds of boosting; the trees stand round by round. A forest is one round.
    TreeEnsemble(std::vector<Tree> trees, std::size_t width, int groups, TreeObjective objective = TreeObjective::Numbers, std::size_t rounds = 1);
    TreeObjective objective() const { return m_objective; }
    std::size_t rounds() const { return m_rounds; }
    std::size_t width() const { return m_width; }
    int groups() const { return m_groups; }
    const std::vector<Tree> &trees() const { return m_trees; }
    /// rows [count × width], NaN = missing → out [count × groups]. Any thread.
    void predict(const float *rows, std::size_t count, float *out) const;

private:
    /// A node in eight bytes, for rows of finite values: leaves have the threshold +∞ and point to themselves, so that a walk needs no
    /// question but "value < threshold?".
    struct SmallNode {
        float threshold = 0;
        std::uint32_t link = 0; ///< left child in the tree · 2^featureBits + feature
    };
    void pack();
    void walkOne(const float *row, float *out) const;
    void walkBlock(const float *rows, std::size_t count, float *out) const;
    void walkAny(const float *row, float *out) const;
    std::vector<Tree> m_trees;
    std::size_t m_width;
    int m_groups;
    TreeObjective m_objective;
    std::size_t m_rounds;
    std::vector<SmallNode> m_nodes; ///< all trees one after the other; empty if a tree is too large to be packed
    std::vector<float> m_leaves;    ///< value of each node that is a leaf
    std::vector<std::size_t> m_roots;
};

/// The trees inside XGBoost's JSON (versions 1.7 to 3), of the objectives reg:squarederror, binary:logistic and multi:softprob with
/// a base_score that adds nothing. Invalid for others, or if indices lead outside or round in circles: the file may come from anywhere.
Result<TreeEnsemble> readXgboostJson(const QByteArray &json, const QString &where);
/// XGBoost's JSON, which xgboost ≥ 1.7 loads in Python, with the objective and num_target or num_class = groups.
QByteArray writeXgboostJson(const TreeEnsemble &ensemble);

} // namespace pilothouse::learn
