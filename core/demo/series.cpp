// SPDX-License-Identifier: GPL-3.0-or-later
// The formulas and constants of resources/demo/README.md, in its order; change both together.
#include "core/demo/series.h"

#include <QTimeZone>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace pilothouse::demo {

namespace {

constexpr double warmestDay = 179;   // days after 1 January: 28 June
constexpr double warmestHour = 15;   // UTC
enum Stream { TemperatureWeather, HumidityWeather, WindWeather, TemperatureNoise, HumidityNoise, WindNoise };

struct Weather {
    double phi, sd; // AR(1): x' = φ·x + sd·√(1 − φ²)·ε, stationary with standard deviation sd
    double next(double x, double epsilon, bool first) const { return first ? sd * epsilon : phi * x + sd * std::sqrt(1 - phi * phi) * epsilon; }
};
constexpr Weather temperatureWeather{0.95, 2.0}, humidityWeather{0.93, 6.0}, windWeather{0.92, 1.0};

/// SplitMix64's finalizer: every bit of the input moves every bit of the output.
quint64 mixed(quint64 x) {
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}
/// In (0, 1].
double uniform(quint64 bits) { return (double(bits >> 11) + 1) * 0x1p-53; }

double rounded(double value) { return std::round(value * 100) / 100; }

} // namespace

Series::Series(SeriesOptions options) : m_options(options) {}

QDateTime Series::start() { return QDateTime(QDate(2024, 5, 1), QTime(0, 0), QTimeZone::utc()); }

double Series::noise(int stream) const {
    const quint64 key = mixed(mixed(m_options.seed) ^ mixed(quint64(m_row) * 8 + quint64(stream)));
    return std::sqrt(-2 * std::log(uniform(key))) * std::cos(2 * std::numbers::pi * uniform(mixed(key)));
}

Hour Series::next() {
    const bool first = m_row == 0;
    m_temperature = temperatureWeather.next(m_temperature, noise(TemperatureWeather), first);
    m_humidity = humidityWeather.next(m_humidity, noise(HumidityWeather), first);
    m_wind = windWeather.next(m_wind, noise(WindWeather), first);

    Hour hour;
    hour.time = start().addSecs(qint64(m_row) * 3600);
    const double days = double(QDateTime(QDate(2024, 1, 1), QTime(0, 0), QTimeZone::utc()).secsTo(hour.time)) / 86400;
    const double year = std::cos(2 * std::numbers::pi * (days - warmestDay) / 365.25);
    const double day = std::cos(2 * std::numbers::pi * (double(hour.time.time().hour()) - warmestHour) / 24);
    double t = 14 + 3 * year + 4 * day + m_temperature + 0.2 * noise(TemperatureNoise);
    double rh = 70 - 12 * day - 1.5 * m_temperature + m_humidity + 0.8 * noise(HumidityNoise);
    double ws = std::max(0.0, 3.5 + 1.2 * day + m_wind + 0.3 * noise(WindNoise));
    if (m_options.driftFrom && m_row >= *m_options.driftFrom) {
        t += 1.0;
        const double fan = m_row % 4 < 2 ? 1 : -1;
        ws = std::max(0.0, 1.6 + 1.2 * ws + 1.2 * fan);
    }
    hour.t2m = rounded(t);
    hour.rh2m = rounded(std::clamp(rh, 1.0, 100.0));
    hour.ws2m = rounded(ws);
    ++m_row;
    return hour;
}

std::vector<Hour> weatherSeries(std::size_t count, SeriesOptions options) {
    std::vector<Hour> hours;
    hours.reserve(count);
    Series series(options);
    for (std::size_t i = 0; i < count; ++i)
        hours.push_back(series.next());
    return hours;
}

QByteArray csvHeader() { return "time,t2m,rh2m,ws2m\n"; }

QByteArray csvLine(const Hour &hour) {
    const auto number = [](double v) { return QByteArray::number(v, 'f', 2); };
    return hour.time.toString(QStringLiteral("yyyy-MM-ddTHH:mm:ss'Z'")).toLatin1() + ',' + number(hour.t2m) + ',' + number(hour.rh2m) + ',' + number(hour.ws2m) + '\n';
}

QByteArray weatherCsv(const std::vector<Hour> &hours) {
    QByteArray text = csvHeader();
    text.reserve(qsizetype(hours.size() + 1) * 40);
    for (const Hour &hour : hours)
        text += csvLine(hour);
    return text;
}

std::optional<double> valueOf(const Hour &hour, const QString &column) {
    if (column == QLatin1String("t2m"))
        return hour.t2m;
    if (column == QLatin1String("rh2m"))
        return hour.rh2m;
    if (column == QLatin1String("ws2m"))
        return hour.ws2m;
    return {};
}

} // namespace pilothouse::demo
