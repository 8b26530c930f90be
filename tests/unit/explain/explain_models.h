// SPDX-License-Identifier: GPL-3.0-or-later
// The models of reference.py, and its file.
#pragma once

#include "core/artifact/scorer.h"
#include "core/base/file.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <atomic>
#include <cmath>
#include <functional>

namespace pilothouse::test {

inline QJsonObject reference() {
    const Result<QByteArray> bytes = readFile(QStringLiteral(PILOTHOUSE_SOURCE_DIR "/tests/unit/explain/reference.json"));
    return bytes ? QJsonDocument::fromJson(*bytes).object() : QJsonObject();
}

/// null reads as NaN.
inline std::vector<double> numbersOf(const QJsonValue &list) {
    std::vector<double> out;
    for (const QJsonValue &value : list.toArray())
        out.push_back(value.toDouble(std::nan("")));
    return out;
}

inline artifact::Rows rowsOf(const QJsonValue &lists) {
    artifact::Rows rows;
    for (const QJsonValue &line : lists.toArray()) {
        const std::vector<double> values = numbersOf(line);
        rows.width = values.size();
        rows.values.insert(rows.values.end(), values.begin(), values.end());
        ++rows.count;
    }
    return rows;
}

/// A function of a row as a scorer: regression with inputs x0, x1 …; with classes the probability of the second of two.
class FunctionScorer final : public artifact::Scorer {
public:
    using Function = std::function<double(std::span<const double>)>;
    FunctionScorer(std::size_t width, Function function, std::vector<std::string> classes = {}) : m_function(std::move(function)) {
        for (std::size_t k = 0; k < width; ++k)
            m_signature.inputs.push_back({QStringLiteral("x%1").arg(k), data::ColumnType::Number, {}, false});
        m_signature.outputs = {QStringLiteral("y")};
        m_signature.target = QStringLiteral("y");
        m_signature.classes = std::move(classes);
        if (!m_signature.classes.empty())
            m_signature.task = workspace::TaskKind::Classification;
    }
    const artifact::Signature &signature() const override { return m_signature; }
    Result<artifact::Predictions> score(const artifact::Rows &rows) const override {
        ++calls;
        artifact::Predictions out;
        out.count = rows.count;
        out.classes = m_signature.classes.size();
        for (std::size_t i = 0; i < rows.count; ++i) {
            for (std::size_t k = 0; k < rows.width; ++k)
                if (std::isnan(rows.row(i)[k]) && !m_signature.inputs[k].optional)
                    return invalid(QStringLiteral("Input “%1” of row %2 is missing.").arg(m_signature.inputs[k].name).arg(i + 1));
            const double value = m_function(rows.row(i));
            out.values.push_back(out.classes ? double(value >= 0.5) : value);
            if (out.classes)
                out.probabilities.insert(out.probabilities.end(), {1 - value, value});
        }
        return out;
    }
    artifact::Signature m_signature;
    mutable std::atomic<int> calls{0};

private:
    Function m_function;
};

/// formula() of reference.py.
inline double formula(std::span<const double> x) { return 2 * x[0] + x[1] * x[2] - std::sin(x[3]) + (x[4] > 0.5 ? x[0] : 0); }
inline std::shared_ptr<FunctionScorer> formulaScorer() { return std::make_shared<FunctionScorer>(5, formula); }

} // namespace pilothouse::test
