// SPDX-License-Identifier: GPL-3.0-or-later
// impute: a missing value becomes the mean, the median or the most frequent value of the training rows (ties: the smallest), or a
// constant, as scikit-learn's SimpleImputer. mean and median fill a category by its most frequent value (ties: the first by bytes).
#include "core/data/order_statistics.h"
#include "core/data/transform.h"
#include "core/data/transform_settings.h"

#include <algorithm>
#include <cmath>

namespace pilothouse::data {

namespace {

double meanOf(const std::vector<double> &values) {
    long double sum = 0; // 64-bit mantissa: the error of n additions stays below a double's last digit
    for (const double v : values)
        sum += v;
    return double(sum / static_cast<long double>(values.size()));
}

/// Of several equally frequent ones the smallest.
double mostFrequentOf(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    double best = values.front();
    std::size_t bestCount = 0;
    for (std::size_t i = 0; i < values.size();) {
        std::size_t j = i;
        while (j < values.size() && values[j] == values[i])
            ++j;
        if (j - i > bestCount) {
            bestCount = j - i;
            best = values[i];
        }
        i = j;
    }
    return best;
}

class Impute final : public Transform {
public:
    Impute(QString strategy, std::optional<QVariant> constant) : m_strategy(std::move(strategy)), m_constant(std::move(constant)) {}
    bool accepts(const ColumnFit &column) const override { return column.input().type == ColumnType::Number || column.isCategory(); }
    QString subject() const override { return QStringLiteral("numbers and categories that are not coded yet"); }
    void prepare(Input &input) const override {
        input.optional = true;
        if (!m_constant || input.type != ColumnType::Category)
            return;
        const std::string text = m_constant->toString().toStdString();
        const auto at = std::lower_bound(input.categories.begin(), input.categories.end(), text);
        if (at == input.categories.end() || *at != text)
            input.categories.insert(at, text);
    }
    Result<void> fit(ColumnFit &column, const TrainingTarget &) const override {
        if (!std::isnan(column.map().fill)) // nothing is missing any more
            return {};
        if (m_constant)
            return fillConstant(column);
        std::vector<double> values = column.present();
        values.erase(std::remove_if(values.begin(), values.end(), [&](double v) { return column.isCategory() && v < 0; }), values.end());
        if (values.empty())
            return invalid(QStringLiteral("The input “%1” has no value in the training rows, so nothing can be imputed.").arg(column.input().name), {},
                           QStringLiteral("Exclude it: features: {exclude: [%1]}.").arg(column.input().name));
        if (column.isCategory() || m_strategy == QLatin1String("most_frequent"))
            column.fill(mostFrequentOf(std::move(values)));
        else
            column.fill(m_strategy == QLatin1String("mean") ? meanOf(values) : quantileOf(std::move(values), 0.5));
        return {};
    }

private:
    Result<void> fillConstant(ColumnFit &column) const {
        if (column.isCategory()) {
            const std::vector<std::string> &categories = column.map().categories;
            const std::string text = m_constant->toString().toStdString();
            const auto at = std::lower_bound(categories.begin(), categories.end(), text);
            if (at == categories.end() || *at != text)
                return invalid(QStringLiteral("The category “%1”, which impute fills in, is none of “%2”.").arg(m_constant->toString(), column.input().name));
            column.fill(double(at - categories.begin()));
            return {};
        }
        bool number = false;
        const double value = m_constant->toDouble(&number);
        if (!number || !std::isfinite(value))
            return invalid(QStringLiteral("The input “%1” holds numbers; impute cannot fill in “%2”.").arg(column.input().name, m_constant->toString()), {},
                           QStringLiteral("Give a number, or name the categories by columns: […]."));
        column.fill(value);
        return {};
    }
    QString m_strategy;
    std::optional<QVariant> m_constant;
};

Result<TransformPtr> makeImpute(const workspace::TransformSpec &spec) {
    TransformSettings settings(spec);
    const bool constant = spec.argument == QLatin1String("constant");
    const std::optional<QVariant> value = settings.value("value");
    PH_TRY(settings.check());
    if (constant != value.has_value())
        return invalid(constant ? QStringLiteral("impute: the constant is missing.") : QStringLiteral("impute: “value” belongs to strategy: constant."), QStringLiteral("value"),
                       QStringLiteral("Write impute: {strategy: constant, value: 0}."));
    return TransformPtr(std::make_shared<const Impute>(spec.argument, value));
}

} // namespace

PILOTHOUSE_TRANSFORM(impute, "strategy median mean most_frequent constant", makeImpute)

} // namespace pilothouse::data
