// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/serving/explanation_text.h"

#include "widgets/base/format.h"

#include <QCoreApplication>
#include <QUrl>

#include <algorithm>
#include <cmath>

namespace pilothouse::ui {

namespace {

using explain::Explanation;
using explain::Method;
using explain::View;

constexpr double poorFit = 0.5; ///< R² of LIME below which the line says little

struct Text {
    Q_DECLARE_TR_FUNCTIONS(pilothouse::ui::ExplanationText)
};

bool isPrediction(const Explanation &e) { return e.scale == QLatin1String("prediction"); }

QString unitOf(const Explanation &e, const QString &unit) { return !isPrediction(e) ? QString() : e.unit.isEmpty() ? unit : e.unit; }

/// "rooms by 0.42" of the strongest few.
QStringList strongest(const Explanation &e, bool raising) {
    QStringList words;
    for (const explain::FeatureLine &f : e.features)
        if (f.weight != 0 && (f.weight > 0) == raising && words.size() < 2)
            words << Text::tr("%1 by %2").arg(f.feature, number(std::abs(f.weight), 3));
    return words;
}

QString rowSentence(const Explanation &e, const QString &tail) {
    const QStringList up = strongest(e, true), down = strongest(e, false);
    QStringList parts;
    if (e.method != QLatin1String("lime"))
        parts << Text::tr("From %1%3 on average to %2%3.").arg(number(e.base, 4), number(e.sum, 4), tail);
    else if (e.r2 >= poorFit)
        parts << Text::tr("Near this row a straight line says %1%3, the model %2%3.").arg(number(e.sum, 4), number(e.explained, 4), tail);
    else
        parts << Text::tr("Near this row a straight line says %1%3, the model %2%3: it fits badly (R² %4), so trust it little.").arg(number(e.sum, 4), number(e.explained, 4), tail, number(e.r2, 2));
    if (!up.isEmpty())
        parts << Text::tr("Raised: %1.").arg(up.join(QStringLiteral(", ")));
    if (!down.isEmpty())
        parts << Text::tr("Lowered: %1.").arg(down.join(QStringLiteral(", ")));
    if (up.isEmpty() && down.isEmpty())
        parts << Text::tr("No input moves it.");
    return parts.join(QLatin1Char(' '));
}

QString dataSetSentence(const Explanation &e) {
    QStringList words;
    for (const explain::FeatureLine &f : e.features)
        if (words.size() < 3 && f.weight > 0)
            words << Text::tr("%1 by %2").arg(f.feature, number(f.weight, 3));
    if (words.isEmpty())
        return e.metric.isEmpty() ? Text::tr("No input moves the answers.") : Text::tr("No input is missed: shuffled, none makes %1 worse.").arg(metricName(e.metric));
    return e.metric.isEmpty() ? Text::tr("What moves the answers most: %1.").arg(words.join(QStringLiteral(", ")))
                              : Text::tr("Shuffled, these make %1 worse most: %2.").arg(metricName(e.metric), words.join(QStringLiteral(", ")));
}

QString dependenceSentence(const Explanation &e, const QString &tail) {
    const std::vector<double> &average = e.dependence.average;
    if (average.empty())
        return Text::tr("There is nothing to vary %1 over.").arg(e.column);
    const auto [low, high] = std::minmax_element(average.begin(), average.end());
    const auto at = [&](auto point) {
        const auto g = std::size_t(point - average.begin());
        return e.dependence.names.empty() ? number(e.dependence.grid[g], 4) : e.dependence.names[g];
    };
    return Text::tr("On average from %1%3 at %4 = %5 to %2%3 at %4 = %6.").arg(number(*low, 4), number(*high, 4), tail, e.column, at(low), at(high));
}

} // namespace

QString methodTitle(Method method) {
    switch (method) {
    case Method::Auto: return Text::tr("Automatic");
    case Method::Shap: return Text::tr("SHAP values");
    case Method::TreeShap: return Text::tr("TreeSHAP");
    case Method::LinearShap: return Text::tr("Linear SHAP");
    case Method::KernelShap: return Text::tr("Kernel SHAP");
    case Method::IntegratedGradients: return Text::tr("Integrated gradients");
    case Method::Lime: return Text::tr("LIME");
    case Method::Permutation: return Text::tr("Permutation importance");
    case Method::PartialDependence: break;
    }
    return Text::tr("Partial dependence, ICE");
}

QString methodHelp(Method method, View view) {
    switch (method) {
    case Method::Auto:
    case Method::Shap:
        return view == View::Row ? Text::tr("The model's own SHAP values where it has them, else Kernel SHAP.")
                                 : Text::tr("The model's own SHAP values where it has them; else permutation importance where the truth is known, else Kernel SHAP.");
    case Method::TreeShap: return Text::tr("Exact, from the trees themselves; base and contributions sum to their answer.");
    case Method::LinearShap: return Text::tr("Each coefficient times the distance to the mean of the background.");
    case Method::KernelShap: return Text::tr("For any model: asks it with inputs exchanged for those of background rows.");
    case Method::IntegratedGradients: return Text::tr("For networks: the gradient, summed on the way from the mean row to this one.");
    case Method::Lime: return Text::tr("For any model: a straight line fitted near the row. R² says how well it fits.");
    case Method::Permutation: return Text::tr("How much worse the metric gets when an input is shuffled. Needs rows with their true value.");
    case Method::PartialDependence: break;
    }
    return Text::tr("The answer as one input changes: of each row (thin) and on average (thick).");
}

QString scaleName(const Explanation &e, const QString &unit) {
    if (isPrediction(e)) {
        const QString shown = unitOf(e, unit);
        return shown.isEmpty() ? Text::tr("prediction") : shown;
    }
    if (e.scale.startsWith(QLatin1String("probability of ")))
        return Text::tr("probability of %1").arg(e.output);
    if (e.scale.startsWith(QLatin1String("log-odds of ")))
        return Text::tr("log-odds of %1").arg(e.output);
    if (e.scale.startsWith(QLatin1String("score of ")))
        return Text::tr("score of %1 before softmax").arg(e.output);
    if (e.scale.startsWith(QLatin1String("the trees' share for ")))
        return Text::tr("the trees' share for %1 before normalising").arg(e.output);
    return e.scale;
}

QString explanationSentence(const Explanation &e, const QString &unit) {
    const QString shown = unitOf(e, unit), tail = shown.isEmpty() ? QString() : QLatin1Char(' ') + shown;
    return e.view == View::Row ? rowSentence(e, tail) : e.view == View::DataSet ? dataSetSentence(e) : dependenceSentence(e, tail);
}

QString explanationSubject(const Explanation &e, const fleet::WhyQuestion &question) {
    if (question.endpoint) {
        const QUrl url(e.model);
        if (url.host().isEmpty())
            return e.model;
        return url.port() < 0 ? url.host() : QStringLiteral("%1:%2").arg(url.host(), QString::number(url.port()));
    }
    return question.model.isEmpty() ? e.model : QStringLiteral("%1 v%2").arg(question.model, QString::number(question.version));
}

QString explanationFacts(const Explanation &e, const QString &unit, const QString &subject) {
    const Result<Method> method = explain::methodOf(e.method);
    QStringList facts;
    if (!subject.isEmpty())
        facts << subject;
    facts << (method ? methodTitle(*method) : e.method);
    if (isPrediction(e) && !e.output.isEmpty())
        facts << e.output;
    facts << (e.metric.isEmpty() ? scaleName(e, unit) : Text::tr("%1 %2 before shuffling").arg(metricName(e.metric), number(e.baseline, 4)));
    if (e.view == View::Row && e.row >= 0)
        facts << Text::tr("row %1").arg(e.row);
    if (e.view != View::Row)
        facts << Text::tr("%n row(s)", nullptr, int(e.rows));
    if (e.method == QLatin1String("lime"))
        facts << Text::tr("R² %1").arg(number(e.r2, 3)) << Text::tr("%n sample(s)", nullptr, int(e.rows));
    if (!e.metric.isEmpty())
        facts << Text::tr("%n repeat(s)", nullptr, e.repeats);
    if (e.background > 0)
        facts << Text::tr("%n background row(s)", nullptr, int(e.background));
    facts << Text::tr("seed %1").arg(e.seed);
    return facts.join(QStringLiteral(" · "));
}

} // namespace pilothouse::ui
