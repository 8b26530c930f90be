// SPDX-License-Identifier: GPL-3.0-or-later
// A search by the real `pilot train`: its trials are processes of their own, so an interrupted one can be resumed. Needs no ../shared.
#include "core/artifact/package.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/metrics/random.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonArray>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <csignal>

using namespace pilothouse;
using Q = QLatin1String;

class TestSearch : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void theBestTrialIsTrained();
    void halvingEndsWithAllRows();
    void parallelOrNotTheSame();
    void aKilledSearchGoesOn();
    void aTrialThatFailsLoses();
    void aTrialThatIsKilledIsTriedOnceMore();
    void allTrialsFail();
    void theMinutesEndIt();
    void theLimitsHoldForTheTrials_data();
    void theLimitsHoldForTheTrials();
    void dataThatChangesEndsIt();

private:
    struct Answer {
        int code = -1;
        QJsonObject object;
        QString errors;
    };
    Answer pilot(const QStringList &arguments) const;
    void recipe(const QString &name, const QByteArray &rest) const;
    QString in(const QString &name) const { return m_folder.filePath(name); }
    QJsonObject searchOf(const QString &package) const;
    qsizetype trialsIn(const QString &checkpoint) const;
    QTemporaryDir m_folder;
    QString m_whole; ///< digest of the weights of theLimitsHoldForTheTrials() without a limit
    QString m_program = qEnvironmentVariable("PILOTHOUSE_PILOT");
};

TestSearch::Answer TestSearch::pilot(const QStringList &arguments) const {
    QProcess process;
    process.setWorkingDirectory(m_folder.path());
    process.start(m_program, QStringList{QStringLiteral("--json")} + arguments);
    Answer answer;
    if (!process.waitForFinished(120000))
        return answer;
    answer.code = process.exitCode();
    answer.errors = QString::fromUtf8(process.readAllStandardError());
    answer.object = QJsonDocument::fromJson(process.readAllStandardOutput()).object();
    return answer;
}

void TestSearch::recipe(const QString &name, const QByteArray &rest) const {
    QVERIFY(writeFileAtomically(in(name + QStringLiteral(".yaml")), "recipe: " + name.toUtf8() + "\ndata: {source: d.csv}\ntask: regression\ntarget: y\nsplit: {every: 4}\n" + rest).has_value());
}

QJsonObject TestSearch::searchOf(const QString &package) const {
    const auto opened = artifact::openPackage(in(package));
    return opened ? opened->metrics.value(Q("search")).toObject() : QJsonObject();
}

/// Trials that a checkpoint knows.
qsizetype TestSearch::trialsIn(const QString &checkpoint) const {
    const auto bytes = readFile(in(checkpoint + QStringLiteral("/checkpoint.json")));
    return bytes ? QJsonDocument::fromJson(*bytes).object().value(Q("trials")).toArray().size() : 0;
}

/// y is a step of x0 and a wave of x1: a tree of depth 1 cannot say it, one of depth 6 can.
void TestSearch::initTestCase() {
    if (m_program.isEmpty())
        QSKIP("PILOTHOUSE_PILOT does not name the program");
    metrics::Random random(5);
    QByteArray csv = "x0,x1,y\n";
    for (int i = 0; i < 1200; ++i) {
        const double a = random.uniform(), b = random.uniform();
        csv += QByteArray::number(a) + ',' + QByteArray::number(b) + ',' + QByteArray::number((a > 0.5 ? 4 : 0) + std::sin(9 * b) + 0.1 * random.uniform()) + '\n';
    }
    QVERIFY(writeFileAtomically(in(QStringLiteral("d.csv")), csv).has_value());
}

