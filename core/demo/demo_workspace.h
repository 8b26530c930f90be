// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/demo/series.h"

#include <QString>

namespace pilothouse::demo {

inline constexpr std::size_t historyHours = 2000; ///< in data/weather.csv of a fresh demo
inline constexpr quint64 demoSeed = 7;

/// Writes the demo workspace into a folder (made if missing): README.md, recipes/*.yaml, data/weather.csv with
/// `historyHours` rows, data/replay.json and, last, pilothouse.yaml, so that its presence means that all is there.
/// Conflict if the folder already holds a pilothouse.yaml. The workspace keeps everything in the folder itself
/// (connection root `state`), so deleting the folder deletes the demo.
Result<void> writeDemoWorkspace(const QString &folder);

/// The demo's workspace file: written on the first call, found again later.
Result<QString> openDemoWorkspace(const QString &folder);

/// Where the demo lives when nobody says otherwise: <user data>/pilothouse/demo.
QString defaultDemoFolder();

/// true if the workspace in this folder is the demo (it holds data/replay.json).
bool isDemoWorkspace(const QString &folder);

/// How far the station has come: the file data/replay.json beside the measured rows.
struct StationState {
    quint64 seed = demoSeed;
    std::size_t rows = historyHours;      ///< hours in data/weather.csv
    std::optional<std::size_t> driftFrom; ///< first drifted row, once the drift has begun or is set
};
Result<StationState> readStation(const QString &folder);
/// Makes data/weather.csv and data/replay.json agree with `state`: the file is replaced as a whole, so a training that
/// reads it meanwhile keeps reading the old one.
Result<void> writeStation(const QString &folder, const StationState &state);

} // namespace pilothouse::demo
