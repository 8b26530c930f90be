// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/xgboost_grower.h"

#include "core/learn/tree_json.h"

#include <xgboost/c_api.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <stdexcept>
#include <utility>

namespace pilothouse::learn {

namespace {

Result<void> check(int returned, const char *doing) {
    if (returned == 0)
        return {};
    Error error{ErrorKind::Internal, QStringLiteral("XGBoost could not %1.").arg(QLatin1String(doing)), {}, {}, QString::fromUtf8(XGBGetLastError())};
    return error;
}

struct Booster {
    BoosterHandle handle = nullptr;
    ~Booster() { XGBoosterFree(handle); }
};

/// XGBoost's way to name an array in memory: numpy's array interface.
QByteArray arrayInterface(std::span<const float> values, std::size_t rows) {
    return "{\"data\":[" + QByteArray::number(qulonglong(reinterpret_cast<quintptr>(values.data()))) + ",true],\"shape\":[" + QByteArray::number(qulonglong(rows)) + ',' +
           QByteArray::number(qulonglong(values.size() / rows)) + "],\"typestr\":\"<f4\",\"version\":3}";
}

} // namespace

struct XgboostGrower::Impl {
    DMatrixHandle matrix = nullptr;
    std::size_t rows = 0, width = 0;
    std::unique_ptr<Booster> going; ///< of rounds that follow each other
    int round = 0, taken = 0;       ///< that it grows next; whose trees are given out next
    std::vector<Tree> trees;        ///< of boosters before, not given out yet

