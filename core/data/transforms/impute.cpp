// SPDX-License-Identifier: GPL-3.0-or-later
// impute: a missing value becomes the mean, the median or the most frequent value of the training rows (ties: the smallest), or a
// constant, as scikit-learn's SimpleImputer. mean and median fill a category by its most frequent value (ties: the first by bytes).
// time: a number becomes what the straight line between the rows before and behind it in time says, if at most `limit` steps in a row miss
// it (without `limit`: any number), as pandas' interpolate(method="time", limit_area="inside"); what then is left, and a row that comes alone as a
// service gets it, becomes the median. Training rows are filled by training rows of the same part alone; other rows by all rows of their file.
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
    Impute(QString strategy, std::optional<QVariant> constant, std::int64_t limit) : m_strategy(std::move(strategy)), m_constant(std::move(constant)), m_limit(limit) {}
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
    std::optional<Filling> filling() const override { return Filling{overTime(), m_limit}; }
    Result<void> fit(ColumnFit &column, const TrainingTarget &target) const override {
        if (!std::isnan(column.map().fill)) // nothing is missing any more
            return {};
        if (m_constant)
            return fillConstant(column);
        if (overTime() && !column.isCategory()) {
            if (!target.line || target.line->rows() != column.rows())
                return invalid(QStringLiteral("impute: time needs to know when each row was."), {}, QStringLiteral("Add `time:`, for example time: {column: datetime, step: 1h}."));
            column.fillOverTime(*target.line, m_limit);
        }
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
    bool overTime() const { return m_strategy == QLatin1String("time"); }
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
    std::int64_t m_limit;
};

Result<TransformPtr> makeImpute(const workspace::TransformSpec &spec) {
    TransformSettings settings(spec);
    const bool constant = spec.argument == QLatin1String("constant");
    const std::optional<QVariant> value = settings.value("value");
    const qint64 limit = settings.integer("limit", 0, 1, 1'000'000);
    PH_TRY(settings.check());
    if (limit > 0 && spec.argument != QLatin1String("time"))
        return invalid(QStringLiteral("impute: “limit” belongs to strategy: time."), QStringLiteral("limit"), QStringLiteral("Write impute: {strategy: time, limit: %1}.").arg(limit));
    if (constant != value.has_value())
        return invalid(constant ? QStringLiteral("impute: the constant is missing.") : QStringLiteral("impute: “value” belongs to strategy: constant."), QStringLiteral("value"),
                       QStringLiteral("Write impute: {strategy: constant, value: 0}."));
    return TransformPtr(std::make_shared<const Impute>(spec.argument, value, limit));
}

} // namespace

PILOTHOUSE_TRANSFORM(impute, "strategy median mean most_frequent constant time", makeImpute)

} // namespace pilothouse::data
