// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/serving/endpoint_scorer.h"

#include "core/base/json.h"

#include <algorithm>
#include <cmath>

namespace pilothouse::serving {

namespace {

constexpr std::size_t rowsARequest = 500;

QJsonValue cell(const data::Input &input, double value) {
    if (std::isnan(value) || input.type != data::ColumnType::Category)
        return jsonNumber(value);
    if (value >= 0 && value < double(input.categories.size()))
        return QString::fromStdString(input.categories[std::size_t(value)]);
    return QStringLiteral("(not seen in training)"); // a category that no model knows is still no missing value
}

QJsonObject rowObject(const std::vector<data::Input> &inputs, std::span<const double> row) {
    QJsonObject object;
    for (std::size_t k = 0; k < inputs.size(); ++k)
        object.insert(inputs[k].name, cell(inputs[k], row[k]));
    return object;
}

QStringList namesOf(const std::vector<data::Input> &inputs) {
    QStringList names;
    for (const data::Input &input : inputs)
        names << input.name;
    return names;
}

/// A list of one row may stand in a list of its own.
QJsonArray listOf(const QJsonValue &value) {
    const QJsonArray list = value.toArray();
    return list.size() == 1 && list.first().isArray() ? list.first().toArray() : list;
}

/// The steps of a forecast: one number, or a list of them.
QJsonArray stepsOf(const QJsonValue &value) { return value.isArray() ? value.toArray() : QJsonArray{value}; }

/// A prediction's numbers in the order of the outputs: one, a list, or those of each target by its name.
QJsonArray numbersOf(const QJsonValue &prediction, const artifact::Signature &signature) {
    if (!prediction.isObject())
        return stepsOf(prediction);
    QJsonArray all;
    const QJsonObject byTarget = prediction.toObject();
    for (const QString &target : signature.targets())
        for (const QJsonValue &step : stepsOf(byTarget.value(target)))
            all.append(step);
    return all;
}

class EndpointScorer final : public artifact::Scorer {
public:
    EndpointScorer(std::shared_ptr<Endpoint> endpoint, artifact::Signature signature, QString where, std::stop_token stop)
        : m_endpoint(std::move(endpoint)), m_signature(std::move(signature)), m_columns(namesOf(m_signature.inputs)), m_where(std::move(where)), m_stop(std::move(stop)) {
        for (std::size_t c = 0; c < m_signature.classes.size(); ++c)
            m_numbered = m_numbered && m_signature.classes[c] == std::to_string(c);
    }
    const artifact::Signature &signature() const override { return m_signature; }
    Result<artifact::Predictions> score(const artifact::Rows &rows) const override {
        if (rows.width != m_signature.inputs.size())
            return invalid(QStringLiteral("The endpoint takes %1 inputs, a row of %2 was given.").arg(m_signature.inputs.size()).arg(rows.width));
        artifact::Predictions out;
        out.count = rows.count;
        out.classes = m_signature.classes.size();
        out.outputs = m_signature.outputs.size();
        for (std::size_t from = 0; from < rows.count; from += rowsARequest) {
            std::vector<QJsonObject> sent;
            for (std::size_t i = from; i < std::min(rows.count, from + rowsARequest); ++i)
                sent.push_back(rowObject(m_signature.inputs, rows.row(i)));
            PH_ASSIGN(const EndpointAnswer answer, m_endpoint->predict(m_columns, sent, m_stop));
            if (answer.predictions.size() != sent.size() || (!answer.probabilities.empty() && answer.probabilities.size() != sent.size()))
                return invalid(QStringLiteral("The endpoint answered %1 predictions for %2 rows.").arg(answer.predictions.size()).arg(sent.size()), m_where);
            for (std::size_t i = 0; i < sent.size(); ++i)
                PH_TRY(add(answer, i, out));
        }
        return out;
    }

private:
    Result<void> add(const EndpointAnswer &answer, std::size_t row, artifact::Predictions &out) const {
        const QJsonValue &prediction = answer.predictions[row];
        if (out.classes == 0) {
            const QJsonArray steps = numbersOf(prediction, m_signature);
            bool fits = std::size_t(steps.size()) == out.outputs;
            for (const QJsonValue &step : steps) {
                fits = fits && step.isDouble();
                out.values.push_back(step.toDouble());
            }
            return fits ? Result<void>() : invalid(QStringLiteral("The endpoint's prediction is not %1: %2").arg(out.outputs == 1 ? QStringLiteral("a number") : QStringLiteral("a list of %1 numbers").arg(out.outputs),
                                                                                                             QString::fromUtf8(compactJson(prediction).left(200))), m_where);
        }
        if (prediction.isObject())
            return invalid(QStringLiteral("The endpoint answers with several outputs, and a class was expected: %1").arg(QString::fromUtf8(compactJson(prediction).left(200))), m_where,
                           QStringLiteral("Give the place of the class in the request profile's output."));
        QJsonArray shares = answer.probabilities.empty() ? QJsonArray() : listOf(answer.probabilities[row]);
        if (const QJsonValue one = answer.probabilities.empty() ? QJsonValue() : answer.probabilities[row]; out.classes == 2 && one.isDouble() && one.toDouble() >= 0 && one.toDouble() <= 1)
            shares = {1 - one.toDouble(), one.toDouble()};
        if (std::size_t(shares.size()) != out.classes)
            return invalid(QStringLiteral("The endpoint answers without the probability of each class; only that can be explained."), m_where,
                           QStringLiteral("Give the place of the probabilities in the request profile's output."));
        for (const QJsonValue &share : shares)
            out.probabilities.push_back(share.toDouble(std::nan("")));
        const QString label = prediction.isString() ? prediction.toString() : QString::number(prediction.toDouble());
        const auto named = std::find(m_signature.classes.begin(), m_signature.classes.end(), label.toStdString());
        double index = named != m_signature.classes.end() ? double(named - m_signature.classes.begin()) : prediction.toDouble(-1);
        if (named == m_signature.classes.end() && prediction.isString() && m_numbered) { // nobody said what its classes are called
            const auto first = out.probabilities.end() - std::ptrdiff_t(out.classes);
            index = double(std::max_element(first, out.probabilities.end()) - first);
        }
        if (!(index >= 0 && index < double(out.classes)))
            return invalid(QStringLiteral("The endpoint predicts a class that the signature does not have: %1").arg(label), m_where);
        out.values.push_back(index);
        return {};
    }
    std::shared_ptr<Endpoint> m_endpoint;
    artifact::Signature m_signature;
    QStringList m_columns;
    QString m_where;
    std::stop_token m_stop;
    bool m_numbered = true; ///< classes are 0, 1, …: see signatureByAnswer
};

} // namespace

artifact::ScorerPtr endpointScorer(std::shared_ptr<Endpoint> endpoint, artifact::Signature signature, QString where, std::stop_token stop) {
    return std::make_shared<EndpointScorer>(std::move(endpoint), std::move(signature), std::move(where), std::move(stop));
}

Result<artifact::Signature> signatureByAnswer(Endpoint &endpoint, std::vector<data::Input> inputs, const data::Rows &rows, const QString &where, std::stop_token stop) {
    if (rows.count == 0)
        return invalid(QStringLiteral("There is no row to ask the endpoint for."), where);
    PH_ASSIGN(const EndpointAnswer answer, endpoint.predict(namesOf(inputs), {rowObject(inputs, rows.row(0))}, stop));
    artifact::Signature signature;
    signature.inputs = std::move(inputs);
    signature.outputs = {QStringLiteral("prediction")};
    signature.target = QStringLiteral("prediction");
    if (!answer.probabilities.empty() && answer.probabilities.front().isArray()) {
        signature.task = workspace::TaskKind::Classification;
        const qsizetype classes = listOf(answer.probabilities.front()).size();
        for (qsizetype c = 0; c < classes; ++c)
            signature.classes.push_back(std::to_string(c));
    } else if (!answer.predictions.empty() && answer.predictions.front().isArray()) {
        signature.outputs.clear();
        for (qsizetype o = 0; o < answer.predictions.front().toArray().size(); ++o)
            signature.outputs.push_back(QStringLiteral("prediction %1").arg(o + 1));
    } else if (!answer.predictions.empty() && answer.predictions.front().isObject()) {
        const QJsonObject targets = answer.predictions.front().toObject();
        signature.task = workspace::TaskKind::Forecast;
        signature.target = targets.keys().value(0);
        signature.outputs.clear();
        for (auto it = targets.begin(); it != targets.end(); ++it)
            for (qsizetype step = 1; step <= stepsOf(*it).size(); ++step)
                signature.outputs.push_back(QStringLiteral("%1@+%2").arg(it.key()).arg(step));
    }
    if (signature.outputs.empty())
        return invalid(QStringLiteral("The endpoint answers a row without any number: %1").arg(QString::fromUtf8(compactJson(answer.predictions.front()).left(200))), where);
    return signature;
}

} // namespace pilothouse::serving
