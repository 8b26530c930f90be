// SPDX-License-Identifier: GPL-3.0-or-later
// Nothing of the test rows goes into a model: for every transform there is and every way to split, rows that test are altered wildly
// (inputs, categories that nobody knows, targets), and what was fitted stays the same to the byte.
#include "core/artifact/package.h"
#include "core/base/file.h"
#include "core/data/csv.h"
#include "core/data/lots.h"
#include "core/data/split.h"
#include "core/data/transform.h"
#include "core/learn/trainer.h"

#include <QDateTime>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>

using namespace pilothouse;
using namespace pilothouse::learn;

namespace {

struct Row {
    QByteArray time, group, a, b, kind, target;
};

std::vector<Row> rows(bool classes) {
    std::vector<Row> all;
    data::Lots lots(3);
    const char *const kinds[] = {"red", "green", "blue"};
    for (int i = 0; i < 240; ++i) {
        const double a = lots.uniform(), b = 100 * lots.uniform();
        const auto kind = lots.below(3);
        const double y = 3 * a + 0.02 * b + double(kind) + 0.1 * lots.uniform();
        all.push_back({QDateTime(QDate(2024, 1, 1), QTime(0, 0), Qt::UTC).addSecs(3600LL * i).toString(Qt::ISODate).toLatin1(), "g" + QByteArray::number(i / 8),
                       i % 11 == 5 ? QByteArray() : QByteArray::number(a), QByteArray::number(b), kinds[kind], classes ? QByteArray(y > 3.4 ? "high" : "low") : QByteArray::number(y)});
    }
    return all;
}

QByteArray csv(const std::vector<Row> &rows) {
    QByteArray text = "time,group,a,b,kind,y\n";
    for (const Row &row : rows)
        text += row.time + ',' + row.group + ',' + row.a + ',' + row.b + ',' + row.kind + ',' + row.target + '\n';
    return text;
}

/// Every value that may change without another split: a stratified one is drawn by the targets.
void alter(std::vector<Row> &rows, const std::vector<std::size_t> &test, bool classes, bool targetsToo) {
    for (const std::size_t row : test) {
        rows[row].a = row % 3 ? "-1e9" : "";
        rows[row].b = "7e8";
        rows[row].kind = row % 2 ? "ultraviolet" : "red";
        if (targetsToo)
            rows[row].target = classes ? (row % 4 ? "low" : "high") : "-5e7";
    }
}

/// Transforms that do nothing without being told what.
const QMap<QString, QVariantMap> needs{{QStringLiteral("lag"), {{QStringLiteral("steps"), QVariantList{1, 3}}}},
                                       {QStringLiteral("rolling"), {{QStringLiteral("window"), 4}, {QStringLiteral("min_periods"), 1}}},
                                       {QStringLiteral("calendar"), {{QStringLiteral("parts"), QVariantList{QStringLiteral("hour"), QStringLiteral("weekday")}}}}};

} // namespace

class TestLeakage : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    int m_runs = 0;

    /// What a training on these rows has learned: weights and fitted pre-processing.
    Result<QByteArray> learned(const std::vector<Row> &all, const QByteArray &recipe) {
        const QString number = QString::number(++m_runs), file = m_folder.filePath(QStringLiteral("recipe-%1.yaml").arg(number));
        PH_TRY(writeFileAtomically(m_folder.filePath(QStringLiteral("rows-%1.csv").arg(number)), csv(all)));
        PH_TRY(writeFileAtomically(file, QByteArray(recipe).replace("$FILE", "rows-" + number.toLatin1() + ".csv")));
        TrainOptions options;
        PH_ASSIGN(options.recipe, workspace::readRecipe(file));
        options.out = m_folder.filePath(QStringLiteral("package-%1").arg(number));
        options.threads = 1 + m_runs % 3;
        PH_ASSIGN(const TrainResult result, train(options));
        PH_ASSIGN(const QByteArray preprocessing, readFile(options.out + QStringLiteral("/preprocessing.json")));
        PH_ASSIGN(const QByteArray signature, readFile(options.out + QStringLiteral("/signature.json")));
        return result.weightsSha256.toLatin1() + preprocessing + signature;
    }

