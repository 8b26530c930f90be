// SPDX-License-Identifier: GPL-3.0-or-later
// The filter language of runs: what it lets through, what it says of a mistake, what it offers at the cursor.
#include "core/registry/run_filter.h"

#include <QTest>

#include <limits>

using namespace pilothouse;
using namespace pilothouse::registry;

namespace {

QDateTime at(const char *iso) { return QDateTime::fromString(QLatin1String(iso), Qt::ISODate).toUTC(); }

Run run(const char *id, RunStatus status, const char *started) {
    Run r;
    r.id = QLatin1String(id);
    r.name = QStringLiteral("run ") + r.id;
    r.experiment = QStringLiteral("wind");
    r.user = QStringLiteral("ada");
    r.status = status;
    r.started = at(started);
    return r;
}

std::vector<Run> sample() {
    Run a = run("a", RunStatus::Finished, "2026-11-01T10:00:00Z"), b = run("b", RunStatus::Failed, "2026-11-02T10:00:00Z"), c = run("c", RunStatus::Running, "2026-11-03T10:00:00Z");
    a.ended = a.started.addSecs(90);
    b.ended = b.started.addSecs(10);
    b.user = QStringLiteral("Grace");
    a.params = {{QStringLiteral("model"), QStringLiteral("xgb")}, {QStringLiteral("depth"), QStringLiteral("6")}};
    b.params = {{QStringLiteral("model"), QStringLiteral("XGB")}, {QStringLiteral("depth"), QStringLiteral("10")}, {QStringLiteral("x y"), QStringLiteral("it's")}};
    c.params = {{QStringLiteral("model"), QStringLiteral("mlp")}, {QStringLiteral("depth"), QStringLiteral("none")}};
    a.metrics = {{QStringLiteral("rmse"), 0.5}, {QStringLiteral("test.mae"), 1.0}};
    b.metrics = {{QStringLiteral("rmse"), std::numeric_limits<double>::quiet_NaN()}};
    c.metrics = {{QStringLiteral("rmse"), std::numeric_limits<double>::infinity()}, {QStringLiteral("a-b"), -2}};
    a.tags = {{QStringLiteral("team"), QStringLiteral("forecast_1")}, {QStringLiteral("x y"), QStringLiteral("50% off")}};
    b.tags = {{QStringLiteral("team"), QStringLiteral("forecastX1")}};
    return {a, b, c};
}

/// The ids that pass, or "column N: what hint".
QString passing(const QString &text) {
    TextSpan wrong;
    const auto filter = RunFilter::parse(text, &wrong);
    if (!filter)
        return filter.error().where + QLatin1Char('+') + QString::number(wrong.length) + QStringLiteral(": ") + filter.error().what;
    QString ids;
    for (const Run &r : sample())
        if (filter->matches(r))
            ids += r.id;
    return ids;
}

/// What is offered at the bar in "metrics.r| < 1", with the words it replaces.
QString offered(QString text, qsizetype most = 4) {
    const qsizetype cursor = text.indexOf(QLatin1Char('|'));
    text.remove(cursor, 1);
    const FilterCompletions found = completions(text, cursor, vocabularyOf(sample()));
    QStringList items;
    for (const auto &item : found.items)
        if (items.size() < most)
            items << item.text;
    return QStringLiteral("[%1] %2").arg(text.mid(found.replaces.at, found.replaces.length), items.join(QStringLiteral(" ; ")));
}

} // namespace

