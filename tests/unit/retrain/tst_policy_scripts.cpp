// SPDX-License-Identifier: GPL-3.0-or-later
// Runs every *.policy file of this folder. A script has a header (# name, # description, # group), then steps, one a line.
// A step that answers (check, by hand, log, config) is followed by "----" and the expected lines, up to an empty line; the
// answers of the whole script are compared with the expected ones as one text, so that a failure reads as a diff.
//
//   rules RULE; RULE            at_most_every 6h           switched on|off          what the workspace file says
//   now TIME                    advance 3h                                          the clock
//   metric NAME VALUE [SOURCE]  best NAME VALUE            labelled N [TARGET]      what is seen
//   psi VALUE COLUMN            data HASH|-                trained HASH|-           newest TIME|-
//   config JSON                 restart                                             run-time config; the program ends and starts
//   yesterday DAY [ROWS]        yesterday_metric NAME VALUE LABELLED                the last whole day
//   newest_row TIME|-           source_changed TIME|-      usual_hours N            spent TIME [HOURS]
//   only_in W; W                not_in W; W                zone NAME                min_rows N
//   budget KEY VALUE            retries N                  retry_after 10min
//   not_started                                                                     the last retraining could not be started
//   check                       by hand USER [force]       log                      decide and record; retrain by hand; the log
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/retrain/actions.h"
#include "core/retrain/config.h"
#include "core/retrain/decision_store.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::retrain;

namespace {

/// One program with its store and what it sees.
class Script {
public:
    Script() {
        m_model.name = QStringLiteral("m");
        m_model.retrain.when.clear();
        openStore();
    }

    /// The answer of a step, in lines; "" for a silent one.
    QString step(const QString &line) {
        const QString verb = line.section(QLatin1Char(' '), 0, 0), rest = line.section(QLatin1Char(' '), 1).trimmed();
        if (verb == QLatin1String("check"))
            return check();
        if (verb == QLatin1String("by"))
            return byHandStep(rest.section(QLatin1Char(' '), 1, 1), rest.endsWith(QLatin1String(" force")));
        if (verb == QLatin1String("log"))
            return log();
        if (verb == QLatin1String("config"))
            return config(rest);
        if (verb == QLatin1String("restart")) {
            openStore();
            return {};
        }
        if (verb == QLatin1String("not_started"))
            return m_store->setNotStarted(m_store->decisions({}, 1).value().front().id, QStringLiteral("no way")) ? QString() : QStringLiteral("NOT WRITTEN\n");
        return set(verb, rest) ? QString() : QStringLiteral("UNKNOWN STEP %1\n").arg(line);
    }

private:
    void openStore() {
        m_store.reset();
        auto store = DecisionStore::open(m_folder.path());
        if (!store)
            qFatal("%s", qUtf8Printable(store.error().text()));
        m_store = *store;
    }

    bool set(const QString &verb, const QString &rest) {
        const QString first = rest.section(QLatin1Char(' '), 0, 0), others = rest.section(QLatin1Char(' '), 1);
        const auto time = [](const QString &t) { return QDateTime::fromString(t, Qt::ISODate).toUTC(); };
        if (verb == QLatin1String("rules"))
            m_model.retrain.when = rest.split(QStringLiteral("; "), Qt::SkipEmptyParts);
        else if (verb == QLatin1String("at_most_every"))
            m_model.retrain.atMostEvery = rest;
        else if (verb == QLatin1String("switched"))
            m_model.retrain.enabled = rest == QLatin1String("on");
        else if (verb == QLatin1String("now"))
            m_seen.now = time(rest);
        else if (verb == QLatin1String("advance"))
            m_seen.now = m_seen.now.addSecs(workspace::parseDuration(rest).value());
        else if (verb == QLatin1String("metric")) {
            m_seen.metrics[first] = others.section(QLatin1Char(' '), 0, 0).toDouble();
            if (const QString source = others.section(QLatin1Char(' '), 1); !source.isEmpty())
                m_seen.metricSources[first] = source;
        } else if (verb == QLatin1String("best"))
            m_seen.bestMetrics[first] = others.toDouble();
        else if (verb == QLatin1String("labelled"))
            (others.isEmpty() ? m_seen.labelledRows : m_seen.labelledTargets[others]) = first.toLongLong();
        else if (verb == QLatin1String("psi")) {
            m_seen.worstPsi = first.toDouble();
            m_seen.worstColumn = others;
        } else if (verb == QLatin1String("data"))
            m_seen.dataHash = rest == QLatin1String("-") ? std::nullopt : std::optional(rest);
        else if (verb == QLatin1String("trained"))
            m_seen.trainedDataHash = rest == QLatin1String("-") ? std::nullopt : std::optional(rest);
        else if (verb == QLatin1String("newest"))
            m_seen.newestModel = rest == QLatin1String("-") ? std::nullopt : std::optional(time(rest));
        else
            return setMore(verb, rest, first, others, time);
        return true;
    }

