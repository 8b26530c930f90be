// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/retrain/policy.h"

#include "core/workspace/condition.h"

#include <cmath>

namespace pilothouse::retrain {

namespace {

Error badRule(const QString &text, const QString &why) {
    return invalid(QStringLiteral("Cannot read the retrain rule “%1”: %2").arg(text, why), {},
                   QStringLiteral("Rules are: mae > 1.5 · mae@t2m > 1.5 · r2 < 0.5 · r2 drops 0.1 · data_changed · age > 7d · drift > 0.25."));
}

bool isAbove(const QString &op) { return op.startsWith(QLatin1Char('>')); }

Result<Rule> limitRule(Rule rule, const QString &text, const QString &number) {
    bool ok = false;
    rule.number = number.toDouble(&ok);
    if (!ok || !std::isfinite(rule.number))
        return badRule(text, QStringLiteral("“%1” is no number.").arg(number));
    if (rule.kind == Rule::Kind::Drift && !isAbove(rule.op))
        return badRule(text, QStringLiteral("drift is judged with > or >=, it fires when the PSI is high."));
    if (rule.kind == Rule::Kind::Drift && rule.number <= 0)
        return badRule(text, QStringLiteral("a PSI limit must be above 0; 0.1 warns, 0.25 is drifted."));
    if (rule.kind == Rule::Kind::Limit && workspace::largerIsBetter(rule.metric) == isAbove(rule.op))
        return badRule(text, QStringLiteral("%1 that is %2 is good news, so it would fire on the good models. Did you mean %1 %3 %4?")
                                 .arg(rule.metric, isAbove(rule.op) ? QStringLiteral("high") : QStringLiteral("low"),
                                      isAbove(rule.op) ? QStringLiteral("<") : QStringLiteral(">"), number));
    return rule;
}

} // namespace

Result<Rule> parseRule(const QString &written) {
    const QString text = written.simplified();
    Rule rule;
    rule.text = text;
    if (text == QLatin1String("data_changed")) {
        rule.kind = Rule::Kind::DataChanged;
        return rule;
    }
    const auto condition = workspace::splitCondition(text);
    if (!condition)
        return badRule(text, QStringLiteral("expected NAME > NUMBER, NAME drops NUMBER, age > DURATION or data_changed."));
    rule.metric = condition->left;
    if (condition->op == QLatin1String("drops")) {
        rule.kind = Rule::Kind::Drops;
        bool ok = false;
        rule.number = condition->right.toDouble(&ok);
        if (!ok || !std::isfinite(rule.number) || rule.number <= 0)
            return badRule(text, QStringLiteral("“%1” is no number above 0.").arg(condition->right));
        if (!workspace::largerIsBetter(rule.metric))
            return badRule(text, QStringLiteral("%1 is an error, and an error that drops is good news; give it a limit: %1 > …").arg(rule.metric));
        return rule;
    }
    rule.op = condition->op;
    if (rule.metric == QLatin1String("age")) {
        rule.kind = Rule::Kind::Age;
        rule.metric.clear();
        if (!isAbove(rule.op))
            return badRule(text, QStringLiteral("age is judged with > or >=, it fires when the model is old."));
        const auto seconds = workspace::parseDuration(condition->right);
        if (!seconds || *seconds <= 0)
            return badRule(text, QStringLiteral("“%1” is no duration like 7d, 36h or 15min.").arg(condition->right));
        rule.seconds = *seconds;
        return rule;
    }
    if (rule.metric == QLatin1String("drift")) {
        rule.kind = Rule::Kind::Drift;
        rule.metric.clear();
    }
    return limitRule(rule, text, condition->right);
}

Result<std::vector<Rule>> rulesOf(const workspace::Model &model) {
    std::vector<Rule> rules;
    for (const QString &text : model.retrain.when) {
        auto rule = parseRule(text);
        if (!rule) {
            Error error = std::move(rule).error();
            error.where = QStringLiteral("model %1, retrain.when").arg(model.name);
            return error;
        }
        rules.push_back(*std::move(rule));
    }
    return rules;
}

} // namespace pilothouse::retrain
