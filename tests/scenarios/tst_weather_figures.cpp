// SPDX-License-Identifier: GPL-3.0-or-later
// Every figure of reference/weather_baselines.json, within the tolerances written there: what the two files hold, persistence by time, and what
// `pilot train` makes of the climatology (a mean for each hour: least squares on one-hot hours), of four lags and of the network. Gaps, rows and
// times: exact.
#include "core/data/csv.h"
#include "core/data/profile.h"
#include "core/learn/linear_model.h"
#include "tests/support/csv_text.h"
#include "tests/support/persistence.h"
#include "tests/support/trainings.h"

#include <QDateTime>
#include <QTest>

using namespace pilothouse;
using support::Answer;
using support::Trained;
using Q = QLatin1String;

namespace {

constexpr qint64 hour = 3'600'000;

QString shownTime(std::int64_t time) { return QDateTime::fromMSecsSinceEpoch(time, Qt::UTC).toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")); }

/// One airport of New York, or Kaudulla: all its columns.
struct Station {
    QString source, time; ///< lines of a recipe
    data::LoadedTable loaded;
    std::vector<std::int64_t> times; ///< [rows]
};

/// One of its columns.
struct Series {
    std::vector<double> values;      ///< those present, in file order
    std::vector<std::int64_t> times; ///< theirs
    data::Windows windows;           ///< of one hour, for any of the 24 behind it
    std::size_t wholeWindows = 0;    ///< of one hour, for the next alone
    std::int64_t testStart() const { return times[std::size_t(0.8 * double(times.size()))]; }
    double offsetByRows() const {
        double sum = 0;
        for (std::size_t i = 1; i < values.size(); ++i)
            sum += std::abs(values[i] - values[i - 1]);
        return sum / double(values.size() - 1);
    }
};

} // namespace

class TestWeatherFigures : public QObject {
    Q_OBJECT

    support::ReferenceFile m_reference{QStringLiteral("weather_baselines.json"),
                                       {QStringLiteral("title"), QStringLiteral("data"), QStringLiteral("procedure"), QStringLiteral("tolerance"), QStringLiteral("versions"),
                                        QStringLiteral("latitude"), QStringLiteral("longitude")}}; // where it is: nothing is computed
    support::Trainings m_trainings;
    std::map<QString, Station> m_stations; ///< by the key in the file
    std::map<QString, Series> m_series;    ///< by station and column

    Result<void> load(const QString &name, const QString &source, const QString &time) {
        Station station{source, time, {}, {}};
        PH_ASSIGN(const workspace::Recipe recipe, m_trainings.recipe(QStringLiteral("recipe: weather\n%1%2task: regression\ntarget: x\nsplit: {every: 5}\nestimators: [ridge]\n").arg(source, time)));
        PH_ASSIGN(station.loaded, data::loadData(recipe));
        PH_ASSIGN(station.times, data::rowTimes(station.loaded.table, *recipe.time));
        m_stations.emplace(name, std::move(station));
        return {};
    }

    /// Null: the station has no such column.
    const Series *series(const QString &name, const QString &column) {
        const QString key = name + QLatin1Char(' ') + column;
        if (const auto known = m_series.find(key); known != m_series.end())
            return &known->second;
        const Station &station = m_stations.at(name);
        const data::Column *values = station.loaded.table.find(column);
        auto recipe = m_trainings.recipe(QStringLiteral("recipe: weather\n%1%2task: forecast\ntarget: %3\nforecast: {window: 1, horizon: 24}\nsplit: {every: 5}\nestimators: [ridge]\n").arg(station.source, station.time, column));
        auto windows = values && recipe ? data::buildWindows(station.loaded.table, *recipe, data::Targets::AnyPresent) : Result<data::Windows>(invalid(column));
        if (!windows)
            return nullptr;
        recipe->forecast->horizon = 1;
        const auto next = data::buildWindows(station.loaded.table, *recipe);
        Series made{{}, {}, *std::move(windows), next ? next->count() : 0};
        for (std::size_t row = 0; row < station.times.size(); ++row)
            if (!values->isMissing(row)) {
                made.values.push_back(values->numbers[row]);
                made.times.push_back(station.times[row]);
            }
        return &m_series.emplace(key, std::move(made)).first->second;
    }

    /// Least squares, or another estimator, on the values 1, 2, 3 and 24 hours before.
    QString lags(const QString &name, const QString &column, const QString &more, const QString &estimator) {
        const Station &station = m_stations.at(name);
        return QStringLiteral("recipe: weather\n%1%2task: regression\ntarget: %3\nfeatures: {include: ['%3@lag1', '%3@lag2', '%3@lag3', '%3@lag24']}\nsplit: {after: '%4'}\n"
                              "transforms: [lag: {columns: [%3], steps: [1, 2, 3, 24]}%5]\nestimators: [%6]\nselect: {metric: mae}\n")
            .arg(station.source, station.time, column, shownTime(series(name, column)->testStart()), more, estimator);
    }

