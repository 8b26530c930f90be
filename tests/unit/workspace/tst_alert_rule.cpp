// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workspace/alert_rule.h"

#include "core/base/file.h"

#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::workspace;
using Kind = AlertRule::Kind;

namespace {
const QByteArray head = "workspace: a\nconnections:\n  here: {kind: local, root: r}\n  prom: {kind: prometheus, url: \"http://prom:9090\"}\n  ml: {kind: mlflow, url: \"http://ml:5000\"}\n"
                        "models:\n  t2m: {registry: {connection: here}, pipeline: {connection: here, sla: 2h}}\n  iris: {registry: {connection: here}}\nnotifications: {team: {kind: slack, secret: hook}}\nalerts:\n";
} // namespace

class tst_AlertRule : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyKindIsRead() {
        QTemporaryDir folder;
        const QString file = folder.filePath(QStringLiteral("pilothouse.yaml"));
        QVERIFY(writeFileAtomically(file, head + "  fresh: {kind: staleness, model: t2m}\n  exp: {kind: staleness, experiment: weather, connection: ml, older_than: 3h}\n"
                                                 "  mae: {kind: metric, model: t2m, metric: mae, above: 1.5, below: 0.1, for: 15min, severity: warning, to: [team]}\n  drift: {kind: drift, model: t2m}\n"
                                                 "  skew: {kind: skew, model: t2m, for: 10min}\n  sla: {kind: run_time, model: t2m}\n  errors: {kind: error_rate, model: t2m}\n  slow: {kind: latency, model: t2m, above: 250}\n"
                                                 "  asked: {kind: no_data, model: t2m, older_than: 1h}\n  queue: {kind: query, connection: prom, query: sum(queue), above: 100}\n"
                                                 "  said: {kind: drift, model: t2m, of: predictions}\n"));
        const auto rules = readAlertRules(file);
        QVERIFY2(rules, rules ? "" : qPrintable(rules.error().text() + rules.error().raw));
        QCOMPARE(rules->size(), std::size_t(11));
        const auto &r = *rules;
        QCOMPARE(r[0].kind, Kind::Staleness);
        QCOMPARE(*r[0].above, 36 * 3600.0);
        QCOMPARE(r[0].everySeconds(), 300);
        QCOMPARE(r[1].experiment, QStringLiteral("weather"));
        QCOMPARE(*r[1].above, 3 * 3600.0);
        QCOMPARE(r[2].metric, QStringLiteral("mae"));
        QCOMPARE(*r[2].above, 1.5);
        QCOMPARE(*r[2].below, 0.1);
        QCOMPARE(r[2].forSeconds, qint64(900));
        QCOMPARE(r[2].withinSeconds, qint64(7 * 86400));
        QCOMPARE(r[2].rows, 500);
        QCOMPARE(r[2].minimumRows, 100);
        QVERIFY(r[2].warning);
        QCOMPARE(r[2].to, QStringList{QStringLiteral("team")});
        QCOMPARE(r[2].event(), QStringLiteral("accuracy"));
        QCOMPARE(*r[3].above, 0.25);
        QCOMPARE(*r[5].above, 7200.0); // the sla of its pipeline
        QCOMPARE(*r[6].above, 0.02);
        QCOMPARE(*r[7].above, 250.0);
        QCOMPARE(r[8].kindName(), QStringLiteral("no_data"));
        QCOMPARE(r[9].query, QStringLiteral("sum(queue)"));
        QCOMPARE(r[3].of, QStringLiteral("inputs"));
        QCOMPARE(r[10].of, QStringLiteral("predictions"));
    }

    void whatIsWrongIsSaidAtItsPlace_data() {
        QTest::addColumn<QByteArray>("rule");
        QTest::addColumn<QString>("said");
        QTest::addColumn<QString>("place");
        const auto row = [](const char *name, const char *rule, const char *said, const char *place) { QTest::newRow(name) << QByteArray(rule) << QString::fromUtf8(said) << QString::fromUtf8(place); };
        row("an unknown kind", "{kind: stalenes, model: t2m}", "did you mean “staleness”", ":11:13");
        row("no kind", "{model: t2m}", "kind", ":11:");
        row("an unknown model", "{kind: drift, model: t2}", "did you mean “t2m”", ":11:27");
        row("no model", "{kind: drift}", "names no model", ":11:");
        row("an unknown metric", "{kind: metric, model: t2m, metric: mea, above: 1}", "Unknown metric “mea”", ":11:");
        row("no limit", "{kind: metric, model: t2m, metric: mae}", "has no limit", ":11:");
        row("more rows than are taken", "{kind: metric, model: t2m, metric: mae, above: 1, rows: 50, minimum_rows: 60}", "never be a value", ":11:");
        row("labels of the registry", "{kind: metric, model: t2m, metric: mae, above: 1, source: registry, within: 1d}", "within", ":11:");
        row("no sla", "{kind: run_time, model: iris}", "has no limit", ":11:");
        row("limits that cross", "{kind: metric, model: t2m, metric: mae, above: 1, below: 2}", "every value would fire", ":11:");
        row("staleness that waits", "{kind: staleness, model: t2m, for: 5min}", "Staleness has no “for”", ":11:");
        row("a rate in percent", "{kind: error_rate, model: t2m, above: 2}", "between 0 and 1", ":11:");
        row("a query of another kind", "{kind: query, connection: ml, query: up, above: 1}", "no connection of kind prometheus", ":11:");
        row("an unknown channel", "{kind: drift, model: t2m, to: [tem]}", "did you mean “team”", ":11:");
        row("drift of what there is not", "{kind: drift, model: t2m, of: prediction}", "predictions", ":11:");
        row("an unknown key", "{kind: drift, model: t2m, abov: 1}", "did you mean “above”", ":11:");
        row("a limit that is no time", "{kind: staleness, model: t2m, older_than: 36}", "is not a time", ":11:");
    }
    void whatIsWrongIsSaidAtItsPlace() {
        QFETCH(QByteArray, rule);
        QFETCH(QString, said);
        QFETCH(QString, place);
        const auto read = parseWorkspace(head + "  x: " + rule + '\n', QStringLiteral("/w/pilothouse.yaml"));
        QVERIFY(!read);
        QVERIFY2((read.error().text() + read.error().raw).contains(said), qPrintable(read.error().text() + read.error().raw));
        QVERIFY2(read.error().where.contains(place), qPrintable(read.error().where));
    }
};

QTEST_GUILESS_MAIN(tst_AlertRule)
#include "tst_alert_rule.moc"