void TestSearch::theBestTrialIsTrained() {
    recipe(QStringLiteral("best"), "validation: {k_fold: 4}\nestimators:\n  - linear_regression\n  - decision_tree: {min_child_weight: 2}\nsearch: {trials: 6, seed: 2, space: {decision_tree: {max_depth: [1, 2, 4, 6]}}}\n");
    const Answer trained = pilot({QStringLiteral("train"), QStringLiteral("best.yaml"), QStringLiteral("--out"), QStringLiteral("best")});
    QVERIFY2(trained.code == 0, qPrintable(trained.errors));
    QCOMPARE(trained.object[Q("estimator")].toString(), QStringLiteral("decision_tree"));
    QCOMPARE(trained.object[Q("parameters")][Q("max_depth")].toInt(), 6);
    QCOMPARE(trained.object[Q("parameters")][Q("min_child_weight")].toInt(), 2); // fixed ones stay
    const QJsonObject search = searchOf(QStringLiteral("best"));
    QCOMPARE(search, trained.object[Q("search")].toObject());
    const QJsonArray trials = search[Q("trials")].toArray();
    QCOMPARE(trials.size(), 5); // the linear one and each depth once, though six were allowed
    QCOMPARE(search[Q("metric")].toString(), QStringLiteral("r2"));
    const QJsonObject best = trials[search[Q("best")].toInt()].toObject();
    for (const QJsonValue &trial : trials)
        QVERIFY(trial[Q("mean")].toDouble() <= best[Q("mean")].toDouble());
    // What the table says of the winner is what a training of it alone says.
    recipe(QStringLiteral("alone"), "validation: {k_fold: 4}\nestimators: [decision_tree: {max_depth: 6, min_child_weight: 2}]\n");
    const Answer alone = pilot({QStringLiteral("train"), QStringLiteral("alone.yaml"), QStringLiteral("--out"), QStringLiteral("alone")});
    QCOMPARE(alone.code, 0);
    QCOMPARE(alone.object[Q("weights_sha256")], trained.object[Q("weights_sha256")]);
    QCOMPARE(alone.object[Q("validation")][Q("mean")], trained.object[Q("validation")][Q("mean")]);
    QCOMPARE(alone.object[Q("validation")][Q("mean")][Q("r2")], best[Q("mean")]);
    QProcess text;
    text.setWorkingDirectory(m_folder.path());
    text.start(m_program, {QStringLiteral("train"), QStringLiteral("best.yaml"), QStringLiteral("--out"), QStringLiteral("best-text")});
    QVERIFY(text.waitForFinished(120000));
    const QStringList lines = QString::fromUtf8(text.readAllStandardOutput()).split(QLatin1Char('\n'));
    const qsizetype table = lines.indexOf(QRegularExpression(QStringLiteral("^    trial +r2  ± std +seconds  model$")));
    QVERIFY2(table > 0 && table + 5 < lines.size(), qPrintable(lines.join(QLatin1Char('\n'))));
    QVERIFY2(lines[table + 1].endsWith(Q("  decision_tree max_depth 6")) && lines[table + 1].contains(QStringLiteral(" %1  ").arg(best[Q("trial")].toInt())), qPrintable(lines[table + 1]));
    QVERIFY2(lines[table + 5].startsWith(Q("    ")) && lines[table + 5].trimmed()[0].isDigit(), qPrintable(lines[table + 5])); // all five
}

void TestSearch::halvingEndsWithAllRows() {
    recipe(QStringLiteral("halving"), "estimators: [decision_tree, ridge]\nsearch: {method: halving, trials: 9, space: {decision_tree: {max_depth: {from: 1, to: 8}}, ridge: {alpha: {from: 0.01, to: 100.0, scale: log}}}}\n");
    const Answer trained = pilot({QStringLiteral("train"), QStringLiteral("halving.yaml"), QStringLiteral("--out"), QStringLiteral("halving")});
    QVERIFY2(trained.code == 0, qPrintable(trained.errors));
    const QJsonObject search = searchOf(QStringLiteral("halving"));
    QMap<int, int> reached;
    for (const QJsonValue &trial : search[Q("trials")].toArray())
        ++reached[trial[Q("round")].toInt()];
    QCOMPARE(reached, (QMap<int, int>{{0, 6}, {1, 2}, {2, 1}})); // 9, of which 3 go on, of which 1
    QCOMPARE(search[Q("trials")][search[Q("best")].toInt()][Q("share")].toDouble(), 1.0);
    QCOMPARE(trained.object[Q("estimator")].toString(), QStringLiteral("decision_tree"));
}

