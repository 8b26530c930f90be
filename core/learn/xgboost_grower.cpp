// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/xgboost_grower.h"

#include <xgboost/c_api.h>

#include <cmath>
#include <limits>

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

} // namespace

struct XgboostGrower::Impl {
    DMatrixHandle matrix = nullptr;
    std::size_t rows = 0;
    ~Impl() { XGDMatrixFree(matrix); }
};

XgboostGrower::XgboostGrower(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
XgboostGrower::XgboostGrower(XgboostGrower &&) noexcept = default;
XgboostGrower::~XgboostGrower() = default;

QString XgboostGrower::version() {
    int major = 0, minor = 0, patch = 0;
    XGBoostVersion(&major, &minor, &patch);
    return QStringLiteral("%1.%2.%3").arg(major).arg(minor).arg(patch);
}

Result<XgboostGrower> XgboostGrower::create(const std::vector<float> &x, std::size_t rows, std::size_t width, int threads) {
    auto impl = std::make_unique<Impl>();
    impl->rows = rows;
    PH_TRY(check(XGDMatrixCreateFromMat_omp(x.data(), rows, width, std::numeric_limits<float>::quiet_NaN(), &impl->matrix, threads), "take the training rows"));
    return XgboostGrower(std::move(impl));
}

Result<std::vector<Tree>> XgboostGrower::grow(const std::vector<float> &y, const GrowOptions &options) {
    PH_TRY(check(XGDMatrixSetFloatInfo(m_impl->matrix, "label", y.data(), y.size()), "take the target"));
    Booster booster;
    PH_TRY(check(XGBoosterCreate(&m_impl->matrix, 1, &booster.handle), "start"));
    const std::pair<const char *, QByteArray> parameters[] = {
        {"booster", "gbtree"}, {"objective", "reg:squarederror"}, {"base_score", "0"}, {"eta", "1"}, {"gamma", "0"}, {"alpha", "0"}, {"verbosity", "0"},
        {"lambda", QByteArray::number(options.lambda)}, {"max_depth", QByteArray::number(options.maxDepth)},
        {"min_child_weight", QByteArray::number(options.minChildWeight)}, {"subsample", QByteArray::number(options.subsample)},
        {"colsample_bynode", QByteArray::number(options.columnsByNode)}, {"num_parallel_tree", QByteArray::number(options.trees)},
        {"tree_method", options.exact ? "exact" : "hist"}, {"max_bin", QByteArray::number(options.maxBin)},
        {"seed", QByteArray::number(options.seed)}, {"nthread", QByteArray::number(options.threads)},
    };
    for (const auto &[name, value] : parameters)
        PH_TRY(check(XGBoosterSetParam(booster.handle, name, value.constData()), "take a parameter"));
    PH_TRY(check(XGBoosterUpdateOneIter(booster.handle, 0, m_impl->matrix), "grow the trees"));
    bst_ulong length = 0;
    const char *bytes = nullptr;
    PH_TRY(check(XGBoosterSaveModelToBuffer(booster.handle, "{\"format\":\"json\"}", &length, &bytes), "give the trees out"));
    PH_ASSIGN(const TreeEnsemble grown, readXgboostJson(QByteArray::fromRawData(bytes, qsizetype(length)), QStringLiteral("XGBoost's own model")));
    std::vector<Tree> trees = grown.trees();
    for (Tree &tree : trees)
        for (TreeNode &node : tree.nodes)
            if (!node.inner)
                node.threshold *= float(options.trees); // XGBoost divides by the number of parallel trees
    return trees;
}

} // namespace pilothouse::learn
