// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/linear_model.h"

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/task.h"

#include <algorithm>
#include <cmath>

namespace pilothouse::learn {

namespace {

using Q = QLatin1String;
const char *const linkNames[] = {"identity", "logistic", "softmax"};

void softmax(const double *logits, double *out, std::size_t k) {
    const double top = *std::max_element(logits, logits + k);
    double sum = 0;
    for (std::size_t c = 0; c < k; ++c)
        sum += out[c] = std::exp(logits[c] - top);
    for (std::size_t c = 0; c < k; ++c)
        out[c] /= sum;
}

} // namespace

Result<artifact::Predictions> LinearModel::predict(const data::Rows &x) const {
    const std::size_t p = names.size(), m = intercept.size();
    if (x.width != p)
        return invalid(QStringLiteral("The model takes %1 values a row, %2 were given.").arg(p).arg(x.width));
    artifact::Predictions out;
    out.count = x.count;
    out.classes = link == Link::Identity ? 0 : link == Link::Logistic ? 2 : m;
    out.outputs = link == Link::Identity ? m : 1;
    out.values.resize(x.count * out.outputs);
    out.probabilities.resize(x.count * out.classes);
    const auto rows = [&](std::size_t first, std::size_t last) {
        std::vector<double> sums(m);
        for (std::size_t i = first; i < last; ++i) {
            const double *row = x.values.data() + i * p;
            for (std::size_t o = 0; o < m; ++o) {
                const double *c = coefficients.data() + o * p;
                double sum = intercept[o];
                for (std::size_t j = 0; j < p; ++j)
                    sum += c[j] * row[j];
                sums[o] = sum;
            }
            double *probability = out.probabilities.data() + i * out.classes;
            if (link == Link::Identity) {
                std::copy(sums.begin(), sums.end(), out.values.begin() + std::ptrdiff_t(i * m));
            } else if (link == Link::Logistic) {
                const double e = std::exp(-std::abs(sums[0]));
                probability[1] = sums[0] >= 0 ? 1 / (1 + e) : e / (1 + e);
                probability[0] = sums[0] >= 0 ? e / (1 + e) : 1 / (1 + e);
                out.values[i] = sums[0] > 0 ? 1 : 0;
            } else {
                softmax(sums.data(), probability, m);
                out.values[i] = double(std::max_element(probability, probability + m) - probability);
            }
        }
    };
    if (x.count < 4096)
        rows(0, x.count);
    else
        parallelFor(x.count, 4096, rows);
    return out;
}

Result<QStringList> LinearModel::save(const QString &folder) const {
    QJsonArray nameArray, lines;
    for (const QString &name : names)
        nameArray.append(name);
    for (std::size_t o = 0; o < intercept.size(); ++o) {
        QJsonArray line;
        for (std::size_t j = 0; j < names.size(); ++j)
            line.append(coefficients[o * names.size() + j]);
        lines.append(line);
    }
    const QJsonObject object{{Q("estimator"), estimator}, {Q("link"), Q(linkNames[int(link)])}, {Q("names"), nameArray},
                             {Q("intercept"), jsonNumbers(intercept)}, {Q("coefficients"), lines}};
    PH_TRY(writeFileAtomically(folder + QStringLiteral("/model.json"), prettyJson(object)));
    return QStringList{QStringLiteral("model.json")};
}

Result<std::unique_ptr<FittedModel>> LinearModel::load(const QString &folder) {
    const QString path = folder + QStringLiteral("/model.json");
    PH_ASSIGN(const QByteArray bytes, readFile(path));
    PH_ASSIGN(const QJsonObject object, parseJsonObject(bytes, path));
    JsonReader reader(object, path);
    auto model = std::make_unique<LinearModel>();
    model->estimator = reader.text("estimator");
    const QString link = reader.text("link");
    for (const QString &name : reader.texts("names"))
        model->names.push_back(name);
    model->intercept = reader.numbers("intercept");
    const QJsonArray lines = reader.array("coefficients");
    PH_TRY(reader.check());
    const auto found = std::find_if(std::begin(linkNames), std::end(linkNames), [&link](const char *name) { return link == Q(name); });
    bool fits = found != std::end(linkNames) && !model->intercept.empty() && std::size_t(lines.size()) == model->intercept.size();
    for (const QJsonValue &line : lines) {
        const QJsonArray values = line.toArray();
        fits = fits && std::size_t(values.size()) == model->names.size();
        for (const QJsonValue &value : values) {
            fits = fits && value.isDouble();
            model->coefficients.push_back(value.toDouble());
        }
    }
    if (!fits)
        return invalid(QStringLiteral("The weights do not fit together: names, intercept and coefficients differ in length, or the link “%1” is unknown.").arg(link), path);
    model->link = Link(found - std::begin(linkNames));
    return std::unique_ptr<FittedModel>(std::move(model));
}

} // namespace pilothouse::learn