void TestSearch::parallelOrNotTheSame() {
    const QByteArray rest = "estimators: [random_forest: {n_estimators: 10}]\nsearch: {trials: 4, parallel: %1, space: {random_forest: {max_depth: {from: 2, to: 9}, subsample: {from: 0.3, to: 1.0}}}}\n";
    QStringList weights;
    for (const char *parallel : {"1", "4"}) {
        const QString name = QStringLiteral("beside") + QLatin1String(parallel);
        recipe(name, QByteArray(rest).replace("%1", parallel));
        const Answer trained = pilot({QStringLiteral("train"), name + QStringLiteral(".yaml"), QStringLiteral("--out"), name});
        QVERIFY2(trained.code == 0, qPrintable(trained.errors));
        weights << trained.object[Q("weights_sha256")].toString();
    }
    QCOMPARE(weights[0], weights[1]);
}

void TestSearch::aKilledSearchGoesOn() {
    const QByteArray rest = "estimators: [random_forest]\nsearch: {trials: 8, parallel: 2, space: {random_forest: {n_estimators: {from: 20, to: 120}, max_depth: {from: 2, to: 9}}}}\n";
    recipe(QStringLiteral("whole"), rest);
    const Answer whole = pilot({QStringLiteral("train"), QStringLiteral("whole.yaml"), QStringLiteral("--out"), QStringLiteral("whole")});
    QVERIFY2(whole.code == 0, qPrintable(whole.errors));
    const auto known = [&] { return trialsIn(QStringLiteral("cut.checkpoint")); };
    qsizetype before = 0;
    for (const int signal : {SIGKILL, SIGTERM}) {
        QProcess process;
        process.setWorkingDirectory(m_folder.path());
        QStringList arguments{QStringLiteral("train"), QStringLiteral("whole.yaml"), QStringLiteral("--out"), QStringLiteral("cut")};
        if (signal == SIGTERM)
            arguments << QStringLiteral("--resume") << QStringLiteral("cut");
        process.start(m_program, arguments);
        (void)QTest::qWaitFor([&] { return known() >= before + 2 || process.state() == QProcess::NotRunning; }, 60000);
        ::kill(pid_t(process.processId()), signal);
        QVERIFY(process.waitForFinished(30000));
        QVERIFY(known() >= before + 2);
        before = known();
        QVERIFY(before < 8);
    }
    const Answer resumed = pilot({QStringLiteral("train"), QStringLiteral("whole.yaml"), QStringLiteral("--out"), QStringLiteral("cut"), QStringLiteral("--resume"), QStringLiteral("cut")});
    QVERIFY2(resumed.code == 0, qPrintable(resumed.errors));
    QCOMPARE(resumed.object[Q("weights_sha256")], whole.object[Q("weights_sha256")]);
    QVERIFY(!QFileInfo::exists(in(QStringLiteral("cut.checkpoint"))));
    const QJsonArray a = searchOf(QStringLiteral("whole"))[Q("trials")].toArray(), b = searchOf(QStringLiteral("cut"))[Q("trials")].toArray();
    QCOMPARE(a.size(), b.size());
    for (qsizetype i = 0; i < a.size(); ++i)
        QCOMPARE(b[i][Q("mean")], a[i][Q("mean")]);
}

