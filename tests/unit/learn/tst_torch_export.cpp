// SPDX-License-Identifier: GPL-3.0-or-later
// Networks end to end: trained on several targets, resumed, and exported as TorchScript that a service loads without us.
#include "core/artifact/labelled_rows.h"
#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/learn/export_model.h"
#include "core/learn/import_model.h"
#include "core/learn/inspect_model.h"
#include "core/learn/load_scorer.h"
#include "core/learn/torch_loader.h"
#include "core/learn/trainer.h"
#include "core/metrics/random.h"

#include <QDir>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cmath>

using namespace pilothouse;
using namespace pilothouse::learn;
using Q = QLatin1String;

namespace {

/// An hourly wave with a little noise, and what it was six hours ago in other units: the second target is a known function of the first.
QByteArray hours(int rows) {
    QByteArray csv = "time,t2m,rh2m,rain\n";
    metrics::Random random(4);
    std::vector<double> wave;
    for (int i = 0; i < rows; ++i) {
        wave.push_back(15 + 8 * std::sin(i * 2 * 3.14159265 / 24) + 0.2 * random.uniform());
        const QDateTime time = QDateTime(QDate(2024, 1, 1), QTime(0, 0), Qt::UTC).addSecs(3600LL * i);
        csv += time.toString(Qt::ISODate).toLatin1() + ',' + QByteArray::number(wave.back(), 'g', 10) + ',' + QByteArray::number(100 - 2.5 * wave[std::size_t(std::max(0, i - 6))], 'g', 10) + ',' +
               QByteArray::number(random.uniform()) + '\n';
    }
    return csv;
}

/// Numbers with gaps and a category that codes into columns or a table.
QByteArray rows(int count) {
    QByteArray csv = "a,b,kind,y,two,three\n";
    metrics::Random random(9);
    for (int i = 0; i < count; ++i) {
        const double a = random.uniform(), b = 100 * random.uniform();
        const int kind = int(random.below(3));
        const double y = 50 + 10 * a + 0.05 * b + 3 * kind + random.uniform();
        csv += QByteArray::number(a) + ',' + (i % 9 == 4 ? QByteArray() : QByteArray::number(b)) + ',' + (i % 13 == 5 ? QByteArray() : QByteArray::number(kind) + 'k') + ',' + QByteArray::number(y) + (y > 61 ? ",yes," : ",no,") +
               (y < 59 ? "low\n" : y < 63 ? "mid\n" : "high\n");
    }
    return csv;
}

QByteArray forecast(const QByteArray &target, const QByteArray &estimator, const QByteArray &more = "transforms: [standard_scale]\n") {
    return "recipe: hours\ndata: {source: hours.csv}\ntask: forecast\ntarget: " + target + "\nfeatures: {include: [rain]}\ntime: {column: time, step: 1h}\nforecast: {window: 12, horizon: 4}\n"
           "split: {after: 2024-01-19}\n" + more + "estimators: [" + estimator + "]\nexport: [w.pt]\nseed: 7\n";
}

QByteArray table(const QByteArray &task, const QByteArray &target, const QByteArray &transforms) {
    QByteArrayList others{"y", "two", "three"};
    others.removeAll(target);
    return "recipe: rows\ndata: {source: rows.csv}\ntask: " + task + "\ntarget: " + target + "\nfeatures: {categorical: [kind], exclude: [" + others.join(", ") + "]}\nsplit: {every: 4}\ntransforms: [" + transforms +
           "]\nestimators: [mlp: {hidden: [8], epochs: 5}]\nexport: [{file: model.bin, format: torchscript}]\n";
}

} // namespace

