// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/tree_ensemble.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace pilothouse::learn {

namespace {

constexpr std::size_t lanes = 8; // walks side by side; more do not fit the registers

inline std::uint32_t step(const TreeNode &node, const float *row) {
    const float value = row[node.feature];
    const std::uint32_t right = std::isnan(value) ? node.defaultRight : std::uint32_t(!(value < node.threshold));
    return node.left + (right & node.inner);
}

} // namespace

TreeEnsemble::TreeEnsemble(std::vector<Tree> trees, std::size_t width, int groups) : m_trees(std::move(trees)), m_width(width), m_groups(groups) {
    std::size_t nodes = 0;
    for (const Tree &tree : m_trees)
        nodes += tree.nodes.size();
    m_nodes.reserve(nodes);
    for (const Tree &tree : m_trees) {
        const auto root = std::uint32_t(m_nodes.size());
        m_roots.push_back(root);
        for (TreeNode node : tree.nodes) {
            node.left += root;
            m_nodes.push_back(node);
        }
    }
}

void TreeEnsemble::predictOne(const float *row, float *out) const {
    for (std::size_t first = 0; first < m_trees.size(); first += lanes) {
        const std::size_t count = std::min(lanes, m_trees.size() - first);
        std::array<std::uint32_t, lanes> at{};
        int depth = 0;
        for (std::size_t k = 0; k < count; ++k) {
            at[k] = m_roots[first + k];
            depth = std::max(depth, m_trees[first + k].depth);
        }
        for (std::size_t k = count; k < lanes; ++k)
            at[k] = at[0];
        for (int level = 0; level < depth; ++level)
            for (std::size_t k = 0; k < lanes; ++k)
                at[k] = step(m_nodes[at[k]], row);
        for (std::size_t k = 0; k < count; ++k)
            out[m_trees[first + k].group] += m_nodes[at[k]].threshold;
    }
}

void TreeEnsemble::predictBlock(const float *rows, std::size_t count, float *out) const {
    for (std::size_t t = 0; t < m_trees.size(); ++t) {
        const int depth = m_trees[t].depth;
        float *column = out + m_trees[t].group;
        for (std::size_t first = 0; first < count; first += lanes) {
            std::array<std::uint32_t, lanes> at;
            std::array<const float *, lanes> row;
            at.fill(m_roots[t]);
            for (std::size_t k = 0; k < lanes; ++k)
                row[k] = rows + std::min(first + k, count - 1) * m_width;
            for (int level = 0; level < depth; ++level)
                for (std::size_t k = 0; k < lanes; ++k)
                    at[k] = step(m_nodes[at[k]], row[k]);
            for (std::size_t k = 0; k < std::min(lanes, count - first); ++k)
                column[(first + k) * std::size_t(m_groups)] += m_nodes[at[k]].threshold;
        }
    }
}

void TreeEnsemble::predict(const float *rows, std::size_t count, float *out) const {
    std::fill(out, out + count * std::size_t(m_groups), 0.0f);
    constexpr std::size_t block = 256; // rows of a block stay in the first-level cache while all trees pass over them
    if (count < lanes) {
        for (std::size_t i = 0; i < count; ++i)
            predictOne(rows + i * m_width, out + i * std::size_t(m_groups));
        return;
    }
    for (std::size_t first = 0; first < count; first += block)
        predictBlock(rows + first * m_width, std::min(block, count - first), out + first * std::size_t(m_groups));
}

} // namespace pilothouse::learn
