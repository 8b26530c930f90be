// SPDX-License-Identifier: GPL-3.0-or-later
// Rules of a retrain policy as a person writes them.
#include "core/workspace/retrain_rule.h"

#include <QTest>

using namespace pilothouse;
using namespace pilothouse::workspace;

namespace {

/// A rule as one text: kind|metric|op|number|seconds|yesterday|until|for seconds|for checks|cron.
QString shown(const RetrainRule &r) {
    static const char *const kinds[]{"limit", "drops", "changed", "age", "drift", "newest", "source", "rows", "schedule"};
    return QStringList{QLatin1String(kinds[int(r.kind)]), r.metric, r.op, QString::number(r.number), QString::number(r.seconds), r.yesterday ? QStringLiteral("yesterday") : QString(),
                       r.until ? QString::number(*r.until) : QString(), QString::number(r.forSeconds), QString::number(r.forChecks), r.cron}
        .join(QLatin1Char('|'));
}

} // namespace

class tst_RetrainRule : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyForm_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("parts");
        const auto row = [](const char *text, const char *parts) { QTest::newRow(text) << QString::fromUtf8(text) << QString::fromUtf8(parts); };
        row("mae > 1.5", "limit|mae|>|1.5|0|||0|0|");
        row("mae@wind gust > 1.5 for 3 checks", "limit|mae@wind gust|>|1.5|0|||0|3|");
        row("mae yesterday > 1.5", "limit|mae|>|1.5|0|yesterday||0|0|");
        row("mae@t2m yesterday>1.5", "limit|mae@t2m|>|1.5|0|yesterday||0|0|");
        row("r2 yesterday drops 0.1", "drops|r2||0.1|0|yesterday||0|0|");
        row("r2 drops by 0.1 until 0.05 for 2d", "drops|r2||0.1|0||0.05|172800|0|");
        row("r2 < 0.5 until 0.6", "limit|r2|<|0.5|0||0.6|0|0|");
        row("drift >= 0.25 until 0.1 for 1 check", "drift||>=|0.25|0||0.1|0|1|");
        row("data_changed for 1h", "changed|||0|0|||3600|0|");
        row("age > 7d", "age||>|0|604800|||0|0|");
        row("newest_row_age > 36h", "newest||>|0|129600|||0|0|");
        row("source_age > 26h for 15min", "source||>|0|93600|||900|0|");
        row("rows_yesterday < 24", "rows||<|24|0|||0|0|");
        row("rows_yesterday > 1e6 until 5e5", "rows||>|1e+06|0||500000|0|0|");
        row("schedule 0 2 * * mon", "schedule|||0|0|||0|0|0 2 * * mon");
    }
    void everyForm() {
        QFETCH(QString, text);
        const auto rule = parseRetrainRule(text);
        QVERIFY2(rule, rule ? "" : qPrintable(rule.error().text()));
        QTEST(shown(*rule), "parts");
        QCOMPARE(rule->text, text);
        const auto again = parseRetrainRule(rule->text.section(QStringLiteral(" until "), 0, 0).section(QStringLiteral(" for "), 0, 0) + rule->endings());
        QVERIFY(again); // what is shown of the endings is read as the same
        QCOMPARE(shown(*again), shown(*rule));
    }

    void wrongRulesSayWhatTheyWant_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("message");
        const auto row = [](const char *text, const char *message) { QTest::newRow(text) << QString::fromUtf8(text) << QString::fromUtf8(message); };
        row("mae > 1.5 for 0 checks", "“for 0 checks” is no number of looks");
        row("mae > 1.5 for long", "“for long” is no duration");
        row("mae > 1.5 for -1d", "is no duration");
        row("mae > 1.5 until low", "“until low” is no number");
        row("mae > 1.5 until 1.6", "cannot lie beyond the limit 1.5");
        row("r2 < 0.5 until 0.4", "cannot lie beyond the limit 0.5");
        row("r2 drops 0.1 until -0.1", "a number from 0 on");
        row("age > 7d until 6", "“until” belongs to a rule with a number");
        row("data_changed until 1", "“until” belongs to a rule with a number");
        row("drift yesterday > 0.25", "“yesterday” belongs to a metric");
        row("newest_row_age < 36h", "newest_row_age is judged with > or >=, it fires when the data is old");
        row("source_age > 26", "“26” is no duration");
        row("rows_yesterday < few", "“few” is no number");
        row("schedule", "expected NAME > NUMBER");
        row("schedule 61 2 * * *", "Cannot read the retrain rule “schedule 61 2 * * *”");
        row("mae drops 0.1", "good news");
        row("r2 > 0.9", "good news");
        row("mae > nan", "is no number");
    }
    void wrongRulesSayWhatTheyWant() {
        QFETCH(QString, text);
        QFETCH(QString, message);
        const auto rule = parseRetrainRule(text);
        QVERIFY(!rule);
        QCOMPARE(rule.error().kind, ErrorKind::Invalid);
        QVERIFY2(rule.error().text().contains(message), qPrintable(rule.error().text()));
    }
};

QTEST_GUILESS_MAIN(tst_RetrainRule)
#include "tst_retrain_rule.moc"