class TestTorchExport : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    int m_runs = 0;
    TorchModule *m_module = nullptr;

    QString path(const QString &name) const { return m_folder.filePath(name); }
    Result<TrainOptions> options(const QByteArray &recipe) {
        PH_TRY(writeFileAtomically(path(QStringLiteral("recipe.yaml")), recipe));
        TrainOptions o;
        PH_ASSIGN(o.recipe, workspace::readRecipe(path(QStringLiteral("recipe.yaml"))));
        o.out = path(QStringLiteral("package-%1").arg(++m_runs));
        return o;
    }
    Result<artifact::Package> trained(const QByteArray &recipe) {
        PH_ASSIGN(const TrainOptions o, options(recipe));
        PH_ASSIGN(const TrainResult result, train(o));
        return artifact::openPackage(result.package);
    }
    /// The distribution's python3-torch belongs to /usr/bin/python3, which need not be the first on PATH.
    static QString pythonWithTorch() {
        for (const QString &interpreter : {QStringLiteral("python3"), QStringLiteral("/usr/bin/python3")}) {
            QProcess python;
            python.start(interpreter, {QStringLiteral("-c"), QStringLiteral("import torch")});
            if (python.waitForFinished(60'000) && python.exitStatus() == QProcess::NormalExit && python.exitCode() == 0)
                return interpreter;
        }
        return {};
    }

private Q_SLOTS:
    void initTestCase() {
        const auto module = torchModule();
        QVERIFY2(module, module ? "" : qPrintable(module.error().text()));
        m_module = *module;
        QVERIFY(writeFileAtomically(path(QStringLiteral("hours.csv")), hours(600)));
        QVERIFY(writeFileAtomically(path(QStringLiteral("rows.csv")), rows(400)));
    }

    void aTargetThatIsAKnownFunctionIsLearntBesideTheOther_data() {
        QTest::addColumn<QByteArray>("estimator");
        QTest::newRow("mlp") << QByteArray("mlp: {hidden: [32], epochs: 80, batch_size: 32}");
        QTest::newRow("lstm") << QByteArray("lstm: {units: 16, epochs: 40, batch_size: 32}");
        QTest::newRow("gru") << QByteArray("gru: {units: 16, epochs: 40, batch_size: 32}");
    }
    void aTargetThatIsAKnownFunctionIsLearntBesideTheOther() {
        QFETCH(QByteArray, estimator);
        auto o = options(forecast("[t2m, rh2m]", estimator, ""));
        QVERIFY2(o, o ? "" : qPrintable(o.error().text()));
        const auto result = train(*o);
        QVERIFY2(result, result ? "" : qPrintable(result.error().text()));
        QCOMPARE(result->targets.size(), std::size_t(2));
        for (const TargetFigures &target : result->targets) { // each against the better of its own naive forecasts, in its own unit
            QVERIFY2(target.test.value(Q("r2")) > 0.95, qPrintable(QStringLiteral("%1: %2").arg(target.target).arg(target.test.value(Q("r2")))));
            QVERIFY(target.test.value(Q("mae")) < 0.5 * target.baselines.value(Q("persistence")).value(Q("mae")));
        }
        // What rh2m will be in four hours stands in t2m's window already: a model of rh2m alone has to guess it.
        QVERIFY(result->test.value(Q("r2")) > 0.95);
    }

    void aStoppedRunWithSeveralTargetsResumesToTheSameWeights_data() {
        QTest::addColumn<QByteArray>("estimator");
        QTest::newRow("mlp") << QByteArray("mlp: {hidden: [8], epochs: 6, batch_size: 64}");
        QTest::newRow("lstm") << QByteArray("lstm: {units: 6, epochs: 4, batch_size: 64}");
        QTest::newRow("gru") << QByteArray("gru: {units: 6, epochs: 4, batch_size: 64}");
    }
    void aStoppedRunWithSeveralTargetsResumesToTheSameWeights() {
        QFETCH(QByteArray, estimator);
        const auto whole = options(forecast("[t2m, rh2m]", estimator));
        QVERIFY(whole);
        const auto expected = train(*whole);
        QVERIFY2(expected, expected ? "" : qPrintable(expected.error().text()));
        auto o = options(forecast("[t2m, rh2m]", estimator));
        std::stop_source stop;
        int left = 3; // in the second epoch
        o->stop = stop.get_token();
        o->checkpointSeconds = 0;
        o->onMetric = [&](const QString &, qint64, double) {
            if (--left == 0)
                stop.request_stop();
        };
        const auto stopped = train(*o);
        QVERIFY(!stopped);
        QCOMPARE(stopped.error().kind, ErrorKind::Cancelled);
        QVERIFY(hasCheckpoint(o->out));
        o->stop = {};
        o->onMetric = {};
        o->resume = true;
        const auto resumed = train(*o);
        QVERIFY2(resumed, resumed ? "" : qPrintable(resumed.error().text()));
        QCOMPARE(resumed->weightsSha256, expected->weightsSha256);
        for (std::size_t t = 0; t < 2; ++t)
            QCOMPARE(resumed->targets[t].test, expected->targets[t].test);
    }

    void theFileAnswersAsThePackage_data() {
        QTest::addColumn<QByteArray>("recipe");
        QTest::newRow("an lstm, one target and a feature") << forecast("t2m", "lstm: {units: 6, epochs: 2}");
        QTest::newRow("a gru of two layers, two targets") << forecast("[t2m, rh2m]", "gru: {units: 6, layers: 2, epochs: 2}");
        QTest::newRow("an mlp, two targets, what is rescaled otherwise") << forecast("[t2m, rh2m]", "mlp: {hidden: [8], epochs: 2}", "transforms: [min_max_scale]\n");
        QTest::newRow("an mlp with columns made of the past") << forecast("[t2m, rh2m]", "mlp: {hidden: [8], epochs: 2}", "transforms: [lag: {steps: 24}, calendar: {parts: [hour], cyclic: true}, robust_scale]\n");
        QTest::newRow("an lstm without pre-processing, one step") << forecast("rh2m", "lstm: {units: 4, epochs: 2, residual: false}", "").replace("horizon: 4", "horizon: 1");
        QTest::newRow("a window of one step") << forecast("[t2m, rh2m]", "mlp: {hidden: [8], epochs: 2}").replace("window: 12", "window: 1");
        QTest::newRow("a number from numbers and a category") << table("regression", "y", "impute: median, one_hot, standard_scale");
        QTest::newRow("a category as a table") << table("regression", "y", "impute: {strategy: mean, columns: [b]}, target_encode, standard_scale");
        QTest::newRow("a category in an order") << table("regression", "y", "impute: {strategy: most_frequent}, ordinal, min_max_scale");
        QTest::newRow("a category that may not be unknown") << table("regression", "y", "impute: most_frequent, one_hot: {unknown: error}");
        QTest::newRow("two classes") << table("classification", "two", "impute: median, one_hot, standard_scale");
        QTest::newRow("three classes") << table("classification", "three", "impute: median, one_hot, standard_scale");
    }
    void theFileAnswersAsThePackage() {
        QFETCH(QByteArray, recipe);
        const auto package = trained(recipe);
        QVERIFY2(package, package ? "" : qPrintable(package.error().text()));
        const QString folder = path(QStringLiteral("models-%1").arg(m_runs));
        const auto files = exportModel(*package, folder, false);
        QVERIFY2(files, files ? "" : qPrintable(files.error().text() + files.error().raw));
        QCOMPARE(files->size(), std::size_t(1));
        QCOMPARE(QDir(folder).entryList(QDir::Files | QDir::Hidden), QStringList{recipe.contains("w.pt") ? QStringLiteral("w.pt") : QStringLiteral("model.bin")});
        QVERIFY2(files->front().worst <= exportTolerance && files->front().rows > 50, qPrintable(QString::number(files->front().worst)));
        // The same once more, by hand: what comes out is in plain units.
        const auto sample = artifact::sampleRows(package->folder, package->signature);
        const auto answers = m_module->runExport(files->front().path, package->signature, sample->inputs);
        QVERIFY2(answers, answers ? "" : qPrintable(answers.error().text() + answers.error().raw));
        const auto ours = (*loadScorer(*package))->score(sample->inputs);
        const std::vector<double> &a = ours->classes ? ours->probabilities : ours->values, &b = ours->classes ? answers->probabilities : answers->values;
        QCOMPARE(b.size(), a.size());
        for (std::size_t i = 0; i < a.size(); ++i)
            QVERIFY2(std::abs(a[i] - b[i]) <= 1e-5 * std::max(1.0, std::abs(a[i])), qPrintable(QStringLiteral("%1: %2, %3").arg(i).arg(a[i]).arg(b[i])));
        const auto again = exportModel(*package, folder, true);
        QCOMPARE(again->front().sha256, files->front().sha256);
    }

    void whatIsExportedIsImportedAgain_data() {
        QTest::addColumn<QByteArray>("recipe");
        QTest::addColumn<QString>("rows");
        QTest::newRow("a forecast of one target") << forecast("t2m", "lstm: {units: 6, epochs: 2}") << "hours.csv";
        QTest::newRow("a forecast of two targets") << forecast("[rh2m, t2m]", "gru: {units: 6, epochs: 2}") << "hours.csv";
        QTest::newRow("a forecast of one step") << forecast("[t2m, rh2m]", "mlp: {hidden: [8], epochs: 2}").replace("horizon: 4", "horizon: 1") << "hours.csv";
        const auto numbers = [](QByteArray recipe) { return recipe.replace("categorical: [kind], exclude: [", "exclude: [kind, "); };
        QTest::newRow("a number") << numbers(table("regression", "y", "impute: median, standard_scale")) << "rows.csv";
        QTest::newRow("three classes") << numbers(table("classification", "three", "impute: median, standard_scale")) << "rows.csv";
    }
    /// The file says itself what it takes and gives: no option but the rows.
    void whatIsExportedIsImportedAgain() {
        QFETCH(QByteArray, recipe);
        QFETCH(QString, rows);
        const auto package = trained(recipe);
        QVERIFY2(package, package ? "" : qPrintable(package.error().text()));
        const auto files = exportModel(*package, path(QStringLiteral("again-%1").arg(m_runs)), false);
        QVERIFY2(files, files ? "" : qPrintable(files.error().text() + files.error().raw));
        const auto facts = inspectModelFile(files->front().path);
        QVERIFY2(facts, facts ? "" : qPrintable(facts.error().text()));
        QCOMPARE(facts->object.value(Q("task")).toString(), workspace::taskName(package->signature.task));
        QCOMPARE(facts->object.value(Q("targets")).toArray(), package->signature.horizon() ? QJsonArray::fromStringList(package->signature.targets()) : QJsonArray());
        QCOMPARE(facts->object.value(Q("step")).toString(), package->signature.horizon() ? QStringLiteral("1h") : QString());
        ImportOptions options;
        options.file = files->front().path;
        options.name = QStringLiteral("again");
        options.rows = path(rows);
        options.out = path(QStringLiteral("imported-%1").arg(m_runs));
        options.runId = QString(32, QLatin1Char('d'));
        if (rows == Q("rows.csv")) // a number or a class; of a forecast the file says what it predicts
            options.target = package->signature.target;
        const auto imported = importModel(options);
        QVERIFY2(imported, imported ? "" : qPrintable(imported.error().text() + imported.error().raw));
        const auto again = artifact::openPackage(imported->package);
        QVERIFY2(again, again ? "" : qPrintable(again.error().text()));
        QCOMPARE(again->signature.task, package->signature.task);
        QCOMPARE(again->signature.classes, package->signature.classes);
        QCOMPARE(again->signature.outputs, package->signature.outputs);
        data::Rows known{0, package->signature.inputs.size(), {}}; // those that lack nothing: what is filled in is said by our own package alone
        const auto sample = artifact::sampleRows(package->folder, package->signature)->inputs;
        for (std::size_t i = 0; i < sample.count; ++i) {
            const auto row = sample.row(i);
            if (std::any_of(row.begin(), row.end(), [](double v) { return std::isnan(v); }))
                continue;
            known.values.insert(known.values.end(), row.begin(), row.end());
            ++known.count;
        }
        QVERIFY(known.count > 50);
        for (std::size_t i = 0; i < known.width; ++i)
            QCOMPARE(again->signature.inputs[i].name, package->signature.inputs[i].name);
        const auto ours = (*loadScorer(*package))->score(known), theirs = (*loadScorer(*again))->score(known);
        QVERIFY2(theirs, theirs ? "" : qPrintable(theirs.error().text()));
        QCOMPARE(ours->values.size(), theirs->values.size());
        const std::vector<double> &a = ours->classes ? ours->probabilities : ours->values, &b = ours->classes ? theirs->probabilities : theirs->values;
        for (std::size_t i = 0; i < a.size(); ++i)
            QVERIFY2(std::abs(a[i] - b[i]) <= 1e-5 * std::max(1.0, std::abs(a[i])), qPrintable(QStringLiteral("%1: %2, %3").arg(i).arg(a[i]).arg(b[i])));
    }

    void whatTheFileSaysIsNotOverruled() {
        const auto package = trained(forecast("t2m", "lstm: {units: 6, epochs: 2}"));
        QVERIFY2(package, package ? "" : qPrintable(package.error().text()));
        const auto files = exportModel(*package, path(QStringLiteral("overruled")), false);
        QVERIFY2(files, files ? "" : qPrintable(files.error().text() + files.error().raw));
        ImportOptions options;
        options.file = files->front().path;
        options.rows = path(QStringLiteral("hours.csv"));
        options.out = path(QStringLiteral("never"));
        options.forecast.window = 24;
        const auto imported = importModel(options);
        QVERIFY(!imported);
        QVERIFY2(imported.error().what.contains(QStringLiteral("--window 24 was asked for, but the file itself says 12")), qPrintable(imported.error().what));
        options.forecast = {};
        options.task = QStringLiteral("regression");
        const auto other = importModel(options);
        QVERIFY(!other);
        QVERIFY2(other.error().what.contains(QStringLiteral("it is a forecast, not a regression")), qPrintable(other.error().what));
    }

    void whatThePackageRefusesTheFileRefuses() {
        const auto package = trained(table("regression", "y", "impute: {strategy: median, columns: [b]}, impute: {strategy: most_frequent, columns: [kind]}, one_hot: {unknown: error}"));
        QVERIFY2(package, package ? "" : qPrintable(package.error().text()));
        const auto files = exportModel(*package, path(QStringLiteral("refusing")), false);
        QVERIFY2(files, files ? "" : qPrintable(files.error().text() + files.error().raw));
        const auto scorer = loadScorer(*package);
        const double nan = std::nan("");
        const std::vector<std::pair<std::vector<double>, bool>> cases{{{0.5, 10, 1}, true}, {{0.5, nan, nan}, true}, {{nan, 10, 1}, false}, {{0.5, 10, -1}, false}, {{0.5, HUGE_VAL, 1}, false}};
        for (const auto &[row, fine] : cases) {
            const data::Rows one{1, 3, row};
            QCOMPARE(bool((*scorer)->score(one)), fine);
            const auto answer = m_module->runExport(files->front().path, package->signature, one);
            QCOMPARE(bool(answer), fine);
            QVERIFY(fine || answer.error().raw.contains(QStringLiteral("missing")) || answer.error().raw.contains(QStringLiteral("unknown")));
        }
    }

    void aServiceInPythonGetsPlainUnits_data() {
        QTest::addColumn<QByteArray>("target");
        QTest::newRow("one target") << QByteArray("t2m");
        QTest::newRow("two targets") << QByteArray("[t2m, rh2m]");
    }
    /// Windows as PyTorch has them, [n, window, series], one alone, and rows as the package has them.
    void aServiceInPythonGetsPlainUnits() {
        QFETCH(QByteArray, target);
        const QString interpreter = pythonWithTorch();
        if (interpreter.isEmpty())
            QSKIP("python3-torch is not installed");
        const auto package = trained(forecast(target, "lstm: {units: 6, epochs: 2}"));
        QVERIFY2(package, package ? "" : qPrintable(package.error().text()));
        const auto files = exportModel(*package, path(QStringLiteral("python-%1").arg(m_runs)), false);
        QVERIFY2(files, files ? "" : qPrintable(files.error().text() + files.error().raw));
        const auto sample = artifact::sampleRows(package->folder, package->signature)->take({0, 1, 2, 3, 4});
        const auto ours = (*loadScorer(*package))->score(sample.inputs);
        QVERIFY(ours);
        QJsonArray rows;
        for (std::size_t i = 0; i < 5; ++i)
            rows.append(jsonNumbers({sample.inputs.row(i).begin(), sample.inputs.row(i).end()}));
        QVERIFY(writeFileAtomically(path(QStringLiteral("rows.json")), prettyJson({{Q("rows"), rows}})));
        QProcess python;
        python.start(interpreter, {QStringLiteral("-c"),
                                   QStringLiteral("import json, sys, torch\n"
                                                  "m = torch.jit.load(sys.argv[1])\n"
                                                  "card = json.loads(m.card)\n"
                                                  "x = torch.tensor(json.load(open(sys.argv[2]))['rows'], dtype=torch.float64)\n"
                                                  "w = x.reshape(len(x), card['series'], card['window']).transpose(1, 2)\n"
                                                  "flat, many, one = m(x), m(w.float()), m(w[0])\n"
                                                  "wrong = []\n"
                                                  "for shape in ([3], [2, 5], [1, 2, 3, 4]):\n"
                                                  "    try: m(torch.zeros(shape)); wrong.append(shape)\n"
                                                  "    except Exception as e: assert 'takes rows of' in str(e), e\n"
                                                  "print(json.dumps({'flat': flat.tolist(), 'many': many.tolist(), 'one': one.tolist(), 'wrong': wrong, 'card': card}))\n"),
                                   files->front().path, path(QStringLiteral("rows.json"))});
        QVERIFY(python.waitForFinished(60'000));
        QVERIFY2(python.exitCode() == 0, python.readAllStandardError().constData());
        const QJsonObject said = QJsonDocument::fromJson(python.readAllStandardOutput()).object();
        const std::size_t targets = std::size_t(package->signature.targets().size()), horizon = package->signature.horizon();
        for (std::size_t i = 0; i < 5; ++i)
            for (std::size_t t = 0; t < targets; ++t)
                for (std::size_t h = 0; h < horizon; ++h) {
                    const double expected = ours->values[i * ours->outputs + t * horizon + h];
                    const auto near = [&](const QJsonValue &value, double tolerance) { return std::abs(value.toDouble(NAN) - expected) <= tolerance * std::max(1.0, std::abs(expected)); };
                    const auto step = [&](const QJsonArray &window) { return targets == 1 ? window.at(int(h)) : window.at(int(h)).toArray().at(int(t)); }; // [horizon] or [horizon × targets]
                    QVERIFY(near(said.value(Q("flat")).toArray().at(int(i)).toArray().at(int(t * horizon + h)), 1e-5));
                    QVERIFY(near(step(said.value(Q("many")).toArray().at(int(i)).toArray()), 1e-4)); // asked in float32
                    if (i == 0)
                        QVERIFY(near(step(said.value(Q("one")).toArray()), 1e-5));
                }
        QVERIFY2(said.value(Q("wrong")).toArray().isEmpty(), "a wrong shape was answered");
        const QJsonObject card = said.value(Q("card")).toObject();
        QCOMPARE(card.value(Q("package")).toString(), package->digest); // a file on a volume says which version it is
        QCOMPARE(card.value(Q("outputs")).toArray().size(), int(targets * horizon));
    }
};

QTEST_GUILESS_MAIN(TestTorchExport)
#include "tst_torch_export.moc"
