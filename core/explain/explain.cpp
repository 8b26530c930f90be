// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/explain/explain.h"

#include "core/explain/kernel_shap.h"
#include "core/explain/lime.h"
#include "core/explain/permutation_importance.h"
#include "core/workspace/yaml_tree.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <numeric>

namespace pilothouse::explain {

namespace {

const std::array<const char *, 9> names{"auto", "shap", "tree-shap", "linear-shap", "kernel-shap", "integrated-gradients", "lime", "permutation", "partial-dependence"};

QString numberText(double value) {
    char text[32];
    return QString::fromLatin1(text, std::to_chars(text, text + sizeof text, value).ptr - text);
}

/// What a coded row says of a feature; of several inputs how many they are.
QString featureText(const artifact::Signature &signature, const Feature &feature, std::span<const double> row) {
    if (feature.inputs.size() > 1)
        return QStringLiteral("%1 values").arg(feature.inputs.size());
    return valueText(signature.inputs[feature.inputs.front()], row[feature.inputs.front()]);
}

Explanation begun(const Subject &subject, const Target &target, const Options &options) {
    Explanation e;
    e.model = subject.model;
    e.output = target.name;
    e.scale = target.scale();
    e.seed = options.seed;
    if (options.method == Method::IntegratedGradients && !subject.gradients)
        e.notes << QStringLiteral("%1 Kernel SHAP was used in place of integrated gradients.").arg(subject.withoutGradients);
    return e;
}

QString unitOf(const Subject &subject, const Explanation &e) { return e.scale == QLatin1String("prediction") ? subject.scorer->signature().unit : QString(); }

/// What the SHAP values are made by: the model itself (nullptr: by asking it, also for a network whose gradients say nothing). Invalid if a
/// certain way is asked for that it has not.
Result<const OwnShap *> shapSource(const Subject &subject, Method method) {
    if (method == Method::KernelShap)
        return static_cast<const OwnShap *>(nullptr);
    if (method == Method::IntegratedGradients) {
        if (!subject.gradients && subject.withoutGradients.isEmpty())
            return invalid(QStringLiteral("This model has no gradients: only networks (mlp, lstm, gru, an imported TorchScript) do."), {}, QStringLiteral("Use --method shap, which takes what the model has."));
        return subject.gradients.get();
    }
    if (method == Method::Shap || method == Method::Auto || (subject.own && subject.own->method() == QLatin1String(names[std::size_t(method)])))
        return subject.own.get();
    return invalid(QStringLiteral("This model has no %1 values.").arg(QLatin1String(names[std::size_t(method)])), {},
                   QStringLiteral("Use --method shap, which takes what the model has."));
}

struct Shap {
    QString method, scale;
    std::size_t background = 0;
    std::vector<Attribution> rows;
};

Result<Shap> shapOf(const Subject &subject, const OwnShap *own, const artifact::Rows &rows, const Target &target, const std::vector<Feature> &features, const Options &options, const Run &run) {
    Shap shap;
    if (own) {
        shap.method = own->method();
        shap.scale = own->scale(target);
        shap.background = shap.method != QLatin1String("tree-shap") ? subject.background.count : 0;
        PH_ASSIGN(shap.rows, own->attribute(rows, target, features, run));
        return shap;
    }
    const artifact::Rows background = drawRows(subject.background, options.background, options.seed);
    shap.method = QStringLiteral("kernel-shap");
    shap.scale = target.scale();
    shap.background = background.count;
    PH_ASSIGN(shap.rows, kernelShap(*subject.scorer, target, features, background, rows, {options.coalitions, options.seed}, run));
    return shap;
}

Result<Explanation> rowByLime(const Subject &subject, const artifact::Rows &row, const Target &target, const std::vector<Feature> &features, const Options &options, const Run &run) {
    Explanation e = begun(subject, target, options);
    LimeOptions wanted;
    wanted.samples = options.samples;
    wanted.seed = options.seed;
    PH_ASSIGN(const Lime fit, lime(*subject.scorer, target, features, subject.background, row.row(0), wanted, run));
    e.method = QStringLiteral("lime");
    e.base = fit.intercept;
    e.explained = fit.explained;
    e.sum = fit.local;
    e.r2 = fit.r2;
    e.rows = options.samples;
    e.background = subject.background.count;
    for (std::size_t f = 0; f < features.size(); ++f)
        e.features.push_back({features[f].name, featureText(subject.scorer->signature(), features[f], row.row(0)), fit.conditions[f], fit.weights[f], 0, 0, 0});
    return e;
}

Result<Explanation> rowByShap(const Subject &subject, const artifact::Rows &row, const Target &target, const std::vector<Feature> &features, const Options &options, const Run &run) {
    PH_ASSIGN(const OwnShap *const own, shapSource(subject, options.method));
    PH_ASSIGN(const Shap shap, shapOf(subject, own, row, target, features, options, run));
    Explanation e = begun(subject, target, options);
    const Attribution &a = shap.rows.front();
    e.method = shap.method;
    e.scale = shap.scale;
    e.base = e.sum = a.base;
    e.explained = a.explained;
    e.rows = 1;
    e.background = shap.background;
    for (std::size_t f = 0; f < features.size(); ++f) {
        e.sum += a.values[f];
        e.features.push_back({features[f].name, featureText(subject.scorer->signature(), features[f], row.row(0)), {}, a.values[f], 0, 0, 0});
    }
    return e;
}

QString drawnNote(std::size_t of, std::size_t count) {
    return QStringLiteral("%1 of %2 rows were drawn; a larger sample takes more.").arg(count).arg(of);
}

/// The rows that are explained; says when not all are.
artifact::Rows sampled(const artifact::Rows &rows, std::size_t asked, std::size_t otherwise, quint64 seed, QStringList &notes) {
    const std::size_t count = asked ? asked : otherwise;
    if (count < rows.count)
        notes << drawnNote(rows.count, count);
    return drawRows(rows, count, seed);
}

Result<Explanation> byPermutation(const Subject &subject, const artifact::LabelledRows &truth, const Target &target, const std::vector<Feature> &features, const Options &options, const Run &run) {
    Explanation e = begun(subject, target, options);
    const std::size_t count = options.sample ? options.sample : 5000;
    if (count < truth.inputs.count)
        e.notes << drawnNote(truth.inputs.count, count);
    const artifact::LabelledRows rows = truth.take(drawNumbers(truth.inputs.count, count, options.seed));
    PH_ASSIGN(const PermutationImportance importance, permutationImportance(*subject.scorer, rows, features, {options.metric, options.repeats, options.seed}, run));
    e.method = QStringLiteral("permutation");
    e.output = QString(); // the metric looks at all of them
    e.metric = importance.metric;
    e.scale = importance.metric;
    e.baseline = importance.baseline;
    e.repeats = options.repeats;
    e.rows = rows.inputs.count;
    for (std::size_t f = 0; f < features.size(); ++f) {
        const auto [low, high] = std::minmax_element(importance.differences[f].begin(), importance.differences[f].end());
        e.features.push_back({features[f].name, {}, {}, importance.mean[f], importance.std[f], *low, *high});
    }
    return e;
}

Result<Explanation> byMeanShap(const Subject &subject, const OwnShap *own, const artifact::Rows &all, const Target &target, const std::vector<Feature> &features, const Options &options, const Run &run) {
    Explanation e = begun(subject, target, options);
    const artifact::Rows rows = sampled(all, options.sample, own && own != subject.gradients.get() ? 1000 : 100, options.seed, e.notes);
    PH_ASSIGN(const Shap shap, shapOf(subject, own, rows, target, features, options, run));
    e.method = shap.method;
    e.scale = shap.scale;
    e.rows = rows.count;
    e.background = shap.background;
    const std::vector<Importance> importance = meanAbsolute(shap.rows);
    for (std::size_t f = 0; f < features.size(); ++f)
        e.features.push_back({features[f].name, {}, {}, importance[f].mean, importance[f].std, importance[f].low, importance[f].high});
    return e;
}

Result<Explanation> byDependence(const Subject &subject, const artifact::Rows &all, const Target &target, const Options &options, const Run &run) {
    const std::vector<data::Input> &inputs = subject.scorer->signature().inputs;
    QStringList columns;
    for (const data::Input &input : inputs)
        columns << input.name;
    const qsizetype input = columns.indexOf(options.column);
    if (input < 0) {
        const QString nearest = workspace::nearestName(options.column, columns);
        const QString hint = nearest.isEmpty() ? QStringLiteral("It has: %1.").arg(columns.join(QStringLiteral(", "))) : QStringLiteral("Did you mean “%1”?").arg(nearest);
        return options.column.isEmpty() ? invalid(QStringLiteral("Partial dependence needs the column to vary."), {}, QStringLiteral("Name one with --column: %1.").arg(columns.join(QStringLiteral(", "))))
                                        : invalid(QStringLiteral("The model has no input “%1”.").arg(options.column), {}, hint);
    }
    Explanation e = begun(subject, target, options);
    const artifact::Rows rows = sampled(all, options.sample, 200, options.seed, e.notes);
    e.method = QStringLiteral("partial-dependence");
    e.view = View::Dependence;
    e.column = options.column;
    e.rows = rows.count;
    PartialDependenceOptions wanted;
    wanted.resolution = options.grid;
    PH_ASSIGN(e.dependence, partialDependence(*subject.scorer, target, std::size_t(input), rows, wanted, run));
    e.unit = unitOf(subject, e);
    return e;
}

} // namespace

QStringList methodNames() {
    QStringList out;
    for (const char *name : names)
        out << QLatin1String(name);
    return out;
}

QString methodName(Method method) { return QLatin1String(names[std::size_t(method)]); }

std::vector<Method> methodsFor(View view, const QString &modelType, bool endpoint) {
    if (view == View::Dependence)
        return {Method::PartialDependence};
    std::vector<Method> methods{Method::Auto};
    if (!endpoint && modelType == QLatin1String("trees"))
        methods.push_back(Method::TreeShap);
    if (!endpoint && modelType == QLatin1String("linear"))
        methods.push_back(Method::LinearShap);
    if (!endpoint && modelType == QLatin1String("torch"))
        methods.push_back(Method::IntegratedGradients);
    methods.push_back(Method::KernelShap);
    methods.push_back(view == View::Row ? Method::Lime : Method::Permutation);
    return methods;
}

Result<Method> methodOf(const QString &name) {
    const qsizetype found = methodNames().indexOf(name);
    if (found >= 0)
        return Method(found);
    const QString nearest = workspace::nearestName(name, methodNames());
    return invalid(QStringLiteral("There is no method “%1”.").arg(name), {},
                   nearest.isEmpty() ? QStringLiteral("There are: %1.").arg(methodNames().join(QStringLiteral(", "))) : QStringLiteral("Did you mean “%1”?").arg(nearest));
}

QString valueText(const data::Input &input, double value) {
    if (std::isnan(value))
        return {};
    if (input.type != data::ColumnType::Category)
        return numberText(value);
    return value >= 0 && value < double(input.categories.size()) ? QString::fromStdString(input.categories[std::size_t(value)]) : QStringLiteral("(not seen in training)");
}

Result<Explanation> explainRow(const Subject &subject, const artifact::Rows &row, const Options &options, const Run &run) {
    const artifact::Signature &signature = subject.scorer->signature();
    if (options.method == Method::Permutation || options.method == Method::PartialDependence)
        return invalid(QStringLiteral("%1 explains a data set, not one row.").arg(options.method == Method::Permutation ? QStringLiteral("Permutation importance") : QStringLiteral("Partial dependence")), {},
                       QStringLiteral("Leave out --row, or use --method shap or lime."));
    if (row.count != 1)
        return invalid(QStringLiteral("One row is explained at a time; %1 were given.").arg(row.count));
    PH_ASSIGN(const std::vector<Feature> features, featuresOf(signature, options.grouping));
    PH_ASSIGN(const artifact::Predictions predictions, subject.scorer->score(row)); // says what is missing in the row
    PH_ASSIGN(const Target target, targetOf(*subject.scorer, options.output, row));
    PH_ASSIGN(Explanation e, options.method == Method::Lime ? rowByLime(subject, row, target, features, options, run) : rowByShap(subject, row, target, features, options, run));
    const double value = predictions.values[target.probability ? 0 : target.index];
    e.prediction = target.probability ? QString::fromStdString(signature.classes[std::size_t(value)]) : numberText(value);
    e.unit = unitOf(subject, e);
    sortByWeight(e.features);
    return e;
}

Result<Explanation> explainDataSet(const Subject &subject, const artifact::Rows &rows, const artifact::LabelledRows &truth, const Options &options, const Run &run) {
    if (options.method == Method::Lime)
        return invalid(QStringLiteral("LIME explains one row, not a data set."), {}, QStringLiteral("Add --row N, or use --method shap or permutation."));
    Method method = options.method;
    if (method == Method::Auto)
        method = !options.column.isEmpty() ? Method::PartialDependence : subject.own ? Method::Shap : truth.inputs.count >= 2 ? Method::Permutation : Method::Shap;
    if (method != Method::PartialDependence && !options.column.isEmpty())
        return invalid(QStringLiteral("--column is for partial dependence."), {}, QStringLiteral("Leave it out, or use --method partial-dependence."));
    if (rows.count == 0)
        return invalid(QStringLiteral("There is no row to explain."));
    PH_ASSIGN(const std::vector<Feature> features, featuresOf(subject.scorer->signature(), options.grouping));
    PH_ASSIGN(const Target target, targetOf(*subject.scorer, options.output, drawRows(rows, 1000, options.seed)));
    if (method == Method::PartialDependence)
        return byDependence(subject, rows, target, options, run);
    PH_ASSIGN(const OwnShap *const own, method == Method::Permutation ? Result<const OwnShap *>(nullptr) : shapSource(subject, method));
    PH_ASSIGN(Explanation e, method == Method::Permutation ? byPermutation(subject, truth, target, features, options, run) : byMeanShap(subject, own, rows, target, features, options, run));
    e.view = View::DataSet;
    e.unit = unitOf(subject, e);
    sortByWeight(e.features);
    return e;
}

} // namespace pilothouse::explain
