// SPDX-License-Identifier: GPL-3.0-or-later
// What `pilot watch --metrics` tells is a text that Prometheus reads, and what packaging/grafana names is told by it or by `pilot serve`.
#include "core/fleet/watch_metrics.h"

#include "core/base/file.h"
#include "core/telemetry/alert_store.h"
#include "core/telemetry/exposition.h"
#include "core/workspace/yaml_tree.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QRegularExpression>
#include <QSet>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::fleet;
using namespace pilothouse::telemetry;
using Q = QLatin1String;

namespace {

const QDateTime t0 = QDateTime::fromSecsSinceEpoch(1'763'800'000, Qt::UTC);

QString source(const char *path) { return QStringLiteral(PILOTHOUSE_SOURCE_DIR "/") + Q(path); }

QByteArray exposed() {
    QTemporaryDir folder;
    Services services;
    services.root = folder.path();
    const auto store = *AlertStore::open(services.root);
    AlertStatus status;
    status.rule = QStringLiteral("a \"quoted\" \\ rule\nof two lines");
    status.model = QStringLiteral("t2m");
    status.state = AlertState::CannotTell;
    status.value = 1.5;
    status.looked = status.episode = t0;
    const bool kept = store->write(status, {{0, status.rule, QStringLiteral("e"), QStringLiteral("firing"), QStringLiteral("team"), {}, 0}}, t0).has_value() && store->writeChannel({QStringLiteral("team"), {}, QStringLiteral("410"), t0, {}, {}}).has_value();
    WatchBeats beats(t0);
    beats.looked(QStringLiteral("alerts"), t0, 0, 1);
    const auto text = watchExposition(services, beats);
    return kept && text ? *text : QByteArray();
}

/// The families of `pilot serve`, as its source writes them.
QSet<QString> served() {
    QSet<QString> out;
    auto all = QRegularExpression(QStringLiteral("head\\(out, \"(\\w+)\", \"(\\w+)\"")).globalMatch(QString::fromUtf8(readFile(source("core/serving/metrics_text.cpp")).value_or({})));
    while (all.hasNext()) {
        const auto one = all.next();
        out << one.captured(1);
        if (one.captured(2) == Q("histogram"))
            for (const char *end : {"_bucket", "_sum", "_count"})
                out << one.captured(1) + Q(end);
    }
    return out;
}

QSet<QString> named(const QString &expression) {
    QSet<QString> out;
    auto all = QRegularExpression(QStringLiteral("\\bpilothouse_\\w+")).globalMatch(expression);
    while (all.hasNext())
        out << all.next().captured();
    return out;
}

/// Brackets and quotes that close, no empty ones, no two operators in a row: what a slip of the pen makes.
QString slip(const QString &expression) {
    QString open;
    bool quoted = false;
    for (qsizetype i = 0; i < expression.size(); ++i) {
        const QChar c = expression[i];
        if (c == QLatin1Char('"') && (i == 0 || expression[i - 1] != QLatin1Char('\\')))
            quoted = !quoted;
        if (quoted)
            continue;
        if (QStringLiteral("([{").contains(c))
            open += c;
        const qsizetype closing = QStringLiteral(")]}").indexOf(c);
        if (closing >= 0) {
            if (!open.endsWith(QStringLiteral("([{")[closing]))
                return QStringLiteral("a bracket closes that is not open");
            open.chop(1);
        }
    }
    if (quoted || !open.isEmpty())
        return QStringLiteral("a quote or bracket is left open");
    if (QRegularExpression(QStringLiteral("[+*/<>=]\\s*$|\\(\\s*\\)|[+*/]\\s*[*/]")).match(QString(expression).remove(Q("time()"))).hasMatch())
        return QStringLiteral("an operator has nothing to work on");
    return {};
}

QString scalarOf(const workspace::YamlNode &map, const char *key) {
    const workspace::YamlNode *const value = map.find(Q(key));
    return value ? value->text : QString();
}

} // namespace

class tst_WatchMetrics : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void thePrometheusTextIsWellFormed() {
        const QByteArray text = exposed();
        const auto families = checkExposition(text);
        QVERIFY2(families, families ? "" : qPrintable(families.error().text() + QString::fromUtf8(text)));
        QVERIFY(families->size() >= 10);
        QVERIFY(text.contains("pilothouse_alert_state{rule=\"a \\\"quoted\\\" \\\\ rule\\nof two lines\",model=\"t2m\",severity=\"critical\",state=\"cannot_tell\"} 1\n"));
        QVERIFY(text.contains("pilothouse_watch_problems_total{part=\"alerts\"} 1\n"));
        QVERIFY(text.contains("pilothouse_notification_channel_off{channel=\"team\"} 1\n"));
        QVERIFY(text.contains("pilothouse_notifications{channel=\"team\",outcome=\"waiting\"} 1\n"));
    }

