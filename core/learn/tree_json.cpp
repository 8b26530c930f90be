// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/tree_json.h"

#include "core/learn/ubjson_reader.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <iterator>
#include <limits>
#include <utility>

namespace pilothouse::learn {

namespace {

using simdjson::dom::array;
using simdjson::dom::element;

/// A JSON list of numbers. XGBoost writes true/false, 0/1 and numbers as the version likes.
std::vector<double> numbers(const element &parent, const char *key) {
    std::vector<double> out;
    const array list = parent[key].get_array();
    out.reserve(list.size());
    for (const element value : list)
        out.push_back(value.is_bool() ? double(bool(value)) : double(value));
    return out;
}

/// What XGBoost's files say of the nodes of one tree, a number a node.
struct NodeLists {
    std::vector<double> left, right, feature, condition, missing, gain, cover, type;
};
constexpr std::pair<const char *, std::vector<double> NodeLists::*> nodeLists[] = {
    {"left_children", &NodeLists::left}, {"right_children", &NodeLists::right}, {"split_indices", &NodeLists::feature}, {"split_conditions", &NodeLists::condition},
    {"default_left", &NodeLists::missing}, {"loss_changes", &NodeLists::gain}, {"sum_hessian", &NodeLists::cover}, {"split_type", &NodeLists::type},
};

TreeObjective objectiveOf(std::string_view name) {
    for (const TreeObjective known : {TreeObjective::Numbers, TreeObjective::Logistic, TreeObjective::Softmax})
        if (name == objectiveName(known))
            return known;
    throw std::runtime_error("the objective " + std::string(name) + " is not read (reg:squarederror, binary:logistic and multi:softprob are)");
}

/// XGBoost's node lists as a tree, root first, breadth first. Throws when they are no tree.
Tree treeOf(const NodeLists &lists, std::size_t width) {
    const auto &[left, right, feature, condition, missing, gain, cover, type] = lists;
    const std::size_t n = left.size();
    if (n == 0 || right.size() != n || feature.size() != n || condition.size() != n || missing.size() != n || gain.size() != n || cover.size() != n)
        throw std::runtime_error("the node lists of a tree differ in length");
    if (std::any_of(type.begin(), type.end(), [](double t) { return t != 0; }))
        throw std::runtime_error("splits by category are not read");
    Tree tree;
    std::vector<std::pair<std::size_t, int>> queue{{0, 0}}; // node of XGBoost, depth
    for (std::size_t i = 0; i < queue.size(); ++i) {
        const auto [id, depth] = queue[i];
        if (queue.size() > n)
            throw std::runtime_error("the nodes of a tree go round in circles");
        TreeNode node;
        node.threshold = float(condition[id]);
        node.left = std::uint32_t(i);
        if (left[id] >= 0) {
            if (left[id] >= double(n) || right[id] < 0 || right[id] >= double(n) || feature[id] < 0 || feature[id] >= double(width))
                throw std::runtime_error("a node points outside its tree");
            node.inner = 1;
            node.feature = std::uint16_t(feature[id]);
            node.defaultRight = missing[id] != 0 ? 0 : 1;
            node.left = std::uint32_t(queue.size());
            queue.push_back({std::size_t(left[id]), depth + 1});
            queue.push_back({std::size_t(right[id]), depth + 1});
        }
        tree.depth = std::max(tree.depth, depth);
        tree.nodes.push_back(node);
        tree.gain.push_back(float(gain[id]));
        tree.cover.push_back(float(cover[id]));
    }
    return tree;
}

Tree readTree(const element &json, std::size_t width) {
    NodeLists lists;
    for (const auto &[key, member] : nodeLists)
        lists.*member = numbers(json, key);
    return treeOf(lists, width);
}

std::vector<Tree> readTrees(UbjsonReader &in, std::size_t width) {
    std::vector<Tree> trees;
    if (!in.skip('['))
        UbjsonReader::fail("a list was expected");
    const UbjsonReader::List head = in.list();
    for (qint64 i = 0; in.more(head, i); ++i) {
        if ((head.type ? head.type : in.take()) != '{')
            UbjsonReader::fail("a tree was expected");
        NodeLists lists;
        while (!in.skip('}')) {
            const std::string_view key = in.text();
            const auto known = std::find_if(std::begin(nodeLists), std::end(nodeLists), [key](const auto &list) { return key == list.first; });
            if (known != std::end(nodeLists))
                lists.*known->second = in.numbers();
            else
                in.skipValue(in.take());
        }
        trees.push_back(treeOf(lists, width));
    }
    return trees;
}

class Writer {
public:
    QByteArray text;
    void raw(const char *s) { text += s; }
    template<class Items, class Value>
    void list(const char *key, const Items &items, Value value) {
        text += '"';
        text += key;
        text += "\":[";
        bool first = true;
        for (const auto &item : items) {
            if (!first)
                text += ',';
            first = false;
            number(value(item));
        }
        text += "],";
    }
    /// XGBoost tells floats from whole numbers by how they are written.
    void number(float value) {
        const qsizetype from = text.size();
        append(value);
        if (text.indexOf('.', from) < 0 && text.indexOf('e', from) < 0)
            text += ".0";
    }
    void number(qint64 value) { append(value); }

private:
    void append(auto value) {
        char buffer[32];
        const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
        text.append(buffer, end - buffer);
    }
};

void writeTree(Writer &out, const Tree &tree, std::size_t id, std::size_t width) {
    std::vector<qint64> parents(tree.nodes.size(), std::numeric_limits<std::int32_t>::max());
    std::vector<std::size_t> order(tree.nodes.size());
    for (std::size_t i = 0; i < tree.nodes.size(); ++i) {
        order[i] = i;
        if (tree.nodes[i].inner)
            parents[tree.nodes[i].left] = parents[tree.nodes[i].left + 1] = qint64(i);
    }
    const auto zero = [](std::size_t) { return qint64(0); };
    out.raw("{");
    out.list("base_weights", tree.nodes, [](const TreeNode &n) { return n.inner ? 0.0f : n.threshold; });
    out.raw("\"categories\":[],\"categories_nodes\":[],\"categories_segments\":[],\"categories_sizes\":[],");
    out.list("default_left", tree.nodes, [](const TreeNode &n) { return qint64(n.inner && !n.defaultRight); });
    out.raw("\"id\":");
    out.number(qint64(id));
    out.raw(",");
    out.list("left_children", tree.nodes, [](const TreeNode &n) { return n.inner ? qint64(n.left) : -1; });
    out.list("loss_changes", tree.gain, [](float v) { return v; });
    out.list("parents", parents, [](qint64 v) { return v; });
    out.list("right_children", tree.nodes, [](const TreeNode &n) { return n.inner ? qint64(n.left) + 1 : -1; });
    out.list("split_conditions", tree.nodes, [](const TreeNode &n) { return n.threshold; });
    out.list("split_indices", tree.nodes, [](const TreeNode &n) { return qint64(n.inner ? n.feature : 0); });
    out.list("split_type", order, zero);
    out.list("sum_hessian", tree.cover, [](float v) { return v; });
    out.text += "\"tree_param\":{\"num_deleted\":\"0\",\"num_feature\":\"" + QByteArray::number(qulonglong(width)) + "\",\"num_nodes\":\"" +
                QByteArray::number(qulonglong(tree.nodes.size())) + "\",\"size_leaf_vector\":\"0\"}}";
}

} // namespace

const char *objectiveName(TreeObjective objective) {
    switch (objective) {
    case TreeObjective::Logistic: return "binary:logistic";
    case TreeObjective::Softmax: return "multi:softprob";
    case TreeObjective::Numbers: break;
    }
    return "reg:squarederror";
}

int textNumber(const element &value) {
    const std::string_view text = value.get_string();
    int number = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), number).ec != std::errc())
        throw std::runtime_error("a number in a text was expected");
    return number;
}

