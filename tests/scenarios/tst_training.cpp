// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/learn/trainer.h"

#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>

using namespace pilothouse;
using Q = QLatin1String;

namespace {

bool isClose(double value, double expected, double relative, double absolute = 0) {
    return std::abs(value - expected) <= absolute + relative * std::abs(expected);
}

QJsonValue at(QJsonValue value, std::initializer_list<const char *> path) {
    for (const char *key : path)
        value = value.toObject().value(Q(key));
    return value;
}

} // namespace

/// `pilot train`'s core on real data, where a figure of ../shared/reference is a bound. The figures themselves: tst_*_figures.
class TestTraining : public QObject {
    Q_OBJECT

    QString m_shared;
    QTemporaryDir m_folder;
    int m_runs = 0;
    QJsonObject m_california, m_weather;

    QJsonObject reference(const char *name) const {
        const auto bytes = readFile(m_shared + QStringLiteral("/reference/") + Q(name));
        return bytes ? *parseJsonObject(*bytes, Q(name)) : QJsonObject();
    }

    Result<learn::TrainResult> train(const QString &yaml) {
        const QString file = m_folder.filePath(QStringLiteral("recipe.yaml"));
        QString text = yaml;
        text.replace(QStringLiteral("$DATA"), m_shared + QStringLiteral("/data"));
        PH_TRY(writeFileAtomically(file, text.toUtf8()));
        learn::TrainOptions options;
        PH_ASSIGN(options.recipe, workspace::readRecipe(file));
        options.out = m_folder.filePath(QStringLiteral("package-%1").arg(++m_runs));
        return learn::train(options);
    }
    static QString california(const QString &features, const QString &transforms, const QString &estimator) {
        return QStringLiteral("recipe: california\ndata: {source: $DATA/california_housing.csv}\ntask: regression\ntarget: median_house_value\n"
                              "features: {%1}\nsplit: {every: 5}\ntransforms: [%2]\nestimators: [%3]\nselect: {metric: r2}\nseed: 7\n")
            .arg(features, transforms, estimator);
    }

private Q_SLOTS:
    void initTestCase() {
        m_shared = qEnvironmentVariable("PILOTHOUSE_SHARED");
        if (!QFileInfo::exists(m_shared + QStringLiteral("/reference/california_housing.json")))
            QSKIP("../shared is not there: no reference figures to compare with");
        m_california = reference("california_housing.json");
        m_weather = reference("weather_baselines.json");
    }

    /// The file's figures are of exact splits; histograms, which are what a recipe gets, come as near.
    void californiaBoostingByHistograms_data() {
        QTest::addColumn<QString>("set");
        for (const char *set : {"numeric8", "numeric8_onehot5"})
            QTest::newRow(set) << QString::fromLatin1(set);
    }
    void californiaBoostingByHistograms() {
        QFETCH(QString, set);
        const bool numeric = set == Q("numeric8");
        const auto result = train(california(numeric ? QStringLiteral("exclude: [ocean_proximity]") : QStringLiteral("categorical: [ocean_proximity]"),
                                             numeric ? QStringLiteral("impute: median") : QStringLiteral("impute: median, one_hot"),
                                             QStringLiteral("gradient_boosting: {n_estimators: 100, learning_rate: 0.1, max_depth: 3}")));
        QVERIFY2(result, result ? "" : qPrintable(result.error().text()));
        const double expected = at(m_california, {"values", set.toLatin1().constData(), "xgboost_gb_100x0.1xdepth3", "test", "r2"}).toDouble(), r2 = result->test.value(QStringLiteral("r2"));
        QVERIFY(expected > 0.5);
        QVERIFY2(isClose(r2, expected, 0, 0.01), qPrintable(QStringLiteral("%1, XGBoost in Python has %2").arg(r2).arg(expected)));
    }

