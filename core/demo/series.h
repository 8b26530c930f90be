// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QDateTime>
#include <QString>

#include <optional>
#include <vector>

namespace pilothouse::demo {

/// The demo's invented weather station. The formulas, their constants and the statistics that follow from them stand in
/// resources/demo/README.md; nothing here was measured anywhere.
struct Hour {
    QDateTime time;  ///< UTC, full hour
    double t2m = 0;  ///< air temperature at 2 m, °C
    double rh2m = 0; ///< relative humidity at 2 m, %, 1 … 100
    double ws2m = 0; ///< wind speed at 2 m, m/s, ≥ 0
};

struct SeriesOptions {
    quint64 seed = 7;
    std::optional<std::size_t> driftFrom; ///< first row with the injected drift; absent: none
};

/// Makes the series hour by hour from row 0. Row i depends on the seed, i and driftFrom only, never on how many rows are
/// asked for; values are rounded to 0.01, so that a CSV file carries them whole.
class Series {
public:
    explicit Series(SeriesOptions options);
    Hour next();
    std::size_t row() const { return m_row; } ///< of the hour that next() gives
    /// From this row on the drift acts; rows already given stay as they are.
    void setDriftFrom(std::optional<std::size_t> row) { m_options.driftFrom = row; }

    static QDateTime start(); ///< time of row 0

private:
    double noise(int stream) const;
    SeriesOptions m_options;
    std::size_t m_row = 0;
    double m_temperature = 0, m_humidity = 0, m_wind = 0; ///< AR(1) states of the weather systems
};

/// Rows 0 … count − 1.
std::vector<Hour> weatherSeries(std::size_t count, SeriesOptions options = {});

/// "time,t2m,rh2m,ws2m" and one line an hour, UTC times as 2024-05-01T00:00:00Z.
QByteArray csvHeader();
QByteArray csvLine(const Hour &hour);
QByteArray weatherCsv(const std::vector<Hour> &hours);

/// The value of t2m, rh2m or ws2m; nullopt for another name.
std::optional<double> valueOf(const Hour &hour, const QString &column);

} // namespace pilothouse::demo