class TestRunFilter : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void runsPass_data() {
        QTest::addColumn<QString>("filter");
        QTest::addColumn<QString>("ids");
        const auto row = [](const char *name, const char *filter, const char *ids) { QTest::newRow(name) << QString::fromUtf8(filter) << QString::fromUtf8(ids); };
        row("nothing asked for", "", "abc");
        row("spaces only", "  \t", "abc");
        row("a metric below a limit: infinity is above, NaN in no comparison", "metrics.rmse < 1", "a");
        row("infinity is above every number", "metric.rmse > 1e300", "c");
        row("NaN differs from every number", "metrics.rmse != 0.5", "bc");
        row("which are NaN", "metrics.rmse = NaN", "b");
        row("which are not NaN", "metrics.rmse != nan", "ac");
        row("which are infinite", "metrics.rmse = Infinity", "c");
        row("a run without the metric is in no comparison", "metrics.`a-b` != 7", "c");
        row("a key with a dash needs no quotes here", "metrics.a-b <= -2", "c");
        row("the key begins after the first dot", "metrics.test.mae >= 1", "a");
        row("a parameter is text", "params.model = 'xgb'", "a");
        row("the four words for a parameter", "param.model='mlp' or parameter.model='xgb' or parameters.model='XGB'", "abc");
        row("not equal asks for the key, too", "params.`x y` != 'z'", "b");
        row("double quotes around a value", "params.model = \"mlp\"", "c");
        row("a quote in a value", "params.\"x y\" = 'it''s'", "b");
        row("LIKE keeps the case", "params.model LIKE '%g%'", "a");
        row("ILIKE does not", "params.model ilike '%G%'", "ab");
        row("an underscore is any one letter", "tags.team LIKE 'forecast_1'", "ab");
        row("a per cent sign in the middle", "tags.team LIKE 'f%1'", "ab");
        row("LIKE is the whole text", "tags.team LIKE 'forecast'", "");
        row("a tag in quotes", "tags.\"x y\" LIKE '50%'", "a");
        row("a tag in backticks", "tags.`x y` IS NOT NULL", "a");
        row("a tag that is not there", "tags.`x y` IS NULL", "bc");
        row("a status", "attributes.status = 'FINISHED'", "a");
        row("without an entity an attribute is meant", "status != 'RUNNING'", "ab");
        row("MLflow's other words for the name", "\"run name\" = 'run b'", "b");
        row("one of a list", "attr.status IN ('FINISHED', 'FAILED')", "ab");
        row("none of a list", "run.run_id NOT IN ('a')", "bc");
        row("a time in milliseconds", "start_time >= 1793613600000", "bc");
        row("a day, in UTC", "start_time >= '2026-11-02'", "bc");
        row("a time with a zone", "start_time < '2026-11-01T12:00:01+02:00'", "a");
        row("a run that has not ended has no end", "end_time > 0", "ab");
        row("a duration in seconds", "duration > 60", "a");
        row("the experiment", "experiment = 'wind'", "abc");
        row("a parameter beside a bare number is read as one", "params.depth > 6", "b");
        row("and text that is no number fits none", "params.depth != 6", "b");
        row("both", "metrics.rmse < 1 AND params.model = 'xgb'", "a");
        row("AND binds more than OR", "run_id = 'c' OR run_id = 'a' AND user_id = 'Grace'", "c");
        row("parentheses", "(run_id = 'c' OR run_id = 'a') AND user = 'ada'", "ac");
        row("not", "NOT status = 'FINISHED' and not (run_id = 'b')", "c");
        row("words of the language in any case", "run_id = 'a' oR run_id in ('b')", "ab");
        row("a bare word, in any case", "grace", "b");
        row("a bare word in a tag", "FORECAST_", "a");
        row("two bare words must both be there", "wind 'run c'", "c");
        row("a bare word beside a condition", "ada metrics.rmse < 1", "a");
        row("a word that looks like a part of the language", "like", "");
    }
    void runsPass() {
        QFETCH(QString, filter);
        QTEST(passing(filter), "ids");
    }

    void mistakesNameTheirColumn_data() {
        QTest::addColumn<QString>("filter");
        QTest::addColumn<QString>("says");
        const auto row = [](const char *name, const char *filter, const char *says) { QTest::newRow(name) << QString::fromUtf8(filter) << QString::fromUtf8(says); };
        row("an entity that runs have not", "metrics.a < 1 and model.x = 'a'", "column 19+7: A run has no “model”.");
        row("an attribute that runs have not", "attributes.colour = 'a'", "column 1+17: “colour” is no attribute of a run.");
        row("a word that is no attribute", "rmse < 1", "column 1+4: “rmse” is no attribute of a run.");
        row("no operator", "metrics.rmse", "column 1+12: After metrics.rmse an operator is missing.");
        row("no value", "metrics.rmse <", "column 14+1: After “<” a value is missing.");
        row("text for a metric", "metrics.rmse < '1'", "column 16+3: metrics.rmse is compared with a number, and “1” is none.");
        row("a comma in a number", "metrics.rmse < 0,5", "column 17+1: “,” cannot begin a condition.");
        row("a value without quotes", "params.model = xgb", "column 16+3: params.model is compared with a text in quotes.");
        row("a number for an attribute of text", "status = 3", "column 10+1: attributes.status is compared with a text in quotes.");
        row("LIKE for a metric", "metrics.rmse LIKE '1'", "column 14+4: metrics.rmse is a number: “LIKE” does not go with it.");
        row("less than a text", "params.model < 'x'", "column 14+1: params.model holds text: “<” does not go with it.");
        row("no such operator", "params.model =< 'x'", "column 14+2: “=<” is no operator.");
        row("an open quote", "params.model = 'x", "column 16+2: The quote is not closed.");
        row("an open quote of a key", "tags.`x", "column 1+7: The quote is not closed.");
        row("an open parenthesis", "(status = 'RUNNING'", "column 1+1: The parenthesis is not closed.");
        row("nothing in it", "()", "column 2+1: There is nothing in the parentheses.");
        row("one too many", "status = 'RUNNING')", "column 19+1: “)” closes nothing.");
        row("an AND at the end", "status = 'RUNNING' AND", "column 23+0: The filter ends where a condition should follow.");
        row("an OR at the beginning", "OR status = 'RUNNING'", "column 1+2: “OR” joins nothing here.");
        row("IN without a list", "status IN 'RUNNING'", "column 11+9: After IN a list in parentheses is missing.");
        row("a list of words", "status IN (RUNNING)", "column 12+7: A list holds texts in quotes, with commas between.");
        row("an open list", "status IN ('RUNNING'", "column 11+1: The list is not closed.");
        row("IS without NULL", "tags.x IS 3", "column 11+1: IS is followed by NULL or NOT NULL.");
        row("IS NULL for a metric", "metrics.x IS NULL", "column 11+2: metrics.x is a number: “IS” does not go with it.");
        row("a time that is none", "start_time > 'yesterday'", "column 14+11: attributes.start_time is compared with a number, and “yesterday” is none.");
    }
    void mistakesNameTheirColumn() {
        QFETCH(QString, filter);
        QTEST(passing(filter), "says");
    }

    void completionsKnowWhatFits_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("items");
        const auto row = [](const char *name, const char *text, const char *items) { QTest::newRow(name) << QString::fromUtf8(text) << QString::fromUtf8(items); };
        row("an empty field: keys that runs have", "|", "[] metrics.`a-b` ; metrics.rmse ; metrics.test.mae ; params.depth");
        row("a begun key", "metrics.r|", "[metrics.r] metrics.rmse");
        row("a part of a key is found", "rm|", "[rm] metrics.rmse");
        row("the rest of the word is replaced, too", "met|rics.x < 1", "[metrics.x] metrics.`a-b` ; metrics.rmse ; metrics.test.mae");
        row("a key that needs quotes", "tags.x|", "[tags.x] tags.`x y`");
        row("an operator of a number", "metrics.rmse |", "[] < ; <= ; > ; >=");
        row("an operator of a text", "params.model |", "[] = ; != ; LIKE ; ILIKE");
        row("a begun operator", "params.model LI|", "[LI] LIKE ; ILIKE");
        row("values that were seen", "params.model = |", "[] 'XGB' ; 'mlp' ; 'xgb'");
        row("a begun value", "params.model = 'x|", "['x] 'XGB' ; 'xgb'");
        row("the status words", "status = |", "[] 'FAILED' ; 'FINISHED' ; 'KILLED' ; 'RUNNING'");
        row("a value with a quote", "params.`x y` = |", "[] \"it's\"");
        row("in a list", "status IN ('FAILED', |", "[] 'FAILED' ; 'FINISHED' ; 'KILLED' ; 'RUNNING'");
        row("in a list of NOT IN", "status NOT IN (|", "[] 'FAILED' ; 'FINISHED' ; 'KILLED' ; 'RUNNING'");
        row("no numbers are made up", "metrics.rmse < |", "[] ");
        row("after a condition", "metrics.rmse < 1 |", "[] AND ; OR");
        row("after the joint", "metrics.rmse < 1 AND params.|", "[params.] params.depth ; params.model ; params.`x y`");
        row("in a parenthesis", "(met|", "[met] metrics.`a-b` ; metrics.rmse ; metrics.test.mae");
        row("after a parenthesis", "(metrics.rmse < 1) |", "[] AND ; OR");
    }
    void completionsKnowWhatFits() {
        QFETCH(QString, text);
        QTEST(offered(text), "items");
    }

    void noTextAtAllStopsTheReader() {
        const QString signs = QStringLiteral("a.'\"`()=,<! \x0001 INNOTISNULLandorlike%_5");
        quint32 seed = 7;
        const RunVocabulary known = vocabularyOf(sample());
        for (int i = 0; i < 3000; ++i) {
            QString text;
            for (int n = int((seed = seed * 1664525u + 1013904223u) >> 28); n >= 0; --n)
                text += signs[qsizetype((seed = seed * 1664525u + 1013904223u) >> 16) % signs.size()];
            TextSpan wrong;
            if (!RunFilter::parse(text, &wrong))
                QVERIFY2(wrong.at >= 0 && wrong.at + wrong.length <= text.size(), qPrintable(text));
            for (qsizetype cursor = 0; cursor <= text.size(); ++cursor) {
                const TextSpan span = completions(text, cursor, known).replaces;
                QVERIFY2(span.at <= cursor && span.at + span.length <= text.size(), qPrintable(text));
            }
        }
    }
};

QTEST_APPLESS_MAIN(TestRunFilter)
#include "tst_run_filter.moc"