    /// The mean of the training part for each hour of the day.
    Result<QString> climatology(const QString &name, const QString &column) {
        const Series &series = *this->series(name, column);
        data::Column time;
        time.name = QStringLiteral("time");
        time.type = data::ColumnType::Time;
        time.times = series.times;
        std::vector<double> hours;
        for (const std::int64_t t : series.times)
            hours.push_back(double(t / hour % 24));
        const QString file = QStringLiteral("/%1-%2.csv").arg(name, column);
        PH_TRY(writeFileAtomically(m_trainings.folder() + file, support::csvText({{time, support::numberColumn(QStringLiteral("hour"), std::move(hours)), support::numberColumn(column, series.values)}})));
        return QStringLiteral("recipe: weather\ndata: {source: $HERE%1}\ntime: {column: time, step: 1h, zone: UTC}\ntask: regression\ntarget: %2\nfeatures: {include: [hour], categorical: [hour]}\n"
                              "split: {after: '%3'}\ntransforms: [one_hot]\nestimators: [linear_regression]\nselect: {metric: mae}\n").arg(file, column, shownTime(series.testStart()));
    }

    std::optional<Answer> stationFigure(const QString &name, const QString &key, const QJsonValue &figure) const {
        const Station &station = m_stations.at(name);
        const auto [first, last] = std::minmax_element(station.times.begin(), station.times.end());
        const qint64 rows = qint64(station.times.size()), hours = (*last - *first) / hour + 1;
        data::Column time;
        time.type = data::ColumnType::Time;
        time.times = station.times;
        if (key == Q("rows"))
            return support::near(double(rows), figure, 0);
        if (key == Q("hours_in_span"))
            return support::near(double(hours), figure, 0);
        if (key == Q("missing_hours"))
            return support::near(double(hours - rows), figure, 0);
        if (key == Q("gaps"))
            return support::near(double(data::statisticsOf(time).gaps), figure, 0);
        if (key == Q("header_lines_before_column_names"))
            return support::near(double(station.loaded.report.headerLines), figure, 0);
        const data::Column *column = station.loaded.table.find(QStringLiteral("T2M"));
        if (column && key == Q("missing_T2M"))
            return support::near(double(data::statisticsOf(*column).missing), figure, 0);
        if (column && key == Q("first_missing_row_0_based"))
            return support::near(double(std::find_if(column->numbers.begin(), column->numbers.end(), [](double v) { return std::isnan(v); }) - column->numbers.begin()), figure, 0);
        return std::nullopt;
    }

    /// rest: persistence_1h, persistence_24h_test, … and one of their figures.
    static std::optional<Answer> persistenceFigure(const Series &series, const QStringList &rest, const QJsonValue &figure) {
        static const QRegularExpression shape(QStringLiteral("^persistence_(\\d+)h(_test)?$"));
        const QRegularExpressionMatch found = shape.match(rest[0]);
        const std::size_t step = found.captured(1).toULongLong();
        if (step < 1 || step > series.windows.horizon || rest.size() != 2)
            return std::nullopt;
        const support::Persistence ours = support::persistence(series.windows, step, found.captured(2).isEmpty() ? INT64_MIN : series.testStart());
        if (rest[1] == Q("pairs") && step == 1 && found.captured(2).isEmpty() && std::size_t(ours.pairs) != series.wholeWindows)
            return Answer{false, QStringLiteral("%1 pairs, but %2 whole windows").arg(ours.pairs).arg(series.wholeWindows)};
        if (rest[1] == Q("pairs"))
            return support::near(double(ours.pairs), figure, 0);
        return rest[1] == Q("mae") || rest[1] == Q("rmse") ? std::optional(support::near(rest[1] == Q("mae") ? ours.mae : ours.rmse, figure, 0, 1e-9)) : std::nullopt;
    }

    /// Where a true value is 0 the reference's MAPE is absurdly large, as its library has it, and ours is undefined.
    std::optional<Answer> lagFigure(const Trained &trained, const QStringList &path, const QStringList &rest, const QJsonValue &figure) const {
        const auto *model = trained.as<learn::LinearModel>();
        if (!model)
            return Answer{false, QStringLiteral("no linear model")};
        if (rest == QStringList{QStringLiteral("intercept")})
            return support::near(model->intercept.at(0), figure, 0, 1e-6);
        if (rest[0] == Q("coef_lag1_lag2_lag3_lag24") && rest.size() == 2)
            return m_reference.nearListed(model->coefficients, path, figure, 0, 1e-6);
        const std::optional<double> ours = rest[0].startsWith(Q("n_")) ? trained.metric(rest[0].mid(2), QStringLiteral("n")) : rest.size() == 2 ? trained.metric(rest[0], rest[1]) : std::nullopt;
        if (!ours)
            return std::nullopt;
        if (rest.value(1) == Q("mape") && figure.toDouble() > 1e9)
            return Answer{std::isnan(*ours), QString::number(*ours)};
        return support::near(*ours, figure, 1e-12, rest[0].startsWith(Q("n_")) || rest[1] == Q("n") ? 0 : 1e-6);
    }

