// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/retrain/judge_rule.h"

#include "core/base/cron.h"
#include "core/retrain/decision_text.h"

#include <algorithm>
#include <cmath>

namespace pilothouse::retrain {

namespace {

bool holds(double value, const QString &op, double limit) {
    if (op == QLatin1String(">"))
        return value > limit;
    if (op == QLatin1String(">="))
        return value >= limit;
    if (op == QLatin1String("<"))
        return value < limit;
    return value <= limit;
}

/// A value that a rule is judged by, with the words that say where it is from; nullopt with the words that say why not.
struct Known {
    std::optional<double> value;
    QString words;
};

/// Where only each of several targets has the metric: what may be asked for instead; else empty.
QString ofOneTarget(const QString &name, const std::map<QString, double> &metrics) {
    const auto first = metrics.lower_bound(workspace::metricOfTarget(name, QString()));
    const bool there = first != metrics.end() && first->first.startsWith(workspace::metricOfTarget(name, QString()));
    return there && metrics.find(name) == metrics.end() ? first->first : QString();
}

Known metricOf(const QString &name, const Observations &seen, qint64 minimumRows) {
    const auto it = seen.metrics.find(name);
    const auto source = seen.metricSources.find(name);
    const bool live = source == seen.metricSources.end();
    const qint64 rows = seen.labelled(name);
    const QString few = QStringLiteral("too few labelled rows: %1 of %2 needed").arg(rows).arg(minimumRows);
    if (const QString instead = ofOneTarget(name, seen.metrics); !instead.isEmpty())
        return {{}, QStringLiteral("%1 is not known over several targets, name one such as %2").arg(name, instead)};
    if (it == seen.metrics.end() || !std::isfinite(it->second))
        return {{}, QStringLiteral("%1 is not known, %2").arg(name, rows < minimumRows ? few : QStringLiteral("no source gives it"))};
    if (live && rows < minimumRows)
        return {{}, QStringLiteral("%1 is not judged, %2").arg(name, few)};
    return {it->second, live ? QStringLiteral("%1 %2 on %3 labelled rows").arg(name, numberText(it->second)).arg(rows)
                             : QStringLiteral("%1 %2 on %3").arg(name, numberText(it->second), source->second)};
}

Known metricOfYesterday(const QString &name, const Yesterday &yesterday, qint64 minimumRows) {
    if (yesterday.day.isEmpty())
        return {{}, QStringLiteral("%1 of yesterday is not known, no endpoint's log gives it").arg(name)};
    const auto rows = yesterday.labelled.find(workspace::metricAndTarget(name).second);
    const qint64 count = rows == yesterday.labelled.end() ? 0 : rows->second;
    const auto it = yesterday.metrics.find(name);
    if (const QString instead = ofOneTarget(name, yesterday.metrics); !instead.isEmpty())
        return {{}, QStringLiteral("%1 is not known over several targets, name one such as %2").arg(name, instead)};
    if (count < minimumRows)
        return {{}, QStringLiteral("%1 is not judged, too few labelled rows of %2: %3 of %4 needed").arg(name, yesterday.day).arg(count).arg(minimumRows)};
    if (it == yesterday.metrics.end() || !std::isfinite(it->second))
        return {{}, QStringLiteral("%1 of %2 is not known").arg(name, yesterday.day)};
    return {it->second, QStringLiteral("%1 %2 on %3 labelled rows of %4").arg(name, numberText(it->second)).arg(count).arg(yesterday.day)};
}

Known metricFor(const Rule &rule, const Observations &seen, qint64 minimumRows) {
    return rule.yesterday ? metricOfYesterday(rule.metric, seen.yesterday, minimumRows) : metricOf(rule.metric, seen, minimumRows);
}

RuleOutcome unknown(const Rule &rule, const QString &why) { return {rule.text, why, false, false}; }

/// The limit at which the condition holds: that of one which held at the last look is where it is over.
bool beyond(double value, const Rule &rule, bool held) {
    if (!held || !rule.until)
        return holds(value, rule.op, rule.number);
    return rule.op.startsWith(QLatin1Char('>')) ? value > *rule.until : value < *rule.until;
}

RuleOutcome judgeMetric(const Rule &rule, const Observations &seen, qint64 minimumRows, bool held) {
    const Known known = metricFor(rule, seen, minimumRows);
    if (!known.value)
        return unknown(rule, known.words);
    if (rule.kind == Rule::Kind::Limit)
        return {rule.text, known.words, beyond(*known.value, rule, held), true, known.value};
    const auto best = seen.bestMetrics.find(rule.metric);
    if (best == seen.bestMetrics.end() || !std::isfinite(best->second))
        return unknown(rule, QStringLiteral("%1, its best so far is not known").arg(known.words));
    const double drop = best->second - *known.value;
    return {rule.text,
            drop > 0 ? QStringLiteral("%1, %2 below its best %3").arg(known.words, numberText(drop), numberText(best->second))
                     : QStringLiteral("%1, its best was %2").arg(known.words, numberText(best->second)),
            drop > (held && rule.until ? *rule.until : rule.number), true, known.value};
}

RuleOutcome judgeAge(const Rule &rule, const std::optional<QDateTime> &of, const QDateTime &now, const QString &what, const QString &absent) {
    if (!of)
        return unknown(rule, absent);
    const qint64 age = of->secsTo(now);
    if (age < 0)
        return unknown(rule, QStringLiteral("the %1 is dated %2, after now: the clock was moved").arg(what, timeText(*of)));
    return {rule.text, QStringLiteral("%1 is %2 old").arg(what, durationText(age)), holds(double(age), rule.op, double(rule.seconds)), true, double(age)};
}

RuleOutcome judgeData(const Rule &rule, const Observations &seen) {
    if (!seen.dataHash || !seen.trainedDataHash)
        return unknown(rule, seen.dataHash ? QStringLiteral("the data that the champion was trained on is not known") : QStringLiteral("the data's hash is not known"));
    const bool changed = seen.dataHash->compare(*seen.trainedDataHash, Qt::CaseInsensitive) != 0;
    return {rule.text,
            changed ? QStringLiteral("MD5 %1 now, %2 when trained").arg(seen.dataHash->left(8), seen.trainedDataHash->left(8)) : QStringLiteral("MD5 %1 as when trained").arg(seen.dataHash->left(8)),
            changed, true};
}

/// Its time came since the last look; it stays due until a retraining began, however long that is held back.
RuleOutcome judgeSchedule(const Rule &rule, const Observations &seen, const RuleOutcome *before) {
    const auto cron = Cron::parse(rule.cron);
    if (!cron)
        return unknown(rule, cron.error().what);
    if (before && before->since)
        return {rule.text, QStringLiteral("due since %1").arg(timeText(*before->since)), true, true};
    const QDateTime last = cron->previous(seen.now, seen.zone), next = cron->next(seen.now, seen.zone);
    if (seen.lastLook && last.isValid() && last > *seen.lastLook)
        return {rule.text, QStringLiteral("due since %1").arg(timeText(last)), true, true, {}, last};
    return {rule.text, next.isValid() ? QStringLiteral("next at %1").arg(timeText(next)) : QStringLiteral("it never comes"), false, true};
}

RuleOutcome judgeNow(const Rule &rule, const Observations &seen, qint64 minimumRows, const RuleOutcome *before) {
    const bool held = before && before->since;
    switch (rule.kind) {
    case Rule::Kind::Limit:
    case Rule::Kind::Drops:
        return judgeMetric(rule, seen, minimumRows, held);
    case Rule::Kind::Drift:
        if (!seen.worstPsi || !std::isfinite(*seen.worstPsi))
            return unknown(rule, QStringLiteral("drift is not known"));
        return {rule.text, QStringLiteral("PSI %1 in %2").arg(numberText(*seen.worstPsi), seen.worstColumn), beyond(*seen.worstPsi, rule, held), true, seen.worstPsi};
    case Rule::Kind::DataChanged:
        return judgeData(rule, seen);
    case Rule::Kind::Age:
        return judgeAge(rule, seen.newestModel, seen.now, QStringLiteral("newest model"), QStringLiteral("there is no model yet"));
    case Rule::Kind::NewestRowAge:
        return judgeAge(rule, seen.newestRow, seen.now, QStringLiteral("newest row"), QStringLiteral("the time of the data's newest row is not known"));
    case Rule::Kind::SourceAge:
        return judgeAge(rule, seen.sourceChanged, seen.now, QStringLiteral("data source"), QStringLiteral("when the data's source was changed is not known"));
    case Rule::Kind::RowsYesterday:
        if (!seen.yesterday.rows)
            return unknown(rule, QStringLiteral("how many rows were answered yesterday is not known"));
        return {rule.text, QStringLiteral("%1 rows were answered on %2").arg(*seen.yesterday.rows).arg(seen.yesterday.day), beyond(double(*seen.yesterday.rows), rule, held), true, double(*seen.yesterday.rows)};
    case Rule::Kind::Schedule:
        return judgeSchedule(rule, seen, before);
    }
    return unknown(rule, QStringLiteral("a rule of an unknown kind"));
}

/// What the last look said of the rule; nothing if it was not there, or where a retraining began since.
const RuleOutcome *lastOutcome(const Rule &rule, const Observations &seen) {
    const bool retrained = seen.failedStarts == 0 && seen.lastRetrain && seen.lastLook && *seen.lastRetrain >= *seen.lastLook;
    if (!seen.lastLook || retrained)
        return nullptr;
    const auto found = std::find_if(seen.lastRules.begin(), seen.lastRules.end(), [&](const RuleOutcome &outcome) { return outcome.rule == rule.text; });
    return found == seen.lastRules.end() ? nullptr : &*found;
}

} // namespace

RuleOutcome judgeRule(const Rule &rule, const Observations &seen, qint64 minimumRows) {
    const RuleOutcome *before = lastOutcome(rule, seen);
    RuleOutcome outcome = judgeNow(rule, seen, minimumRows, before);
    if (!outcome.known) {
        if (before) {
            outcome.since = before->since;
            outcome.checks = before->checks;
        }
        return outcome;
    }
    if (!outcome.fired)
        return outcome;
    const bool gap = before && rule.forSeconds > 0 && seen.lastLook->secsTo(seen.now) > rule.forSeconds;
    outcome.since = before && before->since && !gap ? *before->since : outcome.since.value_or(seen.now);
    outcome.checks = before && !gap ? before->checks + 1 : 1;
    if (rule.forChecks > 0) {
        outcome.fired = outcome.checks >= rule.forChecks;
        outcome.numbers += QStringLiteral(", at %1 of %2 looks in a row").arg(std::min(outcome.checks, rule.forChecks)).arg(rule.forChecks);
    }
    if (rule.forSeconds > 0) {
        const qint64 held = outcome.since->secsTo(seen.now);
        outcome.fired = held >= rule.forSeconds;
        outcome.numbers += QStringLiteral(", for %1 of %2").arg(durationText(std::min(held, rule.forSeconds)), durationText(rule.forSeconds));
    }
    return outcome;
}

std::optional<double> judgedMetric(const Rule &rule, const Observations &seen, qint64 minimumRows) { return metricFor(rule, seen, minimumRows).value; }

} // namespace pilothouse::retrain
