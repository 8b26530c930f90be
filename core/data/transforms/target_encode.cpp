// SPDX-License-Identifier: GPL-3.0-or-later
// target_encode: a category becomes the mean of the target over its training rows, drawn towards the mean of all (with more than two
// classes one column a class), as scikit-learn's TargetEncoder: Micci-Barreca 2001, with smooth="auto" the empirical Bayes weight
// λ = n σ² / (n σ² + s²) of n rows with variance s² in the category and σ² in all. Without leakage: the training rows are coded by what
// the other folds say (cross-fitting), new rows by all of them. A missing value is a category of its own; an unknown one gets the mean.
#include "core/data/folds.h"
#include "core/data/transform.h"
#include "core/data/transform_settings.h"

#include <cmath>
#include <numeric>

namespace pilothouse::data {

namespace {

struct Settings {
    int folds = 5;
    std::optional<std::uint64_t> seed = 7; ///< none: folds in the order of the rows
    std::optional<double> smooth;          ///< none: auto
};

/// What the rows say of each code (categories, then missing): its encoding; the last entry is the mean of all.
std::vector<double> encode(const std::vector<std::size_t> &codes, const std::vector<double> &y, const std::vector<std::size_t> &rows, std::size_t count, std::optional<double> smooth) {
    long double sum = 0, squares = 0;
    for (const std::size_t row : rows)
        sum += y[row];
    const double mean = double(sum / static_cast<long double>(rows.size()));
    for (const std::size_t row : rows)
        squares += (y[row] - mean) * (y[row] - mean);
    const double variance = double(squares / static_cast<long double>(rows.size()));
    std::vector<double> sums(count, 0), counts(count, 0), spread(count, 0), encoding(count + 1, mean);
    for (const std::size_t row : rows) {
        sums[codes[row]] += y[row];
        counts[codes[row]] += 1;
    }
    for (const std::size_t row : rows) {
        const double off = y[row] - sums[codes[row]] / counts[codes[row]];
        spread[codes[row]] += off * off;
    }
    for (std::size_t c = 0; c < count; ++c) {
        if (counts[c] == 0)
            continue;
        if (smooth) {
            encoding[c] = (sums[c] + *smooth * mean) / (counts[c] + *smooth);
            continue;
        }
        const double lambda = variance * counts[c] / (variance * counts[c] + spread[c] / counts[c]);
        encoding[c] = std::isnan(lambda) ? mean : lambda * (sums[c] / counts[c]) + (1 - lambda) * mean;
    }
    return encoding;
}

class TargetEncode final : public Transform {
public:
    explicit TargetEncode(Settings settings) : m_settings(settings) {}
    bool accepts(const ColumnFit &column) const override { return column.isCategory(); }
    QString subject() const override { return QStringLiteral("categories"); }
    bool codesCategories() const override { return true; }
    void prepare(Input &input) const override { input.optional |= input.type == ColumnType::Category; }
    Result<void> fit(ColumnFit &column, const TrainingTarget &target) const override;

private:
    Result<std::vector<Fold>> folds(const TrainingTarget &target, std::size_t rows) const;
    Settings m_settings;
};

Result<std::vector<Fold>> TargetEncode::folds(const TrainingTarget &target, std::size_t rows) const {
    if (target.classes.empty())
        return kFold(rows, m_settings.folds, m_settings.seed);
    return stratifiedKFold({target.values.begin(), target.values.end()}, m_settings.folds, m_settings.seed);
}

Result<void> TargetEncode::fit(ColumnFit &column, const TrainingTarget &target) const {
    if (target.outputs != 1 || target.values.size() != column.rows())
        return invalid(QStringLiteral("target_encode needs one true value for each training row."), {}, QStringLiteral("Use one_hot."));
    PH_ASSIGN(const std::vector<Fold> folds, folds(target, column.rows()));
    const std::size_t categories = column.map().categories.size(), count = categories + 1, classes = target.classes.size(), columns = classes > 2 ? classes : 1;
    std::vector<std::size_t> codes(column.rows()), all(column.rows());
    std::iota(all.begin(), all.end(), std::size_t(0));
    bool missing = false;
    for (const std::size_t row : all) {
        const double value = column.values()[row];
        codes[row] = value >= 0 ? std::size_t(value) : categories; // unknown to this part, or missing
        missing |= !(value >= 0);
    }
    CategoryTable table;
    table.lines.assign(categories, std::vector<double>(columns));
    table.unknown.resize(columns);
    table.missing.resize(columns);
    std::vector<double> coded(column.rows() * columns);
    for (std::size_t c = 0; c < columns; ++c) {
        table.names.push_back(columns == 1 ? column.input().name : column.input().name + QLatin1Char('_') + QString::fromStdString(target.classes[c]));
        std::vector<double> y = target.values;
        if (columns > 1)
            for (double &v : y)
                v = v == double(c) ? 1 : 0;
        const std::vector<double> encoding = encode(codes, y, all, count, m_settings.smooth);
        for (std::size_t i = 0; i < categories; ++i)
            table.lines[i][c] = encoding[i];
        table.missing[c] = missing ? encoding[categories] : encoding[count];
        table.unknown[c] = encoding[count];
        for (const Fold &fold : folds) {
            const std::vector<double> others = encode(codes, y, fold.train, count, m_settings.smooth);
            for (const std::size_t row : fold.validation)
                coded[row * columns + c] = others[codes[row]];
        }
    }
    column.codeCrossFitted(std::move(table), std::move(coded));
    return {};
}

Result<TransformPtr> makeTargetEncode(const workspace::TransformSpec &spec) {
    TransformSettings settings(spec);
    Settings read;
    read.folds = int(settings.integer("folds", read.folds, 2, 100));
    const QString order = settings.word("shuffle", QStringLiteral("true"), {QStringLiteral("true"), QStringLiteral("false")});
    const auto seed = std::uint64_t(settings.integer("seed", 7, 0, 1LL << 53));
    read.seed = order == QLatin1String("true") ? std::optional(seed) : std::nullopt;
    if (spec.settings.value(QStringLiteral("smooth")).toString() == QLatin1String("auto"))
        (void)settings.word("smooth", QStringLiteral("auto"), {QStringLiteral("auto")});
    else if (const double smooth = settings.number("smooth", -1, 0, 1e12); smooth >= 0)
        read.smooth = smooth;
    PH_TRY(settings.check());
    return TransformPtr(std::make_shared<const TargetEncode>(read));
}

} // namespace

PILOTHOUSE_TRANSFORM(target_encode, "", makeTargetEncode)

} // namespace pilothouse::data
