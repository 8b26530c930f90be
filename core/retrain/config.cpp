// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/retrain/config.h"

#include "core/base/json.h"

#include <QJsonArray>

#include <algorithm>
#include <cmath>

namespace pilothouse::retrain {

namespace {

constexpr double longestHours = 24.0 * 366; // a year: more is a slip of the pen

QString textOf(const Rule &rule) {
    const QString number = QString::number(rule.number, 'g', 12);
    const QString metric = rule.yesterday ? rule.metric + QStringLiteral(" yesterday") : rule.metric;
    return (rule.kind == Rule::Kind::Drops ? QStringLiteral("%1 drops %2").arg(metric, number) : QStringLiteral("%1 %2 %3").arg(metric, rule.op, number)) + rule.endings();
}

/// A limit that was moved beyond where it is over leaves no room between the two.
void setNumber(Rule &rule, double number) {
    rule.number = number;
    const bool over = rule.kind == Rule::Kind::Drops || rule.op.startsWith(QLatin1Char('>'));
    if (rule.until && (over ? *rule.until > number : *rule.until < number))
        rule.until.reset();
    rule.text = textOf(rule);
}

Result<std::optional<double>> numberField(const QJsonObject &object, const char *key, double lowest, bool mayEqual, double highest,
                                          const QString &where, std::optional<double> otherwise) {
    const QJsonValue value = object.value(QLatin1String(key));
    if (value.isUndefined())
        return otherwise;
    const double number = value.toDouble(std::nan(""));
    const bool good = value.isDouble() && std::isfinite(number) && (number > lowest || (mayEqual && number == lowest)) && number <= highest;
    if (!good)
        return invalid(QStringLiteral("Field “%1” must be a number%2.")
                           .arg(QLatin1String(key), std::isfinite(lowest) ? QStringLiteral(" %1 %2%3").arg(mayEqual ? QStringLiteral("of at least") : QStringLiteral("above")).arg(lowest)
                                                                                .arg(std::isfinite(highest) ? QStringLiteral(" and at most %1").arg(highest) : QString())
                                                                          : QString()),
                       where);
    return std::optional<double>(number);
}

} // namespace

QJsonObject Config::toJson() const {
    using Q = QLatin1String;
    QJsonObject object;
    if (minPerformanceThreshold)
        object.insert(Q("min_performance_threshold"), *minPerformanceThreshold);
    if (degradationThreshold)
        object.insert(Q("degradation_threshold"), *degradationThreshold);
    if (minHoursBetween)
        object.insert(Q("min_hours_between"), *minHoursBetween);
    if (enabled)
        object.insert(Q("enabled"), *enabled);
    return object;
}

Result<Config> parseConfig(const QJsonObject &object, const QString &where, const Config &base) {
    static const QStringList known{QStringLiteral("min_performance_threshold"), QStringLiteral("degradation_threshold"),
                                   QStringLiteral("min_hours_between"), QStringLiteral("enabled")};
    for (const QString &key : object.keys())
        if (!known.contains(key))
            return invalid(QStringLiteral("Field “%1” is not known.").arg(key), where, QStringLiteral("Known: %1.").arg(known.join(QStringLiteral(", "))));
    const double none = std::numeric_limits<double>::infinity();
    Config config = base;
    PH_ASSIGN(config.minPerformanceThreshold, numberField(object, "min_performance_threshold", -none, false, none, where, base.minPerformanceThreshold));
    PH_ASSIGN(config.degradationThreshold, numberField(object, "degradation_threshold", 0, false, none, where, base.degradationThreshold));
    PH_ASSIGN(config.minHoursBetween, numberField(object, "min_hours_between", 0, true, longestHours, where, base.minHoursBetween));
    if (const QJsonValue value = object.value(QLatin1String("enabled")); !value.isUndefined()) {
        if (!value.isBool())
            return invalid(QStringLiteral("Field “enabled” must be true or false."), where);
        config.enabled = value.toBool();
    }
    return config;
}

Result<workspace::Model> withConfig(workspace::Model model, const Config &config) {
    PH_ASSIGN(std::vector<Rule> rules, rulesOf(model));
    const auto first = [&](Rule::Kind kind) -> Rule * {
        for (Rule &rule : rules)
            if (rule.kind == kind)
                return &rule;
        return nullptr;
    };
    if (config.minPerformanceThreshold) {
        Rule *rule = first(Rule::Kind::Limit);
        if (!rule) {
            Rule added;
            added.metric = QStringLiteral("r2");
            added.op = QStringLiteral("<");
            rules.push_back(added);
            rule = &rules.back();
        }
        setNumber(*rule, *config.minPerformanceThreshold);
    }
    if (config.degradationThreshold) {
        Rule *rule = first(Rule::Kind::Drops);
        if (!rule) {
            const Rule *limit = first(Rule::Kind::Limit);
            Rule added;
            added.kind = Rule::Kind::Drops;
            added.metric = limit ? limit->metric : QStringLiteral("r2");
            if (!workspace::largerIsBetter(added.metric))
                return invalid(QStringLiteral("A degradation threshold needs a metric that is better when larger; model %1 is judged by %2.").arg(model.name, added.metric),
                               QStringLiteral("degradation_threshold"), QStringLiteral("Set min_performance_threshold, the limit of %1, instead.").arg(added.metric));
            rules.push_back(added);
            rule = &rules.back();
        }
        setNumber(*rule, *config.degradationThreshold);
    }
    model.retrain.when.clear();
    for (const Rule &rule : rules)
        model.retrain.when << rule.text;
    if (config.minHoursBetween)
        model.retrain.atMostEvery = QStringLiteral("%1s").arg(std::max<qint64>(1, std::llround(*config.minHoursBetween * 3600))); // 0 hours: at any time
    if (config.enabled)
        model.retrain.enabled = *config.enabled;
    return model;
}

Result<QJsonObject> configInForce(const workspace::Model &original, const Config &config) {
    using Q = QLatin1String;
    PH_ASSIGN(const workspace::Model model, withConfig(original, config));
    PH_ASSIGN(const std::vector<Rule> rules, rulesOf(model));
    PH_ASSIGN(const qint64 interval, workspace::parseDuration(model.retrain.atMostEvery));
    QJsonObject object{{Q("min_performance_threshold"), QJsonValue()}, {Q("degradation_threshold"), QJsonValue()},
                       {Q("min_hours_between"), config.minHoursBetween.value_or(double(interval) / 3600)}, {Q("enabled"), model.retrain.enabled},
                       {Q("metric"), QJsonValue()}, {Q("rules"), QJsonArray::fromStringList(model.retrain.when)}};
    for (auto it = rules.rbegin(); it != rules.rend(); ++it) { // the first of a kind wins
        if (it->kind == Rule::Kind::Limit) {
            object.insert(Q("min_performance_threshold"), it->number);
            object.insert(Q("metric"), it->metric);
        }
        if (it->kind == Rule::Kind::Drops)
            object.insert(Q("degradation_threshold"), it->number);
    }
    return object;
}

} // namespace pilothouse::retrain
