// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/explain/partial_dependence.h"

#include <QJsonObject>
#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

namespace pilothouse::explain {

/// What an explanation shows.
enum class View {
    Row,       ///< contributions of the features of one row: SHAP values or LIME weights
    DataSet,   ///< importance of the features over many rows: mean |SHAP| or permutation importance
    Dependence ///< partial dependence and ICE of one input
};

struct FeatureLine {
    QString feature;
    QString value;     ///< Row: as the row has it; "" = missing
    QString condition; ///< LIME: "2.1 < x ≤ 3.4"
    double weight = 0; ///< Row: contribution; DataSet: mean importance
    double std = 0, low = 0, high = 0; ///< DataSet
};

/// One answer of `pilot explain`, whoever computed it: what --json prints, the CSV file and the page hold, and the window shows.
struct Explanation {
    View view = View::Row;
    QString method; ///< tree-shap, linear-shap, kernel-shap, integrated-gradients, lime, permutation, partial-dependence
    QString model;  ///< as the operator named it, or the endpoint's address
    QString output; ///< the output or class explained
    QString scale;  ///< "prediction", "probability of setosa", "log-odds of yes"
    QString unit;   ///< of the target; empty on other scales
    qint64 row = -1;         ///< Row: of the data file, 0-based
    QString prediction;      ///< Row: the model's answer in words: the class, or the number
    double base = 0;         ///< SHAP: mean over the background; LIME: intercept
    double explained = 0;    ///< Row: the model's value on the scale
    double sum = 0;          ///< base + all contributions: SHAP: equal to explained; LIME: the local model's value
    double r2 = 0;           ///< LIME: of the local fit
    QString metric;          ///< permutation
    double baseline = 0;     ///< permutation: the metric of the rows as they are
    int repeats = 0;         ///< permutation
    std::size_t rows = 0, background = 0;
    quint64 seed = 7;
    std::vector<FeatureLine> features; ///< by falling |weight|
    QString column;                    ///< Dependence
    PartialDependence dependence;      ///< Dependence
    QStringList notes;

    /// {"view":"row"|"data_set"|"dependence","method","model","output","scale","unit","rows","background","seed","notes":[…]}, and
    ///   row         "row"|null,"prediction","base","explained","sum","r2"|null,"features":[{"feature","value","condition","contribution"}]
    ///   data_set    "metric"|null,"baseline"|null,"repeats"|null,"features":[{"feature","mean","std","low","high"}]
    ///   dependence  "column","grid":[…],"categories":[…]|null,"average":[…],"individual":[[…]…],"values":[…] (what each row has, null: missing)
    QJsonObject toJson() const;
    static Result<Explanation> fromJson(const QJsonObject &object, const QString &where);
    /// A table with a header: feature,value,contribution (row), feature,mean,std,low,high (data_set), or the grid with the average and a
    /// column for each row (dependence).
    QByteArray toCsv() const;
    /// "rooms raises it most (+0.42), then age (+0.10); latitude lowers it (−0.31)." The text equivalent of the chart.
    QString sentence() const;
    /// "SHAP values of the trees", "Permutation importance" …
    QString methodTitle() const;
};

/// Puts the strongest first; ties keep the order of the inputs.
void sortByWeight(std::vector<FeatureLine> &features);
/// A self-contained page with SVG bars or curves, tables and definitions.
QByteArray htmlReport(const Explanation &explanation);
/// What each method says and what it does not, for reports and help.
QStringList definitions(const Explanation &explanation);

} // namespace pilothouse::explain