void TestSearch::aTrialThatFailsLoses() {
    // Twelve neighbours of eleven rows: only the fit finds that out.
    QByteArray few = "x0,y\n";
    for (int i = 0; i < 22; ++i)
        few += QByteArray::number(i) + ',' + QByteArray::number(2 * i + i % 3) + '\n';
    QVERIFY(writeFileAtomically(in(QStringLiteral("few.csv")), few).has_value());
    QVERIFY(writeFileAtomically(in(QStringLiteral("few.yaml")), "recipe: few\ndata: {source: few.csv}\ntask: regression\ntarget: y\nsplit: {every: 4}\nvalidation: {k_fold: 3}\nestimators: [k_neighbors]\n"
                                                                "search: {trials: 2, space: {k_neighbors: {n_neighbors: [2, 12]}}}\n").has_value());
    const Answer trained = pilot({QStringLiteral("train"), QStringLiteral("few.yaml"), QStringLiteral("--out"), QStringLiteral("few")});
    QVERIFY2(trained.code == 0, qPrintable(trained.errors));
    QCOMPARE(trained.object[Q("parameters")][Q("n_neighbors")].toInt(), 2);
    int failed = 0;
    for (const QJsonValue &trial : searchOf(QStringLiteral("few"))[Q("trials")].toArray())
        if (trial[Q("parameters")][Q("n_neighbors")].toInt() == 12) {
            ++failed;
            QVERIFY2(trial[Q("error")].toString().contains(Q("12")), qPrintable(trial[Q("error")].toString()));
            QVERIFY(trial[Q("mean")].isNull());
        }
    QCOMPARE(failed, 1);
    const QJsonArray notes = trained.object[Q("notes")].toArray();
    QVERIFY(std::any_of(notes.begin(), notes.end(), [](const QJsonValue &note) { return note.toString().contains(Q("trials failed and lost. Trial ")); }));
}

