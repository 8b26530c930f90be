// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/own_shap.h"

#include "core/base/task.h"
#include "core/learn/column_owners.h"
#include "core/learn/linear_model.h"
#include "core/learn/tree_model.h"
#include "core/learn/tree_shap.h"

#include <algorithm>

namespace pilothouse::learn {

namespace {

using explain::Attribution;
using explain::Feature;
using explain::Target;

constexpr std::size_t treesABlock = 16; // work is shared out in blocks and summed in their order: the same sum with any number of threads

/// The two classes of one sum are each other's mirror image.
bool mirrored(const Target &target, std::size_t classes) { return target.probability && classes == 2 && target.index == 0; }

class TreeOwnShap final : public explain::OwnShap {
public:
    TreeOwnShap(const LoadedModel &loaded, const TreeModel &trees, std::vector<std::size_t> owners, std::size_t classes)
        : m_loaded(loaded), m_trees(trees.ensemble()), m_shap(trees.ensemble()), m_owners(std::move(owners)), m_classes(classes) {}
    bool canExplain() const { return m_shap.canExplain(); }
    QString method() const override { return QStringLiteral("tree-shap"); }
    QString scale(const Target &target) const override {
        if (m_trees.objective() == TreeObjective::Logistic)
            return QStringLiteral("log-odds of %1").arg(target.name);
        if (m_trees.objective() == TreeObjective::Softmax)
            return QStringLiteral("score of %1 before softmax").arg(target.name);
        return m_classes > 2 ? QStringLiteral("the trees' share for %1 before normalising").arg(target.name) : target.scale();
    }
    Result<std::vector<Attribution>> attribute(const artifact::Rows &rows, const Target &target, const std::vector<Feature> &features, const explain::Run &run) const override {
        PH_ASSIGN(const data::Rows matrix, m_loaded.transforms.apply(rows));
        const std::vector<float> x(matrix.values.begin(), matrix.values.end());
        const std::vector<std::size_t> featureOf = featureOfColumn(m_owners, features);
        const int group = m_classes == 2 ? 0 : int(target.index);
        const std::size_t blocks = std::max<std::size_t>(1, (m_trees.trees().size() + treesABlock - 1) / treesABlock);
        const bool mirror = mirrored(target, m_classes);
        std::vector<Attribution> out;
        constexpr std::size_t together = 64; // rows, so that their blocks keep all threads busy and the memory small
        for (std::size_t from = 0; from < rows.count; from += together) {
            run.report(qint64(from), qint64(rows.count));
            const std::size_t count = std::min(together, rows.count - from);
            std::vector<double> parts(count * blocks * matrix.width, 0);
            parallelFor(count * blocks, 1, [&](std::size_t first, std::size_t last) {
                for (std::size_t job = first; job < last && !run.stop.stop_requested(); ++job) {
                    const std::size_t block = job % blocks;
                    m_shap.add(x.data() + (from + job / blocks) * matrix.width, group, block * treesABlock, std::min(m_trees.trees().size(), (block + 1) * treesABlock),
                               parts.data() + job * matrix.width);
                }
            }, run.threads);
            if (run.stop.stop_requested())
                return cancelled();
            for (std::size_t i = 0; i < count; ++i) {
                Attribution a{m_shap.base(group), m_shap.margin(x.data() + (from + i) * matrix.width, group), std::vector<double>(features.size(), 0)};
                for (std::size_t block = 0; block < blocks; ++block)
                    for (std::size_t c = 0; c < matrix.width; ++c)
                        a.values[featureOf[c]] += parts[(i * blocks + block) * matrix.width + c];
                out.push_back(mirror ? mirrorOf(std::move(a)) : std::move(a));
            }
        }
        run.report(qint64(rows.count), qint64(rows.count));
        return out;
    }

private:
    Attribution mirrorOf(Attribution a) const {
        const double whole = m_trees.objective() == TreeObjective::Logistic ? 0 : 1;
        a.base = whole - a.base;
        a.explained = whole - a.explained;
        for (double &value : a.values)
            value = -value;
        return a;
    }
    LoadedModel m_loaded; ///< keeps the trees alive
    const TreeEnsemble &m_trees;
    TreeShap m_shap;
    std::vector<std::size_t> m_owners;
    std::size_t m_classes;
};

class LinearOwnShap final : public explain::OwnShap {
public:
    LinearOwnShap(const LoadedModel &loaded, const LinearModel &model, std::vector<std::size_t> owners, std::vector<double> means)
        : m_loaded(loaded), m_model(model), m_owners(std::move(owners)), m_means(std::move(means)) {}
    QString method() const override { return QStringLiteral("linear-shap"); }
    QString scale(const Target &target) const override {
        if (m_model.link == LinearModel::Link::Logistic)
            return QStringLiteral("log-odds of %1").arg(target.name);
        return m_model.link == LinearModel::Link::Softmax ? QStringLiteral("score of %1 before softmax").arg(target.name) : target.scale();
    }
    Result<std::vector<Attribution>> attribute(const artifact::Rows &rows, const Target &target, const std::vector<Feature> &features, const explain::Run &run) const override {
        PH_ASSIGN(const data::Rows matrix, m_loaded.transforms.apply(rows));
        const std::vector<std::size_t> featureOf = featureOfColumn(m_owners, features);
        const bool logistic = m_model.link == LinearModel::Link::Logistic;
        const std::size_t group = logistic ? 0 : target.index, width = matrix.width;
        const double sign = logistic && mirrored(target, 2) ? -1 : 1;
        const double *const c = m_model.coefficients.data() + group * width;
        double base = m_model.intercept[group];
        for (std::size_t j = 0; j < width; ++j)
            base += c[j] * m_means[j];
        std::vector<Attribution> out;
        for (std::size_t i = 0; i < rows.count; ++i) {
            if (run.stop.stop_requested())
                return cancelled();
            Attribution a{sign * base, m_model.intercept[group], std::vector<double>(features.size(), 0)};
            for (std::size_t j = 0; j < width; ++j) {
                a.explained += c[j] * matrix.row(i)[j];
                a.values[featureOf[j]] += sign * c[j] * (matrix.row(i)[j] - m_means[j]);
            }
            a.explained *= sign;
            out.push_back(std::move(a));
        }
        run.report(qint64(rows.count), qint64(rows.count));
        return out;
    }

private:
    LoadedModel m_loaded;
    const LinearModel &m_model;
    std::vector<std::size_t> m_owners;
    std::vector<double> m_means; ///< [columns] of the model matrix over the background
};

} // namespace

Result<std::unique_ptr<explain::OwnShap>> ownShap(const LoadedModel &loaded, const artifact::Signature &signature, const artifact::Rows &background) {
    std::vector<std::size_t> owners = columnOwners(loaded.transforms, signature);
    if (owners.empty())
        return std::unique_ptr<explain::OwnShap>();
    if (const auto *trees = dynamic_cast<const TreeModel *>(loaded.model.get())) {
        auto own = std::make_unique<TreeOwnShap>(loaded, *trees, std::move(owners), signature.classes.size());
        return own->canExplain() ? std::unique_ptr<explain::OwnShap>(std::move(own)) : std::unique_ptr<explain::OwnShap>();
    }
    if (const auto *linear = dynamic_cast<const LinearModel *>(loaded.model.get()); linear && background.count > 0) {
        PH_ASSIGN(const data::Rows matrix, loaded.transforms.apply(background));
        return std::unique_ptr<explain::OwnShap>(std::make_unique<LinearOwnShap>(loaded, *linear, std::move(owners), columnMeans(matrix)));
    }
    return std::unique_ptr<explain::OwnShap>();
}

} // namespace pilothouse::learn
