// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workspace/retrain_rule.h"

#include "core/base/cron.h"
#include "core/workspace/condition.h"
#include "core/workspace/workspace.h"
#include "core/workspace/recipe.h"

#include <QRegularExpression>

#include <cmath>

namespace pilothouse::workspace {

namespace {

using Kind = RetrainRule::Kind;

Error badRule(const QString &text, const QString &why) {
    return invalid(QStringLiteral("Cannot read the retrain rule “%1”: %2").arg(text, why), {},
                   QStringLiteral("Rules are: mae > 1.5 · mae@t2m > 1.5 · mae yesterday > 1.5 · r2 < 0.5 · r2 drops 0.1 · drift > 0.25 · data_changed · age > 7d · newest_row_age > 36h · source_age > 26h · "
                                  "rows_yesterday < 24 · schedule 0 2 * * 1. Any of them may end with “for 3 checks” or “for 2d”, one with a number before that with “until 1.3”."));
}

bool isAbove(const QString &op) { return op.startsWith(QLatin1Char('>')); }

std::optional<double> finite(const QString &text) {
    bool ok = false;
    const double number = text.toDouble(&ok);
    return ok && std::isfinite(number) ? std::optional(number) : std::nullopt;
}

/// Takes "until NUMBER" and "for …" off the end.
Result<QString> withoutEndings(RetrainRule &rule) {
    static const QRegularExpression lasting(QStringLiteral(R"(^(.*\S) for (?:(\S+) checks?|(\S+))$)")), until(QStringLiteral(R"(^(.*\S) until (\S+)$)"));
    QString text = rule.text;
    if (const auto match = lasting.match(text); match.hasMatch()) {
        text = match.captured(1);
        if (!match.captured(2).isEmpty()) {
            bool ok = false;
            rule.forChecks = match.captured(2).toInt(&ok);
            if (!ok || rule.forChecks < 1 || rule.forChecks > 10'000)
                return badRule(rule.text, QStringLiteral("“for %1 checks” is no number of looks.").arg(match.captured(2)));
        } else {
            const auto seconds = parseDuration(match.captured(3));
            if (!seconds || *seconds <= 0)
                return badRule(rule.text, QStringLiteral("“for %1” is no duration like 3d, 36h or 15min, and no number of checks.").arg(match.captured(3)));
            rule.forSeconds = *seconds;
        }
    }
    if (const auto match = until.match(text); match.hasMatch()) {
        text = match.captured(1);
        rule.until = finite(match.captured(2));
        if (!rule.until)
            return badRule(rule.text, QStringLiteral("“until %1” is no number.").arg(match.captured(2)));
    }
    return text;
}

/// A value beyond the limit is over only at `until`, which therefore lies on its good side.
Result<void> checkUntil(const RetrainRule &rule) {
    if (!rule.until)
        return {};
    if (!rule.ofMetric() && rule.kind != Kind::Drift && rule.kind != Kind::RowsYesterday)
        return badRule(rule.text, QStringLiteral("“until” belongs to a rule with a number."));
    const bool over = rule.kind == Kind::Drops || isAbove(rule.op);
    if (over ? *rule.until > rule.number : *rule.until < rule.number)
        return badRule(rule.text, QStringLiteral("“until” is where it is over, so it cannot lie beyond the limit %1.").arg(rule.number));
    if (rule.kind == Kind::Drops && *rule.until < 0)
        return badRule(rule.text, QStringLiteral("“until” of a drop is a number from 0 on."));
    return {};
}

Result<void> readNumber(RetrainRule &rule, const QString &number) {
    const auto value = finite(number);
    if (!value)
        return badRule(rule.text, QStringLiteral("“%1” is no number.").arg(number));
    rule.number = *value;
    if (rule.kind == Kind::Drift && !isAbove(rule.op))
        return badRule(rule.text, QStringLiteral("drift is judged with > or >=, it fires when the PSI is high."));
    if (rule.kind == Kind::Drift && rule.number <= 0)
        return badRule(rule.text, QStringLiteral("a PSI limit must be above 0; 0.1 warns, 0.25 is drifted."));
    if (rule.kind == Kind::Limit && largerIsBetter(rule.metric) == isAbove(rule.op))
        return badRule(rule.text, QStringLiteral("%1 that is %2 is good news, so it would fire on the good models. Did you mean %1 %3 %4?")
                                      .arg(rule.metric, isAbove(rule.op) ? QStringLiteral("high") : QStringLiteral("low"),
                                           isAbove(rule.op) ? QStringLiteral("<") : QStringLiteral(">"), number));
    return {};
}

Result<void> readDrop(RetrainRule &rule, const QString &number) {
    rule.kind = Kind::Drops;
    const auto value = finite(number);
    if (!value || *value <= 0)
        return badRule(rule.text, QStringLiteral("“%1” is no number above 0.").arg(number));
    rule.number = *value;
    if (!largerIsBetter(rule.metric))
        return badRule(rule.text, QStringLiteral("%1 is an error, and an error that drops is good news; give it a limit: %1 > …").arg(rule.metric));
    return {};
}

Result<void> readAge(RetrainRule &rule, const QString &name, const QString &duration) {
    if (!isAbove(rule.op))
        return badRule(rule.text, QStringLiteral("%1 is judged with > or >=, it fires when %2 is old.").arg(name, rule.kind == Kind::Age ? QStringLiteral("the model") : QStringLiteral("the data")));
    const auto seconds = parseDuration(duration);
    if (!seconds || *seconds <= 0)
        return badRule(rule.text, QStringLiteral("“%1” is no duration like 7d, 36h or 15min.").arg(duration));
    rule.seconds = *seconds;
    return {};
}

Result<void> readCondition(RetrainRule &rule, QString text) {
    if (text == QLatin1String("data_changed")) {
        rule.kind = Kind::DataChanged;
        return {};
    }
    if (text.startsWith(QLatin1String("schedule "))) {
        rule.kind = Kind::Schedule;
        rule.cron = text.mid(9);
        if (const auto cron = Cron::parse(rule.cron); !cron)
            return badRule(rule.text, cron.error().what);
        return {};
    }
    static const QRegularExpression yesterday(QStringLiteral(R"(^(.*\S) yesterday( drops .*|\s*[<>].*)$)"));
    if (const auto match = yesterday.match(text); match.hasMatch()) {
        rule.yesterday = true;
        text = match.captured(1) + match.captured(2);
    }
    const auto condition = splitCondition(text);
    if (!condition)
        return badRule(rule.text, QStringLiteral("expected NAME > NUMBER, NAME drops NUMBER, age > DURATION or data_changed."));
    rule.metric = condition->left;
    if (condition->op == QLatin1String("drops"))
        return readDrop(rule, condition->right);
    rule.op = condition->op;
    static const std::pair<const char *, Kind> kinds[]{{"age", Kind::Age}, {"drift", Kind::Drift}, {"newest_row_age", Kind::NewestRowAge}, {"source_age", Kind::SourceAge}, {"rows_yesterday", Kind::RowsYesterday}};
    for (const auto &[name, kind] : kinds)
        if (condition->left == QLatin1String(name))
            rule.kind = kind;
    if (rule.kind != Kind::Limit)
        rule.metric.clear();
    if (rule.yesterday && rule.kind != Kind::Limit)
        return badRule(rule.text, QStringLiteral("“yesterday” belongs to a metric."));
    if (rule.kind == Kind::Age || rule.kind == Kind::NewestRowAge || rule.kind == Kind::SourceAge)
        return readAge(rule, condition->left, condition->right);
    return readNumber(rule, condition->right);
}

} // namespace

QString RetrainRule::endings() const {
    QString text;
    if (until)
        text += QStringLiteral(" until %1").arg(*until, 0, 'g', 12);
    if (forChecks > 0)
        text += QStringLiteral(" for %1 %2").arg(forChecks).arg(forChecks == 1 ? QStringLiteral("check") : QStringLiteral("checks"));
    if (forSeconds > 0)
        text += QStringLiteral(" for %1s").arg(forSeconds);
    return text;
}

Result<RetrainRule> parseRetrainRule(const QString &written) {
    RetrainRule rule;
    rule.text = written.simplified();
    PH_ASSIGN(const QString condition, withoutEndings(rule));
    PH_TRY(readCondition(rule, condition));
    PH_TRY(checkUntil(rule));
    return rule;
}

} // namespace pilothouse::workspace