TreeParts treePartsOf(const element &learner) {
    const element parameters = learner["learner_model_param"], model = learner["gradient_booster"]["model"];
    const int width = textNumber(parameters["num_feature"]);
    if (width < 1 || width > std::numeric_limits<std::uint16_t>::max())
        throw std::runtime_error("the number of features is not 1 to 65535");
    TreeParts parts;
    parts.width = std::size_t(width);
    for (const char *key : {"num_target", "num_class"})
        if (auto found = parameters[key]; !found.error())
            parts.groups = std::max(parts.groups, textNumber(found.value()));
    const std::vector<double> info = numbers(model, "tree_info");
    for (const element tree : model["trees"].get_array()) {
        parts.trees.push_back(readTree(tree, parts.width));
        const std::size_t count = parts.trees.size();
        if (count > info.size() || info[count - 1] < 0 || info[count - 1] >= parts.groups)
            throw std::runtime_error("tree_info does not fit the trees");
        parts.trees.back().group = int(info[count - 1]);
    }
    const int parallel = std::max(1, textNumber(model["gbtree_model_param"]["num_parallel_tree"]));
    parts.rounds = std::max<std::size_t>(1, parts.trees.size() / (std::size_t(parallel) * std::size_t(parts.groups)));
    return parts;
}

std::vector<Tree> treesOfUbjson(const QByteArray &ubjson, std::size_t width) {
    UbjsonReader in(ubjson);
    std::vector<Tree> trees;
    std::vector<double> groups;
    const auto model = [&](std::string_view key) {
        if (key == "trees")
            trees = readTrees(in, width);
        else if (key == "tree_info")
            groups = in.numbers();
        else
            return false;
        return true;
    };
    // The way to the trees: one key of each object leads further.
    const auto walk = [&](const auto &self, std::size_t depth) -> void {
        static constexpr std::string_view way[] = {"learner", "gradient_booster", "model"};
        if (in.take() != '{')
            UbjsonReader::fail("an object was expected");
        while (!in.skip('}')) {
            const std::string_view key = in.text();
            if (depth < std::size(way) && key == way[depth])
                self(self, depth + 1);
            else if (depth != std::size(way) || !model(key))
                in.skipValue(in.take());
        }
    };
    walk(walk, 0);
    if (groups.size() != trees.size())
        throw std::runtime_error("tree_info does not fit the trees");
    for (std::size_t t = 0; t < trees.size(); ++t)
        trees[t].group = int(groups[t]);
    return trees;
}