    bool setMore(const QString &verb, const QString &rest, const QString &first, const QString &others, const std::function<QDateTime(const QString &)> &time) {
        auto &policy = m_model.retrain;
        const auto maybe = [&] { return rest == QLatin1String("-") ? std::nullopt : std::optional(time(rest)); };
        if (verb == QLatin1String("yesterday")) {
            m_seen.yesterday = {};
            m_seen.yesterday.day = first;
            if (!others.isEmpty())
                m_seen.yesterday.rows = others.toLongLong();
        } else if (verb == QLatin1String("yesterday_metric")) {
            m_seen.yesterday.metrics[first] = others.section(QLatin1Char(' '), 0, 0).toDouble();
            m_seen.yesterday.labelled[workspace::metricAndTarget(first).second] = others.section(QLatin1Char(' '), 1).toLongLong();
        } else if (verb == QLatin1String("newest_row"))
            m_seen.newestRow = maybe();
        else if (verb == QLatin1String("source_changed"))
            m_seen.sourceChanged = maybe();
        else if (verb == QLatin1String("usual_hours"))
            m_seen.usualHours = rest.toDouble();
        else if (verb == QLatin1String("spent"))
            m_seen.spent.push_back({time(first), others.isEmpty() ? std::nullopt : std::optional(others.toDouble())});
        else if (verb == QLatin1String("only_in"))
            policy.onlyIn = rest.split(QStringLiteral("; "), Qt::SkipEmptyParts);
        else if (verb == QLatin1String("not_in"))
            policy.notIn = rest.split(QStringLiteral("; "), Qt::SkipEmptyParts);
        else if (verb == QLatin1String("zone"))
            m_seen.zone = QTimeZone(rest.toUtf8());
        else if (verb == QLatin1String("min_rows"))
            policy.minimumRows = rest.toLongLong();
        else if (verb == QLatin1String("retries"))
            policy.retries = rest.toInt();
        else if (verb == QLatin1String("retry_after"))
            policy.retryAfter = rest;
        else if (verb == QLatin1String("budget") && first == QLatin1String("runs"))
            policy.budget.runs = others.toInt();
        else if (verb == QLatin1String("budget") && first == QLatin1String("hours"))
            policy.budget.hours = others.toDouble();
        else if (verb == QLatin1String("budget") && first == QLatin1String("cost"))
            policy.budget.cost = others.toDouble();
        else if (verb == QLatin1String("budget") && first == QLatin1String("price_per_hour"))
            policy.budget.pricePerHour = others.toDouble();
        else if (verb == QLatin1String("budget") && first == QLatin1String("per"))
            policy.budget.per = others;
        else
            return false;
        return true;
    }

    static QString shown(const Result<Decision> &decision) {
        if (!decision)
            return QStringLiteral("ERROR %1: %2\n").arg(decision.error().kindName(), decision.error().text());
        QString text = decisionName(decision->kind) + QStringLiteral(": ") + decision->reason + QLatin1Char('\n');
        for (const RuleOutcome &rule : decision->rules)
            text += QStringLiteral("  %1 | %2 | %3\n").arg(!rule.known ? QStringLiteral("unknown") : rule.fired ? QStringLiteral("fired") : QStringLiteral("quiet"), rule.rule, rule.numbers);
        return text;
    }