    void weatherForecastBeatsPersistence_data() {
        QTest::addColumn<QString>("data");
        QTest::addColumn<QString>("target");
        QTest::addColumn<QString>("after");
        QTest::addColumn<QStringList>("reference");
        const QString nyc = QStringLiteral("data: {source: $DATA/nyc_weather_2013.csv, missing: ['', NA], where: {origin: JFK}}\ntime: {column: time_hour, step: 1h, zone: UTC}\n");
        const QString nasa = QStringLiteral("data: {source: $DATA/nasa_power_hourly_kaudulla.csv, missing: ['-999'], skip_until: '-END HEADER-'}\ntime: {parts: [YEAR, MO, DY, HR], step: 1h, zone: UTC}\n");
        for (const char *target : {"temp", "humid"})
            QTest::addRow("New York, %s", target) << nyc << QString::fromLatin1(target) << at(m_weather, {"values", "nyc", "JFK", target, "test_start"}).toString() << QStringList{QStringLiteral("nyc"), QStringLiteral("JFK"), QString::fromLatin1(target)};
        for (const char *target : {"T2M", "WS2M"})
            QTest::addRow("Kaudulla, %s", target) << nasa << QString::fromLatin1(target) << at(m_weather, {"values", "nasa_power_kaudulla", target, "test_start"}).toString() << QStringList{QStringLiteral("nasa_power_kaudulla"), QString::fromLatin1(target)};
    }
    void weatherForecastBeatsPersistence() {
        QFETCH(QString, data);
        QFETCH(QString, target);
        QFETCH(QString, after);
        QFETCH(QStringList, reference);
        QVERIFY2(!after.isEmpty(), "the reference has no test start for this series");
        const auto result = train(QStringLiteral("recipe: weather\n%1task: forecast\ntarget: %2\nforecast: {window: 24, horizon: 1}\nsplit: {after: '%3'}\n"
                                                 "transforms: [standard_scale]\nestimators: [ridge: {alpha: 1}]\nselect: {metric: mae}\n").arg(data, target, after));
        QVERIFY2(result, result ? "" : qPrintable(result.error().text()));
        QJsonValue entry = m_weather.value(Q("values"));
        for (const QString &key : reference)
            entry = entry.toObject().value(key);
        // Whole windows are fewer than pairs of hours, fewest where hours are missing, so the reference is met closely, not exactly.
        const QJsonObject persistence = entry.toObject().value(Q("persistence_1h_test")).toObject();
        QVERIFY(result->testRows <= persistence.value(Q("pairs")).toInt());
        for (const auto &[name, key] : {std::pair{"persistence", "persistence_1h_test"}, std::pair{"seasonal", "persistence_24h_test"}}) { // a season is a day
            const double ours = result->baselines.value(Q(name)).value(QStringLiteral("mae")), theirs = at(entry, {key, "mae"}).toDouble();
            QVERIFY2(isClose(ours, theirs, 0.03), qPrintable(QStringLiteral("%1 %2 %3").arg(QLatin1String(name)).arg(ours).arg(theirs)));
        }
        QCOMPARE(result->baseline, result->baselines.value(result->baselineName));
        QVERIFY(result->test.value(QStringLiteral("mae")) < persistence.value(Q("mae")).toDouble());
        // 24 lags know what four lags know, and more.
        const double lagLinear = at(entry, {"lag_linear", "test", "mae"}).toDouble();
        QVERIFY2(result->test.value(QStringLiteral("mae")) < 1.03 * lagLinear, qPrintable(QStringLiteral("%1 %2").arg(result->test.value(QStringLiteral("mae"))).arg(lagLinear)));
    }

    /// Temperature and wind by one network. No hour is missing between, so that each target's naive forecasts are those of its own reference
    /// to every digit; and the network beats the better of them.
    void oneModelForecastsTemperatureAndWind() {
        const QJsonObject both = at(m_weather, {"values", "nasa_power_kaudulla"}).toObject();
        const auto result = train(QStringLiteral("recipe: weather\ndata: {source: $DATA/nasa_power_hourly_kaudulla.csv, missing: ['-999'], skip_until: '-END HEADER-'}\ntask: forecast\ntarget: [T2M, WS2M]\n"
                                                 "time: {parts: [YEAR, MO, DY, HR], step: 1h, zone: UTC}\nforecast: {window: 24, horizon: 1}\nsplit: {after: '%1'}\n"
                                                 "estimators: [mlp: {hidden: [32], epochs: 20}]\ngates: [mae@T2M <= 0.6, mae@WS2M <= 0.5]\n").arg(at(both, {"T2M", "test_start"}).toString()));
        QVERIFY2(result, result ? "" : qPrintable(result.error().text()));
        QCOMPARE(result->targets.size(), std::size_t(2));
        QVERIFY(result->gatesPassed());
        for (const learn::TargetFigures &target : result->targets) {
            const QJsonObject entry = both.value(target.target).toObject();
            QCOMPARE(result->testRows, at(entry, {"persistence_1h_test", "pairs"}).toInteger());
            double least = HUGE_VAL;
            for (const auto &[name, key] : {std::pair{"persistence", "persistence_1h_test"}, std::pair{"seasonal", "persistence_24h_test"}})
                for (const char *metric : {"mae", "rmse"}) {
                    const double ours = target.baselines.value(Q(name)).value(Q(metric)), theirs = at(entry, {key, metric}).toDouble();
                    QVERIFY2(isClose(ours, theirs, 1e-9), qPrintable(QStringLiteral("%1 %2 %3: %4 %5").arg(target.target, Q(name), Q(metric)).arg(ours, 0, 'g', 12).arg(theirs, 0, 'g', 12)));
                    least = Q(metric) == Q("mae") ? std::min(least, ours) : least;
                }
            QVERIFY2(target.test.value(QStringLiteral("mae")) < least, qPrintable(QStringLiteral("%1: %2, %3").arg(target.target).arg(target.test.value(QStringLiteral("mae"))).arg(least)));
        }
    }
};

QTEST_GUILESS_MAIN(TestTraining)
#include "tst_training.moc"
