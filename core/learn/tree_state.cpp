// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/tree_state.h"

namespace pilothouse::learn {

void writeTree(QDataStream &out, const Tree &tree) {
    out << qint32(tree.depth) << qint32(tree.group) << quint32(tree.nodes.size());
    for (std::size_t i = 0; i < tree.nodes.size(); ++i) {
        const TreeNode &n = tree.nodes[i];
        out << n.threshold << n.left << n.feature << n.defaultRight << n.inner << tree.gain[i] << tree.cover[i];
    }
}

Tree readTree(QDataStream &in) {
    Tree tree;
    qint32 depth = 0, group = 0;
    quint32 count = 0;
    in >> depth >> group >> count;
    tree.depth = depth;
    tree.group = group;
    for (quint32 i = 0; i < count && in.status() == QDataStream::Ok; ++i) {
        TreeNode n;
        float gain = 0, cover = 0;
        in >> n.threshold >> n.left >> n.feature >> n.defaultRight >> n.inner >> gain >> cover;
        tree.nodes.push_back(n);
        tree.gain.push_back(gain);
        tree.cover.push_back(cover);
    }
    return tree;
}

} // namespace pilothouse::learn
