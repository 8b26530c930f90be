// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workspace/retrain_read.h"

#include "core/base/cron.h"
#include "core/workspace/condition.h"
#include "core/workspace/metric_check.h"
#include "core/workspace/recipe.h"
#include "core/workspace/retrain_rule.h"
#include "core/workspace/weekly_window.h"
#include "core/workspace/workspace.h"

namespace pilothouse::workspace {

namespace {

QString u(const char *text) { return QString::fromUtf8(text); }

/// A name that nothing gives is told as such, whatever else is wrong with the rule.
bool checkName(Problems &problems, qsizetype position, const QString &rule, const QString &recipe) {
    const auto condition = splitCondition(rule.section(u(" for "), 0, 0).section(u(" until "), 0, 0).remove(u(" yesterday")));
    static const QStringList others{u("age"), u("drift"), u("newest_row_age"), u("source_age"), u("rows_yesterday")};
    if (!condition || others.contains(condition->left))
        return true;
    const std::size_t before = problems.count();
    checkMetric(problems, position, u("metric"), condition->left, condition->left.contains(QLatin1Char('@')) ? knownMetrics() : knownMetrics() + others, targetsOf(recipe, condition->left));
    return problems.count() == before;
}

void readRules(Section &section, RetrainPolicy &policy, const QString &recipe) {
    policy.when = section.texts(u("when"));
    for (QString &rule : policy.when) {
        rule = rule.simplified();
        if (!checkName(section.problems(), section.positionOf(u("when")), rule, recipe))
            continue;
        if (const auto parsed = parseRetrainRule(rule); !parsed)
            section.problems().add(section.positionOf(u("when")), parsed.error().what, parsed.error().hint);
    }
}

QStringList readWindows(Section &section, const char *key) {
    QStringList windows = section.texts(u(key));
    for (QString &window : windows) {
        window = window.simplified();
        if (const auto parsed = WeeklyWindow::parse(window); !parsed)
            section.problems().add(section.positionOf(u(key)), parsed.error().what, parsed.error().hint);
    }
    return windows;
}

RetrainPolicy::Budget readBudget(Section section) {
    RetrainPolicy::Budget budget;
    budget.runs = int(section.integer(u("runs"), 0, 1, 10'000));
    budget.hours = section.number(u("hours"), 0, 0, 1e6);
    budget.cost = section.number(u("cost"), 0, 0, 1e12);
    budget.pricePerHour = section.number(u("price_per_hour"), 0, 0, 1e9);
    budget.per = section.duration(u("per"), budget.per);
    section.finish();
    if (budget.cost > 0 && budget.pricePerHour <= 0)
        section.problems().add(section.positionOf(u("cost")), u("A budget with a cost needs what an hour of training costs."), u("Add price_per_hour, in the same currency."));
    else if (!budget.limits() && budget.pricePerHour <= 0)
        section.problems().add(section.position(), u("“budget” limits nothing."), u("For example {runs: 4, per: 7d}, {hours: 10} or {cost: 50, price_per_hour: 1.2}."));
    return budget;
}

} // namespace

RetrainPolicy readRetrainPolicy(Section section, const QStringList &executors, const QString &recipe) {
    RetrainPolicy policy;
    readRules(section, policy, recipe);
    policy.atMostEvery = section.duration(u("at_most_every"), policy.atMostEvery);
    policy.executor = section.text(u("executor"), policy.executor);
    if (!executors.contains(policy.executor))
        addUnknown(section.problems(), section.positionOf(u("executor")), u("executor"), policy.executor, executors);
    policy.enabled = section.boolean(u("enabled"), true);
    policy.check = section.text(u("check")).simplified();
    if (!policy.check.isEmpty() && !parseDuration(policy.check) && !Cron::parse(policy.check))
        section.problems().add(section.positionOf(u("check")), u("“%1” is neither a duration nor a cron of five fields.").arg(policy.check), u("For example check: 1h, or check: \"15 0 * * *\"."));
    policy.minimumRows = section.integer(u("min_rows"), policy.minimumRows, 10, 500);
    policy.onlyIn = readWindows(section, "only_in");
    policy.notIn = readWindows(section, "not_in");
    if (section.has(u("budget")))
        policy.budget = readBudget(section.section(u("budget")));
    policy.retries = int(section.integer(u("retries"), 0, 0, 100));
    policy.retryAfter = section.duration(u("retry_after"), policy.retryAfter);
    policy.tag = section.text(u("tag"));
    section.finish();
    return policy;
}

} // namespace pilothouse::workspace