    void theCheckFindsSlips_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("a sample without a family") << QByteArray("a 1\n");
        QTest::newRow("a family told twice") << QByteArray("# TYPE a gauge\na 1\n# TYPE a gauge\na 2\n");
        QTest::newRow("a counter with another name") << QByteArray("# TYPE a counter\na 1\n");
        QTest::newRow("a value that is none") << QByteArray("# TYPE a gauge\na one\n");
        QTest::newRow("a quote left open") << QByteArray("# TYPE a gauge\na{b=\"c} 1\n");
        QTest::newRow("no newline at the end") << QByteArray("# TYPE a gauge\na 1");
    }
    void theCheckFindsSlips() {
        QFETCH(QByteArray, text);
        QVERIFY(!checkExposition(text));
        QVERIFY(checkExposition("# HELP a b\n# TYPE a gauge\na{b=\"c\"} NaN\na +Inf\n"));
    }

    void everyMetricOfTheDashboardIsExposed() {
        const QStringList own = *checkExposition(exposed());
        const QSet<QString> known = served() + QSet<QString>(own.begin(), own.end());
        QJsonParseError error;
        const QJsonObject dashboard = QJsonDocument::fromJson(*readFile(source("packaging/grafana/pilothouse-dashboard.json")), &error).object();
        QCOMPARE(error.error, QJsonParseError::NoError);
        QSet<int> ids;
        int expressions = 0;
        for (const QJsonValue &panel : dashboard.value(Q("panels")).toArray()) {
            QVERIFY(!ids.contains(panel[Q("id")].toInt()));
            ids << panel[Q("id")].toInt();
            for (const QJsonValue &target : panel[Q("targets")].toArray()) {
                const QString expression = target[Q("expr")].toString();
                ++expressions;
                QVERIFY2(slip(expression).isEmpty(), qPrintable(expression + QStringLiteral(": ") + slip(expression)));
                QVERIFY2(!named(expression).isEmpty() && (named(expression) - known).isEmpty(), qPrintable(expression));
            }
        }
        QVERIFY(expressions > 14);
    }

    void everyMetricOfTheRulesIsExposed() {
        const QStringList own = *checkExposition(exposed());
        const QSet<QString> known = served() + QSet<QString>(own.begin(), own.end());
        const QString file = source("packaging/grafana/pilothouse-rules.yaml");
        const workspace::YamlPlaces places(*readFile(file), file);
        const auto root = workspace::parseYaml(places);
        QVERIFY2(root, root ? "" : qPrintable(root.error().text()));
        static const QRegularExpression duration(QStringLiteral("^\\d+[smhd]$")), name(QStringLiteral("^[A-Z]\\w+$"));
        QSet<QString> names;
        QVERIFY(!(*root)->entries.empty());
        for (const auto &group : (*root)->entries.front().second->items) {
            QVERIFY(!scalarOf(*group, "name").isEmpty());
            for (const auto &[key, rules] : group->entries)
                for (const auto &rule : rules->items) {
                    const QString alert = scalarOf(*rule, "alert"), expression = scalarOf(*rule, "expr"), wait = scalarOf(*rule, "for");
                    QVERIFY2(name.match(alert).hasMatch() && !names.contains(alert), qPrintable(alert));
                    names << alert;
                    QVERIFY2(slip(expression).isEmpty(), qPrintable(alert + slip(expression)));
                    QVERIFY2(!named(expression).isEmpty() && (named(expression) - known).isEmpty(), qPrintable(expression));
                    QVERIFY2(wait.isEmpty() || duration.match(wait).hasMatch(), qPrintable(wait));
                    for (const auto &[part, value] : rule->entries)
                        QVERIFY2((QStringList{QStringLiteral("alert"), QStringLiteral("expr"), QStringLiteral("for"), QStringLiteral("labels"), QStringLiteral("annotations")}).contains(part->text), qPrintable(part->text));
                }
        }
        QVERIFY(names.size() >= 8);
        QVERIFY(names.contains(QStringLiteral("PilothouseWatchGone"))); // a watch that is gone tells nothing: only its absence can be seen
        const QString promtool = QStandardPaths::findExecutable(QStringLiteral("promtool"));
        if (promtool.isEmpty())
            return; // its own judgement only where it is installed
        QProcess check;
        check.start(promtool, {QStringLiteral("check"), QStringLiteral("rules"), file});
        QVERIFY(check.waitForFinished());
        QVERIFY2(check.exitCode() == 0, check.readAll().constData());
    }
};

QTEST_GUILESS_MAIN(tst_WatchMetrics)
#include "tst_watch_metrics.moc"
