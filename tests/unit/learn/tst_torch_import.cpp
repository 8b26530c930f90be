// SPDX-License-Identifier: GPL-3.0-or-later
// TorchScripts that PyTorch made (imported/make.py), imported, packaged and scored by LibTorch.
#include "core/artifact/package.h"
#include "core/base/file.h"
#include "core/learn/evaluation.h"
#include "core/learn/gradient_model.h"
#include "core/learn/import_model.h"
#include "core/learn/inspect_model.h"
#include "core/learn/integrated_gradients.h"
#include "core/learn/load_scorer.h"
#include "core/learn/samples.h"

#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <cmath>
#include <thread>

using namespace pilothouse;
using namespace pilothouse::learn;

namespace {

QString fileOf(const QString &name) { return QStringLiteral(PILOTHOUSE_SOURCE_DIR "/tests/unit/learn/imported/") + name; }

ImportOptions optionsOf(const QTemporaryDir &folder, const QString &name, const QString &rows, const QStringList &classes) {
    ImportOptions options;
    options.file = fileOf(name + QStringLiteral(".pt"));
    options.name = QStringLiteral("m");
    options.out = folder.filePath(QStringLiteral("package"));
    options.rows = fileOf(rows + QStringLiteral(".csv"));
    options.classes = classes;
    options.runId = QString(32, QLatin1Char('c'));
    return options;
}

/// hours.csv: series by time with an hour that is missing.
ImportOptions forecastOf(const QTemporaryDir &folder, const QString &name, const QStringList &series, const QStringList &targets) {
    ImportOptions options = optionsOf(folder, name, QStringLiteral("hours"), {});
    options.task = QStringLiteral("forecast");
    options.forecast.window = 6;
    options.forecast.horizon = 3;
    options.forecast.step = QStringLiteral("1h");
    options.forecast.series = series;
    options.forecast.targets = targets;
    return options;
}
const QStringList oneTarget{QStringLiteral("t2m")}, twoTargets{QStringLiteral("t2m"), QStringLiteral("rh2m")};
const QStringList windFirst{QStringLiteral("wind"), QStringLiteral("t2m"), QStringLiteral("rh2m")}, windLast{QStringLiteral("rh2m"), QStringLiteral("t2m"), QStringLiteral("wind")};

/// d prediction / d input by central differences, [rows × width].
std::vector<double> byDifferences(const FittedModel &model, const data::Rows &x, std::size_t output) {
    std::vector<double> slopes;
    for (std::size_t i = 0; i < x.values.size(); ++i) {
        const auto at = [&](double value) {
            data::Rows moved = x;
            moved.values[i] = value;
            const auto p = model.predict(moved);
            return p->classes ? p->probabilities[i / x.width * p->classes + output] : p->values[i / x.width * p->outputs + output];
        };
        const double far = 0.02 * std::max(1.0, std::abs(x.values[i])); // float32 inside
        slopes.push_back((at(x.values[i] + far) - at(x.values[i] - far)) / (2 * far));
    }
    return slopes;
}

/// The model of an imported package, and rows of it.
struct Opened {
    artifact::Package package;
    LoadedModel loaded;
    data::Rows rows;
};
Result<Opened> opened(const ImportOptions &options) {
    PH_ASSIGN(const ImportResult imported, importModel(options));
    Opened out;
    PH_ASSIGN(out.package, artifact::openPackage(imported.package));
    PH_ASSIGN(out.loaded, loadModel(out.package));
    PH_ASSIGN(ScoringRows rows, scoringRows(out.package, options.rows));
    out.rows = std::move(rows.inputs);
    return out;
}

} // namespace

