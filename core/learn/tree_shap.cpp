// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/tree_shap.h"

#include <algorithm>
#include <cmath>

namespace pilothouse::learn {

namespace {

/// A feature on the way down: the share of coalitions without it that come along (by cover), whether the row itself does, and
/// the weight of the subsets of this size.
struct Step {
    int feature = -1;
    double zero = 0, one = 0, weight = 0;
};

/// Share of a node's training rows that go to its left child. Both shares sum to 1, whatever rounding did to the covers.
double leftShare(const Tree &tree, std::size_t node) {
    const std::size_t left = tree.nodes[node].left;
    const double a = double(tree.cover[left]), b = double(tree.cover[left + 1]);
    return a + b > 0 ? a / (a + b) : 0.5;
}

std::size_t childOf(const TreeNode &node, const float *row) {
    const float value = row[node.feature];
    return node.left + (std::isnan(value) ? node.defaultRight : !(value < node.threshold));
}

double meanOf(const Tree &tree, std::size_t node) {
    const TreeNode &n = tree.nodes[node];
    if (!n.inner)
        return double(n.threshold);
    const double left = leftShare(tree, node);
    return left * meanOf(tree, n.left) + (1 - left) * meanOf(tree, n.left + 1);
}

class Walk {
public:
    Walk(const Tree &tree, const float *row, double *out) : m_tree(tree), m_row(row), m_out(out) {
        const auto levels = std::size_t(tree.depth) + 2;
        m_steps.resize(levels * (levels + 1) / 2);
        down(0, 0, m_steps.data(), m_steps.data(), 1, 1, -1);
    }

private:
    static void extend(Step *path, int depth, double zero, double one, int feature) {
        path[depth] = {feature, zero, one, depth == 0 ? 1.0 : 0.0};
        for (int i = depth - 1; i >= 0; --i) {
            path[i + 1].weight += one * path[i].weight * (i + 1) / (depth + 1);
            path[i].weight = zero * path[i].weight * (depth - i) / (depth + 1);
        }
    }
    static void unwind(Step *path, int depth, int at) {
        const double one = path[at].one, zero = path[at].zero;
        double next = path[depth].weight;
        for (int i = depth - 1; i >= 0; --i) {
            if (one != 0) {
                const double before = path[i].weight;
                path[i].weight = next * (depth + 1) / ((i + 1) * one);
                next = before - path[i].weight * zero * (depth - i) / (depth + 1);
            } else {
                path[i].weight = path[i].weight * (depth + 1) / (zero * (depth - i));
            }
        }
        for (int i = at; i < depth; ++i) {
            path[i].feature = path[i + 1].feature;
            path[i].zero = path[i + 1].zero;
            path[i].one = path[i + 1].one;
        }
    }
    /// Sum of the weights as they would be without the step.
    static double unwoundSum(const Step *path, int depth, int at) {
        const double one = path[at].one, zero = path[at].zero;
        double next = path[depth].weight, total = 0;
        for (int i = depth - 1; i >= 0; --i) {
            if (one != 0) {
                const double part = next * (depth + 1) / ((i + 1) * one);
                total += part;
                next = path[i].weight - part * zero * (depth - i) / (depth + 1);
            } else {
                total += path[i].weight * (depth + 1) / (zero * (depth - i));
            }
        }
        return total;
    }
    /// @param parent  the steps before this node, `depth` of them; copied to `path`, which lies behind it
    void down(std::size_t node, int depth, const Step *parent, Step *path, double zero, double one, int feature) {
        if (zero == 0 && one == 0)
            return; // nobody comes along: every product below is 0
        if (path != parent)
            std::copy(parent, parent + depth, path);
        extend(path, depth, zero, one, feature);
        const TreeNode &n = m_tree.nodes[node];
        if (!n.inner) {
            for (int i = 1; i <= depth; ++i)
                m_out[path[i].feature] += unwoundSum(path, depth, i) * (path[i].one - path[i].zero) * double(n.threshold);
            return;
        }
        double zeroBefore = 1, oneBefore = 1;
        for (int i = 1; i <= depth; ++i) {
            if (path[i].feature != n.feature)
                continue;
            zeroBefore = path[i].zero; // the feature was asked before: both questions together are one step
            oneBefore = path[i].one;
            unwind(path, depth, i);
            --depth;
            break;
        }
        const std::size_t hot = childOf(n, m_row);
        const double left = leftShare(m_tree, node);
        for (std::size_t child = n.left; child <= n.left + 1u; ++child) {
            const double share = child == n.left ? left : 1 - left;
            down(child, depth + 1, path, path + depth + 1, zeroBefore * share, child == hot ? oneBefore : 0, n.feature);
        }
    }

    const Tree &m_tree;
    const float *m_row;
    double *m_out;
    std::vector<Step> m_steps; ///< one path behind the other: 1 + 2 + … + (levels + 1)
};

} // namespace

TreeShap::TreeShap(const TreeEnsemble &ensemble) : m_ensemble(ensemble), m_base(std::size_t(ensemble.groups()), 0) {
    if (!canExplain())
        return;
    for (const Tree &tree : ensemble.trees())
        m_base[std::size_t(tree.group)] += meanOf(tree, 0);
}

bool TreeShap::canExplain() const {
    return std::all_of(m_ensemble.trees().begin(), m_ensemble.trees().end(),
                       [](const Tree &tree) { return tree.depth <= deepest && tree.cover.size() == tree.nodes.size() && (tree.nodes.size() == 1 || tree.cover[0] > 0); });
}

void TreeShap::add(const float *row, int group, std::size_t first, std::size_t last, double *out) const {
    for (std::size_t t = first; t < last; ++t)
        if (const Tree &tree = m_ensemble.trees()[t]; tree.group == group && tree.nodes.size() > 1)
            Walk(tree, row, out);
}

double TreeShap::margin(const float *row, int group) const {
    double sum = 0;
    for (const Tree &tree : m_ensemble.trees()) {
        if (tree.group != group)
            continue;
        std::size_t node = 0;
        while (tree.nodes[node].inner)
            node = childOf(tree.nodes[node], row);
        sum += double(tree.nodes[node].threshold);
    }
    return sum;
}

} // namespace pilothouse::learn