Result<TreeEnsemble> readXgboostJson(const QByteArray &json, const QString &where) {
    try {
        simdjson::dom::parser parser;
        const element root = parser.parse(json.constData(), std::size_t(json.size()));
        const element learner = root["learner"];
        const element parameters = learner["learner_model_param"];
        const TreeObjective objective = objectiveOf(learner["objective"]["name"].get_string().value());
        // Ours adds nothing (the leaves hold the mean); another one would shift every prediction. Softmax does not see it.
        std::string_view base = parameters["base_score"].get_string();
        double score = 1;
        base.remove_prefix(!base.empty() && base.front() == '[' ? 1 : 0); // XGBoost 3.1 writes a list
        if (std::from_chars(base.data(), base.data() + base.size(), score).ec != std::errc() ||
            (objective != TreeObjective::Softmax && score != (objective == TreeObjective::Logistic ? 0.5 : 0.0)))
            throw std::runtime_error("base_score is not the one that adds nothing (0; of binary:logistic 0.5)");
        TreeParts parts = treePartsOf(learner);
        return TreeEnsemble(std::move(parts.trees), parts.width, parts.groups, objective, parts.rounds);
    } catch (const std::exception &e) {
        return invalid(QStringLiteral("This is no tree model that can be read: %1.").arg(QString::fromUtf8(e.what())), where);
    }
}

QByteArray writeXgboostJson(const TreeEnsemble &ensemble) {
    const auto text = [](std::size_t n) { return QByteArray::number(qulonglong(n)); };
    const std::size_t count = ensemble.trees().size(), rounds = ensemble.rounds(), groups = std::size_t(ensemble.groups());
    QByteArray ends("0");
    for (std::size_t r = 1; r <= rounds; ++r)
        ends += ',' + text(r * count / rounds);
    Writer out;
    out.text = "{\"learner\":{\"attributes\":{},\"feature_names\":[],\"feature_types\":[],\"gradient_booster\":{\"model\":{\"gbtree_model_param\":"
               "{\"num_parallel_tree\":\"" + text(std::max<std::size_t>(count / groups / rounds, 1)) + "\",\"num_trees\":\"" + text(count) +
               "\",\"size_leaf_vector\":\"0\"},\"iteration_indptr\":[" + ends + "],";
    out.list("tree_info", ensemble.trees(), [](const Tree &t) { return qint64(t.group); });
    out.raw("\"trees\":[");
    for (std::size_t i = 0; i < count; ++i) {
        if (i)
            out.raw(",");
        writeTree(out, ensemble.trees()[i], i, ensemble.width());
    }
    const bool softmax = ensemble.objective() == TreeObjective::Softmax;
    out.text += "]},\"name\":\"gbtree\"},\"learner_model_param\":{\"base_score\":\"" + QByteArray(ensemble.objective() == TreeObjective::Numbers ? "0E0" : "5E-1") +
                "\",\"boost_from_average\":\"0\",\"num_class\":\"" + text(softmax ? groups : 0) + "\",\"num_feature\":\"" + text(ensemble.width()) +
                "\",\"num_target\":\"" + text(softmax ? 1 : groups) + "\"},\"objective\":{\"name\":\"" + QByteArray(objectiveName(ensemble.objective())) +
                (softmax ? "\",\"softmax_multiclass_param\":{\"num_class\":\"" + text(groups) + "\"}" : QByteArray("\",\"reg_loss_param\":{\"scale_pos_weight\":\"1\"}")) + "}},\"version\":[1,7,4]}";
    return out.text;
}

} // namespace pilothouse::learn