private Q_SLOTS:
    void nothingIsLearnedFromTestRows_data() {
        QTest::addColumn<QString>("transform");
        QTest::addColumn<QString>("split");
        QTest::addColumn<bool>("classes");
        const std::pair<const char *, const char *> splits[] = {{"every", "{every: 4}"}, {"random", "{random: 0.3, seed: 2}"}, {"stratified", "{stratified: 0.3, seed: 2}"},
                                                                {"grouped", "{grouped: 0.3, by: group, seed: 2}"}, {"after", "{after: '2024-01-08'}"}};
        for (const data::TransformEntry *entry : data::transformTable())
            for (const auto &[name, split] : splits)
                for (const bool classes : {false, true}) {
                    const bool looksBack = QLatin1String(entry->name) == QLatin1String("lag") || QLatin1String(entry->name) == QLatin1String("rolling");
                    if (looksBack && QLatin1String(name) != QLatin1String("after"))
                        continue; // an earlier row that tests may be known to a later one that trains: both are in the past of what is served
                    if (!classes && (QLatin1String(name) == QLatin1String("stratified") || QLatin1String(entry->name) == QLatin1String("smote")))
                        continue; // they are for classes only
                    QTest::addRow("%s, split %s, %s", entry->name, name, classes ? "classes" : "numbers") << QString::fromLatin1(entry->name) << QString::fromLatin1(split) << classes;
                    if (QLatin1String(entry->name) == QLatin1String("impute")) // the one way of it that looks at other rows
                        QTest::addRow("impute: time, split %s, %s", name, classes ? "classes" : "numbers") << QStringLiteral("impute: time") << QString::fromLatin1(split) << classes;
                }
    }
    void nothingIsLearnedFromTestRows() {
        QFETCH(QString, transform);
        QFETCH(QString, split);
        QFETCH(bool, classes);
        workspace::TransformSpec spec{transform, workspace::transformWords(transform).value(1)};
        if (transform == QLatin1String("impute: time"))
            spec = {QStringLiteral("impute"), QStringLiteral("time"), {{QStringLiteral("limit"), 6LL}}};
        if (needs.contains(transform)) {
            spec.settings = needs.value(transform);
            spec.columns = transform == QLatin1String("lag") ? QStringList{QStringLiteral("a"), QStringLiteral("y")} : transform == QLatin1String("rolling") ? QStringList{QStringLiteral("b")} : QStringList();
        }
        const auto made = data::makeTransform(spec);
        QVERIFY(made);
        // Around the one looked at: what makes the rows whole and every category a number.
        QStringList steps{QStringLiteral("impute: mean"), QStringLiteral("one_hot"), QStringLiteral("standard_scale")};
        if ((*made)->makesColumns())
            steps.prepend(spec.text());
        else if ((*made)->makesRows())
            steps << spec.text();
        else
            steps.insert(spec.name == QLatin1String("impute") ? 0 : 1, spec.text()); // what codes a category comes after what fills it
        const QByteArray recipe = QStringLiteral("recipe: leak\ndata: {source: $FILE}\ntask: %1\ntarget: y\ntime: {column: time, step: 1h}\nfeatures: {exclude: [group]}\nsplit: %2\ntransforms: [%3]\n"
                                                 "estimators: [%4]\nseed: 7\n")
                                      .arg(classes ? QStringLiteral("classification") : QStringLiteral("regression"), split, steps.join(QStringLiteral(", ")),
                                           classes ? QStringLiteral("logistic_regression") : QStringLiteral("ridge: {alpha: 0.1}")).toUtf8();
        std::vector<Row> all = rows(classes);
        const QString file = m_folder.filePath(QStringLiteral("split.csv"));
        QVERIFY(writeFileAtomically(file, csv(all)));
        const auto table = data::readCsv(file);
        const auto parsed = workspace::parseRecipe(QByteArray(recipe).replace("$FILE", "split.csv"), m_folder.filePath(QStringLiteral("r.yaml")));
        QVERIFY2(parsed, parsed ? "" : qPrintable(parsed.error().text()));
        const auto sides = data::splitRows(table->table, parsed->split, parsed->target, parsed->time);
        QVERIFY(sides && sides->test.size() > 20 && sides->train.size() > 20);
        const auto before = learned(all, recipe);
        QVERIFY2(before, before ? "" : qPrintable(before.error().text()));
        alter(all, sides->test, classes, parsed->split.kind != workspace::SplitSpec::Kind::Stratified);
        const auto after = learned(all, recipe);
        QVERIFY2(after, after ? "" : qPrintable(after.error().text()));
        QCOMPARE(*after, *before);
        // And the other way: one training row less wild is another model, so that the comparison above says something.
        alter(all, {sides->train[3], sides->train[4], sides->train[5]}, classes, parsed->split.kind != workspace::SplitSpec::Kind::Stratified);
        const auto other = learned(all, recipe);
        QVERIFY2(other, other ? "" : qPrintable(other.error().text()));
        QVERIFY(*other != *before);
    }

    void aForecastLearnsNothingFromItsTestTimes_data() {
        QTest::addColumn<QString>("time");
        QTest::newRow("rows on the step") << QString();
        QTest::newRow("resampled") << QStringLiteral(", resample: mean");
        QTest::newRow("resampled and interpolated") << QStringLiteral(", resample: last, interpolate: 2");
    }
    void aForecastLearnsNothingFromItsTestTimes() {
        QFETCH(QString, time);
        const QDateTime border(QDate(2024, 1, 6), QTime(10, 30), Qt::UTC); // in the midst of a step
        const auto learnedWith = [&](double later) -> Result<QByteArray> {
            data::Lots lots(8);
            QByteArray text = "time,v\n";
            for (int i = 0; i < 600; ++i) {
                const QDateTime at = QDateTime(QDate(2024, 1, 1), QTime(0, 0), Qt::UTC).addSecs((time.isEmpty() ? 3600LL : 1200LL) * i);
                const double value = 10 + 5 * std::sin(i / 7.0) + lots.uniform();
                if (i % 40 < 12 || i % 40 > 18) // two hours and more are missing now and then
                    text += at.toString(Qt::ISODate).toLatin1() + ',' + QByteArray::number(at >= border ? later * value : value) + '\n';
            }
            const QString file = m_folder.filePath(QStringLiteral("series-%1").arg(++m_runs));
            PH_TRY(writeFileAtomically(file + QStringLiteral(".csv"), text));
            TrainOptions options;
            PH_ASSIGN(options.recipe, workspace::parseRecipe(QStringLiteral("recipe: leak\ndata: {source: '%1.csv'}\ntask: forecast\ntarget: v\ntime: {column: time, step: 1h%2}\nforecast: {window: 4, horizon: 2}\n"
                                                                            "split: {after: '%3'}\ntransforms: [standard_scale]\nestimators: [ridge]\n")
                                                                 .arg(file, time, border.toString(QStringLiteral("yyyy-MM-ddTHH:mm:ss"))).toUtf8(), {}));
            options.out = file;
            PH_ASSIGN(const TrainResult result, train(options));
            PH_ASSIGN(const QByteArray preprocessing, readFile(file + QStringLiteral("/preprocessing.json")));
            return result.weightsSha256.toLatin1() + preprocessing;
        };
        const auto before = learnedWith(1), after = learnedWith(-1e6);
        QVERIFY2(before, before ? "" : qPrintable(before.error().text()));
        QVERIFY2(after, after ? "" : qPrintable(after.error().text()));
        QCOMPARE(*after, *before);
    }

    /// Rows of a table: a step that holds rows from behind the border does not train either, and a fold's rows are filled by rows that train.
    void aResampledTableLearnsNothingFromItsTestTimes_data() {
        QTest::addColumn<QString>("how");
        for (const char *how : {"mean", "sum", "last"})
            QTest::newRow(how) << QString::fromLatin1(how);
    }
    void aResampledTableLearnsNothingFromItsTestTimes() {
        QFETCH(QString, how);
        const QDateTime border(QDate(2024, 1, 6), QTime(10, 30), Qt::UTC); // in the midst of a step
        const auto learnedWith = [&](double later, std::vector<MetricValues> *folds) -> Result<QByteArray> {
            data::Lots lots(8);
            QByteArray text = "time,station,a,y\n";
            for (int i = 0; i < 600; ++i)
                for (const char *station : {"A", "B"}) {
                    const QDateTime at = QDateTime(QDate(2024, 1, 1), QTime(0, 0), Qt::UTC).addSecs(1200LL * i);
                    const double a = 10 + 5 * std::sin(i / 7.0) + lots.uniform(), y = 2 * a + lots.uniform(), wild = at >= border ? later : 1;
                    if (i % 40 < 12 || i % 40 > 18) // two hours and more are missing now and then
                        text += at.toString(Qt::ISODate).toLatin1() + ',' + station + ',' + (i / 3 % 5 == 2 ? QByteArray() : QByteArray::number(wild * a)) + ',' + QByteArray::number(wild * y) + '\n';
                }
            const QString file = m_folder.filePath(QStringLiteral("steps-%1").arg(++m_runs));
            PH_TRY(writeFileAtomically(file + QStringLiteral(".csv"), text));
            TrainOptions options;
            PH_ASSIGN(options.recipe, workspace::parseRecipe(QStringLiteral("recipe: leak\ndata: {source: '%1.csv'}\ntask: regression\ntarget: y\nfeatures: {include: [a]}\ntime: {column: time, step: 1h, resample: %2, by: station}\n"
                                                                            "split: {after: '%3'}\nvalidation: {expanding: 3}\ntransforms: [lag: {steps: 1, columns: [a]}, impute: {strategy: time, limit: 2}, standard_scale]\nestimators: [ridge]\n")
                                                                 .arg(file, how, border.toString(QStringLiteral("yyyy-MM-ddTHH:mm:ss"))).toUtf8(), {}));
            options.out = file;
            PH_ASSIGN(const TrainResult result, train(options));
            *folds = result.folds;
            PH_ASSIGN(const QByteArray preprocessing, readFile(file + QStringLiteral("/preprocessing.json")));
            return result.weightsSha256.toLatin1() + preprocessing;
        };
        std::vector<MetricValues> foldsBefore, foldsAfter;
        const auto before = learnedWith(1, &foldsBefore), after = learnedWith(-1e6, &foldsAfter);
        QVERIFY2(before, before ? "" : qPrintable(before.error().text()));
        QVERIFY2(after, after ? "" : qPrintable(after.error().text()));
        QCOMPARE(*after, *before);
        QCOMPARE(foldsBefore.size(), std::size_t(3));
        QCOMPARE(foldsAfter, foldsBefore);
    }

    /// The same of the folds: what validates in one has no part in what is fitted there, so that a wild value in the last fold's
    /// rows changes no other fold that does not train on them.
    void noFoldLearnsFromWhatItValidates() {
        const QByteArray recipe = "recipe: leak\ndata: {source: $FILE}\ntask: regression\ntarget: y\ntime: {column: time}\nfeatures: {exclude: [group]}\nsplit: {after: '2024-01-10'}\n"
                                  "validation: {expanding: 3}\ntransforms: [impute: mean, target_encode, standard_scale]\nestimators: [ridge]\n";
        const auto folds = [&](const std::vector<Row> &all) -> std::vector<MetricValues> {
            const QString file = m_folder.filePath(QStringLiteral("f%1").arg(++m_runs));
            TrainOptions options;
            if (!writeFileAtomically(file + QStringLiteral(".csv"), csv(all)))
                return {};
            auto parsed = workspace::parseRecipe(QByteArray(recipe).replace("$FILE", file.toUtf8() + ".csv"), {});
            options.recipe = *parsed;
            options.out = file;
            const auto result = train(options);
            return result ? result->folds : std::vector<MetricValues>();
        };
        std::vector<Row> all = rows(false);
        const auto before = folds(all);
        QCOMPARE(before.size(), std::size_t(3));
        for (std::size_t row = 170; row < 200; ++row) // the last fold validates rows 162 … 215
            all[row].a = "-1e9";
        const auto after = folds(all);
        QCOMPARE(after.size(), std::size_t(3));
        QCOMPARE(after[0], before[0]);
        QCOMPARE(after[1], before[1]);
        QVERIFY(after[2] != before[2]);
    }
};

QTEST_GUILESS_MAIN(TestLeakage)
#include "tst_leakage.moc"
