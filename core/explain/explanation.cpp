// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/explain/explanation.h"

#include "core/data/csv_field.h"

#include <algorithm>
#include <cmath>

namespace pilothouse::explain {

using data::csvField;
using data::csvNumber;

namespace {

QString shown(double value, bool sign) {
    QString text = QString::number(std::abs(value), 'g', 3);
    return (value < 0 ? QString(QChar(0x2212)) : sign ? QStringLiteral("+") : QString()) + text;
}

QByteArray dependenceCsv(const Explanation &e) {
    QByteArray out = csvField(e.column) + ",average";
    for (std::size_t i = 0; i < e.dependence.individual.size(); ++i)
        out += ",row_" + QByteArray::number(qulonglong(i));
    out += '\n';
    for (std::size_t g = 0; g < e.dependence.grid.size(); ++g) {
        out += (e.dependence.names.empty() ? csvNumber(e.dependence.grid[g]) : csvField(e.dependence.names[g])) + ',' + csvNumber(e.dependence.average[g]);
        for (const std::vector<double> &row : e.dependence.individual)
            out += ',' + csvNumber(row[g]);
        out += '\n';
    }
    return out;
}

QString rowSentence(const Explanation &e) {
    QStringList up, down;
    for (const FeatureLine &f : e.features)
        if (f.weight != 0 && (f.weight > 0 ? up : down).size() < 3)
            (f.weight > 0 ? up : down) << QStringLiteral("%1 (%2)").arg(f.feature, shown(f.weight, true));
    const QString what = e.scale == QLatin1String("prediction") ? QStringLiteral("the prediction") : QStringLiteral("the ") + e.scale;
    QStringList parts;
    if (!up.isEmpty())
        parts << QStringLiteral("%1 is raised by %2").arg(what, up.join(QStringLiteral(", ")));
    if (!down.isEmpty())
        parts << QStringLiteral("%1 is lowered by %2").arg(up.isEmpty() ? what : QStringLiteral("it"), down.join(QStringLiteral(", ")));
    if (parts.isEmpty())
        parts << QStringLiteral("no feature moves %1").arg(what);
    QString text = parts.join(QStringLiteral("; ")) + QLatin1Char('.');
    text[0] = text[0].toUpper();
    return text;
}

} // namespace

void sortByWeight(std::vector<FeatureLine> &features) {
    std::stable_sort(features.begin(), features.end(), [](const FeatureLine &a, const FeatureLine &b) { return std::abs(a.weight) > std::abs(b.weight); });
}

QString Explanation::methodTitle() const {
    if (method == QLatin1String("tree-shap"))
        return QStringLiteral("SHAP values of the trees");
    if (method == QLatin1String("linear-shap"))
        return QStringLiteral("SHAP values of the linear model");
    if (method == QLatin1String("kernel-shap"))
        return QStringLiteral("Kernel SHAP values");
    if (method == QLatin1String("integrated-gradients"))
        return QStringLiteral("Integrated gradients");
    if (method == QLatin1String("lime"))
        return QStringLiteral("LIME");
    return method == QLatin1String("permutation") ? QStringLiteral("Permutation importance") : QStringLiteral("Partial dependence");
}

QString Explanation::sentence() const {
    if (view == View::Row)
        return rowSentence(*this);
    if (view == View::Dependence) {
        if (dependence.average.empty())
            return QStringLiteral("There is nothing to vary %1 over.").arg(column);
        const auto [low, high] = std::minmax_element(dependence.average.begin(), dependence.average.end());
        const auto at = [&](auto it) {
            const auto g = std::size_t(it - dependence.average.begin());
            return dependence.names.empty() ? shown(dependence.grid[g], false) : dependence.names[g];
        };
        return QStringLiteral("On average the %1 goes from %2 (%3 = %4) to %5 (%3 = %6).").arg(scale, shown(*low, false), column, at(low), shown(*high, false), at(high));
    }
    QStringList strongest;
    for (const FeatureLine &f : features)
        if (strongest.size() < 3)
            strongest << QStringLiteral("%1 (%2)").arg(f.feature, shown(f.weight, false));
    return QStringLiteral("Strongest over %1 rows: %2.").arg(rows).arg(strongest.join(QStringLiteral(", ")));
}

QByteArray Explanation::toCsv() const {
    if (view == View::Dependence)
        return dependenceCsv(*this);
    QByteArray out = view == View::DataSet ? QByteArray("feature,mean,std,low,high\n") : method == QLatin1String("lime") ? QByteArray("feature,value,condition,contribution\n") : QByteArray("feature,value,contribution\n");
    for (const FeatureLine &f : features) {
        out += csvField(f.feature);
        if (view == View::DataSet) {
            out += ',' + csvNumber(f.weight) + ',' + csvNumber(f.std) + ',' + csvNumber(f.low) + ',' + csvNumber(f.high);
        } else {
            out += ',' + csvField(f.value);
            if (method == QLatin1String("lime"))
                out += ',' + csvField(f.condition);
            out += ',' + csvNumber(f.weight);
        }
        out += '\n';
    }
    return out;
}

QStringList definitions(const Explanation &e) {
    QStringList lines;
    if (e.method.endsWith(QLatin1String("-shap"))) {
        lines << QStringLiteral("A SHAP value is the share of a feature in the difference between this prediction and the usual one (base): base and all values sum to the prediction on the scale shown.")
              << (e.method == QLatin1String("tree-shap")     ? QStringLiteral("Computed from the trees and how many training rows went through each node (Lundberg, Erion, Lee 2018), as XGBoost's pred_contribs.")
                  : e.method == QLatin1String("linear-shap") ? QStringLiteral("Coefficient times the distance to the background's mean; exact where inputs are independent.")
                                                             : QStringLiteral("Asked of the model with features exchanged for those of %1 background rows (Lundberg, Lee 2017); exact up to 11 features, sampled above.").arg(e.background));
        if (e.view == View::DataSet)
            lines << QStringLiteral("The bar is the mean of the absolute SHAP values; the interval holds the mean with 95 % confidence.");
    } else if (e.method == QLatin1String("integrated-gradients")) {
        lines << QStringLiteral("The gradient of the prediction, summed along the straight line from the mean of %1 background rows (base) to this row (Sundararajan, Taly, Yan 2017): base and all values sum to the prediction.").arg(e.background);
        if (e.view == View::DataSet)
            lines << QStringLiteral("The bar is the mean of the absolute values; the interval holds the mean with 95 % confidence.");
    } else if (e.method == QLatin1String("lime")) {
        lines << QStringLiteral("A linear model fitted to %1 of the model's answers near this row (Ribeiro, Singh, Guestrin 2016): what it adds when the feature is in the range shown.").arg(e.rows)
              << QStringLiteral("It fits with R² %1; a low one says that no straight line describes the model here.").arg(e.r2, 0, 'g', 3);
    } else if (e.method == QLatin1String("permutation")) {
        lines << QStringLiteral("How much worse %1 gets when the feature's values are dealt to other rows (Breiman 2001); mean and standard deviation of %2 repeats, the interval is from the smallest to the largest.").arg(e.metric).arg(e.repeats)
              << QStringLiteral("Features that say the same can replace each other: both look unimportant then.");
    } else {
        lines << QStringLiteral("Thin: the prediction of one row as only this input changes (ICE); thick: the average (partial dependence, Friedman 2001). Marks on the axis: what the rows have, and its deciles.")
              << QStringLiteral("Rows that cannot occur are asked for as well where inputs depend on each other.");
    }
    lines << QStringLiteral("An explanation says what the model does, not what causes what in the world.");
    return lines;
}

} // namespace pilothouse::explain