/// The system kills where memory runs out: that says nothing of a trial the first time.
void TestSearch::aTrialThatIsKilledIsTriedOnceMore() {
    recipe(QStringLiteral("killed"), "estimators: [decision_tree]\nsearch: {trials: 4, parallel: 2, space: {decision_tree: {max_depth: [1, 2, 4, 6]}}}\n");
    const QStringList arguments{QStringLiteral("train"), QStringLiteral("killed.yaml"), QStringLiteral("--out")};
    const Answer whole = pilot(arguments + QStringList{QStringLiteral("unkilled")});
    QVERIFY2(whole.code == 0, qPrintable(whole.errors));
    const QJsonArray all = searchOf(QStringLiteral("unkilled"))[Q("trials")].toArray();
    const int best = searchOf(QStringLiteral("unkilled"))[Q("best")].toInt(), never = best == 0 ? 1 : 0;
    const QString script = in(QStringLiteral("killed.sh")), log = in(QStringLiteral("killed.log"));
    QVERIFY(writeFileAtomically(script, QStringLiteral("#!/bin/sh\nif [ \"$1\" = trial ]; then\n  echo \"$2\" >>'%1'\n  case \"$2\" in\n    */trial-%2.yaml) [ $(grep -c 'trial-%2[.]yaml' '%1') -gt 1 ] || kill -9 $$;;\n"
                                                       "    */trial-%3.yaml) kill -9 $$;;\n  esac\nfi\nexec '%4' \"$@\"\n").arg(log).arg(best).arg(never).arg(m_program).toUtf8()));
    QVERIFY(QFile::setPermissions(script, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
    qputenv("PILOTHOUSE_PILOT", script.toUtf8());
    const Answer trained = pilot(arguments + QStringList{QStringLiteral("killed")});
    qputenv("PILOTHOUSE_PILOT", m_program.toUtf8());
    QVERIFY2(trained.code == 0, qPrintable(trained.errors));
    QCOMPARE(trained.object[Q("weights_sha256")], whole.object[Q("weights_sha256")]);
    const QJsonArray trials = searchOf(QStringLiteral("killed"))[Q("trials")].toArray();
    QCOMPARE(trials.size(), 4);
    for (int i = 0; i < 4; ++i) {
        QCOMPARE(trials[i][Q("error")].toString().contains(Q("twice killed by signal 9 (out of memory?)")), i == never);
        if (i != never)
            QCOMPARE(trials[i][Q("mean")], all[i][Q("mean")]);
    }
    const QByteArray begun = *readFile(log);
    QCOMPARE(begun.count('\n'), 6); // the two that were killed, once more
    QCOMPARE(begun.count(QStringLiteral("/trial-%1.yaml").arg(never).toUtf8()), 2);
}

void TestSearch::allTrialsFail() {
    QVERIFY(writeFileAtomically(in(QStringLiteral("none.yaml")), "recipe: none\ndata: {source: few.csv}\ntask: regression\ntarget: y\nsplit: {every: 4}\nvalidation: {k_fold: 3}\nestimators: [k_neighbors]\n"
                                                                 "search: {trials: 2, space: {k_neighbors: {n_neighbors: [12, 13]}}}\n").has_value());
    const Answer trained = pilot({QStringLiteral("train"), QStringLiteral("none.yaml"), QStringLiteral("--out"), QStringLiteral("none")});
    QCOMPARE(trained.code, 2);
    QVERIFY(!QFileInfo::exists(in(QStringLiteral("none"))));
    QVERIFY2(trained.object[Q("error")][Q("what")].toString().contains(Q("Every trial of the search failed")), qPrintable(QString::fromUtf8(QJsonDocument(trained.object).toJson())));
}

void TestSearch::theMinutesEndIt() {
    recipe(QStringLiteral("short"), "estimators: [random_forest: {n_estimators: 200}]\nsearch: {trials: 5000, minutes: 0.02, space: {random_forest: {max_depth: {from: 2, to: 9}, subsample: {from: 0.3, to: 1.0}}}}\n");
    const Answer trained = pilot({QStringLiteral("train"), QStringLiteral("short.yaml"), QStringLiteral("--out"), QStringLiteral("short")});
    QVERIFY2(trained.code == 0, qPrintable(trained.errors));
    const QJsonObject search = searchOf(QStringLiteral("short"));
    QVERIFY(search[Q("trials")].toArray().size() >= 1);
    QVERIFY(search[Q("trials")].toArray().size() < search[Q("drawn")].toInt());
    bool told = false;
    for (const QJsonValue &note : trained.object[Q("notes")].toArray())
        told = told || note.toString().contains(Q("The search stopped after its 0.02 minutes"));
    QVERIFY(told);
}

void TestSearch::theLimitsHoldForTheTrials_data() {
    QTest::addColumn<QString>("option");
    QTest::addColumn<QString>("limit"); // empty: what one process takes and a little more
    QTest::addColumn<QString>("says");
    QTest::newRow("CPU time, which the trials take") << "--max-cpu-time" << "1s" << "The training was stopped at the CPU limit of 1 s; its checkpoint is kept.";
    QTest::newRow("run time") << "--max-time" << "1s" << "The training was stopped at the run-time limit of 1 s; its checkpoint is kept.";
    // All together pass it, or a trial that reads slowly finds too little left of its share: whichever is seen first.
    QTest::newRow("memory, which the trials take") << "--max-memory" << QString() << "the memory limit of ";
}

void TestSearch::theLimitsHoldForTheTrials() {
    QFETCH(QString, option);
    QFETCH(QString, limit);
    QFETCH(QString, says);
    recipe(QStringLiteral("limited"), "estimators: [random_forest]\nsearch: {trials: 16, parallel: 2, space: {random_forest: {n_estimators: {from: 200, to: 300}, max_depth: {from: 4, to: 9}}}}\n");
    const QString out = QStringLiteral("limited") + option;
    const auto train = [&](const QStringList &more) { return pilot(QStringList{QStringLiteral("train"), QStringLiteral("limited.yaml"), QStringLiteral("--threads"), QStringLiteral("2"), QStringLiteral("--out")} + more); }; // more than a second on any machine
    if (limit.isEmpty()) {
        const QString what = train({QStringLiteral("least"), option, QStringLiteral("1MiB")}).object[Q("error")][Q("what")].toString();
        static const QRegularExpression inUse(QStringLiteral("the memory limit of 1\\.0 MiB \\(([0-9.]+) MiB in use\\)"));
        const QRegularExpressionMatch match = inUse.match(what);
        QVERIFY2(match.hasMatch(), qPrintable(what));
        limit = QStringLiteral("%1MiB").arg(int(match.captured(1).toDouble()) + 24); // two trials take twice that beside
    }
    const Answer stopped = train({out, option, limit});
    QCOMPARE(stopped.code, 1);
    QVERIFY2(stopped.object[Q("error")][Q("what")].toString().contains(says), qPrintable(stopped.object[Q("error")][Q("what")].toString()));
    QVERIFY(QFileInfo::exists(in(out + QStringLiteral(".checkpoint/checkpoint.json"))) && !QFileInfo::exists(in(out)));
    QVERIFY(trialsIn(out + QStringLiteral(".checkpoint")) < 16);
    const Answer another = train({out, QStringLiteral("--resume"), QStringLiteral("0123456789abcdef0123456789abcdef")}); // that is not the run in --out
    QCOMPARE(another.code, 2);
    QVERIFY2(another.object[Q("error")][Q("what")].toString().contains(QStringLiteral("but in --out there is run ")), qPrintable(another.errors));
    const Answer resumed = train({out, QStringLiteral("--resume"), out});
    QVERIFY2(resumed.code == 0, qPrintable(resumed.errors));
    QCOMPARE(resumed.object[Q("search")][Q("trials")].toArray().size(), 16);
    if (m_whole.isEmpty())
        m_whole = train({QStringLiteral("unlimited")}).object[Q("weights_sha256")].toString();
    QCOMPARE(resumed.object[Q("weights_sha256")].toString(), m_whole);
}

void TestSearch::dataThatChangesEndsIt() {
    const QByteArray data = *readFile(in(QStringLiteral("d.csv")));
    QVERIFY(writeFileAtomically(in(QStringLiteral("moving.csv")), data).has_value());
    QVERIFY(writeFileAtomically(in(QStringLiteral("moving.yaml")), "recipe: moving\ndata: {source: moving.csv}\ntask: regression\ntarget: y\nsplit: {every: 4}\nestimators: [random_forest]\n"
                                                                   "search: {trials: 12, parallel: 2, space: {random_forest: {n_estimators: {from: 100, to: 200}, max_depth: {from: 2, to: 9}}}}\n").has_value());
    QProcess process;
    process.setWorkingDirectory(m_folder.path());
    process.start(m_program, {QStringLiteral("--json"), QStringLiteral("train"), QStringLiteral("moving.yaml"), QStringLiteral("--out"), QStringLiteral("moving")});
    (void)QTest::qWaitFor([&] { return trialsIn(QStringLiteral("moving.checkpoint")) >= 2 || process.state() == QProcess::NotRunning; }, 60000);
    QVERIFY(writeFileAtomically(in(QStringLiteral("moving.csv")), data + "0.5,0.5,1000\n").has_value());
    QVERIFY(process.waitForFinished(60000));
    const QJsonObject error = QJsonDocument::fromJson(process.readAllStandardOutput()).object().value(Q("error")).toObject();
    QCOMPARE(process.exitCode(), 1);
    QCOMPARE(error[Q("kind")].toString(), QStringLiteral("conflict"));
    QVERIFY2(error[Q("what")].toString().startsWith(Q("The data changed (SHA-256 ")), qPrintable(error[Q("what")].toString()));
    QVERIFY(error[Q("where")].toString().endsWith(Q("moving.csv")));
    QVERIFY(!QFileInfo::exists(in(QStringLiteral("moving"))));
    const qsizetype kept = trialsIn(QStringLiteral("moving.checkpoint"));
    QVERIFY(kept >= 2 && kept < 12); // none that read the other data is among them
    const QStringList arguments{QStringLiteral("train"), QStringLiteral("moving.yaml"), QStringLiteral("--out"), QStringLiteral("moving")};
    const Answer other = pilot(arguments + QStringList{QStringLiteral("--resume"), QStringLiteral("moving")});
    QVERIFY(other.code == 1 && other.object[Q("error")][Q("what")].toString().contains(Q("the data has changed")));
    QVERIFY(writeFileAtomically(in(QStringLiteral("moving.csv")), data).has_value());
    const Answer resumed = pilot(arguments + QStringList{QStringLiteral("--resume"), QStringLiteral("moving")});
    QVERIFY2(resumed.code == 0, qPrintable(resumed.errors));
    const Answer whole = pilot({QStringLiteral("train"), QStringLiteral("moving.yaml"), QStringLiteral("--out"), QStringLiteral("unmoved")});
    QCOMPARE(resumed.object[Q("weights_sha256")], whole.object[Q("weights_sha256")]);
}

QTEST_GUILESS_MAIN(TestSearch)
#include "tst_search.moc"