    /// Decides with the store's memory and writes the decision down, as the program does.
    Result<Decision> decideAndRecord(const std::function<Result<Decision>(const workspace::Model &, const Observations &)> &judge) {
        PH_ASSIGN(const ModelState state, m_store->state(m_model.name));
        PH_ASSIGN(const workspace::Model model, withConfig(m_model, state.config));
        Observations seen = m_seen;
        seen.lastRetrain = state.lastRetrain;
        seen.failedStarts = state.failedStarts;
        if (const auto last = m_store->decisions(m_model.name, 1); last && !last->empty()) {
            seen.lastLook = last->front().time;
            seen.lastRules = last->front().rules;
        }
        PH_ASSIGN(const Decision decision, judge(model, seen));
        return decision.kind == DecisionKind::Skipped ? m_store->appendSkipped(decision) : m_store->appendRetrain(decision, state.lastRetrain);
    }
    QString check() { return shown(decideAndRecord(decide)); }
    QString byHandStep(const QString &user, bool force) {
        return shown(decideAndRecord([&](const workspace::Model &model, const Observations &seen) { return byHand(model, seen, user, force); }));
    }

    QString config(const QString &json) {
        const auto change = [&]() -> Result<QJsonObject> {
            PH_ASSIGN(const ModelState state, m_store->state(m_model.name));
            PH_ASSIGN(const QJsonObject object, parseJsonObject(json.toUtf8(), QStringLiteral("config")));
            PH_ASSIGN(const Config config, parseConfig(object, QStringLiteral("config"), state.config));
            PH_ASSIGN(const QJsonObject inForce, configInForce(m_model, config));
            PH_TRY(m_store->writeConfig(m_model.name, config));
            return inForce;
        }();
        return change ? QString::fromUtf8(canonicalJson(*change)) + QLatin1Char('\n') : QStringLiteral("ERROR %1: %2\n").arg(change.error().kindName(), change.error().text());
    }

    QString log() {
        QString text;
        const auto decisions = m_store->decisions();
        if (!decisions)
            return decisions.error().text();
        for (const Decision &d : *decisions)
            text += QStringLiteral("%1 %2 %3\n").arg(d.time.toString(Qt::ISODate), decisionName(d.kind), d.trigger);
        return text;
    }

    QTemporaryDir m_folder;
    std::shared_ptr<DecisionStore> m_store;
    workspace::Model m_model;
    Observations m_seen;
};

struct Answers {
    QString expected, actual;
};

Answers play(const QByteArray &text) {
    Answers answers;
    Script script;
    bool expecting = false;
    const QStringList lines = QString::fromUtf8(text).split(QLatin1Char('\n'));
    for (const QString &line : lines) {
        if (expecting && !line.trimmed().isEmpty())
            answers.expected += line + QLatin1Char('\n');
        else if (line.trimmed().isEmpty() || line.startsWith(QLatin1Char('#')))
            expecting = false;
        else if (line == QLatin1String("----"))
            expecting = true;
        else
            answers.actual += script.step(line.trimmed());
    }
    return answers;
}

} // namespace

class tst_PolicyScripts : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theHarnessSeesAWrongAnswer() {
        const Answers answers = play("rules mae > 1\nnow 2026-01-01T00:00:00Z\nmetric mae 2\nlabelled 500\ncheck\n----\nSKIPPED: nothing\n");
        QVERIFY(answers.expected != answers.actual);
        QVERIFY2(answers.actual.startsWith(QStringLiteral("RETRAIN_ATTEMPTED")), qUtf8Printable(answers.actual));
    }

    void aScript_data() {
        QTest::addColumn<QString>("file");
        const QDir folder(QStringLiteral(PILOTHOUSE_SOURCE_DIR "/tests/unit/retrain"));
        const QStringList files = folder.entryList({QStringLiteral("*.policy")}, QDir::Files, QDir::Name);
        QVERIFY2(files.size() >= 16, "the scripts were not found");
        for (const QString &file : files)
            QTest::newRow(qUtf8Printable(file)) << folder.filePath(file);
    }
    void aScript() {
        QFETCH(QString, file);
        const auto text = readFile(file);
        QVERIFY(text);
        for (const char *field : {"# name: ", "# description: ", "# group: "})
            QVERIFY2(text->contains(field), field);
        const Answers answers = play(*text);
        QVERIFY(!answers.expected.isEmpty());
        if (answers.actual != answers.expected)
            QFAIL(qUtf8Printable(QStringLiteral("\nexpected:\n%1\nactual:\n%2").arg(answers.expected, answers.actual)));
    }
};

QTEST_GUILESS_MAIN(tst_PolicyScripts)
#include "tst_policy_scripts.moc"
