// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/tree_ensemble.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace pilothouse::learn {

namespace {

constexpr std::size_t lanes = 8; // walks side by side; more do not fit the registers
constexpr unsigned featureBits = 12;
constexpr std::size_t mostFeatures = std::size_t(1) << featureBits, mostNodes = std::size_t(1) << (32 - featureBits);

bool isFinite(const float *row, std::size_t width) {
    // x − x is 0 for finite x and NaN otherwise; one sum, no branch.
    float sum = 0;
    for (std::size_t j = 0; j < width; ++j)
        sum += row[j] - row[j];
    return sum == 0;
}

} // namespace

TreeEnsemble::TreeEnsemble(std::vector<Tree> trees, std::size_t width, int groups, TreeObjective objective, std::size_t rounds)
    : m_trees(std::move(trees)), m_width(width), m_groups(groups), m_objective(objective), m_rounds(rounds) {
    pack();
}

void TreeEnsemble::pack() {
    std::size_t nodes = 0;
    for (const Tree &tree : m_trees) {
        nodes += tree.nodes.size();
        if (tree.nodes.size() >= mostNodes || m_width > mostFeatures)
            return;
    }
    m_nodes.reserve(nodes);
    m_leaves.reserve(nodes);
    for (const Tree &tree : m_trees) {
        m_roots.push_back(m_nodes.size());
        for (const TreeNode &node : tree.nodes) {
            m_nodes.push_back({node.inner ? node.threshold : std::numeric_limits<float>::infinity(), node.left << featureBits | (node.inner ? node.feature : 0)});
            m_leaves.push_back(node.inner ? 0 : node.threshold);
        }
    }
}

void TreeEnsemble::walkOne(const float *row, float *out) const {
    for (std::size_t first = 0; first < m_trees.size(); first += lanes) {
        const std::size_t count = std::min(lanes, m_trees.size() - first);
        std::array<const SmallNode *, lanes> root;
        std::array<std::uint32_t, lanes> at{};
        int depth = 0;
        for (std::size_t k = 0; k < lanes; ++k) {
            root[k] = m_nodes.data() + m_roots[first + std::min(k, count - 1)];
            depth = std::max(depth, m_trees[first + std::min(k, count - 1)].depth);
        }
        for (int level = 0; level < depth; ++level) {
            for (std::size_t k = 0; k < lanes; ++k) {
                const SmallNode node = root[k][at[k]];
                at[k] = (node.link >> featureBits) + std::uint32_t(!(row[node.link & (mostFeatures - 1)] < node.threshold));
            }
        }
        for (std::size_t k = 0; k < count; ++k)
            out[m_trees[first + k].group] += m_leaves[m_roots[first + k] + at[k]];
    }
}

void TreeEnsemble::walkBlock(const float *rows, std::size_t count, float *out) const {
    for (std::size_t t = 0; t < m_trees.size(); ++t) {
        const int depth = m_trees[t].depth;
        const SmallNode *root = m_nodes.data() + m_roots[t];
        const float *leaves = m_leaves.data() + m_roots[t];
        float *column = out + m_trees[t].group;
        for (std::size_t first = 0; first < count; first += lanes) {
            std::array<std::uint32_t, lanes> at{};
            std::array<const float *, lanes> row;
            for (std::size_t k = 0; k < lanes; ++k)
                row[k] = rows + std::min(first + k, count - 1) * m_width;
            for (int level = 0; level < depth; ++level) {
                for (std::size_t k = 0; k < lanes; ++k) {
                    const SmallNode node = root[at[k]];
                    at[k] = (node.link >> featureBits) + std::uint32_t(!(row[k][node.link & (mostFeatures - 1)] < node.threshold));
                }
            }
            for (std::size_t k = 0; k < std::min(lanes, count - first); ++k)
                column[(first + k) * std::size_t(m_groups)] += leaves[at[k]];
        }
    }
}

/// Missing and infinite values, and trees too large to be packed.
void TreeEnsemble::walkAny(const float *row, float *out) const {
    for (const Tree &tree : m_trees) {
        const TreeNode *node = tree.nodes.data();
        while (node->inner) {
            const float value = row[node->feature];
            node = tree.nodes.data() + node->left + (std::isnan(value) ? node->defaultRight : !(value < node->threshold));
        }
        out[tree.group] += node->threshold;
    }
}

void TreeEnsemble::predict(const float *rows, std::size_t count, float *out) const {
    const auto groups = std::size_t(m_groups);
    std::fill(out, out + count * groups, 0.0f);
    constexpr std::size_t block = 256; // rows of a block stay in the first-level cache while all trees pass over them
    for (std::size_t first = 0; first < count; first += block) {
        const std::size_t size = std::min(block, count - first);
        const float *x = rows + first * m_width;
        if (size >= lanes && !m_nodes.empty() && isFinite(x, size * m_width)) {
            walkBlock(x, size, out + first * groups);
            continue;
        }
        for (std::size_t i = 0; i < size; ++i) {
            if (!m_nodes.empty() && isFinite(x + i * m_width, m_width))
                walkOne(x + i * m_width, out + (first + i) * groups);
            else
                walkAny(x + i * m_width, out + (first + i) * groups);
        }
    }
}

} // namespace pilothouse::learn