class TestTorchImport : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void predictsAsPythonDoes_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QStringList>("expected");
        QTest::addColumn<QStringList>("classes");
        QTest::addColumn<QString>("answers");
        QTest::addColumn<QString>("dtype");
        const QStringList yesNo{QStringLiteral("no"), QStringLiteral("yes")}, three{QStringLiteral("low"), QStringLiteral("mid"), QStringLiteral("high")};
        QTest::newRow("a number") << "net" << QStringList{QStringLiteral("p")} << QStringList() << "numbers" << "float32";
        QTest::newRow("a number in float64") << "net64" << QStringList{QStringLiteral("p")} << QStringList() << "numbers" << "float64";
        QTest::newRow("logits of three classes") << "logits" << three << three << "logits" << "float32";
        QTest::newRow("probabilities of two classes") << "shares" << yesNo << yesNo << "probabilities" << "float32";
        QTest::newRow("one probability for two classes") << "sigmoid" << QStringList{QStringLiteral("yes")} << yesNo << "probabilities" << "float32";
    }
    void predictsAsPythonDoes() {
        QFETCH(QString, name);
        QFETCH(QStringList, expected);
        QFETCH(QStringList, classes);
        QFETCH(QString, answers);
        QFETCH(QString, dtype);
        const QTemporaryDir folder;
        // What is compared stands in columns of its own; the others are the inputs in their order.
        ImportOptions options = optionsOf(folder, name, name, classes);
        options.expected = expected;
        const auto imported = importModel(options);
        QVERIFY2(imported, qPrintable(imported ? QString() : imported.error().text() + imported.error().raw));
        QVERIFY(imported->verified);
        QCOMPARE(imported->compared, 60);
        const auto package = artifact::openPackage(options.out);
        QVERIFY(package);
        QCOMPARE(package->weightFiles, (QStringList{QStringLiteral("model.pt"), QStringLiteral("torchscript.json")}));
        QCOMPARE(*readFile(options.out + QStringLiteral("/model.pt")), *readFile(options.file));
        const QByteArray card = *readFile(options.out + QStringLiteral("/torchscript.json"));
        QVERIFY2(card.contains(answers.toUtf8()) && card.contains(dtype.toUtf8()), card.constData());
    }

    void manyThreadsGetTheSameAnswers() {
        const QTemporaryDir folder;
        const auto imported = importModel(optionsOf(folder, QStringLiteral("shares"), QStringLiteral("takes_abc"), {QStringLiteral("no"), QStringLiteral("yes")}));
        QVERIFY2(imported, qPrintable(imported ? QString() : imported.error().text()));
        const auto scorer = loadScorer(imported->package);
        QVERIFY(scorer);
        const data::Rows rows{2, 3, {0.5, 1, 2, -0.5, 3, 100}};
        const auto first = (*scorer)->score(rows);
        QVERIFY(first);
        std::atomic<int> wrong = 0;
        std::vector<std::thread> threads;
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([&] {
                for (int i = 0; i < 50; ++i)
                    if (const auto again = (*scorer)->score(rows); !again || again->probabilities != first->probabilities)
                        ++wrong;
            });
        for (std::thread &thread : threads)
            thread.join();
        QCOMPARE(wrong.load(), 0);
    }

    void refusesWhatDoesNotFit_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QStringList>("classes");
        QTest::addColumn<QString>("answers");
        QTest::addColumn<QString>("says");
        const QStringList two{QStringLiteral("no"), QStringLiteral("yes")}, three{QStringLiteral("low"), QStringLiteral("mid"), QStringLiteral("high")};
        QTest::newRow("a script that writes files") << "writes" << QStringList() << "" << "torch.save, which reaches outside";
        QTest::newRow("a script that writes files while it is loaded") << "writes_when_loaded" << QStringList() << "" << "torch.save, which reaches outside";
        QTest::newRow("a script of two tensors") << "takes_two" << QStringList() << "" << "takes 2 arguments";
        QTest::newRow("a pickled module") << "pickled" << QStringList() << "" << "no TorchScript";
        QTest::newRow("three outputs taken for one number") << "logits" << QStringList() << "" << "gives 180 numbers for 60 rows; 1 for each";
        QTest::newRow("two classes where there are three") << "logits" << two << "" << "gives 180 numbers for 60 rows; 2 for each";
        QTest::newRow("logits taken for probabilities") << "logits" << three << "probabilities" << "are no probabilities";
    }
    void refusesWhatDoesNotFit() {
        QFETCH(QString, name);
        QFETCH(QStringList, classes);
        QFETCH(QString, answers);
        QFETCH(QString, says);
        const QTemporaryDir folder;
        QFile::remove(QStringLiteral("written-by-a-model"));
        ImportOptions options = optionsOf(folder, name, QStringLiteral("takes_abc"), classes);
        options.answers = answers;
        const auto imported = importModel(options);
        QVERIFY2(!imported, "it was imported");
        QVERIFY2(imported.error().what.contains(says), qPrintable(imported.error().text() + imported.error().raw));
        QVERIFY(!QFileInfo::exists(options.out));
        QVERIFY(!QFileInfo::exists(QStringLiteral("written-by-a-model")));
    }

    void aForecastGivesPythonsNumbers_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QStringList>("series");
        QTest::addColumn<QStringList>("targets");
        QTest::addColumn<QStringList>("expected");
        QTest::addColumn<QString>("dtype");
        const QStringList t{QStringLiteral("t@+1"), QStringLiteral("t@+2"), QStringLiteral("t@+3")}, rh{QStringLiteral("rh@+1"), QStringLiteral("rh@+2"), QStringLiteral("rh@+3")};
        QTest::newRow("one target, which is not the first series of the script") << "forecast" << windFirst << oneTarget << QStringList{QStringLiteral("lstm")} << "float32";
        QTest::newRow("two targets, their columns by name") << "both" << windLast << twoTargets << QStringList{QStringLiteral("t"), QStringLiteral("rh")} << "float64";
        QTest::newRow("two targets, every column named") << "both" << windLast << twoTargets << t + rh << "float64";
    }
    void aForecastGivesPythonsNumbers() {
        QFETCH(QString, name);
        QFETCH(QStringList, series);
        QFETCH(QStringList, targets);
        QFETCH(QStringList, expected);
        QFETCH(QString, dtype);
        const QTemporaryDir folder;
        ImportOptions options = forecastOf(folder, name, series, targets);
        options.expected = expected;
        const auto imported = importModel(options);
        QVERIFY2(imported, qPrintable(imported ? QString() : imported.error().text() + imported.error().raw));
        QVERIFY(imported->verified);
        QCOMPARE(imported->compared, 89 - 5 - 5); // 89 rows; windows that are not whole at the beginning and behind the missing hour
        QVERIFY(imported->worst < 1e-5);
        QCOMPARE(imported->baselines.keys(), QStringList{QStringLiteral("persistence")}); // six hours hold no day
        QVERIFY(imported->test.contains(QStringLiteral("r2")));

        const auto package = artifact::openPackage(options.out);
        QVERIFY2(package, qPrintable(package ? QString() : package.error().text()));
        QCOMPARE(package->signature.targets(), targets);
        QCOMPARE(package->signature.series().first(), QStringLiteral("t2m")); // the targets come first, whatever the script takes first
        QCOMPARE(package->signature.window(), std::size_t(6));
        QCOMPARE(package->signature.horizon(), std::size_t(3));
        const QByteArray card = *readFile(options.out + QStringLiteral("/torchscript.json"));
        QVERIFY2(card.contains(dtype.toUtf8()), card.constData());
        // The package's own recipe cuts the same windows, with their true values.
        const auto samples = samplesFor(*package, options.rows);
        QVERIFY2(samples, qPrintable(samples ? QString() : samples.error().text()));
        QCOMPARE(samples->rows.inputs.count, std::size_t(89 - 5 - 3 - 8)); // a whole horizon, too
        QCOMPARE(artifact::sampleRows(package->folder, package->signature)->inputs.count, samples->rows.inputs.count);
        const auto evaluation = evaluatePackage(*package, options.rows, nullptr);
        QVERIFY2(evaluation, qPrintable(evaluation ? QString() : evaluation.error().text()));
        QVERIFY(std::abs(evaluation->values.value(QStringLiteral("r2")) - imported->test.value(QStringLiteral("r2"))) < 1e-9);
        const QByteArray page = *readFile(options.out + QStringLiteral("/MODEL_CARD.md"));
        QVERIFY2(page.contains("naive forecast (persistence)") && (targets.size() == 1 || page.contains("### rh2m")), page.constData());
    }

    void aForecastThatDiffersIsRefused() {
        const QTemporaryDir folder;
        ImportOptions options = forecastOf(folder, QStringLiteral("forecast"), windLast, oneTarget); // the series in another order
        options.expected = QStringList{QStringLiteral("lstm")};
        const auto imported = importModel(options);
        QVERIFY(!imported);
        QCOMPARE(imported.error().kind, ErrorKind::Refused);
        QVERIFY2(imported.error().what.contains(QStringLiteral("lstm@+")), qPrintable(imported.error().what));
        options.expected.clear();
        const auto unverified = importModel(options);
        QVERIFY2(unverified, qPrintable(unverified ? QString() : unverified.error().text()));
        QVERIFY(!unverified->verified);
    }

    void whatAForecastGivesInAnotherShapeIsTold_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QStringList>("series");
        QTest::addColumn<QStringList>("targets");
        QTest::addColumn<int>("window");
        QTest::addColumn<int>("horizon");
        QTest::addColumn<QString>("what");
        QTest::addColumn<QString>("hint");
        QTest::newRow("another horizon") << "forecast" << windFirst << oneTarget << 6 << 4 << "windows [79, 6, 3] and answers [79, 3]; [79, 4] was expected" << "--horizon 3";
        QTest::newRow("fewer targets than said") << "forecast" << windFirst << twoTargets << 6 << 3 << "answers [79, 3]; [79, 3, 2] was expected: 3 steps of 2 targets" << "[windows, steps, targets]";
        QTest::newRow("more targets than said") << "both" << windLast << oneTarget << 6 << 3 << "answers [79, 3, 2]; [79, 3] was expected" << "answers 2 series";
        QTest::newRow("targets before steps") << "turned" << windLast << twoTargets << 6 << 3 << "answers [79, 2, 3]; [79, 3, 2] was expected" << ".transpose(1, 2)";
        QTest::newRow("too few series") << "both" << oneTarget << oneTarget << 6 << 3 << "failed on windows [n, 6, 1] (float64)" << "--series"; // "forecast" would spread one series over three
        QTest::newRow("another window") << "both" << windLast << twoTargets << 5 << 3 << "failed on windows [n, 5, 3] (float64)" << "--window";
    }
    void whatAForecastGivesInAnotherShapeIsTold() {
        QFETCH(QString, name);
        QFETCH(QStringList, series);
        QFETCH(QStringList, targets);
        QFETCH(int, window);
        QFETCH(int, horizon);
        QFETCH(QString, what);
        QFETCH(QString, hint);
        const QTemporaryDir folder;
        ImportOptions options = forecastOf(folder, name, series, targets);
        options.forecast.window = window;
        options.forecast.horizon = horizon;
        const auto imported = importModel(options);
        QVERIFY2(!imported, "it was imported");
        QCOMPARE(imported.error().kind, ErrorKind::Invalid);
        QVERIFY2(imported.error().what.contains(what), qPrintable(imported.error().text() + imported.error().raw));
        QVERIFY2(imported.error().hint.contains(hint), qPrintable(imported.error().hint));
        QVERIFY(!QFileInfo::exists(options.out));
    }

    void whatIsNotSaidOfAForecastIsAskedFor_data() {
        QTest::addColumn<int>("left");
        QTest::addColumn<QString>("what");
        QTest::addColumn<QString>("hint");
        QTest::newRow("its window") << 0 << "looks back" << "--window";
        QTest::newRow("its horizon") << 1 << "predicts" << "--horizon";
        QTest::newRow("its step") << 2 << "steps lie apart" << "--step";
        QTest::newRow("a step that is none") << 3 << "“soon” is no step" << "1h";
        QTest::newRow("its targets") << 4 << "what it predicts" << "--target";
        QTest::newRow("a series that is not there") << 5 << "no column “rain”" << "wind";
        QTest::newRow("a series twice") << 6 << "named twice" << "once";
        QTest::newRow("classes of a forecast") << 7 << "classes were named" << "--classes";
        QTest::newRow("a window without the task") << 8 << "belong to a forecast" << "--task forecast";
        QTest::newRow("a zone that is none") << 9 << "no time zone" << "Write UTC";
        QTest::newRow("a column that holds no times") << 10 << "column “wind”" << "";
        QTest::newRow("windows longer than the rows") << 11 << "No whole window" << "";
    }
    void whatIsNotSaidOfAForecastIsAskedFor() {
        QFETCH(int, left);
        QFETCH(QString, what);
        QFETCH(QString, hint);
        const QTemporaryDir folder;
        ImportOptions o = forecastOf(folder, QStringLiteral("forecast"), windFirst, oneTarget);
        const auto one = [](const char *word) { return QStringList{QLatin1String(word)}; };
        switch (left) {
        case 0: o.forecast.window = 0; break;
        case 1: o.forecast.horizon = 0; break;
        case 2: o.forecast.step.clear(); break;
        case 3: o.forecast.step = QStringLiteral("soon"); break;
        case 4: o.forecast.targets.clear(); break;
        case 5: o.forecast.series = one("rain") + oneTarget; break;
        case 6: o.forecast.series = oneTarget + oneTarget; break;
        case 7: o.classes = one("no") + one("yes"); break;
        case 8: o.task.clear(); break;
        case 9: o.forecast.zone = QStringLiteral("Mars"); break;
        case 10: o.forecast.time = one("wind"); break;
        default: o.forecast.window = 60;
        }
        const auto imported = importModel(o);
        QVERIFY2(!imported, "it was imported");
        QVERIFY2(imported.error().text().contains(what), qPrintable(imported.error().text() + imported.error().raw));
        QVERIFY2(imported.error().hint.contains(hint), qPrintable(imported.error().hint));
    }

    void rowsWithoutTheHorizonHaveNoMetrics() {
        const QTemporaryDir folder;
        ImportOptions options = forecastOf(folder, QStringLiteral("forecast"), windFirst, oneTarget);
        const QByteArray all = *readFile(options.rows);
        options.rows = folder.filePath(QStringLiteral("few.csv"));
        QVERIFY(writeFileAtomically(options.rows, all.split('\n').mid(0, 8).join('\n') + '\n')); // seven hours: two windows, no horizon
        options.expected = QStringList{QStringLiteral("lstm")};
        const auto imported = importModel(options);
        QVERIFY2(imported, qPrintable(imported ? QString() : imported.error().text()));
        QVERIFY(imported->verified && imported->test.isEmpty());
        QCOMPARE(imported->compared, 2);
        QVERIFY2(imported->notes.join(QLatin1Char(' ')).contains(QStringLiteral("There are no metrics")), qPrintable(imported->notes.join(QLatin1Char('\n'))));
    }

    void gradientsAreThoseOfThePrediction_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QStringList>("classes");
        QTest::addColumn<QString>("answers");
        QTest::addColumn<int>("output");
        const QStringList yesNo{QStringLiteral("no"), QStringLiteral("yes")}, three{QStringLiteral("low"), QStringLiteral("mid"), QStringLiteral("high")};
        QTest::newRow("a number in float64") << "net64" << QStringList() << "" << 0;
        QTest::newRow("a number in float32") << "net" << QStringList() << "" << 0;
        QTest::newRow("the probability behind a logit") << "logits" << three << "logits" << 2;
        QTest::newRow("a probability") << "shares" << yesNo << "probabilities" << 1;
        QTest::newRow("the other of two classes with one output") << "sigmoid" << yesNo << "probabilities" << 0;
        QTest::newRow("a step of a forecast") << "forecast" << QStringList() << "" << 1;
        QTest::newRow("a step of the second target") << "both" << QStringList() << "" << 4;
    }
    void gradientsAreThoseOfThePrediction() {
        QFETCH(QString, name);
        QFETCH(QStringList, classes);
        QFETCH(QString, answers);
        QFETCH(int, output);
        const QTemporaryDir folder;
        ImportOptions options = name == QLatin1String("forecast") ? forecastOf(folder, name, windFirst, oneTarget) : name == QLatin1String("both") ? forecastOf(folder, name, windLast, twoTargets) : optionsOf(folder, name, QStringLiteral("takes_abc"), classes);
        options.answers = answers;
        const auto model = opened(options);
        QVERIFY2(model, qPrintable(model ? QString() : model.error().text() + model.error().raw));
        const data::Rows few{4, model->rows.width, {model->rows.values.begin(), model->rows.values.begin() + std::ptrdiff_t(4 * model->rows.width)}};
        QVERIFY(model->loaded.model->predict(few)); // asked without gradients first, as a service does
        const auto *gradients = dynamic_cast<const GradientModel *>(model->loaded.model.get());
        QVERIFY(gradients);
        const auto exact = gradients->inputGradients(few, std::size_t(output));
        QVERIFY2(exact, qPrintable(exact ? QString() : exact.error().text() + exact.error().raw));
        const std::vector<double> near = byDifferences(*model->loaded.model, few, std::size_t(output));
        QCOMPARE(exact->size(), near.size());
        double size = 0, worst = 0;
        for (std::size_t i = 0; i < near.size(); ++i) {
            size = std::max(size, std::abs(near[i]));
            worst = std::max(worst, std::abs(near[i] - (*exact)[i]));
        }
        QVERIFY2(size > 0 && worst < 0.03 * size, qPrintable(QStringLiteral("%1 of %2").arg(worst).arg(size)));
        QVERIFY(!gradients->inputGradients(few, 6)); // an output that is not there

        // And along the line to a row: base and values sum to the prediction.
        const auto own = integratedGradients(model->loaded, model->package.signature, model->rows);
        QVERIFY2(own && *own, qPrintable(own ? QStringLiteral("no gradients") : own.error().text()));
        const auto features = explain::featuresOf(model->package.signature, explain::Grouping::Inputs);
        const artifact::Rows row{1, few.width, {few.values.begin(), few.values.begin() + std::ptrdiff_t(few.width)}};
        const auto shares = (*own)->attribute(row, {std::size_t(output), !classes.isEmpty(), QStringLiteral("it")}, *features, {});
        QVERIFY2(shares, qPrintable(shares ? QString() : shares.error().text()));
        double sum = shares->front().base;
        for (const double value : shares->front().values)
            sum += value;
        QVERIFY(std::abs(sum - shares->front().explained) < 1e-9 * std::max(1.0, std::abs(sum)));
    }

    void aScriptWithoutGradientSaysSo_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("says");
        QTest::newRow("the place of the largest value") << "argmax" << "argmax";
        QTest::newRow("rounded numbers, whose gradient is zero") << "steps" << "change in steps";
    }
    void aScriptWithoutGradientSaysSo() {
        QFETCH(QString, name);
        QFETCH(QString, says);
        const QTemporaryDir folder;
        const auto model = opened(optionsOf(folder, name, QStringLiteral("takes_abc"), {}));
        QVERIFY2(model, qPrintable(model ? QString() : model.error().text() + model.error().raw));
        const auto own = integratedGradients(model->loaded, model->package.signature, model->rows);
        QVERIFY(!own);
        QCOMPARE(own.error().kind, ErrorKind::Refused);
        QVERIFY2(own.error().what.contains(says), qPrintable(own.error().what));
    }

    void aScriptSaysWhatItIs() {
        const auto facts = inspectModelFile(fileOf(QStringLiteral("net64.pt")));
        QVERIFY2(facts, qPrintable(facts ? QString() : facts.error().text()));
        QCOMPARE(facts->object.value(QStringLiteral("kind")).toString(), QStringLiteral("torchscript"));
        QCOMPARE(facts->object.value(QStringLiteral("dtype")).toString(), QStringLiteral("float64"));
        QCOMPARE(facts->object.value(QStringLiteral("parameters")).toInt(), 3 * 2 + (3 * 5 + 5) + (5 + 1)); // batch norm, and two layers
        QVERIFY(!facts->object.contains(QStringLiteral("task"))); // a foreign file does not say
        for (const char *name : {"writes.pt", "pickled.pt"})
            QVERIFY2(!inspectModelFile(fileOf(QLatin1String(name))), name);
    }

    void aCutFileIsAnError() {
        const QTemporaryDir folder;
        const QByteArray whole = *readFile(fileOf(QStringLiteral("net.pt")));
        for (const qsizetype size : {whole.size() / 3, whole.size() / 2, whole.size() - 10}) {
            ImportOptions options = optionsOf(folder, QStringLiteral("net"), QStringLiteral("takes_abc"), {});
            options.file = folder.filePath(QStringLiteral("cut.pt"));
            QVERIFY(writeFileAtomically(options.file, whole.left(size)));
            const auto imported = importModel(options);
            QVERIFY2(!imported, "a cut file was imported");
            QCOMPARE(imported.error().kind, ErrorKind::Invalid);
        }
    }
};

QTEST_GUILESS_MAIN(TestTorchImport)
#include "tst_torch_import.moc"
