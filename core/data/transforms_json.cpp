// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/transforms.h"

#include "core/base/json.h"

#include <cmath>
#include <limits>

namespace pilothouse::data {

using Q = QLatin1String;

QJsonObject FittedTransforms::toJson() const {
    QJsonArray inputs, outputs;
    for (const Step &step : m_inputs) {
        QJsonObject object{{Q("name"), step.name}, {Q("fill"), jsonNumber(step.fill)}};
        if (step.categories >= 0) {
            QJsonArray categories;
            for (const std::string &text : step.texts)
                categories.append(QString::fromStdString(text));
            object.insert(Q("categories"), categories);
        }
        inputs.append(object);
    }
    for (std::size_t i = 0; i < m_names.size(); ++i)
        outputs.append(QJsonObject{{Q("name"), m_names[i]}, {Q("mean"), m_mean[i]}, {Q("scale"), m_scale[i]}});
    const QJsonArray rules{Q("out = ((missing ? fill : in) - mean) / scale"),
                           Q("a category of k values becomes k columns of 0 and 1, in the order listed, before mean and scale"),
                           Q("an unknown category gives all zeros; a missing one too where fill is null"),
                           Q("fill of a category is its index in the list; std has ddof 0; a constant column has scale 1")};
    return {{Q("steps"), QJsonArray::fromStringList(m_steps)}, {Q("inputs"), inputs}, {Q("outputs"), outputs}, {Q("rules"), rules}};
}

Result<FittedTransforms> FittedTransforms::fromJson(const QJsonObject &object, const QString &where) {
    JsonReader reader(object, where);
    FittedTransforms fitted;
    fitted.m_steps = reader.texts("steps");
    const QJsonArray inputs = reader.array("inputs"), outputs = reader.array("outputs");
    PH_TRY(reader.check());
    std::size_t width = 0;
    for (const QJsonValue &value : inputs) {
        JsonReader input(value.toObject(), where);
        Step step{std::numeric_limits<double>::quiet_NaN(), -1, input.text("name"), {}};
        if (!value.toObject().value(Q("fill")).isNull())
            step.fill = input.number("fill");
        if (input.has("categories")) {
            for (const QString &text : input.texts("categories"))
                step.texts.push_back(text.toStdString());
            step.categories = std::int32_t(step.texts.size());
        }
        PH_TRY(input.check());
        width += step.categories < 0 ? 1 : std::size_t(step.categories);
        fitted.m_inputs.push_back(std::move(step));
    }
    for (const QJsonValue &value : outputs) {
        JsonReader output(value.toObject(), where);
        fitted.m_names.push_back(output.text("name"));
        fitted.m_mean.push_back(output.number("mean"));
        fitted.m_scale.push_back(output.number("scale"));
        PH_TRY(output.check());
        if (!(fitted.m_scale.back() > 0) || !std::isfinite(fitted.m_scale.back()) || !std::isfinite(fitted.m_mean.back()))
            return invalid(QStringLiteral("The scale of “%1” must be a number above 0.").arg(fitted.m_names.back()), where, QStringLiteral("The package was altered: train or fetch it again."));
    }
    if (width != fitted.m_names.size())
        return invalid(QStringLiteral("The inputs make %1 columns, but %2 outputs are listed.").arg(width).arg(fitted.m_names.size()), where,
                       QStringLiteral("The package was altered: train or fetch it again."));
    return fitted;
}

} // namespace pilothouse::data