    std::optional<Answer> seriesFigure(const QString &name, const QString &column, const QStringList &path, const QStringList &rest, const QJsonValue &figure) {
        const Series *known = series(name, column);
        if (!known)
            return std::nullopt;
        if (rest == QStringList{QStringLiteral("n_present")})
            return support::near(double(known->values.size()), figure, 0);
        if (rest == QStringList{QStringLiteral("first")})
            return support::same(shownTime(known->times.front()), figure);
        if (rest == QStringList{QStringLiteral("last")})
            return support::same(shownTime(known->times.back()), figure);
        if (rest == QStringList{QStringLiteral("test_start")})
            return support::same(shownTime(known->testStart()), figure);
        if (rest == QStringList{QStringLiteral("naive_row_offset_mae_h1")}) {
            const support::Persistence byTime = support::persistence(known->windows, 1, INT64_MIN);
            const double byRows = known->offsetByRows();
            if (byTime.pairs + 1 < qint64(known->values.size()) && std::abs(byTime.mae - byRows) < 1e-6 * byRows)
                return Answer{false, QStringLiteral("what persistence by time comes to in spite of the gaps")};
            return support::near(byRows, figure, 0, 1e-9);
        }
        if (rest[0] == Q("hour_climatology_test") && rest.size() == 2) {
            const Result<QString> recipe = climatology(name, column);
            if (!recipe)
                return Answer{false, recipe.error().text()};
            return m_trainings.answer(*recipe, [&](const Trained &trained) -> std::optional<Answer> {
                const std::optional<double> ours = trained.metric(QStringLiteral("test"), rest[1]);
                return ours ? std::optional(support::near(*ours, figure, 0, rest[1] == Q("n") ? 0 : 1e-9)) : std::nullopt;
            });
        }
        if (rest[0] == Q("lag_linear") && rest.size() > 1)
            return m_trainings.answer(lags(name, column, {}, QStringLiteral("linear_regression")), [&](const Trained &trained) { return lagFigure(trained, path, rest.mid(1), figure); });
        return persistenceFigure(*known, rest, figure);
    }

    std::optional<Answer> figureOf(const QStringList &path, const QJsonValue &figure) {
        if (path[0] != Q("values"))
            return std::nullopt;
        if (path.value(1) == Q("mlp_lag_features_JFK_temp_1h_test_mae") && path.size() == 2)
            return m_trainings.answer(lags(QStringLiteral("JFK"), QStringLiteral("temp"), QStringLiteral(", standard_scale"), QStringLiteral("mlp: {hidden: [32]}")), [&](const Trained &trained) {
                return std::optional(support::between(trained.metric(QStringLiteral("test"), QStringLiteral("mae")).value_or(HUGE_VAL), 0, 1.15 * figure[Q("max")].toDouble()));
            });
        const bool city = path.value(1) == Q("nyc");
        const QString name = city ? path.value(2) : path.value(1);
        const QStringList rest = path.mid(city ? 3 : 2);
        if (!m_stations.contains(name) || rest.isEmpty())
            return std::nullopt;
        return rest.size() == 1 ? stationFigure(name, rest[0], figure) : seriesFigure(name, rest[0], path, rest.mid(1), figure);
    }

private Q_SLOTS:
    void initTestCase() {
        const Result<void> read = m_reference.read();
        if (!read && read.error().kind == ErrorKind::NotFound)
            QSKIP("../shared is not there: no reference figures to compare with");
        QVERIFY2(read, read ? "" : qPrintable(read.error().text()));
        Result<void> loaded = load(QStringLiteral("nasa_power_kaudulla"), QStringLiteral("data: {source: $DATA/nasa_power_hourly_kaudulla.csv, missing: ['-999'], skip_until: '-END HEADER-'}\n"),
                                   QStringLiteral("time: {parts: [YEAR, MO, DY, HR], step: 1h, zone: UTC}\n"));
        for (const char *origin : {"EWR", "JFK", "LGA"})
            if (loaded)
                loaded = load(QLatin1String(origin), QStringLiteral("data: {source: $DATA/nyc_weather_2013.csv, missing: ['', NA], where: {origin: %1}}\n").arg(QLatin1String(origin)),
                              QStringLiteral("time: {column: time_hour, step: 1h, zone: UTC}\n"));
        QVERIFY2(loaded, loaded ? "" : qPrintable(loaded.error().text()));
    }

    void figures_data() {
        QTest::addColumn<QString>("part");
        for (const QString &part : m_reference.parts(3))
            QTest::newRow(qPrintable(part)) << part;
    }
    void figures() {
        QFETCH(QString, part);
        const QString wrong = m_reference.ask(part, [this](const QStringList &path, const QJsonValue &figure) { return figureOf(path, figure); });
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
    }

    void cleanupTestCase() { QVERIFY2(m_reference.complete(), qPrintable(m_reference.tally())); }
};

QTEST_GUILESS_MAIN(TestWeatherFigures)
#include "tst_weather_figures.moc"