    ~Impl() {
        going.reset();
        XGDMatrixFree(matrix);
    }
    Result<std::unique_ptr<Booster>> start(std::span<const float> y, std::span<const float> margins, const GrowOptions &options);
};

XgboostGrower::XgboostGrower(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
XgboostGrower::XgboostGrower(XgboostGrower &&) noexcept = default;
XgboostGrower::~XgboostGrower() = default;

QString XgboostGrower::version() {
    int major = 0, minor = 0, patch = 0;
    XGBoostVersion(&major, &minor, &patch);
    return QStringLiteral("%1.%2.%3").arg(major).arg(minor).arg(patch);
}

namespace {

int xgboostMajor() {
    int major = 0, minor = 0, patch = 0;
    XGBoostVersion(&major, &minor, &patch);
    return major;
}

} // namespace

Result<XgboostGrower> XgboostGrower::create(const std::vector<float> &x, std::size_t rows, std::size_t width, int threads, std::span<const float> weights) {
    auto impl = std::make_unique<Impl>();
    impl->rows = rows;
    impl->width = width;
    PH_TRY(check(XGDMatrixCreateFromMat_omp(x.data(), rows, width, std::numeric_limits<float>::quiet_NaN(), &impl->matrix, threads), "take the training rows"));
    if (!weights.empty())
        PH_TRY(check(XGDMatrixSetInfoFromInterface(impl->matrix, "weight", arrayInterface(weights, rows).constData()), "take the weights"));
    return XgboostGrower(std::move(impl));
}

Result<std::unique_ptr<Booster>> XgboostGrower::Impl::start(std::span<const float> y, std::span<const float> margins, const GrowOptions &options) {
    PH_TRY(check(XGDMatrixSetInfoFromInterface(matrix, "label", arrayInterface(y, rows).constData()), "take the target"));
    if (!margins.empty())
        PH_TRY(check(XGDMatrixSetInfoFromInterface(matrix, "base_margin", arrayInterface(margins, rows).constData()), "take the margins"));
    auto booster = std::make_unique<Booster>();
    PH_TRY(check(XGBoosterCreate(&matrix, 1, &booster->handle), "start"));
    const auto text = [](double v) { return QByteArray::number(v, 'g', 17); };
    // XGBoost's exact grower refuses its own word for "no limit", 0; no tree is deeper than it has rows.
    const std::size_t depth = options.maxDepth > 0 ? std::size_t(options.maxDepth) : std::min<std::size_t>(rows, std::numeric_limits<int>::max());
    // From 2 on its exact grower refuses columns by node; by level is what it has instead.
    const bool byLevel = options.exact && options.columnsByNode < 1 && xgboostMajor() >= 2;
    const std::pair<const char *, QByteArray> parameters[] = {
        {"booster", "gbtree"}, {"objective", objectiveName(options.objective)}, {"base_score", options.objective == TreeObjective::Numbers ? "0" : "0.5"},
        {"num_class", QByteArray::number(options.objective == TreeObjective::Softmax ? options.groups : 0)}, {"disable_default_eval_metric", "1"}, {"verbosity", "0"},
        {"eta", text(options.learningRate)}, {"gamma", text(options.gamma)}, {"alpha", text(options.alpha)}, {"lambda", text(options.lambda)},
        {"max_depth", QByteArray::number(qulonglong(depth))}, {"min_child_weight", text(options.minChildWeight)}, {"subsample", text(options.subsample)},
        {byLevel ? "colsample_bylevel" : "colsample_bynode", text(options.columnsByNode)}, {"colsample_bytree", text(options.columnsByTree)}, {"num_parallel_tree", QByteArray::number(options.trees)},
        {"tree_method", options.exact ? "exact" : "hist"}, {"max_bin", QByteArray::number(options.maxBin)},
        {"seed", QByteArray::number(options.seed)}, {"nthread", QByteArray::number(options.threads)},
    };
    for (const auto &[name, value] : parameters)
        PH_TRY(check(XGBoosterSetParam(booster->handle, name, value.constData()), "take a parameter"));
    return booster;
}

namespace {

Result<std::vector<Tree>> treesOf(BoosterHandle booster, std::size_t width, int parallel) {
    bst_ulong length = 0;
    const char *bytes = nullptr;
    PH_TRY(check(XGBoosterSaveModelToBuffer(booster, "{\"format\":\"ubj\"}", &length, &bytes), "give the trees out"));
    std::vector<Tree> trees;
    try {
        trees = treesOfUbjson(QByteArray::fromRawData(bytes, qsizetype(length)), width);
    } catch (const std::exception &e) {
        return Error{ErrorKind::Internal, QStringLiteral("The trees that XGBoost has grown cannot be read."), {}, {}, QString::fromUtf8(e.what())};
    }
    for (Tree &tree : trees)
        for (TreeNode &node : tree.nodes)
            if (!node.inner)
                node.threshold *= float(parallel); // XGBoost divides by the number of parallel trees
    return trees;
}

} // namespace

Result<std::vector<Tree>> XgboostGrower::grow(std::span<const float> y, std::span<const float> margins, const GrowOptions &options) {
    PH_ASSIGN(const std::unique_ptr<Booster> booster, m_impl->start(y, margins, options));
    PH_TRY(check(XGBoosterUpdateOneIter(booster->handle, 0, m_impl->matrix), "grow the trees"));
    return treesOf(booster->handle, m_impl->width, options.trees);
}

Result<void> XgboostGrower::growNext(std::span<const float> y, std::span<const float> margins, const GrowOptions &options) {
    const bool draws = options.subsample < 1 || options.columnsByTree < 1 || options.columnsByNode < 1; // what it draws depends on what it drew before
    if (!m_impl->going || draws) {
        PH_ASSIGN(m_impl->trees, newTrees());
        PH_ASSIGN(m_impl->going, m_impl->start(y, margins, options));
        m_impl->round = m_impl->taken = 0;
    }
    PH_TRY(check(XGBoosterUpdateOneIter(m_impl->going->handle, m_impl->round, m_impl->matrix), "grow the trees"));
    ++m_impl->round;
    return {};
}

Result<void> XgboostGrower::margins(std::span<float> margins) const {
    bst_ulong count = 0;
    const float *values = nullptr;
    PH_TRY(check(XGBoosterPredict(m_impl->going->handle, m_impl->matrix, 1, 0, 0, &count, &values), "give the margins out")); // 1: before the link; kept, not asked anew
    if (count != margins.size())
        return Error{ErrorKind::Internal, QStringLiteral("XGBoost gives %1 margins; %2 were expected.").arg(count).arg(margins.size()), {}, {}, {}};
    std::copy(values, values + count, margins.begin());
    return {};
}

Result<std::vector<Tree>> XgboostGrower::newTrees() {
    std::vector<Tree> trees = std::exchange(m_impl->trees, {});
    if (m_impl->taken < m_impl->round) {
        Booster part;
        if (m_impl->taken > 0)
            PH_TRY(check(XGBoosterSlice(m_impl->going->handle, m_impl->taken, m_impl->round, 1, &part.handle), "give the newest trees out"));
        PH_ASSIGN(std::vector<Tree> grown, treesOf(m_impl->taken > 0 ? part.handle : m_impl->going->handle, m_impl->width, 1));
        std::move(grown.begin(), grown.end(), std::back_inserter(trees));
        m_impl->taken = m_impl->round;
    }
    return trees;
}

} // namespace pilothouse::learn
